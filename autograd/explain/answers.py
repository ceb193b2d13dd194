"""The judge: whether a typed answer is right. One rule for the quiz, the page, marks, diagnoses and assignments.

    right    the exact number; or at least two significant digits, and the number rounds to them
    coarse   the number rounds to it, at fewer than two digits: right as far as it goes, and no point
    wrong    anything else; and what a known mistake gives exactly, where it is not exactly right

A fraction has digits enough, and stands for itself only; so does a 0. A whole number that lies halfway (2 for 1.5) is wrong at one
digit, and right either way at two or more. The number as it is printed, with six digits, counts as exact.

The page has this rule once more, in JavaScript (player/script/judge.js), and a test compares them: whoever changes one changes
the other. It needs of a typed answer its number, its significant digits, and half a unit of its last digit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Literal

from autograd.errors import DataError
from autograd.graph import number

LONGEST = 40  # characters of an answer that are shown
ENOUGH_DIGITS = 2
ROUNDING = 1e-12  # a number that is no larger counts as 0
EXACT = 1e-9  # relative: what floats lose on the way does not count

Kind = Literal["right", "coarse", "wrong"]


@dataclass(frozen=True)
class Answer:
    """A typed answer: how it is shown, its number, its significant digits, and half a unit of its last digit.

    >>> answer = read_answer("0.14")
    >>> answer.digits, answer.verdict(0.138371), answer.verdict(0.15)
    (2, 'right', 'wrong')
    >>> read_answer("0.1").verdict(0.138371), read_answer("2").verdict(1.5), read_answer("1/3").verdict(1 / 3)
    ('coarse', 'wrong', 'right')
    >>> read_answer("-1").verdict(-1.3333, wrong=[-1.0])
    'wrong'
    """

    shown: str
    number: float
    digits: int
    half: float

    def is_exactly(self, x: float) -> bool:
        """Whether it is this number, but for the rounding of floats, or is how the number is printed."""
        return abs(x - self.number) <= max(EXACT * abs(x), ROUNDING) or self.shown == number(x)

    def fits(self, x: float) -> bool:
        """Whether a number rounds to it at its own digits."""
        return self.is_exactly(x) or abs(x - self.number) <= self.half * (1 + EXACT)

    def verdict(self, truth: float, wrong: Iterable[float] = ()) -> Kind:
        """Say what it is, where `truth` is right, and the numbers in `wrong` come from known mistakes."""
        if self.is_exactly(truth):
            return "right"
        mistaken = any(self.is_exactly(x) for x in wrong)
        if mistaken or not self.fits(truth):
            return "wrong"
        if self.digits >= ENOUGH_DIGITS:
            return "right"
        return "coarse" if abs(truth - self.number) < self.half * (1 - EXACT) else "wrong"


def read_answer(given: str | float | Fraction) -> Answer:
    """Read an answer as a student types it; raise DataError for what is not a number."""
    text = str(given).replace("−", "-").strip()
    shown = (text if len(text) <= LONGEST else f"{text[:LONGEST]}…").replace("-", "−")
    try:
        if "/" in text:
            return Answer(shown, float(Fraction(text)), ENOUGH_DIGITS, 0.0)
        written = Decimal(text)
        _, digits, exponent = written.as_tuple()
        if not written.is_finite() or not isinstance(exponent, int):
            raise ValueError(text)
        significant = len("".join(map(str, digits)).lstrip("0"))
        return Answer(shown, as_finite(written), significant, 0.5 * 10.0**exponent if written else 0.0)
    except (ValueError, ZeroDivisionError, OverflowError, InvalidOperation):
        raise DataError(
            f"{shown!r} is not a number, so there is no number to compare with. Write it as 45, −0.33, 3.5e-4 or 1/3."
        ) from None


def as_finite(written: Decimal) -> float:
    """Return a number as a float, if a float can hold it."""
    x = float(written)
    if abs(x) == float("inf"):
        raise OverflowError(written)
    return x


def sentence(answer: Answer, kind: Kind) -> str:
    """Say the verdict in words; a wrong answer that is not explained is only said to be wrong."""
    return {
        "right": f"{answer.shown} is right.",
        "coarse": f"{answer.shown} is right as far as it goes. Give one digit more.",
        "wrong": f"{answer.shown} is not right, and none of the known mistakes gives it.",
    }[kind]
