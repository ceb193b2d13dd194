"""The linear trap: three layers without an activation are one layer, and learn no more than one neuron does."""

from collections.abc import Sequence
from functools import cache
from random import Random
from typing import Any, NamedTuple

from autograd import Parameter, Value, dot
from autograd.classroom import Exercise, GradientOf, Lesson, Note, Told, Wrong, choice, measured, number, passes
from autograd.explain.notation import as_table
from nn import plots
from nn.data.datasets import xor
from nn.layers import MLP
from nn.lessons.definitions import define
from nn.losses import binary_cross_entropy_with_logits
from nn.optim.optimizers import SGD

Matrix = Sequence[Sequence[float]]
W1, B1 = ((1.0, 2.0), (-1.0, 1.0)), (1.0, 0.0)
W2, B2 = ((2.0, 0.0), (1.0, -1.0)), (-1.0, 1.0)
W3, B3 = ((1.0, 3.0),), (2.0,)
X = (1.0, 2.0)
LEARNING_RATE, EPOCHS, SEED = 0.5, 300, 0
ACTIVATIONS = ("linear", "relu", "tanh")


class Trained(NamedTuple):
    """A network of three layers after its training on XOR."""

    model: MLP
    loss: float
    outputs: list[float]
    moved: int  # how many parameters had a gradient other than 0 in the first step

    @property
    def bend(self) -> float:
        """Return f(0, 0) − f(0, 1) − f(1, 0) + f(1, 1), which is 0 for every plane."""
        at_00, at_01, at_10, at_11 = self.outputs
        return at_00 - at_01 - at_10 + at_11


def three_layers() -> Value:
    """Return y = W3 (W2 (W1 x + b1) + b2) + b3, two neurons in each hidden layer, and no activation anywhere."""
    x = [Value(data, f"x{i}") for i, data in enumerate(X, 1)]
    h = linear_layer(W1, B1, x, "w", "b", "h")
    k = linear_layer(W2, B2, h, "u", "c", "k")
    v1, v2 = (Parameter(data, f"v{i}") for i, data in enumerate(W3[0], 1))
    y = dot([v1, v2], k, Parameter(B3[0], "d"))
    y.label = "y"
    return y


def linear_layer(matrix: Matrix, biases: Sequence[float], inputs: list[Value], w: str, b: str, out: str) -> list[Value]:
    """Return W x + b, everything labelled."""
    outputs = []
    for j, (row, bias) in enumerate(zip(matrix, biases, strict=True), 1):
        weights = [Parameter(data, f"{w}{j}{i}") for i, data in enumerate(row, 1)]
        outputs.append(dot(weights, inputs, Parameter(bias, f"{b}{j}")))
        outputs[-1].label = f"{out}{j}"
    return outputs


def times(a: Matrix, b: Matrix) -> list[list[float]]:
    """Return the product of two matrices."""
    return [[dot(row, column).data for column in zip(*b, strict=True)] for row in a]


def collapsed() -> tuple[list[float], float]:
    """Return the one layer that the three are: its weights W3 W2 W1, its bias W3 W2 b1 + W3 b2 + b3."""
    (weights,) = times(W3, times(W2, W1))
    ((from_b1,),), ((from_b2,),) = times(W3, times(W2, column(B1))), times(W3, column(B2))
    return weights, from_b1 + from_b2 + B3[0]


def column(numbers: Sequence[float]) -> Matrix:
    """Return a column of a matrix."""
    return [[x] for x in numbers]


@cache
def trained(activation: str) -> Trained:
    """Train 2-3-3-1 on XOR, from the same weights for every activation."""
    model = MLP(2, [3, 3, 1], activation, init="xavier", rng=Random(SEED))
    optimizer, inputs, targets = SGD(model.parameters(), LEARNING_RATE), [x for x, _ in xor()], [y for _, y in xor()]
    moved = 0
    for epoch in range(EPOCHS):
        optimizer.zero_grad()
        loss_of(model, inputs, targets).backward()
        moved = moved if epoch else [p.grad != 0 for p in model.parameters()].count(True)
        optimizer.step()
    outputs = [model(x)[0].data for x in inputs]
    return Trained(model, loss_of(model, inputs, targets).data, outputs, moved)


def loss_of(model: MLP, inputs: Sequence[Sequence[float]], targets: Sequence[int]) -> Value:
    """Return the mean cross-entropy."""
    return binary_cross_entropy_with_logits([model(x) for x in inputs], targets)


def measure(lesson: Lesson) -> dict[str, float]:
    """Return the one layer that three are, and what three layers learn with and without activations."""
    (w1, w2), bias = collapsed()
    return measured(lesson.build()) | {"W3 W2 W1, of x1": w1, "W3 W2 W1, of x2": w2, "W3 W2 b1 + W3 b2 + b3": bias} | {
        f"{activation}: loss": trained(activation).loss for activation in ACTIVATIONS
    } | {f"{activation}: bend": trained(activation).bend for activation in ACTIVATIONS}  # fmt: skip


def tell(lesson: Lesson) -> Told:
    """Multiply the matrices out; go both ways through the scalars; then train with and without activations."""
    (w1, w2), bias = collapsed()
    count = sum(len(row) + 1 for matrix in (W1, W2, W3) for row in matrix)
    inner, from_w2 = times(W2, W1), times(W3, W2)
    yield "# Three layers without an activation, multiplied out"
    yield "A semicolon ends a row of a matrix:"
    yield f"W1 = {matrix(W1)}   b1 = {vector(B1)}\nW2 = {matrix(W2)}   b2 = {vector(B2)}\nW3 = {matrix(W3)}   b3 = {vector(B3)}"
    yield (
        f"W2 W1 = {matrix(inner)}, so W3 W2 W1 = {matrix([[w1, w2]])}. The biases come to W3 W2 b1 + W3 b2 + b3 = "
        f"{number(dot(from_w2[0], B1).data)} + {number(dot(W3[0], B2).data)} + {number(B3[0])} = {number(bias)}."
    )
    yield (
        f"So y = {number(w1)}·x1 + {number(w2)}·x2 + {number(bias)}: one neuron. See whether the scalars agree, for x = {vector(X)}. Their "
        "first layer has the outputs h, the weights w and the biases b, the second the outputs k, the weights u and the biases c, the last y, v and d:"
    )
    yield from define("path")
    yield from passes(lesson.build(), about=("k1", "k2", "h1", "h2", "x1", "x2"))
    yield (
        f"∂y/∂x is ({number(w1)}, {number(w2)}): the row W3 W2 W1. Nothing in it depends on x, so it is the same everywhere. There are {count} "
        "parameters, and all that they compute together is given by three numbers."
    )
    yield "# Does training get out of the trap? 2-3-3-1 on XOR, from the same weights, with three activations"
    yield report()
    linear, relu = trained("linear"), trained("relu")
    yield (
        f"The gradient flows: without activations it reaches all {linear.moved} parameters in the first step (with ReLU only {relu.moved}: some units are "
        "off). But a gradient improves the function that is there, and that function is a plane, whatever its weights. The loss ends at ln 2, where one "
        "neuron ends too."
    )
    yield (
        "“Bend” is f(0,0) − f(0,1) − f(1,0) + f(1,1), with f before the sigmoid. For a plane it is 0. XOR asks for a negative one: low, high, high, low."
    )


def report() -> str:
    """Return what training came to with each activation."""
    rows: list[tuple[str | int, ...]] = [
        ("activation", "loss", "bend", "ŷ(0,0)", "ŷ(0,1)", "ŷ(1,0)", "ŷ(1,1)", "move at first")
    ]
    for activation in ACTIVATIONS:
        found = trained(activation)
        predictions = (f"{Value(z).sigmoid().data:.4f}" for z in found.outputs)
        rows.append((activation, f"{found.loss:.4f}", f"{found.bend:.2f}", *predictions, found.moved))
    return as_table(rows)


def matrix(rows: Matrix) -> str:
    """Write a matrix on one line: [1 2; −1 1]."""
    return f"[{'; '.join(' '.join(map(number, row)) for row in rows)}]"


def vector(numbers: Sequence[float]) -> str:
    """Write a vector: (1, 0)."""
    return f"({', '.join(map(number, numbers))})"


def plot() -> Any:
    """Draw what the network makes of the plane with each activation."""
    figure = plots.new_figure(1, len(ACTIVATIONS))
    for ax, activation in zip(figure.axes, ACTIVATIONS, strict=True):
        plots.decision_boundary(trained(activation).model, xor(), ax, threshold=0.0)  # of z: 0.5 of the sigmoid
        ax.set_title(f"{activation}: loss {trained(activation).loss:.4f}")
    return figure


LESSON = Lesson(
    slug="linear-trap",
    title="The linear trap",
    document="How Machines Learn: Understanding the Core Concepts of Neural Networks, section 2",
    question="One neuron cannot learn XOR. Three layers can. What if they have no activation?",
    build=three_layers,
    tell=tell,
    numbers={
        "W3 W2 W1, of x1": 8, "W3 W2 W1, of x2": 7, "W3 W2 b1 + W3 b2 + b3": 9,
        "h1": 6, "h2": 1, "k1": 11, "k2": 6, "y": 31,
        "∂y/∂x1": 8, "∂y/∂x2": 7, "∂y/∂h1": 5, "∂y/∂h2": -3, "∂y/∂b1": 5, "∂y/∂c2": 3, "∂y/∂d": 1,
        "linear: loss": 0.693147180559945, "linear: bend": 0,
        "relu: loss": 0.0148243095494, "tanh: loss": 0.0045574511347548,
    },
    measure=measure,
    plot=plot,
    notes=(
        Note("ready h1", "v1·u11 + v2·u21 = 1 · 2 + 3 · 1: an entry of W3 W2. Backward multiplies the same matrices, from the left."),
        Note("ready x1", "The sum over all four paths, and an entry of W3 W2 W1. No activation has put its slope between the weights."),
    ),
    exercises=(
        Exercise(
            "h = −x + 4, k = 2h + 1, y = 3k + 5: three neurons in a row, without activations. What is dy/dx?",
            -6,
            lambda: times([[3]], times([[2]], [[-1]]))[0][0],
            ("Each layer multiplies.", "dy/dk · dk/dh · dh/dx.", "3 · 2 · (−1)."),
            (Wrong("the weights are added", 4, lambda: dot([3, 2, -1], [1, 1, 1]).data, "Along a path slopes are multiplied; they are added over paths."),),
        ),
        GradientOf(three_layers, "x1", 8, {"= in the place of +=": 2, "sign of the delta": -8}),
        GradientOf(three_layers, "b1", 5, {"local alone": 1, "no topological order": 2}),
        choice(
            "Five linear layers, one after the other, and a sigmoid. How many lines does the network draw in the plane?",
            [("five", "Five linear layers multiply out to one."),
             ("none", "It is still a neuron."),
             ("one", "")],
            lambda: 3 if abs(trained("linear").bend) < 1e-9 else 1,
            "Multiply the matrices out.",
        ),
    ),
)  # fmt: skip
