"""How weights begin: a function (nin, nout, rng) → the weights of one neuron with `nin` inputs, in a layer of `nout`.

Too large, and activations and gradients explode; too small, and they vanish; all equal, and all neurons of a layer
stay equal for ever. Xavier and He choose the spread so that a signal keeps its size from layer to layer:

                  spread                  standard deviation      for
    xavier        ±√(6 / (nin + nout))    √(2 / (nin + nout))     tanh, sigmoid, linear
    he            ±√(6 / nin)             √(2 / nin)              ReLU and its family
    torch         ±1/√nin                 1/√(3·nin)              what PyTorch's Linear does unless told otherwise

`rng` is a random.Random that is passed in; the global generator is never touched. For weights of your own there is
`weights=` in Neuron, Layer and MLP. Biases begin at 0.

>>> from random import Random
>>> from nn import Layer
>>> Layer(3, 2, "tanh", Random(0), init="xavier_uniform")
Layer(3 → 2, tanh)
"""

import math
from collections.abc import Callable
from random import Random

from nn.activations import Activation, activation_name
from nn.checks import check_range, choose
from nn.errors import SettingError

Init = Callable[[int, int, Random], list[float]]


def uniform(low: float = -1.0, high: float = 1.0) -> Init:
    """Return the initialisation that draws evenly between two bounds: −1 and 1, where PyTorch's uniform_ has 0 and 1.

    >>> all(0 <= w <= 0.1 for w in uniform(0, 0.1)(5, 1, Random(0)))
    True
    """
    if not low < high:
        raise SettingError(f"uniform draws from low to high, and here low is {low} and high is {high}. Swap them.")
    return lambda nin, nout, rng: [rng.uniform(low, high) for _ in range(nin)]


def normal(mean: float = 0.0, std: float = 1.0) -> Init:
    """Return the initialisation that draws from a normal distribution.

    >>> len(normal(0, 0.01)(5, 1, Random(0)))
    5
    """
    check_range("The standard deviation, std,", std, lambda x: x >= 0, "0 or more", "A usual one is 0.01.")
    return lambda nin, nout, rng: [rng.gauss(mean, std) for _ in range(nin)]


def zeros(nin: int, nout: int, rng: Random) -> list[float]:
    """Return zeros: right for a bias; for weights, a demonstration that all neurons of a layer then learn the same.

    >>> zeros(3, 1, Random(0))
    [0.0, 0.0, 0.0]
    """
    return [0.0] * nin


def xavier_uniform(nin: int, nout: int, rng: Random) -> list[float]:
    """Draw evenly between ±√(6 / (nin + nout)), as PyTorch's xavier_uniform_.

    >>> all(abs(w) <= 1 for w in xavier_uniform(4, 2, Random(0)))  # √(6/6)
    True

    Source: Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks, 2010.
    """
    bound = math.sqrt(6 / (nin + nout))
    return uniform(-bound, bound)(nin, nout, rng)


def xavier_normal(nin: int, nout: int, rng: Random) -> list[float]:
    """Draw from a normal distribution with standard deviation √(2 / (nin + nout)), as PyTorch's xavier_normal_."""
    return normal(0.0, math.sqrt(2 / (nin + nout)))(nin, nout, rng)


def he_uniform(nin: int, nout: int, rng: Random) -> list[float]:
    """Draw evenly between ±√(6 / nin), as PyTorch's kaiming_uniform_ for ReLU.

    Source: He and others, Delving deep into rectifiers, 2015.
    """
    bound = math.sqrt(6 / nin)
    return uniform(-bound, bound)(nin, nout, rng)


def he_normal(nin: int, nout: int, rng: Random) -> list[float]:
    """Draw from a normal distribution with standard deviation √(2 / nin), as PyTorch's kaiming_normal_ for ReLU."""
    return normal(0.0, math.sqrt(2 / nin))(nin, nout, rng)


def torch_default(nin: int, nout: int, rng: Random) -> list[float]:
    """Draw evenly between ±1/√nin, as PyTorch's Linear does (there the bias too; here it begins at 0).

    >>> all(abs(w) <= 0.5 for w in torch_default(4, 2, Random(0)))
    True
    """
    bound = 1 / math.sqrt(nin)
    return uniform(-bound, bound)(nin, nout, rng)


he, xavier = he_normal, xavier_uniform
INITS: dict[str, Init] = {
    "he": he,
    "xavier": xavier,
    "he_normal": he_normal,
    "he_uniform": he_uniform,
    "xavier_normal": xavier_normal,
    "xavier_uniform": xavier_uniform,
    "kaiming_normal": he_normal,
    "kaiming_uniform": he_uniform,
    "normal": normal(),
    "uniform": uniform(),
    "torch": torch_default,
    "zeros": zeros,
}
RELU_FAMILY = ("relu", "leaky_relu", "elu", "softplus", "gelu")


def initialisation(init: str | Init | None, activation: str | Activation) -> Init:
    """Return the function of that name; without one He's for the ReLU family, and Xavier's for the rest.

    >>> initialisation(None, "relu").__name__, initialisation(None, "tanh").__name__
    ('he_normal', 'xavier_uniform')
    """
    if init is None:
        init = "he" if activation_name(activation) in RELU_FAMILY else "xavier"
    if callable(init):
        return init
    return choose("initialisation", init, INITS, ", or give a function (nin, nout, rng) → list of weights")
