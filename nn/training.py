"""fit: the four-step dance, forward, loss, backward, update, for each batch of each epoch."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

from autograd import AutogradError, DataError, Value, mean, no_grad
from nn.batching import Data, batches, checked
from nn.callbacks import Checkpoint, progress
from nn.checkpoint import load_checkpoint
from nn.checks import as_list, few
from nn.module import Module
from nn.run import History, Loss, Run


def fit(
    model: Module,
    data: Data,
    loss: Loss,
    optimizer: Any,
    epochs: int = 10,
    batch_size: int = 32,
    schedule: Any = None,
    callbacks: Sequence[Any] = (),
    validation: Data | None = None,
    rng: Random | None = None,
    *,
    penalty: Callable[[], Value] | None = None,
    resume: str | Path | None = None,
) -> History:
    """Train the model, and return the history.

    >>> from nn import MLP, SGD, mse_loss
    >>> from nn.data import linear_regression
    >>> line = MLP(1, [1], rng=Random(0))
    >>> data = linear_regression(20, weights=[2.0], bias=1.0, noise=0, rng=Random(0))
    >>> history = fit(line, data, mse_loss, SGD(line.parameters(), lr=0.2), epochs=40, batch_size=10, rng=Random(0))
    >>> [round(p.data, 3) for p in line.parameters()], history.epochs, history.steps
    ([2.0, 1.0], 40, 80)

    `data` is a list of pairs (inputs, target). `loss(model(inputs), target)` is the loss of one example, a Value; a
    batch's loss is the mean over its examples. So mse_loss takes a number as the target (or a list, for several
    outputs), cross_entropy the index of the class, the hinge loss −1 or 1. A `penalty` on the weights is a function
    without arguments; its Value is added to each batch's loss, not to the validation loss.

    Each epoch the data is shuffled by `rng`, and cut into batches; each batch is one step of the optimizer. After each
    epoch the loss on `validation` is computed (in evaluation mode), the schedule makes its step, and the callbacks are
    called (see callbacks.py). With resume=path, the training goes on from a checkpoint up to `epochs` in all: the same
    numbers, bit for bit, as if it had not been interrupted.

    Ctrl-C ends the training and returns the history so far; the step under way may be half done, a checkpoint never is.
    Raises TrainingError at the first step at which the loss,
    a gradient or a parameter is not finite.
    """
    callbacks = sorted([*as_list(callbacks), *progress()], key=lambda callback: isinstance(callback, Checkpoint))
    run = Run(model, data, loss, optimizer, epochs, batch_size, schedule, callbacks, validation, rng, penalty)
    if resume is not None:
        run.load_state_dict(load_checkpoint(resume))
    tell(run, "on_train_begin")
    try:
        while run.history.epochs < run.epochs and not run.history.stopped:
            train_epoch(run)
            tell(run, "on_epoch_end")
    except KeyboardInterrupt:
        run.history.stopped = f"interrupted in {run.place}"
    finally:
        tell(run, "on_train_end")
    return run.history


def train_epoch(run: Run) -> None:
    """Learn from each batch once, and write the epoch into the history."""
    history, total = run.history, 0.0
    run.model.train()
    for inputs, targets in batches(run.data, run.batch_size, run.rng):
        total += train_step(run, inputs, targets) * len(inputs)
        tell(run, "on_step_end")
    validation_loss = [] if run.validation is None else [evaluate(run.model, run.validation, run.loss)]
    history.loss.append(total / len(run.data))
    history.validation_loss += validation_loss
    history.lr.append(run.optimizer.lr)
    if run.schedule is not None:
        run.schedule.step()


def train_step(run: Run, inputs: Sequence[Any], targets: Sequence[Any]) -> float:
    """Learn from one batch: forward, loss, backward, update. Return the loss."""
    run.optimizer.zero_grad()
    try:
        loss = batch_loss(run.model, run.loss, inputs, targets)
        loss = loss if run.penalty is None else loss + run.penalty()
    except AutogradError as error:
        error.add_note(f"This was in {run.place} of training.")
        raise
    loss.backward()
    run.check_finite(loss.data, inputs, targets)
    tell(run, "on_before_optimizer_step")
    run.optimizer.step()
    run.history.step_loss.append(loss.data)
    return loss.data


def batch_loss(model: Module, loss: Loss, inputs: Sequence[Any], targets: Sequence[Any]) -> Value:
    """Return the mean loss over a batch."""
    return mean([example_loss(model, loss, x, y) for x, y in zip(inputs, targets, strict=True)])


def example_loss(model: Any, loss: Loss, inputs: Any, target: Any) -> Value:
    """Return the loss of one example, if it is one Value."""
    value = loss(model(inputs), target)
    if not isinstance(value, Value):
        raise DataError(
            f"A loss returns one Value for one example, and {getattr(loss, '__name__', 'this one')} returned {few(value)}. "
            'It is called as loss(model(inputs), target); with reduction="none" it returns a list: leave that out.'
        )
    return value


def evaluate(model: Module, data: Data, loss: Loss) -> float:
    """Return the mean loss over the data, in evaluation mode, with no graph.

    >>> from nn import Neuron, mse_loss
    >>> evaluate(Neuron(1, "linear", weights=[2.0], bias=1.0), [([1.0], 3.0), ([2.0], 6.0)], mse_loss)
    0.5
    """
    with evaluation(model):
        return mean([example_loss(model, loss, x, y) for x, y in checked(data)]).data


def accuracy(model: Any, data: Data, threshold: float | None = None) -> float:
    """Return the share of examples that are classified right.

    >>> from nn import Neuron
    >>> from nn.data import xor
    >>> accuracy(Neuron(2, "linear", weights=[1, 1], bias=-0.2), xor())  # (1, 1) is 1.8, and taken for 1
    0.75

    With several outputs, the largest is the class; the target is its index, or one-hot. With one output, the data's
    two labels are told apart at the `threshold`: without it, halfway between the labels (0.5 for 0 and 1, 0 for −1
    and 1). For logits with labels 0 and 1 it is 0.
    """
    labels = sorted({answer(y) for _, y in checked(data)})
    with evaluation(model):
        right = [predicted(model(x), labels, threshold) == answer(y) for x, y in data]
    return right.count(True) / len(right)


def predicted(outputs: Any, labels: Sequence[float], threshold: float | None) -> float:
    """Return the class that a model's outputs speak for."""
    numbers = [output.data for output in as_list(outputs)]
    if len(numbers) > 1:
        return numbers.index(max(numbers))
    if not 1 <= len(labels) <= 2:
        raise DataError(
            f"One output tells two classes apart, and the data has {len(labels)} labels. Give the model one output a class."
        )
    middle = (labels[0] + labels[-1]) / 2 if threshold is None else threshold
    return labels[-1] if numbers[0] > middle else labels[0]


def answer(target: Any) -> float:
    """Return the class that a target stands for: a number, alone or in a list of one, or the place of the largest."""
    numbers = list(as_list(target))
    return numbers.index(max(numbers)) if len(numbers) > 1 else numbers[0]


@contextmanager
def evaluation(model: Module) -> Iterator[None]:
    """Compute with no graph and in evaluation mode, and leave every module in the mode it was in."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        with no_grad():
            yield
    finally:
        for module, mode in modes:
            module.training = mode


def tell(run: Run, event: str) -> None:
    """Call each callback that has something to do; a plain function is called after each epoch."""
    for callback in run.callbacks:
        method = getattr(callback, event, callback if event == "on_epoch_end" and callable(callback) else None)
        if method is not None:
            method(run)
