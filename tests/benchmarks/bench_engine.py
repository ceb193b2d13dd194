"""Eager speed, as ratios within one interleaved run: `python -m tests.benchmarks.bench_engine`.

W1  a chain of 20,000 two-parent nodes, forward and backward
W2  the moons demo: MLP 2-16-16-1 with ReLU, 100 points, hinge loss + 1e-4 · Σp²; one forward, backward and SGD step

Contestants: this engine, a plain node of microgpt's kind, and micrograd where it is installed. Each runs a few steps in
a row, as in training, with the garbage collector on and then off; then the next one's turn. Ratios are medians.
"""

import gc
import importlib.util
import platform
import statistics
import sys
import threading
import time
import tracemalloc
from itertools import pairwise
from random import Random

import autograd
import nn
from tests.benchmarks.plain import Node

RNG = Random(0)
POINTS = [(RNG.uniform(-1, 1), RNG.uniform(-1, 1)) for _ in range(100)]
SIGNS = [RNG.choice((-1, 1)) for _ in POINTS]


def chain(make):
    """W1: x ← x·w, x ← x + b, ten thousand times each."""
    x, w, b = make(1.0), make(1.00001), make(1e-7)
    for _ in range(10_000):
        x = x * w
        x = x + b
    x.backward()
    return x


def ours():
    """W2 on this engine."""
    model = nn.MLP(2, [16, 16, 1], rng=Random(1))
    optimizer = nn.SGD(model.parameters(), 0.1)

    def step():
        optimizer.zero_grad()
        margins = [autograd.maximum(0, 1 - sign * model(point)[0]) for point, sign in zip(POINTS, SIGNS, strict=True)]
        penalty = autograd.sum([p * p for p in optimizer.parameters])
        loss = autograd.mean(margins) + 1e-4 * penalty
        loss.backward()
        optimizer.step()
        return loss.data

    return step


def theirs(make, neuron):
    """W2 on a node class with + − × and relu, the network written in plain lists."""
    start = nn.MLP(2, [16, 16, 1], rng=Random(1)).parameters()
    numbers = iter(p.data for p in start)
    layers = [[[make(next(numbers)) for _ in range(a + 1)] for _ in range(b)] for a, b in pairwise([2, 16, 16, 1])]
    parameters = [p for layer in layers for row in layer for p in row]

    def predict(point):
        outputs = [make(x) for x in point]
        for k, layer in enumerate(layers):
            outputs = [neuron(row, outputs, k < 2) for row in layer]
        return outputs[0]

    def step():
        for p in parameters:
            p.grad = 0
        margins = [(1 - sign * predict(point)).relu() for point, sign in zip(POINTS, SIGNS, strict=True)]
        loss = sum(margins, make(0)) * (1 / len(margins)) + 1e-4 * sum((p * p for p in parameters), make(0))
        loss.backward()
        for p in parameters:
            p.data -= 0.1 * p.grad
        return loss.data

    return step


def neuron(row, inputs, nonlinear):
    """A neuron as microgpt would write it."""
    z = row[-1]
    for w, x in zip(row, inputs, strict=False):
        z = z + w * x
    return z.relu() if nonlinear else z


def micrograds():
    """W2 on micrograd and its own MLP, as in its demo."""
    from micrograd.engine import Value as Micro
    from micrograd.nn import MLP

    model = MLP(2, [16, 16, 1])
    for parameter, start in zip(model.parameters(), nn.MLP(2, [16, 16, 1], rng=Random(1)).parameters(), strict=True):
        parameter.data = start.data

    def step():
        scores = [model(list(map(Micro, point))) for point in POINTS]
        margins = [(1 + -sign * score).relu() for sign, score in zip(SIGNS, scores, strict=True)]
        loss = sum(margins) * (1.0 / len(margins)) + 1e-4 * sum(p * p for p in model.parameters())
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= 0.1 * p.grad
        return loss.data

    return step


def contestants():
    """Return, for each workload, the contestants' steps by name."""
    w1 = {"chalkgrad": lambda: chain(autograd.Value), "microgpt kind": lambda: chain(Node)}
    w2 = {"chalkgrad": ours(), "microgpt kind": theirs(Node, neuron)}
    if importlib.util.find_spec("micrograd"):
        from micrograd.engine import Value as Micro

        w1["micrograd"], w2["micrograd"] = lambda: chain(Micro), micrograds()
    else:
        print("micrograd is not installed: pip install micrograd")
    return {"W1 chain": w1, "W2 moons": w2}


def interleaved(steps, rounds, repeat):
    """Return seconds a step, for each contestant and round."""
    times = {name: [] for name in steps}
    for _ in range(rounds):
        for name, step in steps.items():
            gc.collect()
            start = time.perf_counter()
            for _ in range(repeat):
                step()
            times[name].append((time.perf_counter() - start) / repeat)
    return times


def bytes_a_node():
    """Return the memory of W1, a node, after the backward pass."""
    tracemalloc.start()
    root = chain(autograd.Value)
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return size / (20_000 if root else 1)


def main(rounds=7, repeat=5):
    """Measure and print."""
    print(
        f"Python {platform.python_version()}, {platform.machine()}; medians of {rounds} rounds of {repeat} steps, interleaved"
    )
    for collector in (gc.enable, gc.disable):
        collector()
        for workload, steps in contestants().items():
            times = interleaved(steps, rounds, repeat)
            for name, seconds in times.items():
                ratio = statistics.median(b / a for a, b in zip(times["chalkgrad"], seconds, strict=True))
                print(
                    f"{workload}  gc {'on ' if gc.isenabled() else 'off'}  {name:<14}"
                    f"{statistics.median(seconds) * 1e3:9.2f} ms a step  {ratio:7.2f} × chalkgrad's time"
                )
    gc.enable()
    print(f"W1 memory: {bytes_a_node():.0f} bytes a node")


if __name__ == "__main__":
    sys.setrecursionlimit(100_000)  # the others sort recursively
    threading.stack_size(512 * 2**20)
    thread = threading.Thread(target=main)
    thread.start()
    thread.join()
