"""Parameters that live in a record's arrays are the Values they were; optimizers step on them as they would one by one."""

import copy
import gc
import pickle
import random
import weakref

import numpy as np
import pytest

from autograd import DataError, GraphError, Parameter, Value, flat_parameters, gradcheck, mean, record, sum
from nn import MLP, SGD, Adagrad, Adam, AdamW, RMSprop
from tests.replay.test_replay import BACKENDS

OPTIMIZERS = [
    lambda p: SGD(p, lr=0.1),
    lambda p: SGD(p, lr=0.1, momentum=0.9, dampening=0.1, weight_decay=0.01),
    lambda p: SGD(p, lr=0.1, momentum=0.9, nesterov=True, convention="classical"),
    lambda p: Adagrad(p, lr=0.1),
    lambda p: RMSprop(p, lr=0.01),
    lambda p: Adam(p, lr=0.01, weight_decay=0.01),
    lambda p: AdamW(p, lr=0.01),
]
X = np.random.default_rng(0).normal(size=(6, 2))
Y = np.random.default_rng(1).normal(size=6)


@pytest.fixture
def w():
    return Parameter(3.0, "w")


def regression():
    model = MLP(2, [4, 1], "tanh", rng=random.Random(0))
    return model, lambda x, y: (model(x)[0] - y) ** 2


def eager_loss(loss):
    return mean([loss(x, y) for x, y in zip(X.tolist(), Y.tolist(), strict=True)])


def numbers(model):
    return [p.data for p in model.parameters()]


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_parameter_reads_and_writes_as_ever(w, backend):
    square = record(lambda x: w * w * x, 1.0, backend=backend)
    assert square(2.0).data == 18.0
    assert (type(w.data), w.data, w.grad, w.label, w.kind) == (float, 3.0, None, "w", "parameter")
    assert isinstance(w, Parameter)
    w.data = 4
    assert (type(w.data), square(1.0).data) == (float, 16.0)
    square(1.0).backward()
    assert (type(w.grad), w.grad) == (float, 8.0)
    w.grad = None
    square([1.0, 2.0]).backward()
    assert w.grad == 12.0
    w.grad = 0.5
    square(1.0).backward()
    assert w.grad == 8.5
    assert repr(w) == "Value(data=4.0, grad=8.5, label='w')"


@pytest.mark.parametrize("number", ["3", None, Value(1.0), np.zeros(2), True])
def test_what_is_no_number_is_refused_and_changes_nothing(w, number):
    record(lambda x: w * x, 1.0)(1.0)
    with pytest.raises(DataError, match="A Value holds one real number"):
        w.data = number
    assert w.data == 3.0


@pytest.mark.parametrize("backend", BACKENDS)
def test_eager_goes_on_with_the_same_parameters(w, backend):
    loss = record(lambda x: w * x, 1.0, backend=backend)
    loss([2.0, 4.0]).backward()
    (w * w).backward()
    assert w.grad == 3.0 + 6.0
    assert gradcheck(lambda v: v * v * v, w)
    w.grad = None
    (w * 5).backward()
    loss([2.0, 4.0]).backward()
    assert w.grad == 8.0


@pytest.mark.parametrize("made", OPTIMIZERS)
@pytest.mark.parametrize("backend", BACKENDS)
def test_every_optimizer_takes_the_steps_of_eager(made, backend):
    (eager, loss), (model, replayed) = regression(), regression()
    replay, optimizers = record(replayed, X[0], Y[0], backend=backend), [made(m.parameters()) for m in (eager, model)]
    for _ in range(20):
        for optimizer in optimizers:
            optimizer.zero_grad()
        eager_loss(loss).backward()
        replay(X, Y).backward()
        for optimizer in optimizers:
            optimizer.step()
    assert numbers(model) == pytest.approx(numbers(eager), rel=1e-10)
    ours, theirs = (optimizer.state_dict() for optimizer in reversed(optimizers))
    assert ours["param_groups"] == theirs["param_groups"]
    assert ours["state"].keys() == theirs["state"].keys()
    for i, memory in theirs["state"].items():
        assert ours["state"][i] == pytest.approx(memory, rel=1e-8)
        assert [type(x) for x in ours["state"][i].values()] == [type(x) for x in memory.values()]


@pytest.mark.parametrize("made", OPTIMIZERS)
def test_what_an_optimizer_remembers_goes_into_arrays_and_comes_out_again(made):
    """Eager steps, then replayed ones, a frozen layer, a saved and loaded state: all as eager alone."""
    (eager, loss), (model, replayed) = regression(), regression()
    pairs = [(m, made(m.parameters())) for m in (eager, model)]
    replay = record(replayed, X[0], Y[0])
    for k in range(12):
        for m, optimizer in pairs:
            optimizer.zero_grad()
            if m is eager or k < 3:
                eager_loss(loss if m is eager else replayed).backward()
            else:
                replay(X, Y).backward()
            if k in (5, 6):
                m.layers[0].neurons[0].bias.grad = None  # it stays as it is, and so does its memory
            optimizer.step()
            if k == 8:
                optimizer.load_state_dict(optimizer.state_dict())
    assert numbers(model) == pytest.approx(numbers(eager), rel=1e-10)


def test_groups_of_an_optimizer_keep_their_own_settings():
    (eager, loss), (model, replayed) = regression(), regression()
    replay = record(replayed, X[0], Y[0])
    spare = [Parameter(1.0), Parameter(1.0)]
    optimizers = [
        SGD([{"params": m.layers[0].parameters()}, {"params": [*m.layers[1].parameters(), p], "lr": 0.01}], lr=0.1)
        for m, p in zip((eager, model), spare, strict=True)
    ]
    for _ in range(5):
        for optimizer in optimizers:
            optimizer.zero_grad()
        eager_loss(loss).backward()
        replay(X, Y).backward()
        for optimizer in optimizers:
            optimizer.step()
    assert numbers(model) == pytest.approx(numbers(eager), rel=1e-12)
    assert spare[1].data == 1.0


@pytest.mark.parametrize("backend", BACKENDS)
def test_two_records_share_parameters(w, backend):
    b = Parameter(1.0)
    line = record(lambda x: w * x + b, 1.0)
    line([1.0, 2.0])
    v = Parameter(0.5)
    both = record(lambda x: b * x * w + v, 1.0, backend=backend)
    assert both(2.0).data == 6.5
    line([1.0, 3.0]).backward()
    both(2.0).backward()
    assert (w.grad, b.grad, v.grad) == (2.0 + 2.0, 1.0 + 6.0, 1.0)
    w.data = 1.0
    assert (both(2.0).data, line(5.0).data) == (2.5, 6.0)
    line([1.0, 3.0]).backward()
    assert (w.grad, b.grad, v.grad) == (6.0, 8.0, 1.0)
    assert flat_parameters([w, b, v]) == []  # they live in two homes
    assert [flat.data.tolist() for flat in flat_parameters([b, w])] == [[1.0, 1.0]]


def test_a_parameter_changed_between_forward_and_backward_is_noticed(w):
    loss = record(lambda x: (w * x) ** 2, 1.0)
    result = loss([1.0, 2.0])
    w.data = 5.0
    with pytest.raises(GraphError, match="changed since"):
        result.backward()
    assert w.grad is None
    result = loss([1.0, 2.0])
    result.backward()
    SGD([w], lr=0.1).step()
    with pytest.raises(GraphError, match=r"before optimizer.step"):
        result.backward()
    assert w.grad == 25.0


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_failed_backward_leaves_the_gradients(w, backend):
    root = record(lambda x: (w * x) ** -1, 1.0, backend=backend)
    root([1.0, 2.0]).backward()
    before = w.grad
    with pytest.raises(ArithmeticError):
        root([1.0, 1e-200]).backward()
    assert w.grad == before


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_a_copy_of_a_recorded_model_is_a_model_of_its_own(copied):
    model, loss = regression()
    replay = record(loss, X[0], Y[0])
    replay(X, Y).backward()
    other = copied(model.layers[0].neurons[0].weights)
    before = model.layers[0].neurons[0].weights[0].data
    assert (other[0].data, other[0].grad) == (before, model.layers[0].neurons[0].weights[0].grad)
    other[0].data = 100.0
    assert model.layers[0].neurons[0].weights[0].data == before


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_record_is_freed_without_the_collector(w, backend):
    gc.collect()
    gc.disable()
    try:
        replay = record(lambda x: w * x, 1.0, backend=backend)
        replay([1.0, 2.0]).backward()
        left = weakref.ref(replay)
        del replay
        assert left() is None
        assert w.grad == 1.5
    finally:
        gc.enable()


def test_a_copy_of_one_recorded_parameter_has_a_number_of_its_own_and_is_small():
    weights = [Parameter(float(i)) for i in range(1000)]
    record(lambda x: sum(weights) * x, 1.0)(1.0).backward()
    for copied in (copy.copy, copy.deepcopy, lambda p: pickle.loads(pickle.dumps(p))):
        p = copied(weights[3])
        assert (p.data, p.grad, p.kind) == (3.0, 1.0, "parameter")
        p.data, p.grad = 99.0, None
        assert (weights[3].data, weights[3].grad) == (3.0, 1.0)
    assert len(pickle.dumps(weights[3])) < 300


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda both: pickle.loads(pickle.dumps(both))])
@pytest.mark.parametrize("made", OPTIMIZERS)
def test_a_copy_of_an_optimizer_remembers_what_it_did(made, copied):
    model, loss = regression()
    optimizer = made(model.parameters())
    record(loss, X[0], Y[0])(X, Y)  # from now on the optimizer remembers in arrays
    train(model, optimizer)
    other, its_optimizer = copied((model, optimizer))
    train(other, its_optimizer)
    train(model, optimizer)
    assert numbers(other) == numbers(model)


def train(model, optimizer):
    for _ in range(3):
        optimizer.zero_grad()
        eager_loss(lambda x, y: (model(x)[0] - y) ** 2).backward()
        optimizer.step()


def test_batches_of_many_sizes_leave_nothing_to_the_collector():
    replay = record(regression()[1], X[0], Y[0])
    replay(X[:1], Y[:1]).backward()
    gc.collect()
    gc.disable()
    try:
        for count in (*range(1, 7), *range(1, 7)):
            replay(X[:count], Y[:count]).backward()
        assert gc.collect() == 0
    finally:
        gc.enable()
