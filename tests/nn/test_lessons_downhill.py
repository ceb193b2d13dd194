"""What the lessons from three layers to landscapes claim, against arithmetic by hand and NumPy."""

from itertools import pairwise
from random import Random

import numpy as np
import pytest

import nn
from autograd.classroom import measured
from nn.lessons import (
    batches,
    deep_networks,
    early_stopping,
    landscape_walks,
    landscapes,
    learning_rates,
    memory,
    optimizer_race,
    optimizers,
    schedules,
    stopping_runs,
    three_layers,
    vanishing_gradients,
    why_backprop,
)


def told(lesson):
    """All texts of a lesson as one, as they are told."""
    return " ".join(item for item in lesson.story() if isinstance(item, str))


# --- three layers ---


def numpy_three_layers():
    """The document's formulas in NumPy, forward and backward: each dW and δ by its layer."""
    weights = [np.array(w) for w in three_layers.WEIGHTS]
    biases = [np.array(b) for b in three_layers.BIASES]
    x = np.array(three_layers.INPUTS)
    z1 = weights[0] @ x + biases[0]
    a1 = np.maximum(0, z1)
    z2 = weights[1] @ a1 + biases[1]
    a2 = np.maximum(0, z2)
    z3 = weights[2] @ a2 + biases[2]
    delta = np.exp(z3) / np.exp(z3).sum() - np.eye(2)[three_layers.TRUE_CLASS]
    found = {}
    for k, inputs in ((3, a2), (2, a1), (1, x)):
        found[k] = np.outer(delta, inputs), delta
        delta = (weights[k - 1].T @ delta) * (inputs > 0)
    return found


def test_every_scalar_gradient_is_the_entry_of_the_matrix_formula():
    scalar = measured(three_layers.build())
    for k, (dw, delta) in numpy_three_layers().items():
        mark, subs = "¹²³"[k - 1], "₁₂"
        for j in range(2):
            for name in (f"z{mark}{subs[j]}", f"b{mark}{subs[j]}"):
                assert scalar[f"∂L/∂{name}"] == pytest.approx(delta[j], rel=1e-12, abs=1e-15), name
            for i in range(2):
                name = f"w{mark}{subs[j]}{subs[i]}"
                assert scalar[f"∂L/∂{name}"] == pytest.approx(dw[j, i], rel=1e-12, abs=1e-15), name


def test_the_lists_of_the_lesson_are_numpy_s_matrices():
    way = three_layers.matrix_way()
    for k, (dw, delta) in numpy_three_layers().items():
        np.testing.assert_allclose(way[f"dW{'¹²³'[k - 1]}"], dw, rtol=1e-12)
        np.testing.assert_allclose(way[f"δ{'¹²³'[k - 1]}"], delta, rtol=1e-12)


def test_the_graph_and_the_formulas_agree_to_the_bit():
    assert len(three_layers.differences()) == 24
    assert set(three_layers.differences().values()) == {0.0}
    assert "largest difference is 0." in told(three_layers.LESSON)


# --- vanishing and exploding gradients ---


@pytest.mark.parametrize(("factor", "exact"), [(0.1, 1e-10), (2.0, 1024.0)])
def test_ten_factors(factor, exact):
    root = vanishing_gradients.chain(factor)
    assert measured(root)["∂h10/∂x"] == pytest.approx(exact, rel=1e-14)
    assert "0.1¹⁰ = 1e−10" in told(vanishing_gradients.LESSON)
    assert "2¹⁰ = 1,024" in told(vanishing_gradients.LESSON)


def numpy_norms(model, slope, activate):
    """The gradient norm of each layer of a plain network, in NumPy."""
    matrices = [np.array([[w.data for w in n.weights] for n in layer.neurons]) for layer in deep_networks.layers(model)]
    inputs, targets = map(np.array, deep_networks.batch())
    entering = [inputs]
    for w in matrices[:-1]:
        entering.append(activate(entering[-1] @ w.T))
    delta = 2 * (entering[-1] @ matrices[-1].T - targets) / len(inputs)
    found = []
    for w, a in zip(reversed(matrices), reversed(entering), strict=True):
        found.append(np.sqrt(((delta.T @ a) ** 2).sum() + (delta.sum(axis=0) ** 2).sum()))
        delta = (delta @ w) * slope(a)
    return found[::-1]


@pytest.mark.parametrize(
    ("name", "activate", "slope"),
    [
        ("sigmoid, nothing done", lambda z: 1 / (1 + np.exp(-z)), lambda a: a * (1 - a)),
        ("ReLU", lambda z: np.maximum(z, 0), lambda a: a > 0),
        ("tanh, Xavier's weights", np.tanh, lambda a: 1 - a * a),
    ],
)
def test_the_norms_of_the_layers_are_numpy_s(name, activate, slope):
    model = vanishing_gradients.vanishing()[name]
    assert vanishing_gradients.norms(model) == pytest.approx(numpy_norms(model, slope, activate), rel=1e-9)


def test_the_slopes_of_the_sigmoids_and_the_growth_of_the_activations_are_numpy_s():
    for init, mean, share in ((None, 0.230, 0.0), (deep_networks.fourfold, 0.120, 0.318)):
        model, rows, slopes = deep_networks.network("sigmoid", init), np.array(deep_networks.batch()[0]), []
        for layer in model.layers[:-1]:
            rows = 1 / (1 + np.exp(-rows @ np.array([[w.data for w in n.weights] for n in layer.neurons]).T))
            slopes += list((rows * (1 - rows)).ravel())
        assert deep_networks.sigmoid_slopes(model) == pytest.approx(slopes, rel=1e-9)
        assert np.mean(slopes) == pytest.approx(mean, abs=5e-4)
        assert np.mean(np.array(slopes) < 0.05) == pytest.approx(share, abs=5e-4)
    assert deep_networks.growth(2) == pytest.approx(2 * deep_networks.growth(1), rel=1e-9), (
        "ReLU: twice the weights, twice the sums"
    )


def test_each_cure_brings_the_gradient_back_to_the_first_layer():
    shares = {
        name: (n := vanishing_gradients.norms(m))[0] / n[-1] for name, m in vanishing_gradients.vanishing().items()
    }
    worst = shares.pop("sigmoid, nothing done")
    small = shares.pop("tanh, weights of size 0.1")
    assert worst < 1e-7
    assert small < 1e-6
    better = shares.pop("sigmoid, 4 times the weights")
    assert 100 * worst < better < 0.001, "it helps, and does not cure"
    assert min(shares.values()) > 0.01


def test_each_cure_of_explosion_lets_a_step_lower_the_loss():
    steps = vanishing_gradients.exploding()
    nothing = steps.pop("ReLU, weights twice He's")
    assert nothing["after"] > 1e50 > nothing["loss"]
    for name, one in steps.items():
        assert one["after"] < one["loss"], name
    clipped = steps["gradients clipped to 1"]
    assert (clipped["norm"], clipped["step"]) == pytest.approx((nothing["norm"], 0.01), rel=1e-6)
    assert steps["smaller weights: He's"]["norm"] < 1e-5 * nothing["norm"]
    assert steps["batch normalisation"]["norm"] < 1e-5 * nothing["norm"]


# --- why backprop ---


def operands(shape):
    """The operands of the graph, by hand: a neuron's weights, inputs and bias, its tanh; then −, ² and the mean of one."""
    sizes = [2, *shape]
    neurons = sum((2 * nin + 1) * nout for nin, nout in zip(sizes, shape, strict=False))
    return neurons + sum(shape[:-1]) + 2 + 1 + 1


@pytest.mark.parametrize("shape", why_backprop.SHAPES, ids=str)
def test_both_ways_find_the_same_gradient_at_their_own_price(shape):
    one = why_backprop.race(shape)
    sizes = [2, *shape]
    assert one.weights == sum((nin + 1) * nout for nin, nout in zip(sizes, shape, strict=False))
    assert (one.nudging_passes, one.backward_passes) == (one.weights + 1, 1)
    assert one.nudging_work == one.nudging_passes * operands(shape)
    backward = operands(shape) - 2 * shape[0] - 1  # two inputs and the target are numbers, and are paid nothing
    assert one.backward_work == operands(shape) + backward
    assert one.apart < 1e-5


def test_the_work_of_nudging_grows_as_the_square_of_that_of_backward():
    small, large = why_backprop.race([8, 8, 1]), why_backprop.race([24, 24, 1])
    times = large.weights / small.weights
    assert large.backward_work / small.backward_work == pytest.approx(times, rel=0.1)
    assert large.nudging_work / small.nudging_work == pytest.approx(times**2, rel=0.1)


def test_a_nudge_is_worst_when_large_and_when_tiny():
    apart = [why_backprop.race([4, 1], nudge).apart for nudge in why_backprop.NUDGES]
    best = apart.index(min(apart))
    assert 0 < best < len(apart) - 1
    assert apart[0] > 1e-2
    assert apart[-1] > 1e-4
    assert 1e-9 < apart[best] < 1e-5


def test_a_million_weights_and_the_command_that_shows_seconds():
    assert "it is 1,000,001" in told(why_backprop.LESSON)
    assert "seconds([24, 24, 1])" in told(why_backprop.LESSON)
    assert len(why_backprop.seconds([1])) == 2


# --- memory ---


def in_memory_at_once(widths, segments, examples):
    """The most activations held at any moment, by acting the passes out on a list of what is held."""
    bounds = [len(widths) * k // segments for k in range(segments + 1)]
    held, most = [examples * widths[b - 1] for b in bounds[1:-1]], 0  # the entrances of all segments but the first
    for a, b in reversed(list(pairwise(bounds))):
        most = max(most, sum(held) + sum(examples * w for w in widths[a:b]))
        held = held[:-1]
    return most


@pytest.mark.parametrize("segments", memory.SEGMENTS)
def test_checkpointing_stores_less_computes_twice_and_changes_no_bit(segments):
    right, computed = memory.plain()
    one = memory.checkpointed(segments)
    assert computed == memory.DEPTH * memory.EXAMPLES
    assert one["computed"] == 2 * computed
    assert one["gradients"] == right
    assert None not in right
    assert one["without"] == memory.DEPTH * memory.EXAMPLES * memory.WIDTH
    assert one["stored"] == in_memory_at_once([memory.WIDTH] * memory.DEPTH, segments, memory.EXAMPLES)


def test_the_least_memory_is_near_the_root_of_the_number_of_layers():
    stored = {segments: memory.stored_activations(1, [1] * 100, segments) for segments in range(1, 101)}
    assert min(stored, key=stored.get) == 10
    assert all(stored[s] == in_memory_at_once([1] * 100, s, 1) for s in stored)
    assert "32 × 4 × 1,000 = 128,000" in told(memory.LESSON)
    assert "DIFFERENT" not in told(memory.LESSON)


# --- batches ---


def points():
    """The data of the lesson as two arrays."""
    return np.array([x for (x,), _ in batches.DATA]), np.array([y for _, y in batches.DATA])


def test_the_noise_falls_as_one_over_the_root_of_the_batch_size():
    x, y = points()
    slopes = 2 * (0 - y) * x
    assert batches.slopes() == pytest.approx(slopes, rel=1e-12)
    for size in batches.SIZES:
        expected = slopes.std() / np.sqrt(size)
        assert batches.noise(size) == pytest.approx(expected, rel=4 / np.sqrt(2 * batches.DRAWS)), (
            "four standard errors"
        )


def test_the_best_line_is_that_of_least_squares():
    x, y = points()
    assert batches.best() == pytest.approx(tuple(np.polyfit(x, y, 1)), rel=1e-9)


def test_batch_descent_is_numpy_s_and_the_three_runs_differ_as_told():
    x, y = points()
    w = b = 0.0
    for _ in range(batches.EPOCHS):
        error = w * x + b - y
        w, b = w - batches.LEARNING_RATE * 2 * (error * x).mean(), b - batches.LEARNING_RATE * 2 * error.mean()
    runs = {name: batches.run(size) for name, size in batches.WAYS.items()}
    assert runs["batch"].path[-1] == pytest.approx((w, b), rel=1e-9)
    away = {
        name: {epochs: np.hypot(*np.subtract(one.path[epochs * one.steps], batches.best())) for epochs in batches.LOOK}
        for name, one in runs.items()
    }
    assert away["stochastic"][1] < 0.2, "there in the first epoch"
    assert away["stochastic"][3] < away["mini-batch"][3] < away["batch"][3]
    assert away["mini-batch"][10] < 0.1 * away["stochastic"][10] < 0.1 * away["batch"][10]
    assert runs["stochastic"].wobble > 10 * runs["mini-batch"].wobble
    assert all(
        one.distance(epochs) == pytest.approx(away[name][epochs])
        for name, one in runs.items()
        for epochs in batches.LOOK
    )


def test_iterations_and_the_product_of_a_batch():
    assert [batches.iterations(1000, size) for size in (1000, 100, 32, 1)] == [1, 10, 32, 1000]
    single, at_once = batches.one_by_one_and_at_once()
    np.testing.assert_allclose(single, at_once, rtol=1e-14)
    assert "3,211,264" in told(batches.LESSON)
    assert (np.zeros((32, 784)) @ np.zeros((784, 128))).shape == (32, 128)


# --- learning rates ---


@pytest.mark.parametrize("lr", learning_rates.RATES)
def test_descent_on_the_parabola_has_a_closed_form(lr):
    t = np.arange(learning_rates.STEPS + 1)
    expected = 100 * (1 - 8 * lr) ** (2 * t)
    np.testing.assert_allclose(learning_rates.descent(lr), expected, rtol=1e-12, atol=1e-25)
    assert learning_rates.closed_form(lr, 20) == pytest.approx(expected[20], rel=1e-12)


def test_two_of_the_document_s_columns_can_come_from_a_parabola():
    """Every ratio of the room rounds to the column, and none outside it: tried on a fine grid."""
    for name in ("too small", "just right"):
        (_, losses), decimals = learning_rates.COLUMNS[name], learning_rates.DECIMALS[name]
        low, high = learning_rates.ratios(losses, decimals)
        for ratio in np.linspace(low - 0.001, high + 0.001, 1001):
            if min(abs(ratio - low), abs(ratio - high)) > 1e-9:
                rounds = all(abs(100 * ratio**t - loss) <= 0.5 * 10.0**-decimals for t, loss in enumerate(losses))
                assert rounds == (low < ratio < high), (name, ratio)
        lr = learning_rates.COLUMNS[name][0]
        curvature = learning_rates.curvature_for((low + high) / 2, lr)
        w, made = np.sqrt(2 * 100 / curvature), []
        for _ in losses:
            made.append(round(0.5 * curvature * w * w, decimals))
            w -= lr * curvature * w
        assert tuple(made) == losses


def test_no_parabola_makes_both_columns():
    """The curvatures that one column allows, on either side of the bottom, and those of the other do not meet."""
    sides = []
    for name in ("too small", "just right"):
        lr, losses = learning_rates.COLUMNS[name]
        room = learning_rates.ratios(losses, learning_rates.DECIMALS[name])
        sides.append([sorted((1 - side * np.sqrt(ratio)) / lr for ratio in room) for side in (1, -1)])
        assert list(learning_rates.curvatures_for(name)) == pytest.approx(sides[-1][0], rel=1e-9)
    assert all(a[1] < b[0] or b[1] < a[0] for a in sides[0] for b in sides[1])
    assert "near 2,000,000, and near 192" in told(learning_rates.LESSON)


def test_no_bowl_makes_the_first_column():
    """Losses of gradient descent on random bowls never bend down; the column does."""
    random = np.random.default_rng(0)
    for _ in range(100):
        root = random.normal(size=(3, 3))
        bowl, w, lr = root @ root.T, random.normal(size=3), random.uniform(0.01, 1)
        losses = []
        for _ in range(5):
            losses.append(w @ bowl @ w / 2)
            w = w - lr * bowl @ w
        assert min(learning_rates.bends(tuple(losses))) >= -1e-9 * max(losses)
    low, high = learning_rates.ratios(learning_rates.COLUMNS["too large"][1], 0)
    assert low > high
    assert learning_rates.bends(learning_rates.COLUMNS["too large"][1]) == [-320.0, 390.0]


def test_the_small_network_creeps_falls_and_never_settles():
    creeps, falls, jumps = (learning_rates.train(lr) for lr in learning_rates.NETWORK_RATES)
    assert creeps[-1] > 0.95 * creeps[0]
    assert falls[-1] < 0.1 * falls[0]
    assert learning_rates.rises(creeps) == learning_rates.rises(falls) == 0
    assert learning_rates.rises(jumps) > 10
    assert max(jumps) > jumps[0]


# --- optimizers ---


def numpy_steps(rule, slope, loss, surface):
    """The step of a rule w, g, memory, t → w from which on the loss is below the goal, on both weights at once."""
    start, goal = optimizers.SURFACES[surface]["start"], optimizers.SURFACES[surface]["goal"]
    w, memory, inside = np.array(start), [np.zeros(2), np.zeros(2)], []
    for t in range(optimizers.LIMIT + 1):
        inside.append(bool(loss(w) < goal))
        w, memory = rule(w, slope(w), memory, t + 1)
    return next((t for t in range(len(inside)) if all(inside[t:])), None)


def numpy_adam(lr, beta1, beta2):
    def rule(w, g, memory, t):
        m, v = beta1 * memory[0] + (1 - beta1) * g, beta2 * memory[1] + (1 - beta2) * g * g
        return w - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + 1e-8), [m, v]

    return rule


def numpy_momentum(lr, beta):
    def rule(w, g, memory, t):
        v = beta * memory[0] + g
        return w - lr * v, [v, memory[1]]

    return rule


PLACES = [
    ("ravine", lambda w: w * [1, 50], lambda w: (w * w * [0.5, 25]).sum()),
    (
        "saddle",
        lambda w: np.array([2 * w[0], -2 * w[1] + 0.5 * w[1] ** 3]),
        lambda w: w[0] ** 2 - w[1] ** 2 + w[1] ** 4 / 8,
    ),
]


@pytest.mark.parametrize(("race", "slope", "loss"), PLACES, ids=["ravine", "saddle"])
@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("SGD", lambda lr: numpy_momentum(lr, 0.0)),
        ("SGD, momentum 0.9", lambda lr: numpy_momentum(lr, 0.9)),
        ("Adam", lambda lr: numpy_adam(lr, 0.9, 0.999)),
    ],
)
def test_the_race_is_numpy_s(name, rule, race, slope, loss):
    for lr in (0.01, 0.03):
        assert optimizers.race(name, lr, race).steps == numpy_steps(rule(lr), slope, loss, race)


def test_what_the_race_shows():
    ravine = {name: optimizers.fewest(races) for name, races in optimizers.results("ravine").items()}
    assert max(ravine, key=ravine.get) == "SGD"
    unstable = [lr for lr in optimizers.RATES if lr > 2 / optimizers.STEEP]
    assert len(unstable) == 3
    assert all(optimizers.race("SGD", lr, "ravine").steps is None for lr in unstable)


def numpy_away(rule, start, lr):
    """The step at which w2 is 1 or more away from the ridge of the saddle, by its slope −2·w2 + ½·w2³ alone."""
    w, memory = np.array([start]), [np.zeros(1), np.zeros(1)]
    for t in range(1000):
        if abs(w[0]) >= 1:
            return t
        w, memory = rule(w, -2 * w + 0.5 * w**3, memory, t + 1)
    return None


@pytest.mark.parametrize("lr", [0.03, 0.3])
def test_how_soon_each_leaves_the_ridge_is_numpy_s(lr):
    def rmsprop(w, g, memory, t):
        v = 0.99 * memory[0] + 0.01 * g * g
        return w - lr * g / (np.sqrt(v) + 1e-8), [v, memory[1]]

    def adagrad(w, g, memory, t):
        return w - lr * g / (np.sqrt(memory[0] + g * g) + 1e-10), [memory[0] + g * g, memory[1]]

    rules = {
        "SGD": numpy_momentum(lr, 0.0),
        "SGD, momentum 0.9": numpy_momentum(lr, 0.9),
        "Adam": numpy_adam(lr, 0.9, 0.999),
        "RMSprop": rmsprop,
        "Adagrad": adagrad,
    }
    for name, rule in rules.items():
        assert optimizers.race(name, lr, "saddle").away == numpy_away(rule, 0.0001, lr), name
    for start in optimizers.STARTS:
        assert optimizers.away_from(start, "SGD") == numpy_away(numpy_momentum(0.03, 0.0), start, 0.03)


def test_to_reach_is_not_to_stay():
    """By hand: RMSprop's first mean is 0.01·g², so its first step is 10·lr in both directions."""
    wild = optimizers.race("RMSprop", 1.0, "ravine")
    assert wild.first == 4
    assert wild.steps is None
    assert wild.largest == pytest.approx(0.5 * (7 - 10) ** 2 + 25 * (1 - 10) ** 2, rel=1e-6)
    assert optimizers.first_step(optimizers.RMSprop) == pytest.approx(0.1 / np.sqrt(0.01), rel=1e-6)
    assert optimizers.first_step(optimizers.Adam) == pytest.approx(0.1, rel=1e-6)


def test_the_conventions_part_when_the_learning_rate_falls():
    """By hand, for a gradient of 1: v = 1, 1.9, 2.71, 3.439 in one; −0.1, −0.19, −0.271, then 0.9 of it − 0.01."""
    assert optimizers.with_momentum("pytorch", optimizers.RATE_DROPS)[:4] == pytest.approx(
        [-0.1, -0.19, -0.271, -0.03439]
    )
    assert optimizers.with_momentum("classical", optimizers.RATE_DROPS)[:4] == pytest.approx(
        [-0.1, -0.19, -0.271, -0.2539]
    )
    steady = [0.1] * 6
    assert optimizers.with_momentum("pytorch", steady) == pytest.approx(optimizers.with_momentum("classical", steady))


def test_one_beta_is_another_adam():
    gradients = [1, 1, 1, 10, 1, 1]
    for betas in ((0.9, 0.999), (0.9, 0.9)):
        w, memory, expected = np.zeros(1), [np.zeros(1), np.zeros(1)], []
        for t, g in enumerate(gradients, 1):
            after, memory = numpy_adam(0.1, *betas)(w, np.array([g]), memory, t)
            expected.append((after - w)[0])
            w = after
        assert optimizers.with_betas(*betas) == pytest.approx(expected, rel=1e-9)
    assert optimizers.with_betas(0.9, 0.999)[3] != optimizers.with_betas(0.9, 0.9)[3]
    assert optimizers.with_betas(0.9, 0.999)[0] == pytest.approx(-0.1, rel=1e-7)


# --- schedules ---


def test_the_schedules_are_the_document_s_formulas():
    t, k, top, bottom = np.arange(90), 0.05, 0.001, 0.00001
    wanted = {
        "step decay": np.repeat([0.001, 0.0001, 0.00001], 30),
        "exponential": top * np.exp(-k * t),
        "cosine": bottom + 0.5 * (top - bottom) * (1 + np.cos(np.pi * t / 90)),
        "warm restarts": 0.5 * top * (1 + np.cos(np.pi * (t % 30) / 30)),
        "warm-up": top * np.minimum(0.1 + 0.9 * t / 10, 1),
        "warm-up, then cosine": np.where(
            t < 10, top * (0.1 + 0.9 * t / 10), 0.5 * top * (1 + np.cos(np.pi * (t - 10) / 80))
        ),
        "warm-up × exponential": top * np.minimum(0.1 + 0.9 * t / 10, 1) * np.exp(-k * t),
    }
    assert set(wanted) == set(schedules.SCHEDULES)
    for name, expected in wanted.items():
        np.testing.assert_allclose(schedules.rates(schedules.SCHEDULES[name]), expected, rtol=1e-12, err_msg=name)


def test_the_graph_is_exponential_decay_after_ten_epochs():
    assert schedules.build().data == pytest.approx(schedules.rates(schedules.exponential)[10], rel=1e-12)


def test_a_constant_rate_keeps_its_distance_and_each_decay_beats_it():
    away = {name: schedules.distance(make) for name, make in schedules.WAYS.items()}
    large, small = away.pop("constant, large"), away.pop("constant, a hundredth of it")
    assert large == pytest.approx(np.sqrt(0.5 / 1.5), rel=4 / np.sqrt(2 * schedules.RUNS)), "four standard errors"
    left = 10 * (1 - 0.005) ** schedules.STEPS
    assert small == pytest.approx(left, rel=0.1), "still on its way"
    assert max(away.values()) < large / 3


# --- early stopping ---


def the_document_s_algorithm(losses, patience):
    """Its lines, written again: the epoch that is saved last, and the one at which it stops."""
    best, kept, counter = float("inf"), None, 0
    for epoch, loss in losses.items():
        if loss < best:
            best, kept, counter = loss, epoch, 0
        else:
            counter += 1
        if counter >= patience:
            return kept, epoch
    return kept, None


@pytest.mark.parametrize("patience", [1, 2, 3, 5])
@pytest.mark.parametrize("losses", [early_stopping.printed(), early_stopping.filled_in(), early_stopping.BUMPY])
def test_the_watcher_does_what_the_document_s_algorithm_does(losses, patience):
    stopping, stopped = early_stopping.watched(losses, patience)
    assert (stopping.best_epoch, stopped) == the_document_s_algorithm(losses, patience)


def test_the_printed_example_keeps_epoch_15_with_every_patience():
    assert early_stopping.printed() == {1: 2.6, 5: 1.3, 10: 0.9, 15: 0.85, 20: 0.9}
    for patience in range(1, 30):
        assert the_document_s_algorithm(early_stopping.printed(), patience)[0] == 15
        assert the_document_s_algorithm(early_stopping.filled_in(), patience)[0] == 15
    filled = early_stopping.filled_in()
    assert list(filled) == list(range(1, 21))
    assert filled == pytest.approx(
        dict(enumerate(np.interp(range(1, 21), *zip(*early_stopping.printed().items(), strict=True)), 1))
    )
    assert "keeps epoch 15" in told(early_stopping.LESSON)


def test_the_real_run_turns_and_its_best_weights_are_kept():
    history, stopping, kept = early_stopping.train(100)
    losses = history.validation_loss
    assert history.loss[-1] < min(history.loss[:50])
    assert 1 < stopping.best_epoch == int(np.argmin(losses)) + 1 < 30
    assert losses[-1] > 2 * min(losses)
    x, y = zip(*stopping_runs.data(early_stopping.VALIDATION, 11), strict=True)
    predictions = np.array(x) @ [w.data for w in kept.weights] + kept.bias.data
    assert ((predictions - np.array(y)) ** 2).mean() == pytest.approx(min(losses), rel=1e-9)


def test_the_weights_of_the_run_epoch_by_epoch_are_numpy_s():
    """SGD on the mean squared error of two examples at a time, in the order in which they are drawn."""
    train = stopping_runs.data(early_stopping.TRAINING, 1)
    w, b, rng = np.zeros(12), 0.0, Random(0)
    for one in stopping_runs.epochs():
        for inputs, targets in nn.batches(train, stopping_runs.BATCH, rng):
            x, error = np.array(inputs), np.array(inputs) @ w + b - np.array(targets)
            w, b = w - 0.02 * 2 * error @ x / len(x), b - 0.02 * 2 * error.mean()
        assert (one.w1, one.others) == pytest.approx((w[0], np.linalg.norm(w[1:])), rel=1e-9)
        assert one.distance == pytest.approx(np.linalg.norm(w - 2 * np.eye(12)[0]), rel=1e-9)


def test_the_step_for_the_training_example_raises_the_other_loss():
    """w = 2: (2 − 3)² and (4 − 3)²; the slopes are −2 and +4, so w rises: one loss falls, the other grows, to first order."""
    root = early_stopping.build()
    assert measured(root)["∂gap/∂w"] == 4 + 2
    w = 2 - 0.1 * 2 * (2 - 3) * 1
    assert early_stopping.after_a_step(3.0) == pytest.approx(((2 * w - 3) ** 2, (w - 3) ** 2))
    assert 2 * (2 * 2 - 3) * 2 > 0 > 2 * (2 - 3)
    val, train = early_stopping.after_a_step(5.0)
    assert val == pytest.approx((2 * w - 5) ** 2)
    assert val < (4 - 5) ** 2
    assert train == pytest.approx(0.64)


# --- landscapes ---


def test_the_flat_points_are_the_roots_of_the_slope():
    """(w² − 1)² + 0.3·w has the slope 4w³ − 4w + 0.3 and the curvature 12w² − 4."""
    roots = np.sort(np.roots([4, 0, -4, 0.3]))
    found = landscapes.flat_points()
    assert [found["deep"], found["hump"], found["shallow"]] == pytest.approx(list(roots), rel=1e-9)
    assert [landscapes.curvature(w) for w in roots] == pytest.approx(list(12 * roots**2 - 4), rel=1e-9)


@pytest.mark.parametrize("momentum", landscapes.MOMENTA)
def test_momentum_rolls_as_by_hand(momentum):
    w, v, path = landscapes.START, 0.0, [landscapes.START]
    for _ in range(landscapes.STEPS):
        v = momentum * v + 4 * w**3 - 4 * w + 0.3
        w -= landscapes.LEARNING_RATE * v
        path.append(w)
    np.testing.assert_allclose(landscapes.rolled(momentum), path, rtol=1e-6)


def test_where_momentum_ends():
    ends = [landscapes.rolled(beta)[-1] for beta in landscapes.MOMENTA]
    assert [end < 0 for end in ends] == [False, False, True, True, False]
    assert min(landscapes.rolled(0.95)) < -1, "over the hump, and back"
    away = [landscapes.off_the_saddle(beta) for beta in landscapes.MOMENTA]
    assert away == sorted(away, reverse=True)


def test_newton_goes_to_where_the_slope_is_0():
    """Solved by NumPy: x − H⁻¹·slope, on the bowl, on the saddle, and on the saddle with damping."""
    bowl, saddle = np.array([[22, -20], [-20, 20]]), np.diag([2, -2])
    x, y = landscapes.BOWL_START
    slope = [2 * (x - 1) - 20 * (y - x), 20 * (y - x)]
    assert landscapes.newton(landscapes.bowl, (x, y)) == pytest.approx(np.array([x, y]) - np.linalg.solve(bowl, slope))
    assert landscapes.newton(landscapes.bowl, (x, y)) == pytest.approx((1, 1))
    x, y = landscapes.SADDLE_START
    for damping, end in ((0.0, (0, 0)), (landscapes.DAMPING, (0.9, 1.5)), (landscapes.WEAK, (0.5, -0.5))):
        step = np.linalg.solve(saddle + damping * np.eye(2), [2 * x, -2 * y])
        found = landscapes.newton(landscapes.saddle, (x, y), damping=damping)
        assert found == pytest.approx(np.array([x, y]) - step, abs=1e-12)
        assert found == pytest.approx(end, abs=1e-12)


def test_all_positive_is_what_the_eigenvalues_say():
    rng = Random(0)
    for n in (1, 2, 3, 4):
        for _ in range(50):
            matrix = landscape_walks.random_symmetric(n, rng)
            assert landscape_walks.all_positive(matrix) == bool((np.linalg.eigvalsh(matrix) > 0).all())


def test_the_share_of_minima_is_that_of_the_theory():
    """For such matrices of 1, 2 and 3 rows: 1/2, (2 − √2)/4, (π − 2√2)/(4π)."""
    theory = {1: 0.5, 2: (2 - np.sqrt(2)) / 4, 3: (np.pi - 2 * np.sqrt(2)) / (4 * np.pi)}
    for n, share in theory.items():
        error = np.sqrt(share * (1 - share) / landscapes.DRAWS)
        assert landscapes.share_of_minima(n) == pytest.approx(share, abs=4 * error)


def test_the_plateau_holds_gradient_descent_and_not_adam():
    w = 5.0
    for _ in range(1000):
        w -= 0.1 * w * np.exp(-w * w / 2)
    assert f"w = {w:.4f} after 1,000 steps" in told(landscapes.LESSON)
    assert "in the hole after 44" in told(landscapes.LESSON)


def test_patience_on_the_plateau():
    w, steps = 5.0, 0
    while w > 1:
        w -= 0.1 * w * np.exp(-(w**2) / 2)
        steps += 1
    assert landscapes.patience() == steps == 117_829


@pytest.mark.parametrize(("begun", "w"), [("shallow", 0.960149555519), ("deep", -1.035578714089)])
@pytest.mark.parametrize("noise", [4, 8, 12])
def test_how_often_noise_leaves_a_valley(begun, w, noise):
    """All runs at once in NumPy, with the slope 4w³ − 4w + 0.3."""
    drawn = np.array(
        [[rng.gauss(0, noise) for _ in range(landscapes.STEPS)] for rng in map(Random, range(landscapes.RUNS))]
    )
    ws = np.full(landscapes.RUNS, w)
    for column in drawn.T:
        ws = ws - landscapes.LEARNING_RATE * (4 * ws**3 - 4 * ws + 0.3 + column)
    assert landscapes.left_by(noise, begun) == ((ws < 0.0754) if begun == "shallow" else (ws > 0.0754)).sum()


def test_without_noise_no_valley_is_left():
    assert landscapes.left_by(0, "shallow") == landscapes.left_by(0, "deep") == 0


def test_what_a_batch_costs():
    assert batches.costs().splitlines()[2].split() == ["32", "1,875", "31,552", "0.177"], "60,000/32; 32·986; 1/√32"


@pytest.mark.parametrize("lr", landscape_walks.SLOW)
def test_a_small_rate_ends_in_the_valley_where_it_begins_and_a_leap_in_the_other(lr):
    deep, _, shallow = sorted(np.roots([4, 0, -4, 0.3]).real)
    ends = landscape_walks.ends
    assert ends(lr, count=100_000) == pytest.approx(shallow)
    assert ends(lr, -2.0, 100_000) == pytest.approx(deep)
    assert (ends(0.1), ends(0.1, -2.0)) == pytest.approx((deep, shallow))
    assert ends(0.1, count=1) == pytest.approx(2 - 0.1 * (4 * 2 * 3 + 0.3))


def test_a_larger_loss_is_a_larger_rate_for_sgd_and_nothing_to_adam():
    multiplied = optimizer_race.multiplied
    assert (
        multiplied("SGD", 0.00003, 1000)
        == multiplied("SGD", 0.03, 1)
        == optimizer_race.race("SGD", 0.03, "ravine").steps
    )
    assert multiplied("SGD", 0.03, 1000) is None
    assert {multiplied("Adam", 1.0, factor) for factor in (0.01, 1, 1000)} == {76}
