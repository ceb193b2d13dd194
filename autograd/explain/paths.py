"""paths: every path from a root down to a leaf, and why reverse mode does not walk them one by one.

The answer has four forms: `words`, `text` (fit for a screen reader), `tex` and `json`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from autograd.explain.events import Names
from autograd.explain.notation import enclosed, equals, factors, tex_number
from autograd.explain.stepper import check_in_graph, order_of, snapshot
from autograd.functions import grad
from autograd.graph import number, operands, uses
from autograd.value import Value

MOST_PATHS = 1000
MOST_COUNTED = 10**18  # a long row of diamonds has more paths than numbers have digits


@dataclass(frozen=True)
class Path:
    """One path from the root down to a leaf: the nodes, the local derivatives between them, and their product."""

    nodes: tuple[Value, ...]
    factors: tuple[float, ...]
    names: Names = field(repr=False)

    @property
    def product(self) -> float:
        """What this path contributes to the gradient."""
        return math.prod(self.factors)

    @property
    def text(self) -> str:
        """The path in plain text: L → a → w: −16 · 2 = −32."""
        arrows = " → ".join(self.names[node].label for node in self.nodes)
        return f"{arrows}: {equals(factors(*self.factors), number(self.product)) if self.factors else 1}"


@dataclass(frozen=True)
class Paths:
    """All paths from a root to a leaf, or the first of many, and what it would cost to walk them all.

    >>> x = Value(3.0, "x")
    >>> y = x * x; y.label = "y"
    >>> L = y + y; L.label = "L"
    >>> print(paths(L, x).text)
    4 paths from L to x; their products add up to ∂L/∂x = 12
    L → y → x: 1 · 3 = 3
    L → y → x: 1 · 3 = 3
    L → y → x: 1 · 3 = 3
    L → y → x: 1 · 3 = 3
    Walking each path by itself takes 8 multiplications; reverse mode takes one for each edge, 4.
    """

    shown: tuple[Path, ...]
    total: int  # how many paths there are
    gradient: float
    by_path: int  # multiplications, path by path
    by_edge: int  # multiplications, in one backward pass
    names: Names = field(repr=False)
    ends: tuple[Value, Value] = field(repr=False)

    @property
    def capped(self) -> bool:
        """Whether there are more paths than are shown."""
        return len(self.shown) < self.total

    def __len__(self) -> int:
        return len(self.shown)

    def __iter__(self) -> Iterator[Path]:
        return iter(self.shown)

    def __getitem__(self, i: int) -> Path:
        return self.shown[i]

    @property
    def words(self) -> str:
        """The count in sentences."""
        root, leaf = (self.names[end].label for end in self.ends)
        count = f"{counted(self.total)} path{'s lead' if self.total != 1 else ' leads'} from {root} to {leaf}"
        cap = f", of which the first {len(self.shown)} are shown" if self.capped else ""
        return f"{count}{cap}. Their products add up to {number(self.gradient)}. {self.cost}"

    @property
    def cost(self) -> str:
        """What it takes, path by path and in reverse mode."""
        by_path = counted(self.by_path)
        walking = f"Walking each path by itself takes {by_path} multiplication{'s' * (self.by_path != 1)}"
        return f"{walking}; reverse mode takes one for each edge, {self.by_edge}."

    @property
    def text(self) -> str:
        """The paths as plain text, one a line."""
        root, leaf = (self.names[end].label for end in self.ends)
        gradient = f"∂{enclosed(root)}/∂{enclosed(leaf)} = {number(self.gradient)}"
        sum_up = "its product is" if self.total == 1 else "their products add up to"
        head = f"{counted(self.total)} path{'s' * (self.total != 1)} from {root} to {leaf}; {sum_up} {gradient}"
        more = counted(self.total - len(self.shown)) if self.total < MOST_COUNTED else "far"
        cap = [f"… and {more} more: only the first {len(self.shown)} are shown"] * self.capped
        return "\n".join([head, *(path.text for path in self.shown), *cap, self.cost])

    @property
    def tex(self) -> str:
        """The gradient in TeX, as the sum over paths of products."""
        products = " + ".join(r" \cdot ".join(tex_number(f) for f in path.factors) or "1" for path in self.shown)
        dots = r" + \dots" * self.capped
        return f"{products or '0'}{dots} = {tex_number(self.gradient)}"

    @property
    def json(self) -> dict[str, object]:
        """The paths as plain data."""
        shown = [
            {"nodes": [self.names[n].label for n in p.nodes], "factors": list(p.factors), "product": p.product}
            for p in self.shown
        ]
        numbers = {
            "total": self.total,
            "capped": self.capped,
            "gradient": self.gradient,
            "by_path": self.by_path,
            "by_edge": self.by_edge,
        }
        return {"paths": shown, **numbers, "words": self.words, "text": self.text, "tex": self.tex}


def paths(root: Value, leaf: Value, most: int = MOST_PATHS) -> Paths:
    """Return the paths from a root down to a leaf: their products add up to the gradient.

    >>> x = Value(3.0, "x")
    >>> [path.product for path in paths(x * x, x)]
    [3.0, 3.0]

    A graph of n diamonds in a row has 2ⁿ paths, and reverse mode needs 4n multiplications: that is why it is cheap. At most
    `most` paths are listed; all are counted. Raises GraphError when the leaf is not in the graph.
    """
    order = order_of("paths", root)
    check_in_graph(order, leaf, "paths")
    named = snapshot(order)
    below = descendants(order, leaf)
    counts, steps = count_paths(order, leaf)
    edges = sum(node in below and parent in below for node, _, parent, _ in uses(root))
    shown = tuple(islice(walk(root, leaf, below, named), most))
    (gradient,) = grad(root, [leaf])
    found = Paths(shown, counts[root], gradient, steps[root], edges, named, (root, leaf))
    if not found.capped:
        added_up = sum(path.product for path in shown)
        size = sum(abs(path.product) for path in shown)
        assert not math.isfinite(size) or abs(added_up - gradient) <= 1e-9 * max(1.0, size), (added_up, gradient)
    return found


def descendants(order: list[Value], leaf: Value) -> set[Value]:
    """Return the nodes that were made from a leaf, and the leaf."""
    below = {leaf}
    for node in order:
        if any(parent in below for parent in node.parents):
            below.add(node)
    return below


def count_paths(order: list[Value], leaf: Value) -> tuple[dict[Value, int], dict[Value, int]]:
    """Count, for each node, its paths to the leaf, and the edges on all of them together, up to MOST_COUNTED."""
    counts: dict[Value, int] = {}
    edges: dict[Value, int] = {}
    for node in order:
        parents = () if node is leaf else node.parents
        counts[node] = min(MOST_COUNTED, sum(counts[p] for p in parents) + (node is leaf))
        edges[node] = min(MOST_COUNTED, sum(counts[p] + edges[p] for p in parents))
    return counts, edges


def walk(root: Value, leaf: Value, below: set[Value], named: Names) -> Iterator[Path]:
    """Yield each path from the root to the leaf, depth first, without recursion."""
    nodes, locals_ = [root], list[float]()
    choices = [toward_leaf(root, leaf, below)]
    while choices:
        if nodes[-1] is leaf:
            yield Path(tuple(nodes), tuple(locals_), named)
        step = next(choices[-1], None)
        if step is None:
            choices.pop()
            nodes.pop()
            del locals_[-1:]
        else:
            nodes.append(step[0])
            locals_.append(step[1])
            choices.append(toward_leaf(step[0], leaf, below))


def toward_leaf(node: Value, leaf: Value, below: set[Value]) -> Iterator[tuple[Value, float]]:
    """Return an iterator over the parents of a node that lead to the leaf, with the local derivatives."""
    return iter(() if node is leaf else ((parent, local) for _, _, parent, local in operands(node) if parent in below))


def counted(n: int) -> str:
    """Write a count, or that it is beyond counting."""
    return str(n) if n < MOST_COUNTED else "more than 10¹⁸"
