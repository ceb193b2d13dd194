"""Every row of the table against every oracle, over the row's own domain."""

import inspect
import itertools
import math
import operator
import re
from functools import reduce

import pytest

import autograd
from autograd import AutogradError, DivisionError, DomainError, RangeError, Value, gradcheck, refusals, rules
from autograd.explain.expression import formula, name, slope
from autograd.gradcheck import COMPLEX_STEP
from autograd.namespaces import complexes, methods, scalars
from autograd.rules import MANY, PAIRS, TABLE, elu, leaky_relu, power
from tests.strategies import MP, H, sixty

NAN, INF = math.nan, math.inf
FAMILIES = [power(n) for n in (0, 1, 4, -2, 1.5, -0.5, 0.25)] + [leaky_relu(0.2), elu(0.5)]
ROWS = pytest.mark.parametrize("op", [*TABLE.values(), *FAMILIES], ids=lambda op: op.name)

# What each row is, said once more in the words of mpmath, and without a look at the table.
DEFINITIONS = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
    "neg": lambda x: -x,
    "pow": lambda x, y: MP.exp(y * MP.log(x)),
    "exp": MP.exp,
    "expm1": lambda x: MP.exp(x) - 1,
    "log": MP.log,
    "sqrt": lambda x: MP.root(x, 2),
    "abs": lambda x: MP.sqrt(x * x),
    "sin": MP.sin,
    "cos": MP.cos,
    "tanh": lambda x: MP.sinh(x) / MP.cosh(x),
    "erf": lambda x: 2 / MP.sqrt(MP.pi) * MP.quad(lambda t: MP.exp(-t * t), [0, x]),
    "erfc": lambda x: 2 / MP.sqrt(MP.pi) * MP.quad(lambda t: MP.exp(-t * t), [x, x + 1, 30]),
    "gelu": lambda x: x * MP.ncdf(x),
    "sigmoid": lambda x: 1 / (1 + MP.exp(-x)),
    "softplus": lambda x: MP.log(1 + MP.exp(x)),
    "relu": lambda x: (x + abs(x)) / 2,
    "leaky_relu": lambda x: x if x > 0 else MP.mpf(0.01) * x,
    "leaky_relu(0.2)": lambda x: x if x > 0 else MP.mpf(0.2) * x,
    "elu": lambda x: x if x > 0 else MP.exp(x) - 1,
    "elu(0.5)": lambda x: x if x > 0 else (MP.exp(x) - 1) / 2,
    "maximum": lambda x, y: (x + y + abs(x - y)) / 2,
    "minimum": lambda x, y: (x + y - abs(x - y)) / 2,
    "dot": lambda *v: MP.fdot(v[: len(v) // 2], v[len(v) // 2 : -1]) + v[-1],
    "sum": lambda *xs: MP.fsum(xs),
    "mean": lambda *xs: MP.fsum(xs) / len(xs),
    "logsumexp": lambda *xs: MP.log(MP.fsum(MP.exp(x) for x in xs)),
    "max": lambda *xs: max(xs),
    "min": lambda *xs: min(xs),
} | {f"power({n:g})": lambda x, n=n: MP.power(x, MP.mpf(n)) for n in (0, 1, 2, 3, 4, -1, -2, 0.5, 1.5, -0.5, 0.25)}


def points(op):
    """Sample operands from the row's own domains, away from its kinks."""
    first = op.domain[0].samples
    if op.arity == MANY:
        found = [first[:1], first[:2], first[:3], first, tuple(reversed(first))]
    elif op.arity == PAIRS:
        found = [first[:1], first[:3], (*first[:5],), (*reversed(first[1:]),), (*first, *first[:-1])]
    else:
        found = itertools.product(*(domain.samples for domain in op.domain))
    return [xs for xs in map(tuple, found) if not op.kinks or op.kinks.distance(*op.grouped(xs)) > 0.01]


def agree(op, xs, what, found, wanted, digits=1e-12):
    size = max(1.0, abs(float(wanted)))
    assert abs(found - wanted) <= digits * size, (
        f"{what} of the row {op.name} in autograd/rules.py, at {xs}\n  row    {found!r}\n  oracle {float(wanted)!r}"
    )


def outside(op):
    """Operands of which one is outside its domain."""
    for i, domain in enumerate(op.domain):
        for x in (-2.0, -0.5, 0.0, INF):
            if domain not in (MANY, PAIRS) and not domain.has(x):
                yield (*(d.samples[0] for d in op.domain[:i]), x, *(d.samples[0] for d in op.domain[i + 1 :])), x


@ROWS
def test_value_and_slopes_equal_those_of_mpmath(op):
    assert len(points(op)) >= 3
    for xs in points(op):
        definition = DEFINITIONS.get(op.name, lambda *xs: op.at(sixty, xs))
        exact = [MP.mpf(x) for x in xs]
        node = Value(xs[0]).apply(op, *xs)
        agree(op, xs, "value", node.data, definition(*exact))
        for i, local in enumerate(node.partials):
            above, below = ([*exact[:i], exact[i] + h, *exact[i + 1 :]] for h in (H, -H))
            agree(op, xs, f"slope {i}", local, (definition(*above) - definition(*below)) / (2 * H))


@ROWS
def test_a_row_read_at_60_digits_is_its_definition(op):
    if op.name in DEFINITIONS:
        for xs in points(op):
            exact = tuple(MP.mpf(x) for x in xs)
            found, wanted = op.at(sixty, exact), DEFINITIONS[op.name](*exact)
            assert abs(found - wanted) <= 1e-15 * abs(wanted), (
                f"{op.name} at {xs}\n  row        {found}\n  definition {wanted}"
            )


@ROWS
def test_the_complex_step_gives_the_slopes_of_rows_without_kinks(op):
    if op.kinks:
        return
    for xs in [*points(op), *[(0.0,) * n for n in {1: (1,), 2: (2,), MANY: (1, 3), PAIRS: (3,)}[op.arity]]]:
        if op.guarded and refusals.outside(op, xs):
            continue
        slopes = op.slopes_at(scalars, xs, op.at(scalars, xs))
        if not all(map(math.isfinite, slopes)):
            continue
        for i, local in enumerate(slopes):
            moved = tuple(complex(x, COMPLEX_STEP * (i == k)) for k, x in enumerate(xs))
            agree(op, xs, f"slope {i} by the complex step", local, op.at(complexes, moved).imag / COMPLEX_STEP)


@ROWS
def test_gradcheck_passes(op):
    for xs in points(op):
        report = gradcheck(lambda *values: values[0].apply(op, *values), *xs)
        assert report, f"row {op.name} at {xs}\n{report}"
        assert all((row.complex_step is None) == bool(op.kinks) for row in report.rows)


@ROWS
def test_values_are_derived_as_numbers_are(op):
    """grad(create_graph=True) reads the slopes with Values for numbers."""
    for xs in points(op):
        leaves = [Value(x) for x in xs]
        node = leaves[0].apply(op, *leaves)
        for slope_value, local in zip(autograd.grad(node, leaves, create_graph=True), node.partials, strict=True):
            agree(op, xs, "slope as a Value", autograd.value.lift(slope_value).data, local)


@ROWS
def test_outside_its_domain_a_row_refuses_with_its_name_and_the_number(op):
    cases = list(outside(op))
    assert bool(cases) == op.guarded
    for xs, x in cases:
        leaves = [Value(v) for v in xs]
        with pytest.raises(DomainError) as caught:
            leaves[0].apply(op, *leaves)
        message = str(caught.value)
        assert op.name in message, message
        assert str(x) in message, message
        assert any(d.words in message and d.remedy in message for d in op.domain), message
        assert isinstance(caught.value, ValueError)
        assert all(leaf.grad is None and leaf.op is None and leaf.data == v for leaf, v in zip(leaves, xs, strict=True))


@ROWS
def test_domains_speak_and_hold_their_samples(op):
    for domain in op.domain:
        if domain not in (MANY, PAIRS):
            assert domain.words
            assert all(map(domain.has, domain.samples))
            assert domain.has(NAN), "a NaN passes every guard, and stays visible"
            assert domain is rules.REAL or domain.remedy.endswith(".")


@ROWS
def test_every_form_is_written_and_its_brackets_match(op):
    letters = {1: "x", 2: "xy", MANY: "xyz", PAIRS: "wxb"}[op.arity]
    operands, out = tuple(name(letter, -1.5) for letter in letters), name("out", 2.0)
    exprs = [formula(op, operands), *(slope(op, i, operands, out) for i in range(len(operands)))]
    texts = [form for e in exprs for form in (e.text, e.numbers, e.tex)]
    texts += [op.symbol, op.name, op.call(*letters), op.tex.format(*letters)]
    for text in texts:
        assert text.strip(), op.name
        for opening, closing in ("()", "{}", "[]"):
            assert text.count(opening) == text.count(closing), text
        assert text.count(r"\begin") == text.count(r"\end"), text
    assert all(letter in exprs[0].text for letter in letters)


AT_KINKS = {
    "relu": ((0.0,), (0.0,)),
    "abs": ((0.0,), (0.0,)),
    "leaky_relu": ((0.0,), (0.01,)),
    "leaky_relu(0.2)": ((0.0,), (0.2,)),
    "elu": ((0.0,), (1.0,)),
    "elu(0.5)": ((0.0,), (0.5,)),
    "maximum": ((2.0, 2.0), (0.5, 0.5)),
    "minimum": ((2.0, 2.0), (0.5, 0.5)),
    "max": ((2.0, 1.0, 2.0, 2.0), (1 / 3, 0.0, 1 / 3, 1 / 3)),
    "min": ((2.0, 1.0, 1.0), (0.0, 0.5, 0.5)),
}


@pytest.mark.parametrize("op", [op for op in [*TABLE.values(), *FAMILIES] if op.kinks], ids=lambda op: op.name)
def test_at_a_kink_the_slope_is_the_one_that_the_note_says(op):
    xs, slopes = AT_KINKS[op.name]
    assert op.kinks.distance(*op.grouped(xs)) == 0
    node = Value(xs[0]).apply(op, *xs)
    assert node.partials == slopes
    assert "PyTorch" in op.note
    stated = {"equally": 1 / 3, "half": 0.5}
    said = next((x for word, x in stated.items() if word in op.note), None)
    assert (f"is {max(slopes):g}" in op.note) if said is None else (said in slopes or 0.5 in slopes)


@pytest.mark.parametrize(
    ("f", "value", "slope"),
    [
        (Value.sigmoid, {1000: 1.0, -1000: 0.0, -40: math.exp(-40)}, {1000: 0.0, -1000: 0.0, -40: math.exp(-40)}),
        (Value.softplus, {1000: 1000.0, -1000: 0.0, -40: math.exp(-40)}, {1000: 1.0, -1000: 0.0, -40: math.exp(-40)}),
        (Value.tanh, {1000: 1.0, -1000: -1.0}, {1000: 0.0, -1000: 0.0}),
        (Value.elu, {1000: 1000.0, -1000: -1.0}, {1000: 1.0, -1000: 0.0}),
        (Value.relu, {1000: 1000.0, -1000: 0.0}, {1000: 1.0, -1000: 0.0}),
    ],
)
def test_far_out_nothing_overflows(f, value, slope):
    for x, wanted in value.items():
        node = f(Value(x))
        assert node.data == pytest.approx(wanted, rel=1e-15)
        assert node.partials == pytest.approx((slope[x],), rel=1e-15)


WRITTEN = [op for op in (*TABLE.values(), elu(0.5), leaky_relu(0.2)) if op.textbook or op.textbook_slopes]


def numbers_of(values):
    return [x.data if isinstance(x, Value) else x for x in values]


@pytest.mark.parametrize("op", WRITTEN, ids=lambda op: op.name)
def test_the_textbook_s_form_is_what_is_computed(op):
    """The form that is shown, read with Values, gives the numbers of the form that is computed."""
    points = [(0.4, -1.0, 3.0), (-0.7, 2.0, 0.1), (1.5, 0.3, -2.0), (-2.0, -3.0, 1.0)]
    for xs in (point[: op.arity] if op.arity > 0 else point for point in points):
        out = op.at(scalars, xs)
        values, result = op.grouped(tuple(map(Value, xs))), Value(out)
        if op.textbook:
            assert op.textbook(methods, *values).data == pytest.approx(out, rel=1e-13)
        if op.textbook_slopes:
            shown = numbers_of(op.textbook_slopes(methods, *values, result))
            assert shown == pytest.approx(op.slopes_at(scalars, xs, out), rel=1e-13)


def test_the_forms_of_textbooks_are_there():
    assert {op.name for op in WRITTEN} >= {"sigmoid", "softplus", "elu", "leaky_relu", "gelu", "logsumexp", "div"}


def test_logsumexp_and_softmax_far_out():
    xs = [Value(1000.0), Value(1001.0)]
    total = autograd.logsumexp(xs)
    assert total.data == pytest.approx(1001 + math.log1p(math.exp(-1)), rel=1e-16)
    shares = [1 / (1 + math.e), math.e / (1 + math.e)]
    assert total.partials == pytest.approx(shares, rel=1e-12)
    assert [p.data for p in autograd.softmax(xs)] == pytest.approx(shares, rel=1e-12)
    assert autograd.logsumexp([-1000, -1001]).data == pytest.approx(-1000 + math.log1p(math.exp(-1)), rel=1e-16)
    p, _ = autograd.softmax(xs)
    assert autograd.grad(p, xs) == pytest.approx((shares[0] * shares[1], -shares[0] * shares[1]), rel=1e-12)


def test_a_masked_logit_counts_for_nothing():
    masked, x, y = Value(-INF), Value(0.5), Value(-0.25)
    logits = [x, masked, y]
    total = autograd.logsumexp(logits)
    assert total.data == autograd.logsumexp([x, y]).data
    first, *_ = shares = autograd.softmax(logits)
    assert [p.data for p in shares] == pytest.approx([1 - 1 / (1 + math.exp(0.75)), 0.0, 1 / (1 + math.exp(0.75))])
    assert autograd.grad(total, logits) == pytest.approx([p.data for p in shares])
    assert autograd.grad(first, masked) == (0.0,)
    assert math.isnan(autograd.logsumexp([x, NAN]).data), "a NaN that goes in comes out"


@ROWS
def test_a_nan_stays_visible_in_the_value_and_in_every_slope_at_a_kink(op):
    if op.name in ("power(0)", "sum"):
        return  # below
    width = {MANY: 3, PAIRS: 5}.get(op.arity, op.arity)
    for place in range(width):
        for other in (0.4, 1.0, 2.7):
            xs = [NAN if i == place else other for i in range(width)]
            node = Value(xs[0]).apply(op, *xs)
            assert math.isnan(node.data), f"{op.name}{tuple(xs)} = {node.data}"
            if op.kinks:
                assert all(map(math.isnan, node.partials)), f"{op.name}{tuple(xs)} has the slopes {node.partials}"


def test_a_nan_is_not_hidden_by_an_exponent_or_a_sum():
    assert math.isnan((Value(NAN) ** 0).data), "a NaN must not become a plausible number"
    assert math.isnan((1 ** Value(NAN)).data)
    assert math.isnan((Value(1.0) ** Value(NAN)).data)
    assert math.isnan(autograd.sum([1, NAN]).data)


@pytest.mark.parametrize("kinked", ["relu", "abs", "leaky_relu", "elu"])
def test_a_nan_has_a_nan_gradient_at_every_kink(kinked):
    x = Value(NAN)
    y = getattr(x, kinked)()
    y.backward()
    assert math.isnan(y.data)
    assert math.isnan(x.grad)


@pytest.mark.parametrize(
    "f", [autograd.max, autograd.min, lambda xs: autograd.maximum(*xs), lambda xs: autograd.minimum(*xs)]
)
@pytest.mark.parametrize("xs", [(NAN, 1.0), (1.0, NAN)])
def test_the_larger_of_a_nan_is_a_nan(f, xs):
    leaves = [Value(x) for x in xs]
    node = f(leaves)
    node.backward()
    assert math.isnan(node.data)
    assert all(math.isnan(leaf.grad) for leaf in leaves)


@pytest.mark.parametrize(
    ("f", "x", "value", "slope"),
    [
        (Value.relu, INF, INF, 1.0),
        (Value.relu, -INF, 0.0, 0.0),
        (Value.sigmoid, -INF, 0.0, 0.0),
        (Value.softplus, INF, INF, 1.0),
        (Value.tanh, INF, 1.0, 0.0),
        (Value.elu, -INF, -1.0, 0.0),
        (Value.abs, -INF, INF, -1.0),
        (Value.exp, INF, INF, INF),
        (Value.exp, -INF, 0.0, 0.0),
        (Value.sqrt, 0.0, 0.0, INF),
        (lambda x: x**0.5, 0.0, 0.0, INF),
        (lambda x: x * 0, INF, NAN, 0.0),
        (lambda x: x - x, INF, NAN, NAN),
    ],
)
def test_infinity_goes_through_as_its_limit_or_as_a_nan(f, x, value, slope):
    leaf = Value(x)
    node = f(leaf)
    assert node.data == pytest.approx(value, nan_ok=True)
    assert autograd.grad(node, leaf) == (pytest.approx(slope, nan_ok=True),) or math.isnan(value)


def test_zero_upstream_times_an_infinite_slope_is_a_nan_one_can_see():
    x = Value(0.0)
    y = x.sqrt() * 0
    y.backward()
    assert math.isnan(x.grad)


@pytest.mark.parametrize("n", [1, 2, 3, 4, -1, -2, 0.5, 1.5, -0.5, 2.0])
@pytest.mark.parametrize("x", [1e100, 1e154, 1.3407807929942596e154, 1.35e154, 1e300, 1e-300, 5e-324, INF])
def test_a_power_is_finite_or_refused_and_no_silent_infinity(x, n):
    exact = MP.power(MP.mpf(x), MP.mpf(n))
    try:
        out = (Value(x) ** n).data
    except RangeError:
        slope = n * MP.power(MP.mpf(x), MP.mpf(n) - 1)
        assert max(abs(exact), abs(slope)) > 1.79e308
    else:
        assert out == pytest.approx(float(exact), rel=1e-15)
        assert math.isfinite(out) or math.isinf(x)


def test_sums_and_products_go_to_infinity_as_pythons_own_do():
    x = Value(1e308)
    assert (x * 10).data == (x + x).data == autograd.sum([x, x]).data == autograd.dot([x], [x]).data == INF


def test_refusals_are_also_the_built_in_kind():
    with pytest.raises(ZeroDivisionError):
        Value(1.0) / 0
    with pytest.raises(DivisionError):
        Value(0.0) ** -1
    with pytest.raises(OverflowError, match=r"exp\(1000\.0\)"):
        Value(1000.0).exp()
    with pytest.raises(RangeError, match="too large"):
        Value(1e200) ** 3


def test_a_family_is_one_row_for_each_parameter():
    assert (Value(2.0) ** 3).op is power(3) is TABLE["power(3)"]
    assert (Value(2.0) ** 3.0).op.name == "power(3)"
    assert Value(2.0).leaky_relu(0.2).op is leaky_relu(0.2)


def test_the_table_is_in_order_of_its_names():
    assert all(TABLE[op.name] is op for op in TABLE.values())
    named = {op.name for op in vars(rules).values() if isinstance(op, rules.Op)}
    assert named <= set(TABLE), f"rows that are written and not listed: {named - set(TABLE)}"


def test_no_row_states_what_another_states():
    """The same value twice would be an operation stated twice: read at irrational numbers, no two rows agree."""
    xs = {
        1: (math.sqrt(2),),
        2: (math.sqrt(2), math.sqrt(3)),
        MANY: tuple(map(math.sqrt, (2, 3, 5))),
        PAIRS: tuple(map(math.sqrt, (2, 3, 5))),
    }
    by_arity = {}
    for op in [o for o in TABLE.values() if not o.kinks]:
        by_arity.setdefault(op.arity, []).append(op)
    twins = [
        (a.name, b.name)
        for ops in by_arity.values()
        for a, b in itertools.combinations(ops, 2)
        if a.at(scalars, xs[a.arity]) == b.at(scalars, xs[b.arity])
    ]
    assert twins in ([], [("power(0.5)", "sqrt")])  # as in mathematics: x^0.5 is another way to write it


def test_sums_are_left_folds():
    xs = [1e16, 1.0, -1e16, 1.0]
    assert autograd.sum(xs).data == reduce(operator.add, xs) == 1.0
    assert math.fsum(xs) == 2.0
    assert autograd.dot(xs, [1.0] * 4, 0.5).data == 1.5


def test_rules_name_nothing_but_their_namespace():
    """A rule that called `math` would be read by floats alone."""
    for op in TABLE.values():
        for rule in (op.value, op.slopes):
            assert not {"math", "np", "numpy"} & set(rule.__code__.co_names), (op.name, inspect.getsource(rule))


def test_errors_of_the_tree_are_autograd_errors():
    assert all(issubclass(e, AutogradError) for e in (DomainError, DivisionError, RangeError))


SATURATING = {"tanh": lambda x: 1 / MP.cosh(x) ** 2, "sigmoid": lambda x: 1 / ((1 + MP.exp(-x)) * (1 + MP.exp(x)))}


@pytest.mark.parametrize("name", SATURATING)
def test_where_a_slope_saturates_its_note_says_how_far_six_digits_are_right(name):
    op, exact = TABLE[name], SATURATING[name]
    good, gone = map(float, re.search(r"up to [|x]+ = (\d+), and from ([\d.]+) on it is 0", op.note).groups())

    def off(x):
        (slope,) = op.slopes_at(scalars, (x,), op.at(scalars, (x,)))
        return abs(slope / exact(x) - 1)

    assert max(off(x / 8) for x in range(int(-8 * good) if name == "tanh" else -4000, int(8 * good) + 1)) < 5e-7
    assert off(1.2 * good) > 5e-7
    assert [off(gone + x) for x in (0.0, 1.0, 20.0)] == [1, 1, 1]  # it is 0
    assert off(gone - 0.1) < 1
    assert 1e-16 <= round(exact(gone), 17) < 2e-16
    assert not any("to the last digit" in row.note for row in TABLE.values())


# How each row is drawn, set in TeX, and written.
AS_IN_BOOKS = {
    "add": ("+", "x + y", "x + y"),
    "sub": ("−", "x - y", "x − y"),
    "mul": ("×", r"x \cdot y", "x·y"),
    "div": ("÷", r"\frac{x}{y}", "x/y"),
    "neg": ("−", "-x", "−x"),
    "power(2)": ("x²", "x^{2}", "x²"),
    "power(3)": ("x³", "x^{3}", "x³"),
    "power(-1)": ("x⁻¹", "x^{-1}", "x⁻¹"),
    "power(0.5)": ("x^0.5", "x^{0.5}", "x^0.5"),
    "pow": ("xʸ", "x^{y}", "x^y"),
    "exp": ("exp", "e^{x}", "exp(x)"),
    "expm1": ("eˣ−1", "e^{x} - 1", "exp(x) − 1"),
    "log": ("ln", r"\ln x", "log(x)"),
    "sqrt": ("√", r"\sqrt{x}", "sqrt(x)"),
    "abs": ("|x|", r"\lvert x \rvert", "|x|"),
    "sin": ("sin", r"\sin x", "sin(x)"),
    "cos": ("cos", r"\cos x", "cos(x)"),
    "tanh": ("tanh", r"\tanh x", "tanh(x)"),
    "erf": ("erf", r"\mathrm{erf}(x)", "erf(x)"),
    "erfc": ("erfc", r"\mathrm{erfc}(x)", "erfc(x)"),
    "sigmoid": ("σ", r"\sigma(x)", "sigmoid(x)"),
    "softplus": ("softplus", r"\ln(1 + e^{x})", "softplus(x)"),
    "relu": ("ReLU", r"\mathrm{ReLU}(x)", "relu(x)"),
    "leaky_relu": ("leaky ReLU", r"\mathrm{LeakyReLU}(x)", "leaky_relu(x)"),
    "elu": ("ELU", r"\mathrm{ELU}(x)", "elu(x)"),
    "gelu": ("GELU", r"\mathrm{GELU}(x)", "gelu(x)"),
    "maximum": ("max", r"\max(x, y)", "maximum(x, y)"),
    "minimum": ("min", r"\min(x, y)", "minimum(x, y)"),
    "dot": ("w·x+b", r"\sum_i w_i x_i + b", "dot(x, y)"),
    "sum": ("Σ", r"\sum_i x_i", "sum(x, y)"),
    "mean": ("mean", r"\frac{1}{n} \sum_i x_i", "mean(x, y)"),
    "logsumexp": ("ln Σ exp", r"\ln \sum_i e^{x_i}", "logsumexp(x, y)"),
    "max": ("max", r"\max_i x_i", "max(x, y)"),
    "min": ("min", r"\min_i x_i", "min(x, y)"),
}


def test_every_row_is_drawn_set_and_written_as_books_do():
    assert {
        name: (op.symbol, op.tex.format("x", "y"), op.call(*"xy"[: op.arity if op.arity > 0 else 2]))
        for name, op in TABLE.items()
    } == AS_IN_BOOKS
