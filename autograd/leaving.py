"""What would take a Value out of the graph, or is written for another language, and is refused with what to write instead."""

from typing import Any, NoReturn

from autograd.errors import DataError


def refused(call: str) -> DataError:
    """Return the error for a call that would leave the graph."""
    return DataError(
        f"{call} would leave the graph, and the gradient would be lost without a word. For a function, use the method: "
        "v.sin(), not math.sin(v). For the plain number, say so: v.item()."
    )


class Leaving:
    """The operations that Value refuses.

    >>> from autograd import Value
    >>> Value(2.0) ^ 2
    Traceback (most recent call last):
    autograd.errors.DataError: v ^ 2 is Python's exclusive or, which is for whole numbers. A power is written v ** 2.
    """

    __slots__ = ()

    def __float__(self) -> float:
        raise refused("float(v)")

    def __int__(self) -> int:
        raise refused("int(v)")

    def __round__(self, digits: int | None = None) -> NoReturn:
        raise refused("round(v)")

    def __mod__(self, other: Any) -> NoReturn:
        raise refused("v % n")

    def __floordiv__(self, other: Any) -> NoReturn:
        raise refused("v // n")

    __rmod__, __rfloordiv__ = __mod__, __floordiv__

    def __xor__(self, n: Any) -> NoReturn:
        raise DataError(
            f"v ^ {n!r} is Python's exclusive or, which is for whole numbers. A power is written v ** {n!r}."
        )
