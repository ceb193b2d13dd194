"""What people type out of habit from HIPS's autograd, PyTorch and micrograd: it works, or a sentence says what to write here."""

import math

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
    (lambda: (W * 2).backward(1.0), "begins with 1"),
    (lambda: (W * 2)._prev, "v.parents"),
    (lambda: (W * 2)._op, "v.op"),
    (lambda: (W * 2)._backward, "v.partials"),
    (lambda: (W * 2).grad_fn, "v.op"),
    (lambda: W.register_hook, "steps"),
    (lambda: W.requires_grad, "gradient"),
    (lambda: setattr(W, "m", 0.0), "dict by Value"),
    (lambda: setattr(W, "_backward", None), "row"),
]


@pytest.mark.parametrize(("habit", "remedy"), REFUSED)
def test_a_habit_is_answered(habit, remedy):
    with pytest.raises((AttributeError, autograd.AutogradError)) as caught:
        habit()
    assert remedy in str(caught.value)
    assert W.grad is None


@pytest.mark.parametrize(
    ("ours", "python"),
    [(lambda x: x.clip(0, 1), lambda x: min(max(x, 0), 1)), (lambda x: x.clamp(-1, 0.2), lambda x: min(max(x, -1), 0.2)),
     (lambda x: x.clamp(None, 0.3), lambda x: min(x, 0.3)), (lambda x: x.tan(), math.tan), (lambda x: x.log10(), math.log10),
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
