"""A module remembers what its last walk found, as long as a walk would find the same; a state_dict is loaded whole."""

import copy
import pickle
from random import Random

import pytest

import nn
from autograd import DataError, Parameter, Value, record


class Net(nn.Module):
    def __init__(self):
        self.layers = [nn.Layer(2, 2, rng=Random(0))]
        self.table = {"a": Parameter(1.0)}
        self.deep = ([Parameter(2.0)], 3)
        self.scale = Parameter(4.0)


def remove(container, key):
    del container[key]


CHANGES = {
    "an attribute set": lambda net: setattr(net, "scale", Parameter(5.0)),
    "an attribute gone": lambda net: delattr(net, "scale"),
    "a new attribute": lambda net: setattr(net, "more", [Parameter(6.0)]),
    "an attribute of a part": lambda net: setattr(net.layers[0].neurons[1], "bias", Parameter(7.0)),
    "a layer appended": lambda net: net.layers.append(nn.Layer(2, 1)),
    "a layer replaced": lambda net: net.layers.__setitem__(0, nn.Layer(2, 2)),
    "a neuron gone": lambda net: net.layers[0].neurons.pop(),
    "an entry set": lambda net: net.table.__setitem__("a", Parameter(8.0)),
    "an entry more": lambda net: net.table.__setitem__("b", Parameter(9.0)),
    "an entry gone": lambda net: remove(net.table, "a"),
    "a list inside a tuple": lambda net: net.deep[0].append(Parameter(10.0)),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_found_by_the_next_walk(name):
    net = Net()
    before = net.parameters()
    assert net.parameters() == before
    CHANGES[name](net)
    fresh = [leaf for _, leaf in net.named_state() if leaf.kind == "parameter"]  # walks each time
    assert net.parameters() == fresh != before
    assert [leaf for _, leaf in net.named_parameters()] == fresh
    for leaf in fresh:
        leaf.grad = 1.0
    net.zero_grad()
    assert [leaf.grad for leaf in fresh] == [None] * len(fresh)


def test_a_class_that_sets_attributes_its_own_way_is_walked_each_time():
    class Own(nn.Module):
        def __init__(self):
            self.w = Parameter(1.0)

        def __setattr__(self, name, value):
            object.__setattr__(self, name, value)

    own = Own()
    assert len(own.parameters()) == 1
    own.v = Parameter(2.0)
    assert len(own.parameters()) == 2


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))])
def test_a_copy_finds_its_own(copied):
    net = nn.MLP(2, [3, 1], rng=Random(0))
    net.parameters()
    twin = copied(net)
    assert [p.data for p in twin.parameters()] == [p.data for p in net.parameters()]
    assert (twin.parameters() == net.parameters()) == (copied is copy.copy)
    twin.layers = twin.layers[:1]
    assert len(twin.parameters()) == 9
    assert len(net.parameters()) == 13


def test_the_list_belongs_to_whoever_asked_for_it():
    net = Net()
    net.parameters().clear()
    assert len(net.parameters()) == 9


def test_the_gradients_of_a_recorded_model_are_forgotten_at_once():
    net = nn.MLP(2, [3, 1], "tanh", rng=Random(0))
    replay = record(lambda x: net(x)[0], [0.5, 1.0])
    for _ in range(3):
        replay([[0.5, 1.0], [1.0, 0.0]]).backward()
        assert all(p.grad is not None for p in net.parameters())
        net.zero_grad()
        assert all(p.grad is None for p in net.parameters())
    net.layers.append(nn.Layer(1, 1))
    net.layers[-1].neurons[0].bias.grad = 1.0
    net.zero_grad()
    assert all(p.grad is None for p in net.parameters())


# --- tied weights ---


class Tied(nn.Module):
    def __init__(self):
        self.into = self.out = Parameter(1.0)
        self.own = Parameter(2.0)


def test_two_numbers_for_a_tied_weight_are_refused_and_change_nothing():
    model = Tied()
    assert model.state_dict() == {"into": 1.0, "out": 1.0, "own": 2.0}
    with pytest.raises(nn.StateError, match=r"into and out share a weight.*two numbers for it, 3 and 4"):
        model.load_state_dict({"into": 3.0, "out": 4.0, "own": 5.0})
    assert model.state_dict() == {"into": 1.0, "out": 1.0, "own": 2.0}
    model.load_state_dict({"into": 3.0, "out": 3.0, "own": 5.0})
    assert (model.into.data, model.own.data) == (3.0, 5.0)


def test_a_tied_layer_in_a_model_file_is_one_weight_too():
    layer = nn.Layer(2, 2, rng=Random(0))
    model = nn.Sequential(layer, layer)
    state = nn.sequential_state_dict(model)
    nn.load_sequential_state_dict(model, state)
    state["2.bias"] = state["2.bias"] + 1
    with pytest.raises(nn.StateError, match=r"share a weight"):
        nn.load_sequential_state_dict(model, state)


# --- a model's outputs ---


@pytest.mark.parametrize(
    "model",
    [
        nn.Layer(2, 1),
        nn.MLP(2, [2, 1]),
        nn.Sequential(nn.Layer(2, 2)),
        nn.Layer(2, 2, "softmax"),
        nn.Dropout(),
        nn.Dropout().eval(),
        nn.BatchNorm1d(2).eval(),
        nn.Residual(nn.Layer(2, 2)),
    ],
)
def test_outputs_are_a_list_that_refuses_to_be_multiplied(model):
    outputs = model([1.0, 2.0])
    assert isinstance(outputs, list)
    assert outputs == list(outputs)
    assert all(isinstance(out, Value) for out in [*outputs[:1], *(outputs + outputs)])
    for compute in (lambda: -1 * outputs, lambda: outputs * 2, lambda: -outputs):
        with pytest.raises(DataError, match=r"model\(x\)\[0\]; for all of them, \[-1 \* y for y in model\(x\)\]"):
            compute()
    assert [out for row in model.batch([[1.0, 2.0]]) for out in row]
