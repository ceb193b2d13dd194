"""`python3 -m autograd`, run as a user runs it."""

import dataclasses
import io
import json
import os
import re
import subprocess
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from autograd.__main__ import LESSONS, main
from autograd.rules import TABLE
from nn.lessons import COURSE, tiny_network

ROOT = Path(__file__).resolve().parents[1]
EACH = pytest.mark.parametrize("slug", ["tiny-network", "xor-by-hand", "xor-training"])


def run(*arguments, shell=None, **environment):
    """What a command prints and its status: in this process, or started as a user starts it where a shell or environment is given."""
    if not shell and not environment:
        return in_this_process(arguments)
    command = shell or [sys.executable, "-m", "autograd", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=os.environ | environment, capture_output=True, encoding="utf-8", shell=bool(shell)
    )


def in_this_process(arguments):
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in "ab")
    with redirect_stdout(out), redirect_stderr(err):
        try:
            status = main(arguments)
        except SystemExit as left:
            status = left.code or 0
        out.flush()
        err.flush()
    printed, complained = (stream.buffer.getvalue().decode() for stream in (out, err))
    return subprocess.CompletedProcess(arguments, status, printed, complained)


def told(*arguments, **environment):
    """What a command prints, when all is well."""
    done = run(*arguments, **environment)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout


def test_without_arguments_it_lists_the_walkthroughs():
    listed = told(PYTHONUTF8="1")
    assert listed == told("list")
    for lesson in LESSONS.values():
        assert lesson.slug in listed
        assert lesson.title in listed
        assert lesson.question in listed
        assert f"\n      Source: {lesson.document}." in listed


def test_the_catalogue_as_json():
    catalogue = json.loads(told("list", "--json"))
    assert [entry["slug"] for entry in catalogue] == list(LESSONS)
    for entry in catalogue:
        lesson = LESSONS[entry["slug"]]
        assert (entry["title"], entry["question"], entry["numbers"]) == (
            lesson.title,
            lesson.question,
            dict(lesson.numbers),
        )


WORDS = {
    "tiny-network": [
        "z = w·x + b = 3·2 + 1 = 7",
        "a = relu(z) = relu(7) = 7",
        "(−8)² = 64",
        "∂L/∂L = 1",
        "∂L/∂a = 2(a − y) = −16",
        "∂a/∂z = 1",
        "∂z/∂w = x = 2",
        "∂L/∂w = −16 · 1 · 2 = −32",
        "∂L/∂x = −16 · 1 · 3 = −48",
        "∂L/∂b = −16 · 1 · 1 = −16",
        "∂L/∂y = 2(a − y)·(−1) = 16",
        "w ← 3 − 0.01 · (−32) = 3.32",
        "z = w·x + b = 3.32·2 + 1 = 7.64",
        "54.1696",
    ],
    "xor-by-hand": ["0.562", "0.438", "+0.25", "WRONG", "ŷ = sigmoid(z3) = sigmoid(0.25) = 0.5622", "0.018", "0.982"],
    "xor-training": [
        "0.26430",
        "0.25000",
        "Unit 2 is dead from the first step",
        "does not learn XOR",
        "below 0.01",
        "0.00275",
    ],
}


@EACH
def test_a_walkthrough_is_printed_whole(slug):
    text = told("step", slug)
    assert text.startswith(LESSONS[slug].title + "\n=")
    for words in WORDS[slug]:
        assert words in text, words
    for phase in ("Forward", "Backward"):
        assert f"\n{phase}" in text
    for note in LESSONS[slug].notes:
        assert " ".join(note.text.split()) in " ".join(text.split())
    assert max(map(len, text.splitlines())) <= 170
    assert not any(line != line.rstrip() for line in text.splitlines())


def test_the_events_of_the_tiny_network_are_in_order():
    text = told("step", "tiny-network")
    places = [text.index(words) for words in WORDS["tiny-network"] if "∂L/∂y" not in words]
    assert places == sorted(places)
    assert "v1 → y" in text


@EACH
def test_a_walkthrough_as_json(slug):
    def refuse(token):
        raise AssertionError(f"{token} is no JSON")

    stream = json.loads(told("step", slug, "--json"), parse_constant=refuse)
    assert list(stream) == ["version", "lesson", "source", "nodes", "edges", "steps"]
    assert stream["lesson"] == slug
    assert stream["source"].startswith("def ")
    assert [step["lines"] for step in stream["steps"]] == [event.lines for event in LESSONS[slug].events()]


def test_the_table_has_every_row():
    text = told("table")
    for name, op in TABLE.items():
        assert any(line.startswith(f"{name} ") for line in text.splitlines()), name
        assert op.symbol in text
        assert op.note in text
    for words in ("greater than 0", "other than 0", "x = 0", "1 if x > 0 else 0", "1 − out²"):
        assert words in text


@pytest.mark.parametrize(
    ("given", "near"),
    [
        ("tiny-netwrk", "tiny-network"),
        ("xor", "xor-"),
        ("TINY-NETWORK", ""),
        ("xor_training", "xor-training"),
        ("?", ""),
    ],
)
def test_an_unknown_walkthrough_is_answered_with_the_nearest(given, near):
    done = run("step", given)
    assert (done.returncode, done.stdout) == (2, "")
    assert repr(given) in done.stderr
    assert not near or f"Did you mean {near}" in done.stderr
    for slug in LESSONS:
        assert slug in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", [["nonsense"], ["step"], ["step", "tiny-network", "--nonsense"], ["table", "x"]])
def test_a_wrong_command_says_how_it_is_used(arguments):
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("usage: python3 -m autograd")


@pytest.mark.slow
@pytest.mark.parametrize(
    "environment", [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}]
)
@pytest.mark.parametrize("command", [["step", "tiny-network"], ["table"], ["list"], ["list", "--json"]])
def test_it_speaks_in_every_locale(environment, command):
    assert told(*command, **environment) == told(*command)


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="a shell with pipes")
@pytest.mark.parametrize("command", ["step xor-training", "table", "step xor-training --json", "list"])
def test_a_reader_may_leave_early(command):
    done = run(shell=f"{sys.executable} -m autograd {command} | head -c 100 | wc -c")
    assert done.stderr == ""
    assert int(done.stdout) == 100
    gone = run(shell=f"{sys.executable} -m autograd {command} | true")
    assert gone.stderr == ""


STREAMS = [
    (">&-", "list"), (">&-", "quiz tiny-network"), (">/dev/full", "table"), (">/dev/full", "quiz tiny-network"),
    (">/dev/full", "step --help"), (">/dev/full", "step tiny-network --json"), ("<&-", "quiz tiny-network"), ("<&-", "step tiny-network --interactive"),
]  # fmt: skip


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a shell, and a device that is full")
@pytest.mark.parametrize(
    ("redirected", "command"),
    [*STREAMS[::3], *(pytest.param(*case, marks=pytest.mark.slow) for case in STREAMS if case not in STREAMS[::3])],
)
def test_where_nothing_can_be_printed_or_read_it_says_so(redirected, command):
    done = run(shell=f"{sys.executable} -m autograd {command} {redirected}")
    assert done.returncode == 1, done.stderr
    (sentence,) = done.stderr.splitlines()
    assert sentence.startswith("chalkgrad: Nothing can be printed or read here: ")
    silent = run(shell=f"{sys.executable} -m autograd {command} {redirected} 2>&-")
    assert (silent.returncode, silent.stderr) == (1, "")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a shell, and a device that is full")
def test_a_stream_that_is_not_used_may_be_closed_or_full():
    assert run(shell=f"{sys.executable} -m autograd list <&- 2>&-").stdout == told("list")
    assert run(shell=f"{sys.executable} -m autograd step no-such-lesson 2>/dev/full").returncode == 2
    assert run(shell=f"{sys.executable} -m autograd step no-such-lesson 2>&-").stdout == ""


def test_a_piped_interactive_run_prints_all_and_ends():
    piped = subprocess.run(
        [sys.executable, "-m", "autograd", "step", "tiny-network", "--interactive"],
        cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", timeout=60,
    )  # fmt: skip
    assert piped.returncode == 0
    assert "w ← 3 − 0.01 · (−32) = 3.32" in piped.stdout
    assert piped.stderr == ""


class Terminal:
    """A command on a real pseudo-terminal: it is read until it says something, and keys are pressed."""

    def __init__(self, *arguments):
        import pty

        self.pid, self.file = pty.fork()
        if self.pid == 0:
            os.chdir(ROOT)
            os.execv(sys.executable, [sys.executable, "-m", "autograd", *arguments])
        self.text = ""

    def read_until(self, words):
        import select

        end = time.monotonic() + 30
        while words not in self.text:
            assert time.monotonic() < end, f"{words!r} did not come:\n{self.text}"
            if select.select([self.file], [], [], 0.2)[0]:
                try:
                    self.text += os.read(self.file, 4096).decode(errors="replace").replace("\r\n", "\n")
                except OSError:
                    break
        assert words in self.text, self.text

    def press(self, key):
        os.write(self.file, key)

    def rest(self):
        """Read to the end, and return the exit status."""
        import select

        while True:
            assert select.select([self.file], [], [], 20)[0], f"it waits, and should have ended:\n{self.text}"
            try:
                more = os.read(self.file, 4096)
            except OSError:  # Linux says so when the other side has closed
                break
            if not more:
                break
            self.text += more.decode(errors="replace").replace("\r\n", "\n")
        _, status = os.waitpid(self.pid, 0)
        os.close(self.file)
        return os.waitstatus_to_exitcode(status)


@pytest.mark.skipif(os.name != "posix", reason="a pseudo-terminal")
class TestInteractive:
    def test_one_event_a_key_and_q_ends(self):
        terminal = Terminal("step", "tiny-network", "--interactive")
        terminal.read_until("how much")
        shown = terminal.text
        assert "a = relu(z)" not in shown, "no further before a key is pressed"
        for words in ("a = relu(z)", "v1 = a − y"):
            terminal.press(b" ")
            terminal.read_until(words)
        assert "∂L/∂a" not in terminal.text, "one event a key"
        terminal.press(b"q")
        assert terminal.rest() == 0
        assert "∂L/∂a" not in terminal.text

    def test_back_goto_why_and_arrows(self):
        terminal = Terminal("step", "tiny-network", "--interactive")
        terminal.read_until("how much")
        for key, words in (
            (b"g", "Go to which event, 0 to 25?"),
            (b"14\n", "∂z/∂w = x = 2"),
            (b"\x1b[C", "−16 · 1 · 2 = −32   complete"),
            (b"\x1bOC", "∂z/∂x = w = 3"),
            (b"w", "Why the gradient of which node?"),
            (b"w\n", "sum                                         −32"),
            (b"w", "which node? "),
            (b"nobody\n", "There is no node 'nobody' in this graph."),
            (b"g", "which event"),
            (b"99\n", "There is no such event: there are 0 to 25."),
            (b"\x1b", "q: quit"),
            (b"g", "which event"),
            (b"0\n", "z = w·x + b"),
        ):
            terminal.text = ""
            terminal.press(key)
            terminal.read_until(words)
        terminal.press(b"n")
        terminal.read_until("a = relu(z)")
        terminal.text = ""
        terminal.press(b"b")
        terminal.read_until("z = w·x + b = 3·2 + 1 = 7")
        terminal.press(b"q")
        assert terminal.rest() == 0
        assert "Traceback" not in terminal.text

    def test_the_screen_is_drawn_again_with_the_graph_beside_the_event(self):
        terminal = Terminal("step", "tiny-network", "--interactive")
        terminal.read_until("how much")
        terminal.press(b"x")  # a key without a meaning
        terminal.press(b"n")
        terminal.read_until("a = relu(z)")
        terminal.press(b"b")
        terminal.press(b"q")
        assert terminal.rest() == 0
        _, first, second, third = terminal.text.split("\x1b[2J")  # an unknown key prints nothing
        assert re.search(r"▶ +a +7 +·", second)
        for earlier in (first, third):  # going back shows the earlier state, in its place
            assert re.search(r"  a +· +·", earlier)
            assert "a = relu(z)" not in earlier

    def test_to_the_end(self):
        terminal = Terminal("step", "tiny-network", "--interactive")
        terminal.read_until("how much")
        for _ in range(60):
            terminal.press(b"\n")
        terminal.read_until("With both steps the loss is 51.84.")
        terminal.press(b"q")
        assert terminal.rest() == 0
        assert "Traceback" not in terminal.text

    def test_an_interrupt_ends_without_a_traceback(self):
        terminal = Terminal("step", "tiny-network", "--interactive")
        terminal.read_until("how much")
        terminal.press(b" ")
        terminal.read_until("Forward")
        terminal.press(b"\x03")
        assert terminal.rest() in (0, 130)
        assert "Traceback" not in terminal.text


def test_main_returns_its_status(capsys):
    assert main(["list"]) == 0
    assert "tiny-network" in capsys.readouterr().out
    assert main(["step", "nowhere"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("chalkgrad: ")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["why", "tiny-network", "w"], "∂L/∂w = −32"),
        (["why", "xor-training", "w21"], "Zero: blocked by relu at a2 (z2 = −0.186209)."),
        (["paths", "xor-training", "x1"], "3 paths from L to x1; their products add up to ∂L/∂x1 = 0.0355445"),
        (["diagnose", "tiny-network", "w", "-32"], "−32 is right."),
        (["diagnose", "tiny-network", "w", "32"], "32 is what you get when the delta has the other sign"),
        (["diagnose", "tiny-network", "w", "-1/3"], "−1/3 is not right"),
        (["diagnose", "tiny-network", "w", "45"], "none of the known mistakes"),
    ],
)
def test_questions_on_the_command_line(arguments, words, capsys):
    assert main(arguments) == 0
    assert words in capsys.readouterr().out
    assert main([*arguments[:1], "--json", *arguments[1:]]) == 0
    assert words in json.loads(capsys.readouterr().out)["text"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["why", "tiny-network", "q"], "There is no node 'q'"),
        (["paths", "tiny", "w"], "Did you mean tiny-network?"),
        (["diagnose", "tiny-network", "w", "abc"], "is not a number"),
        (["diagnose", "tiny-network", "w", "1e400"], "is not a number"),
    ],
)
def test_questions_that_cannot_be_answered(arguments, words, capsys):
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert words in err


# --- plots


def with_plot(monkeypatch, plot):
    lesson = dataclasses.replace(LESSONS["tiny-network"], plot=plot)
    monkeypatch.setattr(tiny_network, "LESSON", lesson)


@pytest.mark.parametrize(("suffix", "start"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_a_plot_is_written_in_the_format_of_its_name(suffix, start, tmp_path, monkeypatch, capsys):
    figure = pytest.importorskip("matplotlib.figure", reason="pip install matplotlib, to test plots").Figure
    with_plot(monkeypatch, figure)
    monkeypatch.chdir(tmp_path)
    assert main(["plot", "tiny-network", "-o", f"picture.{suffix}"]) == 0
    assert capsys.readouterr().out == f"picture.{suffix}\n"
    assert (tmp_path / f"picture.{suffix}").read_bytes().startswith(start)


def test_a_plot_that_cannot_be_drawn_says_why(tmp_path, monkeypatch, capsys):
    def without_matplotlib():
        raise ImportError("No module named 'matplotlib'")

    def ends_with(*arguments):
        assert main(["plot", "tiny-network", *arguments]) == 2
        return capsys.readouterr().err

    monkeypatch.chdir(tmp_path)
    with_plot(monkeypatch, None)
    assert "tiny-network has no plot. These have one: " in ends_with()
    with_plot(monkeypatch, without_matplotlib)
    assert "pip install matplotlib" in ends_with()
    assert "it should end in .png, .svg, .pdf" in ends_with("-o", "picture.docx")
    assert list(tmp_path.iterdir()) == []


@EACH
def test_the_catalogue_tells_the_place_and_the_exercises_of_a_lesson(slug):
    entry = next(entry for entry in json.loads(told("list", "--json")) if entry["slug"] == slug)
    lesson = LESSONS[slug]
    assert list(COURSE.slugs[entry["chapter"]]).count(slug) == 1
    assert [slug for slugs in COURSE.slugs.values() for slug in slugs][entry["place"] - 1] == slug
    assert entry["document"] == lesson.document
    assert entry["exercises"] == [exercise.question for exercise in lesson.exercises]
    assert entry["plot"] is (lesson.plot is not None)
    assert list(entry) == [
        "place", "chapter", "slug", "title", "document", "question", "numbers", "exercises", "plot",
    ]  # fmt: skip


def test_a_number_without_end_is_an_answer_like_another(tmp_path, capsys):
    """Five thousand digits, whole, behind the point or in a fraction: each is marked, and so are the answers after them."""
    long = ["9" * 5000, "0." + "1" * 5000, "1/" + "3" * 5000, "1e999999999999", "-16"]
    (tmp_path / "ada.txt").write_text("\n".join(long), encoding="utf-8")
    assert main(["quiz", "tiny-network", "--mark", str(tmp_path / "ada.txt")]) == 0
    told = capsys.readouterr().out
    assert re.findall(r"^ +(\d+) ", told, re.M)[:5] == ["1", "2", "3", "4", "5"]
    assert "Right: " in told.splitlines()[-1]
    assert len(told) < 2000
    for answer in long[:4]:
        assert main(["diagnose", "tiny-network", "w", answer]) in (0, 2)
    assert "Traceback" not in capsys.readouterr().err
