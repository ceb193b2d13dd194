"""One neuron, with one input and with three: weigh, add, bend; and what each weight and input has to say."""

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from autograd.classroom.exercise import Exercise, GradientOf, Wrong, choice
from autograd.classroom.lesson import Lesson, Note, Told, measured, passes
from autograd.explain.stepper import forward, snapshot
from autograd.functions import dot
from autograd.graph import number, topological_order
from autograd.value import Parameter, Value
from nn.lessons.board import BLACK, BLUE, GREEN, VERMILION, even, new_figure, say
from nn.lessons.definitions import define

ONE = ([3.0], [2.0], 1.0)  # x, w, b
INPUTS, WEIGHTS, BIAS = (2.0, 3.0, 1.0), (0.5, -1.0, 2.0), 1.0
MORE = (2.0, 5.0, 1.0)  # the same neuron, with more of x2


def neuron(inputs: Sequence[float] = INPUTS, weights: Sequence[float] = WEIGHTS, bias: float = BIAS) -> Value:
    """Return relu(w · x + b)."""
    x = [Value(data, f"x{i}") for i, data in enumerate(inputs, 1)]
    w = [Parameter(data, f"w{i}") for i, data in enumerate(weights, 1)]
    z = dot(w, x, Parameter(bias, "b"))
    z.label = "z"
    a = z.relu()
    a.label = "a"
    return a


def measure(lesson: Lesson) -> dict[str, float]:
    """Return what both neurons of the document give, and what the second gives for more of x2."""
    one, more = measured(neuron(*ONE)), measured(neuron(MORE))
    return measured(lesson.build()) | {
        "one input: z": one["z"], "one input: a": one["a"], "x2 = 5: z": more["z"], "x2 = 5: a": more["a"],
        "x2 = 5: ∂a/∂w1": more["∂a/∂w1"],
    }  # fmt: skip


def tell(lesson: Lesson) -> Told:
    """Go forward with one input; then both ways with three; then push the neuron below 0."""
    yield from define("neuron", "activation")
    yield "# One input: x = 3, w = 2, b = 1"
    order = topological_order(neuron(*ONE))
    yield from forward(order, snapshot(order))
    yield (
        "Multiply, add the bias, bend: that is all a neuron does. The number before the bend is called z, the one after it a. "
        "Before the bend it is the function f(x) = 2x + 1, with which the document begins: f(3) = 7. The weight is its slope, the bias its value at 0."
    )
    yield "# Three inputs: one term each, and still one z"
    yield terms()
    yield "There is no loss here. What would change the output a? So the way back begins at a, with ∂a/∂a = 1."
    yield from passes(lesson.build())
    yield "# More of x2"
    more = measured(neuron(MORE))
    yield (
        f"With x2 = {number(MORE[1])} instead of {number(INPUTS[1])}, z is {number(more['z'])}, and ReLU makes it {number(more['a'])}. "
        f"The gradient of every weight and every input is now {number(more['∂a/∂w1'])}: a small change of a weight or an input moves z, but not the output. "
        "A neuron that is silent for one example learns nothing from that example."
    )


def terms() -> str:
    """Return the weighted sum as a table, a term a line."""
    products = [w * x for w, x in zip(WEIGHTS, INPUTS, strict=True)]
    lines = [
        f"w{i}·x{i} = {number(w):>3} · {number(x)} = {number(product):>3}"
        for i, (w, x, product) in enumerate(zip(WEIGHTS, INPUTS, products, strict=True), 1)
    ]
    return "\n".join(
        [*lines, f"    b           = {number(BIAS):>3}", f"    z           = {number(sum(products, BIAS)):>3}"]
    )


def plot() -> Any:
    """Draw how the terms add up to z, and what the neuron says as each input changes."""
    figure = new_figure(2)
    draw_terms(figure.axes[0])
    draw_changes(figure.axes[1])
    return figure


def draw_terms(ax: Any) -> None:
    """Draw each term as a bar that begins where the one before it ends; then z, and a."""
    found = measured(neuron())
    terms = {
        f"w{i}·x{i} = {number(w)} · {number(x)}": w * x for i, (w, x) in enumerate(zip(WEIGHTS, INPUTS, strict=True), 1)
    }
    terms["b"] = found["b"]
    bars, sums = terms | {"z": found["z"], "a = ReLU(z)": found["a"]}, list(accumulate(terms.values()))
    starts = [0.0, *sums[:-1], 0.0, 0.0]
    colours = [BLUE if width < 0 else VERMILION for width in bars.values()]
    ax.barh(list(bars), list(bars.values()), left=starts, color=[*colours[:-2], BLACK, BLACK], height=0.6)
    for row, (start, width) in enumerate(zip(starts, bars.values(), strict=True)):
        say(ax, number(width), (start + width, row), (5 if width > 0 else -5, 0), ha="left" if width > 0 else "right")
    ax.vlines(sums, range(len(sums)), range(1, len(sums) + 1), color=BLACK, linewidth=0.8)
    ax.axvline(0, color="0.6", linewidth=0.8, zorder=0)
    ax.set(title="Weigh, add, bend", xlabel="the sum so far", ylabel="term")
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.use_sticky_edges = False
    ax.margins(x=0.15)
    ax.invert_yaxis()


def draw_changes(ax: Any) -> None:
    """Draw a over the change of each input alone, with its slope; and the point where there is more of x2."""
    found, changes = measured(neuron()), even(-3, 3, 121)
    for i, (colour, dash) in enumerate(((GREEN, "-."), (BLUE, "-"), (VERMILION, "--"))):
        moved = [neuron([x + change * (k == i) for k, x in enumerate(INPUTS)]).data for change in changes]
        ax.plot(changes, moved, dash, color=colour)
        say(ax, f"x{i + 1}: slope {number(found[f'∂a/∂x{i + 1}'])}", (changes[-1], moved[-1]), annotation_clip=False)
    ax.plot([0, MORE[1] - INPUTS[1]], [found["a"], neuron(MORE).data], "o", color=BLACK, zorder=3)
    say(ax, f"x2 = {number(MORE[1])}", (MORE[1] - INPUTS[1], neuron(MORE).data), (-8, 14))
    ax.set(title="One input changes, the others stay", xlabel="change of the input", ylabel="a")
    ax.margins(x=0)


LESSON = Lesson(
    slug="one-neuron",
    title="One neuron: weigh, add, bend",
    document="How Machines Learn: Understanding the Core Concepts of Neural Networks, sections 1 and 3",
    question="Three inputs 2, 3, 1 meet the weights 0.5, −1, 2 and the bias 1. What does the neuron say, and which input would change it most?",
    build=neuron,
    tell=tell,
    numbers={
        "one input: z": 7, "one input: a": 7,
        "z": 1, "a": 1,
        "∂a/∂w1": 2, "∂a/∂w2": 3, "∂a/∂w3": 1, "∂a/∂b": 1,
        "∂a/∂x1": 0.5, "∂a/∂x2": -1, "∂a/∂x3": 2,
        "x2 = 5: z": -1, "x2 = 5: a": 0, "x2 = 5: ∂a/∂w1": 0,
    },
    measure=measure,
    notes=(
        Note("chain z→w1", "The derivative with respect to a weight is its input: the larger the input, the more its weight matters."),
        Note("chain z→x2", "The derivative with respect to an input is its weight. Here it is negative: the larger x2, the smaller the output."),
        Note("chain z→x3", "The largest of the three, though x3 is the smallest input: how much an input changes the output is a matter of its weight."),
        Note("chain z→b", "The bias is a weight whose input is always 1."),
    ),
    exercises=(
        Exercise(
            "x = 4, w = −2, b = 3. What does the neuron say, after ReLU?",
            0,
            lambda: neuron([4], [-2], 3).data,
            ("z = w·x + b.", "z = −2 · 4 + 3 = −5.", "ReLU lets nothing through that is below 0."),
            (Wrong("ReLU is left out", -5, lambda: neuron([4], [-2], 3).parents[0].data, "That is z. The output is max(0, z)."),),
        ),
        Exercise(
            "The neuron of the lesson (x = 2, 3, 1; w = 0.5, −1, 2; b = 1) is to say 3. By how much must the bias grow?",
            2,
            lambda: 3 - neuron().data,
            ("Where z is above 0, ∂a/∂b = 1.", "So the output grows by as much as the bias. It is 1 now."),
            (Wrong("the answer is taken for the bias itself", 3, lambda: BIAS + 3 - neuron().data, "That is what the bias becomes: 1 + 2."),),
        ),
        GradientOf(neuron, "w2", 3, {"+ in the place of ·": 4, "sign of the delta": -3, "zero_grad forgotten": 6}),
        choice(
            "All three inputs (2, 3, 1) grow by 0.1, one at a time. Which one changes the output most?",
            [("x1", "Its weight is 0.5."),
             ("x2, the largest", "What counts is the weight, −1, and not the size of the input."),
             ("x3", "")],
            lambda: max((1, 2, 3), key=lambda i: abs(neuron([x + 0.1 * (k == i) for k, x in enumerate(INPUTS, 1)]).data - neuron().data)),
            "The slope for an input is its weight.",
        ),
    ),
    plot=plot,
)  # fmt: skip
