"""How a loss goes through its predictions and targets, which are numbers, lists, or lists of lists; and what it refuses."""

import math
import sys
from collections.abc import Callable, Sequence
from typing import Any, Literal, TypeAlias

from autograd import DataError, DomainError, LengthError, Value, lift, mean, sum
from autograd.refusals import a_or_an
from nn.checks import Number, choose, class_number, is_list
from nn.nested import flat

Numbers: TypeAlias = Number | Sequence["Numbers"]  # a number or a Value, or a list of them, or a list of lists, …
# One Value; with reduction="none" one for each prediction, in the same shape.
Losses: TypeAlias = Value | list["Losses"]
ToOne: TypeAlias = Literal["mean", "sum"]  # the reductions that make one Value of all
Reduction = Callable[[Any], Value]
REDUCTIONS: dict[str, Reduction | None] = {"mean": mean, "sum": sum, "none": None}
SMALLEST = sys.float_info.min


def elementwise(
    name: str, loss: Callable[[Value, Number], Value], predictions: Any, targets: Any, reduction: str
) -> Losses:
    """Return the loss of each prediction with its target, reduced."""
    reduce = choose(f"reduction of {name}", reduction, REDUCTIONS)
    return reduced(each(name, loss, predictions, targets), reduce)


def each(name: str, loss: Callable[[Value, Number], Value], prediction: Any, target: Any) -> Losses:
    """Return the loss of each prediction, in the shape in which the predictions came."""
    if not (several(prediction) or several(target)):
        return loss(lift(prediction), target)
    return [each(name, loss, p, y) for p, y in paired(name, prediction, target)]


def by_example(
    name: str, loss: Callable[[Sequence[Number], Any], Value], outputs: Any, targets: Any, reduction: str
) -> Losses:
    """Return the loss of one list of outputs, or of each in a list of such lists, reduced."""
    reduce = choose(f"reduction of {name}", reduction, REDUCTIONS)
    if not several(outputs) or not outputs:
        raise LengthError(f"{name} takes a list with one number for each class, and was given {outputs!r}.")
    if not several(outputs[0]):
        return loss(outputs, targets)
    return reduced([loss(zs, target) for zs, target in paired(name, outputs, targets)], reduce)


def reduced(losses: Any, reduce: Reduction | None) -> Losses:
    """Return one loss for many, unless there is no reduction; one loss by itself is its own mean."""
    return reduce(flat(losses)) if reduce and several(losses) else losses


def several(x: Any) -> bool:
    """Tell whether something is a list of numbers, rather than one; an array is refused."""
    if getattr(x, "shape", ()):
        raise DataError(
            f"A loss takes numbers, Values and lists of them, and here is {a_or_an(x)}. Give its .tolist()."
        )
    return is_list(x)


def paired(name: str, predictions: Any, targets: Any) -> list[tuple[Any, Any]]:
    """Return each prediction with its target; a single one counts as a list of one, as a model returns it."""
    ps, ys = (x if several(x) else [x] for x in (predictions, targets))
    if count(ps) != count(ys):
        raise LengthError(
            f"{name} compares each prediction with its target, and here are {count(ps)} predictions and {count(ys)} targets. "
            "Give as many of one as of the other."
        )
    if not ps:
        raise LengthError(f"{name} of no predictions has no value. Give one at least.")
    return list(zip(ps, ys, strict=True))


def count(xs: Sequence[Any]) -> int:
    """Return how many a list holds, or how many it says it holds, if those are more."""
    return max(len(xs), len([*xs]))


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
        "The prediction gave probability 0 to what came true: −ln 0 is infinite, and nothing can be learned from it. Give logits, to cross_entropy or "
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
    if count(target) != len(outputs):
        raise LengthError(
            f"{name}: a target that is a list has a probability for each class, and here are {len(outputs)} outputs and {count(target)} in the target. "
            "Give as many, or the number of the true class alone."
        )
    for y in target:
        share(name, "target", y, "A one-hot target has a single 1, and 0 for the rest.")
    if abs(math.fsum(lift(y).data for y in target) - 1) > 1e-3:
        raise DomainError(f"{name}: the probabilities in a target add up to 1, and these do not: {list(target)}.")
    return list(zip(target, outputs, strict=True))
