r"""Expr: the table read as text.

A rule that is given Exprs in the place of numbers writes itself down:

>>> w, x, b, z = name("w", 3.0), name("x", 2.0), name("b", 1.0), name("z", 7.0)
>>> formula(rules.DOT, (w, x, b)).text, formula(rules.DOT, (w, x, b)).numbers
('w·x + b', '3·2 + 1')
>>> slope(rules.DOT, 0, (w, x, b), z).text, slope(rules.RELU, 0, (z,), z).numbers
('x', '1 if 7 > 0 else 0')
>>> formula(rules.TANH, (z,)).tex
'\\tanh z'
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

from autograd import rules
from autograd.graph import number
from autograd.namespaces import methods
from autograd.op import Constant
from autograd.operators import Operators
from autograd.rules import MANY, PAIRS, REAL, Op
from autograd.value import Value

PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉", "01234567890123456789")
MOST_TERMS = 6  # a longer sum is written with an ellipsis

# fmt: off
GREATER = Op("greater", lambda xp, x, y: x > y, lambda *_: (), ">", "{0} > {1}", (REAL, REAL), text="{0} > {1}", binds=0)
LESS    = Op("less",    lambda xp, x, y: x < y, lambda *_: (), "<", "{0} < {1}", (REAL, REAL), text="{0} < {1}", binds=0)
CHOICE  = Op("choice",  lambda xp, c, x, y: xp.where(c, x, y), lambda *_: (), "if",
             r"\begin{{cases}} {1} & {0} \\ {2} & \text{{else}} \end{{cases}}", (REAL, REAL, REAL), text="{1} if {0} else {2}", binds=0)
# fmt: on


@dataclass(frozen=True, eq=False)
class Expr(Operators):
    """A name with its number, or an operation on other Exprs."""

    label: str
    data: float = 0.0
    op: Op | None = None
    operands: tuple[Expr, ...] = ()

    def apply(self, op: Op, *operands: Expr | float) -> Expr:
        """Write an operation down, leaving out + 0 and · 1, and writing x · x as x²."""
        if (neutral := {rules.ADD: 0.0, rules.MUL: 1.0}.get(op)) is not None:
            written = [x for x in operands if isinstance(x, Expr) or x != neutral]
            if len(written) == 1:
                return as_expr(written[0])
        if op is rules.MUL and operands[0] is operands[1]:
            return self.apply(rules.power(2), operands[0])
        if op.name == "power(1)":
            return self
        return Expr("", 0.0, op, tuple(map(as_expr, operands)))

    def __gt__(self, other: Expr | float) -> Expr:
        return self.apply(GREATER, self, other)

    def __lt__(self, other: Expr | float) -> Expr:
        return self.apply(LESS, self, other)

    def choose(self, x: Expr | float, y: Expr | float) -> Expr:
        """Write x where this condition holds, and y elsewhere."""
        return self.apply(CHOICE, self, x, y)

    @property
    def text(self) -> str:
        """In names: 2(a − y)."""
        return render(self, lambda leaf: leaf.label, Op.call)

    @property
    def numbers(self) -> str:
        """With the numbers in place: 2(7 − 15)."""
        return render(self, lambda leaf: "…" if leaf.label == "…" else number(leaf.data), Op.call)

    @property
    def tex(self) -> str:
        """In TeX, with names."""
        return render(self, lambda leaf: tex_name(leaf.label), lambda op, *parts: op.tex.format(*parts))


def name(label: str, data: float) -> Expr:
    """Return the Expr of a name that stands for a number."""
    return Expr(label, data)


def as_expr(x: Expr | float) -> Expr:
    """Return an Expr as it is, and a number as a name for itself."""
    return x if isinstance(x, Expr) else Expr(x.text if isinstance(x, Constant) else number(x), x)


def formula(op: Op, operands: tuple[Expr, ...]) -> Expr:
    """Return what a row computes: written out where it is a sum, and by its name elsewhere."""
    if op.text == "…":
        written = as_expr(op.at(methods, shortened(op, operands)))
        if op is rules.MEAN:  # however many are shown, it divides by how many there are
            return as_expr(written.operands[0] / float(len(operands)))
        return written
    return Expr("", 0.0, op, shortened(op, operands))


def slope(op: Op, operand: int, operands: tuple[Expr, ...], out: Expr) -> Expr:
    """Return the local derivative of a row with respect to one operand; of many other operands only the last is shown."""
    if op.arity == MANY and op.text != "…" and len(operands) > MOST_TERMS:
        operand, operands = 0, (operands[operand], Expr("…"), operands[-1])
    if op.textbook_slopes:
        return as_expr(op.textbook_slopes(methods, *op.grouped(operands), out)[operand])
    return as_expr(op.slopes_at(methods, operands, out)[operand])


def inner_slope(node: Value, operand: int, names: Mapping[Value, Expr]) -> Expr:
    """Return a node's local derivative with the parents that have no label written out: 2(a − y) for 2·v1."""
    assert node.op is not None
    return slope(node.op, operand, tuple(written_out(p, names) for p in node.parents), names[node])


def written_out(node: Value, names: Mapping[Value, Expr]) -> Expr:
    """Return a node as its name, or as its formula where it has no label of its own."""
    if node.op is None or node.label:
        return names[node]
    return formula(node.op, tuple(names[p] for p in node.parents))


def product(factors: list[Expr]) -> Expr:
    """Return the product of factors, leaving out those that are 1."""
    written = [factor for factor in factors if factor.op or factor.label != "1"]
    return reduce(lambda x, y: x * y, written) if written else as_expr(1.0)


def shortened(op: Op, operands: tuple[Expr, ...]) -> tuple[Any, ...]:
    """Return the operands, or the first and last of many with an ellipsis between them."""
    if op.arity == PAIRS:
        factors: list[Expr | float] = list(operands[:-1])
        if len(operands) > 2 * MOST_TERMS:
            (w1, w2, *_), (x1, x2, *_), _ = op.grouped(operands)
            factors = [w1, w2, Expr("…"), x1, x2, 1.0]
        return (*factors, 0.0 if operands[-1].label == "0" else operands[-1])  # no bias: + 0 is not written
    if op.arity == MANY and len(operands) > MOST_TERMS:
        return (*operands[:2], Expr("…"), operands[-1])
    return operands


def render(expr: Expr, leaf: Callable[[Expr], str], call: Callable[..., str]) -> str:
    """Write an Expr, with parentheses where they are needed and nowhere else."""
    if expr.op is None:
        return leaf(expr)
    parts = [render(operand, leaf, call) for operand in expr.operands]
    parts = [enclosed(part, expr, i, call) for i, part in enumerate(parts)]
    if expr.op is rules.MUL and parts[1].startswith("(") and expr.operands[1].op and is_number(parts[0]):
        return "".join(parts)  # 2(a − y)
    return call(expr.op, *parts)


def enclosed(part: str, expr: Expr, i: int, call: Callable[..., str]) -> str:
    """Put an operand in parentheses if it binds less tightly than its place asks for, or begins with a minus inside."""
    op, operand = expr.op, expr.operands[i]
    assert op is not None
    own = f"({{{i}}})" in op.text if call is Op.call else f"{{{{{{{i}}}}}}}" in op.tex
    if op.binds in (0, 9) or own:
        return part  # f(x), or brackets of its own
    needed = op.binds + (i > 0 or op.arity == 1)
    loose = (operand.op.binds if operand.op else 9) < needed
    minus = part[:1] in ("−", "-") and (i > 0 or op.binds in (3, 4))
    spaced = operand.op is None and " " in part
    return f"({part})" if loose or minus or spaced else part


def is_number(text: str) -> bool:
    """Tell whether a text is a number written out."""
    return re.fullmatch(r"−?[0-9.]+", text) is not None


def tex_name(label: str) -> str:
    """Return a name in TeX: z1 is z with an index, a longer word is upright."""
    if label in ("…",) or is_number(label):
        return label.replace("−", "-").replace("…", r"\dots")
    if root := re.fullmatch(r"(−?)(?:(\d+)/)?√(?:\(([^\W_]+)\)|([^\W_]))", label):  # 2/√π, √2, √(2π)
        under = r"\sqrt{" + (root[3] or root[4]).replace("π", r"\pi") + "}"
        return root[1].replace("−", "-") + (rf"\frac{{{root[2]}}}{{{under}}}" if root[2] else under)
    if index := re.fullmatch(r"([A-Za-z])([⁰¹²³⁴⁵⁶⁷⁸⁹]*)([₀₁₂₃₄₅₆₇₈₉,]+)", label):
        high, low = index[2].translate(PLAIN), index[3].translate(PLAIN)
        return f"{index[1]}^{{{high}}}_{{{low}}}" if high else f"{index[1]}_{{{low}}}"
    if index := re.fullmatch(r"([A-Za-z])_?([0-9]+(?:_[0-9]+)*)", label):
        return f"{index[1]}_{{{index[2].replace('_', ',')}}}"
    return label if len(label) == 1 else r"\text{" + re.sub(r"([\\{}$&#^_%~])", r"\\\1", label) + "}"
