"""The networks of the lesson on vanishing and exploding gradients, and what is measured on them."""

import math
from collections.abc import Callable
from random import Random
from statistics import pstdev
from typing import Any

from autograd import Value
from nn.activations import ACTIVATIONS
from nn.init import Init, xavier
from nn.init import he as he_init
from nn.layers import Layer, Sequential
from nn.losses import mse_loss
from nn.module import Module
from nn.monitor.gradients import grad_norm
from nn.regularization import BatchNorm1d, Residual

DEPTH, WIDTH, EXAMPLES = 12, 6, 8


def network(activation: str, init: Init | None = None, residual: bool = False, norm: bool = False) -> Sequential:
    """Return eleven hidden layers of six units and one output; with a path past each layer, or a batch norm in each unit."""
    rng, parts = Random(0), list[Any]()
    for _ in range(DEPTH - 1):
        layer = Layer(WIDTH, WIDTH, "linear" if norm else activation, rng, init=init)
        parts += [layer, BatchNorm1d(WIDTH), each(activation)] if norm else [Residual(layer) if residual else layer]
    return Sequential(*parts, Layer(WIDTH, 1, "linear", rng))


def each(activation: str) -> Callable[[list[Value]], list[Value]]:
    """Return the function that activates every number of a row."""
    return lambda row: [ACTIVATIONS[activation](z) for z in row]


def layers(model: Sequential) -> list[Module]:
    """Return all layers that have weights, from the first to the last."""
    return [part for part in model.layers if isinstance(part, (Layer, Residual))]


def scaled(init: Init, factor: float) -> Init:
    """Return an initialisation times a factor."""
    return lambda nin, nout, rng: [factor * w for w in init(nin, nout, rng)]


def batch() -> tuple[list[list[float]], list[list[float]]]:
    """Return eight examples of six numbers, each with a target of −1 or 1."""
    rng = Random(1)
    inputs = [[rng.gauss(0, 1) for _ in range(WIDTH)] for _ in range(EXAMPLES)]
    return inputs, [[rng.choice([-1.0, 1.0])] for _ in range(EXAMPLES)]


def backward(model: Sequential) -> float:
    """Go forward and backward once, and return the loss."""
    inputs, targets = batch()
    model.zero_grad()
    loss: Value = mse_loss(model.batch(inputs), targets)
    loss.backward()
    return loss.data


def norms(model: Sequential) -> list[float]:
    """Return the gradient norm of each layer, from the first to the last."""
    backward(model)
    return [grad_norm(layer.parameters()) for layer in layers(model)]


def fourfold(nin: int, nout: int, rng: Random) -> list[float]:
    """Return weights four times as large as Xavier's."""
    return list(scaled(xavier, 4)(nin, nout, rng))


def first_over_last(activation: str, init: Init) -> float:
    """Return the gradient norm of the first layer over that of the last; ¼·4·w is w, so linear stands for four times the weights."""
    found = norms(network(activation, init))
    return found[0] / found[-1]


def outputs(model: Sequential) -> list[list[list[float]]]:
    """Return what each hidden layer makes of the batch: for each layer, a row for each example."""
    rows, found = batch()[0], []
    for layer in model.layers[:-1]:
        rows = [[out.data for out in layer(row)] for row in rows]
        found.append(rows)
    return found


def sigmoid_slopes(model: Sequential) -> list[float]:
    """Return the slope of every sigmoid for every example, a·(1 − a)."""
    return [a * (1 - a) for rows in outputs(model) for row in rows for a in row]


def growth(times_he: float) -> float:
    """Return by what factor the size of the activations grows from one hidden layer to the next, in the (geometric) mean."""
    first, *_, last = (
        math.hypot(*(a for row in rows for a in row)) for rows in outputs(network("relu", scaled(he_init, times_he)))
    )
    return float((last / first) ** (1 / (DEPTH - 2)))


def deviations() -> list[float]:
    """Return the standard deviation of every sum over the batch, before batch normalisation."""
    rows: Any = batch()[0]
    found = list[float]()
    parts: list[Any] = list(network("sigmoid", norm=True).layers[:-1])
    for layer, norm, activate in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        sums = [layer(row) for row in rows]
        found += [pstdev(z.data for z in unit) for unit in zip(*sums, strict=True)]
        rows = [activate(row) for row in norm.batch(sums)]
    return found
