"""A layer: three neurons on the same three inputs, and the same as a matrix, forward and backward."""

from collections.abc import Iterable, Sequence
from typing import Any

from autograd.classroom.exercise import Exercise, GradientOf, Wrong, choice
from autograd.classroom.lesson import Lesson, Note, Told, measured, passes
from autograd.explain.notation import as_table
from autograd.functions import dot
from autograd.graph import bracketed, number, topological_order
from autograd.value import Parameter, Value
from nn.lessons.board import new_figure, outer_product
from nn.lessons.definitions import define

X = (2.0, 3.0, 1.0)
W = ((0.5, -1.0, 2.0), (1.0, 1.0, -1.0), (-1.0, 0.5, 0.5))  # a row a neuron; the first is the document's
B = (1.0, 0.0, -2.0)
UPSTREAM = (-1.0, 2.0, 1.0)  # what the rest of a network might say of a1, a2 and a3


def layer() -> Value:
    """Return L = −a1 + 2·a2 + a3, where a = relu(W x + b); L stands for the rest of a network."""
    x = [Value(data, f"x{i}") for i, data in enumerate(X, 1)]
    a = []
    for j, (row, bias) in enumerate(zip(W, B, strict=True), 1):
        w = [Parameter(data, f"w{j}{i}") for i, data in enumerate(row, 1)]
        z = dot(w, x, Parameter(bias, f"b{j}"))
        z.label = f"z{j}"
        a.append(z.relu())
        a[-1].label = f"a{j}"
    loss = dot(UPSTREAM, a)
    loss.label = "L"
    return loss


def expanded() -> list[Value]:
    """Return z1, z2 and z3 once more, with a node for each × and each +."""
    x1, x2, x3 = map(Value, X)
    return [p * x1 + q * x2 + r * x3 + b for (p, q, r), b in zip((map(Parameter, row) for row in W), B, strict=True)]


def operations(roots: Iterable[Value]) -> int:
    """Count the nodes that were computed."""
    return len({node for root in roots for node in topological_order(root) if node.op})


def measure(lesson: Lesson) -> dict[str, float]:
    """Return every value and gradient of the layer, and how many nodes its three sums take."""
    sums = [node for node in topological_order(lesson.build()) if node.label.startswith("z")]
    return measured(lesson.build()) | {"nodes": operations(sums), "nodes, expanded": operations(expanded())}


def tell(lesson: Lesson) -> Told:
    """Go forward and say it as a matrix; go backward, and say that as a matrix too; then count nodes."""
    yield from define("layer")
    found = measure(lesson)
    yield "# Three neurons side by side"
    yield (
        "Each neuron has weights and a bias of its own; the inputs are shared. w23 is the weight of neuron 2 for input 3: an input has one "
        "index, a weight has two. (Where the document writes out its third neuron, an x₃₃ has slipped in; it is x₂.)"
    )
    yield (
        f"A backward pass begins at one number. In a network later layers would make it of the three outputs; here L = {combined()} stands "
        "for all of them, so that the outputs get three different gradients, the factors before them."
    )
    yield "Only part of the backward pass is shown: the way to the sums, to the weights of neuron 2, and to the input x1."
    yield from passes(lesson.build(), about=("a1", "a2", "a3", "z1", "z2", "z3", "w21", "w22", "w23", "b2", "x1"))
    yield "# The same as a matrix: z = W x + b, a row of W for each neuron"
    yield product([found[f"z{j}"] for j in (1, 2, 3)])
    yield from define("delta")
    yield "# And backward: the gradient of W is an outer product"
    delta = [found[f"∂L/∂z{j}"] for j in (1, 2, 3)]
    yield outer(delta, found)
    yield (
        "Entry (j, i) is δj · xi: upstream times input, as for one neuron. The table of all products of a column, δ, and a row, xᵀ = (2, 3, 1), is called an "
        "outer product. So ∂L/∂W = δ xᵀ, and ∂L/∂b = δ. Row 3 is 0: its neuron is off."
    )
    yield (
        "An input is used by all three neurons, so its gradient is a sum of three: for x1 the first column of W times δ, "
        f"{first_input(delta)}. The columns of W are the rows of Wᵀ, so ∂L/∂x = Wᵀ δ = "
        f"({', '.join(number(found[f'∂L/∂x{i}']) for i in (1, 2, 3))}). The matrix that spread the inputs forward gathers the gradients backward."
    )
    yield "# One node or six"
    yield (
        f"Here each z is one node, a dot product: {number(found['nodes'])} nodes. With a node for each × and each +, the same three sums take "
        f"{number(found['nodes, expanded'])}, and each says less: the local derivatives of an addition are always 1."
    )


def first_input(delta: Sequence[float]) -> str:
    """Return the sum that is ∂L/∂x1: the first weight of each neuron times its δ."""
    return " + ".join(f"{bracketed(number(row[0]))}·{bracketed(number(d))}" for row, d in zip(W, delta, strict=True))


def combined() -> str:
    """Return the sum that stands for the rest of a network: −1·a1 + 2·a2 + 1·a3."""
    return " + ".join(f"{number(factor)}·a{j}" for j, factor in enumerate(UPSTREAM, 1))


def product(z: Sequence[float]) -> str:
    """Return W x + b = z, written as matrices."""
    rows = zip(matrix_rows(W), X, B, z, strict=True)
    lines = [f"{row}   [{number(x):>2}]   [{number(b):>3}]   [{number(out):>3}]" for row, x, b, out in rows]
    return "\n".join(["          W               x       b       z", *lines])


def outer(delta: Sequence[float], found: dict[str, float]) -> str:
    """Return δ and ∂L/∂W, beside one another."""
    head = f"   δ     ∂L/∂W   (x1 = {number(X[0])}, x2 = {number(X[1])}, x3 = {number(X[2])})"
    gradients = [[found[f"∂L/∂w{j}{i}"] for i in (1, 2, 3)] for j in (1, 2, 3)]
    rows = zip(delta, matrix_rows(gradients), strict=True)
    return "\n".join([head, *(f"{number(d):>4}   {row}" for d, row in rows)])


def matrix_rows(matrix: Sequence[Sequence[float]]) -> list[str]:
    """Return the rows of a matrix in brackets."""
    rows = as_table(matrix, left=()).split("\n")
    return [f"[ {row:<{max(map(len, rows))}} ]" for row in rows]


def plot() -> Any:
    """Draw all twelve gradients as one table: δ of the row times input of the column; the bias has the input 1."""
    found = measured(layer())
    rows = [f"δ{j} = {number(found[f'∂L/∂z{j}'])}" for j in (1, 2, 3)]
    columns = [f"x{i} = {number(found[f'x{i}'])}" for i in (1, 2, 3)] + ["1, for b"]
    cells = [[found[f"∂L/∂{p}{j}{i}"] for p, i in (("w", 1), ("w", 2), ("w", 3), ("b", ""))] for j in (1, 2, 3)]
    figure = new_figure(1)
    (ax,) = figure.axes
    outer_product(ax, rows, columns, cells)
    ax.set(
        title="Twelve gradients: each is its δ times its input",
        xlabel="∂L/∂w, and ∂L/∂b in the last column",
        ylabel="δ = ∂L/∂z",
    )
    return figure


LESSON = Lesson(
    slug="layer",
    title="A layer, and the same as a matrix",
    document="How Machines Learn: Understanding the Core Concepts of Neural Networks, section 3",
    question="Three neurons look at the same three inputs. Nine weights and three biases: must each gradient be worked out by itself?",
    build=layer,
    tell=tell,
    numbers={
        "z1": 1, "z2": 4, "z3": -2, "a1": 1, "a2": 4, "a3": 0, "L": 7,
        "∂L/∂z1": -1, "∂L/∂z2": 2, "∂L/∂z3": 0,
        "∂L/∂w11": -2, "∂L/∂w12": -3, "∂L/∂w13": -1,
        "∂L/∂w21": 4, "∂L/∂w22": 6, "∂L/∂w23": 2,
        "∂L/∂w31": 0, "∂L/∂w32": 0, "∂L/∂w33": 0,
        "∂L/∂b1": -1, "∂L/∂b2": 2, "∂L/∂b3": 0,
        "∂L/∂x1": 1.5, "∂L/∂x2": 3, "∂L/∂x3": -4,
        "nodes": 3, "nodes, expanded": 18,
    },
    measure=measure,
    notes=(
        Note("ready z3", "Neuron 3 is off, so nothing goes back through it: not to its weights, and not through it to the inputs."),
        Note("chain z2→x1", "Neuron 3 has contributed 0, and neuron 2 has contributed 2. Neuron 1 uses x1 too and has not contributed yet: not complete."),
        Note("ready w22", "∂L/∂z2 · x2 = 2 · 3: what comes from upstream, times what came in."),
    ),
    exercises=(
        GradientOf(layer, "w23", 2, {"local alone": 1, "+ in the place of ·": 3, "sign of the delta": -2}),
        GradientOf(layer, "x1", 1.5, {"= in the place of +=": -0.5, "sign of the delta": -1.5}),
        Exercise(
            "A layer of 128 neurons looks at the 784 pixels of an image. How many parameters does it have?",
            100480,
            lambda: sum(784 + 1 for _ in range(128)),
            ("Each neuron has a weight for each input.", "And one bias.", "128 · (784 + 1)."),
            (Wrong("the biases are left out", 100352, lambda: sum(784 for _ in range(128)), "Each of the 128 neurons has a bias too."),),
        ),
        choice(
            "The rest of the network sends 1 to a3. Why is row 3 of ∂L/∂W zero all the same?",
            [("its weights are small", "A gradient of a weight does not depend on the size of the weight here."),
             ("its inputs are 0", "The inputs are 2, 3 and 1, as for the other neurons."),
             ("its z is below 0", "")],
            lambda: 1 + [False, 0 in X, measured(layer())["z3"] < 0].index(True),
            "Look at what ReLU lets through.",
        ),
    ),
    plot=plot,
)  # fmt: skip
