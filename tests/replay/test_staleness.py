"""A replay notices when f would use or do something else than at the recording, and goes on where it would not."""

import random
from collections import deque

import numpy as np
import pytest

from autograd import GraphError, Parameter, Value, no_grad, record, sum
from nn import MLP, BatchNorm1d, Dropout, Layer, Module, Sequential
from tests.replay.test_replay import BACKENDS


class Bag:
    """An object of the user's, with whatever attributes."""

    def __init__(self, **held):
        vars(self).update(held)


class Slotted:
    """Its parameter lies in a slot."""

    __slots__ = ("p", "unset")

    def __init__(self, p):
        self.p = p


class Behind:
    """Its parameter is behind a property."""

    def __init__(self, p):
        self._all = {"p": p}

    @property
    def p(self):
        return self._all["p"]


TABLE_OF_PARAMETERS = {"p": Parameter(2.0)}


class Elsewhere:
    """Its parameter is a global, behind a property."""

    @property
    def p(self):
        return TABLE_OF_PARAMETERS["p"]


class Shared:
    """Its parameter belongs to the class."""

    p = Parameter(2.0)


def objects(p):
    array = np.empty(2, object)
    array[:] = [p, 1.0]
    return array


def sequential(*more, seed=0):
    rng = random.Random(seed)
    return Sequential(Layer(2, 3, "tanh", rng), *more, Layer(3, 1, "linear", rng))


def two_layers():
    return sequential()


REPLACED = {  # how it is held, what f computes with it, how it is replaced
    "a slot": (lambda p: Slotted(p), lambda m, x: m.p * x, lambda m, p: setattr(m, "p", p)),
    "behind a property": (Behind, lambda m, x: m.p * x, lambda m, p: m._all.update(p=p)),
    "a global behind a property": (lambda p: Elsewhere(), lambda m, x: m.p * x, lambda m, p: TABLE_OF_PARAMETERS.update(p=p)),
    "an attribute of the class": (lambda p: Shared(), lambda m, x: m.p * x, lambda m, p: setattr(Shared, "p", p)),
    "a deque": (lambda p: deque([p]), lambda m, x: m[0] * x, lambda m, p: m.appendleft(p)),
    "an array of objects": (objects, lambda m, x: m[0] * x, lambda m, p: m.__setitem__(0, p)),
    "a set": (lambda p: {p}, lambda m, x: sum(list(m)) * x, lambda m, p: (m.clear(), m.add(p))),
    "a tuple in a list": (lambda p: [(p, 1)], lambda m, x: m[0][0] * x, lambda m, p: m.__setitem__(0, (p, 1))),
}  # fmt: skip


@pytest.mark.parametrize("name", REPLACED)
def test_a_parameter_replaced_in_any_container_is_noticed_at_the_next_call(name):
    make, compute, replace = REPLACED[name]
    Shared.p = TABLE_OF_PARAMETERS["p"] = Parameter(2.0)
    model = make(Parameter(2.0))
    double = record(lambda x: compute(model, x), 1.0)
    assert double(2.0).data == 4.0
    replace(model, Parameter(5.0))
    for _ in range(3):  # and not only once
        with pytest.raises(GraphError, match=r"has been (replaced|changed) since the recording"):
            double(2.0)
    assert compute(model, Value(2.0)).data == 10.0


def grown(model):
    model.layers.append(Layer(1, 1, "relu", random.Random(3)))


CHANGED = {  # the model, and what becomes of it
    "a layer appended": (two_layers, grown),
    "a layer removed": (two_layers, lambda m: m.layers.pop()),
    "a layer replaced": (two_layers, lambda m: m.layers.__setitem__(0, Layer(2, 3, "relu", random.Random(0)))),
    "a new activation": (two_layers, lambda m: setattr(m.layers[0].neurons[1], "activate", lambda z: z.relu())),
    "evaluation after training": (lambda: sequential(Dropout(0.5, random.Random(1))), lambda m: m.eval()),
    "training after evaluation": (lambda: sequential(Dropout(0.5, random.Random(1))).eval(), lambda m: m.train()),
    "running statistics": (
        lambda: sequential(BatchNorm1d(3)).eval(),
        lambda m: m.train().batch([[1.0, 2.0], [3.0, 5.0]]) and m.eval(),
    ),
}


@pytest.mark.parametrize("name", CHANGED)
def test_a_model_that_computes_something_else_is_refused_at_the_next_call(name):
    make, change = CHANGED[name]
    model = make()
    replay = record(lambda x: model(x)[0], [0.5, 1.0])
    replay([0.5, 1.0])
    change(model)
    for _ in range(3):
        with pytest.raises(GraphError, match=r"since the recording|at the recording"):
            replay([0.5, 1.0])


def test_the_running_statistics_of_the_recording_may_be_put_back():
    model = sequential(BatchNorm1d(3)).eval()
    replay, state = record(lambda x: model(x)[0], [0.5, 1.0]), model.state_dict()
    before = replay([0.5, 1.0]).data
    model.layers[1].norms[0].running_mean.data = 0.25
    with pytest.raises(GraphError, match=r"running mean was 0\.0 at the recording.* and is 0\.25 now"):
        replay([0.5, 1.0])
    model.load_state_dict(state)
    assert replay([0.5, 1.0]).data == before


def test_recording_a_batch_normalised_model_in_training_is_refused_and_moves_nothing():
    model = sequential(BatchNorm1d(3))
    state = model.state_dict()
    with pytest.raises(GraphError, match=r"line \d+, sets a Value's data: .*model\.batch.*\n.*model\.eval\(\)"):
        record(lambda rows: sum([out[0] for out in model.batch(rows)]), [[0.5, 1.0], [2.0, 3.0]])
    assert model.state_dict() == state


def plain_activation(z):
    return z.tanh()


def test_a_function_that_f_calls_by_name_is_noticed(monkeypatch):
    w = Parameter(2.0)
    replay = record(lambda x: plain_activation(w * x), 1.0)
    replay(1.0)
    monkeypatch.setitem(globals(), "plain_activation", lambda z: z.relu())
    with pytest.raises(GraphError, match="'plain_activation' has been changed"):
        replay(1.0)
    monkeypatch.undo()
    assert replay(0.0).data == 0.0


def test_an_attribute_of_a_plain_object_is_noticed():
    model = Bag(w=Parameter(2.0), scale=3.0)
    replay = record(lambda x: model.w * x * model.scale, 1.0)
    model.scale = 4.0
    with pytest.raises(GraphError, match=r"'scale' has been changed since the recording \(3\.0 then, 4\.0 now\)"):
        replay(1.0)
    model.scale = 3.0
    assert replay(1.0).data == 6.0


@pytest.mark.parametrize("backend", BACKENDS)
def test_what_leaves_the_program_as_it_is_may_change(backend):
    model = two_layers()
    trainer = Bag(model=model, epoch=0, best=None, losses=[])
    replay = record(lambda x: trainer.model(x)[0], [0.5, 1.0], backend=backend)
    for epoch in range(20):
        trainer.epoch, trainer.best = epoch, object()
        trainer.losses.append(replay([0.5, 1.0]).data)
        model.train(epoch % 2 == 0)
        model.layers = list(model.layers)
        with no_grad():  # f is recorded again, also in here
            assert replay([0.5, 1.0]).data == trainer.losses[0]
    model.layers.append(Layer(1, 1, "relu", random.Random(3)))
    with pytest.raises(GraphError, match="A list that f uses has been changed"):
        replay([0.5, 1.0])


# --- a state of its own ---


class Cell(Module):
    def __init__(self):
        self.w, self.u, self.h = Parameter(0.5), Parameter(0.8), 0.0

    def __call__(self, x):
        self.h = (self.w * x + self.u * self.h + 0.1).tanh()
        return self.h


class PlainCell:
    def __init__(self):
        self.w, self.u, self.h = Parameter(0.5), Parameter(0.8), 0.0

    __call__ = Cell.__call__


class SlotCell:
    __slots__ = ("h", "u", "w")
    __init__, __call__ = PlainCell.__init__, Cell.__call__


class ListCell(PlainCell):
    def __call__(self, x):
        self.past = getattr(self, "past", [])
        self.past.append((self.w * x + self.u * (self.past or [0.0])[-1]).tanh())
        return self.past[-1]


def closed():
    h, w = 0.0, Parameter(0.5)

    def step(x):
        nonlocal h
        h = (w * x + h).tanh()
        return h

    return step


@pytest.mark.parametrize("cell", [Cell, PlainCell, SlotCell, ListCell, closed])
def test_a_state_of_its_own_is_refused_with_its_line_and_put_back(cell):
    step, twin = cell(), cell()
    with pytest.raises(
        GraphError, match=r"line \d+, keeps what it computed.*(h|past) = (.|\n)*lambda x, h: \[out, new_h\]"
    ):
        record(lambda x: step(x), 1.0)
    assert [step(1.0).data for _ in range(3)] == [twin(1.0).data for _ in range(3)]


def test_a_state_in_a_list_is_refused():
    w, state = Parameter(0.5), [0.0]

    def step(x):
        state[0] = (w * x + state[0]).tanh()
        return state[0]

    with pytest.raises(GraphError, match="keeps what it computed, at 0"):
        record(step, 1.0)
    assert state == [0.0]


class Counting(Module):
    """It counts its calls, and may read the count."""

    def __init__(self, reads):
        self.w, self.calls, self.reads = Parameter(0.5), 0, reads

    def __call__(self, x):
        self.calls += 1
        return self.w * x * (self.calls if self.reads else 1)


def test_a_counter_may_pass_if_f_never_reads_it():
    model = Counting(reads=False)
    replay = record(model, 1.0)
    assert model.calls == 1
    assert replay(4.0).data == 2.0
    counting = Counting(reads=True)
    with pytest.raises(GraphError, match=r"line \d+, keeps what it computed: self\.calls \+= 1"):
        record(counting, 1.0)
    assert counting.calls == 0


def test_a_module_made_inside_f_sets_its_attributes():
    w = Parameter(2.0)

    class Scaled(Module):
        def __init__(self, x):
            self.scaled = w * x

    assert record(lambda x: Scaled(x).scaled, 1.0)(3.0).data == 6.0


def test_the_penalty_of_all_parameters_is_no_state():
    model = MLP(2, [2, 1], rng=random.Random(0))
    record(lambda x: model(x)[0] + sum([p * p for p in model.parameters()]), [1.0, 2.0])([1.0, 2.0])
