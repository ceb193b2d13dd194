"""The forward pass in NumPy: views for one number of lanes, and the steps that fill them, group after group.

    each      the row of the table, read with NumPy
    matrix    Z = W X + b        (t products that share W)
    pairs     z = Σ a·b + c      (k products that share nothing)

An array has a row for each node and a column for each lane. Where the rows of a group go on by constant steps, its
numbers are a view of the array, and nothing is copied. A row of the table is run once on symbols (instructions.py), and
each instruction becomes one call, which writes into an array that was made before: nothing is allocated while the steps
run.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from autograd.namespaces import FUNCTIONS, scalars
from autograd.op import FINITE, MANY
from autograd.replay.instructions import KINDS, Instruction, Template, template
from autograd.replay.program import Floats, Ints, hidden_domains
from autograd.replay.schedule import ArrayLayout, NodeGroup, strides

Step = Callable[[], object]
Places = tuple[Any, Floats]  # the operands of a group, one by one or as one array, and its result


class Arrays:
    """NumPy as a namespace; a slope of 1 or 0 is a truth value read as a number, which is faster.

    The operands of a row of many are one array, along its first axis.
    """

    sum = staticmethod(lambda xs: xs.sum(0))
    each = staticmethod(lambda f, xs: f(xs))
    fold = staticmethod(lambda f, xs: f.reduce(xs))

    @staticmethod
    def where(condition: Any, x: Any, y: Any) -> Any:
        """Choose x or y."""
        if type(x) is float and type(y) is float and x == 1.0 and y == 0.0:
            return condition.astype(np.float64)
        return np.where(condition, x, y)


def one_by_one(name: str) -> Any:
    """Return a function that NumPy lacks, erf say, applied number by number."""
    return np.vectorize(getattr(scalars, name), otypes=[float])


arrays = Arrays()
vars(arrays).update({name: getattr(np, name, None) or one_by_one(name) for name in FUNCTIONS if name != "where"})
OPERATORS = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "neg": np.negative,
    "gt": np.greater,
    "lt": np.less,
    "ge": np.greater_equal,
    "le": np.less_equal,
    "move": np.positive,
}


def calls(code: list[Instruction], slots: list[Any]) -> list[Step]:
    """Return the calls of these instructions on the arrays in `slots`."""
    return [step for kind, out, *rest in code for step in call(KINDS[kind], slots[out], [slots[slot] for slot in rest])]


def call(kind: str, out: Floats, operands: list[Any]) -> list[Step]:
    """Return the calls of one instruction: a comparison gives truth values, which are read as numbers then."""
    function: Any = OPERATORS.get(kind) or getattr(arrays, kind)
    if not isinstance(function, np.ufunc):
        operands = operands[: 3 if kind == "where" else 1]
        return [lambda: np.copyto(out, function(*operands))]
    operands = operands[: function.nin]
    if kind == "pow":  # IEEE has 1 for a NaN to the power 0, and for 1 to the power NaN; eager has NaN
        return [*map(check_finite, operands), partial(function, *operands, out=out)]
    if kind in ("gt", "lt", "ge", "le"):
        flags = np.empty(out.shape, bool)
        return [partial(function, *operands, out=flags), partial(np.copyto, out, flags)]
    return [partial(function, *operands, out=out)]


def view(array: Floats, rows: Ints, steps: list[int]) -> Floats:
    """Return rows of an array that go on by these steps, without a copy."""
    row, lane = array.strides
    if steps == [1]:
        return array[rows[0] : rows[0] + len(rows)]
    return as_strided(array[rows.flat[0] :], (*rows.shape, array.shape[1]), (*(s * row for s in steps), lane))


def reader(array: Floats, rows: Ints) -> tuple[Floats, Callable[[], object] | None]:
    """Return an array that holds these rows, and the step that has to fill it first, if it is no view."""
    steps = strides(rows)
    if steps is not None:
        return view(array, rows, steps), None
    copy = np.empty((*rows.shape, array.shape[1]))
    return copy, lambda: array.take(rows, 0, copy, "clip")


class Forward:
    """The views of one number of lanes, and the steps that compute the values."""

    def __init__(self, layout: ArrayLayout, uniform: Floats, count: int) -> None:
        self.layout, self.count = layout, count
        lanes, inputs = np.zeros((layout.sizes[1], count)), 1 + len(layout.program.inputs)
        self.inputs = lanes[:inputs].T if layout.mixed else np.zeros((count, inputs))
        self.values = (uniform, lanes, self.inputs.T)
        for sort, row in layout.ones:
            self.values[sort][row] = 1.0
        self.steps: list[Step] = []
        self._spares: dict[tuple[int, tuple[int, int]], Floats] = {}
        ways = {"each": self._each, "matrix": self._matrix, "pairs": self._pairs}
        self.operands = [ways[group.kind](group) for group in layout.groups]
        self._outputs = [self._row(node) for node in layout.program.outputs]
        self.steps += [check_finite(row) for row in self._outputs]
        self._domains = [(domain, self._row(node)) for domain, node in hidden_domains(layout.program)]

    def _row(self, node: int) -> Floats:
        row: Floats = self.values[self.layout.sort[node]][self.layout.row[node]]
        return row

    def _read(self, nodes: Ints) -> Floats:
        """Return the array where these nodes' numbers will be."""
        array, step = reader(self.values[self.layout.sort_of(nodes)], self.layout.row[nodes])
        if step is not None:
            self.steps.append(step)
        return array

    def _out(self, group: NodeGroup) -> Floats:
        return own_rows(self.layout, group, self.values)

    def _each(self, group: NodeGroup) -> Places:
        """Compute the row of the table on k nodes at once."""
        if stacked(self.layout, group):
            return self._stacked(group)
        operands, out = tuple([self._read(nodes) for nodes in group.operands]), self._out(group)
        pattern = pattern_of(self.layout, group)
        self.steps += [check_finite(x) for x, d in zip(operands, group.op.domain, strict=False) if d is FINITE]
        self.steps += calls(pattern.forward, self.slots(pattern, operands, out, None))
        return operands, out

    def _stacked(self, group: NodeGroup) -> Places:
        """Compute an operation on many operands, which lie in one array."""
        operands, out = self._read(np.array(group.operands)), self._out(group)
        value = group.op.value
        self.steps.append(lambda: np.copyto(out, value(arrays, operands)))
        return operands, out

    def _matrix(self, group: NodeGroup) -> Places:
        """Compute Z = W X + b."""
        w, x, *b = (self._read(nodes) for nodes in (group.operands if group.one < 0 else group.folded()))
        out = self._out(group)
        z, inputs = (out[0], x[0]) if len(x) == 1 else (out, x)
        self.steps.append(partial(np.matmul, w[..., 0], inputs, out=z))
        if b and not self._no_bias(group):
            self.steps.append(partial(np.add, out, *b, out=out))
        return (w, x, *b), out

    def _pairs(self, group: NodeGroup) -> Places:
        """Compute z = Σ a·b + c over the second axis of a and b."""
        a, b, c = (self._read(nodes) for nodes in group.operands)
        out = self._out(group)
        # else c alone has a number for each lane
        z = out if width(out) in (width(a), width(b)) else np.empty((len(out), 1))
        if width(a) == 1 or width(b) == 1:
            row, rest = (a, b) if width(a) == 1 else (b, a)
            self.steps.append(partial(np.matmul, row[..., 0][:, None], rest, out=z[:, None]))
        elif len(out) == 1:
            self.steps.append(partial(np.vecdot, a, b, axis=1, out=z))
        else:
            self.steps.append(partial(np.einsum, "kmn,kmn->kn", a, b, out=z))
        if not self._no_bias(group):
            self.steps.append(partial(np.add, z, c, out=out))
        return (a, b, c), out

    def _no_bias(self, group: NodeGroup) -> bool:
        """Whether the bias is the constant 0 throughout."""
        program = self.layout.program
        zeros = program.constants[program.numbers == 0.0]
        return bool(np.isin(group.operands[-1], zeros).all())

    def slots(self, pattern: Template, operands: tuple[Floats, ...], out: Floats, upstream: Floats | None) -> list[Any]:
        """Return the arrays that the instructions of a pattern are about."""
        fresh = [
            self._spare(i, (len(out), self.count if what else 1)) if isinstance(what, bool) else np.array(what)
            for i, what in enumerate(pattern.fresh)
        ]
        return [*operands, out, *[None] * len(operands), upstream, *fresh]

    def _spare(self, i: int, shape: tuple[int, int]) -> Floats:
        """Return space for the i-th number on the way; the next group may use it again."""
        return self._spares.setdefault((i, shape), np.empty(shape))

    def outputs(self) -> list[Floats]:
        """Return the outputs, an array for each."""
        return [row.copy() if len(row) == self.count else np.full(self.count, row[0]) for row in self._outputs]

    def check(self) -> None:
        """Raise FloatingPointError where eager raises and NumPy does not: outside a domain of another kind."""
        for domain, row in self._domains:
            if not all(map(domain.has, row)):
                raise FloatingPointError


def own_rows(layout: ArrayLayout, group: NodeGroup, arrays: tuple[Floats, ...]) -> Floats:
    """Return the view of a group's own rows, which are contiguous."""
    return reader(arrays[layout.sort_of(group.nodes)], layout.row[group.nodes])[0]


def pattern_of(layout: ArrayLayout, group: NodeGroup) -> Template:
    """Return what a group's operation does, in instructions."""
    needs = [bool(layout.needs[nodes].any()) for nodes in group.operands]
    return template(group.op, tuple([layout.sort_of(nodes) > 0 for nodes in group.operands]), tuple(needs))


def stacked(layout: ArrayLayout, group: NodeGroup) -> bool:
    """Whether the operands of an operation on many lie in one array, along a first axis of it."""
    return group.op.arity == MANY and len({layout.sort_of(nodes) for nodes in group.operands}) == 1


def check_finite(numbers: Floats) -> Step:
    """Return the step that checks whether all of these numbers are finite."""
    return partial(raise_unless_finite, numbers, np.zeros(numbers.shape))


def raise_unless_finite(numbers: Floats, zeros: Floats) -> None:
    """Raise FloatingPointError if any number is infinite or NaN: times 0, such a one is NaN."""
    if np.vdot(numbers, zeros) != 0.0:
        raise FloatingPointError


def width(array: Floats) -> int:
    """Return the number of lanes."""
    return int(array.shape[-1])
