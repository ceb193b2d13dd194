"""Losses for a purpose: an illness missed costs more, features count more than pixels, a reward has no target."""

from collections.abc import Sequence
from functools import cache
from random import Random

from autograd import Parameter, Value, grad, sum
from autograd.classroom import Claim, Told, number
from autograd.explain.notation import as_table
from nn.losses import binary_cross_entropy_with_logits, mse_loss
from nn.optim.optimizers import SGD

PEOPLE = 50  # ill, and as many healthy
STROKE, SHIFTED, BLANK = (0, 0, 1, 0, 0, 0), (0, 0, 0, 1, 0, 0), (0, 0, 0, 0, 0, 0)  # rows of six pixels
REWARDS, LOGIT = (1.0, 0.2), 0.5  # of two actions; the first has the probability σ(0.5)


@cache
def screened(factor: float) -> tuple[int, int]:
    """Train a neuron where the loss of an ill person counts so many times, and return the missed illnesses and the false alarms."""
    rng, w, b = Random(1), Parameter(0.0), Parameter(0.0)
    people = [(rng.gauss(2 * ill, 1), ill) for ill in (0, 1) for _ in range(PEOPLE)]
    optimizer = SGD([w, b], 1.0)
    for _ in range(60):
        optimizer.zero_grad()
        each = [binary_cross_entropy_with_logits(w * x + b, ill) * (factor if ill else 1) for x, ill in people]
        (sum(each) / (PEOPLE * (1 + factor))).backward()
        optimizer.step()
    called = [(w.data * x + b.data > 0, ill) for x, ill in people]
    return called.count((False, 1)), called.count((True, 0))


def screenings() -> list[tuple[int, tuple[int, int]]]:
    """Return the outcome for some factors."""
    return [(factor, screened(factor)) for factor in (1, 3, 10)]


def features(pixels: Sequence[float]) -> list[float]:
    """Return the mean of each three neighbours: a feature that a small shift hardly changes."""
    padded = [0.0, *pixels, 0.0]
    return [(a + b + c) / 3 for a, b, c in zip(padded, padded[1:], padded[2:], strict=False)]


def distances(image: Sequence[float]) -> tuple[float, float]:
    """Return how far an image is from the stroke: the mean squared error of pixels, and that of features."""
    return mse_loss(image, STROKE).data, mse_loss(features(image), features(STROKE)).data


def prefers_the_shifted(by_features: bool) -> bool:
    """Tell whether the shifted stroke is nearer than the blank image, by features or by pixels."""
    return distances(SHIFTED)[by_features] < distances(BLANK)[by_features]


def slope_of_the_mean_reward() -> float:
    """Return the derivative of the mean reward p·r₁ + (1 − p)·r₂ with respect to the logit of p."""
    z = Value(LOGIT)
    p = z.sigmoid()
    return float(grad(p * REWARDS[0] + (1 - p) * REWARDS[1], [z])[0])


def mean_slope_of_the_samples() -> float:
    """Return the mean, over both actions, of the slope of −reward · ln(probability of the action)."""
    z = Value(LOGIT)
    shares = (z.sigmoid(), 1 - z.sigmoid())
    slopes = (grad(-reward * share.log(), [z])[0] for reward, share in zip(REWARDS, shares, strict=True))
    return float(sum([share.data * slope for share, slope in zip(shares, slopes, strict=True)]).data)


def told() -> Told:
    """Tell of three losses that say what matters."""
    yield (
        f"A test is to find {PEOPLE} ill people among {2 * PEOPLE}, from one measured number: normally distributed with deviation 1, mean 0 for the healthy "
        "and 2 for the ill. To miss an illness may be worse than a false alarm. So multiply the loss of the ill by a factor, and train one neuron:"
    )
    yield as_table(
        [("factor", "illnesses missed", "false alarms"), *((k, *missed) for k, missed in screenings())], left=()
    )
    yield "The data are the same. A model becomes good at what its loss asks for, and at nothing else."
    (shifted, its_features), (blank, its_blank) = distances(SHIFTED), distances(BLANK)
    yield Claim(
        f"A perceptual loss compares features of images, not pixels. A stroke that has moved by one of {len(STROKE)} pixels is farther from the right image "
        f"than a blank one, {shifted:.3f} against {blank:.3f}, because pixels are compared place by place. Between means of three neighbours it is nearer: "
        f"{its_features:.3f} against {its_blank:.3f}. (In practice a trained network makes the features.)",
        lambda by_pixels: not prefers_the_shifted(not by_pixels),
    )
    yield (
        "In reinforcement learning there is no right answer, only a reward r for what was done. The loss of an action taken with probability p is "
        f"−r·ln p. With rewards {number(REWARDS[0])} and {number(REWARDS[1])} and p = σ({number(LOGIT)}) for the first action, its slope at the logit is "
        f"−r·(1 − p), and r·p after the second: on average {number(mean_slope_of_the_samples())}, minus the slope of the mean reward, "
        f"{number(slope_of_the_mean_reward())}. Descent raises the reward."
    )
