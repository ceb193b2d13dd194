"""The parameter groups of an optimizer: which parameters go together, with which settings, and what is refused."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias, TypedDict, cast

from autograd import DataError, GraphError, Value
from nn.checks import check_range, first_three, shortened
from nn.errors import SettingError, StateError


class GroupSettings(TypedDict, total=False):
    """The settings of a group; which there are depends on the optimizer."""

    lr: float
    initial_lr: float  # where a schedule began
    betas: tuple[float, float]
    alpha: float
    momentum: float
    dampening: float
    nesterov: bool
    convention: str
    weight_decay: float
    damping: float
    eps: float


class ParamGroup(GroupSettings, total=False):
    """Parameters and their settings."""

    params: Sequence[Value]


class SavedGroup(GroupSettings, total=False):
    """A group in a saved state, where parameters are numbered from 0."""

    params: Sequence[int]


class OptimizerState(TypedDict):
    """What an optimizer remembers of each parameter, by its number, and its groups: as in PyTorch."""

    state: dict[int, dict[str, float]]
    param_groups: list[SavedGroup]


Parameters: TypeAlias = Iterable[Value] | Iterable[ParamGroup]
Range = tuple[Callable[[Any], bool], str, str]  # what holds, in words, and a usual setting

RANGES: dict[str, Range] = {
    "lr": (lambda x: 0 < x < math.inf, "a finite number above 0", "0.01"),
    "initial_lr": (lambda x: 0 < x < math.inf, "a finite number above 0", "0.01"),
    "betas": (lambda x: len(x) == 2 and all(0 <= beta < 1 for beta in x), "two numbers from 0 to below 1", "(0.9, 0.999)"),
    "alpha": (lambda x: 0 <= x < 1, "from 0 to below 1", "0.99"),
    "momentum": (lambda x: 0 <= x < 1, "from 0 to below 1", "0.9"),
    "convention": (lambda x: x in ("pytorch", "classical"), '"pytorch" or "classical"', '"pytorch"'),
    "dampening": (lambda x: 0 <= x <= 1, "from 0 to 1", "0"),
    "weight_decay": (lambda x: 0 <= x < math.inf, "0 or a finite number above", "0.01"),
    "damping": (lambda x: 0 <= x < math.inf, "0 or a finite number above", "0.001"),
    "eps": (lambda x: 0 <= x < math.inf, "0 or a finite number above", "1e-8"),
}  # fmt: skip

# in a saved state, a schedule may have brought the learning rate down to 0
SAVED: dict[str, Range] = {**RANGES, "lr": (lambda x: 0 <= x < math.inf, "0 or a finite number above", "0.01")}


def check_in_range(name: str, setting: object, ranges: Mapping[str, Range] = RANGES) -> None:
    """Refuse a setting outside its range."""
    holds, words, usual = ranges[name]
    check_range("The learning rate, lr," if name == "lr" else name, setting, holds, words, f"A usual one is {usual}.")


def check_settings(group: Mapping[str, object], ranges: Mapping[str, Range] = RANGES) -> None:
    """Refuse a group with a setting outside its range."""
    for name in ranges:
        if name in group:
            check_in_range(name, group[name], ranges)
    if not isinstance(group.get("nesterov", False), bool):
        raise SettingError(f"nesterov must be True or False, and here it is {group['nesterov']!r}.")


def check_group(group: Mapping[str, Any], settings: Mapping[str, object]) -> None:
    """Refuse a group that cannot be optimised: a setting that the optimizer does not have, or no leaves."""
    if unknown := [key for key in group if key not in settings and key != "params"]:
        raise SettingError(
            f"There is no setting {first_three(unknown)} here. A group may have params, {', '.join(settings)}."
        )
    check_settings(group)
    for p in group["params"]:
        if not isinstance(p, Value) or p.op is not None:
            raise GraphError(f"An optimizer changes leaves, and {shortened(p)} is not one. Give it model.parameters().")
    if not group["params"]:
        raise GraphError(
            "An optimizer without parameters has nothing to do. Give it model.parameters(); "
            "in a module of your own, what is to be learned is made as a Parameter, not as a Value."
        )


def check_state(name: str, state: object, groups: Sequence[ParamGroup]) -> None:
    """Refuse a saved state of another optimizer, or one with settings out of range."""
    if not isinstance(state, Mapping) or set(state) != {"state", "param_groups"}:
        raise StateError(f"This is not an optimizer's state, a dict of state and param_groups: {shortened(state)}.")
    given, memories = state["param_groups"], state["state"]
    if not isinstance(given, (list, tuple)) or not isinstance(memories, Mapping):
        raise StateError(
            f"This is not an optimizer's state: param_groups is a list, and state a dict: {shortened(state)}."
        )
    sizes, own = [len(group.get("params", ())) for group in given], [len(group["params"]) for group in groups]
    if sizes != own:
        raise StateError(f"This state is of groups of {sizes} parameters, and the optimizer has {own}.")
    if unknown := [i for i in memories if not str(i).isdecimal() or not int(i) < sum(own)]:
        raise StateError(f"This state remembers parameter {unknown[0]!r}, and the optimizer has 0 to {sum(own) - 1}.")
    for group, mine in zip(given, groups, strict=True):
        if differing := sorted((set(group) ^ set(mine)) - {"initial_lr"}):  # that one is a schedule's
            raise StateError(f"This state is not of this {name}: its settings differ in {first_three(differing)}.")
        check_settings(group, SAVED)


def check_memory(number: object, memory: Mapping[str, object]) -> dict[str, float]:
    """Return what is remembered of a parameter, if it is numbers."""
    if wrong := [key for key, x in memory.items() if isinstance(x, bool) or not isinstance(x, (int, float))]:
        raise StateError(f"What this state remembers of parameter {number} is not a number: {first_three(wrong)}.")
    return cast(dict[str, float], dict(memory))


def grouped(parameters: Parameters) -> list[ParamGroup]:
    """Return groups as they are, with a tuple in each; a plain list of parameters is one group."""
    if isinstance(parameters, (Value, Mapping)) or not isinstance(parameters, Iterable):
        raise DataError(
            f"An optimizer takes a list, and {shortened(parameters)} is not one. Give it model.parameters()."
        )
    parts: list[Any] = list(parameters)
    if not any(isinstance(part, Mapping) for part in parts):
        return [{"params": tuple(parts)}]
    if not all(isinstance(part, Mapping) and "params" in part for part in parts):
        raise DataError('A parameter group is a dict with "params", a list of them, and settings of its own.')
    return [cast(ParamGroup, {**group, "params": tuple(as_many(group["params"]))}) for group in parts]


def as_many(parameters: Value | Iterable[Value]) -> Iterable[Value]:
    """Return parameters as they are, and a single one as a list of one, as PyTorch takes it."""
    return [parameters] if isinstance(parameters, Value) else parameters


def check_unique(parameters: Sequence[Value]) -> None:
    """Refuse a parameter that is there twice: it would take two steps at once."""
    if len(set(parameters)) < len(parameters):
        raise GraphError("An optimizer was given the same parameter twice, and would change it twice. Give each once.")
