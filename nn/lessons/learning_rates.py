"""Learning rates too large, too small and right, on a parabola and a small network; and the losses a document prints."""

import math
from itertools import pairwise
from random import Random
from typing import Any

from autograd import Parameter, Value, mean, steps
from autograd.classroom import Exercise, GradientOf, Lesson, Note, Story, Wrong, choice, measured, number
from autograd.explain.notation import as_table
from nn.layers import MLP
from nn.losses import mse_loss
from nn.optim.optimizers import SGD

CURVATURE, START = 8.0, 5.0
START_LOSS = 0.5 * CURVATURE * START**2  # 100: the document's first loss
RATES = (0.0005, 0.02, 0.125, 0.2, 0.25, 0.26)
STEPS = 20
COLUMNS = {  # the losses that the document prints, with the learning rate that it prints beside them
    "too large": (1.0, (100.0, 250.0, 80.0, 300.0)),
    "too small": (0.000001, (100.00, 99.99, 99.98)),
    "just right": (0.01, (100.0, 85.0, 73.0)),
}
DECIMALS = {"too large": 0, "too small": 2, "just right": 0}
NETWORK_RATES, NETWORK_STEPS = (0.01, 3.0, 20.0), 100


def build() -> Value:
    """Return a parabola ½·c·(w − m)²: c is its curvature, m where it is lowest."""
    w, c, m = Parameter(START, "w"), Value(CURVATURE, "c"), Value(0.0, "m")
    distance = w - m
    loss = 0.5 * c * distance**2
    distance.label, loss.label = "d", "L"
    return loss


def descent(lr: float, steps: int = STEPS) -> list[float]:
    """Return the losses of gradient descent on the parabola, by the engine."""
    w = Parameter(START)
    optimizer, losses = SGD([w], lr), []
    for _ in range(steps + 1):
        optimizer.zero_grad()
        loss = 0.5 * CURVATURE * w**2
        loss.backward()
        losses.append(loss.data)
        optimizer.step()
    return losses


def closed_form(lr: float, t: int) -> float:
    """Return the loss after t steps, by the formula: each step multiplies w by 1 − lr · c."""
    return 0.5 * CURVATURE * ((1 - lr * CURVATURE) ** t * START) ** 2


def ratios(losses: tuple[float, ...], decimals: int) -> tuple[float, float]:
    """Return the least and the greatest ratio r with which 100, 100·r, 100·r², … rounds to these losses.

    There is none if the first is above the second.
    """
    half = 0.5 * 10**-decimals
    low = [((loss - half) / losses[0]) ** (1 / t) for t, loss in enumerate(losses) if t]
    high = [((loss + half) / losses[0]) ** (1 / t) for t, loss in enumerate(losses) if t]
    return max(low), min(high)


def within(bound: float, side: int) -> float:
    """Return the first number of five decimals above a bound (side 1) or below it (side −1), not the bound itself.

    >>> within(0.999875, 1), within(0.855, -1)
    (0.99988, 0.85499)
    """
    scaled = round(bound * 1e5, 6)
    return (math.floor(scaled) + 1 if side > 0 else math.ceil(scaled) - 1) / 1e5


def curvature_for(ratio: float, lr: float, side: int = 1) -> float:
    """Return the curvature with which each step multiplies the loss by this ratio, (1 − lr·c)²; side −1 jumps across."""
    return (1 - side * math.sqrt(ratio)) / lr


def curvatures_for(name: str) -> tuple[float, float]:
    """Return the least and the greatest curvature with which the printed learning rate makes the printed losses."""
    lr, losses = COLUMNS[name]
    low, high = ratios(losses, DECIMALS[name])
    return curvature_for(high, lr), curvature_for(low, lr)


def bends(losses: tuple[float, ...]) -> list[float]:
    """Return L₀ − 2·L₁ + L₂ for each three losses in a row: below 0 where the row bends down."""
    return [a - 2 * b + c for (a, b), (_, c) in pairwise(pairwise(losses))]


def train(lr: float) -> list[float]:
    """Return the losses of a small network 1-6-1 (tanh, then sigmoid) that learns a parabola, all points at each step."""
    model = MLP(1, [6, 1], "tanh", "sigmoid", rng=Random(0))
    data = [(x / 4, (x / 4) ** 2) for x in range(-4, 5)]
    optimizer, losses = SGD(model.parameters(), lr), []
    for _ in range(NETWORK_STEPS + 1):
        optimizer.zero_grad()
        loss = mean([mse_loss(model([x]), y) for x, y in data])
        loss.backward()
        losses.append(loss.data)
        optimizer.step()
    return losses


def tell(lesson: Lesson) -> Story:
    """One step on a parabola; every learning rate by formula; the document's columns; a small network."""
    yield f"# A parabola of curvature {CURVATURE:g}: the slope is c · d"
    yield (
        f"The loss is L = ½·c·(w − m)². It is lowest, 0, at w = m; d = w − m is the distance from there, and c · d the slope. So the slope grows by c for "
        f"each 1 of w: c is the curvature. Here c = {CURVATURE:g} and m = 0, and w begins at 5."
    )
    yield from steps(lesson.build())
    yield (
        f"A step moves w by −η · {CURVATURE:g} · d, so the distance is multiplied by 1 − {CURVATURE:g}·η, and the loss by its square, "
        "step after step. "
        f"It falls as long as η < 2/c = {2 / CURVATURE:g}; at η = 1/c = {1 / CURVATURE:g} one step is enough."
    )
    yield (
        "It is like standing on a mountain in thick fog: one feels the slope under one's feet, and nothing else. Downhill is the way; how far it goes "
        "downhill nobody can feel. With one weight there are two directions only, and the question is the length of the step."
    )
    yield "# The losses after 0, 1, 2, 5 and 20 steps, by the engine; the last again by the formula"
    yield parabola_table()
    yield (
        f"{RATES[0]:g} creeps; {RATES[1]:g} falls from one side; {RATES[2]:g} = 1/c needs one step. Beyond 1/c w jumps across at every step: with {RATES[3]:g} "
        f"the loss still falls, with {RATES[4]:g} = 2/c it stays at {START_LOSS:g} for ever, and with {RATES[5]:g} it grows at every step. The document "
        "promises that batch descent finds the minimum of a convex function: this one is convex, and a rate above 2/c never finds it."
    )
    yield "# Could the document's losses come from a parabola?"
    yield columns_table()
    yield from verdicts()
    yield "# A small network, 1-6-1, learns a parabola from nine points"
    runs = {lr: train(lr) for lr in NETWORK_RATES}
    yield network_table(runs)
    small, right, large = NETWORK_RATES
    yield (
        f"The last column counts after how many of the {NETWORK_STEPS} steps the loss was higher than before. With {small:g} and {right:g} it falls at every "
        f"step, with {small:g} only just. With {large:g} it goes up and down, as high as {max(runs[large]):.3f}, and after {NETWORK_STEPS} steps it is at "
        f"{runs[large][-1]:.3f}, above where it began. On a parabola a loss that has fallen once falls at every step; but a network's curvature changes as it "
        "moves. That is what the document's first column is a picture of. "
        "A learning rate is large or small for a curvature, never by itself."
    )
    yield (
        "The documents advise 0.001 to 0.01 for small networks, 0.0001 to 0.001 for large ones, and 0.0001 to 0.1 in general. With plain "
        "descent this small network has, with "
        f"{NETWORK_RATES[0]:g}, come from {runs[NETWORK_RATES[0]][0]:.3f} to {runs[NETWORK_RATES[0]][-1]:.3f} after "
        f"{len(runs[NETWORK_RATES[0]]) - 1} steps. Such ranges are where to begin looking, no more."
    )


def parabola_table() -> str:
    """Return some losses for each learning rate."""
    shown = (0, 1, 2, 5, 20)
    rows: list[tuple[str | float, ...]] = [("η", "1 − c·η", *shown, "by formula")]
    for lr in RATES:
        losses = [*(descent(lr)[t] for t in shown), closed_form(lr, 20)]
        rows.append((lr, f"{1 - CURVATURE * lr:.4g}", *(f"{loss:,.4g}" for loss in losses)))
    return as_table(rows, left=())


def columns_table() -> str:
    """Return the document's losses, the ratios between them, and how they bend."""
    rows: list[tuple[str | float, ...]] = [("", "printed η", "losses", "ratios", "L₀ − 2·L₁ + L₂")]
    for name, (lr, losses) in COLUMNS.items():
        shown = ", ".join(f"{loss:.{DECIMALS[name]}f}" for loss in losses)
        between = ", ".join(f"{b / a:.4g}" for a, b in pairwise(losses))
        rows.append((name, lr, shown, between, ", ".join(number(round(bend, 2)) for bend in bends(losses))))
    return as_table(rows, left=(0, 2, 3, 4))


def verdicts() -> Story:
    """Say of each column whether one learning rate on a bowl can make it."""
    yield (
        "The last column is computed for each three losses in a row: above 0 they bend up, below 0 down. On a parabola the ratio of a loss to the one "
        "before is always the same, (1 − c·η)². The printed numbers are rounded, which leaves some room."
    )
    for name in ("too small", "just right"):
        lr, losses = COLUMNS[name]
        low, high = ratios(losses, DECIMALS[name])
        ratio = (low + high) / 2
        made = ", ".join(f"{losses[0] * ratio**t:.{DECIMALS[name] + 1}f}" for t in range(len(losses)))
        yield (
            f"{name.capitalize()}: yes. Any ratio from {within(low, 1):.5f} to {within(high, -1):.5f}, from 100 exactly, rounds to these losses; {ratio:.5f} "
            f"gives {made}. "
            f"With η = {number(lr)} that is a curvature of {curvature_for(ratio, lr):.3g}."
        )
    exact = COLUMNS["just right"][1][1]
    yield f"(After {exact:g}.00 would come {exact**2 / 100:g}, which rounds to {exact**2 / 100:.0f}: it is the rounding that saves the column.)"
    (a, b), (c, d) = curvatures_for("too small"), curvatures_for("just right")
    yield (
        f"But not on the same parabola: the one asks for a curvature from {a:.3g} to {b:.3g}, the other from {c:.3g} to {d:.3g} (or, "
        "jumping across at every "
        f"step, for one near {2 / COLUMNS['too small'][0]:,.0f}, and near "
        f"{curvature_for(COLUMNS['just right'][1][1] / 100, COLUMNS['just right'][0], -1):.0f})."
    )
    _, losses = COLUMNS["too large"]
    yield (
        f"Too large: no. From {losses[0]:g} to {losses[1]:g} it rises, then falls to {losses[2]:g}; on a parabola what rises once rises for ever. "
        "No bowl of second degree helps, in any number of dimensions: its loss is a sum of such columns, aᵢ·rᵢᵗ with aᵢ and rᵢ at or above 0, and each of "
        "them bends up; a floor below it changes nothing. "
        f"This one bends by −{-bends(losses)[0]:g}, down. Numbers like these need a surface whose curvature changes, or another batch at each step."
    )


def network_table(runs: dict[float, list[float]]) -> str:
    """Return some losses of the network for each learning rate, and how often the loss rose."""
    shown = (0, 1, 2, 10, 50, 97, 98, 99, 100)
    rows: list[tuple[str | float, ...]] = [("η", *shown, "rises")]
    for lr, losses in runs.items():
        rows.append((lr, *(f"{losses[t]:.3f}" for t in shown), rises(losses)))
    return as_table(rows, left=())


def rises(losses: list[float]) -> int:
    """Count the steps after which the loss was higher."""
    return [b > a for a, b in pairwise(losses)].count(True)


def measure(lesson: Lesson) -> dict[str, float]:
    """Return the graph's numbers, the losses by both ways, the room that the printed columns leave, and the network's losses."""
    found = measured(lesson.build())
    for lr in RATES:
        found |= {f"loss after 20 steps, lr {lr:g}": descent(lr)[20], f"by formula, lr {lr:g}": closed_form(lr, 20)}
    for name in COLUMNS:
        low, high = ratios(COLUMNS[name][1], DECIMALS[name])
        found |= {f"{name}: room for a ratio": high - low, f"{name}: bend": bends(COLUMNS[name][1])[0]}
    found |= {f"{name}: least curvature": curvatures_for(name)[0] for name in ("too small", "just right")}
    for lr in NETWORK_RATES[:2]:  # the last is chaos: another machine's rounding may end elsewhere
        losses = train(lr)
        found |= {f"network, lr {lr:g}: last loss": losses[-1], f"network, lr {lr:g}: rises": rises(losses)}
    return found


def plot() -> Any:
    """Draw the losses on the parabola and of the network, a line for each learning rate."""
    from nn.plots import CLASSES, DASHES, legend_below, new_figure

    figure = new_figure(1, 2)
    runs = [
        ({lr: descent(lr) for lr in RATES}, "The parabola"),
        ({lr: train(lr) for lr in NETWORK_RATES}, "The network"),
    ]
    for ax, (losses, title) in zip(figure.axes, runs, strict=True):
        for k, (lr, curve) in enumerate(losses.items()):
            ax.plot([max(loss, 1e-9) for loss in curve], DASHES[k % 4], color=CLASSES[k], label=f"{lr:g}")
        ax.set(xlabel="step", ylabel="loss", title=title, yscale="log")
        ax.set_ylim(bottom=1e-3)
        legend_below(ax)
    return figure


LESSON = Lesson(
    slug="learning-rates",
    title="Learning rates: too large, too small, right",
    document="How Machines Learn: Understanding the Core Concepts of Neural Networks, section 6",
    question="A document prints losses for three learning rates: 100, 250, 80, 300; 100, 99.99, 99.98; 100, 85, 73. Can one parabola make them?",
    build=build,
    tell=tell,
    numbers={
        "d": 5, "L": 100, "∂L/∂w": 40, "∂L/∂m": -40, "∂L/∂c": 12.5,
        "loss after 20 steps, lr 0.0005": 85.187041746133, "loss after 20 steps, lr 0.02": 0.093577500862,
        "loss after 20 steps, lr 0.125": 0, "loss after 20 steps, lr 0.25": 100, "by formula, lr 0.26": 2172.45214968,
        "too large: room for a ratio": -1.597782077754, "too large: bend": -320,
        "too small: room for a ratio": 5.00050007657e-05, "too small: bend": 0,
        "just right: room for a ratio": 0.003530681704, "just right: bend": 3,
        "too small: least curvature": 37.50210955966, "just right: least curvature": 7.533789955465,
        "network, lr 0.01: rises": 0, "network, lr 3: rises": 0,
    },
    measure=measure,
    notes=(Note("ready w", "c · d. A steeper bowl has a larger slope, and needs a smaller learning rate."),),
    exercises=(
        GradientOf(build, "w", 40, {"sign of the delta": -40, "½(t − o)² for (t − o)²": 20, "local alone": 1}),
        Exercise(
            "The curvature is 8. From which learning rate on does gradient descent no longer fall?",
            0.25,
            lambda: 2 / 8,
            ("Each step multiplies the distance by 1 − 8·η.", "It no longer shrinks at −1.", "1 − 8·η = −1."),
            (Wrong("1/c is given", 0.125, lambda: 1 / 8, "At 1/c one step reaches the bottom; from there to 2/c it jumps across, and still falls."),),
        ),
        Exercise(
            "The curvature is 8, η is 0.2. The loss is 100; what is it after one step?",
            36,
            lambda: closed_form(0.2, 1),
            ("The distance is multiplied by 1 − 8 · 0.2 = −0.6.", "The loss goes with its square.", "100 · 0.36."),
            (Wrong("the loss is multiplied by 0.6", 60, lambda: 100 * abs(1 - 8 * 0.2), "That is the distance; the loss goes with its square."),),
        ),
        choice(
            "The curvature is 8. With which rate does w jump across the minimum at each step, and come nearer?",
            [("0.1", "1 − 8 · 0.1 is 0.2: it comes nearer from one side."),
             ("0.3", "1 − 8 · 0.3 is −1.4: it goes away."),
             ("0.2", "")],
            lambda: 1 + [-1 < 1 - CURVATURE * rate < 0 for rate in (0.1, 0.3, 0.2)].index(True),
            "The factor 1 − c·η must lie between −1 and 0.",
        ),
    ),
    plot=plot,
)  # fmt: skip
