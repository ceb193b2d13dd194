"""A step of a recorded W2 with `model.zero_grad()`, beside the same step with `optimizer.zero_grad()`.

python3 -m tests.benchmarks.bench_zero_grad [numpy|numba]
"""

import sys

from autograd import record
from nn import SGD
from tests.benchmarks.race import race, shown
from tests.benchmarks.workloads import Moons


def steps(backend):
    """Return the two steps, each of a model and a record of its own."""
    made = {}
    for name in ("optimizer.zero_grad()", "model.zero_grad()"):
        work = Moons()
        replay, optimizer = record(work.loss, *work.example, backend=backend), SGD(work.model.parameters(), lr=1e-6)
        forget = work.model.zero_grad if name.startswith("model") else optimizer.zero_grad

        def step(forget=forget, replay=replay, optimizer=optimizer, batch=work.batch):
            forget()
            replay(*batch).backward()
            optimizer.step()

        made[name] = step
    return made


def measure(backend, rounds=500):
    """Return the median time of each step."""
    contestants = steps(backend)
    for step in contestants.values():
        step()
    return race(contestants, rounds)


if __name__ == "__main__":
    times = measure(*sys.argv[1:2] or ["numpy"])
    for name, seconds in times.items():
        print(f"{name:<24}{shown(seconds)}")
    print(f"ratio {times['model.zero_grad()'] / times['optimizer.zero_grad()']:.2f}")
