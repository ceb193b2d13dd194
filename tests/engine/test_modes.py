"""no_grad and scope: they belong to the thread, and end however their block ends."""

import asyncio
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

import autograd
from autograd import GraphError, Value, enter, no_grad, scope
from autograd.modes import enable_grad, mode, outermost
from nn import Layer

# A signal may come while Python collects garbage: there it is printed and dropped, and no test is about that.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def recorded():
    """Whether an operation is recorded here, and in which scope."""
    y = Value(3.0) * 2
    return bool(y.parents), y.scope


def test_blocks_lie_within_one_another():
    with scope("a"), scope("b"):
        assert recorded() == (True, "a/b")
        with no_grad():
            assert recorded() == (False, "")
            with scope("c"), enable_grad():
                assert recorded() == (True, "")
            assert recorded() == (False, "")
        assert recorded() == (True, "a/b")
    assert recorded() == (True, "")


def test_one_block_may_be_entered_inside_itself():
    off, here = no_grad(), scope("a")
    with off, off, here, off:
        assert recorded() == (False, "")
    with here, here:
        assert recorded() == (True, "a/a")
    assert recorded() == (True, "")


def test_a_block_ends_where_it_raises_and_lets_the_error_through():
    for block in (no_grad(), scope("a"), enable_grad()):
        with pytest.raises(ZeroDivisionError), block:
            _ = 1 / 0
        assert recorded() == (True, "")


def test_a_stack_of_blocks_and_a_decorated_function_that_calls_itself():
    with ExitStack() as stack:
        stack.enter_context(scope("a"))
        stack.enter_context(no_grad())
        assert recorded() == (False, "")
    assert recorded() == (True, "")

    @scope("f")
    def f(n):
        return f(n - 1) if n else recorded()

    assert f(2) == (True, "f/f/f")
    assert no_grad()(recorded)() == (False, "")


def test_who_leaves_more_often_than_was_entered_is_outside():
    for block in (no_grad(), scope("a")):
        block.__enter__()
        for _ in range(3):
            block.__exit__(None, None, None)
        assert recorded() == (True, "")
        with block:
            assert recorded() != (True, "")


def test_enter_goes_from_scope_to_scope_and_nowhere_inside_no_grad():
    with scope("a") as path:
        assert (path, enter("a/b"), recorded(), enter(path)) == ("a", "a", (True, "a/b"), "a/b")
    with no_grad():
        assert (enter("a"), recorded()) == ("", (False, ""))
    assert recorded() == (True, "")


# --- threads and tasks ---


def test_a_thread_begins_outside_and_keeps_its_modes_to_itself():
    with no_grad(), ThreadPoolExecutor(1) as pool:
        assert pool.submit(recorded).result() == (True, "")
    inside, leave = threading.Event(), threading.Event()

    def stay():
        with scope("theirs"), no_grad():
            inside.set()
            leave.wait(60)

    thread = threading.Thread(target=stay)
    thread.start()
    inside.wait(60)
    try:
        assert recorded() == (True, "")
    finally:
        leave.set()
        thread.join()


@pytest.mark.skipif(sys.platform == "emscripten", reason="in a browser tasks are run by the browser")
def test_tasks_that_take_turns_keep_their_modes_to_themselves():
    async def work(name):
        with scope(name):
            await asyncio.sleep(0)
            with no_grad():
                await asyncio.sleep(0)
                off = recorded()
            return off, recorded()

    async def both():
        return await asyncio.gather(*map(work, "abc"))

    assert asyncio.run(both()) == [((False, ""), (True, name)) for name in "abc"]


def descent(seed):
    """A little training that goes in and out of all modes; the losses and the scopes."""
    w, losses, scopes = Value(0.1 * seed), [], set()
    for _ in range(300):
        with scope(f"net{seed}"):
            loss = (w * 0.7 - 1).tanh() ** 2
        loss.backward()
        with no_grad():
            losses.append(((w * 0.7 - 1).tanh() ** 2).data)
        w.data, w.grad = w.data - 0.05 * w.grad, None
        scopes.add(loss.scope)
    return losses, scopes


def test_four_threads_train_as_they_would_one_after_the_other():
    alone = [descent(seed) for seed in range(12)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(descent, range(12))) == alone
    assert recorded() == (True, "")


# --- interruptions ---


class Interrupted(BaseException):
    """What Ctrl-C raises, for a test that must itself be stoppable."""


def once():
    with no_grad():
        pass


def named():
    with scope("a"), scope("b"), no_grad():
        Value(1.0) * 2


layer = Layer(2, 3)
ONE = no_grad()


def again():
    with ONE, ONE:
        pass


def forward():
    layer([1.0, 2.0])


@no_grad()
def decorated():
    Value(1.0) * 2


def interrupt(work, times):
    """Interrupt a work again and again, at moments that wander; return how often a mode was left behind."""
    kept, stuck = [], 0  # as a debugger or a notebook keeps the last traceback, and with it all frames

    def stop(*_):
        raise Interrupted

    before = signal.signal(signal.SIGALRM, stop)
    try:
        for k in range(times):
            try:
                signal.setitimer(signal.ITIMER_REAL, 0.00005 + (k * 7919 % 1000) * 1e-7)
                end = time.monotonic() + 30
                while time.monotonic() < end:
                    work()
            except Interrupted as error:
                kept[:] = [error]
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
            stuck += mode.get() is not outermost or recorded() != (True, "")
            mode.set(outermost)
    finally:
        signal.signal(signal.SIGALRM, before)
    return stuck


WORKS = [once, named, again, forward, decorated]
TIMED = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="signals")


@TIMED
@pytest.mark.parametrize("work", WORKS, ids=lambda work: work.__name__)
@pytest.mark.parametrize("times", [200, pytest.param(4000, marks=pytest.mark.soak)])
def test_an_interruption_leaves_no_mode_behind(work, times):
    assert interrupt(work, times) == 0


@TIMED
@pytest.mark.parametrize("times", [60, pytest.param(2000, marks=pytest.mark.soak)])
def test_an_interrupted_backward_leaves_the_gradients_as_they_were(times):
    x, w = Value(1.0), Value(0.5)
    root = x
    for _ in range(3000):
        root = root * w + x
    w.grad = 7.0

    root.backward()
    whole, halves = (x.grad, w.grad), []
    x.grad, w.grad = None, 7.0

    def stop(*_):
        raise Interrupted

    before = signal.signal(signal.SIGALRM, stop)
    try:
        for k in range(times):
            try:
                signal.setitimer(signal.ITIMER_REAL, 0.0002 + k * 60 / times * 1e-4)
                root.backward()
                signal.setitimer(signal.ITIMER_REAL, 0)
                x.grad, w.grad = None, 7.0
            except Interrupted:
                halves.append((x.grad, w.grad))
                x.grad, w.grad = None, 7.0
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert (None, 7.0) in halves
    assert set(halves) <= {(None, 7.0), whole}  # whole where it was interrupted after its last step
    root.backward()
    assert x.grad == pytest.approx(2.0)


@TIMED
def test_the_test_of_interruptions_finds_a_mode_that_is_left_behind():
    class torn(no_grad):
        def __exit__(self, *error):  # a way out in Python
            super().__exit__(*error)

    def work():
        with torn():
            pass

    assert interrupt(work, 300) > 0


LOST = {
    "backward": lambda y, x: y.backward(),
    "grad": lambda y, x: autograd.grad(y, [x]),
    "grad with create_graph": lambda y, x: autograd.grad(y, [x], create_graph=True),
    "steps": lambda y, x: autograd.steps(y),
    "why": lambda y, x: autograd.why(y, x),
    "paths": lambda y, x: autograd.paths(y, x),
    "what_if": lambda y, x: autograd.what_if(y, x, 1.0),
    "diagnose": lambda y, x: autograd.diagnose(y, x, "1"),
    "draw": lambda y, x: autograd.draw(y),
    "play": lambda y, x: autograd.play(y),
}


@pytest.mark.parametrize("ask", LOST.values(), ids=LOST)
def test_a_result_whose_graph_was_lost_is_refused_by_all(ask):
    x = Value(3.0, "x")
    with no_grad():
        y = x * x
    with pytest.raises(GraphError, match=r"no graph: this was computed inside no_grad.*outside of no_grad"):
        ask(y, x)
    assert x.grad is None


def test_what_is_half_remembered_has_the_gradients_that_are_remembered():
    x, w = Value(3.0, "x"), Value(2.0, "w")
    with no_grad():
        y = x * x
    z = w * y
    z.label = "z"
    assert autograd.grad(z, [w, x]) == (9.0, 0.0)
    assert (
        autograd.why(z, x).reason
        == "Zero: x is not used by z, as far as is remembered: a part was computed inside no_grad."
    )
    assert autograd.grad(Value(2.0) * 3, [x]) == autograd.grad(autograd.lift(2.0) * 3, [x]) == (0.0,)


EVERY_KIND = {
    "one": lambda x: x.tanh(),
    "two": lambda x: x * 2,
    "power": lambda x: x**3,
    "many": lambda x: autograd.sum([x, x, 1.0]),
    "dot": lambda x: autograd.dot([x, 2.0], [x, x], 1.0),
    "dot of Values": lambda x: autograd.dot([x, x], [x, x], x),
    "long dot": lambda x: autograd.dot([x] * 50, [x] * 50, x),
}


@pytest.mark.parametrize("make", EVERY_KIND.values(), ids=EVERY_KIND)
def test_every_kind_of_node_remembers_its_scope_and_inside_no_grad_nothing(make):
    x = Value(0.5)
    with scope("model"), scope("layer0"):
        assert make(x).scope == "model/layer0"
    assert make(x).scope == ""
    with scope("model"), no_grad():
        assert (make(x).parents, make(x).scope) == ((), "")
