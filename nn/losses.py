"""How wrong a prediction is, as one Value to go backward from."""

from collections.abc import Sequence

from autograd import DataError, LengthError, Value, mean

Number = Value | float


def mse_loss(predictions: Number | Sequence[Number], targets: Number | Sequence[Number]) -> Value:
    """Return the mean squared error, (1/n) Σ (prediction − target)².

    >>> mse_loss([210e3, 280e3, 255e3], [200e3, 300e3, 250e3]).data  # three houses: 175 million
    175000000.0

    Takes two lists of one length, or two single numbers. There is no ½ in it, as in PyTorch: the slope is 2(prediction − target)/n.
    """
    pairs = paired("mse_loss", predictions, targets)
    return mean([(prediction - target) ** 2 for prediction, target in pairs])


def paired(
    name: str, predictions: Number | Sequence[Number], targets: Number | Sequence[Number]
) -> list[tuple[Number, Number]]:
    """Return each prediction with its target; a single number counts as a list of one."""
    ps, ts = listed(predictions), listed(targets)
    if len(ps) != len(ts):
        raise LengthError(
            f"{name} compares each prediction with its target, and here are {len(ps)} predictions and {len(ts)} targets. "
            "Give as many of one as of the other."
        )
    if not ps:
        raise LengthError(f"{name} of no predictions has no value. Give one at least.")
    return list(zip(ps, ts, strict=True))


def listed(numbers: Number | Sequence[Number]) -> list[Number]:
    """Return a single number as a list of one, and a list as it is."""
    if isinstance(numbers, str):
        raise DataError(f"{numbers!r} is text. Give a number, or a list of numbers.")
    return list(numbers) if isinstance(numbers, Sequence) else [numbers]
