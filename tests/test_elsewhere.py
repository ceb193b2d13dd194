"""Where something is missing: signs in a pipe's encoding, or a package that only some commands need."""

import os
import subprocess
import sys

import pytest

PRINTED = """
import autograd, nn
x, w = autograd.Value(2.0, "x"), autograd.Value(3.0, "w")
y = (w * x).sigmoid()
y.backward()
print(autograd.why(y, w).text)
print(nn.MLP(2, [3, 1]))
print(autograd.draw(y).text())
"""
HIDDEN = """
import sys
sys.modules[sys.argv[1]] = None
import autograd
from autograd import Value
y = Value(2.0, "x") * Value(3.0, "w")
picture = autograd.draw(y)
assert "<svg" in picture.svg() and "3 nodes" in picture.text() and "image/svg+xml" in picture._repr_mimebundle_()
try:
    {call}
except autograd.AutogradError as error:
    assert "pip install" in str(error), str(error)
else:
    raise AssertionError("nothing was said")
"""
CALLS = [
    ("numpy", "autograd.record(lambda x: x * y, 1.0)"),
    ("numba", "w = autograd.Parameter(1.0); autograd.record(lambda x: x * w, 1.0, backend='numba')([1.0])"),
    ("matplotlib", "from nn.plots.canvas import figure_class; figure_class()"),
    ("typst", "from autograd.classroom.handout.pdf import pdf; pdf(None)"),
    ("safetensors", "import nn; nn.save_weights(nn.MLP(2, [1]), '/tmp/x.safetensors')"),
]


def run(code, *arguments, **environment):
    return subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, env={**os.environ, **environment}, check=False)  # fmt: skip


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_every_text_can_be_printed_anywhere(encoding):
    done = run(PRINTED, PYTHONIOENCODING=encoding)
    assert done.returncode == 0, done.stderr.decode()
    assert ("∂" in done.stdout.decode(encoding)) is (encoding == "utf-8")
    assert (b"\\u2202" in done.stdout) is (encoding != "utf-8")


@pytest.mark.parametrize(("package", "call"), CALLS)
def test_a_missing_package_is_named(package, call):
    done = run(HIDDEN.replace("{call}", call), package)
    assert done.returncode == 0, done.stderr.decode()
