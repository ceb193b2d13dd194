"""Grading a class: a row for each student and stage, whatever was handed in."""

import csv
import io
import json
import os
import subprocess
import sys
import zipfile
from xml.etree import ElementTree

import pytest

from autograd.__main__ import main
from autograd.classroom.assignments import folder
from autograd.classroom.assignments.catalogue import ASSIGNMENTS

RULE = ASSIGNMENTS["rule"]


def solved():
    return dict(folder.files(RULE, solution=True))[RULE.file].decode()


@pytest.fixture
def handed_in(tmp_path):
    """Four hand-ins: a right one in a zip, a slip in a folder, no zip at all, and a file that never ends."""
    place = tmp_path / "class"
    place.mkdir()
    with zipfile.ZipFile(place / "ada.zip", "w") as packed:
        packed.writestr("my-rule/rule.py", solved())
        packed.writestr("../outside.txt", "no")
    for name, source in (("=bob", solved().replace("0 < x < 1", "0 <= x <= 1")), ("dan", "import sys\nsys.exit(0)\n")):
        (place / name).mkdir()
        (place / name / "rule.py").write_text(source, "utf-8")
    (place / "cleo.zip").write_bytes(b"no zip")
    return place


def test_marks_histogram_and_reports(handed_in, tmp_path, capsys):
    points = tmp_path / "points.json"
    points.write_text('{"1": 2, "5": 4}', "utf-8")
    out, junit = tmp_path / "marks.csv", tmp_path / "report.xml"
    assert (
        main(["assignment", "grade", str(handed_in), "-o", str(out), "--points", str(points), "--junit", str(junit)])
        == 0
    )
    text = out.read_bytes().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert list(rows[0]) == ["student", "stage", "passed", "points", "mistake"]
    assert [row["points"] for row in rows if row["student"] == "ada"] == ["2", "1", "1", "1", "4"]
    assert [(row["stage"], row["mistake"]) for row in rows if row["student"] == "'=bob" and row["passed"] == "no"] == [
        ("4", "0 and 1 are let in")
    ]
    assert {row["passed"] for row in rows if row["student"] in ("cleo", "dan")} == {"no"}
    assert not (tmp_path / "outside.txt").exists()
    assert "1 of 4" in capsys.readouterr().out
    suites = ElementTree.parse(junit).getroot()
    assert {suite.get("name"): suite.get("failures") for suite in suites}["=bob"] == "1"


@pytest.mark.skipif(sys.platform == "win32", reason="Gradescope runs Linux")
def test_gradescope_s_scripts_run_in_an_empty_folder(tmp_path):
    archive = tmp_path / "autograder.zip"
    assert main(["assignment", "package", "rule", "-o", str(archive)]) == 0
    root = tmp_path / "autograder"
    (root / "submission").mkdir(parents=True)
    (root / "submission" / "rule.py").write_text(solved(), "utf-8")
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(root / "source")
        assert packed.getinfo("run_autograder").external_attr >> 16 & 0o111
        assert "chalkgrad.pyz assignment check ." in packed.read(".github/workflows/classroom.yml").decode()
    environment = {
        "PATH": os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]]),
        "AUTOGRADER_ROOT": str(root),
    }
    for script in ("setup.sh", "run_autograder"):
        done = subprocess.run(
            ["bash", str(root / "source" / script)],
            cwd=root,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
    results = json.loads((root / "results" / "results.json").read_text("utf-8"))
    assert [test["score"] for test in results["tests"]] == [1.0] * 5
    assert all(test["status"] == "passed" and test["max_score"] == 1.0 for test in results["tests"])
