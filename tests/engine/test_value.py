"""Value: what it remembers, and the backward pass."""

import copy
import gc
import math
import os
import pickle
import random
import subprocess
import sys
import threading
import tracemalloc
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import autograd
from autograd import Parameter, Value, dot, grad, no_grad
from autograd.operators import Operators
from autograd.rules import MANY, PAIRS, REAL, TABLE, Op
from nn import MLP, SGD

ROOT = Path(__file__).resolve().parents[2]


def test_parents_and_partials_are_in_order_and_repeat():
    x, y = Value(3.0), Value(4.0)
    z = x * y
    assert z.parents == (x, y)
    assert z.partials == (4.0, 3.0)
    square = x * x
    assert square.parents == (x, x)
    assert square.partials == (3.0, 3.0)
    many = autograd.sum([x, y, x])
    assert many.parents == (x, y, x)
    neuron = dot([x, y], [y, y], x)
    assert neuron.parents == (x, y, y, y, x)
    assert neuron.partials == (4.0, 4.0, 3.0, 4.0, 1.0)
    assert x.parents == x.partials == ()


def test_difference_and_quotient_are_one_node_each():
    x, y = Value(6.0), Value(3.0)
    for node, name, data, partials in ((x - y, "sub", 3.0, (1.0, -1.0)), (x / y, "div", 2.0, (1 / 3, -2 / 3))):
        assert (node.op.name, node.data, node.parents) == (name, data, (x, y))
        assert node.partials == pytest.approx(partials)


METHODS = {row: row for row in TABLE if hasattr(Operators, row)} | {
    "__add__": "add", "__sub__": "sub", "__mul__": "mul", "__truediv__": "div", "__neg__": "neg", "__abs__": "abs",
}  # fmt: skip


@pytest.mark.parametrize(("method", "row"), METHODS.items())
def test_each_method_records_its_row_and_nothing_else(method, row):
    op, x, y = TABLE[row], Value(0.5), Value(1.5)
    operands = (x, y)[: op.arity]
    node = getattr(x, method)(*operands[1:])
    assert (node.op, node.parents) == (op, operands)
    by_record = x.apply(op, *operands)
    assert (node.data, node.partials) == (by_record.data, by_record.partials)


def test_each_row_has_a_method_or_a_function():
    by_number = {"power(2)", "power(3)", "power(-1)", "power(0.5)", "pow"}  # x ** n
    functions = {row for row in TABLE if hasattr(autograd, row)}
    assert set(TABLE) == set(METHODS.values()) | by_number | functions


@pytest.mark.parametrize(
    ("f", "value", "slope"),
    [
        (lambda x: 2 + x, 6.0, 1.0),
        (lambda x: x + 2, 6.0, 1.0),
        (lambda x: 2 - x, -2.0, -1.0),
        (lambda x: x - 2, 2.0, 1.0),
        (lambda x: 2 * x, 8.0, 2.0),
        (lambda x: x * 2, 8.0, 2.0),
        (lambda x: 2 / x, 0.5, -0.125),
        (lambda x: x / 2, 2.0, 0.5),
        (lambda x: 2**x, 16.0, 16 * math.log(2)),
        (lambda x: x**2, 16.0, 8.0),
        (lambda x: x ** Value(2.0), 16.0, 8.0),
        (lambda x: -x, -4.0, -1.0),
        (lambda x: Fraction(1, 2) * x, 2.0, 0.5),
        (lambda x: np.float64(2) * x, 8.0, 2.0),
        (lambda x: np.float32(2) - x, -2.0, -1.0),
        (lambda x: np.int64(2) / x, 0.5, -0.125),
        (lambda x: x * np.float64(2), 8.0, 2.0),
        (lambda x: np.float64(2) ** x, 16.0, 16 * math.log(2)),
        (lambda x: x ** np.float64(2), 16.0, 8.0),
        (lambda x: autograd.maximum(1, x), 4.0, 1.0),
        (lambda x: autograd.minimum(9, x), 4.0, 1.0),
        (lambda x: autograd.max([1, np.float64(2), x]), 4.0, 1.0),
        (lambda x: dot([np.float64(2), 1], [x, np.float64(3)], np.float64(1)), 12.0, 2.0),
        (lambda x: dot([2, 1], [x, 3]), 11.0, 2.0),
        (lambda x: dot(np.array([2.0, 1.0]), [x, 3], 1), 12.0, 2.0),
    ],
)
def test_numbers_of_every_kind_stand_on_either_side(f, value, slope):
    x = Value(4)
    node = f(x)
    assert (type(node), type(node.data)) == (Value, float)
    assert node.data == pytest.approx(value, rel=1e-15)
    node.backward()
    assert x.grad == pytest.approx(slope, rel=1e-15)


def test_pytorch_s_names_of_powers():
    x = Value(3.0)
    for node, row in ((x.pow(2), "power(2)"), (x.square(), "power(2)"), (x.pow(0.5), "power(0.5)"), (x.pow(x), "pow")):
        assert node.op is TABLE[row]
    assert x.pow(3).data == 27.0


@pytest.mark.parametrize("number", [2, np.float64(2), np.float32(2), np.int64(2), Fraction(2), 2.0, True + 1])
def test_data_is_a_plain_float(number):
    assert type(Value(number).data) is float
    v = Value(1.0) * number
    assert type(v.data) is float
    assert type(v.partials[0]) is float


def test_leaves_accumulate_and_results_start_afresh():
    x = Value(3.0)
    square = x * x
    cube = square * x
    cube.backward()
    assert (x.grad, square.grad, cube.grad) == (27.0, 3.0, 1.0)
    cube.backward()
    assert (x.grad, square.grad, cube.grad) == (54.0, 3.0, 1.0)
    square.backward()
    assert (x.grad, square.grad, cube.grad) == (60.0, 1.0, 1.0)


def test_two_roots_on_one_graph():
    x, y = Value(2.0), Value(5.0)
    shared = x * y
    (shared + x).backward()
    (shared * y).backward()
    assert (x.grad, y.grad, shared.grad) == (6.0 + 25.0, 2.0 + 20.0, 5.0)


def test_backward_from_a_leaf_is_one():
    x = Value(3.0)
    x.backward()
    x.backward()
    assert x.grad == 2.0


def test_not_computed_is_none_and_not_zero():
    x, other, dead = Value(-1.0), Value(1.0), Value(2.0)
    y = x.relu() * dead
    assert (x.grad, y.grad) == (None, None)
    assert "grad=None" in repr(x)
    y.backward()
    assert (x.grad, dead.grad, other.grad) == (0.0, 0.0, None)
    assert "grad=0.0" in repr(x)
    assert grad(y, [other]) == (0.0,)


def test_constants_get_no_gradient():
    x, held = Value(2.0), autograd.lift(3.0)
    y = x * held + 1
    for _ in range(2):
        y.backward()
        constants = [held, y.parents[1]]
        assert [c.kind for c in constants] == ["constant", "constant"]
        assert [c.grad for c in constants] == [None, None]
    assert x.grad == 6.0


@pytest.mark.parametrize(
    "loss", [lambda: autograd.lift(3.0), lambda: autograd.mean([2.0, 3.0]), lambda: autograd.lift(3.0) * 2 + 1]
)
def test_backward_from_plain_numbers_alone_is_refused(loss):
    node = loss()
    with pytest.raises(autograd.GraphError, match=r"plain numbers.*v\.item\(\) are plain numbers, without a graph"):
        node.backward()
    assert node.grad is None


def test_kinds():
    x, w = Value(2.0), Parameter(3.0, "w")
    y = x * w + 1
    assert [v.kind for v in (x, w, y, y.parents[1])] == ["leaf", "parameter", "result", "constant"]
    assert [isinstance(v, Parameter) for v in (x, w, y)] == [False, True, False]
    assert isinstance(w, Value)


def test_labels_may_come_later_and_show():
    z = Value(2.0, "x") * 3
    assert z.label == ""
    z.label = "z"
    assert repr(z) == "Value(data=6.0, grad=None, label='z')"
    assert repr(Value(0.1 + 0.2)) == "Value(data=0.30000000000000004, grad=None)"


def test_item_and_detach_leave_the_graph():
    x = Value(2.0, "x")
    y = x * 3
    cut = y.detach()
    assert (type(y.item()), y.item(), cut.data, cut.parents, cut.op) == (float, 6.0, 6.0, (), None)
    (cut * x).backward()
    assert (x.grad, cut.grad, y.grad) == (6.0, 2.0, None)


def test_comparisons_are_of_numbers_and_equality_of_nodes():
    x, y = Value(2.0), Value(2.0)
    assert x <= y
    assert x >= 2
    assert not x < 2
    assert x > 1
    assert x < 3
    assert x != y
    assert len({x, y}) == 2
    assert bool(Value(0.0)) is False
    assert bool(Value(math.nan)) is True
    assert sorted([Value(3.0), Value(1.0)])[0].data == 1.0


def test_no_grad_remembers_nothing_and_ends():
    x = Value(2.0)

    def remembers():
        return bool((x * 2).parents)

    with no_grad():
        with no_grad():
            assert not remembers()
        assert not remembers(), "the inner one must not switch it on again"
        assert [f([x, x]).parents for f in (autograd.sum, autograd.max)] == [(), ()]
        assert dot([x], [x], x).parents == x.relu().parents == (x**2).parents == ()
    assert remembers()

    with pytest.raises(ZeroDivisionError), no_grad():
        x / 0
    assert remembers(), "an exception must end it too"

    @no_grad()
    def countdown(n):
        return countdown(n - 1) if n else remembers()

    assert not countdown(3)
    assert not countdown(0)
    assert remembers()


def test_values_do_not_depend_on_whether_they_are_remembered():
    xs = [Value(0.3), Value(-0.7)]
    for op in TABLE.values():
        operands = [Value(0.3)] * {-1: 3, -2: 3}.get(op.arity, op.arity)
        with no_grad():
            silent = xs[0].apply(op, *operands)
        assert silent.data == xs[0].apply(op, *operands).data
        assert (silent.op, silent.grad) == (None, None)


def test_threads_may_compute_at_once():
    """Each in a graph of its own; what they share, no_grad, is one switch (stated where it is)."""
    found = []

    def work():
        x = Value(2.0)
        for _ in range(200):
            y = (x * x).tanh() + x
            y.backward()
        found.append(x.grad)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(set(found)) == 1
    assert len(found) == 4


def chain(length):
    """A chain of two-parent nodes: y ← y · c + x alternating."""
    x = Value(1.0)
    y = x
    for _ in range(length // 2):
        y = (y * x) + x
    return x, y


@pytest.mark.slow
def test_a_chain_of_a_million_nodes():
    x = Value(1.0)
    y = x
    for _ in range(500_000):
        y = (y + x) * 1.0
    assert y.data == 500_001.0
    y.backward()
    assert x.grad == 500_001.0
    assert grad(y, x) == (500_001.0,)
    gc.collect()
    before = len(gc.get_objects())
    del y
    assert len(gc.get_objects()) < before - 1_000_000, "dropping the root frees the chain at once"


def test_a_node_of_two_parents_takes_250_bytes_at_the_most():
    tracemalloc.start()
    try:
        _, y = chain(20_000)
        used, _ = tracemalloc.get_traced_memory()
        assert y.data == 10_001.0
    finally:
        tracemalloc.stop()
    assert used / 20_000 <= 250, f"{used / 20_000:.0f} bytes a node"


@pytest.mark.slow
def test_training_leaves_no_cycles_behind():
    """With the collector off, memory and objects stay where they are: reference counting frees every graph."""
    rng = random.Random(3)
    model = MLP(2, [16, 16, 1], rng=rng)
    data = [([rng.uniform(-1, 1), rng.uniform(-1, 1)], rng.choice([-1, 1])) for _ in range(3)]
    optimizer = SGD(model.parameters(), 0.01)

    def step():
        losses = [(1 - y * model(x)[0]).relu() for x, y in data]
        loss = autograd.mean(losses) + 1e-4 * autograd.sum([p * p for p in model.parameters()])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    gc.collect()
    gc.disable()
    tracemalloc.start()
    try:
        for _ in range(5):
            step()
        objects, (memory, _) = len(gc.get_objects()), tracemalloc.get_traced_memory()
        for _ in range(200):
            step()
        more_objects, (more_memory, _) = len(gc.get_objects()), tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        gc.enable()
    assert more_objects - objects < 20, f"{objects} objects, then {more_objects}"
    assert more_memory - memory < 20_000, f"{memory} bytes, then {more_memory}"


def test_reading_a_graph_leaves_no_cycles_behind():
    def read():
        x = Value(0.5, "x")
        y = (x * x).tanh() * x
        first = grad(y, x, create_graph=True)
        grad(first[0], x)
        autograd.steps(y)
        autograd.gradcheck(lambda x: x * x, 3.0)

    read()
    gc.collect()
    gc.disable()
    try:
        before = len(gc.get_objects())
        for _ in range(50):
            read()
        after = len(gc.get_objects())
    finally:
        gc.enable()
    assert after - before < 20, f"{before} objects, then {after}"


SCRIPT = """
import random
import autograd, nn
rng = random.Random(7)
model = nn.MLP(3, [5, 5, 2], "tanh", rng=rng)
out = model([0.1, -0.2, 0.3])
loss = nn.mse_loss(out, [0.5, -0.5]) + autograd.logsumexp([*out, *model.parameters()])
loss.backward()
print(loss.data.hex(), *(p.grad.hex() for p in model.parameters()))
print([e.name for e in autograd.steps(loss)])
"""


def test_two_processes_agree_to_the_last_bit():
    runs = []
    for seed in ("0", "1", "4711"):
        environment = os.environ | {"PYTHONHASHSEED": seed}
        told = subprocess.run(
            [sys.executable, "-c", SCRIPT], env=environment, cwd=ROOT, capture_output=True, check=True
        )
        runs.append(told.stdout)
    assert len(runs[0].split()) > 60
    assert runs[0] == runs[1] == runs[2]


def test_second_derivatives_of_textbook_functions():
    x = Value(2.0)
    for f, wanted in (
        (lambda x: x**3, 12.0),
        (lambda x: 1 / x, 0.25),
        (lambda x: x.exp(), math.exp(2)),
        (lambda x: x.log(), -0.25),
        (lambda x: x.sin(), -math.sin(2)),
        (lambda x: x * x.relu(), 2.0),
    ):
        (first,) = grad(f(x), x, create_graph=True)
        assert grad(first, x) == pytest.approx((wanted,), rel=1e-12)


def test_grad_leaves_every_grad_as_it_is():
    x = Value(2.0)
    y = x * x
    y.backward()
    assert grad(y, [x, y]) == (4.0, 1.0)
    with pytest.raises(autograd.GraphError, match="one input twice"):
        grad(y, [x, y, x])
    assert (x.grad, y.grad) == (4.0, 1.0)
    assert grad(x, x) == (1.0,)


def test_data_may_be_set_to_any_number_and_to_nothing_else():
    w = Value(3.0)
    w.data = 4  # a whole number is a number
    (w * w).backward()
    assert w.grad == 8
    for narrow in (np.float32(0.1), np.int64(2), Fraction(1, 3)):
        w.data = narrow
        with pytest.raises(autograd.DataError, match=r"v\.data = float\(x\)"):
            (w * 2.5).backward()
    assert w.grad == 8
    w.data = np.float64(4)  # a float of Python's own kind
    (w * 1).backward()
    w.grad -= 1
    w.data = Value(1.0)
    y = w * 2
    with pytest.raises(autograd.DataError, match=r"w\.data -= lr \* w\.grad"):
        y.backward()
    assert (w.grad, y.grad) == (8, None)


@pytest.mark.parametrize("given", ["3", None, [1.0], (1.0,), lambda: 3.0])
def test_what_is_computed_from_data_that_is_no_number_says_so(given):
    w, x = Value(1.0), Value(2.0)
    w.data = given
    uses = [
        lambda: w * 2, lambda: 2 - w, lambda: x / w, lambda: w.relu(), lambda: w.log(), lambda: w.tanh(), lambda: w**3,
        lambda: w**0.7, lambda: w.maximum(x), lambda: w.elu(2.0), lambda: autograd.sum([x, w]), lambda: autograd.max([w, x]),
        lambda: dot([w], [x]), lambda: dot([w], [2.0]), lambda: dot([x] * 40, [w] * 40), lambda: dot([x], [x], w),
    ]  # fmt: skip
    for use in uses:
        with pytest.raises(autograd.DataError, match="A Value holds one real number, and ") as caught:
            use()
        assert repr(given)[:36] in str(caught.value)


def test_a_type_error_in_a_row_of_one_s_own_is_told_as_it_is():
    def wrong(xp, *operands):
        raise TypeError("my own mistake")

    row = TABLE["tanh"]
    for domain in ((REAL,), (REAL, REAL), (REAL, MANY), (REAL, PAIRS)):
        op = Op("mine", wrong, row.slopes, "", "", domain)
        with pytest.raises(TypeError, match="my own mistake"):
            Value(1.0).apply(op, *[Value(1.0)] * (3 if op.arity < 0 else op.arity))


COPIES = pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))], ids=["copy", "deepcopy", "pickle"]
)


@COPIES
def test_a_leaf_is_copied_whole(copied):
    w = Parameter(3.0, "w")
    (w * 2).backward()
    for leaf in (w, Value(0.5, "x"), autograd.lift(2)):
        twin = copied(leaf)
        assert twin is not leaf
        assert (twin.data, twin.grad, twin.label, twin.kind, twin.scope, twin.parents) == (
            leaf.data, leaf.grad, leaf.label, leaf.kind, leaf.scope, (),
        )  # fmt: skip
    a, b = copied([w, w]) if copied is not copy.copy else (w, w)
    assert a is b, "two names for one leaf stay two names for one leaf"
    twin = copied(w)
    (twin * 5).backward()
    assert (twin.grad, w.grad) == (7.0, 2.0)


@COPIES
@pytest.mark.parametrize("length", [1, 100_000])
def test_a_result_is_not_copied_and_the_refusal_needs_no_recursion(copied, length):
    y = Value(1.0)
    for _ in range(length):
        y = y + 1
    with pytest.raises(autograd.GraphError, match=r"whole graph.*v\.detach\(\)"):
        copied(y)
    with no_grad():
        assert copied(y * 2).data == 2.0 * (length + 1)


def test_plus_a_value_is_the_value():
    x = Value(2.0)
    assert +x is x


@pytest.mark.parametrize(
    "lose",
    [
        lambda x: x * x,
        lambda x: x.tanh(),
        lambda x: 2 - x,
        lambda x: autograd.sum([x, 1.0]),
        lambda x: autograd.dot([x], [2.0]),
    ],
)
def test_what_was_computed_inside_no_grad_cannot_go_backward(lose):
    x = Value(3.0)
    with no_grad():
        y = lose(x)
    for root in (y, y * 2, y * y + 1):
        with pytest.raises(autograd.GraphError, match="inside no_grad"):
            root.backward()
    assert (x.grad, y.grad, y.kind) == (None, None, "leaf")
    w = Value(2.0)
    (w * y).backward()
    assert w.grad == y.data


def test_a_backward_pass_that_breaks_off_says_so_and_leaves_the_gradients():
    x, w = Value(2.0), Value(3.0)
    (x * w).backward()
    y = x * w + w
    y.parents[0]._dx = "no number"  # stands for whatever may interrupt it
    with pytest.raises(TypeError):
        y.backward()
    assert (x.grad, w.grad) == (3.0, 2.0)


def test_only_a_marked_value_is_a_parameter_and_of_no_other_class():
    class Weight(Parameter):
        pass

    w = Parameter(1.0)
    assert isinstance(w, Parameter)
    assert [isinstance(x, Parameter) for x in (3.0, "w", None, Value(1.0), w * 2)] == [False] * 5
    assert not isinstance(w, Weight)


def test_a_class_of_one_s_own_may_have_another_parent_that_counts_its_children():
    children = []

    class Counts:
        def __init_subclass__(cls) -> None:
            children.append(cls.__name__)

    class Named(Value, Counts):
        pass

    assert children == ["Named"]
    assert type(Named(2.0) * 3) is Named
