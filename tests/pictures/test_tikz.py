"""The picture as TikZ: the places of the SVG, every number of the graph, and no text that LaTeX could run."""

import re
import shutil
import subprocess

import pytest

from autograd import Value, draw
from autograd.__main__ import LESSONS, main
from autograd.graph import topological_order
from autograd.pictures.tikz import latex

HOSTILE = "\\input{/etc/passwd} $x$ a_b^c %#&~{}|<> ∂Ω₁²ση½ 日本 \x1b[31m\u202e \n\\write18{ls}"


def nodes_of(text):
    return re.findall(r"\\node\[[^\]]*\] at \([^)]*\) \{(.*)\};", text)


def test_each_number_of_the_graph_is_in_the_picture():
    root = LESSONS["tiny-network"].build()
    root.backward()
    words = [word.replace("$-$", "-") for word in nodes_of(draw(root).tikz())]
    for node in topological_order(root):
        assert f"{node.data:g}" in words
        assert f"{node.grad:g}" in words
        assert node.label in words or not node.label


def test_a_text_is_never_a_command():
    told = latex(HOSTILE)
    commands = set(re.findall(r"\\([a-zA-Z]+)", told))
    assert commands <= {
        "textbackslash",
        "textasciitilde",
        "textasciicircum",
        "partial",
        "Omega",
        "sigma",
        "eta",
        "frac",
        "vert",
    }
    assert "\n" not in told
    assert not re.search(r"(?<!textbackslash\{\})(?<!textbackslash)\\(input|write)", told)


def test_the_command_writes_a_document(tmp_path):
    assert main(["draw", "xor-by-hand", "--at", "5", "-o", str(tmp_path / "graph.tex")]) == 0
    text = (tmp_path / "graph.tex").read_text(encoding="utf-8")
    assert text.count(r"\begin{tikzpicture}") == text.count(r"\end{tikzpicture}") == 1
    assert "very thick" in text, "the event stands out"


@pytest.mark.soak
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no LaTeX on this machine")
@pytest.mark.parametrize("slug", [*LESSONS, "hostile"])
def test_latex_makes_a_page_of_it(slug, tmp_path):
    x = Value(2.0, HOSTILE)
    root = x * x if slug == "hostile" else LESSONS[slug].build()
    (tmp_path / "graph.tex").write_text(draw(root).tikz(), encoding="utf-8")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "graph.tex"],
        cwd=tmp_path, capture_output=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout.decode(errors="replace")[-800:]
    assert b"(1 page" in done.stdout.replace(b"\n", b"")
