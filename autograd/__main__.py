"""The command line: `python3 -m autograd`."""

import argparse
import errno
import io
import re
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import autograd
from autograd import commands
from autograd.classroom import walkthrough
from autograd.classroom.arguments import split_numbers
from nn.lessons import COURSE

LESSONS = COURSE.lessons


class ClosedInput(io.TextIOBase):
    """Standard input where there is none (`<&-`): who reads it is told so."""

    def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override]
        """Refuse to read."""
        raise OSError(errno.EBADF, "standard input is closed")

    def isatty(self) -> bool:
        """Refuse: whoever asks is about to read."""
        return bool(self.readline())


class Parser(argparse.ArgumentParser):
    """A parser whose help is printed or raises: argparse says nothing where it cannot be printed."""

    def print_help(self, file: Any = None) -> None:
        """Print the help."""
        print(self.format_help(), end="", file=file)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command, and return the exit status: 0, or 1 when it could not print or read, or 2 when the command was wrong."""
    sys.stdin = sys.stdin or ClosedInput()
    for stream, errors in ((sys.stdin, "replace"), (sys.stdout, "strict"), (sys.stderr, "strict")):
        if hasattr(stream, "reconfigure"):  # a notebook's has it not
            stream.reconfigure(encoding="utf-8", errors=errors)
    try:
        if sys.stdout is None:
            raise OSError(errno.EBADF, "standard output is closed")
        run(sys.argv[1:] if arguments is None else arguments)
    except autograd.AutogradError as error:
        return ended(2, str(error))
    except BrokenPipeError:  # the reader has gone: `… | head`
        return ended(0)
    except KeyboardInterrupt:
        return ended(130, "Interrupted. What was not said to be written is not there.")
    except OSError as error:
        return ended(1, f"Nothing can be printed or read here: {error.strerror}. Try another terminal, file or disk.")
    return 0


def run(arguments: Sequence[str]) -> None:
    """Run a command, and see that all of it is printed."""
    top = parser(arguments)
    words, numbers = split_numbers([re.sub(r"^-(?=[0-9.])", "−", word) for word in arguments], top)  # −1/3 is no option
    try:
        options = top.parse_args(words, argparse.Namespace(numbers=numbers))
        options.run(options)
    finally:
        sys.stdout.flush()


def ended(status: int, words: str = "") -> int:
    """Say why a command ended, if anyone hears it, and leave nothing for Python to print at its own end."""
    with suppress(OSError):
        if words and sys.stderr:
            print(f"chalkgrad: {words}", file=sys.stderr, flush=True)
    for stream in filter(None, (sys.stdout, sys.stderr)):
        try:
            stream.flush()
        except OSError:
            with suppress(OSError):
                stream.close()
    return status


def parser(words: Sequence[str] = ()) -> argparse.ArgumentParser:
    """Return the parser of the command line; where its first word is a command, with the commands of that group alone."""
    top = Parser(prog="python3 -m autograd", description="Worked examples of backpropagation, step by step.")
    top.set_defaults(run=commands.show_list, json=False, course=COURSE, folder=None)
    added = top.add_subparsers(title="commands", metavar="COMMAND")
    wanted = [add for add, names in GROUPS.items() if words and words[0] in names]
    for add in wanted or GROUPS:
        add(added)
    return top


def add_list(added: Any) -> None:
    """Add the command that prints the catalogue of lessons."""
    listing = added.add_parser("list", help="list the walkthroughs")
    listing.add_argument("--json", action="store_true", help="as JSON")
    listing.add_argument("--course", dest="folder", metavar="FOLDER", help="the lessons of a folder")
    listing.set_defaults(run=commands.show_list)


def add_table(added: Any) -> None:
    """Add the command that prints the table."""
    added.add_parser("table", help="print the table of operations").set_defaults(run=commands.show_table)


def command(
    commands: Any,
    name: str,
    run: Callable[[argparse.Namespace], None],
    what: str,
    json_of: str = "",
    seeded: bool = True,
) -> argparse.ArgumentParser:
    """Add a command that takes a lesson, and can print JSON where there is some to print."""
    added: argparse.ArgumentParser = commands.add_parser(name, help=what)
    added.add_argument("lesson", metavar="LESSON", help="the name of a walkthrough; PATH.py or PATH.py:NAME; a formula")
    added.add_argument("--parameters", metavar="w,b", help="the names in a formula that training changes")
    added.add_argument(
        "--course", dest="folder", metavar="FOLDER", help="the lessons of a folder, in place of the course"
    )
    added.epilog = 'NAME=NUMBER, anywhere behind LESSON, gives a formula its numbers: "w*x + b" w=3 x=2 b=1'
    if json_of:
        added.add_argument("--json", action="store_true", help=f"{json_of} as JSON")
    if seeded:
        add_seed(added)
    added.set_defaults(run=run)
    return added


def add_seed(added: argparse.ArgumentParser) -> None:
    """Add the seed that draws other numbers."""
    added.add_argument(
        "--seed", default="", metavar="SEED", help="the same graph with other numbers: a number or a name, as 7"
    )
    added.add_argument(
        "--class", dest="class_folder", metavar="FOLDER", help="with --student: the folder that `class` wrote"
    )
    added.add_argument("--student", metavar="NAME", help="the numbers that a student of the class was given")


def add_steps(added: Any) -> None:
    """Add the command that tells a lesson."""
    step = command(added, "step", commands.show_steps, "go through one, step by step", json_of="the event stream")
    step.add_argument("--interactive", action="store_true", help="one event a key press: next, back, go to, why, quit")
    step.add_argument(
        "--all", action="store_true", help=f"all of it, where a lesson has more than {walkthrough.LONGEST} lines"
    )
    step.add_argument(
        "--digits",
        type=digits,
        default=4,
        metavar="N",
        help="significant digits of a number with no end, 1 to 15; without, 4",
    )


def digits(given: str) -> int:
    """Return a number of digits; argparse says what is wrong with another."""
    if not (given.isdecimal() and 1 <= int(given) <= 15):
        raise argparse.ArgumentTypeError(f"{given!r} is not a whole number from 1 to 15")
    return int(given)


def add_questions(added: Any) -> None:
    """Add the commands that answer about one node."""
    uses = command(added, "why", commands.show_why, "where a node's gradient came from", json_of="the uses")
    ways = command(added, "paths", commands.show_paths, "every path from the loss to a node", json_of="the paths")
    number = command(
        added, "diagnose", commands.show_diagnosis, "which mistake gives this gradient", json_of="the diagnosis"
    )
    change = command(added, "what-if", commands.show_change, "what a change of a leaf would do", json_of="the change")
    for asked in (uses, ways, number, change):
        asked.add_argument("node", metavar="NODE", help="its name, w say")
    change.add_argument("number", metavar="NUMBER", help="what the node would be")
    number.add_argument("answer", metavar="ANSWER", help="a number, as 45, -0.33 or 1/3")


def add_pictures(added: Any) -> None:
    """Add the commands that draw: the graph, its plot, a page."""
    from autograd.pictures import LEVELS

    drawn = command(added, "draw", commands.draw_lesson, "draw one: a picture of its graph")
    drawn.add_argument(
        "-o", "--output", metavar="FILE", help="a name in .svg, .png, .pdf, .dot, .tex or .txt; LESSON.svg without"
    )
    drawn.add_argument("--level", default="op", help=f"how much is drawn as one: {', '.join(LEVELS)}")
    drawn.add_argument("--direction", default="LR", help="from left to right, LR, or RL, TB, BT")
    drawn.add_argument("--layout", default="layered", help="layered, our own and that of `play`, or dot, Graphviz's")
    drawn.add_argument(
        "--at", type=int, metavar="K", help="at event K, as `step` numbers them; without, both passes are done"
    )
    add_ground(drawn)
    exported = command(added, "export", commands.export_graph, "write its graph as a program, forward and backward")
    exported.add_argument("-o", "--output", metavar="FILE.py", help="the file to write; printed without")
    exported.add_argument("--format", default="python", help="python (plain floats), torch or micrograd")
    plotted = command(added, "plot", commands.draw_plot, "draw the plot of a lesson that has one", seeded=False)
    plotted.add_argument("-o", "--output", metavar="FILE", help="a name in .png, .svg or .pdf; LESSON.png without")
    add_ground(plotted)
    played = command(added, "play", commands.show_player, "make a page that plays it in a browser")
    played.add_argument("-o", "--output", metavar="FILE", help="the page to write; LESSON.html if left out")
    played.add_argument("--quiz", action="store_true", help="ask for each contribution before it is shown")
    played.add_argument("--open", action="store_true", help="open the page in a browser, as on a terminal without -o")


def add_ground(drawn: argparse.ArgumentParser) -> None:
    """Add how wide a picture is, and what it lies on."""
    drawn.add_argument("--width", type=int, metavar="N", help="of the picture, in pixels")
    drawn.add_argument("--dark", action="store_true", help="light on a dark ground")
    drawn.add_argument("--transparent", action="store_true", help="without a ground, to lie on a slide")


def add_class_kit(added: Any) -> None:
    """Add what a class needs: quizzes, handouts, flashcards."""
    from autograd.pictures import LEVELS

    quiz = command(added, "quiz", commands.ask_quiz, "predict, then reveal: questions with hints, and a score")
    paper = command(added, "handout", commands.write_handout, "write it for paper: to fill in, and solved")
    instead = quiz.add_mutually_exclusive_group()
    instead.add_argument("--key", action="store_true", help="print the answers alone")
    instead.add_argument("--mark", metavar="FILE", help="mark a file of answers, one a line, an empty line for none")
    instead.add_argument("-o", "--output", metavar="FILE.xml", help="write them as a bank for a learning platform")
    quiz.add_argument("--format", default="moodle", help="of the bank: moodle")
    quiz.add_argument("--variants", type=int, default=30, metavar="N", help="how many numbers of each question: 30")
    paper.add_argument("-o", "--output", metavar="FILE", help="a name in .html, .pdf or .md; LESSON.html without")
    deck = command(added, "slides", commands.write_slides, "write it as slides, one an event")
    deck.add_argument("-o", "--output", metavar="FILE", help="a name in .pptx or .html; LESSON.html without")
    deck.add_argument("--every", default="event", help="a slide for every event, or for every phase")
    deck.add_argument("--level", default="op", help=f"how much is drawn as one: {', '.join(LEVELS)}")
    deck.add_argument("--dark", action="store_true", help="light on a dark ground")
    cards = added.add_parser("flashcards", help="questions and answers of the whole course")
    cards.add_argument("lesson", nargs="?", metavar="LESSON", help="those of one lesson; without, of all")
    cards.add_argument(
        "-o", "--output", metavar="FILE", help="a name in .txt, .json or .tsv (for Anki); printed without"
    )
    cards.add_argument("--course", dest="folder", metavar="FOLDER", help="those of the lessons in a folder")
    cards.set_defaults(run=commands.show_cards)
    new = added.add_parser("new", help="begin a lesson of one's own: write a file that runs at once")
    new.add_argument("file", metavar="FILE.py", help="the file to write")
    new.add_argument("--force", action="store_true", help="also where there is such a file")
    new.set_defaults(run=commands.begin_lesson)


def add_assignments(added: Any) -> None:
    """Add the commands for engines of one's own."""
    from autograd.classroom.assignments import assignment_command

    assignment_command.add_to(added)


def add_site(added: Any) -> None:
    """Add the commands that write the course as a folder of pages."""
    from autograd.site import site_command

    site_command.add_commands(added)


def add_marking(added: Any) -> None:
    """Add the commands that give a class its numbers, and mark its answers."""
    from autograd.classroom.marking import class_commands

    class_commands.add_commands(added)


GROUPS: dict[Callable[[Any], None], tuple[str, ...]] = {  # in the order in which the help names them
    add_list: ("list",),
    add_steps: ("step",),
    add_questions: ("why", "paths", "diagnose", "what-if"),
    add_pictures: ("draw", "export", "plot", "play"),
    add_class_kit: ("quiz", "handout", "slides", "flashcards", "new"),
    add_assignments: ("assignment",),
    add_site: ("site", "serve"),
    add_marking: ("class", "mark"),
    add_table: ("table",),
}


if __name__ == "__main__":
    sys.exit(main())
