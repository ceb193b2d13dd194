"""phases: training as one stream of events, with the four phases of each step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar, cast

from autograd.explain.events import Event, Names, Update
from autograd.explain.stepper import backward, forward, order_of, snapshot
from autograd.graph import topological_order
from autograd.value import Value

Input = TypeVar("Input")
Target = TypeVar("Target")
Outputs = TypeVar("Outputs")


class OptimizerLike(Protocol):
    """What `phases` needs of an optimizer: its parameters, and the two calls of a training step."""

    @property
    def parameters(self) -> Iterable[Value]:
        """The Values that it moves."""

    def zero_grad(self) -> None:
        """Forget the gradients."""

    def step(self) -> object:
        """Move the parameters."""


def phases(
    model: Callable[[Input], Outputs],
    loss_fn: Callable[[list[Outputs], Sequence[Target]], Value],
    batch: tuple[Sequence[Input], Sequence[Target]],
    optimizer: OptimizerLike,
    rounds: int = 1,
) -> Iterator[Event]:
    """Train, and yield the four phases of each step as one stream: forward, loss, backward, update.

    >>> w = Value(3.0, "w")
    >>> class Descent:  # any optimizer with zero_grad and step will do, nn.SGD say
    ...     lr, parameters = 0.01, [w]
    ...     def zero_grad(self): w.grad = None
    ...     def step(self): w.data -= self.lr * w.grad
    >>> for event in phases(lambda x: w * x, lambda outputs, ys: (outputs[0] - ys[0]) ** 2, ([2.0], [10.0]), Descent()):
    ...     print(f"{event.phase:<8}", event.lines[-1])
    forward  v1 = w·2 = 3·2 = 6
    loss     v2 = v1 − 10 = 6 − 10 = −4
    loss     v3 = v2² = (−4)² = 16
    backward ∂v3/∂v3 = 1
    backward ∂v3/∂v3 = 1
    backward ∂v3/∂v2 = 1 · (−8) = −8
    backward ∂v3/∂v2 = −8
    backward ∂v3/∂v1 = ∂v3/∂v2 · ∂v2/∂v1 = −8 · 1 = −8
    backward ∂v3/∂v1 = 2(v1 − 10) = −8
    backward ∂v3/∂w = ∂v3/∂v1 · ∂v1/∂w = −8 · 2 = −16
    backward ∂v3/∂w = 2(v1 − 10)·2 = −16
    update   w ← 3 − 0.01 · (−16) = 3.16

    `batch` is a pair of lists, inputs and targets; a model that returns a list of one output counts as returning that one.
    The events of a training step come after the step: the parameters really move. Raises GraphError where the loss is not a
    Value.
    """
    inputs, targets = batch
    for k in range(rounds):
        outputs = [single(model(x)) for x in inputs]
        loss = loss_fn(outputs, targets)
        order = order_of("phases", loss)
        optimizer.zero_grad()
        loss.backward()
        named = snapshot(order)
        passes = [*forward(order, named), *backward(order, named)]
        optimizer.step()
        made_by_model = set().union(*(topological_order(node) for node in flattened(outputs)))
        yield from (replace(event, round=k, phase=phase_of(event, made_by_model)) for event in passes)
        yield from (replace(event, round=k) for event in moved(order, named, optimizer))


def single(outputs: Outputs) -> Outputs:
    """Return the one output of a list of one, and anything else as it is."""
    return cast(Outputs, outputs[0]) if isinstance(outputs, list) and len(outputs) == 1 else outputs


def flattened(outputs: object) -> Iterator[Value]:
    """Yield the Values in nested lists."""
    if isinstance(outputs, Value):
        yield outputs
    elif isinstance(outputs, Iterable):
        for output in outputs:
            yield from flattened(output)


def phase_of(event: Event, made_by_model: set[Value]) -> str:
    """Return the phase of an event; what is computed after the model's outputs is the loss."""
    return "loss" if event.phase == "forward" and event.node not in made_by_model else event.phase


def moved(order: list[Value], named: Names, optimizer: OptimizerLike) -> Iterator[Update]:
    """Yield an Update for each parameter that had a gradient, written as gradient descent where it was that."""
    in_graph, lr = set(order), getattr(optimizer, "lr", None)
    for p in optimizer.parameters:
        if p in in_graph and p.grad is not None:
            before = named[p].data
            plain = lr is not None and p.data == before - lr * p.grad
            yield Update(node=p, names=named, before=before, gradient=p.grad, after=p.data, lr=lr if plain else None)
