"""Semantic zoom: which nodes are drawn as one.

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

LEVELS = ("op", "neuron", "layer", "model")
FEW = 8  # as many nodes that do the same are drawn one by one; more are stacked


@dataclass(eq=False)
class Group:
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


def grouped(order: Sequence[Value], where: dict[Value, str], level: str) -> dict[Value, Group]:
    """Return the group of each node at a level."""
    if level == "op":
        return {node: Group("node", where[node], [node]) for node in order}
    boxes = collapsed(set(where.values()), level)
    groups = {path: Group("box", path) for path in boxes.values()}
    found = {node: groups[boxes[where[node]]] for node in order if where[node] in boxes}
    stack_results(order, where, found)
    stack_leaves(order, where, found)
    for node in order:
        found[node].members.append(node)
    return {node: alone_if_few(node, group) for node, group in found.items()}


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


def stack_results(order: Sequence[Value], where: dict[Value, str], found: dict[Value, Group]) -> None:
    """Give results outside the boxes one group where they do the same with what comes from the same groups.

    A chain of one operation, as a sum that adds one term after the other, is one group too. The root stands alone.
    """
    stacks: dict[object, Group] = {}
    does: dict[Group, object] = {}
    for node in order:  # parents come first, so they have their groups
        if node.op and node not in found:
            what = node.op.name, where[node]
            sources = {found[parent] for parent in node.parents if parent.op}
            others = frozenset(source for source in sources if does.get(source) != what)
            found[node] = stacks.setdefault((what, others, node is order[-1]), Group("stack", where[node]))
            does[found[node]] = what


def stack_leaves(order: Sequence[Value], where: dict[Value, str], found: dict[Value, Group]) -> None:
    """Give leaves outside the boxes one group where they are used by the same groups."""
    targets: dict[Value, set[Group]] = {node: set() for node in order if node not in found}
    for node in order:
        for parent in node.parents:
            if parent in targets:
                targets[parent].add(found[node])
    stacks: dict[object, Group] = {}
    for leaf, used_by in targets.items():
        key = (where[leaf], leaf.kind, frozenset(used_by))
        found[leaf] = stacks.setdefault(key, Group("stack", where[leaf]))


def alone_if_few(node: Value, group: Group) -> Group:
    """Return the group, or one for the node alone where a stack would hold only a few."""
    few = group.form == "stack" and len(group.members) <= FEW
    return Group("node", group.place, [node]) if few else group
