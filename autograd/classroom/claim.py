"""A claim: a sentence that names a cause, and the experiment that could contradict it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Claim:
    """A sentence of a lesson that says why a number is what it is.

    `experiment(True)` tells whether the effect is there with the cause, `experiment(False)` whether it is there without. The claim
    holds where the effect comes with the cause and goes with it.

    >>> halved = Claim("The mean is 2 because the sum is divided by 3.", lambda divided: (1 + 2 + 3) / (3 if divided else 1) == 2)
    >>> halved.holds
    True
    >>> Claim("The mean is 2 because 1 comes first.", lambda first: (1 + 2 + 3 if first else 3 + 2 + 1) / 3 == 2).holds
    False
    """

    text: str
    experiment: Callable[[bool], bool]

    @property
    def holds(self) -> bool:
        """Whether the effect is there with the cause, and not without it."""
        return self.experiment(True) and not self.experiment(False)
