"""Attention: one head, two tokens, by hand; with the mask and without; and what goes back to query, keys and values."""

import math
from collections.abc import Sequence
from functools import cache
from random import Random
from statistics import fmean, pstdev
from typing import Any

from autograd import Parameter, Value, dot
from autograd.classroom import Claim, Exercise, GradientOf, Lesson, Note, Told, Wrong, choice, measured, number, passes
from autograd.explain.notation import as_table
from nn import plots
from nn.lessons.definitions import define

QUERIES = {1: (2.0, 0.0), 2: (1.0, 3.0)}
KEYS = {1: (2.0, 2.0), 2: (0.0, 2.0)}
VALUES = {1: (4.0, 0.0), 2: (0.0, 8.0)}
TARGET = (3.0, 1.0)  # what token 2 ought to hand on
TOKENS, LENGTHS, DRAWS = 8, (4, 64, 512), 100
D = 4  # the size that the scores are divided by the root of: two more places of the vectors are 0, and are left out


def build() -> Value:
    """Return the squared error of what token 2 takes from both tokens."""
    q = [Parameter(x, f"q{i}") for i, x in enumerate(QUERIES[2], 1)]
    scores = []
    for token, key in KEYS.items():
        score = dot(q, [Parameter(x, f"k{token}{i}") for i, x in enumerate(key, 1)]) / math.sqrt(D)
        score.label, score.parents[0].label = f"s{token}", f"q·k{token}"
        scores.append(score)
    e = [score.exp() for score in scores]
    total = e[0] + e[1]
    a = [power / total for power in e]
    for node, label in zip((*e, total, *a), ("e1", "e2", "S", "a1", "a2"), strict=True):
        node.label = label
    columns = [[Parameter(value[i], f"v{token}{i + 1}") for token, value in VALUES.items()] for i in (0, 1)]
    outputs = [dot(a, column) for column in columns]
    targets = [Value(t, f"t{i}") for i, t in enumerate(TARGET, 1)]
    errors = [output - t for output, t in zip(outputs, targets, strict=True)]
    squares = [error**2 for error in errors]
    loss: Value = squares[0] + squares[1]
    for node, label in zip((*outputs, *errors, *squares, loss), ("o1", "o2", "d1", "d2", "E1", "E2", "L"), strict=True):
        node.label = label
    return loss


def weights(token: int, masked: bool) -> dict[int, float]:
    """Return how much a token looks at each, in plain numbers."""
    seen = [other for other in KEYS if not masked or other <= token]
    powers = {
        other: math.exp(sum(x * y for x, y in zip(QUERIES[token], KEYS[other], strict=True)) / math.sqrt(D))
        for other in seen
    }
    return {other: powers.get(other, 0.0) / sum(powers.values()) for other in KEYS}


def output(token: int, masked: bool, values: dict[int, tuple[float, float]] = VALUES) -> tuple[float, float]:
    """Return what a token takes: the weighted mean of the values."""
    found = weights(token, masked)
    first, second = (sum(found[other] * value[i] for other, value in values.items()) for i in (0, 1))
    return first, second


def sees_the_next(unmasked: bool) -> bool:
    """Tell whether token 1 changes when the value of token 2 does: without a mask, or with one."""
    other = VALUES | {2: (7.0, -5.0)}
    return output(1, not unmasked) != output(1, not unmasked, other)


def tell(lesson: Lesson) -> Told:
    """The idea; token 2 by hand; the mask; then what goes back."""
    yield "# Two tokens, each with a query, a key and a value"
    yield from define("token", "query, key and value", "attention", "mask")
    yield vectors()
    yield f"Their length d is {D}, but the last two of their numbers are 0 and are left out; so scores are divided by √{D} = 2."
    yield "# What token 2 takes"
    yield (
        f"What it takes is a vector again, (o1, o2). A loss needs a target: let ({number(TARGET[0])}, {number(TARGET[1])}) be right, so chosen that o1 is "
        "nearly right and o2 is not. (In a whole model later layers read the vector, and the target is the next token.) d1 and d2 are the differences, E1 "
        "and E2 their squares, and the loss is the sum of both."
    )
    yield "Only part of the backward pass is shown: the way to the weights a1 and a2, and to v11."
    yield from passes(lesson.build(), about=("o1", "o2", "d1", "d2", "E1", "E2", "a1", "a2", "v11"))
    found = measured(lesson.build())
    yield (
        f"The scores differ by {number(found['s1'] - found['s2'])}, so token 2 looks at token 1 with weight e/(e + 1) = {found['a1']:.4f}, and at itself with "
        f"{found['a2']:.4f}."
    )
    yield "# What goes back to query, keys and values"
    yield gradients(found)
    yield (
        "A value gets the gradient of the output times its weight. A score gets a·(∂L/∂a − Σ a·∂L/∂a), softmax's matrix: "
        f"{number(round(found['∂L/∂s1'], 4))} and {number(round(found['∂L/∂s2'], 4))}, which add up to 0. A key gets the query times its score's gradient, "
        "the query all keys times theirs, each divided by 2. The second number of both keys is 2, so ∂L/∂q2 is 2·0/2 = 0; in floating point "
        f"{number(found['∂L/∂q2'])} is left, which pages and papers show."
    )
    yield "# With the division by √d and without"
    yield from divisions()
    yield "# With the mask and without"
    yield masks()
    yield Claim(
        "Without the mask the output of token 1 changes with the value of token 2, because token 1 looks at it: a model that is to predict token 2 from "
        "token 1 would read the answer. With the mask, the weight is 0, and nothing of token 2 arrives.",
        sees_the_next,
    )
    yield (
        "Token 2 looks at both either way: nothing comes after it. Softmax is taken over what may be seen; what may not be seen has the weight 0, as if "
        "its score were −∞."
    )
    yield (
        "The document says of softmax that it is “not used between hidden layers”, “exclusively” in the last. Here it is used within: not for the "
        "probabilities of classes, but for the weights of a mean."
    )


@cache
def looked(d: int, divided: bool) -> tuple[float, float, float]:
    """Return, for random vectors of length d: the deviation of the scores, the largest weight, and the largest slope of a weight, in the mean."""
    rng, scores, largest, slopes = Random(d), list[float](), list[float](), list[float]()
    for _ in range(DRAWS):
        query, *keys = ([rng.gauss(0, 1) for _ in range(d)] for _ in range(1 + TOKENS))
        found = [
            math.fsum(x * y for x, y in zip(query, key, strict=True)) / (math.sqrt(d) if divided else 1) for key in keys
        ]
        a = softened(found)
        scores += found
        largest.append(max(a))
        slopes.append(max(weight * (1 - weight) for weight in a))
    return pstdev(scores), fmean(largest), fmean(slopes)


def divisions() -> Told:
    """Tell what the division does to long vectors."""
    yield (
        f"A query and {TOKENS} keys of length d, all numbers drawn from the standard normal distribution, {DRAWS} times. The largest slope is that of a weight "
        "with respect to its score, a·(1 − a), at most ¼:"
    )
    rows: list[tuple[str | int, ...]] = [
        ("d", "division", "deviation of the scores", "largest weight", "largest slope")
    ]
    rows += [
        (d, "by √d" if divided else "none", *(f"{x:.3f}" for x in looked(d, divided)))
        for d in LENGTHS
        for divided in (True, False)
    ]
    yield as_table(rows, left=(1,))
    long = LENGTHS[-1]
    yield Claim(
        f"With d = {long} nearly all weight is on one token, {looked(long, False)[1]:.3f} in the mean, and hardly a gradient goes back to the scores, because "
        f"a score is a sum of {long} products and is not divided by √{long}: divided, the largest weight is {looked(long, True)[1]:.3f}.",
        lambda not_divided: looked(long, not not_divided)[1] > 0.9,
    )


def softened(scores: Sequence[float]) -> list[float]:
    """Return the softmax of plain numbers."""
    powers = [math.exp(score - max(scores)) for score in scores]
    return [power / sum(powers) for power in powers]


def vectors() -> str:
    """Return all queries, keys and values."""
    rows = ((t, *(f"({number(m[t][0])}, {number(m[t][1])})" for m in (QUERIES, KEYS, VALUES))) for t in KEYS)
    return as_table([("token", "query", "key", "value"), *rows], left=())


def gradients(found: dict[str, float]) -> str:
    """Return the gradients of query, keys and values."""
    names = ("q1", "q2", "k11", "k12", "k21", "k22", "v11", "v12", "v21", "v22")
    cells = [cell for name in names for cell in (f"∂L/∂{name}", f"{found[f'∂L/∂{name}']:.4f}")]
    rows = ([*cells[:4], *[""] * 4], cells[4:12], cells[12:])
    return as_table(rows, left=(0, 2, 4, 6))


def masks() -> str:
    """Return the weights and the output of each token, with the mask and without."""
    rows: list[tuple[str | int, ...]] = [("token", "mask", "to token 1", "to token 2", "output")]
    for token in KEYS:
        for masked in (True, False):
            found, (first, second) = weights(token, masked), output(token, masked)
            shares = (f"{found[1]:.4f}", f"{found[2]:.4f}")
            rows.append((token, "with" if masked else "without", *shares, f"({first:.4f}, {second:.4f})"))
    return as_table(rows, left=(1, 4))


def measure(lesson: Lesson) -> dict[str, float]:
    """Return the graph's numbers, and what token 1 sees."""
    return measured(lesson.build()) | {
        "token 1 to token 2, without a mask": weights(1, False)[2],
        "token 1 to token 2, with the mask": weights(1, True)[2],
        "divided, d = 512: largest weight": looked(512, True)[1],
        "not divided, d = 512: largest weight": looked(512, False)[1],
        "softmax's share": 1 / (1 + math.exp(-1)),
    }


def plot() -> Any:
    """Draw the weights of both tokens, with the mask and without."""
    figure = plots.new_figure(1, 2)
    for ax, masked in zip(figure.axes, (True, False), strict=True):
        table = [list(weights(token, masked).values()) for token in KEYS]
        ax.imshow(table, cmap="Blues", vmin=0, vmax=1.6)
        for j, row in enumerate(table):
            for i, x in enumerate(row):
                ax.text(i, j, f"{x:.3f}", ha="center", va="center")
        ax.set(
            title="with the mask" if masked else "without",
            xlabel="looks at token",
            ylabel="token",
            xticks=[0, 1],
            yticks=[0, 1],
        )
        ax.set_xticklabels([1, 2])
        ax.set_yticklabels([1, 2])
    return figure


LESSON = Lesson(
    slug="attention",
    title="Attention, scalar by scalar",
    document="How Machines Learn: Understanding the Core Concepts of Neural Networks, Conclusion (Translate between languages); its softmax",
    question="A token asks, others answer: how much does it take from each, and what does the loss tell them?",
    build=build,
    tell=tell,
    numbers={
        "q·k1": 8, "q·k2": 6, "s1": 4, "s2": 3, "a1": 0.731058578630005, "a2": 0.268941421369995,
        "o1": 2.92423431452002, "o2": 2.15153137095996, "L": 1.3317649374011784,
        "token 1 to token 2, without a mask": 0.119202922022118, "token 1 to token 2, with the mask": 0, "softmax's share": 0.731058578630005,
        "divided, d = 512: largest weight": 0.372383166117, "not divided, d = 512: largest weight": 0.959369850160,
    },
    measure=measure,
    plot=plot,
    notes=(
        Note("ready a1", "How the loss would change if token 2 looked at token 1 more: 4 times that of o1, for v1 is (4, 0)."),
        Note("ready v11", "The weight times the gradient of o1: a value is told as much as it was listened to."),
    ),
    exercises=(
        GradientOf(build, "v11", -0.1107783086718456, {"local alone": 0.731058578630005}),
        GradientOf(build, "s1", -3.74164844768711, {"sign of the delta": 3.74164844768711}),
        Exercise(
            "Two scores are 3 and 3. With what weight does the token look at each?",
            0.5,
            lambda: math.exp(3) / (math.exp(3) + math.exp(3)),
            ("Softmax compares: only differences count.", "They are equal, and add up to 1."),
            (Wrong("the score is taken for the weight", 3, lambda: 3, "Weights add up to 1."),),
        ),
        choice(
            "Three tokens, with the mask. Which can be the weights of token 1?",
            [
                ("(1, 0, 0)", ""),
                ("(⅓, ⅓, ⅓)", "Tokens 2 and 3 come later: they may not be seen."),
                ("(0, ½, ½)", "It may see itself, and nothing that comes later."),
            ],
            lambda: 1 if weights(1, True)[1] == 1 else 0,
            "Token 1 may look at token 1.",
        ),
    ),
)  # fmt: skip
