"""Flashcards: those of a course, the slopes of the table of operations that one knows by heart, and the exercises of any lesson.

They are written as text, as JSON, and as the tab-separated values that Anki imports.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping

from autograd.classroom.course import Course
from autograd.classroom.definition import Flashcard
from autograd.classroom.lesson import Lesson, as_lesson
from autograd.explain.events import Compute
from autograd.explain.expression import formula, name, slope
from autograd.explain.stepper import forward, snapshot
from autograd.graph import number, topological_order
from autograd.rules import TABLE, Op
from autograd.value import Value

LONGEST = 160  # letters on the front of a card
LEARNED = ("sub", "mul", "div", "exp", "log", "sqrt", "sin", "cos", "tanh", "sigmoid", "relu")
COLUMNS = ("Question", "Answer", "Lesson", "Tags")


def deck(course: Course) -> list[Flashcard]:
    """Return all cards about a course's lessons in their order: its own, the slopes to know, and exercises where a lesson has no card."""
    own = {card.lesson for card in course.cards}
    lessons = [lesson for slug, lesson in course.lessons.items() if slug not in own]
    cards = [*course.cards, *slopes(), *(card for lesson in lessons for card in of_lesson(lesson))]
    first = {card.question: card for card in reversed(cards)}
    cards = [card for card in cards if first[card.question] is card and card.lesson in course.lessons]
    return sorted(cards, key=lambda card: course.place(card.lesson))


def flashcards(about: Lesson | Value | Callable[[], Value]) -> list[Flashcard]:
    """Return the cards of one lesson, or of a graph: a Value, or a function that builds one.

    >>> w = Value(3.0, "w")
    >>> y = w * 2; y.label = "y"
    >>> print(flashcards(y)[0].question)
    y. w = 3; y = w·2. What is ∂y/∂w?
    """
    return list(of_lesson(as_lesson(about)))


def slopes() -> Iterator[Flashcard]:
    """Yield a card for each operation whose slopes one knows by heart."""
    for row in LEARNED:
        op = TABLE[row]
        question, answer = slope_of(op)
        yield Flashcard(
            question, f"{answer}{kink(op)}", "activations" if row in ("tanh", "sigmoid", "relu") else "tiny-network"
        )


def slope_of(op: Op) -> tuple[str, str]:
    """Ask for the slopes of an operation, and answer from its row.

    >>> slope_of(TABLE["tanh"]), slope_of(TABLE["mul"])
    (('y = tanh(a). What is ∂y/∂a?', '∂y/∂a = 1 − y².'), ('y = a·b. What are ∂y/∂a and ∂y/∂b?', '∂y/∂a = b, ∂y/∂b = a.'))
    """
    operands, out = tuple(name(letter, 0.0) for letter in "ab"[: op.arity]), name("y", 0.0)
    asked = [f"∂y/∂{operand.label}" for operand in operands]
    answers = [f"{partial} = {slope(op, i, operands, out).text}" for i, partial in enumerate(asked)]
    question = f"y = {formula(op, operands).text}. What {'is' if len(asked) == 1 else 'are'} {' and '.join(asked)}?"
    return question, f"{', '.join(answers)}."


def kink(op: Op) -> str:
    """Return the choice that a row makes where its slope jumps."""
    return f" {op.note[0].upper()}{op.note[1:]}." if op.kinks else ""


def of_lesson(lesson: Lesson) -> Iterator[Flashcard]:
    """Yield a card for each exercise of a lesson that fits on one, and has no choices; one that asks about the lesson's graph shows it."""
    graph = in_words(lesson.build())
    for exercise in lesson.exercises:
        front = f"{lesson.title}. {graph} {exercise.question}" if exercise.of_graph else exercise.question
        if len(front) <= LONGEST and not exercise.as_question().choices:
            yield Flashcard(front, f"{exercise.as_question().key}. {' '.join(exercise.hints)}", lesson.slug)


def in_words(root: Value) -> str:
    """Return a graph in a sentence: the numbers at its leaves, and what is computed from them."""
    order = topological_order(root)
    named = snapshot(order)
    leaves = [f"{named[n].label} = {number(n.data)}" for n in order if n.op is None and n.kind != "constant"]
    events = (event for event in forward(order, named) if isinstance(event, Compute))
    results = [f"{event.name} = {event.formula.text}" for event in events]
    return f"{', '.join(leaves)}; {', '.join(results)}."


def as_text(cards: Iterable[Flashcard], course: Course) -> str:
    """Return cards as plain text, under the names of their lessons."""
    lines, lesson = [], ""
    for card in cards:
        if card.lesson != lesson:
            lesson = card.lesson
            lines += [lesson, "-" * len(lesson), ""]
        lines += [f"Q  {card.question}", f"A  {card.answer}", ""]
    return "\n".join(lines)


def as_json(cards: Iterable[Flashcard], course: Course) -> str:
    """Return cards as JSON: a list of objects."""
    rows: list[Mapping[str, str]] = [
        {
            "question": card.question,
            "answer": card.answer,
            "lesson": card.lesson,
            "chapter": course.chapter(card.lesson),
        }
        for card in cards
    ]
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"


def as_tsv(cards: Iterable[Flashcard], course: Course) -> str:
    """Return cards as tab-separated values with the header lines that Anki reads."""
    file = io.StringIO()
    columns = "\t".join(COLUMNS)
    file.write(f"#separator:tab\n#html:false\n#columns:{columns}\n#tags column:{len(COLUMNS)}\n")
    writer = csv.writer(file, delimiter="\t", lineterminator="\n")
    for card in cards:
        tags = f"chalkgrad::{tag(course.chapter(card.lesson))}::{card.lesson}"
        writer.writerow([flat(card.question), flat(card.answer), card.lesson, tags])
    return file.getvalue()


def flat(text: str) -> str:
    """Return a text on one line, without tabs; a card that began with # would be taken for a header."""
    return " ".join(text.split()).removeprefix("#").strip()


def tag(chapter: str) -> str:
    """Return a chapter as a tag, which has no spaces.

    >>> tag("How wrong, and whose fault")
    'how-wrong-and-whose-fault'
    """
    return "-".join("".join(letter for letter in chapter.lower() if letter.isalnum() or letter == " ").split())


FORMATS: dict[str, Callable[[Iterable[Flashcard], Course], str]] = {".txt": as_text, ".json": as_json, ".tsv": as_tsv}
