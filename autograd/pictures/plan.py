"""The plan of a picture: the groups at a level of zoom, the edges between them, and the leaves that are drawn in copies."""

from __future__ import annotations

from collections.abc import Sequence

from autograd.pictures.levels import LEVELS, Group, grouped, places
from autograd.pictures.snapshot import Edge
from autograd.value import Value

Joint = tuple[Group, Group, Edge | None]  # from, to; and which edge, where each is drawn for itself


class Plan:
    """What is drawn at a level, without a word of what it says."""

    def __init__(self, order: Sequence[Value], where: dict[Value, str], level: str) -> None:
        self.order, self.level = order, level
        self.group_of = grouped(order, where, level)
        place = {node: i for i, node in enumerate(order)}
        first = {
            group: min(place[node] for node in group.results or group.members) for group in set(self.group_of.values())
        }
        self.groups = sorted(first, key=first.__getitem__)
        self.joints: dict[Joint, list[Edge]] = {}
        self.going_in: dict[Group, dict[Value, None]] = {group: {} for group in self.groups}
        self.coming_out = {order[-1]}
        for node in order:
            for operand, parent in enumerate(node.parents):
                if self.group_of[parent] is not self.group_of[node]:
                    self._join(self.group_of[parent], self.group_of[node], (node, operand), parent)

    def _join(self, tail: Group, head: Group, edge: Edge, parent: Value) -> None:
        single = tail.form == head.form == "node"
        self.joints.setdefault((tail, head, edge if single else None), []).append(edge)
        self.going_in[head][parent] = None
        self.coming_out.add(parent)

    @property
    def size(self) -> int:
        """How many marks there are, before leaves are copied."""
        return len(self.groups)

    def copied(self, most_uses: int) -> dict[Group, int]:
        """Return the leaves that are drawn once per use, with how many uses they have.

        A long edge costs more than a node, for the eye and for Graphviz. Above level op only uses at different heights
        make long edges: an input goes to all neurons of a layer at one height.
        """
        heights = {} if self.level == "op" else self._heights()
        uses: dict[Group, list[object]] = {}
        for joint in self.joints:
            tail, head, _ = joint
            if tail.form == "node" and not tail.results:
                uses.setdefault(tail, []).append(heights.get(head, joint))
        return {leaf: len(of) for leaf, of in uses.items() if len(set(of)) > most_uses}

    def _heights(self) -> dict[Group, int]:
        """Return how far each group is from the root; roughly, since boxes may use one another."""
        heights = dict.fromkeys(self.groups, 0)
        for tail, head, _ in reversed(self.joints):
            heights[tail] = max(heights[tail], heights[head] + 1)
        return heights


def plan(order: Sequence[Value], level: str, most_nodes: int) -> tuple[Plan, str]:
    """Return the plan at a level, or at the first one above it that can be read, and a sentence if it is another."""
    where = places(order)
    wanted = best = Plan(order, where, level)
    for higher in LEVELS[LEVELS.index(level) + 1 :]:
        if best.size > most_nodes:
            best = min(
                best, Plan(order, where, higher), key=lambda plan: plan.size
            )  # the lower one, where it is no smaller
    return best, remark(wanted, best, most_nodes)


def remark(wanted: Plan, best: Plan, most_nodes: int) -> str:
    """Say why another level is drawn than was asked for, or that all are too large."""
    if wanted.size <= most_nodes:
        return ""
    large = f"Level {wanted.level} has {wanted.size} nodes, and more than {most_nodes} cannot be read"
    if best is wanted:
        return f"{large}; no level above is smaller. Name the parts with autograd.scope."
    return f"{large}: this is level {best.level}."
