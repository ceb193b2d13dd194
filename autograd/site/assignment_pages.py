"""The assignments: what is asked, and the folder to begin from as a zip."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from html import escape

from autograd.classroom import Course
from autograd.classroom.assignments.catalogue import ASSIGNMENTS
from autograd.classroom.assignments.folder import PYZ, files, pyz, write
from autograd.classroom.assignments.stages import Assignment
from autograd.site.markdown_reader import markdown_reader
from autograd.site.shell import Item, SiteFile, SitePage, link
from autograd.site.story import listing


def assignment_items(course: Course) -> Iterator[Item]:
    """Yield a page and a zip for each assignment, and a page that names them all."""
    try:
        html = markdown_reader(course)
    except ImportError:
        html = listing
    runs = pyz()
    for assignment in ASSIGNMENTS.values():
        contents = dict(files(assignment)) | {PYZ: runs}
        yield SiteFile(f"assignments/{assignment.slug}.zip", zipped(f"my-{assignment.slug}", contents))
        body = f"{html(contents['README.md'].decode())}\n{download(assignment)}"
        yield SitePage(f"assignments/{assignment.slug}.html", assignment.title, body, door="assignments.html")
    entries = "".join(map(entry, ASSIGNMENTS.values()))
    said = "<p>Write it yourself, in stages. Each stage has a check that names the mistake; it runs on your machine, with Python and nothing else.</p>"
    yield SitePage("assignments.html", "Assignments", f'<h1>Assignments</h1>{said}<ol class="lessons">{entries}</ol>')


def entry(assignment: Assignment) -> str:
    """Return what an assignment is called, and how many stages it has."""
    page = link(f"assignments/{assignment.slug}.html", assignment.title)
    return f"<li><h2>{page}</h2><p>{len(assignment.stages)} stages, in {escape(assignment.file)}</p></li>"


def download(assignment: Assignment) -> str:
    """Return the way to the zip."""
    return f'<p class="actions"><a class="first" download href="@/assignments/{assignment.slug}.zip">Download the folder</a></p>'


def zipped(folder: str, contents: dict[str, bytes]) -> bytes:
    """Return files in a folder as a zip, the same bytes each time."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            write(archive, f"{folder}/{name}" if folder else name, content)
    return made.getvalue()
