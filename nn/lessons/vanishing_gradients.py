"""Gradients that vanish or explode on their way through many layers, and what each cure does, in numbers."""

from statistics import fmean
from typing import Any

from autograd import Parameter, Value, steps
from autograd.classroom import Claim, Exercise, GradientOf, Lesson, Note, Told, Wrong, choice, measured
from autograd.explain.notation import as_table
from autograd.graph import number, rounded
from nn.init import he as he_init
from nn.init import normal, xavier
from nn.layers import Sequential
from nn.lessons.deep_networks import (
    DEPTH,
    EXAMPLES,
    WIDTH,
    backward,
    deviations,
    first_over_last,
    fourfold,
    growth,
    network,
    norms,
    scaled,
    sigmoid_slopes,
)
from nn.lessons.definitions import define
from nn.monitor.gradients import clip_grad_norm_, grad_norm
from nn.optim.optimizers import SGD

CHAIN, FACTOR = 10, 0.1
SHOWN = (1, 4, 8, 12)
LEARNING_RATE, TINY_RATE, MAX_NORM = 0.01, 1e-9, 1.0
ALONG = ("chain h10→h9", "chain h9→h8", "chain h2→h1", "chain h1→x")


def chain(factor: float = FACTOR) -> Value:
    """Return x through ten layers of one weight each: h1 = w1 · x, h2 = w2 · h1, …"""
    h = Value(1.0, "x")
    for k in range(1, CHAIN + 1):
        h = Parameter(factor, f"w{k}") * h
        h.label = f"h{k}"
    return h


def vanishing() -> dict[str, Sequential]:
    """Return the network whose gradients vanish, and the same with each cure."""
    return {
        "sigmoid, nothing done": network("sigmoid"),
        "ReLU": network("relu"),
        "sigmoid, residual connections": network("sigmoid", residual=True),
        "sigmoid, batch normalisation": network("sigmoid", norm=True),
        "sigmoid, 4 times the weights": network("sigmoid", fourfold),
        "tanh, weights of size 0.1": network("tanh", normal(0, 0.1)),
        "tanh, Xavier's weights": network("tanh", xavier),
    }


def one_step(model: Sequential, lr: float = LEARNING_RATE, max_norm: float | None = None) -> dict[str, float]:
    """Make one step of gradient descent; return the loss before, the gradient norm, the step's length, the loss after."""
    before = backward(model)
    norm = clip_grad_norm_(model.parameters(), max_norm) if max_norm else grad_norm(model.parameters())
    length = lr * grad_norm(model.parameters())
    SGD(model.parameters(), lr).step()
    return {"loss": before, "norm": norm, "step": length, "after": backward(model)}


def exploding() -> dict[str, dict[str, float]]:
    """Return one step of the network whose gradients explode, and one with each cure."""
    large = scaled(he_init, 2)
    return {
        "ReLU, weights twice He's": one_step(network("relu", large)),
        f"gradients clipped to {MAX_NORM:g}": one_step(network("relu", large), max_norm=MAX_NORM),
        "smaller weights: He's": one_step(network("relu", he_init)),
        "batch normalisation": one_step(network("relu", large, norm=True)),
        f"learning rate {number(TINY_RATE)}": one_step(network("relu", large), lr=TINY_RATE),
    }


def tell(lesson: Lesson) -> Told:
    """The chain of ten factors; a real network of twelve layers and its cures; the same for explosion."""
    yield "# Ten layers that each scale by 0.1"
    yield from define("vanishing gradient", "exploding gradient")
    events = steps(lesson.build())
    yield from (event for event in events if event.phase == "forward")
    yield "Backward along h10, h9, …: the first two steps and the last two of ten. The weights get their gradients from the same chain."
    yield from (event for event in events if event.key in ALONG)
    ten, two = measured(chain())["∂h10/∂x"], measured(chain(2.0))["∂h10/∂x"]
    yield f"What arrives at x is 0.1¹⁰ = {number(ten)}. With a factor of 2 it would be 2¹⁰ = {two:,.0f}. Nothing in between is safe for long: only 1 stays 1."
    yield f"# A real network: {DEPTH} layers, {DEPTH - 1} of {WIDTH} units and 1 output, {EXAMPLES} examples"
    yield from define(
        "gradient norm", "residual connection", "batch normalisation", "Xavier initialisation", "He initialisation"
    )
    yield table_of_norms()
    sigmoid = norms(network("sigmoid"))
    yield (
        f"The slope of sigmoid is at most ¼. After {DEPTH - 1} of them, times weights mostly below 1, the first layer gets "
        f"{sigmoid[0] / sigmoid[-1]:.1g}".replace("-", "−")
        + " of what the last gets. Its steps are that much shorter."
    )
    yield (
        "ReLU: slope 1 where it is on. Residual: x + f(x) has the slope 1 + f′, so there is always a way on which nothing shrinks (each "
        "layer adds to the activations, and the last layer's gradient grows with them). Batch normalisation: it divides each sum by its standard deviation, "
        f"{fmean(deviations()):.2f} in the mean here, and so multiplies the gradient up again. For tanh, whose slope at 0 is 1, Xavier's weights are "
        "enough; with "
        "weights of size 0.1 its gradient vanishes as well."
    )
    yield from larger_weights()
    yield "# The opposite: weights twice as large as He's"
    yield from define("gradient clipping")
    yield table_of_steps()
    yield (
        f"From layer to layer the activations now grow, {growth(2):.2f} times in the mean ({growth(1):.2f} times with He's weights), and on the way back the "
        "gradients do. One step throws the network away. "
        "Clipping keeps the direction and shortens the step. "
        "(“Cap gradients at a maximum value”, says the document: each capped by itself would turn it.) "
        "Smaller weights and batch normalisation take away the cause. A learning rate "
        f"small enough for this gradient, {number(TINY_RATE)}, works too, and will be far too small once the gradient is normal."
    )


def larger_weights() -> Told:
    """Tell why four times the weights are no cure for sigmoid."""
    yield "For sigmoid, four times the weights help, and are no cure. Its slopes, over all units and examples, and what is left of the gradient:"
    rows: list[tuple[str, ...]] = [("", "mean", "below 0.05", "first/last")]
    for name, init in (("Xavier's weights", xavier), ("4 times as large", fourfold)):
        slopes, share = sigmoid_slopes(network("sigmoid", init)), first_over_last("sigmoid", init)
        rows.append((name, f"{fmean(slopes):.3f}", f"{fmean(slope < 0.05 for slope in slopes):.0%}", rounded(share, 2)))
    straight = first_over_last("linear", xavier)
    rows.append(("4 times, slope ¼", "0.250", "0%", rounded(straight, 2)))
    yield as_table(rows)
    yield Claim(
        f"Four times the weights would make up for the ¼, and first/last is {first_over_last('sigmoid', fourfold):.1g} all the same, because the slope is "
        "¼ only near 0, and larger weights lead away from there. With a function of slope ¼ everywhere in place of the sigmoid (the last row) it would be "
        f"{straight:.2f}.".replace("e-0", "e−0"),
        lambda sigmoids: first_over_last(*(("sigmoid", fourfold) if sigmoids else ("linear", xavier))) < 0.01,
    )


def table_of_norms() -> str:
    """Return the gradient norms of some layers, and the first over the last, for each network."""
    rows: list[tuple[str, ...]] = [("gradient norm in layer", *map(str, SHOWN), "first/last")]
    for name, model in vanishing().items():
        found = norms(model)
        rows.append((name, *(rounded(x, 2) for x in (*(found[k - 1] for k in SHOWN), found[0] / found[-1]))))
    return as_table(rows)


def table_of_steps() -> str:
    """Return what one step does, for each network."""
    head = (f"one step, rate {number(LEARNING_RATE)}", "loss before", "norm", "step length", "loss after")
    return as_table([head, *((name, *map(large, one.values())) for name, one in exploding().items())])


def large(x: float) -> str:
    """Write a number that may be very large: with commas, and as a power of ten where even these do not help."""
    return f"{x:,.0f}" if 1000 <= x < 1e12 else rounded(x, 2)


def measure(lesson: Lesson) -> dict[str, float]:
    """Return the two products, the shares that reach the first layer, and what one step does."""
    found = measured(lesson.build()) | {"2 ten times": measured(chain(2.0))["∂h10/∂x"]}
    for name, model in vanishing().items():
        of = norms(model)
        found[f"{name}: first/last"] = of[0] / of[-1]
    for name, one in exploding().items():
        found |= {f"{name}: norm": one["norm"], f"{name}: loss after": one["after"]}
    slopes = sigmoid_slopes(network("sigmoid", fourfold))
    return found | {
        "4 times as large: mean slope": fmean(slopes),
        "4 times as large: slopes below 0.05": fmean(slope < 0.05 for slope in slopes),
        "activations of twice He's: growth": growth(2),
    }


def plot() -> Any:
    """Draw the gradient norm of each layer, with sigmoid and with ReLU."""
    from nn.plots import gradient_norms, new_figure

    figure = new_figure(1, 2)
    for ax, activation in zip(figure.axes, ("sigmoid", "relu"), strict=True):
        model = network(activation)
        backward(model)
        gradient_norms(model, ax)
        ax.set_title(f"Gradient norm of each layer, {activation}")
    figure.axes[0].get_legend().remove()  # the other says the same
    return figure


LESSON = Lesson(
    slug="vanishing-gradients",
    title="Gradients that vanish and gradients that explode",
    document="How Machines Learn: Understanding the Core Concepts of Neural Networks, section 5; Neural network training fundamentals",
    question="Each layer scales the gradient by 0.1, or by 2. What is left of it after ten layers?",
    build=chain,
    tell=tell,
    numbers={
        "h1": 0.1, "h2": 0.01, "h10": 1e-10, "∂h10/∂h9": 0.1, "∂h10/∂h8": 0.01, "∂h10/∂x": 1e-10, "2 ten times": 1024,
        "sigmoid, nothing done: first/last": 6.663342719e-08,
        "ReLU: first/last": 0.90540074759,
        "sigmoid, residual connections: first/last": 0.02192799486,
        "sigmoid, batch normalisation: first/last": 0.73824577132,
        "sigmoid, 4 times the weights: first/last": 2.9446259515776e-05,
        "tanh, weights of size 0.1: first/last": 3.445240645e-07,
        "tanh, Xavier's weights: first/last": 1.10521355091,
        "4 times as large: mean slope": 0.119875096824, "4 times as large: slopes below 0.05": 168 / 528,
        "activations of twice He's: growth": 2.011540606078,
        "ReLU, weights twice He's: norm": 69307607.396,
        "smaller weights: He's: norm": 22.8130877055, "smaller weights: He's: loss after": 0.91844457253,
        "batch normalisation: norm": 50.951613862, "batch normalisation: loss after": 1.14620864721,
    },
    measure=measure,
    notes=(Note("chain h1→x", "Ten factors of 0.1 by now: the input, or a first layer in its place, hears almost nothing."),),
    exercises=(
        GradientOf(chain, "x", 1e-10, {"upstream alone": 1e-9, "local alone": 0.1}),
        Exercise(
            "Each of 10 layers scales the gradient by 2. By how much do all ten?",
            1024,
            lambda: measured(chain(2.0))["∂h10/∂x"],
            ("The chain rule multiplies along a path.", "2 · 2 · … ten times.", "2¹⁰."),
            (Wrong("the factors are added", 20, lambda: sum([2.0] * CHAIN), "The chain rule adds over paths; along one path it multiplies."),),
        ),
        Exercise(
            "The gradient norm is 50 and is clipped to 5. Every gradient is multiplied by what?",
            0.1,
            lambda: 5 / 50,
            ("The direction stays, so all get the same factor.", "The new norm is the factor times the old one.", "5 / 50."),
            (Wrong("5 is taken off", 45, lambda: 50 - 5, "Clipping multiplies: all gradients together, by one factor."),),
        ),
        choice(
            "Every layer has one of these slopes, ten layers. With which does the gradient vanish?",
            [("0.25", ""), ("1", "1¹⁰ is 1: nothing is lost."), ("2", "2¹⁰ is 1,024: it explodes.")],
            lambda: 1 + [factor**10 < 0.001 for factor in (0.25, 1, 2)].index(True),
            "The chain rule multiplies the ten slopes.",
        ),
    ),
    plot=plot,
)  # fmt: skip
