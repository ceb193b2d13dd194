"""Backend "numba": the program as a tape, and a compiled loop over it. One lane is bit for bit eager.

All numbers lie in one array: first the slots with one number for all lanes, then those with a number for each.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import copysign
from typing import Any

import numpy as np

from autograd.errors import MissingPackageError
from autograd.replay.instructions import DOT, DOT_BACK, template
from autograd.replay.program import Floats, Ints, Program, Traits, fused, hidden_domains, latest
from autograd.rules import DOT as DOT_OP


class Slots:
    """Numbers for what a tape works on, each with a number for every lane, or one for all."""

    def __init__(self) -> None:
        self.lane: list[bool] = []
        self.constants: dict[tuple[float, float, bool], int] = {}
        self._spare: dict[tuple[bool, int], int] = {}

    def new(self, lane: bool) -> int:
        """Return a slot of its own."""
        self.lane.append(lane)
        return len(self.lane) - 1

    def constant(self, number: float, lane: bool = False) -> int:
        """Return the slot of a constant; where others have a number for each lane, it is quicker if it has too."""
        key = number, copysign(1.0, number), lane  # −0.0 is not 0.0
        if key not in self.constants:
            self.constants[key] = self.new(lane)
        return self.constants[key]

    def temporaries(self, fresh: list[float | bool], lane: bool) -> list[int]:
        """Return the slots that an operation needs besides its operands; the next operation may use them again."""
        taken = {True: 0, False: 0}
        slots = []
        for what in fresh:
            if type(what) is bool:
                key = what, taken[what]
                taken[what] += 1
                slots.append(self._spare[key] if key in self._spare else self._spare.setdefault(key, self.new(what)))
            else:
                slots.append(self.constant(what, lane))
        return slots


def tape(instructions: list[int]) -> Ints:
    """Return instructions as an array, with a row for each."""
    return np.array(instructions, np.int64).reshape(-1, 5)


class NumbaMachine:
    """A machine that runs a program in compiled loops: as it is on one lane, fused on more, where sums round otherwise anyway."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.order = np.arange(len(program.parameters))
        self.numbers, self.gradients = np.zeros(len(self.order)), np.zeros(len(self.order))
        self._loops: dict[bool, CompiledLoop] = {}
        self._running: CompiledLoop | None = None

    def _loop(self, several: bool) -> CompiledLoop:
        """Return the loop for one lane, or that for several; built when it is first needed."""
        if several not in self._loops:
            program = fused(self.program) if several else self.program
            self._loops[several] = CompiledLoop(program, self.numbers, self.gradients, several)
        return self._loops[several]

    def forward(self, blocks: list[Floats]) -> list[Floats]:
        """Return the outputs, an array for each, from the inputs, each an array (examples, numbers)."""
        self._running = self._loop(len(blocks[0]) > 1)
        return self._running.forward(blocks)

    def backward(self, output: int, seeds: Floats, before: Floats | None) -> Floats:
        """Return the gradients of the parameters, on top of those before; a seed for each lane."""
        assert self._running is not None
        return self._running.backward(output, seeds, before)

    def counts(self) -> dict[str, int]:
        """Return what print(replay) tells."""
        return {"nodes after fusion": len(self._loop(True).program), **self._loop(True).counts()}


class CompiledLoop:
    """A program as tapes, and the numbers that the compiled loop works on.

    For several lanes, what many neurons add to the gradient of one input is a dot product too: Σ w·upstream. It is
    computed when the turn of that input comes, in place of a sum for each neuron.
    """

    def __init__(self, program: Program, numbers: Floats, gradients: Floats, several: bool) -> None:
        try:
            from autograd.replay.backends import numba_kernels
        except ImportError:
            raise MissingPackageError(
                'The backend "numba" needs the package numba: pip install numba. The backend "numpy" needs nothing more.'
            ) from None
        self.kernels, self.program, self.traits = numba_kernels, program, Traits(program)
        self.numbers, self.gradients, self.several = numbers, gradients, several
        self._waiting: dict[int, list[tuple[int, int]]] = {}
        self.slots, self._lists, self._rows = Slots(), list[int](), program.rows()
        self._number()
        computed = self._computed()
        self._forward = tape([i for node in computed for i in self._instructions(node, "forward")])
        self._backward = [self._tape(int(output)) for output in program.outputs]
        self._memories: dict[int, SlotNumbers] = {}
        self._memory: SlotNumbers | None = None

    def _number(self) -> None:
        """Give slots: first to the values (parameters and inputs before all others), then to the gradients."""
        program, slots, self._lane = self.program, self.slots, self.traits.lane.tolist()
        self.at, self.grad = [-1] * len(program), [-1] * len(program)
        for node in program.parameters.tolist():
            self.at[node] = slots.new(False)
        for node in program.inputs.tolist():
            slot = slots.new(True)
            self.at[node] = slot if node >= 0 else self.at[node]
        for node, number in zip(program.constants.tolist(), program.numbers.tolist(), strict=True):
            self.at[node] = slots.constant(number)
        for node in self._computed():
            self.at[node] = slots.new(self._lane[node])
        self.values_end = len(slots.lane)
        wanted = np.flatnonzero(self.traits.needs & (program.code >= 0))
        for node in [*program.parameters.tolist(), *wanted.tolist()]:
            self.grad[node] = slots.new(self._lane[node])
        self.gradients_end = len(slots.lane)

    def _tape(self, output: int) -> Ints:
        """Return what goes back from an output."""
        adding = [node for node in reversed(self.program.order(output)) if self.grad[node] >= 0]
        return tape([i for node in adding for i in (*self._gathered(node), *self._instructions(node, "backward"))])

    def _computed(self) -> list[int]:
        return np.flatnonzero(self.program.code >= 0).tolist()

    def _instructions(self, node: int, way: str) -> list[int]:
        """Return a node's instructions, one after the other: a list of numbers is no work for Python's collector."""
        op, parents, out, upstream = self.program.op(node), self._rows[node], self.at[node], self.grad[node]
        operands, gradients = [self.at[p] for p in parents], [self.grad[p] for p in parents]
        if op is DOT_OP:
            return self._dot(operands, gradients, out, upstream, way)
        lanes, needs = tuple([self._lane[p] for p in parents]), tuple([g >= 0 for g in gradients])
        pattern = template(op, lanes, needs)
        slots = [*operands, out, *gradients, upstream, *self.slots.temporaries(pattern.fresh, any(lanes))]
        code: list[int] = []
        for kind, *places in getattr(pattern, way):
            code.append(kind)
            code += [slots[place] for place in places]
        return code

    def _dot(self, operands: list[int], gradients: list[int], out: int, upstream: int, way: str) -> list[int]:
        if self.several:
            operands, gradients = self._uniform_first(operands), self._uniform_first(gradients, operands)
        if way == "forward":
            return self._listed(DOT, out, operands)
        if self.several:
            gradients = self._delayed(operands, gradients, upstream)
        return self._listed(DOT_BACK, upstream, operands, gradients)

    def _listed(self, kind: int, out: int, operands: list[int], gradients: Sequence[int] = ()) -> list[int]:
        """Return the instruction of a dot product, and whether it is plain: weights uniform, inputs not, no other gradient wanted."""
        begin, half, lane = len(self._lists), len(operands) // 2, self.slots.lane
        self._lists += [*operands, *gradients]
        plain = all(lane[x] > lane[w] for w, x in zip(operands[:half], operands[half:-1], strict=True))
        plain &= min(gradients[:half], default=0) >= 0 and max(gradients[half:-1], default=-1) < 0
        return [kind, out, begin, len(operands), plain]

    def _uniform_first(self, slots: list[int], operands: list[int] | None = None) -> list[int]:
        """Let the uniform factor of each product come first."""
        half, lane = len(slots) // 2, self.slots.lane
        operands = operands or slots
        turned = [lane[w] > lane[x] for w, x in zip(operands[:half], operands[half:-1], strict=True)]
        pairs = [(x, w) if turn else (w, x) for turn, w, x in zip(turned, slots[:half], slots[half:-1], strict=True)]
        return [w for w, _ in pairs] + [x for _, x in pairs] + slots[-1:]

    def _delayed(self, operands: list[int], gradients: list[int], upstream: int) -> list[int]:
        """Leave the inputs whose weights are uniform for later; return the gradients that are to be added to now."""
        half, lane = len(operands) // 2, self.slots.lane
        for j in range(half):
            w, g = operands[j], gradients[half + j]
            if g >= 0 and lane[g] and not lane[w]:
                self._waiting.setdefault(g, []).append((w, upstream))
                gradients[half + j] = -1
        return gradients

    def _gathered(self, node: int) -> list[int]:
        """Return the instruction that adds to a node's gradient what was left for later, if anything."""
        gradient = self.grad[node]
        later = self._waiting.pop(gradient, [])
        return self._listed(DOT, gradient, [*(w for w, _ in later), *(u for _, u in later), gradient]) if later else []

    def forward(self, blocks: list[Floats]) -> list[Floats]:
        """Return the outputs, an array for each, from the inputs, each an array (examples, numbers)."""
        self._memory = memory = self._remembered(len(blocks[0]))
        memory.load(self.numbers, blocks)
        memory.run(self._forward)
        if not self.kernels.finite(memory.values):
            raise FloatingPointError
        for domain, row in memory.domains:
            if not all(map(domain.has, row)):
                raise FloatingPointError
        return [row.copy() if len(row) == memory.lanes else np.full(memory.lanes, row[0]) for row in memory.outputs]

    def backward(self, output: int, seeds: Floats, before: Floats | None) -> Floats:
        """Return the gradients of the parameters, on top of those before; a seed for each lane."""
        assert self._memory is not None
        memory = self._memory
        memory.clear(before)
        root = memory.roots[output]
        if root is not None:
            root += seeds if len(root) == len(seeds) else seeds.sum()
            memory.run(self._backward[output])
        np.copyto(self.gradients, memory.gradients)
        if not self.kernels.finite(self.gradients):
            raise FloatingPointError
        return self.gradients

    def _remembered(self, lanes: int) -> SlotNumbers:
        return latest(self._memories, lanes, lambda: SlotNumbers(self, lanes))

    def counts(self) -> dict[str, int]:
        """Return what print(replay) tells."""
        lanes = sum(self.slots.lane)
        tapes = [self._forward, *self._backward]
        return {
            "instructions": sum(len(tape) for tape in tapes),
            "memory, bytes": sum(tape.nbytes for tape in tapes) + 8 * len(self._lists),
            "memory per example": 8 * lanes,
        }


class SlotNumbers:
    """The numbers of all slots, for one number of lanes."""

    def __init__(self, machine: CompiledLoop, lanes: int) -> None:
        self.lanes, self._count, self._run = lanes, np.uint64(lanes), machine.kernels.run
        lane, ends = np.array(machine.slots.lane, bool), [0, machine.values_end, machine.gradients_end]
        offset, bounds = laid_out(lane, [*ends, len(lane)], lanes)
        self._step, self._offset, self._places = lane.astype(np.uint64), offset.astype(np.uint64), offset.tolist()
        self._numbers = np.zeros(bounds[-1] + int(machine.kernels.SPARE) * lanes)
        lists = np.array(machine._lists, np.int64)
        self._lists = np.where(lists < 0, machine.kernels.NONE, self._offset[lists]), self._step[lists]
        for (number, _, _), slot in machine.slots.constants.items():
            self.row(slot)[:] = number
        count, inputs = len(machine.numbers), len(machine.program.inputs)
        first = int((~lane[: machine.values_end]).sum())
        self._inputs = self._numbers[first : first + lanes * inputs].reshape(-1, lanes)
        self._parameters, self.gradients = self._numbers[:count], self._numbers[bounds[1] :][:count]
        self.values, self._all_gradients = self._numbers[: bounds[1]], self._numbers[bounds[1] : bounds[2]]
        outputs = machine.program.outputs.tolist()
        self.outputs = [self.row(machine.at[node]) for node in outputs]
        self.roots = [self.row(machine.grad[node]) if machine.grad[node] >= 0 else None for node in outputs]
        self.domains = [(domain, self.row(machine.at[node])) for domain, node in hidden_domains(machine.program)]

    def load(self, numbers: Floats, blocks: list[Floats]) -> None:
        """Take in the parameters and the batch."""
        self._parameters[:] = numbers
        row = 0
        for block in blocks:
            self._inputs[row : row + block.shape[1]] = block.T
            row += block.shape[1]

    def clear(self, before: Floats | None) -> None:
        """Set the gradients to 0, and those of the parameters to what they were."""
        self._all_gradients.fill(0.0)
        if before is not None:
            self.gradients[:] = before

    def run(self, tape: Ints) -> None:
        """Carry out a tape."""
        self._run(tape, *self._lists, self._offset, self._step, self._numbers, self._count)

    def row(self, slot: int) -> Floats:
        """Return the numbers of a slot: one, or one for each lane."""
        start = self._places[slot]
        return self._numbers[start : start + (self.lanes if self._step[slot] else 1)]


def laid_out(lane: Any, ends: list[int], lanes: int) -> tuple[Any, list[int]]:
    """Return where each slot's numbers begin, and where each part ends: uniform slots first in each, then the lanes."""
    offset, bounds = np.zeros(len(lane), np.int64), [0]
    for a, b in pairwise(ends):
        here = lane[a:b]
        uniform = int((~here).sum())
        place = np.where(here, uniform + lanes * (np.cumsum(here) - 1), np.cumsum(~here) - 1)
        offset[a:b] = bounds[-1] + place
        bounds.append(bounds[-1] + uniform + lanes * (b - a - uniform))
    return offset, bounds
