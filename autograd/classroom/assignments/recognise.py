"""Name the mistakes that an engine makes, from what its programs gave: never from its source."""

import itertools
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from types import CodeType
from typing import Any

from autograd.classroom.assignments.faults import Change, Fault
from autograd.classroom.assignments.probes import Probe
from autograd.classroom.assignments.rule_faults import FAULTS
from autograd.classroom.assignments.runner import Outcome
from autograd.classroom.assignments.simulator import (
    DEPENDS,
    MADE_OF,
    NUMBER_FORMS,
    Engine,
    RefusedError,
    SimulatedNode,
    under,
)

RELATIVE, ABSOLUTE = 1e-4, 1e-6  # what 32-bit numbers leave
MOST_MISTAKES = 6
Prediction = tuple[Any, ...] | None
RIGHT = Engine()
MASKS = 8
LONGEST_SEARCH = 10.0  # seconds of this process


@dataclass(frozen=True)
class Named:
    """A mistake that was recognised, and others that would give the same numbers."""

    fault: Fault
    others: tuple[Fault, ...] = ()
    explains: frozenset[int] = frozenset()


def predicted(engine: Engine, program: Probe) -> Prediction:
    """Return what a simulated engine gives for a program, None where it stops.

    >>> predicted(RIGHT, Probe(6, ("x = Value(3.0)", "y = x * x", "y.backward()"), ("x.grad",)))
    (6.0,)
    """
    lines, asks = compiled(program)
    space: dict[str, Any] = {"Value": engine.leaf, "zero_all": zero_all}
    try:
        for line in lines:
            exec(line, space)  # noqa: S102
        return tuple(shown(eval(ask, space), ask_text) for ask, ask_text in zip(asks, program.asks, strict=True))
    except (RefusedError, ArithmeticError, ValueError, RecursionError, TypeError):
        return None


@lru_cache(1000)
def compiled(program: Probe) -> tuple[tuple[CodeType, ...], tuple[CodeType, ...]]:
    """Return a program's lines and questions, compiled; a node is asked for the sort of its gradient with it."""
    asks = tuple(ask.removesuffix(".grad") for ask in program.asks)
    return (
        tuple(compile(line, "<program>", "exec") for line in program.lines),
        tuple(compile(ask, "<program>", "eval") for ask in asks),
    )


def shown(thing: Any, ask: str) -> Any:
    """Return a number, or how the student's process writes a node."""
    if isinstance(thing, SimulatedNode):
        return {"node": thing.grad} if thing.grad_is_node else thing.grad
    return float(thing)


def zero_all(root: SimulatedNode) -> None:
    """Set every gradient under a root to zero."""
    for node in under(root):
        node.grad, node.grad_is_node, node.arrived = 0.0, False, 0


def agrees(outcome: Outcome, prediction: Prediction) -> bool:
    """Return whether what was seen is what was predicted."""
    if outcome.asked is None or prediction is None:
        return outcome.asked is None and prediction is None and outcome.raised is not None
    return all(same(seen, wanted) for seen, wanted in zip(outcome.asked, prediction, strict=True))


def same(seen: Any, wanted: Any) -> bool:
    """Return whether two numbers agree; a gradient that was never set counts as 0."""
    if isinstance(seen, dict) or isinstance(wanted, dict):
        return isinstance(seen, dict) and isinstance(wanted, dict) and "node" in seen and "node" in wanted
    seen = 0.0 if seen is None else seen
    return isinstance(seen, float) and math.isclose(seen, wanted, rel_tol=RELATIVE, abs_tol=ABSOLUTE)


@lru_cache(10_000)
def ways(needs: tuple[str, ...]) -> tuple[dict[str, str], ...]:
    """Return the ways in which engines make the operations of a program, the plainest first."""
    involved = list(dict.fromkeys(op for need in needs for op in (need, *NUMBER_FORMS.get(need, ())[:1])))
    if "div" in involved or "div_left" in involved:
        involved.append("pow_number")
    if {"sub", "sub_left"} & set(involved):
        involved.append("neg")
    involved += [plain for left, plain in (("div_left", "mul_left"), ("sub_left", "add_left")) if left in involved]
    choices = [
        ["", *(way for way in MADE_OF.get(op, ()) if op != "pow"), *(["own"] if op in NUMBER_FORMS else [])]
        for op in involved
    ]
    made = (dict(zip(involved, choice, strict=True)) for choice in itertools.product(*choices))
    return tuple(way for way in made if (way.get("neg"), way.get("sub")) != ("sub", "neg"))  # each of the other: no end


def merged(changes: Sequence[Change]) -> Engine:
    """Return an engine with several changes; of two that disagree the later holds."""
    engine = RIGHT
    for change in changes:
        new = dict(change)
        for place in fields(Engine):
            old = getattr(engine, place.name)
            if place.name in new and isinstance(old, Mapping):
                new[place.name] = {**old, **new[place.name]}
            elif place.name in new and isinstance(old, frozenset):
                new[place.name] = old | new[place.name]
        engine = replace(engine, **new)
    return engine


@dataclass(frozen=True)
class Tried:
    """A mistake that was tried: which wrong programs are explained with it, and how many of them to the number."""

    now: set[int]
    exactly: int
    fault: Fault
    change: Change

    def rank(self) -> tuple[int, int]:
        """Return how much is explained."""
        return len(self.now), self.exactly


@dataclass
class ProbeGroup:
    """The programs that use the same operations, by number: those that gave the right numbers, and those that did not."""

    needs: tuple[str, ...]
    right: list[int]
    wrong: list[int]

    @property
    def involved(self) -> set[str]:
        """The operations that an engine may use for these programs."""
        named = {op for need in self.needs for op in (need, *NUMBER_FORMS.get(need, ())[:1])}
        return {"add", "mul", *named}.union(*(DEPENDS.get(str(op), frozenset()) for op in named))


class Search:
    """The search for the mistakes whose predictions are what was seen."""

    def __init__(self, programs: Sequence[Probe], outcomes: Sequence[Outcome]) -> None:
        judged = [(p, o) for p, o in zip(programs, outcomes, strict=True) if not (o.skipped or o.lacks)]
        self.judged = [(p, o, predicted(RIGHT, p)) for p, o in judged]
        self.wrong = [i for i, (_, o, right) in enumerate(self.judged) if not agrees(o, right)]
        groups: dict[tuple[str, ...], ProbeGroup] = {}
        for i, (program, outcome, right) in enumerate(self.judged):
            group = groups.setdefault(program.needs, ProbeGroup(program.needs, [], []))
            (group.right if agrees(outcome, right) else group.wrong).append(i)
        self.groups = list(groups.values())
        self.until = time.process_time() + LONGEST_SEARCH

    def gives(self, engine: Engine, i: int) -> bool:
        """Return whether an engine gives what program i gave, in whatever order it goes where the order is free."""
        program, outcome, _ = self.judged[i]
        return any(agrees(outcome, predicted(ordered, program)) for ordered in orders(engine))

    def explained(self, engine: Engine, group: ProbeGroup) -> set[int] | None:
        """Return the wrong programs of a group that an engine explains; None where it spoils the right ones."""
        best: set[int] | None = None
        for way in ways(group.needs):
            made = replace(engine, made_of={**way, **engine.made_of})
            if all(self.gives(made, i) for i in group.right):
                found = {i for i in group.wrong if self.gives(made, i)}
                best = found if best is None or len(found) > len(best) else best
                if len(found) == len(group.wrong):
                    break
        return best

    def tried(self, chosen: Sequence[Change], fault: Fault, change: Change, known: set[int]) -> Tried | None:
        """Return the wrong programs that are explained with one change more; None where it explains no more or spoils some.

        Where a mistake is in the pass as a whole, + and × decide. Other operations may be made of these in ways that nobody
        foresees: a program that the mistake disturbs counts as explained.
        """
        groups = self.concerned(fault)
        first = [group for group in groups if not group.needs or group.needs[0] in fault.ops]
        if not any(i not in known for group in first for i in group.wrong):
            return None
        engine, now, exactly = merged([*chosen, change]), set(known), 0
        for group in (*first, *(group for group in groups if group not in first)):
            whole = not fault.ops and group.needs != ()
            found = self.explained(engine, group)
            exactly += len(found or ())
            if whole and (found is None or len(found) < len(group.wrong)):
                found = self.disturbed(engine, group)
            if found is None or not found | now >= known & set(group.wrong):
                return None
            now |= found
            if group is first[-1] and (now == known or not self.whole_of(fault, first, now)):
                return None  # it explains nothing where it shows first, or only a part
        return Tried(now, exactly, fault, change)

    def whole_of(self, fault: Fault, first: Sequence[ProbeGroup], now: set[int]) -> bool:
        """Return whether all that is wrong with an operation is explained; a power may well be wrong in two ways."""
        alone = [group for group in first if group.needs and not group.needs[0].startswith("pow")]
        return now >= {i for group in alone for i in group.wrong}

    def concerned(self, fault: Fault) -> list[ProbeGroup]:
        """Return the groups of programs in which a mistake may show."""
        return [group for group in self.groups if not fault.ops or group.involved & set(fault.ops)]

    def disturbed(self, engine: Engine, group: ProbeGroup) -> set[int]:
        """Return the wrong programs of a group for which an engine does not give what is right, however it is made."""
        found = set()
        for i in group.wrong:
            program, _, right = self.judged[i]
            made = (predicted(replace(engine, made_of={**way, **engine.made_of}), program) for way in ways(group.needs))
            if any(prediction != right for prediction in made):
                found.add(i)
        return found

    def candidates(self, chosen: Sequence[Change], known: set[int]) -> Iterator[Tried]:
        """Yield each mistake that explains more and spoils nothing, with all that is explained then."""
        for fault in FAULTS:
            if time.process_time() > self.until:
                return
            found = [t for change in fault.changes if (t := self.tried(chosen, fault, change, known))]
            if found:
                best = max(found, key=Tried.rank)
                yield best
                if not fault.ops and best.exactly == len(self.wrong):
                    return  # nothing is left that a mistake in one operation could explain better

    def named(self) -> tuple[list[Named], list[int]]:
        """Return the mistakes, and the numbers of the judged programs that no mistake explains."""
        chosen: list[Change] = []
        names: list[Named] = []
        known: set[int] = set()
        while len(known) < len(self.wrong) and len(names) < MOST_MISTAKES:
            found = sorted(self.candidates(chosen, known), key=Tried.rank, reverse=True)
            if not found:
                break
            best = found[0]
            others = tuple(other.fault for other in found[1:] if other.rank() == best.rank() and other.now == best.now)
            names.append(Named(best.fault, others, frozenset(best.now - known)))
            chosen.append(best.change)
            known = best.now
        return names, [i for i in self.wrong if i not in known]


def orders(engine: Engine) -> Iterator[Engine]:
    """Yield an engine as it is; where the order matters that the mistake leaves free, also with the other orders."""
    yield engine
    free = engine.assigned or engine.products or engine.uneven
    if engine.walk != "topological" or engine.keeps.startswith("on ") or free:
        for mask, once in itertools.product(range(MASKS), (False, True)):
            yield replace(engine, mask=mask, once=once)
    if free and engine.walk == "topological":
        for walk, mask in (
            ("as made", 0),
            ("paths", 0),
            ("paths", MASKS - 1),
            ("topological", 0),
            ("topological", MASKS - 1),
        ):
            yield replace(engine, walk=walk, mask=mask, other_first=True)
            yield replace(engine, walk=walk, mask=mask)
