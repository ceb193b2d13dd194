"""What can be done with gradients between the backward pass and the step: measure, clip, add up, and save memory.

Through ten layers that each scale a gradient by 0.1, or by 2, a gradient vanishes or explodes:

>>> from autograd import Value
>>> def through_ten_layers(factor):
...     x = Value(1.0)
...     out = x
...     for _ in range(10):
...         out = factor * out
...     out.backward()
...     return x.grad
>>> f"{through_ten_layers(0.1):.10f}", through_ten_layers(2)
('0.0000000001', 1024.0)
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate as running
from itertools import pairwise
from typing import Any

from autograd import DataError, DomainError, LengthError, Value, dot, lift, no_grad
from nn.checks import Number, check_count, check_list, check_range, shortened
from nn.layers import Layer
from nn.module import Module, Outputs, batched, check_module, walk
from nn.nested import leaves_of
from nn.regularization import BatchNorm1d

Rows = Sequence[Sequence[Any]]  # a row of activations for each example
LayerLike = Callable[[Sequence[Number]], Sequence[Value]]


def grad_norm(parameters: Iterable[Value]) -> float:
    """Return the length of the gradient as one vector, √Σg²; a parameter without one counts as 0.

    >>> x, y = Value(0.0), Value(0.0)
    >>> (3 * x + 4 * y).backward()
    >>> grad_norm([x, y])
    5.0
    """
    return math.hypot(*(p.grad for p in leaves_of(parameters) if p.grad is not None))


def layer_grad_norms(model: Module) -> dict[str, float]:
    """Return the length of the gradient in each layer, from the first to the last.

    >>> from nn import MLP
    >>> model = MLP(1, [1, 1], "linear", weights=[[[0.5]], [[3.0]]])
    >>> model([0.0])[0].backward()
    >>> layer_grad_norms(model)  # weight and bias: (0, 3) and (0, 1)
    {'layers.0': 3.0, 'layers.1': 1.0}
    """
    return {path: grad_norm(layer.parameters()) for path, layer in layers_of(model)}


def clip_grad_value_(parameters: Iterable[Value], clip_value: float) -> None:
    """Cut every gradient off at ± clip_value.

    >>> x, y = Value(0.0), Value(0.0)
    >>> (3 * x - 40 * y).backward()
    >>> clip_grad_value_([x, y], 10); x.grad, y.grad
    (3.0, -10.0)

    The direction of the step changes; clip_grad_norm_ keeps it. Raises DomainError for a NaN.
    """
    for p, g in with_gradients("clip_value", clip_value, parameters):
        p.grad = float(min(max(g, -clip_value), clip_value))


def clip_grad_norm_(parameters: Iterable[Value], max_norm: float) -> float:
    """Scale all gradients down together until √Σg² is max_norm, if it is more, and return what it was.

    >>> x, y = Value(0.0), Value(0.0)
    >>> (30 * x + 40 * y).backward()
    >>> clip_grad_norm_([x, y], 5), round(x.grad, 4), round(y.grad, 4)
    (50.0, 3.0, 4.0)

    As in PyTorch the factor is max_norm / (norm + 10⁻⁶). Raises DomainError, and changes nothing, when a gradient is
    NaN or infinite; PyTorch does so with error_if_nonfinite=True.
    """
    pairs = with_gradients("max_norm", max_norm, parameters)
    norm = math.hypot(*(g for _, g in pairs))
    if math.isinf(norm):
        raise DomainError("A gradient is infinite, and no factor makes it finite. Lower the learning rate.")
    factor = min(1.0, max_norm / (norm + 1e-6))
    for p, g in pairs:
        p.grad = g * factor
    return norm


def accumulate(losses: Iterable[Value], weight: float = 1.0) -> float:
    """Go backward from each loss in turn, times a weight, and return the weighted sum: a large batch in small memory.

    >>> w = Value(3.0)
    >>> accumulate(((w * x - y) ** 2 for x, y in [(1, 2), (2, 8)]), weight=1 / 2)  # the mean of 1 and 4
    2.5
    >>> w.grad  # the mean of 2 and −8
    -3.0

    Gradients add up in the leaves, so the step comes after the last. Given a generator, as here, only one loss's graph
    is in memory at a time.
    """
    total, empty = 0.0, True
    for loss in losses if isinstance(losses, Iterable) else [losses]:
        if not isinstance(loss, Value):
            raise DataError(
                f"accumulate goes backward from losses, each of them a Value, and here is {shortened(loss)}."
            )
        weighted, empty = weight * loss, False
        weighted.backward()
        total += weighted.data
    if empty:
        raise LengthError(
            "accumulate was given no loss, so there is no gradient. Is the batch empty, or the generator used up?"
        )
    return total


@dataclass(frozen=True)
class Checkpointed:
    """What a checkpointed pass returns: the loss, and the most activations in memory at once, with it and without."""

    loss: float
    stored: int
    without: int


def checkpointed_backward(
    layers: Sequence[LayerLike],
    batch: Sequence[Sequence[Number]],
    loss: Callable[[list[Outputs]], Value],
    segments: int = 2,
) -> Checkpointed:
    """Compute the gradients of loss([model(x) for x in batch]) with fewer activations in memory: gradient checkpointing.

    >>> from random import Random
    >>> from nn import MLP, mse_loss
    >>> model = MLP(1, [5, 5, 5, 1], "tanh", rng=Random(0))
    >>> batch, targets = [[0.1], [0.2], [0.3]], [[1], [2], [3]]
    >>> result = checkpointed_backward(model.layers, batch, lambda outputs: mse_loss(outputs, targets))
    >>> result.without, result.stored  # 3 · (5 + 5 + 5 + 1), and 3 · (5 + 5 + 1)
    (48, 33)

    The layers are cut into segments. The first pass remembers only what enters each segment; the backward pass goes
    through the last segment, computes the one before it again, goes through that, and so on. The gradients are those
    of one backward pass, to the bit, as long as no parameter is shared between segments; the price is one more forward
    pass. Fewest activations are stored with about √layers segments. Source: Chen and others, Training deep nets with
    sublinear memory cost, 2016.

    Raises DomainError when a layer computes something else the second time, as Dropout does in training.
    """
    pieces = cut(layers, segments)
    if not batch:
        raise LengthError("The batch is empty, and has no gradient. Give one example at least.")
    entering, counts = first_pass(pieces, batch)
    outputs = through(pieces[-1], entering[-1])
    final = loss(outputs)
    if not isinstance(final, Value):
        raise DataError(f"The loss of a batch is one Value, and here is {shortened(final)}.")
    final.backward()
    for piece, inputs, after in zip(pieces[-2::-1], entering[-2::-1], entering[:0:-1], strict=True):
        backward_again(through(piece, inputs), after)
    return Checkpointed(final.data, stored(counts), stored([[n for piece in counts for n in piece]]))


def stored_activations(batch_size: int, widths: Sequence[int], segments: int = 1) -> int:
    """Return how many activations a backward pass needs in memory, for layers of these widths.

    >>> stored_activations(32, [1000] * 4)  # a batch of 32, 4 layers of 1000 neurons
    128000
    >>> stored_activations(32, [1000] * 4, segments=2)
    96000
    >>> stored_activations(1, [1] * 100), stored_activations(1, [1] * 100, segments=10)
    (100, 19)

    With segments these are what enters each (the batch itself, which is there anyway, is not counted), and what is
    within the one at work.
    """
    return check_count("batch_size", batch_size) * stored(cut(widths, segments))


def stored(pieces: Sequence[Sequence[int]]) -> int:
    """Return the most activations at once: the ends of the pieces before, and all of the piece at work."""
    ends = [0, *running(piece[-1] for piece in pieces)]
    return max(before + sum(piece) for before, piece in zip(ends, pieces, strict=False))


def cut(items: Sequence[Any], segments: int) -> list[Sequence[Any]]:
    """Return consecutive pieces of a list, as equal in length as can be.

    >>> cut([1, 2, 3, 4, 5], 2)
    [[1, 2], [3, 4, 5]]
    """
    check_list("Checkpointing", items)
    check_range(
        "segments",
        segments,
        lambda n: isinstance(n, int) and 1 <= n <= len(items),
        f"from 1 to {len(items)}, the number of layers",
    )
    bounds = [len(items) * k // segments for k in range(segments + 1)]
    return [items[a:b] for a, b in pairwise(bounds)]


@no_grad()
def first_pass(pieces: list[Sequence[LayerLike]], batch: Rows) -> tuple[list[Rows], list[list[int]]]:
    """Return what enters each piece, as leaves, and how many activations each of its layers has."""
    entering: list[Rows] = [[[x if isinstance(x, Value) else Value(x) for x in row] for row in batch]]
    counts = []
    for piece in pieces:
        rows, sizes = entering[-1], []
        for layer in piece:
            rows = batched(layer, rows)
            sizes.append(sum(len(row) for row in rows))
        entering.append([[lift(x).detach() for x in row] for row in rows])
        counts.append(sizes)
    return entering[:-1], counts


def through(layers: Sequence[LayerLike], rows: Rows) -> list[Any]:
    """Return the outputs of the layers, one after the other, for each row of inputs."""
    for layer in layers:
        rows = batched(layer, rows)
    return list(rows)


def backward_again(outputs: Rows, leaves: Rows) -> None:
    """Go backward from a segment's outputs, each with the gradient that arrived at the leaf in its place."""
    made = [x for row in outputs for x in row]
    kept = [x for row in leaves for x in row]
    if any(x.data != y.data and x.data == x.data for x, y in zip(made, kept, strict=True)):
        raise DomainError(
            "A segment computed something else the second time, so its gradients would be of another network. Checkpointing needs layers that "
            "always do the same: call zero_grad(), and set Dropout to evaluation, or leave it out of the checkpointed layers."
        )
    dot([x.grad or 0.0 for x in kept], made).backward()  # its slope at each output is the gradient given here


def layers_of(model: Module) -> list[tuple[str, Any]]:
    """Return the layers of a model with their paths, from the first to the last.

    >>> from nn import MLP, Neuron
    >>> [path for path, layer in layers_of(MLP(2, [3, 1]))], [path for path, layer in layers_of(Neuron(2))]
    (['layers.0', 'layers.1'], ['model'])

    A layer is what holds parameters itself, or a row of neurons that do, at any depth: Dropout does not. A model that is a
    layer is its own.
    """
    found: list[tuple[str, Any]] = []
    for path, part in [("", model), *walk(check_module(model))]:
        inside = bool(found) and (not found[-1][0] or path.startswith(f"{found[-1][0]}."))
        if isinstance(part, Module) and not inside and (isinstance(part, (Layer, BatchNorm1d)) or holds_values(part)):
            found.append((path, part))
    return [(path or "model", part) for path, part in found]


def holds_values(module: Module) -> bool:
    """Tell whether some attribute is a Value, or a list of them."""
    attributes = [x if isinstance(x, (list, tuple)) else [x] for x in vars(module).values()]
    return any(isinstance(x, Value) for listed in attributes for x in listed)


def with_gradients(name: str, limit: float, parameters: Iterable[Value]) -> list[tuple[Value, float]]:
    """Return the parameters that have a gradient, each with it, if the limit is one and no gradient is a NaN."""
    check_range(name, limit, lambda limit: limit > 0, "a number above 0", "A usual one is 1.")
    pairs = [(p, p.grad) for p in leaves_of(parameters) if p.grad is not None]
    for p, g in pairs:
        if math.isnan(g):
            raise DomainError(
                f"The gradient of {p!r} is not a number (NaN), and clipping would only hide it. Look for where it began."
            )
    return pairs
