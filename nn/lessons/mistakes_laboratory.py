"""The laboratory of mistakes: ways to go backward wrong, each with the number that gives it away."""

from collections.abc import Callable
from typing import Any

from autograd.classroom import Told
from autograd.classroom.exercise import Exercise, GradientOf, Wrong, choice
from autograd.classroom.lesson import Lesson, Note, Story, measured, passes
from autograd.explain import mistakes
from autograd.explain.laboratory import Mistake
from autograd.explain.notation import as_table
from autograd.graph import number, operands, topological_order
from autograd.value import Parameter, Value
from nn.lessons.board import BLACK, VERMILION, new_figure, say
from nn.lessons.definitions import define

MEANT = """\
no topological order   a node hands on its gradient before it is complete
= in the place of +=   each contribution overwrites the one before it
stale gradients        in a second pass, results still hold the first one's
zero_grad forgotten    after two passes without it, leaves hold both gradients
updated too early      a weight moves before the pass has gone through it
sign of the delta      the slope of the loss has t − o for o − t
½(t − o)², and the 2   the slope is that of half the loss, or of twice it
parents in a set       y·y has the parent y once, and contributes to it once
no visited set         no list of nodes already done: each way hands on again"""
DOUBLED = "the 2 of the square twice"  # what (t − o)² for ½(t − o)² is called here: the loss has no ½ to lose
PAIRS = (
    ("= in the place of +=", "parents in a set"),
    ("zero_grad forgotten", DOUBLED),
    ("updated too early", "sign of the delta"),
)  # of which one makes twice the truth


def squared_error() -> Value:
    """Return (y·y + v·y − t)² for y = w·x: y is used three times, so that there is much to go wrong."""
    x, t = Value(2.0, "x"), Value(12.0, "t")
    w, v = Parameter(1.0, "w"), Parameter(3.0, "v")
    y = w * x
    y.label = "y"
    square, product = y * y, v * y
    square.label, product.label = "s", "p"
    out = square + product
    out.label = "o"
    loss = (out - t) ** 2
    loss.label = "L"
    return loss


def cube() -> Value:
    """Return L = x³ at 3, as L = y·x for y = x·x."""
    x = Value(3.0, "x")
    y = x * x
    y.label = "y"
    out = y * x
    out.label = "L"
    return out


def four_times() -> Value:
    """Return L = z + y for z = y·3 and y = 2·x, at 5."""
    x = Value(5.0, "x")
    y = 2 * x
    y.label = "y"
    tripled = y * 3
    tripled.label = "z"
    out = tripled + y
    out.label = "L"
    return out


def run(root: Value) -> dict[str, Mistake]:
    """Return every mistake on a graph by its name; the two of stale gradients apart."""
    return {name_here(mistake): mistake for mistake in mistakes.runnable(root)}


def name_here(mistake: Mistake) -> str:
    """Return the name of a mistake in this lesson."""
    if mistake.name == "(t − o)² for ½(t − o)²":
        return DOUBLED
    return f"{mistake.name}, zero_grad forgotten" if "forgotten too" in mistake.when else mistake.name


def wrong(build: Callable[[], Value], name: str, label: str) -> float:
    """Return what the mistake of that name makes of a node's gradient."""
    root = build()
    return gradient(root, run(root)[name], label)


def gradient(root: Value, mistake: Mistake, label: str) -> float:
    """Return what a mistake has left at a node."""
    return next(mistake.gradients.get(node, 0.0) for node in topological_order(root) if node.label == label)


def table(root: Value, label: str) -> str:
    """Return, for each mistake, its number for one leaf, and the first line that the right way would not have."""
    rows: list[tuple[str | float, ...]] = [("mistake", f"∂L/∂{label}", "the first line that goes wrong")]
    for name, mistake in run(root).items():
        line = in_numbers(mistake.first.lines[-1]) if mistake.first else "none: it does no harm here"
        rows.append((name, gradient(root, mistake, label), line))
    return as_table(rows, left=(0, 2))


def in_numbers(line: str) -> str:
    """Return an equation without its symbols in the middle.

    >>> in_numbers("∂L/∂w = ∂L/∂y · ∂y/∂w = −16 · 2 = −32")
    '∂L/∂w = −16 · 2 = −32'
    """
    name, *_, numbers, result = line.split(" = ")
    return f"{name} = {numbers} = {result}"


def tell(lesson: Lesson) -> Told:
    """Go the right way first, then every wrong one, then look closer at three of them."""
    yield from define("topological order", "parent", "edge", "zero_grad")
    yield from passes(lesson.build())
    root = lesson.build()
    yield "# The same graph, with a mistake"
    truth = measured(root)["∂L/∂w"]
    yield "What is done wrong, in each of them:"
    yield MEANT
    yield f"The truth is ∂L/∂w = {number(truth)}. Each mistake has its own number, and its own first wrong line:"
    yield table(root, "w")
    yield early(root)
    yield (
        "So a number says which mistake it was: python3 -m autograd diagnose mistakes w NUMBER. Only twice the truth may be either of two: the 2 of "
        "the square taken twice, or a forgotten zero_grad. Then the first wrong line decides. (The loss is (o − t)², without a ½. Where a loss is "
        "½(o − t)², twice the truth also comes of forgetting the ½; diagnose names this mistake so.)"
    )
    yield "# L = x³ at x = 3, two backward passes"
    yield from stale()
    yield "# A recursion that forgets what it has visited"
    yield from revisited()
    yield "# Parents in a set, and = for +="
    yield (
        "Once more L = y·x with y = x·x. The parents of y are x and x. A set holds x once, and adds one contribution: ∂L/∂x is then "
        f"{number(wrong(cube, 'parents in a set', 'x'))} for x³ at 3. With = for +=, the last contribution overwrites the rest: "
        f"{number(wrong(cube, '= in the place of +=', 'x'))}. "
        "Neither mistake shows on a graph in which every node is used once, so tests need graphs with a node used twice."
    )


def early(root: Value) -> str:
    """Tell what “updated too early” does to v."""
    v, found = (measured(root)[name] for name in ("v", "∂L/∂v"))
    moved = v - mistakes.LEARNING_RATE * found
    return (
        f"“Updated too early” takes a step with learning rate {number(mistakes.LEARNING_RATE)} as soon as a parameter's gradient is complete: v moves "
        f"from {number(v)} to {number(v)} − {number(mistakes.LEARNING_RATE)}·({number(found)}) = {number(moved)}, and y's gradient then goes through "
        f"the {number(moved)}."
    )


def stale() -> Story:
    """Tell what a second backward pass may do: 54, 45 or 72."""
    root = cube()
    once = measured(root)["∂L/∂x"]
    root.backward()
    root.backward()
    (x,) = (node for node in topological_order(root) if node.label == "x")
    yield (
        "Now another function, in two nodes: y = x·x, then L = y·x, so that L = x³. Its derivative 3x² at x = 3 is "
        f"{number(once)}. After a second backward() without zero_grad the leaf x holds {number(x.grad or 0.0)}: leaves add up over passes, on "
        "purpose. The result y in the middle must not: it starts afresh."
    )
    second, both = (wrong(cube, name, "x") for name in ("stale gradients", "stale gradients, zero_grad forgotten"))
    yield (
        "Where it does not, y begins the second pass with ∂L/∂y = x = 3 from the first, and hands on 6 in the place of 3. "
        "With zero_grad on x the second pass gives "
        f"{number(second)}; without it, {number(both)}: the {number(once)} of the first pass and the {number(second)} of the second. "
        "Small engines that people learn from print these numbers."
    )


def revisited() -> Story:
    """Tell the recursion that visits a node once for each way to it."""
    root = four_times()
    lines: list[str] = []
    left = sketch(root, {root: 1.0}, lines)
    (x,) = (node for node in left if node.label == "x")
    yield (
        "A third function: y = 2·x, z = y·3, L = z + y. That is 8·x, and "
        f"∂L/∂x is {number(measured(root)['∂L/∂x'])}. A well-known sketch recurses from each node into its "
        f"parents, with the sum that the node holds so far, and gets {number(left[x])}:"
    )
    yield "\n".join(lines)
    yield (
        "It comes to y twice, once for each way from L to y, and what y handed on the first time it hands on again. "
        "Handing on only what has just arrived would be right, and slow: where 20 sums each add the one before to itself, there "
        f"are 2²⁰ = {2**20:,} ways from the last to the first. A topological order goes along each edge once."
    )


def sketch(node: Value, gradients: dict[Value, float], lines: list[str]) -> dict[Value, float]:
    """Go backward as the sketch does: hand on to a parent, and go on from it at once. It is wrong."""
    for _, _, parent, local in operands(node):
        if parent.label:
            gradients[parent] = gradients.get(parent, 0.0) + gradients[node] * local
            product = f"{number(gradients[node])} · {number(local)}"
            lines.append(f"{node.label} adds {product} to {parent.label}, which now holds {number(gradients[parent])}")
            sketch(parent, gradients, lines)
    return gradients


def measure(lesson: Lesson) -> dict[str, float]:
    """Return the true gradients, and each mistake's number."""
    root, twice = lesson.build(), cube()
    return (
        measured(root)
        | {name: gradient(root, mistake, "w") for name, mistake in run(root).items()}
        | {f"x³: {name}": gradient(twice, mistake, "x") for name, mistake in run(twice).items()}
        | {"x³": measured(twice)["∂L/∂x"], "y·3 + y": measured(four_times())["∂L/∂x"]}
        | {"y·3 + y: no visited set": wrong(four_times, "no visited set", "x")}
    )


def plot() -> Any:
    """Draw the gradient of w as each mistake has it, against the right one."""
    root = squared_error()
    truth = measured(root)["∂L/∂w"]
    bars = {"right": truth} | {name: gradient(root, mistake, "w") for name, mistake in run(root).items()}
    figure = new_figure(1)
    figure.set_size_inches(8, 4.8)
    (ax,) = figure.axes
    ax.barh(list(bars), list(bars.values()), color=[BLACK] + [VERMILION] * (len(bars) - 1), height=0.6)
    for row, found in enumerate(bars.values()):
        say(ax, number(found), (max(found, 0), row), (5, 0))
    ax.axvline(truth, linestyle="--", color=BLACK, linewidth=1)
    ax.axvline(0, color="0.6", linewidth=0.8, zorder=0)
    ax.set(title="One gradient, and what each mistake makes of it", xlabel="∂L/∂w", ylabel="mistake")
    ax.margins(x=0.1)
    ax.invert_yaxis()
    return figure


LESSON = Lesson(
    slug="mistakes",
    title="The laboratory of mistakes",
    document="How Deep Networks Learn, section Backpropagation; How Machines Learn: Understanding the Core Concepts of Neural Networks, section 5",
    question="A backward pass is twenty lines of code. In how many ways can it go wrong, and what number does each way give?",
    build=squared_error,
    tell=tell,
    numbers={
        "y": 2, "s": 4, "p": 6, "o": 10, "L": 4,
        "∂L/∂o": -4, "∂L/∂y": -28, "∂L/∂v": -8, "∂L/∂w": -56, "∂L/∂x": -28, "∂L/∂t": 4,
        "no topological order": -32, "= in the place of +=": -16, "stale gradients": -280,
        "stale gradients, zero_grad forgotten": -336, "zero_grad forgotten": -112, "updated too early": -88,
        "sign of the delta": 56, "½(t − o)² for (t − o)²": -28, DOUBLED: -112,
        "parents in a set": -40, "no visited set": -104,
        "x³": 27, "x³: stale gradients": 45, "x³: stale gradients, zero_grad forgotten": 72, "x³: zero_grad forgotten": 54,
        "x³: = in the place of +=": 9, "x³: parents in a set": 18, "y·3 + y": 8, "y·3 + y: no visited set": 14,
    },
    measure=measure,
    notes=(
        Note("ready y", "Three uses have contributed: two in y·y, one in v·y. Only now may y pass on its gradient. Most mistakes below are about this moment."),
        Note("ready w", "All three uses of y are in it. Each of the mistakes below turns it into a different number, by which it is recognised."),
    ),
    exercises=(
        GradientOf(
            squared_error, "w", -56,
            {"= in the place of +=": -16, "parents in a set": -40, "no topological order": -32, "stale gradients": -280, "updated too early": -88},
        ),
        GradientOf(four_times, "x", 8, {"no visited set": 14, "= in the place of +=": 6}, "Another graph: y = 2·x, z = y·3, L = z + y, at x = 5."),
        Exercise(
            "x³ is computed as y·x with y = x·x, at x = 3, and backward is called twice without zero_grad. What does a correct engine leave in x's gradient?",
            54.0,
            lambda: 27.0 + 27.0,
            ("A leaf adds up over passes; a result starts afresh.", "One pass adds 3·3² = 27 to x.", "27 + 27."),
            (
                Wrong("y keeps its gradient of the first pass", 72.0, lambda: wrong(cube, "stale gradients, zero_grad forgotten", "x"),
                      "Results in the middle must start afresh in each pass."),
            ),
        ),
        choice(
            "∂L/∂w comes out as −112, twice the truth. Which two mistakes can it be?",
            [("= for +=, or parents in a set", "They leave contributions out: −16 and −40."),
             ("zero_grad forgotten, or the 2 of the square taken twice", ""),
             ("updated too early, or the sign", "They give −88 and 56.")],
            lambda: 1 + [{wrong(squared_error, name, "w") for name in pair} == {-112} for pair in PAIRS].index(True),
            "Something is counted twice.",
        ),
    ),
    plot=plot,
)  # fmt: skip
