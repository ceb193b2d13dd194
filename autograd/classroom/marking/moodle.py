"""A bank of questions for Moodle, as its XML: each question of a lesson with the numbers of many seeds."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from math import floor, log10
from xml.etree import ElementTree

from autograd.classroom.flashcards import in_words
from autograd.classroom.lesson import Lesson
from autograd.classroom.paper import Paper
from autograd.classroom.questions import Question
from autograd.errors import DataError
from autograd.graph import number

MOST = 500  # variants of one lesson
DIGITS = "Give at least two digits."


def moodle_bank(lesson: Lesson, variants: int = 30) -> str:
    """Return a lesson's questions as Moodle XML, with the numbers of the seeds 1, 2, ….

    Each named mistake is a wrong answer with its feedback. An answer may be off by half a unit of its second significant
    digit, or by less where a mistake is near. Raises DataError for a number of variants that is not 1 to 500.
    """
    if not 1 <= variants <= MOST:
        raise DataError(f"A bank has 1 to {MOST} variants, and {variants} were asked for.")
    quiz = ElementTree.Element("quiz")
    for seed in range(1, variants + 1):
        paper = Paper(lesson, str(seed))
        graph = in_words(paper.root)
        for place, question in enumerate(paper.questions, 1):
            category(quiz, f"{lesson.title}/{place:02}")
            quiz.append(element(question, f"{lesson.slug} {place:02}, variant {seed:03}", graph))
    ElementTree.indent(quiz, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(quiz, encoding="unicode") + "\n"


def category(quiz: ElementTree.Element, name: str) -> None:
    """Say in which category the next questions are: one for each question, so that a test can draw one variant of each."""
    question = ElementTree.SubElement(quiz, "question", type="category")
    text(ElementTree.SubElement(question, "category"), f"$course$/chalkgrad/{name}")


def element(question: Question, name: str, graph: str) -> ElementTree.Element:
    """Return one question."""
    found = ElementTree.Element("question", type="multichoice" if question.choices else "numerical")
    text(ElementTree.SubElement(found, "name"), name)
    digits = "" if question.choices else f" {DIGITS}"
    words = f"<p>{escape(graph)}</p><p>{escape(question.question)}{digits}</p>"
    text(ElementTree.SubElement(found, "questiontext", format="html"), words)
    text(
        ElementTree.SubElement(found, "generalfeedback", format="html"),
        "".join(f"<p>{escape(line)}</p>" for line in question.solution),
    )
    ElementTree.SubElement(found, "defaultgrade").text = "1"
    for answer in choices(question) if question.choices else numbers(question):
        found.append(answer)
    if question.choices:
        ElementTree.SubElement(found, "single").text = "true"
        ElementTree.SubElement(found, "shuffleanswers").text = "1"
    return found


def numbers(question: Question) -> Iterator[ElementTree.Element]:
    """Yield the right answer, and each number that a known mistake gives, the likeliest mistake first."""
    wrong = {one.answer: one for one in reversed(question.wrong)}
    room = min((0.49 * abs(x - question.answer) for x in wrong), default=float("inf"))
    yield answer(
        "100",
        repr(float(question.answer)),
        f"{number(question.answer)} is right.",
        min(tolerance(question.answer), room),
    )
    for one in dict.fromkeys(one.answer for one in question.wrong):
        apart = 0.49 * abs(one - question.answer)
        told = f"{number(one)} is what you get when {wrong[one].when}. {wrong[one].why}"
        yield answer("0", repr(float(one)), told, min(tolerance(one), apart))


def choices(question: Question) -> Iterator[ElementTree.Element]:
    """Yield the answers to choose from."""
    for place, choice in enumerate(question.choices):
        right = place == int(question.answer)
        yield answer("100" if right else "0", escape(choice.text), choice.why or "That is right.", None)


def answer(fraction: str, shown: str, feedback: str, off: float | None) -> ElementTree.Element:
    """Return one answer, what it is worth in per cent, and what is said to it."""
    found = ElementTree.Element("answer", fraction=fraction, format="moodle_auto_format" if off is not None else "html")
    text(found, shown)
    if off is not None:
        ElementTree.SubElement(found, "tolerance").text = repr(off)
    text(ElementTree.SubElement(found, "feedback", format="html"), f"<p>{escape(feedback)}</p>")
    return found


def tolerance(x: float) -> float:
    """Return half a unit of a number's second significant digit.

    >>> tolerance(-32.0), tolerance(0.138), tolerance(0.0)
    (0.5, 0.005, 0.0)
    """
    return 0.5 * 10.0 ** (floor(log10(abs(x))) - 1) if x else 0.0


def text(parent: ElementTree.Element, words: str) -> None:
    """Give an element its text, as Moodle wants it."""
    ElementTree.SubElement(parent, "text").text = "".join(letter for letter in words if letter.isprintable())
