"""Files: written whole or not at all, by many at once too; what fails is a FileError with the path and what would work."""

import errno
import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import nn
from autograd import AutogradError, DataError, FileError, MissingFileError, Value, draw, handout, play
from autograd.file_io import check_place, locked, read_file, write_file, write_folder

ROOT = Path(__file__).parents[2]
Y, MODEL = Value(2.0, "x") * 3, nn.Neuron(1)


def test_there_and_back(tmp_path):
    path = tmp_path / "x.txt"
    assert write_file(str(path), "κ = 3\n") == path
    assert read_file(path) == "κ = 3\n".encode()
    write_file(path, b"\0\xff")
    assert (read_file(path), os.listdir(tmp_path)) == (b"\0\xff", ["x.txt"])


def test_many_threads_write_one_path(tmp_path):
    path, failed = tmp_path / "x", []
    contents = [bytes([i]) * 50_000 for i in range(4)]

    def write(content):
        try:
            for _ in range(50):
                write_file(path, content)
                assert read_file(path) in contents
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=write, args=(content,)) for content in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert os.listdir(tmp_path) == ["x"]


WRITER = """
import sys
from autograd.file_io import write_file
print("ready", flush=True)
while True:
    write_file(sys.argv[1], sys.argv[2] * 100_000)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills processes")
def test_what_a_killed_process_leaves_is_swept_at_the_next_write(tmp_path):
    path = tmp_path / "x"
    for letter in "abcde":
        writer = subprocess.Popen([sys.executable, "-c", WRITER, path, letter], cwd=ROOT, stdout=subprocess.PIPE)
        writer.stdout.readline()
        while not path.exists() or path.read_bytes()[:1] != letter.encode():
            assert writer.poll() is None
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        assert path.read_text() == letter * 100_000
    (tmp_path / ".x.0123456789abcdef.part").write_text("half")  # as a killed one would leave it
    (tmp_path / ".xx.0123456789abcdef.part").write_text("of another file")
    write_file(path, "whole")
    assert sorted(os.listdir(tmp_path)) == [".xx.0123456789abcdef.part", "x"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
def test_permissions_links_and_devices_stay(tmp_path):
    path, link = tmp_path / "x", tmp_path / "link"
    write_file(path, "1")
    (tmp_path / "plain").write_text("1")
    assert path.stat().st_mode == (tmp_path / "plain").stat().st_mode
    path.chmod(0o640)
    link.symlink_to(path)
    write_file(link, "2")
    assert (path.read_text(), link.is_symlink(), stat.S_IMODE(path.stat().st_mode)) == ("2", True, 0o640)
    write_file("/dev/null", "nothing")
    assert not Path("/dev/null").is_file()


BAD_PLACES = {
    "a missing folder": (lambda folder: folder / "no" / "x", "cannot be written: No such file.*no folder '.*no'"),
    "a folder": (lambda folder: folder, "is a folder. Give the name of a file"),
    "a NUL": (lambda folder: f"{folder}/a\0b", r"a\\x00b' cannot be written: .*Choose"),
    "a long name": (
        lambda folder: folder / ("x" * 300),
        "cannot be written: File name too long. Choose a shorter name",
    ),
    "a file for a folder": (lambda folder: Path(__file__) / "x", "cannot be written"),
}


@pytest.mark.parametrize("name", BAD_PLACES)
def test_a_place_where_nothing_can_be_written_is_refused_with_the_path(tmp_path, name):
    if name == "a long name" and sys.platform == "emscripten":
        pytest.skip("files in a browser may have long names")
    path, words = BAD_PLACES[name]
    for write in (lambda path: write_file(path, "x"), check_place):
        with pytest.raises(FileError, match=words):
            write(path(tmp_path))
    assert os.listdir(tmp_path) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_full_disk_is_named_with_a_remedy():
    with pytest.raises(FileError, match=r"'/dev/full' cannot be written: No space left.*Make room"):
        write_file("/dev/full", "x" * 100_000)


def test_an_error_half_way_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "x"
    write_file(path, "old")

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FileError, match=r"No space left on device. Make room"):
        write_file(path, "new")
    monkeypatch.setattr(os, "fsync", lambda descriptor: (_ for _ in ()).throw(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        write_file(path, "new")
    assert (path.read_text(), os.listdir(tmp_path)) == ("old", ["x"])


def test_a_folder_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    folder, contents = tmp_path / "week" / "1", {"a/x": "x", "b/y": b"y", "z": "∂"}
    write, left = Path.write_bytes, [2]

    def full(path, raw):
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(path, raw)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        with pytest.raises(FileError, match=r"week/1' cannot be written: No space left on device. Make room"):
            write_folder(folder, contents)
    assert os.listdir(tmp_path) == []
    assert [path.read_bytes() for path in write_folder(folder, contents)] == [b"x", b"y", "∂".encode()]
    (folder / "z").unlink()
    (folder / "z").mkdir()
    for other in ({"a/x": "2", "z": "2"}, {"a/x": "2", "b/y/z": "2"}, {"a/x": "2", "a\0b": "2"}):
        with pytest.raises(FileError):
            write_folder(folder, other)
        assert (folder / "a" / "x").read_text() == "x"
        assert sorted(os.listdir(folder)) == ["a", "b", "z"]


@pytest.mark.skipif(not hasattr(os, "fork") or sys.platform == "emscripten", reason="locks of folders")
def test_what_a_killed_process_leaves_of_a_folder_is_swept_at_the_next_write(tmp_path):
    left, at_work = tmp_path / ".week.0123456789abcdef.part", tmp_path / ".week.fedcba9876543210.part"
    for folder in (left, at_work):
        folder.mkdir()
        (folder / "x").write_text("half")
    with locked(at_work):
        write_folder(tmp_path / "week", {"x": "whole"})
    assert sorted(os.listdir(tmp_path)) == [at_work.name, "week"]
    assert os.listdir(tmp_path / "week") == ["x"]
    write_folder(tmp_path / "week", {"x": "again"})
    assert os.listdir(tmp_path / "week") == ["x"]


def test_what_cannot_be_read_is_refused_with_the_path(tmp_path):
    with pytest.raises(MissingFileError, match=r"There is no file '.*x'. Is the name right"):
        read_file(tmp_path / "x")
    with pytest.raises(FileError, match=r"a\\x00b' cannot be read"):
        read_file("a\0b")
    if Path("/dev/zero").exists():
        with pytest.raises(FileError, match="is a device, of which the end may never come"):
            read_file("/dev/zero")
    for path in (3, None, b"x"):
        with pytest.raises(DataError, match=r"is text, or a pathlib.Path"):
            read_file(path)
        with pytest.raises(DataError, match=r"is text, or a pathlib.Path"):
            check_place(path)


@pytest.mark.parametrize(
    "save",
    [
        lambda p: draw(Y).save(p),
        lambda p: play(Y).save(p),
        lambda p: handout(Y).save(p),
        lambda p: nn.save_weights(MODEL, p),
    ],
)
def test_every_writer_refuses_what_names_no_file(tmp_path, save):
    for path in (3, None, b"x.svg"):
        with pytest.raises(DataError, match=r"is text, or a pathlib.Path"):
            save(path)
    with pytest.raises(FileError, match="is a folder"):
        save(tmp_path)
    for suffix in (".svg", ".html", ".npz"):  # each takes one of them, and has a sentence for the others
        with pytest.raises(AutogradError):
            save("a" * 300 + suffix)
