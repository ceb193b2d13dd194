"""The forward and the backward pass as a stream of events, in the words of the field.

    Compute   a node's value has been computed from its parents
    Seed      ∂root/∂root = 1: the backward pass begins
    Chain     one application of the chain rule: upstream · local, paid into one parent
    Ready     every use of a node has paid in: its gradient is complete
    Update    a parameter has moved against its gradient

Law, on every Chain: after == before + upstream · local. Nothing here changes the graph. Constants get no gradient,
as in `backward`; a leaf's gradient starts from 0, as in the first `backward`.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce

from autograd import expression
from autograd.errors import GraphError
from autograd.expression import Expr
from autograd.graph import names, number, topological_order
from autograd.value import Value

Names = Mapping[Value, str]


@dataclass(frozen=True, slots=True)
class Event:
    """One step of a pass, at one node."""

    node: Value
    names: Names = field(repr=False, compare=False, kw_only=True)

    @property
    def name(self) -> str:
        """The node's name."""
        return self.names[self.node]

    @property
    def phase(self) -> str:
        """Forward, Backward or Update."""
        return {"Compute": "Forward", "Update": "Update"}.get(type(self).__name__, "Backward")

    def expr(self, node: Value) -> Expr:
        """Return a node as a name in a formula."""
        return expression.name(self.names[node], node.data)

    @property
    def lines(self) -> list[str]:
        """The event in names and numbers."""
        raise NotImplementedError

    @property
    def key(self) -> str:
        """What a note is pinned to: the kind of event and the node's name."""
        return f"{type(self).__name__.lower()} {self.name}"

    def partial(self, of: Value, by: Value) -> str:
        """Write ∂of/∂by in names."""
        return f"∂{enclosed(self.names[of])}/∂{enclosed(self.names[by])}"


@dataclass(frozen=True, slots=True)
class Compute(Event):
    """A node's value has been computed from its parents."""

    __match_args__ = ("node", "formula", "value")

    @property
    def value(self) -> float:
        """The number that came out."""
        return self.node.data

    @property
    def formula(self) -> Expr:
        """The operation, on the parents' names."""
        assert self.node.op is not None
        return expression.formula(self.node.op, tuple(map(self.expr, self.node.parents)))

    @property
    def lines(self) -> list[str]:
        """The event in names and numbers: z = w·x + b = 3·2 + 1 = 7."""
        formula = self.formula
        return [equals(self.name, formula.text, formula.numbers, number(self.value))]


@dataclass(frozen=True, slots=True)
class Seed(Event):
    """∂root/∂root = 1: the backward pass begins."""

    __match_args__ = ("node",)

    @property
    def lines(self) -> list[str]:
        """The event in names and numbers: ∂L/∂L = 1."""
        return [f"{self.partial(self.node, self.node)} = 1"]


@dataclass(frozen=True, slots=True)
class Chain(Event):
    """One application of the chain rule: the node pays upstream · local into one of its parents."""

    __match_args__ = ("node", "operand", "parent", "formula", "upstream", "local", "contribution", "before", "after")

    root: Value = field(repr=False)
    operand: int
    parent: Value
    upstream: float
    local: float
    before: float
    after: float

    @property
    def contribution(self) -> float:
        """What this use of the parent adds to its gradient."""
        return self.upstream * self.local

    @property
    def formula(self) -> Expr:
        """The local derivative, in names."""
        assert self.node.op is not None
        return expression.slope(
            self.node.op, self.operand, tuple(map(self.expr, self.node.parents)), self.expr(self.node)
        )

    @property
    def key(self) -> str:
        """What a note is pinned to: `chain z→w`."""
        return f"chain {self.name}→{self.names[self.parent]}"

    @property
    def lines(self) -> list[str]:
        """The local derivative, then what it makes of the upstream gradient."""
        local, result = self.partial(self.node, self.parent), self.partial(self.root, self.parent)
        symbols = f"{self.partial(self.root, self.node)} · {local}" if self.node is not self.root else ""
        numbers = expression.factors(self.upstream, self.local)
        if self.before:
            symbols, numbers = "", f"{number(self.before)} + {numbers}"
        return [self.local_line(local), equals(result, symbols, numbers, number(self.after))]

    def local_line(self, local: str) -> str:
        """The local derivative: ∂z/∂w = x = 2, or the branch that holds: ∂a/∂z = 1 (1 if z > 0 else 0)."""
        formula = self.formula
        if formula.op is expression.CHOICE:
            return f"{local} = {number(self.local)}   ({formula.text}; {self.names[self.parent]} = {number(self.parent.data)})"
        short = len(formula.text) < 60
        return equals(local, formula.text if short else "", formula.numbers if short else "", number(self.local))


@dataclass(frozen=True, slots=True)
class Ready(Event):
    """Every use of a node has paid in: its gradient is complete.

    `chain` is the last use, and `above` the Ready event of the node that paid it, where there was but one way here.
    """

    __match_args__ = ("node", "grad")

    root: Value = field(repr=False)
    grad: float
    chain: Chain | None = field(default=None, repr=False, compare=False)
    above: Ready | None = field(default=None, repr=False, compare=False)

    @property
    def path(self) -> list[Chain]:
        """The applications of the chain rule from the root to here; empty where more than one path leads here."""
        chains: list[Chain] = []
        ready: Ready | None = self
        while ready is not None and ready.chain is not None:
            chains.append(ready.chain)
            ready = ready.above
        return chains[::-1] if ready is not None else []

    @property
    def lines(self) -> list[str]:
        """The gradient, and the product along the path where that tells more than the last step did."""
        stretches = list(by_label(self.path))
        here = self.partial(self.root, self.node)
        if len(stretches) > 2:
            symbols = " · ".join(self.partial(stretch[0].node, stretch[-1].parent) for stretch in stretches)
            return [
                f"{here} = {symbols}",
                equals(here, expression.factors(*map(local_product, stretches)), number(self.grad)),
            ]
        if len(stretches) == 1 and len(stretches[0]) > 1:
            return [
                equals(here, expression.product([inner_slope(chain) for chain in stretches[0]]).text, number(self.grad))
            ]
        return [f"{here} = {number(self.grad)}"]


def by_label(path: list[Chain]) -> Iterator[list[Chain]]:
    """Cut a path at the nodes that have a label."""
    stretch: list[Chain] = []
    for chain in path:
        stretch.append(chain)
        if chain.parent.label or chain is path[-1]:
            yield stretch
            stretch = []


def local_product(stretch: list[Chain]) -> float:
    """Multiply the local derivatives along a stretch."""
    return reduce(operator.mul, [chain.local for chain in stretch])


def inner_slope(chain: Chain) -> Expr:
    """Return a local derivative with the nodes that have no label written out: 2(a − y) for 2·v1."""
    op = chain.node.op
    assert op is not None
    return expression.slope(
        op, chain.operand, tuple(written_out(p, chain) for p in chain.node.parents), chain.expr(chain.node)
    )


def written_out(node: Value, event: Event) -> Expr:
    """Return a node as its name, or as its formula where it has no label of its own."""
    if node.op is None or node.label:
        return event.expr(node)
    return expression.formula(node.op, tuple(map(event.expr, node.parents)))


@dataclass(frozen=True, slots=True)
class Update(Event):
    """A parameter has moved against its gradient: p ← p − lr · ∂L/∂p."""

    __match_args__ = ("parameter", "before", "gradient", "after", "formula")

    before: float
    gradient: float
    after: float
    lr: float

    @property
    def parameter(self) -> Value:
        """The node that has moved."""
        return self.node

    @property
    def formula(self) -> str:
        """The step, in names."""
        return f"{self.name} − lr · ∂L/∂{enclosed(self.name)}"

    @property
    def lines(self) -> list[str]:
        """The event in names and numbers: w ← 3 − 0.01 · (−32) = 3.32."""
        return [
            f"{self.name} ← {number(self.before)} − {expression.factors(self.lr, self.gradient)} = {number(self.after)}"
        ]


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

    Nodes without a label are called v1, v2, … in the order of the forward pass. Raises GraphError for what is no Value.
    """
    if not isinstance(root, Value):
        raise GraphError(
            f"steps takes the Value at the end of a computation, and {root!r} is a {type(root).__name__}. Give it the loss itself."
        )
    order = topological_order(root)
    named = names(order)
    return [*forward(order, named), *backward(order, named)]


def forward(order: list[Value], named: Names) -> Iterator[Event]:
    """Yield the forward pass over a topological order."""
    return (Compute(node, names=named) for node in order if node.op)


def backward(order: list[Value], named: Names) -> Iterator[Event]:
    """Yield the backward pass over a topological order, in the order in which `Value.backward` does its sums."""
    root, counts = order[-1], uses(order)
    waiting, gradients = dict(counts), {root: 1.0}
    ready = {root: Ready(root, root, 1.0, names=named)}
    yield Seed(root, names=named)
    yield ready[root]
    for node in reversed(order):
        for chain in chains(node, root, gradients, named):
            yield chain
            parent = chain.parent
            waiting[parent] -= 1
            if not waiting[parent]:
                only = counts[parent] == 1
                ready[parent] = Ready(parent, root, chain.after, chain, ready[node] if only else None, names=named)
                yield ready[parent]


def chains(node: Value, root: Value, gradients: dict[Value, float], named: Names) -> Iterator[Chain]:
    """Yield what a node pays into each of its parents, and add it to their gradients."""
    for i, (parent, local) in enumerate(zip(node.parents, node.partials, strict=True)):
        if parent.kind != "constant":
            before = gradients.get(parent, 0.0)
            gradients[parent] = before + gradients[node] * local
            yield Chain(node, root, i, parent, gradients[node], local, before, gradients[parent], names=named)


def uses(order: list[Value]) -> dict[Value, int]:
    """Count, for each node, how often it is a parent: how many contributions its gradient waits for."""
    counts = dict.fromkeys(order, 0)
    for node in order:
        for parent in node.parents:
            counts[parent] += 1
    return counts


def updates(root: Value, parameters: list[Value], lr: float) -> list[Update]:
    """Return what gradient descent would do with the gradients of `root`; nothing is changed."""
    named = names(topological_order(root))
    gradients = {event.node: event.grad for event in steps(root) if isinstance(event, Ready)}
    return [Update(p, p.data, gradients[p], p.data - lr * gradients[p], lr, names=named) for p in parameters]


def equals(*parts: str) -> str:
    """Join what is equal, and leave out what is empty or says the same twice."""
    told = [part for i, part in enumerate(parts) if part and part not in parts[:i]]
    return " = ".join(told)


def enclosed(label: str) -> str:
    """Put a name that is more than a word in parentheses."""
    return label if label.replace("_", "").isalnum() else f"({label})"
