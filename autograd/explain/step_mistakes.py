"""Mistakes of one step: what goes wrong inside a single application of the chain rule, with the number that it gives."""

from collections.abc import Callable
from dataclasses import dataclass

from autograd.explain.events import Chain


@dataclass(frozen=True)
class StepMistake:
    """A wrong contribution: its name, when one gets it, why it is wrong, and the number that it gives at an event."""

    name: str
    when: str
    why: str
    number: Callable[[Chain], float]


STEP_MISTAKES: tuple[StepMistake, ...] = (
    StepMistake(
        "upstream alone",
        "the upstream gradient is handed on as it is",
        "The chain rule multiplies it by the local derivative.",
        lambda chain: chain.upstream,
    ),
    StepMistake(
        "local alone",
        "the local derivative is given alone",
        "The chain rule multiplies it by the gradient that comes from upstream.",
        lambda chain: chain.local,
    ),
    StepMistake(
        "+ in the place of ·",
        "upstream and local are added",
        "The chain rule multiplies along a path; it adds over paths.",
        lambda chain: chain.upstream + chain.local,
    ),
    StepMistake(
        "the sum so far",
        "the contributions before it are added already",
        "That is the gradient so far. The question is about the contribution of this one use.",
        lambda chain: chain.after,
    ),
)
