"""Losses: against formulas in fifty digits, against central differences, and figure by figure."""

import math
import sys
from random import Random

import mpmath as mp
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd import AutogradError, DataError, DomainError, LengthError, Value, gradcheck, softmax
from nn import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    categorical_cross_entropy,
    cross_entropy,
    hinge_loss,
    huber_loss,
    mae_loss,
    mse_loss,
)

mp.mp.dps = 50

# name → the loss of one prediction, in mpmath; and what predictions and targets may be
numbers, shares = st.floats(-20, 20), st.floats(0.01, 0.99)
ELEMENTWISE = {
    "mse_loss": (lambda p, y: (p - y) ** 2, numbers, numbers),
    "mae_loss": (lambda p, y: abs(p - y), numbers, numbers),
    "huber_loss": (lambda p, y: (p - y) ** 2 / 2 if abs(p - y) <= 1 else abs(p - y) - mp.mpf(1) / 2, numbers, numbers),
    "hinge_loss": (lambda s, y: max(mp.mpf(0), 1 - y * s), numbers, st.sampled_from([-1, 1])),
    "binary_cross_entropy": (
        lambda p, y: -(y * mp.log(p) + (1 - y) * mp.log(1 - p)),
        shares,
        st.one_of(st.sampled_from([0, 1]), shares),
    ),
    "binary_cross_entropy_with_logits": (
        lambda z, y: y * mp.log(1 + mp.exp(-z)) + (1 - y) * mp.log(1 + mp.exp(z)),
        numbers,
        st.one_of(st.sampled_from([0, 1]), shares),
    ),
}
REDUCE = {"sum": lambda xs: mp.fsum(xs), "mean": lambda xs: mp.fsum(xs) / len(xs)}


def close(ours, theirs):
    return abs(mp.mpf(ours) - theirs) <= mp.mpf(10) ** -12 * (1 + abs(theirs))


@given(st.data(), st.sampled_from(sorted(ELEMENTWISE)), st.sampled_from(["mean", "sum"]))
def test_elementwise_losses_and_slopes_are_their_formulas(data, name, reduction):
    formula, predictions, targets = ELEMENTWISE[name]
    pairs = data.draw(st.lists(st.tuples(predictions, targets), min_size=1, max_size=4))
    ps, ys = [Value(p) for p, _ in pairs], [y for _, y in pairs]
    loss = getattr(nn, name)(ps, ys, reduction)
    loss.backward()
    exact = [(mp.mpf(p), mp.mpf(y)) for p, y in pairs]
    assert close(loss.data, REDUCE[reduction]([formula(p, y) for p, y in exact]))
    for v, (p, y) in zip(ps, exact, strict=True):
        if abs(p - y) > 1e-3 and abs(1 - p * y) > 1e-3 and abs(abs(p - y) - 1) > 1e-3:  # not at a corner
            slope = mp.diff(lambda x, y=y: formula(x, y), p) / (len(pairs) if reduction == "mean" else 1)
            assert abs(v.grad - slope) <= 1e-10 * (1 + abs(slope)), (name, p, y)


def central_difference(loss, xs, i, h=1e-6):
    """∂loss/∂xᵢ by two more evaluations, with plain numbers."""
    up, down = ([*xs[:i], xs[i] + d, *xs[i + 1 :]] for d in (h, -h))
    return (loss(up).data - loss(down).data) / (2 * h)


ONE_HOT, SOFT = [0, 0, 1, 0], [0.1, 0.2, 0.3, 0.4]
LISTS = {
    "mse": (lambda xs: mse_loss(xs, [1.0, -2.0, 0.5, 3.0]), [0.3, -0.7, 2.0, 1.1]),
    "mae": (lambda xs: mae_loss(xs, [1.0, -2.0, 0.5, 3.0]), [0.3, -0.7, 2.0, 1.1]),
    "huber": (lambda xs: huber_loss(xs, [1.0, -2.0, 0.5, 3.0], delta=0.8), [0.3, -0.7, 2.0, 1.1]),
    "hinge": (lambda xs: hinge_loss(xs, [1, -1, -1, 1]), [0.3, -0.7, 2.0, 1.1]),
    "bce": (lambda xs: binary_cross_entropy(xs, [1, 0, 0.3, 1]), [0.3, 0.7, 0.2, 0.9]),
    "bce, targets as Values": (
        lambda xs: binary_cross_entropy(xs, [Value(1.0), Value(0.0), Value(0.3), 1]),
        [0.3, 0.7, 0.2, 0.9],
    ),
    "bce with logits": (lambda xs: binary_cross_entropy_with_logits(xs, [1, 0, 0.3, 1]), [0.3, -0.7, 2.0, 1.1]),
    "cross-entropy": (lambda xs: cross_entropy(xs, 2), [0.3, -0.7, 2.0, 1.1]),
    "cross-entropy, soft": (lambda xs: cross_entropy(xs, SOFT), [0.3, -0.7, 2.0, 1.1]),
    "categorical": (lambda xs: categorical_cross_entropy(xs, ONE_HOT), [0.3, 0.2, 0.4, 0.1]),
    "categorical, soft": (lambda xs: categorical_cross_entropy(xs, SOFT), [0.3, 0.2, 0.4, 0.1]),
}


@pytest.mark.parametrize("name", LISTS)
def test_gradcheck_of_every_loss(name):
    loss, xs = LISTS[name]
    nodes = [Value(x) for x in xs]
    loss(nodes).backward()
    for i, node in enumerate(nodes):
        slope = 0.0 if node.grad is None else node.grad  # of probabilities with target 0: no part of the loss
        assert slope == pytest.approx(central_difference(loss, xs, i), rel=1e-7, abs=1e-9), (name, i)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("name", [*ELEMENTWISE, "cross_entropy", "categorical_cross_entropy"])
def test_gradcheck_of_every_loss_and_reduction_by_the_engine_s_own_check(name, reduction):
    loss, of_lists = getattr(nn, name), name not in ELEMENTWISE

    def reduced(a, b, c, d):
        if of_lists:
            return loss([[a, b], [c, d]], [1, [0.25, 0.75]], reduction)
        return loss([a, b, c, d], [1, 1, -1, 1] if name == "hinge_loss" else [1, 0, 0.25, 0.5], reduction)

    report = gradcheck(reduced, 0.3, 0.7, 0.4, 0.6)
    assert report, str(report)
    single = reduced(0.3, 0.7, 0.4, 0.6).data
    rows = loss([[0.3, 0.7], [0.4, 0.6]], [1, [0.25, 0.75]], "none") if of_lists else []
    assert not of_lists or single == pytest.approx(sum(v.data for v in rows) / (2 if reduction == "mean" else 1))


# ── the figures that textbooks print ─────────────────────────────────────────────────────────────────────────────────


def test_three_houses():
    houses = [210e3, 280e3, 255e3], [200e3, 300e3, 250e3]
    assert mse_loss(*houses).data == 175_000_000
    assert [loss.data for loss in mse_loss(*houses, reduction="none")] == [100e6, 400e6, 25e6]
    assert mae_loss(90, 100).data == 10
    assert mse_loss([10, 1], [0, 0], "none")[0].data == 100


@pytest.mark.parametrize(("p", "y", "printed"), [
    (1.0, 1, 0.0), (0.9, 1, 0.105), (0.5, 1, 0.693), (0.1, 1, 2.303), (0.95, 1, 0.051), (0.05, 1, 2.996),
    (0.0, 0, 0.0), (0.5, 0, 0.693), (0.9, 0, 2.303),
])  # fmt: skip
def test_binary_cross_entropy_as_printed(p, y, printed):
    assert round(binary_cross_entropy(Value(p), y).data, 3) == printed
    assert round(binary_cross_entropy(Value(p), Value(float(y))).data, 3) == printed


def test_the_seven_with_forty_percent():
    predicted = [0.05, 0.05, 0.1, 0.05, 0.05, 0.05, 0.1, 0.4, 0.1, 0.05]
    one_hot = [0.0] * 7 + [1.0] + [0.0] * 2
    assert categorical_cross_entropy(predicted, one_hot).data == -math.log(0.4)
    assert round(categorical_cross_entropy(predicted, 7).data, 3) == 0.916
    assert round(categorical_cross_entropy([0.1, 0.9], 1).data, 3) == 0.105
    assert round(categorical_cross_entropy([0.1, 0.2, 0.5, 0.15, 0.05], [0, 0, 1, 0, 0]).data, 4) == 0.6931


def test_random_guessing_among_ten_classes_costs_2_3():
    assert round(cross_entropy([0.0] * 10, 3).data, 1) == 2.3


def test_the_tiny_network():
    x, w, b, y = Value(2.0), Value(3.0), Value(1.0), Value(15.0)
    a = (w * x + b).relu()
    loss = mse_loss(a, y)
    loss.backward()
    assert (loss.data, a.grad, w.grad) == (64, -16, -32)


# ── softmax and cross-entropy ────────────────────────────────────────────────────────────────────────────────────────


@given(st.lists(st.floats(-50, 50), min_size=2, max_size=6), st.data())
def test_the_slope_at_the_logits_is_prediction_minus_target_to_the_bit(logits, data):
    true = data.draw(st.integers(0, len(logits) - 1))
    predicted = [p.data for p in softmax(logits)]
    target = [1.0 if k == true else 0.0 for k in range(len(logits))]
    for wanted in (true, target):
        zs = [Value(z) for z in logits]
        cross_entropy(zs, wanted).backward()
        assert [z.grad for z in zs] == [p - y for p, y in zip(predicted, target, strict=True)]


ULP = mp.mpf(2) ** -53  # half a unit in the last place of 1


def exact_shares(logits):
    with mp.workdps(60):
        powers = [mp.exp(mp.mpf(z)) for z in logits]
        return [power / mp.fsum(powers) for power in powers]


@given(st.lists(st.floats(-300, 300), min_size=2, max_size=6), st.sampled_from([0.0, 1.0, 1e3, 1e6]), st.data())
def test_probabilities_and_the_slope_are_right_to_their_last_bits_by_sixty_digits(logits, shift, data):
    logits = [z + shift for z in logits]
    true = data.draw(st.integers(0, len(logits) - 1))
    zs = [Value(z) for z in logits]
    cross_entropy(zs, true).backward()
    with mp.workdps(60):
        for k, (z, ours, p) in enumerate(zip(zs, softmax(logits), exact_shares(logits), strict=True)):
            y, distance = int(k == true), max(logits) - z.data  # x − max is rounded once, exp, Σ and ÷ a few times more
            bound = p * (distance + len(zs) + 6) * ULP + mp.mpf(2) ** -1060
            assert abs(ours.data - p) <= bound, (ours, p)
            assert abs(z.grad - (p - y)) <= bound + abs(p - y) * ULP, (z.grad, p - y)


def test_the_slope_of_one_who_is_nearly_certain():
    for gap in (20.0, 30.0, 33.0):  # 1 − ŷ is 2e-9, 9e-14, 5e-15: ŷ − 1 keeps what a float near 1 can say, 1.1e-16
        zs = [Value(5.0 + gap), Value(5.0)]
        cross_entropy(zs, 0).backward()
        left = mp.exp(-gap) / (1 + mp.exp(-gap))
        assert abs(zs[0].grad + left) <= ULP
        assert abs(zs[1].grad - left) <= 4 * ULP * left  # and the other class all its digits


def test_of_two_classes_too():
    for z in (-30.0, -1.0, 0.0, 2.5, 30.0):
        for y in (0, 1):
            v = Value(z)
            binary_cross_entropy_with_logits(v, y).backward()
            assert v.grad == pytest.approx(float(mp.mpf(1) / (1 + mp.exp(-mp.mpf(z))) - y), rel=1e-15)


def test_logits_may_be_as_wrong_as_they_like():
    assert cross_entropy([1000.0, -1000.0], 1).data == 2000
    assert binary_cross_entropy_with_logits(-1e300, 1).data == 1e300
    assert binary_cross_entropy_with_logits(40.0, 1).data == pytest.approx(4.248354255291589e-18, rel=1e-12)


# ── certain and wrong ────────────────────────────────────────────────────────────────────────────────────────────────

CERTAIN_AND_WRONG = [
    (binary_cross_entropy, 0.0, 1),
    (binary_cross_entropy, 1.0, 0),
    (binary_cross_entropy, 0.0, 0.5),
    (categorical_cross_entropy, [0.0, 1.0], 0),
    (categorical_cross_entropy, [0.0, 1.0], [1, 0]),
]


@pytest.mark.parametrize(("loss", "p", "y"), CERTAIN_AND_WRONG)
def test_certain_and_wrong_is_an_error_or_infinite_as_one_chooses(loss, p, y):
    with pytest.raises(DomainError, match=r"infinite.*logits.*allow_inf=True"):
        loss(p, y)
    assert loss(p, y, allow_inf=True).data == math.inf


def test_an_infinite_loss_has_an_infinite_slope():
    p = Value(0.0)
    binary_cross_entropy(p, 1, allow_inf=True).backward()
    assert p.grad == -math.inf


@pytest.mark.parametrize("y", [1, 0, 1.0, 0.0])
def test_certain_and_right_costs_nothing_and_has_a_finite_slope(y):
    for target in (y, Value(float(y))):
        p = Value(float(y))
        loss = binary_cross_entropy(p, target)
        loss.backward()
        assert loss.data == 0
        assert p.grad == (-1 if y else 1)


# ── corners ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def slope(loss, x, y, **settings):
    v = Value(x)
    loss(v, y, **settings).backward()
    return v.grad


def test_slopes_at_corners():
    assert slope(mae_loss, 2.0, 2.0) == 0
    assert slope(hinge_loss, 1.0, 1) == 0
    assert slope(huber_loss, 1.0, 0.0) == 1  # both sides agree where squared becomes straight
    assert [slope(huber_loss, x, 0.0, delta=0.5) for x in (-3.0, 0.25, 3.0)] == [-0.5, 0.25, 0.5]


# ── reductions and shapes ────────────────────────────────────────────────────────────────────────────────────────────


@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=6), st.sampled_from(["mse", "mae", "huber"]))
def test_mean_and_sum_are_those_of_none(pairs, name):
    ps, ys = zip(*pairs, strict=True)
    loss = getattr(nn, name)
    single = [v.data for v in loss(ps, ys, reduction="none")]
    assert loss(ps, ys, reduction="sum").data == pytest.approx(math.fsum(single))
    assert loss(ps, ys).data == pytest.approx(math.fsum(single) / len(single))


def test_lists_keep_their_shape_and_count_every_number():
    rows = mse_loss([[1, 2], [3, 4]], [[0, 0], [0, 0]], "none")
    assert [[v.data for v in row] for row in rows] == [[1, 4], [9, 16]]
    assert mse_loss([[1, 2], [3, 4]], [[0, 0], [0, 0]]).data == 7.5
    assert [v.data for v in cross_entropy([[0.0, 0.0]] * 2, [0, 1], "none")] == [math.log(2)] * 2


def test_a_model_s_one_output_may_stand_beside_a_plain_target():
    assert mse_loss([3.0], 1.0).data == mse_loss(3.0, [1.0]).data == 4
    assert mse_loss([[3.0], [2.0]], [1.0, 2.0]).data == 2
    assert binary_cross_entropy_with_logits([0.0], 1).data == math.log(2)


def test_of_lists_too_numbers_and_values_give_the_same():
    xs, values = [0.2, 0.5, 0.3], [Value(x) for x in (0.2, 0.5, 0.3)]
    for loss in (cross_entropy, categorical_cross_entropy):
        for target in (1, [0, 1, 0], [0.1, 0.6, 0.3]):
            soft = [Value(y) for y in target] if isinstance(target, list) else target
            found = {loss(a, b).data for a in (xs, values, tuple(xs)) for b in (target, soft)}
            assert len(found) == 1, (loss, target, found)


def test_numbers_and_values_give_the_same():
    for name, (_, xs, _) in ELEMENTWISE.items():
        x = 0.25 if xs is shares else 3.5
        assert getattr(nn, name)(x, 1).data == getattr(nn, name)(Value(x), Value(1.0)).data


def test_short_names():
    assert (nn.mse, nn.mae, nn.l1_loss, nn.huber, nn.hinge) == (
        nn.mse_loss, nn.mae_loss, nn.mae_loss, nn.huber_loss, nn.hinge_loss,
    )  # fmt: skip


REFUSED = [
    (lambda: mse_loss([1, 2], [1]), LengthError, "2 predictions and 1 targets"),
    (lambda: mse_loss([], []), LengthError, "of no predictions"),
    (lambda: mse_loss([1, 2], 1), LengthError, "2 predictions and 1 targets"),
    (lambda: mse_loss(1, [1, 2]), LengthError, "1 predictions and 2 targets"),
    (lambda: mse_loss([[1, 2]], [[1]]), LengthError, "2 predictions and 1 targets"),
    (lambda: mse_loss("1", 1), DataError, "text"),
    (lambda: mse_loss(True, 1), DataError, "bool"),
    (lambda: mse_loss(1, 1, "average"), ValueError, "no reduction of mse_loss 'average'.*mean, sum, none"),
    (lambda: huber_loss(1, 1, delta=0), ValueError, "delta"),
    (lambda: hinge_loss(0.3, 0), DomainError, "2·y − 1"),
    (lambda: binary_cross_entropy(1.2, 1), DomainError, "binary_cross_entropy_with_logits"),
    (lambda: binary_cross_entropy(0.2, 2), DomainError, "target from 0 to 1"),
    (lambda: binary_cross_entropy_with_logits(0.2, -1), DomainError, "target from 0 to 1"),
    (lambda: cross_entropy([1.0, 2.0], 2), DomainError, "from 0 to 1, and here is class 2"),
    (lambda: cross_entropy([1.0, 2.0], -1), DomainError, "class -1"),
    (lambda: cross_entropy([1.0, 2.0], 1.0), DataError, r"int\(y\)"),
    (lambda: cross_entropy([1.0, 2.0], True), DataError, "whole number"),
    (lambda: cross_entropy([1.0, 2.0], [0, 1, 0]), LengthError, "2 outputs and 3"),
    (lambda: cross_entropy([1.0, 2.0], [1, 1]), DomainError, "add up to 1"),
    (lambda: cross_entropy([[1.0, 2.0]], [0, 1]), LengthError, "1 predictions and 2 targets"),
    (lambda: cross_entropy(1.0, 0), LengthError, "one number for each class"),
    (lambda: cross_entropy([], 0), LengthError, "one number for each class"),
    (
        lambda: cross_entropy([0, 1, 0], [2.0, 1.0, 0.1]),
        DomainError,
        "target from 0 to 1, and here is 2.0",
    ),  # exchanged
    (lambda: cross_entropy([1.0, 2.0], "1"), DataError, "text"),
    (lambda: cross_entropy([1.0, 2.0], None), DataError, "whole number from 0 to 1"),
    (lambda: cross_entropy([[1.0, 2.0], [3.0, 4.0]], [[0, 1], 2]), DomainError, "here is class 2"),
    (lambda: mse_loss([[]], [[]]), LengthError, "of no predictions"),
    (lambda: huber_loss(1, 1, delta="1"), DataError, "delta"),
    (lambda: cross_entropy([1.0], 0), LengthError, "two classes or more.*binary_cross_entropy_with_logits"),
    (lambda: categorical_cross_entropy([1.0], [1]), LengthError, "two classes or more"),
    (lambda: cross_entropy([1.0, 2.0], [1]), LengthError, "or the number of the true class alone"),
    (lambda: categorical_cross_entropy([2.0, -1.0], 0), DomainError, "For logits there is cross_entropy"),
]


@pytest.mark.parametrize(("attempt", "error", "says"), REFUSED)
def test_what_is_refused_is_refused_with_the_remedy(attempt, error, says):
    with pytest.raises(error, match=says) as refusal:
        attempt()
    assert isinstance(refusal.value, AutogradError)


def test_arrays_are_refused_with_the_remedy():
    numpy = pytest.importorskip("numpy")
    with pytest.raises(DataError, match="tolist"):
        mse_loss(numpy.zeros(3), [0, 0, 0])


def test_a_nan_stays_visible():
    for loss, x in ((mse_loss, math.nan), (binary_cross_entropy, math.nan), (huber_loss, math.nan)):
        assert math.isnan(loss(x, 1).data)


def test_a_network_learns_by_cross_entropy():
    model = nn.MLP(2, [8, 2], "tanh", rng=Random(1))
    optimizer = nn.Adam(model.parameters(), lr=0.1)
    inputs, targets = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
    for _ in range(60):
        optimizer.zero_grad()
        loss = cross_entropy([model(x) for x in inputs], targets)
        loss.backward()
        optimizer.step()
    assert loss.data < 0.05


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_certain_and_right_is_0_and_not_minus_0(reduction):
    for loss in (
        binary_cross_entropy(1.0, 1, reduction),
        binary_cross_entropy(0.0, 0, reduction),
        binary_cross_entropy([1.0, 0.0], [1, 0], reduction),
        categorical_cross_entropy([0.0, 1.0], 1, reduction),
        categorical_cross_entropy([[0.0, 1.0]], [[0, 1]], reduction),
    ):
        assert repr(loss.data) == "0.0"


def test_a_target_that_is_a_value_of_0_takes_no_surprise_at_0():
    """−0·ln 0 is 0, also where the 0 is a Value; the slope for the target is the surprise itself, which is cut off at the smallest float."""
    p, y = Value(0.0, "p"), Value(0.0, "y")
    loss = binary_cross_entropy(p, y)
    assert loss.data == 0.0
    loss.backward()
    assert (p.grad, y.grad) == (1.0, pytest.approx(-math.log(sys.float_info.min), rel=1e-12))
    with pytest.raises(DomainError, match="infinite"):
        binary_cross_entropy(p, Value(0.5))
    assert binary_cross_entropy(p, Value(0.5), allow_inf=True).data == math.inf
    rows = [Value(0.0), Value(1.0)]
    assert categorical_cross_entropy(rows, [Value(0.0), Value(1.0)]).data == 0.0
    with pytest.raises(DomainError, match="infinite"):
        categorical_cross_entropy(rows, [Value(1.0), Value(0.0)])


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: nn.mse_loss([1.0], [1.0, 2.0]), "mse_loss"),
        (lambda: nn.mae_loss([1.0], [1.0, 2.0]), "mae_loss"),
        (lambda: nn.huber_loss([1.0], [1.0, 2.0]), "huber_loss"),
        (lambda: nn.hinge_loss([1.0], [1.0, 2.0]), "hinge_loss"),
        (lambda: nn.binary_cross_entropy([0.5], [1.0, 0.0]), "binary_cross_entropy"),
        (lambda: nn.binary_cross_entropy_with_logits([0.5], [1.0, 0.0]), "binary_cross_entropy_with_logits"),
        (lambda: nn.binary_cross_entropy(1.5, 1), "binary_cross_entropy"),
        (lambda: nn.binary_cross_entropy(0.5, 2), "binary_cross_entropy"),
        (lambda: nn.cross_entropy([0.5], 0), "cross_entropy"),
        (lambda: nn.cross_entropy([0.5, 1.0], 2), "cross_entropy"),
        (lambda: nn.categorical_cross_entropy([0.5], 0), "categorical_cross_entropy"),
        (lambda: nn.categorical_cross_entropy([0.5, 0.5], [0.5, 2.0]), "categorical_cross_entropy"),
        (lambda: nn.categorical_cross_entropy([1.5, 0.5], 0), "categorical_cross_entropy"),
        (lambda: nn.categorical_cross_entropy([[0.5, 0.5]], [0, 1]), "categorical_cross_entropy"),
        (lambda: nn.cross_entropy([[0.5, 0.5]], [0, 1]), "cross_entropy"),
        (lambda: nn.categorical_cross_entropy([1.5, 0.5], 0), "probability"),
        (lambda: nn.categorical_cross_entropy([0.5, 0.5], [0.5, 2.0]), "target"),
        (lambda: nn.binary_cross_entropy(1.5, 1), "probability"),
        (lambda: nn.binary_cross_entropy(0.5, 2), "target"),
    ],
)
def test_a_refusal_names_the_loss_that_was_called(call, name):
    with pytest.raises(AutogradError, match=rf"\b{name}\b"):
        call()


@pytest.mark.parametrize("target", [-1.0, 1.0])
def test_the_slopes_of_a_hinge_are_each_the_other_factor(target):
    s, y = Value(0.25), Value(target)
    nn.hinge_loss(s, y).backward()
    assert (s.grad, y.grad) == (-target, -0.25)


REFUSED_BY_NAME = [  # each loss, what it refuses, and how the sentence begins behind its name
    *((loss, ([0.5], [1.0, 1.0]), r"compares each prediction with its target, and here are 1 predictions and 2 targets")
      for loss in (mse_loss, mae_loss, huber_loss, hinge_loss, binary_cross_entropy, binary_cross_entropy_with_logits)),
    *((loss, ([[0.5, 0.5]], [1, 0]), r"compares each prediction with its target") for loss in (cross_entropy, categorical_cross_entropy)),
    (binary_cross_entropy, (2.0, 1), r"takes a probability from 0 to 1, and here is 2\.0"),
    (binary_cross_entropy, (0.5, 2), r"takes a target from 0 to 1, and here is 2\.0"),
    (binary_cross_entropy_with_logits, (0.5, 2), r"takes a target from 0 to 1, and here is 2\.0"),
    (categorical_cross_entropy, ([0.5, 1.5], 1), r"takes a probability from 0 to 1, and here is 1\.5"),
    (cross_entropy, ([1.0, 2.0], 5), r": the 2 classes are numbered from 0 to 1, and here is class 5"),
    (categorical_cross_entropy, ([0.5, 0.5], 7), r": the 2 classes are numbered from 0 to 1, and here is class 7"),
    (hinge_loss, (1.0, 0), r"takes targets of −1 and \+1, and here is 0"),
]  # fmt: skip


@pytest.mark.parametrize(("loss", "given", "sentence"), REFUSED_BY_NAME)
def test_a_refusal_begins_with_the_name_of_the_loss(loss, given, sentence):
    with pytest.raises(AutogradError, match=rf"^{loss.__name__} ?{sentence}"):
        loss(*given)
