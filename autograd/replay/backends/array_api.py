"""Any other array library: the groups of a program on torch or JAX arrays, by the array API standard.

Nothing is written in place, since not every library can: each group's result is an array of its own (a block), and
contributions to the gradients of a block are brought into its order and added up when its turn comes.
"""

from collections import defaultdict
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np

from autograd.errors import GraphError
from autograd.namespaces import FUNCTIONS, Folds
from autograd.replay.backends.foreign_arrays import array_like, namespace_of, to_numpy
from autograd.replay.program import Floats, Ints, Program, fused, hidden_domains
from autograd.replay.schedule import ArrayLayout, NodeGroup

SPECIAL = {"jax.numpy": "jax.scipy.special", "array_api_compat.cupy": "cupyx.scipy.special"}  # where erf is
Contributions = dict[int, list[tuple[Ints, Any]]]  # for each block: to which of its rows, and how much


def special(xp: Any, name: str) -> Callable[[Any], Any]:
    """Return a function that is not of the standard, from where the library keeps it; or one that says it has none."""

    def refuse(x: Any) -> Any:
        raise GraphError(
            f"This array library has no {name}, which is outside the array API standard. Give NumPy, torch, JAX or Dask arrays."
        )

    place = import_module(SPECIAL[xp.__name__]) if xp.__name__ in SPECIAL else xp
    return getattr(place, name, refuse)


class ArrayNamespace(Folds):
    """A namespace for the rules, where plain numbers may stand for arrays."""

    def __init__(self, xp: Any, like: Any) -> None:
        from array_api_compat import device

        self.xp, self._like, self._device = xp, like, device(like)
        for name in FUNCTIONS:
            setattr(self, name, self._lifting(special(xp, name) if name in ("erf", "erfc") else getattr(xp, name)))

    def _lifting(self, function: Any) -> Any:
        return lambda *xs: function(*map(self.array, xs))

    def array(self, x: Any) -> Any:
        """Return an array as it is, and a number or a NumPy array as an array of this library."""
        return array_like(self.xp, x, self._like) if isinstance(x, (float, int, np.ndarray)) else x

    def index(self, rows: Ints) -> Any:
        """Return an array of row numbers."""
        return self.xp.asarray(rows, device=self._device)


class ArrayApiMachine:
    """A machine that runs a program on the arrays it is given."""

    def __init__(self, program: Program) -> None:
        self.layout = layout = ArrayLayout(fused(program))
        self._domains = hidden_domains(layout.program)
        self.block, self.place = np.zeros(len(layout.program), np.int64), np.zeros(len(layout.program), np.int64)
        leaves = [layout.program.parameters, layout.program.constants, layout.program.inputs]
        for number, nodes in enumerate([*leaves, *(group.nodes.ravel() for group in layout.groups)]):
            self.block[nodes[nodes >= 0]], self.place[nodes[nodes >= 0]] = number, np.flatnonzero(nodes >= 0)
        self.numbers = np.zeros(len(program.parameters))

    def forward(self, blocks: list[Any]) -> list[Any]:
        """Return the outputs, an array for each, from the inputs, each an array (examples, numbers)."""
        xp = namespace_of(blocks)
        self.space = space = ArrayNamespace(xp, blocks[0])
        self.count = blocks[0].shape[0]
        inputs = blocks[0] if len(blocks) == 1 else xp.concat(blocks, axis=1)
        constants = self.layout.program.numbers
        self.blocks = [
            space.array(self.numbers[:, None]),
            space.array(constants[:, None]),
            xp.permute_dims(inputs, (1, 0)),
        ]
        self.operands = []
        for group in self.layout.groups:
            operands = tuple(self.read(nodes) for nodes in group.operands)
            out = xp.reshape(self.computed(group, operands), (group.nodes.size, -1))
            self.operands.append(operands)
            self.blocks.append(out)
        rows = [xp.broadcast_to(self.read(node[None])[0, :], (self.count,)) for node in self.layout.program.outputs]
        self._check(rows)
        return rows

    def _check(self, rows: list[Any]) -> None:
        xp = self.space.xp
        fine = xp.all(xp.stack([xp.all(xp.isfinite(array)) for array in (*self.blocks, *rows)]))
        if not bool(fine) or not all(
            all(map(domain.has, to_numpy(self.read(np.array([node]))).flat)) for domain, node in self._domains
        ):
            raise FloatingPointError

    def read(self, nodes: Ints) -> Any:
        """Return the numbers of these nodes, in the nodes' shape and with the lanes as the last axis."""
        xp, used = self.space.xp, np.unique(self.block[nodes])
        arrays = [self.blocks[number] for number in used]
        starts = np.concatenate([[0], np.cumsum([array.shape[0] for array in arrays])])
        rows = (starts[np.searchsorted(used, self.block[nodes])] + self.place[nodes]).ravel()
        array = arrays[0] if len(arrays) == 1 else xp.concat([self.wide(a, arrays) for a in arrays], axis=0)
        if not np.array_equal(rows, np.arange(array.shape[0])):
            array = xp.take(array, self.space.index(rows), axis=0)
        return xp.reshape(array, (*nodes.shape, array.shape[1]))

    def wide(self, array: Any, others: list[Any]) -> Any:
        """Return an array that has as many lanes as the widest."""
        return self.space.xp.broadcast_to(array, (array.shape[0], max(other.shape[1] for other in others)))

    def computed(self, group: NodeGroup, operands: tuple[Any, ...]) -> Any:
        """Return the result of a group."""
        xp = self.space.xp
        if group.kind == "each":
            return group.op.at(self.space, operands)
        a, b, c = operands
        return xp.matmul(a[..., 0], b) + c if group.kind == "matrix" else xp.sum(a * b, axis=1) + c

    def slopes(self, group: NodeGroup, operands: tuple[Any, ...], out: Any, upstream: Any) -> tuple[Any, ...]:
        """Return the contribution to each operand of a group, in the operand's shape and with lanes."""
        xp = self.space.xp
        if group.kind == "each":
            return tuple(upstream * slope for slope in group.op.slopes_at(self.space, operands, out))
        a, b, _ = operands
        if group.kind == "pairs":
            g = upstream[:, None, :]
            return g * b, g * a, upstream
        g = xp.reshape(upstream, (*group.nodes.shape, -1))
        turned = xp.permute_dims(b, (0, 2, 1))
        weights = xp.sum(xp.matmul(g, turned), axis=0)[..., None]
        return weights, xp.matmul(xp.permute_dims(a[..., 0], (1, 0)), g), xp.sum(g, axis=0)

    def backward(self, output: int, seeds: Floats, before: Floats | None) -> Floats:
        """Return the gradients of the parameters, on top of those before; a seed for each lane."""
        added: Contributions = defaultdict(list)
        root = self.layout.program.outputs[output]
        lane = self.blocks[self.block[root]].shape[1] > 1
        seeds = seeds.copy()  # torch warns of arrays that it could not write to
        added[int(self.block[root])] = [
            (self.place[[root]], self.space.array((seeds if lane else seeds.sum(keepdims=True))[None]))
        ]
        needs = self.layout.traits.needs
        for number, group in reversed(list(enumerate(self.layout.groups, 3))):
            if number not in added or not needs[group.nodes].any():
                continue
            out = self.blocks[number]
            upstream, operands = self.gathered(number, added.pop(number)), self.operands[number - 3]
            for nodes, c in zip(group.operands, self.slopes(group, operands, out, upstream), strict=True):
                if needs[nodes].any():
                    self.add(added, nodes.ravel(), self.space.xp.reshape(c, (nodes.size, -1)))
        own = to_numpy(self.gathered(0, added[0]))[:, 0] if added[0] else np.zeros(len(self.numbers))
        if not np.isfinite(own).all():
            raise FloatingPointError
        return own if before is None else before + own

    def add(self, added: Contributions, nodes: Ints, c: Any) -> None:
        """Note a contribution to nodes, by the blocks they are in; a block of one lane gets the sum."""
        for number in np.unique(self.block[nodes]):
            here = np.flatnonzero(self.block[nodes] == number)
            part = c if len(here) == len(nodes) else self.space.xp.take(c, self.space.index(here), axis=0)
            if self.blocks[number].shape[1] < part.shape[1]:
                part = self.space.xp.sum(part, axis=1, keepdims=True)
            added[int(number)].append((self.place[nodes[here]], part))

    def gathered(self, number: int, added: list[tuple[Ints, Any]]) -> Any:
        """Return the gradients of a block: each row the sum of the contributions to it."""
        xp, size = self.space.xp, self.blocks[number].shape[0]
        rows = np.concatenate([rows for rows, _ in added])
        width = max(part.shape[1] for _, part in added)
        parts = [xp.broadcast_to(part, (part.shape[0], width)) for _, part in added]
        zeros = self.space.array(np.zeros((1, width)))
        order = np.argsort(rows, kind="stable")
        counts = np.bincount(rows, minlength=size)
        table = np.full((size, counts.max()), len(rows))
        table[np.arange(counts.max()) < counts[:, None]] = order
        gathered = xp.take(xp.concat([*parts, zeros], axis=0), self.space.index(table.ravel()), axis=0)
        return xp.sum(xp.reshape(gathered, (size, counts.max(), width)), axis=1)
