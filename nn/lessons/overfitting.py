"""Too small, too large, held back: underfitting, overfitting, L2 and dropout on ten noisy points."""

import itertools
import math
from random import Random
from typing import Any

from autograd import Parameter, Value
from autograd.classroom import Claim, Exercise, GradientOf, Lesson, Note, Story, Told, Wrong, choice, measured, passes
from autograd.explain.notation import as_table
from nn.lessons.definitions import define
from nn.lessons.overfitting_fits import (
    EPOCHS,
    SIGMA,
    P,
    best,
    curve,
    endless,
    epochs_for,
    fed,
    fits,
    noise,
    noisy,
    without_noise,
)
from nn.optim.optimizers import SGD
from nn.plots import loss_curves
from nn.plots.canvas import figure_class
from nn.regularization import Dropout, l2_penalty

POINTS = (10, 20, 40)  # on which the large network is trained


def penalised() -> Value:
    """Return the squared error of a line at one point, and λ times the square of its weight."""
    x, y = Value(2.0, "x"), Value(5.0, "y")
    w, b, strength = Parameter(3.0, "w"), Parameter(1.0, "b"), Value(0.5, "λ")
    z = w * x + b
    z.label = "z"
    error = (z - y) ** 2
    error.label = "error"
    penalty = strength * w**2
    penalty.label = "penalty"
    loss = error + penalty
    loss.label = "L"
    return loss


def tell(lesson: Lesson) -> Told:
    """Show the gap between both losses, then what L2 and dropout do to it, and how."""
    yield "# Ten noisy points of a parabola"
    yield from define("underfitting", "overfitting", "penalty", "L2 regularisation", "dropout")
    yield (
        f"Adam, {EPOCHS} epochs on ten points. The validation points are twenty others of the same curve, with noise of their own, which nobody "
        f"can predict: the parabola itself has a loss of {noise():.3f} on them. “Endless” is the loss on endlessly many points, which in practice "
        f"nobody knows: the noise, {SIGMA}² = {SIGMA**2:.2f}, plus the mean squared distance from the parabola."
    )
    yield table()
    yield (
        f"Some validation losses are below {noise():.3f}, that of the parabola itself. That is luck: twenty points say no more than ±"
        f"{SIGMA**2 * math.sqrt(2 / 20):.2f} (one standard deviation of the mean of twenty squared errors). On endless points nothing is better than the "
        f"parabola, and the order of the four, the best first, is {'; '.join(ranking())}."
    )
    _, large, held, dropped = fits().values()
    yield (
        f"The line underfits: bad on both. The large network overfits: its training loss is {large.loss:.3f}, far below the noise, and what it has "
        f"learned from the noise is wrong elsewhere: {large.validation_loss:.3f} (a student who learns the answers of a practice test by heart fails "
        "in the next). "
        f"Its best epoch was {best(large)[0]}, with {best(large)[1]:.3f}; from then on the training loss goes on falling, and the validation loss goes up "
        f"and down, and ends at {large.validation_loss:.3f}."
    )
    yield Claim(
        f"It ends {endless(large) - SIGMA**2:.3f} from the parabola, in the mean square, because it has learned the noise of its ten points: "
        f"trained on the same ten points without noise, the same network ends {endless(without_noise()) - SIGMA**2:.3f} from it.",
        lambda noisy: endless(list(fits().values())[1] if noisy else without_noise()) - SIGMA**2 > 0.05,
    )
    yield (
        f"L2 gives a higher training loss, {held.loss:.3f}, a lower validation loss, {held.validation_loss:.3f}, and smaller weights. Dropout "
        f"raises the training loss too, {dropped.loss:.3f}, and gains little on these twenty points, {dropped.validation_loss:.3f}; it was made for "
        "large networks. No cure helps everywhere; the validation set says which does, within its own uncertainty."
    )
    yield "# How L2 pulls"
    yield from passes(lesson.build())
    yield from pull()
    yield "# How dropout scales"
    yield from scaling()
    yield "# What else"
    yield "The documents advise, against underfitting, more units, more epochs, better inputs; against overfitting L2, dropout, stopping in time, more data:"
    yield more_data()
    most = fed(POINTS[-1])
    yield Claim(
        f"All have made about as many updates. With {POINTS[-1]} points the network ends with {endless(most):.3f}, nearer to the parabola than with L2 or "
        f"dropout on ten ({endless(held):.3f} and {endless(dropped):.3f}), because it has more points: on ten it ends with {endless(large):.3f}.",
        lambda more: endless(fed(POINTS[-1] if more else POINTS[0])) < min(endless(held), endless(dropped)),
    )


def more_data() -> str:
    """Return what the large network reaches with more points."""
    rows = [(n, epochs_for(n), f"{fed(n).loss:.3f}", f"{endless(fed(n)):.3f}") for n in POINTS]
    return as_table([("points", "epochs", "training", "endless"), *rows], left=())


def table() -> str:
    """Return both losses of each network, its best epoch, and how large its weights are."""
    rows: list[tuple[str | int, ...]] = [("", "training", "validation", "lowest", "epoch", "endless", "Σw²")]
    for name, one in fits().items():
        size = sum(p.data**2 for p in one.model.parameters())
        epoch, lowest = best(one)
        losses = (f"{loss:.3f}" for loss in (one.loss, one.validation_loss, lowest))
        rows.append((name, *losses, epoch, f"{endless(one):.3f}", f"{size:.1f}"))
    return as_table(rows)


def ranking() -> list[str]:
    """Return the networks by their loss on endless points, the best first."""
    return [
        name.partition(":")[0].partition(" (")[0]
        for name, _ in sorted(fits().items(), key=lambda item: endless(item[1]))
    ]


def pull() -> Story:
    """Tell the gradient of the penalty, and the other convention."""
    strength, w = 0.5, 3.0
    yield (
        f"The penalty λ·w² adds 2·λ·w = {2 * strength * w:g} to the gradient: a pull towards 0, the stronger the farther w is. Some texts write ½·λ·w², "
        f"with the slope λ·w = {strength * w:g}; l2_penalty here is λ·Σw², without the ½. In SGD the pull is the same as weight_decay = 2·λ: from "
        f"w = {w:g}, with learning rate 0.1 and no error, the one gives {stepped(strength, 0.0):g} and the other {stepped(0.0, 2 * strength):g}. Each "
        "step leaves 1 − 2·η·λ of the weight."
    )


def stepped(strength: float, decay: float) -> float:
    """Return w after one step of SGD from 3, with no error: by a penalty, or by weight decay."""
    w = Parameter(3.0)
    (l2_penalty([w], strength) + 0 * w).backward()
    SGD([w], lr=0.1, weight_decay=decay).step()
    return w.data


def scaling() -> Story:
    """Tell that inverted dropout keeps the mean, by going through every mask."""
    activations = (1.0, 2.0, 3.0)
    kept, plain = expected_sum(activations, P, 1 / (1 - P)), expected_sum(activations, P, 1.0)
    draw = [x.data for x in Dropout(P, Random(1))(activations)]
    yield (
        "While training, each activation is set to 0 with probability p, and the others are divided by 1 − p. Of "
        f"{list(activations)} with p = {P}, one draw makes {draw}. Over all {2 ** len(activations)} ways to drop them, weighted by their probability, the sum "
        f"stays {kept:g}; without the division it would be {plain:g}, and the next layer would see other sizes in training than later. In "
        "evaluation nothing is dropped and nothing divided: model.eval()."
    )


def expected_sum(activations: tuple[float, ...], p: float, scale: float) -> float:
    """Return the mean of the sum that is left, over all masks."""
    masks = itertools.product((0, 1), repeat=len(activations))
    return math.fsum(
        math.prod((1 - p) if keep else p for keep in mask)
        * sum(keep * a * scale for keep, a in zip(mask, activations, strict=True))
        for mask in masks
    )


def measure(lesson: Lesson) -> dict[str, float]:
    """Return the figures of the penalty and of the masks, and both losses of each network, to two digits."""
    found = {}
    for name, one in zip(("small", "large", "L2", "dropout"), fits().values(), strict=True):
        found[f"{name}: training (two digits)"] = round(one.loss, 2)
        found[f"{name}: validation (two digits)"] = round(one.validation_loss, 2)
        found[f"{name}: endless (two digits)"] = round(endless(one), 2)
    masks = {"mean over all masks": expected_sum((1.0, 2.0, 3.0), P, 1 / (1 - P)), "w after decay": stepped(0.0, 1.0)}
    return measured(lesson.build()) | found | masks


def plot() -> Any:
    """Draw the points with the networks through them, and the losses of the large one."""
    figure = figure_class()(figsize=(10, 4.4), layout="constrained")
    left, right = figure.subplots(1, 2)
    xs = [i / 100 for i in range(-100, 101)]
    left.plot(xs, [curve(x) for x in xs], color="0.7", linewidth=4, label="truth")
    styles = (("#000000", ":"), ("#D55E00", "-"), ("#0072B2", "--"))
    for (name, one), (colour, dash) in zip(fits().items(), styles, strict=False):
        left.plot(xs, [one.model([x])[0].data for x in xs], color=colour, linestyle=dash, label=name)
    left.plot(
        *zip(*[(x, y) for (x,), y in noisy(10, Random(1))], strict=True), "o", color="black", label="training points"
    )
    left.set(xlabel="x", ylabel="y", title="Ten points")
    left.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=2, frameon=False)
    loss_curves(list(fits().values())[1].history, right)
    right.set_title("Loss of the large network")
    return figure


LESSON = Lesson(
    slug="overfitting",
    title="Overfitting and underfitting",
    document="How Machines Learn: Understanding the Core Concepts of Neural Networks, section 6; Neural network training fundamentals, "
    "Avoiding Common Problems; How a Network Learns",
    question="The training loss of a large network falls and falls. Why may that be a bad sign, and what holds it back?",
    build=penalised,
    tell=tell,
    numbers={
        "large: training (two digits)": 0.02, "large: validation (two digits)": 0.2,
        "L2: training (two digits)": 0.08, "L2: validation (two digits)": 0.14,
        "large: endless (two digits)": 0.27, "L2: endless (two digits)": 0.21,
        "z": 7, "error": 4, "penalty": 4.5, "L": 8.5,
        "∂L/∂z": 4, "∂L/∂w": 11, "∂L/∂b": 4, "∂L/∂x": 12, "∂L/∂y": -4, "∂L/∂λ": 9,
        "mean over all masks": 6, "w after decay": 2.7,
    },
    measure=measure,
    notes=(
        Note("ready w", "8 from the error and 3 from the penalty. The error asks for a smaller w this time; the penalty does so every time."),
        Note("ready λ", "Moving λ along this gradient teaches nothing: it would go to 0 and on below, a reward for large weights. "
             "λ is chosen on the validation set instead."),
    ),
    exercises=(
        GradientOf(penalised, "w", 11, {"sign of the delta": -11, "zero_grad forgotten": 22}),
        Exercise(
            "The loss has the term λ·w², with λ = 0.5 and w = 3. What does it add to ∂L/∂w?",
            3.0,
            lambda: 2 * 0.5 * 3,
            ("The slope of w² is 2w.", "2 · λ · w."),
            (
                Wrong("the penalty is taken as ½·λ·w²", 1.5, lambda: 0.5 * 3, "That is the other convention; here there is no ½."),
                Wrong("the penalty itself is given", 4.5, lambda: 0.5 * 3**2, "Asked is its slope."),
            ),
        ),
        Exercise(
            "Dropout with p = 0.2 keeps an activation of 3 in training. What does the next layer see?",
            3.75,
            lambda: next(x for seed in range(99) if (x := Dropout(0.2, Random(seed))([3.0])[0].data)),
            ("What is kept is scaled so that the mean stays.", "3 / (1 − p)."),
            (
                Wrong("it is not scaled", 3.0, lambda: 3.0, "Then the mean would fall to 0.8 of what it is in evaluation."),
                Wrong("it is multiplied by 1 − p", 2.4, lambda: 3.0 * 0.8, "That belongs in evaluation, where dropout is not inverted."),
            ),
        ),
        choice(
            "Training and validation loss of three networks. Which one overfits most?",
            [("0.73 and 0.64", "Bad on both: it underfits."), ("0.02 and 0.20", ""), ("0.08 and 0.14", "The gap of another one is larger.")],
            lambda: 1 + max(range(3), key=[one.validation_loss - one.loss for one in fits().values()].__getitem__),
            "Overfitting is a gap: good on what was learned, worse on the rest.",
        ),
    ),
    plot=plot,
)  # fmt: skip
