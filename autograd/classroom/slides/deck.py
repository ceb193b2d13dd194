"""What a deck says, slide by slide, as plain data; pictures are drawn when they are written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

from autograd.classroom.lesson import Lesson
from autograd.classroom.plot_files import plot_file
from autograd.classroom.questions import question_text
from autograd.errors import PictureError
from autograd.explain.events import Chain, Event
from autograd.pictures import LEVELS, one_of
from autograd.pictures.ground import Ground
from autograd.pictures.levels import grouping, places
from autograd.pictures.picture import Picture
from autograd.pictures.scene import scene
from autograd.pictures.snapshot import At
from autograd.pictures.texts import clean, counted
from autograd.value import Value

WIDTH = 1920  # pixels of a picture
MOST_NODES = 24  # of a picture that can be read from the last row
MOST_LINES = 5  # of a phase
LONGEST_LINE = 70  # letters, there; of a longer one only name and number
TIME = 60.0  # seconds for Graphviz, a picture
GUESS = "Guess first"
EVERY = ("event", "phase")


@dataclass(frozen=True)
class Slide:
    """One slide: what stands on it, what the speaker says, and the picture or the plot (a PNG)."""

    heading: str
    sentence: str
    formula: str = ""
    notes: str = ""
    picture: Picture | None = field(default=None, repr=False)
    plot: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class Deck:
    """The slides of a lesson, for a light or a dark room; `remark` says what is not on them, and why."""

    title: str
    slides: tuple[Slide, ...]
    dark: bool = False
    remark: str = ""


@dataclass(frozen=True)
class Moment:
    """What one slide tells: an event, or all of a phase with its last event; its number, and the texts after it."""

    place: int
    events: tuple[Event, ...]
    texts: tuple[str, ...]

    @property
    def event(self) -> Event:
        """The last."""
        return self.events[-1]

    @property
    def root(self) -> Value:
        """Where its graph ends: a topological order ends with its root."""
        return next(reversed(list(self.event.names)))


def deck_of(lesson: Lesson, every: str, level: str, dark: bool) -> Deck:
    """Return the deck of a lesson."""
    one_of("deck of one slide every", every, EVERY)
    one_of("level", level, LEVELS)
    before, told = moments(lesson)
    shown = told if every == "event" else by_phase(told)
    artist = Artist(level, dark)
    slides = [opening(lesson, before, shown, artist), *overviews(shown, artist), *answers(shown, artist, every)]
    plot, remark = plotted(lesson, dark)
    return Deck(clean(lesson.title), (*slides, *plot), dark, remark)


def moments(lesson: Lesson) -> tuple[list[str], list[Moment]]:
    """Return the texts before the first event, and each event with the texts after it."""
    before: list[str] = []
    told: list[tuple[Event, list[str]]] = []
    for item in lesson.story():
        if isinstance(item, Event):
            told.append((item, []))
        else:
            (told[-1][1] if told else before).append(item)
    return before, [Moment(i, (event,), tuple(texts)) for i, (event, texts) in enumerate(told)]


def by_phase(told: list[Moment]) -> list[Moment]:
    """Return the moments of each phase as one."""
    groups = [list(group) for _, group in groupby(told, lambda one: (id(one.root), one.event.round, one.event.phase))]
    return [
        Moment(group[-1].place, tuple(one.event for one in group), tuple(text for one in group for text in one.texts))
        for group in groups
    ]


class Artist:
    """Draws the moments of a deck, all in one look."""

    def __init__(self, level: str, dark: bool) -> None:
        self.level, self.ground = level, Ground(WIDTH, dark, transparent=True)

    def draw(self, root: Value, at: Event | int, level: str = "", most: int = MOST_NODES) -> Picture:
        """Return the graph at a moment, at a level at which it fits a slide; nothing is written below it."""
        now = At(root, at)
        now.silent = True
        chosen, _ = grouping(now.order, level or self.level, most)
        return Picture(scene(now.names, chosen), now, "LR", TIME, ground=self.ground)


def opening(lesson: Lesson, before: list[str], shown: list[Moment], artist: Artist) -> Slide:
    """Return the slide of the question."""
    picture = artist.draw(shown[0].root, -1) if shown else None
    question = lesson.question or "What is the gradient of each leaf?"
    return Slide(clean(lesson.title), clean(question), notes=spoken(before), picture=picture)


def overviews(shown: list[Moment], artist: Artist) -> Iterator[Slide]:
    """Yield a graph that is too large for one slide, from its outermost level down to the one of the deck."""
    if not shown:
        return
    order = list(shown[0].event.names)
    chosen, _ = grouping(order, artist.level, MOST_NODES)
    if chosen.level == artist.level or not any(places(order).values()):
        return
    for level in reversed(LEVELS[LEVELS.index(chosen.level) :]):
        picture = artist.draw(shown[0].root, -1, level)
        size = counted(len(order), "node")
        yield Slide(f"Level: {level}", f"The graph has {size}: here one box for each {level}.", picture=picture)


def answers(shown: list[Moment], artist: Artist, every: str) -> Iterator[Slide]:
    """Yield the slide of each moment, and before an answer one to guess it, with the graph as it was."""
    before = artist.draw(shown[0].root, -1) if shown else None
    for moment in shown:
        if question := asked(moment):
            yield Slide(GUESS, clean(question), notes=clean("\n".join(moment.event.lines)), picture=before)
        before = artist.draw(moment.root, moment.event)
        phase = moment.event.phase.capitalize()
        heading = f"{phase}, event {moment.place}" if every == "event" else phase
        yield Slide(heading, clean(moment.event.words), formula(moment), spoken(moment.texts, moment), before)


def asked(moment: Moment) -> str:
    """Return what a class can guess before a moment: a contribution; nothing where there is none to guess."""
    chains = [event for event in moment.events if isinstance(event, Chain)]
    return question_text(chains[-1]) if chains and abs(chains[-1].contribution) < float("inf") else ""


def formula(moment: Moment) -> str:
    """Return the lines of a moment; of a phase, the last results."""
    if len(moment.events) == 1:
        return clean("\n".join(moment.event.lines))
    lines = [short_line(event.lines[-1]) for event in moment.events if not isinstance(event, Chain)]
    return clean("\n".join(["…"] * (len(lines) > MOST_LINES) + lines[-MOST_LINES:]))


def short_line(line: str) -> str:
    """Return a line; of a long one what it is of, and the number.

    >>> short_line("y = w·x = 6"), short_line("y = " + "w·x + " * 20 + "b = 7")
    ('y = w·x = 6', 'y = 7')
    """
    parts = line.split(" = ")
    return line if len(line) <= LONGEST_LINE else f"{parts[0]} = {parts[-1]}"


def spoken(texts: list[str] | tuple[str, ...], moment: Moment | None = None) -> str:
    """Return the speaker's notes: of a phase every event, then what the lesson says."""
    lines = [line for event in moment.events for line in event.lines] if moment and len(moment.events) > 1 else []
    return clean("\n\n".join(filter(None, ["\n".join(lines), *(text.removeprefix("# ") for text in texts)])))


def plotted(lesson: Lesson, dark: bool) -> tuple[list[Slide], str]:
    """Return the slide of the plot; without matplotlib none, and a sentence."""
    if lesson.plot is None:
        return [], ""
    try:
        plot = plot_file(lesson, ".png", Ground(WIDTH, dark))
    except PictureError as error:
        return [], f"The plot is left out. {error}"
    return [Slide("The plot", clean(lesson.title), plot=plot)], ""
