"""Vectors: the backward pass as vector–Jacobian products, why gradients have the shapes they have, and a batch."""

from collections.abc import Sequence
from typing import Any

from autograd import Parameter, Value, dot, grad
from autograd.classroom import Exercise, GradientOf, Lesson, Note, Told, Wrong, choice, measured, number, passes
from autograd.explain.events import Ready
from autograd.explain.notation import as_table
from nn import plots
from nn.lessons.definitions import define

W = [[1.0, 2.0], [3.0, -1.0]]
EXAMPLES = {"a": ((1.0, 2.0), (4.0, 3.0)), "b": ((3.0, 0.0), (5.0, 8.0))}  # inputs and targets
LOGITS = (2.0, 1.0, 0.1)
BATCH, INPUTS, UNITS = 32, 784, 128
Matrix = Sequence[Sequence[float]]


def build() -> Value:
    """Return half the squared error of a layer of two neurons, the mean over two examples."""
    w = [[Parameter(x, f"w{j}{i}") for i, x in enumerate(row, 1)] for j, row in enumerate(W, 1)]
    losses = []
    for name, (inputs, targets) in EXAMPLES.items():
        x = [Value(value, f"x{i}{name}") for i, value in enumerate(inputs, 1)]
        errors = [dot(row, x) - t for row, t in zip(w, targets, strict=True)]
        for j, error in enumerate(errors, 1):
            error.label, error.parents[0].label = f"e{j}{name}", f"z{j}{name}"
        losses.append(0.5 * (errors[0] ** 2 + errors[1] ** 2))
        losses[-1].label = f"L{name}"
    loss: Value = (losses[0] + losses[1]) / 2
    loss.label = "L"
    return loss


def times(a: Matrix, b: Matrix) -> list[list[float]]:
    """Return a matrix product."""
    return [[sum(x * y for x, y in zip(row, column, strict=True)) for column in zip(*b, strict=True)] for row in a]


def matrix_way() -> dict[str, list[list[float]]]:
    """Return what the matrix formulas give for the batch, a row an example."""
    x, t = ([list(part[k]) for part in EXAMPLES.values()] for k in (0, 1))
    z = times(x, list(zip(*W, strict=True)))
    delta = [[(a - b) / len(x) for a, b in zip(row, target, strict=True)] for row, target in zip(z, t, strict=True)]
    return {"Z": z, "Δ": delta, "∂L/∂W": times(list(zip(*delta, strict=True)), x), "∂L/∂X": times(delta, W)}


def shape_of_product(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int] | None:
    """Return the shape of a matrix product, rows and columns; None where they do not fit."""
    return (a[0], b[1]) if a[1] == b[0] else None


def scalar_way() -> dict[str, list[list[float]]]:
    """Return the same gradients out of the graph."""
    found = measured(build())
    return {
        "∂L/∂W": [[found[f"∂L/∂w{j}{i}"] for i in (1, 2)] for j in (1, 2)],
        "∂L/∂X": [[found[f"∂L/∂x{i}{name}"] for i in (1, 2)] for name in EXAMPLES],
    }


def softmax_jacobian() -> tuple[list[float], list[list[float]]]:
    """Return the probabilities of LOGITS, and the matrix of their derivatives, a row for each probability."""
    z = [Value(x) for x in LOGITS]
    powers = [x.exp() for x in z]
    p = [power / (powers[0] + powers[1] + powers[2]) for power in powers]
    return [x.data for x in p], [list(map(float, grad(x, z))) for x in p]


def shown(matrix: Matrix) -> str:
    """Write a matrix, a row a line."""
    return as_table([[round(x, 4) for x in row] for row in matrix], left=())


def rows(matrix: Matrix) -> str:
    """Write the rows of a matrix in a sentence: (1, 2) and (3, −1)."""
    return " and ".join(f"({', '.join(map(number, row))})" for row in matrix)


def examples() -> str:
    """Say the inputs and the targets of each example."""
    return "; ".join(f"{name} is {rows([x])} with the targets {rows([t])}" for name, (x, t) in EXAMPLES.items())


def tell(lesson: Lesson) -> Told:
    """A layer's Jacobian and its vector–Jacobian product; shapes; the batch; softmax; what the whole matrix would cost."""
    yield "# A layer is a function of vectors"
    yield from define("Jacobian", "vector–Jacobian product", "batch")
    yield (
        "z = W x has two inputs and two outputs, so its Jacobian is 2 by 2, and it is W itself: ∂zⱼ/∂xᵢ = wⱼᵢ. Backward never asks for this matrix. It "
        "comes with a vector, δ = ∂L/∂z, and asks for the product: ∂L/∂xᵢ = Σⱼ δⱼ·wⱼᵢ, which is Wᵀ δ."
    )
    yield (
        f"Here W has the rows {rows(W)}. Two examples, a and b, go through this layer, without biases: {examples()}. The loss of an example is "
        "half the sum of its squared errors, L the mean of both. z2a is the second sum for example a, e2a its error. Only part of the "
        "backward pass is shown: the way to w11, to which both contribute."
    )
    items = passes(lesson.build(), about=("La", "Lb", "e1a", "e1b", "z1a", "z1b", "w11"))
    yield from (item for item in items if not isinstance(item, Ready) or item.node.label)
    yield "# Why ∂L/∂W = δ xᵀ has the shape it has"
    yield (
        "A gradient has a number for each weight, so it has the shape of W. Weight wⱼᵢ meets input xᵢ in neuron j alone: ∂L/∂wⱼᵢ = δⱼ·xᵢ. Row j, column i: "
        "that table of all products is the outer product δ xᵀ, a column of 2 times a row of 2."
    )
    yield "# The batch: the outer products are added"
    way = matrix_way()
    yield (
        "Put the examples below one another, a row each: their inputs in a matrix X, their sums in Z, their targets in Y, and their δ in Δ = (Z − Y)/2; "
        "the 2 is the mean. Then Z = X Wᵀ:"
    )
    yield shown(way["Z"])
    yield "∂L/∂W = Δᵀ X, one matrix product that adds the two outer products:"
    yield shown(way["∂L/∂W"])
    yield "∂L/∂X = Δ W, a row an example; examples do not meet on the way back:"
    yield shown(way["∂L/∂X"])
    apart = max(
        abs(x - y)
        for name, matrix in scalar_way().items()
        for row, other in zip(matrix, way[name], strict=True)
        for x, y in zip(row, other, strict=True)
    )
    yield f"The graph of scalars finds the same; the largest difference is {apart:g}."
    yield "# Softmax has a matrix that is not diagonal"
    p, jacobian = softmax_jacobian()
    yield (
        "An activation looks at one number: its Jacobian is diagonal, and the product is taken place by place, δ ⊙ f′(z), where f′ is the slope of f. "
        "Softmax looks at all: ∂pᵢ/∂zⱼ = pᵢ·([i = j] − pⱼ), with [i = j] 1 on the diagonal and 0 elsewhere. For the "
        f"logits {', '.join(map(number, LOGITS))}, p = {', '.join(f'{x:.3f}' for x in p)}:"
    )
    yield shown(jacobian)
    product = [sum(u * row[j] for u, row in zip((-1 / p[0], 0.0, 0.0), jacobian, strict=True)) for j in range(3)]
    yield (
        "Each row adds up to 0: what one class gains the others lose. Cross-entropy with class 1 sends back u = (−1/p₁, 0, 0), and uᵀ J = "
        f"({', '.join(f'{share:.3f}' for share in product).replace('-', '−')}): p − y, as in lesson losses."
    )
    yield "# What the whole matrix would cost"
    entries = BATCH * UNITS * UNITS * INPUTS
    yield (
        f"For a layer of {UNITS} neurons on {INPUTS} inputs and a batch of {BATCH}, the Jacobian of all outputs by all weights has {BATCH * UNITS:,} rows and "
        f"{UNITS * INPUTS:,} columns, {entries:,} entries, nearly all of them 0. The product Δᵀ X takes {BATCH * UNITS * INPUTS:,} multiplications."
    )


def measure(lesson: Lesson) -> dict[str, float]:
    """Return the graph's numbers, softmax's matrix, and the size of the matrix that is never made."""
    _, jacobian = softmax_jacobian()
    return measured(lesson.build()) | {
        "∂p1/∂z1": jacobian[0][0],
        "∂p1/∂z2": jacobian[0][1],
        "sum of a row of softmax's Jacobian": round(sum(jacobian[0]), 12),
        "entries of the whole Jacobian": BATCH * UNITS * UNITS * INPUTS,
        "multiplications of the product": BATCH * UNITS * INPUTS,
    }


def plot() -> Any:
    """Draw the gradient of W as the sum of two outer products, and softmax's Jacobian."""
    figure = plots.new_figure(1, 4)
    figure.set_size_inches(11, 3.2)
    way, outer = matrix_way(), []
    for delta, (x, _) in zip(way["Δ"], EXAMPLES.values(), strict=True):
        outer.append([[d * value for value in x] for d in delta])
    panels = [
        ("example a", outer[0]),
        ("example b", outer[1]),
        ("∂L/∂W: their sum", way["∂L/∂W"]),
        ("softmax: ∂p/∂z", softmax_jacobian()[1]),
    ]
    for ax, (title, matrix) in zip(figure.axes, panels, strict=True):
        size = max(abs(x) for row in matrix for x in row)
        ax.imshow(matrix, cmap="PuOr", vmin=-2 * size, vmax=2 * size)
        for j, row in enumerate(matrix):
            for i, cell in enumerate(row):
                ax.text(i, j, number(round(cell, 2)), ha="center", va="center")
        ax.set(title=title, xticks=range(len(matrix[0])), yticks=range(len(matrix)), xlabel="column", ylabel="row")
        ax.set_xticklabels(range(1, len(matrix[0]) + 1))
        ax.set_yticklabels(range(1, len(matrix) + 1))
    return figure


LESSON = Lesson(
    slug="vectors",
    title="Vectors: why ∂L/∂W has the shape of W",
    document="How Machines Learn: Understanding the Core Concepts of Neural Networks, sections 3, 5 and 6",
    question="A layer has 2 inputs, 2 outputs and a batch of 2. How does one matrix product find the gradient of all its weights?",
    build=build,
    tell=tell,
    numbers={
        "z1a": 5, "z2a": 1, "z1b": 3, "z2b": 9, "e1a": 1, "e2a": -2, "e1b": -2, "e2b": 1, "La": 2.5, "Lb": 2.5, "L": 2.5,
        "∂L/∂w11": -2.5, "∂L/∂w12": 1, "∂L/∂w21": 0.5, "∂L/∂w22": -2, "∂L/∂x1a": -2.5, "∂L/∂x2a": 2, "∂L/∂x1b": 0.5, "∂L/∂x2b": -2.5,
        "∂p1/∂z1": 0.224718637832965, "∂p1/∂z2": -0.159763603797915, "sum of a row of softmax's Jacobian": 0,
        "entries of the whole Jacobian": 411041792, "multiplications of the product": 3211264,
    },
    measure=measure,
    plot=plot,
    notes=(
        Note("ready w11", "½·(1·1) from example a and ½·(−2·3) from example b: the entry (1, 1) of Δᵀ X."),
    ),
    exercises=(
        GradientOf(build, "w12", 1, {"sign of the delta": -1}),
        GradientOf(build, "x1b", 0.5, {"= in the place of +=": -1}),
        Exercise(
            "A layer maps 784 inputs to 128 outputs, for a batch of 32. How many numbers does ∂L/∂W have?",
            100352,
            lambda: UNITS * INPUTS,
            ("A gradient has the shape of what it is the gradient of.", "W is 128 by 784."),
            (Wrong("one gradient an example is counted", 3211264, lambda: BATCH * UNITS * INPUTS, "The examples' gradients are added."),),
        ),
        choice(
            "A batch of 32, 784 inputs, 128 units; X and Δ have a row an example. Which product is ∂L/∂W?",
            [("Δ X", "Δ has 128 columns and X has 32 rows: they do not fit."), ("Δᵀ X", ""), ("Xᵀ Δ", "That is its transpose, 784 by 128.")],
            lambda: 1 + [
                shape_of_product(a, b) == (UNITS, INPUTS)
                for a, b in (((32, 128), (32, 784)), ((128, 32), (32, 784)), ((784, 32), (32, 128)))
            ].index(True),
            "It must add over the examples, and have the shape of W.",
        ),
    ),
)  # fmt: skip
