"""What a check finds: the first thing that is wrong in a stage, how it is said, and what is told and not judged."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from autograd.classroom.assignments.faults import SIGNS
from autograd.classroom.assignments.probes import CONVENTIONS, PROGRAMS, Probe
from autograd.classroom.assignments.recognise import same
from autograd.classroom.assignments.runner import Outcome, StudentRun, sentence

PASSED, WRONG, UNWRITTEN = "passed", "WRONG", "not written yet"
NEVER_RUN = "It was not run: a program of this stage, or too many before it, did not come to an end."
NOT_ASKED = ("sigmoid", "log")  # judged where they are, not missed where they are not


@dataclass(frozen=True)
class Finding:
    """The first thing that is wrong in a stage."""

    lines: tuple[str, ...]
    compared: tuple[tuple[str, str, str], ...]
    name: str
    why: str
    also: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class StageResult:
    """A stage: whether it is passed, and if not what is wrong first."""

    number: int
    title: str
    state: str
    finding: Finding | None = None
    lacks: tuple[str, ...] = ()
    optional: bool = False


@dataclass(frozen=True)
class CheckReport:
    """All that was found out about one file."""

    subject: str
    results: tuple[StageResult, ...]
    failed: str = ""
    conventions: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()

    @property
    def status(self) -> int:
        """The exit status: 0 nothing wrong, 1 a mistake, 2 a file that cannot be imported."""
        if self.failed:
            return 2
        return int(any(r.state == WRONG or (r.state == UNWRITTEN and not r.optional) for r in self.results))


def matches(outcome: Outcome, expected: Sequence[Any]) -> bool:
    """Return whether the numbers and texts are those expected."""
    return outcome.asked is not None and all(equal(s, e) for s, e in zip(outcome.asked, expected, strict=True))


def equal(seen: Any, wanted: Any) -> bool:
    """Return whether two answers are the same: numbers nearly, texts exactly, lists part by part."""
    if isinstance(wanted, (list, tuple)):
        return (
            isinstance(seen, list)
            and len(seen) == len(wanted)
            and all(equal(s, w) for s, w in zip(seen, wanted, strict=True))
        )
    return seen == wanted if isinstance(wanted, str) else same(seen, wanted)


def is_gap(outcome: Outcome) -> bool:
    """Return whether a gap was met."""
    return outcome.raised is not None and outcome.raised["type"] == "NotImplementedError"


def comparison(asks: Sequence[str], expected: Sequence[Any], outcome: Outcome) -> tuple[tuple[str, str, str], ...]:
    """Return what was asked, expected and got, where they differ."""
    if outcome.asked is None:
        return ((asks[0], text(expected[0]) if expected else "", f"nothing: {plainly(outcome)}"),)
    rows = zip(asks, expected, outcome.asked, strict=True)
    return tuple((ask, text(wanted), text(seen)) for ask, wanted, seen in rows if not equal(seen, wanted))


def text(thing: Any) -> str:
    """Return an answer as it is shown.

    >>> text(6.0), text(None), text({"node": 6.0}), text([1.0, "x"])
    ('6', 'None', 'a node, not a number', '[1, x]')
    """
    if isinstance(thing, float):
        return f"{thing:.6g}".replace("-", "−")
    if isinstance(thing, dict):
        return "a node, not a number" if "node" in thing else f"{thing.get('kind')}, not a number"
    if isinstance(thing, (list, tuple)):
        return f"[{', '.join(text(part) for part in thing)}]"
    return str(thing)


ODD = {
    "forked": "it starts a second process (fork)",
    "closed stdout": "it closes the standard output",
}


def plainly(outcome: Outcome) -> str:
    """Say in words what became of a program that gave no numbers."""
    if outcome.odd:
        return ODD[outcome.odd[0]]
    if outcome.died or outcome.raised:
        return outcome.died or sentence(outcome.raised or {})
    return "it was not run" if outcome.skipped else "another number"


def unnamed(program: Probe, outcome: Outcome) -> str:
    """Say what is wrong where no known mistake gives these numbers."""
    if program.stage != 8 or not program.needs:
        return plainly(outcome) if outcome.asked is None else "another number, and no known mistake gives it"
    what = "the slope" if any(ask.endswith(".grad") for ask in program.asks) else "the value"
    sign = SIGNS.get(program.needs[0], program.needs[0])
    start = "power: " if program.needs[0].startswith("pow") else ""
    return f"{start}{what} of {sign} is wrong" if outcome.asked is not None else f"{sign} crashes: {plainly(outcome)}"


def advice(outcome: Outcome) -> str:
    """Say what to do where there is no name."""
    if outcome.died or outcome.odd:
        return "The code of a stage computes, comes to an end, and does nothing else."
    if outcome.skipped:
        return NEVER_RUN
    if outcome.raised:
        return "Run the program, and read the last lines that Python prints."
    return "Go through the program by hand, node by node, and compare."


def lacking(ran: StudentRun, stage: int) -> tuple[str, ...]:
    """Return what an engine does not have, of what a stage asks for."""
    if stage != 8:
        return ()
    lacks = dict.fromkeys(o.lacks for o in ran.outcomes if o.lacks and o.lacks not in NOT_ASKED)
    return tuple(SIGNS.get(name, name) for name in lacks)


def conventions(ran: StudentRun) -> tuple[str, ...]:
    """Say which conventions an engine follows; neither is a mistake."""
    outcomes = ran.outcomes[len(PROGRAMS) : len(PROGRAMS) + len(CONVENTIONS)]
    seen = [o.asked[0] if o.asked else None for o in outcomes]
    kinds = {
        54.0: "interior gradients start afresh in each pass, and leaves accumulate",
        72.0: "interior gradients are kept between passes (72 after two passes of x³ at 3; 54 where they start afresh)",
        27.0: "all gradients start afresh in each pass, those of the leaves, too",
    }
    return tuple(words for number, words in kinds.items() if seen[0] is not None and same(seen[0], number))


def limits(ran: StudentRun) -> tuple[str, ...]:
    """Say where an engine comes to its limits, which are not mistakes."""
    chain, large_tanh = ran.outcomes[-2:]
    told = []
    if chain.asked is None and not is_gap(chain):
        how = chain.died or (sentence(chain.raised) if chain.raised else "it was not run")
        told.append(
            f"a chain of 2,000 is too deep: {how}. A loop with a list in the place of the recursion has no such limit."
        )
    value = large_tanh.asked[0] if large_tanh.asked else None
    if not large_tanh.lacks and not (isinstance(value, float) and math.isclose(value, 1.0)):
        told.append("tanh overflows at 400, where it is 1: exp(800) is too large. math.tanh has no such limit.")
    return tuple(told)
