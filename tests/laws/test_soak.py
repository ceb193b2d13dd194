"""Nothing is lost, nothing is torn, no gradient is wrong: four threads at once, and Ctrl-C again and again."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="a signal for one thread")
@pytest.mark.parametrize(
    "seconds", [pytest.param(20, marks=pytest.mark.slow), pytest.param(60, marks=pytest.mark.soak)]
)
def test_all_at_once_is_as_each_alone(seconds):
    done = subprocess.run(
        [sys.executable, "-m", "tests.soak", str(seconds)], cwd=ROOT, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert not done.stdout.startswith("0 interruptions")
