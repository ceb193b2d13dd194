"""The graph as a graph: nodes, and the parents that they were made from.

A node has `op` (None in a leaf) and keeps its parents in flat slots, by the arity of `op`: one in `_x`; another in `_y`;
or, in a node of many, a tuple in each of them and perhaps one more parent in `_b`.
"""

from itertools import count, filterfalse
from typing import Any


def leaves_and_results(root: Any) -> tuple[list[Any], list[Any]]:
    """Return the leaves that `root` was made from, and the results on the way to it, parents before children.

    Each result is met twice on the stack: first it makes way for its parents; then, under the mark None, it takes its
    place in the order. No recursion: a chain of a million nodes is fine. Invariant: every parent stands before its
    children, so the reversed order meets a node only after everything that uses it.
    """
    leaves: list[Any] = []
    results: list[Any] = []
    seen: set[Any] = set()
    done: set[int] = set()
    stack = [root]
    pop, push, known = stack.pop, stack.append, seen.__contains__
    while stack:
        node = pop()
        if node is None:
            node = pop()
            results.append(node)
            if node.op.arity < 0:  # whoever shares these tuples finds all of them in their places
                done.add(id(node._x))
                done.add(id(node._y))
        elif node not in seen:
            seen.add(node)
            op = node.op
            if op is None:
                leaves.append(node)
                continue
            push(node)
            push(None)
            arity = op.arity
            if arity == 2:
                push(node._y)
                push(node._x)
            elif arity == 1:
                push(node._x)
            else:
                if node._b is not None:
                    push(node._b)
                for group in (node._y, node._x):
                    if id(group) not in done:  # all neurons of a layer share one tuple of inputs
                        stack += filterfalse(known, reversed(group))
    return leaves, results


def topological_order(root: Any) -> list[Any]:
    """Return all nodes that `root` was made from, parents before children, `root` last."""
    leaves, results = leaves_and_results(root)
    return leaves + results


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
