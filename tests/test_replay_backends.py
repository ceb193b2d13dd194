"""The backends against eager on whole models: training, transformers, other array libraries, and size."""

import random
from importlib.util import find_spec

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
