"""The site: what it consists of, how it is written, and the server for it."""

import re
import threading
import urllib.request
from pathlib import Path

import pytest

from autograd.__main__ import COURSE, main
from autograd.errors import DataError, FileError
from autograd.site import site_folder
from autograd.site.server import server
from autograd.site.shell import SitePage, rendered
from autograd.site.site_folder import some_of, write_folder

FEW = "tiny-network,one-neuron"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A site of two lessons."""
    made = tmp_path_factory.mktemp("site") / "pages"
    assert main(["site", "-o", str(made), "--lessons", FEW]) == 0
    return made


def test_a_site_has_a_page_a_stage_and_a_handout_for_each_lesson(folder):
    for slug in FEW.split(","):
        assert {"index.html", "stage.html", "handout.html"} <= {p.name for p in (folder / "lessons" / slug).iterdir()}
    start = (folder / "index.html").read_text("utf-8")
    assert COURSE.lessons["tiny-network"].question in start.replace("&#x27;", "'")
    assert "xor-training" not in start
    assert list(folder.glob(".*")) == []


def test_every_address_in_a_page_is_relative_and_every_policy_strict(folder):
    for page in folder.rglob("*.html"):
        text = page.read_text("utf-8")
        assert "default-src 'none'" in text, page
        assert not [a for a in re.findall(r'(?:href|src)="([^"]*)"', text) if re.match(r"(?:[a-z]+:)?//|/|data:", a)]


def test_a_folder_that_is_not_empty_is_refused_without_force(folder, tmp_path, capsys):
    (tmp_path / "mine.txt").write_text("mine")
    assert main(["site", "-o", str(tmp_path), "--lessons", FEW]) == 2
    assert "is not empty" in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]
    assert main(["site", "-o", str(tmp_path), "--lessons", FEW, "--force"]) == 0
    assert (tmp_path / "mine.txt").read_text() == "mine"
    assert (tmp_path / "index.html").read_bytes() == (folder / "index.html").read_bytes()


def test_a_lesson_that_is_not_there_is_refused_with_the_nearest(tmp_path, capsys):
    assert main(["site", "-o", str(tmp_path / "new"), "--lessons", "tiny-netwrk"]) == 2
    assert "Did you mean tiny-network?" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()
    with pytest.raises(DataError):
        some_of(COURSE, ["nothing-like-it"])


@pytest.mark.parametrize("there", [False, True])
def test_what_is_interrupted_leaves_nothing(tmp_path, there, monkeypatch):
    target = tmp_path / "site"
    if there:
        target.mkdir()
        (target / "old.txt").write_text("old")
    written = Path.write_bytes

    def broken(path, content):
        if path.name == "b.html":
            raise KeyboardInterrupt
        return written(path, content)

    monkeypatch.setattr(Path, "write_bytes", broken)
    with pytest.raises(KeyboardInterrupt):
        write_folder(target, {"a.html": b"a", "b.html": b"b", "index.html": b"i"})
    assert [p.name for p in tmp_path.rglob("*")] == (["site", "old.txt"] if there else [])


def test_a_place_that_cannot_be_written_is_said_with_a_remedy(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(FileError, match="Choose"):
        write_folder(tmp_path / "file" / "site", {"index.html": b""})


def test_a_link_leads_up_and_one_to_nothing_is_text():
    page = SitePage(
        "lessons/w/index.html", "w", '<a href="@/cards.html">cards</a> <a class="x" href="@/gone.html">gone</a>'
    )
    whole = rendered(page, {"cards.html", "lessons/w/index.html"})
    assert '<a href="../../cards.html">cards</a> gone' in whole
    assert 'href="../../site.css"' in whole
    assert "@/" not in whole


def test_the_server_gives_each_file_the_type_that_browsers_want(tmp_path):
    types = {"a.wasm": "application/wasm", "a.js": "text/javascript", "a.mjs": "text/javascript", "a.css": "text/css"}
    types |= {
        "index.html": "text/html",
        "a.whl": "application/",
        "a.json": "application/json",
        "a.svg": "image/svg+xml",
    }
    for name in types:
        (tmp_path / name).write_bytes(b"x")
    with server(str(tmp_path), "127.0.0.1", 0) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        for name, kind in types.items():
            with urllib.request.urlopen(f"http://127.0.0.1:{running.server_port}/{name}") as answer:
                assert answer.headers["Content-Type"].startswith(kind)
                assert answer.read() == b"x"
        with pytest.raises(FileError, match="--port"):
            server(str(tmp_path), "127.0.0.1", running.server_port)
        running.shutdown()


def test_serving_what_is_not_there_says_how_to_write_it(tmp_path, capsys):
    assert main(["serve", str(tmp_path / "none")]) == 2
    assert "autograd site -o" in capsys.readouterr().err


def test_the_jobs_are_one_for_each_lesson_and_some_more():
    assert len([*site_folder.jobs_of(COURSE, None)]) > len(COURSE.lessons) + 1
