"""Reading the dials: what healthy training shows, and five ways of being ill."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from random import Random
from textwrap import fill
from typing import Any

from autograd import Parameter, Value, dot
from autograd.classroom import (
    Claim,
    Exercise,
    GradientOf,
    Lesson,
    Note,
    Story,
    Told,
    Wrong,
    choice,
    measured,
    number,
    passes,
)
from autograd.explain.notation import as_table
from nn.data.datasets import moons
from nn.init import normal
from nn.layers import MLP
from nn.lessons.definitions import define
from nn.lessons.two_curves import shapes
from nn.losses import binary_cross_entropy_with_logits
from nn.monitor.diagnosis import EXPLODING, LARGE, SMALL, VANISHING, diagnose
from nn.monitor.monitors import LayerDials, Monitor
from nn.optim.optimizers import SGD
from nn.plots.canvas import figure_class
from nn.training.fit import fit

EPOCHS = 15
NORMS = (0.00005, 0.0005, 0.05, 5.0, 50.0)


@dataclass(frozen=True)
class Case:
    """One training: what is done, the network, the learning rate, and what its dials should say."""

    name: str
    network: Callable[[], MLP]
    lr: float
    verdict: str


def small(**settings: Any) -> MLP:
    """Return 2-8-1, with ReLU unless something else is said."""
    return MLP(2, [8, 1], settings.pop("activation", "relu"), rng=Random(0), **settings)


CASES = (
    Case("healthy", small, 0.3, "decreasing"),
    Case("learning rate 20", small, 20.0, "fluctuating"),
    Case("learning rate 1e−05", small, 0.00001, "barely moving"),
    Case("ten sigmoid layers", lambda: MLP(2, [3] * 10 + [1], "sigmoid", rng=Random(0)), 0.3, "vanishing"),
    Case("ReLU, biases of −5", lambda: small(biases=[[-5.0] * 8, [0.0]]), 0.3, "dead"),
    Case("tanh, large weights", lambda: small(activation="tanh", init=normal(0, 20)), 0.3, "saturated"),
)


AWAKE = (0.25, -1.0)  # w1 and b2 with which neither of the two units is flat
HEALTHY = CASES[0]
GENTLE, USUAL = replace(HEALTHY, lr=0.1), replace(HEALTHY, lr=0.01)


def dead(case: Case) -> list[float]:
    """Return the share of the first layer's units that are dead, for each epoch."""
    return [row.layers[0].dead for row in watched(case).rows]


@cache
def watched(case: Case) -> Monitor:
    """Train for some epochs on two half moons, and return the monitor that read the dials."""
    model, monitor, data = case.network(), Monitor(), moons(40, 0.1, Random(0))

    def loss(outputs: list[Value], y: float) -> Value:
        found: Value = binary_cross_entropy_with_logits(outputs[0], y)
        return found

    fit(model, data, loss, SGD(model.parameters(), case.lr), EPOCHS, 10, callbacks=[monitor], rng=Random(1))
    return monitor


def ill(first: float = 2.5, second: float = -5.0) -> Value:
    """Return the squared error of two units: a saturated tanh, and a ReLU that is below 0."""
    x, y = Value(2.0, "x"), Value(3.0, "y")
    w1, b1, w2, b2 = (Parameter(p, label) for p, label in ((first, "w1"), (0.0, "b1"), (1.0, "w2"), (second, "b2")))
    z1, z2 = dot([w1], [x], b1), dot([w2], [x], b2)
    t, r = z1.tanh(), z2.relu()
    out = t + r
    loss = (out - y) ** 2
    for node, label in zip((z1, z2, t, r, out, loss), ("z1", "z2", "t", "r", "o", "L"), strict=True):
        node.label = label
    return loss


def woken() -> list[float]:
    """Return the sum of a dead ReLU in a later layer, before and after each of two steps: another unit moves what it reads."""
    w, sums = Parameter(1.0, "w"), list[float]()
    optimizer = SGD([w], 0.1)
    for _ in range(3):
        sums.append(w.data - 2)
        optimizer.zero_grad()
        ((w + (w - 2).relu() - 5) ** 2).backward()
        optimizer.step()
    return sums


def tell(lesson: Lesson) -> Told:
    """Read the dials of six trainings, then look into the two units through which nothing passes."""
    yield "# Six trainings, and what a monitor reads after the last epoch"
    yield from define("update ratio")
    yield f"Two half moons, 40 points, {EPOCHS} epochs of SGD; fit(…, callbacks=[Monitor()]). The first layer's dials, and those of the whole:"
    yield table()
    yield from verdicts()
    yield "# Layer by layer: where a gradient vanishes"
    yield from by_layer()
    yield "# The validation loss beside the training loss"
    yield from shapes()
    yield "# Two units that no gradient passes"
    yield "Only part of the backward pass is shown: the way to both units and their weights."
    yield from passes(lesson.build(), about=("o", "t", "r", "z1", "z2", "w1", "w2"))
    found, awake = measured(ill()), measured(ill(*AWAKE))
    yield Claim(
        f"Both weights all but stand still, with the gradients {number(found['∂L/∂w1'])} and {number(found['∂L/∂w2'])}, because tanh is at the end of its "
        f"range, where it is nearly flat, and ReLU is flat below 0. With w1 = {AWAKE[0]:g} and b2 = {number(AWAKE[1])} neither is, and the gradients are "
        f"{number(awake['∂L/∂w1'])} and {number(awake['∂L/∂w2'])}.",
        lambda flat: all(abs(measured(ill() if flat else ill(*AWAKE))[f"∂L/∂{w}"]) < 0.01 for w in ("w1", "w2")),
    )
    yield "The loss alone shows neither; the dials do."
    yield "# The bounds"
    yield bounds()
    yield (
        "They are the document's: moderate from 0.001 to 1, vanishing below 0.0001, exploding above 10; what lies between is called small "
        "or large here. They "
        "are rules of thumb. A gradient norm grows with the number of weights and the scale of the loss: watch how it changes, and compare layers."
    )
    first = watched(CASES[0]).rows[-1].layers[0]
    yield (
        f"The document also wants activations with a mean near 0 and a deviation of about 1. The healthy first layer has {first.mean:.2f} "
        f"and {first.deviation:.2f}: "
        "what comes out of a ReLU is never below 0, so its mean cannot be near 0 while it works. Ask it of z, or of tanh."
    )


def table() -> str:
    """Return the dials of all cases after the last epoch."""
    lines: list[tuple[str, ...]] = [
        ("", "loss:", "", "gradient", "update", "layer 1:", "", ""),
        ("training", "first", "last", "norm", "ratio", "norm", "dead", "saturated"),
    ]
    for case in CASES:
        rows = watched(case).rows
        last, first = rows[-1], rows[-1].layers[0]
        losses = (f"{rows[0].loss:.3f}", f"{last.loss:.3f}")
        norms = (f"{last.gradient_norm:.2g}", f"{last.update_ratio:.1g}", f"{first.gradient_norm:.2g}")
        lines.append((case.name, *losses, *norms, f"{first.dead:.0%}", f"{first.saturated:.0%}"))
    return as_table(lines)


def verdicts() -> Told:
    """Tell, for each training, the word of the diagnosis that names its illness."""
    yield "Monitor.diagnosis() says it in words. The one that matters of each:"
    yield "\n".join(
        fill(verdict(case), 80, initial_indent=f"{case.name:<22}", subsequent_indent=" " * 22) for case in CASES
    )
    killed = watched(CASES[1]).rows[-1].layers[0].dead
    yield f"One illness brings another: the learning rate of 20 has thrown {killed:.0%} of the first layer's ReLUs below 0, where they stay."
    sums = woken()
    yield (
        "“It stops learning forever”, says the document of a dead ReLU. In the first layer it does, since the inputs stay as they are. In a later one the "
        "units before it may wake it. Let h = w, r = relu(h − 2) and o = h + r, with w = 1 and the target 5. r is dead, its sum is "
        f"{number(sums[0])}; but w learns by way of h. After two steps with rate 0.1 on (o − 5)² the sum is {number(round(sums[2], 9))}, and r is on."
    )
    deaths = [epoch for epoch in range(1, EPOCHS) if dead(HEALTHY)[epoch] > dead(HEALTHY)[epoch - 1]]
    yield Claim(
        f"Even the healthy training ends with {dead(HEALTHY)[-1]:.0%} of its eight ReLUs dead: none at first, one dies in epoch {deaths[0] + 1} and one in "
        f"epoch {deaths[1] + 1}, because steps of learning rate {HEALTHY.lr} carry them below 0 for every point. With learning rate {GENTLE.lr} "
        f"none dies. Yet two dead units of eight have not spoiled this training: its loss ends at {watched(HEALTHY).rows[-1].loss:.2f}, with {GENTLE.lr} and "
        f"none dead at {watched(GENTLE).rows[-1].loss:.2f}. What counts is whether the share keeps growing, to 100% as in two of the others.",
        lambda long_steps: dead(HEALTHY if long_steps else GENTLE)[-1] > 0,
    )
    usual = watched(USUAL).rows[-1]
    yield (
        f"The healthy update ratio, {watched(HEALTHY).rows[-1].update_ratio:.2f}, is well above the usual 0.001. With learning rate {USUAL.lr} the ratio is "
        f"{usual.update_ratio:.3f}, and the loss after {EPOCHS} epochs still {usual.loss:.2f}: these trainings have only {EPOCHS * 4} steps, and "
        "the usual figure is one of long trainings. Compare a training with its own earlier figures rather than with a rule of thumb."
    )


def verdict(case: Case) -> str:
    """Return the sentence of a diagnosis that begins with the case's verdict."""
    found = (words for words in watched(case).diagnosis() if words.startswith(case.verdict))
    return next(found, "nothing of the kind").split(". ")[0]


def by_layer() -> Story:
    """Tell the gradient norms of the ten sigmoid layers."""
    layers: list[LayerDials] = watched(CASES[3]).rows[-1].layers
    norms = [layer.gradient_norm for layer in layers]
    yield "Ten layers of three sigmoid units and an output, every second one from the first to the last:"
    yield as_table([("layer", *range(1, 12, 2)), ("norm", *(f"{norm:.0e}" for norm in norms[::2]))])
    step = (norms[-1] / norms[0]) ** (1 / (len(norms) - 1))
    whole, last = watched(CASES[3]).rows[-1].gradient_norm, layers[-1]
    yield (
        f"From the last layer back to the first it shrinks by a factor of about {step:.1f} a layer, on average. "
        f"The norm of the whole, {number(whole)}, is that of the last layer and looks moderate, and the loss falls a little. But the output is the same for "
        f"all points, with a standard deviation of {last.deviation:.0e}: only a constant has been learned. One number for the whole network hides it."
    ).replace("e-", "e−")


def bounds() -> str:
    """Return what is said of gradient norms on each side of the bounds."""
    head = f"vanishing < {VANISHING:g} ≤ small < {SMALL:g} ≤ moderate ≤ {LARGE:g} < large ≤ {EXPLODING:g} < exploding"
    rows = [("norm", "diagnosis"), *((norm, diagnose(gradient_norm=norm)[0].split(":")[0]) for norm in NORMS)]
    return f"{head}\n{as_table(rows, left=(1,))}"


def measure(lesson: Lesson) -> dict[str, float]:
    """Return the figures of the two units, and what the dials of the ill show."""
    first = {case.name: watched(case).rows[-1].layers[0] for case in CASES}
    return measured(lesson.build()) | {
        "share of dead units": first["ReLU, biases of −5"].dead,
        "their gradient norm": first["ReLU, biases of −5"].gradient_norm,
        "healthy: share of dead units": dead(HEALTHY)[-1],
        "healthy: share of dead units after epoch 1": dead(HEALTHY)[0],
        "cases diagnosed": sum(any(w.startswith(case.verdict) for w in watched(case).diagnosis()) for case in CASES),
        "vanishing": VANISHING, "small": SMALL, "large": LARGE, "exploding": EXPLODING,
    }  # fmt: skip


def plot() -> Any:
    """Draw the losses of the first three trainings, and the gradient norms of the ten layers."""
    figure = figure_class()(figsize=(10, 4.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    for case, colour, dash in zip(CASES[:3], ("#009E73", "#D55E00", "#0072B2"), ("-", "--", ":"), strict=True):
        left.semilogy(
            range(1, EPOCHS + 1),
            [row.loss for row in watched(case).rows],
            color=colour,
            linestyle=dash,
            label=case.name,
        )
    left.set(xlabel="epoch", ylabel="loss", title="Learning rate: right, too high, too low")
    left.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=2, frameon=False)
    norms = [layer.gradient_norm for layer in watched(CASES[3]).rows[-1].layers]
    right.semilogy(range(1, len(norms) + 1), norms, "o-", color="#0072B2", label="gradient norm")
    right.axhspan(SMALL, LARGE, color="#009E73", alpha=0.15, label="moderate")
    right.axhline(VANISHING, color="#D55E00", linestyle="--", label="vanishing below")
    right.set(xlabel="layer", title="Ten sigmoid layers", xticks=range(1, len(norms) + 1))
    right.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=2, frameon=False)
    return figure


LESSON = Lesson(
    slug="dials",
    title="Reading the dials of training",
    document="How Machines Learn: Understanding the Core Concepts of Neural Networks, Monitoring Training: What to Watch",
    question="The loss does not fall. Is the learning rate to blame, or the start, or does no gradient arrive?",
    build=ill,
    tell=tell,
    numbers={
        "z1": 5, "z2": -3, "t": 0.999909204262595, "r": 0, "∂L/∂r": -4.00018159147481, "∂L/∂z1": -0.000726365897742, "∂L/∂w1": -0.00145273179548,
        "∂L/∂z2": 0, "∂L/∂w2": 0, "∂L/∂b2": 0,
        "healthy: share of dead units": 0.25, "healthy: share of dead units after epoch 1": 0,
        "share of dead units": 1, "their gradient norm": 0, "cases diagnosed": 6,
        "vanishing": 0.0001, "small": 0.001, "large": 1, "exploding": 10,
    },
    measure=measure,
    notes=(
        Note("chain t→z1", "1 − t²: so close to its end, tanh lets through less than two parts in ten thousand."),
        Note("chain r→z2", "Below 0 the slope is 0, and nothing goes through at all."),
    ),
    exercises=(
        GradientOf(ill, "w1", -0.00145273179548, {"upstream alone": -0.000726365897742}),
        GradientOf(ill, "w2", 0.0, {"local alone": 2.0}),
        Exercise(
            "Sigmoid's slope is at most 1/4. What is the most that is left of a gradient after a chain of ten sigmoids, one unit a layer, with weights of 1?",
            0.25**10,
            lambda: 0.25**10,
            ("Each layer multiplies by its slope.", "(1/4)¹⁰."),
            (Wrong("the slopes are added", 2.5, lambda: 10 * 0.25, "The chain rule multiplies along a path."),),
        ),
        choice(
            "The gradient norm of layer 1 is 2e−8, that of layer 11 is 5e−3. What is it?",
            [("exploding gradients", "They would grow on the way back."),
             ("dead units", "Then it would be exactly 0."),
             ("vanishing gradients", "")],
            lambda: 3 if 0 < (norms := [dials.gradient_norm for dials in watched(CASES[3]).rows[-1].layers])[0] < VANISHING <= norms[-1] else 1,
            "The way back goes from layer 11 to layer 1.",
        ),
    ),
    plot=plot,
)  # fmt: skip
