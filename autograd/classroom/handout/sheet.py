"""What a handout says, as plain data: the graph, blank and solved; the tables; the exercises. Numbers come as text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from autograd.classroom.paper import Paper
from autograd.classroom.questions import Question, typable
from autograd.explain.events import Chain, Compute, Event, Ready
from autograd.explain.expression import Expr
from autograd.explain.stepper import steps
from autograd.graph import number, printable
from autograd.pictures.arrangement import arrange
from autograd.pictures.levels import grouping
from autograd.pictures.scene import scene
from autograd.pictures.snapshot import Now
from autograd.pictures.svg import standalone
from autograd.pictures.texts import clean
from autograd.value import Value

MOST_BOXES = 60  # of a picture on paper
CROWDED = 24  # arrows: more leave no room for their local derivatives
WIDE = 1300  # of a picture: a wider one wants the sheet's long side
HIGH = 0.25  # times the width: a higher one leaves no room for tables below it
BLANK = "______"
LONGEST_FORMULA, LONGEST_SLOPE = 60, 44
SHORT = 9  # letters of a derivative: behind a longer one there is no room for a number


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
    blank, solved = pictures(paper.root, len(chains) > CROWDED)
    width, height = size_of(blank)
    places = {question.question: str(i) for i, question in enumerate(paper.questions, 1)}
    rows = [row(node, expr, events, gradients) for node, expr in named.items() if node.kind != "constant"]
    return Sheet(
        printable(paper.title),
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
    asked = " ".join([question.question, *question.options])
    return Task(place, clean(asked), clean(question.key), tuple(dict.fromkeys(wrong)))


def shortest(text: str, otherwise: str, longest: int = LONGEST_FORMULA) -> str:
    """Return a text, or another where it is too long for a table."""
    return clean(text if len(text) <= longest else otherwise)


def pictures(root: Value, crowded: bool) -> tuple[str, str]:
    """Return the graph with the numbers that are given, and with all of them; nothing for one that is too large for paper."""
    given, all_of_it = Now(root), Now(root)
    chosen, _ = grouping(given.order, "op", MOST_BOXES)
    if chosen.level != "op" or chosen.size > MOST_BOXES:
        return "", ""
    given.values = {node: None if node.op else node.data for node in given.order}
    given.gradients = dict.fromkeys(given.order)
    all_of_it.gradients = {event.node: event.grad for event in steps(root) if isinstance(event, Ready)}
    all_of_it.gradients |= dict.fromkeys(node for node in given.order if node.kind == "constant")
    placed = arrange(scene(given.names, chosen, most_uses=MOST_BOXES, locals=not crowded))
    return standalone(placed, given, BLANK), standalone(placed, all_of_it, BLANK)


def size_of(svg: str) -> tuple[float, float]:
    """Return the width and height of a picture, in its own units; nothing for no picture."""
    if not svg:
        return 0.0, 0.0
    width, height = svg.split('viewBox="0 0 ', 1)[1].split('"')[0].split()
    return float(width), float(height)
