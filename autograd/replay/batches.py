"""What an example looks like, and a batch of such examples as columns.

A form is a rectangle of numbers (a single number has shape ()), or a dict or a ragged list of forms. A batch of a
rectangle has one axis more, the first; of a dict, it is a dict of batches or a list of dicts; of a ragged list, a list.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

import numpy as np

from autograd.errors import DataError, LengthError
from autograd.refusals import a_or_an
from autograd.replay.program import Floats
from autograd.value import Value


class ArrayOfNumbers(Protocol):
    """An array of NumPy, torch, JAX or Dask."""

    @property
    def shape(self) -> Any:
        """How many numbers it has along each axis."""


# what a user gives, and what f may return
Batch: TypeAlias = float | ArrayOfNumbers | Sequence["Batch"] | Mapping[Any, "Batch"]  # an example has the same form
Outputs: TypeAlias = Value | Sequence["Outputs"] | Mapping[Any, "Outputs"]

EMPTY = "The batch is empty, and the mean of nothing has no value. Give one example at least."


class ExampleForm:
    """The form of one example.

    >>> form = ExampleForm({"x": [1.0, 2.0], "y": 3.0})
    >>> form.size, form.columns({"x": [[1, 2], [3, 4]], "y": [5, 6]}).tolist()
    (3, [[1.0, 2.0, 5.0], [3.0, 4.0, 6.0]])
    """

    def __init__(self, example: Any, name: str = "the example") -> None:
        self.name = name
        self.shape: tuple[int, ...] | None = None
        self.parts: dict[Any, ExampleForm] = {}
        if isinstance(example, Mapping):
            self.parts = {key: ExampleForm(part, f"{name}[{key!r}]") for key, part in example.items()}
        elif ragged(example):
            self.parts = {i: ExampleForm(part, f"{name}[{i}]") for i, part in enumerate(example)}
        else:
            self.shape = numbers(example, name).shape
        self.keyed = isinstance(example, Mapping)
        self.size: int = sum(p.size for p in self.parts.values()) if self.shape is None else int(np.prod(self.shape))
        if not self.size:
            raise LengthError(f"{name} holds no number. Record on an example that has one at least.")

    def flat(self, example: Any) -> Floats:
        """Return the numbers of one example, in order."""
        columns = self.columns(example)
        if columns.ndim == 2:
            raise LengthError(f"{self.name} is to be one example, and this is a batch. Record on one, batch[0] say.")
        return columns

    def filled(self, values: Iterator[Value]) -> Any:
        """Return the same form with Values in it: lists, and dicts of lists."""
        if self.shape is None:
            parts = {key: part.filled(values) for key, part in self.parts.items()}
            return parts if self.keyed else list(parts.values())
        cells = np.empty(self.size, object)
        cells[:] = [next(values) for _ in range(self.size)]
        return cells.reshape(self.shape).tolist() if self.shape else cells[0]

    def columns(self, batch: Any) -> Floats:
        """Return a batch as an array (examples, numbers), and a single example as an array of one axis."""
        if self.shape is not None:
            return self._rectangle(batch)
        if self.keyed and isinstance(batch, Mapping):
            return self._joined(batch)
        if not isinstance(batch, (list, tuple)):
            raise DataError(f"{self.name} was recorded as {self}, and here is {a_or_an(batch)}.")
        if not self.keyed and self._is_single(batch):
            return self._joined(dict(enumerate(batch)))
        if not batch:
            raise LengthError(EMPTY)
        return np.array([self._one(example) for example in batch])

    def _one(self, example: Any) -> Floats:
        """Return the numbers of one example of a batch."""
        if not self.keyed and not (isinstance(example, (list, tuple)) and len(example) == len(self.parts)):
            raise LengthError(f"{self.name} was recorded as {self}, and the batch has {example!r} as an example.")
        return self.flat(example)

    def _rectangle(self, batch: Any) -> Floats:
        array = numbers(batch, self.name)
        if array.shape[1:] != self.shape or not array.size:
            self.fits(array.shape)
        return array.reshape(self.size if array.shape == self.shape else (len(array), self.size))

    def fits(self, shape: tuple[int, ...]) -> None:
        """Refuse an array that is neither an example nor a batch of them."""
        if 0 in shape:
            raise LengthError(EMPTY)
        if shape not in (self.shape, (*shape[:1], *self.shape)):  # type: ignore[misc]
            batch_shape = f"({', '.join(['examples', *map(str, self.shape)])})" if self.shape else "(examples,)"
            raise LengthError(
                f"{self.name} was recorded as {self}, and here is an array of shape {shape}. "
                f"Give an array of shape {batch_shape} for a batch, {self.shape} for one example."
            )

    def _joined(self, batch: Mapping[Any, Any]) -> Floats:
        if batch.keys() != self.parts.keys():
            raise LengthError(f"{self.name} was recorded with {list(self.parts)}, and here are {list(batch)}.")
        return joined([part.columns(batch[key]) for key, part in self.parts.items()])

    def _is_single(self, batch: Any) -> bool:
        """Whether a ragged list is one example: as long as the recorded one, and each part one level as deep."""
        return len(batch) == len(self.parts) and all(
            part.shape is None or np.ndim(batch[i]) == len(part.shape) if not ragged(batch[i]) else part.shape is None
            for i, part in self.parts.items()
        )

    def __repr__(self) -> str:
        if self.shape is None:
            return f"{'a dict' if self.keyed else 'a list'} of {len(self.parts)} parts"
        return f"an array of shape {self.shape}" if self.shape else "a single number"


def joined(parts: Sequence[Floats]) -> Floats:
    """Return columns side by side, if they have as many examples."""
    same_length(parts)
    return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=-1)


def same_length(parts: Sequence[Floats]) -> None:
    """Refuse columns of several numbers of examples."""
    lengths = {part.shape[:-1] for part in parts}
    if len(lengths) > 1:
        said = " and ".join(f"one of {length[0]}" if length else "one without a batch axis" for length in lengths)
        raise LengthError(
            f"The inputs are to have one number of examples, and here are {said}. Give as many of each: they go in pairs."
        )


def no_nan(block: Floats, name: str) -> None:
    """Refuse a NaN, and say where it is."""
    if np.isnan(block.min()):
        example, place = np.argwhere(np.isnan(block))[0].tolist()
        raise DataError(
            f"Example {example} of the batch has a NaN as number {place} of {name} (both counted from 0), and every "
            "gradient would be NaN after it. Correct the data, or leave the example out."
        )


def ragged(example: Any) -> bool:
    """Whether a list holds parts of several shapes."""
    if not isinstance(example, (list, tuple)):
        return False
    if any(isinstance(part, Mapping) or ragged(part) for part in example):
        return True
    return len({np.shape(part) for part in example}) > 1


def numbers(x: Any, name: str) -> Floats:
    """Return an array of floats, if these are real numbers."""
    if type(x) is np.ndarray and x.dtype.char == "d":
        return x
    try:
        array = np.asarray(x)
    except ValueError:
        raise LengthError(
            f"{name} is ragged: some of its lists are longer than others, and each example has as many numbers as the recorded one."
        ) from None
    if array.dtype == np.float64:
        return array
    if array.dtype.kind not in "iuf":
        raise not_real_numbers(name, x, array.dtype)
    return array.astype(np.float64)


def not_real_numbers(name: str, x: Any, dtype: Any) -> DataError:
    """Return the error for what holds no real numbers."""
    if getattr(dtype, "kind", "") == "O" and any(isinstance(number, Value) for number in np.asarray(x, object).flat):
        return DataError(
            f"{name} is to hold plain numbers, and here are Values. Give their data: f is given Values of its own."
        )
    return DataError(
        f"{name} is to hold real numbers, and here is {type(x).__name__} of {dtype}. "
        "Labels enter as numbers too, 0 or 1 for a truth value, one-hot for a class; words have to be numbered first."
    )


def collected(returned: Any, outputs: list[Value]) -> Any:
    """Append the Values in what f returned to `outputs`; return the same structure of their places."""
    if isinstance(returned, Value):
        outputs.append(returned)
        return len(outputs) - 1
    if isinstance(returned, Mapping) and returned:
        return {key: collected(part, outputs) for key, part in returned.items()}
    if isinstance(returned, (list, tuple)) and returned:
        return [collected(part, outputs) for part in returned]
    hint = (
        "Did it forget its return?"
        if returned is None
        else "A plain number has no graph: compute it from the Values that f is given."
    )
    raise DataError(f"f is to return a Value, or a list or dict of Values, and here is {returned!r}. {hint}")


def filled_in(structure: Any, leaf: Callable[[int], Any]) -> Any:
    """Return a structure of places (see `collected`) with leaf(place) at each place."""
    if isinstance(structure, dict):
        return {key: filled_in(part, leaf) for key, part in structure.items()}
    return [filled_in(part, leaf) for part in structure] if isinstance(structure, list) else leaf(structure)
