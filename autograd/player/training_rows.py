"""The table as JavaScript once more, for training: each row is a function forward and one backward, and nothing is kept between.

>>> from autograd import rules
>>> print(backward_of(rules.TANH, 1, "back0"))
function back0(P, s, V, G, node) {
  const x = V[P[s]];
  const out = V[node], g = G[node];
  G[P[s]] += g * (1.0 - out * out);
}

A training step goes over hundreds of examples, and asks only for the gradients of the parameters. So a row does not write its local
derivatives down, as javascript.py has it for a page that shows them: backward multiplies each at once by the gradient that comes
from upstream, and adds the product to the parent's, in the order in which `Value.backward` does.
"""

from __future__ import annotations

from collections.abc import Sequence

from autograd.code_text import Code
from autograd.op import PAIRS, Op
from autograd.player.javascript import ScriptNamespace, flushed, given, refusals, script, written


def forward_of(op: Op, count: int, name: str) -> str:
    """Return the value of a row as the function of this name, for so many operands."""
    xp = ScriptNamespace()
    operands, lines = given(op, count)
    lines += refusals(op, xp, operands)
    value = script(op.value(xp, *operands))
    return function(f"{name}(P, s, V)", [*lines, *flushed(xp), f"return {value};"])


def backward_of(op: Op, count: int, name: str) -> str:
    """Return what a row adds to the gradients of its parents, as the function of this name.

    A gradient of 0 is passed over for `dot` alone, whose local derivatives are its operands.
    """
    xp = ScriptNamespace()
    operands, lines = given(op, count)
    lines.append("const out = V[node], g = G[node];")
    if op.arity == PAIRS:
        lines.append("if (g === 0) return;")
    if op.kinks:
        lines.append(f"if (out !== out) {{ for (let i = 0; i < {count}; i++) {added('s + i', 'out')} return; }}")
    slopes = written(op.slopes(xp, *operands, Code("out")), op, added)
    return function(f"{name}(P, s, V, G, node)", [*lines, *flushed(xp), *slopes])


def added(place: str, slope: str) -> str:
    """Write that the contribution along a use is added."""
    return (
        f"G[P[{place}]] += g * {slope if slope.isidentifier() or slope.replace('.', '').isdigit() else f'({slope})'};"
    )


def function(head: str, lines: Sequence[str]) -> str:
    """Return a function of JavaScript."""
    return "\n".join([f"function {head} {{", *(f"  {line}" for line in lines), "}"])


def training_table(rows: Sequence[tuple[Op, int]]) -> str:
    """Return the rows, each with its number of operands, as functions, and one switch over them for each pass."""
    count = range(len(rows))
    return "\n".join(
        [
            *(forward_of(op, n, f"ahead{k}") for k, (op, n) in enumerate(rows)),
            *(backward_of(op, n, f"back{k}") for k, (op, n) in enumerate(rows)),
            switch("aheadRow(row, P, s, V)", [f"ahead{k}(P, s, V)" for k in count]),
            switch("backRow(row, P, s, V, G, node)", [f"back{k}(P, s, V, G, node)" for k in count]),
        ]
    )


def switch(head: str, calls: Sequence[str]) -> str:
    """Return the function that chooses among calls by their number."""
    cases = [f"  case {k}: return {call};" for k, call in enumerate(calls)]
    return function(head, ["switch (row) {", *cases, "  default: throw new Error(`no row ${row}`);", "}"])
