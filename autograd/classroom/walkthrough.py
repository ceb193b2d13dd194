"""Lessons on a terminal: printed whole, or one event a key press."""

import difflib
import os
import sys
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from autograd.classroom import Course, Lesson
from autograd.errors import GraphError
from autograd.explain.events import Chain, Event, Ready
from autograd.explain.why import why
from autograd.graph import names, topological_order
from autograd.value import Value

WIDTH = 100
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
    return (
        isinstance(event, Ready)
        and len(event.lines) == 1
        and previous is not None
        and event.lines[-1] in previous.lines
    )


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
    """Return a heading, a table or a paragraph, ready to print."""
    if text.startswith("# "):
        return f"\n{text[2:]}\n{'-' * len(text[2:])}"
    return textwrap.indent(text, INDENT) if "\n" in text else wrapped(text, INDENT)


def event_text(index: int, event: Event, previous: Event | None = None) -> str:
    """Return an event with its number in the stream, its parts aligned below one another."""
    if isinstance(event, Chain):
        head, lines = f"{event.name} → {event.names[event.parent].label}", event.lines
        return "\n".join([f"{index:>4}  {head}", *(f"{INDENT}  {line}" for line in lines)])
    lines = complete(event, previous) if isinstance(event, Ready) else event.lines
    return "\n".join(f"{index:>4}  {line}" if i == 0 else f"{INDENT}{line}" for i, line in enumerate(lines))


def complete(event: Ready, previous: Event | None) -> list[str]:
    """Return the lines of a complete gradient; its number is left out where the line before it has just said it."""
    if previous is not None and event.lines[-1] in previous.lines:
        return [f"{event.partial(event.root, event.node)}   complete"]
    return [*event.lines[:-1], f"{event.lines[-1]}   complete"]


def wrapped(text: str, indent: str = "") -> str:
    """Return a text in lines that fit a page."""
    return textwrap.fill(text, WIDTH, initial_indent=indent, subsequent_indent=indent)


KEYS = "n or space: next   b: back   g: go to an event   w: why a gradient   q: quit"


@dataclass(frozen=True)
class Page:
    """One event with the texts around it, as it is shown at one key press."""

    event: Event | None
    text: str


def pages(lesson: Lesson) -> list[Page]:
    """Return a lesson as pages: the texts before an event go with it, and those after the last stand alone."""
    found: list[Page] = []
    texts = [opening(lesson)]
    for item in lesson.story():
        if isinstance(item, str) and found and not texts and not item.startswith("# "):
            last = found[-1]  # a text about an event stays with it
            found[-1] = Page(last.event, f"{last.text}\n{paragraph(item)}")
        elif isinstance(item, str):
            texts.append(paragraph(item))
        else:
            previous = found[-1].event if found else None
            found.append(Page(item, "\n".join([*texts, event_text(len(found), item, previous)])))
            texts = []
    return [*found, Page(None, "\n".join([*texts, "", f"      The end. {KEYS}"]))]


def interact(lesson: Lesson, read_key: Callable[[], str], read_line: Callable[[], str]) -> None:
    """Show a lesson page by page: each key press moves forward or back, goes to an event, or asks why."""
    book, position = pages(lesson), 0
    print(f"{KEYS}\n\n{book[0].text}", flush=True)
    while (pressed := read_key()) not in ("q", "\x03", "\x04", ""):
        if pressed == "w":
            print(answer(book[position].event, ask("Why the gradient of which node? ", read_line)), flush=True)
            continue
        wanted = moved(pressed, position, len(book), read_line)
        if wanted is None:
            help_text = f"There is no such event: there are 0 to {len(book) - 2}." if pressed == "g" else KEYS
            print(f"{INDENT}{help_text}", flush=True)
        elif wanted != position:
            position = wanted
            print(book[position].text, flush=True)


def moved(pressed: str, position: int, count: int, read_line: Callable[[], str]) -> int | None:
    """Return the page that a key leads to; None for a key that has no meaning, or an event that is not there."""
    if pressed == "g":
        typed = ask(f"Go to which event, 0 to {count - 2}? ", read_line)
        return int(typed) if typed.isdecimal() and int(typed) < count - 1 else None
    step = {"n": 1, " ": 1, "\n": 1, "\r": 1, "right": 1, "b": -1, "left": -1}.get(pressed)
    return None if step is None else max(0, min(position + step, count - 1))


def ask(question: str, read_line: Callable[[], str]) -> str:
    """Print a question and return the line that is typed."""
    print(f"      {question}", end="", flush=True)
    return read_line().strip()


def answer(event: Event | None, label: str) -> str:
    """Return where a node's gradient comes from, in the graph of an event."""
    if event is None:
        return "      Go back to an event first: b."
    *_, root = event.names  # a topological order ends with its root
    try:
        return textwrap.indent(why(root, node_named(root, label), event.names).text, INDENT)
    except GraphError as error:
        return wrapped(str(error), INDENT)


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


def key() -> str:
    """Return one key press; where the terminal cannot give one, the first letter of a line."""
    try:
        import select
        import termios
        import tty
    except ImportError:  # no termios on Windows
        return sys.stdin.readline()[:1]
    fd = sys.stdin.fileno()
    saved = termios.tcgetattr(fd)
    try:
        tty.setcbreak(fd, termios.TCSADRAIN)  # a key pressed meanwhile is kept
        pressed = os.read(fd, 1).decode(errors="replace")
        if pressed != "\x1b":
            return pressed
        more = os.read(fd, 2) if select.select([fd], [], [], 0.05)[0] else b""  # an arrow comes as three characters
        return {b"[C": "right", b"OC": "right", b"[D": "left", b"OD": "left"}.get(more, "?")
    finally:
        termios.tcsetattr(fd, termios.TCSADRAIN, saved)


def line() -> str:
    """Return a line that is typed, past the buffers, as `key` reads."""
    return os.read(sys.stdin.fileno(), 1024).decode(errors="replace")
