"""Pictures hold the numbers they should, belong to nobody but the caller, and say what is missing."""

import math
import subprocess
import sys
from pathlib import Path
from random import Random

import numpy as np
import pytest

import nn
from autograd import AutogradError, DomainError, GraphError, LengthError
from nn import plots
from nn.activations import ACTIVATIONS
from nn.plots import canvas

pytest.importorskip("matplotlib", reason="matplotlib is not installed")
ROOT = Path(__file__).parents[1].parent
HISTORY = nn.History(loss=[2.5, 1.2, 0.8, 0.4, 0.2], validation_loss=[2.6, 1.3, 0.9, 0.85, 0.9])


def hand_made_xor():
    return nn.MLP(
        2,
        [2, 1],
        "relu",
        "sigmoid",
        weights=[[[1, 1], [1, 1]], [[4, -12]]],
        biases=[[-0.5, -1.5], [-1]],
    )


def trained_layers():
    model = nn.MLP(2, [3, 3, 1], "tanh", rng=Random(0))
    nn.mse_loss(model([1.0, -1.0]), 5.0).backward()
    return model


def drawn(figure):
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[:, :, :3]


def bowl(x, y):
    return x * x + 10 * y * y


PICTURES = {
    "loss_curves": lambda: plots.loss_curves(HISTORY),
    "activation_functions": plots.activation_functions,
    "gradient_norms": lambda: plots.gradient_norms(trained_layers()),
    "decision_boundary": lambda: plots.decision_boundary(hand_made_xor(), nn.xor(), grid=10),
    "hidden_space": lambda: plots.hidden_space(hand_made_xor(), nn.xor()),
    "loss_surface": lambda: plots.loss_surface(bowl, {"a": [(1, 1), (0, 0)], "b": [(1, 1), (0.5, 0)]}, grid=10),
    "loss_surface alone": lambda: plots.loss_surface(bowl, [(1, 1), (0, 0)], grid=10),
    "flat surface": lambda: plots.loss_surface(lambda x, y: 1.0, span=[(0, 1), (0, 1)], grid=10),
}


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.slow
def test_every_picture_is_a_png_that_is_not_blank(name, tmp_path):
    picture = PICTURES[name]()
    picture.savefig(tmp_path / "picture.svg")
    assert picture._repr_png_()[:8] == b"\x89PNG\r\n\x1a\n"
    assert len(np.unique(drawn(picture).reshape(-1, 3), axis=0)) > 20


def test_a_picture_can_be_drawn_into_axes_of_one_s_own():
    figure = plots.new_figure(1, 2)
    assert plots.loss_curves(HISTORY, figure.axes[0]) is figure
    assert plots.decision_boundary(hand_made_xor(), nn.xor(), figure.axes[1], grid=10) is figure


def test_loss_curves_show_both_losses_and_the_best_epoch():
    (ax,) = plots.loss_curves(HISTORY).axes
    train, validation, best = ax.lines
    assert list(train.get_ydata()) == HISTORY.loss
    assert list(validation.get_ydata()) == HISTORY.validation_loss
    assert (list(best.get_xdata()), list(best.get_ydata())) == ([4], [0.85])
    assert len(plots.loss_curves(nn.History(loss=[1.0, 0.5])).axes[0].lines) == 1
    assert plots.loss_curves(nn.History(loss=[1.0, 0.001])).axes[0].get_yscale() == "log"


def test_slopes_are_the_central_differences_of_the_values():
    for ax, name in zip(plots.activation_functions().axes, ACTIVATIONS, strict=True):
        assert ax.get_title() == name
        values, slopes = (line for line in ax.lines if line.get_label() in ("value", "slope"))
        x, y = (np.array(part) for part in values.get_data())
        numeric = (y[2:] - y[:-2]) / (x[2:] - x[:-2])
        smooth = abs(x[1:-1]) > 0.03  # away from the kink
        assert np.allclose(np.array(slopes.get_ydata())[1:-1][smooth], numeric[smooth], atol=1e-3)


def test_bars_are_as_long_as_the_gradients():
    model = trained_layers()
    (ax,) = plots.gradient_norms(model).axes
    lengths = [bar.get_width() for bar in ax.patches if bar.get_height() == 0.6]
    expected = [float(np.linalg.norm([p.grad for p in layer.parameters()])) for layer in model.layers]
    assert lengths == pytest.approx(expected)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["layers.0", "layers.1", "layers.2"]
    with pytest.raises(GraphError, match="Call backward"):
        plots.gradient_norms(hand_made_xor())


def test_each_example_stands_on_the_colour_of_its_class():
    from matplotlib.colors import to_rgb

    rng = Random(0)
    model, data = hand_made_xor(), [([rng.uniform(-0.2, 1.2), rng.uniform(-0.2, 1.2)], 0) for _ in range(30)]
    data = [*nn.xor(), *((x, int(model(x)[0].data > 0.5)) for x, _ in data)]
    figure = plots.decision_boundary(model, data, grid=80)
    (ax,) = figure.axes
    ax.legend().remove()
    for marks in [part for part in ax.collections if len(part.get_offsets()) > 1]:
        marks.remove()
    pixels = drawn(figure)[::-1] / 255
    for x, label in data:
        column, row = ax.transData.transform(x).astype(int)
        tint = 0.25 * np.array(to_rgb(plots.CLASSES[label])) + 0.75
        assert np.allclose(pixels[row, column], tint, atol=0.02), (x, label)


def test_the_hidden_space_shows_where_the_points_went():
    before, after = plots.hidden_space(hand_made_xor(), nn.xor()).axes
    offsets = [part.get_offsets() for part in after.collections if len(part.get_offsets()) > 1]
    points = sorted(tuple(point) for part in offsets for point in np.array(part).tolist())
    assert points == [(0, 0), (0.5, 0), (0.5, 0), (1.5, 0.5)]
    assert {text.get_text() for text in after.texts} == {"(0, 0)", "(0, 1) and (1, 0)", "(1, 1)"}
    assert len(before.texts) == 4


@pytest.mark.slow
def test_points_that_fall_together_share_a_label():
    model = nn.MLP(2, [2, 1], "tanh", weights=[[[9.0, 0.0], [0.0, 9.0]], [[1.0, 1.0]]], biases=[[0.5, 0.5], [0.0]])
    data = [([1.0, 1.0], 0), ([2.0, 2.0], 1), ([3.0, 1.0], 0), ([-1.0, -1.0], 1)]
    _, after = plots.hidden_space(model, data).axes
    assert sorted(text.get_text() for text in after.texts) == ["(-1, -1)", "(1, 1), (2, 2) and (3, 1)"]
    for figure in (plots.hidden_space(model, data), plots.hidden_space(hand_made_xor(), nn.xor())):
        drawn(figure)
        for ax in figure.axes:
            frames = [text.get_window_extent() for text in ax.texts]
            outside = ax.get_window_extent()
            assert all(outside.x0 <= f.x0 and f.x1 <= outside.x1 and f.y1 <= outside.y1 for f in frames)
            assert not any(a.overlaps(b) for i, a in enumerate(frames) for b in frames[:i])


def test_layers_are_counted_alike_where_dropout_stands_between():
    layers = [nn.Layer(2, 3, rng=Random(0)), nn.Dropout(0.5), nn.Layer(3, 2, rng=Random(1)), nn.Dropout(0.5)]
    model = nn.Sequential(*layers, nn.Layer(2, 1, "linear", Random(2)))
    _, after = plots.hidden_space(model, nn.xor(), layer=1).axes
    assert after.get_xlabel() == "layers.2.neurons.0"
    assert len(plots.hidden_space(model, nn.xor(), layer=0, units=(0, 2)).axes) == 2


def test_newton_goes_down_a_bowl_in_one_step():
    start, end, *_ = plots.descent(bowl, (3.0, -2.0), nn.Newton, steps=1)
    assert (start, end) == ((3.0, -2.0), (0.0, 0.0))
    with pytest.raises(DomainError, match="no inverse"):
        plots.descent(lambda x, y: x + y, (3.0, -2.0), nn.Newton)


MODEL = hand_made_xor()
REFUSED = [
    (lambda: plots.loss_curves([1.0, 0.5]), "It is what fit returns"),
    (lambda: plots.loss_curves(nn.History()), "It is what fit returns"),
    (lambda: plots.activation_functions(["swish"]), "no activation 'swish'"),
    (lambda: plots.activation_functions([]), "Without a name"),
    (lambda: plots.gradient_norms("model"), "a Module"),
    (lambda: plots.decision_boundary(lambda x: x, nn.xor()), "a Module"),
    (lambda: plots.decision_boundary(MODEL, []), "no examples"),
    (lambda: plots.decision_boundary(MODEL, [([0.0, 1.0], 1)]), "All labels"),
    (lambda: plots.hidden_space(MODEL, nn.xor(), layer=2), "layer is from 0 to 1"),
    (lambda: plots.hidden_space(MODEL, nn.xor(), layer="hidden"), "layer is from 0 to 1"),
    (lambda: plots.hidden_space(MODEL, nn.xor(), layer=1), "units are two different numbers from 0 to 0"),
    (lambda: plots.hidden_space(MODEL, nn.xor(), units=(0, 2)), "units are two different numbers from 0 to 1"),
    (lambda: plots.hidden_space(MODEL, nn.xor(), units=(1, 1)), "units are two different numbers"),
    (lambda: plots.loss_surface(3.0), "a function of two weights"),
    (lambda: plots.loss_surface(bowl, [1.0, 2.0]), "A path is a list of points"),
    (lambda: plots.loss_surface(bowl, span=(-1, 1)), "span is"),
    (lambda: plots.loss_surface(bowl, span=((1, 1), (0, 1))), "span is"),
    (lambda: plots.loss_surface(bowl, grid=1), "grid"),
    (lambda: plots.loss_surface(lambda x, y: math.inf, span=((0, 1), (0, 1))), "not finite"),
    (lambda: plots.descent(bowl, 1.0, nn.SGD), "a point of two weights"),
    (lambda: plots.descent(bowl, (1.0, 1.0), "sgd"), "lambda weights"),
    (lambda: plots.descent(bowl, (1.0, 1.0), nn.SGD, steps=0), "steps"),
]


@pytest.mark.parametrize(("draw", "words"), REFUSED)
def test_what_cannot_be_drawn_is_refused_with_a_sentence(draw, words):
    with pytest.raises(AutogradError, match=words):
        draw()


def test_gradients_that_are_not_finite_have_no_bar():
    model = trained_layers()
    model.layers[1].neurons[0].bias.grad = math.inf
    with pytest.raises(DomainError, match="not finite, so it has no bar"):
        plots.gradient_norms(model)


def test_descent_on_a_bowl_is_the_closed_form():
    path = plots.descent(bowl, (3.0, -2.0), lambda weights: nn.SGD(weights, lr=0.04), steps=20)
    expected = [(3 * (1 - 2 * 0.04) ** t, -2 * (1 - 20 * 0.04) ** t) for t in range(21)]
    assert np.allclose(path, expected, rtol=1e-12)


def test_a_path_that_runs_away_is_still_drawn():
    path = plots.descent(bowl, (1.0, 1.0), lambda weights: nn.SGD(weights, lr=0.12), steps=6)
    plots.loss_surface(bowl, path, grid=10)
    plots.loss_surface(bowl, [*path, (math.nan, math.inf)], span=[(-1, 1), (-1, 1)], grid=10)


def test_data_that_is_not_of_the_plane_is_refused_with_the_way_out():
    model, data = nn.MLP(4, [3], rng=Random(0)), nn.yin_yang(12, rng=Random(0))
    with pytest.raises(LengthError, match="inputs=lambda x, y"):
        plots.decision_boundary(model, data)
    plots.decision_boundary(model, data, inputs=lambda x, y: [x, y, 1 - x, 1 - y], grid=10)


def test_the_classes_are_told_apart_by_colour_and_by_shape():
    assert set(plots.CLASSES) == set(canvas.COLOURS)
    assert len(set(plots.CLASSES)) == len(set(plots.MARKERS)) == 10


# As eyes without one kind of cone see a colour in linear RGB: Machado, Oliveira and Fernandes, 2009.
SIGHTS = {
    "of three cones": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])  # sRGB, D65


def lightness_and_hue(colours, sight):
    """Return colours in CIELAB, where a distance is a difference that one sees."""
    from matplotlib.colors import to_rgb

    rgb = np.array([to_rgb(colour) for colour in colours])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    shares = (linear @ np.transpose(sight)).clip(0, 1) @ TO_XYZ.T / TO_XYZ.sum(axis=1)
    x, y, z = np.where(shares > (6 / 29) ** 3, np.cbrt(shares), shares * (29 / 6) ** 2 / 3 + 4 / 29).T
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)]).T


@pytest.mark.parametrize("sight", SIGHTS.values(), ids=SIGHTS)
def test_the_ninth_and_tenth_colour_are_as_far_from_all_as_the_eight_are(sight):
    seen = lightness_and_hue(plots.CLASSES, sight)
    apart = np.linalg.norm(seen[:, None] - seen, axis=2) + np.diag([math.inf] * len(seen))
    assert apart[8:].min() > apart[:8, :8].min()


def test_pyplot_and_its_global_figures_are_left_alone():
    code = "import sys, nn; from nn import plots; plots.loss_curves(nn.History([1.0])); print('matplotlib.pyplot' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout
        == "False\n"
    )


def test_what_has_no_place_in_the_plane_is_refused():
    model = nn.MLP(2, [2, 1], rng=Random(0))
    with pytest.raises(DomainError, match="not finite, and has no place in the plane"):
        plots.decision_boundary(model, [([1.0, math.nan], 1), ([1.0, 2.0], 0)])
    with pytest.raises(nn.SettingError, match="units are two different numbers"):
        plots.hidden_space(model, nn.xor(), units=1)
