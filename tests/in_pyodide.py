"""The tests of the engine, of what explains it, of nn and of the laboratory's programs, in Pyodide: run there by in_pyodide.mjs.

What Pyodide does not bring is found out by trying: a test that reaches for it is skipped, and every other one must pass.
"""

import sys
import types
from importlib.machinery import ModuleSpec

import pytest

from autograd.site.laboratory_program import notice_deep_graphs

# The lessons are run too, but not read word for word again: that is long, and the same on every Python.
CHOSEN = [
    "tests/engine",
    "tests/explain",
    "tests/nn",
    "tests/site/test_laboratory.py",
    "--ignore=tests/nn/test_lessons_words.py",
]
FEWEST = 1000  # that pass
PACKAGES = ("numpy", "jsonschema", "matplotlib")
IMPOSSIBLE = (
    "the package numpy", "emscripten does not support processes", "can't start new thread", "stack switching not supported",
)  # fmt: skip
passed: list[str] = []


class Absent(types.ModuleType):
    """NumPy for a file that imports it at its top: the tests that use it are skipped, the others run."""

    def __init__(self, name):
        super().__init__(name)
        self.__spec__ = ModuleSpec(name, None)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        pytest.skip(f"needs {self.__name__}", allow_module_level=True)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    """Let a file be collected in spite of its import of NumPy."""
    if isinstance(collector, pytest.Module):
        sys.modules["numpy"] = Absent("numpy")
    try:
        return (yield)
    finally:
        sys.modules.pop("numpy", None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item):
    """Skip a test whose fixture needs what is not there."""
    return (yield from skipping())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Skip a test that needs what is not there."""
    return (yield from skipping())


def skipping():
    """Run what is asked for; skip where Pyodide has not what it needs."""
    try:
        return (yield)
    except Exception as error:
        absent = isinstance(error, ModuleNotFoundError) and error.name in PACKAGES
        if not absent and not any(words in str(error) for words in IMPOSSIBLE):
            raise
        pytest.skip(str(error).splitlines()[0])


def pytest_runtest_logreport(report):
    """Count what is passed."""
    if report.when == "call" and report.passed:
        passed.append(report.nodeid)


def run(arguments):
    """Run pytest with this file as a plugin, and return its exit status: also 1 where nearly all was skipped."""
    notice_deep_graphs()  # as the laboratory does
    print("Python", sys.version.split()[0], "on", sys.platform, flush=True)
    chosen = [] if any(not word.startswith("-") for word in arguments) else CHOSEN
    status = int(pytest.main(["-p", "no:cacheprovider", *chosen, *arguments], plugins=[sys.modules[__name__]]))
    if chosen and len(passed) < FEWEST:
        print(f"Only {len(passed)} tests passed, and there were more than {FEWEST}: too many are skipped.")
        return 1
    return status
