"""The page that trains: its passes, its optimizers and its program, in Node against Python."""

import json
import re
from itertools import islice
from random import Random

import pytest

from autograd import DataError, Parameter, Value, mean, play, steps
from autograd.__main__ import LESSONS
from autograd.classroom import Trainable
from autograd.op import REAL, Op
from autograd.player.training_data import Training
from nn import MLP, SGD, Adam, binary_cross_entropy_with_logits, cross_entropy, hinge_loss, mse_loss
from nn.data.datasets import moons, xor
from nn.lessons import loan_neuron, one_line, optimizer_race, xor_training
from tests.benchmarks import bench_page
from tests.player.test_javascript import in_node, needs_node, script
from tests.test_command_line import ROOT

LOGITS = binary_cross_entropy_with_logits
SCRIPTS = ("numbers", "functions", "fill", "passes", "learn")
RUN = """
const { told, steps, optimizer, rate, batch } = JSON.parse(require("fs").readFileSync(0, "utf8"));
const learner = new Learner(told);
learner.choose(optimizer);
const numbers = [];
for (let k = 0; k < steps; k++) { learner.step(rate, batch); numbers.push([...learner.W]); }
console.log(JSON.stringify({ losses: [...learner.losses, learner.loss()], numbers, answers: learner.answers(told.data.map(([inputs]) => inputs)) }));
"""


def run(trainable, steps, optimizer=0, rate=None, batch=0):
    """What the page's training does, in Node."""
    training = Training(trainable)
    assert training.refused == ""
    given = {
        "told": training.data,
        "steps": steps,
        "optimizer": optimizer,
        "rate": rate or trainable.lr,
        "batch": batch,
    }
    source = "\n".join([*map(script, SCRIPTS), training.script, RUN])
    return json.loads(in_node(source, json.dumps(given)))


def near(mine, right, tolerance):
    return all(abs(x - y) <= tolerance * max(1.0, abs(y)) for x, y in zip(mine, right, strict=True))


@needs_node
@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_1000_epochs_of_xor_are_those_of_the_lesson(activation):
    pairs = list(zip(xor_training.INPUTS, xor_training.TARGETS, strict=True))
    trainable = Trainable(xor_training.network(activation), pairs, mse_loss, xor_training.LEARNING_RATE)
    epochs = list(xor_training.training(activation))
    found = run(trainable, 1000)
    assert len(found["losses"]) == len(epochs) == 1001
    assert all(abs(x - epoch.loss) <= 1e-13 for x, epoch in zip(found["losses"], epochs, strict=True))
    assert near([out for (out,) in found["answers"]], epochs[-1].predictions, 1e-12)


@needs_node
def test_the_neuron_of_one_line_ends_where_its_lesson_ends():
    found = run(LESSONS["one-line"].training(), one_line.EPOCHS)
    right = one_line.trained("XOR")
    assert found["losses"][-1] == pytest.approx(right.loss, abs=1e-12)
    assert near([out for (out,) in found["answers"]], right.predictions, 1e-12)


@needs_node
@pytest.mark.parametrize("epochs", [5, 20])
def test_the_loan_neuron_gets_as_many_wrong_as_in_its_lesson(epochs):
    trainable = LESSONS["loan-neuron"].training()
    found = run(trainable, epochs * loan_neuron.APPLICATIONS, batch=1)
    wrong = [(out > 0) != (y > 0) for (out,), (_, y) in zip(found["answers"], trainable.data, strict=True)]
    assert wrong.count(True) == dict(loan_neuron.learned())[epochs]


@needs_node
@pytest.mark.parametrize(("k", "name"), [*enumerate(["SGD", "SGD, momentum 0.9", "Adam"])])
def test_the_way_down_the_ravine_is_that_of_the_race(k, name):
    found = run(LESSONS["optimizers"].training(), 100, k)
    race = (loss for loss, _ in optimizer_race.descent(optimizer_race.OPTIMIZERS[name], 0.03, optimizer_race.RAVINE))
    assert near(found["losses"], list(islice(race, 101)), 1e-12)


OPTIMIZERS = [lambda ps, lr: SGD(ps, lr), lambda ps, lr: SGD(ps, lr, momentum=0.9), lambda ps, lr: Adam(ps, lr)]


@needs_node
@pytest.mark.parametrize("k", range(3))
@pytest.mark.parametrize("batch", [0, 7])
def test_fifty_steps_of_each_optimizer_are_those_of_nn_optim(k, batch):
    data = moons(20, rng=Random(3))
    model = MLP(2, [5, 1], "tanh", rng=Random(1))
    found = run(Trainable(model, data, LOGITS, 0.05), 50, k, batch=batch)
    order = Training(Trainable(model, data, LOGITS)).example.parameters
    optimizer, at = OPTIMIZERS[k](model.parameters(), 0.05), 0
    for numbers in found["numbers"]:
        pairs = [data[(at + i) % 20] for i in range(batch or 20)]
        at += batch
        optimizer.zero_grad()
        mean([LOGITS(model(x), y) for x, y in pairs]).backward()
        optimizer.step()
        assert near(numbers, [p.data for p in order], 1e-12)


def branching(x):
    """A model that lets Python decide by a number."""
    w = Parameter(0.5, "w")
    return w * x if x > 0 else -w * x


def test_a_network_that_decides_by_an_if_says_which_line():
    training = Training(Trainable(branching, [(1.0, 1.0), (-1.0, 1.0)], lambda out, y: (out - y) ** 2))
    assert "test_training.py, line" in training.refused
    assert "return w * x if x > 0 else -w * x" in training.refused
    assert training.data == {"refused": f"This network cannot be trained here: {training.refused}"}
    assert training.refused in play(branching, data=[(1.0, 1.0)], loss=mse_loss).html.replace("\\u003e", ">")


def test_examples_with_graphs_of_their_own_are_found_without_a_line(monkeypatch):
    monkeypatch.setattr("autograd.player.training_data.deciding_line", lambda build: "")
    training = Training(Trainable(branching, [(1.0, 1.0), (-1.0, 1.0)], lambda out, y: (out - y) ** 2))
    assert "example 1 has another graph than example 0" in training.refused


def test_a_loss_of_ones_own_and_a_plain_function_will_do():
    w, b = Parameter(2.0, "w"), Parameter(1.0, "b")
    training = Training(Trainable(lambda x: w * x + b, [(1.0, 4.0), (2.0, 7.0)], lambda out, y: (out - y) ** 2))
    assert training.data["data"] == [[[1.0], [4.0]], [[2.0], [7.0]]]
    assert sorted(training.data["starts"][0]) == [1.0, 2.0]
    assert training.data["starts"][1] != training.data["starts"][0]
    assert w.data == 2.0
    assert training.data["weights"] != {}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [({"optimizer": "Newton"}, "SGD, momentum, Adam"), ({"lr": 0.0}, "above 0"), ({"batch": -1}, "a count")],
)
def test_the_drawer_opens_with_what_there_is(wrong, words):
    with pytest.raises(DataError, match=words):
        Training(Trainable(MLP(2, [1]), xor(), mse_loss, **wrong))


def test_a_row_that_cannot_be_written_as_javascript_is_refused():
    odd = Op("odd", lambda xp, x: 2 * x if x > 0 else x, lambda xp, x, out: (1.0,), "odd", "odd", (REAL,))
    w = Parameter(1.0, "w")
    training = Training(Trainable(lambda x: (w * x).apply(odd, w * x), [(1.0, 1.0)], mse_loss))
    assert "cannot be written as JavaScript" in training.refused


def test_classes_are_one_hot():
    training = Training(Trainable(MLP(2, [3], rng=Random(0)), [([0.0, 1.0], 2), ([1.0, 1.0], 0)], cross_entropy))
    assert [targets for _, targets in training.data["data"]] == [[0, 0, 1], [1, 0, 0]]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda: play(MLP(2, [1]), data=xor()), "needs data and a loss"),
        (lambda: play(MLP(2, [1]), loss=mse_loss), "needs data and a loss"),
        (lambda: play(Value(3.0), data=xor(), loss=mse_loss), "takes a model to call"),
        (lambda: play(MLP(2, [1]), data=xor(), loss="mse"), "A loss is a function"),
        (lambda: play(MLP(2, [1]), data=[], loss=mse_loss), "one at least"),
        (lambda: play(MLP(2, [1]), data=[1, 2], loss=mse_loss), "Example 0 is no pair"),
        (lambda: play(MLP(2, [1]), data=[("ab", 1)], loss=mse_loss), "is no number and no list of numbers"),
        (lambda: play(MLP(2, [1]), data=[([0, float("nan")], 1)], loss=mse_loss), "is not finite"),
        (lambda: play(MLP(3, [1]), data=xor(), loss=mse_loss), "given the inputs of example 0, fails"),
        (lambda: play(lambda x: x * 2, data=[(1.0, 1.0)], loss=mse_loss), "nothing to train"),
        (lambda: play(MLP(2, [1]), data=xor() * 600, loss=mse_loss), "at the most"),
        (lambda: play(MLP(2, [1]), data=[*xor() * 20, ([1, 2, 3], 0)], loss=mse_loss), "Example 80 has 3 inputs"),
        (lambda: play(lambda x: 3.0, data=xor(), loss=mse_loss), "returns no Value"),
        (lambda: play(MLP(2, [1]), data=xor(), loss=lambda out, y: 1.0), "a loss is one Value"),
        (lambda: play(MLP(2, [1]), data=xor(), loss=hinge_loss), "targets of −1 and"),
        (lambda: play(MLP(2, [3]), data=[([0, 1], 5)], loss=cross_entropy), "classes 0 to 2"),
        (
            lambda: play(MLP(2, [1]), data=[([0, 1], 1), ([0, 1, 2], 0)], loss=mse_loss),
            "example 1, fails|Example 1 has 3 inputs",
        ),
    ],
)
def test_what_does_not_go_together_is_said(wrong, words):
    with pytest.raises(DataError, match="(?s).*" + words):
        wrong()


def test_the_example_of_the_teachers_page_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    page = (ROOT / "docs" / "teaching.md").read_text(encoding="utf-8")
    exec(re.search(r"## A page that trains.*?```python\n(.*?)```", page, re.S)[1], {})  # noqa: S102  # it is ours
    assert (tmp_path / "moons.html").stat().st_size > 100_000


def test_the_nodes_of_the_program_are_those_of_the_graph_on_the_stage():
    """So that the page knows which leaf of the graph is which parameter."""
    for slug in ("xor-training", "loan-neuron", "optimizers"):
        made = Training(LESSONS[slug].training()).example
        assert made.order[: len(steps(made.root)[0].names)] == list(steps(made.root)[0].names)


@pytest.mark.slow
@needs_node
def test_the_benchmark_of_the_page_measures():
    for time, beside in (bench_page.passes(300), *bench_page.trainings().values()):
        assert time > 0 < beside
