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

import math
import sys
from collections.abc import Callable, Sequence
from typing import Any

from autograd import DataError, DomainError, LengthError, Value, lift, logsumexp, mean, sum
from nn.checks import Number, check_positive, choose, class_number, is_list
from nn.nested import flat

Numbers = Any  # a number or a Value, or a list of them, or a list of lists, …
Loss = Any  # one Value; with reduction="none" one for each prediction, in the same shape
Reduction = Callable[[Any], Value]
REDUCTIONS: dict[str, Reduction | None] = {"mean": mean, "sum": sum, "none": None}
SMALLEST = sys.float_info.min


def mse_loss(predictions: Numbers, targets: Numbers, reduction: str = "mean") -> Loss:
    """Return the mean squared error, (1/n) Σ (ŷ − y)².

    >>> mse_loss([210e3, 280e3, 255e3], [200e3, 300e3, 250e3]).data  # three houses: 175 million
    175000000.0

    There is no ½ in it, as in PyTorch: the slope is 2(ŷ − y)/n.
    """
    return elementwise("mse_loss", lambda p, y: (p - y) ** 2, predictions, targets, reduction)


def mae_loss(predictions: Numbers, targets: Numbers, reduction: str = "mean") -> Loss:
    """Return the mean absolute error, (1/n) Σ |ŷ − y|; PyTorch calls it l1_loss.

    >>> mae_loss(90.0, 100.0).data
    10.0

    The slope is −1 or +1, over n. At ŷ = y there is a corner, and the slope is 0 there, as in PyTorch.
    """
    return elementwise("mae_loss", lambda p, y: (p - y).abs(), predictions, targets, reduction)


def huber_loss(predictions: Numbers, targets: Numbers, reduction: str = "mean", delta: float = 1.0) -> Loss:
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


def hinge_loss(scores: Numbers, targets: Numbers, reduction: str = "mean") -> Loss:
    """Return the mean of max(0, 1 − y·s), for targets y of −1 and +1.

    >>> hinge_loss([2.0, 0.5, -1.0], [1, 1, 1], reduction="none")[1].data
    0.5

    It is 0 only for the right sign by a margin of 1; the slope at that corner is 0. PyTorch has no such loss (its
    hinge_embedding_loss is another). Raises DomainError for a target
    other than −1 and +1.
    """

    def loss(s: Value, y: Number) -> Value:
        if lift(y).data not in (-1.0, 1.0):
            raise DomainError(f"hinge_loss takes targets of −1 and +1, and here is {y}. From 0 and 1, make 2·y − 1.")
        return (1 - s * y).relu()

    return elementwise("hinge_loss", loss, scores, targets, reduction)


def binary_cross_entropy(
    probabilities: Numbers, targets: Numbers, reduction: str = "mean", *, allow_inf: bool = False
) -> Loss:
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


def binary_cross_entropy_with_logits(logits: Numbers, targets: Numbers, reduction: str = "mean") -> Loss:
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


def cross_entropy(logits: Numbers, targets: Any, reduction: str = "mean") -> Loss:
    """Return the cross-entropy of softmax(z), from the logits z of each class: ln Σ e^zⱼ − z of the true class.

    >>> z = [Value(2.0), Value(1.0), Value(0.1)]
    >>> loss = cross_entropy(z, 0)
    >>> loss.backward(); round(loss.data, 3), [round(x.grad, 3) for x in z]  # softmax is 0.659, 0.242, 0.099
    (0.417, [-0.341, 0.242, 0.099])

    `targets` is the number of the true class, from 0, or a list of probabilities (one-hot, say); for a list of
    examples, a list of either. The slope at the logits is ŷ − y, without a detour over softmax and its logarithm:
    the float ŷ that softmax gives, right to its last digits, minus y. (A ŷ nearer to 1 than 10⁻¹⁶ is the float 1.)
    """

    def loss(zs: Sequence[Number], target: Any) -> Value:
        total = logsumexp(zs)
        return expected(lambda z, _: total - z, classes("cross_entropy", target, zs))

    return by_example("cross_entropy", loss, logits, targets, reduction)


def categorical_cross_entropy(
    probabilities: Numbers, targets: Any, reduction: str = "mean", *, allow_inf: bool = False
) -> Loss:
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

    def loss(ps: Sequence[Number], target: Any) -> Value:
        for p in ps:
            share("categorical_cross_entropy", "probability", p, "For logits there is cross_entropy.")
        pairs = classes("categorical_cross_entropy", target, ps)
        return expected(lambda p, weight: surprise(p, weight, allow_inf), pairs)

    return by_example("categorical_cross_entropy", loss, probabilities, targets, reduction)


mse, mae, l1_loss, huber, hinge = mse_loss, mae_loss, mae_loss, huber_loss, hinge_loss


def elementwise(
    name: str, loss: Callable[[Value, Number], Value], predictions: Numbers, targets: Numbers, reduction: str
) -> Loss:
    """Return the loss of each prediction with its target, reduced."""
    reduce = choose(f"reduction of {name}", reduction, REDUCTIONS)
    return reduced(each(name, loss, predictions, targets), reduce)


def each(name: str, loss: Callable[[Value, Number], Value], prediction: Numbers, target: Numbers) -> Loss:
    """Return the loss of each prediction, in the shape in which the predictions came."""
    if not (several(prediction) or several(target)):
        return loss(lift(prediction), target)
    return [each(name, loss, p, y) for p, y in paired(name, prediction, target)]


def by_example(
    name: str, loss: Callable[[Sequence[Number], Any], Value], outputs: Numbers, targets: Any, reduction: str
) -> Loss:
    """Return the loss of one list of outputs, or of each in a list of such lists, reduced."""
    reduce = choose(f"reduction of {name}", reduction, REDUCTIONS)
    if not several(outputs) or not outputs:
        raise LengthError(f"{name} takes a list with one number for each class, and was given {outputs!r}.")
    if not several(outputs[0]):
        return loss(outputs, targets)
    return reduced([loss(zs, target) for zs, target in paired(name, outputs, targets)], reduce)


def reduced(losses: Loss, reduce: Reduction | None) -> Loss:
    """Return one loss for many, unless there is no reduction; one loss by itself is its own mean."""
    return reduce(flat(losses)) if reduce and several(losses) else losses


def several(x: Any) -> bool:
    """Tell whether something is a list of numbers, rather than one; an array is refused."""
    if getattr(x, "shape", ()):
        raise DataError(
            f"A loss takes numbers, Values and lists of them, and here is a {type(x).__name__}. Give its .tolist()."
        )
    return is_list(x)


def paired(name: str, predictions: Any, targets: Any) -> list[tuple[Any, Any]]:
    """Return each prediction with its target; a single one counts as a list of one, as a model returns it."""
    ps, ys = (x if several(x) else [x] for x in (predictions, targets))
    if len(ps) != len(ys):
        raise LengthError(
            f"{name} compares each prediction with its target, and here are {len(ps)} predictions and {len(ys)} targets. "
            "Give as many of one as of the other."
        )
    if not ps:
        raise LengthError(f"{name} of no predictions has no value. Give one at least.")
    return list(zip(ps, ys, strict=True))


def share(name: str, what: str, x: Number, remedy: str) -> None:
    """Refuse what is not a number from 0 to 1."""
    number = lift(x).data
    if number < 0 or number > 1:
        raise DomainError(f"{name} takes a {what} from 0 to 1, and here is {number}. {remedy}")


def surprise(p: Number, weight: Number, allow_inf: bool) -> Value:
    """Return −ln p, which is 0 for p = 1 and infinite for p = 0; where it has weight 0, it may be anything finite."""
    p = lift(p)
    if p.data > 0 or p.data != p.data:
        return 0 - p.log()  # where p is 1 it is 0, and −ln p would be the float −0.0
    if lift(weight).data == 0:
        return -p.maximum(SMALLEST).log()
    if allow_inf:
        return math.inf - p.sqrt()  # infinite, and infinitely steep: √ has the slope +∞ at 0, as ln
    raise DomainError(
        "The prediction gave probability 0 to what came true: −ln 0 is infinite, and nothing can be learnt from it. Give logits, to cross_entropy or "
        "binary_cross_entropy_with_logits, whose loss is finite; or keep probabilities above 0, with maximum(p, 1e-12); or say allow_inf=True."
    )


def expected(loss: Callable[[Any, Number], Value], pairs: list[tuple[Number, Any]]) -> Value:
    """Return Σ weight · loss; a plain weight of 0 leaves its term out, and a plain 1 needs no multiplication."""
    terms = [
        loss(x, weight) if weight == 1 else weight * loss(x, weight)
        for weight, x in pairs
        if isinstance(weight, Value) or weight != 0
    ]
    return terms[0] if len(terms) == 1 else sum(terms)


def classes(name: str, target: Any, outputs: Sequence[Number]) -> list[tuple[Number, Number]]:
    """Return the outputs with the target probability of each; of a class number, the one output that counts."""
    if len(outputs) == 1:
        raise LengthError(
            f"{name} compares the outputs of two classes or more, and here is one output. Give the model one for each class; "
            "for two classes on one output there is binary_cross_entropy_with_logits."
        )
    if not several(target):
        return [(1.0, outputs[class_number(name, target, len(outputs))])]
    if len(target) != len(outputs):
        raise LengthError(
            f"{name}: a target that is a list has a probability for each class, and here are {len(outputs)} outputs and {len(target)} in the target. "
            "Give as many, or the number of the true class alone."
        )
    for y in target:
        share(name, "target", y, "A one-hot target has a single 1, and 0 for the rest.")
    if abs(math.fsum(lift(y).data for y in target) - 1) > 1e-3:
        raise DomainError(f"{name}: the probabilities in a target add up to 1, and these do not: {list(target)}.")
    return list(zip(target, outputs, strict=True))
