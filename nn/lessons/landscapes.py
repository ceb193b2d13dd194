"""Local minima, saddles and plateaus; what momentum, Newton's method and adaptive rates do there."""

import math
from functools import partial
from random import Random
from typing import Any

from autograd import Parameter, Value, hessian, steps
from autograd.classroom import Claim, Exercise, GradientOf, Lesson, Note, Told, Wrong, choice, measured, number
from autograd.explain.notation import as_table
from nn.lessons.definitions import define
from nn.lessons.landscape_walks import (
    BOWL_START,
    DAMPING,
    DIMENSIONS,
    DRAWS,
    LEAPING,
    LEARNING_RATE,
    MANY_STEPS,
    MOMENTA,
    NOISES,
    RUNS,
    SADDLE_START,
    SLOW,
    START,
    STEPS,
    TILT,
    TINY,
    WEAK,
    WIDTH,
    Point,
    arrives,
    bowl,
    curvature,
    ends,
    flat_points,
    left_by,
    newton,
    off_the_saddle,
    patience,
    plateau,
    rolled,
    saddle,
    share_of_minima,
    valley,
    walk,
)
from nn.optim.optimizers import SGD, Adam


def build() -> Value:
    """Return the height of the two valleys where the descent begins."""
    w = Parameter(START, "w")
    loss: Value = valley(w, Value(WIDTH, "a"), Value(TILT, "c"))
    loss.label = "L"
    return loss


def tell(lesson: Lesson) -> Told:
    """Two valleys; Newton on a bowl and on a saddle; why saddles are common; a plateau."""
    yield f"# Two valleys: (w² − {WIDTH:g})² + {TILT:g}·w, from w = {START:g}"
    yield from define("local minimum")
    yield from steps(lesson.build())
    yield flat_table()
    yield f"Gradient descent from w = {START:g} meets the shallow valley first. Learning rate {LEARNING_RATE:g}, {STEPS} steps:"
    yield momentum_table()
    rng = Random(0)
    last = [rolled(0.0, rng.uniform(-2, 2))[-1] for _ in range(10)]
    yield (
        "Momentum can roll over the hump; with too much of it, it rolls over and back again. Another cure is to begin at several places: "
        f"of 10 random starts without momentum, {sum(w < 0 for w in last)} end in the deep valley."
    )
    yield from shaken()
    yield from slowly()
    yield "# Newton's method: slope divided by curvature, from the Hessian that autograd finds"
    yield from define("second derivative", "Hessian", "Newton's method", "damping")
    there = hessian(bowl, BOWL_START)
    yield f"The bowl (x − 1)² + 10·(y − x)² has the Hessian {shown(there)}."
    yield f"From {place(BOWL_START)} one step leads to {place(newton(bowl, BOWL_START))}: its lowest point."
    yield newton_on_saddle()
    yield (
        "The document lists Newton's method among the cures for saddle points. As it stands it is not one: it looks for a slope of 0, and takes the saddle."
    )
    yield Claim(
        f"With damping {DAMPING:g} y moves downhill, because that is larger than the curvature down, 2: so all curvatures that it divides by are above 0. With "
        f"damping {WEAK:g} they are not, and y moves uphill, across the saddle to {number(newton(saddle, SADDLE_START, damping=WEAK)[1])}.",
        lambda larger: newton(saddle, SADDLE_START, damping=DAMPING if larger else WEAK)[1] > SADDLE_START[1],
    )
    yield (
        f"Momentum needs no Hessian: from (1, 0.001), with learning rate 0.02, y is 1 away after {off_the_saddle(0.9)} steps with momentum 0.9, and after "
        f"{off_the_saddle(0.0)} without."
    )
    yield "# Why saddles are common"
    yield shares()
    yield (
        f"A minimum must curve up in every direction. With random curvatures ({DRAWS:,} matrices for each number of weights) that soon hardly "
        "ever happens; a network has thousands of weights. Its curvatures are not random, so these "
        "shares do not carry over; that in a minimum all curvatures must be above 0 does."
    )
    yield "# A plateau: 1 − e^(−w²/2) from w = 5"
    yield from define("plateau")
    yield plateaus()


def shaken() -> Told:
    """Tell how often noise leaves each valley."""
    places = flat_points()
    rise = {name: valley(places["hump"]) - valley(places[name]) for name in ("shallow", "deep")}
    yield (
        f"A third is noise, as a small batch has it. {RUNS} runs of {STEPS} steps begin at the bottom of each valley, with noise added to the gradient; so "
        "many end in the other valley:"
    )
    counts = [(f"begun in the {name} valley", *(left_by(noise, name) for noise in NOISES)) for name in rise]
    yield as_table([("standard deviation of the noise", *NOISES), *counts])
    yield (
        "With too little noise no run leaves its valley. With much of it some leave the deep one too, though not as many: from there to the hump it is "
        f"{rise['deep']:.2f} up, from the shallow one {rise['shallow']:.2f}."
    )


def slowly() -> Told:
    """Tell whether a small learning rate is what gets stuck in a local minimum."""
    reached = ", ".join(f"{lr:g}" for lr in SLOW if ends(lr, count=MANY_STEPS) > 0)
    yield (
        f"A tiny learning rate “might get stuck in local minimum”, says the document. With {number(TINY)} w is not stuck: it is on its way, at "
        f"{ends(TINY):.3f} after {STEPS} steps. And it would end in the shallow valley as larger rates do: {reached} all end there within "
        f"{MANY_STEPS:,} steps."
    )
    yield Claim(
        f"With {LEAPING:g} w ends at {number(round(ends(LEAPING), 4))}, in the deep valley, because the first step leaps over the shallow one, to "
        f"{number(round(ends(LEAPING, count=1), 4))}. A leap is luck: from w = {number(-START)}, on the side of the deep valley, it leads into the shallow "
        f"one, to {number(round(ends(LEAPING, -START), 4))}. What counts is where one begins, and whether a step is as long as a valley is wide.",
        lambda leaps: ends(LEAPING if leaps else SLOW[-1]) < 0,
    )


def flat_table() -> str:
    """Return the flat points of the valleys, with their heights and curvatures."""
    rows: list[tuple[str, ...]] = [("slope 0 at w", "height", "curvature", "")]
    for name, w in flat_points().items():
        kind = "minimum" if curvature(w) > 0 else "maximum"
        rows.append((*(f"{x:.4f}" for x in (w, valley(w), curvature(w))), f"{name}, a {kind}"))
    return as_table(rows, left=(3,))


def momentum_table() -> str:
    """Return where the descent ends, for each momentum."""
    paths = {beta: rolled(beta) for beta in MOMENTA}
    rows = {
        "momentum": [f"{beta:g}" for beta in paths],
        "furthest left": [f"{min(path):.4f}" for path in paths.values()],
        "ends at w": [f"{path[-1]:.4f}" for path in paths.values()],
        "height": [f"{valley(path[-1]):.4f}" for path in paths.values()],
    }
    return as_table([(name, *cells) for name, cells in rows.items()])


def shown(matrix: list[list[float]]) -> str:
    """Write a matrix of whole numbers in one line."""
    return "[" + ", ".join("[" + ", ".join(f"{x:g}".replace("-", "−") for x in row) + "]" for row in matrix) + "]"


def place(point: Point) -> str:
    """Write a point: (3, −1)."""
    return "(" + ", ".join(f"{x + 0:.9g}" for x in point).replace("-", "−") + ")"


def newton_on_saddle() -> str:
    """Say where Newton's method goes from the saddle's side, and how the Hessian tells."""
    return (
        f"The saddle x² − y² has {shown(hessian(saddle, SADDLE_START))}: one curvature up, one down. From {place(SADDLE_START)} one step of Newton's "
        f"leads to {place(newton(saddle, SADDLE_START))}, the saddle itself. With damping {DAMPING:g} it leads to "
        f"{place(newton(saddle, SADDLE_START, damping=DAMPING))}: nearer along x, and away along y, downhill."
    )


def shares() -> str:
    """Return the share of minima among random flat points, by dimension."""
    found = (f"{share_of_minima(n):.3f}" for n in DIMENSIONS)
    return as_table([("weights", *DIMENSIONS), ("share of minima", *found)])


def plateaus() -> str:
    """Say how two optimizers fare on the plateau."""
    slope = 5 * math.exp(-12.5)
    adam = arrives(lambda ws: Adam(ws, 0.1), 200)
    at_1 = next(step for step, (w,) in enumerate(walk(plateau, (5.0,), lambda ws: Adam(ws, 0.1), 200)) if w <= 1)
    end, rolling = (walk(plateau, (5.0,), partial(SGD, lr=0.1, momentum=beta), 1000)[-1][0] for beta in (0.0, 0.9))
    return (
        f"The slope there is {number(slope)}. Gradient descent with learning rate 0.1 is at w = {end:.4f} after 1,000 steps, with "
        f"momentum 0.9 at {rolling:.3f}. "
        f"Adam, which has momentum too and divides by the size of the slope, is at w = 1 after {at_1} and in the hole after {adam}, "
        f"below a height of 0.01. “Patience”, says the document: plain descent takes {patience():,} steps until w is 1."
    )


def measure(lesson: Lesson) -> dict[str, float]:
    """Return the graph's numbers, the flat points, where the walks end, and the shares of minima."""
    found = measured(lesson.build())
    for name, w in flat_points().items():
        found |= {f"{name}: w": w, f"{name}: curvature": curvature(w)}
    found |= {f"momentum {beta:g}: ends at": rolled(beta)[-1] for beta in MOMENTA}
    found |= {f"momentum {beta:g}: steps off the saddle": off_the_saddle(beta) for beta in MOMENTA}
    found |= dict(zip(("bowl: x", "bowl: y"), newton(bowl, BOWL_START), strict=True))
    found |= dict(zip(("saddle: x", "saddle: y"), newton(saddle, SADDLE_START), strict=True))
    found |= dict(zip(("damped: x", "damped: y"), newton(saddle, SADDLE_START, damping=DAMPING), strict=True))
    found |= {f"share of minima, {n} weights": share_of_minima(n) for n in DIMENSIONS}
    for name in ("shallow", "deep"):
        found |= {f"noise {noise} leaves the {name} valley": left_by(noise, name) for noise in NOISES}
    return found | {
        "plateau: descent leaves": patience(),
        "plateau: Adam arrives": arrives(lambda ws: Adam(ws, 0.1), 200) or math.inf,
    }


def plot() -> Any:
    """Draw the two valleys, with the paths that end in each."""
    from nn.plots import BLACK, BLUE, VERMILION, axes, even, legend_below

    ax, ws = axes(), even(-1.7, 2.05, 200)
    ax.plot(ws, [valley(w) for w in ws], color=BLACK)
    for beta, colour, style in ((0.0, VERMILION, "o-"), (0.9, BLUE, "s--")):
        path = rolled(beta)
        lift = 0.15 if beta else 0.0  # one above the other, to tell them apart
        ax.plot(path, [valley(w) + lift for w in path], style, color=colour, markersize=3, label=f"momentum {beta:g}")
        ax.plot(path[-1], valley(path[-1]) + lift, style[0], color=colour, markersize=11, markeredgecolor=BLACK)
    ax.set(xlabel="w", ylabel="loss", title="Two valleys", ylim=(-0.6, 4))
    legend_below(ax)
    return ax.figure


LESSON = Lesson(
    slug="landscapes",
    title="Landscapes: local minima, saddles, plateaus",
    document="How Machines Learn: Understanding the Core Concepts of Neural Networks, section 6",
    question="Where the slope is 0, is that the goal? And does Newton's method help at a saddle?",
    build=build,
    tell=tell,
    numbers={
        "L": 9.6, "∂L/∂w": 24.3, "∂L/∂a": -6, "∂L/∂c": 2,
        "deep: w": -1.035578714089, "hump: w": 0.075429158570, "shallow: w": 0.960149555519,
        "deep: curvature": 8.869079276887, "hump: curvature": -3.931725304450, "shallow: curvature": 7.062646027562,
        "momentum 0: ends at": 0.960149555519, "momentum 0.8: ends at": -1.035578714089, "momentum 0.9: ends at": -1.035578713298,
        "bowl: x": 1, "bowl: y": 1, "saddle: x": 0, "saddle: y": 0, "damped: x": 0.9, "damped: y": 1.5,
        "momentum 0: steps off the saddle": 177, "momentum 0.9: steps off the saddle": 46,
        "noise 4 leaves the shallow valley": 0, "noise 8 leaves the shallow valley": 23, "noise 12 leaves the shallow valley": 33,
        "noise 4 leaves the deep valley": 0, "noise 8 leaves the deep valley": 2, "noise 12 leaves the deep valley": 10,
        "share of minima, 1 weights": 0.493, "share of minima, 2 weights": 0.150, "share of minima, 3 weights": 0.027,
        "share of minima, 6 weights": 0, "plateau: Adam arrives": 44, "plateau: descent leaves": 117_829,
    },
    measure=measure,
    notes=(Note("ready w", "Downhill is to the left, and the first valley on that way is the shallow one."),),
    exercises=(
        GradientOf(build, "w", 24.3, {"sign of the delta": -24.3, "= in the place of +=": 24}),
        Exercise(
            "On x² − y², where is y after one step of Newton's method from (1.5, 0.5)?",
            0.0,
            lambda: newton(saddle, SADDLE_START)[1],
            ("The slope along y is −2y = −1.", "The curvature is −2.", "0.5 − (−1)/(−2)."),
            (Wrong("the size of the curvature is taken", 1.0, lambda: 0.5 - (-1) / abs(-2), "Newton divides by the curvature with its sign."),),
        ),
        Exercise(
            "The height is w⁴ − 2w². What is its curvature at w = 1?",
            8,
            lambda: hessian(lambda w: w**4 - 2 * w**2, [1.0])[0][0],
            ("The slope is 4w³ − 4w.", "Its slope is 12w² − 4.", "12 − 4."),
            (Wrong("the slope is given", 0, lambda: 4 * 1**3 - 4 * 1, "The slope is 0 there; the curvature says that it is a minimum."),),
        ),
        choice(
            "The gradient is 0 and the Hessian is [[2, 0], [0, −2]]. What is this point?",
            [("a minimum", "It must curve up in every direction."),
             ("a saddle point", ""),
             ("a plateau", "There the curvature is near 0, too.")],
            lambda: 2 if hessian(saddle, (0.0, 0.0))[0][0] > 0 > hessian(saddle, (0.0, 0.0))[1][1] else 1,
            "One curvature is up.",
        ),
    ),
    plot=plot,
)  # fmt: skip
