"""Spots for what is written beside edges and nodes: where it covers no box and no other text, or as little as can be.

Everything is a rectangle (left, top, right, bottom); what is already there lies in a grid, so that a spot looks only at what is near.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import hypot

from autograd.pictures.layered_layout import Point, along

Rectangle = tuple[float, float, float, float]
CELL = 160.0  # of the grid
ALONG_AN_EDGE = (0.5, 0.35, 0.65, 0.22, 0.78, 0.12, 0.88)
PRODUCT: Point = (196.0, 32.0)  # the size of −16 · 2 = −32
MOST_TRIED = 12_000  # spots in a picture: with many edges fewer are tried for each
NEAR = sorted(
    ((dx, dy) for dx in range(-180, 181, 30) for dy in (-26, 26, -48, 48, -76, 76, -104, 104)),
    key=lambda at: hypot(*at),
)


class Taken:
    """The rectangles that are taken already."""

    def __init__(self, rectangles: Iterable[Rectangle]) -> None:
        self._cells: dict[tuple[int, int], list[Rectangle]] = {}
        for rectangle in rectangles:
            self.add(rectangle)

    def add(self, rectangle: Rectangle) -> None:
        """Take a rectangle."""
        for cell in cells(rectangle):
            self._cells.setdefault(cell, []).append(rectangle)

    def covered(self, rectangle: Rectangle) -> float:
        """Return how much of what is taken a rectangle would cover."""
        near = {other for cell in cells(rectangle) for other in self._cells.get(cell, ())}
        return sum(overlap(rectangle, other) for other in near)


def cells(rectangle: Rectangle) -> Iterator[tuple[int, int]]:
    """Yield the cells of the grid that a rectangle touches."""
    left, top, right, bottom = (int(x // CELL) for x in rectangle)
    return ((x, y) for x in range(left, right + 1) for y in range(top, bottom + 1))


def overlap(a: Rectangle, b: Rectangle) -> float:
    """Return the area that two rectangles share.

    >>> overlap((0, 0, 2, 2), (1, 1, 3, 3)), overlap((0, 0, 1, 1), (2, 2, 3, 3))
    (1, 0)
    """
    return max(0, min(a[2], b[2]) - max(a[0], b[0])) * max(0, min(a[3], b[3]) - max(a[1], b[1]))


def around(centre: Point, size: Point) -> Rectangle:
    """Return the rectangle of this size around a point."""
    (x, y), (width, height) = centre, size
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def label_spots(
    curves: Sequence[Sequence[Point]], sizes: Sequence[Point | None], boxes: Mapping[str, Rectangle]
) -> tuple[list[Point | None], Taken]:
    """Return a spot on each edge for a label of its size, None where there is no room, and all that is then taken."""
    taken = Taken(boxes.values())
    found: list[Point | None] = [None] * len(curves)
    shortest_first = sorted(range(len(curves)), key=lambda i: (len(curves[i]), i))
    for i in shortest_first:
        size = sizes[i]
        if size is None:
            continue
        lift = size[1] / 2 + 1
        spots = [(x, y + dy) for x, y in along(curves[i], ALONG_AN_EDGE) for dy in (-lift, lift, 0.0)]
        found[i] = next((spot for spot in spots if not taken.covered(around(spot, size))), None)
        if spot := found[i]:
            taken.add(around(spot, size))
    return found, taken


def product_spots(curves: Sequence[Sequence[Point]], taken: Taken, area: Point) -> list[Point]:
    """Return a spot for the product that each edge may carry: inside the picture, where it covers least of what is taken."""
    tried = NEAR[: max(6, MOST_TRIED // max(1, len(curves)))]
    return [best(near(curve, tried), taken, area) for curve in curves]


def near(curve: Sequence[Point], offsets: Iterable[Point]) -> Iterator[Point]:
    """Yield spots at these distances from the middle of an edge."""
    middles = along(curve, (0.5,))
    x, y = middles[len(middles) // 2]
    return ((x + dx, y + dy) for dx, dy in offsets)


def spot_beside(box: Rectangle, taken: Taken, area: Point) -> Point:
    """Return a spot for what happens to a parameter: above or below it, or to a side."""
    left, top, right, bottom = box
    x, y = (left + right) / 2, (top + bottom) / 2
    across, up = (right - left + PRODUCT[0]) / 2 + 8, PRODUCT[1] / 2 + 6
    return best(((x, top - up), (x, bottom + up), (x + across, y), (x - across, y)), taken, area)


def best(spots: Iterable[Point], taken: Taken, area: Point) -> Point:
    """Return the first spot that covers nothing, or the one that covers least."""
    least: tuple[float, Point] | None = None
    for spot in spots:
        inside = kept_inside(spot, area)
        cost = taken.covered(around(inside, PRODUCT))
        if not cost:
            return inside
        if least is None or cost < least[0]:
            least = cost, inside
    return least[1] if least else (area[0] / 2, area[1] / 2)


def kept_inside(spot: Point, area: Point) -> Point:
    """Return the spot nearest to this one at which a product lies inside the picture."""
    (x, y), (width, height), (w, h) = spot, area, PRODUCT
    return max(w / 2, min(x, width - w / 2)), max(h / 2, min(y, height - h / 2))
