"""Tables as people and spreadsheets write them, and as spreadsheets should read ours: CSV, and bars for a terminal."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from math import inf
from typing import Any

from autograd.classroom.renumbering import same_seed
from autograd.errors import DataError, FileError
from autograd.file_io import read_file

WIDEST = 30  # characters of a bar on the terminal
HIDDEN = re.compile(r"[\x00-\x08\x0e-\x1f]")  # what no text holds


def read_text(path: str, remedy: str) -> str:
    """Return a file's text: UTF-8, with or without a mark at its beginning, UTF-16 with one, or Windows' cp1252.

    Raises FileError, with the remedy, for what is not a text.
    """
    raw = read_file(path)
    encodings = ("utf-16",) if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not HIDDEN.search(text):
            return text
        break
    raise FileError(f"{path!r} is not a text. {remedy}")


def columns_of(text: str, path: str = "") -> list[str]:
    """Return the cells of a table's first row, in one spelling.

    >>> columns_of("Name;ID"), columns_of("Ada Lovelace")
    (['name', 'id'], ['ada lovelace'])
    """
    return [same_seed(cell) for cell in next((row for _, row in rows_of(text, path)), [])]


def records(text: str, path: str, wanted: Iterable[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows of a table below its first, by the names of the columns, with the numbers of their lines.

    Raises DataError for a table without one of the columns that are wanted, and for one that is not whole.
    """
    columns = columns_of(text, path)
    if missing := [name for name in wanted if name not in columns]:
        raise DataError(f"{path!r} has no column called {missing[0]}. Give its columns names in the first line.")
    for line, row in islice(rows_of(text, path), 1, None):
        if any(cell.strip() for cell in row):
            yield line, dict(zip(columns, [*row, *[""] * len(columns)], strict=False))


def rows_of(text: str, path: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a table, with the numbers of their lines; a cell may have several.

    They are parted by ; or , or tab: by that of which the first line has most, or as it says, sep=;

    >>> list(rows_of("name;id\\nAda;7", "roster.csv"))
    [(1, ['name', 'id']), (2, ['Ada', '7'])]
    """
    lines = [f"{line}\n" for line in text.splitlines()]
    said = re.fullmatch(r"sep=(.)\n", lines[0], re.IGNORECASE) if lines else None
    sign = said[1] if said else max(";,\t", key="".join(lines[:1]).count)
    begun = 1 if said else 0
    reader = csv.reader(lines[begun:], delimiter=sign)
    first = begun + 1
    try:
        for row in reader:
            last = begun + reader.line_num
            if last == len(lines) > first and text.count('"') % 2:
                raise csv.Error("a quotation mark is not closed")
            yield first, row
            first = last + 1
    except csv.Error as error:
        raise DataError(f"{path!r} is not a whole table: line {first}, {error}. Save it as CSV once more.") from None


def as_csv(head: Iterable[str], rows: Iterable[Iterable[str | int]]) -> bytes:
    """Return a table for spreadsheets: UTF-8 with a mark at its beginning."""
    file = io.StringIO()
    csv.writer(file, lineterminator="\r\n").writerows([head, *rows])
    return file.getvalue().encode("utf-8-sig")


def harmless(text: str) -> str:
    """Return a cell that a spreadsheet takes for text, and not for a formula.

    >>> harmless("=1+1"), harmless("Ada")
    ("'=1+1", 'Ada')
    """
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def bars(counts: Mapping[str, int], of: int) -> list[str]:
    """Return a line for each thing that was counted, with a bar, in their order.

    >>> bars({"the local derivative alone": 1}, of=2)
    ['   1 of 2  ███████████████  the local derivative alone']
    """
    return [
        f"{count:>4} of {of}  {'█' * max(1, round(WIDEST * count / max(of, 1)))}  {what}"
        for what, count in counts.items()
    ]


def read_object(path: str, example: str) -> dict[str, Any]:
    """Return the object that a JSON file holds; raise DataError, with an example, for anything else."""
    try:
        content = json.loads(read_text(path, f"Write JSON: {example}"))
    except (ValueError, RecursionError):
        raise DataError(f"{path!r} is not JSON. Write {example}, say.") from None
    if not isinstance(content, dict):
        raise DataError(f"{path!r} should hold an object: {example}, say.")
    return content


def check_points(path: str, value: Any) -> float:
    """Return a number of points; raise DataError for what is not one."""
    try:
        if not isinstance(value, bool) and 0 <= value < inf:
            return float(value)
    except (TypeError, OverflowError):
        pass
    raise DataError(f"{path!r} has {value!r:.40}, and points are numbers, 0 or more.")
