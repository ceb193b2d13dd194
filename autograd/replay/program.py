"""The flat program: a graph as arrays of integers, parents before children.

A node is a number. `code` says what it is: the place of its row in `ops`, or one of three kinds of leaf. Its parents
are parents[start[i] : start[i + 1]], in order, with repeats. That is 14 bytes for a node of two parents.

    Program      the arrays
    flatten      make one from a graph
    Traits       what each node is: how deep, a number for each lane or not, with or without a gradient
    fused        make a shorter one, with dot products
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from autograd import rules
from autograd.functions import sum as total
from autograd.graph import topological_order
from autograd.op import FINITE, NONNEGATIVE, NONZERO, POSITIVE, REAL, Domain, Op
from autograd.value import Value

T = TypeVar("T")
KEPT = 8  # numbers of lanes for which arrays are kept
INPUT, PARAMETER, CONSTANT = -1, -2, -3
# The number goes on, and no gradient comes back: for `detach`, which would freeze the number otherwise.
DETACH = Op("detach", lambda xp, x: x, lambda xp, x, out: (0.0,), "↛", r"{0}", (REAL,))

# Outside these domains an array becomes NaN or infinite, which shows; outside any other, it may hold ordinary numbers.
SHOWING = (REAL, FINITE, POSITIVE, NONNEGATIVE, NONZERO)

Ints = NDArray[Any]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Program:
    """A graph without its numbers, except for the constants."""

    ops: tuple[Op, ...]
    code: Ints
    start: Ints
    parents: Ints
    inputs: Ints  # the node of each input; −1 for one that f did not use
    parameters: Ints  # the node of each parameter
    constants: Ints  # the node of each constant
    numbers: Floats  # and its number
    outputs: Ints

    def __len__(self) -> int:
        return len(self.code)

    @property
    def nbytes(self) -> int:
        """How many bytes its arrays take."""
        return sum(part.nbytes for part in vars(self).values() if isinstance(part, np.ndarray))

    def op(self, node: int) -> Op:
        """Return the row of a node that is no leaf."""
        return self.ops[int(self.code[node])]

    def parents_of(self, node: int) -> Ints:
        """Return the parents of a node."""
        return self.parents[self.start[node] : self.start[node + 1]]

    def rows(self) -> list[list[int]]:
        """Return the parents of each node, as lists."""
        flat, ends = self.parents.tolist(), self.start.tolist()
        return [flat[a:b] for a, b in pairwise(ends)]

    def order(self, output: int) -> list[int]:
        """Return the results that a gradient from the output comes to, parents first: in the order of eager's own walk."""
        if len(self.outputs) == 1 and DETACH not in self.ops:
            return np.flatnonzero(self.code >= 0).tolist()  # they were numbered so
        rows, codes, seen = self.rows(), self.code.tolist(), [False] * len(self)
        stop = self.ops.index(DETACH) if DETACH in self.ops else PARAMETER
        found, stack = [], [output]
        while stack:
            node = stack.pop()
            if node < 0:
                found.append(~node)
            elif not seen[node]:
                seen[node] = True
                if codes[node] >= 0 and codes[node] != stop:
                    stack += [~node, *reversed(rows[node])]  # ~node comes up when its parents have their places
        return found

    def reached(self, output: int) -> Ints | None:
        """Return for each parameter whether an output was made from it, and so has a gradient for it; None if all were."""
        if len(self.outputs) == 1 and DETACH not in self.ops:
            return None
        found = np.zeros(len(self), bool)
        found[self.outputs[output]] = True
        for node in self.order(int(self.outputs[output])):
            found[self.parents_of(node)] = True
        reached: Ints = found[self.parameters]
        return reached

    def same_as(self, other: "Program") -> bool:
        """Whether two records are one program, constants included."""
        return self.ops == other.ops and all(
            np.array_equal(mine, theirs, equal_nan=mine.dtype.kind == "f")
            for mine, theirs in zip(vars(self).values(), vars(other).values(), strict=True)
            if isinstance(mine, np.ndarray)
        )


def flatten(outputs: Sequence[Value], inputs: Iterable[Value]) -> tuple[Program, list[Value]]:
    """Return the program that makes `outputs`, and its parameters: all leaves but the inputs and the constants."""
    order = topological_order(outputs[0]) if len(outputs) == 1 else topological_order(total(outputs))[:-1]
    index = dict(zip(order, range(len(order)), strict=True))
    given = dict.fromkeys(inputs, INPUT)
    ops: dict[Op, int] = {}
    code: list[int] = []
    parents: list[int] = []
    counts: list[int] = []
    for node in order:
        op = node.op
        before = len(parents)
        if op is None:
            code.append(given.get(node) or (CONSTANT if node.kind == "constant" else PARAMETER))
        else:
            code.append(ops.setdefault(op, len(ops)))
            if op.arity == 2:
                parents.append(index[node._x])
                parents.append(index[node._y])
            elif op.arity == 1:
                parents.append(index[node._x])
            else:
                parents += map(index.__getitem__, node.parents)
        counts.append(len(parents) - before)
    codes = np.array(code, np.int16)
    parameters, constants = (np.flatnonzero(codes == kind) for kind in (PARAMETER, CONSTANT))
    program = Program(
        tuple(ops),
        codes,
        offsets(counts),
        np.array(parents, np.int32),
        np.array([index.get(x, -1) for x in given], np.int32),
        parameters.astype(np.int32),
        constants.astype(np.int32),
        np.array([order[i].data for i in constants], np.float64),
        np.array([index[out] for out in outputs], np.int32),
    )
    return program, [order[i] for i in parameters]


class Traits:
    """What a node of the program is: how deep, whether it has a number for each lane, whether it needs a gradient."""

    def __init__(self, program: Program) -> None:
        level = [0] * len(program)
        lane, needs = bytearray(len(program)), bytearray(len(program))
        for node in program.inputs[program.inputs >= 0].tolist():
            lane[node] = 1
        for node in program.parameters.tolist():
            needs[node] = 1
        stop = program.ops.index(DETACH) if DETACH in program.ops else PARAMETER
        for node, (code, parents) in enumerate(zip(program.code.tolist(), program.rows(), strict=True)):
            if parents:
                level[node] = 1 + max(map(level.__getitem__, parents))
                lane[node] = max(map(lane.__getitem__, parents))
                needs[node] = code != stop and max(map(needs.__getitem__, parents))
        self.level = np.array(level, np.int32)
        self.lane = np.frombuffer(lane, bool)
        self.needs = np.frombuffer(needs, bool)


def offsets(counts: Sequence[int]) -> Ints:
    """Return where each of several lists begins, when they lie one after the other, and where the last one ends."""
    return np.concatenate([[0], np.cumsum(counts, dtype=np.int64)]).astype(np.int32)


def latest(kept: dict[int, T], key: int, make: Callable[[], T]) -> T:
    """Return what is kept under a key, made if need be; only what was asked for last stays."""
    kept[key] = kept.pop(key) if key in kept else make()
    if len(kept) > KEPT:
        del kept[next(iter(kept))]
    return kept[key]


def hidden_domains(program: Program) -> list[tuple[Domain, int]]:
    """Return the domains that have to be checked, since an array would not show it; each with the node that must lie in it."""
    found = []
    for code, op in enumerate(program.ops):
        if op.arity > 0 and not set(op.domain) <= set(SHOWING):
            for node in np.flatnonzero(program.code == code).tolist():
                pairs = zip(op.domain, program.parents_of(node).tolist(), strict=True)
                found += [(domain, parent) for domain, parent in pairs if domain not in SHOWING]
    return found


class Fusion:
    """Left folds of + become dot products: w₁x₁ + w₂x₂ + … + b, written with × and +, is one node again.

    A sum is a dot product with ones, and a mean one with 1/n. A chain of × alone stays as it is: its slopes are products of
    all other factors, which the chain has already. Only for backends that may round in another order. `dots` are the
    nodes that become dot products, each with (weights, inputs, bias).
    """

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
        same = ~self.absorbed
        same[list(self.dots)] = False
        owner = np.repeat(np.arange(len(program)), np.diff(program.start))
        entries = np.flatnonzero(same[owner])
        owner = np.concatenate([owner[entries], np.repeat(list(self.dots), list(map(len, self.dots.values())))])
        parents = np.concatenate([program.parents[entries], list(chain.from_iterable(self.dots.values()))])
        parents = parents[np.argsort(owner, kind="stable")]
        ops = program.ops if rules.DOT in self.codes else (*program.ops, rules.DOT)
        code = program.code.copy()
        code[list(self.dots)] = ops.index(rules.DOT)
        return replace(
            program,
            ops=ops,
            code=np.concatenate([np.full(extra, CONSTANT, code.dtype), code[kept]]),
            start=offsets([0] * extra + np.bincount(owner, minlength=len(program))[kept].tolist()),
            parents=np.where(parents >= 0, new[parents], ~parents).astype(np.int32),
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
