"""Flashcards: each has its place in the course, what is computed in them is right, and Anki can read them."""

import csv
import json
import re
from collections import Counter

import pytest

from autograd.__main__ import LESSONS, main
from autograd.classroom import Course, Flashcard, GradientOf
from autograd.classroom.flashcards import COLUMNS, LONGEST, as_json, as_text, as_tsv, deck, of_lesson, slopes
from autograd.graph import number
from autograd.namespaces import scalars
from autograd.rules import TABLE
from nn.lessons import COURSE
from nn.lessons.cards import CARDS

SLUGS = [slug for slugs in COURSE.slugs.values() for slug in slugs]
DECK = deck(COURSE)


def test_every_lesson_of_the_course_has_a_card_and_every_card_a_lesson():
    assert {card.lesson for card in DECK} == set(SLUGS)
    places = [SLUGS.index(card.lesson) for card in DECK]
    assert places == sorted(places)
    assert {card.lesson for card in CARDS} == set(SLUGS)


def test_no_question_comes_twice_and_none_is_empty():
    assert max(Counter(card.question for card in DECK).values()) == 1
    for card in DECK:
        assert card.answer.strip()
        assert re.search(r"[?.]$", card.question), card
    twice = Flashcard(DECK[0].question, "another answer", DECK[0].lesson)
    assert twice not in deck(COURSE)


def test_there_are_few_of_them_short_and_none_asks_what_nobody_can_guess():
    assert len(DECK) <= 120
    assert Counter(card.lesson for card in DECK).most_common(1)[0][1] <= 16
    for card in DECK:
        assert len(card.question) < 160, card
        assert "does that tell" not in card.question


def test_the_cards_of_a_lesson_are_its_exercises_that_fit():
    lesson = LESSONS["tiny-network"]
    cards = list(of_lesson(lesson))
    assert cards
    for card in cards:
        (exercise,) = [exercise for exercise in lesson.exercises if card.question.endswith(exercise.question)]
        assert card.answer.startswith(f"{number(exercise.answer)}. ")
        assert len(card.question) <= LONGEST
        assert ("w = 3, x = 2, b = 1, y = 15; z = w·x + b" in card.question) == exercise.of_graph


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=LESSONS)
def test_an_exercise_says_whether_it_is_about_the_lesson_s_graph(lesson):
    for exercise in lesson.exercises:
        if isinstance(exercise, GradientOf):
            assert exercise.of_graph == (exercise.build == lesson.build), (
                "another graph than the lesson's must be given"
            )


def test_a_course_without_cards_gets_those_of_its_exercises():
    bare = Course({"One": (LESSONS["losses"],)})
    assert {card.lesson for card in deck(bare)} == {"losses"}
    assert [card for card in deck(bare) if card in list(of_lesson(LESSONS["losses"]))]


def test_the_slopes_on_the_cards_are_those_of_the_table():
    """The answer is read as Python, and compared with the row at each sample point."""
    cards = {card.question: card.answer for card in slopes()}
    assert len(cards) > 9
    for op in TABLE.values():
        if op.name not in ("exp", "tanh", "sigmoid", "sqrt", "sin", "cos", "mul", "div", "log", "sub"):
            continue
        written = {"mul": "a·b", "div": "a/b", "sub": "a − b"}.get(op.name, f"{op.name}(a)")
        (answer,) = [a for q, a in cards.items() if q.startswith(f"y = {written}. ")]
        formulas = [part.split(" = ")[1] for part in answer.rstrip(".").split(", ")]
        for x in op.domain[0].samples:
            operands = (x, 1.5)[: op.arity]
            out = op.at(scalars, operands)
            python = [f.replace("−", "-").replace("·", "*").replace("²", "**2") for f in formulas]
            known = {"a": x, "b": 1.5, "y": out, "sin": scalars.sin, "cos": scalars.cos}
            found = [eval(text, known) for text in python]
            assert found == pytest.approx(op.slopes_at(scalars, operands, out)), (op.name, answer)


def test_anki_reads_the_columns():
    lines = as_tsv(DECK, COURSE).splitlines()
    heads = dict(line.removeprefix("#").split(":", 1) for line in lines if line.startswith("#"))
    assert heads == {"separator": "tab", "html": "false", "columns": "\t".join(COLUMNS), "tags column": "4"}
    assert lines[:4] == [line for line in lines if line.startswith("#")]
    rows = list(csv.reader(lines[4:], delimiter="\t"))
    assert [(question, answer, lesson) for question, answer, lesson, _ in rows] == [
        (" ".join(c.question.split()), " ".join(c.answer.split()), c.lesson) for c in DECK
    ]
    for _, _, lesson, tags in rows:
        assert re.fullmatch(r"chalkgrad::[\w-]+::[\w-]+", tags)
        assert tags.endswith(f"::{lesson}")


def test_stray_tabs_newlines_quotes_and_hashes_break_no_row():
    text = as_tsv([Flashcard('#a\t"b"\nc?', 'line one\nline "two"', SLUGS[0])], COURSE)
    *_, row = csv.reader(text.splitlines(), delimiter="\t")
    assert row[:2] == ['a "b" c?', 'line one line "two"']
    assert len(text.splitlines()) == 5


def test_json_and_text_tell_the_same():
    told = json.loads(as_json(DECK, COURSE))
    assert [(c["question"], c["answer"], c["lesson"]) for c in told] == [(c.question, c.answer, c.lesson) for c in DECK]
    assert all(c["lesson"] in COURSE.slugs[c["chapter"]] for c in told)
    text = as_text(DECK, COURSE)
    for card in DECK:
        assert f"Q  {card.question}\nA  {card.answer}\n" in text
    assert text.count("\nQ  ") == len(DECK)


def test_the_command_prints_or_writes(tmp_path, capsys):
    assert main(["flashcards"]) == 0
    assert capsys.readouterr().out == as_text(DECK, COURSE)
    for name, form in (("cards.tsv", as_tsv), ("cards.json", as_json), ("cards.txt", as_text)):
        assert main(["flashcards", "-o", str(tmp_path / name)]) == 0
        assert (tmp_path / name).read_bytes().decode() == form(DECK, COURSE)
        assert capsys.readouterr().out == f"{tmp_path / name}: {len(DECK)} cards\n"
    assert main(["flashcards", "-o", "cards.apkg"]) == 2
    assert "it should end in .txt, .json, .tsv" in capsys.readouterr().err
    assert main(["flashcards", "-o", str(tmp_path / "nowhere" / "cards.tsv")]) == 2
    assert "cannot be written: No such file" in capsys.readouterr().err


def test_the_command_prints_the_cards_of_one_lesson(capsys):
    assert main(["flashcards", "layer"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("layer\n-----\n\nQ  How many parameters does a layer")
    assert told.count("Q  ") == sum(card.lesson == "layer" for card in deck(COURSE)) > 1


def test_a_lesson_without_that_name_has_no_cards(capsys):
    assert main(["flashcards", "leyer"]) == 2
    assert "layer" in capsys.readouterr().err
