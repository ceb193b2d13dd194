"""What marking tells: the class on the terminal, a page for the projector, one student in full, a sheet for each."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from autograd.classroom.marking.answer_files import Remark, shortened
from autograd.classroom.marking.expected import Expected
from autograd.classroom.marking.hand_out import whole_page
from autograd.classroom.marking.marks import AnswerMark, by_student, earned, histogram
from autograd.classroom.tables import as_csv, bars, harmless
from autograd.graph import number, printable


def class_text(marks: list[AnswerMark], remarks: Iterable[Remark], expected: Expected) -> str:
    """Return the marks of a class, the histogram of its mistakes, and what a teacher must look at."""
    parts = [totals(marks, expected), *mistake_lines(marks), *missing(marks, expected)]
    listed = [f"  {printable(remark.where)}: {printable(remark.what)}" for remark in remarks]
    return "\n\n".join([*parts, *(["\n".join(["To look at:", *listed])] if listed else [])])


def totals(marks: list[AnswerMark], expected: Expected) -> str:
    """Return a line for each student: points, and of how many."""
    width = max(map(len, expected.shown.values()))
    own = by_student(marks, expected)
    return "\n".join(f"{expected.shown[student.key]:{width}}  {earned(own[student])}" for student in expected.students)


def handed_in(marks: Iterable[AnswerMark]) -> set[str]:
    """Return the students who answered anything."""
    return {mark.student for mark in marks if mark.verdict != "missing"}


def mistake_lines(marks: list[AnswerMark]) -> list[str]:
    """Return the histogram of named mistakes, if there are any."""
    counts = {f"{mistake} ({where(questions)})": students for mistake, students, _, questions in histogram(marks)}
    if not counts:
        return []
    return ["\n".join(["Mistakes, by how many students made them:", *bars(counts, len(handed_in(marks)))])]


def where(questions: dict[int, int]) -> str:
    """Return the questions at which a mistake was made."""
    places = ", ".join(str(place) for place in sorted(questions))
    return f"question{'s' if len(questions) > 1 else ''} {places}"


def missing(marks: list[AnswerMark], expected: Expected) -> list[str]:
    """Return who handed nothing in, of each lesson."""
    lines = []
    for lesson in expected.lessons:
        there = handed_in(mark for mark in marks if mark.lesson == lesson)
        names = [name for key, name in expected.shown.items() if key not in there]
        which = f" for {lesson}" if len(expected.lessons) > 1 else ""
        lines += [f"Nothing handed in{which}: {', '.join(names)}."] if names else []
    return ["\n".join(lines)] if lines else []


def mistakes_csv(marks: list[AnswerMark]) -> bytes:
    """Return the histogram as CSV."""
    rows = (
        (harmless(mistake), students, " ".join(map(str, sorted(questions))), harmless(why))
        for mistake, students, why, questions in histogram(marks)
    )
    return as_csv(("mistake", "students", "questions", "why"), rows)


def projector_page(marks: list[AnswerMark]) -> str:
    """Return a page without names: a bar for each mistake, and its explanation behind it."""
    count = len(handed_in(marks))
    shown = [
        f'<details><summary><span class="count">{students} of {count}</span> {escape(mistake)}'
        f'<div class="bar" style="width:{100 * students / count:.0f}%"></div></summary>'
        f"<p>{escape(why)}</p>{example(marks, mistake)}</details>"
        for mistake, students, why, _ in histogram(marks)
    ]
    body = shown or ["<p>No mistake that has a name.</p>"]
    return whole_page("What the class got wrong", "\n".join(["<h1>What the class got wrong</h1>", *body]), script=False)


def example(marks: list[AnswerMark], mistake: str) -> str:
    """Return one answer that shows a mistake, beside the right one."""
    mark = next(mark for mark in marks if mark.mistakes[:1] == (mistake,))
    return (
        f"<p>{escape(mark.asked.text)} For example {escape(mark.read)}, where {escape(mark.asked.right)} is right.</p>"
    )


def student_text(marks: Iterable[AnswerMark], name: str) -> str:
    """Return all that is known about one student's answers: as sent, as read, what was expected, the verdict, how a mistake computes it."""
    parts = [name]
    for mark in marks:
        sent = f"{shortened(mark.sent)}  ({printable(mark.where)})" if mark.sent else "—"
        lines = [
            f"{mark.place:>4}  {mark.asked.text}",
            f"      sent:      {sent}",
            *([f"      read:      {printable(mark.read)}"] if mark.read else []),
            f"      expected:  {mark.asked.right}",
            f"      verdict:   {mark.verdict}, {earned([mark])}",
            f"      {printable(mark.words)}",
        ]
        lines += [
            f"      in full:   {number(n)} is what you get when {when}"
            for when, n, _, _ in mark.asked.mistakes
            if when in mark.mistakes
        ]
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def feedback_page(marks: Iterable[AnswerMark], name: str) -> str:
    """Return a sheet for one student: each answer and what is said of it."""
    own = list(marks)
    rows = "".join(
        f"<li><p>{escape(mark.asked.text)}</p><p>{escape(shortened(mark.sent) or '—')}: {escape(mark.words)} "
        f"({earned([mark])})</p></li>"
        for mark in own
    )
    total = f"<p><strong>{earned(own)}</strong></p>"
    return whole_page(name, f"<h1>{escape(name)}</h1>{total}<ol>{rows}</ol>", script=False)
