"""The command line: `python3 -m autograd`."""

import argparse
import difflib
import inspect
import itertools
import json
import re
import sys
import webbrowser
from collections.abc import Callable, Sequence
from typing import Any

import autograd
from autograd import terminal
from autograd.drawing import LEVELS
from autograd.events import Event
from autograd.lessons import COURSE, Lesson
from autograd.lessons import LESSONS as WITHOUT_NETWORK
from autograd.stream import plain, stream
from nn.lessons import LESSONS as WITH_NETWORK

ALL = {lesson.slug: lesson for lesson in (*WITHOUT_NETWORK, *WITH_NETWORK)}
PLACES = {slug: place for place, slug in enumerate(itertools.chain(*COURSE.values()), 1)}
LESSONS = {slug: ALL[slug] for slug in PLACES if slug in ALL}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command, and return the exit status: 0, or 2 when the command was wrong."""
    for output in (sys.stdout, sys.stderr):
        if hasattr(output, "reconfigure"):  # a notebook's has it not
            output.reconfigure(encoding="utf-8")
    given = sys.argv[1:] if arguments is None else arguments
    options = parser().parse_args([re.sub(r"^-(?=[0-9.])", "−", argument) for argument in given])  # −1/3 is no option
    try:
        options.run(options)
        sys.stdout.flush()
    except autograd.AutogradError as error:
        print(f"chalkgrad: {error}", file=sys.stderr)
        return 2
    except (BrokenPipeError, KeyboardInterrupt):
        sys.stderr.close()  # the reader has gone: `… | head`
    return 0


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(
        prog="python3 -m autograd", description="Worked examples of backpropagation, step by step."
    )
    top.set_defaults(run=show_list, json=False)
    commands = top.add_subparsers(title="commands", metavar="COMMAND")
    listing = commands.add_parser("list", help="list the walkthroughs")
    listing.add_argument("--json", action="store_true", help="as JSON")
    listing.set_defaults(run=show_list)
    step = command(commands, "step", show_steps, "go through one, step by step", json_of="the event stream")
    step.add_argument("--interactive", action="store_true", help="one event a key press: next, back, go to, why, quit")
    ledger = command(commands, "why", show_why, "where a node's gradient came from", json_of="the ledger")
    ledger.add_argument("node", metavar="NODE", help="its name, w say")
    ways = command(commands, "paths", show_paths, "every path from the loss to a node", json_of="the paths")
    ways.add_argument("node", metavar="NODE", help="its name, w say")
    number = command(commands, "diagnose", show_diagnosis, "which mistake gives this gradient", json_of="the diagnosis")
    number.add_argument("node", metavar="NODE", help="its name, w say")
    number.add_argument("answer", metavar="ANSWER", help="a number, as 45, -0.33 or 1/3")
    add_draw(commands)
    played = command(commands, "play", show_player, "make a page that plays it in a browser", json_of="")
    played.add_argument("-o", "--output", metavar="FILE", help="the page to write; LESSON.html if left out")
    played.add_argument("--quiz", action="store_true", help="ask for each contribution before it is shown")
    played.add_argument("--open", action="store_true", help="open the page in a browser, as on a terminal without -o")
    commands.add_parser("table", help="print the table of operations").set_defaults(
        run=lambda options: print(terminal.table())
    )
    return top


def command(
    commands: Any, name: str, run: Callable[[argparse.Namespace], None], what: str, json_of: str
) -> argparse.ArgumentParser:
    """Add a command that takes a lesson, and can print JSON where there is some to print."""
    added: argparse.ArgumentParser = commands.add_parser(name, help=what)
    added.add_argument("lesson", metavar="LESSON", help="the name of a walkthrough, tiny-network say")
    if json_of:
        added.add_argument("--json", action="store_true", help=f"{json_of} as JSON")
    added.set_defaults(run=run)
    return added


def add_draw(commands: Any) -> None:
    """Add the command that draws a lesson."""
    added = commands.add_parser("draw", help="draw one: a picture of its graph")
    added.add_argument("lesson", metavar="LESSON", help="the name of a walkthrough, tiny-network say")
    added.add_argument(
        "-o", "--output", metavar="FILE", help="a name in .svg, .png, .pdf, .dot or .txt; LESSON.svg without"
    )
    added.add_argument("--level", default="op", help=f"how much is drawn as one: {', '.join(LEVELS)}")
    added.add_argument("--direction", default="LR", help="from left to right, LR, or RL, TB, BT")
    added.add_argument(
        "--at", type=int, metavar="K", help="at event K, as `step` numbers them; without, both passes are done"
    )
    added.set_defaults(run=draw_lesson)


def show_list(options: argparse.Namespace) -> None:
    """Print the catalogue."""
    if options.json:
        print(json.dumps([catalogue_entry(lesson) for lesson in LESSONS.values()], indent=1, ensure_ascii=False))
        return
    print("A course in backpropagation. Step through a lesson with: python3 -m autograd step NAME")
    for chapter, slugs in COURSE.items():
        print(f"\n{chapter}\n{'-' * len(chapter)}")
        for lesson in (LESSONS[slug] for slug in slugs if slug in LESSONS):
            print(f"{PLACES[lesson.slug]:>4}  {lesson.slug}: {lesson.title}\n      {lesson.question}")


def catalogue_entry(lesson: Lesson) -> dict[str, object]:
    """Return what the catalogue says of a lesson."""
    return {
        "place": PLACES[lesson.slug],
        "chapter": next(chapter for chapter, slugs in COURSE.items() if lesson.slug in slugs),
        "slug": lesson.slug,
        "title": lesson.title,
        "document": lesson.document,
        "question": lesson.question,
        "numbers": dict(lesson.numbers),
    }


def show_steps(options: argparse.Namespace) -> None:
    """Print a lesson, step through it, or print its event stream."""
    lesson = find(options.lesson)
    if options.json:
        print(
            json.dumps(
                stream(lesson.events(), lesson.slug, inspect.getsource(lesson.build)),
                ensure_ascii=False,
                allow_nan=False,
            )
        )
    elif options.interactive and sys.stdin.isatty() and sys.stdout.isatty():
        terminal.interact(lesson, terminal.key, terminal.line)
    else:
        print("\n".join(terminal.walkthrough(lesson)))


def show_why(options: argparse.Namespace) -> None:
    """Print the ledger of a node's gradient."""
    root = find(options.lesson).build()
    show(autograd.why(root, terminal.node_named(root, options.node)), options.json)


def show_paths(options: argparse.Namespace) -> None:
    """Print the paths from a lesson's loss to a node."""
    root = find(options.lesson).build()
    show(autograd.paths(root, terminal.node_named(root, options.node)), options.json)


def show_diagnosis(options: argparse.Namespace) -> None:
    """Print what a student's number says."""
    root = find(options.lesson).build()
    show(autograd.mistakes.diagnose(root, terminal.node_named(root, options.node), options.answer), options.json)


def draw_lesson(options: argparse.Namespace) -> None:
    """Draw a lesson, and say which file it is in."""
    lesson = find(options.lesson)
    event = None if options.at is None else event_at(lesson, options.at)
    if event:
        *_, root = event.names  # a topological order ends with its root
    else:
        root = lesson.build()
        root.backward()
    picture = autograd.draw(root, options.level, options.direction, at=event)
    output = options.output or f"{lesson.slug}.svg"
    try:
        print(f"{picture.save(output)}: {picture.summary}")
    except OSError as error:
        raise autograd.PictureError(
            f"{output} cannot be written: {error.strerror}. Choose another name with -o."
        ) from None


def event_at(lesson: Lesson, k: int) -> Event:
    """Return an event of a lesson by its number."""
    events = lesson.events()
    if not 0 <= k < len(events):
        raise autograd.PositionError(f"There is no event {k}: {lesson.slug} has events 0 to {len(events) - 1}.")
    return events[k]


def show_player(options: argparse.Namespace) -> None:
    """Write a lesson's page, say where it is, and open it on request, or on a terminal where no file was named."""
    lesson = find(options.lesson)
    saved = autograd.play(lesson, quiz=options.quiz).save(options.output or f"{lesson.slug}.html")
    print(saved)
    if options.open or (options.output is None and sys.stdin.isatty() and sys.stdout.isatty()):
        webbrowser.open(saved.resolve().as_uri())


def show(told: Any, as_json: bool) -> None:
    """Print an answer in plain text, or as JSON."""
    print(json.dumps(plain(told.json), ensure_ascii=False, allow_nan=False) if as_json else told.text)


def find(slug: str) -> Lesson:
    """Return a lesson by its name."""
    if slug not in LESSONS:
        near = [name for name in LESSONS if slug in name] or difflib.get_close_matches(slug, LESSONS, 1, 0.4)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise autograd.GraphError(f"There is no walkthrough {slug!r}.{hint} There are: {', '.join(LESSONS)}.")
    return LESSONS[slug]


if __name__ == "__main__":
    sys.exit(main())
