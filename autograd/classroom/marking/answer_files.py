"""Answers as text: what the page copies and downloads, what people write by hand, and one CSV for all.

# chalkgrad-answers 1 tiny-network ada
1: -38
2: 7.2e-3
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from autograd.classroom.marking.expected import Assigned, Expected
from autograd.classroom.tables import read_text, records
from autograd.errors import AutogradError, DataError, FileError
from autograd.graph import printable

HEAD = re.compile(r"#\s*chalkgrad-answers\s+(\d+)\s+(\S+)\s*(.*)")
NUMBERED = re.compile(r"\(?(\d{1,4})\s*(?:[:)]|\.(?=\s|$))\s*(.*)")
NAMED = re.compile(r"(?=[^=]*[^\W\d])[^=]*=\s*(.+)")  # looks for the letter once, so that a long line takes no longer
LARGEST = 1_000_000  # bytes of a file of answers
MOST_PLACES = 100
LONGEST = 60  # characters of an answer that is shown
MINUS = str.maketrans(dict.fromkeys("–‐‑﹣－", "−"))  # dashes that writing programs put for a minus
COLUMNS = ["student", "lesson", "question", "answer"]


@dataclass(frozen=True)
class HandedIn:
    """One answer as it was sent: where it stands, and the text of it; `place` is the number of the question, from 1."""

    student: str
    lesson: str
    place: int
    text: str
    where: str


@dataclass(frozen=True)
class Remark:
    """Something about the hand-ins that a teacher must see: where, and what."""

    where: str
    what: str


def read_answers(folder: Path, expected: Expected) -> tuple[list[HandedIn], list[Remark]]:
    """Return all answers in a folder, and what could not be read. No file outside of it is opened."""
    answers: list[HandedIn] = []
    remarks: list[Remark] = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()):
        name = path.relative_to(folder)
        if any(part.startswith((".", "__MACOSX")) for part in name.parts):  # what systems add
            continue
        try:
            if path.stat().st_size > LARGEST:
                raise FileError(f"It has {path.stat().st_size:,} bytes, and a file of answers {LARGEST:,} at the most.")
            text = read_text(str(path), "Answers are text, as the page writes them, or a table in CSV.")
            read = table_answers if path.suffix.lower() == ".csv" else text_answers
            for item in read(text, name, expected):
                (answers if isinstance(item, HandedIn) else remarks).append(item)  # type: ignore[arg-type]
        except (AutogradError, OSError) as error:
            remarks.append(Remark(name.as_posix(), str(error)))
    return once(answers, remarks, expected)


def text_answers(text: str, name: Path, expected: Expected) -> Iterator[HandedIn | Remark]:
    """Yield the answers of a file; each head begins the answers to another lesson."""
    lines = [line.strip() for line in text.splitlines()]
    student, lesson = "", ""
    begin = 0
    heads = [(i, found) for i, line in enumerate(lines) if (found := HEAD.fullmatch(line))]
    for i, found in [*heads, (len(lines), None)]:
        if any(lines[begin:i]) or lesson:
            yield from part_answers(
                lines[begin:i], begin, found_student(student, name, expected), lesson, name, expected
            )
        if found:
            if found[1] != "1":
                raise DataError(f"Its format is {found[1]}, and this chalkgrad reads 1.")
            lesson, student, begin = found[2], found[3], i + 1


def answers_in_order(text: str) -> list[str]:
    """Return the answers of one paper in the order of its questions, empty where there is none.

    >>> answers_in_order("1: -38\\n3) w = 2,5")
    ['-38', '', '2.5']
    """
    placed = {place: answer for _, place, answer in answers_among(text.splitlines()) if place}
    return [readable(placed.get(place, "")) for place in range(1, min(max(placed, default=0), MOST_PLACES) + 1)]


def answers_among(lines: Iterable[str]) -> Iterator[tuple[int, int | None, str]]:
    """Yield the line, from 1, the number of the question, and the answer; None for a line without a number among others that have one.

    Where no line has a number, they are in the order of the questions. Lines that begin with # are no answers.

    >>> list(answers_among(["# tiny-network", "2: 5", "six"])), list(answers_among(["5", "", "6"]))
    ([(2, 2, '5'), (3, None, 'six')], [(1, 1, '5'), (2, 2, ''), (3, 3, '6')])
    """
    kept = [(i, line.strip()) for i, line in enumerate(lines, 1) if not line.lstrip().startswith("#")]
    numbers = [NUMBERED.fullmatch(line) for _, line in kept]
    for place, ((i, line), found) in enumerate(zip(kept, numbers, strict=True), 1):
        if found:
            yield i, int(found[1]), found[2]
        else:
            yield i, None if any(numbers) else place, line


def readable(line: str) -> str:
    """Return an answer in the form that is judged, or as it is, where it could be two numbers."""
    try:
        return number_text(line)
    except DataError:
        return line


def found_student(said: str, name: Path, expected: Expected) -> str:
    """Return whose answers these are: by the head, else by the file's name, else by the folder it lies in, or one above.

    Platforms put more into these names, with low lines between: Ada Lovelace_123_assignsubmission_file_. Raises DataError
    where none of them is on the roster.
    """
    stems = [name.stem, *(folder.name for folder in name.parents)]
    firsts = [stem.partition("_")[0] for stem in stems]
    parts = [part for stem in stems for part in stem.split("_") if not part.isdigit()]  # its numbers are no ids of ours
    for one in [said] if said else [*stems, *firsts, *parts]:
        if student := expected.student(one):
            return student.key
    raise DataError(f"{shortened(said or name.stem)!r} is not on the roster.")


def part_answers(
    lines: list[str], begin: int, student: str, lesson: str, name: Path, expected: Expected
) -> Iterator[HandedIn | Remark]:
    """Yield the answers to one lesson, in lines of a file from `begin` on."""
    paper = paper_of(student, lesson, expected)
    for line, place, text in answers_among(lines):
        where = f"{name.as_posix()}, line {begin + line}"
        if not text:
            continue
        if place is None:
            yield Remark(where, f"{shortened(text)!r} has no number of a question.")
        elif not 1 <= place <= len(paper.questions):
            yield Remark(where, no_question(place, paper))
        else:
            yield HandedIn(student, paper.lesson, place, text, where)


def no_question(place: int, paper: Assigned) -> str:
    """Say that a paper has no such question."""
    return f"There is no question {place}: {paper.lesson} has {len(paper.questions)}."


def paper_of(student: str, lesson: str, expected: Expected) -> Assigned:
    """Return the paper of a student; raise DataError for a lesson that was not given out."""
    papers = expected.of(student)
    for paper in papers:
        if paper.lesson == lesson or (not lesson and len(papers) == 1):
            return paper
    asked = ", ".join(expected.lessons)
    raise DataError(
        f"{shortened(lesson)!r} was not given out: {asked}." if lesson else f"It does not say to which lesson: {asked}."
    )


def table_answers(text: str, name: Path, expected: Expected) -> Iterator[HandedIn | Remark]:
    """Yield the answers of a CSV: student, lesson, question, answer."""
    for line, row in records(text, name.as_posix(), COLUMNS):
        where = f"{name.as_posix()}, line {line}"
        try:
            student = expected.student(row["student"])
            if student is None:
                raise DataError(f"{shortened(row['student'])!r} is not on the roster.")
            paper = paper_of(student.key, row["lesson"].strip(), expected)
            place = question_number(row["question"])
            if not 1 <= place <= len(paper.questions):
                raise DataError(no_question(place, paper))
        except DataError as error:
            yield Remark(where, str(error))
            continue
        if row["answer"].strip():
            yield HandedIn(student.key, paper.lesson, place, row["answer"].strip(), where)


def question_number(cell: str) -> int:
    """Return the number of a question in a cell."""
    if not re.fullmatch(r"\s*\d{1,4}\s*", cell):
        raise DataError(f"{shortened(cell)!r} is not the number of a question.")
    return int(cell)


def once(answers: list[HandedIn], remarks: list[Remark], expected: Expected) -> tuple[list[HandedIn], list[Remark]]:
    """Return the last answer to each question, with a remark on each paper of which a question is answered twice."""
    last: dict[tuple[str, str, int], HandedIn] = {}
    twice: dict[tuple[str, str, str], HandedIn] = {}
    for answer in answers:
        question = answer.student, answer.lesson, answer.place
        if before := last.get(question):
            twice.setdefault((answer.student, answer.lesson, before.where.partition(", line ")[0]), answer)
        last[question] = answer
    for (student, lesson, file), answer in twice.items():
        what = f"{expected.shown[student]} answers question {answer.place} of {lesson} twice; {shortened(answer.text)!r} counts, in {answer.where}."
        remarks.append(Remark(file, what))
    return list(last.values()), remarks


def number_text(text: str) -> str:
    """Return an answer as people write it, in the form that is judged.

    >>> [number_text(x) for x in ("w = 3.76", "=-114", "−38,0", "0,138", " 1/3 ", "7.2e-3", "b)")]
    ['3.76', '-114', '−38.0', '0.138', '1/3', '7.2e-3', 'b']

    Raises DataError for what could mean two numbers: 1,234.
    """
    found = NAMED.fullmatch(text)
    plain = (found[1] if found else text).strip().lstrip("=").strip().rstrip(";").strip().translate(MINUS)
    if re.fullmatch(r"[−+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?", plain):
        raise DataError(
            f"{shortened(text)!r} could be two numbers. Write a decimal point, and no commas between thousands."
        )
    if re.fullmatch(r"[−+-]?\d*,\d+(e[−+-]?\d+)?", plain, re.IGNORECASE):
        plain = plain.replace(",", ".")
    return re.sub(r"^([a-z])[).]$", r"\1", plain)


def shortened(text: str) -> str:
    """Return a text that can be shown: without marks that cannot be seen, and not too long."""
    plain = printable(text)
    return plain if len(plain) <= LONGEST else f"{plain[: LONGEST - 1]}…"


def as_text(lesson: str, student: str, answers: Iterable[tuple[int, str]]) -> str:
    """Return answers as the page writes them.

    >>> print(as_text("tiny-network", "ada", [(1, "-38")]), end="")
    # chalkgrad-answers 1 tiny-network ada
    1: -38
    """
    return "".join([f"# chalkgrad-answers 1 {lesson} {student}\n", *(f"{place}: {text}\n" for place, text in answers)])
