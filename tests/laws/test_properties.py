"""Laws that hold for every program one can write with the table; Hypothesis writes the programs."""

import math
import struct

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autograd import AutogradError, Parameter, Value, dot, grad, record, steps
from autograd.explain.stepper import Chain, Compute, Ready
from autograd.graph import topological_order
from autograd.refusals import outside
from autograd.rules import ADD, MUL, TABLE
from tests.strategies import (
    OWN,
    ROWS,
    Program,
    as_values,
    at_sixty,
    examples,
    numbers,
    programs,
    programs_at_the_edges,
    reach,
    run,
    second60,
    slopes60,
)

DIGITS = 1e-9


def near(found, exact, size, program, what, digits=DIGITS):
    """Both numbers below one another, and the program, where they differ by more than rounding can explain."""
    bound = digits * max(abs(float(exact)), size, 1e-3)
    assert abs(found - exact) <= bound, (
        f"{what}\n  engine {found!r}\n  exact  {float(exact)!r}\n  bound  {bound}\n{program}"
    )


@examples(300)
@given(programs())
def test_values_and_gradients_equal_those_at_60_digits(program):
    nodes = as_values(program)
    root, leaves = nodes[-1], nodes[: len(program.leaves)]
    root.backward()
    near(root.data, at_sixty(program, program.leaves), 1.0, program, "value of the root")
    for i, (leaf, exact, size) in enumerate(zip(leaves, slopes60(program), reach(root, leaves), strict=True)):
        near(leaf.grad or 0.0, exact, size, program, f"gradient of n{i}")


@examples(200)
@given(programs(longest=20))
def test_backward_and_steps_and_grad_agree_to_the_last_bit(program):
    root = as_values(program)[-1]
    root.backward()
    order = topological_order(root)
    found = {event.node: event.grad for event in steps(root) if isinstance(event, Ready)}
    assert found == {node: node.grad for node in order}, program
    assert grad(root, order) == tuple(node.grad for node in order), program
    assert [e.node for e in steps(root) if isinstance(e, Compute)] == [node for node in order if node.op]
    for event in steps(root):
        if isinstance(event, Chain):
            assert event.after == event.before + event.upstream * event.local, (event, program)


def bits(numbers):
    """The bits of each number; a NaN is a NaN."""
    return ["nan" if x != x else struct.pack("d", x) for x in numbers]


@examples(300)
@given(programs_at_the_edges())
def test_backward_and_grad_and_steps_and_replay_agree_where_slopes_are_infinite_or_nan(program):
    """To the bit: also where 0 · ∞ is NaN, which no walk may leave out, and in rows of one's own."""
    nodes = as_values(program)
    root, leaves = nodes[-1], nodes[: len(program.leaves)]
    root.backward()
    order = topological_order(root)
    found = bits(node.grad for node in order)
    assert bits(grad(root, order)) == found, program
    ready = {event.node: event.grad for event in steps(root) if isinstance(event, Ready)}
    assert bits(ready[node] for node in order) == found, program

    parameters = [Parameter(x) for x in program.leaves]
    replay = record(
        lambda one: run(program, parameters, lambda op, xs: xs[0].apply(op, *xs))[-1] * one, 1.0, backend="python"
    )
    loss = replay(1.0)
    loss.backward()
    assert bits([loss.data]) == bits([root.data]), program
    assert bits(p.grad for p in parameters) == bits(leaf.grad for leaf in leaves), program


def test_the_programs_at_the_edges_reach_every_row_and_slopes_that_no_number_is():
    rows, steep = set(), []

    @settings(max_examples=300)
    @given(programs_at_the_edges())
    def collect(program):
        rows.update(op for op, _ in program.code)
        steep.extend(x for node in as_values(program) for x in node.partials if x - x != 0)

    collect()
    assert set(OWN) <= rows
    assert any(x != x for x in steep)
    assert any(x == math.inf for x in steep)


@given(programs(longest=20))
def test_steps_change_nothing_and_can_be_asked_for_again(program):
    root = as_values(program)[-1]
    before = [(n, n.data, n.grad, n.label, n.op, n.parents, n.partials) for n in topological_order(root)]
    first, second = steps(root), steps(root)
    grad(root, [root])
    assert first == second
    assert [line for e in first for line in e.lines] == [line for e in second for line in e.lines]
    assert before == [(n, n.data, n.grad, n.label, n.op, n.parents, n.partials) for n in topological_order(root)]


@given(programs(longest=20))
def test_a_second_backward_doubles_the_leaves_and_not_the_results(program):
    root = as_values(program)[-1]
    root.backward()
    once = {node: node.grad for node in topological_order(root)}
    root.backward()
    for (node, gradient), size in zip(once.items(), reach(root, list(once)), strict=True):
        wanted, slack = (gradient, 0.0) if node.op else (2 * gradient, 1e-14 * size)  # the same uses, rounded elsewhere
        assert abs(node.grad - wanted) <= slack, f"{node}\n  once  {gradient}\n  twice {node.grad}\n{program}"


@examples(150)
@given(programs(longest=8), st.data())
def test_a_gradient_with_a_graph_is_the_gradient_and_has_a_gradient(program, data):
    nodes = as_values(program)
    root, leaves = nodes[-1], nodes[: len(program.leaves)]
    plain, with_graph = grad(root, leaves), grad(root, leaves, create_graph=True)
    size = max(reach(root, leaves))
    for i, (x, y) in enumerate(zip(plain, with_graph, strict=True)):
        near(y.data, x, size, program, f"gradient of n{i}, as a Value")
    i, j = (data.draw(st.integers(0, len(leaves) - 1)) for _ in "ij")
    (second,) = grad(with_graph[i], [leaves[j]])
    size = max(1.0, *reach(with_graph[i], leaves), size * size)
    near(second, second60(program, i, j), size, program, f"second derivative by n{i} and n{j}", digits=1e-8)


@given(programs(), st.sampled_from([op for op in ROWS if op.guarded]), st.sampled_from([0.0, -1.5]))
def test_a_refused_operation_leaves_every_node_as_it_was(program, op, x):
    nodes = [*as_values(program), Value(x)]
    assume(outside(op, (x,) * op.arity))
    nodes[-2].backward()
    before = [(n.data, n.grad, n.label, n.op, n.parents, n.partials) for n in nodes]
    with pytest.raises(AutogradError):
        nodes[-1].apply(op, *[nodes[-1]] * op.arity)
    with pytest.raises(AutogradError):
        nodes[-2] + "text"
    assert before == [(n.data, n.grad, n.label, n.op, n.parents, n.partials) for n in nodes], program


wide = st.floats(-1e6, 1e6)


@examples(200)
@given(st.lists(st.tuples(wide, wide), min_size=1, max_size=8), wide)
def test_a_fused_dot_is_the_expanded_one_bit_for_bit(terms, b):
    def both(fused):
        ws, xs = [Value(w) for w, _ in terms], [Value(x) for _, x in terms]
        bias = Value(b)
        if fused:
            z = dot(ws, xs, bias)
        else:
            products = [w * x for w, x in zip(ws, xs, strict=True)]
            z = products[0]
            for p in products[1:]:
                z = z + p
            z = z + bias
        (z * z).backward()
        return z.data, [v.grad for v in (*ws, *xs, bias)]

    assert both(True) == both(False)


@given(numbers, numbers)
def test_a_drawn_program_is_run_as_it_is_written(x, y):
    """The oracle is checked too: (x + y) · x has the slopes 2x + y and x."""
    program = Program((x, y), ((ADD, (0, 1)), (MUL, (2, 0))))
    exact = [float(s) for s in slopes60(program)]
    assert exact == pytest.approx([2 * x + y, x], rel=1e-14)
    assert float(second60(program, 0, 0)) == pytest.approx(2, rel=1e-14)


def test_the_programs_reach_every_row():
    seen = set()

    @settings(max_examples=400)
    @given(programs(longest=20))
    def collect(program):
        seen.update(op.name for op, _ in program.code)

    collect()
    assert set(TABLE) - seen == set()
