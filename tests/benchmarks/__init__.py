"""Benchmarks, on one thread: with several, a busy machine measures its own scheduler."""

import os

for _library in ("OPENBLAS", "MKL", "OMP"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")  # before NumPy is imported
