"""One check before all tests: that `import autograd` finds this package, and not its namesake. And how Hypothesis runs."""

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
settings.register_profile(
    "house", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("house")
