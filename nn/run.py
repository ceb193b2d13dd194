"""One training as it goes: its parts, its history, and its state, from which it can go on."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from random import Random
from typing import Any

from autograd import DataError, GraphError, Value
from nn.batching import Data, checked
from nn.checks import as_list, few, generator, whole
from nn.errors import TrainingError
from nn.module import Module

Loss = Callable[[Any, Any], Value]


@dataclass
class History:
    """What happened in training.

    >>> history = History(loss=[2.5, 1.2], validation_loss=[2.6, 1.3], lr=[0.1, 0.1], step_loss=[3.0, 2.0, 1.4, 1.0])
    >>> print(history)
    2 epochs, 4 steps: loss 2.5 → 1.2, validation loss 2.6 → 1.3

    One number an epoch: `loss` (the mean over the examples, while it learned), `validation_loss` (after the epoch;
    empty without validation data), `lr`. One number a step: `step_loss`. `stopped` says why it ended early, if it did.
    """

    loss: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    lr: list[float] = field(default_factory=list)
    step_loss: list[float] = field(default_factory=list)
    stopped: str = ""

    @property
    def epochs(self) -> int:
        """How many epochs were finished."""
        return len(self.loss)

    @property
    def steps(self) -> int:
        """How many batches were learned from: the iterations."""
        return len(self.step_loss)

    def __str__(self) -> str:
        words = [
            f"{name} {curve[0]:.4g} → {curve[-1]:.4g}"
            for name, curve in (("loss", self.loss), ("validation loss", self.validation_loss))
            if curve
        ]
        counts = f"{self.epochs} epochs, {self.steps} steps"
        return f"{counts}{': ' if words else ''}{', '.join(words)}{f'; {self.stopped}' if self.stopped else ''}"


class Run:
    """All that takes part in one training: what `fit` hands to its callbacks."""

    def __init__(
        self,
        model: Module,
        data: Data,
        loss: Loss,
        optimizer: Any,
        epochs: int,
        batch_size: int,
        schedule: Any,
        callbacks: Sequence[Any],
        validation: Data | None,
        rng: Random | None,
        penalty: Callable[[], Value] | None = None,
    ) -> None:
        self.model, self.loss, self.optimizer, self.schedule, self.penalty = model, loss, optimizer, schedule, penalty
        self.data, self.validation = checked(data), None if validation is None else checked(validation)
        self.epochs, self.batch_size = whole("epochs", epochs), whole("batch_size", batch_size)
        self.callbacks, self.rng, self.history = [callback(c) for c in callbacks], generator(rng), History()
        self.parameters = list(model.named_parameters())
        check_parts(self)

    def stop(self, reason: str) -> None:
        """Ask for the training to end after this epoch."""
        self.history.stopped = reason

    @property
    def place(self) -> str:
        """Where the training is, in words: the step that comes next, counted from 1."""
        per_epoch = math.ceil(len(self.data) / self.batch_size)
        steps = self.history.steps
        return (
            f"step {steps + 1} (epoch {self.history.epochs + 1}, batch {steps - self.history.epochs * per_epoch + 1})"
        )

    def state_dict(self) -> dict[str, Any]:
        """Return all that decides how the training goes on."""
        return {
            "made with": self.settings(),
            "model": self.model.state_dict(),
            "optimizer": state_of(self.optimizer),
            "schedule": state_of(self.schedule),
            "callbacks": {name: state_of(part) for name, part in self.named_callbacks()},
            "rng": [rng.getstate() for rng in self.generators()],
            "history": asdict(self.history),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go back to a state; one that does not fit changes nothing."""
        if state.get("made with") != self.settings():
            raise DataError(
                f"This checkpoint was made with {state.get('made with')}, and this training has {self.settings()}: its numbers would not be those "
                "of an unbroken run. Give fit the same parts; or take the weights alone: model.load_state_dict(load_checkpoint(path)['model'])."
            )
        before = self.state_dict()
        try:
            self.restore(state)
        except BaseException:
            self.restore(before)
            raise

    def restore(self, state: dict[str, Any]) -> None:
        """Set each part to its state."""
        self.model.load_state_dict(state["model"])
        load_state(self.optimizer, state["optimizer"])
        load_state(self.schedule, state["schedule"])
        for name, part in self.named_callbacks():
            load_state(part, state["callbacks"].get(name))
        for rng, numbers in zip(self.generators(), state["rng"], strict=True):
            rng.setstate(numbers)
        self.history = History(**state["history"])

    def settings(self) -> dict[str, Any]:
        """Return what a later run must have in common with this one."""
        names = {part: type(getattr(self, part)).__name__ for part in ("model", "optimizer", "schedule")}
        return {**names, "examples": len(self.data), "batch_size": self.batch_size}

    def generators(self) -> list[Random]:
        """Return the random generators: that of the shuffling, and those that modules (dropout) keep."""
        return [
            self.rng,
            *(x for module in self.model.modules() for x in vars(module).values() if isinstance(x, Random)),
        ]

    def named_callbacks(self) -> Iterator[tuple[str, Any]]:
        """Yield the callbacks that have a state, with a name for each."""
        kinds = [type(part).__name__ for part in self.callbacks]
        for i, (kind, part) in enumerate(zip(kinds, self.callbacks, strict=True)):
            if hasattr(part, "state_dict"):
                yield f"{kind} {kinds[:i].count(kind) + 1}", part

    def check_finite(self, loss: float, inputs: Sequence[Any], targets: Sequence[Any]) -> None:
        """Raise TrainingError, before any weight is changed, if the loss, a parameter or a gradient is not finite."""
        grads = [p.grad for _, p in self.parameters if p.grad is not None]
        if all(map(math.isfinite, [loss, *(p.data for _, p in self.parameters), *grads])):
            return
        name, blame = self.culprit(inputs, targets)
        raise TrainingError(
            f"Training stopped at {self.place}: the loss is {loss}. {blame}This step has changed no weight. "
            f"Lower the learning rate (now {self.optimizer.lr:g}), clip the gradients, standardise the inputs, or use a loss on logits.",
            self.history.steps + 1,
            name,
            self.history,
        )

    def culprit(self, inputs: Sequence[Any], targets: Sequence[Any]) -> tuple[str, str]:
        """Return the first parameter that is not finite, or whose gradient is not, and what there is to say about it."""
        for name, parameter in self.parameters:
            if not math.isfinite(parameter.data):
                return (
                    name,
                    f"The first parameter that is not finite is {name}: {parameter.data}, since an earlier update. ",
                )
        spoiled = [(name, p.grad) for name, p in self.parameters if p.grad is not None and not math.isfinite(p.grad)]
        if spoiled:
            name, gradient = spoiled[0]
            return (
                name,
                f"The first parameter whose gradient is not finite is {name}: {gradient}. {bad_example(inputs, targets)}",
            )
        name, largest = max(self.parameters, key=lambda named: abs(named[1].data))
        return (
            name,
            f"Every parameter and gradient is still finite; the largest parameter is {name}: {largest.data:.4g}. ",
        )


def callback(part: Any) -> Any:
    """Return a callback, if it is one: an object with a method that fit calls, or a function of the run."""
    if isinstance(part, type) or not (callable(part) or any(hasattr(part, event) for event in EVENTS)):
        hint = (
            f"Did you mean {part.__name__}(…)?" if isinstance(part, type) else f"Its methods are {', '.join(EVENTS)}."
        )
        raise DataError(f"A callback is an object, or a function of the run, and {few(part)} is neither. {hint}")
    return part


EVENTS = ("on_train_begin", "on_before_optimizer_step", "on_step_end", "on_epoch_end", "on_train_end")


def check_parts(run: Run) -> None:
    """Refuse an optimizer that would not train this model, and a loss that cannot be called."""
    own = {parameter for _, parameter in run.parameters}
    if not own.intersection(run.optimizer.parameters):
        raise GraphError(
            "This optimizer holds no parameter of this model, so nothing would be learned. Make it after the model: SGD(model.parameters(), lr=0.1)."
        )
    if not callable(run.loss):
        raise DataError(f"The loss is a function of (outputs, target), and {few(run.loss)} is none. Try nn.mse_loss.")


def bad_example(inputs: Sequence[Any], targets: Sequence[Any]) -> str:
    """Return a sentence about the first example that is not finite, if there is one: then the data is to blame."""
    for i, example in enumerate(zip(inputs, targets, strict=True)):
        if not all(finite(number) for part in example for number in as_list(part)):
            return f"Example {i} of this batch is to blame, which holds a number that is not finite: {few(example)}. Mend it or leave it out. "
    return ""


def finite(number: Any) -> bool:
    """Tell whether a number is finite; what is no number is not judged here."""
    try:
        return math.isfinite(number.data if isinstance(number, Value) else number)
    except TypeError:
        return True


def state_of(part: Any) -> Any:
    """Return the state of an optimizer, a schedule or a callback."""
    if hasattr(part, "state_dict"):
        return part.state_dict()
    return {"lr": part.lr} if hasattr(part, "lr") else None


def load_state(part: Any, state: Any) -> None:
    """Set an optimizer, a schedule or a callback to a state."""
    if state is not None and hasattr(part, "load_state_dict"):
        part.load_state_dict(state)
    elif state is not None:
        part.lr = state["lr"]
