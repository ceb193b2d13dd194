"""One training as it goes: its parts, its history, and its state, from which it can go on."""

import hashlib
import math
import re
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from inspect import signature
from itertools import zip_longest
from random import Random
from typing import Any

from autograd import DataError, GraphError, LengthError, Value
from nn.checks import as_list, few, generator, whole
from nn.data.batching import Data, checked, width
from nn.errors import SettingError
from nn.module import Module
from nn.monitor.gradients import a_module
from nn.optim.flat import Together

Loss = Callable[[Any, Any], Value]
EVENTS = ("on_train_begin", "on_before_optimizer_step", "on_step_end", "on_epoch_end", "on_train_end")
OPTIMIZER = ("parameters", "lr", "zero_grad", "step")


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
        replay: bool = False,
    ) -> None:
        self.model, self.loss, self.optimizer, self.schedule, self.penalty = model, loss, optimizer, schedule, penalty
        self.data, self.validation = checked(data), None if validation is None else checked(validation)
        self.epochs, self.batch_size = whole("epochs", epochs), whole("batch_size", batch_size)
        self.callbacks, self.rng, self.history = [callback(c) for c in callbacks], generator(rng), History()
        self.replay = replay
        check_parts(self)
        self.parameters, self.modules = list(model.named_parameters()), list(model.modules())
        self._together, self._values = Together(), tuple([p for _, p in self.parameters])
        check_optimizer(self)

    @property
    def parts(self) -> Sequence[Any]:
        """The parameters; where a record keeps them in one array, the few that stand for them."""
        return self._together.of(self._values)

    @property
    def gradients(self) -> list[Any]:
        """The gradients that there are, in the same form."""
        return self._together.gradients(self._values)

    def stop(self, reason: str) -> None:
        """Ask for the training to end after this epoch."""
        self.history.stopped = reason

    def train(self) -> None:
        """Set every module to training."""
        for module in self.modules:
            module.training = True

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
            "made with": self.settings,
            "model": self.model.state_dict(),
            "optimizer": state_of(self.optimizer),
            "schedule": state_of(self.schedule),
            "callbacks": {name: state_of(part) for name, part in self.named_callbacks()},
            "rng": [rng.getstate() for rng in self.generators()],
            "history": asdict(self.history),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go back to a state; one that does not fit changes nothing."""
        check_state(self, state)
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

    @cached_property
    def settings(self) -> dict[str, Any]:
        """What a later run must have in common with this one."""
        return {
            "model": written(self.model).splitlines(),
            "loss": name_of(self.loss),
            "penalty": name_of(self.penalty),
            "optimizer": type(self.optimizer).__name__,
            "schedule": written(self.schedule),
            "data": digest(self.data),
            "validation": None if self.validation is None else digest(self.validation),
            "batch_size": self.batch_size,
            "replay": self.replay,
        }

    def generators(self) -> list[Random]:
        """Return the random generators: that of the shuffling, and those that modules (dropout) keep."""
        return [
            self.rng,
            *(x for module in self.modules for x in vars(module).values() if isinstance(x, Random)),
        ]

    def named_callbacks(self) -> Iterator[tuple[str, Any]]:
        """Yield the callbacks that have a state, with a name for each."""
        kinds = [type(part).__name__ for part in self.callbacks]
        for i, (kind, part) in enumerate(zip(kinds, self.callbacks, strict=True)):
            if hasattr(part, "state_dict"):
                yield f"{kind} {kinds[:i].count(kind) + 1}", part


def callback(part: Any) -> Any:
    """Return a callback, if it is one: an object with a method that fit calls, or a function of the run."""
    if isinstance(part, type) or not (callable(part) or any(hasattr(part, event) for event in EVENTS)):
        hint = (
            f"Did you mean {part.__name__}(…)?" if isinstance(part, type) else f"Its methods are {', '.join(EVENTS)}."
        )
        raise DataError(f"A callback is an object, or a function of the run, and {few(part)} is neither. {hint}")
    return part


def check_parts(run: Run) -> None:
    """Refuse what is no model, no loss, no penalty, no schedule; and a validation set of another width."""
    a_module(run.model)
    if not isinstance(run.replay, bool):
        raise SettingError(f"replay must be True or False, and here it is {run.replay!r}.")
    check_loss(run.loss)
    if run.penalty is not None and not callable(run.penalty):
        raise DataError(
            f"The penalty is a function without arguments, and {few(run.penalty)} is none. "
            "Try penalty=lambda: nn.l2_penalty(model.parameters(), 0.001)."
        )
    if run.schedule is not None and (isinstance(run.schedule, type) or not hasattr(run.schedule, "step")):
        raise DataError(
            f"A schedule has a step() that sets the optimizer's learning rate, and {few(run.schedule)} has none. "
            "Make one: StepLR(optimizer, step_size=30)."
        )
    if run.validation is not None and width(run.validation[0]) != width(run.data[0]):
        raise LengthError(
            f"The validation examples have {width(run.validation[0])} inputs, and the training examples {width(run.data[0])}. Give both as many."
        )


def check_loss(loss: Any) -> None:
    """Refuse what is no function of outputs and a target."""
    try:
        right = callable(loss) and not isinstance(loss, type)
        signature(loss).bind("outputs", "target")
    except TypeError:
        right = False
    except ValueError:  # some functions written in C do not say what they take
        pass
    if not right:
        raise DataError(f"The loss is a function of (outputs, target), and {few(loss)} is none. Try nn.mse_loss.")


def check_optimizer(run: Run) -> None:
    """Refuse what is no optimizer, one that would not train this model, and a schedule that steers another one."""
    if isinstance(run.optimizer, type) or not all(hasattr(run.optimizer, name) for name in OPTIMIZER):
        raise DataError(
            f"The optimizer is an object that holds the parameters, and {few(run.optimizer)} is none. Make it: SGD(model.parameters(), lr=0.1)."
        )
    if not {parameter for _, parameter in run.parameters}.intersection(run.optimizer.parameters):
        raise GraphError(
            "This optimizer holds no parameter of this model, so nothing would be learned. Make it after the model: SGD(model.parameters(), lr=0.1)."
        )
    if getattr(run.schedule, "optimizer", run.optimizer) is not run.optimizer:
        raise GraphError(
            "This schedule sets the learning rate of another optimizer, so it would change nothing here. Make it of the one that fit is given."
        )


def check_state(run: Run, state: dict[str, Any]) -> None:
    """Refuse a checkpoint of another training, and one that has as many epochs as are wanted already."""
    made, now = state.get("made with", {}), run.settings
    unlike = [
        "{} {!r:.120}, now {!r:.120}".format(part, *difference(made.get(part), now[part]))
        for part in now
        if made.get(part) != now[part]
    ]
    if unlike:
        raise DataError(
            f"This checkpoint was made with other parts: {'; '.join(unlike)}. Its numbers would not be those of an unbroken run. "
            "Give fit the same parts; or take the weights alone: model.load_state_dict(load_checkpoint(path)['model'])."
        )
    done = len(state["history"]["loss"])
    if done >= run.epochs and not state["history"]["stopped"]:
        raise SettingError(
            f"This checkpoint has {done} epochs behind it, and epochs={run.epochs} counts them too, so none is left to train. "
            f"Give more, epochs={done + 10} say; or take the weights: model.load_state_dict(load_checkpoint(path)['model'])."
        )


def difference(one: Any, other: Any) -> tuple[Any, Any]:
    """Return two things that differ, or of two lists the first pair that does."""
    if not (isinstance(one, list) and isinstance(other, list)):
        return one, other
    return next((a, b) for a, b in zip_longest(one, other) if a != b)


def written(part: Any) -> str:
    """Return how a part is written, without the addresses that Python writes: they are others in the next run."""
    return re.sub(r" at 0x[0-9a-fA-F]+", "", repr(part))


def name_of(function: Any) -> str | None:
    """Return a function's name."""
    return None if function is None else getattr(function, "__qualname__", type(function).__name__)


def digest(data: Data) -> str:
    """Return a check sum of all examples, in their order."""
    sums = hashlib.sha256()
    for example in data:
        for part in example:
            sums.update(in_bytes(part))
    return f"{len(data)} examples, {sums.hexdigest()[:16]}"


def in_bytes(numbers: Any) -> bytes:
    """Return the bytes of a row of numbers; of what is none, those of its text."""
    try:
        return array("d", as_list(numbers)).tobytes()
    except TypeError:
        return repr(numbers).encode()


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
