"""What a site is made of, and the page around its pages.

A part of a site yields pages, files, and what it had to leave out. In a page `@/` stands for the way up to the start page:
`<a href="@/glossary.html">`. A link that leads to nothing, since a part was left out, becomes plain text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from html import escape
from importlib.resources import files

from autograd.pictures.texts import clean

# `file:` beside 'self': from a stick some browsers take no file for "self"; a page that came over http can load no file anyway.
POLICY = (
    "default-src 'none'; style-src 'self' file:; script-src 'self' file:; img-src 'self' file: data:; "
    "base-uri 'none'; form-action 'none'"
)
LINK = re.compile(r'<a ([^>]*?)href="@/([^"#]*)(#[^"]*)?"([^>]*)>(.*?)</a>', re.DOTALL)
DOORS = {
    "index.html": "Course",
    "cards.html": "Cards",
    "glossary.html": "Glossary",
    "operations.html": "Operations",
    "laboratory.html": "Laboratory",
    "notebooks.html": "Notebooks",
    "assignments.html": "Assignments",
    "teaching.html": "Teaching",
    "reference.html": "Reference",
}


@dataclass(frozen=True)
class SitePage:
    """A page: where it lies, its title, what stands in its <main>, its scripts, the door it is behind, and its policy."""

    path: str
    title: str
    body: str
    scripts: tuple[str, ...] = ()
    door: str = ""
    policy: str = POLICY


@dataclass(frozen=True)
class SiteFile:
    """A file that is no page of this style."""

    path: str
    content: str | bytes


@dataclass(frozen=True)
class LeftOut:
    """A part of the site that is not there, and why."""

    what: str
    why: str


Item = SitePage | SiteFile | LeftOut


def part(name: str) -> str:
    """Return a file that lies beside this one."""
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def rendered(page: SitePage, known: Collection[str]) -> str:
    """Return a page whole: its shell around it, its links relative, those to nothing as text."""
    up = "../" * page.path.count("/")
    parts = {
        "policy": page.policy,
        "title": escape(clean(page.title)),
        "doors": doors(page, known),
        "body": page.body,
        "scripts": "\n".join(f'<script src="@/{name}" defer></script>' for name in page.scripts),
    }
    whole = re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], part("template.html"))
    return linked(whole, known).replace('="@/', f'="{up}')


def doors(page: SitePage, known: Collection[str]) -> str:
    """Return the navigation: the doors of this site, and which one a page is behind."""
    here = page.door or page.path
    there = {path: name for path, name in DOORS.items() if path in known}
    return "\n".join(f'<a href="@/{path}"{current(path == here)}>{name}</a>' for path, name in there.items())


def current(here: bool) -> str:
    """Return the attribute by which one is told which page one is on."""
    return ' aria-current="page"' if here else ""


def linked(html: str, known: Collection[str]) -> str:
    """Return HTML without the links that lead to nothing: their text stays, of a door nothing does.

    >>> linked('<a href="@/a.html#b">a</a>, <a href="@/c.html">c</a>, <a class="door" href="@/d.html">d</a>', {"a.html"})
    '<a href="@/a.html#b">a</a>, c, '
    """

    def kept(found: re.Match[str]) -> str:
        lost = "" if found[1].startswith('class="door') else found[5]
        return found[0] if found[2] in known else lost

    return LINK.sub(kept, html)


def link(path: str, text: str, classes: str = "") -> str:
    """Return a link to a page or a file of the site, by its path from the start page."""
    return f'<a {attributes({"class": classes})}href="@/{escape(path)}">{escape(clean(text))}</a>'


def attributes(given: Mapping[str, str]) -> str:
    """Return the attributes that are not empty.

    >>> attributes({"class": "big", "id": ""})
    'class="big" '
    """
    return "".join(f'{name}="{escape(x)}" ' for name, x in given.items() if x)
