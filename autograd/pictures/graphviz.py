"""Graphviz, which makes PNG and PDF of DOT text: the `dot` or `neato` on the PATH, or else the one inside the pygraphviz wheel.

Always in a child process with a time-out: inside this one, Graphviz would hold the interpreter and not hear Ctrl-C.
"""

import re
import sys
from html import escape

from autograd.errors import RenderError
from autograd.packages import installed

DPI = 144  # of a PNG: twice what a screen had once
WITHOUT_DOT = """
import sys, pygraphviz
graph = pygraphviz.AGraph(string=sys.stdin.buffer.read().decode())
graph.graph_attr["dpi"] = sys.argv[2]
sys.stdout.buffer.write(graph.draw(format=sys.argv[1], prog=sys.argv[3]))
"""


def render(source: str, form: str, timeout: float, program: str = "dot") -> bytes:
    """Return DOT text drawn as svg, png or pdf by dot or neato; raise RenderError where that cannot be done, or not in time (seconds)."""
    import subprocess

    try:
        done = subprocess.run(
            command(form, program), input=source.encode(), capture_output=True, timeout=timeout, check=False
        )
    except subprocess.TimeoutExpired:
        raise RenderError(
            f"Graphviz was stopped after {timeout:g} seconds: this picture has too many long edges. Draw the next level up "
            '(level="neuron", "layer" or "model"; autograd.scope names the parts), or a smaller graph, or give it more timeout. '
            "`.svg()`, `.source` and `.text()` work all the same."
        ) from None
    except OSError as error:
        raise RenderError(
            f"Graphviz could not be started ({error}). `.svg()`, `.source` and `.text()` work all the same."
        ) from None
    if done.returncode or not done.stdout:
        raise RenderError(
            f"Graphviz failed: {done.stderr.decode(errors='replace').strip() or f'exit {done.returncode}'}"
        )
    return done.stdout


def dpi_of(form: str) -> int:
    """Return how many pixels, or points, an inch of a picture has."""
    return DPI if form == "png" else 72


def command(form: str, program: str = "dot") -> list[str]:
    """Return the command that reads DOT text and writes a picture."""
    import shutil

    dpi = str(dpi_of(form))
    if found := shutil.which(program):
        return [found, f"-T{form}", f"-Gdpi={dpi}"]
    if installed("pygraphviz") and sys.executable:
        return [sys.executable, "-P", "-c", WITHOUT_DOT, form, dpi, program]
    raise RenderError(
        "There is no Graphviz to draw with. `python3 -m pip install 'pygraphviz>=2.0.4'` brings one along; so does the system's "
        "package graphviz, with the command `dot`. `.svg()`, `.source` and `.text()` work without."
    )


def described(svg: str, title: str, description: str) -> str:
    """Return an SVG file's element alone, with a title and a description for those who cannot see it."""
    svg = svg[svg.index("<svg") :]
    head = f"<title>{escape(title)}</title>\n<desc>{escape(description)}</desc>"
    svg = svg.replace("<svg ", '<svg role="img" ', 1).replace(">", f">\n{head}", 1)
    return re.sub(r"(<g id=\"graph0\"[^>]*>)\s*<title>.*?</title>", r"\1", svg, count=1)
