"""A graph is of one moment: its nodes keep the numbers that they were computed from.

Where a leaf was changed since, the number of a parent and what was recorded from it no longer belong together. Whatever reads
both asks `check_moment` first. `Value.backward`, and `grad` without create_graph, read only what was recorded, and go on.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence

from autograd.errors import DomainError, GraphError
from autograd.graph import names, number
from autograd.op import PAIRS, Op
from autograd.value import Value, evaluate


def check_moment(caller: str, order: Sequence[Value]) -> None:
    """Raise GraphError unless each node of a topological order is what its parents' numbers give, and its slopes too.

    >>> x, w = Value(0.0, "x"), Value(3.0, "w")
    >>> y = w * x; y.label = "y"
    >>> w.data = 5.0  # y is still 0, but ∂y/∂x was 3
    >>> check_moment("why", [w, x, y])
    Traceback (most recent call last):
    autograd.errors.GraphError: why reads the numbers of one moment, and a number was changed after y was computed: ∂y/∂x was 3 \
then, and is 5 now. Compute the loss again from its leaves, and call why with that.

    Numbers are compared to the bit, and a NaN is equal to a NaN. It takes as long as computing the graph. A node without a
    row of the table is a leaf here: what you computed yourself, outside of the table, cannot be checked.
    """
    for node in order:
        if (op := node.op) is None or check_of(op, len(node._x) if op.arity == PAIRS else 0)(node):
            continue
        if difference := changed(node, order):
            raise GraphError(
                f"{caller} reads the numbers of one moment, and a number was changed after {difference}. "
                f"Compute the loss again from its leaves, and call {caller} with that."
            )


def check_of(op: Op, n: int) -> Callable[[Value], bool]:
    """Return the function that tells of most nodes of a row that nothing has changed; fast.py has one for each row, and each dot of n."""
    return lambda node: False  # in doubt, `changed` looks closely


def changed(node: Value, order: Sequence[Value]) -> str:
    """Say how a node differs from what its parents give now; nothing where it does not."""
    recorded = (node.data, *node.partials)
    try:
        value, slopes = evaluate(node.op, tuple([parent.data for parent in node.parents]))  # type: ignore[arg-type]
    except DomainError as error:
        return f"{names(list(order))[node]} was computed: now {str(error)[0].lower()}{str(error)[1:].rstrip('.')}"
    if same(recorded, (value, *slopes)):
        return ""
    named = names(list(order))
    if not same(recorded[:1], (value,)):
        return f"{named[node]} was computed: it {was_and_is(node.data, value)}"
    k = next(k for k, slope in enumerate(slopes) if not same(recorded[k + 1 : k + 2], (slope,)))
    partial = f"∂{named[node]}/∂{named[node.parents[k]]}"
    return f"{named[node]} was computed: {partial} {was_and_is(recorded[k + 1], slopes[k])}"


def was_and_is(then: float, now: float) -> str:
    """Say what a number was and is, in as many digits as tell the two apart.

    >>> was_and_is(2.0, 1.0), was_and_is(0.0, -0.0)
    ('was 2 then, and is 1 now', 'was 0.0 then, and is −0.0 now')
    """
    written = [number(then), number(now)]
    if written[0] == written[1]:
        written = [repr(x).replace("-", "−") for x in (then, now)]
    return f"was {written[0]} then, and is {written[1]} now"


def same(xs: tuple[float, ...], ys: tuple[float, ...]) -> bool:
    """Whether numbers are the same to the bit, or both NaN."""
    return bits(xs) == bits(ys) or all(
        (x != x and y != y) or bits((x,)) == bits((y,)) for x, y in zip(xs, ys, strict=True)
    )


def bits(xs: tuple[float, ...]) -> bytes:
    """Return the bits of numbers: −0.0 has others than 0.0."""
    return array("d", xs).tobytes()
