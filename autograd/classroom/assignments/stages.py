"""What an assignment is made of: stages, and the checks of a stage with the numbers that known mistakes give."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from autograd.classroom.assignments.probes import Probe

Answer = float | str


@dataclass(frozen=True)
class Slip:
    """A wrong answer that has a name: what it gives, and why it is wrong."""

    name: str
    gives: tuple[Any, ...]
    why: str


@dataclass(frozen=True)
class Check:
    """A program, what it should give, and the wrong answers that are known; `unwritten` is what a gap gives."""

    program: Probe
    expected: tuple[Any, ...]
    slips: tuple[Slip, ...] = ()
    unwritten: tuple[Any, ...] | None = None


@dataclass(frozen=True)
class Stage:
    """One stage: its title, its hints in three steps, its checks; a stage to choose need not be done."""

    number: int
    title: str
    hints: tuple[str, str, str]
    checks: tuple[Check, ...] = ()
    optional: bool = False


@dataclass(frozen=True)
class Assignment:
    """An assignment: the file that a student writes, the class in it that is judged, and the stages."""

    slug: str
    title: str
    file: str
    made: str
    stages: tuple[Stage, ...]
    folder: Mapping[str, str] = field(default_factory=dict)


def check(stage: int, lines: str, asks: str, expected: tuple[Any, ...], *slips: Slip, **more: Any) -> Check:
    """Return a check; lines are parted by line ends, what is asked by semicolons."""
    seconds = more.pop("seconds", 10.0)
    asked = tuple(ask.strip() for ask in asks.split(";"))
    return Check(Probe(stage, tuple(lines.strip().splitlines()), asked, seconds=seconds), expected, slips, **more)
