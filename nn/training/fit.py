"""fit: the four-step dance, forward, loss, backward, update, for each batch of each epoch."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any, cast

from autograd import AutogradError, FileError, RangeError, Value, mean
from nn.data.batching import Data, batches
from nn.errors import FileStateError, TrainingError
from nn.module import Module
from nn.optim.flat import all_at_once
from nn.optim.newton import take_step
from nn.training.callbacks import Checkpoint, progress
from nn.training.checkpoint import bad_checkpoint, load_checkpoint
from nn.training.divergence import (
    check_backward,
    check_update,
    check_validation,
    is_finite,
    too_large,
    too_large_in_validation,
)
from nn.training.evaluation import accuracy as accuracy
from nn.training.evaluation import evaluate as evaluate
from nn.training.evaluation import one_value, training_losses
from nn.training.fit_replay import Replayed
from nn.training.history import History, is_history
from nn.training.logits import LogitsWarning
from nn.training.parts import FitOptimizer, FitSchedule
from nn.training.run import Callback, Loss, Penalty, Run, RunState, StepUnderWay


def fit(
    model: Module,
    data: Data[object],
    loss: Loss,
    optimizer: FitOptimizer,
    epochs: int = 10,
    batch_size: int = 32,
    schedule: FitSchedule | None = None,
    callbacks: Callback | Sequence[Callback] = (),
    validation: Data[object] | None = None,
    rng: Random | None = None,
    *,
    penalty: Penalty | None = None,
    resume: str | Path | None = None,
    replay: bool = False,
) -> History:
    """Train the model, and return the history.

    >>> from nn import MLP, SGD, mse_loss
    >>> from nn.data.datasets import linear_regression
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

    With replay=True the model and its loss are recorded once and run on whole batches as arrays, many times as fast: the
    same history up to rounding (see fit_replay.py for what cannot be recorded). Then the optimizer changes all parameters at
    once, too.

    Ctrl-C ends the training and returns the history so far; the step under way is made whole, or not at all. Where a
    checkpoint cannot be written, the FileError has the history so far, as `error.history`.
    Warns, with LogitsWarning, where a loss of logits is given the probabilities of a softmax or sigmoid: the graph of the
    first example shows it, before anything is learnt.
    Raises TrainingError at the first step at which the loss, a gradient or a parameter is not finite, or where the
    validation loss is NaN.
    """
    given = list(callbacks) if isinstance(callbacks, (list, tuple)) else [callbacks]
    callbacks = [*sorted(given, key=lambda callback: isinstance(callback, Checkpoint)), *progress()]
    run = Run(model, data, loss, optimizer, epochs, batch_size, schedule, callbacks, validation, rng, penalty, replay)
    losses = Replayed(run, Eager(run)) if replay else Eager(run)
    if resume is not None:
        resume_from(run, resume)
    tell(run, "on_train_begin")
    try:
        while run.history.epochs < run.epochs and not run.history.stopped:
            train_epoch(run, losses)
            tell(run, "on_epoch_end")
    except KeyboardInterrupt:
        end_what_is_under_way(run)
        run.history.stopped = f"interrupted in {run.place}"
    except FileError as error:
        error.history = run.history  # type: ignore[attr-defined]
        error.add_note("The training ended there. Its history so far is in the error's attribute `history`.")
        raise
    finally:
        tell(run, "on_train_end")
    return run.history


def resume_from(run: Run, path: str | Path) -> None:
    """Go on from a checkpoint; one that does not fit changes nothing.

    Raises DataError for a checkpoint of another training, FormatError for a file that holds something else.
    """
    state = load_checkpoint(path)
    made = state.get("made with")
    if not isinstance(made, dict) or run.settings.keys() - made.keys() or not is_history(state.get("history")):
        raise bad_checkpoint(path, "it does not hold the state of a training", FileStateError)
    whole = cast(RunState, state)
    run.check_resumable(whole)
    try:
        run.load_state_dict(whole)
    except Exception as error:  # whatever a part says of a state that is not one
        raise bad_checkpoint(path, f"a part of its state does not fit: {error}", FileStateError) from error


def train_epoch(run: Run, losses: Eager | Replayed) -> None:
    """Learn from each batch once, and write the epoch into the history."""
    history, total = run.history, 0.0
    run.train()
    for inputs, targets in batches(run.data, run.batch_size, run.rng):
        total += train_step(run, losses, inputs, targets) * len(inputs)
        tell(run, "on_step_end")
    validation_loss = [] if run.validation is None else [validated(run, losses)]
    all_at_once(
        [
            (history.loss.append, total / len(run.data)),
            (history.validation_loss.extend, validation_loss),
            (history.lr.append, run.optimizer.lr),
            (setattr, run, "before_rate", run.rate),
        ]
    )
    step_schedule(run)


def train_step(run: Run, losses: Eager | Replayed, inputs: Sequence[Any], targets: Sequence[Any]) -> float:
    """Learn from one batch: forward, loss, backward, update. Return the loss."""
    run.optimizer.zero_grad()
    with naming_the_place(run):
        loss = losses.batch(inputs, targets)
        warn_of_logits(run)
        loss.backward()
        check_backward(run, loss.data, inputs, targets)
        tell(run, "on_before_optimizer_step")
        run.before_step = StepUnderWay(run, loss.data)
        take_step(run.optimizer, loss)
        check_update(run, run.before_step)
    run.history.step_loss.append(loss.data)
    return loss.data


def warn_of_logits(run: Run) -> None:
    """Warn, once, where the first example showed a loss of logits on probabilities."""
    if run.twice:
        sentence, run.twice = run.twice, ""
        warnings.warn(sentence, LogitsWarning, stacklevel=5)  # at the line that calls fit


def end_what_is_under_way(run: Run) -> None:
    """After an interruption, make the history, the optimizer and the schedule agree on the steps and the epochs that were made."""
    step = run.before_step
    if step is not None and step.number == run.history.steps and step.made():
        if is_finite(run):
            run.history.step_loss.append(step.loss)
        else:
            step.undo()
    if run.before_rate == run.rate:
        step_schedule(run)


def step_schedule(run: Run) -> None:
    """Let the schedule make its step at the end of an epoch, if there is one."""
    if run.schedule is not None:
        run.schedule.step()
    run.before_rate = None


def validated(run: Run, losses: Eager | Replayed) -> float:
    """Return the validation loss, if it is a number."""
    try:
        loss = losses.validation()
    except RangeError as error:
        raise too_large_in_validation(run, error) from error
    check_validation(run, loss)
    return loss


@contextmanager
def naming_the_place(run: Run) -> Iterator[None]:
    """Say of an error in which step of the training it was; a TrainingError says so itself."""
    try:
        yield
    except RangeError as error:
        raise too_large(run, error) from error
    except AutogradError as error:
        if not isinstance(error, TrainingError):
            error.add_note(f"This was in {run.place} of training.")
        raise


class Eager:
    """The losses of a training, as the model computes them: a graph for each example."""

    def __init__(self, run: Run) -> None:
        self.run = run

    def batch(self, inputs: Sequence[Any], targets: Sequence[Any]) -> Value:
        """Return the mean loss over a batch, and the penalty on top."""
        run = self.run
        loss = mean(training_losses(run, inputs, targets))
        return loss if run.penalty is None else loss + one_value("A penalty", run.penalty, run.penalty())

    def validation(self) -> float:
        """Return the mean loss over the validation data."""
        return evaluate(self.run.model, self.run.validation or (), self.run.loss)


def tell(run: Run, event: str) -> None:
    """Call each callback that has something to do; a plain function is called after each epoch."""
    for callback in run.callbacks:
        method = getattr(callback, event, callback if event == "on_epoch_end" and callable(callback) else None)
        if method is not None:
            method(run)
