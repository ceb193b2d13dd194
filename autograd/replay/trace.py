"""Run f once, on Values, and refuse what a record would freeze without a word."""

import linecache
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import RLock, get_ident
from types import FrameType
from typing import Any

from autograd.errors import AutogradError, DataError, GraphError
from autograd.modes import must_record, no_grad
from autograd.node import Node
from autograd.replay.backends import BACKENDS
from autograd.replay.batches import ExampleForm, collected
from autograd.replay.flat_parameters import StoredParameter
from autograd.replay.program import DETACH, Program, flatten
from autograd.replay.replay import REDUCTIONS, Replay
from autograd.replay.staleness import is_ours, of_a_library
from autograd.value import Value

COMPARED = (
    "It would be decided now, once, and hold for every example. Let the numbers choose: relu, maximum, minimum, abs."
)
LEFT = (
    "The plain number is this example's, and would stay so. Keep the Value: v.detach() sends no gradient back, "
    "and another output shows it."
)
SET = "It would be set now, once, and not by the record. Set data between the calls, outside of f."
HIDDEN = "What is computed there has no graph, and its numbers would stay this example's. Write v.detach() for what is to send no gradient back."
DOES = {
    COMPARED: "lets Python decide by a Value's number",
    LEFT: "takes a plain number out of a Value",
    SET: "sets a Value's data",
    HIDDEN: "computes inside no_grad",
}
REFUSED = dict.fromkeys(("__lt__", "__le__", "__gt__", "__ge__", "__bool__"), COMPARED)
REFUSED_OF_NUMBERS = dict.fromkeys(("__eq__", "__ne__", "is_integer"), COMPARED) | dict.fromkeys(
    (
        "__int__",
        "__float__",
        "__floor__",
        "__ceil__",
        "__trunc__",
        "__divmod__",
        "__rdivmod__",
        "as_integer_ratio",
    ),
    LEFT,
)
ARITHMETIC = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow")

one_at_a_time = RLock()  # classes are for all threads
recorders: list[int] = []  # the thread that records, once for each recording inside the other


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
    program, parameters, structure = trace(f, forms, examples)
    if check is not None:
        second = check if isinstance(check, tuple) and len(examples) != 1 else (check,)
        compare(program, parameters, *trace(f, forms, second)[:2])

    def same() -> bool:
        """Return whether f, recorded once more, uses the same parameters."""
        try:
            leaves = trace(f, forms, examples)[1]
        except AutogradError:
            return False
        return len(leaves) == len(parameters) and all(map(same_leaf, parameters, leaves))

    return Replay(f, program, parameters, forms, structure, backend, reduce, same)


def trace(
    f: Callable[..., Any], forms: list[ExampleForm], examples: tuple[Any, ...]
) -> tuple[Program, list[Value], Any]:
    """Return the program, its parameters, and the structure of what f returned, with the outputs' numbers in it."""
    if len(examples) != len(forms):
        raise DataError(f"f takes {len(forms)} examples, and check gives {len(examples)}. Give a tuple of as many.")
    inputs = [[Value(x) for x in form.flat(example).tolist()] for form, example in zip(forms, examples, strict=True)]
    given = [x for values in inputs for x in values]
    with watching(f):
        returned = f(*(form.filled(iter(values)) for form, values in zip(forms, inputs, strict=True)))
    outputs: list[Value] = []
    structure = collected(returned, outputs)
    for out in outputs:
        check_output(out, given)
    return *flatten(outputs, given), structure


def check_output(out: Value, given: list[Value]) -> None:
    """Refuse an output that remembers nothing."""
    if out.op is None and out.kind != "parameter" and all(out is not x for x in given):
        raise GraphError(
            f"f returned {out!r}, which was made from nothing: it would be the same for every example. "
            "Was it computed under no_grad?"
        )


def compare(program: Program, leaves: list[Value], other: Program, its_leaves: list[Value]) -> None:
    """Refuse a record that depends on its example."""
    if program.same_as(other) and all(map(same_leaf, leaves, its_leaves)):
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


@contextmanager
def watching(f: Callable[..., Any]) -> Iterator[None]:
    """Refuse, while f runs, what only Python would see; let detach be an operation."""
    with one_at_a_time:
        patches: dict[tuple[type, str], Any] = {
            (Value, name): refusal(name, why, vars(Value)[name]) for name, why in REFUSED.items()
        }
        detach, item = vars(Value)["detach"], vars(Value)["item"]
        patches[Value, "detach"] = lambda self: self.apply(DETACH, self) if recording() else detach(self)
        patches[Value, "item"] = lambda self: SeenNumber(item(self)) if recording() else item(self)
        patches |= {(kind, "data"): WatchedData(vars(kind)["data"], f) for kind in (Node, StoredParameter)}
        patches[no_grad, "__enter__"] = refusal("no_grad", HIDDEN, no_grad.__enter__)
        before = {(kind, name): vars(kind)[name] for kind, name in patches}
        try:
            recorders.append(get_ident())
            for (kind, name), patch in patches.items():
                setattr(kind, name, patch)
            yield
        finally:
            recorders.pop()
            for (kind, name), method in before.items():
                setattr(kind, name, method)


class WatchedData:
    """The data of a Value while f runs: for all code but that of the house, a number by which Python cannot decide."""

    def __init__(self, slot: Any, f: Callable[..., Any]) -> None:
        self._read, self._write = slot.__get__, slot.__set__
        own = getattr(f, "__globals__", None) or getattr(type(f).__call__, "__globals__", None)
        self._watches = {id(own): True}  # by the globals of the code that asks; f's own file is watched in any case

    def __get__(self, value: Value, kind: Any = None) -> float:
        number: float = self._read(value)
        return SeenNumber(number) if self._asked_by(sys._getframe(1).f_globals) and recording() else number

    def __set__(self, value: Value, number: float) -> None:
        if self._asked_by(sys._getframe(1).f_globals) and recording():
            refusal("data", SET)()
        self._write(value, number)

    def _asked_by(self, names: dict[str, Any]) -> bool:
        watches = self._watches.get(id(names))
        if watches is None:
            watches = self._watches[id(names)] = not is_ours(
                names.get("__name__")
            )  # we look to check, and record the rest
        return watches


class SeenNumber(float):
    """A number read from a Value's data, or computed from one: it may be shown, but not compared, nor go into a Value.

    After the recording it is a number like others.
    """

    __hash__ = float.__hash__

    def __round__(self, digits: Any = None) -> Any:
        if digits is None:
            return refusal("round", LEFT, float.__round__)(self)
        return SeenNumber(float.__round__(self, digits))


def keeping_watch(name: str) -> Callable[..., Any]:
    """Return a method of floats that gives a seen number too."""
    plain = getattr(float, name)

    def method(number: float, *others: Any) -> Any:
        result = plain(number, *others)
        return SeenNumber(result) if type(result) is float else result

    method.__doc__ = plain.__doc__
    return method


def recording() -> bool:
    """Whether this thread is recording."""
    return get_ident() in recorders


def users_frame(frame: FrameType) -> FrameType:
    """Return the innermost frame of the user's code; if there is none, the innermost of all."""
    outer: FrameType | None = frame
    while outer and of_a_library(outer.f_globals.get("__name__")):
        outer = outer.f_back
    return outer or frame


def refusal(name: str, why: str, plain: Callable[..., Any] | None = None) -> Callable[..., Any]:
    """Return a method that says on which line f did what a record cannot keep; `plain` is what it does at other times."""

    def method(*operands: Any) -> Any:
        if plain and not recording():
            return plain(*operands)
        frame = users_frame(sys._getframe(1))
        file, line = frame.f_code.co_filename, frame.f_lineno
        code = linecache.getline(file, line, frame.f_globals).strip()
        raise GraphError(f"{file}, line {line}, {DOES[why]}: {code or name}\n{why}")

    method.__doc__ = f"Refuse {name} while a function is recorded."
    return method


for _name in (
    *(f"__{r}{name}__" for name in ARITHMETIC for r in ("", "r")),
    "__neg__",
    "__pos__",
    "__abs__",
    "conjugate",
):
    setattr(SeenNumber, _name, keeping_watch(_name))
for _name, _why in (REFUSED | REFUSED_OF_NUMBERS).items():
    if _name in vars(float):
        setattr(SeenNumber, _name, refusal(_name, _why, vars(float)[_name]))


def one_of(what: str, given: Any, choices: tuple[Any, ...]) -> None:
    """Refuse what is not among the choices."""
    if given not in choices:
        raise DataError(f"There is no {what} {given!r}. Choose one of {', '.join(map(repr, choices))}.")
