"""Lessons on a terminal: printed whole, or one event a key press."""

import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator

from autograd import rules
from autograd.expression import Expr, formula, name, slope
from autograd.lessons import Lesson
from autograd.rules import MANY, PAIRS, Op
from autograd.stepper import Chain, Event, Ready

WIDTH = 100
INDENT = " " * 6


def walkthrough(lesson: Lesson) -> Iterator[str]:
    """Yield a lesson piece by piece: its title, its question, its events, each with the texts around it."""
    yield f"{lesson.title}\n{'=' * len(lesson.title)}\n{wrapped(f'After: {lesson.document}.')}\n\n{wrapped(lesson.question)}"
    index, previous = 0, None
    for item in lesson.story():
        if isinstance(item, str):
            yield paragraph(item)
        else:
            yield event_text(index, item, previous)
            index, previous = index + 1, item


def paragraph(text: str) -> str:
    """Return a heading, a table or a paragraph, ready to print."""
    if text.startswith("# "):
        return f"\n{text[2:]}\n{'-' * len(text[2:])}"
    return textwrap.indent(text, INDENT) if "\n" in text else wrapped(text, INDENT)


def event_text(index: int, event: Event, previous: Event | None = None) -> str:
    """Return an event with its number in the stream, its parts aligned below one another."""
    if isinstance(event, Chain):
        head, lines = f"{event.name} → {event.names[event.parent]}", event.lines
        return "\n".join([f"{index:>4}  {head}", *(f"{INDENT}  {line}" for line in lines)])
    lines = event.lines
    if isinstance(event, Ready):
        lines = [*lines, "complete"] if previous is None or lines[-1] not in previous.lines else ["complete"]
        lines[-2:] = (
            [f"{lines[-2]}   complete"] if len(lines) > 1 else [f"{event.partial(event.root, event.node)}   complete"]
        )
    return "\n".join(f"{index:>4}  {line}" if i == 0 else f"{INDENT}{line}" for i, line in enumerate(lines))


def wrapped(text: str, indent: str = "") -> str:
    """Return a text in lines that fit a page."""
    return textwrap.fill(text, WIDTH, initial_indent=indent, subsequent_indent=indent)


def interact(pieces: Iterable[str], read_key: Callable[[], str]) -> None:
    """Print the first piece, then one more at each key press, until the end or q."""
    for piece in pieces:
        print(piece, flush=True)
        if read_key() in ("q", "\x03", "\x04", ""):
            return


def key() -> str:
    """Return one key press; where the terminal cannot give one, the first letter of a line."""
    try:
        import termios
        import tty
    except ImportError:  # no termios on Windows
        return (sys.stdin.readline()[:1]).strip() or "n"
    saved = termios.tcgetattr(sys.stdin)
    try:
        tty.setcbreak(sys.stdin)
        return sys.stdin.read(1)
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, saved)


def table() -> str:
    """Return the table of operations: what each computes, its slopes, where it is defined; then how it is written."""
    read = [("operation", "value", "slopes", "defined where", "kink"), *map(meaning, rules.TABLE.values())]
    written = [("operation", "drawn", "TeX", "note"), *map(notation, rules.TABLE.values())]
    return aligned(read) + "\n\n" + aligned(written)


def meaning(op: Op) -> tuple[str, ...]:
    """Return a row read as text."""
    operands, out = operands_of(op), name("out", 0.0)
    slopes = [slope(op, i, operands, out).text for i in range(len(operands))]
    domains = dict.fromkeys(domain.words for domain in op.domain if domain not in (MANY, PAIRS))
    return op.name, formula(op, operands).text, fitting(slopes), "; ".join(domains), op.kinks.words if op.kinks else ""


def notation(op: Op) -> tuple[str, ...]:
    """Return how a row is drawn and written, and its note."""
    return op.name, op.symbol, op.tex.format("x", "y"), op.note


def fitting(slopes: list[str], width: int = 44) -> str:
    """Return the slopes, or as many as fit."""
    whole = ", ".join(slopes)
    if len(whole) <= width:
        return whole
    return f"{slopes[0]}, …" if len(slopes[0]) < width else "1, shared by those that tie; 0"


def aligned(rows: list[tuple[str, ...]]) -> str:
    """Return rows as lines with their columns below one another."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in rows)


def operands_of(op: Op) -> tuple[Expr, ...]:
    """Return names for a row's operands."""
    names = {1: "x", 2: "xy", MANY: "xyz", PAIRS: "wxb"}[op.arity]
    return tuple(name(letter, 0.0) for letter in names)
