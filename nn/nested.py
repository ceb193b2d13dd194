"""Numbers and leaves in nested lists, as matrices are: their shape, and all of them in order."""

from collections.abc import Sequence
from typing import Any, TypeAlias

from autograd import Value

Nested: TypeAlias = float | Sequence["Nested"]  # a number, or lists of numbers
NestedLeaves: TypeAlias = Value | Sequence["NestedLeaves"]


def numbers_in(leaves: NestedLeaves) -> Nested:
    """Return the number of a leaf, or the numbers in nested lists of them."""
    return leaves.data if isinstance(leaves, Value) else [numbers_in(part) for part in leaves]


def as_lists(numbers: Any) -> Nested:
    """Return an array as nested lists, and anything else as it is."""
    return numbers.tolist() if hasattr(numbers, "tolist") else numbers  # type: ignore[no-any-return]


def shape(nested: object) -> tuple[int, ...]:
    """Return the shape of nested lists.

    >>> shape(3.0), shape([[1, 2, 3], [4, 5, 6]])
    ((), (2, 3))
    """
    return (len(nested), *(shape(nested[0]) if nested else ())) if isinstance(nested, (list, tuple)) else ()


def flat(nested: Any) -> list[Any]:
    """Return what is in nested lists, in order."""
    return [item for part in nested for item in flat(part)] if isinstance(nested, (list, tuple)) else [nested]
