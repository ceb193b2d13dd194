"""expected.json: what a class was asked, and what is right. Marking reads it, and never draws numbers again.

format, version    "chalkgrad-expected", 1
drawing            the version of the drawing of numbers
digest             of all the rest: a changed file is refused
students           name, id, file
papers             for each student and lesson: the leaves, and the questions with answers, named mistakes and points
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from autograd.classroom.marking.roster import ClassMember, shown_names
from autograd.classroom.questions import Choice, Question, Verdict, Wrong
from autograd.classroom.renumbering import DRAWING, same_seed
from autograd.errors import DataError, FileError
from autograd.file_io import read_file
from autograd.graph import number

FORMAT, VERSION = "chalkgrad-expected", 1
NAME = "expected.json"


@dataclass(frozen=True)
class Asked:
    """One question of one student, as it is stored: `mistakes` are (when, number, why, name)."""

    text: str
    answer: float
    choices: tuple[tuple[str, str], ...]
    mistakes: tuple[tuple[str, float, str, str], ...]
    points: float

    @property
    def question(self) -> Question:
        """The question, to be judged as everywhere."""
        wrong = tuple(Wrong(when, number, lambda x=number: x, why, name) for when, number, why, name in self.mistakes)  # type: ignore[misc]
        return Question(self.text, self.answer, (), wrong, choices=tuple(Choice(*choice) for choice in self.choices))

    @property
    def right(self) -> str:
        """The right answer, as it is shown."""
        return self.question.key if self.choices else number(self.answer)

    def verdict(self, given: str) -> Verdict:
        """Say whether an answer is right, or which mistakes give it."""
        return self.question.verdict(given)


@dataclass(frozen=True)
class Assigned:
    """One lesson of one student: how many draws were passed over, the numbers of the leaves, and the questions."""

    student: str
    lesson: str
    title: str
    skipped: int
    leaves: dict[str, float]
    questions: tuple[Asked, ...]


@dataclass(frozen=True)
class Expected:
    """All of a class: the salt, the students and their papers."""

    salt: str
    students: tuple[ClassMember, ...]
    papers: tuple[Assigned, ...]
    shares: dict[str, float]  # of a question's points, by verdict
    drawing: int = DRAWING

    def of(self, student: str) -> list[Assigned]:
        """Return the papers of a student, by key."""
        return self._papers.get(student, [])

    @cached_property
    def _papers(self) -> dict[str, list[Assigned]]:
        papers: dict[str, list[Assigned]] = {}
        for paper in self.papers:
            papers.setdefault(paper.student, []).append(paper)
        return papers

    def student(self, name: str) -> ClassMember | None:
        """Return the student whose id, file or name this is, if there is one.

        Raises DataError for a name that several have.
        """
        found = self._spellings.get(same_seed(name), [])
        if len(found) > 1:
            ids = ", ".join(student.id for student in found)
            raise DataError(f"{name!r} is the name of {len(found)} students. Give the id of one of them: {ids}.")
        return found[0] if found else None

    @cached_property
    def _spellings(self) -> dict[str, list[ClassMember]]:
        """Who is meant by what: an id, or the name of one without, comes before a file's name, and that before a name."""
        names: dict[str, list[ClassMember]] = {}
        for student in self.students:
            names.setdefault(same_seed(student.name), []).append(student)
        shown = {same_seed(self.shown[student.key]): [student] for student in self.students}
        files = {student.file: [student] for student in self.students}
        keys = {student.key: [student] for student in self.students}
        return names | shown | files | keys

    @cached_property
    def shown(self) -> dict[str, str]:
        """How each student is shown, by key."""
        return shown_names(self.students)

    @property
    def lessons(self) -> dict[str, int]:
        """The lessons that were given out, and how many questions the longest paper of each has."""
        lengths: dict[str, int] = {}
        for paper in self.papers:
            lengths[paper.lesson] = max(len(paper.questions), lengths.get(paper.lesson, 0))
        return lengths


def stored(question: Question, points: float) -> Asked:
    """Return a question as it is stored."""
    wrong = tuple((one.when, float(one.answer), one.why, one.name) for one in question.wrong)
    choices = tuple((choice.text, choice.why) for choice in question.choices)
    return Asked(question.question, float(question.answer), choices, wrong, points)


def as_json(expected: Expected) -> str:
    """Return a class as JSON, with its digest."""
    content = asdict(expected)
    head = {"format": FORMAT, "version": VERSION, "digest": digest(content)}
    return json.dumps(head | content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def digest(content: dict[str, Any]) -> str:
    """Return the digest of what a class holds."""
    plain = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return sha256(plain.encode()).hexdigest()


def read_expected(folder: str) -> Expected:
    """Return the class of a folder.

    Raises FileError for a folder that `class` did not write, and for a file that was changed, torn, or written by a later version.
    """
    path = Path(folder) / "teacher" / NAME
    if not path.is_file():
        raise FileError(
            f"{folder!r} is not a class: there is no {path}. Give the folder that `class … -o FOLDER` wrote."
        )
    try:
        content = json.loads(read_file(path).decode("utf-8-sig"))
        head = {key: content.pop(key) for key in ("format", "version", "digest")}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise FileError(f"{path} is torn, or is not what `class` writes. Bring back a copy of it.") from None
    if head["format"] != FORMAT or head["version"] != VERSION:
        raise DataError(
            f"{path} has version {head['version']}, and this chalkgrad reads version {VERSION}. Use a newer one."
        )
    if head["digest"] != digest(content):
        raise FileError(
            f"{path} was changed since `class` wrote it. Bring back a copy; points are given with --points."
        )
    try:
        return from_json(content)
    except (KeyError, TypeError, AttributeError, ValueError):
        raise FileError(f"{path} holds no class. Bring back a copy of what `class` wrote.") from None


def from_json(content: dict[str, Any]) -> Expected:
    """Return a class from its content."""
    papers = tuple(
        Assigned(**paper | {"questions": tuple(asked_from(question) for question in paper["questions"])})
        for paper in content["papers"]
    )
    students = tuple(ClassMember(**student) for student in content["students"])
    return Expected(content["salt"], students, papers, content["shares"], content["drawing"])


def asked_from(question: dict[str, Any]) -> Asked:
    """Return a question from its content."""
    lists = {key: tuple(tuple(one) for one in question[key]) for key in ("choices", "mistakes")}
    return Asked(**question | lists)
