"""Lessons with networks, in the order of the course."""

from autograd.lessons import Lesson
from nn.lessons import (
    activations,
    batches,
    digits,
    early_stopping,
    hidden_space,
    learning_rates,
    linear_trap,
    loan_neuron,
    losses,
    memory,
    one_line,
    optimizers,
    schedules,
    three_layers,
    universal_approximation,
    vanishing_gradients,
    why_backprop,
    xor_training,
)

LESSONS: tuple[Lesson, ...] = (
    loan_neuron.LESSON,
    one_line.LESSON,
    xor_training.LESSON,
    linear_trap.LESSON,
    activations.LESSON,
    losses.LESSON,
    three_layers.LESSON,
    vanishing_gradients.LESSON,
    why_backprop.LESSON,
    memory.LESSON,
    batches.LESSON,
    learning_rates.LESSON,
    optimizers.LESSON,
    schedules.LESSON,
    early_stopping.LESSON,
    universal_approximation.LESSON,
    digits.LESSON,
    hidden_space.LESSON,
)
