"""What a row of the table is: an Op, with a Domain for each operand, and a Kink where its slope jumps."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from autograd.errors import DivisionError, DomainError
from autograd.namespaces import scalars

MANY, PAIRS = -1, -2  # the arities of rows that take any number of operands: one tuple; two tuples and a number


@dataclass(frozen=True)
class Domain:
    """The numbers at which an operation is defined: in words, as a test `lambda xp, x: …`, and by example."""

    words: str
    holds: Callable[..., Any]
    samples: tuple[float, ...]
    remedy: str = ""
    error: type[DomainError] = DomainError

    def has(self, x: float | tuple[float, ...]) -> bool:
        """Whether a number is in it; of a row of many, whether all its operands together are."""
        return bool(self.holds(scalars, x))


# Where rows are defined. A NaN is inside each of them, and stays a NaN that one can see: so they say what is outside.
REAL = Domain("any number", lambda xp, x: True, (-2.5, -1.0, -0.3, 0.4, 1.0, 3.0))
FINITE = Domain(
    "a finite number",
    lambda xp, x: xp.abs(x) != float("inf"),
    REAL.samples,
    "Look for the step before it that overflowed.",
)
POSITIVE = Domain(
    "greater than 0",
    lambda xp, x: xp.where(x <= 0, False, True),
    (0.2, 1.0, 2.7),
    "Keep it above 0, with maximum(x, 1e-12) say, or work with logits.",
)
BASE = replace(
    POSITIVE, remedy="With a plain number as the exponent, x ** 2 say, any base will do that has a real result."
)
NONNEGATIVE = Domain(
    "0 or greater",
    lambda xp, x: xp.where(x < 0, False, True),
    (0.2, 1.0, 2.7),
    "Keep it from going below 0, with maximum(x, 0) say.",
)
NONZERO = Domain(
    "other than 0",
    lambda xp, x: x != 0,
    (-2.5, -0.3, 0.4, 3.0),
    "Keep it away from 0, by adding a small number say.",
    DivisionError,
)

SHARED = Domain(
    "the largest of its operands is finite",
    lambda xp, xs: xp.abs(xp.fold(xp.maximum, xs)) != float("inf"),
    (),
    "No share of inf is a number: look for the step before it that overflowed, or leave one number at least unmasked.",
)


class Constant(float):
    """A number with the name that books give it: 2/√π and not 1.12838."""

    def __new__(cls, number: float, text: str) -> "Constant":
        """Return the number, which remembers its name."""
        self = super().__new__(cls, number)
        self.text = text
        return self

    text: str

    def __neg__(self) -> "Constant":
        return Constant(-float(self), f"−{self.text}")


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

    name      as in `TABLE["tanh"]`
    value     what it computes: `lambda xp, x: …`, where xp is a namespace (see namespaces.py)
    slopes    its local derivatives, one for each operand, from the operands and the result `out`
    symbol    what stands in a drawn node
    tex       a template for its operands, and `text` is the same in plain text
    domain    a Domain for each operand; (REAL, MANY) is any number of them
    kinks     where its slope jumps
    note      what the formula does not say: whose choice a slope is
    binds     how tightly it is written: 1 as +, 2 as ·, 3 as a sign, 4 as a power, 9 as f(x)
    textbook  the value as books write it, `lambda xp, x: …`, where it is computed in another way; and so textbook_slopes
    whole     of a row of many: the Domain of all its operands taken together

    >>> double = Op("double", lambda xp, x: 2 * x, lambda xp, x, out: (2.0,), "2x", "2 {0}", (REAL,))
    >>> double.at(None, (3.0,)), double.slopes_at(None, (3.0,), 6.0), double.arity
    (6.0, (2.0,), 1)
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
    textbook: Callable[..., Any] | None = None
    textbook_slopes: Callable[..., Any] | None = None
    whole: Domain | None = None
    arity: int = field(init=False)  # stored, since every node and every walk asks for it
    guarded: bool = field(init=False)  # whether there are numbers at which it is not defined

    def __post_init__(self) -> None:
        last = self.domain[-1]
        object.__setattr__(self, "arity", last if last in (MANY, PAIRS) else len(self.domain))
        object.__setattr__(self, "guarded", any(domain not in (REAL, MANY, PAIRS) for domain in self.domain))

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

    def domains(self, count: int) -> tuple[Domain, ...]:
        """Return the Domain of each of so many operands."""
        return self.domain[:1] * count if self.arity < 0 else self.domain

    def call(self, *operands: str) -> str:
        """Return the operation as it is written in text: w·x, relu(z)."""
        return self.text.format(*operands) if self.text not in ("", "…") else f"{self.name}({', '.join(operands)})"
