"""Every notebook is the pair of its source, and carries nothing of the machine that ran it."""

import importlib.util
import json
import re
from pathlib import Path

import pytest

jupytext = pytest.importorskip("jupytext")

FOLDER = Path(__file__).parents[1] / "notebooks"
SPEC = importlib.util.spec_from_file_location("build", FOLDER / "build.py")
build = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(build)
EACH = pytest.mark.parametrize("source", build.sources(), ids=lambda source: source.stem)


def cells(notebook):
    return [(cell.cell_type, cell.id, cell.source) for cell in notebook.cells]


def outputs(source):
    notebook = json.loads(source.with_suffix(".ipynb").read_text(encoding="utf-8"))
    return [(cell, output) for cell in notebook["cells"] for output in cell.get("outputs", [])]


def test_each_source_has_its_notebook_and_each_notebook_its_source():
    assert build.sources()
    assert [source.with_suffix(".ipynb") for source in build.sources()] == sorted(FOLDER.glob("*.ipynb"))


@EACH
def test_a_pair_agrees(source):
    notebook = jupytext.read(source.with_suffix(".ipynb"))
    assert cells(notebook) == cells(build.paired(source)), f"run: python notebooks/build.py {source.stem}"


def test_a_pair_that_disagrees_is_found(tmp_path):
    source = build.sources()[0]
    changed = tmp_path / source.name
    changed.write_text(
        source.read_text(encoding="utf-8").replace("# %%\n", "# %%\nprint('changed')\n", 1), encoding="utf-8"
    )
    assert cells(build.paired(changed)) != cells(jupytext.read(source.with_suffix(".ipynb")))


@EACH
def test_a_notebook_was_run_and_holds_no_failure_and_no_page(source):
    kinds = [output["output_type"] for _, output in outputs(source)]
    assert kinds
    assert "error" not in kinds
    assert not any("text/html" in output.get("data", {}) for _, output in outputs(source))


@EACH
def test_a_notebook_is_small_and_names_no_machine(source):
    text = source.with_suffix(".ipynb").read_text(encoding="utf-8")
    assert len(text) < 1_000_000
    assert not re.findall(r"(?:/home/|/root/|/tmp/|/Users/|[A-Z]:\\\\)[^\"\\]*", text)
