"""What a record freezes without a word: the surprising number, asserted, and what finds it.

A record is what f did on one example. Python's own decisions and plain numbers are in it as they were that once.
"""

import math
import random

import pytest

from autograd import GraphError, Parameter, Value, record
from nn import Dropout


@pytest.fixture
def w():
    return Parameter(3.0, "w")


def found(f, *examples):
    """Assert that a second example shows what is frozen."""
    with pytest.raises(GraphError, match="two programs"):
        record(f, examples[0], check=examples[1])


def test_a_captured_label_is_frozen(w):
    y = 5.0
    loss = record(lambda x: (w * x - y) ** 2, 1.0)
    y = 100.0
    assert y != 5.0
    assert loss(1.0).data == 4.0  # (3 − 5)², not (3 − 100)²
    asked = record(lambda x, y: (w * x - y) ** 2, 1.0, 5.0)  # as an input it is asked for each time
    assert asked(1.0, 100.0).data == 9409.0


def test_a_captured_constant_is_frozen(w):
    settings = {"scale": 2.0}
    scaled = record(lambda x: settings["scale"] * w * x, 1.0)
    settings["scale"] = 10.0
    assert scaled(1.0).data == 6.0  # 2 · 3, not 10 · 3


def test_what_math_makes_of_a_number_read_from_data_is_frozen(w):
    f = lambda x: w * math.log(x.data)  # noqa: E731
    assert record(f, 1.0)(10.0).data == 0.0  # 3 · ln 1, not 3 · ln 10
    assert "1 of them not used" in str(record(f, 1.0))  # the one thing that shows
    found(f, 2.0, 3.0)


def test_an_if_on_what_math_makes_of_data_is_frozen(w):
    f = lambda x: w * x if math.copysign(1.0, x.data) > 0 else w * x * 0.1  # noqa: E731
    leaky = record(f, 1.0)
    assert leaky([2.0, -2.0]).values.tolist() == [6.0, -6.0]  # and −0.6 in eager
    assert f(Value(-2.0)).data == pytest.approx(-0.6)
    found(f, 1.0, -1.0)


def test_the_length_of_a_loop_by_data_is_frozen(w):
    def power(x):
        out = x
        for _ in range(math.isqrt(4) + int(math.fabs(x.data)) - 3):
            out = out * x
        return out * w

    assert record(power, 2.0)(3.0).data == 27.0  # 3 · 3 · 3: two factors of x, as for 2
    assert power(Value(3.0)).data == 81.0
    found(power, 2.0, 3.0)


def test_a_leaf_made_from_text_is_frozen(w):
    f = lambda x: w * Value(float(f"{x.data}"))  # noqa: E731
    assert record(f, 2.0)(10.0).data == 6.0  # 3 · 2, not 3 · 10
    found(f, 2.0, 3.0)


def test_a_dropout_mask_is_frozen(w):
    dropout = Dropout(0.5, random.Random(0))
    dropped = record(lambda x: dropout([w * x])[0], 1.0)
    masks = {dropped(1.0).data for _ in range(50)}
    assert masks in ({0.0}, {6.0})  # one mask for ever: 0, or 3 / (1 − 0.5)
    assert {dropout([w * 1.0])[0].data for _ in range(50)} == {0.0, 6.0}


def test_a_random_number_is_frozen_and_a_second_example_finds_it(w):
    rng = random.Random(0)
    f = lambda x: w * x * rng.random()  # noqa: E731
    noisy = record(f, 1.0)
    assert len({noisy(1.0).data for _ in range(50)}) == 1
    with pytest.raises(GraphError, match="the constant"):
        record(f, 1.0, check=1.0)


def test_check_lets_a_record_pass_that_freezes_nothing(w):
    record(lambda x, y: (w * x).relu() * y, 2.0, 1.0, check=(-3.0, 4.0))
