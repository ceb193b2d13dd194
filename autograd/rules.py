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

from functools import lru_cache
from math import pi, sqrt
from typing import Any

from autograd.op import AT_TIE, AT_TIE_OF_MANY, AT_ZERO, BASE, FINITE, NONNEGATIVE, NONZERO, POSITIVE, SHARED, Constant
from autograd.op import MANY as MANY
from autograd.op import PAIRS as PAIRS
from autograd.op import REAL as REAL
from autograd.op import Domain as Domain
from autograd.op import Op as Op


def _dot(xp: Any, ws: Any, xs: Any, b: Any) -> Any:
    z = 0.0
    for w, x in zip(ws, xs):  # noqa: B905 (`strict` costs, and this loop is the hottest of all)
        z = z + w * x
    return z + b


PEAK, ROOT_2, ROOT_2_PI = Constant(2.0 / sqrt(pi), "2/√π"), Constant(sqrt(2.0), "√2"), Constant(sqrt(2.0 * pi), "√(2π)")


def _phi(xp: Any, x: Any) -> Any:
    """Return Φ(x), the share of a normal distribution below x."""
    return (1.0 + xp.erf(x / ROOT_2)) / 2.0


def _logsumexp(xp: Any, xs: Any) -> Any:
    top = xp.fold(xp.maximum, xs)
    return top + xp.log(xp.sum(xp.each(lambda x: xp.exp(x - top), xs)))


def _softmax(xp: Any, xs: Any) -> Any:
    """Return e^(x − max) / Σ e^(x − max): the same as exp(x − out), without the rounding of out."""
    top = xp.fold(xp.maximum, xs)
    powers = xp.each(lambda x: xp.exp(x - top), xs)
    whole = xp.sum(powers)
    return xp.each(lambda power: power / whole, powers)


def _shares(xp: Any, flags: Any) -> Any:
    """Share a slope of 1 equally among those that tie."""
    count = xp.sum(flags)
    return xp.each(lambda flag: flag / count, flags)


# fmt: off
#              name     value                               slopes                                             symbol  tex                                domain
ADD     = Op("add",     lambda xp, x, y: x + y,             lambda xp, x, y, out: (1.0, 1.0),                  "+",    "{0} + {1}",                       (REAL, REAL), text="{0} + {1}", binds=1)
SUB     = Op("sub",     lambda xp, x, y: x - y,             lambda xp, x, y, out: (1.0, -1.0),                 "−",    "{0} - {1}",                       (REAL, REAL), text="{0} − {1}", binds=1)
MUL     = Op("mul",     lambda xp, x, y: x * y,             lambda xp, x, y, out: (y, x),                      "×",    r"{0} \cdot {1}",                  (REAL, REAL), text="{0}·{1}", binds=2)
DIV     = Op("div",     lambda xp, x, y: x / y,             lambda xp, x, y, out: (1.0 / y, -out / y),         "÷",    r"\frac{{{0}}}{{{1}}}",            (REAL, NONZERO), text="{0}/{1}", binds=2, textbook_slopes=lambda xp, x, y, out: (1.0 / y, -x / xp.square(y)))
NEG     = Op("neg",     lambda xp, x: -x,                   lambda xp, x, out: (-1.0,),                        "−",    "-{0}",                            (REAL,), text="−{0}", binds=3)
POW     = Op("pow",     lambda xp, x, y: xp.pow(x, y),      lambda xp, x, y, out: (y * xp.pow(x, y - 1.0), out * xp.log(x)), "xʸ", "{0}^{{{1}}}",           (BASE, REAL), text="{0}^{1}", binds=4,
             note="the slope of the exponent is out · ln x, so x must be above 0; with a plain number as the exponent, see power(n)")
EXP     = Op("exp",     lambda xp, x: xp.exp(x),            lambda xp, x, out: (out,),                         "exp",  "e^{{{0}}}",                       (REAL,))
EXPM1   = Op("expm1",   lambda xp, x: xp.expm1(x),          lambda xp, x, out: (xp.exp(x),),                   "eˣ−1", "e^{{{0}}} - 1",                   (REAL,), note="exp(x) − 1, without its loss of digits near 0", text="exp({0}) − 1", binds=1)
LOG     = Op("log",     lambda xp, x: xp.log(x),            lambda xp, x, out: (1.0 / x,),                     "ln",   r"\ln {0}",                        (POSITIVE,), note="the natural logarithm")
SQRT    = Op("sqrt",    lambda xp, x: xp.sqrt(x),           lambda xp, x, out: (xp.divide(0.5, out),),         "√",    r"\sqrt{{{0}}}",                   (NONNEGATIVE,), note="the slope at 0 is infinite, as in PyTorch")
ABS     = Op("abs",     lambda xp, x: xp.abs(x),            lambda xp, x, out: (xp.where(x > 0, 1.0, xp.where(x < 0, -1.0, 0.0)),), "|x|", r"\lvert {0} \rvert",    (REAL,), AT_ZERO, "the slope at 0 is 0, as in PyTorch", "|{0}|")
SIN     = Op("sin",     lambda xp, x: xp.sin(x),            lambda xp, x, out: (xp.cos(x),),                   "sin",  r"\sin {0}",                       (FINITE,))
COS     = Op("cos",     lambda xp, x: xp.cos(x),            lambda xp, x, out: (-xp.sin(x),),                  "cos",  r"\cos {0}",                       (FINITE,))
TANH    = Op("tanh",    lambda xp, x: xp.tanh(x),           lambda xp, x, out: (1.0 - out * out,),             "tanh", r"\tanh {0}",                      (REAL,), note="the slope loses digits where it saturates: six are right up to |x| = 11, and from 19.1 on it is 0, for 1e−16")
ERF     = Op("erf",     lambda xp, x: xp.erf(x),            lambda xp, x, out: (PEAK * xp.exp(-(x * x)),), "erf", r"\mathrm{{erf}}({0})",         (REAL,), note="the error function: 2/√π times the area under exp(−t²) from 0 to x")
ERFC    = Op("erfc",    lambda xp, x: xp.erfc(x),           lambda xp, x, out: (-PEAK * xp.exp(-(x * x)),), "erfc", r"\mathrm{{erfc}}({0})",     (REAL,), note="1 − erf(x), without its loss of digits far above 0")
SIGMOID = Op("sigmoid", lambda xp, x: xp.exp(xp.minimum(x, 0.0)) / (1.0 + xp.exp(-xp.abs(x))), lambda xp, x, out: (out * (1.0 - out),), "σ", r"\sigma({0})",      (REAL,), note="written so that nothing overflows; the slope loses digits where it saturates: six are right up to x = 22, and from 36.8 on it is 0, for 1e−16",
             textbook=lambda xp, x: 1.0 / (1.0 + xp.exp(-x)))
SOFTPLUS = Op("softplus", lambda xp, x: xp.maximum(x, 0.0) + xp.log1p(xp.exp(-xp.abs(x))), lambda xp, x, out: (-xp.expm1(-out),), "softplus", r"\ln(1 + e^{{{0}}})", (REAL,), note="written so that nothing overflows",
             textbook=lambda xp, x: xp.log(1.0 + xp.exp(x)), textbook_slopes=lambda xp, x, out: (xp.sigmoid(x),))
RELU    = Op("relu",    lambda xp, x: xp.maximum(x, 0.0),   lambda xp, x, out: (xp.where(x > 0, 1.0, 0.0),),   "ReLU", r"\mathrm{{ReLU}}({0})",           (REAL,), AT_ZERO, "the slope at 0 is 0, as in PyTorch")
GELU    = Op("gelu",    lambda xp, x: 0.5 * x * xp.erfc(-sqrt(0.5) * x), lambda xp, x, out: (0.5 * xp.erfc(-sqrt(0.5) * x) + x * xp.exp(-0.5 * x * x) / sqrt(2.0 * pi),), "GELU", r"\mathrm{{GELU}}({0})", (FINITE,), note="x·Φ(x), with Φ(x) = (1 + erf(x/√2))/2 = erfc(−x/√2)/2: written with erfc, nothing cancels below 0",
             textbook=lambda xp, x: x * (1.0 + xp.erf(x / ROOT_2)) / 2.0, textbook_slopes=lambda xp, x, out: (_phi(xp, x) + x * xp.exp(-(x * x) / 2.0) / ROOT_2_PI,))
MAXIMUM = Op("maximum", lambda xp, x, y: xp.maximum(x, y),  lambda xp, x, y, out: (xp.where(x > y, 1.0, xp.where(x < y, 0.0, 0.5)), xp.where(y > x, 1.0, xp.where(y < x, 0.0, 0.5))), "max", r"\max({0}, {1})", (REAL, REAL), AT_TIE, "a tie gives each half, as in PyTorch")
MINIMUM = Op("minimum", lambda xp, x, y: xp.minimum(x, y),  lambda xp, x, y, out: (xp.where(x < y, 1.0, xp.where(x > y, 0.0, 0.5)), xp.where(y < x, 1.0, xp.where(y > x, 0.0, 0.5))), "min", r"\min({0}, {1})", (REAL, REAL), AT_TIE, "a tie gives each half, as in PyTorch")

#                for a neuron: two tuples of one length, and a number
DOT     = Op("dot",     _dot,                               lambda xp, ws, xs, b, out: (xs, ws, 1.0),          "w·x+b", r"\sum_i w_i x_i + b",           (REAL, PAIRS), text="…", note="w₁x₁ + w₂x₂ + … + b: a neuron's z as one node, with parents w₁ w₂ … x₁ x₂ … b")

#                  for any number of operands, given as one tuple
SUM       = Op("sum",       lambda xp, xs: xp.sum(xs),           lambda xp, xs, out: (1.0,) * len(xs),          "Σ",     r"\sum_i x_i",                   (REAL, MANY), text="…")
MEAN      = Op("mean",      lambda xp, xs: xp.sum(xs) / len(xs), lambda xp, xs, out: (1.0 / len(xs),) * len(xs), "mean",  r"\frac{{1}}{{n}} \sum_i x_i",   (REAL, MANY), text="…")
LOGSUMEXP = Op("logsumexp", _logsumexp,                         lambda xp, xs, out: _softmax(xp, xs),         "ln Σ exp", r"\ln \sum_i e^{{x_i}}", (REAL, MANY), note="the slopes are the softmax", whole=SHARED,
               textbook=lambda xp, xs: xp.log(xp.sum(xp.each(xp.exp, xs))), textbook_slopes=lambda xp, xs, out: xp.each(lambda x: xp.exp(x - out), xs))
MAX       = Op("max",       lambda xp, xs: xp.fold(xp.maximum, xs), lambda xp, xs, out: _shares(xp, xp.each(lambda x: xp.where(x < out, 0.0, 1.0), xs)), "max", r"\max_i x_i", (REAL, MANY), AT_TIE_OF_MANY, "a tie shares the slope equally, as PyTorch's amax")
MIN       = Op("min",       lambda xp, xs: xp.fold(xp.minimum, xs), lambda xp, xs, out: _shares(xp, xp.each(lambda x: xp.where(x > out, 0.0, 1.0), xs)), "min", r"\min_i x_i", (REAL, MANY), AT_TIE_OF_MANY, "a tie shares the slope equally, as PyTorch's amin")
# fmt: on


SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def power(n: float) -> Op:
    """Return the row of x to the power of a plain number.

    >>> from autograd.namespaces import scalars
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
        note="the slope at 0 is infinite, as in PyTorch" if 0 < n < 1 else "",
    )


@lru_cache(maxsize=1024)
def leaky_relu(a: float = 0.01) -> Op:
    """Return the row of x above 0, and a · x below.

    >>> from autograd.namespaces import scalars
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
        textbook=lambda xp, x: xp.where(x > 0, x, a * x),
    )


@lru_cache(maxsize=1024)
def elu(a: float = 1.0) -> Op:
    """Return the row of x above 0, and a · (exp(x) − 1) below.

    >>> from autograd.namespaces import scalars
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
        textbook=lambda xp, x: xp.where(x > 0, x, a * xp.expm1(x)),
        textbook_slopes=lambda xp, x, out: (xp.where(x > 0, 1.0, a * xp.exp(x)),),
    )


# fmt: off
TABLE: dict[str, Op] = {op.name: op for op in (
    ADD, SUB, MUL, DIV, NEG, power(2), power(3), power(-1), power(0.5), POW,
    EXP, EXPM1, LOG, SQRT, ABS, SIN, COS, TANH, ERF, ERFC, SIGMOID, SOFTPLUS, RELU, leaky_relu(0.01), elu(1.0), GELU,
    MAXIMUM, MINIMUM,
    DOT, SUM, MEAN, LOGSUMEXP, MAX, MIN,
)}
# fmt: on
