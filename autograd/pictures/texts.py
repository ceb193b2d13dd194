"""Texts for a picture: numbers as a box shows them, and labels that stay harmless whatever they hold.

A label may hold controls and lone surrogates, which no XML file may; marks that turn the reading direction around; markup;
and Graphviz's own escapes, which it expands inside HTML-like labels too. Numbers are written as everywhere in this package.
"""

import html
import math
import re
import textwrap
import unicodedata
from collections.abc import Callable, Sequence

from autograd.graph import number, printable

LONGEST = 64  # characters of a label
NARROW_AND_WIDE = dict.fromkeys("ijlI.,:;'|!()[]·/ ₁₂₃¹²³", 0.4) | dict.fromkeys("mwMW@%−…", 0.9)
NOT_COMPUTED = "not computed"

NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def shown(text: str, longest: int = LONGEST) -> str:
    r"""Return a text as it can be shown: on one line, without controls, cut where it is too long.

    >>> shown("a\nb\x00"), shown("   "), shown("x" * 70, 10)
    ('a b�', '␣', 'xxxxxxxxx…')
    """
    clean = printable(" ".join(text.split())) or "␣"
    return clean if len(clean) <= longest else f"{clean[: longest - 1]}…"


def markup(text: str) -> str:
    r"""Return a text for Graphviz's HTML-like labels: it shows itself, and does nothing.

    >>> print(markup(r"<b> & \N"))
    &lt;b&gt; &amp; \\N
    """
    return html.escape(text).replace("\\", "\\\\")


def clean(text: str) -> str:
    """Return a text without what neither HTML nor SVG can hold: control characters and halves of characters."""
    return NOT_TEXT.sub("\N{REPLACEMENT CHARACTER}", text)


def short(x: float) -> str:
    """Write a number with the three digits that fit into a box; a whole number of up to five digits as it is.

    >>> short(0.7310586), short(-32.0), short(1234.5), short(-1.25e-7), short(54.1696)
    ('0.731', '−32', '1234', '−1.25e−07', '54.2')
    """
    if abs(x) < 1e5 and (abs(x) >= 1e3 or x == int(x)):
        return number(round(x))
    return f"{x:.3g}".replace("-", "−")


def span(numbers: Sequence[float | None], write: Callable[[float], str] = number) -> str:
    """Return a few numbers, or the smallest and the largest of many; None is not computed, which is not the same as 0.

    >>> span([2.0, 1.0]), span([3.0, -1.0, 0.5, 2.0]), span([None])
    ('2, 1', '−1 … 3', 'not computed')
    """
    known = [x for x in numbers if x is not None]
    if len(known) <= 3:
        return ", ".join(map(write, known)) or NOT_COMPUTED
    ordered = [x for x in known if not math.isnan(x)]
    low_and_high = dict.fromkeys(map(write, (min(ordered), max(ordered)))) if ordered else ()
    return " … ".join(low_and_high) + (" and nan" if ordered else "nan") * (len(ordered) < len(known))


def counted(n: int, what: str) -> str:
    """Return how many there are of something.

    >>> counted(1, "node"), counted(2, "node")
    ('1 node', '2 nodes')
    """
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


def width_of(text: str, size: float) -> float:
    """Estimate how wide a text is in a plain sans-serif of this size; rather too wide than too narrow.

    >>> round(width_of("−0.731", 20)), round(width_of("ill", 20))
    (77, 24)
    """
    return size * sum(map(letter_width, text))


def letter_width(letter: str) -> float:
    """Estimate the width of a letter, in terms of its size."""
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.1
    return NARROW_AND_WIDE.get(letter, 0.74 if letter.isupper() else 0.64)


def wrapped(text: str, width: float, size: float) -> list[str]:
    """Break a text into lines that are no wider than this."""
    return textwrap.wrap(text, max(20, int(width / (0.58 * size)))) or [""]
