"""The laboratory without a browser: what runs there, what it opens, what its page is allowed."""

import io
import json
import re
import sys
import zipfile

import pytest

from autograd import Value
from autograd.__main__ import COURSE, main
from autograd.classroom.assignments import report, runner
from autograd.classroom.assignments.catalogue import ASSIGNMENTS
from autograd.classroom.assignments.folder import files
from autograd.classroom.lesson import as_lesson
from autograd.classroom.lesson_files import course_of_folder
from autograd.errors import FileError
from autograd.site.example_programs import FIRST, examples, lesson_program
from autograd.site.laboratory_page import PYODIDE_FILES, laboratory
from autograd.site.laboratory_program import MOST, check_program, run_program
from autograd.site.shell import LeftOut, SiteFile, SitePage
from autograd.site.site_folder import some_of

FEW = some_of(COURSE, ["tiny-network", "one-neuron"])


@pytest.fixture
def said(tmp_path, monkeypatch):
    """Run a program, and return all that it said."""
    monkeypatch.chdir(tmp_path)

    def run(source):
        heard = []
        run_program(source, lambda text: heard.append(json.loads(text)))
        return heard

    return run


# --- programs ---


def test_a_line_that_stands_alone_is_shown_and_a_text_about_the_program_is_not(said):
    assert said('"""About it."""\n\n1 + 1\nx = 3\nNone\nfor k in range(2): k\nx') == [
        {"kind": "text", "text": text} for text in ("2\n", "0\n", "1\n", "3\n")
    ]


def test_pictures_and_pages_are_shown_in_their_order(said):
    heard = said(FIRST)
    assert [one["kind"] for one in heard] == ["text", "picture", "page"]
    assert heard[0]["text"] == "64.0 -32.0\n"
    assert heard[1]["svg"].startswith("<svg")
    assert "#15181D" in heard[1]["dark"]
    assert "<script" in heard[2]["html"]


def test_a_handout_is_shown_as_a_page(said):
    (page,) = said("from autograd import Value, handout\n\nhandout(Value(3, 'x') * 2)")
    assert page["kind"] == "page"
    assert "<table" in page["html"]


def test_what_is_printed_comes_as_it_is_printed_also_without_a_line_end(said):
    heard = said("import sys\nprint('a', end='')\nprint('b')\nsys.stderr.write('c')\n")
    assert "".join(one["text"] for one in heard) == "ab\nc1\n"


@pytest.mark.parametrize(
    ("source", "name", "words", "lines"),
    [
        ("from autograd import Value\n\nValue(0, 'x').log()", "DomainError", "log", [3]),
        ("def f(x):\n    return 1 / x\n\n\ndef g():\n    return f(0)\n\n\ng()", "ZeroDivisionError", "by zero", [9, 6, 2]),
        ("x = 1\ny = (x\n", "SyntaxError", "was never closed", [2]),
        ("import numpi", "ModuleNotFoundError", "There is no package numpi here. The laboratory has", [1]),
        ("raise ImportError('Pictures need matplotlib: pip install matplotlib.')", "ImportError", "machine of your own", [1]),
        ("raise ImportError(\"cannot import name 'window' from 'js'\")", "ImportError", "play(L) on a line of its own", [1]),
        ("raise RuntimeError(\"can't start new thread\")", "RuntimeError", "one thread, in one process", [1]),
        ("n = input()", "EOFError", "no keyboard", [1]),
        ("import sys\nsys.exit('done')", "SystemExit", "done", [2]),
        (f"while True:\n    print('x' * {MOST // 4})", "RuntimeError", "200,000 characters", [2]),
        ("def f(): return f()\nf()", "RecursionError", "recursion", None),
    ],
)  # fmt: skip
def test_an_error_has_its_sentence_and_the_lines_that_led_to_it(said, source, name, words, lines):
    *_, last = said(source)
    assert (last["kind"], last["name"]) == ("error", name)
    assert words in last["sentence"]
    assert lines is None or last["lines"] == lines
    assert "run_program" not in last["trace"]


def test_a_program_leaves_the_hook_the_output_and_the_keyboard_as_they_were(said):
    before = sys.displayhook, sys.stdin
    said("import sys\nsys.displayhook = None\n1 / 0")
    assert (sys.displayhook, sys.stdin) == before


def test_python_looks_up_the_lines_of_this_program_and_not_of_the_one_before(said):
    look = "import linecache\nprint(linecache.getline(__file__, 3))  # as a warning does\n# {}\n"
    assert said(look.format("this one"))[0]["text"] == "# this one\n"
    assert said(look.format("another"))[0]["text"] == "# another\n"


def test_record_sees_the_lines_of_a_program(said):
    pytest.importorskip("numpy")
    *_, last = said("import autograd\n\ndef f(x):\n    return x if x.data > 0 else -x\n\nautograd.record(f, 1.0)")
    assert last["name"] == "GraphError"
    assert "line 4" in last["sentence"]


# --- examples ---


@pytest.mark.parametrize(
    "slug",
    [
        pytest.param(slug, marks=() if slug in ("tiny-network", "gpt", "layer") else pytest.mark.slow)
        for slug in COURSE.lessons
    ],
)
def test_the_code_of_a_lesson_runs_and_is_shown(said, slug):
    heard = said(lesson_program(COURSE.lessons[slug]))
    assert [one for one in heard if one["kind"] == "error"] == []
    assert [one["kind"] for one in heard][-2:] == ["picture", "page"]
    assert "from nn.lessons" not in lesson_program(COURSE.lessons["tiny-network"])


def test_a_lesson_of_ones_own_is_its_file(said, tmp_path):
    folder = tmp_path / "course"
    folder.mkdir()
    assert main(["new", str(folder / "first.py")]) == 0
    (folder / "second.py").write_text("from autograd import Value\n\nlesson = Value(3.0, 'x') * 2\n")
    course = course_of_folder(str(folder))
    whole, plain = map(lesson_program, course.lessons.values())
    assert whole.startswith((folder / "first.py").read_text("utf-8").rstrip())
    assert said(whole)[-1]["kind"] == "page"
    assert [one for one in said(plain) if one["kind"] == "error"] == []


def test_a_graph_too_long_for_a_program_says_so(said):
    x = Value(1.0)
    for _ in range(3000):
        x = x + 1
    program = lesson_program(as_lesson(x, "long"))
    assert "2000" in program or "2,000" in program
    assert said(program) == []


def test_the_examples_are_all_lessons_and_all_assignments():
    offered = examples(FEW)
    assert [x["slug"] for chapter in offered["chapters"] for x in chapter["lessons"]] == list(FEW.lessons)
    assert [x["slug"] for x in offered["assignments"]] == list(ASSIGNMENTS)
    assert len(offered["assignments"][0]["stages"]) == len(ASSIGNMENTS["engine"].stages)


# --- assignments ---


@pytest.mark.parametrize("slug", ASSIGNMENTS)
@pytest.mark.parametrize("solved", [True, False])
def test_a_check_in_the_page_finds_what_a_check_in_a_process_finds(slug, solved, monkeypatch):
    assignment = ASSIGNMENTS[slug]
    source = dict(files(assignment, solved))[assignment.file].decode()
    reports = []
    for processes in (True, False):
        monkeypatch.setattr(runner, "HAS_PROCESSES", processes)
        monkeypatch.setattr(report, "HAS_PROCESSES", processes)
        check_program(slug, source, lambda text: reports.append(json.loads(text)))
    there, here = reports
    assert there["text"].splitlines()[:-1] == here["text"].splitlines()[:-1]
    assert here["text"].endswith("ran in this page, without limits of time and memory.")
    assert bool(here["hints"]) is not solved
    assert assignment.file.removesuffix(".py") not in sys.modules


def test_a_check_in_the_page_names_the_mistake_and_gives_hints_for_its_stage(monkeypatch):
    monkeypatch.setattr(runner, "HAS_PROCESSES", False)
    source = dict(files(ASSIGNMENTS["engine"], True))["value.py"].decode()
    heard = []
    check_program("engine", source.replace("+=", "=", 1), lambda text: heard.append(json.loads(text)))
    (found,) = heard
    assert re.search(r"^ *6 .*WRONG\n(?s:.)*instead of(?s:.)*overw", found["text"], re.MULTILINE)
    assert found["stage"] == 6
    assert tuple(found["hints"]) == ASSIGNMENTS["engine"].stages[5].hints


# --- the page ---


def made(pyodide):
    items = [*laboratory(FEW, pyodide)]
    (page,) = [item for item in items if isinstance(item, SitePage)]
    return page, {item.path: item.content for item in items if isinstance(item, SiteFile)}, items


def test_without_pyodide_the_page_says_how_and_the_rest_is_there():
    page, contents, items = made(None)
    assert "--pyodide node_modules/pyodide" in page.body
    assert 'data-pyodide=""' in page.body
    assert [item.what for item in items if isinstance(item, LeftOut)] == ["Python in the laboratory"]
    assert "laboratory/chalkgrad.zip" not in contents
    assert "laboratory/examples.js" in contents


def test_a_folder_of_pyodide_is_copied_and_one_without_it_is_refused(tmp_path):
    with pytest.raises(FileError, match="npm install pyodide"):
        made(str(tmp_path))
    held = tmp_path / "node_modules" / "pyodide"
    held.mkdir(parents=True)
    for name in (*PYODIDE_FILES[:-1], "package.json", "console.html"):
        (held / name).write_text(name)
    with pytest.raises(FileError, match=PYODIDE_FILES[-1]):
        made(str(tmp_path))
    (held / PYODIDE_FILES[-1]).write_text("")
    for place in (tmp_path, held):
        page, contents, items = made(str(place))
        assert {name for name in contents if name.startswith("pyodide/")} == {
            f"pyodide/{name}" for name in (*PYODIDE_FILES, "package.json")
        }
        assert 'data-pyodide="pyodide/"' in page.body
        assert not [item for item in items if isinstance(item, LeftOut)]
        assert "http" not in page.policy


def test_a_url_is_the_one_address_that_the_page_may_ask():
    page, contents, _ = made("https://example.org/pyodide/v1/full")
    assert 'data-pyodide="https://example.org/pyodide/v1/full/"' in page.body
    assert re.findall(r"https?://\S+?(?=[; ])", page.policy) == ["https://example.org"] * 2
    assert "unsafe-inline" not in page.policy
    assert "'unsafe-eval'" not in page.policy
    assert "laboratory/chalkgrad.zip" in contents


def test_the_archive_holds_both_packages_and_no_solution():
    _, contents, _ = made("https://example.org")
    with zipfile.ZipFile(io.BytesIO(contents["laboratory/chalkgrad.zip"])) as archive:
        names = archive.namelist()
    assert {"autograd/value.py", "autograd/site/laboratory_program.py", "nn/__init__.py"} <= {*names}
    assert not [name for name in names if "solutions" in name or name.endswith(".pyc")]


def test_pyodide_is_named_with_its_licence():
    page, _, _ = made(None)
    assert "Pyodide" in page.body
    assert "Mozilla Public License 2.0" in page.body
