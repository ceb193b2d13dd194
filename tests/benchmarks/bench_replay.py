"""Replay against NumPy written by hand, torch, eager and micrograd: `python -m tests.benchmarks.bench_replay`.

Each ratio comes from one interleaved run with one thread. "arrays" is a step inside `with replay.arrays()`; "Values" is the
plain loop, whose parameters' numbers and gradients are copied from and to Values at each step.
"""

import platform
import random
import sys
from importlib.util import find_spec

from autograd import Value, record
from nn import MLP, SGD
from tests.benchmarks.race import race, shown, table, timed
from tests.benchmarks.workloads import Digits, Moons, Torch, Transformer, expanded, matrices, moons

BACKENDS = ["numpy", *(["numba"] if find_spec("numba") else [])]


def step(replay, batch, parameters):
    """Return a function that does a forward and a backward pass into fresh gradients."""

    def one():
        parameters.grad = None
        replay(*batch).backward()

    return one


def networks(rounds):
    """W2 and W4: a forward and a backward pass of a whole batch."""
    rows = []
    for name, work, backends in (
        ("W2, 100 points", Moons(), BACKENDS),
        ("W4, batch of 1", Digits(1), ["numpy"]),
        ("W4, batch of 32", Digits(32), ["numpy"]),
    ):
        ws, bs = matrices(work.model)
        rivals = {"NumPy by hand": lambda work=work, ws=ws, bs=bs: work.by_hand(ws, bs, *work.batch)}
        if find_spec("torch"):
            import torch

            torch.set_num_threads(1)
            rivals["torch"] = Torch(work).step
        for backend in backends:
            replay = record(work.loss, *work.example, backend=backend)
            for rival, f in rivals.items():
                with replay.arrays() as parameters:
                    times = race({"rival": f, "ours": step(replay, work.batch, parameters)}, rounds)
                plain = race(
                    {"rival": f, "ours": lambda r=replay, w=work: r(*w.batch).backward()}, max(rounds // 10, 1)
                )
                ratio, copied = (found["rival"] / found["ours"] for found in (times, plain))
                rows.append([name, backend, rival, *map(shown, times.values()), f"{ratio:.2f}", f"{copied:.2f}"])
    table("Speed against others", rows, ["workload", "backend", "rival", "rival's", "arrays", "ratio", "ratio, Values"])


def documents(rounds):
    """W3: a transformer on documents of 8 tokens, against eager with a node for each × and +."""
    work, rows = Transformer(), []
    tokens, targets = work.documents(32)
    picked, wanted = tokens[0].argmax(1).tolist(), targets[0].argmax(1).tolist()
    eager = min(timed(lambda: work.loss_by_index(picked, wanted, expanded).backward()) for _ in range(3))
    for backend in BACKENDS:
        replay = record(work.loss, tokens[0], targets[0], backend=backend)
        with replay.arrays() as parameters:
            for count in (1, 32):
                one = step(replay, (tokens[:count], targets[:count]), parameters)
                time = race({"replay": one}, rounds)["replay"] / count
                rows.append([backend, count, shown(eager), shown(time), f"{eager / time:,.0f}"])
    table("W3, per document of 8 tokens", rows, ["backend", "documents", "eager", "replay", "ratio"])


def train(backend, steps):
    """Do what the micrograd demo does, from the first import to the last step."""
    rng = random.Random(1)
    model = MLP(2, [16, 16, 1], rng=rng)
    x, y = moons(100, rng)
    work = Moons.of(model)
    replay = record(work.loss, x[0], y[0], backend=backend)
    with replay.arrays() as parameters:
        optimizer = SGD([parameters], lr=1.0)
        for k in range(steps):
            optimizer.zero_grad()
            replay(x, y).backward()
            optimizer.lr = 1.0 - 0.9 * k / 100
            optimizer.step()


def train_micrograd(steps):
    """Do the same in micrograd, as its demo does."""
    from micrograd import nn as micro
    from micrograd.engine import Value as Micro

    rng = random.Random(1)
    model = micro.MLP(2, [16, 16, 1])
    x, y = moons(100, rng)
    for k in range(steps):
        scores = [model(list(map(Micro, row))) for row in x.tolist()]
        losses = [(1 + -label * score).relu() for label, score in zip(y.tolist(), scores, strict=True)]
        loss = sum(losses) * (1.0 / len(losses)) + 1e-4 * sum(p * p for p in model.parameters())
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= (1.0 - 0.9 * k / 100) * p.grad


def demo(measured=3):
    """100 steps of the micrograd demo; micrograd's time is that of a few steps, times 100 over their number."""
    if not find_spec("micrograd"):
        return
    micrograd = timed(lambda: train_micrograd(measured)) * 100 / measured
    rows = []
    for backend in BACKENDS:
        train(backend, 1)
        ours = min(timed(lambda b=backend: train(b, 100)) for _ in range(3))
        rows.append([backend, shown(micrograd), shown(ours), f"{micrograd / ours:,.0f}"])
    table("100 SGD steps of the micrograd demo, set-up included", rows, ["backend", "micrograd", "replay", "ratio"])


def recording(sizes):
    """How long a recorded node takes, and how many bytes."""
    from autograd.replay.fuse import fused
    from autograd.replay.program import flatten

    rows = []
    for size in sizes:
        w, x = Value(1.001), Value(0.5)
        out = x
        for _ in range(size // 2):
            out = (out * w).tanh()
        found = []
        took = timed(lambda out=out, x=x, found=found: found.append(flatten([out], [x])[0]))
        fuse = timed(lambda found=found: fused(found[0]))
        n = len(found[0])
        rows.append([f"{n:,}", f"{took / n * 1e6:.2f} µs", f"{fuse / n * 1e6:.2f} µs", f"{found[0].nbytes / n:.1f}"])
    table("Recording, per node", rows, ["nodes", "record", "fuse", "bytes"])


def epoch(images):
    """Train 784-128-64-10 on images as MNIST has them, in batches of 32, with plain SGD, against NumPy by hand."""
    import numpy as np

    work = Digits(1)
    generator = np.random.default_rng(0)
    x = generator.integers(0, 256, (images, 784), np.uint8)
    y = np.eye(10)[generator.integers(0, 10, images)]
    ws, bs = matrices(work.model)
    replay = record(work.loss, *work.example)

    def by_hand(batch):
        _, dws, dbs = work.by_hand(ws, bs, x[batch] / 255.0, y[batch])
        for p, g in zip([*ws, *bs], [*dws, *dbs], strict=True):
            p -= 0.01 * g

    def replayed(batch):
        optimizer.zero_grad()
        replay(x[batch] / 255.0, y[batch]).backward()
        optimizer.step()

    hand = ours = 0.0
    with replay.arrays() as parameters:
        optimizer = SGD([parameters], lr=0.01)
        for batch in (slice(i, i + 32) for i in range(0, images, 32)):
            hand += timed(lambda batch=batch: by_hand(batch))
            ours += timed(lambda batch=batch: replayed(batch))
    counts = replay._machine.counts()
    memory = counts["memory, bytes"] + 32 * counts["memory per example"] + 2 * 8 * len(replay.parameters)
    row = [f"{images:,}", shown(hand), shown(ours), f"{hand / ours:.2f}", f"{memory / 1e6:.1f} MB"]
    table("Digits, an epoch in batches of 32", [row], ["images", "by hand", "replay", "ratio", "memory of replay"])
    assert np.allclose(work.model.layers[2].neurons[0].bias.data, bs[2][0], rtol=1e-6)


def main(quick=False):
    """Print all tables."""
    print(f"{platform.processor() or platform.machine()}, Python {platform.python_version()}, one thread")
    networks(2 if quick else 300)
    documents(1 if quick else 20)
    demo(1 if quick else 3)
    recording([1_000] if quick else [10_000, 100_000, 1_000_000])
    epoch(64 if quick else 60_000)


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)
