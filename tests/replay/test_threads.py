"""Threads and forks: records in several threads, gradients of one model, a process forked while another thread is at work."""

import os
import random
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from autograd import GraphError, Parameter, Value, mean, record
from autograd.replay.parameter_store import ParameterStore
from autograd.rules import REAL, Op
from nn import MLP
from tests.replay.test_replay import BACKENDS

X = np.random.default_rng(0).normal(size=(7, 2))


class Gate:
    """An operation whose computation waits at a gate, once the gate is shut."""

    def __init__(self):
        self.shut, self.arrived, self.open = False, threading.Event(), threading.Event()
        self.op = Op("gate", self.value, lambda xp, x, out: (1.0,), "g", "{0}", (REAL,))

    def value(self, xp, x):
        if self.shut:
            self.arrived.set()
            assert self.open.wait(20)
        return x


def in_thread(f, *given):
    thread = threading.Thread(target=f, args=given)
    thread.start()
    return thread


def test_a_replay_at_work_in_another_thread_is_refused():
    w, gate = Parameter(3.0), Gate()
    replay = record(lambda x: (w * x).apply(gate.op, w * x), 1.0, backend="python")
    result = replay(2.0)
    gate.shut = True
    thread = in_thread(replay, 2.0)
    assert gate.arrived.wait(20)
    for call in (lambda: replay(1.0), lambda: replay.values([1.0, 2.0])):
        with pytest.raises(GraphError, match="at work in another thread"):
            call()
    gate.open.set()
    thread.join()
    gate.shut = False
    with pytest.raises(GraphError, match="before the next call"):
        result.backward()
    replay(2.0).backward()
    assert w.grad == 2.0


@pytest.mark.parametrize("backend", BACKENDS)
def test_threads_that_each_recorded_one_model_lose_no_gradient(backend):
    model = MLP(2, [5, 1], rng=random.Random(0))
    threads, rounds = 4, 50

    def train(place):
        replay = record(lambda x: model(x)[0] ** 2, X[0], backend=backend)
        ready.wait()
        for _ in range(rounds):
            replay(X[place : place + 2]).backward()

    ready = threading.Barrier(threads)
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(train, range(threads)))
    found = [p.grad for p in model.parameters()]
    wanted = np.zeros(len(found))
    for place in range(threads):
        for p in model.parameters():
            p.grad = None
        mean([model(row)[0] ** 2 for row in X[place : place + 2].tolist()]).backward()
        wanted += rounds * np.array([p.grad for p in model.parameters()])
    assert found == pytest.approx(wanted.tolist(), rel=1e-9)


def test_records_of_several_threads_are_made_at_once():
    """Each thread waits inside f until all threads are there."""
    inside = threading.Barrier(3)

    def recorded(scale):
        w = Parameter(scale)

        def f(x):
            inside.wait(20)
            with pytest.raises(GraphError, match="decide"):
                assert w > scale
            inside.wait(20)
            return (w * x).detach() + w * x

        return record(f, 1.0)(10.0).data

    before = dict(vars(Value))
    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(recorded, [1.0, 2.0, 3.0])) == [20.0, 40.0, 60.0]
    assert dict(vars(Value)) == before


def test_a_thread_that_f_waits_for_may_record():
    w, found = Parameter(2.0), []

    def f(x):
        in_thread(lambda: found.append(record(lambda y: w * y, 1.0)(3.0).data)).join(20)
        return w * x

    assert record(f, 1.0)(5.0).data == 10.0
    assert found == [6.0]


FORK = pytest.mark.skipif(not hasattr(os, "fork"), reason="fork")


def forked(work):
    """Return whether a forked process does some work, within 20 s."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 warns of forks beside threads
        child = os.fork()
    if child == 0:
        watchdog = threading.Timer(20, os._exit, (2,))
        watchdog.daemon = True
        watchdog.start()
        try:
            os._exit(0 if work() else 1)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == 0


@FORK
def test_a_process_forked_while_another_thread_records_can_record():
    inside, go_on, w = threading.Event(), threading.Event(), Parameter(2.0)
    before = dict(vars(Value))

    def slow(x):
        inside.set()
        go_on.wait(20)
        return w * x

    thread = in_thread(record, slow, 1.0)
    assert inside.wait(20)
    try:
        assert forked(lambda: dict(vars(Value)) == before and w > 1 and record(lambda x: w * x, 1.0)(4.0).data == 8.0)
    finally:
        go_on.set()
        thread.join()
    assert dict(vars(Value)) == before


@FORK
def test_a_process_forked_while_another_thread_is_in_a_replay_can_call_it():
    w, gate = Parameter(3.0), Gate()
    replay = record(lambda x: (w * x).apply(gate.op, w * x), 1.0, backend="python")

    def works():
        gate.shut = False
        replay(5.0).backward()
        return (replay(5.0).data, w.grad) == (15.0, 5.0)

    gate.shut = True
    thread = in_thread(replay, 2.0)
    assert gate.arrived.wait(20)
    try:
        assert forked(works)
    finally:
        gate.open.set()
        thread.join()


@FORK
def test_a_process_forked_while_threads_go_backward_can_go_backward():
    w, stop = Parameter(3.0), threading.Event()
    replay = record(lambda x: w * x, 1.0)

    def busy():
        mine = record(lambda x: w * x, 1.0)
        while not stop.is_set():
            mine([1.0, 2.0]).backward()

    threads = [in_thread(busy) for _ in range(2)]
    try:
        for _ in range(20):
            assert forked(lambda: replay(5.0).backward() is None and replay(5.0).data == 15.0)
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def test_parameters_move_into_one_store_though_two_threads_call_at_once():
    for _ in range(30):
        parameters, ready = [Parameter(float(i)) for i in range(20)], threading.Barrier(2)

        def first_call(replay, ready=ready):
            ready.wait()
            replay(2.0).backward()

        def f(x, parameters=parameters):
            return mean([p * x for p in parameters])

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(first_call, [record(f, 1.0), record(f, 1.0)]))
        stores = {p._x for p in parameters}
        assert len(stores) == 1
        assert isinstance(stores.pop(), ParameterStore)
        assert [p.data for p in parameters] == [float(i) for i in range(20)]
        assert [p.grad for p in parameters] == pytest.approx([0.2] * 20)
