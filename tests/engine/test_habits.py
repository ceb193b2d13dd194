"""What people type out of habit from HIPS's autograd, PyTorch and micrograd: it works, or a sentence says what to write here."""

import math
import os
import subprocess
import sys

import pytest

import autograd
from autograd import Value, grad

W = Value(0.5, "w")
REFUSED = [
    (lambda: grad(lambda x: x * x), "y = f(x)"),
    (lambda: grad(W * 2), "with respect to what"),
    (lambda: autograd.jacobian, "grad"),
    (lambda: autograd.elementwise_grad, "grad"),
    (lambda: autograd.value_and_grad, "y.data"),
    (lambda: autograd.numpy, "record"),
    (lambda: Value(2.0, requires_grad=True), "Every Value has a gradient"),
    (lambda: Value(0.5, "", (W,), "tanh"), "made by its operation"),
    (lambda: (W * 2).backward(retain_graph=True), "the graph stays"),
    (lambda: (W * 2).backward(1.0), "starts from 1"),
    (lambda: (W * 2)._prev, "v.parents"),
    (lambda: (W * 2)._op, "v.op"),
    (lambda: (W * 2)._backward, "v.partials"),
    (lambda: (W * 2).grad_fn, "v.op"),
    (lambda: W.register_hook, "steps"),
    (lambda: W.requires_grad, "gradient"),
    (lambda: W.requires_grad_(), "gradient"),
    (lambda: W.shape, "v.data"),
    (lambda: W.to("cpu"), "v.data"),
    (lambda: W.zero_grad(), "v.grad = None"),
    (lambda: setattr(W, "m", 0.0), "whose keys are the Values"),
    (lambda: setattr(W, "_backward", None), "row"),
    (lambda: grad(lambda x: x * x)(3.0), "x = Value(3.0); grad(f(x), [x])"),
    (lambda: Value(0.5, (W,)), "made by its operation"),
    (lambda: Value(0.5, _children=(W,)), "made by its operation"),
    (lambda: (W * 2).backward(gradient=1.0), "starts from 1"),
]
IMPORTS = {
    "import autograd.numpy": "record",
    "import autograd.numpy as np": "record",
    "from autograd import numpy as np": "record",
    "from autograd.numpy import exp": "record",
    "import autograd.numpy.random as npr": "record",
    "from autograd import elementwise_grad": r"grad\(y, \[x\]\)",
    "from autograd import grad, jacobian": r"grad\(y, inputs\)",
    "from autograd import value_and_grad": r"y\.data",
    "from autograd.engine import Value": "from autograd import Value",
    "from nn import LayerNorm": "BatchNorm1d",
    "import nn.functional as F": "nn itself",
    "from nn.optim import LBFGS": "nn.Newton",
}


@pytest.mark.parametrize("line", IMPORTS)
def test_an_import_out_of_habit_is_answered(line):
    with pytest.raises(ImportError, match=IMPORTS[line]):
        exec(line, {})  # noqa: S102


@pytest.mark.parametrize("line", ["import autograd.nowhere", "from autograd import nothing", "import nn.nowhere"])
def test_other_names_are_not_found_as_in_any_package(line):
    with pytest.raises(ImportError, match=r"No module named|cannot import name"):
        exec(line, {})  # noqa: S102


STEP = "from autograd import Value\nw = Value(1.0)\nw.data -= 0.1 * w.grad\n"


def test_a_step_without_a_gradient_is_answered_at_the_end_of_a_program(tmp_path):
    program = tmp_path / "program.py"
    for text, said in ((STEP, True), ("import autograd\nx = None\nx + 1", False)):
        program.write_text(text)
        done = subprocess.run(
            [sys.executable, program], capture_output=True, text=True, env={**os.environ, "PYTHONPATH": "."}
        )
        assert "TypeError" in done.stderr
        assert ("Call loss.backward() first" in done.stderr) is said


def test_a_step_without_a_gradient_is_answered_in_a_notebook():
    pytest.importorskip("IPython", reason="IPython is not installed")
    cell = f"from IPython.core.interactiveshell import InteractiveShell as S; S.instance().run_cell({STEP!r})"
    done = subprocess.run([sys.executable, "-c", cell], capture_output=True, text=True)
    assert "Call loss.backward() first" in done.stdout + done.stderr


def test_a_function_of_numpy_is_answered_at_the_end_of_a_program():
    np = pytest.importorskip("numpy")
    program = "from autograd import Value\nimport numpy as np\n{}"
    for line, said in (("np.exp(Value(1.0))", True), ("np.add(1, Value(1.0))", True), ("np.exp('a')", False)):
        done = subprocess.run([sys.executable, "-c", program.format(line)], capture_output=True, text=True)
        assert "TypeError" in done.stderr
        assert ("v.exp() for np.exp(v)" in done.stderr) is said
    assert [x.data for x in np.exp(np.array([Value(0.0), Value(1.0)]))] == [1.0, math.e]  # as the sentence says


@pytest.mark.parametrize(("habit", "remedy"), REFUSED)
def test_a_habit_is_answered(habit, remedy):
    with pytest.raises((AttributeError, autograd.AutogradError)) as caught:
        habit()
    assert remedy in str(caught.value)
    assert W.grad is None


@pytest.mark.parametrize(
    ("ours", "python"),
    [(lambda x: x.clip(0, 1), lambda x: min(max(x, 0), 1)), (lambda x: x.clamp(-1, 0.2), lambda x: min(max(x, -1), 0.2)),
     (lambda x: x.clamp(None, 0.3), lambda x: min(x, 0.3)),
     (lambda x: x.clamp(min=0.5, max=1), lambda x: min(max(x, 0.5), 1)), (lambda x: x.tan(), math.tan), (lambda x: x.log10(), math.log10),
     (lambda x: x.log1p(), math.log1p)],
)  # fmt: skip
def test_what_one_line_serves_works(ours, python):
    for number in (0.4, 1.7):
        x = Value(number)
        y = ours(x)
        assert y.data == pytest.approx(python(number), rel=1e-14)
        difference = (python(number + 1e-6) - python(number - 1e-6)) / 2e-6
        assert grad(y, [x])[0] == pytest.approx(difference, abs=1e-6)


def test_a_class_of_ones_own_may_have_attributes():
    class Named(Value):
        pass

    p = Named(1.0)
    p.m = 0.25
    p.anything = 3
    assert (p.m, p.anything, (p * 2).data) == (0.25, 3, 2.0)


class Own(Value):
    """A student's class, for attributes of its own."""


OWN, PLAIN = Own(2.0), Value(3.0)
RESULTS = [  # of an operation, and its class: the left operand's where that is the student's, else the right's
    (lambda: OWN * PLAIN, Own), (lambda: PLAIN * OWN, Own), (lambda: PLAIN * PLAIN, Value), (lambda: OWN + 1, Own),
    (lambda: 1 - OWN, Own), (lambda: 2**OWN, Own), (lambda: OWN**2, Own), (lambda: PLAIN**OWN, Own), (lambda: -OWN, Own),
    (lambda: OWN.tanh(), Own), (lambda: PLAIN.maximum(OWN), Own), (lambda: autograd.Parameter(1.0) * OWN, Own),
    (lambda: autograd.Parameter(1.0) * PLAIN, Value), (lambda: autograd.sum([PLAIN, OWN]), Own),
    (lambda: autograd.dot([PLAIN], [OWN], PLAIN), Own), (lambda: autograd.dot([1.0], [PLAIN], OWN), Own),
    (lambda: OWN.detach(), Own), (lambda: autograd.Parameter(1.0).detach(), Value), (lambda: autograd.softmax([PLAIN, OWN])[0], Own),
    (lambda: autograd.dot([PLAIN] * 40, [OWN] * 40, PLAIN), Own), (lambda: autograd.dot([PLAIN], [PLAIN], PLAIN), Value),
]  # fmt: skip


@pytest.mark.parametrize(("operation", "kind"), RESULTS)
def test_a_result_has_the_class_of_ones_own(operation, kind):
    class Other(Value):
        pass

    assert type(operation()) is kind
    assert (type(OWN * Other(1.0)), type(Other(1.0) * OWN)) == (Own, Other)
    with autograd.no_grad():
        assert type(operation()) is kind


def test_a_program_of_micrograds_shape_learns_with_a_class_of_its_own():
    class Number(autograd.Value):
        def __init__(self, data, label=""):
            super().__init__(data, label)
            self.velocity = 0.0

    weights = [Number(0.1), Number(-0.2), Number(0.3)]
    rows = [([1.0, 2.0], 3.0), ([2.0, -1.0], 0.0), ([0.5, 0.5], 1.0)]  # t = x₁ + x₂, nearly
    losses = []
    for _ in range(60):
        loss = sum((weights[0] * a + weights[1] * b + weights[2] - t) ** 2 for (a, b), t in rows)
        for w in weights:
            w.grad = 0.0
        loss.backward()
        for w in weights:
            w.velocity = 0.5 * w.velocity - 0.05 * w.grad
            w.data += w.velocity
        losses.append(loss.data)
    assert losses[-1] < 0.1 * losses[0]
    assert isinstance(loss, Number)


def test_a_number_in_an_array_and_an_array_of_values_have_a_remedy():
    np = pytest.importorskip("numpy")
    with pytest.raises(autograd.DataError, match=r"\.item\(\)"):
        Value(np.array(2.0))
    with pytest.raises(autograd.DataError, match="no number behind the mask"):  # item() would be 0.0
        Value(np.ma.masked)
    weights, x, b = np.array([[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]]), np.array([1.0, 2.0]), Value(0.5)
    with pytest.raises(autograd.DataError, match=r"np\.array\(\[b\]\)"):
        weights @ x + b
    z = weights @ x + np.array([b])  # as the remedy says
    assert [v.data for v in z] == [5.5, 11.5]
    z.sum().backward()
    assert (b.grad, weights[1, 0].grad) == (2.0, 1.0)


@pytest.mark.parametrize("norm", [lambda x, y: (x * x + y * y) ** 0.5, lambda x, y: (x * x + y * y).sqrt()])
def test_an_infinite_slope_has_no_second_derivative_and_the_error_names_what_was_written(norm):
    with pytest.raises(
        autograd.DomainError, match=r"(0\.0\^0\.5|sqrt\(0\.0\)) has no second derivative: its slope there is inf"
    ):
        autograd.hessian(norm, [0.0, 0.0])
    x = Value(0.0)
    assert grad(x.sqrt(), [x]) == (math.inf,)
    assert autograd.hessian(norm, [3.0, 4.0])[0][0] == pytest.approx(16 / 125)


def test_a_sum_of_a_million_terms_is_as_far_off_as_it_says():
    off = autograd.sum([0.1] * 10**6).data / math.fsum([0.1] * 10**6) - 1
    assert f"{off:.1e}" == "1.3e-11"
    for function in (autograd.sum, autograd.mean, autograd.dot):
        assert "1.3e-11" in function.__doc__
        assert "math.fsum" in function.__doc__
