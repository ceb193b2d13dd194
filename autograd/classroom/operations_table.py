"""The table of operations, printed: what each computes, its slopes, where it is defined, how it is written."""

import re

from autograd import rules
from autograd.explain.expression import Expr, as_expr, formula, name, slope
from autograd.explain.notation import aligned
from autograd.namespaces import methods
from autograd.rules import MANY, PAIRS, Op

RAISED = str.maketrans("−xyz", "⁻ˣʸᶻ")


def table() -> str:
    """Return the table of operations: what each computes, its slopes, where it is defined; then how it is written."""
    read = [("operation", "value", "slopes", "defined where", "kink"), *map(meaning, rules.TABLE.values())]
    written = [("operation", "drawn", "TeX", "note"), *map(notation, rules.TABLE.values())]
    return "\n".join([*aligned(read), "", *aligned(written)])


def meaning(op: Op) -> tuple[str, ...]:
    """Return a row read as text."""
    operands, out = operands_of(op), name("σ(x)" if op is rules.SIGMOID else "out", 0.0)
    slopes = [on_a_board(slope(op, i, operands, out).text) for i in range(len(operands))]
    domains = dict.fromkeys(domain.words for domain in op.domain if domain not in (MANY, PAIRS))
    rule = op.textbook or op.value
    value = on_a_board(as_expr(rule(methods, *op.grouped(operands))).text)  # what it does, not only what it is called
    return (
        op.name,
        value if len(value) < 45 else formula(op, operands).text,
        fitting(slopes, op),
        "; ".join(domains),
        op.kinks.words if op.kinks else "",
    )


def on_a_board(text: str) -> str:
    """Write e to a power, σ, and a product with brackets as one would by hand.

    >>> on_a_board("a·(1 − exp(−x))"), on_a_board("sigmoid(x)")
    ('a(1 − e⁻ˣ)', 'σ(x)')
    """
    raised = re.sub(r"exp\((−?[xyz])\)", lambda power: "e" + power[1].translate(RAISED), text)
    return raised.replace("sigmoid", "σ").replace("·(", "(")


def notation(op: Op) -> tuple[str, ...]:
    """Return how a row is drawn and written, and its note."""
    return op.name, op.symbol, op.tex.format("x", "y"), op.note


def fitting(slopes: list[str], op: Op, width: int = 44) -> str:
    """Return the slopes, or as many as fit."""
    whole = ", ".join(slopes)
    if len(whole) <= width:
        return whole
    if op.arity == MANY:
        return "1, shared by those that tie; 0"
    return f"{slopes[0]}, …" if len(slopes) > 1 else whole


def operands_of(op: Op) -> tuple[Expr, ...]:
    """Return names for a row's operands."""
    names = {1: "x", 2: "xy", MANY: "xyz", PAIRS: "wxb"}[op.arity]
    return tuple(name(letter, 0.0) for letter in names)
