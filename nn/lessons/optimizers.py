"""A race of optimizers: through a ravine, and off a saddle; and two conventions that a reader meets."""

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

from autograd import Parameter, Value, steps
from autograd.classroom import Exercise, GradientOf, Lesson, Note, Story, Wrong, measured
from nn.optim.optimizers import SGD, Adagrad, Adam, AdamW, Optimizer, RMSprop

STEEP = 50.0
RATES = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
LIMIT, BETA = 300, 0.9
OPTIMIZERS: dict[str, Callable[..., Optimizer]] = {
    "SGD": SGD,
    "SGD, momentum 0.9": lambda w, lr: SGD(w, lr, momentum=BETA),
    "the same, classical": lambda w, lr: SGD(w, lr, momentum=BETA, convention="classical"),
    "SGD, Nesterov 0.9": lambda w, lr: SGD(w, lr, momentum=BETA, nesterov=True),
    "Adagrad": Adagrad,
    "RMSprop": RMSprop,
    "Adam": Adam,
    "Adam with one β, 0.9": lambda w, lr: Adam(w, lr, betas=(BETA, BETA)),
    "AdamW": AdamW,
}


def ravine(x: Any, y: Any, steep: Any = STEEP) -> Any:
    """Return ½x² + ½·50·y²: fifty times as steep across as along."""
    return 0.5 * x**2 + 0.5 * (steep * y**2)


def saddle(x: Any, y: Any) -> Any:
    """Return x² − y² + ⅛y⁴: a saddle at (0, 0), and −2 at its lowest points (0, ±2)."""
    return x**2 - y**2 + 0.125 * (y**2) ** 2


RAVINE: dict[str, Any] = {"loss": ravine, "start": (7.0, 1.0), "goal": 0.01}
SADDLE: dict[str, Any] = {"loss": saddle, "start": (1.5, 0.0001), "goal": -1.9}
DRAWN = {"SGD": 0.03, "SGD, momentum 0.9": 0.03, "RMSprop": 0.1, "Adam": 0.1}


def build() -> Value:
    """Return the loss of the ravine where the race begins."""
    w1, w2 = (Parameter(w, label) for w, label in zip((7.0, 1.0), ("w1", "w2"), strict=True))
    loss: Value = ravine(w1, w2, Value(STEEP, "c"))
    loss.label = "L"
    return loss


def steps_to_reach(name: str, lr: float, race: dict[str, Any]) -> int | None:
    """Return after how many steps the loss is first below the goal; None if that takes too long, or it explodes."""
    weights = [Parameter(w) for w in race["start"]]
    optimizer = OPTIMIZERS[name](weights, lr)
    for step in range(LIMIT + 1):
        loss = race["loss"](*weights)
        if loss.data < race["goal"]:
            return step
        if loss.data > 1e6:
            return None
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return None


def results(race: dict[str, Any]) -> dict[str, list[int | None]]:
    """Return the steps that each optimizer takes, with each learning rate."""
    return {name: [steps_to_reach(name, lr, race) for lr in RATES] for name in OPTIMIZERS}


def fewest(counts: list[int | None]) -> int:
    """Return the fewest steps with any learning rate."""
    return min(count for count in counts if count is not None)


def moves(make: Callable[[list[Value]], Optimizer], gradients: list[float], rates: list[float]) -> list[float]:
    """Return by how much one weight moves at each step, for given gradients and learning rates."""
    w = Parameter(0.0)
    optimizer, places = make([w]), [0.0]
    for w.grad, optimizer.lr in zip(gradients, rates, strict=True):
        optimizer.step()
        places.append(w.data)
    return [b - a for a, b in pairwise(places)]


def with_momentum(convention: str, rates: list[float]) -> list[float]:
    """Return the moves of momentum 0.9, when the gradient is always 1."""
    return moves(lambda w: SGD(w, 0.1, momentum=BETA, convention=convention), [1.0] * len(rates), rates)


def tell(lesson: Lesson) -> Story:
    """The ravine and its gradient; the race; the saddle; the two conventions; the two betas."""
    yield "# A ravine: ½w₁² + ½·50·w₂², from (7, 1)"
    yield "Of the backward pass, what each node ends with, and the steps to the two weights:"
    events = steps(lesson.build())
    yield from (
        event
        for event in events
        if event.phase == "forward" or event.key.startswith("ready") or event.key.endswith(("→w1", "→w2"))
    )
    yield (
        "Downhill is mostly across: the slope of w₂ is the larger, and w₁ has further to go. Plain descent must take steps small "
        f"enough for the steep direction (lr below 2/{STEEP:g} = {2 / STEEP:g}), and then creeps along the flat one."
    )
    yield f"# The race: steps until the loss is first below {RAVINE['goal']:g}, for six learning rates"
    yield table(results(RAVINE))
    yield (
        "Momentum adds up what agrees, along the ravine, and cancels what alternates, across it. Adagrad, RMSprop and Adam divide each "
        "direction by the size of "
        "its own gradients, so that the ravine becomes round; their steps are about lr long (Adagrad's ever shorter), which suits larger "
        "rates here. RMSprop's "
        "first steps are lr/√(1 − α) "
        "long, ten times as much: that is what brings it home in so few. AdamW also pulls all weights towards 0, by 1 % of lr a step: "
        "the larger lr, the more it matters."
    )
    yield "# Off a saddle: w₁² − w₂² + ⅛w₂⁴, from (1.5, 0.0001)"
    yield f"Steps until the loss is below {SADDLE['goal']:g}; the lowest points, at w₂ = ±2, have −2:".replace("-", "−")
    yield table(results(SADDLE))
    yield (
        "At the saddle the slope is nearly 0. SGD multiplies its distance from the ridge by 1 + 2·lr a step, momentum by more. Those that "
        "divide by the size "
        "of the gradient do not see that it is small: they walk off at once. With the largest rates some jump over the goal and find it again later."
    )
    yield "No optimizer wins everywhere, and a race on two surfaces of two weights proves nothing about a network. What it shows is what each idea is for."
    yield "# Momentum is written in two ways"
    yield conventions()
    yield (
        "“How Machines Learn” has v ← β·v − lr·g, w ← w + v; “Neural network training fundamentals” and PyTorch have v ← β·v + g, w ← w − "
        "lr·v. The steps are the same "
        "until lr changes: in the first, what is under way keeps its old lr; in the second, all of it slows down at once."
    )
    yield "# Adam has two β"
    yield betas()
    yield (
        "“How Machines Learn” writes β in both lines of its Adam, and then lists two defaults, β₁ = 0.9 and β₂ = 0.999, which is what "
        "PyTorch has. With 0.9 in both places it is another "
        "optimizer: it remembers the size of 10 gradients in the place of 1000. The first step is the same, lr, whatever the gradient."
    )


def table(found: dict[str, list[int | None]]) -> str:
    """Return the steps of each optimizer with each learning rate."""
    lines = ["learning rate           " + "".join(f"{lr:>8g}" for lr in RATES) + "   fewest"]
    for name, counts in found.items():
        lines.append(name.ljust(24) + "".join(f"{'–' if n is None else n:>8}" for n in counts) + f"{fewest(counts):>9}")
    return "\n".join([*lines, f"–: not within {LIMIT} steps"])


GRADIENTS = [1.0, 1.0, 1.0, 10.0, 1.0, 1.0]
RATE_DROPS = [0.1, 0.1, 0.1, 0.01, 0.01, 0.01]


def conventions() -> str:
    """Return the moves of both conventions, while lr falls."""
    lines = [f"{name:<16}{row(with_momentum(name, RATE_DROPS))}" for name in ("classical", "pytorch")]
    return "\n".join(["learning rate   " + "".join(f"{lr:>10g}" for lr in RATE_DROPS), *lines])


def row(moves: list[float]) -> str:
    """Write moves below one another in columns."""
    return "".join(f"{move:>10.5f}" for move in moves).replace("-", "−")


def with_betas(beta1: float, beta2: float) -> list[float]:
    """Return Adam's moves at lr 0.1 for gradients 1, 1, 1, 10, 1, 1."""
    return moves(lambda w: Adam(w, 0.1, betas=(beta1, beta2)), GRADIENTS, [0.1] * 6)


def betas() -> str:
    """Return Adam's moves with one β and with two."""
    pairs = (("β₁ = 0.9, β₂ = 0.999", (0.9, 0.999)), ("β = 0.9 in both places", (0.9, 0.9)))
    lines = [f"{name:<26}{row(with_betas(*pair))}" for name, pair in pairs]
    return "\n".join(["gradient".ljust(26) + "".join(f"{g:>10g}" for g in GRADIENTS), *lines])


def measure(lesson: Lesson) -> dict[str, float]:
    """Return the graph's numbers, the fewest steps of each optimizer, and the moves of the conventions."""
    found = measured(lesson.build())
    for where, race in (("ravine", RAVINE), ("saddle", SADDLE)):
        found |= {f"{where}, {name}": fewest(counts) for name, counts in results(race).items()}
    for convention in ("classical", "pytorch"):
        found[f"{convention}, fourth move"] = with_momentum(convention, RATE_DROPS)[3]
    return found | {"two β, fourth move": with_betas(0.9, 0.999)[3], "one β, fourth move": with_betas(0.9, 0.9)[3]}


def plot() -> Any:
    """Draw the paths of four optimizers over both surfaces."""
    from nn.plots import descent, loss_surface, new_figure

    figure = new_figure(1, 2)
    figure.set_size_inches(11, 4.6)
    places = ((RAVINE, ((-4.0, 8.0), (-1.2, 1.2)), "A ravine"), (SADDLE, ((-2.0, 2.0), (-2.6, 2.6)), "A saddle"))
    for ax, (race, span, title) in zip(figure.axes, places, strict=True):
        loss, start = race["loss"], race["start"]
        paths = {name: descent(loss, start, partial(OPTIMIZERS[name], lr=lr), 60) for name, lr in DRAWN.items()}
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
        "ravine, SGD": 129, "ravine, SGD, momentum 0.9": 47, "ravine, the same, classical": 47, "ravine, SGD, Nesterov 0.9": 24,
        "ravine, Adagrad": 59, "ravine, RMSprop": 4, "ravine, Adam": 39, "ravine, Adam with one β, 0.9": 53, "ravine, AdamW": 54,
        "saddle, SGD": 22, "saddle, SGD, momentum 0.9": 16, "saddle, SGD, Nesterov 0.9": 15, "saddle, Adagrad": 2, "saddle, RMSprop": 2,
        "saddle, Adam": 14, "saddle, Adam with one β, 0.9": 14, "saddle, AdamW": 14,
        "classical, fourth move": -0.2539, "pytorch, fourth move": -0.03439,
        "two β, fourth move": -0.071228134116, "one β, fourth move": -0.066273012757,
    },
    measure=measure,
    notes=(Note("ready w2", "A larger slope than that of w1, and a shorter way to go: the gradient does not point at the goal."),),
    exercises=(
        GradientOf(build, "w2", 50, {"sign of the delta": -50, "upstream alone": 25}),
        Exercise(
            "The first two gradients are 4 and 2, lr = 0.1, β = 0.9. By how much does w fall at the second step (v ← β·v + g)?",
            0.56,
            lambda: -moves(lambda w: SGD(w, 0.1, momentum=0.9), [4.0, 2.0], [0.1, 0.1])[1],
            ("v begins as the first gradient, 4.", "v becomes 0.9 · 4 + 2 = 5.6.", "0.1 · 5.6."),
            (
                Wrong("the momentum is left out", 0.2, lambda: 0.1 * 2, "v still holds nine tenths of the step before."),
                Wrong("g is weighted with 1 − β", 0.38, lambda: 0.1 * (0.9 * 4 + 0.1 * 2), "That is a running mean; here g is added whole."),
            ),
        ),
        Exercise(
            "Adam's first gradient is 1000, lr = 0.001. By how much does w fall at the first step?",
            0.001,
            lambda: -moves(lambda w: Adam(w, 0.001), [1000.0], [0.001])[0],
            ("m̂ is the gradient itself after the correction, and v̂ its square.", "m̂ / √v̂ = 1000 / 1000.", "0.001 · 1."),
            (Wrong("it is taken for plain descent", 1.0, lambda: 0.001 * 1000, "Adam divides by the size of the gradient; the first step is lr."),),
        ),
    ),
    plot=plot,
)  # fmt: skip
