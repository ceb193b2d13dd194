"""Schedules: their closed forms, the figures of the books, and how they are put together."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd import Value
from nn import (
    SGD,
    ChainedScheduler,
    CosineAnnealingLR,
    CosineAnnealingWarmRestarts,
    ExponentialLR,
    LinearLR,
    SequentialLR,
    StepLR,
)


def optimizer(lr=0.4):
    return SGD([Value(1.0)], lr=lr)


def rates(schedule, epochs):
    """Return the learning rate during each epoch, as training would see it."""
    seen = []
    for _ in range(epochs):
        seen.append(schedule.optimizer.lr)
        schedule.step()
    return seen


def test_step_decay_as_in_the_books():
    seen = rates(StepLR(optimizer(0.001), step_size=30, gamma=0.1), 90)
    assert seen == [0.001] * 30 + [0.0001] * 30 + [0.00001] * 30


@given(st.integers(0, 60), st.floats(0.01, 0.5))
def test_exponential_decay_is_e_to_the_minus_kt(t, k):
    schedule = ExponentialLR(optimizer(), gamma=math.exp(-k))
    assert schedule.at(t, 0.4) == pytest.approx(0.4 * math.exp(-k * t), rel=1e-12)


@given(st.integers(1, 50), st.floats(0, 0.1))
def test_cosine_goes_from_top_to_bottom_and_half_way_is_half(length, bottom):
    schedule = CosineAnnealingLR(optimizer(), T_max=length, eta_min=bottom)
    seen = rates(schedule, length + 1)
    assert seen[0] == pytest.approx(0.4)
    assert seen[-1] == pytest.approx(bottom, abs=1e-15)
    assert seen == sorted(seen, reverse=True)
    assert all(a + b == pytest.approx(0.4 + bottom) for a, b in zip(seen, seen[::-1], strict=True))
    for t, rate in enumerate(seen):
        assert rate == pytest.approx(bottom + 0.5 * (0.4 - bottom) * (1 + math.cos(math.pi * t / length)))


@given(st.integers(1, 6), st.integers(1, 3))
def test_warm_restarts_jump_back_to_the_start(first, factor):
    starts, length = [0], first
    while starts[-1] + length < 60:
        starts.append(starts[-1] + length)
        length *= factor
    seen = rates(CosineAnnealingWarmRestarts(optimizer(), T_0=first, T_mult=factor), 60)
    assert [t for t, rate in enumerate(seen) if rate == 0.4] == starts


def test_warm_up_rises_evenly_and_then_stays():
    seen = rates(LinearLR(optimizer(), start_factor=0.01, total_iters=10), 15)
    assert seen[0] == pytest.approx(0.004)
    assert [b - a for a, b in pairwise(seen[:11])] == pytest.approx([0.0396] * 10)
    assert seen[10:] == pytest.approx([0.4] * 5)


def test_warm_up_then_cosine():
    shared = optimizer()
    warm_up, cosine = LinearLR(shared, total_iters=5), CosineAnnealingLR(shared, T_max=20)
    seen = rates(SequentialLR(shared, [warm_up, cosine], milestones=[5]), 26)
    assert seen[:5] == [warm_up.at(t, 0.4) for t in range(5)]
    assert seen[5:] == [cosine.at(t, 0.4) for t in range(21)]


def test_sequences_and_chains_go_into_each_other():
    shared = optimizer()
    decay = ChainedScheduler([StepLR(shared, 2, 0.5), ExponentialLR(shared, 0.9)])
    schedule = SequentialLR(shared, [LinearLR(shared, total_iters=2), decay], milestones=[2])
    assert schedule.at(5, 0.4) == pytest.approx(0.4 * 0.5 * 0.9**3)


def test_every_group_follows_from_its_own_start():
    two = SGD([{"params": [Value(1.0)], "lr": 1.0}, {"params": [Value(1.0)]}], lr=0.5)
    schedule = ExponentialLR(two, gamma=0.5)
    schedule.step()
    assert schedule.get_last_lr() == [0.5, 0.25]


def test_a_saved_schedule_goes_on():
    first = CosineAnnealingLR(optimizer(), T_max=9)
    expected = rates(first, 9)
    one = CosineAnnealingLR(optimizer(), T_max=9)
    rates(one, 4)
    steps, settings = one.state_dict(), one.optimizer.state_dict()
    other = CosineAnnealingLR(optimizer(0.1), T_max=9)
    other.optimizer.load_state_dict(settings)
    other.load_state_dict(steps)
    assert rates(other, 5) == expected[4:]


REFUSED = [
    lambda: StepLR(optimizer(), step_size=0),
    lambda: StepLR(optimizer(), step_size=2.5),
    lambda: ExponentialLR(optimizer(), gamma=0),
    lambda: CosineAnnealingLR(optimizer(), T_max=-1),
    lambda: CosineAnnealingWarmRestarts(optimizer(), T_0=2, T_mult=0),
    lambda: LinearLR(optimizer(), start_factor=0),
    lambda: LinearLR(optimizer(), total_iters=0),
    lambda: SequentialLR(optimizer(), [LinearLR(optimizer())], milestones=[3]),
    lambda: SequentialLR(optimizer(), [LinearLR(optimizer())] * 3, milestones=[3, 3]),
    lambda: ChainedScheduler([]),
    lambda: StepLR([Value(1.0)], step_size=2),
]


@pytest.mark.parametrize("make", REFUSED)
def test_impossible_schedules_are_refused(make):
    with pytest.raises(nn.SettingError):
        make()
