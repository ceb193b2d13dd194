"""A race of optimizers: through a ravine, and off a saddle; and two conventions that a reader meets."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from autograd import Parameter, Value
from autograd.classroom import Claim, Exercise, GradientOf, Lesson, Note, Told, Wrong, choice, measured, passes
from autograd.classroom.trainable import Trainable
from autograd.explain.notation import as_table
from nn.lessons.definitions import define
from nn.lessons.optimizer_race import (
    BETA,
    LEAVES,
    LIMIT,
    OPTIMIZERS,
    RATES,
    RAVINE,
    SADDLE,
    STEEP,
    SURFACES,
    Race,
    away_from,
    best,
    decayed,
    downhill,
    fewest,
    first_step,
    gold,
    moves,
    race,
    ravine,
    results,
)
from nn.optim.optimizers import SGD, Adam, RMSprop

DRAWN = {"SGD": 0.03, "SGD, momentum 0.9": 0.03, "RMSprop": 0.1, "Adam": 0.1}
STARTS = (SADDLE["start"][1], 0.1)  # of w2: near the ridge, and farther from it
OPINIONS = {
    "SGD": ("simple", "slow; depends on rate"),
    "SGD, momentum 0.9": ("faster, smoother", "one more number to set"),
    "RMSprop": ("where the goal moves", "can diverge"),
    "Adam": ("works at once", "may generalise worse"),
}  # “How Deep Networks Learn”


def trainable() -> Trainable:
    """Return the way down the ravine, for the page: no data, and two parameters to move."""
    w1, w2 = (Parameter(w, label) for w, label in zip(RAVINE["start"], ("w1", "w2"), strict=True))
    return Trainable(lambda inputs: ravine(w1, w2), [((), ())], lambda height, targets: height, 0.03, "momentum")


def build() -> Value:
    """Return the loss of the ravine where the race begins."""
    w1, w2 = (Parameter(w, label) for w, label in zip((7.0, 1.0), ("w1", "w2"), strict=True))
    loss: Value = ravine(w1, w2, Value(STEEP, "c"))
    loss.label = "L"
    return loss


def with_momentum(convention: str, rates: list[float]) -> list[float]:
    """Return the moves of momentum 0.9, when the gradient is always 1."""
    return moves(lambda w: SGD(w, 0.1, momentum=BETA, convention=convention), [1.0] * len(rates), rates)


def tell(lesson: Lesson) -> Told:
    """The ravine and its gradient; the race; the saddle; the two conventions; the two betas."""
    yield "# Six rules; η is the learning rate, g the gradient of w, and all memories start at 0"
    yield from define("optimizer", "momentum", "Nesterov momentum", "Adagrad", "RMSprop", "Adam", "AdamW")
    yield "In the races β = 0.9, α = 0.99, β₁ = 0.9, β₂ = 0.999 and decay = 0.01."
    yield "# A ravine: ½w₁² + ½·50·w₂², from (7, 1)"
    yield "Only part of the backward pass is shown: the way to the two weights."
    yield from passes(lesson.build(), about=("w1", "w2"))
    yield from downhill()
    yield f"# The race: the step from which the loss stays below {RAVINE['goal']:g}, for five learning rates, in {LIMIT} steps"
    yield table(results("ravine"), ("fewest", "largest"), on_the_way)
    yield f"Fewest: with the best of the five rates. Largest: the largest loss on the way with that rate; all begin at {ravine(*RAVINE['start']):g}."
    yield (
        "Momentum adds up what agrees, along the ravine, and cancels what alternates, across it. Adagrad, RMSprop and Adam divide each "
        "direction by the size of its own gradients, so that the ravine becomes round: their steps are about η long in both directions "
        "(Adagrad's ever shorter), which suits larger rates here."
    )
    yield from decayed()
    wild = race("RMSprop", 1.0, "ravine")
    yield (
        f"Reaching is not staying. With learning rate 1, RMSprop is below {RAVINE['goal']:g} at step {wild.first}, earlier than any other; but it got there by "
        f"an accident, its first step went from (7, 1) to (−3, −9), where the loss is {wild.largest:,.1f}, and it does not stay: its steps are about η long, "
        "however near the goal is. “RMSProp can diverge in some cases”, says one document: here it neither diverges nor arrives."
    )
    yield Claim(
        f"RMSprop's first step is {first_step(RMSprop) / 0.1:.0f} times as long as the learning rate because its mean of squares starts at 0 and is not "
        f"corrected: after one step it holds 1% of g². Adam corrects its mean, and its first step is {first_step(Adam) / 0.1:.3g} times as long as the "
        "learning rate.",
        lambda uncorrected: first_step(RMSprop if uncorrected else Adam) > 0.5,
    )
    yield "# Off a saddle: w₁² − w₂² + ⅛w₂⁴, from (1.5, 0.0001)"
    yield from define("saddle point")
    yield (
        f"The step from which the loss stays below {SADDLE['goal']:g}; the lowest points, at w₂ = ±2, have −2. Then the step at which w₂ is 1 or more "
        f"away from the ridge w₂ = 0, for the rates {LEAVES[0]:g} and {LEAVES[1]:g}:"
    ).replace("-", "−")
    yield table(results("saddle"), [f"away, {lr:g}" for lr in LEAVES], off_the_ridge)
    yield from ridge()
    yield "# What the documents say of them, and what the ravine shows"
    yield opinions()
    yield "Rates: with how many of the five it arrives. Steps: the fewest."
    yield from gold()
    yield "No optimizer wins everywhere, and a race on two surfaces of two weights proves nothing about a network. What it shows is what each idea is for."
    yield (
        f"“Start with Adam, lr = 0.001”: its steps are about η long, so {LIMIT} of them go {LIMIT * 0.001:g} far, and w₁ is 7 away. That default is for "
        "networks with many small weights. Usual ranges, by one document: learning rate 0.0001 to 0.1, batches of 16 to 512, 10 to 1,000 epochs, and momentum "
        "0.9 to 0.99, which remembers about 1/(1 − β) gradients: 10 to 100."
    )
    yield "# Momentum is written in two ways"
    yield "How far w moves at each of six steps, when the gradient is 1 at each of them and β = 0.9; the learning rate falls after the third:"
    yield conventions()
    yield (
        "“How Machines Learn” has v ← β·v − η·g, w ← w + v; “Neural network training fundamentals” and PyTorch have v ← β·v + g, w ← w − "
        "η·v. The steps are the same "
        "until η changes: in the first, what is under way keeps its old η; in the second, all of it slows down at once."
    )
    yield "# Adam has two β"
    yield "How far w moves at each of six steps with learning rate 0.1; the fourth gradient is ten times the others:"
    yield betas()
    yield (
        "“How Machines Learn” writes β in both lines of its Adam, and then lists two defaults, β₁ = 0.9 and β₂ = 0.999, which is what "
        "PyTorch has. With 0.9 in both places it is another optimizer: it remembers the size of 10 gradients instead of 1,000. Nor does any line of "
        "the block set the t of its correction. The first step "
        "is the same, η, whatever the gradient. The third document uses m̂ and v̂ and does not say what they are: the corrected means, above."
    )


def table(
    found: dict[str, list[Race]], heads: Sequence[str], cells: Callable[[list[Race]], Iterable[str | int]]
) -> str:
    """Return the steps of each optimizer with each learning rate, and what else is told of its races."""
    rows: list[tuple[str | float, ...]] = [("learning rate", *RATES, *heads)]
    for name, races in found.items():
        rows.append((name, *("–" if one.steps is None else one.steps for one in races), *cells(races)))
    return f"{as_table(rows)}\n–: not there, or not to stay, within {LIMIT} steps"


def on_the_way(races: list[Race]) -> tuple[str | int, ...]:
    """Return the fewest steps with any learning rate, and the largest loss with that rate."""
    return fewest(races), f"{races[best(races)].largest:.4g}"


def off_the_ridge(races: list[Race]) -> tuple[str | int, ...]:
    """Return after how many steps w2 is 1 away from the ridge."""
    return tuple(races[RATES.index(lr)].away or "–" for lr in LEAVES)


def late(begins_near: bool) -> bool:
    """Tell whether SGD needs more than twice as many steps off the ridge as Adam, from near it or from farther away."""
    start = STARTS[0] if begins_near else STARTS[1]
    return away_from(start, "SGD") > 2 * away_from(start, "Adam")


def ridge() -> Told:
    """Tell why some leave the ridge sooner."""
    lr, (near, far) = LEAVES[0], STARTS
    sgd, adam = away_from(near, "SGD"), away_from(near, "Adam")
    yield Claim(
        f"On the ridge the slope along w₂ is 0, and near it nearly 0. SGD multiplies its distance from the ridge by 1 + 2·η a step; with {lr:g} it needs "
        f"{sgd} steps where Adam needs {adam}, because it begins so near: from w₂ = {far:g} instead of {near:g} SGD needs {away_from(far, 'SGD')} and Adam "
        f"{away_from(far, 'Adam')}. Adam and RMSprop divide by the size of the gradient and do not see that it is small.",
        late,
    )
    yield (
        "Momentum multiplies by more than SGD. Adagrad's first step is as long as the rate and each later one is shorter: that is far enough with "
        f"{LEAVES[1]:g}, and not with {lr:g}."
    )


def opinions() -> str:
    """Return what a document holds for and against four optimizers, and how each fared with the five learning rates."""
    rows: list[tuple[str | int, ...]] = [("", "for", "against", "rates", "steps")]
    for name, (pro, con) in OPINIONS.items():
        arrived = sum(one.steps is not None for one in results("ravine")[name])
        rows.append((name, pro, con, f"{arrived} of {len(RATES)}", fewest(results("ravine")[name])))
    return as_table(rows, left=(0, 1, 2))


GRADIENTS = [1.0, 1.0, 1.0, 10.0, 1.0, 1.0]
RATE_DROPS = [0.1, 0.1, 0.1, 0.01, 0.01, 0.01]


def conventions() -> str:
    """Return the moves of both conventions, while lr falls."""
    ways = (("the document's", "classical"), ("PyTorch's", "pytorch"))
    return as_table(
        [("learning rate", *RATE_DROPS), *((name, *row(with_momentum(way, RATE_DROPS))) for name, way in ways)]
    )


def row(moves: list[float]) -> list[str]:
    """Write moves with four decimals."""
    return [f"{move:.4f}" for move in moves]


def with_betas(beta1: float, beta2: float) -> list[float]:
    """Return Adam's moves at lr 0.1 for gradients 1, 1, 1, 10, 1, 1."""
    return moves(lambda w: Adam(w, 0.1, betas=(beta1, beta2)), GRADIENTS, [0.1] * 6)


def betas() -> str:
    """Return Adam's moves with one β and with two."""
    pairs = (("β₁ = 0.9, β₂ = 0.999", (0.9, 0.999)), ("β = 0.9 in both places", (0.9, 0.9)))
    return as_table([("gradient", *GRADIENTS), *((name, *row(with_betas(*pair))) for name, pair in pairs)])


def measure(lesson: Lesson) -> dict[str, float]:
    """Return the graph's numbers, the fewest steps of each optimizer, and the moves of the conventions."""
    found = measured(lesson.build())
    for where in SURFACES:
        found |= {f"{where}, {name}": fewest(races) for name, races in results(where).items()}
    for lr in LEAVES:
        found |= {f"off the ridge at {lr:g}, {name}": race(name, lr, "saddle").away or 0 for name in OPTIMIZERS}
    found["RMSprop at rate 1: first below"] = race("RMSprop", 1.0, "ravine").first or 0
    found["RMSprop at rate 1: largest loss"] = race("RMSprop", 1.0, "ravine").largest
    found["RMSprop: first step"], found["Adam: first step"] = first_step(RMSprop), first_step(Adam)
    for convention in ("classical", "pytorch"):
        found[f"{convention}, fourth move"] = with_momentum(convention, RATE_DROPS)[3]
    return found | {"two β, fourth move": with_betas(0.9, 0.999)[3], "one β, fourth move": with_betas(0.9, 0.9)[3]}


def plot() -> Any:
    """Draw the paths of four optimizers over both surfaces."""
    from nn.plots import descent as path_of
    from nn.plots import loss_surface, new_figure

    figure = new_figure(1, 2)
    figure.set_size_inches(11, 4.6)
    places = ((RAVINE, ((-4.0, 8.0), (-1.2, 1.2)), "A ravine"), (SADDLE, ((-2.0, 2.0), (-2.6, 2.6)), "A saddle"))
    for ax, (surface, span, title) in zip(figure.axes, places, strict=True):
        loss, start = surface["loss"], surface["start"]
        paths = {name: path_of(loss, start, partial(OPTIMIZERS[name], lr=lr), 60) for name, lr in DRAWN.items()}
        loss_surface(loss, paths, span, ax)
        ax.set_title(title)
        ax.get_legend().remove()
    figure.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=4, frameon=False)
    return figure


LESSON = Lesson(
    slug="optimizers",
    title="Optimizers race, through a ravine and off a saddle",
    document="How Machines Learn: Understanding the Core Concepts of Neural Networks, section 6; How Deep Networks Learn; Neural network training fundamentals",
    question="A valley is fifty times as steep across as along. Which optimizer gets to its bottom in the fewest steps, and why?",
    build=build,
    tell=tell,
    numbers={
        "L": 49.5, "∂L/∂w1": 7, "∂L/∂w2": 50, "∂L/∂c": 0.5,
        "ravine, SGD": 129, "ravine, SGD, momentum 0.9": 79, "ravine, SGD, Nesterov 0.9": 56,
        "ravine, Adagrad": 59, "ravine, RMSprop": 52, "ravine, Adam": 76, "ravine, AdamW": 71,
        "RMSprop at rate 1: first below": 4, "RMSprop at rate 1: largest loss": 2029.499990571427,
        "RMSprop: first step": 0.999999998, "Adam: first step": 0.09999999998,
        "saddle, SGD": 22, "saddle, SGD, momentum 0.9": 39, "saddle, SGD, Nesterov 0.9": 18, "saddle, Adagrad": 12, "saddle, RMSprop": 12,
        "saddle, Adam": 25, "saddle, AdamW": 19,
        "off the ridge at 0.03, SGD": 161, "off the ridge at 0.03, SGD, momentum 0.9": 48, "off the ridge at 0.03, Adagrad": 158,
        "off the ridge at 0.03, RMSprop": 4, "off the ridge at 0.03, Adam": 31,
        "off the ridge at 0.3, SGD": 20, "off the ridge at 0.3, SGD, momentum 0.9": 14, "off the ridge at 0.3, Adagrad": 4,
        "off the ridge at 0.3, RMSprop": 1, "off the ridge at 0.3, Adam": 4,
        "classical, fourth move": -0.2539, "pytorch, fourth move": -0.03439,
        "two β, fourth move": -0.071228134116, "one β, fourth move": -0.066273012757,
    },
    measure=measure,
    notes=(Note("ready w2", "A larger slope than that of w1, and a shorter way to go: the gradient does not point at the goal."),),
    exercises=(
        GradientOf(build, "w2", 50, {"sign of the delta": -50, "upstream alone": 25}),
        Exercise(
            "The first two gradients are 4 and 2, η = 0.1, β = 0.9. By how much does w fall at the second step (v ← β·v + g)?",
            0.56,
            lambda: -moves(lambda w: SGD(w, 0.1, momentum=0.9), [4.0, 2.0], [0.1, 0.1])[1],
            ("v begins as the first gradient, 4.", "v becomes 0.9 · 4 + 2 = 5.6.", "0.1 · 5.6."),
            (
                Wrong("the momentum is left out", 0.2, lambda: 0.1 * 2, "v still holds nine tenths of the step before."),
                Wrong("g is weighted with 1 − β", 0.38, lambda: 0.1 * (0.9 * 4 + 0.1 * 2), "That is a running mean; here g is added whole."),
            ),
        ),
        Exercise(
            "Adam's first gradient is 1,000, η = 0.001. By how much does w fall at the first step?",
            0.001,
            lambda: -moves(lambda w: Adam(w, 0.001), [1000.0], [0.001])[0],
            ("m̂ is the gradient itself after the correction, and v̂ its square.", "m̂ / √v̂ = 1,000 / 1,000.", "0.001 · 1."),
            (Wrong("it is taken for plain descent", 1.0, lambda: 0.001 * 1000, "Adam divides by the size of the gradient; the first step is η."),),
        ),
        choice(
            "The first gradient is 1,000, η = 0.001. Which optimizer moves the weight by 0.001?",
            [("SGD", "SGD moves it by η · g = 1."), ("RMSprop", "Its first step is η/√(1 − α), ten times η."), ("Adam", "")],
            lambda: 1 + [abs(first_step(make) - 0.1) < 1e-6 for make in (SGD, RMSprop, Adam)].index(True),
            "Which of them divides by the size of the gradient, corrected?",
        ),
    ),
    plot=plot,
    training=trainable,
)  # fmt: skip
