"""Nodes of one operation at one depth become one group: one array operation each.

    each      k nodes of one operation: operands of shape (k,), one array of nodes for each
    matrix    t × k dot products: the same k rows of weights over t lists of inputs, W (k, m), X (t, m), b (k,)
    pairs     k dot products that share nothing: A (k, m), B (k, m), b (k,)

A node is *uniform* when it depends on parameters and constants alone (one number for all lanes), else *lane* (one number
for each example). All nodes of an operand of a group are of one sort.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from autograd.replay.program import Ints, Program, Traits
from autograd.rules import DOT, Op


@dataclass(frozen=True)
class NodeGroup:
    """Nodes that are computed together; `one` is a node whose number is 1, if it lies before the inputs of a matrix product; else −1."""

    kind: str
    op: Op
    nodes: Ints
    operands: tuple[Ints, ...]
    one: int = -1

    def folded(self) -> tuple[Ints, Ints]:
        """Return the weights with the bias before them, and the inputs with a 1."""
        weights, inputs, bias = self.operands
        return np.column_stack([bias, weights]), np.insert(inputs, 0, self.one, axis=1)


def grouped(program: Program, traits: Traits) -> list[NodeGroup]:
    """Return the groups of a program, parents before children."""
    places: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    dots: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    dot = program.ops.index(DOT) if DOT in program.ops else len(program.ops)
    start, lane = program.start.tolist(), traits.lane
    for node in np.flatnonzero(program.code >= 0).tolist():
        operands = program.parents[start[node] : start[node + 1]]
        key = (int(traits.level[node]), int(program.code[node]), lane[operands].tobytes())
        (dots if key[1] == dot and plain(key[2]) else places)[key].append(node)
    found = [(key[0], each(program, nodes)) for key, nodes in places.items()]
    for key, nodes in dots.items():
        found += [(key[0], group) for group in products(program, nodes, key[2])]
    found.sort(key=lambda pair: (pair[0], pair[1].kind == "matrix"))  # going back, matrices are first to write
    return [group for _, group in found]


def plain(lanes: bytes) -> bool:
    """Whether the weights of a dot product are all of one sort, and the inputs too."""
    m = len(lanes) // 2
    return m > 0 and len(set(lanes[:m])) == 1 and len(set(lanes[m:-1])) == 1


def operands_of(program: Program, nodes: list[int]) -> Ints:
    """Return the operands of nodes that have equally many, a row for each node."""
    count = program.start[nodes[0] + 1] - program.start[nodes[0]]
    operands: Ints = program.parents[program.start[nodes][:, None] + np.arange(count)]
    return operands


def each(program: Program, nodes: list[int]) -> NodeGroup:
    """Return the group of nodes of one operation."""
    return NodeGroup("each", program.op(nodes[0]), np.array(nodes), tuple(operands_of(program, nodes).T))


def products(program: Program, nodes: list[int], lanes: bytes) -> list[NodeGroup]:
    """Return dot products of one depth and one pattern, those over the same inputs as matrix products."""
    m, operands = len(lanes) // 2, operands_of(program, nodes)
    weights, inputs, bias = operands[:, :m], operands[:, m:-1], operands[:, -1]
    if lanes[0] and not lanes[m]:
        weights, inputs = inputs, weights
    rows = np.array(nodes)
    if lanes[0] == lanes[m] or (weights[:, :1] == weights).all():  # a sum has one weight for all
        return [NodeGroup("pairs", DOT, rows, (weights, inputs, bias))]
    groups, single = [], []
    for block in blocks(weights, inputs, bias):
        if block.size == 1:
            single.append(int(block[0, 0]))
        else:
            groups.append(
                NodeGroup("matrix", DOT, rows[block], (weights[block[0]], inputs[block[:, 0]], bias[block[0]]))
            )
    if len(single) == 1:
        groups.append(NodeGroup("matrix", DOT, rows[[single]], (weights[single], inputs[single], bias[single])))
    elif single:
        groups.append(NodeGroup("pairs", DOT, rows[single], (weights[single], inputs[single], bias[single])))
    return groups


def blocks(weights: Ints, inputs: Ints, bias: Ints) -> list[Ints]:
    """Return which rows make one matrix product, each block as (lists of inputs, rows of weights)."""
    over: dict[bytes, list[int]] = defaultdict(list)
    for i, row in enumerate(np.ascontiguousarray(inputs)):
        over[row.tobytes()].append(i)
    alike: dict[bytes, list[list[int]]] = defaultdict(list)
    for block in over.values():
        alike[weights[block].tobytes() + bias[block].tobytes()].append(block)
    return [np.array(block) for block in alike.values()]


class ArrayLayout:
    """Where each node's number lies: in which array (0 uniform, 1 lane, 2 the inputs), and in which row.

    Inputs lie apart, as they come, unless some operand mixes them with computed nodes. The rows of a group are contiguous,
    and so are a bias and the weights of its neuron where no other has claimed them. Before the inputs, and before what
    the neurons of a layer read, lies a row of ones: there the bias is one more weight, and needs no sum of its own.
    """

    sort: Ints
    row: Ints

    def __init__(self, program: Program) -> None:
        self.program = program
        self.traits = Traits(program)
        self.groups = grouped(program, self.traits)
        self.order = self._parameters()
        self._sort()
        self._leaves()
        read = {group.operands[1].tobytes() for group in self.groups if group.kind == "matrix"}
        for group in self.groups:
            self._give_rows(group.nodes, led=group.nodes.astype(np.int32).tobytes() in read)
        places = np.array(list(self.ones))
        self.sort, self.row = np.append(self.sort, places[:, 0]), np.append(self.row, places[:, 1])
        self.needs = np.append(self.traits.needs, [False] * len(places))
        self.groups = [self._folded(self._sorted(group)) for group in self.groups]

    def sort_of(self, nodes: Ints) -> int:
        """Return in which array these nodes lie: 0 for uniform nodes, 1 for lane nodes, 2 for inputs that lie apart."""
        return int(self.sort[nodes.flat[0]])

    def _sort(self) -> None:
        """Say of each node in which array it lies."""
        given = np.isin(np.arange(len(self.program)), self.program.inputs)
        self.mixed = any(given[nodes].any() > given[nodes].all() for group in self.groups for nodes in group.operands)
        self.mixed |= bool(given[self.program.outputs].any())
        self.sort = self.traits.lane + (given & (not self.mixed)).astype(np.int8)

    def _leaves(self) -> None:
        """Give the first rows to the leaves: parameters and constants in one array, a row of ones and the inputs in another."""
        program = self.program
        self.row = np.full(len(program), -1, np.int64)
        leaves = np.concatenate([program.parameters[self.order], program.constants])
        self.row[leaves] = np.arange(len(leaves))
        used = program.inputs >= 0
        self.row[program.inputs[used]] = 1 + np.flatnonzero(used)
        self.sizes = [len(leaves), (1 + len(program.inputs)) * self.mixed]
        self.ones: dict[tuple[int, int], int] = {}  # by sort and row, the node of each: they come after the program's
        self._one(1 if self.mixed else 2, 0)

    def _one(self, sort: int, row: int) -> None:
        self.ones[sort, row] = len(self.program) + len(self.ones)

    def _give_rows(self, nodes: Ints, led: bool) -> None:
        """Give rows to the nodes of a group, after a row of ones if they are to be led by one."""
        sort = int(self.sort[nodes.flat[0]])
        if led:
            self._one(sort, self.sizes[sort])
        start = self.sizes[sort] + led
        self.row[nodes] = start + np.arange(nodes.size).reshape(nodes.shape)
        self.sizes[sort] = start + nodes.size

    def _sorted(self, group: NodeGroup) -> NodeGroup:
        """Let a single dot product read its pairs as they lie, if it may: products of parameters, sums."""
        if group.kind != "pairs" or len(group.nodes) > 1:
            return group
        a, b, c = group.operands
        order = np.lexsort((self.row[a[0]], self.row[b[0]]))
        return replace(group, operands=(a[:, order], b[:, order], c))

    def _folded(self, group: NodeGroup) -> NodeGroup:
        """Let the bias be one more weight of a matrix product, whose input is 1, if both lie where they would then be read."""
        if group.kind != "matrix" or self.sort[group.operands[2]].any():
            return group
        first = group.operands[1][0, 0]
        before = int(self.sort[first]), int(self.row[first]) - 1
        if len(group.operands[1]) > 1 or before not in self.ones:
            return group
        led = replace(group, one=self.ones[before])
        return led if None not in [strides(self.row[nodes]) for nodes in led.folded()] else group

    def _parameters(self) -> Ints:
        """Return the parameters in the order in which the products read them: a bias before the weights of its neuron."""
        place = np.full(len(self.program), -1)
        place[self.program.parameters] = np.arange(len(self.program.parameters))
        products = [group for kind in ("matrix", "pairs") for group in self.groups if group.kind == kind]
        read = [place[operand.ravel()] for group in products for operand in read_first(group)]
        places = np.concatenate([*read, place[self.program.parameters]])
        places = places[places >= 0]
        return places[np.sort(np.unique(places, return_index=True)[1])]


def strides(rows: Ints) -> list[int] | None:
    """Return the stride of each axis, if each axis of an array of row numbers goes on by a constant step.

    >>> strides(np.array([[3, 4], [13, 14]])), strides(np.array([1, 2, 4]))
    ([10, 1], None)
    """
    if rows.size == 1:
        return [1] * rows.ndim
    first = rows.flat[0]
    steps = [int(rows.take(1, axis).flat[0] - first) if size > 1 else 0 for axis, size in enumerate(rows.shape)]
    expected = first
    for step, size in zip(steps, rows.shape, strict=True):
        expected = np.add.outer(expected, step * np.arange(size))
    return steps if (rows == expected).all() else None


def read_first(group: NodeGroup) -> tuple[Ints, ...]:
    """Return the operands of a product, in the order in which they had better lie."""
    if group.kind != "matrix":
        return group.operands
    weights, inputs, bias = group.operands
    return np.column_stack([bias, weights]), inputs
