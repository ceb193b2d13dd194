"""Lessons that need no network, in the order of the course."""

from autograd.lessons import tiny_network, xor_by_hand
from autograd.lessons.lesson import Lesson, Note, Story, measured, passes

LESSONS: tuple[Lesson, ...] = (tiny_network.LESSON, xor_by_hand.LESSON)

__all__ = ["LESSONS", "Lesson", "Note", "Story", "measured", "passes"]
