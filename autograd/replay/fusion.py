"""Left folds of + become dot products: w₁x₁ + w₂x₂ + … + b, written with × and +, is one node again.

A sum is a dot product with ones, and a mean one with 1/n. A chain of × alone stays as it is: its slopes are products of
all other factors, which the chain has already. Only for backends that may round in another order.
"""

from dataclasses import replace

import numpy as np

from autograd import rules
from autograd.replay.program import CONSTANT, Ints, Program, offsets


class Fusion:
    """The dot products found in a program, each with the node that it becomes: (weights, inputs, bias)."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.codes = {op: code for code, op in enumerate(program.ops)}
        self.uses = np.bincount(program.parents, minlength=len(program)) + np.bincount(
            program.outputs, minlength=len(program)
        )
        self.absorbed = np.zeros(len(program), bool)
        self.extras: dict[float, int] = {}  # constants that were not there: number ~k is the k-th
        self.dots: dict[int, list[int]] = {}
        self._folds()
        self._sums()

    def constant(self, number: float) -> int:
        """Return a node of its own for this number."""
        return ~self.extras.setdefault(number, len(self.extras))

    def _is(self, op: rules.Op) -> Ints:
        code: Ints = self.program.code == self.codes.get(op, len(self.codes))
        return code

    def _folds(self) -> None:
        """Find the sums of three terms or more, and what each is a sum of."""
        start, parents = self.program.start, self.program.parents
        adds, once = self._is(rules.ADD), self.uses == 1
        self._product = (self._is(rules.MUL) & once).tolist()
        nodes = np.flatnonzero(adds)
        left = parents[start[nodes]]
        linked = adds[left] & once[left]
        self.absorbed[left[linked]] = True
        first, flat = start.tolist(), parents.tolist()
        for top in nodes[linked & ~self.absorbed[nodes]].tolist():
            terms, node = [], top
            while node == top or self.absorbed[node]:
                terms.append(flat[first[node] + 1])
                node = flat[first[node]]
            self._dot(top, [node, *reversed(terms)])

    def _dot(self, top: int, terms: list[int]) -> None:
        """Take a sum apart: into products, which become weights and inputs, and the rest, of which one is the bias."""
        start, parents, product = self.program.start, self.program.parents, self._product
        factors = [t for t in terms if product[t]]
        rest = [t for t in terms if not product[t]]
        self.absorbed[factors] = True
        bias = rest.pop() if factors and rest else self.constant(0.0)
        ones = [self.constant(1.0)] * len(rest)
        weights, inputs = parents[start[factors]].tolist(), parents[start[factors] + 1].tolist()
        self.dots[top] = [*weights, *ones, *inputs, *rest, bias]

    def _sums(self) -> None:
        start, parents = self.program.start, self.program.parents
        for node in np.flatnonzero(self._is(rules.SUM)).tolist():
            self._dot(node, parents[start[node] : start[node + 1]].tolist())
        for node in np.flatnonzero(self._is(rules.MEAN)).tolist():
            terms = parents[start[node] : start[node + 1]].tolist()
            self.dots[node] = [self.constant(1.0 / len(terms))] * len(terms) + [*terms, self.constant(0.0)]

    def result(self) -> Program:
        """Return the program with the dot products in the place of what they are made from."""
        program, extra = self.program, len(self.extras)
        kept = np.flatnonzero(~self.absorbed)
        new = np.full(len(program), -1, np.int32)
        new[kept] = np.arange(extra, extra + len(kept))
        counts = np.diff(program.start)
        counts[list(self.dots)] = [len(operands) for operands in self.dots.values()]
        start = offsets([0] * extra + counts[kept].tolist())
        parents = np.empty(start[-1], np.int32)
        owner = np.repeat(np.arange(len(program)), np.diff(program.start))
        same = ~self.absorbed
        same[list(self.dots)] = False
        entries = np.flatnonzero(same[owner])
        owner = owner[entries]
        parents[start[new[owner]] + entries - program.start[owner]] = new[program.parents[entries]]
        for node, operands in self.dots.items():
            here = start[new[node]]
            parents[here : here + len(operands)] = [new[p] if p >= 0 else ~p for p in operands]
        ops = program.ops if rules.DOT in self.codes else (*program.ops, rules.DOT)
        code = program.code.copy()
        code[list(self.dots)] = ops.index(rules.DOT)
        return replace(
            program,
            ops=ops,
            code=np.concatenate([np.full(extra, CONSTANT, code.dtype), code[kept]]),
            start=start,
            parents=parents,
            inputs=np.where(program.inputs >= 0, new[program.inputs], -1),
            parameters=new[program.parameters],
            constants=np.concatenate([np.arange(extra, dtype=np.int32), new[program.constants]]),
            numbers=np.concatenate([list(self.extras), program.numbers]),
            outputs=new[program.outputs],
        )


def fused(program: Program) -> Program:
    """Return the program with its left folds of + as dot products."""
    fusion = Fusion(program)
    return fusion.result() if fusion.dots else program
