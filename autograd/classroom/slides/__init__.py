"""slides: a lesson as a deck for the projector, one slide an event, in PowerPoint or as one page that needs no network.

deck          what each slide says, and its picture
slide_page    as HTML, with slides.css and slides.js; powerpoint: as .pptx
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from autograd.classroom.lesson import Lesson, as_lesson
from autograd.classroom.slides.deck import Deck, deck_of
from autograd.classroom.slides.powerpoint import powerpoint
from autograd.classroom.slides.slide_page import slide_page
from autograd.errors import FileError
from autograd.file_io import check_place, file_path, write_file
from autograd.value import Value

FORMATS: dict[str, Callable[[Deck], bytes]] = {".pptx": powerpoint, ".html": lambda deck: slide_page(deck).encode()}


def slides(
    lesson: Lesson | Value | Callable[[], Value], every: str = "event", level: str = "op", dark: bool = False
) -> Deck:
    """Return a lesson as a deck: the question, a slide an event (or a phase), a guess before each answer, the plot.

    >>> deck = slides(Value(3.0, "x") * 2)
    >>> [slide.heading for slide in deck.slides]
    ['A graph', 'Forward, event 0', 'Backward, event 1', 'Backward, event 2', 'Guess first', 'Backward, event 3', 'Backward, event 4']

    `level` is as in `draw`; a graph too large for a slide is drawn at the next level that fits. Raises PictureError for an
    `every` or a `level` that there is not.
    """
    return deck_of(as_lesson(lesson), every, level, dark)


def check_name(path: str | Path) -> None:
    """Raise FileError for a name that no deck can have, before anything is drawn for it."""
    if file_path(path).suffix.lower() not in FORMATS:
        raise FileError(f"{str(path)!r} is no name for a deck: it should end in {' or '.join(FORMATS)}.")
    check_place(path)


def save_deck(deck: Deck, path: str | Path) -> Path:
    """Write a deck in the format of the name's suffix, .pptx or .html, and return its path."""
    check_name(path)
    return write_file(path, FORMATS[file_path(path).suffix.lower()](deck))
