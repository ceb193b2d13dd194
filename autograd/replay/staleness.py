"""A replay goes on with the parameters that it recorded: here it notices when a model has been given others since.

At the recording, all that leads from f to a parameter is written down: the closure, the lists, the dicts, the
attributes, and what each held. At each call it is looked at again. A class that counts its edits (every `nn.Module`
does) is looked at only after an attribute was set somewhere.
"""

import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from itertools import accumulate, chain, cycle, groupby
from operator import call, is_, itemgetter
from types import CellType, CodeType, FunctionType, MethodType, ModuleType, SimpleNamespace
from typing import Any, ClassVar

from autograd.errors import GraphError
from autograd.value import Value

OURS = ("autograd", "nn")
ARRAY_LIBRARIES = ("torch", "dask", "cupy", "jax", "jaxlib")
LIBRARIES = frozenset((*OURS, *ARRAY_LIBRARIES, "numpy", "pandas", "matplotlib", *sys.stdlib_module_names))

STALE = (
    "{key!r} has been replaced since the recording: the replay would go on with the parameters that it recorded, and f with the new ones. "
    "Set a parameter's data instead of the parameter, or record again."
)
WHOLE, PART = 512, 64  # so many entries are looked at in each call; of more, a part in each in turn


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


class ParameterWatch:
    """The lists and dicts between a function and the parameters it uses, and what they held when it was recorded."""

    def __init__(self, f: Callable[..., Any], parameters: list[Value], same: Callable[[], bool]) -> None:
        self._same = same  # whether f uses the same parameters still: what was replaced may be on no way of f's
        self._wanted = set(parameters)
        self._seen: dict[int, bool] = {}  # whether there is a parameter behind it
        self._held: dict[int, tuple[Any, dict[Any, Any]]] = {}
        self._counting: dict[int, CountsEdits] = {}  # by the dict of their attributes
        with suppress(RecursionError):  # what has been found in a nest so deep is watched
            self._leads(f)
        places = [(place, held, id(place) in self._counting) for place, held in self._held.values()]
        self._counted, self._edits = (
            Snapshot([(place, held) for place, held, counted in places if counted]),
            CountsEdits.edits,
        )
        self._turns = cycle(snapshots([(place, held) for place, held, counted in places if not counted]))
        del self._wanted, self._seen, self._held, self._counting

    def check(self) -> None:
        """Raise GraphError if any of them holds another thing now."""
        if CountsEdits.edits != self._edits:
            self._compare(self._counted)
            self._edits = CountsEdits.edits
        self._compare(next(self._turns))

    def _compare(self, snapshot: "Snapshot") -> None:
        if snapshot.unchanged():
            return
        changed = snapshot.changed()
        if not self._same():
            raise GraphError(STALE.format(key=changed[0][1]))
        snapshot.forget(changed)

    def _leads(self, thing: Any) -> bool:
        """Whether a thing leads to a parameter; keep each entry on the way."""
        if isinstance(thing, Value):
            return thing in self._wanted
        if isinstance(thing, CountsEdits) and counts(thing):
            self._counting[id(vars(thing))] = thing
        if id(thing) not in self._seen:
            self._seen[id(thing)] = False
            self._seen[id(thing)] = any([self._entry(*entry) for entry in entries(thing)])  # noqa: C419 (all of them)
        return self._seen[id(thing)]

    def _entry(self, place: Any, key: Any, held: Any) -> bool:
        leads = self._leads(held)
        if leads and not isinstance(place, tuple):
            self._held.setdefault(id(place), (place, {}))[1][key] = held
        return leads


class Snapshot:
    """What some lists and dicts held at these keys, to be compared with what they hold now."""

    def __init__(self, places: list[tuple[Any, dict[Any, Any]]]) -> None:
        self._places = [(place, held) for place, held in places if held]
        self._getters = [
            itemgetter(*held, next(iter(held))) for _, held in self._places
        ]  # of one key it gives no tuple
        self._lists = [place for place, _ in self._places]
        self._known = [thing for _, held in self._places for thing in (*held.values(), next(iter(held.values())))]

    def unchanged(self) -> bool:
        """Return whether all is as it was."""
        try:
            return all(map(is_, chain.from_iterable(map(call, self._getters, self._lists)), self._known))
        except Exception:  # a key is gone, or a class of the user's raises
            return False

    def changed(self) -> list[tuple[Any, Any]]:
        """Return the places and keys where another thing is."""
        return [(place, key) for place, held in self._places for key in held if changed_at(place, key, held[key])]

    def forget(self, changed: list[tuple[Any, Any]]) -> None:
        """Compare these no more."""
        gone = {(id(place), key) for place, key in changed}
        kept = [(p, {k: thing for k, thing in held.items() if (id(p), k) not in gone}) for p, held in self._places]
        vars(self).update(vars(Snapshot(kept)))


def snapshots(places: list[tuple[Any, dict[Any, Any]]]) -> list[Snapshot]:
    """Return one snapshot of all of these places, or where they hold many things several, each of a part."""
    pieces = [(place, dict(piece)) for place, held in places for piece in pieces_of(list(held.items()))]
    ends = list(accumulate(len(held) for _, held in pieces))
    size = WHOLE if not ends or ends[-1] <= WHOLE else PART
    parts = groupby(zip(ends, pieces, strict=True), lambda pair: (pair[0] - 1) // size)
    return [Snapshot([piece for _, piece in part]) for _, part in parts] or [Snapshot([])]


def pieces_of(items: list[Any]) -> list[list[Any]]:
    """Return a list in pieces of at most PART things."""
    return [items[i : i + PART] for i in range(0, len(items), PART)]


class ClosureCell:
    """A closure's cell, read like a dict."""

    def __init__(self, cell: CellType, name: str) -> None:
        self._cell, self.name = cell, name

    def __getitem__(self, name: str) -> Any:
        return self._cell.cell_contents


def entries(thing: Any) -> Iterable[tuple[Any, Any, Any]]:
    """Return what a function, a model, a dict or a list holds: each as (where, key, what)."""
    if isinstance(thing, FunctionType):
        code, names = thing.__code__, thing.__globals__
        cells = [ClosureCell(cell, name) for name, cell in zip(code.co_freevars, thing.__closure__ or (), strict=True)]
        yield from ((cell, cell.name, cell[cell.name]) for cell in cells if filled(cell))
        used = [name for name in named(code) if name in names and not by_a_library(thing, names[name])]
        yield from ((names, name, names[name]) for name in used)
        defaults = (*(thing.__defaults__ or ()), *(thing.__kwdefaults__ or {}).values())
        yield from ((defaults, i, part) for i, part in enumerate(defaults))
    elif isinstance(thing, partial):
        parts = (thing.func, *thing.args, *thing.keywords.values())
        yield from ((parts, i, part) for i, part in enumerate(parts))
    elif isinstance(thing, MethodType):
        yield from (((thing.__func__,), 0, thing.__func__), ((thing.__self__,), 0, thing.__self__))
        yield from entries(getattr(thing.__self__, "__dict__", {}))
    elif isinstance(thing, dict):
        if type(thing).__getitem__ is dict.__getitem__:  # else looking may do something
            yield from ((thing, key, part) for key, part in list(dict.items(thing)))
    elif isinstance(thing, (list, tuple)):
        if type(thing).__getitem__ in (list.__getitem__, tuple.__getitem__) and not plain_numbers(thing):
            yield from ((thing, i, part) for i, part in enumerate(list(thing)))
    elif not isinstance(thing, (type, ModuleType)) and may_hold(thing):
        yield from entries(attributes(thing))
        methods = [method for method in vars(type(thing)).values() if isinstance(method, FunctionType)]
        yield from ((tuple(methods), i, method) for i, method in enumerate(methods) if not by_a_library(thing, method))


def named(code: CodeType) -> set[str]:
    """Return the global names in a piece of code, and in the functions and comprehensions inside it."""
    inside = [named(part) for part in code.co_consts if isinstance(part, CodeType)]
    return set(code.co_names).union(*inside)


def attributes(thing: Any) -> dict[str, Any]:
    """Return the attributes of a thing, if it has such."""
    try:
        held = vars(thing)
    except Exception:  # it has none, or a class of the user's raises
        return {}
    return held if type(held) is dict else {}


def plain_numbers(things: Sequence[Any]) -> bool:
    """Whether a list holds plain numbers: of a long one, as far as its first and its last one tell."""
    return all(isinstance(x, (int, float)) for x in (things if len(things) < 1000 else (things[0], things[-1])))


def counts(thing: CountsEdits) -> bool:
    """Whether setting an attribute is counted: a class may have a way of its own to set it."""
    return is_ours(getattr(type(thing).__setattr__, "__module__", None))


def may_hold(thing: Any) -> bool:
    """Whether a thing may hold parameters for f: a model does, and what the user has made."""
    return isinstance(thing, (CountsEdits, SimpleNamespace)) or not of_a_library(type(thing).__module__)


def by_a_library(f: Any, thing: Any) -> bool:
    """Whether a thing is a function of a library: it is no way to a model."""
    return isinstance(thing, FunctionType) and of_a_library(thing.__globals__.get("__name__"))


def filled(cell: ClosureCell) -> bool:
    """Whether a cell holds anything yet."""
    try:
        cell[cell.name]
    except ValueError:
        return False
    return True


def changed_at(place: Any, key: Any, held: Any) -> bool:
    """Whether another thing is held there now."""
    try:
        return place[key] is not held
    except Exception:
        return True
