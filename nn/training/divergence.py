"""Why a training ran out of numbers: an example that is not finite, or the first parameter that is not."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

from autograd import RangeError
from autograd.graph import number
from nn.checks import shortened
from nn.data.batching import Data, Example, finite_example
from nn.errors import TrainingError
from nn.optim.flat import all_finite
from nn.training.run import Run, StepUnderWay


def check_backward(run: Run, loss: float, inputs: Sequence[Any], targets: Sequence[Any]) -> None:
    """Raise TrainingError, before any weight is changed, if the loss or a gradient is not finite."""
    if math.isfinite(loss) and all(map(all_finite, run.gradients)):
        return
    name, sentence = first_not_finite(run)
    said = f"at {run.place}: the loss is {loss}. {sentence}This step has changed no weight."
    raise stopped(run, said, name, bad_example("training", run.data, zip(inputs, targets, strict=True)))


def too_large(run: Run, error: RangeError) -> TrainingError:
    """Return the error that ends a training whose numbers have outgrown the floats."""
    name, sentence = largest_parameter(run)
    return stopped(run, f"at {run.place}: {error} {sentence}This step has changed no weight.", name)


def too_large_in_validation(run: Run, error: RangeError) -> TrainingError:
    """Return the error for a validation whose numbers have outgrown the floats."""
    name, sentence = largest_parameter(run)
    return stopped(run, f"after step {run.history.steps}, in the validation: {error} {sentence}", name, steps=0)


def check_update(run: Run, step: StepUnderWay) -> None:
    """Raise TrainingError, and undo the step, if it made a parameter infinite or NaN."""
    if is_finite(run):
        return
    name, p = next((name, p) for name, p in run.parameters if not math.isfinite(p.data))
    made = p.data
    step.undo()
    sentence = f"the first parameter that its update would make not finite is {name}, from {number(p.data)} to {made}."
    raise stopped(run, f"at {run.place}: {sentence} It was undone: this step has changed no weight.", name)


def is_finite(run: Run) -> bool:
    """Tell whether every parameter is finite."""
    return all(all_finite(part.data) for part in run.parts)


def check_validation(run: Run, loss: float) -> None:
    """Raise TrainingError if the validation loss is NaN. One that is infinite can be meant: allow_inf=True."""
    if not math.isnan(loss) or run.validation is None:
        return
    name, sentence = largest_parameter(run)
    example = bad_example("validation", run.validation, run.validation)
    said = f"after step {run.history.steps}: the validation loss is {loss}. {'' if example else sentence}"
    raise stopped(run, said, name, example, steps=0)


def stopped(run: Run, words: str, parameter: str, example: str = "", steps: int = 1) -> TrainingError:
    """Return the error that ends a training, with what would work: where an example is the cause, no other rate helps."""
    remedy = example or (
        f"Lower the learning rate (now {number(run.optimizer.lr)}), clip the gradients, standardise the inputs, or use a loss on logits."
    )
    return TrainingError(
        f"Training stopped {words.strip()} {remedy}", run.history.steps + steps, parameter, run.history
    )


def first_not_finite(run: Run) -> tuple[str, str]:
    """Return the name of the first parameter that is not finite, or whose gradient is not, and a sentence about it."""
    for name, p in run.parameters:
        if not math.isfinite(p.data):
            return name, f"The first parameter that is not finite is {name}: {p.data}, before this step. "
    for name, p in run.parameters:
        if p.grad is not None and not math.isfinite(p.grad):
            return name, f"The first parameter whose gradient is not finite is {name}: {p.grad}. "
    return largest_parameter(run)


def largest_parameter(run: Run) -> tuple[str, str]:
    """Return the name of the largest parameter, where all are still finite, and a sentence about it."""
    name, p = max(run.parameters, key=lambda named: abs(named[1].data))
    return name, f"Every parameter is still finite; the largest is {name}: {number(p.data)}. "


def bad_example(of: str, data: Data[object], candidates: Iterable[Example[object]]) -> str:
    """Return a sentence about the first example that is not finite, if there is one: then the data is the cause."""
    for inputs, target in candidates:
        if not finite_example((inputs, target)):
            place = next((i for i, (x, y) in enumerate(data) if x is inputs and y is target), "?")
            return (
                f"Example {place} of the {of} data (counted from 0) is to blame, which holds a number that is not finite: "
                f"{shortened((inputs, target))}. Correct it or leave it out."
            )
    return ""
