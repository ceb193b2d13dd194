"""A moment of the passes: what every node holds, what is active, what still waits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from autograd.errors import GraphError
from autograd.explain.events import Chain, Compute, Event, Update
from autograd.explain.stepper import Stepper
from autograd.graph import bracketed, names, topological_order
from autograd.pictures.levels import Edge
from autograd.pictures.texts import short
from autograd.value import Value

Known = Mapping[Value, float | None]  # a number for each node; None while it is not computed


class Now:
    """The graph as it is now: the values and gradients that its nodes hold. They are kept when the graph changes."""

    caption = ""
    silent = False  # whether nothing is written below the picture
    phase = ""  # of the event that has just happened
    product = ""  # what an active edge carries, or what an active parameter does
    nodes: frozenset[Value] = frozenset()  # those that stand out
    edges: frozenset[Edge] = frozenset()  # those that the event is about

    def __init__(self, root: Value) -> None:
        self.order = topological_order(root)
        self.names: Mapping[Value, str] = names(self.order)
        self.values: Known = {node: node.data for node in self.order}
        self.gradients: Known = {node: node.grad for node in self.order}

    @property
    def backwards(self) -> bool:
        """Whether gradients move: then an active line is drawn against its edge."""
        return self.phase in ("backward", "update")

    def waits(self, node: Value) -> bool:
        """Tell whether this pass has not come to the node yet."""
        return False


class At(Now):
    """The graph when an event has just happened; before the first, at −1, nothing has."""

    def __init__(self, root: Value, at: Any) -> None:
        super().__init__(root)
        stepper = Stepper(root, at.names if isinstance(at, Event) else None)
        event = at if isinstance(at, Event) else stepper.goto(at)
        if isinstance(at, Event):
            stepper.goto(self.position_of(at, stepper))
            self.names = {node: expr.label for node, expr in at.names.items()}
        self.values = {node: value_at(node, event, stepper) for node in self.order}
        self.gradients = {node: stepper.grad_of(node) for node in self.order}
        self.caption = event.words if event else "Nothing is computed yet."
        self.phase = event.phase if event else ""
        self.product = product(event)
        self.edges = frozenset(active(event))
        self.nodes = frozenset(ends(event, self.edges))

    def position_of(self, event: Event, stepper: Stepper) -> int:
        """Return where an event stands in the stream of this graph; an update comes after it."""
        known = self.names.keys() <= event.names.keys()
        if known and isinstance(event, Update):
            return len(stepper) - 1
        for k, other in enumerate(stepper.events):
            if known and same(other, event):
                return k
        raise GraphError(f"This event is of another graph: {event.words} Draw the root that the event belongs to.")

    def waits(self, node: Value) -> bool:
        """Tell whether this pass has not come to the node yet."""
        if self.backwards:
            return node.kind != "constant" and self.gradients[node] is None
        return node.op is not None and self.values[node] is None


def value_at(node: Value, event: Event | None, stepper: Stepper) -> float | None:
    """Return a node's value when an event has happened: that of its moment, for a parameter may have moved since."""
    value = stepper.value_of(node)
    return value if event is None or value is None else event.names[node].data


def product(event: Event | None) -> str:
    """Return what is written at the place of an event: −16 · 2 = −32 on an edge, 3 → 3.32 at a parameter."""
    match event:
        case Chain():
            factors = f"{short(event.upstream)} · {bracketed(short(event.local))}"
            return f"{factors} = {short(event.contribution)}"
        case Update(_, before, _, after):
            return f"{short(before)} → {short(after)}"
    return ""


def active(event: Event | None) -> list[Edge]:
    """Return the edges that an event is about."""
    match event:
        case Chain():
            return [(event.node, event.operand)]
        case Compute():
            return [(event.node, i) for i in range(len(event.node.parents))]
    return []


def ends(event: Event | None, edges: Iterable[Edge]) -> list[Value]:
    """Return the nodes that stand out: the event's own, and both ends of its edges."""
    return [event.node, *(node.parents[operand] for node, operand in edges)] if event else []


def same(x: Event, y: Event) -> bool:
    """Tell whether two events are the same step, of two readings of one graph."""
    alike = type(x) is type(y) and x.node is y.node
    return alike and (not isinstance(x, Chain) or (isinstance(y, Chain) and x.operand == y.operand))
