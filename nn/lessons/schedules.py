"""Learning rates that change while a network learns: each schedule's formula, its numbers, and what it buys."""

import math
import statistics
from collections.abc import Callable
from functools import cache
from random import Random
from typing import Any

from autograd import Parameter, Value, mean, steps
from autograd.classroom import Claim, Exercise, GradientOf, Lesson, Note, Told, Wrong, choice, measured
from autograd.explain.notation import as_table
from autograd.graph import number
from nn.data.datasets import moons
from nn.layers import MLP
from nn.lessons.definitions import define
from nn.losses import binary_cross_entropy_with_logits
from nn.optim.lr_scheduler import (
    ChainedScheduler,
    CosineAnnealingLR,
    CosineAnnealingWarmRestarts,
    ExponentialLR,
    LinearLR,
    Schedule,
    SequentialLR,
    StepLR,
)
from nn.optim.optimizers import SGD, Adam, Optimizer

EPOCHS, RATE, DECAY = 90, 0.001, 0.05
SHOWN = (1, 2, 5, 10, 30, 31, 45, 60, 61, 90)
PRINTED = (1, 10, 30, 31, 45, 60, 61, 90)  # as many as there is room for
RUNS, STEPS, LARGE = 25, 200, 0.5
WARM_STEPS, STARTS = 20, 5


def build() -> Value:
    """Return the learning rate after t epochs of exponential decay: η₀·e^(−kt)."""
    eta, k, t = Value(RATE, "η₀"), Value(DECAY, "k"), Value(10.0, "t")
    factor = (-k * t).exp()
    rate = eta * factor
    factor.label, rate.label = "e⁻ᵏᵗ", "η"
    return rate


def step_decay(optimizer: Optimizer) -> Schedule:
    """Return the document's: a tenth after every 30 epochs."""
    return StepLR(optimizer, step_size=30, gamma=0.1)


def exponential(optimizer: Optimizer) -> Schedule:
    """Return e^(−kt), said as a factor for each epoch: γ = e^(−k)."""
    return ExponentialLR(optimizer, gamma=math.exp(-DECAY))


def cosine(optimizer: Optimizer) -> Schedule:
    """Return half a wave from the top to a hundredth of it."""
    return CosineAnnealingLR(optimizer, T_max=EPOCHS, eta_min=RATE / 100)


def restarts(optimizer: Optimizer) -> Schedule:
    """Return waves of 30 epochs, each from the top again."""
    return CosineAnnealingWarmRestarts(optimizer, T_0=30)


def warm_up(optimizer: Optimizer) -> Schedule:
    """Return ten epochs from a tenth up to the whole."""
    return LinearLR(optimizer, start_factor=0.1, total_iters=10)


def warm_up_then_cosine(optimizer: Optimizer) -> Schedule:
    """Return one after the other: up in 10 epochs, down in 80."""
    return SequentialLR(
        optimizer, [warm_up(optimizer), CosineAnnealingLR(optimizer, T_max=EPOCHS - 10)], milestones=[10]
    )


def warm_up_times_decay(optimizer: Optimizer) -> Schedule:
    """Return both at once: the product of the two factors."""
    return ChainedScheduler([warm_up(optimizer), exponential(optimizer)])


SCHEDULES: dict[str, Callable[[Optimizer], Schedule]] = {
    "step decay": step_decay,
    "exponential": exponential,
    "cosine": cosine,
    "warm restarts": restarts,
    "warm-up": warm_up,
    "warm-up, then cosine": warm_up_then_cosine,
    "warm-up × exponential": warm_up_times_decay,
}


def rates(make: Callable[[Optimizer], Schedule], epochs: int = EPOCHS, lr: float = RATE) -> list[float]:
    """Return the learning rate of each epoch, the first first, by stepping the schedule after each."""
    optimizer = SGD([Parameter(0.0)], lr)
    schedule, found = make(optimizer), []
    for _ in range(epochs):
        found.append(optimizer.lr)
        schedule.step()
    return found


WAYS: dict[str, Callable[[Optimizer], Schedule]] = {
    "constant, large": lambda optimizer: StepLR(optimizer, STEPS),
    "constant, a hundredth of it": lambda optimizer: LinearLR(optimizer, 0.01, 0.01),
    "step decay": lambda optimizer: StepLR(optimizer, STEPS // 3),
    "exponential": lambda optimizer: ExponentialLR(optimizer, math.exp(-5 / STEPS)),
    "cosine": lambda optimizer: CosineAnnealingLR(optimizer, STEPS),
}


def ends(make: Callable[[Optimizer], Schedule]) -> list[float]:
    """Return where stochastic descent ends in each run, from w = 10: the gradient is w plus noise of deviation 1."""
    found = []
    for seed in range(RUNS):
        rng, w = Random(seed), Parameter(10.0)
        optimizer = SGD([w], LARGE)
        schedule = make(optimizer)
        for _ in range(STEPS):
            optimizer.zero_grad()
            (0.5 * w**2 + rng.gauss(0, 1) * w).backward()
            optimizer.step()
            schedule.step()
        found.append(w.data)
    return found


def distance(make: Callable[[Optimizer], Schedule]) -> float:
    """Return how far from the lowest point a run ends, typically: the root of the mean square."""
    return math.sqrt(statistics.fmean(w * w for w in ends(make)))


def floor(lr: float) -> float:
    """Return the distance that stochastic descent keeps for ever at a constant learning rate, by formula: √(lr/(2 − lr))."""
    return math.sqrt(lr / (2 - lr))


def tell(lesson: Lesson) -> Told:
    """One formula and its slopes; all schedules by epoch; the document's step decay; what a schedule buys."""
    yield "# Exponential decay: η = η₀·e^(−kt), after 10 epochs"
    yield from define("schedule", "exponential decay")
    yield from steps(lesson.build())
    yield "# The learning rate in each epoch, in thousandths"
    yield from define("step decay", "cosine annealing", "warm restart", "warm-up")
    yield table()
    decay = rates(step_decay)
    yield (
        f"Step decay is the document's: {decay[0]:g} in epochs 1 to 30, {decay[30]:g} in 31 to 60, {number(decay[60])} from 61 on. Epochs are "
        "counted from 1 here, and the schedule counts the epochs that are over: in epoch 31, t = 30."
    )
    yield (
        f"Exponential decay is the one above, with k = {DECAY:g}. Cosine has T = {EPOCHS} and ends at η_T = η₀/100; warm restarts "
        "are cosines with T = 30 and η_T = 0, t from 0 again each time; warm-up rises from η₀/10 to η₀ in 10 epochs."
    )
    yield (
        "Cosine goes down slowly, then fast, then slowly. Warm restarts jump back to the top: long steps again, to get out of a poor valley (that is what they "
        "are meant for; it is not tested here). Warm-up begins low instead. Then two ways of joining: one after the other, and both at once, where the factors "
        "are multiplied."
    )
    yield "# What a warm-up buys"
    yield from warming()
    yield f"# What a schedule buys: stochastic descent on ½w², {STEPS} steps from w = 10, {RUNS} runs each"
    yield gains()
    yield (
        "The noisy gradient is w plus noise with standard deviation 1; the distance is the root of the mean square over the runs. "
        "With noisy gradients a constant rate never settles: a step leaves (1 − η)² of the squared distance, and the noise adds η². They balance at "
        f"η/(2 − η), a distance of {floor(LARGE):.3f} for η = {LARGE:g}, and the runs find it. A small rate would "
        "keep less, and is still on its way. A schedule has both: large steps to get there, small ones to settle."
    )


@cache
def started(warmed: bool, seed: int) -> tuple[float, float, int]:
    """Train 2-8-8-1 with Adam and a large rate; return the largest loss on the way, the last, and how many ReLUs of layer 1 are dead."""
    model, data, losses = MLP(2, [8, 8, 1], rng=Random(seed)), moons(20, 0.1, Random(0)), list[float]()
    optimizer = Adam(model.parameters(), LARGE)
    schedule = LinearLR(optimizer, start_factor=0.1 if warmed else 1, total_iters=WARM_STEPS)
    for _ in range(2 * WARM_STEPS):
        optimizer.zero_grad()
        loss = mean([binary_cross_entropy_with_logits(model(x)[0], y) for x, y in data])
        loss.backward()
        losses.append(loss.data)
        optimizer.step()
        schedule.step()
    rows = [[out.data for out in model.layers[0](x)] for x, _ in data]
    return max(losses), losses[-1], [max(unit) for unit in zip(*rows, strict=True)].count(0.0)


def warming() -> Told:
    """Tell what becomes of the first steps with a warm-up and without."""
    without, warmed = ([started(way, seed) for seed in range(STARTS)] for way in (False, True))
    yield (
        "Two half moons (two arcs of points that reach into each other, a class each), 20 points, 2-8-8-1 with ReLU, "
        f"{2 * WARM_STEPS} steps of Adam with learning rate {LARGE:g}, from {STARTS} starts:"
    )
    lines: list[tuple[str, ...]] = [("largest loss, by start:", *map(str, range(1, STARTS + 1)), "dead in layer 1")]
    for name, rows in (("without a warm-up", without), (f"warm-up, {WARM_STEPS} steps", warmed)):
        dead = f"{sum(dead for _, _, dead in rows)} of {8 * STARTS}"
        lines.append((name, *(f"{largest:.2f}" for largest, _, _ in rows), dead))
    yield as_table(lines)
    better = sum(a[1] < b[1] for a, b in zip(warmed, without, strict=True))
    highest = max(largest for largest, _, _ in warmed)
    yield Claim(
        f"Without a warm-up the loss is thrown above {highest:.2f} from every start, because Adam's first steps are then {LARGE:g} long for each weight: with "
        f"steps that begin at a tenth of that it never rises above {highest:.2f}. After {2 * WARM_STEPS} steps the loss is lower with it from {better} of the "
        f"{STARTS} starts.",
        lambda long_steps: all(started(not long_steps, seed)[0] > highest for seed in range(STARTS)),
    )


def table() -> str:
    """Return the learning rate of some epochs, in thousandths, for each schedule."""
    rows: list[tuple[str | int, ...]] = [("epoch", *PRINTED)]
    for name, make in SCHEDULES.items():
        found = rates(make)
        rows.append((name, *(f"{1000 * found[epoch - 1]:.3f}" for epoch in PRINTED)))
    return as_table(rows)


def gains() -> str:
    """Return the first and last learning rate and the typical distance at the end, for each way."""
    rows: list[tuple[str, ...]] = [("", "first η", "last η", "typical distance at the end")]
    for name, make in WAYS.items():
        found = rates(make, STEPS, LARGE)
        rows.append((name, *(f"{x:.4f}" for x in (found[0], found[-1], distance(make)))))
    return as_table(rows)


def measure(lesson: Lesson) -> dict[str, float]:
    """Return the graph's numbers, the schedules in some epochs, and the distances at the end."""
    found = measured(lesson.build())
    for name, make in SCHEDULES.items():
        at = rates(make)
        found |= {f"{name}, epoch {epoch}": at[epoch - 1] for epoch in SHOWN}
    return found | {f"distance, {name}": distance(make) for name, make in WAYS.items()}


def plot() -> Any:
    """Draw each schedule over the epochs."""
    from nn.plots import BLUE, new_figure

    figure = new_figure(2, 4, share=True)
    for ax, (name, make) in zip(figure.axes, SCHEDULES.items(), strict=False):
        ax.plot(range(1, EPOCHS + 1), rates(make), color=BLUE)
        ax.set(title=name, ylim=(0, 1.05 * RATE))
        ax.tick_params(labelbottom=True)
    figure.axes[-1].remove()
    figure.supxlabel("epoch")
    figure.supylabel("learning rate")
    return figure


LESSON = Lesson(
    slug="schedules",
    title="Schedules: learning rates that change",
    document="How Machines Learn: Understanding the Core Concepts of Neural Networks, section 6",
    question="Large steps get there, small steps settle. How does a learning rate become small, and what does it buy?",
    build=build,
    tell=tell,
    numbers={
        "e⁻ᵏᵗ": 0.606530659713, "η": 0.000606530659713, "∂η/∂η₀": 0.606530659713, "∂η/∂k": -0.00606530659713, "∂η/∂t": -3.03265329856e-05,
        "step decay, epoch 1": 0.001, "step decay, epoch 30": 0.001, "step decay, epoch 31": 0.0001, "step decay, epoch 60": 0.0001,
        "step decay, epoch 61": 0.00001, "step decay, epoch 90": 0.00001,
        "cosine, epoch 31": 0.0007525, "cosine, epoch 61": 0.0002575, "warm restarts, epoch 31": 0.001, "warm restarts, epoch 61": 0.001,
        "warm-up, epoch 1": 0.0001, "warm-up, epoch 2": 0.00019, "warm-up, epoch 10": 0.00091, "warm-up, epoch 30": 0.001,
        "warm-up, then cosine, epoch 10": 0.00091, "warm-up × exponential, epoch 10": 0.000580241617976,
        "distance, constant, large": 0.593436569892, "distance, constant, a hundredth of it": 3.658612028095,
        "distance, step decay": 0.135127402368, "distance, exponential": 0.095204409295, "distance, cosine": 0.118968928212,
    },
    measure=measure,
    notes=(Note("ready η₀", "A schedule is a factor: whatever learning rate you begin with, this much of it is left."),),
    exercises=(
        GradientOf(build, "η₀", 0.606530659713, {"upstream alone": 1, "+ in the place of ·": 1.606530659713}),
        GradientOf(build, "k", -0.00606530659713, {"local alone": -1, "sign of the delta": 0.00606530659713}),
        Exercise(
            "Step decay by 0.1 after every 30 epochs, from 0.001. What is the learning rate in epoch 31, counted from 1?",
            0.0001,
            lambda: rates(step_decay)[30],
            ("The first 30 epochs are 1 to 30.", "Epoch 31 is the first after a step.", "0.001 · 0.1."),
            (Wrong("epoch 31 is taken to be in the first thirty", 0.001, lambda: rates(step_decay)[29], "Counted from 1, the first 30 end with epoch 30."),),
        ),
        Exercise(
            "Cosine from 0.5 to 0 in 10 epochs: what is the learning rate after 5?",
            0.25,
            lambda: CosineAnnealingLR(SGD([Parameter(0.0)], 0.5), T_max=10).at(5, 0.5),
            ("½ · 0.5 · (1 + cos(π · 5/10)).", "cos(π/2) is 0.", "½ · 0.5."),
            (Wrong("½ is left out", 0.5, lambda: 0.5 * (1 + math.cos(math.pi / 2)), "1 + cos goes from 2 to 0; the half makes that 1 to 0."),),
        ),
        choice(
            "Which schedule begins with its smallest steps?",
            [("warm-up", ""),
             ("cosine annealing", "It begins at the top and ends low."),
             ("step decay", "Its steps become smaller each time.")],
            lambda: 1 + [rates(make)[0] == min(rates(make)) for make in (warm_up, cosine, step_decay)].index(True),
            "Think of the first epoch.",
        ),
    ),
    plot=plot,
)  # fmt: skip
