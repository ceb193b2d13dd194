"""The law of replay: whatever eager computes, or refuses, each backend does too."""

import math
import random
from dataclasses import dataclass
from importlib.util import find_spec

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import AutogradError, Parameter, Value, mean, record, sum
from autograd.rules import MANY, PAIRS, TABLE, Op, leaky_relu, power
from tests.strategies import examples

OPS = [*TABLE.values(), power(1.5), power(-0.5), leaky_relu(0.3)]
BACKENDS = ["python", "numpy", pytest.param("numba", marks=pytest.mark.skipif(not find_spec("numba"), reason="numba"))]
EXACT = [BACKENDS[0], BACKENDS[2]]
INPUTS, PARAMETERS = 3, 3


@dataclass(frozen=True)
class Step:
    """A row of the table and the places of its operands, printed short."""

    op: Op
    places: list[int]

    def __repr__(self):
        return f"Step({self.op.name}, {self.places})"


steps = st.lists(
    st.builds(Step, st.sampled_from(OPS), st.lists(st.integers(0, 40), min_size=7, max_size=7)), max_size=14
)
seeds = st.integers(0, 2**32)


class Drawn:
    """A program from the table, drawn: each step takes its operands among the nodes before it, most often the last."""

    def __init__(self, steps, seed):
        self.steps, self.rng = steps, random.Random(seed)
        self.parameters = [Parameter(self.rng.gauss(0.0, 1.5)) for _ in range(PARAMETERS)]

    def examples(self, count):
        return [[self.rng.gauss(0.0, 1.5) for _ in range(INPUTS)] for _ in range(count)]

    def __call__(self, inputs):
        nodes = [0.25, *inputs, *self.parameters]
        for step in self.steps:
            op, places = step.op, step.places
            count = {MANY: 3, PAIRS: 5}.get(op.arity, op.arity)
            operands = [nodes[-1 - place % len(nodes)] for place in places[:count]]
            nodes.append(Value(0.0).apply(op, *operands))
        return mean(nodes) + nodes[-1] * nodes[-2]  # all of them: what leads nowhere is not recorded

    def eager(self, examples, reduced=mean):
        """Return the mean (or sum) over the examples and its gradients; or the error."""
        self.zero()
        try:
            loss = reduced([self([Value(x) for x in example]) for example in examples])
        except AutogradError as error:
            return type(error), []
        loss.backward()
        return loss.data, self.gradients()

    def replayed(self, examples, backend, reduce="mean"):
        self.zero()
        try:
            replay = record(self, examples[0], backend=backend, reduce=reduce)
            loss = replay(examples)
            loss.backward()
        except AutogradError as error:
            return type(error), []
        return loss.data, self.gradients()

    def gradients(self):
        return [0.0 if p.grad is None else p.grad for p in self.parameters]

    def zero(self):
        for p in self.parameters:
            p.grad = None


def same_bits(a, b):
    return a == b or (a != a and b != b)


@pytest.mark.parametrize("backend", EXACT)
@examples(60)
@given(steps=steps, seed=seeds)
def test_on_one_lane_the_exact_backends_are_eager_bit_for_bit(backend, steps, seed):
    drawn = Drawn(steps, seed)
    example = drawn.examples(1)
    value, gradients = drawn.eager(example)
    again, theirs = drawn.replayed(example, backend)
    assert same_bits(value, again), (value, again)
    assert all(map(same_bits, gradients, theirs)), (gradients, theirs)


@pytest.mark.parametrize("reduced", [mean, sum])
@pytest.mark.parametrize("backend", BACKENDS)
@examples(50)
@given(steps=steps, seed=seeds)
def test_on_a_batch_every_backend_is_the_mean_or_sum_of_eager(backend, reduced, steps, seed):
    drawn = Drawn(steps, seed)
    examples = drawn.examples(4)
    value, gradients = drawn.eager(examples, reduced)
    again, theirs = drawn.replayed(examples, backend, reduced.__name__)
    assert close(value, again, gradients), (value, again)
    assert all(close(a, b, gradients) for a, b in zip(gradients, theirs, strict=True)), (gradients, theirs)


def close(a, b, scale):
    if isinstance(a, type) or isinstance(b, type):
        return a is b
    size = max([abs(x) for x in scale if math.isfinite(x)], default=1.0)
    return same_bits(a, b) or math.isclose(a, b, rel_tol=1e-8, abs_tol=1e-8 * max(1.0, size))
