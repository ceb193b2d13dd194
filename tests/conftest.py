"""What holds for all tests: which `autograd` is tested, how Hypothesis runs, what Ctrl-C does, and that a browser is slow."""

import signal

import pytest
from hypothesis import HealthCheck, settings

import autograd

if not hasattr(autograd, "__chalkgrad__"):
    pytest.exit(
        f"`import autograd` found {getattr(autograd, '__file__', '?')}, another package of that name (HIPS autograd). "
        "The two cannot be installed together: run the tests in an environment without it.",
        returncode=3,
    )

# The same examples in every run, on a fast machine and on a slow one: a test that fails, fails again.
# .ci/run asks for the profile "thorough".
for profile, drawn in (("house", 33), ("thorough", 100)):
    settings.register_profile(
        profile,
        derandomize=True,
        deadline=None,
        database=None,
        max_examples=drawn,
        suppress_health_check=[HealthCheck.too_slow],
    )
settings.load_profile("house")

# Under `nohup … &` and on some hosts Ctrl-C is ignored, and so it would be in each child: the tests that press it need it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark as slow what opens a browser."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)
