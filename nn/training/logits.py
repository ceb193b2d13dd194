"""Softmax or sigmoid taken twice: a loss of logits that is given probabilities. The graph of one example shows it."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from copy import deepcopy
from typing import TypeVar

from autograd import Value
from autograd.graph import topological_order
from nn.layers import Neuron
from nn.module import Module
from nn.nested import flat

T = TypeVar("T")
OF_PROBABILITIES = {"softmax": "nn.categorical_cross_entropy", "sigmoid": "nn.binary_cross_entropy"}
WIDTHS = range(1, 9)  # of an example, where no neuron says how many inputs it takes


class LogitsWarning(UserWarning):
    """A loss of logits is given probabilities."""


def activated_twice(outputs: object, loss: Value) -> str:
    """Say that a loss takes for logits what softmax or sigmoid has made; "" where it does not.

    >>> from autograd import softmax
    >>> from nn import cross_entropy
    >>> logits = [Value(2.0), Value(1.0)]
    >>> activated_twice(logits, cross_entropy(logits, 0))
    ''
    >>> activated_twice(logits, cross_entropy(softmax(logits), 0)).split(":")[0]
    'activated twice'

    It looks at the graph from a model's outputs to the loss, and at what made the outputs.
    """
    ends = {out for out in flat(outputs) if isinstance(out, Value)}
    for node in beyond(ends, loss) if ends else ():
        for name in filter(None, map(made_by, taken_for_logits(node))):
            return (
                f"activated twice: this loss takes logits, and what it is given ends with {name}, so they are probabilities. The loss stays high and the "
                f'slopes small. Leave the {name} out, output_activation="linear", or take a loss of probabilities, {OF_PROBABILITIES[name]}.'
            )
    return ""


def beyond(ends: Iterable[Value], loss: Value) -> list[Value]:
    """Return what was computed from a model's outputs on the way to the loss."""
    before = {node for end in ends for node in topological_order(end)}
    return [node for node in topological_order(loss) if node not in before]


def row(node: Value) -> str:
    """Return the name of the row that made a node; "" for a leaf."""
    return node.op.name if node.op else ""


def powers(total: Value) -> list[Value]:
    """Return the powers of e that a sum adds up: Σ eˣ of softmax, 1 + e⁻ˣ of sigmoid."""
    found, waiting = [], [total] if row(total) in ("add", "sum") else []
    while waiting:
        parents = waiting.pop().parents
        found += [x for x in parents if row(x) == "exp"]
        waiting += [x for x in parents if row(x) in ("add", "sum")]
    return found


def made_by(node: Value) -> str:
    """Return "softmax" or "sigmoid" for what one of them made, also where it is written out.

    >>> x, y = Value(2.0), Value(1.0)
    >>> made_by(x.sigmoid()), made_by(1 / (1 + (-x).exp())), made_by(x.exp() / (x.exp() + y.exp())), made_by(x / y)
    ('sigmoid', 'sigmoid', 'softmax', '')
    """
    if row(node) != "div" or row(node.parents[0]) not in ("exp", ""):
        return "sigmoid" if row(node) == "sigmoid" else ""
    return {0: "", 1: "sigmoid"}.get(len(powers(node.parents[1])), "softmax" if row(node.parents[0]) else "")


def taken_for_logits(node: Value) -> list[Value]:
    """Return what softmax, sigmoid, or the logarithm of one is taken of, if that is what a node computes."""
    taken: Sequence[Value] = ()
    if row(node) in ("logsumexp", "softplus", "sigmoid"):
        taken = node.parents
    elif row(node) in ("log", "div"):
        taken = [power.parents[0] for power in powers(node.parents[-1])]
    logits = [unshifted(z) for z in taken]
    return logits if len(set(logits)) == len(logits) else []  # ln(e^d + e^−d) is another loss: log-cosh


def unshifted(node: Value) -> Value:
    """Return the z of −z, of z − max, and of y·z for a label y of −1 or 1: that is taken for a logit all the same."""
    while row(node) in ("neg", "sub", "mul"):
        kept = [x for x, slope in zip(node.parents, node.partials, strict=True) if x.op and abs(slope) == 1]
        if not kept:
            break
        node = kept[0]
    return node


def on_an_example(model: Module, loss: Callable[..., Value]) -> str:
    """Say it of a model and a loss without data: a copy of the model is run on an example of ones; "" where it takes none."""
    widths = [part.nin for part in model.modules() if isinstance(part, Neuron)]
    outputs = first_result(lambda n=n: deepcopy(model).eval()([1.0] * n) for n in (*widths, *WIDTHS))  # type: ignore[misc]
    targets = (0, 1.0, [1.0, *[0.0] * (len(flat(outputs)) - 1)])  # a class, a number, one-hot
    return first_result(lambda y=y: activated_twice(outputs, loss(outputs, y)) for y in targets) or ""  # type: ignore[misc]


def first_result(calls: Iterable[Callable[[], T]]) -> T | None:
    """Return what the first call returns that raises nothing."""
    for call in calls:
        with suppress(Exception):
            return call()
    return None
