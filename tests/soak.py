"""All at once: four threads train, record, save and explain, and the first of them is interrupted again and again.

    python -m tests.soak 60     for 60 seconds; prints how often each job was done, and what went wrong

Each job gives numbers that are known from a run alone. What is lost, torn or wrong is a number that differs, a job that can no longer be
done, or a file that cannot be read. A job that Ctrl-C broke off counts for nothing, but the next one must be as if it had not begun.
"""

import json
import random
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from random import Random

import autograd
import nn
from autograd import Value, grad, no_grad, record, scope, steps, why
from autograd.explain.events import Ready

THREADS = 4
BACKENDS = ["python", "numpy", *(["numba"] if find_spec("numba") else [])]
DATA = [([i / 8, (i * 5 % 8) / 8], [float(i % 2)]) for i in range(8)]
Numbers = list[float | str | None]


def network() -> nn.MLP:
    """Return the same small network each time."""
    return nn.MLP(2, [4, 1], rng=Random(5))


def half_squared(model: nn.MLP, x: list[float], y: list[float]) -> Value:
    """Return half the squared error of one example."""
    return 0.5 * (model(x)[0] - y[0]) ** 2


def eager() -> Numbers:
    """Two steps of plain training."""
    model = network()
    optimizer = nn.Adam(model.parameters(), lr=0.1)
    for x, y in DATA[:2]:
        optimizer.zero_grad()
        half_squared(model, x, y).backward()
        optimizer.step()
    return [p.data for p in model.parameters()]


def unrecorded() -> Numbers:
    """A model inside no_grad, and a graph after it."""
    with no_grad():
        inside = network()(DATA[1][0])[0]
    x = Value(3.0)
    y = x * x
    y.backward()
    return [inside.data, len(inside.parents), len(y.parents), x.grad]


def scoped() -> Numbers:
    """Scopes within scopes, and none after them."""
    with scope("a"), scope("b"):
        x = Value(2.0) * 2.0
    return [x.scope, (x * 2.0).scope, half_squared(network(), *DATA[3]).scope]


def explained() -> Numbers:
    """The steps, the uses of a weight, and second derivatives."""
    model = network()
    loss, weight = half_squared(model, *DATA[5]), model.parameters()[0]
    ready = [event.grad for event in steps(loss) if isinstance(event, Ready)]
    (first,) = grad(loss, [weight], create_graph=True)
    (second,) = grad(first, [weight])
    return [*ready, why(loss, weight).gradient, first.data, second]


def replayed(backend: str) -> Numbers:
    """Record a loss, and train by replay."""
    model = network()
    optimizer = nn.SGD(model.parameters(), lr=0.1)
    replay = record(partial(half_squared, model), *DATA[0], backend=backend)
    xs, ys = [x for x, _ in DATA], [y for _, y in DATA]
    for _ in range(3):
        optimizer.zero_grad()
        replay(xs, ys).backward()
        optimizer.step()
    return [p.data for p in model.parameters()]


def evaluated() -> Numbers:
    """The loss over all data, and the modes of the model after it."""
    model = network()
    loss = nn.evaluate(model, [(x, y[0]) for x, y in DATA], nn.mse_loss)
    return [loss, *(float(module.training) for module in model.modules())]


def fitted(path: Path, replay: bool) -> Numbers:
    """Train with checkpoints, all threads into one file, and read it."""
    model = network()
    optimizer = nn.SGD(model.parameters(), lr=0.1, momentum=0.9)
    data = [(x, y[0]) for x, y in DATA]
    schedule, saving = nn.StepLR(optimizer, step_size=1), [nn.Checkpoint(path)]
    given = {"schedule": schedule, "callbacks": saving, "validation": data, "rng": Random(1), "replay": replay}
    history = nn.fit(model, data, nn.mse_loss, optimizer, 2, 4, **given)
    if schedule.last_epoch != history.epochs:
        raise AssertionError(f"{schedule.last_epoch} epochs of the schedule, and {history.epochs} of the history")
    if history.stopped:
        raise KeyboardInterrupt  # fit keeps the history, and tells of Ctrl-C there
    json.loads(path.read_text(encoding="utf-8"))
    return [*history.loss, *(p.data for p in model.parameters())]


def jobs(path: Path) -> dict[str, Callable[[], Numbers]]:
    """Return what is done, by name."""
    return {
        "eager": eager, "unrecorded": unrecorded, "scoped": scoped, "explained": explained, "evaluated": evaluated,
        **{f"replay, {backend}": partial(replayed, backend) for backend in BACKENDS},
        "fit": partial(fitted, path, False), "fit by replay": partial(fitted, path, True),
    }  # fmt: skip


class Interrupter:
    """Ctrl-C for the main thread, at random moments of a job and never between jobs."""

    def __init__(self, rng: Random) -> None:
        self.rng, self.armed, self.count = rng, False, 0
        signal.signal(signal.SIGINT, self.interrupt)

    def interrupt(self, number: int, frame: object) -> None:
        """Break off a job, once."""
        if self.armed:
            self.armed, self.count = False, self.count + 1
            raise KeyboardInterrupt

    def send(self, until: float) -> None:
        """Send signals, from a thread of its own, until a moment."""
        while time.monotonic() < until:
            time.sleep(self.rng.expovariate(200))
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    def unless_interrupted(self, job: Callable[[], Numbers]) -> Numbers | None:
        """Do a job under fire; None when it was broken off."""
        try:
            self.armed = True
            done = job()
            self.armed = False
        except KeyboardInterrupt:
            return None
        return done


def soak(seconds: float) -> list[str]:
    """Do all jobs in all threads for so long, and return what went wrong."""
    wrong: list[str] = []
    done: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        todo = jobs(Path(folder) / "run.json")
        expected = {name: job() for name, job in todo.items()}
        until = time.monotonic() + seconds

        def work(seed: int, attempt: Callable[[Callable[[], Numbers]], Numbers | None] = lambda job: job()) -> None:
            rng = random.Random(seed)
            while time.monotonic() < until:
                name = rng.choice(list(todo))
                try:
                    numbers = attempt(todo[name])
                except Exception:
                    wrong.append(f"{name}: {traceback.format_exc()}")
                    continue
                done[name] += numbers is not None
                if numbers not in (None, expected[name]):
                    wrong.append(f"{name}: {numbers}, and alone {expected[name]}")

        interrupter = Interrupter(random.Random(1))
        threads = [threading.Thread(target=work, args=(seed,)) for seed in range(1, THREADS)]
        threads.append(threading.Thread(target=interrupter.send, args=(until,)))
        for thread in threads:
            thread.start()
        work(0, interrupter.unless_interrupted)
        for thread in threads:
            thread.join()
        wrong += [f"{name}, at the end" for name, job in todo.items() if job() != expected[name]]
        left = [path.name for path in Path(folder).iterdir() if path.name != "run.json"]
        wrong += [f"left over: {left}"] if left else []
    print(f"{interrupter.count} interruptions; done:", ", ".join(f"{name} {n}" for name, n in sorted(done.items())))
    return wrong


if __name__ == "__main__":
    found = soak(float(sys.argv[1]) if len(sys.argv) > 1 else 20)
    print(*found[:5], sep="\n\n")
    sys.exit(f"{len(found)} went wrong, of autograd {autograd.__file__}" if found else 0)
