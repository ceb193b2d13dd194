"""What students do on paper, computed here without the diagnoser: it calls none of the answers right, and names nearly all."""

import math
import random

import pytest

from autograd import Parameter, Value, diagnose, dot, mean
from autograd.classroom.paper import Paper
from autograd.explain.answers import read_answer
from autograd.graph import number
from nn.lessons import COURSE

# --- a backward pass of our own: lists of (node, operand, parent, local), from the root down


def order_from(root):
    order, seen, stack = [], set(), [(root, iter(root.parents))]
    seen.add(root)
    while stack:
        node, parents = stack[-1]
        for parent in parents:
            if parent not in seen:
                seen.add(parent)
                stack.append((parent, iter(parent.parents)))
                break
        else:
            order.append(node)
            stack.pop()
    return order


def gradients_of(root, local=lambda node, i: node.partials[i]):
    found = {root: 1.0}
    for node in reversed(order_from(root)):
        for i, parent in enumerate(node.parents):
            found[parent] = found.get(parent, 0.0) + found.get(node, 0.0) * local(node, i)
    return found


def z(node):
    """What went into an activation."""
    return node.parents[0].data


def slips(root, node):
    """Yield (the names that would do, the number) for what a student may do at a node."""
    order, gradient = order_from(root), gradients_of(root)
    uses = [(n, i) for n in order for i, parent in enumerate(n.parents) if parent is node]
    contributions = [gradient[n] * n.partials[i] for n, i in uses]
    yield {"upstream alone"}, sum(gradient[n] for n, _ in uses)
    yield {"local alone"}, sum(n.partials[i] for n, i in uses)
    if uses:
        yield {"+ in the place of ·"}, sum(gradient[n] + n.partials[i] for n, i in uses)
    yield {"the sign", "sign of the delta"}, -sum(contributions)
    for n, i in uses:
        if n.op.name == "mul" and n.parents[1 - i].kind != "constant":
            yield {"the other factor's gradient"}, gradient[n.parents[1 - i]]
        if n.op.name == "dot" and i < len(n.parents) - 1:
            half = len(n.parents) // 2
            yield {"the other factor's gradient"}, gradient[n.parents[(i + half) % (2 * half)]]
    if len(uses) > 1:
        for k, contribution in enumerate(contributions):
            yield {"one use only", "one example of several", "the penalty only"}, contribution
            rest = math.fsum(contributions[:k] + contributions[k + 1 :])
            yield {"one use left out", "one example left out", "the penalty left out"}, rest
    for joined in (n for n in order if n.op and n.op.name == "mean"):
        more = gradients_of(root, lambda n, i, joined=joined: 1.0 if n is joined else n.partials[i])[node]
        yield {"sum for mean"}, more
    squares = [n for n in order if n.op and n.op.name == "power(2)"]
    if squares:
        halved = gradients_of(root, lambda n, i: n.partials[i] / 2 if n in squares else n.partials[i])[node]
        yield {"the exponent left out", "½(t − o)² for (t − o)²"}, halved
    for op in {n.op.name for n in order if n.op} & {"tanh", "sigmoid", "relu", "exp"}:
        for names, wrong in (
            ({"a slope left out"}, lambda n: 1.0),
            ({"a value for a slope"}, lambda n: n.data),
            (
                {"a slope elsewhere"},
                lambda n: {"tanh": 1 - z(n) ** 2, "sigmoid": z(n) * (1 - z(n))}.get(n.op.name, z(n)),
            ),
            ({"half a slope"}, lambda n: 1 - n.data if n.op.name == "sigmoid" else n.partials[0]),
            ({"the square of tanh left out"}, lambda n: 1 - n.data if n.op.name == "tanh" else n.partials[0]),
        ):
            if names != {"a slope elsewhere"} or op in ("tanh", "sigmoid"):
                local = lambda n, i, op=op, wrong=wrong: wrong(n) if n.op.name == op else n.partials[i]  # noqa: E731
                yield names, gradients_of(root, local)[node]
    for other in order:
        if other.label and other not in (root, node) and node in (inside := gradients_of(other)):
            yield {"the chain stops early", "local alone"}, inside[node]
    for other in order:
        if other.label and other not in (root, node) and other.kind != "constant":
            yield {"another node's gradient", "the other factor's gradient"}, gradient[other]


def wrong_answers():
    """At most a dozen for each lesson, at parameters and inputs that have a label: those that can be told from the truth."""
    for slug, lesson in COURSE.lessons.items():
        root = lesson.build()
        order, gradient = order_from(root), gradients_of(root)
        nodes = [n for n in order if n.label and n is not root and n.op is None and n.kind != "constant"]
        found = [
            (slug, root, node, names, x)
            for node in random.Random(slug).sample(nodes, min(4, len(nodes)))
            for names, x in slips(root, node)
            if number(x) not in (number(gradient[node]), "0") and math.isfinite(x) and abs(x) > 1e-9
        ]
        yield from random.Random(slug).sample(found, min(12, len(found)))


def test_no_wrong_answer_is_right_and_nine_of_ten_are_named():
    tried, unnamed = 0, []
    for slug, root, node, names, x in wrong_answers():
        typed = f"{x:.4g}"
        truth = gradients_of(root)[node]
        if f"{truth:.4g}" == typed:
            continue
        told = diagnose(root, node, typed)
        tried += 1
        assert not told.right, (slug, node.label, typed, truth)
        if not names & {mistake.name for mistake in told.mistakes}:
            unnamed.append((slug, node.label, typed, names, [m.name for m in told.mistakes]))
    assert tried >= 150
    assert len(unnamed) <= tried / 10, unnamed


BOOK = [  # lesson, node, answer, what was done; "coarse" for a rounding that goes too far
    ("layer", "x1", "2", "one use left out"),
    ("batches", "w", "-1", "one example of several"),
    ("xor-by-hand", "u2", "0.1", "coarse"),
    ("losses", "p2", "-40000", "sum for mean"),
    ("one-neuron", "x1", "2", "an input and its weight swapped"),
    ("xor-by-hand", "u2", "0.2767", "upstream alone"),
    ("three-layers", "w³₁₁", "0.7311", "upstream alone"),
    ("activations", "z2", ".1598", "the sign"),
    ("tiny-network", "w", "2", "local alone"),
    ("tiny-network", "w", "-48", "the other factor's gradient"),
    ("overfitting", "w", "8", "the penalty left out"),
    ("overfitting", "w", "9.5", "the exponent left out"),
    ("linear-trap", "x1", "3", "one use only"),
]


@pytest.mark.parametrize(("slug", "label", "answer", "done"), BOOK)
def test_what_was_really_answered(slug, label, answer, done):
    root = COURSE.lessons[slug].build()
    (node,) = (n for n in order_from(root) if n.label == label)
    told = diagnose(root, node, answer)
    assert not told.right
    assert told.verdict == "coarse" if done == "coarse" else done in [m.name for m in told.mistakes]


@pytest.mark.parametrize("x", [-1.3, -0.4, 0.7, 1.9])
def test_one_less_the_value_is_named_for_the_slope_of_sigmoid_and_of_tanh(x):
    """By hand: L = 3·f(2w) − 1, so ∂L/∂w is 3·f′·2; the student has 1 − f for f′."""
    sigmoid = 1 / (1 + math.exp(-2 * x))
    for f, out, said in (
        (Value.sigmoid, sigmoid, "1 − σ is taken for σ(1 − σ), the slope of sigmoid"),
        (Value.tanh, math.tanh(2 * x), "1 − tanh is taken for 1 − tanh², the slope of tanh"),
    ):
        w = Parameter(x, "w")
        told = diagnose(3 * f(2 * w) - 1, w, f"{6 * (1 - out):.6g}")
        assert told.verdict == "wrong"
        assert told.words == f"{told.answer} is what you get when {said}."


def test_the_square_of_tanh_is_not_spoken_of_where_it_makes_no_difference_or_there_is_no_tanh():
    """At 0 tanh is 0, and 1 − tanh is its slope."""
    w = Parameter(0.0, "w")
    assert diagnose(3 * w.tanh(), w, "3").right
    v = Parameter(0.5, "v")
    for answer in (1 - math.tanh(0.5), 1 - v.data, 2.0):
        assert "tanh" not in diagnose((v.exp() - 1) ** 2, v, f"{answer:.6g}").words


def test_nothing_is_named_that_has_no_place_in_the_graph():
    rng = random.Random(0)
    for slug, lesson in COURSE.lessons.items():
        root = lesson.build()
        operations = {n.op.name for n in order_from(root) if n.op}
        node = next(n for n in order_from(root) if n.label and n.op is None)
        truth = gradients_of(root)[node]
        for answer in (-truth, truth / 2, truth * 2, truth * 3, rng.uniform(-3, 3)):
            words = diagnose(root, node, repr(answer)).text
            if "power(2)" not in operations and "mul" not in operations:
                assert "½" not in words, (slug, words)
            if "sub" not in operations:
                assert "t − o" not in words, (slug, words)
            if "mean" not in operations:
                assert "sum for mean" not in words, (slug, words)


@pytest.mark.parametrize(
    ("typed", "truth", "verdict"),
    [("1.5", 1.5, "right"), ("2", 1.5, "wrong"), ("0.14", 0.138371, "right"), ("0.1", 0.138371, "coarse"), ("1/3", 1 / 3, "right"),
     ("0.3", 1 / 3, "coarse"), ("33/100", 1 / 3, "wrong"), ("0.5", 0.5, "right"), ("1", 0.5, "wrong"), ("-4e1", -36.0, "coarse"),
     ("-40", -36.0, "wrong"), ("0", 0.0, "right"), ("0", 0.4, "wrong"), ("100", 95.0, "wrong"), ("1e2", 95.0, "coarse"), ("7", 7.0, "right")],
)  # fmt: skip
def test_right_coarse_wrong(typed, truth, verdict):
    assert read_answer(typed).verdict(truth) == verdict


def test_what_a_mistake_gives_exactly_is_the_mistake():
    w = Parameter(0.5, "w")
    losses = [(dot([w], [Value(x)], 0.0) - y) ** 2 for x, y in ((1.0, 2.0), (2.0, 2.0), (-1.0, 1.0))]
    loss = mean(losses)
    assert diagnose(loss, w, "-1").verdict == "wrong"
    assert "one example of several" in [m.name for m in diagnose(loss, w, "-1").mistakes]
    assert diagnose(mean(losses), w, "-1.3").verdict == "right"


def test_the_numbers_without_the_seed_are_recognised():
    paper = Paper(COURSE.lessons["tiny-network"], "7")
    (question,) = (q for q in paper.exercises if q.question == "What is ∂L/∂w?")
    assert "the numbers of the lesson are taken" in question.verdict("-32").words
    plain = Paper(COURSE.lessons["tiny-network"]).contributions
    differing = [
        (a, b) for a, b in zip(paper.contributions, plain, strict=True) if number(a.answer) != number(b.answer)
    ]
    assert differing
    assert any("not those of the seed" in a.verdict(repr(b.answer)).words for a, b in differing)


def tiny():
    w, x, y = Parameter(3.0, "w"), Value(2.0, "x"), Value(15.0, "y")
    z = w * x
    z.label = "z"
    loss = (z - y) ** 2
    loss.label = "L"
    return loss, w


def test_a_diagnosis_says_all_in_each_of_its_forms():
    loss, w = tiny()
    told = diagnose(loss, w, "36")
    words = "36 is what you get when the delta has the other sign (t − o in the place of o − t)."
    first = ["∂L/∂v1 = 2·v1 = 2·(−9) = −18", "∂L/∂v1 = −1 · (−18) = 18"]
    mistake = told.mistakes[0]
    lines = ["sign of the delta", "  The first wrong line:", *(f"    {line}" for line in first), f"  {mistake.why}"]
    assert (told.right, told.verdict, told.words) == (False, "wrong", words)
    assert told.text.splitlines() == [words, "", *lines]
    assert told.tex.endswith(r"\frac{\partial L}{\partial v_{1}} = -1 \cdot (-18) = 18")
    assert told.json == {
        "answer": "36",
        "right": False,
        "verdict": "wrong",
        "mistakes": [{"name": "sign of the delta", "when": mistake.when, "why": mistake.why, "first": first}],
        "words": words,
        "text": told.text,
        "tex": told.tex,
    }


def test_what_is_right_and_what_nothing_gives_is_said_in_one_sentence():
    loss, w = tiny()
    right, nothing, zero = (diagnose(loss, w, answer) for answer in ("-36", "77.5", "0"))
    assert (right.right, right.words, right.text, right.tex) == (
        True,
        "−36 is right.",
        "−36 is right.",
        r"\text{−36 is right.}",
    )
    assert (
        nothing.words
        == "77.5 is not right, and none of the known mistakes gives it. Step through the events and compare."
    )
    assert zero.words.endswith("compare. A gradient near 0 is given by its first digits, as 0.004 or 4e-3.")
    assert (nothing.mistakes, nothing.json["mistakes"]) == ((), [])


def test_a_mistake_without_a_wrong_pass_has_no_first_wrong_line():
    loss, w = tiny()
    told = diagnose(loss, w, "2")
    assert told.mistakes[0].name == "local alone"
    assert "first wrong line" not in told.text
    assert told.json["mistakes"][0]["first"] == []
    assert told.tex == r"\text{" + told.words + "}"


def test_the_unseeded_numbers_are_tried_at_every_node_but_the_root():
    loss, w = tiny()
    w2, x2, y2 = Parameter(5.0, "w"), Value(2.0, "x"), Value(15.0, "y")
    other = (w2 * x2 - y2) ** 2
    assert "the unseeded numbers" in [m.name for m in diagnose(loss, w, "-20", unseeded=other).mistakes]
    assert "the unseeded numbers" not in [m.name for m in diagnose(loss, w, "-20").mistakes]
    assert "the unseeded numbers" not in [m.name for m in diagnose(loss, loss, "2", unseeded=other).mistakes]
    assert diagnose(loss, loss, "1").right


def test_an_infinite_mistake_is_not_named():
    w = Parameter(1e200, "w")
    loss = (w * 1e-200 - 3.0) ** 2
    told = diagnose(loss, w, "1e300")
    assert all(math.isfinite(m.gradients[w]) for m in told.mistakes)
