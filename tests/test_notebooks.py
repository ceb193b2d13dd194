"""Every notebook is the pair of its source, carries nothing of the machine that ran it, and says no number that nothing has computed."""

import ast
import base64
import importlib.util
import io
import json
import re
from itertools import pairwise
from pathlib import Path

import pytest

from autograd.__main__ import LESSONS, parser
from nn.lessons import COURSE

jupytext = pytest.importorskip("jupytext")

FOLDER = Path(__file__).parents[1] / "notebooks"
SPEC = importlib.util.spec_from_file_location("build", FOLDER / "build.py")
build = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(build)
EACH = pytest.mark.parametrize("source", build.sources(), ids=lambda source: source.stem)


def cells(notebook):
    return [(cell.cell_type, cell.id, cell.source) for cell in notebook.cells]


def outputs(source):
    notebook = json.loads(source.with_suffix(".ipynb").read_text(encoding="utf-8"))
    return [(cell, output) for cell in notebook["cells"] for output in cell.get("outputs", [])]


def prose(source):
    return "\n".join(cell.source for cell in jupytext.read(source).cells if cell.cell_type == "markdown")


def commands(text):
    return re.findall(r"python3 -m autograd( .*?)(?:   |$)", text, re.M)


def slugs(source):
    return [command.split()[1] for command in commands(prose(source)) if len(command.split()) > 1]


def computed(source):
    """The numbers that stand in the code or in what it printed, and those of the notebook's lessons."""
    notebook = json.loads(source.with_suffix(".ipynb").read_text(encoding="utf-8"))
    code = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    printed = ["".join(output.get("text", "")) for _, output in outputs(source)]
    lessons = [x for slug in slugs(source) for x in LESSONS[slug].numbers.values()]
    return numbers("\n".join(code + printed)), lessons


def numbers(text):
    """The numbers of a text, without their signs: those with a point, and those of three digits and more."""
    found = re.findall(r"(?<![\w.,])\d+(?:[,_]\d{3})*(?:\.\d+)?(?!\w)", text)
    return {re.sub("[,_]", "", x) for x in found if "." in x or len(x) > 2}


def unfounded(told, seen, lessons):
    """The numbers that are told, but neither seen nor a lesson's number to as many digits."""
    return {x for x in told - seen if not any(f"{abs(y):.{len(x.partition('.')[2])}f}" == x for y in lessons)}


def test_each_source_has_its_notebook_and_each_notebook_its_source():
    assert build.sources()
    assert [source.with_suffix(".ipynb") for source in build.sources()] == sorted(FOLDER.glob("*.ipynb"))


@EACH
def test_a_pair_agrees(source):
    notebook = jupytext.read(source.with_suffix(".ipynb"))
    assert cells(notebook) == cells(build.paired(source)), f"run: python notebooks/build.py {source.stem}"


def test_a_pair_that_disagrees_is_found(tmp_path):
    source = build.sources()[0]
    changed = tmp_path / source.name
    changed.write_text(
        source.read_text(encoding="utf-8").replace("# %%\n", "# %%\nprint('changed')\n", 1), encoding="utf-8"
    )
    assert cells(build.paired(changed)) != cells(jupytext.read(source.with_suffix(".ipynb")))


@EACH
def test_a_notebook_was_run_and_holds_no_failure_and_no_page(source):
    kinds = [output["output_type"] for _, output in outputs(source)]
    assert kinds
    assert "error" not in kinds
    assert not any("text/html" in output.get("data", {}) for _, output in outputs(source))


@EACH
def test_a_notebook_is_small_and_names_no_machine(source):
    text = source.with_suffix(".ipynb").read_text(encoding="utf-8")
    assert len(text) < 300_000
    assert not re.findall(r"(?:/home/|/root/|/tmp/|/Users/|[A-Z]:\\\\)[^\"\\]*", text)


@EACH
def test_every_picture_is_there(source):
    kinds = {
        "<Picture": "image/png",
        "<Figure": "image/png",
        "Computation graph": "image/svg+xml",
        "Player(": "image/svg+xml",
    }
    for _, output in outputs(source):
        text = "".join(output.get("data", {}).get("text/plain", ""))
        assert all(kind in output["data"] for words, kind in kinds.items() if text.startswith(words)), text


@EACH
def test_an_answer_that_is_to_be_mended_is_one_whose_mistake_has_a_name(source):
    judged = [cell for cell, _ in outputs(source) if "my_answer = " in "".join(cell["source"])]
    for cell in judged:
        verdict = "".join("".join(output.get("text", "")) for output in cell["outputs"])
        assert "is what you get when" in verdict, verdict
    assert judged


@EACH
def test_every_number_in_the_prose_is_computed(source):
    assert not unfounded(numbers(prose(source)), *computed(source))


def test_a_number_that_nothing_computes_is_found():
    assert numbers("The loss is 0.25, then −1,024.5; 12 steps; h2, x³ and 2.5e3.") == {"0.25", "1024.5"}
    assert unfounded({"0.69", "0.25", "777"}, {"0.25"}, [-0.693147]) == {"777"}


@EACH
def test_every_command_can_be_typed(source):
    for command in commands(prose(source)):
        assert getattr(parser().parse_args(command.split()), "lesson", "tiny-network") in LESSONS


def test_the_notebooks_go_through_the_course():
    named = dict.fromkeys(slug for source in build.sources() for slug in slugs(source))
    assert set(named) == {slug for chapter in COURSE.slugs.values() for slug in chapter}


def test_a_picture_becomes_smaller_and_keeps_its_shape_and_nothing_else():
    image, figure = pytest.importorskip("PIL.Image"), pytest.importorskip("matplotlib.figure")
    drawn, file = figure.Figure(figsize=(3, 2)), io.BytesIO()
    drawn.subplots().plot([1, 3, 2], color="#0072B2")
    drawn.savefig(file, format="png", metadata={"Software": "what drew it"})
    kept = base64.b64decode(build.smaller(base64.b64encode(file.getvalue()).decode("ascii")))
    assert len(kept) < len(file.getvalue())
    assert b"what drew it" in file.getvalue()
    assert b"what drew it" not in kept
    before, after = (image.open(io.BytesIO(png)).convert("RGB") for png in (file.getvalue(), kept))
    assert before.size == after.size
    assert max(abs(x - y) for x, y in zip(before.tobytes(), after.tobytes(), strict=True)) < 40


@EACH
def test_a_notebook_asks_for_code_twice_and_begins_with_code_that_the_check_finds_wrong(source):
    notebook = json.loads(source.with_suffix(".ipynb").read_text(encoding="utf-8"))
    code = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    if source.stem.startswith("13"):
        pytest.skip("this one asks for a whole engine")
    assert sum("# your code" in cell for cell in code) >= 2
    printed = [
        "".join(output.get("text", ""))
        for cell in notebook["cells"]
        for output in cell.get("outputs", [])
        if "compare(" in "".join(cell["source"])
    ]
    assert len(printed) >= 2
    assert all("First difference: for " in text for text in printed), printed


@EACH
def test_what_answers_a_question_is_folded_up(source):
    notebook = jupytext.read(source.with_suffix(".ipynb"))
    folded = 0
    for before, cell in pairwise(notebook.cells):
        if (
            cell.cell_type == "code"
            and before.cell_type == "markdown"
            and re.search(r"\bpredict\b", before.source.split("\n\n")[-1], re.I)
        ):
            assert cell.metadata["jupyter"]["outputs_hidden"], before.source
            folded += 1
        if cell.cell_type == "code" and not build.asks(before):
            assert not cell.metadata.get("collapsed"), cell.source
    assert folded or not re.search(r"\bpredict\b", prose(source), re.I)


NEARLY = {
    (
        "02_xor",
        "is_dead",
    ): "def is_dead(weights, bias, inputs): return bias <= 0 and all(w <= 0 for w in weights)",  # without a look at the inputs
    ("09_training", "stops_after"): """def stops_after(losses, patience):
    waited = 0
    for epoch in range(2, len(losses) + 1):
        waited = 0 if losses[epoch - 1] < losses[epoch - 2] else waited + 1  # the last loss, not the best one
        if waited == patience:
            return epoch""",
    (
        "12_laboratory",
        "leaves_first",
    ): "def leaves_first(parents): return sorted(parents, key=lambda node: (len(parents[node]), node))",
    (
        "06_deep_networks",
        "clipped",
    ): "def clipped(gradients, bound): return [max(-bound, min(bound, g)) for g in gradients]",  # each by itself
}


@pytest.mark.parametrize(("notebook", "function"), NEARLY)
def test_the_check_of_an_exercise_refuses_what_is_nearly_right(notebook, function, capsys):
    code = [cell.source for cell in jupytext.read(FOLDER / f"{notebook}.py").cells if cell.cell_type == "code"]
    (place,) = (i for i, cell in enumerate(code) if cell.startswith(f"def {function}(") and "# your code" in cell)
    plain = ast.parse(re.sub("^%.*", "", "\n".join(code), flags=re.M))
    imports = [ast.unparse(node) for node in plain.body if isinstance(node, ast.Import | ast.ImportFrom)]
    imports = [
        line for line in imports if "IPython" not in line
    ]  # what shows pictures is not needed, and may be missing
    names = {}
    exec("\n".join([*imports, NEARLY[notebook, function], code[place + 1]]), names)  # noqa: S102
    said = capsys.readouterr().out
    assert re.match(r"[1-9]\d* of \d+ right\. First difference: ", said), said
