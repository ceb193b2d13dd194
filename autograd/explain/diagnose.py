"""diagnose: which mistake gives a student's number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from autograd.errors import DataError
from autograd.explain.laboratory import Mistake, final
from autograd.explain.mistakes import LEARNING_RATE, runnable
from autograd.explain.stepper import backward, check_in_graph, order_of, snapshot
from autograd.value import Value

ROUNDING = 1e-12  # a gradient that is no larger counts as 0


@dataclass(frozen=True)
class Diagnosis:
    """What a student's number says about how it was computed."""

    answer: str
    right: bool
    mistakes: tuple[Mistake, ...]

    @property
    def words(self) -> str:
        """The verdict in a sentence for each mistake."""
        if self.right:
            return f"{self.answer} is right."
        if not self.mistakes:
            small = (
                " A gradient near 0 is given by its first digits, as 0.004 or 4e-3."
                if matcher(self.answer)(0.0)
                else ""
            )
            return f"{self.answer} is not right, and none of the known mistakes gives it. Step through the events and compare.{small}"
        return " ".join(f"{self.answer} is what you get when {mistake.when}." for mistake in self.mistakes)

    @property
    def text(self) -> str:
        """The verdict as plain text, with the first event that goes wrong and the reason."""
        lines = [
            line for mistake in self.mistakes for line in ("", mistake.name, *first_lines(mistake), f"  {mistake.why}")
        ]
        return "\n".join([self.words, *lines])

    @property
    def tex(self) -> str:
        """The verdict in TeX: the first event that goes wrong under each mistake."""
        return (
            r" \\ ".join(mistake.first.tex for mistake in self.mistakes if mistake.first)
            or r"\text{" + self.words + "}"
        )

    @property
    def json(self) -> dict[str, object]:
        """The verdict as plain data."""
        found = [
            {"name": m.name, "when": m.when, "why": m.why, "first": m.first.lines if m.first else []}
            for m in self.mistakes
        ]
        return {
            "answer": self.answer,
            "right": self.right,
            "mistakes": found,
            "words": self.words,
            "text": self.text,
            "tex": self.tex,
        }


def diagnose(root: Value, node: Value, answer: str | float | Fraction, lr: float = LEARNING_RATE) -> Diagnosis:
    """Name the mistakes that produce a student's gradient of a node.

    >>> w = Value(3.0, "w")
    >>> L = (w * 2 - 15) ** 2; L.label = "L"
    >>> diagnose(L, w, "-36").right, diagnose(L, w, "36").mistakes[0].name, diagnose(L, w, "-18").mistakes[0].name
    (True, 'sign of the delta', '½(t − o)² for (t − o)²')

    Numbers are compared by the printed digits of the answer: 0.33 stands for everything that rounds to it. A fraction, "1/3",
    and a zero stand for themselves only. `lr` is the learning rate with which parameters may have been updated too early. Raises
    DataError for an answer that is not a number, GraphError for a node that is not in the graph.
    """
    order = order_of("diagnose", root)
    check_in_graph(order, node, "diagnose")
    matches = matcher(answer)
    gradient = final(backward(order, snapshot(order)), {root: 1.0}).get(node, 0.0)
    shown = str(answer).replace("-", "−")
    if matches(gradient):
        return Diagnosis(shown, True, ())
    tried = list(runnable(root, lr))
    return Diagnosis(shown, False, tuple(m for m in tried if matches(m.gradients.get(node, 0.0))))


def matcher(answer: str | float | Fraction) -> Callable[[float], bool]:
    """Return the test whether a number rounds to an answer at the answer's own digits; a fraction is exact, and so is 0."""
    text = str(answer).replace("−", "-").strip()
    try:
        if "/" in text:
            exact = float(Fraction(text))
            return lambda x: abs(x - exact) <= (1e-9 * abs(exact) or ROUNDING)
        written = Decimal(text)
        exponent = written.as_tuple().exponent
        assert isinstance(exponent, int)
        half = 0.5 * 10.0**exponent if written else ROUNDING
    except (ValueError, ZeroDivisionError, OverflowError, InvalidOperation, AssertionError):
        raise DataError(
            f"{answer!r} is not a number, so there is no number to compare with. Write it as 45, −0.33, 3.5e-4 or 1/3."
        ) from None
    return lambda x: abs(x - float(written)) <= half * (1 + 1e-9)


def first_lines(mistake: Mistake) -> list[str]:
    """Return the first event that goes wrong, indented."""
    return ["  The first wrong line:", *(f"    {line}" for line in mistake.first.lines)] if mistake.first else []
