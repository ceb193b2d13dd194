"""The laboratory in Firefox: Python starts, and a program prints, draws and plays."""

import json
import subprocess
import threading
from pathlib import Path

import pytest

from autograd.__main__ import main
from autograd.site.server import server
from tests.player import test_firefox
from tests.site.test_laboratory_in_browser import PYODIDE

pytestmark = [*test_firefox.pytestmark, pytest.mark.skipif(not PYODIDE, reason="PYODIDE names no folder")]


def test_a_program_runs_in_firefox(tmp_path):
    folder = tmp_path / "site"
    assert main(["site", "-o", str(folder), "--lessons", "layer", "--pyodide", PYODIDE]) == 0
    script = Path(__file__).with_name("laboratory_in_firefox.mjs")
    with server(str(folder), "127.0.0.1", 0) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{running.server_port}/laboratory.html"
        command = [test_firefox.NODE, str(script), test_firefox.entry(), test_firefox.FIREFOX, address]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=300)
        running.shutdown()
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen["complaints"] == []
    assert seen["output"].startswith("64.0 -32.0")
    assert seen["pictures"] == 1
    assert "#program=" in seen["address"]
