"""How the learning rate changes while a network learns: large steps first, small ones to finish.

    t   the epochs (or steps) so far      η₀   the learning rate that the optimizer was made with

    StepLR                         η₀·γ^⌊t/s⌋                               a tenth after every s epochs, say
    ExponentialLR                  η₀·γᵗ                                    with γ = e⁻ᵏ it is η₀·e⁻ᵏᵗ
    CosineAnnealingLR              η_min + ½(η₀ − η_min)(1 + cos(πt/T))     half a wave down
    CosineAnnealingWarmRestarts    the same, again and again                each wave may be longer than the last
    LinearLR                       η₀·(a + (b − a)·min(t, n)/n)             warm-up: from a third to the whole
    SequentialLR                   one after the other                      warm-up, then cosine
    ChainedScheduler               all at once                              each scales what the one before gives

Names and settings are PyTorch's. Where a text writes e⁻ᵏᵗ, with a rate k, give gamma=exp(-k). Each schedule is one
formula, `at(t, base)`; `step()`, once after each epoch, sets the learning rate of every group of the optimizer.
"""

import math
from collections.abc import Mapping, Sequence
from operator import setitem
from typing import Any

from autograd import RangeError
from nn.checks import check_count, check_positive, check_range, is_list, shortened
from nn.errors import SettingError, StateError
from nn.optim.flat import all_at_once
from nn.optim.optimizer import Optimizer


class Schedule:
    """Base class: it counts, and sets learning rates; one of your own needs an `at`.

    It computes each learning rate from the first one, so of two schedules that step by turns, the last decides. In PyTorch each
    scales what it finds there: for that, take ChainedScheduler.

    >>> from autograd import Value
    >>> from nn import SGD
    >>> class Halving(Schedule):
    ...     def at(self, t, base):
    ...         return base / (1 + t)
    >>> optimizer = SGD([Value(1.0)], lr=0.6)
    >>> schedule = Halving(optimizer)
    >>> schedule.step(); schedule.step(); round(optimizer.lr, 9)
    0.2
    """

    last_epoch: int  # the epochs so far

    def __init__(self, optimizer: Optimizer) -> None:
        if not isinstance(optimizer, Optimizer):
            raise SettingError(
                f"A schedule steers an optimizer, and was given {shortened(optimizer)}. Make the optimizer first."
            )
        self.optimizer = optimizer
        for group in optimizer.param_groups:
            group.setdefault("initial_lr", group["lr"])
        self.go_to(0)

    def at(self, t: int, base: float) -> float:
        """Return the learning rate after t epochs, where it began at `base`."""
        raise NotImplementedError(f"{type(self).__name__} has no formula yet: it needs an at(self, t, base).")

    def step(self) -> None:
        """Go on by one epoch."""
        self.go_to(self.last_epoch + 1)

    def go_to(self, t: int) -> None:
        """Set the learning rate of each group to that after t epochs; an error or an interruption changes none."""
        rates = [(group, self.at(t, group["initial_lr"])) for group in self.optimizer.param_groups]
        calls = [(setitem, group, "lr", rate) for group, rate in rates]
        all_at_once([(setattr, self, "last_epoch", t), *calls])

    def get_last_lr(self) -> list[float]:
        """Return the learning rate of each group."""
        return [group["lr"] for group in self.optimizer.param_groups]

    def state_dict(self) -> dict[str, int]:
        """Return what it counts; the optimizer's state has the rest."""
        return {"last_epoch": self.last_epoch}

    def load_state_dict(self, state: Mapping[str, int]) -> None:
        """Go on from what `state_dict` returned; what it cannot have returned changes nothing."""
        t = state.get("last_epoch") if isinstance(state, Mapping) else None
        if t is None or set(state) != {"last_epoch"} or isinstance(t, bool) or not isinstance(t, int) or t < 0:
            raise StateError(
                f"A schedule's state is {{'last_epoch': t}}, t epochs from 0 on, and here is {shortened(state)}."
            )
        self.go_to(t)

    def __repr__(self) -> str:
        own = {name: x for name, x in vars(self).items() if name not in ("optimizer", "last_epoch")}
        return f"{type(self).__name__}({', '.join(f'{name}={x!r}' for name, x in own.items())})"


class StepLR(Schedule):
    """Multiply by gamma after every `step_size` epochs.

    >>> from autograd import Value
    >>> from nn import SGD
    >>> schedule = StepLR(SGD([Value(1.0)], lr=0.001), step_size=30)
    >>> [schedule.at(t, 0.001) for t in (0, 29, 30, 59, 60)]
    [0.001, 0.001, 0.0001, 0.0001, 1e-05]
    """

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1) -> None:
        self.step_size, self.gamma = check_count("step_size", step_size), check_positive("gamma", gamma)
        super().__init__(optimizer)

    def at(self, t: int, base: float) -> float:
        """Return base · gamma · gamma · …, as often as a step is over."""
        for _ in range(t // self.step_size):
            base *= self.gamma  # one by one: 0.001 · 0.1 · 0.1 is 1e-05, and 0.001 · 0.1² is 1.0000000000000003e-05
        return base


class ExponentialLR(Schedule):
    """Multiply by gamma after every epoch: η₀·γᵗ, which is η₀·e⁻ᵏᵗ for gamma = e⁻ᵏ.

    >>> from autograd import Value
    >>> from nn import SGD
    >>> schedule = ExponentialLR(SGD([Value(1.0)], lr=0.5), gamma=math.exp(-0.1))  # k = 0.1
    >>> round(schedule.at(10, 0.5), 4)  # 0.5/e
    0.1839
    """

    def __init__(self, optimizer: Optimizer, gamma: float) -> None:
        self.gamma = check_positive("gamma", gamma)
        super().__init__(optimizer)

    def at(self, t: int, base: float) -> float:
        """Return base · gammaᵗ."""
        try:
            return base * self.gamma**t
        except OverflowError:
            raise RangeError(
                f"{base:g}·{self.gamma:g}^{t} is too large for a float. Give a gamma of 1 or less."
            ) from None


class CosineAnnealingLR(Schedule):
    """Go down to eta_min in T_max epochs, along half a wave.

    >>> from autograd import Value
    >>> from nn import SGD
    >>> schedule = CosineAnnealingLR(SGD([Value(1.0)], lr=0.5), T_max=10)
    >>> [round(schedule.at(t, 0.5), 4) for t in (0, 5, 10)]
    [0.5, 0.25, 0.0]

    Beyond T_max the wave comes up again, as in PyTorch. Source: Loshchilov and Hutter, SGDR, 2017.
    """

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0) -> None:  # noqa: N803 (PyTorch's name)
        self.T_max, self.eta_min = check_count("T_max", T_max), not_negative("eta_min", eta_min)
        super().__init__(optimizer)

    def at(self, t: int, base: float) -> float:
        """Return eta_min + ½(base − eta_min)(1 + cos(πt/T_max))."""
        return cosine(t, self.T_max, base, self.eta_min)


class CosineAnnealingWarmRestarts(Schedule):
    """Go down along half a wave, jump back to the start, and again; each wave is T_mult times as long as the last.

    >>> from autograd import Value
    >>> from nn import SGD
    >>> schedule = CosineAnnealingWarmRestarts(SGD([Value(1.0)], lr=0.5), T_0=2, T_mult=2)
    >>> [round(schedule.at(t, 0.5), 4) for t in range(7)]  # waves of 2, 4, … epochs
    [0.5, 0.25, 0.5, 0.4268, 0.25, 0.0732, 0.5]
    """

    def __init__(self, optimizer: Optimizer, T_0: int, T_mult: int = 1, eta_min: float = 0.0) -> None:  # noqa: N803
        self.T_0, self.T_mult = check_count("T_0", T_0), check_count("T_mult", T_mult)
        self.eta_min = not_negative("eta_min", eta_min)
        super().__init__(optimizer)

    def at(self, t: int, base: float) -> float:
        """Return the place on the wave that t is on."""
        length = self.T_0
        while t >= length:
            t, length = t - length, length * self.T_mult
        return cosine(t, length, base, self.eta_min)


class LinearLR(Schedule):
    """Go from start_factor to end_factor of the learning rate in total_iters epochs: a warm-up.

    >>> from autograd import Value
    >>> from nn import SGD
    >>> schedule = LinearLR(SGD([Value(1.0)], lr=0.5), start_factor=0.2, total_iters=4)
    >>> [round(schedule.at(t, 0.5), 4) for t in range(6)]
    [0.1, 0.2, 0.3, 0.4, 0.5, 0.5]
    """

    def __init__(
        self, optimizer: Optimizer, start_factor: float = 1 / 3, end_factor: float = 1.0, total_iters: int = 5
    ) -> None:
        self.start_factor = check_positive("start_factor", start_factor)
        self.end_factor = not_negative("end_factor", end_factor)
        self.total_iters = check_count("total_iters", total_iters)
        super().__init__(optimizer)

    def at(self, t: int, base: float) -> float:
        """Return base · (start + (end − start) · t/n), and base · end from n on."""
        done = min(t, self.total_iters) / self.total_iters
        return base * (self.start_factor + (self.end_factor - self.start_factor) * done)


class SequentialLR(Schedule):
    """Follow one schedule after the other; each begins anew at its milestone.

    >>> from autograd import Value
    >>> from nn import SGD
    >>> optimizer = SGD([Value(1.0)], lr=0.4)
    >>> warmup, cosine = LinearLR(optimizer, 0.5, total_iters=2), CosineAnnealingLR(optimizer, T_max=4)
    >>> schedule = SequentialLR(optimizer, [warmup, cosine], milestones=[2])
    >>> [round(schedule.at(t, 0.4), 4) for t in range(7)]
    [0.2, 0.3, 0.4, 0.3414, 0.2, 0.0586, 0.0]

    Step only this one: those inside it are asked for their formula.
    """

    def __init__(self, optimizer: Optimizer, schedulers: Sequence[Schedule], milestones: Sequence[int]) -> None:
        if not is_list(schedulers) or not is_list(milestones):
            raise SettingError(
                "SequentialLR takes two lists: SequentialLR(optimizer, [warm_up, cosine], milestones=[5])."
            )
        if not schedulers or len(milestones) != len(schedulers) - 1:
            raise SettingError(
                f"Schedules need a milestone between each and the next, and here are {len(schedulers)} schedules and {len(milestones)} milestones."
            )
        if any(check_count("A milestone", b) <= a for a, b in zip([0, *milestones], milestones, strict=False)):
            raise SettingError(f"Milestones rise from above 0, and these do not: {list(milestones)}.")
        self.schedulers, self.milestones = steering(optimizer, schedulers), list(milestones)
        super().__init__(optimizer)

    def at(self, t: int, base: float) -> float:
        """Return what the schedule of that time gives, counted from its milestone."""
        begins = [m for m in self.milestones if m <= t]
        return self.schedulers[len(begins)].at(t - begins[-1] if begins else t, base)


class ChainedScheduler(Schedule):
    """Follow several schedules at once: each begins from what the one before it gives.

    >>> from autograd import Value
    >>> from nn import SGD
    >>> optimizer = SGD([Value(1.0)], lr=1.0)
    >>> schedule = ChainedScheduler([LinearLR(optimizer, 0.5, total_iters=2), ExponentialLR(optimizer, gamma=0.5)])
    >>> [schedule.at(t, 1.0) for t in range(4)]  # 0.5 · 1, 0.75 · ½, 1 · ¼, 1 · ⅛
    [0.5, 0.375, 0.25, 0.125]

    Where each multiplies, as these do, PyTorch has the same numbers. With a cosine whose eta_min is not 0, or that goes
    beyond its T_max, it has not: here the wave runs from what the one before gives *at that time* down to eta_min, while
    PyTorch steps from the last learning rate to the next, whoever made it, and may come out below eta_min, even below 0.
    """

    def __init__(self, schedulers: Sequence[Schedule]) -> None:
        if not is_list(schedulers) or not schedulers:
            raise SettingError("A chain is a list of schedules, one at least: ChainedScheduler([warm_up, decay]).")
        optimizer = getattr(schedulers[0], "optimizer", None)
        self.schedulers = steering(optimizer, schedulers)
        super().__init__(self.schedulers[0].optimizer)

    def at(self, t: int, base: float) -> float:
        """Return base, through one schedule after the other."""
        for schedule in self.schedulers:
            base = schedule.at(t, base)
        return base


def steering(optimizer: Any, schedulers: Sequence[Any]) -> list[Schedule]:
    """Return schedules, if they are, and all steer one optimizer."""
    for schedule in schedulers:
        if not isinstance(schedule, Schedule):
            raise SettingError(
                f"This takes schedules, and {shortened(schedule)} is not one. Make it first: StepLR(optimizer, 30)."
            )
        if schedule.optimizer is not optimizer:
            raise SettingError(f"{schedule!r} steers another optimizer. Make all of them of the same one.")
    return list(schedulers)


def not_negative(name: str, x: float) -> float:
    """Return a number, if it is 0 or above."""
    return check_range(name, x, lambda x: 0 <= x < math.inf, "0 or a finite number above")


def cosine(t: int, length: int, top: float, bottom: float) -> float:
    """Return the height of half a wave from top to bottom, after t of its `length` steps."""
    return bottom + 0.5 * (top - bottom) * (1 + math.cos(math.pi * t / length))
