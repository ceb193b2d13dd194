"""The benchmarks run, and their contestants compute the same thing; how fast is for the benchmarks to say."""

import pytest

import autograd
from tests.benchmarks import bench_engine
from tests.benchmarks.plain import Node


def test_the_contestants_agree_on_the_moons():
    ours, plain = bench_engine.ours(), bench_engine.theirs(Node, bench_engine.neuron)
    for _ in range(3):
        assert ours() == pytest.approx(plain(), rel=1e-12)


def test_a_chain_takes_at_most_250_bytes_a_node():
    assert bench_engine.bytes_a_node() <= 250


@pytest.mark.slow
def test_interleaving_gives_each_contestant_its_turns():
    times = bench_engine.interleaved({"a": lambda: None, "b": lambda: autograd.Value(1.0)}, rounds=3, repeat=2)
    assert {name: len(seconds) for name, seconds in times.items()} == {"a": 3, "b": 3}
