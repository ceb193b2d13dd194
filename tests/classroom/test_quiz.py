"""The quiz: its questions are the events, its verdicts name mistakes, its variants are the same everywhere; on a terminal, too."""

import os
import random
import subprocess
import sys
from contextlib import suppress

import pytest
from hypothesis import given

from autograd import DataError, GraphError, Parameter, Value, grad, handout, mean, steps
from autograd.__main__ import main
from autograd.classroom import GradientOf
from autograd.classroom.lesson import as_lesson
from autograd.classroom.paper import Paper
from autograd.classroom.questions import Question, Wrong, judge, questions
from autograd.classroom.terminal_quiz import marked, quiz
from autograd.classroom.variants import NEAR, decimals, fixed, variant
from autograd.explain.stepper import Chain
from autograd.graph import number, topological_order
from tests.lessons import EACH, FIRST, LESSONS
from tests.strategies import as_values, programs
from tests.test_command_line import ROOT, Terminal, told

SEEDS = ("1", "7", "Ada", "Łukasz")


def seeded(*seeds):
    """Each lesson with each seed: without a seed all lessons, else one of each chapter with two seeds; the others are slow."""
    cases = [(slug, seed) for seed in seeds for slug in LESSONS]
    kept = {(slug, seed) for seed in ("", "7", "Łukasz") for slug in (FIRST if seed else LESSONS)}
    slow = pytest.mark.slow
    return pytest.mark.parametrize(
        ("lesson", "seed"),
        [
            pytest.param(LESSONS[slug], seed, id=f"{slug}-{seed}", marks=() if (slug, seed) in kept else slow)
            for slug, seed in cases
        ],
    )


SEEDED = seeded(*SEEDS)


def typed(question):
    """The right answer as one types it: a letter for a choice, all digits of a number."""
    return "abcdefgh"[int(question.answer)] if question.choices else repr(question.answer)


def leaves_of(root):
    return [node for node in topological_order(root) if node.op is None and node.kind != "constant"]


# --- the questions


@EACH
def test_concepts_come_first_and_then_contributions_in_their_order_at_most_ten_in_all(lesson):
    paper = Paper(lesson)
    events = [event for event in steps(lesson.build()) if isinstance(event, Chain)]
    assert [question.answer for question in paper.contributions] == [e.upstream * e.local for e in events]
    asked = sorted(lesson.exercises, key=lambda e: 2 if isinstance(e, GradientOf) else 0 if e.choices else 1)
    assert [question.question for question in paper.exercises] == [e.question for e in asked]
    assert paper.questions[0].choices, "a lesson of the course begins with a choice"
    concepts, mechanical = paper.questions[: len(paper.exercises)], paper.questions[len(paper.exercises) :]
    assert concepts == paper.exercises
    places = [paper.contributions.index(question) for question in mechanical]
    assert places == sorted(set(places))
    assert len(paper.questions) == min(10, len(paper.questions))
    assert len({question.question for question in paper.questions}) == len(paper.questions)
    assert sum(question.answer == 0 for question in mechanical) <= 1
    few = {q.question for q in paper.contributions if q.answer} | {q.question for q in concepts}
    assert len(paper.questions) >= min(10, len(few))


@EACH
def test_hints_come_in_stages_and_do_not_say_the_answer(lesson):
    events = [event for event in steps(lesson.build()) if isinstance(event, Chain)]
    for event, question in zip(events, Paper(lesson).contributions, strict=True):
        upstream, local, product = question.hints
        assert upstream.startswith("Upstream: ∂")
        assert upstream.endswith(f" = {number(event.upstream)}.")
        assert local.split() == f"Local: {event.local_line}.".split()
        assert product.startswith(f"Product: {number(event.upstream)} · ")
        assert "=" not in product


@seeded("", *SEEDS)
def test_an_answer_is_right_and_each_wrong_answer_is_diagnosed(lesson, seed):
    for question in Paper(lesson, seed).questions:
        typed = question.key[0] if question.choices else repr(question.answer)
        assert question.verdict(typed).right
        assert question.verdict(typed).words.endswith("is right.")
        for choice in question.choices:
            assert question.verdict(choice.text).right == (not choice.why)
        for wrong in question.wrong:
            said = question.verdict(repr(float(wrong.answer)))
            assert wrong.make() == pytest.approx(wrong.answer, rel=1e-9)
            assert not said.right, (question, wrong)
            assert f"is what you get when {wrong.when}. {wrong.why}" in said.words


@seeded("", "4", "10", *SEEDS)
def test_the_key_as_it_is_printed_is_right_and_no_printed_mistake_is(lesson, seed):
    for question in Paper(lesson, seed).questions:
        printed = question.key[0] if question.choices else question.key
        assert question.verdict(printed).right, (question, printed)
        for wrong in question.wrong:
            assert not question.verdict(number(wrong.answer)).right, (question, wrong)


def test_an_answer_that_prints_as_a_whole_number_is_right_as_printed():
    assert judge("5", 4.9999979, ()).right
    assert not judge("5", 4.99, ()).right


def test_a_node_that_is_used_twice_is_asked_for_twice():
    x = Value(3.0, "x")
    y = x * x
    y.label = "y"
    first, second = questions(y)
    assert "this use of x (number 1 of 2 there)" in first.question
    assert "this use of x (number 2 of 2 there)" in second.question
    assert "6 is what you get when the contributions before it are added already." in second.verdict("6").words


# --- the verdicts

HALF = Wrong("it is halved", 0.25, lambda: 0.25, "Do not.")


@pytest.mark.parametrize(
    ("typed", "answer", "right", "words"),
    [
        ("0.5", 0.5, True, "0.5 is right."),
        ("1/2", 0.5, True, "1/2 is right."),
        ("−3", -3.0, True, "−3 is right."),
        (" -3 ", -3.0, True, "−3 is right."),
        ("0.14", 0.138370797, True, "0.14 is right."),
        ("0.1", 0.138370797, False, "0.1 is right as far as it goes. Give one digit more."),
        ("0", 0.138370797, False, "0 is not right, and none of the known mistakes gives it."),
        ("0", 1e-17, True, "0 is right."),
        ("0.3", 0.5, False, "0.3 is what you get when it is halved. Do not."),
        ("0.25", 0.249, False, "0.25 is what you get when it is halved. Do not."),
        ("7", 0.5, False, "7 is not right, and none of the known mistakes gives it."),
    ],
)
def test_verdicts_at_the_digits_of_the_answer(typed, answer, right, words):
    verdict = judge(typed, answer, (HALF,))
    assert (verdict.right, verdict.words) == (right, words)


@pytest.mark.parametrize("typed", ["", "abc", "1,5", "1/0", "inf", "nan", "1e999999999"])
def test_what_is_no_number_is_said_to_be_none(typed):
    with pytest.raises(DataError, match="is not a number"):
        judge(typed, 0.5, ())


# --- variants


@SEEDED
def test_a_variant_has_other_numbers_of_the_same_kind_on_the_same_graph(lesson, seed):
    old, new = (topological_order(root) for root in (lesson.build(), variant(lesson.build(), seed)))
    shape = [[(n.kind, n.label, n.scope, n.op, len(n.parents)) for n in order] for order in (old, new)]
    assert shape[0] == shape[1]
    changed = 0
    for before, after in zip(old, new, strict=True):
        if before.op is None:
            changed += before.data != after.data
            places = decimals(before.data)
            if before.kind == "constant":
                assert after.data == before.data
                continue
            assert float(f"{after.data:.{max(0, places)}f}") == after.data, "no more decimals"
            assert before.data == 0 or (before.data > 0) == (after.data > 0)
            assert abs(after.data) <= 3 or abs(after.data) <= max(
                5 * 10.0**-places, 2.001 * abs(before.data) + 10.0**-places
            )
            assert after.data == before.data or not fixed(before) or all(map(fixed, leaves_of(old[-1])))
        elif after.op.kinks:
            assert after.op.kinks.distance(*after.op.grouped(tuple(p.data for p in after.parents))) >= NEAR
    assert changed > 0


@EACH
def test_variants_differ_by_seed_and_not_by_run(lesson):
    drawn = [[leaf.data for leaf in leaves_of(variant(lesson.build(), seed))] for seed in SEEDS]
    assert len({tuple(numbers) for numbers in drawn}) > 2  # a graph with three small numbers has few variants
    assert drawn == [[leaf.data for leaf in leaves_of(variant(lesson.build(), seed))] for seed in SEEDS]
    truth = [leaf.data for leaf in leaves_of(lesson.build())]
    assert truth not in drawn


def test_a_seed_gives_these_numbers_on_every_machine():
    """Written down once: whoever changes how numbers are drawn changes the papers that teachers have handed out."""
    numbers = {leaf.label: leaf.data for leaf in leaves_of(variant(LESSONS["tiny-network"].build(), "7"))}
    assert numbers == {"w": 2, "x": 4, "b": 3, "y": 13}
    keys = {told("quiz", "tiny-network", "--seed", "7", "--key", PYTHONHASHSEED=hashed) for hashed in ("0", "1")}
    assert len(keys) == 1


@SEEDED
def test_the_gradients_of_a_variant_are_not_worse(lesson, seed):
    def poor(root):
        return sum(not 1e-3 <= abs(g) <= 1e4 for g in grad(root, leaves_of(root)))

    changed = variant(lesson.build(), seed)
    assert poor(changed) <= poor(lesson.build())
    assert poor(changed) < len(leaves_of(changed)) or poor(lesson.build()) == len(leaves_of(changed))


@SEEDED
def test_a_variant_has_no_flat_slopes_that_the_graph_had_not(lesson, seed):
    def flat(root):
        return sum(0 < abs(slope) < 1e-3 for node in topological_order(root) for slope in node.partials)

    assert flat(variant(lesson.build(), seed)) <= flat(lesson.build())


@given(programs())
def test_any_graph_has_a_variant_or_a_refusal(program):
    root = as_values(program)[-1]
    before = [leaf.data for leaf in leaves_of(root)]
    with suppress(GraphError):  # there are graphs for which no numbers will do
        changed = variant(root, "1")
        assert [n.op for n in topological_order(changed)] == [n.op for n in topological_order(root)]
        assert [leaf.data for leaf in leaves_of(changed)] != before
    assert [leaf.data for leaf in leaves_of(root)] == before, "the lesson's own graph is left alone"


def test_a_graph_whose_parameters_are_all_0_gets_small_whole_numbers():
    w, b = Parameter(0.0, "w"), Parameter(0.0, "b")
    numbers = [[leaf.data for leaf in leaves_of(variant((w * 2 + b - 5) ** 2, seed))] for seed in SEEDS]
    assert all(x in range(-3, 4) for drawn in numbers for x in drawn)
    assert [0.0, 0.0] not in numbers


def test_constants_zeros_and_switches_stay():
    w, x, switch, zero = Parameter(2.0, "w"), Value(3.0, "x"), Value(1.0, "s"), Parameter(0.0, "b")
    root = w * x * switch + zero + 10
    changed = {leaf.label: leaf.data for leaf in leaves_of(variant(root, "3"))}
    assert changed["s"] == 1
    assert changed["b"] == 0
    assert 10 in [node.data for node in topological_order(variant(root, "3")) if node.kind == "constant"]


@SEEDED
def test_the_exercises_of_a_variant_have_its_numbers_and_the_others_are_left_out(lesson, seed):
    paper = Paper(lesson, seed)
    own = [e for e in lesson.exercises if isinstance(e, GradientOf) and e.build == lesson.build]
    assert [question.question for question in paper.exercises] == [exercise.question for exercise in own]
    paper.root.backward()
    nodes = {node.label: node for node in topological_order(paper.root)}
    for exercise, question in zip(own, paper.exercises, strict=True):
        assert question.answer == pytest.approx(nodes[exercise.node].grad)
        assert {wrong.name for wrong in question.wrong} <= set(exercise.mistakes)


def test_a_wrong_number_of_a_seed_is_diagnosed_on_its_graph(capsys):
    root = Paper(LESSONS["tiny-network"], "7").root
    root.backward()
    (w,) = (node for node in topological_order(root) if node.label == "w")
    assert w.grad != -32.0
    assert main(["diagnose", "tiny-network", "w", repr(w.grad), "--seed", "7"]) == 0
    assert "is right" in capsys.readouterr().out
    assert main(["diagnose", "tiny-network", "w", repr(-w.grad), "--seed", "7"]) == 0
    assert "sign of the delta" in capsys.readouterr().out


# --- on a terminal


def asked(paper, answers, capsys):
    """What a quiz prints when these lines are typed, and then no more."""
    lines = iter(answers)
    quiz(paper, lambda: next(lines, None))
    return capsys.readouterr().out


@EACH
@pytest.mark.parametrize("seed", ["", "7"])
def test_who_knows_all_is_right_at_once(lesson, seed, capsys):
    paper = Paper(lesson, seed)
    count = len(paper.questions)
    out = asked(paper, [typed(question) for question in paper.questions], capsys)
    assert f"Right: {count} of {count} ({count} at once" in out
    assert all(" ".join(line.split()) in " ".join(out.split()) for q in paper.questions for line in q.solution[:1])


@EACH
def test_who_types_nothing_gets_all_hints_and_then_the_answer(lesson, capsys):
    paper = Paper(lesson)
    count = len(paper.questions)
    out = " ".join(asked(paper, ["", "h", ""] * 10 * count, capsys).split())
    for question in paper.questions:
        assert " ".join(question.hints[-1].split()) in out
        assert f"It is {question.key}." in out
    assert out.endswith(f"Right: 0 of {count} (0 at once, without a hint or a wrong answer). Shown: {count}.")


def test_a_wrong_answer_is_diagnosed_and_asked_again(capsys):
    paper = Paper(LESSONS["tiny-network"])
    out = asked(paper, ["s", "s", "32", "abc", "-32", "q"], capsys)
    assert "32 is what you get when the delta has the other sign" in out
    assert "'abc' is not a number" in out
    assert "Right: 1 of 10 (0 at once, without a hint or a wrong answer). Skipped: 2. Not answered: 7." in out


def test_a_question_is_skipped_or_revealed(capsys):
    out = asked(Paper(LESSONS["tiny-network"]), ["s", "r", "q"], capsys)
    assert "It is 3.32." in out
    assert "It is b" not in out
    assert out.rstrip().endswith(
        "Right: 0 of 10 (0 at once, without a hint or a wrong answer). Shown: 1. Skipped: 1. Not answered: 8."
    )


def test_piped_answers():
    done = subprocess.run(
        [sys.executable, "-m", "autograd", "quiz", "tiny-network"],
        cwd=ROOT, input="s\n3.32\n32\n-32\n−48\n".encode() + b"\xff\n", capture_output=True, timeout=60,
        env=os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    )  # fmt: skip
    out = done.stdout.decode()
    assert (done.returncode, done.stderr) == (0, b"")
    assert "> −48\n" in out, "what is piped is shown"
    assert "Right: 3 of 10 (2 at once, without a hint or a wrong answer). Skipped: 1. Not answered: 6." in out


def test_the_key_and_the_marks(tmp_path, capsys):
    assert main(["quiz", "tiny-network", "--seed", "7", "--key"]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head == "Key: A tiny network, forward and backward (seed 7)"
    numbers = [row.split() for row in rows]
    assert [place for place, _ in numbers] == [str(i) for i in range(1, len(rows) + 1)]
    answers = [answer for _, answer in numbers]
    (tmp_path / "ada.txt").write_text("\n".join(answers), encoding="utf-8")
    assert main(["quiz", "tiny-network", "--seed", "7", "--mark", str(tmp_path / "ada.txt")]) == 0
    assert f"Right: {len(rows)} of {len(rows)}." in capsys.readouterr().out
    assert main(["quiz", "tiny-network", "--mark", str(tmp_path / "nobody.txt")]) == 2
    assert "no file" in (told := capsys.readouterr().err)
    assert "nobody.txt" in told


def test_marks_name_the_mistake_the_answer_and_what_is_missing():
    paper = Paper(LESSONS["tiny-network"])
    slip = next(letter for letter in "abc" if not paper.questions[0].key.startswith(letter))
    lines = marked(paper, [slip, "3.32", "32", "", *["0"] * 8]).splitlines()
    assert "   2  3.32 is right." in lines
    assert any(line.startswith("   3  32 is what you get when the delta has the other sign") for line in lines)
    assert "   4  No answer. It is −48." in lines
    assert lines[-1] == "Right: 1 of 10. 2 lines more than there are questions."


@pytest.mark.skipif(os.name != "posix", reason="a pseudo-terminal")
class TestTerminal:
    @pytest.mark.parametrize("end", [b"q\n", b"\x04", b"\x03"])
    def test_it_asks_hints_diagnoses_and_ends_politely(self, end):
        terminal = Terminal("quiz", "tiny-network")
        for place in (1, 2):
            terminal.read_until(f"({place} of 10)")
            terminal.read_until("      > ")
            terminal.press(b"s\n")
        terminal.read_until("(3 of 10)\n      > ")
        assert "∂L/∂w = −32" not in terminal.text
        for typed, words in (
            (b"\n", "Upstream: ∂L/∂z = −16."),
            (b"h\n", "Local: ∂z/∂w"),
            (b"32\n", "the delta has the other sign"),
            (b"-32\n", "−32 is right."),
        ):
            terminal.press(typed)
            terminal.read_until(words)
        terminal.read_until("(4 of 10)\n      > ")
        terminal.press(end)
        assert terminal.rest() == 0
        assert "Right: 1 of 10 (0 at once" in terminal.text
        assert "Traceback" not in terminal.text


def test_a_question_is_asked_in_plain_numbers():
    """The digits of a random answer are judged as `round` rounds them."""
    rng = random.Random(1)
    for _ in range(200):
        truth = rng.uniform(-10, 10)
        question = Question("?", truth, ())
        places = rng.randint(1, 8)
        assert question.verdict(f"{round(truth, places):.{places}f}").right or abs(truth) < 10 ** (1 - places)
        assert not question.verdict(f"{truth + 2 * 10.0**-places:.{places}f}").right


@pytest.mark.parametrize("on_paper", [handout, quiz, lambda root: Paper(as_lesson(root)).questions])
def test_a_graph_without_end_is_refused_before_the_work(on_paper):
    root = mean([Value(1.0) for _ in range(50_000)])
    with pytest.raises(GraphError, match="more than 5,000 events"):
        on_paper(root)
