"""A picture as SVG, by our own hand: with the numbers of a moment and its colours, or, for a page, with places for them.

Rectangles are data, cut corners parameters, round boxes results; a constant has no border. What is active has a thick border, what
waits a broken one, and gradients stand below values: every picture can be read in one colour. Colours are those of Okabe and
Ito; text on white has only its blue (values, forward) and a darker vermillion (gradients, backward).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape

from autograd.graph import number
from autograd.pictures.arrangement import (
    HEAD,
    LINE,
    NUMBER,
    PAD,
    RANGE,
    SIZE,
    SMALL,
    Arrangement,
    Frame,
    short_name,
)  # fmt: skip
from autograd.pictures.outline import captions, description, summary
from autograd.pictures.outlines import halo, outlines, path, rounded, text, tip
from autograd.pictures.scene import Line, Mark, is_active, line_is_active, line_text, line_waits, waits
from autograd.pictures.snapshot import Known, Now
from autograd.pictures.spots import PRODUCT
from autograd.pictures.texts import NOT_COMPUTED, clean, short, span, width_of, wrapped
from autograd.value import Value

BLACK, INK, SOFT, PALE, LINES = "#000000", "#16181D", "#555B66", "#767676", "#7D8490"
BLUE, VERMILLION, GREEN = "#0072B2", "#B84A00", "#1B7F4B"
PHASES = {"": BLUE, "forward": BLUE, "loss": BLUE, "backward": VERMILLION, "update": GREEN}
WASH = {BLUE: "#E3F0F9", VERMILLION: "#FDF1E8", GREEN: "#E6F4EC"}
FONT = "Segoe UI, Roboto, Helvetica Neue, Helvetica, Arial, Liberation Sans, DejaVu Sans, sans-serif"
CAPTION = 17.0  # the size of its letters
LEGEND = {
    "leaf": "rectangle: data",
    "parameter": "cut corners: parameter",
    "constant": "no border: constant",
    "result": "round: result",
    "stack": "block: nodes that do the same",
    "box": "folder: all nodes of a scope",
}
ROLES: dict[str, tuple[float, str, str]] = {  # size, colour, weight of each kind of text
    "name": (SIZE, INK, "700"),
    "op": (SMALL, SOFT, "400"),
    "note": (SMALL, SOFT, "400"),
    "what": (SMALL, SOFT, "400"),
    "data": (SIZE, BLUE, "400"),
    "in": (SIZE, BLUE, "400"),
    "out": (SIZE, BLUE, "400"),
    "grad": (SIZE, VERMILLION, "400"),
    "local": (SIZE, SOFT, "400"),
    "frame": (13.0, SOFT, "400"),
}


@dataclass(frozen=True)
class Slot:
    """A place for a number, or for a range of them, in a mark: how far down, what it is called, and of which nodes it tells."""

    role: str  # data, in, out, grad
    row: int
    nodes: tuple[Value, ...]

    def known(self, now: Now) -> Known:
        """Return the numbers it is about."""
        return now.gradients if self.role == "grad" else now.values


def slots(mark: Mark, gradients: bool = True) -> list[Slot]:
    """Return the places for numbers in a mark."""
    if mark.kind in ("box", "stack"):
        rows = [("in", mark.takes), ("out", mark.gives), ("grad", mark.graded if gradients else ())]
        return [Slot(role, i, nodes) for i, (role, nodes) in enumerate((row for row in rows if row[1]), 2)]
    found = [Slot("data", 0, mark.gives)]
    return [*found, Slot("grad", 1, mark.graded)] if gradients and mark.graded else found


def standalone(placed: Arrangement, now: Now, blank: str = "") -> str:
    """Return a picture of a moment as an SVG element that needs nothing around it.

    With a `blank`, which stands for what is not computed, it is for paper: in black, with all digits, without a caption.
    """
    lines = [] if blank or now.silent else caption(placed, now)
    height = placed.height + (len(lines) * CAPTION * 1.35 + 10 if lines else 0)
    writer = Writer(placed, now, blank)
    below = "".join(
        text("note", line, 14, placed.height + 14 + i * CAPTION * 1.35, style=halo(CAPTION, INK))
        for i, line in enumerate(lines)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {placed.width:.0f} {height:.0f}" '
        f'width="{placed.width:.0f}" height="{height:.0f}" font-family="{FONT}" style="max-width:100%;height:auto">\n'
        f"<title>{escape(summary(placed.scene))}</title>\n<desc>{escape(clean(description(placed.scene, now)))}</desc>\n"
        f"{writer.all()}{below}</svg>"
    )


def caption(placed: Arrangement, now: Now) -> list[str]:
    """Return the lines below a picture: the event; without one, what the shapes and the numbers on the edges are."""
    told = captions(placed.scene, now)
    if not now.caption:
        kinds = {mark.kind for mark in placed.scene.marks}
        legend = [words for kind, words in LEGEND.items() if kind in kinds]
        if placed.scene.gradients:
            legend.append("in a box: the value, below it the gradient")
        if placed.scene.locals and any(not line.collapsed for line in placed.scene.lines):
            legend.append("on an edge: the local derivative")
        told.append("; ".join(legend))
    return [row for one in told for row in wrapped(one, max(placed.width, 420.0) - 28, CAPTION)]


def for_page(placed: Arrangement, ids: Mapping[Value, str], name: str) -> str:
    """Return a picture with places for numbers: the player's script fills them in, and its style colours them."""
    scene = placed.scene
    root = escape(clean(scene.root.name))
    desc = f"{len(scene.marks)} boxes and {len(scene.lines)} arrows. The table of all events tells the same in words."
    return (
        f'<svg class="graph" data-graph="{name}" viewBox="0 0 {placed.width:.0f} {placed.height:.0f}" '
        f'width="{placed.width:.0f}" height="{placed.height:.0f}" role="group">'
        f"<title>The computation of {root}</title><desc>{desc}</desc>{Writer(placed, None, ids=ids).all()}</svg>"
    )


class Writer:
    """Writes an arrangement: with a moment, as it stands; with ids alone, as places for the numbers of any moment."""

    def __init__(
        self,
        placed: Arrangement,
        now: Now | None,
        blank: str = "",
        ids: Mapping[Value, str] | None = None,
    ) -> None:
        self.placed, self.now, self.paper = placed, now, bool(blank)
        self.unknown, self.write = blank or "?", number if blank else short
        self.ids = ids or {node: f"n{i}" for i, node in enumerate(now.order if now else ())}
        self.colour = PHASES[now.phase] if now else BLUE

    def all(self) -> str:
        """Return frames, lines, marks, and what the active line carries, in this order."""
        parts = [self.frame(one) for one in self.placed.frames]
        parts += [self.line(i, line) for i, line in enumerate(self.placed.scene.lines)]
        parts += [self.mark(mark) for mark in self.placed.boxes]
        return "".join([*parts, *self.products()])

    def frame(self, frame: Frame) -> str:
        """Return what is drawn around the marks of a scope: a tint, and its name above."""
        left, top, right, bottom = frame.rectangle
        look = ' fill="#7D8490" fill-opacity="0.1"' if self.now else ""
        name = text("frame", clean(frame.name), left + 4, top - 4, style=halo(13.0, SOFT) if self.now else "")
        return f'<path class="frame"{look} d="{rounded(left, top, right - left, bottom - top, 8)}"/>{name}'

    def line(self, i: int, line: Line) -> str:
        """Return an edge: its curve, a tip at either end of which one is seen, and its local derivative."""
        curve, spot = self.placed.curves[i], self.placed.labels[i]
        if self.now is None:
            uses = " ".join(f"{self.ids[node]}.{operand}" for node, operand in line.edges)
            x, y = self.placed.products[i]
            label = text("local", "", *spot, "middle") if spot else ""
            return (
                f'<g class="line" data-uses="{uses}" data-product="{x:.0f} {y:.0f}"><path class="route" d="{path(curve)}"/>'
                f'<path class="tip" d="{tip(curve[-2], curve[-1])}"/><path class="tip back" d="{tip(curve[1], curve[0])}"/>{label}</g>'
            )
        active, pale = line_is_active(line, self.now), line_waits(line, self.now)
        reverse = active and self.now.backwards
        colour, width = (self.colour, 4) if active else (PALE if pale or self.paper else LINES, 1.6)
        head = tip(curve[1], curve[0], 1.6) if reverse else tip(curve[-2], curve[-1], 1.6 if active else 1)
        dashed = ' stroke-dasharray="5 4"' if pale else ""
        told = self.local(line) if spot and not (active and self.now.product) else ""
        ink = self.colour if active else BLACK if self.paper else SOFT
        label = text("local", told, *spot, "middle", halo(SIZE, ink)) if spot and told else ""
        return (
            f'<g class="line"><path fill="none" stroke="{colour}" stroke-width="{width}"{dashed} d="{path(curve)}"/>'
            f'<path fill="{colour}" d="{head}"/>{label}</g>'
        )

    def local(self, line: Line) -> str:
        """Return a line's local derivative in few digits."""
        assert self.now is not None
        node, operand = line.edges[0]
        return self.write(node.partials[operand]) if line_text(line, self.now, self.placed.scene.locals) else ""

    def mark(self, mark: Mark) -> str:
        """Return a box with its texts."""
        left, top, right, bottom = self.placed.boxes[mark]
        width, height = right - left, bottom - top
        shapes = [self.shape(mark, outline) for outline in outlines(mark.kind, width, height)]
        inner = "".join(
            [*shapes, *self.heads(mark, width), *(self.slot(mark, slot, width) for slot in self.slots(mark))]
        )
        place = f'transform="translate({left:.0f} {top:.0f})"'
        nodes = " ".join(self.ids[node] for node in mark.nodes)
        if self.now is None:
            use = f' data-use="{self.ids[mark.use[0]]}.{mark.use[1]}"' if mark.use else ""
            spot = self.placed.moves.get(mark)
            step = f' data-product="{spot[0]:.0f} {spot[1]:.0f}"' if spot else ""
            return f'<g class="node {mark.kind}" data-nodes="{nodes}"{use}{step} {place}>{inner}</g>'
        return f'<g class="node {mark.kind}" data-nodes="{nodes}" {place} aria-label="{escape(clean(self.description(mark)))}">{inner}</g>'

    def slots(self, mark: Mark) -> list[Slot]:
        """Return the places for numbers in a mark."""
        return slots(mark, self.placed.scene.gradients)

    def description(self, mark: Mark) -> str:
        """Return what a mark says, for those who cannot see it."""
        assert self.now is not None
        said = {slot.role: self.number(slot) for slot in self.slots(mark)}
        value = said.pop("data", "")
        named = f"{mark.name} = {value}" if mark.name and value else mark.name or mark.op or value
        return "; ".join([named, *(f"{role} {number}" for role, number in said.items())])

    def shape(self, mark: Mark, outline: str) -> str:
        """Return the outline of a mark, thick if it is active, broken if it waits."""
        look = ""
        if self.now:
            look = f' fill="#FFFFFF" stroke="{BLACK}" stroke-width="1.6"'
            if mark.kind == "constant":
                look = ' fill="#F2F2F2"'
            if is_active(mark, self.now):
                look = f' fill="{WASH[self.colour]}" stroke="{self.colour}" stroke-width="3.5"'
            elif waits(mark, self.now):
                look = f' fill="#FFFFFF" stroke="{PALE}" stroke-dasharray="5 4"'
        return f'<path class="shape"{look} d="{outline}"/>'

    def heads(self, mark: Mark, width: float) -> Iterator[str]:
        """Yield the texts that are always the same: name, operation, note."""
        if mark.kind in ("box", "stack"):
            yield self.said("name", mark.name or mark.op, PAD, HEAD)
            yield self.said("note", mark.note, PAD, HEAD + LINE)
            return
        if mark.name:
            yield self.said("name", short_name(mark), PAD, HEAD)
        if mark.op or mark.note:
            yield self.said("op", mark.op or mark.note, PAD, HEAD + LINE)

    def slot(self, mark: Mark, slot: Slot, width: float) -> str:
        """Return a place for a number, or the number."""
        y, boxed = HEAD + LINE * slot.row, mark.kind in ("box", "stack")
        what = (
            self.said("what", slot.role if mark.kind == "box" or slot.role == "grad" else "", PAD, y) if boxed else ""
        )
        alone = mark.kind == "constant" and not mark.name
        x, anchor = (width / 2, "middle") if alone else (width - PAD, "end")
        if self.now is None:
            of = f' data-of="{" ".join(self.ids[node] for node in slot.nodes)}"' if boxed else ""
            return f'{what}<text class="{slot.role}" x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}"{of}></text>'
        told = self.number(slot)
        fit = min(1.0, (RANGE if boxed else NUMBER) / max(1.0, width_of(told, SIZE)))
        look = slot.role if told != self.unknown else "note"
        return what + self.said(slot.role, told, x, y, anchor, fit * SIZE, look)

    def number(self, slot: Slot) -> str:
        """Return what stands in a place: a number, a range, or a question mark for what is not computed."""
        assert self.now is not None
        known = slot.known(self.now)
        told = span([known[node] for node in slot.nodes], self.write)
        return self.unknown if told == NOT_COMPUTED else told

    def said(
        self, role: str, words: str, x: float, y: float, anchor: str = "", size: float = 0.0, look: str = ""
    ) -> str:
        """Return one text of a mark; it looks like its role, or like another."""
        if not words:
            return ""
        style = ""
        if self.now:
            own, colour, weight = ROLES[look or role]
            colour = BLACK if self.paper else colour
            style = f' font-size="{size or own:.3g}" fill="{colour}"' + (
                ' font-weight="700"' if weight == "700" else ""
            )
        return text(role, clean(words), x, y, anchor, style)

    def products(self) -> Iterator[str]:
        """Yield what the active line carries, or what the active parameter does."""
        if not self.now or not self.now.product:
            return
        spots = [
            self.placed.products[i] for i, one in enumerate(self.placed.scene.lines) if line_is_active(one, self.now)
        ]
        spots = spots or [
            self.placed.moves[m] for m in self.placed.boxes if m in self.placed.moves and is_active(m, self.now)
        ]
        for x, y in spots[:1]:
            width = max(80.0, width_of(self.now.product, 18.0) + 24)
            plate = rounded(x - width / 2, y - PRODUCT[1] / 2, width, PRODUCT[1], PRODUCT[1] / 2)
            style = ' font-size="18" font-weight="700" fill="#FFFFFF"'
            yield f'<path fill="{self.colour}" d="{plate}"/>{text("product", self.now.product, x, y, "middle", style)}'
