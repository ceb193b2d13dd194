"""What a command's LESSON stands for: a lesson of the course, a file of one's own, or a formula; with its own numbers or others."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping

from autograd.classroom.course import Course
from autograd.classroom.formulas import graph_of_formula
from autograd.classroom.lesson import Lesson
from autograd.classroom.lesson_files import lesson_of_file, split_path
from autograd.classroom.renumbering import renumbered, same_seed, seeded
from autograd.errors import GraphError


def find_lesson(
    wanted: str,
    course: Course,
    numbers: Mapping[str, float] | None = None,
    parameters: Collection[str] | None = None,
    seed: str = "",
) -> Lesson:
    """Return the lesson that is meant: by its exact name, by PATH.py or PATH.py:NAME, or as a formula with its numbers.

    `numbers` are those of a formula's names; in a lesson or a file they replace the numbers of the leaves so named. `seed`
    draws other numbers. Raises GraphError, with the nearest name, for anything else.
    """
    numbers = numbers or {}
    if wanted in course.lessons or (path := split_path(wanted)):
        lesson = course.lessons[wanted] if wanted in course.lessons else lesson_of_file(*path)  # type: ignore[misc]
        if numbers:
            lesson = renumbered(lesson, numbers)
    elif numbers:
        graph_of_formula(wanted, numbers, parameters)  # an error comes now, before anything is printed
        lesson = Lesson(wanted, lambda: graph_of_formula(wanted, numbers, parameters), slug="graph", source=wanted)
    else:
        raise unknown(wanted, course)
    return seeded(lesson, seed) if (seed := same_seed(seed)) else lesson


def unknown(wanted: str, course: Course) -> GraphError:
    """Return the error for a name that no lesson has."""
    slugs = list(course.lessons)
    near = [slug for slug in slugs if wanted and wanted in slug] or difflib.get_close_matches(wanted, slugs, 1, 0.4)
    hint = f" Did you mean {near[0]}?" if near else ""
    own = ' A graph of your own: a formula and its numbers, "w*x + b" w=3 x=2 b=1, or PATH.py:NAME.'
    return GraphError(f"There is no walkthrough {wanted!r}.{hint} There are: {', '.join(slugs)}.{own}")
