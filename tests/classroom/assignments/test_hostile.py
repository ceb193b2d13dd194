"""Files that do what no engine should: each is a stage failed with a sentence, and what comes after it goes on."""

import os
import sys

import pytest

from autograd.classroom.assignments.findings import PASSED, WRONG
from autograd.classroom.assignments.judge import judge_class
from autograd.classroom.assignments.runner import MEMORY_IS_LIMITED, Student
from tests.classroom.assignments.styles import STYLES

TANH = "        out = _tanh(self.data)\n"
UNIX = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")


def judged(tmp_path, source, seconds=3.0):
    file = tmp_path / "engine.py"
    file.write_text(source, encoding="utf-8")
    return judge_class(Student(file, "Node"), seconds=seconds)


def with_tanh(line):
    return "import os, sys\n" + STYLES["tuples"].replace(TANH, f"        {line}\n{TANH}")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("while True: pass", "did not come to an end"),
        ("sys.exit(0)", "sys.exit"),
        ("os._exit(0)", "os._exit"),
        pytest.param("big = bytearray(10 * 1024 ** 3)", "memory", marks=pytest.mark.skipif(not MEMORY_IS_LIMITED, reason="no limit")),
        ("for _ in range(1000): print('x' * 1_000_000)", "printed more than"),
        ("sys.stdout.close()", "closes the standard output"),
        ("os.close(1)", "closes the standard output"),
        pytest.param("os.fork()", "second process", marks=UNIX),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("os.kill(os.getpid(), 9)", "ended"),
        ("self.data.nothing", "AttributeError"),
    ],
)  # fmt: skip
def test_one_stage_fails_with_a_sentence_and_the_others_are_judged(tmp_path, line, words):
    report = judged(tmp_path, with_tanh(line))
    states = {result.number: result.state for result in report.results}
    assert states == {1: PASSED, 2: PASSED, 5: PASSED, 6: PASSED, 7: PASSED, 8: WRONG}
    (finding,) = (result.finding for result in report.results if result.finding)
    assert words in finding.name + " ".join(got for _, _, got in finding.compared)
    assert report.status == 1


@pytest.mark.parametrize(
    ("line", "words"),
    [("raise RuntimeError('no')", "RuntimeError: no"), ("import sys; sys.exit(3)", "sys.exit"), ("import os; os._exit(0)", "os._exit"),
     ("while True: pass", "did not come to an end"), ("x = (", "SyntaxError"), ("import there_is_no_such_module", "ModuleNotFoundError")],
)  # fmt: skip
def test_a_file_that_cannot_be_imported(tmp_path, line, words):
    report = judged(tmp_path, f"{line}\n{STYLES['tuples']}")
    assert report.status == 2
    assert words in report.failed


def test_a_class_that_lies(tmp_path):
    liar = "class Liar(float):\n    def __eq__(self, other): return True\n    __hash__ = float.__hash__\n    def __float__(self): return 6.0\n"
    source = liar + STYLES["tuples"].replace("+ node.grad * slope", "+ Liar(node.grad)")
    assert judged(tmp_path, source).status == 1
    equal = STYLES["tuples"].replace(
        "    def backward",
        "    def __eq__(self, other): return True\n    def __hash__(self): return 0\n    def backward",
    )
    report = judged(tmp_path, equal)
    assert [result.number for result in report.results if result.state == WRONG] == [2]


def test_a_student_sees_nothing_of_the_user(tmp_path, monkeypatch):
    monkeypatch.setenv("A_TOKEN", "kept to oneself")
    spy = (
        "import os\nassert 'A_TOKEN' not in os.environ\nopen('written.txt', 'w').write('x')\nassert os.getcwd() != "
        + repr(str(tmp_path))
        + "\n"
    )
    assert judged(tmp_path, spy + STYLES["tuples"]).status == 0
    assert [path.name for path in tmp_path.iterdir()] == ["engine.py"]
    assert sys.modules.get("engine") is None
