"""A paper: what a student is asked of a lesson, with the lesson's own numbers or with those of a seed.

First comes a question for each contribution in the lesson's graph, in the order of the events, then its exercises. With a seed the exercises
that ask for a gradient of this graph take its numbers; the others are about the lesson's own numbers, and are left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from autograd.classroom.exercise import Exercise, GradientOf, wrong_answer
from autograd.classroom.lesson import Lesson
from autograd.classroom.questions import Question, questions
from autograd.classroom.variants import variant
from autograd.errors import GraphError
from autograd.graph import number
from autograd.value import Value


@dataclass(frozen=True)
class Paper:
    """The graph and the questions of a lesson, numbered from 1, and the answers."""

    lesson: Lesson
    seed: str = ""

    @cached_property
    def root(self) -> Value:
        """Where the graph ends."""
        root = self.lesson.build()
        return variant(root, self.seed) if self.seed else root

    @property
    def title(self) -> str:
        """The lesson's, and the seed."""
        return f"{self.lesson.title} (seed {self.seed})" if self.seed else self.lesson.title

    @property
    def opening(self) -> str:
        """The lesson's question; with a seed its numbers are others."""
        return "The graph of this lesson, with other numbers." if self.seed else self.lesson.question

    @cached_property
    def contributions(self) -> list[Question]:
        """One question for each use of a node."""
        return questions(self.root)

    @cached_property
    def exercises(self) -> list[Question]:
        """The lesson's exercises."""
        return [question_of(exercise) for exercise in self.selected()]

    @property
    def questions(self) -> list[Question]:
        """All of them."""
        return [*self.contributions, *self.exercises]

    def selected(self) -> Iterator[Exercise | GradientOf]:
        """Yield the exercises of the lesson, or those that can take the numbers of the seed."""
        for exercise in self.lesson.exercises:
            if not self.seed:
                yield exercise
            elif isinstance(exercise, GradientOf) and exercise.build == self.lesson.build:
                yield self.renumbered(exercise)

    def renumbered(self, exercise: GradientOf) -> GradientOf:
        """Return an exercise with the numbers of the seed: the answer, and what each mistake gives."""
        asked = replace(exercise, build=lambda: self.root).why
        answers = {}
        for name in exercise.mistakes:
            try:
                answers[name] = wrong_answer(asked, name, 0.0).make()
            except GraphError:  # an update that comes too early may leave an operation's domain
                continue
        wrong = {name: answer for name, answer in answers.items() if number(answer) != number(asked.gradient)}
        return GradientOf(lambda: self.root, exercise.node, asked.gradient, wrong)


def question_of(exercise: Exercise | GradientOf) -> Question:
    """Return an exercise as a question; the solution of one that asks for a gradient is the sum over the uses."""
    solution = (exercise.why.head,) if isinstance(exercise, GradientOf) else ()
    return Question(exercise.question, exercise.answer, exercise.hints, exercise.wrong, solution)
