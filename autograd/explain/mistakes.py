"""The laboratory of mistakes: wrong algorithms, runnable beside the right one on any graph.

Each takes a root, does a backward pass of its own without touching the graph, and returns a Mistake: the gradients that it
gets, the first event where it leaves the right way, and why. `diagnose` takes a student's number and names the mistakes
that produce it.

>>> x = Value(3.0, "x")
>>> y = x * x; y.label = "y"
>>> L = y * x; L.label = "L"  # x³: the truth is 27
>>> assigned_not_added(L).gradients[x], stale_gradients(L).gradients[x]
(9.0, 45.0)
>>> print(assigned_not_added(L).first.lines[-1])  # 9 has been paid in before; it should be 9 + 3 · 3
∂L/∂x = ∂L/∂y · ∂y/∂x = 3 · 3 = 9
>>> print(diagnose(L, x, "45").words)
45 is what you get when a second backward pass starts from stale gradients.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from autograd.errors import DataError, DomainError, RangeError
from autograd.explain.events import Chain, Names
from autograd.explain.expression import Expr
from autograd.explain.stepper import backward, chains, inside, order_of, snapshot, uses
from autograd.explain.what_if import recomputed
from autograd.graph import number
from autograd.namespaces import scalars
from autograd.value import Value

LEARNING_RATE = 0.5
MOST_VISITS = 10_000
ROUNDING = 1e-12  # a gradient that is no larger counts as 0


@dataclass(frozen=True)
class Mistake:
    """What a wrong algorithm makes of a graph.

    `first` is the first event that the right algorithm would not have, and None where the mistake makes no difference.
    `taken` is what the wrong algorithm does at each node and operand.
    """

    name: str
    when: str
    why: str
    gradients: dict[Value, float] = field(repr=False)
    first: Chain | None
    taken: dict[tuple[Value, int], Chain] = field(repr=False, default_factory=dict)


def without_topological_order(root: Value) -> Mistake:
    """Go on from each node at its first visit, before all its uses have paid in."""

    def wrong(order: list[Value], named: Names) -> Iterator[Chain]:
        gradients, seen, stack = {root: 1.0}, set[Value](), [root]
        while stack:
            node = stack.pop()
            if node not in seen:
                seen.add(node)
                yield from chains(node, root, gradients, named)
                stack += reversed(node.parents)

    return compared(
        "no topological order",
        "the recursion has no topological order",
        "The recursion goes on from a node as soon as it meets it. Where a node has several uses, it hands on what the first of them "
        "has paid in, and what the others pay later never reaches its parents. A topological order visits a node after all its uses.",
        root,
        wrong,
    )


def assigned_not_added(root: Value) -> Mistake:
    """Write = where += belongs."""

    def wrong(order: list[Value], named: Names) -> Iterator[Chain]:
        gradients = {root: 1.0}
        for node in reversed(order):
            for chain in chains(node, root, gradients, named):
                gradients[chain.parent] = chain.contribution
                yield altered(chain, before=0.0, after=chain.contribution)

    return compared(
        "= in the place of +=",
        "contributions are assigned, not added (= in the place of +=)",
        "Where a node has several uses, each overwrites what the one before it has paid in, and only the last is left. The multivariate "
        "chain rule adds over all uses: the gradient must accumulate with +=.",
        root,
        wrong,
    )


def stale_gradients(root: Value, zero_grad: bool = True) -> Mistake:
    """Go backward a second time while results still hold their gradients of the first; leaves start from 0, or not."""

    def wrong(order: list[Value], named: Names) -> Iterator[Chain]:
        first = final(backward(order, named))
        gradients = {node: grad for node, grad in first.items() if node.op or not zero_grad} | {root: 1.0}
        for node in reversed(order):
            yield from chains(node, root, gradients, named)

    return compared(
        "stale gradients",
        "a second backward pass starts from stale gradients"
        + ("" if zero_grad else ", and zero_grad is forgotten too"),
        "In the second pass the results in the middle still hold the gradients of the first, and new contributions are added to them: what "
        "they hand on is too much. Results must start afresh in each pass; only leaves accumulate.",
        root,
        wrong,
    )


def forgot_zero_grad(root: Value) -> Mistake:
    """Go backward a second time, and leave the leaves' gradients as they were."""

    def wrong(order: list[Value], named: Names) -> Iterator[Chain]:
        gradients = {node: grad for node, grad in final(backward(order, named)).items() if not node.op} | {root: 1.0}
        for node in reversed(order):
            yield from chains(node, root, gradients, named)

    return compared(
        "zero_grad forgotten",
        "zero_grad is forgotten between two passes",
        "Leaves accumulate, so the gradient of the second pass is added to that of the first, and the step is twice as long. Call "
        "zero_grad before each backward.",
        root,
        wrong,
    )


def updated_too_early(root: Value, lr: float = LEARNING_RATE) -> Mistake:
    """Update each parameter as soon as its gradient is complete, and go on through the new number."""

    def wrong(order: list[Value], named: Names) -> Iterator[Chain]:
        gradients, waiting, moved = {root: 1.0}, uses(order), dict[Value, Expr]()
        trained, now = parameters(order), ChainMap[Value, Expr](moved, dict(named))
        for node in reversed(order):
            for parent_first in (True, False):  # parameters are paid first, and updated; then the rest
                locals_ = slopes_now(node, moved)
                for i, parent in enumerate(node.parents):
                    if (parent in trained) is parent_first and parent.kind != "constant":
                        before = gradients.get(parent, 0.0)
                        gradients[parent] = after = before + gradients[node] * locals_[i]
                        yield Chain(
                            node=node, names=now, root=root, operand=i, parent=parent,
                            upstream=gradients[node], local=locals_[i], before=before, after=after,
                        )  # fmt: skip
                        waiting[parent] -= 1
                        if parent in trained and not waiting[parent]:
                            moved[parent] = Expr(named[parent].label, parent.data - lr * after)

    return compared(
        "updated too early",
        f"parameters are updated before the deltas behind them are computed (learning rate {number(lr)})",
        "The gradient behind a weight goes through that weight: ∂z/∂a = w. Here w has been updated by then, so the gradient goes through the new "
        "number, and is that of neither the old network nor the new one. Compute all gradients first, then update.",
        root,
        wrong,
    )


def wrong_sign(root: Value) -> Mistake:
    """Take the delta with the other sign: t − o for o − t."""
    return seeded(
        root, -1.0, "sign of the delta", "the delta has the other sign (t − o in the place of o − t)",
        "With (t − o) for the slope of (t − o)² with respect to o, the inner derivative −1 is forgotten, and every gradient has the wrong sign: "
        "w ← w − lr · gradient then climbs. Texts that define δ = t − o add it instead of subtracting.",
    )  # fmt: skip


def with_a_half(root: Value) -> Mistake:
    """Take the loss as ½(t − o)² where it is (t − o)²."""
    return seeded(
        root, 0.5, "½(t − o)² for (t − o)²", "the gradient is halved, as if the loss were ½(t − o)²",
        "With ½ before the square, the 2 of its derivative cancels. Both conventions are in use: say which, and take the slope of the loss as it is written.",
    )  # fmt: skip


def without_the_half(root: Value) -> Mistake:
    """Take the loss as (t − o)² where it is ½(t − o)²."""
    return seeded(
        root, 2.0, "(t − o)² for ½(t − o)²", "the gradient is doubled, as if the loss had lost a ½",
        "Without ½ before the square, its derivative has a factor of 2. Both conventions are in use: say which, and use it in the loss and in its slope.",
    )  # fmt: skip


def parents_in_a_set(root: Value) -> Mistake:
    """Keep a node's parents in a set: in x · x there is then only one."""

    def wrong(order: list[Value], named: Names) -> Iterator[Chain]:
        gradients = {root: 1.0}
        for node in reversed(order):
            before = {parent: gradients.get(parent, 0.0) for parent in node.parents}
            for chain in chains(node, root, gradients, named):
                if chain.before == before.get(chain.parent) and before.pop(chain.parent, None) is not None:
                    gradients[chain.parent] = chain.after
                    yield chain
                else:
                    gradients[chain.parent] = chain.before  # a set has no second

    return compared(
        "parents in a set",
        "the parents are kept in a set",
        "A set holds each parent once, so a node that uses one parent twice, as x · x does, pays it for one use only. Parents are an ordered "
        "tuple with repeats: one contribution for each operand.",
        root,
        wrong,
    )


def without_visited_set(root: Value) -> Mistake:
    """Go on from a node at each visit, and hand on all that has been paid in by then, also what was handed on before.

    >>> x = Value(5.0, "x")
    >>> y = 2 * x
    >>> without_visited_set(y * 3 + y).gradients[x]  # y is visited with 3, and again with 4: (3 + 4) · 2; the truth is 8
    14.0

    A node with n ways to it is visited n times. Raises RangeError where that would be more than 10,000 visits in all.
    """

    def wrong(order: list[Value], named: Names) -> Iterator[Chain]:
        few_visits(order)
        gradients = {root: 1.0}
        stack = [chains(root, root, gradients, named)]
        while stack:
            for chain in stack[-1]:
                yield chain
                stack.append(chains(chain.parent, root, gradients, named))
                break
            else:
                stack.pop()

    return compared(
        "no visited set",
        "the recursion keeps no set of what it has visited, and hands on the sum so far at each visit",
        "The recursion comes to a node once for each way that leads to it. Each time it hands on all that has been paid in by then, with "
        "what it handed on before: too much; and the visits double with each node that is used twice. In a topological order each node is "
        "visited once, when its gradient is complete.",
        root,
        wrong,
    )


MISTAKES: tuple[Callable[[Value], Mistake], ...] = (
    without_topological_order,
    assigned_not_added,
    stale_gradients,
    lambda root: stale_gradients(root, zero_grad=False),
    forgot_zero_grad,
    updated_too_early,
    wrong_sign,
    with_a_half,
    without_the_half,
    parents_in_a_set,
    without_visited_set,
)


@dataclass(frozen=True)
class Diagnosis:
    """What a student's number says about how it was computed."""

    answer: str
    right: bool
    mistakes: tuple[Mistake, ...]

    @property
    def words(self) -> str:
        """The verdict in a sentence for each mistake."""
        if self.right:
            return f"{self.answer} is right."
        if not self.mistakes:
            small = (
                " A gradient near 0 is told by its first digits, as 0.004 or 4e-3." if matcher(self.answer)(0.0) else ""
            )
            return f"{self.answer} is not right, and none of the known mistakes gives it. Step through the events and compare.{small}"
        return " ".join(f"{self.answer} is what you get when {mistake.when}." for mistake in self.mistakes)

    @property
    def text(self) -> str:
        """The verdict as plain text, with the first event that goes wrong and the reason."""
        told = [
            line for mistake in self.mistakes for line in ("", mistake.name, *first_lines(mistake), f"  {mistake.why}")
        ]
        return "\n".join([self.words, *told])

    @property
    def tex(self) -> str:
        """The verdict in TeX: the first event that goes wrong under each mistake."""
        return (
            r" \\ ".join(mistake.first.tex for mistake in self.mistakes if mistake.first)
            or r"\text{" + self.words + "}"
        )

    @property
    def json(self) -> dict[str, Any]:
        """The verdict as plain data."""
        told = [
            {"name": m.name, "when": m.when, "why": m.why, "first": m.first.lines if m.first else []}
            for m in self.mistakes
        ]
        return {
            "answer": self.answer,
            "right": self.right,
            "mistakes": told,
            "words": self.words,
            "text": self.text,
            "tex": self.tex,
        }


def diagnose(root: Value, leaf: Value, answer: str | float | Fraction, lr: float = LEARNING_RATE) -> Diagnosis:
    """Name the mistakes that produce a student's gradient of `leaf`.

    >>> w = Value(3.0, "w")
    >>> L = (w * 2 - 15) ** 2; L.label = "L"
    >>> diagnose(L, w, "-36").right, diagnose(L, w, "36").mistakes[0].name, diagnose(L, w, "-18").mistakes[0].name
    (True, 'sign of the delta', '½(t − o)² for (t − o)²')

    Numbers are compared by the printed digits of the answer: 0.33 stands for everything that rounds to it, and so does a
    fraction for itself alone, "1/3", and a zero for 0 alone. Raises DataError for an answer that is no number, GraphError for a foreign node.
    """
    order = order_of("diagnose", root)
    inside(order, leaf, "diagnose")
    matches = matcher(answer)
    truth = final(backward(order, snapshot(order)), {root: 1.0}).get(leaf, 0.0)
    shown = str(answer).replace("-", "−")
    if matches(truth):
        return Diagnosis(shown, True, ())
    tried = list(runnable(root, lr))
    return Diagnosis(shown, False, tuple(m for m in tried if matches(m.gradients.get(leaf, 0.0))))


def runnable(
    root: Value, lr: float = LEARNING_RATE, runs: Iterable[Callable[[Value], Mistake]] = MISTAKES
) -> Iterator[Mistake]:
    """Yield the mistakes that come to an end on this graph: an early update may leave a domain, a recursion take for ever."""
    for run in runs:
        try:
            yield updated_too_early(root, lr) if run is updated_too_early else run(root)
        except DomainError:
            continue


def matcher(answer: str | float | Fraction) -> Callable[[float], bool]:
    """Return the test whether a number rounds to an answer at the answer's own digits; a fraction is exact, and so is 0."""
    text = str(answer).replace("−", "-").strip()
    try:
        if "/" in text:
            exact = float(Fraction(text))
            return lambda x: abs(x - exact) <= (1e-9 * abs(exact) or ROUNDING)
        written = Decimal(text)
        exponent = written.as_tuple().exponent
        assert isinstance(exponent, int)
        half = 0.5 * 10.0**exponent if written else ROUNDING
    except (ValueError, ZeroDivisionError, OverflowError, InvalidOperation, AssertionError):
        raise DataError(f"{answer!r} is no number to compare with. Write it as 45, −0.33, 3.5e-4 or 1/3.") from None
    return lambda x: abs(x - float(written)) <= half * (1 + 1e-9)


def compared(
    name: str,
    when: str,
    why: str,
    root: Value,
    wrong: Callable[[list[Value], Names], Iterable[Chain]],
    seed: float = 1.0,
) -> Mistake:
    """Run a wrong algorithm beside the right one."""
    order = order_of("this mistake", root)
    named = snapshot(order)
    events = list(wrong(order, named))
    right = [event for event in backward(order, named) if isinstance(event, Chain)]
    gradients, taken = final(events, {root: seed}), {(chain.node, chain.operand): chain for chain in events}
    astray = (taken.get((e.node, e.operand), e) for e in right if taken.get((e.node, e.operand)) != e)
    early = (event for event in events if event.upstream != gradients[event.node])  # before all uses have paid in
    harmless = gradients == final(right, {root: 1.0})
    first = None if harmless else next(early, None) or next(astray, None)
    return Mistake(name, when, why, gradients, first, taken)


def seeded(root: Value, seed: float, name: str, when: str, why: str) -> Mistake:
    """Run the right algorithm from another seed than 1."""

    def wrong(order: list[Value], named: Names) -> Iterator[Chain]:
        gradients = {root: seed}
        for node in reversed(order):
            yield from chains(node, root, gradients, named)

    return compared(name, when, why, root, wrong, seed)


def final(events: Iterable[Any], start: dict[Value, float] | None = None) -> dict[Value, float]:
    """Return the gradient that each node was left with."""
    return (start or {}) | {event.parent: event.after for event in events if isinstance(event, Chain)}


def altered(chain: Chain, **changes: float) -> Chain:
    """Return a Chain event with other numbers."""
    fields = ("node", "names", "root", "operand", "parent", "upstream", "local", "before", "after")
    return Chain(**({name: getattr(chain, name) for name in fields} | changes))


def few_visits(order: list[Value]) -> None:
    """Raise RangeError where a recursion over all ways from the root would take too long."""
    visits = dict.fromkeys(order, 0) | {order[-1]: 1}
    for node in reversed(order):
        for parent in node.parents:
            visits[parent] += visits[node]
    if (total := sum(visits.values())) > MOST_VISITS:
        raise RangeError(
            f"Without a visited set this graph of {len(order)} nodes takes {total:,} visits, and {MOST_VISITS:,} are the most that are made "
            "here. Try a smaller graph."
        )


def parameters(order: list[Value]) -> set[Value]:
    """Return the parameters of a graph, or, where none is marked as one, all leaves."""
    marked = {node for node in order if node.kind == "parameter"}
    return marked or {node for node in order if node.kind == "leaf"}


def slopes_now(node: Value, moved: dict[Value, Expr]) -> tuple[float, ...]:
    """Return a node's local derivatives at the numbers that its parents have by now."""
    if not any(parent in moved for parent in node.parents):
        return node.partials
    assert node.op is not None
    numbers = tuple(moved[p].data if p in moved else p.data for p in node.parents)
    return node.op.slopes_at(scalars, numbers, recomputed(node, numbers))


def first_lines(mistake: Mistake) -> list[str]:
    """Return the first event that goes wrong, indented."""
    return (
        ["  It leaves the right way here:", *(f"    {line}" for line in mistake.first.lines)] if mistake.first else []
    )
