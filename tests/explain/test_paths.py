"""Paths: they can be counted, taken one by one, and told, also where they are too many to show."""

import pytest

from autograd import Value, dot, paths
from autograd.explain.event_json import plain


def diamonds(n):
    """n diamonds in a row, each with the slopes ½ and ¼: 2ⁿ paths."""
    x = Value(1.0, "x")
    y = x
    for _ in range(n):
        y = y * 0.5 + y * 0.25
    y.label = "L"
    return x, y


def test_paths_are_a_sequence():
    x, y = diamonds(2)
    found = paths(y, x)
    assert len(found) == found.total == 4
    assert not found.capped
    assert list(found) == [found[i] for i in range(4)] == list(found.shown)
    assert [path.product for path in found] == [0.25, 0.125, 0.125, 0.0625]
    assert [path.factors for path in found] == [(1.0, a, 1.0, b) for a in (0.5, 0.25) for b in (0.5, 0.25)]
    assert [len(path.nodes) for path in found] == [5] * 4
    assert sum(path.product for path in found) == found.gradient == 0.75**2
    assert "names" not in repr(found)
    assert "ends" not in repr(found)


def test_many_paths_are_told_with_their_cap():
    x, y = diamonds(10)
    found = paths(y, x, most=2)
    assert (len(found), found.total, found.capped) == (2, 1024, True)
    assert found.words == (
        f"1024 paths lead from L to x, of which the first 2 are shown. Their products add up to 0.0563135. {found.cost}"
    )
    assert (
        found.cost
        == "Walking each path by itself takes 20480 multiplications; reverse mode takes one for each edge, 40."
    )
    head, *shown, cap, cost = found.text.splitlines()
    assert head == "1024 paths from L to x; their products add up to ∂L/∂x = 0.0563135"
    assert [line.rpartition(": ")[2] for line in shown] == [
        " · ".join(["1 · 0.5"] * 10) + " = 0.000976562",
        " · ".join(["1 · 0.5"] * 9) + " · 1 · 0.25 = 0.000488281",
    ]
    assert cap == "… and 1022 more: only the first 2 are shown"
    assert cost == found.cost
    assert found.tex.endswith(r" + \dots = 0.0563135")
    told = plain(found.json)
    assert (told["total"], told["capped"], len(told["paths"])) == (1024, True, 2)
    assert told["paths"][0]["product"] == 0.5**10
    assert told["paths"][0]["factors"] == [1.0, 0.5] * 10
    assert [told["by_path"], told["by_edge"]] == [20480, 40]


def test_exactly_as_many_as_are_asked_for_are_all():
    x, y = diamonds(3)
    assert not paths(y, x, most=8).capped
    assert paths(y, x, most=7).capped
    assert "more" not in paths(y, x, most=8).text


def test_one_path_is_told_in_the_singular():
    x = Value(3.0, "x")
    y = x * 2
    y.label = "L"
    found = paths(y, x)
    assert (
        found.words
        == "1 path leads from L to x. Their products add up to 2. Walking each path by itself takes 1 "
        + ("multiplication; reverse mode takes one for each edge, 1.")
    )
    assert found.text.splitlines()[0] == "1 path from L to x; its product is ∂L/∂x = 2"
    assert found.tex == "2 = 2"


def test_from_a_node_to_itself_there_is_one_path_of_no_edge():
    x = Value(3.0, "x")
    found = paths(x, x)
    assert ([path.nodes for path in found], found.gradient, found.by_path, found.by_edge) == ([(x,)], 1.0, 0, 0)
    assert found[0].text == "x: 1"
    assert found.tex == "1 = 1"


def test_only_edges_that_lead_to_the_leaf_are_counted():
    x, other = Value(2.0, "x"), Value(5.0, "q")
    loss = dot([x, other], [other, x], other) * other
    assert paths(loss, x).by_edge == 1 + 2
    assert paths(loss, x).by_path == 2 * 2


@pytest.mark.parametrize("n", [59, 60])
def test_what_is_beyond_counting_is_said_to_be(n):
    """2⁵⁹ is less than 10¹⁸, and 2⁶⁰ is more."""
    x, y = diamonds(n)
    found = paths(y, x, most=1)
    if n == 59:
        assert f"{2**59} paths" in found.text
        assert f"and {2**59 - 1} more" in found.text
    else:
        assert "more than 10¹⁸ paths" in found.text
        assert "and far more" in found.text
    assert "takes more than 10¹⁸ multiplications" in found.cost
