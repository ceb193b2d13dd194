"""How the house is built: imports only go down, nothing but the standard library at start-up, one place for each operation."""

import ast
import importlib
import inspect
import math
import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import autograd
import autograd.classroom
import nn
from autograd import DomainError, Value, grad, gradcheck, no_grad, steps
from autograd.explain import expression
from autograd.explain.event_json import stream
from autograd.explain.stepper import Chain, Ready
from autograd.rules import MANY, POSITIVE, REAL, TABLE, Op

ROOT = Path(__file__).resolve().parents[2]
FLOORS = {
    "namespaces": 0, "rules": 0, "graph": 0, "errors": 0, "operators": 1, "leaving": 1, "value": 2, "functions": 2, "expression": 2,
    "gradcheck": 3, "replay": 4, "explain": 4, "pictures": 5, "classroom": 6, "player": 7, "__main__": 9,
}  # fmt: skip


def sources(package):
    """Each file of a package: its path, the room it is in (value, lessons, …), its syntax tree."""
    for path in sorted((ROOT / package).rglob("*.py")):
        room = path.relative_to(ROOT / package).parts[0].removesuffix(".py")
        yield path, room, ast.parse(path.read_text(encoding="utf-8"))


def imports(tree):
    """Yield (module, name or None) for all imports, also those inside functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, None) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written in full"
            yield from ((node.module, alias.name) for alias in node.names)


def rooms_below(tree):
    """The rooms of autograd that a file imports."""
    for module, name in imports(tree):
        parts = module.split(".")
        if parts[0] == "autograd" and len(parts) > 1:
            yield parts[1]
        elif module == "autograd" and name not in (None, *autograd.__all__):
            yield name


def blueprint():
    """Each room of autograd, and the rooms that it imports."""
    below = {}
    for _, room, tree in sources("autograd"):
        if room != "__init__":
            below.setdefault(room, set()).update(set(rooms_below(tree)) - {room})
    return below


def test_imports_only_go_down():
    below = blueprint()
    assert set(below) >= {"value", "rules", "explain", "classroom"}

    def floor(room, above=()):
        """The floor in the plan, or for a room that is not in it the lowest that holds it."""
        assert room not in above, f"an import goes in a circle: {' → '.join((*above, room))}"
        under = [floor(r, (*above, room)) for r in sorted(below.get(room, ()))]
        highest = max(under, default=0)
        if room in FLOORS:
            assert highest <= FLOORS[room], (
                f"autograd/{room} (floor {FLOORS[room]}) imports from floor {highest}: {below[room]}"
            )
        return FLOORS.get(room, highest)

    for room in below:
        floor(room)


def test_only_the_roof_knows_nn():
    knows = [
        path.name for path, _, tree in sources("autograd") if any(m.split(".")[0] == "nn" for m, _ in imports(tree))
    ]
    assert knows == ["__main__.py"]


def test_nn_uses_public_names_only():
    public = {"autograd": autograd.__all__, "autograd.classroom": autograd.classroom.__all__}
    for path, _, tree in sources("nn"):
        for module, name in imports(tree):
            if (
                module.split(".")[0] == "autograd"
                and name is not None
                and path.parent.name != "lessons"
                and path.name != "command.py"
            ):
                assert module in public, f"{path}: from {module}"
                assert name in public[module], f"{path}: {name} is not public in {module}"
        reached = {
            node.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "autograd"
        }
        assert reached <= {*autograd.__all__, "__chalkgrad__"}, path


PRINT_MODULES = """
import sys
before = set(sys.modules)
import {package}
print(*sorted({{name.split('.')[0] for name in set(sys.modules) - before}}))
"""


@pytest.mark.parametrize("package", ["autograd", "nn", "autograd.__main__", "nn.command"])
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
    assert "autograd" in done.stdout or package == "nn.command"
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
    for package in ("autograd", "nn"):
        for path, _, _ in sources(package):
            dotted = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            try:
                module = importlib.import_module(dotted)
            except ModuleNotFoundError as missing:  # an extra that is not installed
                if missing.name != "numba":
                    raise
                continue
            yield dotted, module
            for name, thing in vars(module).items():
                own = getattr(thing, "__module__", None) == dotted and not name.startswith("_")
                if own and (inspect.isclass(thing) or inspect.isfunction(thing)):
                    yield f"{dotted}.{name}", thing
                    if inspect.isclass(thing):
                        members = [(k, m) for k, m in vars(thing).items() if not k.startswith("_")]
                        yield from (
                            (f"{dotted}.{name}.{k}", m)
                            for k, m in members
                            if inspect.isfunction(m) or isinstance(m, property)
                        )


def test_every_public_thing_has_a_docstring():
    things = dict(public_things())
    assert len(things) > 100
    assert [name for name, thing in things.items() if not (thing.__doc__ or "").strip()] == []


# --- a new operation ---

SOFTSIGN = Op(
    "softsign",
    lambda xp, x: x / (1 + xp.abs(x)),
    lambda xp, x, out: (1 / ((1 + xp.abs(x)) * (1 + xp.abs(x))),),
    "s",
    r"\mathrm{{softsign}}({0})",
    (REAL,),
)
HYPOT = Op(
    "hypot",
    lambda xp, x, y: xp.sqrt(x * x + y * y),
    lambda xp, x, y, out: (x / out, y / out),
    "hyp",
    r"\sqrt{{{0}^2 + {1}^2}}",
    (POSITIVE, POSITIVE),
)
GEOMETRIC = Op(
    "geometric",
    lambda xp, xs: xp.exp(sum(xp.log(x) for x in xs) / len(xs)),
    lambda xp, xs, out: tuple(out / (len(xs) * x) for x in xs),
    "∏", r"\sqrt[n]{{\prod_i x_i}}", (POSITIVE, MANY),
)  # fmt: skip
NEW = pytest.mark.parametrize(
    ("op", "xs"),
    [(SOFTSIGN, (0.5,)), (HYPOT, (3.0, 4.0)), (GEOMETRIC, (2.0, 4.0, 8.0))],
    ids=lambda x: getattr(x, "name", ""),
)


@NEW
def test_a_new_row_is_enough_for_every_reader(op, xs):
    """What a reader of the table can do with its own rows, it can do with one that was written a moment ago."""
    assert op.name not in TABLE
    leaves = [Value(x, f"x{i}") for i, x in enumerate(xs)]
    out = leaves[0].apply(op, *leaves)
    out.label = "y"
    wanted = {"softsign": (1 / 3, [1 / 2.25]), "hypot": (5.0, [0.6, 0.8]), "geometric": (4.0, [2 / 3, 1 / 3, 1 / 6])}[
        op.name
    ]
    assert (out.data, out.op) == (pytest.approx(wanted[0]), op)
    out.backward()
    assert [leaf.grad for leaf in leaves] == pytest.approx(wanted[1])
    assert [e.grad for e in steps(out) if isinstance(e, Ready)][1:] == [leaf.grad for leaf in leaves]
    assert [e.local for e in steps(out) if isinstance(e, Chain)] == list(out.partials)
    report = gradcheck(lambda *v: v[0].apply(op, *v), *xs)
    assert report, str(report)
    assert report.rows[0].complex_step is not None
    second = grad(grad(out, leaves[0], create_graph=True)[0], leaves[0])[0]
    h = 1e-4
    around = [leaves[0].apply(op, xs[0] + d, *xs[1:]).data for d in (-h, 0, h)]
    assert second == pytest.approx((around[0] - 2 * around[1] + around[2]) / (h * h), rel=1e-4)
    with no_grad():
        assert leaves[0].apply(op, *leaves).parents == ()
    told = stream(steps(out))
    assert told["steps"][0]["formula"].startswith(op.name)
    names = tuple(expression.name(leaf.label, leaf.data) for leaf in leaves)
    written = names[0].apply(op, *names)
    assert (written.text, expression.formula(op, names).text) == (
        f"{op.name}({', '.join(leaf.label for leaf in leaves)})",
    ) * 2
    assert written.tex == op.tex.format(*(expression.tex_name(leaf.label) for leaf in leaves))


@NEW
def test_a_new_row_guards_its_domain(op, xs):
    leaves = [Value(x) for x in (*xs[:-1], -1.0)]
    if op.guarded:
        with pytest.raises(DomainError, match=f"{op.name}.*greater than 0, and here it is -1.0"):
            leaves[0].apply(op, *leaves)
    else:
        assert leaves[0].apply(op, *leaves).data == -0.5
    assert math.isnan(leaves[0].apply(op, *[math.nan] * len(xs)).data)


def test_no_operation_is_stated_outside_the_table():
    """The derivative of each operation is in rules.py: `math` is for namespaces.py, gradients call no functions of it."""
    allowed = {"exp", "log", "tanh", "sin", "cos", "sqrt", "log1p", "expm1"}
    for path, room, tree in sources("autograd"):
        if room in ("namespaces", "replay"):
            continue
        called = {
            node.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id in ("math", "cmath", "np")
        }
        assert not called & allowed, path


# --- the namesake ---

FAKE = '"""Another package of that name."""\nimport math\n\ndef grad(f):\n    return f\n'


@pytest.mark.parametrize("use", ["import nn", "from nn import MLP", "import nn.command; nn.command.main()"])
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
