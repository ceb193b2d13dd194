"""Optimizers, Newton's method, and the schedules of their learning rates."""

from typing import NoReturn

from nn.optim.lr_scheduler import (
    ChainedScheduler,
    CosineAnnealingLR,
    CosineAnnealingWarmRestarts,
    ExponentialLR,
    LinearLR,
    Schedule,
    SequentialLR,
    StepLR,
)
from nn.optim.newton import Newton
from nn.optim.optimizer import Optimizer
from nn.optim.optimizers import SGD, Adagrad, Adam, AdamW, RMSprop


def __getattr__(name: str) -> NoReturn:
    """Say of an optimizer of PyTorch's that there is none here, and what there is."""
    from nn.torch_names import hint

    raise AttributeError(f"module {__name__!r} has no attribute {name!r}.{hint(name)}", name=name)


__all__ = [
    "SGD",
    "Adagrad",
    "Adam",
    "AdamW",
    "ChainedScheduler",
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "ExponentialLR",
    "LinearLR",
    "Newton",
    "Optimizer",
    "RMSprop",
    "Schedule",
    "SequentialLR",
    "StepLR",
]
