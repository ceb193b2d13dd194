"""Questions: one for each application of the chain rule, with hints in stages and wrong answers that have a name.

The terminal, the page and the handout all ask from here. A typed answer stands for every number that rounds to it at its own
digits; a fraction and 0 stand for themselves only. Where it stands for the right answer and for a mistake, the nearer one
counts, so that a coarse answer hides no mistake. The right answer as it is printed is always right, and a mistake that prints
the same does not count as one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from math import isfinite

from autograd.explain import mistakes
from autograd.explain.diagnose import ROUNDING, matcher
from autograd.explain.events import Chain, Compute, Names
from autograd.explain.laboratory import Mistake
from autograd.explain.step_mistakes import STEP_MISTAKES
from autograd.explain.stepper import steps
from autograd.graph import bracketed, number
from autograd.value import Value

ENOUGH_DIGITS = 2  # an answer of fewer says too little, unless it is exact


@dataclass(frozen=True)
class Wrong:
    """A wrong answer: when one gets it, `make` that computes it so, why it is wrong, and the mistake's name, if it has one."""

    when: str
    answer: float
    make: Callable[[], float]
    why: str
    name: str = ""


@dataclass(frozen=True)
class Verdict:
    """What is said about a typed answer."""

    right: bool
    words: str


@dataclass(frozen=True)
class Question:
    """A question with a number for its answer, its hints, its wrong answers, and its solution in lines of text.

    >>> x = Value(3.0, "x")
    >>> y = x * 5; y.label = "y"
    >>> (question,) = questions(y)
    >>> print(question.question)
    y = x·5 passes its gradient on to x. What does this use of x contribute to ∂y/∂x?
    >>> print(*question.hints)
    Upstream: ∂y/∂y = 1. Local: ∂y/∂x = 5. Product: 1 · 5.
    >>> question.verdict("1").words
    '1 is what you get when the upstream gradient is handed on as it is. The chain rule multiplies it by the local derivative.'
    >>> question.verdict("5.0")
    Verdict(right=True, words='5.0 is right.')
    """

    question: str
    answer: float
    hints: tuple[str, ...]
    wrong: tuple[Wrong, ...] = field(default=(), repr=False)
    solution: tuple[str, ...] = field(default=(), repr=False)

    def verdict(self, given: str) -> Verdict:
        """Say whether a typed number is right, or which mistakes give it."""
        return judge(given, self.answer, self.wrong)


def questions(root: Value) -> list[Question]:
    """Return a question for each contribution of the backward pass, in the order of the events."""
    events = typable(root)
    tried = attempts(root, events[0].names) if events else []
    return [contribution(event, tried) for event in events]


def typable(root: Value) -> list[Chain]:
    """Return the applications of the chain rule whose contribution is a number that one can type."""
    return [event for event in steps(root) if isinstance(event, Chain) and isfinite(event.contribution)]


def attempts(root: Value, names: Names) -> list[Mistake]:
    """Make every known mistake on a graph, save the one that needs numbers which have moved since."""
    moved = any(node.data != expr.data for node, expr in names.items())
    possible = [run for run in mistakes.MISTAKES if not (moved and run is mistakes.updated_too_early)]
    return list(mistakes.runnable(root, experiments=possible, names=names))


def contribution(chain: Chain, tried: Sequence[Mistake]) -> Question:
    """Return the question at an event, knowing the mistakes that were tried on its graph."""
    return Question(
        question_text(chain), chain.contribution, hints([chain]), tuple(wrong_answers(chain, tried)), tuple(chain.lines)
    )


def question_text(chain: Chain, longest: int = 60) -> str:
    """Ask for what one use contributes; where one node uses another twice, say which use is meant."""
    parent, operation = chain.names[chain.parent].label, operation_text(chain)
    formula = f" = {operation}" if operation and len(operation) < longest else ""
    uses = [i for i, operand in enumerate(chain.node.parents) if operand is chain.parent]
    which = f" (number {uses.index(chain.operand) + 1} of {len(uses)} there)" if len(uses) > 1 else ""
    total = chain.partial(chain.root, chain.parent)
    return f"{chain.name}{formula} passes its gradient on to {parent}. What does this use of {parent}{which} contribute to {total}?"


def operation_text(chain: Chain) -> str:
    """Return how a chain's node is computed, in names."""
    return Compute(node=chain.node, names=chain.names).formula.text


def wrong_answers(chain: Chain, tried: Sequence[Mistake]) -> Iterator[Wrong]:
    """Yield the wrong answers at an event that differ from the right one: mistakes of one step, then the laboratory's."""
    for step in STEP_MISTAKES:
        yield from differing(chain, step.name, step.when, step.why, step.number(chain))
    for mistake in tried:
        taken = mistake.taken.get((chain.node, chain.operand))
        if taken is not None:
            yield from differing(chain, mistake.name, mistake.when, mistake.why, taken.contribution)


def differing(chain: Chain, name: str, when: str, why: str, answer: float) -> Iterator[Wrong]:
    """Yield a wrong answer, if it is a number, and can be told from the right one as printed."""
    if isfinite(answer) and number(answer) != number(chain.contribution):
        yield Wrong(when, answer, lambda: answer, why, name)


def hints(uses: Sequence[Chain]) -> tuple[str, ...]:
    """Return three hints for all uses: upstream, local, product; the arithmetic is left to the student."""
    upstream = "; ".join(f"{use.partial(use.root, use.node)} = {number(use.upstream)}" for use in uses)
    local = "; ".join(" ".join(use.local_line.split()) for use in uses)
    return (
        f"Upstream: {upstream}.",
        f"Local: {local}.",
        f"Product: {' + '.join(map(product, uses))}.",
    )


def product(use: Chain) -> str:
    """Write one use's upstream times its local derivative."""
    return f"{number(use.upstream)} · {bracketed(number(use.local))}"


def judge(given: str, answer: float, wrong: Sequence[Wrong]) -> Verdict:
    """Say whether a typed number is right, or which mistakes give it.

    Raises DataError for what is not a number.
    """
    matches, shown = matcher(given), given.strip().replace("-", "−")
    typed = float(Fraction(given.replace("−", "-").strip()))
    off = abs(answer - typed)
    nearer = [one for one in wrong if matches(one.answer) and abs(one.answer - typed) < off]
    if matches(answer) and not nearer:
        exact = off <= max(1e-9 * abs(answer), ROUNDING) or shown == number(answer)
        if exact or digits(given) >= ENOUGH_DIGITS:
            return Verdict(True, f"{shown} is right.")
        return Verdict(False, f"{shown} is right as far as it goes. Give one digit more.")
    sentences = dict.fromkeys(f"{shown} is what you get when {one.when}. {one.why}" for one in nearer)
    return Verdict(False, " ".join(sentences) or f"{shown} is not right, and none of the known mistakes gives it.")


def digits(given: str) -> int:
    """Count the significant digits; a fraction has enough.

    >>> digits("0.04"), digits("10"), digits("1/3")
    (1, 2, 2)
    """
    if "/" in given:
        return ENOUGH_DIGITS
    return len("".join(map(str, Decimal(given.replace("−", "-").strip()).as_tuple().digits)).lstrip("0"))
