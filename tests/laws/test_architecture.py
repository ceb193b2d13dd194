"""How the house is built: imports only go down, one name has one meaning, files and functions are short, start-up is light."""

import ast
import importlib
import inspect
import io
import os
import pkgutil
import re
import statistics
import subprocess
import sys
import tokenize
from collections import defaultdict
from pathlib import Path

import pytest

import autograd
import autograd.classroom
import autograd.file_io
import autograd.replay
import nn

ROOT = Path(__file__).resolve().parents[2]

# Every file of the two packages, from the ground up: a file imports only files that stand before it.
# A star stands for the other files of a room, side by side: none of them imports another. A room may have several lines.
FLOORS = """
autograd: errors habits file_io packages output namespaces op rules graph operators node refusals modes value moment functions code_text row_code fast gradcheck
autograd.explain: tex notation expression events step_mistakes event_json schema roots stepper phases
autograd.explain: name_locals why paths what_if laboratory mistakes flows features answers student_mistakes diagnose programs __init__
autograd.pictures: texts levels snapshot scene outline layered_layout spots arrangement outlines svg tikz dot graphviz ground picture __init__
autograd.replay: program batches places reach staleness schedule source instructions parameter_store
autograd.replay.backends: python numpy_forward numpy_backward numpy numba_kernels numba foreign_arrays array_api dask __init__
autograd.replay: frozen replay trace __init__
autograd.classroom: formulas questions exercise claim code_checks definition trainable lesson lesson_checks course lesson_files new_lesson arguments __init__
autograd.classroom: variants renumbering find paper tables operations_table walkthrough interactive terminal_quiz flashcards
autograd.classroom.handout: sheet html markdown pdf __init__
autograd.classroom.assignments: __init__ walks remembering right_rules simulator faults rule_faults probes inside runner recognise findings
autograd.classroom.assignments: stages build_engine build_optimizer build_rule judge report folder catalogue grade package assignment_command
autograd.classroom: plot_files
autograd.player: javascript templates page_data live one_example training_rows update_rules training_data still widget paper_and_plot page __init__
autograd.classroom.marking: __init__ roster expected points answer_files marks hand_out reports moodle class_commands
autograd.classroom.slides: deck slide_page powerpoint __init__
autograd.site: __init__ shell story bridges quiz_page lesson_page markdown_reader card_page glossary_page operation_page documents
autograd.site: assignment_pages notebook_pages reference_pages
autograd.site: start_page laboratory_program example_programs laboratory_page site_folder server site_command
autograd: __init__ commands
nn: errors checks nested architecture outputs torch_names module activations init sequence layers loss_shapes losses regularization
nn.optim: flat param_groups optimizer optimizers newton lr_scheduler __init__
nn.data: batching datasets __init__
nn.training: settings parts logits history run evaluation divergence checkpoint callbacks fit_replay fit __init__
nn.monitor: gradients diagnosis monitors __init__
nn.plots: canvas curves landscape __init__
nn: model_files __init__
nn.lessons: definitions cards board recomputed digits_large training_run ablation
nn.lessons: landscape_walks optimizer_race gpt_model batch_runs overfitting_fits curve_fits deep_networks stopping_runs
nn.lessons: two_curves own_losses * __init__
autograd: __main__
"""


def dotted(path):
    """The module's name: nn/data/__init__.py is nn.data."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {dotted(path): path for package in ("autograd", "nn") for path in sorted((ROOT / package).rglob("*.py"))}
TREES = {module: ast.parse(path.read_text(encoding="utf-8")) for module, path in MODULES.items()}


def imports(tree):
    """Yield (module, name or None) for all imports, also those inside functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, None) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written in full"
            yield from ((node.module, alias.name) for alias in node.names)


def imported(module):
    """The modules of the two packages that a module imports."""
    for source, name in imports(TREES[module]):
        whole = f"{source}.{name}"
        if source.split(".")[0] in ("autograd", "nn"):
            yield whole if whole in MODULES else source


# --- floors ---


def floors():
    """The number of each file in FLOORS, and of each room that has a star."""
    places, stars = {}, {}
    for line in FLOORS.strip().splitlines():
        room, names = line.split(": ")
        for name in names.split():
            floor = len(places) + len(stars)
            if name == "*":
                stars[room] = floor
            else:
                places[room if name == "__init__" else f"{room}.{name}"] = floor
    return places, stars


PLACES, STARS = floors()


def floor(module):
    return PLACES[module] if module in PLACES else STARS.get(module.rpartition(".")[0])


def test_every_file_has_its_floor():
    homeless = [module for module in MODULES if floor(module) is None]
    assert homeless == [], "put them into FLOORS, behind what they import"
    assert [module for module in PLACES if module not in MODULES] == [], "take them out of FLOORS"


def test_imports_only_go_down():
    up = {(m, below) for m in MODULES for below in imported(m) if below != m and floor(below) >= floor(m)}
    assert up == set()
    assert len([*imported("autograd.value")]) > 3


def test_only_the_roof_knows_nn():
    knows = {m for m in MODULES if m.startswith("autograd") and any(b.split(".")[0] == "nn" for b in imported(m))}
    assert {"autograd.__main__"} <= knows <= {"autograd.__main__", "autograd.commands"}


FOR_LESSONS = (
    "autograd.classroom", "autograd.explain", "autograd.functions", "autograd.graph", "autograd.namespaces", "autograd.value",
)  # fmt: skip


def test_nn_uses_public_names_only():
    """Lessons also use what explains and what makes a lesson: a lesson is one more reading of the table."""
    public = {
        m.__name__: m.__all__
        for m in (autograd, autograd.classroom, autograd.file_io, autograd.habits, autograd.packages, autograd.replay)
    } | {
        "autograd.graph": ("number", "topological_order"),
        "autograd.refusals": ("a_or_an",),
    }  # each the one way to do it
    for module, tree in TREES.items():
        if not module.startswith("nn"):
            continue
        for source, name in imports(tree):
            if source.split(".")[0] != "autograd" or name is None:
                continue
            if module.startswith("nn.lessons") and source.startswith(FOR_LESSONS):
                assert not name.startswith("_"), f"{module}: {name} of {source}"
            else:
                assert name in public.get(source, ()), f"{module}: {name} of {source} is not public"
        reached = {
            node.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "autograd"
        }
        assert reached <= {*autograd.__all__, "__chalkgrad__"}, module


# --- names and sizes ---


def test_one_name_has_one_meaning():
    named = defaultdict(list)
    for module, tree in TREES.items():
        name = module.rpartition(".")[2]
        if not module.startswith("nn.lessons") and name != "errors" and MODULES[module].stem != "__init__":
            named[name].append(module)
        for node in tree.body if not module.startswith("nn.lessons") else ():
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                named[node.name].append(f"{module}.{node.name}")
    assert {name: places for name, places in named.items() if len(places) > 1} == {}
    assert len(named) > 200


def lines_of_code(module):
    """For each function: how many lines of its body hold code, not counting its docstring."""
    source = MODULES[module].read_text(encoding="utf-8")
    skipped = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
    code = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in skipped:
            code.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(TREES[module]):
        if isinstance(node, ast.FunctionDef):
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            yield len(code.intersection(range(body[0].lineno, node.end_lineno + 1))) if body else 0


def test_functions_are_short():
    lengths = [length for module in MODULES for length in lines_of_code(module)]
    assert statistics.median(lengths) <= 4
    assert statistics.quantiles(lengths, n=10)[-1] <= 15
    assert len(lengths) > 1000


def test_files_are_read_in_one_sitting():
    kinds = (".py", ".js", ".css", ".html", ".typ")
    sources = [path for package in ("autograd", "nn", "notebooks") for path in (ROOT / package).rglob("*.*")]
    lines = {
        p.relative_to(ROOT).as_posix(): len(p.read_text("utf-8").splitlines()) for p in sources if p.suffix in kinds
    }
    long = {name for name, count in lines.items() if count > 300}
    assert long <= {"autograd/rules.py"}


# --- start-up and public names ---


PRINT_MODULES = """
import sys
before = set(sys.modules)
import {package}
print(*sorted({{name.split('.')[0] for name in set(sys.modules) - before}}))
"""


@pytest.mark.parametrize("package", ["autograd", "nn", "autograd.__main__"])
def test_importing_loads_the_standard_library_only(package):
    done = subprocess.run(
        [sys.executable, "-c", PRINT_MODULES.format(package=package)],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    foreign = set(done.stdout.split()) - set(sys.stdlib_module_names) - {"autograd", "nn"}
    assert foreign == set()
    assert "autograd" in done.stdout
    if package == "autograd":
        assert "nn" not in done.stdout.split()


def test_public_names_are_sorted_and_complete():
    assert autograd.__all__ == sorted(autograd.__all__)
    assert len(set(autograd.__all__)) == len(autograd.__all__)
    assert (
        sorted(nn.__all__, key=lambda name: (not name.isupper(), not name[0].isupper(), name)) == nn.__all__
        or sorted(nn.__all__) == nn.__all__
    )
    for package in (autograd, nn, autograd.classroom):
        for name in package.__all__:
            assert hasattr(package, name), name
        modules = {m.name for m in pkgutil.iter_modules(package.__path__)}
        reachable = {n for n, v in vars(package).items() if not n.startswith("_") and not inspect.ismodule(v)} - modules
        imported_here = {n for n in reachable if n not in package.__all__ and n != "annotations"}
        assert imported_here == set(), f"{package.__name__} shows names that are not in __all__"
    for name in ("Value", "dot", "no_grad", "grad", "gradcheck", "steps", "softmax", "maximum", "minimum"):
        assert name in autograd.__all__


def public_things():
    for name in MODULES:
        try:
            module = importlib.import_module(name)
        except ModuleNotFoundError as missing:  # an extra that is not installed
            if missing.name != "numba":
                raise
            continue
        yield name, module
        for attribute, thing in vars(module).items():
            own = getattr(thing, "__module__", None) == name and not attribute.startswith("_")
            if own and (inspect.isclass(thing) or inspect.isfunction(thing)):
                yield f"{name}.{attribute}", thing
                if inspect.isclass(thing):
                    members = [(k, m) for k, m in vars(thing).items() if not k.startswith("_")]
                    yield from (
                        (f"{name}.{attribute}.{k}", m)
                        for k, m in members
                        if inspect.isfunction(m) or isinstance(m, property)
                    )


def signatures():
    """Yield the name and the signature of each public function and method of the two packages."""
    for package in (autograd, nn):
        for name in package.__all__:
            thing = getattr(package, name)
            for member, found in vars(thing).items() if inspect.isclass(thing) else [("", thing)]:
                function = found.fget if isinstance(found, property) else getattr(found, "__func__", found)
                shown = not member.startswith("_") or member in ("__init__", "__call__")
                if shown and inspect.isfunction(function):
                    yield f"{package.__name__}.{name} {member}", inspect.signature(function)


def test_public_signatures_say_their_types():
    """What a file holds is not known before it is read; all else a type, a Protocol or an overload says."""
    found = {name: str(signature) for name, signature in signatures()}
    assert len(found) > 150
    assert [name for name, signature in found.items() if re.search(r"\bAny\b", signature)] == ["nn.load_checkpoint "]


def test_every_public_thing_has_a_docstring():
    things = dict(public_things())
    assert len(things) > 100
    assert [name for name, thing in things.items() if not (thing.__doc__ or "").strip()] == []


def test_no_operation_is_stated_outside_the_table():
    """The derivative of each operation is in rules.py: `math` is for namespaces.py, gradients call no functions of it."""
    allowed = {"exp", "log", "tanh", "sin", "cos", "sqrt", "log1p", "expm1"}
    for module, tree in TREES.items():
        if module == "autograd.namespaces" or not module.startswith("autograd") or module.startswith("autograd.replay"):
            continue
        called = {
            node.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id in ("math", "cmath", "np")
        }
        assert not called & allowed, module


# --- the namesake ---

FAKE = '"""Another package of that name."""\nimport math\n\ndef grad(f):\n    return f\n'


@pytest.mark.parametrize("use", ["import nn", "from nn import MLP", "import nn; nn._command_line()"])
def test_a_foreign_autograd_is_found_out(tmp_path, use):
    (tmp_path / "autograd").mkdir()
    (tmp_path / "autograd" / "__init__.py").write_text(FAKE)
    paths = os.pathsep.join([str(tmp_path), str(ROOT)])
    done = subprocess.run(
        [sys.executable, "-c", use],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": paths},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode != 0
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("ImportError: ")
    for words in ("another package of that name", str(tmp_path), "HIPS", "fresh environment", "sys.path"):
        assert words in last, last


def test_the_marker_is_ours():
    assert autograd.__chalkgrad__
    assert Path(autograd.__file__).parents[1] == ROOT
