"""What `draw` returns: one picture, as DOT text, SVG, PNG, PDF or an outline."""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

from autograd.errors import PictureError, RenderError
from autograd.file_io import write_file
from autograd.pictures.graphviz import dot
from autograd.pictures.outline import outline, summary
from autograd.pictures.scene import Scene

LONGEST = 4000  # characters of a description


class Picture:
    """A picture of a graph. It stays as it is when the graph changes.

    `level` is the level that is drawn, and `summary` says how large it is. A notebook shows the SVG, or, where there is no
    Graphviz, the outline.
    """

    def __init__(self, scene: Scene, direction: str, timeout: float) -> None:
        self._scene, self._direction, self._timeout = scene, direction, timeout
        self._rendered: dict[str, bytes | RenderError] = {}
        self.level = scene.level
        self.summary = summary(scene)

    @cached_property
    def source(self) -> str:
        """The DOT text; it needs no Graphviz."""
        return dot(self._scene, self._direction)

    def svg(self) -> str:
        """Return the picture as an <svg> element, with title and desc."""
        from autograd.pictures.rendering import described

        description = self.text()
        if len(description) > LONGEST:
            description = description[:LONGEST].rpartition("\n")[0] + "\n…"
        return described(self._render("svg").decode(), self.summary, description)

    def png(self) -> bytes:
        """Return the picture as a PNG file."""
        return self._render("png")

    def pdf(self) -> bytes:
        """Return the picture as a PDF file."""
        return self._render("pdf")

    def text(self) -> str:
        """Return the picture as an indented outline."""
        return outline(self._scene)

    def save(self, path: str | Path) -> Path:
        """Write a file, in the format of its suffix: .svg, .png, .pdf, .dot, .gv or .txt; return its path."""
        made: dict[str, Callable[[], str | bytes]] = {
            ".svg": self.svg, ".png": self.png, ".pdf": self.pdf,
            ".dot": lambda: self.source, ".gv": lambda: self.source, ".txt": self.text,
        }  # fmt: skip
        path = Path(path)
        if path.suffix.lower() not in made:
            raise PictureError(f"A picture cannot be saved as {path.name!r}: the name should end in {', '.join(made)}.")
        content = made[path.suffix.lower()]()
        return write_file(path, content if isinstance(content, bytes) else f"{content.rstrip()}\n")

    def _render(self, form: str) -> bytes:
        """Draw once; remember a failure too, since a notebook asks twice."""
        from autograd.pictures.rendering import render

        if form not in self._rendered:
            try:
                self._rendered[form] = render(self.source, form, self._timeout)
            except RenderError as error:
                self._rendered[form] = error
        made = self._rendered[form]
        if isinstance(made, RenderError):
            raise made
        return made

    def _repr_svg_(self) -> str | None:
        try:
            return self.svg()
        except RenderError:
            return None

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        try:
            return {"image/svg+xml": self.svg(), "text/plain": self.text()}
        except RenderError as error:
            return {"text/plain": f"{error}\n\n{self.text()}"}

    def __repr__(self) -> str:
        return f"<Picture: {self.summary}>"
