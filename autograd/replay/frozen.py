"""What a record would freeze without a word is refused while f runs, with the line: Value's methods are others meanwhile.

The methods are replaced for the whole process, and ask which thread records: for all other threads they do what they
always do. They are put in place, and back, in one call each, so that no interruption comes between two of them.
"""

import linecache
import os
import sys
from collections.abc import Callable
from threading import get_ident
from types import FrameType
from typing import Any, TypeVar

from autograd.errors import GraphError
from autograd.modes import no_grad
from autograd.node import Node
from autograd.replay.parameter_store import StoredParameter, lock_kept_through_forks
from autograd.replay.program import DETACH
from autograd.replay.reach import CountsEdits, Reach, is_ours, of_a_library, root_of
from autograd.value import Value

T = TypeVar("T")
COMPARED = (
    "It would be decided now, once, and hold for every example. Let the numbers choose: relu, maximum, minimum, abs."
)
LEFT = (
    "The plain number is this example's, and would stay so. Keep the Value: v.detach() sends no gradient back, "
    "and another output shows it."
)
SET = (
    "It would be set now, once, and not by the replay. Set data between the calls, outside of f. "
    "(BatchNorm sets its statistics while it is in training: record after model.eval().)"
)
STATE = (
    "It would be set now, once, and not by the replay, which would go on with the state of this example. Take the state as "
    "an input and return the new one: lambda x, h: [out, new_h]."
)
HIDDEN = "What is computed there has no graph, and its numbers would stay this example's. Write v.detach() for what is to send no gradient back."
DOES = {
    COMPARED: "lets Python decide by a Value's number",
    LEFT: "takes a plain number out of a Value",
    SET: "sets a Value's data",
    STATE: "keeps what it computed in a model",
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


class Recording:
    """A recording on its way in one thread: which code it watches, and what of the model it has met."""

    def __init__(self, f: Callable[..., Any], reach: Reach, given: list[Value]) -> None:
        self.known, self.given = reach.things, set(given)
        self.constants: dict[Value, float] = {}  # Values whose numbers nn took out: running statistics, say
        self.outer = running.get(get_ident())
        own = getattr(f, "__globals__", None) or getattr(type(f).__call__, "__globals__", None)
        self._watched = {id(own): True}  # by the globals of the code that asks; f's own file is watched in any case

    def watches(self, names: dict[str, Any]) -> bool:
        """Whether code with these globals is watched: we look at numbers to check them, and record the rest."""
        watched = self._watched.get(id(names))
        if watched is None:
            watched = self._watched[id(names)] = not is_ours(names.get("__name__"))
        return watched

    def run(self, compute: Callable[[], T]) -> T:
        """Return what a function returns, called while this recording is on."""
        try:
            try:
                with changing_classes:
                    running[get_ident()] = self
                    put_in_place(WHILE_RECORDING)
                return compute()
            finally:
                self._end()
        finally:
            self._end()  # an interruption may have come between

    def _end(self) -> None:
        with changing_classes:
            if self.outer is None:
                running.pop(get_ident(), None)
            else:
                running[get_ident()] = self.outer
            if not running:
                put_in_place(OTHERWISE)


running: dict[int, Recording] = {}  # by thread: the innermost
changing_classes = lock_kept_through_forks()


def recording() -> Recording | None:
    """Return the recording of this thread, if it records."""
    return running.get(get_ident())


def put_in_place(methods: dict[tuple[type, str], Any]) -> None:
    """Give classes these methods, all in one call, unless they have them."""
    (kind, name), method = next(iter(methods.items()))
    if vars(kind)[name] is not method:
        any(map(setattr, *zip(*methods, strict=True), methods.values()))


def after_fork() -> None:
    """In a forked process none of the other threads goes on, and none records."""
    for thread in running.keys() - {get_ident()}:
        del running[thread]
    if not running:
        put_in_place(OTHERWISE)


class WatchedData:
    """The data of a Value while f runs: for all code but that of the house, a number by which Python cannot decide."""

    def __init__(self, slot: Any) -> None:
        self._read, self._write = slot.__get__, slot.__set__

    def __get__(self, value: Value, kind: Any = None) -> float:
        number: float = self._read(value)
        now = recording()
        if now is not None:
            names = sys._getframe(1).f_globals
            if now.watches(names):
                return SeenNumber(number)
            if (
                value.op is None
                and value._kind == "leaf"
                and root_of(names.get("__name__")) == "nn"
                and value not in now.given
            ):
                now.constants[value] = number
        return number

    def __set__(self, value: Value, number: float) -> None:
        now = recording()
        if now is not None:
            names = sys._getframe(1).f_globals
            if now.watches(names) or root_of(names.get("__name__")) == "nn":
                refusal("data", SET)()
        self._write(value, number)


def set_attribute(model: CountsEdits, name: str, thing: Any) -> None:
    """Set an attribute of a model; but refuse what was computed, while f runs."""
    now = recording()
    if now is not None and id(model) in now.known and is_computed(thing, now.given):
        refusal(name, STATE)()
    OTHERWISE[CountsEdits, "__setattr__"](model, name, thing)


def is_computed(thing: Any, given: set[Value]) -> bool:
    """Whether a thing is a result, or an input, or a list or dict with one in it."""
    if isinstance(thing, Value):
        return thing.op is not None or thing in given
    parts = thing.values() if isinstance(thing, dict) else thing if isinstance(thing, (list, tuple)) else ()
    return any(is_computed(part, given) for part in parts)


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


def users_frame(frame: FrameType) -> FrameType:
    """Return the innermost frame of the user's code; if there is none, the innermost of all."""
    outer: FrameType | None = frame
    while outer and of_a_library(outer.f_globals.get("__name__")):
        outer = outer.f_back
    return outer or frame


def refusal(name: str, why: str, plain: Callable[..., Any] | None = None) -> Callable[..., Any]:
    """Return a method that says on which line f did what a record cannot keep; `plain` is what it does at other times."""

    def method(*operands: Any) -> Any:
        if plain and recording() is None:
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


def owner(kind: type, name: str) -> type:
    """Return the class that has an attribute of its own, which another class inherits."""
    return next(base for base in kind.__mro__ if name in vars(base))


OTHERWISE: dict[tuple[type, str], Any] = {
    (owner(kind, name), name): vars(owner(kind, name))[name]
    for kind, names in (
        (Value, (*REFUSED, "detach", "item")),
        (Node, ("data",)),
        (StoredParameter, ("data",)),
        (no_grad, ("__enter__",)),
        (CountsEdits, ("__setattr__",)),
    )
    for name in names
}


def while_recording(name: str, plain: Any) -> Any:
    """Return what stands in the place of a method while something is recorded."""
    if name == "detach":
        return lambda self: plain(self) if recording() is None else self.apply(DETACH, self)
    if name == "item":
        return lambda self: plain(self) if recording() is None else SeenNumber(plain(self))
    if name == "data":
        return WatchedData(plain)
    if name == "__setattr__":
        return set_attribute
    return refusal("no_grad" if name == "__enter__" else name, REFUSED.get(name, HIDDEN), plain)


WHILE_RECORDING = {(kind, name): while_recording(name, plain) for (kind, name), plain in OTHERWISE.items()}
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=after_fork)
