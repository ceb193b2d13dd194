"""The runs of the batches lesson: a line through a thousand noisy points, by batch, mini-batch and stochastic descent."""

import math
import statistics
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

from nn.data.datasets import linear_regression
from nn.layers import Neuron
from nn.losses import mse_loss
from nn.optim.optimizers import SGD
from nn.training.fit import fit

DATA = linear_regression(1000, weights=[2.0], bias=1.0, noise=0.5, rng=Random(0))
LEARNING_RATE, EPOCHS = 0.1, 10


@dataclass(frozen=True)
class Run:
    """One training: the batch size, the path of (w, b) step by step, the loss of each epoch."""

    size: int
    path: list[tuple[float, float]]
    losses: list[float]

    @property
    def steps(self) -> int:
        """How many steps an epoch has."""
        return (len(self.path) - 1) // EPOCHS

    @property
    def wobble(self) -> float:
        """How much w varies over the steps of the last epoch: its standard deviation there."""
        return statistics.pstdev(w for w, _ in self.path[-self.steps :])

    def distance(self, epochs: int) -> float:
        """How far (w, b) is from the best after some epochs."""
        return math.dist(self.path[epochs * self.steps], best())


@cache
def run(size: int) -> Run:
    """Train a line from (0, 0) with batches of one size."""
    line = Neuron(1, "linear", weights=[0.0])
    path = [(0.0, 0.0)]

    class Tracker:
        def on_step_end(self, _: Any) -> None:
            path.append((line.weights[0].data, line.bias.data))

    optimizer = SGD(line.parameters(), LEARNING_RATE)
    history = fit(line, DATA, mse_loss, optimizer, EPOCHS, batch_size=size, callbacks=[Tracker()], rng=Random(1))
    return Run(size, path, history.loss)


def best() -> tuple[float, float]:
    """Return the w and b with the least loss on all examples, by the formula of least squares."""
    xs, ys = [x for (x,), _ in DATA], [y for _, y in DATA]
    w = statistics.covariance(xs, ys) / statistics.variance(xs)
    return w, statistics.fmean(ys) - w * statistics.fmean(xs)
