"""The race of optimizers: a ravine, a saddle, and how each rule fares on them with each learning rate."""

import math
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import islice, pairwise, repeat
from typing import Any, NamedTuple

from autograd import Parameter, Value
from autograd.classroom import Claim, Told
from nn.optim.optimizers import SGD, Adagrad, Adam, AdamW, Optimizer, RMSprop

STEEP = 50.0
RATES = (0.01, 0.03, 0.1, 0.3, 1.0)
LEAVES = (0.03, 0.3)  # the learning rates at which is counted how soon each leaves the ridge of the saddle
LIMIT, BETA, EXPLODED = 300, 0.9, 1e6
OPTIMIZERS: dict[str, Callable[..., Optimizer]] = {
    "SGD": SGD,
    "SGD, momentum 0.9": lambda w, lr: SGD(w, lr, momentum=BETA),
    "SGD, Nesterov 0.9": lambda w, lr: SGD(w, lr, momentum=BETA, nesterov=True),
    "Adagrad": Adagrad,
    "RMSprop": RMSprop,
    "Adam": Adam,
    "AdamW": AdamW,
}


def ravine(x: Any, y: Any, steepness: Any = STEEP) -> Any:
    """Return ½x² + ½·50·y²: fifty times as steep across as along."""
    return 0.5 * x**2 + 0.5 * (steepness * y**2)


def saddle(x: Any, y: Any) -> Any:
    """Return x² − y² + ⅛y⁴: a saddle at (0, 0), and −2 at its lowest points (0, ±2)."""
    return x**2 - y**2 + 0.125 * (y**2) ** 2


RAVINE: dict[str, Any] = {"loss": ravine, "start": (7.0, 1.0), "goal": 0.01}
SADDLE: dict[str, Any] = {"loss": saddle, "start": (1.5, 0.0001), "goal": -1.9}
SURFACES = {"ravine": RAVINE, "saddle": SADDLE}


class Race(NamedTuple):
    """How one optimizer fared with one learning rate: the step from which the loss stays below the goal, and the largest loss."""

    steps: int | None
    largest: float
    first: int | None  # the first step below the goal, whether the loss stays there or not
    away: int | None  # the first step at which w2 is 1 or more away from 0


@cache
def race(name: str, lr: float, surface: str) -> Race:
    """Run an optimizer for LIMIT steps."""
    losses, places = zip(*islice(descent(OPTIMIZERS[name], lr, SURFACES[surface]), LIMIT + 1), strict=True)
    goal = SURFACES[surface]["goal"]
    first = next((step for step, loss in enumerate(losses) if loss < goal), None)
    away = next((step for step, w2 in enumerate(places) if abs(w2) >= 1), None)
    return Race(arrival(losses, goal), max(losses), first, away)


def arrival(losses: Sequence[float], goal: float) -> int | None:
    """Return the step from which the loss stays below a goal; None where it does not."""
    above = max((step for step, loss in enumerate(losses) if not loss < goal), default=-1)
    return above + 1 if above + 1 < len(losses) else None


@cache
def multiplied(name: str, lr: float, factor: float) -> int | None:
    """Return the step from which the loss of the ravine stays below the goal, where both are multiplied by a factor."""
    larger = RAVINE | {"loss": lambda x, y: factor * ravine(x, y)}
    losses = [loss for loss, _ in islice(descent(OPTIMIZERS[name], lr, larger), LIMIT + 1)]
    return arrival(losses, factor * RAVINE["goal"])


@cache
def elsewhere(name: str) -> int:
    """Return the fewest steps to the bottom of the same ravine, moved to where the start was, from (0, 0)."""
    x, y = RAVINE["start"]
    moved = RAVINE | {"loss": lambda w1, w2: ravine(w1 - x, w2 - y), "start": (0.0, 0.0)}
    runs = ([loss for loss, _ in islice(descent(OPTIMIZERS[name], lr, moved), LIMIT + 1)] for lr in RATES)
    return min(steps for losses in runs if (steps := arrival(losses, RAVINE["goal"])) is not None)


def step_length(step: int, lr: float) -> float:
    """Return how long a step of SGD down the ravine is, counted from 1."""
    x, y = RAVINE["start"]
    return lr * math.hypot(x * (1 - lr) ** (step - 1), STEEP * y * (1 - STEEP * lr) ** (step - 1))


def descent(make: Callable[..., Optimizer], lr: float, surface: dict[str, Any]) -> Iterator[tuple[float, float]]:
    """Yield the loss and w2 before each step; once the loss has exploded, for ever infinity."""
    weights = [Parameter(w) for w in surface["start"]]
    optimizer = make(weights, lr)
    while (loss := surface["loss"](*weights)).data < EXPLODED:
        yield loss.data, weights[1].data
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    yield from repeat((math.inf, math.inf))


@cache
def away_from(start: float, name: str, lr: float = LEAVES[0]) -> int:
    """Return the first step at which w2 is 1 or more away from the ridge of the saddle, when it begins at `start`."""
    places = descent(OPTIMIZERS[name], lr, SADDLE | {"start": (SADDLE["start"][0], start)})
    return next(step for step, (_, w2) in enumerate(places) if abs(w2) >= 1)


def results(surface: str) -> dict[str, list[Race]]:
    """Return how each optimizer fares with each learning rate."""
    return {name: [race(name, lr, surface) for lr in RATES] for name in OPTIMIZERS}


def best(races: list[Race]) -> int:
    """Return the number of the race with the fewest steps."""
    arrived = [(one.steps, i) for i, one in enumerate(races) if one.steps is not None]
    return min(arrived)[1]


def fewest(races: list[Race]) -> int:
    """Return the fewest steps with any learning rate."""
    return races[best(races)].steps or 0


def moves(make: Callable[[list[Value]], Optimizer], gradients: list[float], rates: list[float]) -> list[float]:
    """Return by how much one weight moves at each step, for given gradients and learning rates."""
    w = Parameter(0.0)
    optimizer, places = make([w]), [0.0]
    for w.grad, optimizer.lr in zip(gradients, rates, strict=True):
        optimizer.step()
        places.append(w.data)
    return [b - a for a, b in pairwise(places)]


def first_step(make: Callable[..., Optimizer]) -> float:
    """Return how far the first step goes, with learning rate 0.1, when the gradient is 50."""
    return abs(moves(lambda w: make(w, 0.1), [50.0], [0.1])[0])


def fall(direction: Sequence[float]) -> float:
    """Return how fast the loss of the ravine falls at the start, for each 1 of a way in a direction."""
    x, y = map(float, RAVINE["start"])
    return -(x * direction[0] + STEEP * y * direction[1]) / math.hypot(*direction)


def downhill() -> Told:
    """Tell which way is the steepest, and that it is not the way to the goal."""
    x, y = RAVINE["start"]
    yield (
        "In a direction u of length 1 the loss changes by g·u for each 1 of the way, at first. That is least where u points against g: no other way down is "
        f"as steep. Here it is {fall((-x, -STEEP * y)):.1f} down for each 1; straight to the goal it would be {fall((-x, -y)):.1f}. The steepest way is "
        "mostly across: the slope of w₂ is the larger, and w₁ has further to go. Plain descent must take steps small enough for the steep direction (η below "
        f"2/{STEEP:g} = {2 / STEEP:g}), and then creeps along the flat one."
    )


def decayed() -> Told:
    """Tell what the weight decay of AdamW is worth here."""
    adam, adamw = (fewest(results("ravine")[name]) for name in ("Adam", "AdamW"))
    yield Claim(
        f"AdamW also shrinks all weights a little at each step. It needs {adamw} steps where Adam needs {adam} because the goal is (0, 0), where shrinking "
        f"leads. With the goal at (7, 1) and the start at (0, 0) Adam needs {elsewhere('Adam')} as before, and AdamW {elsewhere('AdamW')}.",
        lambda at_zero: adamw < adam if at_zero else elsewhere("AdamW") < elsewhere("Adam"),
    )


def gold() -> Told:
    """Tell what is true of “fixed-size steps”, and of “the gold standard”."""
    lr = RATES[1]
    yield (
        f"“Vanilla SGD takes fixed-size steps”, says the same document. Its rate is fixed, its steps are η times the gradient: down the ravine, with "
        f"{lr:g}, the first is {step_length(1, lr):.2f} long and the hundredth {step_length(100, lr):.2f}. Steps of about one length, η, are Adam's."
    )
    (of_ravine, of_saddle) = ({name: fewest(races) for name, races in results(one).items()} for one in SURFACES)
    yield (
        f"“The gold standard”, which “dominates”, says another document of Adam. In neither race is it first: {of_ravine['Adam']} steps at best in the ravine, "
        f"and RMSprop {of_ravine['RMSprop']}; {of_saddle['Adam']} off the saddle, and Adagrad and "
        f"RMSprop {of_saddle['Adagrad']}. It is the usual first choice, and for "
        "this there is a reason:"
    )
    times, lr = 1000, RATES[-1]
    yield Claim(
        f"Let the loss be {times:,} times as large. With its rate of {lr:g} Adam arrives after {multiplied('Adam', lr, times)} steps, as before, because it "
        f"divides by the size of the gradients. SGD with {RATES[1]:g}, which took {of_ravine['SGD']}, no longer arrives. So a rate that did for one network "
        "often does for the next. It is not the best for each: see the steps above.",
        lambda divides: multiplied(*(("Adam", lr) if divides else ("SGD", RATES[1])), times) is not None,
    )
