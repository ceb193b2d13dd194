"""XOR in hidden space: the hidden layer moves the four points until a line is enough."""

import math
from collections.abc import Sequence
from functools import cache
from random import Random
from typing import Any, NamedTuple

from autograd import Parameter, Value, dot, sum
from autograd.classroom import Exercise, GradientOf, Lesson, Note, Told, Wrong, choice, measured, number, passes
from autograd.explain.notation import as_table
from nn import plots
from nn.data.datasets import xor
from nn.layers import MLP
from nn.lessons.definitions import define
from nn.losses import binary_cross_entropy_with_logits
from nn.optim.optimizers import SGD

DOCUMENT = (1.0, -2.0, -0.25)  # its border: a1 − 2·a2 − 0.25 = 0
MENDED = (1.0, -3.0, -0.25)
SURE = 16.0  # the output unit is the mended line, 16 times
LEARNING_RATE, EPOCHS, SEED = 0.5, 400, 2
Unit = tuple[float, float, float]
Point = tuple[float, float]


class Stage(NamedTuple):
    """Where the hidden layer has put the four points at an epoch of the training, and what becomes of them."""

    epoch: int
    loss: float
    points: list[Point]
    outputs: list[float]


def at_1_1() -> Value:
    """Return the prediction for (1, 1): two ReLU units, and the mended line, made sure."""
    x1, x2 = Value(1, "x1"), Value(1, "x2")
    a1, a2 = sum([x1, x2, -0.5]).relu(), sum([x1, x2, -1.5]).relu()
    u1, u2, c = (Parameter(SURE * u, label) for u, label in zip(MENDED, ("u1", "u2", "c"), strict=True))
    z = dot([u1, u2], [a1, a2], c)
    prediction = z.sigmoid()
    for node, label in ((a1, "a1"), (a2, "a2"), (z, "z"), (prediction, "ŷ")):
        node.label = label
    return prediction


def by_hand() -> MLP:
    """Return the same network as a model."""
    u1, u2, c = (SURE * u for u in MENDED)
    weights, biases = [[[1.0, 1.0], [1.0, 1.0]], [[u1, u2]]], [[-0.5, -1.5], [c]]
    return MLP(2, [2, 1], "relu", "sigmoid", weights=weights, biases=biases)


def hidden(model: MLP) -> list[Point]:
    """Return where a hidden layer of two puts the four inputs."""
    return [(a1.data, a2.data) for a1, a2 in (model.layers[0](x) for x, _ in xor())]


def side(unit: Unit, point: Point) -> float:
    """Return u1·a1 + u2·a2 + c: on which side of the line a point is, 0 on the line."""
    return dot(unit[:2], point, unit[2]).data


@cache
def training() -> tuple[MLP, list[Stage]]:
    """Train 2-2-1 with tanh on XOR, and return it with its stages."""
    model, (inputs, targets) = MLP(2, [2, 1], "tanh", rng=Random(SEED)), zip(*xor(), strict=True)
    optimizer, stages = SGD(model.parameters(), LEARNING_RATE), []
    for epoch in range(EPOCHS + 1):
        optimizer.zero_grad()
        outputs = [model(x)[0] for x in inputs]
        loss = binary_cross_entropy_with_logits(outputs, targets)
        stages.append(Stage(epoch, loss.data, hidden(model), [z.data for z in outputs]))
        loss.backward()
        optimizer.step()
    return model, stages


def measure(lesson: Lesson) -> dict[str, float]:
    """Return on which side of both lines the points are, how far from them, and what training comes to."""
    points, (_, stages) = hidden(by_hand()), training()
    sides = {
        f"{name}: side of {x1:g}, {x2:g}": side(unit, point)
        for name, unit in (("document", DOCUMENT), ("mended", MENDED))
        for ([x1, x2], _), point in zip(xor(), points, strict=True)
    }
    return measured(lesson.build()) | sides | {
        "mended: distance": min(abs(side(MENDED, p)) for p in points) / math.hypot(*MENDED[:2]),
        "trained: loss at first": stages[0].loss, "trained: loss at last": stages[-1].loss,
    }  # fmt: skip


def tell(lesson: Lesson) -> Told:
    """Look at where the points go, try both lines, go through the network at (1, 1), and watch a network learn to do it."""
    found = measure(lesson)
    yield "# The hidden layer of lesson xor-by-hand moves the points"
    yield (
        "It computes a1 = relu(x1 + x2 − 0.5) and a2 = relu(x1 + x2 − 1.5). The output neuron then takes a sum z of a1 and a2, and says 1 where z is above "
        f"0. In the document {line(DOCUMENT)}; mended, {line(MENDED)}. Both are in the last two columns. A z above 0 with the target 0 is on the wrong side:"
    )
    yield moved()
    yield (
        "The square has become three points: (0, 1) and (1, 0), which want the same answer, now coincide, and (1, 1) has moved "
        "along both axes. A line must now have one point on one side and two on the other."
    )
    yield "# Which line?"
    yield (
        "The document draws a1 − 2·a2 = 0.25, and says that it separates. It does not: at (1, 1) its z is above 0, and the target is 0. "
        "Nor does any line of that direction, "
        f"since a1 − 2·a2 is {number(side((1, -2, 0), (0.5, 0)))} at (0.5, 0) and {number(side((1, -2, 0), (1.5, 0.5)))} at (1.5, 0.5): it cannot tell "
        "these two apart, wherever it stands. Another bias would not have mended it; another weight does."
    )
    yield (
        f"a1 − 3·a2 = 0.25 separates. Each point is {found['mended: distance']:.4f} away from it, and no line can be farther from all: it runs half-way "
        "between (0.5, 0) and the straight line through the other two."
    )
    yield "# The network at (1, 1), forward, and backward to x1"
    yield from passes(lesson.build(), about=("z", "a1", "a2", "x1"))
    yield "# A network that finds such a space itself: 2-2-1 with tanh, by gradient descent"
    yield from define("sizes")
    yield (
        "A network of layers, each of which reads all outputs of the one before, is also called an MLP (multilayer perceptron). In the table each column has "
        "an input at its head, and below it the point (a1, a2) at which the hidden layer puts it; “right” counts right answers:"
    )
    yield stages_table(training()[1])
    yield (
        "At first the points lie almost in a row, in the order 0, 1, 1, 0, and no line can cut out the middle of a row. Training bends the row into a "
        "corner with class 1 at its tip, and the line cuts the tip off. By hand it was the same: (0.5, 0) is the tip."
    )
    begin, later = training()[1][0], training()[1][50]
    yield (
        f"“As the numerical gap … narrows, accuracy improves”, says “Neural network training fundamentals”. Not at every step: from epoch 0 to {later.epoch} "
        f"the loss falls from {begin.loss:.3f} to {later.loss:.3f}, and as many are right after it as before, {right(begin)} and {right(later)} of 4."
    )


def right(stage: Stage) -> int:
    """Count the points that are on the right side at a stage of the training."""
    return [(z > 0) == (target == 1) for z, (_, target) in zip(stage.outputs, xor(), strict=True)].count(True)


def line(unit: Unit) -> str:
    """Write z of the output neuron: a1 − 2·a2 − 0.25."""
    return f"z = a1 − {number(-unit[1])}·a2 − {number(-unit[2])}"


def moved() -> str:
    """Return where each input goes, and on which side of both lines."""
    rows: list[tuple[str | float, ...]] = [("x1", "x2", "a1", "a2", "target", "z, document", "", "z, mended", "")]
    for ((x1, x2), target), point in zip(xor(), hidden(by_hand()), strict=True):
        sides = [cell for unit in (DOCUMENT, MENDED) for cell in verdict(side(unit, point), target)]
        rows.append((x1, x2, *point, target, *sides))
    return as_table(rows, left=(6, 8))


def verdict(z: float, target: int) -> tuple[float, str]:
    """Return the side that a point is on, and a mark where it is the wrong one."""
    return z, "" if (z > 0) == (target == 1) else "wrong side"


def stages_table(stages: Sequence[Stage]) -> str:
    """Return the hidden points at some epochs."""
    rows: list[tuple[str | int, ...]] = [("epoch", "loss", "(0,0)", "(0,1)", "(1,0)", "(1,1)", "right")]
    for epoch in (0, 25, 50, 100, 200, EPOCHS):
        stage = stages[epoch]
        points = (f"({hundredths(a1)}, {hundredths(a2)})" for a1, a2 in stage.points)
        rows.append((epoch, f"{stage.loss:.3f}", *points, f"{right(stage)}/4"))
    return as_table(rows, left=())


def hundredths(x: float) -> str:
    """Write a number with two decimals, and without a −0."""
    return f"{round(x, 2) + 0.0:.2f}".replace("-", "−")


def plot() -> Any:
    """Draw the inputs, and the hidden space of the network by hand, with both lines."""
    figure = plots.hidden_space(by_hand(), xor(), threshold=0.5)
    _, space = figure.axes
    low, high = space.get_xlim()
    slope, at_0 = -DOCUMENT[0] / DOCUMENT[1], -DOCUMENT[2] / DOCUMENT[1]
    space.plot(
        [low, high], [at_0 + slope * low, at_0 + slope * high], "--", color=plots.VERMILION, label="the document's line"
    )
    space.set(xlabel="a1", ylabel="a2", title="The hidden space")
    plots.legend_below(space)
    return figure


def plot_trained() -> Any:
    """Draw the inputs, and the hidden space that training has found."""
    model, _ = training()
    return plots.hidden_space(model, xor(), threshold=0.0)  # of z: 0.5 of the sigmoid


LESSON = Lesson(
    slug="hidden-space",
    title="XOR in hidden space",
    document="How Machines Learn: Understanding the Core Concepts of Neural Networks, section 1",
    question="No line separates XOR, and the last neuron of a network draws only one line. Where have the points moved by then?",
    build=at_1_1,
    tell=tell,
    numbers={
        "document: side of 0, 0": -0.25, "document: side of 0, 1": 0.25, "document: side of 1, 0": 0.25, "document: side of 1, 1": 0.25,
        "mended: side of 0, 0": -0.25, "mended: side of 0, 1": 0.25, "mended: side of 1, 0": 0.25, "mended: side of 1, 1": -0.25,
        "mended: distance": 0.079056941504209,
        "a1": 1.5, "a2": 0.5, "z": -4, "ŷ": 0.017986209962092,
        "∂ŷ/∂z": 0.017662706213291, "∂ŷ/∂a1": 0.282603299412658, "∂ŷ/∂a2": -0.847809898237974, "∂ŷ/∂x1": -0.565206598825316,
        "trained: loss at last": 0.0234845499417,
    },
    measure=measure,
    plot=plot,
    notes=(
        Note("ready z", "ŷ·(1 − ŷ) is small, since the sigmoid is sure: multiplying the weights by 16 left the line where it was and the slope nearly flat."),
        Note("ready x1", "Through a1 the input pulls up, 16 times; through a2 it pulls down, 48 times. At (1, 1) the second outweighs the first."),
    ),
    exercises=(
        Exercise(
            "Where does a1 − 3·a2 = 0.25 cross the straight line from (0, 0) to (0.5, 0) in hidden space? Give a1.",
            0.25,
            lambda: -MENDED[2] / MENDED[0],
            ("There a2 = 0.", "a1 = 0.25: half-way."),
            (Wrong("the input x1 is given", 0.75, lambda: -MENDED[2] / MENDED[0] + 0.5, "a1 = x1 + x2 − 0.5; asked is a1."),),
        ),
        GradientOf(at_1_1, "x1", -0.565206598825316, {"= in the place of +=": 0.282603299412658, "sign of the delta": 0.565206598825316}),
        GradientOf(at_1_1, "u2", 0.008831353106646, {"upstream alone": 0.017662706213291, "local alone": 0.5}),
        choice(
            "What does the hidden layer do with (0, 1) and (1, 0)?",
            [("it leaves them where they are", "Then they would still be √2 apart."),
             ("it puts them on one point", ""),
             ("it puts them on opposite sides", "They want the same answer, and get it.")],
            lambda: 2 if hidden(by_hand())[1] == hidden(by_hand())[2] else 3,
            "Both have x1 + x2 = 1.",
        ),
    ),
)  # fmt: skip
