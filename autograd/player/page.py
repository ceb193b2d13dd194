"""One file: the template with the style, the script and the data in it, under a policy that lets nothing else run."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import Any

from autograd.pictures.svg import clean


def page(data: dict[str, Any], graphs: Sequence[dict[str, str]]) -> str:
    """Return the page that plays the data.

    The policy allows one style and one script, by their hashes, and no address at all.
    """
    style, script = part("style.css"), part("player.js")
    drawn = "\n".join(svg for levels in graphs for svg in levels.values())
    policy = f"default-src 'none'; style-src '{hashed(style)}'; script-src '{hashed(script)}'; base-uri 'none'; form-action 'none'"
    parts = {
        "policy": policy,
        "title": escape(clean(data["title"])),
        "style": style,
        "graphs": drawn,
        "data": embedded(data),
        "script": script,
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], part("template.html"))


def part(name: str) -> str:
    """Return a file that lies beside this one."""
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def hashed(text: str) -> str:
    """Return the hash by which a content policy knows an inline style or script."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def embedded(data: dict[str, Any]) -> str:
    """Return data as JSON that cannot end the element it stands in.

    >>> embedded({"label": "</script>"})
    '{"label":"\\\\u003c/script\\\\u003e"}'
    """
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return clean(text.translate({ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}))
