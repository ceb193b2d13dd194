"""What answers are worth: a JSON file, {"right": 1, "mistake": 0.5, "coarse": 0, "questions": {"tiny-network": {"3": 2}}}."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from autograd.errors import DataError
from autograd.file_io import read_file

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
    try:
        content = json.loads(read_file(path).decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise DataError(f'{path!r} is not JSON. Write {{"right": 1, "mistake": 0.5}}, say.') from None
    if not isinstance(content, dict):
        raise DataError(f'{path!r} should hold an object: {{"right": 1, "mistake": 0.5}}, say.')
    questions = content.pop("questions", {})
    unknown = [key for key in content if key not in SHARES]
    if unknown:
        raise DataError(f"{path!r} has {unknown[0]!r}, and there are: {', '.join(SHARES)} and questions.")
    tables: list[dict[str, Any]] = list(questions.values()) if isinstance(questions, dict) else []
    if not isinstance(questions, dict) or not all(isinstance(table, dict) for table in tables):
        raise DataError(f'{path!r}: questions are given by lesson and number: {{"tiny-network": {{"3": 2}}}}.')
    for value in [*content.values(), *(value for table in tables for value in table.values())]:
        check_points(path, value)
    return Points(content, questions)


def check_points(path: str, value: Any) -> None:
    """Raise DataError for what is not a number of points."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not isfinite(value) or value < 0:
        raise DataError(f"{path!r} has {value!r}, and points are numbers, 0 or more.")
