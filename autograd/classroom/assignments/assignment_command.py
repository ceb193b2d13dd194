"""The command `assignment`: new, check, pack, grade, package."""

import argparse
import sys
from pathlib import Path
from typing import Any

from autograd.classroom.assignments import folder, grade, report
from autograd.classroom.assignments.catalogue import ASSIGNMENTS, named, of_folder
from autograd.classroom.assignments.findings import PASSED, CheckReport
from autograd.classroom.assignments.judge import judge_class, judge_folder
from autograd.classroom.assignments.package import package
from autograd.classroom.assignments.runner import Student
from autograd.errors import FileError
from autograd.file_io import check_place, write_file


def add_to(commands: Any) -> None:
    """Add the command `assignment` to a command line."""
    top = commands.add_parser("assignment", help="write an engine of one's own: new, check, pack, grade, package")
    top.set_defaults(run=show_assignments)
    added = top.add_subparsers(title="commands", metavar="COMMAND")
    add_new(added)
    add_check(added)
    add_grade(added)
    packaged = added.add_parser(
        "package", help="for teachers: the autograder for Gradescope, and a workflow for GitHub"
    )
    packaged.add_argument("assignment", metavar="ASSIGNMENT", help=", ".join(ASSIGNMENTS))
    packaged.add_argument("-o", "--output", metavar="FILE", default="autograder.zip", help="autograder.zip without")
    packaged.set_defaults(run=make_package)
    packed = added.add_parser("pack", help="write the zip that is handed in")
    packed.add_argument("folder", metavar="FOLDER")
    packed.add_argument("-o", "--output", metavar="FILE", help="the zip; beside the folder without")
    packed.set_defaults(run=pack)


def add_new(added: Any) -> None:
    """Add `new`."""
    made = added.add_parser("new", help="write the folder of an assignment")
    made.add_argument("assignment", metavar="ASSIGNMENT", help=", ".join(ASSIGNMENTS))
    made.add_argument("-o", "--output", metavar="FOLDER", help="my-ASSIGNMENT without")
    made.add_argument("--solution", action="store_true", help="for teachers: the solved folder")
    made.set_defaults(run=new)


def add_check(added: Any) -> None:
    """Add `check`."""
    checked = added.add_parser("check", help="each stage passed, or the first thing that is wrong")
    checked.add_argument("folder", metavar="FOLDER", nargs="?", help="the folder of an assignment")
    checked.add_argument("--stage", type=int, metavar="N", help="this stage and no other")
    checked.add_argument(
        "--hint", action="count", help="a hint for the stage; given twice and three times, a clearer one"
    )
    checked.add_argument("--class", dest="made", metavar="FILE.py:CLASS", help="an engine that was written elsewhere")
    checked.add_argument("--names", metavar="DATA,GRAD,BACKWARD", help="what that engine calls data, grad and backward")
    checked.add_argument("--seconds", type=float, default=0.0, metavar="S", help="the time for one program; 10 without")
    checked.set_defaults(run=check)


def add_grade(added: Any) -> None:
    """Add `grade`."""
    graded = added.add_parser("grade", help="for teachers: mark a folder of hand-ins, zips or folders")
    graded.add_argument("folder", metavar="FOLDER")
    graded.add_argument("-o", "--output", metavar="FILE", help="a CSV file: student, stage, passed, points, mistake")
    graded.add_argument("--points", metavar="FILE", help='points a stage, as JSON: {"1": 2, "10": 5}; 1 each without')
    graded.add_argument("--one", action="store_true", help="FOLDER is the hand-in of one student")
    graded.add_argument("--gradescope", metavar="FILE", help="one student's results as Gradescope reads them")
    graded.add_argument("--junit", metavar="FILE", help="a JUnit report")
    graded.add_argument("--seconds", type=float, default=0.0, metavar="S", help="the time for one program; 10 without")
    graded.set_defaults(run=grade_folder)


def show_assignments(options: argparse.Namespace) -> None:
    """Print the assignments and their stages."""
    for assignment in ASSIGNMENTS.values():
        print(f"{assignment.slug}: {assignment.title} ({assignment.file})")
        for stage in assignment.stages:
            print(f"{stage.number:>4}  {stage.title}{' (to choose)' if stage.optional else ''}")
    print("\nBegin with: python3 -m autograd assignment new engine -o my-engine")


def new(options: argparse.Namespace) -> None:
    """Write a folder."""
    assignment = named(options.assignment)
    place = Path(options.output or f"my-{assignment.slug}")
    for path in folder.new(assignment, place, options.solution):
        print(path)
    if not options.solution:
        print(f"\nOpen {place / 'README.md'}. Then, in the folder: python {folder.PYZ} assignment check .")


def check(options: argparse.Namespace) -> None:
    """Print what a check finds, and leave with its status."""
    if bool(options.made) == bool(options.folder):
        raise FileError("Say what to check: a FOLDER of an assignment, or --class FILE.py:CLASS.")
    if options.hint:
        print(hint(options))
        return
    found = checked_class(options) if options.made else checked_folder(options)
    print(report.text(found))
    sys.stdout.flush()
    if found.status:
        raise SystemExit(found.status)


def hint(options: argparse.Namespace) -> str:
    """Return the hints for a stage, as many as were asked for: for the stage that is named, or the first not passed."""
    if not options.folder:
        raise FileError("Hints belong to the folder of an assignment: assignment check FOLDER --hint.")
    stages = of_folder(Path(options.folder)).stages
    found = checked_folder(options).results
    number = options.stage or next((result.number for result in found if result.state != PASSED), None)
    if number is None:
        return "Every stage is passed: there is nothing to hint at."
    stage = next(stage for stage in stages if stage.number == number)
    shown = stage.hints[: options.hint]
    more = "" if len(shown) == len(stage.hints) else f"\nFor a clearer hint: {' '.join(['--hint'] * (len(shown) + 1))}"
    return f"Stage {number}, {stage.title}:\n" + "\n".join(f"  {k}. {words}" for k, words in enumerate(shown, 1)) + more


def checked_class(options: argparse.Namespace) -> CheckReport:
    """Check a class of a file."""
    file, colon, made = options.made.rpartition(":")
    if not colon or not file.endswith(".py") or not made.isidentifier():
        raise FileError(f"{options.made!r} is no FILE.py:CLASS, as my_file.py:Node.")
    names = tuple((options.names or "data,grad,backward").split(","))
    if len(names) != 3 or not all(name.isidentifier() for name in names):
        raise FileError(f"{options.names!r} are no three names: --names value,gradient,backprop.")
    return judge_class(Student(Path(file), made, names), stage_of(options, (1, 2, 5, 6, 7, 8)), options.seconds)


def checked_folder(options: argparse.Namespace) -> CheckReport:
    """Check a folder."""
    assignment = of_folder(Path(options.folder))
    numbers = tuple(stage.number for stage in assignment.stages)
    student = Student(Path(options.folder) / assignment.file, assignment.made)
    return judge_folder(assignment, student, stage_of(options, numbers), options.seconds)


def stage_of(options: argparse.Namespace, numbers: tuple[int, ...]) -> int | None:
    """Return the stage that is asked for, None for all."""
    if options.stage is not None and options.stage not in numbers:
        raise FileError(f"There is no stage {options.stage} here. There are: {', '.join(map(str, numbers))}.")
    number: int | None = options.stage
    return number


def pack(options: argparse.Namespace) -> None:
    """Write the zip that is handed in."""
    place = Path(options.folder)
    print(folder.pack(place, of_folder(place), Path(options.output) if options.output else None))


def grade_folder(options: argparse.Namespace) -> None:
    """Mark a folder of hand-ins, and print the mistakes of the class."""
    place, points = Path(options.folder), grade.read_points(options.points)
    if not place.is_dir():
        raise FileError(f"There is no folder {options.folder!r}.")
    for output in filter(None, (options.output, options.gradescope, options.junit)):
        check_place(output)
    found = list(
        grade.marks_of(place, points, options.seconds) if options.one else grade.marks(place, points, options.seconds)
    )
    if options.gradescope and len({mark.student for mark in found}) > 1:
        raise FileError("Gradescope's file is about one student: add --one, and name the folder of that student.")
    if options.output:
        save(options.output, grade.marks_csv(found))
    if options.gradescope:
        save(options.gradescope, grade.as_gradescope(found).encode())
    if options.junit:
        save(options.junit, grade.as_junit(found))
    print(grade.mistake_lines(found))


def save(name: str, content: bytes) -> None:
    """Write a file, and say so."""
    print(write_file(name, content))


def make_package(options: argparse.Namespace) -> None:
    """Write the archive for Gradescope and GitHub."""
    for name in package(named(options.assignment), Path(options.output)):
        print(f"{options.output}: {name}")
