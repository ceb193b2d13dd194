"""The reference of all modules, made from their docstrings by pdoc, in the style of the site."""

from __future__ import annotations

import inspect
import re
import tempfile
import warnings
from collections.abc import Iterator
from html import escape
from importlib import import_module
from pathlib import Path

from autograd.classroom.assignments.folder import PACKAGES
from autograd.site.shell import Item, LeftOut, SitePage, link

SHOWN = ("autograd.rules", "autograd.explain.events", "autograd.classroom")  # and what the two packages show
TEMPLATE = Path(__file__).with_name("reference_template")


def modules() -> list[str]:
    """Return the modules that get a page: the two packages, the modules among their public names, and those of SHOWN."""
    packages = [import_module(name) for name in PACKAGES]
    public = [getattr(package, name) for package in packages for name in package.__all__]
    return [*PACKAGES, *(thing.__name__ for thing in public if inspect.ismodule(thing)), *SHOWN]


def name_types() -> None:
    """Let pdoc find the types of `record`: they are recursive, and it reads them by name."""
    for name, thing in vars(import_module("autograd.replay.batches")).items():
        vars(import_module("autograd.replay")).setdefault(name, thing)


def reference_items() -> Iterator[Item]:
    """Yield a page for each module, and one that names them all."""
    try:
        import pdoc
    except ImportError:
        yield LeftOut("the reference of all modules", "It needs: pip install pdoc.")
        return
    name_types()
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        warnings.simplefilter("ignore")
        pdoc.render.configure(show_source=False, search=False, template_directory=TEMPLATE)
        pdoc.pdoc(*modules(), output_directory=Path(folder))
        written = sorted(path.relative_to(folder).with_suffix("") for path in Path(folder).rglob("*.html"))
        found = {".".join(path.parts): Path(folder, f"{path}.html").read_text("utf-8") for path in written}
    del found["index"]
    for name, html in found.items():
        yield SitePage(place(name), name, in_shell(html), door="reference.html")
    entries = "".join(f"<li>{link(place(name), name)}: {escape(first_sentence(name))}</li>" for name in found)
    yield SitePage("reference.html", "Reference", f"<h1>Reference</h1><ul>{entries}</ul>")


def place(module: str) -> str:
    """Return where the page of a module lies."""
    return f"reference/{module.replace('.', '/')}.html"


def in_shell(html: str) -> str:
    """Return what pdoc wrote as a part of our page: without its <main>; links without words are left out."""
    html = re.sub(r'<a class="headerlink" href="[^"]*"></a>', "", html)
    html = html.replace('<main class="pdoc">', '<div class="reference">').replace("</main>", "</div>")
    html = html.replace("<h5>Inherited Members</h5>", "<p>Inherited</p>")
    return html.replace("<pre>", '<pre tabindex="0">')


def first_sentence(module: str) -> str:
    """Return what a module says of itself first."""
    return (inspect.getdoc(import_module(module)) or "").split("\n\n")[0].replace("\n", " ")
