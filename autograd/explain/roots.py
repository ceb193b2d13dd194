"""The root of what one is given: of a Value itself, of a function that builds a graph, of a lesson."""

from collections.abc import Callable
from typing import Protocol

from autograd.value import Value


class Builds(Protocol):
    """What builds a graph: a lesson, say."""

    @property
    def build(self) -> Callable[[], Value]:
        """The function that returns the root."""


def graph_of(thing: Value | Builds | Callable[[], Value]) -> Value:
    """Return the root of a graph: of a function that builds one, or of a lesson, what it builds; anything else as it is.

    >>> graph_of(lambda: Value(3.0) * 2).data
    6.0
    """
    build = thing if callable(thing) else getattr(thing, "build", None)
    return build() if callable(build) else thing  # type: ignore[return-value]
