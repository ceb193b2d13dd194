"""The methods of fast.py give what value.py gives, to the last bit, errors included."""

import math
import os
import random
import struct
import subprocess
import sys
from itertools import product

import pytest

from autograd import AutogradError, Value, dot, fast, no_grad
from autograd.fast import LONGEST
from autograd.rules import DOT, MANY, PAIRS, REAL, TABLE, Op, elu, leaky_relu, power

ROWS = [*TABLE.values(), power(0), power(-2), power(1.5), leaky_relu(0.2), elu(0.5)]
NUMBERS = [-1e200, -1000.0, -2.5, -1.0, -0.3, -0.0, 0.0, 0.4, 1.0, 3.0, 1000.0, 1e200, math.inf, -math.inf, math.nan]
SOME = [-1.0, 0.0, 2.5, math.inf, math.nan]


@pytest.fixture
def plain():
    """Call a function with value.py alone; for all else in the test, fast.py is installed."""
    installed = Value.backward is fast.backward

    def call(f):
        fast.remove()
        try:
            return f()
        finally:
            fast.install()

    fast.install()
    yield call
    if not installed:
        fast.remove()


def bits(*numbers):
    return ["nan" if x != x else struct.pack("d", x) for x in numbers]


def outcome(operands, make):
    """The bits of the value, of the partials and of the gradients; or the error."""
    try:
        node = make(*operands)
        node.backward()
    except AutogradError as error:
        return type(error), str(error)
    return bits(node.data, *node.partials, *(x.grad for x in node.parents if x.kind != "constant"))


def points(op):
    """Operands to try: every number, or every tuple of some."""
    if op.arity > 0:
        return product(NUMBERS, repeat=op.arity)
    if op.arity == PAIRS:
        return product(SOME, repeat=5)
    return [*product(SOME, repeat=1), *product(SOME, repeat=3)]


@pytest.mark.parametrize("op", ROWS, ids=lambda op: op.name)
def test_every_row_is_the_same_without(op, plain):
    def all_outcomes():
        found = []
        for numbers in points(op):
            xs = [Value(x) for x in numbers]
            found.append(outcome(xs, lambda *xs: xs[0].apply(op, *xs)))
        return found

    assert all_outcomes() == plain(all_outcomes)


METHODS = {name: method for name, method in fast.methods().items() if hasattr(Value, name)}


@pytest.mark.parametrize("name", sorted(METHODS.keys() - {"apply", "backward"}))
def test_every_method_is_the_same_without(name, plain):
    def all_outcomes():
        found = []
        for x in NUMBERS:
            method = getattr(Value(x), name)
            found += (
                [outcome((y,), method) for y in (*NUMBERS, 2, Value(3.0))] if takes_two(name) else [outcome((), method)]
            )
        return found

    assert all_outcomes() == plain(all_outcomes)


def takes_two(name):
    return name in ("__pow__", "__rpow__", "maximum", "minimum") or name.strip("_").removeprefix("r") in (
        "add",
        "sub",
        "mul",
        "truediv",
    )


@pytest.mark.parametrize("n", [0, 1, 2, 7, LONGEST, LONGEST + 1])
@pytest.mark.parametrize("special", [1.0, 0.0, math.inf, math.nan])
def test_a_dot_is_the_same_without(n, special, plain):
    rng = random.Random(n)
    numbers = [*(rng.gauss(0, 1) for _ in range(2 * n)), special]
    rng.shuffle(numbers)

    def both():
        xs = [Value(x) for x in numbers]
        plainly = outcome(xs, lambda *v: dot(v[:n], v[n:-1], v[-1]))
        mixed = outcome(xs[:1], lambda x: dot([x, *numbers[1:n]][:n], numbers[n:-1], x))
        faded = outcome(xs, lambda *v: dot(v[:n], v[n:-1], v[-1]) * 0.0)
        return plainly, mixed, faded, bits(*(x.grad for x in xs))

    assert both() == plain(both)


def test_a_zero_upstream_adds_nothing_to_a_dot_and_infinity_times_zero_is_nan(plain):
    def slopes():
        w, x = Value(math.inf), Value(2.0)
        (dot([w], [x], 1.0) * 0.0).backward()
        return bits(w.grad, x.grad)

    assert slopes() == plain(slopes) == bits(0.0, math.nan)


def test_a_row_of_pairs_of_ones_own_hands_on_its_own_slopes(plain):
    row = Op(
        "mine",
        lambda xp, ws, xs, b: 3.0 * b,
        lambda xp, ws, xs, b, out: ((math.inf,), (2.0,), 3.0),
        "",
        "",
        (REAL, PAIRS),
    )

    def slopes(factor):
        w, x, b = Value(1.0), Value(1.0), Value(1.0)
        (w.apply(row, w, x, b) * factor).backward()
        return bits(w.grad, x.grad, b.grad)

    assert slopes(2.0) == plain(lambda: slopes(2.0)) == bits(math.inf, 4.0, 6.0)
    assert slopes(0.0) == plain(lambda: slopes(0.0)) == bits(math.nan, 0.0, 0.0)


def test_a_wrong_number_is_refused_alike(plain):
    def refused():
        said = []
        for wrong in ("text", None, Value(1.0), 2 + 3j, [1.0]):
            for make in (
                lambda x: x + 1,
                lambda x: x.tanh(),
                lambda x: dot([x], [2.0]),
                lambda x: x.apply(TABLE["sum"], x, x),
            ):
                x = Value(1.0)
                x.data = wrong
                said.append(outcome((x,), make))
        return said

    assert refused() == plain(refused)
    assert all(kind is not bytes for kind, _ in refused())


def test_it_knows_no_grad_and_plain_numbers(plain):
    def kinds():
        x = Value(2.0)
        with no_grad():
            assert (x * 3).parents == x.tanh().parents == dot([x], [x], x).parents == ()
            assert dot([x] * 40, [x] * 40).parents == x.apply(TABLE["sum"], x, 1.0).parents == ()
        assert [p.kind for p in dot([x, 1], [2.0, x], 3).parents] == [
            "leaf",
            "constant",
            "constant",
            "leaf",
            "constant",
        ]
        return (1 - x).parents[0].kind, (1 - x).op, dot([x], [x]).op, (x**2).op

    assert kinds() == plain(kinds)
    assert kinds()[0] == "constant"
    assert kinds()[2] is DOT


def test_what_is_removed_is_removed(plain):
    assert "__add__" in vars(Value)
    assert plain(lambda: {"__add__", "tanh", "__pow__"} & set(vars(Value))) == set()
    assert plain(lambda: Value.backward.__module__) == "autograd.value"
    assert Value.backward.__module__ == "autograd.fast"


@pytest.mark.parametrize(("plainly", "module"), [("1", "autograd.value"), ("", "autograd.fast")])
def test_the_environment_says_whether_it_is_installed(plainly, module):
    done = subprocess.run(
        [sys.executable, "-c", "from autograd import Value; print(Value.backward.__module__, (Value(2.0) * 3).data)"],
        env=os.environ | {"CHALKGRAD_PLAIN": plainly},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout.split() == [module, "6.0"]


def test_rows_of_many_are_reached():
    assert {op.arity for op in ROWS} == {1, 2, MANY, PAIRS}
