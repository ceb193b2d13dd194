"""why: where a gradient came from. Every use of a value, what each contributed, their sum, and the reason for a zero.

The answer has four forms: `words`, `text` (aligned, fit for a screen reader), `tex` and `json`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from autograd.errors import GraphError
from autograd.explain.events import Chain, Event, Names, Ready
from autograd.explain.notation import as_table, enclosed, equals, signed, terms, tex_number
from autograd.explain.stepper import backward, order_of, snapshot
from autograd.graph import number
from autograd.refusals import a_or_an, is_lost
from autograd.value import Value

ZERO, CANCELS = "Zero: {}.", "cancels: {}"
BLOCKED, UPSTREAM_CANCELS = "blocked by {} at {}", "the contributions upstream cancel"


@dataclass(frozen=True)
class Why:
    """Every use of a value, what each contributes to its gradient, and their sum.

    >>> x, y = Value(3.0, "x"), Value(-2.0, "y")
    >>> L = x * y + x; L.label = "L"
    >>> print(why(L, x).text)
    ∂L/∂x = 1 + (−2) = −1
    use     upstream  ·  local            contribution
    x → L          1     ∂L/∂x = 1                   1
    x → v1         1     ∂v1/∂x = y = −2            −2
    sum                                             −1
    """

    root: Value = field(repr=False)
    value: Value = field(repr=False)
    names: Names = field(repr=False)
    uses: tuple[Chain, ...]
    gradient: float
    reason: str

    @property
    def head(self) -> str:
        """The gradient as the sum of its contributions."""
        partial = f"∂{enclosed(self.names[self.root].label)}/∂{enclosed(self.name)}"
        return equals(partial, terms([use.contribution for use in self.uses]), number(self.gradient))

    @property
    def name(self) -> str:
        """The value's name."""
        return self.names[self.value].label

    @property
    def words(self) -> str:
        """The answer in sentences."""
        if self.value is self.root:
            return f"{self.name} is the root: its derivative with respect to itself is 1."
        times = {0: "not at all", 1: "once", 2: "twice"}.get(len(self.uses), f"{len(self.uses)} times")
        sentences = [f"{self.name} is used {times}.", *(use.words for use in self.uses)]
        return " ".join([*sentences, f"Its gradient is {number(self.gradient)}.", *filter(None, [self.reason])])

    @property
    def text(self) -> str:
        """The answer as aligned plain text."""
        if not self.uses:
            return "\n".join(filter(None, [self.head, self.reason]))
        rows = [("use", "upstream", "·", "local", "contribution")]
        rows += [
            (self.use(use), number(use.upstream), "", use.local_line, number(use.contribution)) for use in self.uses
        ]
        rows += [("sum", "", "", "", number(self.gradient))]
        return "\n".join([self.head, as_table(rows, left=(0, 2, 3)), *filter(None, [self.reason])])

    def use(self, use: Chain) -> str:
        """Name a use: x → L; where a node uses the value more than once, by its operands: x → L (operand 2)."""
        repeated = use.node.parents.count(self.value) > 1
        return f"{self.name} → {use.name}" + f" (operand {use.operand + 1})" * repeated

    @property
    def tex(self) -> str:
        """The answer in TeX: the sum over the uses."""
        event = Ready(node=self.value, names=self.names, root=self.root, grad=self.gradient)
        terms = " + ".join(
            f"{event.tex_partial(self.root, use.node)} {event.tex_partial(use.node, self.value)}" for use in self.uses
        )
        return f"{event.tex_partial(self.root, self.value)} = {f'{terms} = ' * bool(terms)}{tex_number(self.gradient)}"

    @property
    def json(self) -> dict[str, object]:
        """The answer as plain data."""
        numbers = ("operand", "upstream", "local", "contribution")
        uses = [
            {"child": use.name, "formula": use.formula.text} | {key: getattr(use, key) for key in numbers}
            for use in self.uses
        ]
        forms = {"words": self.words, "text": self.text, "tex": self.tex}
        return {
            "root": self.names[self.root].label,
            "value": self.name,
            "uses": uses,
            "gradient": self.gradient,
            "reason": self.reason,
        } | forms


def why(root: Value, value: Value, moment: Names | None = None) -> Why:
    """Return where a gradient comes from: every use of the value, its upstream, its local derivative, its contribution.

    >>> z = Value(-0.3, "z")
    >>> h = z.relu(); h.label = "h2"
    >>> L = h * 5; L.label = "L"
    >>> print(why(L, z).reason)
    Zero: blocked by relu at h2 (z = −0.3).
    >>> print(why(L, Value(1.0, "q")).reason)
    Zero: q is not used by L.

    `moment` is what an event has as its `names`, for the numbers of its moment. Raises GraphError for what is not a Value, and
    where a number was changed after the loss was computed.
    """
    order = order_of("why", root, moment)
    if not isinstance(value, Value):
        raise GraphError(f"why asks about a Value, and {value!r} is {a_or_an(value)}. Give it a node of the graph.")
    named = moment or snapshot(order if value in set(order) else [*order, value])
    events = list(backward(order, named))
    uses = tuple(event for event in events if isinstance(event, Chain) and event.parent is value)
    gradient = uses[-1].after if uses else float(value is root)
    reason = reason_for_zero(root, value, uses, events, named) if gradient == 0 else ""
    return Why(root, value, named, uses, gradient, reason)


def reason_for_zero(root: Value, value: Value, uses: tuple[Chain, ...], events: list[Event], named: Names) -> str:
    """Say why a gradient is zero: it is not used, it is blocked, or its contributions cancel."""
    if value.kind == "constant":
        return f"Zero: {named[value].label} is a constant, which gets no gradient."
    if not uses:
        lost = ", as far as is remembered: a part was computed inside no_grad" * any(map(is_lost, named))
        return f"Zero: {named[value].label} is not used by {named[root].label}{lost}."
    if any(use.contribution for use in uses):
        contributions = sorted((use.contribution for use in uses), reverse=True)
        return ZERO.format(CANCELS.format(" ".join(map(signed, contributions))))
    blocks = dict.fromkeys(blocked_at(use) for use in blocking(uses, events))
    return ZERO.format("; ".join(blocks) or UPSTREAM_CANCELS)


def blocking(uses: tuple[Chain, ...], events: list[Event]) -> Iterator[Chain]:
    """Yield the uses on the way to the root whose local derivative is 0 although a gradient did arrive there."""
    by_parent: dict[Value, list[Chain]] = {}
    for event in events:
        if isinstance(event, Chain):
            by_parent.setdefault(event.parent, []).append(event)
    waiting, seen = list(uses), set(uses)
    while waiting:
        use = waiting.pop()
        if use.upstream and not use.local:
            yield use
        elif not use.upstream:
            further = [above for above in by_parent.get(use.node, []) if above not in seen]
            seen.update(further)
            waiting += further


def blocked_at(use: Chain) -> str:
    """Name the operation that blocks, where, and the number that makes it do so."""
    op, parents = use.node.op, use.node.parents
    assert op is not None
    then = {p: use.names[p].data for p in parents}  # the numbers of the moment: a parameter may have moved since
    zeros = [p for i, p in enumerate(parents) if i != use.operand and then[p] == 0]
    # in w·x + b the slope of w is x, whatever b is
    partner = [p for p in zeros if use.names[p].label == use.formula.text]
    causes = partner or zeros or [use.parent]
    if op.kinks:
        causes = [use.parent]
    written = {use.names[p].label: number(then[p]) for p in causes}
    numbers = [f"{label} = {value}" for label, value in written.items() if label != value]
    return BLOCKED.format(op.name, use.name) + f" ({', '.join(numbers)})" * bool(numbers)
