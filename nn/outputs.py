"""The outputs of a layer: a list, on which arithmetic is refused."""

from typing import Any, NoReturn

from autograd import DataError, Value

REMEDY = (
    "A model returns a list of its outputs, also of one, and a list is not a number to compute with. "
    "Take the one that you mean, model(x)[0]; for all of them, [-1 * y for y in model(x)]."
)


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
    __array_ufunc__ = None  # so that np.float64(2) * outputs is refused too

    def __neg__(self) -> NoReturn:
        raise DataError(REMEDY)

    def __mul__(self, other: object) -> NoReturn:
        raise DataError(REMEDY)

    __rmul__ = __imul__ = __sub__ = __rsub__ = __truediv__ = __rtruediv__ = __pow__ = __rpow__ = __mul__

    def __add__(self, other: Any) -> Any:
        if isinstance(other, list):
            return [*self, *other]
        raise DataError(REMEDY)

    def __radd__(self, other: Any) -> Any:
        if isinstance(other, list):  # Python asks a subclass first
            return [*other, *self]
        raise DataError(REMEDY)

    def __getattr__(self, name: str) -> NoReturn:
        remedy = f" {REMEDY}" if not name.startswith("_") and hasattr(Value, name) else ""
        raise AttributeError(f"A list of outputs has no {name!r}.{remedy}", name=name, obj=self)
