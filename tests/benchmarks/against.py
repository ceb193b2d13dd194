"""This engine against another checkout of it: `python -m tests.benchmarks.against /path/to/checkout`.

W1 and W2 of bench_engine, forward and backward on both; `import autograd` beyond a bare Python; `step tiny-network`.
Each is a process of its own, and the two checkouts take turns, so that a machine that slows down slows both. Counted is
the processor's time, on which other processes have less influence. Printed are the median times, and the median of the
ratios of neighbours.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parents[2]
ENGINE = """
import gc, time
from tests.benchmarks.bench_engine import autograd, chain, ours
step = {step}
step()
times = []
for _ in range({rounds}):
    gc.collect()
    start = time.process_time()
    step()
    times.append(time.process_time() - start)
print(sorted(times)[len(times) // 4])
"""
INSIDE = {
    "W1": ENGINE.format(step="lambda: chain(autograd.Value)", rounds=40),
    "W2": ENGINE.format(step="ours()", rounds=40),
    "import": "import time; start = time.process_time(); import autograd; print(time.process_time() - start)",
}


def measured(what: str, checkout: Path) -> float:
    """Return the seconds of one process in a checkout."""
    if what == "step":
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        run([sys.executable, "-m", "autograd", "step", "tiny-network"], checkout)
        return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    return float(run([sys.executable, "-c", INSIDE[what]], checkout))


def run(command: list[str], checkout: Path) -> str:
    """Return what a command prints in a checkout."""
    env = os.environ | {"PYTHONPATH": str(checkout)}
    return subprocess.run(command, cwd=checkout, env=env, capture_output=True, text=True, check=True).stdout


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkout", type=Path, help="the folder of the other checkout")
    parser.add_argument("--only", choices=[*INSIDE, "step"], help="one of the measurements")
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    for what in [options.only] if options.only else [*INSIDE, "step"]:
        pairs = [(measured(what, HERE), measured(what, options.checkout)) for _ in range(options.rounds)]
        mine, other = (statistics.median(times) * 1e3 for times in zip(*pairs, strict=True))
        ratio = statistics.median(a / b for a, b in pairs)
        print(f"{what:<8} here {mine:8.2f} ms   there {other:8.2f} ms   here / there {ratio:.3f}")


if __name__ == "__main__":
    main()
