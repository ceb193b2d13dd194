"""Exercises: a question, its answer and how it is computed, hints in stages, and wrong answers that have a name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from autograd.classroom.questions import Wrong as Wrong
from autograd.classroom.questions import hints, judged
from autograd.errors import GraphError
from autograd.explain.mistakes import runnable
from autograd.explain.slips import SLIPS
from autograd.explain.why import Ledger, why
from autograd.graph import names, topological_order
from autograd.value import Value


@dataclass(frozen=True)
class Exercise:
    """A question with a number for its answer; `solve` computes it, and each hint says a little more.

    `of_graph` tells that it asks about the lesson's graph, which a flashcard must then show.

    >>> added_only = Wrong("the numbers are added only", 6.0, lambda: 1.0 + 2.0 + 3.0, "A mean is divided by how many there are.")
    >>> mean = Exercise("What is the mean of 1, 2 and 3?", 2.0, lambda: (1 + 2 + 3) / 3, ("Add.", "Divide by 3."), (added_only,))
    >>> mean.verdict("2")
    '2 is right.'
    >>> mean.verdict("6.0")
    '6.0 is what you get when the numbers are added only. A mean is divided by how many there are.'
    """

    question: str
    answer: float
    solve: Callable[[], float]
    hints: tuple[str, ...]
    wrong: tuple[Wrong, ...] = ()
    of_graph: bool = False

    def verdict(self, given: str) -> str:
        """Say whether a number is right, at its own digits, or which mistake gives it.

        Raises DataError for what is no number.
        """
        return judged(given, self.answer, self.wrong).words


@dataclass(frozen=True)
class GradientOf:
    """The exercise to find a node's gradient in the graph that `build` makes: its hints are those of the graph itself.

    >>> def build():
    ...     w = Value(3.0, "w")
    ...     z = w * 2; z.label = "z"
    ...     loss = (z - 15) ** 2; loss.label = "L"
    ...     return loss
    >>> exercise = GradientOf(build, "w", -36.0, {"sign of the delta": 36.0, "local alone": 2.0})
    >>> exercise.question
    'What is ∂L/∂w?'
    >>> print(*exercise.hints, sep=" / ")
    Upstream: ∂L/∂z = −18. / Local: ∂z/∂w = 2. / Product: −18 · 2.
    >>> exercise.verdict("2")
    '2 is what you get when the local derivative is given alone. The chain rule multiplies it by the gradient that comes from upstream.'

    `mistakes` holds the number that each mistake of this name gives: one of autograd.explain.mistakes, or a slip of autograd.explain.slips.
    `given` says what the graph is, where it is not the lesson's.
    """

    build: Callable[[], Value]
    node: str
    stated: float | None = None
    mistakes: Mapping[str, float] = field(default_factory=dict)
    given: str = ""

    @property
    def answer(self) -> float:
        """The answer as it is stated, or else as it is computed."""
        return self.solve() if self.stated is None else self.stated

    @property
    def question(self) -> str:
        """What is asked."""
        ledger = self.ledger
        return f"{self.given} What is ∂{ledger.names[ledger.root].label}/∂{self.node}?".lstrip()

    @property
    def of_graph(self) -> bool:
        """Whether it asks about the lesson's graph."""
        return not self.given

    @property
    def ledger(self) -> Ledger:
        """Every use of the node, in a graph made afresh."""
        root = self.build()
        by_name = {name: node for node, name in names(topological_order(root)).items()}
        return why(root, by_name[self.node])

    @property
    def hints(self) -> tuple[str, ...]:
        """Upstream, local and product, a stage each, of every use."""
        return hints(self.ledger.uses)

    @property
    def wrong(self) -> tuple[Wrong, ...]:
        """The wrong answers, each with the mistake that gives it."""
        return tuple(made(self.ledger, name, answer) for name, answer in self.mistakes.items())

    def solve(self) -> float:
        """Compute it."""
        return self.ledger.gradient

    def verdict(self, given: str) -> str:
        """Say whether a number is right, at its own digits, or which mistake gives it."""
        return judged(given, self.answer, self.wrong).words


def made(ledger: Ledger, name: str, answer: float) -> Wrong:
    """Return the slip, or else the mistake, of that name, made on the ledger's graph.

    Raises GraphError where there is none, or where it does not come to an end on this graph.
    """
    slips = [slip for slip in SLIPS if slip.name == name]
    if slips:
        return Wrong(slips[0].when, answer, lambda: slips[0].made_of(ledger.uses[-1]), slips[0].why, name)
    tried = [mistake for mistake in runnable(ledger.root) if mistake.name == name]
    if not tried:
        raise GraphError(
            f"No mistake {name!r} can be made on this graph. Take a name from autograd.explain.slips or autograd.explain.mistakes."
        )
    return Wrong(tried[0].when, answer, lambda: tried[0].gradients.get(ledger.value, 0.0), tried[0].why, name)
