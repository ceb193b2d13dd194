"""What a function can reach: its closure, the globals that it names, the attributes and items of what they hold, and so on."""

import sys
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from types import (
    BuiltinFunctionType,
    CodeType,
    FunctionType,
    GetSetDescriptorType,
    MethodType,
    ModuleType,
    SimpleNamespace,
)
from typing import Any, ClassVar

from autograd.replay.places import AttributeSlots, Cell, Held, Members, OfClass, Replaced, indices, is_object_array
from autograd.value import Value

OURS = ("autograd", "nn")
ARRAY_LIBRARIES = ("torch", "dask", "cupy", "jax", "jaxlib")
LIBRARIES = frozenset((*OURS, *ARRAY_LIBRARIES, "numpy", "pandas", "matplotlib", *sys.stdlib_module_names))
PLAIN = (int, float, complex, str, bytes, type(None), ModuleType, BuiltinFunctionType, CodeType)  # these lead nowhere

FEW = 16


def root_of(module: Any) -> str:
    """Return the first part of a module's name, whatever stands in the place of one.

    >>> root_of("nn.losses"), root_of(None)
    ('nn', 'None')
    """
    return str(module).partition(".")[0]


def is_ours(module: Any) -> bool:
    """Return whether a module is of autograd or nn."""
    return root_of(module) in OURS


def of_a_library(module: Any) -> bool:
    """Return whether a module comes with Python, with a library of arrays, or with us."""
    return root_of(module) in LIBRARIES


class CountsEdits:
    """Base class of a model that counts how often an attribute is set, so that a replay need not look each time.

    >>> from autograd import Parameter, record
    >>> class Line(CountsEdits):
    ...     def __init__(self):
    ...         self.slope = Parameter(2.0)
    >>> line = Line()
    >>> double = record(lambda x: line.slope * x, 1.0)
    >>> line.slope = Parameter(3.0)
    >>> double(1.0)
    Traceback (most recent call last):
    ...
    autograd.errors.GraphError: 'slope' has been replaced since the recording: ...

    `nn.Module` is one. A model of another class is looked at in each call.
    """

    edits: ClassVar[int] = 0

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)
        CountsEdits.edits += 1

    def __delattr__(self, name: str) -> None:
        object.__delattr__(self, name)
        CountsEdits.edits += 1


def held_by(thing: Any) -> Iterator[Held]:
    """Yield what a function, a model, a dict, a list holds, place by place."""
    for kinds, way in WAYS:
        if isinstance(thing, kinds):
            yield from way(thing)
            return
    if is_object_array(thing):
        yield Held(thing, {i: thing[i] for i in indices(thing)}, "items")
    elif type(thing).__name__ == "_lru_cache_wrapper":
        yield fixed(thing.__wrapped__)
    elif may_hold(thing):
        yield from of_object(thing)


def fixed(*parts: Any) -> Held:
    """Return what cannot change."""
    return Held(None, dict(enumerate(parts)), "fixed")


def of_function(f: FunctionType) -> Iterator[Held]:
    """Yield a function's closure, the globals that it names, its defaults, and its attributes."""
    code, names = f.__code__, f.__globals__
    for name, cell in zip(code.co_freevars, f.__closure__ or (), strict=True):
        place = Cell(cell, name)
        if is_filled(place):
            yield Held(place, {name: place[name]}, "names")
    used = {name: names[name] for name in names_in(code) if name in names}
    yield Held(names, used, "names")
    yield fixed(*(f.__defaults__ or ()), *(f.__kwdefaults__ or {}).values())
    yield Held(vars(f), dict(vars(f)), "attributes")


def of_method(method: MethodType) -> Iterator[Held]:
    """Yield a method's function and its object, also where the object's class is of a library."""
    yield fixed(method.__func__, method.__self__)
    if not may_hold(method.__self__):
        yield Held(attributes(method.__self__), dict(attributes(method.__self__)), "attributes")


def of_partial(f: partial[Any]) -> Iterator[Held]:
    """Yield a partial's function and arguments."""
    yield fixed(f.func, *f.args, *f.keywords.values())


def of_dict(thing: dict[Any, Any]) -> Iterator[Held]:
    """Yield the items of a dict."""
    if type(thing).__getitem__ is dict.__getitem__:  # else looking may do something
        yield Held(thing, dict(dict.items(thing)), "items")


def of_list(thing: Any) -> Iterator[Held]:
    """Yield the items of a list, a tuple or a deque."""
    if type(thing).__getitem__ in GETTERS and not are_data(thing):
        kind = "fixed" if isinstance(thing, tuple) else "items"
        yield Held(thing, dict(enumerate(list(thing))), kind)


def of_set(thing: Any) -> Iterator[Held]:
    """Yield the members of a set."""
    yield Held(Members(thing), {member: member for member in list(thing)}, "items")


def of_object(thing: Any) -> Iterator[Held]:
    """Yield the attributes of an object, and what its classes hold, methods among it."""
    counted = isinstance(thing, CountsEdits) and counts(thing)
    held = attributes(thing)
    yield Held(held, dict(held), "counted" if counted else "attributes")
    slots = AttributeSlots(thing)
    if len(slots):
        yield Held(slots, {name: slots[name] for name in slots}, "attributes")
    for kind in type(thing).__mro__:
        if not of_a_library(kind.__module__):
            yield Held(OfClass(kind), dict(vars(kind)), "names")


def of_property(thing: property) -> Iterator[Held]:
    """Yield the function that computes a property."""
    yield fixed(thing.fget)


def of_wrapped(thing: Any) -> Iterator[Held]:
    """Yield the function of a static method or a class method."""
    yield fixed(thing.__func__)


GETTERS = (list.__getitem__, tuple.__getitem__, deque.__getitem__)
WAYS: list[tuple[Any, Callable[[Any], Iterator[Held]]]] = [
    (FunctionType, of_function),
    (MethodType, of_method),
    (partial, of_partial),
    (dict, of_dict),
    ((list, tuple, deque), of_list),
    ((set, frozenset), of_set),
    (property, of_property),
    ((staticmethod, classmethod), of_wrapped),
    ((type, ModuleType, GetSetDescriptorType), lambda thing: iter(())),
]


def names_in(code: CodeType) -> set[str]:
    """Return the global names in a piece of code, and in the functions and comprehensions inside it."""
    inside = [names_in(part) for part in code.co_consts if isinstance(part, CodeType)]
    return set(code.co_names).union(*inside)


def attributes(thing: Any) -> dict[str, Any]:
    """Return the attributes of a thing, if it has such."""
    try:
        held = vars(thing)
    except Exception:  # it has none, or a class of the user's raises
        return {}
    return held if type(held) is dict else {}


def are_data(things: Any) -> bool:
    """Whether a list holds data, plain numbers of which there are more than a few: as far as its first and its last tell."""
    return len(things) > FEW and all(isinstance(x, (int, float)) for x in (things[0], things[-1]))


def counts(thing: CountsEdits) -> bool:
    """Whether setting an attribute is counted: a class may have a way of its own to set it."""
    return is_ours(getattr(type(thing).__setattr__, "__module__", None))


def may_hold(thing: Any) -> bool:
    """Whether a thing may hold parameters for f: a model does, and what the user has made."""
    return isinstance(thing, (CountsEdits, SimpleNamespace)) or not of_a_library(type(thing).__module__)


def is_filled(cell: Cell) -> bool:
    """Whether a cell holds anything yet."""
    try:
        cell[cell.name]
    except ValueError:
        return False
    return True


def passes(part: Any) -> bool:
    """Whether nothing is to be found behind a thing: a number, a Value, a function or a class of a library."""
    if isinstance(part, (Value, *PLAIN)):
        return True
    return isinstance(part, FunctionType) and of_a_library(part.__globals__.get("__name__"))


class Reach:
    """All that a function can reach: the places, and for each thing the things that hold it."""

    def __init__(self, f: Any) -> None:
        self.edits = CountsEdits.edits  # before the walk
        self.things: dict[int, Any] = {id(f): f}
        self._owners: dict[int, list[int]] = {}  # by id: the things that hold it
        self._holds: list[tuple[int, Held]] = []
        waiting = [f]
        while waiting:
            thing = waiting.pop()
            for held in held_by(thing):
                self._holds.append((id(thing), held))
                for part in held.items.values():
                    if not passes(part):
                        self._owners.setdefault(id(part), []).append(id(thing))
                        if id(part) not in self.things:
                            self.things[id(part)] = part
                            waiting.append(part)
        self.held = [held for _, held in self._holds if held.kind != "fixed"]

    def changes(self) -> list[Replaced]:
        """Return what is held otherwise now, but for what we keep ourselves."""
        found = [change for held in self.held for change in held.changes()]
        return [c for c in found if isinstance(c.now, (Value, CountsEdits)) or not is_ours(type(c.now).__module__)]

    def leading_to(self, values: Any) -> set[int]:
        """Return the ids of the things that lead to one of these Values, and of the Values."""
        wanted = {id(value) for value in values}
        found = set(wanted)
        waiting = [owner for owner, held in self._holds if not wanted.isdisjoint(map(id, held.items.values()))]
        while waiting:
            thing = waiting.pop()
            if thing not in found:
                found.add(thing)
                waiting += self._owners.get(thing, ())
        return found
