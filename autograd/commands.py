"""The commands: what each prints or writes. `options` are those of the command line, with the course in `options.course`.

What only one command needs is imported there, so that `step` starts at once.
"""

import argparse
import json
import sys
import webbrowser
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import autograd
from autograd.classroom import Course, Lesson, walkthrough
from autograd.classroom.arguments import name_list, read_number
from autograd.classroom.find import find_lesson, unknown
from autograd.classroom.lesson_files import course_of_folder
from autograd.errors import DataError, FileError
from autograd.explain.event_json import plain, stream
from autograd.explain.events import Event
from autograd.file_io import check_place, write_file
from autograd.graph import DIGITS

if TYPE_CHECKING:
    from autograd.classroom.paper import Paper


class Printable(Protocol):
    """What can be printed as text or as JSON."""

    @property
    def text(self) -> str:
        """Plain text."""

    @property
    def json(self) -> dict[str, object]:
        """Plain data."""


def show_list(options: argparse.Namespace) -> None:
    """Print the catalogue."""
    course = course_of(options)
    if options.json:
        entries = [catalogue_entry(lesson, course) for lesson in course.lessons.values()]
        print(json.dumps(entries, indent=1, ensure_ascii=False))
        return
    print("A course in backpropagation. Step through a lesson with: python3 -m autograd step NAME")
    for chapter, lessons in course.chapters.items():
        print(f"\n{chapter}\n{'-' * len(chapter)}")
        for lesson in lessons:
            print(f"{course.place(lesson.slug):>4}  {lesson.slug}: {lesson.title}\n      {lesson.question}")
            if lesson.document:
                print(f"      {walkthrough.source(lesson)}")
    if course is options.course:
        from autograd.classroom.assignments import catalogue  # many files, which no other command needs

        print(catalogue.chapter())


def catalogue_entry(lesson: Lesson, course: Course) -> dict[str, object]:
    """Return what the catalogue says of a lesson."""
    return {
        "place": course.place(lesson.slug),
        "chapter": course.chapter(lesson.slug),
        "slug": lesson.slug,
        "title": lesson.title,
        "document": lesson.document,
        "question": lesson.question,
        "numbers": dict(lesson.numbers),
        "exercises": [exercise.question for exercise in lesson.exercises],
        "plot": lesson.plot is not None,
    }


def show_steps(options: argparse.Namespace) -> None:
    """Print a lesson, step through it, or print its event stream."""
    lesson = find(options)
    if options.json:
        print(
            json.dumps(
                stream(lesson.events(), lesson.slug, lesson.code),
                ensure_ascii=False,
                allow_nan=False,
            )
        )
    elif options.interactive and sys.stdin.isatty() and sys.stdout.isatty():
        from autograd.classroom import interactive

        interactive.interact(lesson, interactive.key, interactive.line)
    else:
        shown = DIGITS.set(options.digits)
        try:
            told = "\n".join([*walkthrough.walkthrough(lesson), walkthrough.ending(lesson, options.course)])
        finally:
            DIGITS.reset(shown)
        lines = told.splitlines()
        print("\n".join(lines if options.all else walkthrough.beginning(lines)))


def show_table(options: argparse.Namespace) -> None:
    """Print the table of operations."""
    from autograd.classroom import operations_table

    print(operations_table.table())


def show_why(options: argparse.Namespace) -> None:
    """Print where a node's gradient comes from."""
    root = find(options).build()
    show(autograd.why(root, walkthrough.node_named(root, options.node)), options.json)


def show_paths(options: argparse.Namespace) -> None:
    """Print the paths from a lesson's loss to a node."""
    root = find(options).build()
    show(autograd.paths(root, walkthrough.node_named(root, options.node)), options.json)


def show_change(options: argparse.Namespace) -> None:
    """Print what would become of the graph if a leaf were another number."""
    root = find(options).build()
    node = walkthrough.node_named(root, options.node)
    show(autograd.what_if(root, node, read_number(options.number, options.number)), options.json)


def show_diagnosis(options: argparse.Namespace) -> None:
    """Print which mistakes give a student's number."""
    lesson = find(options)
    root, unseeded = lesson.build(), lesson.original() if lesson.original else None
    node = walkthrough.node_named(root, options.node)
    show(autograd.diagnose(root, node, options.answer, unseeded=unseeded), options.json)


def draw_lesson(options: argparse.Namespace) -> None:
    """Draw a lesson, and say which file it is in."""
    lesson = find(options)
    event = None if options.at is None else event_at(lesson, options.at)
    if event:
        *_, root = event.names  # a topological order ends with its root
    else:
        root = lesson.build()
        root.backward()
    ground = {"width": options.width, "dark": options.dark, "transparent": options.transparent}
    picture = autograd.draw(root, options.level, options.direction, at=event, layout=options.layout, **ground)
    output = options.output or f"{lesson.slug}.svg"
    print(f"{picture.save(output)}: {picture.summary}")


def event_at(lesson: Lesson, k: int) -> Event:
    """Return an event of a lesson by its number."""
    events = lesson.events()
    if not 0 <= k < len(events):
        raise autograd.PositionError(f"There is no event {k}: {lesson.slug} has events 0 to {len(events) - 1}.")
    return events[k]


def show_player(options: argparse.Namespace) -> None:
    """Write a lesson's page, say where it is, and open it on request, or on a terminal where no file was named."""
    lesson = find(options)
    saved = autograd.play(lesson, quiz=options.quiz).save(options.output or f"{lesson.slug}.html")
    print(saved)
    if options.open or (options.output is None and sys.stdin.isatty() and sys.stdout.isatty()):
        webbrowser.open(saved.resolve().as_uri())


def ask_quiz(options: argparse.Namespace) -> None:
    """Ask the questions of a lesson, or print their key, or mark a file of answers."""
    from autograd.classroom import terminal_quiz
    from autograd.classroom.marking.answer_files import answers_in_order
    from autograd.classroom.paper import Paper
    from autograd.classroom.tables import read_text

    paper = Paper(find(options))
    if options.output:
        write_bank(options, paper)
    elif options.key:
        print(terminal_quiz.key(paper))
    elif options.mark:
        answers = read_text(options.mark, "Answers are text, a line for each.")
        print(terminal_quiz.marked(paper, answers_in_order(answers)))
    else:
        terminal_quiz.quiz(paper)


def write_bank(options: argparse.Namespace, paper: "Paper") -> None:
    """Write a bank of questions for a learning platform."""
    from autograd.classroom.marking.moodle import moodle_bank

    if options.format != "moodle" or not options.output.endswith(".xml"):
        raise DataError(
            f"{options.output!r}: a bank of questions is written with --format moodle, into a file that ends in .xml."
        )
    write_file(options.output, moodle_bank(paper.lesson, options.variants))
    count = len(replace(paper, seed="1").questions)
    print(f"{options.output}: {count} questions, each in {options.variants} variants")


def write_handout(options: argparse.Namespace) -> None:
    """Write a lesson on paper, and say which files it is in."""
    lesson = find(options)
    written = autograd.handout(lesson).save(options.output or f"{lesson.slug}.html")
    print(*written, sep="\n")


def show_cards(options: argparse.Namespace) -> None:
    """Print the flashcards, or write them in the format of the file's suffix."""
    from autograd.classroom import flashcards

    course = course_of(options)
    if options.lesson is not None and options.lesson not in course.lessons:
        raise unknown(options.lesson, course)
    deck = [card for card in flashcards.deck(course) if options.lesson in (None, card.lesson)]
    if options.output is None:
        print(flashcards.as_text(deck, course), end="")
        return
    form = flashcards.FORMATS.get(Path(options.output).suffix.lower())
    if form is None:
        raise FileError(
            f"{options.output!r} is no name for flashcards: it should end in {', '.join(flashcards.FORMATS)}."
        )
    write_file(options.output, form(deck, course).encode())
    print(f"{options.output}: {len(deck)} cards")


def write_slides(options: argparse.Namespace) -> None:
    """Write a lesson as a deck of slides, and say which file it is in."""
    from autograd.classroom.slides import check_name, save_deck, slides

    lesson = find(options)
    output = options.output or f"{lesson.slug}.html"
    check_name(output)
    deck = slides(lesson, options.every, options.level, options.dark)
    print(f"{save_deck(deck, output)}: {len(deck.slides)} slides. {deck.remark}".rstrip())


def export_graph(options: argparse.Namespace) -> None:
    """Write the graph as a program, or print it."""
    from autograd.explain.programs import program

    lesson = find(options)
    text = program(lesson.build(), options.format) + "\n"
    if options.output is None:
        print(text, end="")
        return
    if Path(options.output).suffix != ".py":
        raise FileError(f"{options.output!r} is not a name for a program: it should end in .py.")
    write_file(options.output, text.encode())
    print(f"{options.output}: {lesson.title}, as a program in {options.format}")


def begin_lesson(options: argparse.Namespace) -> None:
    """Write a lesson to change, and say what to do with it."""
    from autograd.classroom.new_lesson import new_lesson

    print(new_lesson(options.file, options.force))


def draw_plot(options: argparse.Namespace) -> None:
    """Draw a lesson's plot, and say which file it is in."""
    from autograd.classroom.plot_files import PLOTS, plot_file
    from autograd.pictures.ground import Ground

    lesson = find(options)
    if lesson.plot is None:
        plotted = ", ".join(slug for slug, other in course_of(options).lessons.items() if other.plot) or "none yet"
        raise autograd.PictureError(f"{lesson.slug} has no plot. These have one: {plotted}.")
    target = Path(options.output or f"{lesson.slug}.png")
    if target.suffix.lower() not in PLOTS:
        raise autograd.PictureError(f"{str(target)!r} is no name for a plot: it should end in {', '.join(PLOTS)}.")
    check_place(target)
    ground = Ground(options.width, options.dark, options.transparent)
    print(write_file(target, plot_file(lesson, target.suffix, ground)))


def show(answer: Printable, as_json: bool) -> None:
    """Print an answer in plain text, or as JSON."""
    print(json.dumps(plain(answer.json), ensure_ascii=False, allow_nan=False) if as_json else answer.text)


def find(options: argparse.Namespace) -> Lesson:
    """Return the lesson, the file's lesson or the formula that is named, with the numbers that are asked for."""
    seed, student = getattr(options, "seed", ""), getattr(options, "student", None)
    if student is not None and (seed or options.numbers):
        raise DataError("A student of a class has their own numbers: leave out --seed and NAME=NUMBER, or --student.")
    lesson = find_lesson(options.lesson, course_of(options), options.numbers, name_list(options.parameters), seed)
    if student is None:
        return lesson
    from autograd.classroom.marking.class_commands import lesson_of_student

    if not options.class_folder:
        raise DataError("--student needs the class: --class FOLDER --student NAME.")
    return lesson_of_student(lesson, options.class_folder, student)


def course_of(options: argparse.Namespace) -> Course:
    """Return the course, or the lessons of a folder."""
    return course_of_folder(options.folder) if options.folder else options.course
