"""What is left of learning when one part of it is missing: XOR by 2-3-1, complete, and without each part in turn."""

import math
from collections.abc import Sequence
from functools import cache
from random import Random

from autograd import Value
from autograd.explain.notation import as_table
from nn.data.datasets import xor
from nn.layers import MLP
from nn.losses import binary_cross_entropy_with_logits
from nn.optim.optimizers import SGD

RATE, EPOCHS, TRIES = 0.5, 300, 2000
PARTS = {
    "none": "the network 2-3-1 with tanh, complete",
    "architecture": "one neuron, without a hidden layer",
    "activation": "the hidden layer is linear",
    "forward pass": "it is given 0 for every input",
    "loss": "the targets are drawn anew at each step",
    "backpropagation": "each gradient gets a random sign",
    "descent": "the weights are not moved",
}  # what is left out, and what takes its place


def network(without: str = "none") -> MLP:
    """Return the network, without a hidden layer or with a linear one where that is left out."""
    activation = "linear" if without == "activation" else "tanh"
    return MLP(2, [1] if without == "architecture" else [3, 1], activation, rng=Random(1))


def loss_of(model: MLP, inputs: Sequence[Sequence[float]], targets: Sequence[int]) -> Value:
    """Return the mean cross-entropy."""
    return binary_cross_entropy_with_logits([model(x) for x in inputs], targets)


@cache
def trained(without: str = "none") -> float:
    """Train with one part missing, and return the loss on XOR in the end."""
    model, rng = network(without), Random(0)
    inputs, targets = zip(*xor(), strict=True)
    seen = [[0.0, 0.0] for _ in inputs] if without == "forward pass" else inputs
    optimizer = SGD(model.parameters(), RATE)
    for _ in range(EPOCHS):
        asked = [rng.randrange(2) for _ in targets] if without == "loss" else targets
        optimizer.zero_grad()
        loss_of(model, seen, asked).backward()
        if without == "backpropagation":
            for p in model.parameters():
                p.grad = rng.choice((-1, 1)) * (p.grad or 0.0)
        if without != "descent":
            optimizer.step()
    return loss_of(model, seen, targets).data


@cache
def searched() -> float:
    """Return the loss in the end where nothing is differentiated: a random change of all weights is kept if the loss is lower."""
    model, rng = network(), Random(0)
    inputs, targets = zip(*xor(), strict=True)
    best = loss_of(model, inputs, targets).data
    for _ in range(TRIES):
        before = model.state_dict()
        for p in model.parameters():
            p.data += rng.gauss(0, 0.3)
        if (found := loss_of(model, inputs, targets).data) < best:
            best = found
        else:
            model.load_state_dict(before)
    return best


def table() -> str:
    """Return the loss in the end for each part that is left out."""
    rows = [(part, f"{trained(part):.3f}", instead) for part, instead in PARTS.items()]
    return as_table([("left out", "loss", "instead"), *rows], left=(0, 2))


@cache
def along(weights: int) -> float:
    """Return which part of a random change of so many weights is along one direction, that of the gradient say: in the mean over all directions.

    >>> round(along(1), 3), round(along(2), 3)  # of two weights: the mean of |cos|, 2/π
    (1.0, 0.637)
    """
    return math.exp(math.lgamma(weights / 2) - math.lgamma((weights + 1) / 2)) / math.sqrt(math.pi)
