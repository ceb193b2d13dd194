"""The few functions that a rule may call, once for each way to read the table.

    scalars     floats                        the engine computes
    complexes   complex numbers               the engine checks itself (the complex step)
    methods     anything with our operators   Expr gives text, Value gives second derivatives

A rule is written over a namespace `xp`, as `lambda xp, x: xp.tanh(x)`: the word is that of the array API
standard, and an array library is one more namespace. Functions are those of that standard: `exp log log1p
expm1 sqrt sin cos tanh abs maximum minimum where pow square divide`, and `erf erfc`, which the standard lacks. NaN goes through all of them unharmed.
"""

import cmath
import math
from typing import Any


def _maximum(x: float, y: float) -> float:
    return x if x >= y or x != x else y  # Python's max(0.0, nan) is 0.0: a NaN must stay visible


def _minimum(x: float, y: float) -> float:
    return x if x <= y or x != x else y


def _where(condition: bool, x: Any, y: Any) -> Any:
    return x if condition else y


def _pow(x: float, y: float) -> float:
    """Return x to the power y, as IEEE 754 has it: infinite where a slope stands upright. But a NaN stays one."""
    if x != x or y != y:
        return math.nan  # IEEE has 1 for nan to the power 0, and for 1 to the power nan
    try:
        return math.pow(x, y)
    except ValueError:
        return math.inf if x == 0 else math.nan


def _square(x: float) -> float:
    """Return x · x, rounded once, or raise as `math.pow` does: an infinite x² would train on without a word."""
    y = x * x
    if y == math.inf != abs(x):
        raise OverflowError
    return y


def _divide(x: float, y: float) -> float:
    """Return x / y, and infinity for x / 0: the slope of sqrt at 0 stands upright."""
    return x / y if y else math.copysign(math.inf, x)


def _erf_slope(x: float) -> float:
    return 2.0 / math.sqrt(math.pi) * math.exp(-x * x)


class scalars:
    """Floats: Python's `math`, and what it lacks."""

    exp, log, log1p, expm1 = math.exp, math.log, math.log1p, math.expm1
    sqrt, sin, cos, tanh, abs = math.sqrt, math.sin, math.cos, math.tanh, math.fabs
    erf, erfc = math.erf, math.erfc
    maximum, minimum, where = staticmethod(_maximum), staticmethod(_minimum), staticmethod(_where)
    pow, square, divide = staticmethod(_pow), staticmethod(_square), staticmethod(_divide)


class complexes:
    """Complex numbers an infinitely small step away from the real axis: comparisons look at the real part."""

    exp, log, sqrt, sin, cos, tanh = cmath.exp, cmath.log, cmath.sqrt, cmath.sin, cmath.cos, cmath.tanh
    log1p = staticmethod(lambda x: cmath.log(1 + x))
    expm1 = staticmethod(lambda x: complex(math.expm1(x.real), x.imag * math.exp(x.real)))
    erf = staticmethod(lambda x: complex(math.erf(x.real), x.imag * _erf_slope(x.real)))
    erfc = staticmethod(lambda x: complex(math.erfc(x.real), -x.imag * _erf_slope(x.real)))
    abs = staticmethod(lambda x: -x if x.real < 0 else x)
    maximum = staticmethod(lambda x, y: x if x.real >= y.real else y)
    minimum = staticmethod(lambda x, y: x if x.real < y.real else y)  # at a tie not the one that maximum and abs take
    pow, square = staticmethod(lambda x, y: x**y), staticmethod(lambda x: x * x)


class methods:
    """Objects that bring their own operators: `xp.exp(x)` is `x.exp()`."""

    exp = staticmethod(lambda x: x.exp())
    log = staticmethod(lambda x: x.log())
    log1p = staticmethod(lambda x: (1 + x).log())
    expm1 = staticmethod(lambda x: x.expm1())
    sqrt = staticmethod(lambda x: x.sqrt())
    sin = staticmethod(lambda x: x.sin())
    cos = staticmethod(lambda x: x.cos())
    tanh = staticmethod(lambda x: x.tanh())
    erf = staticmethod(lambda x: x.erf())
    erfc = staticmethod(lambda x: x.erfc())
    abs = staticmethod(lambda x: x.abs())
    maximum = staticmethod(lambda x, y: x.maximum(y))
    minimum = staticmethod(lambda x, y: x.minimum(y))
    pow, square = staticmethod(lambda x, y: x**y), staticmethod(lambda x: x**2)
    divide = staticmethod(lambda x, y: x / y)

    @staticmethod
    def where(condition: Any, x: Any, y: Any) -> Any:
        """Choose by a plain bool (Values compare at once), or keep both branches (text)."""
        return _where(condition, x, y) if isinstance(condition, bool) else condition.choose(x, y)
