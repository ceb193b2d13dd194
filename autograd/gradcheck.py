"""gradcheck: two other ways to the same gradient, and a report that says how near they come.

central differences   (f(x + h) − f(x − h)) / 2h      any function; about 10 digits
complex step          Im f(x + ih) / h                rows without a kink; all 16 digits: nothing is subtracted
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from autograd.errors import DataError, DomainError
from autograd.functions import grad
from autograd.graph import names, number, topological_order
from autograd.modes import must_record, no_grad
from autograd.namespaces import Stepped, complexes
from autograd.refusals import as_float, must_be_called
from autograd.value import Value

STEP = 6e-6  # the cube root of the rounding error: where the two errors of a central difference are in balance
COMPLEX_STEP = 1e-200
NEAR = 1e-3  # a kink that is nearer may be the reason why a check fails


@dataclass(frozen=True)
class Row:
    """One input: the gradient from the backward pass, and the two from elsewhere."""

    name: str
    analytic: float
    numeric: float
    complex_step: float | None
    tolerance: float
    remark: str = ""  # what stands in the way of the check here

    @property
    def error(self) -> float:
        """The larger relative error, in units of the tolerance: up to 1 is good."""
        errors = [relative(self.analytic, self.numeric) / self.tolerance]
        if self.complex_step is not None:
            errors.append(relative(self.analytic, self.complex_step) / 1e-12)
        return max(errors) if all(e == e for e in errors) else float("inf")


@dataclass(frozen=True)
class Report:
    """What gradcheck found; true when all inputs pass.

    >>> print(gradcheck(lambda x, y: x * y + x, 3.0, 4.0))
    gradcheck passed: 2 inputs, the worst is x1
    input              analytic               numeric          complex step
    x1                        5                     5                     5  ok
    x2                        3                     3                     3  ok
    """

    rows: tuple[Row, ...]

    def __bool__(self) -> bool:
        return all(row.error <= 1 for row in self.rows)

    @property
    def worst(self) -> Row:
        """The input with the largest error."""
        return max(self.rows, key=lambda row: row.error)

    def __str__(self) -> str:
        verdict = "passed" if self else "FAILED"
        head = (
            f"gradcheck {verdict}: {len(self.rows)} input{'s' * (len(self.rows) > 1)}, the worst is {self.worst.name}"
        )
        title = f"{'input':<12}{'analytic':>15}{'numeric':>22}{'complex step':>22}"
        remarks = [f"{row.name}: {row.remark}" for row in self.rows if row.remark]
        return "\n".join([head, title, *map(line, self.rows), *remarks])


def gradcheck(f: Callable[..., Value], *inputs: Value | float, tolerance: float = 1e-6) -> Report:
    """Compare the gradient of f at some inputs with central differences, and with the complex step where it applies.

    >>> bool(gradcheck(lambda x: x.tanh() * x, 0.5))
    True
    >>> gradcheck(lambda x: x.relu(), 0.5).rows[0].complex_step is None  # a row with a kink is not analytic
    True

    At a kink, and at the edge of a domain, no central difference is the slope, and the report says so:

    >>> print(str(gradcheck(lambda x: x.relu(), Value(0.0, "x"))).splitlines()[-1])
    x: relu at v1 is 0 from its kink, x = 0: the slope at 0 is 0, as in PyTorch. Choose an input away from it.

    f is called again with Values near the inputs. The step is 6e-6, or 6e-6 times an input beyond ±1; where that fails, near
    the edge of a domain, 6e-6 times the input. `tolerance` is relative, or absolute below 1. Raises DataError when f does not
    return a Value, or there are no inputs, and GraphError inside no_grad.
    """
    leaves = [Value(as_float(x.data if isinstance(x, Value) else x), label_of(x, i)) for i, x in enumerate(inputs, 1)]
    must_record("gradcheck")
    must_be_called("gradcheck", f)
    output = f(*leaves)
    if not isinstance(output, Value) or not leaves:
        raise DataError(
            f"gradcheck takes a function of Values and one input at least, and f returned {output!r}. Return the Value."
        )
    return Report(tuple(checked(f, output, leaves, i, tolerance) for i in range(len(leaves))))


def checked(f: Callable[..., Value], output: Value, leaves: list[Value], i: int, tolerance: float) -> Row:
    """Return the row of one input, with the wider of two steps that agrees, or a remark why none does."""
    x, remark, rows = leaves[i], "", []
    (gradient,), by_complex_step = grad(output, x), complex_step(output, x)
    for h in dict.fromkeys([STEP * max(1.0, abs(x.data)), STEP * abs(x.data) or STEP]):
        try:
            numeric = central_difference(f, leaves, i, h)
        except DomainError as error:
            remark = f"a step of {number(h)} leaves the domain: {error}"
            continue
        rows.append(Row(x.label, gradient, numeric, by_complex_step, tolerance))
        if rows[-1].error <= 1:
            return rows[-1]
    first = rows[0] if rows else Row(x.label, gradient, math.nan, by_complex_step, tolerance)
    return replace(first, remark=remark or obstacle(output, x))


def obstacle(output: Value, leaf: Value) -> str:
    """Say what may stand in the way of a check that failed: a kink near by, or a graph that the input is not in."""
    order = topological_order(output)
    if leaf not in order:
        return "no graph leads from here to the result. Does f go through .data, item() or detach()?"
    for node, name in names(order).items():
        if node.op and node.op.kinks:
            distance = node.op.kinks.distance(*node.op.grouped(tuple(p.data for p in node.parents)))
            if distance < NEAR:
                kink = f"{node.op.name} at {name} is {number(distance)} from its kink, {node.op.kinks.words}"
                return f"{kink}: {node.op.note}. Choose an input away from it."
    return ""


def central_difference(f: Callable[..., Value], leaves: list[Value], i: int, h: float) -> float:
    """Return (f(x + h) − f(x − h)) / 2h for one input."""
    numbers = [x.data for x in leaves]

    def at(x: float) -> float:
        with no_grad():
            return f(*(Value(number) for number in [*numbers[:i], x, *numbers[i + 1 :]])).data

    above, below = numbers[i] + h, numbers[i] - h
    return (at(above) - at(below)) / (above - below)


def complex_step(output: Value, leaf: Value) -> float | None:
    """Return Im f(x + ih) / h, read off the recorded graph; None where a row has a kink, or x is not in the graph."""
    order = topological_order(output)
    if any(node.op and node.op.kinks for node in order):
        return None
    values: dict[Value, Any] = {}
    for node in order:
        start = Stepped(node.data, COMPLEX_STEP if node is leaf else 0.0)
        values[node] = node.op.at(complexes, tuple(values[p] for p in node.parents)) if node.op else start
    return float(values[output].imag / COMPLEX_STEP)


def relative(x: float, y: float) -> float:
    """Return the error of x against y, relative to the larger, or absolute where both are below 1."""
    return 0.0 if x == y else abs(x - y) / max(1.0, abs(x), abs(y))


def label_of(x: Value | float, i: int) -> str:
    """Return the label of an input, or x1, x2, …"""
    return (x.label if isinstance(x, Value) else "") or f"x{i}"


def line(row: Row) -> str:
    """Return one aligned line of the report."""
    complex_digits = "" if row.complex_step is None else f"{row.complex_step:.12g}"
    numbers = f"{row.analytic:>15.12g}{row.numeric:>22.9g}{complex_digits:>22}".replace("-", "−")
    return f"{row.name:<12}{numbers}  {'ok' if row.error <= 1 else 'WRONG'}"
