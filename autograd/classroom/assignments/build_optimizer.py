"""The assignment `optimizer`: SGD, momentum in both conventions, Adam, AdamW, on plain numbers."""

from collections.abc import Callable

from autograd.classroom.assignments.stages import Assignment, Check, Slip, Stage, check
from autograd.namespaces import scalars as xp

GRADIENTS = (3.0, -1.0, 0.5)
START = 2.0
ADAM = {"lr": 0.1, "beta1": 0.9, "beta2": 0.99, "eps": 0.01}
DECAY = 0.2
Step = Callable[[float, float], float]


def after(step: Step) -> tuple[float, ...]:
    """Return the weights after each gradient."""
    w, weights = START, []
    for g in GRADIENTS:
        w = step(w, g)
        weights.append(w)
    return tuple(weights)


def sgd(sign: float = -1.0, lr: float = 0.1) -> Step:
    """Return the steps of SGD."""
    return lambda w, g: w + sign * lr * g


def momentum(lr: float = 0.1, mu: float = 0.9, kind: str = "pytorch") -> Step:
    """Return the steps of momentum, in a convention or with a slip."""
    v = 0.0

    def step(w: float, g: float) -> float:
        nonlocal v
        old = v
        v = {
            "classical": mu * v - lr * g,
            "damped": mu * v + (1 - mu) * g,
            "without": g,
            "forgotten": mu * g,
            "added": v + g,
        }.get(kind, mu * v + g)
        if kind == "nesterov":
            return w - lr * (g + mu * v)
        if kind == "late":
            return w - lr * old
        return w + v if kind == "classical" else w - lr * v

    return step  # fmt: skip


def adam(slip: str = "") -> Step:
    """Return the steps of Adam, right or with a slip."""
    lr, beta1, beta2, eps = ADAM.values()
    m = v = 0.0
    t = 0

    def step(w: float, g: float) -> float:
        nonlocal m, v, t
        t += 1
        g = g + DECAY * w if slip == "decay on the gradient" else g
        shrunk = {"decay": w - lr * DECAY * w, "decay without lr": w - DECAY * w}.get(slip, w)
        m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g * g
        if slip == "without the square":
            v = v - (1 - beta2) * g * g + (1 - beta2) * abs(g)
        power = {"t from 2": t + 1, "t never counted": 1}.get(slip, t)
        first = 1.0 if slip in ("no correction", "v alone") else 1 - beta1**power
        second = 1.0 if slip in ("no correction", "m alone") else 1 - beta2**power
        if slip == "multiplied":
            first, second = 1 / first, 1 / second
        root = xp.sqrt(v / second + eps) if slip == "ε inside" else xp.sqrt(v / second) + eps
        if slip == "without the root":
            root = v / second + eps
        moved = m / first / root
        return shrunk + lr * moved if slip == "uphill" else shrunk - lr * moved

    return step


def named(pairs: dict[str, Step], why: str) -> tuple[Slip, ...]:
    """Return the slips of one class, each with the weights that it gives."""
    return tuple(Slip(name, after(step), why) for name, step in pairs.items())


def steps(stage: int, made: str, right: Step, slips: dict[str, Step], why: str, *more: Slip) -> Check:
    """Return the check of an optimizer: the weights after three gradients, from 2."""
    lines = f"o, w = {made}, {START}\n" + "\n".join(f"w{k} = w = o.step(w, {g})" for k, g in enumerate(GRADIENTS, 1))
    return check(stage, lines, "w1; w2; w3", after(right), *more, *named(slips, why))


def adam_checks() -> tuple[Check, ...]:
    """Return the checks of Adam."""
    made = f"Adam({', '.join(f'{name}={value}' for name, value in ADAM.items())})"
    slips = {
        "bias correction left out": adam("no correction"),
        "ε inside the root": adam("ε inside"),
        "t counts from 2": adam("t from 2"),
        "t is never counted: the corrections stay those of the first step": adam("t never counted"),
        "bias correction for v is left out": adam("m alone"),
        "bias correction for m is left out": adam("v alone"),
        "the root is forgotten": adam("without the root"),
        "the square of the gradient is forgotten in v": adam("without the square"),
        "multiplied by 1 − βᵗ where it is divided": adam("multiplied"),
        "the step goes uphill": adam("uphill"),
        "no step is taken": lambda w, g: w,
    }
    why = "t ← t + 1; m, v; m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ); w − lr·m̂/(√v̂ + ε)."
    zero = check(4, f"o = {made}\nw = o.step({START}, 3.0)", "w", after(adam())[:1])
    return (steps(4, made, adam(), slips, why), zero)


def decay_checks() -> tuple[Check, ...]:
    """Return the checks of AdamW."""
    made = f"AdamW({', '.join(f'{name}={value}' for name, value in ADAM.items())}, decay={DECAY})"
    slips = {
        "decay on the gradient, not on the weight": adam("decay on the gradient"),
        "the decay is forgotten": adam(),
        "the decay is not multiplied by the learning rate": adam("decay without lr"),
        "bias correction left out": adam("no correction"),
    }
    return (steps(5, made, adam("decay"), slips, "w ← w − lr·decay·w, beside Adam's step on the plain gradient."),)


OPTIMIZER = Assignment(
    "optimizer", "Build your own optimizers", "optimizer.py", "",
    (
        Stage(1, "SGD", ("In which direction does the loss grow?", "w ← w − lr · g.", "Return w - self.lr * g."),
              (steps(1, "SGD(lr=0.1)", sgd(), {"the step goes uphill": sgd(1.0), "the learning rate is forgotten": sgd(lr=1.0)}, "w ← w − lr · g."),)),
        Stage(2, "momentum, as PyTorch has it", ("v remembers the steps before.", "v ← β·v + g; β is mu.", "Then w ← w − lr·v, with the new v."),
              (steps(2, "Momentum(lr=0.1, mu=0.9)", momentum(),
                     {"v is not kept from step to step": momentum(kind="without"), "(1 − β)·g in the place of g: that is an average": momentum(kind="damped"),
                      "β multiplies the gradient": momentum(kind="forgotten"), "β is forgotten": momentum(kind="added"),
                      "Nesterov's step": momentum(kind="nesterov"), "the old v is used": momentum(kind="late")}, "v ← β·v + g, then w ← w − lr·v."),)),
        Stage(3, "momentum, the classical way", ("Here v is the step itself.", "v ← β·v − lr·g; β is mu.", "Then w ← w + v."),
              (check(3, "o, w = ClassicalMomentum(lr=0.1, mu=0.9), 2.0\nw = o.step(w, 3.0)\no.lr = 0.01\nw = o.step(w, -1.0)", "w", (1.44,),
                     Slip("PyTorch's convention: the learning rate is outside v", (1.683,), "v ← β·v − lr·g, then w ← w + v."),
                     Slip("the step goes uphill", (2.56,), "v ← β·v − lr·g, then w ← w + v."),
                     Slip("v is not kept from step to step", (1.71,), "Keep v in self.v.")),)),
        Stage(4, "Adam with bias correction", ("m averages g, v averages g².", "Both begin at 0 and are too small at first: divide by 1 − βᵗ.",
                                               "t is 1 in the first step; ε is added to the root, not under it."), adam_checks()),
        Stage(5, "AdamW: decay on the weight", ("Which of the two shrinks, the weight or the gradient?", "w ← w − lr·decay·w.",
                                                "Call Adam's step with the shrunk weight and the plain gradient."), decay_checks(), True),
    ),
)  # fmt: skip
