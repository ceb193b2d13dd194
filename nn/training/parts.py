"""What `fit` needs of an optimizer, a schedule and a callback: those of `nn` have it, and your own may."""

from collections.abc import Mapping
from typing import Any, Protocol, TypeAlias, TypeGuard, runtime_checkable

from autograd import Value

PartState: TypeAlias = Mapping[str, object]  # dicts, lists, numbers, text


class FitOptimizer(Protocol):
    """What `fit` needs of an optimizer."""

    lr: float

    @property
    def parameters(self) -> list[Value]:
        """The parameters that it changes."""

    def zero_grad(self) -> None:
        """Forget the gradients."""

    def step(self) -> None:
        """Change the parameters by their gradients."""


class FitSchedule(Protocol):
    """What `fit` needs of a schedule."""

    def step(self) -> None:
        """Set the learning rate for the next epoch."""


@runtime_checkable
class Stateful(Protocol):
    """What has a state that a checkpoint keeps."""

    def state_dict(self) -> PartState:
        """Return the state."""

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go back to a state."""


def has_state(part: object) -> TypeGuard[Stateful]:
    """Tell whether a part has a state that a checkpoint keeps."""
    return hasattr(part, "state_dict")


def state_of(part: object) -> PartState | None:
    """Return the state of an optimizer or a schedule; of one of your own without a state, its learning rate."""
    if has_state(part):
        return part.state_dict()
    return {"lr": part.lr} if hasattr(part, "lr") else None


def load_state(part: Any, state: PartState | None) -> None:
    """Set an optimizer, a schedule or a callback to a state."""
    if hasattr(part, "load_state_dict"):
        part.load_state_dict(state)
    elif state is not None:
        part.lr = state["lr"]
