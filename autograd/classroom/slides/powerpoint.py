"""A deck for PowerPoint, written by python-pptx: 16:9, the pictures as PNG in our own layout, the notes for the speaker."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from autograd.classroom.slides.deck import Deck, Slide
from autograd.errors import FileError
from autograd.pictures.ground import DARK, LIGHT

WIDE, HIGH, MARGIN = 13.333, 7.5, 0.6  # inches
TOP, EDGE = 0.95, 0.3  # where the sentence begins, below the heading; what stays free around a picture
LETTERS = 1650  # so many letters of one point stand side by side on a slide
INK = "#16181D"
TITLE_ONLY = 5  # the place of that layout in python-pptx's own template


def powerpoint(deck: Deck) -> bytes:
    """Return the .pptx; raise FileError where python-pptx is not installed."""
    try:
        from pptx import Presentation
        from pptx.util import Inches
    except ImportError:
        raise FileError(
            "A .pptx is written by the package python-pptx, which is not installed here: pip install python-pptx. "
            "Without it, write .html: a browser shows that."
        ) from None
    show = Presentation()
    show.slide_width, show.slide_height = Inches(WIDE), Inches(HIGH)
    show.core_properties.title, show.core_properties.author = deck.title, ""
    for slide in deck.slides:
        write_slide(show.slides.add_slide(show.slide_layouts[TITLE_ONLY]), slide, deck.dark)
    out = BytesIO()
    show.save(out)
    return out.getvalue()


def write_slide(page: Any, slide: Slide, dark: bool) -> None:
    """Write one slide: its heading, the sentence, the formula, the picture, the notes."""
    ink = LIGHT if dark else INK
    if dark:
        page.background.fill.solid()
        page.background.fill.fore_color.rgb = rgb(DARK)
    place(page.shapes.title, 0.35, 0.6)
    write(page.shapes.title.text_frame, slide.heading, 22, ink)
    top = TOP
    for text, largest, bold in ((slide.sentence, 28, True), (slide.formula, 26, False)):
        if text:
            size, height = fitting(text, largest)
            write(box(page, top, height), text, size, ink, bold)
            top += height
    frame = (EDGE, top, WIDE - 2 * EDGE, HIGH - EDGE - top)
    if slide.picture:
        add_picture(page, slide.picture.png(), frame, slide.picture.summary)
    if slide.plot:
        add_picture(page, slide.plot, frame, f"The plot of the lesson {slide.sentence}")
    if slide.notes:
        page.notes_slide.notes_text_frame.text = slide.notes


def fitting(text: str, size: int) -> tuple[int, float]:
    """Return the size of letters, in points, at which a text of several lines has room, and how high it is, in inches."""
    lines = text.split("\n")
    rows = sum(1 + len(line) * size // LETTERS for line in lines)
    size = size if rows <= 2 else max(14, size - 2 * (rows - 2))
    rows = sum(1 + len(line) * size // LETTERS for line in lines)
    return size, 0.15 + rows * size / 60  # a row is 1.2 times as high as its letters, of which 72 points are an inch


def rgb(colour: str) -> Any:
    """Return a colour as python-pptx has it."""
    from pptx.dml.color import RGBColor

    return RGBColor(*bytes.fromhex(colour[1:]))


def place(shape: Any, top: float, height: float) -> None:
    """Put a shape across the slide; sizes are in inches."""
    from pptx.util import Inches

    shape.left, shape.top, shape.width, shape.height = map(Inches, (MARGIN, top, WIDE - 2 * MARGIN, height))


def box(page: Any, top: float, height: float) -> Any:
    """Return the text of a new box across the slide."""
    shape = page.shapes.add_textbox(0, 0, 0, 0)
    place(shape, top, height)
    return shape.text_frame


def write(frame: Any, text: str, size: int, colour: str, bold: bool = False) -> None:
    """Write a text into a frame, a paragraph for each line."""
    from pptx.enum.text import PP_ALIGN
    from pptx.util import Pt

    frame.word_wrap, frame.text = True, text
    for paragraph in frame.paragraphs:
        paragraph.alignment = PP_ALIGN.LEFT
        paragraph.font.size, paragraph.font.bold, paragraph.font.color.rgb = Pt(size), bold, rgb(colour)


def add_picture(page: Any, png: bytes, frame: tuple[float, float, float, float], told: str) -> None:
    """Lay a picture into a frame, as large as it fits, in its middle; with a text for those who cannot see it."""
    from pptx.util import Inches

    left, top, width, height = map(Inches, frame)
    picture = page.shapes.add_picture(BytesIO(png), left, top)
    scale = min(width / picture.width, height / picture.height)
    picture.width, picture.height = int(picture.width * scale), int(picture.height * scale)
    picture.left, picture.top = left + (width - picture.width) // 2, top + (height - picture.height) // 2
    picture._element.nvPicPr.cNvPr.set("descr", told)
