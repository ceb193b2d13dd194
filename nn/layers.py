"""Neuron, Layer, MLP, Sequential: activation(weights · inputs + bias), side by side, and one after the other."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from random import Random
from typing import Any

from autograd import DataError, Parameter, Value, dot, enter, lift, scope, softmax
from nn import activations
from nn.activations import Activation
from nn.checks import Number, chosen, few, generator, listed, same_length, whole
from nn.init import INITS, Init
from nn.module import Module, architecture, batched

LOW, HIGH = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"), str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
OF_ONE_NUMBER = [getattr(activations, name) for name in activations.ACTIVATIONS]
RELU_FAMILY = ("relu", "leaky_relu", "elu", "softplus", "gelu")


class Neuron(Module):
    """One neuron: activation(w₁x₁ + w₂x₂ + … + b).

    >>> neuron = Neuron(3, weights=[0.5, -1, 2], bias=1)
    >>> neuron([2, 3, 1]).data, [p.data for p in neuron.parameters()]
    (1.0, [0.5, -1.0, 2.0, 1.0])

    `activation` is a name ("relu", "tanh", "linear", …) or a function of one Value. The weights are given, or drawn
    from `rng` by `init`: a name of init.py, or a function (nin, nout, rng) → list; without it, He for the ReLU family
    and Xavier for the rest, as textbooks have it. PyTorch draws weights and biases alike from ±1/√nin, whatever comes
    after: init="torch" does so for the weights. Here a bias begins at 0. With expand=True each × and each + is a node
    of its own; without, the sum is one `dot` node. Raises DataError, and LengthError for too many or few inputs.
    """

    def __init__(
        self,
        nin: int,
        activation: str | Activation = "relu",
        rng: Random | None = None,
        *,
        init: str | Init | None = None,
        weights: Sequence[float] | None = None,
        bias: float = 0.0,
        expand: bool = False,
        nout: int = 1,
    ) -> None:
        rng = generator(rng)
        if weights is None:
            weights = initial(init, activation)(whole("nin", nin), nout, rng)
        same_length("weights", weights, f"a neuron of {nin} inputs", nin)
        self.weights = tuple(Parameter(w, f"w{i}") for i, w in enumerate(weights, 1))
        self.bias = Parameter(bias, "b")
        self.activation = activation
        self.activate = activations.named(activation)
        self.expand = expand

    @property
    def nin(self) -> int:
        """How many inputs it takes."""
        return len(self.weights)

    def __call__(self, inputs: Sequence[Number]) -> Value:
        """Return the activation, for a list of `nin` Values or numbers."""
        if self._place:
            with scope(self._place):
                return self.activated(inputs)
        return self.activated(inputs)

    def activated(self, inputs: Sequence[Number]) -> Value:
        """Return the activation, in whatever scope."""
        weights = self.weights
        if not hasattr(inputs, "__len__") or len(inputs) != len(weights):
            refuse(inputs, repr(self), self.nin)
        try:
            z = expanded(weights, inputs, self.bias) if self.expand else dot(weights, inputs, self.bias)
        except DataError:
            refuse(inputs, repr(self), self.nin)
            raise
        out = self.activate(z)
        if not isinstance(out, Value):
            raise DataError(
                f"An activation returns a Value, and {name_of(self.activation)} returned {few(out)}. "
                "Write it with the methods of the Value that it is given: z.tanh(), z * z."
            )
        return out

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy or a pickle needs: not the function that belongs to the activation's name."""
        return {name: part for name, part in vars(self).items() if name != "activate"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, activate=activations.named(state["activation"]))

    def __repr__(self) -> str:
        return f"Neuron({self.nin}, {name_of(self.activation)})"


class Layer(Module):
    """Neurons side by side: `nout` of them, each with the same `nin` inputs.

    >>> layer = Layer(2, 2, "linear", weights=[[1, 1], [1, -1]], biases=[0, 10])
    >>> [out.data for out in layer([3, 4])]
    [7.0, 9.0]

    `weights` is a list of rows, one row a neuron, as in z = W x + b. A layer always returns a list. The activation
    "softmax" turns all its outputs together into probabilities.
    """

    def __init__(
        self,
        nin: int,
        nout: int,
        activation: str | Activation = "relu",
        rng: Random | None = None,
        *,
        init: str | Init | None = None,
        weights: Sequence[Sequence[float]] | None = None,
        biases: Sequence[float] | None = None,
        expand: bool = False,
    ) -> None:
        rng = generator(rng)
        rows = [None] * whole("nout", nout) if weights is None else weights
        biases = [0.0] * nout if biases is None else biases
        same_length("rows of weights", rows, f"a layer of {nout} neurons", nout)
        same_length("biases", biases, f"a layer of {nout} neurons", nout)
        self.activation = activation
        self.over_layer = activations.over_layer(activation)
        each = "linear" if self.over_layer else activation
        self.neurons = [
            Neuron(nin, each, rng, init=init, weights=row, bias=b, expand=expand, nout=nout)
            for row, b in zip(rows, biases, strict=True)
        ]

        self.label_parameters()

    def saved(self) -> Iterator[tuple[str, Any]]:
        """Yield the weights as rows, one a neuron, and the biases, as PyTorch's Linear has them."""
        yield "weight", [neuron.weights for neuron in self.neurons]
        yield "bias", [neuron.bias for neuron in self.neurons]

    def label_parameters(self, mark: str = "") -> None:
        """Label the weights w₁₂ (neuron 1, input 2) and the biases b₁, behind the mark of the layer: w²₁₂."""
        comma = "," if max(len(self.neurons), self.neurons[0].nin) > 9 else ""
        for j, neuron in enumerate(self.neurons, 1):
            row = f"{mark}{j}".translate(LOW)
            neuron.bias.label = f"b{row}"
            for i, weight in enumerate(neuron.weights, 1):
                weight.label = f"w{row}{comma}{str(i).translate(LOW)}"

    def __call__(self, inputs: Sequence[Number]) -> list[Value]:
        """Return the outputs of all neurons, for a list of `nin` Values or numbers."""
        nin = self.neurons[0].nin
        if not hasattr(inputs, "__len__") or len(inputs) != nin:
            refuse(inputs, repr(self), nin)
        try:
            nodes = tuple([x if isinstance(x, Value) else lift(x) for x in inputs])  # once: all neurons share them
        except DataError:
            refuse(inputs, repr(self), nin)
            raise
        outputs = []
        outer = enter("")
        try:
            for path, neuron in zip(neuron_scopes(outer, self._place, len(self.neurons)), self.neurons, strict=True):
                enter(path)
                outputs.append(neuron(nodes))
        finally:
            enter(outer)
        return softmax(outputs) if self.over_layer else outputs

    def __repr__(self) -> str:
        return f"Layer({self.neurons[0].nin} → {len(self.neurons)}, {name_of(self.activation)})"


class MLP(Module):
    """A multi-layer perceptron: layers one after the other, the last with an activation of its own.

    >>> model = MLP(2, [3, 1], rng=Random(0))
    >>> model
    MLP(Layer(2 → 3, relu), Layer(3 → 1, linear))
    >>> len(model([1.0, -1.0])), len(model.parameters())
    (1, 13)

    `weights` and `biases`, where given, are lists with one entry a layer.
    """

    def __init__(
        self,
        nin: int,
        nouts: Sequence[int],
        activation: str | Activation = "relu",
        output_activation: str | Activation = "linear",
        rng: Random | None = None,
        *,
        init: str | Init | None = None,
        weights: Sequence[Sequence[Sequence[float]]] | None = None,
        biases: Sequence[Sequence[float]] | None = None,
        expand: bool = False,
    ) -> None:
        rng = generator(rng)
        if not listed(nouts):
            raise DataError(
                f"MLP takes the sizes of its layers as a list, and was given {few(nouts)}. Give MLP({nin!r}, [{nouts!r}])."
            )
        for name in (activation, output_activation):
            activations.over_layer(name) or activations.named(name)
        count = whole("The number of layers", len(nouts))
        same_length("weight matrices", weights or nouts, f"an MLP of {count} layers", count)
        same_length("bias lists", biases or nouts, f"an MLP of {count} layers", count)
        self.layers = [
            Layer(
                a, b, output_activation if i == count - 1 else activation, rng, init=init, expand=expand,
                weights=weights[i] if weights else None, biases=biases[i] if biases else None,
            )
            for i, (a, b) in enumerate(pairwise([nin, *nouts]))
        ]  # fmt: skip
        for i, layer in enumerate(self.layers, 1):
            layer.label_parameters(str(i).translate(HIGH))

    def saved(self) -> Iterator[tuple[str, Any]]:
        """Yield the layers, by their places in PyTorch's nn.Sequential."""
        yield from numbered(self.layers)

    def __call__(self, inputs: Sequence[Number]) -> list[Value]:
        """Return the list of outputs, for a list of `nin` Values or numbers."""
        with scope(self._place or "MLP"):
            return one_by_one(self.layers, [inputs])[0]

    def __repr__(self) -> str:
        return architecture("MLP", [repr(layer) for layer in self.layers])


class Sequential(Module):
    """Modules one after the other, each a function from list to list.

    >>> from nn import Dropout
    >>> model = Sequential(Layer(2, 8, "relu", Random(0)), Dropout(0.1, Random(1)), Layer(8, 1, "linear", Random(2)))
    >>> len(model([1.0, 2.0])), len(model.parameters())
    (1, 33)

    `batch` computes many examples at once, layer by layer, as BatchNorm1d needs it; `fit` does.
    """

    def __init__(self, *layers: Callable[[Any], Any]) -> None:
        for layer in layers:
            if not callable(layer) or isinstance(layer, type):
                raise DataError(
                    f"Sequential takes layers one after the other, and {few(layer)} is none. Give Sequential(Layer(2, 3), Layer(3, 1))."
                )
            if layer in OF_ONE_NUMBER:
                raise DataError(
                    f"Sequential takes functions from list to list, and {name_of(layer)} is of one number. "
                    f"Give it to the layer before: Layer(2, 3, {name_of(layer)!r})."
                )
        self.layers = list(layers)

    def saved(self) -> Iterator[tuple[str, Any]]:
        """Yield the modules, by their places in PyTorch's nn.Sequential."""
        yield from numbered(self.layers)

    def __call__(self, inputs: Sequence[Number]) -> list[Value]:
        """Return the outputs of the last module, for one example."""
        return self.batch([inputs])[0]

    def batch(self, rows: Sequence[Any]) -> list[list[Value]]:
        """Return the outputs of the last module for each example, one layer after the other."""
        with scope(self._place or "Sequential"):
            return one_by_one(self.layers, rows)

    def __repr__(self) -> str:
        return architecture("Sequential", [repr(layer) for layer in self.layers])


def refuse(inputs: Any, whose: str, nin: int) -> None:
    """Refuse what is no list of `nin` numbers, such as the rows of a batch."""
    if listed(inputs) and any(hasattr(x, "__len__") and not isinstance(x, str) for x in inputs):
        raise DataError(
            f"{whose} takes the {nin} inputs of one example, and was given a list of lists, {few(inputs)}. "
            "For the examples of a batch there is model.batch(rows)."
        )
    same_length("inputs", inputs, whose, nin)


def one_by_one(layers: Sequence[Callable[[Any], Any]], rows: Sequence[Any]) -> list[list[Value]]:
    """Return the outputs of the last of several layers for each row of inputs, each layer in a scope of its own."""
    for i, layer in enumerate(layers):
        with scope(f"layer{i}"):
            rows = batched(layer, rows)
    for row in rows:
        if not listed(row):
            raise DataError(
                f"Each layer returns a list, and the last one returned {few(row)}. For one neuron there is Layer(2, 1)."
            )
    return [list(row) for row in rows]


def numbered(layers: Sequence[Any]) -> Iterator[tuple[str, Module]]:
    """Yield modules by their places in PyTorch's nn.Sequential, where the activation of a Layer has a place of its own.

    >>> [place for place, _ in numbered([Layer(2, 3), Layer(3, 3), Layer(3, 1)])]
    ['0', '2', '4']
    """
    place = 0
    for layer in layers:
        if isinstance(layer, Module):
            yield str(place), layer
        place += 2 if isinstance(layer, Layer) else 1


def sequence_of(model: Any) -> dict[str, Any]:
    """Return the layers that a model calls one after the other, by path; a model without such a list is one layer.

    >>> list(sequence_of(MLP(2, [3, 1]))), list(sequence_of(Layer(2, 3)))
    (['layers.0', 'layers.1'], [''])
    """
    layers = getattr(model, "layers", None)
    return {f"layers.{i}": layer for i, layer in enumerate(layers)} if isinstance(layers, list) else {"": model}


@cache
def neuron_scopes(outer: str, place: str, count: int) -> list[str]:
    """Return the scopes of a layer's neurons, inside the scope around it and that of its place.

    >>> neuron_scopes("MLP/layer0", "", 2), neuron_scopes("", "hidden", 1)
    (['MLP/layer0/neuron0', 'MLP/layer0/neuron1'], ['hidden/neuron0'])
    """
    return ["/".join(filter(None, (outer, place, f"neuron{i}"))) for i in range(count)]


def expanded(weights: Sequence[Number], inputs: Sequence[Number], bias: Number) -> Value:
    """Return w₁x₁ + w₂x₂ + … + b with a node for each × and each +."""
    products = [w * x for w, x in zip(weights, inputs, strict=True)]
    z = products[0]
    for product in products[1:]:
        z = z + product
    return z + bias  # type: ignore[return-value]


def initial(init: str | Init | None, activation: str | Activation) -> Init:
    """Return the function that draws a neuron's weights."""
    if init is None:
        init = "he" if name_of(activation) in RELU_FAMILY else "xavier"
    if callable(init):
        return init
    return chosen("initialisation", init, INITS, ", or give a function (nin, nout, rng) → list of weights")


def name_of(activation: str | Activation) -> str:
    """Return the activation's name."""
    return activation if isinstance(activation, str) else getattr(activation, "__name__", repr(activation))
