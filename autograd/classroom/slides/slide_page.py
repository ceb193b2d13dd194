"""A deck as one HTML file: a section a slide, our own SVG in it, arrow keys; it asks nothing of any network, and can be printed."""

from __future__ import annotations

from base64 import b64encode
from html import escape
from importlib.resources import files

from autograd.classroom.slides.deck import Deck, Slide
from autograd.player.page import hashed


def slide_page(deck: Deck) -> str:
    """Return the page; its policy allows the one script, and no address."""
    style, script = part("slides.css"), part("slides.js")
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src '{hashed(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    sections = "\n".join(section(i, slide, len(deck.slides)) for i, slide in enumerate(deck.slides, 1))
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{escape(deck.title)}</title>\n'
        f'<style>{style}</style>\n</head>\n<body class="{"dark" if deck.dark else "light"}">\n'
        f"<main>\n{sections}\n</main>\n<script>{script}</script>\n</body>\n</html>\n"
    )


def part(name: str) -> str:
    """Return a file that lies beside this one."""
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def section(number: int, slide: Slide, count: int) -> str:
    """Return one slide."""
    notes = f'<aside class="notes">{escape(slide.notes)}</aside>' if slide.notes else ""
    formula = f'<p class="formula">{escape(slide.formula)}</p>' if slide.formula else ""
    return (
        f'<section id="s{number}"><h1>{escape(slide.heading)}</h1><p class="sentence">{escape(slide.sentence)}</p>'
        f'{formula}<div class="picture">{drawing(slide)}</div>{notes}<p class="number">{number} / {count}</p></section>'
    )


def drawing(slide: Slide) -> str:
    """Return the picture of a slide, or the plot."""
    if slide.picture:
        return slide.picture.svg()
    alt = escape(f"The plot of the lesson {slide.sentence}")
    return f'<img alt="{alt}" src="data:image/png;base64,{b64encode(slide.plot).decode()}">' if slide.plot else ""
