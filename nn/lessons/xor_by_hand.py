"""XOR with weights chosen by hand, as a document has them, the slip in them, and weights that work."""

from typing import Any

from autograd.classroom import Told
from autograd.classroom.exercise import Exercise, GradientOf, Wrong, choice
from autograd.classroom.lesson import Lesson, Note, passes
from autograd.explain.notation import as_table
from autograd.explain.stepper import forward, snapshot
from autograd.functions import dot, sum
from autograd.graph import topological_order
from autograd.value import Parameter, Value
from nn.lessons.board import BLACK, even, new_figure, say

TABLE = {(0, 0): 0, (0, 1): 1, (1, 0): 1, (1, 1): 0}
DOCUMENT = (1.0, -2.0, -0.25)  # the output unit: a1 − 2·a2 − 0.25
MENDED = (16.0, -48.0, -4.0)  # 16 · (a1 − 3·a2 − 0.25)


def network(inputs: tuple[float, float], output_unit: tuple[float, float, float]) -> Value:
    """Return the prediction for two inputs: two ReLU units, then a sigmoid of their weighted sum."""
    x1, x2 = Value(inputs[0], "x1"), Value(inputs[1], "x2")
    z1, z2 = sum([x1, x2, -0.5]), sum([x1, x2, -1.5])
    a1, a2 = z1.relu(), z2.relu()
    u1, u2, c = (Parameter(u, label) for u, label in zip(output_unit, ("u1", "u2", "c"), strict=True))
    z3 = dot([u1, u2], [a1, a2], c)
    prediction = z3.sigmoid()
    for node, label in zip((z1, z2, a1, a2, z3, prediction), ("z1", "z2", "a1", "a2", "z3", "ŷ"), strict=True):
        node.label = label
    return prediction


def squared_error() -> Value:
    """Return the squared error of the document's network where it goes wrong, at (1, 1)."""
    loss = (network((1, 1), DOCUMENT) - TABLE[1, 1]) ** 2
    loss.label = "L"
    return loss


def measure(lesson: Lesson) -> dict[str, float]:
    """Return z3 and the prediction of both networks, for all four inputs."""
    found = {}
    for name, unit in (("document", DOCUMENT), ("mended", MENDED)):
        for inputs in TABLE:
            prediction = network(inputs, unit)
            found[f"{name} z3{inputs}"] = prediction.parents[0].data
            found[f"{name} ŷ{inputs}"] = prediction.data
    return found


def tell(lesson: Lesson) -> Told:
    """Go through all four inputs, find the slip, let the gradient point at it, and mend it."""
    yield (
        "The two hidden units weigh both inputs with 1, and have the biases −0.5 and −1.5. The output unit weighs a1 with u1 = 1 and a2 with u2 = −2, and has "
        "the bias c = −0.25. XOR asks for a ŷ above ½ where exactly one input is 1."
    )
    for inputs in TABLE:
        yield f"# Forward, for x1 = {inputs[0]} and x2 = {inputs[1]}"
        order = topological_order(network(inputs, DOCUMENT))
        yield from forward(order, snapshot(order))
    yield "# What the document claims, and what its weights give"
    yield verdicts(DOCUMENT)
    yield (
        "At (1, 1) the document finds z3 = 1.5 − 2·0.5 − 0.25 = +0.25, which is right, and marks it “≈ 0”, which is not: sigmoid(0.25) is 0.562, "
        "on the wrong side of 0.5. This network computes OR, not XOR. And 0.438 and 0.562 are hardly ≈ 0 and ≈ 1."
    )
    yield (
        "The gradient of the squared error at (1, 1) points at the slip. Only part of the backward pass is shown: the way to the weights of the output "
        "unit, and to a2."
    )
    yield from passes(lesson.build(), about=("ŷ", "z3", "u1", "u2", "c", "a2"))
    yield "# Mended: the same hidden layer, other weights in the output unit"
    yield (
        "A line that separates the four points must have c and 1.5·u1 + 0.5·u2 + c below 0, and 0.5·u1 + c above it. With u1 = 1 and c = −0.25 "
        "that asks for u2 below −2.5; −3 makes z3 −0.25 or +0.25 at all four. Sixteen times these weights, the same line, and the sigmoid is close to 0 or 1: "
        "ŷ = sigmoid(16·a1 − 48·a2 − 4)."
    )
    yield verdicts(MENDED)


def all_right(unit: tuple[float, float, float]) -> bool:
    """Tell whether the network answers all four inputs rightly."""
    return all((network(inputs, unit).data > 0.5) == (target == 1) for inputs, target in TABLE.items())


def verdicts(unit: tuple[float, float, float]) -> str:
    """Return a table of every number on the way, and whether the prediction is right."""
    rows: list[tuple[str | float, ...]] = [("x1", "x2", "z1", "a1", "z2", "a2", "z3", "ŷ", "target", "")]
    for inputs, target in TABLE.items():
        prediction = network(inputs, unit)
        found = {node.label: node.data for node in topological_order(prediction)}
        right = "right" if (prediction.data > 0.5) == (target == 1) else "WRONG"
        on_the_way = (found[name] for name in ("z1", "a1", "z2", "a2", "z3"))
        rows.append((*inputs, *on_the_way, f"{prediction.data:.3f}", target, right))
    return as_table(rows, left=(9,))


def plot() -> Any:
    """Draw the prediction over the plane of the two inputs, before and after the mend, with the four points."""
    figure = new_figure(2)
    for ax, title, unit in zip(figure.axes, ("The document's weights", "Mended"), (DOCUMENT, MENDED), strict=True):
        shades = draw_plane(ax, unit)
        ax.set(title=title, xlabel="x1", ylabel="x2", xticks=(0, 1), yticks=(0, 1), aspect="equal")
    figure.colorbar(shades, ax=figure.axes, label="ŷ", ticks=(0, 0.5, 1))
    return figure


def draw_plane(ax: Any, unit: tuple[float, float, float]) -> Any:
    """Shade the plane by ŷ, with a line where it is 0.5; write ŷ and the target beside each point."""
    places = even(-0.5, 1.5, 61)
    heights = [[network((x1, x2), unit).data for x1 in places] for x2 in places]
    shades = ax.contourf(places, places, heights, levels=even(0, 1, 21), cmap="Blues")
    ax.contour(places, places, heights, levels=[0.5], colors=BLACK, linewidths=1.2)
    for inputs, target in TABLE.items():
        prediction = network(inputs, unit).data
        right = "" if (prediction > 0.5) == (target == 1) else ": WRONG"
        ax.plot(*inputs, "^" if target else "o", color=BLACK, markerfacecolor="white", markersize=9)
        say(ax, f"{prediction:.3f}, target {target}{right}", inputs, (0, -16), ha="center")
    return shades


LESSON = Lesson(
    slug="xor-by-hand",
    title="XOR by hand, and a slip in a published example",
    document="How Machines Learn: Understanding the Core Concepts of Neural Networks, section 1",
    question="Two ReLU units and a sigmoid, with weights chosen by hand. Do they compute XOR?",
    build=squared_error,
    tell=tell,
    numbers={
        "document z3(0, 0)": -0.25, "document z3(0, 1)": 0.25, "document z3(1, 0)": 0.25, "document z3(1, 1)": 0.25,
        "document ŷ(0, 0)": 0.437823499114, "document ŷ(0, 1)": 0.562176500886,
        "document ŷ(1, 0)": 0.562176500886, "document ŷ(1, 1)": 0.562176500886,
        "mended z3(0, 0)": -4, "mended z3(0, 1)": 4, "mended z3(1, 0)": 4, "mended z3(1, 1)": -4,
        "mended ŷ(0, 0)": 0.017986209962, "mended ŷ(0, 1)": 0.982013790038,
        "mended ŷ(1, 0)": 0.982013790038, "mended ŷ(1, 1)": 0.017986209962,
    },
    measure=measure,
    notes=(
        Note("ready u2", "The gradient of u2 is positive: u2 should go down, below the −2 that the document chose."),
        Note("chain z3→a2", "a2 is there to pull z3 down where both inputs are 1, with the weight −2. It does not pull hard enough."),
        Note("ready c", "The bias should go down too. But it moves z3 at all four inputs alike, and (0, 1) and (1, 0) want it up."),
    ),
    exercises=(
        GradientOf(
            squared_error, "u2", 0.138370797382,
            {"upstream alone": 0.276741594764, "sign of the delta": -0.138370797382, "½(t − o)² for (t − o)²": 0.069185398691},
        ),
        Exercise(
            "Keep u1 = 1 and c = −0.25. Below which u2 does (1, 1) come out below 0.5?",
            -2.5,
            lambda: (0.25 - 1.5) / 0.5,
            ("The prediction is below 0.5 where z3 is below 0.", "At (1, 1) a1 = 1.5 and a2 = 0.5.", "1.5 + 0.5 · u2 − 0.25 = 0."),
            (
                Wrong("the bias is left out", -3, lambda: -1.5 / 0.5, "z3 = u1·a1 + u2·a2 + c, and c is −0.25."),
                Wrong("the sum is not divided by a2", -1.25, lambda: 0.25 - 1.5, "That is u2·a2, and a2 is 0.5."),
            ),
            of_graph=True,
        ),
        choice(
            "Which one change makes the document's network right at all four inputs?",
            [("another bias c", "It moves z3 at (0, 1) and at (1, 1) alike, where both are 0.25 and should have opposite signs."),
             ("u2 = −3", ""),
             ("all output weights ten times as large", "z3 gets larger and keeps its sign.")],
            lambda: 1 + [any(map(all_right, units)) for units in ([(1, -2, c / 8) for c in range(-16, 17)], [(1, -3, -0.25)], [(10, -20, -2.5)])].index(True),
            "At (1, 1), z3 must be below 0.",
        ),
    ),
    plot=plot,
)  # fmt: skip
