"""The course: its chapters, and the lessons of each in the order in which they are taught."""

from autograd.classroom import Course
from nn.lessons import (
    activations,
    batches,
    dials,
    digits,
    early_stopping,
    guessing_game,
    hidden_space,
    landscapes,
    layer,
    learning_rates,
    linear_trap,
    loan_neuron,
    losses,
    memory,
    mistakes_laboratory,
    one_line,
    one_neuron,
    optimizers,
    overfitting,
    published,
    schedules,
    three_layers,
    tiny_network,
    training_loop,
    universal_approximation,
    vanishing_gradients,
    why_backprop,
    xor_by_hand,
    xor_training,
)

COURSE = Course(
    {
        "One neuron": (tiny_network.LESSON, one_neuron.LESSON, layer.LESSON, loan_neuron.LESSON, one_line.LESSON),
        "Many neurons": (xor_by_hand.LESSON, xor_training.LESSON, linear_trap.LESSON, activations.LESSON),
        "How wrong, and whose fault": (
            losses.LESSON,
            three_layers.LESSON,
            vanishing_gradients.LESSON,
            why_backprop.LESSON,
            memory.LESSON,
        ),
        "Downhill": (
            batches.LESSON,
            learning_rates.LESSON,
            optimizers.LESSON,
            schedules.LESSON,
            early_stopping.LESSON,
            landscapes.LESSON,
        ),
        "Training": (
            training_loop.LESSON,
            dials.LESSON,
            overfitting.LESSON,
            guessing_game.LESSON,
            universal_approximation.LESSON,
            digits.LESSON,
        ),
        "The laboratory": (mistakes_laboratory.LESSON, published.LESSON, hidden_space.LESSON),
    }
)
