"""The passes as a stream of events that can go back as well as forward.

Nothing here changes the graph. Constants get no gradient, as in `Value.backward`, and a leaf's gradient starts from 0, as
in the first `backward`; the sums are done in the same order, so that they end in the same bits.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from autograd.errors import GraphError, PositionError
from autograd.explain.events import Chain, Compute, Event, Names, Ready, Seed, Update
from autograd.explain.expression import Expr
from autograd.graph import Use, names, topological_order, uses
from autograd.moment import check_moment
from autograd.refusals import a_or_an, is_lost, lost_graph
from autograd.value import Value


def steps(root: Value) -> list[Event]:
    """Return the forward pass, then the backward pass, as events.

    >>> x = Value(3.0, "x")
    >>> for event in steps(x * x):
    ...     print(type(event).__name__, *event.lines, sep="; ")
    Compute; v1 = x·x = 3·3 = 9
    Seed; ∂v1/∂v1 = 1
    Ready; ∂v1/∂v1 = 1
    Chain; ∂v1/∂x = x = 3; ∂v1/∂x = 1 · 3 = 3
    Chain; ∂v1/∂x = x = 3; ∂v1/∂x = 3 + 1 · 3 = 6
    Ready; ∂v1/∂x = 6

    Nodes without a label are called v1, v2, … in the order of the forward pass. Raises GraphError for what is not
    a Value, and where a number was changed after the loss was computed.
    """
    return both_passes_of(root)


def both_passes_of(root: Value, moment: Names | None = None) -> list[Event]:
    """Return the events of both passes, with the numbers of now or of an earlier moment."""
    order = order_of("steps", root, moment)
    named = moment or snapshot(order)
    return [*forward(order, named), *backward(order, named)]


def order_of(caller: str, root: object, moment: Names | None = None) -> list[Value]:
    """Return the topological order of a root that is of one moment: now, or that of the names and numbers in `moment`.

    Raises GraphError for what is not a Value, and for a graph with a number that was changed after it was computed.
    """
    if not isinstance(root, Value):
        raise GraphError(
            f"{caller} takes the Value at the end of a computation, and {root!r} is {a_or_an(root)}. Give it the loss itself."
        )
    if is_lost(root):
        raise lost_graph(caller)
    order = topological_order(root)
    if moment is None:
        check_moment(caller, order)
    return order


def check_in_graph(order: list[Value], node: object, caller: str) -> None:
    """Raise GraphError unless a node is in the graph."""
    if not isinstance(node, Value):
        raise GraphError(f"{caller} asks about a Value, and {node!r} is {a_or_an(node)}. Give it a node of the graph.")
    if node not in set(order):
        raise GraphError(
            f"{node!r} is not in this graph: the root was not made from it. Give one of the nodes it was made from."
        )


def snapshot(order: list[Value]) -> dict[Value, Expr]:
    """Return each node's name with its number as it is now."""
    return {node: Expr(label, node.data) for node, label in names(order).items()}


def forward(order: list[Value], named: Names) -> Iterator[Event]:
    """Yield the forward pass over a topological order."""
    return (Compute(node=node, names=named) for node in order if node.op)


def backward(order: list[Value], named: Names) -> Iterator[Event]:
    """Yield the backward pass over a topological order, in the order in which `Value.backward` does its sums."""
    root, counts = order[-1], use_counts(order)
    waiting, gradients = dict(counts), {root: 1.0}
    ready = {root: Ready(node=root, names=named, root=root, grad=1.0)}
    yield Seed(node=root, names=named)
    yield ready[root]
    for chain in chains(uses(root), root, gradients, named):
        yield chain
        parent = chain.parent
        waiting[parent] -= 1
        if not waiting[parent]:
            above = ready[chain.node] if counts[parent] == 1 else None
            ready[parent] = Ready(node=parent, names=named, root=root, grad=chain.after, chain=chain, above=above)
            yield ready[parent]


def chains(walk: Iterable[Use[Value]], root: Value, gradients: dict[Value, float], named: Names) -> Iterator[Chain]:
    """Yield what each use in a walk contributes to its parent, and add it to the gradients."""
    for node, i, parent, local in walk:
        if parent.kind != "constant":
            before, upstream = gradients.get(parent, 0.0), gradients[node]
            gradients[parent] = after = before + upstream * local
            yield Chain(
                node=node, names=named, root=root, operand=i, parent=parent,
                upstream=upstream, local=local, before=before, after=after,
            )  # fmt: skip


def use_counts(order: list[Value]) -> dict[Value, int]:
    """Count, for each node, how often it is a parent: how many contributions its gradient waits for."""
    counts = dict.fromkeys(order, 0)
    for node in order:
        for parent in node.parents:
            counts[parent] += 1
    return counts


def count_steps(root: Value, most: int) -> int:
    """Return how many events `steps` has for a root, without making them; what reaches `most` is not counted further.

    >>> x = Value(3.0)
    >>> count_steps(x * x, 100), count_steps(x * x, 4)
    (6, 4)
    """
    seen, waiting, count = {root}, [root], 2  # the seed, and the root is ready
    while waiting and count < most:
        node = waiting.pop()
        count += node.op is not None
        for parent in node.parents:
            with_gradient = parent.kind != "constant"
            count += with_gradient * (
                1 + (parent not in seen)
            )  # a contribution; and at the first, that it will be ready
            if parent not in seen:
                seen.add(parent)
                waiting.append(parent)
    return min(count, most)


def updates(root: Value, parameters: list[Value], lr: float) -> list[Update]:
    """Return what gradient descent would do with the gradients of `root`; nothing is changed."""
    order = order_of("updates", root)
    for p in parameters:
        check_in_graph(order, p, "updates")
    named = snapshot(order)
    gradients = {event.node: event.grad for event in backward(order, named) if isinstance(event, Ready)}
    return [
        Update(node=p, names=named, before=p.data, gradient=gradients[p], after=p.data - lr * gradients[p], lr=lr)
        for p in parameters
    ]


class Stepper:
    """A place in the stream of events, and the state of every node at that moment.

    >>> x = Value(3.0, "x")
    >>> s = Stepper(x * x)
    >>> s.position, len(s), s.grad_of(x)
    (-1, 6, None)
    >>> s.goto(3).lines[-1], s.grad_of(x)
    ('∂v1/∂x = 1 · 3 = 3', 3.0)
    >>> _ = s.next(); s.grad_of(x)
    6.0
    >>> _ = s.back(); s.grad_of(x)
    3.0

    At position k event k has just happened; a new stepper stands before event 0, at −1. `next` and `back` return the event
    where they arrive: None before the first, and at the end `next` stays. Any position can be visited in any order:
    what is kept is each node's own history, so a move costs nothing. `moment` is what an event has as its `names`: the names
    and numbers of an earlier moment. Raises PositionError for an event that is not there, and GraphError as `steps` does.
    """

    def __init__(self, root: Value, moment: Names | None = None) -> None:
        self.events: Sequence[Event] = both_passes_of(root, moment)
        self.position = -1
        self._numbers = self.events[0].names
        self._grads: dict[Value, tuple[list[int], list[float]]] = {}
        self._computed: dict[Value, int] = {}
        for k, event in enumerate(self.events):
            match event:
                case Compute():
                    self._computed[event.node] = k
                case Seed():
                    self._remember(event.node, k, 1.0)
                case Chain():
                    self._remember(event.parent, k, event.after)

    def _remember(self, node: Value, k: int, grad: float) -> None:
        positions, grads = self._grads.setdefault(node, ([], []))
        positions.append(k)
        grads.append(grad)

    def __len__(self) -> int:
        return len(self.events)

    @property
    def event(self) -> Event | None:
        """The event that has just happened; None before the first."""
        return self.events[self.position] if self.position >= 0 else None

    def next(self) -> Event | None:
        """Go one event forward."""
        return self.goto(min(self.position + 1, len(self) - 1))

    def back(self) -> Event | None:
        """Go one event back."""
        return self.goto(max(self.position - 1, -1))

    def goto(self, k: int) -> Event | None:
        """Go to where event k has just happened; −1 is before the first."""
        if not isinstance(k, int) or isinstance(k, bool) or not -1 <= k < len(self):
            raise PositionError(
                f"There is no event {k!r}: this stream has events 0 to {len(self) - 1}, and −1 stands before the first."
            )
        self.position = k
        return self.event

    def grad_of(self, node: Value) -> float | None:
        """Return a node's gradient at this moment; None before the first contribution."""
        positions, grads = self._grads.get(self._own(node), ([], []))
        seen = bisect_right(positions, self.position)
        return grads[seen - 1] if seen else None

    def value_of(self, node: Value) -> float | None:
        """Return a node's value at this moment; None while it is not computed."""
        return self._numbers[node].data if self._computed.get(self._own(node), -1) <= self.position else None

    def _own(self, node: Value) -> Value:
        if not isinstance(node, Value) or node not in self._numbers:
            raise GraphError(
                f"{node!r} is not a node of this graph. Ask for one that the root was made from, or make a Stepper of its own root."
            )
        return node
