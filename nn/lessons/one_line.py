"""What one neuron cannot do: it draws one line, and no line separates XOR."""

import itertools
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

from autograd import Parameter, Value, dot
from autograd.classroom import Exercise, GradientOf, Lesson, Note, Story, Told, Wrong, choice, measured, number, passes
from autograd.classroom.trainable import Trainable
from autograd.explain.notation import as_table
from nn import plots
from nn.layers import MLP, Neuron
from nn.lessons.definitions import define
from nn.losses import binary_cross_entropy_with_logits, mse_loss
from nn.optim.optimizers import SGD

INPUTS = [(0, 0), (0, 1), (1, 0), (1, 1)]
TARGETS = {"AND": (0, 0, 0, 1), "OR": (0, 1, 1, 1), "XOR": (0, 1, 1, 0)}
START = (1.0, -2.0, 0.5)  # w1, w2, b; any others would do
LEARNING_RATE, EPOCHS = 1.0, 500
THREE = ((1.0, 1.0, -0.5), (1.0, 1.0, -1.5), (1.0, -1.0, -0.5))  # three neurons: OR, AND, and x1 without x2
PROOF = """\
(0, 0) → 0 asks for            b < 0
(0, 1) → 1 asks for       w2 + b > 0
(1, 0) → 1 asks for       w1 + b > 0
(1, 1) → 0 asks for  w1 + w2 + b < 0"""
Weights = tuple[float, float, float]


class Trained(NamedTuple):
    """One neuron after its training."""

    weights: Weights
    loss: float
    predictions: list[float]


def logits(w1: Value, w2: Value, b: Value) -> list[Value]:
    """Return the neuron's z for each of the four inputs."""
    return [dot([w1, w2], x, b) for x in INPUTS]


def cross_entropy(zs: Sequence[Value], targets: Sequence[int]) -> Value:
    """Return the mean cross-entropy of sigmoid(z)."""
    return binary_cross_entropy_with_logits(zs, targets)


def squared_error(zs: Sequence[Value], targets: Sequence[int]) -> Value:
    """Return the mean squared error of sigmoid(z)."""
    return mse_loss([z.sigmoid() for z in zs], targets)


def all_weights_zero() -> Value:
    """Return the loss of a neuron on XOR, before it has any opinion."""
    zs = logits(Parameter(0.0, "w1"), Parameter(0.0, "w2"), Parameter(0.0, "b"))
    for (x1, x2), z in zip(INPUTS, zs, strict=True):
        z.label = f"z{x1}{x2}"
    loss = cross_entropy(zs, TARGETS["XOR"])
    loss.label = "L"
    return loss


@cache
def trained(name: str, loss_of: Callable[..., Value] = cross_entropy) -> Trained:
    """Train one neuron on all four examples at once."""
    weights = [Parameter(weight) for weight in START]
    optimizer = SGD(weights, LEARNING_RATE)
    for _ in range(EPOCHS):
        optimizer.zero_grad()
        loss_of(logits(*weights), TARGETS[name]).backward()
        optimizer.step()
    zs, (w1, w2, b) = logits(*weights), (w.data for w in weights)
    return Trained((w1, w2, b), loss_of(zs, TARGETS[name]).data, [z.sigmoid().data for z in zs])


def trainable() -> Trainable:
    """Return the neuron on XOR, for the page."""
    w1, w2, b = START
    neuron = Neuron(2, "linear", weights=[w1, w2], bias=b)
    pairs = list(zip(INPUTS, TARGETS["XOR"], strict=True))
    return Trainable(
        neuron, pairs, binary_cross_entropy_with_logits, LEARNING_RATE, answer=lambda zs: [zs[0].sigmoid()]
    )


def drawn_by_a_line() -> set[tuple[int, ...]]:
    """Return the answers to the four inputs that some line gives, of a grid of lines that has all there are."""
    grid = itertools.product((-1, 0, 1), (-1, 0, 1), (-1.5, -0.5, 0.5, 1.5))
    return {tuple(int(w1 * x1 + w2 * x2 + b > 0) for x1, x2 in INPUTS) for w1, w2, b in grid}


def measure(lesson: Lesson) -> dict[str, float]:
    """Return the losses that training ends at, and how many functions a line draws."""
    squared = trained("XOR", squared_error)
    return measured(lesson.build()) | {f"{name}: loss": trained(name).loss for name in TARGETS} | {
        "XOR: mean squared error": squared.loss,
        "functions of two bits that a line draws": len(drawn_by_a_line()),
    }  # fmt: skip


def tell(lesson: Lesson) -> Told:
    """Prove that no line separates XOR; train on AND, OR and XOR; see why XOR stands still; look at three neurons side by side."""
    found = measure(lesson)
    yield "# The proof that no weights do it"
    yield (
        "AND is 1 where both inputs are 1, OR where at least one is, and XOR where exactly one is. The neuron says 1 where z = w1·x1 + w2·x2 + b is above 0, "
        "and 0 where z is below 0. So each line of XOR asks for something:"
    )
    yield PROOF
    yield (
        "Add the two in the middle: w1 + w2 + 2b > 0. Add the first and the last: w1 + w2 + 2b < 0. Both cannot be. Of the 16 functions of two bits a line "
        f"draws {number(found['functions of two bits that a line draws'])}: all but XOR and its opposite."
    )
    yield f"# One neuron with a sigmoid, trained on AND, OR and XOR: {EPOCHS} epochs each, from the same weights"
    yield from define("convex")
    yield report()
    yield (
        f"AND and OR are learned. On XOR the loss ends at {found['XOR: loss']:.4f}, which is ln 2, with every prediction at 0.5: “I don't know”, four "
        f"times. Trained on the mean squared error, it ends in the same place, with a loss of {number(round(found['XOR: mean squared error'], 6))}."
    )
    yield "# Why it stands still there: the four examples pull against one another"
    yield "z01 is the neuron's sum for the inputs 0 and 1."
    yield from in_the_logit()
    yield "Only part of the backward pass is shown: the gradients of the four sums, each ¼·(ŷ − y), and what they add up to at w1."
    shown = (
        "seed L",
        *(f"ready {z}" for z in ("z00", "z01", "z10", "z11", "w1")),
        *(f"chain {z}→w1" for z in ("z00", "z01", "z10", "z11")),
    )
    yield from (
        item for item in passes(lesson.build()) if isinstance(item, str) or item.phase == "forward" or item.key in shown
    )
    yield (
        "It is the same for w2 and b: every gradient is 0. And this loss is convex in w1, w2 and b: a softplus is convex, for its slope, the sigmoid, "
        "only rises, and so is a mean of softplus of weighted sums. Where its slope is 0, it is at its lowest: there is nothing better for one neuron "
        "to find."
    )
    yield "# Three neurons side by side"
    yield ("A layer of three neurons draws three lines, and gives three answers (z > 0 at the four inputs):")
    yield three_neurons()
    yield (
        "By the proof none of them is XOR, whatever the weights. A weighted sum of the three z's is again "
        "a number times x1, plus a number times x2, plus a number: one line more. Something must bend between the layers: lesson xor-by-hand shows it at "
        "work, lesson linear-trap what happens without."
    )


def in_the_logit() -> Story:
    """Tell why the cross-entropy of a sigmoid is a softplus of the logit."""
    yield "The loss of one example is its cross-entropy, with ŷ = σ(z). Written in the logit z it is a softplus, since 1 − σ(z) = σ(−z):"
    yield (
        "target 1:   −ln ŷ       = −ln(1/(1 + e⁻ᶻ)) = ln(1 + e⁻ᶻ) = softplus(−z)\n"
        "target 0:   −ln(1 − ŷ)  = −ln σ(−z)        = ln(1 + eᶻ)  = softplus(z)"
    )
    z, far = Value(2.0), Value(-800.0)
    yield (
        f"With z = 2, −ln σ(2) is {number(-z.sigmoid().log().data)}, and softplus(−2) is {number((-z).softplus().data)}. With t = 1 for class 1 and "
        "t = −1 for class 0, both lines are softplus(−t·z), also called the logistic loss. It needs no logarithm of a sigmoid: with z = −800, "
        f"σ(z) is {number(far.sigmoid().data)} in floats and has none; softplus(800) is {number((-far).softplus().data)}."
    )


def three_neurons() -> str:
    """Return what each of three neurons says of the four inputs."""
    lines = ["neuron                     (0,0)  (0,1)  (1,0)  (1,1)"]
    for w1, w2, b in THREE:
        answers = "".join(f"{int(w1 * x1 + w2 * x2 + b > 0):>7}" for x1, x2 in INPUTS)
        lines.append(f"z = {number(w1)}·x1 + {number(w2)}·x2 + {number(b)}".replace("+ −", "− ").ljust(25) + answers)
    return "\n".join(lines)


def report() -> str:
    """Return what training found for each function."""
    rows: list[tuple[str, ...]] = [("", "w1", "w2", "b", "loss", "ŷ(0,0)", "ŷ(0,1)", "ŷ(1,0)", "ŷ(1,1)", "targets")]
    for name, targets in TARGETS.items():
        weights, loss, predictions = trained(name)
        four = [f"{x:.4f}" for x in (loss, *predictions)]
        rows.append((name, *(f"{w:.3f}" for w in weights), *four, " ".join(map(str, targets))))
    return as_table(rows)


def plot() -> Any:
    """Draw the lines that were found for AND and OR, two for XOR that get three points right, and the lines of three neurons."""
    figure = plots.new_figure(1, 4)
    figure.set_size_inches(13, 3.6)
    draw_three(figure.axes[3])
    for ax, name in zip(figure.axes, TARGETS, strict=False):
        data = list(zip(map(list, INPUTS), TARGETS[name], strict=True))
        if name == "XOR":
            plots.scatter(ax, INPUTS, data)
            for at, dash in ((0.5, "-"), (1.5, "--")):
                ax.plot([-0.5, 1.5], [at + 0.5, at - 1.5], dash, color=plots.BLACK)
            ax.set(xlabel="x₁", ylabel="x₂", xlim=(-0.3, 1.3), ylim=(-0.3, 1.3), aspect="equal")
        else:
            w1, w2, b = trained(name).weights
            model = MLP(2, [1], output_activation="sigmoid", weights=[[[w1, w2]]], biases=[[b]])
            plots.decision_boundary(model, data, ax)
        ax.set_title({"XOR": "XOR: one point wrong"}.get(name, name))
    return figure


def draw_three(ax: Any) -> None:
    """Draw the lines of three neurons of one layer, and the four points."""
    plots.scatter(ax, INPUTS, list(zip(map(list, INPUTS), TARGETS["XOR"], strict=True)))
    for (w1, w2, b), dash, place in zip(THREE, ("-", "--", ":"), ((-0.2, 0.8), (0.47, 1.17), (1.2, 0.55)), strict=True):
        ax.plot([-0.3, 1.3], [-(w1 * x + b) / w2 for x in (-0.3, 1.3)], dash, color=plots.BLACK)
        ax.annotate(str(THREE.index((w1, w2, b)) + 1), place, ha="center", va="center")
    ax.set(
        title="Three neurons, three lines", xlabel="x₁", ylabel="x₂", xlim=(-0.3, 1.3), ylim=(-0.3, 1.3), aspect="equal"
    )


LESSON = Lesson(
    slug="one-line",
    title="What one neuron cannot do",
    document="How Machines Learn: Understanding the Core Concepts of Neural Networks, section 1",
    question="One neuron learns AND, and it learns OR. What does it make of XOR?",
    build=all_weights_zero,
    tell=tell,
    numbers={
        "L": 0.693147180559945, "z00": 0, "z11": 0,
        "∂L/∂z00": 0.125, "∂L/∂z01": -0.125, "∂L/∂z10": -0.125, "∂L/∂z11": 0.125,
        "∂L/∂w1": 0, "∂L/∂w2": 0, "∂L/∂b": 0,
        "XOR: loss": 0.693147180559945, "XOR: mean squared error": 0.25,
        "functions of two bits that a line draws": 14,
    },
    measure=measure,
    plot=plot,
    training=trainable,
    notes=(
        Note("ready z01", "A quarter of ŷ − y: (0.5 − 1)/4. This example wants z up, and (0, 0) and (1, 1) want it down just as much."),
        Note("ready w1", "(1, 1) contributes +0.125 and (1, 0) contributes −0.125; the other two have x1 = 0 and contribute nothing."),
    ),
    exercises=(
        GradientOf(all_weights_zero, "b", 0, {"= in the place of +=": 0.125}),
        Exercise(
            "Which bias makes w1 = w2 = 1 compute AND, with the line half-way between (1, 1) and the two points next to it?",
            -1.5,
            lambda: -((1 + 1) + (0 + 1)) / 2,
            ("z = x1 + x2 + b is above 0 for (1, 1) alone.", "x1 + x2 is 2 there, and 1 at the points next to it.", "z = 0 at 1.5."),
            (
                Wrong("the line is put between (0, 0) and the rest", -0.5, lambda: -((0 + 0) + (0 + 1)) / 2, "That computes OR."),
                Wrong("the bias has the other sign", 1.5, lambda: ((1 + 1) + (0 + 1)) / 2, "Then z is above 0 for all four inputs."),
            ),
        ),
        Exercise(
            "How many of the four examples of XOR can a single line get right?",
            3,
            lambda: max(
                [answer == target for answer, target in zip(answers, TARGETS["XOR"], strict=True)].count(True)
                for answers in drawn_by_a_line()
            ),
            ("Not all four: that is the proof.", "Try the line of OR."),
            (Wrong("the predictions of 0.5 are counted", 2, lambda: 0.5 * len(INPUTS), "Guessing gets half of them. The line of OR does better."),),
        ),
        choice(
            "Which of these can one neuron learn?",
            [
                ("XOR", "No line separates it: the proof is in this lesson."),
                ("not AND", ""),
                ("equal inputs, 1 for (0, 0) and (1, 1)", "That is the opposite of XOR, and a line gives both or none."),
            ],
            lambda: 1 + [f in drawn_by_a_line() for f in ((0, 1, 1, 0), (1, 1, 1, 0), (1, 0, 0, 1))].index(True),
            "Draw the four points, and a line.",
        ),
    ),
)  # fmt: skip
