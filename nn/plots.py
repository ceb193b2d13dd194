"""Pictures of learning: each function returns a matplotlib figure, to look at in a notebook or to keep.

    loss_curves(history).savefig("loss.png")

matplotlib is loaded when a picture is asked for, not before: pip install "chalkgrad[plots]". Colours are those of
Okabe and Ito, which colour-blind eyes tell apart; shapes and dashes say the same once more, for print in grey.
"""

import io
import math
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from autograd import GraphError, LengthError, Parameter, Value, grad, no_grad
from nn.activations import ACTIVATIONS
from nn.batching import Data, checked, width
from nn.diagnosis import EXPLODING, LARGE, SMALL, VANISHING
from nn.evaluation import answer, evaluation
from nn.gradients import layer_grad_norms
from nn.monitors import layer_activations, numbers
from nn.run import History

BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, VERMILION, PURPLE = COLOURS = (
    "#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7",
)  # fmt: skip
CLASSES = (BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILION, YELLOW, BLACK)
FEW = 8  # so many points get names
MARKERS = ("o", "^", "s", "D", "v", "P", "X", "*")
DASHES = ("-", "--", "-.", ":")
Point = tuple[float, float]
Path = Sequence[Point]


def loss_curves(history: History, ax: Any = None) -> Any:
    """Draw the training loss, and the validation loss with its best epoch."""
    ax = ax or axes()
    epochs = range(1, history.epochs + 1)
    ax.plot(epochs, history.loss, DASHES[0], color=BLUE, label="training")
    if history.validation_loss:
        losses = history.validation_loss
        best = min(epochs, key=lambda epoch: losses[epoch - 1])
        ax.plot(epochs, losses, DASHES[1], color=VERMILION, label="validation")
        ax.plot([best], [losses[best - 1]], "o", color=VERMILION, label=f"best: epoch {best}")
    positive = [loss for loss in history.loss + history.validation_loss if loss > 0]
    if len(positive) == len(history.loss + history.validation_loss) and max(positive) > 30 * min(positive):
        ax.set_yscale("log")
    ax.set(xlabel="epoch", ylabel="loss", title="Loss")
    ax.xaxis.get_major_locator().set_params(integer=True)
    legend_below(ax)
    return ax.figure


def activation_functions(names: Sequence[str] = tuple(ACTIVATIONS)) -> Any:
    """Draw activation functions, and their slopes as backward computes them."""
    columns = min(4, len(names))
    figure = new_figure(math.ceil(len(names) / columns), columns, share=True)
    xs = [i / 50 for i in range(-200, 201)]
    for ax, name in zip(figure.axes, names, strict=False):
        points = [Value(x) for x in xs]
        outs = [ACTIVATIONS[name](x) for x in points]
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
    norms = layer_grad_norms(model)
    if all(parameter.grad is None for parameter in model.parameters()):
        raise GraphError("There are no gradients to draw yet. Call backward() on a loss of this model first.")
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
    data: Data,
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
    if width(checked(data)[0]) != len(inputs(0.0, 0.0)):
        raise LengthError(
            f"A boundary is drawn in the plane, over two inputs, and this data has {width(data[0])}. "
            "Say how a point becomes the inputs: inputs=lambda x, y: [x, y, …]."
        )
    ax = ax or axes()
    spans = [padded([x[k] for x, _ in data], room(data)) for k in (0, 1)]
    shade(ax, lambda x, y: model(inputs(x, y)), model, data, spans, threshold, grid)
    scatter(ax, [(x[0], x[1]) for x, _ in data], data)
    ax.set(xlabel="x₁", ylabel="x₂", title="Decision boundary", xlim=spans[0], ylim=spans[1], aspect="equal")
    return ax.figure


def hidden_space(
    model: Any, data: Data, layer: int = 0, units: tuple[int, int] = (0, 1), threshold: float | None = None
) -> Any:
    """Draw the data as it comes in, and as two units of a hidden layer see it: there a line may be enough.

    Where the layer has just two units, the boundary of the layers that follow is drawn too.
    """
    hidden = [(row[units[0]], row[units[1]]) for row in layer_activations(model, [x for x, _ in data])[layer]]
    figure = new_figure(1, 2)
    before, after = figure.axes
    decision_boundary(model, data, before, threshold=threshold)
    name_points(before, [(x[0], x[1]) for x, _ in data], data)
    spans = [padded([point[k] for point in hidden], room(data)) for k in (0, 1)]
    if len(model.layers[layer].neurons) == 2:
        shade(after, lambda x, y: rest(model, layer, (x, y), units), model, data, spans, threshold, 60)
    scatter(after, hidden, data)
    name_points(after, hidden, data)
    before.set(title="The inputs")
    labels = [f"layers.{layer}.neurons.{unit}" for unit in units]
    after.set(xlabel=labels[0], ylabel=labels[1], title="The hidden space", xlim=spans[0], ylim=spans[1])
    return figure


def loss_surface(
    loss: Callable[[Any, Any], Any],
    paths: Path | Mapping[str, Path] = (),
    span: Sequence[Point] | None = None,
    ax: Any = None,
    grid: int = 80,
) -> Any:
    """Draw the loss over two weights as a map with contour lines, and the paths of optimizers over it.

    `paths` is a list of points, or a dict of such lists with a name for each; `descent` makes them. `span` is
    ((lowest, highest) of w₁, (lowest, highest) of w₂); without it, what the paths need.
    """
    named = paths if isinstance(paths, Mapping) else {"": paths} if paths else {}
    points = [point for path in named.values() for point in path if all(map(math.isfinite, point))]
    if span is None:
        span = [padded([p[k] for p in points] or [-1.0, 1.0], 0.3) for k in (0, 1)]
    ax = ax or axes()
    xs, ys = (even(low, high, grid) for low, high in span)
    with no_grad():
        heights = [numbers([loss(x, y) for x in xs]) for y in ys]
    low, high = min(map(min, heights)), max(map(max, heights))
    levels = [low + (high - low) * (i / 24) ** 3 for i in range(25)] if high > low else None  # denser at the bottom
    filled = ax.contourf(xs, ys, heights, levels=levels, cmap="cividis")
    ax.figure.colorbar(filled, ax=ax, label="loss", format="%.2g", ticks=levels and levels[::6])
    ax.contour(xs, ys, heights, levels=levels, colors="white", linewidths=0.4, alpha=0.6)
    for i, (name, path) in enumerate(named.items()):
        draw_path(ax, name, path, PATHS[i % len(PATHS)], MARKERS[i % len(MARKERS)])
    ax.set(xlabel="w₁", ylabel="w₂", title="Loss surface", xlim=span[0], ylim=span[1])
    legend_below(ax)
    return ax.figure


PAPER = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1}
PATHS = ("#FFFFFF", VERMILION, SKY, PURPLE, GREEN, ORANGE)


def draw_path(ax: Any, name: str, path: Path, colour: str, marker: str) -> None:
    """Draw where an optimizer went: a line in a dark rim, a mark every few steps, a large one at the end."""
    from matplotlib.patheffects import Normal, Stroke

    xs, ys = zip(*path, strict=True)
    every, rim = max(1, len(path) // 12), [Stroke(linewidth=3.2, foreground=BLACK), Normal()]
    style = {"color": colour, "linewidth": 1.8, "path_effects": rim, "label": name}
    ax.plot(xs, ys, marker=marker, markevery=every, markersize=5, markeredgecolor=BLACK, **style)
    ax.plot(xs[-1], ys[-1], marker=marker, markersize=11, color=colour, markeredgecolor=BLACK, zorder=3)


def descent(
    loss: Callable[[Any, Any], Value],
    start: tuple[float, float],
    optimizer: Callable[[list[Value]], Any],
    steps: int = 50,
) -> list[tuple[float, float]]:
    """Return the points that an optimizer goes through, for a loss of two weights.

    >>> from nn import SGD
    >>> descent(lambda x, y: x * x + 10 * y * y, (1.0, 1.0), lambda weights: SGD(weights, lr=0.05), steps=2)
    [(1.0, 1.0), (0.9, 0.0), (0.81, 0.0)]
    """
    w = [Parameter(x) for x in start]
    walker, path = optimizer(w), [start]
    for _ in range(steps):
        walker.zero_grad()
        loss(*w).backward()
        walker.step()
        path.append((w[0].data, w[1].data))
    return path


def shade(
    ax: Any,
    outputs_at: Callable[[float, float], Any],
    model: Any,
    data: Data,
    spans: Sequence[Point],
    threshold: float | None,
    grid: int,
) -> None:
    """Colour each point of the plane by its class, with a black line between classes."""
    xs, ys = (even(low, high, grid) for low, high in spans)
    with evaluation(model):
        rows = [[numbers(outputs_at(x, y)) for x in xs] for y in ys]
    count = len(rows[0][0])
    if count == 1:
        labels = sorted({answer(y) for _, y in data})
        middle = (labels[0] + labels[-1]) / 2 if threshold is None else threshold
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


def scatter(ax: Any, points: Path, data: Data) -> None:
    """Draw the examples, a colour and a marker for each class."""
    labels = [answer(y) for _, y in data]
    for k, label in enumerate(sorted(set(labels))):
        xs, ys = zip(*[p for p, y in zip(points, labels, strict=True) if y == label], strict=True)
        ax.scatter(xs, ys, color=CLASSES[k % len(CLASSES)], marker=MARKERS[k % len(MARKERS)], edgecolors=BLACK,
                   linewidths=0.7, s=45, zorder=3, label=f"class {label:g}".replace("-", "−"), clip_on=False)  # fmt: skip
    legend_below(ax)


def name_points(ax: Any, points: Path, data: Data) -> None:
    """Write beside each point which inputs it stands for, where there are few; points that all but touch share a place."""
    spans = [padded([point[k] for point in points], 0) for k in (0, 1)]
    places: dict[tuple[int, ...], tuple[Point, list[str]]] = {}
    for point, (inputs, _) in zip(points, data, strict=True):
        cell = tuple(round(20 * (x - low) / (high - low)) for x, (low, high) in zip(point, spans, strict=True))
        places.setdefault(cell, (point, []))[1].append(f"({', '.join(f'{i:g}' for i in inputs)})")
    for place, names in places.values() if len(data) <= FEW else ():
        ax.annotate("\n".join(names), place, xytext=(8, 8), textcoords="offset points", bbox=PAPER)


def rest(model: Any, layer: int, point: tuple[float, float], units: tuple[int, int]) -> Any:
    """Return the outputs of the layers after one, from the activations of its two units."""
    outputs: Any = [point[units.index(0)], point[units.index(1)]]
    for following in model.layers[layer + 1 :]:
        outputs = following(outputs)
    return outputs


def padded(numbers: Sequence[float], share: float) -> Point:
    """Return the lowest and the highest number, with some room."""
    low, high = min(numbers), max(numbers)
    more = share * (high - low) or 0.5
    return low - more, high + more


def room(data: Data) -> float:
    """Return the share of room around points: more for few, which get names."""
    return 0.3 if len(data) <= FEW else 0.15


def legend_below(ax: Any) -> None:
    """Put the legend where it hides nothing."""
    if ax.get_legend_handles_labels()[1]:
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=4, frameon=False, columnspacing=1.2)


def even(low: float, high: float, n: int) -> list[float]:
    """Return n numbers from low to high, evenly.

    >>> even(0, 1, 3)
    [0.0, 0.5, 1.0]
    """
    return [low + (high - low) * i / (n - 1) for i in range(n)]


def axes() -> Any:
    """Return the axes of a new figure."""
    return new_figure(1, 1).axes[0]


def new_figure(rows: int, columns: int, share: bool = False) -> Any:
    """Return a figure with so many axes; it belongs to the caller alone, not to pyplot."""
    size = (2.6 * columns, 2.4 * rows) if share else (4 * columns + 1.6, 4.2 * rows)
    figure = figure_class()(figsize=size, layout="constrained")
    figure.subplots(rows, columns, sharex=share, sharey=share)
    return figure


@cache
def figure_class() -> Any:
    """Return matplotlib's Figure, with what a notebook needs to show it."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise ImportError('Pictures need the package matplotlib: pip install "chalkgrad[plots]".') from None

    class Picture(Figure):  # type: ignore[misc, unused-ignore]
        def _repr_png_(self) -> bytes:
            file = io.BytesIO()
            self.savefig(file, format="png", dpi=120)
            return file.getvalue()

    return Picture
