"""The site: what it consists of, how it is written, what is left out."""

import builtins
import dataclasses
import json
import re
import sys
import zipfile

import pytest

from autograd import Parameter, Value
from autograd.__main__ import COURSE, main
from autograd.classroom import Course, Lesson, passes
from autograd.errors import DataError
from autograd.site.assignment_pages import assignment_items
from autograd.site.bridges import bridges
from autograd.site.documents import document, document_items
from autograd.site.glossary_page import words_of
from autograd.site.notebook_pages import notebook_items
from autograd.site.reference_pages import reference_items
from autograd.site.shell import LeftOut, SitePage, rendered
from autograd.site.site_folder import jobs_of, site, some_of
from autograd.site.story import elements
from tests.site.conftest import FEW, made

QUICK = ("tiny-network", "activations")  # told in no time
SOME = some_of(COURSE, reversed(QUICK))


# --- parts ---


def test_a_link_leads_up_and_one_to_nothing_is_text():
    page = SitePage(
        "lessons/w/index.html", "w", '<a href="@/cards.html">cards</a> <a class="x" href="@/gone.html">gone</a>'
    )
    whole = rendered(page, {"cards.html", "lessons/w/index.html"})
    assert '<a href="../../cards.html">cards</a> gone' in whole
    assert 'href="../../site.css"' in whole
    assert "@/" not in whole


def test_a_text_that_looks_like_markup_stays_a_text():
    page = SitePage("a.html", "<script>alert(1)</script>", "")
    assert "<title>&lt;script&gt;" in rendered(page, {"a.html"})
    assert list(elements(["a <b> & c", "# <i>"], "@/s")) == ["<p>a &lt;b&gt; &amp; c</p>", "<h2>&lt;i&gt;</h2>"]


def test_a_story_names_all_its_events_in_their_order():
    for lesson in SOME.lessons.values():
        links = re.findall(r"#step=(\d+)\">(Events? .*?) on the stage", "\n".join(elements(lesson.tell(lesson), "@/s")))
        spans = [tuple(map(int, re.findall(r"\d+", words))) for _, words in links]
        numbers = [k for span in spans for k in range(span[0], span[-1] + 1)]
        assert numbers == list(range(len(lesson.events())))
        assert [int(first) for first, _ in links] == [span[0] for span in spans]


def test_the_words_of_the_glossary_come_first_and_then_those_of_lessons_only():
    words = words_of(SOME, document("glossary"))
    terms = [word.term for word in words]
    assert terms[:3] == ["node", "operation", "operand"]
    assert len(terms) == len(set(terms)) > 80
    assert {word.term.lower() for lesson in SOME.lessons.values() for word in lesson.definitions()} <= {
        term.lower() for term in terms
    }
    assert next(word for word in words if word.term == "tanh").formulas[0].startswith("<math>")


@pytest.fixture
def small():
    """A lesson of two numbers."""

    def build():
        y = Parameter(3.0, "w") * Value(2.0, "x")
        y.label = "y"
        return y

    return Lesson("Three times two", build)


def test_each_bridge_computes_the_numbers_of_the_lesson(small, capsys):
    ways = {suffix: text for suffix, (_, text) in bridges(small).items()}
    exec(ways[".py"], {})  # noqa: S102
    assert capsys.readouterr().out.split("\n")[:3] == ["y = 6.0", "dy/dw = 2.0", "dy/dx = 3.0"]
    assert "requires_grad=True" in ways["-torch.py"]
    assert json.loads(ways[".json"])["steps"][0]["type"] == "compute"
    cells = json.loads(ways[".ipynb"])["cells"]
    exec("\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"), {})  # noqa: S102
    assert capsys.readouterr().out.startswith("y = 6.0")


def test_the_notebook_of_a_lesson_is_one(small):
    nbformat = pytest.importorskip("nbformat")
    for lesson in (small, *SOME.lessons.values()):
        nbformat.validate(nbformat.reads(bridges(lesson)[".ipynb"][1], as_version=4))


def test_the_json_of_a_lesson_follows_the_schema():
    jsonschema = pytest.importorskip("jsonschema")
    from autograd.explain.schema import schema

    for lesson in SOME.lessons.values():
        jsonschema.validate(json.loads(bridges(lesson)[".json"][1]), schema())


@pytest.mark.parametrize(
    ("package", "items"),
    [
        ("markdown_it", lambda: document_items(SOME)),
        ("nbconvert", lambda: notebook_items(SOME)),
        ("pdoc", reference_items),
    ],
)
def test_a_part_whose_package_is_missing_is_left_out_and_named(package, items, monkeypatch):
    found, load = [], builtins.__import__

    def missing(name, *rest, **more):
        if name.split(".")[0] == package:
            raise ImportError(name)
        return load(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", missing)
    monkeypatch.delitem(sys.modules, package, raising=False)
    found = list(items())
    assert [type(item) for item in found] == [LeftOut]
    assert "pip install" in found[0].why


def test_lessons_are_chosen_in_the_order_of_the_course_with_what_belongs_to_them():
    assert list(SOME.lessons) == [*QUICK]
    assert "03_activations" in SOME.notebooks
    assert "04_losses" not in SOME.notebooks
    assert len([*jobs_of(SOME)]) > len(QUICK)
    with pytest.raises(DataError, match="Did you mean tiny-network"):
        some_of(COURSE, ["tiny-netwrk"])
    with pytest.raises(DataError, match="at least one lesson"):
        some_of(COURSE, [])


def test_what_is_refused_is_refused_before_anything_is_made(tmp_path, capsys):
    (tmp_path / "mine.txt").write_text("mine")
    assert main(["site", "-o", str(tmp_path)]) == 2
    assert "is not empty" in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]
    assert main(["site", "-o", str(tmp_path / "new"), "--lessons", "nothing-like-it"]) == 2
    (tmp_path / "new.zip").write_text("old")
    assert main(["site", "-o", str(tmp_path / "new"), "--zip"]) == 2
    assert "new.zip" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()
    assert main(["site", "-o", str(tmp_path / "mine.txt" / "new")]) == 2
    assert "mine.txt' is not a folder" in capsys.readouterr().err
    assert main(["site", "-o", str(tmp_path / ("new" * 100))]) == 2
    assert "Choose a shorter name" in capsys.readouterr().err
    (tmp_path / "new.zip").unlink()
    (tmp_path / "new.zip").mkdir()
    assert main(["site", "-o", str(tmp_path / "new"), "--zip", "--force"]) == 2
    assert "new.zip' is a folder" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_the_zip_of_an_assignment_holds_its_folder_and_no_solution():
    archives = [item for item in assignment_items(SOME) if item.path.endswith(".zip")]
    assert len(archives) == 3
    import io

    with zipfile.ZipFile(io.BytesIO(archives[0].content)) as packed:
        assert {"my-engine/README.md", "my-engine/value.py", "my-engine/chalkgrad.pyz"} == set(packed.namelist())
        assert b"NotImplementedError" in packed.read("my-engine/value.py")


# --- whole sites ---


@pytest.mark.slow
def test_a_site_has_a_page_a_stage_a_quiz_and_a_handout_for_each_lesson(few):
    for slug in FEW:
        names = {path.name for path in (few / "lessons" / slug).iterdir()}
        assert {"index.html", "stage.html", "quiz.html", "handout.html", f"{slug}.json"} <= names
    start = (few / "index.html").read_text("utf-8")
    assert COURSE.lessons["tiny-network"].question in start
    assert "One neuron: weigh, add, bend" not in start
    assert list(few.glob(".*")) == []


@pytest.mark.slow
def test_every_address_is_relative_and_leads_to_a_file_and_every_policy_is_strict(few):
    for page in few.rglob("*.html"):
        text = page.read_text("utf-8")
        assert "default-src 'none'" in text, page
        found = re.findall(
            r'\b(?:href|src|srcset)="([^"]*)"', re.sub(r"<script>.*?</script>", "", text, flags=re.DOTALL)
        )
        for address in found:
            if address.startswith(("#", "data:image/")):
                continue
            assert not re.match(r"[a-z]+:|/", address), (page, address)
            assert (page.parent / address.partition("#")[0]).is_file(), (page, address)


@pytest.mark.slow
def test_the_zip_holds_the_same_files_with_the_start_page_at_its_root(few):
    with zipfile.ZipFile(f"{few}.zip") as packed:
        names = set(packed.namelist())
        assert "index.html" in names
        assert names == {path.relative_to(few).as_posix() for path in few.rglob("*") if path.is_file()}
        assert packed.read("cards.tsv") == (few / "cards.tsv").read_bytes()


@pytest.mark.slow
def test_a_site_of_ones_own_lessons_has_nothing_of_the_course(tmp_path):
    made("new", str(tmp_path / "01_first.py"))
    said = made("site", "-o", str(tmp_path / "pages"), "--course", str(tmp_path))
    assert "1 lesson, " in said
    assert ">1 lesson in which " in (tmp_path / "pages" / "index.html").read_text("utf-8")
    assert len(list((tmp_path / "pages" / "lessons").iterdir())) == 1
    assert not (tmp_path / "pages" / "documents.html").exists()
    assert not (tmp_path / "pages" / "notebooks.html").exists()
    (tmp_path / "pages" / "mine.txt").write_text("mine")
    assert "Not of this site" not in said
    said = made("site", "-o", str(tmp_path / "pages"), "--course", str(tmp_path), "--force")
    assert (tmp_path / "pages" / "mine.txt").read_text() == "mine"
    assert "Not of this site, and left as before: 1 file in " in said
    assert "among them mine.txt." in said


@pytest.mark.slow
def test_the_bar_goes_on_by_one_to_its_end_and_a_lesson_is_told_once(small):
    tellings, seen = [], []

    def tell(lesson):
        tellings.append(lesson)
        yield "A text."
        yield from passes(lesson.build())

    lesson = dataclasses.replace(small, tell=tell)
    files, _ = site(Course({"One": (lesson,)}), progress=lambda done, count: seen.append((done, count)))
    assert [done for done, _ in seen] == [*range(1, seen[0][1] + 1)]
    assert len(tellings) == 1
    assert b"A text." in files["lessons/three-times-two/index.html"]
    assert list(files)[-1] == "index.html"
