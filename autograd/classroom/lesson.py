"""A lesson: a question, the code that answers it, the numbers it must reach, notes pinned to events, and exercises."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from autograd.classroom.exercise import Exercise, GradientOf
from autograd.explain.events import Chain, Event
from autograd.explain.stepper import steps
from autograd.functions import grad
from autograd.graph import names, topological_order
from autograd.value import Value

Story = Iterator["str | Event"]


@dataclass(frozen=True)
class Note:
    """A remark that belongs after one event, named by its key: `chain z→w`."""

    after: str
    text: str


@dataclass(frozen=True)
class Lesson:
    """One lesson, told in the terminal, drawn, played and tested from the same data.

    `build` makes the graph; its source is what is shown. `tell` yields texts and events in the order of the story; a
    text that begins with "# " is a heading. `numbers` are those it must reach, and `measure` computes them. `plot` returns a
    matplotlib figure, where people would rather look than read.
    """

    slug: str
    title: str
    document: str
    question: str
    build: Callable[[], Value]
    tell: Callable[["Lesson"], Story]
    numbers: Mapping[str, float]
    measure: Callable[["Lesson"], Mapping[str, float]]
    notes: tuple[Note, ...] = ()
    exercises: tuple[Exercise | GradientOf, ...] = ()
    plot: Callable[[], Any] | None = field(default=None, repr=False)

    def story(self) -> Story:
        """Yield the texts and events, each note after its event."""
        notes = {note.after: note.text for note in self.notes}
        for item in self.tell(self):
            yield item
            if isinstance(item, Event) and item.key in notes:
                yield notes.pop(item.key)

    def events(self) -> list[Event]:
        """Return the events alone."""
        return [item for item in self.tell(self) if isinstance(item, Event)]


def passes(root: Value, about: Collection[str] = ()) -> Story:
    """Yield both passes of a graph under their headings.

    Where `about` names nodes, the backward pass is told at these alone, at the root, and at nodes without a label.
    """
    phase = ""
    for event in steps(root):
        if event.phase != phase:
            phase = event.phase
            yield f"# {phase.capitalize()}"
        if not about or phase == "forward" or receiver(event).label in {*about, root.label, ""}:
            yield event


def receiver(event: Event) -> Value:
    """Return the node that an event does something to."""
    return event.parent if isinstance(event, Chain) else event.node


def measured(root: Value) -> dict[str, float]:
    """Return the value of each labelled node, and the root's gradient with respect to it."""
    order = topological_order(root)
    labelled = {name: node for node, name in names(order).items() if node.label}
    gradients = grad(root, list(labelled.values()))
    return {name: node.data for name, node in labelled.items()} | {
        f"∂{root.label}/∂{name}": gradient for name, gradient in zip(labelled, gradients, strict=True)
    }
