"""Losses: how wrong a price is, how wrong a probability is, and which mistake the gradient hears first."""

import math
import statistics
from collections.abc import Callable, Sequence
from typing import Any

from autograd import Value, grad, mean
from autograd.classroom import Exercise, GradientOf, Lesson, Note, Story, Told, Wrong, choice, measured, number, passes
from autograd.explain.notation import as_table
from nn import plots
from nn.lessons import own_losses
from nn.lessons.definitions import define
from nn.losses import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    categorical_cross_entropy,
    huber_loss,
    mae_loss,
    mse_loss,
)

PREDICTED, TRUE = (210e3, 280e3, 255e3), (200e3, 300e3, 250e3)
PROBABILITIES = (0.95, 0.9, 0.5, 0.4, 0.3, 0.1, 0.05, 0.01)
FIVE, WORDS = (0.1, 0.2, 0.5, 0.15, 0.05), 50_000
DIGIT, DIGITS = 7, (0.05, 0.05, 0.1, 0.05, 0.05, 0.05, 0.1, 0.4, 0.1, 0.05)

SPOILT = (1.0, 1.0, 1.0, 1.0, 96.0)  # four prices and an outlier


def houses() -> Value:
    """Return the mean squared error of three prices."""
    squares = []
    for i, (predicted, true) in enumerate(zip(PREDICTED, TRUE, strict=True), 1):
        error = Value(predicted, f"p{i}") - true
        error.label = f"e{i}"
        squares.append(error**2)
        squares[-1].label = f"s{i}"
    loss = mean(squares)
    loss.label = "L"
    return loss


def right_with(p: float) -> tuple[float, float, float, float]:
    """Return, for a sigmoid that gives p to what is true, the cross-entropy and the squared error, each with its slope at z."""
    z = Value(math.log(p / (1 - p)))
    surprise, square = binary_cross_entropy_with_logits(z, 1), mse_loss(z.sigmoid(), 1)
    return surprise.data, grad(surprise, [z])[0], square.data, grad(square, [z])[0]


def at_prediction(p: float) -> dict[str, float]:
    """Return the squared error of a prediction p for 1, and its slope there."""
    prediction = Value(p)
    square = mse_loss(prediction, 1.0)
    return {
        f"{number(p)} for 1: squared error": square.data,
        f"{number(p)} for 1: slope": grad(square, [prediction])[0],
    }


def shares(numbers: list[float]) -> list[float]:
    """Return what part of their sum each number's size is."""
    total = math.fsum(map(abs, numbers))
    return [abs(x) / total for x in numbers]


def percent(share: float) -> str:
    """Write a share as a percentage."""
    return f"{share:.0%}"


def measure(lesson: Lesson) -> dict[str, float]:
    """Return every figure that the documents give, and what goes with it."""
    surprises = {f"−ln {number(p)}": binary_cross_entropy(p, 1).data for p in PROBABILITIES}
    return measured(lesson.build()) | at_prediction(0.3) | surprises | {
        "mean absolute error": mae_loss(PREDICTED, TRUE).data,
        "of the digit": categorical_cross_entropy(DIGITS, DIGIT).data,
        "ten classes, all alike": categorical_cross_entropy([0.1] * 10, DIGIT).data,
        "in bits, of the digit": categorical_cross_entropy(DIGITS, DIGIT).data / math.log(2),
        "0.9 for 0": binary_cross_entropy(0.9, 0).data,
        "of class 3 of five": categorical_cross_entropy(FIVE, 2).data,
    }  # fmt: skip


def tell(lesson: Lesson) -> Told:
    """Go through the houses, then through probabilities, one class and ten; and say in which unit."""
    found = measure(lesson)
    yield (
        "Somebody learns to draw circles. “Wrong” does not help; how far each point is from the circle, in one number, does. A loss is such a number."
    )
    yield "# A price: mean squared error"
    yield from define("model", "mean squared error")
    yield "p1 to p3 are predicted prices of three houses, e1 to e3 their errors, s1 to s3 the squares."
    yield from passes(lesson.build(), about=("s1", "s2", "s3", "e1", "e2", "e3", "p2"))
    yield from define("outlier", "mean absolute error", "Huber loss")
    yield price_table(found)
    squares, gradients, _ = (shares(column) for column in columns(found))
    yield (
        f"The loss is {number(found['L'] / 1e6)} million, in squares of money. The second house makes up {percent(squares[1])} of it, and "
        f"{percent(gradients[1])} of the gradient, which grows with the error and not with its square. The mean absolute error is "
        f"{found['mean absolute error']:,.0f}, in money; its slopes are all of one size, ⅓ each, however large the error. (In one document the row of "
        "the mean absolute error is garbled. It should read: (1/n) Σ |ŷ − y|, regression, grows linearly with the error.)"
    )
    yield (
        "Huber's loss is ½e² for small errors, and straight beyond a bound, delta in nn.huber_loss and in PyTorch (textbooks write δ, which everywhere else "
        "in this course is a gradient). With the bound 1, errors of 0.5, 1 and 3 cost "
        f"{', '.join(number(huber_loss(e, 0.0).data) for e in (0.5, 1.0, 3.0))}."
    )
    yield (
        "An error of 10 costs 100 squared and 10 absolute, an error of 1 costs 1 and 1. So outliers pull the squared error: of "
        f"{', '.join(map(number, SPOILT))}, the constant with the least squared error is {number(statistics.mean(SPOILT))}, their mean; with the least "
        f"absolute error {number(statistics.median(SPOILT))}, their median. But |e| has no derivative at 0: it jumps from −1 to +1."
    )
    yield (
        "What a loss needs: never below 0; 0 for a perfect prediction; the larger, the more wrong; a derivative (almost) everywhere; and that it "
        "measures what matters."
    )
    yield "# A probability: cross-entropy"
    yield from define("cross-entropy", "binary cross-entropy")
    yield "ŷ is the probability given to what is true (y = 1), from a sigmoid of z."
    yield probability_table()
    yield (
        f"At 95% the loss is small, at 5% it is {found['−ln 0.05'] / found['−ln 0.95']:.0f} times as large, and at ŷ = 0 it is infinite: chalkgrad refuses "
        f"that, unless you pass allow_inf=True. For y = 0 the same is read from the other side: ŷ = 0.9 costs {found['0.9 for 0']:.4f}."
    )
    yield (
        f"A prediction of 0.3 where 1.0 is right has the squared error {number(found['0.3 for 1: squared error'])}, with the slope 2(ŷ − y) = "
        f"{number(found['0.3 for 1: slope'])}. Why not use that for probabilities too? See the last column: from ŷ = ⅓ down, the more confident the wrong "
        "prediction is, the less comes back through the sigmoid. With cross-entropy the slope at z is ŷ − y, and grows."
    )
    yield "# One of ten: categorical cross-entropy"
    yield from define("one-hot", "logsumexp")
    yield from ten_classes(found)
    yield "# A loss of one's own"
    yield from own_losses.told()


def columns(found: dict[str, float]) -> tuple[list[float], list[float], list[float]]:
    """Return the houses' squared errors, gradients, and gradients of the absolute error."""
    of_house = [(found[f"s{i}"], found[f"∂L/∂p{i}"]) for i in (1, 2, 3)]
    predictions = [Value(p) for p in PREDICTED]
    return [s for s, _ in of_house], [g for _, g in of_house], list(grad(mae_loss(predictions, TRUE), predictions))


def price_table(found: dict[str, float]) -> str:
    """Return each house's error, its square, and both gradients."""
    of_house = zip(*columns(found), strict=True)
    rows = [
        (i, f"{found[f'e{i}']:,.0f}", f"{square:,.0f}", f"{gradient:,.0f}", f"{absolute:.4f}")
        for i, (square, gradient, absolute) in enumerate(of_house, 1)
    ]
    return as_table([("house", "error", "square", "slope of square/3", "slope of |error|/3"), *rows], left=())


def probability_table() -> str:
    """Return the cross-entropy and the squared error for each probability, with the slopes at z."""
    rows = [(f"{p:.2f}", *(f"{x:.4f}" for x in right_with(p))) for p in PROBABILITIES]
    return as_table([("ŷ", "−ln ŷ", "slope at z", "(ŷ − 1)²", "slope at z"), *rows], left=())


def ten_classes(found: dict[str, float]) -> Story:
    """Tell of the digit, of guessing, and of bits."""
    yield (
        f"Of ten probabilities only that of the true class counts. The document's network gives {number(DIGITS[DIGIT])} to the digit 7: "
        f"−ln 0.4 = {found['of the digit']:.4f}. With 0.9 it would be {found['−ln 0.9']:.4f}. A network that gives a tenth to each digit has a loss of ln 10 = "
        f"{found['ten classes, all alike']:.4f}: the 2.3 at which training on ten classes begins."
    )
    yield (
        "The digit 7 is place 7 of the list, counted from 0. (The document's other example, [0, 0, 1, 0, 0] “for class 3”, counts from 1. Libraries "
        f"count from 0: there it is class 2. Given [{', '.join(map(number, FIVE))}], its loss is −ln 0.5 = {categorical_cross_entropy(FIVE, 2).data:.3f}.) "
        f"As a whole number (sparse) a label takes one number where one-hot takes one for each class: for 32 labels and ten classes, 32 "
        f"instead of {32 * 10}; for {WORDS:,} words, 32 instead of {32 * WORDS:,}."
    )
    yield (
        "Cross-entropy is called an average number of bits. It is that with logarithms to base 2; with ln, as here and in nearly every library, the unit "
        f"is the nat: {found['of the digit']:.4f} nats are {found['in bits, of the digit']:.4f} bits. A nat is {1 / math.log(2):.4f} bits, and the factor "
        "does not move a minimum."
    )
    half, sure = (0.5, 0.5), (0.9, 0.1)
    yield (
        "The document calls it the “distance” between two distributions, and the quotation marks are needed: of (0.5, 0.5) by (0.9, 0.1) "
        f"it is {crossed(half, sure):.3f}, the other way round {crossed(sure, half):.3f}; and of (0.5, 0.5) by itself {crossed(half, half):.3f}. Only for a "
        "one-hot label does a perfect prediction have the loss 0."
    )


def crossed(true: Sequence[float], predicted: Sequence[float]) -> float:
    """Return the cross-entropy of two distributions."""
    return categorical_cross_entropy(predicted, true).data


def plot() -> Any:
    """Draw the losses of a price against its error, and those of a probability against it."""
    figure = plots.new_figure(1, 2)
    price, probability = figure.axes
    errors, shares = plots.even(-3, 3, 121), plots.even(0.01, 1, 100)
    named: dict[str, Callable[[float, float], Value]] = {"squared": mse_loss, "absolute": mae_loss, "Huber": huber_loss}
    for (name, loss), dash, colour in zip(
        named.items(), plots.DASHES, (plots.BLUE, plots.VERMILION, plots.GREEN), strict=False
    ):
        price.plot(errors, [loss(error, 0).data for error in errors], dash, color=colour, label=name)
    price.set(xlabel="error ŷ − y", ylabel="loss", title="A price", ylim=(0, 5))
    probability.plot(shares, [binary_cross_entropy(p, 1).data for p in shares], "-", color=plots.BLUE, label="−ln ŷ")
    probability.plot(shares, [mse_loss(p, 1).data for p in shares], "--", color=plots.VERMILION, label="(ŷ − 1)²")
    probability.set(xlabel="probability ŷ of what is true", ylabel="loss", title="A probability", ylim=(0, 5))
    for ax in figure.axes:
        plots.legend_below(ax)
    return figure


LESSON = Lesson(
    slug="losses",
    title="How wrong? Losses and their slopes",
    document="How Machines Learn: Understanding the Core Concepts of Neural Networks, section 4; How Deep Networks Learn; How a Network Learns",
    question="Three prices are wrong by 10, 20 and 5 thousand. How wrong is the model, and which house does it listen to?",
    build=houses,
    tell=tell,
    numbers={
        "e1": 10_000, "e2": -20_000, "e3": 5_000, "s1": 100e6, "s2": 400e6, "s3": 25e6, "L": 175e6,
        "∂L/∂p1": 20_000 / 3, "∂L/∂p2": -40_000 / 3, "∂L/∂p3": 10_000 / 3,
        "mean absolute error": 35_000 / 3,
        "0.3 for 1: squared error": 0.49, "0.3 for 1: slope": -1.4,
        "−ln 0.5": 0.693147180559945, "−ln 0.1": 2.302585092994046, "−ln 0.9": 0.105360515657826, "0.9 for 0": 2.302585092994046,
        "−ln 0.3": 1.203972804325936, "−ln 0.95": 0.051293294387551, "−ln 0.05": 2.995732273553991,
        "of class 3 of five": 0.693147180559945,
        "of the digit": 0.916290731874155, "in bits, of the digit": 1.321928094887362, "ten classes, all alike": 2.302585092994046,
    },
    measure=measure,
    plot=plot,
    notes=(
        Note("compute s2", "Squares are never negative, so errors cannot cancel; and twice the error costs four times."),
        Note("chain s2→e2", "The slope of e² is 2e: zero for a perfect prediction, otherwise with the sign of the error."),
        Note("ready p2", "Too low a price, so a negative gradient: raise it. It is twice house 1's, for twice the error."),
    ),
    exercises=(
        GradientOf(houses, "p2", -40_000 / 3, {"sign of the delta": 40_000 / 3, "½(t − o)² for (t − o)²": -20_000 / 3}),
        Exercise(
            "A prediction is 0.3 where 1.0 is right. What is the slope of (ŷ − y)² with respect to ŷ?",
            -1.4,
            lambda: at_prediction(0.3)["0.3 for 1: slope"],
            ("2(ŷ − y).", "2 · (0.3 − 1)."),
            (
                Wrong("the 2 is left out", -0.7, lambda: 0.3 - 1, "That is the slope of ½(ŷ − y)²."),
                Wrong("y − ŷ is taken for ŷ − y", 1.4, lambda: 2 * (1 - 0.3), "The prediction is too low: more of it must lower the loss."),
            ),
        ),
        Exercise(
            "The digit 7 was given the probability 0.4. What is the cross-entropy, in nats?",
            0.916290731874155,
            lambda: categorical_cross_entropy(DIGITS, DIGIT).data,
            ("Only the probability of the true class counts.", "−ln 0.4."),
            (
                Wrong("the logarithm is to base 10", 0.397940008672038, lambda: -math.log10(0.4), "In learning log is ln; on a calculator it is log₁₀."),
                Wrong("the logarithm is to base 2", 1.321928094887362, lambda: -math.log2(0.4), "That is the same in bits."),
            ),
        ),
        choice(
            "A sigmoid gives 0.01 to what is true. Which loss sends the larger slope to z?",
            [("the squared error", "Its slope is multiplied by ŷ(1 − ŷ), which is almost 0 here."),
             ("the cross-entropy", ""),
             ("both the same", "Compare the columns of the table: −0.99 and −0.02.")],
            lambda: 1 + (abs(right_with(0.01)[1]) > abs(right_with(0.01)[3])),
            "ŷ − y, or 2(ŷ − y)·ŷ(1 − ŷ)?",
        ),
    ),
)  # fmt: skip
