"""Dask: each chunk of examples goes through the NumPy backend where it lies, and what comes back is sums.

    there   at each call the program and the parameters' numbers; in backward, how much each example weighs, if not all alike
    back    of each chunk how many outputs it has, if all went well; one gradient, which the workers have added up

The batch does not go to whoever calls. Nothing but the outputs is kept between the passes: backward computes forward
anew, some examples at a time, so that a batch may be larger than all memory. Persist it where it is not.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import accumulate
from threading import get_ident
from typing import Any
from uuid import uuid4

import numpy as np

from autograd.errors import AutogradError
from autograd.functions import LARGEST
from autograd.namespaces import scalars
from autograd.replay.backends.numpy import NumpyMachine
from autograd.replay.backends.python import PythonMachine
from autograd.replay.batches import no_nan
from autograd.replay.program import DETACH, Floats, Program
from autograd.rules import TABLE, Op, elu, leaky_relu, power

LANES = 1024  # examples at a time: what a chunk needs does not grow with the chunk
ROWS = {**TABLE, DETACH.name: DETACH, LARGEST.name: LARGEST}
FAMILIES = {
    "power": (power, 1.0),
    "leaky_relu": (leaky_relu, 0.0),
    "elu": (elu, 0.0),
}  # at this x, the slope is the number


def spelled(op: Op) -> Any:
    """Return what finds a row of the table in another process: there it has to be that row, and no copy."""
    if ROWS.get(op.name) is op:
        return op.name
    family, x = FAMILIES.get(op.name.partition("(")[0], (None, 0.0))
    return (family, op.slopes(scalars, x, x)[0]) if family else op


def found(spelling: Any) -> Any:
    """Return the row that was spelled."""
    if isinstance(spelling, tuple):
        family, number = spelling
        return family(number)
    return ROWS[spelling] if isinstance(spelling, str) else spelling


@dataclass(frozen=True)
class SentProgram:
    """A program on its way: it arrives many times, and is one program by its key."""

    program: Program = field(compare=False)
    key: str = field(default_factory=lambda: uuid4().hex)

    def __reduce__(self) -> Any:
        return arrived, (replace(self.program, ops=tuple(map(spelled, self.program.ops))), self.key)


def arrived(program: Program, key: str) -> SentProgram:
    """Return what was sent."""
    return SentProgram(replace(program, ops=tuple(map(found, program.ops))), key)


@lru_cache(64)
def machine_of(sent: SentProgram, thread: int) -> NumpyMachine:
    """Return the machine of a program in a thread: it writes into its own arrays."""
    return NumpyMachine(sent.program)


@dataclass(frozen=True)
class ChunkJob:
    """What a worker is given: a program, and the numbers of its parameters."""

    sent: SentProgram
    numbers: Floats

    def outputs(self, start: int, *blocks: Floats) -> Floats:
        """Return the outputs (outputs, examples) of a chunk, which begins with this example of the batch."""
        return np.concatenate([np.array(rows) for _, _, rows in self.pieces(start, blocks)], axis=1)

    def gradient(self, output: int, weights: Floats, start: int, *blocks: Floats) -> Floats:
        """Return the gradient of an output, summed over a chunk; a weight for each example, or one for all."""
        total, weights = np.zeros(len(self.numbers)), np.broadcast_to(weights, len(blocks[0]))
        for cut, machine, _ in self.pieces(start, blocks):
            try:
                total[machine.order] += machine.backward(output, weights[cut], None)
            except FloatingPointError:
                judge, _ = self.judged(start + cut.start, [block[cut] for block in blocks])
                total += judge.backward(output, weights[cut], None)
        return total

    def pieces(self, start: int, blocks: tuple[Floats, ...]) -> Iterator[tuple[slice, Any, list[Floats]]]:
        """Yield some examples at a time: which, the machine that went forward, and the outputs."""
        for first in range(0, len(blocks[0]), LANES):
            cut = slice(first, first + LANES)
            yield cut, *self.forward(start + first, [block[cut] for block in blocks])

    def forward(self, start: int, blocks: list[Floats]) -> tuple[Any, list[Floats]]:
        """Return the machine that could run this, and the outputs, an array for each."""
        machine = machine_of(self.sent, get_ident())
        machine.numbers[:] = self.numbers[machine.order]
        try:
            return machine, machine.forward(blocks)
        except FloatingPointError:
            return self.judged(start, blocks)

    def judged(self, start: int, blocks: list[Floats]) -> tuple[PythonMachine, list[Floats]]:
        """Run it number by number: it raises where eager raises, or has eager's numbers."""
        judge = PythonMachine(self.sent.program)
        judge.numbers[:] = self.numbers
        try:
            for number, block in enumerate(blocks, 1):
                no_nan(block, f"input {number}")
            return judge, judge.forward(blocks)
        except AutogradError as error:
            error.add_note(f"Counted from example {start} of the batch, where this part of it begins.")
            raise


class DaskMachine:
    """A machine that runs a program on Dask arrays: a task for each chunk and pass."""

    def __init__(self, program: Program) -> None:
        self._sent = SentProgram(program)
        self.numbers = np.zeros(len(program.parameters))

    def forward(self, blocks: list[Any]) -> list[Any]:
        """Return the outputs, a Dask array for each, from the inputs, each a Dask array (examples, numbers)."""
        import dask
        from dask.array import concatenate, from_delayed

        lengths = blocks[0].chunks[0]
        self._cuts = [slice(end - n, end) for n, end in zip(lengths, accumulate(lengths), strict=True)]
        chunks = zip(*[block.to_delayed().ravel() for block in blocks], strict=True)
        self._chunks = [(cut.start, *chunk) for cut, chunk in zip(self._cuts, chunks, strict=True)]
        job = dask.delayed(ChunkJob(self._sent, self.numbers.copy()), name=f"job-{uuid4().hex}", traverse=False)
        run = dask.delayed(ChunkJob.outputs, pure=False)
        self._job, *rows = dask.persist(job, *[run(job, *chunk) for chunk in self._chunks])
        (count, *_) = dask.compute(*map(dask.delayed(len), rows))  # waits for all, and raises what one has raised
        tables = [from_delayed(row, (count, n), np.float64) for row, n in zip(rows, lengths, strict=True)]
        return list(concatenate(tables, axis=1))

    def backward(self, output: int, seeds: Floats, before: Floats | None) -> Floats:
        """Return the gradients of the parameters, on top of those before; a seed for each example."""
        import dask
        from dask.array import from_delayed, stack

        run, alike = dask.delayed(ChunkJob.gradient, pure=False), (seeds == seeds[0]).all()
        weights = [seeds[:1] if alike else seeds[cut] for cut in self._cuts]
        parts = [run(self._job, output, w, *chunk) for w, chunk in zip(weights, self._chunks, strict=True)]
        each = [from_delayed(gradient, self.numbers.shape, np.float64) for gradient in parts]
        total: Floats = stack(each).sum(axis=0).compute(optimize_graph=False)  # the chunks are as in forward
        return total if before is None else before + total
