"""A hidden state that is carried over without `detach` is warned of, once, and nothing else is."""

import importlib.util
import linecache
import warnings

import pytest

from autograd import GrowingGraphWarning, Parameter, Value, graph
from autograd.graph import PATIENCE


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    """As in a process that has gone backward not once."""
    spec = importlib.util.find_spec("autograd.graph")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(graph, "Growth", module.Growth)


CELLS = {
    "state first": lambda w, u, h, x: (w * h + u * x).tanh(),
    "input first": lambda w, u, h, x: (u * x + w * h).tanh(),
}


def train(cell, carry, updates):
    w, u, h = Parameter(0.5), Parameter(0.3), Value(0.0)
    for k in range(updates):
        h = cell(w, u, carry(h), 0.1 * (k % 3))
        ((h - 0.1) ** 2).backward()
        for p in (w, u):
            p.data -= 0.01 * p.grad
            p.grad = None


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
def test_a_state_carried_over_is_warned_of_once_with_the_remedy(cell):
    with pytest.warns(GrowingGraphWarning, match=r"h = h\.detach\(\)") as caught:
        train(cell, lambda h: h, 3 * PATIENCE)
    assert len(caught) == 1
    assert caught[0].filename == __file__


def test_it_is_warned_of_when_patience_is_at_its_end():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        train(CELLS["state first"], lambda h: h, PATIENCE - 1)
    graph.watch_growth([])  # a smaller graph: it begins anew
    with pytest.warns(GrowingGraphWarning):
        train(CELLS["state first"], lambda h: h, PATIENCE)


def test_the_warning_stands_at_the_line_that_goes_backward_and_says_how_often():
    with pytest.warns(GrowingGraphWarning, match="each of the last 200 backward passes") as caught:
        train(CELLS["state first"], lambda h: h, 200)
    assert ".backward()" in linecache.getline(caught[0].filename, caught[0].lineno)


def carried(h, times):
    for _ in range(times):
        h = h * 0.999
        h.backward()


def test_after_new_graphs_that_grow_a_state_that_is_carried_over_is_warned_of():
    def grown(x, n):
        for _ in range(n):
            x = x * 0.999
        return x

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for n in range(1, PATIENCE + 1):
            grown(Value(1.0), n).backward()
    with pytest.warns(GrowingGraphWarning):
        carried(grown(Value(1.0), PATIENCE), PATIENCE + 1)


def test_one_graph_again_and_again_is_not_a_growing_one():
    y = Value(2.0) * 3 + 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(3 * PATIENCE):
            y.backward()


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
def test_a_state_that_is_cut_off_is_not(cell):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        train(cell, lambda h: h.detach(), 3 * PATIENCE)


def test_graphs_that_are_larger_each_time_but_new_are_not():
    x = Value(1.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for n in range(1, 2 * PATIENCE):
            y = x
            for _ in range(n):
                y = y * 1.001
            y.backward()
