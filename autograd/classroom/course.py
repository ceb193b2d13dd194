"""A course: lessons by chapter, in the order in which they are taught."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from autograd.classroom.lesson import Lesson


@dataclass(frozen=True)
class Course:
    """Chapters, and the lessons of each in order.

    >>> Course({"Empty": ()}).slugs
    {'Empty': ()}
    """

    chapters: Mapping[str, tuple[Lesson, ...]]

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
