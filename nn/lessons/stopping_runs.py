"""The runs of the early-stopping lesson: one neuron of twelve inputs, of which one matters, and its weights epoch by epoch."""

import math
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

from nn.data.datasets import linear_regression
from nn.layers import Neuron
from nn.losses import mse_loss
from nn.optim.optimizers import SGD
from nn.training.callbacks import EarlyStopping
from nn.training.fit import fit
from nn.training.history import History

EPOCHS, TRAINING, VALIDATION, BATCH = 60, 20, 40, 2
INPUTS, NOISE, LEARNING_RATE, TRUE = 12, 0.5, 0.02, 2.0


def data(n: int, seed: int, noise: float = NOISE) -> list[Any]:
    """Return examples of twelve inputs, of which only the first matters: y = 2·x₁ + noise."""
    return linear_regression(n, weights=[TRUE] + [0.0] * (INPUTS - 1), bias=0.0, noise=noise, rng=Random(seed))


@cache
def train(patience: int, noise: float = NOISE, watchers: tuple[Any, ...] = ()) -> tuple[History, EarlyStopping, Neuron]:
    """Train one linear neuron on twenty examples; return the history, the watcher, and the neuron that is kept."""
    model = Neuron(INPUTS, "linear", weights=[0.0] * INPUTS)
    optimizer, stopping = SGD(model.parameters(), LEARNING_RATE), EarlyStopping(patience)
    history = fit(
        model, data(TRAINING, 1, noise), mse_loss, optimizer, EPOCHS, BATCH,
        validation=data(VALIDATION, 11), callbacks=[stopping, *watchers], rng=Random(0),
    )  # fmt: skip
    return history, stopping, model


def noise_learned(model: Neuron) -> float:
    """Return the length of the eleven weights that should be 0."""
    return math.hypot(*(w.data for w in model.weights[1:]))


@dataclass(frozen=True)
class Epoch:
    """The weights after an epoch: w₁, and the length of the others, which should be 0."""

    w1: float
    others: float

    @property
    def distance(self) -> float:
        """How far they are from the true weights."""
        return math.hypot(self.w1 - TRUE, self.others)


class Weights:
    """A callback that notes the weights after each epoch."""

    def __init__(self) -> None:
        self.epochs: list[Epoch] = []

    def on_epoch_end(self, run: Any) -> None:
        """Note them."""
        self.epochs.append(Epoch(run.model.weights[0].data, noise_learned(run.model)))


@cache
def epochs(noise: float = NOISE) -> list[Epoch]:
    """Return the weights after each epoch of a run that nothing stops."""
    weights = Weights()
    train(EPOCHS, noise, (weights,))
    return weights.epochs


def stopping_epoch() -> int:
    """Return the epoch with the lowest validation loss."""
    return train(EPOCHS)[1].best_epoch or 0
