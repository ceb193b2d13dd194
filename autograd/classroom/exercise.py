"""Exercises: a question, its answer and how it is computed, hints in stages, and wrong answers that have a name."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from autograd.classroom.questions import Choice, Question, Verdict, choose, hints
from autograd.classroom.questions import Wrong as Wrong
from autograd.errors import GraphError
from autograd.explain.diagnose import diagnose
from autograd.explain.laboratory import BY_NAME
from autograd.explain.mistakes import runnable
from autograd.explain.step_mistakes import STEP_MISTAKES
from autograd.explain.why import Why, why
from autograd.graph import names, topological_order
from autograd.value import Value


@dataclass(frozen=True)
class Exercise:
    """A question with a number for its answer; `solve` computes it, and each hint says a little more.

    `of_graph` says that it asks about the lesson's graph, which a flashcard must then show.

    >>> added = Wrong("the numbers are only added", 6.0, lambda: 1.0 + 2.0 + 3.0, "A mean is divided by how many there are.")
    >>> mean = Exercise("What is the mean of 1, 2 and 3?", 2.0, lambda: (1 + 2 + 3) / 3, ("Add.", "Divide by 3."), (added,))
    >>> mean.verdict("2")
    '2 is right.'
    >>> mean.verdict("6.0")
    '6.0 is what you get when the numbers are only added. A mean is divided by how many there are.'
    """

    question: str
    answer: float
    solve: Callable[[], float]
    hints: tuple[str, ...]
    wrong: tuple[Wrong, ...] = ()
    of_graph: bool = False
    choices: tuple[Choice, ...] = ()

    def as_question(self) -> Question:
        """Return it as a question."""
        return Question(self.question, self.answer, self.hints, self.wrong, choices=self.choices)

    def verdict(self, given: str) -> str:
        """Say whether an answer is right, or which mistake gives it; raise DataError for what is neither number nor choice."""
        return self.as_question().verdict(given).words


def one_of(question: str, right: str, wrong: Mapping[str, str], hints: tuple[str, ...] = ()) -> Exercise:
    """Return an exercise with answers to choose from: the right one, and wrong ones with the sentence that answers each.

    >>> sums = one_of("What does a sum do with a gradient?", "It hands it on.", {"It halves it.": "Its slopes are 1."})
    >>> sums.verdict("it halves it")
    'Its slopes are 1.'
    """
    made = choose(question, right, wrong, hints)
    return Exercise(question, made.answer, lambda: made.answer, hints, choices=made.choices)


def choice(question: str, options: Sequence[tuple[str, str]], solve: Callable[[], int], hint: str) -> Exercise:
    """Return an exercise with answers to choose from, whose key is computed: `solve` returns the number of the right option, from 1.

    Each wrong option has the sentence that answers it, the right one has none.

    >>> even = choice("Which is even?", [("3", "3 is 2 + 1."), ("4", ""), ("5", "5 is 4 + 1.")], lambda: 2, "Halve them.")
    >>> even.verdict("3"), even.solve() == even.answer
    ('3 is 2 + 1.', True)
    """
    (right,) = [text for text, why in options if not why]
    wrong = {text: why for text, why in options if why}
    ruled_out, why_not = next(iter(wrong.items()))
    made = choose(question, right, wrong, (hint, f"Not “{ruled_out}”: {why_not}"))
    places = [one.text for one in made.choices]
    return Exercise(
        question, made.answer, lambda: float(places.index(options[solve() - 1][0])), made.hints, choices=made.choices
    )


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

    `mistakes` holds the number that each mistake of this name gives: a name from autograd.explain.step_mistakes or
    autograd.explain.mistakes. `given` says what the graph is, where it is not the lesson's.
    """

    build: Callable[[], Value]
    node: str
    stated: float | None = None
    mistakes: Mapping[str, float] = field(default_factory=dict)
    given: str = ""
    original: Callable[[], Value] | None = field(default=None, repr=False)  # builds it with the numbers before a seed

    @property
    def answer(self) -> float:
        """The answer as it is stated, or else as it is computed."""
        return self.solve() if self.stated is None else self.stated

    @property
    def question(self) -> str:
        """What is asked."""
        asked = self.why
        return f"{self.given} What is ∂{asked.names[asked.root].label}/∂{self.node}?".lstrip()

    @property
    def of_graph(self) -> bool:
        """Whether it asks about the lesson's graph."""
        return not self.given

    @property
    def why(self) -> Why:
        """Where the gradient comes from, in a graph made afresh."""
        root = self.build()
        by_name = {name: node for node, name in names(topological_order(root)).items()}
        return why(root, by_name[self.node])

    @property
    def hints(self) -> tuple[str, ...]:
        """Upstream, local and product, a stage each, of every use."""
        return hints(self.why.uses)

    @property
    def wrong(self) -> tuple[Wrong, ...]:
        """The wrong answers, each with the mistake that gives it."""
        asked = self.why
        return tuple(wrong_answer(asked, name, answer) for name, answer in self.mistakes.items())

    def solve(self) -> float:
        """Compute it."""
        return self.why.gradient

    def as_question(self) -> Question:
        """Return it as a question; its solution is the sum over the uses."""
        return Question(
            self.question, self.answer, self.hints, self.wrong, solution=(self.why.head,), further=self.diagnosed
        )

    def verdict(self, given: str) -> str:
        """Say whether a number is right, or which mistakes give it; raise DataError for what is not a number."""
        return self.as_question().verdict(given).words

    def diagnosed(self, given: str) -> Verdict:
        """Judge a number by all that students do."""
        asked = self.why
        found = diagnose(asked.root, asked.value, given, unseeded=self.original() if self.original else None)
        sentences = [f"{found.answer} is what you get when {one.when}. {one.why}" for one in found.mistakes]
        return Verdict(found.verdict, " ".join(sentences) or found.said, tuple(one.when for one in found.mistakes))


def wrong_answer(asked: Why, name: str, answer: float) -> Wrong:
    """Return the wrong answer that the mistake of this name gives: a mistake of one step, or one of the laboratory.

    Raises GraphError where there is no such mistake, or where it does not come to an end on this graph.
    """
    steps = [step for step in STEP_MISTAKES if step.name == name]
    if steps:
        return Wrong(steps[0].when, answer, lambda: steps[0].number(asked.uses[-1]), steps[0].why, name)
    tried = list(runnable(asked.root, experiments=[BY_NAME[name]] if name in BY_NAME else []))
    if not tried:
        raise GraphError(
            f"No mistake {name!r} can be made on this graph. Take a name from autograd.explain.step_mistakes or autograd.explain.mistakes."
        )
    return Wrong(tried[0].when, answer, lambda: tried[0].gradients.get(asked.value, 0.0), tried[0].why, name)
