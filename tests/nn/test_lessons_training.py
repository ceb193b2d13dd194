"""The lessons on training, and of the laboratory: their figures by other means, and what their texts claim."""

import math
import subprocess
import sys
from random import Random

import numpy as np
import pytest

import nn
from autograd import Value, grad
from autograd.explain import mistakes
from autograd.explain.stepper import Event
from autograd.graph import topological_order
from nn import MLP, moons
from nn.lessons import (
    curve_fits,
    dials,
    digits,
    guessing_game,
    mistakes_laboratory,
    overfitting,
    published,
    recomputed,
    training_loop,
    training_run,
    two_curves,
    universal_approximation,
)


def texts(lesson):
    """All that a lesson says, in one string."""
    return " ".join(item for item in lesson.story() if not isinstance(item, Event))


# --- the laboratory of mistakes ---


def test_each_mistake_of_the_laboratory_by_hand():
    """L = (y·y + v·y − t)² for y = w·x, at w = 1, x = 2, v = 3, t = 12."""
    w, x, v, t = 1.0, 2.0, 3.0, 12.0
    y = w * x
    delta = 2 * (y * y + v * y - t)
    truth = delta * (2 * y + v) * x
    by_hand = {
        "no topological order": delta * 2 * y * x,  # y goes on after y·y alone
        "= in the place of +=": delta * y * x,  # the last use of y is a factor of y·y
        "stale gradients": truth * 5,  # Σ over the five results on the way, each holding its own once more
        "zero_grad forgotten": truth * 2,
        "updated too early": delta
        * (2 * y + v - 0.5 * delta * y)
        * x,  # v has moved before y's gradient goes through it
        "sign of the delta": -truth,
        "½(t − o)² for (t − o)²": truth / 2,
        "the 2 of the square twice": truth * 2,
        "parents in a set": delta * (y + v) * x,
        "no visited set": delta * (y + (y + y) + (y + y + v)) * x,  # y is visited after each of its uses
    }
    numbers = mistakes_laboratory.LESSON.numbers
    for name, wanted in by_hand.items():
        assert numbers[name] == pytest.approx(wanted), name
    assert numbers["stale gradients, zero_grad forgotten"] == numbers["stale gradients"] + truth
    assert numbers["∂L/∂w"] == truth


def test_the_cube_and_the_sketch_as_told():
    told = texts(mistakes_laboratory.LESSON)
    for words in (
        "is 27",
        "holds 54",
        "gives 45",
        "without it, 72",
        "gets 14",
        "18 for x³ at 3",
        "overwrites the rest: 9",
    ):
        assert words in told, words
    x = Value(1.0)
    y = x
    for _ in range(20):
        y = y + y
    assert grad(y, [x]) == (2.0**20,)  # as many ways as the slope: each is worth 1
    assert f"{2**20:,}" in told


def test_no_mistake_shows_where_every_node_is_used_once():
    x = Value(3.0, "x")
    y = x * 2
    root = y * 5
    root.label = "L"
    for name in ("= in the place of +=", "parents in a set", "no topological order", "no visited set"):
        assert mistakes_laboratory.run(root)[name].first is None, name


# --- the guessing game ---


def played(secret, step):
    """The game by its rules: too low, too high; the number of guesses, or None."""
    guess = 50
    for turn in range(1, 200):
        if abs(guess - secret) <= 2:
            return turn
        guess += step if guess < secret else -step
    return None


@pytest.mark.parametrize("step", guessing_game.STEPS)
def test_descent_on_the_distance_is_the_game(step):
    assert [guessing_game.count(s, step) for s in guessing_game.SECRETS] == [played(s, step) for s in range(1, 101)]


def test_a_step_of_ten_finds_five_endings_and_a_step_of_two_all():
    found = {s for s in range(1, 101) if played(s, 10)}
    assert found == {s for s in range(1, 101) if s % 10 in (8, 9, 0, 1, 2)}
    assert {s for s in range(1, 101) if played(s, 50)} == {1, 2, *range(48, 53), 98, 99, 100}
    told = texts(guessing_game.LESSON)
    for words in (
        "50 of 100",
        "end in 0, 1, 2, 8, 9",
        "50, 100, 50, 100",
        "up to 25 guesses",
        "50 → 590 → −9,670 → 185,270",
    ):
        assert words in told, words


@pytest.mark.parametrize("rate", [0.001, 0.1, 0.5, 0.9, 1.1, 10])
def test_each_step_leaves_the_same_share_of_the_distance(rate):
    found = [g for g, _ in zip(guessing_game.guesses(77, rate, guessing_game.squared), range(6), strict=False)]
    assert found == pytest.approx([77 + (1 - 2 * rate) ** k * (50 - 77) for k in range(6)])


# --- universal approximation ---


@pytest.mark.parametrize("units", universal_approximation.UNITS)
def test_by_hand_the_network_is_the_interpolation(units):
    model, xs = universal_approximation.by_hand(units), np.linspace(-1, 1, 301)
    knots = np.linspace(-1, 1, units + 1)
    found = [model([x])[0].data for x in xs]
    assert found == pytest.approx(np.interp(xs, knots, np.sin(np.pi * knots)), abs=1e-12)
    assert curve_fits.worst(model) <= universal_approximation.bound(units)


def test_the_error_by_hand_falls_to_a_quarter_and_training_does_not_find_it():
    by_hand, trained = universal_approximation.errors()
    assert by_hand[32] / by_hand[16] == pytest.approx(0.25, abs=0.01)
    assert [trained[2, seed] < by_hand[2] for seed in universal_approximation.SEEDS] == [True, True, False], "as told"
    assert all(2 < trained[4, seed] / by_hand[4] < 4 for seed in universal_approximation.SEEDS)
    assert trained[16, 0] > 3 * by_hand[16]
    assert f"{trained[16, 0]:.3f} against {by_hand[16]:.3f}" in texts(universal_approximation.LESSON)
    assert len(str(10**784)) == 785


# --- published against recomputed ---

CHECKS = [(example, check) for example in recomputed.examples().values() for check in example["checks"]]


@pytest.mark.parametrize(("example", "check"), CHECKS, ids=lambda part: part.get("id") or part["target"])
def test_each_published_figure_agrees_or_not_as_the_file_says(example, check):
    found = recomputed.recomputed(example, check)
    assert found == pytest.approx(check["computed"], rel=1e-10, abs=1e-15)
    assert recomputed.agrees(check["published"], found) is check["agrees"], (check["published"], found)
    assert check["agrees"] is ("why" not in check)
    half = 0.5 * 10.0 ** -len(check["published"].partition(".")[2])
    assert (abs(float(check["published"]) - check["computed"]) <= half + 2e-16) is check["agrees"]


def trained_2_2_2(steps, early=False):
    """The walkthrough in NumPy: the error and the outputs after some steps."""
    x, t = np.array([0.05, 0.1]), np.array([0.01, 0.99])
    w1, w2 = np.array([[0.15, 0.2], [0.25, 0.3]]), np.array([[0.4, 0.45], [0.5, 0.55]])

    def outputs():
        h = 1 / (1 + np.exp(-(w1 @ x + 0.35)))
        return h, 1 / (1 + np.exp(-(w2 @ h + 0.6)))

    for _ in range(steps):
        h, o = outputs()
        d2 = (o - t) * o * (1 - o)
        new = w2 - 0.5 * np.outer(d2, h)
        d1 = (new if early else w2).T @ d2 * h * (1 - h)
        w1, w2 = w1 - 0.5 * np.outer(d1, x), new
    return 0.5 * ((t - outputs()[1]) ** 2).sum(), *outputs()[1]


@pytest.mark.parametrize(("algorithm", "early"), [(recomputed.descent, False), (recomputed.early, True)])
@pytest.mark.slow
def test_both_algorithms_are_numpy_s_for_ten_thousand_steps(algorithm, early):
    found = recomputed.long_run(algorithm)
    assert found["E_after_1_step"] == pytest.approx(trained_2_2_2(1, early)[0], rel=1e-12)
    assert found["E_after_9999_steps"] == pytest.approx(trained_2_2_2(9999, early)[0], rel=1e-9)
    last = [found[name] for name in ("E_after_10000_steps", "out_o1_after_10000", "out_o2_after_10000")]
    assert last == pytest.approx(trained_2_2_2(10_000, early), rel=1e-9)


def test_the_misprint_is_the_mistake_of_the_laboratory_to_its_last_digit():
    root = recomputed.network()
    wrong = mistakes.updated_too_early(root, 0.5).gradients
    moved = {node.label: node.data - 0.5 * g for node, g in wrong.items() if node.label.startswith("w")}
    by_laboratory = recomputed.network(recomputed.parameters(tuple(moved[f"w{i}"] for i in range(1, 9))))
    assert by_laboratory.data == pytest.approx(recomputed.figures(recomputed.early(recomputed.WEIGHTS))["E"], rel=1e-14)
    assert f"{by_laboratory.data:.9f}" == "0.291027924"
    told = texts(published.LESSON)
    for words in ("0.29102777369", "0.015912196 and 0.984065734", "0.015913620 and 0.984064274", "0.7071066904050358"):
        assert words in told, words


def test_the_network_that_is_shown_is_the_program_of_the_file():
    shown, listed = recomputed.network(), recomputed.program(recomputed.examples()["mazur-2-2-2"])
    assert shown.data == pytest.approx(listed["E"].data, rel=1e-15)
    found = {node.label: node for node in topological_order(shown) if node.label in listed}
    assert len(found) > 20
    of_file = dict(zip(listed, grad(listed["E"], list(listed.values())), strict=True))
    of_shown = dict(zip(found, grad(shown, list(found.values())), strict=True))
    assert of_shown == pytest.approx({name: of_file[name] for name in found}, rel=1e-12)


# --- digits ---


def test_the_forward_pass_of_one_image_is_numpy_s():
    model = MLP(784, [128, 64, 10], output_activation="softmax", rng=Random(0))
    image = np.kron(np.array(nn.digits()[0][0]).reshape(8, 8), np.ones((7, 7)))[::2, ::2].ravel()
    assert len(image) == 784
    assert np.array(digits.enlarged(nn.digits()[0][0])) == pytest.approx(image)
    values = image
    layers, loss, count = digits.forward_once()
    for k, layer in enumerate(model.layers):
        weights = np.array([[w.data for w in neuron.weights] for neuron in layer.neurons])
        z = weights @ values + np.array([neuron.bias.data for neuron in layer.neurons])
        values = np.maximum(z, 0) if k < 2 else np.exp(z) / np.exp(z).sum()
        assert layers[k] == pytest.approx(values, abs=1e-12)
    assert [len(layer) for layer in layers] == [128, 64, 10]
    assert count == 784 * 128 + 128 + 128 * 64 + 64 + 64 * 10 + 10 == 109_386
    assert math.log(10) < loss < math.log(10) + 0.3


def test_the_document_s_answer_is_a_distribution():
    assert math.fsum(digits.DOCUMENT) == pytest.approx(1)
    assert np.argmax(digits.DOCUMENT) == 3
    told = texts(digits.LESSON)
    for words in ("109,386", "70% at index 3", "says “3”", "= 0.357", "= 2.303", "1.0000"):
        assert words in told, words


def test_the_replayed_network_learns_and_its_predictions_are_its_own():
    rows, model, predictions = digits.with_replay()
    train, test = digits.parts()
    assert (len(train), len(test)) == (1438, 359)
    assert rows[-1][1] == nn.accuracy(model, test) > 0.94
    assert predictions([x for x, _ in test[:20]]) == [
        nn.training.evaluation.predicted(model(x), [], None) for x, _ in test[:20]
    ]
    assert f"{rows[-1][1]:.1%}" in texts(digits.LESSON)


def test_without_numpy_the_lesson_is_told_and_says_what_is_missing():
    code = "import sys; sys.modules['numpy'] = None; from autograd.__main__ import main; main(['step', 'digits'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert "pip install numpy" in done.stdout
    assert f"{digits.without_numpy()[1]:.1%} of 359" in " ".join(done.stdout.split())
    assert "replays it" not in done.stdout


# --- the training loop ---


def test_fit_is_the_loop_written_out_bit_for_bit():
    rows, best, _ = training_loop.by_hand()
    history = training_loop.by_fit()
    assert [row.loss for row in rows] == history.loss
    assert [row.validation_loss for row in rows] == history.validation_loss
    assert history.stopped.startswith(f"stopped early after epoch {len(rows)}")
    losses = [row.validation_loss for row in rows]
    assert losses.index(min(losses)) + 1 == best == len(rows) - training_loop.PATIENCE
    assert "bit for bit" in texts(training_loop.LESSON)
    assert history.steps == 6 * len(rows)


def test_the_printed_loop_sums_the_biases_over_the_wrong_axis_in_numpy():
    model, examples = training_run.network(), training_loop.parts()[0][:6]
    (w1, b1), (w2, b2) = (
        (
            np.array([[w.data for w in n.weights] for n in layer.neurons]),
            np.array([[n.bias.data] for n in layer.neurons]),
        )
        for layer in model.layers
    )
    z = w2 @ np.maximum(w1 @ np.array([x for x, _ in examples]).T + b1, 0) + b2  # a column is an example
    delta = np.exp(z) / np.exp(z).sum(axis=0) - np.eye(10)[[y for _, y in examples]].T
    printed, right, gradients = training_loop.bias_sums()
    assert printed == pytest.approx(delta.sum(axis=0), abs=1e-14)
    assert printed == pytest.approx([0.0] * 6, abs=1e-14)
    assert right == pytest.approx(delta.sum(axis=1), rel=1e-12)
    assert gradients == pytest.approx(delta.mean(axis=1), rel=1e-12)
    told = texts(training_loop.LESSON)
    assert "for 6 examples 6 numbers, where there are 10 biases" in told
    assert "0.500 and 0.333" in told


def test_the_loop_is_numpy_s_for_an_epoch():
    """The first epoch by matrix formulas: dL/dz = ŷ − y, ReLU, no engine."""
    train, _, _ = training_loop.parts()
    model = training_run.network()
    w = [np.array([[p.data for p in n.weights] for n in layer.neurons]) for layer in model.layers]
    b = [np.zeros(len(layer.neurons)) for layer in model.layers]
    losses = []
    for inputs, targets in nn.batches(train, training_loop.BATCH, Random(3)):
        x, y = np.array(inputs), np.eye(10)[targets]
        z = x @ w[0].T + b[0]
        h = np.maximum(z, 0)
        e = np.exp(h @ w[1].T + b[1])
        p = e / e.sum(axis=1, keepdims=True)
        losses.append(-np.log((p * y).sum(axis=1)).mean())
        d2 = (p - y) / len(x)
        d1 = d2 @ w[1] * (z > 0)
        w = [w[0] - 0.1 * d1.T @ x, w[1] - 0.1 * d2.T @ h]
        b = [b[0] - 0.1 * d1.sum(axis=0), b[1] - 0.1 * d2.sum(axis=0)]
    assert training_loop.by_hand()[0][0].loss == pytest.approx(np.mean(losses), rel=1e-12)


def test_logits_nine_times_as_large_begin_near_11():
    """In NumPy: two layers without biases, so that three times the weights, or nine times the inputs, make nine times the logits."""
    model, test = training_run.network(), training_loop.parts()[2]
    w1, w2 = (np.array([[w.data for w in n.weights] for n in layer.neurons]) for layer in model.layers)
    z = 9 * np.maximum(np.array([x for x, _ in test]) @ w1.T, 0) @ w2.T
    losses = np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(test)), [y for _, y in test]]
    assert training_loop.first_loss(3) == pytest.approx(losses.mean())
    assert training_loop.first_loss(inputs=9) == pytest.approx(losses.mean())
    assert losses.mean() > 9


def test_it_begins_near_ln_10_and_steepens_off():
    rows, _, _ = training_loop.by_hand()
    assert rows[0].gradient > rows[9].gradient > rows[49].gradient
    told = texts(training_loop.LESSON)
    for words in (
        "ln 10 = 2.3026",
        "weights of 0 gives 2.3026",
        "10% at a loss of 2.3",
        "30% at a loss of 1.2",
        "74% at a loss of 0.3",
    ):
        assert words in told, words


def test_the_step_is_told_in_its_four_phases():
    found = [event.phase for event in training_loop.LESSON.events()]
    assert list(dict.fromkeys(found)) == ["forward", "loss", "backward", "update"]
    assert found.count("update") == 6


# --- overfitting ---


def test_the_large_network_overfits_the_line_underfits_and_l2_narrows_the_gap():
    small, large, held, dropped = overfitting.fits().values()
    assert min(small.loss, small.validation_loss) > 3 * large.validation_loss > 20 * large.loss
    assert large.loss < overfitting.noise() / 5
    assert held.validation_loss < large.validation_loss
    assert held.loss > large.loss
    assert abs(dropped.validation_loss - large.validation_loss) < 0.02
    epoch, lowest = overfitting.best(large)
    assert epoch < 50
    assert lowest < large.validation_loss
    told = texts(overfitting.LESSON)
    for one in (large, held, dropped):
        assert f"{one.validation_loss:.3f}" in told


def test_more_points_help_with_as_many_updates():
    """The distance from the parabola in NumPy; 150 batches, or the few more that fill an epoch."""
    xs, found = np.linspace(-1, 1, 201), {}
    for n in overfitting.POINTS:
        outputs = np.array([overfitting.fed(n).model([x])[0].data for x in xs])
        found[n] = overfitting.SIGMA**2 + ((outputs - (2 * xs**2 - 1)) ** 2).mean()
        assert overfitting.endless(overfitting.fed(n)) == pytest.approx(found[n], abs=0.01)
        assert 150 <= overfitting.fed(n).history.steps <= 152
    assert found[10] > found[20] > found[40]
    assert overfitting.fed(10).loss == list(overfitting.fits().values())[1].loss


def test_the_pull_of_l2_is_weight_decay_of_twice_the_strength():
    for strength in (0.0, 0.1, 0.5, 2.0):
        by_hand = 3.0 - 0.1 * 2 * strength * 3.0
        assert overfitting.stepped(strength, 0.0) == pytest.approx(by_hand)
        assert overfitting.stepped(0.0, 2 * strength) == pytest.approx(by_hand)


@pytest.mark.parametrize("p", [0.1, 0.2, 0.5, 0.9])
def test_inverted_dropout_keeps_the_mean(p):
    assert overfitting.expected_sum((1.0, 2.0, 3.0), p, 1 / (1 - p)) == pytest.approx(6)
    assert overfitting.expected_sum((1.0, 2.0, 3.0), p, 1.0) == pytest.approx(6 * (1 - p))
    dropout = nn.Dropout(p, Random(0))
    drawn = np.array([[x.data for x in dropout([1.0, 2.0, 3.0])] for _ in range(20_000)])
    assert drawn.sum(axis=1).mean() == pytest.approx(6, rel=0.05)


# --- the dials ---


@pytest.mark.parametrize("case", dials.CASES, ids=lambda case: case.name)
def test_each_training_is_as_ill_as_it_should_be(case):
    monitor = dials.watched(case)
    assert len(monitor.rows) == dials.EPOCHS
    assert any(words.startswith(case.verdict) for words in monitor.diagnosis()), monitor.diagnosis()
    assert case.verdict in texts(dials.LESSON)


def test_the_healthy_training_has_none_of_the_illnesses():
    said = " ".join(dials.watched(dials.CASES[0]).diagnosis())
    for case in dials.CASES[1:]:
        assert case.verdict not in said


def test_the_dials_show_what_makes_each_ill():
    last = {case.name: dials.watched(case).rows[-1] for case in dials.CASES}
    dead, flat, deep = (last[name] for name in ("ReLU, biases of −5", "tanh, large weights", "ten sigmoid layers"))
    assert (dead.layers[0].dead, dead.layers[0].gradient_norm) == (1.0, 0.0)
    assert flat.layers[0].saturated > 0.5
    assert deep.layers[0].gradient_norm < 1e-6 < 0.001 < deep.gradient_norm < 1
    assert last["learning rate 1e−05"].update_ratio < 1e-5


def test_what_is_said_of_the_healthy_and_of_the_ten_layers():
    gentle, usual, healthy = (dials.watched(case) for case in (dials.GENTLE, dials.USUAL, dials.HEALTHY))
    assert max(row.layers[0].dead for row in gentle.rows) == 0
    assert healthy.rows[-1].loss < gentle.rows[-1].loss < usual.rows[-1].loss
    assert usual.rows[-1].update_ratio < 0.0015 < 0.02 < healthy.rows[-1].update_ratio
    model = dials.CASES[3].network()
    data = nn.data.datasets.moons(40, 0.1, Random(0))
    loss = lambda outputs, y: nn.binary_cross_entropy_with_logits(outputs[0], y)  # noqa: E731
    nn.fit(model, data, loss, nn.SGD(model.parameters(), 0.3), dials.EPOCHS, 10, rng=Random(1))
    assert np.std([model(x)[0].data for x, _ in data]) < 1e-6, "the same output for all points"
    told = texts(dials.LESSON)
    assert "…" not in told.split("in words.")[1].split("One illness")[0]


def test_a_unit_that_is_not_flat_gets_a_gradient():
    """By hand: t = tanh(0.5), r = 2 − 1 = 1; 2(o − 3)·(1 − t²)·2, and 2(o − 3)·2."""
    t = np.tanh(0.5)
    found = dials.measured(dials.ill(*dials.AWAKE))
    assert found["∂L/∂w1"] == pytest.approx(2 * (t + 1 - 3) * (1 - t * t) * 2)
    assert found["∂L/∂w2"] == pytest.approx(2 * (t + 1 - 3) * 2)


def test_the_bounds_are_the_document_s():
    words = {
        norm: nn.diagnose(gradient_norm=norm)[0].split(":")[0] for norm in (0.00009, 0.0009, 0.001, 1.0, 9.0, 11.0)
    }
    assert list(words.values()) == ["vanishing", "small", "moderate", "moderate", "large", "exploding"]
    told = texts(dials.LESSON)
    assert all(word in told for word in words.values())


# --- all of them ---

RUNS = {
    "universal approximation": lambda: universal_approximation.trained.__wrapped__(4, 1).state_dict(),
    "digits without NumPy": digits.without_numpy.__wrapped__,
    "digits by replay": lambda: digits.with_replay.__wrapped__()[0],
    "the loop": lambda: repr(training_loop.by_hand.__wrapped__(5)),
    "overfitting": lambda: [one.history for one in overfitting.fits.__wrapped__().values()],
    "dials": lambda: [dials.watched.__wrapped__(case).state_dict() for case in dials.CASES],
}


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
@pytest.mark.slow
def test_a_training_that_is_kept_would_be_the_same_again(run):
    assert run() == run()


# --- the validation loss beside the training loss ---


def test_the_validation_loss_of_a_run_is_that_of_its_points():
    """Forward and cross-entropy once more, in NumPy, at the trained weights."""
    for run in (two_curves.ALIKE, two_curves.FEW, two_curves.ELSEWHERE):
        model, history = two_curves.trained(run)
        x, y = map(np.array, zip(*moons(40, run.noise, Random(5)), strict=True))
        x[:, 1] += run.higher
        weights = [np.array([[w.data for w in unit.weights] for unit in layer.neurons]) for layer in model.layers]
        biases = [np.array([unit.bias.data for unit in layer.neurons]) for layer in model.layers]
        z = np.maximum(x @ weights[0].T + biases[0], 0) @ weights[1][0] + biases[1][0]
        assert history.validation_loss[-1] == pytest.approx(np.mean(np.logaddexp(0, np.where(y == 1, -z, z))))


def test_each_shape_of_the_validation_curve_is_there():
    alike, few, elsewhere = (
        two_curves.trained(run)[1] for run in (two_curves.ALIKE, two_curves.FEW, two_curves.ELSEWHERE)
    )
    assert alike.validation_loss[-1] < 1.3 * alike.loss[-1]
    assert few.validation_loss[-1] > 1.3 * min(few.validation_loss)
    assert few.loss[-1] < 0.7 * few.loss[4]
    assert elsewhere.loss == alike.loss
    assert elsewhere.validation_loss[0] > 1.3 * alike.validation_loss[0]
