"""Lessons with networks, in the order of the course."""

from autograd.lessons import Lesson
from nn.lessons import xor_training

LESSONS: tuple[Lesson, ...] = (xor_training.LESSON,)
