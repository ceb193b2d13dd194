"""Small faults put into the source on purpose, one at a time: does a test notice?

    python -m tests.mutation                             a sample of 400 of all files of FILES
    python -m tests.mutation 40 autograd/explain         40 of the files whose path begins so
    python -m tests.mutation 9999 autograd/graph.py      all of one file

A mutant is killed when a test fails, or when the tests do not end. What survives is printed: it needs a test or, where no test could
tell it from the original, a line in EQUIVALENT with the reason. Sentences are left alone: they are tested by what they must contain.
"""

import ast
import importlib
import os
import random
import resource
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import NamedTuple

from tests.equivalent_mutants import EQUIVALENT

ROOT = Path(__file__).resolve().parents[1]
SEED, ASKED = 13, 0.92
NEIGHBOURS = ("tests/engine", "tests/explain", "tests/laws/test_properties.py", "tests/laws/test_new_operation.py")
OPTIM = (
    "tests/nn/test_optim.py",
    "tests/replay/test_flat_parameters.py",
    "tests/nn/test_resume.py",
    "tests/nn/test_nn_against_torch.py",
)
FILES = {  # each file, and the tests that are asked before its neighbours'
    "autograd/rules.py": ("tests/engine/test_rules.py", "tests/replay/test_replay.py"),
    "autograd/graph.py": ("tests/engine/test_graph.py", "tests/engine/test_growing_graph.py"),
    "autograd/value.py": ("tests/engine/test_value.py",),
    "autograd/fast.py": ("tests/engine/test_fast.py", "tests/engine/test_value.py"),
    "autograd/row_code.py": ("tests/engine/test_fast.py", "tests/explain/test_moment.py"),
    "autograd/explain/stepper.py": ("tests/explain",),
    "autograd/explain/why.py": ("tests/explain",),
    "autograd/explain/paths.py": ("tests/explain",),
    "autograd/explain/laboratory.py": ("tests/explain/test_mistakes.py",),
    "autograd/explain/mistakes.py": ("tests/explain/test_mistakes.py",),
    "autograd/explain/diagnose.py": ("tests/explain/test_wrong_answers.py", "tests/explain/test_mistakes.py"),
    "nn/losses.py": ("tests/nn/test_losses.py", "tests/nn/test_layers.py", "tests/nn/test_nn_against_torch.py"),
    "nn/optim/optimizer.py": OPTIM,
    "nn/optim/optimizers.py": OPTIM,
}
CPU_SECONDS, SECONDS, BYTES = 300, 1800, 8 << 30  # what the tests of one mutant may take: one that loops is killed

COMPARED = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
COMPUTED = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr, ast.MatMult: ast.Mult,
}  # fmt: skip


class Mutant(NamedTuple):
    """One fault: the file, the function, what stands there, what is put in its place, and the whole mutated source."""

    file: str
    function: str
    before: str
    after: str
    source: str

    @property
    def name(self) -> str:
        """What it is called in EQUIVALENT."""
        return f"{self.file} {self.function}: {self.before} → {self.after}"


def faults(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what may be put in a node's place."""
    match node:
        case ast.Compare(left, [op], [right]) if type(op) in COMPARED:
            yield ast.Compare(left, [COMPARED[type(op)]()], [right])
        case ast.BinOp(left, op, right) if type(op) in COMPUTED:
            yield ast.BinOp(left, COMPUTED[type(op)](), right)
        case ast.AugAssign(target, op, value) if type(op) in COMPUTED:
            yield ast.AugAssign(target, COMPUTED[type(op)](), value)
        case ast.BoolOp(op, values):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
            yield from (ast.BoolOp(op, [*values[:i], *values[i + 1 :]]) for i in range(len(values) * (len(values) > 2)))
        case ast.UnaryOp(_, operand):
            yield operand
        case ast.IfExp(test, body, orelse):
            yield ast.IfExp(ast.UnaryOp(ast.Not(), test), body, orelse)
        case ast.Constant(bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(int(value) | float(value)):
            yield ast.Constant(value + 1)
        case ast.Constant(str(value)) if value.strip() and " " not in value:
            yield ast.Constant("XX" + value)
        case ast.If(test, body, orelse):
            yield ast.If(ast.UnaryOp(ast.Not(), test), body, orelse)
        case ast.Return(value) if value is not None and not is_none(value):
            yield ast.Return(ast.Constant(None))
        case ast.Continue():
            yield ast.Break()
        case ast.Expr(ast.Call() | ast.Yield() | ast.YieldFrom()) | ast.Raise():
            yield ast.Pass()
        case ast.Subscript(value, ast.Slice(lower, upper, step)) if step is None and lower is not None:
            yield ast.Subscript(value, ast.Slice(None, upper, None))


def is_none(node: ast.AST) -> bool:
    """Whether a node is None."""
    return isinstance(node, ast.Constant) and node.value is None


def places(node: ast.AST, function: str = "") -> Iterator[tuple[str, ast.AST, Callable[[ast.AST], None]]]:
    """Yield each node below a node that computes, with its function, and what puts another in its place."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        function = f"{function}.{node.name}".lstrip(".")
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list", "bases", "format_spec", "keys"):
            continue
        for place, child in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(child, ast.AST) and not skipped(child):
                put = partial(value.__setitem__, place) if isinstance(value, list) else partial(setattr, node, field)
                yield function, child, put
                yield from places(child, function)


def skipped(node: ast.AST) -> bool:
    """Whether a node computes nothing: an import, a text that stands alone, what only the type checker reads."""
    alone = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    typing = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
    exported = isinstance(node, ast.Assign) and "__" in ast.unparse(node.targets[0])
    typing |= isinstance(node, ast.FunctionDef) and any("overload" in ast.unparse(d) for d in node.decorator_list)
    return alone or typing or exported or isinstance(node, ast.Import | ast.ImportFrom)


def mutants(file: str, source: str) -> list[Mutant]:
    """Return every mutant of a source."""
    tree, found = ast.parse(source), []
    for function, node, put in list(places(tree)):
        for new in list(faults(node)):
            put(new)
            before, after = (" ".join(ast.unparse(n).split())[:100] for n in (node, new))
            found.append(Mutant(file, function, before, after, ast.unparse(tree)))
            put(node)
    return found


def tests_of(file: str) -> tuple[str, ...]:
    """Return the tests that are asked about a file: its doctests, its own, and its neighbours'."""
    return (file, *FILES[file], *(NEIGHBOURS if file.startswith("autograd") else ()))


def begun(tests: Iterable[str], mutant: Mutant | None = None) -> int:
    """Run tests in a child, with the mutant in its file's place; its status is pytest's: 0 when no test has noticed."""
    if child := os.fork():
        return child
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    signal.alarm(SECONDS)
    if mutant:
        as_written, place = SourceFileLoader.get_code, str(ROOT / mutant.file)
        SourceFileLoader.get_code = lambda self, name: (
            compile(mutant.source, place, "exec") if self.path == place else as_written(self, name)
        )
        sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115
        os.environ["CHALKGRAD_PLAIN"] = str(int(mutant.file == "autograd/value.py"))  # whose methods fast.py replaces
    import pytest

    os._exit(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--assert=plain", *tests]))


def survivors(sample: list[Mutant], workers: int = os.cpu_count() or 1) -> list[Mutant]:
    """Return the mutants that no test kills."""
    running: dict[int, Mutant] = {}
    alive = []
    for mutant in [*sample, *[None] * workers]:
        if running and (mutant is None or len(running) == workers):
            child, status = os.wait()
            done = running.pop(child)
            if status == 0:
                alive.append(done)
            print("." if status else f"\n{done.name}\n", end="", flush=True)
        if mutant:
            running[begun(tests_of(mutant.file), mutant)] = mutant
    return alive


def main(count: int = 400, begin: str = "") -> int:
    """Try a sample, and return 0 when enough are killed."""
    sources = {f: (ROOT / f).read_text(encoding="utf-8") for f in FILES if f.startswith(begin) and (ROOT / f).exists()}
    for slow_to_import in ("pytest", "mpmath", "numpy"):
        importlib.import_module(slow_to_import)
    begun(dict.fromkeys(test for file in sources for test in tests_of(file)))
    assert os.wait()[1] == 0, "the tests fail as it stands"
    all_of_them = [m for f, source in sources.items() for m in mutants(f, source) if m.name not in EQUIVALENT]
    sample = random.Random(SEED).sample(all_of_them, min(count, len(all_of_them)))
    dead = len(sample) - len(survivors(sample))
    print(f"\n{dead} of {len(sample)} killed, {dead / len(sample):.1%}; there are {len(all_of_them):,}.")
    return int(dead < ASKED * len(sample))


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:2]), *sys.argv[2:3]))
