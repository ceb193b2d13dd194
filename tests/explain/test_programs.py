"""A graph as a program: run, it has the value and the gradients of the graph; PyTorch's is run where torch is installed."""

import contextlib
import importlib.util
import io
import subprocess
import sys
from pathlib import Path

import pytest

from autograd import DataError, GraphError, Parameter, Value, logsumexp
from autograd import max as largest
from autograd.__main__ import main
from autograd.classroom.formulas import graph_of_formula
from autograd.explain.programs import program
from autograd.graph import topological_order
from autograd.rules import TABLE
from nn.lessons import COURSE

STORED = Path(__file__).with_name("programs")
LESSONS = COURSE.lessons
EACH = pytest.mark.parametrize("lesson", LESSONS.values(), ids=LESSONS)


def run(text):
    names, printed = {}, io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(text, "<program>", "exec"), names)  # noqa: S102
    return names, printed.getvalue()


def numbers_of(printed):
    """What a program prints: L = 64.0, and dL/dw = −32.0."""
    pairs = (line.split(" = ") for line in printed.splitlines())
    return [float(number) for _, number in pairs]


def wanted(root):
    root.backward()
    leaves = [node for node in topological_order(root) if node.op is None and node.kind != "constant"]
    return [root.data, *(leaf.grad for leaf in leaves)]


@EACH
def test_a_lesson_in_plain_floats_has_its_value_and_gradients(lesson):
    _, printed = run(program(lesson.build()))
    assert numbers_of(printed) == pytest.approx(wanted(lesson.build()), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("op", [op for op in TABLE.values() if op.arity in (1, 2)], ids=lambda op: op.name)
def test_each_row_in_plain_floats(op):
    def build():
        operands = [Value(domain.samples[-1] + i, f"x{i}") for i, domain in enumerate(op.domain)]
        return operands[0].apply(op, *operands) * 2

    _, printed = run(program(build()))
    assert numbers_of(printed) == pytest.approx(wanted(build()), rel=1e-12)


def test_rows_of_many_operands_in_plain_floats():
    def build():
        xs = [Parameter(x, f"w{i}") for i, x in enumerate((0.5, -1.0, 2.0))]
        return logsumexp(xs) * largest(xs)

    assert numbers_of(run(program(build()))[1]) == pytest.approx(wanted(build()), rel=1e-12)


def test_names_that_python_cannot_read_become_ones_that_it_can():
    x, second, keyword = Value(3.0, "∂ x"), Value(2.0, "w"), Value(5.0, "lambda")
    root = x * second * keyword + Value(1.0, "dw") + Value(1.0, "exp")
    assert numbers_of(run(program(root))[1]) == pytest.approx(wanted(root))


class Fake:
    """A stand-in for micrograd's Value, written here: + − · /, powers of plain numbers, relu, and its own backward pass."""

    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents = float(data), 0.0, parents

    def __add__(self, other):
        other = other if isinstance(other, Fake) else Fake(other)
        return Fake(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        other = other if isinstance(other, Fake) else Fake(other)
        return Fake(self.data * other.data, ((self, other.data), (other, self.data)))

    def __pow__(self, n):
        assert isinstance(n, (int, float))
        return Fake(self.data**n, ((self, n * self.data ** (n - 1)),))

    def relu(self):
        return Fake(max(0.0, self.data), ((self, float(self.data > 0)),))

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + -other

    def __rsub__(self, other):
        return other + -self

    def __truediv__(self, other):
        return self * other**-1

    def __rtruediv__(self, other):
        return other * self**-1

    def backward(self, upstream=1.0):
        self.grad += upstream
        for parent, slope in self.parents:
            parent.backward(upstream * slope)


def test_micrograd_s_program_asserts_the_same_numbers(monkeypatch):
    engine = type(sys)("micrograd.engine")
    engine.Value = Fake
    monkeypatch.setitem(sys.modules, "micrograd", type(sys)("micrograd"))
    monkeypatch.setitem(sys.modules, "micrograd.engine", engine)
    for slug in ("tiny-network", "one-neuron", "linear-trap", "early-stopping"):
        root = LESSONS[slug].build()
        assert numbers_of(run(program(root, "micrograd"))[1]) == pytest.approx(wanted(root), rel=1e-12, abs=1e-12)
    with pytest.raises(AssertionError):
        run(program(LESSONS["tiny-network"].build(), "micrograd").replace("Value(3.0)", "Value(3.1)"))


def test_what_micrograd_lacks_is_said():
    with pytest.raises(GraphError, match=r"micrograd has no tanh.*--format torch"):
        program(Value(1.0).tanh(), "micrograd")


def torch_programs():
    return {
        slug: program(LESSONS[slug].build(), "torch")
        for slug in ("tiny-network", "xor-by-hand", "three-layers", "layer")
    }


def test_pytorch_s_programs_are_those_that_were_run():
    """Stored after they ran with torch 2.13; where torch is installed, the next test runs all."""
    for slug, text in torch_programs().items():
        assert (STORED / f"{slug}.txt").read_text(encoding="utf-8") == text


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="torch is not installed")
@EACH
def test_pytorch_asserts_the_same_numbers(lesson):
    done = subprocess.run([sys.executable, "-c", program(lesson.build(), "torch")], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_command_prints_or_writes(tmp_path, capsys):
    assert main(["export", "w*x + b", "w=3", "x=2", "b=1"]) == 0
    assert numbers_of(run(capsys.readouterr().out)[1]) == wanted(graph_of_formula("w*x + b", {"w": 3, "x": 2, "b": 1}))
    target = tmp_path / "tiny.py"
    assert main(["export", "tiny-network", "-o", str(target), "--format", "torch"]) == 0
    assert target.read_text(encoding="utf-8") == torch_programs()["tiny-network"] + "\n"
    assert main(["export", "tiny-network", "-o", "tiny.txt"]) == 2
    assert main(["export", "tiny-network", "--format", "jax"]) == 2
    assert "There are: python, torch, micrograd" in capsys.readouterr().err
    with pytest.raises(DataError):
        program(Value(1.0) * 2, "jax")
