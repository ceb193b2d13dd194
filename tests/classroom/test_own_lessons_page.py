"""docs/own_lessons.md: each block of it runs."""

import re
import shlex

import pytest

from autograd.__main__ import main
from tests.test_command_line import ROOT

PAGE = (ROOT / "docs" / "own_lessons.md").read_text(encoding="utf-8")
PYTHON = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]


@pytest.mark.parametrize("block", PYTHON, ids=["two lines", "whole"])
def test_each_file_of_the_page_is_a_lesson(block, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "FILE.py").write_text(block, encoding="utf-8")
    for command in ("step", "quiz --key", "draw -o a.svg", "play -o a.html", "handout -o a.md", "export"):
        name, *options = command.split()
        assert main([name, "FILE.py", *options]) == 0, capsys.readouterr().err


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_of_the_page_runs(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "FOLDER").mkdir()
    block = PYTHON[0].replace("Three times two", "NAME") + '\nLESSON = Lesson("x", LESSON.build, slug="NAME")\n'
    (tmp_path / "FOLDER" / "01.py").write_text(block, encoding="utf-8")
    _, _, _, *words = shlex.split(command)
    assert main(words) == 0
