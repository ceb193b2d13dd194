"""Slides: what each says, the deck for PowerPoint opened again, and the page, which asks nothing of any network."""

import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser

import pytest

import nn
from autograd import PictureError, Value
from autograd.__main__ import LESSONS, main
from autograd.classroom.slides import save_deck, slides
from autograd.explain.events import Chain
from tests.pictures.test_draw import rendered

HOSTILE = "<script>alert(1)</script>\x00 \ud800 \"'&"


class Page(HTMLParser):
    """The elements of a page, with their attributes."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def count(self, tag):
        return sum(name == tag for name, _ in self.found)


def small():
    w, x = Value(3.0, "w"), Value(2.0, "x")
    y = w * x
    y.label = "y"
    return y


def test_each_event_has_its_slide_and_each_answer_a_guess_before_it():
    lesson = LESSONS["tiny-network"]
    deck, events = slides(lesson), lesson.events()
    told = [slide for slide in deck.slides if re.search(r", event \d+$", slide.heading)]
    assert [slide.sentence for slide in told] == [event.words for event in events]
    assert [slide.formula for slide in told] == ["\n".join(event.lines) for event in events]
    for event, slide in zip(events, told, strict=True):
        before = deck.slides[deck.slides.index(slide) - 1]
        assert (before.heading == "Guess first") == isinstance(event, Chain)
        assert before.heading != "Guess first" or event.names[event.parent].label in before.sentence
    assert deck.slides[0].sentence == lesson.question
    said = " ".join(slide.notes for slide in deck.slides)
    for text in lesson.story():
        assert not isinstance(text, str) or text.removeprefix("# ") in said


def test_the_picture_before_an_answer_does_not_show_it():
    deck = slides(small())
    for guess, answer in zip(deck.slides, deck.slides[1:], strict=False):
        if guess.heading == "Guess first":
            assert answer.picture.text().count("not computed") < guess.picture.text().count("not computed")


def test_a_deck_by_phase():
    lesson = LESSONS["tiny-network"]
    deck = slides(lesson, every="phase")
    phases = [slide.heading for slide in deck.slides if slide.heading in ("Forward", "Loss", "Backward", "Update")]
    assert phases[:3] == ["Forward", "Backward", "Update"]
    notes = "\n".join(slide.notes for slide in deck.slides)
    assert all(
        line in notes or line in "\n".join(s.formula for s in deck.slides) for e in lesson.events() for line in e.lines
    )


def test_a_large_graph_is_shown_by_level():
    model = nn.MLP(2, [4, 1])
    deck = slides(lambda: model([1.0, 2.0])[0] ** 2, every="phase")
    levels = [slide.heading.removeprefix("Level: ") for slide in deck.slides if slide.heading.startswith("Level: ")]
    assert levels[0] == "model"
    assert len(levels) > 1
    assert slides(small()).slides[1].heading == "Forward, event 0"


def test_the_page_is_one_file_with_a_section_for_each_slide(tmp_path):
    deck = slides(LESSONS["tiny-network"], dark=True)
    text = save_deck(deck, tmp_path / "deck.html").read_text(encoding="utf-8")
    page = Page(text)
    assert page.count("section") == len(deck.slides)
    assert page.count("svg") == sum(slide.picture is not None for slide in deck.slides)
    assert page.count("script") == 1
    sources = [attrs[name] for _, attrs in page.found for name in ("src", "href") if name in attrs]
    assert all(source.startswith("data:") for source in sources)
    assert "default-src 'none'" in text
    assert '<body class="dark">' in text
    assert "#7CC0F2" in text, "the pictures are in the colours for a dark ground"


@rendered
@pytest.mark.parametrize("dark", [False, True])
def test_powerpoint_opens_again_and_says_the_same(tmp_path, dark):
    pptx = pytest.importorskip("pptx")
    deck = slides(small(), dark=dark)
    show = pptx.Presentation(save_deck(deck, tmp_path / "deck.pptx"))
    assert show.slide_width / show.slide_height == pytest.approx(16 / 9, abs=0.001)
    assert len(show.slides) == len(deck.slides)
    for page, slide in zip(show.slides, deck.slides, strict=True):
        texts = [shape.text_frame.text for shape in page.shapes if shape.has_text_frame]
        assert texts == [slide.heading, slide.sentence, slide.formula][: len(texts)]
        assert len(texts) == 2 + bool(slide.formula)
        assert (page.notes_slide.notes_text_frame.text if page.has_notes_slide else "") == slide.notes
        (picture,) = [shape for shape in page.shapes if shape.shape_type == pptx.enum.shapes.MSO_SHAPE_TYPE.PICTURE]
        assert picture.image.blob == slide.picture.png()
        assert picture.width / picture.height == pytest.approx(picture.image.size[0] / picture.image.size[1], rel=0.01)
        for shape in page.shapes:
            assert 0 <= shape.left <= shape.left + shape.width <= show.slide_width
            assert 0 <= shape.top <= shape.top + shape.height <= show.slide_height
        lowest = 0
        for shape in page.shapes:  # one below the other
            assert shape.top >= lowest - 1  # of 914,400 to the inch
            lowest = shape.top + shape.height
        assert all(
            run.font.size.pt >= 14
            for shape in page.shapes
            if shape.has_text_frame
            for run in shape.text_frame.paragraphs
        )
        assert (page.background.fill.type == pptx.enum.dml.MSO_FILL.SOLID) == dark


def pages_of(deck, folder):
    """The pages of a deck as LibreOffice shows them: of each its text, and how much of it is not ground."""
    np, image = pytest.importorskip("numpy"), pytest.importorskip("matplotlib.image")
    path = save_deck(deck, folder / "deck.pptx")
    home = f"-env:UserInstallation={(folder / 'office').as_uri()}"
    office = ["soffice", home, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(path)]
    for command in (office, ["pdftoppm", "-r", "40", "-png", "deck.pdf", "page"], ["pdftotext", "-layout", "deck.pdf"]):
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=300)
    texts = (folder / "deck.txt").read_text(encoding="utf-8").split("\f")[:-1]
    pictures = [image.imread(name)[..., :3] for name in sorted(folder.glob("page-*.png"))]
    return texts, pictures, [np.any(abs(page - page[0, 0]) > 0.1, axis=-1) for page in pictures]


@pytest.mark.soak
@pytest.mark.skipif(not (shutil.which("soffice") and shutil.which("pdftoppm")), reason="no office on this machine")
@rendered
@pytest.mark.parametrize("slug", ["tiny-network", "xor-training", "hostile"])
@pytest.mark.parametrize("dark", [False, True])
def test_powerpoint_shows_what_each_slide_says(slug, dark, tmp_path):
    pytest.importorskip("pptx")
    deck = slides(Value(2.0, HOSTILE) * 3 if slug == "hostile" else LESSONS[slug], every="phase", dark=dark)
    texts, pictures, drawn = pages_of(deck, tmp_path)
    assert len(texts) == len(pictures) == len(deck.slides)
    for slide, text, picture, page in zip(deck.slides, texts, pictures, drawn, strict=True):
        height, width = page.shape
        assert width / height == pytest.approx(16 / 9, abs=0.02)
        words = re.sub(r"\s", "", text)
        for said in (slide.heading, slide.sentence):
            assert re.sub(r"\s", "", said)[:20] in words
        assert (picture[0, 0].mean() < 0.5) == dark
        inside = page[2:-2, 2:-2]  # the last pixels are half of the page
        assert not inside[:, [0, -1]].any(), "nothing runs over the edge"
        assert not inside[[0, -1]].any(), "nothing runs over the edge"
        assert inside[height // 2 :].any(), "the picture is there"


@rendered
def test_hostile_labels_are_inert(tmp_path):
    x = Value(2.0, HOSTILE)
    deck = slides(x * 3, every="phase")
    text = save_deck(deck, tmp_path / "deck.html").read_text(encoding="utf-8")
    assert Page(text).count("script") == 1
    pptx = pytest.importorskip("pptx")
    assert len(pptx.Presentation(save_deck(deck, tmp_path / "deck.pptx")).slides) == len(deck.slides)


def test_without_python_pptx_it_says_what_to_install(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "pptx", None)
    assert main(["slides", "w*x", "w=3", "x=2", "-o", str(tmp_path / "deck.pptx")]) == 2
    assert "pip install python-pptx" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_command_takes_whatever_a_lesson_may_be(tmp_path, capsys):
    target = tmp_path / "deck.html"
    assert main(["slides", "w*x + b", "w=3", "x=2", "b=1", "--every", "phase", "-o", str(target)]) == 0
    assert "and is 7." in target.read_text(encoding="utf-8")
    own = target.read_bytes()
    assert main(["slides", "w*x + b", "w=3", "x=2", "b=1", "--every", "phase", "--seed", "7", "-o", str(target)]) == 0
    assert target.read_bytes() != own


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-o", "deck.odp"], "should end in .pptx or .html"),
        (["-o", "no/such/folder/deck.html"], "cannot be written"),
        (["--every", "phases"], "Did you mean 'phase'?"),
        (["--level", "layers"], "Did you mean 'layer'?"),
    ],
)
def test_the_command_says_what_is_wrong(arguments, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["slides", "tiny-network", *arguments]) == 2
    assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_in_python_too():
    with pytest.raises(PictureError, match="There is no deck of one slide every 'week'"):
        slides(small(), every="week")
