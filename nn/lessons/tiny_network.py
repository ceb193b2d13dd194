"""One weight, one bias, one ReLU: the whole of backpropagation in seven numbers."""

from typing import Any

from autograd.classroom.exercise import Exercise, GradientOf, Wrong, choice
from autograd.classroom.lesson import Lesson, Note, Told, measured, passes
from autograd.explain.stepper import forward, snapshot, updates
from autograd.functions import dot
from autograd.graph import number, topological_order
from autograd.value import Parameter, Value
from nn.lessons.board import BLACK, BLUE, VERMILION, even, new_figure, say
from nn.lessons.definitions import define

LEARNING_RATE = 0.01


def network(w: float = 3.0, b: float = 1.0) -> Value:
    """Return the squared error of relu(w · x + b) for x = 2, where 15 would be right."""
    x, y = Value(2.0, "x"), Value(15.0, "y")
    z = dot([Parameter(w, "w")], [x], Parameter(b, "b"))
    z.label = "z"
    a = z.relu()
    a.label = "a"
    loss = (a - y) ** 2
    loss.label = "L"
    return loss


def tell(lesson: Lesson) -> Told:
    """Go forward, backward, update w, and go forward again; then see what the bias would have added."""
    loss = lesson.build()
    story = list(passes(loss))
    backward = story.index("# Backward")
    yield from define("graph", "node", "operation", "operand", "leaf", "parameter", "weight", "bias", "ReLU")
    yield given(loss)
    yield from define("squared error", "forward pass")
    yield from story[:backward]
    yield from define("backward pass", "local derivative", "upstream", "contribution", "chain rule")
    yield from story[backward:]
    yield (
        "A document compares this with a factory: a defect in the product is traced back from station to station, to the worker who made the "
        "mistake. The tracing is like that: each operation is asked only for its own part, its local derivative. But nobody has made a "
        "mistake. A gradient says what a small change of w would do to the loss now."
    )
    yield "# Update"
    yield from define("update", "example", "training")
    parameters = {node.label: node for node in topological_order(loss) if node.kind == "parameter"}
    step_w, step_b = updates(loss, [parameters["w"], parameters["b"]], LEARNING_RATE)
    yield f"The learning rate is {LEARNING_RATE:g}."
    yield step_w
    yield "# The loss again"
    after = network(w=step_w.after)
    yield from forward(order := topological_order(after), snapshot(order))
    yield f"The loss went from {number(loss.data)} to {number(after.data)}: the step was in the right direction."
    yield "The document moves w alone. The bias has a gradient too, and training would move both:"
    yield step_b
    both = network(w=step_w.after, b=step_b.after)
    yield f"With both steps the loss is {number(both.data)}."


def given(loss: Value) -> str:
    """Say which numbers of the network are given."""
    leaves = {leaf.label: number(leaf.data) for leaf in topological_order(loss) if not leaf.op and leaf.label}
    return (
        f"Here four numbers are given: the weight w = {leaves['w']} and the bias b = {leaves['b']} (the parameters), the input x = {leaves['x']}, and the "
        f"target y = {leaves['y']}. The network multiplies, adds the bias and takes the ReLU; its prediction is called a."
    )


def plot() -> Any:
    """Draw the loss over w, its tangent where w stands, and the step that follows the slope."""
    loss = network()
    (w,) = (node for node in topological_order(loss) if node.label == "w")
    (step,) = updates(loss, [w], LEARNING_RATE)
    after = network(w=step.after).data
    figure = new_figure(1)
    (ax,) = figure.axes
    ws, touching = even(2, 9, 141), even(2, 5, 2)
    ax.plot(ws, [network(w=x).data for x in ws], color=BLUE)
    ax.plot(touching, [loss.data + step.gradient * (x - w.data) for x in touching], "--", color=BLACK)
    ax.plot([w.data], [loss.data], "o", color=BLACK)
    ax.plot([step.after], [after], "s", color=VERMILION, zorder=3)
    say(ax, f"w = {number(w.data)}: L = {number(loss.data)}", (w.data, loss.data), (10, 8))
    say(ax, f"slope {number(step.gradient)}", (4.5, loss.data + step.gradient * (4.5 - w.data)), (-8, -6), ha="right")
    say(ax, f"after a step: w = {number(step.after)}, L = {number(after)}", (step.after, after), (12, 2))
    ax.set(title="The loss over w", xlabel="w", ylabel="L")
    return figure


LESSON = Lesson(
    slug="tiny-network",
    title="A tiny network, forward and backward",
    document="How Machines Learn: Understanding the Core Concepts of Neural Networks, section 5",
    question="The network says 7 and the truth is 15, so the loss is 64. Should w grow or shrink, and how much does it matter?",
    build=network,
    tell=tell,
    numbers={
        "x": 2, "w": 3, "b": 1, "y": 15, "z": 7, "a": 7, "L": 64,
        "∂L/∂L": 1, "∂L/∂a": -16, "∂L/∂y": 16, "∂L/∂z": -16, "∂L/∂w": -32, "∂L/∂x": -48, "∂L/∂b": -16,
    },
    measure=lambda lesson: measured(lesson.build()),
    notes=(
        Note("ready w", "The gradient is negative: as w grows, the loss falls, 32 times as fast at first. So w should grow."),
        Note("ready x", "x is data. It has a gradient, which would say how to change the input; training leaves it alone."),
        Note("ready y", "y is the answer. Its gradient is that of a with the other sign: moving the target helps as much, and is cheating."),
    ),
    exercises=(
        GradientOf(network, "w", -32, {"upstream alone": -16, "sign of the delta": 32, "½(t − o)² for (t − o)²": -16, "zero_grad forgotten": -64}),
        GradientOf(network, "x", -48, {"upstream alone": -16, "local alone": 3}),
        Exercise(
            "The learning rate is 0.01. Where does w stand after one step?",
            3.32,
            lambda: 3 - 0.01 * -32,
            ("Gradient descent goes against the gradient.", "w ← w − 0.01 · ∂L/∂w.", "3 − 0.01 · (−32)."),
            (Wrong("the step goes up the gradient", 2.68, lambda: 3 + 0.01 * -32, "The gradient points uphill; the minus sign turns it round."),),
            of_graph=True,
        ),
        choice(
            "The target is 5 instead of 15. What becomes of ∂L/∂w?",
            [("it stays −32", "The slope of (a − y)² is 2(a − y): it changes with the target."),
             ("it is 8: w should shrink", ""),
             ("it is 0", "Only where the prediction is the target: at y = 7.")],
            lambda: 1 + [-32.0, 8.0, 0.0].index(2 * (measured(network())["a"] - 5) * 2),
            "The prediction 7 is now too large.",
        ),
    ),
    plot=plot,
)  # fmt: skip
