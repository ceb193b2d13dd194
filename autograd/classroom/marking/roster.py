"""The list of a class: a name a line, or CSV as spreadsheets write it, with a column `name` and perhaps `id`."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from dataclasses import dataclass

from autograd.classroom.renumbering import same_seed
from autograd.errors import DataError, FileError
from autograd.file_io import read_file

MOST = 2000  # students of one class
LONGEST = 200  # characters of a name
RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{i}" for port in ("com", "lpt") for i in range(10))}


@dataclass(frozen=True)
class ClassMember:
    """One student: the name as it is written, an id where there is one, and the name of their files.

    `key` is what tells students apart: the id, or else the name, in one spelling.
    """

    name: str
    id: str = ""
    file: str = ""

    @property
    def key(self) -> str:
        """The id, or else the name, as all its spellings mean it."""
        return same_seed(self.id or self.name)


def read_roster(path: str) -> list[ClassMember]:
    """Return the students of a roster file.

    Raises FileError for a file that is not text, DataError for one without names, and where two students agree.
    """
    rows = rows_of(decoded(path), path)
    students = [ClassMember(clean(name), clean(number)) for name, number in rows if clean(name)]
    if not students:
        raise DataError(f"{path!r} has no names. Write one a line, or CSV with a column called name.")
    if len(students) > MOST:
        raise DataError(f"{path!r} has {len(students):,} names, and a class has {MOST:,} at the most. Divide it.")
    seen: dict[str, ClassMember] = {}
    for student in students:
        if student.key in seen:
            raise DataError(
                f"{path!r} has two students {student.name!r}. Give a column id that tells them apart, or write the names in full."
            )
        seen[student.key] = student
    return with_files(students)


def decoded(path: str) -> str:
    """Return a file's text: UTF-8, with or without a mark at its beginning, UTF-16 with one, or Windows' cp1252."""
    raw = read_file(path)
    encodings = ("utf-16",) if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not re.search(r"[\x00-\x08\x0e-\x1f]", text):
            return text
        break
    raise FileError(f"{path!r} is not a text. Write names, one a line, or save the table as CSV.")


def rows_of(text: str, path: str) -> list[tuple[str, str]]:
    """Return the names and ids of a roster's text."""
    lines = [line for line in text.splitlines() if line.strip()]
    head = next(iter(lines), "")
    sign = max(";,\t", key=head.count)
    columns = [same_seed(cell) for cell in next(csv.reader([head], delimiter=sign), [])]
    if "name" not in columns:
        if len(columns) > 1 and sign != ",":
            raise DataError(
                f"{path!r} is a table without a column called name. Give its columns names in the first line."
            )
        return [(line, "") for line in lines]
    where, which = columns.index("name"), columns.index("id") if "id" in columns else None
    table = list(csv.reader(io.StringIO("\n".join(lines[1:])), delimiter=sign))
    return [(cell(row, where), cell(row, which)) for row in table]


def cell(row: list[str], place: int | None) -> str:
    """Return a cell of a row, empty where the row is shorter."""
    return row[place] if place is not None and place < len(row) else ""


def clean(name: str) -> str:
    """Return a name trimmed and composed, on one line, without marks that cannot be seen."""
    visible = "".join(letter for letter in unicodedata.normalize("NFC", name) if letter.isprintable() or letter == " ")
    return " ".join(visible.split())[:LONGEST]


def with_files(students: list[ClassMember]) -> list[ClassMember]:
    """Give each student a name for files that no other has, also where capitals do not count."""
    taken: set[str] = set()
    named = []
    for student in students:
        stem = begun = file_name(f"{student.name}-{student.id}" if student.id else student.name)
        count = 2
        while stem in taken:
            stem, count = f"{begun}-{count}", count + 1
        taken.add(stem)
        named.append(ClassMember(student.name, student.id, stem))
    return named


def file_name(name: str) -> str:
    """Return a name that is safe for a file on any system.

    >>> file_name("Ada Lovelace"), file_name("../con"), file_name("CON"), file_name("…")
    ('ada-lovelace', 'con_', 'con_', 'student')
    """
    stem = "-".join(re.findall(r"\w+", same_seed(name)))[:60] or "student"
    return f"{stem}_" if stem in RESERVED else stem
