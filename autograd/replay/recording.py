"""Run f once, on Values, and refuse what a record would freeze without a word."""

import linecache
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from autograd.errors import DataError, GraphError
from autograd.replay.inputs import Form
from autograd.replay.program import DETACH, Program, flatten
from autograd.replay.replay import BACKENDS, REDUCTIONS, Replay
from autograd.value import Value

COMPARED = (
    "It would be decided now, once, and hold for every example. Let the numbers choose: relu, maximum, minimum, abs."
)
LEFT = "The plain number is this example's, and would stay so. Keep the Value; return it as another output to see it."
REFUSED = dict.fromkeys(("__lt__", "__le__", "__gt__", "__ge__", "__bool__"), COMPARED) | {"item": LEFT}


def recorded(f: Callable[..., Any], examples: tuple[Any, ...], backend: str, reduce: str | None, check: Any) -> Replay:
    """Return f as a program (see `autograd.record`)."""
    if not callable(f):
        raise DataError(
            f"record runs a function once, and {f!r} is none. Give the function: record(lambda x, y: …, x, y)."
        )
    one_of("backend", backend, BACKENDS)
    one_of("reduce", reduce, REDUCTIONS)
    forms = [Form(example, f"input {i}") for i, example in enumerate(examples, 1)]
    program, parameters, structure = trace(f, forms, examples)
    if check is not None:
        compare(program, trace(f, forms, check if isinstance(check, tuple) and len(examples) > 1 else (check,))[0])
    return Replay(f, program, parameters, forms, structure, backend, reduce)


def trace(f: Callable[..., Any], forms: list[Form], examples: tuple[Any, ...]) -> tuple[Program, list[Value], Any]:
    """Return the program, its parameters, and the structure of what f returned, with the outputs' numbers in it."""
    if len(examples) != len(forms):
        raise DataError(f"f takes {len(forms)} examples, and check gives {len(examples)}. Give a tuple of as many.")
    inputs = [[Value(x) for x in form.flat(example).tolist()] for form, example in zip(forms, examples, strict=True)]
    given = [x for values in inputs for x in values]
    with watching():
        returned = f(*(form.filled(iter(values)) for form, values in zip(forms, inputs, strict=True)))
    outputs: list[Value] = []
    structure = collected(returned, outputs)
    for out in outputs:
        made(out, given)
    return *flatten(outputs, given), structure


def collected(returned: Any, outputs: list[Value]) -> Any:
    """Append the Values in what f returned to `outputs`; return the same structure of their places."""
    if isinstance(returned, Value):
        outputs.append(returned)
        return len(outputs) - 1
    if isinstance(returned, Mapping) and returned:
        return {key: collected(part, outputs) for key, part in returned.items()}
    if isinstance(returned, (list, tuple)) and returned:
        return [collected(part, outputs) for part in returned]
    hint = (
        "Did it forget its return?"
        if returned is None
        else "A plain number has no graph: compute it from the Values that f is given."
    )
    raise DataError(f"f is to return a Value, or a list or dict of Values, and here is {returned!r}. {hint}")


def made(out: Value, given: list[Value]) -> None:
    """Refuse an output that remembers nothing."""
    if out.op is None and out.kind != "parameter" and all(out is not x for x in given):
        raise GraphError(
            f"f returned {out!r}, which was made from nothing: it would be the same for every example. "
            "Was it computed under no_grad?"
        )


def compare(program: Program, other: Program) -> None:
    """Refuse a record that depends on its example."""
    if program.same_as(other):
        return
    if len(program) != len(other) or program.ops != other.ops:
        what = f"{len(program)} nodes for the first, {len(other)} for the second"
    else:
        pairs = zip(program.numbers.tolist(), other.numbers.tolist(), strict=False)
        what = next((f"the constant {a} in the first, {b} in the second" for a, b in pairs if a != b), "other parents")
    raise GraphError(
        f"The two examples give two programs: {what}. Somewhere f lets Python decide by the data (an if, the length of a "
        "loop, a captured number, a random mask), and a record would freeze that. Give it as an input, or let an operation choose."
    )


@contextmanager
def watching() -> Iterator[None]:
    """Refuse, while f runs, what only Python would see; let detach be an operation."""
    before = {name: vars(Value)[name] for name in (*REFUSED, "detach")}
    try:
        for name, why in REFUSED.items():
            setattr(Value, name, refusal(name, why))
        Value.detach = lambda self: self.record(DETACH, self)  # type: ignore[method-assign]
        yield
    finally:
        for name, method in before.items():
            setattr(Value, name, method)


def refusal(name: str, why: str) -> Callable[..., Any]:
    """Return a method that says on which line f did what a record cannot keep."""

    def method(*_: Any) -> Any:
        frame = sys._getframe(1)
        file, line = frame.f_code.co_filename, frame.f_lineno
        code = linecache.getline(file, line, frame.f_globals).strip()
        does = "takes a plain number out of a Value" if name == "item" else "lets Python decide by a Value's number"
        raise GraphError(f"{file}, line {line}, {does}: {code or name}\n{why}")

    return method


def one_of(what: str, given: Any, choices: tuple[Any, ...]) -> None:
    """Refuse what is not among the choices."""
    if given not in choices:
        raise DataError(f"There is no {what} {given!r}. Choose one of {', '.join(map(repr, choices))}.")
