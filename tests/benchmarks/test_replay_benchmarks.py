"""The benchmarks run, and their contestants agree; no time is asserted."""

from importlib.util import find_spec

import numpy as np
import pytest

from autograd import record
from tests.benchmarks import bench_replay
from tests.benchmarks.workloads import Digits, Jax, Moons, Torch, Transformer, expanded, matrices


@pytest.mark.parametrize("work", [Moons(), Digits(3)], ids=["W2", "W4"])
def test_by_hand_torch_and_replay_agree(work):
    ws, bs = matrices(work.model)
    loss, dws, dbs = work.by_hand(ws, bs, *work.batch)
    replay = record(work.loss, *work.example)
    ours = replay(*work.batch)
    ours.backward()
    assert ours.data == pytest.approx(loss, rel=1e-12)
    pairs = [(layer.neurons, dw, db) for layer, dw, db in zip(work.model.layers, dws, dbs, strict=True)]
    for neurons, dw, db in pairs:
        assert np.allclose([[w.grad for w in n.weights] for n in neurons], dw, rtol=1e-10, atol=1e-15)
        assert np.allclose([n.bias.grad for n in neurons], db, rtol=1e-10, atol=1e-15)
    if find_spec("torch"):
        torch = Torch(work)
        torch.step()
        assert all(np.allclose(w.grad, dw, rtol=1e-10, atol=1e-15) for w, dw in zip(torch.ws, dws, strict=True))
    if find_spec("jax"):
        jax = Jax(work, lr=0.5)
        assert jax.step() == pytest.approx(loss, rel=1e-12)
        steps = [w - 0.5 * dw for w, dw in zip([*ws, *bs], [*dws, *dbs], strict=True)]
        assert all(np.allclose(w, step, rtol=1e-12) for w, step in zip(jax.weights, steps, strict=True))


def test_both_ways_to_write_the_transformer_agree():
    work = Transformer(length=2)
    tokens, targets = work.documents(1)
    one_hot = record(work.loss, tokens[0], targets[0])(tokens, targets).data
    assert work.loss_by_index(
        tokens[0].argmax(1).tolist(), targets[0].argmax(1).tolist(), expanded
    ).data == pytest.approx(one_hot, rel=1e-12)


@pytest.mark.slow
def test_the_tables_are_printed(capsys):
    bench_replay.main(quick=True)
    shown = capsys.readouterr().out
    for words in ("| W2, 100 points |", "| W3, 32 documents, each |", "| digits, an epoch", "bytes a node", "MB"):
        assert words in shown
