"""A lesson on a terminal, an event at a time: the screen is drawn again at each key, and going back shows the earlier state."""

import os
import shutil
import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from itertools import zip_longest

from autograd.classroom.lesson import Lesson
from autograd.classroom.walkthrough import INDENT, event_text, node_named, opening, paragraph, wrapped
from autograd.errors import GraphError
from autograd.explain.events import Event
from autograd.explain.why import why
from autograd.graph import number
from autograd.pictures.snapshot import At

KEYS = "n, space or →: next   b or ←: back   g: go to an event   w: why a gradient   q: quit"
CLEAR = "\x1b[H\x1b[2J"
MOST_NODES = 30  # of the graph on a screen
NARROWEST = 50  # columns for the text beside it


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
    return [*found, Page(None, "\n".join([*texts, "", f"{INDENT}The end."]))]


def interact(lesson: Lesson, read_key: Callable[[], str], read_line: Callable[[], str]) -> None:
    """Show a lesson on a screen that is drawn again at each key: the graph as text, and beside it the event."""
    book, position, below = pages(lesson), 0, ""
    print(screen(book[0]), flush=True)
    while (pressed := read_key()) not in ("q", "\x03", "\x04", ""):
        before, below = (position, below), ""
        if pressed == "w":
            below = answer(book[position].event, ask("Why the gradient of which node? ", read_line))
        else:
            wanted = moved(pressed, position, len(book), read_line)
            if wanted is None and pressed == "g":
                below = f"{INDENT}There is no such event: there are 0 to {len(book) - 2}."
            position = position if wanted is None else wanted
        if (position, below) != before or pressed == "g":
            print(screen(book[position], below), flush=True)


def screen(page: Page, below: str = "") -> str:
    """Return a whole screen: the keys, the graph beside the event, and an answer below."""
    columns = shutil.get_terminal_size().columns
    clear = "" if os.environ.get("TERM") == "dumb" else CLEAR
    return clear + "\n".join(filter(None, [f"{KEYS}\n", beside(graph_lines(page.event), page.text, columns), below]))


def graph_lines(event: Event | None) -> list[str]:
    """Return the graph at an event, a node a line: its value and its gradient as far as they are known, and what is active."""
    if event is None:
        return []
    *_, root = event.names  # a topological order ends with its root
    moment = At(root, event)
    shown = [node for node in moment.names if node.kind != "constant"][:MOST_NODES]
    rows = [("", "node", "value", "gradient")]
    rows += [
        (
            "▶" if node in moment.nodes else "",
            moment.names[node],
            known(moment.values[node]),
            known(moment.gradients[node]),
        )
        for node in shown
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        f"{mark:{widths[0]}} {name:{widths[1]}}  {value:>{widths[2]}}  {grad:>{widths[3]}}"
        for mark, name, value, grad in rows
    ]
    more = len([node for node in moment.names if node.kind != "constant"]) - len(shown)
    return [*lines, f"  and {more} more nodes"] if more else lines


def known(x: float | None) -> str:
    """Return a number, or a dot where there is none yet."""
    return "·" if x is None else number(x)


def beside(left: list[str], text: str, columns: int) -> str:
    """Return lines to the left of a text where both fit; else above it."""
    width = max(map(len, left), default=0)
    room = columns - width - 4
    if not left or room < NARROWEST:
        return "\n".join([*left, "", text] if left else [text])
    right = [piece for line in text.splitlines() for piece in fitted(line, room)]
    pairs = zip_longest(left, right, fillvalue="")
    return "\n".join(f"{one:{width}}    {other}".rstrip() for one, other in pairs)


def fitted(line: str, room: int) -> list[str]:
    """Return a line in pieces that fit, each as far to the right as it begins."""
    indent = " " * (len(line) - len(line.lstrip()))
    return textwrap.wrap(line, room, subsequent_indent=indent, drop_whitespace=True) if len(line) > room else [line]


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
