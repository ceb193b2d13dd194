"""Judge a student's file: for each stage passed, or the first thing that is wrong, with the name of the mistake."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from autograd.classroom.assignments.findings import (
    NOT_ASKED,
    PASSED,
    UNWRITTEN,
    WRONG,
    CheckReport,
    Finding,
    StageResult,
    advice,
    comparison,
    conventions,
    is_gap,
    lacking,
    limits,
    matches,
    plainly,
    unnamed,
)
from autograd.classroom.assignments.probes import CONVENTIONS, LIMITS, PROGRAMS, Probe, respelled
from autograd.classroom.assignments.recognise import Named, Search
from autograd.classroom.assignments.runner import Outcome, Student, StudentRun, run
from autograd.classroom.assignments.stages import Assignment, Check

CLASS_STAGES = {
    1: "a number, + and ×",
    2: "remember the parents",
    5: "topological order",
    6: "reuse and +=",
    7: "a second pass gives the same",
    8: "−, ÷, **, exp, tanh, relu, numbers on either side",
}


def judge_class(student: Student, stage: int | None = None, seconds: float = 0.0) -> CheckReport:
    """Judge an engine that was written elsewhere."""
    ran = run(student, (*PROGRAMS, *CONVENTIONS, *LIMITS), seconds)
    subject = f"{student.file.name}:{student.made} ({', '.join(student.names)})"
    if ran.failed:
        return CheckReport(subject, (), failed=ran.failed)
    findings = by_stage(student, ran, {3: 2})
    results = tuple(
        StageResult(number, title, WRONG if number in findings else PASSED, findings.get(number), lacking(ran, number))
        for number, title in CLASS_STAGES.items()
        if stage in (None, number)
    )
    return CheckReport(subject, results, "", conventions(ran), limits(ran))


def judge_folder(
    assignment: Assignment, student: Student, stage: int | None = None, seconds: float = 0.0
) -> CheckReport:
    """Judge the file of an assignment."""
    stages = [s for s in assignment.stages if stage in (None, s.number)]
    checks = [check for s in stages for check in s.checks]
    engine = (*PROGRAMS, *LIMITS) if assignment.made else ()
    ran = run(student, sorted((*engine, *(check.program for check in checks)), key=lambda p: p.stage), seconds)
    if ran.failed:
        return CheckReport(student.file.name, (), failed=ran.failed)
    findings: dict[int, Finding] = {}
    outcomes = outcomes_of(ran, engine, checks)
    if assignment.made:
        told = StudentRun("", tuple(outcomes[p] for p in engine))
        findings = by_stage(student, told, {2: 6, 5: 6}, programs=PROGRAMS)
    results = []
    for s in stages:
        wrong, unwritten = first_wrong(s.checks, outcomes)
        finding = wrong or findings.get(s.number)
        unwritten = unwritten or any(is_unwritten(outcomes[p]) for p in engine if first_stage(p) == s.number)
        state = WRONG if finding else UNWRITTEN if unwritten else PASSED
        results.append(StageResult(s.number, s.title, state, finding, optional=s.optional))
    return CheckReport(student.file.name, tuple(results), "", (), limits(told) if assignment.made else ())


def first_stage(program: Probe) -> int:
    """Return the stage of the folder in which a program of the engine's can first run."""
    return {2: 6, 5: 6}.get(program.stage, program.stage)


def outcomes_of(ran: StudentRun, engine: Sequence[Probe], checks: Sequence[Check]) -> dict[Probe, Outcome]:
    """Return the outcome of each program, whatever order they were run in."""
    programs = sorted((*engine, *(check.program for check in checks)), key=lambda p: p.stage)
    return dict(zip(programs, ran.outcomes, strict=True))


def is_unwritten(outcome: Outcome) -> bool:
    """Return whether a program came to a gap."""
    gap = outcome.raised is not None and outcome.raised["type"] == "NotImplementedError"
    return gap or (bool(outcome.lacks) and outcome.lacks not in (*NOT_ASKED, "pow", "pow_left"))


def first_wrong(checks: Iterable[Check], outcomes: Mapping[Probe, Outcome]) -> tuple[Finding | None, bool]:
    """Return the first check that failed, and whether one came to a gap."""
    for check in checks:
        outcome = outcomes[check.program]
        if is_unwritten(outcome) or (check.unwritten is not None and matches(outcome, check.unwritten)):
            return None, True
        if not matches(outcome, check.expected) or outcome.odd:
            return checked(check, outcome), False
    return None, False


def checked(check: Check, outcome: Outcome) -> Finding:
    """Return the finding of a check that failed, by the name of its slip where it is known."""
    slip = next((slip for slip in check.slips if matches(outcome, slip.gives)), None)
    compared = comparison(check.program.asks, check.expected, outcome)
    return Finding(
        check.program.lines, compared, slip.name if slip else plainly(outcome), slip.why if slip else advice(outcome)
    )


def by_stage(
    student: Student, ran: StudentRun, moved: Mapping[int, int], programs: Sequence[Probe] = PROGRAMS
) -> dict[int, Finding]:
    """Return what is wrong first in each stage, the mistakes by name, the rest plainly."""
    broken = all_raise(programs, ran.outcomes)
    if broken:
        return broken
    outcomes = [skip(outcome) for outcome in ran.outcomes[: len(programs)]]
    search = Search(programs, outcomes)
    named, left = search.named()
    spell = speller(student)
    findings: dict[int, Finding] = {}
    for probe, outcome in zip(programs, ran.outcomes, strict=False):
        if outcome.odd or outcome.died or outcome.skipped:
            place = moved.get(probe.stage, probe.stage)
            findings.setdefault(place, Finding((), (), plainly(outcome), advice(outcome)))
    for found in named:
        add(findings, found.fault.stage if found.fault.stage != 3 or 3 not in moved else 2, show(search, found, spell))
    alone = {search.judged[i][0].needs for i in left if search.judged[i][0].stage == 8} - {()}
    for i in left:
        program, outcome, right = search.judged[i]
        finding = Finding(
            spell(program.lines),
            comparison(spell(program.asks), right or (), outcome),
            unnamed(program, outcome),
            advice(outcome),
        )
        place = moved.get(program.stage, program.stage)
        if place not in findings and (place == 8 or program.needs not in alone):  # x / x is wrong where x / y is
            findings[place] = finding
    return findings


def all_raise(programs: Sequence[Probe], outcomes: Sequence[Outcome]) -> dict[int, Finding]:
    """Return the same finding for each stage where no number can be made, or no backward pass ends without an error."""
    judged = [(p, o) for p, o in zip(programs, outcomes, strict=False) if not (o.lacks or o.skipped)]
    passes = [o for p, o in judged if any(line.endswith(".backward()") for line in p.lines)]
    raised = [o for o in passes if o.raised and not is_gap(o)]
    if not passes or len(raised) < len(passes):
        return {}
    return {p.stage: Finding((), (), plainly(o), advice(o)) for p, o in reversed(judged) if o.raised}


def add(findings: dict[int, Finding], stage: int, finding: Finding) -> None:
    """Keep the first finding of a stage; later ones are named beneath it."""
    first = findings.get(stage)
    findings[stage] = replace(first, also=(*first.also, finding.name)) if first else finding


def skip(outcome: Outcome) -> Outcome:
    """Return an outcome that the search is to leave alone where a gap was met or the process died."""
    return replace(outcome, skipped=True) if outcome.died or outcome.odd or is_gap(outcome) else outcome


def how_far(probe: Probe, found: Named) -> tuple[bool, bool, int]:
    """Return how far a program is from showing a mistake at its plainest."""
    other = (
        bool(probe.needs) if not found.fault.ops else probe.needs[:1] not in [(), *((op,) for op in found.fault.ops)]
    )
    return other, probe.stage != found.fault.stage, len(probe.lines)


def speller(student: Student) -> Callable[[Sequence[str]], tuple[str, ...]]:
    """Return what writes lines with the student's names."""
    return lambda lines: tuple(respelled(line, student.made, student.names) for line in lines)


def show(search: Search, found: Named, spell: Callable[[Sequence[str]], tuple[str, ...]]) -> Finding:
    """Return a named mistake with the shortest program that shows it."""
    shown = [i for i in search.wrong if i in found.explains] or search.wrong
    at = min(shown, key=lambda i: how_far(search.judged[i][0], found))
    program, outcome, right = search.judged[at]
    compared = comparison(spell(program.asks), right or (), outcome)
    others = tuple(dict.fromkeys(fault.name for fault in found.others))
    return Finding(spell(program.lines), compared, found.fault.name, found.fault.why, others=others)
