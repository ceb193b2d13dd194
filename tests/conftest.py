"""One check before all tests: that `import autograd` finds this package, and not its namesake."""

import pytest

import autograd

if not hasattr(autograd, "__chalkgrad__"):
    pytest.exit(
        f"`import autograd` found {getattr(autograd, '__file__', '?')}, another package of that name (HIPS autograd). "
        "The two cannot be installed together: run the tests in an environment without it.",
        returncode=3,
    )
