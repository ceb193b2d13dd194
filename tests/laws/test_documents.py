"""The documents: what they name is there."""

import re
from pathlib import Path

import pytest

from tests.laws.test_architecture import FLOORS

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "tests" / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
]
EACH = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())


def links(text):
    """The files that a text links to."""
    return [
        link.partition("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link and link[0] != "#"
    ]


@EACH
def test_every_link_leads_to_a_file(document):
    assert [link for link in links(document.read_text(encoding="utf-8")) if not (document.parent / link).exists()] == []


def named_files(text):
    """The files that a text names as code: with a folder before them."""
    return re.findall(r"`((?:autograd|nn|tests|docs|notebooks|\.ci)/[\w./-]*\w)`", text)


@EACH
def test_every_file_that_is_named_is_there(document):
    assert [name for name in named_files(document.read_text(encoding="utf-8")) if not (ROOT / name).exists()] == []


def test_a_link_to_nowhere_is_found():
    assert links("[a](b.py) [c](https://d) [e](f.md#g) [h](#i)") == ["b.py", "f.md"]
    assert named_files("`autograd/value.py`, `nn/lessons` and `x/y`") == ["autograd/value.py", "nn/lessons"]


def test_contributing_says_how_to_add_each_thing():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.*)$", text, re.M)
    kinds = ("an operation", "a lesson", "an optimizer", "a mistake", "a backend")
    assert headings == ["Read in this order", *(f"Add {kind}" for kind in kinds)]
    for section in re.split(r"^## ", text, flags=re.M)[1:]:
        assert len(links(section)) >= 2, section


def test_the_plan_of_the_engine_is_its_files_in_their_order():
    design = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
    plan = design[design.index("```\nautograd/") : design.index("  explain/ ")]
    (engine,) = re.findall(r"^autograd: (errors .*)$", FLOORS, re.M)
    assert re.findall(r"^  (\w+)\.py ", plan, re.M) == engine.split()
