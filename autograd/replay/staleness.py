"""Who holds the parameters: so that a replay notices when a model has been given others since."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from itertools import accumulate, chain, cycle, groupby
from operator import call, is_, itemgetter
from types import CellType, CodeType, FunctionType, MethodType, ModuleType, SimpleNamespace
from typing import Any

from autograd.errors import GraphError
from autograd.replay.holder import Holder
from autograd.replay.origin import of_a_library, ours
from autograd.value import Value

STALE = (
    "{key!r} has been replaced since the recording: the replay would go on with the parameters that it recorded, and f with the new ones. "
    "Set a parameter's data instead of the parameter, or record again."
)


WHOLE, PART = 512, 64  # so many entries are looked at in each call; of more, a part in each in turn


class Owners:
    """The lists and dicts between a function and the parameters it uses, and what they held when it was recorded."""

    def __init__(self, f: Callable[..., Any], parameters: list[Value], same: Callable[[], bool]) -> None:
        self._same = same  # whether f uses the same parameters still: what was replaced may be on no way of f's
        self._wanted = set(parameters)
        self._seen: dict[int, bool] = {}  # whether there is a parameter behind it
        self._held: dict[int, tuple[Any, dict[Any, Any]]] = {}
        self._holders: dict[int, Holder] = {}  # by the dict of their attributes
        with suppress(RecursionError):  # what has been found in a nest so deep is watched
            self._leads(f)
        places = [(place, held, id(place) in self._holders) for place, held in self._held.values()]
        self._told, self._edits = Look([(place, held) for place, held, told in places if told]), Holder.edits
        self._turns = cycle(looks([(place, held) for place, held, told in places if not told]))
        del self._wanted, self._seen, self._held, self._holders

    def check(self) -> None:
        """Raise GraphError if any of them holds another thing now."""
        if Holder.edits != self._edits:
            self._look(self._told)
            self._edits = Holder.edits
        self._look(next(self._turns))

    def _look(self, look: "Look") -> None:
        if look.fine():
            return
        changed = look.changed()
        if not self._same():
            raise GraphError(STALE.format(key=changed[0][1]))
        look.forget(changed)

    def _leads(self, thing: Any) -> bool:
        """Whether a thing leads to a parameter; keep each entry on the way."""
        if isinstance(thing, Value):
            return thing in self._wanted
        if isinstance(thing, Holder) and tells(thing):
            self._holders[id(vars(thing))] = thing
        if id(thing) not in self._seen:
            self._seen[id(thing)] = False
            self._seen[id(thing)] = any([self._entry(*entry) for entry in entries(thing)])  # noqa: C419 (all of them)
        return self._seen[id(thing)]

    def _entry(self, place: Any, key: Any, held: Any) -> bool:
        leads = self._leads(held)
        if leads and not isinstance(place, tuple):
            self._held.setdefault(id(place), (place, {}))[1][key] = held
        return leads


class Look:
    """A look at some lists and dicts: whether each still holds, at these keys, what it held."""

    def __init__(self, places: list[tuple[Any, dict[Any, Any]]]) -> None:
        self._places = [(place, held) for place, held in places if held]
        self._getters = [
            itemgetter(*held, next(iter(held))) for _, held in self._places
        ]  # of one key it gives no tuple
        self._lists = [place for place, _ in self._places]
        self._known = [thing for _, held in self._places for thing in (*held.values(), next(iter(held.values())))]

    def fine(self) -> bool:
        """Return whether all is as it was."""
        try:
            return all(map(is_, chain.from_iterable(map(call, self._getters, self._lists)), self._known))
        except Exception:  # a key is gone, or a class of the user's raises
            return False

    def changed(self) -> list[tuple[Any, Any]]:
        """Return the places and keys where another thing is."""
        return [(place, key) for place, held in self._places for key in held if _changed(place, key, held[key])]

    def forget(self, changed: list[tuple[Any, Any]]) -> None:
        """Look there no more."""
        gone = {(id(place), key) for place, key in changed}
        kept = [(p, {k: thing for k, thing in held.items() if (id(p), k) not in gone}) for p, held in self._places]
        vars(self).update(vars(Look(kept)))


def looks(places: list[tuple[Any, dict[Any, Any]]]) -> list[Look]:
    """Return one look at all of these places, or where they hold many things several looks, each at a part."""
    pieces = [(place, dict(piece)) for place, held in places for piece in pieces_of(list(held.items()))]
    ends = list(accumulate(len(held) for _, held in pieces))
    size = WHOLE if not ends or ends[-1] <= WHOLE else PART
    parts = groupby(zip(ends, pieces, strict=True), lambda pair: (pair[0] - 1) // size)
    return [Look([piece for _, piece in part]) for _, part in parts] or [Look([])]


def pieces_of(items: list[Any]) -> list[list[Any]]:
    """Return a list in pieces of at most PART things."""
    return [items[i : i + PART] for i in range(0, len(items), PART)]


class _Cell:
    """A closure's cell, read like a dict."""

    def __init__(self, cell: CellType, name: str) -> None:
        self._cell, self.name = cell, name

    def __getitem__(self, name: str) -> Any:
        return self._cell.cell_contents


def entries(thing: Any) -> Iterable[tuple[Any, Any, Any]]:
    """Return what a function, a model, a dict or a list holds: each as (where, key, what)."""
    if isinstance(thing, FunctionType):
        code, names = thing.__code__, thing.__globals__
        cells = [_Cell(cell, name) for name, cell in zip(code.co_freevars, thing.__closure__ or (), strict=True)]
        yield from ((cell, cell.name, cell[cell.name]) for cell in cells if filled(cell))
        used = [name for name in named(code) if name in names and not foreign(thing, names[name])]
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
        yield from ((tuple(methods), i, method) for i, method in enumerate(methods) if not foreign(thing, method))


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


def tells(thing: Holder) -> bool:
    """Whether an attribute of a holder is set as we do it: a class may have a way of its own."""
    return ours(getattr(type(thing).__setattr__, "__module__", None))


def may_hold(thing: Any) -> bool:
    """Whether a thing may hold parameters for f: a model does, and what the user has made."""
    return isinstance(thing, (Holder, SimpleNamespace)) or not of_a_library(type(thing).__module__)


def foreign(f: Any, thing: Any) -> bool:
    """Whether a thing is a function of a library: it is no way to a model."""
    return isinstance(thing, FunctionType) and of_a_library(thing.__globals__.get("__name__"))


def filled(cell: _Cell) -> bool:
    """Whether a cell holds anything yet."""
    try:
        cell[cell.name]
    except ValueError:
        return False
    return True


def _changed(place: Any, key: Any, held: Any) -> bool:
    try:
        return place[key] is not held
    except Exception:
        return True
