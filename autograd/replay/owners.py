"""Who holds the parameters: so that a replay notices when a model has been given others since."""

from collections.abc import Callable, Iterable
from functools import partial
from itertools import cycle
from operator import call, itemgetter
from types import CellType, FunctionType, MethodType, ModuleType
from typing import Any

from autograd.errors import GraphError
from autograd.value import Value

STALE = (
    "{key!r} has been replaced since the recording: the replay would go on with the parameters that it recorded, and f with the new ones. "
    "Set a parameter's data instead of the parameter, or record again."
)


WHOLE, PART = 160, 8  # so many places are looked at in each call; of more, a part in each in turn


class Owners:
    """The lists and dicts between a function and the parameters it uses, and what they held when it was recorded."""

    def __init__(self, f: Callable[..., Any], parameters: list[Value]) -> None:
        self._wanted = set(parameters)
        self._seen: dict[int, bool] = {}  # whether there is a parameter behind it
        self._places: dict[int, tuple[Any, dict[Any, Any]]] = {}
        self._leads(f)
        places = [(itemgetter(*held), place, held, found(held)) for place, held in self._places.values()]
        size = PART if len(places) > WHOLE else WHOLE
        parts = [tuple(zip(*places[i : i + size], strict=True)) for i in range(0, len(places), size)]
        self._turns = cycle(parts or [((), (), (), ())])
        del self._wanted, self._seen, self._places

    def check(self) -> None:
        """Raise GraphError if any of them holds another thing now."""
        getters, places, helds, known = next(self._turns)
        try:
            if tuple(map(call, getters, places)) == known:
                return
        except (LookupError, ValueError):
            pass
        for place, held in zip(places, helds, strict=True):
            for key, thing in held.items():
                if _changed(place, key, thing):
                    raise GraphError(STALE.format(key=key))

    def _leads(self, thing: Any) -> bool:
        """Whether a thing leads to a parameter; keep each entry on the way."""
        if isinstance(thing, Value):
            return thing in self._wanted
        if id(thing) not in self._seen:
            self._seen[id(thing)] = False
            self._seen[id(thing)] = any([self._entry(*entry) for entry in entries(thing)])  # noqa: C419 (all of them)
        return self._seen[id(thing)]

    def _entry(self, place: Any, key: Any, held: Any) -> bool:
        leads = self._leads(held)
        if leads and not isinstance(place, tuple):
            self._places.setdefault(id(place), (place, {}))[1][key] = held
        return leads


def found(held: dict[Any, Any]) -> Any:
    """Return what itemgetter finds at these keys: a tuple, or the only one."""
    things = tuple(held.values())
    return things if len(things) > 1 else things[0]


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
        used = [name for name in code.co_names if name in names and not foreign(thing, names[name])]
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
        yield from ((thing, key, thing[key]) for key in list(thing))
    elif isinstance(thing, (list, tuple)) and thing and not isinstance(thing[0], (int, float)):
        yield from ((thing, i, part) for i, part in enumerate(thing))
    elif has_model(thing):
        yield from entries(vars(thing))


def has_model(thing: Any) -> bool:
    """Whether a thing is a model, or has one, or a Value, among its attributes."""
    if isinstance(thing, (type, ModuleType)) or not hasattr(thing, "__dict__"):
        return False
    return any(isinstance(x, Value) or callable(getattr(x, "parameters", None)) for x in (thing, *vars(thing).values()))


def foreign(f: FunctionType, thing: Any) -> bool:
    """Whether a thing is a function of another file: it is no way to a model."""
    return isinstance(thing, FunctionType) and thing.__globals__ is not f.__globals__


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
    except (LookupError, ValueError):
        return True
