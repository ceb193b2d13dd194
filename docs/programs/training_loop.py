"""The complete training loop of “How Machines Learn” in NumPy: three layers, W @ x with a column an example, Adam, batches of 32.

Its slips, each told where it is mended:
1. db = sum(δ, axis=0) adds over the units, and not over the examples: a number an example, where a bias a unit is wanted.
2. dW and db are sums over the batch, where the loss is a mean: the steps grow with the batch.
3. What it prints as the train loss is the loss of the last batch.
4. `evaluate` returns a loss, and after the loop an accuracy.
5. Its weights are He's, √(2/n), and are called Xavier/He.
6. Its optimizer is called once a layer: Adam must keep the means of each layer apart, and count t once a batch.
"""

import itertools
from collections.abc import Iterator

import numpy as np

from nn.data import digits

SHAPE, BATCH, RATE, PATIENCE = (64, 32, 16, 10), 32, 0.01, 5
Arrays = list[np.ndarray]


def initial(seed: int = 0) -> Arrays:
    """Return W and b of each layer: He's deviation √(2/n) for n inputs (slip 5), biases 0 as a column."""
    draw = np.random.default_rng(seed)
    pairs = [(draw.normal(0, np.sqrt(2 / n), (m, n)), np.zeros((m, 1))) for n, m in itertools.pairwise(SHAPE)]
    return [array for pair in pairs for array in pair]


def forward(parameters: Arrays, x: np.ndarray) -> tuple[Arrays, np.ndarray]:
    """Return the activations of each layer, x first, and the probabilities; a column an example."""
    w1, b1, w2, b2, w3, b3 = parameters
    a1 = np.maximum(0, w1 @ x + b1)
    a2 = np.maximum(0, w2 @ a1 + b2)
    z3 = w3 @ a2 + b3
    powers = np.exp(z3 - z3.max(axis=0))
    return [x, a1, a2], powers / powers.sum(axis=0)


def loss_of(probabilities: np.ndarray, y: np.ndarray) -> float:
    """Return the mean cross-entropy; y is one-hot, a column an example."""
    return float(-np.log(np.maximum(probabilities[y == 1], 1e-300)).mean())


def printed_gradients(parameters: Arrays, x: np.ndarray, y: np.ndarray) -> Arrays:
    """Return what the printed lines compute (slips 1 and 2): the weights' gradients are sums, the biases' have another shape."""
    activations, delta = forward(parameters, x)[0], forward(parameters, x)[1] - y
    found: Arrays = []
    for layer in (2, 1, 0):
        found = [delta @ activations[layer].T, delta.sum(axis=0), *found]
        if layer:
            delta = parameters[2 * layer].T @ delta * (activations[layer] > 0)
    return found


def gradients(parameters: Arrays, x: np.ndarray, y: np.ndarray) -> Arrays:
    """Return the gradients of the mean loss: divided by the batch, and the biases' added over the examples."""
    activations, probabilities = forward(parameters, x)
    delta = (probabilities - y) / x.shape[1]
    found: Arrays = []
    for layer in (2, 1, 0):
        found = [delta @ activations[layer].T, delta.sum(axis=1, keepdims=True), *found]
        if layer:
            delta = parameters[2 * layer].T @ delta * (activations[layer] > 0)
    return found


class Adam:
    """Adam over a list of arrays: means for each of them, and one t (slip 6)."""

    def __init__(self, parameters: Arrays) -> None:
        self.parameters, self.t = parameters, 0
        self.m, self.v = ([np.zeros_like(p) for p in parameters] for _ in "mv")

    def step(self, slopes: Arrays) -> None:
        """Move every parameter."""
        self.t += 1
        for p, g, m, v in zip(self.parameters, slopes, self.m, self.v, strict=True):
            m += 0.1 * (g - m)
            v += 0.001 * (g * g - v)
            p -= RATE * (m / (1 - 0.9**self.t)) / (np.sqrt(v / (1 - 0.999**self.t)) + 1e-8)


def data(seed: int = 0) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield the digits in three parts, to train, to validate and to test: inputs and one-hot labels, a column an example."""
    examples = digits()
    order = np.random.default_rng(seed).permutation(len(examples))
    x, y = np.array([examples[i][0] for i in order]).T, np.eye(10)[[examples[i][1] for i in order]].T
    for low, high in ((0, 0.6), (0.6, 0.8), (0.8, 1)):
        part = slice(int(low * len(order)), int(high * len(order)))
        yield x[:, part], y[:, part]


def train(epochs: int = 30) -> tuple[list[tuple[float, float]], float]:
    """Return the training and validation loss of each epoch, and the share of the test set that is right in the end."""
    (x, y), validation, test = data()
    parameters = initial()
    optimizer, shuffle = Adam(parameters), np.random.default_rng(1)
    best, kept, waited, rows = np.inf, [p.copy() for p in parameters], 0, []
    for _ in range(epochs):
        total = 0.0
        order = shuffle.permutation(x.shape[1])
        for at in range(0, len(order), BATCH):
            part = order[at : at + BATCH]
            total += loss_of(forward(parameters, x[:, part])[1], y[:, part]) * len(part)
            optimizer.step(gradients(parameters, x[:, part], y[:, part]))
        rows.append(
            (total / len(order), loss_of(forward(parameters, validation[0])[1], validation[1]))
        )  # slip 3: of all batches
        waited += 1
        if rows[-1][1] < best:
            best, kept, waited = rows[-1][1], [p.copy() for p in parameters], 0
        if waited == PATIENCE:
            break
    return rows, accuracy(kept, *test)


def accuracy(parameters: Arrays, x: np.ndarray, y: np.ndarray) -> float:
    """Return the share of examples whose largest probability is at the true class (slip 4: a function of its own)."""
    return float((forward(parameters, x)[1].argmax(axis=0) == y.argmax(axis=0)).mean())


if __name__ == "__main__":
    (x, y), *_ = data()
    wrong = printed_gradients(initial(), x[:, :BATCH], y[:, :BATCH])
    right = gradients(initial(), x[:, :BATCH], y[:, :BATCH])
    print(
        "shapes of the biases' gradients, printed:",
        [g.shape for g in wrong[1::2]],
        "and mended:",
        [g.shape for g in right[1::2]],
    )
    print(
        f"the printed db3: at most {abs(wrong[5]).max():.0e}; the printed dW3 is {abs(wrong[4]).sum() / abs(right[4]).sum():.0f} times that of the mean loss"
    )
    rows, share = train()
    for epoch, (loss, validation) in enumerate(rows, 1):
        print(f"epoch {epoch:>2}: loss {loss:.4f}, validation loss {validation:.4f}")
    print(f"test images right: {share:.1%}")
