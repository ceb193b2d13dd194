"""How weights begin: the numbers for one neuron with `nin` inputs in a layer of `nout`.

`rng` is a random.Random that is passed in; the global generator is never touched.
"""

import math
from collections.abc import Callable
from random import Random

Init = Callable[[int, int, Random], list[float]]


def he(nin: int, nout: int, rng: Random) -> list[float]:
    """Normal with standard deviation √(2 / nin): for ReLU and its family."""
    return [rng.gauss(0.0, math.sqrt(2 / nin)) for _ in range(nin)]


def xavier(nin: int, nout: int, rng: Random) -> list[float]:
    """Uniform between ±√(6 / (nin + nout)): for tanh and sigmoid, as PyTorch's xavier_uniform_."""
    bound = math.sqrt(6 / (nin + nout))
    return [rng.uniform(-bound, bound) for _ in range(nin)]


INITS: dict[str, Init] = {"he": he, "xavier": xavier}
