"""784-128-64-10 trained by replay: on the shipped digits, enlarged, or on the user's own MNIST files; and the figures of one such run.

python3 -c "from nn.lessons.digits_large import train; train(epochs=5, tell=print)"
"""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

from autograd import record
from nn.data import batches, digits, mnist, one_hot, random_split
from nn.layers import MLP
from nn.losses import cross_entropy
from nn.optim import Adam

SHAPE = (784, 128, 64, 10)
EPOCHS, BATCH, LEARNING_RATE = 5, 32, 0.001
RUN = Path(__file__).with_suffix(".json")
Images = Sequence[tuple[Sequence[float], int]]


def enlarged(pixels: Sequence[float]) -> list[float]:
    """Return an image of 8 × 8 pixels as one of 28 × 28, each pixel repeated."""
    return [pixels[8 * (row * 8 // 28) + column * 8 // 28] for row in range(28) for column in range(28)]


def shipped() -> tuple[Images, Images]:
    """Return the shipped digits, enlarged: four fifths to train, one fifth to test."""
    train, test = ([(enlarged(x), y) for x, y in part] for part in random_split(digits(), (0.8, 0.2), Random(0)))
    return train, test


def of_files(folder: str | Path, limit: int = 10_000) -> tuple[Images, Images]:
    """Return MNIST from a folder with its four files, as many of each at most."""
    names = (
        ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
        ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
    )
    train, test = (mnist(Path(folder) / images, Path(folder) / labels, limit) for images, labels in names)
    return train, test


def train(
    data: tuple[Images, Images] | None = None, epochs: int = EPOCHS, tell: Callable[[str], Any] = lambda _: None
) -> dict[str, Any]:
    """Train, and return the loss and the number of test images that are right after each epoch. Needs NumPy."""
    to_train, to_test = data or shipped()
    model, rng = MLP(SHAPE[0], SHAPE[1:], rng=Random(0)), Random(1)
    optimizer = Adam(model.parameters(), LEARNING_RATE)
    x, y = to_train[0]
    loss = record(lambda pixels, target: cross_entropy(model(pixels), target), x, one_hot(y, 10))
    logits = record(model, x)
    run: dict[str, Any] = {"training images": len(to_train), "test images": len(to_test), "loss": [], "right": []}
    for epoch in range(1, epochs + 1):
        total = 0.0
        for inputs, targets in batches(to_train, BATCH, rng):
            batch = loss(inputs, one_hot(targets, 10))
            optimizer.zero_grad()
            batch.backward()
            optimizer.step()
            total += batch.data * len(inputs)
        rows = zip(*logits.values([pixels for pixels, _ in to_test]), strict=True)
        right = sum(max(range(10), key=row.__getitem__) == y for row, (_, y) in zip(rows, to_test, strict=True))
        run["loss"].append(round(float(total / len(to_train)), 4))
        run["right"].append(right)
        tell(f"epoch {epoch}: loss {run['loss'][-1]:.3f}, {right} of {len(to_test)} test images right")
    return run


def train_on(folder: str | Path) -> None:
    """Train on MNIST from a folder with its four files, and print how it goes."""
    train(of_files(folder), tell=print)


def stored() -> dict[str, Any]:
    """Return what `train` returned for the shipped digits when the file beside this one was made."""
    found: dict[str, Any] = json.loads(RUN.read_text(encoding="utf-8"))
    return found
