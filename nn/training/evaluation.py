"""How good a model is, without learning: its mean loss over data, and the share that it classifies right."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from io import IOBase
from itertools import starmap
from operator import call
from typing import Any

from autograd import AutogradError, DataError, Value, lift, mean, no_grad
from nn.checks import as_list, shortened
from nn.data.batching import Data, checked, unzipped
from nn.module import Module, batched, check_module
from nn.training.logits import activated_twice
from nn.training.run import Loss, Run, check_loss

ONE_VALUE = {
    "A loss": "A plain number has no gradient: compute it from the Values that the model returned. "
    'A loss is called as loss(model(inputs), target), for one example; with reduction="none" it returns a list: leave that out.',
    "A penalty": "Compute it from the parameters, which are Values: lambda: nn.l2_penalty(model.parameters(), 0.001), say.",
}


def evaluate(model: Module, data: Data[object], loss: Loss) -> float:
    """Return the mean loss over the data, in evaluation mode, with no graph.

    >>> from nn import Neuron, mse_loss
    >>> evaluate(Neuron(1, "linear", weights=[2.0], bias=1.0), [([1.0], 3.0), ([2.0], 6.0)], mse_loss)
    0.5
    """
    check_loss(loss)
    with no_grad(), in_mode(model, False):
        return mean(example_losses(model, loss, *unzipped(checked(data)))).data


def accuracy(model: Module, data: Data[object], threshold: float | None = None) -> float:
    """Return the share of examples that are classified right.

    >>> from nn import Neuron
    >>> from nn.data.datasets import xor
    >>> accuracy(Neuron(2, "linear", weights=[1, 1], bias=-0.2), xor())  # (1, 1) is 1.8, and taken for 1
    0.75

    With several outputs, the largest is the class; the target is its index, or one-hot. With one output, the data's
    two labels are told apart at the `threshold`: without it, halfway between the labels (0.5 for 0 and 1, 0 for −1
    and 1). For logits with labels 0 and 1 it is 0. Data of one class only counts as of 0 and 1, or of −1 and 1; where all
    labels are 1, say the threshold.
    """
    labels = sorted({answer(y) for _, y in checked(data)})
    with no_grad(), in_mode(model, False):
        outputs = batched(model, [x for x, _ in data])
    right = [predicted(out, labels, threshold) == answer(y) for out, (_, y) in zip(outputs, data, strict=True)]
    return right.count(True) / len(right)


def predicted(outputs: Any, labels: Sequence[float], threshold: float | None) -> float:
    """Return the class that a model's outputs speak for."""
    numbers = [lift(output).data for output in as_list(outputs)]
    if len(numbers) > 1:
        return numbers.index(max(numbers))
    low, high, middle = two_classes(labels, threshold)
    return high if numbers[0] > middle else low


def two_classes(labels: Sequence[float], threshold: float | None) -> tuple[float, float, float]:
    """Return the two labels that one output tells apart, and the number between them.

    >>> two_classes([-1, 1], None), two_classes([0], None), two_classes([1], 0.5)
    ((-1, 1, 0.0), (0, 1, 0.5), (0, 1, 0.5))
    """
    low, high = labels[0], labels[-1]
    if len(labels) == 1 and low in (0, -1):
        high = 1
    elif len(labels) == 1 and low == 1 and threshold is not None:
        low = 0
    elif len(labels) == 1:
        raise DataError(
            f"All labels in this data are {low}, and one output tells two classes apart: where the border lies cannot be told. "
            "Give threshold=0.5 for labels 0 and 1, threshold=0 for −1 and 1 or for logits; or data of both classes."
        )
    elif len(labels) > 2:
        raise DataError(
            f"One output tells two classes apart, and the data has {len(labels)} labels. Give the model one output a class."
        )
    return low, high, (low + high) / 2 if threshold is None else lift(threshold).data


def answer(target: Any) -> float:
    """Return the class that a target stands for: a number, alone or in a list of one, or the place of the largest."""
    numbers = list(as_list(target))
    return numbers.index(max(numbers)) if len(numbers) > 1 else numbers[0]


class Restoring(IOBase):
    """A block that changes attributes, and sets them back at its end, all at once.

    Ctrl-C may come at any step of Python code. So the way out is C code alone: `__exit__` is IOBase's, and calls `close`.
    """

    closed = True  # so that IOBase does not close it once more when it is freed

    def __init__(self, before: Iterable[tuple[object, str, object]], begin: Callable[[], Any]) -> None:
        calls = [(object.__setattr__, *attribute) for attribute in before]
        self.close = partial(deque, starmap(call, calls), 0)  # type: ignore[method-assign, assignment]
        self.begin = begin

    def __enter__(self) -> Any:
        try:
            return self.begin()
        except BaseException:
            self.close()
            raise


def in_mode(model: Module, training: bool) -> Restoring:
    """Set a model to training or to evaluation for a block, and leave every module in the mode it was in."""
    before = [(module, "training", module.training) for module in check_module(model).modules()]
    return Restoring(before, lambda: model.train(training))


def example_losses(model: Module, loss: Loss, inputs: Sequence[Any], targets: Sequence[Any]) -> list[Value]:
    """Return the loss of each example of a batch, each one Value."""
    return losses_of(loss, batched(model, inputs), targets)


def training_losses(run: Run, inputs: Sequence[Any], targets: Sequence[Any]) -> list[Value]:
    """Return the same in a training, which looks at the first example that it learns from."""
    outputs = [*batched(run.model, inputs)]
    losses = losses_of(run.loss, outputs, targets)
    if run.twice is None:
        run.twice = activated_twice(outputs[0], losses[0])
    return losses


def losses_of(loss: Loss, outputs: Sequence[Any], targets: Sequence[Any]) -> list[Value]:
    """Return the loss of each example from the outputs of a model, each one Value."""
    try:
        return [one_value("A loss", loss, loss(out, target)) for out, target in zip(outputs, targets, strict=True)]
    except TypeError as error:
        if not isinstance(error, AutogradError):
            error.add_note(
                "The loss is called as loss(model(inputs), target), for one example, and a model returns a list, "
                "also of one output: take outputs[0]."
            )
        raise


def one_value(what: str, function: Any, returned: Any) -> Value:
    """Return what a loss or a penalty returned, if it is one Value."""
    if not isinstance(returned, Value):
        raise DataError(
            f"{what} returns one Value, and {getattr(function, '__name__', 'this one')} returned {shortened(returned)}. {ONE_VALUE[what]}"
        )
    return returned
