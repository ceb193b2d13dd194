"""Backend "python": the program number by number, one lane after the other, in eager's own order.

It is bit for bit what `backward` does, and raises where eager raises; so it is also the judge: when NumPy or numba meets
an infinity or a NaN, this file computes the batch again, and has the last word.
"""

from math import isfinite
from typing import Any

import numpy as np

from autograd.errors import AutogradError
from autograd.replay.program import Floats, Program
from autograd.rules import DOT, Op
from autograd.value import evaluate

NodeStep = tuple[int, Op, list[int]]  # a node, its row, its parents


class PythonMachine:
    """A machine that runs a program on plain floats."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.steps = [
            (node, program.op(node), parents) for node, parents in enumerate(program.rows()) if program.code[node] >= 0
        ]
        self.numbers = np.zeros(len(program.parameters))  # of the parameters
        self.order, self.gradients = np.arange(len(self.numbers)), np.zeros(len(self.numbers))
        self.lanes: list[tuple[list[float], dict[int, tuple[float, ...]]]] = []
        steps = {step[0]: step for step in self.steps}
        self.orders = [[steps[node] for node in reversed(program.order(int(out)))] for out in program.outputs]

    def forward(self, blocks: list[Floats]) -> list[Floats]:
        """Return the outputs, an array for each, from the inputs, each an array (examples, numbers)."""
        lanes = []
        for number, inputs in enumerate(np.concatenate(blocks, axis=1)):
            try:
                lanes.append(self._lane(inputs))
            except AutogradError as error:
                error.add_note(f"This was in example {number} of the batch, counted from 0.")
                raise
        self.lanes = lanes
        return [np.array([data[out] for data, _ in lanes]) for out in self.program.outputs]

    def _lane(self, inputs: Floats) -> tuple[list[float], dict[int, tuple[float, ...]]]:
        program, partials = self.program, {}
        data = np.zeros(len(program))
        data[program.inputs[program.inputs >= 0]] = inputs[program.inputs >= 0]
        data[program.parameters], data[program.constants] = self.numbers, program.numbers
        numbers = data.tolist()
        for node, op, parents in self.steps:
            numbers[node], partials[node] = evaluated(op, tuple([numbers[parent] for parent in parents]))
        return numbers, partials

    def counts(self) -> dict[str, int]:
        """Return what print(replay) tells."""
        return {"memory, bytes": self.program.nbytes}

    def backward(self, output: int, seeds: Floats, before: Floats | None) -> Floats:
        """Return the gradients of the parameters, on top of those before; a seed for each lane."""
        total = np.zeros(len(self.numbers)) if before is None else before
        for (data, partials), seed in zip(self.lanes, seeds.tolist(), strict=True):
            grad = np.zeros(len(self.program))
            grad[self.program.parameters] = total
            grad[self.program.outputs[output]] += seed
            total = self._added(grad.tolist(), data, partials, self.orders[output])
        return total

    def _added(
        self, grad: list[float], data: list[float], partials: dict[int, tuple[float, ...]], steps: list[NodeStep]
    ) -> Floats:
        for node, op, parents in steps:
            upstream = grad[node]
            if upstream or op is not DOT or not isfinite(data[node]):  # as in fast.backward
                for parent, local in zip(parents, partials[node], strict=True):
                    grad[parent] += upstream * local
        return np.array(grad)[self.program.parameters]


def evaluated(op: Op, operands: tuple[float, ...]) -> tuple[float, tuple[Any, ...]]:
    """Return the value and the slopes, as eager has them, or raise what eager raises."""
    out, slopes = evaluate(op, operands)
    return out, slopes
