"""A small engine whose every part can be wrong on purpose: it predicts what an engine with a given mistake computes.

An `Engine` says how each part works: the rule of each operation, how a node remembers its operands, in which order the
backward pass goes, how a contribution is made and how it is added. A mistake changes some of these parts and no others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count

from autograd.classroom.assignments.remembering import REMEMBER
from autograd.classroom.assignments.right_rules import SLOPES, VALUES, Alone, Overwrites, Rule
from autograd.classroom.assignments.walks import WALKS

MOST_VISITS = 5_000
NUMBERS = count()


class RefusedError(Exception):
    """A simulated engine stops here."""


# Some engines write these out, and some make them of others: a mistake in × is then a mistake in −, too.
MADE_OF: Mapping[str, Mapping[str, Callable[..., SimulatedNode]]] = {
    "neg": {"mul": lambda e, x: e.apply("mul", x, e.leaf(-1.0)), "sub": lambda e, x: e.apply("sub", e.leaf(0.0), x)},
    "sub": {
        "neg": lambda e, x, y: e.apply("add", x, e.apply("neg", y)),
        "mul": lambda e, x, y: e.apply("add", x, e.apply("mul", y, e.leaf(-1.0))),
    },
    "div": {"pow": lambda e, x, y: e.apply("mul", x, e.apply("pow_number", y, e.leaf(-1.0)))},
    "pow": {"exp": lambda e, x, n: e.apply("exp", e.apply("mul", n, e.apply("log", x)))},
    "tanh": {"exp": lambda e, x: e.tanh_of_exp(x, 1), "exp twice": lambda e, x: e.tanh_of_exp(x, 2)},
    "sigmoid": {"exp": lambda e, x: e.sigmoid_of_exp(x)},
    "add_left": {"add": lambda e, x, n: e.apply("add", x, n)},
    "mul_left": {"mul": lambda e, x, n: e.apply("mul", x, n)},
    "sub_left": {
        "neg": lambda e, x, n: e.apply("add", e.apply("neg", x), n),
        "add_left": lambda e, x, n: e.apply("add_left", e.apply("neg", x), n),
        "swapped": lambda e, x, n: e.apply("neg", e.apply("sub", x, n)),
    },
    "div_left": {
        "pow": lambda e, x, n: e.apply("mul", n, e.apply("pow_number", x, e.leaf(-1.0))),
        "mul_left": lambda e, x, n: e.apply("mul_left", e.apply("pow_number", x, e.leaf(-1.0)), n),
    },
}
# What an operation may be made of, through one or more of these ways.
DEPENDS: Mapping[str, frozenset[str]] = {
    "neg": frozenset({"sub"}), "sub": frozenset({"neg"}), "div": frozenset({"pow", "pow_number"}), "pow": frozenset({"exp", "log"}),
    "tanh": frozenset({"exp", "div", "sub", "neg"}), "sigmoid": frozenset({"exp", "neg", "div", "div_left", "pow", "pow_number"}),
    "sub_left": frozenset({"neg", "sub", "add_left"}), "div_left": frozenset({"pow", "pow_number", "div", "mul_left"}),
}  # fmt: skip
# x + 2, 2 + x and xⁿ are rules of their own in some engines; else the number becomes a node, and the rule is the usual one.
NUMBER_FORMS = {
    "add_number": ("add", False), "mul_number": ("mul", False), "sub_number": ("sub", False),
    "div_number": ("div", False), "pow_number": ("pow", False),
    "add_left": ("add", True), "mul_left": ("mul", True), "sub_left": ("sub", True), "div_left": ("div", True), "pow_left": ("pow", True),
}  # fmt: skip


def one(data: float) -> float:
    """Return what a pass begins with, whatever the root's value is."""
    return 1.0


@dataclass(frozen=True)
class Engine:
    """How each part of an engine works. As it stands, every part is right."""

    values: Mapping[str, Callable[..., float]] = field(default_factory=dict)
    slopes: Mapping[str, Rule] = field(default_factory=dict)
    raises: frozenset[str] = frozenset()
    breaks: frozenset[str] = frozenset()
    assigned: frozenset[str] = frozenset()
    uneven: bool = False  # the lines of one rule differ: see Overwrites and Alone
    cut: frozenset[str] = frozenset()
    node_slopes: frozenset[str] = frozenset()
    products: Mapping[str, Callable[[float, float, float], float]] = field(default_factory=dict)
    walk: str = "topological"
    mask: int = 0
    other_first: bool = False
    once: bool = False
    keeps: str = "all"
    same: str = "identity"
    seen: str = "identity"
    root_gradient: Callable[[float], float] = one
    use: str = ""
    made_of: Mapping[str, str] = field(default_factory=dict)

    def leaf(self, data: float) -> SimulatedNode:
        """Return a node that nothing was computed from."""
        return SimulatedNode(self, float(data), "", ())

    def apply(self, op: str, *operands: SimulatedNode) -> SimulatedNode:
        """Return the node of an operation, as this engine makes it."""
        way = MADE_OF.get(op, {}).get(self.made_of.get(op, ""))
        if way:
            return way(self, *operands)
        plain, left = NUMBER_FORMS.get(op, (op, False))
        if plain != op and self.made_of.get(op) != "own":
            return self.apply(plain, *(reversed(operands) if left else operands))
        return self.make(op, plain, left, operands)

    def make(self, op: str, plain: str, left: bool, operands: tuple[SimulatedNode, ...]) -> SimulatedNode:
        """Return the node of one rule; `left` says that the number stood on the left."""
        if op in self.raises:
            raise RefusedError(op)
        xs = [operand.data for operand in operands]
        ordered = xs[::-1] if left else xs
        data = self.values[op](*xs) if op in self.values else VALUES[plain](*ordered)
        if op in self.slopes:
            slopes = self.slopes[op](*xs, data)
        else:
            slopes = SLOPES[plain](*ordered, data)
            slopes = slopes[::-1] if left else slopes
        return SimulatedNode(self, data, op, () if op in self.cut else tuple(zip(operands, slopes, strict=True)))

    def tanh_of_exp(self, x: SimulatedNode, times: int) -> SimulatedNode:
        """Return (e²ˣ − 1)/(e²ˣ + 1), with e²ˣ computed once or twice."""
        above, below = [self.apply("exp", self.apply("mul_number", x, self.leaf(2.0))) for _ in range(times)] * (
            3 - times
        )
        one = self.leaf(1.0)
        return self.apply("div", self.apply("sub_number", above, one), self.apply("add_number", below, one))

    def sigmoid_of_exp(self, x: SimulatedNode) -> SimulatedNode:
        """Return 1/(1 + e⁻ˣ)."""
        below = self.apply("add_left", self.apply("exp", self.apply("neg", x)), self.leaf(1.0))
        return self.apply("div_left", below, self.leaf(1.0))

    def key(self, node: SimulatedNode) -> object:
        """Return what this engine takes for the same node when it goes through the graph."""
        return node.data if self.seen == "number" else id(node)

    def kept_key(self, node: SimulatedNode) -> object:
        """Return what this engine takes for the same operand when it remembers one."""
        return node.data if self.same == "number" else id(node)


class SimulatedNode:
    """One number of a simulated engine, with what that engine remembers of it."""

    def __init__(self, engine: Engine, data: float, op: str, uses: tuple[tuple[SimulatedNode, float], ...]) -> None:
        self.engine, self.data, self.op = engine, data, op
        self.uses, self.arrived, self.number = uses, 0, next(NUMBERS)
        self.users: list[SimulatedNode] = []
        self.grad, self.grad_is_node = 0.0, False
        self.rule: tuple[tuple[SimulatedNode, SimulatedNode, float], ...] = ()
        self.operands = tuple(operand for operand, _ in uses)
        REMEMBER[engine.keeps](self)
        for operand in self.operands:
            operand.users.append(self)
            if engine.use == "zeroes":
                operand.grad = 0.0

    def hand_on(self) -> None:
        """Do the rule of this node: give each operand its contribution."""
        for giver, taker, slope in self.rule[::-1] if self.engine.other_first else self.rule:
            giver.give(taker, giver.contribution(giver.grad, slope, taker.grad), slope)

    def backward(self) -> None:
        """Go the way that this engine goes."""
        self.grad = self.engine.root_gradient(self.data)
        if self.engine.walk == "paths":
            self.go_each_path(self.grad)
            return
        twins = share(self) if self.engine.use == "shares" else {}
        for visits, node in enumerate(WALKS[self.engine.walk](self)):
            if visits > MOST_VISITS:
                raise RefusedError("no end")
            node.hand_on()
        for node, twin in twins.items():
            node.grad = twin.grad

    def go_each_path(self, gradient: float) -> None:
        """Add the gradient of one path here, and go on with it into each operand: slow, and right where no rule is wrong."""
        for giver, taker, slope in self.rule[::-1] if self.engine.other_first else self.rule:
            contribution = giver.contribution(gradient, slope, taker.grad)
            giver.give(taker, contribution, slope)
            taker.go_each_path(contribution)

    def contribution(self, gradient: float, slope: float, so_far: float) -> float:
        """Return what the rule of this node makes of its gradient and a slope."""
        if self.op in self.engine.breaks:
            raise RefusedError(self.op)
        if isinstance(slope, Alone):
            return float(slope)
        product = self.engine.products.get(self.op) or self.engine.products.get("")
        return product(gradient, slope, so_far) if product else gradient * slope

    def give(self, taker: SimulatedNode, contribution: float, slope: float) -> None:
        """Add a contribution to an operand, or put it in the place of what is there."""
        assigned = isinstance(slope, Overwrites) or not self.engine.assigned.isdisjoint((self.op, ""))
        taker.grad = contribution if assigned else taker.grad + contribution
        taker.grad_is_node |= self.grad_is_node or self.op in self.engine.node_slopes

    def of(self, op: str, other: SimulatedNode | float | None = None) -> SimulatedNode:
        """Return an operation on this node; a plain number is told from a node."""
        if other is None:
            return self.engine.apply(op, self)
        if isinstance(other, SimulatedNode):
            return self.engine.apply(op, self, other)
        return self.engine.apply(op if op.endswith("_left") else f"{op}_number", self, self.engine.leaf(other))

    def __add__(self, other: SimulatedNode | float) -> SimulatedNode:
        return self.of("add", other)

    def __sub__(self, other: SimulatedNode | float) -> SimulatedNode:
        return self.of("sub", other)

    def __mul__(self, other: SimulatedNode | float) -> SimulatedNode:
        return self.of("mul", other)

    def __truediv__(self, other: SimulatedNode | float) -> SimulatedNode:
        return self.of("div", other)

    def __pow__(self, other: SimulatedNode | float) -> SimulatedNode:
        return self.of("pow", other)

    def __radd__(self, other: float) -> SimulatedNode:
        return self.of("add_left", other)

    def __rsub__(self, other: float) -> SimulatedNode:
        return self.of("sub_left", other)

    def __rmul__(self, other: float) -> SimulatedNode:
        return self.of("mul_left", other)

    def __rtruediv__(self, other: float) -> SimulatedNode:
        return self.of("div_left", other)

    def __rpow__(self, other: float) -> SimulatedNode:
        return self.of("pow_left", other)

    def __neg__(self) -> SimulatedNode:
        return self.of("neg")

    def __getattr__(self, name: str) -> Callable[[], SimulatedNode]:
        if name not in VALUES:
            raise AttributeError(name)
        return lambda: self.of(name)


def under(root: SimulatedNode) -> list[SimulatedNode]:
    """Return a node and all that it was computed from, each once, in the order in which they were made."""
    found, line = {root}, [root]
    while line:
        for operand, _ in line.pop().uses:
            if operand not in found:
                found.add(operand)
                line.append(operand)
    return sorted(found, key=lambda node: node.number)


def share(root: SimulatedNode) -> dict[SimulatedNode, SimulatedNode]:
    """Keep the gradients of nodes with the same number in one place; return that place for each node."""
    first: dict[float, SimulatedNode] = {}
    twins = {node: first.setdefault(node.data, node) for node in under(root)}
    for node in twins:
        node.rule = tuple((twins[giver], twins[taker], slope) for giver, taker, slope in node.rule)
    return twins
