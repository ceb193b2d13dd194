"""The plot of a lesson as a file: as wide as is asked for, on a white, a dark or a transparent ground."""

import colorsys
import re
import tempfile
from pathlib import Path
from typing import Any

from autograd.classroom.lesson import Lesson
from autograd.errors import PictureError
from autograd.pictures.ground import DARK, Ground

PLOTS = (".png", ".svg", ".pdf")
COLOURED = ("color", "facecolor", "edgecolor", "markerfacecolor", "markeredgecolor")
DARKEST, LIGHTEST = 0.1, 0.93  # of a grey, on a dark ground
VISIBLE = 0.6  # the lightness of a colour that can be seen there


def plot_file(lesson: Lesson, suffix: str, ground: Ground) -> bytes:
    """Return the plot of a lesson that has one, as a .png, .svg or .pdf; raise PictureError where it cannot be drawn so."""
    assert lesson.plot is not None
    suffix = suffix.lower()
    if suffix == ".pdf" and ground.width:
        raise PictureError("A plot in .pdf has no pixels, and can be made as large as you like: leave out the width.")
    with tempfile.TemporaryDirectory() as folder:
        drawn = Path(folder) / f"plot{suffix}"
        try:
            save(lesson.plot(), drawn, ground)
        except ImportError:
            raise PictureError(
                "A plot is drawn by the package matplotlib, which is not installed here: pip install matplotlib."
            ) from None
        raw = drawn.read_bytes()
    return as_wide(raw.decode(), ground).encode() if suffix == ".svg" and ground.width else raw


def save(figure: Any, place: Path, ground: Ground) -> None:
    """Save a figure; one that is not matplotlib's has no ground to choose."""
    if ground == Ground():
        figure.savefig(place)
        return
    if not hasattr(figure, "findobj"):
        raise PictureError("This plot is not one of matplotlib, and has the width and the ground that it has.")
    if ground.dark:
        darken(figure)
    size = {"dpi": ground.width / figure.get_figwidth()} if ground.width else {}
    figure.savefig(place, transparent=ground.transparent, **size)


def as_wide(svg: str, ground: Ground) -> str:
    """Return a plot in SVG as wide as it should be."""
    found = re.search(r'width="([\d.]+)pt" height="([\d.]+)pt"', svg)
    if not found or not ground.width:
        return svg
    high = ground.width * float(found[2]) / float(found[1])
    return svg.replace(found[0], f'width="{ground.width}" height="{high:.0f}"', 1)


def darken(figure: Any) -> None:
    """Change the colours of a figure for a dark ground; what has a rim of its own can be seen on any."""
    artists = figure.findobj(lambda one: not (one.get_path_effects() or hasattr(one, "patch")))
    behind = [text.get_bbox_patch() for text in artists if getattr(text, "get_bbox_patch", None)]
    for artist in [*artists, *filter(None, behind)]:
        recolour(artist)
    figure.patch.set_facecolor(DARK)


def recolour(artist: Any) -> None:
    """Change the colours of one thing in a figure, all read before any is changed: a marker follows its line."""
    from matplotlib.colors import to_rgba_array

    names = [name for name in COLOURED if hasattr(artist, f"get_{name}") and hasattr(artist, f"set_{name}")]
    found = {name: to_rgba_array(getattr(artist, f"get_{name}")()) for name in names}
    for name, colours in found.items():
        changed = [on_dark(*colour) for colour in colours]
        if colours[:, 3].any():  # what is not seen stays so
            getattr(artist, f"set_{name}")(changed if hasattr(artist, "get_offsets") else changed[0])


def on_dark(red: float, green: float, blue: float, alpha: float) -> tuple[float, float, float, float]:
    """Return a colour for a dark ground: a grey turned around, a dark colour made light."""
    hue, light, saturation = colorsys.rgb_to_hls(red, green, blue)
    light = LIGHTEST - light * (LIGHTEST - DARKEST) if saturation < 0.05 else max(light, VISIBLE)
    return (*colorsys.hls_to_rgb(hue, light, saturation), alpha)
