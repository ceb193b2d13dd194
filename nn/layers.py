"""Neuron, Layer, MLP, Sequential: activation(weights · inputs + bias), side by side, and one after the other."""

from collections.abc import Iterator, Sequence
from functools import cache, reduce
from itertools import pairwise
from operator import add, mul
from random import Random
from typing import Any

from autograd import DataError, LengthError, Parameter, Value, dot, enter, lift, softmax
from nn import activations
from nn.activations import Activation, activation_name
from nn.architecture import architecture
from nn.checks import Number, check_count, check_length, check_rng, is_list, shortened
from nn.init import Init, initialisation
from nn.module import Inputs, LayerLike, Module
from nn.nested import NestedLeaves
from nn.outputs import Outputs
from nn.sequence import call_in_sequence, check_layer, numbered, scope_of

LOW, HIGH = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"), str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
AROUND = scope_of("")  # a block in which `enter` may go from scope to scope: it ends in the scope where it began


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
        rng = check_rng(rng)
        if weights is None:
            weights = initialisation(init, activation)(check_count("nin", nin), nout, rng)
        check_length("weights", weights, f"a neuron of {nin} inputs", nin)
        self.weights = tuple(Parameter(w, f"w{i}") for i, w in enumerate(weights, 1))
        self.bias = Parameter(bias, "b")
        self.activation = activation
        self.activate = activations.named(activation)
        self.expand = expand

    @property
    def nin(self) -> int:
        """How many inputs it takes."""
        return len(self.weights)

    def __call__(self, inputs: Inputs) -> Value:  # type: ignore[override]  # one number, and not a list
        """Return the activation, for a list of `nin` Values or numbers."""
        if self._attribute:
            with scope_of(self._attribute):
                return self.activated(inputs)
        return self.activated(inputs)

    def activated(self, inputs: Inputs) -> Value:
        """Return the activation, in whatever scope."""
        if self.expand and not (hasattr(inputs, "__len__") and len(inputs) == self.nin):
            check_inputs(inputs, repr(self), self.nin)
        try:
            z = (expanded if self.expand else dot)(self.weights, inputs, self.bias)
        except (DataError, LengthError):
            check_inputs(inputs, repr(self), self.nin)
            raise
        out = self.activate(z)
        if not isinstance(out, Value):
            raise DataError(
                f"An activation returns a Value, and {activation_name(self.activation)} returned {shortened(out)}. "
                "Write it with the methods of the Value that it is given: z.tanh(), z * z."
            )
        return out

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy or a pickle needs: not the function that belongs to the activation's name."""
        return {name: part for name, part in vars(self).items() if name != "activate"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, activate=activations.named(state["activation"]))

    def __repr__(self) -> str:
        return f"Neuron({self.nin}, {activation_name(self.activation)})"


class Layer(Module):
    """Neurons side by side: `nout` of them, each with the same `nin` inputs.

    >>> layer = Layer(2, 2, "linear", weights=[[1, 1], [1, -1]], biases=[0, 10])
    >>> [out.data for out in layer([3, 4])]
    [7.0, 9.0]

    `weights` is a list of rows, one row a neuron, as in z = W x + b. A layer always returns a list. The activation
    "softmax" turns all its outputs together into probabilities.
    """

    _places = 2  # in PyTorch's nn.Sequential the activation has a place of its own

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
        rng = check_rng(rng)
        rows = [None] * check_count("nout", nout) if weights is None else weights
        biases = [0.0] * nout if biases is None else biases
        check_length("rows of weights", rows, f"a layer of {nout} neurons", nout)
        check_length("biases", biases, f"a layer of {nout} neurons", nout)
        self.activation = activation
        self.over_layer = activations.over_layer(activation)
        each = "linear" if self.over_layer else activation
        self.neurons = [
            Neuron(nin, each, rng, init=init, weights=row, bias=b, expand=expand, nout=nout)
            for row, b in zip(rows, biases, strict=True)
        ]
        self.label_parameters()

    def saved(self) -> Iterator[tuple[str, Module | NestedLeaves]]:
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

    def __call__(self, inputs: Inputs) -> Outputs:
        """Return the outputs of all neurons, for a list of `nin` Values or numbers."""
        nin = self.neurons[0].nin
        if not hasattr(inputs, "__len__") or len(inputs) != nin:
            check_inputs(inputs, repr(self), nin)
        try:
            nodes = tuple([x if isinstance(x, Value) else lift(x) for x in inputs])  # once: all neurons share them
        except DataError:
            check_inputs(inputs, repr(self), nin)
            raise
        outputs = []
        with AROUND as outer:
            for path, neuron in zip(
                neuron_scopes(outer, self._attribute, len(self.neurons)), self.neurons, strict=True
            ):
                enter(path)
                outputs.append(neuron(nodes))
        return Outputs(softmax(outputs) if self.over_layer else outputs)

    def __repr__(self) -> str:
        return f"Layer({self.neurons[0].nin} → {len(self.neurons)}, {activation_name(self.activation)})"


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
        if not is_list(nouts):
            sizes = [n for n in (nouts, activation, output_activation, rng) if isinstance(n, int)]  # of MLP(3, 4, 1)
            raise DataError(
                f"MLP takes the sizes of its layers as a list, and was given {shortened(nouts)}. Give MLP({nin!r}, {sizes or [nouts]})."
            )
        rng = check_rng(rng)
        for name in (activation, output_activation):
            activations.over_layer(name) or activations.named(name)
        count = check_count("The number of layers", len(nouts))
        check_length("weight matrices", weights or nouts, f"an MLP of {count} layers", count)
        check_length("bias lists", biases or nouts, f"an MLP of {count} layers", count)
        self.layers = [
            Layer(
                a, b, output_activation if i == count - 1 else activation, rng, init=init, expand=expand,
                weights=weights[i] if weights else None, biases=biases[i] if biases else None,
            )
            for i, (a, b) in enumerate(pairwise([nin, *nouts]))
        ]  # fmt: skip
        for i, layer in enumerate(self.layers, 1):
            layer.label_parameters(str(i).translate(HIGH))

    def saved(self) -> Iterator[tuple[str, Module | NestedLeaves]]:
        """Yield the layers, by their places in PyTorch's nn.Sequential."""
        yield from numbered(self.layers)

    def __call__(self, inputs: Inputs) -> Outputs:
        """Return the list of outputs, for a list of `nin` Values or numbers."""
        return call_in_sequence(self._attribute or "MLP", self.layers, [inputs])[0]

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

    def __init__(self, *layers: LayerLike) -> None:
        for layer in layers:
            check_layer(layer)
        self.layers = list(layers)

    def saved(self) -> Iterator[tuple[str, Module | NestedLeaves]]:
        """Yield the modules, by their places in PyTorch's nn.Sequential."""
        yield from numbered(self.layers)

    def __call__(self, inputs: Inputs) -> Outputs:
        """Return the outputs of the last module, for one example."""
        return self.batch([inputs])[0]

    def batch(self, rows: Sequence[Inputs]) -> list[Outputs]:
        """Return the outputs of the last module for each example, one layer after the other."""
        return call_in_sequence(self._attribute or "Sequential", self.layers, rows)

    def __repr__(self) -> str:
        return architecture("Sequential", [repr(layer) for layer in self.layers])


def check_inputs(inputs: Any, whose: str, nin: int) -> None:
    """Refuse what is not a list of `nin` numbers, such as the rows of a batch."""
    if is_list(inputs) and any(hasattr(x, "__len__") and not isinstance(x, str) for x in inputs):
        raise DataError(
            f"{whose} takes the {nin} inputs of one example, and was given a list of lists, {shortened(inputs)}. "
            "For the examples of a batch there is model.batch(rows)."
        )
    check_length("inputs", inputs, whose, nin)


@cache
def neuron_scopes(outer: str, place: str, count: int) -> list[str]:
    """Return the scopes of a layer's neurons, inside the scope around it and that of its place.

    >>> neuron_scopes("MLP/layer0", "", 2), neuron_scopes("", "hidden", 1)
    (['MLP/layer0/neuron0', 'MLP/layer0/neuron1'], ['hidden/neuron0'])
    """
    return ["/".join(filter(None, (outer, place, f"neuron{i}"))) for i in range(count)]


def expanded(weights: Sequence[Number], inputs: Inputs, bias: Number) -> Value:
    """Return w₁x₁ + w₂x₂ + … + b with a node for each × and each +."""
    return reduce(add, [*map(mul, weights, inputs), bias])  # type: ignore[no-any-return]
