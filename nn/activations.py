"""What follows a neuron's sum: as functions of one Value or number, and by name in Neuron, Layer and MLP.

    name         f(x)                       f′(x)                          for
    linear       x                          1                              the output of a regression
    relu         max(0, x)                  1 if x > 0, else 0             hidden layers: the usual choice
    leaky_relu   x if x > 0, else 0.01·x    1 if x > 0, else 0.01          hidden layers: no neuron dies
    elu          x if x > 0, else eˣ − 1    1 if x > 0, else eˣ            hidden layers: smooth below 0
    softplus     ln(1 + eˣ)                 σ(x)                           a smooth ReLU
    gelu         x·Φ(x)                     Φ(x) + x·φ(x)                  transformers
    sigmoid      1/(1 + e⁻ˣ)                σ(x)·(1 − σ(x))                a probability of one class
    tanh         (eˣ − e⁻ˣ)/(eˣ + e⁻ˣ)      1 − tanh²(x)                   hidden layers: centred at 0
    softmax      e^xᵢ / Σ e^xⱼ              with cross-entropy: ŷ − y      probabilities of many classes

The engine agrees with the middle column, and with the two losses that belong here. The table of derivatives, row by
row, ReLU, sigmoid, tanh, softmax with cross-entropy, and the squared error, whose slope is 2(ŷ − y):

>>> from autograd import grad
>>> from nn import cross_entropy, mse_loss
>>> def slope(f, at):
...     x = Value(at)
...     return round(grad(f(x), [x])[0], 4)
>>> slope(relu, 7.0), slope(relu, -7.0), slope(relu, 0.0)  # 1 if x > 0, else 0
(1.0, 0.0, 0.0)
>>> slope(sigmoid, 0.0), slope(tanh, 0.0)  # ½·(1 − ½) and 1 − 0²: tanh is four times as steep
(0.25, 1.0)
>>> s, t = sigmoid(1.0).data, tanh(1.0).data
>>> slope(sigmoid, 1.0) == round(s * (1 - s), 4), slope(tanh, 1.0) == round(1 - t**2, 4)
(True, True)
>>> z = [Value(2.0), Value(1.0), Value(0.1)]
>>> [round(p.data, 3) for p in softmax(z)]  # ŷ
[0.659, 0.242, 0.099]
>>> [round(g, 3) for g in grad(cross_entropy(z, 0), z)]  # ŷ − y, for y = 1, 0, 0
[-0.341, 0.242, 0.099]
>>> slope(lambda a: mse_loss(a, 15.0), 7.0)  # 2 · (7 − 15)
-16.0
"""

import math
from collections.abc import Callable
from typing import TypeVar

from autograd import DataError, Value, lift, softmax
from nn.checks import Number, choose

Activation = Callable[[Value], Value]
X = TypeVar("X", bound=Number)


def linear(x: X) -> X:
    """Return x as it is.

    >>> linear(-2.0)
    -2.0
    """
    return x


def relu(x: Number) -> Value:
    """Return x above 0, and 0 below; the slope at 0 is 0, as in PyTorch.

    >>> relu(7.0).data, relu(-7.0).data
    (7.0, 0.0)
    """
    return lift(x).relu()


def leaky_relu(x: Number, negative_slope: float = 0.01) -> Value:
    """Return x above 0, and 0.01·x below, so that a gradient still flows there.

    >>> leaky_relu(-2.0).data, leaky_relu(-2.0, 0.1).data
    (-0.02, -0.2)

    0.01 is the textbooks' number and PyTorch's. At 0 the slope is the lower one, as in PyTorch.
    """
    return lift(x).leaky_relu(negative_slope)


def elu(x: Number, alpha: float = 1.0) -> Value:
    """Return x above 0, and alpha·(eˣ − 1) below.

    >>> elu(2.0).data, round(elu(-1.0).data, 4)
    (2.0, -0.6321)

    At 0 the slope is alpha, as in PyTorch; with alpha = 1 there is no corner.
    """
    return lift(x).elu(alpha)


def softplus(x: Number) -> Value:
    """Return ln(1 + eˣ): ReLU with the corner rounded off.

    >>> round(softplus(0.0).data, 4)  # ln 2
    0.6931

    The formula holds everywhere; PyTorch returns x itself above its threshold of 20, where the two differ by 2·10⁻⁹.
    """
    return lift(x).softplus()


def gelu(x: Number, approximate: str = "none") -> Value:
    """Return x·Φ(x), where Φ(x) is the share of a normal distribution below x.

    >>> round(gelu(1.0).data, 4)  # Φ(1) = 0.8413
    0.8413

    With approximate="tanh" it is ½x·(1 + tanh(√(2/π)·(x + 0.044715·x³))), as GPT-2 has it; PyTorch has both, and the
    exact one by default too. By name, "gelu", it is the exact one. Source: Hendrycks and Gimpel, Gaussian Error Linear
    Units, 2016.
    """
    forms: dict[str, Activation] = {"none": Value.gelu, "tanh": gelu_by_tanh}
    return choose("approximation of gelu", approximate, forms)(lift(x))


def gelu_by_tanh(x: Value) -> Value:
    """Return ½x·(1 + tanh(√(2/π)·(x + 0.044715·x³))), which is gelu to three digits."""
    return 0.5 * x * (1 + (math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)).tanh())


def sigmoid(x: Number) -> Value:
    """Return 1/(1 + e⁻ˣ), between 0 and 1.

    >>> sigmoid(0.0).data
    0.5
    """
    return lift(x).sigmoid()


def tanh(x: Number) -> Value:
    """Return the hyperbolic tangent, between −1 and 1.

    >>> tanh(0.0).data
    0.0
    """
    return lift(x).tanh()


ACTIVATIONS: dict[str, Activation] = {
    "linear": linear,
    "relu": Value.relu,  # the method itself: a neuron's call is one step shorter
    "leaky_relu": Value.leaky_relu,
    "elu": Value.elu,
    "sigmoid": Value.sigmoid,
    "tanh": Value.tanh,
    "softplus": Value.softplus,
    "gelu": Value.gelu,
}


def named(name: str | Activation) -> Activation:
    """Return the activation of that name; a function of one Value is its own name."""
    if over_layer(name):
        raise DataError(
            "softmax compares the outputs of a whole layer, and here is one neuron, of which it would always be 1. "
            'Give it to a Layer, or to an MLP as output_activation="softmax".'
        )
    if callable(name):
        return name
    return choose("activation", name, ACTIVATIONS, ", or softmax for a whole layer, or give a function of one Value")


def over_layer(name: object) -> bool:
    """Tell whether an activation takes the outputs of a whole layer: softmax does."""
    return name == "softmax" or name is softmax


def activation_name(activation: str | Activation) -> str:
    """Return the name of an activation, which is given by its name or as a function."""
    return activation if isinstance(activation, str) else getattr(activation, "__name__", repr(activation))
