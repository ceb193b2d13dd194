"""Run f once, on Values, and make a program of what it computed."""

import dis
import linecache
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType
from typing import Any, NamedTuple, TypeVar

from autograd.errors import DataError, GraphError
from autograd.modes import enable_grad, must_record
from autograd.replay.backends import BACKENDS
from autograd.replay.batches import ExampleForm, collected
from autograd.replay.frozen import STATE, Recording, is_computed
from autograd.replay.program import Program, flatten
from autograd.replay.reach import Reach
from autograd.replay.replay import REDUCTIONS, Replay
from autograd.replay.staleness import Watch
from autograd.value import Value

T = TypeVar("T")
STORES = ("STORE_ATTR", "STORE_GLOBAL", "STORE_DEREF")


class Trace(NamedTuple):
    """What f computed on one example."""

    program: Program
    parameters: list[Value]
    structure: Any  # what f returned, with the outputs' numbers in it
    constants: dict[Value, float]  # Values whose numbers went into it as constants

    def same_as(self, other: "Trace") -> bool:
        """Whether two traces are one program of the same parameters."""
        pairs = zip(self.parameters, other.parameters, strict=False)
        return self.program.same_as(other.program) and all(same_leaf(x, y) for x, y in pairs)


def recorded(f: Callable[..., Any], examples: tuple[Any, ...], backend: str, reduce: str | None, check: Any) -> Replay:
    """Return f as a program (see `autograd.record`)."""
    if not callable(f):
        raise DataError(
            f"record runs a function once, and {f!r} is not a function. Give it the function: record(lambda x, y: …, x, y)."
        )
    must_record("record")
    one_of("backend", backend, BACKENDS)
    one_of("reduce", reduce, REDUCTIONS)
    forms = [ExampleForm(example, f"input {i}") for i, example in enumerate(examples, 1)]
    reach = Reach(f)
    first = trace(f, forms, examples, reach)
    check_state(f, reach, first, lambda: trace(f, forms, examples, reach))
    if check is not None:
        second = check if isinstance(check, tuple) and len(examples) != 1 else (check,)
        compare(first, trace(f, forms, second, reach))

    def same() -> bool:
        """Return whether f, recorded once more, gives the same program."""
        return traced_again(f, first, lambda: trace(f, forms, examples, Reach(f)))

    watch = Watch(f, reach, first.parameters, first.constants, same)
    return Replay(first.program, first.parameters, forms, first.structure, backend, reduce, watch)


def trace(f: Callable[..., Any], forms: list[ExampleForm], examples: tuple[Any, ...], reach: Reach) -> Trace:
    """Return what f computes on these examples."""
    if len(examples) != len(forms):
        raise DataError(f"f takes {len(forms)} examples, and check gives {len(examples)}. Give a tuple of as many.")
    inputs = [[Value(x) for x in form.flat(example).tolist()] for form, example in zip(forms, examples, strict=True)]
    given = [x for values in inputs for x in values]
    filled = [form.filled(iter(values)) for form, values in zip(forms, inputs, strict=True)]
    now = Recording(f, reach, given)
    returned = now.run(lambda: f(*filled))
    outputs: list[Value] = []
    structure = collected(returned, outputs)
    for out in outputs:
        check_output(out, given)
    return Trace(*flatten(outputs, given), structure, now.constants)


def traced_again(f: Any, first: Trace, again: Callable[[], Trace]) -> bool:
    """Whether a second trace gives the first's program, also where nothing is recorded otherwise."""
    try:
        with enable_grad():
            return first.same_as(leaving_no_trace(f, again))
    except Exception:  # f cannot run any more
        return False


def check_state(f: Any, reach: Reach, first: Trace, again: Callable[[], Trace]) -> None:
    """Refuse a function that keeps a state between its calls, and undo what it kept; let a counter pass that it never reads."""
    changes = reach.changes()
    if not changes:
        return
    kept = any(is_computed(change.now, set()) for change in changes)
    if not kept and first.same_as(leaving_no_trace(f, again)):
        return
    undo(reach)
    raise GraphError(f"{line_that_sets(changes[0].key, f, reach)}\n{STATE}")


def leaving_no_trace(f: Any, compute: Callable[[], T]) -> T:
    """Return what a function returns, and undo what f kept meanwhile."""
    reach = Reach(f)
    try:
        return compute()
    finally:
        undo(reach)


def undo(reach: Reach) -> None:
    """Put back what has changed in all that f can reach."""
    for change in reversed(reach.changes()):
        change.undo()


def line_that_sets(name: Any, f: Any, reach: Reach) -> str:
    """Say in which line an attribute, a global or a variable of a closure is set, where that can be found."""
    functions = [
        thing for thing in reach.things.values() if isinstance(thing, FunctionType) and thing.__name__ != "__init__"
    ]
    for function in functions:
        for step in instructions(function.__code__):
            if step.opname in STORES and step.argval == name and step.positions:
                file, line = function.__code__.co_filename, step.positions.lineno or 0
                code = linecache.getline(file, line, function.__globals__).strip()
                return f"{file}, line {line}, keeps what it computed: {code}"
    return f"{f!r} keeps what it computed, at {name!r}"


def instructions(code: CodeType) -> Iterator[dis.Instruction]:
    """Yield the instructions of a piece of code, and of the functions inside it."""
    yield from dis.get_instructions(code)
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield from instructions(part)


def check_output(out: Value, given: list[Value]) -> None:
    """Refuse an output that remembers nothing."""
    if out.op is None and out.kind != "parameter" and all(out is not x for x in given):
        raise GraphError(
            f"f returned {out!r}, which was made from nothing: it would be the same for every example. "
            "Was it computed under no_grad?"
        )


def compare(first: Trace, second: Trace) -> None:
    """Refuse a record that depends on its example."""
    program, other = first.program, second.program
    if first.same_as(second):
        return
    if len(program) != len(other) or program.ops != other.ops:
        what = f"{len(program)} nodes for the first, {len(other)} for the second"
    else:
        pairs = zip(program.numbers.tolist(), other.numbers.tolist(), strict=False)
        said = (f"the constant {a} in the first, {b} in the second" for a, b in pairs if repr(a) != repr(b))
        what = next(said, "other parents, or other leaves")
    raise GraphError(
        f"The two examples give two programs: {what}. Somewhere f lets Python decide by the data (an if, the length of a "
        "loop, a captured number, a random mask), and a record would freeze that. Give it as an input, or let an operation choose."
    )


def same_leaf(x: Value, y: Value) -> bool:
    """Whether two recordings have the same leaf here; one that f makes anew each time is the same if its number is."""
    return x is y or ("parameter" not in (x.kind, y.kind) and repr(x.data) == repr(y.data))  # by repr, nan is nan


def one_of(what: str, given: Any, choices: tuple[Any, ...]) -> None:
    """Refuse what is not among the choices."""
    if given not in choices:
        raise DataError(f"There is no {what} {given!r}. Choose one of {', '.join(map(repr, choices))}.")
