"""Backend "numpy": the groups as array operations over lanes.

Two arrays hold all numbers: (uniform nodes, 1) and (lane nodes, lanes), and the inputs may lie in one of their own; two
more hold all gradients. A group reads and writes views of them that are taken once for each number of lanes. NumPy is
told to raise at every overflow, division by zero and NaN; whoever catches that asks the backend "python", which knows
what eager does.
"""

from collections.abc import Callable
from contextvars import Context
from functools import partial
from typing import Any, TypeVar

import numpy as np

from autograd.replay.backends.numpy_backward import Backward
from autograd.replay.backends.numpy_forward import Forward, Step, pattern_of
from autograd.replay.program import Floats, Program, fused, latest
from autograd.replay.schedule import ArrayLayout

T = TypeVar("T")


class NumpyMachine:
    """A machine that runs a program on NumPy arrays."""

    def __init__(self, program: Program) -> None:
        self.layout = layout = ArrayLayout(fused(program))
        for group in layout.groups:
            if group.kind == "each":
                pattern_of(layout, group)  # raises, if a row cannot be read
        self.order = layout.order
        count = len(layout.order)
        self.uniform, self.uniform_gradients = np.zeros((layout.sizes[0], 1)), np.zeros((layout.sizes[0], 1))
        self.numbers, self.gradients = self.uniform[:count, 0], self.uniform_gradients[:count, 0]
        self.uniform[count : count + len(layout.program.constants), 0] = layout.program.numbers
        self._bound: dict[int, Lanes] = {}
        self._lanes: Lanes | None = None

    def forward(self, blocks: list[Floats]) -> list[Floats]:
        """Return the outputs, an array for each, from the inputs, each an array (examples, numbers)."""
        self._lanes = lanes = self.lanes(len(blocks[0]))
        row = 1  # after the ones
        for block in blocks:
            lanes.forward.inputs[:, row : row + block.shape[1]] = block
            row += block.shape[1]
        attempt(lanes.forward.steps, lanes.forward.values)
        lanes.forward.check()
        return lanes.forward.outputs()

    def backward(self, output: int, seeds: Floats, before: Floats | None) -> Floats:
        """Return the gradients of the parameters, on top of those before; a seed for each lane."""
        assert self._lanes is not None
        lanes = self._lanes
        attempt([partial(lanes.seed, output, seeds), *lanes.backward(output)], lanes.gradients)
        if before is None:
            return self.gradients
        return ignoring(np.add, before, self.gradients)

    def lanes(self, count: int) -> "Lanes":
        """Return the views for this number of lanes."""
        return latest(self._bound, count, lambda: Lanes(self, count))

    def counts(self) -> dict[str, int]:
        """Return what print(replay) tells."""
        groups = self.layout.groups
        return {
            "nodes after fusion": len(self.layout.program),
            "groups": len(groups),
            "matrix products": sum(group.kind == "matrix" for group in groups),
            "memory, bytes": self.layout.program.nbytes,
            "memory per example": 16 * self.layout.sizes[1]
            + 8 * (1 + len(self.layout.program.inputs)) * (not self.layout.mixed),
        }


class Lanes:
    """The passes for one number of lanes: forward at once, backward from an output when it is first asked for."""

    def __init__(self, machine: NumpyMachine, count: int) -> None:
        self.layout = machine.layout
        self.forward = Forward(machine.layout, machine.uniform, count)
        self.gradients = (machine.uniform_gradients, np.zeros_like(self.forward.values[1]))
        self._backward: dict[int, list[Step]] = {}

    def seed(self, output: int, seeds: Floats) -> None:
        """Write the gradient of an output: its seeds."""
        node = self.layout.program.outputs[output]
        lane = self.layout.sort[node]
        self.gradients[lane][self.layout.row[node]] = seeds if lane else seeds.sum()

    def backward(self, output: int) -> list[Step]:
        """Return the steps from this output to the parameters."""
        if output not in self._backward:
            self._backward[output] = Backward(self.forward, self.gradients, output).steps
        return self._backward[output]


def attempt(steps: list[Step], arrays: tuple[Floats, ...]) -> None:
    """Run the steps where NumPy raises. Raise FloatingPointError if anything became infinite or NaN."""
    try:
        raising(run_steps, steps)
    except FloatingPointError:  # some BLAS cry wolf: look at the numbers
        ignoring(run_steps, steps)
        if not all(np.isfinite(array).all() for array in arrays):
            raise


def run_steps(steps: list[Step]) -> None:
    """Run one step after the other."""
    for step in steps:
        step()


def context_where_numpy(**settings: Any) -> Context:
    """Return a context in which NumPy ignores errors or raises: it is entered and left at once, and cheaper than np.errstate."""
    context = Context()
    context.run(partial(np.seterr, **settings))
    return context


RAISING, IGNORING = context_where_numpy(all="raise", under="ignore"), context_where_numpy(all="ignore")


def raising(compute: Callable[..., T], *given: Any) -> T:
    """Return what a function returns, where NumPy raises FloatingPointError at overflow, division by 0 and NaN."""
    return RAISING.copy().run(compute, *given)


def ignoring(compute: Callable[..., T], *given: Any) -> T:
    """Return what a function returns, where NumPy lets infinities and NaNs pass without a word, as numbers do."""
    return IGNORING.copy().run(compute, *given)
