"""Lessons with networks, in the order of the course."""

from autograd.lessons import Lesson
from nn.lessons import activations, hidden_space, linear_trap, loan_neuron, losses, one_line, three_layers, xor_training

LESSONS: tuple[Lesson, ...] = (
    loan_neuron.LESSON,
    one_line.LESSON,
    xor_training.LESSON,
    linear_trap.LESSON,
    activations.LESSON,
    losses.LESSON,
    three_layers.LESSON,
    hidden_space.LESSON,
)
