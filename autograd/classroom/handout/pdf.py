"""A handout as PDF, set by Typst: a Python wheel that brings its fonts, and needs no network."""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib.resources import files

from autograd.classroom.handout.sheet import Sheet
from autograd.errors import FileError


def pdf(sheet: Sheet) -> bytes:
    """Return the PDF; raise FileError where Typst is not installed."""
    try:
        import typst
    except ImportError:
        raise FileError(
            "A PDF is set by the package typst, which is not installed here: pip install typst. "
            "Without it, write .html and print that, or .md."
        ) from None
    template = files(__package__).joinpath("handout.typ").read_bytes()
    compiled: bytes = typst.compile(
        template, format="pdf", ignore_system_fonts=True, sys_inputs={"sheet": json.dumps(asdict(sheet))}
    )
    return compiled
