"""The laboratory of mistakes: wrong backward passes that can be run beside the right one on any graph.

Each takes a root, does a backward pass of its own without touching the graph, and returns a Mistake: the gradients that it
gets, the first event that the right pass does not have, and why it is wrong.

>>> x = Value(3.0, "x")
>>> y = x * x; y.label = "y"
>>> L = y * x; L.label = "L"  # x³: the gradient is 27
>>> assigned_not_added(L).gradients[x], stale_gradients(L).gradients[x]
(9.0, 45.0)
>>> print(assigned_not_added(L).first.lines[-1])  # x has 9 from y = x·x already; it should be 9 + 3 · 3
∂L/∂x = ∂L/∂y · ∂y/∂x = 3 · 3 = 9
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace

from autograd.errors import DomainError, RangeError
from autograd.explain.events import Chain, Names
from autograd.explain.expression import Expr
from autograd.explain.laboratory import Experiment, Mistake, experiment, final, whole_pass
from autograd.explain.stepper import backward, chains, use_counts
from autograd.explain.what_if import recomputed
from autograd.graph import number, operands, uses
from autograd.namespaces import scalars
from autograd.value import Value

LEARNING_RATE = 0.5
MOST_VISITS = 10_000


@experiment(
    "no topological order",
    "the recursion has no topological order",
    "The recursion goes on from a node as soon as it meets it. Where a node has several uses, it hands on what the first of them "
    "has contributed, and what the others add later never reaches its parents. A topological order visits a node after all its uses.",
)
def without_topological_order(order: list[Value], names: Names) -> Iterator[Chain]:
    """Go on from each node at its first visit, before all its uses have contributed."""
    root = order[-1]
    gradients, seen, stack = {root: 1.0}, set[Value](), [root]
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            yield from chains(operands(node), root, gradients, names)
            stack += reversed(node.parents)


@experiment(
    "= in the place of +=",
    "contributions are assigned, not added (= in the place of +=)",
    "Where a node has several uses, each overwrites what the one before it has contributed, and only the last is left. The multivariate "
    "chain rule adds over all uses: the gradient must accumulate with +=.",
)
def assigned_not_added(order: list[Value], names: Names) -> Iterator[Chain]:
    """Write = where += belongs."""
    root = order[-1]
    gradients = {root: 1.0}
    for chain in chains(uses(root), root, gradients, names):
        gradients[chain.parent] = chain.contribution
        yield replace(chain, before=0.0, after=chain.contribution)


@experiment(
    "stale gradients",
    lambda zero_grad=True: (
        "a second backward pass starts from stale gradients" + ", and zero_grad is forgotten too" * (not zero_grad)
    ),
    "In the second pass the results in the middle still hold the gradients of the first, and new contributions are added to them: what "
    "they hand on is too much. Results must start afresh in each pass; only leaves accumulate.",
)
def stale_gradients(order: list[Value], names: Names, zero_grad: bool = True) -> Iterator[Chain]:
    """Go backward a second time while results still hold their gradients of the first; leaves start from 0, or not."""
    before = final(backward(order, names))
    kept = {node: grad for node, grad in before.items() if node.op or not zero_grad}
    return whole_pass(order, names, kept | {order[-1]: 1.0})


@experiment(
    "zero_grad forgotten",
    "zero_grad is forgotten between two passes",
    "Leaves accumulate, so the gradient of the second pass is added to that of the first, and the step is twice as long. Call "
    "zero_grad before each backward.",
)
def forgot_zero_grad(order: list[Value], names: Names) -> Iterator[Chain]:
    """Go backward a second time, and leave the leaves' gradients as they were."""
    leaves = {node: grad for node, grad in final(backward(order, names)).items() if not node.op}
    return whole_pass(order, names, leaves | {order[-1]: 1.0})


@experiment(
    "updated too early",
    lambda lr=LEARNING_RATE: (
        f"parameters are updated before the deltas behind them are computed (learning rate {number(lr)})"
    ),
    "The gradient behind a weight goes through that weight: ∂z/∂a = w. Here w has been updated by then, so the gradient goes through the new "
    "number, and is that of neither the old network nor the new one. Compute all gradients first, then update.",
)
def updated_too_early(order: list[Value], names: Names, lr: float = LEARNING_RATE) -> Iterator[Chain]:
    """Update each parameter as soon as its gradient is complete, and go on through the new number."""
    root = order[-1]
    gradients, waiting, moved = {root: 1.0}, use_counts(order), dict[Value, Expr]()
    trained, now = parameters(order), ChainMap[Value, Expr](moved, dict(names))
    for node in reversed(order):
        for parameters_first in (True, False):  # parameters get their gradients first, and are updated; then the rest
            locals_ = slopes_now(node, moved)
            for i, parent in enumerate(node.parents):
                if (parent in trained) is parameters_first and parent.kind != "constant":
                    before = gradients.get(parent, 0.0)
                    gradients[parent] = after = before + gradients[node] * locals_[i]
                    yield Chain(
                        node=node, names=now, root=root, operand=i, parent=parent,
                        upstream=gradients[node], local=locals_[i], before=before, after=after,
                    )  # fmt: skip
                    waiting[parent] -= 1
                    if parent in trained and not waiting[parent]:
                        moved[parent] = Expr(names[parent].label, parent.data - lr * after)


@experiment(
    "sign of the delta",
    "the delta has the other sign (t − o in the place of o − t)",
    "With (t − o) for the slope of (t − o)² with respect to o, the inner derivative −1 is forgotten, and every gradient has the wrong sign: "
    "w ← w − lr · gradient then climbs. Texts that define δ = t − o add it instead of subtracting.",
    seed=-1.0,
)
def wrong_sign(order: list[Value], names: Names) -> Iterator[Chain]:
    """Take the delta with the other sign: t − o for o − t."""
    return whole_pass(order, names, {order[-1]: -1.0})


@experiment(
    "½(t − o)² for (t − o)²",
    "the gradient is halved, as if the loss were ½(t − o)²",
    "With ½ before the square, the 2 of its derivative cancels. Both conventions are in use: say which, and take the slope of the loss as it is written.",
    seed=0.5,
)
def with_a_half(order: list[Value], names: Names) -> Iterator[Chain]:
    """Take the loss as ½(t − o)² where it is (t − o)²."""
    return whole_pass(order, names, {order[-1]: 0.5})


@experiment(
    "(t − o)² for ½(t − o)²",
    "the gradient is doubled, as where a ½ before the square is forgotten, or the 2 of its derivative is taken twice",
    "Without ½ before the square, its derivative has a factor of 2. Both conventions are in use: say which, and use it in the loss and in its slope.",
    seed=2.0,
)
def without_the_half(order: list[Value], names: Names) -> Iterator[Chain]:
    """Take the loss as (t − o)² where it is ½(t − o)²."""
    return whole_pass(order, names, {order[-1]: 2.0})


@experiment(
    "parents in a set",
    "the parents are kept in a set",
    "A set holds each parent once, so a node that uses one parent twice, as x · x does, contributes to it for one use only. Parents are an ordered "
    "tuple with repeats: one contribution for each operand.",
)
def parents_in_a_set(order: list[Value], names: Names) -> Iterator[Chain]:
    """Keep a node's parents in a set: in x · x there is then only one."""
    root = order[-1]
    gradients, seen = {root: 1.0}, set[tuple[Value, Value]]()
    for chain in chains(uses(root), root, gradients, names):
        if (chain.node, chain.parent) in seen:
            gradients[chain.parent] = chain.before  # a set has no second
        else:
            seen.add((chain.node, chain.parent))
            yield chain


@experiment(
    "no visited set",
    "the recursion keeps no set of what it has visited, and hands on the sum so far at each visit",
    "The recursion comes to a node once for each path that leads to it. Each time it hands on the whole sum so far, with what it "
    "handed on before: too much; and the visits double with each node that is used twice. In a topological order each node is "
    "visited once, when its gradient is complete.",
)
def without_visited_set(order: list[Value], names: Names) -> Iterator[Chain]:
    """Go on from a node at each visit, and hand on the whole gradient so far, with what was handed on before.

    >>> x = Value(5.0, "x")
    >>> y = 2 * x
    >>> without_visited_set(y * 3 + y).gradients[x]  # y is visited with 3, and again with 4: (3 + 4) · 2; the gradient is 8
    14.0

    A node with n paths to it is visited n times. Raises RangeError where that would be more than 10,000 visits in all.
    """
    check_visits(order)
    root = order[-1]
    gradients = {root: 1.0}
    stack = [chains(operands(root), root, gradients, names)]
    while stack:
        for chain in stack[-1]:
            yield chain
            stack.append(chains(operands(chain.parent), root, gradients, names))
            break
        else:
            stack.pop()


def stale_leaves_too(root: Value, names: Names | None = None) -> Mistake:
    """Go backward a second time while all nodes still hold their gradients of the first."""
    return stale_gradients(root, zero_grad=False, names=names)


MISTAKES: tuple[Experiment, ...] = (
    without_topological_order,
    assigned_not_added,
    stale_gradients,
    stale_leaves_too,
    forgot_zero_grad,
    updated_too_early,
    wrong_sign,
    with_a_half,
    without_the_half,
    parents_in_a_set,
    without_visited_set,
)
ENGINE_MISTAKES = tuple(run for run in MISTAKES if run not in (wrong_sign, with_a_half, without_the_half))


def runnable(
    root: Value,
    lr: float = LEARNING_RATE,
    experiments: Iterable[Experiment] = MISTAKES,
    names: Names | None = None,
) -> Iterator[Mistake]:
    """Yield the mistakes that come to an end on this graph: an early update may leave a domain, a recursion take for ever."""
    for run in experiments:
        with suppress(DomainError):
            yield run(root, lr, names=names) if run is updated_too_early else run(root, names=names)


def check_visits(order: list[Value]) -> None:
    """Raise RangeError where a recursion over all paths from the root would take too long."""
    visits = dict.fromkeys(order, 0) | {order[-1]: 1}
    for node, _, parent, _ in uses(order[-1]):
        visits[parent] += visits[node]
    if (total := sum(visits.values())) > MOST_VISITS:
        raise RangeError(
            f"Without a visited set this graph of {len(order)} nodes takes {total:,} visits, and {MOST_VISITS:,} are the most that are made "
            "here. Try a smaller graph."
        )


def parameters(order: list[Value]) -> set[Value]:
    """Return the parameters of a graph, or, where none is marked as one, all leaves."""
    marked = {node for node in order if node.kind == "parameter"}
    return marked or {node for node in order if node.kind == "leaf"}


def slopes_now(node: Value, moved: dict[Value, Expr]) -> tuple[float, ...]:
    """Return a node's local derivatives at the numbers that its parents have by now."""
    if not any(parent in moved for parent in node.parents):
        return node.partials
    assert node.op is not None
    numbers = tuple(moved[p].data if p in moved else p.data for p in node.parents)
    return node.op.slopes_at(scalars, numbers, recomputed(node, numbers))
