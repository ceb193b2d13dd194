"""diagnose: which mistakes give a student's number, the likeliest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from math import isfinite

from autograd.explain.answers import Answer, Kind, read_answer, sentence
from autograd.explain.flows import Flows
from autograd.explain.laboratory import Mistake
from autograd.explain.mistakes import ENGINE_MISTAKES, LEARNING_RATE, runnable
from autograd.explain.stepper import check_in_graph, order_of, snapshot
from autograd.explain.student_mistakes import SAID_BY, UNSEEDED, likely, unlikely
from autograd.functions import grad
from autograd.graph import number, topological_order
from autograd.value import Value


@dataclass(frozen=True)
class Diagnosis:
    """What a student's number says about how it was computed: the verdict, and the mistakes that give the number."""

    answer: str
    verdict: Kind
    mistakes: tuple[Mistake, ...]
    said: str

    @property
    def right(self) -> bool:
        """Whether it is right, and not only coarse."""
        return self.verdict == "right"

    @property
    def words(self) -> str:
        """The verdict, with a sentence for each mistake."""
        return " ".join(f"{self.answer} is what you get when {mistake.when}." for mistake in self.mistakes) or self.said

    @property
    def text(self) -> str:
        """The verdict as plain text, with the first event that goes wrong and the reason."""
        parts = [[f"\n{mistake.name}", *first_lines(mistake), f"  {mistake.why}"] for mistake in self.mistakes]
        return "\n".join([self.words, *(line for part in parts for line in part)])

    @property
    def tex(self) -> str:
        """The verdict in TeX: the first event that goes wrong under each mistake."""
        events = [mistake.first.tex for mistake in self.mistakes if mistake.first]
        return r" \\ ".join(events) or r"\text{" + self.words + "}"

    @property
    def json(self) -> dict[str, object]:
        """The verdict as plain data."""
        found = [
            {"name": m.name, "when": m.when, "why": m.why, "first": m.first.lines if m.first else []}
            for m in self.mistakes
        ]
        verdict = {"answer": self.answer, "right": self.right, "verdict": self.verdict, "mistakes": found}
        return verdict | {"words": self.words, "text": self.text, "tex": self.tex}


def diagnose(
    root: Value,
    node: Value,
    answer: str | float | Fraction,
    lr: float = LEARNING_RATE,
    unseeded: Value | None = None,
) -> Diagnosis:
    """Name the mistakes that produce a student's gradient of a node, the likeliest first.

    >>> w = Value(3.0, "w")
    >>> L = (w * 2 - 15) ** 2; L.label = "L"
    >>> diagnose(L, w, "-36").right, diagnose(L, w, "36").mistakes[0].name, diagnose(L, w, "2").mistakes[0].name
    (True, 'sign of the delta', 'local alone')
    >>> diagnose(L, w, "-40").verdict, diagnose(L, w, "-4e1").verdict
    ('wrong', 'coarse')

    The verdict is "right", "coarse" or "wrong", by the rule of autograd.explain.answers. `lr` is the learning rate with which
    parameters may have been updated too early; `unseeded` is the same graph with the numbers that are printed in the lesson,
    where a seed has drawn others. Raises DataError for an answer that is not a number, and GraphError for a node that is not in
    the graph, and where a number was changed after the root was computed.
    """
    order = order_of("diagnose", root)
    check_in_graph(order, node, "diagnose")
    typed, flows = read_answer(answer), Flows(order, node, snapshot(order))
    student = list(apart(flows, [*likely(flows), *other_numbers(flows, unseeded)]))
    engine = list(apart(flows, runnable(root, lr, ENGINE_MISTAKES)))
    verdict = typed.verdict(flows.gradient, [flows.gradient_under(mistake) for mistake in student + engine])
    if verdict != "wrong":
        return Diagnosis(typed.shown, verdict, (), sentence(typed, verdict))
    found = fitting(typed, flows, student) or fitting(typed, flows, apart(flows, unlikely(flows)))
    found += fitting(typed, flows, engine)
    return Diagnosis(typed.shown, verdict, tuple(found), "" if found else not_found(typed))


def apart(flows: Flows, mistakes: Iterable[Mistake]) -> Iterator[Mistake]:
    """Yield the mistakes whose number is finite, and can be told from the right one as it is printed."""
    for mistake in mistakes:
        gradient = flows.gradient_under(mistake)
        if isfinite(gradient) and number(gradient) != number(flows.gradient):
            yield mistake


def fitting(typed: Answer, flows: Flows, mistakes: Iterable[Mistake]) -> list[Mistake]:
    """Return the mistakes that give an answer, each name once: those that give it exactly, if there are any."""
    near = [mistake for mistake in mistakes if typed.fits(flows.gradient_under(mistake))]
    exact = [mistake for mistake in near if typed.is_exactly(flows.gradient_under(mistake))]
    by_name: dict[str, Mistake] = {}
    for mistake in exact or near:
        by_name.setdefault(mistake.name, mistake)
    return [mistake for name, mistake in by_name.items() if by_name.keys().isdisjoint(SAID_BY.get(name, ()))]


def other_numbers(flows: Flows, unseeded: Value | None) -> Iterator[Mistake]:
    """Yield the gradient with the numbers of the lesson, where a seed has drawn others."""
    if unseeded is not None:
        node = topological_order(unseeded)[flows.order.index(flows.node)]
        (gradient,) = grad(unseeded, [node]) if node is not unseeded else (1.0,)
        yield replace(UNSEEDED, gradients={flows.node: gradient})


def not_found(typed: Answer) -> str:
    """Say that no known mistake gives an answer."""
    small = "" if typed.number else " A gradient near 0 is given by its first digits, as 0.004 or 4e-3."
    return f"{sentence(typed, 'wrong')} Step through the events and compare.{small}"


def first_lines(mistake: Mistake) -> list[str]:
    """Return the first event that goes wrong, indented."""
    return ["  The first wrong line:", *(f"    {line}" for line in mistake.first.lines)] if mistake.first else []
