"""Where the numbers of a group lie: views where they can be, gathers where they must.

An array has a row for each node and a column for each lane. Where the rows of a group go on by constant steps (see
`schedule.strides`), its numbers are a view of the array, and nothing is copied.
"""

from collections.abc import Callable

import numpy as np
from numpy.lib.stride_tricks import as_strided

from autograd.replay.program import Floats, Ints
from autograd.replay.schedule import strides


def view(array: Floats, rows: Ints, steps: list[int]) -> Floats:
    """Return rows of an array that go on by these steps, without a copy."""
    row, lane = array.strides
    if steps == [1]:
        return array[rows[0] : rows[0] + len(rows)]
    return as_strided(array[rows.flat[0] :], (*rows.shape, array.shape[1]), (*(s * row for s in steps), lane))


def reader(array: Floats, rows: Ints) -> tuple[Floats, Callable[[], object] | None]:
    """Return an array that holds these rows, and the step that has to fill it first, if it is no view."""
    steps = strides(rows)
    if steps is not None:
        return view(array, rows, steps), None
    copy = np.empty((*rows.shape, array.shape[1]))
    return copy, lambda: array.take(rows, 0, copy, "clip")


class Target:
    """Rows that gradients are added to: `add(c)` adds an array, or writes it where none was added before.

    `out` is the view to write to at once, where that is possible. `add` is looked up once, while the steps are built: a
    method kept in its own object would be a circle, which only the garbage collector frees.
    """

    def __init__(self, array: Floats, rows: Ints, fresh: bool) -> None:
        self.array, self.rows, self.fresh, self.out = array, rows, fresh, None
        steps = strides(rows)
        shared = tuple(d for d, s in enumerate(steps or ()) if s == 0 and rows.shape[d] > 1)
        one = rows[tuple(slice(0, 1) if d in shared else slice(None) for d in range(rows.ndim))]
        if (steps is None or one.ndim > 1) and len(np.unique(one)) < one.size:
            self._prepare_repeated()
        elif steps is None:
            self._way = "distinct"
        else:
            self._view, self._shared = view(array, one, steps), shared
            self._way = "summed" if shared else "viewed"
            self.out = self._view if fresh and not shared else None

    @property
    def add(self) -> Callable[[Floats], None]:
        """Return the function that adds to these rows."""
        way: Callable[[Floats], None] = getattr(self, f"_{self._way}")
        return way

    def _viewed(self, c: Floats) -> None:
        if self.fresh:
            self._view[...] = c
        else:
            self._view += c

    def _summed(self, c: Floats) -> None:
        self._viewed(c.sum(self._shared, keepdims=True))

    def _distinct(self, c: Floats) -> None:
        if self.fresh:
            self.array[self.rows] = c
        else:
            self.array[self.rows] += c

    def _prepare_repeated(self) -> None:
        self._order = np.argsort(self.rows, axis=None, kind="stable")
        self.rows, self._starts = np.unique(self.rows.ravel()[self._order], return_index=True)
        self._way = "repeated"

    def _repeated(self, c: Floats) -> None:
        self._distinct(np.add.reduceat(c.reshape(-1, c.shape[-1])[self._order], self._starts, axis=0))
