"""The folders of the assignments: gaps at first, right when solved, and a name for each slip."""

import re
import subprocess
import sys
import zipfile
from importlib import resources

import pytest

from autograd.__main__ import main
from autograd.classroom.assignments import folder
from autograd.classroom.assignments.catalogue import ASSIGNMENTS
from autograd.classroom.assignments.findings import PASSED, UNWRITTEN
from autograd.classroom.assignments.judge import judge_folder
from autograd.classroom.assignments.runner import Student

EACH = pytest.mark.parametrize("assignment", ASSIGNMENTS.values(), ids=ASSIGNMENTS)
FILES = resources.files("autograd.classroom.assignments")


def solved(assignment):
    return dict(folder.files(assignment, solution=True))[assignment.file].decode()


def judged(tmp_path, assignment, source, stage=None):
    file = tmp_path / assignment.file
    file.write_text(source, encoding="utf-8")
    return judge_folder(assignment, Student(file, assignment.made), stage, seconds=120.0)


@EACH
def test_the_skeleton_is_the_solution_with_its_gaps(assignment):
    marked = FILES.joinpath("solutions", assignment.slug, f"{assignment.file}.txt").read_text("utf-8")

    def gap(found):
        indent, stage, what = found.groups()
        kept = (
            {"2": "self.parents = ()", "3": "self.partials = ()"}
            if "self.data = float(data)" in marked[: found.start()][-400:]
            else {}
        )
        return (
            f"{indent}# Stage {stage}: {what}\n{indent}"
            + kept.get(stage, f'raise NotImplementedError("stage {stage}")')
            + "\n"
        )

    skeleton = re.sub(r"( *)# Stage (\d+): (.*)\n(?:(?! *# (?:\[end\]|Stage)).*\n)+(?: *# \[end\]\n)?", gap, marked)
    given = dict(folder.files(assignment))[assignment.file].decode()
    assert skeleton.replace(" Solved.", " README.md tells what to write.") == given


@EACH
def test_a_fresh_folder_is_not_written_yet_and_a_solved_one_passes(tmp_path, assignment):
    fresh = judged(tmp_path, assignment, dict(folder.files(assignment))[assignment.file].decode())
    assert {result.state for result in fresh.results} == {UNWRITTEN}
    assert fresh.status == 1
    right = judged(tmp_path, assignment, solved(assignment))
    assert {result.number: result.finding for result in right.results if result.state != PASSED} == {}
    assert right.status == 0


@EACH
def test_each_stage_has_three_hints_and_a_place_in_the_readme(assignment):
    readme = dict(folder.files(assignment))["README.md"].decode()
    for stage in assignment.stages:
        assert len(set(stage.hints)) == 3
        assert re.search(rf"(?:^|\W){stage.number}\W", readme)


SLIPS = (
    ("engine", "self.parents = tuple(parents)", "self.parents = tuple(dict.fromkeys(parents))", {2: "parents in a set"}),
    ("engine", "(other.data, self.data))\n", "(self.data, other.data))\n", {3: "each operand gets itself"}),
    ("engine", "dz = 2 * (a - y)", "dz = 2 * (y - a)", {4: "sign of the delta"}),
    ("engine", "dz = 2 * (a - y)", "dz = (a - y)", {4: "½(t − o)²"}),
    ("engine", "loss, dz * x, dz, dz * w", "loss, dz * x, dz, dz * (w - 0.01 * dz * x)", {4: "updated too early"}),
    ("engine", "* (1.0 if z > 0 else 0.0)", "", {4: "relu has no slope"}),
    ("engine", "parent.grad += node.grad * partial", "parent.grad = node.grad * partial", {6: "`=` where `+=` belongs"}),
    ("engine", "            if node.parents:\n                node.grad = 0.0\n", "            pass\n", {7: "stale gradients"}),
    ("engine", "by_base = other.data * self", "by_base = self", {8: "power: the slope is wrong"}),
    ("engine", "lift(other) - self", "self - lift(other)", {8: "2 − x is swapped"}),
    ("engine", "[*self.weights, self.bias]", "[*self.weights]", {9: "bias is no parameter"}),
    ("engine", "total / len(targets)", "total", {10: "the sum, not the mean"}),
    ("engine", "            parameter.grad = 0.0\n        loss", "            pass\n        loss", {10: "zero_grad is forgotten"}),
    ("engine", "parameter.data -= lr", "parameter.data += lr", {10: "uphill"}),
    ("engine", "scale = math.sqrt(len(query))", "scale = 1.0", {16: "√d"}),
    ("optimizer", "math.sqrt(v_hat) + self.eps", "math.sqrt(v_hat + self.eps)", {4: "ε inside the root"}),
    ("optimizer", "self.m / (1 - self.beta1**self.t)", "self.m", {4: "bias correction for m"}),
    ("optimizer", "self.t += 1", "self.t += 0 if self.t else 2", {4: ""}),
    ("optimizer", "step(w - self.lr * self.decay * w, g)", "step(w, g + self.decay * w)", {5: "decay on the gradient"}),
    ("optimizer", "        self.v = self.mu * self.v - self.lr * g\n        return w + self.v", "        self.v = self.mu * self.v + g\n        return w - self.lr * self.v", {3: "PyTorch's convention"}),
    ("rule", "1 / (x * (1 - x))", "1 / (out * (1 - out))", {2: "of the output, not the input"}),
    ("rule", "0 < x < 1", "0 <= x <= 1", {4: "0 and 1 are let in"}),
    ("rule", "x / out, y / out", "x, y", {5: "not divided by out"}),
)  # fmt: skip


LONG = ("each operand gets itself", "2 − x is swapped")  # searched for longer


@pytest.mark.parametrize(
    ("slug", "old", "new", "wanted"),
    [pytest.param(*slip, marks=[pytest.mark.slow] * any(name in LONG for name in slip[3].values())) for slip in SLIPS],
    ids=lambda value: str(value)[:30],
)
def test_a_slip_is_told_in_its_stage(tmp_path, slug, old, new, wanted):
    source = solved(ASSIGNMENTS[slug])
    assert old in source
    for stage, name in wanted.items():
        report = judged(tmp_path, ASSIGNMENTS[slug], source.replace(old, new), stage)
        (finding,) = (result.finding for result in report.results if result.number == stage)
        assert finding, report
        assert name in finding.name


def test_the_way_of_a_student_from_new_to_pack(tmp_path, capsys, monkeypatch):
    place = tmp_path / "my-engine"
    assert main(["assignment", "new", "engine", "-o", str(place)]) == 0
    assert main(["assignment", "new", "engine", "-o", str(place)]) == 2
    assert "is not empty" in capsys.readouterr().err
    with pytest.raises(SystemExit) as left:
        main(["assignment", "check", str(place), "--stage", "1"])
    assert left.value.code == 1
    source = (
        (place / "value.py")
        .read_text("utf-8")
        .replace('raise NotImplementedError("stage 1")', "return Value(self.data + other.data)", 1)
    )
    (place / "value.py").write_text(
        source.replace('raise NotImplementedError("stage 1")', "return Value(self.data + other.data)", 1), "utf-8"
    )
    with pytest.raises(SystemExit):
        main(["assignment", "check", str(place), "--stage", "1"])
    assert "WRONG" in capsys.readouterr().out
    assert main(["assignment", "check", str(place), "--stage", "1", "--hint"]) == 0
    assert "1. x + y is a new number" in capsys.readouterr().out
    assert main(["assignment", "pack", str(place)]) == 0
    with zipfile.ZipFile(tmp_path / "my-engine.zip") as packed:
        assert packed.namelist() == ["README.md", "value.py"]


def test_the_file_that_students_get_is_the_same_each_time_works_alone_and_holds_no_solution(tmp_path):
    assert folder.pyz() == folder.pyz()
    place = tmp_path / "my-rule"
    folder.new(ASSIGNMENTS["rule"], place)
    (place / "rule.py").write_text(solved(ASSIGNMENTS["rule"]), "utf-8")
    with zipfile.ZipFile(place / folder.PYZ) as packed:
        assert not [name for name in packed.namelist() if "solution" in name or name.endswith(".pyc")]

    def run(*words):
        return subprocess.run(
            [sys.executable, "-I", folder.PYZ, *words], cwd=place, capture_output=True, encoding="utf-8", check=False
        )

    done = run("assignment", "check", ".")
    assert (done.returncode, done.stderr) == (0, "")
    assert "5 of 5 stages passed" in done.stdout
    assert "no solutions" in run("assignment", "new", "rule", "-o", "solved", "--solution").stderr
    again = run("assignment", "new", "rule", "-o", "again")
    assert again.returncode == 0, again.stderr
    assert (place / "again" / folder.PYZ).read_bytes() == (place / folder.PYZ).read_bytes()


@pytest.mark.parametrize("words", [["check"], ["check", "nowhere"], ["check", "--class", "engine.py"], ["check", "--class", "nowhere.py:Node"],
                                   ["check", "--class", "x.py:Node", "--names", "a,b"], ["new", "nothing"], ["grade", "nowhere"], ["pack", "nowhere"]])  # fmt: skip
def test_a_wrong_call_leaves_with_2(words, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["assignment", *words]) == 2
    assert capsys.readouterr().err.startswith("chalkgrad: ")
