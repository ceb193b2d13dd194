"""Lessons on a terminal: printed whole, or one event a key press."""

import difflib
import textwrap
from collections.abc import Iterator

from autograd.classroom import Course, Lesson
from autograd.errors import GraphError
from autograd.explain.events import Chain, Event, Ready
from autograd.graph import names, topological_order
from autograd.value import Value

WIDTH = 100
NARROW = 80  # columns of a terminal on which no table is broken: a wide one begins further to the left
INDENT = " " * 6
LONGEST = 150  # lines of a lesson, unless all are asked for
ENDING = 5  # lines: one that says what is left out, and what comes after the lesson


def walkthrough(lesson: Lesson) -> Iterator[str]:
    """Yield a lesson piece by piece: its title and question, its texts, its events."""
    yield opening(lesson)
    index, previous = 0, None
    for item in lesson.story():
        if isinstance(item, str):
            yield paragraph(item)
        else:
            if not repeats(item, previous):
                yield event_text(index, item, previous)
            index, previous = index + 1, item


def repeats(event: Event, previous: Event | None) -> bool:
    """Tell whether an event says no more than the line before it: a gradient is complete that was just computed, by one use."""
    if not isinstance(event, Ready) or len(event.lines) > 1 or previous is None:
        return False
    (line,) = event.lines
    plain = line.count(" = ") == 1 and last_number(event) == last_number(previous)  # a number, and no formula
    return line in previous.lines or (plain and by_one_use(event, previous))


def by_one_use(event: Ready, previous: Event) -> bool:
    """Tell whether the contribution before a complete gradient was its first one, and so the only one."""
    return isinstance(previous, Chain) and previous.parent is event.node and previous.before == 0


def last_number(event: Event) -> str:
    """Return what the last line of an event ends with."""
    return event.lines[-1].rpartition(" = ")[2]


def ending(lesson: Lesson, course: Course) -> str:
    """Return what comes after a lesson; nothing for one that the course does not have."""
    return f"\n{course.after(lesson.slug)}" if lesson.slug in course.lessons else ""


def beginning(lines: list[str]) -> list[str]:
    """Return the lines of a lesson as far as they can be read at once; what it ends with is always there."""
    left = len(lines) - LONGEST + 1
    if len(lines) <= LONGEST:
        return lines
    return [*lines[: LONGEST - ENDING], f"… {left} lines more, with --all", *lines[1 - ENDING :]]


def source(lesson: Lesson) -> str:
    """Return which documents a lesson follows."""
    return f"Source: {lesson.document}."


def opening(lesson: Lesson) -> str:
    """Return a lesson's title, its source and its question."""
    head = f"{lesson.title}\n{'=' * len(lesson.title)}"
    after = f"\n{wrapped(source(lesson))}" if lesson.document else ""
    question = f"\n\n{wrapped(lesson.question)}" if lesson.question else ""
    return head + after + question


def paragraph(text: str) -> str:
    """Return a heading, a table, a line that is indented (a formula, a command) as it is, or a paragraph, ready to print."""
    if text.startswith("# "):
        return f"\n{text[2:]}\n{'-' * len(text[2:])}"
    if not is_listing(text):
        return wrapped(text, INDENT)
    room = NARROW - max(map(len, text.splitlines()))
    return textwrap.indent(text, INDENT[: max(room, 0)])


def is_listing(text: str) -> bool:
    """Tell whether a text is a table or a command, whose lines stand as they are."""
    return "\n" in text or text.startswith("  ")


def event_text(index: int, event: Event, previous: Event | None = None) -> str:
    """Return an event with its number in the stream, its parts aligned below one another."""
    if isinstance(event, Chain):
        head = f"{event.name} → {event.names[event.parent].label}"
        return "\n".join([f"{index:>4}  {head}", *(f"{INDENT}  {line}" for line in chain_lines(event))])
    lines = complete(event, previous) if isinstance(event, Ready) else event.lines
    return "\n".join(f"{index:>4}  {line}" if i == 0 else f"{INDENT}{line}" for i, line in enumerate(lines))


def chain_lines(event: Chain) -> list[str]:
    """Return the lines of a contribution; the first one of the root is its local derivative, and said once."""
    return event.lines[:1] if event.node is event.root and event.before == 0 else event.lines


def complete(event: Ready, previous: Event | None) -> list[str]:
    """Return the lines of a complete gradient; its number is left out where the line before it has just said it."""
    if previous is not None and event.lines[-1] in previous.lines:
        return [f"{event.partial(event.root, event.node)}   complete"]
    return [*event.lines[:-1], f"{event.lines[-1]}   complete"]


def wrapped(text: str, indent: str = "") -> str:
    """Return a text in lines that fit a page."""
    return textwrap.fill(text, WIDTH, initial_indent=indent, subsequent_indent=indent)


def labels(root: Value) -> dict[str, Value]:
    """Return the nodes of a graph by their names."""
    return {name: node for node, name in names(topological_order(root)).items() if node.kind != "constant"}


def node_named(root: Value, label: str) -> Value:
    """Return the node of that name; raise GraphError, with the nearest name, where there is none."""
    found = labels(root)
    if label not in found:
        near = difflib.get_close_matches(label, found, 1, 0.3)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise GraphError(f"There is no node {label!r} in this graph.{hint} There are: {', '.join(found)}.")
    return found[label]
