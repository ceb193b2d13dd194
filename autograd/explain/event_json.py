"""The event stream as JSON: {version, lesson, source, nodes, edges, steps}.

Whoever draws or plays the stream computes nothing: every number is in it. JSON knows no NaN and no infinity; they are
written as the texts "nan", "inf" and "-inf".
"""

import math
from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from autograd.explain.events import Event
from autograd.explain.expression import Expr
from autograd.graph import operands
from autograd.value import Value

VERSION = 1
UNTOLD = ("names", "root", "chain", "above")  # fields of an event that its JSON leaves out


def stream(events: Iterable[Event], lesson: str = "", source: str = "") -> dict[str, Any]:
    """Return events, and the graph they belong to, as plain data for `json.dumps`.

    >>> from autograd import steps
    >>> x = Value(3.0, "x")
    >>> data = stream(steps(x * x))
    >>> [node["name"] for node in data["nodes"]], data["edges"][0]
    (['x', 'v1'], {'from': 'n0', 'to': 'n1', 'operand': 0, 'local': 3.0})
    >>> data["steps"][0]["type"], data["steps"][0]["value"], data["steps"][0]["lines"]
    ('compute', 9.0, ['v1 = x·x = 3·3 = 9'])
    """
    events = list(events)
    named = named_nodes(events)
    ids = {node: f"n{i}" for i, node in enumerate(named)}
    return {
        "version": VERSION,
        "lesson": lesson,
        "source": source,
        "nodes": [node_data(node, ids[node], expr) for node, expr in named.items()],
        "edges": [edge for node in named for edge in edges_into(node, ids)],
        "steps": [step_data(event, ids) for event in events],
    }


def named_nodes(events: Iterable[Event]) -> dict[Value, Expr]:
    """Return the nodes that events tell of, with the first number that each had; node i of them has the id "ni"."""
    named: dict[Value, Expr] = {}
    for names in {id(event.names): event.names for event in events}.values():
        named = {**names, **named}
    return named


def node_data(node: Value, identity: str, expr: Expr) -> dict[str, Any]:
    """Return one node."""
    op = node.op.name if node.op else ""
    described = {
        "id": identity,
        "name": expr.label,
        "label": node.label,
        "op": op,
        "kind": node.kind,
        "scope": node.scope,
    }
    return described | {"data": plain(expr.data)}


def edges_into(node: Value, ids: dict[Value, str]) -> list[dict[str, Any]]:
    """Return the edges from a node's parents, with their local derivatives."""
    return [{"from": ids[p], "to": ids[node], "operand": i, "local": plain(local)} for _, i, p, local in operands(node)]


def step_data(event: Event, ids: dict[Value, str]) -> dict[str, Any]:
    """Return one event: its type, what it holds, and what it tells itself as."""
    held = {name: held_as(getattr(event, name), ids) for name in told_names(type(event))}
    told = {"type": type(event).__name__.lower(), **held, "words": event.words, "lines": event.lines, "tex": event.tex}
    return plain(told)  # type: ignore[no-any-return]


def told_names(kind: type[Event]) -> list[str]:
    """Return what a kind of event is told as: its fields, and what it works out of them.

    >>> from autograd.explain.events import Update
    >>> told_names(Update)
    ['node', 'phase', 'round', 'before', 'gradient', 'after', 'lr', 'formula']
    """
    stored = [field.name for field in fields(kind) if field.name not in UNTOLD]
    matched: tuple[str, ...] = kind.__match_args__
    return stored + [name for name in matched if name not in (*stored, "parameter")]


def held_as(x: Any, ids: dict[Value, str]) -> Any:
    """Return a node as its id, an expression as its text, and all else as it is."""
    return ids[x] if isinstance(x, Value) else x.text if isinstance(x, Expr) else x


def plain(x: Any) -> Any:
    """Return what JSON can hold, all the way down."""
    if isinstance(x, dict):
        return {key: plain(value) for key, value in x.items()}
    if isinstance(x, (list, tuple)):
        return [plain(value) for value in x]
    return str(x) if isinstance(x, float) and not math.isfinite(x) else x
