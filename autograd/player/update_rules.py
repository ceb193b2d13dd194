"""The rule of an optimizer as JavaScript: the rule is read with pieces of code in the place of numbers, and never written twice.

>>> class Momentum:
...     param_groups = [{"lr": 0.1, "momentum": 0.5}]
...     def rule(self, group):
...         def momentum(w, g, memory):
...             v = memory["v"] = group["momentum"] * memory["v"] + g if memory else g
...             return w - group["lr"] * v
...         return momentum
>>> names, lines = reading(Momentum(), ["v"])
>>> names, lines
(['v'], ['const m0 = 0.5 * M[0][i] + g;', 'W[i] = w - lr * (0.5 * M[0][i] + g);', 'M[0][i] = m0;'])

A rule is read twice: at its first step, when nothing is remembered, and at a later one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from autograd.code_text import Code
from autograd.player.javascript import script
from autograd.player.training_rows import function, switch


class HasRule(Protocol):
    """An optimizer, as nn.optim has them: from the settings of a group, the function (w, g, memory) → the new w."""

    param_groups: list[Any]

    def rule(self, group: Any) -> Callable[..., Any]:
        """Return the rule for the settings of a group."""


def reading(optimizer: HasRule, remembered: Sequence[str] = ()) -> tuple[list[str], list[str]]:
    """Return what an optimizer remembers of a parameter, and the lines of its update; `remembered` is what it does already."""
    memory: dict[str, Any] = {name: Code(f"M[{k}][i]") for k, name in enumerate(remembered)}
    rule = optimizer.rule({**optimizer.param_groups[0], "lr": Code("lr")})
    after = script(rule(Code("w"), Code("g"), memory))
    now = [f"const m{k} = {script(x)};" for k, x in enumerate(memory.values())]
    return list(memory), [*now, f"W[i] = {after};", *(f"M[{k}][i] = m{k};" for k in range(len(memory)))]


def update_rules(optimizers: Mapping[str, HasRule]) -> tuple[list[dict[str, Any]], str]:
    """Return the name and the memories of each optimizer, and their updates as a script.

    `updateBy(2 · k, W, G, M, lr)` is the first step of optimizer k, and `updateBy(2 · k + 1, …)` a later one: W are the parameters,
    G their gradients, and M holds one array for each thing that is remembered.
    """
    told: list[dict[str, Any]] = []
    functions: list[str] = []
    for name, optimizer in optimizers.items():
        remembered, first = reading(optimizer)
        _, later = reading(optimizer, remembered)
        told.append({"name": name, "memories": len(remembered)})
        functions += [looped(f"update{len(functions)}", first), looped(f"update{len(functions) + 1}", later)]
    chosen = switch("updateBy(row, W, G, M, lr)", [f"update{k}(W, G, M, lr)" for k in range(len(functions))])
    return told, "\n".join([*functions, chosen])


def looped(name: str, lines: Sequence[str]) -> str:
    """Return the function that updates each parameter."""
    body = ["const w = W[i], g = G[i];", *lines]
    return function(
        f"{name}(W, G, M, lr)", ["for (let i = 0; i < W.length; i++) {", *(f"  {line}" for line in body), "}"]
    )
