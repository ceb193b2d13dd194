"""Slips of one step: what goes wrong inside a single application of the chain rule, with the number that it gives."""

from collections.abc import Callable
from dataclasses import dataclass

from autograd.explain.events import Chain


@dataclass(frozen=True)
class Slip:
    """A wrong contribution: its name, when one gets it, why it is wrong, and the number that it makes of an event."""

    name: str
    when: str
    why: str
    made_of: Callable[[Chain], float]


SLIPS: tuple[Slip, ...] = (
    Slip(
        "local alone",
        "the local derivative is given alone",
        "The chain rule multiplies it by the gradient that comes from upstream.",
        lambda chain: chain.local,
    ),
    Slip(
        "upstream alone",
        "the upstream gradient is handed on as it is",
        "The chain rule multiplies it by the local derivative.",
        lambda chain: chain.upstream,
    ),
    Slip(
        "+ in the place of ·",
        "upstream and local are added",
        "The chain rule multiplies along a path; it adds over paths.",
        lambda chain: chain.upstream + chain.local,
    ),
    Slip(
        "the sum so far",
        "what was paid in before is added already",
        "That is the gradient so far. Asked is the contribution of this one use.",
        lambda chain: chain.after,
    ),
)
