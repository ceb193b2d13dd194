"""Replay: what the user holds. Call it on a batch, go backward from what it returns, print it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache, wraps
from os import getpid
from typing import Any, TypeVar

import numpy as np

from autograd.errors import GraphError, LengthError
from autograd.replay.backends import ArrayMachine, machine, machine_for_arrays
from autograd.replay.backends.foreign_arrays import foreign_blocks, is_dask, is_foreign, namespace_of, to_numpy
from autograd.replay.backends.numpy import ignoring
from autograd.replay.backends.python import PythonMachine
from autograd.replay.batches import ArrayOfNumbers, Batch, ExampleForm, filled_in, no_nan, same_length
from autograd.replay.parameter_store import RecordedParameters
from autograd.replay.program import Floats, Ints, Program
from autograd.replay.staleness import Watch
from autograd.value import Value

REDUCTIONS = ("mean", "sum", None)
LANES = 1024  # examples at a time, where no gradient asks for all of them at once
M = TypeVar("M", bound=Callable[..., Any])
BUSY = "This replay is at work in another thread, and has arrays for one batch at a time. Record once for each thread."


def one_thread_at_a_time(method: M) -> M:
    """Refuse a method while another thread is in one of the same object, whose `at_work` is a dict with a key for each call.

    The first call goes on, and the others are refused. A call has the number of its process: in a forked one, those of the
    threads that are not there any more do not count. An interruption (Ctrl-C) may come between any two calls: the first
    one of the `finally` ends what was begun.
    """

    @wraps(method)
    def wrapped(self: Any, *given: Any) -> Any:
        call, at_work = (getpid(), object()), self.at_work
        try:
            at_work[call] = None
            if len(at_work) > 1 and next(other for other in list(at_work) if other[0] == call[0]) is not call:
                raise GraphError(BUSY)
            return method(self, *given)
        finally:
            at_work.pop(call, None)

    return wrapped  # type: ignore[return-value]


class Replay:
    """A recorded function, to be called on batches.

    >>> from autograd import Parameter, record
    >>> w = Parameter(3.0)
    >>> square = record(lambda x: w * x * x, 1.0)
    >>> square.values([1.0, 2.0, 10.0]).tolist()
    [3.0, 12.0, 300.0]
    """

    def __init__(
        self,
        program: Program,
        parameters: list[Value],
        forms: list[ExampleForm],
        structure: Any,
        backend: str,
        reduce: str | None,
        watch: Watch,
    ) -> None:
        self.forms, self.backend, self.reduce = forms, backend, reduce
        self._machine = machine(backend, program)
        order = self._machine.order
        self.parameters = [
            parameters[i] for i in order
        ]  # those that f used, in the order in which the machine reads them
        self.program = replace(program, parameters=program.parameters[order])
        self._structure, self._watch = structure, watch
        self.at_work: dict[tuple[int, object], None] = {}  # see one_thread_at_a_time
        self._stored: RecordedParameters | None = None  # from the first call on, they lie in the machine's arrays
        self._judge: PythonMachine | None = None  # it has the last word on infinities and NaNs, number by number
        self._machines: dict[bool, ArrayMachine] = {}  # for arrays of other libraries: for those of Dask (True), or not
        self._calls = 0
        self._reach: dict[int, Ints | None] = {}  # which parameters each output was made from

    def __call__(self, *batches: Batch) -> Any:
        """Run the program on a batch, and return a Result; for several outputs, the structure that f returned of Results."""
        blocks, single = self._blocks(batches)
        machine, rows = self._run(blocks)
        if self._structure == 0:  # one output
            return Result(self, 0, machine, rows[0], blocks, single)
        return filled_in(self._structure, lambda output: Result(self, output, machine, rows[output], blocks, single))

    def values(self, *batches: Batch) -> Any:
        """Return the outputs alone, as arrays with a number per example: for prediction."""
        blocks, single = self._blocks(batches)
        count = blocks[0].shape[0]
        lanes = LANES if isinstance(blocks[0], np.ndarray) else count
        parts = [self._run([block[cut : cut + lanes, :] for block in blocks])[1] for cut in range(0, count, lanes)]
        rows = [row[0] if len(row) == 1 else np.concatenate(row) for row in zip(*parts, strict=True)]
        return filled_in(self._structure, lambda output: float(rows[output][0]) if single else rows[output])

    def source(self) -> str:
        """Return the program as straight-line Python, to read."""
        from autograd.replay.source import source

        return source(self.program, self.parameters)

    def __repr__(self) -> str:
        return f"<Replay of {len(self.program):,} nodes on {self.backend}>"

    def __str__(self) -> str:
        counts = self.counts()
        unused = int((self.program.inputs < 0).sum())
        lines = [f"  {name:18} {count:>12,}" for name, count in counts.items()]
        inputs = f"{len(self.program.inputs):,} inputs" + (f" ({unused:,} of them not used)" if unused else "")
        return "\n".join(
            [
                f"A replay on {self.backend}: {inputs}, {len(self.parameters):,} parameters, "
                f"{len(self.program.constants):,} constants, {len(self.program.outputs):,} outputs",
                *lines,
            ]
        )

    def __reduce__(self) -> Any:
        raise GraphError(
            "A replay is not copied or saved: it computes on the parameters that it was recorded with. "
            "Copy the model, and record that."
        )

    def counts(self) -> dict[str, int]:
        """Return the numbers that print(replay) shows, by name."""
        return {"nodes recorded": len(self.program), **self._machine.counts()}

    def _blocks(self, batches: tuple[Any, ...]) -> tuple[list[Floats], bool]:
        """Return each input as an array (examples, numbers), if all is well, and whether this is a single example."""
        if len(batches) != len(self.forms):
            raise LengthError(
                f"This was recorded with {len(self.forms)} inputs, and is called with {len(batches)}. Give as many."
            )
        if any(map(is_foreign, batches)):
            return foreign_blocks(self.forms, batches)
        blocks = [form.columns(batch) for form, batch in zip(self.forms, batches, strict=True)] or [np.empty(0)]
        same_length(blocks)
        single = blocks[0].ndim == 1
        if single:
            blocks = [block[None] for block in blocks]
        return blocks, single

    @one_thread_at_a_time
    def _run(self, blocks: list[Floats]) -> tuple[ArrayMachine, list[Floats]]:
        """Return the machine that could run this, and the outputs, an array for each."""
        self._read()
        self._calls += 1
        try:
            if not isinstance(blocks[0], np.ndarray):
                other = self._machine_for(blocks)
                return other, other.forward(blocks)
            rows: list[Floats] = self._machine.forward(blocks)
            if self.backend != "python" or all(np.isfinite(row).all() for row in rows):  # the others look themselves
                return self._machine, rows
        except FloatingPointError:
            pass
        return self._judged(blocks)

    def _machine_for(self, blocks: list[Any]) -> ArrayMachine:
        """Return the machine for arrays of another library, with the parameters' numbers."""
        dask = is_dask(blocks[0])
        if dask not in self._machines:
            self._machines[dask] = machine_for_arrays(dask, self.program)
        self._machines[dask].numbers[:] = self._machine.numbers
        return self._machines[dask]

    def _stamp(self) -> tuple[int, Any]:
        """Return what tells whether the machine still holds the numbers of a result."""
        return self._calls, self._stored and self._stored.version

    def _judged(self, blocks: list[Floats]) -> tuple[PythonMachine, list[Floats]]:
        """Refuse a NaN that was given. Run the rest number by number: it raises where eager raises, or has eager's numbers."""
        if not isinstance(blocks[0], np.ndarray):
            blocks = [to_numpy(block) for block in blocks]
        for form, block in zip(self.forms, blocks, strict=False):
            no_nan(block, form.name)
        self._judge = self._judge or PythonMachine(self.program)
        self._judge.numbers[:] = self._machine.numbers
        return self._judge, self._judge.forward(blocks)

    def _read(self) -> None:
        """Bring the parameters' numbers into the machine's array."""
        self._watch.check()
        if self._stored is None:
            self._stored = RecordedParameters(self.parameters, self._machine.numbers, self._machine.gradients)
        self._stored.read()

    @one_thread_at_a_time
    def _backward(self, machine: ArrayMachine, output: int, seeds: Floats, blocks: list[Floats]) -> None:
        """Add the gradients of an output; if anything fails, nothing has changed."""
        assert self._stored is not None

        def compute(before: Floats | None) -> Floats:
            try:
                return machine.backward(output, seeds, before)
            except FloatingPointError:
                judge, _ = self._judged(blocks)
                return judge.backward(output, seeds, before)

        self._stored.add(compute, self._reached(output))

    def _reached(self, output: int) -> Ints | None:
        if output not in self._reach:
            self._reach[output] = self.program.reached(output)
        return self._reach[output]


class Result:
    """One output of a replay on one batch.

    >>> from autograd import record
    >>> record(lambda x: x * x, 1.0)([1.0, 3.0])
    Result(data=5.0, examples=2)
    """

    __slots__ = ("_blocks", "_machine", "_output", "_replay", "_single", "_stamp", "values")

    def __init__(
        self, replay: Replay, output: int, machine: ArrayMachine, values: Floats, blocks: list[Floats], single: bool
    ) -> None:
        self.values = values  # a number per example
        self._replay, self._output, self._machine, self._blocks = replay, output, machine, blocks
        self._single, self._stamp = single, replay._stamp()

    @property
    def data(self) -> Any:
        """The mean or the sum over the batch, or with reduce=None the numbers themselves."""
        if self._single:
            return float(self.values[0])
        if self._replay.reduce is None:
            return self.values
        add = self.values.sum if hasattr(self.values, "sum") else namespace_of([self.values]).sum
        total = float(ignoring(add) if hasattr(self.values, "sum") else add(self.values))
        return total / self.values.shape[0] if self._replay.reduce == "mean" else total

    def item(self) -> Any:
        """Return the plain number."""
        return self.data

    def backward(self, upstream: float | Sequence[float] | ArrayOfNumbers | None = None) -> None:
        """Add ∂data/∂p to the grad of every parameter p.

        With reduce=None data holds a number per example, and `upstream` says how much of each: ∂(Σ upstreamᵢ dataᵢ)/∂p.
        Raises GraphError when the replay has been called again since, or a parameter changed: the numbers between are gone.
        """
        calls, versions = self._replay._stamp()
        if calls != self._stamp[0]:
            raise GraphError(
                "The replay has been called since, and holds the numbers of that batch now. "
                "Go backward from a result before the next call."
            )
        if versions != self._stamp[1]:
            raise GraphError(
                "Parameters have been changed since this was computed, and the slopes would be of neither numbers. "
                "Go backward before optimizer.step(), or call the replay again."
            )
        self._replay._backward(self._machine, self._output, self._seeds(upstream), self._blocks)

    def _seeds(self, upstream: float | Sequence[float] | ArrayOfNumbers | None) -> Floats:
        count, reduce = self.values.shape[0], self._replay.reduce
        if upstream is not None:
            seeds = np.asarray(upstream, np.float64)
            if seeds.shape != np.shape(self.data):
                raise LengthError(
                    f"upstream has the shape {seeds.shape}, and data {np.shape(self.data)}. Give as many numbers."
                )
            return np.broadcast_to(seeds / count if reduce == "mean" else seeds, (count,))
        if reduce is None and count > 1:
            raise GraphError(
                "With reduce=None there is a number per example, and a gradient is of one number. Give backward(upstream) a "
                'factor for each, or record with reduce="mean".'
            )
        return equal_shares(count, 1.0 / count if reduce == "mean" else 1.0)

    def __format__(self, spec: str) -> str:
        return format(self.data, spec)

    def __repr__(self) -> str:
        return f"Result(data={self.data!r}, examples={self.values.shape[0]})"


@lru_cache(16)
def equal_shares(count: int, share: float) -> Floats:
    """Return a seed for each example, the same for all: one number, seen many times."""
    return np.broadcast_to(share, (count,))
