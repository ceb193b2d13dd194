"""Marks: each answer judged by what is stored, and what a class got wrong, counted by mistake."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from autograd.classroom.marking.answer_files import HandedIn, Remark, number_text, shortened
from autograd.classroom.marking.expected import Asked, Assigned, Expected
from autograd.classroom.marking.points import Points
from autograd.classroom.marking.roster import decoded
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


def marks_of(expected: Expected, answers: Iterable[HandedIn], points: Points) -> tuple[list[AnswerMark], list[Remark]]:
    """Return a mark for each question of each student, and the answers that could not be read."""
    sent = {(answer.student, answer.lesson, answer.place): answer for answer in answers}
    marks, remarks = [], []
    for paper in expected.papers:
        for place, question in enumerate(paper.questions, 1):
            mark = marked(paper, place, question, sent.get((paper.student, paper.lesson, place)), points)
            marks.append(mark)
            if mark.verdict == "unread":
                remarks.append(Remark(mark.where, mark.words))
    return marks, remarks


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
        return replace(base, verdict="unread", words=str(error))
    kind = "mistake" if verdict.kind == "wrong" and verdict.mistakes else verdict.kind
    earned = most * points.share(kind)
    return replace(base, read=read, verdict=kind, words=verdict.words, mistakes=verdict.mistakes, points=earned)


def overridden(marks: list[AnswerMark], path: str | None, expected: Expected) -> list[AnswerMark]:
    """Return marks with the points that a teacher gives by hand: a CSV of student, lesson (where there are several), question, points, reason.

    Raises DataError for a row that belongs to no question.
    """
    if path is None:
        return marks
    text = decoded(path)
    rows = list(csv.DictReader(io.StringIO(text), delimiter=max(";,", key=text.split("\n", 1)[0].count)))
    places = {(mark.student, mark.lesson, mark.place): i for i, mark in enumerate(marks)}
    given = list(marks)
    for line, row in enumerate(rows, 2):
        try:
            student = expected.student(row["student"])
            lesson = row.get("lesson") or expected.lessons[0]
            if not row.get("lesson") and len(expected.lessons) > 1:
                raise DataError("the lesson is missing, and there are several")
            i = places[student.key if student else "", lesson, int(row["question"])]
            given[i] = replace(
                given[i],
                points=float(row["points"].replace(",", ".")),
                words=f"{given[i].words} By hand: {row['reason']}",
            )
        except (KeyError, ValueError, TypeError, AttributeError, DataError) as error:
            raise DataError(
                f"{path!r}, line {line}: this row belongs to no question ({error}). It needs student, question, points, reason."
            ) from None
    return given


def as_csv(marks: Iterable[AnswerMark], expected: Expected) -> bytes:
    """Return marks as CSV for spreadsheets: UTF-8 with a mark at its beginning, and no text that would be a formula."""
    names = {student.key: student.name for student in expected.students}
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(HEAD)
    for mark in marks:
        mistake = "; ".join(mark.mistakes)
        texts = [harmless(names[mark.student]), harmless(mark.lesson), mark.place, number_cell(mark)]
        writer.writerow([*texts, mark.verdict, harmless(mistake), f"{mark.points:g}"])
    return file.getvalue().encode("utf-8-sig")


def number_cell(mark: AnswerMark) -> str:
    """Return the answer as the number that was read; what was not read, as text."""
    if mark.verdict in ("unread", "missing") or mark.asked.choices:
        return harmless(shortened(mark.sent))
    return f"{read_answer(mark.read).number!r}"


def harmless(text: str) -> str:
    """Return a cell that a spreadsheet takes for text.

    >>> harmless("=1+1"), harmless("Ada")
    ("'=1+1", 'Ada')
    """
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


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
