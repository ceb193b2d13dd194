"""Adding an operation with a function of its own: a row, its line among the operators, and a name in each reading that is no loop."""

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# For each file: a line as it is, and the lines that stand in its place.
ADDED = {
    "namespaces.py": [
        ('    "abs", "maximum",', '    "atan", "abs", "maximum",'),
        ("    erf, erfc = math.erf, math.erfc\n", "    erf, erfc, atan = math.erf, math.erfc, math.atan\n"),
        ("    log1p = staticmethod(lambda x: cmath.log(1 + x))\n", "    log1p, atan = staticmethod(lambda x: cmath.log(1 + x)), cmath.atan\n"),
    ],
    "rules.py": [
        (
            "TANH    = Op(",
            'ATAN    = Op("atan", lambda xp, x: xp.atan(x), lambda xp, x, out: (1.0 / (1.0 + x * x),), "atan", r"\\arctan {0}", (REAL,))\nTANH    = Op(',
        ),
        ("SIN, COS, TANH,", "SIN, COS, ATAN, TANH,"),
    ],
    "operators.py": [("    sin, cos, tanh = ", "    atan = unary(rules.ATAN)\n    sin, cos, tanh = ")],
}  # fmt: skip

READINGS = """
import importlib.util, inspect, math
from autograd import Parameter, Value, fast, grad, gradcheck, record, row_code, steps
from autograd.classroom.flashcards import slope_of
from autograd.classroom.operations_table import table
from autograd.code_text import Code
from autograd.explain.expression import formula, name, slope
from autograd.namespaces import FUNCTIONS, complexes, methods, scalars
from autograd.rules import TABLE

op, x = TABLE["atan"], Value(0.7, "x")
y = x.atan()
y.backward()
assert (y.data, x.grad) == (math.atan(0.7), 1 / (1 + 0.7 * 0.7)), "floats"
fast.remove()
assert (x.atan().data, x.atan().partials) == (y.data, y.partials), "floats, without fast.py"
fast.install()
assert op.at(complexes, (0.7 + 1e-200j,)).imag / 1e-200 == gradcheck(lambda x: x.atan(), 0.7).rows[0].complex_step, "complex"
assert gradcheck(lambda x: x.atan(), 0.7).rows[0].complex_step is not None
(slope_value,) = grad(y, [x], create_graph=True)
assert math.isclose(grad(slope_value, [x])[0], -2 * 0.7 / (1 + 0.7 * 0.7) ** 2), "Values"
z = name("z", 0.7)
assert (formula(op, (z,)).text, formula(op, (z,)).tex) == ("atan(z)", r"\\arctan z"), "text, TeX"
assert slope(op, 0, (z,), name("y", 0.0)).text == "1/(1 + z²)", "text"
assert "atan(x)" in table() and slope_of(op)[0].startswith("y = atan(a)"), "table, cards"
assert any("atan(x)" in line for event in steps(y) for line in event.lines), "events"
assert "out = atan(a)" in row_code.written(op), "code"

w = Parameter(0.5, "w")
eager = [(w * x).atan() for x in (0.3, -2.0)]
replay = record(lambda x: (w * x).atan(), 0.3, backend="python")
assert "xp.atan(" in replay.source(), "a program to read"
backends = ["python", "numpy"] + ["numba"] * bool(importlib.util.find_spec("numba"))
for backend in backends:
    found = record(lambda x: (w * x).atan(), 0.3, backend=backend)([0.3, -2.0])
    assert all(map(math.isclose, found.values.tolist(), [v.data for v in eager])), backend
if "numba" in backends:
    from autograd.replay.backends import numba_kernels
    assert "math.atan(m[x + i])" in numba_kernels.WRITTEN, "compiled loops"
if importlib.util.find_spec("array_api_compat"):
    import numpy, array_api_compat.numpy
    from autograd.replay.backends.array_api import ArrayNamespace
    assert ArrayNamespace(array_api_compat.numpy, numpy.zeros(1)).atan(0.7) == numpy.atan(0.7), "array API"
print("every reading has it")
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """The package with atan in it."""
    folder = tmp_path_factory.mktemp("with_atan")
    for name in ("autograd", "nn"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for file, changes in ADDED.items():
        path = folder / "autograd" / file
        text = path.read_text(encoding="utf-8")
        for before, after in changes:
            assert text.count(before) == 1, f"{file}: {before!r} is there {text.count(before)} times"
            text = text.replace(before, after)
        path.write_text(text, encoding="utf-8")
    return folder


def test_a_few_lines_add_it():
    lines = [after.count("\n") - before.count("\n") or 1 for changes in ADDED.values() for before, after in changes]
    assert sum(lines) <= 6


@pytest.mark.skipif(not find_spec("numpy"), reason="numpy")
def test_every_reading_has_it(package):
    done = subprocess.run(
        [sys.executable, "-c", READINGS],
        cwd=package,
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONPATH": str(package)},
    )
    assert done.stdout == "every reading has it\n", done.stderr[-2000:]
