"""What a training was made with, in a form that a checkpoint can keep: so that another training does not go on from it."""

import hashlib
import re
from array import array
from itertools import zip_longest
from typing import Any

from autograd import DataError
from nn.checks import as_list
from nn.data.batching import Data


def check_same_settings(made: dict[str, Any], now: dict[str, Any]) -> None:
    """Refuse a checkpoint of another training."""
    differing = [
        "{} {!r:.120}, now {!r:.120}".format(part, *difference(made.get(part), now[part]))
        for part in now
        if made.get(part) != now[part]
    ]
    if differing:
        raise DataError(
            f"This checkpoint was made with other parts: {'; '.join(differing)}. Its numbers would not be those of an unbroken run. "
            "Give fit the same parts; or take only the weights: model.load_state_dict(load_checkpoint(path)['model'])."
        )


def difference(one: Any, other: Any) -> tuple[Any, Any]:
    """Return two things that differ, or of two lists the first pair that does."""
    if not (isinstance(one, list) and isinstance(other, list)):
        return one, other
    return next((a, b) for a, b in zip_longest(one, other) if a != b)


def written(part: object) -> str:
    """Return how a part is written, without the addresses that Python writes: they are others in the next run."""
    return re.sub(r" at 0x[0-9a-fA-F]+", "", repr(part))


def function_name(function: object) -> str | None:
    """Return a function's name."""
    return None if function is None else getattr(function, "__qualname__", type(function).__name__)


def digest(data: Data) -> str:
    """Return a check sum of all examples, in their order."""
    sums = hashlib.sha256()
    for example in data:
        for part in example:
            sums.update(in_bytes(part))
    return f"{len(data)} examples, {sums.hexdigest()[:16]}"


def in_bytes(numbers: Any) -> bytes:
    """Return the bytes of a row of numbers; of what is not numbers, those of its text."""
    try:
        return array("d", as_list(numbers)).tobytes()
    except TypeError:
        return repr(numbers).encode()
