"""Flashcards: each has its place in the course, what is computed in them is right, and Anki can read them."""

import csv
import json
import re
from collections import Counter

import pytest

from autograd.__main__ import LESSONS, main
from autograd.classroom import GradientOf
from autograd.classroom.definitions import DEFINITIONS, Flashcard
from autograd.classroom.flashcards import COLUMNS, LONGEST, as_json, as_text, as_tsv, deck, in_words, of_lesson, slopes
from autograd.graph import number
from autograd.namespaces import scalars
from autograd.rules import TABLE
from nn.lessons import COURSE

SLUGS = [slug for slugs in COURSE.slugs.values() for slug in slugs]
DECK = deck(COURSE)


def test_every_lesson_of_the_course_has_a_card_and_every_card_a_lesson():
    assert {card.lesson for card in DECK} == set(SLUGS)
    places = [SLUGS.index(card.lesson) for card in DECK]
    assert places == sorted(places)
    assert {card.lesson for card in DEFINITIONS} == set(SLUGS)


def test_no_question_comes_twice_and_none_is_empty():
    assert max(Counter(card.question for card in DECK).values()) == 1
    for card in DECK:
        assert card.answer.strip()
        assert re.search(r"[?.]$", card.question), card
    twice = Flashcard(DECK[0].question, "another answer", DECK[0].lesson)
    assert twice not in deck(COURSE)


def test_the_cards_of_a_lesson_are_its_exercises_and_notes():
    lesson = LESSONS["tiny-network"]
    cards = list(of_lesson(lesson))
    assert len(cards) == len(lesson.exercises) + len(lesson.notes)
    for exercise in lesson.exercises:
        (card,) = [card for card in cards if card.question.endswith(exercise.question)]
        assert card.answer.startswith(f"{number(exercise.answer)}. ")
    assert {note.text for note in lesson.notes} <= {card.answer for card in cards}
    assert all("w = 3, x = 2, b = 1, y = 15; z = w·x + b" in card.question for card in cards)


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=LESSONS)
def test_a_card_shows_the_graph_that_it_asks_about_and_no_other(lesson):
    graph = in_words(lesson.build())
    cards = [card.question for card in of_lesson(lesson)]
    for exercise in lesson.exercises:
        shown = [q for q in cards if q.endswith(exercise.question)]
        assert len(shown) == (not exercise.of_graph or len(graph) <= LONGEST), exercise.question
        assert all((graph in q) == exercise.of_graph for q in shown)
        if isinstance(exercise, GradientOf):
            assert exercise.of_graph == (exercise.build == lesson.build), (
                "another graph than the lesson's must be given"
            )


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=LESSONS)
def test_a_note_is_asked_about_the_event_that_the_lesson_tells(lesson):
    words, graph = {event.key: event.words for event in lesson.events()}, in_words(lesson.build())
    asked = {card.answer: card.question for card in of_lesson(lesson)}
    for note in lesson.notes if len(graph) <= LONGEST else ():
        assert asked[note.text] == f"{lesson.title}. {graph} {words[note.after]} What does that tell?"


def test_the_slopes_on_the_cards_are_those_of_the_table():
    """The answer is read as Python, and compared with the row at each sample point."""
    cards = {card.question: card.answer for card in slopes()}
    assert len(cards) > 10
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
