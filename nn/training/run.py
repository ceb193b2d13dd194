"""One training as it goes: its parts, its history, and its state, from which it can go on."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from functools import cached_property
from inspect import signature
from random import Random
from typing import TYPE_CHECKING, Any, TypeAlias, TypedDict

from autograd import DataError, GraphError, LengthError, Value
from nn.checks import check_count, check_rng, shortened
from nn.data.batching import Data, checked, width
from nn.errors import SettingError
from nn.module import Module, check_module
from nn.nested import Nested
from nn.optim.flat import FlatGroups, all_at_once, differ, numbers_of, setting_calls
from nn.optim.optimizer import Optimizer
from nn.training.history import History
from nn.training.parts import FitOptimizer, FitSchedule, PartState, Stateful, has_state, load_state, state_of
from nn.training.settings import check_same_settings, digest, fingerprint, written

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from autograd.replay import FlatParameter

Loss: TypeAlias = Callable[..., Value]  # called as loss(model(inputs), target), for one example
Penalty: TypeAlias = Callable[[], Value]
EVENTS = ("on_train_begin", "on_before_optimizer_step", "on_step_end", "on_epoch_end", "on_train_end")
OPTIMIZER = ("parameters", "lr", "zero_grad", "step")
Callback: TypeAlias = Callable[["Run"], object] | object  # a function of the run, or an object with some of EVENTS


RunState = TypedDict(
    "RunState",
    {
        "made with": dict[str, object],
        "model": dict[str, Nested],
        "optimizer": PartState | None,
        "schedule": PartState | None,
        "callbacks": dict[str, PartState],
        "rng": list[tuple[object, ...]],
        "history": dict[str, Any],  # as History has it
    },
)
RunState.__doc__ = "What a checkpoint keeps of a run."


class StepUnderWay:
    """A step that may have been made and is not in the history yet: what the parameters and the optimizer's memories were, its loss."""

    def __init__(self, run: "Run", loss: float) -> None:
        self.number, self.loss = run.history.steps, loss  # the number from 0
        self.optimizer, self.parts = run.optimizer, run.parts
        self.numbers = [numbers_of(part) for part in self.parts]
        self.memories = dict(self.optimizer.state) if isinstance(self.optimizer, Optimizer) else {}

    def made(self) -> bool:
        """Tell whether a parameter has another number now."""
        return any(differ(part.data, old) for part, old in zip(self.parts, self.numbers, strict=True))

    def undo(self) -> None:
        """Go back to before the step, all at once; an optimizer of your own keeps what it remembers."""
        calls = [call for part, old in zip(self.parts, self.numbers, strict=True) for call in setting_calls(part, old)]
        if isinstance(self.optimizer, Optimizer):
            calls += [(self.optimizer.state.clear,), (self.optimizer.state.update, self.memories)]
        all_at_once(calls)


class Run:
    """All that takes part in one training: what `fit` hands to its callbacks."""

    def __init__(
        self,
        model: Module,
        data: Data[object],
        loss: Loss,
        optimizer: FitOptimizer,
        epochs: int,
        batch_size: int,
        schedule: FitSchedule | None,
        callbacks: Sequence[Callback],
        validation: Data[object] | None,
        rng: Random | None,
        penalty: Penalty | None = None,
        replay: bool = False,
    ) -> None:
        self.model, self.loss, self.optimizer, self.schedule, self.penalty = model, loss, optimizer, schedule, penalty
        self.data, self.validation = checked(data), None if validation is None else checked(validation)
        self.epochs, self.batch_size, self.replay = (
            check_count("epochs", epochs),
            check_count("batch_size", batch_size),
            replay,
        )
        self.callbacks, self.rng, self.history = [check_callback(c) for c in callbacks], check_rng(rng), History()
        self.before_step: StepUnderWay | None = None
        self.twice: str | None = None  # what is activated twice, in words; not known before the first example
        self.before_rate: object = None  # what `rate` was, from the end of an epoch to the step of the schedule
        check_parts(self)
        self.parameters, self.modules = list(model.named_parameters()), list(model.modules())
        self._flat_groups, self._values = FlatGroups(), tuple([p for _, p in self.parameters])
        check_optimizer(self)

    @property
    def parts(self) -> "Sequence[Value | FlatParameter]":
        """The parameters; where a record keeps them in one array, what stands for all of them."""
        return self._flat_groups.of(self._values)

    @property
    def gradients(self) -> "list[float | NDArray[np.float64]]":
        """The gradients that there are, in the same form."""
        return self._flat_groups.gradients(self._values)

    @property
    def rate(self) -> tuple[object, float]:
        """What changes when the schedule makes a step: the epochs that it counts, or else the learning rate."""
        return getattr(self.schedule, "last_epoch", None), self.optimizer.lr

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

    def state_dict(self) -> RunState:
        """Return all that decides how the training goes on."""
        return {
            "made with": self.settings,
            "model": self.model.state_dict(),
            "optimizer": state_of(self.optimizer),
            "schedule": state_of(self.schedule),
            "callbacks": {name: part.state_dict() for name, part in self.named_callbacks()},
            "rng": [rng.getstate() for rng in self.generators()],
            "history": asdict(self.history),
        }

    def load_state_dict(self, state: RunState) -> None:
        """Go back to a state; one that does not fit changes nothing."""
        before = self.state_dict()
        try:
            self.restore(state)
        except BaseException:
            self.restore(before)
            raise

    def check_resumable(self, state: RunState) -> None:
        """Refuse the state of another training, and one that has as many epochs as are wanted already."""
        check_same_settings(state["made with"], self.settings)
        check_epochs_left(History(**state["history"]), self.epochs)

    def restore(self, state: RunState) -> None:
        """Set each part to its state."""
        self.model.load_state_dict(state["model"])
        load_state(self.optimizer, state["optimizer"])
        load_state(self.schedule, state["schedule"])
        for name, part in self.named_callbacks():
            if name in state["callbacks"]:
                load_state(part, state["callbacks"][name])
        for rng, numbers in zip(self.generators(), state["rng"], strict=True):
            rng.setstate(numbers)
        self.history = History(**state["history"])

    @cached_property
    def settings(self) -> dict[str, object]:
        """What a later run must have in common with this one."""
        return {
            "model": written(self.model).splitlines(),
            "loss": fingerprint(self.loss),
            "penalty": fingerprint(self.penalty),
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

    def named_callbacks(self) -> Iterator[tuple[str, Stateful]]:
        """Yield the callbacks that have a state, with a name for each."""
        kinds = [type(part).__name__ for part in self.callbacks]
        for i, (kind, part) in enumerate(zip(kinds, self.callbacks, strict=True)):
            if has_state(part):
                yield f"{kind} {kinds[:i].count(kind) + 1}", part


def check_callback(part: Callback) -> Callback:
    """Return a callback, if it is one: an object with a method that fit calls, or a function of the run."""
    if isinstance(part, type) or not (callable(part) or any(hasattr(part, event) for event in EVENTS)):
        hint = (
            f"Did you mean {part.__name__}(…)?" if isinstance(part, type) else f"Its methods are {', '.join(EVENTS)}."
        )
        raise DataError(f"A callback is an object, or a function of the run, and {shortened(part)} is neither. {hint}")
    return part


def check_parts(run: Run) -> None:
    """Refuse what is not a model, a loss, a penalty or a schedule, and a validation set of another width."""
    check_module(run.model)
    if not isinstance(run.replay, bool):
        raise SettingError(f"replay must be True or False, and here it is {run.replay!r}.")
    check_loss(run.loss)
    if run.penalty is not None and not callable(run.penalty):
        raise DataError(
            f"The penalty is a function without arguments, and {shortened(run.penalty)} is not one. "
            "Try penalty=lambda: nn.l2_penalty(model.parameters(), 0.001)."
        )
    check_schedule(run)
    if run.validation is not None and width(run.validation[0]) != width(run.data[0]):
        raise LengthError(
            f"The validation examples have {width(run.validation[0])} inputs, and the training examples {width(run.data[0])}. Give both as many."
        )


def check_schedule(run: Run) -> None:
    """Refuse what is not a schedule, and one that sets the learning rate of another optimizer."""
    if run.schedule is not None and (isinstance(run.schedule, type) or not hasattr(run.schedule, "step")):
        raise DataError(
            f"A schedule has a step() that sets the optimizer's learning rate, and {shortened(run.schedule)} does not. "
            "Make one: StepLR(optimizer, step_size=30)."
        )


def check_loss(loss: object) -> None:
    """Refuse what is not a function of outputs and a target."""
    try:
        right = callable(loss) and not isinstance(loss, type)
        signature(loss).bind("outputs", "target")  # type: ignore[arg-type]
    except TypeError:
        right = False
    except ValueError:  # some functions written in C do not say what they take
        pass
    if not right:
        raise DataError(
            f"The loss is a function of (outputs, target), and {shortened(loss)} is not one. Try nn.mse_loss."
        )


def check_optimizer(run: Run) -> None:
    """Refuse what is not an optimizer, one that would not train this model, and a schedule of another one."""
    if isinstance(run.optimizer, type) or not all(hasattr(run.optimizer, name) for name in OPTIMIZER):
        raise DataError(
            f"The optimizer is an object that holds the parameters, and {shortened(run.optimizer)} is not one. Make it: SGD(model.parameters(), lr=0.1)."
        )
    if not {parameter for _, parameter in run.parameters}.intersection(run.optimizer.parameters):
        raise GraphError(
            "This optimizer holds no parameter of this model, so nothing would be learned. Make it after the model: SGD(model.parameters(), lr=0.1)."
        )
    if getattr(run.schedule, "optimizer", run.optimizer) is not run.optimizer:
        raise GraphError(
            "This schedule sets the learning rate of another optimizer, so it would change nothing here. Make it of the one that fit is given."
        )


def check_epochs_left(history: History, epochs: int) -> None:
    """Refuse a checkpoint that has as many epochs as are wanted already."""
    if history.epochs >= epochs and not history.stopped:
        raise SettingError(
            f"This checkpoint has {history.epochs} epochs behind it, and epochs={epochs} counts them too, so none is left to train. "
            f"Give more, epochs={history.epochs + 10} say; or take the weights: model.load_state_dict(load_checkpoint(path)['model'])."
        )
