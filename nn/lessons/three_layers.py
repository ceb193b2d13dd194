"""Three layers backward: ŷ − y at the logits, and the matrix formulas beside the scalar graph."""

from typing import Any

from autograd import Value, scope, softmax, steps
from autograd.classroom import GradientOf, Lesson, Note, Story, choice, measured, number
from nn.layers import MLP
from nn.lessons.board import outer_product
from nn.losses import cross_entropy

Vector = list[float]
Matrix = list[list[float]]

INPUTS, TRUE_CLASS = [1.0, 2.0], 1  # the second of two classes
WEIGHTS = [[[1.0, 1.0], [-1.0, 1.0]], [[1.0, -0.5], [-1.0, 0.5]], [[0.5, -1.0], [-0.5, 0.5]]]
BIASES = [[0.0, 0.5], [-0.25, 0.25], [0.0, 1.0]]
MARKS = "¹²³"


def build() -> Value:
    """Return the cross-entropy of a network 2-2-2-2, ReLU in the hidden layers: each z, a and weight has a label."""
    model = MLP(2, [2, 2, 2], weights=WEIGHTS, biases=BIASES)
    units: list[Value] = [Value(x, f"x{sub}") for x, sub in zip(INPUTS, "₁₂", strict=True)]
    for i, (mark, layer) in enumerate(zip(MARKS, model.layers, strict=True)):
        with scope(f"layer{i}"):
            units = layer(units)
        for sub, unit in zip("₁₂", units, strict=True):
            unit.label = f"a{mark}{sub}"
            (unit.parents[0] if mark != "³" else unit).label = f"z{mark}{sub}"
    loss: Value = cross_entropy(units, TRUE_CLASS)
    loss.label, loss.parents[0].label = "L", "ln Σeᶻ"
    return loss


def outer(delta: Vector, inputs: Vector) -> Matrix:
    """Return δ · inputᵀ: a row for each neuron, a column for each input."""
    return [[d * x for x in inputs] for d in delta]


def transposed_times(weights: Matrix, delta: Vector) -> Vector:
    """Return Wᵀ · δ: what each input is to blame for, over all neurons that use it."""
    return [sum(row[i] * d for row, d in zip(weights, delta, strict=True)) for i in range(len(weights[0]))]


def matrix_way() -> dict[str, Any]:
    """Return all that the matrix formulas compute, forward and backward, in lists."""
    found: dict[str, Any] = {}
    entering, inputs = [], INPUTS
    for weights, biases in zip(WEIGHTS, BIASES, strict=True):
        entering.append(inputs)
        z = [sum(w * x for w, x in zip(row, inputs, strict=True)) + b for row, b in zip(weights, biases, strict=True)]
        inputs = [max(0.0, zi) for zi in z]
    probabilities = [p.data for p in softmax(z)]
    target = [1.0 if k == TRUE_CLASS else 0.0 for k in range(len(z))]
    delta = [p - y for p, y in zip(probabilities, target, strict=True)]
    for mark, weights, inputs in zip(reversed(MARKS), reversed(WEIGHTS), reversed(entering), strict=True):
        below = transposed_times(weights, delta)
        found |= {f"δ{mark}": delta, f"dW{mark}": outer(delta, inputs), f"db{mark}": delta, f"da below {mark}": below}
        delta = [d if a > 0 else 0.0 for d, a in zip(below, inputs, strict=True)]  # ⊙ ReLU′
    return found | {"ŷ": probabilities, "y": target}


def candidates() -> list[Vector]:
    """Return y − ŷ, ŷ and ŷ − y."""
    way = matrix_way()
    pairs = list(zip(way["ŷ"], way["y"], strict=True))
    return [[y - p for p, y in pairs], way["ŷ"], [p - y for p, y in pairs]]


def entries() -> dict[str, float]:
    """Return the entries of the matrices, named as the nodes of the graph are."""
    found, named = matrix_way(), {}
    for mark in MARKS:
        for j, sub in enumerate("₁₂"):
            named[f"z{mark}{sub}"], named[f"b{mark}{sub}"] = found[f"δ{mark}"][j], found[f"db{mark}"][j]
            named |= {f"w{mark}{sub}{i}": found[f"dW{mark}"][j][k] for k, i in enumerate("₁₂")}
    return named


def differences() -> dict[str, float]:
    """Return how far each scalar gradient is from the entry of the matrix formula."""
    scalar = measured(build())
    return {name: abs(scalar[f"∂L/∂{name}"] - entry) for name, entry in entries().items()}


def shown(numbers: list[Any]) -> str:
    """Write a vector or a matrix in one line, a row in each pair of brackets."""
    return f"[{', '.join(shown(x) if isinstance(x, list) else four(x) for x in numbers)}]"


def four(x: float) -> str:
    """Write a number with four digits; −0 is 0."""
    return f"{x + 0.0:.4f}".replace("-", "−")


def two_ways(loss: Value, way: dict[str, Any]) -> str:
    """Say how w²₁₁ gets its gradient by way of both logits."""
    a = measured(loss)["a¹₁"]
    one, other = (delta * row[0] * a for delta, row in zip(way["δ³"], WEIGHTS[2], strict=True))
    return (
        "“Neural network training fundamentals” writes ∂L/∂w = ∂L/∂ŷ · ∂ŷ/∂w. That is right where there is one output. Here w²₁₁ acts on two logits, and its "
        f"gradient is a sum over both: {four(one)} by way of z³₁ and {four(other)} by way of z³₂, {four(one + other)} together. (W³)ᵀ·δ³ is this sum."
    )


def tell(lesson: Lesson) -> Story:
    """Forward; ŷ − y at the logits; layer 3 by the chain rule; all layers by the matrix formulas; the comparison."""
    loss = lesson.build()
    events, way = steps(loss), matrix_way()
    yield "# Forward: two inputs, two hidden layers of two ReLU units, two logits"
    yield "The raised figure is the layer, not a power: w²₁₂ is a weight of layer 2, of its neuron 1 for its input 2. The second class is right."
    yield from (event for event in events if event.phase == "forward")
    yield (
        "Unit 2 of layer 2 is switched off: its z is below 0. Softmax does not appear: cross-entropy of logits is ln Σeᶻ − z of the true class, "
        "and that is all of it."
    )
    yield "# At the logits: ŷ − y"
    late = [event for event in events if event.phase == "backward"]
    yield from (event for event in late if event.name in ("L", "ln Σeᶻ"))
    yield f"ŷ = softmax(z³) = {shown(way['ŷ'])} and y = {shown(way['y'])}. The gradient at the logits is their difference, {shown(way['δ³'])}."
    yield (
        "Two ways lead to the logit of the true class: through ln Σeᶻ, where the slope is ŷ, and directly, where it is −1. For the other "
        "logit there is only the first. Hence ŷ − y. Call it δ³."
    )
    yield "# Layer 3 by the chain rule"
    yield "Only the first neuron is shown; what z³₂ contributes to a²₁ and a²₂ came before, and is in their sums already."
    of_layer_3 = ("w³₁₁", "w³₁₂", "b³₁")
    yield from (event for event in late if event.name == "z³₁" or event.name in of_layer_3)
    yield "Each weight gets δ times its input; the bias gets δ; each input gets δ times its weight, added over the neurons that use it."
    yield "# The same as matrices, layer by layer"
    yield "δ³, δ² and δ¹ are the gradients of z³, z² and z¹, as vectors; a row of W³ holds the weights of a neuron of layer 3 (lesson layer)."
    yield matrices(way)
    yield two_ways(loss, way)
    yield "The third line of each layer is where the chain goes on: times 1 where the unit is on and 0 where it is off, it is the next δ."
    yield "# Entry by entry"
    yield comparison(loss)
    apart = differences()
    yield (
        f"{len(apart)} gradients, those of the biases, activations and inputs among them, computed twice: "
        "once by a graph that knows nothing of matrices, once by formulas that know nothing of graphs. "
        f"The largest difference is {max(apart.values()):g}. The matrix form is bookkeeping: it does all neurons of a layer at once."
    )


def matrices(way: dict[str, Any]) -> str:
    """Return the formulas of each layer with their numbers."""
    lines = []
    for mark, below in (("³", "a²"), ("²", "a¹"), ("¹", "x")):
        lines += [
            f"∂L/∂W{mark} = δ{mark}·({below})ᵀ".ljust(22) + shown(way[f"dW{mark}"]),
            f"∂L/∂b{mark} = δ{mark}".ljust(22) + shown(way[f"db{mark}"]),
            f"∂L/∂{below} = (W{mark})ᵀ·δ{mark}".ljust(22) + shown(way[f"da below {mark}"]),
        ]
    return "\n".join(lines)


def comparison(loss: Value) -> str:
    """Return the scalar gradient beside the entry of the matrix, for every weight."""
    graph = {
        name.removeprefix("∂L/∂"): gradient for name, gradient in measured(loss).items() if name.startswith("∂L/∂")
    }
    lines = ["layer"]
    for mark in reversed(MARKS):
        for way, found in ((f"{mark}  graph ", graph), ("   matrix", entries())):
            lines.append(
                way + "".join(f"   w{mark}{ji} {four(found[f'w{mark}{ji}']):>8}" for ji in ("₁₁", "₁₂", "₂₁", "₂₂"))
            )
    return "\n".join(lines)


def measure(lesson: Lesson) -> dict[str, float]:
    """Return the values and gradients of the graph, ŷ, and how far the two ways are apart."""
    way = matrix_way()
    return measured(lesson.build()) | {
        "ŷ of the first class": way["ŷ"][0],
        "δ³ from ŷ − y": way["δ³"][0],
        "gradients compared": len(differences()),
        "largest difference": max(differences().values()),
    }


def plot() -> Any:
    """Draw the gradients of each layer as a table, from the graph; beside it the δ, and above it what came in."""
    from nn.plots import new_figure

    found, figure = measured(build()), new_figure(1, 3)
    figure.set_size_inches(13.6, 3.4)
    figure.get_layout_engine().set(w_pad=0.15)
    layers = zip(figure.axes, MARKS, ("x", "a¹", "a²"), strict=True)
    tables = [draw_layer(ax, mark, below, found) for ax, mark, below in layers]
    most = max(table.norm.vmax for table in tables)
    for table in tables:  # one scale for all
        table.set_clim(-most, most)
    return figure


def draw_layer(ax: Any, mark: str, below: str, found: dict[str, float]) -> Any:
    """Draw the gradients of one layer's weights and biases."""
    rows = [f"δ{mark}{j}\n{four(found[f'∂L/∂z{mark}{j}'])}" for j in "₁₂"]
    columns = [f"{below}{i}\n{number(found[f'{below}{i}'])}" for i in "₁₂"] + ["for b\n1"]
    cells = [[found[f"∂L/∂{name}"] for name in (f"w{mark}{j}₁", f"w{mark}{j}₂", f"b{mark}{j}")] for j in "₁₂"]
    ax.set(
        title=f"Layer {MARKS.index(mark) + 1}", xlabel=f"∂L/∂w{mark} and ∂L/∂b{mark}", ylabel=f"δ{mark} = ∂L/∂z{mark}"
    )
    return outer_product(ax, rows, columns, cells, four)


LESSON = Lesson(
    slug="three-layers",
    title="Three layers backward, in scalars and in matrices",
    document="How Machines Learn: Understanding the Core Concepts of Neural Networks, section 5",
    question="Three layers, softmax and cross-entropy: what arrives at the logits, and do the matrix formulas say what the graph says?",
    build=build,
    tell=tell,
    numbers={
        "z¹₁": 3, "z¹₂": 1.5, "z²₁": 2, "z²₂": -2, "z³₁": 1, "z³₂": 0, "L": 1.313261687518,
        "∂L/∂z³₁": 0.731058578630, "∂L/∂z³₂": -0.731058578630, "∂L/∂z²₁": 0.731058578630, "∂L/∂z²₂": 0,
        "∂L/∂z¹₁": 0.731058578630, "∂L/∂z¹₂": -0.365529289315,
        "∂L/∂w³₁₁": 1.462117157260, "∂L/∂w³₁₂": 0, "∂L/∂w²₁₁": 2.193175735890, "∂L/∂w¹₂₂": -0.731058578630,
        "∂L/∂x₁": 1.096587867945, "∂L/∂x₂": 0.365529289315,
        "ŷ of the first class": 0.731058578630, "δ³ from ŷ − y": 0.731058578630,
        "gradients compared": 24, "largest difference": 0,
    },
    measure=measure,
    notes=(
        Note("chain L→z³₂", "The −1 of ŷ − y: only the true class gets it. ŷ follows, on the other way."),
        Note("ready w³₁₂", "0: its input a²₂ is 0. A unit that is off teaches nothing to the weights that read it."),
    ),
    exercises=(
        GradientOf(build, "z³₁", 0.731058578630, {"sign of the delta": -0.731058578630}),
        GradientOf(build, "w³₁₁", 1.462117157260, {"upstream alone": 0.731058578630, "local alone": 2, "zero_grad forgotten": 2.924234314520}),
        GradientOf(build, "w²₁₁", 2.193175735890, {"upstream alone": 0.731058578630, "local alone": 3}),
        GradientOf(build, "a²₁", 0.731058578630, {"= in the place of +=": 0.365529289315, "sign of the delta": -0.731058578630}),
        choice(
            "What is the gradient at the logits?",
            [("y − ŷ", "Its sign is the other one: a step against it would make the loss larger."),
             ("ŷ", "The true class gets −1 besides."),
             ("ŷ − y", "")],
            lambda: 1 + candidates().index([measured(build())[f"∂L/∂z³{j}"] for j in "₁₂"]),
            "Two ways lead to the true logit.",
        ),
    ),
    plot=plot,
)  # fmt: skip
