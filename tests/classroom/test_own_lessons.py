"""Lessons, files and numbers of one's own, through every door."""

import textwrap

import pytest

from autograd import AutogradError, DataError, Parameter, Value, draw, flashcards, handout, play, quiz
from autograd.__main__ import main
from autograd.classroom import Exercise, GradientOf, Lesson, Note, Wrong
from autograd.classroom.lesson import as_lesson
from autograd.classroom.lesson_checks import check_lesson
from autograd.classroom.lesson_files import lesson_of_file, split_path
from autograd.classroom.questions import questions
from autograd.classroom.renumbering import leaf_numbers, same_seed, seeded
from autograd.classroom.variants import idle_factors
from autograd.graph import topological_order
from tests.lessons import LESSONS, SOME

FILE = """
    from autograd import Parameter, Value
    from autograd.classroom import Lesson

    def build():
        w, x = Parameter(3.0, "w"), Value(2.0, "x")
        y = w * x
        y.label = "y"
        return y

    def other(w=4.0):
        return Parameter(w, "w") * 2

    ready = build()
    nothing = lambda: None
"""


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text(textwrap.dedent(FILE), encoding="utf-8")
    return tmp_path / "mine.py"


def told(capsys, *words, status=0):
    assert main(list(words)) == status
    out = capsys.readouterr()
    assert "Traceback" not in out.err
    return out.err if status else out.out


def build():
    w, x = Parameter(3.0, "w"), Value(2.0, "x")
    y = (w * x - 10) ** 2
    y.label = "L"
    return y


# --- what LESSON stands for


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("a.py", ("a.py", "")),
        ("a.py:f", ("a.py", "f")),
        (r"C:\a.py:f", (r"C:\a.py", "f")),
        ("C:/x.py/b.py", ("C:/x.py/b.py", "")),
        ("a.py:b.py:c", ("a.py:b.py", "c")),
        ("tiny-network", None),
        ("w*x", None),
    ],
)
def test_the_last_colon_after_py_divides_path_and_name(wanted, found):
    assert split_path(wanted) == found


@pytest.mark.parametrize("wanted", ["mine.py", "mine.py:build", "mine.py:ready"])
def test_a_file_opens_the_same_doors(file, capsys, wanted):
    assert "∂y/∂w = x = 2" in told(capsys, "why", wanted, "w")
    assert "y = w·x = 3·2 = 6" in told(capsys, "step", wanted)
    assert "predicted by the gradient: 2 · 1 = 2" in told(capsys, "what-if", wanted, "w", "4")
    assert "w: 3 → 5" in told(capsys, "what-if", wanted, "w", "5")
    assert "= 5·2 = 10" in told(capsys, "step", wanted, "w=5")
    for command, name in (("draw", "mine.svg"), ("play", "mine.html"), ("handout", "sheet.md")):
        told(capsys, command, wanted, "-o", name)
        assert (file.parent / name).stat().st_size > 500
    assert "2" in told(capsys, "quiz", wanted, "--key")


def test_a_formula_opens_the_same_doors(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    formula = ["z = w*x + b; L = (relu(z) - y)**2", "w=3", "x=2", "b=1", "y=15"]
    assert "= −16 · 2 = −32" in told(capsys, "step", *formula)
    assert "∂L/∂w" in told(capsys, "why", *formula, "w")
    assert told(capsys, "why", *formula, "w") == told(capsys, "why", formula[0], "w", *formula[1:])
    assert "1 path from L to w" in told(capsys, "paths", *formula, "w")
    assert "sign of the delta" in told(capsys, "diagnose", *formula, "w", "32")
    for command, name in (("draw", "a.svg"), ("play", "a.html"), ("handout", "a.md"), ("export", "a.py")):
        told(capsys, command, *formula, "-o", name)
        assert (tmp_path / name).exists()
    plain, seeded_ = told(capsys, "quiz", *formula, "--key"), told(capsys, "quiz", *formula, "--key", "--seed", "ada")
    assert plain != seeded_


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["step", "my_lesson.py"], "There is no file 'my_lesson.py'"),
        (["step", "mine.py:bild"], "Did you mean build?"),
        (["step", "mine.py:nothing"], "returned None"),
        (["step", "w*x"], "There is no walkthrough 'w*x'"),
        (["step", "w*x", "w=3"], "x has no number"),
        (["step", "w*x", "w=3", "x=abc"], "'abc' is not a number"),
        (["step", "w*x", "w=3", "x=1e999"], "a number must be finite"),
        (["step", "w*x", "w=3", "x=2", "w=4"], "w is given twice"),
        (["step", "tiny-network", "q=3"], "no leaf 'q'"),
        (["step", "tiny-network", "z=3"], "no leaf 'z'"),
        (["step", "w*x", "w=3", "x=2", "--parameters", "q"], "q is to be a parameter"),
        (["why", "w*x", "w=3", "x=2", "q"], "There is no node 'q'"),
        (["step", "tiny-netwrk"], "Did you mean tiny-network?"),
        (["list", "--course", "nowhere"], "There is no folder 'nowhere'"),
        (["new", "mine.py"], "is there already"),
        (["new", "mine.txt"], "should end in .py"),
        (["export", "mine.py", "--format", "jax"], "There is no format 'jax'"),
    ],
)
def test_bad_input_is_a_sentence(file, capsys, words, sentence):
    before = file.read_bytes()
    assert sentence in told(capsys, *words, status=2)
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1/0", "stops in line 1 with ZeroDivisionError"),
        ("import sys\nsys.exit(3)", "stops in line 2 with SystemExit"),
        ("def f(:", "stops in line 1 with SyntaxError"),
        ("x = 3", "has none of LESSON, lesson, build"),
        ("LESSON = 3", "Neither a Value"),
        ("def build(w): pass", "build needs arguments"),
        ("def graph(): pass", "write {path}:graph"),
        ("import nothing_of_this_name", "stops in line 1 with ModuleNotFoundError"),
    ],
)
def test_a_file_that_does_not_do_is_a_sentence(tmp_path, text, sentence):
    path = tmp_path / "bad.py"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(AutogradError) as refused:
        lesson_of_file(str(path))
    assert sentence.format(path=path) in str(refused.value)


def test_a_file_imports_its_neighbours(tmp_path):
    (tmp_path / "neighbour_of_mine.py").write_text("NUMBER = 5.0\n", encoding="utf-8")
    text = 'from autograd import Value\nfrom neighbour_of_mine import NUMBER\nlesson = Value(NUMBER, "x") * 2\n'
    (tmp_path / "mine.py").write_text(text, encoding="utf-8")
    assert lesson_of_file(str(tmp_path / "mine.py")).build().data == 10


# --- a lesson states what is so


def test_a_title_and_a_function_are_a_lesson():
    lesson = Lesson("Mine: a first one", build)
    assert lesson.slug == "mine-a-first-one"
    assert [exercise.answer for exercise in lesson.exercises] == [-16, -24]
    assert any(event.key == "ready w" for event in lesson.events())
    assert "def build" in lesson.code
    check_lesson(lesson)


WRONG = (Wrong("halved", -8.0, lambda: -8.0, "?"),)
REFUSED = [
    ({"numbers": {"L": 15}}, "states L = 15, and 16.0 is computed"),
    ({"numbers": {"LL": 16}}, "computes no LL. Did you mean 'L'?"),
    ({"notes": (Note("ready ww", "?"),)}, "no such event. Did you mean 'ready w'?"),
    ({"exercises": (GradientOf(build, "w", 16),)}, "The stated answer is 16, and -16.0 is computed"),
    ({"exercises": (GradientOf(build, "w", -16, {"sign of the delta": 17}),)}, "17 is stated, and 16.0 is computed"),
    ({"exercises": (Exercise("?", 2.0, lambda: 3.0, ()),)}, "The stated answer is 2.0, and 3.0 is computed"),
    ({"exercises": (Exercise("?", -8.0, lambda: -8.0, (), WRONG),)}, "the answer is -8.0, which is right"),
]


@pytest.mark.parametrize(("stated", "sentence"), REFUSED)
def test_what_is_stated_and_not_so_is_refused_with_both_numbers(stated, sentence):
    with pytest.raises(DataError) as refused:
        check_lesson(Lesson("Mine", build, **stated))
    assert sentence in str(refused.value)


@SOME
def test_every_lesson_of_the_course_states_what_is_so(lesson):
    assert check_lesson(lesson) is lesson


def test_the_template_runs_at_once_and_is_not_overwritten(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert "python3 -m autograd step my_lesson.py" in told(capsys, "new", "my_lesson.py")
    (tmp_path / "my_lesson.py").write_text((tmp_path / "my_lesson.py").read_text() + "# mine\n")
    assert "= −6 · 2 = −12" in told(capsys, "step", "my_lesson.py")
    told(capsys, "new", "my_lesson.py", status=2)
    assert (tmp_path / "my_lesson.py").read_text().endswith("# mine\n")
    told(capsys, "new", "my_lesson.py", "--force")
    assert not (tmp_path / "my_lesson.py").read_text().endswith("# mine\n")


def test_a_folder_of_lessons_is_a_course(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").mkdir()
    told(capsys, "new", "mine/01_first.py")
    second = (tmp_path / "mine" / "01_first.py").read_text().replace("A line through one point", "Second")
    (tmp_path / "mine" / "02_second.py").write_text(second)
    listed = told(capsys, "list", "--course", "mine")
    assert listed.index("a-line-through-one-point") < listed.index("second")
    assert "= −6 · 2 = −12" in told(capsys, "step", "second", "--course", "mine")
    assert "What is ∂L/∂w?" in told(capsys, "flashcards", "--course", "mine")
    told(capsys, "step", "tiny-network", "--course", "mine", status=2)
    (tmp_path / "mine" / "03_third.py").write_text(second)
    assert "Two lessons" in told(capsys, "list", "--course", "mine", status=2)


# --- in Python


@pytest.mark.parametrize("thing", [build, build(), Lesson("Mine", build)], ids=["builder", "Value", "Lesson"])
def test_every_door_takes_a_builder_a_value_or_a_lesson(thing, capsys):
    assert "value" in handout(thing).html()[""]
    assert "<script" in play(thing).html
    assert "= 16" in draw(thing).text()
    assert any("∂L/∂w" in card.question for card in flashcards(thing))
    lines = iter(["s", "q"])
    quiz(thing, lambda: next(lines, None))
    assert "Skipped: 1" in capsys.readouterr().out


@pytest.mark.parametrize("door", [handout, play, flashcards, quiz, as_lesson])
def test_what_is_no_graph_is_refused(door):
    with pytest.raises(AutogradError):
        door(3)


# --- numbers of a seed


def test_a_seed_gives_the_same_numbers_at_every_door(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    numbers = leaf_numbers(seeded(LESSONS["tiny-network"], "ada").build())
    leaves = {f"{name} = {number:g}" for name, number in numbers.items()}
    for spelling in ("ada", " Ada ", "ADA"):
        asked = told(capsys, "quiz", "tiny-network", "--seed", spelling, "--key")
        assert asked == told(capsys, "quiz", "tiny-network", "--seed", "ada", "--key")
    told(capsys, "handout", "tiny-network", "--seed", "ada", "-o", "ada.md")
    told(capsys, "draw", "tiny-network", "--seed", "ada", "-o", "ada.txt")
    told(capsys, "play", "tiny-network", "--seed", "ada", "-o", "ada.html")
    drawn = (tmp_path / "ada.txt").read_text(encoding="utf-8")
    assert all(leaf in drawn for leaf in leaves), leaves
    step = told(capsys, "step", "tiny-network", "--seed", "ada").replace("−", "-")
    assert f"{numbers['w']:g}·{numbers['x']:g} + {numbers['b']:g}" in step
    assert "(seed ada)" in (tmp_path / "ada.html").read_text(encoding="utf-8")
    assert "w" in told(capsys, "why", "tiny-network", "w", "--seed", "ada")


def test_seeds_are_trimmed_composed_and_folded():
    assert {same_seed(s) for s in ("José", "Jose\u0301", " JOSÉ\t")} == {"josé"}


@pytest.mark.parametrize("slug", ["tiny-network", "one-neuron", "mistakes"])
def test_numbers_of_a_seed_are_worth_asking(slug):
    lesson = LESSONS[slug]
    truth, offered = leaf_numbers(lesson.build()), []
    for seed in range(12):
        other = seeded(lesson, str(seed))
        root = other.build()
        assert leaf_numbers(root) != truth
        assert idle_factors(root) <= idle_factors(lesson.build())
        offered.append([{wrong.name for wrong in question.wrong} for question in questions(root)])
        for exercise in other.exercises:
            assert all(wrong.answer != exercise.answer for wrong in exercise.wrong)
    best = [set().union(*names) for names in zip(*offered, strict=True)]
    assert all(names == best for names in offered), "each mistake that can show on this graph shows for each student"


def test_the_numbers_of_a_lesson_differ_from_those_of_another_with_the_same_graph():
    one, two = Lesson("One", build), Lesson("Two", build)
    drawn = [[leaf_numbers(seeded(lesson, str(seed)).build()) for seed in range(6)] for lesson in (one, two)]
    assert drawn[0] != drawn[1]
    assert len({node.label for node in topological_order(build()) if node.label}) == 3
