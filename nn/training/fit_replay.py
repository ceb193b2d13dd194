"""fit(…, replay=True): the model and its loss are recorded once, on one example, and run on whole batches as arrays.

The steps and the history are those of fit without it, up to rounding: sums are added in another order. What a record
would freeze is refused: dropout, an `if` on data, a random number of the model's own. The first batch is computed both
ways, and must agree.

Targets enter as numbers. A class number, the target of a model with several outputs, enters as a one-hot list, so the
loss has to take one, as cross_entropy and categorical_cross_entropy do. What a loss refuses in a target is looked for
in the first batch only. A batch that a record refuses, for a NaN in it, the model computes itself, and fit says what is wrong.
"""

import math
import operator
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from autograd import AutogradError, DataError, GraphError, Value, no_grad, record
from nn.checks import as_list
from nn.data.batching import Data, finite_example, one_hot, unzipped
from nn.optim.newton import Newton
from nn.regularization import BatchNorm, BatchNorm1d, Dropout
from nn.training.evaluation import in_mode, one_value, training_losses
from nn.training.run import Run

if TYPE_CHECKING:
    from autograd.replay import Replay

FROZEN = {
    BatchNorm1d: "it looks at a whole batch, and a record at one example",
    Dropout: "it draws another mask for each example, and a record keeps the first one for all",
    BatchNorm: "it looks at a whole batch, and a record at one example",
}

CANNOT = (
    "The model and its loss cannot be recorded: {error}. With replay=True all numbers are Values, and a class number is a one-hot list: "
    "nn.cross_entropy takes it, an index into the outputs does not. Correct that, or leave replay=True out."
)

ONCE = "With replay=True the model, its loss and the penalty are recorded once, before the first epoch. Change them before fit, or leave replay=True out."


class Replayed:
    """The losses of a training, by a record of the model and its loss."""

    def __init__(self, run: Run, eager: Any) -> None:
        refuse_what_would_freeze(run)
        self.run, self.eager, self.classes = run, eager, class_count(run)
        self.training = self.recorded(run.data, training=True)
        self.evaluation = None if run.validation is None else self.recorded(run.validation, training=False)

    def batch(self, inputs: Sequence[Any], targets: Sequence[Any]) -> Any:
        """Return the mean loss over a batch, and the penalty on top."""
        try:
            return self.training(inputs, self.numbers(targets))
        except DataError:  # it takes no NaN
            return self.eager.batch(inputs, targets)
        except GraphError as error:
            error.add_note(ONCE)
            raise

    def validation(self) -> float:
        """Return the mean loss over the validation data."""
        inputs, targets = unzipped(self.run.validation or ())
        try:
            with in_mode(self.run.model, False):
                losses = self.evaluation.values(inputs, self.numbers(targets))  # type: ignore[union-attr]
        except DataError:
            return self.eager.validation()  # type: ignore[no-any-return]
        return math.fsum(losses) / len(inputs)

    def numbers(self, targets: Sequence[Any]) -> Any:
        """Return targets as a record takes them: class numbers one-hot."""
        return one_hot(targets, self.classes) if self.classes else targets

    def recorded(self, data: Data[object], training: bool) -> "Replay":
        """Return the record of the loss, once it agrees with the model on the first batch."""

        run = self.run

        # What is `used` is in reach of the record, which notices a change in it.
        def loss(inputs: Any, target: Any, used: object = (run.model, run.loss, run.penalty)) -> Value:
            return self.example(inputs, target, training)

        inputs, targets = unzipped(data)
        numbers = self.numbers(targets)
        with in_mode(self.run.model, training):
            try:
                program = record(loss, inputs[0], numbers[0], check=(inputs[-1], numbers[-1]))
            except AutogradError as error:
                error.add_note("This was while fit recorded the model and its loss for replay=True.")
                raise
            except Exception as error:
                raise DataError(CANNOT.format(error=error)) from error
            batch = [pair for pair in zip(inputs, numbers, strict=True) if finite_example(pair)][: self.run.batch_size]
            with no_grad():
                eager = [self.example(x, y, training).data for x, y in batch]
            if batch:
                agree(eager, program.values(*unzipped(batch)))
        return program

    def example(self, inputs: Any, target: Any, training: bool) -> Value:
        """Return the loss of one example, and in training the penalty on top."""
        run = self.run
        (loss,) = training_losses(run, [inputs], [target])
        return loss + one_value("A penalty", run.penalty, run.penalty()) if training and run.penalty else loss


def refuse_what_would_freeze(run: Run) -> None:
    """Refuse what a record cannot do."""
    for module in run.model.modules():
        for kind, why in FROZEN.items():
            if isinstance(module, kind):
                raise GraphError(f"{kind.__name__} cannot be replayed: {why}. Leave replay=True out, or {module!r}.")
    if isinstance(run.optimizer, Newton):
        raise GraphError(
            "Newton's method differentiates the loss twice, and a record holds first derivatives only. Leave replay=True out, or take Adam."
        )


def class_count(run: Run) -> int:
    """Return the number of classes, if the model has several outputs and every target is a whole number; else 0."""
    model: Any = run.model
    with no_grad(), in_mode(model, False):
        outputs = len(as_list(model(run.data[0][0])))
    targets = [y for data in (run.data, run.validation or ()) for _, y in data]
    return outputs if outputs > 1 and all(map(is_whole, targets)) else 0


def is_whole(target: Any) -> bool:
    """Tell whether a target is a whole number; an array has `__index__` too, and raises."""
    try:
        return operator.index(target) is not None
    except TypeError:
        return False


def agree(eager: Sequence[float], replayed: Sequence[float]) -> None:
    """Refuse a record that does not compute what the model computes."""
    for i, (ours, theirs) in enumerate(zip(eager, replayed, strict=True)):
        if not math.isclose(ours, theirs, rel_tol=1e-9, abs_tol=1e-12) and ours == ours:
            raise GraphError(
                f"The record does not compute what the model computes: the loss of example {i} is {ours:.6g} by the model, and {theirs:.6g} by the record. "
                "Somewhere Python decides by the data (an if, the length of a loop, a random number). Let an operation choose, or leave replay=True out."
            )
