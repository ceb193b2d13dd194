"""A replay goes on with what it recorded: here it notices when f would use or do something else now.

At the recording, all that leads from f to a parameter is written down, with the attributes of each object on the way and
the functions that it calls. At each call it is compared. Where another thing is found, f is recorded once more: if the
program is the same, the replay goes on, else it is refused.
"""

from collections.abc import Callable
from itertools import accumulate, chain, cycle, groupby
from operator import call, eq, is_, itemgetter
from typing import Any

from autograd.errors import GraphError
from autograd.replay.places import AttributeSlots, Held, found_at
from autograd.replay.reach import CountsEdits, Reach
from autograd.value import Value

REPLACED = (
    "{key!r} has been replaced since the recording: the replay would go on with the parameters that it recorded, and f with the new ones. "
    "Set a parameter's data instead of the parameter, or record again."
)
CHANGED = (
    "{what} has been changed since the recording{how}: f would compute something else now, and the replay would go on as before. "
    "Record again, or change it back."
)
MOVED = "{name} was {before!r} at the recording, which took it over as a constant, and is {now!r} now. Record again."

WHOLE, PART = 512, 64  # so many entries are compared in each call; of more, a part in each in turn
PATIENCE = 8  # a key that was replaced so often, and never changed the program, is compared no more
Place = tuple[Any, dict[Any, Any]]


class Watch:
    """What f uses, and what it was when it was recorded.

    `constants` are Values whose numbers went into the program as constants; `same` records f once more, and says whether
    it gives the same program of the same parameters.
    """

    def __init__(
        self,
        f: Callable[..., Any],
        reach: Reach,
        parameters: list[Value],
        constants: dict[Value, float],
        same: Callable[[], bool],
    ) -> None:
        self._f, self._parameters, self._same, self._constants = f, parameters, same, constants
        self._replaced: dict[tuple[int, Any], tuple[Any, int]] = {}  # how often each key was, with its place
        self._stale = False
        self._begin(reach)

    def _begin(self, reach: Reach) -> None:
        """Compare with what is there now, from now on."""
        self._leads = reach.leading_to(self._parameters)
        self._edits = reach.edits
        watched = [(held.kind, (held.place, self._watched(held))) for held in reach.held]
        self._counted = Snapshot([place for kind, place in watched if kind == "counted"])
        self._others = snapshots([place for kind, place in watched if kind != "counted"])
        self._counted_lengths = Lengths([held.place for held in reach.held if held.kind == "counted"])
        sized = [held for held in reach.held if self._may_grow(held)]
        sized.sort(
            key=lambda held: all(isinstance(part, Value) for part in held.items.values())
        )  # layers before weights
        self._lengths = [
            Lengths([held.place for held in sized[i : i + PART]]) for i in range(0, max(1, len(sized)), PART)
        ]
        self._first_lengths, *others = self._lengths
        self._turns, self._lengths_in_turn = cycle(self._others), cycle(others) if others else None

    def _may_grow(self, held: Held) -> bool:
        """Whether something new in a place may matter: in an object; in a list that is empty or leads to a parameter."""
        if held.kind != "items":
            return held.kind == "attributes"
        return not held.items or not self._leads.isdisjoint(map(id, held.items.values()))

    def _watched(self, held: Held) -> dict[Any, Any]:
        """Return the items of a place that decide what f does: all attributes, else what leads to a parameter or is called."""
        every = held.kind in ("attributes", "counted")
        return {
            key: thing
            for key, thing in held.items.items()
            if id(thing) in self._leads or ((every or callable(thing)) and not self._forgotten(held.place, key))
        }

    def _forgotten(self, place: Any, key: Any) -> bool:
        return self._replaced.get((id(place), key), (None, 0))[1] >= PATIENCE if self._replaced else False

    def check(self) -> None:
        """Raise GraphError if f would use or do something else now."""
        if self._stale or not self._unchanged():
            self._stale = True  # until f gives the same program again
            self._look_closely()
            self._stale = False

    def _unchanged(self) -> bool:
        """Return whether all is as it was, as far as one looks in each call."""
        edits = CountsEdits.edits
        if edits != self._edits:
            if not (self._counted.unchanged() and self._counted_lengths.unchanged()):
                return False
            self._edits = edits
        if self._constants and not all(value.data == number for value, number in self._constants.items()):
            return False
        if self._lengths_in_turn and not next(self._lengths_in_turn).unchanged():
            return False
        return self._first_lengths.unchanged() and next(self._turns).unchanged()

    def _look_closely(self) -> None:
        """Go on if f, recorded once more, gives the same program; else say what has changed."""
        changed = [change for snapshot in (self._counted, *self._others) for change in snapshot.changed()]
        if not self._same():
            raise GraphError(self._sentence(changed))
        for place, key, _ in changed:
            _, times = self._replaced.get((id(place), key), (place, 0))
            self._replaced[id(place), key] = place, times + 1
        self._constants = {value: value.data for value in self._constants}
        self._begin(Reach(self._f))

    def _sentence(self, changed: list[tuple[Any, Any, Any]]) -> str:
        for value, number in self._constants.items():
            if value.data != number:
                return MOVED.format(name=value.label or repr(value), before=number, now=value.data)
        for place, key, before in changed:
            if id(before) in self._leads:
                return REPLACED.format(key=key)
            return CHANGED.format(what=repr(key), how=then_and_now(before, found_at(place, key)))
        for lengths in (self._counted_lengths, *self._lengths):
            for place, before in lengths.changed():
                new = list(place)[before:] if isinstance(place, (dict, AttributeSlots)) else ()
                what = repr(new[0]) if new else f"A {type(place).__name__} that f uses"
                return CHANGED.format(what=what, how="" if new else f" ({before} items then, {len(place)} now)")
        return CHANGED.format(what="What f computes", how="")


class Snapshot:
    """What some places held at some keys, to be compared with what they hold now."""

    def __init__(self, places: list[Place]) -> None:
        self._held = [(place, items) for place, items in places if items]
        lists = [place for place, items in self._held if is_list_of_these(place, items)]
        self._lists, self._copies = lists, [list(place) for place in lists]
        others = [(place, items) for place, items in self._held if not is_list_of_these(place, items)]
        # of one key, itemgetter gives no tuple
        self._getters = [itemgetter(*items, next(iter(items))) for _, items in others]
        self._places = [place for place, _ in others]
        self._known = [thing for _, items in others for thing in (*items.values(), next(iter(items.values())))]

    def unchanged(self) -> bool:
        """Return whether all is as it was."""
        try:
            if not all(map(eq, self._lists, self._copies)):
                return False
            return all(map(is_, chain.from_iterable(map(call, self._getters, self._places)), self._known))
        except Exception:  # a key is gone, or a class of the user's raises
            return False

    def changed(self) -> list[tuple[Any, Any, Any]]:
        """Return the places and keys where another thing is, and what was there."""
        return [
            (place, key, before)
            for place, items in self._held
            for key, before in items.items()
            if found_at(place, key) is not before
        ]


class Lengths:
    """How many things some places held, to be compared with how many they hold."""

    def __init__(self, places: list[Any]) -> None:
        self._places, self._known = places, list(map(len, places))

    def unchanged(self) -> bool:
        """Return whether all hold as many as they did."""
        return list(map(len, self._places)) == self._known

    def changed(self) -> list[tuple[Any, int]]:
        """Return the places that hold more or fewer, and how many they held."""
        return [(x, n) for x, n in zip(self._places, self._known, strict=True) if len(x) != n]


def is_list_of_these(place: Any, items: dict[Any, Any]) -> bool:
    """Whether a list holds these things only, each of which is equal to itself alone: then == compares all at once."""
    if type(place) is not list or len(place) != len(items):
        return False
    plain: Any = object.__eq__
    return all(type(thing).__eq__ is plain for thing in items.values())


def snapshots(places: list[Place]) -> list[Snapshot]:
    """Return one snapshot of all of these places, or where they hold many things several, each of a part."""
    pieces = [(place, dict(piece)) for place, items in places for piece in pieces_of(list(items.items()))]
    ends = list(accumulate(len(items) for _, items in pieces))
    size = WHOLE if not ends or ends[-1] <= WHOLE else PART
    parts = groupby(zip(ends, pieces, strict=True), lambda pair: (pair[0] - 1) // size)
    return [Snapshot([piece for _, piece in part]) for _, part in parts] or [Snapshot([])]


def pieces_of(items: list[Any]) -> list[list[Any]]:
    """Return a list in pieces of at most PART things."""
    return [items[i : i + PART] for i in range(0, len(items), PART)]


def then_and_now(before: Any, now: Any) -> str:
    """Say what was there and what is, if that is short."""
    plain = isinstance(before, (int, float, str)) and isinstance(now, (int, float, str))
    return f" ({before!r:.40} then, {now!r:.40} now)" if plain else ""
