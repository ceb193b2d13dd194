"""Optimizers: by hand, their groups, their state, and what they refuse. PyTorch's numbers: test_nn_against_torch.py."""

import json
import pickle
from random import Random

import pytest

import nn
from autograd import AutogradError, DataError, DivisionError, DomainError, GraphError, Parameter, Value, record
from nn import SGD, Adagrad, Adam, AdamW, Newton, RMSprop
from nn.optim.newton import solved

FIRST_ORDER = [
    lambda ps: SGD(ps, lr=0.1),
    lambda ps: SGD(ps, lr=0.1, momentum=0.9),
    lambda ps: SGD(ps, lr=0.1, momentum=0.9, nesterov=True, convention="classical"),
    lambda ps: Adagrad(ps, lr=0.5),
    lambda ps: RMSprop(ps, lr=0.05),
    lambda ps: Adam(ps, lr=0.1),
    lambda ps: AdamW(ps, lr=0.1, weight_decay=0.001),
]


def test_the_tiny_network_s_step():
    x, w, b, y = 2.0, Value(3.0), Value(1.0), 15.0
    nn.mse_loss((w * x + b).relu(), y).backward()
    SGD([w], lr=0.01).step()
    assert w.data == 3.32


def test_both_momenta_by_hand():
    # g = 1, 1, 1 at η = 0.1, β = 0.9: v = 1, 1.9, 2.71, and w falls by 0.1 of each
    for convention in ("pytorch", "classical"):
        w = Value(0.0)
        optimizer = SGD([w], lr=0.1, momentum=0.9, convention=convention)
        path = []
        for _ in range(3):
            w.grad = 1.0
            optimizer.step()
            path.append(round(w.data, 12))
        assert path == [-0.1, -0.29, -0.561]


def test_adam_by_hand():
    w = Value(1.0)
    optimizer = Adam([w], lr=0.1)
    for g in (2.0, -1.0):
        w.grad = g
        optimizer.step()
    m_hat = (0.9 * 0.2 - 0.1) / (1 - 0.81)
    v_hat = (0.999 * 0.004 + 0.001) / (1 - 0.999**2)
    assert w.data == pytest.approx(1 - 0.1 * 2 / (2 + 1e-8) - 0.1 * m_hat / (v_hat**0.5 + 1e-8), abs=1e-15)


def adagrad_by_hand(gradients):
    total = 0.0
    for g in gradients:
        total += g * g
        yield 0.1 * g / (total**0.5 + 1e-8)


def rmsprop_by_hand(gradients):
    v = 0.0
    for g in gradients:
        v = 0.9 * v + 0.1 * g * g
        yield 0.1 * g / (v**0.5 + 1e-8)


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        (lambda ps: SGD(ps, lr=0.1, weight_decay=0.25), lambda gradients: (0.1 * g for g in gradients)),
        (lambda ps: Adagrad(ps, lr=0.1, eps=1e-8, weight_decay=0.25), adagrad_by_hand),
        (lambda ps: RMSprop(ps, lr=0.1, alpha=0.9, weight_decay=0.25), rmsprop_by_hand),
    ],
)
def test_weight_decay_adds_the_weight_to_its_gradient(kind, changes):
    w, by_hand, decayed = Value(2.0), 2.0, []
    optimizer = kind([w])
    for g in (0.5, -1.0, 0.0):
        w.grad = g
        optimizer.step()
        decayed.append(g + 0.25 * by_hand)
        by_hand -= list(changes(decayed))[-1]
        assert w.data == pytest.approx(by_hand, rel=1e-12)


def test_epsilon_stands_outside_the_root():
    w = Value(0.0)
    w.grad = 1.0
    RMSprop([w], lr=1.0, alpha=0.75, eps=0.5).step()
    assert w.data == -1 / (0.5 + 0.5)  # √0.25 + ½; inside the root it would be 1/√0.75


def test_the_defaults_of_the_books():
    (group,) = Adam([Value(1.0)]).param_groups
    assert (group["lr"], group["betas"], group["eps"]) == (0.001, (0.9, 0.999), 1e-8)


@pytest.mark.parametrize("kind", [Adagrad, RMSprop, Adam, AdamW])
@pytest.mark.parametrize("gradient", [0.0, 1e-200], ids=["0", "whose square is 0"])
@pytest.mark.parametrize("recorded", [False, True])
def test_without_an_epsilon_a_division_by_0_is_refused_before_the_step(kind, gradient, recorded):
    used, unused, b = parameters = [Parameter(1.0, "used"), Parameter(2.0, "unused"), Parameter(3.0, "b")]
    loss = record(lambda x: used * x + unused * 0 + b, 1.0) if recorded else lambda x: used * x + unused * 0 + b
    optimizer = kind([{"params": [b], "eps": 1e-8}, {"params": [used, unused]}], eps=0)
    loss(2.0).backward()
    unused.grad = None
    optimizer.step()  # one that has no gradient is not divided by
    before = [p.data for p in parameters], optimizer.state_dict()
    unused.grad = gradient
    with pytest.raises(DivisionError, match=r"eps=0.*parameter 2, .*'unused'.*an eps above 0") as caught:
        optimizer.step()
    assert isinstance(caught.value, ZeroDivisionError)
    assert ([p.data for p in parameters], optimizer.state_dict()) == before
    for _ in range(3):
        unused.grad = 0.5
        optimizer.step()
    assert all(p.data < start for p, start in zip(parameters, before[0], strict=True))


@pytest.mark.parametrize("make", FIRST_ORDER)
def test_every_optimizer_finds_the_bottom_of_a_bowl(make):
    x, y = Value(3.0), Value(-2.0)
    optimizer = make([x, y])
    for _ in range(400):
        optimizer.zero_grad()
        ((x - 1) ** 2 + 2 * (y - 0.5) ** 2).backward()
        optimizer.step()
    assert (x.data, y.data) == pytest.approx((1, 0.5), abs=0.05)


@pytest.mark.parametrize("make", FIRST_ORDER)
def test_a_saved_optimizer_goes_on_to_the_bit(make):
    def run(interrupted):
        rng = Random(5)
        ps = [Value(rng.gauss(0, 1)) for _ in range(3)]
        optimizer = make(ps)
        for step in range(8):
            if interrupted and step == 4:
                state = json.loads(json.dumps(optimizer.state_dict()))  # as a file would have it: keys become text
                optimizer = make(ps)
                optimizer.load_state_dict(state)
            for p in ps:
                p.grad = rng.gauss(0, 1)
            optimizer.step()
        return [p.data for p in ps]

    assert run(interrupted=True) == run(interrupted=False)


@pytest.mark.parametrize("make", FIRST_ORDER)
def test_what_has_no_gradient_stays(make):
    used, unused = Value(1.0), Value(1.0)
    optimizer = make([used, unused])
    (used * 2).backward()
    optimizer.step()
    assert used.data != 1
    assert unused.data == 1
    optimizer.zero_grad()
    assert used.grad is None


def test_zero_grad_takes_what_pytorch_s_takes():
    layer = nn.Layer(1, 1)
    for part in (layer, nn.SGD(layer.parameters(), lr=0.1)):
        layer.neurons[0].bias.grad = 1.0
        with pytest.raises(DataError, match="None here, and not 0"):
            part.zero_grad(set_to_none=False)
        assert layer.neurons[0].bias.grad == 1.0
        part.zero_grad(set_to_none=True)
        assert layer.neurons[0].bias.grad is None


@pytest.mark.parametrize("make", FIRST_ORDER)
def test_a_closure_is_refused_before_the_step(make):
    w = Value(1.0)
    (w * 2).backward()
    with pytest.raises(DataError, match=r"takes nothing.*loss\.backward\(\); optimizer\.step\(\)"):
        make([w]).step(lambda: w)
    assert w.data == 1.0


def test_groups_have_settings_of_their_own():
    a, b = Value(1.0), Value(1.0)
    optimizer = SGD([{"params": [a], "lr": 1.0}, {"params": [b], "weight_decay": 0.5}], lr=0.1)
    (a + b).backward()
    optimizer.step()
    assert (a.data, b.data) == (0.0, pytest.approx(1 - 0.1 * 1.5))
    assert optimizer.lr == 1.0
    optimizer.lr = 0.2
    assert [group["lr"] for group in optimizer.param_groups] == [0.2, 0.2]


def test_state_dict_is_in_pytorch_s_form():
    a, b = Value(1.0), Value(1.0)
    optimizer = Adam([{"params": [a]}, {"params": [b], "lr": 0.5}])
    (2 * b).backward()
    optimizer.step()
    state = optimizer.state_dict()
    assert [group["params"] for group in state["param_groups"]] == [[0], [1]]
    assert list(state["state"]) == [1]
    assert state["state"][1] == pytest.approx({"step": 1, "exp_avg": 0.2, "exp_avg_sq": 0.004})


def test_a_state_that_does_not_fit_changes_nothing():
    w = Value(1.0)
    w.grad = 1.0
    adam, sgd = Adam([w]), SGD([w], lr=0.1, momentum=0.9)
    sgd.step()
    before = sgd.state_dict()
    for strange in ({"0.weight": 1.0}, adam.state_dict(), SGD([Value(1.0), Value(2.0)], momentum=0.9).state_dict()):
        with pytest.raises(nn.StateError, match="This"):
            sgd.load_state_dict(strange)
        assert sgd.state_dict() == before


def adam_state(**changes):
    state = Adam([Value(1.0)]).state_dict()
    group = {**state["param_groups"][0], **changes.pop("group", {})}
    return {**state, "param_groups": [group], **changes}


@pytest.mark.parametrize(
    "strange",
    [
        adam_state(group={"lr": -5}),
        adam_state(group={"lr": True}),
        adam_state(group={"initial_lr": -5}),
        adam_state(group={"betas": (0.9, 1.0)}),
        adam_state(group={"color": 1}),
        adam_state(extra=1),
        adam_state(state={3: {"step": 1}}),
        adam_state(state={"w": {"step": 1}}),
        adam_state(state={0: {"step": "x"}}),
        adam_state(param_groups=[{"lr": 0.1}]),
        adam_state(param_groups=3),
        adam_state(state=3),
        3,
    ],
)
def test_a_state_out_of_range_changes_nothing(strange):
    adam = Adam([Value(1.0)])
    before = adam.state_dict()
    with pytest.raises((nn.StateError, nn.SettingError)):
        adam.load_state_dict(strange)
    assert adam.state_dict() == before


def test_one_beta_for_both_means_is_a_pair_of_equal_ones():
    beta, eta, epsilon, m, v, expected = 0.9, 0.1, 1e-8, 0.0, 0.0, 1.0
    w = Value(1.0)
    adam = Adam([w], lr=eta, betas=(beta, beta))
    for t, g in enumerate([2.0, -1.0, 0.5], 1):
        m, v = beta * m + (1 - beta) * g, beta * v + (1 - beta) * g**2
        expected -= eta * (m / (1 - beta**t)) / ((v / (1 - beta**t)) ** 0.5 + epsilon)
        w.grad = g
        adam.step()
    assert w.data == pytest.approx(expected, abs=1e-15)


def test_the_learning_rates_that_one_gets_without_saying():
    rates = {kind.__name__: kind([Value(1.0)]).lr for kind in (SGD, Adam, AdamW, Adagrad, RMSprop, Newton)}
    assert rates == {"SGD": 0.001, "Adam": 0.001, "AdamW": 0.001, "Adagrad": 0.01, "RMSprop": 0.01, "Newton": 1.0}


# ── Newton ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_newton_on_a_curve_by_hand():
    x = Value(2.0)
    newton = Newton([x])
    path = []
    for _ in range(3):
        newton.step(x**4 / 4 - x)  # x − (x³ − 1)/(3x²)
        path.append(x.data)
    assert path[0] == pytest.approx(2 - 7 / 12, abs=1e-15)
    assert abs(path[-1] - 1) < abs(path[0] - 1) ** 2
    assert x.grad is None


def test_newton_goes_to_the_saddle_too():
    x, y = Value(1.0), Value(1.0)
    Newton([x, y]).step(x * x - y * y)
    assert (x.data, y.data) == (0.0, 0.0)


def test_newton_fits_a_line_in_one_step():
    line = nn.Neuron(1, "linear", Random(0))
    xs, ys = [0.0, 1.0, 2.0], [1.0, 3.0, 5.0]
    Newton(line.parameters()).step(nn.mse_loss([line([x]) for x in xs], ys))
    assert [p.data for p in line.parameters()] == pytest.approx([2.0, 1.0], abs=1e-12)


def test_newton_where_the_curve_is_flat():
    x, y = Value(1.0), Value(3.0)
    with pytest.raises(DomainError, match=r"flat.*damping=1e-3"):
        Newton([x, y]).step((x + y) ** 2)
    assert (x.data, y.data) == (1.0, 3.0)
    Newton([x, y], damping=1.0).step((x + y) ** 2)  # (2 2; 2 2) + 1: d = (8, 8)/5
    assert (x.data, y.data) == pytest.approx((1 - 1.6, 3 - 1.6))
    with pytest.raises(GraphError, match=r"newton.step\(loss\)"):
        Newton([x]).step()


def test_newton_refuses_slopes_that_are_no_numbers():
    x = Value(1e200)
    with pytest.raises(DomainError, match="not finite"):
        Newton([x]).step((x * x) * (x * x))
    assert x.data == 1e200


def test_elimination_against_the_matrix_itself():
    rng = Random(0)
    for n in range(1, 6):
        matrix = [[rng.gauss(0, 1) for _ in range(n)] for _ in range(n)]
        x = [rng.gauss(0, 1) for _ in range(n)]
        right = [sum(a * b for a, b in zip(row, x, strict=True)) for row in matrix]
        assert solved(matrix, right) == pytest.approx(x, abs=1e-9)


# ── refusals ─────────────────────────────────────────────────────────────────────────────────────────────────────────

W = Value(1.0)
SETTINGS = [
    (SGD, {"lr": 0}), (SGD, {"lr": -0.1}), (SGD, {"lr": float("nan")}), (SGD, {"lr": float("inf")}), (SGD, {"lr": "0.1"}),
    (SGD, {"momentum": 1.0}), (SGD, {"momentum": -0.1}), (SGD, {"weight_decay": -1}), (SGD, {"dampening": 2}),
    (SGD, {"nesterov": True}), (SGD, {"nesterov": True, "momentum": 0.9, "dampening": 0.1}), (SGD, {"convention": "x"}),
    (Adam, {"lr": 0}), (Adam, {"betas": (1.0, 0.999)}), (Adam, {"betas": (0.9, -0.1)}), (Adam, {"betas": (0.9,)}),
    (Adam, {"betas": 0.9}), (Adam, {"eps": -1}), (AdamW, {"weight_decay": -1}), (RMSprop, {"alpha": 1.0}),
    (Adagrad, {"lr": 0}), (Newton, {"damping": -1}), (SGD, {"nesterov": "no"}), (SGD, {"lr": True}), (SGD, {"lr": W}), (SGD, {"momentum": True}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "settings"), SETTINGS)
def test_settings_out_of_range_are_refused(kind, settings):
    with pytest.raises(nn.SettingError) as refusal:
        kind([W], **settings)
    assert isinstance(refusal.value, ValueError)


@pytest.mark.parametrize(("parameters", "error", "says"), [
    ([], GraphError, "nothing to do.* made as a Parameter, not as a Value"),
    ([[W] * 100], GraphError, r"^.{,160}model.parameters\(\)"),
    ([W * 2], GraphError, r"model.parameters\(\)"),
    ([1.0], GraphError, r"model.parameters\(\)"),
    ([W, W], GraphError, "twice"),
    ([{"params": [W]}, {"params": [W]}], GraphError, "twice"),
    (W, DataError, r"model.parameters\(\)"),
    (nn.MLP(1, [1]), DataError, r"model.parameters\(\)"),
    ([{"params": [W]}, W], DataError, "a dict"),
    ([{"params": [W], "lrr": 1}], nn.SettingError, "lrr"),
    ([{"params": [W], "lr": 0}], nn.SettingError, "above 0"),
])  # fmt: skip
def test_what_cannot_be_optimised_is_refused(parameters, error, says):
    with pytest.raises(error, match=says) as refusal:
        SGD(parameters, 0.1)
    assert isinstance(refusal.value, AutogradError)


def test_a_learning_rate_is_checked_when_it_is_set():
    optimizer = SGD([W], 0.1)
    with pytest.raises(nn.SettingError):
        optimizer.lr = 0.0
    assert optimizer.lr == 0.1


def test_a_group_of_one_parameter_needs_no_list():
    w, b = Value(1.0), Value(1.0)
    w.grad = b.grad = 1.0
    SGD([{"params": w, "lr": 0.5}, {"params": [b]}], lr=0.25).step()
    assert (w.data, b.data) == (0.5, 0.75)


@pytest.mark.parametrize("made", [lambda ps: nn.SGD(ps, lr=0.1, momentum=0.9), lambda ps: nn.Adam(ps, lr=0.1)])
def test_recorded_parameters_are_stepped_as_arrays_and_with_an_eps_of_0_one_by_one(made):
    """The rule of an optimizer is called once for all parameters that lie in one array, and not for each."""
    model = nn.MLP(2, [3, 1], activation="tanh", rng=Random(0))
    loss = record(lambda x, y: (model(x)[0] - y) ** 2, [0.0, 1.0], 1.0)
    optimizer = made(model.parameters())
    loss([[0.0, 1.0], [1.0, 1.0]], [1.0, 0.0]).backward()
    optimizer.step()
    (remembered,) = optimizer.state  # one memory for all parameters, of arrays
    assert not isinstance(remembered, Value)
    assert len(optimizer.state_dict()["state"]) == len(model.parameters())
    one_by_one = nn.RMSprop(model.parameters(), lr=0.1, eps=0.0)
    one_by_one.step()
    assert set(one_by_one.state) == set(model.parameters())


def test_an_optimizer_of_one_s_own_is_given_plain_numbers_also_after_a_record():
    seen = []

    class Descent(nn.Optimizer):
        def rule(self, group):
            return lambda w, g, memory: seen.append((w, g)) or w - group["lr"] * g

    w = Parameter(3.0)
    loss = record(lambda x: (w * x) ** 2, 1.0)
    loss([1.0, 2.0]).backward()
    Descent([w], lr=0.1).step()
    assert [tuple(map(type, pair)) for pair in seen] == [(float, float)]
    assert (seen, w.data) == ([(3.0, 15.0)], 1.5)


def test_an_optimizer_tells_its_settings():
    told = repr(SGD([Value(1.0), Value(2.0)], lr=0.25, momentum=0.5))
    assert told.startswith("SGD(2 parameters, lr=0.25, momentum=0.5, ")
    assert told.endswith(")")


def test_a_pickled_optimizer_remembers_numbers_and_no_arrays():
    model = nn.MLP(2, [3, 1], activation="tanh", rng=Random(0))
    loss = record(lambda x, y: (model(x)[0] - y) ** 2, [0.0, 1.0], 1.0)
    optimizer = SGD(model.parameters(), lr=0.1, momentum=0.9)
    loss([[0.0, 1.0], [1.0, 1.0]], [1.0, 0.0]).backward()
    optimizer.step()
    other, its_optimizer = pickle.loads(pickle.dumps((model, optimizer)))
    assert set(its_optimizer.state) == set(other.parameters())
    assert its_optimizer.state_dict() == optimizer.state_dict()


def test_the_two_momentums_part_when_the_learning_rate_changes():
    """v ← β·v + g, w ← w − η·v against v ← β·v − η·g, w ← w + v, with g = 1: the second keeps the η of its time."""
    last = {}
    for convention in ("pytorch", "classical"):
        w = Value(0.0)
        optimizer = SGD([w], lr=1.0, momentum=0.5, convention=convention)
        for lr in (1.0, 0.5):
            optimizer.lr, w.grad = lr, 1.0
            optimizer.step()
        last[convention] = w.data
    assert last == {"pytorch": -1.75, "classical": -2.0}


def test_newton_refuses_a_loss_of_another_moment_and_changes_nothing():
    x, y = Value(3.0), Value(-1.0)
    loss = (x - 1) ** 2 + 10 * (y - x) ** 2
    x.data = 2.0
    with pytest.raises(GraphError, match=r"numbers of one moment.*Compute the loss again"):
        nn.Newton([x, y]).step(loss)
    assert (x.data, y.data) == (2.0, -1.0)


def test_an_optimizer_shows_its_settings_and_how_much_it_trains():
    optimizer = Adagrad([Value(1.0), Value(2.0)], lr=0.5)
    assert repr(optimizer) == "Adagrad(2 parameters, lr=0.5, weight_decay=0.0, eps=1e-10)"


def test_the_defaults_of_every_optimizer_are_pytorch_s():
    shown = {
        kind.__name__: repr(kind([Value(1.0)])).partition("parameters, ")[2]
        for kind in (SGD, Adagrad, RMSprop, Adam, AdamW)
    }
    assert shown == {
        "SGD": "lr=0.001, momentum=0.0, dampening=0.0, weight_decay=0.0, nesterov=False, convention='pytorch')",
        "Adagrad": "lr=0.01, weight_decay=0.0, eps=1e-10)",
        "RMSprop": "lr=0.01, alpha=0.99, eps=1e-08, weight_decay=0.0)",
        "Adam": "lr=0.001, betas=(0.9, 0.999), eps=1e-08, weight_decay=0.0)",
        "AdamW": "lr=0.001, betas=(0.9, 0.999), eps=1e-08, weight_decay=0.01)",
    }


def test_an_optimizer_without_a_formula_says_so_at_its_first_step():
    class Own(nn.Optimizer):
        def __init__(self, parameters):
            super().__init__(parameters, lr=0.1)

    w = Value(1.0)
    w.grad = 1.0
    with pytest.raises(NotImplementedError, match=r"Own has no formula yet.*rule\(self, group\)"):
        Own([w]).step()


@pytest.mark.parametrize(
    "settings",
    [{}, {"dampening": 0.3}, {"weight_decay": 0.2}, {"nesterov": True}, {"nesterov": True, "weight_decay": 0.2}, {"dampening": 0.3, "weight_decay": 0.1}],
)  # fmt: skip
def test_at_one_learning_rate_both_momenta_go_the_same_way(settings):
    rng = Random(3)
    gradients = [rng.uniform(-2, 2) for _ in range(6)]
    paths = []
    for convention in ("pytorch", "classical"):
        w = Value(1.5)
        optimizer = SGD([w], lr=0.1, momentum=0.8, convention=convention, **settings)
        path = []
        for g in gradients:
            w.grad = g
            optimizer.step()
            path.append(w.data)
        paths.append(path)
    assert paths[0] == pytest.approx(paths[1], rel=1e-12)
