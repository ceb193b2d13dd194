"""Pair every notebook with its source and run it: NN_name.py, which is read and reviewed, becomes NN_name.ipynb.

    python notebooks/build.py              all of them
    python notebooks/build.py 03           those whose name begins so

What is small and stable of the outputs stays, so that a reader on a code host sees numbers and pictures: text, SVG and PNG. The player
does not: a notebook from elsewhere is not trusted with a page, and the plain picture is there in its place.
"""

import hashlib
import sys
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode

HERE = Path(__file__).parent
LARGEST = 100_000  # characters of one output that stays
KEPT = ("image/svg+xml", "image/png", "text/plain")


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

    NotebookClient(notebook, timeout=120, record_timing=False, resources={"metadata": {"path": str(HERE)}}).execute()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.metadata = {}
            cell.outputs = [output for output in cell.outputs if keep(output)]
    notebook.metadata["language_info"] = {"name": "python"}
    return notebook


def keep(output: NotebookNode) -> bool:
    """Leave the stable kinds of an output, and tell whether anything is left of it."""
    if output.output_type == "error" or output.get("name") == "stderr":
        raise SystemExit(f"A cell failed or warned:\n{output}")
    if "data" not in output:
        return len(output.text) <= LARGEST
    output.data = {kind: output.data[kind] for kind in KEPT if len(output.data.get(kind, "")) in range(1, LARGEST)}
    output.metadata = {}
    return bool(output.data)


def sources(begin: str = "") -> list[Path]:
    """Return the sources, in the order of the course."""
    return sorted(path for path in HERE.glob("[0-9][0-9]_*.py") if path.name.startswith(begin))


if __name__ == "__main__":
    for source in sources(*sys.argv[1:2]):
        target = source.with_suffix(".ipynb")
        nbformat.write(executed(paired(source)), target)
        print(f"{target.name}: {target.stat().st_size // 1024} kB")
