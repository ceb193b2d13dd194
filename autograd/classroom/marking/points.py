"""What answers are worth: a JSON file, {"right": 1, "mistake": 0.5, "coarse": 0, "questions": {"tiny-network": {"3": 2}}}."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from autograd.classroom.tables import check_points, read_object
from autograd.errors import DataError

SHARES = {"right": 1.0, "mistake": 0.0, "coarse": 0.0, "wrong": 0.0}


@dataclass(frozen=True)
class Points:
    """How much of a question's points each verdict gives, and the points of single questions; the others have 1.

    >>> half = Points({"mistake": 0.5}, {"tiny-network": {"3": 2}})
    >>> half.of("tiny-network", 3), half.share("mistake"), half.share("right"), half.of("tiny-network", 1)
    (2.0, 0.5, 1.0, 1.0)
    """

    shares: dict[str, float] = field(default_factory=dict)
    questions: dict[str, dict[str, float]] = field(default_factory=dict)

    def of(self, lesson: str, place: int) -> float:
        """Return the points of a question, by its number from 1."""
        return float(self.questions.get(lesson, {}).get(str(place), 1.0))

    def share(self, verdict: str) -> float:
        """Return the share of the points that a verdict gives."""
        return float(self.shares.get(verdict, SHARES.get(verdict, 0.0)))


def read_points(path: str | None) -> Points:
    """Return the points of a file; without one, a point for each right answer.

    Raises DataError for what is not such a file.
    """
    if path is None:
        return Points()
    content = read_object(path, '{"right": 1, "mistake": 0.5}')
    questions = content.pop("questions", {})
    unknown = [key for key in content if key not in SHARES]
    if unknown:
        raise DataError(f"{path!r} has {unknown[0]!r}, and there are: {', '.join(SHARES)} and questions.")
    if not isinstance(questions, dict) or not all(isinstance(table, dict) for table in questions.values()):
        raise DataError(f'{path!r}: questions are given by lesson and number: {{"tiny-network": {{"3": 2}}}}.')
    return Points(
        {verdict: check_points(path, share) for verdict, share in content.items()},
        {lesson: {k: check_points(path, most) for k, most in table.items()} for lesson, table in questions.items()},
    )


def check_questions(points: Points, lessons: Mapping[str, int]) -> None:
    """Raise DataError for points of a lesson, or of a question, that was not given out; each lesson has so many questions."""
    for lesson, table in points.questions.items():
        if lesson not in lessons:
            raise DataError(f"There are points for {lesson!r}, which is not given out here: {', '.join(lessons)}.")
        for place in table:
            if place not in map(str, range(1, lessons[lesson] + 1)):
                raise DataError(
                    f"There are points for question {place!r} of {lesson}, which has 1 to {lessons[lesson]}."
                )
