"""Schedules: their closed forms, the figures of the books, and how they are put together."""

import json
import math
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd import RangeError, Value
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

STORED = json.loads((Path(__file__).parents[1] / "reference" / "torch.json").read_text())["results"]


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


def test_a_chain_with_a_cosine_is_not_pytorch_s_and_both_numbers_are_known():
    """PyTorch steps from the last rate to the next; here the wave ends at eta_min from what the one before gives."""
    case = next(stored for stored in STORED if stored["case"]["kind"] == "chain")
    settings, theirs = case["case"], case["result"]
    shared = optimizer(settings["lr"])
    chain = ChainedScheduler([getattr(nn, name)(shared, **kw) for name, kw in settings["schedulers"]])
    ours = rates(chain, settings["epochs"])
    (_, decay), (_, wave) = settings["schedulers"]
    top, bottom, length = settings["lr"], wave["eta_min"], wave["T_max"]
    for t, rate in enumerate(ours):
        height = (1 + math.cos(math.pi * t / length)) / 2
        assert rate == pytest.approx(bottom + (top * decay["gamma"] ** t - bottom) * height, rel=1e-12)
    assert ours[0] == theirs[0] == top
    assert ours[length] == pytest.approx(bottom)
    assert (ours[4], theirs[4]) == (pytest.approx(0.10692), pytest.approx(0.103874783))
    assert (ours[-1], theirs[-1]) == (pytest.approx(0.0451725, abs=1e-7), pytest.approx(-0.018717187))  # below 0


def test_a_saved_state_that_is_none_is_refused():
    schedule = StepLR(optimizer(), step_size=3)
    schedule.step()
    for strange in (
        3,
        {},
        {"last_epoch": -1},
        {"last_epoch": True},
        {"last_epoch": 1.5},
        {"last_epoch": 2, "gamma": 1},
    ):
        with pytest.raises(nn.StateError, match="A schedule's state"):
            schedule.load_state_dict(strange)
        assert schedule.last_epoch == 1


def test_a_schedule_shows_its_settings():
    shared = optimizer()
    assert repr(StepLR(shared, 30)) == "StepLR(step_size=30, gamma=0.1)"
    chain = ChainedScheduler([ExponentialLR(shared, 0.5), LinearLR(shared, 0.5)])
    assert "ExponentialLR(gamma=0.5), LinearLR(start_factor=0.5" in repr(chain)


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
    lambda: ChainedScheduler(["cosine"]),
    lambda: ChainedScheduler([StepLR(optimizer(), 2), StepLR(optimizer(), 2)]),
    lambda: SequentialLR(optimizer(), [LinearLR(optimizer()), LinearLR(optimizer())], milestones=[3]),
    lambda: StepLR("sgd", step_size=2),
    lambda: ChainedScheduler(3),
    lambda: ChainedScheduler(StepLR(optimizer(), 2)),
    lambda: SequentialLR(optimizer(), [], milestones=3),
    lambda: CosineAnnealingLR(optimizer(), 3, eta_min=-0.1),
    lambda: CosineAnnealingWarmRestarts(optimizer(), 3, eta_min="low"),
    lambda: LinearLR(optimizer(), end_factor=-1),
    lambda: StepLR(optimizer(), step_size=True),
    lambda: StepLR([Value(1.0)], step_size=2),
    lambda: SequentialLR(shared := optimizer(), [LinearLR(shared)] * 2, milestones=["a"]),
    lambda: SequentialLR(shared := optimizer(), [LinearLR(shared)] * 2, milestones=[2.5]),
    lambda: SequentialLR(optimizer(), [], milestones=[]),
]


@pytest.mark.parametrize("make", REFUSED)
def test_impossible_schedules_are_refused(make):
    with pytest.raises(nn.SettingError):
        make()


def test_a_learning_rate_beyond_the_floats_is_told():
    schedule = ExponentialLR(optimizer(), gamma=1e200)
    schedule.step()
    with pytest.raises(RangeError, match="Give a gamma of 1 or less"):
        schedule.step()
