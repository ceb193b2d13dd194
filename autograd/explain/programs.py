"""A graph as a program of plain lines, forward and backward: the table read as Python, as PyTorch, as micrograd.

python      floats alone, ten lines for a blackboard: the forward pass, and a line for each contribution
torch       the forward pass in PyTorch, which then asserts that value and gradients are these
micrograd   the same for micrograd, as far as its operations go
"""

from __future__ import annotations

import re
from collections.abc import Callable
from keyword import iskeyword
from typing import Any
from unicodedata import normalize

from autograd import rules
from autograd.code_text import Code, as_code, infix
from autograd.errors import DataError, GraphError
from autograd.explain.stepper import order_of
from autograd.functions import grad
from autograd.graph import names, uses
from autograd.namespaces import FUNCTIONS, Folds
from autograd.op import Op
from autograd.value import Value

LONGEST = 2000  # nodes; a longer program is not for reading


class Calls(Folds):
    """A reading of the table as text, in which every function is a call: `torch.exp(x)`, say."""

    def __init__(self, prefix: str, **others: Callable[..., Any]) -> None:
        for name in FUNCTIONS:
            setattr(self, name, lambda *xs, f=prefix + name: call(f, *xs))
        vars(self).update(others)
        self.sigmoid = lambda x: value_of(rules.SIGMOID, self, (x,))


def call(function: str, *operands: Any) -> Code:
    """Return a call as text."""
    return Code(f"{function}({', '.join(str(as_code(x)) for x in operands)})")


def raised(x: Any, n: Any) -> Code:
    """Return a power as text, with a whole exponent written as one."""
    exponent = str(int(n)) if isinstance(n, float) and n == int(n) else str(as_code(n))
    return Code(f"{as_code(x).bracketed(9)} ** {exponent if isinstance(n, float) and n >= 0 else f'({exponent})'}", 4)


def choice(condition: Any, x: Any, y: Any) -> Code:
    """Return a choice as text."""
    return Code(f"({as_code(x)} if {condition} else {as_code(y)})")


def where_torch(condition: Any, x: Any, y: Any) -> Code:
    """Return a choice by torch, which wants one of the two to be a tensor."""
    both_plain = not (isinstance(x, Code) or isinstance(y, Code))
    return call("torch.where", condition, Code(f"one * {as_code(x)}", 2) if both_plain else x, y)


POWERS: dict[str, Callable[..., Any]] = {
    "square": lambda x: raised(x, 2.0),
    "pow": raised,
    "divide": lambda x, y: infix("/", 2)(x, y),
}
PYTHON = Calls(
    "",
    maximum=lambda x, y: call("max", x, y),
    minimum=lambda x, y: call("min", x, y),
    where=choice,
    **POWERS,
)
TORCH = Calls(
    "torch.",
    maximum=lambda x, y: bounded("maximum", ">", x, y),
    minimum=lambda x, y: bounded("minimum", "<", x, y),
    where=where_torch,
    erf=lambda x: call("torch.special.erf", x),
    erfc=lambda x: call("torch.special.erfc", x),
    **POWERS,
)


def bounded(name: str, sign: str, x: Any, y: Any) -> Code:
    """Return the larger or smaller of two by torch; a plain number is a bound, whose slope is 0 where the operand is on it."""
    if isinstance(x, Code) and isinstance(y, Code):
        return call(f"torch.{name}", x, y)
    return call("torch.where", Code(f"{as_code(x)} {sign} {as_code(y)}", 0), x, y)


def value_of(op: Op, xp: Any, operands: tuple[Any, ...]) -> Any:
    """Return the value of a row as books write it."""
    return (op.textbook or op.value)(xp, *op.grouped(operands))


def slopes_of(op: Op, xp: Any, operands: tuple[Any, ...], out: Any) -> tuple[Any, ...]:
    """Return the slopes of a row as books write them."""
    slopes = (op.textbook_slopes or op.slopes)(xp, *op.grouped(operands), out)
    return (*slopes[0], *slopes[1], slopes[2]) if op.arity == rules.PAIRS else tuple(slopes)


def program(root: Value, language: str = "python") -> str:
    """Return a graph as a program.

    >>> w, x = Value(3.0, "w"), Value(2.0, "x")
    >>> y = (w * x) ** 2; y.label = "y"
    >>> print(program(y))
    # y = 36 and its gradients, forward and backward, in plain numbers
    <BLANKLINE>
    w = 3.0
    x = 2.0
    v1 = w * x
    y = v1 ** 2
    <BLANKLINE>
    dy = 1.0
    dv1 = dy * (2.0 * v1)
    dw = dv1 * x
    dx = dv1 * w
    <BLANKLINE>
    print("y =", y)
    print("dy/dw =", dw)
    print("dy/dx =", dx)

    `language` is "python", "torch" or "micrograd". Raises DataError for another, and GraphError for a graph that is too
    long, has nodes without a row of the table, or, with micrograd, an operation that it lacks.
    """
    if language not in WRITERS:
        raise DataError(f"There is no format {language!r}. There are: {', '.join(WRITERS)}.")
    order = order_of("export", root)
    if len(order) > LONGEST:
        raise GraphError(f"This graph has {len(order):,} nodes, and a program to read has {LONGEST:,} at the most.")
    return WRITERS[language](root, order, identifiers(order))


def identifiers(order: list[Value]) -> dict[Value, Code]:
    """Return a name that Python reads for each node; a constant is its number."""
    taken: set[str] = {"one", "torch", "Value", "max", "min", "print", "abs", *FUNCTIONS}
    found = {}
    for node, name in names(order).items():
        if node.kind == "constant":
            found[node] = as_code(node.data)
            continue
        wanted = usable = re.sub(r"\W", "_", normalize("NFKC", name).replace("(", "_").replace(")", ""))
        if not wanted.isidentifier() or iskeyword(wanted):
            wanted = usable = f"n_{wanted}"
        count = 2
        while usable in taken or f"d{usable}" in taken or (usable[0] == "d" and usable[1:] in taken):
            usable, count = f"{wanted}_{count}", count + 1
        taken.add(usable)
        found[node] = Code(usable)
    return found


def forward(order: list[Value], named: dict[Value, Code], xp: Any, leaf: str) -> list[str]:
    """Return the lines of the forward pass."""
    lines = [f"{named[n]} = {leaf.format(n.data)}" for n in order if n.op is None and n.kind != "constant"]
    for node in order:
        if node.op is not None:
            operands = tuple(named[parent] for parent in node.parents)
            formula = str(as_code(value_of(node.op, xp, operands)))
            lines.append(f"{named[node]} = {formula.removeprefix('0.0 + ')}")
    return lines


def backward(root: Value, named: dict[Value, Code]) -> list[str]:
    """Return a line for each contribution; the second to a node is added to the first."""
    begun = {root}
    lines = [f"d{named[root]} = 1.0"]
    for node, operand, parent, _ in uses(root):
        if node.op is None or parent.kind == "constant":
            continue
        slope = slopes_of(node.op, PYTHON, tuple(named[p] for p in node.parents), named[node])[operand]
        upstream = Code(f"d{named[node]}")
        owed = upstream if type(slope) is float and slope == 1.0 else infix_product(upstream, as_code(slope))
        lines.append(f"d{named[parent]} {'+=' if parent in begun else '='} {owed}")
        begun.add(parent)
    return lines


def infix_product(x: Code, y: Code) -> Code:
    """Return x · y, with the local derivative in brackets of its own unless it is a name or a number."""
    return Code(f"{x} * {y if y.binds > 3 or y.text.replace('.', '').lstrip('-').isdigit() else f'({y})'}", 2)


def leaves_of(order: list[Value]) -> list[Value]:
    """Return the leaves that have a gradient."""
    return [node for node in order if node.op is None and node.kind != "constant"]


def python(root: Value, order: list[Value], named: dict[Value, Code]) -> str:
    """Return the graph in plain floats."""
    lines = [*forward(order, named, PYTHON, "{!r}"), "", *backward(root, named), ""]
    lines.append(f'print("{named[root]} =", {named[root]})')
    lines += [f'print("d{named[root]}/d{named[n]} =", d{named[n]})' for n in leaves_of(order)]
    used = [f for f in FUNCTIONS if f not in ("abs", "pow") and re.search(rf"(?<![\w.]){f}\(", "\n".join(lines))]
    imports = [f"from math import {', '.join(used)}"] if used else []
    title = f"# {named[root]} = {root.data:.6g} and its gradients, forward and backward, in plain numbers"
    return "\n".join([title, *imports, "", *lines])


def torch(root: Value, order: list[Value], named: dict[Value, Code]) -> str:
    """Return the graph in PyTorch, with assertions of its value and gradients."""
    leaf = "torch.tensor({!r}, dtype=torch.float64, requires_grad=True)"
    lines = forward(order, named, TORCH, leaf)
    body = "\n".join(lines)
    constants = ["one = torch.tensor(1.0, dtype=torch.float64)"] if "one *" in body else []
    return "\n".join(
        [
            f"# {named[root]} and its gradients, in PyTorch",
            "import torch",
            "",
            *constants,
            *lines,
            "",
            f"{named[root]}.backward()",
            *asserted(root, order, named, ".item()"),
        ]
    )


def micrograd(root: Value, order: list[Value], named: dict[Value, Code]) -> str:
    """Return the graph in micrograd, with assertions of its value and gradients."""
    lines = [f"{named[n]} = Value({n.data!r})" for n in leaves_of(order)]
    results = [node for node in order if node.op is not None]
    lines += [f"{named[n]} = {micrograd_line(n, tuple(named[p] for p in n.parents))}" for n in results]
    head = [f"# {named[root]} and its gradients, in micrograd", "from micrograd.engine import Value", ""]
    return "\n".join([*head, *lines, "", f"{named[root]}.backward()", *asserted(root, order, named, "")])


def micrograd_line(node: Value, operands: tuple[Code, ...]) -> Code:
    """Return one operation as micrograd writes it: it has + − · /, powers of plain numbers, and relu."""
    op = node.op
    assert op is not None
    if op is rules.RELU:
        return Code(f"{operands[0].bracketed(9)}.relu()")
    arithmetic = (rules.ADD, rules.SUB, rules.MUL, rules.DIV, rules.NEG, rules.DOT, rules.SUM, rules.MEAN)
    if op in arithmetic or op.name.startswith("power("):
        written = str(as_code(value_of(op, PYTHON, operands)))
        return Code(written.removeprefix("0.0 + "))
    raise GraphError(f"micrograd has no {op.name}. Export this graph with --format torch, or --format python.")


def asserted(root: Value, order: list[Value], named: dict[Value, Code], number: str) -> list[str]:
    """Return the lines that compare value and gradients with those of the graph."""
    leaves = leaves_of(order)
    pairs = [(f"{named[root]}.{'item()' if number else 'data'}", root.data)]
    pairs += [(f"{named[n]}.grad{number}", gradient) for n, gradient in zip(leaves, grad(root, leaves), strict=True)]
    shown = [
        f'print("{named[root]} =", {pairs[0][0]})',
        *(f'print("d{named[root]}/d{named[n]} =", {named[n]}.grad{number})' for n in leaves),
    ]
    return [
        *(f"assert abs({found} - {wanted!r}) <= 1e-12 * max(1.0, {abs(wanted)!r}), {found}" for found, wanted in pairs),
        "",
        *shown,
    ]


WRITERS: dict[str, Callable[[Value, list[Value], dict[Value, Code]], str]] = {
    "python": python,
    "torch": torch,
    "micrograd": micrograd,
}
