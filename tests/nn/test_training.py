"""fit: against a loop written out, resumed bit for bit, stopped early, interrupted, and refused."""

import json
import math
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from functools import partial
from pathlib import Path
from random import Random

import numpy as np
import pytest

import nn
from autograd import DataError, DomainError, GraphError, LengthError, Parameter, Value

ROOT = Path(__file__).parents[1].parent


def hinge(outputs, target):
    return (1 - outputs[0] * target).relu()


def hinge_moons(n=100, seed=1):
    return [(x, 2 * y - 1) for x, y in nn.moons(n, 0.1, rng=Random(seed))]


class Halving:
    """The interface of a schedule, at its smallest."""

    def __init__(self, optimizer):
        self.optimizer, self.count = optimizer, 0

    def step(self):
        self.count += 1
        if self.count % 3 == 0:
            self.optimizer.lr /= 2

    def state_dict(self):
        return {"count": self.count}

    def load_state_dict(self, state):
        self.count = state["count"]


class Heavy(nn.SGD):
    """An optimizer with a memory, to see that it is kept: keys that are no text, tuples."""

    velocity = 0.0

    def __init__(self, parameters, lr):
        super().__init__(parameters, lr)
        self.velocity = [0.0] * len(self.parameters)

    def step(self):
        for i, p in enumerate(self.parameters):
            self.velocity[i] = 0.9 * self.velocity[i] + p.grad
            p.data -= self.lr * self.velocity[i]

    def state_dict(self):
        return {"lr": self.lr, "state": dict(enumerate(self.velocity)), "betas": (0.9, None, True)}

    def load_state_dict(self, state):
        assert state["betas"] == (0.9, None, True)
        self.lr, self.velocity = state["lr"], [state["state"][i] for i in range(len(self.parameters))]


class Noisy(nn.Module):
    """A network with a random generator of its own, as dropout has one."""

    def __init__(self, rng):
        self.inside, self.rng = nn.MLP(2, [4, 1], "tanh", rng=rng), Random(5)

    def __call__(self, inputs):
        keep = 1.0 if not self.training or self.rng.random() < 0.8 else 0.5
        return [out * keep for out in self.inside(inputs)]


def parts(optimizer=Heavy):
    model = Noisy(Random(3))
    optimizer = optimizer(model.parameters(), lr=0.05)
    return model, optimizer, Halving(optimizer)


def weights(model):
    return [p.data for p in model.parameters()]


def test_fit_is_the_loop_written_out():
    data, validation = hinge_moons(23), hinge_moons(7, seed=2)
    model, twin = (nn.MLP(2, [4, 1], rng=Random(0)) for _ in range(2))
    history = nn.fit(
        model, data, hinge, nn.SGD(model.parameters(), lr=0.1), 3, 10, validation=validation, rng=Random(4)
    )

    rng, step_loss, epoch_loss, validation_loss = Random(4), [], [], []
    for _ in range(3):
        order, total = rng.sample(data, 23), 0.0
        for batch in (order[:10], order[10:20], order[20:]):
            loss = sum((hinge(twin(x), y) for x, y in batch), start=Value(0.0)) / len(batch)
            twin.zero_grad()
            loss.backward()
            for p in twin.parameters():
                p.data -= 0.1 * p.grad
            step_loss.append(loss.data)
            total += loss.data * len(batch)
        epoch_loss.append(total / 23)
        validation_loss.append(np.mean([hinge(twin(x), y).data for x, y in validation]))

    assert weights(model) == pytest.approx(weights(twin), rel=1e-12)
    assert history.step_loss == pytest.approx(step_loss, rel=1e-12)
    assert history.loss == pytest.approx(epoch_loss, rel=1e-12)
    assert history.validation_loss == pytest.approx(validation_loss, rel=1e-12)
    assert (history.epochs, history.steps, history.lr, history.stopped) == (3, 9, [0.1] * 3, "")


def test_1000_examples_in_batches_of_100_are_10_iterations_an_epoch():
    line = nn.MLP(1, [1], rng=Random(0))
    data = nn.linear_regression(1000, rng=Random(0))
    history = nn.fit(line, data, nn.mse_loss, nn.SGD(line.parameters(), lr=0.1), epochs=2, batch_size=100)
    assert (history.steps, history.epochs) == (20, 2)


@pytest.mark.parametrize(("batch_size", "steps"), [(60, 1), (1, 60), (32, 2)])
def test_batch_and_stochastic_and_mini_batch_gradient_descent(batch_size, steps):
    """All examples for one update, one for each, or some: w − η·(1/B)·Σ∇ in every case."""
    line = nn.Neuron(1, "linear", weights=[0.0], bias=0.0)
    data = nn.linear_regression(60, rng=Random(0))
    w, b, eta, order = 0.0, 0.0, 0.1, Random(7).sample(data, 60)
    for start in range(0, 60, batch_size):
        batch = order[start : start + batch_size]
        slopes = [(2 * (w * x + b - y) * x, 2 * (w * x + b - y)) for (x,), y in batch]
        w, b = (v - eta * sum(s[i] for s in slopes) / len(batch) for i, v in enumerate((w, b)))
    history = nn.fit(line, data, nn.mse_loss, nn.SGD(line.parameters(), lr=eta), 1, batch_size, rng=Random(7))
    assert history.steps == steps
    assert weights(line) == pytest.approx([w, b], rel=1e-12)


def test_moons_are_learned_to_the_last_point():
    rng = Random(1)
    data = [(x, 2 * y - 1) for x, y in nn.moons(100, 0.1, rng=rng)]
    model = nn.MLP(2, [8, 8, 1], rng=rng)
    before = nn.accuracy(model, data)
    history = nn.fit(model, data, hinge, nn.SGD(model.parameters(), lr=0.1), epochs=50, batch_size=10, rng=rng)
    assert before < 0.9
    assert nn.accuracy(model, data) == 1.0
    assert history.loss[-1] < 0.1 * history.loss[0]


def test_digits_are_learned_in_part():
    rng = Random(0)
    train, test = nn.random_split(nn.digits()[:250], [0.8, 0.2], rng=rng)
    model = nn.MLP(64, [10], rng=rng)

    def cross_entropy(logits, label):
        from autograd import logsumexp

        return logsumexp(logits) - logits[label]

    nn.fit(model, train, cross_entropy, nn.SGD(model.parameters(), lr=0.3), epochs=6, batch_size=20, rng=rng)
    assert nn.accuracy(model, test) > 0.75


def test_no_global_random_state_is_read_or_touched():
    results = []
    for seed in (1, 2):
        random.seed(seed)
        np.random.seed(seed)  # noqa: NPY002
        states = random.getstate(), np.random.get_state()[1].tolist()  # noqa: NPY002
        model, optimizer, schedule = parts()
        history = nn.fit(model, hinge_moons(20), hinge, optimizer, 3, 6, schedule, rng=Random(0))
        assert (random.getstate(), np.random.get_state()[1].tolist()) == states  # noqa: NPY002
        results.append((weights(model), history))
    assert results[0] == results[1]


@pytest.mark.parametrize("optimizer", [nn.SGD, Heavy])
@pytest.mark.parametrize("broken_after", [1, 4])
def test_a_resumed_run_is_the_unbroken_run_bit_for_bit(tmp_path, optimizer, broken_after):
    data, validation, path = hinge_moons(25), hinge_moons(10, seed=9), tmp_path / "run.json"

    def train(epochs, seed=0, **more):
        model, opt, schedule = parts(optimizer)
        stopping = nn.EarlyStopping(patience=3, restore_best=more.pop("restore_best", False))
        history = nn.fit(
            model,
            data,
            hinge,
            opt,
            epochs,
            10,
            schedule,
            [nn.Checkpoint(path), stopping],
            validation,
            Random(seed),
            **more,
        )
        return weights(model), history, opt.lr, stopping.state_dict(), model.rng.getstate(), path.read_text()

    unbroken = train(8)
    train(broken_after)
    assert train(8, seed=12345, resume=path) == unbroken


def test_a_run_broken_by_ctrl_c_in_mid_epoch_goes_on_from_its_last_epoch(tmp_path):
    data, path = hinge_moons(30), tmp_path / "run.json"

    class Interrupt:
        def on_step_end(self, run):
            if run.history.steps == 8:
                raise KeyboardInterrupt

    def train(callbacks, **more):
        model, optimizer, schedule = parts()
        history = nn.fit(model, data, hinge, optimizer, 5, 10, schedule, callbacks, rng=Random(0), **more)
        return weights(model), history

    unbroken = train([])
    _, cut = train([Interrupt(), nn.Checkpoint(path)])
    assert (cut.epochs, cut.steps, cut.stopped) == (2, 8, "interrupted in step 9 (epoch 3, batch 3)")
    assert cut.loss == unbroken[1].loss[:2]
    assert train([], resume=path) == unbroken


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to one process")
def test_a_real_ctrl_c_returns_the_history_so_far():
    code = """
import nn, signal
from random import Random
signal.signal(signal.SIGINT, signal.default_int_handler)
model = nn.MLP(2, [8, 1], rng=Random(0))
started = lambda run: print("started", flush=True) if run.history.epochs == 1 else None
history = nn.fit(model, nn.xor(), nn.mse_loss, nn.SGD(model.parameters(), lr=0.01), epochs=10**7, callbacks=[started])
print(history.epochs > 0, len(history.lr) == history.epochs, history.stopped)
"""
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=pipe, stderr=pipe, text=True) as process:
        started = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert started == "started\n"
    assert out.startswith("True True interrupted in step ")
    assert err == ""


def test_the_document_s_example_of_early_stopping_keeps_epoch_15_and_not_10():
    epochs, validation = [1, 5, 10, 15, 20], [2.6, 1.3, 0.9, 0.85, 0.9]
    stopping = nn.EarlyStopping(patience=5)
    assert [stopping.observe(e, v) for e, v in zip(epochs, validation, strict=True)] == [False] * 5
    assert (stopping.best_epoch, stopping.best_loss) == (15, 0.85)
    assert [stopping.observe(e, 0.9) for e in (21, 22, 23, 24)] == [False, False, False, True]
    assert stopping.best_epoch == 15


def test_the_pseudocode_of_early_stopping_finds_the_same_epoch():
    best, kept, waited, patience = math.inf, 0, 0, 5
    stopping = nn.EarlyStopping(patience)
    for epoch, loss in zip([1, 5, 10, 15, 20], [2.6, 1.3, 0.9, 0.85, 0.9], strict=True):
        best, kept, waited = (loss, epoch, 0) if loss < best else (best, kept, waited + 1)
        assert stopping.observe(epoch, loss) == (waited >= patience)
        assert (stopping.best_loss, stopping.best_epoch, stopping.waited) == (best, kept, waited)
    assert kept == 15


def scripted(losses):
    """Return a model, data and a loss whose validation loss follows a script, and whose weight counts the epochs."""

    class Counter(nn.Module):
        def __init__(self):
            self.w = Parameter(0.0)

        def __call__(self, _):
            return self.w

    def loss(w, target):
        return w * -1.0 if target == "train" else w * 0 + losses[round(w.data) - 1]

    model = Counter()
    return model, [([0.0], "train")], loss, nn.SGD(model.parameters(), lr=1.0), [([0.0], "validation")]


def test_an_equal_loss_is_no_improvement():
    stopping = nn.EarlyStopping(patience=2)
    assert [stopping.observe(epoch, 1.0) for epoch in (1, 2, 3)] == [False, False, True]
    assert stopping.best_epoch == 1


@pytest.mark.parametrize("restore", [True, False])
@pytest.mark.parametrize("patience", [1, 2, 3, 5])
def test_early_stopping_stops_and_goes_back(restore, patience):
    script = [2.6, 1.3, 0.9, 0.85, 0.9, math.inf, 0.86, 0.95, 1.0, 0.1]
    model, data, loss, optimizer, validation = scripted(script)
    stopping = nn.EarlyStopping(patience, restore)
    history = nn.fit(model, data, loss, optimizer, 10, validation=validation, callbacks=[stopping])
    assert history.epochs == 4 + patience
    assert history.stopped == f"stopped early after epoch {4 + patience}: the validation loss was best in epoch 4"
    assert model.w.data == (4 if restore else 4 + patience)


def test_early_stopping_goes_back_also_when_the_epochs_run_out_and_begins_anew():
    stopping = nn.EarlyStopping(patience=5)
    for _ in range(2):
        model, data, loss, optimizer, validation = scripted([3.0, 1.0, 2.0])
        history = nn.fit(model, data, loss, optimizer, 3, validation=validation, callbacks=[stopping])
        assert (model.w.data, stopping.best_epoch, history.stopped) == (2, 2, "")


def test_early_stopping_without_validation_is_refused_before_anything_is_changed():
    model = nn.MLP(2, [1], rng=Random(0))
    before = weights(model)
    with pytest.raises(DataError, match="Give fit validation="):
        nn.fit(model, nn.xor(), nn.mse_loss, nn.SGD(model.parameters(), 0.1), callbacks=[nn.EarlyStopping()])
    assert weights(model) == before


def test_a_stopped_run_stays_stopped_when_it_is_resumed(tmp_path):
    path, script = tmp_path / "run.json", [3.0, 1.0, 2.0, 2.0, 0.0]
    for resume in (None, path):
        model, data, loss, optimizer, validation = scripted(script)
        callbacks = [nn.Checkpoint(path, every=3), nn.EarlyStopping(patience=2)]
        history = nn.fit(model, data, loss, optimizer, 5, validation=validation, callbacks=callbacks, resume=resume)
        assert (history.epochs, model.w.data) == (4, 2)
        assert nn.load_checkpoint(path)["history"]["stopped"] == history.stopped


def test_a_checkpoint_that_is_cut_short_or_changed_is_refused_and_changes_nothing(tmp_path):
    path = tmp_path / "run.json"
    model, optimizer, schedule = parts()
    nn.fit(model, hinge_moons(20), hinge, optimizer, 2, 10, schedule, [nn.Checkpoint(path)], rng=Random(0))
    whole, before = path.read_bytes(), weights(model)
    damaged = [whole[:n] for n in (0, 1, len(whole) // 2, len(whole) - 1)]
    damaged += [whole.replace(b"0.", b"1.", 1), b"{}", b"[]", b"\xff\xfe", b'{"kind": "chalkgrad checkpoint 1"}']
    for raw in damaged:
        path.write_bytes(raw)
        with pytest.raises(nn.FormatError, match=r"checkpoint to go on from: .* Nothing was changed"):
            nn.fit(model, hinge_moons(20), hinge, optimizer, 4, 10, schedule, rng=Random(0), resume=path)
        assert weights(model) == before
    with pytest.raises(FileNotFoundError):
        nn.load_checkpoint(tmp_path / "nowhere")


def test_a_checkpoint_of_another_training_is_refused_and_changes_nothing(tmp_path):
    path = tmp_path / "run.json"
    model, optimizer, schedule = parts()
    nn.fit(model, hinge_moons(20), hinge, optimizer, 2, 10, schedule, [nn.Checkpoint(path)], rng=Random(0))
    for n, size, opt in ((21, 10, Heavy), (20, 11, Heavy), (20, 10, nn.SGD)):
        other, optimizer, schedule = parts(opt)
        before = weights(other)
        with pytest.raises(DataError, match="made with other parts"):
            nn.fit(other, hinge_moons(n), hinge, optimizer, 4, size, schedule, resume=path)
        assert weights(other) == before

    class Bigger(Noisy):
        def __init__(self, rng):
            super().__init__(rng)
            self.inside = nn.MLP(2, [5, 1], rng=rng)

    Bigger.__name__ = "Noisy"
    other = Bigger(Random(3))
    optimizer, before = Heavy(other.parameters(), 0.1), weights(other)
    with pytest.raises(DataError, match=r"2 → 4.*now.*2 → 5"):
        nn.fit(other, hinge_moons(20), hinge, optimizer, 4, 10, Halving(optimizer), resume=path)
    assert (weights(other), optimizer.lr) == (before, 0.1)


def test_a_state_that_fails_half_way_through_leaves_everything_as_it_was(tmp_path):
    path, data = tmp_path / "run.json", hinge_moons(20)
    model, optimizer, schedule = parts()
    nn.fit(model, data, hinge, optimizer, 2, 10, schedule, [nn.Checkpoint(path)], rng=Random(0))
    nn.save_checkpoint(path, {**nn.load_checkpoint(path), "optimizer": {"betas": (0.9, None, True)}})
    model, optimizer, schedule = parts()
    before, rng = weights(model), Random(7)
    with pytest.raises(KeyError):
        nn.fit(model, data, hinge, optimizer, 4, 10, schedule, rng=rng, resume=path)
    assert (weights(model), optimizer.lr, rng.getstate()) == (before, 0.05, Random(7).getstate())


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "run.json"
    nn.save_checkpoint(path, {"a": 1})

    def broken(_):
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="disk full"):
        nn.save_checkpoint(path, {"a": 2})
    assert nn.load_checkpoint(path) == {"a": 1}
    assert [file.name for file in tmp_path.iterdir()] == ["run.json"]


def test_a_checkpoint_of_what_no_file_can_hold_is_refused(tmp_path):
    with pytest.raises(DataError, match="dicts, lists, numbers, text"):
        nn.save_checkpoint(tmp_path / "x", {"model": object()})
    assert not list(tmp_path.iterdir())


def test_a_checkpoint_brings_back_every_bit_and_every_kind(tmp_path):
    state = {
        "floats": [0.1, 1 / 3, 5e-324, 1.7976931348623157e308, -0.0, math.inf, -math.inf],
        "keys": {0: "int", (1, 2): "tuple", "x": None, True: {}},
        "tuples": ((), (1, [2, (3,)])),
    }
    nn.save_checkpoint(tmp_path / "x", state)
    assert repr(nn.load_checkpoint(tmp_path / "x")) == repr(state)
    json.loads((tmp_path / "x").read_text())


def run_until_it_stops(**more):
    model = more.pop("model", None) or nn.MLP(2, [3, 1], rng=Random(0))
    settings = {"data": nn.xor(), "loss": nn.mse_loss, "epochs": 50, "batch_size": 2, "rng": Random(0), **more}
    settings["optimizer"] = settings.get("optimizer") or nn.SGD(model.parameters(), lr=settings.pop("lr", 0.1))
    snapshots = []

    class Snapshot:
        def on_train_begin(self, run):
            snapshots.append(weights(model))

        def on_step_end(self, run):
            snapshots.append(weights(model))

    with pytest.raises(nn.TrainingError) as caught:
        nn.fit(model, callbacks=[Snapshot()], **settings)
    assert caught.value.step == caught.value.history.steps + 1
    assert repr(snapshots[-1]) == repr(weights(model))  # the step that failed has changed nothing
    return caught.value


@pytest.mark.parametrize("lr", [1e30, 1e100, 1e300])
def test_a_learning_rate_that_is_too_high_is_stopped_with_the_step_and_the_parameter(lr):
    error = run_until_it_stops(lr=lr, data=nn.xor()[1:], batch_size=3)
    message = str(error)
    assert f"step {error.step} (epoch {error.step}, batch 1)" in message
    assert error.parameter in message
    for word in (f"Lower the learning rate (now {lr:g})", "clip", "standardise", "has changed no weight"):
        assert word in message


def test_the_first_parameter_to_blame_is_named():
    model = nn.MLP(2, [3, 1], rng=Random(0))
    model.layers[1].neurons[0].weights[1].data = math.inf
    model.layers[1].neurons[0].bias.data = math.nan
    error = run_until_it_stops(model=model)
    assert (error.step, error.parameter) == (1, "layers.1.neurons.0.weights.1")
    assert "step 1 (epoch 1, batch 1)" in str(error)
    assert "weights.1: inf, before this step" in str(error)


@pytest.mark.parametrize("replay", [False, True])
@pytest.mark.parametrize("bad", [([math.nan, 0.0], 1), ([0.0, 1.0], math.inf), ([0.0, 1.0], math.nan)])
@pytest.mark.parametrize("place", [0, 2, 4])
def test_an_example_that_is_not_finite_is_named_by_its_place_in_the_data(replay, bad, place):
    data = [*nn.xor()[:place], bad, *nn.xor()[place:]]
    message = str(error := run_until_it_stops(data=data, batch_size=2, replay=replay))
    assert f"is not finite is {error.parameter}: " in message
    assert f"Example {place} of the training data (counted from 0) is to blame" in message
    assert message.endswith("Correct it or leave it out.")
    assert "learning rate" not in message  # no other one would help


def test_a_loss_that_overflows_by_itself_is_named():
    error = run_until_it_stops(loss=lambda outputs, _: outputs[0] * 0 + math.inf)
    assert f"Every parameter is still finite; the largest is {error.parameter}" in str(error)


def test_a_parameter_that_the_last_step_makes_infinite_is_named_and_the_step_undone():
    for replay in (False, True):
        model = nn.Neuron(1, "linear", weights=[1e308], bias=0.0)
        model.bias.data = 5.0

        error = run_until_it_stops(
            model=model, data=[([1.0], 0)], loss=lambda out, _: -out, lr=1e308, epochs=1, batch_size=1, replay=replay
        )
        assert (error.step, error.parameter) == (1, "weights.0")
        assert "first parameter that its update would make not finite is weights.0, from 1e+308 to inf" in str(error)
        assert "has changed no weight" in str(error)
        assert weights(model) == [1e308, 5.0]


@pytest.mark.parametrize("replay", [False, True])
@pytest.mark.parametrize("kind", [partial(nn.SGD, momentum=0.9), nn.Adam], ids=["momentum", "Adam"])
def test_an_undone_step_is_forgotten_by_the_optimizer_too(kind, replay):
    model = nn.MLP(1, [2, 1], "tanh", rng=Random(0))
    optimizer = kind(model.parameters(), lr=0.1)
    data = [([1.0], 0.0), ([0.5], 1.0)]
    nn.fit(model, data, nn.mse_loss, optimizer, 2, replay=replay)
    before = weights(model), optimizer.state_dict()["state"]
    optimizer.lr = 1.7e308
    model.parameters()[-1].data = 1e100
    with pytest.raises(nn.TrainingError, match="It was undone"):
        nn.fit(model, data, lambda out, _: out[0] * 1e10, optimizer, 1, replay=replay)
    assert (weights(model)[:-1], optimizer.state_dict()["state"]) == (before[0][:-1], before[1])


@pytest.mark.parametrize("replay", [False, True])
def test_a_validation_loss_that_is_no_number_stops_the_training_and_names_the_step(replay):
    model = nn.MLP(2, [3, 1], rng=Random(0))
    optimizer, bad = nn.SGD(model.parameters(), lr=0.1), ([math.nan, 0.0], 1)
    with pytest.raises(nn.TrainingError) as caught:
        nn.fit(model, nn.xor(), nn.mse_loss, optimizer, 3, 2, validation=[*nn.xor(), bad], replay=replay)
    error = caught.value
    assert (error.step, error.history.steps, error.history.epochs) == (2, 2, 0)
    assert error.parameter in dict(model.named_parameters())
    for words in (
        "after step 2: the validation loss is nan",
        "Example 4 of the validation data (counted from 0) is to blame",
    ):
        assert words in str(error)


@pytest.mark.parametrize("replay", [False, True])
def test_a_validation_that_grows_too_large_for_a_float_is_named(replay):
    model, good = nn.Neuron(1, "linear", weights=[1.0], bias=0.0), ([1.0], 1.0)
    optimizer, validation = nn.SGD(model.parameters(), lr=0.1), [good, ([1e200], 0.0), good]
    with pytest.raises(nn.TrainingError, match=r"after step 1, in the validation: .* too large for a float") as caught:
        nn.fit(model, [good], nn.mse_loss, optimizer, batch_size=1, validation=validation, replay=replay)
    assert (caught.value.step, caught.value.parameter) == (1, "weights.0")


def test_an_error_in_the_loss_says_at_which_step_it_came():
    model = nn.MLP(2, [1], rng=Random(0))
    data = [([1.0, 1.0], 1)] * 5
    model.layers[0].neurons[0].bias.data = 50.0

    def log_loss(outputs, _):
        return outputs[0].log()

    with pytest.raises(DomainError) as caught:
        nn.fit(model, data, log_loss, nn.SGD(model.parameters(), lr=500.0), batch_size=1)
    assert "(epoch 1, batch " in caught.value.__notes__[0]


def test_what_cannot_train_is_refused_with_the_remedy():
    model, other = (nn.MLP(2, [1], rng=Random(0)) for _ in range(2))
    optimizer = nn.SGD(model.parameters(), lr=0.1)
    before = weights(model)
    refusals = [
        ({"data": []}, LengthError, "There are no examples"),
        ({"validation": []}, LengthError, "There are no examples"),
        ({"data": [(1, 2, 3)]}, DataError, "list of pairs"),
        ({"data": [([1.0], 0)]}, LengthError, "takes 2 inputs, and was given 1"),
        ({"validation": [([1.0], 0)]}, LengthError, "validation examples have 1 inputs, and the training examples 2"),
        ({"data": iter(nn.xor())}, DataError, r"list of pairs.*Is list\(data\) one"),
        ({"epochs": "3"}, DataError, "epochs must be a whole number, 1 or more, and here it is '3'"),
        ({"epochs": True}, DataError, "epochs must be a whole number"),
        ({"epochs": 0}, DataError, "epochs must be a whole number, 1 or more, and here it is 0"),
        ({"batch_size": 0}, DataError, "batch_size must be a whole number, 1 or more, and here it is 0"),
        ({"batch_size": 1.5}, DataError, "whole number"),
        ({"optimizer": nn.SGD(other.parameters(), lr=0.1)}, GraphError, "no parameter of this model"),
        ({"optimizer": nn.SGD}, DataError, r"Make it: SGD\(model\.parameters\(\), lr=0\.1\)"),
        ({"optimizer": "sgd"}, DataError, r"Make it: SGD\(model\.parameters\(\), lr=0\.1\)"),
        ({"optimizer": model.parameters()}, DataError, r"Make it: SGD"),
        ({"schedule": 3}, DataError, r"Make one: StepLR\(optimizer, step_size=30\)"),
        ({"schedule": nn.StepLR}, DataError, r"Make one: StepLR"),
        ({"schedule": nn.StepLR(nn.SGD(model.parameters(), lr=0.1), 3)}, GraphError, "of another optimizer"),
        ({"penalty": 0.1}, DataError, r"penalty=lambda: nn\.l2_penalty"),
        ({"penalty": lambda: 0.1}, DataError, r"A penalty returns one Value, .* from the parameters"),
        ({"callbacks": 3}, DataError, "3 is neither"),
        ({"callbacks": "stop"}, DataError, "'stop' is neither"),
        ({"callbacks": {"a": 1}}, DataError, "is neither"),
        ({"validation": nn.xor()[0]}, DataError, "list of pairs"),
        ({"loss": "mse"}, DataError, "function of"),
        ({"loss": lambda outputs: outputs}, DataError, r"function of \(outputs, target\)"),
        ({"loss": nn.MLP}, DataError, r"function of \(outputs, target\)"),
        ({"replay": "numba"}, DataError, "replay must be True or False"),
        ({"callbacks": [nn.Monitor([])]}, DataError, r"inputs=\[\[0\.0, 1\.0\]\]"),
        ({"callbacks": [nn.Monitor(3)]}, DataError, r"inputs=\[\[0\.0, 1\.0\]\]"),
        ({"loss": lambda outputs, target: 0.5}, DataError, "returns one Value"),
        ({"loss": lambda outputs, target: outputs}, DataError, "reduction"),
        ({"rng": 0}, DataError, r"random\.Random\(0\)"),
        ({"callbacks": [nn.EarlyStopping]}, DataError, r"Did you mean EarlyStopping\(…\)"),
        ({"callbacks": ["stop"]}, DataError, "on_epoch_end"),
    ]
    for change, error, words in refusals:
        settings = {"data": nn.xor(), "loss": nn.mse_loss, "optimizer": optimizer, **change}
        with pytest.raises(error, match=words):
            nn.fit(model, **settings)
        assert weights(model) == before
    for run in (lambda loss: nn.fit(model, nn.xor(), loss, optimizer), lambda loss: nn.evaluate(model, nn.xor(), loss)):
        with pytest.raises(DataError, match=r"Take the one that you mean, model\(x\)\[0\]"):
            run(lambda outputs, target: (outputs - target) ** 2)
        with pytest.raises(TypeError, match="unsupported operand") as caught:
            run(lambda outputs, target: target - [*outputs])
        assert "take outputs[0]" in caught.value.__notes__[0]
    for no_model in (nn.MLP, "model", lambda x: x):
        with pytest.raises(DataError, match=r"takes a model, a Module.*MLP\(2, \[8, 1\]\)"):
            nn.fit(no_model, nn.xor(), nn.mse_loss, optimizer)
    for ask in (lambda: nn.evaluate("m", nn.xor(), nn.mse_loss), lambda: nn.accuracy(3, nn.xor())):
        with pytest.raises(DataError, match="a Module"):
            ask()
    with pytest.raises(DataError, match="function of"):
        nn.evaluate(model, nn.xor(), 3)
    for patience in (0, -1, 2.5):
        with pytest.raises(DataError, match="patience must be a whole number"):
            nn.EarlyStopping(patience)


def test_callbacks_are_told_in_order_and_checkpoints_last(tmp_path):
    heard = Counter()
    saved = []

    class Listener:
        def on_train_begin(self, run):
            heard["begin"] += 1

        def on_before_optimizer_step(self, run):
            heard["backward"] += 1

        def on_step_end(self, run):
            assert heard["backward"] == heard["step"] + 1
            heard["step"] += 1

        def on_epoch_end(self, run):
            saved.append((tmp_path / "x").exists())
            heard["epoch"] += 1

        def on_train_end(self, run):
            heard["end"] += 1

    model = nn.MLP(2, [1], rng=Random(0))
    functions = []
    callbacks = [nn.Checkpoint(tmp_path / "x"), Listener(), lambda run: functions.append(run.history.epochs)]
    nn.fit(model, nn.xor(), nn.mse_loss, nn.SGD(model.parameters(), 0.1), 3, 2, callbacks=callbacks)
    assert heard == {"begin": 1, "backward": 6, "step": 6, "epoch": 3, "end": 1}
    assert functions == [1, 2, 3]
    assert saved == [False, True, True]


def test_gradients_are_clipped_between_the_backward_pass_and_the_update():
    class Clip:
        def on_before_optimizer_step(self, run):
            for p in run.model.parameters():
                p.grad = max(-0.01, min(0.01, p.grad))

    model = nn.MLP(2, [3, 1], rng=Random(0))
    before = weights(model)
    nn.fit(model, [([5.0, 5.0], 100.0)], nn.mse_loss, nn.SGD(model.parameters(), 1.0), 1, callbacks=Clip())
    changes = {round(abs(a - b), 12) for a, b in zip(weights(model), before, strict=True)}
    assert changes <= {0.0, 0.01}
    assert 0.01 in changes


def test_a_penalty_pulls_the_weights_and_is_no_part_of_the_validation_loss():
    model = nn.Neuron(1, "linear", weights=[2.0], bias=0.0)
    (w, b), data = model.parameters(), [([1.0], 2.0)]

    def l2():
        return 0.5 * (w * w + b * b)

    history = nn.fit(model, data, nn.mse_loss, nn.SGD([w, b], lr=0.1), 1, validation=data, penalty=l2)
    assert history.loss == [0.5 * 4]
    assert w.data == pytest.approx(2.0 - 0.1 * 2.0)
    assert history.validation_loss == [pytest.approx((w.data - 2.0) ** 2)]


def test_a_callback_can_stop_the_training():
    model = nn.MLP(2, [1], rng=Random(0))
    optimizer = nn.SGD(model.parameters(), 0.1)
    history = nn.fit(model, nn.xor(), nn.mse_loss, optimizer, callbacks=[lambda run: run.stop("enough")])
    assert (history.epochs, history.stopped) == (1, "enough")
    assert str(history).endswith("; enough")


def test_training_is_in_training_mode_and_evaluation_is_not_and_modes_come_back():
    class Spy(nn.Module):
        def __init__(self):
            self.w, self.modes = Parameter(1.0), []

        def __call__(self, inputs):
            self.modes.append(self.training)
            return self.w * inputs[0]

    spy = Spy()
    spy.eval()
    data = [([1.0], 2.0)]
    nn.fit(spy, data, nn.mse_loss, nn.SGD(spy.parameters(), 0.1), 2, validation=data)
    assert spy.modes == [True, False, True, False]
    assert spy.training
    spy.eval()
    assert nn.evaluate(spy, data, nn.mse_loss) >= 0
    assert not spy.training


def test_the_schedule_steps_after_each_epoch():
    model, optimizer, schedule = parts()
    history = nn.fit(model, hinge_moons(10), hinge, optimizer, 7, 5, schedule)
    assert history.lr == [0.05] * 3 + [0.025] * 3 + [0.0125]


@pytest.mark.parametrize("when", ["before", "after"])
def test_ctrl_c_at_the_step_of_the_schedule_leaves_it_with_the_epochs_of_the_history(when):
    class Interrupted(nn.StepLR):
        pressed = False

        def step(self):
            press, self.pressed = self.last_epoch == 1 and not self.pressed, True
            if press and when == "before":
                raise KeyboardInterrupt
            super().step()
            if press:
                raise KeyboardInterrupt

    model = nn.MLP(2, [1], rng=Random(0))
    optimizer = nn.SGD(model.parameters(), lr=0.1)
    schedule = Interrupted(optimizer, step_size=1, gamma=0.5)
    schedule.step()
    schedule.pressed = False
    history = nn.fit(model, nn.xor(), nn.mse_loss, optimizer, 5, schedule=schedule)
    assert (history.epochs, schedule.last_epoch, optimizer.lr) == (1, 2, 0.025)


def test_a_schedule_that_cannot_go_on_changes_nothing():
    class Reciprocal(nn.Schedule):
        def at(self, t, base):
            return base / (2 * base - t)

    optimizer = nn.SGD([{"params": [Parameter(1.0)]}, {"params": [Parameter(1.0)], "lr": 0.5}], lr=4.0)
    schedule = Reciprocal(optimizer)
    with pytest.raises(ZeroDivisionError):
        schedule.step()
    assert (schedule.last_epoch, schedule.get_last_lr()) == (0, [0.5, 0.5])


def test_accuracy_of_one_output_and_of_several():
    line = nn.Neuron(1, "linear", weights=[1.0], bias=0.0)
    zero_one, signs = [([0.4], 0), ([0.6], 1), ([0.2], 1), ([9.0], 1)], [([-0.1], -1), ([0.1], 1), ([0.4], -1)]
    assert nn.accuracy(line, zero_one) == 0.75
    assert nn.accuracy(line, zero_one, threshold=0.1) == 0.75
    assert nn.accuracy(line, signs) == pytest.approx(2 / 3)
    assert nn.accuracy(line, [(x, [y]) for x, y in zero_one]) == 0.75
    three = nn.Layer(2, 3, "linear", weights=[[1, 0], [0, 1], [0, 0]])
    data = [([3.0, 1.0], 0), ([1.0, 3.0], 1), ([-1.0, -1.0], 2), ([1.0, 0.0], 2)]
    assert nn.accuracy(three, data) == 0.75
    assert nn.accuracy(three, [(x, nn.one_hot(y, 3)) for x, y in data]) == 0.75
    with pytest.raises(DataError, match="one output a class"):
        nn.accuracy(line, [([0.0], 0), ([1.0], 1), ([2.0], 2)])


def test_accuracy_on_one_class_asks_the_model():
    line = nn.Neuron(1, "linear", weights=[1.0], bias=0.0)
    assert nn.accuracy(line, [([0.2], 0), ([0.4], 0), ([0.6], 0), ([9.0], 0)]) == 0.5
    assert nn.accuracy(line, [([-0.2], -1), ([0.4], -1)]) == 0.5
    assert nn.accuracy(line, [([0.2], 1), ([0.6], 1)], threshold=0.5) == 0.5
    assert nn.accuracy(line, [([0.2], 0), ([-0.6], 0)], threshold=0) == 0.5
    for label in (1, 3):
        with pytest.raises(DataError, match=r"All labels .*Give threshold=0\.5"):
            nn.accuracy(line, [([0.2], label), ([0.6], label)])


def test_newton_trains_a_line_in_one_step_and_says_where_it_cannot():
    line = nn.Neuron(2, "linear", Random(0))
    data = nn.linear_regression(9, weights=[2.0, -1.0], bias=0.5, noise=0, rng=Random(0))
    nn.fit(line, data, nn.mse_loss, nn.Newton(line.parameters()), 1, batch_size=9)
    assert weights(line) == pytest.approx([2.0, -1.0, 0.5], abs=1e-9)
    flat = nn.MLP(2, [3, 1], rng=Random(0))
    before = weights(flat)
    with pytest.raises(DomainError, match=r"no inverse.*Newton\(parameters, damping=1e-3\)") as caught:
        nn.fit(flat, nn.xor(), nn.mse_loss, nn.Newton(flat.parameters()), 1)
    assert "step 1 (epoch 1, batch 1)" in caught.value.__notes__[0]
    assert weights(flat) == before


@pytest.mark.parametrize("make", [nn.Adam, nn.AdamW, nn.RMSprop, nn.Adagrad, nn.SGD])
def test_with_every_part_no_global_random_state_is_read(make):
    def train():
        model = nn.Sequential(
            nn.Layer(2, 4, "tanh", Random(0)), nn.Dropout(0.4, Random(1)), nn.Layer(4, 1, "linear", Random(2))
        )
        optimizer, monitor = make(model.parameters(), lr=0.01), nn.Monitor()
        callbacks = [monitor, nn.EarlyStopping(patience=9)]
        validation = nn.moons(9, rng=Random(4))
        schedule = nn.CosineAnnealingWarmRestarts(optimizer, 2)
        history = nn.fit(
            model, nn.moons(20, rng=Random(3)), nn.binary_cross_entropy_with_logits, optimizer, 3, 6, schedule,
            callbacks, validation, Random(5),
        )  # fmt: skip
        return history, weights(model), monitor.rows

    results = []
    for seed in (1, 2):
        random.seed(seed)
        np.random.seed(seed)  # noqa: NPY002
        state = random.getstate()
        results.append(train())
        assert random.getstate() == state
    assert results[0] == results[1]


def test_batches_go_through_the_model_as_a_whole():
    model = nn.Sequential(nn.Layer(2, 3, "linear", Random(0)), nn.BatchNorm1d(3), nn.Layer(3, 1, "linear", Random(1)))
    twin = nn.Sequential(nn.Layer(2, 3, "linear", Random(0)), nn.BatchNorm1d(3), nn.Layer(3, 1, "linear", Random(1)))
    data = hinge_moons(6)
    history = nn.fit(model, data, hinge, nn.SGD(model.parameters(), lr=0.1), 1, 6, rng=Random(0))
    loss = sum((hinge(out, y) for out, (_, y) in zip(twin.batch([x for x, _ in data]), data, strict=True)), Value(0.0))
    assert history.loss == [pytest.approx(loss.data / 6)]
    assert 0 <= nn.accuracy(model, data) <= 1
    assert nn.evaluate(model, data, hinge) >= 0


def test_piped_training_is_quiet_and_a_terminal_gets_a_bar():
    code = """
import nn
from random import Random
model = nn.MLP(2, [2, 1], rng=Random(0))
nn.fit(model, nn.xor(), nn.mse_loss, nn.SGD(model.parameters(), lr=0.1), epochs=3, validation=nn.xor())
"""
    piped = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert (piped.stdout, piped.stderr) == ("", "")
    pytest.importorskip("tqdm", reason="tqdm is not installed")
    termios = pytest.importorskip("termios", reason="Windows has no pseudo-terminal")
    import fcntl
    import pty
    import struct

    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 120, 0, 0))
    subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=slave, check=True, cwd=ROOT)
    shown = os.read(master, 100_000).decode()
    os.close(slave)
    os.close(master)
    assert "3/3" in shown
    assert "epoch 3, loss " in shown
    assert "validation" in shown


def test_adam_learns_the_moons_to_the_last_point():
    """Seed 1, MLP 2-8-8-1 with ReLU, 30 epochs in batches of 10, learning rate 0.02: accuracy 100 %."""
    data, model = nn.moons(100, rng=Random(1)), nn.MLP(2, [8, 8, 1], "relu", rng=Random(1))
    optimizer = nn.Adam(model.parameters(), lr=0.02)
    nn.fit(model, data, nn.binary_cross_entropy_with_logits, optimizer, epochs=30, batch_size=10, rng=Random(1))
    assert nn.accuracy(model, data) == 1.0


# --- data of odd kinds ---


def test_a_masked_number_is_no_zero():
    model, data = nn.Neuron(1, "linear", weights=[1.0], bias=0.0), [([1.0], np.ma.masked)]
    with pytest.raises(nn.TrainingError, match="Example 0 of the training data"):
        nn.fit(model, data, nn.mse_loss, nn.SGD(model.parameters(), lr=0.1), 1)


class Liar(list):
    """A list that says it is longer than it is."""

    def __len__(self):
        return 5


class Short(list):
    """A list that says it is shorter than it is."""

    def __len__(self):
        return 1


@pytest.mark.parametrize("replay", [False, True])
def test_numbers_in_arrays_of_no_dimension_train_as_numbers(replay):
    def train(data):
        model = nn.MLP(2, [2, 1], rng=Random(0))
        optimizer = nn.SGD(model.parameters(), lr=0.1)
        return nn.fit(model, data, nn.mse_loss, optimizer, 2, validation=data, rng=Random(0), replay=replay)

    plain = train(nn.xor())
    assert train([(x, np.array(float(y))) for x, y in nn.xor()]) == plain
    assert train([(np.array(x), np.float64(y)) for x, y in nn.xor()]) == plain


ODD_DATA = {
    "data that lies": (lambda: Liar(nn.xor()), "says that it has 5 examples, and gives 4"),
    "inputs that lie": (lambda: [(Liar(x), y) for x, y in nn.xor()], "takes 2 inputs, and was given 5"),
    "targets that lie": (lambda: [(x, Liar([y])) for x, y in nn.xor()], "1 predictions and 5 targets"),
    "targets that lie low": (lambda: [(x, Short([y, y])) for x, y in nn.xor()], "1 predictions and 2 targets"),
    "targets in arrays": (lambda: [(x, np.array([float(y)])) for x, y in nn.xor()], r"Give its \.tolist\(\)"),
    "inputs in arrays of two dimensions": (lambda: [(np.array([x]), y) for x, y in nn.xor()], "inputs of one example"),
}  # fmt: skip


@pytest.mark.parametrize("replay", [False, True])
@pytest.mark.parametrize("name", ODD_DATA)
def test_odd_data_is_answered_with_a_sentence(name, replay):
    make, words = ODD_DATA[name]
    model = nn.MLP(2, [2, 1], rng=Random(0))
    before = model.state_dict()
    with pytest.raises((DataError, LengthError), match=words):
        nn.fit(model, make(), nn.mse_loss, nn.SGD(model.parameters(), lr=0.1), 2, replay=replay)
    assert model.state_dict() == before


@pytest.mark.parametrize("target", [np.array([1]), np.array([0, 1])], ids=["a class", "one-hot"])
@pytest.mark.parametrize("replay", [False, True])
def test_classes_in_arrays_are_answered_with_a_sentence(target, replay):
    model = nn.MLP(2, [2], rng=Random(0))
    with pytest.raises((DataError, LengthError), match=r"Give"):
        nn.fit(model, [([1.0, 2.0], target)] * 2, nn.cross_entropy, nn.SGD(model.parameters()), 1, replay=replay)
