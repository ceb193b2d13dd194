"""The strokes of an SVG: texts, curves, arrow heads, and the outlines of boxes."""

from html import escape

from autograd.pictures.layered_layout import TIP, Point


def text(role: str, words: str, x: float, y: float, anchor: str = "", style: str = "") -> str:
    """Return a text; one that is anchored in its middle is centred on the point."""
    drop = y + 6.5 if anchor == "middle" and role in ("local", "product") else y
    at = f' text-anchor="{anchor}"' if anchor else ""
    return f'<text class="{role}" x="{x:.0f}" y="{drop:.0f}"{at}{style}>{escape(words)}</text>'


def halo(size: float, colour: str) -> str:
    """Return the style of a text that lies on no box: white around it, so that it can be read on any ground."""
    return f' font-size="{size:g}" fill="{colour}" stroke="#FFFFFF" stroke-width="5" stroke-linejoin="round" paint-order="stroke"'


def path(curve: list[Point]) -> str:
    """Return a chain of curves as path data."""
    (x, y), *rest, end = curve
    into = ((rest[-1][0] + end[0]) / 2, (rest[-1][1] + end[1]) / 2)  # the arrow's head
    return f"M{x:.0f} {y:.0f}C" + " ".join(f"{u:.0f} {v:.0f}" for u, v in rest) + f"L{into[0]:.0f} {into[1]:.0f}"


def tip(before: Point, end: Point, size: float = 1.0) -> str:
    """Return an arrow's head at the end of a line, pointing the way the line goes: along one of the axes."""
    dx, dy = end[0] - before[0], end[1] - before[1]
    long, wide = TIP * size + 1, 4.5 * size
    if abs(dx) >= abs(dy):
        back = -long if dx > 0 else long
        return f"M{end[0]:.0f} {end[1]:.0f}l{back:.3g} {-wide:.3g}v{2 * wide:.3g}z"
    back = -long if dy > 0 else long
    return f"M{end[0]:.0f} {end[1]:.0f}l{-wide:.3g} {back:.3g}h{2 * wide:.3g}z"


def outlines(kind: str, width: float, height: float) -> list[str]:
    """Return the outline of a kind of mark, from its upper left corner; a block has an edge behind it, a folder a tab."""
    if kind == "parameter":
        c = 12
        return [f"M{c} 0H{width - c:.0f}l{c} {c}V{height - c:.0f}l{-c} {c}H{c}l{-c} {-c}V{c}z"]
    if kind == "result":
        return [rounded(0, 0, width, height, 16)]
    if kind == "stack":
        return [rounded(6, -6, width, height, 3), rounded(0, 0, width, height, 3)]
    if kind == "box":
        return [rounded(0, -9, min(90.0, width / 2), 24, 6), rounded(0, 0, width, height, 6)]
    return [rounded(0, 0, width, height, 2)]


def rounded(x: float, y: float, w: float, h: float, r: float) -> str:
    """Return the path of a rectangle with round corners."""
    a = f"a{r:g} {r:g} 0 0 1"
    return (
        f"M{x + r:.0f} {y:.0f}h{w - 2 * r:.0f}{a} {r:g} {r:g}v{h - 2 * r:.0f}{a} {-r:g} {r:g}"
        f"h{2 * r - w:.0f}{a} {-r:g} {-r:g}v{2 * r - h:.0f}{a} {r:g} {-r:g}z"
    )
