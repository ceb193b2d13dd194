"""Second derivatives: the table read with Values, against numbers of 60 digits."""

import pytest
from hypothesis import given
from mpmath import MPContext

from autograd import DataError, Value, grad, hessian
from autograd.rules import PAIRS, TABLE, elu
from tests.strategies import MP, as_values, examples, namespace_of, programs, second60, sixty

H = MP.mpf(10) ** -250  # with a thousand digits, a step that leaves 500 of them right
SMOOTH = [op for op in TABLE.values() if op.kinks is None]


@pytest.mark.parametrize("op", SMOOTH, ids=lambda op: op.name)
def test_every_smooth_row_has_the_right_second_derivatives(op):
    numbers = [0.7, 1.3, 0.4] if op.arity < 0 else [0.7, 1.3][: op.arity]
    rows = hessian(lambda *xs: xs[0].apply(op, *xs), numbers)
    h = MP.mpf(10) ** -15
    for i in range(len(numbers)):
        for j in range(len(numbers)):
            total = MP.mpf(0)
            for a in (1, -1):
                for b in (1, -1):
                    point = [MP.mpf(x) for x in numbers]
                    point[i] += a * h
                    point[j] += b * h
                    total += a * b * op.at(sixty, tuple(point))
            exact = float(total / (4 * h * h))
            assert rows[i][j] == pytest.approx(exact, rel=1e-9, abs=1e-9), (op.name, i, j)
    assert op.arity != PAIRS or rows[0][1] == 1.0


@examples(60)
@given(programs(rows=tuple(SMOOTH), longest=5))
def test_the_gradient_of_a_gradient_of_a_program(program):
    nodes = as_values(program)
    leaves = nodes[: len(program.leaves)]
    slopes = grad(nodes[-1], leaves, create_graph=True)
    assert [s.data for s in slopes] == pytest.approx(list(grad(nodes[-1], leaves)), rel=1e-9, abs=1e-9)
    for i, slope in enumerate(slopes):
        for j, second in enumerate(grad(slope, leaves)):
            exact = float(second60(program, i, j))
            assert second == pytest.approx(exact, rel=1e-6, abs=1e-6 * max(1.0, abs(exact))), program


FAR = [sign * size for size in (0.03, 3.0, 10.0, 30.0, 45.0, 100.0, 350.0, 700.0) for sign in (1, -1)]
SATURATING = {"tanh", "sigmoid"}  # slopes made from `out`, as textbooks have them: right to 16 places, not to 16 digits


@pytest.mark.parametrize("op", [op for op in SMOOTH if op.arity == 1] + [elu(1.0)], ids=lambda op: op.name)
def test_far_out_slopes_read_as_values_and_their_slopes_are_right(op):
    far = MPContext()
    far.dps = 1000
    for number in filter(op.domain[0].has, FAR):
        below, here, above = (op.at(namespace_of(far), (far.mpf(number) + h,)) for h in (-H, 0, H))
        first, second = (above - below) / (2 * H), (above - 2 * here + below) / (H * H)
        x = Value(number)
        (slope,) = grad(x.apply(op, x), [x], create_graph=True)
        for found, exact in ((slope.data, first), (grad(slope, [x])[0], second)):
            loose = 1e-15 if op.name in SATURATING else 1e-300
            assert found == pytest.approx(float(exact), rel=1e-11, abs=loose), (op.name, number)


def test_third_derivatives_come_the_same_way():
    x = Value(2.0)
    y = x**4
    for expected in (32.0, 48.0, 48.0, 24.0):
        (y,) = grad(y, [x], create_graph=True)
        assert y.data == expected


def test_hessian_refuses_a_function_that_returns_no_value():
    with pytest.raises(DataError, match="returns a Value"):
        hessian(lambda x: x.data, [1.0])


def test_newton_on_a_saddle_finds_the_saddle():
    def f(x, y):
        return x * x - y * y + x * y

    point = [1.5, -0.5]
    (a, b), (c, d) = hessian(f, point)
    leaves = [Value(p) for p in point]
    gx, gy = grad(f(*leaves), leaves)
    det = a * d - b * c
    step = [(d * gx - b * gy) / det, (a * gy - c * gx) / det]
    assert det < 0
    assert [p - s for p, s in zip(point, step, strict=True)] == pytest.approx([0.0, 0.0], abs=1e-15)
