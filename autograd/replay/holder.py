"""Who holds parameters says when an attribute is set: so a record need not look at each of them before each batch."""

from typing import Any, ClassVar


class Holder:
    """Base class of a model whose records look for replaced parameters only after an attribute was set somewhere.

    >>> from autograd import Parameter, record
    >>> class Line(Holder):
    ...     def __init__(self):
    ...         self.slope = Parameter(2.0)
    >>> line = Line()
    >>> double = record(lambda x: line.slope * x, 1.0)
    >>> line.slope = Parameter(3.0)
    >>> double(1.0)
    Traceback (most recent call last):
    ...
    autograd.errors.GraphError: 'slope' has been replaced since the recording: ...

    `nn.Module` is one. A model without it is looked at in each call.
    """

    edits: ClassVar[int] = 0

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)
        Holder.edits += 1

    def __delattr__(self, name: str) -> None:
        object.__delattr__(self, name)
        Holder.edits += 1
