"""A class: what is given out, what is handed in, and how it is marked."""

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from autograd import AutogradError, DataError
from autograd.__main__ import main
from autograd.classroom.marking.answer_files import found_student, number_text
from autograd.classroom.marking.expected import Expected, digest, read_expected
from autograd.classroom.marking.hand_out import give_out, practice_page
from autograd.classroom.marking.points import Points
from autograd.classroom.marking.roster import MOST, ClassMember, file_name, read_roster
from autograd.classroom.renumbering import leaf_numbers, seeded
from autograd.classroom.tables import harmless
from nn.lessons import COURSE
from tests.test_command_line import ROOT

OLD = ROOT / "tests" / "classroom" / "marking" / "week1"


def told(capsys, *words, status=0):
    try:
        found = main(list(words))
    except SystemExit as ended:
        found = ended.code
    out = capsys.readouterr()
    assert found == status, out.err
    assert "Traceback" not in out.err
    return out.out + out.err


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A class of four with one lesson, given out once; tests mark copies of it."""
    place = tmp_path_factory.mktemp("class")
    (place / "roster.txt").write_text("Ada\nBob\nCéline\nDe la Cruz, Juan\n", encoding="utf-8")
    assert (
        main(["class", str(place / "roster.txt"), "tiny-network", "-o", str(place / "week"), "--salt", "walnut"]) == 0
    )
    return place / "week"


@pytest.fixture
def week(made, tmp_path):
    shutil.copytree(made, tmp_path / "week")
    return tmp_path / "week"


def paper(week, key):
    return next(paper for paper in read_expected(str(week)).papers if paper.student == key)


def hand_in(week, name, lines):
    path = week / "answers" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines), encoding="utf-8")


def rows(week):
    text = (week / "marks.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbf"), "a spreadsheet reads UTF-8 by this mark"
    return list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"))))


# --- giving out


def test_the_students_folder_has_no_right_answer_and_computes_nothing(made):
    for student in read_expected(str(made)).students:
        page = (made / "students" / f"{student.file}.html").read_text(encoding="utf-8")
        assert student.name in page
        assert "is right" not in page
        assert "Solutions" not in page + (made / "students" / f"{student.file}-tiny-network-handout.html").read_text(
            "utf-8"
        )
        script = page[page.index("<script>") :]
        assert not any(word in script for word in ("eval", "fetch", "Math.", "Number("))
        for question in paper(made, student.key).questions:
            assert "mistakes" not in page
            assert question.text.split("?")[0].replace("'", "&#x27;") in page
    names = {path.relative_to(made).as_posix() for path in made.rglob("*") if path.is_file()}
    assert {"teacher/expected.json", "teacher/key.html", "teacher/booklet.html", "students/ada.html"} <= names
    assert "students/de-la-cruz-juan.html" in names


def test_no_two_students_have_the_same_numbers(made):
    leaves = [tuple(paper.leaves.items()) for paper in read_expected(str(made)).papers]
    assert len(set(leaves)) == len(leaves) == 4


def test_a_student_added_later_changes_nobody_s_numbers(made, tmp_path):
    (tmp_path / "roster.txt").write_text("ada \nBOB\nZoë\nCéline\nDe la Cruz, Juan\nEve\n", encoding="utf-8")
    words = ["class", str(tmp_path / "roster.txt"), "tiny-network", "-o", str(tmp_path / "more"), "--salt", "walnut"]
    assert main(words) == 0
    for key in ("ada", "bob", "céline"):
        assert paper(tmp_path / "more", key).leaves == paper(made, key).leaves
    assert main([*words[:-1], "hazelnut", "--force"]) == 0
    assert paper(tmp_path / "more", "ada").leaves != paper(made, "ada").leaves


def test_a_student_s_numbers_are_there_in_every_command(made, capsys):
    w = paper(made, "bob").leaves["w"]
    for command in ("step", "draw", "play"):
        output = (
            ["-o", str(made.parent / f"bob.{ {'draw': 'txt', 'play': 'html'}.get(command) }")]
            if command != "step"
            else []
        )
        said = told(capsys, command, "tiny-network", "--class", str(made), "--student", "Bob", *output)
        assert said
    assert f"w = {w:g}" in (made.parent / "bob.txt").read_text(encoding="utf-8").replace("−", "-")
    key = told(capsys, "quiz", "tiny-network", "--class", str(made), "--student", "Bob", "--key")
    answers = [line.split()[-1].replace("−", "-") for line in key.splitlines()[1:]]
    assert [float(answer) for answer in answers] == pytest.approx(
        [q.answer for q in paper(made, "bob").questions], rel=1e-5
    )
    told(capsys, "step", "tiny-network", "--class", str(made), "--student", "Nobody", status=2)
    told(capsys, "step", "layer", "--class", str(made), "--student", "Bob", status=2)
    told(capsys, "step", "tiny-network", "--student", "Bob", status=2)


@pytest.mark.parametrize(
    ("raw", "names"),
    [
        (b"Ada\nBob\n", ["Ada", "Bob"]),
        ("\ufeffname;id\nJosé;7\n".encode(), ["José"]),
        ("name;id\nJos\xe9;7\nAda;8\n".encode("cp1252"), ["José", "Ada"]),
        (b'id,Name\n1,"Lovelace, Ada"\n2,Bob\n', ["Lovelace, Ada", "Bob"]),
        ("name\tgroup\nAda\tA\n".encode("utf-16"), ["Ada"]),
        ("  Ada  \n\n\u202eBob\n".encode(), ["Ada", "Bob"]),
    ],
)
def test_rosters_as_people_have_them(tmp_path, raw, names):
    (tmp_path / "roster.csv").write_bytes(raw)
    assert [student.name for student in read_roster(str(tmp_path / "roster.csv"))] == names


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "has no names"),
        (b"\x00\x01\x02\xff", "is not a text"),
        ("José\nJose\u0301 \n".encode(), "two students"),
        (b"first;last\nA;B\n", "without a column called name"),
        ("\n".join(f"s{i}" for i in range(MOST + 1)).encode(), "Divide it"),
    ],
    ids=["empty", "binary", "same", "no name", "too many"],
)
def test_rosters_that_do_not_do_are_a_sentence(tmp_path, raw, sentence):
    (tmp_path / "roster.csv").write_bytes(raw)
    with pytest.raises(AutogradError, match=sentence):
        read_roster(str(tmp_path / "roster.csv"))


def test_students_with_one_name_and_two_ids_have_files_of_their_own(tmp_path):
    (tmp_path / "roster.csv").write_text("name,id\nAda,1\nAda,2\n", encoding="utf-8")
    assert [student.file for student in read_roster(str(tmp_path / "roster.csv"))] == ["ada-1", "ada-2"]


def test_names_of_files_are_safe():
    for name in ("con", "NUL", "../x", "a/b", "a\\b", ".", "…", "x" * 500, "\u202eabc", "lpt1"):
        stem = file_name(name)
        assert stem
        assert len(stem) <= 62
        assert not set(stem) & set('/\\:*?"<>|. \u202e')
        assert stem not in ("con", "nul", "lpt1")


def test_class_refuses_what_would_be_lost(made, tmp_path, capsys):
    (tmp_path / "r.txt").write_text("Ada\n", encoding="utf-8")
    assert "is not empty" in told(capsys, "class", str(tmp_path / "r.txt"), "tiny-network", "-o", str(made), status=2)
    assert "no file" in told(capsys, "class", str(tmp_path / "no.txt"), "tiny-network", "-o", "x", status=2)
    (tmp_path / "file").write_text("")
    assert "is not a folder" in told(
        capsys, "class", str(tmp_path / "r.txt"), "layer", "-o", str(tmp_path / "file"), status=2
    )
    for name in ("students", "teacher", "answers"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).write_text("")
        words = ("class", str(tmp_path / "r.txt"), "tiny-network", "-o", str(tmp_path / name), "--force")
        assert "is not a folder" in told(capsys, *words, status=2)
        assert [path.name for path in (tmp_path / name).iterdir()] == [name]


# --- handing in, and marks


def right(week, key):
    return [f"{i}: {question.answer!r}" for i, question in enumerate(paper(week, key).questions, 1)]


def test_answers_are_read_as_people_write_them(week, capsys):
    asked = paper(week, "ada").questions
    mistake = asked[0].mistakes[0]
    hand_in(
        week, "anything.txt", ["# chalkgrad-answers 1 tiny-network ADA ", f"1. {mistake[1]!r}", *right(week, "ada")[2:]]
    )
    hand_in(week, "bob.txt", [repr(question.answer) for question in paper(week, "bob").questions])
    hand_in(week, "Céline_123_assignsubmission/answers.txt", ["2) = 1,5", "1: 1/3", "7: 1,234", "what", "99: 1"])
    hand_in(week, "nobody.txt", ["1: 2"])
    said = told(capsys, "mark", str(week), status=1)
    marks = {(row["student"], row["question"]): row for row in rows(week)}
    assert marks["Ada", "1"]["mistake"].split("; ")[0] == mistake[0]
    assert marks["Ada", "1"]["verdict"] == "mistake"
    assert marks["Ada", "2"]["verdict"] == "missing", "numbered answers do not shift"
    assert marks["Ada", "3"]["verdict"] == "right"
    assert all(marks["Bob", str(i)]["verdict"] == "right" for i in range(1, len(asked) + 1))
    assert marks["Céline", "2"]["answer"] == "1.5"
    assert marks["Céline", "7"]["verdict"] == "unread"
    assert f"{len(asked)} of {len(asked)}" in said
    assert f"1 of 3  {'█' * 10}  {mistake[0]} (question 1)" in said
    assert "Nothing handed in: De la Cruz, Juan." in said
    for remark in (
        "'what' has no number",
        "There is no question 99",
        "'nobody' is not on the roster",
        "could be two numbers",
    ):
        assert remark in said


def test_one_table_for_all(week, capsys):
    lines = ["student;lesson;question;answer"]
    lines += [
        f"{key};tiny-network;{i};{q.answer!r}"
        for key in ("ada", "Bob")
        for i, q in enumerate(paper(week, key.lower()).questions, 1)
    ]
    hand_in(week, "all.csv", lines)
    told(capsys, "mark", str(week))
    assert [row["verdict"] for row in rows(week) if row["student"] in ("Ada", "Bob")] == ["right"] * (len(lines) - 1)


def test_points_overrides_feedback_and_one_student(week, tmp_path, capsys):
    mistake = paper(week, "ada").questions[0].mistakes[0]
    hand_in(week, "ada.txt", [f"1: {mistake[1]!r}", "2: =1+1x"])
    (tmp_path / "points.json").write_text('{"mistake": 0.5, "questions": {"tiny-network": {"1": 4}}}')
    (tmp_path / "by_hand.csv").write_text("student,question,points,reason\nAda,2,0.25,good idea\n")
    words = ["mark", str(week), "--points", str(tmp_path / "points.json"), "--override", str(tmp_path / "by_hand.csv")]
    said = told(capsys, *words, "--feedback", str(tmp_path / "sheets"), "--projector", str(tmp_path / "p.html"),
                "--mistakes", str(tmp_path / "m.csv"), status=1)  # fmt: skip
    assert "2.25 of 1" in said
    again = told(capsys, *words, "--student", "ada")
    for part in ("sent:      =1+1x", "expected:", mistake[0], "By hand: good idea", "2 of 4"):
        assert part in again, part
    assert "good idea" in (tmp_path / "sheets" / "ada.html").read_text(encoding="utf-8")
    projected = (tmp_path / "p.html").read_text(encoding="utf-8")
    assert mistake[0] in projected
    assert not any(student.name in projected for student in read_expected(str(week)).students)
    assert mistake[0] in (tmp_path / "m.csv").read_text(encoding="utf-8-sig")
    (cell,) = [row["answer"] for row in rows(week) if row["student"] == "Ada" and row["question"] == "2"]
    assert cell == "'=1+1x"


def test_a_changed_or_torn_class_is_a_sentence(week, capsys):
    path = week / "teacher" / "expected.json"
    whole = path.read_text(encoding="utf-8")
    for text, sentence in (
        (whole[: len(whole) // 2], "is torn"),
        ("", "is torn"),
        ("[]", "is torn"),
        (whole.replace('"version": 1', '"version": 2'), "reads version 1"),
        (whole.replace('"salt": "walnut"', '"salt": "other"'), "was changed"),
    ):
        path.write_text(text, encoding="utf-8")
        assert sentence in told(capsys, "mark", str(week), status=2)
        assert not (week / "marks.csv").exists()
    assert "is not a class" in told(capsys, "mark", str(week / "answers"), status=2)


def test_large_and_odd_answers_are_listed_and_the_others_marked(week, capsys):
    hand_in(week, "bob.txt", right(week, "bob"))
    (week / "answers" / "ada.txt").write_bytes(b"1" * 10_000_000)
    (week / "answers" / "celine.txt").write_bytes(b"\x00\xff\x00")
    hand_in(week, "juan/de-la-cruz-juan.txt", ["1: " + "9" * 5000, '2: =HYPERLINK("x")', "3: 1e999", "4: \x1b[31m7"])
    said = told(capsys, "mark", str(week), status=1)
    assert "at the most" in said
    assert "is not a text" in said
    assert "\x1b" not in said
    assert [row["verdict"] for row in rows(week) if row["student"] == "Bob"].count("right") == len(
        paper(week, "bob").questions
    )
    assert not any(row["answer"].startswith(("=", "+", "@")) for row in rows(week))


@pytest.mark.parametrize("line", ["a" * 900_000, "1: " + "a" * 900_000, "=" * 900_000, "1: " + "1," * 400_000])
def test_a_line_without_end_is_no_answer_and_does_not_keep_the_others_waiting(week, line, capsys):
    hand_in(week, "ada.txt", [line])
    hand_in(week, "bob.txt", right(week, "bob"))
    told(capsys, "mark", str(week), status=1)
    assert [row["verdict"] for row in rows(week) if row["student"] == "Bob"].count("right") == len(
        paper(week, "bob").questions
    )


def test_no_file_outside_the_folder_is_read(week, tmp_path, capsys):
    (tmp_path / "secret.txt").write_text("1: 5\n")
    (week / "answers" / "ada.txt").symlink_to(tmp_path / "secret.txt")
    told(capsys, "mark", str(week))
    assert {row["verdict"] for row in rows(week)} == {"missing"}


def test_a_class_of_week_1_marks_the_same(tmp_path, capsys):
    """The folder was written once. Whoever changes how it is read changes the marks of classes that are under way."""
    shutil.copytree(OLD, tmp_path / "old")
    told(capsys, "mark", str(tmp_path / "old"))
    assert (tmp_path / "old" / "marks.csv").read_bytes() == (OLD / "marks.csv").read_bytes()
    assert json.loads((OLD / "teacher" / "expected.json").read_text(encoding="utf-8"))["version"] == 1


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1. -38", "1. -38"),
        ("w = 3.76", "3.76"),
        ("=-114", "-114"),
        ("-38,0", "-38.0"),
        ("1/3", "1/3"),
        ("dL/dw = −2", "−2"),
        ("b)", "b"),
    ],
)
def test_answers_in_the_form_that_is_judged(written, read):
    assert number_text(written) == read


@pytest.mark.parametrize("written", ["1,234", "12,345,678", "-1,000.5"])
def test_what_could_be_two_numbers_is_refused(written):
    with pytest.raises(DataError, match="could be two numbers"):
        number_text(written)


def test_cells_that_would_be_formulas_are_texts():
    assert [harmless(text) for text in ("=1", "+1", "-1", "@x", "\tx", "Ada")] == [
        "'=1",
        "'+1",
        "'-1",
        "'@x",
        "'\tx",
        "Ada",
    ]


# --- what was broken from outside


@pytest.mark.parametrize(
    ("raw", "names"),
    [
        (b"sep=;\r\nname;id\r\nAda;1\r\n", ["Ada"]),
        (b'name,id\n"Ada\nLovelace",1\nBob,2\n', ["Ada Lovelace", "Bob"]),
        (b"Ada\rBob\r", ["Ada", "Bob"]),
    ],
    ids=["a separator", "a name on two lines", "old line ends"],
)
def test_tables_as_spreadsheets_write_them(tmp_path, raw, names):
    (tmp_path / "roster.csv").write_bytes(raw)
    assert [student.name for student in read_roster(str(tmp_path / "roster.csv"))] == names


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        ('name,id\n"Ada,1\nBob,2\n', "line 2, a quotation mark is not closed"),
        ("name,id\n" + "x" * 200_000 + ",1\n", "not a whole table"),
        ("name,id\nAda,1\nBob,1\n", "two students with one id, 'Ada' and 'Bob'"),
        ("name,id\nAda,1\nAda,\n", "two students with one name"),
        ("name,id\nAda,\nADA,1\n", "two students with one name"),
    ],
)
def test_rosters_that_would_lose_a_student_are_refused(tmp_path, raw, sentence):
    (tmp_path / "roster.csv").write_text(raw, encoding="utf-8")
    with pytest.raises(DataError, match=sentence):
        read_roster(str(tmp_path / "roster.csv"))


def test_names_of_files_fit_with_their_endings():
    assert file_name("com³") == "com³_"
    assert len(file_name("\U00010330" * 300).encode()) <= 120


def test_a_name_that_two_have_belongs_to_neither():
    students = (ClassMember("Ada", "1", "ada-1"), ClassMember("Ada", "2", "ada-2"), ClassMember("Bob", "ada3", "bob"))
    expected = Expected("", students, (), {})
    assert expected.student("ADA3") is students[2]
    assert expected.student("ada-2") is students[1]
    with pytest.raises(DataError, match=r"the name of 2 students\. Give the id of one of them: 1, 2"):
        expected.student("Ada")
    assert list(expected.shown.values()) == ["Ada (1)", "Ada (2)", "Bob"]
    assert expected.student("Ada (2)") is students[1]


def test_what_cannot_be_read_costs_nothing_until_it_was_seen(week, tmp_path, capsys):
    hand_in(week, "bob.txt", [*right(week, "bob")[:-1], "9: about 3"])
    said = told(capsys, "mark", str(week), status=1)
    assert "Bob               8 of 8, and 1 to look at" in said
    assert [row["points"] for row in rows(week) if row["student"] == "Bob"] == ["1"] * 8 + [""]
    (tmp_path / "by_hand.csv").write_text("student;question;points;reason\r\nBob;9;0,5;nearly\r\n")
    for again in (["--override", str(tmp_path / "by_hand.csv")], []):
        said = told(capsys, "mark", str(week), *again, status=1)
        assert "Bob               8.5 of 9\n" in said
        assert [row["points"] for row in rows(week) if row["student"] == "Bob"] == ["1"] * 8 + ["0.5"]
    (week / "teacher" / "by_hand.csv").unlink()
    assert "8 of 8, and 1 to look at" in told(capsys, "mark", str(week), status=1)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("Bob,9,nan,x", "points are numbers, 0 or more|not a number"),
        ("Bob,9,-1,x", "points are numbers, 0 or more"),
        ("Bob,9,1e999,x", "not a number"),
        ("Bob,99,1,x", "line 2: there is no such question"),
        ("Bob,1.5,1,x", "line 2: '1.5' is not the number of a question"),
        ("Eve,1,1,x", "line 2: 'Eve' is not on the roster"),
    ],
)
def test_points_by_hand_that_belong_nowhere(week, tmp_path, capsys, row, sentence):
    (tmp_path / "by_hand.csv").write_text(f"student,question,points,reason\n{row}\n")
    assert re.search(sentence, told(capsys, "mark", str(week), "--override", str(tmp_path / "by_hand.csv"), status=2))
    assert not (week / "marks.csv").exists()


@pytest.mark.parametrize(
    ("points", "sentence"),
    [
        ('{"right": ' + "9" * 400 + "}", "points are numbers"),
        ('{"right": NaN}', "points are numbers"),
        ('{"questions": {"layer": {"1": 2}}}', "'layer', which is not given out here: tiny-network"),
        ('{"questions": {"tiny-network": {"11": 2}}}', "question '11' of tiny-network, which has 1 to 9"),
        ("[1]", "should hold an object"),
        ('{"right": "1"}', "points are numbers"),
    ],
)
def test_points_for_what_is_not_there(week, tmp_path, capsys, points, sentence):
    (tmp_path / "points.json").write_text(points)
    assert sentence in told(capsys, "mark", str(week), "--points", str(tmp_path / "points.json"), status=2)


def test_folders_as_platforms_name_them(week, capsys):
    for name in (
        "Ada_48151_assignsubmission_file_/deep/answers.txt",
        "Week 1_bob_attempt_2026-01-02-03-04-05_answers.txt",
        "__MACOSX/Ada_1/._answers.txt",
        ".DS_Store",
    ):
        hand_in(week, name, ["1: 5"])
    told(capsys, "mark", str(week))
    assert {row["student"] for row in rows(week) if row["verdict"] != "missing"} == {"Ada", "Bob"}


def test_an_id_may_begin_the_name_of_a_file():
    student = ClassMember("Ada", "17", "ada-17")
    expected = Expected("", (student,), (), {})
    assert found_student("", Path("17_answers.txt"), expected) == "17"
    assert found_student("", Path("17_99_assignsubmission_file_/answers.txt"), expected) == "17"
    with pytest.raises(DataError, match="'answers_17' is not on the roster"):
        found_student("", Path("answers_17.txt"), expected)


def test_two_hand_ins_of_one_student_are_listed_once(week, capsys):
    hand_in(week, "a/ada.txt", ["1: 5", "2: 6"])
    hand_in(week, "b/ada.txt", ["1: 5", "2: 7"])
    said = told(capsys, "mark", str(week), status=1)
    assert said.count("twice") == 1
    assert "a/ada.txt: Ada answers question 1 of tiny-network twice; '5' counts, in b/ada.txt, line 1." in said


def test_names_of_files_that_no_terminal_can_show(week, capsysbinary):
    (week / "answers" / os.fsdecode(b"\xff\x1b[31m.txt")).write_text("1: 2")
    with pytest.raises(SystemExit):
        main(["mark", str(week)])
    said = capsysbinary.readouterr().out.decode()
    assert "��[31m.txt: " in said
    assert "\x1b" not in said


def test_who_left_out_one_lesson_of_two_is_named(tmp_path, capsys):
    (tmp_path / "roster.txt").write_text("Ada\nBob\n")
    week = tmp_path / "two"
    told(capsys, "class", str(tmp_path / "roster.txt"), "tiny-network", "one-neuron", "-o", str(week))
    hand_in(week, "ada.txt", ["# chalkgrad-answers 1 one-neuron ada", "1: 5"])
    said = told(capsys, "mark", str(week))
    assert "Nothing handed in for tiny-network: Ada, Bob.\nNothing handed in for one-neuron: Bob." in said


def test_a_class_that_was_forged_is_a_sentence(week, capsys):
    path = week / "teacher" / "expected.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    head = {key: content.pop(key) for key in ("format", "version", "digest")}
    for forged in ({**content, "papers": [3]}, {"a": 1}, {**content, "students": None}):
        path.write_text(json.dumps({**head, "digest": digest(forged), **forged}), encoding="utf-8-sig")
        assert "holds no class" in told(capsys, "mark", str(week), status=2)


@pytest.mark.parametrize(
    ("written", "read"), [("0,138", "0.138"), ("-0,125", "-0.125"), ("–38", "−38"), ("\uff0d2,5e-3", "−2.5e-3")]
)
def test_numbers_as_writing_programs_put_them(written, read):
    assert number_text(written) == read


@pytest.mark.slow
@pytest.mark.skipif(not find_spec("pty"), reason="no terminals of its own on this system")
def test_on_a_terminal_a_bar_shows_how_far_it_is(tmp_path):
    import pty

    (tmp_path / "roster.txt").write_text("Ada\nBob\n")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "autograd", "class", "roster.txt", "tiny-network", "-o", "week"]
    done = subprocess.run(
        command, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, stderr=theirs
    )
    os.close(theirs)
    shown = b""
    with suppress(OSError):  # at its end
        while part := os.read(ours, 1000):
            shown += part
    os.close(ours)
    assert done.returncode == 0
    assert re.findall(r"\d+ %", shown.decode()) == ["25 %", "50 %", "75 %", "100 %"]


def test_practice_has_other_numbers(tmp_path, capsys):
    (tmp_path / "roster.txt").write_text("Ada\n")
    told(capsys, "class", str(tmp_path / "roster.txt"), "tiny-network", "-o", str(tmp_path / "week"), "--practice")
    own = paper(tmp_path / "week", "ada").leaves
    page = (tmp_path / "week" / "students" / "ada-tiny-network-practice.html").read_text(encoding="utf-8")
    assert "practice" in page
    assert sorted(path.name for path in (tmp_path / "week" / "students").iterdir()) == [
        "ada-tiny-network-handout.html", "ada-tiny-network-practice.html", "ada.html",
    ]  # fmt: skip
    ada = [ClassMember("Ada", "", "ada")]
    _, (given,) = give_out(ada, [COURSE.lessons["tiny-network"]], "", Points(), lambda done: None)
    assert given.stored.leaves == own
    same = replace(
        given, stored=replace(given.stored, leaves=leaf_numbers(seeded(given.original, "ada practice").build()))
    )
    assert practice_page(given) != practice_page(same), "numbers that are marked are passed over"


def test_the_quiz_marks_a_file_that_windows_wrote(tmp_path, capsys):
    for encoding in ("utf-16", "utf-8-sig", "cp1252"):
        (tmp_path / "ada.txt").write_bytes("# chalkgrad-answers 1 tiny-network Jos\xe9\r\n3: -32\r\n".encode(encoding))
        said = told(capsys, "quiz", "tiny-network", "--mark", str(tmp_path / "ada.txt"))
        assert "   3  −32 is right." in said
    (tmp_path / "ada.txt").write_bytes(b"\x00\x01")
    assert "is not a text" in told(capsys, "quiz", "tiny-network", "--mark", str(tmp_path / "ada.txt"), status=2)
