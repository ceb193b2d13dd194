"""A graph is of one moment: what explains or derives again refuses a graph with a number that was changed since."""

import math
import random
from contextlib import suppress

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import autograd
from autograd import (
    GraphError,
    Parameter,
    Stepper,
    Value,
    diagnose,
    draw,
    grad,
    mistakes,
    moment,
    paths,
    play,
    steps,
    what_if,
    why,
)
from autograd.explain.event_json import stream
from autograd.explain.stepper import updates
from autograd.graph import topological_order
from autograd.moment import check_moment
from autograd.rules import DOT, REAL, Op
from nn import MLP, SGD, Newton, mse_loss
from tests.strategies import as_values, examples, programs

READERS = {
    "steps": lambda loss, x: steps(loss),
    "Stepper": lambda loss, x: Stepper(loss),
    "why": lambda loss, x: why(loss, x),
    "draw": lambda loss, x: draw(loss),
    "draw at an event": lambda loss, x: draw(loss, at=2),
    "play": lambda loss, x: play(loss),
    "what_if": lambda loss, x: what_if(loss, x, 1.0),
    "paths": lambda loss, x: paths(loss, x),
    "grad with create_graph": lambda loss, x: grad(loss, [x], create_graph=True),
    "Newton.step": lambda loss, x: Newton([x]).step(loss),
    "diagnose": lambda loss, x: diagnose(loss, x, "1"),
    "a mistake": lambda loss, x: mistakes.assigned_not_added(loss),
    "updates": lambda loss, x: updates(loss, [x], 0.1),
}
EACH = pytest.mark.parametrize("read", READERS.values(), ids=READERS)


@EACH
def test_a_parameter_that_has_moved_is_noticed_and_nothing_changes(read):
    x, w = Value(2.0, "x"), Parameter(3.0, "w")
    loss = (w * x - 1) ** 2
    loss.backward()
    read(loss, x)
    w.data -= 0.01 * w.grad
    before = [(node.data, node.grad) for node in topological_order(loss)]
    with pytest.raises(GraphError, match="Compute the loss again"):
        read(loss, x)
    assert before == [(node.data, node.grad) for node in topological_order(loss)]
    read((w * x - 1) ** 2, x)


@EACH
def test_a_change_that_shows_in_a_slope_only_is_noticed_too(read):
    x, w = Value(0.0, "x"), Value(3.0, "w")
    loss = (w * x + 1) ** 2
    w.data = 5.0
    with pytest.raises(GraphError, match=r"∂v1/∂x was 3 then, and is 5 now"):
        read(loss, x)


def test_the_backward_pass_and_plain_gradients_use_what_was_recorded():
    a = Value(3.0)
    y = (a * a) * a
    a.data = 5.0
    y.backward()
    assert (a.grad, grad(y, [a])) == (27.0, (27.0,))


def test_a_hessian_is_of_the_moment_of_its_own_graph():
    assert autograd.hessian(lambda x: x**3, [2.0]) == [[12.0]]
    x = Value(2.0)
    y = x**3
    slope = grad(y, [x], create_graph=True)[0]
    x.data = 3.0
    with pytest.raises(GraphError, match="create_graph"):
        grad(slope, [x], create_graph=True)


def test_a_new_number_outside_the_domain_is_a_change_and_not_a_domain_error():
    x = Value(2.0, "x")
    y = x.log() * 2
    x.data = -1.0
    with pytest.raises(GraphError, match="log"):
        steps(y)


def test_the_sign_of_a_zero_counts_and_a_nan_is_a_nan():
    x, y = Value(0.0, "x"), Value(math.nan, "y")
    graph = x * 2.0 + y.relu() + y * y
    steps(graph)
    x.data = -0.0
    with pytest.raises(GraphError, match="one moment"):
        steps(graph)


@examples(100)
@given(programs(longest=12), st.data())
def test_any_fresh_graph_passes_and_any_that_would_compute_otherwise_does_not(program, data):
    nodes = as_values(program)
    root = nodes[-1]
    check_moment("this", topological_order(root))
    leaf = data.draw(st.sampled_from(nodes[: len(program.leaves)]))
    assume(leaf in set(topological_order(root)))
    leaf.data += 0.5
    moved = program._replace(leaves=tuple(node.data for node in nodes[: len(program.leaves)]))
    there = None
    with suppress(autograd.DomainError):
        there = as_values(moved)
    inside = set(topological_order(root))
    told = lambda node: (repr(node.data), *map(repr, node.partials))  # noqa: E731
    same = there and all(told(a) == told(b) for a, b in zip(nodes, there, strict=True) if a in inside and a.op)
    try:
        check_moment("this", topological_order(root))
    except GraphError:
        assert not same
    else:
        assert same


@pytest.mark.skipif(Value.apply.__module__ != "autograd.fast", reason="of fast.py")
@given(programs(longest=12), st.randoms(use_true_random=False))
def test_the_quick_check_says_no_where_the_close_look_finds_a_change(program, rng):
    order = topological_order(as_values(program)[-1])
    for node in order:
        if rng.random() < 0.3:
            node.data = rng.choice([node.data, -node.data, 0.0, -0.0, math.nan, node.data + 1, 2])
    for node in order:
        n = len(node.parents) // 2 if node.op is DOT else 0
        if node.op is not None and moment.check_of(node.op, n)(node):
            assert moment.changed(node, order) == ""


@pytest.mark.skipif(Value.apply.__module__ != "autograd.fast", reason="of fast.py")
@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid"])
def test_nearly_all_of_a_fresh_network_needs_no_close_look(activation, monkeypatch):
    model = MLP(2, [16, 16, 1], activation, rng=random.Random(0))
    one = MLP(1, [1, 1], activation, rng=random.Random(1))
    losses = [mse_loss(model([x, 0.0]) + one([x]), [1.0, 0.5]) for x in (-1.0, 0.0, 2.0)]
    order = topological_order(autograd.mean(losses))
    looked, closely = [], moment.changed
    monkeypatch.setattr(moment, "changed", lambda node, order: looked.append(node) or closely(node, order))
    check_moment("this", order)
    assert [node.op.name for node in looked if node.op.arity > 0 or node.op is DOT] == []


def test_rows_of_ones_own_are_checked_as_well():
    row = Op("twice", lambda xp, x: x + x, lambda xp, x, out: (2.0,), "2x", "2 {0}", (REAL,))
    x = Value(1.0, "x")
    y = x.apply(row, x)
    steps(y)
    x.data = 2.0
    with pytest.raises(GraphError, match="v1 was computed"):
        steps(y)


def test_an_event_keeps_its_moment_and_can_be_drawn_and_asked_about_later():
    w = Parameter(3.0, "w")
    optimizer = SGD([w], lr=0.1)
    batch = ([2.0], [10.0])
    events = list(autograd.phases(lambda x: w * x, lambda out, ys: (out[0] - ys[0]) ** 2, batch, optimizer, rounds=2))
    event = next(e for e in events if e.phase == "backward" and e.round == 0)
    *_, root = event.names
    assert "w = 3" in draw(root, at=event).text()
    assert why(root, w, event.names).gradient == -16.0
    with pytest.raises(GraphError):
        why(root, w)
    assert play(events).html
    assert stream(events)["steps"]


def test_a_result_that_was_overwritten_is_noticed():
    x = Value(2.0, "x")
    y = x * 3
    y.data = 7.0
    with pytest.raises(GraphError, match="it was 7 then, and is 6 now"):
        steps(y * 2)


def test_large_graphs_are_checked_too():
    rng = random.Random(0)
    x = Value(1.0, "x")
    y = x
    for _ in range(20_000):
        y = y * 0.999 + rng.random()
    check_moment("this", topological_order(y))


@pytest.mark.parametrize(
    ("then", "now", "words"),
    [
        (2.0, 3.0, "it was 4 then, and is 6 now"),
        (0.5, 0.5 + 2**-40, r"it was 1\.0 then, and is 1\.00000000000181.* now"),
        (0.0, -0.0, r"it was 0\.0 then, and is −0\.0 now"),
    ],
)
def test_the_two_numbers_are_told_apart(then, now, words):
    x = Value(then, "x")
    y = x * 2
    x.data = now
    with pytest.raises(GraphError, match=words):
        why(y, x)
