"""How explanations are written: equations, lists of names, columns, the same in TeX."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from autograd.graph import bracketed, number

LONGEST_LIST = 6  # a longer list of names is cut


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


def tex_number(x: float) -> str:
    """Write a number for TeX."""
    return tex_text(number(x))


def tex_text(text: str) -> str:
    """Turn the signs of plain text into TeX's."""
    return text.replace("−", "-").replace("·", r"\cdot")
