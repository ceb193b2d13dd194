"""A graph as inline SVG: without a number in it, for the player fills in those of the moment; or with numbers, for paper.

Leaves are rectangles, parameters have cut corners, constants are small and dashed, results are round. At the levels
"neuron" and "layer" the nodes made in one module are one box.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise

from autograd.explain.expression import Expr
from autograd.pictures.layered_layout import Layout, Point, layout
from autograd.value import Value

LEVELS = ("op", "neuron", "layer")
MOST_NODES = 1500  # of a picture
LONGEST = 14  # letters of a name that a box shows
HEIGHT, MODULE_HEIGHT, PER_LETTER = 86.0, 66.0, 11.0
WIDTH, MODULE_WIDTH = 176.0, 236.0  # a module has a range of gradients to show
NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Box:
    """What is drawn as one: a node, or all nodes of a module."""

    identity: str
    kind: str
    head: str
    corner: str
    members: tuple[str, ...]

    @property
    def size(self) -> Point:
        """Its width and height."""
        if self.kind == "constant":
            return max(60.0, 28 + PER_LETTER * len(self.head)), 42.0
        width = max(
            MODULE_WIDTH if self.kind == "module" else WIDTH, 36 + PER_LETTER * (len(self.head) + len(self.corner))
        )
        return width, MODULE_HEIGHT if self.kind == "module" else HEIGHT


@dataclass(frozen=True)
class Numbers:
    """What is written into a picture: values and gradients by node, local derivatives by use, as n0-n3-1."""

    data: Mapping[str, str] = field(default_factory=dict)
    grad: Mapping[str, str] = field(default_factory=dict)
    local: Mapping[str, str] = field(default_factory=dict)


NO_NUMBERS = Numbers()


def pictures(nodes: Mapping[Value, Expr], number_of_graph: int) -> dict[str, str]:
    """Return a graph at each level at which it can be shown, as SVG; nothing for a graph that is too large."""
    found = {}
    previous = -1
    for level in LEVELS:
        boxes = boxes_of(nodes, level)
        if len(boxes) != previous and len(boxes) <= MOST_NODES:
            found[level] = drawn(nodes, boxes, f"{number_of_graph}-{level}")
        previous = len(boxes)
    return found


def boxes_of(nodes: Mapping[Value, Expr], level: str) -> list[Box]:
    """Return what is drawn at a level, parents first."""
    groups: dict[str, list[tuple[str, Value]]] = {}
    for i, node in enumerate(nodes):
        module = module_of(node, level)
        groups.setdefault(f"module {module}" if module else f"n{i}", []).append((f"n{i}", node))
    found = []
    for key, members in groups.items():
        if key.startswith("module "):
            corner = f"{len(members)} nodes"
            box = Box(
                f"m{members[0][0]}", "module", short(key[7:].rsplit("/", 1)[-1]), corner, tuple(i for i, _ in members)
            )
        else:
            (identity, node), *_ = members
            box = Box(identity, node.kind, short(nodes[node].label), node.op.symbol if node.op else "", (identity,))
        found.append((first_result(members), box))
    return [box for _, box in sorted(found, key=lambda pair: pair[0])]


def module_of(node: Value, level: str) -> str:
    """Return the module in which a node disappears at a level; "" where it is shown itself."""
    if level == "op":
        return ""
    *outer, last = node.scope.split("/")
    return "/".join(outer) if level == "layer" and last.startswith("neuron") and outer else node.scope


def first_result(members: Sequence[tuple[str, Value]]) -> int:
    """Return the place of the first result in a group: its leaves come before everything, and say nothing."""
    places = [int(i[1:]) for i, node in members if node.op] or [int(members[0][0][1:])]
    return places[0]


def drawn(nodes: Mapping[Value, Expr], boxes: Sequence[Box], name: str, numbers: Numbers = NO_NUMBERS) -> str:
    """Return boxes and the edges between them as SVG."""
    box_of = {member: box.identity for box in boxes for member in box.members}
    ids = {node: f"n{i}" for i, node in enumerate(nodes)}
    uses: dict[tuple[str, str, str], list[str]] = {}  # the uses that an edge stands for; at "op" each is its own
    for node in nodes:
        for operand, parent in enumerate(node.parents):
            use = f"{ids[parent]}-{ids[node]}-{operand}"
            a, b = box_of[ids[parent]], box_of[ids[node]]
            if a != b:
                own = use if name.endswith("-op") else ""
                uses.setdefault((a, b, own), []).append(use)
    edges = [(a, b) for a, b, _ in uses]
    placed = placing({box.identity: box.size for box in boxes}, edges)
    lines = [edge(route, used, numbers) for route, used in zip(placed.routes, uses.values(), strict=True)]
    shapes = [shape(box, placed.centres[box.identity], numbers) for box in boxes]
    root = escape(clean(list(nodes.values())[-1].label))
    return (
        f'<svg class="graph" data-graph="{name}" viewBox="0 0 {placed.width:.0f} {placed.height:.0f}" '
        f'width="{placed.width:.0f}" height="{placed.height:.0f}" role="img" aria-labelledby="t{name} d{name}">'
        f'<title id="t{name}">The computation of {root}</title>'
        f'<desc id="d{name}">{len(boxes)} boxes and {len(edges)} arrows, from the leaves on the left to {root} on the right. '
        f"The table of all events tells the same in words.</desc>{''.join(lines)}{''.join(shapes)}</svg>"
    )


def placing(sizes: Mapping[str, Point], edges: Sequence[tuple[str, str]]) -> Layout:
    """Return the places of all boxes: the one door through which another layout could come in."""
    return layout(sizes, edges)


def edge(route: Sequence[Point], uses: Sequence[str], numbers: Numbers) -> str:
    """Return an edge: its line, its head, and a place for the local derivative."""
    (x, y), *_ = route
    path = f"M{x:.0f} {y:.0f}" + "".join(
        curve(a, b) for a, b in pairwise([*route[:-1], (route[-1][0] - 8, route[-1][1])])
    )
    tip_x, tip_y = route[-1]
    head = f"M{tip_x:.0f} {tip_y:.0f}l-10 -5v10z"
    near, far = route[-2:]
    middle = ((near[0] + far[0]) / 2, (near[1] + far[1]) / 2 - 6)
    return (
        f'<g class="edge" data-uses="{" ".join(uses)}"><path class="line" d="{path}"/><path class="head" d="{head}"/>'
        f'<text class="local" x="{middle[0]:.0f}" y="{middle[1]:.0f}">{numbers.local.get(uses[0], "")}</text></g>'
    )


def curve(a: Point, b: Point) -> str:
    """Return a curve that leaves and arrives level."""
    bend = max(24.0, abs(b[0] - a[0]) / 2)
    return f"C{a[0] + bend:.0f} {a[1]:.0f} {b[0] - bend:.0f} {b[1]:.0f} {b[0]:.0f} {b[1]:.0f}"


def shape(box: Box, centre: Point, numbers: Numbers) -> str:
    """Return a box with its name, its operation, and places for its number and its gradient."""
    (width, height), (x, y) = box.size, centre
    left, right, top = x - width / 2, x + width / 2, y - height / 2
    outline = OUTLINES.get(box.kind, round_ends)(left, top, width, height)
    head, corner = escape(box.head), escape(clean(box.corner))
    if box.kind == "constant":
        texts = f'<text class="name" x="{x:.0f}" y="{y + 6:.0f}" text-anchor="middle">{head}</text>'
    else:
        texts = (
            f'<text class="name" x="{left + 14:.0f}" y="{top + 26:.0f}">{head}</text>'
            f'<text class="corner" x="{right - 14:.0f}" y="{top + 26:.0f}" text-anchor="end">{corner}</text>'
        )
        written = {"data": numbers.data, "grad": numbers.grad}
        texts += "".join(
            slot(name, left, right, top + at, written[name].get(box.identity, "")) for name, at in slots(box.kind)
        )
    members = " ".join(box.members)
    return f'<g class="node {box.kind}" data-nodes="{members}"><path class="shape" d="{outline}"/>{texts}</g>'


def slots(kind: str) -> tuple[tuple[str, float], ...]:
    """Return the numbers that a box shows, and how far down."""
    return (("grad", 52.0),) if kind == "module" else (("data", 50.0), ("grad", 73.0))


def slot(name: str, left: float, right: float, y: float, text: str) -> str:
    """Return a place for a number, with its name."""
    return (
        f'<text class="what" x="{left + 14:.0f}" y="{y:.0f}">{name}</text>'
        f'<text class="{name}" x="{right - 14:.0f}" y="{y:.0f}" text-anchor="end">{text}</text>'
    )


def rectangle(x: float, y: float, w: float, h: float) -> str:
    """Return the outline of a leaf."""
    return f"M{x:.0f} {y:.0f}h{w:.0f}v{h:.0f}h{-w:.0f}z"


def cut_corners(x: float, y: float, w: float, h: float) -> str:
    """Return the outline of a parameter."""
    c = 11
    return f"M{x + c:.0f} {y:.0f}h{w - 2 * c:.0f}l{c} {c}v{h - 2 * c:.0f}l{-c} {c}h{2 * c - w:.0f}l{-c} {-c}v{2 * c - h:.0f}z"


def round_ends(x: float, y: float, w: float, h: float) -> str:
    """Return the outline of a result, or of a module."""
    r = 16
    return (
        f"M{x + r:.0f} {y:.0f}h{w - 2 * r:.0f}a{r} {r} 0 0 1 {r} {r}v{h - 2 * r:.0f}a{r} {r} 0 0 1 {-r} {r}"
        f"h{2 * r - w:.0f}a{r} {r} 0 0 1 {-r} {-r}v{2 * r - h:.0f}a{r} {r} 0 0 1 {r} {-r}z"
    )


OUTLINES: dict[str, Callable[[float, float, float, float], str]] = {
    "leaf": rectangle,
    "constant": rectangle,
    "parameter": cut_corners,
}


def short(label: str) -> str:
    """Return a name that fits into a box."""
    told = clean(label)
    return told if len(told) <= LONGEST else told[: LONGEST - 1] + "…"


def clean(text: str) -> str:
    """Return a text without what neither HTML nor SVG can hold: control characters and halves of characters."""
    return NOT_TEXT.sub("\N{REPLACEMENT CHARACTER}", text)
