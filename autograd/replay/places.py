"""A place that holds things by their keys: a dict, a list, a closure's cell, the attributes of an object."""

from collections import deque
from collections.abc import Iterator
from operator import is_
from types import CellType, MemberDescriptorType
from typing import Any, NamedTuple

ABSENT = type("Absent", (), {"__repr__": lambda self: "nothing"})()


class Held(NamedTuple):
    """What a place holds: place[key] is items[key], for each key.

    `kind` says what the place is: "attributes" of an object, of one that counts its edits ("counted"), the "items" of a
    list or dict, some "names" of a module, a class or a closure; or "fixed", which cannot change.
    """

    place: Any
    items: dict[Any, Any]
    kind: str

    def changes(self) -> list["Replaced"]:
        """Return what is held otherwise now."""
        if self._unchanged():
            return []
        now = {} if self.kind == "names" else dict(keyed(self.place))
        keys = {**self.items, **now}
        found = [Replaced(self.place, key, self.items.get(key, ABSENT), found_at(self.place, key)) for key in keys]
        return [change for change in found if change.now is not change.before]

    def _unchanged(self) -> bool:
        try:
            same = all(map(is_, map(self.place.__getitem__, self.items), self.items.values()))
            return same and (self.kind == "names" or len(self.place) == len(self.items))
        except Exception:  # a key is gone, or a class of the user's raises
            return False


class Replaced(NamedTuple):
    """A place where another thing is held now; ABSENT stands for nothing."""

    place: Any
    key: Any
    before: Any
    now: Any

    def undo(self) -> None:
        """Put back what was held."""
        if self.before is not ABSENT:
            self.place[self.key] = self.before
        elif isinstance(self.place, (list, deque)):
            self.place.pop()
        else:
            del self.place[self.key]


class Cell:
    """A closure's cell, read like a dict."""

    def __init__(self, cell: CellType, name: str) -> None:
        self.cell, self.name = cell, name

    def __getitem__(self, name: str) -> Any:
        return self.cell.cell_contents

    def __setitem__(self, name: str, thing: Any) -> None:
        self.cell.cell_contents = thing


class OfClass:
    """The attributes of a class, read and set like those of a dict."""

    def __init__(self, kind: type) -> None:
        self._kind = kind

    def __getitem__(self, name: str) -> Any:
        return vars(self._kind)[name]

    def __setitem__(self, name: str, thing: Any) -> None:
        setattr(self._kind, name, thing)


class AttributeSlots:
    """The __slots__ of an object, read like a dict."""

    def __init__(self, thing: Any) -> None:
        self._thing = thing
        self._slots = {
            name: slot
            for kind in reversed(type(thing).__mro__)
            for name, slot in vars(kind).items()
            if isinstance(slot, MemberDescriptorType)
        }

    def __getitem__(self, name: str) -> Any:
        return self._slots[name].__get__(self._thing)

    def __setitem__(self, name: str, thing: Any) -> None:
        self._slots[name].__set__(self._thing, thing)

    def __delitem__(self, name: str) -> None:
        self._slots[name].__delete__(self._thing)

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._slots if found_at(self, name) is not ABSENT)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Members:
    """A set, read like a dict: each member by itself."""

    def __init__(self, members: Any) -> None:
        self._members = members

    def __getitem__(self, member: Any) -> Any:
        if member not in self._members:
            raise KeyError(member)
        return member

    def __setitem__(self, member: Any, same: Any) -> None:
        self._members.add(member)

    def __delitem__(self, member: Any) -> None:
        self._members.remove(member)

    def __iter__(self) -> Iterator[Any]:
        return iter(list(self._members))

    def __len__(self) -> int:
        return len(self._members)


def found_at(place: Any, key: Any) -> Any:
    """Return what a place holds at a key; ABSENT, if nothing."""
    try:
        return place[key]
    except Exception:
        return ABSENT


def keyed(place: Any) -> Iterator[tuple[Any, Any]]:
    """Yield what a whole place holds, each with its key."""
    if isinstance(place, (dict, AttributeSlots, Members)):
        return ((key, place[key]) for key in list(place))
    return ((i, place[i]) for i in indices(place)) if is_object_array(place) else enumerate(list(place))


def is_object_array(thing: Any) -> bool:
    """Whether a thing is a NumPy array of objects."""
    return type(thing).__module__ == "numpy" and getattr(getattr(thing, "dtype", None), "kind", "") == "O"


def indices(array: Any) -> Iterator[tuple[int, ...]]:
    """Return the index of each item of an array."""
    from numpy import ndindex

    return iter(ndindex(array.shape))
