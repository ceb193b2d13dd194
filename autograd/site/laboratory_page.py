"""The laboratory: the whole of autograd and nn in a page, run by Pyodide in a worker."""

from __future__ import annotations

from collections.abc import Iterator

from autograd.classroom import Course
from autograd.site.shell import Item


def laboratory(course: Course, pyodide: str | None) -> Iterator[Item]:
    """Yield the page `laboratory.html` and the files it needs; `pyodide` is a folder that holds Pyodide, or a URL, if there is one."""
    yield from ()
