"""A lesson with other numbers at its leaves: those that one gives, or those that a seed draws. The same for every command."""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import islice
from math import inf

from autograd.classroom.exercise import GradientOf, wrong_answer
from autograd.classroom.lesson import Lesson, both_passes, labelled_numbers
from autograd.classroom.questions import questions
from autograd.classroom.variants import no_variant, variants, with_numbers
from autograd.errors import AutogradError
from autograd.graph import names, number, topological_order
from autograd.value import Value

DRAWING = 2  # the version of the drawing: whoever changes which numbers are drawn changes it
SAMPLES = 6  # graphs on which the mistakes are tried, to know which can show
MOST_DRAWN = 40  # graphs tried for one seed
LARGEST = 80  # nodes of a graph on which the mistakes are tried
OTHER_NUMBERS = "The graph of this lesson, with other numbers."


def renumbered(lesson: Lesson, numbers: Mapping[str, float]) -> Lesson:
    """Return a lesson's graph with other numbers at some leaves; its story speaks of its own numbers, and is left out."""
    shown = ", ".join(f"{name} = {number(x)}" for name, x in numbers.items())
    return retold(lesson, f"{lesson.title} ({shown})", lambda: with_numbers(lesson.build(), numbers))


def seeded(lesson: Lesson, seed: str, salt: str = "", skip: int = 0) -> Lesson:
    """Return a lesson's graph with the numbers of a seed: they depend on the lesson, the salt, the seed and DRAWING alone.

    Of the graphs that the seed draws, the first is taken on which every mistake shows that can show on this graph at all;
    `skip` passes over so many of them.
    """
    numbers = drawn_numbers(lesson, f"{lesson.slug}\n{salt}\n{same_seed(seed)}\n{DRAWING}", skip)
    return retold(lesson, f"{lesson.title} (seed {seed})", lambda: with_numbers(lesson.build(), numbers))


@lru_cache(maxsize=256)
def drawn_numbers(lesson: Lesson, key: str, skip: int) -> Mapping[str, float]:
    """Return the numbers of the leaves, by name."""
    root = lesson.build()
    every = shown_by_samples(lesson)
    best, fewest = None, inf
    for made in islice(variants(root, key), MOST_DRAWN + skip):
        hidden = len(every - shown_mistakes(lesson, made)) if every else 0
        if hidden == 0 and (skip := skip - 1) < 0:
            return leaf_numbers(made)
        if hidden and hidden < fewest:
            best, fewest = made, hidden
    if best is None:
        raise no_variant()
    return leaf_numbers(best)


@lru_cache(maxsize=64)
def shown_by_samples(lesson: Lesson) -> frozenset[tuple[int, str]]:
    """Return the mistakes that show for some numbers of a lesson's graph; none for a graph that is too large to try them all."""
    root = lesson.build()
    if len(topological_order(root)) > LARGEST:
        return frozenset()
    samples = [root, *islice(variants(root, f"{lesson.slug}\nsamples"), SAMPLES)]
    return frozenset().union(*(shown_mistakes(lesson, sample) for sample in samples))


def shown_mistakes(lesson: Lesson, root: Value) -> set[tuple[int, str]]:
    """Return which mistakes at which question give a number that differs from the right one as printed."""
    exercises = retold(lesson, lesson.title, lambda: root).exercises
    asked = [question.wrong for question in questions(root)] + [exercise.wrong for exercise in exercises]
    return {(i, wrong.name) for i, wrongs in enumerate(asked) for wrong in wrongs}


def leaf_numbers(root: Value) -> dict[str, float]:
    """Return the numbers of the leaves that are not constants, by name."""
    named = names(topological_order(root))
    return {name: node.data for node, name in named.items() if node.op is None and node.kind != "constant"}


def retold(lesson: Lesson, title: str, build: Callable[[], Value]) -> Lesson:
    """Return a lesson about the same graph with other numbers: both passes, and the exercises that ask for its gradients."""
    asked = [e for e in lesson.exercises if isinstance(e, GradientOf) and e.build == lesson.build]
    return dataclasses.replace(
        lesson,
        title=title,
        build=build,
        original=lesson.original or lesson.build,
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
    return GradientOf(build, exercise.node, asked.gradient, wrong, original=exercise.original or exercise.build)
