"""Places for a graph on a page: a column for each depth, few crossings, edges as curves.

Three passes, each of which a reader can do by hand: a node's column is one more than its furthest parent's; each column is
sorted by where its neighbours stand; each node then goes as near to its neighbours' mean height as those beside it allow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

BETWEEN_COLUMNS, BETWEEN_ROWS, MARGIN = 84.0, 18.0, 12.0
SWEEPS = 12
MOST_BENDS = 4000  # beyond that, edges go straight across the columns

Point = tuple[float, float]


@dataclass(frozen=True)
class Layout:
    """The centre of each node, the points that each edge goes through, and the size of it all."""

    centres: dict[str, Point]
    routes: list[list[Point]]
    width: float
    height: float


def layout(sizes: Mapping[str, Point], edges: Sequence[tuple[str, str]]) -> Layout:
    """Return places for nodes of these sizes, which come parents first.

    >>> placed = layout({"x": (100, 40), "y": (100, 40)}, [("x", "y")])
    >>> placed.centres, placed.width
    ({'x': (62.0, 32.0), 'y': (246.0, 32.0)}, 308.0)
    """
    depth = depths(sizes, edges)
    columns: list[list[str]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for node in sizes:
        columns[depth[node]].append(node)
    bends = bend(edges, depth, columns)
    heights = {name: sizes[name][1] if name in sizes else 10.0 for column in columns for name in column}
    ys = rows(columns, neighbours(edges, bends), heights)
    xs = column_centres(columns, sizes)
    top = min((ys[name] - heights[name] / 2 for name in ys), default=0.0) - MARGIN
    places = {name: (xs[i], ys[name] - top) for i, column in enumerate(columns) for name in column}
    centres = {node: places[node] for node in sizes}
    return Layout(
        centres,
        routes(edges, bends, places, sizes),
        max((x + sizes[node][0] / 2 for node, (x, _) in centres.items()), default=0.0) + MARGIN,
        max((y + heights[name] / 2 for name, (_, y) in places.items()), default=0.0) + MARGIN,
    )


def depths(nodes: Mapping[str, Point], edges: Sequence[tuple[str, str]]) -> dict[str, int]:
    """Return each node's column; one without parents stands just before its first child."""
    place = {node: i for i, node in enumerate(nodes)}
    parents: dict[str, list[str]] = {node: [] for node in nodes}
    children: dict[str, list[str]] = {node: [] for node in nodes}
    for a, b in edges:
        if place[a] < place[b]:
            parents[b].append(a)
            children[a].append(b)
    depth: dict[str, int] = {}
    for node in nodes:
        depth[node] = max((depth[p] + 1 for p in parents[node]), default=0)
    for node in nodes:
        if not parents[node] and children[node]:
            depth[node] = min(depth[child] for child in children[node]) - 1
    return depth


def bend(edges: Sequence[tuple[str, str]], depth: Mapping[str, int], columns: list[list[str]]) -> list[list[str]]:
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


def neighbours(edges: Sequence[tuple[str, str]], bends: list[list[str]]) -> dict[str, list[str]]:
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


def column_centres(columns: list[list[str]], sizes: Mapping[str, Point]) -> list[float]:
    """Return where each column stands."""
    widths = [max((sizes[name][0] for name in column if name in sizes), default=0.0) for column in columns]
    rights = list(accumulate(width + BETWEEN_COLUMNS for width in widths))
    return [MARGIN + right - BETWEEN_COLUMNS - width / 2 for right, width in zip(rights, widths, strict=True)]


def routes(
    edges: Sequence[tuple[str, str]],
    bends: list[list[str]],
    places: Mapping[str, Point],
    sizes: Mapping[str, Point],
) -> list[list[Point]]:
    """Return the points of each edge: from a node's right side, through its bends, to a node's left side."""
    leaving: dict[str, list[int]] = {}
    arriving: dict[str, list[int]] = {}
    for i, (a, b) in enumerate(edges):
        leaving.setdefault(a, []).append(i)
        arriving.setdefault(b, []).append(i)
    starts = ports(leaving, [places[(*between, b)[0]][1] for (_, b), between in zip(edges, bends, strict=True)], sizes)
    ends = ports(arriving, [places[(a, *between)[-1]][1] for (a, _), between in zip(edges, bends, strict=True)], sizes)
    found = []
    for i, ((a, b), between) in enumerate(zip(edges, bends, strict=True)):
        start = (places[a][0] + sizes[a][0] / 2, places[a][1] + starts[i])
        end = (places[b][0] - sizes[b][0] / 2, places[b][1] + ends[i])
        found.append([start, *(places[name] for name in between), end])
    return found


def ports(edges_at: Mapping[str, list[int]], towards: list[float], sizes: Mapping[str, Point]) -> dict[int, float]:
    """Return how far from a side's middle each edge begins or ends: side by side, in the order of where they go."""
    found = {}
    for node, at in edges_at.items():
        step = min(16.0, (sizes[node][1] - 16) / len(at))
        for rank, i in enumerate(sorted(at, key=lambda i: (towards[i], i))):
            found[i] = (rank - (len(at) - 1) / 2) * step
    return found
