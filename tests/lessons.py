"""The lessons of the course, for the tests of all rooms.

EACH    all lessons: for what a lesson states
SOME    the first lesson of each chapter; the others in .ci/run only: for what is made of any lesson, a page or a sheet of paper
kept    a lesson that is told once and remembers it, graphs and all: several tell of a training, which takes its time. A test that
        changes a graph takes the lesson from COURSE
"""

import dataclasses
from functools import cache

import pytest

from autograd.classroom import Lesson
from nn.lessons import COURSE


def kept(lesson: Lesson) -> Lesson:
    """The same lesson, which does not compute again what it tells."""
    told = cache(lambda: tuple(lesson.tell(lesson)))
    return dataclasses.replace(lesson, tell=lambda _: iter(told()))


LESSONS = {slug: kept(lesson) for slug, lesson in COURSE.lessons.items()}
FIRST = [slugs[0] for slugs in COURSE.slugs.values()]


def some(slug: str, value: object) -> object:
    """A parameter that stands for a lesson: slow unless it is the first of its chapter."""
    return pytest.param(value, marks=() if slug in FIRST else pytest.mark.slow, id=slug)


EACH = pytest.mark.parametrize("lesson", LESSONS.values(), ids=LESSONS)
SOME = pytest.mark.parametrize("lesson", [some(slug, lesson) for slug, lesson in LESSONS.items()])
