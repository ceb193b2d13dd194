"""Initialisation: the spread that each name promises, from the generator that is passed, and from no other."""

import random
from random import Random
from statistics import fmean, pstdev

import pytest

import nn
from autograd import AutogradError, DataError
from nn.init import INITS, normal, uniform

# name → bound of a uniform, or deviation of a normal, for nin = 300, nout = 100
BOUNDS = {"xavier_uniform": (6 / 400) ** 0.5, "he_uniform": (6 / 300) ** 0.5, "uniform": 1.0, "torch": (1 / 300) ** 0.5}
DEVIATIONS = {"xavier_normal": (2 / 400) ** 0.5, "he_normal": (2 / 300) ** 0.5, "normal": 1.0}
ALIASES = {
    "he": "he_normal",
    "xavier": "xavier_uniform",
    "kaiming_normal": "he_normal",
    "kaiming_uniform": "he_uniform",
}


def drawn(name, rows=100, seed=0):
    rng = Random(seed)
    return [w for _ in range(rows) for w in INITS[name](300, 100, rng)]


def test_each_name_is_tested_here():
    assert INITS.keys() == {*BOUNDS, *DEVIATIONS, *ALIASES, "zeros"}


@pytest.mark.parametrize("name", BOUNDS)
def test_uniform_ones_fill_their_bounds(name):
    weights, bound = drawn(name), BOUNDS[name]
    assert 0.999 * bound < max(weights) <= bound
    assert -bound <= min(weights) < -0.999 * bound
    assert pstdev(weights) == pytest.approx(bound / 3**0.5, rel=0.02)


@pytest.mark.parametrize("name", DEVIATIONS)
def test_normal_ones_have_their_deviation(name):
    weights, deviation = drawn(name), DEVIATIONS[name]
    assert pstdev(weights) == pytest.approx(deviation, rel=0.02)
    assert abs(fmean(weights)) < 4 * deviation / len(weights) ** 0.5
    within = sum(abs(w) < deviation for w in weights) / len(weights)
    assert within == pytest.approx(0.6827, abs=0.02)  # normal, not uniform (0.577)


@pytest.mark.parametrize("alias", ALIASES)
def test_aliases(alias):
    assert drawn(alias, 1) == drawn(ALIASES[alias], 1)


def test_zeros_make_all_neurons_learn_the_same():
    model = nn.MLP(2, [3, 1], "tanh", init="zeros")
    assert {p.data for p in model.parameters()} == {0.0}
    optimizer = nn.SGD(model.parameters(), lr=0.5)
    for _ in range(3):
        nn.mse_loss(model([1.0, 2.0]), [1.0]).backward()
        optimizer.step()
    assert len({tuple(p.data for p in neuron.parameters()) for neuron in model.layers[0].neurons}) == 1


def test_explicit_and_custom():
    assert [p.data for p in nn.Layer(2, 1, weights=[[3, 4]], biases=[5]).parameters()] == [3, 4, 5]
    assert [p.data for p in nn.Neuron(2, init=lambda nin, nout, rng: [7.0] * nin).parameters()] == [7, 7, 0]
    assert all(0.1 <= w.data <= 0.2 for w in nn.Neuron(9, init=uniform(0.1, 0.2)).weights)


def test_he_for_relu_and_xavier_for_the_rest():
    def weights(activation, init=None):
        return [w.data for w in nn.Layer(4, 2, activation, Random(0), init=init).neurons[0].weights]

    for activation in ("relu", "leaky_relu", "gelu", nn.relu):
        assert weights(activation) == weights(activation, "he_normal")
    for activation in ("tanh", "sigmoid", "linear", "softmax", nn.tanh):
        assert weights(activation) == weights(activation, "xavier_uniform")


@pytest.mark.parametrize("make", [lambda: uniform(1, 1), lambda: uniform(2, 1), lambda: normal(0, -1)])
def test_impossible_spreads_are_refused(make):
    with pytest.raises(AutogradError) as refusal:
        make()
    assert isinstance(refusal.value, ValueError)


def everything_random():
    """Each thing that draws, from generators that are passed: what it drew, as one text."""
    model = nn.Sequential(
        nn.Layer(2, 4, "gelu", Random(1)), nn.Dropout(0.5, Random(2)), nn.Layer(4, 1, "linear", Random(3))
    )
    optimizer = nn.AdamW(model.parameters())
    for _ in range(3):
        nn.mse_loss(model([1.0, 2.0]), [0.5]).backward()
        optimizer.step()
    layers = [nn.Layer(2, 2, rng=Random(4), init=name).state_dict() for name in INITS]
    alone = [nn.MLP(2, [3, 1], rng=Random(5)).state_dict(), nn.Neuron(3, rng=Random(6)).state_dict()]
    makers = (nn.moons, nn.circles, nn.spirals, nn.blobs, nn.linear_regression, nn.yin_yang)
    sets = [make(20, rng=Random(7)) for make in makers]
    drawn = list(nn.batches(sets[0], 3, Random(8))), nn.random_split(sets[0], rng=Random(9))
    return repr([model.state_dict(), layers, alone, sets, drawn])


def test_the_global_generator_is_neither_read_nor_moved():
    found = []
    for seed in (1, 2):
        random.seed(seed)
        before = random.getstate()
        found.append(everything_random())
        (
            nn.Dropout()([1.0]),
            nn.MLP(2, [2]),
            nn.moons(4),
            list(nn.batches(nn.xor(), 2)),
            nn.random_split(nn.xor(), [0.5, 0.5]),
        )
        assert random.getstate() == before
    assert found[0] == found[1]


@pytest.mark.parametrize("rng", [0, 42, random, "0", Random])
@pytest.mark.parametrize(
    "make",
    [
        lambda rng: nn.Neuron(2, rng=rng),
        lambda rng: nn.Neuron(2, rng=rng, weights=[1, 2]),
        lambda rng: nn.Layer(2, 2, rng=rng),
        lambda rng: nn.MLP(2, [2, 1], rng=rng),
        lambda rng: nn.Dropout(rng=rng),
        lambda rng: nn.moons(4, rng=rng),
        lambda rng: nn.batches(nn.xor(), 2, rng=rng),
        lambda rng: nn.random_split(nn.xor(), [0.5, 0.5], rng=rng),
    ],
)
def test_what_is_no_generator_is_refused(make, rng):
    with pytest.raises(DataError, match=r"random\.Random\(0\)"):
        make(rng)


def test_pytorch_s_own_beginning_by_name():
    weights = [w.data for neuron in nn.Layer(100, 50, "relu", Random(0), init="torch").neurons for w in neuron.weights]
    assert 0.0999 < max(map(abs, weights)) <= 0.1  # 1/√100
