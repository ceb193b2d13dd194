"""The list of a class: a name a line, or CSV as spreadsheets write it, with a column `name` and perhaps `id`."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from autograd.classroom.renumbering import same_seed
from autograd.classroom.tables import columns_of, read_text, records
from autograd.errors import DataError

MOST = 2000  # students of one class
LONGEST = 200  # characters of a name
LONGEST_FILE, MOST_BYTES = 60, 120  # characters and bytes of a file's name, to which endings are added
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
    text = read_text(path, "Write names, one a line, or save the table as CSV.")
    students = [ClassMember(clean(name), clean(number)) for name, number in entries(text, path) if clean(name)]
    if not students:
        raise DataError(f"{path!r} has no names. Write one a line, or CSV with a column called name.")
    if len(students) > MOST:
        raise DataError(f"{path!r} has {len(students):,} names, and a class has {MOST:,} at the most. Divide it.")
    check_apart(students, path)
    return with_files(students)


def entries(text: str, path: str) -> list[tuple[str, str]]:
    """Return the names and ids of a roster's text."""
    lines = [line for line in text.splitlines() if line.strip()]
    columns = columns_of("\n".join(lines), path)
    if "name" in columns:
        return [(row["name"], row.get("id", "")) for _, row in records("\n".join(lines), path, ["name"])]
    if any(sign in line for line in lines[:1] for sign in ";\t"):
        raise DataError(f"{path!r} is a table without a column called name. Give its columns names in the first line.")
    return [(line, "") for line in lines]


def check_apart(students: list[ClassMember], path: str) -> None:
    """Refuse two students with one id, and two with one name unless both have ids."""
    keys: dict[str, ClassMember] = {}
    names: dict[str, list[ClassMember]] = {}
    for student in students:
        namesakes = names.setdefault(same_seed(student.name), [])
        other = keys.get(student.key) or next((one for one in namesakes if not (one.id and student.id)), None)
        if other:
            what = "with one id" if other.id and student.id else "with one name"
            raise DataError(
                f"{path!r} has two students {what}, {other.name!r} and {student.name!r}. "
                "Give a column id that tells them apart, or write the names in full."
            )
        keys[student.key] = student
        namesakes.append(student)


def clean(name: str) -> str:
    """Return a name trimmed and composed, on one line, without marks that cannot be seen."""
    letters = unicodedata.normalize("NFC", name)
    shown = "".join(letter for letter in letters if letter.isprintable() or letter.isspace())
    return " ".join(shown.split())[:LONGEST]


def shown_names(students: Iterable[ClassMember]) -> dict[str, str]:
    """Return how each student is shown, by key: with the id where two have one name.

    >>> shown_names([ClassMember("Ada", "1"), ClassMember("Ada", "2"), ClassMember("Bob", "3")])
    {'1': 'Ada (1)', '2': 'Ada (2)', '3': 'Bob'}
    """
    known = {student.key: student for student in students}
    counts = Counter(same_seed(student.name) for student in known.values())
    return {
        key: one.name if counts[same_seed(one.name)] == 1 else f"{one.name} ({one.id})" for key, one in known.items()
    }


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

    >>> file_name("Ada Lovelace"), file_name("../con"), file_name("COM¹"), file_name("…")
    ('ada-lovelace', 'con_', 'com¹_', 'student')
    """
    stem = "-".join(re.findall(r"\w+", same_seed(name)))[:LONGEST_FILE]
    stem = stem.encode()[:MOST_BYTES].decode(errors="ignore") or "student"
    return f"{stem}_" if unicodedata.normalize("NFKC", stem) in RESERVED else stem
