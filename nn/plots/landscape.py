"""The loss over two weights as a map, and the paths of optimizers over it: part of `nn.plots`."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from autograd import DataError, DomainError, Parameter, Value, no_grad
from nn.checks import check_count, shortened
from nn.monitor.monitors import numbers
from nn.optim.newton import take_step
from nn.plots.canvas import MARKERS, PATHS, Path, Point, axes, check_grid, draw_path, even, legend_below, padded


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
    check_surface(loss, named, span)
    check_grid(grid)
    points = [point for path in named.values() for point in path if all(map(math.isfinite, point))]
    if span is None:
        span = [padded([p[k] for p in points] or [-1.0, 1.0], 0.3) for k in (0, 1)]
    ax = ax or axes()
    xs, ys = (even(low, high, grid) for low, high in span)
    with no_grad():
        heights = [numbers([loss(x, y) for x in xs]) for y in ys]
    low, high = min(map(min, heights)), max(map(max, heights))
    if not all(math.isfinite(height) for row in heights for height in row):
        raise DomainError(
            "The loss is not finite everywhere in this span. Give a smaller one: span=((-1, 1), (-1, 1)), say."
        )
    levels = [low + (high - low) * (i / 24) ** 3 for i in range(25)] if high > low else None  # denser at the bottom
    filled = ax.contourf(xs, ys, heights, levels=levels, cmap="cividis")
    ax.figure.colorbar(filled, ax=ax, label="loss", format="%.2g", ticks=levels and levels[::6])
    ax.contour(xs, ys, heights, levels=levels, colors="white", linewidths=0.4, alpha=0.6)
    for i, (name, path) in enumerate(named.items()):
        wider = 0.7 * (len(named) - 1 - i)  # those below show beside those above
        draw_path(ax, name, path, PATHS[i % len(PATHS)], MARKERS[i % len(MARKERS)], 1.8 + wider)
    ax.set(xlabel="w₁", ylabel="w₂", title="Loss surface", xlim=span[0], ylim=span[1])
    legend_below(ax)
    return ax.figure


def is_range(ends: Any) -> bool:
    """Tell whether something is (lowest, highest)."""
    return hasattr(ends, "__len__") and len(ends) == 2 and ends[0] < ends[1]


def check_surface(loss: Any, named: Mapping[str, Path], span: Any) -> None:
    """Refuse what is not a loss of two weights, a path through them, or a span."""
    if not callable(loss):
        raise DataError(
            f"The loss is a function of two weights, and {shortened(loss)} is not one. Give lambda x, y: x * x + y * y, say."
        )
    for path in named.values():
        if not all(hasattr(point, "__len__") and len(point) == 2 for point in path):
            raise DataError(
                f"A path is a list of points (w₁, w₂), and {shortened(path)} is not one. descent(…) makes one."
            )
    if span is not None and not all(map(is_range, span)):
        raise DataError(f"span is ((lowest, highest) of w₁, (lowest, highest) of w₂), and {shortened(span)} is not.")


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
    if not hasattr(start, "__len__") or len(start) != 2 or not callable(optimizer):
        raise DataError(
            "descent goes from a point of two weights, (1.0, 1.0) say, by an optimizer made of the list of them: "
            f"lambda weights: SGD(weights, lr=0.1). Here are {shortened(start)} and {shortened(optimizer)}."
        )
    w = [Parameter(x) for x in start]
    walker, path = optimizer(w), [start]
    for _ in range(check_count("steps", steps)):
        walker.zero_grad()
        height = loss(*w)
        height.backward()
        take_step(walker, height)
        path.append((w[0].data, w[1].data))
    return path
