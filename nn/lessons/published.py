"""Published against recomputed: the worked examples that everybody copies, figure by figure."""

import struct

from autograd.classroom.exercise import GradientOf, choice
from autograd.classroom.lesson import Lesson, Note, Story, measured
from autograd.explain import mistakes
from autograd.explain.events import Chain, Event
from autograd.explain.notation import as_table
from autograd.explain.stepper import backward, forward, snapshot
from autograd.functions import grad
from autograd.graph import topological_order
from nn.lessons.recomputed import (
    LR,
    STEPS,
    WEIGHTS,
    agrees,
    descent,
    early,
    examples,
    long_run,
    network,
    program,
    recomputed,
)

ON_THE_WAY = ("E", "E_o1", "v2", "v1", "out_o1", "net_o1", "w5", "out_h1", "net_h1", "w1")


def tell(lesson: Lesson) -> Story:
    """Go through the most-copied example, find its misprints and their cause, then recompute all the others."""
    yield (
        "The walkthrough has names of its own: i is an input and t a target; net is a neuron's sum and out its output, after a sigmoid; h1 and h2 are hidden "
        "neurons, o1 and o2 output neurons. Both neurons of a layer share a bias. The error E is the sum of ½(t − out)² over the two outputs."
    )
    yield "# Forward"
    order = topological_order(lesson.build())
    named = snapshot(order)
    yield from forward(order, named)
    yield "# Backward, only on the paths to w5 and w1"
    yield from (event for event in backward(order, named) if shown(event))
    yield "# The walkthrough's figures that are not right"
    yield misprints()
    yield from cause()
    yield "# Every published figure, recomputed"
    yield survey()
    yield from single_precision()


def shown(event: Event) -> bool:
    """Tell whether an event is on the way to w5 or w1."""
    name = event.names[event.parent if isinstance(event, Chain) else event.node].label
    return name in ON_THE_WAY or (name == "out_h1" and isinstance(event, Chain)) or event.key == "ready net_o2"


def misprints() -> str:
    """Return a table of the figures that do not agree, and why."""
    rows = [
        (check["target"].removeprefix("path:").replace("->", " → "), check["published"], f"{x:.10f}", check["why"])
        for example in examples().values()
        for check in example["checks"]
        if not agrees(check["published"], x := recomputed(example, check))
    ]
    return as_table([("figure", "published", "recomputed", "why"), *rows], left=(0, 3))


def cause() -> Story:
    """Tell where 0.291027924 comes from."""
    right, wrong = long_run(), long_run(early)
    root = network()
    mistake = mistakes.updated_too_early(root, LR)
    assert mistake.first is not None
    yield (
        f"After one step with the learning rate {LR:g} the error is {right['E_after_1_step']:.11f}. The printed 0.291027924 comes "
        f"out, to the last digit, if the output weights are updated before the hidden gradients go through them: {wrong['E_after_1_step']:.9f}. "
        "The text computes the new output weights first; it writes w5⁺ to w8⁺ for them (⁺: after the step). It says, rightly, that the hidden "
        "gradients need the old ones; the program behind its figures used the new. The first line that goes wrong:"
    )
    yield mistake.first.lines[-1]
    yield (
        f"After {STEPS:,} such steps the outputs are {wrong['out_o1_after_10000']:.9f} and {wrong['out_o2_after_10000']:.9f}, as printed; right are "
        f"{right['out_o1_after_10000']:.9f} and {right['out_o2_after_10000']:.9f}. The mistake hardly hurts here: the end does not show it. "
        f"The printed error 0.0000351085 is that of the right algorithm after {STEPS - 1:,} steps ({right['E_after_9999_steps']:.10f})."
    )


def changed(label: str) -> float:
    """Return by how much a gradient is wrong where the output weights are updated too early."""
    root = network()
    found = mistakes.updated_too_early(root, LR).gradients
    (node,) = (node for node in topological_order(root) if node.label == label)
    return found[node] - grad(root, [node])[0]


def survey() -> str:
    """Return a table: for each example how many of its figures agree."""
    rows: list[tuple[str, ...]] = [("agree", "example")]
    for example in examples().values():
        right = [agrees(check["published"], recomputed(example, check)) for check in example["checks"]]
        source = f"{example['source']['name']}: {example['title']}"
        rows.append((f"{right.count(True)} of {len(right)}", source))
    return as_table(rows, left=(1,))


def single_precision() -> Story:
    """Tell the neuron whose second opinion differs in the eighth digit."""
    example = examples()["lecture-neuron-tanh"]
    b = example["inputs"]["b"]
    (rounded,) = struct.unpack("f", struct.pack("f", b))
    o, o_single = (program(example, b=x)["o"].data for x in (b, rounded))
    yield (
        f"The lecture's neuron is checked there against PyTorch, which prints o = {o_single:.16f} in place of {o:.16f}. Neither engine is wrong: "
        f"the bias went through 32 bits on its way, and became {rounded:.15f} for {b:.15f}. With that bias this engine prints the same."
    )


def measure(lesson: Lesson) -> dict[str, float]:
    """Return the figures of the 2-2-2 network, right and wrong."""
    (rounded,) = struct.unpack("f", struct.pack("f", examples()["lecture-neuron-tanh"]["inputs"]["b"]))
    checks = [(example, check) for example in examples().values() for check in example["checks"]]
    return (
        measured(lesson.build())
        | long_run()
        | {f"{name}, updated too early": x for name, x in long_run(early).items()}
        | {f"w{i} after a step": x for i, x in enumerate(descent(WEIGHTS), 1)}
        | {"o with a bias of 32 bits": program(examples()["lecture-neuron-tanh"], b=rounded)["o"].data}
        | {
            "figures": len(checks),
            "misprints": sum(not agrees(c["published"], recomputed(e, c)) for e, c in checks),
        }
    )


LESSON = Lesson(
    slug="published",
    title="Published against recomputed",
    document="worked examples of Mazur, Karpathy, Baydin and others, and Goodfellow and others; sources in nn/lessons/published.json",
    question="A 2-2-2 walkthrough that many have copied prints an error of 0.291027924 after one step. Is it right?",
    build=network,
    tell=tell,
    numbers={
        "net_h1": 0.3775, "out_h1": 0.593269992107187, "net_o1": 1.10590596705977, "out_o1": 0.751365069552316,
        "out_o2": 0.772928465321463, "E_o1": 0.274811083176155, "E_o2": 0.0235600255838477, "E": 0.298371108760003,
        "∂E/∂out_o1": 0.741365069552316, "∂E/∂net_o1": 0.138498561628557, "∂E/∂w5": 0.0821670405642308,
        "∂E/∂out_h1": 0.0363503063931447, "∂E/∂w1": 0.000438567734474347, "∂E/∂b2": 0.100400325112001,
        "w1 after a step": 0.149780716132763, "w5 after a step": 0.358916479717885, "w8 after a step": 0.561370121107989,
        "E_after_1_step": 0.291027773693599, "E_after_10000_steps": 3.51018778297886e-05, "E_after_9999_steps": 3.51085481225126e-05,
        "out_o1_after_10000": 0.0159136204435507, "out_o2_after_10000": 0.984064273514624,
        "E_after_1_step, updated too early": 0.291027923905442,
        "out_o1_after_10000, updated too early": 0.0159121963260343, "out_o2_after_10000, updated too early": 0.984065734485629,
        "o with a bias of 32 bits": 0.7071066904050358, "figures": 67, "misprints": 5,
    },
    measure=measure,
    notes=(
        Note("ready w5", "The walkthrough has 0.082167041: right, as are all its figures so far."),
        Note("ready out_h1", "Two ways lead here, through the old w5 = 0.4 and the old w7 = 0.5. Here the program behind the walkthrough went wrong."),
    ),
    exercises=(
        GradientOf(network, "w5", 0.0821670405642308, {"upstream alone": 0.138498561628557, "sign of the delta": -0.0821670405642308}),
        GradientOf(
            network, "out_h1", 0.0363503063931447,
            {"updated too early": 0.030229739460941, "= in the place of +=": 0.0553994246514228},
        ),
        choice(
            "The walkthrough's program went back through output weights that it had updated already. Which gradients are wrong?",
            [("those of the output weights", "They use the hidden outputs and δ, and no output weight."),
             ("those of the hidden weights", ""),
             ("all", "w5's is 0.082167041 in the text, and right.")],
            lambda: 2 if changed("w5") == 0 != changed("w1") else 3,
            "Which gradients go through an output weight?",
        ),
    ),
)  # fmt: skip
