"""What is shown where no script runs: a still picture of the passes, and one line that says how to play them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from autograd.explain.events import Compute, Event, Update
from autograd.pictures import draw
from autograd.pictures.levels import grouping
from autograd.pictures.texts import clean

HEIGHT = 560  # pixels: in a notebook, graph and buttons are in one view
MOST_NODES = 60  # of a still picture: more are drawn at a higher level
MOST_DRAWN = 150  # where no level is small enough: a larger one is left out
LONGEST = 60_000  # characters of a picture; a longer one is left out
MOST_ROWS = 200  # of the plain table
HOW = "This is a still picture. To play it, run the cell that made it in a notebook, or save the page: play(…).save('lesson.html')."


def still(events: Sequence[Event], open_ended: bool = False) -> str:
    """Return a picture of the first graph of a stream, as SVG: with all its numbers, or, `open_ended`, as far as they are given."""
    *_, root = order = list(events[0].names)
    if grouping(order, "op", MOST_NODES)[0].size > MOST_DRAWN:
        return ""
    told = [event for event in events if root in event.names and not isinstance(event, Update)] or list(events)
    forward = [event for event in told if isinstance(event, Compute)] or told
    svg = draw(root, at=(forward if open_ended else told)[-1], most_nodes=MOST_NODES).svg()
    return svg if len(svg) <= LONGEST else ""


def unstyled(svg: str) -> str:
    """Return SVG without the style of its root, which the policy of a page would refuse."""
    return re.sub(r'(<svg[^>]*?) style="[^"]*"', r"\1", svg)


def in_notebook(page: str, title: str, picture: str, rows: Sequence[Sequence[str]]) -> str:
    """Return a page in a sandbox. It lies over its still picture, which is seen where a frame is not shown."""
    frame = (
        f'<iframe sandbox="allow-scripts" srcdoc="{escape(page)}" title="{escape(title)}" width="100%" height="{HEIGHT}" '
        f'style="position:absolute;inset:0;border:0"></iframe>'
    )
    return (
        f'<div style="position:relative;height:{HEIGHT}px;overflow:hidden"><p>{escape(HOW)}</p>{picture}{frame}</div>'
        f"<details><summary>The same as a plain table</summary>{plain_table(rows)}</details>"
    )


def plain_table(rows: Sequence[Sequence[str]]) -> str:
    """Return the first events as a table without any script."""
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(clean(cell))}</td>" for cell in row) + "</tr>" for row in rows[:MOST_ROWS]
    )
    more = f"<p>{len(rows) - MOST_ROWS} more events are in the player.</p>" if len(rows) > MOST_ROWS else ""
    return f"<table><thead><tr><th>event</th><th>in words</th><th>in numbers</th></tr></thead><tbody>{body}</tbody></table>{more}"
