"""The backends against eager on whole models: training, transformers, other array libraries, and size."""

import math
import os
import pickle
import random
import subprocess
import sys
from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pytest

from autograd import (
    DataError,
    DomainError,
    GraphError,
    LengthError,
    Parameter,
    Value,
    dot,
    logsumexp,
    max,
    mean,
    record,
    sum,
)
from autograd.functions import LARGEST
from autograd.replay.backends.dask import SentProgram
from autograd.replay.program import DETACH, flatten
from autograd.rules import elu, leaky_relu, power
from nn import MLP, SGD
from tests.benchmarks.workloads import Transformer, moons
from tests.replay.test_replay import BACKENDS, OPS

LIBRARIES = [
    pytest.param(name, marks=pytest.mark.skipif(not find_spec(name) or not find_spec("array_api_compat"), reason=name))
    for name in ("torch", "array_api_strict", "dask", "jax")
]


def classifier(activation="tanh", expand=False):
    model = MLP(2, [8, 8, 1], activation, rng=random.Random(0), expand=expand)

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
        model, loss = classifier(expand=expand)
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
    calls = [step.func for step in replay._machine._lanes.forward.steps]
    assert calls.count(np.matmul) == 4  # three layers, and the sum of all p²
    assert calls.count(np.add) == 1  # of the loss and that sum


def arrays_of(name, x):
    if name == "torch":
        import torch

        return torch.tensor(x)
    if name == "array_api_strict":
        import array_api_strict

        return array_api_strict.asarray(x)
    if name == "dask":
        import dask.array

        return dask.array.from_array(x, chunks=(2, *x.shape[1:]))
    import jax

    jax.config.update("jax_enable_x64", x.dtype == np.float64)
    return jax.numpy.asarray(x)


def programs():
    """Return functions with a batch for each, by what is special about them."""
    w = [Parameter(random.Random(i).gauss(0, 1)) for i in range(6)]
    net, work, rng = MLP(3, [4, 3], "tanh", rng=random.Random(0)), Transformer(length=2), np.random.default_rng(0)
    x, y = rng.normal(size=(5, 3)), rng.normal(size=5)
    targets = np.eye(3)[[0, 2, 1, 1, 0]]
    return {
        "linear": (lambda x, y: (dot(w[:3], x, w[3]) - y) ** 2, (x, y)),
        "mean": (lambda x: mean([w[0] * x, w[1], x]), (y,)),
        "hinge": (classifier()[1], moons(5, random.Random(1))),
        "softmax": (lambda x, t: logsumexp(net(x)) - dot(net(x), t), (x, targets)),
        "transformer": (work.loss, work.documents(3)),
        "families": (lambda x: (w[0] * x[0]).leaky_relu(0.3) + (w[1] * x[1]).elu(0.7) + x[2].exp() ** 1.5, (x,)),
        "detached": (lambda x: (w[0] * x[0]).detach() * w[1] + (w[2] * x[1]).abs().sqrt(), (x,)),
        "bases": (lambda x: (w[0] * x[0]).exp() ** (w[1] * x[1]) + max([x[2], w[2], w[3] * x[0]]), (x,)),
        "outputs": (lambda x, y: {"a": w[0] * w[1] * w[2], "b": [x[0], (w[1] * y).sigmoid()]}, (x, y)),
        "dict": (lambda z: dot(w[:3], z["x"]) * z["y"], ({"x": x, "y": y},)),
    }


def with_arrays(f, batch):
    """Return a batch with f of each array in it."""
    return {key: f(part) for key, part in batch.items()} if isinstance(batch, dict) else f(batch)


def leaves(structure):
    """Return the results of a replay as a list."""
    if isinstance(structure, dict):
        return leaves(list(structure.values()))
    return [leaf for part in structure for leaf in leaves(part)] if isinstance(structure, list) else [structure]


def computed(replay, batches, upstream=None):
    """Return the values, the data and the gradients of each output."""
    found = []
    for place in range(len(replay.program.outputs)):
        out = leaves(replay(*batches))[place]
        out.backward(upstream)
        found += [np.asarray(out.values, float), np.asarray(out.data, float), np.array(gradients(replay.parameters))]
    return found, out


def assert_alike(found, expected, rel=1e-12):
    for here, there in zip(expected, found, strict=True):
        assert there == pytest.approx(here, rel=rel, abs=rel * np.abs(here).max())


@pytest.mark.parametrize("name", programs())
@pytest.mark.parametrize("library", LIBRARIES)
def test_arrays_of_other_libraries_give_the_numbers_of_numpy(library, name):
    f, batch = programs()[name]
    examples = [with_arrays(lambda part: part[0], part) for part in batch]
    for reduce in ("mean", "sum") if name == "linear" else ("mean",):
        replay = record(f, *examples, reduce=reduce)
        theirs = [with_arrays(lambda part: arrays_of(library, part), part) for part in batch]
        found, out = computed(replay, theirs)
        assert type(out.values).__module__.partition(".")[0].startswith(library[:3])
        assert_alike(found, computed(replay, batch)[0])
        one = [with_arrays(lambda part: part[0, ...], part) for part in theirs]
        assert_alike(computed(replay, one)[0], computed(replay, examples)[0])


@pytest.mark.parametrize("library", LIBRARIES)
def test_each_example_may_weigh_differently_and_stand_beside_numpy(library):
    f, (x, y) = programs()["linear"]
    replay = record(f, x[0], y[0], reduce=None)
    expected = computed(replay, (x, y), np.arange(5.0))[0]
    assert_alike(computed(replay, (arrays_of(library, x), y.tolist()), np.arange(5.0))[0], expected)
    assert_alike(computed(replay, (x, arrays_of(library, y)), np.arange(5.0))[0], expected)


@pytest.mark.parametrize("library", LIBRARIES)
def test_values_are_of_all_examples(library):
    w = Parameter(2.0)
    double, x = record(lambda x: w * x, 1.0), np.arange(1500.0)
    chunked = arrays_of("dask", x).rechunk(700) if library == "dask" else arrays_of(library, x)
    assert (np.asarray(double.values(chunked)) == 2 * x).all()


@pytest.mark.parametrize("library", [p for p in LIBRARIES if p.values[0] in ("torch", "jax", "dask")])
def test_gelu_is_found_where_a_library_keeps_it_and_floats_may_be_short(library):
    f, x = classifier("gelu")[1], moons(5, random.Random(1))
    replay = record(f, *(part[0] for part in x))
    expected = computed(replay, x)[0]
    assert_alike(computed(replay, [arrays_of(library, part) for part in x])[0], expected)
    assert_alike(computed(replay, [arrays_of(library, part.astype("float32")) for part in x])[0], expected, 1e-5)


@pytest.mark.skipif(not find_spec("array_api_strict") or not find_spec("array_api_compat"), reason="array_api_strict")
def test_a_library_without_erf_says_so():
    w = Parameter(1.0)
    with pytest.raises(GraphError, match=r"This array library has no erfc.* Give NumPy, torch, JAX or Dask arrays"):
        record(lambda x: (w * x).gelu(), 1.0)(arrays_of("array_api_strict", np.ones(2)))


@pytest.mark.parametrize("library", LIBRARIES)
def test_batches_of_whole_numbers_and_of_two_precisions_do_not_round_the_parameters(library):
    w = Parameter(2.5)
    square = record(lambda x, y: (w * x - y) ** 2, 1.0, 2.0)
    whole, short, long = (arrays_of(library, np.array([1, 2, 3], dtype)) for dtype in ("int64", "float32", "float64"))
    for x in (whole, short, long):
        for y in (whole, short, long, [1.0, 2.0, 3.0]):
            w.grad = None
            loss = square(x, y)
            loss.backward()
            assert (loss.data, w.grad) == (10.5, 14.0)
    with pytest.raises(DataError, match=r"real numbers, and here is (Tensor|Array|ArrayImpl) of .*bool"):
        square(whole > 1, short)


@pytest.mark.filterwarnings("ignore:.* encountered in:RuntimeWarning")  # array_api_strict is NumPy
@pytest.mark.parametrize("library", LIBRARIES)
def test_other_libraries_raise_as_eager_raises(library):
    w, x = Parameter(1.0), np.ones((5, 2))
    f = record(lambda x, y: (w * x[0]).log() + x[1] * y, [1.0, 1.0], 1.0)
    x[3, 0] = -1.0
    with pytest.raises(DomainError, match="greater than 0") as raised:
        f(arrays_of(library, x), arrays_of(library, np.ones(5)))
    counted = ["1 of the batch, counted", "example 2 of the batch, where"] if library == "dask" else ["3 of the batch"]
    assert all(part in note for part, note in zip(counted, raised.value.__notes__, strict=True))
    x[3] = [1.0, math.nan]
    with pytest.raises(DataError, match=f"Example {1 if library == 'dask' else 3} .* NaN as number 1 of input 1"):
        f(arrays_of(library, x), arrays_of(library, np.ones(5)))
    with pytest.raises(LengthError, match=r"an array of shape \(5, 1\)"):
        f(arrays_of(library, x[:, :1]), arrays_of(library, np.ones(5)))
    with pytest.raises(LengthError, match="one of 4 and one of 5"):
        f(arrays_of(library, x), arrays_of(library, np.ones(4)))
    with pytest.raises(LengthError, match="The batch is empty"):
        f(arrays_of(library, x[:0]), arrays_of(library, np.ones(0)))
    g = record(lambda z: w * z["a"], {"a": 1.0})
    with pytest.raises(LengthError, match=r"with \['a'\], and here are \['b'\]"):
        g({"b": arrays_of(library, np.ones(5))})
    with pytest.raises(DataError, match="a dict of 1 parts, and here is one array"):
        g(arrays_of(library, np.ones(5)))
    first = g({"a": arrays_of(library, np.ones(5))})
    g([{"a": 1.0}])
    with pytest.raises(GraphError, match="called since"):
        first.backward()
    assert w.grad is None


@pytest.mark.filterwarnings("ignore:.* encountered in:RuntimeWarning")
@pytest.mark.parametrize("library", LIBRARIES)
def test_an_infinite_slope_is_infinite_as_in_eager(library):
    w = Parameter(0.0)
    loss = record(lambda x: (w + x).sqrt(), 1.0)(arrays_of(library, np.array([1.0, 0.0, 4.0])))
    loss.backward()
    assert (loss.data, w.grad) == (1.0, math.inf)


@pytest.mark.skipif(not find_spec("torch") or not find_spec("array_api_compat"), reason="torch")
def test_an_array_that_wants_a_gradient_or_is_of_a_second_library_is_refused():
    import torch

    class Other:
        """An array of a library that nobody knows."""

        def __array_namespace__(self, api_version=None):
            return math

    w = Parameter(1.0)
    f = record(lambda x, y: w * x * y, 1.0, 1.0)
    with pytest.raises(DataError, match=r"input 1 asks for a gradient.*Give x.detach\(\)"):
        f(torch.ones(3, requires_grad=True), torch.ones(3))
    with pytest.raises(DataError, match=r"arrays of one library, and here are .*Other and torch.Tensor"):
        f(torch.ones(3), Other())


DASK = pytest.mark.skipif(not find_spec("dask") or not find_spec("array_api_compat"), reason="dask")


@DASK
def test_dask_chunks_may_lie_as_they_like():
    import dask.array as da

    f, (x, y) = programs()["linear"]
    x, y = (np.concatenate([part] * 500) for part in (x, y))  # more than are computed at a time
    replay = record(f, x[0], y[0])
    expected = computed(replay, (x, y))[0]
    uneven = da.concatenate([da.from_array(x[a:b], chunks=(-1, 1)) for a, b in [(0, 1500), (1500, 2500)]])
    uneven = uneven.rechunk(((0, 1500, 0, 1000), 1))
    assert uneven.chunks == ((0, 1500, 0, 1000), (1, 1, 1))
    assert_alike(computed(replay, (uneven, da.from_array(y, chunks=700)))[0], expected)
    unknown = uneven[da.from_array(np.ones(2500, bool), chunks=2500)]
    with pytest.raises(LengthError, match=r"input 1 is a Dask array with chunks of unknown length"):
        replay(unknown, y)
    assert_alike(computed(replay, (unknown.compute_chunk_sizes(), y))[0], expected)


@DASK
def test_dask_reads_the_batch_once_a_pass_and_brings_none_of_it_back():
    import dask.array as da
    from dask import config, threaded

    w, read, back = [Parameter(1.0 / (1 + i)) for i in range(100)], [], []

    def get(graph, keys, **options):
        found = threaded.get(graph, keys, **options)
        back.extend(leaves(list(found)))
        return found

    batch = da.ones((12, 100), chunks=(4, 100)).map_blocks(lambda x: read.append(0) or x, meta=np.ones((0, 0)))
    replay = record(lambda x: dot(w, x).tanh(), np.ones(100))
    with config.set(scheduler=get):
        loss = replay(batch)
        assert (len(read), loss.data) == (3, pytest.approx(math.tanh(math.fsum(p.data for p in w))))
        loss.backward()
    assert len(read) == 6
    sizes = [part.size for part in back if isinstance(part, np.ndarray)]
    assert sorted(sizes) == [4, 4, 4, 100]  # the outputs of each chunk, which Dask keeps, and the gradient


def test_what_is_sent_to_another_process_arrives_as_the_same_rows_of_the_table():
    rows = [*OPS, power(0.1), power(-7), leaky_relu(1 / 3), elu(1 / 3), DETACH, LARGEST]
    program = replace(record(lambda x: x, 1.0).program, ops=tuple(rows))
    sent = SentProgram(program)
    (twin,) = pickle.loads(pickle.dumps([sent]))
    assert all(a is b for a, b in zip(twin.program.ops, rows, strict=True))
    assert twin == sent != SentProgram(program)


@pytest.mark.skipif(not find_spec("distributed") or not find_spec("array_api_compat"), reason="distributed")
def test_dask_on_a_cluster_gives_the_numbers_of_numpy(caplog):
    import dask.array as da
    from distributed import Client, LocalCluster

    with LocalCluster(2, threads_per_worker=1, dashboard_address=":0") as cluster, Client(cluster):
        for f, batch in (programs()[name] for name in ("hinge", "softmax", "families", "detached")):
            replay = record(f, *(part[0] for part in batch))
            expected = computed(replay, batch)[0]
            assert_alike(computed(replay, [arrays_of("dask", part) for part in batch])[0], expected)
        w = Parameter(2.0)
        root = record(lambda x: (w * x).sqrt(), 1.0)
        with pytest.raises(DomainError, match=r"0 or greater, and here it is -2\.0") as raised:
            root(7 - da.arange(9, chunks=3))
        assert "from example 6 of the batch" in raised.value.__notes__[1]
    assert "run_spec" not in caplog.text  # no two tasks have one key


OTHER_FUNCTIONS = """
from autograd import namespaces
namespaces.FUNCTIONS = namespaces.FUNCTIONS[::{step}]
from autograd import record
print(*record(lambda x: x.exp() + x.sin(), 0.5, backend="numba")([0.5, 1.0]).values)
"""


@pytest.mark.slow
@pytest.mark.skipif(not find_spec("numba"), reason="numba")
def test_what_numba_keeps_on_disk_is_not_taken_for_other_functions(tmp_path):
    """FUNCTIONS say which number an instruction has, and numba would only see that its own file is the same."""
    printed = {
        subprocess.run(
            [sys.executable, "-c", OTHER_FUNCTIONS.format(step=step)],
            capture_output=True,
            encoding="utf-8",
            check=True,
            env=os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)},
        ).stdout
        for step in (1, -1)
    }
    assert len(printed) == 1
    assert [float(x) for x in printed.pop().split()] == pytest.approx([math.exp(x) + math.sin(x) for x in (0.5, 1.0)])


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
