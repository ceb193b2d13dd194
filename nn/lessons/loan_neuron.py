"""The loan neuron: a weighted sum is a line in the plane, and its gradient says how to move the line."""

import math
from random import Random
from typing import Any

from autograd import Parameter, Value, grad
from autograd.classroom import (
    Claim,
    Exercise,
    GradientOf,
    Lesson,
    Note,
    Story,
    Told,
    Trainable,
    Wrong,
    choice,
    measured,
    number,
    passes,
    updates,
)
from nn import plots
from nn.layers import Neuron
from nn.lessons.definitions import define
from nn.losses import hinge_loss

DOCUMENT = (0.5, 2.0, -150.0)  # z = 0.5·income + 2·score − 150; the income is in thousands
LEARNING_RATE = 0.001
APPLICATIONS = 60
WRONGLY_REJECTED = (100.0, 40.0)  # who has since repaid a loan
APPLICANTS = {"Ada": (100.0, 60.0), "Ben": (40.0, 50.0), "Cleo": (120.0, 45.0), "Dan": WRONGLY_REJECTED}
INCOMES, SCORES = (0.0, 200.0), (0.0, 100.0)
Line = tuple[float, float]  # the slope, and the score where the income is 0


def decision(income: float, score: float, unit: tuple[float, float, float] = DOCUMENT) -> Value:
    """Return z for an applicant: approved above 0."""
    w1, w2, b = unit
    z = Neuron(2, "linear", weights=[w1, w2], bias=b)([Value(income, "income"), Value(score, "score")])
    z.label = "z"
    return z


def wrongly_rejected(unit: tuple[float, float, float] = DOCUMENT) -> Value:
    """Return a loss for someone who should have been approved: how far z falls short of 1."""
    loss = (1 - decision(*WRONGLY_REJECTED, unit)).relu()
    loss.label = "L"
    return loss


def line(unit: tuple[float, float, float]) -> Line:
    """Return where z = 0, solved for the score."""
    w1, w2, b = unit
    return -w1 / w2, -b / w2


def step(loss: Value) -> tuple[float, float, float]:
    """Return the weights and the bias after a step of gradient descent."""
    w1, w2, b = (update.after for update in updates(loss, parameters(loss), LEARNING_RATE))
    return w1, w2, b


def parameters(loss: Value) -> list[Value]:
    """Return w1, w2 and b of the one neuron in the graph."""
    z = loss.parents[0].parents[1]
    return [node for node in z.parents if node.kind == "parameter"]


def measure(lesson: Lesson) -> dict[str, float]:
    """Return the line, each applicant's z, and both again after a step."""
    loss = lesson.build()
    after = step(loss)
    (slope, at_0), (slope_after, at_0_after) = line(DOCUMENT), line(after)
    return measured(loss) | {f"z of {name}": decision(*point).data for name, point in APPLICANTS.items()} | {
        "slope of the line": slope, "score at income 0": at_0,
        "after the step: slope": slope_after, "after the step: score at income 0": at_0_after,
        "after the step: z": decision(*WRONGLY_REJECTED, after).data,
        "z of the lowest credit score, without an income": decision(0, 300).data,
    }  # fmt: skip


def tell(lesson: Lesson) -> Told:
    """Find the line, see what the weights mean and in which units, then let one mistake move it."""
    found = measure(lesson)
    yield "# The line: z = 0.5·income + 2·score − 150"
    yield from define("decision boundary")
    yield (
        f"Where z = 0, score = {number(found['score at income 0'])} − {number(-found['slope of the line'])}·income (the income in thousands). "
        "Above the line z is positive: approved. Below it z is negative: rejected. z / √(w1² + w2²) is how far the point is from the line, "
        "with the sign of its side."
    )
    yield table()
    yield "# Is the score really four times as important?"
    yield from importance(found)
    yield "# A mistake moves the line"
    yield from define("hinge loss")
    yield "Dan was rejected, and has since repaid another loan: z should have been above 0."
    yield "Let the loss be the amount by which z falls short of 1: the hinge loss with y = 1. A maximum with 0 is a ReLU:"
    loss = lesson.build()
    yield from passes(loss)
    yield "# Update"
    yield f"The learning rate is {LEARNING_RATE:g}."
    yield from updates(loss, parameters(loss), LEARNING_RATE)
    yield (
        f"Dan's z is now {number(found['after the step: z'])} instead of {number(found['z'])}, and the line is "
        f"score = {number(found['after the step: score at income 0'])} − {number(-found['after the step: slope'])}·income. It has turned towards him; "
        "one more such step, and he is above it."
    )
    yield Claim(
        "The bias has moved 100 times less than w1, because its input is 1 beside inputs of 100 and 40. With inputs of 1 and 0.4 it "
        "moves as far as w1: inputs are brought to one scale before training (nn.standardise subtracts the mean of each, and divides by its "
        "standard deviation).",
        bias_lags,
    )
    yield "# Learning the line from many applications"
    yield from define("epoch")
    yield from search()


def applications() -> tuple[list[tuple[tuple[float, float], int]], list[float]]:
    """Return APPLICATIONS with both inputs on one scale, each with −1 or 1, and the weights and the bias to begin with."""
    rng = Random(4)
    people = [(rng.uniform(0, 2), rng.uniform(0, 1)) for _ in range(APPLICATIONS)]
    labels = [1 if 0.5 * income + 2 * score > 1.5 else -1 for income, score in people]
    return list(zip(people, labels, strict=True)), [rng.uniform(-1, 1) for _ in range(3)]


def trainable() -> Trainable:
    """Return the same training, for the page."""
    people, (w1, w2, b) = applications()
    return Trainable(Neuron(2, "linear", weights=[w1, w2], bias=b), people, hinge_loss, 0.05, batch=1)


def learned() -> list[tuple[int, int]]:
    """Train a neuron from random weights on APPLICATIONS, one application after the other; return (epoch, how many are wrong)."""
    people, start = applications()
    w = list(map(Parameter, start))
    found = []
    for epoch in range(51):
        wrong = sum((w[0].data * i + w[1].data * s + w[2].data > 0) != (y > 0) for (i, s), y in people)
        found.append((epoch, wrong))
        for (income, score), y in people:
            for p, slope in zip(w, grad((1 - y * (w[0] * income + w[1] * score + w[2])).relu(), w), strict=True):
                p.data -= 0.05 * slope
    return found


def bias_lags(unscaled: bool) -> bool:
    """Tell whether a step moves the bias 100 times less than w1: with the inputs as they are, or divided by 100."""
    scale = 1 if unscaled else 100
    w1, w2, b = map(Parameter, DOCUMENT)
    income, score = (x / scale for x in WRONGLY_REJECTED)
    by_w1, by_b = grad((1 - (w1 * income + w2 * score + b)).relu(), [w1, b])
    return bool(abs(by_b) <= abs(by_w1) / 100)


def search() -> Story:
    """Tell how a neuron finds a line from random weights."""
    rows = dict(learned())
    yield (
        f"{APPLICATIONS} applications, with both inputs counted in hundreds, are to be separated by the same line, now 0.5·income + 2·score = 1.5. A "
        "neuron with random weights, trained by the hinge loss, an application a step with learning rate 0.05: "
        f"{', '.join(f'{rows[k]} wrong after {k} epochs' for k in (0, 5, 20, 50))}. Start with a random line, see who is on the wrong side, turn and "
        "shift it, repeat. Without a bias it could only turn about (0, 0)."
    )


def table() -> str:
    """Return each applicant with z, the distance from the line, and the verdict."""
    lines = ["applicant   income   score      z   distance   verdict"]
    for name, (income, score) in APPLICANTS.items():
        z = decision(income, score).data
        verdict = "approved" if z > 0 else "rejected" if z < 0 else "on the line"
        distance = f"{z / math.hypot(*DOCUMENT[:2]):.2f}".replace("-", "−")
        lines.append(f"{name:<9}{number(income):>9}{number(score):>8}{number(z):>7}{distance:>11}   {verdict}")
    return "\n".join(lines)


def importance(found: dict[str, float]) -> Story:
    """Say what a ratio of weights means."""
    w1, w2, _ = DOCUMENT
    yield (
        f"The document says so, since {number(w2)} is {number(w2 / w1)} times {number(w1)}. That compares a point of the score with a thousand of the "
        f"income. Count the income in single units and w1 is {number(w1 / 1000)}, the ratio {w2 / w1 * 1000:,.0f}, and the line the same. A weight has "
        "the unit of 1/input, so ratios of weights mean nothing until the inputs are on one scale."
    )
    by_income, by_score = w1 * INCOMES[1], w2 * SCORES[1]
    yield (
        f"Over the whole range of incomes, {number(INCOMES[0])} to {number(INCOMES[1])}, z changes by {number(by_income)}; over that of scores, "
        f"{number(SCORES[0])} to {number(SCORES[1])}, by {number(by_score)}: {number(by_score / by_income)} times as much, not {number(w2 / w1)}. "
        "The scale of the score matters to the bias too: with credit scores from 300 to 850, as many banks have them, z would be "
        f"{number(found['z of the lowest credit score, without an income'])} for the worst score and no income at all, and everybody would get a loan."
    )


def plot() -> Any:
    """Draw the applicants, the line, the direction in which z grows, and the line after the step."""
    ax = plots.axes()
    after = step(wrongly_rejected())
    for unit, dash, label in ((DOCUMENT, "-", "z = 0"), (after, "--", "after one step for Dan")):
        slope, at_0 = line(unit)
        ax.plot(INCOMES, [at_0 + slope * income for income in INCOMES], dash, color=plots.BLACK, label=label)
    slope, at_0 = line(DOCUMENT)
    edge = [at_0 + slope * income for income in INCOMES]
    ax.fill_between(INCOMES, edge, SCORES[1], color=plots.BLUE, alpha=0.15, label="approved")
    ax.fill_between(INCOMES, SCORES[0], edge, color=plots.ORANGE, alpha=0.15, label="rejected")
    for name, point in APPLICANTS.items():
        ax.plot(*point, "o", color=plots.BLACK)
        above = decision(*point).data >= 0
        ax.annotate(name, point, xytext=(-4, 7 if above else -15), textcoords="offset points")
    ax.annotate("", (50 + 8 * DOCUMENT[0], 62.5 + 8 * DOCUMENT[1]), (50, 62.5), arrowprops={"arrowstyle": "->"})
    ax.annotate("(w1, w2)", (56, 78))
    ax.set(
        xlabel="income (thousands)",
        ylabel="score",
        title="One neuron, one line",
        xlim=INCOMES,
        ylim=SCORES,
        aspect="equal",
    )
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.25), ncols=2, frameon=False)
    return ax.figure


LESSON = Lesson(
    slug="loan-neuron",
    title="The loan neuron and its line",
    document="How Machines Learn: Understanding the Core Concepts of Neural Networks, section 1",
    question="A bank approves a loan where 0.5·income + 2·score − 150 is above 0. Where is the border, and who should move it?",
    build=wrongly_rejected,
    tell=tell,
    numbers={
        "slope of the line": -0.25, "score at income 0": 75,
        "z of Ada": 20, "z of Ben": -30, "z of Cleo": 0, "z of Dan": -20,
        "z of the lowest credit score, without an income": 450,
        "z": -20, "L": 21, "∂L/∂z": -1, "∂L/∂w1": -100, "∂L/∂w2": -40, "∂L/∂b": -1, "∂L/∂income": -0.5, "∂L/∂score": -2,
        "after the step: z": -8.399, "after the step: slope": -0.6 / 2.04, "after the step: score at income 0": 149.999 / 2.04,
    },
    measure=measure,
    plot=plot,
    training=trainable,
    notes=(
        Note("ready w1", "The gradient of a weight is upstream times its input, and the income is a large number."),
        Note("ready score", "What Dan would do himself: a point more of score lowers the loss by 2, four times as much as a thousand more of income."),
        Note("ready b", "The bias would move the line without turning it."),
    ),
    exercises=(
        Exercise(
            "An applicant has an income of 60 (thousand). Which score is exactly on the line 0.5·income + 2·score − 150 = 0?",
            60,
            lambda: line(DOCUMENT)[1] + line(DOCUMENT)[0] * 60,
            ("On the line z = 0.", "score = 75 − 0.25 · income.", "75 − 0.25 · 60."),
            (Wrong("the sign of the slope is turned", 90, lambda: line(DOCUMENT)[1] - line(DOCUMENT)[0] * 60,
                   "Bringing 0.5·income to the other side turns its sign: who earns more needs less of a score."),),
        ),
        GradientOf(wrongly_rejected, "w2", -40, {"sign of the delta": 40, "local alone": 40, "upstream alone": -1}),
        GradientOf(wrongly_rejected, "income", -0.5, {"local alone": 0.5, "zero_grad forgotten": -1}),
        choice(
            "The income is counted in single units instead of thousands. Which w1 draws the same line?",
            [("0.0005", ""),
             ("500", "Then a single unit would count as much as a million did."),
             ("0.5", "Then an income of 60,000 would have a z of 30,000 from the income alone.")],
            lambda: 1 + [abs(w1 * 60_000 + 2 * 60 - 150) < 1e-9 for w1 in (0.0005, 500.0, 0.5)].index(True),
            "An income of 60 thousand adds 0.5 · 60 = 30 to z. Written as 60,000 it must add as much.",
        ),
    ),
)  # fmt: skip
