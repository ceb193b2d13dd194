"""What a picture shows, without a number that changes: marks, the lines between them, and which nodes each tells of.

A scene is made once for a graph and a level. Whoever writes it down (SVG, DOT, an outline, the player's script) asks a moment
for the numbers: see snapshot.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count

from autograd.graph import number
from autograd.pictures.levels import Bundle, Edge, Grouping
from autograd.pictures.snapshot import Now
from autograd.pictures.texts import NOT_COMPUTED, counted, shown, span
from autograd.value import Value

Text = tuple[str, str]  # its role, op, name, note, value, grad or absent; and what it says


@dataclass(frozen=True, eq=False)
class Mark:
    """What is drawn in one place: a node, one copy of a leaf, a stack, or a box.

    `name` stands at its head, `op` is the sign of its operation, `note` what else is to be said; `takes` and `gives` are the
    nodes whose values go into a box and come out of it, `graded` those whose gradients it shows.
    """

    id: str
    kind: str  # leaf, parameter, constant, result; stack; box
    place: str  # the scope around it
    name: str
    op: str
    note: str
    nodes: tuple[Value, ...] = field(repr=False)
    takes: tuple[Value, ...] = field(repr=False)
    gives: tuple[Value, ...] = field(repr=False)
    use: Edge | None = None  # of a copy: the edge that it was made for

    @property
    def graded(self) -> tuple[Value, ...]:
        """The nodes whose gradients it shows: all but constants."""
        return tuple(node for node in self.nodes if node.kind != "constant")


@dataclass(frozen=True, eq=False)
class Line:
    """An edge, or all edges from one mark to another."""

    tail: Mark
    head: Mark
    edges: tuple[Edge, ...] = field(repr=False)

    @property
    def collapsed(self) -> bool:
        """Whether it stands for what goes on between boxes, and has no local derivative of its own."""
        return bool({self.tail.kind, self.head.kind} & {"box", "stack"})


@dataclass(frozen=True)
class Scene:
    """All that a picture shows; the marks in the order of the forward pass, copies of leaves last, the root's mark apart."""

    level: str
    root: Mark
    marks: tuple[Mark, ...] = field(repr=False)
    lines: tuple[Line, ...] = field(repr=False)
    remark: str = ""
    gradients: bool = True  # whether gradients are shown, and local derivatives
    locals: bool = True


def scene(
    names: Mapping[Value, str],
    grouping: Grouping,
    *,
    remark: str = "",
    most_uses: int = 4,
    gradients: bool = True,
    locals: bool = True,
) -> Scene:
    """Return what a picture shows: nodes have the ids n0, n1, … by their place in the forward pass, all else what follows."""
    fresh = (f"n{i}" for i in count(len(grouping.order)))
    ids = {node: f"n{i}" for i, node in enumerate(grouping.order)}
    copied = grouping.copied(most_uses)
    marks = {
        bundle: mark(names, grouping, bundle, ids[bundle.members[0]] if bundle.form == "node" else next(fresh))
        for bundle in grouping.bundles
        if bundle not in copied
    }
    copies, lines, uses = [], [], dict.fromkeys(copied, 0)
    for (tail, head, _), edges in grouping.joints.items():
        source = marks.get(tail)
        if source is None:
            uses[tail] += 1
            note = f"use {uses[tail]} of {copied[tail]}"
            source = copy(names, grouping, tail, next(fresh), note, marks[head], edges[0])
            copies.append(source)
        lines.append(Line(source, marks[head], tuple(edges)))
    root = marks[grouping.bundle_of[grouping.order[-1]]]
    return Scene(grouping.level, root, (*marks.values(), *copies), tuple(lines), remark, gradients, locals)


def mark(names: Mapping[Value, str], grouping: Grouping, bundle: Bundle, identity: str) -> Mark:
    """Return the mark of a bundle."""
    first, form = bundle.members[0], bundle.form
    gives = tuple(node for node in bundle.members if node in grouping.coming_out) if form == "box" else bundle.members
    return Mark(
        identity,
        first.kind if form == "node" else form,
        bundle.place.rpartition("/")[0] if form == "box" else bundle.place,
        name_of(names, bundle),
        shown(first.op.symbol) if first.op and form != "box" else "",
        "" if form == "node" else holds(bundle),
        tuple(bundle.members),
        tuple(grouping.going_in[bundle]) if form == "box" else (),
        tuple(gives),
    )


def name_of(names: Mapping[Value, str], bundle: Bundle) -> str:
    """Return what stands at the head of a mark; nothing for a constant that has no name but its number."""
    first = bundle.members[0]
    if bundle.form == "box":
        return shown(bundle.place.rpartition("/")[2])
    if bundle.form == "stack":
        return "" if first.op else first.kind
    return "" if first.kind == "constant" and not first.label else shown(names[first])


def holds(bundle: Bundle) -> str:
    """Return how much is in a box or a stack: 5 nodes, 3 parameters."""
    parameters = sum(node.kind == "parameter" for node in bundle.members)
    told = f", {counted(parameters, 'parameter')}" if parameters and bundle.form == "box" else ""
    return counted(len(bundle.members), "node") + told


def copy(
    names: Mapping[Value, str],
    grouping: Grouping,
    leaf: Bundle,
    identity: str,
    note: str,
    head: Mark,
    use: Edge,
) -> Mark:
    """Return one copy of a leaf: beside its use, and outside of all boxes if it is data."""
    (node,) = leaf.members
    place = leaf.place if node.kind == "leaf" else head.place
    return Mark(identity, node.kind, place, name_of(names, leaf), "", note, (node,), (), (node,), use)


# What a mark and a line say at a moment.


def is_active(mark: Mark, now: Now) -> bool:
    """Tell whether a mark stands out: an event is about a node of it, and about this copy."""
    here = mark.use is None or not now.edges or mark.use in now.edges
    return here and any(node in now.nodes for node in mark.nodes)


def waits(mark: Mark, now: Now) -> bool:
    """Tell whether a mark waits: all in it that can wait do."""
    can_wait = [node for node in mark.nodes if node.op or (now.backwards and node.kind != "constant")]
    return bool(can_wait) and all(map(now.waits, can_wait))


def line_is_active(line: Line, now: Now) -> bool:
    """Tell whether an event is about an edge of the line."""
    return not now.edges.isdisjoint(line.edges)


def line_waits(line: Line, now: Now) -> bool:
    """Tell whether nothing has gone along a line yet."""
    return not line_is_active(line, now) and (waits(line.tail, now) or waits(line.head, now))


def texts(mark: Mark, now: Now, gradients: bool = True) -> Iterator[Text]:
    """Yield what is said at a mark, a line for each: its operation or name, its value, its gradient."""
    values = span([now.values[node] for node in mark.gives])
    if mark.op:
        yield "op", mark.op
    if mark.kind in ("box", "stack"):
        if mark.name:
            yield "name" if mark.kind == "box" else "op", mark.name
        yield "note", mark.note
        if mark.takes:
            yield "value", f"in {span([now.values[node] for node in mark.takes])}"
        yield "value", f"out {values}" if mark.kind == "box" else values
    else:
        yield "value", f"{mark.name} = {values}" if mark.name else values
    if gradients and mark.graded:
        grads = span([now.gradients[node] for node in mark.graded])
        yield "absent" if grads == NOT_COMPUTED else "grad", f"grad {grads}"
    if mark.use:
        yield "note", mark.note


def line_text(line: Line, now: Now, locals: bool = True) -> str:
    """Return the local derivative of an edge, once its node is computed; between boxes, how many values go this way."""
    if line.collapsed:
        values = len({node.parents[i] for node, i in line.edges})
        return counted(values, "value") if values > 1 else ""
    node, operand = line.edges[0]
    return number(node.partials[operand]) if locals and now.values[node] is not None else ""
