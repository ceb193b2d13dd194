"""Marks: each answer judged by what is stored, and what a class got wrong, counted by mistake."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from autograd.classroom.marking.answer_files import HandedIn, number_text, question_number, shortened
from autograd.classroom.marking.expected import Asked, Assigned, Expected
from autograd.classroom.marking.points import Points
from autograd.classroom.marking.roster import ClassMember
from autograd.classroom.tables import as_csv, check_points, harmless, read_text, records
from autograd.errors import DataError
from autograd.explain.answers import read_answer

HEAD = ("student", "lesson", "question", "answer", "verdict", "mistake", "points")


@dataclass(frozen=True)
class AnswerMark:
    """One question of one student: the answer as it was sent and as it was read, the verdict, the mistakes, the points."""

    student: str
    lesson: str
    place: int
    asked: Asked
    sent: str
    read: str
    verdict: str  # right, coarse, mistake, wrong, unread, missing
    words: str
    mistakes: tuple[str, ...]
    points: float
    most: float
    where: str = ""
    waits: bool = False  # for a teacher to look at it: it costs nothing until then


def marks_of(expected: Expected, answers: Iterable[HandedIn], points: Points) -> list[AnswerMark]:
    """Return a mark for each question of each student."""
    sent = {(answer.student, answer.lesson, answer.place): answer for answer in answers}
    return [
        marked(paper, place, question, sent.get((paper.student, paper.lesson, place)), points)
        for paper in expected.papers
        for place, question in enumerate(paper.questions, 1)
    ]


def marked(paper: Assigned, place: int, question: Asked, answer: HandedIn | None, points: Points) -> AnswerMark:
    """Return the mark of one question."""
    most = points.of(paper.lesson, place) if points.questions else question.points
    base = AnswerMark(paper.student, paper.lesson, place, question, "", "", "missing", "No answer.", (), 0.0, most)
    if answer is None:
        return base
    base = replace(base, sent=answer.text, where=answer.where)
    try:
        read = number_text(answer.text)
        verdict = question.verdict(read)
    except DataError as error:
        return replace(base, verdict="unread", words=str(error), waits=True)
    kind = "mistake" if verdict.kind == "wrong" and verdict.mistakes else verdict.kind
    earned = most * points.share(kind)
    return replace(base, read=read, verdict=kind, words=verdict.words, mistakes=verdict.mistakes, points=earned)


def overridden(marks: list[AnswerMark], path: str | None, expected: Expected) -> list[AnswerMark]:
    """Return marks with the points that a teacher gives by hand: a CSV of student, lesson (where there are several), question, points, reason.

    Raises DataError for a row that belongs to no question.
    """
    if path is None:
        return marks
    text = read_text(path, "Write a table in CSV: student,question,points,reason.")
    places = {(mark.student, mark.lesson, mark.place): i for i, mark in enumerate(marks)}
    given = list(marks)
    for line, row in records(text, path, ("student", "question", "points", "reason")):
        try:
            i = places[question_of(row, expected)]
            points = check_points(path, read_answer(row["points"].replace(",", ".")).number)
        except KeyError:
            raise DataError(f"{path!r}, line {line}: there is no such question.") from None
        except DataError as error:
            raise DataError(f"{path!r}, line {line}: {error}") from None
        words = f"{given[i].words} By hand: {row['reason']}"
        given[i] = replace(given[i], points=points, words=words, waits=False)
    return given


def question_of(row: dict[str, str], expected: Expected) -> tuple[str, str, int]:
    """Return the student, the lesson and the number of the question that a row is about."""
    student, lesson = expected.student(row["student"]), row.get("lesson", "").strip()
    if student is None:
        raise DataError(f"{shortened(row['student'])!r} is not on the roster.")
    if not lesson and len(expected.lessons) > 1:
        raise DataError("The lesson is missing, and there are several. Give a column lesson.")
    return student.key, lesson or next(iter(expected.lessons)), question_number(row["question"])


def marks_csv(marks: Iterable[AnswerMark], expected: Expected) -> bytes:
    """Return marks as CSV for spreadsheets, without a text that would be a formula; points that wait for a teacher are empty."""
    rows = (
        (
            harmless(expected.shown[mark.student]), harmless(mark.lesson), mark.place, number_cell(mark), mark.verdict,
            harmless("; ".join(mark.mistakes)), "" if mark.waits else f"{mark.points:g}",
        )
        for mark in marks
    )  # fmt: skip
    return as_csv(HEAD, rows)


def number_cell(mark: AnswerMark) -> str:
    """Return the answer as the number that was read; what was not read, as text."""
    if mark.verdict in ("unread", "missing") or mark.asked.choices:
        return harmless(shortened(mark.sent))
    return f"{read_answer(mark.read).number!r}"


def by_student(marks: Iterable[AnswerMark], expected: Expected) -> dict[ClassMember, list[AnswerMark]]:
    """Return the marks of each student."""
    own: dict[str, list[AnswerMark]] = {student.key: [] for student in expected.students}
    for mark in marks:
        own[mark.student].append(mark)
    return {student: own[student.key] for student in expected.students}


def earned(marks: Iterable[AnswerMark]) -> str:
    """Return how many points of how many, without those that wait for a teacher, and how many do."""
    counted, waiting = [], 0
    for mark in marks:
        counted += [] if mark.waits else [mark]
        waiting += mark.waits
    sums = f"{sum(mark.points for mark in counted):g} of {sum(mark.most for mark in counted):g}"
    return f"{sums}, and {waiting} to look at" if waiting else sums


def histogram(marks: Iterable[AnswerMark]) -> list[tuple[str, int, str, Counter[int]]]:
    """Return each mistake with the number of students who made it, why it is wrong, and the questions; the most frequent first."""
    students: dict[str, set[str]] = {}
    questions: dict[str, Counter[int]] = {}
    reasons: dict[str, str] = {}
    for mark in marks:
        for mistake in mark.mistakes[:1]:  # the likeliest
            students.setdefault(mistake, set()).add(mark.student)
            questions.setdefault(mistake, Counter())[mark.place] += 1
            reasons[mistake] = next((why for when, _, why, _ in mark.asked.mistakes if when == mistake), "")
    order = sorted(students, key=lambda mistake: (-len(students[mistake]), mistake))
    return [(mistake, len(students[mistake]), reasons[mistake], questions[mistake]) for mistake in order]
