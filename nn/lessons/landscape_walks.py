"""The surfaces of the landscapes, and the walks on them: two valleys, a bowl, a saddle, a plateau, and random curvatures."""

import math
from collections.abc import Callable
from functools import cache
from random import Random
from typing import Any

from autograd import Parameter, Value, hessian
from nn.optim.newton import Newton
from nn.optim.optimizers import SGD

WIDTH, TILT = 1.0, 0.3
START, STEPS, LEARNING_RATE = 2.0, 400, 0.01
RUNS, NOISES = 50, (0, 4, 8, 12)
MANY_STEPS, SLOW, TINY, LEAPING = 100_000, (0.0001, 0.01, 0.07), 0.000001, 0.1  # steps and learning rates
MOMENTA = (0.0, 0.5, 0.8, 0.9, 0.95)
BOWL_START, SADDLE_START, DAMPING, WEAK = (3.0, -1.0), (1.5, 0.5), 3.0, 1.0
DIMENSIONS, DRAWS = (1, 2, 3, 4, 5, 6), 1000
Point = tuple[float, ...]


def valley(w: Any, a: Any = WIDTH, c: Any = TILT) -> Any:
    """Return (w² − a)² + c·w: two valleys, the left one the deeper."""
    return (w**2 - a) ** 2 + c * w


def bowl(x: Any, y: Any) -> Any:
    """Return (x − 1)² + 10·(y − x)²: a long bowl, lowest at (1, 1)."""
    return (x - 1) ** 2 + 10 * (y - x) ** 2


def saddle(x: Any, y: Any) -> Any:
    """Return x² − y²: up along x, down along y, flat at (0, 0)."""
    return x**2 - y**2


def plateau(w: Any) -> Any:
    """Return 1 − e^(−w²/2): a hole in a plain that is nearly flat from w = 5 on."""
    return 1 - (-0.5 * w**2).exp()


def walk(loss: Callable[..., Any], start: Point, make: Callable[[list[Value]], Any], count: int) -> list[Point]:
    """Return the points that an optimizer goes through."""
    weights = [Parameter(w) for w in start]
    optimizer, path = make(weights), [start]
    for _ in range(count):
        optimizer.zero_grad()
        loss(*weights).backward()
        optimizer.step()
        path.append(tuple(w.data for w in weights))
    return path


def rolled(momentum: float, start: float = START) -> list[float]:
    """Return the path of gradient descent with momentum in the two valleys."""
    return [w for (w,) in walk(valley, (start,), lambda ws: SGD(ws, LEARNING_RATE, momentum=momentum), STEPS)]


def ends(lr: float, start: float = START, count: int = STEPS) -> float:
    """Return where plain descent in the two valleys is after some steps; their slope is 4w(w² − 1) + 0.3."""
    w = start
    for _ in range(count):
        w -= lr * (4 * w * (w * w - WIDTH) + TILT)
    return w


def newton(loss: Callable[..., Any], start: Point, count: int = 1, damping: float = 0.0) -> Point:
    """Return where Newton's method is after some steps."""
    weights = [Parameter(w) for w in start]
    optimizer = Newton(weights, damping=damping)
    for _ in range(count):
        optimizer.step(loss(*weights))
    return tuple(w.data for w in weights)


@cache
def left_by(noise: float, valley_of: str = "shallow") -> int:
    """Return how many runs of descent with noisy gradients, from the bottom of a valley, end beyond the hump."""
    places, ends = flat_points(), []
    for seed in range(RUNS):
        rng, w = Random(seed), places[valley_of]
        for _ in range(STEPS):
            w -= LEARNING_RATE * (4 * w * (w * w - WIDTH) + TILT + rng.gauss(0, noise))
        ends.append((w < places["hump"]) != (places[valley_of] < places["hump"]))
    return ends.count(True)


@cache
def flat_points() -> dict[str, float]:
    """Return the three places where the slope of the valleys is 0, each found by Newton's method from near it."""
    return {name: newton(valley, (start,), 20)[0] for name, start in (("deep", -1.0), ("hump", 0.1), ("shallow", 1.0))}


def curvature(w: float) -> float:
    """Return the second derivative of the valleys."""
    return hessian(valley, [w])[0][0]


def arrives(make: Callable[[list[Value]], Any], limit: int) -> int | None:
    """Return after how many steps a walk from the plateau, w = 5, is in the hole, below a height of 0.01."""
    heights = (1 - math.exp(-0.5 * w * w) for (w,) in walk(plateau, (5.0,), make, limit))
    return next((step for step, height in enumerate(heights) if height < 0.01), None)


def all_positive(matrix: list[list[float]]) -> bool:
    """Tell whether a symmetric matrix curves up in every direction: whether all pivots of its elimination are above 0."""
    rows = [row[:] for row in matrix]
    for k, pivot in enumerate(rows):
        if pivot[k] <= 0:
            return False
        for row in rows[k + 1 :]:
            factor = row[k] / pivot[k]
            row[:] = [a - factor * b for a, b in zip(row, pivot, strict=True)]
    return True


def random_symmetric(n: int, rng: Random) -> list[list[float]]:
    """Return a symmetric matrix of random curvatures."""
    half = [[rng.gauss(0, 1) for _ in range(n)] for _ in range(n)]
    return [[half[i][j] + half[j][i] for j in range(n)] for i in range(n)]


def share_of_minima(n: int) -> float:
    """Return the share of random flat points in n dimensions that are minima."""
    rng = Random(n)
    return sum(all_positive(random_symmetric(n, rng)) for _ in range(DRAWS)) / DRAWS


def off_the_saddle(momentum: float, limit: int = 200) -> int:
    """Return after how many steps y is 1 away from the saddle, from y = 0.001."""
    path = walk(saddle, (1.0, 0.001), lambda ws: SGD(ws, 0.02, momentum=momentum), limit)
    return next(step for step, (_, y) in enumerate(path) if abs(y) >= 1)


@cache
def patience() -> int:
    """Return after how many steps of plain descent w, from 5, is at most 1; the slope of the plateau is w·e^(−w²/2)."""
    w, steps = 5.0, 0
    while w > 1:
        w, steps = w - 0.1 * w * math.exp(-0.5 * w * w), steps + 1
    return steps
