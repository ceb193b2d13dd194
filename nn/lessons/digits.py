"""Handwritten digits: one image through 109,386 weights, then a smaller network that really learns them."""

import math
from collections.abc import Callable, Sequence
from functools import cache
from random import Random
from typing import Any

from autograd import Parameter, Value, dot, logsumexp, no_grad, record, softmax
from autograd.classroom import Exercise, GradientOf, Lesson, Note, Story, Told, Wrong, choice, measured, passes
from autograd.classroom.trainable import Trainable
from autograd.explain.notation import as_table
from autograd.packages import installed
from nn.data.batching import Data, batches, one_hot, random_split
from nn.data.datasets import digits
from nn.layers import MLP
from nn.lessons.definitions import define
from nn.lessons.digits_large import BATCH, SHAPE, enlarged, stored
from nn.lessons.digits_large import LEARNING_RATE as LARGE_RATE
from nn.losses import categorical_cross_entropy, cross_entropy
from nn.optim.optimizers import SGD, Adam
from nn.plots.canvas import figure_class
from nn.training.fit import accuracy, evaluate, fit

DOCUMENT = (0.01, 0.02, 0.05, 0.7, 0.1, 0.05, 0.03, 0.02, 0.01, 0.01)
SMALL, EPOCHS, LEARNING_RATE = (64, 32, 10), 10, 0.5
SHADES = " .:-=+*#%@"


def slice_of_a_network() -> Value:
    """Return the cross-entropy of three classes, of which class 0 is true, for a single pixel of 0.5."""
    x = Value(0.5, "x")
    weights = [Parameter(w, f"w{k}") for k, w in enumerate((1.8, -1.2, 3.8))]
    biases = [Parameter(0.1, f"b{k}") for k in range(3)]
    logits = [dot([w], [x], b) for w, b in zip(weights, biases, strict=True)]
    for k, z in enumerate(logits):
        z.label = f"z{k}"
    total = logsumexp(logits)
    total.label = "lse"
    loss = total - logits[0]
    loss.label = "L"
    return loss


def drawn(pixels: Sequence[float]) -> str:
    """Return an image of 8 × 8 pixels in characters, two wide each."""
    rows = ["".join(2 * SHADES[round(9 * x)] for x in pixels[8 * r : 8 * r + 8]) for r in range(8)]
    return "\n".join(f"|{row}|" for row in rows)


@cache
def forward_once() -> tuple[list[list[float]], float, int]:
    """Return the activations of 784-128-64-10 for one image, the mean loss over ten images, and the parameters' number."""
    model = MLP(SHAPE[0], SHAPE[1:], output_activation="softmax", rng=Random(0))
    images = [(enlarged(pixels), digit) for pixels, digit in digits()[:10]]
    with no_grad():
        found: list[list[float]] = []
        values: list[Any] = images[0][0]
        for layer in model.layers:
            values = layer(values)
            found.append([value.data for value in values])
    return found, evaluate(model, images, categorical_cross_entropy), len(model.parameters())


@cache
def parts() -> tuple[Data[int], Data[int]]:
    """Return the shipped digits in two parts: four fifths to train, one fifth to test."""
    train, test = random_split(digits(), (0.8, 0.2), Random(0))
    return train, test


@cache
def without_numpy() -> tuple[float, float]:
    """Return the first and the last test accuracy of 64-10, trained on 150 images one scalar after the other."""
    train, test = parts()
    model = MLP(64, [10], init="zeros")
    fit(model, train[:150], cross_entropy, Adam(model.parameters(), lr=0.03), epochs=4, batch_size=10, rng=Random(1))
    return evaluate(MLP(64, [10], init="zeros"), test, cross_entropy), accuracy(model, test)


@cache
def with_replay() -> tuple[list[list[float]], MLP, Callable[[Any], list[int]]]:
    """Train 64-32-10 by replay, and return a row an epoch (loss, share of the test set), the model, and its predictions."""
    train, test = parts()
    model, rng, rows = MLP(SMALL[0], SMALL[1:], rng=Random(0)), Random(1), []
    optimizer = SGD(model.parameters(), LEARNING_RATE)
    x, y = train[0]
    loss = record(lambda pixels, target: cross_entropy(model(pixels), target), x, one_hot(y, 10))
    logits = record(model, x)

    def predictions(images: Any) -> list[int]:
        return [max(range(10), key=row.__getitem__) for row in zip(*logits.values(images), strict=True)]

    for _ in range(EPOCHS):
        total = 0.0
        for inputs, targets in batches(train, 32, rng):
            result = loss(inputs, one_hot(targets, 10))
            optimizer.zero_grad()
            result.backward()
            optimizer.step()
            total += result.data * len(inputs)
        right = sum(k == y for k, (_, y) in zip(predictions([x for x, _ in test]), test, strict=True))
        rows.append([total / len(train), right / len(test)])
    return rows, model, predictions


def trainable() -> Trainable:
    """Return a network small enough for the page, 64-8-10, on 100 images."""
    model = MLP(64, [8, 10], rng=Random(0))
    return Trainable(model, parts()[0][:100], cross_entropy, LEARNING_RATE, batch=8, answer=softmax)


def tell(lesson: Lesson) -> Told:
    """Go forward once in scalars, read the document's answer, step through a slice, and train."""
    pixels, digit = digits()[0]
    layers, untrained, count = forward_once()
    yield "# One image forward, in scalars"
    yield f"A {digit} of the shipped digits, 8 × 8; the network takes 28 × 28 = {SHAPE[0]} values, so each pixel is repeated:"
    yield drawn(pixels)
    yield shapes(layers)
    yield (
        f"{count:,} parameters in all, and each of the 128 neurons of the first layer is one dot product of {SHAPE[0]} products. The last line adds up "
        f"to {math.fsum(layers[-1]):.4f}. The network is untrained and its answer means nothing: over ten images its mean loss is {untrained:.3f}, near "
        f"ln 10 = {math.log(10):.3f}, that of guessing; a bit above, for it guesses unevenly. About half of "
        f"the ReLUs of the first layer are exactly 0: {sum(value == 0 for value in layers[0])} of {len(layers[0])}."
    )
    yield "# The document's answer"
    best = DOCUMENT.index(max(DOCUMENT))
    share, four = DOCUMENT[best], DOCUMENT[4]
    yield (
        f"[{', '.join(f'{p:g}' for p in DOCUMENT)}] adds up to {math.fsum(DOCUMENT):g}, and the largest share is {share:.0%} at index {best}: "
        f"counting from 0, the network says “{best}”. If it is a {best}, the loss is −ln {share} = {-math.log(share):.3f}; if it is a 4, "
        f"−ln {four} = {-math.log(four):.3f}."
    )
    yield "# A slice: one pixel, three classes, and class 0 is true"
    yield from passes(lesson.build())
    yield "# Training"
    before, after = without_numpy()
    yield (
        "Without a hidden layer, 64-10, one scalar after the other: 150 images, 4 epochs, Adam with 0.03. From weights of 0 the loss begins at "
        f"{before:.4f}, ln 10 exactly; at the end {after:.1%} of {len(parts()[1])} images that it has not seen are right."
    )
    yield from replayed()
    yield f"# {'-'.join(map(str, SHAPE))} itself"
    yield from large()


def shapes(layers: list[list[float]]) -> str:
    """Return a table of the layers: their shapes, parameters and a few of their values."""
    rows: list[tuple[str | int, ...]] = [("layer", "weights", "parameters", "values", "above 0", "the first three")]
    for nin, nout, values in zip(SHAPE, SHAPE[1:], layers, strict=False):
        few = ", ".join(f"{value:.4f}" for value in values[:3])
        above = sum(value > 0 for value in values)
        name = "softmax" if nout == 10 else "ReLU"
        rows.append((name, f"{nout} × {nin}", nin * nout + nout, len(values), above, few))
    return as_table(rows, left=(0, 5))


def replayed() -> Told:
    """Tell the training by replay; without NumPy, what it would need."""
    if not installed("numpy"):
        yield "A hidden layer and all images are work for replay, which needs NumPy: pip install numpy, and this page goes on here."
        return
    rows, _, _ = with_replay()
    train, test = parts()
    yield from define("record", "replay")
    yield (
        f"With a hidden layer, {'-'.join(map(str, SMALL))}, on all {len(train):,} images: record(loss) writes the scalar program down once, and NumPy "
        f"replays it on 32 images at a time. SGD, learning rate {LEARNING_RATE}, seeds 0 and 1, and the {len(test)} test images after each epoch:"
    )
    shown = [(k, f"{rows[k - 1][0]:.3f}", f"{rows[k - 1][1]:.1%}") for k in (1, 2, 5, EPOCHS)]
    yield as_table([("epoch", "loss", "test images right"), *shown], left=())
    yield "It is the same graph, the same slopes and the same update as in every lesson before; only the loop over images is NumPy's."
    yield "Nothing is chosen by the test images: the figure of the last epoch is the result. The best of the column would be too good."


def large() -> Story:
    """Tell the stored run of the document's network."""
    run = stored()
    yield (
        f"The document's own network, by replay: {run['training images']:,} of the shipped digits, enlarged to 28 × 28, batches of {BATCH}, Adam with "
        f"{LARGE_RATE}. It takes a minute or so with NumPy, so the figures of such a run are stored:"
    )
    rows: list[tuple[str | int, ...]] = [("epoch", "loss", "test images right")]
    for k, (loss, right) in enumerate(zip(run["loss"], run["right"], strict=True), 1):
        rows.append((k, f"{loss:.3f}", f"{right} of {run['test images']} ({right / run['test images']:.1%})"))
    yield as_table(rows, left=())
    share = run["right"][-1] / run["test images"]
    yield (
        f"With {run['test images']} test images, {share:.1%} is uncertain by ±{math.sqrt(share * (1 - share) / run['test images']):.1%}. Enlarging adds no "
        "information: each of the 64 pixels is there 9, 12 or 16 times, for 28 is 3½ times 8. "
        "With the four files of MNIST in a folder of yours, real 28 × 28 images:"
    )
    yield "  python3 -c \"from nn.lessons.digits_large import train_on; train_on('FOLDER')\""


def measure(lesson: Lesson) -> dict[str, float]:
    """Return the counts, the document's figures, and what training reaches, in whole per cent."""
    layers, untrained, count = forward_once()
    return measured(lesson.build()) | {
        "parameters": count,
        "probabilities of the forward pass together": math.fsum(layers[-1]),
        "untrained loss over ten images": untrained,
        "ln 10": without_numpy()[0],
        "document's probabilities together": math.fsum(DOCUMENT),
        "document's answer": DOCUMENT.index(max(DOCUMENT)),
        "document's loss": categorical_cross_entropy(DOCUMENT, 3).data,
        "per cent right, 64-10": round(100 * without_numpy()[1]),
        "test images": stored()["test images"],
        "right of them, 784-128-64-10": stored()["right"][-1],
        "per cent right, 64-32-10": round(100 * with_replay()[0][-1][1]),
    }


def plot() -> Any:
    """Draw the test images that the trained network gets wrong."""
    _, _, predictions = with_replay()
    _, test = parts()
    wrong = [(x, y, k) for (x, y), k in zip(test, predictions([x for x, _ in test]), strict=True) if k != y]
    figure = figure_class()(figsize=(9.6, 5.6), layout="constrained")
    above, below = figure.subfigures(2, 1, height_ratios=(1, 2))
    draw_network(above.subplots())
    axes = below.subplots(2, 7).ravel()
    for ax in axes:
        ax.axis("off")
    for ax, (x, y, k) in zip(axes, wrong, strict=False):
        ax.imshow([x[8 * r : 8 * r + 8] for r in range(8)], cmap="gray_r", vmin=0, vmax=1)
        ax.set_title(f"{y}, taken for {k}", fontsize=9)
    below.suptitle(
        f"64-32-10: {len(wrong)} of {len(test)} test images are wrong; the first {min(len(wrong), 14)} of them"
    )
    return figure


def draw_network(ax: Any) -> None:
    """Draw 784-128-64-10: a bar a layer, and between two the number of weights."""
    for k, (size, what) in enumerate(zip(SHAPE, ("pixels", "ReLU", "ReLU", "softmax"), strict=True)):
        height = math.log(size)  # a bar of 784 beside one of 10 would leave no room
        ax.bar(k, height, 0.16, bottom=-height / 2, color="#0072B2")
        ax.text(k, -height / 2 - 0.4, f"{size} {what}", ha="center", va="top")
        if k:
            ax.annotate("", (k - 0.12, 0), (k - 0.88, 0), arrowprops={"arrowstyle": "->"})
            ax.text(k - 0.5, 0.4, f"{SHAPE[k - 1]} · {size} weights", ha="center", fontsize=9)
    ax.set(xlim=(-0.4, len(SHAPE) - 0.6), ylim=(-5.4, 3.6), title="The document's network")
    ax.axis("off")


LESSON = Lesson(
    slug="digits",
    title="Handwritten digits",
    document="How Machines Learn: Understanding the Core Concepts of Neural Networks, section 3",
    question="An image of 784 numbers goes into 784-128-64-10. How many weights does it meet, and what do the ten numbers at the end say?",
    build=slice_of_a_network,
    tell=tell,
    numbers={
        "z0": 1, "z1": -0.5, "z2": 2, "lse": 2.371539031853, "L": 1.371539031853,
        "∂L/∂z0": -0.746283818365, "∂L/∂z1": 0.05661173224047, "∂L/∂z2": 0.6896720861245, "∂L/∂x": 1.209508975528,
        "parameters": 109386, "probabilities of the forward pass together": 1, "ln 10": 2.302585092994046,
        "document's probabilities together": 1, "document's answer": 3, "document's loss": 0.356674943938732,
        "test images": 359, "right of them, 784-128-64-10": 346, "per cent right, 64-10": 91, "per cent right, 64-32-10": 96,
    },
    measure=measure,
    notes=(
        Note("ready z0", "ŷ0 − 1: softmax gives class 0 a quarter and it should have all. The true class is pulled up."),
        Note("ready z2", "ŷ2 − 0: the network was sure of the wrong class, which is pushed down hardest. The three gradients add up to 0."),
    ),
    exercises=(
        GradientOf(slice_of_a_network, "z0", -0.746283818365, {"= in the place of +=": 0.253716181635, "sign of the delta": 0.746283818365}),
        GradientOf(slice_of_a_network, "w2", 0.3448360430623, {"upstream alone": 0.6896720861245}),
        Exercise(
            "How many parameters does a layer of 128 neurons with 784 inputs have?",
            100480,
            lambda: len(MLP(784, [128], init="zeros").parameters()),
            ("Each neuron has a weight for each input.", "And a bias.", "128 · (784 + 1)."),
            (Wrong("the biases are forgotten", 100352, lambda: 784 * 128, "Each neuron has a bias, too."),),
        ),
        choice(
            "Which layer of 784-128-64-10 has most of the parameters?",
            [("the first", ""),
             ("the second", "64 · 129 = 8,256."),
             ("the last", "10 · 65 = 650.")],
            lambda: 1 + max(range(3), key=lambda k: (SHAPE[k] + 1) * SHAPE[k + 1]),
            "Inputs plus one, times units.",
        ),
    ),
    plot=plot,
    training=trainable,
)  # fmt: skip
