"""Callbacks: what `fit` does besides learning.

A callback is a function of the run, called after each epoch, or an object with some of these methods:

    on_train_begin(run)             before the first step
    on_before_optimizer_step(run)   after the backward pass: here gradients are clipped
    on_step_end(run)                after the update
    on_epoch_end(run)               after the validation
    on_train_end(run)               after the last epoch, or when the training was broken off

run.model, run.optimizer, run.history, … take part in it; run.stop("why") ends the training after this epoch.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TypedDict

from autograd import DataError, MissingPackageError
from autograd.file_io import check_place
from autograd.graph import number
from autograd.packages import installed
from nn.checks import check_count, first_three
from nn.errors import StateError
from nn.nested import Nested
from nn.training.checkpoint import save_checkpoint
from nn.training.run import Run


class EarlyStoppingState(TypedDict):
    """What early stopping remembers."""

    best_loss: float | None
    best_epoch: int
    waited: int
    best_state: dict[str, Nested] | None


class EarlyStopping:
    """Stop when the validation loss has not been lower for `patience` epochs, and go back to the best weights.

    >>> stopping = EarlyStopping(patience=2)
    >>> [stopping.observe(epoch, loss) for epoch, loss in enumerate([2.6, 0.9, 0.85, 0.9, 0.95], 1)]
    [False, False, False, False, True]
    >>> stopping.best_epoch, stopping.best_loss
    (3, 0.85)

    A loss that equals the best is no improvement. The best epoch is the one with the lowest validation loss, not the one
    where the two curves begin to part.
    With restore_best=False the last weights stay. PyTorch has no early stopping.
    """

    def __init__(self, patience: int = 5, restore_best: bool = True) -> None:
        self.patience, self.restore_best = check_count("patience", patience), restore_best
        self.forget()

    def forget(self) -> None:
        """Begin anew."""
        self.best_loss: float | None = None
        self.best_epoch = self.waited = 0
        self.best_state: dict[str, Nested] | None = None

    def observe(self, epoch: int, loss: float) -> bool:
        """Take note of an epoch's validation loss, and tell whether it is time to stop."""
        better = self.best_loss is None or loss < self.best_loss
        if better:
            self.best_loss, self.best_epoch = loss, epoch
        self.waited = 0 if better else self.waited + 1
        return self.waited >= self.patience

    def on_train_begin(self, run: Run) -> None:
        """Begin anew, unless the training goes on from a checkpoint."""
        if run.validation is None:
            raise DataError("EarlyStopping watches the validation loss, and there is none. Give fit validation=….")
        if not run.history.epochs:
            self.forget()

    def on_epoch_end(self, run: Run) -> None:
        """Keep the weights if they are the best, and stop if the patience is at its end."""
        epoch = run.history.epochs
        enough = self.observe(epoch, run.history.validation_loss[-1])
        if self.best_epoch == epoch:
            self.best_state = run.model.state_dict()
        if enough:
            run.stop(f"stopped early after epoch {epoch}: the validation loss was best in epoch {self.best_epoch}")

    def on_train_end(self, run: Run) -> None:
        """Go back to the best weights."""
        if self.restore_best and self.best_state is not None:
            run.model.load_state_dict(self.best_state)

    def state_dict(self) -> EarlyStoppingState:
        """Return what it remembers."""
        return {
            "best_loss": self.best_loss,
            "best_epoch": self.best_epoch,
            "waited": self.waited,
            "best_state": self.best_state,
        }

    def load_state_dict(self, state: EarlyStoppingState) -> None:
        """Remember what another one did."""
        if set(state) != set(self.state_dict()):
            raise StateError(
                f"This is not a state of EarlyStopping: it has {first_three(state)}, not {', '.join(self.state_dict())}."
            )
        vars(self).update(state)


class Checkpoint:
    """Write the state of the training to a file after each epoch, or after every so many.

    `fit(…, resume=path)` goes on from it, with the same numbers as if it had never stopped.

    >>> import tempfile
    >>> from random import Random
    >>> from nn import MLP, SGD, fit, mse_loss, xor
    >>> def train(epochs, path, resume=None):
    ...     model = MLP(2, [3, 1], rng=Random(0))
    ...     optimizer = SGD(model.parameters(), lr=0.1)
    ...     callbacks = [Checkpoint(path)]
    ...     return fit(model, xor(), mse_loss, optimizer, epochs, callbacks=callbacks, rng=Random(1), resume=resume)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = f"{folder}/run.json"
    ...     whole, half, other_half = train(4, path), train(2, path), train(4, path, resume=path)
    >>> whole == other_half, half.epochs, other_half.epochs
    (True, 2, 4)
    """

    def __init__(self, path: str | Path, every: int = 1) -> None:
        self.path, self.every = path, check_count("every", every)

    def on_train_begin(self, run: Run) -> None:
        """Refuse a place where no file can be written, before an epoch is spent."""
        check_place(self.path)
        _ = run.settings  # as they are before the first step: a loss may count its calls

    def on_epoch_end(self, run: Run) -> None:
        """Write the file, if it is time; fit calls checkpoints after all other callbacks."""
        if run.history.epochs % self.every == 0 or run.history.stopped:
            save_checkpoint(self.path, run.state_dict())


class ProgressBar:
    """A bar on the terminal, one tick a step; `fit` adds it where there is a terminal and tqdm is installed."""

    def on_train_begin(self, run: Run) -> None:
        """Draw it."""
        try:
            from tqdm import tqdm
        except ImportError:
            raise MissingPackageError(
                "A progress bar is drawn by the package tqdm: pip install tqdm. Without it, fit prints nothing, and trains just as well."
            ) from None

        per_epoch = -(-len(run.data) // run.batch_size)
        self.bar = tqdm(total=run.epochs * per_epoch, initial=run.history.steps, unit="step")

    def on_step_end(self, run: Run) -> None:
        """Move it by one."""
        self.bar.update()

    def on_epoch_end(self, run: Run) -> None:
        """Show the losses."""
        losses = [curve[-1] for curve in (run.history.loss, run.history.validation_loss) if curve]
        self.bar.set_postfix_str(f"epoch {run.history.epochs}, loss " + ", validation ".join(map(number, losses)))

    def on_train_end(self, run: Run) -> None:
        """Leave it as it stands."""
        self.bar.close()


def progress() -> list[ProgressBar]:
    """Return a progress bar where one can be seen: on a terminal, with tqdm installed."""
    return [ProgressBar()] if sys.stderr.isatty() and installed("tqdm") else []
