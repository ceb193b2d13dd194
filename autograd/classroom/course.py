"""A course: lessons by chapter, in the order in which they are taught."""

import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from autograd.classroom.definition import Flashcard
from autograd.classroom.lesson import Lesson


class Chapter(Sequence[Lesson]):
    """The lessons of a chapter by their slugs: `load` brings each when it is asked for, and none before."""

    def __init__(self, slugs: Sequence[str], load: Callable[[str], Lesson]) -> None:
        self.slugs, self.load = tuple(slugs), load

    def __getitem__(self, place: Any) -> Any:
        """The lesson at a place, or those of a slice."""
        found = self.slugs[place]
        return self.load(found) if isinstance(found, str) else Chapter(found, self.load)

    def __len__(self) -> int:
        return len(self.slugs)


class LessonsBySlug(Mapping[str, Lesson]):
    """All lessons of some chapters, by slug, in their order."""

    def __init__(self, chapters: Mapping[str, Sequence[Lesson]]) -> None:
        self.places = {slug: (one, i) for one in chapters.values() for i, slug in enumerate(slugs_of(one))}

    def __getitem__(self, slug: str) -> Lesson:
        lessons, place = self.places[slug]
        return lessons[place]

    def __contains__(self, slug: object) -> bool:
        return slug in self.places

    def __iter__(self) -> Iterator[str]:
        return iter(self.places)

    def __len__(self) -> int:
        return len(self.places)


def slugs_of(lessons: Sequence[Lesson]) -> tuple[str, ...]:
    """Return the slugs of lessons; no lesson of a Chapter is loaded for that."""
    return lessons.slugs if isinstance(lessons, Chapter) else tuple(lesson.slug for lesson in lessons)


@dataclass(frozen=True)
class Course:
    """Chapters, the lessons of each in order, and the notebooks that work on them.

    >>> Course({"Empty": ()}).slugs
    {'Empty': ()}
    """

    chapters: Mapping[str, Sequence[Lesson]]
    cards: tuple[Flashcard, ...] = ()
    notebooks: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict
    )  # the slugs of the lessons that each works on

    @cached_property
    def lessons(self) -> Mapping[str, Lesson]:
        """All lessons, by slug, in the order of the course."""
        return LessonsBySlug(self.chapters)

    @property
    def slugs(self) -> dict[str, tuple[str, ...]]:
        """The slugs of each chapter's lessons."""
        return {chapter: slugs_of(lessons) for chapter, lessons in self.chapters.items()}

    def place(self, slug: str) -> int:
        """Return a lesson's number in the course, from 1."""
        return list(self.lessons).index(slug) + 1

    def chapter(self, slug: str) -> str:
        """Return the chapter that a lesson belongs to."""
        return next(chapter for chapter, slugs in self.slugs.items() if slug in slugs)

    def after(self, slug: str) -> str:
        """Return what a student does after a lesson: its quiz, its notebook, the lesson that follows."""
        lines = [f"Quiz:      python3 -m autograd quiz {slug}"]
        lines += [f"Notebook:  notebooks/{name}.ipynb" for name, slugs in self.notebooks.items() if slug in slugs]
        following = list(self.lessons)[self.place(slug) :]
        for name in following[:1]:
            line = f"Next:      python3 -m autograd step {name} ({self.lessons[name].title})"
            lines += textwrap.wrap(line, 100, subsequent_indent=" " * 11)
        return "\n".join(lines if following else [*lines, "This was the last lesson."])
