"""What a handout says, as plain data: the graph, blank and solved; the tables; the exercises. Numbers come as text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from autograd.classroom.paper import Paper
from autograd.classroom.questions import Question, typable
from autograd.explain.events import Chain, Compute, Event, Ready
from autograd.explain.expression import Expr
from autograd.explain.stepper import steps
from autograd.graph import number
from autograd.pictures.svg import MOST_NODES, Numbers, boxes_of, clean, drawn
from autograd.value import Value

MOST_BOXES = 60  # of a picture on paper
CROWDED = 24  # arrows: more leave no room for their local derivatives
WIDE = 1300  # of a picture: a wider one wants the sheet's long side
HIGH = 0.25  # times the width: a higher one leaves no room for tables below it
BLANK = "______"
LONGEST_FORMULA, LONGEST_SLOPE = 60, 44
SHORT = 9  # letters of a derivative: behind a longer one there is no room for a number
STYLE = """
.graph text { font: 17px "DejaVu Sans Mono", "Liberation Mono", Consolas, monospace; fill: #000; }
.graph .name { font-weight: 700; font-size: 19px; } .graph .corner, .graph .what { font-size: 14px; }
.graph .shape { fill: #fff; stroke: #000; stroke-width: 1.5; } .graph .constant .shape { stroke-dasharray: 4 3; }
.graph .line { fill: none; stroke: #555; stroke-width: 1.5; } .graph .head { fill: #555; }
.graph .local { font-size: 14px; text-anchor: middle; stroke: #fff; stroke-width: 5px; paint-order: stroke; }
"""


@dataclass(frozen=True)
class NodeRow:
    """One node: its name, how it is computed, its value and its gradient; a leaf's value is given."""

    name: str
    formula: str
    value: str
    gradient: str
    given: bool


@dataclass(frozen=True)
class UseRow:
    """One contribution: the number of its question, from which node to which, and upstream · local; `asked` stands before a blank."""

    number: str
    use: str
    upstream: str
    asked: str
    local: str
    contribution: str


@dataclass(frozen=True)
class Task:
    """One exercise: its number, the question, the answer, and what wrong answers show."""

    number: int
    question: str
    answer: str
    wrong: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """A whole handout; `blank` and `solved` are pictures in SVG, and empty for a graph too large to draw.

    A `wide` picture has the long side of the sheet, and a page of its own if it is `high` too.
    """

    title: str
    opening: str
    root: str
    wide: bool
    high: bool
    blank: str
    solved: str
    rows: tuple[NodeRow, ...]
    uses: tuple[UseRow, ...]
    tasks: tuple[Task, ...]


def sheet(paper: Paper) -> Sheet:
    """Return what a handout says of a paper."""
    events = steps(paper.root)
    named = dict(events[0].names)
    chains = typable(paper.root)
    gradients = {event.node: number(event.grad) for event in events if isinstance(event, Ready)}
    blank, solved = pictures(named, gradients, chains)
    width, height = size_of(blank)
    places = {question.question: str(i) for i, question in enumerate(paper.questions, 1)}
    rows = [row(node, expr, events, gradients) for node, expr in named.items() if node.kind != "constant"]
    return Sheet(
        clean(paper.title),
        clean(paper.opening),
        clean(named[paper.root].label),
        width > WIDE,
        height > HIGH * width,
        blank,
        solved,
        tuple(rows),
        tuple(
            use(event, places.get(question.question, ""))
            for event, question in zip(chains, paper.contributions, strict=True)
        ),
        tuple(task(question, i) for i, question in enumerate(paper.exercises, 1)),
    )


def row(node: Value, expr: Expr, events: list[Event], gradients: Mapping[Value, str]) -> NodeRow:
    """Return a node's row."""
    compute = next((event for event in events if isinstance(event, Compute) and event.node is node), None)
    formula = "given" if compute is None else formula_of(compute)
    return NodeRow(clean(expr.label), formula, number(expr.data), gradients[node], compute is None)


def formula_of(event: Compute) -> str:
    """Return how a node is computed, or, where that is too long, by which operation of how many nodes."""
    assert event.node.op is not None
    return shortest(event.formula.text, f"{event.node.op.name} of {len(event.node.parents)} nodes")


def use(event: Chain, place: str) -> UseRow:
    """Return the row of one contribution."""
    local = event.partial(event.node, event.parent)
    return UseRow(
        place,
        clean(f"{event.name} → {event.names[event.parent].label}"),
        number(event.upstream),
        clean(f"{local} =") if len(local) <= SHORT else "",
        clean(slope(event, f"{local} = ")),
        number(event.contribution),
    )


def slope(event: Chain, head: str) -> str:
    """Return the local derivative without its head: the formula, the numbers in it, and the result, or as much as fits."""
    whole = " ".join(event.local_line.split()).removeprefix(head)
    short = f"{event.formula.text} = {number(event.local)}"
    return next((text for text in (whole, short) if len(text) <= LONGEST_SLOPE), number(event.local))


def task(question: Question, place: int) -> Task:
    """Return an exercise, with what each wrong answer shows."""
    wrong = [f"{number(one.answer)}: {one.when}." for one in question.wrong]
    return Task(place, clean(question.question), number(question.answer), tuple(dict.fromkeys(wrong)))


def shortest(text: str, otherwise: str, longest: int = LONGEST_FORMULA) -> str:
    """Return a text, or another where it is too long for a table."""
    return clean(text if len(text) <= longest else otherwise)


def pictures(named: Mapping[Value, Expr], gradients: Mapping[Value, str], chains: list[Chain]) -> tuple[str, str]:
    """Return the graph with the numbers that are given, and with all of them."""
    ids = {node: f"n{i}" for i, node in enumerate(named)}
    data = {ids[node]: number(expr.data) for node, expr in named.items()}
    given = {ids[node]: BLANK if node.op else number(expr.data) for node, expr in named.items()}
    solved = {ids[node]: gradient for node, gradient in gradients.items()}
    locals_ = {f"{ids[e.parent]}-{ids[e.node]}-{e.operand}": number(e.local) for e in chains}
    boxes = boxes_of(named, "op")
    if len(boxes) > min(MOST_BOXES, MOST_NODES):
        return "", ""
    blank = drawn(named, boxes, "blank-op", Numbers(given, dict.fromkeys(solved, BLANK)))
    filled = drawn(named, boxes, "solved-op", Numbers(data, solved, locals_ if len(chains) <= CROWDED else {}))
    return alone(blank), alone(filled)


def alone(svg: str) -> str:
    """Return a picture that is a file of its own: with its namespace and its style."""
    opened = svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return opened.replace("</desc>", f"</desc><style>{STYLE}</style>", 1)


def size_of(svg: str) -> tuple[float, float]:
    """Return the width and height of a picture, in its own units; nothing for no picture."""
    if not svg:
        return 0.0, 0.0
    width, height = svg.split('viewBox="0 0 ', 1)[1].split('"')[0].split()
    return float(width), float(height)
