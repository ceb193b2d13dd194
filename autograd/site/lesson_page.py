"""A lesson in the site: its page, and in the same folder its stage and its handout."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from autograd.classroom import Course, Lesson
from autograd.classroom.handout import handout
from autograd.pictures.texts import clean
from autograd.player import play
from autograd.site.shell import Item, SiteFile, SitePage, link


def home(slug: str) -> str:
    """Return where a lesson's page lies."""
    return f"lessons/{slug}/index.html"


def lesson_items(course: Course, lesson: Lesson) -> Iterator[Item]:
    """Yield all that a site has of a lesson."""
    folder = f"lessons/{lesson.slug}"
    yield SitePage(home(lesson.slug), lesson.title, lesson_body(course, lesson), door="index.html")
    yield SiteFile(f"{folder}/stage.html", play(lesson).html)
    yield SiteFile(f"{folder}/handout.html", handout(lesson).html()[""])


def lesson_body(course: Course, lesson: Lesson) -> str:
    """Return what stands on the page of a lesson."""
    folder = f"lessons/{lesson.slug}"
    return "\n".join(
        [
            f'<p class="chapter">{escape(course.chapter(lesson.slug))} · lesson {course.place(lesson.slug)}</p>',
            f"<h1>{escape(clean(lesson.title))}</h1>",
            f'<p class="question">{escape(clean(lesson.question))}</p>' if lesson.question else "",
            '<p class="actions">',
            link(f"{folder}/stage.html", "Step through it", "first"),
            link(f"{folder}/handout.html", "Handout"),
            "</p>",
        ]
    )
