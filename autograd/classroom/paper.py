"""A paper: what a student is asked of a lesson, with the lesson's own numbers or with those of a seed.

First comes a question for each contribution in the lesson's graph, in the order of the events, then its exercises. With a seed the exercises
that ask for a gradient of this graph take its numbers; the others are about the lesson's own numbers, and are left out.
"""

from dataclasses import dataclass
from functools import cached_property

from autograd.classroom.exercise import Exercise, GradientOf
from autograd.classroom.lesson import Lesson
from autograd.classroom.questions import Question, questions
from autograd.classroom.renumbering import same_seed, seeded
from autograd.value import Value


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
        """Where the graph ends."""
        return self.printed.build()

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
        return questions(self.root)

    @cached_property
    def exercises(self) -> list[Question]:
        """The lesson's exercises."""
        return [question_of(exercise) for exercise in self.printed.exercises]

    @property
    def questions(self) -> list[Question]:
        """All of them."""
        return [*self.contributions, *self.exercises]


def question_of(exercise: Exercise | GradientOf) -> Question:
    """Return an exercise as a question; the solution of one that asks for a gradient is the sum over the uses."""
    solution = (exercise.why.head,) if isinstance(exercise, GradientOf) else ()
    return Question(exercise.question, exercise.answer, exercise.hints, exercise.wrong, solution)
