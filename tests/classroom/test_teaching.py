"""The teacher's page, the README and the tour: every command in them runs, every lesson has its week, what they say of the program is so."""

import ast
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from itertools import pairwise

import pytest

from autograd.__main__ import LESSONS, parser
from autograd.classroom.walkthrough import WIDTH
from nn.lessons import COURSE
from tests.test_command_line import ROOT

PAGE = (ROOT / "docs" / "teaching.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
TOUR = (ROOT / "docs" / "tour.md").read_text(encoding="utf-8")
SLUGS = [slug for slugs in COURSE.slugs.values() for slug in slugs]
WEEKS = re.findall(r"^\| \d+ \| (.*?) \|", PAGE, re.M)


def blocks(text):
    """The shell blocks that are run as they stand."""
    return [block for block in re.findall(r"```sh\n(.*?)```", text, re.S) if "python3 -m autograd" in block]


def in_tables(text):
    """The commands in the cells of tables."""
    return re.findall(r"^\|.*?`(python3 -m autograd[^`]*)`", text, re.M)


def run(script, folder):
    """Run a script in a folder, with this Python and this checkout."""
    lines = script.replace("python3 ", f'"{sys.executable}" ')
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", lines], cwd=folder, stdin=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, encoding="utf-8", timeout=120,
    )  # fmt: skip


def can_run(command):
    """Whether what the command needs is installed."""
    plots, typeset = " plot " in command, ".pdf" in command and " handout " in command
    deck = ".pptx" in command
    needed = {"matplotlib": plots, "typst": typeset, "pptx": deck, "graphviz": deck}
    return all(find_spec(package) for package, wanted in needed.items() if wanted)


COMMANDS = [line for block in blocks(PAGE) for line in re.split(r"\n(?=python3|for )", block.strip())]
COMMANDS += in_tables(PAGE) + in_tables(README) + in_tables(TOUR)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("bash") is None, reason="a shell")
@pytest.mark.parametrize("command", dict.fromkeys(COMMANDS))
def test_a_command_runs(command, tmp_path):
    if " serve " in command:
        pytest.skip("it serves until Ctrl-C: tests/site has it")
    if not can_run(command):
        pytest.skip("an extra is not installed")
    (tmp_path / "ada.txt").write_text("1\n\n-16\n", encoding="utf-8")
    (tmp_path / "roster.txt").write_text("Ada\nBen\nCem\n", encoding="utf-8")
    if "week1" in command and " class roster.txt" not in command:
        run("python3 -m autograd class roster.txt tiny-network -o week1", tmp_path)
    whole = "site -o pages"  # tests/site makes it whole
    done = run(command.replace(whole, f"{whole} --lessons tiny-network"), tmp_path)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    written = re.findall(r'-o ([\w.-]+)|-o "\$name(\.\w+)"', command)
    for name, suffix in written:
        names = [name] if name else [f"{student}{suffix}" for student in ("ada", "ben", "cem")]
        assert all((tmp_path / each).stat().st_size > 100 for each in names)


def test_there_are_commands_in_each():
    assert len(in_tables(README)) == 4
    assert len(in_tables(TOUR)) > 20
    assert len(in_tables(PAGE)) >= 4
    assert len(COMMANDS) > 30


def test_every_command_is_in_the_table_of_the_tour():
    known = next(a for a in parser()._actions if a.choices and "step" in a.choices).choices
    used = {command.split()[3] for command in in_tables(TOUR) if len(command.split()) > 3}
    assert set(known) - {"list"} == used


def test_every_lesson_has_its_week():
    named = [slug for week in WEEKS for slug in re.findall(r"`([\w-]+)`", week)]
    assert len(WEEKS) == 14
    assert sorted(named) == sorted(SLUGS)


def test_the_lessons_that_commands_name_exist():
    for command in COMMANDS:
        for name in re.findall(
            r"python3 -m autograd (?:step|quiz|why|paths|diagnose|draw|plot|play|handout) ([\w-]+)", command
        ):
            assert name in LESSONS, command


def programs(text):
    """The programs in a document that can run as they stand: those that import what they use."""
    return [block for block in re.findall(r"```python\n(.*?)```", text, re.S) if "import" in block]


@pytest.mark.parametrize("program", programs(README) + programs(TOUR), ids=lambda program: program.splitlines()[-1])
def test_a_program_runs_and_prints_what_stands_beside_it(program, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    if "record(" in program:
        pytest.importorskip("numpy")
    space, lines = {}, program.splitlines()
    for statement in ast.parse(program).body:
        exec(compile(ast.Module([statement], []), "<document>", "exec"), space)  # noqa: S102
        printed = capsys.readouterr().out.strip()
        beside = lines[statement.end_lineno - 1].partition("#")[2].strip()
        if beside and printed and "\n" not in printed and ";" not in beside:
            assert beside.startswith(printed)


def test_what_the_readme_promises_is_so():
    """The commands that stand in no table run too; the course has as many lessons as it says."""
    (found,) = re.findall(r"the course: (\d+) lessons in (\w+) chapters", TOUR)
    assert found == (str(len(LESSONS)), ["six", "seven", "eight"][len(COURSE.chapters) - 6])
    for command in [*re.findall(r"`python3 -m autograd ([^`]*)`", README), "step tiny-network"]:
        assert command.split()[0] in TOUR
    assert len(README.splitlines()) <= 75


def test_what_the_page_says_of_the_program_is_so():
    assert f"{WIDTH} columns wide" in PAGE
    minutes = [(int(a), int(b)) for a, b in re.findall(r"^\| (\d+)–(\d+) \|", PAGE, re.M)]
    assert minutes[0][0] == 0
    assert minutes[-1][1] == 50
    assert all(first[1] == second[0] for first, second in pairwise(minutes))
    extras = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for package in re.findall(r"`pip install ([a-z]+)`", PAGE):
        assert f'["{package}"]' in extras
    for extra in re.findall(r'pip install -e "\.\[(\w+)\]"', PAGE):
        assert f"\n{extra} = [" in extras
