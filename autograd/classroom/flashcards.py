"""Flashcards of the whole course: definitions, the slopes of the table of operations, and the notes and exercises of every lesson.

They are written as text, as JSON, and as the tab-separated values that Anki imports.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping

from autograd.classroom.course import Course
from autograd.classroom.definitions import DEFINITIONS, Flashcard
from autograd.classroom.lesson import Lesson, Note, as_lesson
from autograd.explain.events import Compute, Event
from autograd.explain.expression import formula, name, slope
from autograd.explain.stepper import forward, snapshot, steps
from autograd.graph import number, topological_order
from autograd.rules import TABLE, Op
from autograd.value import Value

LONGEST = 360  # letters of a graph on a card: a larger one cannot be kept in mind
LONGEST_SLOPE = 50  # letters of one that is learned by heart
COLUMNS = ("Question", "Answer", "Lesson", "Tags")


def deck(course: Course) -> list[Flashcard]:
    """Return all cards about a course's lessons in their order, each question once."""
    cards = [*DEFINITIONS, *slopes(), *(card for lesson in course.lessons.values() for card in of_lesson(lesson))]
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
    """Yield a card for each operation of one or two operands whose slope is short enough to learn."""
    for op in TABLE.values():
        question, answer = slope_of(op) if op.arity in (1, 2) else ("", "")
        if answer and len(answer) <= LONGEST_SLOPE:
            yield Flashcard(question, f"{answer}{kink(op)}", "activations" if op.binds == 9 else "tiny-network")


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
    """Yield a card for each exercise of a lesson and each note; those that ask about its graph show it, if it is small enough."""
    root = lesson.build()
    graph = in_words(root)
    small = len(graph) <= LONGEST
    for exercise in lesson.exercises:
        if small or not exercise.of_graph:
            about = f"{graph} " if exercise.of_graph else ""
            answer = f"{number(exercise.answer)}. {' '.join(exercise.hints)}"
            yield Flashcard(f"{lesson.title}. {about}{exercise.question}", answer, lesson.slug)
    if small:
        for note, event in noted(lesson, root):
            yield Flashcard(f"{lesson.title}. {graph} {remark(event)}", note.text, lesson.slug)


def noted(lesson: Lesson, root: Value) -> Iterator[tuple[Note, Event]]:
    """Yield each note with its event; the whole lesson is run, which may take its time, only for those that the passes do not have."""
    events = {event.key: event for event in steps(root)}
    if any(note.after not in events for note in lesson.notes):
        events = {event.key: event for event in lesson.events()} | events
    for note in lesson.notes:
        yield note, events[note.after]


def remark(event: Event) -> str:
    """Ask what there is to say about an event."""
    return f"{event.words} What does that tell?"


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
