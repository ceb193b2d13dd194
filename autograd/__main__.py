"""The command line: `python3 -m autograd`."""

import argparse
import difflib
import inspect
import json
import sys
from collections.abc import Sequence

import autograd
from autograd import terminal
from autograd.lessons import LESSONS as WITHOUT_NETWORK
from autograd.lessons import Lesson
from autograd.stream import stream
from nn.lessons import LESSONS as WITH_NETWORK

LESSONS = {lesson.slug: lesson for lesson in (*WITHOUT_NETWORK, *WITH_NETWORK)}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command, and return the exit status: 0, or 2 when the command was wrong."""
    for output in (sys.stdout, sys.stderr):
        output.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    options = parser().parse_args(arguments)
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
    step = commands.add_parser("step", help="go through one, step by step")
    step.add_argument("lesson", metavar="LESSON", help="the name of a walkthrough, tiny-network say")
    step.add_argument("--interactive", action="store_true", help="one event a key press; q ends")
    step.add_argument("--json", action="store_true", help="the event stream as JSON")
    step.set_defaults(run=show_steps)
    commands.add_parser("table", help="print the table of operations").set_defaults(
        run=lambda options: print(terminal.table())
    )
    return top


def show_list(options: argparse.Namespace) -> None:
    """Print the catalogue."""
    if options.json:
        print(json.dumps([catalogue_entry(lesson) for lesson in LESSONS.values()], indent=1, ensure_ascii=False))
        return
    width = max(map(len, LESSONS))
    print("Walkthroughs. Step through one with: python3 -m autograd step NAME\n")
    for lesson in LESSONS.values():
        print(f"  {lesson.slug:<{width}}  {lesson.title}\n  {'':<{width}}  {lesson.question}")


def catalogue_entry(lesson: Lesson) -> dict[str, object]:
    """Return what the catalogue says of a lesson."""
    return {
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
        print("One step a key press; q ends.\n")
        terminal.interact(terminal.walkthrough(lesson), terminal.key)
    else:
        print("\n".join(terminal.walkthrough(lesson)))


def find(slug: str) -> Lesson:
    """Return a lesson by its name."""
    if slug not in LESSONS:
        near = difflib.get_close_matches(slug, LESSONS, 1, 0.4)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise autograd.GraphError(f"There is no walkthrough {slug!r}.{hint} There are: {', '.join(LESSONS)}.")
    return LESSONS[slug]


if __name__ == "__main__":
    sys.exit(main())
