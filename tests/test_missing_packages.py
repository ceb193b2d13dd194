"""Whatever package is missing, every call works or says in a sentence of ours what to install."""

import ast
import subprocess
import sys

import pytest

from tests.laws.test_architecture import ROOT

ASKED = {"pygraphviz", "torch"}  # looked for by name
NOT_OURS = {"graphviz", "IPython", "ipywidgets", "jupytext", "hypothesis", "mpmath"}

EVERYTHING = """
import contextlib, io, os, pathlib, sys, tempfile, traceback

class Hides:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in HIDDEN:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

HIDDEN = sys.argv[1].split(",")
sys.meta_path.insert(0, Hides())
os.environ["PATH"] = ""  # no Graphviz of the system
sys.path.insert(0, os.getcwd())
os.chdir(tempfile.mkdtemp())

import random
import autograd, nn
from autograd import *
from autograd.__main__ import main
from nn import *
from nn.lessons import COURSE
from autograd.site.assignment_pages import assignment_items
from autograd.site.documents import document_items
from autograd.site.notebook_pages import notebook_items
from autograd.site.reference_pages import reference_items
from nn.training.callbacks import ProgressBar

w, b = Parameter(0.5, "w"), Parameter(0.25, "b")
x = Value(2.0, "x")
y = (w * x + b).tanh()
picture, model, data = autograd.draw(y), MLP(1, [2, 1], rng=random.Random(0)), [([0.5], [1.0]), ([1.0], [0.0])]
line = lambda a: w * a + b

CALLS = '''
picture.source, picture.svg(), picture.text(), picture.tikz(), picture._repr_mimebundle_(), picture._repr_svg_(), repr(picture)
[picture.save("a" + suffix) for suffix in (".svg", ".dot", ".gv", ".tex", ".txt")]
picture.png()
picture.pdf()
picture.save("a.png")
autograd.draw(y, layout="dot").source
autograd.draw(y, layout="dot").svg()
autograd.draw(y, layout="dot")._repr_mimebundle_()
autograd.why(y, w).text, autograd.paths(y, w).text, autograd.what_if(y, w, 1.0).text, autograd.diagnose(y, w, "1").text
[event.lines for event in autograd.steps(y)], autograd.gradcheck(lambda a: a.tanh(), 0.5), autograd.hessian(lambda a: a ** 3, [2.0])
autograd.play(y).html
autograd.play(y).save("page.html")
autograd.play(y, live=True)
autograd.handout(y).save("sheet.html")
autograd.handout(y).save("sheet.md")
autograd.handout(y).save("sheet.pdf")
autograd.record(line, 1.0)([1.0, 2.0]).backward()
autograd.record(line, 1.0, backend="python")([1.0, 2.0]).backward()
autograd.record(line, 1.0, backend="numba")([1.0, 2.0]).backward()
autograd.record(line, 1.0)(__import__("array_api_strict").ones(3))
autograd.record(line, 1.0)(__import__("dask.array").array.ones(3))
autograd.flat_parameters([w, b])
autograd.replay.Replay, autograd.replay.FlatParameter
nn.fit(model, data, mse_loss, SGD(model.parameters(), lr=0.1), 2, batch_size=2, rng=random.Random(0))
nn.fit(model, data, mse_loss, Adam(model.parameters(), lr=0.1), 2, batch_size=2, rng=random.Random(0), replay=True)
nn.fit(model, data, mse_loss, SGD(model.parameters(), lr=0.1), 1, batch_size=2, rng=random.Random(0), callbacks=[ProgressBar()])
nn.save_checkpoint("state.json", model.state_dict()), nn.load_checkpoint("state.json")
nn.save_weights(model, "model.npz")
nn.save_weights(model, "model.safetensors")
nn.load_weights(model, "model.npz")
nn.load_weights(model, "model.safetensors")
nn.plots.loss_curves(nn.History(loss=[1.0, 0.5]))
nn.plots.activation_functions()
nn.plots.new_figure(1, 1)
nn.plots.axes()
COURSE.lessons["vectors"].plot()
COURSE.lessons["activations"].plot()
nn.digits()[:1], nn.moons(4, rng=random.Random(0)), nn.standardise(data)
main(["list"])
main(["table"])
main(["step", "tiny-network"])
main(["why", "tiny-network", "w"])
main(["draw", "tiny-network", "-o", "b.svg"])
main(["draw", "tiny-network", "-o", "b.png"])
main(["plot", "activations", "-o", "plot.png"])
main(["play", "tiny-network", "-o", "c.html"])
main(["export", "tiny-network"])
main(["handout", "tiny-network", "-o", "d.pdf"])
main(["slides", "tiny-network", "-o", "e.html"])
main(["slides", "tiny-network", "-o", "e.pptx"])
main(["flashcards", "-o", "cards.csv"])
main(["quiz", "tiny-network", "-o", "bank.xml"])
main(["step", "in-pytorch"])
print(list(document_items(COURSE))), list(assignment_items(COURSE))
print(list(reference_items()))
print(list(notebook_items(COURSE)))
'''
broken, told = [], []
for call in CALLS.strip().splitlines():
    error, printed = None, io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        try:
            eval(call)
        except Exception as caught:
            error = caught
    if isinstance(error, ModuleNotFoundError) and "__import__" in call:
        continue  # the other library itself is not there
    if error is None:
        missing = "pip install" in printed.getvalue()
        if "Traceback" in printed.getvalue():
            broken.append(printed.getvalue())
    else:
        missing = "pip install" in str(error)
        ours = isinstance(error, autograd.AutogradError)
        if not ours or not (missing or "no file" in str(error).lower() or "there is no" in str(error).lower()):
            broken.append("".join(traceback.format_exception(error)))
    if missing:
        told.append(call)
print(*told, sep="\\n")
sys.exit("\\n".join(broken) or 0)
"""


def packages_imported():
    """The packages that the sources import, and that are neither ours nor Python's."""
    found = set()
    for path in [*ROOT.glob("autograd/**/*.py"), *ROOT.glob("nn/**/*.py")]:
        if "assignments" in path.parts:
            continue  # what is copied to students
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                found.add(node.module.partition(".")[0])
    return found - {"autograd", "nn"} - sys.stdlib_module_names


PACKAGES = {  # each, and one of the calls that say so
    "numpy": "nn.save_weights(model",
    "numba": 'backend="numba"',
    "matplotlib": "nn.plots.loss_curves",
    "pptx": "e.pptx",
    "typst": "d.pdf",
    "array_api_compat": "",
    "dask": "",
    "tqdm": "ProgressBar()",
    "safetensors": "model.safetensors",
    "pygraphviz": "picture.png()",
    "torch": "",
    "markdown_it": "document_items",
    "nbconvert": "notebook_items",
    "nbformat": "",
    "pdoc": "reference_items",
    "anywidget": "live=True",
    "traitlets": "live=True",
}


def test_every_package_that_is_imported_is_hidden_here():
    assert packages_imported() | ASKED == set(PACKAGES)


def calls_that_ask_for(*hidden):
    done = subprocess.run(
        [sys.executable, "-c", EVERYTHING, ",".join(hidden)], capture_output=True, encoding="utf-8", cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_with_nothing_installed_every_call_works_or_says_what_to_install():
    told = calls_that_ask_for(*PACKAGES, *NOT_OURS)
    assert "source" not in told
    assert all(call in told for call in PACKAGES.values())


@pytest.mark.slow
def test_with_numpy_alone_every_call_works_or_says_what_to_install():
    told = calls_that_ask_for(*NOT_OURS, *(package for package in PACKAGES if package != "numpy"))
    assert "model.npz" not in told
    assert all(call in told for package, call in PACKAGES.items() if package != "numpy")
