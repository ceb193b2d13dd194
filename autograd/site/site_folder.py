"""A site put together: the files of all its parts, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache, partial
from importlib.resources import files

from autograd.classroom import Course, Lesson
from autograd.classroom.flashcards import deck
from autograd.classroom.formulas import near
from autograd.errors import DataError
from autograd.file_io import as_bytes
from autograd.player.page import part as part_of_stage
from autograd.site.assignment_pages import assignment_items
from autograd.site.card_page import card_items
from autograd.site.documents import document, document_items
from autograd.site.glossary_page import glossary_items, words_of
from autograd.site.laboratory_page import laboratory
from autograd.site.lesson_page import lesson_items
from autograd.site.notebook_pages import notebook_items
from autograd.site.operation_page import operation_items
from autograd.site.reference_pages import reference_items
from autograd.site.shell import Item, LeftOut, SiteFile, SitePage, part, rendered
from autograd.site.start_page import start_items

SCRIPTS = ("storage", "lesson", "quiz", "cards", "start")
Job = Callable[[], Iterable[Item]]


def site(
    course: Course, pyodide: str | None = None, progress: Callable[[int, int], None] = lambda done, count: None
) -> tuple[dict[str, bytes], list[LeftOut]]:
    """Return the files of a site by their names, and what had to be left out of it."""
    count = len(course.lessons) + len([*jobs_of(course)])
    found: list[Item] = [*laboratory(course, pyodide)]  # first: what is refused here is refused at once
    told: dict[str, Lesson] = {}
    for slug, lesson in course.lessons.items():
        told[slug] = told_once(lesson)
        progress(len(told), count)
    chapters = {name: tuple(told[lesson.slug] for lesson in lessons) for name, lessons in course.chapters.items()}
    for done, job in enumerate(jobs_of(replace(course, chapters=chapters)), len(told) + 1):
        found += job()
        progress(done, count)
    pages = [item for item in found if isinstance(item, SitePage)]
    contents = {item.path: as_bytes(item.content) for item in found if isinstance(item, SiteFile)}
    known = {*contents, *(page.path for page in pages)}
    contents |= {page.path: rendered(page, known).encode() for page in pages}
    contents["index.html"] = contents.pop("index.html")  # the last to be written: where it is, all is there
    return contents, list(dict.fromkeys(item for item in found if isinstance(item, LeftOut)))


def told_once(lesson: Lesson) -> Lesson:
    """Return a lesson that is told now, and says the same whenever it is asked again: a site asks many times."""
    items = list(lesson.tell(lesson))
    return replace(lesson, tell=lambda own: iter(items))


def jobs_of(course: Course) -> Iterator[Job]:
    """Yield the parts of a site, each as a function that makes it."""
    cards, words = cache(lambda: deck(course)), cache(lambda: words_of(course, document("glossary")))
    yield look
    for lesson in course.lessons.values():
        yield lambda lesson=lesson: lesson_items(course, lesson, [c for c in cards() if c.lesson == lesson.slug])  # type: ignore[misc]
    yield lambda: start_items(course, cards(), words())
    yield lambda: card_items(course, cards())
    yield lambda: glossary_items(course, words())
    yield operation_items
    for part_of in (document_items, notebook_items, assignment_items):
        yield partial(part_of, course)
    yield reference_items


def look() -> Iterator[Item]:
    """Yield the style, the scripts and the schema of events; the judge of answers is that of the stage."""
    yield from (SiteFile(name, part(name)) for name in ("site.css", "icon.svg"))
    yield from (SiteFile(f"{name}.js", part(f"script/{name}.js")) for name in SCRIPTS)
    yield SiteFile("schema.json", files("autograd.explain").joinpath("schema.json").read_bytes())
    yield SiteFile("judge.js", "\n".join(part_of_stage(f"script/{name}.js") for name in ("numbers", "judge")))


def some_of(course: Course, slugs: Iterable[str]) -> Course:
    """Return a course of some of its lessons, in its own order; raise DataError for a name that it has not."""
    wanted = set(slugs)
    if not wanted:
        raise DataError(f"Name at least one lesson. There are: {', '.join(course.lessons)}.")
    if unknown := sorted(wanted - set(course.lessons)):
        raise DataError(f"There is no lesson {unknown[0]!r}.{near(unknown[0], course.lessons)}")
    chapters = {name: tuple(one for one in lessons if one.slug in wanted) for name, lessons in course.chapters.items()}
    notebooks = {name: on for name, on in course.notebooks.items() if not on or wanted.intersection(on)}
    return replace(course, chapters={name: some for name, some in chapters.items() if some}, notebooks=notebooks)
