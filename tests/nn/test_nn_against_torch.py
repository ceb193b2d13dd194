"""nn computes what PyTorch computes: by numbers stored in reference/torch.json, and live where torch is installed."""

import importlib.util
import json
from functools import reduce
from operator import add
from pathlib import Path

import pytest

import nn
import nn.optim.lr_scheduler
from autograd import Value

REFERENCE = Path(__file__).parents[1] / "reference"
STORED = json.loads((REFERENCE / "torch.json").read_text())["results"]


def optimizer(case):
    parameters = [Value(w) for w in case["weights"]]
    optimizer = getattr(nn, case["name"])(parameters, **case["settings"])
    path = []
    for gradients in case["gradients"]:
        for p, g in zip(parameters, gradients, strict=True):
            p.grad = g
        optimizer.step()
        path.append([p.data for p in parameters])
    return path


def groups(case):
    parameters = [Value(w) for w in case["weights"]]
    rest = iter(parameters)
    groups = [{"params": [next(rest) for _ in range(count)], **settings} for count, settings in case["groups"]]
    optimizer = getattr(nn, case["name"])(groups, **case["settings"])
    path = []
    for gradients in case["gradients"]:
        for p, g in zip(parameters, gradients, strict=True):
            p.grad = g
        optimizer.step()
        path.append([p.data for p in parameters])
    return path


def schedule(case):
    optimizer = nn.SGD([Value(1.0)], lr=case["lr"])
    schedule = made(optimizer, case["name"], case["settings"])
    rates = []
    for _ in range(case["epochs"]):
        rates.append(optimizer.lr)
        schedule.step()
    return rates


def made(optimizer, name, settings):
    inner = [made(optimizer, *part) for part in settings.get("schedulers", [])]
    settings = {**settings, "schedulers": inner} if inner else settings
    return getattr(nn, name)(*([] if name == "ChainedScheduler" else [optimizer]), **settings)


def values(numbers):
    return [values(n) if isinstance(n, list) else Value(n) for n in numbers]


def grads(nodes):
    return [grads(v) if isinstance(v, list) else v.grad or 0.0 for v in nodes]


def loss(case):
    predictions = values(case["predictions"])
    out = getattr(nn, case["name"])(predictions, case["targets"], **case["settings"])
    out.backward()
    return [out.data, grads(predictions)]


def activation(case):
    points = values(case["points"])
    outs = [getattr(nn, case["name"])(x, **case["settings"]) for x in points]
    for out in outs:
        out.backward()
    return [[out.data for out in outs], grads(points)]


def clip(case):
    parameters = [Value(0.0) for _ in case["gradients"]]
    for p, g in zip(parameters, case["gradients"], strict=True):
        p.grad = g
    return [nn.clip_grad_norm_(parameters, case["max_norm"]), grads(parameters)]


def batchnorm(case):
    norm = nn.BatchNorm()
    norm.weight.data, norm.bias.data = 1.5, -0.5
    first = norm(case["batch"])
    inputs = values(case["again"])
    second = norm(inputs)
    reduce(add, [x**3 for x in second]).backward()
    slopes = [*grads(inputs), norm.weight.grad, norm.bias.grad]
    statistics = [norm.running_mean.data, norm.running_var.data]
    evaluated = norm.eval()(case["batch"])
    return [[x.data for x in first], [x.data for x in second], slopes, statistics, [x.data for x in evaluated]]


def flat(numbers):
    return [n for part in numbers for n in flat(part)] if isinstance(numbers, list) else [numbers]


def agree(case, theirs):
    ours = globals()[case["kind"]](case)
    assert flat(ours) == pytest.approx(flat(theirs), rel=1e-12, abs=1e-12), case


def name_of(stored):
    return f"{stored['case']['kind']}-{stored['case'].get('name', '')}"


@pytest.mark.parametrize("stored", [stored for stored in STORED if stored["case"]["kind"] != "chain"], ids=name_of)
def test_as_pytorch_by_the_stored_numbers(stored):
    agree(stored["case"], stored["result"])


def test_every_optimizer_and_schedule_has_a_case():
    named = {stored["case"].get("name") for stored in STORED}
    public = [getattr(nn, name) for name in nn.__all__]
    classes = {c.__name__ for c in public if isinstance(c, type) and issubclass(c, (nn.Optimizer, nn.Schedule))}
    assert classes - named == {"Optimizer", "Schedule", "Newton"}  # Newton: PyTorch has none


def script():
    spec = importlib.util.spec_from_file_location("make_torch_reference", REFERENCE / "make_torch_reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_stored_cases_are_those_of_the_script():
    """To 12 digits: `random.gauss` takes a logarithm, and systems differ in its last bit."""
    assert rounded(script().cases()) == rounded([stored["case"] for stored in STORED])


def rounded(thing):
    if isinstance(thing, dict):
        return {key: rounded(part) for key, part in thing.items()}
    if isinstance(thing, list | tuple):
        return [rounded(part) for part in thing]
    return f"{thing:.12g}" if isinstance(thing, float) else thing


@pytest.mark.filterwarnings("ignore")
def test_as_pytorch_live():
    pytest.importorskip("torch")
    for case, stored in zip(script().cases(), STORED, strict=True):
        if case["kind"] == "chain":  # where nn differs; see test_lr_scheduler.py
            assert script().computed(case) == pytest.approx(stored["result"], rel=1e-12)
        else:
            agree(case, script().computed(case))


def gradients_after(optimizer, *steps):
    (w,) = optimizer.parameters
    for g, lr in steps:
        optimizer.lr, w.grad = lr, g
        optimizer.step()
    return w.data


def test_both_conventions_of_momentum_agree_until_the_learning_rate_changes():
    def after(convention, *steps):
        return gradients_after(nn.SGD([Value(1.0)], lr=0.1, momentum=0.5, convention=convention), *steps)

    same = [(2.0, 0.1), (-1.0, 0.1), (4.0, 0.1)]
    assert after("pytorch", *same) == pytest.approx(after("classical", *same), abs=1e-15)
    # then, by hand, from w = 1 with g = 2 at η = 0.1 and g = 0 at η = 1:
    assert after("pytorch", (2.0, 0.1), (0.0, 1.0)) == pytest.approx(1 - 0.1 * 2 - 1 * 0.5 * 2)
    assert after("classical", (2.0, 0.1), (0.0, 1.0)) == pytest.approx(1 - 0.2 - 0.5 * 0.2)


@pytest.mark.parametrize("settings", [{}, {"nesterov": True}, {"weight_decay": 0.1}, {"dampening": 0.3}])
def test_the_conventions_agree_with_every_other_setting(settings):
    steps = [(2.0, 0.1), (-1.0, 0.1), (4.0, 0.1), (0.5, 0.1)]
    ends = [
        gradients_after(nn.SGD([Value(1.0)], lr=0.1, momentum=0.9, convention=c, **settings), *steps)
        for c in ("pytorch", "classical")
    ]
    assert ends[0] == pytest.approx(ends[1], abs=1e-14)
