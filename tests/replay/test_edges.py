"""Replay at its edges: infinities and NaNs, several outputs, interruptions, threads, copies, rules of one's own."""

import copy
import math
import pickle
import random

import numpy as np
import pytest

from autograd import DomainError, GraphError, Parameter, Value, logsumexp, record
from nn import MLP, Optimizer
from tests.replay.test_replay import BACKENDS, EXACT

INF = math.inf


@pytest.fixture
def w():
    return Parameter(1.37, "w")


def gradient(p, output):
    p.grad = None
    output.backward()
    return p.grad


def detached(w, x):
    h = w * x
    a, b, c = h * 0.3, h * 0.7, h.sin()
    return [b.detach() * x + (a + b) + c]


def several(w, x):
    h = w * x
    a, b, c = h * 0.3, h * 0.7, h.sin()
    return [b * x, (c + a) + b, a * c]


@pytest.mark.parametrize("backend", EXACT)
@pytest.mark.parametrize("f", [detached, several])
def test_with_several_outputs_and_detach_one_lane_is_eager_bit_for_bit(w, f, backend):
    rng, replay = random.Random(0), record(lambda x: f(w, x), 1.0, backend=backend)
    for _ in range(200):
        x, w.data = rng.gauss(0, 1), rng.gauss(0, 1)
        for k, out in enumerate(f(w, Value(x))):
            assert gradient(w, replay(x)[k]) == gradient(w, out)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_nan_made_of_infinities_has_the_slopes_of_eager(backend):
    w = Parameter(1e308)
    f = lambda x: w * x * 10 - w * x * 5  # noqa: E731
    assert gradient(w, f(Value(1.0))) == gradient(w, record(f, 1.0, backend=backend)([1.0])) == 5.0


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_logsumexp_of_nothing_but_minus_infinity_is_refused_as_in_eager(w, backend):
    f = lambda x: w * logsumexp(x)  # noqa: E731
    with pytest.raises(DomainError, match="logsumexp has no value") as eager:
        f([Value(-INF), Value(-INF)])
    with pytest.raises(DomainError) as replayed:
        record(f, [1.0, 2.0], backend=backend)([[1.0, 2.0], [-INF, -INF]])
    assert str(replayed.value) == str(eager.value)


@pytest.mark.parametrize("backend", BACKENDS)
def test_gelu_of_infinity_is_refused_also_where_the_next_step_would_hide_it(w, backend):
    with pytest.raises(DomainError):
        record(lambda x: w * x.gelu().tanh(), 1.0, backend=backend)([1.0, INF])


def test_sums_that_outgrow_the_floats_are_infinite_as_in_eager(w):
    replay = record(lambda x: w * x, 1.0, reduce="sum")
    w.data = 1.0
    assert replay([1e308, 1e308]).data == INF
    for _ in range(2):
        replay([1.5e308]).backward()
    assert w.grad == INF


def test_a_result_is_formatted_as_a_number(w):
    assert f"{record(lambda x: w * x, 1.0)([1.0, 3.0]):.3f}" == "2.740"


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, pickle.dumps])
def test_a_replay_is_not_copied(w, copied):
    replay = record(lambda x: w * x, 1.0)
    for _ in range(2):
        with pytest.raises(GraphError, match="Copy the model, and record that"):
            copied(replay)
        replay(1.0)


@pytest.mark.parametrize("backend", BACKENDS)
def test_an_interrupted_backward_leaves_the_gradients(w, backend, monkeypatch):
    replay = record(lambda x: w * x, 1.0, backend=backend)
    replay(2.0).backward()

    def interrupted(*_):
        replay._machine.gradients[:] = 77.0
        raise KeyboardInterrupt

    monkeypatch.setattr(replay._machine, "backward", interrupted)
    with pytest.raises(KeyboardInterrupt):
        replay(3.0).backward()
    assert w.grad == 2.0
    monkeypatch.undo()
    replay(3.0).backward()  # it is free again
    assert w.grad == 5.0


class Difference(Optimizer):
    """It goes by the change of the gradient, and not up."""

    def rule(self, group):
        def step(w, g, memory):
            before, memory["before"] = memory.get("before", 0.0), g
            return w - group["lr"] * (g - before if g > 0 else g)

        return step


def test_a_rule_of_one_s_own_is_given_numbers():
    weights = []
    for replayed in (False, True):
        a, b = Parameter(2.0), Parameter(1.0)
        optimizer = Difference([a, b], lr=0.1)
        replay = record(lambda x, a=a, b=b: (a * x + b) ** 2, 1.0)
        for _ in range(4):
            optimizer.zero_grad()
            (replay(2.0) if replayed else (a * 2.0 + b) ** 2).backward()
            optimizer.step()
        weights.append((a.data, b.data))
    assert weights[0] == weights[1]


class Named(Value):
    __slots__ = ()


def test_a_parameter_of_a_class_of_its_own_is_refused():
    p = Named(2.0)
    with pytest.raises(GraphError, match=r"is a Named: .* Make it a Parameter"):
        record(lambda x: p * x, 1.0)(1.0)
    assert p.data == 2.0


@pytest.mark.parametrize("label", ["lambda", "ﬁ"])
def test_source_is_python_whatever_the_labels(label):
    w, b = Parameter(2.0, label), Parameter(1.0, "fi")
    names = {}
    exec(record(lambda x: w * x + b, 3.0).source(), names)  # noqa: S102
    assert names["replay"](3.0, 2.0, 1.0) == (7.0, [3.0, 1.0])


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_sizes_of_batches_that_were_used_last_are_kept(backend):
    model = MLP(2, [3, 1], rng=random.Random(0))
    replay = record(lambda x: model(x)[0] ** 2, [1.0, 2.0], backend=backend)
    batch = np.random.default_rng(0).normal(size=(32, 2))
    first = replay(batch).data
    for size in range(1, 20):
        replay(batch[:size]).backward()
        replay(batch)
    assert replay(batch).data == first
    machine = replay._machine
    kept = {"numpy": lambda: machine._bound, "numba": lambda: machine._loop(True)._memories}.get(backend, dict)()
    assert not kept or (len(kept) == 8 and 32 in kept)
