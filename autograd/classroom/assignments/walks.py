"""The ways through a graph that people's backward passes take: one that is right, and those that are not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol


class Walked(Protocol):
    """What a walk must know of a node."""

    @property
    def operands(self) -> tuple[Any, ...]:
        """The operands that the node remembers."""

    @property
    def number(self) -> int:
        """The place of the node among all that were made."""

    @property
    def engine(self) -> Any:
        """The engine: which operand is first, and which nodes are the same."""


Walk = Callable[[Any], Iterator[Any]]


def operands_of(node: Walked) -> tuple[Any, ...]:
    """Return the operands in the order in which the engine goes to them."""
    operands = node.operands[::-1] if node.engine.mask >> node.number % 3 & 1 else node.operands
    return tuple(dict.fromkeys(operands)) if node.engine.once else operands


def post_order(root: Walked, repeats: bool = False) -> Iterator[Any]:
    """Yield each node after its operands."""
    seen = set()

    def visit(node: Any) -> Iterator[Any]:
        if repeats or node.engine.key(node) not in seen:
            seen.add(node.engine.key(node))
            for operand in operands_of(node):
                yield from visit(operand)
            yield node

    yield from visit(root)


def topological(root: Walked) -> Iterator[Any]:
    """Yield each node after all its uses: the right way."""
    yield from reversed(list(post_order(root)))


def as_made(root: Walked) -> Iterator[Any]:
    """Yield the nodes under the root, the last made first: right as well."""
    yield from sorted(post_order(root), key=lambda node: -int(node.number))


def not_reversed(root: Walked) -> Iterator[Any]:
    """Yield the operands first: the root, which holds the only gradient, comes last."""
    return post_order(root)


def post_order_with_repeats(root: Walked) -> Iterator[Any]:
    """Yield a node once for each way to it, each time before its operands."""
    yield from reversed(list(post_order(root, repeats=True)))


def pre_order(root: Walked) -> Iterator[Any]:
    """Yield a node at its first visit, and go on at once."""
    seen = set()

    def visit(node: Any) -> Iterator[Any]:
        seen.add(node.engine.key(node))
        yield node
        for operand in operands_of(node):
            if operand.engine.key(operand) not in seen:
                yield from visit(operand)

    return visit(root)


def pre_order_reversed(root: Walked) -> Iterator[Any]:
    """Yield the list of first visits from its end."""
    yield from reversed(list(pre_order(root)))


def waiting(root: Walked, queue: bool, marked: str) -> Iterator[Any]:
    """Yield from a stack or a queue; nodes are marked when they are put in, when they are taken out, or never."""
    seen, line = {root.engine.key(root)}, [root]
    done: set[object] = set()
    while line:
        node = line.pop(0 if queue else -1)
        if marked == "out" and node.engine.key(node) in done:
            continue
        done.add(node.engine.key(node))
        yield node
        for operand in operands_of(node):
            key = operand.engine.key(operand)
            if (marked == "in" and key in seen) or (marked == "out" and key in done):
                continue
            seen.add(key)
            line.append(operand)


def again(root: Walked) -> Iterator[Any]:
    """Yield a node at every visit, then go on to all its operands."""
    yield root
    for operand in operands_of(root):
        yield from again(operand)


class OneUse:
    """One use of a node: what a recursion hands on before it goes into the operand."""

    def __init__(self, node: Any, number: int) -> None:
        self.node, self.number = node, number

    def hand_on(self) -> None:
        """Give one operand its contribution."""
        whole = self.node.rule
        self.node.rule = whole[self.number : self.number + 1]
        self.node.hand_on()
        self.node.rule = whole


def one_by_one(root: Any) -> Iterator[OneUse]:
    """Hand on to one operand and go into it, then to the next, at every visit."""
    for number, (_, operand, _) in enumerate(root.rule):
        yield OneUse(root, number)
        yield from one_by_one(operand)


def one_by_one_first_visit(root: Any) -> Iterator[OneUse]:
    """Hand on to one operand and go into it, then to the next, at the first visit of each."""
    seen = set()

    def visit(node: Any) -> Iterator[OneUse]:
        seen.add(node.engine.key(node))
        for number, (_, operand, _) in enumerate(node.rule):
            yield OneUse(node, number)
            if operand.engine.key(operand) not in seen:
                yield from visit(operand)

    return visit(root)


def root_only(root: Walked) -> Iterator[Any]:
    """Yield the root, and go no further."""
    yield root


def when_complete(root: Any) -> Iterator[Any]:
    """Yield a node when all the uses that were ever made of it have arrived, also those that are not under the root."""
    line = [root]
    while line:
        node = line.pop()
        yield node
        for operand in node.operands:
            operand.arrived += 1
            if operand.arrived == len(operand.users):
                line.append(operand)


def all_uses(root: Any) -> Iterator[Any]:
    """Go through everything that was computed from the leaves; each result that nothing uses begins with 1."""
    found, line = {root}, [root]
    while line:
        node = line.pop()
        for near in (*node.operands, *node.users):
            if near not in found:
                found.add(near)
                line.append(near)
    for node in found:
        if not node.users:
            node.grad = 1.0
    yield from sorted(found, key=lambda node: -int(node.number))


WALKS: Mapping[str, Walk] = {
    "topological": topological,
    "as made": as_made,
    "not reversed": not_reversed,
    "post-order with repeats": post_order_with_repeats,
    "pre-order": pre_order,
    "pre-order reversed": pre_order_reversed,
    "stack": lambda root: waiting(root, queue=False, marked="out"),
    "stack marked early": lambda root: waiting(root, queue=False, marked="in"),
    "queue": lambda root: waiting(root, queue=True, marked="out"),
    "queue marked early": lambda root: waiting(root, queue=True, marked="in"),
    "stack again": lambda root: waiting(root, queue=False, marked=""),
    "queue again": lambda root: waiting(root, queue=True, marked=""),
    "recursion again": again,
    "one by one": one_by_one,
    "one by one, first visit": one_by_one_first_visit,
    "root only": root_only,
    "when complete": when_complete,
    "all uses": all_uses,
}
