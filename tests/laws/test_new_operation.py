"""A row that was written a moment ago does what the rows of the table do: one row is enough for every reader."""

import math

import pytest

from autograd import DomainError, Value, grad, gradcheck, no_grad, steps
from autograd.explain import expression
from autograd.explain.event_json import stream
from autograd.explain.stepper import Chain, Ready
from autograd.rules import MANY, POSITIVE, REAL, TABLE, Op

SOFTSIGN = Op(
    "softsign",
    lambda xp, x: x / (1 + xp.abs(x)),
    lambda xp, x, out: (1 / ((1 + xp.abs(x)) * (1 + xp.abs(x))),),
    "s",
    r"\mathrm{{softsign}}({0})",
    (REAL,),
)
HYPOT = Op(
    "hypot",
    lambda xp, x, y: xp.sqrt(x * x + y * y),
    lambda xp, x, y, out: (x / out, y / out),
    "hyp",
    r"\sqrt{{{0}^2 + {1}^2}}",
    (POSITIVE, POSITIVE),
)
GEOMETRIC = Op(
    "geometric",
    lambda xp, xs: xp.exp(sum(xp.log(x) for x in xs) / len(xs)),
    lambda xp, xs, out: tuple(out / (len(xs) * x) for x in xs),
    "∏", r"\sqrt[n]{{\prod_i x_i}}", (POSITIVE, MANY),
)  # fmt: skip
NEW = pytest.mark.parametrize(
    ("op", "xs"),
    [(SOFTSIGN, (0.5,)), (HYPOT, (3.0, 4.0)), (GEOMETRIC, (2.0, 4.0, 8.0))],
    ids=lambda x: getattr(x, "name", ""),
)


@NEW
def test_a_new_row_is_enough_for_every_reader(op, xs):
    """What a reader of the table can do with its own rows, it can do with one that was written a moment ago."""
    assert op.name not in TABLE
    leaves = [Value(x, f"x{i}") for i, x in enumerate(xs)]
    out = leaves[0].apply(op, *leaves)
    out.label = "y"
    wanted = {"softsign": (1 / 3, [1 / 2.25]), "hypot": (5.0, [0.6, 0.8]), "geometric": (4.0, [2 / 3, 1 / 3, 1 / 6])}[
        op.name
    ]
    assert (out.data, out.op) == (pytest.approx(wanted[0]), op)
    out.backward()
    assert [leaf.grad for leaf in leaves] == pytest.approx(wanted[1])
    assert [e.grad for e in steps(out) if isinstance(e, Ready)][1:] == [leaf.grad for leaf in leaves]
    assert [e.local for e in steps(out) if isinstance(e, Chain)] == list(out.partials)
    report = gradcheck(lambda *v: v[0].apply(op, *v), *xs)
    assert report, str(report)
    assert report.rows[0].complex_step is not None
    second = grad(grad(out, leaves[0], create_graph=True)[0], leaves[0])[0]
    h = 1e-4
    around = [leaves[0].apply(op, xs[0] + d, *xs[1:]).data for d in (-h, 0, h)]
    assert second == pytest.approx((around[0] - 2 * around[1] + around[2]) / (h * h), rel=1e-4)
    with no_grad():
        assert leaves[0].apply(op, *leaves).parents == ()
    told = stream(steps(out))
    assert told["steps"][0]["formula"].startswith(op.name)
    names = tuple(expression.name(leaf.label, leaf.data) for leaf in leaves)
    written = names[0].apply(op, *names)
    assert (written.text, expression.formula(op, names).text) == (
        f"{op.name}({', '.join(leaf.label for leaf in leaves)})",
    ) * 2
    assert written.tex == op.tex.format(*(expression.tex_name(leaf.label) for leaf in leaves))


@NEW
def test_a_new_row_guards_its_domain(op, xs):
    leaves = [Value(x) for x in (*xs[:-1], -1.0)]
    if op.guarded:
        with pytest.raises(DomainError, match=f"{op.name}.*greater than 0, and here it is -1.0"):
            leaves[0].apply(op, *leaves)
    else:
        assert leaves[0].apply(op, *leaves).data == -0.5
    assert math.isnan(leaves[0].apply(op, *[math.nan] * len(xs)).data)
