"""The networks that fit a curve: built by hand, a ReLU at each knot, and trained on seventeen points."""

import math
from functools import cache
from itertools import pairwise
from random import Random

from autograd import no_grad
from nn.layers import MLP
from nn.losses import mse_loss
from nn.optim.optimizers import Adam
from nn.training.fit import fit

UNITS, TRAINED_UNITS, SEEDS = (2, 4, 8, 16, 32), (2, 4, 8, 16), (0, 1, 2)
EPOCHS, LEARNING_RATE = 100, 0.05


def curve(x: float) -> float:
    """Return the curve that is to be fitted: one wave of a sine, from −1 to 1."""
    return math.sin(math.pi * x)


def even(n: int) -> list[float]:
    """Return n + 1 numbers from −1 to 1, evenly."""
    return [-1 + 2 * i / n for i in range(n + 1)]


def by_hand(units: int) -> MLP:
    """Return the network with a ReLU at each knot: it goes through the curve at every knot, straight between them.

    Unit i is relu(x − knot i): 0 up to the knot, then a line of slope 1. Its weight in the sum is by how much the
    slope changes there.
    """
    knots = even(units)
    heights = [curve(x) for x in knots]
    slopes = [(b - a) * units / 2 for a, b in pairwise(heights)]
    changes = [b - a for a, b in pairwise([0.0, *slopes])]
    return MLP(1, [units, 1], weights=[[[1.0]] * units, [changes]], biases=[[-x for x in knots[:-1]], [heights[0]]])


@cache
def trained(units: int, seed: int) -> MLP:
    """Return a network of as many units that has learned the curve from 17 points on it."""
    model = MLP(1, [units, 1], rng=Random(seed))
    data = [([x], curve(x)) for x in even(16)]
    fit(model, data, mse_loss, Adam(model.parameters(), LEARNING_RATE), EPOCHS, 5, rng=Random(1))
    return model


def worst(model: MLP) -> float:
    """Return the largest distance from the curve, at 201 points."""
    with no_grad():
        return max(abs(model([x])[0].data - curve(x)) for x in even(200))


@cache
def errors() -> tuple[dict[int, float], dict[tuple[int, int], float]]:
    """Return the largest error by hand for each number of units, and by training for units and seed."""
    runs = [(n, seed) for n in TRAINED_UNITS for seed in (SEEDS if n <= 4 else SEEDS[:1])]
    return {n: worst(by_hand(n)) for n in UNITS}, {run: worst(trained(*run)) for run in runs}
