"""The mistakes that people's engines make, each with its name, its remedy, and what it changes in the simulated engine.

They stand in the order of how likely they are: where two give the same numbers, the first is named.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from autograd.classroom.assignments.right_rules import SLOPES
from autograd.namespaces import scalars as xp

Change = Mapping[str, Any]
SIGNS = {
    "add": "x + y", "sub": "x − y", "mul": "x · y", "div": "x / y", "pow": "x ** y", "neg": "−x", "exp": "exp", "log": "log",
    "tanh": "tanh", "relu": "relu", "sigmoid": "sigmoid", "add_number": "x + 2", "sub_number": "x − 2", "mul_number": "x · 2",
    "div_number": "x / 2", "pow_number": "x ** 2", "add_left": "2 + x", "sub_left": "2 − x", "mul_left": "2 · x",
    "div_left": "2 / x", "pow_left": "2 ** x",
}  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """A mistake: its name, the stage that it belongs to, why it is wrong and what would be right, and how it is simulated."""

    name: str
    stage: int
    why: str
    changes: tuple[Change, ...]
    ops: tuple[str, ...] = ()


def stage_of(op: str, otherwise: int) -> int:
    """Return the stage in which an operation is written; + and × belong to another."""
    return otherwise if op in ("add", "mul") else 8


def with_ways(op: str, change: Change) -> tuple[Change, ...]:
    """Return a change for an operation; one that takes a number is then a rule of its own."""
    own = {"made_of": {op: "own"}} if "_" in op else {}
    return ({**change, **own},)


def whole_passes() -> Iterator[Fault]:
    """Yield the mistakes of the backward pass as a whole, and of what a node remembers."""
    yield from contributions()
    yield from orders()
    yield from memories()
    yield from unused_uses()
    yield from seeds()


def contributions() -> Iterator[Fault]:
    """Yield the mistakes in what a use contributes, and in how it is added."""
    yield Fault(
        "`=` where `+=` belongs", 6,
        "A node that is used twice gets a contribution from each use, and each overwrites the one before. The chain rule adds over "
        "all uses. Write: operand.grad += node.grad * slope.",
        ({"assigned": frozenset({""})},),
    )  # fmt: skip
    yield Fault(
        "upstream forgotten (the local derivative alone)", 5,
        "The gradient of an operand is the gradient of the result times the local derivative. Write: operand.grad += node.grad * slope.",
        ({"products": {"": lambda up, slope, so_far: slope}},),
    )  # fmt: skip
    yield Fault(
        "the local derivative forgotten (upstream alone)", 5,
        "What a node hands on is its gradient times the local derivative. Write: operand.grad += node.grad * slope.",
        ({"products": {"": lambda up, slope, so_far: up}},),
    )  # fmt: skip
    yield Fault(
        "+ in the place of ·: upstream and local derivative are added", 5,
        "The chain rule multiplies along a path; it adds over paths. Write: operand.grad += node.grad * slope.",
        ({"products": {"": lambda up, slope, so_far: up + slope}},),
    )  # fmt: skip
    yield Fault(
        "the sum so far is added again", 6,
        "With += the gradient so far is already there. Add the contribution of this one use and nothing else.",
        ({"products": {"": lambda up, slope, so_far: so_far + up * slope}},),
    )  # fmt: skip


def orders() -> Iterator[Fault]:
    """Yield the mistakes in the order in which the pass goes through the nodes."""
    walks = ("pre-order", "one by one, first visit", "stack", "queue", "stack marked early", "queue marked early")
    yield Fault(
        "no topological order (pre-order: the pass goes on at the first visit)", 5,
        "The pass goes on from a node as soon as it meets it, before all uses of the node have handed on. What comes later never reaches its "
        "operands. Put a node into a list after its operands (post-order), then go through the list from its end.",
        tuple({"walk": walk} for walk in walks),
    )  # fmt: skip
    repeated = ("one by one", "recursion again", "stack again", "queue again", "post-order with repeats")
    yield Fault(
        "no visited set: a node that is reached twice counts twice", 5,
        "The pass comes to a node once for each way that leads to it, and each time it hands on the whole sum so far. Visit each node once, "
        "in a topological order: keep a set of the nodes that are in the list already.",
        tuple({"walk": walk} for walk in repeated),
    )  # fmt: skip
    yield Fault(
        "the topological order is not reversed, or the pass stops after one level", 5,
        "Nothing but the root hands on a gradient. The pass must begin with the root and go on through all nodes: take the list of the "
        "topological order, in which the leaves come first, from its end.",
        ({"walk": "not reversed"}, {"walk": "pre-order reversed"}, {"walk": "root only"}),
    )  # fmt: skip


def memories() -> Iterator[Fault]:
    """Yield the mistakes in what is remembered of the operands."""
    yield Fault(
        "only one parent is remembered", 2,
        "A result must remember every operand: the other one gets no gradient. Keep them in a tuple: (self, other).",
        ({"keeps": "left"}, {"keeps": "right"}),
    )  # fmt: skip
    yield Fault(
        "parents in a set: x·x remembers x once", 2,
        "A set holds each parent once, so that one of the two contributions of x·x is lost. Keep the parents in a tuple, with repeats.",
        ({"keeps": "first of each"},),
    )  # fmt: skip
    yield Fault(
        "a dictionary keyed by something that collides (x − x, x · x)", 6,
        "The slopes are kept in a dictionary whose key is the operand, or its number: of two that collide only the last is left. Keep a "
        "tuple of pairs (operand, slope), one for each use.",
        ({"keeps": "last of each"}, {"keeps": "last of each", "same": "number"}, {"keeps": "first of each", "same": "number"},
         {"seen": "number"}, {"use": "shares"}, {"use": "shares", "seen": "number"}),
    )  # fmt: skip
    yield Fault(
        "the rule is kept on the inputs, not on the result", 6,
        "The next use of an input takes the place of its rule. Keep the rule on the result: out._backward, not self._backward.",
        ({"keeps": "on the left operand"},),
    )  # fmt: skip
    yield Fault(
        "only the last use is remembered", 6,
        "A node may be used many times, and each use has its contribution. Remember the uses on the results, or in a list.",
        ({"keeps": "on each operand"},),
    )  # fmt: skip


def unused_uses() -> Iterator[Fault]:
    """Yield the mistakes that a use makes on which the root does not depend."""
    yield Fault(
        "an unused use zeroes gradients", 6,
        "A use that the root does not depend on changes the gradients. Only the uses under the root count: find them from the root.",
        ({"walk": "when complete"}, {"use": "zeroes"}),
    )  # fmt: skip
    yield Fault(
        "an unused use counts as a root", 6,
        "A use that the root does not depend on begins with the gradient 1, as the root does. Seed the root alone.",
        ({"walk": "all uses"},),
    )  # fmt: skip


def seeds() -> Iterator[Fault]:
    """Yield the wrong beginnings of a pass."""
    begin = "The pass begins with ∂root/∂root = 1. Set the root's gradient to 1 before going on."
    for name, seed in (
        ("the root's gradient is never set to 1", lambda data: 0.0),
        ("the pass begins with the root's value, not with 1", lambda data: data),
        ("the pass begins with −1: the sign of the delta", lambda data: -1.0),
        ("the pass begins with ½: the gradient of ½ the loss", lambda data: 0.5),
        ("the pass begins with 2: the gradient is doubled", lambda data: 2.0),
    ):
        yield Fault(name, 2, begin, ({"root_gradient": seed},))


def power(made: Callable[..., tuple[float, ...]], op: str) -> Change:
    """Return the change of a power's slopes, in its general form or for plain numbers only."""
    return {"slopes": {op: made}, **({"made_of": {op: "own"}} if "_" in op else {})}


def powers() -> Iterator[Fault]:
    """Yield what goes wrong in xⁿ."""
    right = SLOPES["pow"]
    wrong = {
        "n·xⁿ": lambda x, n, out: n * out, "xⁿ⁻¹, without the factor n": lambda x, n, out: x ** (n - 1),
        "n·x": lambda x, n, out: n * x, "(n − 1)·xⁿ⁻¹": lambda x, n, out: (n - 1) * x ** (n - 1), "n": lambda x, n, out: n,
        "n·xⁿ⁺¹": lambda x, n, out: n * x ** (n + 1), "(n − 1)·xⁿ": lambda x, n, out: (n - 1) * out, "xⁿ": lambda x, n, out: out,
        "xⁿ·ln x": lambda x, n, out: out * xp.log(x) if x > 0 else 0.0, "n·xⁿ⁻²": lambda x, n, out: n * x ** (n - 2),
        "(n + 1)·xⁿ": lambda x, n, out: (n + 1) * out, "xⁿ⁺¹/(n + 1)": lambda x, n, out: x ** (n + 1) / (n + 1) if n != -1 else 0.0,
        "2·x": lambda x, n, out: 2 * x, "|n|·xⁿ⁻¹": lambda x, n, out: abs(n) * x ** (n - 1), "n·outⁿ⁻¹": lambda x, n, out: n * out ** (n - 1),
    }  # fmt: skip
    for text, slope in wrong.items():

        def changed(x: float, n: float, out: float, slope: Any = slope) -> tuple[float, float]:
            return slope(x, n, out), right(x, n, out)[1]

        yield Fault(
            f"power: the slope is wrong ({text})", 8, "The slope of xⁿ for x is n·xⁿ⁻¹: n * x ** (n - 1).",
            (power(changed, "pow"), power(changed, "pow_number")), ("pow", "pow_number"),
        )  # fmt: skip
    yield Fault(
        "power: the exponent gets no gradient", 8,
        "In x ** y both are operands. The slope for y is xʸ·ln x, and y must be among the parents.",
        ({"slopes": {"pow": lambda x, n, out: (right(x, n, out)[0], 0.0)}},), ("pow", "pow_left"),
    )  # fmt: skip
    exponents = {
        "xʸ, without ln x": lambda x, n, out: out, "ln x, without xʸ": lambda x, n, out: xp.log(x) if x > 0 else 0.0,
        "xʸ·ln y": lambda x, n, out: out * xp.log(n) if n > 0 else 0.0, "y·xʸ⁻¹": lambda x, n, out: n * x ** (n - 1),
        "xʸ·ln x with the wrong sign": lambda x, n, out: -right(x, n, out)[1],
        "xʸ·log₁₀ x": lambda x, n, out: out * math.log10(x) if x > 0 else 0.0,
    }  # fmt: skip
    for text, slope in exponents.items():

        def exponent(x: float, n: float, out: float, slope: Any = slope) -> tuple[float, float]:
            return right(x, n, out)[0], slope(x, n, out)

        yield Fault(
            f"power: the exponent's slope is wrong ({text})", 8, "The slope of xʸ for y is xʸ·ln x.",
            (power(exponent, "pow"),), ("pow", "pow_left"),
        )  # fmt: skip
    yield from crashes(right)


def crashes(right: Callable[..., tuple[float, ...]]) -> Iterator[Fault]:
    """Yield the powers whose slope breaks at a base of 0 or below."""

    def crash(zero: bool, negative: bool) -> Callable[..., tuple[float, ...]]:
        def slopes(x: float, n: float, out: float) -> tuple[float, ...]:
            if (x == 0 and zero) or (x < 0 and negative):
                raise ValueError
            return right(x, n, out)

        return slopes

    made = [crash(True, True), crash(False, True), crash(True, False)]
    yield Fault(
        "power: a base of 0 or below crashes", 8,
        "A logarithm is taken where none is needed: (−3) ** 2 and 0 ** 2 have values and slopes. Take ln x only for the exponent's gradient, "
        "and only where x > 0.",
        (*(power(slopes, op) for op in ("pow", "pow_number") for slopes in made), {"made_of": {"pow": "exp"}}), ("pow", "pow_number"),
    )  # fmt: skip


def slope_of(name: str) -> str:
    """Return what the slopes of an operation should be, in words."""
    return {
        "add": "1 and 1", "sub": "1 and −1", "mul": "y for x, and x for y", "div": "1/y for x, and −x/y² for y", "neg": "−1", "exp": "exp x itself",
        "log": "1/x", "tanh": "1 − tanh² x", "relu": "1 where x > 0, else 0", "sigmoid": "σ(x)·(1 − σ(x))",
        "pow": "y·xʸ⁻¹ for x, and xʸ·ln x for y",
    }.get(name.split("_")[0], "")  # fmt: skip
