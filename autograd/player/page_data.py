"""What the page is given: the published stream, and beside it what only a page needs, all worked out here.

A stream tells of one graph, or of several (a lesson that computes again after its update, a training step after the other).
Each is a *graph* of the page; graphs of the same shape share their pictures. Beside the stream stand

    graphs     for each: which picture, its nodes (ids of the stream) in order, their numbers before the first event, its ledgers
    steps      for each event of the stream: its graph, the texts that follow it, its question, `unseen` and `skipped`
    mistakes   what wrong answers give away, each told once

`unseen` is what happened between this event and the one told before: a story may leave events out, but the picture may not. It
is a list of changes, each [what, key, number], where what is "value", "grad", "local" or "reset"; after an update it holds the
values that the operations give for the new parameter. `skipped` says so in words where a sum would not add up otherwise. So the
state at an event is what all changes and events up to it have made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain as joined
from math import isfinite
from typing import Any

from autograd.classroom import questions
from autograd.errors import AutogradError
from autograd.explain.event_json import named_nodes, plain, stream
from autograd.explain.events import Chain, Compute, Event, Names, Ready, Seed, Update
from autograd.explain.laboratory import Mistake
from autograd.explain.notation import listed
from autograd.explain.stepper import backward, forward
from autograd.explain.what_if import recomputed
from autograd.explain.why import Why, reason_for_zero
from autograd.graph import number
from autograd.pictures.arrangement import arrange
from autograd.pictures.levels import LEVELS, Grouping, places
from autograd.pictures.scene import scene
from autograd.pictures.svg import for_page
from autograd.value import Value

MOST_NODES = 1500  # of a picture
MOST_RECOMPUTED = 60_000  # nodes times updates: beyond that, results are unknown after an update
Change = list[Any]  # what, key, number


@dataclass(eq=False)
class ToldGraph:
    """One graph and the events that tell of it, with their places in the whole stream."""

    names: dict[Value, Any]
    ids: Mapping[Value, str]
    events: dict[int, Event] = field(default_factory=dict)

    @property
    def root(self) -> Value:
        """Where the computation ends: a topological order ends with it."""
        return next(reversed(self.names))

    @property
    def shape(self) -> tuple[Any, ...]:
        """What a picture shows."""
        place = {node: i for i, node in enumerate(self.names)}
        return tuple(
            (expr.label, node.kind, node.op and node.op.symbol, node.scope, tuple(place[p] for p in node.parents))
            for node, expr in self.names.items()
        )

    def whole(self) -> list[Event]:
        """Return both passes over the graph, with nothing left out."""
        order = list(self.names)
        return [*forward(order, self.names), *backward(order, self.names)]


def gather(
    events: Sequence[Event], texts: Mapping[int, Sequence[str]], lesson: str = "", source: str = "", first: int = 0
) -> tuple[dict[str, Any], list[str]]:
    """Return what the page is given of events and of the texts after each (−1: before the first), and its pictures, from number `first` on.

    >>> from autograd import Value, steps
    >>> x = Value(3.0, "x")
    >>> data, pictures = gather(steps(x * x), {})
    >>> data["stream"]["steps"][3]["after"], data["steps"][3]["ask"]["answer"], len(pictures)
    (3.0, '3', 1)
    """
    found = graphs_of(events)
    quiz = Quiz()
    steps: dict[int, dict[str, Any]] = {}
    pictures: dict[tuple[Any, ...], list[str]] = {}
    numbered: dict[tuple[Any, ...], int] = {}
    graphs = []
    for i, graph in enumerate(found):
        shape = graph.shape
        if shape not in pictures:
            numbered[shape] = first + len(pictures)
            pictures[shape] = list(drawn(graph.names, numbered[shape]))
        quiz.open(graph.root, graph.names)
        happened = between(graph)
        for k, event in graph.events.items():
            unseen, skipped = happened[k]
            steps[k] = {"graph": i, "notes": list(texts.get(k, ())), "unseen": unseen, "skipped": skipped}
            if isinstance(event, Chain) and (asked := quiz.ask(event)):
                steps[k]["ask"] = asked
        graphs.append(
            {
                "picture": numbered[shape],
                "nodes": [graph.ids[node] for node in graph.names],
                "values": [expr.data for expr in graph.names.values()],
                "ledgers": ledgers(graph),
            }
        )
    told = {
        "stream": stream(events, lesson, source),
        "intro": list(texts.get(-1, ())),
        "graphs": graphs,
        "steps": [steps[k] for k in range(len(events))],
        "mistakes": quiz.verdicts,
    }
    return plain(told), list(joined(*pictures.values()))


def graphs_of(events: Sequence[Event]) -> list[ToldGraph]:
    """Return the graphs of a stream, in the order in which they are first met."""
    ids = {node: f"n{i}" for i, node in enumerate(named_nodes(events))}
    found: dict[Value, ToldGraph] = {}
    for k, event in enumerate(events):
        *_, root = event.names  # a topological order ends with its root
        if root not in found:
            found[root] = ToldGraph(dict(event.names), ids)
        found[root].events[k] = event
    return list(found.values())


def drawn(names: Names, which: int) -> Iterator[str]:
    """Yield a graph at each level at which it can be shown and is not as at the one below."""
    order = list(names)
    where, ids = places(order), {node: f"n{i}" for i, node in enumerate(order)}
    labels = {node: expr.label for node, expr in names.items()}
    before = -1
    for level in LEVELS:
        grouping = Grouping(order, where, level)
        if before != grouping.size <= MOST_NODES:
            yield for_page(arrange(scene(labels, grouping)), ids, f"{which}-{level}")
        before = grouping.size


def between(graph: ToldGraph) -> dict[int, tuple[list[Change], str]]:
    """Return, for each event that is told of a graph, what happened since the one before, and a sentence on it."""
    whole = graph.whole()
    place = {same_as(event): i for i, event in enumerate(whole)}
    recompute = len(graph.names) * sum(isinstance(e, Update) for e in graph.events.values()) <= MOST_RECOMPUTED
    values = {node: expr.data for node, expr in graph.names.items()}
    left_out: dict[Value, list[str]] = {}  # by node: what added to its gradient, untold
    told: set[tuple[Any, ...]] = set()
    found, done = {}, 0
    for k, event in graph.events.items():
        here = len(whole) if isinstance(event, Update) else place.get(same_as(event), done)
        changes: list[Change] = []
        if here < done and not isinstance(event, Ready):  # a story may tell a pass twice, or in an order of its own
            changes, done = [["reset", "", 0.0]], 0
        told.add(same_as(event))
        changes += joined(*(changes_by(one, graph.ids) for one in whole[done:here]))
        for one in whole[done:here]:
            if isinstance(one, Chain) and same_as(one) not in told:
                left_out.setdefault(one.parent, []).append(one.name)
        said = skipped(event, left_out)
        if isinstance(event, Update):
            changes += moved(graph, event, values) if recompute else [["unknown", "", 0.0]]
        found[k] = changes, said
        done = max(done, here if isinstance(event, Update) else here + 1)
    return found


def skipped(event: Event, left_out: dict[Value, list[str]]) -> str:
    """Say which uses of the node that an event is about have been left out before it, once.

    Without it a gradient would be the sum of contributions that nobody has seen.
    """
    about = event.parent if isinstance(event, Chain) else event.node if isinstance(event, Ready) else None
    uses = left_out.pop(about, []) if about is not None else []
    if not uses or about is None:
        return ""
    told = listed(list(dict.fromkeys(uses)))
    return f"What {event.names[about].label} got from {told} before is added already, and not told."


def same_as(event: Event) -> tuple[Any, ...]:
    """Return what tells an event from all others of its graph."""
    return type(event), event.node, event.operand if isinstance(event, Chain) else None


def changes_by(event: Event, ids: Mapping[Value, str]) -> Iterator[Change]:
    """Yield what an event changes in the picture."""
    match event:
        case Compute(node, _, value):
            yield ["value", ids[node], value]
        case Seed(node):
            yield ["grad", ids[node], 1.0]
        case Chain():
            yield ["grad", ids[event.parent], event.after]
            yield ["local", f"{ids[event.node]}.{event.operand}", event.local]


def moved(graph: ToldGraph, event: Update, values: dict[Value, float]) -> list[Change]:
    """Return the values that the operations give once a parameter has moved, and remember them."""
    values[event.node] = event.after
    changed = {event.node}
    for node in graph.names:
        if node.op and not changed.isdisjoint(node.parents):
            try:
                new = recomputed(node, tuple(values[parent] for parent in node.parents))
            except AutogradError:
                return [["unknown", "", 0.0]]
            if new != values[node]:
                changed.add(node)
                values[node] = new
    return [["value", graph.ids[node], values[node]] for node in graph.names if node.op and node in changed]


def ledgers(graph: ToldGraph) -> dict[str, Any]:
    """Return where the gradient of every node came from, if a backward pass over the graph is told."""
    told = {same_as(event): k for k, event in graph.events.items()}
    if not any(isinstance(event, (Seed, Chain, Ready)) for event in graph.events.values()):
        return {}
    whole, added, ready = graph.whole(), dict[Value, dict[Chain, int]](), dict[Value, int]()
    coming = max(told.values())  # an event that is left out has happened with the next one that is told
    when = {}
    for event in reversed(whole):
        coming = told.get(same_as(event), coming)
        when[same_as(event)] = coming
    for event in whole:
        match event:
            case Chain():
                added.setdefault(event.parent, {})[event] = when[same_as(event)]
            case Ready():
                ready[event.node] = when[same_as(event)]
    chains = [event for event in whole if isinstance(event, Chain)]
    return {graph.ids[node]: ledger(graph, node, added.get(node, {}), ready.get(node), chains) for node in graph.names}


def ledger(
    graph: ToldGraph, node: Value, added: Mapping[Chain, int], ready: int | None, chains: Sequence[Chain]
) -> dict[str, Any]:
    """Return one ledger: its head, a row for each use with the event that added it, and the reason for a zero."""
    uses = tuple(added)
    gradient = uses[-1].after if uses else float(node is graph.root)
    reason = "" if gradient else reason_for_zero(graph.root, node, uses, list(chains), graph.names)
    whole = Why(graph.root, node, graph.names, uses, gradient, reason)
    rows = [
        [k, f"{whole.name} → {use.name}", number(use.upstream), use.local_line, number(use.contribution)]
        for use, k in added.items()
    ]
    return {"head": whole.head, "rows": rows, "sum": number(gradient), "reason": reason, "ready": ready}


def verdict(name: str, when: str, why: str) -> dict[str, str]:
    """Return what is said to a wrong answer."""
    return {"name": name, "words": f"is what you get when {when}.", "why": why}


class Quiz:
    """The questions of a page; `verdicts` are what the wrong answers say, each told once."""

    def __init__(self) -> None:
        self.verdicts: list[dict[str, str]] = []
        self._places: dict[tuple[str, str], int] = {}
        self._tried: list[Mistake] = []

    def open(self, root: Value, names: Names) -> None:
        """Make every known mistake on a graph."""
        self._tried = questions.attempts(root, names)

    def ask(self, chain: Chain) -> dict[str, Any] | None:
        """Return the question at an event; None where the answer is not a number that one can type."""
        if not isfinite(chain.contribution):
            return None
        question = questions.contribution(chain, self._tried)
        wrong = [(float(f"{one.answer:.12g}"), self._verdict_number(one)) for one in question.wrong]
        return {
            "question": question.question,
            "hints": question.hints,
            "truth": question.answer,
            "answer": number(question.answer),
            "wrong": list(dict.fromkeys(wrong)),
        }

    def _verdict_number(self, wrong: questions.Wrong) -> int:
        """Return where a verdict stands in the list, and put it there if it is new."""
        if (wrong.name, wrong.when) not in self._places:
            self._places[wrong.name, wrong.when] = len(self.verdicts)
            self.verdicts.append(verdict(wrong.name, wrong.when, wrong.why))
        return self._places[wrong.name, wrong.when]
