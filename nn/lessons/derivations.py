"""Derivations: σ′, tanh′, ŷ − y and the squared error, line by line, each line checked by numbers."""

import math
from collections.abc import Callable
from typing import Any

from autograd import Value, grad
from autograd.classroom import Exercise, GradientOf, Lesson, Note, Told, Wrong, choice, measured, number, passes
from autograd.explain.notation import as_table
from nn import plots

LOGITS = (2.0, 1.0, 0.1)
AT = (-2.0, 0.0, 0.5, 3.0)
Line = tuple[
    str, Callable[[float], float], str
]  # a line of a derivation, what it computes, and the step that leads to it

SIGMOID: tuple[Line, ...] = (
    ("d/dx (1 + e⁻ˣ)⁻¹", lambda x: float(grad(1 / (1 + (-(at := Value(x))).exp()), [at])[0]), "what is asked for"),
    ("−(1 + e⁻ˣ)⁻² · (−e⁻ˣ)", lambda x: -((1 + math.exp(-x)) ** -2) * -math.exp(-x), "the chain rule, twice"),
    (
        "1/(1 + e⁻ˣ) · e⁻ˣ/(1 + e⁻ˣ)",
        lambda x: 1 / (1 + math.exp(-x)) * math.exp(-x) / (1 + math.exp(-x)),
        "one fraction as two",
    ),
    (
        "σ · (1 − σ)",
        lambda x: sigmoid(x) * (1 - sigmoid(x)),
        "the second is 1 − σ",
    ),
)
TANH: tuple[Line, ...] = (
    ("d/dx (eˣ − e⁻ˣ)/(eˣ + e⁻ˣ)", lambda x: float(grad(fraction(at := Value(x)), [at])[0]), "what is asked for"),
    (
        "[(eˣ + e⁻ˣ)² − (eˣ − e⁻ˣ)²]/(eˣ + e⁻ˣ)²",
        lambda x: (plus(x) ** 2 - minus(x) ** 2) / plus(x) ** 2,
        "the quotient rule",
    ),
    ("1 − tanh²", lambda x: 1 - math.tanh(x) ** 2, "divide both terms"),
)


def sigmoid(x: float) -> float:
    """Return 1/(1 + e⁻ˣ)."""
    return 1 / (1 + math.exp(-x))


def fraction(x: Value) -> Value:
    """Return tanh x as the fraction that defines it."""
    up, down = x.exp(), (-x).exp()
    return (up - down) / (up + down)


def plus(x: float) -> float:
    """Return eˣ + e⁻ˣ."""
    return math.exp(x) + math.exp(-x)


def minus(x: float) -> float:
    """Return eˣ − e⁻ˣ."""
    return math.exp(x) - math.exp(-x)


def build() -> Value:
    """Return the cross-entropy of softmax, written out: exponentials, their sum, a fraction, a logarithm; class 1 is true."""
    z = [Value(x, f"z{i}") for i, x in enumerate(LOGITS, 1)]
    e = [x.exp() for x in z]
    total = e[0] + e[1] + e[2]
    p = e[0] / total
    log = p.log()
    loss = -log
    for node, label in zip((*e, total, p, log, loss), ("e1", "e2", "e3", "S", "p1", "l", "L"), strict=True):
        node.label = label
    return loss


def tell(lesson: Lesson) -> Told:
    """Derive the slopes of sigmoid and tanh, then ŷ − y, then the squared error from noise."""
    yield "# σ′ = σ(1 − σ)"
    yield derived(SIGMOID)
    yield "The second fraction is 1 − σ: e⁻ˣ/(1 + e⁻ˣ) = (1 + e⁻ˣ − 1)/(1 + e⁻ˣ) = 1 − 1/(1 + e⁻ˣ)."
    yield "# tanh′ = 1 − tanh²"
    yield derived(TANH)
    yield "Every line is computed at four points, the first by this engine. A wrong step would show as a row of other numbers."
    yield "# Softmax and cross-entropy: ŷ − y"
    yield (
        "L = −ln ŷ_c = −ln(e^z_c / Σ e^zⱼ) = ln Σ e^zⱼ − z_c, for the true class c. The derivative of the first term with respect to zⱼ is "
        "e^zⱼ / Σ e^zⱼ = ŷⱼ; that of the second is 1 where j = c, which is yⱼ. So ∂L/∂zⱼ = ŷⱼ − yⱼ."
    )
    yield "The same by the long way, through every exponential. Only part of the backward pass is shown: to z1, the true class, and to z2."
    yield from passes(lesson.build(), about=("l", "p1", "S", "e1", "e2", "z1", "z2"))
    p = [math.exp(z) / sum(map(math.exp, LOGITS)) for z in LOGITS]
    yield f"ŷ = ({', '.join(f'{x:.3f}' for x in p)}) and y = (1, 0, 0): the difference is (−{1 - p[0]:.3f}, {p[1]:.3f}, {p[2]:.3f})."
    yield "# Why the error is squared"
    yield (
        "Say that the truth is the prediction plus noise, drawn for each example by itself from a normal distribution of deviation s. Then y has the density "
        "exp(−(y − ŷ)²/(2s²))/(s·√(2π)), and minus its logarithm is (y − ŷ)²/(2s²) plus a number that does not depend on ŷ. Over "
        "the examples densities are multiplied, so these are added. The prediction that makes the "
        "data most probable is the one with the least squared error."
    )
    yield noise_table()
    yield (
        "The same with noise of another shape gives another loss. Density exp(−|y − ŷ|/s)/(2s), with heavier tails: the absolute error. A coin that "
        "shows 1 with probability ŷ: −ln of ŷ or of 1 − ŷ, the binary cross-entropy."
    )


def derived(lines: tuple[Line, ...]) -> str:
    """Return a derivation as a table: each line, its numbers, and the reason for it."""
    reasons = as_table([(i, text, why) for i, (text, _, why) in enumerate(lines, 1)], left=(0, 1, 2))
    numbers = [(i, *(f"{f(x):.4f}" for x in AT)) for i, (_, f, _) in enumerate(lines, 1)]
    return f"{reasons}\n{as_table([('line', *(f'x = {number(x)}' for x in AT)), *numbers])}"


def noise_table() -> str:
    """Return minus the logarithm of the normal density for some errors, less that for no error, beside half the square."""
    head = ("error y − ŷ", "−ln density, less that at 0 (s = 1)", "½·error²")
    rows = [(e, f"{surprise(e) - surprise(0.0):.4f}", f"{e * e / 2:.4f}") for e in (0.5, 1.0, 2.0, 3.0)]
    return as_table([head, *rows], left=())


def surprise(error: float) -> float:
    """Return minus the logarithm of the density of the normal distribution with deviation 1."""
    return -math.log(math.exp(-error * error / 2) / math.sqrt(2 * math.pi))


def measure(lesson: Lesson) -> dict[str, float]:
    """Return the numbers of the long way, and slopes at one point."""
    return measured(lesson.build()) | {
        "σ′(0.5)": SIGMOID[-1][1](0.5),
        "tanh′(0.5)": TANH[-1][1](0.5),
        "surprise of an error of 2, less that of none": surprise(2.0) - surprise(0.0),
    }


def plot() -> Any:
    """Draw σ and tanh with their slopes, and the surprise of an error beside its half square."""
    figure = plots.new_figure(1, 3)
    figure.set_size_inches(11, 3.6)
    xs = [i / 20 for i in range(-80, 81)]
    functions = (("σ", sigmoid, SIGMOID[-1][1]), ("tanh", math.tanh, TANH[-1][1]))
    for ax, (name, f, slope) in zip(figure.axes, functions, strict=False):
        ax.plot(xs, [f(x) for x in xs], color=plots.BLUE, label=name)
        ax.plot(xs, [slope(x) for x in xs], "--", color=plots.VERMILION, label=f"{name}′")
        ax.set(title=f"{name} and its slope", xlabel="x")
        plots.legend_below(ax)
    ax = figure.axes[2]
    ax.plot(xs, [surprise(x) for x in xs], color=plots.BLUE, label="−ln density")
    ax.plot(xs, [x * x / 2 for x in xs], "--", color=plots.VERMILION, label="½·error²")
    ax.set(title="The same curve, shifted", xlabel="error")
    plots.legend_below(ax)
    return figure


LESSON = Lesson(
    slug="derivations",
    title="Derivations: where the slopes and the losses come from",
    document="How Machines Learn: Understanding the Core Concepts of Neural Networks, section 5, Derivatives of Common Components",
    question="σ′ = σ(1 − σ), tanh′ = 1 − tanh², and ŷ − y for softmax with cross-entropy: why?",
    build=build,
    tell=tell,
    numbers={
        "e1": 7.38905609893065, "S": 11.2125088454577, "p1": 0.659001138944, "L": 0.417030015961,
        "∂L/∂z1": -0.340998861056, "∂L/∂z2": 0.242432970703, "∂L/∂z3": 0.098565890353,
        "∂L/∂p1": -1.5174480603940774, "∂L/∂S": 0.0891861057843828, "σ′(0.5)": 0.235003712202, "tanh′(0.5)": 0.786447732966,
        "surprise of an error of 2, less that of none": 2,
    },
    measure=measure,
    plot=plot,
    notes=(
        Note("ready z1", "ŷ₁ − 1. Two ways lead to z1: as the numerator, and as a part of the sum."),
        Note("ready z2", "ŷ₂ − 0. z2 is in the sum alone."),
    ),
    exercises=(
        GradientOf(build, "z2", 0.242432970703, {"upstream alone": 0.0891861057843828}),
        Exercise(
            "σ(x) = 0.8. What is σ′(x)?",
            0.16,
            lambda: 0.8 * (1 - 0.8),
            ("σ′ = σ·(1 − σ).", "0.8 · 0.2."),
            (Wrong("1 − σ² is taken", 0.36, lambda: 1 - 0.8**2, "That is the slope of tanh, given its value."),),
        ),
        Exercise(
            "tanh(x) = 0.6. What is tanh′(x)?",
            0.64,
            lambda: 1 - 0.6**2,
            ("tanh′ = 1 − tanh².", "1 − 0.36."),
            (Wrong("t·(1 − t) is taken", 0.24, lambda: 0.6 * (1 - 0.6), "That is the slope of the sigmoid, given its value."),),
        ),
        choice(
            "Noise with heavier tails than the normal distribution, density exp(−|e|)/2. Which loss follows?",
            [("the squared error", "That is −ln of the normal density."),
             ("the cross-entropy", "That is for a coin, not for a number."),
             ("the absolute error", "")],
            lambda: 3 if math.isclose(*(-math.log(math.exp(-e) / 2) + math.log(math.exp(1 - e) / 2) for e in (2, 3))) else 1,
            "Take −ln of the density.",
        ),
    ),
)  # fmt: skip
