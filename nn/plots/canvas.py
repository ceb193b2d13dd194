"""What the pictures of `nn.plots` are drawn with: figures, colours, marks and labels."""

import io
from collections.abc import Sequence
from functools import cache
from typing import Any

from autograd import MissingPackageError
from nn.checks import as_list, check_count
from nn.data.batching import Data
from nn.errors import SettingError
from nn.training.evaluation import answer

BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, VERMILION, PURPLE, BROWN, NAVY = COLOURS = (
    "#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7", "#772200", "#000099",
)  # fmt: skip
CLASSES = (BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILION, YELLOW, BLACK, BROWN, NAVY)
FEW = 8  # so many points get names
MARKERS = ("o", "^", "s", "D", "v", "P", "X", "*", "<", ">")
DASHES = ("-", "--", "-.", ":")
PAPER = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1}
PATHS = ("#FFFFFF", VERMILION, SKY, PURPLE, GREEN, ORANGE)
NEAR = 0.1  # points no further apart than this share of the picture get one label
Point = tuple[float, float]
Path = Sequence[Point]


def draw_path(ax: Any, name: str, path: Path, colour: str, marker: str, width: float) -> None:
    """Draw where an optimizer went: a line in a dark rim, a mark every few steps, a large one at the end."""
    from matplotlib.patheffects import Normal, Stroke

    xs, ys = zip(*path, strict=True)
    every, rim = max(1, len(path) // 12), [Stroke(linewidth=width + 1.4, foreground=BLACK), Normal()]
    style = {"color": colour, "linewidth": width, "path_effects": rim, "label": name}
    ax.plot(xs, ys, marker=marker, markevery=every, markersize=5, markeredgecolor=BLACK, **style)
    ax.plot(xs[-1], ys[-1], marker=marker, markersize=11, color=colour, markeredgecolor=BLACK, zorder=3)


def scatter(ax: Any, points: Path, data: Data[object]) -> None:
    """Draw the examples, a colour and a marker for each class."""
    labels = [answer(y) for _, y in data]
    for k, label in enumerate(sorted(set(labels))):
        xs, ys = zip(*[p for p, y in zip(points, labels, strict=True) if y == label], strict=True)
        ax.scatter(xs, ys, color=CLASSES[k % len(CLASSES)], marker=MARKERS[k % len(MARKERS)], edgecolors=BLACK,
                   linewidths=0.7, s=45, zorder=3, label=f"class {label:g}".replace("-", "−"), clip_on=False)  # fmt: skip
    legend_below(ax)


def name_points(ax: Any, points: Path, data: Data[object]) -> None:
    """Write beside each point which inputs it stands for, where there are few; points that are near share a label."""
    if len(data) > FEW:
        return
    spans = [padded([point[k] for point in points], 0) for k in (0, 1)]
    middle = sum(spans[0]) / 2
    for place, names in share_labels(points, [f"({', '.join(f'{i:g}' for i in as_list(x))})" for x, _ in data], spans):
        left = place[0] > middle
        ax.annotate(in_words(names), place, xytext=(-8 if left else 8, 8), textcoords="offset points",
                    ha="right" if left else "left", bbox=PAPER, zorder=4)  # fmt: skip


def in_words(names: Sequence[str]) -> str:
    """Return names as a sentence has them.

    >>> in_words(["a"]), in_words(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    return " and ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)


def share_labels(points: Path, names: Sequence[str], spans: Sequence[Point]) -> list[tuple[Point, list[str]]]:
    """Return the places of points, each with the names of all that are near it.

    >>> share_labels([(0.0, 0.0), (1.0, 1.0), (0.01, 0.0)], ["a", "b", "c"], [(0, 1), (0, 1)])
    [((0.0, 0.0), ['a', 'c']), ((1.0, 1.0), ['b'])]
    """
    groups: list[tuple[Point, list[str]]] = []
    for point, name in zip(points, names, strict=True):
        for place, others in groups:
            if all(abs(point[k] - place[k]) <= NEAR * (spans[k][1] - spans[k][0]) for k in (0, 1)):
                others.append(name)
                break
        else:
            groups.append(((point[0], point[1]), [name]))
    return groups


def padded(numbers: Sequence[float], share: float) -> Point:
    """Return the lowest and the highest number, with some room."""
    low, high = min(numbers), max(numbers)
    more = share * (high - low) or 0.5
    return low - more, high + more


def room(data: Data[object]) -> float:
    """Return the share of room around points: more for few, which get names."""
    return 0.3 if len(data) <= FEW else 0.15


def legend_below(ax: Any, ncols: int = 4) -> None:
    """Put the legend where it hides nothing; long labels need fewer columns."""
    if ax.get_legend_handles_labels()[1]:
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=ncols, frameon=False, columnspacing=1.2)


def even(low: float, high: float, n: int) -> list[float]:
    """Return n numbers from low to high, evenly.

    >>> even(0, 1, 3)
    [0.0, 0.5, 1.0]
    """
    return [low + (high - low) * i / max(n - 1, 1) for i in range(n)]


def check_grid(grid: Any) -> None:
    """Refuse a grid of less than two points a side."""
    if check_count("grid", grid) < 2:
        raise SettingError(
            "grid is how many points there are along each side, 2 or more, and here it is 1. A usual one is 60."
        )


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
        raise MissingPackageError("Pictures need the package matplotlib: pip install matplotlib.") from None

    class Picture(Figure):  # type: ignore[misc, unused-ignore]
        def _repr_png_(self) -> bytes:
            file = io.BytesIO()
            self.savefig(file, format="png", dpi=120)
            return file.getvalue()

    return Picture
