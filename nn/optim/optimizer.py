"""What all optimizers share: groups of parameters with their settings, and what is remembered between steps."""

from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from itertools import repeat
from typing import Any, Literal, cast

from autograd import DataError, DivisionError, Value
from nn.checks import check_none, shortened
from nn.optim.flat import FlatGroups, all_at_once, setting_calls, without_warnings
from nn.optim.param_groups import (
    OptimizerState,
    Parameters,
    ParamGroup,
    SavedGroup,
    check_group,
    check_in_range,
    check_memory,
    check_state,
    check_unique,
    grouped,
)

Memory = dict[str, float]  # what is remembered of one parameter
Rule = Callable[
    [float, float, Memory], float
]  # (w, g, memory) → the new w; for the rules of optimizers.py, also arrays


class Optimizer:
    """Base class: groups of parameters with settings of their own, and what is remembered between steps.

    >>> from autograd import Value
    >>> from nn import SGD
    >>> w, b = Value(3.0), Value(1.0)
    >>> (w * 2 + b).backward()
    >>> SGD([{"params": [w]}, {"params": [b], "lr": 0.5}], lr=0.1).step()
    >>> w.data, b.data
    (2.8, 0.5)

    An optimizer of your own needs a `rule`, which is given plain numbers. Raises GraphError for what is not a leaf,
    SettingError for a setting out of range.
    """

    def __init__(self, parameters: Parameters, **settings: object) -> None:
        self.param_groups = [cast(ParamGroup, {**settings, **group}) for group in grouped(parameters)]
        for group in self.param_groups:
            check_group(group, settings)
        check_unique(self.parameters)
        self.state: defaultdict[Any, Memory] = defaultdict(dict)
        self._flat_groups = FlatGroups()

    def rule(self, group: ParamGroup) -> Rule:
        """Return the function from w, g and the memory of a parameter to the new w, for the settings of a group."""
        raise NotImplementedError(f"{type(self).__name__} has no formula yet: it needs a rule(self, group).")

    def step(self, closure: None = None) -> None:
        """Change each parameter that has a gradient; one without was not used, and stays.

        All new numbers are computed before the first is set, and then all are set at once: an error or an interruption
        leaves parameters and memories as they were. Raises DivisionError where, with eps=0, a step would divide by 0.
        """
        if closure is not None:
            raise DataError(
                f"A step of {type(self).__name__} takes nothing, and was given {shortened(closure)}. Compute the loss yourself: "
                "optimizer.zero_grad(); loss = …; loss.backward(); optimizer.step()."
            )
        changes = [change for group in self.param_groups for change in self._changes(group)]
        memories = {p: memory for p, _, memory in changes if memory}
        calls = [call for p, w, _ in changes for call in setting_calls(p, w)]
        all_at_once([*calls, (self.state.update, memories)])

    def _changes(self, group: ParamGroup) -> list[tuple[Any, float, Memory]]:
        """Return each parameter of a group that has a gradient, with its new number and its new memory."""
        rule, parts = self.rule(group), self._parts(group)
        return without_warnings(parts, lambda: [*self._computed(rule, parts)])

    def _computed(self, rule: Rule, parts: Sequence[Any]) -> Iterator[tuple[Any, float, Memory]]:
        """Yield each parameter that has a gradient, with what the rule makes of its number and its memory."""
        try:
            for p in parts:
                if p.grad is not None:
                    memory = dict(self.state.get(p, ()))
                    yield p, rule(p.data, p.grad, memory), memory
        except ZeroDivisionError:
            raise DivisionError(
                f"With eps=0 this step of {type(self).__name__} divides by 0: parameter {self.parameters.index(p)}, {p!r}, "
                "has had no gradient so far whose square is above 0. No parameter was changed. Give an eps above 0, 1e-8 say."
            ) from None

    def _parts(self, group: ParamGroup) -> Any:
        """Return the parameters of a group, or where a record keeps them in one array, and the rule is for arrays, that."""
        ours = type(self).__module__ == "nn.optim.optimizers" and "rule" not in vars(self)
        if ours and group.get("eps") != 0:
            return self._flat_groups.joined(group["params"], self.state)  # type: ignore[arg-type]
        self._flat_groups.split(self.state)
        return group["params"]

    def zero_grad(self, set_to_none: Literal[True] = True) -> None:
        """Forget the gradients: None, not 0, as PyTorch does."""
        check_none(set_to_none)
        for group in self.param_groups:
            parts = self._flat_groups.of(group["params"])  # type: ignore[arg-type]
            deque(map(setattr, parts, repeat("grad"), repeat(None)), maxlen=0)

    @property
    def parameters(self) -> list[Value]:
        """All parameters, group by group."""
        return [p for group in self.param_groups for p in group["params"]]

    @property
    def lr(self) -> float:
        """The learning rate, of the first group; setting it sets that of all."""
        return self.param_groups[0]["lr"]

    @lr.setter
    def lr(self, lr: float) -> None:
        check_in_range("lr", lr)
        for group in self.param_groups:
            group["lr"] = lr

    def state_dict(self) -> OptimizerState:
        """Return all settings and memories as plain numbers, in PyTorch's form; parameters are numbered from 0."""
        number = {p: i for i, p in enumerate(self.parameters)}
        groups = [cast(SavedGroup, {**g, "params": [number[p] for p in g["params"]]}) for g in self.param_groups]
        return {
            "state": {number[p]: dict(m) for p, m in self._flat_groups.split(self.state).items() if m},
            "param_groups": groups,
        }

    def load_state_dict(self, state: OptimizerState) -> None:
        """Take over what `state_dict` returned; one that does not fit changes nothing.

        Raises StateError for the state of another optimizer, SettingError for a setting out of range.
        """
        check_state(type(self).__name__, state, self.param_groups)
        parameters = self.parameters
        memories = {parameters[int(i)]: check_memory(i, memory) for i, memory in state["state"].items()}
        self.state = defaultdict(dict, memories)
        for group, mine in zip(state["param_groups"], self.param_groups, strict=True):
            mine.update({key: value for key, value in group.items() if key != "params"})  # type: ignore[typeddict-item]

    def __getstate__(self) -> dict[str, Any]:
        """Copy or pickle it with what it remembers of each parameter: copies of parameters lie in no array."""
        self._flat_groups.split(self.state)
        return {**vars(self), "_flat_groups": FlatGroups()}

    def __repr__(self) -> str:
        settings = ", ".join(f"{k}={v!r}" for k, v in self.param_groups[0].items() if k != "params")
        return f"{type(self).__name__}({len(self.parameters)} parameters, {settings})"
