"""Regularisers: penalties by their slopes, dropout by its mean, batches by their statistics, paths past a block."""

import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd import LengthError, Value
from nn import SGD, BatchNorm, Dropout, Residual, Sequential, l1_penalty, l2_penalty

weights = st.lists(st.floats(-100, 100), min_size=1, max_size=6)


@given(weights, st.floats(0, 10))
def test_penalties_and_their_slopes(ws, strength):
    ps = [Value(w) for w in ws]
    one, two = l1_penalty(ps, strength), l2_penalty(ps, strength)
    assert one.data == pytest.approx(strength * math.fsum(map(abs, ws)))
    assert two.data == pytest.approx(strength * math.fsum(w * w for w in ws))
    one.backward()
    assert [p.grad for p in ps] == [strength * ((w > 0) - (w < 0)) for w in ws]
    for p in ps:
        p.grad = None
    two.backward()
    assert [p.grad for p in ps] == pytest.approx([2 * strength * w for w in ws])


def test_weight_decay_is_twice_the_penalty_s_strength():
    a, b = Value(3.0), Value(3.0)
    (2 * a + l2_penalty([a], 0.25)).backward()
    SGD([a], lr=0.1).step()
    (2 * b).backward()
    SGD([b], lr=0.1, weight_decay=0.5).step()
    assert a.data == pytest.approx(b.data, abs=1e-15)


def test_impossible_penalties_are_refused():
    for penalty in (l1_penalty, l2_penalty):
        with pytest.raises(nn.SettingError, match="strength"):
            penalty([Value(1.0)], -1)
        with pytest.raises(LengthError, match="no parameters"):
            penalty([], 1)


# ── dropout ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("p", [0.0, 0.2, 0.5, 0.9])
def test_dropout_drops_its_share_and_keeps_the_mean(p):
    out = [x.data for x in Dropout(p, Random(0))([1.0] * 20_000)]
    assert {0.0, 1 / (1 - p)} >= set(out)
    deviation = math.sqrt(p * (1 - p) / 20_000)
    assert abs(out.count(0.0) / 20_000 - p) <= 5 * deviation
    assert abs(math.fsum(out) / 20_000 - 1) <= 5 * deviation / (1 - p)


def test_dropped_inputs_get_no_gradient_and_kept_ones_a_larger():
    dropout, xs = Dropout(0.5, Random(3)), [Value(1.0) for _ in range(20)]
    outs = dropout(xs)
    nn.l1_penalty(outs, 1.0).backward()
    assert [x.grad for x in xs] == [2.0 * (out.data > 0) for out in outs]
    assert {out.data for out in outs} == {0.0, 2.0}


def test_dropout_in_evaluation_is_nothing_and_draws_nothing():
    model = Sequential(nn.Layer(2, 3, "tanh", Random(0)), Dropout(0.5, Random(1)))
    drawn = model.layers[1].rng.getstate()
    model.eval()
    assert [x.data for x in model([1.0, 2.0])] == [x.data for x in model.layers[0]([1.0, 2.0])]
    assert model.layers[1].rng.getstate() == drawn
    assert model.train().layers[1].training


@pytest.mark.parametrize("p", [-0.1, 1.0, 1.5, math.nan])
def test_dropout_needs_a_probability(p):
    with pytest.raises(nn.SettingError, match="probability"):
        Dropout(p)


# ── batches ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@given(st.lists(st.floats(-100, 100), min_size=2, max_size=8).filter(lambda xs: max(xs) - min(xs) > 0.5))
def test_a_batch_comes_out_with_mean_0_and_deviation_1(xs):
    out = [x.data for x in BatchNorm(eps=1e-12)(xs)]
    assert math.fsum(out) / len(out) == pytest.approx(0, abs=1e-9)
    assert math.fsum(x * x for x in out) / len(out) == pytest.approx(1, abs=1e-6)


def test_shift_and_scale_do_not_matter():
    xs = [1.0, 4.0, -2.0, 0.5]
    first, second = BatchNorm(eps=1e-12)(xs), BatchNorm(eps=1e-12)([10 * x + 7 for x in xs])
    assert [x.data for x in first] == pytest.approx([x.data for x in second])


def test_running_statistics_come_to_those_of_the_data():
    norm, rng = BatchNorm(), Random(0)
    for _ in range(300):
        norm([rng.gauss(5, 2) for _ in range(50)])
    assert norm.running_mean.data == pytest.approx(5, abs=0.3)
    assert norm.running_var.data == pytest.approx(4, abs=0.6)
    (at_mean,) = norm.eval()([norm.running_mean.data])
    assert at_mean.data == 0


def test_evaluation_learns_and_keeps_no_statistics():
    norm = BatchNorm()
    norm([1.0, 2.0, 4.0])
    state = norm.state_dict()
    (out,) = norm.eval()([3.0])
    out.backward()
    assert norm.state_dict() == state
    assert norm.running_mean.grad is None
    assert norm.weight.grad == out.data
    assert norm.bias.grad == 1


def test_running_statistics_are_saved_but_not_trained():
    norm = BatchNorm()
    norm([1.0, 2.0, 4.0])
    assert list(norm.state_dict()) == ["weight", "bias", "running_mean", "running_var"]
    assert norm.parameters() == [norm.weight, norm.bias]
    other = BatchNorm()
    other.load_state_dict(norm.state_dict())
    assert [x.data for x in other.eval()([3.0])] == [x.data for x in norm.eval()([3.0])]


def test_a_batch_of_one_has_no_deviation():
    norm = BatchNorm()
    with pytest.raises(LengthError, match=r"batch of 1.*eval"):
        norm([1.0])
    assert norm.running_mean.data == 0


@pytest.mark.parametrize("settings", [{"eps": 0}, {"momentum": 1.5}, {"momentum": -1}])
def test_impossible_settings_are_refused(settings):
    with pytest.raises(nn.SettingError):
        BatchNorm(**settings)


# ── batches through a network, layer by layer ────────────────────────────────────────────────────────────────────────

ROWS = [[0.5, -1.0], [2.0, 0.25], [1.0, 1.0], [-0.75, 3.0]]


def normal_network(width=3, between=None):
    return Sequential(
        nn.Layer(2, width, "linear", Random(0)),
        nn.BatchNorm1d(width) if between is None else between,
        nn.Layer(width, 1, "tanh", Random(1)),
    )


def test_a_batch_is_normalised_over_its_examples_and_not_over_its_features():
    numpy = pytest.importorskip("numpy")
    model = normal_network()
    first, norm, last = model.layers
    hidden = numpy.array([[x.data for x in first(row)] for row in ROWS])
    normal = (hidden - hidden.mean(axis=0)) / numpy.sqrt(hidden.var(axis=0) + 1e-5)
    expected = [last(row)[0].data for row in normal.tolist()]
    assert [out.data for (out,) in model.batch(ROWS)] == pytest.approx(expected, rel=1e-12)
    assert [n.running_mean.data for n in norm.norms] == pytest.approx(0.1 * hidden.mean(axis=0))
    assert [n.running_var.data for n in norm.norms] == pytest.approx(0.9 + 0.1 * hidden.var(axis=0, ddof=1))


def test_the_gradient_through_a_batch_is_that_of_central_differences():
    def loss(model):
        return nn.mse_loss(model.batch(ROWS), [[1.0], [-1.0], [0.5], [0.0]])

    model = normal_network()
    loss(model).backward()
    for p in model.parameters():
        ends = []
        for step in (1e-6, -2e-6):
            p.data += step
            ends.append(loss(model).data)
        p.data += 1e-6
        assert p.grad == pytest.approx((ends[0] - ends[1]) / 2e-6, abs=1e-8)


def test_one_example_alone_is_refused_in_training_and_answered_in_evaluation():
    for model in (normal_network(), normal_network(1, BatchNorm()), normal_network(3, Residual(nn.BatchNorm1d(3)))):
        with pytest.raises(LengthError, match=r"batch of 1.*model\.batch.*eval\(\)"):
            model(ROWS[0])
        model.batch(ROWS)
        model.eval()
        together = model.batch(ROWS)
        assert [model(row)[0].data for row in ROWS] == [out.data for (out,) in together]


def test_features_are_not_taken_for_a_batch():
    with pytest.raises(LengthError, match="normalises one activation, takes 1 numbers in a row, and was given 3"):
        normal_network(3, BatchNorm())(ROWS[0])
    with pytest.raises(LengthError, match=r"BatchNorm1d\(4.* takes 4 numbers in a row, and was given 3"):
        normal_network(3, nn.BatchNorm1d(4)).batch(ROWS)


def test_an_empty_batch_is_refused():
    for norm in (BatchNorm(), nn.BatchNorm1d(2)):
        with pytest.raises(LengthError, match="batch of 0"):
            norm.batch([])


def test_a_network_with_batchnorm_learns_xor_by_batches():
    model = normal_network(4, Sequential(nn.BatchNorm1d(4), lambda row: [x.tanh() for x in row]))
    optimizer, data = nn.Adam(model.parameters(), lr=0.05), [(x, 2 * y - 1) for x, y in nn.xor()]
    for _ in range(100):
        optimizer.zero_grad()
        inputs, targets = zip(*data, strict=True)
        loss = nn.mse_loss(model.batch(inputs), targets)
        loss.backward()
        optimizer.step()
    assert loss.data < 0.05
    assert nn.accuracy(model, data) == 1


# ── residual blocks and sequences ────────────────────────────────────────────────────────────────────────────────────


def test_a_gradient_passes_a_block_that_gives_none():
    x, y = Value(3.0), Value(3.0)
    dead = nn.Layer(1, 1, "relu", weights=[[-1.0]])
    dead([x])[0].backward()
    Residual(dead)([y])[0].backward()
    assert (x.grad, y.grad) == (0, 1)


def test_ten_residual_layers_do_not_vanish():
    def slope(wrap):
        x = Value(0.1)
        Sequential(*[wrap(nn.Layer(1, 1, "linear", weights=[[0.1]])) for _ in range(10)])([x])[0].backward()
        return x.grad

    assert slope(lambda layer: layer) == pytest.approx(1e-10)
    assert slope(Residual) == pytest.approx(1.1**10)


def test_a_block_returns_as_many_as_it_takes():
    with pytest.raises(LengthError, match="makes 3 of 2"):
        Residual(nn.Layer(2, 3))([1.0, 2.0])


def test_a_sequence_is_its_parts_in_order():
    first, second = nn.Layer(2, 3, "tanh", Random(0)), nn.Layer(3, 1, "linear", Random(1))
    model = Sequential(first, second)
    assert model([1.0, 2.0])[0].data == second(first([1.0, 2.0]))[0].data
    assert model.parameters() == first.parameters() + second.parameters()
    assert repr(model) == "Sequential(Layer(2 → 3, tanh), Layer(3 → 1, linear))"
