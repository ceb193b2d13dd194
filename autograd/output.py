"""Standard output, where it has not all the signs that are printed here."""

import io
import sys


def let_signs_through() -> None:
    """Have standard output write \\u2202 for a sign that its encoding has not, ∂ on an old terminal, where it would raise."""
    stream = sys.stdout
    if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
        try:
            "∂σ−".encode(stream.encoding)
        except UnicodeEncodeError:
            stream.reconfigure(errors="backslashreplace")
