"""Formulas that are typed: what they compute, judged by Python's own arithmetic, and what is refused, with its place."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import AutogradError, DataError, DomainError
from autograd.classroom.formulas import CALLS, DEEPEST, LONGEST, graph_of_formula
from autograd.graph import topological_order
from autograd.rules import TABLE

NUMBERS = {"w": 3, "x": 2, "b": 1, "y": 15}


def test_statements_name_their_nodes_and_the_last_is_the_root():
    root = graph_of_formula("z = w*x + b; a = relu(z); L = (a - y)**2", NUMBERS)
    root.backward()
    labelled = {node.label: node for node in topological_order(root) if node.label}
    assert {name: node.data for name, node in labelled.items()} == NUMBERS | {"z": 7, "a": 7, "L": 64}
    assert {name: labelled[name].grad for name in "wxby"} == {"w": -32, "x": -48, "b": -16, "y": 16}


def test_names_that_begin_with_w_or_b_are_parameters_unless_others_are_named():
    def kinds(parameters):
        order = topological_order(graph_of_formula("w1*x + bias + y", {"w1": 3, "x": 2, "bias": 1, "y": 5}, parameters))
        return {node.label for node in order if node.kind == "parameter"}

    assert kinds(None) == {"w1", "bias"}
    assert kinds(["x"]) == {"x"}
    assert kinds([]) == set()


@given(st.integers(0, 10**9))
def test_arithmetic_is_python_s(seed):
    rng = random.Random(seed)

    def written(depth):
        if depth == 0:
            return rng.choice([*"wxby", "2", "0.5"])
        left, right = written(depth - 1), written(depth - 1)
        return rng.choice(
            [f"({left} + {right})", f"{left} - {right}", f"{left} * ({right})", f"-{left}", f"({left})**2"]
        )

    text = written(rng.randint(1, 4)) + " + w"
    numbers = {name: rng.uniform(-3, 3) for name in "wxby" if name in text}
    found, wanted = graph_of_formula(text, numbers).data, eval(text, {}, dict(numbers))
    assert math.isclose(found, wanted, rel_tol=1e-12, abs_tol=1e-12), text


def test_every_row_of_the_table_can_be_written():
    for op in TABLE.values():
        assert op.name in CALLS or op.name.startswith("power("), op.name
    root = graph_of_formula(
        "dot([w, 2], [x, w], b) + sum([w, x]) + mean([w, x]) + max([w, x])", {"w": 3, "x": 2, "b": 1}
    )
    assert root.data == (3 * 2 + 2 * 3 + 1) + 5 + 2.5 + 3
    assert graph_of_formula("leaky_relu(w, 0.2) + elu(w, 2)", {"w": -1}).data == pytest.approx(
        -0.2 + 2 * math.expm1(-1)
    )


REFUSED = [
    ("w^2", {"w": 2}, "A power is written **", 2),
    ("z = w*x; w + 1", {"w": 2, "x": 1}, "A formula has one root", 1),
    ("w*x", {"w": 1}, "x has no number", 3),
    ("w*xx", {"w": 1, "x": 2}, "Did you mean x?", 3),
    ("w*x", {"w": 1, "x": 2, "q": 3}, "the formula has no q", 0),
    ("2w", {"w": 1}, "A product needs its sign", 1),
    ("w.data", {"w": 1}, "A dot is not part", 1),
    ("__import__('os')", {"w": 1}, "There is no operation __import__", 1),
    ("w.__class__()", {"w": 1}, "A dot is not part", 1),
    ("(lambda: w)()", {"w": 1}, "not part of a formula", 1),
    ("[w for w in w]", {"w": 1}, "not part of a formula", 1),
    ("w if w > 1 else 2", {"w": 1}, "no comparisons", 1),
    ("relu = w", {"w": 1}, "relu is an operation", 1),
    ("w + relu", {"w": 1}, "write what it is of in brackets", 5),
    ("relu(w, 2)", {"w": 1}, "Write relu(x)", 1),
    ("sum(w)", {"w": 1}, "Write sum([x, y, z])", 1),
    ("sofplus(w)", {"w": 1}, "Did you mean softplus?", 1),
    ("w = 3*w", {"w": 1}, "w has a number already", 1),
    ("z = w", {"w": 1}, "a second name for w", 1),
    ("w*1e999", {"w": 1}, "too large for a float", 3),
    ("w + 9**9**9", {"w": 1}, "too large for a float", 6),
    ("w/(w - 1)", {"w": 1}, "has no value", 2),
    ("log(w)", {"w": -1}, "greater than 0", 1),
    ("(w", {"w": 1}, "was never closed", 1),
    ("", {}, "This formula is empty", 0),
    ("λ*w ^ 2", {"λ": 1, "w": 2}, "A power is written **", 5),
    ("w\0x", {"w": 1}, "null bytes", 0),
    ("import os", {"w": 1}, "A statement is a formula", 1),
    ("w*True", {"w": 1}, "not part of a formula", 3),
    ("f(w=2)", {"w": 1}, "There is no operation f", 1),
    ("exp(x=2)", {"w": 1}, "without names and stars", 1),
]


@pytest.mark.parametrize(("text", "numbers", "sentence", "column"), REFUSED)
def test_what_is_not_a_formula_is_refused_with_its_place(text, numbers, sentence, column):
    with pytest.raises(AutogradError) as refused:
        graph_of_formula(text, numbers)
    told = str(refused.value)
    assert sentence in told
    if column:
        assert f"^ column {column}" in told
        line, mark = told.splitlines()[-2:]
        assert mark.index("^") == 2 + column - 1
        assert line.strip() in text
        assert told.replace("\n", "").isprintable()


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000 + "w" + ")" * 10_000,
        "(" * 4_000 + "w" + ")" * 4_000,
        "-" * 9_000 + "w",
        "w" + "+w" * 4_000,
        "w" * 20_000,
    ],
    ids=["brackets", "fewer", "signs", "terms", "name"],
)
def test_what_is_nested_too_deeply_or_too_long_is_refused(text):
    with pytest.raises(DataError):
        graph_of_formula(text, {"w": 1})
    assert len(text) > LONGEST or len(text) > DEEPEST


def test_a_domain_error_stays_one():
    with pytest.raises(DomainError, match="column 5"):
        graph_of_formula("2 + log(w)", {"w": 0})
