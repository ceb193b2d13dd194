"""Second derivatives, from the same table: the slopes are read with Values, and those have slopes again."""

from collections.abc import Callable, Iterable, Sequence

from autograd.errors import DataError
from autograd.functions import grad
from autograd.value import Value, as_float, must_be_called, must_record


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
        raise DataError(f"hessian takes the inputs as a list, and {inputs!r} is none. Write hessian(f, [{inputs!r}]).")
    leaves = [Value(as_float(x.data if isinstance(x, Value) else x)) for x in inputs]
    must_record("hessian")
    output = f(*leaves)
    if not isinstance(output, Value):
        raise DataError(f"hessian takes a function that returns a Value, and f returned {output!r}. Return the Value.")
    return [list(grad(slope, leaves)) for slope in grad(output, leaves, create_graph=True)]
