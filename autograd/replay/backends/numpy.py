"""Backend "numpy": the groups as array operations over lanes.

Two arrays hold all numbers: (uniform nodes, 1) and (lane nodes, lanes), and the inputs may lie in one of their own; two
more hold all gradients. A group reads and writes views of them that are taken once for each number of lanes. NumPy is
told to raise at every overflow, division by zero and NaN;
whoever catches that asks straight.py, which knows what eager does.
"""

from contextvars import Context
from functools import partial
from typing import Any

import numpy as np

from autograd.replay.backends import numpy_steps
from autograd.replay.backends.numpy_calls import Step
from autograd.replay.fuse import fused
from autograd.replay.instructions import Template, template
from autograd.replay.program import Floats, Ints, Program, latest, unheard
from autograd.replay.schedule import Group, Layout
from autograd.replay.views import Target, reader


class Vectors:
    """A machine that runs a program on NumPy arrays."""

    def __init__(self, program: Program) -> None:
        self.layout = layout = Layout(fused(program))
        self.order = layout.order
        count = len(layout.order)
        self.uniform, self.uniform_gradients = np.zeros((layout.sizes[0], 1)), np.zeros((layout.sizes[0], 1))
        self.numbers, self.gradients = self.uniform[:count, 0], self.uniform_gradients[:count, 0]
        self.uniform[count : count + len(layout.program.constants), 0] = layout.program.numbers
        self._bound: dict[int, Lanes] = {}
        self._lanes: Lanes | None = None
        self._raising = raising()

    def forward(self, blocks: list[Floats]) -> list[Floats]:
        """Return the outputs, an array for each, from the inputs, each an array (examples, numbers)."""
        self._lanes = lanes = self.lanes(len(blocks[0]))
        row = 1  # after the ones
        for block in blocks:
            lanes.inputs[:, row : row + block.shape[1]] = block
            row += block.shape[1]
        attempt(self._raising, lanes.forward, lanes.values)
        lanes.check()
        return lanes.outputs()

    def backward(self, output: int, seeds: Floats, before: Floats | None) -> Floats:
        """Return the gradients of the parameters, on top of those before; a seed for each lane."""
        assert self._lanes is not None
        lanes = self._lanes
        attempt(self._raising, [partial(lanes.seed, output, seeds), *lanes.backward(output)], lanes.gradients)
        if before is None:
            return self.gradients
        with np.errstate(over="ignore"):  # as numbers do
            return before + self.gradients

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


def raising() -> Context:
    """Return a context in which NumPy raises; to enter it costs a tenth of np.errstate."""
    context = Context()
    context.run(partial(np.seterr, all="raise", under="ignore"))
    return context


def attempt(context: Context, steps: list[Step], arrays: tuple[Floats, ...]) -> None:
    """Run the steps where NumPy raises. Raise FloatingPointError if anything became infinite or NaN."""
    try:
        context.run(run, steps)
    except FloatingPointError:  # some BLAS cry wolf: look at the numbers
        with np.errstate(all="ignore"):
            run(steps)
        if not all(np.isfinite(array).all() for array in arrays):
            raise


def run(steps: list[Step]) -> None:
    """Run one step after the other."""
    for step in steps:
        step()


class Lanes:
    """The views of one number of lanes, and the steps over them."""

    def __init__(self, machine: Vectors, count: int) -> None:
        self.layout = layout = machine.layout
        self.count = count
        lanes, inputs = np.zeros((layout.sizes[1], count)), 1 + len(layout.program.inputs)
        self.inputs = lanes[:inputs].T if layout.mixed else np.zeros((count, inputs))
        self.values = (machine.uniform, lanes, self.inputs.T)
        for sort, row in layout.ones:
            self.values[sort][row] = 1.0
        self.gradients = (machine.uniform_gradients, np.zeros_like(lanes))
        outputs = layout.program.outputs
        self._outputs = [self.values[layout.sort[node]][layout.row[node]] for node in outputs]
        self.forward: list[Step] = []
        self._rooms: dict[tuple[int, tuple[int, int]], Floats] = {}
        self._backward: dict[int, list[Step]] = {}
        self.operands = [numpy_steps.FORWARD[group.kind](self, group) for group in layout.groups]
        self.forward += [numpy_steps.looking(row) for row in self._outputs]
        self._unheard = [
            (domain, self.values[layout.sort[node]][layout.row[node]]) for domain, node in unheard(layout.program)
        ]

    def read(self, nodes: Ints) -> Floats:
        """Return the array where these nodes' numbers will be."""
        array, step = reader(self.values[self.sort(nodes)], self.layout.row[nodes])
        if step is not None:
            self.forward.append(step)
        return array

    def out(self, group: Group, arrays: tuple[Floats, ...]) -> Floats:
        """Return the view of a group's own rows, which are contiguous."""
        return reader(arrays[self.sort(group.nodes)], self.layout.row[group.nodes])[0]

    def sort(self, nodes: Ints) -> int:
        """Return 0 for uniform nodes, 1 for lane nodes, 2 for inputs that lie apart."""
        return int(self.layout.sort[nodes.flat[0]])

    def pattern(self, group: Group) -> Template:
        """Return what a group's operation does, in instructions."""
        needs = [bool(self.layout.needs[nodes].any()) for nodes in group.operands]
        return template(group.op, tuple([self.sort(nodes) > 0 for nodes in group.operands]), tuple(needs))

    def slots(self, pattern: Template, operands: tuple[Floats, ...], out: Floats, upstream: Floats | None) -> list[Any]:
        """Return the arrays that its instructions are about."""
        fresh = [
            self._spare(i, (len(out), self.count if what else 1)) if isinstance(what, bool) else np.array(what)
            for i, what in enumerate(pattern.fresh)
        ]
        return [*operands, out, *[None] * len(operands), upstream, *fresh]

    def _spare(self, i: int, shape: tuple[int, int]) -> Floats:
        """Return room for the i-th number on the way; the next group may use it again."""
        return self._rooms.setdefault((i, shape), np.empty(shape))

    def outputs(self) -> list[Floats]:
        """Return the outputs, an array for each."""
        return [row.copy() if len(row) == self.count else np.full(self.count, row[0]) for row in self._outputs]

    def check(self) -> None:
        """Raise FloatingPointError where eager raises and NumPy does not: outside a domain of another kind."""
        for domain, row in self._unheard:
            if not all(map(domain.holds, row)):
                raise FloatingPointError

    def seed(self, output: int, seeds: Floats) -> None:
        """Write the gradient of an output: its seeds."""
        node = self.layout.program.outputs[output]
        lane = self.layout.sort[node]
        self.gradients[lane][self.layout.row[node]] = seeds if lane else seeds.sum()

    def backward(self, output: int) -> list[Step]:
        """Return the steps from this output to the parameters."""
        if output not in self._backward:
            self._backward[output] = Backward(self, output).steps
        return self._backward[output]


class Backward:
    """The steps from one output to the parameters, children before parents.

    A first contribution is written, and later ones are added; rows that nothing pays into are zeroed.
    """

    def __init__(self, lanes: Lanes, output: int) -> None:
        self.lanes, layout = lanes, lanes.layout
        root = layout.program.outputs[output]
        self._paid = [np.zeros(size, bool) for size in layout.sizes]
        self._paid[layout.sort[root]][layout.row[root]] = True
        self.steps: list[Step] = []
        zeros: list[Step] = []
        for group, (operands, out) in zip(reversed(layout.groups), reversed(lanes.operands), strict=True):
            rows = layout.row[group.nodes]
            paid = self._paid[lanes.sort(group.nodes)][rows]
            if paid.any() and self.needs(group.nodes):
                upstream = lanes.out(group, lanes.gradients)
                if not paid.all():
                    zeros.append(partial(upstream.__setitem__, ~paid, 0.0))
                numpy_steps.BACKWARD[group.kind](self, group, operands, out, upstream)
        unused = np.flatnonzero(~self._paid[0][: len(layout.order)])
        if len(unused):
            zeros.append(partial(lanes.gradients[0].__setitem__, unused, 0.0))
        self.steps = zeros + self.steps

    def needs(self, nodes: Ints) -> bool:
        """Whether a gradient is wanted there: whether a parameter is behind any of them."""
        return bool(self.lanes.layout.needs[nodes].any())

    def target(self, nodes: Ints) -> Target | None:
        """Return where to pay what these nodes are owed, or None if a gradient is not wanted there."""
        if not self.needs(nodes):
            return None
        sort, rows = self.lanes.sort(nodes), self.lanes.layout.row[nodes]
        paid, array = self._paid[sort], self.lanes.gradients[sort]
        fresh = not paid[rows].any()
        if not fresh and not paid[rows].all():
            self.steps.append(partial(array.__setitem__, np.unique(rows[~paid[rows]]), 0.0))
        paid[rows] = True
        return Target(array, rows, fresh)
