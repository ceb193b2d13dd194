"""Measuring: contestants take turns in one process, each on one thread; the median of many rounds counts."""

import platform
import time
from statistics import median


def timed(f):
    """Return how long a call takes, in seconds."""
    start = time.perf_counter()
    f()
    return time.perf_counter() - start


def race(contestants, rounds):
    """Return the median time of each contestant."""
    times = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, f in contestants.items():
            times[name].append(timed(f))
    return {name: median(values) for name, values in times.items()}


def interpreted(f, rounds=3):
    """Return the least time of a call that takes long, in pure Python."""
    return min(timed(f) for _ in range(rounds))


def processor():
    """Return the name of the processor, as the system gives it."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def shown(seconds):
    """Write a time in the unit that suits it."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.2f} {unit}"
    return f"{seconds / 1e-6:.0f} µs"
