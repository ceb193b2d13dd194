"""Python's operators and the named functions, spelled once.

A class that inherits them brings `apply(op, *operands)`, and decides what an operation does: Value computes,
Expr writes. Numbers may stand on either side.
"""

import math
from collections.abc import Callable
from numbers import Real
from typing import Any, TypeVar

from autograd import rules
from autograd.errors import DataError, RangeError
from autograd.rules import Op

T = TypeVar("T")
LN_10 = 2.302585092994046
M = TypeVar("M", bound=Callable[..., Any])


def unary(op: Op) -> Callable[[T], T]:
    """Return the method that records `op` on its object."""
    return marked(lambda x: x.apply(op, x), op, "unary")


def binary(op: Op) -> Callable[[T, "T | float"], T]:
    """Return the method that records `op` on its object and another, in this order."""
    return marked(lambda x, y: x.apply(op, x, y), op, "binary")


def reflected(op: Op) -> Callable[[T, "T | float"], T]:
    """Return the method for the other order: 2 − x asks x for its `__rsub__`."""
    return marked(lambda x, y: x.apply(op, y, x), op, "reflected")


def same(x: T) -> T:
    """Return x itself: +x is x."""
    return x


def marked(method: M, op: Op, kind: str) -> M:
    """Tell a method its row, so that Value can put a faster one in its place."""
    vars(method).update(op=op, kind=kind)
    method.__name__, method.__doc__ = op.name, f"Record {op.call(*'xy'[: op.arity])}."
    return method


class Operators:
    """`+ − × ÷ **`, and a method for each other row of the table."""

    __slots__ = ()

    __add__, __radd__ = binary(rules.ADD), reflected(rules.ADD)
    __sub__, __rsub__ = binary(rules.SUB), reflected(rules.SUB)
    __mul__, __rmul__ = binary(rules.MUL), reflected(rules.MUL)
    __truediv__, __rtruediv__ = binary(rules.DIV), reflected(rules.DIV)
    __neg__, __rpow__ = unary(rules.NEG), reflected(rules.POW)
    __pos__ = same
    exp, expm1, log, sqrt = unary(rules.EXP), unary(rules.EXPM1), unary(rules.LOG), unary(rules.SQRT)
    sin, cos, tanh = unary(rules.SIN), unary(rules.COS), unary(rules.TANH)
    sigmoid, softplus, relu = unary(rules.SIGMOID), unary(rules.SOFTPLUS), unary(rules.RELU)
    erf, erfc, gelu = unary(rules.ERF), unary(rules.ERFC), unary(rules.GELU)
    abs, __abs__ = unary(rules.ABS), unary(rules.ABS)
    maximum, minimum = binary(rules.MAXIMUM), binary(rules.MINIMUM)

    def apply(self, op: Op, *operands: Any) -> Any:
        """Do the operation: compute it, or write it down."""
        raise NotImplementedError

    def __pow__(self: T, n: "T | float") -> T:
        apply = self.apply  # type: ignore[attr-defined]
        return apply(rules.power(exponent(n)), self) if isinstance(n, Real) else apply(rules.POW, self, n)  # type: ignore[arg-type,no-any-return]

    def pow(self: T, n: "T | float") -> T:
        """Return x ** n, as PyTorch also calls it."""
        return self**n  # type: ignore[operator,no-any-return]

    def clip(self: Any, min: Any = None, max: Any = None) -> Any:
        """Return x within two bounds, as NumPy calls it: no gradient comes through outside of them."""
        above = self if min is None else self.maximum(min)
        return above if max is None else above.minimum(max)

    clamp = clip  # as PyTorch calls it

    def tan(self: Any) -> Any:
        """Return sin x / cos x."""
        return self.sin() / self.cos()

    def log10(self: Any) -> Any:
        """Return ln x / ln 10."""
        return self.log() / LN_10

    def log1p(self: Any) -> Any:
        """Return ln(1 + x); near 0 it has only the digits that 1 + x keeps."""
        return (1 + self).log()

    def square(self: T) -> T:
        """Return x ** 2, as PyTorch and NumPy also call it."""
        return self**2  # type: ignore[operator,no-any-return]

    def leaky_relu(self: T, a: float = 0.01) -> T:
        """Record x above 0, and a · x below."""
        return self.apply(rules.leaky_relu(fixed("leaky_relu", a)), self)  # type: ignore[attr-defined,no-any-return]

    def elu(self: T, a: float = 1.0) -> T:
        """Record x above 0, and a · (exp(x) − 1) below."""
        return self.apply(rules.elu(fixed("elu", a)), self)  # type: ignore[attr-defined,no-any-return]


def fixed(name: str, a: float) -> float:
    """Return the parameter of a family, if it is a plain number."""
    if isinstance(a, bool) or not isinstance(a, Real) or not math.isfinite(a):
        raise DataError(
            f"{name}({a!r}): a is fixed, a finite plain number, 0.01 say. It is not learned, and gets no gradient."
        )
    return a


def exponent(n: float) -> float:
    """Return a plain exponent, if it is one that has a row."""
    try:
        finite = math.isfinite(n)
    except OverflowError:
        raise RangeError("x ** n: the exponent n is too large for a float, which ends at about 1.8e308.") from None
    if isinstance(n, bool) or not finite:
        raise DataError(f"x ** {n}: the exponent must be a finite number, 2 or 0.5 say, or a Value.")
    return n
