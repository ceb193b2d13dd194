"""Lessons that need no network, in the order of the course, and the order of the whole course."""

from autograd.graph import number
from autograd.lessons import guessing_game, layer, mistakes_laboratory, one_neuron, published, tiny_network, xor_by_hand
from autograd.lessons.board import outer_product
from autograd.lessons.course import CHAPTERS, COURSE, PLACES
from autograd.lessons.exercise import Exercise, GradientOf, Wrong
from autograd.lessons.lesson import Lesson, Note, Story, measured, passes
from autograd.stepper import updates

LESSONS: tuple[Lesson, ...] = (
    tiny_network.LESSON,
    one_neuron.LESSON,
    layer.LESSON,
    xor_by_hand.LESSON,
    guessing_game.LESSON,
    mistakes_laboratory.LESSON,
    published.LESSON,
)

__all__ = [
    "CHAPTERS",
    "COURSE",
    "LESSONS",
    "PLACES",
    "Exercise",
    "GradientOf",
    "Lesson",
    "Note",
    "Story",
    "Wrong",
    "measured",
    "number",
    "outer_product",
    "passes",
    "updates",
]
