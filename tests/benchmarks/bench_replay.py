"""Replay against NumPy written by hand, torch, JAX, eager and micrograd, as a Markdown table: `python -m tests.benchmarks.bench_replay`.

Each ratio comes from one interleaved run with one thread: contestants take turns, and medians are compared. Ours is the
plain loop on Values: optimizer.zero_grad(), replay(batch).backward(), and where it says so optimizer.step().
"""

import platform
import random
import sys
from importlib.util import find_spec

import numpy as np

from autograd import Value, record
from autograd.replay.program import flatten, fused
from nn import MLP, SGD
from tests.benchmarks.race import interpreted, processor, race, shown, timed
from tests.benchmarks.workloads import Digits, Jax, Moons, Torch, Transformer, expanded, matrices, moons

NUMBA = find_spec("numba") is not None
BACKENDS = ["numpy", *["numba"] * NUMBA]
W2, W4_1, W4_32 = "W2, 100 points", "W4, batch of 1", "W4, batch of 32"
ASKED = {
    (W2, "numpy", "by hand"): 0.6,
    (W4_1, "numpy", "by hand"): 0.5,
    (W4_32, "numpy", "by hand"): 0.85,
    (W2, "numpy", "torch"): 3,
    (W4_32, "numpy", "torch"): 1.2,
    (W2, "numba", "by hand"): 1.6,
}


class Contest:
    """A workload, the loop of one backend, and the same by hand in NumPy."""

    def __init__(self, work, backend="numpy"):
        self.work, self.replay = work, record(work.loss, *work.example, backend=backend)
        self.batch = work.batch  # not read from the work, which the record watches: its loss is a method
        self.optimizer = SGD(work.model.parameters(), lr=1e-6)
        self.ws, self.bs = matrices(work.model)

    def ours(self):
        self.optimizer.zero_grad()
        self.replay(*self.batch).backward()

    def ours_with_step(self):
        self.ours()
        self.optimizer.step()

    def by_hand(self):
        return self.work.by_hand(self.ws, self.bs, *self.batch)

    def by_hand_with_step(self):
        _, dws, dbs = self.by_hand()
        for p, g in zip([*self.ws, *self.bs], [*dws, *dbs], strict=True):
            p -= 1e-6 * g


def networks(rounds):
    """W2 and W4: a forward and a backward pass of a whole batch, and with it a step of SGD."""
    for name, make in ((W2, Moons), (W4_1, lambda: Digits(1)), (W4_32, lambda: Digits(32))):
        for backend in BACKENDS if name == W2 else BACKENDS[:1]:
            contest = Contest(make(), backend)  # each record has a model of its own
            pairs = {
                "by hand": (contest.ours, contest.by_hand),
                "by hand, with SGD": (contest.ours_with_step, contest.by_hand_with_step),
            }
            if find_spec("torch"):
                pairs["torch"] = contest.ours, Torch(contest.work).step
            for rival, (ours, theirs) in pairs.items():
                found = race({"ours": ours, "theirs": theirs}, rounds)
                yield name, backend, rival, found["theirs"], found["ours"], ASKED.get((name, backend, rival))


def compiled(rounds):
    """W2 and W4 against jax.jit of the value, the gradient and the step of SGD; each contestant ten calls in a row."""
    if not find_spec("jax"):
        return
    for name, make in ((W2, Moons), (W4_1, lambda: Digits(1)), (W4_32, lambda: Digits(32))):
        for backend in BACKENDS if name == W2 else BACKENDS[:1]:
            contest = Contest(make(), backend)
            found = race({"ours": ten(contest.ours_with_step), "theirs": ten(Jax(contest.work).step)}, rounds)
            yield name, backend, "jax.jit, with SGD", found["theirs"] / 10, found["ours"] / 10, None


def ten(call):
    """Return ten calls as one."""

    def calls():
        for _ in range(10):
            call()

    return calls


def documents(rounds):
    """W3: a transformer on documents of 8 tokens, against eager with a node for each × and +."""
    work = Transformer()
    tokens, targets = work.documents(32)
    picked, wanted = tokens[0].argmax(1).tolist(), targets[0].argmax(1).tolist()
    replays = {backend: record(Transformer().loss, tokens[0], targets[0], backend=backend) for backend in BACKENDS}
    eager = lambda: work.loss_by_index(picked, wanted, expanded).backward()  # noqa: E731
    for backend, replay in replays.items():
        for count in (1, 32):
            optimizer, batch = SGD(replay.parameters, lr=1e-6), (tokens[:count], targets[:count])

            def one(optimizer=optimizer, replay=replay, batch=batch):
                optimizer.zero_grad()
                replay(*batch).backward()

            asked = {"numpy": 500, "numba": 2000}[backend] if count == 32 else None
            name = f"W3, {count} document{'s' * (count > 1)}, each"
            found = race({"eager": eager, "replay": one}, rounds)
            yield name, backend, "eager", found["eager"], found["replay"] / count, asked


def train(backend, steps):
    """Do what the micrograd demo does: make the model and the data, record, and take the steps."""
    rng = random.Random(1)
    model = MLP(2, [16, 16, 1], rng=rng)
    x, y = moons(100, rng)
    replay = record(Moons.of(model).loss, x[0], y[0], backend=backend)
    optimizer = SGD(model.parameters(), lr=1.0)
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


def demo(measured):
    """100 steps of the micrograd demo; micrograd's time is that of a few steps, times 100 over their number."""
    if not find_spec("micrograd"):
        return
    theirs = interpreted(lambda: train_micrograd(measured)) * 100 / measured
    for backend in BACKENDS:
        train(backend, 1)
        ours = race({"ours": lambda backend=backend: train(backend, 100)}, 5)["ours"]
        yield "micrograd demo, 100 steps, set-up included", backend, "micrograd", theirs, ours, 5000


def epoch(images):
    """Train 784-128-64-10 on images as MNIST has them, in batches of 32, with plain SGD, against NumPy by hand."""
    generator = np.random.default_rng(0)
    pixels = generator.integers(0, 256, (images, 784), np.uint8)
    labels = np.eye(10)[generator.integers(0, 10, images)]
    work = Digits(32)
    contest = Contest(work)
    contest.ours()  # the first call lays out the arrays
    hand = ours = 0.0
    for batch in (slice(i, i + 32) for i in range(0, images, 32)):
        contest.batch = pixels[batch] / 255.0, labels[batch]
        hand += timed(contest.by_hand_with_step)
        ours += timed(contest.ours_with_step)
    assert np.allclose(work.model.layers[2].neurons[0].bias.data, contest.bs[2][0], rtol=1e-6)
    yield f"digits, an epoch of {images:,} images, with SGD", "numpy", "by hand", hand, ours, None


def costs(sizes):
    """Return sentences: how long recording takes, and how much memory, a node."""
    for size in sizes:
        w, x = Value(1.001), Value(0.5)
        out = x
        for _ in range(size // 2):
            out = (out * w).tanh()
        found = []
        took = timed(lambda out=out, x=x, found=found: found.append(flatten([out], [x])[0]))
        took += timed(lambda found=found: fused(found[0]))
        n = len(found[0])
        yield (
            f"Record and fuse, {n:,} nodes: {took / n * 1e6:.1f} µs and {found[0].nbytes / n:.0f} bytes a node (at most 3 µs, 60 bytes)."
        )
    work, made = Digits(1), []
    took = timed(lambda: made.append(record(work.loss, *work.example))), timed(lambda: made[0](*work.batch))
    (replay,) = made
    counts = replay.counts()
    memory = counts["memory, bytes"] + 32 * counts["memory per example"] + 16 * len(replay.parameters)
    yield f"The digits' program, its parameters and gradients, and a batch of 32 take {memory / 1e6:.1f} MB;"
    yield f"recording it takes {shown(took[0])}, and laying out its arrays, at the first call, {shown(took[1])}."


def row(what, backend, rival, theirs, ours, asked):
    """Return a row of the table."""
    ratio = theirs / ours
    figure = f"{ratio:,.0f}" if ratio >= 100 else f"{ratio:.2f}"
    return f"| {what} | {backend} | {rival} | {shown(theirs)} | {shown(ours)} | {figure} | {'' if asked is None else f'≥ {asked:,}'} |"


def main(quick=False):
    """Print the table, then the costs."""
    print(f"{processor()}, Python {platform.python_version()}, NumPy {np.__version__}, one thread\n")
    print("| workload | backend | against | theirs | replay | times as fast | asked |\n|---|---|---|--:|--:|--:|--:|")
    for rows in (
        demo(1 if quick else 3),  # first: torch in memory makes the collector slow, and with it micrograd
        documents(1 if quick else 20),
        networks(2 if quick else 1000),
        compiled(2 if quick else 200),
        epoch(64 if quick else 60_000),
    ):
        for found in rows:
            print(row(*found), flush=True)
    print()
    for line in costs([1_000] if quick else [10_000, 100_000, 1_000_000]):
        print(line)


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)
