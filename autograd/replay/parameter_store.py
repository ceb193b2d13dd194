"""One store for the parameters of a record: their numbers lie in one array, their gradients in another.

A stored parameter is the Value it was, of a class whose `data` and `grad` look into the store. So a model reads and
writes its numbers as ever, the machine computes on the store's arrays, and an optimizer changes them all at once.

    ParameterStore       the arrays, a row for each parameter
    StoredParameter      a parameter that lies in a store
    FlatParameter        several parameters of one store, as one: its data and grad are arrays
    RecordedParameters   the parameters of one record, which may lie in several stores
"""

import os
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import repeat
from threading import RLock
from typing import Any

import numpy as np

from autograd.errors import GraphError
from autograd.refusals import a_or_an, as_float
from autograd.replay.program import Floats, Ints
from autograd.value import Value


def lock_kept_through_forks() -> Any:
    """Return a lock for which a fork waits: in the new process there is no other thread that could release it."""
    lock = RLock()
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=lock.acquire, after_in_parent=lock.release, after_in_child=lock.release)
    return lock


changing_stores = lock_kept_through_forks()


class Gradients:
    """A gradient for each row of a store, and whether there is one. A backward pass makes one anew, and puts it in place at once."""

    __slots__ = ("array", "flags", "numbers", "uniform")

    def __init__(self, array: Floats, uniform: bool | None, flags: Any = b"") -> None:
        self.array = array
        self.numbers = memoryview(array)  # type: ignore[arg-type] # one at a time: twice as fast as an array
        self.uniform = uniform  # whether all rows have a gradient (True) or none has (False); None: the flags say which
        self.flags = flags

    def spread(self) -> None:
        """Let each row have a flag of its own."""
        if self.uniform is not None:
            self.flags = bytearray([self.uniform]) * len(self.array)
            self.uniform = None

    def present(self, rows: Any) -> Any:
        """Return whether each of these rows has a gradient: True or False for all, or an array."""
        return np.frombuffer(self.flags, bool)[rows] if self.uniform is None else self.uniform

    def all_or_none(self, rows: Any) -> bool | None:
        """Return whether these rows have a gradient; None if some have and others have not."""
        present = self.present(rows)
        if isinstance(present, bool):
            return present
        some = bool(present.any())
        return some if some == present.all() else None

    def mark(self, rows: Any, present: Any) -> None:
        """Say of rows whether they have a gradient."""
        if self.uniform is not None:
            self.spread()
        np.frombuffer(self.flags, bool)[rows] = present


class ParameterStore:
    """The arrays in which parameters live, a row for each."""

    __slots__ = ("data", "gradients", "numbers", "version")

    def __init__(self, parameters: Sequence[Value], data: Floats, gradients: Floats) -> None:
        data[:] = [p.data for p in parameters]
        gradients[:] = [0.0 if p.grad is None else p.grad for p in parameters]
        self.data, self.numbers = data, memoryview(data)  # type: ignore[arg-type]
        self.gradients = Gradients(gradients, None, bytearray(p.grad is not None for p in parameters))
        self.version = 0  # how often a number was changed
        for row, parameter in enumerate(parameters):
            parameter._x, parameter._y = self, row
        # all in one call, and last: until now each was a Value with its own number
        any(map(setattr, parameters, repeat("__class__"), repeat(StoredParameter)))


class StoredParameter(Value):
    """A parameter that lies in a store: `_x` is the store, and `_y` its row there."""

    __slots__ = ()
    _made = Value

    @property
    def data(self) -> float:
        """The number."""
        return self._x.numbers[self._y]  # type: ignore[no-any-return]

    @data.setter
    def data(self, number: float) -> None:
        store = self._x
        number = number if type(number) is float else as_float(number)
        store.version += 1  # first: an interruption may come between
        store.numbers[self._y] = number

    @property
    def grad(self) -> float | None:
        """The gradient, or None."""
        gradients = self._x.gradients
        present = gradients.flags[self._y] if gradients.uniform is None else gradients.uniform
        return gradients.numbers[self._y] if present else None

    @grad.setter
    def grad(self, number: float | None) -> None:
        gradients = self._x.gradients
        if gradients.uniform is not None:
            gradients.spread()
        if number is not None:
            gradients.numbers[self._y] = number
        gradients.flags[self._y] = number is not None

    def __reduce__(self) -> Any:
        """Copy or pickle it as the Value that it was: a copy has a number of its own, and lies in no store."""
        return plain_copy, (self.data, self.grad, self.label, self.scope, self._kind)


def plain_copy(data: float, grad: float | None, label: str, scope: str, kind: str) -> Value:
    """Return a copy of a parameter, which lies in no store."""
    copy = Value(data, label)
    copy.grad, copy.scope, copy._kind = grad, scope, kind
    return copy


class FlatParameter:
    """Parameters that lie in one store, as one parameter: its data and grad are arrays, with a number for each.

    >>> from autograd import Parameter, flat_parameters, record
    >>> w, b = Parameter(3.0), Parameter(1.0)
    >>> record(lambda x: w * x + b, 1.0)([1.0, 3.0]).backward()
    >>> (flat,) = flat_parameters([w, b])
    >>> flat.data -= 0.5 * flat.grad
    >>> w.data, b.data
    (2.0, 0.5)

    Shapes: data and grad are (parameters,), in the order of `parameters`.
    """

    def __init__(self, parameters: Sequence[Value]) -> None:
        self.parameters = parameters
        self.store: ParameterStore = parameters[0]._x
        self.rows = index([p._y for p in parameters])
        self.all = isinstance(self.rows, slice) and len(parameters) == len(self.store.data)
        self._view: Floats | None = self.store.data[self.rows] if isinstance(self.rows, slice) else None

    @property
    def data(self) -> Floats:
        """The numbers: a view of them, or a copy where other parameters lie between them."""
        numbers: Floats = self.store.data[self.rows] if self._view is None else self._view
        return numbers

    @data.setter
    def data(self, numbers: Floats) -> None:
        self.store.version += 1
        if numbers is not self._view:  # else they were changed where they lie
            self.store.data[self.rows] = numbers

    @property
    def grad(self) -> Floats | None:
        """The gradients; None unless all have one."""
        gradients = self.store.gradients
        return gradients.array[self.rows] if gradients.all_or_none(self.rows) else None

    @grad.setter
    def grad(self, numbers: Floats | None) -> None:
        gradients = self.store.gradients
        if numbers is not None:
            gradients.array[self.rows] = numbers
        if self.all:
            gradients.uniform = numbers is not None
        else:
            gradients.mark(self.rows, numbers is not None)

    @property
    def mixed(self) -> bool:
        """Whether some of the parameters have a gradient, and others have none."""
        return self.store.gradients.all_or_none(self.rows) is None


class RecordedParameters:
    """The parameters of one record: in the machine's arrays, or where another record stored them before."""

    def __init__(self, parameters: Sequence[Value], numbers: Floats, gradients: Floats) -> None:
        self.parameters, self._numbers, self._machine_gradients = parameters, numbers, gradients
        if strange := [p for p in parameters if type(p) not in (Value, StoredParameter)]:
            raise GraphError(
                f"{strange[0]!r} is {a_or_an(strange[0])}: a class of its own would be lost where a record keeps its parameters. "
                "Make it a Parameter."
            )
        with changing_stores:
            new = [p for p in parameters if type(p) is Value]
            arrays = (numbers, gradients) if len(new) == len(parameters) else np.zeros((2, len(new)))
            ParameterStore(new, *arrays)
        places = defaultdict(list)
        for place, parameter in enumerate(parameters):
            places[parameter._x].append(place)
        self._parts = [(FlatParameter([parameters[i] for i in here]), index(here)) for here in places.values()]
        self._stores = list(places)
        whole = [part.store for part, here in self._parts if part.all and isinstance(here, slice)]
        self._only = whole[0] if whole and len(self._parts) == 1 else None

    @property
    def version(self) -> Any:
        """What changes whenever one of the numbers is changed."""
        return self._stores[0].version if len(self._stores) == 1 else [store.version for store in self._stores]

    def read(self) -> None:
        """Bring the numbers into the machine's array, where they do not live there."""
        for part, here in self._parts:
            if part.store.data is not self._numbers:
                self._numbers[here] = part.data

    def gradients(self) -> Floats | None:
        """Return a copy of the gradients that are there already, 0 where there is none; None if there is none at all."""
        kept = [(part, here) for part, here in self._parts if part.store.gradients.uniform is not False]
        if all(part.store.gradients.all_or_none(part.rows) is False for part, _ in kept):
            return None
        found = np.zeros(len(self.parameters))
        for part, here in self._parts:
            gradients = part.store.gradients
            found[here] = np.where(gradients.present(part.rows), gradients.array[part.rows], 0.0)
        return found

    def add(self, compute: Callable[[Floats | None], Floats], reached: Ints | None) -> None:
        """Put in place the gradients that are computed on top of those before; no other thread adds to any meanwhile.

        The parameters that were reached have a gradient from now on (all of them, for None). If anything fails, nothing
        has changed: the machine may write into its array of gradients, since those that were kept there move to a copy.
        """
        with changing_stores:
            if reached is None and self._only is not None and self._only.gradients.uniform is False:
                self._only.gradients = Gradients(compute(None), True)  # the usual case, in one store
                return
            before = self.gradients()
            for store in self._stores:
                kept = store.gradients
                if kept.uniform is not False and kept.array is self._machine_gradients:
                    store.gradients = Gradients(kept.array.copy(), kept.uniform, kept.flags)
            self._write(compute(before), reached)

    def _write(self, gradients: Floats, reached: Ints | None) -> None:
        new = [updated(part, here, gradients, reached) for part, here in self._parts]
        any(map(setattr, self._stores, repeat("gradients"), new))  # one call: no interruption comes between two stores


def updated(part: FlatParameter, here: Any, gradients: Floats, reached: Ints | None) -> Gradients:
    """Return the gradients of a store, with new ones for a part of it."""
    before = part.store.gradients
    if part.all:
        array = gradients if len(gradients) == len(part.parameters) and isinstance(here, slice) else gradients[here]
    else:
        array = before.array.copy()
        array[part.rows] = gradients[here]
    if part.all and reached is None:
        return Gradients(array, True)
    new = Gradients(array, before.uniform, bytearray(before.flags))
    new.mark(part.rows, True if reached is None else before.present(part.rows) | reached[here])
    return new


def index(rows: list[int]) -> Any:
    """Return what picks these rows: a slice where they go on by ones, which copies nothing."""
    return slice(rows[0], rows[0] + len(rows)) if rows == list(range(rows[0], rows[0] + len(rows))) else np.array(rows)


def flattened(parameters: Sequence[Value]) -> list[FlatParameter]:
    """Return parameters as one, if all lie in one store (see `autograd.flat_parameters`)."""
    stores = {p._x if type(p) is StoredParameter else None for p in parameters}
    if len(stores) > 1 or None in stores:
        return []
    return [FlatParameter(sorted(parameters, key=lambda p: p._y))]
