"""The commands `class` and `mark`, and the numbers of a student of a class."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from pathlib import Path
from typing import Any

from autograd.classroom.find import find_lesson
from autograd.classroom.lesson import Lesson
from autograd.classroom.lesson_files import course_of_folder
from autograd.classroom.marking.answer_files import Remark, read_answers
from autograd.classroom.marking.expected import Expected, read_expected
from autograd.classroom.marking.hand_out import check_empty, give_out, write_class
from autograd.classroom.marking.marks import AnswerMark, by_student, marks_csv, marks_of, overridden
from autograd.classroom.marking.points import Points, check_questions, read_points
from autograd.classroom.marking.reports import class_text, feedback_page, mistakes_csv, projector_page, student_text
from autograd.classroom.marking.roster import read_roster
from autograd.classroom.renumbering import renumbered
from autograd.errors import DataError
from autograd.file_io import check_free, check_place, read_file, write_file, write_folder

BY_HAND = Path("teacher") / "by_hand.csv"  # points that were given with --override, for every marking after it


def add_commands(added: Any) -> None:
    """Add `class` and `mark` to the command line."""
    giving = added.add_parser("class", help="give each student of a class their own numbers")
    giving.add_argument("roster", metavar="ROSTER", help="a name a line, or CSV with a column name and perhaps id")
    giving.add_argument("lesson", nargs="+", metavar="LESSON", help="what is given out: a lesson, or PATH.py")
    giving.add_argument(
        "-o", "--output", required=True, metavar="FOLDER", help="a new folder: students/, teacher/, answers/"
    )
    giving.add_argument(
        "--salt", default="", metavar="WORD", help="a word that only you know: without it anyone can print the key"
    )
    giving.add_argument("--points", metavar="FILE", help='what answers are worth: {"right": 1, "mistake": 0.5}')
    giving.add_argument("--practice", action="store_true", help="also full pages with other numbers")
    giving.add_argument(
        "--course", dest="folder", metavar="FOLDER", help="the lessons of a folder, in place of the course"
    )
    giving.add_argument("--force", action="store_true", help="also into a folder that is not empty")
    giving.set_defaults(run=give)
    marking = added.add_parser("mark", help="mark what a class handed in to FOLDER/answers")
    marking.add_argument("class_folder", metavar="FOLDER", help="the folder that `class` wrote")
    marking.add_argument(
        "--points", metavar="FILE", help="what answers are worth, in place of what was given with `class`"
    )
    marking.add_argument("--override", metavar="FILE.csv", help="points by hand: student,question,points,reason")
    marking.add_argument("--student", metavar="NAME", help="one student's answers in full")
    marking.add_argument("--mistakes", metavar="FILE.csv", help="the histogram of mistakes as a table")
    marking.add_argument("--projector", metavar="FILE.html", help="the histogram as a page without names")
    marking.add_argument("--feedback", metavar="FOLDER", help="a sheet for each student")
    marking.set_defaults(run=mark)


def give(options: argparse.Namespace) -> None:
    """Write a class: what students get, and what the teacher keeps."""
    check_empty(Path(options.output), options.force)
    students, points = read_roster(options.roster), read_points(options.points)
    course = course_of_folder(options.folder) if options.folder else options.course
    lessons = [find_lesson(wanted, course) for wanted in dict.fromkeys(options.lesson)]
    if len({lesson.slug for lesson in lessons}) < len(lessons):
        raise DataError("Two of these lessons have the same name. Give one of them a slug of its own.")
    shown = progress(2 * len(students) * len(lessons))  # papers drawn, and papers written
    expected, given = give_out(students, lessons, options.salt, points, shown)
    check_questions(points, expected.lessons)
    written = write_class(options.output, expected, given, options.practice, shown)
    print(
        f"{options.output}: {len(students)} students, {len(lessons)} lesson{'s' * (len(lessons) > 1)}, {len(written)} files"
    )
    print(f"Give out {Path(options.output) / 'students'}; keep {Path(options.output) / 'teacher'} to yourself.")
    if not options.salt:
        print("Without --salt, anyone who has chalkgrad can print the key.")


def progress(count: int) -> Any:
    """Return what shows how far one is, on a terminal alone."""

    def shown(done: int) -> None:
        if sys.stderr is not None and sys.stderr.isatty():
            bar = "█" * (30 * done // count)
            print(
                f"\r{bar:<30} {100 * done // count:>3} %",
                end="\n" if done == count else "",
                file=sys.stderr,
                flush=True,
            )

    return shown


def mark(options: argparse.Namespace) -> None:
    """Mark a class: marks.csv, the class on the terminal, and what else was asked for. Exit status 1 where something could not be read."""
    folder, expected = Path(options.class_folder), read_expected(options.class_folder)
    check_places(folder, options)
    marks, remarks = marked_class(folder, options, expected)
    if options.student:
        print(student_text(*of_student(marks, expected, options.student)))
        return
    write_reports(folder, options, marks, expected)
    print(class_text(marks, remarks, expected))
    print(f"\n{folder / 'marks.csv'}: {len(expected.students)} students, {len(marks)} answers")
    if by_hand(folder, options):
        print(f"Points by hand are kept in {folder / BY_HAND}; to forget them, delete it.")
    if remarks:
        sys.stdout.flush()
        raise SystemExit(1)


def check_places(folder: Path, options: argparse.Namespace) -> None:
    """Raise FileError for a place where nothing can be written, before anything is."""
    for place in filter(None, (folder / "marks.csv", options.mistakes, options.projector)):
        check_place(place)
    if options.feedback:
        check_free(Path(options.feedback) / "ada.html")


def marked_class(
    folder: Path, options: argparse.Namespace, expected: Expected
) -> tuple[list[AnswerMark], list[Remark]]:
    """Return the marks of a class, with the points that were given by hand, and what a teacher must look at."""
    points = read_points(options.points)
    check_questions(points, expected.lessons)
    answers, remarks = read_answers(folder / "answers", expected)
    marks = marks_of(expected, answers, points if options.points else Points(expected.shares))
    marks = overridden(marks, by_hand(folder, options), expected)
    return marks, [*remarks, *(Remark(mark.where, mark.words) for mark in marks if mark.verdict == "unread")]


def by_hand(folder: Path, options: argparse.Namespace) -> str | None:
    """Return the file of points by hand: the one that is given, else the one that was given before, if there is one."""
    kept = folder / BY_HAND
    return options.override or (str(kept) if kept.is_file() else None)


def write_reports(folder: Path, options: argparse.Namespace, marks: list[AnswerMark], expected: Expected) -> None:
    """Write the marks, keep the points by hand for the next marking, and write what else was asked for."""
    if options.feedback:
        write_folder(options.feedback, feedback_pages(marks, expected))
    if options.mistakes:
        write_file(options.mistakes, mistakes_csv(marks))
    if options.projector:
        write_file(options.projector, projector_page(marks))
    if options.override:
        write_file(folder / BY_HAND, read_file(options.override))
    write_file(folder / "marks.csv", marks_csv(marks, expected))


def of_student(marks: list[AnswerMark], expected: Expected, name: str) -> tuple[list[AnswerMark], str]:
    """Return the marks of a student, and the name; raise DataError for one who is not on the roster."""
    student = expected.student(name)
    if student is None:
        raise DataError(f"{name!r} is not on the roster of this class.")
    return [mark for mark in marks if mark.student == student.key], student.name


def feedback_pages(marks: list[AnswerMark], expected: Expected) -> dict[str, str]:
    """Return a sheet for each student, by the name of its file."""
    return {
        f"{student.file}.html": feedback_page(own, student.name) for student, own in by_student(marks, expected).items()
    }


def lesson_of_student(lesson: Lesson, folder: str, name: str) -> Lesson:
    """Return a lesson with the numbers that a student of a class was given."""
    expected = read_expected(folder)
    student = expected.student(name)
    if student is None:
        raise DataError(f"{name!r} is not on the roster of {folder!r}.")
    for paper in expected.of(student.key):
        if paper.lesson == lesson.slug:
            return dataclasses.replace(renumbered(lesson, paper.leaves), title=paper.title + f": {student.name}")
    raise DataError(f"{lesson.slug} was not given out to this class: {', '.join(expected.lessons)}.")
