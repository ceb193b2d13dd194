"""The table as JavaScript: the rows that a page uses, each written as one function when the page is made.

A row is read with pieces of JavaScript in the place of numbers. What has no sign of its own in that language is a function of
script/functions.js, and complains as Python's does.

>>> from autograd import rules
>>> print(function_of(rules.LOG, 1, "row0"))
function row0(P, s, V, D) {
  const x = V[P[s]];
  if (!xp.where(x <= 0, false, true)) throw new Outside(0);
  const out = xp.log(x);
  D[s] = 1.0 / x;
  return out;
}

V holds the value of each node, D the local derivative of each use, and P the parent that it is a use of; those of one node stand
side by side, from s on. A row of many operands becomes loops over them, one function for each number of operands; `dot` alone
is written out, as the table itself writes its sum.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from autograd.code_text import Code, as_code
from autograd.namespaces import FUNCTIONS
from autograd.op import MANY, PAIRS, REAL, Op

NAMES = ("x", "y", "z")
Put = Callable[[str, str], str]  # (place of a use, its local derivative) → what is done with it


class Many:
    """So many numbers: each as a piece of JavaScript, given its place."""

    def __init__(self, count: int, at: Callable[[str], Any]) -> None:
        self.count, self.at = count, at

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[Any]:
        return (self.at(str(i)) for i in range(self.count))


class ScriptNamespace:
    """The namespace that writes JavaScript. `lines` holds the loops that come before what is written."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        for name in FUNCTIONS:
            setattr(self, name, lambda *xs, f=name: Code(f"xp.{f}({', '.join(map(script, xs))})"))

    def each(self, f: Callable[[Any], Any], xs: Many) -> Many:
        """Return f(x) for each x."""
        return Many(len(xs), lambda i: f(xs.at(i)))

    def sum(self, xs: Many) -> Any:
        """Add up from left to right."""
        return self.fold(lambda total, x: total + x, xs) if len(xs) else 0.0

    def fold(self, f: Callable[[Any, Any], Any], xs: Many) -> Code:
        """Write the loop of f(f(x₁, x₂), x₃)…"""
        folded = Code(f"t{len(self.lines)}")
        step = script(f(folded, xs.at("i")))
        self.lines.append(
            f"let {folded} = {script(xs.at('0'))}; for (let i = 1; i < {len(xs)}; i++) {folded} = {step};"
        )
        return folded


def script(x: Any) -> str:
    """Write a piece of JavaScript, or what Python knows already, as JavaScript.

    >>> script(True), script(0.5), script(Code("x") > float("inf"))
    ('true', '0.5', 'x > inf')
    """
    if isinstance(x, bool):
        return str(x).lower()
    return str(as_code(x))


def function_of(op: Op, count: int, name: str) -> str:
    """Return a row as the function of this name, for so many operands.

    Raises whatever the row raises where it is written for Python's own numbers, and not over `xp`.
    """
    xp = ScriptNamespace()
    taken, lines = given(op, count)
    lines += refusals(op, xp, taken)
    value = script(op.value(xp, *taken))
    lines += [*flushed(xp), f"const out = {value};"]
    if op.kinks:
        lines.append(f"if (out !== out) {{ for (let i = 0; i < {count}; i++) D[s + i] = out; return out; }}")
    slopes = written(op.slopes(xp, *taken, Code("out")), op)
    lines += [*flushed(xp), *slopes, "return out;"]
    return "\n".join([f"function {name}(P, s, V, D) {{", *(f"  {line}" for line in lines), "}"])


def given(op: Op, count: int) -> tuple[list[Any], list[str]]:
    """Return the operands as a row takes them, and the lines that name them."""
    if op.arity == PAIRS:
        n = count // 2
        return [Many(n, element()), Many(n, element(n)), Code(f"V[P[s + {count - 1}]]")], []
    if op.arity == MANY:
        return [Many(count, element())], []
    names = NAMES[:count]
    return [Code(name) for name in names], [
        f"const {name} = V[P[{f's + {i}' if i else 's'}]];" for i, name in enumerate(names)
    ]


def element(first: int = 0) -> Callable[[str], Code]:
    """Return how the operand at a place is written, counted from the first."""
    return lambda i: Code(f"V[P[s + {i}]]" if not first else f"V[P[s + {first} + {i}]]")


def refusals(op: Op, xp: ScriptNamespace, operands: Sequence[Any]) -> list[str]:
    """Return the lines that refuse operands outside a domain, the first of them first; −1 stands for all together."""
    if op.arity < 0:
        return [*refusal_of_each(op, xp, operands), *refusal_of_all(op, xp, operands)]
    pairs = zip(op.domain, operands, strict=True)
    tests = [(i, unless(domain.holds(xp, x))) for i, (domain, x) in enumerate(pairs) if domain is not REAL]
    return [f"if ({test}) throw new Outside({i});" for i, test in tests]


def refusal_of_each(op: Op, xp: ScriptNamespace, operands: Sequence[Any]) -> list[str]:
    """Return the loop that refuses each of many operands."""
    if op.domain[0] is REAL:
        return []
    count = sum(len(x) if isinstance(x, Many) else 1 for x in operands)
    test = unless(op.domain[0].holds(xp, element()("i")))
    return [f"for (let i = 0; i < {count}; i++) if ({test}) throw new Outside(i);"]


def refusal_of_all(op: Op, xp: ScriptNamespace, operands: Sequence[Any]) -> list[str]:
    """Return the lines that refuse many operands taken together."""
    if op.whole is None:
        return []
    test = unless(op.whole.holds(xp, *operands))
    return [*flushed(xp), f"if ({test}) throw new Outside(-1);"]


def unless(test: Any) -> str:
    """Write the opposite of a test."""
    return f"!{test.bracketed(9)}" if isinstance(test, Code) else script(not test)


def flushed(xp: ScriptNamespace) -> list[str]:
    """Return the loops written so far, which come first; they keep their numbers."""
    lines = [line for line in xp.lines if line]
    xp.lines = [""] * len(xp.lines)
    return lines


def kept(place: str, slope: str) -> str:
    """Write that the local derivative of the use at a place is kept."""
    return f"D[{place}] = {slope};"


def written(slopes: Any, op: Op, put: Put = kept) -> list[str]:
    """Return the lines that put local derivatives into their places."""
    parts = list(slopes) if op.arity != MANY else [slopes]
    lines, place = [], 0
    for part in parts:
        if isinstance(part, (Many, tuple, list)):
            lines += loop(part, place, put)
            place += len(part)
        else:
            lines.append(put(f"s + {place}" if place else "s", script(part)))
            place += 1
    return lines


def loop(slopes: Any, place: int, put: Put) -> list[str]:
    """Return the loop over many local derivatives; those of a tuple are all the same, or written one by one."""
    if isinstance(slopes, Many):
        texts = {script(slopes.at("i"))}
    else:
        texts = {script(x) for x in slopes}
        if len(texts) > 1:
            return [put(f"s + {place + i}", script(x)) for i, x in enumerate(slopes)]
    offset = f"{place} + " if place else ""
    return [f"for (let i = 0; i < {len(slopes)}; i++) {put(f's + {offset}i', text)}" for text in texts]


def table_of(rows: Sequence[tuple[Op, int]]) -> str:
    """Return the rows, each with its number of operands, as functions and one switch over them."""
    functions = [function_of(op, count, f"row{k}") for k, (op, count) in enumerate(rows)]
    cases = [f"    case {k}: return row{k}(P, s, V, D);" for k in range(len(rows))]
    return "\n".join(
        [*functions, "function computeRow(row, P, s, V, D) {", "  switch (row) {", *cases, "    default: throw new Error(`no row ${row}`);", "  }", "}"]
    )  # fmt: skip
