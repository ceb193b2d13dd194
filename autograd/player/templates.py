r"""The sentences of events as templates: events.py tells them once more, on numbers that print as a mark.

A page that computes fills the marks with its own numbers; no sentence is written twice. What depends on a number is marked too:

    \ue000v3\ue001    a number: which one, see below
    \ue002 … \ue003   parentheses, where what stands between begins with a minus
    \ue004            ·, or nothing where a number stands before it and a parenthesis after it: 2(a − y)

A number is named by what it is and of which node (its place in the graph) or use (node, operand): v3 a value, g3 a gradient, l3.1 a
local derivative, b3.1 and a3.1 the gradient before and after that use has added, u3 a parameter after its update; and by
products and differences of these. Each text is told three times, and where the three differ it depends on a number:

>>> from autograd.graph import bracketed, number
>>> a = Hole("v0")
>>> written(lambda: [f"2·{bracketed(number(a))}"])
['2·\ue002\ue000v0\ue001\ue003']
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import replace
from math import nan
from typing import Any

from autograd.explain.events import Chain, Compute, Event, Ready, Seed, Update
from autograd.explain.expression import Expr
from autograd.value import Value

START, END, OPEN, CLOSE, TIMES = "\ue000", "\ue001", "\ue002", "\ue003", "\ue004"
ALIKE = re.compile(f"[^−·(){START}{END}]{{1,64}}")  # letters that no telling changes; a label may have a million
LETTERS, NEGATIVE, DIGITS = range(3)  # the three tellings: what a mark looks like
TELLING: ContextVar[tuple[int, dict[str, int]]] = ContextVar("TELLING", default=(LETTERS, {}))  # and marks by number


class Hole(float):
    """A number that is not known yet: it prints as a mark, and computes with marks."""

    mark: str
    falls: bool

    def __new__(cls, mark: str, falls: bool = False) -> Hole:
        """Return the hole of a mark; `falls` says whether it is taken for less than any number."""
        self = super().__new__(cls, nan)
        self.mark, self.falls = mark, falls
        return self

    def __format__(self, form: str) -> str:
        how, met = TELLING.get()
        if how == DIGITS:
            return f"-..{met.setdefault(self.mark, len(met))}.."
        return f"{'-' * (how == NEGATIVE)}{START}{self.mark}{END}"

    def __str__(self) -> str:
        return format(self)

    def __mul__(self, x: Any) -> Hole:
        return Hole(f"{self.mark}*{x.mark}", self.falls or x.falls) if isinstance(x, Hole) else self._times(x)

    def __rmul__(self, x: Any) -> Hole:
        return self._times(x)

    def _times(self, x: float) -> Hole:
        return self if x == 1 else Hole(f"{self.mark}*{float(x)!r}", self.falls)

    def __add__(self, x: Any) -> Hole:
        return Hole(f"{self.mark}+{x.mark}", self.falls)

    def __sub__(self, x: Any) -> Hole:
        return Hole(f"{self.mark}-{x.mark}", self.falls)

    def __eq__(self, x: object) -> bool:
        return self is x

    def __lt__(self, x: object) -> bool:
        return self.falls

    __hash__ = float.__hash__


def written(tell: Callable[[], list[str]]) -> list[str]:
    """Return texts as templates: told with marks, with negative marks, and with negative marks of digits."""
    met: dict[str, int] = {}
    told = []
    for how in (LETTERS, NEGATIVE, DIGITS):
        before = TELLING.set((how, met))
        told.append(tell())
        TELLING.reset(before)
    marks = {str(k): mark for mark, k in met.items()}
    digits = [re.sub(r"−\.\.(\d+)\.\.", lambda k: f"−{START}{marks[k[1]]}{END}", text) for text in told[DIGITS]]
    return [merged(*texts) for texts in zip(told[LETTERS], told[NEGATIVE], digits, strict=True)]


def merged(plain: str, negative: str, digits: str) -> str:
    """Return one template for three tellings: what stands in them all, and marks for what does not.

    Raises ValueError where they differ in another way, for names that look like marks or leave a parenthesis open.
    """
    i = j = k = 0
    out: list[str] = []
    conditional: list[bool] = []
    while j < len(negative):
        here = negative[j]
        run = ALIKE.match(negative, j)
        if run and plain.startswith(run[0], i) and digits.startswith(run[0], k):
            out.append(run[0])
            i, j, k = i + len(run[0]), j + len(run[0]), k + len(run[0])
        elif here == "−" and negative[j + 1 : j + 2] == START and plain[i : i + 1] == START:
            end = negative.index(END, j) + 1
            out.append(mark := negative[j + 1 : end])
            if not plain.startswith(mark, i) or not digits.startswith(f"−{mark}", k):
                raise ValueError(negative)
            i, j, k = i + len(mark), end, k + len(mark) + 1
        elif plain[i : i + 1] == "·" and "(" in (here, digits[k : k + 1]) and not here == digits[k : k + 1] == "·":
            out.append(TIMES)
            i, j = i + 1, j + (here == "·")
        elif here == "(" and plain[i : i + 1] != "(":
            out.append(OPEN)
            conditional.append(True)
            j, k = j + 1, k + 1
        elif here == ")" and conditional and conditional[-1]:
            out.append(CLOSE)
            conditional.pop()
            j, k = j + 1, k + 1
        elif here == plain[i : i + 1] == digits[k : k + 1]:
            out.append(here)
            if here == "(":
                conditional.append(False)
            elif here == ")" and conditional:
                conditional.pop()
            i, j, k = i + 1, j + 1, k + 1
        else:
            raise ValueError(negative)
    if i < len(plain) or k < len(digits):
        raise ValueError(plain)
    return "".join(out)


class Templates:
    """The templates of one graph's events. `whole` is both its passes, with nothing left out."""

    def __init__(self, names: Mapping[Value, Expr], whole: list[Event]) -> None:
        self.place = {node: i for i, node in enumerate(names)}
        self.names = {
            node: expr if node.kind == "constant" else replace(expr, data=Hole(f"v{self.place[node]}"))
            for node, expr in names.items()
        }
        uses = {event.parent: (event.node, event.operand) for event in reversed(whole) if isinstance(event, Chain)}
        self.first = set(uses.values())  # the use of each node that adds before the others
        self.ready: dict[Value, Ready] = {}
        for event in whole:
            if isinstance(event, Ready):
                self.ready[event.node] = self.holed_ready(event)

    def of(self, event: Event) -> dict[str, Any]:
        """Return the templates of an event: `words` and `lines`, and where a condition chooses among several, those too."""
        match event:
            case Compute() | Seed():
                return self.texts(replace(event, names=self.names))
            case Chain():
                first = self.texts(self.holed_chain(event, before=0.0))
                again = (event.node, event.operand) not in self.first
                return {**self.texts(self.holed_chain(event)), "first": first} if again else first
            case Ready():
                return self.texts(self.ready[event.node])
            case Update():
                return self.of_update(event)
        raise ValueError(event)

    def texts(self, event: Event) -> dict[str, Any]:
        """Return the words and lines of an event with holes."""
        (words,) = written(lambda: [event.words])
        return {"words": words, "lines": written(lambda: event.lines)}

    def holed_chain(self, event: Chain, before: float | None = None) -> Chain:
        """Return an application of the chain rule, with holes."""
        node, use = self.place[event.node], f"{self.place[event.node]}.{event.operand}"
        return replace(
            event,
            names=self.names,
            upstream=Hole(f"g{node}"),
            local=Hole(f"l{use}"),
            before=Hole(f"b{use}") if before is None else before,
            after=Hole(f"a{use}"),
        )

    def holed_ready(self, event: Ready) -> Ready:
        """Return that a gradient is complete, with holes; those above it are known already."""
        chain = event.chain and self.holed_chain(event.chain)
        above = event.above and self.ready[event.above.node]
        return replace(event, names=self.names, grad=Hole(f"g{self.place[event.node]}"), chain=chain, above=above)

    def of_update(self, event: Update) -> dict[str, Any]:
        """Return the templates of a parameter's move: against its gradient, with it, or none at all."""
        place = self.place[event.node]
        before, after = Hole(f"v{place}"), Hole(f"u{place}")

        def moved(gradient: float, after: float = after) -> Update:
            return replace(event, names=self.names, before=before, gradient=gradient, after=after)

        against, along = (self.texts(moved(Hole(f"g{place}", falls))) for falls in (True, False))
        return {**against, "along": along["words"], "stays": self.texts(moved(0.0, before))["words"]}


def templates(names: Mapping[Value, Expr], whole: list[Event], events: list[Event]) -> Iterator[dict[str, Any]]:
    """Yield the templates of some events of a graph.

    >>> from autograd.explain.stepper import steps
    >>> x = Value(3.0, "x")
    >>> story = steps(x * x)
    >>> print(next(templates(story[0].names, story, story))["words"].replace(START, "[").replace(END, "]"))
    v1 is computed from x and x, and is [v1].
    """
    made = Templates(names, whole)
    return (made.of(event) for event in events)
