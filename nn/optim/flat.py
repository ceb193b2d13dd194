"""All parameters of a group at once: where a record keeps them in one array, a step of an optimizer is one formula on arrays.

The formula is the same: it reads p.data and p.grad, numbers or arrays. What is remembered of the parameters is joined to
arrays when such steps begin, and split again for whoever asks for it, or where only some have a gradient.
"""

import math
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextvars import Context
from functools import cache, partial
from itertools import starmap
from operator import call
from typing import Any, TypeVar

from autograd import Value, flat_parameters

T = TypeVar("T")
Memory = dict[str, Any]  # what is remembered of a parameter, by name: numbers; of many: arrays
State = dict[Any, Memory]


def all_finite(numbers: Any) -> bool:
    """Whether a number, or every number of an array, is finite."""
    if isinstance(numbers, float):
        return math.isfinite(numbers)
    import numpy as np

    return bool(np.isfinite(numbers).all())


def without_warnings(parameters: Sequence[Any], compute: Callable[[], T]) -> T:
    """Return what a function returns; where it computes with arrays, they overflow without a word, as numbers do."""
    return compute() if isinstance(parameters[0], Value) else silent_context().copy().run(compute)


@cache
def silent_context() -> Context:
    """Return a context in which NumPy lets infinities pass; Ctrl-C cannot tear what enters and leaves it."""
    import numpy as np

    context = Context()
    context.run(partial(np.seterr, over="ignore", under="ignore", invalid="ignore", divide="raise"))
    return context


def numbers_of(p: Any) -> Any:
    """Return the number of a parameter, or a copy of the numbers of many."""
    return p.data if isinstance(p, Value) else p.data.copy()


def differ(numbers: Any, others: Any) -> bool:
    """Whether two numbers, or any in two arrays, differ."""
    return numbers != others if isinstance(numbers, float) else bool((numbers != others).any())


def setting_calls(p: Any, numbers: Any) -> list[tuple[Any, ...]]:
    """Return the calls that set the number of a parameter, or the numbers of many: each runs no Python code."""
    if type(p) is Value:  # as a rule, and quickly: it lies in no array
        return [(setattr, p, "data", numbers)]
    flats = flat_parameters([p]) if isinstance(p, Value) else [p]  # in the array of a record, or not
    if not flats:
        return [(setattr, p, "data", numbers)]
    store, rows = flats[0].store, flats[0].rows
    return [(setattr, store, "version", store.version + 1), (store.data.__setitem__, rows, numbers)]


def all_at_once(calls: Iterable[tuple[Any, ...]]) -> None:
    """Make calls that run no Python code, in one such call: a signal is handled before or after it, not within.

    >>> numbers = []
    >>> all_at_once([(numbers.append, 1), (numbers.append, 2)]); numbers
    [1, 2]
    """
    deque(starmap(call, calls), maxlen=0)


class FlatGroups:
    """The groups of parameters that lie in one array: for each group the parameters, as one."""

    def __init__(self) -> None:
        self._flats: dict[int, tuple[tuple[Value, ...], list[Any]]] = {}

    def of(self, params: tuple[Value, ...]) -> Sequence[Any]:
        """Return the parameters of a group, as one where they lie in one array."""
        if id(params) not in self._flats:
            flats = flat_parameters(params)
            if not flats:
                return params
            self._flats[id(params)] = params, flats  # with params, so that no other tuple takes its id
        return self._flats[id(params)][1]

    def gradients(self, params: tuple[Value, ...]) -> list[Any]:
        """Return the gradients that there are, as arrays where all parameters have one."""
        parts = self.of(params)
        if parts is not params and any(flat.mixed for flat in parts):
            parts = params
        return [part.grad for part in parts if part.grad is not None]

    def joined(self, params: tuple[Value, ...], state: State) -> Sequence[Any]:
        """Return the parameters of a group, as one if they can be, with what is remembered of them in the same form."""
        flats = self.of(params)
        if flats is params or all(flat in state and not flat.mixed for flat in flats):
            return flats
        self.split(state)
        memories = [None if flat.mixed else joined(flat.parameters, state) for flat in flats]
        if None in memories:
            return params
        others = {p: memory for p, memory in state.items() if p not in set(params)}
        replace(state, {**others, **dict(zip(flats, memories, strict=True))})  # type: ignore[arg-type]
        return flats

    def split(self, state: State) -> State:
        """Return what is remembered of each parameter, as plain numbers; it is so from now on."""
        flats = {flat for _, flats in self._flats.values() for flat in flats}
        if not flats.isdisjoint(state):
            parts = [
                split(flat.parameters, memory) if flat in flats else {flat: memory} for flat, memory in state.items()
            ]
            replace(state, {p: memory for part in parts for p, memory in part.items()})
        return state


def joined(parameters: Sequence[Value], state: State) -> Memory | None:
    """Return what is remembered of each of these parameters, as arrays; None if it is not alike for all."""
    each = [state.get(p, {}) for p in parameters]
    if any(memory.keys() != each[0].keys() for memory in each):
        return None
    return {name: column([memory[name] for memory in each]) for name in each[0]}


def column(numbers: list[Any]) -> Any:
    """Return numbers as an array; a count that is the same for all stays one int, as it was before it was split.

    Adam raises β to its count of steps, and a power of an array may differ from that of a number in the last bit.
    """
    import numpy as np

    return numbers[0] if type(numbers[0]) is int and numbers.count(numbers[0]) == len(numbers) else np.array(numbers)


def split(parameters: Sequence[Value], memory: Memory) -> State:
    """Return what is remembered of many parameters, as plain numbers for each."""
    import numpy as np

    columns = [np.broadcast_to(numbers, len(parameters)).tolist() for numbers in memory.values()]
    rows: Iterable[Any] = zip(*columns, strict=True) if columns else [()] * len(parameters)
    return {p: dict(zip(memory, row, strict=True)) for p, row in zip(parameters, rows, strict=True)}


def replace(state: State, new: State) -> None:
    """Give a dict other entries, all at once."""
    all_at_once([(state.clear,), (state.update, new)])
