"""The documents of docs/ as pages: for teachers, for authors of lessons, for publishing; and which lesson follows which section.

They are written in Markdown, which the package markdown-it-py reads. They lie in a checkout, and in an installed package.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path

from autograd.classroom import Course
from autograd.site.markdown_reader import markdown_reader
from autograd.site.shell import Item, LeftOut, SitePage, link

PAGES = {"teaching": "Teaching with chalkgrad", "own_lessons": "Your own lesson", "publishing": "Publishing the pages"}
MAPPED = "documents"  # the document that maps sections of other documents to lessons
CHECKOUT = Path(__file__).resolve().parents[2] / "docs"


def document(name: str) -> str:
    """Return the text of a document; nothing where it is not there."""
    for folder in (files("autograd").joinpath("docs"), CHECKOUT):
        if (found := folder.joinpath(f"{name}.md")).is_file():
            return found.read_text(encoding="utf-8")
    return ""


def document_items(course: Course) -> Iterator[Item]:
    """Yield a page for each document."""
    try:
        html = markdown_reader(course)
    except ImportError:
        yield LeftOut("the pages for teachers and those of the documents", "They need: pip install markdown-it-py.")
        return
    for name, title in PAGES.items():
        if text := document(name):
            yield SitePage(f"{name}.html", title, html(text))
        else:
            yield LeftOut(f"{name}.html", f"docs/{name}.md is not there: it comes with a checkout.")
    yield from mapped_items(course, html)


def mapped_items(course: Course, html: Callable[[str], str]) -> Iterator[Item]:
    """Yield a page for each document that the course follows, and one that names them all."""
    head, *sections = re.split(r"^## ", document(MAPPED), flags=re.MULTILINE)
    if not any(slug in document(MAPPED) for slug in course.lessons):  # lessons of one's own follow other documents
        return
    pages = {}
    for section in sections:
        title, _, table = section.partition("\n")
        pages[f"documents/{slug_of(title)}.html"] = title
        yield SitePage(f"documents/{slug_of(title)}.html", title, html(f"# {title}\n{table}"), door="index.html")
    entries = "".join(f"<li>{link(path, title)}</li>" for path, title in pages.items())
    yield SitePage("documents.html", "Documents", f"{html(head)}<ul>{entries}</ul>", door="index.html")


def slug_of(title: str) -> str:
    """Return a title as the name of a file.

    >>> slug_of("How Machines Learn: Understanding")
    'how-machines-learn-understanding'
    """
    return "-".join(re.findall(r"[a-z0-9]+", title.lower()))
