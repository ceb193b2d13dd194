"""The network on top: neurons, layers, modules, SGD and the mean squared error."""

import copy
import math
import pickle
import random
import statistics

import numpy as np
import pytest

import nn
from autograd import (
    AutogradError,
    DataError,
    GraphError,
    LengthError,
    Parameter,
    Value,
    draw,
    grad,
    gradcheck,
    no_grad,
    scope,
)
from autograd.graph import topological_order
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
    assert {name: np.shape(numbers) for name, numbers in state.items()} == {
        "0.weight": (3, 2), "0.bias": (3,), "2.weight": (1, 3), "2.bias": (1,)
    }  # fmt: skip
    parameters = other.parameters()
    other.load_state_dict(state)
    assert other.state_dict() == state
    assert other.parameters() == parameters, "the numbers are replaced, not the nodes"
    assert other([0.3, 0.4])[0].data == model([0.3, 0.4])[0].data
    state["0.bias"][0] = 99.0
    assert model.layers[0].neurons[0].bias.data == 0.0, "a state_dict is a copy"


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s.pop("2.bias"),
        lambda s: s.update({"7.bias": [1.0]}),
        lambda s: s.clear(),
        lambda s: s.update({"2.bias": ["x"]}),
        lambda s: s.update({"2.bias": [None]}),
        lambda s: s.update({"2.bias": 1.0}),
        lambda s: s.update({"2.bias": [1.0, 2.0]}),
        lambda s: s.update({"0.weight": [[1.0, 2.0], [3.0], [4.0, 5.0]]}),
        lambda s: s.update({"0.weight": [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]}),
    ],
)
def test_a_state_that_does_not_fit_changes_nothing(change):
    model, other = MLP(2, [3, 1], rng=random.Random(0)), MLP(2, [3, 1], rng=random.Random(1))
    before, state = model.state_dict(), other.state_dict()
    change(state)
    with pytest.raises((KeyError, TypeError)) as caught:
        model.load_state_dict(state)
    assert model.state_dict() == before
    if isinstance(caught.value, KeyError) and len(state) != 4:
        for word in ("MLP", "4 entries", str(len(state))):
            assert word in str(caught.value), str(caught.value)


def test_a_state_of_another_shape_is_refused_with_both_shapes():
    with pytest.raises(
        KeyError, match=r"0\.weight has the shape \(3, 2\) in this MLP, and \(4, 2\) in the state_dict\. Build"
    ):
        MLP(2, [3, 1]).load_state_dict(MLP(2, [4, 1]).state_dict() | {"2.weight": [[1.0, 2.0, 3.0]]})


def test_a_state_may_hold_arrays_and_pytorch_s_count_of_batches():
    model = nn.Sequential(nn.Layer(2, 3), nn.BatchNorm1d(3), nn.Dropout(0.5), nn.Layer(3, 1))
    state = {name: np.array(numbers) + 1 for name, numbers in model.state_dict().items()}
    model.load_state_dict(state | {"2.num_batches_tracked": np.array(7)})
    assert list(model.state_dict()) == [
        "0.weight", "0.bias", "2.weight", "2.bias", "2.running_mean", "2.running_var", "4.weight", "4.bias"
    ]  # fmt: skip
    assert model.state_dict() == {name: numbers.tolist() for name, numbers in state.items()}


def test_a_state_error_names_the_keys():
    model = Neuron(2, weights=[1, 2])
    with pytest.raises(KeyError, match=r"Neuron.*3 entries.*has 3.*Missing: bias.*Unknown: biases"):
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


class Net(Module):
    def __init__(self):
        self.scale = Parameter(1.0)
        self.parts = {"hidden": Layer(2, 3, "tanh", random.Random(0)), "out": [Layer(3, 1, "linear", random.Random(1))]}

    def __call__(self, x):
        return [self.scale * out for out in self.parts["out"][0](self.parts["hidden"](x))]


def test_a_module_shows_its_architecture():
    assert repr(Net()) == "Net(scale, parts.hidden=Layer(2 → 3, tanh), parts.out.0=Layer(3 → 1, linear))"
    assert repr(MLP(9, [64, 32, 10], "relu", "softmax")).splitlines() == [
        "MLP(Layer(9 → 64, relu), Layer(64 → 32, relu), Layer(32 → 10, softmax))"
    ]
    deep = MLP(2, [3, 3, 3, 1])
    assert repr(deep).splitlines() == [
        "MLP(",
        *("  Layer(2 → 3, relu),", "  Layer(3 → 3, relu),", "  Layer(3 → 3, relu),", "  Layer(3 → 1, linear),"),
        ")",
    ]
    assert repr(nn.Sequential(deep, nn.Dropout(0.1))).splitlines()[1:3] == ["  MLP(", "    Layer(2 → 3, relu),"]
    assert repr(Module()) == "Module()"


def test_a_module_finds_what_is_in_a_dict():
    net = Net()
    assert len(net.parameters()) == 1 + 9 + 4
    assert [name for name, _ in net.named_children()] == ["parts.hidden", "parts.out.0"]
    other, state = Net(), net.state_dict()
    assert {"parts.hidden.weight", "parts.hidden.bias", "parts.out.0.weight"} < set(state)
    other.load_state_dict(state | {"parts.out.0.bias": [0.5]})
    assert other.parts["out"][0].neurons[0].bias.data == 0.5
    assert not any(module.training for module in net.eval().modules())


def test_a_module_that_knows_another_that_knows_it_is_walked_once():
    one, two = Module(), Net()
    one.other, two.other, two.again = two, one, two.parts
    assert len(one.parameters()) == 14
    assert len(list(one.modules())) == len(set(one.modules()))


def test_a_module_computes_a_batch_by_its_call():
    net, rows = Net(), [[1.0, 2.0], [3.0, 4.0]]
    assert [[x.data for x in out] for out in net.batch(rows)] == [[x.data for x in net(row)] for row in rows]
    with pytest.raises(NotImplementedError, match=r"Module computes nothing yet.*inputs\)\.$"):
        Module()([1.0])


class Branched(Module):
    """A model of one's own: layers, models and a neuron, each under a name."""

    def __init__(self):
        self.hidden, self.mixed = Layer(2, 2, "tanh"), Layer(2, 2, "tanh")
        self.left, self.right = MLP(2, [2, 1]), nn.Sequential(Layer(2, 1))
        self.last = Neuron(2)

    def __call__(self, inputs):
        seen = self.mixed(self.hidden(inputs))
        return self.last([*self.left(seen), *self.right(seen)])


def test_what_a_module_holds_computes_in_a_scope_of_its_name():
    expected = {"hidden/neuron0", "hidden/neuron1", "mixed/neuron0", "mixed/neuron1", "left/layer0/neuron0",
                "left/layer0/neuron1", "left/layer1/neuron0", "right/layer0/neuron0", "last"}  # fmt: skip
    for model in (Branched(), copy.deepcopy(Branched()), pickle.loads(pickle.dumps(Branched()))):
        order = topological_order(model([1.0, 2.0]))
        assert {node.scope for node in order if node.op} == expected
    with scope("Branched"):
        assert model([1.0, 2.0]).scope == "Branched/last"
    assert Neuron(2)([1, 2]).scope == ""
    assert [out.scope for out in Layer(2, 2)([1, 2])] == ["neuron0", "neuron1"]


def test_two_layers_of_a_model_of_one_s_own_are_drawn_apart():
    out = Branched()([1.0, 2.0])
    drawn = {level: draw(out, level).text().splitlines() for level in ("neuron", "layer")}
    boxes = {level: sum("box;" in line and "as above" not in line for line in lines) for level, lines in drawn.items()}
    assert boxes == {"neuron": 9, "layer": 6}


def test_a_forward_of_pytorch_s_is_told_its_name():
    class Other(Module):
        def forward(self, inputs):
            return inputs

    with pytest.raises(NotImplementedError, match="Its forward is called __call__ here"):
        Other()([1.0])


def cube(z):
    return z**3


@pytest.mark.parametrize("activation", ["relu", "softmax", "gelu", cube])
@pytest.mark.parametrize("twin", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_a_model_is_copied_and_pickled_whole(twin, activation):
    model = nn.Sequential(
        MLP(2, [3, 2], activation, rng=random.Random(0)), nn.Dropout(0.5, random.Random(1)), nn.BatchNorm1d(2)
    )
    other = twin(model)
    assert other.state_dict() == model.state_dict()
    assert repr(other) == repr(model)
    ours, theirs = ([[x.data for x in row] for row in m.batch([[0.3, 0.7], [1.0, -2.0]])] for m in (model, other))
    assert ours == theirs
    other.parameters()[0].data += 1
    assert other.state_dict() != model.state_dict(), "a copy has leaves of its own"


MISTAKES = [
    (lambda: MLP(2, 3), DataError, r"sizes of its layers as a list, and was given 3\. Give MLP\(2, \[3\]\)"),
    (lambda: MLP(2, "ab"), DataError, "text"),
    (lambda: MLP(2, [2.5, 1]), DataError, "nout must be a whole number, 1 or more, and here it is 2.5"),
    (lambda: MLP(2, [2], "rlu"), DataError, "no activation 'rlu'. Did you mean 'relu'?"),
    (lambda: MLP(2, [2], None), DataError, "no activation None"),
    (lambda: Neuron(2, init="xavir"), DataError, "Did you mean 'xavier'?"),
    (lambda: Neuron(2, weights=3), DataError, "a neuron of 2 inputs takes a list of 2 weights"),
    (lambda: Layer(2, 1, weights=3), DataError, "a layer of 1 neurons takes a list of 1 rows of weights"),
    (lambda: small()(3.0), DataError, r"Layer\(2 → 2, tanh\) takes a list of 2 inputs, and was given 3.0, .* list"),
    (lambda: small()(1), DataError, "was given 1, .* list"),
    (lambda: small()(None), DataError, "was given None, .* list"),
    (lambda: small()("ab"), DataError, "'ab' is text"),
    (lambda: small()([[1, 2], [3, 4]]), DataError, r"\[1, 2\]"),
    (lambda: Neuron(2)(5), DataError, "Neuron.2, relu. takes a list of 2 inputs"),
    (lambda: Neuron(1, lambda z: z.data)([1]), DataError, "An activation returns a Value, and <lambda> returned"),
    (lambda: Neuron(1, math.isnan)([1]), DataError, "leave the graph"),
    (lambda: nn.Sequential(Layer, Layer(2, 1)), DataError, "one after the other"),
    (lambda: nn.Sequential([Layer(2, 1)]), DataError, "one after the other"),
]  # fmt: skip


@pytest.mark.parametrize(("do", "error", "words"), MISTAKES)
def test_a_mistake_is_answered_with_a_sentence(do, error, words):
    with pytest.raises(error, match=words) as caught:
        do()
    assert isinstance(caught.value, AutogradError)
    assert str(caught.value)[-1] in ".?"


# ── the figures of the textbooks ─────────────────────────────────────────────────────────────────────────────────────


def test_a_bank_s_neuron_draws_a_line():
    neuron = Neuron(2, "linear", weights=[0.5, 2.0], bias=-150.0)
    for income in range(0, 400, 7):
        score = 75 - 0.25 * income
        assert neuron([income, score]).data == 0
        assert neuron([income, score + 1]).data == 2  # a point of score counts four times a thousand of income
        assert neuron([income + 1, score]).data == 0.5
        assert neuron([income, score - 1]).data < 0


@pytest.mark.parametrize("seed", range(3))
def test_the_linear_trap(seed):
    np, rng = pytest.importorskip("numpy"), random.Random(seed)
    model = MLP(3, [4, 5, 2], "linear", rng=rng)
    for parameter in model.parameters():
        parameter.data = rng.uniform(-1, 1)
    (w1, b1), (w2, b2), (w3, b3) = [
        (np.array([[w.data for w in n.weights] for n in layer.neurons]), np.array([n.bias.data for n in layer.neurons]))
        for layer in model.layers
    ]
    one = Layer(3, 2, "linear", weights=(w3 @ w2 @ w1).tolist(), biases=(w3 @ w2 @ b1 + w3 @ b2 + b3).tolist())
    for _ in range(5):
        x = [rng.uniform(-3, 3) for _ in range(3)]
        assert [out.data for out in model(x)] == pytest.approx([out.data for out in one(x)], rel=1e-12, abs=1e-12)


def test_the_reader_of_digits_has_128_64_and_10_values():
    model = MLP(784, [128, 64, 10], "relu", "softmax", init="zeros")
    assert len(model.parameters()) == (784 + 1) * 128 + (128 + 1) * 64 + (64 + 1) * 10 == 109_386
    with no_grad():
        rows, widths = [[0.0] * 784], []
        for layer in model.layers:
            rows = layer.batch(rows)
            widths.append(len(rows[0]))
    assert widths == [128, 64, 10]
    assert math.fsum(p.data for p in rows[0]) == pytest.approx(1)


def test_it_reads_a_three_with_seventy_percent():
    printed = [0.01, 0.02, 0.05, 0.7, 0.1, 0.05, 0.03, 0.02, 0.01, 0.01]
    assert math.fsum(printed) == pytest.approx(1)  # it does add up
    outputs = nn.softmax([math.log(p) for p in printed])
    assert [p.data for p in outputs] == pytest.approx(printed)
    best = max(range(10), key=lambda k: outputs[k].data)
    assert (best, round(outputs[best].data, 12)) == (3, 0.7)
    assert round(nn.categorical_cross_entropy(printed, 3).data, 3) == 0.357


def test_an_output_of_0_3_for_1():
    for loss, printed in ((mse_loss, 0.49), (nn.mae_loss, 0.7), (nn.binary_cross_entropy, 1.204)):
        assert round(loss(0.3, 1.0).data, 3) == printed
    assert [round(nn.binary_cross_entropy(p, 1).data, 2) for p in (0.95, 0.05)] == [0.05, 3.0]


def test_the_public_names():
    for name in ("MLP", "Layer", "Neuron", "Module", "Parameter", "SGD", "mse_loss"):
        assert name in nn.__all__


WRONG_CALLS = {
    "a batch for an example": (lambda: nn.MLP(2, [3, 1])([[1, 2], [3, 4], [5, 6]]), r"model\.batch\(rows\)"),
    "a batch for an example, as long as it": (lambda: nn.Layer(2, 3)([[1, 2], [3, 4]]), r"model\.batch\(rows\)"),
    "a batch for a neuron": (lambda: nn.Neuron(2)([[1, 2], [3, 4]]), r"model\.batch\(rows\)"),
    "a function of one number in a row of layers": (
        lambda: nn.Sequential(nn.Layer(2, 3, "linear"), nn.relu),
        r"relu is a function of one number\. Give it to the layer before: Layer\(2, 3, 'relu'\)",
    ),
    "a neuron at the end of a row of layers": (
        lambda: nn.Sequential(nn.Neuron(2))([1, 2]),
        r"the last one returned Value.*Layer\(2, 1\)",
    ),
    "one number for dropout": (lambda: nn.Dropout(0.5)(3), r"Dropout\(0\.5\) takes a list, and was given 3"),
    "one number for dropout in evaluation": (lambda: nn.Dropout(0.5).eval()(3), "takes a list, and was given 3"),
    "one number for a residual block": (lambda: nn.Residual(nn.Layer(1, 1))(3), "takes a list, and was given 3"),
    "a residual block that is none": (lambda: nn.Residual(3), "Residual takes a layer, and 3 is not one"),
    "a residual block that returns one Value": (
        lambda: nn.Residual(nn.Neuron(1))([3]),
        "A residual sum takes a list, and was given Value",
    ),
    "data for a mode": (lambda: nn.MLP(1, [1]).train([([1.0], 2.0)]), r"True or False, .*nn\.fit\(model, data"),
    "a number for a state": (lambda: nn.MLP(1, [1]).load_state_dict(3), "a dict of numbers by name, and 3 is not one"),
    "numbers for names": (lambda: nn.MLP(1, [1]).load_state_dict({1: 2.0}), "Unknown: 1. Build the model"),
    "a penalty on a model": (lambda: nn.l2_penalty(nn.MLP(1, [1]), 0.1), r"Give model\.parameters\(\)"),
    "a penalty on numbers": (lambda: nn.l1_penalty([1.0, 2.0], 0.1), r"Give model\.parameters\(\)"),
    "a number to go backward from": (lambda: nn.accumulate(3), "each of them a Value, and here is 3"),
    "a model for its layers": (
        lambda: nn.checkpointed_backward(nn.MLP(1, [1]), [[1.0]], lambda outputs: outputs[0][0]),
        "Checkpointing takes a list, and was given MLP",
    ),
    "a number for a loss": (
        lambda: nn.checkpointed_backward(nn.MLP(1, [1]).layers, [[1.0]], lambda outputs: 3, 1),
        "The loss of a batch is one Value, and here is 3",
    ),
}


@pytest.mark.parametrize(("attempt", "says"), WRONG_CALLS.values(), ids=WRONG_CALLS)
def test_a_wrong_call_is_answered_with_a_sentence(attempt, says):
    with pytest.raises(AutogradError, match=says):
        attempt()
