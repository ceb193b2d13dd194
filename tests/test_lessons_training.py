"""The lessons on training, and of the laboratory: their figures by other means, and what their texts claim."""

import pytest

from autograd import Value, grad
from autograd.lessons import mistakes_laboratory
from autograd.stepper import Event


def texts(lesson):
    """All that a lesson says, in one string."""
    return " ".join(item for item in lesson.story() if not isinstance(item, Event))


# --- the laboratory of mistakes ---


def test_each_mistake_of_the_laboratory_by_hand():
    """L = (y·y + v·y − t)² for y = w·x, at w = 1, x = 2, v = 3, t = 12."""
    w, x, v, t = 1.0, 2.0, 3.0, 12.0
    y = w * x
    delta = 2 * (y * y + v * y - t)
    truth = delta * (2 * y + v) * x
    by_hand = {
        "no topological order": delta * 2 * y * x,  # y goes on after y·y alone
        "= in the place of +=": delta * y * x,  # the last use of y is a factor of y·y
        "stale gradients": truth * 5,  # Σ over the five results on the way, each holding its own once more
        "zero_grad forgotten": truth * 2,
        "updated too early": delta
        * (2 * y + v - 0.5 * delta * y)
        * x,  # v has moved before y's gradient goes through it
        "sign of the delta": -truth,
        "½(t − o)² for (t − o)²": truth / 2,
        "(t − o)² for ½(t − o)²": truth * 2,
        "parents in a set": delta * (y + v) * x,
        "no visited set": delta * (y + (y + y) + (y + y + v)) * x,  # y is visited after each of its uses
    }
    numbers = mistakes_laboratory.LESSON.numbers
    for name, wanted in by_hand.items():
        assert numbers[name] == pytest.approx(wanted), name
    assert numbers["stale gradients, zero_grad forgotten"] == numbers["stale gradients"] + truth
    assert numbers["∂L/∂w"] == truth


def test_the_cube_and_the_sketch_as_told():
    told = texts(mistakes_laboratory.LESSON)
    for words in (
        "is 27",
        "holds 54",
        "gives 45",
        "without it, 72",
        "gets 14",
        "18 for x³ at 3",
        "overwrites the rest: 9",
    ):
        assert words in told, words
    x = Value(1.0)
    y = x
    for _ in range(20):
        y = y + y
    assert grad(y, [x]) == (2.0**20,)  # as many ways as the slope: each is worth 1
    assert f"{2**20:,}" in told


def test_no_mistake_shows_where_every_node_is_used_once():
    x = Value(3.0, "x")
    y = x * 2
    root = y * 5
    root.label = "L"
    for name in ("= in the place of +=", "parents in a set", "no topological order", "no visited set"):
        assert mistakes_laboratory.run(root)[name].first is None, name
