"""Write torch.json: what PyTorch computes for the cases below, in double precision, to compare with where it is missing.

Run it as `python tests/reference/make_torch_reference.py`, in an environment with torch; torch.json names its version.
The cases are drawn with a seed of their own, so that the file can be made again. `cases()` and `computed()` are also
what the live comparison calls.
"""

import json
import math
from pathlib import Path
from random import Random

PATH = Path(__file__).with_name("torch.json")

OPTIMIZERS = [
    ("SGD", {"lr": 0.1}),
    ("SGD", {"lr": 0.1, "weight_decay": 0.3}),
    ("SGD", {"lr": 0.1, "momentum": 0.9}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "dampening": 0.4, "weight_decay": 0.01}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True}),
    ("SGD", {"lr": 0.1, "momentum": 0.8, "nesterov": True, "weight_decay": 0.2}),
    ("Adagrad", {}),
    ("Adagrad", {"lr": 0.2, "weight_decay": 0.1, "eps": 0.01}),
    ("RMSprop", {}),
    ("RMSprop", {"lr": 0.05, "alpha": 0.9, "eps": 0.1, "weight_decay": 0.1}),
    ("Adam", {}),
    ("Adam", {"lr": 0.05, "betas": (0.8, 0.95), "eps": 0.1, "weight_decay": 0.1}),
    ("AdamW", {}),
    ("AdamW", {"lr": 0.05, "betas": (0.8, 0.95), "weight_decay": 0.3}),
]

# optimizers of two groups: the settings of all, then those of each group, of so many weights
GROUPS = [
    ("SGD", {"lr": 0.1, "momentum": 0.9}, [(1, {"lr": 0.5}), (2, {"momentum": 0.5, "weight_decay": 0.1})]),
    ("RMSprop", {"lr": 0.1}, [(2, {"alpha": 0.5}), (1, {})]),
    ("Adam", {"lr": 0.1}, [(1, {}), (2, {"lr": 0.01, "betas": (0.5, 0.6), "weight_decay": 0.1})]),
    ("AdamW", {"lr": 0.1}, [(2, {"weight_decay": 0.5}), (1, {"lr": 0.3})]),
]

# name, settings: schedules inside settings are pairs of the same form
SCHEDULES = [
    ("StepLR", {"step_size": 3}),
    ("StepLR", {"step_size": 4, "gamma": 0.5}),
    ("ExponentialLR", {"gamma": math.exp(-0.1)}),
    ("CosineAnnealingLR", {"T_max": 7}),
    ("CosineAnnealingLR", {"T_max": 10, "eta_min": 0.01}),
    ("CosineAnnealingWarmRestarts", {"T_0": 3}),
    ("CosineAnnealingWarmRestarts", {"T_0": 2, "T_mult": 2, "eta_min": 0.02}),
    ("LinearLR", {}),
    ("LinearLR", {"start_factor": 0.1, "end_factor": 0.7, "total_iters": 8}),
    (
        "SequentialLR",
        {"schedulers": [("LinearLR", {"total_iters": 4}), ("CosineAnnealingLR", {"T_max": 9})], "milestones": [4]},
    ),
    (
        "SequentialLR",
        {
            "schedulers": [("LinearLR", {}), ("ExponentialLR", {"gamma": 0.9}), ("StepLR", {"step_size": 2})],
            "milestones": [3, 8],
        },
    ),
    ("ChainedScheduler", {"schedulers": [("LinearLR", {}), ("ExponentialLR", {"gamma": 0.9})]}),
]

# where nn and PyTorch differ: tests/test_lr_scheduler.py pins both
CHAIN = [("ExponentialLR", {"gamma": 0.8}), ("CosineAnnealingLR", {"T_max": 8, "eta_min": 0.05})]

ELEMENTWISE = [
    ("mse_loss", {}, "number", "number"),
    ("l1_loss", {}, "number", "number"),
    ("huber_loss", {}, "number", "number"),
    ("huber_loss", {"delta": 0.3}, "number", "number"),
    ("binary_cross_entropy", {}, "probability", "label"),
    ("binary_cross_entropy", {}, "probability", "probability"),
    ("binary_cross_entropy_with_logits", {}, "number", "label"),
    ("binary_cross_entropy_with_logits", {}, "number", "probability"),
]

ACTIVATIONS = [
    ("relu", {}),
    ("leaky_relu", {}),
    ("leaky_relu", {"negative_slope": 0.2}),
    ("elu", {}),
    ("elu", {"alpha": 0.5}),
    ("sigmoid", {}),
    ("tanh", {}),
    ("softplus", {}),
    ("gelu", {}),
    ("gelu", {"approximate": "tanh"}),
]
POINTS = [-5.0, -2.5, -1.0, -0.3, 0.0, 0.1, 0.7, 1.0, 3.0, 6.5]


def draw(kind, rng):
    return {"number": rng.gauss(0, 2), "probability": rng.uniform(0.02, 0.98), "label": float(rng.randrange(2))}[kind]


def cases():
    """Return every case as plain data: what to compute, and from which numbers."""
    rng = Random(20)
    weights = [rng.gauss(0, 1) for _ in range(3)]
    gradients = [[rng.gauss(0, 2) for _ in weights] for _ in range(6)]
    optimizers = [
        {"kind": "optimizer", "name": name, "settings": settings, "weights": weights, "gradients": gradients}
        for name, settings in OPTIMIZERS
    ]
    optimizers += [
        {"kind": "groups", "name": n, "settings": s, "groups": g, "weights": weights, "gradients": gradients}
        for n, s, g in GROUPS
    ]
    optimizers += [{"kind": "chain", "schedulers": CHAIN, "lr": 0.4, "epochs": 12}]
    schedules = [{"kind": "schedule", "name": n, "settings": s, "lr": 0.4, "epochs": 14} for n, s in SCHEDULES]
    losses = [
        {
            "kind": "loss",
            "name": name,
            "settings": {**settings, "reduction": reduction},
            "predictions": [draw(of_prediction, rng) for _ in range(5)],
            "targets": [draw(of_target, rng) for _ in range(5)],
        }
        for name, settings, of_prediction, of_target in ELEMENTWISE
        for reduction in ("mean", "sum")
    ]
    logits = [[rng.gauss(0, 3) for _ in range(4)] for _ in range(3)]
    shares = [[rng.random() for _ in range(4)] for _ in logits]
    soft = [[share / sum(row) for share in row] for row in shares]
    losses += [
        {
            "kind": "loss",
            "name": "cross_entropy",
            "settings": {"reduction": r},
            "predictions": logits,
            "targets": targets,
        }
        for r in ("mean", "sum")
        for targets in ([2, 0, 3], soft)
    ]
    activations = [{"kind": "activation", "name": n, "settings": s, "points": POINTS} for n, s in ACTIVATIONS]
    clips = [{"kind": "clip", "gradients": [3.0, -4.0, 12.0], "max_norm": limit} for limit in (1.0, 6.5, 100.0)]
    batch = [rng.gauss(3, 2) for _ in range(6)]
    norms = [{"kind": "batchnorm", "batch": batch, "again": [rng.gauss(1, 1) for _ in range(4)]}]
    return json.loads(json.dumps(optimizers + schedules + losses + activations + clips + norms))


def computed(case):
    """Return what torch computes for a case."""
    return globals()[case["kind"]](case)


def tensor(numbers, grad=False):
    import torch

    integers = all(isinstance(n, int) for n in numbers)
    return torch.tensor(numbers, dtype=torch.int64 if integers else torch.float64, requires_grad=grad)


def optimizer(case):
    """Return the weights after each step."""
    import torch

    weights = tensor(case["weights"], grad=True)
    optimizer = getattr(torch.optim, case["name"])([weights], **case["settings"])
    path = []
    for gradient in case["gradients"]:
        weights.grad = tensor(gradient)
        optimizer.step()
        path.append(weights.tolist())
    return path


def groups(case):
    """Return the weights after each step, with groups of settings of their own."""
    import torch

    weights = [tensor([w], grad=True) for w in case["weights"]]
    rest = iter(weights)
    groups = [{"params": [next(rest) for _ in range(count)], **settings} for count, settings in case["groups"]]
    optimizer = getattr(torch.optim, case["name"])(groups, **case["settings"])
    path = []
    for gradients in case["gradients"]:
        for weight, gradient in zip(weights, gradients, strict=True):
            weight.grad = tensor([gradient])
        optimizer.step()
        path.append([weight.item() for weight in weights])
    return path


def chain(case):
    """Return the learning rate of each epoch under a ChainedScheduler."""
    return schedule({**case, "name": "ChainedScheduler", "settings": {"schedulers": case["schedulers"]}})


def schedule(case):
    """Return the learning rate of each epoch."""
    import torch

    optimizer = torch.optim.SGD([tensor([1.0], grad=True)], lr=case["lr"])
    schedule = made(torch.optim.lr_scheduler, optimizer, case["name"], case["settings"])
    rates = []
    for _ in range(case["epochs"]):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return rates


def made(module, optimizer, name, settings):
    """Make a schedule, and those inside it, from a module that has their classes."""
    inner = {"schedulers": [made(module, optimizer, *part) for part in settings.get("schedulers", [])]}
    settings = {**settings, **inner} if inner["schedulers"] else settings
    return getattr(module, name)(*([] if name == "ChainedScheduler" else [optimizer]), **settings)


def loss(case):
    """Return the loss and its gradient at the predictions."""
    import torch

    predictions = tensor_of_rows(case["predictions"])
    targets = (
        tensor(case["targets"])
        if isinstance(case["targets"][0], (int, float))
        else torch.tensor(case["targets"], dtype=torch.float64)
    )
    out = getattr(torch.nn.functional, case["name"])(predictions, targets, **case["settings"])
    out.backward()
    return [out.item(), predictions.grad.tolist()]


def tensor_of_rows(rows):
    import torch

    return torch.tensor(rows, dtype=torch.float64, requires_grad=True)


def activation(case):
    """Return the values and the slopes."""
    import torch

    points = tensor(case["points"], grad=True)
    functions = torch.nn.functional
    function = getattr(torch if case["name"] in ("sigmoid", "tanh") else functions, case["name"])
    out = function(points, **case["settings"])
    out.sum().backward()
    return [out.tolist(), points.grad.tolist()]


def clip(case):
    """Return the norm, and the clipped gradients."""
    import torch

    weights = [tensor([0.0], grad=True) for _ in case["gradients"]]
    for weight, gradient in zip(weights, case["gradients"], strict=True):
        weight.grad = tensor([gradient])
    norm = torch.nn.utils.clip_grad_norm_(weights, case["max_norm"])
    return [norm.item(), [weight.grad.item() for weight in weights]]


def batchnorm(case):
    """Return two training passes, the gradient of Σx³ of the second, the running statistics, and an evaluation."""
    import torch

    norm = torch.nn.BatchNorm1d(1, dtype=torch.float64)
    with torch.no_grad():
        norm.weight[0], norm.bias[0] = 1.5, -0.5
    first = norm(tensor(case["batch"])[:, None])
    inputs = tensor(case["again"], grad=True)
    second = norm(inputs[:, None])
    (second**3).sum().backward()
    statistics = [norm.running_mean.item(), norm.running_var.item()]
    norm.eval()
    evaluated = norm(tensor(case["batch"])[:, None])
    return [
        first.flatten().tolist(),
        second.flatten().tolist(),
        [*inputs.grad.tolist(), norm.weight.grad.item(), norm.bias.grad.item()],
        statistics,
        evaluated.flatten().tolist(),
    ]


if __name__ == "__main__":
    import torch

    results = [{"case": case, "result": computed(case)} for case in cases()]
    lines = ",\n".join(json.dumps(result) for result in results)
    PATH.write_text(f'{{"torch": "{torch.__version__}", "results": [\n{lines}\n]}}\n')
