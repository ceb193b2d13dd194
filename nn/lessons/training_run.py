"""The run of the training loop: ten clouds of points, a network 2-8-10, the loop written out and the same with fit."""

import math
from dataclasses import dataclass
from functools import cache
from random import Random

from autograd import grad, mean, softmax
from nn.data.batching import Data, batches, random_split
from nn.data.datasets import blobs
from nn.layers import MLP
from nn.losses import cross_entropy
from nn.monitor.gradients import grad_norm
from nn.optim.optimizers import SGD
from nn.training.callbacks import EarlyStopping
from nn.training.fit import accuracy, evaluate, fit
from nn.training.history import History

CLASSES, EPOCHS, BATCH, LEARNING_RATE, PATIENCE = 10, 100, 10, 0.1, 10
LOOK = (1, 10, 50, 100, 200)  # the epochs that the documents show


def parts() -> list[Data[int]]:
    """Return ten clouds of points on a circle, cut into data to train, to validate and to test."""
    return random_split(blobs(120, CLASSES, 0.4, Random(1)), (0.5, 0.25, 0.25), Random(2))


def network() -> MLP:
    """Return the network: weights by He for ReLU, by Xavier for the outputs, biases 0."""
    return MLP(2, [8, CLASSES], rng=Random(0))


def first_loss(weights: float = 1.0, inputs: float = 1.0) -> float:
    """Return the loss of the untrained network on the test points, with its weights, or its inputs, so many times as large."""
    model = network()
    for p in model.parameters():
        p.data *= weights
    return evaluate(model, [([inputs * number for number in x], y) for x, y in parts()[2]], cross_entropy)


def early_step(t: int) -> float:
    """Return how many learning rates long Adam's first step is where t is counted up to more than 1 already.

    >>> round(early_step(1), 9), round(early_step(3), 3)
    (1.0, 0.639)
    """
    return 0.1 / (1 - 0.9**t) / math.sqrt(0.001 / (1 - 0.999**t))


@dataclass(frozen=True)
class Row:
    """What an epoch has come to."""

    loss: float
    validation_loss: float
    accuracy: float
    gradient: float


@cache
def by_hand(epochs: int = EPOCHS) -> tuple[list[Row], int, float]:
    """Train, and return a row an epoch, the best epoch, and the share of the test set that is right in the end."""
    train, validation, test = parts()
    model = network()  # initialise
    optimizer, rng = SGD(model.parameters(), LEARNING_RATE), Random(3)
    rows: list[Row] = []
    best, best_epoch, kept = math.inf, 0, model.state_dict()
    for epoch in range(1, epochs + 1):
        total = 0.0
        for inputs, targets in batches(train, BATCH, rng):  # shuffle, cut into batches
            outputs = [model(x) for x in inputs]  # 1. forward
            loss = mean([cross_entropy(z, y) for z, y in zip(outputs, targets, strict=True)])  # 2. loss
            optimizer.zero_grad()
            loss.backward()  # 3. backward
            optimizer.step()  # 4. update
            total += loss.data * len(inputs)
        validation_loss = evaluate(model, validation, cross_entropy)  # 5. validate
        rows.append(Row(total / len(train), validation_loss, *looked_at(model, train, epoch)))
        if validation_loss < best:
            best, best_epoch, kept = validation_loss, epoch, model.state_dict()
        if epoch - best_epoch == PATIENCE:  # 6. stop early
            break
    model.load_state_dict(kept)
    return rows, best_epoch, accuracy(model, test)  # 7. test


def looked_at(model: MLP, train: Data[int], epoch: int) -> tuple[float, float]:
    """Return, at the epochs that are shown, the share that is right and the gradient norm over all examples."""
    if epoch not in LOOK:
        return math.nan, math.nan
    right, parameters = accuracy(model, train), model.parameters()
    for p in parameters:
        p.grad = None
    mean([cross_entropy(model(x), y) for x, y in train]).backward()
    return right, grad_norm(parameters)


@cache
def by_fit() -> History:
    """Train the same network on the same data with fit."""
    train, validation, _ = parts()
    model = network()
    return fit(
        model, train, cross_entropy, SGD(model.parameters(), LEARNING_RATE), EPOCHS, BATCH,
        callbacks=[EarlyStopping(PATIENCE)], validation=validation, rng=Random(3),
    )  # fmt: skip


def bias_sums(count: int = 6) -> tuple[list[float], list[float], list[float]]:
    """Return ŷ − y of some examples summed over the classes, as printed, and over the examples, and the biases' gradients of the mean loss."""
    model, examples = network(), parts()[0][:count]
    deltas = [[p.data - (k == y) for k, p in enumerate(softmax(model(x)))] for x, y in examples]
    biases = [neuron.bias for neuron in model.layers[-1].neurons]
    gradients = grad(mean([cross_entropy(model(x), y) for x, y in examples]), biases)
    return (
        [math.fsum(row) for row in deltas],
        [math.fsum(column) for column in zip(*deltas, strict=True)],
        list(gradients),
    )
