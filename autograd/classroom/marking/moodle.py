"""A bank of questions for Moodle, as its XML: each question of a lesson with the numbers of many seeds."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from math import floor, inf, log10
from xml.etree import ElementTree

from autograd.classroom.flashcards import in_words
from autograd.classroom.lesson import Lesson
from autograd.classroom.paper import Paper
from autograd.classroom.questions import Question
from autograd.errors import DataError
from autograd.graph import number

MOST = 500  # variants of one lesson
DIGITS = "Give at least two digits."
MORE_DIGITS = "Give at least two digits, and here as many as you can: a known mistake gives nearly the same."


def moodle_bank(lesson: Lesson, variants: int = 30) -> str:
    """Return a lesson's questions as Moodle XML, with the numbers of the seeds 1, 2, ….

    Each named mistake is a wrong answer with its feedback. The right answer may be off by half a unit of its second significant
    digit, or by less where a mistake lies so near; a wrong one by as much, and never so much that it could be right.
    Raises DataError for a number of variants that is not 1 to 500.
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
    near = room(question) < tolerance(question.answer)
    digits = "" if question.choices else f" {MORE_DIGITS if near else DIGITS}"
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
    right, wrong = question.answer, {one.answer: one for one in reversed(question.wrong)}
    off = min(tolerance(right), room(question))
    yield answer("100", repr(float(right)), f"{number(right)} is right.", off)
    for one in dict.fromkeys(one.answer for one in question.wrong):
        told = f"{number(one)} is what you get when {wrong[one].when}. {wrong[one].why}"
        yield answer("0", repr(float(one)), told, min(tolerance(one), 0.49 * (abs(one - right) - off)))


def room(question: Question) -> float:
    """Return how far an answer may be off, so that no known mistake is right: anywhere, unless one lies within the tolerance."""
    nearest = min((abs(one.answer - question.answer) for one in question.wrong), default=inf)
    return inf if tolerance(question.answer) < nearest else 0.49 * nearest


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
