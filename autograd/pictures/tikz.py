"""A picture as TikZ, in a LaTeX document of its own: the places of the SVG, for those who write exams in LaTeX."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from autograd.pictures.arrangement import HEAD, LINE, PAD, Arrangement, short_name
from autograd.pictures.layered_layout import Point
from autograd.pictures.outline import summary
from autograd.pictures.scene import Line, Mark, is_active, line_is_active, line_text, line_waits, waits
from autograd.pictures.snapshot import Now
from autograd.pictures.svg import Writer
from autograd.pictures.texts import clean

GREEK = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi o pi rho varsigma sigma tau upsilon phi chi psi omega"
CAPITALS = ("Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Upsilon", "Phi", "Psi", "Omega")
SIGNS = {
    "−": "-", "·": r"\cdot ", "×": r"\times ", "÷": r"\div ", "∂": r"\partial ", "√": r"\surd ", "≤": r"\le ", "≥": r"\ge ", "∞": r"\infty ",
    "→": r"\to ", "←": r"\leftarrow ", "…": r"\dots ", "½": r"\frac12 ", "|": r"\vert ", "<": "<", ">": ">", "∏": r"\prod ",
}  # fmt: skip
PLAIN = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"} | {
    c: f"\\{c}" for c in "{}$&#_%"
}
CUT = 12.0  # of the corners of a parameter
HEADER = r"""% {summary}
\documentclass{{article}}
\usepackage[utf8]{{inputenc}}
\usepackage[T1]{{fontenc}}
\usepackage{{tikz}}
\usetikzlibrary{{arrows.meta}}
\definecolor{{value}}{{HTML}}{{0072B2}}
\definecolor{{gradient}}{{HTML}}{{B84A00}}
\paperwidth={width:.0f}pt \paperheight={height:.0f}pt \pdfpagewidth=\paperwidth \pdfpageheight=\paperheight
\textwidth={width:.0f}pt \textheight={height:.0f}pt
\oddsidemargin=-1in \topmargin=-1in \headheight=0pt \headsep=0pt \parindent=0pt \topskip=0pt \pagestyle{{empty}}
\begin{{document}}
\begin{{tikzpicture}}[x=0.5pt, y=-0.5pt, font=\sffamily\small, >={{Stealth[length=5pt]}}, inner sep=0pt]
\useasboundingbox (0,0) rectangle ({right:.0f},{bottom:.0f});
"""


def tikz(placed: Arrangement, now: Now) -> str:
    """Return a picture at a moment as a LaTeX document."""
    writer = Writer(placed, now)
    lines = [line for i, edge in enumerate(placed.scene.lines) for line in edge_lines(placed, writer, i, edge, now)]
    marks = [line for mark in placed.boxes for line in mark_lines(placed, writer, mark, now)]
    frames = [frame_line(frame.rectangle, frame.name) for frame in placed.frames]
    right, bottom = placed.width, placed.height
    head = HEADER.format(
        summary=ascii_only(summary(placed.scene)),
        width=right / 2 + 4,
        height=bottom / 2 + 4,
        right=right,
        bottom=bottom,
    )
    return head + "\n".join([*frames, *lines, *marks, r"\end{tikzpicture}", r"\end{document}", ""])


def edge_lines(placed: Arrangement, writer: Writer, i: int, line: Line, now: Now) -> Iterator[str]:
    """Yield an edge, and its local derivative."""
    active = line_is_active(line, now)
    look = (
        "<-, very thick, draw=gradient"
        if active and now.backwards
        else "->, very thick, draw=value"
        if active
        else "->, draw=black!60"
    )
    dashed = ", dashed" if line_waits(line, now) else ""
    yield rf"\draw[{look}{dashed}] {curve(placed.curves[i])};"
    spot = placed.labels[i]
    if spot and line_text(line, now, placed.scene.locals):
        yield node(spot, writer.local(line), "fill=white, inner sep=1pt", below=-5)


def curve(points: list[Point]) -> str:
    """Return a chain of curves as a path of TikZ."""
    first, *rest, end = points
    path = place(first)
    for i in range(0, len(rest), 3):
        a, b, c = rest[i : i + 3]
        path += f" .. controls {place(a)} and {place(b)} .. {place(c)}"
    return f"{path} -- {place(end)}"


def mark_lines(placed: Arrangement, writer: Writer, mark: Mark, now: Now) -> Iterator[str]:
    """Yield a box and its texts."""
    left, top, right, _ = placed.boxes[mark]
    active, pale = is_active(mark, now), waits(mark, now)
    colour = "gradient" if now.backwards else "value"
    border = f"draw={colour}, very thick" if active else "draw=black!50, dashed" if pale else "draw=black"
    fill = "fill=black!5" if mark.kind == "constant" else f"fill=white, {border}"
    corners = "rounded corners=6pt, " if mark.kind == "result" else ""
    yield rf"\draw[{corners}{fill}] {outline(placed.boxes[mark], CUT if mark.kind == 'parameter' else 0)};"
    boxed = mark.kind in ("box", "stack")
    head = mark.name or mark.op if boxed else short_name(mark)
    if head:
        yield node((left + PAD, top + HEAD), head, r"anchor=base west, font=\sffamily\small\bfseries")
    second = mark.note if boxed else mark.op or mark.note
    if second and boxed:
        yield node((right - PAD, top + HEAD), second, r"anchor=base east, text=black!60, font=\sffamily\scriptsize")
    elif second:
        yield node(
            (left + PAD, top + HEAD + LINE), second, r"anchor=base west, text=black!60, font=\sffamily\scriptsize"
        )
    for slot in writer.slots(mark):
        y = top + HEAD + LINE * slot.row
        colour = "gradient" if slot.role == "grad" else "value"
        yield node((right - PAD, y), writer.number(slot), f"anchor=base east, text={colour}")
        if boxed and (mark.kind == "box" or slot.role == "grad"):
            yield node((left + PAD, y), slot.role, r"anchor=base west, text=black!60, font=\sffamily\scriptsize")


def outline(rectangle: tuple[float, float, float, float], cut: float) -> str:
    """Return a rectangle as a path, with its corners cut."""
    left, top, right, bottom = rectangle
    if not cut:
        return f"{place((left, top))} rectangle {place((right, bottom))}"
    corners = [(left + cut, top), (right - cut, top), (right, top + cut), (right, bottom - cut)]
    corners += [(right - cut, bottom), (left + cut, bottom), (left, bottom - cut), (left, top + cut)]
    return " -- ".join([*map(place, corners), "cycle"])


def frame_line(rectangle: tuple[float, float, float, float], name: str) -> str:
    """Return what is drawn around the marks of a scope."""
    left, top, right, bottom = rectangle
    drawn = rf"\fill[black!6, rounded corners=4pt] {place((left, top))} rectangle {place((right, bottom))};"
    return drawn + "\n" + node((left + 4, top - 4), name, r"anchor=base west, text=black!60, font=\sffamily\tiny")


def node(spot: Point, words: str, style: str, below: float = 0) -> str:
    """Return a text at a place."""
    return rf"\node[{style}] at {place((spot[0], spot[1] + below))} {{{latex(words)}}};"


def place(point: Point) -> str:
    """Return a point as TikZ writes it."""
    return f"({point[0]:.1f},{point[1]:.1f})"


def latex(words: str) -> str:
    r"""Return a text as LaTeX, in which nothing is a command.

    >>> latex("w·x + b_1"), latex("∂L/∂w₁²"), latex(r"\input{x}")
    ('w$\\cdot $x + b\\_1', '$\\partial $L/$\\partial $w$_{1}$$^{2}$', '\\textbackslash{}input\\{x\\}')
    """
    return "".join(map(sign, " ".join(clean(words).split())))


def sign(letter: str) -> str:
    """Return one letter as LaTeX; what LaTeX has no name for is a question mark."""
    if letter in PLAIN or (letter.isascii() and letter not in SIGNS):
        return PLAIN.get(letter, letter)
    if letter in SIGNS:
        return f"${SIGNS[letter]}$"
    name = unicodedata.name(letter, "")
    if name.startswith(("SUBSCRIPT", "SUPERSCRIPT", "MODIFIER LETTER")):
        low = "_" if name.startswith("SUBSCRIPT") else "^"
        plain = unicodedata.normalize("NFKC", letter).replace("−", "-")
        return f"${low}{{{plain}}}$" if plain.isascii() else "?"
    if name.startswith("GREEK"):
        word = name.rpartition(" ")[2].capitalize() if "CAPITAL" in name else name.rpartition(" ")[2].lower()
        known = word in CAPITALS or word in GREEK.replace("varsigma ", "").split()
        return f"$\\{word}$" if known and word != "o" else "?"
    return letter if 0xC0 <= ord(letter) <= 0x17E else "?"


def ascii_only(words: str) -> str:
    """Return a text for a comment of LaTeX."""
    return "".join(letter if letter.isascii() and letter.isprintable() else "?" for letter in words)
