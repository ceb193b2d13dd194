"""A scene as DOT text for Graphviz.

Shapes tell kinds, a thick border tells what is active, a broken one what waits: every picture can be read in one colour.
Colours are those of Okabe and Ito; text on white has only its blue (data, forward) and a darker vermillion (gradients).
"""

import textwrap
from collections.abc import Iterable
from itertools import count, pairwise
from typing import Any

from autograd.pictures.labels import markup, shown
from autograd.pictures.levels import scopes
from autograd.pictures.scene import Line, Mark, Scene

BLUE, VERMILLION, GREY, PALE, LIGHT = "#0072B2", "#B84A00", "#595959", "#767676", "#FFF6CC"
SHAPES = {
    "leaf": {"shape": "box"},
    "parameter": {"shape": "octagon", "margin": "0.04,0.02"},
    "constant": {"shape": "plaintext"},
    "result": {"shape": "ellipse", "margin": "0.06,0.03"},
    "stack": {"shape": "box3d"},
    "box": {"shape": "folder"},
}
LEGEND = {
    "leaf": "rectangle: data",
    "parameter": "octagon: parameter",
    "constant": "no border: constant",
    "result": "ellipse: result",
    "stack": "block: nodes that do the same",
    "box": "folder: all nodes of a scope",
}
WIDTH = 140  # characters of a line of the caption
FONT = "Helvetica,Arial,sans-serif"


def dot(scene: Scene, direction: str) -> str:
    """Return a scene as DOT text."""
    import graphviz

    graph = graphviz.Digraph(
        "G",
        graph_attr={
            "rankdir": direction,
            "fontname": FONT,
            "fontsize": "13",
            "bgcolor": "white",
            "newrank": "true",
            "nodesep": "0.25",
            "ranksep": "0.45",
        },
        node_attr={"fontname": FONT, "fontsize": "12", "margin": "0.1,0.06", "height": "0", "width": "0"},
        edge_attr={"fontname": FONT, "fontsize": "11", "arrowsize": "0.7", "color": GREY, "fontcolor": BLUE},
    )
    graph.attr(label=caption(scene), labelloc="b")
    rows = side_by_side(scene)
    if rows:
        graph.attr(
            remincross="false", ranksep="0.9"
        )  # its last pass against crossings would undo the order of the rows
    draw_marks(graph, scene.marks, rows, sideways=direction in ("LR", "RL"))
    for line in scene.lines:
        graph.edge(line.tail.id, line.head.id, **line_style(line, scene.backwards))
    return str(graph.source)


def caption(scene: Scene) -> str:
    """Return the scene's caption; without an event, what the shapes and the numbers on the edges are."""
    told = [markup(row) for text in scene.caption for row in textwrap.wrap(text, WIDTH)]
    if not scene.at_event:
        kinds = {mark.kind for mark in scene.marks}
        legend = [words for kind, words in LEGEND.items() if kind in kinds]
        if any(line.text and not line.collapsed for line in scene.lines):
            legend.append("on an edge: the local derivative")
        told.append(styled("note", "; ".join(legend)))
    return lines_of(['<font point-size="6"> </font>', *told])


def side_by_side(scene: Scene) -> dict[str, list[list[str]]]:
    """Return, for each scope, the boxes in it that have the same sources, as the neurons of a layer do."""
    sources: dict[Mark, set[str]] = {mark: set() for mark in scene.marks}
    for line in scene.lines:
        sources[line.head].add(line.tail.id)
    alike: dict[tuple[str, object], list[str]] = {}
    for mark in scene.marks:
        if mark.kind == "box":
            alike.setdefault((mark.place, frozenset(sources[mark])), []).append(mark.id)
    rows: dict[str, list[list[str]]] = {}
    for (place, _), row in alike.items():
        if len(row) > 1:
            rows.setdefault(place, []).append(row)
    return rows


def keep_in_order(graph: Any, row: list[str]) -> None:
    """Keep marks in one rank, in the order of the forward pass."""
    with graph.subgraph() as rank:
        rank.attr(rank="same")
        for above, below in pairwise(row):
            rank.edge(above, below, style="invis")


def draw_marks(graph: Any, marks: list[Mark], rows: dict[str, list[list[str]]], sideways: bool) -> None:
    """Draw the marks, each inside the boxes of its scope."""
    held: dict[str, list[Mark]] = {"": []}
    inner: dict[str, list[str]] = {"": []}
    for mark in marks:
        for path in scopes(mark.place):
            if path not in held:
                held[path], inner[path] = [], []
                inner[path.rpartition("/")[0]].append(path)
        held[mark.place].append(mark)
    numbers = count()

    step = -1 if sideways else 1  # sideways, Graphviz fills boxes from below

    def fill(graph: Any, path: str) -> None:
        for mark in held[path][:: step if path else 1]:
            graph.node(mark.id, label=label(mark), **node_style(mark))
        for row in rows.get(path, []):
            keep_in_order(graph, row[::step])
        for scope in inner[path][::step]:
            with graph.subgraph(name=f"cluster{next(numbers)}") as cluster:
                name = markup(shown(scope.rpartition("/")[2]))
                cluster.attr(
                    label=f"<{name}>", labeljust="l", labelloc="t", style="rounded", color=PALE, fontcolor=GREY
                )
                fill(cluster, scope)

    fill(graph, "")


def label(mark: Mark) -> str:
    """Return a mark's texts as an HTML-like label."""
    return lines_of(styled(role, markup(text), mark.waits) for role, text in mark.texts)


def lines_of(lines: Iterable[str]) -> str:
    """Return lines, one below the other, as an HTML-like label."""
    return f"<{'<br/>'.join(lines)}>"


def styled(role: str, text: str, waits: bool = False) -> str:
    """Return a text as its role is drawn."""
    if waits:
        return f'<font color="{PALE}">{text}</font>'
    match role:
        case "op":
            return f'<font point-size="15"><b>{text}</b></font>'
        case "name":
            return f"<b>{text}</b>"
        case "grad":
            return f'<font color="{VERMILLION}">{text}</font>'
        case "absent":
            return f'<font color="{GREY}">{text}</font>'
        case "note":
            return f'<font color="{GREY}" point-size="10">{text}</font>'
    return text


def node_style(mark: Mark) -> dict[str, str]:
    """Return the shape of a kind, and the border of what is active or waits."""
    if mark.active:
        return {**SHAPES[mark.kind], "penwidth": "3", "style": "filled", "fillcolor": LIGHT}
    if mark.waits:
        return {**SHAPES[mark.kind], "style": "dashed", "color": PALE}
    return SHAPES[mark.kind]


def line_style(line: Line, backwards: bool) -> dict[str, str]:
    """Return how a line is drawn; the active one points where the numbers go."""
    text = {"label": f"<{markup(line.text)}>"} if line.text else {}
    if line.active:
        color = VERMILLION if backwards else BLUE
        return {**text, "penwidth": "3", "color": color, "dir": "back" if backwards else "forward"}
    if line.waits:
        return {**text, "style": "dashed", "color": PALE, "fontcolor": PALE}
    return text
