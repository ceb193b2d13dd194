"""A moment of the passes: what every node holds, what is active, what still waits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from autograd.errors import GraphError
from autograd.explain.events import Chain, Compute, Event, Update
from autograd.explain.stepper import Stepper
from autograd.graph import names, topological_order
from autograd.value import Value

Edge = tuple[Value, int]  # a node, and which of its parents


class Now:
    """The graph as it is: the values and gradients that the nodes hold."""

    caption = ""
    backwards = False
    nodes: frozenset[Value] = frozenset()  # those that stand out
    edges: frozenset[Edge] = frozenset()  # those that the event is about

    def __init__(self, root: Value) -> None:
        self.order = topological_order(root)
        self.names: Mapping[Value, str] = names(self.order)

    def value(self, node: Value) -> float | None:
        """Return a node's value; None while it is not computed."""
        return node.data

    def grad(self, node: Value) -> float | None:
        """Return a node's gradient; None while it is not computed."""
        return node.grad

    def waits(self, node: Value) -> bool:
        """Tell whether this pass has not come to the node yet."""
        return False


class At(Now):
    """The graph when an event has just happened; before the first, at −1, nothing has."""

    def __init__(self, root: Value, at: Any) -> None:
        super().__init__(root)
        self.stepper = Stepper(root, at.names if isinstance(at, Event) else None)
        self.event: Event | None = at if isinstance(at, Event) else self.stepper.goto(at)
        if isinstance(at, Event):
            self.stepper.goto(self.position_of(at))
            self.names = {node: expr.label for node, expr in at.names.items()}
        self.caption = self.event.words if self.event else "Nothing is computed yet."
        self.backwards = self.event is not None and self.event.phase not in ("forward", "loss")
        self.edges = frozenset(active(self.event))
        self.nodes = frozenset(ends(self.event, self.edges))

    def position_of(self, event: Event) -> int:
        """Return where an event stands in the stream of this graph; an update comes after it."""
        known = self.names.keys() <= event.names.keys()
        if known and isinstance(event, Update):
            return len(self.stepper) - 1
        for k, other in enumerate(self.stepper.events):
            if known and same(other, event):
                return k
        raise GraphError(f"This event is of another graph: {event.words} Draw the root that the event belongs to.")

    def value(self, node: Value) -> float | None:
        """Return a node's value at the moment."""
        if self.event is None or self.stepper.value_of(node) is None:
            return self.stepper.value_of(node)
        return self.event.names[node].data  # a parameter may have moved since

    def grad(self, node: Value) -> float | None:
        """Return a node's gradient at the moment."""
        return self.stepper.grad_of(node)

    def waits(self, node: Value) -> bool:
        """Tell whether this pass has not come to the node yet."""
        if self.backwards:
            return node.kind != "constant" and self.grad(node) is None
        return node.op is not None and self.value(node) is None


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
