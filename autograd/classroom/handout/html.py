"""A handout as HTML: one file, for the screen and for a printer without colours."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from importlib.resources import files

from autograd.classroom.handout.sheet import NodeRow, Sheet, Task, UseRow

NAME_LINE = '<p class="by"><span>Name</span><span>Date</span></p>'
ROW_HEADS = ("node", "computed as", "value", "gradient")
USE_HEADS = ("no.", "use", "upstream", "local", "contribution")


def page(sheet: Sheet) -> str:
    """Return the sheet to fill in, and the solutions on a page of their own."""
    return whole(sheet, both_sides(sheet))


def blank_page(sheet: Sheet) -> str:
    """Return the sheet to fill in, without its solutions."""
    return whole(sheet, [task_side(sheet)])


def both_sides(sheet: Sheet) -> list[str]:
    """Return the side to fill in and the one with the solutions."""
    return [task_side(sheet), solved_side(sheet)]


def style_of(sheet: Sheet) -> str:
    """Return the style of a sheet, with the way its paper lies."""
    style = files(__package__).joinpath("handout.css").read_text(encoding="utf-8")
    return style + f"@page {{ size: A4 {'landscape' if sheet.wide else 'portrait'}; }}"


def shape_of(sheet: Sheet) -> str:
    """Return the classes of what a sheet stands in."""
    return " ".join(["wide"] * sheet.wide + ["high"] * sheet.high)


def whole(sheet: Sheet, sides: list[str]) -> str:
    """Return sides of a sheet as a page that asks nothing of any network."""
    policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    body = "\n".join(sides)
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{escape(sheet.title)}</title>\n'
        f'<style>{style_of(sheet)}</style>\n</head>\n<body class="{shape_of(sheet)}">\n<main>\n{body}\n</main>\n</body>\n</html>\n'
    )


def task_side(sheet: Sheet) -> str:
    """Return what the student fills in."""
    return section(
        "sheet",
        [
            NAME_LINE,
            f"<h1>{escape(sheet.title)}</h1><p>{escape(sheet.opening)}</p>",
            sheet.blank,
            '<div class="beside">',
            "<h2>Questions</h2>" if sheet.tasks else "",
            *(open_task(task) for task in sheet.tasks),
            f"<h2>Forward: the values. Backward: the gradients of {escape(sheet.root)}</h2>",
            table(ROW_HEADS, [row_cells(row, True) for row in sheet.rows]),
            "<h2>Upstream · local = contribution</h2>",
            table(USE_HEADS, [use_cells(use, True) for use in sheet.uses]),
            "</div>",
        ],
    )


def solved_side(sheet: Sheet) -> str:
    """Return the solutions."""
    return section(
        "solved",
        [
            f"<h1>Solutions: {escape(sheet.title)}</h1>",
            sheet.solved,
            '<div class="beside">',
            "<h2>Questions</h2>" if sheet.tasks else "",
            *(solved_task(task) for task in sheet.tasks),
            "<h2>Values and gradients</h2>",
            table(ROW_HEADS, [row_cells(row, False) for row in sheet.rows]),
            "<h2>Upstream · local = contribution</h2>",
            table(USE_HEADS, [use_cells(use, False) for use in sheet.uses]),
            "</div>",
        ],
    )


def section(name: str, parts: Iterable[str]) -> str:
    """Return one side of the handout."""
    return f'<section class="{name}">\n' + "\n".join(filter(None, parts)) + "\n</section>"


def table(heads: tuple[str, ...], rows: list[str]) -> str:
    """Return a table."""
    head = "".join(f'<th scope="col"{side(name)}>{name}</th>' for name in heads)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(f'<tr>{row}</tr>' for row in rows)}</tbody></table>"


def side(name: str) -> str:
    """Return the class of a column's head: above numbers it stands to the right."""
    return "" if name in ("node", "computed as", "use", "local") else ' class="n"'


def row_cells(row: NodeRow, blank: bool) -> str:
    """Return a node's cells."""
    value = open_cell() if blank and not row.given else number_cell(row.value)
    return cell(row.name) + cell(row.formula) + value + (open_cell() if blank else number_cell(row.gradient))


def use_cells(use: UseRow, blank: bool) -> str:
    """Return the cells of one contribution."""
    if blank:
        return number_cell(use.number) + cell(use.use) + open_cell() + open_cell(use.asked) + open_cell()
    numbers = number_cell(use.upstream) + cell(use.local) + number_cell(use.contribution)
    return number_cell(use.number) + cell(use.use) + numbers


def cell(text: str) -> str:
    """Return a cell of text."""
    return f"<td>{escape(text)}</td>"


def number_cell(text: str) -> str:
    """Return a cell of a number."""
    return f'<td class="n">{escape(text)}</td>'


def open_cell(text: str = "") -> str:
    """Return a cell to write into."""
    return f'<td class="open">{escape(text)}</td>'


def open_task(task: Task) -> str:
    """Return an exercise with room for its answer."""
    return f'<div class="task"><p>{task.number}. {escape(task.question)}</p><p class="room"></p></div>'


def solved_task(task: Task) -> str:
    """Return an exercise with its answer, and what wrong answers show."""
    wrong = "".join(f"<li>{escape(one)}</li>" for one in task.wrong)
    listed = f"<ul>{wrong}</ul>" if wrong else ""
    return (
        f'<div class="task"><p>{task.number}. {escape(task.question)} <strong>{task.answer}</strong></p>{listed}</div>'
    )
