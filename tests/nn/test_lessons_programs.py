"""The documents' programs: what is printed does what is told of it, what is mended agrees with the engine, and the table of sections is whole."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import nn
from autograd import Value
from nn.lessons import COURSE, digits_large, gpt, gpt_model, in_pytorch

ROOT = Path(__file__).parents[2]
PROGRAMS = ROOT / "docs" / "programs"


def program(name):
    spec = importlib.util.spec_from_file_location(name, PROGRAMS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["xor_script", "optimizer_steps", "early_stopping"])
def test_a_program_runs(name):
    done = subprocess.run(
        [sys.executable, PROGRAMS / f"{name}.py"],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout
    assert not done.stderr


def test_the_xor_script_ends_as_one_line_and_mended_learns():
    xor = program("xor_script")
    assert xor.printed()[-1] == pytest.approx(0.25, abs=1e-5)
    assert xor.mended()[-1] < 0.003
    assert xor.run("relu", -0.3)[-1] < 0.003


GRADIENTS = [1.0, -2.0, 0.5, 10.0, 1.0]


def moved(optimizer, w):
    for w.grad in GRADIENTS:
        optimizer.step()
        yield w.data


def test_the_optimizer_blocks_are_nn_s():
    steps = program("optimizer_steps")
    for ours, made in (
        (steps.momentum(GRADIENTS), lambda w: nn.SGD([w], 0.1, momentum=0.9, convention="classical")),
        (steps.rmsprop(GRADIENTS), lambda w: nn.RMSprop([w], 0.1)),
        (steps.adam(GRADIENTS), lambda w: nn.Adam([w], 0.1)),
        (steps.adam(GRADIENTS, betas=(0.9, 0.9)), lambda w: nn.Adam([w], 0.1, betas=(0.9, 0.9))),
    ):
        w = Value(0.0)
        assert list(ours) == pytest.approx(list(moved(made(w), w)), rel=1e-9)


def test_the_printed_adam_has_no_t_and_the_correction_matters():
    steps = program("optimizer_steps")
    with pytest.raises(NameError, match="'t'"):
        next(steps.adam_printed(GRADIENTS))
    assert next(steps.adam([5.0])) == pytest.approx(-0.1)
    assert next(steps.adam([5.0], corrected=False)) == pytest.approx(-0.1 * 0.1 / np.sqrt(0.001), rel=1e-6)


def test_the_printed_early_stopping_never_loads_what_it_saved():
    stopping = program("early_stopping")
    assert stopping.printed(stopping.EXAMPLE) == (15, 20, False), "not epoch 10; and patience 5 waits for five"
    assert stopping.printed(stopping.EXAMPLE, patience=1) == (15, 20, True)
    assert stopping.mended(stopping.EXAMPLE, patience=1) == (15, 15, True)


@pytest.fixture(scope="module")
def loop():
    return program("training_loop")


def nudged(loop, parameters, x, y, array, place, step=1e-6):
    losses = []
    for sign in (1, -1):
        parameters[array][place] += sign * step
        losses.append(loop.loss_of(loop.forward(parameters, x)[1], y))
        parameters[array][place] -= sign * step
    return (losses[0] - losses[1]) / (2 * step)


def test_the_mended_loop_has_the_gradients_of_the_mean_loss_and_the_printed_one_has_not(loop):
    (x, y), *_ = loop.data()
    x, y, parameters = x[:, :8], y[:, :8], loop.initial()
    right, printed = loop.gradients(parameters, x, y), loop.printed_gradients(parameters, x, y)
    for array, place in ((0, (3, 20)), (1, (2, 0)), (2, (4, 5)), (3, (1, 0)), (4, (7, 3)), (5, (9, 0))):
        assert right[array][place] == pytest.approx(nudged(loop, parameters, x, y, array, place), rel=1e-4, abs=1e-8)
    for k in (0, 2, 4):
        assert printed[k] == pytest.approx(8 * right[k])
        assert printed[k + 1].shape == (8,) != right[k + 1].shape
    assert abs(printed[5]).max() < 1e-12, "ŷ and y both add up to 1"


def test_the_mended_loop_learns(loop):
    rows, share = loop.train(epochs=6)
    assert rows[-1][0] < rows[0][0] / 4
    assert share > 0.85


# --- what is stored ---


@pytest.mark.slow
def test_the_stored_run_of_the_gpt_is_what_train_returns():
    run, kept = gpt.train(), gpt.stored()
    assert run["loss"] == pytest.approx(kept["loss"], abs=2e-3)
    assert run["parameters"] == kept["parameters"] == 768
    assert run["samples"][:3] == kept["samples"][:3]


def test_the_gpt_learns_and_a_later_letter_tells_an_earlier_one_nothing():
    kept, best = gpt.stored(), gpt.best_step()
    losses = gpt.guessing()
    assert kept["choosing"][best] == min(kept["choosing"])
    assert (
        kept["held out"][best]
        < losses["by the letter before"]
        < losses["by how often a letter occurs"]
        < losses["every letter alike"]
    )
    assert kept["held out"][-1] > losses["every letter alike"], "as the lesson says"
    assert np.mean(kept["each held out"]) == pytest.approx(kept["held out"][best], abs=2e-4)
    model = gpt.GPT(len(gpt.LETTERS), 4, 4, gpt.CONTEXT, gpt.Random(0))
    first = [score.data for score in model.scores(gpt_model.one_hot("m"), 0, [], [])]
    keys, values = [], []
    again = [score.data for score in model.scores(gpt_model.one_hot("m"), 0, keys, values)]
    model.scores(gpt_model.one_hot("a"), 1, keys, values)
    assert first == again
    assert len(keys) == 2
    assert len(gpt.NAMES) == len(set(gpt.NAMES))
    assert max(map(len, gpt.NAMES)) < gpt.CONTEXT


def test_the_names_are_in_three_parts_and_guesses_are_counted_on_those_to_train():
    """Guessing by letters, written again: a share of the 36 names' letters, the mean over a name, then over the names."""
    train, choose, test = gpt.parts()
    assert [len(part) for part in (train, choose, test)] == [36, 6, 6]
    assert set(train) | set(choose) | set(test) == set(gpt.NAMES)
    letters = "".join(name + "." for name in train)
    each = [np.mean([-np.log(letters.count(c) / len(letters)) for c in name + "."]) for name in test]
    assert gpt.guessing()["by how often a letter occurs"] == pytest.approx(np.mean(each))
    again = [np.mean([-np.log(1 / 12)] * len(name)) for name in test]
    assert gpt.guessing()["every letter alike"] == pytest.approx(np.mean(again))


@pytest.mark.slow
def test_an_epoch_of_the_large_network_is_as_stored():
    run, kept = digits_large.train(epochs=1), digits_large.stored()
    assert run["loss"][0] == pytest.approx(kept["loss"][0], abs=0.01)
    assert abs(run["right"][0] - kept["right"][0]) <= 3
    assert run["test images"] == kept["test images"] == 359


def test_pytorch_s_numbers_are_stored_and_ours_are_the_same():
    for name in in_pytorch.PAIRS:
        assert in_pytorch.ours(name) == pytest.approx(in_pytorch.stored()["found"][name], rel=1e-9)
        assert len(in_pytorch.PAIRS[name].torch) == len(in_pytorch.PAIRS[name].ours)


# --- the table of sections ---


def test_the_table_names_lessons_that_there_are_and_all_of_them():
    text = (ROOT / "docs" / "documents.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("|") and not line.startswith("|--")]
    named = set(re.findall(r"`([a-z-]+)`", "\n".join(rows)))
    assert named - set(COURSE.lessons) == set()
    assert set(COURSE.lessons) - named == set(), "each lesson has a section, or says that it goes beyond the documents"
    for path in re.findall(r"\(((?:programs|\.\.)/[^)]+)\)", text):
        assert (ROOT / "docs" / path).exists(), path


# --- experiments of single lessons ---


@pytest.mark.parametrize("layers", [1, 2, 3, 6, 8])
def test_each_fold_doubles_the_pieces(layers):
    """By hand: the tent folded k times is a zigzag with its corners at the multiples of 2⁻ᵏ."""
    from nn.lessons import universal_approximation

    assert universal_approximation.pieces(layers) == 2**layers
    at = np.linspace(0, 1, 2**layers + 1)
    folded = at
    for _ in range(layers):
        folded = 1 - np.abs(1 - 2 * folded)
    assert [universal_approximation.tent(x) for x in (0.0, 0.25, 0.5, 1.0)] == [0.0, 0.5, 1.0, 0.0]
    assert folded.tolist() == [k % 2 for k in range(2**layers + 1)]


def test_the_loan_neuron_finds_a_line_from_random_weights():
    from nn.lessons import loan_neuron

    wrong = dict(loan_neuron.learned())
    assert wrong[0] > 15
    assert wrong[50] <= 2
    assert f"{wrong[0]} wrong after 0 epochs" in " ".join(
        item for item in loan_neuron.LESSON.story() if isinstance(item, str)
    )


def test_another_start_finds_as_many_secrets_and_the_game_can_be_played():
    from nn.lessons import guessing_game

    for start in guessing_game.STARTS:
        reached = {start + 10 * k for k in range(-11, 12)}
        near = [s for s in range(1, 101) if any(abs(s - g) <= 2 for g in reached)]
        assert guessing_game.won(10, start) == near
        assert len(near) == 50
    asked = []
    answers = iter(["high", "low", "low", ""])
    assert guessing_game.play(2, 50, lambda question: asked.append(question) or next(answers)) == 4
    assert [question.split()[3] for question in asked] == ["50.", "48.", "50.", "52."]


def test_learning_without_one_part_and_without_backpropagation():
    from nn.lessons import ablation

    losses = {part: ablation.trained(part) for part in ablation.PARTS}
    assert losses.pop("none") < 0.05
    assert min(losses.values()) > 0.69, "each alone is no better than guessing, ln 2 = 0.693"
    assert ablation.searched() < 0.01


def test_relus_side_by_side_make_a_piece_more_than_there_are():
    """In NumPy: straight between neighbouring knots, with another slope behind each."""
    from nn.lessons import universal_approximation

    units = 2 * universal_approximation.TENTS
    w, b, u = np.random.default_rng(0).normal(size=(3, units))
    knots = np.sort(-b / w)
    xs = np.array([knots[0] - 1, *knots, knots[-1] + 1])

    def f(x):
        return (u * np.maximum(0, np.outer(x, w) + b)).sum(axis=1)

    assert f((xs[1:] + xs[:-1]) / 2) == pytest.approx((f(xs[1:]) + f(xs[:-1])) / 2)
    slopes = np.diff(f(xs)) / np.diff(xs)
    assert 1 + (abs(np.diff(slopes)) > 1e-9).sum() == units + 1 == universal_approximation.most_pieces()


def test_two_relus_do_not_cross_often_enough():
    from nn.lessons import universal_approximation

    assert universal_approximation.crossings() <= 3


@pytest.mark.parametrize(("divided", "least", "most"), [(True, 0.3, 0.45), (False, 0.93, 1.0)])
def test_without_the_division_long_vectors_look_at_one_token(divided, least, most):
    """The same experiment in NumPy, with other draws."""
    from nn.lessons import attention

    random = np.random.default_rng(0)
    scores = np.einsum("nd,nkd->nk", random.normal(size=(2000, 512)), random.normal(size=(2000, 8, 512)))
    scores /= np.sqrt(512) if divided else 1
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    largest = (weights / weights.sum(axis=1, keepdims=True)).max(axis=1).mean()
    assert least < largest < most
    assert attention.looked(512, divided)[1] == pytest.approx(largest, abs=0.03)
