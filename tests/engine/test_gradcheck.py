"""gradcheck: passes what is right, catches what is wrong, and says where."""

import math

import pytest

from autograd import (
    DataError,
    DomainError,
    GraphError,
    Value,
    dot,
    gradcheck,
    hessian,
    logsumexp,
    mean,
    no_grad,
    rules,
)
from autograd.gradcheck import Report, Row
from autograd.rules import Op

WRONG = Op("wrong", lambda xp, x, y: x * y, lambda xp, x, y, out: (y, 1.001 * x), "?", "?", (rules.REAL, rules.REAL))
SIGN = Op("sign", lambda xp, x: xp.sin(x), lambda xp, x, out: (-xp.cos(x),), "?", "?", (rules.REAL,))


@pytest.mark.parametrize(
    ("f", "inputs"),
    [
        (lambda x: x.tanh() * x, [0.5]),
        (lambda x, y: (x * y + x / y).exp(), [0.5, 0.7]),
        (lambda x, y: logsumexp([x, y, x]) - (x * y).sigmoid(), [0.5, -700.0]),
        (lambda x, y, b: dot([x, y], [y, x], b) ** 2, [0.5, -3.0, 1e3]),
        (lambda x: x.sigmoid() + x.softplus(), [0.0]),
        (lambda x: x.relu() + x.abs(), [1.5]),
        (lambda x: x, [2.0]),
        (lambda x: x * 0 + 3, [2.0]),
        (lambda x, y: x, [2.0, 1.0]),
        (lambda x: x**1.5, [1e6]),
        (lambda x: x.log(), [0.1]),
        (lambda *xs: mean([x * x for x in xs]), [float(i) for i in range(30)]),
    ],
)
def test_what_is_right_passes(f, inputs):
    report = gradcheck(f, *inputs)
    assert report, str(report)
    assert len(report.rows) == len(inputs)


def test_a_wrong_slope_is_caught_and_the_input_named():
    report = gradcheck(lambda u, v: u.apply(WRONG, u, v), Value(2.0, "u"), Value(3.0, "v"))
    assert not report
    assert report.worst.name == "v"
    assert (report.worst.analytic, report.worst.complex_step) == (2.002, 2.0)
    assert report.worst.numeric == pytest.approx(2.0)
    assert [row.error <= 1 for row in report.rows] == [True, False]
    lines = str(report).splitlines()
    assert lines[0] == "gradcheck FAILED: 2 inputs, the worst is v"
    assert lines[2].endswith("ok")
    assert lines[3].endswith("WRONG")
    assert "2.002" in lines[3]


def test_a_wrong_sign_deep_inside_is_caught():
    assert not gradcheck(lambda x: (x * 2).apply(SIGN, x * 2).exp(), 0.3)
    assert not gradcheck(lambda x, y: x * x.detach() + y, 2.0, 1.0), "a detached factor is a lost gradient"


def test_a_small_slip_is_caught_by_the_complex_step_alone():
    slip = Op("slip", lambda xp, x: xp.exp(x), lambda xp, x, out: (out * (1 + 1e-9),), "?", "?", (rules.REAL,))
    report = gradcheck(lambda x: x.apply(slip, x), 1.0)
    assert not report
    assert math.isclose(report.worst.numeric, report.worst.analytic, rel_tol=1e-7)


def test_columns_are_aligned():
    report = gradcheck(lambda x, y: x * y + x, 3.0, 4.0)
    head, title, *rows = str(report).splitlines()
    assert head.startswith("gradcheck passed: 2 inputs")
    for column in ("analytic", "numeric", "complex step"):
        end = title.index(column) + len(column)
        assert all(row[end - 1].isdigit() and row[end : end + 1] in ("", " ") for row in rows)


def test_with_a_kink_on_the_way_there_is_no_complex_step():
    report = gradcheck(lambda x: (x.relu() * x).tanh(), 0.5)
    assert report
    assert report.rows[0].complex_step is None


def test_at_a_kink_the_check_fails_rather_than_guesses():
    assert not gradcheck(lambda x: x.relu(), 0.0)


@pytest.mark.parametrize("f", [lambda x: x.log(), lambda x: x.sqrt(), lambda x: x**-1, lambda x: 1 / x + x.log()])
@pytest.mark.parametrize("x", [1e-12, 1e-9, 1e-5, 8e-6])
def test_near_the_edge_of_a_domain_the_step_gets_smaller(f, x):
    report = gradcheck(f, x)
    assert report, str(report)
    wrong = gradcheck(lambda x: f(x * 0.999 + x.detach() * 0.001), x)
    assert not wrong


def test_at_the_edge_of_a_domain_the_report_says_so():
    report = gradcheck(lambda x, y: x.sqrt() + y, Value(0.0, "x"), 2.0)
    assert not report
    assert report.worst.name == "x"
    last = str(report).splitlines()[-1]
    assert last.startswith("x: a step of 6e−06 leaves the domain: sqrt(-6e-06) has no value"), last
    assert report.rows[1].remark == ""


@pytest.mark.parametrize("x", [0.0, 1e-8, -1e-8])
def test_a_kink_is_named_where_the_check_fails(x):
    def f(x, y):
        z = x - 0.5
        h = z.relu()
        h.label = "hidden"
        return h * y

    report = gradcheck(f, x + 0.5, 3.0)
    assert [bool(row.remark) for row in report.rows] == [True, False]
    assert "relu at hidden is " in str(report)
    assert "from its kink, x = 0" in str(report)


def test_beside_a_kink_the_smaller_step_is_enough():
    report = gradcheck(lambda x: x.relu() + x.abs(), 1e-7)
    assert report, str(report)


def test_leaving_the_graph_is_named():
    report = gradcheck(lambda x, y: y * x.data, 2.0, 3.0)
    assert [row.error <= 1 for row in report.rows] == [False, True]
    assert "x1: no graph leads from here" in str(report)


def test_inside_no_grad_it_refuses():
    for check in (lambda: gradcheck(lambda x: x * x, 2.0), lambda: hessian(lambda x: x * x, [2.0])):
        with no_grad(), pytest.raises(GraphError, match="no_grad"):
            check()


def test_a_nan_does_not_pass():
    assert not gradcheck(lambda x: x * math.nan, 1.0)
    assert not Report((Row("x", math.nan, 1.0, None, 1e-6),))


def test_inputs_are_not_touched():
    x = Value(2.0, "x")
    y = x * 3
    y.backward()
    assert gradcheck(lambda x: x * x, x)
    assert (x.data, x.grad, y.grad) == (2.0, 3.0, 1.0)


def test_tolerance_is_relative_and_absolute_below_one():
    def off(by):
        row = Op("off", lambda xp, x: xp.abs(x), lambda xp, x, out: (1.0 + by,), "?", "?", (rules.REAL,), rules.AT_ZERO)
        return lambda x: 1e6 * x.apply(row, x)

    assert gradcheck(off(1e-7), 2.0)
    assert not gradcheck(off(1e-5), 2.0)
    assert gradcheck(off(1e-5), 2.0, tolerance=1e-4)


def test_the_graph_is_read_again_at_other_numbers():
    """A branch on data is followed on both sides of the input."""
    assert gradcheck(lambda x: x * 2 if x > 0 else x * 5, 1.0)
    assert not gradcheck(lambda x: x * 2 if x > 0 else x * 5, 0.0)


def test_outside_the_domain_it_refuses():
    with pytest.raises(DomainError):
        gradcheck(lambda x: x.log(), -1.0)
    with pytest.raises(DataError):
        gradcheck(lambda x: x.data, 1.0)
