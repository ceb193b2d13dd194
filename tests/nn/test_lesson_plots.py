"""The plots of all lessons: every word can be read, and what is drawn is what the engine and arithmetic by hand say."""

import itertools
from functools import cache

import numpy as np
import pytest

from autograd.__main__ import LESSONS
from autograd.classroom import measured
from nn.lessons import batches, layer, memory, mistakes_laboratory, one_neuron, three_layers, tiny_network, xor_by_hand

pytest.importorskip("matplotlib", reason="matplotlib is not installed")

PLOTS = [slug for slug, lesson in LESSONS.items() if lesson.plot]
BOARD = ("tiny-network", "one-neuron", "layer", "xor-by-hand", "three-layers", "memory", "mistakes")


@cache
def figure(slug):
    """The plot of a lesson, drawn."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    found = LESSONS[slug].plot()
    FigureCanvasAgg(found).draw()
    return found


def unseen(ax):
    """The tick labels that are not drawn, since they stand outside the axes, or the axes are off."""
    for axis in (ax.xaxis, ax.yaxis):
        low, high = sorted(axis.get_view_interval())
        for tick in axis.get_major_ticks() + axis.get_minor_ticks():
            if not (ax.axison and low - 1e-9 <= tick.get_loc() <= high + 1e-9):
                yield from (tick.label1, tick.label2)


def words(found):
    """Each text that is seen, with its box."""
    from matplotlib.text import Text

    hidden = {id(label) for ax in found.axes for label in unseen(ax)}
    texts = [text for text in found.findobj(Text) if text.get_visible() and text.get_text().strip()]
    return [(text.get_text(), Text.get_window_extent(text)) for text in texts if id(text) not in hidden]


def meet(a, b):
    """Whether two boxes overlap by more than a pixel."""
    return min(a.x1, b.x1) - max(a.x0, b.x0) > 1 and min(a.y1, b.y1) - max(a.y0, b.y0) > 1


@pytest.mark.parametrize("slug", PLOTS)
@pytest.mark.slow
def test_no_word_is_cut_off(slug):
    found = figure(slug)
    assert len(words(found)) > 5
    for text, box in words(found):
        assert box.x0 >= -1, text
        assert box.y0 >= -1, text
        assert box.x1 <= found.bbox.width + 1, text
        assert box.y1 <= found.bbox.height + 1, text


@pytest.mark.parametrize("slug", PLOTS)
@pytest.mark.slow
def test_no_word_lies_on_another(slug):
    for (text, box), (other, its_box) in itertools.combinations(words(figure(slug)), 2):
        assert not meet(box, its_box), f"{text!r} and {other!r}"


@pytest.mark.slow
@pytest.mark.parametrize("slug", BOARD)
def test_the_axes_have_names(slug):
    axes = [ax for ax in figure(slug).axes if ax.get_label() != "<colorbar>"]
    assert all(ax.get_title() and ax.get_xlabel() and ax.get_ylabel() for ax in axes)


@pytest.mark.slow
@pytest.mark.parametrize("slug", BOARD)
def test_lines_are_told_apart_without_colour(slug):
    for ax in figure(slug).axes:
        lines = [line for line in ax.lines if len(line.get_xdata()) > 1]
        assert len({(line.get_linestyle(), line.get_marker()) for line in lines}) == len(lines)


def test_only_the_lesson_that_is_a_table_of_digits_has_no_plot():
    """Of `published`, the question is which digits of printed figures differ: a plot shows less of that than the table."""
    assert set(LESSONS) - set(PLOTS) == {"published"}


def noted(ax):
    """The words beside points, by the point."""
    return {tuple(text.xy): text.get_text() for text in ax.texts}


def bars(ax):
    """The bars of an axes: where each begins, and how long it is, by its name."""
    names = [label.get_text() for label in ax.get_yticklabels()]
    return {name: (bar.get_x(), bar.get_width()) for name, bar in zip(names, ax.patches, strict=True)}


def test_tiny_network_shows_the_slope_and_the_step():
    (ax,) = figure("tiny-network").axes
    curve, tangent, here, after = (line.get_xydata() for line in ax.lines)
    assert curve[:, 1] == pytest.approx((2 * curve[:, 0] + 1 - 15) ** 2)
    assert here == pytest.approx(np.array([[3, 64]]))
    (left, right), slope = tangent, measured(tiny_network.network())["∂L/∂w"]
    assert (right[1] - left[1]) / (right[0] - left[0]) == pytest.approx(slope)
    assert left[1] + slope * (3 - left[0]) == pytest.approx(64)
    assert after == pytest.approx(np.array([[3.32, (2 * 3.32 - 14) ** 2]]))
    assert set(noted(ax).values()) == {"w = 3: L = 64", "slope −32", "after a step: w = 3.32, L = 54.1696"}


def test_one_neuron_adds_up_to_z():
    terms, found = bars(figure("one-neuron").axes[0]), measured(one_neuron.neuron())
    assert list(terms.values()) == [(0, 1), (1, -3), (-2, 2), (0, 1), (0, found["z"]), (0, found["a"])]
    assert list(terms)[1] == "w2·x2 = −1 · 3"
    assert sum(width for _, width in list(terms.values())[:4]) == found["z"]


def test_one_neuron_changes_as_its_gradients_say():
    ax, found = figure("one-neuron").axes[1], measured(one_neuron.neuron())
    *lines, points = (line.get_xydata() for line in ax.lines)
    for i, line in enumerate(lines):
        weight = one_neuron.WEIGHTS[i]
        assert line[:, 1] == pytest.approx(np.maximum(0, 1 + weight * line[:, 0]))
        near = line[abs(line[:, 0]) < 0.1]
        assert np.gradient(*near.T[::-1]) == pytest.approx(found[f"∂a/∂x{i + 1}"])
        assert noted(ax)[tuple(line[-1])] == f"x{i + 1}: slope {weight:g}".replace("-", "−")
    assert points.tolist() == [[0, found["a"]], [2, one_neuron.neuron(one_neuron.MORE).data]]


def test_layer_is_an_outer_product():
    (ax,) = figure("layer").axes
    found, z = measured(layer.layer()), np.array(layer.W) @ layer.X + layer.B
    delta = np.where(z > 0, layer.UPSTREAM, 0)
    assert np.array(ax.images[0].get_array()) == pytest.approx(np.outer(delta, [*layer.X, 1]))
    assert [float(text.get_text().replace("−", "-")) for text in ax.texts[:4]] == [
        found[f"∂L/∂{name}"] for name in ("w11", "w12", "w13", "b1")
    ]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["δ1 = −1", "δ2 = 2", "δ3 = 0"]


@pytest.mark.parametrize(("place", "unit", "border"), [(0, "DOCUMENT", 2.25), (1, "MENDED", 1.875)])
def test_xor_by_hand_shows_every_prediction_and_the_border(place, unit, border):
    """By hand: z3 is 0 where x1 + x2 is 0.75, and again where it is 2.25, or 1.875 after the mend."""
    ax = figure("xor-by-hand").axes[place]
    for inputs, text in noted(ax).items():
        prediction = xor_by_hand.network(inputs, getattr(xor_by_hand, unit)).data
        wrong = (prediction > 0.5) != xor_by_hand.TABLE[inputs]
        assert text == f"{prediction:.3f}, target {xor_by_hand.TABLE[inputs]}" + ": WRONG" * wrong
        assert wrong is (place == 0 and inputs == (1, 1))
    assert set(noted(ax)) == set(xor_by_hand.TABLE)
    sums = ax.collections[-1].get_paths()[0].vertices.sum(axis=1)
    assert np.minimum(abs(sums - 0.75), abs(sums - border)) == pytest.approx(0, abs=0.01)
    assert sums.min() < 1 < sums.max()


def test_three_layers_shows_the_matrices():
    way, panels = three_layers.matrix_way(), figure("three-layers").axes
    for ax, mark in zip(panels, three_layers.MARKS, strict=True):
        drawn = np.array(ax.images[0].get_array())
        assert drawn == pytest.approx(np.column_stack([way[f"dW{mark}"], way[f"db{mark}"]]))
        assert [text.get_text() for text in ax.texts] == [three_layers.four(x) for x in drawn.ravel()]
        named = [label.get_text().split("\n")[1] for label in ax.get_yticklabels()]
        assert named == [three_layers.four(delta) for delta in way[f"δ{mark}"]]
    assert len({ax.images[0].get_clim() for ax in panels}) == 1


def test_memory_shows_what_was_counted():
    counted, grows = figure("memory").axes
    numbers = memory.LESSON.numbers
    assert counted.lines[0].get_ydata().tolist() == [numbers[f"{n} segments: stored"] for n in memory.SEGMENTS]
    assert set(counted.lines[1].get_ydata()) == {memory.EXAMPLES * memory.DEPTH * memory.WIDTH}
    depths, stored = grows.lines[0].get_data()
    assert (depths[-1], stored[-1]) == (100, numbers["100 layers, 10 segments"])
    assert grows.lines[1].get_ydata().tolist() == [32 * depth * 1000 for depth in depths]


def test_mistakes_shows_the_number_of_each():
    (ax,) = figure("mistakes").axes
    numbers, drawn = mistakes_laboratory.LESSON.numbers, bars(ax)
    assert drawn.pop("right") == (0, numbers["∂L/∂w"])
    assert drawn == {name: (0, numbers[name]) for name in mistakes_laboratory.run(mistakes_laboratory.squared_error())}
    assert [float(text.replace("−", "-")) for text in noted(ax).values()][1:] == [width for _, width in drawn.values()]


def test_batches_names_its_parameters():
    ax, _ = figure("batches").axes
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("w", "b")
    ends = {line.get_label(): line.get_xydata()[-1] for line in ax.lines if len(line.get_xdata()) > 1}
    for name, size in batches.WAYS.items():
        assert tuple(ends[name]) == batches.run(size).path[:201][-1]
