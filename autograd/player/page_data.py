"""What the page is told: every number, sentence, ledger and verdict, worked out here, so that the page computes nothing.

A stream of events tells of one graph, or of several (a lesson that computes again after its update, a training step after
the other). Each is a scene. Scenes of the same shape share a picture; the numbers are those of the moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from autograd.explain.event_json import stream
from autograd.explain.events import Chain, Compute, Event, Names, Ready, Seed, Update
from autograd.explain.expression import Expr
from autograd.explain.why import Why, reason_for_zero
from autograd.graph import number
from autograd.pictures.svg import LEVELS, boxes_of, pictures
from autograd.player.page_quiz import Quiz
from autograd.value import Value

Shape = tuple[tuple[Any, ...], ...]


class Ranges:
    """From where to where the gradients in each box of a zoomed-out picture go, of those that are paid so far."""

    def __init__(self, names: Names) -> None:
        self.grads: dict[str, float] = {}
        self.boxes = {
            level: {
                member: box.members for box in boxes_of(names, level) if box.kind == "module" for member in box.members
            }
            for level in LEVELS[1:]
        }

    def after(self, identity: str, grad: float) -> dict[str, list[str]]:
        """Return, for each level, the box that holds the node, and its range once the node's gradient is this."""
        self.grads[identity] = grad
        return {
            level: [members[identity][0], self.range(members[identity])]
            for level, members in self.boxes.items()
            if identity in members
        }

    def range(self, members: Iterable[str]) -> str:
        """Write the least and the largest gradient: −0.14 … 0.3, or the one that there is."""
        known = [self.grads[member] for member in members if member in self.grads]
        return " … ".join(dict.fromkeys(number(float(f"{x:.3g}")) for x in (min(known), max(known))))


class Scene:
    """One graph and the events that tell of it, with their places in the whole stream."""

    def __init__(self, names: Names) -> None:
        self.names = dict(names)
        self.ids = {node: f"n{i}" for i, node in enumerate(names)}
        self.events: dict[int, Event] = {}
        self.ranges = Ranges(names)

    @property
    def root(self) -> Value:
        """Where the computation ends: a topological order ends with it."""
        return next(reversed(self.names))

    @property
    def shape(self) -> Shape:
        """What a picture shows."""
        return tuple(
            (expr.label, node.kind, node.op and node.op.symbol, node.scope, tuple(self.ids[p] for p in node.parents))
            for node, expr in self.names.items()
        )

    @property
    def given(self) -> dict[str, str]:
        """The numbers that are there before the first event: of the leaves, and of results that no event computes."""
        computed = {event.node for event in self.events.values() if isinstance(event, Compute)}
        return {self.ids[node]: number(expr.data) for node, expr in self.names.items() if node not in computed}


def told(events: Sequence[Event], texts: Mapping[int, Sequence[str]]) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """Return what the page is told of events and of the texts after each (−1: before the first), and the pictures.

    >>> from autograd import Value, steps
    >>> x = Value(3.0, "x")
    >>> page, ((levels),) = told(steps(x * x), {})
    >>> page["steps"][3]["shows"], page["steps"][3]["ask"]["answer"], list(levels)
    ({'grad': ['n0', '3'], 'local': ['n0-n1-0', '3']}, '3', ['op'])
    """
    found = scenes(events)
    quiz = Quiz()
    steps: dict[int, dict[str, Any]] = {}
    graphs: dict[Shape, dict[str, str]] = {}
    numbered: dict[Shape, int] = {}
    scene_data = []
    for i, scene in enumerate(found):
        shape = scene.shape
        if shape not in graphs:
            numbered[shape] = len(graphs)
            graphs[shape] = pictures(scene.names, len(graphs))
        scene_data.append(
            {
                "graph": numbered[shape],
                "names": {scene.ids[node]: expr.label for node, expr in scene.names.items()},
                "given": scene.given,
                "ledgers": ledgers(scene),
            }
        )
        quiz.open(scene.root, scene.names)
        for (k, event), step in zip(scene.events.items(), stream(scene.events.values())["steps"], strict=True):
            steps[k] = step_data(event, step, scene) | {"scene": i, "notes": list(texts.get(k, ()))}
            if isinstance(event, Chain):
                steps[k]["ask"] = quiz.ask(event)
    phases = list(dict.fromkeys(event.phase for event in events))
    return {
        "intro": list(texts.get(-1, ())),
        "phases": phases,
        "scenes": scene_data,
        "steps": [steps[k] for k in range(len(events))],
        "mistakes": quiz.verdicts,
    }, list(graphs.values())


def scenes(events: Iterable[Event]) -> list[Scene]:
    """Return the scenes of a stream, in the order in which they are first met."""
    found: dict[Value, Scene] = {}
    for k, event in enumerate(events):
        *_, root = event.names  # a topological order ends with its root
        if root not in found:
            found[root] = Scene(event.names)
        found[root].events[k] = event
    return list(found.values())


def step_data(event: Event, step: Mapping[str, Any], scene: Scene) -> dict[str, Any]:
    """Return one step: its words and formula, what it changes on the page, and its row in the table."""
    ids = scene.ids
    kept = {key: step[key] for key in ("type", "phase", "round", "node", "words", "lines")}
    if isinstance(event, Chain):
        kept["parent"] = step["parent"]
    if isinstance(event, Compute):
        kept["takes"] = [f"{ids[parent]}-{ids[event.node]}-{i}" for i, parent in enumerate(event.node.parents)]
    return kept | {"shows": shows(event, scene), "row": row(event)}


def shows(event: Event, scene: Scene) -> dict[str, list[str]]:
    """Return what an event changes on the page, and nothing else: a stream of these is played forward from its start."""
    ids = scene.ids
    match event:
        case Compute(node, _, value):
            return {"data": [ids[node], number(value)]}
        case Seed(node):
            scene.ranges.grads.clear()
            return {"grad": [ids[node], "1"]} | scene.ranges.after(ids[node], 1.0)
        case Chain():
            use = f"{ids[event.parent]}-{ids[event.node]}-{event.operand}"
            paid = {"grad": [ids[event.parent], number(event.after)], "local": [use, number(event.local)]}
            return paid | scene.ranges.after(ids[event.parent], event.after)
        case Update():
            return {"data": [ids[event.node], number(event.after)]}
    return {}


def row(event: Event) -> list[str]:
    """Return an event's row in the table: what, formula, upstream, local, contribution, result."""
    match event:
        case Compute(_, formula, value):
            return [event.name, shortest(formula), "", "", "", number(value)]
        case Seed(_):
            return [event.name, event.partial(event.node, event.node), "", "", "", "1"]
        case Chain(_, _, parent, formula, upstream, local, contribution, _, after):
            told = shortest(formula)
            here = event.partial(event.node, parent) + (f" = {told}" if told else "")
            what = f"{event.name} → {event.names[parent].label}"
            return [what, here, number(upstream), number(local), number(contribution), number(after)]
        case Ready(node, grad):
            return [f"{event.name} complete", event.partial(event.root, node), "", "", "", number(grad)]
        case Update(_, _, _, after, formula):
            return [f"{event.name} moves", formula, "", "", "", number(after)]
    return [event.name, "", "", "", "", ""]


def shortest(formula: Expr, most: int = 48) -> str:
    """Return a formula in names, if it is short enough for a table."""
    return formula.text if len(formula.text) <= most else ""


def ledgers(scene: Scene) -> dict[str, Any]:
    """Return the ledger of every node that a backward pass has come to, as the page shows it."""
    paid: dict[Value, dict[int, Chain]] = {}
    ready: dict[Value, int] = {}
    for k, event in scene.events.items():
        match event:
            case Seed():
                paid.clear()
                ready.clear()
            case Chain():
                paid.setdefault(event.parent, {})[k] = event
            case Ready():
                ready[event.node] = k
    if not ready:
        return {}
    events = [event for event in scene.events.values() if isinstance(event, Chain)]
    return {scene.ids[node]: ledger(scene, node, paid.get(node, {}), ready.get(node), events) for node in scene.names}


def ledger(
    scene: Scene, node: Value, paid: Mapping[int, Chain], ready: int | None, events: Sequence[Event]
) -> dict[str, Any]:
    """Return one ledger: its head, a row for each use with the event that paid it, and the reason for a zero."""
    uses = tuple(paid.values())
    gradient = uses[-1].after if uses else float(node is scene.root)
    reason = "" if gradient else reason_for_zero(scene.root, node, uses, list(events), scene.names)
    whole = Why(scene.root, node, scene.names, uses, gradient, reason)
    rows = [
        [k, f"{whole.name} → {use.name}", number(use.upstream), use.local_line, number(use.contribution)]
        for k, use in paid.items()
    ]
    return {"head": whole.head, "rows": rows, "sum": number(gradient), "reason": reason, "ready": ready}
