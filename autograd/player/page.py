"""One file: the template with the style, the scripts and the data in it, under a policy that lets nothing else run.

The scripts lie in script/, a file for each thing they do, and are put together in this order:

numbers   numbers as Python writes them        strip     the sentence and its formula
data      what the page was given              judge     whether an answer is right
state     the seam: what is shown at an event  quiz      questions, answers, verdicts
elements  making elements                      drawer    notes, why, events, plot, code, sharing
picture   the graph                            address   the part behind #; window.chalkgrad
listed    the graph in words                   print     the page on paper

A page that computes has besides, and the rows of the table that it uses as JavaScript:

functions what rows may call                   live      the lesson as it is with other numbers
fill      templates, filled                    leaves    changing a leaf, undo, redo
passes    both passes                          curve     the loss over a leaf
zeros     why a gradient is zero               fields    the Numbers drawer; main: moving about

and one that trains:

learn     batches, updates                     train     the Train drawer
plane     the data, and what is answered       network   the network that is trained, on the stage
gallery   the same, of many inputs
"""

from __future__ import annotations

import gzip
import json
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import Any

from autograd.pictures.texts import clean
from autograd.player.still import unstyled

SCRIPTS = (
    "numbers", "data", "state", "elements", "picture", "listed", "strip", "judge", "quiz", "drawer", "address", "print",
    "functions", "fill", "passes", "zeros", "live", "leaves", "curve", "fields", "learn", "plane", "gallery", "network", "train", "main",
)  # fmt: skip
LONGEST = 200_000  # characters of pictures and data that stand in the page as they are; more are packed


@dataclass(frozen=True)
class Besides:
    """What stands in a page besides its data: a still picture for where no script runs, the handout and its style, a plot in SVG."""

    still: str = ""
    paper: str = ""
    paper_style: str = ""
    plot: str = ""


def page(data: Mapping[str, Any], pictures: Sequence[str], rows: str, besides: Besides) -> str:
    """Return the page that plays the data; `rows` are those of the table, as JavaScript.

    The policy allows the style of the screen, that of the paper and one script, by their hashes, and no address at all; where there
    is a plot, an image that is written in the page.
    """
    style, script = part("style.css"), "\n".join([*(part(f"script/{name}.js") for name in SCRIPTS), rows])
    styles = f"'{hashed(style)}' '{hashed(besides.paper_style)}'"
    policy = (
        f"default-src 'none'; style-src {styles}; script-src '{hashed(script)}'; base-uri 'none'; form-action 'none'"
    )
    if besides.plot:
        policy, data = f"{policy}; img-src data:", {**data, "plot": zipped(besides.plot)}
    told = embedded(data)
    packed = len(told) + sum(map(len, pictures)) > LONGEST
    parts = {
        "policy": policy,
        "title": escape(clean(data["title"])),
        "style": style,
        "graphs": "" if packed else "\n".join(pictures),
        "kind": "application/gzip" if packed else "application/json",
        "data": zipped(embedded({**data, "pictures": pictures})) if packed else told,
        "script": script,
        "still": addressless(unstyled(besides.still)),
        "paper": addressless(besides.paper),
        "paper_style": besides.paper_style,
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], part("template.html"))


def addressless(text: str) -> str:
    """Return markup without an attribute that could hold an address: what looks like one in a text reads the same.

    >>> addressless("a node called src=x")
    'a node called src&#61;x'
    """
    return re.sub("(src|href)=", r"\1&#61;", text)


def part(name: str) -> str:
    """Return a file that lies beside this one."""
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def hashed(text: str) -> str:
    """Return the hash by which a content policy knows an inline style or script."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def zipped(text: str) -> str:
    """Return a text as letters that a browser can unpack; the same text gives the same letters."""
    return b64encode(gzip.compress(text.encode(), mtime=0)).decode()


def embedded(data: Mapping[str, Any]) -> str:
    """Return data as JSON that cannot end the element it stands in.

    >>> embedded({"label": "</script>"})
    '{"label":"\\\\u003c/script\\\\u003e"}'
    """
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return clean(re.sub("[<>&\u2028\u2029]", lambda sign: f"\\u{ord(sign[0]):04x}", text))
