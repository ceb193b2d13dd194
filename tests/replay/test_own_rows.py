"""A row of one's own runs on every backend with whatever operators Python's numbers have; what none can do is refused."""

import math

import numpy as np
import pytest

from autograd import GraphError, Parameter, Value, gradcheck, mean, record
from autograd.op import MANY, REAL, Op
from tests.replay.test_backends import LIBRARIES, arrays_of
from tests.replay.test_replay import BACKENDS

# value and slope, each over a namespace xp
ROWS = {
    "+ −": (lambda xp, x: 1.5 + x - 0.5 - (2 - x) + (+x), lambda xp, x, out: (1 + 1.0 + 1,)),
    "× ÷": (lambda xp, x: 3 * x * 2 / (4 / (x / 2)), lambda xp, x, out: (1.5 * x,)),
    "**": (lambda xp, x: (1 + x * x) ** -1.5, lambda xp, x, out: (-3.0 * x * (1 + x * x) ** -2.5,)),
    "** from the right": (lambda xp, x: 2.0**x, lambda xp, x, out: (math.log(2.0) * 2.0**x,)),
    "** of two": (lambda xp, x: (x * x + 1) ** (x / 4), lambda xp, x, out: (out * (xp.log(x * x + 1) / 4 + x * x / 2 / (x * x + 1)),)),
    "abs, −": (lambda xp, x: abs(-x) * -x, lambda xp, x, out: (-2 * abs(x),)),
    "<": (lambda xp, x: xp.where(x < 0.3, x, 2 * x), lambda xp, x, out: (xp.where(x < 0.3, 1.0, 2.0),)),
    "<=": (lambda xp, x: xp.where(x <= 0.3, x, 2 * x), lambda xp, x, out: (xp.where(x >= 0.4, 2.0, 1.0),)),
    "==": (lambda xp, x: xp.where(x == 0.75, 3 * x, x), lambda xp, x, out: (xp.where(x == 0.75, 3.0, 1.0),)),
    "!=": (lambda xp, x: xp.where(x != 0.75, x, 3 * x), lambda xp, x, out: (xp.where(x != 0.75, 1.0, 3.0),)),
}  # fmt: skip
XS = [0.75, -1.25, 0.25, 2.0]


def op_of(name):
    return Op("own", *ROWS[name], "own", r"\mathrm{{own}}({0})", (REAL,))


def eager(row):
    w = Parameter(1.0)
    loss = mean([w.apply(row, w * x) for x in XS])
    loss.backward()
    return loss.data, w.grad


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("backend", BACKENDS)
def test_a_row_with_this_operator_is_eager_on_every_backend(backend, name):
    row, w = op_of(name), Parameter(1.0)
    loss = record(lambda x: w.apply(row, w * x), 0.5, backend=backend)(XS)
    loss.backward()
    assert (loss.data, w.grad) == pytest.approx(eager(row), rel=1e-13)


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("library", LIBRARIES)
def test_a_row_with_this_operator_is_eager_on_arrays_of_other_libraries(library, name):
    row, w = op_of(name), Parameter(1.0)
    loss = record(lambda x: w.apply(row, w * x), 0.5)(arrays_of(library, np.array(XS)))
    loss.backward()
    assert (loss.data, w.grad) == pytest.approx(eager(row), rel=1e-12)


@pytest.mark.parametrize("name", ROWS)
def test_a_row_with_this_operator_is_written_as_python(name):
    row, w, names = op_of(name), Parameter(1.0, "w"), {}
    exec(record(lambda x: w.apply(row, w * x), 0.5).source(), names)  # noqa: S102
    for x in XS:
        w.grad = None
        out = w.apply(row, w * x)
        out.backward()
        value, (slope,) = names["replay"](x, 1.0)
        assert (value, slope) == pytest.approx((out.data, w.grad), rel=1e-14)


@pytest.mark.parametrize("name", ROWS)
def test_a_row_with_this_operator_is_checked_by_the_complex_step(name):
    if name == "abs, −":  # −x·|x|
        assert gradcheck(lambda x: x.apply(op_of(name), x), -0.75).rows[0].complex_step == pytest.approx(-1.5)
    for x in XS:
        (row,) = gradcheck(lambda x: x.apply(op_of(name), x), x).rows
        assert row.complex_step == pytest.approx(row.analytic, rel=1e-13)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_power_that_would_be_complex_is_not_a_number_in_every_reading(backend):
    root, w = Op("root", lambda xp, x: x**0.5, lambda xp, x, out: (0.5 * x**-0.5,), "r", "{0}", (REAL,)), Parameter(1.0)
    assert math.isnan(w.apply(root, -1.0).data)
    loss = record(lambda x: w.apply(root, w * x), 1.0, backend=backend)([-1.0, 4.0])
    loss.backward()
    assert (math.isnan(loss.data), math.isnan(w.grad)) == (True, True)


@pytest.mark.parametrize(
    "sign",
    ["x // 2.0", "7.0 % x", "divmod(x, 2.0)[0]", "round(x) * 1.0", "float(x)", "xp.where((x > 0) & (x < 1), x, 0.0)"],
)
def test_an_operator_that_not_every_reading_has_is_refused_with_what_there_is(sign):
    row = Op("own", eval(f"lambda xp, x: {sign}"), lambda xp, x, out: (1.0,), "o", "{0}", (REAL,))
    w = Parameter(0.7)
    with pytest.raises(GraphError, match=r"not every reading has.*\+ - \* / \*\*"):
        record(lambda x: w.apply(row, w * x), 0.5, backend="numpy")([0.5, 0.7])
    with pytest.raises(GraphError, match="not every reading has"):
        record(lambda x: w.apply(row, w * x), 0.5, backend="python").source()


DECIDING = {
    "if": Op("bent", lambda xp, x: x if x > 0 else 0.1 * x, lambda xp, x, out: (1.0 if x > 0 else 0.1,), "b", "{0}", (REAL,)),
    "not": Op("step", lambda xp, x: x * (not x > 0), lambda xp, x, out: (1.0 * (not x > 0),), "b", "{0}", (REAL,)),
    "max": Op("largest", lambda xp, xs: max(xs), lambda xp, xs, out: tuple(xp.where(x < out, 0.0, 1.0) for x in xs), "m", "{0}", (REAL, MANY)),
}  # fmt: skip


@pytest.mark.parametrize("name", DECIDING)
@pytest.mark.parametrize("backend", BACKENDS)
def test_a_row_that_python_decides_runs_on_the_backend_python_and_is_refused_by_the_others(backend, name):
    row, w = DECIDING[name], Parameter(1.0)
    operands = (lambda x: (w * x, w * 0.5)) if name == "max" else lambda x: (w * x,)
    f = lambda x: w.apply(row, *operands(x))  # noqa: E731
    if backend == "python":
        assert record(f, 1.0, backend=backend)([2.0, -2.0]).data == mean([f(Value(2.0)), f(Value(-2.0))]).data
    else:
        with pytest.raises(GraphError, match=r"xp\.where\(condition, x, y\)"):
            record(f, 1.0, backend=backend)([2.0, -2.0])
