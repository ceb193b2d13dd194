"""The mutator makes the mutants it says; and of the mutants of the engine, tests kill nine in ten, and more."""

import ast
import subprocess
import sys

import pytest

from tests.equivalent_mutants import EQUIVALENT
from tests.mutation import FILES, ROOT, mutants

SOURCE = '''
def clipped(x, low=0):
    """Return x, or low where x is less."""
    if x < low and x != 7:
        return -x
    raise ValueError("a sentence is left alone")
'''


def test_each_mutant_has_one_fault():
    found = mutants("some.py", SOURCE)
    assert {m.name for m in found} == {
        f"some.py clipped: {fault}"
        for fault in (
            "0 → 1",
            "if x < low and x != 7: return -x → if not (x < low and x != 7): return -x",
            "x < low and x != 7 → x < low or x != 7",
            "x < low → x <= low",
            "x != 7 → x == 7",
            "7 → 8",
            "return -x → return None",
            "-x → x",
            "raise ValueError('a sentence is left alone') → pass",
        )
    }
    plain = ast.unparse(ast.parse(SOURCE))
    assert all(m.source != plain for m in found)
    assert len({m.source for m in found}) == len(found)
    assert ast.unparse(ast.parse(SOURCE)) == plain


def test_every_file_that_is_mutated_is_there_and_has_tests():
    for file, tests in FILES.items():
        assert all((ROOT / path).exists() for path in (file, *tests))


@pytest.mark.slow
def test_every_equivalent_mutant_is_one_that_is_made():
    made = {m.name for file in FILES for m in mutants(file, (ROOT / file).read_text(encoding="utf-8"))}
    assert set(EQUIVALENT) <= made
    assert all(EQUIVALENT.values()), "each has its reason"


@pytest.mark.soak
def test_tests_kill_the_mutants():
    done = subprocess.run([sys.executable, "-m", "tests.mutation"], cwd=ROOT, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
