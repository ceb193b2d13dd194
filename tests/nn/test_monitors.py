"""The dials against NumPy, and the diagnosis against the figures of the documents."""

import math
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd import DataError, LengthError, Value
from nn.monitor.diagnosis import EXPLODING, LARGE, SMALL, VANISHING, judge_gradient, judge_loss, judge_validation
from nn.monitor.gradients import grad_norm
from nn.monitor.monitors import (
    dead_share,
    layer_activations,
    layer_dials,
    mean_and_deviation,
    saturated_share,
    update_ratio,
)

numbers = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=8)


def test_the_bounds_are_those_of_the_document():
    assert (VANISHING, SMALL, LARGE, EXPLODING) == (0.0001, 0.001, 1.0, 10.0)
    just = math.nextafter
    for norm, verdict in [
        (0.0, "vanishing"),
        (just(0.0001, 0), "vanishing"),
        (0.0001, "small"),
        (just(0.001, 0), "small"),
        (0.001, "moderate"),
        (1.0, "moderate"),
        (just(1.0, 2), "large"),
        (10.0, "large"),
        (just(10.0, 11), "exploding"),
        (math.inf, "exploding"),
        (math.nan, "exploding"),
        (0.1**10, "vanishing"),  # ten layers of slope 0.1
        (2.0**10, "exploding"),  # ten layers of slope 2
    ]:
        assert judge_gradient(norm).startswith(f"{verdict}:"), norm


@pytest.mark.parametrize(
    ("losses", "verdict"),
    [
        ([100, 250, 80, 300], "fluctuating"),  # the document's learning rate 1.0
        ([100.00, 99.99, 99.98], "barely moving"),  # 0.000001
        ([100, 85, 73], "decreasing"),  # 0.01
        ([2.45, 1.23, 0.42, 0.15, 0.08], "decreasing"),  # the other document's table of progress
        ([10, 5, 9, 5, 9, 6], "fluctuating"),
        ([10, 8, 9, 7, 8, 6], "decreasing"),
        ([1.0, math.nan], "diverging"),
        ([1.0, 2.0, 4.0], "rising"),
        ([1.0], ""),
    ],
)
def test_the_document_s_losses_are_told_apart(losses, verdict):
    assert judge_loss(losses).split(":")[0] == verdict


@pytest.mark.parametrize(
    ("train", "validation", "verdict"),
    [
        ([2.5, 1.2, 0.8, 0.4, 0.2], [2.6, 1.3, 0.9, 0.85, 0.9], "overfitting"),
        ([2.5, 1.2, 0.8], [2.6, 1.3, 0.9], "following"),
        ([2.5, 1.2, 0.8], [7.5, 5.0, 4.0], "mismatch"),
        ([2.5], [], ""),
    ],
)
def test_the_validation_loss_is_judged_beside_the_training_loss(train, validation, verdict):
    assert judge_validation(train, validation).split(":")[0] == verdict


@given(numbers)
def test_norms_and_moments_are_numpy_s(data):
    parameters = [Value(1.0) for _ in data]
    for parameter, g in zip(parameters, data, strict=True):
        parameter.grad = g
    assert grad_norm([*parameters, Value(1.0)]) == pytest.approx(float(np.linalg.norm(data)))
    mean, deviation = mean_and_deviation(data)
    assert mean == pytest.approx(float(np.mean(data)), abs=1e-6)
    assert deviation == pytest.approx(float(np.std(data)), abs=1e-6)


@given(st.lists(st.integers(-9, 9), min_size=1, max_size=8))
def test_the_update_ratio_of_sgd_is_the_learning_rate_by_gradient_over_weight(data):
    weights = [Value(float(x)) for x in data]
    before = {w: w.data for w in weights}
    for w in weights:
        w.grad = 2.0
    nn.SGD(weights, lr=0.5).step()
    size = float(np.linalg.norm(data))
    expected = math.sqrt(len(data)) / size if size else math.sqrt(len(data))
    assert update_ratio(weights, before) == pytest.approx(expected, rel=1e-6)


def test_dead_neurons_are_those_that_no_example_wakes():
    layer = nn.Layer(1, 4, "relu", weights=[[1.0], [-1.0], [0.0], [1.0]], biases=[0.0, 0.0, -1.0, -10.0])
    assert layer_dials(layer, [[1.0], [2.0]])[0].dead == 0.75
    assert layer_dials(layer, [[1.0], [-2.0]])[0].dead == 0.5
    assert dead_share([]) == 0


@given(st.lists(st.floats(-6, 6), min_size=1))
def test_saturation_is_the_share_near_the_ends(xs):
    a = np.tanh(xs)
    assert saturated_share([[float(v)] for v in a], "tanh") == np.mean(np.abs(a) >= 0.98)
    a = 1 / (1 + np.exp(-np.array(xs)))
    assert saturated_share([[float(v)] for v in a], "sigmoid") == np.mean((a <= 0.01) | (a >= 0.99))
    assert saturated_share([[0.0], [100.0]], "relu") == 0
    assert saturated_share([[0.98], [0.97], [-0.98], [-0.97]], "tanh") == 0.5


def test_activations_are_those_of_each_layer_and_leave_no_trace():
    model = nn.MLP(2, [3, 2, 1], "tanh", rng=Random(0))
    inputs = [[0.5, -1.0], [2.0, 1.0]]
    activations = layer_activations(model, inputs)
    rows = np.array(inputs)
    for layer, found in zip(model.layers, activations, strict=True):
        weights = np.array([[w.data for w in neuron.weights] for neuron in layer.neurons])
        z = rows @ weights.T + [neuron.bias.data for neuron in layer.neurons]
        rows = z if layer is model.layers[-1] else np.tanh(z)
        assert np.allclose(found, rows)
    assert all(p.grad is None for p in model.parameters())


def test_activations_are_heard_in_any_model_once_and_the_layers_are_themselves_again():
    class Own(nn.Module):
        def __init__(self):
            self.first, self.norm, self.last = (
                nn.Layer(2, 3, "tanh", Random(0)),
                nn.BatchNorm1d(3),
                nn.Neuron(3, "linear"),
            )

        def __call__(self, inputs):
            return self.last(self.norm(self.first(inputs)))

    own = Own()
    kinds = [type(layer) for layer in (own.first, own.norm, own.last)]
    rows = [[0.5, -1.0], [2.0, 1.0], [0.0, 0.0]]
    first, norm, last = layer_activations(own, rows)
    assert [len(part) for part in (first, norm, last)] == [3, 3, 3]
    assert [len(part[0]) for part in (first, norm, last)] == [3, 3, 1]
    own.eval()
    assert first == [[out.data for out in own.first(x)] for x in rows]
    assert last == [[own(x).data] for x in rows]
    assert [type(layer) for layer in (own.first, own.norm, own.last)] == kinds
    with pytest.raises(LengthError):
        layer_activations(own, [[1.0]])
    assert [type(layer) for layer in (own.first, own.norm, own.last)] == kinds
    stack = nn.Sequential(nn.Layer(2, 3, rng=Random(0)), nn.Residual(nn.Layer(3, 3)), nn.BatchNorm1d(3))
    assert [dial.name for dial in layer_dials(stack, rows)] == ["layers.0", "layers.1.block", "layers.2"]


def test_a_monitor_begins_anew_with_each_fit():
    monitor = nn.Monitor()
    for size in (2, 3):
        model = nn.MLP(size, [2, 1], rng=Random(0))
        data = nn.linear_regression(5, weights=[1.0] * size, rng=Random(0))
        nn.fit(model, data, nn.mse_loss, nn.SGD(model.parameters(), lr=0.1), size, callbacks=[monitor])
        assert [row.epoch for row in monitor.rows] == list(range(1, size + 1))


def test_the_monitor_reads_every_dial_in_training():
    model, monitor, norms, ratios = nn.MLP(2, [4, 1], "tanh", rng=Random(0)), nn.Monitor(), [], []

    class Witness:
        def on_train_begin(self, run):
            self.weights = np.array([p.data for p in model.parameters()])

        def on_step_end(self, run):
            now, before = np.array([p.data for p in model.parameters()]), self.weights
            norms.append(np.linalg.norm([p.grad for p in model.parameters()]))
            ratios.append(np.linalg.norm(now - before) / np.linalg.norm(before))
            self.weights = now

    history = nn.fit(
        model,
        nn.xor(),
        nn.mse_loss,
        nn.SGD(model.parameters(), lr=0.1),
        epochs=4,
        batch_size=2,
        validation=nn.xor(),
        callbacks=[monitor, Witness()],
        rng=Random(0),
    )
    assert [row.gradient_norm for row in monitor.rows] == pytest.approx(norms[1::2])
    assert [row.update_ratio for row in monitor.rows] == pytest.approx(ratios[1::2])
    assert [row.loss for row in monitor.rows] == history.loss
    assert [row.validation_loss for row in monitor.rows] == history.validation_loss
    layers = monitor.rows[-1].layers
    assert math.hypot(*(layer.gradient_norm for layer in layers)) == pytest.approx(norms[-1])
    assert str(monitor).splitlines()[1].split()[0] == "layers.0"
    assert monitor.diagnosis()


def test_a_monitor_goes_on_from_a_checkpoint(tmp_path):
    def train(epochs, **more):
        model, monitor = nn.MLP(2, [3, 1], rng=Random(0)), nn.Monitor()
        optimizer = nn.SGD(model.parameters(), lr=0.1)
        callbacks = [monitor, nn.Checkpoint(tmp_path / "run")]
        nn.fit(model, nn.xor(), nn.mse_loss, optimizer, epochs, 2, callbacks=callbacks, rng=Random(0), **more)
        return monitor.rows

    unbroken = train(5)
    train(2)
    assert train(5, resume=tmp_path / "run") == unbroken


def test_a_sick_network_is_diagnosed():
    rng = Random(0)
    deep = nn.MLP(2, [4] * 9 + [1], "sigmoid", rng=rng)
    nn.mse_loss(deep([1.0, 0.0]), 1.0).backward()
    vanished = nn.diagnose(layers=layer_dials(deep, [x for x, _ in nn.xor()]))
    assert any(word.startswith("vanishing:") and "layers.0" in word for word in vanished)
    flat = nn.Layer(1, 2, "tanh", weights=[[50.0], [-50.0]])
    assert any(word.startswith("saturated:") for word in nn.diagnose(layers=layer_dials(flat, [[1.0], [2.0]])))
    dead = nn.Layer(1, 2, "relu", weights=[[-1.0], [-1.0]])
    assert any(word.startswith("dead:") for word in nn.diagnose(layers=layer_dials(dead, [[1.0], [2.0]])))
    large = nn.Layer(1, 2, "linear", weights=[[100.0], [-100.0]])
    assert any(word.startswith("out of scale:") for word in nn.diagnose(layers=layer_dials(large, [[1.0], [2.0]])))
    assert "give the monitor to fit" in nn.Monitor().diagnosis()[0]
    words = nn.diagnose(update_ratio=1e-7) + nn.diagnose(update_ratio=1e-3) + nn.diagnose(update_ratio=0.5)
    assert [word.split(":")[0] for word in words] == ["creeping", "stepping", "leaping"]
    assert nn.diagnose(update_ratio=0.0)[0].startswith("standing:")
    assert nn.diagnose(gradient_norm=math.nan)[0].startswith(
        "exploding: the gradient norm is nan, which is not a finite number"
    )
    with pytest.raises(DataError, match=r"history\.loss"):
        nn.diagnose(loss=3.0)


def test_a_loss_that_stands_still_does_not_fall():
    for losses in ([0, 0], [5, 5, 5], [100, 99.5, 99]):
        assert nn.diagnose(losses)[0].startswith("barely moving:")


@pytest.mark.parametrize(
    "given", [{"loss": [1, "a"]}, {"gradient_norm": "a"}, {"gradient_norm": -1}, {"update_ratio": -1}]
)
def test_a_dial_that_shows_no_number_is_refused(given):
    with pytest.raises(DataError, match=next(iter(given))):
        nn.diagnose(**given)
