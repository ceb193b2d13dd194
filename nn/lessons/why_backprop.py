"""Why backpropagation: all gradients in one more pass, where nudging takes a pass for each weight."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from timeit import repeat
from typing import Any

from autograd import Value, no_grad, scope, steps
from autograd.classroom import Exercise, GradientOf, Lesson, Note, Story, Wrong, choice, measured, number
from autograd.explain.notation import as_table
from nn.layers import MLP
from nn.losses import mse_loss

SHAPES = ([1], [2, 1], [4, 1], [8, 8, 1], [16, 16, 1], [24, 24, 1])
INPUTS, TARGET = [0.5, -1.0], 1.0
NUDGE = 1e-6
NUDGES = (1e-1, 1e-3, 1e-5, 1e-7, 1e-9, 1e-11, 1e-13)
MILLION = 10**6


def build() -> Value:
    """Return the squared error of a network 2-2-1 with tanh: nine weights and biases."""
    model = MLP(2, [2, 1], "tanh", weights=[[[0.5, -0.5], [1.0, 0.25]], [[1.0, -2.0]]])
    with scope("layer0"):
        hidden = model.layers[0]([Value(x, f"x{sub}") for x, sub in zip(INPUTS, "₁₂", strict=True)])
    with scope("layer1"):
        (prediction,) = model.layers[1](hidden)
    for sub, unit in zip("₁₂", hidden, strict=True):
        unit.label, unit.parents[0].label = f"a{sub}", f"z{sub}"
    loss: Value = (prediction - Value(TARGET, "y")) ** 2
    prediction.label, loss.label = "ŷ", "L"
    return loss


@dataclass
class Counted:
    """A network that counts how often it is run forward."""

    model: MLP
    passes: int = 0

    def loss(self) -> Value:
        """Run it forward, and return the loss."""
        self.passes += 1
        loss: Value = mse_loss(self.model(INPUTS), TARGET)
        return loss


def network(shape: list[int]) -> MLP:
    """Return a network of tanh units with so many in each layer."""
    return MLP(2, shape, "tanh", rng=Random(1))


def by_nudging(counted: Counted, nudge: float = NUDGE) -> list[float]:
    """Return the gradient of every weight: (loss with the weight nudged − loss) / nudge."""
    slopes = []
    with no_grad():
        base = counted.loss().data
        for parameter in counted.model.parameters():
            kept = parameter.data
            parameter.data = kept + nudge
            slopes.append((counted.loss().data - base) / nudge)
            parameter.data = kept
    return slopes


def by_backward(counted: Counted) -> list[float]:
    """Return the gradient of every weight: one pass forward, one backward."""
    counted.model.zero_grad()
    counted.loss().backward()
    return [parameter.grad or 0.0 for parameter in counted.model.parameters()]


def work(loss: Value) -> tuple[int, int]:
    """Count the operands that a pass forward reads, and those to which a pass backward contributes."""
    events = steps(loss)
    forward = sum(len(event.node.parents) for event in events if event.phase == "forward")
    return forward, sum(event.key.startswith("chain") for event in events)


@dataclass(frozen=True)
class Race:
    """Both ways on one network: the passes forward, the operands touched in all, how far their gradients are apart."""

    weights: int
    nudging_passes: int
    nudging_work: int
    backward_passes: int
    backward_work: int
    apart: float


def race(shape: list[int], nudge: float = NUDGE) -> Race:
    """Find the gradient both ways, count, and compare."""
    model = network(shape)
    slow, fast = Counted(model), Counted(model)
    pairs = zip(by_nudging(slow, nudge), by_backward(fast), strict=True)
    apart = max(abs(a - b) for a, b in pairs)
    forward, backward = work(Counted(model).loss())
    return Race(
        len(model.parameters()),
        slow.passes,
        slow.passes * forward,
        fast.passes,
        fast.passes * (forward + backward),
        apart,
    )


def seconds(shape: list[int]) -> dict[str, float]:
    """Return how long nudging and backward take on this machine."""
    model = network(shape)
    ways: dict[str, Callable[[], object]] = {
        "nudging": lambda: by_nudging(Counted(model)),
        "backward": lambda: by_backward(Counted(model)),
    }
    return {name: min(repeat(way, number=1, repeat=3)) for name, way in ways.items()}


def tell(lesson: Lesson) -> Story:
    """Nudge one weight of a small network; count both ways on larger ones; look at the error of the nudge."""
    loss = lesson.build()
    weights = len(network([2, 1]).parameters())
    yield f"# A small network: {weights} weights and biases"
    events = steps(loss)
    yield from (event for event in events if event.phase == "forward")
    yield (
        f"The naive way: add {number(NUDGE)} to one weight, run all of this again, and see by how much the loss changes. "
        f"Then the next weight: {weights} more passes."
    )
    yield "# One backward pass finds them all, because it reuses what it has computed"
    yield "Only the way from ŷ to unit 1 and its weights is shown."
    yield from (event for event in events if event.key in SHARED)
    yield (
        "∂L/∂a₁ is computed once, and every weight of unit 1 takes it from there. Nudging would go through ŷ and L again for each of them. "
        "This sharing is the whole trick."
    )
    yield "# Counted on larger networks"
    races = list(map(race, SHAPES))
    last = races[-1]
    yield counts(races)
    yield (
        "Work is counted in operands: each that is read on the way forward, and each that gets a contribution on the way back. Nudging takes N + 1 passes "
        f"forward (one without a nudge, to compare with), so its work grows as N². Backward takes one pass each way: at N = {last.weights} that is "
        f"{last.nudging_work / last.backward_work:.0f} times less. The last column: how far a gradient found by nudging is at most from that of backward."
    )
    yield (
        f"For {MILLION:,} weights the document counts {MILLION:,} forward passes; with the one to compare with it is {passes_by_nudging(MILLION):,}. "
        "Against it stand 1 forward and 1 backward."
    )
    yield "# And nudging is not even exact"
    yield errors()
    best = min(NUDGES, key=lambda nudge: race(SHAPES[2], nudge).apart)
    yield (
        "A large nudge sees the curve instead of the slope; with a tiny one, the two losses agree in nearly all their digits, and their "
        f"difference is noise. The best here is {number(best)}, and it is still off by {power(race(SHAPES[2], best).apart)}. Backward needs no nudge."
    )
    yield "Seconds are the machine's, so none are printed. To see yours:"
    yield '  python3 -c "from nn.lessons.why_backprop import seconds; print(seconds([24, 24, 1]))"'


SHARED = (
    "seed L",
    "ready ŷ",
    "chain ŷ→a₁",
    "ready a₁",
    "chain a₁→z₁",
    "ready z₁",
    "chain z₁→w¹₁₁",
    "chain z₁→w¹₁₂",
    "chain z₁→b¹₁",
)


def passes_by_nudging(weights: int) -> int:
    """Return how many forward passes nudging takes: one for each weight, and one to compare with."""
    return weights + 1


def counts(races: list[Race]) -> str:
    """Return what both ways cost on each network, as a table."""
    rows: list[tuple[str | int, ...]] = [
        ("", "passes:", "", "work:", "", "", "largest"),
        ("N", "nudging", "backward", "nudging", "backward", "ratio", "difference"),
    ]
    for one in races:
        passes, work = (one.nudging_passes, f"{one.backward_passes} + 1"), (one.nudging_work, one.backward_work)
        rows.append((one.weights, *passes, *work, f"{work[0] / work[1]:.1f}", power(one.apart)))
    return as_table(rows, left=())


def power(x: float) -> str:
    """Write the size of a number, as number() writes it: 1e−06."""
    return f"{x:.0e}".replace("-", "−")


def errors() -> str:
    """Return how far nudging is off, for ever smaller nudges, as a table."""
    found = [race(SHAPES[2], nudge).apart for nudge in NUDGES]
    return as_table([("nudge", *map(power, NUDGES)), ("largest difference", *map(power, found))])


def measure(lesson: Lesson) -> dict[str, float]:
    """Return the graph's numbers, the counts of both ways, and those for a million weights."""
    found = measured(lesson.build())
    for one in map(race, SHAPES):
        found |= {
            f"N = {one.weights}: passes by nudging": one.nudging_passes,
            f"N = {one.weights}: work by nudging": one.nudging_work,
            f"N = {one.weights}: passes with backward": one.backward_passes,
            f"N = {one.weights}: work with backward": one.backward_work,
        }
    return found | {"passes for a million weights": passes_by_nudging(MILLION)}


def plot() -> Any:
    """Draw the work of both ways over the number of weights."""
    from nn.plots import BLUE, VERMILION, axes, legend_below

    ax, races = axes(), [race(shape) for shape in SHAPES]
    ns = [one.weights for one in races]
    ax.loglog(ns, [one.nudging_work for one in races], "o-", color=VERMILION, label="nudging")
    ax.loglog(ns, [one.backward_work for one in races], "s--", color=BLUE, label="backward")
    ax.set(xlabel="weights N", ylabel="work (operands)", title="What a gradient costs")
    legend_below(ax)
    return ax.figure


LESSON = Lesson(
    slug="why-backprop",
    title="Why backpropagation is brilliant",
    document="How Machines Learn: Understanding the Core Concepts of Neural Networks, section 5",
    question="A million weights: how many passes through the network does it take to find the gradient of each?",
    build=build,
    tell=tell,
    numbers={
        "z₁": 0.75, "z₂": 0.25, "a₁": 0.635148952387, "a₂": 0.244918662404, "ŷ": 0.145311627580, "L": 0.730492213950,
        "∂L/∂a₁": -1.709376744840, "∂L/∂z₁": -1.019789906978,
        "∂L/∂w¹₁₁": -0.509894953489, "∂L/∂w¹₁₂": 1.019789906978, "∂L/∂w²₁₁": -1.085708848720,
        "N = 3: passes by nudging": 4, "N = 697: passes by nudging": 698, "N = 697: passes with backward": 1,
        "N = 337: work by nudging": 228826, "N = 337: work with backward": 1321,
        "N = 697: work by nudging": 975106, "N = 697: work with backward": 2745,
        "passes for a million weights": 1000001,
    },
    measure=measure,
    notes=(Note("chain z₁→w¹₁₂", "The same upstream as for w¹₁₁, not computed again: only the local factor is another input."),),
    exercises=(
        GradientOf(build, "w¹₁₁", -0.509894953489, {"upstream alone": -1.019789906978, "sign of the delta": 0.509894953489}),
        GradientOf(build, "w¹₁₂", 1.019789906978, {"local alone": -1, "½(t − o)² for (t − o)²": 0.509894953489}),
        Exercise(
            "A network has 999 weights. How many forward passes does it take to find all gradients by nudging each once?",
            1000,
            lambda: passes_by_nudging(999),
            ("One pass for each nudged weight.", "A nudged loss says nothing by itself.", "And one pass without any nudge, to compare with: 999 + 1."),
            (Wrong("the pass without a nudge is forgotten", 999, lambda: 999, "The loss as it was, with which each is compared, takes a pass too."),),
        ),
        choice(
            "A network has twice as many weights. By how much does the work of nudging grow?",
            [("twice", "Each pass is twice as long, and there are twice as many."),
             ("four times", ""),
             ("not at all", "Each weight needs a pass of its own.")],
            lambda: {2: 1, 4: 2, 1: 3}[round(passes_by_nudging(2 * MILLION) * 2 / passes_by_nudging(MILLION))],
            "Passes, times the work of one.",
        ),
    ),
    plot=plot,
)  # fmt: skip
