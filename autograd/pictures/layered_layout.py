"""Places for a graph: a column for each depth, few crossings, edges as curves.

Four passes, each of which a reader can do by hand: a node's column is one more than its furthest parent's; a result is pulled
towards what uses it where that makes the picture lower; each column is sorted by where its neighbours stand; each node then
goes as near to its neighbours' mean height as those beside it allow.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

BETWEEN_COLUMNS, BETWEEN_ROWS, MARGIN = 88.0, 20.0, 14.0
SWEEPS = 12
MOST_BENDS = 4000  # beyond that, edges go straight across the columns
LOWER = 0.8  # pulling must make the tallest column this much lower, or nothing is pulled
TIP = 9.0  # the length of an arrow's head

Point = tuple[float, float]
Ends = tuple[str, str]


@dataclass(frozen=True)
class Places:
    """The centre of each node, each edge as a chain of cubic curves (start, two controls, end, …) and a tip, the size of all."""

    centres: dict[str, Point]
    curves: list[list[Point]]
    width: float
    height: float


def layout(
    sizes: Mapping[str, Point], edges: Sequence[Ends], direction: str = "LR", gap: float = BETWEEN_COLUMNS
) -> Places:
    """Return places for nodes of these sizes, which come parents first; `direction` is LR, RL, TB or BT.

    >>> placed = layout({"x": (100, 40), "y": (100, 40)}, [("x", "y")])
    >>> placed.centres, placed.width
    ({'x': (64.0, 34.0), 'y': (252.0, 34.0)}, 316.0)
    """
    if direction in ("TB", "BT"):
        sizes = {node: (height, width) for node, (width, height) in sizes.items()}
    return turned(from_left_to_right(sizes, edges, gap), direction)


def turned(placed: Places, direction: str) -> Places:
    """Return a layout from left to right as one in another direction."""
    upright, back = direction in ("TB", "BT"), direction in ("RL", "BT")
    along = placed.width

    def turn(point: Point) -> Point:
        x, y = (along - point[0] if back else point[0]), point[1]
        return (y, x) if upright else (x, y)

    size = (placed.height, placed.width) if upright else (placed.width, placed.height)
    centres = {node: turn(centre) for node, centre in placed.centres.items()}
    return Places(centres, [[turn(point) for point in curve] for curve in placed.curves], *size)


def from_left_to_right(sizes: Mapping[str, Point], edges: Sequence[Ends], gap: float) -> Places:
    """Return places with the leaves on the left and the root on the right, with this much room between columns."""
    depth = columns_of(sizes, edges)
    columns: list[list[str]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for node in sizes:
        columns[depth[node]].append(node)
    bends = bend(edges, depth, columns)
    heights = {name: sizes[name][1] if name in sizes else 10.0 for column in columns for name in column}
    ys = rows(columns, neighbours(edges, bends), heights)
    widths = [max((sizes[name][0] for name in column if name in sizes), default=0.0) for column in columns]
    xs = column_centres(widths, gap)
    top = min((ys[name] - heights[name] / 2 for name in ys), default=0.0) - MARGIN
    places = {name: (xs[i], ys[name] - top) for i, column in enumerate(columns) for name in column}
    centres = {node: places[node] for node in sizes}
    return Places(
        centres,
        [curve(route) for route in routes(edges, bends, places, sizes, dict(zip(xs, widths, strict=True)))],
        max((x + sizes[node][0] / 2 for node, (x, _) in centres.items()), default=0.0) + MARGIN,
        max((y + heights[name] / 2 for name, (_, y) in places.items()), default=0.0) + MARGIN,
    )


def columns_of(sizes: Mapping[str, Point], edges: Sequence[Ends]) -> dict[str, int]:
    """Return each node's column: as early as its parents allow, or pulled where that makes the tallest column clearly lower."""
    place = {node: i for i, node in enumerate(sizes)}
    parents: dict[str, list[str]] = {node: [] for node in sizes}
    children: dict[str, list[str]] = {node: [] for node in sizes}
    for a, b in edges:
        if place[a] < place[b]:
            parents[b].append(a)
            children[a].append(b)
    early: dict[str, int] = {}
    for node in sizes:
        early[node] = max((early[p] + 1 for p in parents[node]), default=0)
    late = pulled(early, parents, children)
    for depth in (early, late):
        for node in sizes:
            if not parents[node] and children[node]:
                depth[node] = min(depth[child] for child in children[node]) - 1
    return late if tallest(late, sizes) < LOWER * tallest(early, sizes) else early


def pulled(
    depth: Mapping[str, int], parents: Mapping[str, list[str]], children: Mapping[str, list[str]]
) -> dict[str, int]:
    """Place a result as late as its children allow, where that lengthens no more arrows than it shortens.

    A leaf that only this result uses moves with it, so its arrow stays as long.
    """
    late = dict(depth)
    for node in reversed(list(depth)):
        if parents[node] and children[node]:
            lengthened = sum(bool(parents[parent]) or len(children[parent]) > 1 for parent in parents[node])
            if lengthened <= len(children[node]):
                late[node] = min(late[child] for child in children[node]) - 1
    return late


def tallest(depth: Mapping[str, int], sizes: Mapping[str, Point]) -> float:
    """Return the height of the tallest column."""
    heights: dict[int, float] = {}
    for node, (_, height) in sizes.items():
        heights[depth[node]] = heights.get(depth[node], 0.0) + height + BETWEEN_ROWS
    return max(heights.values(), default=0.0)


def bend(edges: Sequence[Ends], depth: Mapping[str, int], columns: list[list[str]]) -> list[list[str]]:
    """Return, for each edge, a bend in every column that it crosses, and add the bends to the columns."""
    crossed = [range(depth[a] + 1, depth[b]) for a, b in edges]
    if sum(map(len, crossed)) > MOST_BENDS:
        return [[] for _ in edges]
    bends = []
    for i, between in enumerate(crossed):
        bends.append([f"bend {i} {column}" for column in between])
        for name, column in zip(bends[-1], between, strict=True):
            columns[column].append(name)
    return bends


def neighbours(edges: Sequence[Ends], bends: list[list[str]]) -> dict[str, list[str]]:
    """Return what each node and each bend is connected with."""
    found: dict[str, list[str]] = {}
    for (a, b), between in zip(edges, bends, strict=True):
        for one, other in pairwise([a, *between, b]):
            found.setdefault(one, []).append(other)
            found.setdefault(other, []).append(one)
    return found


def rows(columns: list[list[str]], near: Mapping[str, list[str]], heights: Mapping[str, float]) -> dict[str, float]:
    """Return the height at which each node stands, after a few sweeps to and fro."""
    ys = {name: float(i) for column in columns for i, name in enumerate(column)}
    for sweep in range(SWEEPS):
        for column in columns if sweep % 2 == 0 else reversed(columns):
            wanted = {name: mean([ys[other] for other in near[name]]) if name in near else ys[name] for name in column}
            if sweep < SWEEPS // 2:
                column.sort(key=wanted.__getitem__)
            gaps = [(heights[a] + heights[b]) / 2 + BETWEEN_ROWS for a, b in pairwise(column)]
            ys.update(zip(column, apart([wanted[name] for name in column], gaps), strict=True))
    return ys


def apart(wanted: Sequence[float], gaps: Sequence[float]) -> list[float]:
    """Return the places nearest to the wanted ones, in their order, with at least these gaps between them.

    >>> apart([0, 0, 90], [10, 10])
    [-5.0, 5.0, 90.0]

    Neighbours that would be too close are put together in a pool, around the mean of what they want.
    """
    offsets = [0.0, *accumulate(gaps)] if wanted else []
    pools: list[tuple[float, int]] = []
    for place, offset in zip(wanted, offsets, strict=True):
        total, count = place - offset, 1
        while pools and pools[-1][0] / pools[-1][1] >= total / count:
            before, many = pools.pop()
            total, count = before + total, many + count
        pools.append((total, count))
    starts = [total / count for total, count in pools for _ in range(count)]
    return [start + offset for start, offset in zip(starts, offsets, strict=True)]


def mean(numbers: Sequence[float]) -> float:
    """Return the mean."""
    return sum(numbers) / len(numbers)


def column_centres(widths: Sequence[float], gap: float) -> list[float]:
    """Return where each column stands."""
    rights = list(accumulate(width + gap for width in widths))
    return [MARGIN + right - gap - width / 2 for right, width in zip(rights, widths, strict=True)]


def routes(
    edges: Sequence[Ends],
    bends: list[list[str]],
    places: Mapping[str, Point],
    sizes: Mapping[str, Point],
    widths: Mapping[float, float],
) -> list[list[Point]]:
    """Return the points of each edge: from a node's right side, straight across the columns between, to a node's left side."""
    outgoing: dict[str, list[int]] = {}
    incoming: dict[str, list[int]] = {}
    for i, (a, b) in enumerate(edges):
        outgoing.setdefault(a, []).append(i)
        incoming.setdefault(b, []).append(i)
    starts = ports(outgoing, [places[(*between, b)[0]][1] for (_, b), between in zip(edges, bends, strict=True)], sizes)
    ends = ports(incoming, [places[(a, *between)[-1]][1] for (a, _), between in zip(edges, bends, strict=True)], sizes)
    found = []
    for i, ((a, b), between) in enumerate(zip(edges, bends, strict=True)):
        start = (places[a][0] + sizes[a][0] / 2, places[a][1] + starts[i])
        end = (places[b][0] - sizes[b][0] / 2, places[b][1] + ends[i])
        across = [(x + side * widths[x] / 2, y) for x, y in (places[name] for name in between) for side in (-1, 1)]
        found.append([start, *across, end])
    return found


def ports(edges_at: Mapping[str, list[int]], towards: list[float], sizes: Mapping[str, Point]) -> dict[int, float]:
    """Return how far from a side's middle each edge begins or ends: side by side, in the order of where they go."""
    found = {}
    for node, at in edges_at.items():
        step = min(18.0, (sizes[node][1] - 16) / len(at))
        for rank, i in enumerate(sorted(at, key=lambda i: (towards[i], i))):
            found[i] = (rank - (len(at) - 1) / 2) * step
    return found


def curve(route: Sequence[Point]) -> list[Point]:
    """Return a chain of cubic curves through a route, each of which leaves and arrives level, and then the arrow's tip."""
    points = [route[0]]
    for (x, y), (u, v) in pairwise([*route[:-1], (route[-1][0] - TIP, route[-1][1])]):
        reach = max(24.0, abs(u - x) / 2)
        points += [(x + reach, y), (u - reach, v), (u, v)]
    return [*points, route[-1]]


def along(curves: Sequence[Point], parts: Iterable[float]) -> list[Point]:
    """Return the points of a chain of curves at these parts of each of its curves, the arrow's head left out."""
    found = []
    for i in range(0, len(curves) - 2, 3):
        (a, b, c, d) = curves[i : i + 4]
        for t in parts:
            s = 1 - t
            weights = (s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t)
            x, y = (sum(w * p[k] for w, p in zip(weights, (a, b, c, d), strict=True)) for k in (0, 1))
            found.append((x, y))
    return found
