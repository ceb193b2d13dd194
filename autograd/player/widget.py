"""A page that is tied to Python: what is changed in it is here too, and the other way round. It needs the package anywidget."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Any, Protocol, cast

from autograd.errors import GraphError
from autograd.player.still import HEIGHT


class LivePlayer(Protocol):
    """A page in a notebook, whose numbers are in Python.

    `values` are the numbers of the leaves by name. Give it others, `w.values = {**w.values, "x": 2.0}`, and the page shows them;
    `w.observe(f, "values")` calls f when they change. The graph from which the page was made stays as it is.
    """

    values: dict[str, float]

    def observe(self, handler: Callable[[Any], None], names: str) -> None:
        """Call a function whenever something changes."""


def live_player(page: str, title: str, leaves: Mapping[str, float]) -> LivePlayer:
    """Return a page with these leaves as a widget; raise GraphError where the package anywidget is missing."""
    try:
        import anywidget
        import traitlets
    except ImportError:
        raise GraphError(
            "play(…, live=True) needs the package anywidget: pip install anywidget. Without live=True the page needs nothing more."
        ) from None
    script = files(__package__).joinpath("widget.js").read_text(encoding="utf-8")
    members = {
        "_esm": script,
        "page": traitlets.Unicode(page).tag(sync=True),
        "title": traitlets.Unicode(title).tag(sync=True),
        "height": traitlets.Int(HEIGHT).tag(sync=True),
        "values": traitlets.Dict(value_trait=traitlets.CFloat(), default_value=dict(leaves)).tag(sync=True),
    }
    return cast(LivePlayer, type("LivePlayer", (anywidget.AnyWidget,), members)())
