"""Engines in six styles, right and wrong: every right one passes, every wrong one is told by the name of its mistake."""

import pytest

from autograd import Value
from autograd.classroom.assignments.findings import PASSED, WRONG
from autograd.classroom.assignments.judge import judge_class
from autograd.classroom.assignments.probes import PROGRAMS
from autograd.classroom.assignments.recognise import RIGHT, predicted
from autograd.classroom.assignments.rule_faults import FAULTS
from autograd.classroom.assignments.runner import Student
from tests.classroom.assignments.styles import STYLES
from tests.classroom.assignments.wrong import WRONG as WRONG_ENGINES


def judged(tmp_path, source, **names):
    file = tmp_path / "engine.py"
    file.write_text(source, encoding="utf-8")
    return judge_class(Student(file, "Node", **names), seconds=60.0)


def findings(report):
    return [(result.number, result.finding.name) for result in report.results if result.state == WRONG]


@pytest.mark.parametrize("style", STYLES)
def test_a_right_engine_passes(tmp_path, style):
    if style == "numpy":
        pytest.importorskip("numpy")
    report = judged(tmp_path, STYLES[style])
    assert findings(report) == []
    assert report.status == 0
    assert all(result.state == PASSED for result in report.results)


QUICK = ("root's value", "tanh: the slope is wrong (tanh inverted")  # of the other stages: they are found at once


def each_wrong_engine():
    """In each style the first that goes through the graph in a wrong way, and some more; the others, searched for longer, in CI only."""
    passes = {wrong.style: wrong for wrong in reversed(WRONG_ENGINES) if wrong.stage in (5, 6)}
    for wrong in WRONG_ENGINES:
        kept = wrong in passes.values() or wrong.name in QUICK
        marks = () if kept else pytest.mark.slow
        yield pytest.param(wrong, marks=marks, id=f"{wrong.style}-{wrong.stage}-{wrong.name}")


@pytest.mark.parametrize("wrong", [*each_wrong_engine()])
def test_a_wrong_engine_is_told_by_the_name_of_its_mistake_and_by_no_other(tmp_path, wrong):
    if wrong.style == "numpy":
        pytest.importorskip("numpy")
    report = judged(tmp_path, wrong.source)
    ((stage, name),) = findings(report)
    assert wrong.name in name
    assert stage == {3: 2}.get(wrong.stage, wrong.stage)
    assert report.status == 1
    (finding,) = (result.finding for result in report.results if result.finding)
    assert finding.also == ()
    assert len(finding.lines) <= 6
    assert finding.compared


def test_there_are_forty_engines_in_every_style():
    assert len(STYLES) + len(WRONG_ENGINES) >= 40
    assert {wrong.style for wrong in WRONG_ENGINES} == set(STYLES)


def test_what_counts_as_right_is_what_this_engine_computes():
    """The simulated engine against autograd's own, with which it shares the rows of the table and nothing else; the engines of styles.py share nothing."""

    def zero_all(root):
        for node in (root, *root.parents, *(p for q in root.parents for p in q.parents)):
            node.grad = 0.0

    for program in PROGRAMS:
        space = {"Value": Value, "zero_all": zero_all}
        for line in program.lines:
            exec(line, space)
        seen = [float(eval(ask, space) or 0.0) for ask in program.asks]
        assert seen == pytest.approx(predicted(RIGHT, program), rel=1e-12, abs=1e-12), program


def test_other_names_and_what_is_lacking(tmp_path):
    source = STYLES["closures"]
    for old, new in (
        (".data", ".value"),
        (".grad", ".gradient"),
        ("def backward", "def backprop"),
        ("def exp", "def other"),
    ):
        source = source.replace(old, new)
    report = judged(tmp_path, source, names=("value", "gradient", "backprop"))
    assert report.status == 0
    (last,) = (result for result in report.results if result.number == 8)
    assert last.lacks == ("x ** y", "exp", "2 ** x")


def test_conventions_and_limits_are_told_and_not_judged(tmp_path):
    report = judged(tmp_path, STYLES["closures"])
    assert ["72" in words for words in report.conventions] == [True]
    assert [("2,000" in words, "400" in words) for words in report.limits] == [(True, False), (False, True)]
    afresh = judged(tmp_path, STYLES["table"])
    assert ["afresh" in words for words in afresh.conventions] == [True]


def test_each_mistake_has_a_name_of_its_own_and_says_what_to_do():
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
    assert all(fault.why.endswith(".") and fault.changes for fault in FAULTS)
