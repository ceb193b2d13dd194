"""How numbers and tables are written in the whole course: lessons, quizzes, cards and notebooks write the same kind of number the same way."""

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest

from autograd.classroom import Exercise
from autograd.classroom.walkthrough import paragraph, walkthrough
from nn.lessons import COURSE
from tests.lessons import LESSONS

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
KINDS = {
    "a hyphen for a minus sign": r"\d[eE]-\d|(?<![\w)\]/.-])-\d",
    "a space before %": r"\d %",
    "no comma in a whole number above 999": r"(?<![\w.,=])\d{4,}(?!\w|,\d)",
    "zeros where a power of ten is shorter": r"(?<![\w.])0\.0000\d*[1-9](?!\d*[…])",
}
ALLOWED = {
    "1989": "a year",
    "1993": "a year",
    "0.0000351085": "a published figure, as it was printed",
    "0.0000351019": "what it should be, beside it",
}


def faults(text):
    """What of a text is written otherwise than the same kind of number elsewhere."""
    return {
        found[0]: kind
        for kind, pattern in KINDS.items()
        for found in re.finditer(pattern, text)
        if found[0] not in ALLOWED
    }


def test_each_kind_of_fault_is_found():
    assert faults("1e-7, 5 %, 12000 steps, 0.00001, and −3") == {
        "1e-7": "a hyphen for a minus sign",
        "5 %": "a space before %",
        "12000": "no comma in a whole number above 999",
        "0.00001": "zeros where a power of ten is shorter",
    }
    assert set(faults("the loss is −2029.5, after 1000. In 1989")) == {"2029", "1000"}
    assert not faults("1e−7, 5%, 12,000 steps, 0.0001, 2,029.5, w11, in 1989")


def sentences(lesson):
    """What a lesson says that is not an equation of its graph, and what its quiz asks and answers."""
    yield from (lesson.title, lesson.question)
    yield from (item for item in lesson.story() if isinstance(item, str))
    for exercise in lesson.exercises:
        yield exercise.question
        if isinstance(exercise, Exercise):
            yield from exercise.hints
            yield from (part for wrong in exercise.wrong for part in (wrong.when, wrong.why))
            yield from (part for one in exercise.choices for part in (one.text, one.why))


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=LESSONS)
@pytest.mark.slow
def test_a_lesson_and_its_quiz_write_numbers_one_way(lesson):
    for text in sentences(lesson):
        assert not faults(without_code(text)), text


def test_the_cards_write_numbers_one_way():
    for card in COURSE.cards:
        assert not faults(f"{card.question} {card.answer}"), card


def without_code(text):
    """A text without what is typed: Python, and the file names and keys in it."""
    return re.sub(
        r"`[^`]*`|^ *(?:PyTorch|chalkgrad|both) .*|^ *python3 .*|\w+\([^()\n]*\)|\w*_\w*", " ", text, flags=re.M
    )


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_writes_numbers_one_way(path):
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "markdown":
            text = without_code("".join(cell["source"]))
            assert not faults(re.sub(r"\$[^$]*\$|```.*?```", " ", text, flags=re.S)), text


# --- tables ---

CELL = re.compile(r"(?:(?<=  )|^ *)([+−-]?\d[\d,]*)((?:\.\d+)?(?:e[−-]\d+)?%?)(?=  |$)")


def cells(line):
    """The numbers that are cells of their own: where each begins, where its whole part ends, where it ends, what follows its whole part."""
    return [(found.start(1), found.end(1), found.end(), found[2]) for found in CELL.finditer(line)]


def ragged(block):
    """The numbers of a column that stand neither at their points nor with as many digits behind these: of a row and the next."""
    lines = block.splitlines()
    head = bool(lines) and re.search(r"[^\W\d]{2}", lines[0])
    for above, below in pairwise(lines[1:] if head else lines):
        for begin, point, end, fraction in cells(above):
            under = [cell for cell in cells(below) if cell[0] < end and begin < cell[2]]
            if len(under) == 1 and point != under[0][1] and len(fraction) != len(under[0][3]):
                yield above[begin:end], below[under[0][0] : under[0][2]]


def test_a_ragged_column_is_found():
    assert list(ragged("loss\n 0.5\n0.125")) == [("0.5", "0.125")]
    assert not list(ragged("loss\n0.500\n0.125\n10.000"))
    assert not list(ragged("loss\n0.5  \n0.125"))


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=LESSONS)
@pytest.mark.slow
def test_the_numbers_of_a_column_stand_below_one_another(lesson):
    for item in lesson.story():
        if isinstance(item, str) and "\n" in item:
            assert not list(ragged(item)), item


@pytest.mark.parametrize("slug", COURSE.lessons)
@pytest.mark.slow
def test_no_table_is_broken_on_a_terminal_of_80_columns(slug):
    for item in LESSONS[slug].story():
        if isinstance(item, str) and "\n" in item:
            assert max(map(len, paragraph(item).splitlines())) <= 80, item


# --- lines that say nothing new ---


def repeated(lines):
    """Lines that say what the line before them has just said: the same, or that a number is complete that was one contribution."""
    for above, below in pairwise(lines):
        number = re.fullmatch(r"[ \d]*∂\S+ = (\S+)   complete", below)
        one_use = number and above.endswith(f" = {number[1]}") and " + " not in above
        if one_use or (above.strip() and above.strip() == below.strip()):
            yield below
    yield from (line for line in lines if re.search(r"= −0 = | = (\S+) = \1(?= |$)", line))


def test_a_line_that_says_nothing_new_is_found():
    assert list(repeated(["∂L/∂a = −16 · 1 = −16", "   9  ∂L/∂a = −16   complete"]))
    assert list(repeated(["v2 = −z01 = −0 = 0"]))
    assert not list(repeated(["∂L/∂a = 3 + 5 · 1 = 8", "   9  ∂L/∂a = 8   complete"]))


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=LESSONS)
@pytest.mark.slow
def test_no_line_only_repeats_the_line_before(lesson):
    assert not list(repeated("\n".join(walkthrough(lesson)).splitlines()))
