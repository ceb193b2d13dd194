"""Every lesson of the catalogue: the numbers it states are reached, by every way, and each note has its place."""

import math
import re
from collections import Counter

import numpy as np
import pytest

from autograd import Value, gradcheck, steps
from autograd.classroom import Note
from autograd.explain.stepper import Chain, Event, Ready, Update
from autograd.graph import names, topological_order
from nn.lessons import COURSE, tiny_network, xor_by_hand, xor_training
from tests.lessons import EACH, LESSONS

CATALOGUE = tuple(LESSONS.values())


def labelled(root):
    return {name: node for node, name in names(topological_order(root)).items() if node.label}


def stated(lesson, root):
    """The stated numbers that are of the built graph: values and gradients of its labelled nodes."""
    nodes, of = labelled(root), f"∂{root.label}/∂"
    values = {name: x for name, x in lesson.numbers.items() if name in nodes}
    return values, {name.removeprefix(of): x for name, x in lesson.numbers.items() if name.startswith(of)}


TRAINS_LONG = ("digits", "overfitting")  # a second and more


@pytest.mark.parametrize(
    "lesson",
    [pytest.param(one, id=slug, marks=[pytest.mark.slow] * (slug in TRAINS_LONG)) for slug, one in LESSONS.items()],
)
def test_the_stated_numbers_are_reached(lesson):
    assert lesson.numbers
    found = lesson.measure(lesson)
    for name, wanted in lesson.numbers.items():
        assert found[name] == pytest.approx(wanted, rel=1e-9, abs=1e-12), (
            f"{lesson.slug}, {name}\n  stated   {wanted}\n  measured {found[name]}"
        )


@EACH
def test_backward_and_steps_reach_them_too(lesson):
    root = lesson.build()
    values, gradients = stated(lesson, root)
    nodes = labelled(root)
    root.backward()
    ready = {event.node: event.grad for event in steps(root) if isinstance(event, Ready)}
    for name, wanted in values.items():
        assert nodes[name].data == pytest.approx(wanted, rel=1e-9), name
    for name, wanted in gradients.items():
        found = (nodes[name].grad, ready[nodes[name]])
        assert found == pytest.approx((wanted, wanted), rel=1e-9, abs=1e-12), name
    assert all(ready[node] == node.grad for node in nodes.values())


@EACH
def test_central_differences_reach_them_too(lesson):
    """The graph is built again from other numbers at its leaves: whatever `build` computes, is recomputed."""
    root = lesson.build()
    order = topological_order(root)
    free = [node for node in order if node.op is None and node.kind != "constant"]
    assert len({node.label for node in free}) == len(free) > 2

    def again(*inputs):
        made = dict(zip(free, inputs, strict=True))
        for node in order:
            if node.op:
                made[node] = Value(0.0).apply(node.op, *[made.get(p, p.data) for p in node.parents])
        return made[root]

    report = gradcheck(again, *free)
    assert report, str(report)
    _, gradients = stated(lesson, root)
    for row in report.rows:
        if row.name in gradients:
            assert row.numeric == pytest.approx(gradients[row.name], rel=1e-6, abs=1e-6)


@EACH
def test_each_note_has_exactly_one_place(lesson):
    places = Counter(event.key for event in lesson.events())
    for note in lesson.notes:
        assert places[note.after] == 1, f"{lesson.slug}: {note.after!r} is {places[note.after]} events"
    texts = [item for item in lesson.story() if not isinstance(item, Event)]
    assert [texts.count(note.text) for note in lesson.notes] == [1] * len(lesson.notes)


@EACH
def test_a_note_follows_its_event(lesson):
    notes = {note.text: note.after for note in lesson.notes}
    previous = None
    for item in lesson.story():
        if item in notes:
            assert previous.key == notes[item]
        previous = item


@EACH
def test_a_lesson_is_told_the_same_twice_and_asks_first(lesson):
    afresh = COURSE.lessons[lesson.slug]
    first, second = ([str(i) if isinstance(i, str) else i.lines for i in one.story()] for one in (lesson, afresh))
    assert first == second
    assert lesson.question.endswith("?")
    assert lesson.title
    assert lesson.document
    assert any(isinstance(item, str) and item.startswith("# ") for item in lesson.story())
    assert len(lesson.events()) > 10
    assert lesson.build().op is not None


CAUSE = re.compile(r"\bbecause\b|\btherefore\b|\bthe reason\b|\bthat is why\b", re.IGNORECASE)


@EACH
def test_a_lesson_names_a_cause_only_where_an_experiment_could_contradict_it(lesson):
    claims = {claim.text for claim in lesson.claims()}
    told = [item for item in lesson.story() if isinstance(item, str) and not item.startswith("# ")]
    unproved = [text for text in told if CAUSE.search(text) and re.search(r"\d", text) and text not in claims]
    assert unproved == []


@EACH
def test_every_claim_holds_with_its_cause_and_not_without(lesson):
    for claim in lesson.claims():
        assert claim.experiment(True), f"{claim.text}\n  the effect is not there with the cause"
        assert not claim.experiment(False), f"{claim.text}\n  the effect is there without the cause"


def test_some_lessons_name_causes():
    assert sum(len(lesson.claims()) for lesson in CATALOGUE) >= 6


def exercises():
    return [(lesson.slug, exercise) for lesson in CATALOGUE for exercise in lesson.exercises]


@pytest.mark.parametrize(("slug", "exercise"), exercises(), ids=lambda part: getattr(part, "question", part))
def test_the_key_of_an_exercise_is_right_and_its_wrong_answers_are_made_by_their_mistakes(slug, exercise):
    def close(a, b):
        return a == pytest.approx(b, rel=1e-9, abs=1e-12)

    assert exercise.question.rstrip().endswith(("?", "."))
    assert close(exercise.solve(), exercise.answer), (slug, exercise.solve(), exercise.answer)
    assert len(exercise.hints) >= 2
    typed = exercise.choices[int(exercise.answer)].text if getattr(exercise, "choices", ()) else repr(exercise.answer)
    assert exercise.verdict(typed).endswith("is right.")
    for choice in getattr(exercise, "choices", ()):
        assert choice.text == typed or exercise.verdict(choice.text) == choice.why != ""
    for wrong in exercise.wrong:
        assert close(wrong.make(), wrong.answer), (slug, wrong.when, wrong.make(), wrong.answer)
        assert not close(wrong.answer, exercise.answer), (slug, wrong.when)
        assert wrong.when in exercise.verdict(repr(float(wrong.answer)))


@EACH
def test_a_lesson_has_exercises_and_one_of_them_knows_a_mistake(lesson):
    assert lesson.exercises
    assert any(exercise.wrong for exercise in lesson.exercises)


def test_each_lesson_has_its_place_in_the_course_and_a_wrong_note_would_be_found():
    slugs = [lesson.slug for lesson in CATALOGUE]
    course = [slug for chapter in COURSE.slugs.values() for slug in chapter]
    assert len(set(slugs)) == len(slugs)
    assert len(set(course)) == len(course) == 35
    assert set(slugs) == set(course)
    astray = Note("ready nowhere", "?")
    assert astray.after not in {event.key for event in CATALOGUE[0].events()}


# --- the tiny network ---


def test_the_tiny_network_moves_w_then_finds_a_smaller_loss():
    lesson = tiny_network.LESSON
    first, second = [event for event in lesson.events() if isinstance(event, Update)]
    assert (first.name, first.before, first.gradient, first.after) == ("w", 3.0, -32.0, 3.32)
    assert (second.name, second.after) == ("b", 1.16)
    assert tiny_network.network(w=first.after).data == pytest.approx((3.32 * 2 + 1 - 15) ** 2) == 54.1696
    assert tiny_network.network(w=first.after, b=second.after).data == pytest.approx(51.84)
    texts = " ".join(item for item in lesson.story() if isinstance(item, str))
    assert "from 64 to 54.1696" in texts
    assert "51.84" in texts


def test_the_chain_to_w_is_the_document_s():
    chains = {e.key: (e.upstream, e.local, e.after) for e in tiny_network.LESSON.events() if isinstance(e, Chain)}
    assert chains["chain a→z"] == (-16.0, 1.0, -16.0)
    assert chains["chain z→w"] == (-16.0, 2.0, -32.0)
    assert chains["chain z→x"] == (-16.0, 3.0, -48.0)
    assert chains["chain z→b"] == (-16.0, 1.0, -16.0)


# --- XOR by hand ---


@pytest.mark.parametrize("inputs", xor_by_hand.TABLE)
def test_xor_by_hand_as_by_hand(inputs):
    x1, x2 = inputs
    a1, a2 = max(0, x1 + x2 - 0.5), max(0, x1 + x2 - 1.5)
    for u1, u2, c in (xor_by_hand.DOCUMENT, xor_by_hand.MENDED):
        z3 = u1 * a1 + u2 * a2 + c
        nodes = labelled(xor_by_hand.network(inputs, (u1, u2, c)))
        found = [nodes[name].data for name in ("z1", "z2", "a1", "a2", "z3", "ŷ")]
        assert found == pytest.approx([x1 + x2 - 0.5, x1 + x2 - 1.5, a1, a2, z3, 1 / (1 + math.exp(-z3))])


def test_the_document_s_weights_are_its_own_and_slip_at_1_1():
    assert xor_by_hand.DOCUMENT == (1.0, -2.0, -0.25)
    z3 = {inputs: xor_by_hand.network(inputs, xor_by_hand.DOCUMENT).parents[0].data for inputs in xor_by_hand.TABLE}
    assert z3 == {(0, 0): -0.25, (0, 1): 0.25, (1, 0): 0.25, (1, 1): 0.25}
    texts = " ".join(item for item in xor_by_hand.LESSON.story() if isinstance(item, str))
    assert "0.562" in texts
    assert "0.438" in texts
    assert "+0.25" in texts
    assert texts.count("WRONG") == 1


def test_the_mended_network_is_sure_of_all_four():
    for inputs, target in xor_by_hand.TABLE.items():
        found = xor_by_hand.network(inputs, xor_by_hand.MENDED).data
        assert found > 0.95 if target else found < 0.05, (inputs, found)


# --- XOR trained ---


def run_of_the_document(epochs):
    """The document's method in NumPy, from its seed: loss and parameters at the start of each epoch."""
    random = np.random.RandomState(42)
    w1, b1 = random.randn(2, 3) * 0.5, np.zeros(3)
    w2, b2 = random.randn(3, 1) * 0.5, np.zeros(1)
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float)
    y = np.array([[0], [1], [1], [0]], dtype=float)
    for _ in range(epochs + 1):
        hidden = np.maximum(0, x @ w1 + b1)
        out = 1 / (1 + np.exp(-(hidden @ w2 + b2)))
        yield ((out - y) ** 2).mean(), [*w1[:, 0], b1[0], *w1[:, 1], b1[1], *w1[:, 2], b1[2], *w2[:, 0], b2[0]], out
        dz2 = 2 * (out - y) / 4 * out * (1 - out)
        dz1 = dz2 @ w2.T * (hidden > 0)
        w2, b2 = w2 - 0.5 * (hidden.T @ dz2), b2 - 0.5 * dz2.sum(axis=0)
        w1, b1 = w1 - 0.5 * (x.T @ dz1), b1 - 0.5 * dz1.sum(axis=0)


@pytest.fixture(scope="module")
def stalled():
    return list(xor_training.training())


def test_training_is_the_document_s_at_every_epoch(stalled):
    assert len(stalled) == 1001
    for epoch, (loss, parameters, out) in zip(stalled, run_of_the_document(1000), strict=True):
        found = [epoch.loss, *epoch.state.values(), *epoch.predictions]
        wanted = [loss, *parameters, *out.ravel()]
        worst = max(abs(a - b) for a, b in zip(found, wanted, strict=True))
        assert worst <= 1e-12, f"epoch {epoch.number}\n  engine {found}\n  NumPy  {wanted}"


def test_the_weights_are_those_of_the_seed():
    random = np.random.RandomState(42)
    hidden, output = random.randn(2, 3) * 0.5, random.randn(3, 1) * 0.5
    assert hidden.T.tolist() == xor_training.HIDDEN
    assert output.T.tolist() == xor_training.OUTPUT


def run_with(activation, slope, b1=0.0, epochs=1000):
    """Where the document's method ends with another activation, and with another first bias of unit 1."""
    random = np.random.RandomState(42)
    w1, b1 = random.randn(2, 3) * 0.5, np.array([b1, 0.0, 0.0])
    w2, b2 = random.randn(3, 1) * 0.5, np.zeros(1)
    x, y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float), np.array([[0], [1], [1], [0]], dtype=float)
    for _ in range(epochs + 1):
        z = x @ w1 + b1
        hidden = activation(z)
        out = 1 / (1 + np.exp(-(hidden @ w2 + b2)))
        found = ((out - y) ** 2).mean(), (z > 0).sum(axis=0).tolist()
        dz2 = 2 * (out - y) / 4 * out * (1 - out)
        dz1 = dz2 @ w2.T * slope(z)
        w2, b2 = w2 - 0.5 * (hidden.T @ dz2), b2 - 0.5 * dz2.sum(axis=0)
        w1, b1 = w1 - 0.5 * (x.T @ dz1), b1 - 0.5 * dz1.sum(axis=0)
    return found


OTHERS = {
    "leaky_relu": (lambda z: np.where(z > 0, z, 0.01 * z), lambda z: np.where(z > 0, 1, 0.01)),
    "elu": (lambda z: np.where(z > 0, z, np.expm1(z)), lambda z: np.where(z > 0, 1, np.exp(z))),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
}


@pytest.mark.parametrize("name", OTHERS)
def test_the_counter_experiments_are_numpy_s(name):
    loss, active = run_with(*OTHERS[name])
    found = xor_training.end(name)
    assert found.loss == pytest.approx(loss, rel=1e-6)
    assert found.active == active


def test_leaky_relu_stalls_without_a_dead_unit_and_relu_learns_with_one():
    assert run_with(*OTHERS["leaky_relu"], epochs=5000)[0] > 0.2499
    loss, active = run_with(lambda z: np.maximum(0, z), lambda z: z > 0, xor_training.SHIFT)
    assert loss == pytest.approx(xor_training.end("relu", xor_training.SHIFT).loss, rel=1e-6)
    assert loss < 0.003
    assert active[1] == 0, "unit 2 is dead in this run too"
    assert {epoch.active[1] for epoch in xor_training.run("relu", xor_training.SHIFT)} == {0}


def test_no_line_has_a_lower_squared_error_than_a_quarter():
    """Another search than the lesson's: descent from many starts, with and without far ones."""
    rng, x = np.random.default_rng(3), np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1.0]])
    y, w = np.array([0, 1, 1, 0]), rng.normal(0, 4, (3000, 3))
    for _ in range(300):
        p = 1 / (1 + np.exp(-w @ x.T))
        assert ((p - y) ** 2).mean(axis=1).min() >= 0.25 - 1e-12
        w -= 2 * ((p - y) * p * (1 - p)) @ x
    assert xor_training.least_of_a_line() == 0.25


def test_it_stalls_once_every_working_unit_is_on_for_all_inputs(stalled):
    assert (round(stalled[0].loss, 5), round(stalled[-1].loss, 5)) == (0.2643, 0.25)
    assert max(abs(p - 0.5) for p in stalled[-1].predictions) < 0.002
    assert {epoch.active[1] for epoch in stalled} == {0}
    dead = [name for name in stalled[0].state if "0.neurons.1." in name]
    assert len(dead) == 3
    assert all(stalled[-1].state[name] == stalled[0].state[name] for name in dead)
    assert stalled[-1].active == [4, 0, 4]
    last = max(epoch.number for epoch in stalled if epoch.active != [4, 0, 4])
    texts = " ".join(item for item in xor_training.LESSON.story() if isinstance(item, str))
    assert f"From epoch {last + 1} on" in texts
    assert "0.26430 to 0.25000" in texts


def test_a_run_that_learns():
    learned = list(xor_training.training("tanh"))
    assert learned[-1].loss < 0.01
    assert [p > 0.5 for p in learned[-1].predictions] == [False, True, True, False]
    assert learned[0].state == next(xor_training.training()).state, "the same weights"
    first = next(epoch.number for epoch in learned if epoch.loss < 0.01)
    texts = " ".join(item for item in xor_training.LESSON.story() if isinstance(item, str))
    assert f"below 0.01 at epoch {first}" in texts
