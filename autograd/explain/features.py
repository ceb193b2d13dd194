"""What there is in a graph that a mistake can be about: a target, a square, a constant factor, a penalty."""

from __future__ import annotations

from autograd.explain.events import Chain
from autograd.explain.flows import Flows
from autograd.graph import topological_order
from autograd.rules import ADD, DIV, MUL, SUB, SUM
from autograd.value import Value


def has_target(order: list[Value]) -> bool:
    """Whether the difference from a given number is squared, or its absolute value taken: o − t."""
    errors = {
        parent for node in order if squares(node) or (node.op and node.op.name == "abs") for parent in node.parents
    }
    return any(error.op is SUB and any(map(given, error.parents)) for error in errors)


def has_square(order: list[Value]) -> bool:
    """Whether something is squared."""
    return any(map(squares, order))


def squares(node: Value) -> bool:
    """Whether a node is a square: x² or x·x."""
    return node.op is not None and (node.op.name == "power(2)" or (node.op is MUL and len(set(node.parents)) == 1))


def given(node: Value) -> bool:
    """Whether a node is a number that was given, and that training does not change."""
    return node.kind in ("leaf", "constant")


def constant_factor(chain: Chain) -> float | None:
    """Return the constant, or the given number, that a step multiplies with or divides by; None where it does neither."""
    node, i = chain.node, chain.operand
    if node.op not in (MUL, DIV) or not given(node.parents[1 - i]) or chain.local == 0 or (node.op is DIV and i == 1):
        return None
    return chain.local


def exponent(chain: Chain) -> float:
    """Return the exponent of a power with a fixed exponent; 0 for any other step."""
    name = chain.node.op.name if chain.node.op else ""
    return float(name[6:-1]) if name.startswith("power(") else 0.0


def terms(flows: Flows) -> list[Chain]:
    """Return the steps from the root into the terms that it is the sum of."""
    sums = {flows.root}
    found = []
    for chain in flows.chains:
        if chain.node in sums and chain.node.op in (ADD, SUM, SUB) and chain.parent in flows.derivatives:
            found.append(chain)
            sums.add(chain.parent)
    return found


def penalizes(term: Value) -> bool:
    """Whether a term holds a square or an absolute value of a parameter itself, and no difference from a target."""
    order = topological_order(term)
    return not has_target(order) and any(
        (squares(node) or (node.op and node.op.name == "abs")) and node.parents[0].kind == "parameter" for node in order
    )
