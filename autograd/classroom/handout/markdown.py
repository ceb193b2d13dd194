"""A handout as Markdown; the two pictures are files beside it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from autograd.classroom.handout.sheet import NodeRow, Sheet, Task, UseRow

PAGE_BREAK = '<div style="page-break-before: always"></div>'


def markdown(sheet: Sheet, blank: str, solved: str) -> str:
    """Return a handout whose pictures have these names."""
    parts = [
        f"# {plain(sheet.title)}",
        plain(sheet.opening),
        picture("The graph, to fill in", blank if sheet.blank else ""),
        *tasks(sheet.tasks, True),
        "## Values and gradients",
        rows(sheet.rows, True),
        "## Upstream · local = contribution",
        uses(sheet.uses, True),
        PAGE_BREAK,
        f"# Solutions: {plain(sheet.title)}",
        picture("The graph, solved", solved if sheet.solved else ""),
        *tasks(sheet.tasks, False),
        rows(sheet.rows, False),
        uses(sheet.uses, False),
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def picture(words: str, name: str) -> str:
    """Return a picture, if there is one."""
    return f"![{words}](<{name}>)" if name else ""


def rows(given: tuple[NodeRow, ...], blank: bool) -> str:
    """Return the table of nodes."""
    cells = [
        (code(r.name), code(r.formula), "" if blank and not r.given else r.value, "" if blank else r.gradient)
        for r in given
    ]
    return table(("node", "computed as", "value", "gradient"), cells, "llrr")


def uses(given: tuple[UseRow, ...], blank: bool) -> str:
    """Return the table of contributions."""
    cells = [
        (u.number, code(u.use), "", code(u.asked), "")
        if blank
        else (u.number, code(u.use), u.upstream, code(u.local), u.contribution)
        for u in given
    ]
    return table(("no.", "use", "upstream", "local", "contribution"), cells, "rlrlr")


def tasks(given: tuple[Task, ...], blank: bool) -> list[str]:
    """Return the exercises, each a paragraph."""
    if not given:
        return []
    answers = ["" if blank else f" **{task.answer}**" for task in given]
    paragraphs = [
        "\n".join([f"{t.number}\\. {plain(t.question)}{a}", *([] if blank else [f"   - {plain(w)}" for w in t.wrong])])
        for t, a in zip(given, answers, strict=True)
    ]
    return ["## Questions", *paragraphs]


def table(heads: tuple[str, ...], cells: Sequence[tuple[str, ...]], sides: str) -> str:
    """Return a table with its columns to the left or right."""
    rule = ["---:" if side == "r" else "---" for side in sides]
    return "\n".join(f"| {' | '.join(row)} |" for row in [heads, tuple(rule), *cells])


def code(text: str) -> str:
    """Return a formula: as code, with bars that end no cell; nothing stays nothing."""
    if not text:
        return ""
    fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    space = " " * ("`" in (text[0], text[-1]))
    return f"{fence}{space}{text.replace('|', chr(92) + '|')}{space}{fence}"


def plain(text: str) -> str:
    """Return a text whose signs are no markup."""
    return "".join(f"\\{letter}" if letter in "\\`*_[]<>#|" else letter for letter in text)
