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

from autograd.replay.backends.numpy_calls import Step, arrays, calls
from autograd.replay.program import Floats, Ints
from autograd.replay.schedule import Group
from autograd.replay.views import Target
from autograd.rules import FINITE, MANY

if TYPE_CHECKING:
    from autograd.replay.backends.numpy import Backward, Lanes

Places = tuple[Any, Floats]  # the operands, one by one or as one array, and the result


def forward_each(lanes: Lanes, group: Group) -> Places:
    """Compute the row of the table on k nodes at once."""
    if together(lanes, group):
        return forward_stacked(lanes, group)
    operands, out = tuple([lanes.read(nodes) for nodes in group.operands]), lanes.out(group, lanes.values)
    pattern = lanes.pattern(group)
    lanes.forward += [looking(x) for x, domain in zip(operands, group.op.domain, strict=False) if domain is FINITE]
    lanes.forward += calls(pattern.forward, lanes.slots(pattern, operands, out, None))
    return operands, out


def backward_each(back: Backward, group: Group, operands: tuple[Floats, ...], out: Floats, upstream: Floats) -> None:
    """Pay upstream times slope to each operand."""
    if together(back.lanes, group):
        backward_stacked(back, group, operands, out, upstream)
        return
    pattern = back.lanes.pattern(group)
    slots = back.lanes.slots(pattern, operands, out, upstream)
    back.steps += calls(pattern.steep, slots)
    for i, slope in pattern.slopes.items():
        pay(back, group.operands[i], upstream, slots[slope], width(operands[i]))


def together(lanes: Lanes, group: Group) -> bool:
    """Whether the operands of an operation on many lie in one array, along a first axis of it."""
    return group.op.arity == MANY and len({lanes.sort(nodes) for nodes in group.operands}) == 1


def forward_stacked(lanes: Lanes, group: Group) -> Places:
    """Compute an operation on many operands, which lie in one array."""
    operands, out = lanes.read(np.array(group.operands)), lanes.out(group, lanes.values)
    value = group.op.value
    lanes.forward.append(lambda: np.copyto(out, value(arrays, operands)))
    return operands, out


def backward_stacked(back: Backward, group: Group, operands: Any, out: Floats, upstream: Floats) -> None:
    """Pay the operands of an operation on many, all at once."""
    found, slopes = np.empty((len(operands), *out.shape)), group.op.slopes
    back.steps.append(lambda: np.copyto(found, slopes(arrays, operands, out)))
    pay(back, np.array(group.operands), upstream, found, width(operands))


def forward_matrix(lanes: Lanes, group: Group) -> Places:
    """Compute Z = W X + b."""
    w, x, *b = (lanes.read(nodes) for nodes in (group.operands if group.one < 0 else group.folded()))
    out = lanes.out(group, lanes.values)
    z, inputs = (out[0], x[0]) if len(x) == 1 else (out, x)
    lanes.forward.append(partial(np.matmul, w[..., 0], inputs, out=z))
    if b and not nothing(lanes, group):
        lanes.forward.append(partial(np.add, out, *b, out=out))
    return (w, x, *b), out


def backward_matrix(back: Backward, group: Group, operands: tuple[Floats, ...], out: Floats, upstream: Floats) -> None:
    """Pay dX = Wᵀ dZ, dW = dZ Xᵀ, db = dZ, each summed over what is shared."""
    (w, x, *b), (weights, inputs, bias) = operands, group.operands
    if group.one >= 0:
        pay_weights(back, group.folded()[0], upstream, x)
        w = w[:, 1:]
    else:
        pay_weights(back, weights, upstream, x)
        pay_bias(back, bias, upstream, b[0])
    target, shared = back.target(inputs), len(x) == 1
    if target is not None:
        multiply(back, target, w[..., 0].T, upstream[0] if shared else upstream, inputs.shape, 0 if shared else ...)


def pay_weights(back: Backward, nodes: Ints, upstream: Floats, x: Floats) -> None:
    """Pay dW = dZ Xᵀ, summed over the t lists of inputs."""
    target = back.target(nodes)
    if target is not None and len(x) == 1:
        multiply(back, target, upstream[0], x[0].T, nodes.shape, (..., 0))
    elif target is not None:
        transposed, pay = x.transpose(0, 2, 1), target.pay
        back.steps.append(lambda: pay((upstream @ transposed).sum(0)[..., None]))


def pay_bias(back: Backward, nodes: Ints, upstream: Floats, b: Floats) -> None:
    """Pay db = dZ, summed over what is shared: the t lists of inputs, the lanes."""
    target, summed = back.target(nodes), width(b) < width(upstream)
    if target is not None and len(upstream) == 1 and summed:
        multiply(back, target, upstream[0], np.ones((width(upstream), 1)), nodes.shape, ...)
    elif target is not None:
        axes, pay = (0, 2) if summed else 0, target.pay
        back.steps.append(lambda: pay(upstream.sum(axes).reshape(*nodes.shape, -1)))


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
    elif len(out) == 1:
        lanes.forward.append(partial(np.vecdot, a, b, axis=1, out=z))
    else:
        lanes.forward.append(partial(np.einsum, "kmn,kmn->kn", a, b, out=z))
    if not nothing(lanes, group):
        lanes.forward.append(partial(np.add, z, c, out=out))
    return (a, b, c), out


def backward_pairs(back: Backward, group: Group, operands: tuple[Floats, ...], out: Floats, upstream: Floats) -> None:
    """Pay da = dz·b, db = dz·a, dc = dz."""
    a, b, c = operands
    g = upstream[:, None, :]
    first, second = (back.target(nodes) for nodes in group.operands[:2])
    for target, mine, other in ((first, a, b), (second, b, a)):
        if target is not None and width(mine) < width(out):
            back.steps.append(partial(_paid, target.pay, partial(np.einsum, "kln,kmn->km", g, other), (..., None)))
        elif target is not None and target.out is not None:
            back.steps.append(partial(np.multiply, g, other, out=target.out))
        elif target is not None:
            back.steps.append(partial(_paid, target.pay, partial(np.multiply, g, other), ...))
    pay(back, group.operands[2], upstream, np.array(1.0), width(c))


def _paid(pay: Callable[[Floats], None], compute: Callable[[], Floats], shape: Any) -> None:
    pay(compute()[shape])


def pay(back: Backward, nodes: Ints, upstream: Floats, slope: Floats, mine: int) -> None:
    """Pay upstream times slope to these nodes, if a gradient is wanted there; uniform ones get the sum over the lanes."""
    target = back.target(nodes)
    if target is None:
        return
    pays, whole = target.pay, width(upstream)
    if mine < whole:
        ones = np.ones((whole, 1))
        back.steps.append(lambda: pays((upstream * slope) @ ones))
    elif target.out is not None:
        back.steps.append(partial(np.multiply, upstream, slope, out=target.out))
    else:
        back.steps.append(lambda: pays(upstream * slope))


def looking(numbers: Floats) -> Step:
    """Return the step that looks whether all of these numbers are finite."""
    return partial(finite, numbers, np.zeros(numbers.shape))


def finite(numbers: Floats, zeros: Floats) -> None:
    """Raise FloatingPointError if any number is infinite or NaN: times 0, such a one is NaN."""
    if np.vdot(numbers, zeros) != 0.0:
        raise FloatingPointError


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
