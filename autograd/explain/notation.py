"""How explanations are written: equations, lists of names, columns, the same in TeX."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from autograd.graph import bracketed, number

LONGEST_LIST = 6  # a longer list of names is cut
WHOLE = re.compile(r"[+−-]?\d[\d,]*|–")  # what a number has before its point; a dash stands for one that there is not
NUMBER = re.compile(rf"(?:{WHOLE.pattern})(\.\d+)?(e[+−-]\d+)?%?")


def equals(*parts: str) -> str:
    """Join what is equal, and leave out what is empty, says the same twice, or is a 0 with a sign.

    >>> equals("z", "w·x", "", "6", "6")
    'z = w·x = 6'
    """
    return " = ".join(dict.fromkeys(part for part in parts if part not in ("", "−0")))


def factors(*numbers: float) -> str:
    """Write a product of numbers: the second and later ones in parentheses where they are negative.

    >>> factors(-16.0, 1.0, 2.0), factors(0.01, -32.0)
    ('−16 · 1 · 2', '0.01 · (−32)')
    """
    first, *rest = map(number, numbers)
    return " · ".join([first, *map(bracketed, rest)])


def terms(numbers: Sequence[float]) -> str:
    """Write a sum of numbers.

    >>> terms([1.0, -2.0])
    '1 + (−2)'
    """
    return " + ".join(bracketed(text) if i else text for i, text in enumerate(map(number, numbers)))


def signed(x: float) -> str:
    """Write a number with its sign.

    >>> signed(5.0), signed(-5.0)
    ('+5', '−5')
    """
    text = number(x)
    return text if text.startswith("−") else f"+{text}"


def enclosed(label: str) -> str:
    """Put a name that is more than a word in parentheses.

    >>> enclosed("w_1"), enclosed("w(2)")
    ('w_1', '(w(2))')
    """
    return label if label.replace("_", "").isalnum() else f"({label})"


def listed(names: Sequence[str]) -> str:
    """Join names as a sentence does; a long list is cut.

    >>> listed(["w", "x", "b"]), listed(list("abcdefgh"))
    ('w, x and b', 'a, b, c and 5 more')
    """
    if len(names) > LONGEST_LIST:
        return f"{', '.join(names[:3])} and {len(names) - 3} more"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def aligned(rows: Sequence[tuple[str, ...]], right: Collection[int] = ()) -> list[str]:
    """Return rows as lines with their columns below one another; the columns in `right` are set to the right.

    >>> aligned([("w", "3"), ("bias", "−10")], right=(1,))
    ['w       3', 'bias  −10']
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(padded(row, widths, right)).rstrip() for row in rows]


def padded(row: tuple[str, ...], widths: list[int], right: Collection[int]) -> list[str]:
    """Return the cells of a row, each as wide as its column."""
    pairs = enumerate(zip(row, widths, strict=True))
    return [cell.rjust(width) if i in right else cell.ljust(width) for i, (cell, width) in pairs]


def at_the_point(column: Sequence[str]) -> tuple[str, ...]:
    """Return the cells of a column, with as much room behind each number as its longest fraction takes.

    >>> at_the_point(["loss", "0.125", "−2", "10%"])
    ('loss', '0.125', '−2    ', '10%   ')
    """
    fractions = [
        len(cell) - len(found[0]) if (found := WHOLE.match(cell)) and NUMBER.fullmatch(cell) else None
        for cell in column
    ]
    longest = max((f for f in fractions if f is not None), default=0)
    return tuple(c if f is None else c + " " * (longest - f) for c, f in zip(column, fractions, strict=True))


def as_table(rows: Iterable[Sequence[object]], left: Collection[int] = (0,)) -> str:
    """Return rows as the text of a table: the columns in `left` set to the left, the others to the right, numbers at their points.

    A first row with a text in it is the head: numbers in it are names. A whole number counts something, and is written with commas.

    >>> print(as_table([("size", "passes", "error"), ("small", 12, 0.125), ("large", 4008, -2.0)]))
    size   passes   error
    small      12   0.125
    large   4,008  −2
    """
    first, *others = map(tuple, rows)
    head = any(isinstance(cell, str) for cell in first)
    columns = [list(map(cell_text, column)) for column in zip(first, *others, strict=True)]
    right = set(range(len(columns))) - set(left)
    for i in right:
        columns[i] = [*columns[i][:head], *at_the_point(columns[i][head:])]
    return "\n".join(aligned(list(zip(*columns, strict=True)), right))


def cell_text(cell: object) -> str:
    """Return a cell as it is written: a text as it is, but for the sign of a number: a true minus, and none for −0.00."""
    if isinstance(cell, str):
        written = cell.replace("-", "−") if NUMBER.fullmatch(cell) else cell
        return written.lstrip("−") if re.fullmatch(r"−0(\.0+)?", written) else written
    return number(cell) if isinstance(cell, float) else f"{cell:,}".replace("-", "−")


def tex_number(x: float) -> str:
    """Write a number for TeX."""
    return tex_text(number(x))


def tex_text(text: str) -> str:
    """Turn the signs of plain text into TeX's."""
    return text.replace("−", "-").replace("·", r"\cdot")
