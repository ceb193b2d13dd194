"""Answers as text: what the page copies and downloads, what people write by hand, and one CSV for all.

# chalkgrad-answers 1 tiny-network ada
1: -38
2: 7.2e-3
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from autograd.classroom.marking.expected import Expected
from autograd.classroom.marking.roster import decoded
from autograd.classroom.renumbering import same_seed
from autograd.errors import AutogradError, DataError, FileError

HEAD = re.compile(r"#\s*chalkgrad-answers\s+(\d+)\s+(\S+)\s*(.*)")
NUMBERED = re.compile(r"\(?(\d{1,4})\s*(?:[:)]|\.(?=\s|$))\s*(.*)")
NAMED = re.compile(r"[^=]*[^\W\d][^=]*=\s*(.+)")
LARGEST = 1_000_000  # bytes of a file of answers
MOST_PLACES = 100
LONGEST = 60  # characters of an answer that is shown
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
        shown = path.relative_to(folder).as_posix()
        try:
            if path.stat().st_size > LARGEST:
                raise FileError(f"It has {path.stat().st_size:,} bytes, and a file of answers {LARGEST:,} at the most.")
            read = table_answers if path.suffix.lower() == ".csv" else text_answers
            for item in read(decoded(str(path)), path, shown, expected):
                (answers if isinstance(item, HandedIn) else remarks).append(item)  # type: ignore[arg-type]
        except (AutogradError, OSError) as error:
            remarks.append(Remark(shown, str(error)))
    return once(answers, remarks)


def text_answers(text: str, path: Path, shown: str, expected: Expected) -> Iterator[HandedIn | Remark]:
    """Yield the answers of a file; each head begins the answers to another lesson."""
    lines = [line.strip() for line in text.splitlines()]
    student, lesson = "", ""
    begin = 0
    heads = [(i, found) for i, line in enumerate(lines) if (found := HEAD.fullmatch(line))]
    for i, found in [*heads, (len(lines), None)]:
        if any(lines[begin:i]) or lesson:
            yield from part_answers(lines, begin, i, found_student(student, path, expected), lesson, shown, expected)
        if found:
            if found[1] != "1":
                raise DataError(f"Its format is {found[1]}, and this chalkgrad reads 1.")
            lesson, student, begin = found[2], found[3], i + 1


def answers_in_order(text: str) -> list[str]:
    """Return the answers of one paper in the order of its questions, empty where there is none.

    >>> answers_in_order("1: -38\\n3) w = 2,5")
    ['-38', '', '2.5']
    """
    lines = [line.strip() for line in text.splitlines() if not line.lstrip().startswith("#")]
    found = [NUMBERED.fullmatch(line) for line in lines]
    placed = {int(one[1]): one[2] for one in found if one}
    if placed:
        lines = [placed.get(place, "") for place in range(1, min(max(placed), MOST_PLACES) + 1)]
    return [readable(line) for line in lines]


def readable(line: str) -> str:
    """Return an answer in the form that is judged, or as it is, where it could be two numbers."""
    try:
        return number_text(line)
    except DataError:
        return line


def found_student(name: str, path: Path, expected: Expected) -> str:
    """Return whose answers these are: by the head, else by the file's name, else by its folder's.

    Raises DataError where none of them is on the roster.
    """
    tried = [name] if name else [path.stem, path.stem.split("_")[0], path.parent.name, path.parent.name.split("_")[0]]
    for one in tried:
        if student := expected.student(one):
            return student.key
    raise DataError(f"{name or path.stem!r} is not on the roster.")


def part_answers(
    lines: list[str], begin: int, end: int, student: str, lesson: str, shown: str, expected: Expected
) -> Iterator[HandedIn | Remark]:
    """Yield the answers to one lesson: by their numbers, or, where no line has one, in the order of the lines."""
    paper = paper_of(student, lesson, expected)
    part = [(begin + i + 1, line) for i, line in enumerate(lines[begin:end]) if not line.startswith("#")]
    numbered = any(NUMBERED.fullmatch(line) for _, line in part)
    for place, (where, line) in enumerate(part, 1):
        found = NUMBERED.fullmatch(line) if numbered else None
        if not line:
            continue
        if numbered and not found:
            yield Remark(f"{shown}, line {where}", f"{shortened(line)!r} has no number of a question.")
            continue
        place, text = (int(found[1]), found[2]) if found else (place, line)
        if not 1 <= place <= len(paper.questions):
            yield Remark(
                f"{shown}, line {where}", f"There is no question {place}: {paper.lesson} has {len(paper.questions)}."
            )
        elif text:
            yield HandedIn(student, paper.lesson, place, text, f"{shown}, line {where}")


def paper_of(student: str, lesson: str, expected: Expected):  # type: ignore[no-untyped-def]
    """Return the paper of a student; raise DataError for a lesson that was not given out."""
    papers = list(expected.of(student))
    for paper in papers:
        if paper.lesson == lesson or (not lesson and len(papers) == 1):
            return paper
    asked = ", ".join(expected.lessons)
    raise DataError(
        f"{lesson!r} was not given out: {asked}." if lesson else f"It does not say to which lesson: {asked}."
    )


def table_answers(text: str, path: Path, shown: str, expected: Expected) -> Iterator[HandedIn | Remark]:
    """Yield the answers of a CSV: student, lesson, question, answer."""
    sign = max(";,\t", key=text.split("\n", 1)[0].count)
    rows = list(csv.reader(io.StringIO(text), delimiter=sign))
    columns = [same_seed(name) for name in rows[0]] if rows else []
    missing = [name for name in COLUMNS if name not in columns]
    if missing:
        raise DataError(f"It has no column {missing[0]}. A table of answers has {', '.join(COLUMNS)}.")
    for number, row in enumerate(rows[1:], 2):
        cells = dict(zip(columns, [*row, *[""] * len(columns)], strict=False))
        where = f"{shown}, line {number}"
        try:
            student = expected.student(cells["student"])
            if student is None:
                raise DataError(f"{shortened(cells['student'])!r} is not on the roster.")
            paper = paper_of(student.key, cells["lesson"].strip(), expected)
            place = int(cells["question"])
            if not 1 <= place <= len(paper.questions):
                raise DataError(f"There is no question {place}: {paper.lesson} has {len(paper.questions)}.")
        except (DataError, ValueError) as error:
            if any(row):
                yield Remark(where, str(error))
            continue
        if cells["answer"].strip():
            yield HandedIn(student.key, paper.lesson, place, cells["answer"].strip(), where)


def once(answers: list[HandedIn], remarks: list[Remark]) -> tuple[list[HandedIn], list[Remark]]:
    """Return the last answer to each question, with a remark where a student handed in twice."""
    last: dict[tuple[str, str, int], HandedIn] = {}
    for answer in answers:
        before = last.get((answer.student, answer.lesson, answer.place))
        if before and before.text != answer.text:
            what = f"{answer.student}, {answer.lesson}, question {answer.place} is answered twice; {shortened(answer.text)!r} counts."
            remarks.append(Remark(f"{before.where} and {answer.where}", what))
        last[answer.student, answer.lesson, answer.place] = answer
    return list(last.values()), remarks


def number_text(text: str) -> str:
    """Return an answer as people write it, in the form that is judged.

    >>> [number_text(x) for x in ("w = 3.76", "=-114", "−38,0", " 1/3 ", "7.2e-3", "b)")]
    ['3.76', '-114', '−38.0', '1/3', '7.2e-3', 'b']

    Raises DataError for what could mean two numbers: 1,234.
    """
    found = NAMED.fullmatch(text)
    plain = (found[1] if found else text).strip().lstrip("=").strip().rstrip(";").strip()
    if re.fullmatch(r"[−+-]?\d{1,3}(,\d{3})+(\.\d+)?", plain):
        raise DataError(
            f"{shortened(text)!r} could be two numbers. Write a decimal point, and no commas between thousands."
        )
    if re.fullmatch(r"[−+-]?\d*,\d+(e[−+-]?\d+)?", plain, re.IGNORECASE):
        plain = plain.replace(",", ".")
    return re.sub(r"^([a-z])[).]$", r"\1", plain)


def shortened(text: str) -> str:
    """Return a text that can be shown: without marks that cannot be seen, and not too long."""
    plain = "".join(letter if letter.isprintable() else "�" for letter in text)
    return plain if len(plain) <= LONGEST else f"{plain[: LONGEST - 1]}…"


def as_text(lesson: str, student: str, answers: Iterable[tuple[int, str]]) -> str:
    """Return answers as the page writes them.

    >>> print(as_text("tiny-network", "ada", [(1, "-38")]), end="")
    # chalkgrad-answers 1 tiny-network ada
    1: -38
    """
    return "".join([f"# chalkgrad-answers 1 {lesson} {student}\n", *(f"{place}: {text}\n" for place, text in answers)])
