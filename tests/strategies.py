"""Random programs drawn from the table, and other ways to read it.

program     a list of (Op, indices): each instruction makes one node of earlier ones; the leaves come first
run         the program with any `apply(op, operands)`: Values, floats, numbers of 60 digits
slopes60    the gradient by central differences at 60 digits: an oracle that shares no derivative with the table
reach       for each leaf, the sum over all paths of |product of local derivatives|: the size that an error is measured by
"""

import math
from contextlib import suppress
from typing import Any, NamedTuple

from hypothesis import settings
from hypothesis import strategies as st
from mpmath import MPContext

from autograd import Value, errors
from autograd.namespaces import Folds, scalars
from autograd.rules import MANY, PAIRS, REAL, TABLE, Op, elu, leaky_relu, power
from autograd.value import evaluate

MP = MPContext()
MP.dps = 60
H = MP.mpf(10) ** -20
THOROUGH = settings.get_profile("thorough").max_examples


def examples(n: int) -> settings:
    """Return the settings of a test that draws `n` programs in .ci/run, and a third of them in the README's command."""
    return settings(max_examples=n if settings.default.max_examples >= THOROUGH else n // 3)


def namespace_of(mp: MPContext) -> Any:
    """Return mpmath at its number of digits as a namespace for the rows."""

    class Digits(Folds):
        exp, log, log1p, expm1 = mp.exp, mp.log, mp.log1p, mp.expm1
        sqrt, sin, cos, tanh, abs, pow = mp.sqrt, mp.sin, mp.cos, mp.tanh, mp.fabs, mp.power
        erf, erfc = mp.erf, mp.erfc
        square = staticmethod(lambda x: x * x)
        maximum = staticmethod(lambda x, y: x if x >= y else y)
        minimum = staticmethod(lambda x, y: x if x <= y else y)
        where = staticmethod(lambda condition, x, y: x if condition else y)
        divide = staticmethod(lambda x, y: mp.mpf(x) / y)

    return Digits


sixty = namespace_of(MP)


class Program(NamedTuple):
    """The numbers at the leaves, and the instructions."""

    leaves: tuple[float, ...]
    code: tuple[tuple[Op, tuple[int, ...]], ...]

    def __repr__(self) -> str:
        lines = [f"  n{i} = {x!r}" for i, x in enumerate(self.leaves)]
        for i, (op, operands) in enumerate(self.code, len(self.leaves)):
            lines.append(f"  n{i} = {op.name}({', '.join(f'n{k}' for k in operands)})")
        return "program\n" + "\n".join(lines)


ROWS = (*TABLE.values(), power(0), power(1), power(4), power(-2), power(1.5), leaky_relu(0.2), elu(0.5))
LARGEST, STEEPEST, FLATTEST, NEAREST = 10.0, 100.0, 1e-4, 0.05  # what is called moderate


def run(program: Program, leaves: Any, apply: Any) -> list[Any]:
    """Return every node, the root last."""
    nodes = list(leaves)
    for op, operands in program.code:
        nodes.append(apply(op, tuple(nodes[k] for k in operands)))
    return nodes


def as_values(program: Program) -> list[Value]:
    """Return every node as a Value."""
    return run(program, map(Value, program.leaves), lambda op, xs: xs[0].apply(op, *xs))


def at_sixty(program: Program, leaves: Any) -> Any:
    """Return the root at 60 digits."""
    return run(program, map(MP.mpf, leaves), lambda op, xs: op.at(sixty, xs))[-1]


def shifted(program: Program, *moves: tuple[int, Any]) -> Any:
    """Return the root at 60 digits with some leaves moved."""
    leaves = [MP.mpf(x) for x in program.leaves]
    for i, h in moves:
        leaves[i] += h
    return at_sixty(program, leaves)


def slopes60(program: Program) -> list[Any]:
    """Return the root's derivative for each leaf."""
    return [(shifted(program, (i, H)) - shifted(program, (i, -H))) / (2 * H) for i in range(len(program.leaves))]


def second60(program: Program, i: int, j: int) -> Any:
    """Return the root's second derivative for two leaves."""
    h = MP.mpf(10) ** -12
    corners = [(a * b, shifted(program, (i, a * h), (j, b * h))) for a in (1, -1) for b in (1, -1)]
    return sum(sign * corner for sign, corner in corners) / (4 * h * h)


def reach(root: Value, leaves: list[Value]) -> list[float]:
    """Return, for each leaf, the sum over all paths of |product of local derivatives|."""
    from autograd.graph import topological_order

    sizes = {root: 1.0}
    for node in reversed(topological_order(root)):
        for parent, local in zip(node.parents, node.partials, strict=True):
            sizes[parent] = sizes.get(parent, 0.0) + sizes[node] * abs(local)
    return [sizes.get(leaf, 0.0) for leaf in leaves]


def moderate(op: Op, numbers: tuple[float, ...]) -> float | None:
    """Return the value of a row where everything about it is moderate, else None."""
    domains = op.domain[:1] * len(numbers) if op.arity in (MANY, PAIRS) else op.domain
    if not all(d.has(x - s * NEAREST) for d, x in zip(domains, numbers, strict=True) for s in (-1, 0, 1)):
        return None
    if op.domain[0].words.startswith("other than") and abs(numbers[0]) < NEAREST:
        return None
    if op.kinks and op.kinks.distance(*op.grouped(numbers)) < NEAREST:
        return None
    try:
        out = op.at(scalars, numbers)
        slopes = op.slopes_at(scalars, numbers, out)
    except (ArithmeticError, ValueError, errors.AutogradError):
        return None
    fine = all(d == 0 or FLATTEST < abs(d) < STEEPEST for d in slopes)
    return out if fine and math.isfinite(out) and abs(out) <= LARGEST else None


numbers = st.floats(-3, 3).map(lambda x: round(x, 3)).filter(lambda x: abs(x) > 0.05)


@st.composite
def programs(draw: Any, rows: tuple[Op, ...] = ROWS, longest: int = 12) -> Program:
    """Draw a program whose root depends on every node; repeated parents and shared nodes are common."""
    values = draw(st.lists(numbers, min_size=1, max_size=4))
    leaves, code = tuple(values), []
    used: set[int] = set()
    for _ in range(draw(st.integers(1, longest))):
        op = draw(st.sampled_from(rows))
        some = st.integers(0, len(values) - 1)
        n = {MANY: draw(st.integers(1, 4)), PAIRS: 2 * draw(st.integers(1, 3)) + 1}.get(op.arity, op.arity)
        operands = tuple(draw(some) for _ in range(n))
        out = moderate(op, tuple(values[k] for k in operands))
        if out is not None:
            values.append(out)
            code.append((op, operands))
            used.update(operands)
    loose = tuple(k for k in range(len(values)) if k not in used)
    if len(loose) > 1 or not code:
        code.append((TABLE["sum"], loose or (0,)))
    return Program(leaves, tuple(code))


# --- programs at the edges: rows of one's own, whose slopes may be infinite or NaN, at numbers that bring that about ---


def _upright(x: float) -> float:
    return math.inf if x == 0 else 1.0 / (3.0 * x * x)


OWN = (
    Op("cbrt", lambda xp, x: math.cbrt(x), lambda xp, x, out: (_upright(out),), "∛", r"\sqrt[3]{{{0}}}", (REAL,)),
    Op("sign", lambda xp, x: float((x > 0) - (x < 0)), lambda xp, x, out: (0.0 if x else math.nan,), "sgn", "{0}", (REAL,)),
    Op("hypot", lambda xp, x, y: math.hypot(x, y), lambda xp, x, y, out: (x / out, y / out) if out else (math.nan, math.inf), "hypot", "{0} {1}", (REAL, REAL)),
    Op("norm", lambda xp, xs: math.hypot(*xs), lambda xp, xs, out: tuple(x / out if out else math.inf for x in xs), "‖x‖", "{0}", (REAL, MANY)),
    Op("matches", lambda xp, ws, xs, b: float(sum(w == x for w, x in zip(ws, xs, strict=True))) + b,
       lambda xp, ws, xs, b, out: ([math.inf if w == x else 0.0 for w, x in zip(ws, xs)], [math.nan if w == x else -0.0 for w, x in zip(ws, xs)], 1.0),  # noqa: B905
       "≡", "{0}", (REAL, PAIRS)),
)  # fmt: skip
EDGES = st.sampled_from([0.0, -0.0, 1.0, -1.0, 0.5, -2.0, 3.0, 1e-200, 1e200, -1e308, math.inf, -math.inf, math.nan])


@st.composite
def programs_at_the_edges(draw: Any, longest: int = 10) -> Program:
    """Draw a program of all rows, and of one's own, at any numbers; what is refused is left out, and all else leads to the root.

    What no other node uses is multiplied by a leaf, and that may be 0: then 0 comes back to slopes that may be infinite.
    """
    leaves = tuple(draw(st.lists(EDGES, min_size=2, max_size=4)))
    values, code = list(leaves), []
    for op in draw(st.lists(st.sampled_from((*ROWS, *OWN, *OWN)), min_size=1, max_size=longest)):
        n = {MANY: 3, PAIRS: 5}.get(op.arity, op.arity)
        operands = tuple(draw(st.lists(st.integers(0, len(values) - 1), min_size=n, max_size=n)))
        with suppress(errors.AutogradError):
            values.append(evaluate(op, tuple(values[k] for k in operands))[0])
            code.append((op, operands))
    used = {k for _, operands in code for k in operands}
    loose = [k for k in range(len(values)) if k not in used]
    ends = range(len(values), len(values) + len(loose))
    code += [(TABLE["mul"], (k, draw(st.integers(0, len(leaves) - 1)))) for k in loose]  # by a leaf, which may be 0
    return Program(leaves, (*code, (TABLE["sum"], tuple(ends))))
