"""What `draw` returns: one picture, as DOT text, SVG, PNG, PDF or an outline."""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

from autograd.errors import PictureError, RenderError
from autograd.file_io import file_path, write_file
from autograd.pictures.arrangement import Arrangement, arrange
from autograd.pictures.dot import dot
from autograd.pictures.graphviz import described, dpi_of, render
from autograd.pictures.ground import Ground
from autograd.pictures.outline import description, outline, summary
from autograd.pictures.scene import Scene
from autograd.pictures.snapshot import Now
from autograd.pictures.svg import standalone
from autograd.pictures.tikz import tikz

PLAIN = Ground()


class Picture:
    """A picture of a graph. It stays as it is when the graph changes.

    `level` is the level that is drawn, and `summary` says how large it is. A notebook shows the SVG.
    """

    def __init__(
        self,
        scene: Scene,
        now: Now,
        direction: str,
        timeout: float,
        layout: str = "layered",
        ground: Ground = PLAIN,
    ) -> None:
        self._scene, self._now, self._direction, self._timeout = scene, now, direction, timeout
        self._own, self._ground = layout == "layered", ground
        self._rendered: dict[str, bytes | RenderError] = {}
        self.level = scene.level
        self.summary = summary(scene)

    @cached_property
    def _placed(self) -> Arrangement | None:
        return arrange(self._scene, self._direction) if self._own else None

    @cached_property
    def source(self) -> str:
        """The DOT text, with the places of our own layout unless Graphviz's was asked for; it needs no Graphviz."""
        return self._ground.of_dot(dot(self._scene, self._now, self._direction, self._placed))

    def svg(self) -> str:
        """Return the picture as an <svg> element, with title and desc; in our own layout it needs no Graphviz."""
        if self._placed:
            return self._ground.of_svg(standalone(self._placed, self._now))
        drawn = described(self._render("svg").decode(), self.summary, description(self._scene, self._now))
        return self._ground.sized(drawn)

    def tikz(self) -> str:
        """Return the picture as a LaTeX document, drawn by TikZ in our own layout."""
        return tikz(self._placed or arrange(self._scene, self._direction), self._now)

    def png(self) -> bytes:
        """Return the picture as a PNG file."""
        return self._render("png")

    def pdf(self) -> bytes:
        """Return the picture as a PDF file."""
        return self._render("pdf")

    def text(self) -> str:
        """Return the picture as an indented outline."""
        return outline(self._scene, self._now)

    def save(self, path: str | Path) -> Path:
        """Write a file, in the format of its suffix: .svg, .png, .pdf, .dot, .gv, .tex or .txt; return its path."""
        made: dict[str, Callable[[], str | bytes]] = {
            ".svg": self.svg, ".png": self.png, ".pdf": self.pdf,
            ".dot": lambda: self.source, ".gv": lambda: self.source, ".txt": self.text, ".tex": self.tikz,
        }  # fmt: skip
        path = file_path(path)
        if path.suffix.lower() not in made:
            raise PictureError(f"A picture cannot be saved as {path.name!r}: the name should end in {', '.join(made)}.")
        if path.suffix.lower() in (".tex", ".txt") and self._ground != PLAIN:
            raise PictureError(f"{path.name!r} has no width and no ground: those are for .svg, .png and .pdf.")
        content = made[path.suffix.lower()]()
        return write_file(path, content if isinstance(content, bytes) else f"{content.rstrip()}\n")

    def _render(self, form: str) -> bytes:
        """Draw once; remember a failure too, since a notebook asks twice."""
        if form not in self._rendered:
            try:
                self._rendered[form] = self._drawn_by_graphviz(form)
            except RenderError as error:
                self._rendered[form] = error
        made = self._rendered[form]
        if isinstance(made, RenderError):
            raise made
        return made

    def _drawn_by_graphviz(self, form: str) -> bytes:
        if self._placed is None:
            return render(self._ground.scaled(self.source, dpi_of(form)), form, self._timeout)
        exact = self._ground.of_dot(dot(self._scene, self._now, self._direction, self._placed, exact=True))
        return render(self._ground.scaled(exact, dpi_of(form)), form, self._timeout, "neato")

    def _repr_svg_(self) -> str | None:
        try:
            return self.svg()
        except RenderError:
            return None

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        try:
            svg = self.svg()  # as HTML it is no wider than the cell; as an image, some front ends cut it
            return {"text/html": svg, "image/svg+xml": svg, "text/plain": self.text()}
        except RenderError as error:
            return {"text/plain": f"{error}\n\n{self.text()}"}

    def __repr__(self) -> str:
        return f"<Picture: {self.summary}>"
