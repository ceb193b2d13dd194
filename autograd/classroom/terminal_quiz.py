"""A quiz on a terminal: predict, then reveal. Piped answers are read in the same way, one a line."""

from __future__ import annotations

import sys
import textwrap
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress

from autograd.classroom.lesson import Lesson, as_lesson
from autograd.classroom.paper import Paper
from autograd.classroom.questions import Question
from autograd.classroom.walkthrough import INDENT, event_text, wrapped
from autograd.errors import DataError
from autograd.explain.stepper import forward, snapshot
from autograd.graph import number, topological_order
from autograd.pictures.texts import counted
from autograd.value import Value

HELP = "h or an empty line: a hint   s: skip   r: reveal   q: quit"
HINTS, SKIPS, REVEALS, ENDS = ("", "h", "hint"), ("s", "skip"), ("r", "reveal"), ("q", "quit")
Read = Callable[[], str | None]  # a typed line; None at the end of all


def typed() -> str | None:
    """Return the next line of the standard input, None at its end; an answer that is piped is shown as if typed."""
    given = sys.stdin.readline()
    if not sys.stdin.isatty():
        print(given.rstrip("\n"), flush=True)
    return given or None


def quiz(about: Paper | Lesson | Value | Callable[[], Value], read: Read = typed, seed: str = "") -> None:
    """Ask every question of a paper until the answers end, then tell the score.

    A Lesson, a Value, or a function that builds one, is asked about with its own numbers or those of a seed.
    """
    paper = about if isinstance(about, Paper) else Paper(as_lesson(about), seed)
    asked = paper.questions
    print(f"{opening(paper)}\n\n{HELP}", flush=True)
    results: Counter[str] = Counter()
    with suppress(KeyboardInterrupt):  # Ctrl-C ends as q does
        for i, question in enumerate(asked, 1):
            print(f"\n{i:>4}  {hanging(question.question)}  ({i} of {len(asked)})", flush=True)
            say(*question.options)
            result = answered(question, read)
            if result == "ended":
                break
            results[result] += 1
    print(f"\n{score(results, len(asked))}", flush=True)


def opening(paper: Paper) -> str:
    """Return the title, what is asked, the numbers at the leaves, and the forward pass."""
    order = topological_order(paper.root)
    named = snapshot(order)
    events = [event_text(i, event) for i, event in enumerate(forward(order, named))]
    leaves = ", ".join(
        f"{expr.label} = {number(expr.data)}"
        for node, expr in named.items()
        if node.op is None and node.kind != "constant"
    )
    underline = "=" * len(paper.title)
    head = [paper.title, underline, wrapped(paper.opening), "", wrapped(f"{leaves}.", INDENT), *events]
    return "\n".join(head)


def answered(question: Question, read: Read) -> str:
    """Ask until the answer is right, shown or skipped; return what came of it: at once, right, shown, skipped or ended."""
    hints, result = list(question.hints), "at once"
    while (typed := ask(read)) is not None and typed not in ENDS:
        if typed in SKIPS:
            return "skipped"
        if typed in REVEALS or (typed in HINTS and not hints):
            say(f"It is {question.key}.", *question.solution)
            return "shown"
        if typed in HINTS:
            say(hints.pop(0))
        else:
            right, words = judge(question, typed)
            say(words)
            if right:
                say(*question.solution)
                return result
        result = "right"
    return "ended"


def judge(question: Question, typed: str) -> tuple[bool, str]:
    """Return whether an answer is right, and what is said about it; what is not a number is asked again."""
    try:
        verdict = question.verdict(typed)
    except DataError as error:
        return False, str(error)
    return verdict.right, verdict.words


def ask(read: Read) -> str | None:
    """Show that an answer is waited for, and return it."""
    print(f"{INDENT}> ", end="", flush=True)
    typed = read()
    return None if typed is None else typed.strip()


def say(*lines: str) -> None:
    """Print what is said, below the question."""
    for line in lines:
        print(wrapped(line, INDENT), flush=True)


def hanging(text: str) -> str:
    """Return a text whose further lines stand below its first, to the right of the number."""
    return textwrap.fill(text, 94, subsequent_indent=INDENT)


def score(results: Counter[str], count: int) -> str:
    """Return how many were right, how many of them at once, and how many were shown.

    >>> score(Counter({"at once": 2, "right": 1, "shown": 1}), 6)
    'Right: 3 of 6 (2 at once, without a hint or a wrong answer). Shown: 1. Not answered: 2.'
    """
    right = results["at once"] + results["right"]
    parts = [f"Right: {right} of {count} ({results['at once']} at once, without a hint or a wrong answer)"]
    if results["shown"]:
        parts.append(f"Shown: {results['shown']}")
    if results["skipped"]:
        parts.append(f"Skipped: {results['skipped']}")
    if left := count - results.total():
        parts.append(f"Not answered: {left}")
    return ". ".join(parts) + "."


def key(paper: Paper) -> str:
    """Return the answers by the numbers of their questions."""
    rows = [f"{i:>4}  {question.key}" for i, question in enumerate(paper.questions, 1)]
    return "\n".join([f"Key: {paper.title}", *rows])


def marked(paper: Paper, answers: Sequence[str]) -> str:
    """Mark answers, one a line in the order of the questions, an empty line for none: each verdict, then the score."""
    lines, right = [f"Marked: {paper.title}"], 0
    for i, question in enumerate(paper.questions, 1):
        typed = answers[i - 1].strip() if i <= len(answers) else ""
        correct, words = judge(question, typed) if typed else (False, "No answer.")
        right += correct
        better = "" if correct else f" It is {question.key}."
        lines.append(f"{i:>4}  {hanging(words + better)}")
    more = len(answers) - len(paper.questions)
    extra = f" {counted(more, 'line')} more than there are questions." if more > 0 else ""
    return "\n".join([*lines, f"Right: {right} of {len(paper.questions)}.{extra}"])
