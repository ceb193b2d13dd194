"""Whether operations are recorded, and the name of what is being computed: `no_grad`, `scope`."""

from contextlib import ContextDecorator

from autograd.refusals import check_scope, no_graph

path = ""  # the modules that are being run, as MLP/layer0/neuron2
recording = True  # False inside `no_grad`


class no_grad(ContextDecorator):
    """Compute without remembering, as `with no_grad():` or `@no_grad()`.

    >>> from autograd import Value
    >>> with no_grad():
    ...     y = Value(3.0) * 2
    >>> y.parents
    ()
    """

    def __init__(self) -> None:
        self._before: list[bool] = []  # a stack, since one object may be entered again inside itself

    def __enter__(self) -> None:
        global recording
        self._before.append(recording)
        recording = False

    def __exit__(self, *error: object) -> None:
        global recording
        recording = self._before.pop()

    def _recreate_cm(self) -> "no_grad":
        return no_grad()  # a decorated function may call itself


class scope(ContextDecorator):
    """Name what is being computed: every Value made meanwhile remembers it, scopes within scopes by their path.

    >>> from autograd import Value
    >>> with scope("model"), scope("layer0"):
    ...     y = Value(3.0) * 2
    >>> y.scope
    'model/layer0'
    """

    def __init__(self, name: str) -> None:
        check_scope(name)
        self.name = name
        self._before: list[str] = []

    def __enter__(self) -> None:
        self._before.append(enter(f"{path}/{self.name}" if path else self.name))

    def __exit__(self, *error: object) -> None:
        enter(self._before.pop())

    def _recreate_cm(self) -> "scope":
        return scope(self.name)


def enter(new: str) -> str:
    """Set the scope to a path, and return the one before: `scope` for those who are in a hurry."""
    global path
    before, path = path, new
    return before


def must_record(caller: str) -> None:
    """Raise GraphError inside no_grad, where there would be no graph to go back on."""
    if not recording:
        raise no_graph(caller)
