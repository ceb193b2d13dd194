"""What a lesson has besides its events, for its page: its handout, which the page prints, and its plot."""

from __future__ import annotations

import re
from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache

from autograd.classroom.handout import handout
from autograd.classroom.handout.html import both_sides, shape_of, style_of
from autograd.classroom.lesson import Lesson
from autograd.classroom.plot_files import plot_file
from autograd.errors import PictureError
from autograd.pictures.ground import Ground
from autograd.player.still import unstyled

ON_PAPER = "#screen, noscript { display: none; }"


def paper_of(lesson: Lesson) -> tuple[str, str]:
    """Return the handout of a lesson as a part of a page, and its style."""
    sheet = handout(lesson).sheet
    body = unstyled("\n".join(both_sides(sheet)))
    return f'<div class="{shape_of(sheet)}">{body}</div>', ON_PAPER + style_of(sheet)


@lru_cache(maxsize=64)
def plot_of(lesson: Lesson) -> str:
    """Return a lesson's plot as SVG; empty for a lesson without one, and where the package that draws it is missing."""
    if lesson.plot is None:
        return ""
    try:
        with letters_as_letters(lesson.slug):
            svg = plot_file(lesson, ".svg", Ground()).decode()
    except PictureError:
        return ""
    return slim(svg)


def letters_as_letters(slug: str) -> AbstractContextManager[object]:
    """Return the settings under which matplotlib writes no outlines of letters, and the same picture each time."""
    try:
        from matplotlib import rc_context
    except ImportError:
        return nullcontext()
    settings: AbstractContextManager[object] = rc_context({"svg.fonttype": "none", "svg.hashsalt": slug})
    return settings


def slim(svg: str) -> str:
    """Return an SVG without what nobody sees: where it comes from, spaces, and digits beyond a hundredth of a point.

    >>> slim('<svg><metadata>today</metadata> <path d="M 1.23456 2.0"/><text x="0.125">0.125</text></svg>')
    '<svg> <path d="M 1.23 2"/><text x="0.12">0.125</text></svg>'
    """
    seen = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->|<\?xml.*?\?>|<!DOCTYPE.*?>", "", svg, flags=re.S)
    placed = re.sub(r' (?:d|x|y)="[^"]*"', lambda places: re.sub(r"-?\d+\.\d+", rounded, places[0]), seen)
    return re.sub(r"\s+", " ", placed)


def rounded(x: re.Match[str]) -> str:
    """Return a number to a hundredth."""
    return f"{float(x[0]):.2f}".rstrip("0").rstrip(".")
