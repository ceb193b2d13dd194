"""What to do with a gradient: in order of increasing complexity."""

from collections.abc import Iterable

from autograd import DataError, GraphError, Value


class SGD:
    """Stochastic gradient descent: p ← p − lr · ∂L/∂p.

    >>> w = Value(3.0)
    >>> (w * 2).backward()
    >>> SGD([w], lr=0.1).step()
    >>> w.data
    2.8
    """

    def __init__(self, parameters: Iterable[Value], lr: float) -> None:
        self.parameters = list(parameters)
        check(self.parameters, lr)
        self.lr = lr

    def step(self) -> None:
        """Change each parameter that has a gradient; one without was not used, and stays."""
        for parameter in self.parameters:
            if parameter.grad is not None:
                parameter.data -= self.lr * parameter.grad

    def zero_grad(self) -> None:
        """Forget the gradients: None, not 0, as PyTorch does."""
        for parameter in self.parameters:
            parameter.grad = None


def check(parameters: list[Value], lr: float) -> None:
    """Refuse what cannot be optimised."""
    for parameter in parameters:
        if not isinstance(parameter, Value) or parameter.op is not None:
            raise GraphError(f"An optimizer changes leaves, and {parameter!r} is none. Give it model.parameters().")
    if not parameters:
        raise GraphError("An optimizer without parameters has nothing to do. Give it model.parameters().")
    if not lr > 0:
        raise DataError(f"The learning rate must be above 0, and lr is {lr}. A usual one is 0.01.")
