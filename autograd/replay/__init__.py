"""Record once, replay many: the graph of one example, run on batches at the speed of arrays.

    inputs.py       what an example looks like, and a batch of such examples as columns
    origin.py       where code comes from: from us, from a library, or from the user
    recording.py    run f once, on Values, and refuse what a record would freeze without a word
    program.py      the flat program: a graph as arrays of integers
    straight.py     backend "python": number by number, in eager's own order
    source.py       the program as straight-line Python, to read in class
    fuse.py         left folds of + become dot products
    groups.py       nodes of one operation at one depth become one group; dots over one input become a matrix product
    rows.py         where the numbers of a group lie: views where they can be, gathers where they must
    tape.py         the table's rules as a few dozen kinds of instruction
    calls.py        an instruction as a call of NumPy
    steps.py        what each kind of group does, forward and backward
    vectors.py      backend "numpy": the groups as array operations over lanes
    kernels.py      the loop over a tape, lanes inside, for numba to compile
    compiled.py     backend "numba": the program as a tape
    spaces.py       arrays of any other library as a batch
    blocks.py       the groups as operations of torch or JAX
    chunks.py       Dask: backend "numpy" chunk by chunk, on a cluster too
    home.py         where the parameters live: in the machine's arrays, and an optimizer changes all at once
    owners.py       who holds the parameters, to notice when one is replaced
    replay.py       what the user holds: call it, go backward, print it

That is the order in which one learns them; a first reading may end at source.py, and goes on with home.py and replay.py.
This package is for speed; `value.py` is for reading. NumPy is imported when something is first recorded.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from autograd.value import Value

if TYPE_CHECKING:
    from autograd.replay.flat_parameters import FlatParameter


def record(
    f: Callable[..., Any], *examples: Any, backend: str = "numpy", reduce: str | None = "mean", check: Any = None
) -> Any:
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

    A record freezes what Python decided while it ran: an `if`, the length of a loop, a plain number that f captured.
    Raises GraphError, with the line, where that can be seen: f, or what it calls outside of autograd and nn, compares a
    Value or its `data`, computes with its `data` or sets it, or enters `no_grad`.
    """
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
    from autograd.replay.flat_parameters import flattened

    return flattened(parameters)
