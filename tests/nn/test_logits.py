"""A loss of logits on probabilities: `fit` warns of it before anything is learnt, and nothing else is warned of."""

import warnings
from functools import partial
from itertools import count
from math import e
from random import Random

import pytest

import nn
from autograd import Parameter, Value, dot, logsumexp, maximum, mean
from autograd import max as largest
from autograd import sum as total


class Model(nn.Module):
    """A layer of logits, and a function of one's own that makes the outputs of them."""

    def __init__(self, nout, finish):
        self.inner, self.finish = nn.Layer(2, nout, "linear", Random(0)), finish

    def __call__(self, x):
        return self.finish(list(self.inner(x)))


class Tempered(nn.Module):
    """Logits that are divided by a parameter."""

    def __init__(self):
        self.inner, self.temperature = nn.Layer(2, 3, "linear", Random(0)), Parameter(2.0)

    def __call__(self, x):
        return [z / self.temperature for z in self.inner(x)]


class ByHand(nn.Module):
    """Nothing of nn in it: two lists of weights, and the textbook's softmax."""

    def __init__(self):
        self.rows = [[Parameter(0.1 * (i + j)) for j in range(3)] for i in range(2)]

    def __call__(self, x):
        powers = [dot(row[:2], x, row[2]).exp() for row in self.rows]
        return [power / (powers[0] + powers[1]) for power in powers]


class Keeping(nn.Module):
    """A model with all sorts of state: dropout, a hidden number, a counter, and a list or an iterator that it reads from."""

    def __init__(self, numbers):
        self.dropout = nn.Dropout(0.5, Random(1))
        self.inner = nn.Sequential(nn.Layer(2, 4, rng=Random(0)), self.dropout, nn.Layer(4, 2, "softmax", Random(2)))
        self.calls, self.hidden, self.numbers = 0, Value(0.0), numbers

    def __call__(self, x):
        self.calls += 1
        self.hidden = 0.5 * self.hidden.detach() + x[0]
        self.numbers.pop() if isinstance(self.numbers, list) else next(self.numbers)
        return self.inner([self.hidden, x[1]])


def powers_shifted(zs):
    top = largest(zs).detach()
    powers = [(z - top).exp() for z in zs]
    return [power / total(powers) for power in powers]


def by_python(zs):
    """Return the softmax as one line of plain Python, with 0 + … from its sum, and the powers computed anew."""
    return [z.exp() / sum(x.exp() for x in zs) for z in zs]


def of_labels(outputs, label):
    """Return the logistic loss, for labels −1 and 1."""
    return (1 + (-label * outputs[0]).exp()).log()


def focal(probability, target):
    p = probability if target else 1 - probability
    return -((1 - p) ** 2) * p.log()


def spread(outputs, target):
    """Return the loss of a normal distribution, of which a model says the mean and the logarithm of the variance."""
    middle, log_variance = outputs
    return (-log_variance).exp() * (middle - target) ** 2 + log_variance


ce, bce = nn.cross_entropy, nn.binary_cross_entropy_with_logits
TWICE = {
    "softmax": (lambda: nn.MLP(2, [3], output_activation="softmax"), ce, "softmax.*categorical_cross_entropy"),
    "the function": (lambda: nn.Sequential(nn.Layer(2, 3, "linear"), nn.softmax), ce, "softmax"),
    "in a part": (lambda: nn.Sequential(nn.MLP(2, [3], output_activation="softmax")), ce, "softmax"),
    "of a setting": (lambda: nn.Layer(2, 3, "softmax"), partial(ce, reduction="sum"), "softmax"),
    "a lambda": (lambda: nn.Layer(2, 3, "softmax"), lambda out, t: ce(out, t), "softmax"),
    "one-hot": (lambda: nn.Layer(2, 2, "softmax"), lambda out, t: ce(out, [1 - t, t]), "softmax"),
    "a softmax of one's own": (lambda: Model(3, nn.softmax), ce, "ends with softmax"),
    "the textbook's": (ByHand, ce, "softmax"),
    "shifted": (lambda: Model(3, powers_shifted), ce, "softmax"),
    "by Python": (lambda: Model(3, by_python), ce, "softmax"),
    "in the loss": (lambda: nn.Layer(2, 3, "linear"), lambda out, t: ce(nn.softmax(out), t), "softmax"),
    "twice by hand": (lambda: nn.Layer(2, 3, "softmax"), lambda out, t: -nn.softmax(out)[t].log(), "softmax"),
    "logsumexp": (lambda: Model(2, nn.softmax), lambda out, t: logsumexp(out) - out[t], "softmax"),
    "the logarithm of a sum": (lambda: Model(2, nn.softmax), lambda out, t: total([z.exp() for z in out]).log() - out[t], "softmax"),
    "two classes": (lambda: nn.Layer(2, 2, "softmax"), lambda out, t: (out[1 - t] - out[t]).softplus(), "softmax"),
    "sigmoids into many classes": (lambda: nn.Layer(2, 3, "sigmoid"), ce, "sigmoid"),
    "sigmoid": (lambda: nn.MLP(2, [1], output_activation="sigmoid"), bce, "sigmoid.*nn.binary_cross_entropy"),
    "a sigmoid of one's own": (lambda: Model(1, lambda zs: [z.sigmoid() for z in zs]), bce, "ends with sigmoid"),
    "a sigmoid by hand": (lambda: Model(1, lambda zs: [1 / (1 + (-zs[0]).exp())]), bce, "sigmoid"),
    "another form of it": (lambda: Model(1, lambda zs: [zs[0].exp() / (zs[0].exp() + 1)]), bce, "sigmoid"),
    "one number": (lambda: nn.Neuron(2, "sigmoid", Random(0)), bce, "sigmoid"),
    "taken out": (lambda: nn.Layer(2, 1, "sigmoid"), lambda out, t: bce(out[0], t), "sigmoid"),
    "labels of −1 and 1": (lambda: nn.Layer(2, 1, "sigmoid"), lambda out, t: of_labels(out, 2 * t - 1), "sigmoid"),
    "sigmoid in the loss": (lambda: nn.Layer(2, 1, "sigmoid"), lambda out, t: nn.binary_cross_entropy(out[0].sigmoid(), t), "sigmoid"),
    "many labels": (lambda: nn.Layer(2, 2, "sigmoid"), lambda out, t: bce(out, [t, 1 - t]), "sigmoid"),
    "behind dropout": (lambda: nn.Sequential(nn.Layer(2, 3, "softmax"), nn.Dropout(0.0)), ce, "softmax"),
}  # fmt: skip
RIGHT = {
    "logits": (lambda: nn.MLP(2, [3]), ce),
    "logits with hidden sigmoids": (lambda: nn.MLP(2, [4, 3], "sigmoid"), ce),
    "logits behind a softmax": (lambda: nn.Sequential(nn.Layer(2, 3, "softmax"), nn.Layer(3, 2, "linear")), ce),
    "hidden sigmoids, scaled": (lambda: Model(2, lambda zs: [2 * z.sigmoid() - 1 for z in zs]), ce),
    "softened logits": (lambda: nn.Layer(2, 3, "linear"), lambda out, t: ce([z / 2.0 for z in out], t)),
    "tanh": (lambda: nn.Layer(2, 3, "tanh"), ce),
    "tanh by hand": (lambda: Model(2, lambda zs: [(z.exp() - (-z).exp()) / (z.exp() + (-z).exp()) for z in zs]), ce),
    "swish": (lambda: Model(2, lambda zs: [z / (1 + (-z).exp()) for z in zs]), ce),
    "log-probabilities": (lambda: Model(2, lambda zs: [z - logsumexp(zs) for z in zs]), ce),
    "a quotient": (lambda: Model(2, lambda zs: [z / (z.abs() + 1) for z in zs]), ce),
    "probabilities": (lambda: nn.Layer(2, 3, "softmax"), nn.categorical_cross_entropy),
    "probabilities in the loss": (lambda: nn.Layer(2, 3, "linear"), lambda out, t: -nn.softmax(out)[t].log()),
    "squares of probabilities": (lambda: nn.Layer(2, 2, "softmax"), lambda out, t: mean([(p - float(k == t)) ** 2 for k, p in enumerate(out)])),
    "a logit": (lambda: nn.Layer(2, 1, "linear"), bce),
    "a logit with labels": (lambda: nn.Layer(2, 1, "linear"), lambda out, t: of_labels(out, 2 * t - 1)),
    "a probability": (lambda: nn.Neuron(2, "sigmoid"), nn.binary_cross_entropy),
    "a probability, focal": (lambda: nn.Neuron(2, "sigmoid"), focal),
    "a square": (lambda: nn.Layer(2, 1, "sigmoid"), nn.mse_loss),
    "a margin": (lambda: nn.Layer(2, 1, "linear"), lambda out, t: nn.hinge_loss(out, 2 * t - 1)),
    "a hinge": (lambda: nn.Layer(2, 1, "sigmoid"), lambda out, t: maximum(0, 1 - (2 * t - 1) * out[0])),
    "a deviation": (lambda: nn.Layer(2, 2, "sigmoid"), spread),
    "two heads": (lambda: Model(3, lambda zs: [*zs[:2], zs[2].sigmoid()]), lambda out, t: ce(out[:2], t) + nn.binary_cross_entropy(out[2], t)),
    "a soft step": (lambda: nn.Layer(2, 1, "sigmoid"), lambda out, t: ((10 * (out[0] - 0.5)).sigmoid() - t) ** 2),
    "log-cosh": (lambda: nn.Layer(2, 1, "sigmoid"), lambda out, t: logsumexp([out[0] - t, t - out[0]])),
    "a learnt temperature": (Tempered, ce),
    "probabilities that were gates": (lambda: Model(3, lambda zs: [p * z for p, z in zip(nn.softmax(zs), zs, strict=True)]), ce),
    "smoothed labels": (lambda: nn.Layer(2, 3, "linear"), lambda out, t: ce(out, [0.9 if k == t else 0.05 for k in range(3)])),
    "an entropy": (lambda: nn.Layer(2, 3, "linear"), lambda out, t: ce(out, t) + total([p * p.log() for p in nn.softmax(out)])),
    "a dict": (lambda: Model(2, lambda zs: {"logits": zs}), lambda out, t: ce(out["logits"], t)),
    "a power of e": (lambda: Model(1, lambda zs: [e ** zs[0]]), nn.mse_loss),
}  # fmt: skip


@pytest.mark.parametrize("name", TWICE)
def test_probabilities_into_a_loss_of_logits_are_warned_of_before_anything_is_learnt(name):
    make, loss, words = TWICE[name]
    model, seen = make(), []
    before = model.state_dict()

    class Watching:
        def on_before_optimizer_step(self, run):
            seen.append((len(caught), model.state_dict() == before))

    with pytest.warns(nn.LogitsWarning, match=f"takes logits.*{words}") as caught:
        nn.fit(model, nn.xor(), loss, nn.SGD(model.parameters(), lr=0.1), 2, batch_size=4, callbacks=Watching())
    assert seen[0] == (1, True)
    assert len(caught) == 1
    assert caught[0].filename == __file__
    assert nn.diagnose(model=model, loss_fn=loss) == [str(caught[0].message)]


@pytest.mark.parametrize("name", RIGHT)
@pytest.mark.filterwarnings("error")
def test_a_loss_that_suits_its_model_is_not_warned_of(name):
    make, loss = RIGHT[name]
    model = make()
    nn.fit(model, nn.xor(), loss, nn.SGD(model.parameters(), lr=0.1), 1)
    assert nn.diagnose(model=model, loss_fn=loss) == []


@pytest.mark.parametrize("name", ["softmax", "a lambda", "in a part", "sigmoid", "by Python"])
def test_a_replay_is_warned_of_too(name):
    pytest.importorskip("numpy")
    make, loss, words = TWICE[name]
    model = make()
    with pytest.warns(nn.LogitsWarning, match=words) as caught:
        nn.fit(model, nn.xor(), loss, nn.SGD(model.parameters(), lr=0.1), 2, replay=True)
    assert [(w.category, w.filename) for w in caught] == [(nn.LogitsWarning, __file__)]


def test_fit_looks_at_what_it_computes_anyway():
    model, targets = Keeping(n for n in count()), []

    def loss(outputs, target):
        targets.append(target)
        return ce(outputs, target)

    with pytest.warns(nn.LogitsWarning):
        nn.fit(model, nn.xor(), loss, nn.SGD(model.parameters(), lr=0.1), 2, batch_size=3)
    assert (model.calls, next(model.numbers), len(targets)) == (8, 8, 8)


def test_a_batch_that_comes_one_by_one_is_looked_at_too():
    class OneByOne(Model):
        def batch(self, rows):
            yield from (self(row) for row in rows)

    model = OneByOne(3, nn.softmax)
    with pytest.warns(nn.LogitsWarning):
        nn.fit(model, nn.xor(), ce, nn.SGD(model.parameters(), lr=0.1), 1)


def test_diagnose_leaves_a_model_as_it_was():
    model = Keeping([3, 2, 1])
    state, hidden = model.dropout.rng.getstate(), model.hidden
    assert len(nn.diagnose(model=model, loss_fn=ce)) == 1
    assert (model.calls, model.numbers, model.training, model.hidden) == (0, [3, 2, 1], True, hidden)
    assert model.dropout.rng.getstate() == state


def test_diagnose_leaves_an_iterator_alone():
    model = Keeping(n for n in count())  # which cannot be copied
    assert nn.diagnose(model=model, loss_fn=ce) == []
    assert (model.calls, next(model.numbers)) == (0, 0)


def test_a_warning_that_is_an_error_leaves_the_model_untrained():
    model = nn.Layer(2, 3, "softmax")
    before = model.state_dict()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(nn.LogitsWarning):
            nn.fit(model, nn.xor(), ce, nn.SGD(model.parameters(), lr=0.1), 1)
    assert model.state_dict() == before


def test_of_what_cannot_be_run_nothing_is_said():
    assert nn.diagnose(model=nn.Layer(2, 3, "softmax"), loss_fn=lambda out, t: t.nothing) == []
    assert nn.diagnose(model=Model(3, lambda zs: zs[99]), loss_fn=ce) == []
