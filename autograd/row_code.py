"""A row of the table as Python code: what fast.py compiles.

A row writes its code when it is read with texts in the place of numbers:

>>> from autograd.rules import TANH
>>> print(written(TANH))
def method(x):
    a = x.data
    try:
        out = tanh(a)
        dx = 1.0 - out * out
    except (OverflowError, TypeError):
        return plain(x, op, x)
    path = mode()[0]
    if path is None:
        return lost(out, Value if not own else x._made)
    node = new(Value if not own else x._made)
    node.data, node.grad, node.label = out, None, ""
    node.op, node.scope = op, path
    node._x, node._dx = x, dx
    return node

And the code that looks again at what was made, for moment.py:

>>> print(written_check(TANH))
def method(node):
    a = node._x.data
    try:
        out = tanh(a)
        dx = 1.0 - out * out
    except (OverflowError, TypeError):
        return False
    return out == node.data and (out or repr(out) == repr(node.data)) and dx == node._dx and (dx or repr(dx) == repr(node._dx))
"""

from collections.abc import Iterable

from autograd.code_text import Code
from autograd.namespaces import FUNCTIONS, Folds
from autograd.op import REAL, Op
from autograd.rules import DOT


class sources(Folds):
    """The namespace that writes Python; `maximum`, `minimum`, `where` and most squares become branches, not calls."""

    maximum = staticmethod(lambda x, y: Code(f"({x} if {x} >= {y} or {x} != {x} else {y})"))
    minimum = staticmethod(lambda x, y: Code(f"({x} if {x} <= {y} or {x} != {x} else {y})"))
    square = staticmethod(
        lambda x: Code(f"({x.bracketed(2)} * {x.bracketed(3)} if -1e154 < {x} < 1e154 else square({x}))")
    )
    where = staticmethod(lambda c, x, y: Code(f"({x} if {c} else {y})"))


for _name in FUNCTIONS:
    if _name not in vars(sources):
        setattr(sources, _name, staticmethod(lambda *xs, f=_name: Code(f"{f}({', '.join(map(str, xs))})")))


def computed(op: Op, otherwise: str) -> list[str]:
    """Return the lines that compute `out` from the numbers a and b, and the slopes dx and dy; where they fail, the other line."""
    operands = (Code("a"), Code("b"))[: op.arity]
    slopes = op.slopes(sources, *operands, Code("out"))
    tests = [domain.holds(sources, x) for domain, x in zip(op.domain, operands, strict=True) if domain is not REAL]
    return [
        "    try:",
        *(line for test in tests for line in (f"        if not {test.bracketed(9)}:", f"            {otherwise}")),
        f"        out = {op.value(sources, *operands)}",
        *(f"        {name} = {slope}" for name, slope in zip(("dx", "dy"), slopes, strict=False)),
        "    except (OverflowError, TypeError):",
        f"        {otherwise}",
    ]


def written(op: Op) -> str:
    """Return the code of the method for a row of one or two operands."""
    two = op.arity == 2
    made = f"Value if not own else {'x._made if x._made is not Value else y._made' if two else 'x._made'}"
    lines = [
        f"def method(x{', y' * two}):",
        *["    if type(y) is not Value:", "        y = lift(y)"] * two,
        "    a = x.data",
        *["    b = y.data"] * two,
        *computed(op, f"return plain(x, op, x{', y' * two})"),
        "    path = mode()[0]",
        "    if path is None:",
        f"        return lost(out, {made})",
        *["    if out != out:", f"        dx = {'dy = ' * two}out"] * (op.kinks is not None),
        f"    node = new({made})",
        '    node.data, node.grad, node.label = out, None, ""',
        "    node.op, node.scope = op, path",
        "    node._x, node._dx = x, dx",
        *["    node._y, node._dy = y, dy"] * two,
        "    return node",
    ]
    return "\n".join(lines)


def written_check(op: Op) -> str:
    """Return the code that tells whether a node is what its parents' numbers give, to the bit; in doubt it says no."""
    two = op.arity == 2
    pairs = [("out", "node.data"), ("dx", "node._dx"), ("dy", "node._dy")][: 2 + two]
    lines = [
        "def method(node):",
        "    a = node._x.data",
        *["    b = node._y.data"] * two,
        *computed(op, "return False"),
        f"    return {' and '.join(f'{x} == {y} and ({x} or repr({x}) == repr({y}))' for x, y in pairs)}",
    ]
    return "\n".join(lines)


def named(n: int) -> tuple[list[Code], list[Code], Code]:
    """Return the operands of a dot of n, as code."""
    return [Code(f"w{i}") for i in range(n)], [Code(f"x{i}") for i in range(n)], Code("b0")


def listed(xs: Iterable[object]) -> str:
    """Return the inside of a tuple, as code."""
    return "".join(f"{x}, " for x in xs)


def written_dot(n: int) -> str:
    """Return the code of the dot of two lists of n, and a number."""
    ws, xs, b = named(n)
    dws, dxs, db = DOT.slopes(sources, ws, xs, b, Code("out"))
    lines = [
        "def method(ws, xs, b):",
        f"    {listed(ws)} = ws",
        f"    {listed(xs)} = xs",
        "    try:",
        f"        {'; '.join(f'{x} = {x}.data' for x in (*ws, *xs))}; b0 = b.data",
        f"        out = {DOT.value(sources, ws, xs, b)}",
        "    except (AttributeError, TypeError):  # a plain number among them",
        "        return plain(ws, xs, b)",
        "    path = mode()[0]",
        "    if path is None:",
        "        return lost(out, class_of((*ws, *xs, b)))",
        "    node = new(class_of((*ws, *xs, b)) if own else Value)",
        '    node.data, node.grad, node.label = out, None, ""',
        "    node.op, node.scope = op, path",
        "    node._x = ws if type(ws) is tuple else tuple(ws)",
        "    node._y = xs if type(xs) is tuple else tuple(xs)",
        "    node._b = b",
        f"    node._dx = ({listed(dws)})",
        f"    node._dy = ({listed(dxs)})",
        f"    node._db = {db}",
        "    return node",
    ]
    return "\n".join(lines)


def written_dot_check(n: int) -> str:
    """Return the code that tells whether a dot of n is what its parents' numbers give; its slopes are its operands themselves."""
    ws, xs, b = named(n)
    lines = [
        "def method(node):",
        f"    {listed(ws)} = node._x",
        f"    {listed(xs)} = node._y",
        f"    {listed(f'd{x}' for x in ws)} = node._dy",
        f"    {listed(f'd{x}' for x in xs)} = node._dx",
        f"    {'; '.join(f'{x} = {x}.data' for x in (*ws, *xs))}; b0 = node._b.data",
        f"    if not ({' and '.join(f'{x} is d{x}' for x in (*ws, *xs))}):",
        "        return False",
        f"    out = {DOT.value(sources, ws, xs, b)}",
        "    return out == node.data and (out or repr(out) == repr(node.data))",
    ]
    return "\n".join(lines)
