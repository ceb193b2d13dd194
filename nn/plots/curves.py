"""Curves and boundaries: a run's losses, activations, gradients of layers, what a network decides and what its hidden units see."""

import math
from collections.abc import Callable, Sequence
from typing import Any

from autograd import DataError, DomainError, GraphError, LengthError, Value, grad, no_grad
from nn.activations import ACTIVATIONS
from nn.checks import choose, is_list, shortened
from nn.data.batching import Data, checked, finite_example, width
from nn.errors import SettingError
from nn.module import check_module
from nn.monitor.diagnosis import EXPLODING, LARGE, SMALL, VANISHING
from nn.monitor.gradients import layer_grad_norms, layers_of
from nn.monitor.monitors import layer_activations, numbers
from nn.plots.canvas import (
    BLACK,
    BLUE,
    CLASSES,
    DASHES,
    GREEN,
    PAPER,
    VERMILION,
    Point,
    axes,
    check_grid,
    even,
    legend_below,
    name_points,
    new_figure,
    padded,
    room,
    scatter,
)
from nn.sequence import sequence_of
from nn.training.evaluation import answer, in_mode, two_classes
from nn.training.history import History


def loss_curves(history: History, ax: Any = None) -> Any:
    """Draw the training loss, and the validation loss with its best epoch."""
    if not isinstance(history, History) or not history.epochs:
        raise DataError(
            f"The curves are those of a History with an epoch or more, and {shortened(history)} is not one. It is what fit returns."
        )
    ax = ax or axes()
    epochs = range(1, history.epochs + 1)
    ax.plot(epochs, history.loss, DASHES[0], color=BLUE, label="training")
    if history.validation_loss:
        losses = history.validation_loss
        best = min(epochs, key=lambda epoch: losses[epoch - 1])
        ax.plot(epochs, losses, DASHES[1], color=VERMILION, label="validation")
        ax.plot([best], [losses[best - 1]], "o", color=VERMILION, label=f"best: epoch {best}", clip_on=False)
    positive = [loss for loss in history.loss + history.validation_loss if loss > 0]
    if len(positive) == len(history.loss + history.validation_loss) and max(positive) > 30 * min(positive):
        ax.set_yscale("log")
    ax.set(xlabel="epoch", ylabel="loss", title="Loss")
    ax.xaxis.get_major_locator().set_params(integer=True)
    legend_below(ax)
    return ax.figure


def activation_functions(names: Sequence[str] = tuple(ACTIVATIONS)) -> Any:
    """Draw activation functions, and their slopes as backward computes them."""
    names = [names] if isinstance(names, str) else list(names)
    functions = [choose("activation", name, ACTIVATIONS) for name in names]
    if not names:
        raise LengthError(f"Without a name there is nothing to draw. Give some of {', '.join(ACTIVATIONS)}.")
    columns = min(4, len(names))
    figure = new_figure(math.ceil(len(names) / columns), columns, share=True)
    xs = [i / 50 for i in range(-200, 201)]
    for ax, name, function in zip(figure.axes, names, functions, strict=False):
        points = [Value(x) for x in xs]
        outs = [function(x) for x in points]
        ax.plot(xs, numbers(outs), DASHES[0], color=BLUE, label="value")
        ax.plot(xs, [grad(out, x)[0] if out is not x else 1.0 for out, x in zip(outs, points, strict=True)], DASHES[1],
                color=VERMILION, label="slope")  # fmt: skip
        ax.set(title=name, xlim=(-4, 4), ylim=(-1.5, 2.5))
        for line in (ax.axhline, ax.axvline):
            line(0, color="0.8", linewidth=0.8, zorder=0)
        ax.tick_params(labelbottom=True)
    for ax in figure.axes[len(names) :]:
        ax.remove()
    figure.axes[0].legend(loc="upper left")
    return figure


def gradient_norms(model: Any, ax: Any = None) -> Any:
    """Draw the gradient norm of each layer after backward(), between vanishing and exploding."""
    norms = layer_grad_norms(check_module(model))
    if all(parameter.grad is None for parameter in model.parameters()):
        raise GraphError("There are no gradients to draw yet. Call backward() on a loss of this model first.")
    if not all(map(math.isfinite, norms.values())):
        raise DomainError(
            f"A gradient norm is not finite, so it has no bar: {shortened(norms)}. Lower the learning rate, or begin with smaller weights."
        )
    ax = ax or axes()
    low = min([VANISHING / 10, *(norm / 3 for norm in norms.values() if norm)])
    high = max(10 * EXPLODING, *(10 * norm for norm in norms.values()))
    ax.barh(list(norms), [max(norm, low) for norm in norms.values()], color=BLUE, height=0.6)
    for i, norm in enumerate(norms.values()):
        ax.text(max(norm, low) * 1.2, i, f"{norm:.2g}", va="center", bbox=PAPER)
    ax.axvspan(SMALL, LARGE, color=GREEN, alpha=0.15, zorder=0, label="moderate")
    ax.axvline(VANISHING, linestyle=DASHES[1], color=VERMILION, label="vanishing below")
    ax.axvline(EXPLODING, linestyle=DASHES[3], color=VERMILION, label="exploding above")
    ax.set(xscale="log", xlim=(low, high), xlabel="gradient norm", title="Gradient norm of each layer")
    ax.invert_yaxis()
    legend_below(ax)
    return ax.figure


def decision_boundary(
    model: Any,
    data: Data[object],
    ax: Any = None,
    *,
    threshold: float | None = None,
    inputs: Callable[[float, float], Sequence[float]] = lambda x, y: [x, y],
    grid: int = 60,
) -> Any:
    """Draw which class the model gives to each point of the plane, and the data upon it.

    With one output, the classes are told apart at the `threshold`, as `accuracy` does. `inputs` makes the model's
    inputs from a point, where there are more than two: lambda x, y: [x, y, 1 - x, 1 - y] for yin_yang().
    """
    check_module(model)
    check_grid(grid)
    if width(checked(data)[0]) != len(inputs(0.0, 0.0)):
        raise LengthError(
            f"A boundary is drawn in the plane, over two inputs, and this data has {width(data[0])}. "
            "Say how a point becomes the inputs: inputs=lambda x, y: [x, y, …]."
        )
    if not all(map(finite_example, data)):
        raise DomainError("A number in this data is not finite, and has no place in the plane. Leave the example out.")
    ax = ax or axes()
    spans = [padded([x[k] for x, _ in data], room(data)) for k in (0, 1)]
    shade(ax, lambda x, y: model(inputs(x, y)), model, data, spans, threshold, grid)
    scatter(ax, [(x[0], x[1]) for x, _ in data], data)
    ax.set(xlabel="x₁", ylabel="x₂", title="Decision boundary", xlim=spans[0], ylim=spans[1], aspect="equal")
    return ax.figure


def hidden_space(
    model: Any, data: Data[object], layer: int = 0, units: tuple[int, int] = (0, 1), threshold: float | None = None
) -> Any:
    """Draw the data as it comes in, and as two units of a hidden layer see it: there a line may be enough.

    Where the layer has just two units, the boundary of the layers that follow is drawn too.
    """
    path, seen, hidden = seen_by_two(check_module(model), checked(data), layer, units)
    figure = new_figure(1, 2)
    before, after = figure.axes
    decision_boundary(model, data, before, threshold=threshold)
    name_points(before, [(x[0], x[1]) for x, _ in data], data)
    spans = [padded([point[k] for point in hidden], room(data)) for k in (0, 1)]
    if seen == 2 and layers_of(model)[layer][1] in sequence_of(model).values():
        shade(after, lambda x, y: rest(model, layer, (x, y), units), model, data, spans, threshold, 60)
    scatter(after, hidden, data)
    name_points(after, hidden, data)
    before.set(title="The inputs")
    labels = [f"{path}.neurons.{unit}" for unit in units]
    after.set(xlabel=labels[0], ylabel=labels[1], title="The hidden space", xlim=spans[0], ylim=spans[1])
    return figure


def seen_by_two(model: Any, data: Data[object], layer: int, units: tuple[int, int]) -> tuple[str, int, list[Point]]:
    """Return the path of a layer, how many units it has, and what two of them make of each example."""
    found = layer_activations(model, [x for x, _ in data])
    if not isinstance(layer, int) or not -len(found) <= layer < len(found):
        raise SettingError(f"layer is from 0 to {len(found) - 1} in this model, and here it is {layer!r}.")
    rows, count = found[layer], len(found[layer][0])
    if (
        not is_list(units)
        or len(set(units)) != 2
        or not all(isinstance(unit, int) and 0 <= unit < count for unit in units)
    ):
        raise SettingError(
            f"units are two different numbers from 0 to {count - 1}, since that layer has {count}, and here are {units!r}. Choose others, or another layer."
        )
    return layers_of(model)[layer][0], count, [(row[units[0]], row[units[1]]) for row in rows]


def shade(
    ax: Any,
    outputs_at: Callable[[float, float], Any],
    model: Any,
    data: Data[object],
    spans: Sequence[Point],
    threshold: float | None,
    grid: int,
) -> None:
    """Colour each point of the plane by its class, with a black line between classes."""
    xs, ys = (even(low, high, grid) for low, high in spans)
    with no_grad(), in_mode(model, False):
        rows = [[numbers(outputs_at(x, y)) for x in xs] for y in ys]
    count = len(rows[0][0])
    if count == 1:
        _, _, middle = two_classes(sorted({answer(y) for _, y in data}), threshold)
        margins = [[[middle - out, out - middle] for (out,) in row] for row in rows]
    else:
        margins = [
            [[out - max(outs[:k] + outs[k + 1 :]) for k, out in enumerate(outs)] for outs in row] for row in rows
        ]
    for k in range(max(count, 2)):
        margin = [[cell[k] for cell in row] for row in margins]
        if max(map(max, margin)) > 0:
            ax.contourf(xs, ys, margin, levels=[0, math.inf], colors=[CLASSES[k % len(CLASSES)]], alpha=0.25)
            if min(map(min, margin)) < 0:
                ax.contour(xs, ys, margin, levels=[0], colors=BLACK, linewidths=1.2)


def rest(model: Any, layer: int, point: tuple[float, float], units: tuple[int, int]) -> Any:
    """Return the outputs of the layers after one, from the activations of its two units."""
    outputs: Any = [point[units.index(0)], point[units.index(1)]]
    sequence = list(sequence_of(model).values())
    for following in sequence[sequence.index(layers_of(model)[layer][1]) + 1 :]:
        outputs = following(outputs)
    return outputs
