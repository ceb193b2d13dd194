"""Where the laboratory ends: recursions without end, leaves that no gradient reaches, nodes of other graphs."""

import pytest

from autograd import GraphError, RangeError, Stepper, Value, diagnose, steps
from autograd.explain.mistakes import MOST_VISITS, assigned_not_added, without_visited_set
from autograd.explain.stepper import updates


def doubled(n):
    """A row of n sums of a node with itself: the last stands on 2ⁿ paths."""
    x = Value(1.0, "x")
    y = x
    for _ in range(n):
        y = y + y
    y.label = "L"
    return x, y


def test_a_recursion_without_a_visited_set_is_run_as_far_as_it_ends():
    """n doublings take 1 + 2 + 4 + … + 2ⁿ = 2ⁿ⁺¹ − 1 visits: 8,191 for 12, and 16,383 for 13."""
    x, y = doubled(12)
    assert without_visited_set(y).gradients[x] > 2**12
    x, y = doubled(13)
    with pytest.raises(RangeError, match=r"14 nodes takes 16,383 visits, and 10,000 are the most"):
        without_visited_set(y)


@pytest.mark.parametrize("visits", [MOST_VISITS, MOST_VISITS + 1])
def test_ten_thousand_visits_are_made_and_not_one_more(visits):
    x = Value(1.0, "x")
    y = x
    for _ in range(visits - 1):
        y = y.relu()
    if visits <= MOST_VISITS:
        assert without_visited_set(y).gradients[x] == 1.0
    else:
        with pytest.raises(RangeError, match="10,001 visits"):
            without_visited_set(y)


def test_a_graph_that_cannot_be_walked_so_is_diagnosed_without_that_mistake():
    x, y = doubled(40)
    assert diagnose(y, x, str(2**40)).right
    answer = diagnose(y, x, str(2**39))
    assert not answer.right
    assert "no visited set" not in [mistake.name for mistake in answer.mistakes]


def test_a_leaf_that_nothing_reaches_is_diagnosed_as_0():
    """A constant is in the graph, and no gradient goes to it."""
    x = Value(3.0, "x")
    loss = x * 2
    loss.label = "L"
    (constant,) = (node for node in loss.parents if node.kind == "constant")
    assert diagnose(loss, constant, "0").right
    assert not diagnose(loss, constant, "3").right


def test_a_mistake_that_makes_no_difference_has_no_first_wrong_event():
    x = Value(3.0, "x")
    loss = x * 2
    mistake = assigned_not_added(loss)
    assert (mistake.first, mistake.gradients[x]) == (None, 2.0)


def test_a_foreign_node_is_refused_wherever_one_is_asked_about():
    x, other = Value(3.0, "x"), Value(3.0, "q")
    loss = x * x
    stepper = Stepper(loss)
    for ask in (stepper.grad_of, stepper.value_of, lambda node: diagnose(loss, node, "6")):
        with pytest.raises(GraphError, match=r"q.*not.*this graph"):
            ask(other)
        with pytest.raises(GraphError):
            ask(3.0)
    with pytest.raises(GraphError, match="is a float"):
        steps(3.0)
    with pytest.raises(GraphError, match="q"):
        updates(loss, [x, other], 0.1)
    with pytest.raises(GraphError, match=r"^updates .* is an int"):
        updates(3, [x], 0.1)
    with pytest.raises(GraphError, match=r"^updates .* is a str"):
        updates(loss, ["x"], 0.1)


def test_a_stepper_stays_at_its_ends_and_refuses_what_is_beyond():
    x = Value(3.0, "x")
    stepper = Stepper(x * x)
    assert (stepper.event, stepper.position, stepper.value_of(x), stepper.grad_of(x)) == (None, -1, 3.0, None)
    assert stepper.back() is None
    assert stepper.position == -1
    assert stepper.value_of(stepper.events[0].node) is None
    assert stepper.next() is stepper.events[0]
    assert stepper.value_of(stepper.events[0].node) == 9.0
    last = stepper.goto(len(stepper) - 1)
    assert stepper.next() is last
    assert stepper.grad_of(x) == 6.0
    for k in (len(stepper), -2, 1.0, True, "1"):
        with pytest.raises(IndexError, match="events 0 to 5"):
            stepper.goto(k)
    assert stepper.event is last
