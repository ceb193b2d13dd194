"""A lesson with other numbers at its leaves: those that one gives, or those that a seed draws. The same for every command."""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Callable, Mapping

from autograd.classroom.exercise import GradientOf, wrong_answer
from autograd.classroom.lesson import Lesson, both_passes, labelled_numbers
from autograd.classroom.variants import variant, with_numbers
from autograd.errors import AutogradError
from autograd.graph import number
from autograd.value import Value

OTHER_NUMBERS = "The graph of this lesson, with other numbers."


def renumbered(lesson: Lesson, numbers: Mapping[str, float]) -> Lesson:
    """Return a lesson's graph with other numbers at some leaves; its story speaks of its own numbers, and is left out."""
    shown = ", ".join(f"{name} = {number:g}" for name, number in numbers.items())
    return retold(lesson, f"{lesson.title} ({shown})", lambda: with_numbers(lesson.build(), numbers))


def seeded(lesson: Lesson, seed: str) -> Lesson:
    """Return a lesson's graph with the numbers of a seed."""
    return retold(lesson, f"{lesson.title} (seed {seed})", lambda: variant(lesson.build(), seed))


def retold(lesson: Lesson, title: str, build: Callable[[], Value]) -> Lesson:
    """Return a lesson about the same graph with other numbers: both passes, and the exercises that ask for its gradients."""
    asked = [e for e in lesson.exercises if isinstance(e, GradientOf) and e.build == lesson.build]
    return dataclasses.replace(
        lesson,
        title=title,
        build=build,
        question=OTHER_NUMBERS,
        tell=both_passes,
        measure=labelled_numbers,
        numbers={},
        notes=(),
        exercises=tuple(with_answers(exercise, build) for exercise in asked),
        plot=None,
        source=lesson.code,
    )


def same_seed(seed: str) -> str:
    """Return a seed as all of its spellings mean it.

    >>> same_seed(" Ada "), same_seed("07")
    ('ada', '07')
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", seed).strip().casefold())


def with_answers(exercise: GradientOf, build: Callable[[], Value]) -> GradientOf:
    """Return an exercise about a graph with other numbers: the answer, and what each mistake gives there."""
    asked = dataclasses.replace(exercise, build=build).why
    answers = {}
    for name in exercise.mistakes:
        try:
            answers[name] = wrong_answer(asked, name, 0.0).make()
        except AutogradError:  # an update that comes too early may leave an operation's domain
            continue
    wrong = {name: answer for name, answer in answers.items() if number(answer) != number(asked.gradient)}
    return GradientOf(build, exercise.node, asked.gradient, wrong)
