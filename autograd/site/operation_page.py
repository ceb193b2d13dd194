"""The table of operations as a page: each row with its value, its slopes, its domain, and a plot of value and slope."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from html import escape

from autograd import rules
from autograd.classroom.operations_table import meaning, notation
from autograd.errors import AutogradError
from autograd.explain.tex import mathml
from autograd.op import Op
from autograd.pictures.texts import clean
from autograd.rules import MANY, PAIRS
from autograd.site.shell import Item, SitePage
from autograd.value import evaluate

LEFT, RIGHT, SIDE = -3.0, 3.0, 180  # of x in a plot, and how wide and high it is
SAMPLES, JUMP, FARTHEST = 240, 0.5, 3.6  # a step by more than JUMP is no line, and what is farther away is not drawn
SECOND = 2.0  # what the other operand is in the plot of an operation of two
Point = tuple[float, float]


def operation_items() -> Iterator[Item]:
    """Yield the page of operations."""
    rows = "\n".join(map(operation, rules.TABLE.values()))
    body = [
        "<h1>Operations</h1>",
        "<p>Each operation is stated once, as one row of a table, and everything else reads that table. "
        '<span class="value-key">Blue is the value</span>, <span class="slope-key">orange the slope</span>, which the backward '
        "pass multiplies by. Both are drawn over x from −3 to 3; the row says where other operands stand.</p>",
        f'<div class="operations">\n{rows}\n</div>',
    ]
    yield SitePage("operations.html", "Operations", "\n".join(body))


def operation(op: Op) -> str:
    """Return one row as a section: its plot, its formula, its slopes, where it is defined."""
    name, value, slopes, domain, kink = map(clean, meaning(op))
    note = clean(notation(op)[-1])
    said = {
        "value": value,
        "slopes": slopes,
        "defined for": domain,
        "kink at": kink,
        "note": note,
        "plotted with": others(op),
    }
    rows = "".join(f"<dt>{what}</dt><dd>{escape(words)}</dd>" for what, words in said.items() if words)
    return f'<section id="{escape(name)}"><h2>{escape(name)}</h2>{plot(op)}{formula(op)}<dl>{rows}</dl></section>'


def formula(op: Op) -> str:
    """Return an operation as books write it."""
    return f'<p class="formula">{mathml(op.tex.format("x", "y"))}</p>'


def operands(op: Op, x: float) -> tuple[float, ...]:
    """Return operands for a plot: x, and beside it plain numbers."""
    return {MANY: (x, 1.0, -1.0), PAIRS: (2.0, x, 1.0), 1: (x,)}.get(op.arity, (x, SECOND))


def others(op: Op) -> str:
    """Say where the other operands of a plot stand."""
    return {MANY: "1 and −1 beside x", PAIRS: "w = 2 and b = 1", 1: ""}.get(op.arity, "y = 2")


def plot(op: Op) -> str:
    """Return value and slope over x, as SVG in the colours of the page."""
    xs = [LEFT + (RIGHT - LEFT) * (i + 0.5) / SAMPLES for i in range(SAMPLES)]
    points = [(x, *value_and_slope(op, x)) for x in xs]
    value = path([(x, y) for x, y, _ in points])
    slope = path([(x, s) for x, _, s in points])
    words = escape(f"{op.name}: its value and its slope over x from −3 to 3")
    return (
        f'<svg class="plot" viewBox="0 0 {SIDE} {SIDE}" role="img" aria-label="{words}">'
        f'<path class="axis" d="M0 {SIDE / 2}H{SIDE}M{SIDE / 2} 0V{SIDE}"/>'
        f'<path class="value" d="{value}"/><path class="slope" d="{slope}"/></svg>'
    )


def value_and_slope(op: Op, x: float) -> tuple[float, float]:
    """Return the value and the slope for x; NaN where there is none."""
    try:
        value, slopes = evaluate(op, operands(op, x))
    except AutogradError:
        return math.nan, math.nan
    return value, slopes[1 if op.arity == PAIRS else 0]


def path(points: Iterable[Point]) -> str:
    """Return a curve as the d of a path; it is broken where there is no number, and where it jumps.

    >>> path([(-3.0, 3.0), (0.0, 2.9), (0.1, math.nan), (3.0, -3.0)])
    'M0.0 0.0L90.0 3.0M180.0 180.0'
    """
    drawn, before = "", math.nan
    for x, y in points:
        if abs(y) <= FARTHEST:
            joined = abs(y - before) < JUMP
            drawn += f"{'L' if joined else 'M'}{SIDE * (x - LEFT) / (RIGHT - LEFT):.1f} {SIDE / 2 - SIDE * y / (RIGHT - LEFT):.1f}"
        before = y if abs(y) <= FARTHEST else math.nan
    return drawn
