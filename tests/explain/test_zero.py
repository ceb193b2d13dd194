"""Why a gradient is zero: the reason, the operation that blocks, and the operand that makes it do so."""

import pytest

from autograd import Parameter, Value, dot, sum, why


def named(value, label):
    value.label = label
    return value


def reason(root, value):
    return why(named(root, "L"), value).reason


def test_the_operand_that_is_blamed_is_the_factor_that_is_zero():
    a, b, c = Value(2.0, "a"), Value(0.0, "b"), Value(0.0, "c")
    assert reason(a * b, a) == "Zero: blocked by mul at L (b = 0)."
    assert reason(a * b, b) == ""
    assert reason(b * c, b) == "Zero: blocked by mul at L (c = 0)."
    assert reason(b * c, c) == "Zero: blocked by mul at L (b = 0)."
    assert reason(dot([a, b], [c, c], b), a) == "Zero: blocked by dot at L (c = 0)."
    assert reason(b / a, a) == "Zero: blocked by div at L (b = 0)."


def test_a_factor_that_is_a_plain_0_is_not_named_twice():
    x = Value(2.0, "x")
    assert reason(x * 0, x) == "Zero: blocked by mul at L."
    assert reason(x * 0, Value(1.0, "q")) == "Zero: q is not used by L."


def test_an_operation_with_a_corner_is_blocked_by_its_own_operand():
    zero, x, y = Value(0.0, "o"), Value(-2.0, "x"), Value(3.0, "y")
    assert reason(x.relu(), x) == "Zero: blocked by relu at L (x = −2)."
    assert reason(zero.relu(), zero) == "Zero: blocked by relu at L (o = 0)."
    assert reason(x.maximum(y), x) == "Zero: blocked by maximum at L (x = −2)."
    assert reason(zero.minimum(x), zero) == "Zero: blocked by minimum at L (o = 0)."


def test_a_slope_of_one_s_own_zero_is_blamed_on_its_operand():
    x = Value(0.0, "x")
    assert reason(x * x, x) == "Zero: blocked by mul at L (x = 0)."
    assert reason(x**2, x).startswith("Zero: blocked by ")
    assert reason(x**2, x).endswith(" at L (x = 0).")


def test_every_place_that_blocks_is_named_once_and_only_those():
    x = Value(1.0, "x")
    a, b = named((x - 3).relu(), "a"), named((x - 2).relu(), "b")
    told = reason(a * 2 + b * 5 + a, x)
    assert told.count("blocked by relu at a") == told.count("blocked by relu at b") == 1
    assert told.startswith("Zero: ")
    assert told.count(";") == 1
    z, w = named(x * 4, "z"), Value(0.0, "w")
    assert reason(named(z * w, "p") + x * 0, x) == "Zero: blocked by mul at p (w = 0); blocked by mul at v1."
    r, s = named((x - 1).relu(), "r"), named((z - 5).relu(), "s")
    assert reason(r * s, x) == "Zero: blocked by mul at L (s = 0); blocked by mul at L (r = 0)."


def test_contributions_that_cancel_are_shown_largest_first():
    x = Value(5.0, "x")
    assert reason(x * 2 - x * 5 + x * 3, x) == "Zero: cancels: +3 +2 −5."
    inner = named(x * 1.0, "z")
    assert reason(inner - inner, x) == "Zero: the contributions upstream cancel."


def test_a_constant_and_a_root_have_reasons_of_their_own():
    x = Value(2.0, "x")
    loss = named(x * 3, "L")
    (constant,) = (node for node in loss.parents if node.kind == "constant")
    assert why(loss, constant).reason == "Zero: 3 is a constant, which gets no gradient."
    assert why(loss, loss).reason == ""
    assert why(loss, loss).words == "L is the root: its derivative with respect to itself is 1."
    assert why(loss, loss).text == "∂L/∂L = 1"


@pytest.mark.parametrize(("uses", "words"), [(1, "once"), (2, "twice"), (3, "3 times"), (4, "4 times")])
def test_how_often_it_is_used(uses, words):
    x = Value(2.0, "x")
    answer = why(named(sum([x * float(i) for i in range(1, uses + 1)]), "L"), x)
    assert answer.words.startswith(f"x is used {words}.")
    assert len(answer.uses) == uses
    assert answer.words.endswith(f"Its gradient is {answer.gradient:.0f}.")
    assert why(named(x * 2, "L"), Value(1.0, "q")).words.startswith("q is used not at all.")


def test_the_numbers_are_those_of_the_moment_that_is_asked_about():
    """After an update the events keep the numbers of their time, and so does the reason."""
    w, x = Parameter(0.0, "w"), Value(2.0, "x")
    loss = named(w * x, "L")
    moment = why(loss, w).names
    w.data = 7.0
    assert why(loss, x, moment).reason == "Zero: blocked by mul at L (w = 0)."


def test_what_blocks_is_found_behind_any_number_of_paths():
    """A dead unit behind sixty diamonds: the way to it is looked at once, not once for each of its 2⁶⁰ paths."""
    x = Value(1.0, "x")
    y = x
    for _ in range(60):
        y = y * 0.5 + y * 0.25
    z = named(y - 2, "z")
    assert reason(named(z.relu(), "h") * 3, x) == "Zero: blocked by relu at h (z = −2)."
