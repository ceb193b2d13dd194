"""Flashcards to learn with: three boxes, kept in the browser; and the whole deck as a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from html import escape

from autograd.classroom import Course, Flashcard, Lesson
from autograd.classroom.flashcards import as_json, as_tsv
from autograd.pictures.texts import clean
from autograd.player.page import embedded
from autograd.site.shell import Item, SiteFile, SitePage, part


def card_items(course: Course, cards: Sequence[Flashcard]) -> Iterator[Item]:
    """Yield the page to learn with, and the deck as files."""
    chosen = "".join(
        f'<option value="{slug}">{escape(clean(lesson.title))}</option>' for slug, lesson in lessons(course, cards)
    )
    body = part("cards.html").replace("{{lessons}}", chosen)
    told = [
        {"id": identity(card), "front": card.question, "back": card.answer, "lesson": card.lesson} for card in cards
    ]
    data = f'<script type="application/json" id="deck">{embedded({"cards": told})}</script>'
    yield SitePage("cards.html", "Flashcards", f"{body}\n{data}", ("storage.js", "cards.js"))
    yield SiteFile("cards.tsv", as_tsv(cards, course))
    yield SiteFile("cards.json", as_json(cards, course))


def lessons(course: Course, cards: Sequence[Flashcard]) -> Iterator[tuple[str, Lesson]]:
    """Yield the lessons that have cards."""
    own = {card.lesson for card in cards}
    return ((slug, lesson) for slug, lesson in course.lessons.items() if slug in own)


def identity(card: Flashcard) -> str:
    """Return the name by which a box knows a card: it stays while the question does."""
    return sha256(card.question.encode()).hexdigest()[:10]
