"""Batch, stochastic, mini-batch: how many examples a step looks at, how noisy its gradient is, and what that buys."""

import math
import statistics
from functools import cache
from random import Random
from timeit import repeat
from typing import Any

from autograd import Parameter, Value, dot, grad, mean, steps
from autograd.classroom import Exercise, GradientOf, Lesson, Note, Told, Wrong, choice, measured
from autograd.explain.notation import as_table
from nn.data.batching import batches
from nn.layers import Layer
from nn.lessons.batch_runs import DATA, EPOCHS, LEARNING_RATE, Run, best, run
from nn.lessons.definitions import define

SIZES = (1, 4, 16, 64, 256)
DRAWS = 400
WAYS = {"batch": 1000, "mini-batch": 100, "stochastic": 1}
LOOK = (1, 3, 10)  # epochs after which is told how far each run has come
PIXELS, NEURONS, IMAGES = 784, 128, 32
RANGES = (8, 32, 128, 256, 1024)  # the sizes that one document names
SHAPE, TRAINING_IMAGES = (784, 128, 64, 10), 60_000  # the digits of MNIST


def build() -> Value:
    """Return the mean squared error of a line w · x + b on a batch of three examples."""
    w, b = Parameter(0.5, "w"), Parameter(0.0, "b")
    losses = []
    for k, (x, y) in enumerate([(1.0, 2.0), (2.0, 2.0), (-1.0, 1.0)], 1):
        z = dot([w], [Value(x, f"x{k}")], b)
        loss = (z - Value(y, f"y{k}")) ** 2
        z.label, loss.label = f"z{k}", f"L{k}"
        losses.append(loss)
    batch = mean(losses)
    batch.label = "L"
    return batch


@cache
def slopes() -> tuple[float, ...]:
    """Return the slope of each example's loss along w, at w = 0 and b = 0."""
    w, b = Parameter(0.0), Parameter(0.0)
    return tuple(grad((dot([w], x, b) - y) ** 2, w)[0] for x, y in DATA)


def noise(size: int) -> float:
    """Return the standard deviation of the gradient of batches of one size, drawn with repeats."""
    rng, each = Random(size), slopes()
    return statistics.pstdev(statistics.fmean(rng.choices(each, k=size)) for _ in range(DRAWS))


def iterations(examples: int, size: int) -> int:
    """Return how many batches, and so steps, make one epoch."""
    return len(list(batches([([0.0], 0)] * examples, size, shuffle=False)))


def matrix_product(rows: list[list[float]], columns: list[list[float]]) -> list[list[float]]:
    """Return rows · columns: each row of the one with each column of the other, given as a list of columns."""
    return [[sum(x * w for x, w in zip(row, column, strict=True)) for column in columns] for row in rows]


def one_by_one_and_at_once() -> tuple[list[list[float]], list[list[float]]]:
    """Return a layer's outputs for four examples, example by example and by one matrix product."""
    rng = Random(0)
    layer = Layer(3, 2, "linear", rng)
    rows = [[rng.uniform(-1, 1) for _ in range(3)] for _ in range(4)]
    weights = [[w.data for w in neuron.weights] for neuron in layer.neurons]
    return [[out.data for out in layer(row)] for row in rows], matrix_product(rows, weights)


def tell(lesson: Lesson) -> Told:
    """A batch as a graph; epochs and iterations; the noise by size; three runs; the shape for a GPU."""
    events = steps(lesson.build())
    yield "# A batch of three: its gradient is the mean of three gradients"
    yield from define("iteration", "SGD")
    yield from (event for event in events if event.phase == "forward")
    yield "Only part of the backward pass is shown: the gradients of the three sums, and what they contribute to w."
    keys = ("ready z1", "ready z2", "ready z3", "chain z1→w", "chain z2→w", "chain z3→w", "ready w")
    yield from (event for event in events if event.key in keys)
    yield "Each example pulls w its own way, and the mean is what the step follows. Fewer examples cost less and say less."
    yield "# Words: epoch, batch, iteration"
    yield words()
    yield "# How noisy is the gradient of a batch?"
    s = statistics.pstdev(slopes())
    yield (
        f"{len(DATA):,} noisy points of a line; the gradient is that with respect to w, at w = 0 and b = 0. s is the standard deviation of the gradient of one "
        f"example, {s:.2f}; the noise of a batch is the standard deviation of its gradient, here over {DRAWS} batches drawn at random:"
    )
    yield noises()
    yield "The noise falls as 1/√B: a batch four times as large costs four times as much, and has half the noise."
    yield (
        f"The documents advise 32 to 256: for these examples that is a noise from {s / math.sqrt(32):.2f} to "
        f"{s / math.sqrt(256):.2f}, beside {s:.2f} for a single one."
    )
    yield f"# Three runs on these points: learning rate {LEARNING_RATE}, {EPOCHS} epochs"
    runs = {name: run(size) for name, size in WAYS.items()}
    yield comparison(runs)
    whole, some, single = runs.values()
    yield (
        f"The distance is that from the best (w, b); w and b are those after {EPOCHS} epochs. “w varies by” is the standard deviation of "
        "w over the steps of the last epoch; batch descent makes only one step there. The best (w, b), by least "
        f"squares, is ({best()[0]:.3f}, {best()[1]:.3f}). Batch descent is calm, and after {EPOCHS} steps still {whole.distance(EPOCHS):.2f} away. Stochastic "
        "descent was near after the first epoch, and then comes and goes: each example pulls it about the minimum. The "
        f"mini-batch is later than that ({some.distance(3):.2f} away after 3 epochs, against {single.distance(3):.2f}), and in the "
        f"end nearer than both, {some.distance(EPOCHS):.3f}, and almost at rest."
    )
    yield "# Why batches suit a GPU"
    apart, at_once = one_by_one_and_at_once()
    yield (
        f"One matrix product computes a layer for the whole batch: [{IMAGES} × {PIXELS}] · [{PIXELS} × {NEURONS}] = [{IMAGES} × {NEURONS}]. These are "
        f"{IMAGES} · {PIXELS} · {NEURONS} = {IMAGES * PIXELS * NEURONS:,} multiplications, and none of the {IMAGES * NEURONS:,} results waits for another."
    )
    yield "In small, [4 × 3] · [3 × 2]; the second matrix is Wᵀ, since W has a row for each neuron:"
    yield as_table([("example by example", *shown(apart)), ("as one product", *shown(at_once))])
    yield "How much faster is one product? Seconds are the machine's. With NumPy, see yours:"
    yield '  python3 -c "from nn.lessons.batches import seconds; print(seconds())"'
    yield f"# What a batch costs in memory: {'-'.join(map(str, SHAPE))}, {TRAINING_IMAGES:,} images to train"
    yield costs()
    yield (
        f"Kept are the inputs and activations of every image, {sum(SHAPE)} numbers each; the noise is 1/√B of that of one image. "
        "Backward needs those of the whole batch (lesson memory). “Must load entire dataset” is not so, though: gradients of parts can be added, "
        "and the step taken after the last; that costs time, and no memory. The documents add that large batches generalise worse and noise helps "
        "to leave poor minima. Lesson landscapes tests the second; the first is disputed, and not tested here."
    )
    small, large = RANGES[1], RANGES[-1]
    yield (
        f"One document calls batches of {RANGES[0]} to {small} small and of {RANGES[3]} to {large:,} large, and finds {small} to {RANGES[2]} right for "
        f"most. With {large:,} instead of {small} an epoch has {math.ceil(TRAINING_IMAGES / large)} steps instead of "
        f"{math.ceil(TRAINING_IMAGES / small):,}, and a gradient {math.sqrt(large / small):.1f} times less noise. Which size is best is a matter of how "
        "much noise the learning rate can bear, and of memory."
    )


def costs() -> str:
    """Return the steps an epoch takes, the numbers that backward keeps, and the noise, by batch size."""
    rows = [
        (size, math.ceil(TRAINING_IMAGES / size), size * sum(SHAPE), f"{1 / math.sqrt(size):.3f}")
        for size in (1, 32, 256, TRAINING_IMAGES)
    ]
    return as_table([("batch size", "steps an epoch", "numbers kept", "noise (one image: 1)"), *rows], left=())


def seconds(count: int = 1000) -> dict[str, float]:
    """Return the fewest seconds that a layer takes for a batch of images, one by one and as one product. Needs NumPy."""
    import numpy as np

    images, weights = np.ones((IMAGES, PIXELS)), np.ones((PIXELS, NEURONS))
    ways = {"one by one": lambda: [image @ weights for image in images], "as one product": lambda: images @ weights}
    return {name: min(repeat(way, number=1, repeat=count)) for name, way in ways.items()}


def shown(matrix: list[list[float]]) -> list[str]:
    """Write the rows of a matrix."""
    return [f"({', '.join(f'{x:.2f}' for x in row)})".replace("-", "−") for row in matrix]


def words() -> str:
    """Return how many iterations make an epoch of 1,000 examples, by batch size."""
    sizes = (1000, 100, 32, 1)
    steps_each = (iterations(1000, size) for size in sizes)
    return as_table([("batch size (examples a step)", *sizes), ("iterations (steps) in one epoch", *steps_each)])


def noises() -> str:
    """Return the measured noise beside s/√B, as a table."""
    s = statistics.pstdev(slopes())
    rows = [(size, f"{noise(size):.4f}", f"{s / math.sqrt(size):.4f}") for size in SIZES]
    return as_table([("batch size B", "noise measured", "s/√B"), *rows], left=())


def comparison(runs: dict[str, Run]) -> str:
    """Return what the three runs reach, as a table."""
    after = (f"{epochs} epochs".replace("1 epochs", "1 epoch") for epochs in LOOK)
    rows: list[tuple[str | int, ...]] = [("distance after:", "steps", *after, "w", "b", "w varies by")]
    for name, one in runs.items():
        numbers = (*map(one.distance, LOOK), *one.path[-1])
        varies = f"{one.wobble:.3f}" if one.steps > 1 else "–"
        rows.append((name, len(one.path) - 1, *(f"{x:.3f}" for x in numbers), varies))
    return as_table(rows)


def measure(lesson: Lesson) -> dict[str, float]:
    """Return the graph's numbers, the iterations, the noise, and where the runs end."""
    found = measured(lesson.build()) | {
        "iterations, 1000 / 100": iterations(1000, 100),
        "iterations, 1000 / 32": iterations(1000, 32),
    }
    found |= {f"noise, B = {size}": noise(size) for size in SIZES}
    for name, size in WAYS.items():
        one = run(size)
        found |= {
            f"{name}: steps": len(one.path) - 1,
            f"{name}: from the best": one.distance(EPOCHS),
            f"{name}: w varies by": one.wobble,
        }
    return found | {"multiplications": IMAGES * PIXELS * NEURONS}


def plot() -> Any:
    """Draw the three paths over the loss of all examples."""
    from nn.plots import loss_surface

    (best_w, best_b), n = best(), len(DATA)
    xx, x = sum(x * x for (x,), _ in DATA) / n, sum(x for (x,), _ in DATA) / n
    least = sum((best_w * x + best_b - y) ** 2 for (x,), y in DATA) / n

    def loss(w: float, b: float) -> float:
        dw, db = w - best_w, b - best_b
        total: float = least + dw * dw * xx + 2 * dw * db * x + db * db
        return total

    figure = loss_surface(loss, {name: run(size).path[:201] for name, size in reversed(WAYS.items())})
    figure.axes[0].set(xlabel="w", ylabel="b", title="Three ways down the loss")
    return figure


LESSON = Lesson(
    slug="batches",
    title="Batch, stochastic, mini-batch",
    document="How Machines Learn: Understanding the Core Concepts of Neural Networks, section 6; How Deep Networks Learn; Neural network training fundamentals",
    question="1,000 examples: should a step look at all of them, at one, or at a hundred?",
    build=build,
    tell=tell,
    numbers={
        "L1": 2.25, "L2": 1, "L3": 2.25, "L": 11 / 6, "∂L/∂w": -4 / 3, "∂L/∂b": -8 / 3,
        "iterations, 1000 / 100": 10, "iterations, 1000 / 32": 32,
        "noise, B = 1": 1.74400764420, "noise, B = 4": 0.872702773857, "noise, B = 16": 0.436921129633, "noise, B = 64": 0.216293338578,
        "noise, B = 256": 0.106092290313,
        "batch: steps": 10, "mini-batch: steps": 100, "stochastic: steps": 10000,
        "batch: from the best": 0.999310482561, "mini-batch: from the best": 0.003869960098, "stochastic: from the best": 0.143298290229,
        "mini-batch: w varies by": 0.003841731536, "stochastic: w varies by": 0.167364383446, "multiplications": 3211264,
    },
    measure=measure,
    notes=(Note("ready w", "Three contributions, each with a third of its example's gradient: the mean."),),
    exercises=(
        GradientOf(build, "w", -4 / 3, {"sign of the delta": 4 / 3, "= in the place of +=": -1}),
        GradientOf(build, "b", -8 / 3, {"= in the place of +=": -1}),
        Exercise(
            "1,000 examples in batches of 32: how many iterations are one epoch?",
            32,
            lambda: iterations(1000, 32),
            ("1,000 / 32 is 31.25.", "The last batch may be smaller, and is a step as well.", "Round up."),
            (Wrong("the last, smaller batch is forgotten", 31, lambda: 1000 // 32, "8 examples are left over; they make a batch of their own."),),
        ),
        Exercise(
            "With batches of 16 the noise of the gradient is 0.6. What is it, about, with batches of 64?",
            0.3,
            lambda: 0.6 * math.sqrt(16 / 64),
            ("The noise falls as 1/√B.", "B is four times as large.", "0.6 / √4."),
            (Wrong("it is taken to fall as 1/B", 0.15, lambda: 0.6 * 16 / 64, "The variance falls as 1/B; its root, the deviation, as 1/√B."),),
        ),
        choice(
            "A batch is four times as large. What happens to the noise of its gradient?",
            [("it is a quarter", "Noise falls as 1/√B, and √4 is 2."), ("it is half", ""), ("it stays", "A mean of more examples is less noisy.")],
            lambda: {4: 1, 2: 2, 1: 3}[round(noise(2) / noise(8))],
            "The noise falls as 1/√B.",
        ),
    ),
    plot=plot,
)  # fmt: skip
