"""The start page: chapters, and the question of each lesson."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from autograd.classroom import Course, Lesson
from autograd.pictures.texts import clean
from autograd.site.lesson_page import home
from autograd.site.shell import Item, SitePage, link


def start_items(course: Course) -> Iterator[Item]:
    """Yield the start page."""
    chapters = "\n".join(chapter(course, name, lessons) for name, lessons in course.chapters.items())
    yield SitePage("index.html", "Backpropagation, step by step", f"<h1>Backpropagation, step by step</h1>\n{chapters}")


def chapter(course: Course, name: str, lessons: tuple[Lesson, ...]) -> str:
    """Return a chapter with its lessons."""
    rows = "\n".join(entry(course, lesson) for lesson in lessons)
    return f'<section class="chapter">\n<h2>{escape(clean(name))}</h2>\n<ol class="lessons">\n{rows}\n</ol>\n</section>'


def entry(course: Course, lesson: Lesson) -> str:
    """Return a lesson's number, title and question."""
    place = course.place(lesson.slug)
    question = f"<p>{escape(clean(lesson.question))}</p>" if lesson.question else ""
    return f'<li value="{place}" data-lesson="{escape(lesson.slug)}"><h3>{link(home(lesson.slug), lesson.title)}</h3>{question}</li>'
