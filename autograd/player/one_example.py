"""One example of a Trainable: the graph of its loss, with the inputs and the target as leaves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from autograd.classroom.trainable import Trainable
from autograd.errors import DataError, GraphError
from autograd.graph import topological_order
from autograd.value import Value


@dataclass(frozen=True, eq=False)
class Example:
    """The graph of an example: its loss, and the nodes that the page asks for by what they are."""

    root: Value
    inputs: list[Value]
    targets: list[Value]
    outputs: list[Value]

    @property
    def order(self) -> list[Value]:
        """All nodes, parents first; those of the loss before the others, from which something is drawn."""
        drawn = [node for output in self.outputs for node in topological_order(output)]
        return list(dict.fromkeys([*topological_order(self.root), *self.inputs, *self.targets, *drawn]))

    @property
    def parameters(self) -> list[Value]:
        """What training changes."""
        return [node for node in self.order if node.kind == "parameter"]

    def program(self) -> list[tuple[Any, ...]]:
        """Return what is the same for all examples: the operations, and the numbers of constants."""
        order = self.order
        place = {node: i for i, node in enumerate(order)}
        return [
            (node.op, node.data if node.kind == "constant" else None, *(place[parent] for parent in node.parents))
            for node in order
        ]


def example(trainable: Trainable, k: int = 0) -> Example:
    """Return the graph of example k.

    Raises DataError where the data, the model or the loss do not go together.
    """
    x, y = pair(trainable.data, k)
    inputs = leaves(x, "x", f"The inputs of example {k}")
    given = tried(f"The model, given the inputs of example {k},", trainable.model, filled(x, inputs))
    outputs = list(given) if isinstance(given, (list, tuple)) else [given]
    target = target_of(y, len(outputs))
    targets = leaves(target, "y", f"The target of example {k}")
    root = loss_of(trainable.loss, given, outputs, filled(target, targets), k)
    label(root, outputs)
    return Example(root, inputs, targets, trainable.answer(outputs) if trainable.answer else outputs)


def pair(data: Sequence[Any], k: int) -> tuple[Any, Any]:
    """Return example k, if it is a pair."""
    if isinstance(data, dict) or not hasattr(data, "__len__") or not hasattr(data, "__getitem__") or not len(data):
        raise DataError("data is a list of pairs (inputs, target), one at least: data=[([0, 1], 1), ([1, 1], 0)].")
    if not isinstance(data[k], (tuple, list)) or len(data[k]) != 2:
        raise DataError(f"Example {k} is no pair (inputs, target): {data[k]!r}. Write it as ([0, 1], 1).")
    return data[k][0], data[k][1]


def numbers_of(trainable: Trainable, k: int, first: Example) -> list[list[float]]:
    """Return the inputs and the targets of example k, as many as those of the first."""
    x, y = pair(trainable.data, k)
    target = target_of(y, len(first.outputs))
    found = [floats(x, f"The inputs of example {k}"), floats(target, f"The target of example {k}")]
    if list(map(len, found)) != [len(first.inputs), len(first.targets)]:
        raise DataError(
            f"Example {k} has {len(found[0])} inputs and {len(found[1])} targets, and example 0 has {len(first.inputs)} and {len(first.targets)}. "
            "One network takes examples of one form."
        )
    return found


def leaves(numbers: Any, name: str, what: str) -> list[Value]:
    """Return the leaves of a number, x, or of a list of them, x1, x2 and so on."""
    found = floats(numbers, what)
    return [Value(x, f"{name}{i}" if len(found) > 1 else name) for i, x in enumerate(found, 1)]


def floats(numbers: Any, what: str) -> list[float]:
    """Return a number, or a list of them, as a list of floats."""
    try:
        found = list(map(float, numbers)) if hasattr(numbers, "__len__") else [float(numbers)]
    except (TypeError, ValueError):
        raise DataError(f"{what}: {numbers!r} is no number and no list of numbers. Write [0.5, 1].") from None
    if not all(map(isfinite, found)):
        raise DataError(f"{what}: {numbers!r} is not finite. Leave the example out.")
    return found


def target_of(y: Any, outputs: int) -> Any:
    """Return a target as the loss takes it: a class among several outputs as one-hot."""
    return one_hot(y, outputs) if outputs > 1 and hasattr(y, "__index__") else y


def filled(numbers: Any, made: list[Value]) -> Any:
    """Return leaves in the form of the numbers: one, or a list."""
    return made if hasattr(numbers, "__len__") else made[0]


def one_hot(index: Any, count: int) -> list[float]:
    """Return a 1 at the place of a class among so many, and 0 elsewhere.

    >>> one_hot(1, 3)
    [0.0, 1.0, 0.0]
    """
    if not 0 <= index < count:
        raise DataError(f"The model has {count} outputs, for the classes 0 to {count - 1}, and a target is {index}.")
    return [float(i == index) for i in range(count)]


def tried(what: str, function: Callable[..., Any], *arguments: Any) -> Any:
    """Return what a function returns for an example; what goes wrong in it is said with what was tried."""
    try:
        return function(*arguments)
    except GraphError:  # a decision of Python's, where one looks for them
        raise
    except Exception as error:
        raise DataError(f"{what} fails: {error}") from error


def loss_of(loss: Callable[..., Value], given: Any, outputs: list[Value], target: Any, k: int) -> Value:
    """Return the loss of what a model returned; of a list of one output, the output itself where the loss takes no list."""
    what = f"The loss of example {k}, called as loss(model(inputs), target),"
    for out in outputs:
        if not isinstance(out, Value):
            raise DataError(
                f"The model returns no Value for example {k}, but {out!r}. Compute it from its parameters and inputs."
            )
    try:
        root = loss(given, target)
    except Exception:
        root = tried(what, loss, outputs[0] if len(outputs) == 1 else given, target)
    if not isinstance(root, Value):
        raise DataError(f"{what} is {root!r}, and a loss is one Value. Take the mean: (out - y) ** 2, or nn.mse_loss.")
    return root


def label(root: Value, outputs: list[Value]) -> None:
    """Give the loss and the outputs a name, where they have none."""
    for i, out in enumerate(outputs, 1):
        if not out.label and out is not root:
            out.label = f"ŷ{i}" if len(outputs) > 1 else "ŷ"
    if not root.label:
        root.label = "L"
