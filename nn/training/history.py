"""What happened in a training, one number an epoch or a step."""

from dataclasses import asdict, dataclass, field

from autograd.graph import number


@dataclass
class History:
    """What happened in training.

    >>> history = History(loss=[2.5, 1.2], validation_loss=[2.6, 1.3], lr=[0.1, 0.1], step_loss=[3.0, 2.0, 1.4, 1.0])
    >>> print(history)
    2 epochs, 4 steps: loss 2.5 → 1.2, validation loss 2.6 → 1.3

    One number an epoch: `loss` (the mean over the examples, while it learned), `validation_loss` (after the epoch;
    empty without validation data), `lr`. One number a step: `step_loss`. `stopped` says why it ended early, if it did.
    """

    loss: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    lr: list[float] = field(default_factory=list)
    step_loss: list[float] = field(default_factory=list)
    stopped: str = ""

    @property
    def epochs(self) -> int:
        """How many epochs were finished."""
        return len(self.loss)

    @property
    def steps(self) -> int:
        """How many batches were learned from: the iterations."""
        return len(self.step_loss)

    def __str__(self) -> str:
        words = [
            f"{name} {number(curve[0])} → {number(curve[-1])}"
            for name, curve in (("loss", self.loss), ("validation loss", self.validation_loss))
            if curve
        ]
        counts = f"{self.epochs} epochs, {self.steps} steps"
        return f"{counts}{': ' if words else ''}{', '.join(words)}{f'; {self.stopped}' if self.stopped else ''}"


def is_history(state: object) -> bool:
    """Tell whether a saved history is one: four lists of numbers, and a text."""
    if not isinstance(state, dict) or set(state) != set(asdict(History())):
        return False
    *curves, stopped = (state[name] for name in asdict(History()))
    numbers = all(isinstance(curve, list) and all(isinstance(x, (int, float)) for x in curve) for curve in curves)
    return numbers and isinstance(stopped, str)
