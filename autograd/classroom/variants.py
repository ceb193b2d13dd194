"""The same graph with other numbers, drawn from a seed: the same on every machine, for every version of Python.

A number keeps its sign and its decimals, and stays near its size: 3 becomes a whole number from 1 to 6, 0.25 one from 0.12
to 0.5. A 0 or 1 that is data is a label or a switch, and stays; so do constants, and parameters at 0 unless all of them are.
Numbers that lead out of an operation's domain, near a kink, or to more gradients that are 0, tiny or huge than the graph had,
or to a flat end of an activation where the graph has none, or to a factor of 0, 1 or −1 where the graph has none, are drawn again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from hashlib import sha256
from math import isfinite

from autograd import rules
from autograd.classroom.formulas import near
from autograd.errors import DomainError, GraphError
from autograd.functions import grad
from autograd.graph import names, topological_order
from autograd.value import Parameter, Value

MOST_DECIMALS = 2  # a number with more, as a random weight has, is given so many
MOST_TRIES = 2000
NEAR = 0.01  # a kink
SMALL = 3  # what a 0 becomes at the most
TINY, HUGE = 1e-3, 1e4


def variant(root: Value, seed: int | str) -> Value:
    """Return a graph like that of `root`, with other numbers at its leaves.

    >>> w, x = Parameter(3.0, "w"), Value(2.0, "x")
    >>> y = w * x; y.label = "y"
    >>> [[leaf.data for leaf in variant(y, seed).parents] for seed in (7, 8, "Ada")]
    [[2.0, 4.0], [2.0, 5.0], [6.0, 5.0]]

    Raises GraphError where no numbers will do.
    """
    for made in variants(root, str(seed)):
        return made
    raise no_variant()


def no_variant() -> GraphError:
    """Return the error for a graph that has no other numbers."""
    return GraphError(
        "There are no other numbers for this graph that keep it away from kinks, its gradients from 0, and its factors from 0, 1 and −1."
    )


def variants(root: Value, key: str) -> Iterator[Value]:
    """Yield graphs like that of `root` with the numbers that a key draws, one after another, none twice."""
    order = topological_order(root)
    before = {node: node.data for node in order if node.op is None}
    named = names(order)
    changing = [leaf for leaf in before if not fixed(leaf)] or [leaf for leaf in before if leaf.kind == "parameter"]
    seen = {tuple(before.values())}
    for attempt in range(MOST_TRIES):
        drawn = before | {leaf: another(leaf.data, f"{key} {attempt} {named[leaf]}") for leaf in changing}
        if tuple(drawn.values()) in seen:
            continue
        seen.add(tuple(drawn.values()))
        if (made := rebuilt(order, drawn)) is not None and as_good(made, root):
            yield made


def with_numbers(root: Value, numbers: Mapping[str, float]) -> Value:
    """Return the same graph with these numbers at the leaves that are so named.

    >>> w, x = Parameter(3.0, "w"), Value(2.0, "x")
    >>> with_numbers(w * x, {"w": 5}).data
    10.0

    Raises GraphError for a name that no leaf has, and what the operations raise where they have no value.
    """
    order = topological_order(root)
    leaves = {name: node for node, name in names(order).items() if node.op is None and node.kind != "constant"}
    for name in numbers:
        if name not in leaves:
            raise GraphError(
                f"This graph has no leaf {name!r} that could be set.{near(name, leaves)} There are: {', '.join(leaves)}."
            )
    given = {leaves[name]: float(number) for name, number in numbers.items()}
    return made_again(order, given)


def made_again(order: list[Value], numbers: Mapping[Value, float]) -> Value:
    """Return the graph made again, with other numbers at some leaves."""
    made: dict[Value, Value] = {}
    for node in order:
        if node.op is None:
            made[node] = leaf_like(node, numbers.get(node, node.data))
        else:
            operands = [made[parent] for parent in node.parents]
            made[node] = operands[0].apply(node.op, *operands)
            made[node].label, made[node].scope = node.label, node.scope
    return made[order[-1]]


def another(x: float, key: str) -> float:
    """Return another number of the same kind; the key decides which."""
    if x == 0:
        return float(whole_number(-SMALL, SMALL, key))
    places = decimals(x)
    units = max(1, round(Decimal(repr(abs(x))).scaleb(places)))
    low, high = max(1, units // 2), max(5, 2 * units)
    if abs(x) < 1:
        high = min(high, 10**places - 1)
    size = float(Decimal(whole_number(low, high, key)).scaleb(-places))
    return size if x > 0 else -size


def whole_number(low: int, high: int, key: str) -> int:
    """Return a whole number from low to high: a hash of the key, the same everywhere."""
    return low + int.from_bytes(sha256(key.encode()).digest()) % (high - low + 1)


def fixed(leaf: Value) -> bool:
    """Tell whether a leaf keeps its number: a constant, a 0, a label or switch, and what is not a finite number."""
    return (
        leaf.kind == "constant" or leaf.data == 0 or (leaf.kind == "leaf" and leaf.data == 1) or not isfinite(leaf.data)
    )


def decimals(x: float) -> int:
    """Return how many decimals a number is given; below 0, how many zeros it ends in.

    >>> decimals(3.0), decimals(0.25), decimals(0.24835707650561634), decimals(0.001), decimals(175e6)
    (0, 2, 2, 3, -6)
    """
    written = Decimal(repr(x)).normalize()
    needed = -written.adjusted()  # 0.001 would be 0 with two
    return min(-int(written.as_tuple().exponent), max(MOST_DECIMALS, needed))


def rebuilt(order: list[Value], numbers: Mapping[Value, float]) -> Value | None:
    """Return the graph made again from other leaves; None where an operation has no value, or is near a kink."""
    try:
        root = made_again(order, numbers)
    except DomainError:
        return None
    return None if any(map(near_kink, topological_order(root))) else root


def near_kink(node: Value) -> bool:
    """Tell whether a node's operands are where its slope jumps."""
    if node.op is None or node.op.kinks is None:
        return False
    return node.op.kinks.distance(*node.op.grouped(tuple(parent.data for parent in node.parents))) < NEAR


def leaf_like(leaf: Value, number: float) -> Value:
    """Return a leaf of the same kind."""
    if leaf.kind == "constant":
        return leaf
    made = (Parameter if leaf.kind == "parameter" else Value)(number, leaf.label)
    made.scope = leaf.scope
    return made


def as_good(made: Value, root: Value) -> bool:
    """Tell whether a graph has no more gradients that are 0, tiny or huge than another, no more tiny slopes, no more idle factors."""
    return (
        flat_slopes(made) <= flat_slopes(root)
        and idle_factors(made) <= idle_factors(root)
        and sum(poor_gradients(made)) <= sum(poor_gradients(root))
        and (not all(poor_gradients(made)) or all(poor_gradients(root)))
    )


def idle_factors(root: Value) -> set[tuple[int, int]]:
    """Return the places of factors that are 0, 1 or −1, at which a mistake with a product would not show."""
    return {
        (i, operand)
        for i, node in enumerate(topological_order(root))
        if node.op in (rules.MUL, rules.DOT)
        for operand, parent in enumerate(node.parents[: 2 * (len(node.parents) // 2)])
        if parent.kind != "constant" and parent.data in (0, 1, -1)
    }


def flat_slopes(root: Value) -> int:
    """Count the slopes that are nearly 0, as at the ends of a sigmoid or a softmax."""
    return sum(0 < abs(slope) < TINY for node in topological_order(root) for slope in node.partials)


def poor_gradients(root: Value) -> list[bool]:
    """Return, for each free leaf, whether its gradient is 0, tiny or huge."""
    leaves = [node for node in topological_order(root) if node.op is None and node.kind != "constant"]
    return [not TINY <= abs(gradient) <= HUGE for gradient in grad(root, leaves)]
