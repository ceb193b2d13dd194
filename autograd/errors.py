"""What can go wrong, as a tree. Each error is also the built-in one that Python would have raised.

    AutogradError
    ├── DataError         (TypeError)          what was given is not a number
    ├── GraphError        (ValueError)         a node that is not in this graph, or is no node
    │   └── PositionError (IndexError)         an event that is not in this stream
    ├── FileError         (OSError)            a file that cannot be written or read
    │   └── MissingFileError (FileNotFoundError)  there is no file of that name
    ├── MissingPackageError (ImportError)     a package that only this needs is not installed
    ├── LengthError       (ValueError)         two lists that should be equally long are not
    ├── PictureError      (ValueError)         a picture that cannot be drawn as asked: a level or format there is not
    │   └── RenderError   (RuntimeError)       there is no Graphviz, or its time is out
    └── DomainError       (ValueError)         the operation has no value there: log of 0
        ├── DivisionError (ZeroDivisionError)  division by 0, 0 to a negative power
        └── RangeError    (OverflowError)      the value is too large for a float: exp of 1000

A message says what is wrong, why, and what would work. A refused operation leaves every node as it was.
"""


class AutogradError(Exception):
    """Anything that this package refuses."""


class DataError(AutogradError, TypeError):
    """What was given is not a number."""


class GraphError(AutogradError, ValueError):
    """A node that is not in this graph, or something that is no node."""


class PositionError(GraphError, IndexError):
    """An event that is not in this stream."""


class FileError(AutogradError, OSError):
    """A file that cannot be written or read."""


class MissingFileError(FileError, FileNotFoundError):
    """There is no file of that name."""


class MissingPackageError(AutogradError, ImportError):
    """A package that only this needs is not installed."""


class LengthError(AutogradError, ValueError):
    """Two lists that should be equally long are not."""


class PictureError(AutogradError, ValueError):
    """A picture cannot be drawn as asked."""


class RenderError(PictureError, RuntimeError):
    """There is no Graphviz, or it failed, or its time is out."""


class DomainError(AutogradError, ValueError):
    """An operation has no value at these numbers."""


class DivisionError(DomainError, ZeroDivisionError):
    """A division by 0, or 0 to a negative power."""


class RangeError(DomainError, OverflowError):
    """A power or an exp is too large for a float. Sums and products go to infinity there, as Python's own do."""


class GrowingGraphWarning(UserWarning):
    """A graph grows from update to update, since what was computed before is part of it."""
