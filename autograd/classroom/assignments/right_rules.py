"""The rules of a right engine as plain numbers, for the simulated one: the rows of the table."""

from collections.abc import Callable, Mapping
from functools import partial

from autograd.namespaces import scalars
from autograd.rules import TABLE

Rule = Callable[..., tuple[float, ...]]
NAMES = ("add", "sub", "mul", "div", "pow", "neg", "exp", "log", "tanh", "relu", "sigmoid")


def power_slopes(x: float, n: float, out: float) -> tuple[float, ...]:
    """Return the two slopes of xⁿ. A base of 0 or below has no logarithm: the exponent is then a plain number, and needs no slope.

    >>> power_slopes(-3.0, 2.0, 9.0)
    (-6.0, 0.0)
    """
    if x > 0:
        both: tuple[float, ...] = TABLE["pow"].slopes(scalars, x, n, out)
        return both
    return (n * x ** (n - 1) if n else 0.0), 0.0


class Overwrites(float):
    """A slope whose contribution takes the place of what is there."""


class Alone(float):
    """A slope that is handed on as it is, without the gradient of the result."""


VALUES: Mapping[str, Callable[..., float]] = {name: partial(TABLE[name].value, scalars) for name in NAMES}
SLOPES: Mapping[str, Rule] = {name: partial(TABLE[name].slopes, scalars) for name in NAMES} | {"pow": power_slopes}
