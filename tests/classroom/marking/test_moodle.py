"""The bank for Moodle, read back by a parser from the package index and by Python's own."""

import importlib.util
from html import escape
from xml.etree import ElementTree

import pytest

from autograd import DataError
from autograd.__main__ import LESSONS, main
from autograd.classroom.marking.moodle import element, moodle_bank
from autograd.classroom.paper import Paper
from autograd.classroom.questions import choose

BANK = ElementTree.fromstring(moodle_bank(LESSONS["tiny-network"], 4))
ASKED = [question for question in BANK if question.get("type") != "category"]


def answers(question):
    return [
        (float(answer.get("fraction")), float(answer.findtext("text")), float(answer.findtext("tolerance")))
        for answer in question.findall("answer")
    ]


def test_each_variant_has_its_numbers_and_each_mistake_its_feedback():
    papers = [Paper(LESSONS["tiny-network"], str(seed)) for seed in range(1, 5)]
    wanted = [question for paper in papers for question in paper.questions]
    assert len(ASKED) == len(wanted)
    for found, question in zip(ASKED, wanted, strict=True):
        (right, *wrong) = answers(found)
        assert right[:2] == (100, question.answer)
        assert {number for _, number, _ in wrong} == {one.answer for one in question.wrong}
        assert "at least two digits" in found.findtext("questiontext/text")
        feedback = {float(a.findtext("text")): a.findtext("feedback/text") for a in found.findall("answer")}
        first = {one.answer: one for one in reversed(question.wrong)}
        assert all(escape(one.when) in feedback[number] for number, one in first.items())


def test_no_wrong_answer_s_interval_overlaps_the_right_one_s():
    for slug in ("tiny-network", "one-neuron", "xor-by-hand", "batches"):
        for question in ElementTree.fromstring(moodle_bank(LESSONS[slug], 2)):
            if question.get("type") == "numerical":
                (_, right, off), *wrong = answers(question)
                assert all(abs(x - right) > off + other for _, x, other in wrong), question.findtext("name/text")


def test_the_right_answer_may_be_off_by_half_a_unit_of_its_second_digit_unless_a_mistake_lies_there():
    near = 0
    for slug in ("tiny-network", "losses"):
        for question in ElementTree.fromstring(moodle_bank(LESSONS[slug], 3)):
            if question.get("type") == "numerical":
                (_, right, off), *wrong = answers(question)
                half = 0.5 * 10.0 ** (int(f"{right:e}".partition("e")[2]) - 1)
                nearest = min(abs(x - right) for _, x, _ in wrong)
                near += nearest <= half
                assert off == pytest.approx(half if nearest > half else 0.49 * nearest)
                assert ("as many as you can" in question.findtext("questiontext/text")) == (nearest <= half)
    assert near > 0


@pytest.mark.skipif(importlib.util.find_spec("moodle_xml_parser") is None, reason="moodle-xml-parser is not installed")
def test_another_parser_reads_it(tmp_path):
    """The parser of the package index knows questions of choice; it must find them between the numerical ones."""
    from moodle_xml_parser import parser

    path = tmp_path / "bank.xml"
    assert main(["quiz", "tiny-network", "-o", str(path), "--format", "moodle", "--variants", "2"]) == 0
    tree = ElementTree.parse(path)
    choice = choose("Which is 2 · 3?", "6", {"5": "That is a sum."})
    tree.getroot().append(element(choice, "choice", "w = 2"))
    tree.write(path, encoding="utf-8")
    (found,) = parser.parse_file(str(path))["multichoice"]
    assert "Which is 2 · 3?" in str(found)
    assert all(text in str(found) for text in ("6", "5", "That is a sum."))


def test_bad_calls(tmp_path, capsys):
    with pytest.raises(DataError, match="1 to 500"):
        moodle_bank(LESSONS["tiny-network"], 0)
    assert main(["quiz", "tiny-network", "-o", "bank.json"]) == 2
    assert main(["quiz", "tiny-network", "-o", str(tmp_path / "no" / "bank.xml")]) == 2
    assert "Traceback" not in capsys.readouterr().err
