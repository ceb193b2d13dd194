"""A course: lessons by chapter, in the order in which they are taught."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from autograd.classroom.definition import Flashcard
from autograd.classroom.lesson import Lesson


@dataclass(frozen=True)
class Course:
    """Chapters, the lessons of each in order, and the notebooks that work on them.

    >>> Course({"Empty": ()}).slugs
    {'Empty': ()}
    """

    chapters: Mapping[str, tuple[Lesson, ...]]
    cards: tuple[Flashcard, ...] = ()
    notebooks: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict
    )  # the slugs of the lessons that each works on

    @cached_property
    def lessons(self) -> dict[str, Lesson]:
        """All lessons, by slug, in the order of the course."""
        return {lesson.slug: lesson for lessons in self.chapters.values() for lesson in lessons}

    @property
    def slugs(self) -> dict[str, tuple[str, ...]]:
        """The slugs of each chapter's lessons."""
        return {chapter: tuple(lesson.slug for lesson in lessons) for chapter, lessons in self.chapters.items()}

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
        following = [*self.lessons.values()][self.place(slug) :]
        lines += [f"Next:      python3 -m autograd step {lesson.slug} ({lesson.title})" for lesson in following[:1]]
        return "\n".join(lines if following else [*lines, "This was the last lesson."])
