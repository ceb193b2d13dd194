"""The steps of each kind of group, forward and backward, on views of the arrays.

each      the row of the table, read with NumPy
matrix    Z = W X + b, dW = dZ Xᵀ, dX = Wᵀ dZ        (t products that share W)
pairs     z = Σ a·b + c, da = dz·b, db = dz·a         (k products that share nothing)
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.namespaces import scalars
from autograd.replay.groups import Group
from autograd.replay.program import Floats
from autograd.replay.rows import Target
from autograd.rules import MANY

if TYPE_CHECKING:
    from autograd.replay.vectors import Backward, Lanes

Step = Callable[[], object]


class Arrays:
    """NumPy as a namespace; a slope of 1 or 0 is a truth value read as a number, which is faster."""

    @staticmethod
    def where(condition: Any, x: Any, y: Any) -> Any:
        """Choose x or y."""
        if type(x) is float and type(y) is float and x == 1.0 and y == 0.0:
            return condition.astype(np.float64)
        return np.where(condition, x, y)


def one_by_one(name: str) -> Any:
    """Return a function that NumPy lacks, erf say, applied number by number."""
    return np.vectorize(getattr(scalars, name), otypes=[float])


arrays = Arrays()
NAMES = [name for name in vars(scalars) if not name.startswith("_") and name != "where"]
vars(arrays).update({name: getattr(np, name, None) or one_by_one(name) for name in NAMES})
Places = tuple[Any, Floats]  # the operands, one by one or as one array, and the result


def forward_each(lanes: Lanes, group: Group) -> Places:
    """Compute the row of the table on k nodes at once."""
    operands: Any = tuple([lanes.read(nodes) for nodes in group.operands])
    if together(lanes, group):
        operands = lanes.read(np.array(group.operands))
    out, value = lanes.out(group, lanes.values), partial(group.op.value, arrays, *group.op.grouped(operands))

    def step() -> None:
        out[...] = value()

    lanes.forward.append(step)
    return operands, out


def backward_each(back: Backward, group: Group, operands: tuple[Floats, ...], out: Floats, upstream: Floats) -> None:
    """Pay upstream times slope to each operand."""
    op, whole = group.op, width(out)
    if together(back.lanes, group):
        back.steps.append(stacked(back.target(np.array(group.operands)), group, operands, out, upstream))
        return
    targets = [back.target(nodes) for nodes in group.operands]
    pays = [(i, paying(target, width(operands[i]), whole)) for i, target in enumerate(targets) if target]
    slopes = (
        partial(op.slopes, arrays, *operands, out) if op.arity > 0 else partial(op.slopes_at, arrays, operands, out)
    )

    def step() -> None:
        found = slopes()
        for i, pay in pays:
            pay(upstream, found[i])

    back.steps.append(step)


def together(lanes: Lanes, group: Group) -> bool:
    """Whether the operands of an operation on many lie in one array, along a first axis of it."""
    return group.op.arity == MANY and len({lanes.sort(nodes) for nodes in group.operands}) == 1


def stacked(target: Target | None, group: Group, operands: tuple[Floats, ...], out: Floats, upstream: Floats) -> Step:
    """Return the step of an operation of many operands, all of one sort: they are paid at once."""
    assert target is not None
    pay, slopes = paying(target, width(operands[0]), width(out)), group.op.slopes

    def step() -> None:
        pay(upstream, slopes(arrays, operands, out))

    return step


def forward_matrix(lanes: Lanes, group: Group) -> Places:
    """Compute Z = W X + b."""
    w, x, b = (lanes.read(nodes) for nodes in group.operands)
    out = lanes.out(group, lanes.values)
    z, x = (out[0], x[0]) if len(x) == 1 else (out, x)
    lanes.forward.append(partial(np.matmul, w[..., 0], x, out=z))
    if not nothing(lanes, group):
        lanes.forward.append(partial(np.add, out, b, out=out))
    return (w, x, b), out


def backward_matrix(back: Backward, group: Group, operands: tuple[Floats, ...], out: Floats, upstream: Floats) -> None:
    """Pay dX = Wᵀ dZ, dW = dZ Xᵀ, db = dZ, each summed over what is shared."""
    w, x, b = operands
    g = upstream[0] if x.ndim == 2 else upstream
    weights, inputs, bias = (back.target(nodes) for nodes in group.operands)
    if inputs is not None:
        multiply(back, inputs, w[..., 0].T, g, group.operands[1].shape, 0 if x.ndim == 2 else ...)
    if weights is not None and x.ndim == 2:
        multiply(back, weights, g, x.T, group.operands[0].shape, (..., 0))
    elif weights is not None:
        transposed, pay_weights = x.transpose(0, 2, 1), weights.pay
        back.steps.append(lambda: pay_weights((g @ transposed).sum(0)[..., None]))
    if bias is not None and b.ndim == 2 and x.ndim == 2 and width(b) < width(out):
        multiply(back, bias, g, np.ones((width(out), 1)), group.operands[2].shape, ...)
    elif bias is not None:
        axes = (0,) * (b.ndim == 2) + (2,) * (width(b) < width(out))
        shape, pay_bias = group.operands[2].shape, bias.pay
        back.steps.append(lambda: pay_bias(upstream.sum(axes).reshape(*shape, -1)))


def multiply(back: Backward, target: Target, a: Floats, b: Floats, shape: tuple[int, ...], place: Any) -> None:
    """Pay the matrix product a b, written at once where it belongs if that is a view."""
    product = np.multiply if a.shape[-1] == 1 else np.matmul  # an outer product needs no BLAS
    if target.out is not None:
        back.steps.append(partial(product, a, b, out=target.out[place]))
    else:
        pay = target.pay
        back.steps.append(lambda: pay(product(a, b).reshape(*shape, -1)))


def forward_pairs(lanes: Lanes, group: Group) -> Places:
    """Compute z = Σ a·b + c over the second axis of a and b."""
    a, b, c = (lanes.read(nodes) for nodes in group.operands)
    out = lanes.out(group, lanes.values)
    z = (
        out if width(out) in (width(a), width(b)) else np.empty((len(out), 1))
    )  # else c alone has a number for each lane
    if width(a) == 1 or width(b) == 1:
        row, rest = (a, b) if width(a) == 1 else (b, a)
        lanes.forward.append(partial(np.matmul, row[..., 0][:, None], rest, out=z[:, None]))
    else:
        lanes.forward.append(partial(np.einsum, "kmn,kmn->kn", a, b, out=z))
    if not nothing(lanes, group):
        lanes.forward.append(partial(np.add, z, c, out=out))
    return (a, b, c), out


def backward_pairs(back: Backward, group: Group, operands: tuple[Floats, ...], out: Floats, upstream: Floats) -> None:
    """Pay da = dz·b, db = dz·a, dc = dz."""
    a, b, c = operands
    g = upstream[:, None, :]
    first, second, third = (back.target(nodes) for nodes in group.operands)
    for target, mine, other in ((first, a, b), (second, b, a)):
        if target is not None and width(mine) < width(out):
            back.steps.append(partial(_pay, target.pay, partial(np.einsum, "kln,kmn->km", g, other), (..., None)))
        elif target is not None:
            back.steps.append(partial(_pay, target.pay, partial(np.multiply, g, other), ...))
    if third is not None:
        back.steps.append(partial(paying(third, width(c), width(out)), upstream, 1.0))


def _pay(pay: Callable[[Floats], None], compute: Callable[[], Floats], shape: Any) -> None:
    pay(compute()[shape])


def paying(target: Target, mine: int, whole: int) -> Callable[[Floats, Any], object]:
    """Return how upstream times slope is paid; a uniform target gets the sum over the lanes."""
    pay, out, ones = target.pay, target.out, np.ones((whole, 1))
    if mine < whole:
        return lambda upstream, slope: pay((upstream * slope) @ ones)
    if out is not None:
        return lambda upstream, slope: np.multiply(upstream, slope, out=out)
    return lambda upstream, slope: pay(upstream * slope)


def width(array: Floats) -> int:
    """Return the number of lanes."""
    return int(array.shape[-1])


def nothing(lanes: Lanes, group: Group) -> bool:
    """Whether a bias is the constant 0 throughout."""
    program = lanes.layout.program
    zeros = program.constants[program.numbers == 0.0]
    return bool(np.isin(group.operands[-1], zeros).all())


FORWARD = {"each": forward_each, "matrix": forward_matrix, "pairs": forward_pairs}
BACKWARD = {"each": backward_each, "matrix": backward_matrix, "pairs": backward_pairs}
