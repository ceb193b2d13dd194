"""The small checks that all of nn makes: each returns what it was given, or says what would work.

>>> check_count("epochs", 3), check_positive("gamma", 0.5), choose("colour", "red", {"red": 1, "blue": 2})
(3, 0.5, 1)
>>> choose("colour", "rad", {"red": 1, "blue": 2})
Traceback (most recent call last):
    ...
nn.errors.SettingError: There is no colour 'rad'. Did you mean 'red'? Choose one of red, blue.
"""

import math
import operator
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from random import Random
from typing import Any, TypeVar

from autograd import DataError, DomainError, LengthError, Value
from nn.errors import SettingError

Number = Value | float
T = TypeVar("T")


def check_range(name: str, setting: T, holds: Callable[[Any], bool], words: str, remedy: str = "") -> T:
    """Return a setting, if it is in its range, which `words` describe."""
    try:
        right = holds(setting) and not isinstance(setting, (bool, Value))
    except TypeError:  # no number at all
        right = False
    if not right:
        raise SettingError(f"{name} must be {words}, and here it is {shortened(setting)}.{remedy and ' ' + remedy}")
    return setting


def check_count(name: str, n: Any) -> int:
    """Return a number of things, if it is one: 1 or more."""
    return check_range(name, n, lambda n: hasattr(n, "__index__") and n >= 1, "a whole number, 1 or more")  # type: ignore[no-any-return]


def check_positive(name: str, x: float, remedy: str = "") -> float:
    """Return a number, if it is finite and above 0."""
    return check_range(name, x, lambda x: 0 < x < math.inf, "a finite number above 0", remedy)


def check_none(set_to_none: bool) -> None:
    """Refuse gradients of 0 in the place of None, which PyTorch has too."""
    if set_to_none is not True:
        raise DataError(
            "A gradient that has not been computed is None here, and not 0. Leave set_to_none=False out; p.grad = 0.0 sets one."
        )


def choose(what: str, name: Any, options: Mapping[str, T], more: str = "") -> T:
    """Return the option of that name; without one, name them all, and the one that may be meant."""
    if isinstance(name, str) and name in options:
        return options[name]
    near = get_close_matches(str(name), options, 1)
    meant = f" Did you mean {near[0]!r}?" if near else ""
    raise SettingError(f"There is no {what} {shortened(name)}.{meant} Choose one of {', '.join(options)}{more}.")


def check_length(what: str, given: Any, whose: str, wanted: int) -> None:
    """Raise LengthError unless a list has as many as are wanted, DataError for what is not a list."""
    if not is_list(given):
        raise DataError(
            f"{whose} takes a list of {wanted} {what}, and was given {shortened(given)}, which is not a list."
        )
    if len(given) != wanted:
        raise LengthError(f"{whose} takes {wanted} {what}, and was given {len(given)}. Give a list of {wanted}.")


def check_list(whose: str, given: Any) -> Any:
    """Return a list of numbers, if it is one."""
    if not is_list(given):
        raise DataError(f"{whose} takes a list, and was given {shortened(given)}, which is not a list.")
    return given


def is_list(x: Any) -> bool:
    """Tell whether something is a list (a tuple, an array) rather than one number; text is refused."""
    if isinstance(x, (str, bytes)):
        raise DataError(f"{shortened(x)} is text. Give a number, or a list of numbers.")
    return isinstance(x, (list, tuple)) or (hasattr(x, "__len__") and getattr(x, "shape", None) != ())


def as_list(x: Any) -> Any:
    """Return a list as it is, and a single number as a list of one."""
    return x if is_list(x) else [x]


def check_rng(rng: Random | None) -> Random:
    """Return the random generator, or a fresh one."""
    if rng is None:
        return Random()
    if not isinstance(rng, Random):
        raise DataError(
            f"rng is a random.Random, and {shortened(rng)} is not one. For the same numbers every time, give rng=random.Random(0)."
        )
    return rng


def shortened(thing: Any) -> str:
    """Return how a thing is written, if need be only its beginning."""
    text = " ".join(repr(thing).split())  # an array takes several lines
    return text if len(text) < 60 else f"{text[:56]} …"


def first_three(names: Iterable[object]) -> str:
    """Return the first names of a list, and how many more there are.

    >>> first_three(["a", "b", "c", "d", "e"]), first_three([])
    ('a, b, c and 2 more', 'none')
    """
    words = [str(name) for name in names]
    more = f" and {len(words) - 3} more" if len(words) > 3 else ""
    return ", ".join(words[:3]) + more if words else "none"


def class_number(whose: str, label: Any, count: int) -> int:
    """Return the number of a class, if it is one of `count`."""
    if isinstance(label, bool) or not hasattr(label, "__index__"):
        raise DataError(
            f"{whose}: a class is a whole number from 0 to {count - 1}, and here is {shortened(label)}. From a float, write int(y)."
        )
    k = operator.index(label)
    if not 0 <= k < count:
        raise DomainError(
            f"{whose}: the {count} classes are numbered from 0 to {count - 1}, and here is class {k}. Did you count from 1?"
        )
    return k
