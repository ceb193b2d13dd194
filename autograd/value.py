"""Value: a number that remembers how it was made, and the backward pass over what it remembers.

    v.data      the number
    v.parents   the Values it was made from, in order; v.op is the row of the table that made it
    v.partials  the local derivative with respect to each parent, recorded as numbers when v was made
    v.grad      ∂root/∂v after root.backward(); None while it is not computed, which is not the same as 0

This is the whole engine, to be read. fast.py puts faster methods in the place of `apply` and `backward`, with the same
results to the bit.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import nan
from typing import ClassVar

from autograd.graph import leaves_and_results, uses, watch_growth
from autograd.habits import ForeignNames, check_arguments, check_seed
from autograd.modes import mode
from autograd.namespaces import scalars
from autograd.node import Node
from autograd.op import Op
from autograd.operators import Operators
from autograd.refusals import Refused, as_float, check_label, check_leaves, no_copy, not_a_number, outside, too_large

OWN_CLASSES: list[type[Value]] = []  # what users have derived from Value


class Value(Operators, Refused, ForeignNames, Node):
    """A number that remembers how it was made.

    >>> x, w, b = Value(2.0, "x"), Value(3.0, "w"), Value(1.0, "b")
    >>> z = w * x + b
    >>> z.backward()
    >>> z.data, w.grad, x.grad, b.grad
    (7.0, 2.0, 3.0, 1.0)

    `x == y` asks whether two names stand for the same node; to compare numbers, compare `x.data`. Raises DataError for
    anything that is not one real number.

    For attributes of your own, inherit: `class Value(autograd.Value): pass`. What is computed from yours is yours too, and
    made without `__init__`; of two classes, the left operand's wins.
    """

    __slots__ = ()
    __array_ufunc__ = None  # so that np.float64(2) * v is ours
    _made: ClassVar[type[Value]]  # the class of what is computed from it

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "_made" not in vars(cls):
            cls._made = cls
            OWN_CLASSES.append(cls)

    def __init__(self, data: float, label: str = "", *others: object, **named: object) -> None:
        if others or named:
            check_arguments(others, named)
        check_label(label, data)
        make_leaf(self, data, "leaf", label)

    def apply(self, op: Op, *operands: Value | float) -> Value:
        """Apply a row of the table to Values and numbers, and return the node: the door for rows of your own."""
        parents = tuple([lift(x) for x in operands])
        data, partials = evaluate(op, tuple([parent.data for parent in parents]))
        path = mode.get()[0]
        if path is None:  # inside no_grad
            return lost(data, class_of(parents))
        node = object.__new__(class_of(parents))
        node.data, node.grad, node.label, node.scope = data, None, "", path
        node.remember(op, parents, partials)
        return node

    def backward(self, *seed: object, **named: object) -> None:
        """Compute ∂self/∂v for every Value v that self was made from, and store it in `v.grad`.

        >>> x = Value(3.0)
        >>> y = x * x * x
        >>> y.backward(); y.backward(); x.grad
        54.0

        Leaves accumulate, as in PyTorch (27 + 27); results start afresh at each call. Constants get no gradient.
        Raises GraphError where it was made from constants only.
        """
        check_seed(seed, named)
        leaves, results = leaves_and_results(self)
        check_leaves(leaves)
        watch_growth(results)
        before = [leaf.grad for leaf in leaves]
        try:
            for node in results:
                node.grad = 0.0
            for leaf in leaves:
                leaf.grad = 0.0 if leaf.grad is None else leaf.grad
            self.grad += 1.0  # type: ignore[operator]
            for node, _, parent, local in uses(self):
                parent.grad += node.grad * local  # type: ignore[operator]
            for leaf in leaves:
                leaf.grad = None if leaf.kind == "constant" else leaf.grad
        except BaseException:  # interrupted: as if it had not begun
            for leaf, gradient in zip(leaves, before, strict=True):
                leaf.grad = gradient
            raise

    def item(self) -> float:
        """Return the plain number, without its history."""
        return self.data

    def detach(self) -> Value:
        """Return a new leaf with the same number: what is made from it sends no gradient back here."""
        return make_leaf(object.__new__(self._made), self.data, "leaf", self.label)

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
            raise no_copy()
        return super().__getstate__()

    def __format__(self, form: str) -> str:
        return format(self.data, form) if form else str(self)  # f"{loss:.4f}" shows the number

    def __repr__(self) -> str:
        label = f", label={self.label!r}" if self.label else ""
        return f"Value(data={self.data!r}, grad={self.grad!r}{label})"


def class_of(parents: Iterable[Value]) -> type[Value]:
    """Return the class of what is made from these: the first that is a user's own, or Value."""
    return next((x._made for x in parents if x._made is not Value), Value) if OWN_CLASSES else Value


Value._made = Value


def evaluate(op: Op, operands: tuple[float, ...]) -> tuple[float, tuple[float, ...]]:
    """Return the value of a row and its local derivatives, at plain numbers; raise a DomainError where there is none."""
    try:
        if error := outside(op, operands):
            raise error
        out = op.at(scalars, operands)
        if type(out) is complex:  # Python's (-1.0) ** 0.5, in a row of one's own
            return nan, (nan,) * len(operands)
        # a NaN has NaN slopes: no kink may turn it into 0 or 1
        return out, (out,) * len(operands) if op.kinks and out != out else op.slopes_at(scalars, operands, out)
    except OverflowError:
        raise too_large(op, operands) from None
    except TypeError as error:
        raise not_a_number(error, operands) from None


class _ParameterMeta(type):
    def __instancecheck__(cls, x: object) -> bool:
        return cls is Parameter and isinstance(x, Value) and x.kind == "parameter"


class Parameter(Value, metaclass=_ParameterMeta):
    """A leaf that training changes: a plain Value with a mark, as in PyTorch.

    >>> w = Parameter(3.0, "w")
    >>> isinstance(w, Parameter), isinstance(Value(3.0), Parameter)
    (True, False)
    """

    __slots__ = ()
    _made = Value

    def __new__(cls, data: float, label: str = "") -> Value:  # type: ignore[misc]
        """Return a Value that is marked as a parameter."""
        check_label(label, data)
        return make_leaf(object.__new__(Value), data, "parameter", label)


def make_leaf(leaf: Value, data: float, kind: str, label: str = "") -> Value:
    """Make a leaf of a kind out of an empty Value, and return it."""
    leaf.data, leaf.grad, leaf.label = as_float(data), None, label
    leaf.op, leaf.scope, leaf._kind = None, mode.get()[0] or "", kind
    return leaf


def lost(data: float, owner: type[Value]) -> Value:
    """Return a leaf of a class that was computed inside no_grad, and cannot go backward."""
    return make_leaf(object.__new__(owner), data, "without graph")


def lift(x: Value | float) -> Value:
    """Return a Value as it is, and a plain number as a constant, which gets no gradient."""
    return x if isinstance(x, Value) else make_leaf(object.__new__(Value), x, "constant")
