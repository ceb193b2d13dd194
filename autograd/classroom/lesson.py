"""A lesson: a question, the code that answers it, the numbers it must reach, notes pinned to events, and exercises."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from inspect import getsource, signature
from pathlib import Path
from typing import Protocol, cast

from autograd.classroom.claim import Claim
from autograd.classroom.definition import Definition
from autograd.classroom.exercise import Exercise, GradientOf
from autograd.classroom.trainable import Trainable
from autograd.errors import DataError
from autograd.explain.events import Chain, Event
from autograd.explain.stepper import steps
from autograd.functions import grad
from autograd.graph import names, printable, topological_order
from autograd.value import Value

Story = Iterator["str | Event"]  # what is shown
Told = Iterator["str | Event | Claim | Definition"]  # what a lesson tells
MOST_QUESTIONS = 10  # of a lesson that states none


class Figure(Protocol):
    """What a plot returns: a matplotlib figure, or anything else that can be saved."""

    def savefig(self, fname: Path) -> object:
        """Write the figure to a file."""


@dataclass(frozen=True)
class Note:
    """A remark that belongs after one event, named by its key: `chain z→w`."""

    after: str
    text: str


def both_passes(lesson: "Lesson") -> Story:
    """Yield both passes of a lesson's graph, as a lesson is told that says nothing else."""
    return passes(lesson.build())


def labelled_numbers(lesson: "Lesson") -> Mapping[str, float]:
    """Return the value and the gradient of each labelled node of a lesson's graph."""
    return measured(lesson.build())


@dataclass(frozen=True, eq=False)
class Lesson:
    """One lesson: shown on the terminal, drawn, played and tested from the same data.

    A title and `build`, which makes the graph, are enough:

    >>> from autograd import Parameter
    >>> def build():
    ...     w, x = Parameter(3.0, "w"), Value(2.0, "x")
    ...     y = w * x; y.label = "y"
    ...     return y
    >>> lesson = Lesson("My first graph", build)
    >>> lesson.slug, [exercise.question for exercise in lesson.exercises]
    ('my-first-graph', ['What is ∂y/∂w?', 'What is ∂y/∂x?'])

    The source of `build` is what is shown as code. `tell` yields texts and events in the order of the story; a text that
    begins with "# " is a heading, and a sentence that names a cause is a Claim. `numbers` are those it must reach, and
    `measure` computes them. `plot` returns a matplotlib figure, for lessons that have one, and `training` what
    the page trains, for lessons with data.
    Without `exercises` it asks for the gradient of each leaf.
    """

    title: str
    build: Callable[[], Value]
    slug: str = ""
    document: str = ""
    question: str = ""
    tell: Callable[["Lesson"], Told] = field(default=both_passes, repr=False)
    numbers: Mapping[str, float] = field(default_factory=dict)
    measure: Callable[["Lesson"], Mapping[str, float]] = field(default=labelled_numbers, repr=False)
    notes: tuple[Note, ...] = ()
    exercises: tuple[Exercise | GradientOf, ...] = None  # type: ignore[assignment]
    plot: Callable[[], Figure] | None = field(default=None, repr=False)
    training: Callable[[], Trainable] | None = field(default=None, repr=False)
    source: str = field(default="", repr=False)
    original: Callable[[], Value] | None = field(
        default=None, repr=False
    )  # builds the graph before a seed drew other numbers

    def __post_init__(self) -> None:
        if not self.slug:
            object.__setattr__(self, "slug", slug_of(self.title))
        if self.exercises is None:
            object.__setattr__(self, "exercises", gradient_questions(self.build))

    @property
    def code(self) -> str:
        """The source of the computation, if there is one to show."""
        if self.source:
            return self.source
        try:
            return getsource(self.build)
        except (OSError, TypeError):
            return ""

    def story(self) -> Story:
        """Yield the texts and events, each note after its event."""
        notes = {note.after: note.text for note in self.notes}
        for item in self.tell(self):
            if isinstance(item, Definition):
                yield from item.texts
            else:
                yield item.text if isinstance(item, Claim) else item
            if isinstance(item, Event) and item.key in notes:
                yield notes.pop(item.key)

    def events(self) -> list[Event]:
        """Return the events without the texts."""
        return [item for item in self.tell(self) if isinstance(item, Event)]

    def claims(self) -> list[Claim]:
        """Return what it says of causes."""
        return [item for item in self.tell(self) if isinstance(item, Claim)]

    def definitions(self) -> list[Definition]:
        """Return the words that it defines."""
        return [item for item in self.tell(self) if isinstance(item, Definition)]


def as_lesson(thing: object, title: str = "") -> Lesson:
    """Return a Lesson as it is; a Value, or a function that builds a graph, as a lesson about that graph.

    >>> as_lesson(Value(3.0, "x") * 2).title
    'A graph'

    Raises DataError for anything else.
    """
    if isinstance(thing, Lesson):
        return thing
    if isinstance(thing, Value):
        return Lesson(title or printable(thing.label) or "A graph", again(thing))
    if not callable(thing):
        raise DataError(
            f"Neither a Value, nor a function that builds one, nor a Lesson: {shortened(thing)}. Give the root of the graph, the loss say."
        )
    return Lesson(title or getattr(thing, "__name__", "A graph"), checked(thing))


def again(root: Value) -> Callable[[], Value]:
    """Return a function that returns this graph, as it is now."""
    return lambda: root


def checked(build: Callable[..., object]) -> Callable[[], Value]:
    """Return the function, if a call of it without arguments gives a Value; else raise DataError."""
    name = getattr(build, "__name__", "build")
    try:
        signature(build).bind()
    except TypeError:
        raise DataError(
            f"{name} needs arguments, and a graph is built without: give each a default, w=3.0 say."
        ) from None
    except ValueError:  # a built-in, which has no signature
        pass
    made = build()
    if not isinstance(made, Value):
        forgot = " Did it forget its return?" if made is None else ""
        raise DataError(f"{name}() returned {shortened(made)}, and a graph ends in one Value.{forgot}")
    return cast(Callable[[], Value], build)


def shortened(thing: object) -> str:
    """Return how a thing is written, or the beginning of it."""
    text = repr(thing)
    return text if len(text) <= 60 else f"{text[:57]}…"


def slug_of(title: str) -> str:
    """Return a title as a name for commands and files.

    >>> slug_of("My first graph!"), slug_of("?")
    ('my-first-graph', 'lesson')
    """
    return "-".join(re.findall(r"\w+", title.casefold())) or "lesson"


def gradient_questions(build: Callable[[], Value]) -> tuple[GradientOf, ...]:
    """Return the question for the gradient of each leaf, parameters first, at most ten."""
    order = topological_order(checked(build)())
    named = names(order)
    leaves = [node for node in order if node.op is None and node.kind != "constant"]
    leaves.sort(key=lambda leaf: leaf.kind != "parameter")
    return tuple(GradientOf(build, named[leaf]) for leaf in leaves[:MOST_QUESTIONS])


def passes(root: Value, about: Collection[str] = ()) -> Story:
    """Yield both passes of a graph under their headings.

    Where `about` names nodes, the backward pass is shown only at these, at the root, and at nodes without a label.
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
