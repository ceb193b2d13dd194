"""What is said at each mark: its name or operation, its value, its gradient. Each text has a role: op, name, note, value, grad, absent."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from autograd.graph import number
from autograd.pictures.labels import counted, shown, span, told
from autograd.pictures.levels import Group
from autograd.pictures.plan import Plan
from autograd.pictures.snapshot import Edge, Now
from autograd.value import Value

Text = tuple[str, str]


@dataclass(frozen=True)
class Teller:
    """Tells a plan at a moment."""

    now: Now
    plan: Plan
    gradients: bool
    locals: bool

    def texts(self, group: Group) -> Iterator[Text]:
        """Yield what is said at a mark."""
        yield from {"node": self.node, "stack": self.stack, "box": self.box}[group.form](group)
        counted = [node for node in group.members if node.kind != "constant"]
        if self.gradients and counted:
            grads = [self.now.grad(node) for node in counted]
            yield "absent" if set(grads) == {None} else "grad", f"grad {span(grads)}"

    def node(self, group: Group) -> Iterator[Text]:
        """A node: its operation, its name and its value; a constant without a label is its value."""
        (node,) = group.members
        value = told(self.now.value(node))
        if node.op:
            yield "op", shown(node.op.symbol)
        nameless = node.kind == "constant" and not node.label
        yield "value", value if nameless else f"{shown(self.now.names[node])} = {value}"

    def stack(self, group: Group) -> Iterator[Text]:
        """A stack: how many nodes of what kind, and between what their values lie."""
        first = group.members[0]
        yield "op", shown(first.op.symbol) if first.op else first.kind
        yield "note", counted(len(group.members), "node")
        yield "value", self.values(group.members)

    def box(self, group: Group) -> Iterator[Text]:
        """A box: its name, what it holds, what goes in and what comes out."""
        yield "name", shown(group.place.split("/")[-1])
        parameters = sum(node.kind == "parameter" for node in group.members)
        yield (
            "note",
            counted(len(group.members), "node") + (f", {counted(parameters, 'parameter')}" if parameters else ""),
        )
        if sources := self.plan.going_in[group]:
            yield "value", f"in {self.values(sources)}"
        yield "value", f"out {self.values(node for node in group.members if node in self.plan.coming_out)}"

    def values(self, nodes: Iterable[Value]) -> str:
        """Say which values nodes have."""
        return span([self.now.value(node) for node in nodes])

    def line(self, tail: Group, head: Group, edges: list[Edge]) -> str:
        """Return the local derivative of an edge, or how many values go this way."""
        child, operand = edges[0]
        if tail.form == head.form == "node":
            known = self.locals and self.now.value(child) is not None
            return number(child.partials[operand]) if known else ""
        values = len({node.parents[i] for node, i in edges})
        return counted(values, "value") if values > 1 else ""
