"""Momentum, RMSprop and Adam as “How Machines Learn” prints them, and as they are meant. Each takes gradients, and returns where w goes from 0.

The slips: Adam's block has one β for both means, and lists two below it; its t, which the correction needs, is never set. The other two
blocks are right.
"""

import math
from collections.abc import Iterable, Iterator

RATE, SMALL = 0.1, 1e-8


def momentum(gradients: Iterable[float], beta: float = 0.9, rate: float = RATE) -> Iterator[float]:
    """Yield w after each step: the velocity holds the learning rate (PyTorch's does not; the steps are the same while it stays)."""
    w = velocity = 0.0
    for g in gradients:
        velocity = beta * velocity - rate * g
        w += velocity
        yield w


def rmsprop(gradients: Iterable[float], beta: float = 0.99, rate: float = RATE) -> Iterator[float]:
    """Yield w after each step. The mean of squares starts at 0 and is not corrected: the first step is rate/√(1 − β)."""
    w = mean = 0.0
    for g in gradients:
        mean = beta * mean + (1 - beta) * g * g
        w -= rate * g / (math.sqrt(mean) + SMALL)
        yield w


def adam_printed(gradients: Iterable[float], beta: float = 0.9, rate: float = RATE) -> Iterator[float]:
    """Yield w after the first step, and fail at it, as the printed block does: no line of it sets t."""
    w = m = v = 0.0
    for g in gradients:
        m = beta * m + (1 - beta) * g
        v = beta * v + (1 - beta) * g * g
        w -= rate * (m / (1 - beta**t)) / (math.sqrt(v / (1 - beta**t)) + SMALL)  # noqa: F821 (that is the slip)
        yield w


def adam(
    gradients: Iterable[float], betas: tuple[float, float] = (0.9, 0.999), rate: float = RATE, corrected: bool = True
) -> Iterator[float]:
    """Yield w after each step: two rates, and t counts the steps from 1. Without the correction the first steps have another size."""
    w = m = v = 0.0
    first, second = betas
    for t, g in enumerate(gradients, 1):
        m = first * m + (1 - first) * g
        v = second * v + (1 - second) * g * g
        m_hat, v_hat = (m / (1 - first**t), v / (1 - second**t)) if corrected else (m, v)
        w -= rate * m_hat / (math.sqrt(v_hat) + SMALL)
        yield w


if __name__ == "__main__":
    gradients = [1.0, 1.0, 1.0, 10.0, 1.0, 1.0]
    rows = {
        "momentum": momentum(gradients), "RMSprop": rmsprop(gradients), "Adam": adam(gradients),
        "Adam, uncorrected": adam(gradients, corrected=False), "Adam, one β": adam(gradients, betas=(0.9, 0.9)),
    }  # fmt: skip
    for name, places in rows.items():
        print(f"{name:<20}" + "".join(f"{w:>9.4f}" for w in places))
    try:
        next(adam_printed(gradients))
    except NameError as error:
        print(f"Adam as printed: NameError: {error}")
