"""A signal in the middle of a step or of fit: the step has not begun, or is whole, in the model, the optimizer and the history."""

import random
import signal
import time
import timeit
from random import Random

import pytest

import nn
from autograd import Value, mean, record
from nn.monitor.monitors import layer_activations

pytestmark = [
    pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="there is no timer to interrupt with"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
DATA = nn.moons(8, rng=Random(0))
X, Y = [x for x, _ in DATA], [y for _, y in DATA]
SIGNALS = pytest.mark.parametrize("signals", [150, pytest.param(2000, marks=pytest.mark.soak)])


class Interrupt(KeyboardInterrupt):
    """What the signal raises."""


@pytest.fixture(autouse=True)
def handler():
    def interrupt(number, frame):
        raise Interrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def interrupted(f, longest):
    """Call f, and interrupt it after a random time; return whether it was."""
    try:
        try:
            signal.setitimer(signal.ITIMER_REAL, random.uniform(1e-6, longest))
            f()
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    except Interrupt:
        return True
    return False


OPTIMIZERS = {
    "SGD": lambda ps: nn.SGD(ps, lr=0.01, momentum=0.9),
    "Adam": lambda ps: nn.Adam(ps, lr=0.01),
    "two groups": lambda ps: nn.AdamW([{"params": ps[:5]}, {"params": ps[5:], "lr": 0.1}]),
}


def learner(name, replay):
    """A model, its optimizer, and a function that computes the gradients and makes a step."""
    model = nn.MLP(2, [4, 1], "tanh", rng=Random(0))
    optimizer = OPTIMIZERS[name](model.parameters())
    program = record(lambda x, y: (model(x)[0] - y) ** 2, X[0], Y[0]) if replay else None

    def gradients():
        optimizer.zero_grad()
        loss = program(X, Y) if program else mean([(model(x)[0] - y) ** 2 for x, y in DATA])
        loss.backward()

    return model, optimizer, gradients


def state(model, optimizer):
    return model.state_dict(), optimizer.state_dict()["state"]


@SIGNALS
@pytest.mark.parametrize("replay", [False, True], ids=["eager", "replay"])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_step_is_whole_or_has_not_begun(name, replay, signals):
    model, optimizer, gradients = learner(name, replay)
    twin, its_optimizer, its_gradients = learner(name, replay)
    hits = 0
    for _ in range(signals):
        gradients(), its_gradients()
        before = state(twin, its_optimizer)
        its_optimizer.step()
        after = state(twin, its_optimizer)
        hits += interrupted(optimizer.step, 2e-4)
        assert state(model, optimizer) in (before, after)
        if state(model, optimizer) == before:
            optimizer.step()
        assert state(model, optimizer) == after
    assert hits > 10


@SIGNALS
def test_a_step_of_some_parameters_of_a_record_is_whole_or_has_not_begun(signals):
    model = nn.MLP(2, [50, 1], "tanh", rng=Random(0))
    parameters = model.parameters()
    optimizer = nn.SGD(parameters, lr=1e-6)
    record(lambda x, y: (model(x)[0] - y) ** 2, X[0], Y[0])(X, Y).backward()
    parameters[0].grad = None  # so the others cannot be changed as one
    longest = 2 * min(timeit.repeat(optimizer.step, number=1, repeat=5))
    moved = hits = 0
    for _ in range(signals):
        before = [p.data for p in parameters]
        hits += interrupted(optimizer.step, longest)
        changed = [p.data != old for p, old in zip(parameters, before, strict=True)]
        assert changed in ([False] * len(changed), [False] + [True] * (len(changed) - 1))
        moved += any(changed)
    assert hits > 10
    assert moved > 10


class Steps:
    """A callback that keeps the weights after each step."""

    def __init__(self):
        self.weights = []

    def on_before_optimizer_step(self, run):
        self.weights.append(run.model.state_dict())


@SIGNALS
@pytest.mark.parametrize("replay", [False, True], ids=["eager", "replay"])
def test_fit_counts_the_steps_that_were_made_and_no_other(replay, signals):
    def fit(epochs=3):
        model, steps = nn.MLP(2, [4, 1], "tanh", rng=Random(0)), Steps()
        optimizer = nn.Adam(model.parameters(), lr=0.01)
        schedule = nn.StepLR(optimizer, step_size=100)
        given = {"batch_size": 2, "schedule": schedule, "callbacks": [steps], "rng": Random(1), "replay": replay}
        history = nn.fit(model, DATA, nn.mse_loss, optimizer, epochs, **given)
        assert schedule.last_epoch == history.epochs
        return model, history, steps

    _, whole, steps = fit()
    start = time.perf_counter()
    model, _, _ = fit()  # the second time, without the imports of the first
    duration = time.perf_counter() - start
    weights = [*steps.weights, model.state_dict()]
    hits = 0
    for _ in range(signals // 3):
        kept = []
        if not interrupted(lambda kept=kept: kept.extend(fit()), duration):
            model, history, _ = kept
            hits += history != whole
            assert history.step_loss == whole.step_loss[: history.steps]
            assert model.state_dict() == weights[history.steps]
            assert len(history.loss) == len(history.lr)
            assert history.steps // 4 - len(history.loss) in (0, 1)  # the last step of an epoch, and its end
    assert hits > 3


@SIGNALS
@pytest.mark.parametrize(
    "work",
    [
        lambda model: nn.evaluate(model, DATA[:1], nn.mse_loss),
        lambda model: layer_activations(model, X[:1]),
    ],
    ids=["evaluate", "activations"],
)
def test_a_model_that_was_only_looked_at_is_as_it_was_and_all_is_recorded(work, signals):
    model, kept = nn.MLP(2, [1], rng=Random(0)), []
    classes = [type(module) for module in model.modules()]

    def look():
        try:
            for _ in range(20):
                work(model)
        except Interrupt as error:
            kept[:] = [error]  # as a notebook keeps the last traceback, and with it all frames
            raise

    look()
    hits = 0
    for _ in range(signals):
        hits += interrupted(look, 2e-3)
        x = Value(3.0)
        assert (x * x).parents == (x, x)
        assert all(module.training for module in model.modules())
        assert [type(module) for module in model.modules()] == classes
    assert hits > 10
