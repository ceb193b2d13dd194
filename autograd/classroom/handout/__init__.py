"""handout: a lesson on paper. The graph, tables to fill in, the exercises; and the solutions on a page of their own.

sheet       what it says, as plain data; page, markdown and pdf write it down
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from autograd.classroom.handout.html import page
from autograd.classroom.handout.markdown import markdown
from autograd.classroom.handout.pdf import pdf
from autograd.classroom.handout.sheet import Sheet, sheet
from autograd.classroom.lesson import Lesson, as_lesson
from autograd.classroom.paper import Paper
from autograd.errors import FileError
from autograd.file_io import file_path, write_file
from autograd.value import Value

Files = dict[str, str | bytes]


@dataclass(frozen=True)
class Handout:
    """A sheet that can be written as .html, .pdf or .md."""

    sheet: Sheet

    def save(self, path: str | Path) -> list[Path]:
        """Write the handout in the format of the name's suffix, and return the files: for .md, two pictures more.

        Raises FileError for another suffix, where a package is missing, and for a file that cannot be written.
        """
        target = file_path(path)
        formats: dict[str, Callable[[str], Files]] = {
            ".html": self.html,
            ".htm": self.html,
            ".pdf": self.pdf,
            ".md": self.md,
        }
        if target.suffix.lower() not in formats:
            raise FileError(f"{str(path)!r} is no name for a handout: it should end in {', '.join(formats)}.")
        written = formats[target.suffix.lower()](target.stem)
        return [
            write_file(target if not name else target.with_name(name), content) for name, content in written.items()
        ]

    def html(self, stem: str = "") -> Files:
        """Return the page."""
        return {"": page(self.sheet)}

    def pdf(self, stem: str = "") -> Files:
        """Return the PDF."""
        return {"": pdf(self.sheet)}

    def md(self, stem: str) -> Files:
        """Return the text and its two pictures."""
        blank, solved = f"{stem}.svg", f"{stem}-solved.svg"
        pictures: Files = {blank: self.sheet.blank, solved: self.sheet.solved} if self.sheet.blank else {}
        return {"": markdown(self.sheet, blank, solved), **pictures}


def handout(lesson: Lesson | Value | Callable[[], Value], seed: str = "") -> Handout:
    """Return a lesson as a handout, with its own numbers or with those of a seed.

    >>> handout(Value(3.0, "x") * 2).sheet.rows[0].value
    '3'

    A Value, or a function that builds one, is a lesson about its graph.
    """
    return Handout(sheet(Paper(as_lesson(lesson), seed)))
