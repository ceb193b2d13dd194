"""Each row of the table as one straight-line method: for speed what the makers in value.py are for reading.

A node costs about as much as four calls of Python functions, and a maker makes four. Here the rule is read with texts in
the place of numbers, which gives Python code, and that code is compiled into the method: twice as fast on a network of a
class's size. The results are the same to the bit (a test compares them).

    >>> from autograd import rules
    >>> print(source(rules.TANH))
    def method(x):
        a = x.data
        try:
            out = tanh(a)
            dx = 1.0 - out * out
        except OverflowError:
            raise _too_large(op, a) from None
        except TypeError as error:
            raise _no_number(error, a) from None
        if not _recording:
            return Value(out)
        node = _new(Value)
        node.data, node.grad, node.label, node.op, node.scope = out, None, "", op, _scope
        node._x, node._dx = x, dx
        return node
"""

import math
import textwrap
from collections.abc import Callable
from typing import Any

from autograd import namespaces
from autograd.code import Code
from autograd.rules import Op

LONGEST = 32  # a longer dot takes the loop of value.py: its code would be long, and the loop's overhead is small there


class sources:
    """The namespace that gives Python code; `maximum`, `minimum`, `where` and most squares become branches, not calls."""

    exp, log, log1p, expm1, sqrt, sin, cos, tanh, erf, erfc, abs, pow, divide = (
        staticmethod(lambda *xs, name=name: Code(f"{name}({', '.join(map(str, xs))})"))
        for name in (
            "exp",
            "log",
            "log1p",
            "expm1",
            "sqrt",
            "sin",
            "cos",
            "tanh",
            "erf",
            "erfc",
            "fabs",
            "_pow",
            "_divide",
        )
    )
    maximum = staticmethod(lambda x, y: Code(f"({x} if {x} >= {y} or {x} != {x} else {y})"))
    minimum = staticmethod(lambda x, y: Code(f"({x} if {x} <= {y} or {x} != {x} else {y})"))
    square = staticmethod(lambda x: Code(f"({x.within(2)} * {x.within(3)} if -1e154 < {x} < 1e154 else _square({x}))"))
    where = staticmethod(lambda c, x, y: Code(f"({x} if {c} else {y})"))


KNOWN = {
    name: getattr(math, name)
    for name in ("exp", "log", "log1p", "expm1", "sqrt", "sin", "cos", "tanh", "erf", "erfc", "fabs")
} | {
    "_pow": namespaces.scalars.pow,
    "_square": namespaces.scalars.square,
    "_divide": namespaces.scalars.divide,
}


def source(op: Op) -> str:
    """Return the code of a row of one or two operands."""
    two = op.arity == 2
    operands = (Code("a"), Code("b"))[: op.arity]
    slopes = op.slopes(sources, *operands, Code("out"))
    names, numbers = ("dx", "dy")[: op.arity], ", ".join(map(str, operands))
    lines = [
        f"def method({'x, y' if two else 'x'}):",
        *["    if not isinstance(y, Value):", "        y = lift(y)"] * two,
        "    a = x.data",
        *["    b = y.data"] * two,
        "    try:",
        *[f"        _guard(op, {numbers})"] * op.guarded,
        f"        out = {op.value(sources, *operands)}",
        *(f"        {name} = {slope}" for name, slope in zip(names, slopes, strict=True)),
        "    except OverflowError:",
        f"        raise _too_large(op, {numbers}) from None",
        "    except TypeError as error:",
        f"        raise _no_number(error, {numbers}) from None",
        "    if not _recording:",
        "        return Value(out)",
        *["    if out != out:", f"        {' = '.join(names)} = out"] * (op.kinks is not None),
        "    node = _new(Value)",
        '    node.data, node.grad, node.label, node.op, node.scope = out, None, "", op, _scope',
        "    node._x, node._dx = x, dx",
        *["    node._y, node._dy = y, dy"] * two,
        "    return node",
    ]
    return "\n".join(lines)


def dot_source(op: Op, n: int) -> str:
    """Return the code of a row of two lists and a number, for lists of n."""
    ws, xs = [Code(f"w{i}") for i in range(n)], [Code(f"x{i}") for i in range(n)]
    b, out = Code("b0"), Code("out")
    dws, dxs, db = op.slopes(sources, ws, xs, b, out)
    read = "; ".join(f"{x} = {x}.data" for x in (*ws, *xs))
    lines = [
        "def method(ws, xs, b):",
        f"    {''.join(f'{w}, ' for w in ws)} = ws",
        f"    {''.join(f'{x}, ' for x in xs)} = xs",
        "    try:",
        f"        {read}; b0 = b.data",
        f"        out = {op.value(sources, ws, xs, b)}",
        "    except (AttributeError, TypeError):",
        "        return by_hand(ws, xs, b)",
        "    if not _recording:",
        "        return Value(out)",
        "    node = _new(Value)",
        '    node.data, node.grad, node.label, node.op, node.scope = out, None, "", op, _scope',
        "    node._x, node._y, node._b = tuple(ws), tuple(xs), b",
        f"    node._dx = ({''.join(f'{d}, ' for d in dws)})",
        f"    node._dy = ({''.join(f'{d}, ' for d in dxs)})",
        f"    node._db = {db}",
        "    return node",
    ]
    return "\n".join(lines)


def compiled(code: str, surroundings: dict[str, Any], **known: Any) -> Callable[..., Any]:
    """Return the method that a code defines, among the names of value.py."""
    known |= KNOWN
    whole = f"def make({', '.join(known)}):\n{textwrap.indent(code, '    ')}\n    return method"
    found: dict[str, Any] = {}
    exec(compile(whole, "<a row of the table, written out by autograd/straight.py>", "exec"), surroundings, found)  # noqa: S102
    return found["make"](**known)  # type: ignore[no-any-return]
