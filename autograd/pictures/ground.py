"""What a picture lies on: how wide it is, and whether its ground is white, dark or transparent. Colours are changed in the finished text.

A label cannot name a colour to be changed: in both texts a quotation mark in a label is written as an entity.
"""

import re
from dataclasses import dataclass

from autograd.errors import PictureError

WIDEST = 20_000  # pixels
DARK, LIGHT = "#15181D", "#E8EAED"
ON_DARK = {
    "#FFFFFF": DARK, "#000000": LIGHT, "#16181D": LIGHT, "#555B66": "#B4BAC4", "#595959": "#B4BAC4", "#767676": "#969DA8", "#7D8490": "#8B93A0",
    "#0072B2": "#7CC0F2", "#B84A00": "#FF9A5C", "#1B7F4B": "#6FD3A0", "#E3F0F9": "#14324A", "#FDF1E8": "#45260F", "#E6F4EC": "#123A27",
    "#F2F2F2": "#2A2F37", "#EEF0F3": "#23272E", "#FFF6CC": "#4A3F12",
}  # fmt: skip
COLOUR = re.compile('(?<==)"(#[0-9A-F]{6})"')
SIZE = re.compile(r'width="(\d+)(?:pt)?" height="(\d+)(?:pt)?"')


@dataclass(frozen=True)
class Ground:
    """The ground of a picture; `width` is in pixels (in a PDF, points), None as the picture comes."""

    width: int | None = None
    dark: bool = False
    transparent: bool = False

    def __post_init__(self) -> None:
        known = isinstance(self.width, int) and not isinstance(self.width, bool)
        if self.width is not None and not (known and 1 <= self.width <= WIDEST):
            raise PictureError(f"A width is a whole number of pixels, from 1 to {WIDEST}, and not {self.width!r}.")

    def of_svg(self, svg: str) -> str:
        """Return our own SVG on this ground; only a dark ground is drawn into it."""
        if self.dark:
            svg = recoloured(svg)
        if self.dark and not self.transparent:
            svg = svg.replace("</desc>", f'</desc><rect width="100%" height="100%" fill="{DARK}"/>', 1)
        return self.sized(svg)

    def sized(self, svg: str) -> str:
        """Return an SVG as wide as it should be, and as high as that makes it."""
        if self.width is None:
            return svg
        width = self.width
        return SIZE.sub(lambda m: f'width="{width}" height="{width * int(m[2]) / int(m[1]):.0f}"', svg, count=1)

    def of_dot(self, source: str) -> str:
        """Return DOT text on this ground."""
        if self.dark:
            ink = f'[color="{LIGHT}" fontcolor="{LIGHT}" '
            source = recoloured(source).replace("bgcolor=white", f'bgcolor="{DARK}" fontcolor="{LIGHT}"', 1)
            source = source.replace("node [", f"node {ink}", 1)
        if self.transparent:
            source = re.sub(r'bgcolor=(white|"#\w+")', "bgcolor=transparent", source, count=1)
        return source

    def scaled(self, source: str, dpi: int) -> str:
        """Return DOT text that Graphviz draws as wide as it should be."""
        size = f'graph [size="{self.width / dpi:.6f},{WIDEST}!" pad=0.05 ' if self.width else "graph ["
        return source.replace("graph [", size, 1)


def recoloured(text: str) -> str:
    """Return SVG or DOT text in the colours for a dark ground.

    >>> recoloured('fill="#FFFFFF"'), recoloured("a node called #FFFFFF")
    ('fill="#15181D"', 'a node called #FFFFFF')
    """
    return COLOUR.sub(lambda found: f'"{ON_DARK.get(found[1], found[1])}"', text)
