"""Handouts: what is asked is blank, what is solved is right, on a page of its own, in black and white, in every format."""

import dataclasses
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from html import unescape

import pytest

from autograd import Value, dot, play
from autograd.__main__ import main
from autograd.classroom.handout import handout
from autograd.classroom.paper import Paper
from autograd.explain.stepper import snapshot
from autograd.graph import number, topological_order
from tests.lessons import LESSONS, SOME
from tests.player.test_player import HOSTILE
from tests.test_command_line import ROOT

SEEDED = pytest.mark.parametrize("seed", ["", "7"])
PDFTOTEXT = shutil.which("pdftotext")


def sides(html):
    """The side to fill in, and the solved one."""
    blank, solved = re.findall(r'<section class="(?:sheet|solved)">(.*?)</section>', html, re.S)
    return blank, solved


def tables(side):
    """The tables of a side: rows of cells, each with whether it is to be written into."""
    return [
        [[(cls == "open", unescape(text)) for cls, text in re.findall(r'<td(?: class="(\w+)")?>(.*?)</td>', row)] for row in rows]
        for rows in (re.findall(r"<tr>(<td.*?)</tr>", table) for table in re.findall("<table>.*?</table>", side, re.S))
    ]  # fmt: skip


def nodes_of(root):
    return {expr.label: node for node, expr in snapshot(topological_order(root)).items() if node.kind != "constant"}


@SOME
@SEEDED
def test_the_solved_tables_are_those_of_backward_and_the_others_are_blank(lesson, seed):
    root, paper = Paper(lesson, seed).root, Paper(lesson, seed)
    root.backward()
    blank, solved = map(tables, sides(handout(lesson, seed).html()[""]))
    rows = [[text for _, text in row] for row in solved[0]]
    assert [(row[0], row[2], row[3]) for row in rows] == [
        (name, number(node.data), number(node.grad)) for name, node in nodes_of(root).items()
    ]
    for row, node in zip(blank[0], nodes_of(root).values(), strict=True):
        assert row[2] == ((True, "") if node.op else (False, number(node.data)))
        assert row[3] == (True, "")
    uses = [[text for _, text in row] for row in solved[1]]
    places = {question.question: str(i) for i, question in enumerate(paper.questions, 1)}
    assert [row[0] for row in uses] == [places.get(question.question, "") for question in paper.contributions]
    assert [row[4] for row in uses] == [number(question.answer) for question in paper.contributions]
    for row in blank[1]:
        assert [(is_open, text.endswith(" =") or not text) for is_open, text in row[2:]] == [(True, True)] * 3


@SOME
@SEEDED
def test_exercises_are_numbered_first_and_solved_behind_the_break(lesson, seed):
    paper = Paper(lesson, seed)
    blank, solved = (unescape(side) for side in sides(handout(lesson, seed).html()[""]))
    for place, question in enumerate(paper.exercises, 1):
        asked = " ".join([question.question, *question.options])
        assert f"<p>{place}. {asked}</p>" in blank
        assert f"<p>{place}. {asked} <strong>{question.key}</strong></p>" in solved
        for wrong in question.wrong:
            assert wrong.when not in blank
            assert f"{number(wrong.answer)}: {wrong.when}." in solved
    css = handout(lesson, seed).html()[""]
    assert re.search(r"\.solved \{[^}]*break-before: page", css)


@SOME
def test_the_picture_shows_what_is_given_and_then_everything(lesson):
    root = Paper(lesson).root
    root.backward()
    sheet = handout(lesson).sheet
    if not sheet.blank:
        assert len(topological_order(root)) > 60, "only what is too large for paper is not drawn"
        return
    for svg, solved in ((sheet.blank, False), (sheet.solved, True)):
        boxes = {}
        for box in ET.fromstring(svg).iter():
            if "node" in box.get("class", "").split():
                boxes[box.get("data-nodes")] = [t.text for t in box if t.get("class") in ("data", "grad")]
        for i, node in enumerate(topological_order(root)):
            if node.kind != "constant":
                truth = [number(node.data), number(node.grad)]
                asked = ["______" if node.op else truth[0], "______"]
                assert boxes[f"n{i}"] == (truth if solved else asked)


@SOME
def test_a_page_needs_nothing_else_and_no_colour(lesson):
    html = handout(lesson).html()[""]
    outside = html.replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?:|url\(|<script|<link|@import", outside)
    colours = re.findall(r"#([0-9a-f]{3}(?:[0-9a-f]{3})?)\b", "".join(re.findall("<style>.*?</style>", html, re.S)))
    assert colours
    assert all(len({*re.findall("." * (len(colour) // 3), colour)}) == 1 for colour in colours), colours
    for svg in (handout(lesson).sheet.blank, handout(lesson).sheet.solved):
        inks = {ink.lower() for ink in re.findall(r"#([0-9A-Fa-f]{6})", re.sub("<(title|desc|text).*?</", "", svg))}
        assert all(len({ink[:2], ink[2:4], ink[4:]}) == 1 for ink in inks), inks


@SOME
def test_markdown_has_its_pictures_beside_it(lesson, tmp_path):
    text, *pictures = handout(lesson, "7").save(tmp_path / "sheet.md")
    told = text.read_text(encoding="utf-8")
    drawn = ["sheet.svg", "sheet-solved.svg"] if handout(lesson, "7").sheet.blank else []
    assert [path.name for path in pictures] == drawn
    for path in pictures:
        assert f"(<{path.name}>)" in told
        assert ET.parse(path).getroot().tag == "{http://www.w3.org/2000/svg}svg"
    blank, solved = told.split("page-break-before")
    widths = [len(re.findall(r"(?<!\\)\|", line)) for line in told.splitlines() if line.startswith("|")]
    assert set(widths) == {5, 6}
    for question in Paper(lesson, "7").exercises:
        assert f"**{number(question.answer)}**" in solved
        assert f"**{number(question.answer)}**" not in blank


def hostile_lesson():
    def build():
        values = [Value(float(i), label) for i, label in enumerate(HOSTILE, 1)]
        loss = dot(values, values[::-1])
        loss.label = '#import "x"; *_`$ \\'
        return loss

    lesson = LESSONS["tiny-network"]
    return dataclasses.replace(lesson, title="<script>#eval | \x00", question=HOSTILE[1], build=build, exercises=())


def test_hostile_texts_are_shown_and_do_nothing(tmp_path):
    html = handout(hostile_lesson()).html()[""]
    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;script&gt;#eval" in html
    handout(hostile_lesson()).save(tmp_path / "sheet.md")


def test_a_label_that_names_a_page_is_one_line_without_controls(tmp_path):
    loss = Value(2.0, "w") * 3
    loss.label = "L\n# a heading\n<img src=x>\u202e\x1b[2J"
    handout(loss).save(tmp_path / "sheet.md")
    text = (tmp_path / "sheet.md").read_text("utf-8")
    for shown in (text, handout(loss).html()[""], play(loss).html[: play(loss).html.index("<script")]):
        assert not {c for c in shown if c in "\x1b\u202e"}
    assert text.splitlines()[0] == r"# L \# a heading \<img src=x\>��\[2J"
    assert play(loss).title == "L # a heading <img src=x>��[2J, forward and backward"


@SOME
@pytest.mark.skipif(PDFTOTEXT is None, reason="no pdftotext on this machine: apt-get install poppler-utils")
def test_a_pdf_has_the_solutions_on_pages_of_their_own(lesson, tmp_path):
    pytest.importorskip("typst", reason="pip install typst, to test PDF handouts")
    (path,) = handout(lesson).save(tmp_path / "sheet.pdf")
    done = subprocess.run([PDFTOTEXT, "-layout", path, "-"], capture_output=True, encoding="utf-8", check=True)
    pages = done.stdout.rstrip("\f").split("\f")
    first = next(i for i, page in enumerate(pages) if page.strip().startswith("Solutions: "))
    assert 0 < first < len(pages)
    for question in Paper(lesson).exercises:
        for wrong in question.wrong:
            begun = " ".join(f"{number(wrong.answer)}: {wrong.when}".split()[:3])
            places = [i for i, page in enumerate(pages) if begun in " ".join(page.split())]
            assert places, wrong.when
            assert min(places) >= first
    assert f"1 / {len(pages)}" in pages[0]
    assert "Name" in pages[0]


def test_a_hostile_pdf_is_only_text(tmp_path):
    pytest.importorskip("typst", reason="pip install typst, to test PDF handouts")
    (path,) = handout(hostile_lesson()).save(tmp_path / "sheet.pdf")
    assert path.read_bytes().startswith(b"%PDF")


def test_the_command_says_where_the_files_are(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["handout", "tiny-network"]) == 0
    assert main(["handout", "tiny-network", "--seed", "Ada", "-o", "ada.md"]) == 0
    assert capsys.readouterr().out.split() == ["tiny-network.html", "ada.md", "ada.svg", "ada-solved.svg"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "ada-solved.svg",
        "ada.md",
        "ada.svg",
        "tiny-network.html",
    ]


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("sheet.docx", "it should end in .html, .htm, .pdf, .md"),
        ("nowhere/sheet.html", "cannot be written: No such file"),
    ],
)
def test_what_cannot_be_written_is_refused(output, words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["handout", "tiny-network", "-o", output]) == 2
    assert words in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_without_typst_it_says_what_to_install(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "typst", None)
    assert main(["handout", "tiny-network", "-o", str(tmp_path / "sheet.pdf")]) == 2
    assert "pip install typst" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


WITHOUT_PACKAGES = """
import sys
from autograd.__main__ import main
main(["handout", "tiny-network", "-o", sys.argv[1]])
foreign = {name.split(".")[0] for name in sys.modules} - set(sys.stdlib_module_names) - {"autograd", "nn", "__main__"}
print(*(name for name in foreign if not name.startswith("_")))
"""


def test_a_page_needs_no_package(tmp_path):
    done = subprocess.run(
        [sys.executable, "-S", "-c", WITHOUT_PACKAGES, str(tmp_path / "sheet.html")],
        cwd=ROOT, capture_output=True, encoding="utf-8", check=True,
    )  # fmt: skip
    assert done.stdout.splitlines()[1:] == [""]
