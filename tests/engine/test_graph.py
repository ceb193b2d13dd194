"""The walk over a graph: every parent before its children, each node once; and the names that it gives."""

from itertools import combinations

import pytest

import autograd
from autograd import Value, dot, draw, grad, paths, steps, what_if, why
from autograd.explain.events import Ready
from autograd.graph import bracketed, leaves_and_results, names, number, operands, rounded, topological_order, uses


def stands_before(order):
    """Whether every parent stands before its children."""
    place = {node: i for i, node in enumerate(order)}
    return len(place) == len(order) and all(place[p] < place[node] for node in order for p in node.parents)


@pytest.mark.parametrize("plain", [True, False], ids=["a leaf", "a result"])
def test_two_dots_over_one_tuple_have_each_its_own_bias(plain):
    ws, xs = (Value(2.0, "w0"), Value(-1.0, "w1")), (Value(3.0, "x0"), Value(5.0, "x1"))
    c = Value(4.0, "c")
    first, second = dot(ws, xs, Value(1.0, "a")), dot(ws, xs, c if plain else c * 0.5)
    root = first * second
    assert (first.data, second.data) == (2.0, 5.0 if plain else 3.0)
    assert stands_before(topological_order(root))
    assert {node.label for node in topological_order(root)} >= {"a", "c"}
    root.backward()
    assert first.parents[-1].grad == second.data
    assert second.parents[-1].grad == first.data
    assert c.grad == first.data * (1.0 if plain else 0.5)
    assert [w.grad for w in ws] == [x.data * (first.data + second.data) for x in xs]
    assert grad(root, [c, *ws, *xs]) == tuple(v.grad for v in (c, *ws, *xs))
    ready = {event.node: event.grad for event in steps(root) if isinstance(event, Ready)}
    assert all(ready[v] == v.grad for v in (c, *ws, *xs))


def test_a_dot_over_tuples_that_are_partly_known_waits_for_the_rest():
    """Of three dots any two share a tuple, and the third has one that is met for the first time."""
    a, b = (Value(1.0), Value(2.0)), (Value(3.0) * 1.0, Value(4.0) * 1.0)
    c = (Value(5.0) * 1.0, Value(6.0) * 1.0)
    pairs = [dot(x, y, Value(0.0)) for x, y in combinations((a, b, c), 2)]
    for first, second in [(0, 1), (1, 0), (1, 2), (2, 1), (0, 2), (2, 0)]:
        root = pairs[first] - pairs[second]
        assert stands_before(topological_order(root))
    leaves, results = leaves_and_results(pairs[0] + pairs[1] + pairs[2])
    assert (len([v for v in leaves if v.kind == "leaf"]), len(results)) == (6 + 3, 4 + 3 + 2)


def test_the_walk_back_is_the_order_of_the_graph_reversed_operand_by_operand():
    x = Value(3.0, "x")
    y = x * x
    root = y - x
    assert list(uses(root)) == [(root, 0, y, 1.0), (root, 1, x, -1.0), (y, 0, x, 3.0), (y, 1, x, 3.0)]
    assert list(operands(x)) == []


def test_nodes_that_share_a_label_are_counted_and_so_are_those_without():
    ws = [Value(float(i), "w") for i in range(3)]
    total = dot(ws, [1.0, 1.0, 1.0], Value(0.0, "b")) * 2.0
    order = topological_order(total)
    named = names(order)
    assert [named[w] for w in ws] == ["w", "w(2)", "w(3)"]
    assert len({named[node] for node in order if node.kind != "constant"}) == len(
        [node for node in order if node.kind != "constant"]
    )
    assert [named[node] for node in order if node.op] == ["v1", "v2"]
    assert steps(total)[0].lines[0].startswith("v1 = w·1 + w(2)·1 + w(3)·1 + b = ")


def test_numbers_are_written_whole_as_far_as_a_float_is_exact():
    assert [number(x) for x in (1e14, -1e14, 1e15, 999999.5, 0.5)] == [
        "1" + "0" * 14,
        "−1" + "0" * 14,
        "1e+15",
        "1e+06",
        "0.5",
    ]
    assert [rounded(x, 4) for x in (99999.6, 9999.6, 10000.4, 0.00012345)] == [
        "99999.6",
        "9999.6",
        "10000.4",
        "0.00012345",
    ]
    assert [rounded(x, 4) for x in (12345.678, 1234.5678, 1e15 / 3)] == ["12346", "1235", "333333333333333"]
    assert [rounded(2e6, 6), rounded(2e6, 5), rounded(0.1, 6)] == ["2000000", "2e+06", "0.1"]
    assert bracketed("−1e−5") == "(−1e−5)"


def test_numbers_are_written_whole_up_to_a_million_billion():
    assert [number(x) for x in (999_999_999_999_999.0, 1e15, -1e15, 1e16)] == [
        "999999999999999",
        "1e+15",
        "−1e+15",
        "1e+16",
    ]
    assert [rounded(x, 4) for x in (123.456789, 12000.123, 1e15 + 0.5)] == ["123.5", "12000", "1e+15"]
    assert (rounded(1_500_000.0, 6), rounded(1_234_567.25, 6), rounded(0.12345678, 6)) == (
        "1500000",
        "1234567",
        "0.123457",
    )


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (["w", "w", "w(2)"], ["w", "w(3)", "w(2)"]),
        (["v1\n", "", "v1"], ["v1", "v2", "v1(2)"]),
        (["{}", "{}", "{0}"], ["{}", "{}(2)", "{0}"]),
        (["a" * 300, "a" * 300 + "b"], ["a" * 199 + "…", "a" * 199 + "…(2)"]),
    ],
)
def test_a_name_stands_for_one_node(labels, expected):
    leaves = [Value(1.0, label) for label in labels]
    named = names(topological_order(autograd.sum(leaves)))
    assert [named[leaf] for leaf in leaves] == expected


@pytest.mark.parametrize("sign", ["x", " ", "<", "\\", "$", "\u202e"])
def test_a_label_of_a_megabyte_is_told_as_its_beginning(sign):
    x = Value(2.0, sign * 1_000_000)
    y = x * x
    for event in steps(y):
        assert max(map(len, [event.words, event.tex, *event.lines])) < 5_000
    assert max(map(len, [why(y, x).text, paths(y, x).text, what_if(y, x, 3.0).text, draw(y).text()])) < 5_000
