"""what_if: a graph with one leaf changed, computed beside the real one, and how well the gradient predicted the change.

The answer has four forms: `words`, `text` (fit for a screen reader), `tex` and `json`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from autograd.errors import GraphError, RangeError
from autograd.explain.events import Names
from autograd.explain.notation import factors, tex_number
from autograd.explain.stepper import check_in_graph, order_of, snapshot
from autograd.functions import grad
from autograd.graph import number
from autograd.namespaces import scalars
from autograd.refusals import as_float, outside
from autograd.value import Value


@dataclass(frozen=True)
class WhatIf:
    """What a graph would compute if one leaf were another number.

    >>> x = Value(3.0, "x")
    >>> y = x * x; y.label = "y"
    >>> print(what_if(y, x, 3.1).text)
    x: 3 → 3.1
    y: 9 → 9.61
    predicted by the gradient: 6 · 0.1 = 0.6
    in truth:                  0.61
    """

    leaf: Value = field(repr=False)
    changed: tuple[tuple[Value, float, float], ...]  # node, old, new; the leaf first, the root last if it changes
    slope: float
    delta: float
    true: float
    names: Names = field(repr=False)

    @property
    def predicted(self) -> float:
        """What the gradient says the root changes by."""
        return self.slope * self.delta

    @property
    def words(self) -> str:
        """The change in sentences."""
        count = len(self.changed)
        return (
            f"{count} node{'s change' if count != 1 else ' changes'}. The gradient predicts a change of {number(self.predicted)}; "
            f"the true one is {number(self.true)}."
        )

    @property
    def text(self) -> str:
        """The change as plain text: each node old → new, then the prediction beside the truth."""
        changes = [f"{self.names[node].label}: {number(old)} → {number(new)}" for node, old, new in self.changed]
        linear = f"predicted by the gradient: {factors(self.slope, self.delta)} = {number(self.predicted)}"
        return "\n".join([*changes, linear, f"in truth:                  {number(self.true)}"])

    @property
    def tex(self) -> str:
        """The prediction in TeX, and the truth."""
        product = rf"{tex_number(self.slope)} \cdot {tex_number(self.delta)}"
        return rf"{product} = {tex_number(self.predicted)} \approx {tex_number(self.true)}"

    @property
    def json(self) -> dict[str, object]:
        """The change as plain data."""
        changes = [{"node": self.names[node].label, "old": old, "new": new} for node, old, new in self.changed]
        numbers = {"slope": self.slope, "delta": self.delta, "predicted": self.predicted, "true": self.true}
        return {"changed": changes, **numbers, "words": self.words, "text": self.text, "tex": self.tex}


def what_if(root: Value, leaf: Value, new_value: float) -> WhatIf:
    """Return what would change if a leaf were another number; the graph is not touched.

    >>> w = Value(3.0, "w")
    >>> what_if(w * w, w, 3.1).predicted, round(what_if(w * w, w, 3.1).true, 2)
    (0.6000000000000005, 0.61)

    Raises GraphError when the leaf is not in the graph or is a result, DataError where the new value is not a number, and
    DomainError where an operation has no value at the new numbers.
    """
    order = order_of("what_if", root)
    check_in_graph(order, leaf, "what_if")
    if leaf.op is not None:
        raise GraphError(
            f"what_if changes a leaf, and {leaf!r} is computed from others. Change one of the leaves it was made from."
        )
    new: dict[Value, float] = {leaf: as_float(new_value)}
    for node in order:
        if node.op and any(parent in new for parent in node.parents):
            new[node] = recomputed(node, tuple(new.get(p, p.data) for p in node.parents))
    changed = tuple((node, node.data, new[node]) for node in order if node in new and new[node] != node.data)
    (slope,) = grad(root, [leaf])
    return WhatIf(leaf, changed, slope, new[leaf] - leaf.data, new.get(root, root.data) - root.data, snapshot(order))


def recomputed(node: Value, operands: tuple[float, ...]) -> float:
    """Return what a node's operation gives for other numbers."""
    assert node.op is not None
    if error := outside(node.op, operands):
        raise error
    try:
        return float(node.op.at(scalars, operands))
    except OverflowError:
        raise RangeError(
            f"{node.op.call(*map(str, operands))} is too large for a float. Try a smaller change."
        ) from None
