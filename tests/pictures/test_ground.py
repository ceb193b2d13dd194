"""Pictures for slides: as wide as is asked for, dark, and without a ground; the same picture all the same."""

import re
import struct

import pytest

from autograd import PictureError, Value, draw
from autograd.__main__ import LESSONS, main
from autograd.pictures import ground
from tests.pictures.test_draw import rendered


def product():
    w, x = Value(3.0, "w"), Value(2.0, 'fill="#FFFFFF"')
    y = w * x
    y.label = "y"
    return y


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_every_text_and_line_can_be_seen_on_the_dark_ground():
    for at in (None, 0, 3):
        svg = draw(product(), at=at, dark=True).svg()
        seen = set(re.findall(r'<(?:text|path)[^>]* (?:fill|stroke)="(#[0-9A-F]{6})"', svg))
        fills = {ground.DARK, "#14324A", "#45260F", "#123A27", "#2A2F37", "#7D8490"}
        assert len(seen - fills) >= 2
        assert all(contrast(colour, ground.DARK) >= 4.5 for colour in seen - fills)


def test_the_colours_of_the_light_picture_are_all_known_to_the_dark_one():
    for at in (None, 0, 3):
        light = draw(product(), at=at)
        for text in (light.svg(), light.source):
            named = set(ground.COLOUR.findall(text))
            assert named <= set(ground.ON_DARK)


def test_a_dark_picture_says_the_same():
    light, dark = draw(product(), at=3).svg(), draw(product(), at=3, dark=True).svg()
    assert re.findall(r">([^<]+)<", light) == re.findall(r">([^<]+)<", dark)
    assert "fill=&quot;#FFFFFF&quot;" in dark, "what a label says is not a colour"


def test_the_ground_of_an_svg():
    assert "<rect" not in draw(product()).svg()
    assert f'<rect width="100%" height="100%" fill="{ground.DARK}"/>' in draw(product(), dark=True).svg()
    assert "<rect" not in draw(product(), dark=True, transparent=True).svg()


def test_the_width_of_an_svg_keeps_its_shape():
    before, after = (draw(product(), width=width).svg() for width in (None, 1920))
    (w, h), (width, height) = (
        map(int, re.search(r' width="(\d+)" height="(\d+)"', svg).groups()) for svg in (before, after)
    )
    assert width == 1920
    assert height == pytest.approx(1920 * h / w, abs=1)
    assert re.search('viewBox="[^"]*"', before)[0] == re.search('viewBox="[^"]*"', after)[0]


@rendered
def test_in_a_notebook_a_picture_is_no_wider_than_its_cell_and_has_no_ground():
    shown = draw(LESSONS["tiny-network"].build())._repr_mimebundle_()
    for form in ("text/html", "image/svg+xml"):
        assert "max-width:100%;height:auto" in shown[form].split(">")[0]
        assert "<rect" not in shown[form]


@pytest.mark.parametrize("layout", ["layered", "dot"])
def test_a_png_has_the_width_that_was_asked_for(layout):
    for dark in (False, True):
        raw = draw(product(), width=1920, dark=dark, layout=layout).png()
        assert struct.unpack(">I", raw[16:20])[0] == pytest.approx(1920, abs=2)


@rendered
def test_the_corner_of_a_png(tmp_path):
    image = pytest.importorskip("matplotlib.image")
    corners = {}
    for name, options in {"light": {}, "dark": {"dark": True}, "clear": {"dark": True, "transparent": True}}.items():
        place = draw(product(), **options).save(tmp_path / f"{name}.png")
        corners[name] = [round(255 * c) for c in image.imread(place)[0][0]]
    assert corners["light"][:3] == [255] * 3
    assert corners["dark"][:3] == [0x15, 0x18, 0x1D]
    assert corners["clear"][3] == 0


@pytest.mark.parametrize("width", [0, -5, 1.5, True, "wide", 10**9])
def test_a_width_is_a_number_of_pixels(width):
    with pytest.raises(PictureError, match="A width is a whole number of pixels"):
        draw(product(), width=width)


def test_what_has_no_ground_says_so(tmp_path):
    with pytest.raises(PictureError, match="has no width and no ground"):
        draw(product(), dark=True).save(tmp_path / "a.tex")
    assert list(tmp_path.iterdir()) == []


def test_plots_take_the_same(tmp_path):
    image = pytest.importorskip("matplotlib.image")
    target = str(tmp_path / "plot.png")
    assert main(["plot", "xor-training", "-o", target, "--width", "800", "--dark"]) == 0
    pixels = image.imread(target)
    assert pixels.shape[1] == 800
    assert [round(255 * c) for c in pixels[0][0]][:3] == [0x15, 0x18, 0x1D]
    middle = pixels[pixels.shape[0] // 3, pixels.shape[1] // 4 : -20, :3].mean()
    assert middle < 0.35, "the ground behind the curves is dark too"
    assert main(["plot", "xor-training", "-o", target, "--transparent"]) == 0
    assert image.imread(target)[0][0][3] == 0
    vector = tmp_path / "plot.svg"
    assert main(["plot", "xor-training", "-o", str(vector), "--width", "800"]) == 0
    assert 'width="800" height="600"' in vector.read_text(encoding="utf-8")
    assert main(["plot", "xor-training", "-o", str(tmp_path / "plot.pdf"), "--width", "800"]) == 2
