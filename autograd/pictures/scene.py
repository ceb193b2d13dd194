"""What a picture shows, before it is drawn or told: marks, the lines between them, a caption."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count

from autograd.pictures.labels import shown
from autograd.pictures.levels import Group
from autograd.pictures.plan import Plan
from autograd.pictures.snapshot import Edge, Now
from autograd.pictures.texts import Teller, Text

LONGEST_CAPTION = 400  # characters


@dataclass(frozen=True, eq=False)
class Mark:
    """What is drawn in one place: a node, one copy of a leaf, a stack, or a box."""

    id: str
    kind: str  # leaf, parameter, constant, result; stack; box
    place: str  # the scope around it
    texts: tuple[Text, ...] = field(repr=False)
    active: bool = False
    waits: bool = False


@dataclass(frozen=True, eq=False)
class Line:
    """An edge, or all edges from one mark to another."""

    tail: Mark
    head: Mark
    text: str
    collapsed: bool
    active: bool = False
    waits: bool = False


@dataclass(frozen=True)
class Scene:
    """All that a picture shows; the marks in the order of the forward pass, the root's apart."""

    level: str
    root: Mark
    marks: list[Mark] = field(repr=False)
    lines: list[Line] = field(repr=False)
    caption: tuple[str, ...]
    at_event: bool
    backwards: bool  # the active line is drawn against the edge, as the gradient goes


def scene(now: Now, plan: Plan, teller: Teller, most_uses: int, remark: str) -> Scene:
    """Return what a picture shows: nodes have the ids n0, n1, … by their place in the forward pass, all else what follows."""
    fresh = (f"n{i}" for i in count(len(now.order)))
    ids = {node: f"n{i}" for i, node in enumerate(now.order)}
    copied = plan.copied(most_uses)
    marks = {
        group: mark(now, group, ids[group.members[0]] if group.form == "node" else next(fresh), teller.texts(group))
        for group in plan.groups
        if group not in copied
    }
    copies, lines, uses = [], [], dict.fromkeys(copied, 0)
    for (tail, head, _), edges in plan.joints.items():
        if tail in copied:
            uses[tail] += 1
            copies.append(
                copy(now, tail, next(fresh), teller, f"use {uses[tail]} of {copied[tail]}", marks[head], edges)
            )
        source = copies[-1] if tail in copied else marks[tail]
        lines.append(line(now, source, marks[head], teller.line(tail, head, edges), edges))
    root = marks[plan.group_of[now.order[-1]]]
    caption = tuple(shown(text, LONGEST_CAPTION) for text in (now.caption, remark) if text)
    return Scene(plan.level, root, [*marks.values(), *copies], lines, caption, bool(now.caption), now.backwards)


def mark(now: Now, group: Group, identity: str, texts: Iterable[Text]) -> Mark:
    """Return the mark of a group; it waits while all in it that can wait do."""
    can_wait = [node for node in group.members if node.op or (now.backwards and node.kind != "constant")]
    return Mark(
        identity,
        group.members[0].kind if group.form == "node" else group.form,
        group.place.rpartition("/")[0] if group.form == "box" else group.place,
        tuple(texts),
        any(node in now.nodes for node in group.members),
        bool(can_wait) and all(map(now.waits, can_wait)),
    )


def copy(now: Now, leaf: Group, identity: str, teller: Teller, note: str, head: Mark, edges: list[Edge]) -> Mark:
    """Return one copy of a leaf: beside its use, and outside of all boxes if it is data."""
    (node,) = leaf.members
    used = not now.edges or not now.edges.isdisjoint(edges)
    return Mark(
        identity,
        node.kind,
        leaf.place if node.kind == "leaf" else head.place,
        (*teller.texts(leaf), ("note", note)),
        node in now.nodes and used,
        now.waits(node),
    )


def line(now: Now, tail: Mark, head: Mark, text: str, edges: list[Edge]) -> Line:
    """Return the line from one mark to another."""
    active = not now.edges.isdisjoint(edges)
    collapsed = bool({tail.kind, head.kind} & {"box", "stack"})
    return Line(tail, head, text, collapsed, active, not active and (tail.waits or head.waits))
