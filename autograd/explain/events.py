"""The events that both passes are told in, in the words of the field.

    Compute   a node's value has been computed from its parents
    Seed      ∂root/∂root = 1: the backward pass begins
    Chain     one application of the chain rule: the contribution upstream · local is added to one parent's gradient
    Ready     every use of a node has contributed: its gradient is complete
    Update    a parameter has moved

Each is made for `match`, and writes itself as `words`, `lines` (plain text) and `tex`; event_json.py writes it as JSON.
The numbers are those of the event's moment, also when the graph's parameters have moved since.
Law, on every Chain: after == before + upstream · local.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod
from typing import Literal

from autograd.explain import expression
from autograd.explain.expression import CHOICE, Expr
from autograd.explain.notation import enclosed, equals, factors, listed, terms, tex_number, tex_text
from autograd.graph import bracketed, number
from autograd.value import Value

LONGEST_PATH, LONGEST_SLOPE = 8, 60  # factors, letters: more are not written out
Names = Mapping[Value, Expr]  # each node's name, with its number at the moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One step of a pass: at a node, under the names of its graph, in a phase, in a training step."""

    node: Value
    names: Names = field(repr=False, compare=False)
    phase: str
    round: int = 0

    @property
    def name(self) -> str:
        """The node's name."""
        return self.names[self.node].label

    @property
    def key(self) -> str:
        """What a note is pinned to: the kind of event and the node's name."""
        return f"{type(self).__name__.lower()} {self.name}"

    @property
    def words(self) -> str:
        """The event as a sentence."""
        raise NotImplementedError

    @property
    def lines(self) -> list[str]:
        """The event in names and numbers, as plain text."""
        raise NotImplementedError

    @property
    def tex(self) -> str:
        """The event in TeX."""
        raise NotImplementedError

    def partial(self, of: Value, by: Value) -> str:
        """Write ∂of/∂by in names."""
        return f"∂{enclosed(self.names[of].label)}/∂{enclosed(self.names[by].label)}"

    def tex_partial(self, of: Value, by: Value) -> str:
        r"""Write \frac{\partial of}{\partial by}."""
        return rf"\frac{{\partial {self.names[of].tex}}}{{\partial {self.names[by].tex}}}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compute(Event):
    """A node's value has been computed from its parents."""

    __match_args__ = ("node", "formula", "value")
    phase: Literal["forward", "loss"] = "forward"

    @property
    def value(self) -> float:
        """The number that came out."""
        return self.names[self.node].data

    @property
    def formula(self) -> Expr:
        """The operation, on the parents' names."""
        assert self.node.op is not None
        return expression.formula(self.node.op, tuple(self.names[p] for p in self.node.parents))

    @property
    def words(self) -> str:
        """A sentence: z is computed from w, x and b, and is 7."""
        parents = listed([self.names[p].label for p in self.node.parents])
        return f"{self.name} is computed from {parents}, and is {number(self.value)}."

    @property
    def lines(self) -> list[str]:
        """Plain text: z = w·x + b = 3·2 + 1 = 7."""
        return [equals(self.name, self.formula.text, self.formula.numbers, number(self.value))]

    @property
    def tex(self) -> str:
        r"""TeX: z = w \cdot x + b = 7."""
        return f"{self.names[self.node].tex} = {self.formula.tex} = {tex_number(self.value)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed(Event):
    """∂root/∂root = 1: the backward pass begins."""

    __match_args__ = ("node", "grad")
    phase: Literal["backward"] = "backward"

    @property
    def grad(self) -> float:
        """The gradient of the root: 1."""
        return 1.0

    @property
    def words(self) -> str:
        """A sentence: the backward pass begins at L."""
        return f"The backward pass begins at {self.name}: its derivative with respect to itself is 1."

    @property
    def lines(self) -> list[str]:
        """Plain text: ∂L/∂L = 1."""
        return [f"{self.partial(self.node, self.node)} = 1"]

    @property
    def tex(self) -> str:
        """TeX."""
        return f"{self.tex_partial(self.node, self.node)} = 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain(Event):
    """One application of the chain rule: the node adds upstream · local to the gradient of one of its parents."""

    __match_args__ = ("node", "operand", "parent", "formula", "upstream", "local", "contribution", "before", "after")
    phase: Literal["backward"] = "backward"
    root: Value = field(repr=False)
    operand: int
    parent: Value
    upstream: float
    local: float
    before: float
    after: float

    @property
    def contribution(self) -> float:
        """What this use of the parent adds to its gradient."""
        return self.upstream * self.local

    @property
    def formula(self) -> Expr:
        """The local derivative, in names."""
        assert self.node.op is not None
        parents = tuple(self.names[p] for p in self.node.parents)
        return expression.slope(self.node.op, self.operand, parents, self.names[self.node])

    @property
    def key(self) -> str:
        """What a note is pinned to: `chain z→w`."""
        return f"chain {self.name}→{self.names[self.parent].label}"

    @property
    def words(self) -> str:
        """A sentence: z has the gradient −16 and hands −16 · 2 = −32 to w."""
        product = f"{factors(self.upstream, self.local)} = {number(self.contribution)}"
        so_far = f", which makes {number(self.after)}" if self.before else ""
        return f"{self.name} has the gradient {number(self.upstream)} and hands {product} to {self.names[self.parent].label}{so_far}."

    @property
    def lines(self) -> list[str]:
        """Plain text: the local derivative, then what it makes of the upstream gradient."""
        local, result = self.partial(self.node, self.parent), self.partial(self.root, self.parent)
        symbols = f"{self.partial(self.root, self.node)} · {local}" if self.node is not self.root else ""
        numbers = factors(self.upstream, self.local)
        if self.before:
            numbers = bracketed(numbers)
            symbols, numbers = "", f"{number(self.before)} + {numbers}"
        return [self.local_line, equals(result, symbols, numbers, number(self.after))]

    @property
    def local_line(self) -> str:
        """The local derivative: ∂z/∂w = x = 2, or the branch that holds: ∂a/∂z = 1 (1 if z > 0 else 0)."""
        formula, local = self.formula, self.partial(self.node, self.parent)
        if formula.op is CHOICE:
            parent = self.names[self.parent]
            return f"{local} = {number(self.local)}   ({formula.text}; {parent.label} = {number(parent.data)})"
        written = [formula.text, formula.numbers] if len(formula.text) < LONGEST_SLOPE else []
        return equals(local, *written, number(self.local))

    @property
    def tex(self) -> str:
        """TeX: the gradient as the product, in symbols and in numbers."""
        symbols = f"{self.tex_partial(self.root, self.node)} {self.tex_partial(self.node, self.parent)}"
        numbers = tex_text(factors(self.upstream, self.local))
        written = f"{tex_number(self.before)} + {numbers}" if self.before else f"{symbols} = {numbers}"
        return f"{self.tex_partial(self.root, self.parent)} = {written} = {tex_number(self.after)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready(Event):
    """Every use of a node has contributed: its gradient is complete. `above` is the step before on the only path here."""

    __match_args__ = ("node", "grad")
    phase: Literal["backward"] = "backward"
    root: Value = field(repr=False)
    grad: float
    chain: Chain | None = field(default=None, repr=False, compare=False)
    above: Ready | None = field(default=None, repr=False, compare=False)

    @property
    def path(self) -> list[Chain]:
        """The applications of the chain rule from the root to here; empty for several paths, or one too long to read."""
        chains: list[Chain] = []
        ready: Ready | None = self
        while ready is not None and ready.chain is not None and len(chains) <= LONGEST_PATH:
            chains.append(ready.chain)
            ready = ready.above
        return chains[::-1] if ready is not None and ready.chain is None else []

    @property
    def words(self) -> str:
        """A sentence: the gradient of w is complete: −32."""
        return f"The gradient of {self.name} is complete: {number(self.grad)}."

    @property
    def lines(self) -> list[str]:
        """Plain text: the gradient, and the product along the path where that says more than the last step did."""
        first, rest = first_label(self.path)
        here, result = self.partial(self.root, self.node), number(self.grad)
        if len(rest) > 1:
            symbols = [self.partial(self.root, first[-1].parent), *(self.partial(c.node, c.parent) for c in rest)]
            numbers = factors(prod(chain.local for chain in first), *(chain.local for chain in rest))
            return [f"{here} = {' · '.join(symbols)}", equals(here, numbers, result)]
        if len(first) > 1 and not rest:
            slopes = [expression.inner_slope(chain.node, chain.operand, chain.names) for chain in first]
            return [equals(here, expression.product(slopes).text, result)]
        return [f"{here} = {result}"]

    @property
    def tex(self) -> str:
        """TeX."""
        return f"{self.tex_partial(self.root, self.node)} = {tex_number(self.grad)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Update(Event):
    """A parameter has moved; `lr` is given where it was plain gradient descent, p ← p − lr · ∂L/∂p."""

    __match_args__ = ("node", "before", "gradient", "after", "formula")
    phase: Literal["update"] = "update"
    before: float
    gradient: float
    after: float
    lr: float | None = None

    @property
    def formula(self) -> str:
        """The step, in names."""
        return f"{self.name} − lr · ∂L/∂{enclosed(self.name)}" if self.lr is not None else f"{self.name} + Δ{self.name}"

    @property
    def words(self) -> str:
        """A sentence: w moves from 3 to 3.32, against its gradient −32."""
        if not self.gradient and self.after == self.before:
            return f"{self.name} stays at {number(self.before)}: its gradient is 0."
        against = "against" if (self.after - self.before) * self.gradient < 0 else "with"
        return f"{self.name} moves from {number(self.before)} to {number(self.after)}, {against} its gradient {number(self.gradient)}."

    @property
    def lines(self) -> list[str]:
        """Plain text: w ← 3 − 0.01 · (−32) = 3.32."""
        return [f"{self.name} ← {self.step} = {number(self.after)}"]

    @property
    def step(self) -> str:
        """The right-hand side, in numbers."""
        if self.lr is not None:
            return f"{number(self.before)} − {factors(self.lr, self.gradient)}"
        return terms([self.before, self.after - self.before])

    @property
    def tex(self) -> str:
        """TeX."""
        return rf"{self.names[self.node].tex} \leftarrow {tex_text(self.step)} = {tex_number(self.after)}"


def first_label(path: list[Chain]) -> tuple[list[Chain], list[Chain]]:
    """Cut a path behind its first node with a label, whose gradient is then one factor; every step after it is one more."""
    labelled = (k for k, chain in enumerate(path, 1) if chain.parent.label)
    end = next(labelled, len(path))
    return path[:end], path[end:]
