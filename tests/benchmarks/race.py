"""Measuring: contestants take turns in one process, each on one thread; the median of many rounds counts."""

import os
import time
from statistics import median

for _library in ("OPENBLAS", "MKL", "OMP"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")  # before NumPy is imported


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


def table(title, rows, heads):
    """Print rows under heads, in columns."""
    cells = [heads, *[[str(cell) for cell in row] for row in rows]]
    widths = [max(len(row[i]) for row in cells) for i in range(len(heads))]
    print(f"\n{title}\n")
    for row in cells:
        print("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)))


def shown(seconds):
    """Write a time in the unit that suits it."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.2f} {unit}"
    return f"{seconds / 1e-6:.0f} µs"
