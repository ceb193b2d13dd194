"""The few functions that a rule may call, once for each way to read the table.

A rule is written over a namespace `xp`, as `lambda xp, x: xp.tanh(x)`: the word is that of the array API standard.
FUNCTIONS names all that it may call, and each reading below has every one of them:

    scalars           here                                 floats: the engine computes
    complexes         here                                 complex numbers: the engine checks itself (the complex step)
    methods           here                                 what brings its own: a Value (second derivatives), an Expr (text, TeX)
    sources           row_code.py                          text: Python code for fast methods
    CodeNamespace     replay/source.py                     text: a program to read in class
    SymbolNamespace   replay/instructions.py               symbols: instructions for NumPy without copies, and for numba
    EXPRESSIONS       replay/backends/numba_kernels.py     text: compiled loops, one for each instruction
    Arrays            replay/backends/numpy_forward.py     NumPy arrays
    ScriptNamespace   player/javascript.py                 text: JavaScript, for a page that computes
    ArrayNamespace    replay/backends/array_api.py         arrays of any library that keeps the array API standard

The functions have the names of that standard, but for `erf` and `erfc`, which it lacks. A NaN goes through all of them
unharmed.
"""

import cmath
import math
import operator
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

FUNCTIONS = (
    "exp", "log", "log1p", "expm1", "sqrt", "sin", "cos", "tanh", "erf", "erfc",
    "abs", "maximum", "minimum", "where", "pow", "square", "divide",
)  # fmt: skip


class Folds:
    """What a rule of many operands does with them, as they are in most readings: a tuple. Sums are left folds."""

    @staticmethod
    def sum(xs: Sequence[Any]) -> Any:
        """Add up from left to right (from Python 3.12 on, `sum` rounds in another way); nothing adds up to 0."""
        return reduce(operator.add, xs) if xs else 0.0

    @staticmethod
    def each(f: Callable[[Any], Any], xs: Sequence[Any]) -> Any:
        """Return f(x) for each x."""
        return [f(x) for x in xs]

    @staticmethod
    def fold(f: Callable[[Any, Any], Any], xs: Sequence[Any]) -> Any:
        """Return f(f(x₁, x₂), x₃)…"""
        return reduce(f, xs)


def _maximum(x: float, y: float) -> float:
    return x if x >= y or x != x else y  # Python's max(0.0, nan) is 0.0: a NaN must stay visible


def _minimum(x: float, y: float) -> float:
    return x if x <= y or x != x else y


def _where(condition: bool, x: Any, y: Any) -> Any:
    return x if condition else y


def _pow(x: float, y: float) -> float:
    """Return x to the power y, as IEEE 754 has it: infinite for 0 to a negative power. But a NaN stays one."""
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
    """Return x / y, and infinity for x / 0: the slope of sqrt at 0 is infinite."""
    return x / y if y else math.copysign(math.inf, x)


def _erf_slope(x: float) -> float:
    return 2.0 / math.sqrt(math.pi) * math.exp(-x * x)


class scalars(Folds):
    """Floats: Python's `math`, and what it lacks."""

    exp, log, log1p, expm1 = math.exp, math.log, math.log1p, math.expm1
    sqrt, sin, cos, tanh, abs = math.sqrt, math.sin, math.cos, math.tanh, math.fabs
    erf, erfc = math.erf, math.erfc
    maximum, minimum, where = staticmethod(_maximum), staticmethod(_minimum), staticmethod(_where)
    pow, square, divide = staticmethod(_pow), staticmethod(_square), staticmethod(_divide)


class Stepped(complex):
    """A complex number an infinitely small step away from the real axis: it is compared by its real part.

    >>> x = Stepped(-0.5, 1e-200)
    >>> x < 0, x == -0.5, abs(x), type(2 * x + 1).__name__
    (True, True, (0.5-1e-200j), 'Stepped')
    """

    __hash__ = complex.__hash__

    def __abs__(self) -> complex:  # type: ignore[override]
        return Stepped(-self if self.real < 0 else self)


def stepped(method: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of complex numbers that gives a Stepped one."""

    def on_the_step(*xs: Any) -> Any:
        result = method(*xs)
        return Stepped(result) if isinstance(result, complex) else result

    return on_the_step


for _name in ("neg", "pos", *(r + name for name in ("add", "sub", "mul", "truediv", "pow") for r in ("", "r"))):
    setattr(Stepped, f"__{_name}__", stepped(getattr(complex, f"__{_name}__")))
for _name in ("lt", "le", "gt", "ge", "eq", "ne"):
    _compare = getattr(operator, _name)
    setattr(Stepped, f"__{_name}__", lambda x, y, compare=_compare: compare(x.real, y.real))


class complexes(Folds):
    """Complex numbers an infinitely small step away from the real axis: comparisons look at the real part."""

    exp, log, sqrt, sin, cos, tanh = cmath.exp, cmath.log, cmath.sqrt, cmath.sin, cmath.cos, cmath.tanh
    log1p = staticmethod(lambda x: cmath.log(1 + x))
    expm1 = staticmethod(lambda x: complex(math.expm1(x.real), x.imag * math.exp(x.real)))
    erf = staticmethod(lambda x: complex(math.erf(x.real), x.imag * _erf_slope(x.real)))
    erfc = staticmethod(lambda x: complex(math.erfc(x.real), -x.imag * _erf_slope(x.real)))
    abs = staticmethod(lambda x: -x if x.real < 0 else x)
    maximum = staticmethod(lambda x, y: x if x.real >= y.real else y)
    minimum = staticmethod(lambda x, y: x if x.real < y.real else y)  # at a tie not the one that maximum and abs take
    where = staticmethod(_where)
    pow, square, divide = (
        staticmethod(lambda x, y: x**y),
        staticmethod(lambda x: x * x),
        staticmethod(lambda x, y: x / y),
    )


class methods(Folds):
    """Objects that bring their own operators: `xp.exp(x)` is `x.exp()`."""

    log1p = staticmethod(lambda x: (1 + x).log())
    maximum = staticmethod(lambda x, y: x.maximum(y))
    minimum = staticmethod(lambda x, y: x.minimum(y))
    pow = staticmethod(lambda x, y: x**y)
    divide = staticmethod(lambda x, y: x / y)
    sigmoid = staticmethod(lambda x: x.sigmoid())  # a textbook's form may have it

    @staticmethod
    def where(condition: Any, x: Any, y: Any) -> Any:
        """Choose by a plain bool (Values compare at once), or keep both branches (text)."""
        return _where(condition, x, y) if isinstance(condition, bool) else condition.choose(x, y)


for _name in FUNCTIONS:
    setattr(complexes, _name, staticmethod(stepped(getattr(complexes, _name))))
    if _name not in vars(methods):
        setattr(methods, _name, staticmethod(operator.methodcaller(_name)))
