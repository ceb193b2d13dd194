"""Small programs in the style of micrograd, microgpt and a scalar transformer: they run, or a sentence says which line to change."""

import math
import random
import sys
from itertools import pairwise

import pytest

import autograd
from autograd import Value
from nn import MLP

# --- expressions, as in a test of an engine ---


def test_an_expression_of_everything_has_the_slopes_of_differences():
    def expression(a, b):
        c = 2 * a + b**3 - 1
        c += 1 + c + (-a)
        d = (b + a).relu() * 3 + c / 2.0
        e = d - c
        return e**2 / 4.0 + 10.0 / (e * e + 1) + 1 - b

    a, b = Value(-1.5), Value(0.75)
    y = expression(a, b)
    y.backward()
    assert y.data == pytest.approx(expression(Value(-1.5), Value(0.75)).data)
    h = 1e-6
    for leaf, up, down in ((a, (h, 0), (-h, 0)), (b, (0, h), (0, -h))):
        above, below = (expression(Value(-1.5 + p), Value(0.75 + q)).data for p, q in (up, down))
        assert leaf.grad == pytest.approx((above - below) / (2 * h), rel=1e-6)


# --- a demo: two classes, a margin loss, all in a loop by hand ---

POINTS = [([math.cos(k), math.sin(k)], 1) for k in range(8)] + [
    ([3 + math.cos(k), 2 + math.sin(k)], -1) for k in range(8)
]


def demo(scores_of, steps=40):
    random.seed(3)
    model = MLP(2, [8, 1])
    for k in range(steps):
        scores = scores_of(model, [list(map(Value, x)) for x, _ in POINTS])
        losses = [(1 + -y * score).relu() for (_, y), score in zip(POINTS, scores, strict=True)]
        loss = sum(losses) * (1.0 / len(losses)) + 1e-4 * sum(p * p for p in model.parameters())
        right = sum((y > 0) == (score.data > 0) for (_, y), score in zip(POINTS, scores, strict=True))
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= (0.5 - 0.4 * k / steps) * p.grad
    return right


def test_the_demo_learns_with_one_line_changed_and_the_error_says_which():
    with pytest.raises(autograd.DataError, match=r"model\(x\)\[0\]"):
        demo(lambda model, inputs: list(map(model, inputs)))
    assert demo(lambda model, inputs: [model(x)[0] for x in inputs]) == len(POINTS)


@pytest.mark.parametrize(
    "use",
    [lambda y: y - 1.0, lambda y: 1.0 - y, lambda y: y**2, lambda y: y / 2, lambda y: 2 / y, lambda y: y + 1, lambda y: 1 + y, lambda y: -y,
     lambda y: 3 * y, lambda y: y * 3, lambda y: y.data, lambda y: y.backward(), lambda y: y.relu(), lambda y: Value(1.0) * y],
)  # fmt: skip
def test_a_model_of_one_output_says_where_it_is(use):
    with pytest.raises((autograd.DataError, AttributeError), match=r"model\(x\)\[0\]|xs\[0\]"):
        use(MLP(2, [1])([1.0, 2.0]))


def test_a_number_of_numpy_s_times_outputs_is_refused_too():
    np = pytest.importorskip("numpy")
    for y in (np.float64(2.0), np.int64(-1)):
        with pytest.raises(autograd.DataError, match=r"model\(x\)\[0\]"):
            y * MLP(2, [1])([1.0, 2.0])


def test_outputs_stay_a_list():
    y = MLP(2, [2])([1.0, 2.0])
    assert isinstance(y, list)
    more = [y[0]]
    assert (y + more, more + y) == ([y[0], y[1], y[0]], [y[0], y[0], y[1]])
    assert (y[:1], list(reversed(y)), len(y)) == ([y[0]], [y[1], y[0]], 2)


# --- a small language model: tables of rows, of which a text uses few ---


def soft(logits):
    top = max(logit.data for logit in logits)
    powers = [(logit - top).exp() for logit in logits]
    total = sum(powers)
    return [power / total for power in powers]


def times(rows, x):
    return [sum(w * v for w, v in zip(row, x, strict=True)) for row in rows]


def normed(x):
    return [v * (sum(u * u for u in x) / len(x) + 1e-5) ** -0.5 for v in x]


class Text:
    """Predict the next letter from the letters before it: rows for letters and places, one head, a layer, an output."""

    def __init__(self, make=Value):
        rng = random.Random(1)
        matrix = lambda n, m: [[make(rng.gauss(0, 0.3)) for _ in range(m)] for _ in range(n)]  # noqa: E731
        self.parts = {
            "letter": matrix(5, 4),
            "place": matrix(6, 4),
            "q": matrix(4, 4),
            "k": matrix(4, 4),
            "v": matrix(4, 4),
            "out": matrix(5, 4),
        }
        self.parameters = [p for rows in self.parts.values() for row in rows for p in row]

    def loss(self, text):
        keys, values, losses = [], [], []
        for place, (letter, target) in enumerate(pairwise(text)):
            x = normed([a + b for a, b in zip(self.parts["letter"][letter], self.parts["place"][place], strict=True)])
            q, k, v = (times(self.parts[name], x) for name in "qkv")
            keys.append(k)
            values.append(v)
            weights = soft([sum(a * b for a, b in zip(q, key, strict=True)) / 2.0 for key in keys])
            head = [sum(w * value[j] for w, value in zip(weights, values, strict=True)) for j in range(4)]
            probabilities = soft(times(self.parts["out"], [(a + b).relu() for a, b in zip(x, head, strict=True)]))
            losses.append(-probabilities[target].log())
        return (1 / len(losses)) * sum(losses)


def adam(model, steps, skip_unused):
    m, v = [0.0] * len(model.parameters), [0.0] * len(model.parameters)
    for step in range(steps):
        loss = model.loss([0, 1, 2, 0, 1, 2])
        loss.backward()
        for i, p in enumerate(model.parameters):
            if skip_unused and p.grad is None:
                continue
            m[i] = 0.9 * m[i] + 0.1 * p.grad
            v[i] = 0.99 * v[i] + 0.01 * p.grad**2
            p.data -= 0.1 * (m[i] / (1 - 0.9 ** (step + 1))) / ((v[i] / (1 - 0.99 ** (step + 1))) ** 0.5 + 1e-8)
            p.grad = 0
    return loss.data


def test_a_language_model_learns_and_rows_that_no_text_uses_are_told_of(capsys):
    with pytest.raises(TypeError) as caught:
        adam(Text(), 1, skip_unused=False)
    sys.excepthook(TypeError, caught.value, caught.tb)
    assert "leave that Value out: if p.grad is not None" in capsys.readouterr().err
    model = Text()
    first, last = model.loss([0, 1, 2, 0]).data, adam(model, 40, skip_unused=True)
    assert last < 0.1 * first
    assert all(p.grad is None for row in model.parts["letter"][3:] for p in row)


class Own(autograd.Value):
    pass


def test_a_memory_on_each_value_needs_a_class_of_one_s_own():
    with pytest.raises(AttributeError, match=r"class Value\(autograd\.Value\): pass"):
        Text().parameters[0].m = 0.0
    model = Text(Own)
    first = model.loss([0, 1, 2, 0])
    assert type(first) is Own
    for p in model.parameters:
        p.m = 0.0
    for _ in range(60):
        loss = model.loss([0, 1, 2, 0])
        for p in model.parameters:
            p.grad = 0.0
        loss.backward()
        for p in model.parameters:
            p.m = 0.9 * p.m + p.grad
            p.data -= 0.05 * p.m
    assert loss.data < 0.1 * first.data


def test_a_node_built_by_hand_says_what_makes_one():
    x = Value(0.5)
    with pytest.raises(autograd.DataError, match=r"w\.tanh\(\), or x\.apply"):
        Value(math.tanh(x.data), (x,), "tanh")

    class Number(autograd.Value):
        pass

    for value in (x, Number(0.5)):
        with pytest.raises(AttributeError, match=r"x\.apply\(Op"):
            value._backward = lambda: None
