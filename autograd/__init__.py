"""A scalar reverse-mode autograd engine that explains every number it shows.

>>> from autograd import Value
>>> x, w, b, y = Value(2.0), Value(3.0), Value(1.0), Value(15.0)
>>> loss = ((w * x + b).relu() - y) ** 2
>>> loss.backward()
>>> loss.data, w.grad
(64.0, -32.0)
"""

from autograd.errors import (
    AutogradError,
    DataError,
    DivisionError,
    DomainError,
    GraphError,
    LengthError,
    RangeError,
)
from autograd.functions import dot, grad, logsumexp, max, maximum, mean, min, minimum, softmax, sum
from autograd.gradcheck import gradcheck
from autograd.stepper import steps
from autograd.value import Parameter, Value, lift, no_grad

__all__ = [
    "AutogradError",
    "DataError",
    "DivisionError",
    "DomainError",
    "GraphError",
    "LengthError",
    "Parameter",
    "RangeError",
    "Value",
    "dot",
    "grad",
    "gradcheck",
    "lift",
    "logsumexp",
    "max",
    "maximum",
    "mean",
    "min",
    "minimum",
    "no_grad",
    "softmax",
    "steps",
    "sum",
]

__chalkgrad__ = "0.1.0"  # `nn` looks for this name: the package index has another `autograd`
