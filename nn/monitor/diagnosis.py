"""What the dials of a training mean, in words: the verdict, the number, and what to try.

The bounds are rules of thumb, not laws: they say where to look.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from numbers import Real

from autograd import DataError
from autograd.graph import number
from nn.checks import check_range, is_list, shortened
from nn.module import Module, check_module
from nn.training.logits import on_an_example
from nn.training.run import Loss

VANISHING, SMALL, LARGE, EXPLODING = 0.0001, 0.001, 1.0, 10.0  # gradient norms
WINDOW = 10  # epochs that are looked at for fluctuation


@dataclass(frozen=True)
class LayerDials:
    """What the dials of one layer show."""

    name: str
    mean: float
    deviation: float
    dead: float
    saturated: float
    gradient_norm: float
    update_ratio: float


def diagnose(
    loss: Sequence[float] = (),
    validation_loss: Sequence[float] = (),
    gradient_norm: float | None = None,
    update_ratio: float | None = None,
    layers: Sequence[LayerDials] = (),
    *,
    model: Module | None = None,
    loss_fn: Loss | None = None,
) -> list[str]:
    """Return what the dials say, in words: the verdict, the number, and what to try.

    >>> diagnose(gradient_norm=0.5)
    ['moderate: the gradient norm is 0.5.']
    >>> [words.split(":")[0] for words in diagnose(loss=[100, 250, 80, 300], gradient_norm=0.00005)]
    ['fluctuating', 'vanishing']

    With a model and the loss that it is trained with (`loss_fn`), it also says where a loss of logits is given probabilities: a copy
    of the model is run once, on made-up numbers.
    """
    for name, given in (("loss", loss), ("validation_loss", validation_loss)):
        if not is_list(given) or not all(isinstance(x, Real) for x in given):
            raise DataError(
                f"{name} is a list with one number an epoch, and {shortened(given)} is not one. Try history.{name}."
            )
    for name, dial in (("gradient_norm", gradient_norm), ("update_ratio", update_ratio)):
        if dial is not None:  # a NaN has its own verdict
            check_range(name, dial, lambda x: isinstance(x, Real) and not x < 0, "a number, 0 or more")
    words = [judge_loss(loss), judge_validation(loss, validation_loss)]
    if gradient_norm is not None:
        words.append(judge_gradient(gradient_norm))
    if update_ratio is not None:
        words.append(judge_update(update_ratio))
    if model is not None and loss_fn is not None:
        words.append(on_an_example(check_module(model), loss_fn))
    words += [judgement for layer in layers for judgement in judge_layer(layer)]
    return [word for word in words if word]


def judge_gradient(norm: float) -> str:
    """Say whether a gradient norm is vanishing, small, moderate, large or exploding."""
    shown = f"the gradient norm is {number(norm)}"
    if not math.isfinite(norm):
        return f"exploding: {shown}, which is not a finite number any more. Lower the learning rate, or begin with smaller weights."
    if norm < VANISHING:
        return f"vanishing: {shown}, below {number(VANISHING)}. Use ReLU, residual connections, batch normalisation, or another initialisation."
    if norm < SMALL:
        return f"small: {shown}, below {number(SMALL)}. Watch it: below {number(VANISHING)} it vanishes."
    if norm <= LARGE:
        return f"moderate: {shown}."
    if norm <= EXPLODING:
        return f"large: {shown}, above {LARGE:g}. Watch it: above {EXPLODING:g} it explodes."
    return f"exploding: {shown}, above {EXPLODING:g}. Clip it, lower the learning rate, or begin with smaller weights."


def judge_update(ratio: float) -> str:
    """Say whether one step changes the weights too little or too much; about a thousandth is usual (CS231n)."""
    shown = f"one step changes the weights by {number(ratio)} of their size; about 0.001 is usual"
    if ratio == 0:
        return (
            "standing: one step changes no weight at all. Is there a gradient, and are these weights in the optimizer?"
        )
    if ratio < 0.00001:
        return f"creeping: {shown}. Raise the learning rate."
    return f"leaping: {shown}. Lower the learning rate." if ratio > 0.1 else f"stepping: {shown}."


def judge_loss(losses: Sequence[float]) -> str:
    """Say whether the training loss falls, hardly moves, goes up and down, or rises.

    >>> for losses in ([100, 250, 80, 300], [100.00, 99.99, 99.98], [100, 85, 73]):
    ...     print(judge_loss(losses))
    fluctuating: the loss goes up and down (100 → 300). The learning rate is too high.
    barely moving: the loss hardly falls (100 → 99.98). The learning rate is too low, or it is stuck; or it has arrived.
    decreasing: the loss falls (100 → 73).
    >>> judge_loss([1, 2, 4])
    'rising: the loss goes up (1 → 4). The learning rate is too high.'
    """
    if len(losses) < 2:
        return ""
    first, last, recent = losses[0], losses[-1], losses[-WINDOW:]
    changes = [b - a for a, b in pairwise(recent)]
    rise, fall = math.fsum(max(c, 0.0) for c in changes), math.fsum(max(-c, 0.0) for c in changes)
    shown = f"({number(first)} → {number(last)})"
    if not math.isfinite(last):
        return f"diverging: the loss is not a finite number any more {shown}. Lower the learning rate, clip the gradients, or standardise the inputs."
    if rise > 0.1 * abs(first) and not fall:
        return f"rising: the loss goes up {shown}. The learning rate is too high."
    if rise > fall / 2 and rise > 0.1 * abs(first):
        return f"fluctuating: the loss goes up and down {shown}. The learning rate is too high."
    if first - last <= 0.01 * abs(first):
        return f"barely moving: the loss hardly falls {shown}. The learning rate is too low, or it is stuck; or it has arrived."
    return f"decreasing: the loss falls {shown}."


def judge_validation(losses: Sequence[float], validation: Sequence[float]) -> str:
    """Say whether the validation loss follows the training loss.

    >>> judge_validation([2.5, 1.2, 0.8, 0.4, 0.2], [2.6, 1.3, 0.9, 0.85, 0.9])
    'overfitting: since epoch 4 the validation loss rises (0.85 → 0.9) while the training loss falls. Stop early, regularise, or get more data.'
    """
    if not losses or len(losses) != len(validation):
        return ""
    best = min(range(len(validation)), key=validation.__getitem__)
    if validation[-1] > 1.02 * validation[best] and losses[-1] < losses[best]:
        return (
            f"overfitting: since epoch {best + 1} the validation loss rises ({number(validation[best])} → {number(validation[-1])}) "
            "while the training loss falls. Stop early, regularise, or get more data."
        )
    if validation[0] > 2 * losses[0]:
        return (
            f"mismatch: from the start the validation loss ({number(validation[0])}) is more than twice the training loss ({number(losses[0])}). "
            "Are both sets of one kind, and scaled alike?"
        )
    return (
        f"following: the validation loss ({number(validation[-1])}) goes with the training loss ({number(losses[-1])})."
    )


def judge_layer(layer: LayerDials) -> list[str]:
    """Say what is wrong with a layer's activations, if anything is."""
    findings = []
    if layer.dead >= 0.5:
        findings.append(
            f"dead: in {layer.name}, {layer.dead:.0%} of the neurons are 0 for every example. Lower the learning rate, or use leaky_relu."
        )
    if layer.saturated >= 0.5:
        findings.append(
            f"saturated: in {layer.name}, {layer.saturated:.0%} of the activations are at an end of their range, where the slope is near 0. "
            "Begin with smaller weights, or standardise the inputs."
        )
    if not (0.01 <= layer.deviation <= 10 and abs(layer.mean) <= 10):
        findings.append(
            f"out of scale: the activations of {layer.name} have mean {number(layer.mean)} and deviation {number(layer.deviation)}; about 0 and 1 is usual. "
            "Standardise the inputs, normalise the batches, or use another initialisation."
        )
    if layer.gradient_norm < VANISHING or layer.gradient_norm > EXPLODING:
        findings.append(f"{judge_gradient(layer.gradient_norm)} (In {layer.name}.)")
    return findings
