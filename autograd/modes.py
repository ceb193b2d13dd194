"""What a computation remembers beside its graph: `no_grad`, whether it is recorded at all, and `scope`, where it belongs.

Both are one value, the mode: the path of the scopes, None where nothing is recorded, and the mode around it. It belongs to
the thread, and to the task in asyncio: each begins with nothing entered.

Ctrl-C may come between any two steps of Python code, and at the beginning of any function, an `__exit__` too. A block that
it interrupts is left all the same: on the way in a mode is set last, or set back; the way out is C code alone, which is not
interrupted. That is why a block is an IOBase: its `__exit__` is C code, and calls `close`.
"""

from contextlib import ContextDecorator
from contextvars import ContextVar
from functools import partial
from io import IOBase
from operator import itemgetter, not_
from typing import Any

from autograd.refusals import check_scope, no_graph

Mode = list[Any]  # the path, as MLP/layer0/neuron2, or None inside no_grad; the mode around
outermost: Mode = [""]
outermost.append(outermost)  # around it there is itself
mode: ContextVar[Mode] = ContextVar("mode", default=outermost)

# mode.set(mode.get()[1]), without a step of Python code; `next` does it once, and returns False
leave = partial(next, map(not_, map(mode.set, map(itemgetter(1), iter(mode.get, object())))))


class Block(IOBase, ContextDecorator):
    """A `with` block, or a decorated function, in a mode of its own."""

    closed = True  # so that IOBase does not close it once more when it is freed
    close = staticmethod(leave)


class no_grad(Block):
    """Compute without remembering, as `with no_grad():` or `@no_grad()`; in this thread, as in PyTorch.

    >>> from autograd import Value
    >>> with no_grad():
    ...     y = Value(3.0) * 2
    >>> y.parents
    ()
    """

    def __enter__(self) -> None:  # type: ignore[override]
        begin(None, mode.get())


class enable_grad(Block):
    """Remember again, also inside no_grad."""

    def __enter__(self) -> None:  # type: ignore[override]
        around = mode.get()
        begin(around[0] or "", around)


class scope(Block):
    """Name what is being computed: every Value made meanwhile remembers it, scopes within scopes by their path.

    >>> from autograd import Value
    >>> with scope("model"), scope("layer0"):
    ...     y = Value(3.0) * 2
    >>> y.scope
    'model/layer0'

    Where nothing is recorded there is no scope. Raises DataError for a name that is not a string.
    """

    def __init__(self, name: str) -> None:
        check_scope(name)
        self.name = name

    def __enter__(self) -> str:  # type: ignore[override]
        around = mode.get()
        path = around[0]
        if path is not None:
            path = f"{path}/{self.name}" if path and self.name else path or self.name
        return begin(path, around)


def begin(path: str | None, around: Mode) -> str:
    """Enter a mode inside the one around it, and return its path."""
    try:
        mode.set([path, around])
    except BaseException:  # interrupted: the block has not begun, and is not left either
        mode.set(around)
        raise
    return path or ""


def enter(path: str) -> str:
    """Set the path of the block that is open, and return the one before: `scope` for those who are in a hurry.

    >>> with scope("layer0") as path:
    ...     before = enter(f"{path}/neuron0")
    >>> before
    'layer0'
    """
    here = mode.get()
    before = here[0]
    if here is outermost:  # which is that of other threads too
        mode.set([path, outermost])
    elif before is not None:
        here[0] = path
    return before or ""


def must_record(caller: str) -> None:
    """Raise GraphError inside no_grad, where there would be no graph to go back on."""
    if mode.get()[0] is None:
        raise no_graph(caller)
