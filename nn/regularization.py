"""What keeps a network from learning its examples by heart, and what keeps deep ones trainable.

    l1_penalty     + λ·Σ|w|     added to the loss: weights that help little become 0
    l2_penalty     + λ·Σw²      added to the loss: all weights stay small; the same as weight_decay = 2λ in SGD
    Dropout        while training, each activation is 0 with probability p
    BatchNorm1d    a batch is brought to mean 0 and deviation 1, then scaled and shifted as learnt
    Residual       x + f(x): a path past f, on which a gradient arrives whole

nn.Sequential puts them between layers. Dropout and BatchNorm do one thing in training and another in evaluation: say
model.train() and model.eval().
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from random import Random

from autograd import DataError, LengthError, Parameter, Value, dot, lift, mean, sum
from nn.checks import Number, check_count, check_length, check_list, check_positive, check_range, check_rng, shortened
from nn.module import Inputs, LayerLike, Module, batched
from nn.nested import NestedLeaves, leaves_of
from nn.outputs import Outputs


def l1_penalty(parameters: Iterable[Value], strength: float) -> Value:
    """Return strength · Σ|w|, to be added to a loss; its slope is ± strength, and 0 at w = 0.

    >>> l1_penalty([Value(3.0), Value(-4.0)], 0.1).data  # 0.1 · 7
    0.7000000000000001
    """
    return strength * sum([w.abs() for w in check_penalty(parameters, strength)])


def l2_penalty(parameters: Iterable[Value], strength: float) -> Value:
    """Return strength · Σw², to be added to a loss; its slope is 2 · strength · w.

    >>> w = Value(3.0)
    >>> penalty = l2_penalty([w, Value(-4.0)], 0.5)
    >>> penalty.backward(); penalty.data, w.grad
    (12.5, 3.0)

    There is no ½ in it. With the ½ that some texts put there, give half the strength.
    """
    weights = check_penalty(parameters, strength)
    return strength * dot(weights, weights)


def check_penalty(parameters: Iterable[Value], strength: float) -> list[Value]:
    """Return the parameters, if there are any and the strength is one."""
    check_range("The strength of a penalty", strength, lambda x: 0 <= x < math.inf, "0 or a finite number above")
    found = leaves_of(parameters)
    if not found:
        raise LengthError("There are no parameters to penalise here. Give it model.parameters().")
    return found


class Dropout(Module):
    """In training, set each activation to 0 with probability p, and scale the others by 1/(1 − p); else change nothing.

    >>> dropout = Dropout(0.5, rng=Random(1))
    >>> [x.data for x in dropout([1.0, 2.0, 3.0, 4.0])]
    [0.0, 4.0, 6.0, 0.0]
    >>> [x.data for x in dropout.eval()([1.0, 2.0, 3.0, 4.0])]
    [1.0, 2.0, 3.0, 4.0]

    The scaling keeps the mean as it is, so that evaluation needs none ("inverted" dropout, as in PyTorch). Source:
    Srivastava and others, Dropout, 2014.
    """

    def __init__(self, p: float = 0.5, rng: Random | None = None) -> None:
        check_range("Dropout's p", p, lambda p: 0 <= p < 1, "a probability from 0 to below 1", "A usual one is 0.5.")
        self.p, self.rng = p, check_rng(rng)

    def __call__(self, inputs: Inputs) -> Outputs:
        """Return as many activations as there are inputs."""
        numbers = [lift(x) for x in check_list(repr(self), inputs)]
        if not self.training:
            return Outputs(numbers)
        kept = 1 / (1 - self.p)
        return Outputs(x * (0.0 if self.rng.random() < self.p else kept) for x in numbers)

    def __repr__(self) -> str:
        return f"Dropout({self.p})"


class BatchNorm(Module):
    """Normalise one activation over a batch: γ·(x − mean)/√(variance + ε) + β, with γ and β learnt.

    >>> norm = BatchNorm()
    >>> [round(x.data, 4) for x in norm([1.0, 2.0, 3.0])]  # mean 2, variance 2/3
    [-1.2247, 0.0, 1.2247]
    >>> round(norm.running_mean.data, 4), round(norm.running_var.data, 4)  # 0.9 · 0 + 0.1 · 2, 0.9 · 1 + 0.1 · 1
    (0.2, 1.0)

    It takes the list of a batch's numbers, one for each example; BatchNorm1d takes the rows of a layer. In training it
    uses the batch's own mean and variance, and keeps running ones: new = (1 − momentum)·old + momentum·batch. This is
    PyTorch's momentum; the paper and TensorFlow write 1 − momentum for it. In evaluation it uses the running ones, so
    that an example does not depend on its neighbours. As in PyTorch, the batch is divided by √ of the variance with
    1/n (biased), and the running variance is the one with 1/(n − 1) (unbiased), as in the paper. The running
    statistics are in the state_dict.

    Source: Ioffe and Szegedy, Batch normalization, 2015. Raises LengthError for a batch of one in training.
    """

    def __init__(self, eps: float = 1e-5, momentum: float = 0.1) -> None:
        check_positive("BatchNorm's eps, which keeps it from dividing by 0,", eps, "A usual one is 1e-5.")
        check_range("BatchNorm's momentum", momentum, lambda m: 0 <= m <= 1, "from 0 to 1", "A usual one is 0.1.")
        self.weight, self.bias = Parameter(1.0, "γ"), Parameter(0.0, "β")
        self.running_mean, self.running_var = Value(0.0, "running mean"), Value(1.0, "running variance")
        self.eps, self.momentum = eps, momentum

    def __call__(self, batch: Sequence[Number]) -> list[Value]:
        """Return the normalised batch."""
        center, variance = self.statistics(batch) if self.training else self.remembered()
        deviation = (variance + self.eps).sqrt()
        return [self.weight * ((x - center) / deviation) + self.bias for x in batch]

    def batch(self, rows: Sequence[Inputs]) -> list[list[Value]]:
        """Return the normalised rows of one number each, an example a row."""
        for row in rows:
            check_length("numbers in a row", row, f"{self!r}, which normalises one activation,", 1)
        return [[x] for x in self([x for (x,) in rows])]

    def statistics(self, batch: Sequence[Number]) -> tuple[Value, Value]:
        """Return the mean and the variance of a batch, and let the running ones follow."""
        n = len(batch)
        if n < 2:
            raise LengthError(
                f"BatchNorm in training compares the examples of a batch, and here is a batch of {n}. Give 2 or more at once, as "
                "model.batch([[x1, x2], …]) and fit do (every batch, also the last, of 2 or more); or set model.eval() to predict."
            )
        center = mean(batch)
        variance = mean([(x - center) ** 2 for x in batch])
        self.follow(self.running_mean, center.data)
        self.follow(self.running_var, variance.data * n / (n - 1))
        return center, variance

    def remembered(self) -> tuple[Value, Value]:
        """Return the running mean and variance, as constants."""
        return lift(self.running_mean.data), lift(self.running_var.data)

    def follow(self, running: Value, now: float) -> None:
        """Move a running statistic towards that of a batch."""
        running.data = (1 - self.momentum) * running.data + self.momentum * now

    def __repr__(self) -> str:
        return f"BatchNorm(eps={self.eps}, momentum={self.momentum})"


class BatchNorm1d(Module):
    """Normalise each output of a layer over a batch: one BatchNorm for each, side by side.

    >>> norm = BatchNorm1d(2)
    >>> [[round(x.data, 4) for x in row] for row in norm.batch([[1.0, 30.0], [2.0, 20.0], [3.0, 10.0]])]
    [[-1.2247, 1.2247], [0.0, 0.0], [1.2247, -1.2247]]

    A batch is a list of rows, one an example, each of `num_features` numbers. In a Sequential it stands between layers,
    and `fit` gives whole batches. One example alone can only be normalised in evaluation.
    """

    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float = 0.1) -> None:
        self.norms = [BatchNorm(eps, momentum) for _ in range(check_count("num_features", num_features))]

    def saved(self) -> Iterator[tuple[str, Module | NestedLeaves]]:
        """Yield weight, bias and the running statistics, a number for each feature, as PyTorch has them."""
        for name in ("weight", "bias", "running_mean", "running_var"):
            yield name, [getattr(norm, name) for norm in self.norms]

    def __call__(self, inputs: Inputs) -> Outputs:
        """Return one normalised row, by the running statistics."""
        return self.batch([inputs])[0]

    def batch(self, rows: Sequence[Inputs]) -> list[Outputs]:
        """Return the normalised rows."""
        for row in rows:
            check_length("numbers in a row", row, repr(self), len(self.norms))
        columns = [norm([row[i] for row in rows]) for i, norm in enumerate(self.norms)]
        return [Outputs(row) for row in zip(*columns, strict=True)]

    def __repr__(self) -> str:
        return f"BatchNorm1d({len(self.norms)}, eps={self.norms[0].eps}, momentum={self.norms[0].momentum})"


class Residual(Module):
    """Add a block's outputs to its inputs: x + f(x).

    >>> from nn import Layer
    >>> block = Residual(Layer(2, 2, "relu", weights=[[1, 0], [0, -1]]))
    >>> [x.data for x in block([3.0, 4.0])]  # 3 + relu(3), 4 + relu(−4)
    [6.0, 4.0]

    Its slope is 1 + f′(x): where f′ vanishes, the gradient still arrives. Source: He and others, Deep residual learning,
    2016. Raises LengthError for a block that does not return as many as it takes.
    """

    def __init__(self, block: LayerLike) -> None:
        if not callable(block) or isinstance(block, type):
            raise DataError(f"Residual takes a layer, and {shortened(block)} is not one. Give Residual(Layer(2, 2)).")
        self.block = block

    def __call__(self, inputs: Inputs) -> Outputs:
        """Return each input plus the block's output in its place."""
        return self.batch([inputs])[0]

    def batch(self, rows: Sequence[Inputs]) -> list[Outputs]:
        """Return the rows plus the block's outputs for them."""
        shared = [[lift(x) for x in check_list(repr(self), row)] for row in rows]
        return [self.added(row, outputs) for row, outputs in zip(shared, batched(self.block, shared), strict=True)]

    def added(self, inputs: list[Value], outputs: Sequence[Value]) -> Outputs:
        """Return each input plus the output in its place."""
        if len(check_list("A residual sum", outputs)) != len(inputs):
            raise LengthError(
                f"A residual block adds its outputs to its inputs, and {self.block!r} makes {len(outputs)} of {len(inputs)}. Give it as many outputs as inputs."
            )
        return Outputs(x + out for x, out in zip(inputs, outputs, strict=True))

    def __repr__(self) -> str:
        return f"Residual({self.block!r})"
