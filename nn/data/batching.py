"""Examples: how they are checked, put in order, cut into parts and batches.

Data is a list of examples, each a pair (inputs, target). The inputs are a list of numbers. The target is a class
(0, 1, 2, …), a number, or a list of numbers, as the loss wants it. Random numbers come from `rng`, a random.Random
that is passed in; without it, from a fresh one.
"""

import math
from array import array
from collections.abc import Iterable, Iterator, Sequence
from numbers import Real
from random import Random
from typing import Any, TypeAlias, TypeVar, overload

from autograd import DataError, DomainError, LengthError, Value
from autograd.refusals import a_or_an
from nn.checks import as_list, check_count, check_rng, class_number, is_list, shortened

T = TypeVar("T")  # the target is what the loss takes: a class, a number, a list
Example: TypeAlias = tuple[Sequence[float], T]
Data: TypeAlias = Sequence[tuple[Sequence[float], T]]


def batches(
    data: Data[T], size: int, rng: Random | None = None, shuffle: bool = True
) -> Iterator[tuple[list[Sequence[float]], list[T]]]:
    """Yield the data in batches: a list of inputs, and a list of their targets.

    >>> for inputs, targets in batches([([0.0], 0), ([0.1], 1), ([0.2], 0)], 2, shuffle=False):
    ...     print(inputs, targets)
    [[0.0], [0.1]] [0, 1]
    [[0.2]] [0]

    One pass is one epoch: 1000 examples in batches of 100 make 10 iterations. The data is shuffled, by `rng`, unless
    shuffle=False says not to (PyTorch's DataLoader has it the other way round). The last batch may be smaller; a size
    beyond the data makes one batch of all. Raises SettingError for a size of 0.
    """
    order = shuffled(data, rng) if shuffle else checked(data)
    starts = range(0, len(order), check_count("size", size))
    return (unzipped(order[start : start + size]) for start in starts)


def random_split(
    data: Data[T], fractions: Sequence[float] = (0.8, 0.1, 0.1), rng: Random | None = None
) -> list[Data[T]]:
    """Return the data in random order, cut into parts: to train, to validate, to test.

    >>> train, validation, test = random_split([([0.0], 1)] * 100, [0.8, 0.1, 0.1])
    >>> len(train), len(validation), len(test)
    (80, 10, 10)

    Sizes are rounded down, and what is left goes to the first parts, one each, as PyTorch does. Raises DomainError for
    fractions that do not add up to 1, LengthError where a part would be empty.
    """
    if (
        not is_list(fractions)
        or not all(isinstance(f, Real) and f > 0 for f in fractions)
        or not math.isclose(math.fsum(fractions), 1)
    ):
        raise DomainError(
            f"The fractions must be above 0 and add up to 1, and {shortened(fractions)} do not. Try (0.8, 0.1, 0.1)."
        )
    n = len(checked(data))
    sizes = [math.floor(n * f) for f in fractions]
    for i in range(n - sum(sizes)):
        sizes[i % len(sizes)] += 1
    if 0 in sizes:
        raise LengthError(f"{n} examples are too few to cut into {list(fractions)}: a part would be empty. Give more.")
    order = iter(shuffled(data, rng))
    return [[next(order) for _ in range(size)] for size in sizes]


def standardise(data: Data[T], like: Data[object] | None = None) -> list[Example[T]]:
    """Return the data with each input shifted and scaled to mean 0 and standard deviation 1.

    >>> standardise([([1.0, 7.0], 0), ([3.0, 7.0], 1)])
    [([-1.0, 0.0], 0), ([1.0, 0.0], 1)]

    With like=train, by the mean and deviation of that set: the validation set must not set its own measure. The
    deviation divides by n. An input that never changes becomes 0. Raises DomainError for a number that is not finite.
    """
    measure = data if like is None else like
    checked([*measure, *data])
    for rows in (measure, data):
        for i, example in enumerate(rows):
            check_numbers(i, example)
    columns = list(zip(*[as_list(x) for x, _ in checked(measure)], strict=True))
    means = [math.fsum(column) / len(column) for column in columns]
    variances = [
        math.fsum((x - m) ** 2 for x in column) / len(column) for column, m in zip(columns, means, strict=True)
    ]
    return [
        ([(x - m) / (math.sqrt(v) or 1.0) for x, m, v in zip(as_list(inputs), means, variances, strict=True)], target)
        for inputs, target in data
    ]


@overload
def one_hot(label: int, classes: int) -> list[float]: ...
@overload
def one_hot(label: Sequence[int], classes: int) -> list[list[float]]: ...
def one_hot(label: int | Sequence[int], classes: int) -> list[float] | list[list[float]]:
    """Return a list with 1 at the label's place and 0 elsewhere; for a list of labels, a list of such lists.

    >>> one_hot(2, 5)
    [0.0, 0.0, 1.0, 0.0, 0.0]

    Raises DomainError for a label that is not one of 0 … classes − 1.
    """
    if isinstance(label, Sequence) and not isinstance(label, str):
        return [one_hot(one, classes) for one in label]
    place = class_number("one_hot", label, check_count("classes", classes))
    return [1.0 if k == place else 0.0 for k in range(classes)]


def shuffled(data: Data[T], rng: Random | None) -> list[Example[T]]:
    """Return the examples in random order."""
    return check_rng(rng).sample(checked(data), len(data))


def unzipped(examples: Data[T]) -> tuple[list[Sequence[float]], list[T]]:
    """Return the inputs and the targets apart."""
    return [x for x, _ in examples], [y for _, y in examples]


def checked(data: Data[T]) -> Data[T]:
    """Return the data, if it is a list of pairs; an array of no dimension, np.array(1.0), counts as its number."""
    if not isinstance(data, Sequence):
        hint = (
            "Is list(data) one?"
            if isinstance(data, Iterable)
            else "Two examples are [([0.0, 1.0], 1), ([1.0, 1.0], 0)]."
        )
        raise DataError(f"Data is a list of pairs (inputs, target), and this is {a_or_an(data)}. {hint}")
    examples = list(data)
    if len(examples) != len(data):
        raise LengthError(
            f"This {type(data).__name__} says that it has {len(data)} examples, and gives {len(examples)}. Give list(data)."
        )
    if not examples:
        raise LengthError("There are no examples. Give a list of pairs (inputs, target), one at least.")
    for i, example in enumerate(examples):
        check_example(i, example, examples[0])
    if any(getattr(part, "shape", None) == () for example in examples for part in example):
        return [(as_number(inputs), as_number(target)) for inputs, target in examples]
    return data


def check_example(i: int, example: Any, first: Example[object]) -> None:
    """Refuse what is not a pair, and one with more or fewer inputs than the first."""
    if not isinstance(example, Sequence) or len(example) != 2:
        raise DataError(
            f"Data is a list of pairs (inputs, target), and entry {i} is not one: {shortened(example)}. From a list of inputs and a list of targets, "
            "list(zip(inputs, targets)) makes the pairs."
        )
    if width(example) != width(first):  # type: ignore[arg-type]
        raise LengthError(
            f"Example {i} has {width(example)} inputs, and example 0 has {width(first)}. Give each the same number."  # type: ignore[arg-type]
        )


def as_number(part: Any) -> Any:
    """Return the number in an array of no dimension, NaN where it is masked, and anything else as it is."""
    if getattr(part, "shape", None) != ():
        return part
    return math.nan if getattr(part, "mask", False) else part.item()


def width(example: Example[object]) -> int:
    """Return how many inputs an example has."""
    return len(as_list(example[0]))


def finite_example(example: Example[object]) -> bool:
    """Tell whether all numbers of an example are finite."""
    return all(finite(number) for part in example for number in as_list(part))


def check_numbers(i: int, example: Example[object]) -> None:
    """Refuse an example with an input that is not a number, or with a number that is not finite."""
    try:
        array("d", as_list(example[0]))
    except TypeError:
        raise DataError(
            f"Example {i} has an input that is not a plain number, {shortened(example)}. Where it is text that reads as one, write float(x)."
        ) from None
    if not finite_example(example):
        raise DomainError(
            f"Example {i} holds a number that is not finite, {shortened(example)}. Correct it or leave it out."
        )


def finite(number: Any) -> bool:
    """Tell whether a number is finite; what is not a number is not judged here."""
    try:
        return math.isfinite(number.data if isinstance(number, Value) else number)
    except TypeError:
        return True
