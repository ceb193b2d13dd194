"""draw: pictures of a graph, whole or zoomed out, as it is or at one step of its passes. Pictures compute nothing.

texts             numbers and labels that are safe to show
levels            which nodes are drawn as one, the edges between them, the leaves in copies
snapshot          what every node holds when an event has happened
scene             what a picture shows: marks and lines, and what they say at a moment
layered_layout    a place for each mark, a curve for each line
spots             a place for each text beside them
arrangement       a scene in its places: `draw` and the player's page are drawn from it
svg               as SVG, of outlines; outline: as indented text; dot: as DOT text, of which graphviz makes PNG and PDF
ground            its width, in dark colours, on a transparent ground
picture           what `draw` returns
"""

import difflib
from collections.abc import Callable, Sequence

from autograd.errors import PictureError
from autograd.explain.events import Event
from autograd.explain.roots import Builds, graph_of
from autograd.explain.stepper import order_of
from autograd.pictures.ground import Ground
from autograd.pictures.levels import LEVELS, grouping
from autograd.pictures.picture import Picture
from autograd.pictures.scene import scene
from autograd.pictures.snapshot import At, Now
from autograd.value import Value

__all__ = ["LEVELS", "Picture", "draw"]
DIRECTIONS = ("LR", "RL", "TB", "BT")
LAYOUTS = ("layered", "dot")


def draw(
    root: Value | Builds | Callable[[], Value],
    level: str = "op",
    direction: str = "LR",
    gradients: bool = True,
    locals: bool = True,
    at: Event | int | None = None,
    *,
    most_uses: int = 4,
    most_nodes: int = 1500,
    layout: str = "layered",
    timeout: float = 30.0,
    width: int | None = None,
    dark: bool = False,
    transparent: bool = False,
) -> Picture:
    """Return a picture of the graph that ends in `root`: as it is, or at one event of its passes.

    >>> x, w = Value(2.0, "x"), Value(3.0, "w")
    >>> y = w * x; y.label = "y"
    >>> print(draw(y).text())
    Computation graph, level op: 3 nodes, 2 edges.
    result; ×; y = 6; grad not computed
      leaf; w = 3; grad not computed; local derivative 2
      leaf; x = 2; grad not computed; local derivative 3
    >>> print(draw(y, at=3).text())
    Computation graph, level op: 3 nodes, 2 edges.
    y has the gradient 1 and hands 1 · 2 = 2 to w.
    result; ×; y = 6; grad 1 (active)
      leaf; w = 3; grad 2; local derivative 2 (active, on the active edge)
      leaf; x = 2; grad not computed; local derivative 3 (waiting)

    Each node has its operation, label and value, and its gradient (`gradients`); each edge the local derivative (`locals`).
    Data stands in a rectangle, a parameter in one with cut corners, a result in a round box, a constant without a border. `level` is
    "op", "neuron", "layer" or "model": what `autograd.scope` named is drawn as a box around its nodes, or as one box alone.
    `direction` is "LR", "RL", "TB" or "BT". `at` is a position in `steps(root)`, or an event.

    A leaf with more than `most_uses` uses is drawn once for each. Where there are more than `most_nodes` nodes the next
    level up is drawn, and says so. `layout` is "layered", our own, or "dot", Graphviz's. PNG and PDF are made by Graphviz
    (and SVG with layout="dot"), which has `timeout` seconds. `width` is in pixels (in a PDF, points); `dark` is for dark slides;
    `transparent` leaves the ground out, which a light SVG has not.

    Raises PictureError for what cannot be drawn as asked, PositionError or GraphError for an event that is not of this
    graph, and RenderError, when the picture is made, where Graphviz is needed and there is none, or its time is out.
    """
    root = graph_of(root)
    order_of("draw", root, at.names if isinstance(at, Event) else None)
    one_of("level", level, LEVELS)
    one_of("direction", direction, DIRECTIONS)
    one_of("layout", layout, LAYOUTS)
    now = Now(root) if at is None else At(root, at)
    chosen, remark = grouping(now.order, level, most_nodes)
    drawn = scene(now.names, chosen, remark=remark, most_uses=most_uses, gradients=gradients, locals=locals)
    return Picture(drawn, now, direction, timeout, layout, Ground(width, dark, transparent))


def one_of(what: str, given: object, known: Sequence[str]) -> None:
    """Raise PictureError, with the nearest that there is, unless it is one of those that are known."""
    if given not in known:
        near = difflib.get_close_matches(str(given), known, 1, 0.4)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise PictureError(f"There is no {what} {given!r}.{hint} There are: {', '.join(known)}.")
