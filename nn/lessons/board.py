"""What the plots of lessons are drawn with: a figure, three colours, words beside a point, an outer product as a table."""

from collections.abc import Callable, Sequence
from typing import Any

from autograd.graph import number
from nn.plots.canvas import figure_class

BLACK, BLUE, VERMILION, GREEN = "#000000", "#0072B2", "#D55E00", "#009E73"  # those of Okabe and Ito
PAPER = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1}


def new_figure(columns: int) -> Any:
    """Return a figure with so many axes in a row; matplotlib is loaded now, not before."""
    figure = figure_class()(figsize=(4 * columns + 1.6, 4.2), layout="constrained")
    figure.subplots(1, columns)
    return figure


def say(ax: Any, text: str, at: tuple[float, float], offset: tuple[float, float] = (8, 0), **style: Any) -> None:
    """Write words beside a point, so many points to its right and above it."""
    ax.annotate(text, at, xytext=offset, textcoords="offset points", va="center", bbox=PAPER, **style)


def even(low: float, high: float, n: int) -> list[float]:
    """Return n numbers from low to high, evenly.

    >>> even(0, 1, 3)
    [0.0, 0.5, 1.0]
    """
    return [low + (high - low) * i / (n - 1) for i in range(n)]


def outer_product(
    ax: Any,
    rows: Sequence[str],
    columns: Sequence[str],
    cells: Sequence[Sequence[float]],
    write: Callable[[float], str] = number,
) -> Any:
    """Draw a table of gradients, names to the left and above, and return its image: the darker a cell, the larger; blue is below 0."""
    from matplotlib.colors import LinearSegmentedColormap

    most = 1.5 * max(abs(cell) for row in cells for cell in row) or 1.0  # so that black is read on the darkest
    signs = LinearSegmentedColormap.from_list("signs", [BLUE, "white", VERMILION])
    image = ax.imshow(cells, cmap=signs, vmin=-most, vmax=most)
    for j, row in enumerate(cells):
        for i, cell in enumerate(row):
            ax.text(i, j, write(cell), ha="center", va="center", fontsize=12)
    ax.set_xticks(range(len(columns)), columns)
    ax.set_yticks(range(len(rows)), rows)
    ax.set_xticks([i + 0.5 for i in range(len(columns) - 1)], minor=True)
    ax.set_yticks([j + 0.5 for j in range(len(rows) - 1)], minor=True)
    ax.grid(which="minor", color="0.6", linewidth=0.8)
    ax.tick_params(which="both", length=0)
    ax.xaxis.tick_top()
    return image
