"""XOR trained: a published script that never learns it, why, and the same network when it does."""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from autograd import Value, scope
from autograd.classroom import Claim, Exercise, GradientOf, Lesson, Note, Told, Wrong, choice, measured, passes
from autograd.classroom.trainable import Trainable
from autograd.explain.notation import as_table
from nn import plots
from nn.layers import MLP
from nn.lessons.definitions import define
from nn.losses import mse_loss
from nn.optim.optimizers import SGD

INPUTS = [(0, 0), (0, 1), (1, 0), (1, 1)]
TARGETS = [0, 1, 1, 0]
LEARNING_RATE, EPOCHS = 0.5, 1000
SHIFT = -0.3  # another first bias for unit 1: the unit is then above 0 for some inputs, and below for others
UNIT_2 = (
    "layers.0.neurons.1.weights.0", "layers.0.neurons.1.weights.1", "layers.0.neurons.1.bias", "layers.1.neurons.0.weights.1",
)  # fmt: skip
# What numpy.random.seed(42) and randn(2, 3) * 0.5, then randn(3, 1) * 0.5, draw in the document's script: a row a neuron.
HIDDEN = [
    [0.24835707650561634, 0.7615149282040127],
    [-0.06913215058559233, -0.11707668736166799],
    [0.32384426905034625, -0.11706847847459027],
]
OUTPUT = [[0.7896064077536957, 0.3837173645764544, -0.23473719296747605]]


@dataclass(frozen=True)
class Epoch:
    """Where training stands at the start of an epoch, before its update."""

    number: int
    loss: float
    predictions: list[float]
    active: list[int]  # for each hidden unit, for how many of the four inputs it is above 0
    state: dict[str, float]


def network(activation: str = "relu") -> MLP:
    """Return the document's network, with the document's weights: 2 inputs, 3 hidden units, 1 sigmoid."""
    model = MLP(2, [3, 1], activation, "sigmoid", weights=[HIDDEN, OUTPUT])
    for unit, neuron in enumerate(model.layers[0].neurons, 1):
        neuron.bias.label = f"b{unit}"
        for i, weight in enumerate(neuron.weights, 1):
            weight.label = f"w{unit}{i}"
    output = model.layers[1].neurons[0]
    output.bias.label = "c"
    for unit, weight in enumerate(output.weights, 1):
        weight.label = f"u{unit}"
    return model


def training(activation: str = "relu", epochs: int = EPOCHS, bias: float = 0.0) -> Iterator[Epoch]:
    """Train on all four inputs at once by gradient descent, as the document does, and yield every epoch."""
    model = network(activation)
    model.layers[0].neurons[0].bias.data = bias
    optimizer = SGD(model.parameters(), LEARNING_RATE)
    for epoch in range(epochs + 1):
        hidden = [model.layers[0](x) for x in INPUTS]
        predictions = [model.layers[1](units)[0] for units in hidden]
        loss = mse_loss(predictions, TARGETS)
        active = [[unit.data > 0 for unit in units].count(True) for units in zip(*hidden, strict=True)]
        state = {name: p.data for name, p in model.named_parameters()}
        yield Epoch(epoch, loss.data, [p.data for p in predictions], active, state)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


@cache
def run(activation: str = "relu", bias: float = 0.0) -> list[Epoch]:
    """Return a whole run; none is made twice."""
    return list(training(activation, bias=bias))


def trainable() -> Trainable:
    """Return the document's training, for the page."""
    return Trainable(network(), list(zip(INPUTS, TARGETS, strict=True)), mse_loss, LEARNING_RATE)


def first_example() -> Value:
    """Return the squared error at (1, 1) before training: small enough to step through."""
    model = network()
    inputs = [Value(1, "x1"), Value(1, "x2")]
    with scope("layer0"):
        units = model.layers[0](inputs)
    with scope("layer1"):
        prediction = model.layers[1](units)[0]
    loss = (prediction - 0) ** 2
    for i, unit in enumerate(units, 1):
        unit.label, unit.parents[0].label = f"a{i}", f"z{i}"
    prediction.label, prediction.parents[0].label, loss.label = "ŷ", "z", "L"
    return loss


def measure(lesson: Lesson) -> dict[str, float]:
    """Return what both runs reach, and the gradients of the first example."""
    stalled, learned = run(), run("tanh")
    return measured(lesson.build()) | {
        "loss at epoch 0": stalled[0].loss,
        "loss at epoch 1000": stalled[-1].loss,
        "largest distance of a prediction from 0.5": max(abs(p - 0.5) for p in stalled[-1].predictions),
        "epochs in which unit 2 is above 0": sum(epoch.active[1] > 0 for epoch in stalled),
        "inputs at which units 1 and 3 are above 0, at the end": stalled[-1].active[0] + stalled[-1].active[2],
        "tanh: epochs until the loss is below 0.01": below(0.01, learned),
        "lowest squared error of a line": least_of_a_line(),
        f"relu, unit 1 starts at {SHIFT}": end("relu", SHIFT).loss,
        "leaky_relu": end("leaky_relu").loss,
        "elu": end("elu").loss,
    }


def end(activation: str = "relu", bias: float = 0.0) -> Epoch:
    """Return where a run ends; unit 1 may begin with another bias."""
    return run(activation, bias)[-1]


def below(loss: float, epochs: list[Epoch]) -> int:
    """Return the first epoch whose loss is lower."""
    return next(epoch.number for epoch in epochs if epoch.loss < loss)


@cache
def least_of_a_line() -> float:
    """Return the lowest mean squared error of one sigmoid of w1·x1 + w2·x2 + b on XOR, of a grid of weights from −10 to 10."""
    grid = range(-10, 11)
    squares = {z: [(1 / (1 + math.exp(-z)) - y) ** 2 for y in (0, 1)] for z in range(-30, 31)}
    return min(
        math.fsum(squares[w1 * x1 + w2 * x2 + b][y] for (x1, x2), y in zip(INPUTS, TARGETS, strict=True)) / 4
        for w1, w2, b in itertools.product(grid, grid, grid)
    )


def stalls(one_line: bool) -> bool:
    """Tell whether training stalls: of runs whose units have come to lie on one line, or of any other."""
    on_one_line, others = (("relu", 0.0), ("leaky_relu", 0.0)), (("elu", 0.0), ("tanh", 0.0), ("relu", SHIFT))
    return any(end(*run).loss > 0.2 for run in (on_one_line if one_line else others))


def kept_by_a_dead_unit(dead: bool) -> bool:
    """Tell whether no parameter of unit 2 moves: the unit is dead with ReLU, and not with leaky ReLU."""
    moving = set(run()[0].state) - set(unmoved(run("relu" if dead else "leaky_relu")))
    return not moving & set(UNIT_2)


def tell(lesson: Lesson) -> Told:
    """Tell the run that stalls, then why: one line; test two other explanations; and show runs that learn."""
    stalled = run()
    yield "# The document's run: ReLU, learning rate 0.5, mean squared error, 1,000 epochs"
    yield report(stalled)
    yield (
        f"It does not learn XOR. The loss goes from {stalled[0].loss:.5f} to {stalled[-1].loss:.5f}, and every prediction to 0.5: "
        "the network answers “I don't know” to everything. The last column counts, for units 1, 2 and 3, at how many of the four inputs each is on, "
        "above 0. The weights at the start are random numbers of the document's, the biases 0."
    )
    yield "# Why: after a few epochs the network is one line"
    last_change = max(e.number for e in stalled if e.active[0] < 4 or e.active[2] < 4) + 1
    yield (
        f"From epoch {last_change} on, units 1 and 3 are above 0 for all four inputs. There ReLU changes nothing: each of them hands on its "
        "weighted sum. Unit 2 is below 0 for all four and hands on 0. What is left is the sigmoid of one weighted sum of x1 and x2: one "
        "neuron, one line."
    )
    yield (
        f"No line separates XOR (lesson one-line proves it), and the lowest mean squared error of a line is {least_of_a_line():g}: 0.5 for every input. "
        "That figure comes from a search over all whole weights and biases from −10 to 10; the proof in lesson one-line is for cross-entropy, which is convex, "
        "and the squared error of a sigmoid is not."
    )
    yield Claim(
        f"The run ends at {stalled[-1].loss:.4f} because no unit switches between the inputs any more. To test it, start unit 1 with the "
        f"bias {SHIFT} and change nothing else. It is then on for some inputs and off for others, and the run ends at "
        f"{end('relu', SHIFT).loss:.4f}.".replace("-", "−"),
        stalls,
    )
    yield "# Two explanations that fail: the dead unit, and the flat side of ReLU"
    yield from define("dead unit")
    yield "Unit 2 is dead from the first step. Only part of the backward pass is shown: to unit 2 and its weights and, for comparison, to unit 1."
    yield from passes(lesson.build(), about=("ŷ", "z", "a1", "a2", "z1", "z2", "w21", "w22", "b2", "u2", "w11"))
    yield Claim(
        f"w21, w22 and b2 never move because unit 2 is at or below 0 for every input, in every epoch; nor does u2, whose input a2 is always 0: "
        f"{len(unmoved(stalled))} of the {len(stalled[0].state)} parameters end where they began.",
        kept_by_a_dead_unit,
    )
    yield (
        "But that does not stall the network: in the run with the shifted bias, unit 2 is just as dead, and units 1 and 3 learn XOR without it. "
        "Nor is it the flat side of ReLU. Leaky ReLU, max(0.01·x, x), has a slope everywhere, "
        "and nothing dies. From the same weights:"
    )
    yield comparison()
    yield (
        "Leaky ReLU ends on the same line as ReLU: units 1 and 3 are again above 0 for all four inputs, and below 0 unit 2 is a line too. It "
        "keeps a unit from dying; it does not put a bend between the inputs. Tanh bends everywhere, and ELU below 0, "
        "where each of its units here is for some input."
    )
    yield "# A run that learns: the same weights, data and learning rate, with tanh instead of ReLU"
    learned = run("tanh")
    yield report(learned)
    yield f"The loss falls below 0.01 at epoch {below(0.01, learned)}, and all four predictions are right."


def unmoved(epochs: list[Epoch]) -> list[str]:
    """Return the parameters that end where they began."""
    return [name for name, number in epochs[-1].state.items() if number == epochs[0].state[name]]


def report(epochs: list[Epoch]) -> str:
    """Return every 200th epoch as a table."""
    rows: list[tuple[str | int, ...]] = [("epoch", "loss", "ŷ(0,0)", "ŷ(0,1)", "ŷ(1,0)", "ŷ(1,1)", "units on")]
    for epoch in epochs[::200]:
        predictions = (f"{p:.4f}" for p in epoch.predictions)
        rows.append((epoch.number, f"{epoch.loss:.5f}", *predictions, on(epoch)))
    return as_table(rows, left=())


def on(epoch: Epoch) -> str:
    """Return at how many of the four inputs each unit is above 0."""
    return ", ".join(map(str, epoch.active))


def comparison() -> str:
    """Return where each run ends."""
    rows: list[tuple[str, ...]] = [("after 1,000 epochs", "loss", "units on")]
    for name, bias in (("relu", 0.0), ("leaky_relu", 0.0), ("elu", 0.0), ("tanh", 0.0), ("relu", SHIFT)):
        last = end(name, bias)
        title = f"{name}, unit 1 starts at {bias:g}".replace("-", "−") if bias else name
        rows.append((title, f"{last.loss:.4f}", on(last)))
    return as_table(rows)


def plot() -> Any:
    """Draw the loss of four runs."""
    ax = plots.axes()
    runs = (
        ("relu", "-", plots.BLUE),
        ("leaky_relu", ":", plots.BLACK),
        ("elu", "-.", plots.GREEN),
        ("tanh", "--", plots.VERMILION),
    )
    for activation, dash, colour in runs:
        epochs = list(training(activation))
        ax.plot([e.number for e in epochs], [e.loss for e in epochs], dash, color=colour, label=activation)
    ax.axhline(0.25, color="0.6", linewidth=0.8, label="0.5 everywhere")
    ax.set(xlabel="epoch", ylabel="mean squared error", title="XOR, from the same weights", ylim=(0, None))
    plots.legend_below(ax)
    return ax.figure


LESSON = Lesson(
    slug="xor-training",
    title="XOR trained: a run that ends as one line",
    document="How Deep Networks Learn",
    question="A published script trains 2-3-1 on XOR for 1,000 epochs. What does it learn?",
    build=first_example,
    tell=tell,
    numbers={
        "loss at epoch 0": 0.2643025555688,
        "loss at epoch 1000": 0.2500015245175,
        "largest distance of a prediction from 0.5": 0.00171914342752,
        "epochs in which unit 2 is above 0": 0,
        "inputs at which units 1 and 3 are above 0, at the end": 8,
        "lowest squared error of a line": 0.25, "relu, unit 1 starts at -0.3": 0.0027916369953, "leaky_relu": 0.2500015282122, "elu": 0.0009778054669,
        "∂L/∂z2": 0, "∂L/∂w21": 0, "∂L/∂w22": 0, "∂L/∂b2": 0, "∂L/∂u2": 0,
    },
    measure=measure,
    plot=plot,
    training=trainable,
    notes=(
        Note("chain a2→z2", "Unit 2 is at or below 0: the slope of ReLU is 0 there, and everything upstream is multiplied by it."),
        Note("ready w21", "0, not “not computed”: the gradient did arrive, and it is nothing. This weight will never move."),
    ),
    exercises=(
        Exercise(
            "How many of the 13 parameters are the same after 1,000 epochs as before, with ReLU?",
            4,
            lambda: len(unmoved(run())),
            ("Unit 2 is never above 0.", "So its weights and its bias stay.", "And ∂z/∂u2 = a2, which is 0 for all four inputs."),
            (Wrong("u2 is forgotten", 3, lambda: len([name for name in unmoved(run()) if "0.neurons.1" in name]), "Its slope is a2, always 0."),),
            of_graph=True,
        ),
        GradientOf(first_example, "z2", 0, {"upstream alone": 0.113577185462}),
        GradientOf(first_example, "u1", 0.298913811467, {"upstream alone": 0.295991779229, "sign of the delta": -0.298913811467}),
        choice(
            "Inputs are 0 and 1. Which of these ReLU units (w1, w2, b) is dead?",
            [("(1, −1, 0)", "At (1, 0) its sum is 1: it is on there."), ("(−1, −1, 0)", ""), ("(−1, 2, 0.5)", "At (0, 0) its sum is 0.5: it is on there.")],
            lambda: 1 + [any(w1 * x1 + w2 * x2 + b > 0 for x1, x2 in INPUTS) for w1, w2, b in ((1, -1, 0), (-1, -1, 0), (-1, 2, 0.5))].index(False),
            "A dead unit is at or below 0 for all four inputs.",
        ),
    ),
)  # fmt: skip
