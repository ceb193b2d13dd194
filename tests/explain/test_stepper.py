"""Steps: the passes as events, which match by pattern and obey the chain rule one use at a time."""

import dataclasses
import math

import pytest
from hypothesis import given

from autograd import Parameter, Value, dot, grad, steps
from autograd import max as largest
from autograd import sum as total
from autograd.explain.stepper import Chain, Compute, Event, Ready, Seed, Update, forward, snapshot, updates
from autograd.graph import names, number, topological_order
from nn.lessons.tiny_network import network
from tests.strategies import as_values, programs


def of(kind, events):
    return [event for event in events if isinstance(event, kind)]


def test_the_tiny_network_line_by_line():
    told = [(e.key, *e.lines) for e in steps(network())]
    assert told == [
        ("compute z", "z = w·x + b = 3·2 + 1 = 7"),
        ("compute a", "a = relu(z) = relu(7) = 7"),
        ("compute v1", "v1 = a − y = 7 − 15 = −8"),
        ("compute L", "L = v1² = (−8)² = 64"),
        ("seed L", "∂L/∂L = 1"),
        ("ready L", "∂L/∂L = 1"),
        ("chain L→v1", "∂L/∂v1 = 2·v1 = 2·(−8) = −16", "∂L/∂v1 = 1 · (−16) = −16"),
        ("ready v1", "∂L/∂v1 = −16"),
        ("chain v1→a", "∂v1/∂a = 1", "∂L/∂a = ∂L/∂v1 · ∂v1/∂a = −16 · 1 = −16"),
        ("ready a", "∂L/∂a = 2(a − y) = −16"),
        ("chain v1→y", "∂v1/∂y = −1", "∂L/∂y = ∂L/∂v1 · ∂v1/∂y = −16 · (−1) = 16"),
        ("ready y", "∂L/∂y = 2(a − y)·(−1) = 16"),
        ("chain a→z", "∂a/∂z = 1   (1 if z > 0 else 0; z = 7)", "∂L/∂z = ∂L/∂a · ∂a/∂z = −16 · 1 = −16"),
        ("ready z", "∂L/∂z = −16"),
        ("chain z→w", "∂z/∂w = x = 2", "∂L/∂w = ∂L/∂z · ∂z/∂w = −16 · 2 = −32"),
        ("ready w", "∂L/∂w = ∂L/∂a · ∂a/∂z · ∂z/∂w", "∂L/∂w = −16 · 1 · 2 = −32"),
        ("chain z→x", "∂z/∂x = w = 3", "∂L/∂x = ∂L/∂z · ∂z/∂x = −16 · 3 = −48"),
        ("ready x", "∂L/∂x = ∂L/∂a · ∂a/∂z · ∂z/∂x", "∂L/∂x = −16 · 1 · 3 = −48"),
        ("chain z→b", "∂z/∂b = 1", "∂L/∂b = ∂L/∂z · ∂z/∂b = −16 · 1 = −16"),
        ("ready b", "∂L/∂b = ∂L/∂a · ∂a/∂z · ∂z/∂b", "∂L/∂b = −16 · 1 · 1 = −16"),
    ]


def test_events_match_by_pattern():
    seen = set()
    for event in [
        *steps(network()),
        *updates(loss := network(), [p for p in topological_order(loss) if p.label == "w"], 0.01),
    ]:
        match event:
            case Compute(node, formula, value):
                assert node.data == value
                assert formula.text in event.lines[0]
            case Seed(node):
                assert node.label == "L"
            case Chain(node, operand, parent, formula, upstream, local, contribution, before, after):
                assert node.parents[operand] is parent
                assert node.partials[operand] == local
                assert contribution == upstream * local
                assert after == before + contribution
                assert formula.text
            case Ready(node, grad_):
                assert isinstance(grad_, float)
            case Update(parameter, before, gradient, after, formula):
                assert (parameter.label, before, gradient, after) == ("w", 3.0, -32.0, 3.32)
                assert formula == "w − lr · ∂L/∂w"
        seen.add(type(event))
        assert isinstance(event, Event)
        assert event.phase.capitalize() == {Compute: "Forward", Update: "Update"}.get(type(event), "Backward")
    assert seen == {Compute, Seed, Chain, Ready, Update}


def test_events_are_frozen():
    for event in steps(network()):
        with pytest.raises((dataclasses.FrozenInstanceError, AttributeError, TypeError)):
            event.node = None


@given(programs(longest=20))
def test_each_use_is_one_chain_and_ready_comes_after_the_last(program):
    root = as_values(program)[-1]
    events = steps(root)
    order = topological_order(root)
    place = {event: i for i, event in enumerate(map(id, events))}
    ready = {event.node: place[id(event)] for event in of(Ready, events)}
    uses = [(node, i, parent) for node in order for i, parent in enumerate(node.parents) if parent.kind != "constant"]
    chains = of(Chain, events)
    assert sorted((c.node.data, c.operand) for c in chains) == sorted((n.data, i) for n, i, _ in uses)
    assert {(id(c.node), c.operand, id(c.parent)) for c in chains} == {(id(n), i, id(p)) for n, i, p in uses}
    for chain in chains:
        assert ready[chain.node] < place[id(chain)] < ready[chain.parent], chain
    for node, k in ready.items():
        paid = [c for c in chains if c.parent is node]
        if paid:
            assert events[k].grad == paid[-1].after
            assert place[id(paid[-1])] == k - 1
            assert [c.before for c in paid] == [0.0, *(c.after for c in paid[:-1])]


def test_x_times_x_pays_through_both_operands():
    x = Value(3.0, "x")
    chains = of(Chain, steps(x * x))
    assert [(c.operand, c.parent, c.before, c.after) for c in chains] == [(0, x, 0.0, 3.0), (1, x, 3.0, 6.0)]
    assert [c.lines[-1] for c in chains] == ["∂v1/∂x = 1 · 3 = 3", "∂v1/∂x = 3 + 1 · 3 = 6"]


def test_a_diamond_waits_for_both_ways():
    x = Value(2.0, "x")
    left, right = x * 3, x * x
    left.label, right.label = "l", "r"
    top = left + right
    top.label = "t"
    events = steps(top)
    keys = [e.key for e in events if not isinstance(e, Compute)]
    assert keys == [
        "seed t", "ready t", "chain t→l", "ready l", "chain t→r", "ready r", "chain r→x", "chain r→x", "chain l→x", "ready x",
    ]  # fmt: skip
    (ready,) = [e for e in of(Ready, events) if e.node is x]
    assert ready.grad == 7.0
    assert ready.path == [], "with more than one way here, there is no single product to show"
    assert ready.lines == ["∂t/∂x = 7"]


def test_a_dead_relu_says_zero_and_which_branch_holds():
    z = Value(-0.5, "z")
    a = z.relu()
    a.label = "a"
    chain, ready = steps(a)[-2:]
    assert (chain.local, ready.grad) == (0.0, 0.0)
    assert chain.lines[0] == "∂a/∂z = 0   (1 if z > 0 else 0; z = −0.5)"


def test_rows_of_many_are_written_out_as_sums():
    xs = [Value(float(i), f"x{i}") for i in (1, 2)]
    ws = [Value(0.5, "w1"), Value(-2.0, "w2")]
    z = dot(ws, xs, Value(1.0, "b"))
    z.label = "z"
    events = steps(z)
    assert events[0].lines[0].startswith("z = w1·x1 + w2·x2 + b = ")
    assert events[0].lines[0].endswith(" = −2.5")
    assert [c.formula.text for c in of(Chain, events)] == ["x1", "x2", "w1", "w2", "1"]
    assert [c.operand for c in of(Chain, events)] == [0, 1, 2, 3, 4]
    s = total([*xs, 4])
    assert steps(s)[0].lines == ["v1 = x1 + x2 + 4 = 1 + 2 + 4 = 7"]
    assert [c.parent for c in of(Chain, steps(s))] == xs, "a constant gets no gradient, and no event"
    tie = largest([Value(2.0, "p"), Value(2.0, "q")])
    assert [c.local for c in of(Chain, steps(tie))] == [0.5, 0.5]


def test_a_wide_neuron_is_written_with_an_ellipsis():
    ws, xs = [Value(0.1, f"w{i}") for i in range(20)], [Value(1.0, f"x{i}") for i in range(20)]
    z = dot(ws, xs, Value(0.0, "b"))
    line = steps(z)[0].lines[0]
    assert "…" in line
    assert "w0·x0" in line
    assert line.endswith(" = 2")
    assert len(line) < 120


def test_names_are_labels_then_numbers_then_places():
    x = Value(2.0, "v2")
    y = (x * 3 + Value(5.0)).exp().log()
    named = names(topological_order(y))
    assert named[x] == "v2"
    assert "3" in named.values()
    fresh = [name for node, name in named.items() if node is not x and node.kind != "constant"]
    assert len(set(fresh)) == len(fresh)
    assert "v2" not in fresh, "a fresh name must not be a label that is taken"


def test_labels_of_any_kind_are_told_apart_in_a_fraction():
    x = Value(2.0, "x + 1")
    y = x * 3
    y.label = "loss_1"
    assert steps(y)[-1].lines == ["∂loss_1/∂(x + 1) = 3"]


def test_steps_of_a_leaf_and_of_a_constant():
    assert [type(e) for e in steps(Value(3.0, "x"))] == [Seed, Ready]


def test_updates_say_what_gradient_descent_would_do_and_do_not_do_it():
    w, b = Parameter(3.0, "w"), Parameter(1.0, "b")
    loss = ((w * 2 + b) - 15) ** 2
    loss.label = "L"
    told = updates(loss, [w, b], 0.1)
    assert [(u.before, u.gradient, u.after) for u in told] == [
        (p.data, g, p.data - 0.1 * g) for p, g in zip((w, b), grad(loss, [w, b]), strict=True)
    ]
    assert told[0].lines == ["w ← 3 − 0.1 · (−32) = 6.2"]
    assert (w.data, w.grad) == (3.0, None)


def test_a_nan_and_an_infinity_are_written_as_such():
    x = Value(math.nan, "x")
    assert steps(x.relu())[0].lines == ["v1 = relu(x) = relu(nan) = nan"]
    assert [e.grad for e in of(Ready, steps(x.relu()))][1:] == [pytest.approx(math.nan, nan_ok=True)]
    assert number(-math.inf) == "−inf"


def test_numbers_as_a_textbook_writes_them():
    assert [number(x) for x in (1.0, 0.1 + 0.2, -16.0, 54.1696, 1 / 3, -0.0, 1e-10, 123456.0)] == [
        "1", "0.3", "−16", "54.1696", "0.333333", "0", "1e−10", "123456",
    ]  # fmt: skip


def test_the_forward_pass_alone():
    order = topological_order(network())
    assert [e.key for e in forward(order, snapshot(order))] == ["compute z", "compute a", "compute v1", "compute L"]


def test_a_long_chain_is_stepped_without_recursion():
    x = Value(1.0, "x")
    y = x
    for _ in range(3000):
        y = y * 1.0
    events = steps(y)
    assert events[-1].grad == 1.0
    assert len(events[-1].lines) <= 2
