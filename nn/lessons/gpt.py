"""A GPT in scalars: a transformer that learns names from a small list, recorded and replayed; and one token of a smaller one."""

import json
import math
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from statistics import fmean, stdev
from typing import Any

from autograd import Value, logsumexp, record
from autograd.classroom import Exercise, GradientOf, Lesson, Note, Told, Wrong, choice, measured, passes
from autograd.explain.notation import as_table
from nn import plots
from nn.lessons.definitions import define
from nn.lessons.gpt_model import CONTEXT, END, GPT, LETTERS, NAMES, Vector, example
from nn.optim import Adam

WIDTH, HIDDEN = 8, 16
HANDFUL, STEPS, LEARNING_RATE, SAMPLES = 6, 200, 0.01, 12
RUN = Path(__file__).with_name("gpt.json")


def parts() -> tuple[list[str], list[str], list[str]]:
    """Return the names to train on, those on which the number of steps is chosen, and those to test with."""
    names = Random(1).sample(NAMES, len(NAMES))
    return names[2 * HANDFUL :], names[HANDFUL : 2 * HANDFUL], names[:HANDFUL]


def train(steps: int = STEPS, backend: str = "numpy") -> dict[str, Any]:
    """Record the loss of one name, replay it on all names at once, and return what gpt.json keeps. Needs NumPy."""
    model = GPT(len(LETTERS), WIDTH, HIDDEN, CONTEXT, Random(0))
    trained, chosen, held_out = (columns(names) for names in parts())
    loss = record(model.loss, *example(NAMES[0]), backend=backend)
    parameters = model.parameters()
    optimizer = Adam(parameters, LEARNING_RATE)
    losses, choosing, others, best = list[float](), list[float](), list[float](), list[float]()
    for _ in range(steps + 1):
        choosing.append(rounded(loss(*chosen)))
        others.append(rounded(loss(*held_out)))
        best = [p.data for p in parameters] if choosing[-1] == min(choosing) else best
        batch = loss(*trained)
        losses.append(rounded(batch))
        optimizer.zero_grad()
        batch.backward()
        optimizer.step()
    last = drawn(model)
    for p, number in zip(parameters, best, strict=True):
        p.data = number
    return {
        "loss": losses,
        "choosing": choosing,
        "held out": others,
        "each held out": [rounded(loss(*columns([name]))) for name in parts()[2]],
        "samples": drawn(model),
        "samples at the end": last,
        "parameters": len(parameters),
    }


def columns(names: Sequence[str]) -> list[list[Any]]:
    """Return names as a replay takes them: all their tokens, all their targets, all their weights."""
    return [list(column) for column in zip(*map(example, names), strict=True)]


def rounded(loss: Value) -> float:
    """Return a loss as it is stored."""
    return round(float(loss.data), 4)


def drawn(model: GPT) -> list[str]:
    """Return some names that a network makes up."""
    rng = Random(2)
    return [model.sample(rng) for _ in range(SAMPLES)]


def stored() -> dict[str, Any]:
    """Return what `train` returned when gpt.json was made."""
    found: dict[str, Any] = json.loads(RUN.read_text(encoding="utf-8"))
    return found


def best_step() -> int:
    """Return the step with the lowest loss on the names that are there for choosing."""
    losses: list[float] = stored()["choosing"]
    return losses.index(min(losses))


def guesses() -> dict[str, list[float]]:
    """Return, for three ways to guess from counts of the names to train on, the loss on each name held out."""
    pairs = Counter(pair for name in parts()[0] for pair in steps_of(name))
    before = Counter(pair[0] for name in parts()[0] for pair in steps_of(name))
    letters = Counter(pair[1] for name in parts()[0] for pair in steps_of(name))
    return {
        "every letter alike": guessed(lambda pair: 1 / len(LETTERS)),
        "by how often a letter occurs": guessed(lambda pair: letters[pair[1]] / letters.total()),
        "by the letter before": guessed(lambda pair: (pairs[pair] + 1) / (before[pair[0]] + len(LETTERS))),
    }


def guessing() -> dict[str, float]:
    """Return the loss of each way to guess, in the mean over the names held out."""
    return {way: fmean(each) for way, each in guesses().items()}


def steps_of(name: str) -> list[tuple[str, str]]:
    """Return each letter of a name with the one before: .a, an, na, a. for ana."""
    return list(zip(END + name, name + END, strict=True))


def guessed(chance: Callable[[tuple[str, str]], float]) -> list[float]:
    """Return a guess's loss on each name held out, counted as the network's is: the mean over the letters of the name."""
    return [fmean(-math.log(chance(pair)) for pair in steps_of(name)) for name in parts()[2]]


def uncertain(numbers: Sequence[float]) -> float:
    """Return the standard deviation of the mean of some numbers."""
    return stdev(numbers) / math.sqrt(len(numbers))


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
    to_train, to_choose, to_test = parts()
    yield (
        f"{len(NAMES)} names, {len(LETTERS) - 1} letters and “{END}” for beginning and end. {len(to_train)} are there to train on, {len(to_choose)} to choose "
        f"the number of steps ({', '.join(to_choose)}), and {len(to_test)} are held out, to test with: {', '.join(to_test)}."
    )
    yield "# The model: for each letter, how likely is each next one?"
    yield from define("embedding")
    yield (
        f"Embedding of the letter plus one of its place, {WIDTH} numbers; one head of attention (lesson attention), added to what came in; "
        f"a hidden layer of {HIDDEN} "
        f"ReLUs, added again; a score for each of {len(LETTERS)} letters. {run['parameters']} parameters. Every part is a lesson of this course: dot "
        "products, softmax, ReLU, residual connections, cross-entropy. (Large transformers have many such layers, several heads in each, and a "
        "normalisation before each part.) The mask costs nothing: when a letter is read, later ones are not there yet."
    )
    yield "# One token of a smaller GPT: two letters, width 2, one hidden unit"
    yield (
        f"{nodes(lesson.build())} nodes. Only the end of the forward pass and the beginning of the backward pass are shown; the page has all. v44 and v46 are "
        "the two numbers that the parts before make of the letter read, h11 to h22 the weights that make of them the scores z1 and z2 of both letters; lse is "
        "the logsumexp of these."
    )
    yield from ends(lesson)
    yield "# Training: recorded once, replayed on all names at once"
    yield f"A name of any length is one program: it is filled up to {CONTEXT} places, and what is behind the end has the weight 0. Then Adam:"
    yield table(run)
    yield from judged(run, best_step())
    yield "# What it makes up"
    for when, made in ((f"after {best_step()} steps", run["samples"]), (f"after {STEPS}", run["samples at the end"])):
        known = [name for name in made if name in to_train]
        yield f"{len(made)} samples {when}: {', '.join(made)}. Among the names that it learned from: {len(known)}."
    yield "Train it yourself, in some seconds with NumPy:"
    yield '  python3 -c "from nn.lessons.gpt import train; print(train())"'


def judged(run: dict[str, Any], best: int) -> Told:
    """Tell how much better than guessing the network is, and how that was measured."""
    each, own = run["each held out"], run["held out"]
    _, by_letter, by_pair = (
        [guess - loss for guess, loss in zip(losses, each, strict=True)] for losses in guesses().values()
    )
    yield (
        f"The network of step {best} is kept, at which the names for choosing have their lowest loss, {run['choosing'][best]:.3f}. On the names held out, "
        f"which had no part in that choice, its loss is {own[best]:.3f} (one standard deviation of a mean of {len(each)}: "
        f"±{uncertain(each):.2f}). "
        f"Chosen on the names held out it would have been step {own.index(min(own))} with {min(own):.3f}: a choice makes the figure of the names that it was "
        "made on too good."
    )
    yield "What guessing would lose on the same names, by counts of the names to train on:"
    yield as_table([(way, f"{loss:.3f}") for way, loss in guessing().items()])
    yield (
        f"The first is ln {len(LETTERS)}; the third adds 1 to each count, so that no pair is impossible. On these names the network is "
        f"{fmean(by_letter):.2f} ± {uncertain(by_letter):.2f} better than the second, and {fmean(by_pair):.2f} ± {uncertain(by_pair):.2f} better than the "
        "third: against guessing by the letter before, six names are too few to tell. "
        f"After step {best} it learns its {len(parts()[0])} names by heart, and on others it becomes worse than any guess: {own[-1]:.3f}."
    )


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
    steps = sorted({0, 10, 25, 50, 100, STEPS, best_step()})
    rows = ((k, *(f"{run[losses][k]:.3f}" for losses in ("loss", "choosing", "held out"))) for k in steps)
    return as_table([("step", "trained on", "for choosing", "held out"), *rows], left=())


def measure(lesson: Lesson) -> dict[str, float]:
    """Return the smaller network's numbers, and what guessing costs."""
    return measured(lesson.build()) | guessing() | {"letters": len(LETTERS), "names to train on": len(parts()[0])}


def plot() -> Any:
    """Draw the losses of the stored run, and those of guessing."""
    run, ax = stored(), plots.axes()
    ax.plot(run["loss"], color=plots.BLUE, label="trained on")
    ax.plot(run["choosing"], ":", color=plots.BLACK, label="for choosing")
    ax.plot(run["held out"], "--", color=plots.VERMILION, label="held out")
    for (way, loss), dash in zip(guessing().items(), ("-", "--", ":"), strict=True):
        ax.axhline(loss, color="0.5", linewidth=0.8, linestyle=dash, label=way)
    ax.set(xlabel="step", ylabel="cross-entropy of a letter", title="A GPT learns names", ylim=(0, None))
    plots.legend_below(ax, ncols=3)
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
        "every letter alike": 2.484906649788, "by how often a letter occurs": 2.341192912357, "by the letter before": 1.800098269266, "letters": 12,
        "names to train on": 36},
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
            "The training loss goes on falling, and on names held out the loss rises above that of guessing. What is it?",
            [("underfitting", "Then the training loss would be high as well."),
             ("overfitting", ""),
             ("too large a learning rate", "Then the training loss would jump or rise.")],
            lambda: 2 if stored()["loss"][-1] < stored()["loss"][best_step()] and stored()["held out"][-1] > max(guessing().values()) else 1,
            "Good on what was learned, worse on the rest.",
        ),
    ),
)  # fmt: skip
