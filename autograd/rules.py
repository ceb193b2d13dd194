"""THE TABLE: each operation, once.

    value     what it computes, from its operands
    slopes    its local derivatives, one for each operand, from the operands and the result `out`
    domain    where it is defined: one Domain for each operand; (REAL, MANY) is any number of them
    kinks     where the slope jumps, and is therefore a choice; the note says which, and whose

Everything else reads these rows: Value (floats), Expr (text, TeX), gradcheck (complex numbers), the second
derivative (Values). To add an operation, add its row here and its line in operators.py.

Rows are written over a namespace `xp` (see namespaces.py). A row for any number of operands takes them as one tuple.
Sums are left folds: Python 3.12's `sum` rounds in another way.
"""

import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache, reduce
from math import pi, sqrt
from typing import Any

from autograd.errors import DivisionError, DomainError
from autograd.namespaces import scalars as scalars

MANY, PAIRS = -1, -2  # the arities of rows that take any number of operands: one tuple; two tuples and a number


@dataclass(frozen=True)
class Domain:
    """The numbers at which an operation is defined: in words, as a test, and by example."""

    words: str
    holds: Callable[[float], bool]
    samples: tuple[float, ...]
    remedy: str = ""
    error: type[DomainError] = DomainError


# `not x <= 0` and not `x > 0`: a NaN passes every guard, and stays a NaN that one can see.
REAL = Domain("any number", lambda x: True, (-2.5, -1.0, -0.3, 0.4, 1.0, 3.0))
FINITE = Domain(
    "a finite number", lambda x: abs(x) != float("inf"), REAL.samples, "Look for the step before it that overflowed."
)
POSITIVE = Domain(
    "greater than 0",
    lambda x: not x <= 0,
    (0.2, 1.0, 2.7),
    "Keep it above 0, with maximum(x, 1e-12) say, or work with logits.",
)
BASE = Domain(
    "greater than 0",
    lambda x: not x <= 0,
    (0.2, 1.0, 2.7),
    "With a plain number as the exponent, x ** 2 say, any base will do that has a real result.",
)
NONNEGATIVE = Domain(
    "0 or greater", lambda x: not x < 0, (0.2, 1.0, 2.7), "Keep it from going below 0, with maximum(x, 0) say."
)
NONZERO = Domain(
    "other than 0",
    lambda x: x != 0,
    (-2.5, -0.3, 0.4, 3.0),
    "Keep it away from 0, by adding a small number say.",
    DivisionError,
)


@dataclass(frozen=True)
class Kink:
    """Where the slope of an operation jumps: in words, and how far the operands are from there."""

    words: str
    distance: Callable[..., float]


AT_ZERO = Kink("x = 0", lambda x: abs(x))
AT_TIE = Kink("x = y", lambda x, y: abs(x - y))
AT_TIE_OF_MANY = Kink("a tie", lambda xs: min((abs(x - y) for i, x in enumerate(xs) for y in xs[:i]), default=1.0))


@dataclass(frozen=True, eq=False, slots=True)
class Op:
    """One row of the table.

    `symbol` stands in a drawn node, `text` and `tex` are templates for its operands, and `binds` says how
    tightly it is written (1 as +, 2 as ·, 3 as a sign, 4 as a power, 9 as f(x)). Where the slopes are computed in more
    steps than one would write, `told` are the same slopes as text.

    >>> TANH.value(scalars, 0.0), TANH.slopes(scalars, 0.0, 0.0)
    (0.0, (1.0,))
    """

    name: str
    value: Callable[..., Any]
    slopes: Callable[..., Any]
    symbol: str
    tex: str
    domain: tuple[Any, ...]
    kinks: Kink | None = None
    note: str = ""
    text: str = ""
    binds: int = 9
    told: Callable[..., Any] | None = None
    arity: int = field(init=False)  # stored, since every record and every walk asks for it

    def __post_init__(self) -> None:
        last = self.domain[-1]
        object.__setattr__(self, "arity", last if last in (MANY, PAIRS) else len(self.domain))

    @property
    def guarded(self) -> bool:
        """Whether there are numbers at which it is not defined."""
        return any(domain not in (REAL, MANY, PAIRS) for domain in self.domain)

    def at(self, xp: Any, operands: tuple[Any, ...]) -> Any:
        """Return the value at these operands, read with the namespace `xp`."""
        return self.value(xp, *self.grouped(operands))

    def slopes_at(self, xp: Any, operands: tuple[Any, ...], out: Any) -> tuple[Any, ...]:
        """Return the local derivative for each operand, read with the namespace `xp`."""
        slopes = self.slopes(xp, *self.grouped(operands), out)
        return (*slopes[0], *slopes[1], slopes[2]) if self.arity == PAIRS else tuple(slopes)

    def grouped(self, operands: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the operands as the row takes them: one by one, as one tuple, or as two tuples and a number."""
        if self.arity == PAIRS:
            n = len(operands) // 2
            return operands[:n], operands[n:-1], operands[-1]
        return (operands,) if self.arity == MANY else operands

    def refusal(self, operands: tuple[float, ...]) -> DomainError | None:
        """Return the error for the first operand outside its domain, if there is one."""
        domains = self.domain[:1] * len(operands) if self.arity < 0 else self.domain
        for i, (domain, x) in enumerate(zip(domains, operands, strict=True)):
            if not domain.holds(x):
                pole = x == 0 and self.binds == 4 and (self.arity == 1 or operands[1] < 0)  # 0 to a negative power
                return (DivisionError if pole else domain.error)(self._sentence(domain, operands, i))
        return None

    def call(self, *operands: str) -> str:
        """Return the operation as it is written in text.

        >>> MUL.call("w", "x"), RELU.call("z")
        ('w·x', 'relu(z)')
        """
        return self.text.format(*operands) if self.text not in ("", "…") else f"{self.name}({', '.join(operands)})"

    def called(self, *operands: float) -> str:
        """Return the operation on numbers, as error messages write it."""
        return self.call(*(f"({x})" if x < 0 and self.binds < 9 else str(x) for x in operands))

    def _sentence(self, domain: Domain, operands: tuple[float, ...], i: int) -> str:
        which = f"its {('first', 'second')[i]} operand" if self.arity == 2 else "its operand"
        return f"{self.called(*operands)} has no value: {self.name} is defined where {which} is {domain.words}, and here it is {operands[i]}. {domain.remedy}"


def total(terms: Any) -> Any:
    """Add up terms from left to right; nothing adds up to 0."""
    if hasattr(terms, "sum"):  # one array of them all
        return terms.sum(0)
    return reduce(operator.add, terms) if terms else 0.0


def each(f: Any, xs: Any) -> Any:
    """Return f(x) for each x: a list, or an array where all of them are in one array, along its first axis."""
    return f(xs) if hasattr(xs, "sum") else [f(x) for x in xs]


def fold(f: Any, xs: Any) -> Any:
    """Return f(f(x₁, x₂), x₃)…: at once where all of them are in one array."""
    return f.reduce(xs) if hasattr(f, "reduce") and hasattr(xs, "sum") else reduce(f, xs)


def _dot(xp: Any, ws: Any, xs: Any, b: Any) -> Any:
    z = 0.0
    for w, x in zip(ws, xs):  # noqa: B905 (`strict` costs, and this loop is the hottest of all)
        z = z + w * x
    return z + b


def _logsumexp(xp: Any, xs: Any) -> Any:
    top = fold(xp.maximum, xs)
    return top + xp.log(total(each(lambda x: xp.exp(x - top), xs)))


def _softmax(xp: Any, xs: Any) -> Any:
    """Return e^(x − max) / Σ e^(x − max): the same as exp(x − out), without the rounding of out."""
    top = fold(xp.maximum, xs)
    powers = each(lambda x: xp.exp(x - top), xs)
    whole = total(powers)
    return each(lambda power: power / whole, powers)


def _shares(flags: Any) -> Any:
    """Share a slope of 1 equally among those that tie."""
    count = total(flags)
    return each(lambda flag: flag / count, flags)


# fmt: off
#              name     value                               slopes                                             symbol  tex                                domain
ADD     = Op("add",     lambda xp, x, y: x + y,             lambda xp, x, y, out: (1.0, 1.0),                  "+",    "{0} + {1}",                       (REAL, REAL), text="{0} + {1}", binds=1)
SUB     = Op("sub",     lambda xp, x, y: x - y,             lambda xp, x, y, out: (1.0, -1.0),                 "−",    "{0} - {1}",                       (REAL, REAL), text="{0} − {1}", binds=1)
MUL     = Op("mul",     lambda xp, x, y: x * y,             lambda xp, x, y, out: (y, x),                      "×",    r"{0} \cdot {1}",                  (REAL, REAL), text="{0}·{1}", binds=2)
DIV     = Op("div",     lambda xp, x, y: x / y,             lambda xp, x, y, out: (1.0 / y, -out / y),         "÷",    r"\frac{{{0}}}{{{1}}}",            (REAL, NONZERO), text="{0}/{1}", binds=2)
NEG     = Op("neg",     lambda xp, x: -x,                   lambda xp, x, out: (-1.0,),                        "−",    "-{0}",                            (REAL,), text="−{0}", binds=3)
POW     = Op("pow",     lambda xp, x, y: xp.pow(x, y),      lambda xp, x, y, out: (y * xp.pow(x, y - 1.0), out * xp.log(x)), "xʸ", "{0}^{{{1}}}",           (BASE, REAL), text="{0}^{1}", binds=4,
             note="the slope of the exponent is out · ln x, so x must be above 0; with a plain number as the exponent, see power(n)")
EXP     = Op("exp",     lambda xp, x: xp.exp(x),            lambda xp, x, out: (out,),                         "exp",  "e^{{{0}}}",                       (REAL,))
EXPM1   = Op("expm1",   lambda xp, x: xp.expm1(x),          lambda xp, x, out: (xp.exp(x),),                   "eˣ−1", "e^{{{0}}} - 1",                   (REAL,), note="exp(x) − 1, right to the last digit near 0", text="exp({0}) − 1", binds=1)
LOG     = Op("log",     lambda xp, x: xp.log(x),            lambda xp, x, out: (1.0 / x,),                     "ln",   r"\ln {0}",                        (POSITIVE,), note="the natural logarithm")
SQRT    = Op("sqrt",    lambda xp, x: xp.sqrt(x),           lambda xp, x, out: (xp.divide(0.5, out),),         "√",    r"\sqrt{{{0}}}",                   (NONNEGATIVE,), note="the slope at 0 is infinite, as in PyTorch")
ABS     = Op("abs",     lambda xp, x: xp.abs(x),            lambda xp, x, out: (xp.where(x > 0, 1.0, xp.where(x < 0, -1.0, 0.0)),), "|x|", r"\lvert {0} \rvert",    (REAL,), AT_ZERO, "the slope at 0 is 0, as in PyTorch", "|{0}|")
SIN     = Op("sin",     lambda xp, x: xp.sin(x),            lambda xp, x, out: (xp.cos(x),),                   "sin",  r"\sin {0}",                       (FINITE,))
COS     = Op("cos",     lambda xp, x: xp.cos(x),            lambda xp, x, out: (-xp.sin(x),),                  "cos",  r"\cos {0}",                       (FINITE,))
TANH    = Op("tanh",    lambda xp, x: xp.tanh(x),           lambda xp, x, out: (1.0 - out * out,),             "tanh", r"\tanh {0}",                      (REAL,))
ERF     = Op("erf",     lambda xp, x: xp.erf(x),            lambda xp, x, out: (2.0 / sqrt(pi) * xp.exp(-x * x),), "erf", r"\mathrm{{erf}}({0})",         (REAL,), note="the error function: 2/√π times the area under exp(−t²) from 0 to x")
ERFC    = Op("erfc",    lambda xp, x: xp.erfc(x),           lambda xp, x, out: (-2.0 / sqrt(pi) * xp.exp(-x * x),), "erfc", r"\mathrm{{erfc}}({0})",     (REAL,), note="1 − erf(x), right to the last digit far above 0")
SIGMOID = Op("sigmoid", lambda xp, x: xp.exp(xp.minimum(x, 0.0)) / (1.0 + xp.exp(-xp.abs(x))), lambda xp, x, out: (out * (1.0 - out),), "σ", r"\sigma({0})",      (REAL,), note="1/(1 + exp(−x)), written so that nothing overflows")
SOFTPLUS = Op("softplus", lambda xp, x: xp.maximum(x, 0.0) + xp.log1p(xp.exp(-xp.abs(x))), lambda xp, x, out: (-xp.expm1(-out),), "softplus", r"\ln(1 + e^{{{0}}})", (REAL,), note="ln(1 + exp(x)), written so that nothing overflows; the slope is sigmoid(x)")
RELU    = Op("relu",    lambda xp, x: xp.maximum(x, 0.0),   lambda xp, x, out: (xp.where(x > 0, 1.0, 0.0),),   "ReLU", r"\mathrm{{ReLU}}({0})",           (REAL,), AT_ZERO, "the slope at 0 is 0, as in PyTorch")
GELU    = Op("gelu",    lambda xp, x: 0.5 * x * xp.erfc(-sqrt(0.5) * x), lambda xp, x, out: (0.5 * xp.erfc(-sqrt(0.5) * x) + x * xp.exp(-0.5 * x * x) / sqrt(2.0 * pi),), "GELU", r"\mathrm{{GELU}}({0})", (FINITE,), note="x·Φ(x), with Φ(x) = (1 + erf(x/√2))/2 = erfc(−x/√2)/2: written with erfc, nothing cancels below 0")
MAXIMUM = Op("maximum", lambda xp, x, y: xp.maximum(x, y),  lambda xp, x, y, out: (xp.where(x > y, 1.0, xp.where(x < y, 0.0, 0.5)), xp.where(y > x, 1.0, xp.where(y < x, 0.0, 0.5))), "max", r"\max({0}, {1})", (REAL, REAL), AT_TIE, "a tie gives each half, as in PyTorch")
MINIMUM = Op("minimum", lambda xp, x, y: xp.minimum(x, y),  lambda xp, x, y, out: (xp.where(x < y, 1.0, xp.where(x > y, 0.0, 0.5)), xp.where(y < x, 1.0, xp.where(y > x, 0.0, 0.5))), "min", r"\min({0}, {1})", (REAL, REAL), AT_TIE, "a tie gives each half, as in PyTorch")

#                for a neuron: two tuples of one length, and a number
DOT     = Op("dot",     _dot,                               lambda xp, ws, xs, b, out: (xs, ws, 1.0),          "w·x+b", r"\sum_i w_i x_i + b",           (REAL, PAIRS), text="…", note="w₁x₁ + w₂x₂ + … + b: a neuron's z as one node, with parents w₁ w₂ … x₁ x₂ … b")

#                  for any number of operands, given as one tuple
SUM       = Op("sum",       lambda xp, xs: total(xs),           lambda xp, xs, out: (1.0,) * len(xs),          "Σ",     r"\sum_i x_i",                   (REAL, MANY), text="…")
MEAN      = Op("mean",      lambda xp, xs: total(xs) / len(xs), lambda xp, xs, out: (1.0 / len(xs),) * len(xs), "mean",  r"\frac{{1}}{{n}} \sum_i x_i",   (REAL, MANY), text="…")
LOGSUMEXP = Op("logsumexp", _logsumexp,                         lambda xp, xs, out: _softmax(xp, xs),         "ln Σ exp", r"\ln \sum_i e^{{x_i}}", (REAL, MANY), note="the slopes are the softmax", told=lambda xp, xs, out: tuple([xp.exp(x - out) for x in xs]))
MAX       = Op("max",       lambda xp, xs: fold(xp.maximum, xs), lambda xp, xs, out: _shares(each(lambda x: xp.where(x < out, 0.0, 1.0), xs)), "max", r"\max_i x_i", (REAL, MANY), AT_TIE_OF_MANY, "a tie shares the slope equally, as PyTorch's amax")
MIN       = Op("min",       lambda xp, xs: fold(xp.minimum, xs), lambda xp, xs, out: _shares(each(lambda x: xp.where(x > out, 0.0, 1.0), xs)), "min", r"\min_i x_i", (REAL, MANY), AT_TIE_OF_MANY, "a tie shares the slope equally, as PyTorch's amin")
# fmt: on


SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def power(n: float) -> Op:
    """Return the row of x to the power of a plain number.

    >>> power(3).value(scalars, 2.0), power(3).slopes(scalars, 2.0, 8.0)
    (8.0, (12.0,))
    """
    return _power(float(n))  # one row for 3 and 3.0


@lru_cache(maxsize=1024)
def _power(n: float) -> Op:
    whole, written = n == int(n), f"{n:.12g}"
    domain = {(True, True): REAL, (True, False): NONZERO, (False, True): NONNEGATIVE, (False, False): POSITIVE}[
        whole, n >= 0
    ]
    raised = written.translate(SUPERSCRIPTS) if whole else f"^{written}".replace("^-", "^−")
    return Op(
        f"power({written})",
        (lambda xp, x: xp.square(x)) if n == 2 else (lambda xp, x: xp.pow(x, n)),
        (lambda xp, x, out: (n * (x if n == 2 else xp.pow(x, n - 1.0)),)) if n else (lambda xp, x, out: (0.0,)),
        f"x{raised}",
        f"{{0}}^{{{{{written}}}}}",
        (domain,),
        text=f"{{0}}{raised}",
        binds=4,
        note="" if whole or n > 1 else "the slope at 0 is infinite, as in PyTorch",
    )


@lru_cache(maxsize=1024)
def leaky_relu(a: float = 0.01) -> Op:
    """Return the row of x above 0, and a · x below.

    >>> leaky_relu(0.1).value(scalars, -2.0), leaky_relu(0.1).slopes(scalars, -2.0, -0.2)
    (-0.2, (0.1,))
    """
    return Op(
        "leaky_relu" if a == 0.01 else f"leaky_relu({a:g})",
        lambda xp, x: xp.maximum(x, 0.0) + a * xp.minimum(x, 0.0),
        lambda xp, x, out: (xp.where(x > 0, 1.0, a),),
        "leaky ReLU",
        r"\mathrm{{LeakyReLU}}({0})",
        (REAL,),
        AT_ZERO,
        f"the slope at 0 is {a:g}, as in PyTorch",
    )


@lru_cache(maxsize=1024)
def elu(a: float = 1.0) -> Op:
    """Return the row of x above 0, and a · (exp(x) − 1) below.

    >>> elu(1.0).value(scalars, 2.0), elu(1.0).slopes(scalars, 0.0, 0.0)
    (2.0, (1.0,))
    """
    return Op(
        "elu" if a == 1.0 else f"elu({a:g})",
        lambda xp, x: xp.maximum(x, 0.0) + a * xp.expm1(xp.minimum(x, 0.0)),
        lambda xp, x, out: (xp.where(x > 0, 1.0, a * xp.exp(xp.minimum(x, 0.0))),),
        "ELU",
        r"\mathrm{{ELU}}({0})",
        (REAL,),
        AT_ZERO,
        f"the slope at 0 is {a:g}, as in PyTorch",
    )


# fmt: off
TABLE: dict[str, Op] = {op.name: op for op in (
    ADD, SUB, MUL, DIV, NEG, power(2), power(3), power(-1), power(0.5), POW,
    EXP, EXPM1, LOG, SQRT, ABS, SIN, COS, TANH, ERF, ERFC, SIGMOID, SOFTPLUS, RELU, leaky_relu(0.01), elu(1.0), GELU,
    MAXIMUM, MINIMUM,
    DOT, SUM, MEAN, LOGSUMEXP, MAX, MIN,
)}
# fmt: on
