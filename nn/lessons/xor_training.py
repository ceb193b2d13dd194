"""XOR trained: a published script that never learns it, why, and the same network when it does."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from autograd import Value, scope
from autograd.classroom import Exercise, GradientOf, Lesson, Note, Story, Wrong, measured, passes
from nn import plots
from nn.layers import MLP
from nn.losses import mse_loss
from nn.optim.optimizers import SGD

INPUTS = [(0, 0), (0, 1), (1, 0), (1, 1)]
TARGETS = [0, 1, 1, 0]
LEARNING_RATE, EPOCHS = 0.5, 1000
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


def training(activation: str = "relu", epochs: int = EPOCHS) -> Iterator[Epoch]:
    """Train on all four inputs at once by gradient descent, as the document does, and yield every epoch."""
    model = network(activation)
    optimizer = SGD(model.parameters(), LEARNING_RATE)
    for epoch in range(epochs + 1):
        hidden = [model.layers[0](x) for x in INPUTS]
        predictions = [model.layers[1](units)[0] for units in hidden]
        loss = mse_loss(predictions, TARGETS)
        active = [[unit.data > 0 for unit in units].count(True) for units in zip(*hidden, strict=True)]
        yield Epoch(
            epoch,
            loss.data,
            [p.data for p in predictions],
            active,
            {name: p.data for name, p in model.named_parameters()},
        )
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


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
    stalled, learned = list(training()), list(training("tanh"))
    return measured(lesson.build()) | {
        "loss at epoch 0": stalled[0].loss,
        "loss at epoch 1000": stalled[-1].loss,
        "largest distance of a prediction from 0.5": max(abs(p - 0.5) for p in stalled[-1].predictions),
        "epochs in which unit 2 is above 0": sum(epoch.active[1] > 0 for epoch in stalled),
        "inputs at which units 1 and 3 are above 0, at the end": stalled[-1].active[0] + stalled[-1].active[2],
        "tanh: epochs until the loss is below 0.01": next(epoch.number for epoch in learned if epoch.loss < 0.01),
    }


def tell(lesson: Lesson) -> Story:
    """Tell the run that stalls, show the dead unit, say why the rest cannot do it, then a run that learns."""
    stalled, learned = list(training()), list(training("tanh"))
    yield "# The document's run: ReLU, learning rate 0.5, mean squared error, 1000 epochs"
    yield report(stalled)
    yield (
        f"It does not learn XOR. The loss goes from {stalled[0].loss:.5f} to {stalled[-1].loss:.5f}, and every prediction to 0.5: "
        "the network has learned to say “I don't know”."
    )
    yield "# Why: hidden unit 2 is dead from the first step"
    yield "Of the backward pass, the way to unit 2 and its weights and, for comparison, to unit 1 and w11:"
    yield from passes(lesson.build(), about=("ŷ", "z", "a1", "a2", "z1", "z2", "w21", "w22", "b2", "u2", "w11"))
    yield (
        "Both weights of unit 2 are negative and its bias is 0, so z2 is 0 or less for all four inputs, and stays so: in none of the epochs "
        "is the unit above 0 for any of them. Nothing but a gradient of 0 ever reaches w21, w22 and b2, nor u2, whose input a2 is always 0: "
        f"{len(unmoved(stalled))} of the {len(stalled[0].state)} parameters end where they began, to the last digit."
    )
    last_change = max(e.number for e in stalled if e.active[0] < 4 or e.active[2] < 4) + 1
    yield (
        f"Units 1 and 3 fare no better: from epoch {last_change} on both are above 0 for all four inputs. "
        "There a ReLU is the identity, so what is left is a sigmoid of a weighted sum: a single line, which cannot separate XOR. "
        "No line gets below a loss of 0.25, and that is what 0.5 everywhere costs (see one-line)."
    )
    yield "# A run that learns: the same weights, data and learning rate, with tanh in the place of ReLU"
    yield report(learned)
    reached = next(epoch.number for epoch in learned if epoch.loss < 0.01)
    yield f"tanh has a slope everywhere, so all three units learn. The loss falls below 0.01 at epoch {reached}, and all four predictions are right."


def unmoved(epochs: list[Epoch]) -> list[str]:
    """Return the parameters that end where they began."""
    return [name for name, number in epochs[-1].state.items() if number == epochs[0].state[name]]


def report(epochs: list[Epoch]) -> str:
    """Return every 200th epoch as a table."""
    lines = ["epoch     loss    ŷ(0,0)  ŷ(0,1)  ŷ(1,0)  ŷ(1,1)   inputs (of 4) at which units 1, 2, 3 are above 0"]
    for epoch in epochs[::200]:
        predictions = "".join(f"{p:8.4f}" for p in epoch.predictions)
        lines.append(f"{epoch.number:>5}  {epoch.loss:.5f}  {predictions}   {', '.join(map(str, epoch.active))}")
    return "\n".join(lines)


def plot() -> Any:
    """Draw the loss of both runs."""
    ax = plots.axes()
    for activation, dash, colour in (("relu", "-", plots.BLUE), ("tanh", "--", plots.VERMILION)):
        epochs = list(training(activation))
        ax.plot([e.number for e in epochs], [e.loss for e in epochs], dash, color=colour, label=activation)
    ax.axhline(0.25, color="0.6", linewidth=0.8, label="0.5 everywhere")
    ax.set(xlabel="epoch", ylabel="mean squared error", title="XOR, from the same weights", ylim=(0, None))
    plots.legend_below(ax)
    return ax.figure


LESSON = Lesson(
    slug="xor-training",
    title="XOR trained: the run that stalls, and why",
    document="How Deep Networks Learn",
    question="A published script trains 2-3-1 on XOR for 1000 epochs. What does it learn?",
    build=first_example,
    tell=tell,
    numbers={
        "loss at epoch 0": 0.2643025555688,
        "loss at epoch 1000": 0.2500015245175,
        "largest distance of a prediction from 0.5": 0.00171914342752,
        "epochs in which unit 2 is above 0": 0,
        "inputs at which units 1 and 3 are above 0, at the end": 8,
        "∂L/∂z2": 0, "∂L/∂w21": 0, "∂L/∂w22": 0, "∂L/∂b2": 0, "∂L/∂u2": 0,
    },
    measure=measure,
    plot=plot,
    notes=(
        Note("chain a2→z2", "Unit 2 is at or below 0: the slope of ReLU is 0 there, and everything upstream is multiplied by it."),
        Note("ready w21", "0, not “not computed”: the gradient did arrive, and it is nothing. This weight will never move."),
    ),
    exercises=(
        Exercise(
            "How many of the 13 parameters are the same after 1000 epochs as before, with ReLU?",
            4,
            lambda: len(unmoved(list(training()))),
            ("Unit 2 is never above 0.", "So its weights and its bias stay.", "And ∂z/∂u2 = a2, which is 0 for all four inputs."),
            (Wrong("u2 is forgotten", 3, lambda: len([name for name in unmoved(list(training())) if "0.neurons.1" in name]), "Its slope is a2, always 0."),),
            of_graph=True,
        ),
        GradientOf(first_example, "z2", 0, {"upstream alone": 0.113577185462}),
        GradientOf(first_example, "u1", 0.298913811467, {"upstream alone": 0.295991779229, "sign of the delta": -0.298913811467}),
    ),
)  # fmt: skip
