"""What the page is given to train: the network's program, its data, the numbers it can begin with, and the optimizers.

    refused      why it cannot be trained; empty where it can
    rows         the row of each node (−1 for a leaf), `parents` its parents, and `values` the numbers of the first example;
                 `texts` is what is said of a row where it has no value
    shared       the results that are the same for every example, and `varying` those that are not; `answering` are those of the
                 varying ones that an output needs
    inputs, targets, outputs, parameters, root      their nodes
    axes         what lies across and up in the drawer's plane: the names of two inputs, of one and the target, or of two parameters
    weights      for each use along which a parameter is the local derivative, "node.operand": which parameter
    data         pairs of lists: the inputs and the targets of each example
    starts       the numbers that the parameters begin with, for each seed; those of seed 0 are the model's own
    optimizers   their names, and how many numbers each remembers of a parameter
    lr, batch, optimizer      what the page opens with

The program is that of one example, with its inputs and targets as leaves. Its rows are not data: see training_rows.py.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from importlib import import_module
from random import Random
from typing import Any

from autograd.classroom.trainable import Trainable
from autograd.code_text import Code
from autograd.errors import DataError
from autograd.explain.stepper import count_steps, steps
from autograd.namespaces import Folds
from autograd.player.live import Row, alive, deciding_line, row_texts
from autograd.player.one_example import Example, example, numbers_of
from autograd.player.page_data import gather
from autograd.player.training_rows import training_table
from autograd.player.update_rules import HasRule, update_rules
from autograd.value import Value

NETWORK = "The network, on one example"
MOST_EVENTS = 1_000  # of a graph that is shown beside a lesson's own
MOST_EXAMPLES = 2_000
SEEDS, MOST_NUMBERS = 10, 2_000  # of all starts together
MOST_COMPARED = 64  # examples whose graphs are compared


class Training:
    """What a page is given to train: `data`, and the functions that it trains with as a `script`; nothing of both without a Trainable.

    Raises DataError where the data, the model or the loss do not go together.
    """

    def __init__(self, trainable: Trainable | None) -> None:
        self.data: dict[str, Any] | None = None
        self.refused = self.script = ""
        if trainable is None:
            return
        self.example = example(trainable)
        checked(self.example, trainable)
        rows = rows_of(self.example)
        self.refused = frozen(trainable, self.example) or unwritable(rows)
        if self.refused:
            self.data = {"refused": f"This network cannot be trained here: {self.refused}"}
            return
        offered = usual_optimizers()
        optimizers, rules = update_rules(offered)
        self.script = f"{training_table(rows)}\n{rules}"
        self.data = {
            "refused": "",
            **program(self.example, rows),
            "data": [shortened(numbers_of(trainable, k, self.example)) for k in range(len(trainable.data))],
            "starts": starts(self.example),
            "optimizers": optimizers,
            **opening(trainable, list(offered)),
        }

    def network(self, also: Sequence[Row], first: int) -> tuple[dict[str, Any] | None, str]:
        """Return the first example's graph with both its passes, as the page shows a graph, with its pictures, numbered from `first`; and its rows.

        `also` are the rows that the page's other graphs use. A graph with too many events is not shown.
        """
        if self.data is None or self.refused or count_steps(self.example.root, MOST_EVENTS + 1) > MOST_EVENTS:
            return None, ""
        events = steps(self.example.root)
        told, pictures = gather(events, {}, first=first)
        live, rows = alive(events, also=also)
        head = {"title": NETWORK, "question": "", "quiz": False, "formulas": {}, "pictures": pictures}
        return {**head, **told, "live": live}, rows


def checked(first: Example, trainable: Trainable) -> None:
    """Refuse a model without anything to train, and more examples than a page can show."""
    if not first.parameters:
        raise DataError(
            'The model has no parameters, so there is nothing to train. Make its weights with Parameter(0.5, "w").'
        )
    if len(trainable.data) > MOST_EXAMPLES:
        raise DataError(
            f"A page trains on {MOST_EXAMPLES:,} examples at the most, and here are {len(trainable.data):,}. Give a part of them."
        )


def frozen(trainable: Trainable, first: Example) -> str:
    """Say why one program cannot stand for all examples: Python decides, or they have different graphs."""
    if line := deciding_line(lambda: example(trainable).root):
        return line
    for k in range(1, min(len(trainable.data), MOST_COMPARED)):
        if example(trainable, k).program() != first.program():
            return (
                f"example {k} has another graph than example 0, so Python decided by a number, or drew one at random."
            )
    return ""


def unwritable(rows: Sequence[Row]) -> str:
    """Say that one of the rows cannot be written as JavaScript, if so."""
    try:
        training_table(rows)
    except Exception as error:  # a row of one's own may raise anything when it is read as text
        return f"one of its operations cannot be written as JavaScript: {error}"
    return ""


def opening(trainable: Trainable, offered: list[str]) -> dict[str, Any]:
    """Return what the drawer opens with; raise DataError for what it does not offer."""
    if trainable.optimizer not in offered:
        raise DataError(f"A page trains with {', '.join(offered)}, and {trainable.optimizer!r} is not one of them.")
    if not trainable.lr > 0 or trainable.batch < 0:
        raise DataError(
            f"lr is above 0, and batch is a count of examples, or 0 for all of them: here lr is {trainable.lr} and batch {trainable.batch}."
        )
    return {"lr": trainable.lr, "batch": trainable.batch, "optimizer": offered.index(trainable.optimizer)}


def rows_of(first: Example) -> list[Row]:
    """Return the rows that an example uses, each with its number of operands."""
    return list(dict.fromkeys((node.op, len(node.parents)) for node in first.order if node.op))


def shortened(lists: list[list[float]]) -> list[list[float]]:
    """Return numbers with whole ones as such, which are shorter.

    >>> shortened([[0.5, 1.0], [2.0]])
    [[0.5, 1], [2]]
    """
    return [[int(x) if x.is_integer() else x for x in numbers] for numbers in lists]


def program(first: Example, rows: Sequence[Row]) -> dict[str, Any]:
    """Return the program of one example."""
    order = first.order
    place = {node: i for i, node in enumerate(order)}
    varying = depending(order, {*first.inputs, *first.targets})
    needed = leading_to(order, first.outputs)
    parts = {
        name: [place[node] for node in getattr(first, name)] for name in ("inputs", "targets", "outputs", "parameters")
    }
    return {
        "rows": [rows.index((node.op, len(node.parents))) if node.op else -1 for node in order],
        "parents": [[place[parent] for parent in node.parents] for node in order],
        "values": [node.data for node in order],
        "texts": [row_texts(*row) for row in rows],
        "shared": [i for node, i in place.items() if node.op and node not in varying],
        "varying": [i for node, i in place.items() if node.op and node in varying],
        "answering": [i for node, i in place.items() if node.op and node in varying and node in needed],
        "root": place[first.root],
        "weights": dict(weighted(order, place)),
        "axes": [node.label or f"w{i}" for i, node in enumerate(axes(first), 1)],
        **parts,
    }


def axes(first: Example) -> list[Value]:
    """Return what the drawer's plane has across and up, if there is one."""
    candidates = first.parameters if not first.inputs else [*first.inputs, *first.targets][: max(2, len(first.inputs))]
    return candidates if len(candidates) == 2 else []


def depending(order: Sequence[Value], leaves: Collection[Value]) -> set[Value]:
    """Return the nodes that depend on these leaves, with them."""
    found = set(leaves)
    for node in order:
        if not found.isdisjoint(node.parents):
            found.add(node)
    return found


def leading_to(order: Sequence[Value], ends: Collection[Value]) -> set[Value]:
    """Return the nodes that these are computed from, with them."""
    found = set(ends)
    for node in reversed(order):
        if node in found:
            found.update(node.parents)
    return found


class Text(Folds):
    """A namespace for which every function is a piece of text."""

    def __getattr__(self, name: str) -> Any:
        return lambda *operands: Code(name)


def weighted(order: Sequence[Value], place: Mapping[Value, int]) -> dict[str, int]:
    """Return which parameter is the weight of a use: where the local derivative along it is that parameter.

    >>> from autograd import Parameter
    >>> w, x = Parameter(2.0), Value(3.0)
    >>> y = w * x
    >>> weighted([w, x, y], {w: 0, x: 1, y: 2})
    {'2.1': 0}
    """
    found = {}
    for node in order:
        if node.op:
            operands = tuple(Code("x") for _ in node.parents)
            for use, slope in enumerate(node.op.slopes_at(Text(), operands, Code("out"))):
                which = next((i for i, operand in enumerate(operands) if operand is slope), None)
                if which is not None and node.parents[which].kind == "parameter":
                    found[f"{place[node]}.{use}"] = place[node.parents[which]]
    return found


def starts(first: Example) -> list[list[float]]:
    """Return the numbers that the parameters begin with: the model's own, and those of the seeds from 1 on."""
    numbers = [p.data for p in first.parameters]
    count = max(1, min(SEEDS, MOST_NUMBERS // len(numbers)))
    return [numbers, *(drawn_again(first, Random(seed)) for seed in range(1, count))]


def drawn_again(first: Example, rng: Random) -> list[float]:
    """Return other numbers for the parameters: evenly between −a and a, where a is the largest size of those in the same operation.

    What is 0 stays 0, as biases begin.

    >>> from autograd import Parameter
    >>> w, x = Parameter(0.5), Value(3.0)
    >>> drawn_again(Example(w * x, [x], [], []), Random(1)) == [Random(1).uniform(-0.5, 0.5)]
    True
    """
    sizes: dict[Value, float] = {}
    for node in first.order:
        largest = max((abs(p.data) for p in node.parents if p.kind == "parameter"), default=0.0)
        for parent in node.parents:
            sizes.setdefault(parent, largest)
    return [rng.uniform(-sizes.get(p, 0.0), sizes.get(p, 0.0)) if p.data else 0.0 for p in first.parameters]


def usual_optimizers() -> dict[str, HasRule]:
    """Return the optimizers that a page offers: their rules are nn.optim's, a room above this one, so it is looked up by its name."""
    optim = import_module("nn.optim")
    one = [Value(0.0)]
    return {"SGD": optim.SGD(one), "momentum": optim.SGD(one, momentum=0.9), "Adam": optim.Adam(one)}
