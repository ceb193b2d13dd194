"""A GPT in scalars: a transformer that learns names from a small list, recorded and replayed; and one token of a smaller one."""

import json
import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

from autograd import Parameter, Value, dot, logsumexp, no_grad, record, softmax, sum
from autograd.classroom import Exercise, GradientOf, Lesson, Note, Told, Wrong, choice, measured, passes
from nn import plots
from nn.lessons.definitions import define
from nn.optim import Adam

NAMES = (
    (
        "mara mira mila lena lina nela nora kora tara tina rina rita kira karl karla marla mona lona ilona alina elina selina martin marten morten "
        "tomas tamara samira samara sara sila silas elias alma elma irma lars nils stina astrid"
    )
    .replace(" astrid", " kristin")
    .split()
)  # made for this lesson
END = "."
LETTERS = END + "".join(sorted(set("".join(NAMES))))
WIDTH, HIDDEN, CONTEXT = 8, 16, 8
HELD_OUT, STEPS, LEARNING_RATE, SAMPLES = 6, 200, 0.01, 12
RUN = Path(__file__).with_name("gpt.json")
Vector = Sequence[Any]


class GPT:
    """Embeddings, one head of attention, one hidden layer, and a score for each letter."""

    def __init__(self, letters: int, width: int, hidden: int, context: int, rng: Random, size: float = 0.2) -> None:
        def matrix(name: str, rows: int, columns: int) -> list[list[Value]]:
            return [
                [Parameter(rng.gauss(0, size), f"{name}{j}{i}") for i in range(1, columns + 1)]
                for j in range(1, rows + 1)
            ]

        self.tokens, self.positions = matrix("t", width, letters), matrix("p", context, width)
        self.q, self.k, self.v, self.o = (matrix(name, width, width) for name in "qkvo")
        self.up, self.down, self.head = (
            matrix("u", hidden, width),
            matrix("d", width, hidden),
            matrix("h", letters, width),
        )

    def parameters(self) -> list[Value]:
        """Return all parameters."""
        return [p for matrix in vars(self).values() for row in matrix for p in row]

    def scores(self, token: Vector, position: int, keys: list[Vector], values: list[Vector]) -> list[Value]:
        """Return the scores of the next letter; keys and values hold those of the tokens before, and this one's are added."""
        x = [dot(row, token) + p for row, p in zip(self.tokens, self.positions[position], strict=True)]
        keys.append(times(self.k, x))
        values.append(times(self.v, x))
        q = times(self.q, x)
        weights = softmax([dot(q, key) / math.sqrt(len(q)) for key in keys])  # the mask: later tokens are not there yet
        found = [dot(weights, column) for column in zip(*values, strict=True)]
        x = [a + b for a, b in zip(x, times(self.o, found), strict=True)]  # a residual connection
        hidden = [h.relu() for h in times(self.up, x)]
        x = [a + b for a, b in zip(x, times(self.down, hidden), strict=True)]
        return times(self.head, x)

    def loss(self, tokens: Sequence[Vector], targets: Sequence[Vector], weights: Vector) -> Value:
        """Return the cross-entropy of the next letter, in the mean over the letters of one name; a weight of 0 leaves out what is behind it."""
        keys: list[Vector] = []
        values: list[Vector] = []
        terms = []
        for position, (token, target, weight) in enumerate(zip(tokens, targets, weights, strict=True)):
            scores = self.scores(token, position, keys, values)
            terms.append(weight * (logsumexp(scores) - dot(scores, target)))
        total: Value = sum(terms)
        return total

    def sample(self, rng: Random) -> str:
        """Return a name that the network makes up, letter by letter."""
        keys: list[Vector] = []
        values: list[Vector] = []
        letter, name = END, ""
        with no_grad():
            while len(name) < CONTEXT:
                scores = self.scores(one_hot(letter), len(name), keys, values)
                chances = [p.data for p in softmax(scores)]
                (letter,) = rng.choices(LETTERS, chances)
                if letter == END:
                    break
                name += letter
        return name


def times(matrix: Sequence[Vector], x: Vector) -> list[Value]:
    """Return a matrix times a vector."""
    return [dot(row, x) for row in matrix]


def one_hot(letter: str) -> list[float]:
    """Return a letter as a list with one 1."""
    return [float(other == letter) for other in LETTERS]


def example(name: str) -> tuple[list[list[float]], list[list[float]], list[float]]:
    """Return a name as tokens, targets and weights, filled up to CONTEXT: after END the first letter, after the last letter END."""
    letters = END + name
    filled = letters.ljust(CONTEXT, END)
    targets = (name + END).ljust(CONTEXT, END)
    weights = [1 / len(letters) if i < len(letters) else 0.0 for i in range(CONTEXT)]
    return [one_hot(c) for c in filled], [one_hot(c) for c in targets], weights


def parts() -> tuple[list[str], list[str]]:
    """Return the names to train on, and those held out."""
    names = Random(1).sample(NAMES, len(NAMES))
    return names[HELD_OUT:], names[:HELD_OUT]


def train(steps: int = STEPS, backend: str = "numpy") -> dict[str, Any]:
    """Record the loss of one name, replay it on all names at once, and return what gpt.json keeps. Needs NumPy."""
    model = GPT(len(LETTERS), WIDTH, HIDDEN, CONTEXT, Random(0))
    trained, held_out = ([list(column) for column in zip(*map(example, names), strict=True)] for names in parts())
    loss = record(model.loss, *example(NAMES[0]), backend=backend)
    parameters = model.parameters()
    optimizer = Adam(parameters, LEARNING_RATE)
    losses, others, best = list[float](), list[float](), list[float]()
    for _ in range(steps + 1):
        others.append(round(float(loss(*held_out).data), 4))
        best = [p.data for p in parameters] if others[-1] == min(others) else best
        batch = loss(*trained)
        losses.append(round(float(batch.data), 4))
        optimizer.zero_grad()
        batch.backward()
        optimizer.step()
    last = drawn(model)
    for p, number in zip(parameters, best, strict=True):
        p.data = number
    return {
        "loss": losses,
        "held out": others,
        "samples": drawn(model),
        "samples at the end": last,
        "parameters": len(parameters),
    }


def drawn(model: GPT) -> list[str]:
    """Return some names that a network makes up."""
    rng = Random(2)
    return [model.sample(rng) for _ in range(SAMPLES)]


def stored() -> dict[str, Any]:
    """Return what `train` returned when gpt.json was made."""
    found: dict[str, Any] = json.loads(RUN.read_text(encoding="utf-8"))
    return found


def guessing() -> tuple[float, float]:
    """Return the loss of guessing each letter alike, and of guessing it as often as the list has it."""
    counted = Counter(c for name in NAMES for c in name + END)
    total = counted.total()
    return math.log(len(LETTERS)), -math.fsum(n / total * math.log(n / total) for n in counted.values())


def build() -> Value:
    """Return the loss of the second token of a smaller GPT: two letters, width 2, one hidden unit."""
    model = GPT(2, 2, 1, 2, Random(3), size=0.7)
    keys: list[Vector] = []
    values: list[Vector] = []
    model.scores([0.0, 1.0], 0, keys, values)
    z = model.scores([1.0, 0.0], 1, keys, values)
    for k, score in enumerate(z, 1):
        score.label = f"z{k}"
    loss: Value = logsumexp(z) - z[1]
    loss.label, loss.parents[0].label = "L", "lse"
    return loss


def tell(lesson: Lesson) -> Told:
    """The list; the model; one token of a smaller one; training; what it makes up."""
    run = stored()
    yield "# The list"
    yield f"{len(NAMES)} names, {len(LETTERS) - 1} letters and “{END}” for beginning and end. {HELD_OUT} are held out: {', '.join(parts()[1])}."
    yield "# The model: for each letter, how likely is each next one?"
    yield from define("embedding")
    yield (
        f"Embedding of the letter plus one of its place, {WIDTH} numbers; one head of attention (attention), added to what came in; a hidden layer of {HIDDEN} "
        f"ReLUs, added again; a score for each of {len(LETTERS)} letters. {run['parameters']} parameters. Every part is a lesson of this course: dot "
        "products, softmax, ReLU, residual connections, cross-entropy. The mask costs nothing: when a letter is read, later ones are not there yet."
    )
    yield "# One token of a smaller GPT: two letters, width 2, one hidden unit"
    yield f"{nodes(lesson.build())} nodes. Only the end of the forward pass and the beginning of the backward pass are shown; the page has all."
    yield from ends(lesson)
    yield "# Training: recorded once, replayed on all names at once"
    yield "A name of any length is one program: it is filled up to 8 places, and what is behind the end has the weight 0. Then Adam:"
    yield table(run)
    uniform, frequencies = guessing()
    best = run["held out"].index(min(run["held out"]))
    yield (
        f"Guessing every letter alike costs ln {len(LETTERS)} = {uniform:.3f}; guessing by how often each letter occurs, {frequencies:.3f}. On the names "
        f"held out the network is at its best after {best} steps, with {run['held out'][best]:.3f}; then it learns its {len(parts()[0])} names by heart, and "
        f"is worse than guessing on others: {run['held out'][-1]:.3f}. With so short a list nothing else can be "
        f"expected, and early-stopping keeps step {best}."
    )
    yield "# What it makes up"
    for when, made in ((f"after {best} steps", run["samples"]), (f"after {STEPS}", run["samples at the end"])):
        known = [name for name in made if name in NAMES]
        yield f"{len(made)} samples {when}: {', '.join(made)}. In the list: {len(known)}."
    yield 'Train it yourself, in some seconds with NumPy:\n  python3 -c "from nn.lessons.gpt import train; print(train())"'


def nodes(root: Value) -> int:
    """Count the nodes of a graph."""
    from autograd.graph import topological_order

    return len(topological_order(root))


def ends(lesson: Lesson) -> Told:
    """Yield the last computations of the forward pass, and of the backward pass what reaches the scores and the last matrix."""
    items = list(passes(lesson.build(), about=("z1", "z2", "h11", "h12", "h21", "h22")))
    keep = {"compute L", "compute z1", "compute z2", "seed L"}
    for item in items:
        if (
            isinstance(item, str)
            or item.key in keep
            or getattr(item, "name", "") in ("z1", "z2", "L", "h11", "h12", "h21", "h22")
        ):
            yield item


def table(run: dict[str, Any]) -> str:
    """Return the losses of the stored run at some steps."""
    lines = ["step     loss   held out"]
    steps = (0, 10, 25, 50, 100, STEPS)
    return "\n".join([*lines, *(f"{k:>4}{run['loss'][k]:>9.3f}{run['held out'][k]:>11.3f}" for k in steps)])


def measure(lesson: Lesson) -> dict[str, float]:
    """Return the smaller network's numbers, and what guessing costs."""
    uniform, frequencies = guessing()
    return measured(lesson.build()) | {
        "guessing alike": uniform,
        "guessing by frequency": frequencies,
        "letters": len(LETTERS),
    }


def plot() -> Any:
    """Draw the losses of the stored run, and those of guessing."""
    run, (uniform, frequencies) = stored(), guessing()
    ax = plots.axes()
    ax.plot(run["loss"], color=plots.BLUE, label="trained on")
    ax.plot(run["held out"], "--", color=plots.VERMILION, label="held out")
    ax.axhline(uniform, color="0.5", linewidth=0.8, label="alike")
    ax.axhline(frequencies, color="0.5", linewidth=0.8, linestyle=":", label="by frequency")
    ax.set(xlabel="step", ylabel="cross-entropy of a letter", title="A GPT learns names", ylim=(0, None))
    plots.legend_below(ax)
    return ax.figure


LESSON = Lesson(
    slug="gpt",
    title="A GPT in scalars learns names",
    document="How Machines Learn: Understanding the Core Concepts of Neural Networks, Conclusion",
    question="A transformer reads names letter by letter. How much better than guessing does it predict the next one, and what does it make up?",
    build=build,
    tell=tell,
    numbers={
        "z1": -1.208989283660086, "z2": -1.402109978309362, "L": 0.794362251590595, "∂L/∂z1": 0.548130678009348, "∂L/∂z2": -0.548130678009348,
        "guessing alike": 2.484906649788, "guessing by frequency": 2.281639486285, "letters": 12},
    measure=measure,
    plot=plot,
    notes=(Note("ready z2", "ŷ₂ − 1: the second letter is the true one."),),
    exercises=(
        GradientOf(build, "z1", 0.548130678009348, {"sign of the delta": -0.548130678009348}),
        Exercise(
            "A model gives each of 12 letters the same chance. What is its cross-entropy for one letter?",
            2.484906649788,
            lambda: math.log(12),
            ("The true letter is given 1/12.", "−ln(1/12) = ln 12."),
            (Wrong("the logarithm to base 2 is taken", 3.584962500721156, lambda: math.log2(12), "That counts bits; losses use the natural logarithm."),),
        ),
        choice(
            "The training loss goes on falling, and on names held out it rises from 1.37 to 7.14. What is it?",
            [("underfitting", "Then the training loss would be high as well."),
             ("overfitting", ""),
             ("too large a learning rate", "Then the training loss would jump or rise.")],
            lambda: 2 if stored()["loss"][-1] < stored()["loss"][47] and stored()["held out"][-1] > stored()["held out"][47] else 1,
            "Good on what was learned, worse on the rest.",
        ),
    ),
)  # fmt: skip
