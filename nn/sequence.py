"""Layers one after the other: how a model calls them, finds them, and numbers them as PyTorch does."""

from collections.abc import Iterator, Sequence
from functools import cache

from autograd import DataError, enter, scope
from nn import activations
from nn.checks import is_list, shortened
from nn.module import Inputs, LayerLike, Module, batched
from nn.outputs import Outputs

scope_of = cache(scope)  # one for each name: a scope can be entered again and again
OF_ONE_NUMBER = [getattr(activations, name) for name in activations.ACTIVATIONS]


def check_layer(layer: object) -> None:
    """Refuse what is not a function from list to list, as a layer is."""
    if not callable(layer) or isinstance(layer, type):
        raise DataError(
            f"Sequential takes layers one after the other, and {shortened(layer)} is not one. Give Sequential(Layer(2, 3), Layer(3, 1))."
        )
    if layer in OF_ONE_NUMBER:
        name = activations.activation_name(layer)
        raise DataError(
            f"Sequential takes functions from list to list, and {name} is a function of one number. "
            f"Give it to the layer before: Layer(2, 3, {name!r})."
        )


def call_in_sequence(name: str, layers: Sequence[LayerLike], rows: Sequence[Inputs]) -> list[Outputs]:
    """Return the outputs of the last of several layers for each row of inputs, each layer in a scope of its own inside `name`."""
    with scope_of(name) as path:
        for i, layer in enumerate(layers):
            enter(f"{path}/layer{i}")
            rows = batched(layer, rows)
    return [row if type(row) is Outputs else as_outputs(row) for row in rows]


def as_outputs(row: object) -> Outputs:
    """Return what a layer of the user's own has returned, if it is a list."""
    if not is_list(row):
        raise DataError(
            f"Each layer returns a list, and the last one returned {shortened(row)}. For one neuron there is Layer(2, 1)."
        )
    return Outputs(row)  # type: ignore[call-overload, no-any-return]


def numbered(layers: Sequence[LayerLike]) -> Iterator[tuple[str, Module]]:
    """Yield modules by their places in PyTorch's nn.Sequential, where the activation of a Layer has a place of its own.

    >>> from nn import Layer
    >>> [place for place, _ in numbered([Layer(2, 3), Layer(3, 3), Layer(3, 1)])]
    ['0', '2', '4']
    """
    place = 0
    for layer in layers:
        if isinstance(layer, Module):
            yield str(place), layer
        place += getattr(layer, "_places", 1)


def sequence_of(model: Module) -> dict[str, LayerLike]:
    """Return the layers that a model calls one after the other, by path; a model without such a list is one layer.

    >>> from nn import MLP, Layer
    >>> list(sequence_of(MLP(2, [3, 1]))), list(sequence_of(Layer(2, 3)))
    (['layers.0', 'layers.1'], [''])
    """
    layers = getattr(model, "layers", None)
    return {f"layers.{i}": layer for i, layer in enumerate(layers)} if isinstance(layers, list) else {"": model}
