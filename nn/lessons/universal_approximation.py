"""One hidden layer fits a curve: built by hand from ReLUs, unit by unit, and found by training."""

import math
from functools import cache
from itertools import pairwise
from random import Random
from typing import Any

from autograd import Parameter, Value, dot, no_grad
from autograd.classroom import Claim, Exercise, GradientOf, Lesson, Note, Told, Wrong, choice, measured, passes
from autograd.classroom.trainable import Trainable
from autograd.explain.notation import as_table
from nn.layers import MLP
from nn.lessons.curve_fits import (
    EPOCHS,
    LEARNING_RATE,
    SEEDS,
    TRAINED_UNITS,
    UNITS,
    by_hand,
    curve,
    errors,
    even,
    trained,
)
from nn.lessons.definitions import define
from nn.losses import mse_loss
from nn.plots.canvas import figure_class

DRAWN = 1000  # networks with random weights
TENTS, NETWORKS = 8, 100


def trainable() -> Trainable:
    """Return the training of 6 units, for the page, which takes the points in the order in which they are given."""
    data = [([x], curve(x)) for x in Random(1).sample(even(16), 17)]
    return Trainable(MLP(1, [6, 1], rng=Random(2)), data, mse_loss, LEARNING_RATE, "Adam", batch=5)


def corner() -> Value:
    """Return the squared error of two ReLUs at x = 0.7: the sum rises from 0 with slope 2, and turns round at 0.5."""
    x, y = Value(0.7, "x"), Value(0.8, "y")
    knots = [Parameter(0.0, "k1"), Parameter(0.5, "k2")]
    weights = [Parameter(2.0, "u1"), Parameter(-4.0, "u2")]
    hinges = []
    for i, knot in enumerate(knots, 1):
        z = x - knot
        z.label = f"z{i}"
        hinges.append(z.relu())
        hinges[-1].label = f"a{i}"
    out = dot(weights, hinges)
    out.label = "f"
    loss = (out - y) ** 2
    loss.label = "L"
    return loss


def tell(lesson: Lesson) -> Told:
    """Make a corner, put corners together to a curve, count units, then look for the same by training."""
    yield (
        "f(x) = 2x + 1 can be written down. “Is this a cat?” is a function of the pixels too, and nobody can write it down; there are only examples. "
        "A network is a function with many numbers to set. The question is whether some setting comes near to any function one may want."
    )
    yield "# A ReLU is a corner"
    yield (
        "relu(x − k) is 0 up to the knot k, and then rises. With weights 2 and −4, and knots at 0 and 0.5, the sum rises with slope 2 and then falls "
        "with slope 2 − 4 = −2. A third one, with weight 2 and a knot at 1, stops the fall: a tent, 0 on both sides, that can stand anywhere."
    )
    yield (
        "Below, the first two at x = 0.7: k1 and k2 are the knots, u1 and u2 the weights, f the output. Let the curve have the height y = 0.8 there. "
        "Only part of the backward pass is shown: the way to the second weight, to the second knot and to x."
    )
    items = passes(lesson.build(), about=("f", "u2", "a1", "a2", "z1", "z2", "k2", "x"))
    yield from (item for item in items if isinstance(item, str) or item.key not in ("ready z1", "ready z2"))
    yield "# A whole curve by hand: sin(π·x) from −1 to 1"
    yield (
        "Cut the way from −1 to 1 into n even pieces, each 2/n long, and put a knot of its own at the left end of each: n units. The weight of each is the "
        "change of slope at its knot. The network then meets the curve at every knot and at 1, and is straight between them. Nothing is trained: the "
        "weights can be written down. The last column is a bound on the error, explained below:"
    )
    yield hand_table()
    yield (
        "Each time the units double, the bound falls to a quarter, and with many units the error does nearly. "
        "Between two knots a line misses a curve by at most h²/8 times the largest "
        "second derivative of the curve, where h is the distance of the knots: 2/n here, and the second derivative of sin(π·x) is π² at most in size. "
        "As close as you like, with enough units: this is the "
        "theorem, for one input, with ReLUs, and for curves whose second derivative has a bound."
    )
    yield "# The same networks, trained"
    yield from define("seed")
    yield f"Adam, learning rate {LEARNING_RATE}, {EPOCHS} epochs, on 17 points of the curve. The largest error, for some seeds:"
    yield trained_table()
    hand, found = errors()
    nearer = [seed for seed in SEEDS if found[2, seed] < hand[2]]
    yield (
        f"With 2 units the even knots miss everything; training may move the knots, and ends nearer from {len(nearer)} of {len(SEEDS)} seeds. With 4 it ends "
        f"{min(found[4, seed] for seed in SEEDS) / hand[4]:.1f} to {max(found[4, seed] for seed in SEEDS) / hand[4]:.1f} times as far away as it could, from "
        f"each seed in another place; with 16 it does not find what can be written down: {found[16, 0]:.3f} against {hand[16]:.3f}. (Training "
        "lowers another number, the mean squared error on the 17 points; but by hand, with 16 units, that is 0.) The weights exist; the theorem does "
        "not say how to find them."
    )
    yield "# What the theorem says"
    yield from define("universal approximation")
    yield (
        "1989, in two papers: Cybenko, “Approximation by superpositions of a sigmoidal function”, and Hornik, Stinchcombe and White, “Multilayer "
        "feedforward networks are universal approximators”. For every continuous function on a closed and bounded region, and every error "
        "above 0, there is one hidden layer that stays below that error. Both are about units like the sigmoid. ReLU, and every "
        "piecewise continuous activation that is no polynomial, came in 1993 (Leshno, Lin, Pinkus and Schocken). With a polynomial of degree n a hidden "
        "layer makes sums of polynomials of degree n, and so no others, however many units it has. The document leaves out the region: outside the "
        "knots our network goes straight on, and the sine does not."
    )
    yield (
        "How many units are enough? Here a knot costs one unit. With d inputs, a grid of 10 knots a side has 10^d of them: 100 for two inputs, and for the "
        "784 pixels of a digit a number of 785 digits. The document's “billions” are modest. "
        "Such a grid is one way and not the best: the network of the lesson digits has 128 and 64 hidden units."
    )
    yield (
        "Two hidden units, as in lesson xor-by-hand, do not “represent any decision boundary”, as the document has it. Four points in a row of classes "
        "0, 1, 0, 1 ask for an output that crosses 0 three times, so for three pieces that go up, down, up. Along a line two ReLUs do make three straight "
        "pieces. But each ReLU is flat on one side of its knot. So either one of the three pieces is flat, or the slope of the middle one is the sum of the "
        f"outer two, and two slopes up do not make one down: two crossings are the most. (Of {DRAWN:,} networks with random weights none crosses more "
        f"than {crossings()} times.)"
    )
    yield "# Why depth: folding"
    yield from depth()


def tent(x: float) -> float:
    """Return 2·relu(x) − 4·relu(x − ½): two ReLUs that fold the line from 0 to 1 in the middle."""
    return 2 * max(0.0, x) - 4 * max(0.0, x - 0.5)


def pieces(layers: int) -> int:
    """Count the straight pieces, from 0 to 1, of as many tents one after the other."""
    xs = [k / 1024 for k in range(1025)]
    for _ in range(layers):
        xs = [tent(x) for x in xs]
    slopes = [b - a for a, b in pairwise(xs)]
    return 1 + sum((a > 0) != (b > 0) for a, b in pairwise(slopes))


@cache
def most_pieces() -> int:
    """Return the most straight pieces along a line, over networks with one hidden layer of random weights: the slope is another behind each knot."""
    rng, most = Random(0), 0
    for _ in range(NETWORKS):
        units = [(rng.gauss(0, 1), rng.gauss(0, 1), rng.gauss(0, 1)) for _ in range(2 * TENTS)]
        knots = sorted(-b / w for w, b, _ in units)
        between = [knots[0] - 1, *((a + b) / 2 for a, b in pairwise(knots)), knots[-1] + 1]
        slopes = [math.fsum(u * w for w, b, u in units if w * x + b > 0) for x in between]
        most = max(most, 1 + sum(a != b for a, b in pairwise(slopes)))
    return most


def depth() -> Told:
    """Tell how many straight pieces deep networks have."""
    yield (
        "Two ReLUs make a tent, 2·relu(x) − 4·relu(x − ½): from 0 up to 1 at x = ½, and down to 0 again at x = 1. It folds the line from 0 to 1 in the "
        "middle, for x and 1 − x get the same. Let each tent be the input of the next, and count the straight pieces of the last one's output:"
    )
    rows = [(layers, 2 * layers, pieces(layers), pieces(layers) - 1) for layers in (1, 2, 4, 8)]
    yield as_table([("tents", "their ReLUs", "pieces", "ReLUs in one hidden layer"), *rows], left=())
    yield "Side by side in one hidden layer each ReLU makes one corner, at its knot. The last column counts the corners: at least so many."
    side_by_side, units = most_pieces(), 2 * TENTS
    yield Claim(
        f"{TENTS} tents make {pieces(TENTS)} pieces with {units} ReLUs because each folds what the one before has made: {units} ReLUs side by side make at "
        f"most {units + 1} pieces (of {NETWORKS} random networks the most is {side_by_side}).",
        lambda folded: (pieces(TENTS) if folded else side_by_side) > units + 1,
    )
    yield (
        "The document speaks of low-, mid- and high-level features. This is the sense of it: a layer works on what the layer before has made, so its "
        "units are features of features. That networks for images find edges first, then parts, then objects has been seen in large ones; nothing "
        "here shows it."
    )


@cache
def crossings() -> int:
    """Return how often, at most, two ReLUs and an output change their sign along a line, over networks with random weights."""
    rng, most, xs = Random(0), 0, [k / 10 for k in range(-40, 41)]
    for _ in range(DRAWN):
        u1, w1, b1, u2, w2, b2, c = (rng.gauss(0, 1) for _ in range(7))
        above = [u1 * max(0.0, w1 * x + b1) + u2 * max(0.0, w2 * x + b2) + c > 0 for x in xs]
        most = max(most, sum(a != b for a, b in pairwise(above)))
    return most


def hand_table() -> str:
    """Return the largest error of the network by hand, by the number of units, beside the bound."""
    rows = [(n, len(by_hand(n).parameters()), f"{error:.4f}", f"{bound(n):.4f}") for n, error in errors()[0].items()]
    return as_table([("units", "parameters", "largest error", "(2/n)² · π²/8"), *rows], left=())


def bound(units: int) -> float:
    """Return how far a line between two knots can be from the curve at most."""
    return (2 / units) ** 2 * math.pi**2 / 8


def trained_table() -> str:
    """Return the largest error after training, by units and seed, beside that by hand."""
    rows: list[tuple[str | int, ...]] = [("units", "by hand", *(f"seed {seed}" for seed in SEEDS))]
    for n in TRAINED_UNITS:
        found = [f"{error:.3f}" for (units, _), error in errors()[1].items() if units == n]
        rows.append((n, f"{errors()[0][n]:.3f}", *found, *["–"] * (len(SEEDS) - len(found))))
    return f"{as_table(rows, left=())}\n–: not trained"


def measure(lesson: Lesson) -> dict[str, float]:
    """Return the figures of the corner, and the errors by hand, and after training to two digits."""
    hand = {f"by hand, {n} units": error for n, error in errors()[0].items()}
    found = {f"trained, {n} units (two digits)": round(errors()[1][n, 0], 2) for n in TRAINED_UNITS}
    return measured(lesson.build()) | hand | found


def plot() -> Any:
    """Draw the curve with both networks of 8 units, and the error by the number of units."""
    figure = figure_class()(figsize=(9.6, 4.2), layout="constrained")
    fitted, falling = figure.subplots(1, 2)
    xs = even(200)
    fitted.plot(xs, [curve(x) for x in xs], color="0.6", linewidth=4, label="sin(π·x)")
    for name, model, colour, dash in (
        ("by hand", by_hand(8), "#0072B2", "-"),
        ("trained", trained(8, 0), "#D55E00", "--"),
    ):
        with no_grad():
            fitted.plot(xs, [model([x])[0].data for x in xs], color=colour, linestyle=dash, label=name)
    fitted.plot(even(8), [curve(x) for x in even(8)], "o", color="#0072B2", markersize=5)
    fitted.set(title="8 units", xlabel="x", ylabel="output")
    falling.loglog(UNITS, [errors()[0][n] for n in UNITS], "o-", color="#0072B2", label="by hand")
    falling.loglog(
        TRAINED_UNITS, [errors()[1][n, 0] for n in TRAINED_UNITS], "^--", color="#D55E00", label="trained", base=2
    )
    falling.set(
        title="Largest error", xlabel="units in the hidden layer", xticks=UNITS, xticklabels=UNITS, yscale="log"
    )
    for ax in (fitted, falling):
        ax.legend(frameon=False)
    return figure


LESSON = Lesson(
    slug="universal-approximation",
    title="One hidden layer fits a curve",
    document="How Machines Learn: Understanding the Core Concepts of Neural Networks, introduction and section 1",
    question="A ReLU network is made of straight pieces. How many units does it take to follow a curve, and who finds their weights?",
    build=corner,
    tell=tell,
    numbers={
        "z1": 0.7, "z2": 0.2, "a1": 0.7, "a2": 0.2, "f": 0.6, "L": 0.04,
        "∂L/∂f": -0.4, "∂L/∂u1": -0.28, "∂L/∂u2": -0.08,
        "∂L/∂k1": 0.8, "∂L/∂k2": -1.6, "∂L/∂x": 0.8, "∂L/∂y": 0.4,
        "by hand, 2 units": 1.0, "by hand, 4 units": 0.2105132427757893, "by hand, 8 units": 0.07036523091870905,
        "trained, 2 units (two digits)": 0.75, "trained, 16 units (two digits)": 0.08,
    },
    measure=measure,
    notes=(
        Note("ready k2", "The knot is a bias, which training moves too: so a network chooses where its corners are."),
        Note("ready x", "2 of unit 1 and −4 of unit 2 make a slope of −2 here: f falls where it should be higher."),
    ),
    exercises=(
        GradientOf(corner, "u2", -0.08, {"upstream alone": -0.4, "sign of the delta": 0.08, "½(t − o)² for (t − o)²": -0.04}),
        GradientOf(corner, "x", 0.8, {"= in the place of +=": -0.8}),
        Exercise(
            "The slope of the curve is 3 left of a knot and −1 right of it. What weight does the ReLU at this knot get?",
            -4.0,
            lambda: -1.0 - 3.0,
            ("The units before it carry on with slope 3.", "This one adds what is missing from there on."),
            (Wrong("the new slope is taken for the change", -1.0, lambda: -1.0, "The ReLUs before it go on: their slope is still in the sum."),),
        ),
        choice(
            "By hand, with twice as many units: what is left of the largest error, about?",
            [("a half", "The distance of the knots halves, and the error goes with its square."),
             ("a quarter", ""),
             ("the same", "The knots come nearer to one another.")],
            lambda: {2: 1, 4: 2, 1: 3}[round(errors()[0][16] / errors()[0][32])],
            "(distance of the knots)²/8.",
        ),
    ),
    plot=plot,
    training=trainable,
)  # fmt: skip
