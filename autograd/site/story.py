"""The story of a lesson as HTML: its texts and words; where events stand between them, the way to the stage."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from autograd.classroom import Claim, Definition, Lesson
from autograd.classroom.walkthrough import is_listing
from autograd.explain.events import Event
from autograd.pictures.texts import clean


def story(lesson: Lesson) -> str:
    """Return what a lesson tells."""
    return "\n".join(elements(lesson.tell(lesson), f"@/lessons/{lesson.slug}/stage.html"))


def elements(items: Iterable[str | Event | Claim | Definition], stage: str) -> Iterator[str]:
    """Yield each text as an element, and each run of events as one link.

    >>> list(elements(["# Forward", "A text."], "@/stage.html"))
    ['<h2>Forward</h2>', '<p>A text.</p>']
    """
    count, run = 0, 0
    for item in items:
        if isinstance(item, Event):
            run += 1
            continue
        if run:
            yield events(count, run, stage)
        count, run = count + run, 0
        yield definition(item) if isinstance(item, Definition) else text(item.text if isinstance(item, Claim) else item)
    if run:
        yield events(count, run, stage)


def events(first: int, run: int, stage: str) -> str:
    """Return the way to some events on the stage."""
    which = f"Event {first}" if run == 1 else f"Events {first} to {first + run - 1}"
    return f'<p class="events"><a href="{stage}#step={first}">{which} on the stage</a></p>'


def text(given: str) -> str:
    """Return a heading, a table or a paragraph."""
    given = clean(given)
    if given.startswith("# "):
        return f"<h2>{escape(given[2:])}</h2>"
    return listing(given) if is_listing(given) else f"<p>{escape(given)}</p>"


def listing(given: str) -> str:
    """Return lines that stand as they are; where they are too wide for a page, they can be moved with keys too."""
    return f'<pre tabindex="0">{escape(clean(given))}</pre>'


def definition(word: Definition) -> str:
    """Return a word of the course with its meaning and its formula."""
    formulas = "".join(f'<p class="formula">{formula}</p>' for formula in word.mathml)
    term = clean(word.title)
    return f'<div class="word"><p><dfn>{escape(term)}</dfn> {escape(clean(word.words))}</p>{formulas}</div>'
