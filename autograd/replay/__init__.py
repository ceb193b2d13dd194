"""Record once, replay many: the graph of one example, run on batches at the speed of arrays.

    program.py          the flat program: a graph as arrays of integers; left folds of + become dot products
    batches.py          what an example looks like, and a batch of such examples as columns
    places.py           what holds things by their keys: a dict, a list, a closure's cell
    reach.py            what a function can reach: its closure, attributes, items
    staleness.py        notice when what f uses is replaced
    frozen.py           what a record would freeze without a word, refused while f runs
    trace.py            run f once, on Values, and make a program of what it computed
    source.py           the program as straight-line Python, to read in class
    schedule.py         nodes of one operation at one depth become one group; dots over one input become a matrix product
    instructions.py     the table's rules as a few dozen kinds of instruction
    backends/           the machines that run a program: python, numpy, numba, array_api, dask
    parameter_store.py  one store for the parameters of a record, on which an optimizer changes all at once
    replay.py           what the user holds: call it, go backward, print it

That is the order in which one learns them; a first reading may leave out schedule.py to backends/numba.py. docs/replay.md
says how it works, and how fast it is. This package is for speed; `value.py` is for reading. NumPy is imported when
something is first recorded.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from autograd.errors import MissingPackageError
from autograd.replay.reach import CountsEdits
from autograd.value import Value

if TYPE_CHECKING:
    from autograd.replay.batches import Batch, Outputs
    from autograd.replay.parameter_store import FlatParameter
    from autograd.replay.replay import Replay, Result

__all__ = ["CountsEdits", "FlatParameter", "Replay", "Result", "flat_parameters", "record"]


@contextmanager
def numpy_needed() -> Iterator[None]:
    """Raise MissingPackageError where NumPy is not installed."""
    try:
        yield
    except ImportError as error:
        if (error.name or "numpy").partition(".")[0] != "numpy":
            raise
        raise MissingPackageError(
            "record needs the package numpy: pip install numpy. Eager Values need nothing more than Python."
        ) from None


def record(
    f: "Callable[..., Outputs]",
    *examples: "Batch",
    backend: str = "numpy",
    reduce: str | None = "mean",
    check: "Batch | tuple[Batch, ...] | None" = None,
) -> "Replay":
    """Run `f` once on these examples, and return it as a program for whole batches.

    >>> from autograd import Parameter, record
    >>> w, b = Parameter(2.0), Parameter(1.0)
    >>> loss = record(lambda x, y: (w * x + b - y) ** 2, 1.0, 5.0)
    >>> batch = loss([1.0, 2.0], [5.0, 5.0])
    >>> batch.data  # the mean of 4 and 0
    2.0
    >>> batch.backward(); w.grad, b.grad
    (-2.0, -2.0)

    An example is a number, a nested list, an array or a dict of these; `f` gets Values in nested lists. A batch has one
    axis more, the first; arrays of torch, JAX or Dask are computed where they lie (needs the extra `arrays`).
    Gradients are added to the `.grad` of each parameter that `f` used.
    `backend` is "numpy", "numba" (needs the extra `fast`) or "python" (bit for bit as eager). `reduce` is "mean", "sum",
    or None for a number per example. `check` is another example (a tuple, if f takes several): it is recorded too,
    and refused if it gives another program.

    Shapes: an example of shape (…) becomes batches of shape (examples, …); `loss(batch).values` is (examples,), and
    `data` is one number (with reduce=None, one for each example). A function of several outputs returns their structure.

    A record freezes what Python decided while it ran: an `if`, the length of a loop, a plain number that f captured.
    Raises GraphError, with the line, where that can be seen: f, or what it calls outside of autograd and nn, compares a
    Value or its `data`, computes with its `data` or sets it, enters `no_grad`, or keeps a state from call to call. A
    replay raises GraphError at the next call where f would compute something else now: a parameter, a function, an
    attribute of a model was replaced (in lists of more than 512 entries, within a few calls), a layer appended, a
    running statistic moved, `eval()` or `train()` called. What cannot be seen: numbers, lists of data and dicts of
    settings that f captured; what `math`, `random` or text made of a number; files, and what C code keeps for itself.
    """
    with numpy_needed():
        from autograd.replay.trace import recorded
    return recorded(f, examples, backend, reduce, check)


def flat_parameters(parameters: Sequence[Value]) -> "list[FlatParameter]":
    """Return parameters as one, whose data and grad are arrays, in a list, if a record keeps all in one array; else an empty list.

    >>> from autograd import Parameter, record
    >>> w, b = Parameter(3.0), Parameter(1.0)
    >>> flat_parameters([w, b])
    []
    >>> record(lambda x: w * x + b, 1.0)(2.0).data
    7.0
    >>> [flat.data.tolist() for flat in flat_parameters([w, b])]
    [[3.0, 1.0]]
    """
    if not parameters or type(parameters[0]) is Value:
        return []
    from autograd.replay.parameter_store import flattened

    return flattened(parameters)


def __getattr__(name: str) -> Any:
    """Import the classes that need NumPy when they are first asked for."""
    with numpy_needed():
        if name == "FlatParameter":
            from autograd.replay.parameter_store import FlatParameter

            return FlatParameter
        if name in ("Replay", "Result"):
            from autograd.replay import replay

            return getattr(replay, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
