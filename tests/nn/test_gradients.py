"""Gradients: norms, clipping, accumulation, and checkpointing to the bit."""

import gc
import math
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd import DomainError, LengthError, Value, lift
from nn import (
    MLP,
    Layer,
    accumulate,
    checkpointed_backward,
    clip_grad_norm_,
    clip_grad_value_,
    cross_entropy,
    grad_norm,
    layer_grad_norms,
    mse_loss,
    stored_activations,
)
from nn.monitor.gradients import layers_of

gradients = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=6)


def with_grads(gs):
    parameters = [Value(0.0) for _ in gs]
    for p, g in zip(parameters, gs, strict=True):
        p.grad = g
    return parameters


@given(gradients, st.floats(1e-3, 1e3))
def test_clipping_by_norm_keeps_the_direction(gs, limit):
    parameters = with_grads(gs)
    before = clip_grad_norm_(parameters, limit)
    assert before == pytest.approx(math.sqrt(math.fsum(g * g for g in gs)))
    after = [p.grad for p in parameters]
    assert grad_norm(parameters) <= limit * (1 + 1e-12)
    if before <= limit - 1e-6:
        assert after == gs
    else:
        assert grad_norm(parameters) == pytest.approx(limit, rel=1e-5 + 1e-6 / limit)
        assert [a * before for a in after] == pytest.approx([g * grad_norm(parameters) for g in gs])


@given(gradients, st.floats(1e-3, 1e3))
def test_clipping_by_value(gs, limit):
    parameters = with_grads(gs)
    clip_grad_value_(parameters, limit)
    for p, g in zip(parameters, gs, strict=True):
        assert p.grad == (g if abs(g) <= limit else math.copysign(limit, g))


def test_what_has_no_gradient_is_left_alone():
    p = Value(1.0)
    assert grad_norm([p]) == 0
    assert clip_grad_norm_([p], 1.0) == 0
    clip_grad_value_([p], 1.0)
    assert p.grad is None


@pytest.mark.parametrize("clip", [clip_grad_norm_, clip_grad_value_])
def test_clipping_refuses_what_it_cannot_mend_and_changes_nothing(clip):
    parameters = with_grads([5.0, math.nan])
    with pytest.raises(DomainError, match="NaN"):
        clip(parameters, 1.0)
    assert parameters[0].grad == 5.0
    for limit in (0, -1, math.nan):
        with pytest.raises(nn.SettingError, match="above 0"):
            clip(with_grads([1.0]), limit)
    for no_list in (Value(1.0), MLP(1, [1]), "parameters", 3, [1.0]):
        for measure in (lambda given: clip(given, 1.0), grad_norm):
            with pytest.raises(TypeError, match=r"Give model.parameters\(\)"):
                measure(no_list)
    with pytest.raises(DomainError, match="infinite"):
        clip_grad_norm_(with_grads([math.inf]), 1.0)


def test_vanishing_and_exploding():
    assert pytest.approx(0.0000000001) == 0.1**10
    for slope, expected in ((0.1, 1e-10), (2.0, 1024.0)):
        deep = MLP(1, [1] * 10, "linear", weights=[[[slope]]] * 10)
        x = Value(1.0)
        deep([x])[0].backward()
        assert x.grad == pytest.approx(expected, rel=1e-12)
        norms = list(layer_grad_norms(deep).values())
        assert len(norms) == 10
        assert all((a < b) == (slope < 1) for a, b in pairwise(norms))


def test_norms_per_layer_make_up_the_whole():
    model = nn.Sequential(
        nn.Layer(2, 3, "tanh", Random(0)),
        nn.Residual(MLP(3, [4, 3], "tanh", rng=Random(1))),
        nn.Dropout(0.5, Random(2)),
        nn.Neuron(3, "linear", Random(3)),
    )
    model.layers.append(lambda out: [out])
    mse_loss(model([1.0, 2.0]), [3.0]).backward()
    norms = layer_grad_norms(model)
    assert list(norms) == ["layers.0", "layers.1.block.layers.0", "layers.1.block.layers.1", "layers.3"]
    assert math.hypot(*norms.values()) == pytest.approx(grad_norm(model.parameters()))
    neuron = nn.Neuron(2, rng=Random(0))
    assert list(layer_grad_norms(neuron)) == ["model"]


def test_layers_of_every_kind_of_model_are_found():
    class Own(nn.Module):
        def __init__(self):
            self.hidden, self.drop, self.out = nn.Layer(2, 3), nn.Dropout(0.5), nn.Layer(3, 1)

    assert [path for path, _ in layers_of(Own())] == ["hidden", "out"]
    stack = nn.Sequential(nn.Layer(2, 3), nn.BatchNorm1d(3), nn.Dropout(0.1), nn.Layer(3, 1))
    assert [path for path, _ in layers_of(stack)] == ["layers.0", "layers.1", "layers.3"]
    assert layers_of(nn.BatchNorm1d(3))[0][0] == "model"


def test_accumulated_gradients_are_those_of_the_whole_batch():
    rng = Random(0)
    model, xs = MLP(2, [4, 1], "tanh", rng=rng), [[rng.gauss(0, 1), rng.gauss(0, 1)] for _ in range(6)]
    ys = [rng.gauss(0, 1) for _ in xs]
    whole = mse_loss([model(x)[0] for x in xs], ys)
    whole.backward()
    expected = [p.grad for p in model.parameters()]
    model.zero_grad()
    total = accumulate((mse_loss(model(x)[0], y) for x, y in zip(xs, ys, strict=True)), weight=1 / 6)
    assert total == pytest.approx(whole.data)
    assert [p.grad for p in model.parameters()] == pytest.approx(expected, abs=1e-15)


def test_an_empty_batch_has_no_gradient():
    for nothing in ([], (x for x in ())):
        with pytest.raises(LengthError, match="no loss"):
            accumulate(nothing)
    with pytest.raises(LengthError, match="batch is empty"):
        checkpointed_backward(MLP(1, [1, 1]).layers, [], lambda out: mse_loss(out, []))
    with pytest.raises(TypeError, match="each of them a Value, and here is 0"):
        accumulate([0])
    w = Value(3.0)
    assert (accumulate(w * w), w.grad) == (9.0, 6.0)


# ── checkpointing ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_figure_of_the_books():
    assert stored_activations(32, [1000] * 4) == 128_000


def plain_backward(model, batch, loss):
    out = loss([model(x) for x in batch])
    out.backward()
    grads = [p.grad for p in model.parameters()]
    model.zero_grad()
    return out.data, grads


@given(st.integers(0, 10**6), st.lists(st.integers(1, 4), min_size=1, max_size=5), st.integers(1, 3), st.data())
def test_checkpointed_gradients_are_the_same_to_the_bit(seed, widths, size, data):
    rng = Random(seed)
    activation = data.draw(st.sampled_from(["tanh", "relu", "gelu", "softmax"]))
    widths[-1] += 1  # two classes or more
    model = MLP(2, widths, activation, rng=rng)
    batch = [[rng.gauss(0, 2), rng.gauss(0, 2)] for _ in range(size)]
    targets = [rng.randrange(widths[-1]) for _ in range(size)]

    def loss(outputs):
        return cross_entropy(outputs, targets)

    expected, grads = plain_backward(model, batch, loss)
    for segments in range(1, len(widths) + 1):
        result = checkpointed_backward(model.layers, batch, loss, segments)
        assert (result.loss, [p.grad for p in model.parameters()]) == (expected, grads)
        assert result.stored == stored_activations(size, widths, segments)
        assert result.without == stored_activations(size, widths) == size * sum(widths)
        model.zero_grad()


def test_a_first_segment_without_parameters_is_gone_through():
    layers = [lambda row: [x * 2 for x in map(lift, row)], Layer(1, 1, "linear", weights=[[3.0]])]
    checkpointed_backward(layers, [[0.5]], lambda outputs: outputs[0][0], 2)
    assert layers[1].neurons[0].weights[0].grad == 1.0


def test_the_inputs_get_their_gradient_too():
    model = MLP(1, [3, 3, 1], "tanh", rng=Random(0))
    x, same = Value(0.5), Value(0.5)
    mse_loss(model([x]), [1.0]).backward()
    checkpointed_backward(model.layers, [[same]], lambda outputs: mse_loss(outputs[0], [1.0]), 3)
    assert same.grad == x.grad


def test_fewer_nodes_live_at_once():
    """Count the nodes alive in each backward pass through the last layer's activation, by the collector's own list."""

    def nodes_alive(run):
        counts = []

        def alive():
            return sum(type(o) is Value and o.op is not None for o in gc.get_objects())

        before = alive()  # of other tests

        def loss(outputs):
            counts.append(alive() - before)
            return mse_loss(outputs, [[1.0]] * 4)

        run(loss)
        return counts[0]

    model, batch = MLP(3, [6] * 8 + [1], "tanh", rng=Random(0)), [[1.0, 2.0, 3.0]] * 4
    gc.collect()
    plain = nodes_alive(lambda loss: loss([model(x) for x in batch]).backward())
    few = nodes_alive(lambda loss: checkpointed_backward(model.layers, batch, loss, 3))
    assert few < plain / 2


def test_layers_that_change_their_mind_are_refused():
    model = nn.Sequential(
        nn.Layer(2, 8, "tanh", Random(0)), nn.Dropout(0.5, Random(1)), nn.Layer(8, 1, "linear", Random(2))
    )
    batch, loss = [[1.0, 2.0]], lambda outputs: mse_loss(outputs, [[1.0]])
    with pytest.raises(DomainError, match="Dropout"):
        checkpointed_backward(model.layers, batch, loss, 3)
    model.zero_grad()
    expected = plain_backward(model.eval(), batch, loss)
    result = checkpointed_backward(model.layers, batch, loss, 3)
    assert (result.loss, [p.grad for p in model.parameters()]) == expected


@pytest.mark.parametrize("segments", [0, 3, 1.5])
def test_there_are_as_many_segments_as_layers_at_most(segments):
    with pytest.raises(nn.SettingError, match="segments must be from 1 to 2"):
        checkpointed_backward(MLP(1, [1, 1]).layers, [[1.0]], lambda out: out[0][0], segments)
