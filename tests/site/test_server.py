"""The server: types, this machine alone, what it says where it cannot listen, and Ctrl-C."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from autograd.__main__ import main
from autograd.errors import FileError
from autograd.site.server import server

TYPES = {
    "index.html": "text/html",
    "a.wasm": "application/wasm",
    "a.js": "text/javascript",
    "a.mjs": "text/javascript",
    "a.css": "text/css",
    "a.whl": "application/",
    "a.json": "application/json",
    "a.svg": "image/svg+xml",
}


def test_each_file_has_the_type_that_browsers_want(tmp_path):
    for name in TYPES:
        (tmp_path / name).write_bytes(b"x")
    (tmp_path.parent / "secret.txt").write_text("secret")
    with server(str(tmp_path), "127.0.0.1", 0) as running:
        assert running.server_address[0] == "127.0.0.1"
        threading.Thread(target=running.serve_forever, daemon=True).start()
        home = f"http://127.0.0.1:{running.server_port}"
        for name, kind in TYPES.items():
            with urllib.request.urlopen(f"{home}/{name}") as answer:
                assert answer.headers["Content-Type"].startswith(kind)
                assert answer.read() == b"x"
        for outside in ("/../secret.txt", "/%2e%2e/secret.txt"):
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(home + outside)
        with pytest.raises(FileError, match="--port"):
            server(str(tmp_path), "127.0.0.1", running.server_port)
        running.shutdown()


def test_who_leaves_in_the_midst_of_a_file_is_no_error(tmp_path, capfd):
    (tmp_path / "large.bin").write_bytes(bytes(20_000_000))
    running = server(str(tmp_path), "127.0.0.1", 0)
    running.daemon_threads = False  # so that to close the server waits for its answers
    with running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        with socket.create_connection(running.server_address) as leaving:
            leaving.sendall(b"GET /large.bin HTTP/1.0\r\n\r\n")
            assert leaving.recv(10)
        running.shutdown()
    assert capfd.readouterr().err == ""


def test_what_cannot_be_served_says_what_would_work(tmp_path, capsys):
    assert main(["serve", str(tmp_path / "none")]) == 2
    assert "autograd site -o" in capsys.readouterr().err
    assert main(["serve", str(tmp_path), "--port", "99999999"]) == 2
    assert ".." not in capsys.readouterr().err
    assert main(["serve", str(tmp_path), "--host", "no such host"]) == 2
    said = capsys.readouterr().err
    assert "cannot be listened to" in said
    assert "a --host is an address of this machine" in said


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is another thing there")
def test_ctrl_c_ends_it_without_a_word(tmp_path):
    (tmp_path / "index.html").write_text("hello")
    command = [sys.executable, "-m", "autograd", "serve", str(tmp_path), "--port", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", cwd=Path(__file__).parents[2]
    ) as running:
        said = running.stdout.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+/", said)[0]
        with urllib.request.urlopen(address) as answer:
            assert answer.read() == b"hello"
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=20)
    assert (running.returncode, err) == (0, "")
    assert "Traceback" not in out
