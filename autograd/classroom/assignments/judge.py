"""Judge a student's file: for each stage passed, or the first thing that is wrong, with the name of the mistake."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from autograd.classroom.assignments.faults import SIGNS
from autograd.classroom.assignments.programs import CONVENTIONS, LIMITS, PROGRAMS, Program, respelled
from autograd.classroom.assignments.recognise import RIGHT, Named, Search, agrees, predicted, same
from autograd.classroom.assignments.runner import Outcome, Run, Student, run, sentence
from autograd.classroom.assignments.stages import Assignment, Check

PASSED, WRONG, UNWRITTEN = "passed", "WRONG", "not written yet"
CLASS_STAGES = {
    1: "a number, + and ×",
    2: "remember the parents",
    5: "topological order",
    6: "reuse and +=",
    7: "a second pass gives the same",
    8: "−, ÷, **, exp, tanh, relu, numbers on either side",
}
NOT_ASKED = ("sigmoid", "log")  # judged where they are, not missed where they are not
NEVER_RUN = "It was not run: a program of this stage, or too many before it, did not come to an end."


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
class Result:
    """A stage: whether it is passed, and if not what is wrong first."""

    number: int
    title: str
    state: str
    finding: Finding | None = None
    lacks: tuple[str, ...] = ()
    chosen: bool = False


@dataclass(frozen=True)
class Report:
    """All that was found out about one file."""

    subject: str
    results: tuple[Result, ...]
    failed: str = ""
    conventions: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()

    @property
    def status(self) -> int:
        """The exit status: 0 nothing wrong, 1 a mistake, 2 a file that cannot be imported."""
        if self.failed:
            return 2
        return int(any(r.state == WRONG or r.state == UNWRITTEN and not r.chosen for r in self.results))


def judge_class(student: Student, stage: int | None = None, seconds: float = 0.0) -> Report:
    """Judge an engine that was written elsewhere."""
    ran = run(student, (*PROGRAMS, *CONVENTIONS, *LIMITS), seconds)
    subject = f"{student.file.name}:{student.made} ({', '.join(student.names)})"
    if ran.failed:
        return Report(subject, (), failed=ran.failed)
    findings = by_stage(student, ran, {3: 2})
    results = tuple(
        Result(number, title, WRONG if number in findings else PASSED, findings.get(number), lacking(ran, number))
        for number, title in CLASS_STAGES.items()
        if stage in (None, number)
    )
    return Report(subject, results, "", conventions(ran), limits(ran))


def judge_folder(assignment: Assignment, student: Student, stage: int | None = None, seconds: float = 0.0) -> Report:
    """Judge the file of an assignment."""
    stages = [s for s in assignment.stages if stage in (None, s.number)]
    checks = [check for s in stages for check in s.checks]
    engine = (*PROGRAMS, *LIMITS) if assignment.made else ()
    ran = run(student, sorted((*engine, *(check.program for check in checks)), key=lambda p: p.stage), seconds)
    if ran.failed:
        return Report(student.file.name, (), failed=ran.failed)
    findings: dict[int, Finding] = {}
    outcomes = outcomes_of(ran, engine, checks)
    if assignment.made:
        told = Run("", tuple(outcomes[p] for p in engine))
        findings = by_stage(student, told, {2: 6, 5: 6}, programs=PROGRAMS)
    results = []
    for s in stages:
        wrong, unwritten = first_wrong(s.checks, outcomes)
        finding = wrong or findings.get(s.number)
        unwritten = unwritten or any(is_unwritten(outcomes[p]) for p in engine if home(p) == s.number)
        state = WRONG if finding else UNWRITTEN if unwritten else PASSED
        results.append(Result(s.number, s.title, state, finding, chosen=s.chosen))
    return Report(student.file.name, tuple(results), "", (), limits(told) if assignment.made else ())


def home(program: Program) -> int:
    """Return the stage of the folder in which a program of the engine's can first run."""
    return {2: 6, 5: 6}.get(program.stage, program.stage)


def outcomes_of(ran: Run, engine: Sequence[Program], checks: Sequence[Check]) -> dict[Program, Outcome]:
    """Return the outcome of each program, whatever order they were run in."""
    programs = sorted((*engine, *(check.program for check in checks)), key=lambda p: p.stage)
    return dict(zip(programs, ran.outcomes, strict=True))


def is_unwritten(outcome: Outcome) -> bool:
    """Return whether a program came to a gap."""
    gap = outcome.raised is not None and outcome.raised["type"] == "NotImplementedError"
    return gap or (bool(outcome.lacks) and outcome.lacks not in (*NOT_ASKED, "pow", "pow_left"))


def first_wrong(checks: Iterable[Check], outcomes: Mapping[Program, Outcome]) -> tuple[Finding | None, bool]:
    """Return the first check that failed, and whether one came to a gap."""
    for check in checks:
        outcome = outcomes[check.program]
        if is_unwritten(outcome) or check.unwritten is not None and matches(outcome, check.unwritten):
            return None, True
        if not matches(outcome, check.expected) or outcome.odd:
            return checked(check, outcome), False
    return None, False


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


def checked(check: Check, outcome: Outcome) -> Finding:
    """Return the finding of a check that failed, by the name of its slip where it is known."""
    slip = next((slip for slip in check.slips if matches(outcome, slip.gives)), None)
    compared = comparison(check.program.asks, check.expected, outcome)
    return Finding(
        check.program.lines, compared, slip.name if slip else plainly(outcome), slip.why if slip else advice(outcome)
    )


def by_stage(
    student: Student, ran: Run, moved: Mapping[int, int], programs: Sequence[Program] = PROGRAMS
) -> dict[int, Finding]:
    """Return what is wrong first in each stage, the mistakes by name, the rest plainly."""
    outcomes = [skip(outcome) for outcome in ran.outcomes[: len(programs)]]
    search = Search(programs, outcomes)
    named, left = search.named()
    spell = speller(student)
    findings: dict[int, Finding] = {}
    for number, outcome in ((p.stage, o) for p, o in zip(programs, outcomes, strict=True)):
        if outcome.odd or outcome.died or outcome.skipped and ran.outcomes[0].skipped:
            findings.setdefault(moved.get(number, number), Finding((), (), plainly(outcome), advice(outcome)))
    for found in named:
        add(findings, found.fault.stage if found.fault.stage != 3 or 3 not in moved else 2, show(search, found, spell))
    for i in left:
        program, outcome, right = search.judged[i]
        finding = Finding(
            spell(program.lines), comparison(spell(program.asks), right or (), outcome), unnamed(program, outcome), advice(outcome)
        )
        place = moved.get(program.stage, program.stage)
        if place not in findings:
            findings[place] = finding
    return findings


def add(findings: dict[int, Finding], stage: int, finding: Finding) -> None:
    """Keep the first finding of a stage; later ones are named beneath it."""
    first = findings.get(stage)
    findings[stage] = replace(first, also=(*first.also, finding.name)) if first else finding


def skip(outcome: Outcome) -> Outcome:
    """Return an outcome that the search is to leave alone where a gap was met or the process died."""
    return replace(outcome, skipped=True) if outcome.died or outcome.odd or is_gap(outcome) else outcome


def is_gap(outcome: Outcome) -> bool:
    """Return whether a gap was met."""
    return outcome.raised is not None and outcome.raised["type"] == "NotImplementedError"


def speller(student: Student) -> Callable[[Sequence[str]], tuple[str, ...]]:
    """Return what writes lines with the student's names."""
    return lambda lines: tuple(respelled(line, student.made, student.names) for line in lines)


def show(search: Search, found: Named, spell: Callable[[Sequence[str]], tuple[str, ...]]) -> Finding:
    """Return a named mistake with the shortest program that shows it."""
    shown = [i for i in search.wrong if i in found.explains] or search.wrong
    at = min(shown, key=lambda i: (search.judged[i][0].stage != found.fault.stage, len(search.judged[i][0].lines)))
    program, outcome, right = search.judged[at]
    compared = comparison(spell(program.asks), right or (), outcome)
    others = tuple(dict.fromkeys(fault.name for fault in found.others))
    return Finding(spell(program.lines), compared, found.fault.name, found.fault.why, others=others)


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
    if outcome.skipped and not outcome.asked:
        return "it was not run"
    return outcome.died or (sentence(outcome.raised) if outcome.raised else "another number")


def unnamed(program: Program, outcome: Outcome) -> str:
    """Say what is wrong where no known mistake gives these numbers."""
    if program.stage != 8 or not program.needs:
        return plainly(outcome) if outcome.asked is None else "another number, and no known mistake gives it"
    what = "the slope" if any(ask.endswith(".grad") for ask in program.asks) else "the value"
    sign = SIGNS.get(program.needs[0], program.needs[0])
    start = "power: " if program.needs[0].startswith("pow") else ""
    return f"{start}{what} of {sign} is wrong" if outcome.asked is not None else f"{sign} crashes: {plainly(outcome)}"


def advice(outcome: Outcome) -> str:
    """Say what to do where there is no name."""
    if outcome.died or outcome.odd or outcome.skipped:
        return NEVER_RUN if outcome.skipped and not outcome.odd else "An engine computes, and does nothing else."
    if outcome.raised:
        return "Run the program, and read the last lines that Python prints."
    return "Go through the program by hand, node by node, and compare."


def lacking(ran: Run, stage: int) -> tuple[str, ...]:
    """Return what an engine does not have, of what a stage asks for."""
    if stage != 8:
        return ()
    lacks = dict.fromkeys(o.lacks for o in ran.outcomes if o.lacks and o.lacks not in NOT_ASKED)
    return tuple(SIGNS.get(name, name) for name in lacks)


def conventions(ran: Run) -> tuple[str, ...]:
    """Say which conventions an engine follows; neither is a mistake."""
    outcomes = ran.outcomes[len(PROGRAMS) : len(PROGRAMS) + len(CONVENTIONS)]
    seen = [o.asked[0] if o.asked else None for o in outcomes]
    kinds = {
        54.0: "interior gradients start afresh in each pass, and leaves accumulate",
        72.0: "interior gradients are kept between passes (72 after two passes of x³ at 3; 54 where they start afresh)",
        27.0: "all gradients start afresh in each pass, those of the leaves, too",
    }
    return tuple(words for number, words in kinds.items() if seen[0] is not None and same(seen[0], number))


def limits(ran: Run) -> tuple[str, ...]:
    """Say where an engine comes to its limits, which are not mistakes."""
    chain, steep = ran.outcomes[-2:]
    told = []
    if chain.asked is None and not is_gap(chain):
        how = chain.died or (sentence(chain.raised) if chain.raised else "it was not run")
        told.append(f"a chain of 2,000 is too deep: {how}. A loop with a list in the place of the recursion has no such limit.")
    value = steep.asked[0] if steep.asked else None
    if not steep.lacks and not (isinstance(value, float) and math.isclose(value, 1.0)):
        told.append("tanh overflows at 400, where it is 1: exp(800) is too large. math.tanh has no such limit.")
    return tuple(told)


__all__ = ["RIGHT", "agrees", "judge_class", "judge_folder", "predicted"]
