"""The graph as a graph: nodes, and the parents that they were made from.

A node has `op` (None in a leaf) and its parents in two slots, `_x` and `_y`: one in each, or a tuple in each where
there may be any number of them.
"""

from itertools import count, filterfalse
from typing import Any


def topological_order(root: Any) -> list[Any]:
    """Return all nodes that `root` was made from, parents before children, `root` last.

    Each node is met twice on the stack: first it makes way for its parents; then, under the mark None, it takes its
    place in the order. No recursion: a chain of a million nodes is fine. Invariant: every parent stands before its
    children, so the reversed order meets a node only after everything that uses it.
    """
    order: list[Any] = []
    seen: set[Any] = set()
    stack = [root]
    pop, push, known = stack.pop, stack.append, seen.__contains__
    while stack:
        node = pop()
        if node is None:
            order.append(pop())
        elif node not in seen:
            seen.add(node)
            push(node)
            push(None)
            arity = node.op.arity if node.op is not None else 0
            if arity == 2:
                push(node._y)
                push(node._x)
            elif arity == 1:
                push(node._x)
            elif arity:
                for group in (node._y, node._x):
                    if not seen.issuperset(group):  # a neuron's weights and inputs mostly are known by then
                        stack += filterfalse(known, reversed(group))
    return order


def leaves(root: Any) -> list[Any]:
    """Return the nodes that were given, not computed, in topological order."""
    return [node for node in topological_order(root) if node.op is None]


def names(order: list[Any]) -> dict[Any, str]:
    """Name each node of a topological order: its label, or a constant's number, or v1, v2, … by its place."""
    taken = {node.label for node in order}
    fresh = (name for k in count(1) if (name := f"v{k}") not in taken)
    return {node: node.label or (number(node.data) if node.kind == "constant" else next(fresh)) for node in order}


def number(x: float) -> str:
    """Write a number as a textbook does: six digits at the most, a true minus sign, no trailing zeros.

    >>> number(-16.0), number(0.1 + 0.2), number(-0.0), number(1e-10)
    ('−16', '0.3', '0', '1e−10')
    """
    return f"{x + 0.0:.6g}".replace("-", "−")
