"""Expr: what the table writes of itself can be read back, and gives the same numbers."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import Value, rules, steps
from autograd.explain import expression, notation
from autograd.explain.events import Chain
from autograd.explain.expression import Expr, formula, name, slope
from autograd.graph import number
from autograd.namespaces import scalars
from autograd.rules import MANY, PAIRS, TABLE, elu, leaky_relu, power

a, x, y, z = name("a", 7.0), name("x", 2.0), name("y", 15.0), name("z", -3.0)

WRITTEN = [
    (x + y, "x + y", "2 + 15", "x + y"),
    (x - (y - z), "x − (y − z)", "2 − (15 − (−3))", "x - (y - z)"),
    ((x - y) - z, "x − y − z", "2 − 15 − (−3)", "x - y - z"),
    (x * (y + z), "x·(y + z)", "2(15 + (−3))", r"x \cdot (y + z)"),
    ((x + y) * z, "(x + y)·z", "(2 + 15)·(−3)", r"(x + y) \cdot z"),
    (x / (y * z), "x/(y·z)", None, r"\frac{x}{y \cdot z}"),
    (x / y / z, "x/y/z", None, r"\frac{\frac{x}{y}}{z}"),
    (x / (y / z), "x/(y/z)", None, None),
    (2 * (a - y), "2(a − y)", "2(7 − 15)", r"2(a - y)"),
    (-(x + y), "−(x + y)", None, "-(x + y)"),
    (-(x * y), None, None, None),
    ((x + y) ** 2, "(x + y)²", "(2 + 15)²", "(x + y)^{2}"),
    (z**2, "z²", "(−3)²", "z^{2}"),
    (x**-1, "x⁻¹", "2⁻¹", "x^{-1}"),
    ((-x) ** 2, "(−x)²", None, None),
    (2**x, "2^x", "2^2", "2^{x}"),
    (x**y, "x^y", "2^15", "x^{y}"),
    (x ** (y + z), "x^(y + z)", None, "x^{y + z}"),
    ((x + y).exp(), "exp(x + y)", "exp(2 + 15)", "e^{x + y}"),
    ((x + y).expm1(), "exp(x + y) − 1", "exp(2 + 15) − 1", "e^{x + y} - 1"),
    (z * x.expm1(), "z·(exp(x) − 1)", "−3(exp(2) − 1)", r"z \cdot (e^{x} - 1)"),
    ((x + y).sqrt(), "sqrt(x + y)", None, r"\sqrt{x + y}"),
    (z.abs(), "|z|", "|−3|", r"\lvert z \rvert"),
    (x * x, "x²", "2²", "x^{2}"),
    (1 * x, "x", "2", "x"),
    (x**1, "x", "2", "x"),
    (x > 0, "x > 0", "2 > 0", "x > 0"),
]


@pytest.mark.parametrize(("expr", "text", "numbers", "tex"), WRITTEN)
def test_brackets_where_they_are_needed_and_nowhere_else(expr, text, numbers, tex):
    for found, wanted in ((expr.text, text), (expr.numbers, numbers), (expr.tex, tex)):
        assert wanted is None or found == wanted


FUNCTIONS = {n: getattr(math, n) for n in ("exp", "log", "sqrt", "sin", "cos", "tanh", "erf", "erfc")} | {
    "relu": lambda x: max(x, 0.0),
    "gelu": lambda x: x * (1 + math.erf(x / math.sqrt(2))) / 2,
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "softplus": lambda x: math.log1p(math.exp(x)),
    "leaky_relu": lambda x: max(x, 0.01 * x),
    "elu": lambda x: x if x > 0 else math.expm1(x),
    "maximum": max,
    "minimum": min,
    "logsumexp": lambda *xs: math.log(sum(map(math.exp, xs))),
    "max": max,
    "min": min,
}
SUPER = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def read(text, **names):
    """Compute what is written, as Python would."""
    text = re.sub("[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda m: f"**({m[0].translate(SUPER)})", text)
    text = re.sub(r"\|([^|]*)\|", r"abs(\1)", text)
    text = re.sub(r"\^(−?[\w.]+|\()", lambda m: f"**{m[1]}", text)
    for root, square in (("√(2π)", 2 * math.pi), ("√π", math.pi), ("√2", 2)):
        text = text.replace(root, repr(math.sqrt(square)))
    text = text.replace("−", "-").replace("·", "*").replace("×", "*")
    text = (
        re.sub(r"(\d|\))\(", r"\1*(", text)
        if not re.search(r"[a-z]\w*\(", text)
        else re.sub(r"(?<![A-Za-z_0-9])(\d[\d.]*)\(", r"\1*(", text)
    )
    return eval(text, {"__builtins__": {}, "abs": abs, **FUNCTIONS}, names)


@pytest.mark.parametrize("op", [*TABLE.values(), power(4), power(-2), power(1.5)], ids=lambda op: op.name)
def test_what_a_row_writes_gives_the_number_that_it_computes(op):
    first = op.domain[0].samples
    numbers = {1: first[-1:], 2: (first[-1], 0.4), MANY: (1.0, 3.0, 0.4), PAIRS: (0.4, 3.0, -1.0, 2.0, 0.5)}[op.arity]
    letters = dict(zip("pqrst", numbers, strict=False))
    operands = tuple(name(k, v) for k, v in letters.items())
    value = op.at(scalars, numbers)
    assert read(formula(op, operands).text, **letters) == pytest.approx(value, rel=1e-14)
    assert read(formula(op, operands).numbers) == pytest.approx(value, rel=1e-14)
    for i, wanted in enumerate(op.slopes_at(scalars, numbers, value)):
        found = slope(op, i, operands, name("out", value))
        assert read(found.text, out=value, **letters) == pytest.approx(wanted, rel=1e-5), found.text
        assert read(found.numbers, out=value) == pytest.approx(wanted, rel=1e-4), found.numbers


@pytest.mark.parametrize("op", [op for op in TABLE.values() if op.arity < 0], ids=lambda op: op.name)
def test_hundreds_of_operands_are_written_short_and_computed_whole(op):
    numbers = [0.01 * i for i in range(601)]
    root = Value(0.0).apply(op, *[Value(number, f"p{i}") for i, number in enumerate(numbers)])
    compute, *others = steps(root)
    for event in (compute, others[2], others[-2]):
        assert all(len(line) < 200 for line in event.lines), event.lines
        assert len(event.tex) < 400
        assert "…·1" not in event.formula.text
        assert len(event.formula.text) < 200
    assert "…" in compute.formula.text
    assert compute.formula.text.startswith(("p0", "(p0", f"{op.name}(p0"))
    assert compute.value == op.at(scalars, tuple(numbers))
    chains = [event for event in others if isinstance(event, Chain)]
    assert [chain.local for chain in chains] == list(op.slopes_at(scalars, tuple(numbers), compute.value))


def combined(parts):
    """Join two pairs of an Expr and its number by one of + − × ÷, or change the first alone."""
    kind, (e, u), (f, v) = parts
    if kind == "/" and abs(v) < 1e-3:
        kind = "*"
    return {
        "+": lambda: (e + f, u + v),
        "-": lambda: (e - f, u - v),
        "*": lambda: (e * f, u * v),
        "/": lambda: (e / f, u / v),
        "n": lambda: (-e, -u),
        "2": lambda: (e**2, u * u),
    }[kind]()


leaf = st.sampled_from([(e, e.data) for e in (x, y, a, name("b", 0.5))])
arithmetic = st.recursive(leaf, lambda two: st.tuples(st.sampled_from("+-*/n2"), two, two).map(combined), max_leaves=8)


@given(arithmetic)
def test_text_can_be_read_back(pair):
    expr, value = pair
    letters = {"x": x.data, "y": y.data, "a": a.data, "b": 0.5}
    found = read(expr.text, **letters)
    assert found == pytest.approx(value, rel=1e-9, abs=1e-6 * (1 + abs(value))), expr.text


@given(arithmetic)
def test_tex_has_matching_braces(pair):
    tex = pair[0].tex
    depth = 0
    for letter in tex.replace(r"\{", "").replace(r"\}", ""):
        depth += {"{": 1, "}": -1}.get(letter, 0)
        assert depth >= 0, tex
    assert depth == 0, tex
    assert tex.count("(") == tex.count(")")


def test_choices_show_both_branches():
    out = name("out", 2.0)
    found = slope(rules.RELU, 0, (z,), out)
    assert found.op is expression.CHOICE
    assert (found.text, found.numbers) == ("1 if z > 0 else 0", "1 if −3 > 0 else 0")
    assert found.tex.startswith(r"\begin{cases} 1 & z > 0")


def test_names_in_tex():
    for label, tex in (
        ("z", "z"),
        ("z1", "z_{1}"),
        ("x_12", "x_{12}"),
        ("w1_0", "w_{1,0}"),
        ("loss", r"\text{loss}"),
        ("a_b", r"\text{a\_b}"),
        ("50%", r"\text{50\%}"),
    ):
        assert name(label, 1.0).tex == tex


def test_families_say_their_parameter():
    assert leaky_relu(0.2).name == "leaky_relu(0.2)"
    assert elu(0.5).name == "elu(0.5)"
    assert [power(n).symbol for n in (2, -1, 0.5, 10)] == ["x²", "x⁻¹", "x^0.5", "x¹⁰"]


def test_factors_put_later_signs_in_parentheses():
    assert notation.factors(-16.0, 1.0, -2.0) == "−16 · 1 · (−2)"


def test_long_sums_are_cut():
    xs = tuple(name(f"x{i}", float(i)) for i in range(1, 11))
    assert formula(rules.SUM, xs).text == "x1 + x2 + … + x10"
    assert "…" in formula(rules.SUM, xs).numbers
    assert r"\dots" in formula(rules.SUM, xs).tex
    assert formula(rules.SUM, xs[:4]).text == "x1 + x2 + x3 + x4"


def test_an_expr_computes_nothing():
    e = (x + y).log()
    assert isinstance(e, Expr)
    assert e.data == 0.0
    assert number(x.data) == "2"


BRACKETS = {  # e: what is written for e + y, y − e, e·y, y/e, −e, e², exp(e)
    "x + y": ["x + y + y", "y − (x + y)", "(x + y)·y", "y/(x + y)", "−(x + y)", "(x + y)²", "exp(x + y)"],
    "x − y": ["x − y + y", "y − (x − y)", "(x − y)·y", "y/(x − y)", "−(x − y)", "(x − y)²", "exp(x − y)"],
    "x·y": ["x·y + y", "y − x·y", "x·y·y", "y/(x·y)", "−(x·y)", "(x·y)²", "exp(x·y)"],
    "x/y": ["x/y + y", "y − x/y", "x/y·y", "y/(x/y)", "−(x/y)", "(x/y)²", "exp(x/y)"],
    "−x": ["−x + y", "y − (−x)", "−x·y", "y/(−x)", "−(−x)", "(−x)²", "exp(−x)"],
    "x²": ["x² + y", "y − x²", "x²·y", "y/x²", "−x²", "(x²)²", "exp(x²)"],
    "x^y": ["x^y + y", "y − x^y", "x^y·y", "y/x^y", "−x^y", "(x^y)²", "exp(x^y)"],
    "exp(x) − 1": ["exp(x) − 1 + y", "y − (exp(x) − 1)", "(exp(x) − 1)·y", "y/(exp(x) − 1)", "−(exp(x) − 1)", "(exp(x) − 1)²", "exp(exp(x) − 1)"],
    "exp(x)": ["exp(x) + y", "y − exp(x)", "exp(x)·y", "y/exp(x)", "−exp(x)", "exp(x)²", "exp(exp(x))"],
}  # fmt: skip


def test_brackets_stand_where_they_are_needed_and_nowhere_else():
    x, y = name("x", 2.0), name("y", 3.0)
    written = {}
    for e in (x + y, x - y, x * y, x / y, -x, x**2, x**y, x.expm1(), x.exp()):
        written[e.text] = [f.text for f in (e + y, y - e, e * y, y / e, -e, e**2, e.exp())]
    assert written == BRACKETS


def test_a_power_says_where_its_slope_is_infinite_and_families_have_their_usual_parameter():
    assert [bool(power(n).note) for n in (0.5, 0.999, 1, 1.5, 2, 0, -0.5)] == [True, True] + [False] * 5
    assert [leaky_relu().name, elu().name] == ["leaky_relu", "elu"]
    assert [leaky_relu(0.1).name, elu(2.5).name] == ["leaky_relu(0.1)", "elu(2.5)"]


def test_a_root_in_a_constant_is_written_as_books_write_it():
    """2/√π is no word: LaTeX has no such letter in its text."""
    x, y = name("x", 0.7), name("y", 0.1)
    assert slope(rules.ERF, 0, (x,), y).tex == r"\frac{2}{\sqrt{\pi}} \cdot e^{-x^{2}}"
    assert slope(rules.ERFC, 0, (x,), y).tex.startswith(r"-\frac{2}{\sqrt{\pi}}")
    assert r"\sqrt{2}" in slope(rules.GELU, 0, (x,), y).tex
    assert slope(rules.GELU, 0, (x,), y).tex.endswith(r"{\sqrt{2\pi}}")
    assert slope(rules.ERF, 0, (x,), y).text == "2/√π·exp(−x²)"
