"""The complete training loop: written out, with fit, and its first step under the glass."""

import math
from collections.abc import Sequence
from itertools import groupby
from random import Random
from typing import Any

from autograd import Value, phases, scope
from autograd.classroom import Claim, Exercise, GradientOf, Lesson, Note, Story, Told, Wrong, choice, measured, number
from autograd.explain.notation import as_table
from nn.data.batching import batches
from nn.layers import MLP
from nn.lessons import ablation
from nn.lessons.definitions import define
from nn.lessons.training_run import (
    BATCH,
    CLASSES,
    EPOCHS,
    LEARNING_RATE,
    LOOK,
    PATIENCE,
    Row,
    bias_sums,
    by_fit,
    by_hand,
    early_step,
    first_loss,
    parts,
)
from nn.losses import cross_entropy
from nn.optim.optimizers import SGD
from nn.plots import loss_curves, new_figure
from nn.training.fit import evaluate

LEFT_OUT = ("chain z1→u1", "ready u1", "chain z1→c1", "ready c1", "chain z2→c2", "ready c2", "chain z→x", "ready x")
TOO_LARGE = 3  # times the weights of the network
HOW_MACHINES_LEARN = {1: (2.3, 0.10), 10: (1.2, 0.60), 50: (0.3, 0.92), 100: (None, 0.93)}
FUNDAMENTALS = {1: (2.45, 0.15), 10: (1.23, 0.45), 50: (0.42, 0.78), 100: (0.15, 0.92), 200: (0.08, 0.97)}


def tiny() -> MLP:
    """Return a network small enough to step through: one input, one hidden unit, two classes."""
    model = MLP(1, [1, 2], weights=[[[0.5]], [[1.0], [-1.0]]])
    for parameter, label in zip(model.parameters(), ("w", "b", "u1", "c1", "u2", "c2"), strict=True):
        parameter.label = label
    return model


def forward(model: MLP, x: Sequence[Value]) -> list[Value]:
    """Return the logits of the two classes, and label what is on the way."""
    with scope("layer0"):
        (hidden,) = model.layers[0](x)
    with scope("layer1"):
        logits = model.layers[1]([hidden])
    for node, label in zip((hidden.parents[0], hidden, *logits), ("z", "h", "z1", "z2"), strict=True):
        node.label = label
    return logits


def loss_of(logits: Sequence[Value], target: int) -> Value:
    """Return the cross-entropy, labelled."""
    loss: Value = cross_entropy(logits, target)
    loss.label, loss.parents[0].label = "L", "lse"
    return loss


def first_example() -> Value:
    """Return the loss of one example: the input is 2, the true class the second."""
    return loss_of(forward(tiny(), [Value(2.0, "x")]), 1)


def tell(lesson: Lesson) -> Told:
    """Dance the four steps once, then thousands of times, and lay the documents' tables beside it."""
    model = tiny()
    optimizer = SGD(model.parameters(), LEARNING_RATE)
    batch = ([[Value(2.0, "x")]], [1])
    dance = phases(lambda x: forward(model, x), lambda outputs, ys: loss_of(outputs[0], ys[0]), batch, optimizer)
    yield "One input x, a hidden ReLU h, two classes with the logits z1 and z2; the second is right."
    for k, (phase, events) in enumerate(groupby(dance, lambda event: event.phase), 1):
        yield f"# {k}. {phase.capitalize()}"
        if phase == "backward":
            yield "Left out are u1, c1, c2 and x, which are computed like u2, b and w."
        yield from (event for event in events if event.key not in LEFT_OUT)
    after = loss_of(forward(model, batch[0][0]), 1).data
    yield f"One step, and the loss of this example has gone from {first_example().data:.4f} to {after:.4f}. Training repeats this."
    yield "# Where the loss begins"
    yield from beginning()
    yield "# The whole loop"
    yield from define("validation set", "test set")
    yield from whole_loop()


def beginning() -> Told:
    """Tell why a network of ten classes begins near 2.3."""
    _, _, test = parts()
    even, drawn = evaluate(MLP(2, [8, CLASSES], init="zeros"), test, cross_entropy), first_loss()
    yield (
        f"Ten classes, and no idea: each gets 1/10, and the loss is −ln(1/10) = ln 10 = {math.log(CLASSES):.4f}. That is the document's “maybe 2.3”, "
        f"with 10% right by luck. A network with weights of 0 gives {even:.4f}. Random weights are confident without evidence, and confident "
        f"mistakes cost more: ours begin at {drawn:.4f}."
    )
    yield Claim(
        f"A first loss far above ln 10 says that the logits are too large: the weights are, or the inputs. With weights {TOO_LARGE} times as large ours would "
        f"begin at {first_loss(TOO_LARGE):.1f} because the logits are {TOO_LARGE**2} times as large (two layers, {TOO_LARGE} · {TOO_LARGE}: "
        f"the biases are still 0, and ReLU of {TOO_LARGE}·z is {TOO_LARGE} times as large); with inputs "
        f"{TOO_LARGE**2} times as large they are so too, and it would begin at {first_loss(inputs=TOO_LARGE**2):.1f}.",
        lambda large: first_loss(TOO_LARGE if large else 1) > 3 * math.log(CLASSES),
    )


def whole_loop() -> Story:
    """Tell the run, and what the documents' tables say."""
    rows, best, right = by_hand()
    history = by_fit()
    same = [row.loss for row in rows] == history.loss and [
        row.validation_loss for row in rows
    ] == history.validation_loss
    train, validation, test = parts()
    yield (
        f"Initialise; then in each epoch shuffle, cut into batches of {BATCH}, and for each batch forward, loss, backward, update; then validate, and "
        f"stop if it has not improved for {PATIENCE} epochs; at the end test. Ten clouds of points, {len(train)} to train, {len(validation)} to "
        f"validate, {len(test)} to test; 2-8-10, SGD with {LEARNING_RATE}:"
    )
    yield table(rows)
    yield "A: How Machines Learn. B: Neural network training fundamentals. The other columns are ours."
    given = ", ".join(f"{math.exp(-loss):.0%} at a loss of {loss}" for loss in (2.3, 1.2, 0.3))
    yield (
        "The documents' numbers are illustrations, of no network that they name; ours are of this one. The curve has the same shape: steep, then flat, and the "
        f"gradient shrinks with the loss. e⁻ᴸ, with L the loss, is the probability given to the true class, as a geometric mean: {given}. "
        "The other document begins at 2.45 with 15% right and does not say how many classes it has: if ten, 2.45 is above ln 10, confident and mostly wrong."
    )
    wide = math.sqrt(right * (1 - right) / len(test))
    yield (
        f"The validation loss was lowest in epoch {best}, and training stopped after {len(rows)}. With the weights of epoch {best}, "
        f"{round(right * len(test))} of the {len(test)} test points are right, {right:.0%}: less than of the training set, which it has seen. Thirty points "
        f"do not say more than {right:.0%} ± {wide:.0%} (one standard deviation, √(p(1 − p)/n)): "
        f"another thirty might as well give {right - wide:.0%} or {right + wide:.0%}."
    )
    yield "# Slips in the printed loop"
    yield from slips()
    yield "# Remove one part"
    yield from without_each_part()
    yield "# The same with fit"
    yield (
        "fit(model, train, cross_entropy, SGD(model.parameters(), 0.1), 100, 10,\n"
        "    callbacks=[EarlyStopping(10)], validation=validation, rng=Random(3))"
    )
    yield f"History: {history}."
    yield f"Its losses are those of the loop above, {'bit for bit' if same else 'but not to the last bit'}: fit is that loop, with checks."


def slips() -> Story:
    """Tell what the printed loop does to the biases, and whose its first weights are."""
    over_classes, over_examples, gradients = bias_sums()
    apart = max(abs(s - len(over_classes) * g) for s, g in zip(over_examples, gradients, strict=True))
    yield (
        "In z = W @ x a column is an example. The printed db = sum(ŷ − y, axis=0) then adds over the classes: for "
        f"{len(over_classes)} examples {len(over_classes)} numbers, where there are {len(over_examples)} biases, and all of them 0 (at most "
        f"{max(map(abs, over_classes)):.0e}), since ŷ and y "
        f"both add up to 1. With axis=1 it is {len(over_classes)} times what backward finds for the mean loss (to {apart:.0e}): a sum, "
        "where the loss is a mean."
    ).replace("e-", "e−")
    yield (
        "The weights that it calls Xavier/He have the deviation √(2/n), n the inputs. That is He's, made for ReLU; Xavier's is √(2/(n + "
        "m)), m the outputs. For 8 and 10: "
        f"{math.sqrt(2 / 8):.3f} and {math.sqrt(2 / 18):.3f}."
    )
    yield (
        "What it prints as the train loss is the loss of the last batch; above it is the mean over the epoch. Its evaluate returns a loss during training and "
        "an accuracy after it: two functions, and two names here. Its optimizer is called once a layer: Adam must then keep the means of each apart, and "
        f"count t once a batch: with t = 3 at the third call, the first step there is {early_step(3):.2f}·η long and not η. docs/programs mends the loop."
    )


def without_each_part() -> Story:
    """Tell what becomes of learning when one part is missing."""
    yield f"“Remove any one, and learning fails”, says the document. XOR by 2-3-1, {ablation.EPOCHS} epochs; ln 2 = {math.log(2):.3f} is guessing:"
    yield ablation.table()
    yield (
        "That is true of all six, with a reservation about backpropagation: gradients can be found by nudging (lesson why-backprop), and one can "
        "learn without any. "
        f"Change all 13 weights at random, and keep the change if the loss is lower: after {ablation.TRIES:,} tries the loss is "
        f"{number(float(f'{ablation.searched():.2g}'))}. A small random change lowers the loss about every second time, but little of it is along the "
        "gradient: "
        f"{ablation.along(13):.2f} of its length in the mean with 13 weights, {ablation.along(1000):.3f} with 1,000. Backpropagation makes learning cheap, "
        "not possible."
    )


def table(rows: list[Row]) -> str:
    """Return the documents' tables beside what was measured."""
    lines: list[tuple[str | int, ...]] = [
        ("epoch", "A: loss", "right", "B: loss", "right", "loss", "right", "validation", "gradient")
    ]
    for epoch in LOOK:
        told = [cell for document in (HOW_MACHINES_LEARN, FUNDAMENTALS) for cell in shown(document.get(epoch))]
        lines.append((epoch, *told, *measured_at(rows, epoch)))
    return as_table(lines, left=())


def measured_at(rows: list[Row], epoch: int) -> tuple[str, ...]:
    """Write what was measured in an epoch, or that training had stopped."""
    if epoch > len(rows):
        return "stopped", "", "", ""
    row = rows[epoch - 1]
    return f"{row.loss:.2f}", f"{row.accuracy:.0%}", f"{row.validation_loss:.2f}", f"{row.gradient:.3f}"


def shown(figures: tuple[float | None, float] | None) -> tuple[str, str]:
    """Write a document's loss and accuracy."""
    loss, right = figures or (None, None)
    return "–" if loss is None else f"{loss:.2f}", "–" if right is None else f"{right:.0%}"


def measure(lesson: Lesson) -> dict[str, float]:
    """Return the figures of the first step and of the run; those of the run to two digits."""
    rows, best, right = by_hand()
    even = evaluate(MLP(2, [8, CLASSES], init="zeros"), parts()[2], cross_entropy)
    return measured(lesson.build()) | {
        "ln 10": even,
        "loss after epoch 1 (two digits)": round(rows[0].loss, 2),
        "loss after epoch 10 (two digits)": round(rows[9].loss, 2),
        "best epoch": best,
        "epochs": len(rows),
        "share of the test set": right,
        "its standard deviation (two digits)": round(math.sqrt(right * (1 - right) / len(parts()[2])), 2),
        "bias gradients of the printed sum": len(bias_sums()[0]),
        "XOR, loss without a hidden layer": ablation.trained("architecture"),
        "largest of them": round(max(map(abs, bias_sums()[0])), 12),
    }


def plot() -> Any:
    """Draw the four steps as a circle, and both losses of the run."""
    figure = new_figure(1, 2)
    circle, losses = figure.axes
    loss_curves(by_fit(), losses)
    circle.set(xlim=(-1.7, 1.7), ylim=(-1.5, 1.5), title="The four steps of training")
    circle.axis("off")
    steps = (("1. forward", 0.0, 1.1), ("2. loss", 1.1, 0.0), ("3. backward", 0.0, -1.1), ("4. update", -1.1, 0.0))
    for (text, x, y), (_, to_x, to_y) in zip(steps, (*steps[1:], steps[0]), strict=True):
        circle.text(x, y, text, ha="center", va="center")
        arrow = {"arrowstyle": "->", "shrinkA": 24, "shrinkB": 24, "connectionstyle": "arc3,rad=-0.25"}
        circle.annotate("", (to_x, to_y), (x, y), arrowprops=arrow)
    circle.text(0, 0, "repeat", ha="center", va="center", style="italic")
    return figure


LESSON = Lesson(
    slug="training-loop",
    title="The complete training loop",
    document="How Machines Learn: Understanding the Core Concepts of Neural Networks, The Complete Training Loop; How Deep Networks Learn; "
    "Neural network training fundamentals, Iterative Refinement",
    question="Forward, loss, backward, update. What stands around these four steps, and at which loss does it all begin?",
    build=first_example,
    tell=tell,
    numbers={
        "z": 1, "h": 1, "z1": 1, "z2": -1, "lse": 1.126928011042973, "L": 2.126928011042973,
        "∂L/∂z1": 0.880797077977882, "∂L/∂z2": -0.880797077977882, "∂L/∂u2": -0.880797077977882, "∂L/∂h": 1.761594155955765,
        "∂L/∂w": 3.52318831191153, "∂L/∂b": 1.761594155955765, "∂L/∂x": 0.880797077977882, "ln 10": 2.302585092994046,
        "loss after epoch 1 (two digits)": 2.48, "loss after epoch 10 (two digits)": 0.99, "best epoch": 53, "epochs": 63,
        "share of the test set": 20 / 30, "its standard deviation (two digits)": 0.09,
        "bias gradients of the printed sum": 6, "largest of them": 0, "XOR, loss without a hidden layer": 0.693147180559945,
    },
    measure=measure,
    notes=(
        Note("ready z2", "ŷ2 − 1: the true class should have had all. Both gradients together are 0: what one class is given the other loses."),
        Note("update u2", "The true class's weight goes up. No update uses what another changed: gradients came first."),
    ),
    exercises=(
        GradientOf(first_example, "z2", -0.880797077977882, {"= in the place of +=": 0.119202922022118, "sign of the delta": 0.880797077977882}),
        Exercise(
            "A network gives each of 10 classes the same probability. What is its cross-entropy loss?",
            2.302585092994046,
            lambda: math.log(10),
            ("The true class is given 1/10.", "The loss is −ln of it."),
            (
                Wrong("the logarithm to base 10 is taken", 1.0, lambda: math.log10(10), "Losses use the natural logarithm."),
                Wrong("the probability itself is given", 0.1, lambda: 1 / 10, "The loss is its negative logarithm."),
            ),
        ),
        Exercise(
            "60 examples, batches of 10, 100 epochs. How many updates?",
            600,
            lambda: EPOCHS * len(list(batches(parts()[0], BATCH, Random(0)))),
            ("An epoch goes through all examples once.", "60/10 batches an epoch, one update each."),
            (Wrong("one update an epoch is counted", 100, lambda: 100, "Each batch is one update."),),
        ),
        choice(
            "A new network for ten classes has a first loss of 11. What does that say?",
            [("it has learned something already", "Then its loss would be below ln 10."),
             ("nothing: it is random", "A network that knows nothing has ln 10 = 2.3."),
             ("its logits are too large: the weights are, or the inputs", "")],
            lambda: 1 + [loss > 9 for loss in (by_hand()[0][-1].loss, first_loss(weights=0), first_loss(TOO_LARGE))].index(True),
            "Compare with guessing.",
        ),
    ),
    plot=plot,
)  # fmt: skip
