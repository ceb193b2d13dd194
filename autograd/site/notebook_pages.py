"""The notebooks of the course as pages with still pictures, made by nbconvert; what answers a question is folded up."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Iterator
from html import escape, unescape
from pathlib import Path
from typing import Any

from autograd.classroom import Course
from autograd.site.markdown_reader import relinked
from autograd.site.shell import Item, LeftOut, SiteFile, SitePage, link

CHECKOUT = Path(__file__).resolve().parents[2] / "notebooks"
CELL = '<div class="cell '
OUTPUT = '<div class="output_wrapper">'
FOLDED = f"<details><summary>What it prints</summary>{OUTPUT}"


def notebook_items(course: Course) -> Iterator[Item]:
    """Yield a page and the file of each notebook of a course, and a page that names them all."""
    there = {name: CHECKOUT / f"{name}.ipynb" for name in course.notebooks if (CHECKOUT / f"{name}.ipynb").is_file()}
    if not course.notebooks:
        return
    if not there:
        yield LeftOut("the notebooks", "They are not there: they come with a checkout.")
        return
    try:
        from nbconvert import HTMLExporter
    except ImportError:
        yield LeftOut("the notebooks", "They need: pip install nbconvert.")
        return
    exporter = HTMLExporter(template_name="basic", exclude_anchor_links=True, exclude_input_prompt=True)
    entries = []
    for name, path in there.items():
        text = path.read_text(encoding="utf-8")
        page = notebook_page(name, text, exporter)
        yield page
        yield SiteFile(f"notebooks/{name}.ipynb", text)
        entries.append(entry(course, name, page))
    said = "<p>To be read here, with their numbers and pictures. To be run and changed, take the file, and a checkout of chalkgrad around it.</p>"
    yield SitePage(
        "notebooks.html", "Notebooks", f'<h1>Notebooks</h1>{said}<ol class="lessons">{"".join(entries)}</ol>'
    )


def entry(course: Course, name: str, page: SitePage) -> str:
    """Return a notebook's title, and the lessons that it works on."""
    slugs = [slug for slug in course.notebooks[name] if slug in course.lessons]
    lessons = "; ".join(escape(course.lessons[slug].title) for slug in slugs)
    return f"<li><h2>{link(page.path, page.title)}</h2><p>{lessons}</p></li>"


def notebook_page(name: str, text: str, exporter: Any) -> SitePage:
    """Return a notebook as a page."""
    from nbformat import reads

    body, _ = exporter.from_notebook_node(reads(text, as_version=4))
    cells = json.loads(text)["cells"]
    title = next(cell["source"][0] for cell in cells if cell["cell_type"] == "markdown").strip("# \n")
    whole = "".join(folded(part, cell) for part, cell in zip(parts(body), cells, strict=True))
    file = f'<p class="actions"><a download href="@/notebooks/{name}.ipynb">The notebook as a file</a></p>'
    return SitePage(f"notebooks/{name}.html", title, still(relinked(whole)) + file, door="notebooks.html")


def parts(body: str) -> list[str]:
    """Return the cells of what nbconvert wrote."""
    return [f"{CELL}{part}" for part in body.split(CELL)[1:]]


def folded(part: str, cell: dict[str, Any]) -> str:
    """Return a cell; its output is folded up where it is so in the notebook."""
    if not cell["metadata"].get("collapsed") or OUTPUT not in part:
        return part
    head, _, output = part.partition(OUTPUT)
    return f"{head}{FOLDED}{output.rstrip().removesuffix('</div>')}</details></div>"


def still(html: str) -> str:
    """Return pages whose pictures say what they show, and whose listings can be moved with keys."""
    html = re.sub(r'<img alt="[^"]*" src="data:image/svg\+xml;base64,([^"]*)"', described, html)
    html = html.replace(
        'alt="No description has been provided for this image"', 'alt="The plot that the code above draws"'
    )
    return html.replace("<pre>", '<pre tabindex="0">')


def described(image: re.Match[str]) -> str:
    """Return a picture with its own title as its description."""
    title = re.search("<title[^>]*>(.*?)</title>", b64decode(image[1]).decode(), re.DOTALL)
    words = unescape(title[1]) if title else "The picture that the code above draws"
    return f'<img alt="{escape(words)}" src="data:image/svg+xml;base64,{image[1]}"'
