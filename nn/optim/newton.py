"""Newton's method: it looks at the curvature, and goes to the bottom of a bowl in one step."""

import math
from typing import Protocol

from autograd import DomainError, GraphError, Value, grad
from nn.optim.flat import all_at_once, setting_calls
from nn.optim.optimizer import Optimizer
from nn.optim.param_groups import Parameters


class SupportsStep(Protocol):
    """What can make a step."""

    def step(self) -> None:
        """Change the parameters by their gradients."""


class Newton(Optimizer):
    """Newton's method: w ← w − η·H⁻¹g, where H has all second derivatives of the loss.

    >>> x, y = Value(3.0), Value(-1.0)
    >>> loss = (x - 1) ** 2 + 10 * (y - x) ** 2
    >>> Newton([x, y]).step(loss)
    >>> round(x.data, 9), round(y.data, 9)  # a bowl: its lowest point, in one step
    (1.0, 1.0)

    For small problems: n parameters need n backward passes, and n³ operations. It goes to where the slope is 0, be that
    a minimum, a saddle or a maximum. `damping` solves (H + damping·I)·d = g, and turns the step towards gradient descent.
    A network of ReLUs has flat directions, so there it needs damping. `fit` gives it each batch's loss.
    Raises DomainError where H has no inverse, and changes nothing. PyTorch has no Newton's method.
    """

    def __init__(self, parameters: Parameters, lr: float = 1.0, damping: float = 0.0) -> None:
        super().__init__(parameters, lr=lr, damping=damping)

    def step(self, loss: Value | None = None) -> None:
        """Change all parameters, from the loss itself: its graph is derived twice, and no `.grad` is read."""
        if not isinstance(loss, Value):
            raise GraphError(
                "Newton's method differentiates the loss twice, so its step takes the loss: newton.step(loss)."
            )
        rates = [(p, group["lr"]) for group in self.param_groups for p in group["params"]]
        changes = zip(rates, solved(*self.curvature(loss)), strict=True)
        all_at_once([call for (p, lr), change in changes for call in setting_calls(p, p.data - lr * change)])

    def curvature(self, loss: Value) -> tuple[list[list[float]], list[float]]:
        """Return H, with the damping on its diagonal, and the gradient."""
        parameters = self.parameters
        damping = [group["damping"] for group in self.param_groups for _ in group["params"]]
        slopes = grad(loss, parameters, create_graph=True)
        rows = [list(grad(slope, parameters)) for slope in slopes]
        for i, row in enumerate(rows):
            row[i] += damping[i]
        return rows, [slope.data for slope in slopes]


def take_step(optimizer: SupportsStep, loss: Value) -> None:
    """Let an optimizer make its step after backward(); Newton's method looks at the loss itself."""
    if isinstance(optimizer, Newton):
        optimizer.step(loss)
    else:
        optimizer.step()


def solved(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Return x with matrix · x = right, by elimination: from each column's largest number down, then back up.

    >>> solved([[0.0, 2.0], [1.0, 1.0]], [4.0, 5.0])
    [3.0, 2.0]
    """
    n = len(right)
    if not all(map(math.isfinite, [*right, *(number for row in matrix for number in row)])):
        raise DomainError(
            "A first or second derivative is not finite here, so there is no step to make. Start elsewhere, or take smaller steps with SGD."
        )
    rows = [[*row, b] for row, b in zip(matrix, right, strict=True)]
    for k in range(n):
        best = max(range(k, n), key=lambda i: abs(rows[i][k]))
        rows[k], rows[best] = rows[best], rows[k]
        if not abs(rows[k][k]) > 1e-14 * max(map(abs, rows[k][:n])):
            raise DomainError(
                "The matrix of second derivatives has no inverse: in some direction the loss is flat, or straight. "
                "Give damping, Newton(parameters, damping=1e-3), or take SGD."
            )
        for i in range(k + 1, n):
            factor = rows[i][k] / rows[k][k]
            rows[i] = [a - factor * b for a, b in zip(rows[i], rows[k], strict=True)]
    x = [0.0] * n
    for k in reversed(range(n)):
        x[k] = (rows[k][n] - math.fsum(rows[k][j] * x[j] for j in range(k + 1, n))) / rows[k][k]
    return x
