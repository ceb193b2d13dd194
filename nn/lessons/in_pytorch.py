"""The same in PyTorch, line beside line: a tiny network, a step of an MLP, a training loop. Run where torch is installed, stored otherwise."""

import json
import sys
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from autograd import Parameter, Value
from autograd.classroom import Exercise, GradientOf, Lesson, Note, Told, Wrong, choice, measured, passes
from autograd.explain.notation import as_table
from autograd.graph import rounded
from autograd.packages import installed
from nn import plots

STORED = Path(__file__).with_name("in_pytorch.json")
TINY = (
    "import torch",
    "",
    "w = torch.tensor(3.0, requires_grad=True)",
    "b = torch.tensor(1.0, requires_grad=True)",
    "x, y = torch.tensor(2.0), torch.tensor(15.0)",
    "loss = (torch.relu(w * x + b) - y) ** 2",
    "loss.backward()",
    "found = [loss.item(), w.grad.item(), b.grad.item()]",
), (
    "from autograd import Value",
    "",
    "w = Value(3.0)",
    "b = Value(1.0)",
    "x, y = Value(2.0), Value(15.0)",
    "loss = ((w * x + b).relu() - y) ** 2",
    "loss.backward()",
    "found = [loss.data, w.grad, b.grad]",
)  # fmt: skip
WEIGHTS = "first, second = [[0.5, -1.0], [0.25, 0.75]], [[1.0, -0.5]]"
MODEL = (
    "model = torch.nn.Sequential(",
    "    torch.nn.Linear(2, 2), torch.nn.Tanh(), torch.nn.Linear(2, 1)",
    ").double()",
    "with torch.no_grad():",
    "    for layer, matrix in ((model[0], first), (model[2], second)):",
    "        layer.weight.copy_(torch.tensor(matrix)), layer.bias.zero_()",
), (
    'model = nn.MLP(2, [2, 1], "tanh", weights=[first, second])',
    "",
    "",
    "",
    "",
    "",
)  # fmt: skip
STEP = (
    "import torch",
    "",
    WEIGHTS,
    *MODEL[0],
    "optimizer = torch.optim.SGD(model.parameters(), lr=0.1)",
    "z = model(torch.tensor([[1.0, 2.0]]).double())",
    "loss = torch.nn.MSELoss()(z, torch.tensor([[0.5]]).double())",
    "optimizer.zero_grad()",
    "loss.backward()",
    "optimizer.step()",
    "found = [loss.item()]",
    "for layer in (model[0], model[2]):",
    "    found += layer.weight.flatten().tolist()",
), (
    "import nn",
    "",
    WEIGHTS,
    *MODEL[1],
    "optimizer = nn.SGD(model.parameters(), lr=0.1)",
    "z = model([1.0, 2.0])",
    "loss = nn.mse_loss(z, [0.5])",
    "optimizer.zero_grad()",
    "loss.backward()",
    "optimizer.step()",
    "found = [loss.data]",
    "for layer in model.layers:",
    "    found += [w.data for unit in layer.neurons for w in unit.weights]",
)  # fmt: skip
DATA = ("xs = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]", "ys = [0.0, 1.0, 1.0, 0.0]")
LOOP = (
    "import torch",
    "",
    *DATA,
    WEIGHTS,
    *MODEL[0],
    "optimizer = torch.optim.Adam(model.parameters(), lr=0.05)",
    "criterion, found = torch.nn.BCEWithLogitsLoss(), []",
    "for epoch in range(200):",
    "    z = model(torch.tensor(xs).double())[:, 0]",
    "    loss = criterion(z, torch.tensor(ys).double())",
    "    optimizer.zero_grad()",
    "    loss.backward()",
    "    optimizer.step()",
    "    if epoch in (0, 50, 100, 199):",
    "        found.append(loss.item())",
), (
    "import nn",
    "",
    *DATA,
    WEIGHTS,
    *MODEL[1],
    "optimizer = nn.Adam(model.parameters(), lr=0.05)",
    "criterion, found = nn.binary_cross_entropy_with_logits, []",
    "for epoch in range(200):",
    "    z = [model(x)[0] for x in xs]",
    "    loss = criterion(z, ys)",
    "    optimizer.zero_grad()",
    "    loss.backward()",
    "    optimizer.step()",
    "    if epoch in (0, 50, 100, 199):",
    "        found.append(loss.data)",
)  # fmt: skip


class Pair(NamedTuple):
    """One program twice: PyTorch's lines and ours, and what is found."""

    title: str
    torch: tuple[str, ...]
    ours: tuple[str, ...]
    found: tuple[str, ...]


PAIRS = {
    "tiny": Pair("The tiny network", *TINY, ("loss", "∂L/∂w", "∂L/∂b")),
    "step": Pair("One step of an MLP 2-2-1", *STEP, ("loss", "w¹₁₁", "w¹₁₂", "w¹₂₁", "w¹₂₂", "w²₁₁", "w²₁₂")),
    "loop": Pair("A training loop: XOR, 200 epochs of Adam", *LOOP, ("epoch 0", "epoch 50", "epoch 100", "epoch 199")),
}


def executed(lines: tuple[str, ...]) -> list[float]:
    """Run a program, and return what it found."""
    scope: dict[str, Any] = {}
    exec("\n".join(lines), scope)  # noqa: S102 (lines that stand above, and nothing else)
    return list(map(float, scope["found"]))


@cache
def ours(name: str) -> list[float]:
    """Return what our lines find."""
    return executed(PAIRS[name].ours)


@cache
def torch_s(name: str) -> list[float]:
    """Return what PyTorch's lines find: now if it is installed, else what was stored."""
    return executed(PAIRS[name].torch) if installed("torch") else list(stored()["found"][name])


@cache
def stored() -> dict[str, Any]:
    """Return what PyTorch found when in_pytorch.json was made, and its version."""
    found: dict[str, Any] = json.loads(STORED.read_text(encoding="utf-8"))
    return found


def store() -> None:
    """Run PyTorch, and write in_pytorch.json."""
    torch = import_module("torch")
    found = {name: executed(pair.torch) for name, pair in PAIRS.items()}
    STORED.write_text(
        json.dumps({"torch": torch.__version__.partition("+")[0], "found": found}, indent=1) + "\n", encoding="utf-8"
    )


def build() -> Value:
    """Return the loss of the tiny network, with names."""
    w, b, x, y = Parameter(3.0, "w"), Parameter(1.0, "b"), Value(2.0, "x"), Value(15.0, "y")
    z = w * x + b
    a = z.relu()
    loss: Value = (a - y) ** 2
    z.label, a.label, loss.label = "z", "a", "L"
    return loss


def tell(lesson: Lesson) -> Told:
    """Each pair of programs, its numbers, and what differs."""
    where = f"run here, by PyTorch {version()}" if installed("torch") else f"stored, from PyTorch {version()}"
    yield f"PyTorch's numbers are {where}; ours are computed now."
    for name, pair in PAIRS.items():
        yield f"# {pair.title}"
        yield beside(pair)
        yield compared(name)
    yield "# What is the same, and what is not"
    yield (
        "The names are the same: backward, grad, zero_grad, step, parameters. So is the idea: both remember, at each operation, how to go back. A tensor is an "
        "array of numbers and one node; a Value is one number and one node. PyTorch's graph is thrown away by backward(); ours stays to be looked at. A "
        "tensor's gradient is a tensor of its shape, and .item() takes the number out. PyTorch computes in float32 unless told otherwise: double() "
        "makes the digits agree. A leaf has a gradient only where requires_grad=True asks for one. Linear(2, 2) is a layer of 2 inputs and 2 outputs; it "
        "begins with random weights, which are replaced here under no_grad(): without becoming a part of the graph."
    )
    yield "# What backward does in both, for the tiny network"
    yield from passes(lesson.build(), about=("a", "z", "w", "b"))


def version() -> str:
    """Return the version of PyTorch that the numbers are from."""
    return str(sys.modules["torch"].__version__) if "torch" in sys.modules else str(stored()["torch"])


def beside(pair: Pair) -> str:
    """Return both programs, line beside line: what is the same stands once."""
    lines = []
    for theirs, our in zip(pair.torch, pair.ours, strict=True):
        if theirs == our:
            lines += [f"both       {our}"] if our else []
        else:
            lines += [f"{who:<11}{line}" for who, line in (("PyTorch", theirs), ("chalkgrad", our)) if line]
    return "\n".join(lines)


def compared(name: str) -> str:
    """Return the numbers of both, and the largest difference."""
    theirs, mine = torch_s(name), ours(name)
    both = (("PyTorch", theirs), ("chalkgrad", mine))
    rows = as_table([("", *PAIRS[name].found), *((who, *(f"{x:.4f}" for x in found)) for who, found in both)])
    return f"{rows}\nlargest difference: {rounded(max(abs(a - b) for a, b in zip(theirs, mine, strict=True)), 1).replace('-', '−')}"


def measure(lesson: Lesson) -> dict[str, float]:
    """Return the graph's numbers, and how far both are apart."""
    found: dict[str, float] = dict(measured(lesson.build()))
    for name in PAIRS:
        apart = max(abs(a - b) for a, b in zip(torch_s(name), ours(name), strict=True))
        found[f"{name}: apart, to ten decimals"] = round(apart, 10)
    return found | {"loop: last loss": ours("loop")[-1]}


def plot() -> Any:
    """Draw the losses of both training loops."""
    ax = plots.axes()
    epochs = [int(title.split()[1]) for title in PAIRS["loop"].found]
    ax.plot(epochs, torch_s("loop"), "o-", color=plots.VERMILION, markersize=9, label="PyTorch")
    ax.plot(epochs, ours("loop"), "s--", color=plots.BLUE, label="chalkgrad")
    ax.set(xlabel="epoch", ylabel="binary cross-entropy", title="The same training loop", ylim=(0, None))
    plots.legend_below(ax)
    return ax.figure


LESSON = Lesson(
    slug="in-pytorch",
    title="The same in PyTorch",
    document="How Machines Learn: Understanding the Core Concepts of Neural Networks, The Complete Training Loop",
    question="How do the tiny network, a step and a training loop look in PyTorch, and does it find the same numbers?",
    build=build,
    tell=tell,
    numbers={
        "z": 7, "a": 7, "L": 64, "∂L/∂w": -32, "∂L/∂b": -16,
        "tiny: apart, to ten decimals": 0, "step: apart, to ten decimals": 0, "loop: apart, to ten decimals": 0,
    },
    measure=measure,
    plot=plot,
    notes=(Note("ready w", "PyTorch's w.grad is the same −32."),),
    exercises=(
        GradientOf(build, "w", -32, {"zero_grad forgotten": -64}),
        Exercise(
            "The loss is computed again from the same numbers, and loss.backward() called again, without zero_grad. w.grad was −32 before. What is it now?",
            -64,
            lambda: 2 * -32,
            ("Leaves accumulate, in PyTorch as here.", "−32 − 32."),
            (Wrong("the second call is taken to replace it", -32, lambda: -32, "Only zero_grad() forgets."),),
        ),
        choice(
            "A training loop in PyTorch: forward, loss.backward(), optimizer.step(). Which line is missing?",
            [("optimizer.zero_grad()", ""),
             ("model.eval()", "That is for evaluation: it turns dropout off."),
             ("loss.detach()", "That would cut the graph off.")],
            lambda: 1 if PAIRS and all("zero_grad" in " ".join(pair.torch) for pair in list(PAIRS.values())[1:]) else 2,
            "What would a leaf do without it?",
        ),
    ),
)  # fmt: skip
