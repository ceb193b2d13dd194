"""Activations and their slopes: what each lets through, forward and backward; and softmax, which compares."""

import math
from collections.abc import Callable
from functools import cache
from random import Random
from typing import Any, NamedTuple

from autograd import Parameter, Value, grad, softmax, sum
from autograd.classroom import Claim, Exercise, GradientOf, Lesson, Note, Told, Wrong, choice, measured, number, passes
from autograd.explain.notation import as_table
from nn import plots
from nn.activations import ACTIVATIONS
from nn.lessons.definitions import define

LOGITS = (2.0, 1.0, 0.1)
POINTS = (-4.0, -1.0, 0.0, 1.0, 4.0)
DEEP = 10  # layers
ZIGZAG, PIXELS = 400, 784  # steps, inputs


def slope(name: str, at: float) -> float:
    """Return the slope of an activation, as backward computes it."""
    x = Value(at)
    out = ACTIVATIONS[name](x)
    return grad(out, [x])[0] if out is not x else 1.0  # `linear` returns x itself


def first_probability() -> Value:
    """Return the first of the probabilities that softmax makes of three logits: e^z1 over the sum of all three."""
    powers = [Value(z, f"z{i}").exp() for i, z in enumerate(LOGITS, 1)]
    total = sum(powers)
    p1 = powers[0] / total
    for node, label in ((total, "S"), (p1, "p1"), *((power, f"e{i}") for i, power in enumerate(powers, 1))):
        node.label = label
    return p1


def probabilities(logits: tuple[float, ...] = LOGITS) -> list[float]:
    """Return the softmax of some logits, as plain numbers."""
    return [p.data for p in softmax(logits)]


def measure(lesson: Lesson) -> dict[str, float]:
    """Return the probabilities, and the slopes that the texts speak of."""
    found = measured(lesson.build()) | {f"softmax {i}": p for i, p in enumerate(probabilities(), 1)}
    slopes = {f"{name}′({number(at)})": slope(name, at) for name in ACTIVATIONS for at in (*POINTS, 10.0)}
    return found | slopes | {
        "kink by central difference": central("relu", 0.0),
        "sigmoid, ten layers": slope("sigmoid", 0.0) ** DEEP,
        "steps together, inputs above 0": zigzag(True).together,
    }  # fmt: skip


def central(name: str, at: float, h: float = 1e-6) -> float:
    """Return the central difference of an activation."""
    f = ACTIVATIONS[name]
    return (f(Value(at + h)).data - f(Value(at - h)).data) / (2 * h)


def degree() -> int:
    """Return the degree of the polynomial that gives eʳ to 16 digits, |r| ≤ ½·ln 2: where the next term of Σ rⁿ/n! is below 2⁻⁵³."""
    r = math.log(2) / 2
    return next(n for n in range(100) if r ** (n + 1) / math.factorial(n + 1) < 2**-53)


def tell(lesson: Lesson) -> Told:
    """Tabulate values and slopes, speak of saturation and of the kink, then go through softmax."""
    yield "# Eight activations at five points: the value"
    yield from define("sigmoid", "tanh", "leaky ReLU", "ELU", "softplus", "GELU", "saturated")
    yield "In the tables linear is no activation at all, f(x) = x."
    yield table(lambda name, at: ACTIVATIONS[name](Value(at)).data)
    yield "# And the slope, which is what backward multiplies by"
    yield table(slope)
    yield (
        f"At 0 tanh has the slope {number(slope('tanh', 0))} and sigmoid {number(slope('sigmoid', 0))}, which is the most it ever has: a sigmoid hands back "
        f"a quarter at best, and {DEEP} in a row {number(slope('sigmoid', 0) ** DEEP)} of it (e−07 says: times 10⁻⁷; the weights are left aside). "
        f"tanh hands on all of it at 0, but flattens sooner: at 4 its slope is {slope('tanh', 4):.4f}, sigmoid's {slope('sigmoid', 4):.4f}. At 10 "
        f"sigmoid's is {number(slope('sigmoid', 10))}: it is saturated, and "
        "the weights before it hardly move."
    )
    yield (
        "The ReLU family has slope 1 above 0, however far; softplus and GELU come near it. Below 0 ReLU has 0, leaky ReLU 0.01, ELU eˣ. The slope of softplus "
        "is the sigmoid. GELU dips below 0 and comes back up, so that its slope is negative at −1."
    )
    yield (
        "Sigmoid is the oldest of them, and comes from biology: a nerve cell fires somewhere between never (0) and as fast as it can (1). “Computationally "
        f"expensive”, says the document. Beside ReLU it is: x is brought into a small range, and there a polynomial of degree {degree()} gives eˣ "
        f"to 16 digits (one way of several), with {degree()} multiplications, where ReLU takes one comparison. But the sum before it has one for each input: "
        f"{PIXELS} for the pixels of a digit."
    )
    yield "# Outputs that are never below 0"
    yield (
        "“All outputs are positive”, says the document of ReLU. Many are exactly 0: where sums are below 0 as often as above, half of them (lesson digits "
        "counts). It calls that sparse. But what is never below 0 has a price for the neuron behind it, and sigmoid has the same."
    )
    positive, centred = zigzag(True), zigzag(False)
    yield Claim(
        "A weight's gradient is δ times its input. If all inputs are positive, all weights of a neuron go up together or down together. Two weights go from "
        f"(0, 0) to (1, −1) in {ZIGZAG} steps of descent, an example a step: together at {positive.together:.0%} of them, so in a zig-zag {positive.path:.1f} "
        f"long, because no input is below 0. With the same inputs less ½ they go together at {centred.together:.0%}, {centred.path:.1f} far; "
        f"straight it is {math.sqrt(2):.1f}.",
        lambda never_below_0: zigzag(never_below_0).path > 2 * math.sqrt(2),
    )
    yield "# The kink of ReLU"
    yield from define("kink", "central difference")
    yield (
        "At 0 ReLU has slope 0 from the left and 1 from the right, so none at all. Backward must give a number all the same: "
        f"{number(slope('relu', 0))}, as in PyTorch and in the document (1 if x > 0, else 0). A central "
        f"difference says {number(central('relu', 0))}. "
        "It seldom matters, since z is seldom exactly 0; with inputs of 0 and a bias of 0, as in lesson xor-training, it is."
    )
    yield "# Softmax compares"
    yield from define("logit", "softmax")
    yield "Softmax looks at all outputs of a layer, not at one number. Here is its first probability."
    yield from passes(lesson.build())
    yield softmax_table()
    p = probabilities()
    yield (
        f"They add up to {number(sum(p).data)}. A logit that is larger by 1 gives e = {p[0] / p[1]:.3f} times the probability, as between p1 and p2. "
        "Adding the same to "
        "all changes nothing; doubling all makes softmax surer."
    )
    yield "# Which one?"
    yield from define("hidden layer")
    yield (
        "A good activation bends; has a slope almost everywhere; is cheap; does not saturate where it works; and its outputs suit the next layer: "
        "centred at 0, or not below 0. In hidden layers the ReLU family is usual; in the last layer a sigmoid for one of two classes, softmax for "
        "many, none for a number."
    )


class Zigzag(NamedTuple):
    """The way of two weights: how often both move in one direction, and the length of the way."""

    together: float
    path: float


@cache
def zigzag(positive: bool) -> Zigzag:
    """Return the way to (1, −1), an example a step; the inputs are from 0 to 1, or from −½ to ½."""
    rng, ws, path, together = Random(0), [Parameter(0.0), Parameter(0.0)], 0.0, 0
    for _ in range(ZIGZAG):
        x1, x2 = (rng.random() - (0 if positive else 0.5) for _ in ws)
        slopes = grad((ws[0] * x1 + ws[1] * x2 - (x1 - x2)) ** 2, ws)
        together += slopes[0] * slopes[1] > 0
        path += 0.1 * math.hypot(*slopes)
        for w, slope in zip(ws, slopes, strict=True):
            w.data -= 0.1 * slope
    return Zigzag(together / ZIGZAG, path)


def table(entry: Callable[[str, float], float]) -> str:
    """Return a number for each activation at each point."""
    return as_table(
        [("x =", *POINTS), *((name, *(round(entry(name, at), 4) for at in POINTS)) for name in ACTIVATIONS)]
    )


def softmax_table() -> str:
    """Return the probabilities of the logits as they are, with 100 added, and doubled."""
    cases = {"": LOGITS, " + 100": tuple(z + 100 for z in LOGITS), " · 2": tuple(2 * z for z in LOGITS)}
    lines = ["logits                    softmax"]
    for what, logits in cases.items():
        row = "".join(f"{p:8.3f}" for p in probabilities(logits))
        lines.append(f"({', '.join(map(number, LOGITS))}){what:<11}{row}")
    return "\n".join(lines)


def plot() -> Any:
    """Draw all activations with their slopes."""
    return plots.activation_functions()


LESSON = Lesson(
    slug="activations",
    title="Activations and their slopes",
    document="How Machines Learn: Understanding the Core Concepts of Neural Networks, sections 2 and 5",
    question="A gradient of 1 comes back to a sigmoid, a tanh and a ReLU. How much of it does each hand on?",
    build=first_probability,
    tell=tell,
    numbers={
        "sigmoid′(0)": 0.25, "tanh′(0)": 1, "relu′(0)": 0, "relu′(1)": 1, "relu′(−1)": 0, "leaky_relu′(−1)": 0.01,
        "elu′(−1)": 0.367879441171442, "softplus′(0)": 0.5, "gelu′(0)": 0.5,
        "sigmoid′(4)": 0.0176627062132911, "tanh′(4)": 0.0013409506830259, "sigmoid′(10)": 4.53958077359517e-05,
        "sigmoid, ten layers": 9.5367431640625e-07, "kink by central difference": 0.5,
        "softmax 1": 0.659001138885968, "softmax 2": 0.242432970704714, "softmax 3": 0.098565890409318,
        "p1": 0.659001138885968, "steps together, inputs above 0": 1,
        "∂p1/∂z1": 0.224718637832965, "∂p1/∂z2": -0.159763603797915, "∂p1/∂z3": -0.064955034035050,
    },
    measure=measure,
    plot=plot,
    notes=(
        Note("compute S", "e^710 is too large for a float; softmax first subtracts the largest logit: nothing changes."),
        Note("ready e1", "Two ways lead back to e1: it is above the line and, in S, below it. The first raises p1, the second lowers it."),
        Note("ready z1", "The same as p1·(1 − p1), as for a sigmoid."),
        Note("ready z2", "The same as −p1·p2: raising another logit takes probability away from p1. The three gradients add up to 0."),
    ),
    exercises=(
        Exercise(
            "What is the slope of sigmoid at 0?",
            0.25,
            lambda: slope("sigmoid", 0.0),
            ("σ′ = σ · (1 − σ).", "σ(0) = 1/2.", "1/2 · 1/2."),
            (
                Wrong("the value is taken for the slope", 0.5, lambda: ACTIVATIONS["sigmoid"](Value(0.0)).data, "σ(0) = 1/2, and its slope is σ · (1 − σ)."),
                Wrong("tanh is taken for sigmoid", 1, lambda: slope("tanh", 0.0), "tanh is four times as steep at 0."),
            ),
        ),
        GradientOf(first_probability, "z1", 0.224718637832965, {"= in the place of +=": -0.434282501053002, "upstream alone": 0.030412360499670}),
        GradientOf(first_probability, "z2", -0.159763603797915, {"local alone": 2.718281828459045, "sign of the delta": 0.159763603797915}),
        choice(
            "Which of these units is saturated?",
            [
                ("a sigmoid at 0.5", "Its slope there is 0.24, nearly the most it has."),
                ("a tanh at 6", ""),
                ("a ReLU at 50", "Its slope is 1, however far out."),
            ],
            lambda: 1 + [slope(*unit) < 0.001 for unit in (("sigmoid", 0.5), ("tanh", 6), ("relu", 50))].index(True),
            "Saturated: the slope is nearly 0.",
        ),
    ),
)  # fmt: skip
