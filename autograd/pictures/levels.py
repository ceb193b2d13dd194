"""Levels of zoom: which nodes are drawn as one, the edges between what is drawn, and the leaves that are drawn in copies.

    op      every node
    neuron  each deepest scope is one box
    layer   each layer is one box: the scope up to the part called layer…, else its first two parts before neuron…
    model   the first part of the scope is one box

A scope is a path, MLP/layer0/neuron2. Parameters and constants are made outside of it, and belong where they are used. Above
level op, what is left outside the boxes is stacked where many nodes do the same: the losses of a hundred examples, say.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from autograd.value import Value

Edge = tuple[Value, int]  # a node, and which of its parents

LEVELS = ("op", "neuron", "layer", "model")
FEW = 8  # as many nodes that do the same are drawn one by one; more are stacked


@dataclass(eq=False)
class Bundle:
    """The nodes that are drawn as one: a "node" alone, a "box" for a scope, or a "stack" of nodes that do the same."""

    form: str
    place: str  # the scope it is drawn in, or, for a box, that it stands for
    members: list[Value] = field(default_factory=list)

    @property
    def results(self) -> list[Value]:
        """The members that an operation made."""
        return [node for node in self.members if node.op]


def places(order: Sequence[Value]) -> dict[Value, str]:
    """Return the scope in which each node is drawn."""
    found = {node: node.scope for node in order}
    used_in: dict[Value, list[str]] = {}
    for node in order:
        for parent in node.parents:
            if parent.kind in ("parameter", "constant") and not parent.scope:
                used_in.setdefault(parent, []).append(node.scope)
    return found | {node: common(paths) for node, paths in used_in.items()}


def common(paths: Iterable[str]) -> str:
    """Return the innermost scope that holds all of these.

    >>> common(["MLP/layer0/neuron1", "MLP/layer0/neuron2"])
    'MLP/layer0'
    """
    parts = [path.split("/") for path in paths]
    shared = takewhile(lambda pair: pair[0] == pair[1], zip(min(parts), max(parts), strict=False))
    return "/".join(part for part, _ in shared)


def bundled(order: Sequence[Value], where: dict[Value, str], level: str) -> dict[Value, Bundle]:
    """Return the bundle of each node at a level."""
    if level == "op":
        return {node: Bundle("node", where[node], [node]) for node in order}
    boxes = collapsed(set(where.values()), level)
    bundles = {path: Bundle("box", path) for path in boxes.values()}
    found = {node: bundles[boxes[where[node]]] for node in order if where[node] in boxes}
    stack_results(order, where, found)
    stack_leaves(order, where, found)
    for node in order:
        found[node].members.append(node)
    return {node: alone_if_few(node, bundle) for node, bundle in found.items()}


def collapsed(found: set[str], level: str) -> dict[str, str]:
    """Return, for each scope that is inside a box, the path of the box; no box holds another."""
    cuts = {scope: cut(scope, level) for scope in found if scope}
    opened = {around for box in cuts.values() for around in scopes(box)[:-1]}
    return {scope: box for scope, box in cuts.items() if box not in opened}


def cut(scope: str, level: str) -> str:
    """Return the part of a scope that is one box at a level.

    >>> [cut("MLP/layer0/neuron2", level) for level in LEVELS[1:]], cut("hidden/neuron2", "layer")
    (['MLP/layer0/neuron2', 'MLP/layer0', 'MLP'], 'hidden')
    """
    parts = scope.split("/")
    layers = [i for i, part in enumerate(parts, 1) if part.lower().startswith("layer")]
    two = 1 if parts[-1].startswith("neuron") and len(parts) == 2 else 2
    return "/".join(parts[: {"neuron": None, "layer": max(layers, default=two), "model": 1}[level]])


def scopes(path: str) -> list[str]:
    """Return a scope and those around it, the outermost first.

    >>> scopes("MLP/layer0/neuron2")
    ['MLP', 'MLP/layer0', 'MLP/layer0/neuron2']
    """
    parts = path.split("/") if path else []
    return ["/".join(parts[:i]) for i in range(1, len(parts) + 1)]


def stack_results(order: Sequence[Value], where: dict[Value, str], found: dict[Value, Bundle]) -> None:
    """Give results outside the boxes one bundle where they do the same with what comes from the same bundles.

    A chain of one operation, as a sum that adds one term after the other, is one stack too. The root stands alone.
    """
    stacks: dict[object, Bundle] = {}
    does: dict[Bundle, object] = {}
    for node in order:  # parents come first, so they have their bundles
        if node.op and node not in found:
            what = node.op.name, where[node]
            sources = {found[parent] for parent in node.parents if parent.op}
            others = frozenset(source for source in sources if does.get(source) != what)
            found[node] = stacks.setdefault((what, others, node is order[-1]), Bundle("stack", where[node]))
            does[found[node]] = what


def stack_leaves(order: Sequence[Value], where: dict[Value, str], found: dict[Value, Bundle]) -> None:
    """Give leaves outside the boxes one bundle where they are used by the same bundles."""
    targets: dict[Value, set[Bundle]] = {node: set() for node in order if node not in found}
    for node in order:
        for parent in node.parents:
            if parent in targets:
                targets[parent].add(found[node])
    stacks: dict[object, Bundle] = {}
    for leaf, used_by in targets.items():
        key = (where[leaf], leaf.kind, frozenset(used_by))
        found[leaf] = stacks.setdefault(key, Bundle("stack", where[leaf]))


def alone_if_few(node: Value, bundle: Bundle) -> Bundle:
    """Return the bundle, or one for the node alone where a stack would hold only a few."""
    few = bundle.form == "stack" and len(bundle.members) <= FEW
    return Bundle("node", bundle.place, [node]) if few else bundle


Joint = tuple[Bundle, Bundle, Edge | None]  # from, to; and which edge, where each is drawn for itself


class Grouping:
    """What is drawn at a level: the bundles in their order, and the edges that join one with another."""

    def __init__(self, order: Sequence[Value], where: dict[Value, str], level: str) -> None:
        self.order, self.level = order, level
        self.bundle_of = bundled(order, where, level)
        place = {node: i for i, node in enumerate(order)}
        first = {
            bundle: min(place[node] for node in bundle.results or bundle.members)
            for bundle in set(self.bundle_of.values())
        }
        self.bundles = sorted(first, key=first.__getitem__)
        self.joints: dict[Joint, list[Edge]] = {}
        self.going_in: dict[Bundle, dict[Value, None]] = {bundle: {} for bundle in self.bundles}
        self.coming_out = {order[-1]}
        for node in order:
            for operand, parent in enumerate(node.parents):
                if self.bundle_of[parent] is not self.bundle_of[node]:
                    self._join(self.bundle_of[parent], self.bundle_of[node], (node, operand), parent)

    def _join(self, tail: Bundle, head: Bundle, edge: Edge, parent: Value) -> None:
        single = tail.form == head.form == "node"
        self.joints.setdefault((tail, head, edge if single else None), []).append(edge)
        self.going_in[head][parent] = None
        self.coming_out.add(parent)

    @property
    def size(self) -> int:
        """How many marks there are, before leaves are copied."""
        return len(self.bundles)

    def copied(self, most_uses: int) -> dict[Bundle, int]:
        """Return the leaves that are drawn once per use, with how many uses they have.

        A long edge costs more than a node, for the eye and for Graphviz. Above level op only uses at different heights
        make long edges: an input goes to all neurons of a layer at one height.
        """
        heights = {} if self.level == "op" else self._heights()
        uses: dict[Bundle, list[object]] = {}
        for joint in self.joints:
            tail, head, _ = joint
            if tail.form == "node" and not tail.results:
                uses.setdefault(tail, []).append(heights.get(head, joint))
        return {leaf: len(of) for leaf, of in uses.items() if len(set(of)) > most_uses}

    def _heights(self) -> dict[Bundle, int]:
        """Return how far each bundle is from the root; roughly, since boxes may use one another."""
        heights = dict.fromkeys(self.bundles, 0)
        for tail, head, _ in reversed(self.joints):
            heights[tail] = max(heights[tail], heights[head] + 1)
        return heights


def grouping(order: Sequence[Value], level: str, most_nodes: int) -> tuple[Grouping, str]:
    """Return the grouping at a level, or at the first one above it that can be read, and a sentence if it is another."""
    where = places(order)
    wanted = best = Grouping(order, where, level)
    for higher in LEVELS[LEVELS.index(level) + 1 :]:
        if best.size > most_nodes:
            best = min(best, Grouping(order, where, higher), key=lambda one: one.size)  # at equal sizes the lower one
    return best, remark(wanted, best, most_nodes)


def remark(wanted: Grouping, best: Grouping, most_nodes: int) -> str:
    """Say why another level is drawn than was asked for, or that all are too large."""
    if wanted.size <= most_nodes:
        return ""
    large = f"Level {wanted.level} has {wanted.size} nodes, and more than {most_nodes} cannot be read"
    if best is wanted:
        return f"{large}; no level above is smaller. Name the parts with autograd.scope."
    return f"{large}: this is level {best.level}."
