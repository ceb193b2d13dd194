"""The workloads of the benchmarks, each as replay sees it and as one writes it by hand in NumPy or torch."""

import math
import os
import random

import numpy as np

from autograd import Parameter, dot, logsumexp, softmax, sum
from nn import MLP

ALPHA = 1e-4


def moons(count, rng):
    """Return two interleaved half circles of points, and their labels −1 and 1."""
    points, labels = [], []
    for i in range(count):
        angle, label = math.pi * rng.random(), i % 2
        x, y = (1 - math.cos(angle), 0.5 - math.sin(angle)) if label else (math.cos(angle), math.sin(angle))
        points.append([x + rng.gauss(0, 0.1), y + rng.gauss(0, 0.1)])
        labels.append(2.0 * label - 1.0)
    return np.array(points), np.array(labels)


class Moons:
    """W2: MLP 2-16-16-1, 100 points, hinge loss and L2."""

    def __init__(self, seed=0):
        rng = random.Random(seed)
        self.model = MLP(2, [16, 16, 1], rng=rng)
        self.x, self.y = moons(100, rng)

    @classmethod
    def of(cls, model):
        """Return the workload of this model."""
        work = cls.__new__(cls)
        work.model = model
        return work

    def loss(self, x, y):
        score = self.model(x)[0]
        return (1 - y * score).relu() + ALPHA * sum([p * p for p in self.model.parameters()])

    @property
    def example(self):
        return self.x[0], self.y[0]

    @property
    def batch(self):
        return self.x, self.y

    def by_hand(self, ws, bs, x, y):
        return hinge_by_hand(ws, bs, x, y)


class Digits:
    """W4: 784-128-64-10, ReLU, softmax and cross-entropy."""

    def __init__(self, count, seed=0):
        rng = random.Random(seed)
        self.model = MLP(784, [128, 64, 10], rng=rng)
        generator = np.random.default_rng(seed)
        self.x = generator.random((count, 784))
        self.y = np.eye(10)[generator.integers(0, 10, count)]

    def loss(self, x, y):
        logits = self.model(x)
        return logsumexp(logits) - dot(logits, y)

    @property
    def example(self):
        return self.x[0], self.y[0]

    @property
    def batch(self):
        return self.x, self.y

    def by_hand(self, ws, bs, x, y):
        return softmax_by_hand(ws, bs, x, y)


def matrices(model):
    """Return the weights of each layer as a matrix, and the biases as vectors."""
    ws = [np.array([[w.data for w in n.weights] for n in layer.neurons]) for layer in model.layers]
    return ws, [np.array([n.bias.data for n in layer.neurons]) for layer in model.layers]


def through(ws, bs, x):
    """Return the activations of each layer; ReLU between them."""
    hidden = [x]
    for i, (w, b) in enumerate(zip(ws, bs, strict=True)):
        z = hidden[-1] @ w.T + b
        hidden.append(np.maximum(z, 0.0) if i < len(ws) - 1 else z)
    return hidden


def back(ws, hidden, g):
    """Return the gradients of each layer's weights and biases, from that of the last activations."""
    dws, dbs = [], []
    for i in reversed(range(len(ws))):
        dws.append(g.T @ hidden[i])
        dbs.append(g.sum(0))
        if i:
            g = (g @ ws[i]) * (hidden[i] > 0)
    return dws[::-1], dbs[::-1]


def hinge_by_hand(ws, bs, x, y):
    """Return the loss of W2 and all gradients, in NumPy float64."""
    hidden = through(ws, bs, x)
    margin = 1 - y * hidden[-1][:, 0]
    loss = np.maximum(margin, 0.0).mean() + ALPHA * (
        np.sum([np.vdot(w, w) for w in ws]) + np.sum([np.vdot(b, b) for b in bs])
    )
    dws, dbs = back(ws, hidden, np.where(margin > 0, -y / len(y), 0.0)[:, None])
    for p, g in zip([*ws, *bs], [*dws, *dbs], strict=True):
        g += 2 * ALPHA * p
    return loss, dws, dbs


def softmax_by_hand(ws, bs, x, y):
    """Return the loss of W4 and all gradients, in NumPy float64."""
    hidden = through(ws, bs, x)
    logits = hidden[-1] - hidden[-1].max(1, keepdims=True)
    e = np.exp(logits)
    total = e.sum(1, keepdims=True)
    loss = (np.log(total[:, 0]) - (logits * y).sum(1)).mean()
    return loss, *back(ws, hidden, (e / total - y) / len(y))


class Torch:
    """The same networks in torch float64, vectorised."""

    def __init__(self, work):
        import torch

        self.torch, self.work = torch, work
        ws, bs = matrices(work.model)
        self.ws = [torch.tensor(w, requires_grad=True) for w in ws]
        self.bs = [torch.tensor(b, requires_grad=True) for b in bs]
        self.x, self.y = torch.tensor(work.x), torch.tensor(work.y)

    def step(self):
        for p in (*self.ws, *self.bs):
            p.grad = None
        h = self.x
        for i, (w, b) in enumerate(zip(self.ws, self.bs, strict=True)):
            h = h @ w.T + b
            h = h.relu() if i < len(self.ws) - 1 else h
        self.loss(h).backward()

    def loss(self, h):
        if isinstance(self.work, Moons):
            l2 = [(p * p).sum() for p in (*self.ws, *self.bs)]
            return (1 - self.y * h[:, 0]).relu().mean() + ALPHA * self.torch.stack(l2).sum()
        return self.torch.nn.functional.cross_entropy(h, self.y)


class Jax:
    """The same networks in JAX float64: the value, the gradient and the step of SGD as one compiled function, on one thread."""

    def __init__(self, work, lr=1e-6):
        os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
        import jax

        jax.config.update("jax_enable_x64", True)
        jax.config.update("jax_platforms", "cpu")
        self.np, self.moons = jax.numpy, isinstance(work, Moons)
        self.weights = [jax.numpy.asarray(part) for part in (*matrices(work.model)[0], *matrices(work.model)[1])]
        self.x, self.y = jax.numpy.asarray(work.x), jax.numpy.asarray(work.y)

        def update(weights, x, y):
            loss, slopes = jax.value_and_grad(self.loss)(weights, x, y)
            return loss, [w - lr * slope for w, slope in zip(weights, slopes, strict=True)]

        self.update = jax.jit(update, donate_argnums=0)

    def loss(self, weights, x, y):
        half, h = len(weights) // 2, x
        for i, (w, b) in enumerate(zip(weights[:half], weights[half:], strict=True)):
            h = h @ w.T + b
            h = self.np.maximum(h, 0.0) if i < half - 1 else h
        if self.moons:
            l2 = self.np.stack([(p * p).sum() for p in weights]).sum()
            return self.np.maximum(1 - y * h[:, 0], 0.0).mean() + ALPHA * l2
        top = h.max(1, keepdims=True)
        return (self.np.log(self.np.exp(h - top).sum(1)) + top[:, 0] - (h * y).sum(1)).mean()

    def step(self):
        loss, self.weights = self.update(self.weights, self.x, self.y)
        return float(loss)


VOCABULARY, WIDTH, HEADS, CONTEXT = 27, 16, 4, 16


class Transformer:
    """W3: one layer of width 16 with 4 heads on documents of characters; tokens and targets enter one-hot."""

    def __init__(self, length=8, seed=0):
        rng = random.Random(seed)
        matrix = lambda rows, columns: [[Parameter(rng.gauss(0, 0.08)) for _ in range(columns)] for _ in range(rows)]  # noqa: E731
        self.tokens, self.positions = matrix(WIDTH, VOCABULARY), matrix(CONTEXT, WIDTH)
        self.q, self.k, self.v, self.o = (matrix(WIDTH, WIDTH) for _ in range(4))
        self.up, self.down, self.head = matrix(4 * WIDTH, WIDTH), matrix(WIDTH, 4 * WIDTH), matrix(VOCABULARY, WIDTH)
        self.length = length

    def documents(self, count, seed=0):
        """Return documents as one-hot tokens, and their next tokens as targets."""
        picked = np.random.default_rng(seed).integers(0, VOCABULARY, (count, self.length + 1))
        one_hot = np.eye(VOCABULARY)[picked]
        return one_hot[:, :-1], one_hot[:, 1:]

    def loss(self, tokens, targets):
        """Return the mean cross-entropy of the next token, over the positions of one document."""
        keys, values, losses = [], [], []
        for position, (token, target) in enumerate(zip(tokens, targets, strict=True)):
            logits = self.logits([dot(row, token) for row in self.tokens], position, keys, values, dot)
            losses.append(logsumexp(logits) - dot(logits, target))
        return sum(losses) / len(losses)

    def loss_by_index(self, tokens, targets, dot):
        """Return the same, for tokens and targets as indices, as eager can have it."""
        keys, values, losses = [], [], []
        for position, (token, target) in enumerate(zip(tokens, targets, strict=True)):
            logits = self.logits([row[token] for row in self.tokens], position, keys, values, dot)
            losses.append(logsumexp(logits) - logits[target])
        return sum(losses) / len(losses)

    def logits(self, token, position, keys, values, dot):
        x = normed(added(token, self.positions[position]), dot)
        x = added(x, self.attention(normed(x, dot), keys, values, dot))
        x = added(x, linear(self.down, [h.relu() for h in linear(self.up, normed(x, dot), dot)], dot))
        return linear(self.head, x, dot)

    def attention(self, x, keys, values, dot):
        keys.append(linear(self.k, x, dot))
        values.append(linear(self.v, x, dot))
        q, size, heads = linear(self.q, x, dot), WIDTH // HEADS, []
        for h in range(0, WIDTH, size):
            weights = softmax([dot(q[h : h + size], k[h : h + size]) / size**0.5 for k in keys])
            heads += [dot(weights, [v[j] for v in values]) for j in range(h, h + size)]
        return linear(self.o, heads, dot)


def expanded(ws, xs):
    """Return the dot product with a node for each × and each +."""
    total, *products = [w * x for w, x in zip(ws, xs, strict=True)]
    for product in products:
        total = total + product
    return total


def linear(rows, x, dot):
    return [dot(row, x) for row in rows]


def added(x, y):
    return [a + b for a, b in zip(x, y, strict=True)]


def normed(x, dot):
    """Divide by the root of the mean square."""
    scale = (dot(x, x) / len(x) + 1e-5) ** -0.5
    return [a * scale for a in x]
