"""The report of a check, as plain text."""

from collections.abc import Iterator

from autograd.classroom.assignments.findings import PASSED, WRONG, CheckReport, Finding, StageResult
from autograd.classroom.assignments.runner import HAS_PROCESSES, MEMORY_IS_LIMITED

NO_SANDBOX = (
    "The file ran in a process of its own, with limits, in a copy of its folder. That is no sandbox against malice."
)
IN_A_PAGE = "The file ran in this page, without limits of time and memory."
NO_MEMORY_LIMIT = "On this system its memory was not limited."
WIDTH = 52


def text(report: CheckReport) -> str:
    """Return a report as text."""
    return "\n".join(lines(report))


def lines(report: CheckReport) -> Iterator[str]:
    """Yield the lines of a report."""
    yield report.subject
    if report.failed:
        yield f"It cannot be imported: {report.failed}."
        return
    yield ""
    for result in report.results:
        yield from of_stage(result)
    yield ""
    for convention in report.conventions:
        yield f"Convention (not judged): {convention}."
    for limit in report.limits:
        yield f"Limit, not a mistake: {limit}"
    yield total(report)
    yield remark()


def remark() -> str:
    """Say under what limits the file ran."""
    if not HAS_PROCESSES:
        return IN_A_PAGE
    return NO_SANDBOX if MEMORY_IS_LIMITED else f"{NO_SANDBOX} {NO_MEMORY_LIMIT}"


def of_stage(result: StageResult) -> Iterator[str]:
    """Yield the lines of one stage."""
    state = result.state + (" (to choose)" if result.optional and result.state != PASSED else "")
    yield f"{result.number:>3}  {result.title:<{WIDTH}}  {state}"
    if result.lacks:
        yield f"     It lacks: {', '.join(result.lacks)}. What is not there is not wrong."
    if result.finding:
        yield from of_finding(result.finding)


def of_finding(finding: Finding) -> Iterator[str]:
    """Yield a finding: the program, what differs, the mistake by name, and its remedy."""
    yield from (f"       {line}" for line in finding.lines)
    width = max((len(ask) for ask, _, _ in finding.compared), default=0)
    for ask, expected, got in finding.compared:
        yield f"         expected  {ask:<{width}}  {expected}"
        yield f"         got       {'':<{width}}  {got}"
    yield f"     {headline(finding)}"
    yield f"     {finding.why}"
    if finding.others:
        yield f"     The same numbers could come from: {'; '.join(finding.others[:3])}."
    if finding.also:
        yield f"     In this stage also: {'; '.join(finding.also)}."


def headline(finding: Finding) -> str:
    """Return the mistake with its numbers: "x.grad: 3 instead of 6: …"."""
    if not finding.compared or finding.compared[0][2].startswith("nothing"):
        return f"The mistake: {finding.name}"
    ask, expected, got = finding.compared[0]
    shown = next((line.split("=", 1)[1].strip() for line in finding.lines[1:] if "=" in line), ask)
    short = shown.replace(" * ", "·") if len(finding.lines) == 3 else ask
    return f"{short}: {got} instead of {expected}: {finding.name}"


def total(report: CheckReport) -> str:
    """Return the last line: how many stages are passed."""
    passed = sum(result.state == PASSED for result in report.results)
    wrong = sum(result.state == WRONG for result in report.results)
    return f"{passed} of {len(report.results)} stages passed" + (f", {wrong} wrong." if wrong else ".")
