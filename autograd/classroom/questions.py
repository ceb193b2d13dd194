"""Questions: for a number, or for a choice among answers; hints in stages, and wrong answers that each have their sentence.

The terminal, the page, the handout and the marks all ask from here, and are judged by autograd.explain.answers. Here is also the
question for each application of the chain rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from math import isfinite
from typing import Literal

from autograd.errors import DataError
from autograd.explain import mistakes
from autograd.explain.answers import Kind, read_answer, sentence
from autograd.explain.events import Chain, Compute, Names
from autograd.explain.flows import partner
from autograd.explain.laboratory import Mistake
from autograd.explain.step_mistakes import STEP_MISTAKES
from autograd.explain.stepper import steps
from autograd.explain.student_mistakes import UNSEEDED
from autograd.graph import bracketed, number, topological_order
from autograd.value import Value

SWAPPED = "factors swapped", "{} is multiplied with, and not {}", "Each factor has the other as its local derivative."
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Wrong:
    """A wrong answer: when one gets it, `make` that computes it so, why it is wrong, and the mistake's name, if it has one."""

    when: str
    answer: float
    make: Callable[[], float]
    why: str
    name: str = ""


@dataclass(frozen=True)
class Choice:
    """One of the answers to choose from, and the sentence that answers it; the right one needs none."""

    text: str
    why: str = ""


@dataclass(frozen=True)
class Verdict:
    """What is said about a typed answer: "right", "coarse" (no point yet) or "wrong", and a sentence."""

    kind: Kind
    words: str
    mistakes: tuple[str, ...] = field(default=(), repr=False)  # when one gets it

    @property
    def right(self) -> bool:
        """Whether it is right."""
        return self.kind == "right"


@dataclass(frozen=True)
class Question:
    """A question, its answer, its hints, its wrong answers, and its solution in lines of text.

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
    Verdict(kind='right', words='5.0 is right.')

    With `choices` the answer is the place of the right one, from 0: see `choose`. `further` judges an answer that is not right
    and not among the wrong ones.
    """

    question: str
    answer: float
    hints: tuple[str, ...]
    wrong: tuple[Wrong, ...] = field(default=(), repr=False)
    solution: tuple[str, ...] = field(default=(), repr=False)
    choices: tuple[Choice, ...] = ()
    further: Callable[[str], Verdict] | None = field(default=None, repr=False, compare=False)

    @property
    def kind(self) -> Literal["number", "choice"]:
        """What it asks for."""
        return "choice" if self.choices else "number"

    @property
    def options(self) -> tuple[str, ...]:
        """The choices as they are shown: a) …, b) …"""
        return tuple(f"{letter}) {choice.text}" for letter, choice in zip(LETTERS, self.choices, strict=False))

    @property
    def key(self) -> str:
        """The answer as it is printed."""
        return self.options[int(self.answer)] if self.choices else number(self.answer)

    def verdict(self, given: str) -> Verdict:
        """Say whether an answer is right, or which mistakes give it; raise DataError for what is neither number nor choice."""
        verdict = judge_choice(given, self) if self.choices else judge(given, self.answer, self.wrong)
        return verdict if verdict.right or verdict.mistakes or self.further is None else self.further(given)


def choose(question: str, right: str, wrong: Mapping[str, str], hints: tuple[str, ...] = ()) -> Question:
    """Return a question with answers to choose from: the right one, and wrong ones with the sentence that answers each.

    >>> sums = choose("What does a sum do with a gradient?", "It hands it on.", {"It halves it.": "Its slopes are 1."})
    >>> sums.options, sums.key, sums.verdict("a").words
    (('a) It halves it.', 'b) It hands it on.'), 'b) It hands it on.', 'Its slopes are 1.')

    Their order does not give the right one away, and is the same on every machine. An answer is a letter, or the text.
    """
    texts = sorted([right, *wrong], key=lambda text: sha256(f"{question} {text}".encode()).digest())
    choices = tuple(Choice(text, wrong.get(text, "")) for text in texts)
    return Question(question, float(texts.index(right)), hints, choices=choices)


def judge(given: str, answer: float, wrong: Sequence[Wrong] = ()) -> Verdict:
    """Say whether a number is right, or which mistakes give it; raise DataError for what is not a number."""
    typed = read_answer(given)
    apart = [one for one in wrong if number(one.answer) != number(answer)]
    kind = typed.verdict(answer, [one.answer for one in apart])
    fitting = [one for one in apart if kind == "wrong" and typed.fits(one.answer)]
    found = dict.fromkeys(f"{typed.shown} is what you get when {one.when}. {one.why}" for one in fitting)
    return Verdict(kind, " ".join(found) or sentence(typed, kind), tuple(one.when for one in fitting))


def judge_choice(given: str, question: Question) -> Verdict:
    """Say whether a letter, or a text, is the right choice; raise DataError for what is not one of them."""
    typed, texts = folded(given), [folded(choice.text) for choice in question.choices]
    place = texts.index(typed) if typed in texts else LETTERS.find(typed) if len(typed) == 1 else -1
    if not 0 <= place < len(texts):
        last = LETTERS[len(texts) - 1]
        raise DataError(f"{given.strip()!r:.60} is not one of the choices. Type a letter, a to {last}.")
    if place == question.answer:
        return Verdict("right", f"{LETTERS[place]} is right.")
    return Verdict("wrong", question.choices[place].why)


def folded(text: str) -> str:
    """Return a text as it is compared: without case, and without a mark at its end."""
    return text.strip().rstrip(").").casefold()


# --- a question for each application of the chain rule ---


def questions(root: Value, unseeded: Value | None = None) -> list[Question]:
    """Return a question for each contribution of the backward pass, in the order of the events.

    `unseeded` is the same graph with the numbers of the lesson, where a seed has drawn others.
    """
    events = typable(root)
    tried = attempts(root, events[0].names) if events else []
    of_the_lesson = {} if unseeded is None else contributions(unseeded, topological_order(root))
    return [contribution(event, tried, of_the_lesson.get((event.node, event.operand))) for event in events]


def contributions(other: Value, order: list[Value]) -> dict[tuple[Value, int], float]:
    """Return the contributions in another graph of the same shape, by the nodes of this order and their operands."""
    here = dict(zip(topological_order(other), order, strict=True))
    return {(here[event.node], event.operand): event.contribution for event in steps(other) if isinstance(event, Chain)}


def typable(root: Value) -> list[Chain]:
    """Return the applications of the chain rule whose contribution is a number that one can type."""
    return [event for event in steps(root) if isinstance(event, Chain) and isfinite(event.contribution)]


def attempts(root: Value, names: Names) -> list[Mistake]:
    """Make every mistake of an engine on a graph, save the one that needs numbers which have moved since."""
    moved = any(node.data != expr.data for node, expr in names.items())
    possible = [run for run in mistakes.MISTAKES if not (moved and run is mistakes.updated_too_early)]
    return list(mistakes.runnable(root, experiments=possible, names=names))


def contribution(chain: Chain, tried: Sequence[Mistake], unseeded: float | None = None) -> Question:
    """Return the question at an event, knowing the mistakes that were tried on its graph, and the number without the seed."""
    seeded = [] if unseeded is None else differing(chain, UNSEEDED.name, UNSEEDED.when, UNSEEDED.why, unseeded)
    wrong = (*wrong_answers(chain, tried), *seeded)
    return Question(question_text(chain), chain.contribution, hints([chain]), wrong, tuple(chain.lines))


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
    """Yield the wrong answers at an event that differ from the right one: those of one step, then those of an engine."""
    for step in STEP_MISTAKES:
        yield from differing(chain, step.name, step.when, step.why, step.number(chain))
    yield from swapped(chain)
    for mistake in tried:
        taken = mistake.taken.get((chain.node, chain.operand))
        if taken is not None:
            yield from differing(chain, mistake.name, mistake.when, mistake.why, taken.contribution)


def swapped(chain: Chain) -> Iterator[Wrong]:
    """Yield the contribution to the other factor of a product."""
    if (i := partner(chain)) is not None:
        other, here = chain.names[chain.node.parents[i]].label, chain.names[chain.parent].label
        name, when, why = SWAPPED
        yield from differing(chain, name, when.format(here, other), why, chain.upstream * chain.node.partials[i])


def differing(chain: Chain, name: str, when: str, why: str, answer: float) -> Iterator[Wrong]:
    """Yield a wrong answer, if it is a number, and can be told from the right one as printed."""
    if isfinite(answer) and number(answer) != number(chain.contribution):
        yield Wrong(when, answer, lambda: answer, why, name)


def hints(uses: Sequence[Chain]) -> tuple[str, ...]:
    """Return three hints for all uses: upstream, local, product; the arithmetic is left to the student."""
    products = [product(use) for use in uses]
    upstream = "; ".join(f"{use.partial(use.root, use.node)} = {number(use.upstream)}" for use in uses)
    local = "; ".join(" ".join(use.local_line.split()) for use in uses)
    return (
        f"Upstream: {upstream}.",
        f"Local: {local}.",
        f"Product: {' + '.join([*products[:1], *map(bracketed, products[1:])])}.",
    )


def product(use: Chain) -> str:
    """Write one use's upstream times its local derivative."""
    return f"{number(use.upstream)} · {bracketed(number(use.local))}"
