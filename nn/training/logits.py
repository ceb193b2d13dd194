"""Losses of logits, and models whose outputs are probabilities already: softmax or sigmoid would be taken twice."""

import ast
import inspect
import textwrap
from functools import partial

from nn.activations import activation_name
from nn.layers import Layer
from nn.losses import binary_cross_entropy_with_logits, cross_entropy
from nn.module import Module
from nn.sequence import sequence_of

REMEDIES = {
    (cross_entropy, "softmax"): 'Leave the softmax out, output_activation="linear", or take nn.categorical_cross_entropy.',
    (cross_entropy, "sigmoid"): 'Leave the sigmoid out, output_activation="linear"; softmax(model(x)) gives probabilities.',
    (binary_cross_entropy_with_logits, "sigmoid"): (
        'Leave the sigmoid out, output_activation="linear", or take nn.binary_cross_entropy.'
    ),
    (binary_cross_entropy_with_logits, "softmax"): (
        'Leave the softmax out, output_activation="linear", or take nn.categorical_cross_entropy.'
    ),
}  # fmt: skip


class LogitsWarning(UserWarning):
    """A loss of logits is given probabilities."""


def activated_twice(model: Module, loss: object) -> str:
    """Say that a loss of logits is given what softmax or sigmoid has made; "" where it is not.

    >>> from nn import MLP
    >>> activated_twice(MLP(2, [3]), cross_entropy)
    ''
    >>> activated_twice(MLP(2, [3], output_activation="softmax"), cross_entropy).split(":")[0]
    'activated twice'
    """
    while isinstance(loss, partial):
        loss = loss.func
    last = written_last(model) or last_activation(model)
    for (function, activation), remedy in REMEDIES.items():
        if loss is function and last == activation:
            return (
                f"activated twice: {function.__name__} takes logits, and this model ends with {activation}, so its outputs are probabilities. "
                f"The loss stays high and the slopes small. {remedy}"
            )
    return ""


def written_last(model: Module) -> str:
    """Return what a model of one's own calls last, where its one return says so: softmax(…), or [y.sigmoid() for y in …]."""
    if type(model).__module__.partition(".")[0] == "nn":
        return ""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(type(model).__call__)))
    except (OSError, TypeError, SyntaxError):  # typed at the prompt, say
        return ""
    returned = [node.value for node in ast.walk(tree) if isinstance(node, ast.Return)]
    if len(returned) != 1:
        return ""
    last = returned[0].elt if isinstance(returned[0], ast.ListComp) else returned[0]
    function = last.func if isinstance(last, ast.Call) else None
    name = getattr(function, "attr", getattr(function, "id", ""))
    return name if name in ("softmax", "sigmoid") else ""


def last_activation(model: Module) -> str:
    """Return the name of the activation that a model ends with; where it cannot be seen, a name that no activation of ours has."""
    layers = [part for part in model.modules() if isinstance(part, Layer)]
    in_sequence = list(sequence_of(model).values())
    end = in_sequence[-1] if in_sequence and in_sequence != [model] else layers[-1] if layers else model
    if isinstance(end, Module) and isinstance(getattr(end, "layers", None), list) and end is not model:
        return last_activation(end)
    return activation_name(getattr(end, "activation", end))  # type: ignore[arg-type]
