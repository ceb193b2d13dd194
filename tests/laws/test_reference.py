"""The reference that pdoc makes of the docstrings: it is written without a warning, and every name in it leads somewhere."""

import importlib
import importlib.util
import inspect
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import autograd
import nn

ROOT = Path(__file__).resolve().parents[2]


class Page(HTMLParser):
    """The names that stand on a page, and the links on it."""

    def __init__(self, path):
        super().__init__()
        self.names, self.links = set(), set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        of = dict(attrs)
        if "id" in of:
            self.names.add(of["id"])
        if tag == "a" and "href" in of:
            self.links.add(of["href"])


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    pytest.importorskip("pdoc")
    spec = importlib.util.spec_from_file_location("reference", ROOT / "docs" / "reference.py")
    reference = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(reference)
    folder = tmp_path_factory.mktemp("reference")
    reference.write(folder)
    return {path.resolve(): Page(path) for path in folder.rglob("*.html")}


@pytest.mark.slow
def test_every_link_of_the_reference_leads_to_a_name(pages):
    links = [(path, *link.partition("#")[::2]) for path, page in pages.items() for link in page.links]
    inside = [
        (path, (path.parent / file).resolve() if file else path, name)
        for path, file, name in links
        if "://" not in file
    ]
    assert len(inside) > 300
    lost = [
        (path.name, at.name, name)
        for path, at, name in inside
        if at not in pages or (name and name not in pages[at].names)
    ]
    assert lost == []


@pytest.mark.slow
@pytest.mark.parametrize("package", [autograd, nn], ids=lambda package: package.__name__)
def test_every_public_name_is_on_its_page(pages, package):
    (page,) = (page for path, page in pages.items() if path.name == f"{package.__name__}.html")
    modules = {name: getattr(package, name) for name in package.__all__ if inspect.ismodule(getattr(package, name))}
    assert [name for name in package.__all__ if name not in page.names and name not in modules] == []
    written = {path.name for path in pages}
    assert [name for name, module in modules.items() if module.__name__.split(".")[-1] + ".html" not in written] == []


def documented():
    """Each public function, class and method of the two packages, with its docstring."""
    for package in (autograd, nn):
        for name in package.__all__:
            thing = getattr(package, name)
            yield f"{package.__name__}.{name}", inspect.getdoc(thing) or ""
            for key, member in vars(thing).items() if inspect.isclass(thing) else ():
                if not key.startswith("_") and callable(member):
                    yield f"{package.__name__}.{name}.{key}", inspect.getdoc(member) or ""


def found(dotted):
    """Whether a dotted name leads to something, from the packages or from a public name."""
    first, *rest = dotted.split(".")
    for package in (autograd, nn):
        thing = package if first == package.__name__ else getattr(package, first, None)
        for name in rest:
            if (
                inspect.ismodule(thing)
                and not hasattr(thing, name)
                and importlib.util.find_spec(f"{thing.__name__}.{name}")
            ):
                thing = importlib.import_module(f"{thing.__name__}.{name}")
            thing = getattr(thing, name, None)
        if thing is not None:
            return True
    return False


def test_every_dotted_name_in_a_docstring_is_there():
    """What a docstring writes as `nn.SGD` or `Value.apply` can be looked up by that name."""
    begin = {"autograd", "nn", *autograd.__all__, *nn.__all__}
    named = [
        (place, name)
        for place, text in documented()
        for name in re.findall(r"`([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+)(?:\(.*?\))?`", text)
        if name.split(".")[0] in begin
    ]
    assert [(place, name) for place, name in named if not found(name)] == []
    assert not found("nn.Nobody")
    assert not found("Value.nobody")
