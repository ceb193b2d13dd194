"""A paper: what a student is asked of a lesson, with the lesson's own numbers or with those of a seed.

Concepts come first, the lesson's exercises: choices, then numbers, then gradients. A sample of its contributions follows; there are at
most ten questions in all. With a seed the exercises that ask for a gradient of this graph take its numbers; the others are about the
lesson's own numbers, and are left out.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from autograd.classroom.exercise import GradientOf
from autograd.classroom.lesson import Lesson
from autograd.classroom.questions import Question, questions
from autograd.classroom.renumbering import same_seed, seeded
from autograd.errors import GraphError
from autograd.explain.stepper import count_steps
from autograd.value import Value

MOST_QUESTIONS = 10
LONGEST = 5_000  # events


@dataclass(frozen=True)
class Paper:
    """The graph and the questions of a lesson, numbered from 1, and the answers."""

    lesson: Lesson
    seed: str = ""

    @cached_property
    def printed(self) -> Lesson:
        """The lesson with the numbers that are asked for."""
        seed = same_seed(self.seed)
        return seeded(self.lesson, seed) if seed else self.lesson

    @cached_property
    def root(self) -> Value:
        """Where the graph ends; GraphError for a graph of which a paper would have no end."""
        root = self.printed.build()
        if count_steps(root, LONGEST + 1) > LONGEST:
            raise GraphError(
                f"This graph has more than {LONGEST:,} events, and a paper has a line for each. Give the loss of one example, or of a few."
            )
        return root

    @property
    def title(self) -> str:
        """The lesson's, and the seed."""
        return self.printed.title

    @property
    def opening(self) -> str:
        """The lesson's question; with a seed its numbers are others."""
        return self.printed.question

    @cached_property
    def contributions(self) -> list[Question]:
        """One question for each use of a node."""
        original = self.printed.original
        return questions(self.root, original() if original else None)

    @cached_property
    def exercises(self) -> list[Question]:
        """The lesson's exercises: choices first, then the other questions, gradients in the graph last."""
        made = [(isinstance(exercise, GradientOf), exercise.as_question()) for exercise in self.printed.exercises]
        return [question for _, question in sorted(made, key=lambda one: (one[0], not one[1].choices))]

    @cached_property
    def questions(self) -> list[Question]:
        """What is asked, at most ten: the exercises, then contributions from the whole of the backward pass."""
        contributions, concepts = self.contributions, self.exercises[:MOST_QUESTIONS]
        return [*concepts, *sample(worth_asking(contributions, concepts), MOST_QUESTIONS - len(concepts))]


def worth_asking(contributions: Iterable[Question], before: Iterable[Question]) -> list[Question]:
    """Return the questions that are new, none of them twice, and the answer 0 only once."""
    seen, found = {question.question for question in before}, list[Question]()
    for question in contributions:
        if question.question in seen or (question.answer == 0 and any(other.answer == 0 for other in found)):
            continue
        seen.add(question.question)
        found.append(question)
    return found


def sample(questions: list[Question], count: int) -> list[Question]:
    """Return so many of the questions, from the first to the last at even distances.

    >>> sample([0, 1, 2, 3, 4], 3), sample([0, 1], 3)
    ([0, 2, 4], [0, 1])
    """
    if len(questions) <= count:
        return questions
    return [questions[i * (len(questions) - 1) // max(1, count - 1)] for i in range(count)]
