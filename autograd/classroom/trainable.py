"""Trainable: a network, its data and its loss, as the page of `play` trains them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from autograd.value import Value

Numbers: TypeAlias = float | Sequence[float]
Model: TypeAlias = Callable[..., Value | Sequence[Value]]  # called with an example's inputs: a Value, or a list of them


@dataclass(frozen=True, eq=False)
class Trainable:
    """A network with its data and its loss.

    >>> from autograd import Parameter
    >>> w = Parameter(0.5, "w")
    >>> trainable = Trainable(lambda x: w * x, [(1.0, 2.0), (2.0, 4.0)], lambda out, y: (out - y) ** 2, lr=0.2)
    >>> trainable.loss(trainable.model(Value(1.0)), 2.0).data
    2.25

    `data` are pairs (inputs, target), each a number or a list of numbers; a whole number as the target of several outputs is a
    class. A batch's loss is the mean over its examples; a `batch` of 0 is all of them. What the page opens with: `optimizer` is
    the name of one, `lr` its learning rate. `answer` makes of the outputs what is drawn: of logits, their softmax.
    """

    model: Model
    data: Sequence[tuple[Numbers, Numbers]]
    loss: Callable[..., Value]
    lr: float = 0.1
    optimizer: str = "SGD"
    batch: int = 0
    answer: Callable[[list[Value]], list[Value]] | None = None
