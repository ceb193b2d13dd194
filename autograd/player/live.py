r"""What a page needs to compute: the rows it uses as JavaScript, and templates for its texts, its refusals and its hints.

    refused    why the page cannot be changed; empty where it can
    rows       for each row: its name, how it is called, how tightly it is written, what is said outside its domains and where it
               is too large; whether it has kinks, and which operand each is multiplied with (−1: none)
    zeros      how the reason for a zero gradient is told
    slips      the mistakes of one step: what is said to each, and its number, of g upstream, l local and a the gradient so far; the
               last is that of swapped factors
    graphs     for each graph: `rows`, the row of each node (−1 for a leaf), and `locals`, the line of each use's local derivative
    events     for each event: its templates, see templates.py; in a hint \ue006 stands for the line of the local derivative, and in what
               is said of a row \ue005 for how it is called

The rows themselves are not data: `alive` returns them as the text of a script, which the page's policy knows by its hash.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import Any, cast

from autograd.classroom.questions import SWAPPED, hints
from autograd.errors import GraphError
from autograd.explain.events import Chain, Event, Update
from autograd.explain.flows import partner_in
from autograd.explain.step_mistakes import STEP_MISTAKES
from autograd.explain.stepper import steps
from autograd.explain.why import BLOCKED, CANCELS, UPSTREAM_CANCELS, ZERO
from autograd.op import Op
from autograd.player.javascript import table_of
from autograd.player.page_data import ToldGraph, graphs_of, verdict
from autograd.player.templates import Hole, Templates, written
from autograd.refusals import called, no_value, no_value_of_many, too_large
from autograd.value import Value

ZEROS = {"zero": ZERO, "cancels": CANCELS, "blocked": BLOCKED, "upstream": UPSTREAM_CANCELS}
MOST_LETTERS = 6_000_000  # of templates in a page, before it is packed
Row = tuple[Op, int]  # with its number of operands


def alive(events: Sequence[Event], decides: str = "", also: Sequence[Row] = ()) -> tuple[dict[str, Any], str]:
    """Return what a page needs to compute the graphs of these events, and the rows that they use as a script.

    `decides` says where Python decided by a number, if it did; `also` are rows that other events of the page use, and come first.
    """
    found = graphs_of(events)
    rows = list(dict.fromkeys([*also, *rows_used(events)]))
    try:
        script = table_of(rows)
        graphs, told = texts_of(found, rows)
    except Exception as error:  # a row of one's own may raise anything when it is read as text
        decides = decides or f"one of its operations or names cannot be written as JavaScript: {error}"
    if reason := decides or unknown_updates(events) or too_long(told):
        return {"refused": f"The numbers of this page cannot be changed: {reason}"}, table_of([])
    data = {
        "refused": "",
        "rows": [row_texts(*row) for row in rows],
        "graphs": graphs,
        "zeros": ZEROS,
        "slips": step_mistakes(),
    }
    return {**data, "events": [told[k] for k in range(len(events))]}, script


def rows_used(events: Sequence[Event]) -> list[Row]:
    """Return the rows that the graphs of some events use."""
    nodes = (node for graph in graphs_of(events) for node in graph.names)
    return list(dict.fromkeys((node.op, len(node.parents)) for node in nodes if node.op))


def unknown_updates(events: Sequence[Event]) -> str:
    """Say that what an optimizer did cannot be computed again, if it was not plain gradient descent."""
    if all(event.lr is not None for event in events if isinstance(event, Update)):
        return ""
    return "its updates are not plain gradient descent, and what moved the parameters is not in the page."


def too_long(told: Mapping[int, Any]) -> str:
    """Say that there is too much to tell again, if there is."""
    return "" if len(str(told)) <= MOST_LETTERS else "it has too many events to tell all of them again."


def deciding_line(build: Callable[[], Any]) -> str:
    """Return where a function lets Python decide by a number, or takes one out of its graph; empty where it does not.

    It is `record` that looks, and it needs NumPy; without it nothing is found.

    >>> from autograd import Value
    >>> deciding_line(lambda: Value(2.0) * 3)
    ''
    """
    try:
        from autograd.replay.frozen import Recording
        from autograd.replay.reach import Reach
    except ImportError:  # no NumPy: what records cannot look
        return ""
    try:
        Recording(build, Reach(build), []).run(build)
    except GraphError as error:
        line = str(error).splitlines()[0]
        return re.sub(r"^(.+?)(?=, line \d)", lambda path: PurePath(path[1]).name, line)
    return ""


def row_texts(op: Op, count: int) -> dict[str, Any]:
    """Return how a row is called, and what it says where it has no value: marks stand for its operands, as Python prints them."""
    operands = tuple(Hole(f"{i}") for i in range(count))
    call = called(op, operands)
    texts = [no_value(op, operands, i, domain) for i, domain in enumerate(op.domains(count))]
    return {
        "name": op.name,
        "kinked": bool(op.kinks),
        "partners": [-1 if (i := partner_in(op, count, k)) is None else i for k in range(count)],
        "call": call,
        "brackets": op.binds < 9,
        "outside": [text.replace(call, "\ue005", 1) for text in texts] if op.guarded else [],
        "together": no_value_of_many(op, op.whole, Hole("largest")) if op.whole else "",
        "large": str(too_large(op, operands)).replace(call, "\ue005", 1),
    }


def step_mistakes() -> list[dict[str, str]]:
    """Return the mistakes of one step.

    >>> step_mistakes()[2]["number"], step_mistakes()[-1]["words"]
    ('g+l', 'is what you get when {} is multiplied with, and not {}.')
    """
    step = Value(1.0) * 1.0
    chain = next(event for event in steps(step) if isinstance(event, Chain))
    holed = replace(chain, upstream=Hole("g"), local=Hole("l"), after=Hole("a"))
    told = [
        {**verdict(mistake.name, mistake.when, mistake.why), "number": cast(Hole, mistake.number(holed)).mark}
        for mistake in STEP_MISTAKES
    ]
    return [*told, verdict(*SWAPPED)]


def texts_of(found: Sequence[ToldGraph], rows: Sequence[Row]) -> tuple[list[dict[str, Any]], dict[int, dict[str, Any]]]:
    """Return what is told of each graph, and the templates of each event."""
    place = {row: k for k, row in enumerate(rows)}
    graphs: list[dict[str, Any]] = []
    told: dict[int, dict[str, Any]] = {}
    for graph in found:
        whole = graph.whole()
        made = Templates(graph.names, whole)
        graphs.append(
            {
                "rows": [place[node.op, len(node.parents)] if node.op else -1 for node in graph.names],
                "locals": {use(made, event): local_line(made, event) for event in whole if isinstance(event, Chain)},
            }
        )
        told |= {k: template(made, event) for k, event in graph.events.items()}
    return graphs, told


def use(made: Templates, chain: Chain) -> str:
    """Return the name of the use that a chain goes along."""
    return f"{made.place[chain.node]}.{chain.operand}"


def local_line(made: Templates, chain: Chain) -> str:
    """Return the line of a local derivative."""
    return written(lambda: [made.holed_chain(chain).local_line])[0]


def template(made: Templates, event: Event) -> dict[str, Any]:
    """Return the templates of an event; of a chain without its local line, which stands with its graph, but with hints."""
    told = made.of(event)
    if isinstance(event, Chain):
        for texts in (told, told.get("first", {})):
            texts["lines"] = texts.get("lines", [])[1:]
        line = " ".join(local_line(made, event).split())
        told["hints"] = [
            hint.replace(line, "\ue006") for hint in written(lambda: list(hints([made.holed_chain(event)])))
        ]
    return told
