"""The slots in which a Value remembers how it was made.

Parents and partials are read as tuples, and lie in flat slots: Python's garbage collector visits every tuple, and a
graph has a node for each operation. By the arity of `op`, they are

    one               _x                        _dx
    two               _x, _y                    _dx, _dy
    MANY              _x: a tuple               _dx: a tuple
    PAIRS             _x, _y: tuples; _b        _dx, _dy: tuples; _db

The neurons of a layer share the tuple of their inputs.
"""

from typing import Any, Self

from autograd.op import PAIRS, Op


class Node:
    """A number, and what it was made from."""

    __slots__ = ("_b", "_db", "_dx", "_dy", "_kind", "_x", "_y", "data", "grad", "label", "op", "scope")
    data: float
    grad: float | None
    label: str
    op: Op | None  # the row that made it; None in a leaf
    scope: str  # the modules it was made in, as MLP/layer0/neuron2
    _kind: str  # of a leaf
    _x: Any
    _y: Any
    _b: Any
    _dx: Any
    _dy: Any
    _db: Any

    @property
    def parents(self) -> tuple[Self, ...]:
        """The Values this one was made from, in order, with repeats: x · x has two."""
        arity = self.op.arity if self.op else 0
        if arity > 0:
            return (self._x, self._y) if arity == 2 else (self._x,)
        return (*self._x, *self._y, self._b) if arity == PAIRS else tuple(self._x) if arity else ()

    @property
    def partials(self) -> tuple[float, ...]:
        """The local derivative with respect to each parent."""
        arity = self.op.arity if self.op else 0
        if arity > 0:
            return (self._dx, self._dy) if arity == 2 else (self._dx,)
        return (*self._dx, *self._dy, self._db) if arity == PAIRS else tuple(self._dx) if arity else ()

    @property
    def kind(self) -> str:
        """What the node is: "leaf", "parameter", "constant", or the "result" of an operation."""
        return "result" if self.op else "leaf" if self._kind == "without graph" else self._kind

    def remember(self, op: Op, parents: tuple[Any, ...], partials: tuple[float, ...]) -> None:
        """Put the parents and the partials where they are read."""
        self.op = op
        for slot, parent in zip(("_x", "_y", "_b"), op.grouped(parents), strict=False):
            setattr(self, slot, parent)
        for slot, partial in zip(("_dx", "_dy", "_db"), op.grouped(partials), strict=False):
            setattr(self, slot, partial)
