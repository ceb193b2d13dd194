"""The backward pass in NumPy, on views of the arrays of gradients; group after group, children before parents.

each      upstream times slope, the row of the table read with NumPy
matrix    dW = dZ Xᵀ, dX = Wᵀ dZ, db = dZ       (for Z = W X + b)
pairs     da = dz·b, db = dz·a, dc = dz         (for z = Σ a·b + c)
"""

import operator
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from autograd.replay.backends.numpy_forward import (
    Forward,
    Step,
    arrays,
    calls,
    own_rows,
    pattern_of,
    stacked,
    view,
    width,
)
from autograd.replay.program import Floats, Ints
from autograd.replay.schedule import NodeGroup, strides


class Target(NamedTuple):
    """Rows that gradients are added to: `add(c)` adds an array; `out` is a view to write to at once, where that is possible."""

    add: Callable[[Floats], object]
    out: Floats | None = None


def target(array: Floats, rows: Ints, fresh: bool) -> Target:
    """Return how to add to these rows of an array; where nothing was added before (`fresh`), to write them."""
    steps = strides(rows)
    shared = tuple(d for d, s in enumerate(steps or ()) if s == 0 and rows.shape[d] > 1)
    one = rows[tuple(slice(0, 1) if d in shared else slice(None) for d in range(rows.ndim))]
    if (steps is None or one.ndim > 1) and len(np.unique(one)) < one.size:
        return repeated(array, rows, fresh)
    if steps is None:
        return Target(putting(array, rows, fresh))
    place = view(array, one, steps)
    add = partial(np.copyto, place) if fresh else partial(operator.iadd, place)
    if shared:
        return Target(lambda c: add(c.sum(shared, keepdims=True)))
    return Target(add, place if fresh else None)


def repeated(array: Floats, rows: Ints, fresh: bool) -> Target:
    """Return how to add to rows of which some come more than once."""
    order = np.argsort(rows, axis=None, kind="stable")
    distinct, starts = np.unique(rows.ravel()[order], return_index=True)
    add = putting(array, distinct, fresh)
    return Target(lambda c: add(np.add.reduceat(c.reshape(-1, c.shape[-1])[order], starts, axis=0)))


def putting(array: Floats, rows: Ints, fresh: bool) -> Callable[[Floats], object]:
    """Return what writes or adds to rows that are all distinct."""
    return partial(array.__setitem__, rows) if fresh else lambda c: array.__setitem__(rows, array[rows] + c)


class Backward:
    """The steps from one output to the parameters.

    A first contribution is written, and later ones are added; rows without a contribution are set to 0.
    """

    def __init__(self, forward: Forward, gradients: tuple[Floats, ...], output: int) -> None:
        self.forward, self.layout, self.gradients = forward, forward.layout, gradients
        layout, root = self.layout, forward.layout.program.outputs[output]
        self._written = [np.zeros(size, bool) for size in layout.sizes]
        self._written[layout.sort[root]][layout.row[root]] = True
        self.steps: list[Step] = []
        zeros: list[Step] = []
        ways = {"each": self._each, "matrix": self._matrix, "pairs": self._pairs}
        for group, (operands, out) in zip(reversed(layout.groups), reversed(forward.operands), strict=True):
            written = self._written[layout.sort_of(group.nodes)][layout.row[group.nodes]]
            if written.any() and self._needed(group.nodes):
                upstream = own_rows(layout, group, gradients)
                if not written.all():
                    zeros.append(partial(upstream.__setitem__, ~written, 0.0))
                ways[group.kind](group, operands, out, upstream)
        unused = np.flatnonzero(~self._written[0][: len(layout.order)])
        if len(unused):
            zeros.append(partial(gradients[0].__setitem__, unused, 0.0))
        self.steps = zeros + self.steps

    def _needed(self, nodes: Ints) -> bool:
        """Whether a gradient is wanted there: whether a parameter is behind any of them."""
        return bool(self.layout.needs[nodes].any())

    def _target(self, nodes: Ints) -> Target | None:
        """Return where the gradients of these nodes are added up, or None if they are not wanted."""
        if not self._needed(nodes):
            return None
        sort, rows = self.layout.sort_of(nodes), self.layout.row[nodes]
        written, array = self._written[sort], self.gradients[sort]
        fresh = not written[rows].any()
        if not fresh and not written[rows].all():
            self.steps.append(partial(array.__setitem__, np.unique(rows[~written[rows]]), 0.0))
        written[rows] = True
        return target(array, rows, fresh)

    def _each(self, group: NodeGroup, operands: Any, out: Floats, upstream: Floats) -> None:
        """Add upstream times slope to each operand."""
        if stacked(self.layout, group):
            self._stacked(group, operands, out, upstream)
            return
        pattern = pattern_of(self.layout, group)
        slots = self.forward.slots(pattern, operands, out, upstream)
        self.steps += calls(pattern.slope_code, slots)
        for i, slope in pattern.slopes.items():
            self._add(group.operands[i], upstream, slots[slope], width(operands[i]))

    def _stacked(self, group: NodeGroup, operands: Any, out: Floats, upstream: Floats) -> None:
        """Add to the operands of an operation on many, all at once."""
        found, slopes = np.empty((len(operands), *out.shape)), group.op.slopes
        self.steps.append(lambda: np.copyto(found, slopes(arrays, operands, out)))
        self._add(np.array(group.operands), upstream, found, width(operands))

    def _matrix(self, group: NodeGroup, operands: tuple[Floats, ...], out: Floats, upstream: Floats) -> None:
        """Add dX = Wᵀ dZ, dW = dZ Xᵀ, db = dZ, each summed over what is shared."""
        (w, x, *b), (weights, inputs, bias) = operands, group.operands
        if group.one >= 0:
            self._weights(group.folded()[0], upstream, x)
            w = w[:, 1:]
        else:
            self._weights(weights, upstream, x)
            self._bias(bias, upstream, b[0])
        target, shared = self._target(inputs), len(x) == 1
        if target is not None:
            g, place = (upstream[0], 0) if shared else (upstream, ...)
            self._product(target, w[..., 0].T, g, inputs.shape, place)

    def _weights(self, nodes: Ints, upstream: Floats, x: Floats) -> None:
        """Add dW = dZ Xᵀ, summed over the t lists of inputs."""
        target = self._target(nodes)
        if target is not None and len(x) == 1:
            self._product(target, upstream[0], x[0].T, nodes.shape, (..., 0))
        elif target is not None:
            transposed, add = x.transpose(0, 2, 1), target.add
            self.steps.append(lambda: add((upstream @ transposed).sum(0)[..., None]))

    def _bias(self, nodes: Ints, upstream: Floats, b: Floats) -> None:
        """Add db = dZ, summed over what is shared: the t lists of inputs, the lanes."""
        target, summed = self._target(nodes), width(b) < width(upstream)
        if target is not None and len(upstream) == 1 and summed:
            self._product(target, upstream[0], np.ones((width(upstream), 1)), nodes.shape, ...)
        elif target is not None:
            axes, add = (0, 2) if summed else 0, target.add
            self.steps.append(lambda: add(upstream.sum(axes).reshape(*nodes.shape, -1)))

    def _product(self, target: Target, a: Floats, b: Floats, shape: tuple[int, ...], place: Any) -> None:
        """Add the matrix product a b, written at once where it belongs if that is a view."""
        product = np.multiply if a.shape[-1] == 1 else np.matmul  # an outer product needs no BLAS
        if target.out is not None:
            self.steps.append(partial(product, a, b, out=target.out[place]))
        else:
            add = target.add
            self.steps.append(lambda: add(product(a, b).reshape(*shape, -1)))

    def _pairs(self, group: NodeGroup, operands: tuple[Floats, ...], out: Floats, upstream: Floats) -> None:
        """Add da = dz·b, db = dz·a, dc = dz."""
        a, b, c = operands
        g = upstream[:, None, :]
        first, second = (self._target(nodes) for nodes in group.operands[:2])
        for target, mine, other in ((first, a, b), (second, b, a)):
            if target is not None and width(mine) < width(out):
                summed = partial(np.einsum, "kln,kmn->km", g, other)
                self.steps.append(partial(add_computed, target.add, summed, (..., None)))
            elif target is not None and target.out is not None:
                self.steps.append(partial(np.multiply, g, other, out=target.out))
            elif target is not None:
                self.steps.append(partial(add_computed, target.add, partial(np.multiply, g, other), ...))
        self._add(group.operands[2], upstream, np.array(1.0), width(c))

    def _add(self, nodes: Ints, upstream: Floats, slope: Floats, mine: int) -> None:
        """Add upstream times slope to these nodes, if a gradient is wanted; uniform ones get the sum over the lanes."""
        target = self._target(nodes)
        if target is None:
            return
        add, whole = target.add, width(upstream)
        if mine < whole:
            ones = np.ones((whole, 1))
            self.steps.append(lambda: add((upstream * slope) @ ones))
        elif target.out is not None:
            self.steps.append(partial(np.multiply, upstream, slope, out=target.out))
        else:
            self.steps.append(lambda: add(upstream * slope))


def add_computed(add: Callable[[Floats], object], compute: Callable[[], Floats], shape: Any) -> None:
    """Compute a contribution, and add it in the shape of its target."""
    add(compute()[shape])
