"""How wrong a prediction is, as one Value to go backward from: 0 is perfect, and more is worse.

    a number, as a price           mse_loss, or mae_loss and huber_loss, which outliers disturb less
    one of two classes             binary_cross_entropy_with_logits, or binary_cross_entropy of probabilities
    one of many classes            cross_entropy of logits, or categorical_cross_entropy of probabilities
    −1 or +1, with a margin        hinge_loss

Each takes one prediction with its target, or a list with a list, of numbers or Values; a model's list of one output
may stand beside a plain target. `reduction` is PyTorch's: the "mean" of all, their "sum", or "none" for each loss by itself.

A logit is what a network returns before sigmoid or softmax. Losses of logits are finite for every finite prediction.
A probability of 0 for what came true is an infinite loss: an error, unless you say allow_inf=True.

A loss of your own is a function of predictions and targets that returns one Value. Here a missed case costs as much
as ten false alarms:

>>> from autograd import mean
>>> def costly_misses(probabilities, targets):
...     return mean([-10 * y * p.log() - (1 - y) * (1 - p).log() for p, y in zip(probabilities, targets)])
>>> round(costly_misses([Value(0.5), Value(0.5)], [1, 0]).data, 4)  # (10·ln 2 + ln 2)/2
3.8123
"""

from collections.abc import Sequence
from typing import overload

from autograd import DomainError, Value, lift, logsumexp
from nn.checks import Number, check_positive
from nn.loss_shapes import Losses, Numbers, ToOne, by_example, classes, elementwise, expected, share, surprise


@overload
def mse_loss(predictions: Numbers, targets: Numbers, reduction: ToOne = "mean") -> Value: ...
@overload
def mse_loss(predictions: Numbers, targets: Numbers, reduction: str) -> Losses: ...
def mse_loss(predictions: Numbers, targets: Numbers, reduction: str = "mean") -> Losses:
    """Return the mean squared error, (1/n) Σ (ŷ − y)².

    >>> mse_loss([210e3, 280e3, 255e3], [200e3, 300e3, 250e3]).data  # three houses: 175 million
    175000000.0

    There is no ½ in it, as in PyTorch: the slope is 2(ŷ − y)/n.
    """
    return elementwise("mse_loss", lambda p, y: (p - y) ** 2, predictions, targets, reduction)


@overload
def mae_loss(predictions: Numbers, targets: Numbers, reduction: ToOne = "mean") -> Value: ...
@overload
def mae_loss(predictions: Numbers, targets: Numbers, reduction: str) -> Losses: ...
def mae_loss(predictions: Numbers, targets: Numbers, reduction: str = "mean") -> Losses:
    """Return the mean absolute error, (1/n) Σ |ŷ − y|; PyTorch calls it l1_loss.

    >>> mae_loss(90.0, 100.0).data
    10.0

    The slope is −1 or +1, over n. At ŷ = y there is a corner, and the slope is 0 there, as in PyTorch.
    """
    return elementwise("mae_loss", lambda p, y: (p - y).abs(), predictions, targets, reduction)


@overload
def huber_loss(predictions: Numbers, targets: Numbers, reduction: ToOne = "mean", delta: float = 1.0) -> Value: ...
@overload
def huber_loss(predictions: Numbers, targets: Numbers, reduction: str, delta: float = 1.0) -> Losses: ...
def huber_loss(predictions: Numbers, targets: Numbers, reduction: str = "mean", delta: float = 1.0) -> Losses:
    """Return the mean of ½e² where |e| = |ŷ − y| ≤ delta, and of delta·(|e| − ½·delta) beyond.

    >>> huber_loss([0.5, 3.0], [0.0, 0.0], reduction="none")[0].data, huber_loss(3.0, 0.0).data
    (0.125, 2.5)

    Small errors count squared, large ones by their size; the slope is e, and never more than delta. Here the ½ is
    part of the definition, and delta = 1 the usual choice: PyTorch has the same (its smooth_l1_loss divides by delta).
    Source: Huber, Robust estimation of a location parameter, 1964.
    """
    check_positive("The delta of huber_loss, where squared becomes straight,", delta)

    def loss(p: Value, y: Number) -> Value:
        size = (p - y).abs()
        short = size.minimum(delta)  # both branches at once, since short is size or delta
        return short * (size - 0.5 * short)

    return elementwise("huber_loss", loss, predictions, targets, reduction)


@overload
def hinge_loss(scores: Numbers, targets: Numbers, reduction: ToOne = "mean") -> Value: ...
@overload
def hinge_loss(scores: Numbers, targets: Numbers, reduction: str) -> Losses: ...
def hinge_loss(scores: Numbers, targets: Numbers, reduction: str = "mean") -> Losses:
    """Return the mean of max(0, 1 − y·s), for targets y of −1 and +1.

    >>> hinge_loss([2.0, 0.5, -1.0], [1, 1, 1], reduction="none")[1].data
    0.5

    It is 0 only for the right sign by a margin of 1; the slope at that corner is 0. PyTorch has no such loss (its
    hinge_embedding_loss is another). Raises DomainError for a target
    other than −1 and +1.
    """

    def loss(s: Value, y: Number) -> Value:
        if lift(y).data not in (-1.0, 1.0):
            raise DomainError(
                f"hinge_loss takes targets of −1 and +1, and here is {y}. For targets of 0 and 1, give 2·y − 1."
            )
        return (1 - s * y).relu()

    return elementwise("hinge_loss", loss, scores, targets, reduction)


@overload
def binary_cross_entropy(
    probabilities: Numbers, targets: Numbers, reduction: ToOne = "mean", *, allow_inf: bool = False
) -> Value: ...
@overload
def binary_cross_entropy(
    probabilities: Numbers, targets: Numbers, reduction: str, *, allow_inf: bool = False
) -> Losses: ...
def binary_cross_entropy(
    probabilities: Numbers, targets: Numbers, reduction: str = "mean", *, allow_inf: bool = False
) -> Losses:
    """Return the mean of −[y·ln ŷ + (1 − y)·ln(1 − ŷ)], for probabilities ŷ and targets y of 0 or 1, or between.

    >>> round(binary_cross_entropy(0.5, 1).data, 2), round(binary_cross_entropy(0.1, 1).data, 2)  # −ln 0.5, −ln 0.1
    (0.69, 2.3)

    Certain and wrong, as ŷ = 0 for y = 1, is an infinite loss: DomainError, or inf with allow_inf=True, whose slope is
    infinite too. So the textbooks have it; PyTorch reports 100 there, since it cuts the logarithm off at −100. To learn
    from such a case, give logits to binary_cross_entropy_with_logits.
    """

    def loss(p: Value, y: Number) -> Value:
        share("binary_cross_entropy", "probability", p, "For logits there is binary_cross_entropy_with_logits.")
        share("binary_cross_entropy", "target", y, "Targets are 0 or 1, or a probability.")
        return expected(lambda q, weight: surprise(q, weight, allow_inf), [(y, p), (1 - y, 1 - p)])

    return elementwise("binary_cross_entropy", loss, probabilities, targets, reduction)


@overload
def binary_cross_entropy_with_logits(logits: Numbers, targets: Numbers, reduction: ToOne = "mean") -> Value: ...
@overload
def binary_cross_entropy_with_logits(logits: Numbers, targets: Numbers, reduction: str) -> Losses: ...
def binary_cross_entropy_with_logits(logits: Numbers, targets: Numbers, reduction: str = "mean") -> Losses:
    """Return the binary cross-entropy of sigmoid(z), from the logits z themselves: finite, however wrong.

    >>> z = Value(0.0)
    >>> loss = binary_cross_entropy_with_logits(z, 1)
    >>> loss.backward(); round(loss.data, 4), z.grad  # the slope is ŷ − y = 0.5 − 1
    (0.6931, -0.5)
    >>> binary_cross_entropy_with_logits(-1000.0, 1).data
    1000.0

    It is softplus(−z) for y = 1 and softplus(z) for y = 0, and between them in between.
    """

    def loss(z: Value, y: Number) -> Value:
        share("binary_cross_entropy_with_logits", "target", y, "Targets are 0 or 1, or a probability.")
        return expected(lambda x, _: x.softplus(), [(y, -z), (1 - y, z)])

    return elementwise("binary_cross_entropy_with_logits", loss, logits, targets, reduction)


@overload
def cross_entropy(logits: Numbers, targets: Numbers, reduction: ToOne = "mean") -> Value: ...
@overload
def cross_entropy(logits: Numbers, targets: Numbers, reduction: str) -> Losses: ...
def cross_entropy(logits: Numbers, targets: Numbers, reduction: str = "mean") -> Losses:
    """Return the cross-entropy of softmax(z), from the logits z of each class: ln Σ e^zⱼ − z of the true class.

    >>> z = [Value(2.0), Value(1.0), Value(0.1)]
    >>> loss = cross_entropy(z, 0)
    >>> loss.backward(); round(loss.data, 3), [round(x.grad, 3) for x in z]  # softmax is 0.659, 0.242, 0.099
    (0.417, [-0.341, 0.242, 0.099])

    `targets` is the number of the true class, from 0, or a list of probabilities (one-hot, say); for a list of
    examples, a list of either. The slope at the logits is ŷ − y, without a detour over softmax and its logarithm:
    the float ŷ that softmax gives, right to its last digits, minus y. (A ŷ nearer to 1 than 10⁻¹⁶ is the float 1.)
    """

    def loss(zs: Sequence[Number], target: Numbers) -> Value:
        total = logsumexp(zs)
        return expected(lambda z, _: total - z, classes("cross_entropy", target, zs))

    return by_example("cross_entropy", loss, logits, targets, reduction)


@overload
def categorical_cross_entropy(
    probabilities: Numbers, targets: Numbers, reduction: ToOne = "mean", *, allow_inf: bool = False
) -> Value: ...
@overload
def categorical_cross_entropy(
    probabilities: Numbers, targets: Numbers, reduction: str, *, allow_inf: bool = False
) -> Losses: ...
def categorical_cross_entropy(
    probabilities: Numbers, targets: Numbers, reduction: str = "mean", *, allow_inf: bool = False
) -> Losses:
    """Return −Σ yᵢ·ln ŷᵢ: of probabilities, after softmax; for logits there is cross_entropy.

    >>> predicted = [0.05, 0.05, 0.1, 0.05, 0.05, 0.05, 0.1, 0.4, 0.1, 0.05]
    >>> round(categorical_cross_entropy(predicted, [0, 0, 0, 0, 0, 0, 0, 1, 0, 0]).data, 3)  # −ln 0.4
    0.916
    >>> round(categorical_cross_entropy(predicted, 7).data, 3)
    0.916

    `targets` is one-hot, or any probabilities that add up to 1, or (then it is called sparse) the number of the true
    class, from 0; for a list of examples, a list of them. PyTorch has no such loss: its cross_entropy takes logits
    only, as ours does. A probability of 0 for the true class is an infinite loss:
    DomainError, or inf with allow_inf=True.
    """

    def loss(ps: Sequence[Number], target: Numbers) -> Value:
        for p in ps:
            share("categorical_cross_entropy", "probability", p, "For logits there is cross_entropy.")
        pairs = classes("categorical_cross_entropy", target, ps)
        return expected(lambda p, weight: surprise(p, weight, allow_inf), pairs)

    return by_example("categorical_cross_entropy", loss, probabilities, targets, reduction)


mse, mae, l1_loss, huber, hinge = mse_loss, mae_loss, mae_loss, huber_loss, hinge_loss
