"""The event stream as JSON: {version, lesson, source, nodes, edges, steps}.

Whoever draws or plays the stream computes nothing: every number is in it. JSON knows no NaN and no infinity; they are
written as the texts "nan", "inf" and "-inf".
"""

import math
from collections.abc import Iterable
from typing import Any

from autograd.explain.events import Chain, Compute, Event, Ready, Seed, Update
from autograd.explain.expression import Expr
from autograd.value import Value

VERSION = 1


def stream(events: Iterable[Event], lesson: str = "", source: str = "") -> dict[str, Any]:
    """Return events, and the graph they tell of, as plain data for `json.dumps`.

    >>> from autograd import steps
    >>> x = Value(3.0, "x")
    >>> told = stream(steps(x * x))
    >>> [node["name"] for node in told["nodes"]], told["edges"][0]
    (['x', 'v1'], {'from': 'n0', 'to': 'n1', 'operand': 0, 'local': 3.0})
    >>> told["steps"][0]["type"], told["steps"][0]["value"], told["steps"][0]["lines"]
    ('compute', 9.0, ['v1 = x·x = 3·3 = 9'])
    """
    events = list(events)
    named: dict[Value, Expr] = {}
    for names in {id(event.names): event.names for event in events}.values():
        named = {**names, **named}  # the first number that a node had
    ids = {node: f"n{i}" for i, node in enumerate(named)}
    return {
        "version": VERSION,
        "lesson": lesson,
        "source": source,
        "nodes": [node_data(node, ids[node], expr) for node, expr in named.items()],
        "edges": [edge for node in named for edge in edges_into(node, ids)],
        "steps": [step_data(event, ids) for event in events],
    }


def node_data(node: Value, identity: str, expr: Expr) -> dict[str, Any]:
    """Return one node."""
    op = node.op.name if node.op else ""
    told = {"id": identity, "name": expr.label, "label": node.label, "op": op, "kind": node.kind, "scope": node.scope}
    return told | {"data": plain(expr.data)}


def edges_into(node: Value, ids: dict[Value, str]) -> list[dict[str, Any]]:
    """Return the edges from a node's parents, with their local derivatives."""
    pairs = zip(node.parents, node.partials, strict=True)
    return [{"from": ids[p], "to": ids[node], "operand": i, "local": plain(d)} for i, (p, d) in enumerate(pairs)]


def step_data(event: Event, ids: dict[Value, str]) -> dict[str, Any]:
    """Return one event."""
    told = {"type": type(event).__name__.lower(), "phase": event.phase, "round": event.round, "node": ids[event.node]}
    told |= details(event, ids) | {"words": event.words, "lines": event.lines, "tex": event.tex}
    return plain(told)  # type: ignore[no-any-return]


def details(event: Event, ids: dict[Value, str]) -> dict[str, Any]:
    """Return what only this kind of event has."""
    match event:
        case Compute(_, formula, value):
            return {"value": value, "formula": formula.text}
        case Chain(_, operand, parent, formula, upstream, local, contribution, before, after):
            numbers = {
                "upstream": upstream,
                "local": local,
                "contribution": contribution,
                "before": before,
                "after": after,
            }
            return {"operand": operand, "parent": ids[parent], **numbers, "formula": formula.text}
        case Ready(_, grad):
            return {"grad": grad}
        case Update(_, before, gradient, after, formula):
            return {"before": before, "gradient": gradient, "after": after, "lr": event.lr, "formula": formula}
        case Seed(_):
            return {"grad": 1.0}
    raise TypeError(f"{event!r} is no event")


def plain(x: Any) -> Any:
    """Return what JSON can hold, all the way down."""
    if isinstance(x, dict):
        return {key: plain(value) for key, value in x.items()}
    if isinstance(x, (list, tuple)):
        return [plain(value) for value in x]
    return str(x) if isinstance(x, float) and not math.isfinite(x) else x
