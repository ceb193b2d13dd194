"""Ledgers, paths and changes: they add up, they explain zeros, and they touch nothing."""

import json
import math

import pytest
from hypothesis import assume, given

import autograd
from autograd import GraphError, Value, dot, paths, steps, what_if, why
from autograd.explain.event_json import plain
from autograd.graph import topological_order
from autograd.rules import REAL, Op
from tests.strategies import as_values, examples, programs


def diamonds(n):
    """n diamonds in a row: 2ⁿ paths."""
    x = Value(1.0, "x")
    y = x
    for _ in range(n):
        y = y * 0.5 + y * 0.25
    return x, y


@examples(150)
@given(programs(longest=15))
def test_the_ledger_adds_up_to_the_gradient(program):
    root = as_values(program)[-1]
    root.backward()
    for node in topological_order(root):
        ledger = why(root, node)
        total = 0.0
        for use in ledger.uses:
            assert use.contribution == use.upstream * use.local
            total += use.contribution
        if node is not root:
            assert total == ledger.gradient == node.grad, program
        assert bool(ledger.reason) == (ledger.gradient == 0), program


@examples(150)
@given(programs(longest=8))
def test_the_paths_add_up_to_the_gradient_and_are_all_there(program):
    nodes = as_values(program)
    root = nodes[-1]
    root.backward()
    for leaf in nodes[: len(program.leaves)]:
        if leaf not in set(topological_order(root)):
            continue
        found = paths(root, leaf)
        assume(not found.capped)
        assert len(found) == found.total
        assert math.isclose(math.fsum(p.product for p in found), leaf.grad, rel_tol=1e-9, abs_tol=1e-9)
        for path in found:
            assert path.nodes[0] is root
            assert path.nodes[-1] is leaf
            assert all(b in a.parents for a, b in zip(path.nodes, path.nodes[1:], strict=False))
        assert found.by_path == sum(len(p.factors) for p in found)


def test_diamonds_show_why_reverse_mode_is_cheap():
    x, y = diamonds(20)
    found = paths(y, x, most=50)
    assert (found.total, len(found), found.capped) == (2**20, 50, True)
    assert found.by_path == 20 * 2 * 2**20
    assert found.by_edge == 20 * 4
    assert "1048526 more: only the first 50 are shown" in found.text


def test_long_rows_of_diamonds_are_counted_without_end():
    x, y = diamonds(5000)
    found = paths(y, x, most=3)
    assert "more than 10¹⁸ paths" in found.text
    assert len(found) == 3


def test_a_value_used_twice_by_one_node_is_told_operand_by_operand():
    x = Value(3.0, "x")
    square = x * x
    square.label = "L"
    ledger = why(square, x)
    assert ledger.words.startswith("x is used twice.")
    assert [line.split("  ")[0] for line in ledger.text.splitlines()[2:4]] == ["x → L (operand 1)", "x → L (operand 2)"]
    assert "operand" not in why(square * 2 + x, square).text
    assert paths(square, x).text.splitlines()[1:3] == ["L → x: 3", "L → x: 3"]


def test_a_zero_is_explained():
    z = Value(-0.3, "z")
    h = z.relu()
    h.label = "h2"
    loss = h * 5 + Value(1.0, "u") * 0
    loss.label = "L"
    assert why(loss, z).reason == "Zero: blocked by relu at h2 (z = −0.3)."
    x = Value(5.0, "x")
    difference = x * 5 - x * 5
    difference.label = "L"
    assert why(difference, x).reason == "Zero: cancels: +5 −5."
    assert why(difference, Value(1.0, "q")).reason == "Zero: q is not used by L."
    a, b = Value(2.0, "a"), Value(0.0, "b")
    product = a * b
    product.label = "p"
    assert why(product, a).reason == "Zero: blocked by mul at p (b = 0)."


def test_a_report_shows_its_uses_and_not_the_graph_behind_them():
    x = Value(5.0, "x")
    assert repr(why(x * x, x)).startswith("Why(uses=")


def test_a_zero_is_traced_to_where_the_gradient_was_lost():
    x = Value(1.0, "x")
    z = dot([Value(-2.0, "w")], [x], 0.5)
    z.label = "z"
    h = z.relu()
    h.label = "h"
    loss = (h * 3).tanh()
    assert "blocked by relu at h (z = −1.5)" in why(loss, x).reason


def test_a_zero_slope_is_put_down_to_what_is_zero_and_to_nothing_beside_it():
    row = Op(
        "xyy", lambda xp, x, y: x * y * y, lambda xp, x, y, out: (y * y, 2.0 * x * y), "x·y²", "{0} {1}^2", (REAL, REAL)
    )
    x, y = Value(3.0, "x"), Value(0.0, "y")
    z = x.apply(row, x, y)
    z.label = "z"
    assert why(z, y).reason == "Zero: blocked by xyy at z (y = 0)."  # and not x = 3


def test_asking_about_what_is_not_there():
    x, y = Value(2.0, "x"), Value(3.0, "y")
    z = x * 2
    for ask in (paths, lambda root, node: what_if(root, node, 1.0)):
        with pytest.raises(GraphError, match="not in this graph"):
            ask(z, y)
        with pytest.raises(GraphError, match="is a float"):
            ask(z, 2.0)
    with pytest.raises(GraphError, match="is a str"):
        why(z, "x")
    with pytest.raises(GraphError, match="changes a leaf"):
        what_if(z * 2, z, 1.0)


@examples(100)
@given(programs())
def test_what_if_is_what_would_be(program):
    nodes = as_values(program)
    root, leaf = nodes[-1], nodes[0]
    assume(leaf in set(topological_order(root)))
    moved = program._replace(leaves=(leaf.data + 0.01, *program.leaves[1:]))
    try:
        there = as_values(moved)
    except autograd.AutogradError as error:
        with pytest.raises(type(error)):
            what_if(root, leaf, leaf.data + 0.01)
        return
    change = what_if(root, leaf, leaf.data + 0.01)
    assert change.true == there[-1].data - root.data
    assert {id(node): new for node, _, new in change.changed} == {
        id(a): b.data
        for a, b in zip(nodes, there, strict=True)
        if a.data != b.data and a in set(topological_order(root))
    }
    assert leaf.data == program.leaves[0]


def test_what_if_refuses_what_the_operations_refuse_and_changes_nothing():
    x = Value(1.0, "x")
    y = x.log()
    with pytest.raises(autograd.DomainError, match="log"):
        what_if(y, x, -1.0)
    with pytest.raises(autograd.RangeError):
        what_if(x.exp(), x, 1000.0)
    with pytest.raises(autograd.DataError):
        what_if(y, x, "2")
    assert (x.data, y.data) == (1.0, 0.0)


def test_answers_are_told_in_four_forms():
    x = Value(3.0, "x")
    y = x * x + x
    y.label = "y"
    for told in (why(y, x), paths(y, x), what_if(y, x, 4.0), autograd.diagnose(y, x, "6")):
        assert told.words
        assert told.text
        assert told.tex.count("{") == told.tex.count("}")
        assert json.loads(json.dumps(plain(told.json), allow_nan=False))


@pytest.mark.slow
def test_large_graphs_answer_too():
    x = Value(1.0, "x")
    y = x
    for _ in range(20_000):
        y = y * 0.99999 + 1e-6
    assert why(y, x).gradient == pytest.approx(0.99999**20_000)
    assert paths(y, x).total == 1
    assert what_if(y, x, 2.0).true == pytest.approx(0.99999**20_000)


def test_ways_that_do_not_lead_to_the_leaf_are_not_walked():
    x, y = diamonds(60)  # 2⁶⁰ ways to x would never end
    other = Value(1.0, "q")
    assert paths(y + other, other).total == 1
    assert why(y + other, x).gradient == pytest.approx(0.75**60)


def test_what_blocks_a_weight_is_its_input_and_not_a_bias_that_is_0_too():
    w, x, b = Value(3.0, "w"), Value(0.0, "x"), Value(0.0, "b")
    z = dot([w], [x], b)
    z.label = "z"
    assert why(z, w).reason == "Zero: blocked by dot at z (x = 0)."


def test_a_label_cannot_steer_a_terminal_or_break_a_line():
    x = Value(2.0, "w\x1b[2J\x9b\u202e\n x")
    y = x * x
    y.label = "a\nb"
    for text in (why(y, x).text, why(y, x).words, paths(y, x).text, what_if(y, x, 3.0).text, *steps(y)[0].lines):
        assert not {c for c in text if c in "\x1b\x9b\u202e"}
    assert "\n" not in steps(y)[0].lines[0]
    assert what_if(y, x, 3.0).text.splitlines()[1] == "a b: 4 → 9"
