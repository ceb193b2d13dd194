"""The laboratory: the whole of autograd and nn in a page, run by Pyodide in a worker.

laboratory_program.py runs there; laboratory/ holds what the browser needs: page.js is the page's script, worker.js starts
Python and hands it programs, frame.html is where a page that a program made is shown, with a policy of its own.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from autograd.classroom import Course
from autograd.classroom.assignments import folder
from autograd.errors import FileError
from autograd.site.example_programs import examples
from autograd.site.shell import Item, LeftOut, SiteFile, SitePage, part

PYODIDE_FILES = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")
ALSO = ("package.json", "README.md")  # where it comes from, and its licence
PARTS = ("page.js", "worker.js", "frame.html", "laboratory.css")
HOW = "npm install pyodide, and then: python3 -m autograd site -o FOLDER --pyodide node_modules/pyodide"


def laboratory(course: Course, pyodide: str | None) -> Iterator[Item]:
    """Yield the page `laboratory.html` and the files it needs; `pyodide` is a folder that holds Pyodide, or a URL, if there is one.

    Raises FileError for a folder without Pyodide.
    """
    url = address(pyodide) if pyodide else ""
    if pyodide and not url:
        yield from copied(Path(pyodide))
        url = "pyodide/"
    yield SitePage(
        "laboratory.html", "Laboratory", body(url), ("laboratory/examples.js", "laboratory/page.js"), policy=policy(url)
    )
    yield from (SiteFile(f"laboratory/{name}", part(f"laboratory/{name}")) for name in PARTS)
    yield SiteFile("laboratory/examples.js", f'"use strict";\nconst EXAMPLES = {json.dumps(examples(course))};\n')
    if url:
        yield SiteFile("laboratory/chalkgrad.zip", packages())
    else:
        yield LeftOut("Python in the laboratory", f"It needs Pyodide: {HOW}.")


def address(pyodide: str) -> str:
    """Return a URL of Pyodide with a slash at its end, or "" for what is a folder."""
    return f"{pyodide.rstrip('/')}/" if urlsplit(pyodide).scheme in ("http", "https") else ""


def copied(place: Path) -> Iterator[SiteFile]:
    """Yield the files of Pyodide from its npm package, or from a folder that it was installed into."""
    there = next((at for at in (place, place / "node_modules" / "pyodide") if (at / PYODIDE_FILES[0]).is_file()), None)
    missing = [name for name in PYODIDE_FILES if there is None or not (there / name).is_file()]
    if there is None or missing:
        raise FileError(f"{str(place)!r} does not hold Pyodide: there is no {missing[0]}. Get it: {HOW}.")
    for name in (*PYODIDE_FILES, *ALSO):
        if (there / name).is_file():
            yield SiteFile(f"pyodide/{name}", (there / name).read_bytes())


def packages() -> bytes:
    """Return autograd and nn in one archive, the same bytes each time."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in folder.package_files():
            folder.write(archive, name, content)
    return made.getvalue()


def policy(url: str) -> str:
    """Return what the page may do: run its own scripts and WebAssembly, and ask its own folder, and the URL of Pyodide if there is one."""
    there = "{0.scheme}://{0.netloc}".format(urlsplit(url)) if address(url) else ""
    sources = f"'self' {there}".strip()
    return (
        f"default-src 'none'; style-src 'self' file:; script-src {sources} file: 'wasm-unsafe-eval'; connect-src {sources}; "
        "worker-src blob:; frame-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'"
    )


def body(url: str) -> str:
    """Return what stands on the page."""
    told = (
        '<p id="absent">Python is not in this folder, so nothing can be run here yet. It comes with Pyodide, which is a project of its own: '
        f"<code>{escape(HOW)}</code>; then <code>python3 -m autograd serve FOLDER</code>. On a published site <code>--pyodide URL</code> "
        "names the place that Pyodide is loaded from. The programs can be read and copied all the same.</p>"
    )
    return part("laboratory/body.html").replace("{{pyodide}}", escape(url)).replace("{{absent}}", "" if url else told)
