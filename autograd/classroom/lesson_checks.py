"""What a lesson states is computed: numbers, the places of its notes, answers and wrong answers are checked when it is loaded."""

from collections.abc import Iterable
from difflib import get_close_matches
from math import isclose

from autograd.classroom.exercise import Exercise, GradientOf
from autograd.classroom.lesson import Lesson
from autograd.errors import DataError


def check_lesson(lesson: Lesson) -> Lesson:
    """Return a lesson, or raise DataError where it states what is not so, with both numbers."""
    check_numbers(lesson)
    check_notes(lesson)
    for exercise in lesson.exercises:
        check_exercise(exercise)
    return lesson


def check_numbers(lesson: Lesson) -> None:
    """Raise DataError where a stated number is not the computed one."""
    found = lesson.measure(lesson) if lesson.numbers else {}
    for name, stated in lesson.numbers.items():
        if name not in found:
            raise DataError(f"{lesson.slug} states {name} = {stated}, and computes no {name}.{nearest(name, found)}")
        if not close(found[name], stated):
            raise DataError(f"{lesson.slug} states {name} = {stated}, and {found[name]} is computed.")


def check_notes(lesson: Lesson) -> None:
    """Raise DataError for a note that belongs to no event."""
    keys = [event.key for event in lesson.events()] if lesson.notes else []
    for note in lesson.notes:
        if note.after not in keys:
            raise DataError(
                f"{lesson.slug} has a note after {note.after!r}, and there is no such event.{nearest(note.after, keys)}"
            )


def check_exercise(exercise: Exercise | GradientOf) -> None:
    """Raise DataError for an answer that is not the computed one, and for a wrong answer that is right, or not made so."""
    solved = exercise.solve()
    if not close(solved, exercise.answer):
        raise DataError(f"{exercise.question} The stated answer is {exercise.answer}, and {solved} is computed.")
    for wrong in exercise.wrong:
        made = wrong.make()
        if not close(made, wrong.answer):
            raise DataError(f"{exercise.question} When {wrong.when}, {wrong.answer} is stated, and {made} is computed.")
        if close(made, solved):
            raise DataError(
                f"{exercise.question} When {wrong.when}, the answer is {made}, which is right: leave that mistake out."
            )


def close(x: float, y: float) -> bool:
    """Tell whether two numbers are the same, but for rounding."""
    return isclose(x, y, rel_tol=1e-9, abs_tol=1e-12) or x == y


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a question about the nearest name, if there is one."""
    found = get_close_matches(name, list(known), 1, 0.4)
    return f" Did you mean {found[0]!r}?" if found else ""
