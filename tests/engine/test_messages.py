"""Every refusal: it says what is wrong, why, and what would work; it is also the built-in kind; it changes nothing."""

import array
import builtins
import cmath
import decimal
import math
import os
import re

import numpy as np
import pytest

import autograd
from autograd import (
    AutogradError,
    DataError,
    DivisionError,
    DomainError,
    GraphError,
    LengthError,
    RangeError,
    Value,
    gradcheck,
    steps,
)
from autograd.graph import topological_order

X = Value(2.0, "x")  # every case may use it, and none may change it

NOT_NUMBERS = [
    ("3", "'3'", "float(x)"),
    (b"3", "b'3'", "float(x)"),
    (None, "None", "return"),
    ([1.0, 2.0], "[1.0, 2.0]", "[Value(x) for x in xs]"),
    ([Value(2.0)], "[Value(data=2.0", "a list of Values. Take one of them, xs[0]"),
    ((1.0,), "(1.0,)", "[Value(x) for x in xs]"),
    ({1: 2}, "{1: 2}", "[Value(x) for x in xs]"),
    (np.array([1.0, 2.0]), "array([1., 2.])", "[Value(x) for x in xs]"),
    (True, "True", "float(x)"),
    (np.True_, "True", "bool, a truth value"),
    (1 + 2j, "(1+2j)", "x.real"),
    (np.complex128(1j), "1j", "x.real"),
    (decimal.Decimal("1.5"), "Decimal('1.5')", "float(x)"),
    (object, "<class 'object'>", "float(x)"),
    (lambda: 3, "<function", "float(x)"),
]


@pytest.mark.parametrize(("given", "shown", "remedy"), NOT_NUMBERS, ids=lambda x: str(x)[:12])
@pytest.mark.parametrize(
    "use",
    [
        Value,
        autograd.Parameter,
        autograd.lift,
        lambda x: X + x,
        lambda x: X - x,
        lambda x: X * x,
        lambda x: X / x,
        lambda x: x**X,
        lambda x: x > X,
        lambda x: X.maximum(x),
        lambda x: autograd.minimum(X, x),
        lambda x: autograd.sum([X, x]),
        lambda x: autograd.max([x, X]),
        lambda x: autograd.softmax([x]),
        lambda x: autograd.dot([X], [x]),
        lambda x: autograd.dot([x], [X]),
        lambda x: autograd.dot([X], [X], x),
        lambda x: gradcheck(lambda y: y, x),
    ],
    ids=lambda f: getattr(f, "__name__", "").replace("<lambda>", ""),
)
def test_what_is_no_number_is_refused_with_a_remedy(given, shown, remedy, use):
    with pytest.raises(DataError) as caught:
        use(given)
    message = str(caught.value)
    assert isinstance(caught.value, TypeError)
    assert shown in message, message
    assert remedy in message, message
    assert message[-1] in ".?"


@pytest.mark.parametrize("other", ["3", None, [1.0], np.array([1.0, 2.0]), np.array([[1.0]]), True, 1j])
@pytest.mark.parametrize(
    "use",
    [
        lambda a, v: a + v,
        lambda a, v: a - v,
        lambda a, v: a * v,
        lambda a, v: a / v,
        lambda a, v: a**v,
        lambda a, v: v**a,
    ],
)
def test_what_is_no_number_is_refused_on_the_left_too(other, use):
    with pytest.raises(DataError, match="number"):
        use(other, X)


def test_an_array_times_a_value_is_no_object_array():
    for use in (lambda a: a * X, lambda a: X * a, lambda a: a + X, lambda a: X - a):
        with pytest.raises(DataError, match=r"Make one Value for each: \[Value\(x\) for x in xs\]"):
            use(np.array([1.0, 2.0]))
    with pytest.raises(TypeError):
        np.sin(X)
    with pytest.raises(DataError):
        np.array([1.0]) * X
    assert (np.float64(2) * X).data == 4.0


@pytest.mark.parametrize(
    "leave",
    [
        math.sin, math.exp, math.sqrt, float, complex, int, round, math.floor, math.ceil, cmath.sin,
        lambda v: array.array("d", [v]), lambda v: math.fsum([v]), lambda v: math.pow(v, 2), lambda v: round(v, 2),
        lambda v: v % 2, lambda v: 5 % v, lambda v: v // 2, lambda v: 5 // v,
    ],
)  # fmt: skip
def test_leaving_the_graph_without_a_word_is_refused(leave):
    with pytest.raises(DataError) as caught:
        leave(X)
    for word in ("gradient", "v.sin()", "v.item()"):
        assert word in str(caught.value)


@pytest.mark.parametrize(
    "leave", [range, lambda v: [1, 2, 3][v], list, len, lambda v: v[0], lambda v: v @ v, math.trunc]
)
def test_what_a_value_is_not_is_a_type_error(leave):
    with pytest.raises(TypeError):
        leave(X)


DOMAINS = [
    (lambda: Value(0.0).log(), DomainError, ["log(0.0)", "greater than 0", "maximum(x, 1e-12)"]),
    (lambda: Value(-3.0).log(), DomainError, ["log(-3.0)", "greater than 0"]),
    (lambda: Value(-0.0).log(), DomainError, ["log(-0.0)"]),
    (lambda: Value(-4.0).sqrt(), DomainError, ["sqrt(-4.0)", "0 or greater", "maximum(x, 0)"]),
    (lambda: Value(3.0) / 0, DivisionError, ["3.0/0.0", "div", "second operand", "other than 0"]),
    (lambda: 3 / Value(0.0), DivisionError, ["3.0/0.0", "other than 0"]),
    (lambda: Value(3.0) / -0.0, DivisionError, ["div", "-0.0"]),
    (lambda: Value(0.0) ** -1, DivisionError, ["0.0⁻¹", "other than 0"]),
    (lambda: Value(0.0) ** -0.5, DivisionError, ["0.0", "power(-0.5)", "greater than 0"]),
    (lambda: Value(-8.0) ** (1 / 3), DomainError, ["(-8.0)", "power(0.333333333333)", "0 or greater"]),
    (lambda: Value(-8.0) ** Value(3.0), DomainError, ["(-8.0)", "first operand", "plain number"]),
    (lambda: (-8) ** Value(3.0), DomainError, ["(-8.0)", "first operand"]),
    (lambda: Value(0.0) ** Value(2.0), DomainError, ["pow", "0.0", "greater than 0"]),
    (lambda: Value(1000.0).exp(), RangeError, ["exp(1000.0)", "too large", "logsumexp, softplus, sigmoid"]),
    (lambda: 2 ** Value(5000.0), RangeError, ["2.0^5000.0", "too large"]),
    (lambda: Value(1e200) ** 3, RangeError, ["1e+200³", "too large"]),
    (lambda: Value(-1e200) ** 2, RangeError, ["(-1e+200)²", "too large", "Scale the operand to"]),
    (lambda: Value(1e-200) ** -1, RangeError, ["1e-200⁻¹ or its slope is too large"]),
    (lambda: Value(10**400), RangeError, ["10000", "1.8e308", "Scale"]),
    (lambda: X * 10**400, RangeError, ["10000", "1.8e308"]),
    (lambda: 10**400 - X, RangeError, ["10000", "1.8e308"]),
    (lambda: X ** 10**400, RangeError, ["exponent", "1.8e308"]),
    (lambda: Value(math.inf).sin(), DomainError, ["sin(inf)", "finite"]),
    (lambda: Value(-math.inf).cos(), DomainError, ["cos(-inf)", "finite"]),
    *((lambda f=f, xs=xs: f(xs), DomainError, [f.__name__, "inf", "overflowed", "unmasked"])
      for f in (autograd.logsumexp, autograd.softmax)
      for xs in ([math.inf, 0.0], [X, math.inf], [-math.inf], [-math.inf] * 2, [math.inf] * 2, [-math.inf, math.inf])),
    (lambda: X**math.inf, DataError, ["x ** inf", "finite"]),
    (lambda: X**math.nan, DataError, ["x ** nan", "finite"]),
    (lambda: X**True, DataError, ["x ** True", "number"]),
]  # fmt: skip
BUILT_IN = {
    DataError: TypeError, GraphError: ValueError, LengthError: ValueError, DomainError: ValueError,
    DivisionError: ZeroDivisionError, RangeError: OverflowError,
}  # fmt: skip


@pytest.mark.parametrize(("do", "kind", "words"), DOMAINS)
def test_where_an_operation_has_no_value(do, kind, words):
    with pytest.raises(BUILT_IN[kind]) as caught:
        do()
    assert type(caught.value) is kind
    assert isinstance(caught.value, AutogradError)
    for word in words:
        assert word in str(caught.value), str(caught.value)
    assert str(caught.value).endswith(".")


LENGTHS = [
    (lambda: autograd.dot([1, 2], [X]), LengthError, ["2 weights", "1 inputs"]),
    (lambda: autograd.mean([]), LengthError, ["mean of no values", "one at least"]),
    (lambda: autograd.max([]), LengthError, ["max of no values"]),
    (lambda: autograd.min(iter(())), LengthError, ["min of no values"]),
    (lambda: autograd.logsumexp([]), LengthError, ["logsumexp of no values"]),
    (lambda: autograd.softmax([]), LengthError, ["softmax of no values"]),
    (lambda: autograd.max(X), DataError, ["takes a list", "maximum(x, y)"]),
    (lambda: autograd.sum(X), DataError, ["takes a list", "sum([x, y])"]),
    (lambda: autograd.sum(3), DataError, ["takes a list"]),
    *(
        (lambda f=f: f(X, X), DataError, ["takes a list", f"{f.__name__}([x, y])"])
        for f in (autograd.sum, autograd.mean, autograd.logsumexp, autograd.softmax, autograd.max, autograd.min)
    ),
    (lambda: autograd.sum([X], 0), DataError, ["sum takes a list, and nothing else"]),
    (lambda: autograd.grad(3.0, [X]), GraphError, ["3.0", "float", "Keep the Value"]),
    (lambda: autograd.grad(X, [2.0]), GraphError, ["2.0", "float"]),
    (lambda: steps(3.0), GraphError, ["3.0", "float", "loss"]),
    (lambda: gradcheck(lambda x: 3.0, 1.0), DataError, ["3.0", "Return the Value"]),
    (lambda: gradcheck(lambda: X), DataError, ["one input at least"]),
    (lambda: X ^ 2, DataError, ["v ^ 2", "v ** 2"]),
    (lambda: autograd.dot(X, X), DataError, ["two lists", "w * x"]),
    (lambda: autograd.dot((x for x in [X]), [X]), DataError, ["two lists"]),
    (lambda: autograd.grad(lambda x: x, 3.0), GraphError, ["function", "y = f(x), and give y"]),
    (lambda: autograd.grad(X * X, X, X), DataError, ["one list, grad(loss, [w, b])", "create_graph"]),
    (lambda: autograd.scope(3), DataError, ["scope", "string", "3"]),
    (lambda: X.leaky_relu(X), DataError, ["leaky_relu", "fixed", "plain number"]),
    (lambda: X.elu("1"), DataError, ["elu('1')", "plain number"]),
    (lambda: X.elu(math.nan), DataError, ["elu(nan)", "finite"]),
    (lambda: gradcheck(X, 3.0), DataError, ["gradcheck", "Give the function"]),
    (lambda: autograd.hessian(X, [3.0]), DataError, ["hessian", "Give the function"]),
    (lambda: autograd.hessian(lambda x: x, 3.0), DataError, ["as a list", "hessian(f, [3.0])"]),
    (lambda: Value(1, 2), DataError, ["label", "2", "Value(1) and another Value?"]),
    (lambda: Value("x", 3.0), DataError, ["label", "Did you mean Value(3.0, 'x')?"]),
    (lambda: Value(X), DataError, ["already", "x.data", "x.detach()"]),
]


@pytest.mark.parametrize(("do", "kind", "words"), LENGTHS)
def test_functions_refuse_what_they_cannot_use(do, kind, words):
    with pytest.raises(BUILT_IN[kind]) as caught:
        do()
    assert type(caught.value) is kind
    for word in words:
        assert word in str(caught.value), str(caught.value)


def test_an_array_of_values_holds_them_as_they_are():
    both = np.array([X, X * 2])
    assert both[0] is X
    assert (np.dot(both, [1.0, 2.0]).data, both.sum().data) == (10.0, 6.0)
    assert np.array(X).item() is X
    for leave in (lambda: np.array([X], dtype=float), lambda: both.astype(float), lambda: np.float64(X)):
        with pytest.raises(DataError, match=r"v\.item\(\)"):  # with a __getitem__ NumPy would speak of a sequence
            leave()


@pytest.mark.skipif(
    os.environ.get("CHALKGRAD_PLAIN") == "1", reason="without fast.py Python names the function that made it"
)
def test_a_method_that_is_called_wrongly_is_named():
    with pytest.raises(TypeError, match=r"Value\.relu\(\) takes 1"):
        X.relu(0)


def test_a_function_that_is_a_method_is_pointed_to():
    with pytest.raises(AttributeError, match=r"its method: x\.sqrt\(\)"):
        autograd.sqrt(X)
    with pytest.raises(AttributeError, match=r"'nothing_such'$"):
        _ = autograd.nothing_such


def test_a_refusal_leaves_the_graph_as_it_was():
    x, zero = Value(2.0, "x"), Value(0.0)
    y = (x * 3 + zero).tanh() + x
    y.backward()

    def state():
        return [(v, v.data, v.grad, v.label, v.op, v.parents, v.partials) for v in topological_order(y)]

    before = state()
    refused = [
        lambda: y / zero, lambda: zero.log(), lambda: zero**-1, lambda: y + "a", lambda: autograd.sum([y, x, None]),
        lambda: autograd.dot([y, x], [x, "a"]), lambda: autograd.dot([y], [x, x]), lambda: math.sin(y),
        lambda: (y * 1000).exp().exp(), lambda: np.array([1.0]) * y, lambda: autograd.grad(y, ["x"]), lambda: autograd.max([]),
    ]  # fmt: skip
    for do in refused:
        with pytest.raises(AutogradError):
            do()
        assert state() == before


def test_long_things_are_shown_short():
    with pytest.raises(DataError) as caught:
        Value(list(range(10_000)))
    assert len(str(caught.value)) < 300
    with pytest.raises(RangeError) as caught:
        Value(10**4000)
    assert len(str(caught.value)) < 300


def test_the_tree_in_the_docstring_is_the_tree():
    drawn = re.findall(r"(\w+Error)\s+\((\w+)\)", autograd.errors.__doc__)
    assert {name for name, _ in drawn} == {name for name in vars(autograd.errors) if name.endswith("Error")} - {
        "AutogradError"
    }
    for name, kind in drawn:
        error = getattr(autograd.errors, name)
        assert issubclass(error, getattr(builtins, kind))
        assert issubclass(error, AutogradError)
        assert error.__doc__
