"""play: both passes in a browser, one event at a time, in one file that needs nothing else.

The page asks no network for anything: what it shows is worked out in page_data.py, its graph is the picture that `draw` makes
too, and page.py puts it together with template.html, style.css and the scripts. What the page shows at an event is made in one
place, script/state.js, and everything else reads it there. live.py adds what the page needs to compute: the rows of the table as
JavaScript (javascript.py), and the sentences as templates (templates.py).
"""

from __future__ import annotations

import tempfile
import webbrowser
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Literal, overload

from autograd.classroom.lesson import Lesson, as_lesson
from autograd.classroom.trainable import Model, Numbers, Trainable
from autograd.errors import DataError, FileError, GraphError
from autograd.explain.events import Event
from autograd.explain.stepper import count_steps, steps
from autograd.file_io import file_path, write_file
from autograd.pictures.texts import clean
from autograd.player.live import alive, deciding_line, rows_used
from autograd.player.page import Besides, embedded, page, zipped
from autograd.player.page_data import gather
from autograd.player.paper_and_plot import paper_of, plot_of
from autograd.player.still import in_notebook, still
from autograd.player.training_data import Training
from autograd.player.widget import LivePlayer, live_player
from autograd.value import Value

MOST_EVENTS = 20_000
MOST_ON_PAPER = 600  # events of a page that has its handout in it


@dataclass(frozen=True)
class Player:
    """A page on which events are played: to save, to open, or to show in a notebook."""

    title: str
    html: str = field(repr=False)
    rows: list[list[str]] = field(repr=False)
    picture: str = field(repr=False)  # a still one, as SVG

    def save(self, path: str | Path) -> Path:
        """Write the page into one file, named .html or .htm, and return its path.

        Raises FileError for another suffix, and for a file that cannot be written.
        """
        target = file_path(path)
        if target.suffix.lower() not in (".html", ".htm"):
            raise FileError(
                f"{str(path)!r} is no name for a page: a browser opens .html. Try {str(target.with_suffix('.html')) if target.name else 'lesson.html'!r}."
            )
        return write_file(target, self.html)

    def open(self) -> Path:
        """Write the page into a temporary file, open it in a browser, and return its path."""
        with tempfile.NamedTemporaryFile("w", suffix=".html", delete=False, encoding="utf-8") as file:
            file.write(self.html)
        webbrowser.open(Path(file.name).as_uri())
        return Path(file.name)

    def _repr_html_(self) -> str:
        """Return the page in a sandbox for a notebook, over its still picture."""
        return in_notebook(self.html, self.title, self.picture, self.rows)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Return the page for a notebook, its still picture, and a line for where neither is shown."""
        shown = {"text/html": self._repr_html_(), "text/plain": repr(self)}
        return shown | ({"image/svg+xml": self.picture} if self.picture else {})

    def __repr__(self) -> str:
        """Say what it is, and how to see it."""
        return f"<Player: {self.title}. To play it: .open(), or .save('lesson.html'), or a notebook.>"


@overload
def play(
    root: Value | Lesson | Model | Iterable[Event],
    *,
    title: str = "",
    quiz: bool = False,
    data: Sequence[tuple[Numbers, Numbers]] | None = None,
    loss: Callable[..., Value] | None = None,
    live: Literal[False] = False,
) -> Player: ...
@overload
def play(
    root: Value | Lesson | Model | Iterable[Event], *, title: str = "", quiz: bool = False,
    data: Sequence[tuple[Numbers, Numbers]] | None = None, loss: Callable[..., Value] | None = None, live: Literal[True],
) -> LivePlayer: ...  # fmt: skip
def play(
    root: Value | Lesson | Model | Iterable[Event],
    *,
    title: str = "",
    quiz: bool = False,
    data: Sequence[tuple[Numbers, Numbers]] | None = None,
    loss: Callable[..., Value] | None = None,
    live: bool = False,
) -> Player | LivePlayer:
    """Return a page on which the passes are played, forward and back, one event at a time.

    >>> x = Value(3.0, "x")
    >>> y = x * x; y.label = "y"
    >>> player = play(y)
    >>> player.title, "<script" in player.html, player.rows[0]
    ('y, forward and backward', True, ['0', 'y is computed from x and x, and is 9.', 'y = x·x = 3·3 = 9'])

    `root` is the Value at the end of a computation, a function that builds one, a Lesson, or a list of events: those of `phases`, say, to go through
    training step by step. With `quiz` the page asks for each contribution before it shows it.

    With `data` and `loss` the root is a model, an nn.Module or a function, and the page trains it: `play(model, data=xor(), loss=mse_loss)`.
    `data` are pairs (inputs, target); `loss(model(inputs), target)` is the loss of one example, a function of nn.losses or your own.

    With `live`, in a notebook, `w = play(root, live=True)` is a widget: the numbers changed in the page are in `w.values`, by name, and
    those put there are in the page. It needs the package anywidget.
    Raises GraphError for anything else, and for more than 20,000 events; DataError where model, data and loss do not go together.
    """
    trained = Training(wanted(root, data, loss))
    own = trained.example if data is not None or loss is not None else None
    head, events, texts = played(own.root if own else root)
    check_count(len(events))
    told, pictures = gather(events, texts, head["lesson"], head["source"])
    computes, table = alive(events, trained.refused if own else decides(root))
    shown = beside(own.root if own else root, events, title, head["title"], quiz)
    title = title or (f"Training {named(root)}" if own else head["title"])
    whole = {
        "title": title,
        "question": head["question"],
        "quiz": quiz,
        **told,
        "live": computes,
        "training": trained.data,
    }
    whole["formulas"] = formulas(root)
    if not own:
        also = () if computes["refused"] else rows_used(events)
        network, rows_of_both = trained.network(also, len(told["graphs"]))
        whole["network"], table = zipped(embedded(network)) if network else None, rows_of_both or table
    rows = [[str(k), event.words, event.lines[-1]] for k, event in enumerate(events)]
    html = page(whole, pictures, f"{table}\n{trained.script}", shown)
    if live:
        return live_player(html, clean(title), leaf_numbers_of(events[0]))
    return Player(clean(title), html, rows, shown.still)


def leaf_numbers_of(event: Event) -> dict[str, float]:
    """Return the numbers of the leaves at an event, by name."""
    return {expr.label: expr.data for node, expr in event.names.items() if not node.op and node.kind != "constant"}


def formulas(root: Any) -> dict[str, tuple[str, ...]]:
    """Return the formulas that a lesson defines: for the text of each, its lines as MathML."""
    found = root.definitions() if isinstance(root, Lesson) else []
    return {definition.texts[-1]: definition.mathml for definition in found if definition.tex}


def wanted(root: Any, data: Any, loss: Any) -> Trainable | None:
    """Return what the page trains: what is given, or the lesson's own; None if there is nothing."""
    if data is None and loss is None:
        return root.training() if isinstance(root, Lesson) and root.training else None
    if isinstance(root, (Value, Lesson)) or not callable(root):
        raise DataError(
            f"With data and loss, play takes a model to call, and {root!r} is not one. Give an nn.Module, or a function of the inputs."
        )
    if data is None or loss is None:
        raise DataError(
            "To train, a page needs data and a loss: play(model, data=[([0, 1], 1), ([1, 1], 0)], loss=nn.mse_loss)."
        )
    if not callable(loss):
        raise DataError(
            f"A loss is a function of the model's output and the target, and {loss!r} is not one. Give nn.mse_loss, say."
        )
    return Trainable(root, data, loss, answer=sigmoids if takes_logits(loss) else None)


def takes_logits(loss: Any) -> bool:
    """Whether a loss is that of one logit, whose sigmoid is the answer."""
    return str(getattr(getattr(loss, "func", loss), "__name__", "")).endswith("with_logits")


def sigmoids(logits: list[Value]) -> list[Value]:
    """Return the probabilities that logits stand for."""
    return [z.sigmoid() for z in logits]


def named(model: Any) -> str:
    """Return what a model is called."""
    return getattr(model, "__name__", repr(model))


def beside(root: Any, events: list[Event], title: str, head: str, quiz: bool) -> Besides:
    """Return what stands in the page besides its events: a list of events has no handout, and too long a lesson has none on paper."""
    if callable(root):  # it may build another graph each time: the handout is about the one that is played
        *_, root = events[0].names
        title = title or head
    lesson = as_lesson(root, title) if isinstance(root, (Lesson, Value)) else None
    paper = paper_of(lesson) if lesson and len(events) <= MOST_ON_PAPER else ("", "")
    return Besides(still(events, quiz), *paper, plot_of(lesson) if lesson else "")


def decides(root: Any) -> str:
    """Say where what builds the graph lets Python decide by a number; a graph that is given as it is has nothing to say."""
    return (
        deciding_line(root.build if isinstance(root, Lesson) else root)
        if callable(root) or isinstance(root, Lesson)
        else ""
    )


def check_count(count: int) -> None:
    """Raise GraphError for more events than a page can show; it is asked before they are made."""
    if count > MOST_EVENTS:
        raise GraphError(
            f"This stream has more than {MOST_EVENTS:,} events, and a page for a class has so many at the most. Play a smaller batch, or fewer rounds."
        )


def played(root: Any) -> tuple[dict[str, str], list[Event], dict[int, list[str]]]:
    """Return what is played: a head, events, and the texts after each of them."""
    if callable(root):
        root = as_lesson(root)
    if isinstance(root, Lesson):
        head = {"title": root.title, "question": root.question, "lesson": root.slug, "source": root.code}
        return head, *split(root.story())
    if isinstance(root, Value):
        check_count(count_steps(root, MOST_EVENTS + 1))
        root = steps(root)
    events = list(islice(root, MOST_EVENTS + 1)) if isinstance(root, Iterable) else []
    if not events or not all(isinstance(event, Event) for event in events):
        raise GraphError(
            "play takes the Value at the end of a computation, a function that builds it, a lesson, or a list of events, "
            f"and {root!r} is not one of them. Give it the loss itself."
        )
    *_, end = events[-1].names.values()
    rounds = events[-1].round + 1
    trained = f"Training, {rounds} steps" if rounds > 1 else f"{end.label}, forward and backward"
    return {"title": trained, "question": "", "lesson": "", "source": ""}, events, {}


def split(story: Iterable[str | Event]) -> tuple[list[Event], dict[int, list[str]]]:
    """Return a story's events, and its texts by the number of the event that they follow."""
    events: list[Event] = []
    texts: dict[int, list[str]] = {}
    for item in story:
        if isinstance(item, Event):
            events.append(item)
        elif not item.startswith("# "):
            texts.setdefault(len(events) - 1, []).append(item)
    return events, texts
