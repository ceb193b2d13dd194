"""The backends against eager on whole models: training, transformers, other array libraries, and size."""

import random
from importlib.util import find_spec

import numpy as np
import pytest

from autograd import DataError, Parameter, Value, dot, logsumexp, mean, record, sum
from autograd.replay.program import flatten
from nn import MLP, SGD
from tests.benchmarks.workloads import Transformer, moons
from tests.test_replay import BACKENDS

LIBRARIES = [
    pytest.param(name, marks=pytest.mark.skipif(not find_spec(name) or not find_spec("array_api_compat"), reason=name))
    for name in ("torch", "array_api_strict", "dask", "jax")
]


def classifier(expand=False):
    model = MLP(2, [8, 8, 1], "tanh", rng=random.Random(0), expand=expand)

    def loss(x, y):
        score = model(x)[0]
        return (1 - y * score).relu() + 1e-3 * sum([p * p for p in model.parameters()])

    return model, loss


def gradients(parameters):
    found = [0.0 if p.grad is None else p.grad for p in parameters]
    for p in parameters:
        p.grad = None
    return found


@pytest.mark.parametrize("backend", BACKENDS)
def test_after_100_steps_of_training_the_weights_are_those_of_eager(backend):
    (eager, loss), (model, replayed) = classifier(), classifier()
    x, y = moons(10, random.Random(1))
    replay = record(replayed, x[0], y[0], backend=backend)
    for _ in range(100):
        for m in (eager, model):
            m.zero_grad()
        mean([loss(a, b) for a, b in zip(x.tolist(), y.tolist(), strict=True)]).backward()
        replay(x, y).backward()
        for m in (eager, model):
            SGD(m.parameters(), lr=0.1).step()
    a, b = ([p.data for p in m.parameters()] for m in (eager, model))
    assert b == pytest.approx(a, rel=1e-12)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_transformer_is_the_mean_of_eager_over_documents(backend):
    work = Transformer(length=3)
    tokens, targets = work.documents(3)
    replay = record(work.loss, tokens[0], targets[0], backend=backend)
    found = replay(tokens, targets)
    found.backward()
    theirs = gradients(replay.parameters)
    loss = mean([work.loss(t, u) for t, u in zip(tokens.tolist(), targets.tolist(), strict=True)])
    loss.backward()
    assert found.data == pytest.approx(loss.data, rel=1e-13)
    assert theirs == pytest.approx(gradients(replay.parameters), rel=1e-10, abs=1e-15)


@pytest.mark.parametrize("count", [1, 2, 100])
def test_a_network_of_single_steps_becomes_the_same_matrix_products(count):
    shown, found = [], []
    x, y = moons(count, random.Random(1))
    for expand in (False, True):
        model, loss = classifier(expand)
        replay = record(loss, x[0], y[0])
        replay(x, y).backward()
        counts = replay.counts()
        shown.append((counts["nodes after fusion"], counts["groups"], counts["matrix products"]))
        found.append(gradients(model.parameters()))
    assert shown[0] == shown[1]
    assert shown[0][2] == 3
    assert found[0] == pytest.approx(found[1], rel=1e-12)


@pytest.mark.parametrize("backend", BACKENDS)
def test_shared_and_repeated_operands_are_paid_for_each_use(backend):
    w = [Parameter(random.Random(i).gauss(0, 1)) for i in range(4)]

    def f(x):
        twice = dot([w[0], w[0], w[1]], [x[0], x[1], x[0]], w[0])  # a weight twice, and as the bias
        other = [dot([w[k], w[k + 1]], [x[0], x[1]], w[3]) for k in range(3)]  # overlapping rows
        swapped = [dot([x[0], x[1]], [w[k], w[3]], x[1]) for k in range(2)]  # inputs first, a lane as the bias
        return twice * logsumexp([*other, w[2], x[0]]) + mean([*swapped, *other, w[1]]) + sum([])

    xs = [[0.5, -1.0], [2.0, 0.25], [1.0, 1.0]]
    mean([f([Value(a) for a in x]) for x in xs]).backward()
    expected = gradients(w)
    record(f, xs[0], backend=backend)(xs).backward()
    assert gradients(w) == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize("count", [1, 2, 5])
@pytest.mark.parametrize("backend", BACKENDS)
def test_products_of_parameters_alone_may_have_an_input_as_the_bias(backend, count):
    w = [Parameter(random.Random(i).gauss(0, 1)) for i in range(4)]
    fs = [
        lambda x: w[0] * w[1] + w[2] * w[3] + x,
        lambda x: w[0] + w[1] + x,
        lambda x: dot(w[:2], w[2:], x) * dot(w[:2], w[1:3], x * w[0]),
    ]
    xs = [0.5, -1.0, 2.0, 3.0, 0.25][:count]
    for f in fs:
        mean([f(Value(x)).tanh() for x in xs]).backward()
        expected = gradients(w)
        record(lambda x, f=f: f(x).tanh(), 1.0, backend=backend)(xs).backward()
        assert gradients(w) == pytest.approx(expected, rel=1e-13)


def rows(count, width):
    return [[Parameter(0.1 * (i + 1) - 0.07 * j * j) for j in range(width)] for i in range(count)]


def layer(weights, biases, x):
    return [dot(row, x, b) if b is not None else dot(row, x) for row, b in zip(weights, biases, strict=True)]


W, V, U = rows(3, 4), rows(3, 3), rows(2, 2)
B, C = [Parameter(0.3), Parameter(-0.2), Parameter(0.1)], [Parameter(0.2), Parameter(0.5)]
SHARED = {
    "plain": lambda x, y: layer(V, B, [z.tanh() for z in layer(W, B, x)]),
    "one bias for all": lambda x, y: layer(W, [B[0]] * 3, x),
    "no bias": lambda x, y: layer(V, [None] * 3, [z.tanh() for z in layer(W, [None] * 3, x)]),
    "a number as the bias": lambda x, y: layer(W, [2.0, -1.0, 0.0], x),
    "a bias that is computed": lambda x, y: layer(W, [b * b for b in B], x),
    "an input as the bias": lambda x, y: layer(W, [*y, x[0]], x),
    "the second input": lambda x, y: layer(U, C, y),
    "part of an input": lambda x, y: layer(U, C, x[1:3]),
    "an input turned round": lambda x, y: layer(W, B, x[::-1]),
    "tied weights": lambda x, y: layer(V, B, [z.tanh() for z in layer(V, B, x[:3])]),
    "part of a layer": lambda x, y: layer(U, C, [z.tanh() for z in layer(W, B, x)][1:]),
    "a layer read twice": lambda x, y: (lambda h: [*layer(V, B, h), *layer(rows(2, 3), C, h), *h])(
        [z.tanh() for z in layer(W, B, x)]
    ),
    "a skip over a layer": lambda x, y: layer(V, B, [z.tanh() + a for z, a in zip(layer(W, B, x), x, strict=False)]),
    "one neuron": lambda x, y: layer(W[:1], B[:1], x),
    "a weight twice in a row": lambda x, y: layer([[W[0][0], W[0][1], W[0][0], W[0][2]]], B[:1], x),
    "a weight that is the bias": lambda x, y: layer([W[0], W[1]], [W[0][0], W[1][2]], x),
}


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("name", SHARED)
@pytest.mark.parametrize("backend", BACKENDS)
def test_layers_of_every_kind_are_the_sum_of_eager(backend, name, count):
    def loss(x, y):
        return sum([z * z + 0.5 * z for z in SHARED[name](x, y)])

    x = [[0.3 * i - 0.4 * j + 0.1 for j in range(4)] for i in range(count)]
    y = [[0.2 * i + 0.7, 0.4 - 0.3 * i] for i in range(count)]
    parameters = [*flat(W), *flat(V), *flat(U), *B, *C]
    gradients(parameters)
    total = sum([loss([Value(a) for a in p], [Value(a) for a in q]) for p, q in zip(x, y, strict=True)])
    total.backward()
    wanted = gradients(parameters)
    replay = record(loss, x[0], y[0], backend=backend, reduce="sum")
    for _ in range(2):  # the second time, the arrays are those of the first
        found = replay(x, y)
        found.backward()
        assert found.data == pytest.approx(total.data, rel=1e-13)
        assert gradients(parameters) == pytest.approx(wanted, rel=1e-12, abs=1e-13)


def flat(matrix):
    return [p for row in matrix for p in row]


def test_the_bias_of_a_layer_is_one_more_weight_of_its_matrix_product():
    _, loss = classifier()
    x, y = moons(3, random.Random(1))
    replay = record(loss, x[0], y[0])
    replay(x, y).backward()
    calls = [step.func for step in replay._machine._lanes.forward]
    assert calls.count(np.matmul) == 4  # three layers, and the sum of all p²
    assert calls.count(np.add) == 1  # of the loss and that sum


def arrays_of(name, x):
    if name == "torch":
        import torch

        return torch.tensor(x, dtype=torch.float64)
    if name == "array_api_strict":
        import array_api_strict

        return array_api_strict.asarray(x)
    if name == "dask":
        import dask.array

        return dask.array.from_array(x, chunks=2)
    import jax

    jax.config.update("jax_enable_x64", True)
    return jax.numpy.asarray(x)


@pytest.mark.filterwarnings("ignore:Increasing number of chunks")
@pytest.mark.parametrize("library", LIBRARIES)
def test_arrays_of_other_libraries_give_the_numbers_of_numpy(library):
    work = Transformer(length=2)
    works = [(classifier()[1], moons(5, random.Random(1))), (work.loss, work.documents(3))]
    for f, batch in works[: 1 if library in ("dask", "jax") else 2]:
        replay = record(f, *(part[0] for part in batch))
        here = replay(*batch)
        here.backward()
        expected = gradients(replay.parameters)
        there = replay(*(arrays_of(library, part) for part in batch))
        assert type(there.values).__module__.partition(".")[0].startswith(library[:3])
        there.backward()
        assert there.data == pytest.approx(here.data, rel=1e-12)
        assert gradients(replay.parameters) == pytest.approx(expected, rel=1e-10, abs=1e-15)


@pytest.mark.skipif(not find_spec("torch") or not find_spec("array_api_compat"), reason="torch")
def test_torch_batches_of_whole_numbers_and_of_two_precisions_do_not_round_the_parameters():
    import torch

    w = Parameter(2.5)
    square = record(lambda x, y: (w * x - y) ** 2, 1.0, 2.0)
    whole, short, long = (torch.tensor([1, 2, 3], dtype=d) for d in (torch.int64, torch.float32, torch.float64))
    for x in (whole, short, long):
        for y in (whole, short, long, [1.0, 2.0, 3.0]):
            w.grad = None
            loss = square(x, y)
            loss.backward()
            assert (loss.data, w.grad) == (10.5, 14.0)
    with pytest.raises(DataError, match=r"real numbers, and here is Tensor of torch\.bool"):
        square(whole > 1, short)


@pytest.mark.skipif(not find_spec("torch") or not find_spec("array_api_compat"), reason="torch")
def test_other_libraries_raise_as_eager_raises():
    import torch

    w = Parameter(1.0)
    f = record(lambda x: (w * x).log(), 1.0)
    with pytest.raises(ValueError, match="greater than 0"):
        f(torch.tensor([1.0, -1.0], dtype=torch.float64))


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_deep_chain_is_recorded_flat_and_without_recursion(backend):
    w = Parameter(1.0)

    def chain(x):
        for _ in range(500):
            x = (x * w).sin()
        return x

    replay = record(chain, 0.5, backend=backend)
    replay(0.5).backward()
    expected = w.grad
    w.grad = None
    chain(Value(0.5)).backward()
    assert w.grad == pytest.approx(expected, rel=1e-9)


def test_a_program_takes_few_bytes_a_node():
    w, x = Parameter(1.0), Value(1.0)
    out = x
    for _ in range(50_000):
        out = (out * w).tanh()
    program, parameters = flatten([out], [x])
    assert len(program) == 100_002
    assert parameters == [w]
    assert program.nbytes / len(program) < 60
