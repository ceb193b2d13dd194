"""Activations: the functions and their slopes in fifty digits, by name in layers, and softmax over a layer."""

from random import Random

import mpmath as mp
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd import DataError, DomainError, Value, grad, softmax
from nn.activations import ACTIVATIONS, named

mp.mp.dps = 50
FORMULAS = {
    "linear": lambda x: x,
    "relu": lambda x: max(mp.mpf(0), x),
    "leaky_relu": lambda x: max(mp.mpf(0.01) * x, x),
    "elu": lambda x: x if x > 0 else mp.expm1(x),
    "sigmoid": lambda x: 1 / (1 + mp.exp(-x)),
    "tanh": mp.tanh,
    "softplus": lambda x: mp.log1p(mp.exp(x)),
    "gelu": lambda x: x * mp.erfc(-x / mp.sqrt(2)) / 2,
}


def test_each_activation_has_a_formula_here():
    assert FORMULAS.keys() == ACTIVATIONS.keys()


@given(st.sampled_from(sorted(FORMULAS)), st.floats(-30, 30).filter(lambda x: abs(x) > 1e-6))
def test_value_and_slope_are_the_formula_s(name, x):
    formula, node = FORMULAS[name], Value(x)
    out = getattr(nn, name)(node)
    out.backward()
    exact, slope = formula(mp.mpf(x)), mp.diff(formula, mp.mpf(x))
    assert abs(out.data - exact) <= 1e-12 * abs(exact), (name, x)
    assert abs(node.grad - slope) <= 1e-12 * max(1, abs(slope)), (name, x)
    assert named(name)(Value(x)).data == out.data


@given(st.floats(-8, 8))
def test_gelu_by_tanh_is_close_to_gelu(x):
    assert nn.gelu(x, "tanh").data == pytest.approx(nn.gelu(x).data, abs=5e-4)


@given(st.floats(-5, 5))
def test_gelu_and_erf_have_second_derivatives(x):
    for method, formula in ((Value.gelu, FORMULAS["gelu"]), (Value.erf, mp.erf)):
        node = Value(x)
        (slope,) = grad(method(node), [node], create_graph=True)
        (curvature,) = grad(slope, [node])
        assert slope.data == pytest.approx(float(mp.diff(formula, mp.mpf(x))), abs=1e-12)
        assert curvature == pytest.approx(float(mp.diff(formula, mp.mpf(x), 2)), abs=1e-12)


def test_gelu_keeps_its_digits_far_below_zero():
    assert nn.gelu(-10.0).data == pytest.approx(float(-10 * mp.ncdf(-10)), rel=1e-12)


def test_gelu_of_infinity_is_refused():
    with pytest.raises(DomainError, match="finite"):
        nn.gelu(float("-inf"))


def test_figures_of_the_books():
    assert [round(p.data, 3) for p in nn.softmax([2.0, 1.0, 0.1])] == [0.659, 0.242, 0.099]
    assert nn.sigmoid(0).data == 0.5
    assert nn.relu(7).data == 7
    x = Value(0.0)
    assert grad(nn.tanh(x), [x]) == (1.0,)
    assert grad(nn.sigmoid(x), [x]) == (0.25,)


@pytest.mark.parametrize("name", [*ACTIVATIONS, "softmax"])
def test_every_activation_by_name_in_layers_and_networks(name):
    layer = nn.Layer(2, 3, name, rng=Random(0))
    assert name in repr(layer)
    model = nn.MLP(2, [3, 2], name, name, rng=Random(0))
    outputs = model([0.5, -1.0])
    assert len(outputs) == 2
    assert (
        nn.MLP(2, [3, 2], getattr(nn, name), getattr(nn, name), rng=Random(0))([0.5, -1.0])[0].data == outputs[0].data
    )


def test_softmax_is_over_the_whole_layer():
    layer = nn.Layer(2, 3, "softmax", weights=[[1, 0], [0, 1], [1, 1]], biases=[0, 0, 0.5])
    expected = softmax([2.0, 3.0, 5.5])
    assert [p.data for p in layer([2.0, 3.0])] == [p.data for p in expected]
    with pytest.raises(DataError, match="whole layer"):
        nn.Neuron(2, "softmax")


def test_an_unknown_name_is_answered_with_the_known_ones():
    with pytest.raises(DataError, match=r"no activation 'rely'.*relu.*gelu.*softmax"):
        nn.Neuron(2, "rely")
    with pytest.raises(DataError, match="tanh"):
        nn.gelu(1.0, "sigmoid")


def test_three_linear_layers_are_one():
    model = nn.MLP(2, [3, 3, 1], "linear", rng=Random(3))
    at = [model(x)[0].data for x in ([0, 0], [1, 0], [0, 1], [2, 3])]
    assert at[3] == pytest.approx(at[0] + 2 * (at[1] - at[0]) + 3 * (at[2] - at[0]))


def test_xor_by_hand():
    model = nn.MLP(
        2,
        [2, 1],
        "relu",
        "sigmoid",
        weights=[[[1, 1], [1, 1]], [[1, -2]]],
        biases=[[-0.5, -1.5], [-0.25]],
    )
    hidden = [[a.data for a in model.layers[0](x)] for x in ([0, 0], [0, 1], [1, 0], [1, 1])]
    assert hidden == [[0, 0], [0.5, 0], [0.5, 0], [1.5, 0.5]]
    assert [model(x)[0].data > 0.5 for x in ([0, 0], [0, 1], [1, 0])] == [False, True, True]
