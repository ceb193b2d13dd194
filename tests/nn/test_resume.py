"""A run that is interrupted and resumed from its file is the unbroken run, bit for bit; another training is refused."""

import errno
import json
from functools import partial
from pathlib import Path
from random import Random

import pytest

import nn
from autograd import DataError, FileError
from nn.training import checkpoint

OPTIMIZERS = {
    "SGD": lambda ps: nn.SGD(ps, lr=0.05),
    "momentum": lambda ps: nn.SGD(ps, lr=0.05, momentum=0.9, nesterov=True, weight_decay=0.01),
    "classical": lambda ps: nn.SGD(ps, lr=0.05, momentum=0.9, convention="classical"),
    "Adagrad": lambda ps: nn.Adagrad(ps, lr=0.1),
    "RMSprop": lambda ps: nn.RMSprop(ps, lr=0.01),
    "Adam": lambda ps: nn.Adam(ps, lr=0.02),
    "AdamW": lambda ps: nn.AdamW([{"params": ps[:3], "lr": 0.1}, {"params": ps[3:]}], lr=0.02),
}
SCHEDULES = {
    "none": lambda opt: None,
    "step": lambda opt: nn.StepLR(opt, step_size=2),
    "exponential": lambda opt: nn.ExponentialLR(opt, gamma=0.9),
    "cosine": lambda opt: nn.CosineAnnealingLR(opt, T_max=9, eta_min=0.001),
    "restarts": lambda opt: nn.CosineAnnealingWarmRestarts(opt, T_0=2, T_mult=2),
    "warm-up": lambda opt: nn.LinearLR(opt, total_iters=4),
    "one after the other": lambda opt: nn.SequentialLR(opt, [nn.LinearLR(opt), nn.CosineAnnealingLR(opt, 5)], [3]),
    "down to 0": lambda opt: nn.CosineAnnealingLR(opt, T_max=3),  # where the run is broken, and 7 epochs go on
    "to 0 for good": lambda opt: nn.LinearLR(opt, 1.0, 0.0, total_iters=2),
    "at once": lambda opt: nn.ChainedScheduler([nn.LinearLR(opt), nn.ExponentialLR(opt, 0.8)]),
}
TRAIN = nn.moons(24, rng=Random(1))
VALIDATION = nn.moons(8, rng=Random(2))


def network(dropout=0.3, hidden=4, activation="tanh"):
    return nn.Sequential(
        nn.Layer(2, hidden, activation, Random(0)),
        nn.BatchNorm1d(hidden),
        nn.Dropout(dropout, Random(5)),
        nn.Layer(hidden, 1, "linear", Random(1)),
    )


def train(path, epochs, optimizer="Adam", schedule="cosine", rng=1, model=None, callbacks=(), **changes):
    model = model or network()
    optimizer = OPTIMIZERS[optimizer](model.parameters())
    schedule = SCHEDULES[schedule](optimizer)
    stopping = nn.EarlyStopping(patience=50, restore_best=False)
    settings = {
        "data": TRAIN, "loss": nn.binary_cross_entropy_with_logits, "batch_size": 6, "validation": VALIDATION, **changes,
    }  # fmt: skip
    history = nn.fit(
        model,
        optimizer=optimizer,
        epochs=epochs,
        schedule=schedule,
        callbacks=[stopping, nn.Checkpoint(path), *callbacks],
        rng=Random(rng),
        **settings,
    )
    return history, model.state_dict(), optimizer.state_dict(), path.read_text()


@pytest.mark.parametrize(
    ("optimizer", "schedule"), [*((name, "cosine") for name in OPTIMIZERS), *(("Adam", name) for name in SCHEDULES)]
)
def test_it_is_the_unbroken_run_bit_for_bit(tmp_path, optimizer, schedule):
    path = tmp_path / "run.json"
    unbroken = train(path, 7, optimizer, schedule)
    train(path, 3, optimizer, schedule)
    assert train(path, 7, optimizer, schedule, rng=999, resume=path) == unbroken


def test_a_break_in_mid_epoch_goes_on_from_the_last_epoch(tmp_path):
    path = tmp_path / "run.json"

    class Interrupt:
        def on_step_end(self, run):
            if run.history.steps == 14:
                raise KeyboardInterrupt

    unbroken = train(path, 6)
    broken, *_ = train(path, 6, callbacks=[Interrupt()])
    assert (broken.epochs, broken.steps) == (3, 14)
    assert train(path, 6, resume=path) == unbroken


def other_data():
    (x, y), *rest = TRAIN
    return [([x[0] + 1e-12, x[1]], y), *rest]


CHANGES = {
    "another activation": ({"model": network(activation="relu")}, r"tanh.*now.*relu"),
    "another size": ({"model": network(hidden=5)}, r"2 → 4.*now.*2 → 5"),
    "another dropout": ({"model": network(dropout=0.5)}, r"Dropout\(0\.3\).*now.*Dropout\(0\.5\)"),
    "another loss": ({"loss": nn.mse_loss}, "loss 'binary_cross_entropy_with_logits', now 'mse_loss'"),
    "other data": ({"data": other_data()}, "data '24 examples, .*', now '24 examples, "),
    "another order": ({"data": TRAIN[::-1]}, "data '24 examples, "),
    "other labels": ({"data": [(x, 1 - y) for x, y in TRAIN]}, "data '24 examples, "),
    "other validation": ({"validation": VALIDATION[::-1]}, "validation '8 examples, "),
    "another batch size": ({"batch_size": 8}, "batch_size 6, now 8"),
    "another optimizer": ({"optimizer": "SGD"}, "optimizer 'Adam', now 'SGD'"),
    "another schedule": ({"schedule": "step"}, "schedule .*CosineAnnealingLR.*now.*StepLR"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_another_training_of_the_same_sizes_is_refused_and_changes_nothing(tmp_path, name):
    path = tmp_path / "run.json"
    train(path, 2)
    changes, words = CHANGES[name]
    model = changes.get("model") or network()
    before, written = model.state_dict(), path.read_text()
    with pytest.raises(DataError, match=f"made with other parts: .*{words}"):
        train(path, 4, **{**changes, "model": model}, resume=path)
    assert (model.state_dict(), path.read_text()) == (before, written)


def test_a_schedule_of_another_setting_is_another_one(tmp_path):
    path = tmp_path / "run.json"
    model = nn.MLP(2, [1], rng=Random(0))
    optimizer = nn.SGD(model.parameters(), lr=0.1)

    def go(step_size, **more):
        schedule = nn.StepLR(optimizer, step_size)
        nn.fit(model, nn.xor(), nn.mse_loss, optimizer, 3, schedule=schedule, callbacks=[nn.Checkpoint(path)], **more)

    go(2)
    with pytest.raises(DataError, match=r"step_size=2.*step_size=3"):
        go(3, resume=path)


@pytest.mark.parametrize("epochs", [2, 3])
def test_with_no_epoch_left_it_says_so(tmp_path, epochs):
    path = tmp_path / "run.json"
    train(path, 3)
    model = network()
    before = model.state_dict()
    with pytest.raises(nn.SettingError, match=f"3 epochs behind it, and epochs={epochs} counts them too.*epochs=13"):
        train(path, epochs, model=model, resume=path)
    assert model.state_dict() == before


def test_the_settings_hold_no_address_of_this_process(tmp_path):
    path, model = tmp_path / "run.json", nn.Sequential(nn.Layer(2, 1), lambda out: out)
    optimizer = nn.SGD(model.parameters(), lr=0.1)
    nn.fit(model, nn.xor(), nn.mse_loss, optimizer, 1, callbacks=[nn.Checkpoint(path)])
    assert "0x" not in json.dumps(nn.load_checkpoint(path)["made with"])


def test_a_checkpoint_into_a_missing_folder_fails_before_the_first_step(tmp_path):
    for path, words in ((tmp_path / "missing" / "run.json", "There is no folder"), (tmp_path, "is a folder")):
        model = nn.MLP(2, [1], rng=Random(0))
        before = model.state_dict()
        with pytest.raises(FileError, match=words):
            nn.fit(model, nn.xor(), nn.mse_loss, nn.SGD(model.parameters(), lr=0.1), 1, callbacks=[nn.Checkpoint(path)])
        assert model.state_dict() == before
        with pytest.raises(FileError, match=words):
            nn.save_checkpoint(path, {})
        with pytest.raises((FileError, DataError)):
            nn.save_weights(model, path)


def test_a_state_of_early_stopping_that_is_none_is_refused():
    stopping = nn.EarlyStopping()
    before = stopping.state_dict()
    for strange in ({"best_loss": 1.0}, {**before, "patience": True}):
        with pytest.raises(nn.StateError, match="state of EarlyStopping"):
            stopping.load_state_dict(strange)
    assert stopping.state_dict() == before


READERS = {
    "resume": lambda path: train(Path("unused"), 2, resume=path),
    "load_checkpoint": nn.load_checkpoint,
    "load_weights": lambda path: nn.load_weights(nn.MLP(2, [1]), path),
    "mnist": lambda path: nn.mnist(path, path),
}


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
def test_a_file_that_cannot_be_read_is_refused_in_words(tmp_path, read):
    with pytest.raises(nn.MissingFileError, match=r"There is no file '.*missing\.npz'\. Is the name right\?") as caught:
        read(tmp_path / "missing.npz")
    assert isinstance(caught.value, FileNotFoundError)
    with pytest.raises(FileError, match="is a folder"):
        read(tmp_path)
    with pytest.raises(DataError, match=r"is text, or a pathlib\.Path, and 3 is neither"):
        read(3)


@pytest.mark.parametrize("state", [[1], 3, None])
def test_what_is_no_state_is_not_written(tmp_path, state):
    with pytest.raises(DataError, match="A state is a dict"):
        nn.save_checkpoint(tmp_path / "x", state)
    assert not list(tmp_path.iterdir())


# --- replay, losses of the same name, and files that hold something else ---


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("split", [1, 4])
def test_a_replayed_run_is_the_same_with_checkpoints_and_resumed(tmp_path, optimizer, split):
    path = tmp_path / "run.json"

    def go(epochs, callbacks=(), resume=None):
        model = nn.MLP(2, [4, 1], "tanh", rng=Random(0))
        made = OPTIMIZERS[optimizer](model.parameters())
        given = {"batch_size": 2, "replay": True, "rng": Random(1), "callbacks": callbacks, "resume": resume}
        history = nn.fit(model, nn.xor(), nn.mse_loss, made, epochs, **given)
        return history, model.state_dict(), made.state_dict()

    plain = go(7)
    assert go(7, [nn.Checkpoint(path)]) == plain
    go(split, [nn.Checkpoint(path)])
    assert go(7, [nn.Checkpoint(path)], path) == plain


def scaled(factor):
    return lambda outputs, target: factor * nn.mse_loss(outputs, target)


class Scaled:
    def __init__(self, factor):
        self.factor = factor

    def __call__(self, outputs, target):
        return self.factor * nn.mse_loss(outputs, target)


def other_constant(outputs, target):
    return 3 * nn.mse_loss(outputs, target)


def constant(outputs, target):
    return 2 * nn.mse_loss(outputs, target)


other_constant.__qualname__ = "constant"


def keyword(outputs, target, *, factor=2.0):
    return factor * nn.mse_loss(outputs, target)


def other_keyword(outputs, target, *, factor=3.0):
    return factor * nn.mse_loss(outputs, target)


def plus(outputs, target):
    return nn.mse_loss(outputs, target) + outputs[0] * 0.5


def minus(outputs, target):
    return nn.mse_loss(outputs, target) - outputs[0] * 0.5


other_keyword.__qualname__, minus.__qualname__ = keyword.__qualname__, plus.__qualname__
LOSSES = {
    "a method's object": (Scaled(2.0).__call__, Scaled(3.0).__call__),
    "a default by keyword": (keyword, other_keyword),
    "an operation": (plus, minus),
    "a setting": (partial(nn.huber_loss, delta=1), partial(nn.huber_loss, delta=5)),
    "a captured factor": (scaled(2.0), scaled(3.0)),
    "a factor in the text": (constant, other_constant),
    "an attribute": (Scaled(2.0), Scaled(3.0)),
    "what it calls": (partial(scaled(2.0)), partial(scaled(3.0))),
}


@pytest.mark.parametrize("name", LOSSES)
def test_another_loss_of_the_same_name_is_refused(tmp_path, name):
    path, (loss, other) = tmp_path / "run.json", LOSSES[name]
    train(path, 2, loss=loss)
    with pytest.raises(DataError, match="made with other parts: loss"):
        train(path, 3, loss=other, resume=path)
    train(path, 3, loss=loss, resume=path)


def test_a_loss_that_counts_its_calls_is_the_same_loss(tmp_path):
    path = tmp_path / "run.json"

    def counting():
        calls = []

        def loss(outputs, target):
            calls.append(1)
            return nn.mse_loss(outputs, target)

        return loss

    train(path, 2, loss=counting())
    train(path, 3, loss=counting(), resume=path)


ODD = {
    "no history": lambda state: state.pop("history"),
    "a text for a history": lambda state: state.update(history="abc"),
    "a history of texts": lambda state: state["history"].update(loss=["a"]),
    "no settings": lambda state: state.pop("made with"),
    "no model": lambda state: state.pop("model"),
    "a model of text": lambda state: state["model"].update({"0.bias": ["a"] * 4}),
    "a list for a model": lambda state: state.update(model=[1]),
    "settings of something else": lambda state: state.update({"made with": {"a": 1}}),
    "an optimizer of nothing": lambda state: state.update(optimizer=None),
    "a number for a schedule": lambda state: state.update(schedule=3),
    "an optimizer of text": lambda state: state["optimizer"].update(state={"0": "x"}),
    "generators of text": lambda state: state.update(rng=["a"] * 2),
    "too few generators": lambda state: state.update(rng=[]),
    "callbacks of text": lambda state: state["callbacks"].update({"EarlyStopping 1": {"x": 1}}),
}


@pytest.mark.parametrize("name", ODD)
def test_a_file_with_a_right_check_sum_and_an_odd_state_is_refused_with_its_path(tmp_path, name):
    path = tmp_path / "run.json"
    train(path, 2)
    state = nn.load_checkpoint(path)
    ODD[name](state)
    nn.save_checkpoint(path, state)
    model, rng = network(), Random(7)
    before = model.state_dict()
    with pytest.raises(FileError, match=r"run\.json is not a checkpoint to go on from: .*Take an earlier checkpoint"):
        nn.fit(
            model, TRAIN, nn.binary_cross_entropy_with_logits, o := OPTIMIZERS["Adam"](model.parameters()), 4, 6,
            SCHEDULES["cosine"](o), [nn.EarlyStopping(50, restore_best=False)], VALIDATION, rng, resume=path,
        )  # fmt: skip
    assert model.state_dict() == before
    assert rng.getstate() == Random(7).getstate()


@pytest.mark.parametrize("inside", [{"odd": 1}, [1], 3, {"dict": [[1]]}, {}, {"dict": 3}])
def test_a_state_that_is_not_packed_as_ours_is_refused(tmp_path, inside):
    path = tmp_path / "run.json"
    content = {"kind": checkpoint.KIND, "sha256": checkpoint.digest(inside), "state": inside}
    path.write_text(json.dumps(content))
    with pytest.raises(FileError, match="does not hold a state"):
        nn.load_checkpoint(path)


def test_a_nest_too_deep_is_refused(tmp_path):
    path = tmp_path / "run.json"
    path.write_text("[" * 200_000)
    with pytest.raises(FileError, match=r"run\.json is not a checkpoint"):
        nn.load_checkpoint(path)
    loop = []
    loop.append(loop)
    with pytest.raises(DataError, match="dicts, lists, numbers, text"):
        nn.save_checkpoint(path, {"a": loop})


def test_a_disk_that_is_full_ends_the_training_with_its_history(tmp_path, monkeypatch):
    path, model = tmp_path / "run.json", nn.MLP(2, [1], rng=Random(0))

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    class FullAfter:
        def on_epoch_end(self, run):
            if run.history.epochs == 2:
                monkeypatch.setattr("os.fsync", full)

    callbacks = [FullAfter(), nn.Checkpoint(path)]
    with pytest.raises(FileError, match=r"run\.json' cannot be written: No space left.*Make room") as caught:
        nn.fit(model, nn.xor(), nn.mse_loss, nn.SGD(model.parameters(), lr=0.1), 5, callbacks=callbacks)
    assert caught.value.history.epochs == 2
    assert nn.load_checkpoint(path)["history"]["loss"] == caught.value.history.loss[:1]
