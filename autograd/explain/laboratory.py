"""How a mistake is made on purpose: a wrong backward pass is run beside the right one, and the two are compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import wraps

from autograd.explain.events import Chain, Event, Names
from autograd.explain.stepper import backward, chains, order_of, snapshot
from autograd.graph import uses
from autograd.value import Value

Algorithm = Callable[..., Iterator[Chain]]  # takes a topological order and the names of its nodes
Experiment = Callable[..., "Mistake"]  # takes a root
BY_NAME: dict[str, Experiment] = {}  # the experiment that makes the mistake of each name


@dataclass(frozen=True)
class Mistake:
    """What a wrong backward pass computes on a graph.

    `first` is the first event that the right pass does not have, and None where the mistake makes no difference.
    `taken` is what the wrong pass does at each node and operand.
    """

    name: str
    when: str
    why: str
    gradients: dict[Value, float] = field(repr=False, default_factory=dict)
    first: Chain | None = None
    taken: dict[tuple[Value, int], Chain] = field(repr=False, default_factory=dict)


def experiment(
    name: str, when: str | Callable[..., str], why: str, seed: float = 1.0
) -> Callable[[Algorithm], Experiment]:
    """Make of a wrong backward pass a function that runs it on a root, beside the right one.

    The function hands its options on to the algorithm, and to `when` where that depends on them. It also takes `names`, for
    the numbers of an earlier moment.
    """

    def decorated(algorithm: Algorithm) -> Experiment:
        @wraps(algorithm)
        def run(root: Value, *options: float, names: Names | None = None, **named: float) -> Mistake:
            order = order_of("this mistake", root, names)
            moment = names or snapshot(order)
            events = list(algorithm(order, moment, *options, **named))
            sentence = when if isinstance(when, str) else when(*options, **named)
            return compared(Mistake(name, sentence, why), order, moment, events, seed)

        BY_NAME[name] = run
        return run

    return decorated


def compared(mistake: Mistake, order: list[Value], names: Names, events: list[Chain], seed: float) -> Mistake:
    """Return a mistake with its gradients and its first wrong event: its events beside those of the right pass."""
    root = order[-1]
    right = [event for event in backward(order, names) if isinstance(event, Chain)]
    gradients, taken = final(events, {root: seed}), {(chain.node, chain.operand): chain for chain in events}
    astray = (taken.get((e.node, e.operand), e) for e in right if taken.get((e.node, e.operand)) != e)
    early = (event for event in events if event.upstream != gradients[event.node])  # not all uses had contributed
    harmless = gradients == final(right, {root: 1.0})
    first = None if harmless else next(early, None) or next(astray, None)
    return replace(mistake, gradients=gradients, first=first, taken=taken)


def final(events: Iterable[Event], start: dict[Value, float] | None = None) -> dict[Value, float]:
    """Return the gradient that each node has after the events."""
    return (start or {}) | {event.parent: event.after for event in events if isinstance(event, Chain)}


def whole_pass(order: list[Value], names: Names, gradients: dict[Value, float]) -> Iterator[Chain]:
    """Do a right backward pass that starts from these gradients."""
    return chains(uses(order[-1]), order[-1], gradients, names)
