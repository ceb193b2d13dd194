"""The network on top: neurons, layers, modules, SGD and the mean squared error."""

import math
import random
import statistics

import pytest

import nn
from autograd import DataError, GraphError, LengthError, Parameter, Value, grad, gradcheck
from nn import MLP, SGD, Layer, Module, Neuron, mse_loss
from nn.activations import ACTIVATIONS

SMALL = {"weights": [[[0.5, -1.0], [2.0, 0.25]], [[1.0, -3.0]]], "biases": [[0.1, -0.2], [0.3]]}


def small(**more):
    return MLP(2, [2, 1], "tanh", "sigmoid", **(SMALL | more))


def by_hand(x1, x2):
    a1, a2 = math.tanh(0.5 * x1 - x2 + 0.1), math.tanh(2 * x1 + 0.25 * x2 - 0.2)
    return 1 / (1 + math.exp(-(a1 - 3 * a2 + 0.3)))


def test_a_network_computes_what_its_formula_says():
    (out,) = small()([0.7, -0.4])
    assert out.data == pytest.approx(by_hand(0.7, -0.4), rel=1e-15)
    (out,) = small()([Value(0.7), -0.4])
    assert out.data == pytest.approx(by_hand(0.7, -0.4), rel=1e-15)


def test_its_gradient_is_that_of_central_differences():
    names = [name for name, _ in small().named_parameters()]

    def loss(*numbers):
        model = small()
        holes = dict(zip(names, numbers, strict=True))
        for i, layer in enumerate(model.layers):
            for j, neuron in enumerate(layer.neurons):
                neuron.bias = holes[f"layers.{i}.neurons.{j}.bias"]
                neuron.weights = tuple(holes[f"layers.{i}.neurons.{j}.weights.{k}"] for k in range(neuron.nin))
        return mse_loss(model([0.7, -0.4]), [1.0])

    report = gradcheck(loss, *[p.data for p in small().parameters()])
    assert report, str(report)
    model = small()
    mse_loss(model([0.7, -0.4]), [1.0]).backward()
    assert [p.grad for p in model.parameters()] == [row.analytic for row in report.rows]


@pytest.mark.parametrize("activation", [*ACTIVATIONS, lambda z: z * z])
def test_every_activation_works_by_name(activation):
    neuron = Neuron(2, activation, weights=[0.5, 2.0], bias=-0.25)
    f = ACTIVATIONS.get(activation, activation) if isinstance(activation, str) else activation
    assert neuron([1.0, 0.5]).data == f(Value(1.25)).data
    assert isinstance(neuron([1, 2]), Value)


def test_parameters_are_in_order_weights_then_bias():
    model = MLP(3, [2, 1], rng=random.Random(0))
    assert [name for name, _ in model.named_parameters()] == [
        *(f"layers.0.neurons.{j}.{p}" for j in (0, 1) for p in ("weights.0", "weights.1", "weights.2", "bias")),
        *(f"layers.1.neurons.0.{p}" for p in ("weights.0", "weights.1", "bias")),
    ]
    neuron = model.layers[0].neurons[0]
    assert neuron.parameters() == [*neuron.weights, neuron.bias]
    assert [p.label for p in neuron.parameters()] == ["w¹₁₁", "w¹₁₂", "w¹₁₃", "b¹₁"]
    assert all(isinstance(p, Parameter) for p in model.parameters())
    assert len(MLP(2, [16, 16, 1], rng=random.Random(0)).parameters()) == 337


def test_a_layer_always_returns_a_list():
    assert [type(out) for out in Layer(2, 1, rng=random.Random(0))([1, 2])] == [Value]
    assert isinstance(MLP(2, [1], rng=random.Random(0))([1, 2]), list)


@pytest.mark.parametrize("seed", range(5))
def test_expanded_equals_fused_bit_for_bit(seed):
    rng = random.Random(seed)
    xs = [rng.uniform(-2, 2) for _ in range(4)]
    runs = []
    for expand in (False, True):
        model = MLP(4, [5, 3, 2], "tanh", "sigmoid", rng=random.Random(seed), expand=expand)
        inputs = [Value(x) for x in xs]
        loss = mse_loss(model(inputs), [0.25, 0.75])
        loss.backward()
        runs.append(([loss.data], [p.grad for p in model.parameters()]))
    (fused_loss, fused), (expanded_loss, expanded) = runs
    assert fused_loss == expanded_loss
    assert fused == expanded


def test_expanded_has_a_node_for_each_product_and_sum():
    z = Neuron(3, "linear", weights=[1, 2, 3], bias=4, expand=True)([5, 6, 7])
    ops = []
    while z.op:
        ops.append(z.op.name)
        z = z.parents[0]
    assert ops == ["add", "add", "add", "mul"]
    assert Neuron(3, "linear", weights=[1, 2, 3], bias=4)([5, 6, 7]).op.name == "dot"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: Neuron(3, rng=random.Random(0))([1, 2]), ["Neuron(3, relu)", "3 inputs", "given 2"]),
        (lambda: Layer(3, 2, rng=random.Random(0))([1, 2, 3, 4]), ["Layer(3 → 2, relu)", "3 inputs", "given 4"]),
        (lambda: MLP(3, [2, 1], rng=random.Random(0))([]), ["Layer(3 → 2, relu)", "3 inputs", "given 0"]),
        (lambda: Neuron(3, expand=True, rng=random.Random(0))([1]), ["Neuron(3, relu)", "3 inputs", "given 1"]),
        (lambda: Neuron(3, weights=[1, 2]), ["3", "2"]),
        (lambda: Layer(2, 2, weights=[[1, 2]]), ["layer of 2 neurons", "1"]),
        (lambda: Layer(2, 2, biases=[1, 2, 3]), ["layer of 2 neurons", "biases", "3"]),
        (lambda: MLP(2, [2, 1], weights=[[[1, 2], [3, 4]]]), ["2", "1", "weight matrices"]),
        (lambda: mse_loss([1, 2], [1]), ["2 predictions", "1 targets"]),
        (lambda: mse_loss([], []), ["mse_loss of no predictions"]),
    ],
)
def test_a_wrong_length_names_who_and_both_lengths(call, words):
    with pytest.raises(LengthError) as caught:
        call()
    assert isinstance(caught.value, ValueError)
    for word in words:
        assert word in str(caught.value), str(caught.value)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: Neuron(2, "rellu"), ["'rellu'", "relu", "tanh"]),
        (lambda: Neuron(2, init="hee"), ["'hee'", "he", "xavier"]),
        (lambda: Neuron(0), ["0", "1 or more"]),
        (lambda: Neuron(2.5), ["2.5", "whole"]),
        (lambda: Layer(2, 0), ["0", "1 or more"]),
        (lambda: MLP(2, []), ["1 or more"]),
        (lambda: SGD([Value(1.0)], 0), ["above 0", "lr", "here it is 0"]),
        (lambda: SGD([Value(1.0)], -1), ["above 0"]),
        (lambda: SGD([Value(1.0)], math.nan), ["above 0"]),
        (lambda: mse_loss("12", [1, 2]), ["'12'", "text"]),
    ],
)
def test_other_refusals(call, words):
    with pytest.raises(DataError) as caught:
        call()
    for word in words:
        assert word in str(caught.value), str(caught.value)


def test_an_optimizer_takes_leaves():
    x = Value(2.0)
    for wrong in ([x * 2], [2.0], []):
        with pytest.raises(GraphError, match=r"model\.parameters\(\)"):
            SGD(wrong, 0.1)


def test_state_goes_out_and_in():
    model, other = MLP(2, [3, 1], rng=random.Random(0)), MLP(2, [3, 1], rng=random.Random(1))
    state = model.state_dict()
    assert all(type(number) is float for number in state.values())
    parameters = other.parameters()
    other.load_state_dict(state)
    assert other.state_dict() == state
    assert other.parameters() == parameters, "the numbers are replaced, not the nodes"
    assert other([0.3, 0.4])[0].data == model([0.3, 0.4])[0].data
    state["layers.0.neurons.0.bias"] = 99.0
    assert model.layers[0].neurons[0].bias.data == 0.0, "a state_dict is a copy"


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s.pop("layers.1.neurons.0.bias"),
        lambda s: s.update({"layers.7.bias": 1.0}),
        lambda s: s.clear(),
        lambda s: s.update({"layers.1.neurons.0.bias": "x"}),
        lambda s: s.update({"layers.1.neurons.0.bias": None}),
    ],
)
def test_a_state_that_does_not_fit_changes_nothing(change):
    model = MLP(2, [3, 1], rng=random.Random(0))
    before = model.state_dict()
    state = dict.fromkeys(before, 7.0)
    change(state)
    with pytest.raises((KeyError, TypeError)) as caught:
        model.load_state_dict(state)
    assert model.state_dict() == before
    if isinstance(caught.value, KeyError):
        for word in ("MLP", "13 numbers", str(len(state))):
            assert word in str(caught.value), str(caught.value)


def test_a_state_error_names_the_keys():
    model = Neuron(2, weights=[1, 2])
    with pytest.raises(KeyError, match=r"Neuron.*3 numbers.*has 3.*Missing: bias.*Unknown: biases"):
        model.load_state_dict({"weights.0": 1, "weights.1": 2, "biases": 3})


def test_train_and_eval_reach_every_module():
    model = MLP(2, [3, 1], rng=random.Random(0))
    assert all(m.training for m in model.modules())
    assert model.eval() is model
    assert not any(m.training for m in model.modules())
    assert all(m.training for m in model.train().modules())
    assert len(list(model.modules())) == 1 + 2 + 4


def test_a_module_finds_parameters_in_attributes_and_lists_once():
    class Tied(Module):
        def __init__(self):
            self.a = Parameter(1.0, "a")
            self.again = self.a
            self.more = [Parameter(2.0), (Parameter(3.0), Neuron(1, weights=[4], bias=5))]
            self.constant = Value(9.0)
            self.name = "tied"

    tied = Tied()
    assert [p.data for p in tied.parameters()] == [1.0, 2.0, 3.0, 4.0, 5.0]
    assert [n for n, _ in tied.named_parameters()] == ["a", "more.0", "more.1.0", "more.1.1.weights.0", "more.1.1.bias"]


def test_zero_grad_forgets():
    model = small()
    mse_loss(model([1, 2]), [0]).backward()
    assert all(p.grad is not None for p in model.parameters())
    model.zero_grad()
    assert all(p.grad is None for p in model.parameters())
    mse_loss(model([1, 2]), [0]).backward()
    SGD(model.parameters(), 0.1).zero_grad()
    assert all(p.grad is None for p in model.parameters())


def test_sgd_steps_against_the_gradient_and_leaves_the_unused():
    w, unused = Parameter(3.0), Parameter(5.0)
    optimizer = SGD([w, unused], lr=0.01)
    (((w * 2 + 1).relu() - 15) ** 2).backward()
    assert w.grad == -32.0
    optimizer.step()
    assert (w.data, unused.data, unused.grad) == (3.32, 5.0, None)
    with pytest.raises(TypeError):
        SGD(3, 0.1)


def test_mean_squared_error():
    p = [Value(210e3), Value(280e3), Value(255e3)]
    loss = mse_loss(p, [200e3, 300e3, 250e3])
    assert loss.data == 175e6
    assert grad(loss, p) == pytest.approx((2 * 10e3 / 3, -2 * 20e3 / 3, 2 * 5e3 / 3), rel=1e-15)
    assert mse_loss(Value(3.0), 1.0).data == 4.0


def weights_of(model):
    return [w.data for neuron in model.neurons for w in neuron.weights]


@pytest.mark.parametrize(
    ("activation", "init", "deviation"),
    [
        ("relu", None, math.sqrt(2 / 200)),
        ("leaky_relu", None, math.sqrt(2 / 200)),
        ("tanh", None, math.sqrt(2 / (200 + 50))),
        ("linear", None, math.sqrt(2 / (200 + 50))),
        ("tanh", "he", math.sqrt(2 / 200)),
        ("relu", "xavier", math.sqrt(2 / (200 + 50))),
    ],
)
def test_weights_begin_with_the_right_spread_and_biases_with_0(activation, init, deviation):
    layer = Layer(200, 50, activation, random.Random(1), init=init)
    drawn = weights_of(layer)
    n = len(drawn)
    assert statistics.pstdev(drawn) == pytest.approx(deviation, rel=4 / math.sqrt(2 * n))
    assert abs(statistics.fmean(drawn)) < 4 * deviation / math.sqrt(n)
    assert {neuron.bias.data for neuron in layer.neurons} == {0.0}
    if init == "xavier" or (init is None and activation in ("tanh", "linear")):
        bound = math.sqrt(6 / 250)
        assert 0.99 * bound < max(map(abs, drawn)) <= bound


def test_an_init_may_be_a_function():
    layer = Layer(3, 2, init=lambda nin, nout, rng: [nin + nout / 10] * nin)
    assert weights_of(layer) == [3.2] * 6


def test_the_generator_is_passed_and_the_global_one_untouched():
    random.seed(5)
    before = random.getstate()
    first, second, other = (MLP(2, [4, 1], rng=random.Random(seed)) for seed in (3, 3, 4))
    MLP(2, [4, 1])
    assert first.state_dict() == second.state_dict() != other.state_dict()
    assert MLP(2, [4, 1]).state_dict() != MLP(2, [4, 1]).state_dict(), "without a seed, every network is another"
    assert random.getstate() == before


def test_representations_name_the_sizes():
    assert (
        repr(MLP(2, [3, 1], "tanh", "sigmoid", rng=random.Random(0)))
        == "MLP(Layer(2 → 3, tanh), Layer(3 → 1, sigmoid))"
    )
    assert repr(Neuron(2, lambda z: z)).startswith("Neuron(2, ")


def test_the_public_names():
    for name in ("MLP", "Layer", "Neuron", "Module", "Parameter", "SGD", "mse_loss"):
        assert name in nn.__all__
