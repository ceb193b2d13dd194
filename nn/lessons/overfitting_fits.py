"""The networks of the overfitting lesson: the points, what is trained on them, and how far each ends from the truth."""

import math
from dataclasses import dataclass
from functools import cache, partial
from random import Random

from nn.data.batching import Data
from nn.layers import MLP, Layer, Sequential
from nn.losses import mse_loss
from nn.module import Module
from nn.optim.optimizers import Adam
from nn.regularization import Dropout, l2_penalty
from nn.training.fit import evaluate, fit
from nn.training.history import History

EPOCHS, LEARNING_RATE, STRENGTH, P, UNITS, SIGMA = 150, 0.05, 0.02, 0.2, 16, 0.4


def curve(x: float) -> float:
    """Return the truth that the points stray from: a parabola."""
    return 2 * x * x - 1


def noisy(n: int, rng: Random) -> Data[float]:
    """Return n points of the curve between −1 and 1, each moved up or down by noise with standard deviation 0.4."""
    xs = [-1 + 2 * (i + 0.5) / n for i in range(n)]
    return [([x], curve(x) + rng.gauss(0, SIGMA)) for x in xs]


@dataclass(frozen=True)
class Fit:
    """A network after training, and how it went."""

    model: Module
    history: History
    loss: float
    validation_loss: float


@cache
def fits() -> dict[str, Fit]:
    """Train a line, a network that is too large, and this one with L2, and with dropout."""
    large = partial(MLP, 1, [UNITS, 1])
    rng = Random(0)
    dropping = Sequential(Layer(1, UNITS, "relu", rng), Dropout(P, Random(5)), Layer(UNITS, 1, "linear", rng))
    return {
        "too small: a line": trained(MLP(1, [1], rng=Random(0))),
        f"too large: {UNITS} ReLUs": trained(large(rng=Random(0))),
        f"{UNITS} ReLUs, L2 (λ = {STRENGTH})": trained(large(rng=Random(0)), STRENGTH),
        f"{UNITS} ReLUs, dropout (p = {P})": trained(dropping),
    }


def trained(model: Module, strength: float = 0.0, points: Data[float] | None = None, epochs: int = EPOCHS) -> Fit:
    """Train a model on ten points, if no others are given, with twenty others to validate."""
    train, validation = points or noisy(10, Random(1)), noisy(20, Random(51))
    parameters = model.parameters()
    penalty = partial(l2_penalty, parameters, strength) if strength else None
    optimizer = Adam(parameters, LEARNING_RATE)
    history = fit(model, train, mse_loss, optimizer, epochs, 10, validation=validation, rng=Random(1), penalty=penalty)
    return Fit(model, history, evaluate(model, train, mse_loss), evaluate(model, validation, mse_loss))


def best(one: Fit) -> tuple[int, float]:
    """Return the epoch with the lowest validation loss, and that loss."""
    losses = one.history.validation_loss
    return losses.index(min(losses)) + 1, min(losses)


def endless(one: Fit) -> float:
    """Return the loss that a network has in the mean over all points of the curve with noise."""
    xs = [-1 + 2 * (i + 0.5) / 200 for i in range(200)]
    return SIGMA**2 + evaluate(one.model, [([x], curve(x)) for x in xs], mse_loss)


@cache
def without_noise() -> Fit:
    """Train the large network on points that lie on the parabola."""
    return trained(MLP(1, [UNITS, 1], rng=Random(0)), points=[([x], curve(x)) for (x,), _ in noisy(10, Random(1))])


def noise() -> float:
    """Return the loss of the curve itself on the validation points."""
    points = noisy(20, Random(51))
    return math.fsum((curve(x) - y) ** 2 for (x,), y in points) / len(points)


def epochs_for(points: int) -> int:
    """Return in how many epochs so many points make about as many updates as ten."""
    return math.ceil(10 * EPOCHS / points)


@cache
def fed(points: int) -> Fit:
    """Train the large network on more points, with about as many updates as on ten."""
    return trained(MLP(1, [UNITS, 1], rng=Random(0)), points=noisy(points, Random(1)), epochs=epochs_for(points))
