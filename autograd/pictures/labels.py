"""Texts for a picture: whatever a label holds, the picture stays a picture.

A label may hold controls and lone surrogates, which no XML file may; marks that turn the reading direction around; markup;
and Graphviz's own escapes, which it expands inside HTML-like labels too. Numbers are written as everywhere in this package.
"""

import html
import math
import re
from collections.abc import Sequence

from autograd.graph import number

LONGEST = 64  # characters of a label
NOT_COMPUTED = "not computed"

# C0, C1, DEL; lone surrogates; U+FFFE and U+FFFF, which XML forbids; marks of the reading direction
HOSTILE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def shown(text: str, longest: int = LONGEST) -> str:
    r"""Return a text as it can be shown: on one line, without controls, cut where it is too long.

    >>> shown("a\nb\x00"), shown("   "), shown("x" * 70, 10)
    ('a b�', '␣', 'xxxxxxxxx…')
    """
    clean = HOSTILE.sub("\ufffd", " ".join(text.split())) or "␣"
    return clean if len(clean) <= longest else f"{clean[: longest - 1]}…"


def markup(text: str) -> str:
    r"""Return a text for Graphviz's HTML-like labels: it shows itself, and does nothing.

    >>> print(markup(r"<b> & \N"))
    &lt;b&gt; &amp; \\N
    """
    return html.escape(text, quote=False).replace("\\", "\\\\")


def told(x: float | None) -> str:
    """Return a number, or that it is not computed, which is not the same as 0.

    >>> told(-0.5), told(0.0), told(None)
    ('−0.5', '0', 'not computed')
    """
    return NOT_COMPUTED if x is None else number(x)


def span(numbers: Sequence[float | None]) -> str:
    """Return a few numbers, or the smallest and the largest of many.

    >>> span([2.0, 1.0]), span([3.0, -1.0, 0.5, 2.0]), span([None])
    ('2, 1', '−1 … 3', 'not computed')
    """
    known = [x for x in numbers if x is not None]
    if len(known) <= 3:
        return ", ".join(map(number, known)) or NOT_COMPUTED
    ordered = [x for x in known if not math.isnan(x)]
    low_and_high = dict.fromkeys(map(number, (min(ordered), max(ordered)))) if ordered else ()
    return " … ".join(low_and_high) + (" and nan" if ordered else "nan") * (len(ordered) < len(known))


def counted(n: int, what: str) -> str:
    """Return how many there are of something.

    >>> counted(1, "node"), counted(2, "node")
    ('1 node', '2 nodes')
    """
    return f"{n} {what}" if n == 1 else f"{n} {what}s"
