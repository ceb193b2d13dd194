"""What follows a neuron's sum, by name."""

from collections.abc import Callable

from autograd import DataError, Value

Activation = Callable[[Value], Value]


def linear(z: Value) -> Value:
    """Return z as it is."""
    return z


ACTIVATIONS: dict[str, Activation] = {
    "linear": linear,
    "relu": Value.relu,
    "leaky_relu": Value.leaky_relu,
    "elu": Value.elu,
    "sigmoid": Value.sigmoid,
    "tanh": Value.tanh,
    "softplus": Value.softplus,
}


def named(name: str | Activation) -> Activation:
    """Return the activation of that name; a function of one Value is its own name."""
    if callable(name):
        return name
    if name not in ACTIVATIONS:
        raise DataError(
            f"There is no activation {name!r}. Choose one of {', '.join(ACTIVATIONS)}, or give a function of one Value."
        )
    return ACTIVATIONS[name]
