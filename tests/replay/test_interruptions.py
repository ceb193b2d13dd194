"""Ctrl-C at any moment: the next computation is as if the interrupted one had never begun. With real signals."""

import os
import random
import signal
import threading
import time

import numpy as np
import pytest

from autograd import Parameter, Value, no_grad, record, sum
from autograd.node import Node
from autograd.replay.parameter_store import StoredParameter
from autograd.replay.reach import CountsEdits
from nn import MLP, SGD
from tests.replay.test_replay import BACKENDS

KINDS = (Value, Node, StoredParameter, CountsEdits, no_grad)
EACH = 50  # signals for each piece of work
MANY = pytest.param(2000, marks=pytest.mark.soak)
HERE = pytest.mark.skipif(
    not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread(), reason="signals"
)

# A signal may come while Python collects garbage: there it is printed and dropped, and no test is about that.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


class Shots:
    """Interrupts work at random moments, by a real signal each time."""

    def __init__(self, seed=0):
        self.rng, self.armed, self.hits = random.Random(seed), False, 0

    def __enter__(self):
        self.before = signal.signal(signal.SIGALRM, self.shoot)
        return self

    def __exit__(self, *error):
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, self.before)

    def shoot(self, *_):
        if self.armed:
            self.armed = False
            raise KeyboardInterrupt

    def interrupt(self, work, longest):
        """Do the work again and again, until it is interrupted."""
        try:
            self.armed = True
            signal.setitimer(signal.ITIMER_REAL, 1e-4 + self.rng.random() * longest)
            while self.armed:  # an exception may be lost where Python calls back and lets none out
                work()
        except KeyboardInterrupt:
            self.hits += 1
        finally:
            self.armed = False
            signal.setitimer(signal.ITIMER_REAL, 0)


def duration(work):
    """How long some work takes, about."""
    work()
    start = time.perf_counter()
    for _ in range(3):
        work()
    return (time.perf_counter() - start) / 3


def classes():
    return [dict(vars(kind)) for kind in KINDS]


X = np.random.default_rng(0).normal(size=(6, 2))


def soak(work, check, shots):
    """Interrupt the work so often, and check each time."""
    longest, before, errors = 2 * duration(work), classes(), np.geterr()
    with Shots() as gun:
        for _ in range(shots):
            gun.interrupt(work, longest)
            assert classes() == before
            assert np.geterr() == errors
            x = Value(3.0)
            assert (x * x).parents == (x, x)
            assert x > 2
            check()
    assert gun.hits > 0.9 * shots


@HERE
@pytest.mark.slow
@pytest.mark.parametrize("shots", [4 * EACH, MANY])
def test_an_interrupted_recording_leaves_no_trace(shots):
    model = MLP(2, [3, 1], rng=random.Random(0))
    f = lambda x: model(x)[0]  # noqa: E731
    wanted = f([Value(1.0), Value(2.0)]).data

    def check():
        assert record(f, [1.0, 2.0], backend="python")([1.0, 2.0]).data == wanted

    soak(lambda: record(f, [1.0, 2.0], check=[2.0, 1.0]), check, shots)


@HERE
@pytest.mark.slow
@pytest.mark.parametrize("shots", [2 * EACH, MANY])
@pytest.mark.parametrize("backend", BACKENDS)
def test_an_interrupted_first_call_loses_no_parameter(shots, backend):
    w = [Parameter(float(i)) for i in range(30)]
    f = lambda x: x * w[0] + w[1] * w[2] + sum(w)  # noqa: E731

    def work():
        w[:] = [Parameter(float(i)) for i in range(30)]
        record(f, 1.0, backend=backend)([1.0, 2.0]).backward()

    def check():
        for i, p in enumerate(w):
            assert p.data == float(i)
            p.grad = None
        record(f, 1.0, backend=backend)([1.0, 2.0]).backward()
        assert [p.grad for p in w] == [2.5, 3.0, 2.0, *[1.0] * 27]

    soak(work, check, shots)


@HERE
@pytest.mark.slow
@pytest.mark.parametrize("shots", [2 * EACH, MANY])
@pytest.mark.parametrize("backend", BACKENDS)
def test_an_interrupted_pass_leaves_the_gradients_of_before_or_has_added_all(shots, backend):
    model = MLP(2, [4, 1], "tanh", rng=random.Random(0))
    replay = record(lambda x: model(x)[0] ** 2, [1.0, 2.0], backend=backend)
    replay(X).backward()
    parameters = model.parameters()
    once = np.array([p.grad for p in parameters])

    def work():
        for p in parameters:
            p.grad = None
        for _ in range(3):
            replay(X).backward()

    def check():
        times = [0.0 if p.grad is None else p.grad / g for p, g in zip(parameters, once, strict=True) if g]
        assert all(t == pytest.approx(times[0], rel=1e-9, abs=1e-12) for t in times) or 0.0 in times
        assert all(abs(t - round(t)) < 1e-9 for t in times), times
        for p in parameters:
            p.grad = None
        replay(X).backward()
        assert [p.grad for p in parameters] == pytest.approx(once.tolist(), rel=1e-12)

    soak(work, check, shots)


@HERE
@pytest.mark.slow
@pytest.mark.parametrize("shots", [2 * EACH, MANY])
@pytest.mark.parametrize("backend", BACKENDS)
def test_an_interrupted_step_by_replay_leaves_a_model_that_trains(shots, backend):
    model = MLP(2, [4, 1], "tanh", rng=random.Random(0))
    replay = record(lambda x: model(x)[0] ** 2, [1.0, 2.0], backend=backend)
    optimizer = SGD(model.parameters(), lr=1e-9)

    def work():
        optimizer.zero_grad()
        replay(X).backward()
        optimizer.step()

    def check():
        values = [model(x)[0].data ** 2 for x in X.tolist()]
        assert replay.values(X).tolist() == pytest.approx(values, rel=1e-12)

    soak(work, check, shots)


@HERE
@pytest.mark.slow
@pytest.mark.parametrize("shots", [EACH, MANY])
def test_a_replay_interrupted_in_the_main_thread_is_free_for_others(shots):
    w, found = Parameter(3.0), []
    replay = record(lambda x: w * x, 1.0)

    def check():
        thread = threading.Thread(target=lambda: found.append(replay([1.0, 2.0]).data))
        thread.start()
        thread.join()
        assert found.pop() == 4.5

    soak(lambda: replay([1.0, 2.0]).backward(), check, shots)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="fork")
def test_the_gun_hits():
    with Shots() as gun:
        gun.interrupt(lambda: time.sleep(5), 0.01)
    assert gun.hits == 1
