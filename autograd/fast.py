"""The engine of value.py, fast: the same results to the bit, from methods that make fewer calls.

    install()   put the methods below in the place of those of Value and of `dot`; autograd/__init__.py calls it
    remove()    take them out again
    CHALKGRAD_PLAIN=1 in the environment starts without them

Three tricks, and how many times as long W1 (a chain of 20,000 nodes) and W2 (a step on the moons) take without each:

                                                                                        W1     W2
    a backward pass that reads the slots, and not tuples made of them                   2.4    1.9
    a method for each row, of Python code that the row itself writes (`written`)        3.4    1.1
    the dot of a neuron, written out for each number of inputs (`written_dot`)          1.0    2.2
    without any, value.py alone                                                         5.1    3.3
"""

import textwrap
from collections.abc import Callable
from functools import cache
from math import inf, isfinite
from numbers import Real
from typing import Any

from autograd import functions, moment, rules
from autograd.graph import leaves_and_results, watch_growth
from autograd.habits import check_seed
from autograd.modes import mode
from autograd.namespaces import FUNCTIONS, scalars
from autograd.op import PAIRS, Op
from autograd.operators import Operators, exponent
from autograd.refusals import check_leaves
from autograd.row_code import written, written_check, written_dot, written_dot_check
from autograd.rules import DOT, POW, power
from autograd.value import OWN_CLASSES, Value, class_of, lift, lost

LONGEST = 32  # a longer dot is a loop: its code would be long, and the loop's overhead is small there


# --- the backward pass ---


def backward(self: Value, *seed: object, **named: object) -> None:
    """Do what `Value.backward` of value.py does, reading the slots."""
    check_seed(seed, named)
    leaves, results = leaves_and_results(self)
    check_leaves(leaves)
    watch_growth(results)
    before = [leaf.grad for leaf in leaves]
    node: Any
    try:
        for node in results:
            node.grad = 0.0
        for leaf in leaves:
            if leaf.grad is None:
                leaf.grad = 0.0
        self.grad += 1.0  # type: ignore[operator]
        for node in reversed(results):
            upstream = node.grad
            op = node.op
            arity = op.arity
            if arity == 2:
                node._x.grad += upstream * node._dx
                node._y.grad += upstream * node._dy
            elif arity == 1:
                node._x.grad += upstream * node._dx
            elif arity == PAIRS:
                # The slopes of a dot are its operands, and these are finite where it is: then 0 · slope adds nothing.
                if upstream or op is not DOT or not isfinite(node.data):
                    for parent, local in zip(node._x, node._dx):  # noqa: B905 (`strict` costs a tenth)
                        parent.grad += upstream * local
                    for parent, local in zip(node._y, node._dy):  # noqa: B905
                        parent.grad += upstream * local
                    node._b.grad += upstream * node._db
            else:
                for parent, local in zip(node._x, node._dx):  # noqa: B905
                    parent.grad += upstream * local
        for leaf in leaves:
            if leaf._kind == "constant":
                leaf.grad = None
    except BaseException:  # interrupted: as if it had not begun
        for leaf, gradient in zip(leaves, before, strict=True):
            leaf.grad = gradient
        raise


# --- a row as Python code, compiled ---


def compiled(source: str, **known: Any) -> Callable[..., Any]:
    """Return the method that a source defines, with the names that it knows around it."""
    known |= KNOWN
    whole = f"def make({', '.join(known)}):\n{textwrap.indent(source, '    ')}\n    return method"
    found: dict[str, Any] = {}
    exec(compile(whole, "<a row of the table, written by autograd/fast.py>", "exec"), {"__name__": __name__}, found)  # noqa: S102
    return found["make"](**known)  # type: ignore[no-any-return]


KNOWN = {name: vars(scalars)[name] for name in FUNCTIONS} | {
    "Value": Value,
    "class_of": class_of,
    "lost": lost,
    "own": OWN_CLASSES,
    "lift": lift,
    "new": object.__new__,
    "inf": inf,
    "mode": mode.get,
}
plain_apply, plain_backward, plain_fused, plain_check = Value.apply, Value.backward, functions.fused, moment.check_of


# --- the methods ---


@cache
def method_of(op: Op) -> Callable[..., Value]:
    """Return the method of a row of one or two operands."""
    return compiled(written(op), op=op, plain=plain_apply)


def apply(self: Value, op: Op, *operands: Value | float) -> Value:
    """Do what `Value.apply` of value.py does; rows that are not of rules.py, and those of many operands, go there."""
    if op.arity == len(operands) and op.value.__module__ == rules.__name__:
        return method_of(op)(*map(lift, operands))
    return plain_apply(self, op, *operands)


def raised(self: Value, n: Value | float) -> Value:
    """Return x ** n."""
    if isinstance(n, Real):
        return method_of(power(exponent(n)))(self)  # type: ignore[arg-type]
    return method_of(POW)(self, n)


def reflected(op: Op) -> Callable[[Value, Value | float], Value]:
    """Return the method for the other order: 2 − x asks x for its `__rsub__`."""
    method = method_of(op)
    return lambda x, y: method(lift(y), x)


@cache
def dot_of(n: int) -> Callable[..., Value]:
    """Do what `functions.fused` does."""
    return compiled(written_dot(n), op=DOT, plain=plain_fused(n)) if 0 < n <= LONGEST else long_dot


def long_dot(ws: Any, xs: Any, b: Any) -> Value:
    """Return the dot of lists of any length."""
    try:
        w, x, bias = [v.data for v in ws], [v.data for v in xs], b.data
        out = DOT.value(scalars, w, x, bias)
    except (AttributeError, TypeError):  # a plain number among them
        return plain_fused(len(ws))(ws, xs, b)
    path = mode.get()[0]
    if path is None:
        return lost(out, class_of((*ws, *xs, b)))
    node = object.__new__(class_of((*ws, *xs, b)))
    node.data, node.grad, node.label = out, None, ""  # for more than three at once, Python makes a tuple
    node.op, node.scope = DOT, path
    node._x, node._y, node._b = tuple(ws), tuple(xs), b  # a tuple stays the tuple it is
    node._dx, node._dy, node._db = DOT.slopes(scalars, w, x, bias, out)
    return node


@cache
def check_of(op: Op, n: int) -> Callable[[Value], bool]:
    """Do what `moment.check_of` does."""
    if op is DOT and 0 < n <= LONGEST:
        return compiled(written_dot_check(n))
    return compiled(written_check(op)) if op.arity > 0 and op.value.__module__ == rules.__name__ else plain_check(op, n)


# --- in and out ---


def methods() -> dict[str, Callable[..., Any]]:
    """Return all methods of Value that are faster, by name."""
    rows = {name: method for name, method in vars(Operators).items() if hasattr(method, "op")}
    faster: dict[str, Callable[..., Any]] = {"apply": apply, "backward": backward, "__pow__": raised}
    for name, method in rows.items():
        made = reflected(method.op) if method.kind == "reflected" else method_of(method.op)
        made.__name__, made.__qualname__, made.__doc__ = method.__name__, f"Value.{name}", method.__doc__
        faster[name] = made
    return faster


def install() -> None:
    """Put the faster methods in place."""
    for name, method in methods().items():
        setattr(Value, name, method)
    functions.fused, moment.check_of = dot_of, check_of


def remove() -> None:
    """Take them out again."""
    for name in methods():
        if name in vars(Value):
            delattr(Value, name)
    Value.apply, Value.backward = plain_apply, plain_backward  # type: ignore[method-assign]
    functions.fused, moment.check_of = plain_fused, plain_check
