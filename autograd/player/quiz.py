"""The quiz: at each application of the chain rule, a question, the answer, and the wrong answers that have a name."""

from __future__ import annotations

from collections.abc import Iterator
from math import isclose, isfinite
from typing import Any

from autograd import mistakes
from autograd.events import Chain, Names
from autograd.graph import number
from autograd.mistakes import Mistake
from autograd.slips import SLIPS
from autograd.value import Value


class Quiz:
    """The questions of a stream; `verdicts` are what the wrong answers say, each told once."""

    def __init__(self) -> None:
        self.verdicts: list[dict[str, str]] = []
        self._places: dict[tuple[str, str], int] = {}
        self._tried: list[Mistake] = []

    def open(self, root: Value, names: Names) -> None:
        """Make every known mistake on a graph, save those that need numbers which have moved since."""
        moved = any(node.data != expr.data for node, expr in names.items())
        runs = [run for run in mistakes.MISTAKES if not (moved and run is mistakes.updated_too_early)]
        self._tried = list(mistakes.runnable(root, runs=runs))

    def ask(self, chain: Chain) -> dict[str, Any] | None:
        """Return the question at an event; None where the answer is not a number that one can type."""
        if not isfinite(chain.contribution):
            return None
        node, parent = chain.name, chain.names[chain.parent].label
        formula = chain.formula.text
        local = f", and {chain.partial(chain.node, chain.parent)} = {formula}" if len(formula) < 60 else ""
        question = f"{node} has the gradient {number(chain.upstream)}{local}. What does this use of {parent} contribute to its gradient?"
        wrong = [
            [float(f"{x:.12g}"), place]
            for x, place in self._wrong(chain)
            if not isclose(x, chain.contribution, rel_tol=1e-9)
        ]
        return {
            "question": question,
            "truth": chain.contribution,
            "answer": number(chain.contribution),
            "wrong": list(dict.fromkeys(map(tuple, wrong))),
        }

    def _wrong(self, chain: Chain) -> Iterator[tuple[float, int]]:
        """Yield the wrong answers, each with the place of its verdict: the slips of one step, then the laboratory's."""
        for slip in SLIPS:
            if isfinite(x := slip.made_of(chain)):
                yield x, self._place(slip.name, slip.when, slip.why)
        for mistake in self._tried:
            taken = mistake.taken.get((chain.node, chain.operand))
            if taken is not None and isfinite(taken.contribution):
                yield taken.contribution, self._place(mistake.name, mistake.when, mistake.why)

    def _place(self, name: str, when: str, why: str) -> int:
        """Return where a verdict stands in the list, and put it there if it is new."""
        if (name, when) not in self._places:
            self._places[name, when] = len(self.verdicts)
            self.verdicts.append({"name": name, "words": f"is what you get when {when}.", "why": why})
        return self._places[name, when]
