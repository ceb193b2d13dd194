"""What a backward pass needs in memory, and how checkpointing trades computation for memory."""

import math
from collections.abc import Sequence
from random import Random
from typing import Any

from autograd import Parameter, Value, steps
from autograd.classroom import Exercise, GradientOf, Lesson, Note, Told, Wrong, choice, measured
from autograd.explain.notation import as_table
from nn.layers import Layer
from nn.lessons.definitions import define
from nn.losses import mse_loss
from nn.monitor.gradients import checkpointed_backward, stored_activations

BATCH, LAYERS, NEURONS, BYTES = 32, 4, 1000, 4
DEPTH, WIDTH, EXAMPLES = 16, 3, 4
SEGMENTS = (1, 2, 4, 8, 16)


def build() -> Value:
    """Return the squared error of four tanh layers of one neuron each: a1 = tanh(w1 · x), a2 = tanh(w2 · a1), …"""
    a = Value(1.0, "x")
    for k, w in enumerate((1.0, 2.0, -1.0, 0.5), 1):
        z = Parameter(w, f"w{k}") * a
        a = z.tanh()
        z.label, a.label = f"z{k}", f"a{k}"
    loss = (a - Value(1.0, "y")) ** 2
    loss.label = "L"
    return loss


class Counting:
    """A layer that counts for how many rows it is computed."""

    def __init__(self, layer: Layer) -> None:
        self.layer, self.rows = layer, 0

    def __call__(self, inputs: Sequence[Any]) -> list[Value]:
        """Return the layer's outputs."""
        self.rows += 1
        return self.layer(inputs)


def network() -> list[Counting]:
    """Return sixteen tanh layers of three neurons."""
    rng = Random(0)
    return [Counting(Layer(WIDTH, WIDTH, "tanh", rng)) for _ in range(DEPTH)]


def batch() -> tuple[list[list[float]], list[list[float]]]:
    """Return four examples, and their targets."""
    rng = Random(1)
    return [[[rng.uniform(-1, 1) for _ in range(WIDTH)] for _ in range(EXAMPLES)] for _ in "xy"]  # type: ignore[return-value]


def gradients(layers: list[Counting]) -> list[float | None]:
    """Return the gradient of every weight."""
    return [p.grad for counting in layers for p in counting.layer.parameters()]


def plain() -> tuple[list[float | None], int]:
    """Go backward as usual; return the gradients, and how often a layer was computed for a row."""
    layers, (rows, targets) = network(), batch()
    for layer in layers:
        rows = [layer(row) for row in rows]  # type: ignore[misc]
    mse_loss(rows, targets).backward()
    return gradients(layers), sum(layer.rows for layer in layers)


def checkpointed(segments: int) -> dict[str, Any]:
    """Go backward with checkpoints; return the gradients, what was stored, and how often a layer was computed for a row."""
    layers, (rows, targets) = network(), batch()
    result = checkpointed_backward(layers, rows, lambda outputs: mse_loss(outputs, targets), segments)
    return {
        "gradients": gradients(layers),
        "stored": result.stored,
        "without": result.without,
        "computed": sum(layer.rows for layer in layers),
    }


def tell(lesson: Lesson) -> Told:
    """What backward reads; the document's count; checkpoints on a real network; the deep network where they matter."""
    events = steps(lesson.build())
    yield "# Four layers forward: every a is computed once"
    yield from (event for event in events if event.phase == "forward")
    yield "# Backward: what does it read?"
    yield "The first steps are shown, and the last one, to w1."
    yield from (event for event in events if event.key in READERS)
    yield (
        "The slope of tanh is 1 − a², and the derivative with respect to a weight is the a that it is multiplied with. So each a of the forward pass "
        "is read again, the first "
        "ones last: all must be kept until then. A forward pass alone could forget each as soon as the next is there. "
        "(This engine keeps every node with its slopes, which is more; counted here are the activations alone.)"
    )
    yield "# Counted"
    values = kept(LAYERS)
    yield f"A batch of {BATCH}, {LAYERS} layers of {NEURONS:,} neurons: {BATCH} × {LAYERS} × {NEURONS:,} = {values:,} activations, as the document says."
    yield (
        f"At {BYTES} bytes each that is {BYTES * values:,} bytes. It grows with the batch and with the depth; the weights, {LAYERS - 1} × "
        f"{NEURONS:,} × {NEURONS:,} between these layers, do not grow with the batch."
    )
    yield from define("checkpointing")
    yield "# Checkpointing, tried"
    yield from segments_told()
    yield f"# Where it matters: 100 layers of {NEURONS:,} neurons, a batch of {BATCH}"
    yield deep()
    best, all_of_them = kept(100, 10), kept(100)
    yield (
        f"With 10 segments, and 10 = √100, {best:,} activations are stored in place of {all_of_them:,}: {best / all_of_them:.0%}, for one more forward pass. "
        f"That is {NEURONS * BATCH:,} for each layer of the segment at work and for each of the 9 entrances: (10 + 9) · {NEURONS * BATCH:,}."
    )


def segments_told() -> Told:
    """Tell what each number of segments stores and computes, and why."""
    one, middle = WIDTH * EXAMPLES, SEGMENTS[2]
    yield (
        f"{DEPTH} tanh layers, each of {WIDTH} neurons, a batch of {EXAMPLES} examples. A layer has {WIDTH} · {EXAMPLES} = {one} activations, all layers have "
        f"{DEPTH * one}. A layer is computed once for each example: {DEPTH} · {EXAMPLES} = {DEPTH * EXAMPLES} times on the way forward. The layers are "
        "cut into segments of the same length. Only what enters each segment is remembered; when the backward pass comes to a segment, its layers are "
        "computed again."
    )
    yield table()
    yield (
        f"{middle} segments have {DEPTH // middle} layers each. At most {DEPTH // middle} · {one} activations are stored in the segment at work and "
        f"{middle - 1} · {one} for what enters the others (the first is entered by the data): {(DEPTH // middle + middle - 1) * one}. Few segments have many "
        f"layers within, many segments have many entrances; the least is between, at √{DEPTH} = {math.isqrt(DEPTH)} here. With one segment, or one a "
        "layer, nothing is saved."
    )
    yield (
        "The gradients are the same to the bit. The price is one more forward pass: each layer is computed twice for each example, however many segments "
        "there are."
    )


READERS = (
    "chain L→v1", "chain a4→z4", "chain z4→w4", "chain z4→a3", "ready a3", "chain a3→z3", "chain z3→w3", "ready z1", "chain z1→w1",
)  # fmt: skip


def table() -> str:
    """Return what each number of segments stores and computes, beside the plain way."""
    right, computed = plain()
    rows: list[tuple[Any, ...]] = [("segments", "activations stored, at most", "layer computations", "gradients")]
    rows.append(("none", checkpointed(1)["without"], computed, "to compare with"))
    for segments in SEGMENTS:
        one = checkpointed(segments)
        same = "the same bits" if one["gradients"] == right else "DIFFERENT"
        rows.append((segments, one["stored"], one["computed"], same))
    return as_table(rows, left=(3,))


def kept(layers: int, segments: int = 1) -> int:
    """Return what so many layers of 1000 neurons store for a batch of 32."""
    return stored_activations(BATCH, [NEURONS] * layers, segments)


def deep(layers: int = 100) -> str:
    """Return what 100 layers of 1000 neurons store for a batch of 32, by segments."""
    found = {segments: kept(layers, segments) for segments in (1, 2, 5, 10, 20, 50, 100)}
    return as_table([("segments", "activations stored"), *found.items()], left=())


def measure(lesson: Lesson) -> dict[str, float]:
    """Return the graph's numbers, the document's count, and what checkpointing stores and computes."""
    right, computed = plain()
    found = measured(lesson.build()) | {
        "activations": kept(LAYERS),
        "computed, plain": computed,
    }
    for segments in SEGMENTS:
        one = checkpointed(segments)
        found |= {
            f"{segments} segments: stored": one["stored"],
            f"{segments} segments: computed": one["computed"],
            f"{segments} segments: gradients that differ": sum(
                a != b for a, b in zip(one["gradients"], right, strict=True)
            ),
        }
    return found | {"100 layers, 10 segments": kept(100, 10)}


def plot() -> Any:
    """Draw the activations kept: by segments, as counted on the network; and by depth, with and without checkpoints."""
    from nn.plots import BLUE, VERMILION, legend_below, new_figure

    figure = new_figure(1, 2)
    counted, grows = figure.axes
    found = {segments: checkpointed(segments) for segments in SEGMENTS}
    counted.plot(SEGMENTS, [one["stored"] for one in found.values()], "o-", color=BLUE, label="with checkpoints")
    counted.plot(SEGMENTS, [one["without"] for one in found.values()], "--", color=VERMILION, label="without")
    counted.set(
        title=f"{DEPTH} layers of {WIDTH}, a batch of {EXAMPLES}",
        xlabel="segments",
        ylabel="activations kept",
        xticks=SEGMENTS,
        ylim=0,
    )
    roots = range(1, 11)
    depths = [root * root for root in roots]
    grows.plot(depths, [kept(root * root, root) for root in roots], "o-", color=BLUE, label="with checkpoints")
    grows.plot(depths, [kept(depth) for depth in depths], "--", color=VERMILION, label="without")
    grows.set(
        title=f"Layers of {NEURONS}, a batch of {BATCH}",
        xlabel="layers, cut into √layers segments",
        ylabel="activations kept",
        ylim=0,
    )
    grows.yaxis.set_major_formatter("{x:,.0f}")
    legend_below(counted)
    legend_below(grows)
    return figure


LESSON = Lesson(
    slug="memory",
    title="What backward needs in memory, and checkpointing",
    document="How Machines Learn: Understanding the Core Concepts of Neural Networks, section 5",
    question="A batch of 32 goes through 4 layers of 1,000 neurons. How many activations must be kept for the backward pass, and must they really?",
    build=build,
    tell=tell,
    numbers={
        "a1": 0.761594155956, "a2": 0.909251673997, "a3": -0.720772887476, "a4": -0.345554378898, "L": 1.810516586570,
        "∂L/∂z4": -2.369769304029, "∂L/∂w4": 1.708065463916, "∂L/∂w3": -0.517656084841, "∂L/∂w1": 0.082853673813,
        "activations": 128000, "computed, plain": 64,
        "1 segments: stored": 192, "2 segments: stored": 108, "4 segments: stored": 84, "8 segments: stored": 108, "16 segments: stored": 192,
        "4 segments: computed": 128, "4 segments: gradients that differ": 0, "16 segments: gradients that differ": 0,
        "100 layers, 10 segments": 608000,
    },
    measure=measure,
    notes=(Note("chain z3→w3", "Here a2 is read again, long after it was computed: it had to be kept."),),
    exercises=(
        GradientOf(build, "w4", 1.708065463916, {"upstream alone": -2.369769304029, "local alone": -0.720772887476}),
        Exercise(
            "A batch of 64, 3 layers of 500 neurons: how many activations are kept?",
            96000,
            lambda: stored_activations(64, [500] * 3),
            ("Each layer has one activation for each neuron and each example.", "64 × 3 × 500."),
            (Wrong("the batch is forgotten", 1500, lambda: stored_activations(1, [500] * 3), "Every example of the batch has activations of its own."),),
        ),
        Exercise(
            "9 layers of one neuron, one example, 3 segments: how many activations are in memory at most?",
            5,
            lambda: stored_activations(1, [1] * 9, 3),
            ("Kept are what enters the second and the third segment.", "And all within the one at work.", "2 + 3."),
            (Wrong("only the segment at work is counted", 3, lambda: stored_activations(1, [1] * 3), "What enters the segments is in memory too."),),
        ),
        choice(
            "Which activations must be kept longest?",
            [("those of the last layers", "They are read first on the way back."),
             ("those of the first layers", ""),
             ("all equally long", "The way back comes to them in the opposite order.")],
            lambda: 2 if (keys := [e.key for e in steps(build())]).index("chain z4→w4") < keys.index("chain z2→w2") else 1,
            "In which order does the backward pass read them?",
        ),
    ),
    plot=plot,
)  # fmt: skip
