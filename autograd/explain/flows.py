"""A graph as it is seen from one node: how much of the node's gradient comes through each step of the backward pass."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

from autograd.explain.events import Chain, Names
from autograd.explain.laboratory import Mistake
from autograd.explain.stepper import backward
from autograd.op import PAIRS, Op
from autograd.rules import MUL
from autograd.value import Value


class Flows:
    """The steps of a backward pass that lead to one node.

    >>> from autograd.explain.stepper import snapshot
    >>> x, w = Value(3.0, "x"), Value(2.0, "w")
    >>> y = w * x
    >>> loss = y * y + w
    >>> flows = Flows([x, w, y, loss.parents[0], loss], w, snapshot([x, w, y, loss.parents[0], loss]))
    >>> flows.gradient, [use.contribution for use in flows.uses], flows.through(y)
    (37.0, [1.0, 36.0], 36.0)
    """

    def __init__(self, order: list[Value], node: Value, names: Names) -> None:
        self.order, self.node, self.names, self.root = order, node, names, order[-1]
        self.chains = [event for event in backward(order, names) if isinstance(event, Chain)]
        self.gradients = {self.root: 1.0} | {chain.parent: chain.after for chain in self.chains}
        self.derivatives = derivatives(self.chains, node)

    @property
    def gradient(self) -> float:
        """The node's gradient."""
        return self.gradients.get(self.node, 0.0)

    @cached_property
    def uses(self) -> list[Chain]:
        """The steps that contribute to the node itself."""
        return [chain for chain in self.chains if chain.parent is self.node]

    @cached_property
    def above(self) -> list[Chain]:
        """The steps before those, on the paths from the root to the node; the nearest first."""
        return [c for c in reversed(self.chains) if c.parent in self.derivatives and c.parent is not self.node]

    def name(self, node: Value) -> str:
        """Return a node's name."""
        return self.names[node].label

    def of(self, chain: Chain) -> float:
        """Return how much of the node's gradient comes through a step."""
        return chain.contribution * self.derivatives[chain.parent]

    def through(self, node: Value) -> float:
        """Return how much of the gradient comes through another node."""
        return self.gradients.get(node, 0.0) * self.derivatives.get(node, 0.0)

    def gradient_under(self, mistake: Mistake) -> float:
        """Return the gradient that a mistake gives to the node."""
        return mistake.gradients.get(self.node, 0.0)

    def with_step(self, chain: Chain, contribution: float) -> float:
        """Return the gradient if one step contributed this instead."""
        return self.gradient + (contribution - chain.contribution) * self.derivatives[chain.parent]

    def with_locals(self, local: Callable[[Chain], float]) -> float:
        """Return the gradient if the local derivatives were these."""
        gradients = {self.root: 1.0}
        for chain in self.chains:
            before = gradients.get(chain.parent, 0.0)
            gradients[chain.parent] = before + gradients[chain.node] * local(chain)
        return gradients.get(self.node, 0.0)


def derivatives(chains: list[Chain], node: Value) -> Mapping[Value, float]:
    """Return ∂n/∂node for each node n that was made from a node."""
    found = {node: 1.0}
    for chain in reversed(chains):
        if chain.parent in found and chain.node is not node:
            found[chain.node] = found.get(chain.node, 0.0) + chain.local * found[chain.parent]
    return found


def partner(chain: Chain) -> int | None:
    """Return which operand a step's operand is multiplied with; None where it is not multiplied."""
    assert chain.node.op is not None
    return partner_in(chain.node.op, len(chain.node.parents), chain.operand)


def partner_in(op: Op, count: int, i: int) -> int | None:
    """Return which of so many operands a row multiplies operand i with.

    >>> partner_in(MUL, 2, 0)
    1
    """
    if op is MUL:
        return 1 - i
    n = count // 2
    return (i + n) % (2 * n) if op.arity == PAIRS and i < 2 * n else None
