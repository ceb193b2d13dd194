"""The quiz of a page: the questions of autograd/questions.py as plain data, each verdict told once."""

from __future__ import annotations

from math import isfinite
from typing import Any

from autograd.classroom import questions
from autograd.classroom.questions import Wrong
from autograd.explain.events import Chain, Names
from autograd.explain.laboratory import Mistake
from autograd.graph import number
from autograd.value import Value


class Quiz:
    """The questions of a stream; `verdicts` are what the wrong answers say, each told once."""

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
        wrong = [(float(f"{one.answer:.12g}"), self._place(one)) for one in question.wrong]
        return {
            "question": question.question,
            "hints": question.hints,
            "truth": question.answer,
            "answer": number(question.answer),
            "wrong": list(dict.fromkeys(wrong)),
        }

    def _place(self, wrong: Wrong) -> int:
        """Return where a verdict stands in the list, and put it there if it is new."""
        if (wrong.name, wrong.when) not in self._places:
            self._places[wrong.name, wrong.when] = len(self.verdicts)
            told = {"name": wrong.name, "words": f"is what you get when {wrong.when}.", "why": wrong.why}
            self.verdicts.append(told)
        return self._places[wrong.name, wrong.when]
