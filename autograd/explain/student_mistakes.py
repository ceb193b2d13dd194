"""What students do to a gradient on paper: each mistake with the number it gives, the likeliest first.

Every function takes the Flows of a node and yields mistakes that this graph has a place for: no mean, no "sum for mean"; no
square, no ½. `diagnose` compares their numbers with an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice

from autograd.explain.events import Chain
from autograd.explain.features import constant_factor, exponent, has_square, has_target, penalizes, terms
from autograd.explain.flows import Flows, partner
from autograd.explain.laboratory import Mistake
from autograd.explain.mistakes import with_a_half, without_the_half, wrong_sign
from autograd.explain.paths import descendants, walk
from autograd.explain.step_mistakes import STEP_MISTAKES
from autograd.graph import number
from autograd.namespaces import scalars
from autograd.op import Op
from autograd.rules import MEAN, SIGMOID, SUM, TANH

MOST_PATHS = 100
PRODUCT_RULE = "The derivative of w·x with respect to one factor is the other factor."
ALL_PATHS = "The gradient is the sum over all paths from the root."
SAID_BY = {  # a mistake that another names better
    "one path of several": ("one use only", "one example of several", "the penalty only"),
    "one path left out": ("one use left out", "one example left out", "the penalty left out"),
    "one use left out": ("one example left out", "the penalty left out"),
    "one use only": ("one example of several", "the penalty only"),
    "the exponent left out": ("½(t − o)² for (t − o)²",),
    "another node's gradient": ("the other factor's gradient",),
}
ONE_LESS_THE_VALUE = (  # slopes for which 1 − the result is taken
    (SIGMOID, "half a slope", "1 − σ is taken for σ(1 − σ), the slope of sigmoid", "The slope of sigmoid is σ(1 − σ)."),
    (TANH, "the square of tanh left out", "1 − tanh is taken for 1 − tanh², the slope of tanh", "The slope of tanh is 1 − tanh²."),
)  # fmt: skip
WHOLE_LOSS = "The derivative is that of the whole loss, as it is written."
UNSEEDED = Mistake(
    "the unseeded numbers",
    "the numbers of the lesson are taken, and not those of the seed",
    "With a seed the graph has other numbers: take those that are printed with the question.",
)


def likely(flows: Flows) -> Iterator[Mistake]:
    """Yield the mistakes that are often made, by their likelihood."""
    kinds = (one_step, other_factor, one_use, one_example, mean_or_sum, conventions, penalty, one_path, own_value)
    for kind in (*kinds, added_with_a_factor_of_1):
        yield from kind(flows)


def unlikely(flows: Flows) -> Iterator[Mistake]:
    """Yield those that are tried where no other gives the answer: in a step further up, or with another sign as well."""
    yield from activations(flows)
    yield from inner_derivatives(flows)
    yield from one_step_of_one_use(flows)
    yield from further_up(flows)
    for mistake in likely(flows):
        yield made(
            flows,
            f"{mistake.name}, and the sign",
            f"{mistake.when}, and the sign is wrong",
            mistake.why,
            -flows.gradient_under(mistake),
        )


def made(flows: Flows, name: str, when: str, why: str, gradient: float) -> Mistake:
    """Return a mistake with the gradient that it gives."""
    return Mistake(name, when, why, {flows.node: gradient})


def one_step(flows: Flows) -> Iterator[Mistake]:
    """Upstream alone, local alone, + for ·, and the sign: at all uses, or at one of several."""
    for step in STEP_MISTAKES[:3]:
        if step.name.startswith("+") and any(1.0 in (use.upstream, use.local) for use in flows.uses):
            continue  # a factor of 1 is not even seen
        yield made(flows, step.name, step.when, step.why, sum(map(step.number, flows.uses)))
    yield from sign(flows)
    for step in STEP_MISTAKES[:3] if len(flows.uses) > 1 else ():
        for use in flows.uses:
            where = f"{step.when}, at {flows.name(use.node)}"
            yield made(flows, step.name, where, step.why, flows.with_step(use, step.number(use)))


def added_with_a_factor_of_1(flows: Flows) -> Iterator[Mistake]:
    """+ for · also where a factor is 1: the last, since 1 · x needs no thought."""
    step = STEP_MISTAKES[2]
    yield made(flows, step.name, step.when, step.why, sum(map(step.number, flows.uses)))


def one_step_of_one_use(flows: Flows) -> Iterator[Mistake]:
    """The same at one use, with the other uses left out."""
    for step in STEP_MISTAKES[:3] if len(flows.uses) > 1 else ():
        for use in flows.uses:
            where = f"{step.when}, at {flows.name(use.node)}, and other uses are left out"
            yield made(flows, step.name, where, step.why, step.number(use))


def sign(flows: Flows) -> Iterator[Mistake]:
    """The other sign, of the whole or of one use."""
    why = "Follow the signs of the local derivatives: that of a − b with respect to b is −1."
    if has_target(flows.order):
        yield wrong_sign(flows.root, names=flows.names)
    else:
        yield made(flows, "the sign", "the gradient has the other sign", why, -flows.gradient)
    for use in flows.uses if len(flows.uses) > 1 else ():
        where = f"the contribution of {flows.name(use.node)} has the other sign"
        yield made(flows, "the sign", where, why, flows.with_step(use, -use.contribution))


def other_factor(flows: Flows) -> Iterator[Mistake]:
    """The gradient of the other factor; and an input and its weight swapped, with or without upstream."""
    factors = [(use, i) for use in flows.uses if (i := partner(use)) is not None]
    for use, i in factors:
        other = use.node.parents[i]
        if other.kind != "constant":
            when = f"the gradient of {flows.name(other)}, the other factor, is given"
            yield made(flows, "the other factor's gradient", when, PRODUCT_RULE, flows.gradients[other])
    if factors:
        name, when = "an input and its weight swapped", f"{flows.name(flows.node)} itself is taken for the other factor"
        swapped = [(use, use.upstream * use.node.partials[i]) for use, i in factors]
        yield made(flows, name, when, PRODUCT_RULE, sum(contribution for _, contribution in swapped))
        for use, contribution in swapped:
            yield made(
                flows, name, f"{when}, at {flows.name(use.node)}", PRODUCT_RULE, flows.with_step(use, contribution)
            )


def one_use(flows: Flows) -> Iterator[Mistake]:
    """One use left out, or one only."""
    for use in flows.uses if len(flows.uses) > 1 else ():
        where = f"its use in {flows.name(use.node)}"
        yield made(flows, "one use left out", f"{where} is left out", ALL_PATHS, flows.with_step(use, 0.0))
        yield made(flows, "one use only", f"only {where} is counted", ALL_PATHS, use.contribution)


def one_example(flows: Flows) -> Iterator[Mistake]:
    """Of the examples whose losses are added or averaged: one share, one loss, or all without one."""
    why = "The loss of a batch is made of all its examples."
    for joined in (node for node in flows.derivatives if node.op in (MEAN, SUM)):
        shares = [chain for chain in flows.chains if chain.node is joined and chain.parent in flows.derivatives]
        for chain in shares if len(shares) > 1 else ():
            example, share = flows.name(chain.parent), flows.of(chain)
            yield made(flows, "one example of several", f"only the share of {example} is given", why, share)
            yield made(
                flows, "one example of several", f"the gradient of {example} alone is given", why, share / chain.local
            )
            yield made(flows, "one example left out", f"{example} is left out", why, flows.gradient - share)


def mean_or_sum(flows: Flows) -> Iterator[Mistake]:
    """A sum for a mean, a mean for a sum, and a mean that is taken twice."""
    for joined in (node for node in flows.derivatives if node.op in (MEAN, SUM)):
        n, part = len(joined.parents), flows.through(joined)
        more, less = flows.gradient + (n - 1) * part, flows.gradient + (1 / n - 1) * part
        if joined.op is MEAN:
            yield made(flows, "sum for mean", f"the factor 1/{n} of the mean is left out", WHOLE_LOSS, more)
            yield made(flows, "the mean twice", f"it is divided by {n} once more", WHOLE_LOSS, less)
        else:
            yield made(flows, "mean for sum", f"the sum of {n} is taken for a mean", WHOLE_LOSS, less)


def conventions(flows: Flows) -> Iterator[Mistake]:
    """A constant factor left out; the exponent of a power left out, or not lowered."""
    for chain in [*flows.uses, *flows.above]:
        if (factor := constant_factor(chain)) is not None:
            when = f"the factor {number(factor)} is left out"
            yield made(
                flows, "a factor left out", when, WHOLE_LOSS, flows.with_step(chain, chain.contribution / factor)
            )
    powers = [(chain, n) for chain in [*flows.uses, *flows.above] if (n := exponent(chain)) not in (0.0, 1.0)]
    for chain, n in powers:
        x = flows.names[chain.parent].data
        why = "The derivative of xⁿ is n·xⁿ⁻¹: the exponent comes down, and is one less."
        when = f"the exponent {number(n)} is left out as a factor"
        yield made(flows, "the exponent left out", when, why, flows.with_step(chain, chain.contribution / n))
        when = f"the exponent {number(n)} is not lowered by 1"
        yield made(flows, "the exponent not lowered", when, why, flows.with_step(chain, chain.contribution * x))
    if has_square(flows.order) and has_target(flows.order):
        yield with_a_half(flows.root, names=flows.names)
        yield without_the_half(flows.root, names=flows.names)
    if len(powers) > 1:
        halved = flows.with_locals(lambda chain: chain.local / (exponent(chain) or 1.0))
        when = "the exponents are left out as factors"
        yield made(flows, "the exponent left out", when, WHOLE_LOSS, halved)


def penalty(flows: Flows) -> Iterator[Mistake]:
    """The penalty on the weights left out of the loss, or all but the penalty."""
    for chain in terms(flows):
        if penalizes(chain.parent):
            part, why = (
                flows.of(chain),
                "The loss is the error and the penalty: the gradient is the sum of both gradients.",
            )
            yield made(flows, "the penalty left out", "the penalty is left out", why, flows.gradient - part)
            yield made(flows, "the penalty only", "only the penalty is counted", why, part)


def one_path(flows: Flows) -> Iterator[Mistake]:
    """One path left out, or one only; also all the paths through one step. With one path there is none to forget."""
    below = descendants(flows.order, flows.node)
    paths = list(islice(walk(flows.root, flows.node, below, flows.names), MOST_PATHS))
    parts = [(path.product, " → ".join(map(flows.name, path.nodes))) for path in paths]
    parts += [(flows.of(chain), f"{flows.name(chain.node)} → {flows.name(chain.parent)}") for chain in flows.above]
    for part, way in parts if len(paths) > 1 else ():
        yield made(flows, "one path of several", f"only the path {way} is counted", ALL_PATHS, part)
        if number(part) != number(flows.gradient):
            yield made(flows, "one path left out", f"the path {way} is left out", ALL_PATHS, flows.gradient - part)


def own_value(flows: Flows) -> Iterator[Mistake]:
    """The number of the node itself; then the gradient of another node."""
    named, data = flows.names[flows.node].label, flows.names[flows.node].data
    why = "The gradient says how the root changes with a node."
    yield made(flows, "the value", f"the value of {named} is given, and not its gradient", why, data)
    for node in reversed(flows.order):
        if node is not flows.node and node.kind != "constant" and node is not flows.root:
            when = f"the gradient of {flows.name(node)} is given"
            yield made(flows, "another node's gradient", when, why, flows.gradients[node])


def activations(flows: Flows) -> Iterator[Mistake]:
    """The slope of an activation left out, or its value in the place of its slope, wherever it occurs."""
    for op in dict.fromkeys(chain.node.op for chain in flows.chains if chain.node.op and chain.node.op.arity == 1):
        why = f"The chain rule multiplies by the slope of {op.name}, at every step."
        left_out = flows.with_locals(in_place_of(op, lambda chain: 1.0))
        valued = flows.with_locals(in_place_of(op, lambda chain: flows.names[chain.node].data))
        yield made(flows, "a slope left out", f"the slope of {op.name} is left out", why, left_out)
        yield made(flows, "a value for a slope", f"the value of {op.name} is taken for its slope", why, valued)
        yield from slope_at_wrong_number(flows, op)
    for op, name, when, why in ONE_LESS_THE_VALUE:
        wrong = flows.with_locals(in_place_of(op, lambda chain: 1.0 - flows.names[chain.node].data))
        yield made(flows, name, when, why, wrong)


def slope_at_wrong_number(flows: Flows, op: Op) -> Iterator[Mistake]:
    """The slope of an activation at a wrong number: its operand where its result belongs, or its result where its operand does."""
    why = f"The slope of {op.name} is taken at the number that went in; a formula with the result in it takes what came out."
    for said, inside in (("its operand for its result", False), ("its result for its operand", True)):

        def local(chain: Chain, inside: bool = inside) -> float:
            x, out = flows.names[chain.parent].data, flows.names[chain.node].data
            return slope_at(op, out, op.at(scalars, (out,))) if inside else slope_at(op, x, x)

        with suppress(ValueError, ArithmeticError):
            wrong = flows.with_locals(in_place_of(op, local))
            yield made(flows, "a slope elsewhere", f"the slope of {op.name} is computed with {said}", why, wrong)


def slope_at(op: Op, x: float, out: float) -> float:
    """Return the slope of a row of one operand, with any two numbers for its operand and its result."""
    (slope,) = op.slopes_at(scalars, (x,), out)
    return float(slope)


def in_place_of(op: Op, local: Callable[[Chain], float]) -> Callable[[Chain], float]:
    """Return the local derivatives with others for one operation."""
    return lambda chain: local(chain) if chain.node.op is op else chain.local


def inner_derivatives(flows: Flows) -> Iterator[Mistake]:
    """The derivative of a node on the way, and not of the root."""
    why = "The derivative asked for is that of the root: go on with the chain rule up to it."
    for node, derivative in flows.derivatives.items():
        if node not in (flows.root, flows.node):
            when = f"the derivative of {flows.name(node)} is given, and not that of {flows.name(flows.root)}"
            yield made(flows, "the chain stops early", when, why, derivative)


def further_up(flows: Flows) -> Iterator[Mistake]:
    """Mistakes of one step, and swapped factors, in a step further up."""
    for chain in flows.above:
        where = f"in the step {flows.name(chain.node)} → {flows.name(chain.parent)}"
        for step in STEP_MISTAKES[: 2 if 1.0 in (chain.upstream, chain.local) else 3]:
            yield made(flows, step.name, f"{step.when} {where}", step.why, flows.with_step(chain, step.number(chain)))
        why = "Follow the signs of the local derivatives."
        yield made(flows, "the sign", f"the sign is wrong {where}", why, flows.with_step(chain, -chain.contribution))
        if (i := partner(chain)) is not None:
            wrong = flows.with_step(chain, chain.upstream * chain.node.partials[i])
            yield made(
                flows, "an input and its weight swapped", f"the factors are swapped {where}", PRODUCT_RULE, wrong
            )
