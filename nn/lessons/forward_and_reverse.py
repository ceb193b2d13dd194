"""Forward mode and reverse mode on one graph: the same local derivatives, multiplied in two orders, and what each costs."""

from random import Random
from typing import Any, NamedTuple

from autograd import Parameter, Value, dot, grad
from autograd.classroom import Claim, Exercise, GradientOf, Lesson, Note, Told, Wrong, choice, measured, number, passes
from autograd.explain.notation import as_table
from autograd.graph import topological_order
from autograd.namespaces import scalars
from nn import plots
from nn.lessons.definitions import define

SHAPES = ((1, 1), (1, 10), (1, 100), (10, 10), (10, 1), (100, 1), (1000, 1))
WIDTH = 4


class Dual(NamedTuple):
    """A number and its derivative with respect to one leaf."""

    value: float
    slope: float


def build() -> Value:
    """Return (x1·x2 + x1)·(x1·x2 − x3): x1 is used twice, and so is the product."""
    x1, x2, x3 = Parameter(2.0, "x1"), Parameter(3.0, "x2"), Parameter(1.0, "x3")
    a = x1 * x2
    s, d = a + x1, a - x3
    y = s * d
    for node, label in zip((a, s, d, y), ("a", "s", "d", "y"), strict=True):
        node.label = label
    return y


def duals(root: Value, leaf: Value) -> dict[Value, Dual]:
    """Read every row of a graph on dual numbers: value by the row's value, slope by the row's slopes, from the leaves on."""
    found: dict[Value, Dual] = {}
    for node in topological_order(root):
        if node.op is None:
            found[node] = Dual(node.data, float(node is leaf))
            continue
        operands = [found[parent] for parent in node.parents]
        values = tuple(operand.value for operand in operands)
        value = node.op.at(scalars, values)
        slopes = node.op.slopes_at(scalars, values, value)
        found[node] = Dual(value, sum(slope * operand.slope for slope, operand in zip(slopes, operands, strict=True)))
    return found


def operations(root: Value) -> int:
    """Count the multiplications of one pass: one for each edge of the graph."""
    return sum(len(node.parents) for node in topological_order(root))


class Cost(NamedTuple):
    """The multiplications that all derivatives of a function take in both modes."""

    inputs: int
    outputs: int
    edges: int
    forward: int
    reverse: int


def cost(inputs: int, outputs: int) -> Cost:
    """Count for a layer of WIDTH tanh units between some inputs and outputs."""
    rng = Random(0)
    x = [Value(rng.uniform(-1, 1)) for _ in range(inputs)]
    hidden = [dot([rng.uniform(-1, 1) for _ in x], x).tanh() for _ in range(WIDTH)]
    y = [dot([rng.uniform(-1, 1) for _ in hidden], hidden) for _ in range(outputs)]
    edges = sum(len(moving(node)) for node in topological_order(one_root(y)) if node.op) - outputs
    return Cost(inputs, outputs, edges, edges * inputs, edges * outputs)


def one_root(outputs: list[Value]) -> Value:
    """Return one root above all outputs, so that they are walked at once."""
    return dot([1.0] * len(outputs), outputs)


def moving(node: Value) -> list[Value]:
    """Return the operands through which derivatives flow: no constants."""
    return [parent for parent in node.parents if parent.kind != "constant"]


def tell(lesson: Lesson) -> Told:
    """Go back once; go forward three times; multiply in both orders; count."""
    root = lesson.build()
    x = [node for node in topological_order(root) if node.kind == "parameter"]
    yield "# Reverse: one pass, from y back to all inputs"
    yield from define("reverse mode")
    yield from passes(root)
    yield "# Forward: from one input to everything; once for each input"
    yield from define("forward mode", "dual number")
    yield forward_table(root)
    yield (
        "Each column is one pass. The rule is that of the same table of operations: for y = s·d, the slopes are d and s, so ẏ = d·ṡ + s·ḋ; "
        "the dot says: the derivative with respect to the input of this pass. With duals it is "
        "ordinary arithmetic: (s + ṡ·ε)·(d + ḋ·ε) = s·d + (s·ḋ + d·ṡ)·ε, since ε² = 0. The last line is the gradient again, one number for each pass."
    )
    yield "# The same product, multiplied from the other end"
    backward, forward = grad(root, x), [duals(root, leaf)[root].slope for leaf in x]
    yield (
        f"Both find ({', '.join(map(number, backward))}); they differ by {max(abs(a - b) for a, b in zip(backward, forward, strict=True)):g}. Along a path "
        "the derivative is a product of local derivatives. Forward mode multiplies it from the input on, reverse mode from the output back. For a chain of "
        "matrices C·B·A with one output, C is a row: (C·B)·A makes rows all along, C·(B·A) a whole matrix on the way."
    )
    yield f"# What it costs: n inputs, {WIDTH} tanh units, m outputs"
    yield cost_table()
    yield Claim(
        "Training goes backward because it has one loss and many parameters: with 1,000 inputs and 1 output, reverse mode takes a thousandth of the "
        "multiplications. With 1 input and 100 outputs it is the other way round, and forward mode is a hundred times cheaper.",
        lambda one_loss: (found := cost(1000, 1) if one_loss else cost(1, 100)).reverse < found.forward,
    )
    yield (
        "The price of reverse mode is memory: it keeps every number of the forward pass until it comes back to it (lesson memory). Forward mode keeps "
        "nothing: a "
        "number and its derivative go on together, and may be forgotten together."
    )


def forward_table(root: Value) -> str:
    """Return the value of each node, and its derivative with respect to each input, a pass a column."""
    order = [node for node in topological_order(root) if node.label]
    leaves = [node for node in order if node.op is None]
    columns = [duals(root, leaf) for leaf in leaves]
    head = ("node", "value", *(f"∂/∂{leaf.label}" for leaf in leaves))
    return as_table([head, *((node.label, node.data, *(c[node].slope for c in columns)) for node in order)])


def cost_table() -> str:
    """Return the multiplications of both modes."""
    head = ("inputs", "outputs", "edges", "forward: n passes", "reverse: m passes")
    costs = [cost(*shape) for shape in SHAPES]
    return as_table([head, *((c.inputs, c.outputs, c.edges, c.forward, c.reverse) for c in costs)], left=())


def measure(lesson: Lesson) -> dict[str, float]:
    """Return the graph's numbers, the gradient by forward mode, and some costs."""
    root = lesson.build()
    found = {
        f"forward mode: ∂y/∂{node.label}": duals(root, node)[root].slope
        for node in topological_order(root)
        if node.op is None
    }
    for n, m in ((1000, 1), (1, 100)):
        found |= {f"{n} to {m}: forward": cost(n, m).forward, f"{n} to {m}: reverse": cost(n, m).reverse}
    return measured(root) | found


def plot() -> Any:
    """Draw the multiplications of both modes over the number of inputs, for one output."""
    ax = plots.axes()
    inputs = (1, 3, 10, 30, 100, 300, 1000)
    costs = [cost(n, 1) for n in inputs]
    ax.loglog(inputs, [one.forward for one in costs], "o-", color=plots.VERMILION, label="forward mode")
    ax.loglog(inputs, [one.reverse for one in costs], "s--", color=plots.BLUE, label="reverse mode")
    ax.set(xlabel="inputs n", ylabel="multiplications", title="All derivatives of one output")
    plots.legend_below(ax)
    return ax.figure


LESSON = Lesson(
    slug="forward-and-reverse",
    title="Forward mode and reverse mode",
    document="How Machines Learn: Understanding the Core Concepts of Neural Networks, section 5, Computational Efficiency",
    question="The chain rule may be multiplied from either end. Why does training begin at the loss?",
    build=build,
    tell=tell,
    numbers={
        "a": 6, "s": 8, "d": 5, "y": 40, "∂y/∂s": 5, "∂y/∂d": 8, "∂y/∂a": 13, "∂y/∂x1": 44, "∂y/∂x2": 26, "∂y/∂x3": -8,
        "forward mode: ∂y/∂x1": 44, "forward mode: ∂y/∂x2": 26, "forward mode: ∂y/∂x3": -8,
        "1000 to 1: forward": 4008000, "1000 to 1: reverse": 4008, "1 to 100: forward": 408, "1 to 100: reverse": 40800,
    },
    measure=measure,
    plot=plot,
    notes=(
        Note("ready a", "13 = 5 + 8: the product is used by s and by d."),
        Note("ready x1", "5 from s directly, and 13·3 through a."),
    ),
    exercises=(
        GradientOf(build, "x1", 44, {"= in the place of +=": 15}),
        GradientOf(build, "x2", 26, {"upstream alone": 13}),
        Exercise(
            "A function has 7 inputs and 3 outputs. How many forward-mode passes find all derivatives?",
            7,
            lambda: 7,
            ("A forward pass follows one input.", "It finds the derivatives of all outputs at once."),
            (Wrong("the outputs are counted", 3, lambda: 3, "That is reverse mode: a pass for each output."),),
        ),
        choice(
            "One input, a hundred outputs, and all derivatives are wanted. Which mode takes fewer multiplications?",
            [("forward mode", ""),
             ("reverse mode", "It takes a pass for each output: a hundred."),
             ("both the same", "One pass against a hundred.")],
            lambda: 1 + (cost(1, 100).forward > cost(1, 100).reverse),
            "A pass for each input, or a pass for each output?",
        ),
    ),
)  # fmt: skip
