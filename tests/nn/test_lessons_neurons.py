"""The lessons on neurons, layers, activations and losses: the documents' figures by hand, and what the texts claim."""

import math
import random

import mpmath
import numpy as np
import pytest

from autograd import DomainError
from autograd.classroom import passes
from nn import MLP, Layer, Neuron, binary_cross_entropy
from nn.lessons import (
    activations,
    hidden_space,
    layer,
    linear_trap,
    loan_neuron,
    losses,
    one_line,
    one_neuron,
    own_losses,
    xor_by_hand,
    xor_training,
)


def texts(lesson):
    return " ".join(item for item in lesson.story() if isinstance(item, str))


# --- one neuron ---


def test_the_neurons_of_the_document_by_hand():
    assert max(0, 2 * 3 + 1) == one_neuron.neuron(*one_neuron.ONE).data == 7
    assert max(0, 0.5 * 2 + -1 * 3 + 2 * 1 + 1) == one_neuron.neuron().data == 1
    assert (one_neuron.INPUTS, one_neuron.WEIGHTS, one_neuron.BIAS) == ((2, 3, 1), (0.5, -1, 2), 1)
    assert Neuron(3, weights=one_neuron.WEIGHTS, bias=one_neuron.BIAS)(one_neuron.INPUTS).data == 1


def test_below_0_a_neuron_is_silent_for_every_nudge():
    def output(x):
        return max(0.0, float(np.dot(one_neuron.WEIGHTS, x)) + one_neuron.BIAS)

    nudges = [np.array(one_neuron.MORE) + 1e-3 * sign * step for step in np.eye(3) for sign in (1, -1)]
    assert {output(x) for x in nudges} == {0.0}
    assert "z is −1, and ReLU makes it 0" in texts(one_neuron.LESSON)


def test_no_input_matters_more_than_x3():
    stated = one_neuron.LESSON.numbers
    assert max(["x1", "x2", "x3"], key=lambda x: abs(stated[f"∂a/∂{x}"])) == "x3"
    assert one_neuron.INPUTS[2] == min(one_neuron.INPUTS)


# --- a layer ---


def test_the_layer_is_the_matrix_forward_and_backward():
    w, x, b, upstream = (np.array(part) for part in (layer.W, layer.X, layer.B, layer.UPSTREAM))
    z = w @ x + b
    delta = upstream * (z > 0)
    stated = layer.LESSON.numbers
    assert [stated[f"z{j}"] for j in (1, 2, 3)] == z.tolist()
    assert [[stated[f"∂L/∂w{j}{i}"] for i in (1, 2, 3)] for j in (1, 2, 3)] == np.outer(delta, x).tolist()
    assert [stated[f"∂L/∂b{j}"] for j in (1, 2, 3)] == delta.tolist()
    assert [stated[f"∂L/∂x{i}"] for i in (1, 2, 3)] == (w.T @ delta).tolist()
    assert "(1.5, 3, −4)" in texts(layer.LESSON)


def test_the_layer_is_nn_s_and_its_first_neuron_the_document_s():
    made = Layer(3, 3, "relu", weights=layer.W, biases=layer.B)
    assert [a.data for a in made(layer.X)] == [1, 4, 0]
    assert (layer.W[0], layer.B[0], layer.X) == (one_neuron.WEIGHTS, one_neuron.BIAS, one_neuron.INPUTS)


def test_expanded_sums_are_the_same_and_take_six_nodes_each():
    assert [z.data for z in layer.expanded()] == [1, 4, -2]
    made = Layer(3, 3, "linear", weights=layer.W, biases=layer.B, expand=True)
    assert layer.operations(made(layer.X)) == layer.operations(layer.expanded()) == 3 * 6


# --- the loan neuron ---


@pytest.mark.parametrize("income", [0, 40, 120, 200])
def test_the_line_is_the_document_s(income):
    score = 75 - 0.25 * income
    assert 0.5 * income + 2 * score - 150 == loan_neuron.decision(income, score).data == 0
    assert loan_neuron.decision(income, score + 1).data == 2
    assert "score = 75 − 0.25·income" in texts(loan_neuron.LESSON)


def test_the_unit_of_an_input_changes_the_ratio_of_weights_and_not_the_line():
    slope, at_0 = loan_neuron.line(loan_neuron.DOCUMENT)
    w1, w2, b = loan_neuron.DOCUMENT
    slope_in_units, at_0_in_units = loan_neuron.line((w1 / 1000, w2, b))
    assert (slope_in_units * 1000, at_0_in_units) == (slope, at_0)
    assert (w2 / w1, round(w2 / (w1 / 1000))) == (4, 4000)
    assert "the ratio 4,000" in texts(loan_neuron.LESSON)


def test_one_step_moves_the_line_and_a_second_takes_dan_over_it():
    w, x = np.array(loan_neuron.DOCUMENT), np.array([*loan_neuron.WRONGLY_REJECTED, 1])
    once, twice = w + 0.001 * x, w + 0.002 * x
    assert loan_neuron.step(loan_neuron.wrongly_rejected()) == pytest.approx(once)
    assert w @ x == -20
    assert once @ x == pytest.approx(-8.399)
    assert twice @ x > 0


def test_distances_from_the_line():
    for name, far in (("Ada", "9.70"), ("Ben", "−14.55")):
        z = np.dot(loan_neuron.DOCUMENT, [*loan_neuron.APPLICANTS[name], 1])
        assert float(far.replace("−", "-")) == pytest.approx(z / math.sqrt(0.5**2 + 2**2), abs=0.005)
        assert far in texts(loan_neuron.LESSON)


# --- one line ---


def gradient_descent(targets, squared=False):
    """The lesson's training in NumPy."""
    x, y = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1.0]]), np.array(targets)
    w = np.array(one_line.START)
    for _ in range(one_line.EPOCHS):
        p = 1 / (1 + np.exp(-x @ w))
        w = w - one_line.LEARNING_RATE * x.T @ ((2 * (p - y) * p * (1 - p)) if squared else (p - y)) / 4
    return w, 1 / (1 + np.exp(-x @ w))


@pytest.mark.parametrize("name", one_line.TARGETS)
def test_one_neuron_is_trained_as_in_numpy(name):
    found = one_line.trained(name)
    weights, predictions = gradient_descent(one_line.TARGETS[name])
    assert found.weights == pytest.approx(weights, abs=1e-9)
    assert found.predictions == pytest.approx(predictions, abs=1e-9)
    learned = [p > 0.5 for p in found.predictions] == [t == 1 for t in one_line.TARGETS[name]]
    assert learned is (name != "XOR")


def test_on_xor_it_ends_at_ln_2_or_a_quarter():
    assert one_line.trained("XOR").loss == pytest.approx(math.log(2), abs=1e-12)
    _, predictions = gradient_descent(one_line.TARGETS["XOR"], squared=True)
    assert predictions == pytest.approx([0.5] * 4, abs=1e-3)
    assert one_line.trained("XOR", one_line.squared_error).loss == pytest.approx(0.25, abs=1e-9)


def test_the_loss_is_at_its_lowest_where_all_weights_are_0():
    """The Hessian Xᵀ diag(p(1 − p)) X is positive definite, at 0 and elsewhere: the loss is convex."""
    x, rng = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1.0]]), np.random.default_rng(0)
    for w in [np.zeros(3), *rng.normal(0, 3, (20, 3))]:
        p = 1 / (1 + np.exp(-x @ w))
        assert min(np.linalg.eigvalsh(x.T @ np.diag(p * (1 - p)) @ x)) > 0
        assert -np.mean(np.log(np.where(np.array(one_line.TARGETS["XOR"]), p, 1 - p))) >= math.log(2) - 1e-15


def test_no_line_draws_xor_or_its_opposite():
    """Very many lines draw no more than the lesson's few."""
    weights = np.random.default_rng(1).normal(0, 1, (100_000, 3))
    z = weights @ np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1.0]]).T
    drawn = {tuple(row) for row in (z > 0).astype(int).tolist()}
    assert one_line.drawn_by_a_line() == drawn
    assert len(drawn) == 14
    assert not {(0, 1, 1, 0), (1, 0, 0, 1)} & drawn


# --- the linear trap ---


def test_three_layers_are_one_in_numpy():
    w1, w2, w3 = (np.array(w) for w in (linear_trap.W1, linear_trap.W2, linear_trap.W3))
    b1, b2, b3 = (np.array(b) for b in (linear_trap.B1, linear_trap.B2, linear_trap.B3))
    weights, bias = w3 @ w2 @ w1, w3 @ w2 @ b1 + w3 @ b2 + b3
    assert linear_trap.collapsed() == (weights[0].tolist(), bias[0])
    for x in np.random.default_rng(2).normal(0, 3, (10, 2)):
        assert w3 @ (w2 @ (w1 @ x + b1) + b2) + b3 == pytest.approx(weights @ x + bias)
    stated = linear_trap.LESSON.numbers
    assert [stated["∂y/∂x1"], stated["∂y/∂x2"]] == weights[0].tolist()
    assert [stated["∂y/∂h1"], stated["∂y/∂h2"]] == (w3 @ w2)[0].tolist()
    assert "There are 15 parameters" in texts(linear_trap.LESSON)


def test_without_activations_everything_moves_and_nothing_bends():
    linear = linear_trap.trained("linear")
    assert linear.moved == len(linear.model.parameters()) == 25
    assert linear.loss == pytest.approx(math.log(2), abs=1e-9)
    assert abs(linear.bend) < 1e-12
    for activation in ("relu", "tanh"):
        found = linear_trap.trained(activation)
        assert [z > 0 for z in found.outputs] == [False, True, True, False]
        assert found.bend < -20


def test_with_relu_some_units_are_off_at_first():
    """The first layer's start, drawn again: unit 2 or another is above 0 for none of the four inputs."""
    model = MLP(2, [3, 3, 1], "relu", init="xavier", rng=random.Random(linear_trap.SEED))
    units = [[a.data > 0 for a in model.layers[1](model.layers[0](x))] for x in [(0, 0), (0, 1), (1, 0), (1, 1)]]
    first = [[a.data > 0 for a in model.layers[0](x)] for x in [(0, 0), (0, 1), (1, 0), (1, 1)]]
    off = [not any(column) for rows in (first, units) for column in zip(*rows, strict=True)]
    assert any(off)
    assert linear_trap.trained("relu").moved < 25


# --- activations ---

ORACLE = {
    "linear": lambda x: x,
    "relu": lambda x: max(mpmath.mpf(0), x),
    "leaky_relu": lambda x: x if x > 0 else x / 100,
    "elu": lambda x: x if x > 0 else mpmath.expm1(x),
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "tanh": lambda x: (mpmath.exp(x) - mpmath.exp(-x)) / (mpmath.exp(x) + mpmath.exp(-x)),
    "softplus": lambda x: mpmath.log(1 + mpmath.exp(x)),
    "gelu": lambda x: x * mpmath.ncdf(x),
}


@pytest.mark.parametrize("name", ORACLE)
@pytest.mark.parametrize("at", [-4.0, -1.0, 1.0, 4.0])
def test_the_slopes_are_those_of_mpmath(name, at):
    assert activations.slope(name, at) == pytest.approx(float(mpmath.diff(ORACLE[name], mpmath.mpf(at))), rel=1e-9)


def test_at_0_as_the_document_has_it():
    assert (activations.slope("sigmoid", 0.0), activations.slope("tanh", 0.0), activations.slope("relu", 0.0)) == (
        0.25,
        1,
        0,
    )
    assert activations.central("relu", 0.0) == 0.5
    steepest = max(activations.slope("sigmoid", i / 100) for i in range(-500, 501))
    assert steepest == activations.slope("sigmoid", 0.0)


def test_softmax_of_the_document():
    powers = np.exp(activations.LOGITS)
    p = powers / powers.sum()
    assert activations.probabilities() == pytest.approx(p)
    assert [f"{x:.3f}" for x in p] == ["0.659", "0.242", "0.099"]
    slopes = [activations.LESSON.numbers[f"∂p1/∂z{i}"] for i in (1, 2, 3)]
    assert slopes == pytest.approx([p[0] * (1 - p[0]), -p[0] * p[1], -p[0] * p[2]])
    assert sum(slopes) == pytest.approx(0, abs=1e-12)
    assert activations.probabilities(tuple(z + 100 for z in activations.LOGITS)) == pytest.approx(p)
    assert p[0] / p[1] == pytest.approx(math.e)
    assert "They add up to 1." in texts(activations.LESSON)


# --- losses ---


def test_the_houses_by_hand():
    errors = np.array([210e3, 280e3, 255e3]) - np.array([200e3, 300e3, 250e3])
    assert errors.tolist() == [10e3, -20e3, 5e3]
    assert (errors**2).tolist() == [100e6, 400e6, 25e6]
    stated = losses.LESSON.numbers
    assert stated["L"] == np.mean(errors**2) == 175e6
    assert stated["mean absolute error"] == pytest.approx(np.mean(abs(errors)))
    assert [stated[f"∂L/∂p{i}"] for i in (1, 2, 3)] == pytest.approx(2 * errors / 3)
    told = texts(losses.LESSON)
    assert f"makes up {100 * 400 / 525:.0f}% of it, and {100 * 20 / 35:.0f}% of the gradient" in told
    assert "175 million" in told


@pytest.mark.parametrize(("p", "rounded"), [(0.5, "0.69"), (0.1, "2.30"), (0.4, "0.916"), (0.9, "0.105")])
def test_the_document_s_logarithms(p, rounded):
    exact = -mpmath.log(mpmath.mpf(str(p)))
    assert losses.LESSON.measure(losses.LESSON)[f"−ln {p}"] == pytest.approx(float(exact))
    assert f"{float(exact):.{len(rounded) - 2}f}" == rounded


@pytest.mark.parametrize("p", losses.PROBABILITIES)
def test_losses_and_slopes_through_a_sigmoid(p):
    surprise, slope, square, its_slope = losses.right_with(p)
    assert (surprise, slope) == pytest.approx((-math.log(p), p - 1))
    assert (square, its_slope) == pytest.approx(((p - 1) ** 2, 2 * (p - 1) * p * (1 - p)))


def test_what_the_texts_say_of_probabilities():
    told = texts(losses.LESSON)
    assert f"at 5% it is {math.log(0.05) / math.log(0.95):.0f} times as large" in told
    assert binary_cross_entropy(0.0, 1, allow_inf=True).data == math.inf
    with pytest.raises(DomainError, match="infinite"):
        binary_cross_entropy(0.0, 1)
    assert sum(losses.DIGITS) == pytest.approx(1)
    assert f"{-math.log2(0.4):.4f} bits" in told
    assert f"ln 10 = {math.log(10):.4f}" in told
    assert losses.LESSON.numbers["0.3 for 1: slope"] == 2 * (0.3 - 1)


# --- hidden space ---

CORNERS = [(0, 0), (0, 1), (1, 0), (1, 1)]
MOVED = np.array([[max(0, x1 + x2 - 0.5), max(0, x1 + x2 - 1.5)] for x1, x2 in CORNERS])
CLASS_1 = np.array([False, True, True, False])


def test_the_hidden_layer_is_that_of_xor_by_hand():
    assert hidden_space.hidden(hidden_space.by_hand()) == [tuple(point) for point in MOVED]
    assert hidden_space.DOCUMENT == xor_by_hand.DOCUMENT
    assert tuple(hidden_space.SURE * u for u in hidden_space.MENDED) == xor_by_hand.MENDED
    for inputs in CORNERS:
        assert hidden_space.by_hand()(inputs)[0].data == xor_by_hand.network(inputs, xor_by_hand.MENDED).data


def test_the_document_s_line_does_not_separate_and_the_mended_line_does():
    for (u1, u2, c), separates in ((hidden_space.DOCUMENT, False), (hidden_space.MENDED, True)):
        z = MOVED @ [u1, u2] + c
        assert [hidden_space.side((u1, u2, c), tuple(p)) for p in MOVED] == z.tolist()
        assert np.array_equal(z > 0, CLASS_1) is separates
    told = texts(hidden_space.LESSON)
    assert told.count("0.25  wrong side") == 1
    assert "is 0.5 at (0.5, 0) and 0.5 at (1.5, 0.5)" in told


def test_no_line_keeps_further_off_than_the_mended_one():
    """For each direction, half the gap between the classes; the best of very many directions."""
    angles = np.linspace(0, 2 * np.pi, 100_001)
    z = MOVED @ np.array([np.cos(angles), np.sin(angles)])
    gaps = (z[CLASS_1].min(axis=0) - z[~CLASS_1].max(axis=0)) / 2
    stated = hidden_space.LESSON.numbers["mended: distance"]
    assert gaps.max() == pytest.approx(stated, rel=1e-3)
    assert gaps.max() <= stated + 1e-12


def test_training_bends_a_row_into_a_corner():
    _, stages = hidden_space.training()
    first, last = (np.array(stages[k].points) for k in (0, -1))
    centred = first - first.mean(axis=0)
    spread = np.linalg.svd(centred, compute_uv=False)
    assert spread[1] < 0.05 * spread[0], "almost in a row"
    along = centred @ np.linalg.svd(centred)[2][0]
    assert CLASS_1[np.argsort(along)].tolist() == [False, True, True, False]
    assert np.linalg.svd(last - last.mean(axis=0), compute_uv=False)[1] > 0.5
    assert [z > 0 for z in stages[-1].outputs] == CLASS_1.tolist()


# --- the pictures ---


@pytest.mark.slow
@pytest.mark.parametrize(
    "draw",
    [
        loan_neuron.plot,
        one_line.plot,
        linear_trap.plot,
        losses.plot,
        hidden_space.plot,
        hidden_space.plot_trained,
        xor_training.plot,
    ],
    ids=lambda draw: f"{draw.__module__} {draw.__name__}",
)
def test_the_pictures_have_titles_and_named_axes(draw):
    pytest.importorskip("matplotlib")
    assert all(ax.get_title() and ax.get_xlabel() and ax.get_ylabel() for ax in draw().axes)


def test_the_pictures_are_those_of_the_lessons():
    for module in (loan_neuron, one_line, linear_trap, activations, losses, hidden_space, xor_training):
        assert module.LESSON.plot is module.plot


# --- XOR, by hand and trained: what was added to these lessons ---


def test_below_which_weight_1_1_comes_out_right():
    for u2, right in ((-2.5 - 1e-9, True), (-2.5 + 1e-9, False), (-2.0, False)):
        assert (xor_by_hand.network((1, 1), (1.0, u2, -0.25)).data < 0.5) is right


def test_four_parameters_never_move():
    stalled = list(xor_training.training())
    names = xor_training.unmoved(stalled)
    assert len(names) == 4
    assert len(stalled[0].state) == 13
    assert "4 of the 13 parameters" in texts(xor_training.LESSON)
    assert [stalled[k].state["layers.1.neurons.0.weights.1"] for k in (0, -1)] == [xor_training.OUTPUT[0][1]] * 2


def test_no_line_gets_below_a_squared_error_of_a_quarter():
    """A grid over w₁, w₂ and b, at weights small and large."""
    grid = np.array([-40, -20, -10, -5, -3, -2, -1, -0.5, 0, 0.5, 1, 2, 3, 5, 10, 20, 40.0])
    w1, w2, b = np.meshgrid(grid, grid, np.linspace(-60, 60, 241))
    p = [1 / (1 + np.exp(-z)) for z in (b, w2 + b, w1 + b, w1 + w2 + b)]
    assert ((p[0] ** 2 + (1 - p[1]) ** 2 + (1 - p[2]) ** 2 + p[3] ** 2) / 4).min() == 0.25


# --- a pass told in part ---


def test_a_pass_told_about_some_nodes_is_a_part_of_the_whole():
    root = linear_trap.three_layers()
    whole, part = list(passes(root)), list(passes(root, about=("x1",)))
    rest = iter(whole)
    assert all(item in rest for item in part), "the same events in the same order"
    forward = [item for item in whole if not isinstance(item, str) and item.phase == "forward"]
    assert [item for item in part if not isinstance(item, str) and item.phase == "forward"] == forward
    told = [item.key for item in part if not isinstance(item, str) and item.phase == "backward"]
    assert told == ["seed y", "ready y", "chain h2→x1", "chain h1→x1", "ready x1"]


# --- what the documents say in passing ---


def test_weights_behind_positive_inputs_zig_zag():
    for positive in (True, False):
        rng, w, together, path = random.Random(0), np.zeros(2), 0, 0.0
        for _ in range(400):
            x = np.array([rng.random(), rng.random()]) - (0 if positive else 0.5)
            gradient = 2 * (w @ x - x @ [1, -1]) * x
            together += gradient.prod() > 0
            step = -0.1 * gradient
            path, w = path + np.linalg.norm(step), w + step
        assert activations.zigzag(positive) == pytest.approx((together / 400, path), rel=1e-9)
        assert np.linalg.norm(w - [1, -1]) < 0.01, "it arrives all the same"
    assert activations.zigzag(True).together == 1


def test_the_three_lines_answer_as_drawn():
    answers = [line.split()[-4:] for line in one_line.three_neurons().splitlines()[1:]]
    assert answers == [list("0111"), list("0001"), list("0010")], "OR, AND, and x1 without x2"


def test_a_missed_illness_that_costs_more_is_missed_less_and_alarms_more():
    missed, alarms = zip(*(counts for _, counts in own_losses.screenings()), strict=True)
    assert list(missed) == sorted(missed, reverse=True)
    assert list(alarms) == sorted(alarms)
    for factor, counts in own_losses.screenings():
        assert np.abs(np.subtract(counts, best_threshold(factor))).max() <= 1, "60 steps end near the least loss"


def test_features_say_that_a_shifted_stroke_is_near_and_pixels_that_it_is_far():
    right, shifted, blank = np.eye(6)[2], np.eye(6)[3], np.zeros(6)
    for image in (shifted, blank):
        blurred = np.convolve(image - right, [1 / 3] * 3, "same")
        by_hand = [np.mean((image - right) ** 2), np.mean(blurred**2)]
        assert own_losses.distances(image.tolist()) == pytest.approx(by_hand)


def test_descent_on_minus_the_reward_times_ln_p_climbs_the_mean_reward():
    p = 1 / (1 + math.exp(-0.5))
    by_hand = p * (1 - p) * (1.0 - 0.2)
    assert own_losses.slope_of_the_mean_reward() == pytest.approx(by_hand)
    assert own_losses.mean_slope_of_the_samples() == pytest.approx(-by_hand)


def test_an_exponential_takes_a_polynomial_of_that_degree():
    """The remainder of the series, with 40 digits: it is below half a unit of the last place, and with a term less it is not."""
    with mpmath.workdps(40):
        r = mpmath.log(2) / 2
        wrong = [mpmath.exp(r) - mpmath.nsum(lambda n: r**n / mpmath.factorial(n), [0, k]) for k in range(20)]
    assert wrong[activations.degree()] < 1.1 * 2.0**-53 < wrong[activations.degree() - 1]


def best_threshold(factor):
    """The same by Newton's method, in NumPy: where the neuron with the least loss draws its line."""
    rng = random.Random(1)
    x, ill = np.array([(rng.gauss(2 * ill, 1), ill) for ill in (0, 1) for _ in range(50)]).T
    weight, theta, inputs = np.where(ill == 1, factor, 1.0), np.zeros(2), np.stack([x, np.ones_like(x)])
    for _ in range(25):
        p = 1 / (1 + np.exp(-theta @ inputs))
        theta -= np.linalg.solve((inputs * (weight * p * (1 - p))) @ inputs.T, inputs @ (weight * (p - ill)))
    called = theta @ inputs > 0
    return int((~called & (ill == 1)).sum()), int((called & (ill == 0)).sum())
