"""Numbers and leaves in nested lists, as matrices are: their shape, and all of them in order."""

from collections import deque
from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import Any, TypeAlias

from autograd import DataError, Value
from nn.checks import shortened
from nn.errors import StateError

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


def check_tied(leaves: Sequence[tuple[Value, str]], numbers: Sequence[float]) -> None:
    """Refuse two numbers for one leaf, which stands under two names: a tied weight."""
    seen: dict[Value, tuple[str, float]] = {}
    for (leaf, name), number in zip(leaves, numbers, strict=True):
        before, other = seen.setdefault(leaf, (name, number))
        if number != other and not number != number:
            raise StateError(
                f"{before} and {name} share a weight in this model, and the state_dict has two numbers for it, {other:g} and {number:g}. "
                "Give it the same number under both names."
            )


def set_at_once(leaves: Sequence[Value], numbers: Sequence[float]) -> None:
    """Set the numbers of leaves, in one call that runs no Python code: a signal is handled before or after it, not within."""
    deque(map(setattr, leaves, repeat("data"), numbers), maxlen=0)


def leaves_of(parameters: Iterable[Value]) -> list[Value]:
    """Return a list of parameters, if it is one; a Module is not, but has one."""
    found = list(parameters) if isinstance(parameters, Iterable) else [parameters]
    if isinstance(parameters, Value) or not all(isinstance(p, Value) for p in found):
        raise DataError(
            f"This takes a list of parameters, and {shortened(parameters)} is not one. Give model.parameters()."
        )
    return found
