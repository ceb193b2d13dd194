"""What a record refuses, what it freezes all the same, and what it takes."""

import math
import random
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from functools import lru_cache, partial
from types import SimpleNamespace

import numpy as np
import pytest

from autograd import (
    DataError,
    DivisionError,
    GraphError,
    LengthError,
    Parameter,
    RangeError,
    Value,
    dot,
    max,
    maximum,
    no_grad,
    record,
    softmax,
    sum,
)
from autograd.replay.staleness import PART
from nn import MLP, SGD, Adam, Module, binary_cross_entropy, mse_loss
from tests.replay.test_replay import BACKENDS


@pytest.fixture
def w():
    return Parameter(3.0, "w")


def line(f, number=0):
    return f"{f.__code__.co_filename}, line {f.__code__.co_firstlineno + number}"


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x if x > 0 else -x,
        lambda x: x if x <= 0 else -x,
        lambda x: x * 2 if x else x,
        lambda x: x and x * 2,
        lambda x: x * x.item(),
        lambda x: sorted([x, x * 2])[0],
        lambda x: x if x.data > 0 else -x,
        lambda x: x if (x * 2).data <= 0 else -x,
        lambda x: x if x.data == 1.0 else -x,
        lambda x: x if x.data else -x,
        lambda x: sum([x for _ in range(int(x.data))]),
        lambda x: [x, x * 2][round(x.data) - 1],
        lambda x: no_grad().__enter__() or x,
        lambda x: x * x.data,
        lambda x: x.data * x,
        lambda x: x ** (x.data + 1.0),
        lambda x: x * (2 - x.data / 3 % 2 // 1) ** 2,
        lambda x: x * Value(-x.data),
        lambda x: x * float(x.data),
        lambda x: x.maximum(abs(x.data)),
        lambda x: maximum(+x.data, x),
        lambda x: x if x.data.is_integer() else -x,
        lambda x: sum([x for _ in range(math.trunc(x.data))]),
        lambda x: x * divmod(x.data, 2)[0],
        lambda x: setattr(x, "data", 5.0) or x,
        lambda x: x if x.data * 2 > 0 else -x,
        lambda x: x if 3 * (x.data - 1) > 1 else -x,
        lambda x: sum([x for _ in range(int(x.data * 1.0))]),
    ],
)
def test_what_python_would_decide_is_refused_with_the_line(f):
    with pytest.raises(GraphError, match=r"lambda x: ") as error:
        record(f, 2.0)
    assert line(f) in str(error.value)


def test_a_parameter_s_data_is_seen_in_a_later_recording_too(w):
    record(lambda x: w * x, 1.0)(1.0)
    f = lambda x: w * x - w.data  # noqa: E731
    with pytest.raises(GraphError, match="takes a plain number out of a Value") as error:
        record(f, 2.0)
    assert line(f) in str(error.value)


def imported(source, name):
    """A function as from another file of the user's."""
    names = {"__name__": "model"}
    exec(source, names)  # noqa: S102
    return names[name]


def test_code_of_every_file_but_our_own_is_watched(w):
    leaky = imported("def leaky(z):\n    return z if z.data > 0 else z * 0.1", "leaky")
    for f in (lambda x: leaky(w * x), partial(lambda w, x: leaky(w * x), w), lru_cache(leaky), leaky):
        with pytest.raises(GraphError, match="lets Python decide by a Value's number"):
            record(f, 1.0)


def test_after_the_recording_a_number_that_was_seen_is_a_number(w):
    log = []
    record(lambda x: log.append((w * x).data) or w * x, 2.5)
    assert log[0] > 1
    assert sorted(log) == [7.5]
    assert round(log[0]) == 8
    assert float(log[0]) * w.data == 22.5
    assert Value(log[0]).data == 7.5


def test_a_number_set_in_f_is_refused_and_none_is_lost(w):
    def halved(x):
        w.data = w.data * 0.5
        return w * x

    for _ in range(2):  # the second time, w lives in a record's array
        with pytest.raises(GraphError, match=r"line \d+, sets a Value's data: w\.data = w\.data \* 0\.5"):
            record(halved, 2.0)
        assert w.data == 3.0
        record(lambda x: w * x, 1.0)(1.0)


def test_a_function_that_records_may_be_recorded(w):
    def f(x):
        record(lambda y: w * y, 1.0)
        return w * x if w * 2 is not None else x

    assert record(f, 1.0)(2.0).data == 6.0
    with pytest.raises(GraphError, match="decide"):
        record(lambda x: f(x) if x.data > 0 else x, 1.0)
    assert w > 1


def test_check_tells_parameters_of_one_number_apart():
    experts = [Parameter(0.0), Parameter(0.0)]
    with pytest.raises(GraphError, match="other leaves"):
        record(lambda x: x * 2 + experts[int(math.fabs(x.data))], 0.0, check=1.0)
    record(lambda x: x * Value(math.nan) + math.nan, 0.0, check=1.0)


def test_comparisons_work_again_after_a_recording_even_one_that_failed(w):
    with pytest.raises(ZeroDivisionError):
        record(lambda x: w * x / 0, 1.0)
    assert w > 1
    assert w.data > 1
    assert w.item() == 3.0
    with no_grad():
        assert (w * 2).parents == ()


def test_what_only_shows_a_number_is_let_through(w):
    shown = []
    f = lambda x: shown.append(f"{x.data:.1f} {x.data} {round(x.data, 1)} {x.item() * 2:.1f}") or w * x  # noqa: E731
    assert record(f, 2.0)(5.0).data == 15.0
    assert shown == ["2.0 2.0 2.0 4.0"]


def test_while_one_thread_records_the_others_compute_as_ever(w):
    found = []

    def other():
        found.extend([w > 1, w.data > 1, w.item() * 2 > 1, (w * 2).detach().op, float(w.data)])
        with no_grad():
            found.append((w * 2).op)

    def f(x):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
        return w * x

    record(f, 1.0)
    assert found == [True, True, True, None, 3.0, None]


def test_a_refusal_names_the_user_s_line_also_where_our_own_code_met_the_number(w):
    f = lambda x: mse_loss(w * x, x.data)  # noqa: E731
    with pytest.raises(GraphError) as error:
        record(f, 2.0)
    assert line(f) in str(error.value)


class Trainer:
    """It holds more than its loss uses."""

    def __init__(self):
        self.model = MLP(1, [1], rng=random.Random(0))
        self.best, self.optimizer = self.model, SGD(self.model.parameters(), lr=0.1)
        self.params = self.model.parameters()

    def loss(self, x, y):
        return mse_loss(self.model(x), y)


def test_what_f_does_not_use_may_be_replaced():
    trainer = Trainer()
    loss = record(trainer.loss, [1.0], 2.0)
    for _ in range(3):
        trainer.best, trainer.params = None, trainer.model.parameters()
        trainer.optimizer = Adam(trainer.params)
        loss([[1.0]], [2.0]).backward()
        trainer.optimizer.step()
    trainer.model = MLP(1, [1], rng=random.Random(1))
    with pytest.raises(GraphError, match="'model' has been replaced"):
        loss([[1.0]], [2.0])


class Global:
    def __call__(self, x):
        return GLOBAL * x


GLOBAL = Parameter(2.0)


def test_a_global_of_a_method_is_noticed(monkeypatch):
    double = record(Global(), 1.0)
    monkeypatch.setitem(globals(), "GLOBAL", Parameter(5.0))
    with pytest.raises(GraphError, match="'GLOBAL' has been replaced"):
        double(2.0)


class Raising(dict):
    __module__ = None

    def __getitem__(self, key):
        raise RuntimeError


class Raw(Module):
    __setattr__ = object.__setattr__


def test_a_record_passes_what_raises():
    raw = Raw()
    raw.p, raw.strange, raw.row = Parameter(2.0), Raising(a=1), [1.0, Parameter(3.0), 1.0]
    triple = record(lambda x: raw.p * raw.row[1] * x, 1.0)
    assert triple(2.0).data == 12.0
    raw.row[1] = Parameter(4.0)
    with pytest.raises(GraphError, match="1 has been replaced"):
        triple(2.0)


def test_code_of_other_files_may_look_at_numbers_to_check_them(w):
    target = Value(1.0)
    loss = record(lambda x: binary_cross_entropy((w * x).sigmoid(), target), 0.0)  # it looks whether 0 ≤ target ≤ 1
    assert loss(0.0).data == pytest.approx(0.6931471805599453)


def test_two_threads_that_record_leave_the_class_as_it_was(w):
    before, started, go_on = dict(vars(Value)), threading.Event(), threading.Event()

    def slow(x):
        started.set()
        go_on.wait(5)
        return w * x

    first = threading.Thread(target=record, args=(slow, 1.0))
    second = threading.Thread(target=record, args=(lambda x: w * x, 1.0))
    first.start()
    started.wait(5)
    second.start()
    second.join(0.2)
    go_on.set()
    first.join()
    second.join()
    assert dict(vars(Value)) == before


def test_check_finds_a_loop_an_if_and_a_captured_number():
    def loops(x):
        out = x
        for _ in range(int(math.fabs(x.data))):
            out = out * x
        return out

    for f in (loops, lambda x: x * 2 if math.fabs(x.data) > 2 else x + 1, lambda x: x * math.exp(x.data)):
        record(f, 2.0)  # nothing shows
        with pytest.raises(GraphError, match="two programs"):
            record(f, 2.0, check=3.0)
    record(lambda x, y: x * y, 2.0, 1.0, check=(3.0, 4.0))


def test_relu_max_and_detach_choose_for_each_example(w):
    f = record(lambda x: max([x[0], x[1]]) * w + x[0].relu() + x[0].detach() * x[1], [1.0, 2.0])
    xs = [[1.0, 2.0], [4.0, -1.0], [-3.0, -5.0]]
    assert f.values(xs).tolist() == [3 * 2 + 1 + 2, 3 * 4 + 4 - 4, 3 * -3 + 0 + 15]


@pytest.mark.parametrize("backend", BACKENDS)
def test_detach_sends_no_gradient_back(w, backend):
    record(lambda x: (w * x).detach() * w, 1.0, backend=backend)(2.0).backward()
    assert w.grad == 6.0  # the data of w · x, and nothing through it


@pytest.mark.parametrize("returned", [None, 3.0, [], "text"])
def test_f_has_to_return_values(returned):
    with pytest.raises(DataError, match="f is to return a Value"):
        record(lambda x: returned, 1.0)


def test_an_output_without_memory_is_refused(w):
    def forgetful(x):
        with no_grad():
            return w * x

    with pytest.raises(GraphError, match="no_grad"):
        record(forgetful, 1.0)


def test_a_recording_inside_no_grad_is_refused(w):
    for f in (lambda x: w * x, lambda x: [w, x]):
        with no_grad(), pytest.raises(GraphError, match="record needs the graph"):
            record(f, 1.0)


@pytest.mark.parametrize("options", [{"backend": "fortran"}, {"reduce": "median"}])
def test_an_unknown_option_is_refused_with_the_choices(options):
    with pytest.raises(DataError, match="Choose one of"):
        record(lambda x: x, 1.0, **options)


BAD_BATCHES = [
    (([[1.0, 2.0, 3.0]], [1.0]), LengthError, r"was recorded as an array of shape \(2,\)"),
    (([[1.0, 2.0]], [1.0, 2.0]), LengthError, "one of"),
    (([1.0, 2.0], [1.0]), LengthError, "without a batch axis"),
    (([[1.0, 2.0]],), LengthError, "2 inputs, and is called with 1"),
    (([], []), LengthError, "empty"),
    ((np.empty((0, 2)), np.empty(0)), LengthError, "empty"),
    (([[1.0, float("nan")]], [1.0]), DataError, "Example 0 .* NaN as number 1 of input 1"),
    (([[float("nan"), 1.0], [1.0, 2.0]], [1.0, 2.0]), DataError, "Example 0 .* NaN as number 0 of input 1"),
    (([[1.0, 2.0]], [float("nan")]), DataError, "NaN as number 0 of input 2"),
    (([[1.0, 2.0], [1.0]], [1.0, 2.0]), LengthError, "ragged"),
    (([[1.0]], [1.0]), LengthError, r"was recorded as an array of shape \(2,\)"),
    (([[[1.0, 2.0]]], [1.0]), LengthError, r"was recorded as an array of shape \(2,\)"),
    (({"x": [1.0, 2.0]}, [1.0]), DataError, "real numbers"),
    ((None, [1.0]), DataError, "real numbers"),
    ((["ab"], [1.0]), DataError, "real numbers"),
    (([[True, False]], [1.0]), DataError, "bool"),
    (([[1j, 2.0]], [1.0]), DataError, "complex"),
]


@pytest.mark.parametrize(("batch", "error", "words"), BAD_BATCHES)
@pytest.mark.parametrize("backend", BACKENDS)
def test_a_bad_batch_is_refused_and_changes_nothing(w, backend, batch, error, words):
    loss = record(lambda x, y: (w * x[0] + x[1] - y) ** 2, [1.0, 2.0], 3.0, backend=backend)
    loss([1.0, 2.0], 4.0).backward()
    before = w.grad
    with pytest.raises(error, match=words):
        loss(*batch).backward()
    assert w.grad == before


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    ("f", "bad", "error"),
    [
        (lambda x, w: (w * x).log(), -1.0, ValueError),
        (lambda x, w: w / x, 0.0, DivisionError),
        (lambda x, w: (w * x).exp(), 1000.0, RangeError),
        (lambda x, w: (w * x) ** (x * x), -1.0, ValueError),  # NumPy has a value there; eager has none
        (lambda x, w: (w * x) ** -1, 1e-200, RangeError),  # its slope overflows
    ],
)
def test_outside_a_domain_it_raises_as_eager_and_names_the_example(w, backend, f, bad, error):
    loss = record(lambda x: f(x, w), 1.0, backend=backend)
    with pytest.raises(error) as caught:
        loss([1.0, 2.0, bad, 1.0]).backward()
    with pytest.raises(error) as eager:
        f(Value(bad), w)
    assert str(caught.value) == str(eager.value)
    assert "example 2" in caught.value.__notes__[0]
    assert w.grad is None


def test_numpy_warns_and_raises_afterwards_as_it_did_before(w):
    exponential, before = record(lambda x: (w * x).exp(), 1.0), np.geterr()
    exponential([1.0, 2.0])
    with pytest.raises(RangeError):
        exponential([1.0, 1e5])
    assert np.geterr() == before
    with np.errstate(all="ignore"), pytest.raises(RangeError):
        exponential([1.0, 1e5])


def test_infinite_slopes_are_no_error(w):
    w.data = 0.0
    record(lambda x: (w * x).sqrt(), 1.0)([1.0, 1.0]).backward()
    assert w.grad == float("inf")


def test_infinities_that_eager_accepts_are_accepted(w):
    w.data = 1e200
    assert record(lambda x: (w * x) * w, 1.0)([1.0, 2.0]).data == float("inf")


def test_a_parameter_replaced_since_the_recording_is_noticed():
    model = MLP(2, [3, 1], rng=random.Random(0))
    loss = record(lambda x: model(x)[0], [1.0, 2.0])
    loss([1.0, 2.0])
    model.layers[0].neurons[1].bias.data = 5.0  # other data are welcome
    loss([1.0, 2.0])
    model.layers[0].neurons[1].bias = Parameter(5.0)
    with pytest.raises(GraphError, match="'bias' has been replaced"):
        loss([1.0, 2.0])


def test_in_a_large_model_a_replaced_parameter_is_noticed_within_a_few_calls():
    weights = [Parameter(1.0) for _ in range(600)]
    loss = record(lambda x: sum(weights) * x, 1.0)
    assert loss(2.0).data == 1200.0
    weights[77] = Parameter(2.0)
    with pytest.raises(GraphError, match="77 has been replaced"):  # noqa: PT012 (one of the calls)
        for _ in range(600 // PART + 1):
            loss(2.0)


@pytest.mark.parametrize("sizes", [[6, 1], [14, 14, 1], [52, 52, 3], [300, 1]])
@pytest.mark.parametrize("place", [0, -1])
def test_in_a_module_of_any_size_a_replaced_parameter_is_noticed_at_the_next_call(sizes, place):
    model = MLP(2, sizes, rng=random.Random(0))
    loss = record(lambda x: sum(model(x)) if sizes[-1] > 1 else model(x)[0], [1.0, 2.0])
    model.layers[place].neurons[-1].bias = Parameter(0.0)
    with pytest.raises(GraphError, match="'bias' has been replaced"):
        loss([1.0, 2.0])


@dataclass
class Box:
    """Equal to each other box."""

    p: Value = field(compare=False)


class Odd(Module):
    """It sets its attributes in its own way."""

    def __setattr__(self, name, value):
        vars(self)[name] = value


def odd():
    module = Odd()
    module.p = Parameter(2.0)
    return module


HELD = {
    "lists in a plain object": (
        lambda: Line(),
        lambda line, x: line.more["a"][0] * x,
        lambda line, p: line.more.update(a=[p]),
    ),
    "namespaces in namespaces": (
        lambda: SimpleNamespace(inner=SimpleNamespace(p=Parameter(2.0))),
        lambda outer, x: outer.inner.p * x,
        lambda outer, p: setattr(outer.inner, "p", p),
    ),
    "a way of its own to set": (odd, lambda module, x: module.p * x, lambda module, p: setattr(module, "p", p)),
    "a number before it": (lambda: [0.5, Parameter(2.0)], lambda row, x: row[1] * x, lambda row, p: row.insert(1, p)),
    "an equal box": (lambda: [Box(Parameter(2.0))], lambda row, x: row[0].p * x, lambda row, p: row.insert(0, Box(p))),
}


@pytest.mark.parametrize("name", HELD)
def test_a_replaced_parameter_is_noticed_wherever_it_is_held(name):
    make, compute, replace = HELD[name]
    model = make()
    double = record(lambda x: compute(model, x), 1.0)
    assert double(2.0).data == 4.0
    replace(model, Parameter(5.0))
    with pytest.raises(GraphError, match="has been replaced"):
        double(2.0)


def test_a_global_in_a_comprehension_is_noticed():
    names = {"Parameter": Parameter, "sum": sum, "w": Parameter(1.0)}
    exec("f = lambda x: sum([w * x for _ in range(2)])", names)  # noqa: S102
    double = record(names["f"], 1.0)
    names["w"] = Parameter(5.0)
    with pytest.raises(GraphError, match="'w' has been replaced"):
        double(2.0)


class Settings(dict):
    """Keys as attributes, and no others: parameters is none."""

    __getattr__ = dict.__getitem__


def test_a_record_walks_through_what_it_does_not_know():
    model, nest = SimpleNamespace(settings=Settings(size=1), p=Parameter(2.0)), Parameter(3.0)
    assert record(lambda x: model.p * x, 1.0)(2.0).data == 4.0
    for _ in range(2000):
        nest = [nest]

    def deep(x):
        inside = nest
        while isinstance(inside, list):
            inside = inside[0]
        return inside * x

    assert record(deep, 1.0)(2.0).data == 6.0


class Line:
    """A model without the class Module."""

    def __init__(self):
        self.slope = Parameter(2.0)
        self.more = {"a": [Parameter(2.0)]}


def along(line, x):
    return line.slope * x


LINES = [
    lambda line: lambda x: line.slope * x,
    lambda line: partial(along, line),
    lambda line: lambda x, line=line: line.slope * x,
    lambda line: lambda x, *, line=line: line.slope * x,
]


@pytest.mark.parametrize("made", LINES)
def test_a_replaced_parameter_is_noticed_however_f_holds_the_model(made):
    line = Line()
    f = record(made(line), 1.0)
    assert f(3.0).data == 6.0
    line.slope = Parameter(5.0)
    with pytest.raises(GraphError, match="'slope' has been replaced"):
        f(3.0)


@pytest.mark.parametrize("f", [3.0, Parameter(2.0) * 3])
def test_what_is_no_function_is_refused(f):
    with pytest.raises(DataError, match=r"runs a function once.*is not a function"):
        record(f, 1.0)


def test_values_in_the_place_of_numbers_are_refused_with_the_remedy(w):
    with pytest.raises(DataError, match="here are Values"):
        record(lambda x: w * x, [Value(1.0), 2.0])


def test_another_model_by_the_same_name_is_noticed():
    model = MLP(2, [3, 1], rng=random.Random(0))
    loss = record(lambda x: model(x)[0], [1.0, 2.0])
    model = MLP(2, [3, 1], rng=random.Random(0))
    with pytest.raises(GraphError, match="'model' has been replaced"):
        loss([1.0, 2.0])


def test_a_result_of_an_earlier_call_keeps_its_numbers_but_cannot_go_backward(w):
    loss = record(lambda x: w * x, 1.0)
    first = loss([1.0, 2.0])
    loss([3.0, 4.0])
    assert (first.data, first.values.tolist()) == (4.5, [3.0, 6.0])
    with pytest.raises(GraphError, match="before the next call"):
        first.backward()


@pytest.mark.parametrize("backend", BACKENDS)
def test_reductions(w, backend):
    data = [1.0, 2.0, 5.0]
    of = {how: record(lambda x: w * x, 1.0, backend=backend, reduce=how) for how in ("mean", "sum", None)}
    assert (of["mean"](data).data, of["sum"](data).data, of[None](data).data.tolist()) == (8.0, 24.0, [3.0, 6.0, 15.0])
    for how, gradient in (("mean", 8 / 3), ("sum", 8.0)):
        w.grad = None
        of[how](data).backward()
        assert w.grad == pytest.approx(gradient, rel=1e-15)
    w.grad = None
    of[None](data).backward([1.0, 0.0, -1.0])
    assert w.grad == -4.0
    with pytest.raises(GraphError, match="a number per example"):
        of[None](data).backward()


def test_gradients_accumulate_as_in_eager(w):
    loss = record(lambda x: w * x, 1.0)
    loss([1.0, 3.0]).backward()
    loss([1.0, 3.0]).backward()
    assert w.grad == 4.0


def test_a_node_that_no_input_reaches_counts_once_in_the_mean_and_n_times_in_the_sum(w):
    for how, gradient in (("mean", 6.0), ("sum", 18.0)):
        w.grad = None
        record(lambda x: w * w, 1.0, reduce=how)([1.0, 2.0, 3.0]).backward()
        assert w.grad == gradient


@pytest.mark.parametrize("backend", BACKENDS)
def test_several_outputs_come_in_the_structure_that_f_returned(w, backend):
    f = record(lambda x: {"square": x * x * w, "both": [x + w, x - w]}, 1.0, backend=backend)
    out = f([2.0, 4.0])
    assert (out["square"].data, [o.data for o in out["both"]]) == (30.0, [6.0, 0.0])
    out["both"][1].backward()
    assert w.grad == -1.0
    out["square"].backward()
    assert w.grad == 9.0
    assert f.values(3.0) == {"square": 27.0, "both": [6.0, 0.0]}


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_parameter_that_an_output_was_not_made_from_keeps_its_gradient_as_in_eager(backend):
    u, v, behind = Parameter(1.0), Parameter(2.0), Parameter(3.0)
    f = record(lambda x: [u * x, v * x, (behind * x).detach() * u], 1.0, backend=backend)
    f([1.0, 2.0])[2].backward()
    assert (u.grad, v.grad, behind.grad) == (4.5, None, None)
    v.grad = 7.0
    f([1.0, 2.0])[0].backward()
    assert (u.grad, v.grad, behind.grad) == (6.0, 7.0, None)


def test_inputs_may_be_dicts_and_ragged_lists():
    f = record(lambda d, r: d["x"][0] * d["y"] + r[0][1] * r[1][0], {"x": [1, 2], "y": 3}, [[1, 2], [3]])
    assert f.values({"x": [4, 5], "y": 6}, [[1, 2], [3]]) == 30.0
    batch = [[[1, 2], [3]], [[4, 5], [6]]]
    assert f.values({"x": [[4, 5], [1, 1]], "y": [6, 1]}, batch).tolist() == [30.0, 31.0]
    assert f.values([{"x": [4, 5], "y": 6}, {"x": [1, 1], "y": 1}], batch).tolist() == [30.0, 31.0]


DICT, RAGGED = {"x": [1.0, 2.0], "y": 3.0}, [[1.0, 2.0], [3.0]]
BAD_FORMS = [
    (({"x": [[1.0, 2.0]]}, [RAGGED]), LengthError, "was recorded with .*'y'"),
    (({"x": [[1.0, 2.0]], "z": [3.0]}, [RAGGED]), LengthError, "was recorded with .*'y'.* here are .*'z'"),
    (([{"x": [1.0, 2.0]}], [RAGGED]), LengthError, "was recorded with .*'y'"),
    (
        ({"x": [[1.0, 2.0], [1.0, 2.0]], "y": [3.0]}, [RAGGED]),
        LengthError,
        "one of 2 and one of 1|one of 1 and one of 2",
    ),
    (({"x": [[1.0]], "y": [3.0]}, [RAGGED]), LengthError, r"\['x'\] was recorded as an array of shape \(2,\)"),
    (({"x": [[1.0, float("nan")]], "y": [3.0]}, [RAGGED]), DataError, "NaN as number 1 of input 1"),
    ((3.0, [RAGGED]), DataError, "a dict of 2 parts, and here is a float"),
    (({"x": [], "y": []}, []), LengthError, "empty"),
    (([DICT], [[[1.0, 2.0], [3.0, 4.0]]]), LengthError, "input 2"),
    (([DICT], [[[1.0, 2.0], [3.0], [4.0]]]), LengthError, "input 2"),
    (([DICT], 5.0), DataError, "a list of 2 parts, and here is a float"),
]


@pytest.mark.parametrize(("batch", "error", "words"), BAD_FORMS)
def test_a_bad_batch_of_dicts_or_ragged_lists_is_refused_and_changes_nothing(w, batch, error, words):
    loss = record(lambda d, r: w * d["x"][1] * d["y"] + r[0][1] * r[1][0], DICT, RAGGED)
    loss(DICT, RAGGED).backward()
    before = w.grad
    with pytest.raises(error, match=words):
        loss(*batch).backward()
    assert w.grad == before


def test_values_of_many_examples_come_in_blocks(w):
    xs = np.arange(2500.0)
    assert np.array_equal(record(lambda x: w * x, 1.0).values(xs), 3 * xs)


@pytest.mark.parametrize("backend", BACKENDS)
def test_outputs_that_are_leaves_and_functions_without_inputs(w, backend):
    both = record(lambda x: [w, x[1]], [1.0, 2.0], backend=backend)
    first, second = both([[1.0, 2.0], [3.0, 4.0]])
    assert (first.data, second.data) == (3.0, 3.0)
    second.backward()
    assert w.grad is None  # it was not made from w
    first.backward()
    assert w.grad == 1.0
    w.grad = None
    alone = record(lambda: w * w, backend=backend)()
    alone.backward()
    assert (alone.data, w.grad) == (9.0, 6.0)


def test_importing_autograd_imports_no_numpy():
    code = "import sys, autograd; sys.exit('numpy' in sys.modules or autograd.record.__name__ != 'record')"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_it_explains_itself(w):
    model = MLP(2, [4, 1], rng=random.Random(0), expand=True)
    shown = str(record(lambda x: softmax([model(x)[0], w])[0], [1.0, 2.0]))
    for words in ("2 inputs", "18 parameters", "nodes recorded", "nodes after fusion", "matrix products", "memory"):
        assert words in shown


def test_the_source_computes_what_eager_computes(w):
    b = Parameter(-0.5, "b")
    f = lambda x: dot([w, b], x, 0.25).tanh() * sum([w, x[0], -3.0]).exp() / (b - 2) ** 2  # noqa: E731
    out = f([Value(0.5), Value(-1.0)])
    out.backward()
    replay = record(f, [1.0, 2.0])
    scope = {}
    exec(replay.source(), scope)  # noqa: S102
    value, gradients = scope["replay"](0.5, -1.0, *[p.data for p in replay.parameters])
    assert (value, gradients) == (out.data, [p.grad for p in replay.parameters])


def test_the_source_of_a_square_is_short_enough_to_read():
    w = Parameter(2.0, "w")
    assert "gv2 = gv3 * (2.0 * v2)\n" in record(lambda x: (w - x) ** 2, 1.0).source()


def test_source_of_a_large_program_is_refused(w):
    def long(x):
        for _ in range(50_001):
            x = x + w
        return x

    with pytest.raises(LengthError, match="50,000"):
        record(long, 1.0).source()


class KeepsItInItsClass:
    h = 0.0

    def __call__(self, x):
        type(self).h = Parameter(0.5) * x + type(self).h
        return type(self).h


def keeps_it_in_itself(x):
    keeps_it_in_itself.h = Parameter(0.5) * x + getattr(keeps_it_in_itself, "h", 0.0)
    return keeps_it_in_itself.h


@pytest.mark.parametrize("f", [KeepsItInItsClass(), keeps_it_in_itself])
def test_a_state_in_a_class_or_a_function_is_refused_and_undone(f):
    with pytest.raises(GraphError, match="keeps what it computed"):
        record(f, 1.0)
    assert (KeepsItInItsClass.h, vars(keeps_it_in_itself)) == (0.0, {})
