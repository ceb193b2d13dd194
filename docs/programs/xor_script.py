"""A network 2-3-1 trained on XOR in NumPy: as it is printed in “How Deep Networks Learn”, and mended.

printed: ReLU, biases that begin at 0. After 16 epochs all working units are on for all four inputs, and the network is one line (xor-training).
mended: tanh in the place of ReLU, from the same weights; or ReLU, with one bias that begins elsewhere.
"""

import numpy as np

INPUTS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
TARGETS = np.array([[0.0], [1.0], [1.0], [0.0]])
RATE, EPOCHS = 0.5, 1000
ACTIVATIONS = {
    "relu": (lambda z: np.maximum(0, z), lambda z: (z > 0).astype(float)),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
}


def run(activation: str, first_bias: float = 0.0, epochs: int = EPOCHS) -> list[float]:
    """Train, and return the mean squared error before each epoch and at the end."""
    f, slope = ACTIVATIONS[activation]
    draw = np.random.RandomState(42)  # the generator that np.random.seed(42) sets
    w1, b1 = draw.randn(2, 3) * 0.5, np.array([first_bias, 0.0, 0.0])
    w2, b2 = draw.randn(3, 1) * 0.5, np.zeros(1)
    losses = []
    for epoch in range(epochs + 1):
        z = INPUTS @ w1 + b1  # rows are examples
        hidden = f(z)
        output = 1 / (1 + np.exp(-(hidden @ w2 + b2)))
        losses.append(float(((output - TARGETS) ** 2).mean()))
        if epoch == epochs:
            break
        delta2 = 2 * (output - TARGETS) / len(INPUTS) * output * (1 - output)
        delta1 = delta2 @ w2.T * slope(z)  # before w2 moves
        w2, b2 = w2 - RATE * hidden.T @ delta2, b2 - RATE * delta2.sum(axis=0)
        w1, b1 = w1 - RATE * INPUTS.T @ delta1, b1 - RATE * delta1.sum(axis=0)
    return losses


def printed() -> list[float]:
    """Return the losses of the document's run."""
    return run("relu")


def mended() -> list[float]:
    """Return the losses of the same network with tanh."""
    return run("tanh")


if __name__ == "__main__":
    for name, losses in (
        ("printed: relu", printed()),
        ("mended: tanh", mended()),
        ("relu, one bias −0.3", run("relu", -0.3)),
    ):
        print(f"{name:<22}" + "".join(f"{loss:>9.4f}" for loss in losses[::200]))
