"""The functions of many Values, and the gradient as a function.

They take lists of Values and numbers, mixed as you like. `sum`, `max` and `min` hide Python's own where you import
them by name: a sum is then one node, not a chain.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, overload

from autograd import rules
from autograd.errors import DataError, DomainError, GraphError, LengthError
from autograd.graph import leaves_and_results, topological_order, uses
from autograd.modes import must_record
from autograd.moment import check_moment
from autograd.namespaces import methods
from autograd.op import SHARED, Op
from autograd.refusals import NO_GRADIENT, a_or_an, as_float, is_lost, lost_graph, must_be_called, no_second
from autograd.value import Value, lift

Number = Value | float

# What softmax subtracts: the largest, refused where no share of it is a number.
LARGEST = replace(rules.MAX, name="softmax", whole=SHARED)


def dot(weights: Sequence[Number], inputs: Sequence[Number], bias: Number = 0.0) -> Value:
    """Return w₁x₁ + w₂x₂ + … + b as one node: the z of a neuron.

    >>> dot([0.5, -1, 2], [Value(2.0), Value(3.0), Value(1.0)], 1).data
    1.0

    Its parents are the weights, the inputs and the bias, in this order; its slopes are the inputs, the weights and 1.
    Added from left to right, as `sum` is: a million terms of 0.1 are 1.3e-11 off, relatively, where math.fsum rounds but once.
    Raises LengthError when there are more weights than inputs, or fewer.
    """
    try:
        n, given = len(weights), len(inputs)
    except TypeError:
        raise DataError("dot takes two lists: dot([w1, w2], [x1, x2], b). For two numbers, write w * x.") from None
    if n != given:
        raise LengthError(
            f"dot pairs each weight with an input, and here are {n} weights and {given} inputs. "
            "Give as many of one as of the other."
        )
    return fused(n)(weights, inputs, bias)


def fused(n: int) -> Callable[[Sequence[Number], Sequence[Number], Number], Value]:
    """Return the function that makes the node of a dot of n products; fast.py has one for each n."""
    return lambda ws, xs, b: lift(b).apply(rules.DOT, *ws, *xs, b)


def of_many(op: Op, xs: Sequence[Number]) -> Value:
    """Return the node of an operation on any number of operands."""
    return lift(xs[0] if xs else 0.0).apply(op, *xs)


def sum(values: Iterable[Number], *others: Number) -> Value:
    """Return the sum as one node.

    >>> sum([Value(1.0), 2, 3.5]).data
    6.5

    Added from left to right, in every reading of the table. A million terms of 0.1 are 1.3e-11 off, relatively; math.fsum,
    for plain numbers, rounds but once.
    """
    return of_many(rules.SUM, _several("sum", values, others, least=0))


def mean(values: Iterable[Number], *others: Number) -> Value:
    """Return the mean as one node.

    >>> mean([Value(1.0), 2, 6]).data
    3.0

    Added from left to right, as `sum` is: a million terms of 0.1 are 1.3e-11 off, relatively, where math.fsum rounds but once.
    """
    return of_many(rules.MEAN, _several("mean", values, others))


def logsumexp(values: Iterable[Number], *others: Number) -> Value:
    """Return ln(e^x₁ + e^x₂ + …), also where e^x would overflow.

    >>> logsumexp([Value(1000.0), 1000.0]).data  # 1000 + ln 2
    1000.6931471805599

    A masked −inf among them counts for nothing. Raises DomainError where +inf is among them, or nothing but −inf: there
    its slopes, the shares of each, have no value.
    """
    logits = _several("logsumexp", values, others)
    return of_many(rules.LOGSUMEXP, logits)


def max(values: Iterable[Number], *others: Number) -> Value:
    """Return the largest as one node; a tie shares the slope equally.

    >>> x, y = Value(2.0), Value(5.0)
    >>> max([x, y, 3]).backward(); x.grad, y.grad
    (0.0, 1.0)
    """
    return of_many(rules.MAX, _several("max", values, others))


def min(values: Iterable[Number], *others: Number) -> Value:
    """Return the smallest as one node; a tie shares the slope equally.

    >>> min([Value(2.0), 5, 3]).data
    2.0
    """
    return of_many(rules.MIN, _several("min", values, others))


def maximum(x: Number, y: Number) -> Value:
    """Return the larger of two; a tie gives each half the slope.

    >>> maximum(Value(2.0), 0).data
    2.0
    """
    return lift(x).maximum(y)


def minimum(x: Number, y: Number) -> Value:
    """Return the smaller of two; a tie gives each half the slope.

    >>> minimum(Value(2.0), 0).data
    0.0
    """
    return lift(x).minimum(y)


def softmax(values: Iterable[Number], *others: Number) -> list[Value]:
    """Return e^xᵢ / Σ e^xⱼ for each: probabilities that add up to 1.

    >>> [round(p.data, 3) for p in softmax([2.0, 1.0, 0.1])]
    [0.659, 0.242, 0.099]

    Computed as e^(xᵢ − max) / Σ e^(xⱼ − max), which is the same and does not overflow. No gradient goes through the
    max: any number in its place gives the same probabilities.
    """
    logits = [lift(x) for x in _several("softmax", values, others)]
    top = of_many(LARGEST, logits).detach()
    powers = [(x - top).exp() for x in logits]
    whole = sum(powers)
    return [power / whole for power in powers]


@overload
def grad(output: Value, inputs: Value | Iterable[Value], create_graph: Literal[False] = False) -> tuple[float, ...]: ...
@overload
def grad(output: Value, inputs: Value | Iterable[Value], create_graph: Literal[True]) -> tuple[Value, ...]: ...
@overload
def grad(
    output: Value, inputs: Value | Iterable[Value], create_graph: bool
) -> tuple[float, ...] | tuple[Value, ...]: ...
def grad(
    output: Value, inputs: Value | Iterable[Value] | None = None, create_graph: bool = False
) -> tuple[float, ...] | tuple[Value, ...]:
    """Return ∂output/∂input for each input, and leave every `.grad` as it is.

    >>> x = Value(3.0)
    >>> grad(x**3, [x])
    (27.0,)
    >>> (slope,) = grad(x**3, [x], create_graph=True)  # 3x², itself a Value
    >>> grad(slope, [x])
    (18.0,)

    An input that the output was not made from gets 0.0. With create_graph the results are Values, with a graph of
    their own, made by reading the table's slopes with Values for numbers; then it raises GraphError where a number was
    changed after the output was computed.
    """
    if not isinstance(create_graph, bool):
        raise DataError(
            f"grad takes the inputs as one list, grad(loss, [w, b]); create_graph is True or False, and here it is {create_graph!r}."
        )
    _all_values("grad", [output])
    if inputs is None:
        raise DataError("grad needs to know with respect to what: grad(loss, [w, b]).")
    inputs = list(inputs) if isinstance(inputs, Iterable) else [inputs]
    _all_values("grad", inputs)
    if len(set(inputs)) < len(inputs):
        raise GraphError("grad was given one input twice. Give each once: its gradient is the sum over all its uses.")
    if create_graph:
        values = _as_values(output)
        _check_remembered(output, inputs, values)
        return tuple([values[x] if x in values else Value(0.0) for x in inputs])
    numbers = _as_floats(output)
    _check_remembered(output, inputs, numbers)
    return tuple([numbers.get(x, 0.0) for x in inputs])


def _check_remembered(output: Value, inputs: list[Value], found: Mapping[Value, object]) -> None:
    """Raise GraphError for an input that was not met, where all that could have a gradient was computed inside no_grad."""
    leaves = [] if all(x in found for x in inputs) else leaves_and_results(output)[0]
    if any(map(is_lost, leaves)) and all(leaf._kind in NO_GRADIENT for leaf in leaves):
        raise lost_graph("grad")


def _as_floats(output: Value) -> dict[Value, float]:
    """Return the gradient of each node, in the very sums of `backward`."""
    gradients = {output: 1.0}
    for node, _, parent, local in uses(output):
        gradients[parent] = gradients.get(parent, 0.0) + gradients[node] * local
    return gradients


def _as_values(output: Value) -> dict[Value, Value]:
    """Return the same as Values, which have gradients again: the slopes of each row are read with Values."""
    check_moment("grad with create_graph", topological_order(output))
    gradients, slopes = {output: Value(1.0)}, {}
    for node, operand, parent, _ in uses(output):
        if operand == 0:
            slopes = dict(enumerate(_slopes(node)))
        contribution = gradients[node] * slopes[operand]
        gradients[parent] = gradients[parent] + contribution if parent in gradients else contribution
    return gradients


def _slopes(node: Value) -> tuple[Any, ...]:
    """Return a node's local derivatives as Values; those of a NaN are NaN: no kink may turn it into 0 or 1."""
    if node.op is None or (node.op.kinks and node.data != node.data):
        return node.partials
    try:
        return node.op.slopes_at(methods, node.parents, node)
    except DomainError:  # of an operation that the slope is written with, and the user did not write
        raise no_second(node) from None


def hessian(f: Callable[..., Value], inputs: Sequence[Value | float]) -> list[list[float]]:
    """Return the matrix of second derivatives of f at some inputs.

    >>> hessian(lambda x, y: x**2 * y, [3.0, 5.0])  # 2y, 2x; 2x, 0
    [[10.0, 6.0], [6.0, 0.0]]

    Newton's method divides by it. On the saddle x² − y² it goes to the saddle point in one step, where gradient descent
    would slide away from it along y: the Hessian's signs, 2 and −2, tell a saddle from a minimum.

    >>> def saddle(x, y):
    ...     return x**2 - y**2
    >>> point = [1.5, 0.5]
    >>> slopes = grad(saddle(*(leaves := [Value(p) for p in point])), leaves)
    >>> H = hessian(saddle, point)
    >>> H, [p - slope / H[i][i] for i, (p, slope) in enumerate(zip(point, slopes))]
    ([[2.0, 0.0], [0.0, -2.0]], [0.0, 0.0])

    f takes as many Values as there are inputs, and returns one. Raises DataError when it does not, and GraphError inside
    no_grad.
    """
    must_be_called("hessian", f)
    if not isinstance(inputs, Iterable) or isinstance(inputs, str):
        raise DataError(
            f"hessian takes the inputs as a list, and {inputs!r} is not one. Write hessian(f, [{inputs!r}])."
        )
    leaves = [Value(as_float(x.data if isinstance(x, Value) else x)) for x in inputs]
    must_record("hessian")
    output = f(*leaves)
    if not isinstance(output, Value):
        raise DataError(f"hessian takes a function that returns a Value, and f returned {output!r}. Return the Value.")
    return [list(grad(slope, leaves)) for slope in grad(output, leaves, create_graph=True)]


def _several(name: str, values: Iterable[Number], others: tuple[Number, ...], least: int = 1) -> tuple[Number, ...]:
    """Return the values as a tuple, if there are enough of them."""
    if others or isinstance(values, Value) or not isinstance(values, Iterable):
        hint = f" For two there is {name}imum(x, y)." if name in ("max", "min") else ""
        raise DataError(f"{name} takes a list, and nothing else: {name}([x, y]).{hint}")
    listed = tuple(values)
    if len(listed) < least:
        raise LengthError(f"{name} of no values has no value. Give it one at least.")
    return listed


def _all_values(name: str, nodes: Sequence[object]) -> None:
    for node in nodes:
        if not isinstance(node, Value):
            remedy = (
                f"Call it with Values, y = f(x), and give y: x = Value(3.0); {name}(f(x), [x])"
                if callable(node)
                else "Keep the Value that you computed with, and give that"
            )
            raise GraphError(f"{name} asks for Values of one graph, and {node!r} is {a_or_an(node)}. {remedy}.")
