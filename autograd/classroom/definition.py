r"""A definition: a word of the course, said once where it is first used, with its formula where it has one."""

from collections.abc import Iterable
from dataclasses import dataclass

from autograd.explain.tex import mathml, text


@dataclass(frozen=True)
class Definition:
    r"""A term, what it means, and its formula in TeX, a line each.

    >>> sigmoid = Definition("sigmoid", "Squashes any number into the range from 0 to 1.", r"\sigma(x) = \frac{1}{1 + e^{-x}}")
    >>> print(*sigmoid.texts, sep=" / ")
    Sigmoid. Squashes any number into the range from 0 to 1. /   σ(x) = 1/(1 + e⁻ˣ)
    """

    term: str
    words: str
    tex: str = ""

    @property
    def title(self) -> str:
        """The term as a sentence begins; a name of Python's stays as it is."""
        return self.term if "_" in self.term else f"{self.term[0].upper()}{self.term[1:]}"

    @property
    def lines(self) -> tuple[str, ...]:
        """The formula as plain text, a line each."""
        return tuple(map(text, self.tex.splitlines()))

    @property
    def texts(self) -> tuple[str, ...]:
        """What a terminal shows: the term with its meaning, and the formula."""
        head = f"{self.title}. {self.words}"
        return (head, "\n".join(f"  {line}" for line in self.lines)) if self.tex else (head,)

    @property
    def mathml(self) -> tuple[str, ...]:
        """The formula for a page."""
        return tuple(map(mathml, self.tex.splitlines()))

    def _repr_markdown_(self) -> str:
        """Return what a notebook shows: the formula as TeX, which notebooks set."""
        formulas = [f"$${line}$$" for line in self.tex.splitlines()]
        return "\n\n".join([f"**{self.title}.** {self.words}", *formulas])


def table_of(definitions: Iterable[Definition]) -> dict[str, Definition]:
    """Return definitions by their terms."""
    return {definition.term: definition for definition in definitions}


@dataclass(frozen=True)
class Flashcard:
    """What a student should be able to say without looking it up: a question, its answer, and the lesson's name in the course."""

    question: str
    answer: str
    lesson: str
