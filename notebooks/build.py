"""Pair every notebook with its source and run it: NN_name.py, which is read and reviewed, becomes NN_name.ipynb.

    python notebooks/build.py              all of them
    python notebooks/build.py 03           those whose name begins so

What is small and stable of the outputs stays, so that a reader on a code host sees numbers and pictures: text, formulas, SVG and PNG. The player
does not: a notebook from elsewhere is not trusted with a page, and its still picture is there instead. PNG pictures are brought to
a few colours, which the eye does not miss, and to a third of their size. What answers a question is folded up until one opens it.
"""

import base64
import hashlib
import io
import re
import sys
from itertools import pairwise
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode

HERE = Path(__file__).parent
LARGEST = 150_000  # characters of one output that stays
COLOURS = 128
ASKING = re.compile(r"\?|\bpredict\b|\bguess\b|\bbefore you run\b", re.IGNORECASE)
HIDDEN = {"collapsed": True, "jupyter": {"outputs_hidden": True}}  # until one asks for it
KEPT = ("image/svg+xml", "image/png", "text/markdown", "text/plain")


def paired(source: Path) -> NotebookNode:
    """Return the notebook that a source makes, without outputs, each cell named by its place and content."""
    notebook = jupytext.read(source)
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        "jupytext": notebook.metadata["jupytext"],
    }
    for place, cell in enumerate(notebook.cells):
        cell.id = hashlib.sha256(f"{place} {cell.source}".encode()).hexdigest()[:12]
    return notebook


def executed(notebook: NotebookNode) -> NotebookNode:
    """Run a notebook from a clean kernel in its folder, and keep what is small and stable of its outputs."""
    from nbclient import NotebookClient

    settings = {"timeout": 120, "record_timing": False, "coalesce_streams": True}
    NotebookClient(notebook, resources={"metadata": {"path": str(HERE)}}, **settings).execute()
    for before, cell in pairwise([*notebook.cells[:1], *notebook.cells]):
        if cell.cell_type == "code":
            cell.metadata = HIDDEN if asks(before) else {}
            cell.outputs = [output for output in cell.outputs if keep(output)]
    notebook.metadata["language_info"] = {"name": "python"}
    return notebook


def asks(cell: NotebookNode) -> bool:
    """Tell whether a cell asks what the next one will show."""
    return cell.cell_type == "markdown" and bool(ASKING.search(cell.source.rpartition("\n\n")[2]))


def keep(output: NotebookNode) -> bool:
    """Leave the stable kinds of an output, and tell whether anything is left of it."""
    if output.output_type == "error" or output.get("name") == "stderr":
        raise SystemExit(f"A cell failed or warned:\n{output}")
    if "data" not in output:
        return len(output.text) <= LARGEST
    output.data = {kind: output.data[kind] for kind in KEPT if output.data.get(kind)}
    if "image/png" in output.data:
        output.data["image/png"] = smaller(output.data["image/png"])
    output.data = {kind: shown for kind, shown in output.data.items() if len(shown) <= LARGEST}
    output.metadata = {}
    return bool(output.data)


def smaller(png: str) -> str:
    """Return a PNG, as base64, with COLOURS colours and nothing in it but the picture."""
    from PIL import Image

    file = io.BytesIO()
    picture = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    return base64.b64encode(file.getvalue()).decode("ascii")


def sources(begin: str = "") -> list[Path]:
    """Return the sources, in the order of the course."""
    return sorted(path for path in HERE.glob("[0-9][0-9]_*.py") if path.name.startswith(begin))


if __name__ == "__main__":
    for source in sources(*sys.argv[1:2]):
        target = source.with_suffix(".ipynb")
        nbformat.write(executed(paired(source)), target)
        print(f"{target.name}: {target.stat().st_size // 1024} kB")
