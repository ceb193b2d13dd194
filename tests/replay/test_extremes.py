"""Replay is eager at extreme magnitudes too: the same numbers, infinities and NaNs, and the same refusals, on every backend."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import AutogradError, DataError, Parameter, Value, mean, record, softmax, sum
from autograd.functions import LARGEST
from autograd.graph import topological_order
from tests.replay.test_replay import BACKENDS, EXACT, OPS, Drawn, Step, same_bits, seeds
from tests.strategies import examples

EXTREMES = [
    0.0, -0.0, 1.0, -1.0, 0.5, -2.0, 3.0, 5e-324, 1e-310, 1e-200, -1e-154, 1e-17, 1e17, 1e154, -1e155, 1e200,
    709.0, 710.0, -745.0, -746.0, 18.0, -40.0, math.inf, -math.inf,
]  # fmt: skip
ENORMOUS = [*EXTREMES, 1.7e308, -1.7e308]  # a sum of these overflows or not, by the order of its terms
steps = st.lists(
    st.builds(Step, st.sampled_from([*OPS, LARGEST]), st.lists(st.integers(0, 40), min_size=7, max_size=7)), max_size=8
)


class Extreme(Drawn):
    """A program from the table at extreme numbers; a parameter may be NaN as well."""

    def __init__(self, steps, seed, numbers):
        self.steps, self.rng, self.numbers = steps, random.Random(seed), numbers
        self.parameters = [Parameter(self.rng.choice([*numbers, math.nan])) for _ in range(3)]

    def examples(self, count):
        return [[self.rng.choice(self.numbers) for _ in range(3)] for _ in range(count)]

    def magnitude(self, examples):
        """The largest finite number on the way."""
        nodes = [node.data for example in examples for node in topological_order(self([Value(x) for x in example]))]
        return max([1.0, *(abs(x) for x in nodes if math.isfinite(x))])

    def recorded(self, examples, backend):
        """Return what replay gives, recorded where every operation has a value."""
        self.zero()
        before = [p.data for p in self.parameters]
        for p in self.parameters:
            p.data = 0.75
        try:
            replay = record(self, [0.5, 0.25, 0.125], backend=backend)
        except AutogradError:
            return None
        finally:
            for p, number in zip(self.parameters, before, strict=True):
                p.data = number
        try:
            loss = replay(examples)
            loss.backward()
        except AutogradError as error:
            return type(error), []
        return loss.data, self.gradients()


@pytest.mark.parametrize("backend", EXACT)
@examples(150)
@given(steps=steps, seed=seeds)
def test_on_one_lane_the_exact_backends_are_eager_bit_for_bit(backend, steps, seed):
    drawn = Extreme(steps, seed, ENORMOUS)
    examples = drawn.examples(1)
    (value, gradients), found = drawn.eager(examples), drawn.recorded(examples, backend)
    if found is not None:
        assert same_bits(value, found[0]), (value, found)
        assert all(map(same_bits, gradients, found[1])), (gradients, found)


@pytest.mark.parametrize("backend", BACKENDS)
@examples(150)
@given(steps=steps, seed=seeds)
def test_on_a_batch_every_backend_refuses_and_overflows_as_eager_does(backend, steps, seed):
    """Sums go in another order there: of numbers that cancel, the last digits differ; of overflowing slopes, the infinities."""
    drawn = Extreme(steps, seed, EXTREMES)
    examples = drawn.examples(3)
    (value, gradients), found = drawn.eager(examples), drawn.recorded(examples, backend)
    if found is None:
        return
    if isinstance(value, type) or isinstance(found[0], type):
        assert value is found[0], (value, found)
        return
    near = 1e-8 * drawn.magnitude(examples)
    assert same_bits(value, found[0]) or math.isclose(value, found[0], rel_tol=1e-8, abs_tol=near), (value, found)
    for ours, theirs in zip(gradients, found[1], strict=True):
        assert math.isfinite(theirs) or not math.isfinite(ours), (gradients, found)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("f", [lambda w: w**0, lambda w: Value(1.0) ** w, lambda w: w**0.0 * 2, lambda w: 2 ** (w * 0)])
def test_powers_of_a_nan_are_nan_as_in_eager(backend, f):
    w = Parameter(2.0)
    replay = record(lambda x: f(w) * x, 1.0, backend=backend)
    w.data = math.nan
    assert math.isnan((f(w) * 1.0).data)
    assert math.isnan(replay([1.0, 2.0]).data)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("bad", [[math.inf, 1.0], [-math.inf, -math.inf]])
def test_a_softmax_without_shares_is_refused_as_in_eager(backend, bad):
    w = Parameter(1.0)
    f = lambda x: sum([p * p for p in softmax([x[0] * w, x[1]])])  # noqa: E731
    replay = record(f, [0.5, 1.0], backend=backend)
    with pytest.raises(AutogradError) as eager:
        f([Value(a) for a in bad])
    with pytest.raises(type(eager.value)) as replayed:
        replay([[0.5, 1.0], bad])
    assert str(replayed.value) == str(eager.value)
    masked = [[-math.inf, 1.0], [2.0, -math.inf]]
    assert replay(masked).data == mean([f([Value(a) for a in row]) for row in masked]).data == 1.0


def test_a_nan_in_the_data_is_refused():
    with pytest.raises(DataError, match="NaN"):
        record(lambda x: x * Parameter(1.0), 1.0)([1.0, math.nan])
