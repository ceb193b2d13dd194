"""The parameter groups of an optimizer: which parameters go together, with which settings, and what is refused."""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from autograd import DataError, GraphError, Value
from nn.checks import first, within
from nn.errors import SettingError, StateError

Group = dict[str, Any]  # "params", a list of Values, and their settings: "lr" and more

RANGES: dict[str, tuple[Callable[[Any], bool], str, str]] = {
    "lr": (lambda x: 0 < x < math.inf, "a finite number above 0", "0.01"),
    "betas": (lambda x: len(x) == 2 and all(0 <= beta < 1 for beta in x), "two numbers from 0 to below 1", "(0.9, 0.999)"),
    "alpha": (lambda x: 0 <= x < 1, "from 0 to below 1", "0.99"),
    "momentum": (lambda x: 0 <= x < 1, "from 0 to below 1", "0.9"),
    "convention": (lambda x: x in ("pytorch", "classical"), '"pytorch" or "classical"', '"pytorch"'),
    "dampening": (lambda x: 0 <= x <= 1, "from 0 to 1", "0"),
    "weight_decay": (lambda x: 0 <= x < math.inf, "0 or a finite number above", "0.01"),
    "damping": (lambda x: 0 <= x < math.inf, "0 or a finite number above", "0.001"),
    "eps": (lambda x: 0 <= x < math.inf, "0 or a finite number above", "1e-8"),
}  # fmt: skip


def in_range(name: str, setting: Any) -> None:
    """Refuse a setting outside its range."""
    holds, words, usual = RANGES[name]
    within("The learning rate, lr," if name == "lr" else name, setting, holds, words, f"A usual one is {usual}.")


def fitting(name: str, group: Mapping[str, Any], own: Group) -> None:
    """Refuse the saved settings of another optimizer."""
    if strange := sorted((set(group) ^ set(own)) - {"initial_lr"}):  # that one is a schedule's
        raise StateError(f"This state is not of this {name}: its settings differ in {first(strange)}.")


def check(group: Group, known: Mapping[str, Any]) -> None:
    """Refuse a group that cannot be optimised."""
    if strange := [key for key in group if key not in known and key != "params"]:
        raise SettingError(f"There is no setting {first(strange)} here. A group may have params, {', '.join(known)}.")
    for name in known:
        if name in RANGES:
            in_range(name, group[name])
    for p in group["params"]:
        if not isinstance(p, Value) or p.op is not None:
            raise GraphError(f"An optimizer changes leaves, and {p!r} is none. Give it model.parameters().")
    if not group["params"]:
        raise GraphError("An optimizer without parameters has nothing to do. Give it model.parameters().")


def grouped(parameters: Iterable[Value] | Iterable[Group]) -> list[Group]:
    """Return groups as they are, with a list in each; a plain list of parameters is one group."""
    if isinstance(parameters, (Value, Mapping)) or not isinstance(parameters, Iterable):
        raise DataError(f"An optimizer takes a list, and {parameters!r} is none. Give it model.parameters().")
    listed: list[Any] = list(parameters)
    if not any(isinstance(part, Mapping) for part in listed):
        return [{"params": listed}]
    if not all(isinstance(part, Mapping) and "params" in part for part in listed):
        raise DataError('A parameter group is a dict with "params", a list of them, and settings of its own.')
    return [{**group, "params": list(group["params"])} for group in listed]


def unique(parameters: list[Value]) -> None:
    """Refuse a parameter that is there twice: it would take two steps at once."""
    if len(set(parameters)) < len(parameters):
        raise GraphError("An optimizer was given the same parameter twice, and would change it twice. Give each once.")
