"""The parameter groups of an optimizer: which parameters go together, with which settings, and what is refused."""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from autograd import DataError, GraphError, Value
from nn.checks import few, first, within
from nn.errors import SettingError, StateError

Group = dict[str, Any]  # "params", a tuple of Values, and their settings: "lr" and more

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


def in_range(name: str, setting: Any, ranges: Mapping[str, Range] = RANGES) -> None:
    """Refuse a setting outside its range."""
    holds, words, usual = ranges[name]
    within("The learning rate, lr," if name == "lr" else name, setting, holds, words, f"A usual one is {usual}.")


def in_ranges(group: Mapping[str, Any], ranges: Mapping[str, Range] = RANGES) -> None:
    """Refuse a group with a setting outside its range."""
    for name in ranges:
        if name in group:
            in_range(name, group[name], ranges)
    if not isinstance(group.get("nesterov", False), bool):
        raise SettingError(f"nesterov must be True or False, and here it is {group['nesterov']!r}.")


def fitting(name: str, state: Mapping[str, Any], groups: list[Group]) -> None:
    """Refuse a saved state of another optimizer, or with settings out of range."""
    if not isinstance(state, Mapping) or set(state) != {"state", "param_groups"}:
        raise StateError(f"This is no optimizer's state, a dict of state and param_groups: {few(state)}.")
    given = state["param_groups"]
    if not isinstance(given, (list, tuple)) or not isinstance(state["state"], Mapping):
        raise StateError(f"This is no optimizer's state: param_groups is a list, and state a dict: {few(state)}.")
    sizes, own = [len(group.get("params", ())) for group in given], [len(group["params"]) for group in groups]
    if sizes != own:
        raise StateError(f"This state is of groups of {sizes} parameters, and the optimizer has {own}.")
    if strange := [i for i in state["state"] if not str(i).isdecimal() or not int(i) < sum(own)]:
        raise StateError(f"This state remembers parameter {strange[0]!r}, and the optimizer has 0 to {sum(own) - 1}.")
    for group, mine in zip(given, groups, strict=True):
        if unlike := sorted((set(group) ^ set(mine)) - {"initial_lr"}):  # that one is a schedule's
            raise StateError(f"This state is not of this {name}: its settings differ in {first(unlike)}.")
        in_ranges(group, SAVED)


def remembered(number: Any, memory: Mapping[str, Any]) -> dict[str, float]:
    """Return what is remembered of a parameter, if it is numbers."""
    if strange := [key for key, x in memory.items() if isinstance(x, bool) or not isinstance(x, (int, float))]:
        raise StateError(f"What this state remembers of parameter {number} is no number: {first(strange)}.")
    return dict(memory)


def check(group: Group, known: Mapping[str, Any]) -> None:
    """Refuse a group that cannot be optimised."""
    if strange := [key for key in group if key not in known and key != "params"]:
        raise SettingError(f"There is no setting {first(strange)} here. A group may have params, {', '.join(known)}.")
    in_ranges(group)
    for p in group["params"]:
        if not isinstance(p, Value) or p.op is not None:
            raise GraphError(f"An optimizer changes leaves, and {few(p)} is none. Give it model.parameters().")
    if not group["params"]:
        raise GraphError(
            "An optimizer without parameters has nothing to do. Give it model.parameters(); "
            "in a module of your own, what is to be learned is made as a Parameter, not as a Value."
        )


def grouped(parameters: Iterable[Value] | Iterable[Group]) -> list[Group]:
    """Return groups as they are, with a tuple in each; a plain list of parameters is one group."""
    if isinstance(parameters, (Value, Mapping)) or not isinstance(parameters, Iterable):
        raise DataError(f"An optimizer takes a list, and {few(parameters)} is none. Give it model.parameters().")
    listed: list[Any] = list(parameters)
    if not any(isinstance(part, Mapping) for part in listed):
        return [{"params": tuple(listed)}]
    if not all(isinstance(part, Mapping) and "params" in part for part in listed):
        raise DataError('A parameter group is a dict with "params", a list of them, and settings of its own.')
    return [{**group, "params": tuple(several(group["params"]))} for group in listed]


def several(parameters: Value | Iterable[Value]) -> Iterable[Value]:
    """Return parameters as they are, and a single one as a list of one, as PyTorch takes it."""
    return [parameters] if isinstance(parameters, Value) else parameters


def unique(parameters: list[Value]) -> None:
    """Refuse a parameter that is there twice: it would take two steps at once."""
    if len(set(parameters)) < len(parameters):
        raise GraphError("An optimizer was given the same parameter twice, and would change it twice. Give each once.")
