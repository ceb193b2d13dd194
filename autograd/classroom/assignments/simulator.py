"""A small engine whose every part can be wrong on purpose: it predicts what an engine with a given mistake computes.

An `Engine` says how each part works: the rule of each operation, how a node remembers its operands, in which order the
backward pass goes, how a contribution is made and how it is added. A mistake changes some of these parts and no others.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count

from autograd.classroom.assignments.walks import WALKS

Number = float
Rule = Callable[..., tuple[float, ...]]
MOST_VISITS = 5_000
NUMBERS = count()


class Refused(Exception):
    """A simulated engine stops here."""


def relu(x: float) -> float:
    """Return x, or 0 for a negative x."""
    return x if x > 0 else 0.0


def power_slopes(x: float, n: float, out: float) -> tuple[float, ...]:
    """Return the two slopes of xⁿ; the exponent has none where the base has no logarithm."""
    return (n * x ** (n - 1) if n else 0.0), (out * math.log(x) if x > 0 else 0.0)


VALUES: Mapping[str, Callable[..., float]] = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
    "pow": lambda x, n: x**n,
    "neg": lambda x: -x,
    "exp": math.exp,
    "log": math.log,
    "tanh": math.tanh,
    "relu": relu,
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
}
SLOPES: Mapping[str, Rule] = {
    "add": lambda x, y, out: (1.0, 1.0),
    "sub": lambda x, y, out: (1.0, -1.0),
    "mul": lambda x, y, out: (y, x),
    "div": lambda x, y, out: (1 / y, -x / y**2),
    "pow": power_slopes,
    "neg": lambda x, out: (-1.0,),
    "exp": lambda x, out: (out,),
    "log": lambda x, out: (1 / x,),
    "tanh": lambda x, out: (1 - out * out,),
    "relu": lambda x, out: (float(x > 0),),
    "sigmoid": lambda x, out: (out * (1 - out),),
}
# Some engines write these out, and some make them of others: a mistake in × is then a mistake in −, too.
MADE_OF: Mapping[str, Mapping[str, Callable[..., Node]]] = {
    "neg": {"mul": lambda e, x: e.apply("mul", x, e.leaf(-1.0)), "sub": lambda e, x: e.apply("sub", e.leaf(0.0), x)},
    "sub": {
        "neg": lambda e, x, y: e.apply("add", x, e.apply("neg", y)),
        "mul": lambda e, x, y: e.apply("add", x, e.apply("mul", y, e.leaf(-1.0))),
    },
    "div": {"pow": lambda e, x, y: e.apply("mul", x, e.apply("pow_number", y, e.leaf(-1.0)))},
    "pow": {"exp": lambda e, x, n: e.apply("exp", e.apply("mul", n, e.apply("log", x)))},
    "tanh": {"exp": lambda e, x: e.tanh_of_exp(x, 1), "exp twice": lambda e, x: e.tanh_of_exp(x, 2)},
    "sigmoid": {"exp": lambda e, x: e.sigmoid_of_exp(x)},
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


@dataclass(frozen=True)
class Engine:
    """How each part of an engine works. As it stands, every part is right."""

    values: Mapping[str, Callable[..., float]] = field(default_factory=dict)
    slopes: Mapping[str, Rule] = field(default_factory=dict)
    raises: frozenset[str] = frozenset()
    breaks: frozenset[str] = frozenset()
    assigned: frozenset[str] = frozenset()
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
    seed: Callable[[float], float] = lambda data: 1.0
    use: str = ""
    made_of: Mapping[str, str] = field(default_factory=dict)

    def leaf(self, data: float) -> Node:
        """Return a node that nothing was computed from."""
        return Node(self, float(data), "", ())

    def apply(self, op: str, *operands: Node) -> Node:
        """Return the node of an operation, as this engine makes it."""
        way = MADE_OF.get(op, {}).get(self.made_of.get(op, ""))
        if way:
            return way(self, *operands)
        plain, left = NUMBER_FORMS.get(op, (op, False))
        if plain != op and self.made_of.get(op) != "own":
            return self.apply(plain, *(reversed(operands) if left else operands))
        return self.make(op, plain, left, operands)

    def make(self, op: str, plain: str, left: bool, operands: tuple[Node, ...]) -> Node:
        """Return the node of one rule; `left` says that the number stood on the left."""
        if op in self.raises:
            raise Refused(op)
        xs = [operand.data for operand in operands]
        ordered = xs[::-1] if left else xs
        data = self.values[op](*xs) if op in self.values else VALUES[plain](*ordered)
        if op in self.slopes:
            slopes = self.slopes[op](*xs, data)
        else:
            slopes = SLOPES[plain](*ordered, data)
            slopes = slopes[::-1] if left else slopes
        return Node(self, data, op, () if op in self.cut else tuple(zip(operands, slopes, strict=True)))

    def tanh_of_exp(self, x: Node, times: int) -> Node:
        """Return (e²ˣ − 1)/(e²ˣ + 1), with e²ˣ computed once or twice."""
        above, below = [self.apply("exp", self.apply("mul_number", x, self.leaf(2.0))) for _ in range(times)] * (3 - times)
        one = self.leaf(1.0)
        return self.apply("div", self.apply("sub_number", above, one), self.apply("add_number", below, one))

    def sigmoid_of_exp(self, x: Node) -> Node:
        """Return 1/(1 + e⁻ˣ)."""
        below = self.apply("add_left", self.apply("exp", self.apply("neg", x)), self.leaf(1.0))
        return self.apply("div_left", below, self.leaf(1.0))

    def key(self, node: Node) -> object:
        """Return what this engine takes for the same node when it goes through the graph."""
        return node.data if self.seen == "number" else id(node)

    def kept_key(self, node: Node) -> object:
        """Return what this engine takes for the same operand when it remembers one."""
        return node.data if self.same == "number" else id(node)


class Node:
    """One number of a simulated engine, with what that engine remembers of it."""

    def __init__(self, engine: Engine, data: float, op: str, uses: tuple[tuple[Node, float], ...]) -> None:
        self.engine, self.data, self.op = engine, data, op
        self.uses, self.arrived, self.number = uses, 0, next(NUMBERS)
        self.users: list[Node] = []
        self.grad, self.grad_is_node = 0.0, False
        self.rule: tuple[tuple[Node, Node, float], ...] = ()
        self.operands = tuple(operand for operand, _ in uses)
        REMEMBER[engine.keeps](self)
        for operand in self.operands:
            operand.users.append(self)
            if engine.use == "zeroes":
                operand.grad = 0.0

    def hand_on(self) -> None:
        """Do the rule of this node: give each operand its contribution."""
        for giver, taker, slope in self.rule[::-1] if self.engine.other_first else self.rule:
            giver.give(taker, giver.contribution(giver.grad, slope, taker.grad))

    def backward(self) -> None:
        """Go the way that this engine goes."""
        self.grad, visits = self.engine.seed(self.data), 0
        if self.engine.walk == "paths":
            return self.go_each_path(self.grad)
        twins = share(self) if self.engine.use == "shares" else {}
        for node in WALKS[self.engine.walk](self):
            visits += 1
            if visits > MOST_VISITS:
                raise Refused("no end")
            node.hand_on()
        for node, twin in twins.items():
            node.grad = twin.grad

    def go_each_path(self, gradient: float) -> None:
        """Add the gradient of one path here, and go on with it into each operand: slow, and right where no rule is wrong."""
        for giver, taker, slope in self.rule[::-1] if self.engine.other_first else self.rule:
            contribution = giver.contribution(gradient, slope, taker.grad)
            giver.give(taker, contribution)
            taker.go_each_path(contribution)

    def contribution(self, gradient: float, slope: float, so_far: float) -> float:
        """Return what the rule of this node makes of its gradient and a slope."""
        if self.op in self.engine.breaks:
            raise Refused(self.op)
        product = self.engine.products.get(self.op) or self.engine.products.get("")
        return product(gradient, slope, so_far) if product else gradient * slope

    def give(self, taker: Node, contribution: float) -> None:
        """Add a contribution to an operand, or put it in the place of what is there."""
        assigned = self.op in self.engine.assigned or "" in self.engine.assigned
        taker.grad = contribution if assigned else taker.grad + contribution
        taker.grad_is_node |= self.grad_is_node or self.op in self.engine.node_slopes

    def of(self, op: str, other: Node | float | None = None) -> Node:
        """Return an operation on this node; a plain number is told from a node."""
        if other is None:
            return self.engine.apply(op, self)
        if isinstance(other, Node):
            return self.engine.apply(op, self, other)
        return self.engine.apply(op if op.endswith("_left") else f"{op}_number", self, self.engine.leaf(other))

    def __add__(self, other: Node | float) -> Node:
        return self.of("add", other)

    def __sub__(self, other: Node | float) -> Node:
        return self.of("sub", other)

    def __mul__(self, other: Node | float) -> Node:
        return self.of("mul", other)

    def __truediv__(self, other: Node | float) -> Node:
        return self.of("div", other)

    def __pow__(self, other: Node | float) -> Node:
        return self.of("pow", other)

    def __radd__(self, other: float) -> Node:
        return self.of("add_left", other)

    def __rsub__(self, other: float) -> Node:
        return self.of("sub_left", other)

    def __rmul__(self, other: float) -> Node:
        return self.of("mul_left", other)

    def __rtruediv__(self, other: float) -> Node:
        return self.of("div_left", other)

    def __rpow__(self, other: float) -> Node:
        return self.of("pow_left", other)

    def __neg__(self) -> Node:
        return self.of("neg")

    def __getattr__(self, name: str) -> Callable[[], Node]:
        if name not in VALUES:
            raise AttributeError(name)
        return lambda: self.of(name)


def under(root: Node) -> list[Node]:
    """Return a node and all that it was computed from, each once, in the order in which they were made."""
    found, line = {root}, [root]
    while line:
        for operand, _ in line.pop().uses:
            if operand not in found:
                found.add(operand)
                line.append(operand)
    return sorted(found, key=lambda node: node.number)


def share(root: Node) -> dict[Node, Node]:
    """Keep the gradients of nodes with the same number in one place; return that place for each node."""
    first: dict[float, Node] = {}
    twins = {node: first.setdefault(node.data, node) for node in under(root)}
    for node in twins:
        node.rule = tuple((twins[giver], twins[taker], slope) for giver, taker, slope in node.rule)
    return twins


def keep_all(node: Node) -> None:
    """Remember each operand, as often as it is used."""
    node.rule = tuple((node, operand, slope) for operand, slope in node.uses)


def keep_first_of_each(node: Node) -> None:
    """Remember the operands in a set, with the slope of the first use."""
    first: dict[object, tuple[Node, Node, float]] = {}
    for operand, slope in node.uses:
        first.setdefault(node.engine.kept_key(operand), (node, operand, slope))
    node.rule = tuple(first.values())


def keep_last_of_each(node: Node) -> None:
    """Remember the slopes in a dictionary: the second use of an operand takes the place of the first."""
    last = {node.engine.kept_key(operand): (node, operand, slope) for operand, slope in node.uses}
    node.rule = tuple(last.values())


def keep_left(node: Node) -> None:
    """Remember the first operand, and no other."""
    node.operands = node.operands[:1]
    node.rule = tuple((node, operand, slope) for operand, slope in node.uses[:1])


def keep_right(node: Node) -> None:
    """Remember the last operand, and no other."""
    node.operands = node.operands[-1:]
    node.rule = tuple((node, operand, slope) for operand, slope in node.uses[-1:])


def keep_on_left_operand(node: Node) -> None:
    """Keep the rule on the first operand, where the next use of it takes its place."""
    if node.uses:
        node.uses[0][0].rule = tuple((node, operand, slope) for operand, slope in node.uses)


def keep_on_each_operand(node: Node) -> None:
    """Keep on each operand the way from its last use alone."""
    for operand, slope in node.uses:
        operand.rule = ((node, operand, slope),)


REMEMBER: Mapping[str, Callable[[Node], None]] = {
    "all": keep_all,
    "first of each": keep_first_of_each,
    "last of each": keep_last_of_each,
    "left": keep_left,
    "right": keep_right,
    "on the left operand": keep_on_left_operand,
    "on each operand": keep_on_each_operand,
}
