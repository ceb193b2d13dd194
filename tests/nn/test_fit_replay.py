"""fit(…, replay=True): the history of the eager run, and what a record would freeze is refused."""

import math
import random
from random import Random
from types import SimpleNamespace

import pytest

import nn
from autograd import DataError, DomainError, GraphError, Parameter, Value, logsumexp


def moons(n=40, seed=1, low=0):
    return [(x, y or low) for x, y in nn.moons(n, 0.1, rng=Random(seed))]


def line(n=30, seed=1):
    return nn.linear_regression(n, weights=[2.0, -1.0], bias=0.5, rng=Random(seed))


def three_classes(n=30, seed=1):
    return nn.yin_yang(n, rng=Random(seed))


CASES = {  # loss: data, outputs, the activation of the last layer
    "mse": (nn.mse_loss, line, 1, "linear"),
    "mae": (nn.mae_loss, line, 1, "linear"),
    "huber": (nn.huber_loss, line, 1, "linear"),
    "hinge": (nn.hinge_loss, lambda **k: moons(low=-1, **k), 1, "linear"),
    "binary": (nn.binary_cross_entropy, moons, 1, "sigmoid"),
    "logits": (nn.binary_cross_entropy_with_logits, moons, 1, "linear"),
    "classes": (nn.cross_entropy, three_classes, 3, "linear"),
    "one-hot": (
        nn.cross_entropy,
        lambda **k: [(x, nn.one_hot(y, 3)) for x, y in three_classes(**k)],
        3,
        "linear",
    ),
    "probabilities": (nn.categorical_cross_entropy, three_classes, 3, "softmax"),
    "own": (lambda outputs, y: (outputs[0] - y).softplus() + (y - outputs[0]).softplus(), line, 1, "linear"),
}
OPTIMIZERS = [
    lambda ps: nn.SGD(ps, lr=0.05, momentum=0.9, weight_decay=0.01),
    lambda ps: nn.RMSprop(ps, lr=0.01),
    lambda ps: nn.AdamW(ps, lr=0.02),
]


def trained(case, make, replay, clip=True, epochs=4):
    loss, data, outputs, last = CASES[case]
    data, validation = data(), data(seed=2)
    model = nn.MLP(len(data[0][0]), [6, outputs], "tanh", last, rng=Random(0))
    optimizer, monitor = make(model.parameters()), nn.Monitor()
    stopping = nn.EarlyStopping(patience=2)

    class Clip:
        def on_before_optimizer_step(self, run):
            nn.clip_grad_norm_(run.model.parameters(), 0.5)

    history = nn.fit(
        model, data, loss, optimizer, epochs, 7, nn.CosineAnnealingLR(optimizer, T_max=6), [monitor, stopping, Clip()],
        validation, Random(3), penalty=lambda: nn.l2_penalty(model.parameters(), 0.01), replay=replay,
    )  # fmt: skip
    return history, [p.data for p in model.parameters()], monitor.rows


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("make", OPTIMIZERS)
def test_the_history_is_that_of_the_eager_run(case, make):
    (eager, weights, dials), (replayed, same, read) = (trained(case, make, replay) for replay in (False, True))
    for curve in ("loss", "validation_loss", "lr", "step_loss"):
        assert getattr(replayed, curve) == pytest.approx(getattr(eager, curve), rel=1e-9, abs=1e-12), curve
    assert replayed.stopped == eager.stopped
    assert same == pytest.approx(weights, rel=1e-9, abs=1e-11)
    for one, other in zip(dials, read, strict=True):
        assert one.gradient_norm == pytest.approx(other.gradient_norm, rel=1e-8)
        assert [layer.mean for layer in one.layers] == pytest.approx([layer.mean for layer in other.layers], rel=1e-8)


def fit(model, data, loss, **more):
    settings = {"optimizer": nn.SGD(model.parameters(), lr=0.1), "epochs": 2, "rng": Random(0), "replay": True, **more}
    return nn.fit(model, data, loss, **settings)


def test_a_resumed_replay_is_the_unbroken_replay_bit_for_bit(tmp_path):
    def train(epochs, **more):
        model = nn.MLP(2, [4, 1], rng=Random(0))
        optimizer = nn.Adam(model.parameters(), lr=0.01)
        callbacks = [nn.Checkpoint(tmp_path / "run")]
        history = fit(model, line(), nn.mse_loss, optimizer=optimizer, epochs=epochs, callbacks=callbacks, **more)
        return history, [p.data for p in model.parameters()]

    unbroken = train(5)
    train(2)
    assert train(5, resume=tmp_path / "run") == unbroken
    train(2)
    with pytest.raises(DataError, match="replay True, now False"):
        train(5, resume=tmp_path / "run", replay=False)


class Noisy(nn.Module):
    def __init__(self):
        self.inside, self.rng = nn.Layer(2, 1, "linear", Random(0)), Random(0)

    def __call__(self, inputs):
        return [out * self.rng.random() for out in self.inside(inputs)]


class Branching(nn.Module):
    """It reads data in Python: as it is, where it is seen, or by way of text, where no one sees it."""

    def __init__(self, read=float):
        self.inside, self.read = nn.Layer(2, 1, "linear", Random(0)), read

    def __call__(self, inputs):
        numbers = [self.read(getattr(x, "data", x)) for x in inputs]
        return [out if numbers[0] > numbers[1] else out * 2 for out in self.inside(inputs)]


BRANCHES = [([2.0, 1.0], 1.0), ([1.0, 2.0], 1.0), ([3.0, 1.0], 1.0)]
FROZEN = [
    (nn.Sequential(nn.Layer(2, 4), nn.Dropout(0.5), nn.Layer(4, 1)), line(), "Dropout cannot be replayed"),
    (nn.Sequential(nn.Layer(2, 4), nn.BatchNorm1d(4), nn.Layer(4, 1)), line(), "BatchNorm1d cannot be replayed"),
    (Noisy(), line(), "random mask"),
    (Branching(abs), BRANCHES, "lets Python decide by a Value's number: return .out if numbers"),
    (Branching(math.fabs), BRANCHES, "does not compute what the model computes: the loss of example 1"),
]


@pytest.mark.parametrize(("model", "data", "words"), FROZEN)
def test_what_a_record_would_freeze_is_refused_and_changes_nothing(model, data, words):
    before, model.training = model.state_dict(), False
    with pytest.raises(GraphError, match=words):
        fit(model, data, nn.mse_loss)
    assert (model.state_dict(), model.training) == (before, False)


def test_a_loss_that_indexes_by_the_class_is_refused_with_the_remedy():
    model = nn.MLP(4, [3], rng=Random(0))
    with pytest.raises(DataError, match=r"nn\.cross_entropy takes it, an index into the outputs does not"):
        fit(model, three_classes(), lambda logits, label: logsumexp(logits) - logits[label])
    with pytest.raises(DomainError, match="class 3"):
        fit(model, [(x, y + 1) for x, y in three_classes()], nn.cross_entropy)


def test_a_target_that_the_loss_refuses_is_refused():
    with pytest.raises(DomainError, match=r"targets of −1 and \+1"):
        fit(nn.MLP(2, [1], rng=Random(0)), moons(), nn.hinge_loss)  # labels 0 and 1


def test_newton_cannot_be_replayed():
    model = nn.MLP(2, [1], rng=Random(0))
    with pytest.raises(GraphError, match="first derivatives only"):
        fit(model, line(), nn.mse_loss, optimizer=nn.Newton(model.parameters()))


def test_numbers_that_run_away_stop_it_as_they_stop_eager():
    for bad in ([math.inf, 0.0], [math.nan, 0.0]):
        model = nn.MLP(2, [1], rng=Random(0))
        before = model.state_dict()
        with pytest.raises(nn.TrainingError):
            fit(model, [*line(), (bad, 1.0)], nn.mse_loss)
        assert model.state_dict() == before
    model = nn.MLP(2, [3, 1], rng=Random(0))
    with pytest.raises(nn.TrainingError, match=r"step \d+ .* Lower the learning rate \(now 1e\+150\)"):
        fit(model, line(), nn.mse_loss, optimizer=nn.SGD(model.parameters(), lr=1e150), epochs=9)


def test_targets_and_inputs_of_other_kinds():
    class Scale(nn.Module):
        def __init__(self):
            self.w = Parameter(1.0)

        def __call__(self, x):
            return self.w * x

    data = [(x / 10, x / 5) for x in range(1, 9)]  # an input that is a number, an output that is one Value
    results = []
    for replay in (False, True):
        model = Scale()
        history = fit(model, data, nn.mse_loss, replay=replay, epochs=3, batch_size=3, validation=data)
        results.append([*history.step_loss, *history.validation_loss, model.w.data])
    assert results[0] == pytest.approx(results[1], rel=1e-12)


def test_replay_reads_no_global_random_state():
    results = []
    for seed in (1, 2):
        random.seed(seed)
        state = random.getstate()
        results.append(trained("classes", OPTIMIZERS[2], True))
        assert random.getstate() == state
    assert results[0] == results[1]


def test_a_gradient_that_is_not_finite_is_named_also_where_another_parameter_has_none():
    class Net(nn.Module):
        def __init__(self):
            self.w, self.held = Parameter(0.0), Parameter(1.0)

        def __call__(self, x):
            return [(self.w * x[0]).sqrt() + self.held.detach()]

    net = Net()
    with pytest.raises(nn.TrainingError, match="gradient is not finite is w"):
        nn.fit(net, [([1.0], 2.0), ([2.0], 2.0)], nn.mse, nn.SGD(net.parameters(), lr=0.1), replay=True)
    assert net.w.data == 0.0


def test_one_optimizer_may_train_by_replay_again_and_again():
    losses = {}
    for replay in (False, True):
        model = nn.MLP(2, [4, 1], rng=Random(0))
        optimizer = nn.Adam(model.parameters(), lr=0.01)
        runs = [fit(model, line(), nn.mse_loss, optimizer=optimizer, epochs=2, replay=replay) for _ in range(3)]
        losses[replay] = [loss for history in runs for loss in history.loss]
    assert losses[True] == pytest.approx(losses[False], rel=1e-12)


# --- what changes between the steps ---


class Scaled(nn.Module):
    """A layer, and a plain number that its outputs are multiplied by."""

    def __init__(self):
        self.inner, self.scale = nn.Layer(2, 1, "tanh", Random(0)), 1.0

    def __call__(self, x):
        return [self.scale * y for y in self.inner(x)]


class Remembering(Scaled):
    """A model with a hidden state."""

    hidden = 0.0

    def __call__(self, x):
        self.hidden = 0.5 * self.hidden + self.inner(x)[0]
        return [self.hidden]


WEIGHTED = SimpleNamespace(weight=1.0)
CHANGES = {
    "an attribute": lambda run: setattr(run.model, "scale", 3.0),
    "an activation": lambda run: setattr(run.model.inner.neurons[0], "activate", Value.relu),
    "a layer": lambda run: setattr(run.model, "inner", nn.Layer(2, 1, "linear", Random(1))),
    "weights": lambda run: setattr(run.model.inner.neurons[0], "weights", (Parameter(1.0), Parameter(1.0))),
    "one more neuron": lambda run: run.model.inner.neurons.append(nn.Neuron(2)),
    "the loss": lambda run: setattr(WEIGHTED, "weight", 2.0),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_a_callback_changes_after_the_recording_is_noticed(name):
    model, WEIGHTED.weight = Scaled(), 1.0
    with pytest.raises(GraphError, match="since the recording") as caught:
        nn.fit(
            model, nn.xor(), lambda out, y: WEIGHTED.weight * nn.mse_loss(out, [y] * len(out)),
            nn.SGD(model.parameters(), lr=0.1), 3, replay=True, callbacks=CHANGES[name],
        )  # fmt: skip
    assert "leave replay=True out" in "".join(caught.value.__notes__)


def test_a_hidden_state_is_refused_with_its_line():
    model = Remembering()
    with pytest.raises(GraphError, match=r"keeps what it computed in a model: self\.hidden"):
        nn.fit(model, nn.xor(), nn.mse_loss, nn.SGD(model.parameters(), lr=0.1), 1, replay=True)


def test_callbacks_that_look_only_and_a_loss_that_counts_change_nothing():
    calls, losses = [], []

    def counting(out, y):
        calls.append(y)
        return nn.mse_loss(out, y)

    for loss, callback in (
        (nn.mse_loss, ()),
        (counting, lambda run: nn.evaluate(run.model.eval(), nn.xor(), nn.mse_loss)),
    ):
        model = Scaled()
        optimizer = nn.SGD(model.parameters(), lr=0.1)
        losses.append(
            nn.fit(
                model,
                nn.xor(),
                loss,
                optimizer,
                4,
                2,
                rng=Random(0),
                replay=True,
                callbacks=callback,
                validation=nn.xor(),
            )
        )
    assert losses[0] == losses[1]
    assert calls
