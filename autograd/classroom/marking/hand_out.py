"""Giving out: numbers of one's own for each student, as sheets and pages to fill in; for the teacher the key and expected.json."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from html import escape
from importlib.resources import files
from pathlib import Path

from autograd.classroom.handout import handout
from autograd.classroom.handout.html import blank_page, solved_side
from autograd.classroom.lesson import Lesson
from autograd.classroom.marking.answer_files import as_text
from autograd.classroom.marking.expected import NAME, Assigned, Expected, as_json, stored
from autograd.classroom.marking.points import Points
from autograd.classroom.marking.roster import ClassMember, shown_names
from autograd.classroom.paper import Paper
from autograd.classroom.renumbering import leaf_numbers, seeded
from autograd.errors import DataError, FileError
from autograd.file_io import check_free, file_errors, write_folder
from autograd.pictures import draw
from autograd.player import play

MOST_REDRAWN = 200  # numbers tried so that no two students have the same
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
)


@dataclass(frozen=True)
class Given:
    """What one student gets of one lesson: the lesson with their numbers, and what is stored of it."""

    student: ClassMember
    original: Lesson
    lesson: Lesson
    stored: Assigned


def give_out(
    students: list[ClassMember], lessons: list[Lesson], salt: str, points: Points, progress: Callable[[int], None]
) -> tuple[Expected, list[Given]]:
    """Return a class: numbers depend on lesson, salt and student alone; where two would get the same, the later one's next draw counts."""
    given: list[Given] = []
    for lesson in lessons:
        taken: set[tuple[tuple[str, float], ...]] = set()
        for student in students:
            own, skipped, leaves = own_numbers(lesson, student, salt, taken)
            taken.add(tuple(leaves.items()))
            questions = tuple(stored(q, points.of(lesson.slug, i)) for i, q in enumerate(Paper(own).questions, 1))
            paper = Assigned(student.key, lesson.slug, lesson.title, skipped, leaves, questions)
            given.append(Given(student, lesson, own, paper))
            progress(len(given))
    return Expected(salt, tuple(students), tuple(one.stored for one in given), points.shares), given


def own_numbers(
    lesson: Lesson, student: ClassMember, salt: str, taken: set[tuple[tuple[str, float], ...]]
) -> tuple[Lesson, int, dict[str, float]]:
    """Return a lesson with a student's numbers, how many draws were passed over, and the numbers.

    A small graph has few numbers that are worth asking: then two students may have the same.
    """
    first = None
    for skip in range(MOST_REDRAWN):
        own = replace(seeded(lesson, student.key, salt, skip), title=f"{lesson.title}: {student.name}")
        leaves = leaf_numbers(own.build())
        first = first or (own, skip, leaves)
        if tuple(leaves.items()) not in taken:
            return own, skip, leaves
        if len(taken) >= 20 and skip >= 5:  # a graph with few numbers
            break
    assert first is not None
    return first


def write_class(
    folder: str, expected: Expected, given: list[Given], practice: bool, progress: Callable[[int], None]
) -> list[Path]:
    """Write a class into a folder, all of it or nothing, and return what was written."""
    answers = Path(folder) / "answers"
    check_free(answers / "ada.txt")
    written = write_folder(folder, {**student_files(given, practice, progress), **teacher_files(expected, given)})
    answers.mkdir(exist_ok=True)
    return written


def check_empty(place: Path, force: bool) -> None:
    """Raise FileError for a folder that is not one, or has something in it."""
    with file_errors(place, "written"):
        if place.exists() and not place.is_dir():
            raise FileError(f"{str(place)!r} is not a folder. Choose a new name with -o.")
        if place.is_dir() and any(place.iterdir()) and not force:
            raise FileError(f"{str(place)!r} is not empty. Choose a new folder, or write into it with --force.")


def student_files(given: list[Given], practice: bool, progress: Callable[[int], None]) -> dict[str, str]:
    """Return what may be given out, by name: for each student the page of questions, and a handout of each lesson."""
    texts, made = {}, len(given)
    for student, own in by_student(given):
        texts[f"students/{student.file}.html"] = questions_page(student, own)
        for one in own:
            sheet = handout(one.lesson).sheet
            texts[f"students/{student.file}-{one.stored.lesson}-handout.html"] = blank_page(sheet)
            if practice:
                texts[f"students/{student.file}-{one.stored.lesson}-practice.html"] = practice_page(one)
            progress(made := made + 1)
    return texts


def by_student(given: list[Given]) -> Iterable[tuple[ClassMember, list[Given]]]:
    """Return each student with all that they get."""
    own: dict[ClassMember, list[Given]] = {}
    for one in given:
        own.setdefault(one.student, []).append(one)
    return own.items()


def practice_page(one: Given) -> str:
    """Return a full page on the same graph with other numbers than those that are marked."""
    seed = f"{one.student.key} practice"
    drawn = (seeded(one.original, seed, skip=skip) for skip in range(MOST_REDRAWN))
    other = next((lesson for lesson in drawn if leaf_numbers(lesson.build()) != one.stored.leaves), None)
    if other is None:
        raise DataError(f"{one.original.slug} has no other numbers for --practice. Leave it out.")
    return play(replace(other, title=f"{one.original.title}: practice"), quiz=True).html


def teacher_files(expected: Expected, given: list[Given]) -> dict[str, str]:
    """Return what stays with the teacher."""
    return {
        f"teacher/{NAME}": as_json(expected),
        "teacher/key.html": key_page(given),
        "teacher/booklet.html": booklet(given),
    }


def key_page(given: list[Given]) -> str:
    """Return the answers of all students as a table for each lesson."""
    parts, names = [], shown_names(one.student for one in given)
    for slug in dict.fromkeys(one.stored.lesson for one in given):
        papers = [one for one in given if one.stored.lesson == slug]
        most = max(len(one.stored.questions) for one in papers)
        head = "".join(f'<th scope="col">{i}</th>' for i in range(1, most + 1))
        rows = "".join(
            f'<tr><th scope="row">{escape(names[one.student.key])}</th>'
            + "".join(f"<td>{escape(question.right)}</td>" for question in one.stored.questions)
            + "</tr>"
            for one in papers
        )
        parts.append(
            f"<h2>{escape(papers[0].stored.title)}</h2><table><thead><tr><th>student</th>{head}</tr></thead><tbody>{rows}</tbody></table>"
        )
    return whole_page("Key", "\n".join(["<h1>Key</h1>", *parts]), script=False)


def booklet(given: list[Given]) -> str:
    """Return the solutions of all students, one after another."""
    names = shown_names(student for student, _ in by_student(given))
    parts = [
        f"<h2>{escape(names[student.key])}</h2>\n{solved_side(handout(one.lesson).sheet)}"
        for student, own in by_student(given)
        for one in own
    ]
    return whole_page("Solutions", "\n".join(["<h1>Solutions</h1>", *parts]), script=False)


def questions_page(student: ClassMember, own: Iterable[Given]) -> str:
    """Return a student's page: graph, questions and boxes for the answers; nothing that computes, and no right answer."""
    parts = [lesson_part(student, one) for one in own]
    return whole_page(student.name, "\n".join([f"<h1>{escape(student.name)}</h1>", *parts]), script=True)


def lesson_part(student: ClassMember, one: Given) -> str:
    """Return one lesson of a student's page."""
    root = one.lesson.build()
    picture = re.sub(
        r"<\?xml.*?\?>|<!DOCTYPE.*?>", "", draw(root, gradients=False, locals=False).svg(), flags=re.DOTALL
    )
    asked = "".join(question_box(i, q.text, q.question.options) for i, q in enumerate(one.stored.questions, 1))
    head = escape(as_text(one.stored.lesson, student.id or student.name, ()).strip())
    return (
        f'<section data-head="{head}" data-file="{escape(student.file)}-{escape(one.stored.lesson)}.txt">'
        f"<h2>{escape(one.stored.title)}</h2>\n<figure>{picture}</figure>\n<ol>{asked}</ol>\n"
        '<p><button type="button" data-do="copy">Copy answers</button> '
        '<button type="button" data-do="download">Download answers</button> <span role="status"></span></p></section>'
    )


def question_box(place: int, text: str, options: tuple[str, ...]) -> str:
    """Return a question with room for its answer."""
    listed = f"<br>{'<br>'.join(map(escape, options))}" if options else ""
    field = f'<input data-question="{place}" autocomplete="off" spellcheck="false" inputmode="text" aria-label="Answer {place}">'
    return f"<li><label>{escape(text)}{listed}<br>{field}</label></li>"


def whole_page(title: str, body: str, script: bool) -> str:
    """Return a page of its own that asks nothing of any network."""
    style = files(__package__).joinpath("class.css").read_text(encoding="utf-8")
    code = files(__package__).joinpath("answers.js").read_text(encoding="utf-8") if script else ""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{escape(title)}</title>\n'
        f"<style>{style}</style>\n</head>\n<body>\n<main>{body}</main>\n"
        + (f"<script>{code}</script>\n" if code else "")
        + "</body>\n</html>\n"
    )
