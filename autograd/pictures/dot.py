"""A picture as DOT text, with our own places in it or with none.

With places, `neato` puts every mark where the SVG has it (pos="x,y!", in inches), and plain `dot` still draws the same graph in a
layout of its own. Shapes tell kinds, a thick border tells what is active, a broken one what waits.
"""

import re
import textwrap
from collections.abc import Iterable, Iterator
from itertools import count, pairwise

from autograd.pictures.arrangement import Arrangement
from autograd.pictures.levels import scopes
from autograd.pictures.outline import captions
from autograd.pictures.scene import Line, Mark, Scene, is_active, line_is_active, line_text, line_waits, texts, waits
from autograd.pictures.snapshot import Now
from autograd.pictures.spots import Rectangle
from autograd.pictures.texts import markup, shown

BLUE, VERMILLION, GREY, PALE, LIGHT = "#0072B2", "#B84A00", "#595959", "#767676", "#FFF6CC"
FRAME = "#EEF0F3"
INCH = 100.0  # units of our own layout
MOST_SPLINES = 400  # lines that neato bends around boxes; more are straight
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
    "result": "round: result",
    "stack": "block: nodes that do the same",
    "box": "folder: all nodes of a scope",
}
WIDTH = 140  # characters of a line of the caption
FONT = "Helvetica,Arial,sans-serif"
WITHOUT_QUOTES = re.compile(r"(<.*>|[a-zA-Z_]\w*|-?(\.\d+|\d+(\.\d*)?))$", re.ASCII | re.DOTALL)


def dot(scene: Scene, now: Now, direction: str, placed: Arrangement | None = None, exact: bool = False) -> str:
    """Return a scene at a moment as DOT text; with an arrangement, each mark has its place and size.

    `exact` is for neato alone: boxes and frames as in the SVG, where plain dot needs ellipses and clusters.
    """
    rows = side_by_side(scene)
    styles = {mark: styled_mark(mark, now, placed, exact) for mark in scene.marks}
    labels = {mark: label(mark, now, scene.gradients) for mark in scene.marks}
    lines = [
        *defaults(scene, direction, bool(placed)),
        *([] if now.silent else [attributes(label=caption(scene, now), labelloc="b")]),
        # the last pass against crossings would undo the order of the rows
        *([attributes(remincross="false", ranksep="0.9")] if rows else []),
    ]
    if placed and exact:
        lines += frames(placed)
        lines += (statement(mark.id, label=labels[mark], **styles[mark]) for mark in scene.marks)
    else:
        lines += marks(styles, labels, rows, sideways=direction in ("LR", "RL"))
    lines += (edge(line.tail.id, line.head.id, **line_style(line, now, scene.locals)) for line in scene.lines)
    return "\n".join([*braced("digraph G", lines), ""])


def defaults(scene: Scene, direction: str, placed: bool) -> Iterator[str]:
    """Yield what holds for the picture, and for every mark and line of it."""
    own_places = {"overlap": "true", "splines": routing(scene)} if placed else {}
    yield statement(
        "graph",
        rankdir=direction, fontname=FONT, fontsize="13", bgcolor="white", newrank="true", nodesep="0.25", ranksep="0.45",
        **own_places,
    )  # fmt: skip
    size = "11" if placed else "12"
    yield statement("node", fontname=FONT, fontsize=size, margin="0.1,0.06", height="0", width="0")
    yield statement("edge", fontname=FONT, fontsize="11", arrowsize="0.7", color=GREY, fontcolor=BLUE)


# --- the language ---


def statement(subject: str, label: str = "", **look: str) -> str:
    """Return a line about a mark, a line, or all of a kind.

    >>> statement("n0", label="<<b>x</b>>", shape="box", pos="1,2!", penwidth="3")
    'n0 [label=<<b>x</b>> penwidth=3 pos="1,2!" shape=box]'
    """
    told = " ".join(filter(None, [attributes(label=label) if label else "", attributes(**look)]))
    return f"{subject} [{told}]" if told else subject


def edge(tail: str, head: str, **look: str) -> str:
    """Return a line that draws a line."""
    return statement(f"{tail} -> {head}", **look)


def attributes(**look: str) -> str:
    """Return attributes, by name. No text of ours has a quote in it."""
    return " ".join(f"{name}={quoted(text)}" for name, text in sorted(look.items()))


def quoted(text: str) -> str:
    """Return a text in quotes; HTML, names and numbers without."""
    return text if WITHOUT_QUOTES.match(text) else f'"{text}"'


def braced(head: str, lines: Iterable[str]) -> Iterator[str]:
    """Yield lines in braces, indented."""
    yield f"{head} {{".lstrip()
    yield from (f"\t{line}" for line in lines)
    yield "}"


# --- what is drawn ---


def routing(scene: Scene) -> str:
    """Return how neato draws lines: around the boxes, or straight where there are too many for that."""
    return "true" if len(scene.lines) <= MOST_SPLINES else "line"


def styled_mark(mark: Mark, now: Now, placed: Arrangement | None, exact: bool) -> dict[str, str]:
    """Return how a mark looks; with an arrangement also where it stands and how large it is."""
    style = node_style(mark, now)
    if placed is None:
        return style
    if exact and mark.kind == "result":
        style = {**style, "shape": "rect", "style": ",".join(filter(None, ["rounded", style.get("style")]))}
    return {**style, **pinned(placed.boxes[mark], placed.height), "margin": "0"}


def pinned(box: Rectangle, height: float) -> dict[str, str]:
    """Return the place and size of a rectangle, in inches, upwards; the mark after it keeps neato from moving it."""
    left, top, right, bottom = (side / INCH for side in box)
    place = f"{(left + right) / 2:.3f},{height / INCH - (top + bottom) / 2:.3f}!"
    return {"pos": place, "width": f"{right - left:.3f}", "height": f"{bottom - top:.3f}", "fixedsize": "true"}


def frames(placed: Arrangement) -> Iterator[str]:
    """Yield what is around the marks of a scope, below them."""
    for i, frame in enumerate(placed.frames):
        left, top, right, bottom = frame.rectangle
        place = pinned((left, top - 16, right, bottom), placed.height)
        look = {"shape": "box", "style": "rounded,filled", "color": FRAME, "fontsize": "9", "labelloc": "t"}
        yield statement(f"frame{i}", label=f"<{markup(frame.name)}>", fontcolor=GREY, **look, **place)


def caption(scene: Scene, now: Now) -> str:
    """Return the scene's caption; without an event, what the shapes and the numbers on the edges are."""
    told = [markup(row) for text in captions(scene, now) for row in textwrap.wrap(text, WIDTH)]
    if not now.caption:
        kinds = {mark.kind for mark in scene.marks}
        legend = [words for kind, words in LEGEND.items() if kind in kinds]
        if any(line_text(line, now, scene.locals) and not line.collapsed for line in scene.lines):
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


def in_one_rank(row: list[str]) -> Iterator[str]:
    """Yield what keeps marks in one rank, in the order of the forward pass."""
    return braced("", [attributes(rank="same"), *(edge(above, below, style="invis") for above, below in pairwise(row))])


def marks(
    styles: dict[Mark, dict[str, str]],
    labels: dict[Mark, str],
    rows: dict[str, list[list[str]]],
    sideways: bool,
) -> Iterator[str]:
    """Yield the marks, each inside the boxes of its scope."""
    held: dict[str, list[Mark]] = {"": []}
    inner: dict[str, list[str]] = {"": []}
    for mark in styles:
        for path in scopes(mark.place):
            if path not in held:
                held[path], inner[path] = [], []
                inner[path.rpartition("/")[0]].append(path)
        held[mark.place].append(mark)
    numbers = count()
    step = -1 if sideways else 1  # sideways, Graphviz fills boxes from below

    def inside(path: str) -> Iterator[str]:
        for mark in held[path][:: step if path else 1]:
            yield statement(mark.id, label=labels[mark], **styles[mark])
        for row in rows.get(path, []):
            yield from in_one_rank(row[::step])
        for scope in inner[path][::step]:
            yield from braced(f"subgraph cluster{next(numbers)}", cluster(scope))

    def cluster(scope: str) -> Iterator[str]:
        name = markup(shown(scope.rpartition("/")[2]))
        look = {"labeljust": "l", "labelloc": "t", "style": "rounded", "color": PALE, "fontcolor": GREY}
        yield attributes(label=f"<{name}>", **look)
        yield from inside(scope)

    return inside("")


def label(mark: Mark, now: Now, gradients: bool) -> str:
    """Return a mark's texts as an HTML-like label."""
    return lines_of(styled(role, markup(text), waits(mark, now)) for role, text in texts(mark, now, gradients))


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


def node_style(mark: Mark, now: Now) -> dict[str, str]:
    """Return the shape of a kind, and the border of what is active or waits."""
    if is_active(mark, now):
        return {**SHAPES[mark.kind], "penwidth": "3", "style": "filled", "fillcolor": LIGHT}
    if waits(mark, now):
        return {**SHAPES[mark.kind], "style": "dashed", "color": PALE}
    return SHAPES[mark.kind]


def line_style(line: Line, now: Now, locals: bool) -> dict[str, str]:
    """Return how a line is drawn; the active one points where the numbers go."""
    told = line_text(line, now, locals)
    text = {"label": f"<{markup(told)}>"} if told else {}
    if line_is_active(line, now):
        color = VERMILLION if now.backwards else BLUE
        return {**text, "penwidth": "3", "color": color, "dir": "back" if now.backwards else "forward"}
    if line_waits(line, now):
        return {**text, "style": "dashed", "color": PALE, "fontcolor": PALE}
    return text
