"""The start page: chapters, the question of each lesson, and the search over lessons, cards and words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from autograd.classroom import Claim, Course, Flashcard, Lesson
from autograd.pictures.texts import clean, counted
from autograd.player.page import embedded
from autograd.site.card_page import identity
from autograd.site.glossary_page import Word, anchor
from autograd.site.lesson_page import lesson_path
from autograd.site.shell import Item, SiteFile, SitePage, link, part

SCRIPTS = ("storage.js", "search-index.js", "start.js")


def start_items(course: Course, cards: Sequence[Flashcard], words: Sequence[Word]) -> Iterator[Item]:
    """Yield the start page, and the index that it searches: a script, since a page on a disk can fetch nothing."""
    chapters = "\n".join(chapter(course, name, lessons) for name, lessons in course.chapters.items())
    body = (
        part("start.html")
        .replace("{{chapters}}", chapters)
        .replace("{{count}}", counted(len(course.lessons), "lesson"))
    )
    yield SitePage("index.html", "Backpropagation, step by step", body, SCRIPTS)
    found = [*map(lesson_entry, course.lessons.values()), *map(card_entry, cards), *map(word_entry, words)]
    yield SiteFile("search-index.js", f"const INDEX = {embedded({'entries': found})};\n")


def chapter(course: Course, name: str, lessons: Sequence[Lesson]) -> str:
    """Return a chapter with its lessons."""
    rows = "\n".join(entry(course, lesson) for lesson in lessons)
    return f'<section class="chapter">\n<h2>{escape(clean(name))}</h2>\n<ol class="lessons">\n{rows}\n</ol>\n</section>'


def entry(course: Course, lesson: Lesson) -> str:
    """Return a lesson's number, title and question."""
    place = course.place(lesson.slug)
    question = f"<p>{escape(clean(lesson.question))}</p>" if lesson.question else ""
    return (
        f'<li><span class="place">{place}</span><h3>{link(lesson_path(lesson.slug), lesson.title)}</h3>{question}</li>'
    )


def lesson_entry(lesson: Lesson) -> dict[str, str]:
    """Return what is found of a lesson: its name, its question, and all that it says."""
    said = [
        item.text if isinstance(item, Claim) else item for item in lesson.tell(lesson) if isinstance(item, str | Claim)
    ]
    defined = [text for word in lesson.definitions() for text in (word.term, word.words)]
    return {
        "kind": "lesson",
        "title": lesson.title,
        "text": lesson.question,
        "more": " ".join([lesson.slug, *said, *defined]),
        "path": lesson_path(lesson.slug),
    }


def card_entry(card: Flashcard) -> dict[str, str]:
    """Return what is found of a card."""
    return {"kind": "card", "title": card.question, "text": card.answer, "path": f"cards.html#card={identity(card)}"}


def word_entry(word: Word) -> dict[str, str]:
    """Return what is found of a word."""
    return {"kind": "word", "title": word.term, "text": word.words, "path": f"glossary.html#{anchor(word.term)}"}
