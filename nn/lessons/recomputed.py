"""The published examples as graphs, what each figure in them should be, and the training of the 2-2-2 network."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from functools import cache, reduce
from pathlib import Path
from typing import Any

from autograd.functions import dot, grad, sum
from autograd.graph import topological_order
from autograd.namespaces import scalars
from autograd.value import Parameter, Value

LR, STEPS = 0.5, 10_000
WEIGHTS = (0.15, 0.2, 0.25, 0.3, 0.4, 0.45, 0.5, 0.55)
OPERATIONS: Mapping[str, Callable[..., Value]] = {
    "add": lambda *xs: sum(xs), "mul": lambda *xs: reduce(lambda x, y: x * y, xs),
    "sub": lambda x, y: x - y, "div": lambda x, y: x / y, "pow": lambda x, y: x**y, "neg": lambda x: -x,
    **{name: getattr(Value, name) for name in ("exp", "log", "sin", "cos", "tanh", "sigmoid", "relu", "sqrt")},
}  # fmt: skip


@cache
def examples() -> dict[str, Any]:
    """Return the published examples by their names; published.json says what is in them."""
    text = Path(__file__).with_name("published.json").read_text(encoding="utf-8")
    return {example["id"]: example for example in json.loads(text)["examples"]}


def program(example: Mapping[str, Any], **changed: float) -> dict[str, Value]:
    """Return every node of an example's graph by its name."""
    nodes: dict[str, Any] = {name: Value(x, name) for name, x in (example["inputs"] | changed).items()}
    for name, operation, *operands in example["program"]:
        nodes[name] = OPERATIONS[operation](*[nodes.get(operand, operand) for operand in operands])
        nodes[name].label = name
    return nodes


def recomputed(example: Mapping[str, Any], check: Mapping[str, Any]) -> float:
    """Return what a published figure should be, by this engine."""
    nodes = program(example, **check.get("at", {}))
    output = nodes[example["output"]]
    kind, _, name = check["target"].partition(":")
    match kind:
        case "value":
            return nodes[name].data
        case "grad":
            return slope(output, nodes[name])
        case "path":
            of, by = name.split("->")
            return slope(nodes[of], nodes[by])
        case "local":
            inner = nodes[name.removeprefix("sigmoid(").removesuffix(")")]
            return next(node.partials[0] for node in nodes.values() if node.parents == (inner,))
        case "after_sgd(lr=0.5)":
            return nodes[name].data - LR * slope(output, nodes[name])
    return long_run()[kind]


def slope(of: Value, by: Value) -> float:
    """Return ∂of/∂by."""
    (found,) = grad(of, [by])
    return float(found)


def agrees(published: str, x: float) -> bool:
    """Tell whether a figure is right to its last printed digit, or to the last bits of a float."""
    decimals = len(published.partition(".")[2])
    return abs(x - float(published)) <= max(0.5 * 10.0**-decimals, 4 * math.ulp(x))


def parameters(weights: tuple[float, ...]) -> list[Value]:
    """Return the eight weights, w1 to w8."""
    return [Parameter(x, f"w{i}") for i, x in enumerate(weights, 1)]


def network(w: Sequence[Value] = ()) -> Value:
    """Return the error of the 2-2-2 network: two inputs, two hidden units, two outputs, all with sigmoid."""
    w = w or parameters(WEIGHTS)
    i1, i2, b1, b2 = Value(0.05, "i1"), Value(0.1, "i2"), Value(0.35, "b1"), Value(0.6, "b2")
    h1, h2 = layer([w[:2], w[2:4]], [i1, i2], b1, "h")
    o1, o2 = layer([w[4:6], w[6:]], [h1, h2], b2, "o")
    e1, e2 = 0.5 * (Value(0.01, "t1") - o1) ** 2, 0.5 * (Value(0.99, "t2") - o2) ** 2
    e1.label, e2.label = "E_o1", "E_o2"
    error = e1 + e2
    error.label = "E"
    return error


def layer(rows: list[Sequence[Value]], inputs: list[Value], bias: Value, name: str) -> list[Value]:
    """Return the sigmoids of a layer, labelled, with one bias for all."""
    outputs = []
    for k, row in enumerate(rows, 1):
        net = dot(row, inputs, bias)
        outputs.append(net.sigmoid())
        net.label, outputs[-1].label = f"net_{name}{k}", f"out_{name}{k}"
    return outputs


def descent(weights: tuple[float, ...], steps: int = 1) -> tuple[float, ...]:
    """Return the eight weights after some steps of the right algorithm; the biases stay, as in the walkthrough."""
    w = parameters(weights)
    for _ in range(steps):
        for parameter, gradient in zip(w, grad(network(w), w), strict=True):
            parameter.data -= LR * gradient
    return tuple(parameter.data for parameter in w)


def early(weights: tuple[float, ...], steps: int = 1) -> tuple[float, ...]:
    """Return the weights after some steps of the mistake, in plain numbers: the output weights move first."""
    w = list(weights)
    for _ in range(steps):
        h = [sigmoid(w[j] * 0.05 + w[j + 1] * 0.1 + 0.35) for j in (0, 2)]
        o = [sigmoid(w[j] * h[0] + w[j + 1] * h[1] + 0.6) for j in (4, 6)]
        delta = [(out - target) * out * (1 - out) for out, target in zip(o, (0.01, 0.99), strict=True)]
        for j in range(4):
            w[4 + j] -= LR * delta[j // 2] * h[j % 2]
        for j in range(4):  # through the new output weights
            back = delta[0] * w[4 + j // 2] + delta[1] * w[6 + j // 2]
            w[j] -= LR * back * h[j // 2] * (1 - h[j // 2]) * (0.05, 0.1)[j % 2]
    return tuple(w)


def sigmoid(x: float) -> float:
    """Return the sigmoid of a plain number."""
    return 1 / (1 + scalars.exp(-x))


def figures(weights: tuple[float, ...]) -> dict[str, float]:
    """Return the error and both outputs for some weights."""
    return {node.label: node.data for node in topological_order(network(parameters(weights))) if node.label}


@cache
def long_run(algorithm: Callable[..., tuple[float, ...]] = descent) -> dict[str, float]:
    """Return what the walkthrough prints after 1 and after 10,000 steps, by one algorithm or the other."""
    almost = algorithm(WEIGHTS, STEPS - 1)
    last = figures(algorithm(almost))
    return {
        "E_after_1_step": figures(algorithm(WEIGHTS))["E"],
        "E_after_9999_steps": figures(almost)["E"],
        "E_after_10000_steps": last["E"],
        "out_o1_after_10000": last["out_o1"],
        "out_o2_after_10000": last["out_o2"],
    }
