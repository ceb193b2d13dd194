"""Walking the passes: forward, back, anywhere, and over training steps, without touching the graph."""

import itertools
import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
from autograd import GraphError, PositionError, Stepper, Value, dot, name_locals, phases, scope, steps
from autograd.explain.events import Chain, Compute, Ready, Seed, Update
from autograd.explain.stepper import count_steps
from autograd.graph import topological_order
from nn import MLP, SGD, Adam, mse_loss
from tests.strategies import as_values, examples, programs


def state(stepper, nodes):
    return [(stepper.value_of(node), stepper.grad_of(node)) for node in nodes]


@examples(150)
@given(programs(longest=20))
def test_the_end_of_the_steps_is_backward_to_the_last_bit(program):
    root = as_values(program)[-1]
    s = Stepper(root)
    s.goto(len(s) - 1)
    root.backward()
    for node in topological_order(root):
        assert s.grad_of(node) == node.grad, (node, program)


@examples(100)
@given(programs(), st.data())
def test_back_undoes_next_and_goto_needs_no_way(program, data):
    root = as_values(program)[-1]
    nodes, s = topological_order(root), Stepper(root)
    seen = [state(s, nodes)]
    while s.position < len(s) - 1:
        s.next()
        seen.append(state(s, nodes))
    for k in data.draw(st.lists(st.integers(-1, len(s) - 1), max_size=10)):
        s.goto(k)
        assert state(s, nodes) == seen[k + 1]
    s.goto(len(s) - 1)
    for k in reversed(range(-1, len(s) - 1)):
        s.back()
        assert s.position == k
        assert state(s, nodes) == seen[k + 1]


def test_a_new_stepper_stands_before_event_0_and_stays_at_the_ends():
    x = Value(3.0, "x")
    s = Stepper(x * x)
    assert (s.position, s.event, s.grad_of(x), len(s)) == (-1, None, None, 6)
    assert s.back() is None
    assert s.position == -1
    assert s.next() is s.event is s.events[0]
    assert [type(s.goto(k)) for k in range(6)] == [Compute, Seed, Ready, Chain, Chain, Ready]
    assert s.next() is s.events[5]
    assert s.position == 5


def test_a_value_is_not_computed_before_its_event():
    x = Value(3.0, "x")
    y = x * x
    s = Stepper(y)
    assert (s.value_of(x), s.value_of(y)) == (3.0, None)
    s.next()
    assert s.value_of(y) == 9.0


@pytest.mark.parametrize("k", [6, -2, 1.5, "3", None])
def test_an_event_that_is_not_there_is_refused_and_the_place_is_kept(k):
    x = Value(3.0, "x")
    s = Stepper(x * x)
    s.goto(2)
    with pytest.raises(PositionError, match="events 0 to 5"):
        s.goto(k)
    assert s.position == 2


def test_foreign_nodes_and_numbers_are_refused():
    s = Stepper(Value(3.0) * 2)
    with pytest.raises(GraphError, match="not a node of this graph"):
        s.grad_of(Value(1.0))
    for wrong in (3.0, "L", None, [Value(1.0)]):
        with pytest.raises(GraphError, match="Value at the end"):
            Stepper(wrong)


def test_stepping_touches_nothing():
    x = Value(2.0, "x")
    y = x.tanh() * x
    before = [(n.data, n.grad, n.label) for n in topological_order(y)]
    s = Stepper(y)
    for k in (5, 0, 3, len(s) - 1):
        s.goto(k)
    assert before == [(n.data, n.grad, n.label) for n in topological_order(y)]


@pytest.mark.slow
def test_a_hundred_thousand_nodes_can_be_stepped():
    x = Value(1.0, "x")
    y = x
    for _ in range(50_000):
        y = y * 0.99999 + 0.5
    s = Stepper(y)
    s.goto(len(s) - 1)
    y.backward()
    assert s.grad_of(x) == x.grad
    s.goto(50_001)
    assert s.grad_of(x) is None


def test_the_numbers_of_an_event_are_those_of_its_moment():
    w = Value(3.0, "w")
    loss = (w * 2 - 15) ** 2
    events = steps(loss)
    told = [line for event in events for line in event.lines]
    w.data = 100.0
    assert told == [line for event in events for line in event.lines]


def training(optimizer_class, **settings):
    model = MLP(2, [2, 1], "tanh", rng=random.Random(0))
    optimizer = optimizer_class(model.parameters(), **settings)
    return model, optimizer, ([[1.0, 2.0], [0.5, -1.0]], [1.0, 0.0])


def test_phases_are_the_four_of_every_training_step_in_their_order():
    model, optimizer, batch = training(SGD, lr=0.1)
    events = list(phases(model, mse_loss, batch, optimizer, rounds=3))
    order = [(event.round, event.phase) for event in events]
    assert list(dict.fromkeys(order)) == [
        (k, phase) for k in range(3) for phase in ("forward", "loss", "backward", "update")
    ]
    assert {type(e).__name__ for e in events if e.phase == "loss"} == {"Compute"}
    assert all(e.node.scope for e in events if e.phase == "forward")


@pytest.mark.parametrize(("optimizer", "settings"), [(SGD, {"lr": 0.1}), (Adam, {"lr": 0.01})])
def test_phases_train_as_the_loop_does(optimizer, settings):
    model, descent, batch = training(optimizer, **settings)
    told = list(phases(model, mse_loss, batch, descent, rounds=4))
    other, loop, (inputs, targets) = training(optimizer, **settings)
    for k in range(4):
        loss = mse_loss([other(x)[0] for x in inputs], targets)
        loop.zero_grad()
        loss.backward()
        before = [p.data for p in other.parameters()]
        loop.step()
        moved = [(e.before, e.gradient, e.after) for e in told if isinstance(e, Update) and e.round == k]
        assert moved == [(b, p.grad, p.data) for b, p in zip(before, other.parameters(), strict=True)]
    assert model.state_dict() == other.state_dict()


def test_an_update_is_told_as_descent_only_where_it_was_that():
    for optimizer, plain in ((SGD, True), (Adam, False)):
        model, descent, batch = training(optimizer, lr=0.1)
        updates = [e for e in phases(model, mse_loss, batch, descent) if isinstance(e, Update)]
        assert {e.lr is not None for e in updates} == {plain}
        assert all(line.endswith(autograd.graph.number(e.after)) for e in updates for line in e.lines)


def test_scopes_are_remembered_and_left_again():
    model = MLP(2, [2, 1], rng=random.Random(0))
    (y,) = model([1.0, 2.0])
    hidden = y.parents[2]
    assert (y.scope, hidden.scope, hidden.parents[0].scope) == ("MLP/layer1/neuron0", *["MLP/layer0/neuron0"] * 2)
    with scope("outer"):
        assert model([1.0, 2.0])[0].scope == "outer/MLP/layer1/neuron0"
        with pytest.raises(autograd.LengthError):
            model([1.0])
        assert (Value(1.0) * 2).scope == "outer"
    assert (Value(1.0) * 2).scope == ""


def test_names_come_from_the_callers_variables_and_labels_stay():
    a, ws = Value(2.0, "kept"), [Value(3.0), [Value(4.0)]]
    z = a * ws[0]
    w = z + ws[1][0]
    labelled = name_locals()
    assert (a.label, ws[0].label, ws[1][0].label, z.label, w.label) == ("kept", "ws0", "ws1_0", "z", "w")
    assert labelled["z"] is z
    assert "kept" not in labelled


def test_names_from_variables_are_one_for_each_value():
    ws = [[Value(float(10 * i + j)) for j in range(12)] for i in range(12)]
    ws1, ws1_0, ws11 = Value(1.0), Value(2.0), [Value(3.0), (Value(4.0),)]
    labelled = name_locals()
    values = [*itertools.chain(*ws), ws1, ws1_0, *ws11[:1], *ws11[1]]
    assert len({value.label for value in values}) == len(values) == len(labelled)
    assert all(labelled[value.label] is value for value in values)
    assert (ws[1][10].label, ws[11][0].label, ws1_0.label) == ("ws1_10", "ws11_0", "ws1_0′")


def test_a_name_with_an_underscore_is_nobodys_label():
    z = Value(2.0) * 3
    _ = _2 = __ = z
    assert list(name_locals()) == ["z"]
    _only = Value(1.0)
    assert name_locals() == {}


def test_nodes_without_a_label_get_short_names_that_are_never_a_label_of_another():
    taken = Value(1.0, "v1")
    y = taken * 2 + 3
    names = autograd.graph.names(topological_order(y))
    assert [names[node] for node in topological_order(y) if node.op] == ["v2", "v3"]
    assert len({names[n] for n in topological_order(y)}) == len(topological_order(y))


def test_every_event_is_told_in_words_lines_and_tex():
    x = [Value(i / 3, f"x{i}") for i in range(9)]
    loss = dot([Value(0.5)] * 9, x, 1.0).relu() * autograd.max(x) + autograd.logsumexp(x) ** 2
    for event in steps(loss):
        assert event.words.endswith(".")
        assert event.lines
        assert all(line == line.strip() for line in event.lines)
        assert event.tex.count("{") == event.tex.count("}")
        assert "−" not in event.tex
        if isinstance(event, Chain):
            assert math.isclose(event.after, event.before + event.contribution, rel_tol=1e-15)


@given(programs(longest=12), st.integers(1, 40))
def test_the_events_are_counted_without_being_made(program, most):
    root = as_values(program)[-1]
    events = len(steps(root))
    assert count_steps(root, events + 1) == events
    assert count_steps(root, min(most, events)) == min(most, events)


def test_what_is_used_by_several_and_constants_are_counted_rightly():
    x, w = Value(2.0), Value(3.0)
    y = x * w
    for root in (x, y, y * y + x, (y * 2.0 + 1.0) * y * y, autograd.sum([y, y, x, 1.0])):
        assert count_steps(root, 1000) == len(steps(root))


@pytest.mark.parametrize("name", ["why", "paths", "what_if", "diagnose"])
def test_an_error_begins_with_who_was_asked(name):
    ask, x = getattr(autograd, name), Value(3.0, "x")
    number = [1.0] if name in ("what_if", "diagnose") else []
    with pytest.raises(autograd.GraphError, match=f"^{name} takes the Value"):
        ask("a loss", x, *number)
    with pytest.raises(autograd.GraphError, match=f"^{name} "):
        ask(x * 2, 2.0, *number)
    y = x * 2
    x.data = 4.0
    with pytest.raises(autograd.GraphError, match=f"^{name} reads .*call {name} with that"):
        ask(y, x, *number)


@pytest.mark.parametrize("walk", [autograd.steps, autograd.draw])
def test_an_error_of_a_walk_begins_with_its_name(walk):
    x = Value(3.0, "x")
    y = x * 2
    x.data = 4.0
    with pytest.raises(autograd.GraphError, match=f"^{walk.__name__} reads .*call {walk.__name__} with that"):
        walk(y)
