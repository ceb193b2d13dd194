"""Grade a folder of hand-ins: a row for each student and stage, and the mistakes of the class."""

import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from autograd.classroom.assignments.catalogue import ASSIGNMENTS
from autograd.classroom.assignments.findings import PASSED, UNWRITTEN, CheckReport, StageResult
from autograd.classroom.assignments.folder import unpack
from autograd.classroom.assignments.judge import judge_folder
from autograd.classroom.assignments.report import of_finding
from autograd.classroom.assignments.runner import Student
from autograd.classroom.assignments.stages import Assignment
from autograd.classroom.tables import as_csv, bars, check_points, harmless, read_object
from autograd.errors import DataError, FileError

COLUMNS = ("student", "stage", "passed", "points", "mistake")
POINTS = 1.0


@dataclass(frozen=True)
class StageMark:
    """One student's stage."""

    student: str
    stage: int
    title: str
    points: float
    most: float
    mistake: str = ""
    output: str = ""

    @property
    def passed(self) -> bool:
        """Whether the stage is passed."""
        return not self.mistake


def marks(handed_in: Path, points: Mapping[int, float], seconds: float = 0.0) -> Iterator[StageMark]:
    """Yield the marks of every hand-in of a folder, by name: zips, folders, or files of an assignment."""
    found = sorted((path for path in handed_in.iterdir() if is_hand_in(path)), key=lambda path: path.name)
    if not found:
        raise FileError(f"{str(handed_in)!r} holds no hand-ins: neither folders nor zips.")
    for path in found:
        yield from marks_of(path, points, seconds)


def is_hand_in(path: Path) -> bool:
    """Return whether something in the folder is a hand-in."""
    return not path.name.startswith((".", "__")) and (path.is_dir() or path.suffix.lower() == ".zip")


def marks_of(path: Path, points: Mapping[int, float], seconds: float = 0.0) -> Iterator[StageMark]:
    """Yield the marks of one hand-in. One that cannot be read has a mark of 0 for each stage, and its reason."""
    student = path.stem if path.suffix.lower() == ".zip" else path.name
    with tempfile.TemporaryDirectory(prefix="grade-", ignore_cleanup_errors=True) as place:
        try:
            folder = path
            if not path.is_dir():
                folder = Path(place)
                unpack(path, folder)
            assignment, file = handed_in_file(folder)
            report = judge_folder(assignment, Student(file, assignment.made), seconds=seconds)
        except FileError as error:
            assignment, report = (
                next(iter(ASSIGNMENTS.values())),
                CheckReport(student, (), failed=str(error).rstrip(".")),
            )
    yield from marks_of_report(student, assignment, report, points)


def handed_in_file(folder: Path) -> tuple[Assignment, Path]:
    """Return the assignment and its file, which may lie some folders deep, as archives have it."""
    for assignment in ASSIGNMENTS.values():
        places = (place for place in folder.rglob(assignment.file) if "__MACOSX" not in place.parts)
        for file in sorted(places, key=lambda file: (len(file.parts), file.as_posix())):
            return assignment, file
    wanted = " or ".join(assignment.file for assignment in ASSIGNMENTS.values())
    raise FileError(f"there is no {wanted} in it")


def marks_of_report(
    student: str, assignment: Assignment, report: CheckReport, points: Mapping[int, float]
) -> Iterator[StageMark]:
    """Yield a mark for each stage of a report."""
    results = {result.number: result for result in report.results}
    for stage in assignment.stages:
        most = points.get(stage.number, 0.0 if stage.optional else POINTS)
        result = results.get(stage.number)
        mistake = report.failed if result is None else said(result)
        output = "\n".join(of_finding(result.finding)) if result and result.finding else mistake
        yield StageMark(student, stage.number, stage.title, 0.0 if mistake else most, most, mistake, output)


def said(result: StageResult) -> str:
    """Return what is wrong in a stage, "" where nothing is."""
    if result.state == PASSED:
        return ""
    return result.finding.name if result.finding else result.state


def read_points(path: str | None) -> dict[int, float]:
    """Return the points of each stage from a JSON file: {"1": 2, "10": 5}."""
    content = read_object(path, '{"1": 2, "10": 5}, stages and points') if path else {}
    for stage in content:
        if not stage.isdecimal():
            raise DataError(f'{path!r} has {stage!r}, and stages are numbers: {{"1": 2, "10": 5}}.')
    return {int(stage): check_points(str(path), number) for stage, number in content.items()}


def marks_csv(given: Iterable[StageMark]) -> bytes:
    """Return marks as CSV: a text that a spreadsheet would compute is made harmless."""
    rows = (
        (harmless(mark.student), mark.stage, "yes" if mark.passed else "no", f"{mark.points:g}", harmless(mark.mistake))
        for mark in given
    )
    return as_csv(COLUMNS, rows)


def mistake_lines(given: Iterable[StageMark]) -> str:
    """Return how many students made each mistake, the commonest first."""
    given = list(given)
    students = len({mark.student for mark in given})
    counted = Counter(mistake for _, mistake in {(mark.student, mark.mistake) for mark in given if has_mistake(mark)})
    order = sorted(counted, key=lambda mistake: (-counted[mistake], mistake))
    return "\n".join([f"{students} hand-ins", *bars({mistake: counted[mistake] for mistake in order}, students)])


def has_mistake(mark: StageMark) -> bool:
    """Return whether a mark has a mistake of its own; a stage to choose that was left out has none."""
    return bool(mark.mistake) and not (mark.most == 0 and mark.mistake == UNWRITTEN)


def as_gradescope(given: Iterable[StageMark]) -> str:
    """Return one student's marks as Gradescope's results.json."""
    tests = [
        {
            "number": str(mark.stage),
            "name": mark.title,
            "score": mark.points,
            "max_score": mark.most,
            "status": "passed" if mark.passed else "failed",
            "output": "passed" if mark.passed else mark.output,
            "visibility": "visible",
        }
        for mark in given
    ]
    return json.dumps({"tests": tests, "stdout_visibility": "hidden"}, indent=1, ensure_ascii=False)


def as_junit(given: Iterable[StageMark]) -> bytes:
    """Return marks as a JUnit report: a suite for each student, a case for each stage."""
    top = ElementTree.Element("testsuites")
    suites: dict[str, ElementTree.Element] = {}
    for mark in given:
        if mark.student not in suites:
            suites[mark.student] = ElementTree.SubElement(
                top, "testsuite", name=clean(mark.student), tests="0", failures="0"
            )
        suite = suites[mark.student]
        case = ElementTree.SubElement(
            suite, "testcase", classname=clean(mark.student), name=f"{mark.stage} {mark.title}"
        )
        suite.set("tests", str(int(suite.get("tests", "0")) + 1))
        if not mark.passed and (mark.most or mark.mistake != UNWRITTEN):
            suite.set("failures", str(int(suite.get("failures", "0")) + 1))
            ElementTree.SubElement(case, "failure", message=clean(mark.mistake)).text = clean(mark.output)
        elif not mark.passed:
            ElementTree.SubElement(case, "skipped", message=mark.mistake)
    written: bytes = ElementTree.tostring(top, encoding="utf-8", xml_declaration=True)
    return written


def clean(text: str) -> str:
    """Return a text without the characters that XML cannot hold."""
    return "".join(letter for letter in text if letter >= " " or letter in "\n\t")
