"""The outputs of a layer: a list, on which arithmetic is refused."""

from typing import NoReturn

from autograd import DataError, Value


class Outputs(list[Value]):
    """The outputs of a layer or a model, in a list. Python repeats a list for `*`: -1 · outputs would be an empty one.

    >>> outputs = Outputs([Value(3.0), Value(4.0)])
    >>> [y.data for y in outputs]
    [3.0, 4.0]
    >>> -1 * outputs
    Traceback (most recent call last):
        ...
    autograd.errors.DataError: A model returns a list of its outputs, also of one, and a list is not a number to compute \
with. Take the one that you mean, model(x)[0]; for all of them, [-1 * y for y in model(x)].
    """

    __slots__ = ()

    def __mul__(self, other: object) -> NoReturn:
        raise DataError(
            "A model returns a list of its outputs, also of one, and a list is not a number to compute with. "
            "Take the one that you mean, model(x)[0]; for all of them, [-1 * y for y in model(x)]."
        )

    __rmul__ = __imul__ = __mul__

    def __neg__(self) -> NoReturn:
        raise self * -1
