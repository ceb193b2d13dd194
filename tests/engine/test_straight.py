"""What is written out straight gives what the makers of value.py give, to the last bit, errors included."""

import math
import random
import struct

import pytest

from autograd import AutogradError, Value, no_grad
from autograd.rules import DOT, TABLE
from autograd.straight import LONGEST
from autograd.value import binary, dotted, pairs, recorder, unary

ROWS = [op for op in TABLE.values() if op.arity > 0]
NUMBERS = [-1000.0, -2.5, -1.0, -0.3, -0.0, 0.0, 0.4, 1.0, 3.0, 1000.0, math.inf, -math.inf, math.nan]


def outcome(method, *numbers):
    """The bits of the value and the partials, or the error."""
    try:
        node = method(*map(Value, numbers))
    except AutogradError as error:
        return type(error), str(error)
    return [struct.pack("d", x) if x == x else "nan" for x in (node.data, *node.partials)]


@pytest.mark.parametrize("op", ROWS, ids=lambda op: op.name)
def test_a_row_written_out_is_the_row(op):
    straight, maker = recorder(op), (unary, binary)[op.arity - 1](op)
    assert straight is not maker
    points = [(x,) for x in NUMBERS] if op.arity == 1 else [(x, y) for x in NUMBERS for y in NUMBERS]
    for numbers in points:
        assert outcome(straight, *numbers) == outcome(maker, *numbers), (op.name, numbers)


@pytest.mark.parametrize("n", [0, 1, 2, 7, LONGEST, LONGEST + 1])
def test_a_dot_written_out_is_the_dot(n):
    rng = random.Random(n)
    numbers = [rng.gauss(0, 1) for _ in range(2 * n + 1)]

    def call(method):
        return lambda *values: method(values[:n], values[n:-1], values[-1])

    assert outcome(call(dotted(n)), *numbers) == outcome(call(pairs(DOT)), *numbers)
    assert (dotted(n) is pairs(DOT)) == (n == 0 or n > LONGEST)


def test_what_is_written_out_knows_no_grad_and_plain_numbers():
    x = Value(2.0)
    with no_grad():
        assert (x * 3).parents == x.tanh().parents == dotted(1)([x], [x], x).parents == ()
    assert [p.kind for p in dotted(2)([x, 1], [2.0, x], 3).parents] == [
        "leaf",
        "constant",
        "constant",
        "leaf",
        "constant",
    ]
    assert (1 - x).parents[0].kind == "constant"
