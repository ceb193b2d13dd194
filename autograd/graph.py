"""The graph as a graph: nodes, the parents that they were made from, and the one walk back over them.

Parents lie in the slots that node.py describes; the walk reads these, since it visits every node.
"""

import re
import warnings
from collections.abc import Iterator, Sequence
from contextvars import ContextVar
from itertools import count, filterfalse
from math import isclose
from typing import Any, Protocol, Self, TypeVar

from autograd.errors import GrowingGraphWarning
from autograd.op import PAIRS, Op

PATIENCE = 200  # backward passes in a row, each with a larger graph than the last


class Linked(Protocol):
    """What is walked: a node that was made from others of its kind."""

    data: float
    label: str
    op: Op | None

    @property
    def parents(self) -> tuple[Self, ...]:
        """The nodes it was made from."""
        ...

    @property
    def partials(self) -> tuple[float, ...]:
        """The local derivative with respect to each parent."""
        ...

    @property
    def kind(self) -> str:
        """A leaf, a parameter, a constant, or a result."""
        ...


N = TypeVar("N", bound=Linked)


def leaves_and_results(root: N) -> tuple[list[N], list[N]]:
    """Return the leaves that `root` was made from, and the results on the way to it, parents before children.

    A result with parents that have not been seen goes back on the stack, marked by None above it, and they go above the
    mark; when the mark comes up they have their places, and it takes its own. No recursion: a chain of a million nodes is
    fine. Invariant: every parent stands before its children, so the reversed order meets a node only after all its uses.
    """
    leaves: list[Any] = []
    results: list[Any] = []
    seen: set[Any] = set()
    placed: set[int] = set()  # tuples of parents that all have their places; the neurons of a layer share one
    stack: list[Any] = [root]
    pop, push, known = stack.pop, stack.append, seen.__contains__
    waiting: tuple[Any, ...]
    while stack:
        node = pop()
        if node is None:
            results.append(node := pop())
            if node.op.arity == PAIRS:
                placed.update((id(node._x), id(node._y)))
        elif node not in seen:
            seen.add(node)
            op = node.op
            if op is None:
                leaves.append(node)
                continue
            arity = op.arity
            if arity == 2:
                waiting = (node._y, node._x)
            elif arity == 1:
                waiting = (node._x,)
            elif arity == PAIRS and id(node._y) in placed and id(node._x) in placed:
                waiting = () if node._b in seen else (node._b,)
            else:
                waiting = (*filterfalse(known, reversed(node.parents)),)
            if waiting:
                push(node)
                push(None)
                stack += waiting
            else:
                results.append(node)
    return leaves, results


class Growth:
    """How the graphs of the last backward passes have grown, each from the one before."""

    size = times = 0  # of the last graph; how often in a row a graph was larger than the last
    start: Any = None  # a result of the graph with which that began
    warned = False


def watch_growth(results: Sequence[object]) -> None:
    """Warn, once, where each graph of many backward passes holds the one before: a hidden state was carried over."""
    grown, Growth.size = len(results) > Growth.size, len(results)
    if not grown:
        Growth.times, Growth.start = 0, None
        return
    if Growth.times == 0:
        Growth.start = results[0]
    Growth.times += 1
    if Growth.times % PATIENCE == 0 and not Growth.warned:
        Growth.warned = any(node is Growth.start for node in results)
        Growth.times, Growth.start = 0, None
        if Growth.warned:
            warnings.warn(
                f"The graph has grown at each of the last {PATIENCE} backward passes, and holds all that was computed before: it has {len(results)} "
                "results now, and each pass takes longer than the last. If a hidden state goes from one update to the next, cut it off: h = h.detach().",
                GrowingGraphWarning,
                stacklevel=3,
            )


def topological_order(root: N) -> list[N]:
    """Return all nodes that `root` was made from, parents before children, `root` last."""
    leaves, results = leaves_and_results(root)
    return leaves + results


Use = tuple[N, int, N, float]  # a node, the number of one of its operands, that parent, the local derivative


def uses(root: N) -> Iterator[Use[N]]:
    """Yield each use of a node as an operand, in the order in which `backward` adds.

    A node is reached only after all nodes that use it: its gradient is complete when it is handed on to its parents.
    """
    for node in reversed(leaves_and_results(root)[1]):
        yield from operands(node)


def operands(node: N) -> Iterator[Use[N]]:
    """Yield the uses that one node makes of its parents."""
    for operand, (parent, local) in enumerate(zip(node.parents, node.partials, strict=True)):
        yield node, operand, parent, local


def names(order: Sequence[N]) -> dict[N, str]:
    """Name each node of a topological order: its label, or a constant's number, or v1, v2, … by its place.

    Where nodes share a label, the second is called w(2), and so on: a name stands for one node. A very long label is cut.
    """
    labels = [cut(printable(str(node.label))) for node in order]
    taken = set(labels)
    fresh = unused("v", "", 1, taken)
    again: dict[str, Iterator[str]] = {}
    named = {}
    for node, label in zip(order, labels, strict=True):
        if not label:
            named[node] = number(node.data) if node.kind == "constant" else next(fresh)
        elif label in again:
            named[node] = next(again[label])
        else:
            named[node], again[label] = label, unused(f"{label}(", ")", 2, taken)
    return named


def unused(before: str, after: str, first: int, taken: set[str]) -> Iterator[str]:
    """Return names with a number in them that are not taken, from a first number on.

    >>> next(unused("w(", ")", 2, {"w", "w(2)"}))
    'w(3)'
    """
    return (name for k in count(first) if (name := f"{before}{k}{after}") not in taken)


def cut(text: str) -> str:
    """Return a text, its beginning where it is too long for a name."""
    return text if len(text) <= LONGEST_NAME else f"{text[: LONGEST_NAME - 1]}…"


def printable(text: str) -> str:
    """Return a text on one line, without what would steer a terminal or turn the reading direction.

    >>> printable("w\\x1b[31m"), printable("a\\nb"), printable("x\\u202e")
    ('w\ufffd[31m', 'a b', 'x\ufffd')
    """
    return UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", " ".join(text.split())) if UNPRINTABLE.search(text) else text


MOST_DIGITS, LONGEST_NAME = 6, 200
# C0 and C1 controls, marks and overrides of the reading direction, halves of characters
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
DIGITS: ContextVar[int] = ContextVar("DIGITS", default=MOST_DIGITS)  # how many `number` writes


def number(x: float) -> str:
    """Write a number as a textbook does: six digits at the most, a true minus sign, no trailing zeros.

    >>> number(-16.0), number(0.1 + 0.2), number(-0.0), number(1e-10)
    ('−16', '0.3', '0', '1e−10')
    >>> number(175e6)
    '175000000'
    """
    whole = abs(x) < 1e15 and x == int(x)
    return (str(int(x)) if whole else rounded(x, DIGITS.get())).replace("-", "−")


def rounded(x: float, digits: int) -> str:
    """Round to so many significant digits what has no end within six; what has is written whole, as is what stands before the point.

    >>> rounded(54.1696, 4), rounded(1 / 3, 4), rounded(13333.333, 4), rounded(1 / 3, 8)
    ('54.1696', '0.3333', '13333', '0.33333333')
    """
    six = f"{x:.6g}"
    if digits < MOST_DIGITS and isclose(float(six), x, rel_tol=1e-12):
        return six
    return f"{x:.0f}" if 10.0**digits <= abs(x) < 1e15 else f"{x:.{digits}g}"


def bracketed(text: str) -> str:
    """Put a negative number in brackets.

    >>> bracketed("−3"), bracketed("3")
    ('(−3)', '3')
    """
    return f"({text})" if text.startswith("−") else text
