"""How a node remembers its operands: the way that is right, and those that are not."""

from collections.abc import Callable, Mapping
from typing import Any


def keep_all(node: Any) -> None:
    """Remember each operand, as often as it is used."""
    node.rule = tuple((node, operand, slope) for operand, slope in node.uses)


def keep_first_of_each(node: Any) -> None:
    """Remember the operands in a set, with the slope of the first use."""
    first: dict[object, tuple[Any, Any, float]] = {}
    for operand, slope in node.uses:
        first.setdefault(node.engine.kept_key(operand), (node, operand, slope))
    node.rule = tuple(first.values())


def keep_last_of_each(node: Any) -> None:
    """Remember the slopes in a dictionary: the second use of an operand takes the place of the first."""
    last = {node.engine.kept_key(operand): (node, operand, slope) for operand, slope in node.uses}
    node.rule = tuple(last.values())


def keep_left(node: Any) -> None:
    """Remember the first operand, and no other."""
    node.operands = node.operands[:1]
    node.rule = tuple((node, operand, slope) for operand, slope in node.uses[:1])


def keep_right(node: Any) -> None:
    """Remember the last operand, and no other."""
    node.operands = node.operands[-1:]
    node.rule = tuple((node, operand, slope) for operand, slope in node.uses[-1:])


def keep_on_left_operand(node: Any) -> None:
    """Keep the rule on the first operand, where the next use of it takes its place."""
    if node.uses:
        node.uses[0][0].rule = tuple((node, operand, slope) for operand, slope in node.uses)


def keep_on_each_operand(node: Any) -> None:
    """Keep on each operand the way from its last use alone."""
    for operand, slope in node.uses:
        operand.rule = ((node, operand, slope),)


REMEMBER: Mapping[str, Callable[[Any], None]] = {
    "all": keep_all,
    "first of each": keep_first_of_each,
    "last of each": keep_last_of_each,
    "left": keep_left,
    "right": keep_right,
    "on the left operand": keep_on_left_operand,
    "on each operand": keep_on_each_operand,
}
