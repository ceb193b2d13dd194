"""What to do with a gradient: in order of increasing complexity.

    w   the number of a parameter       lr   the learning rate, η
    g   its gradient, ∂L/∂w             β    how much of the past is kept

Each optimizer is one formula, its `rule`: from w, g and what it remembers of the parameter, the new w. (It says `w -= …`
and not `return w - …`: where w is an array, that changes it in its place, at half the cost.) Names and
defaults are PyTorch's: lr is 0.001 for SGD, Adam and AdamW, 0.01 for Adagrad and RMSprop. (Many texts give SGD 0.01, and
write α for η.) A parameter without a gradient (None) was not used, and stays as it is.

    SGD        w ← w − η·g                     with momentum, w ← w − η·v
    Adagrad    w ← w − η·g / (√Σg² + ε)        steps shrink where gradients were large
    RMSprop    w ← w − η·g / (√v + ε)          v a running mean of g²
    Adam       w ← w − η·m̂ / (√v̂ + ε)          m a running mean of g, both corrected for their start at 0
    AdamW      Adam, with w shrunk beside the gradient

newton.py has one more, for small problems: w ← w − η·H⁻¹g.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from autograd import DivisionError, Value
from nn.errors import SettingError
from nn.optim.flat import Together, overflowing
from nn.optim.param_groups import Group, check, fitting, grouped, in_range, remembered, unique

Memory = dict[str, Any]  # what is remembered of one parameter
Rule = Callable[[Any, Any, Memory], Any]  # (w, g, memory) → the new w; all numbers, or for ours all arrays


class Optimizer:
    """Base class: groups of parameters with settings of their own, and what is remembered between steps.

    >>> w, b = Value(3.0), Value(1.0)
    >>> (w * 2 + b).backward()
    >>> SGD([{"params": [w]}, {"params": [b], "lr": 0.5}], lr=0.1).step()
    >>> w.data, b.data
    (2.8, 0.5)

    One of your own needs a `rule`, which is given plain numbers. Raises GraphError for what is no leaf, SettingError for a setting out of range.
    """

    def __init__(self, parameters: Iterable[Value] | Iterable[Group], **settings: Any) -> None:
        self.param_groups = [{**settings, **group} for group in grouped(parameters)]
        for group in self.param_groups:
            check(group, known=settings)
        unique(self.parameters)
        self.state: defaultdict[Any, Memory] = defaultdict(dict)
        self._together = Together()

    def rule(self, group: Group) -> Rule:
        """Return the function from w, g and the memory of a parameter to the new w, for the settings of a group."""
        raise NotImplementedError

    def step(self) -> None:
        """Change each parameter that has a gradient; one without was not used, and stays."""
        for group in self.param_groups:
            if group.get("eps") == 0:
                self.try_out(group)
        for group in self.param_groups:
            rule, state = self.rule(group), self.state
            ours = type(self).__module__ == __name__ and "rule" not in vars(self)  # written for arrays, too
            parameters = self._together.joined(group["params"], state) if ours else group["params"]
            with overflowing(parameters):
                for p in parameters:
                    if p.grad is not None:
                        p.data = rule(p.data, p.grad, state[p])

    def try_out(self, group: Group) -> None:
        """Raise DivisionError, before anything is changed, if a step would divide by 0: with ε = 0 nothing prevents it."""
        rule, state = self.rule(group), self._together.split(self.state)
        for p in group["params"]:
            try:
                if p.grad is not None:
                    rule(float(p.data), float(p.grad), dict(state.get(p, {})))
            except ZeroDivisionError:
                raise DivisionError(
                    f"With eps=0 this step of {type(self).__name__} divides by 0: parameter {self.parameters.index(p)}, {p!r}, "
                    "has had no gradient so far whose square is above 0. No parameter was changed. Give an eps above 0, 1e-8 say."
                ) from None

    def zero_grad(self) -> None:
        """Forget the gradients: None, not 0, as PyTorch does."""
        for group in self.param_groups:
            for p in self._together.of(group["params"]):
                p.grad = None

    @property
    def parameters(self) -> list[Value]:
        """All parameters, group by group."""
        return [p for group in self.param_groups for p in group["params"]]

    @property
    def lr(self) -> float:
        """The learning rate, of the first group; setting it sets that of all."""
        return self.param_groups[0]["lr"]  # type: ignore[no-any-return]

    @lr.setter
    def lr(self, lr: float) -> None:
        in_range("lr", lr)
        for group in self.param_groups:
            group["lr"] = lr

    def state_dict(self) -> dict[str, Any]:
        """Return all settings and memories as plain numbers, in PyTorch's form; parameters are numbered from 0."""
        number = {p: i for i, p in enumerate(self.parameters)}
        groups = [{**group, "params": [number[p] for p in group["params"]]} for group in self.param_groups]
        return {
            "state": {number[p]: dict(m) for p, m in self._together.split(self.state).items() if m},
            "param_groups": groups,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over what `state_dict` returned; one that does not fit changes nothing."""
        fitting(type(self).__name__, state, self.param_groups)
        parameters = self.parameters
        memories = {parameters[int(i)]: remembered(i, memory) for i, memory in state["state"].items()}
        self.state = defaultdict(dict, memories)
        for group, mine in zip(state["param_groups"], self.param_groups, strict=True):
            mine.update({key: value for key, value in group.items() if key != "params"})

    def __getstate__(self) -> dict[str, Any]:
        """Copy or pickle it with what it remembers of each parameter: copies of parameters lie in no array."""
        self._together.split(self.state)
        return {**vars(self), "_together": Together()}

    def __repr__(self) -> str:
        settings = ", ".join(f"{k}={v!r}" for k, v in self.param_groups[0].items() if k != "params")
        return f"{type(self).__name__}({len(self.parameters)} parameters, {settings})"


class SGD(Optimizer):
    """Stochastic gradient descent: w ← w − η·g, and with momentum.

    >>> w = Value(3.0)
    >>> (w * 2).backward()
    >>> SGD([w], lr=0.1).step()
    >>> w.data
    2.8

    Two conventions are in use for momentum β, and `convention` says which:

        "pytorch"    v ← β·v + g        w ← w − η·v        PyTorch
        "classical"  v ← β·v − η·g      w ← w + v          Polyak, and many tutorials: velocity = β·velocity − η·g

    They take the same steps until η changes: in the classical one, steps already under way keep the η of their time.
    `nesterov` looks ahead, by one more β·v. `dampening` takes its part from each g but the first. `weight_decay` λ adds
    λ·w to g.
    """

    def __init__(
        self,
        parameters: Iterable[Value] | Iterable[Group],
        lr: float = 0.001,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
        *,
        convention: str = "pytorch",
    ) -> None:
        super().__init__(
            parameters,
            lr=lr,
            momentum=momentum,
            dampening=dampening,
            weight_decay=weight_decay,
            nesterov=nesterov,
            convention=convention,
        )
        if any(g["nesterov"] and (not g["momentum"] or g["dampening"]) for g in self.param_groups):
            raise SettingError("nesterov looks ahead along the momentum: give momentum=0.9, say, and no dampening.")

    def rule(self, group: Group) -> Rule:
        """Return w − η·g, or a rule with momentum."""
        lr, beta, decay = group["lr"], group["momentum"], group["weight_decay"]
        kept, nesterov = 1 - group["dampening"], group["nesterov"]

        def plain(w: float, g: float, memory: Memory) -> float:
            w -= lr * (g + decay * w if decay else g)
            return w

        def pytorch(w: float, g: float, memory: Memory) -> float:
            g = g + decay * w
            v = memory["momentum_buffer"] = beta * memory["momentum_buffer"] + kept * g if memory else g
            w -= lr * (g + beta * v if nesterov else v)
            return w

        def classical(w: float, g: float, memory: Memory) -> float:
            g = g + decay * w
            v = memory["momentum_buffer"] = beta * memory["momentum_buffer"] - lr * kept * g if memory else -lr * g
            w += beta * v - lr * g if nesterov else v
            return w

        return (classical if group["convention"] == "classical" else pytorch) if beta else plain


class Adagrad(Optimizer):
    """Divide each step by the root of all squared gradients so far: w ← w − η·g / (√Σg² + ε).

    >>> w = Value(3.0)
    >>> (w * 2).backward()
    >>> Adagrad([w], lr=0.1).step()
    >>> round(w.data, 9)  # the first step is η, whatever the gradient
    2.9

    ε stands outside the root, as in PyTorch, whose lr_decay and initial_accumulator_value are not here: both are 0 by
    default. Source: Duchi, Hazan and Singer, Adaptive subgradient methods, 2011.
    """

    def __init__(
        self,
        parameters: Iterable[Value] | Iterable[Group],
        lr: float = 0.01,
        weight_decay: float = 0.0,
        eps: float = 1e-10,
    ) -> None:
        super().__init__(parameters, lr=lr, weight_decay=weight_decay, eps=eps)

    def rule(self, group: Group) -> Rule:
        """Return w − η·g / (√Σg² + ε)."""
        lr, decay, eps = group["lr"], group["weight_decay"], group["eps"]

        def adagrad(w: float, g: float, memory: Memory) -> float:
            g = g + decay * w
            total = memory["sum"] = memory.get("sum", 0.0) + g * g
            w -= lr * g / (root(total) + eps)
            return w

        return adagrad


class RMSprop(Optimizer):
    """Divide each step by the root of a running mean of g²: v ← α·v + (1 − α)·g², w ← w − η·g / (√v + ε).

    >>> w = Value(3.0)
    >>> (w * 2).backward()
    >>> RMSprop([w], lr=0.1, alpha=0.75).step()
    >>> round(w.data, 6)  # g = 2, v = 0.25 · 4 = 1: w − 0.1 · 2/1
    2.8

    `alpha` is PyTorch's name; many texts call it β, and take 0.9. ε stands outside the root, as in PyTorch; Keras puts
    it inside. PyTorch's momentum and centered are not here: both are off by default, and Adam is RMSprop with momentum.
    Source: Hinton, lecture 6e, 2012.
    """

    def __init__(
        self,
        parameters: Iterable[Value] | Iterable[Group],
        lr: float = 0.01,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, lr=lr, alpha=alpha, eps=eps, weight_decay=weight_decay)

    def rule(self, group: Group) -> Rule:
        """Return w − η·g / (√v + ε)."""
        lr, alpha, decay, eps = group["lr"], group["alpha"], group["weight_decay"], group["eps"]

        def rmsprop(w: float, g: float, memory: Memory) -> float:
            g = g + decay * w
            v = memory["square_avg"] = alpha * memory.get("square_avg", 0.0) + (1 - alpha) * (g * g)
            w -= lr * g / (root(v) + eps)
            return w

        return rmsprop


class Adam(Optimizer):
    """Momentum and RMSprop together: w ← w − η·m̂ / (√v̂ + ε).

    >>> w = Value(3.0)
    >>> (w * 2).backward()
    >>> Adam([w], lr=0.1).step()
    >>> round(w.data, 6)  # at t = 1, m̂ = g and v̂ = g²: a step of η
    2.9

        m ← β₁·m + (1 − β₁)·g        m̂ = m / (1 − β₁ᵗ)
        v ← β₂·v + (1 − β₂)·g²       v̂ = v / (1 − β₂ᵗ)       t = 1, 2, 3, …

    Both means start at 0, and are too small at first; the hats correct that. ε stands outside the root. `weight_decay`
    λ adds λ·w to g. The paper and PyTorch have two rates, β₁ = 0.9 and β₂ = 0.999; where a text writes one β for both
    means, that is betas=(β, β). Source: Kingma and Ba, Adam, 2015.
    """

    def __init__(
        self,
        parameters: Iterable[Value] | Iterable[Group],
        lr: float = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay)

    def rule(self, group: Group) -> Rule:
        """Return w − η·m̂ / (√v̂ + ε), for g + λ·w."""
        change, decay = self.change(group), group["weight_decay"]

        def adam(w: float, g: float, memory: Memory) -> float:
            w -= change(g + decay * w, memory)
            return w

        return adam

    def change(self, group: Group) -> Callable[[float, Memory], float]:
        """Return the function from g and the memory to η·m̂ / (√v̂ + ε)."""
        lr, (beta1, beta2), eps = group["lr"], group["betas"], group["eps"]

        def change(g: float, memory: Memory) -> float:
            t = memory["step"] = memory.get("step", 0) + 1
            m = memory["exp_avg"] = beta1 * memory.get("exp_avg", 0.0) + (1 - beta1) * g
            v = memory["exp_avg_sq"] = beta2 * memory.get("exp_avg_sq", 0.0) + (1 - beta2) * (g * g)
            m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
            return lr * m_hat / (root(v_hat) + eps)  # type: ignore[no-any-return]

        return change


class AdamW(Adam):
    """Adam, with weight decay beside the gradient: w ← w − η·λ·w, then Adam's step.

    >>> w = Value(3.0)
    >>> (w * 2).backward()
    >>> AdamW([w], lr=0.1, weight_decay=0.5).step()
    >>> round(w.data, 6)  # 3 − 0.1 · 0.5 · 3 = 2.85, and a step of 0.1
    2.75

    So every weight shrinks at the same rate, also where gradients are large. Source: Loshchilov and Hutter, Decoupled
    weight decay regularization, 2019.
    """

    def __init__(
        self,
        parameters: Iterable[Value] | Iterable[Group],
        lr: float = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.01,
    ) -> None:
        super().__init__(parameters, lr, betas, eps, weight_decay)

    def rule(self, group: Group) -> Rule:
        """Return w·(1 − η·λ) − η·m̂ / (√v̂ + ε)."""
        change, shrink = self.change(group), 1 - group["lr"] * group["weight_decay"]

        def adamw(w: float, g: float, memory: Memory) -> float:
            step = change(g, memory)
            w *= shrink
            w -= step
            return w

        return adamw


def root(x: Any) -> Any:
    """Return √x, of a number or an array."""
    return math.sqrt(x) if isinstance(x, float) else x**0.5
