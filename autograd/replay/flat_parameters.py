"""Where the parameters of a record live: in two arrays, on which the machine computes.

A parameter that has moved in is the Value it was, of a class whose `data` and `grad` look into the arrays. So a model
reads and writes its numbers as ever, no number is copied from step to step, and an optimizer may change them all at once.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from autograd.errors import GraphError
from autograd.replay.program import Floats, Ints
from autograd.value import Value, as_float

Memory = dict[str, Any]


class Home:
    """Numbers and gradients, a row for each parameter that lives here."""

    def __init__(self, data: Floats, grad: Floats) -> None:
        self.data, self.grad = data, grad
        # the same, one at a time: twice as fast as an array
        self.number, self.slope = memoryview(data), memoryview(grad)  # type: ignore[arg-type]
        self.paid: Any = False  # where there is a gradient: True for everywhere, False for nowhere, else an array
        self.version = 0  # how often a number was changed
        self._all = slice(0, len(data))

    def pay(self, rows: Any, paid: Any) -> None:
        """Say of rows whether they have a gradient; elsewhere it is None."""
        if isinstance(rows, slice) and rows == self._all and isinstance(paid, bool):
            self.paid = paid
        elif paid is not self.paid:
            if isinstance(self.paid, bool):
                self.paid = np.full(len(self.data), self.paid)
            self.paid[rows] = paid

    def flags(self, rows: Any) -> Any:
        """Return whether these rows have a gradient: one answer for all, or an array."""
        return self.paid if isinstance(self.paid, bool) else self.paid[rows]

    def has(self, rows: Any) -> bool | None:
        """Return whether all of these rows have a gradient; None if some have and others have not."""
        flags = self.flags(rows)
        if isinstance(flags, bool):
            return flags
        some = bool(flags.any())
        return some if some == flags.all() else None


class Resident(Value):
    """A parameter that has moved in: `_x` is its home, and `_y` its row there."""

    __slots__ = ()

    @property
    def data(self) -> float:
        """The number."""
        return self._x.number[self._y]  # type: ignore[no-any-return]

    @data.setter
    def data(self, number: float) -> None:
        self._x.number[self._y] = as_float(number)
        self._x.version += 1

    @property
    def grad(self) -> float | None:
        """The gradient, or None."""
        return self._x.slope[self._y] if self._x.flags(self._y) else None

    @grad.setter
    def grad(self, number: float | None) -> None:
        self._x.pay(self._y, number is not None)
        if number is not None:
            self._x.slope[self._y] = number

    def __reduce__(self) -> Any:
        """Copy or pickle it as the Value that it was: a copy has a number of its own, and brings no home."""
        return unpacked, (self.data, self.grad, self.label, self.scope, self._kind)


def unpacked(data: float, grad: float | None, label: str, scope: str, kind: str) -> Value:
    """Return a copy of a parameter, which lives in no home."""
    copy = Value(data, label)
    copy.grad, copy.scope, copy._kind = grad, scope, kind
    return copy


def move_in(parameters: Sequence[Value], home: Home) -> None:
    """Let parameters live in a home, in this order."""
    for row, parameter in enumerate(parameters):
        number, gradient = parameter.data, parameter.grad
        parameter._x, parameter._y = home, row
        parameter.__class__ = Resident
        parameter.data, parameter.grad = number, gradient


class Residents:
    """The parameters of one record, and where they live: in the machine's arrays, unless another record had them first."""

    def __init__(self, parameters: Sequence[Value], numbers: Floats, gradients: Floats) -> None:
        self.parameters, self.numbers = parameters, numbers
        newcomers = [p for p in parameters if type(p) is Value]
        if strange := [p for p in parameters if type(p) not in (Value, Resident)]:
            raise GraphError(
                f"{strange[0]!r} is a {type(strange[0]).__name__}: a class of its own would be lost where a record keeps its parameters. "
                "Make it a Parameter."
            )
        if len(newcomers) == len(parameters):
            move_in(newcomers, Home(numbers, gradients))
        else:
            move_in(newcomers, Home(np.zeros(len(newcomers)), np.zeros(len(newcomers))))
        here = defaultdict(list)
        for place, parameter in enumerate(parameters):
            here[parameter._x].append(place)
        self.places = [
            (home, index([parameters[i]._y for i in places]), index(places)) for home, places in here.items()
        ]

    @property
    def version(self) -> list[int]:
        """What changes whenever one of the numbers is changed."""
        return [home.version for home, _, _ in self.places]

    def read(self) -> None:
        """Bring the numbers into the machine's array, where they do not live there."""
        for home, there, here in self.places:
            if home.data is not self.numbers:
                self.numbers[here] = home.data[there]

    def gradients(self) -> Floats | None:
        """Return a copy of the gradients that are there already."""
        if all(home.has(there) is False for home, there, _ in self.places):
            return None
        found = np.zeros(len(self.parameters))
        for home, there, here in self.places:
            found[here] = np.where(home.flags(there), home.grad[there], 0.0)
        return found

    def write(self, gradients: Floats) -> None:
        """Write gradients, in the machine's order."""
        for home, there, here in self.places:
            if home.grad is not gradients:
                home.grad[there] = gradients[here]

    def pay(self, gradients: Floats, reached: Ints | None) -> None:
        """Write gradients, which the parameters that were reached have from now on: all of them, for None."""
        self.write(gradients)
        for home, there, here in self.places:
            home.pay(there, True if reached is None else home.flags(there) | reached[here])


class FlatParameter:
    """Parameters that live in one home, as one parameter: its data and grad are arrays, with a number for each.

    >>> from autograd import Parameter, flat_parameters, record
    >>> w, b = Parameter(3.0), Parameter(1.0)
    >>> record(lambda x: w * x + b, 1.0)([1.0, 3.0]).backward()
    >>> (flat,) = flat_parameters([w, b])
    >>> flat.data -= 0.5 * flat.grad
    >>> w.data, b.data
    (2.0, 0.5)
    """

    def __init__(self, parameters: Sequence[Value]) -> None:
        self.parameters = parameters
        self._home: Home = parameters[0]._x
        self._rows = index([p._y for p in parameters])
        self._view: Floats | None = self._home.data[self._rows] if isinstance(self._rows, slice) else None

    @property
    def data(self) -> Floats:
        """The numbers: a view of them, or a copy where other parameters lie between them."""
        numbers: Floats = self._home.data[self._rows] if self._view is None else self._view
        return numbers

    @data.setter
    def data(self, numbers: Floats) -> None:
        if numbers is not self._view:  # else they were changed where they lie
            self._home.data[self._rows] = numbers
        self._home.version += 1

    @property
    def grad(self) -> Floats | None:
        """The gradients; None unless all have one."""
        return self._home.grad[self._rows] if self._home.has(self._rows) else None

    @grad.setter
    def grad(self, gradients: Floats | None) -> None:
        self._home.pay(self._rows, gradients is not None)
        if gradients is not None:
            self._home.grad[self._rows] = gradients

    @property
    def mixed(self) -> bool:
        """Whether some of the parameters have a gradient, and others have none."""
        return self._home.has(self._rows) is None

    def joined(self, memories: dict[Value, Memory]) -> Memory | None:
        """Return what is remembered of each parameter as arrays; None if it is not alike for all."""
        each = [memories.get(p, {}) for p in self.parameters]
        if any(memory.keys() != each[0].keys() for memory in each):
            return None
        return {name: np.array([memory[name] for memory in each]) for name in each[0]}

    def split(self, memory: Memory) -> dict[Value, Memory]:
        """Return what is remembered, as plain numbers for each parameter."""
        columns = [np.broadcast_to(numbers, len(self.parameters)).tolist() for numbers in memory.values()]
        rows: Iterable[Any] = zip(*columns, strict=True) if columns else [()] * len(self.parameters)
        return {p: dict(zip(memory, row, strict=True)) for p, row in zip(self.parameters, rows, strict=True)}


def index(rows: list[int]) -> Any:
    """Return what picks these rows: a slice where they go on by ones, which copies nothing."""
    return slice(rows[0], rows[0] + len(rows)) if rows == list(range(rows[0], rows[0] + len(rows))) else np.array(rows)


def flattened(parameters: Sequence[Value]) -> list[FlatParameter]:
    """Return parameters as one, if all live in one home (see `autograd.flat_parameters`)."""
    homes = {p._x if type(p) is Resident else None for p in parameters}
    if len(homes) > 1 or None in homes:
        return []
    return [FlatParameter(sorted(parameters, key=lambda p: p._y))]
