"""The dials of a training: what they show, and what it means.

    gradient norm        √(Σ g²): 0.001 to 1 is moderate, below 0.0001 it vanishes, above 10 it explodes
    update ratio         ‖change of the weights‖ / ‖weights‖ in one step: about 0.001 is usual
    mean, deviation      of a layer's activations: near 0, and about 1
    dead                 the share of a layer's neurons that are 0 for every example: a ReLU that no gradient passes
    saturated            the share of a tanh's or a sigmoid's activations within 1 % of the ends of its range

What they mean is in diagnosis.py.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypedDict

from autograd import DataError, Value, no_grad
from nn.activations import activation_name
from nn.checks import as_list, shortened
from nn.module import Inputs, Module, batched
from nn.monitor.diagnosis import LayerDials as LayerDials
from nn.monitor.diagnosis import diagnose
from nn.monitor.gradients import grad_norm, layers_of
from nn.training.evaluation import Restoring, in_mode
from nn.training.run import Run

RANGES = {"tanh": (-1.0, 1.0), "sigmoid": (0.0, 1.0)}


@dataclass(frozen=True)
class Dials:
    """What the dials show after an epoch; gradient and update are those of its last step."""

    epoch: int
    loss: float
    validation_loss: float | None
    gradient_norm: float
    update_ratio: float
    layers: list[LayerDials]


class MonitorState(TypedDict):
    """What a monitor has read: each row as a dict."""

    rows: list[dict[str, Any]]


class Monitor:
    """A callback for `fit` that reads all dials after each epoch.

    >>> from random import Random
    >>> from nn import MLP, SGD, fit, mse_loss, xor
    >>> model, monitor = MLP(2, [4, 1], "tanh", rng=Random(0)), Monitor()
    >>> history = fit(model, xor(), mse_loss, SGD(model.parameters(), lr=0.1), epochs=3, callbacks=[monitor])
    >>> len(monitor.rows), [layer.name for layer in monitor.rows[-1].layers]
    (3, ['layers.0', 'layers.1'])

    `rows` has one Dials an epoch of the last fit. The activations are those of `inputs`, a list of examples' inputs; without it, of
    the first 32 training examples. print(monitor) shows the last row, diagnosis() says what it means.
    """

    def __init__(self, inputs: Sequence[Inputs] | None = None) -> None:
        self.inputs, self.rows = inputs, list[Dials]()

    def on_train_begin(self, run: Run) -> None:
        """Remember the weights; begin anew, unless the training goes on from a checkpoint."""
        self.shown = [x for x, _ in run.data[:32]] if self.inputs is None else self.inputs
        if not isinstance(self.shown, Sequence) or not self.shown:
            raise DataError(
                f"A Monitor looks at a list of inputs, inputs=[[0.0, 1.0]] say, and here is {shortened(self.shown)}."
            )
        if not run.history.epochs:
            self.rows = []
        self.before = self.after = numbers(run.model.parameters())

    def on_step_end(self, run: Run) -> None:
        """Remember the weights before and after a step."""
        self.before, self.after = self.after, numbers(run.model.parameters())

    def on_epoch_end(self, run: Run) -> None:
        """Read the dials."""
        history, parameters = run.history, run.model.parameters()
        before = dict(zip(parameters, self.before, strict=True))
        self.rows.append(
            Dials(
                history.epochs,
                history.loss[-1],
                history.validation_loss[-1] if history.validation_loss else None,
                grad_norm(parameters),
                update_ratio(parameters, before),
                layer_dials(run.model, self.shown, before),
            )
        )

    def diagnosis(self) -> list[str]:
        """Return what the dials say, in words."""
        if not self.rows:
            return ["no epoch yet: give the monitor to fit, callbacks=[monitor]."]
        last = self.rows[-1]
        validation = [row.validation_loss for row in self.rows if row.validation_loss is not None]
        losses = [row.loss for row in self.rows]
        return diagnose(losses, validation, last.gradient_norm, last.update_ratio, last.layers)

    def state_dict(self) -> MonitorState:
        """Return what it has read."""
        return {"rows": [asdict(row) for row in self.rows]}

    def load_state_dict(self, state: MonitorState) -> None:
        """Go on from what another one has read."""
        self.rows = [Dials(**{**row, "layers": [LayerDials(**one) for one in row["layers"]]}) for row in state["rows"]]

    def __str__(self) -> str:
        heads = ("layer", "mean", "deviation", "dead", "saturated", "gradient norm", "update ratio")
        lines = ["".join(f"{head:>15}" for head in heads)]
        for layer in self.rows[-1].layers if self.rows else []:
            shares = f"{layer.dead:>15.0%}{layer.saturated:>15.0%}"
            norms = f"{layer.gradient_norm:>15.3g}{layer.update_ratio:>15.3g}"
            lines.append(f"{layer.name:>15}{layer.mean:>15.3g}{layer.deviation:>15.3g}{shares}{norms}")
        return "\n".join(lines)


def layer_dials(model: Module, inputs: Sequence[Inputs], before: dict[Value, float] | None = None) -> list[LayerDials]:
    """Return the dials of each layer, for a list of examples' inputs; gradients are read as they stand.

    >>> from nn import Layer
    >>> (dials,) = layer_dials(Layer(1, 2, "relu", weights=[[1], [-1]]), [[1.0], [3.0]])
    >>> dials.mean, dials.dead  # the activations are 1, 0 and 3, 0
    (1.0, 0.5)

    The layers are those of `layer_grad_norms` that the model calls. `before` has the weights before the last step, for the
    update ratio.
    """
    layers, before = layers_of(model), before or {}
    return [
        LayerDials(
            name,
            *mean_and_deviation([a for row in rows for a in row]),
            dead_share(rows),
            saturated_share(rows, layer_activation(layer)),
            grad_norm(layer.parameters()),
            update_ratio(layer.parameters(), before),
        )
        for (name, layer), rows in zip(layers, layer_activations(model, inputs), strict=True)
        if rows
    ]


def layer_activations(model: Module, inputs: Sequence[Inputs]) -> list[list[list[float]]]:
    """Return the activations of each layer: for each example, a list of numbers."""
    with no_grad(), in_mode(model, False), collecting([layer for _, layer in layers_of(model)]) as outputs:
        batched(model, inputs)
    return [[numbers(as_list(row)) for row in rows] for rows in outputs]


def collecting(layers: Sequence[Module]) -> Restoring:
    """Give a block a list for each layer, to which all that it returns is added: meanwhile each is of a class that does so."""
    collected: list[list[Any]] = [[] for _ in layers]

    def begin() -> list[list[Any]]:
        for layer, outputs in zip(layers, collected, strict=True):
            layer.__class__ = collecting_class(type(layer), outputs)
        return collected

    return Restoring([(layer, "__class__", type(layer)) for layer in layers], begin)


def collecting_class(own_class: Any, outputs: list[Any]) -> type:
    """Return a class of layer like another one, that also adds to `outputs` what it returns, for an example or a batch."""
    running: list[bool] = []

    def collected(method: Any, rows: Callable[[Any], list[Any]]) -> Any:
        def call(self: Any, given: Any) -> Any:
            if running:  # a batch that goes through the layer example by example is collected once
                return method(self, given)
            running.append(True)
            try:
                returned = method(self, given)
            finally:
                running.pop()
            outputs.extend(rows(returned))
            return returned

        return call

    methods = {
        "__call__": collected(own_class.__call__, lambda row: [row]),
        "batch": collected(own_class.batch, list),
    }
    return type(own_class.__name__, (own_class,), methods)


def update_ratio(parameters: Sequence[Value], before: dict[Value, float]) -> float:
    """Return ‖w − w before‖ / ‖w before‖; 0 where nothing is known of before.

    >>> w = Value(4.0)
    >>> update_ratio([w], {w: 5.0})
    0.2
    """
    old = [before.get(p, p.data) for p in parameters]
    return math.dist(numbers(parameters), old) / (math.hypot(*old) or 1.0)


def mean_and_deviation(activations: Sequence[float]) -> tuple[float, float]:
    """Return the mean, and the standard deviation (divided by n)."""
    n = len(activations) or 1
    mean = math.fsum(activations) / n
    return mean, math.sqrt(math.fsum((a - mean) ** 2 for a in activations) / n)


def dead_share(rows: Sequence[Sequence[float]]) -> float:
    """Return the share of neurons that are 0 for every example.

    >>> dead_share([[0.0, 0.0, 1.0, 2.0], [0.0, 3.0, 0.0, 4.0]])
    0.25
    """
    neurons = list(zip(*rows, strict=True))
    return sum(not any(neuron) for neuron in neurons) / (len(neurons) or 1)


def saturated_share(rows: Sequence[Sequence[float]], activation: str) -> float:
    """Return the share of activations within 1 % of the ends of the range; 0 for what has no two ends.

    >>> saturated_share([[-0.999, 0.5], [0.99, 0.0]], "tanh")
    0.5
    """
    if activation not in RANGES:
        return 0.0
    low, high = RANGES[activation]
    margin = 0.01 * (high - low)
    flat = [a for row in rows for a in row]
    return sum(not low + margin < a < high - margin for a in flat) / (len(flat) or 1)


def layer_activation(layer: Any) -> str:
    """Return the name of a layer's activation, "" where it has none."""
    neuron = next(iter(getattr(layer, "neurons", [])), layer)
    return activation_name(getattr(neuron, "activation", ""))


def numbers(values: Iterable[Any]) -> list[float]:
    """Return the plain numbers of Values and numbers."""
    return [v.data if isinstance(v, Value) else v for v in values]
