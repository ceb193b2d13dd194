"""Value: a number that remembers how it was made, and the backward pass over what it remembers.

    v.data      the number
    v.parents   the Values it was made from, in order; v.op is the row of the table that made it
    v.partials  the local derivative with respect to each parent, recorded as numbers when v was made
    v.grad      ∂root/∂v after root.backward(); None while it is not computed, which is not the same as 0

This file is for reading; `replay` is for speed. Two tricks are here all the same, since the pass over a class's
network would otherwise be twice as slow: parents and partials lie in flat slots, not in tuples (Python's garbage
collector visits every tuple), and each row of the table has a method of its own that makes its node in one call.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ContextDecorator
from functools import cache
from math import isfinite
from numbers import Real
from typing import Any

from autograd import straight
from autograd.errors import DataError, GraphError, RangeError
from autograd.graph import leaves_and_results
from autograd.leaving import Leaving
from autograd.namespaces import scalars
from autograd.operators import Operators, exponent
from autograd.rules import DOT, MANY, PAIRS, POW, TABLE, Op, power

_scope = ""  # the modules that are being run, as MLP/layer0/neuron2
_recording = True  # False inside `no_grad`; one switch for the whole process, threads included
_new = object.__new__


class Value(Operators, Leaving):
    """A number that remembers how it was made.

    >>> x, w, b = Value(2.0, "x"), Value(3.0, "w"), Value(1.0, "b")
    >>> z = w * x + b
    >>> z.backward()
    >>> z.data, w.grad, x.grad, b.grad
    (7.0, 2.0, 3.0, 1.0)

    `x == y` asks whether two names stand for the same node; to compare numbers, compare `x.data`. Raises DataError for
    anything that is not one real number.
    """

    __slots__ = ("_b", "_db", "_dx", "_dy", "_kind", "_x", "_y", "data", "grad", "label", "op", "scope")
    __array_ufunc__ = None  # so that np.float64(2) * v is ours
    data: float
    grad: float | None
    label: str
    op: Op | None
    scope: str  # the modules it was made in, as MLP/layer0/neuron2
    _kind: str  # of a leaf
    _x: Any  # the first parent, or a tuple of parents
    _y: Any  # the second, or another tuple
    _dx: Any  # the partials, in the same form
    _dy: Any
    _b: Any  # one parent more, for a node of many, and its partial
    _db: Any

    def __init__(self, data: float, label: str = "") -> None:
        if not isinstance(label, str):
            meant = f"Value({label!r}, {data!r})" if isinstance(data, str) else f"Value({data!r}) and another Value"
            raise DataError(f"A label is a string, and {label!r} is none. Did you mean {meant}?")
        self.data, self.grad, self.label, self.op = as_float(data), None, label, None
        self.scope, self._kind = _scope, "leaf"

    @property
    def parents(self) -> tuple[Value, ...]:
        """The Values this one was made from, in order, with repeats: x · x has two."""
        return tuple(_together(self, "_x", "_y", "_b"))

    @property
    def partials(self) -> tuple[float, ...]:
        """The local derivative with respect to each parent."""
        return tuple(_together(self, "_dx", "_dy", "_db"))

    @property
    def kind(self) -> str:
        """What the node is: "leaf", "parameter", "constant", or the "result" of an operation."""
        return "result" if self.op else self._kind

    def backward(self) -> None:
        """Compute ∂self/∂v for every Value v that self was made from, and store it in `v.grad`.

        >>> x = Value(3.0)
        >>> y = x * x * x
        >>> y.backward(); y.backward(); x.grad
        54.0

        Leaves accumulate, as in PyTorch (27 + 27); results start afresh at each call. Constants get no gradient.
        Raises GraphError where it was made from constants alone.
        """
        leaves, results = leaves_and_results(self)
        for leaf in leaves:
            if leaf._kind != "constant":
                break  # as a rule the first: a generator would cost more
        else:
            raise GraphError(
                "backward finds plain numbers alone, and nothing that could have a gradient. Compute from the Values themselves: "
                "v.data and v.item() are numbers without a past."
            )
        for leaf in leaves:
            if type(leaf.data) is not float:
                _check_set(leaf.data)  # w.data = w - 0.1 would have put a Value there
        for node in results:
            node.grad = 0.0
        for leaf in leaves:
            if leaf.grad is None:
                leaf.grad = 0.0
        self.grad += 1.0  # type: ignore[operator]
        for node in reversed(results):
            upstream = node.grad
            arity = node.op.arity
            if arity == 2:
                node._x.grad += upstream * node._dx
                node._y.grad += upstream * node._dy
            elif arity == 1:
                node._x.grad += upstream * node._dx
            elif upstream or not isfinite(node.data):  # 0 · slope adds nothing, unless the slope is infinite
                for parent, local in zip(node._x, node._dx):  # noqa: B905 (`strict` costs a tenth)
                    parent.grad += upstream * local
                for parent, local in zip(node._y, node._dy):  # noqa: B905
                    parent.grad += upstream * local
                if node._b is not None:
                    node._b.grad += upstream * node._db
        for leaf in leaves:
            if leaf._kind == "constant":
                leaf.grad = None

    def item(self) -> float:
        """Return the plain number, without its history."""
        return self.data

    def detach(self) -> Value:
        """Return a new leaf with the same number: what is made from it sends no gradient back here."""
        return Value(self.data, self.label)

    def apply(self, op: Op, *operands: Value | float) -> Value:
        """Apply a row of the table to Values and numbers, and return the node: the door for rows of your own."""
        return recorder(op)(*op.grouped(tuple(map(lift, operands))))

    def __pow__(self, n: Value | float) -> Value:
        return recorder(power(exponent(n)))(self) if isinstance(n, Real) else recorder(POW)(self, n)

    def __lt__(self, other: Value | float) -> bool:
        return self.data < lift(other).data

    def __le__(self, other: Value | float) -> bool:
        return self.data <= lift(other).data

    def __gt__(self, other: Value | float) -> bool:
        return self.data > lift(other).data

    def __ge__(self, other: Value | float) -> bool:
        return self.data >= lift(other).data

    def __bool__(self) -> bool:
        return bool(self.data)

    def __getstate__(self) -> object:
        if self.op:
            raise GraphError(
                "A result is not copied or pickled: it would bring the whole graph that it was made from. Copy the leaves, "
                "and compute it again, or take its number alone: v.detach()."
            )
        return super().__getstate__()

    def __format__(self, form: str) -> str:
        return format(self.data, form) if form else str(self)  # f"{loss:.4f}" shows the number

    def __repr__(self) -> str:
        label = f", label={self.label!r}" if self.label else ""
        return f"Value(data={self.data!r}, grad={self.grad!r}{label})"


class no_grad(ContextDecorator):
    """Compute without remembering, as `with no_grad():` or `@no_grad()`.

    >>> with no_grad():
    ...     y = Value(3.0) * 2
    >>> y.parents
    ()
    """

    def __init__(self) -> None:
        self._before: list[bool] = []  # a stack, since one object may be entered again inside itself

    def __enter__(self) -> None:
        global _recording
        self._before.append(_recording)
        _recording = False

    def __exit__(self, *error: object) -> None:
        global _recording
        _recording = self._before.pop()

    def _recreate_cm(self) -> no_grad:
        return no_grad()  # a decorated function may call itself


def must_record(caller: str) -> None:
    """Raise GraphError inside no_grad, where there would be no graph to go back on."""
    if not _recording:
        raise GraphError(
            f"{caller} needs the graph, and inside no_grad nothing remembers how it was made. Call it outside."
        )


def must_be_called(caller: str, f: Any) -> None:
    """Raise DataError for what is no function, a result say."""
    if not callable(f):
        raise DataError(
            f"{caller} calls a function again and again, and {f!r} is none. Give the function that computes it."
        )


def _together(node: Value, *slots: str) -> list[Any]:
    """Return what a node's slots hold, as one list."""
    arity = node.op.arity if node.op else 0
    if arity >= 0:
        return [getattr(node, slot) for slot in slots[:arity]]
    x, y, b = (getattr(node, slot) for slot in slots)
    return [*x, *y] if arity == MANY else [*x, *y, b]


class scope(ContextDecorator):
    """Name what is being computed: every Value made meanwhile remembers it, scopes within scopes by their path.

    >>> with scope("model"), scope("layer0"):
    ...     y = Value(3.0) * 2
    >>> y.scope
    'model/layer0'
    """

    def __init__(self, name: str) -> None:
        if not isinstance(name, str):
            raise DataError(f"A scope is named by a string, and {_shown(name)} is none. Write scope('layer0'), say.")
        self.name = name
        self._before: list[str] = []

    def __enter__(self) -> None:
        self._before.append(enter(f"{_scope}/{self.name}" if _scope else self.name))

    def __exit__(self, *error: object) -> None:
        enter(self._before.pop())

    def _recreate_cm(self) -> scope:
        return scope(self.name)


def enter(path: str) -> str:
    """Set the scope to a path, and return the one before: `scope` for those who are in a hurry."""
    global _scope
    before, _scope = _scope, path
    return before


class _ParameterMeta(type):
    def __instancecheck__(cls, x: object) -> bool:
        return cls is Parameter and isinstance(x, Value) and x.kind == "parameter"


class Parameter(Value, metaclass=_ParameterMeta):
    """A leaf that training changes.

    >>> w = Parameter(3.0, "w")
    >>> isinstance(w, Parameter), isinstance(Value(3.0), Parameter)
    (True, False)

    It is a plain Value with a mark, as in PyTorch: with nodes of one class alone Python's attribute cache always hits,
    and the passes run twice as fast.
    """

    __slots__ = ()

    def __new__(cls, data: float, label: str = "") -> Value:  # type: ignore[misc]
        """Return a Value that is marked as a parameter."""
        return _leaf(data, label, "parameter")


def _leaf(data: float, label: str, kind: str) -> Value:
    leaf = _new(Value)
    leaf.data, leaf.grad, leaf.label, leaf.op = as_float(data), None, label, None
    leaf.scope, leaf._kind = _scope, kind
    return leaf


def lift(x: Any) -> Value:
    """Return a Value as it is, and a plain number as a constant, which gets no gradient."""
    return x if isinstance(x, Value) else _leaf(x, "", "constant")


def as_float(x: Any) -> float:
    """Return a real number as a float, or say why it is none."""
    if type(x) is float:
        return x
    if type(x) is not int and (isinstance(x, bool) or not isinstance(x, Real)):
        raise DataError(f"A Value holds one real number, and {_shown(x)} is {_what(x)}")
    try:
        return float(x)
    except OverflowError:
        raise RangeError(
            f"{_shown(x)} is too large for a float, which ends at about 1.8e308. Scale it down first."
        ) from None


def _no_number(error: Exception, *operands: Any) -> Exception:
    """Return the error for the first operand that `v.data = …` has left without a number, or the error as it came."""
    try:
        for x in operands:
            _check_set(x)
    except DataError as told:
        return told
    return error


def _check_set(data: Any) -> None:
    """Raise DataError for what `v.data = …` has put in the place of a float."""
    if isinstance(data, Value):
        raise DataError(
            f"data was set to {_shown(data)}, a Value, and it is to be a plain number. "
            "A step is one of numbers: w.data -= lr * w.grad."
        )
    as_float(data)
    if not isinstance(data, (float, int)):
        kind = type(data).__name__
        raise DataError(
            f"data was set to {_shown(data)}, a {kind}, and what is computed from it may be rounded as a {kind} is. "
            "Write v.data = float(x), and compute again."
        )


def _shown(x: Any) -> str:
    text = repr(x)
    return text if len(text) < 40 else f"{text[:36]} …"


def _what(x: Any) -> str:
    """Say what something is that is no number, and what would work."""
    kind = type(x).__name__
    if isinstance(x, Value):
        return f"a {kind} already. Use it as it is; its number is x.data, and x.detach() is a leaf of its own."
    if kind in ("bool", "bool_"):  # NumPy has its own
        return "a bool, a truth value. If you mean 1 or 0, write float(x)."
    if isinstance(x, (str, bytes)):
        return f"a {kind}, which is text. If it reads as a number, write float(x)."
    if isinstance(x, complex):
        return "complex. Gradients here are of real numbers: use x.real and x.imag apart."
    if x is None:
        return "nothing. Did a function forget its return?"
    if isinstance(x, (list, tuple)) and x and isinstance(x[0], Value):
        return f"a {kind} of Values. Take one of them, xs[0]; for all of them, go through the {kind}."
    if isinstance(x, (list, tuple, set, dict)) or hasattr(x, "shape"):
        return f"a {kind}, which may hold many. Make one Value for each: [Value(x) for x in xs]."
    return f"a {kind}. If it stands for one number, write float(x)."


def _guard(op: Op, *operands: float) -> None:
    if error := op.refusal(operands):
        raise error


def _too_large(op: Op, *operands: float) -> RangeError:
    call, limit = op.called(*operands), "too large for a float, which ends at about 1.8e308"
    if op.binds == 4:
        return RangeError(f"{call} or its slope is {limit}. Scale the operand to about 1.")
    return RangeError(f"{call} is {limit}. Scale the operand down, or use a stable form: logsumexp, softplus, sigmoid.")


@cache
def unary(op: Op) -> Callable[[Value], Value]:
    """Return the method that computes `op` of one Value and remembers it."""
    value, slopes, guarded, kinks = op.value, op.slopes, op.guarded, op.kinks

    def method(x: Value) -> Value:
        a = x.data
        try:
            if guarded:
                _guard(op, a)
            out = value(scalars, a)
            (dx,) = slopes(scalars, a, out)
        except OverflowError:
            raise _too_large(op, a) from None
        except TypeError as error:
            raise _no_number(error, a) from None
        if not _recording:
            return Value(out)
        node = _new(Value)
        node.data, node.grad, node.label, node.op, node.scope = out, None, "", op, _scope
        node._x = x
        node._dx = out if kinks and out != out else dx  # a NaN has a NaN slope: no kink may turn it into 0 or 1
        return node

    return method


@cache
def binary(op: Op) -> Callable[[Value, Value | float], Value]:
    """Return the method that computes `op` of two Values and remembers it."""
    value, slopes, guarded, kinks = op.value, op.slopes, op.guarded, op.kinks

    def method(x: Value, y: Value | float) -> Value:
        if not isinstance(y, Value):
            y = lift(y)
        a = x.data
        b = y.data
        try:
            if guarded:
                _guard(op, a, b)
            out = value(scalars, a, b)
            dx, dy = (out, out) if kinks and out != out else slopes(scalars, a, b, out)
        except OverflowError:
            raise _too_large(op, a, b) from None
        except TypeError as error:
            raise _no_number(error, a, b) from None
        if not _recording:
            return Value(out)
        node = _new(Value)
        node.data = out
        node.grad = None
        node.label = ""
        node.op = op
        node.scope = _scope
        node._x = x
        node._y = y
        node._dx = dx
        node._dy = dy
        return node

    return method


@cache
def many(op: Op) -> Callable[[tuple[Value | float, ...]], Value]:
    """Return the function that computes `op` of any number of Values and remembers it."""
    value, slopes, kinks, guarded = op.value, op.slopes, op.kinks, op.guarded

    def method(xs: tuple[Any, ...]) -> Value:
        xs = tuple(map(lift, xs))
        operands = tuple([x.data for x in xs])
        try:
            if guarded:
                _guard(op, *operands)
            out = value(scalars, operands)
        except OverflowError:
            raise _too_large(op, *operands) from None
        except TypeError as error:
            raise _no_number(error, *operands) from None
        if not _recording:
            return Value(out)
        node = _new(Value)
        node.data, node.grad, node.label, node.op, node.scope = out, None, "", op, _scope
        node._x, node._y, node._b = xs, (), None
        node._dx, node._dy, node._db = (
            (out,) * len(xs) if kinks and out != out else slopes(scalars, operands, out),
            (),
            0.0,
        )
        return node

    return method


@cache
def pairs(op: Op) -> Callable[[Sequence[Value | float], Sequence[Value | float], Value | float], Value]:
    """Return the function that computes `op` of two lists and a number, all Values, and remembers it."""
    value, slopes = op.value, op.slopes

    def method(ws: Sequence[Any], xs: Sequence[Any], b: Any) -> Value:
        try:
            w = [v.data for v in ws]
            x = [v.data for v in xs]
            bias = b.data
            out = value(scalars, w, x, bias)
        except (AttributeError, TypeError) as error:  # a plain number among them: rare, so it is looked for only now
            return method(*_lifted(error, ws, xs, b))
        if not _recording:
            return Value(out)
        node = _new(Value)
        node.data = out
        node.grad = None
        node.label = ""
        node.op = op
        node.scope = _scope
        node._x = tuple(ws)  # a tuple stays the tuple it is
        node._y = tuple(xs)
        node._b = b
        node._dx, node._dy, node._db = slopes(scalars, w, x, bias, out)
        return node

    return method


def _lifted(
    error: Exception, ws: Sequence[Any], xs: Sequence[Any], b: Any
) -> tuple[tuple[Value, ...], tuple[Value, ...], Value]:
    if all(isinstance(v, Value) for v in (*ws, *xs, b)):
        raise _no_number(error, *[v.data for v in (*ws, *xs, b)]) from None
    return tuple(map(lift, ws)), tuple(map(lift, xs)), lift(b)


@cache
def recorder(op: Op) -> Callable[..., Value]:
    """Return the method that records `op`: from a maker above, or, for the rows of the table, the same written out."""
    if op.arity > 0 and op in TABLE.values():
        return straight.compiled(straight.source(op), globals(), op=op)
    makers: dict[int, Any] = {1: unary, 2: binary, MANY: many, PAIRS: pairs}
    return makers[op.arity](op)  # type: ignore[no-any-return]


@cache
def dotted(n: int) -> Callable[..., Value]:
    """Return the function that records the dot of two lists of n, and a number."""
    by_hand = pairs(DOT)
    if not 0 < n <= straight.LONGEST:
        return by_hand
    return straight.compiled(straight.dot_source(DOT, n), globals(), op=DOT, by_hand=by_hand)


def _reflected(op: Op) -> Callable[[Value, Value | float], Value]:
    forward = recorder(op)
    return lambda x, y: forward(lift(y), x)


for _name, _method in vars(Operators).items():
    if hasattr(_method, "op"):
        _faster = (_reflected if _method.kind == "reflected" else recorder)(_method.op)
        _faster.__name__, _faster.__qualname__, _faster.__doc__ = _method.__name__, f"Value.{_name}", _method.__doc__
        setattr(Value, _name, _faster)
