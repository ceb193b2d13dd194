"""Module: whatever has parameters, and other modules inside it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from autograd import DataError, Parameter, Value
from nn.checks import few, first
from nn.errors import StateError

WIDEST = 80  # a longer architecture takes a line for each part


class Module:
    """Base class: it finds the parameters among its attributes, in the order in which they were set.

    >>> class Line(Module):
    ...     def __init__(self):
    ...         self.slope, self.height = Parameter(2.0), Parameter(1.0)
    ...     def __call__(self, x):
    ...         return self.slope * x + self.height
    >>> line = Line()
    >>> line(3.0).data, dict(line.named_parameters())["slope"].data
    (7.0, 2.0)
    >>> line
    Line(slope, height)

    Parameters and modules may also stand in lists, tuples and dicts among the attributes. A module of your own needs a
    `__call__`, for one example.
    """

    training = True

    def named_parameters(self, prefix: str = "") -> Iterator[tuple[str, Value]]:
        """Yield each parameter once, with its path: `layers.0.neurons.1.bias`."""
        yield from ((name, leaf) for name, leaf in self.named_state(prefix) if leaf.kind == "parameter")

    def named_state(self, prefix: str = "") -> Iterator[tuple[str, Value]]:
        """Yield each parameter and each other leaf (a running mean, say; PyTorch calls it a buffer) once."""
        seen: set[Value] = set()
        for name, part in walk(self, prefix):
            if isinstance(part, Value) and part.kind in ("parameter", "leaf") and part not in seen:
                seen.add(part)
                yield name, part

    def parameters(self) -> list[Value]:
        """Return the parameters, in order."""
        return [parameter for _, parameter in self.named_parameters()]

    def modules(self) -> Iterator["Module"]:
        """Yield this module and all inside it, each once."""
        yield self
        yield from (part for _, part in walk(self) if isinstance(part, Module))

    def named_children(self) -> Iterator[tuple[str, "Module"]]:
        """Yield the modules directly inside this one, with their paths: `layers.0`, `layers.1`."""
        yield from ((path, part) for path, part in inside(self) if isinstance(part, Module))

    def batch(self, rows: Sequence[Any]) -> list[Any]:
        """Return the outputs for each example of a batch; a module in which examples meet (BatchNorm) has its own way."""
        return [self(row) for row in rows]

    def __call__(self, inputs: Any) -> Any:
        """Return the outputs for the inputs of one example."""
        raise NotImplementedError(f"{type(self).__name__} computes nothing yet: it needs a __call__(self, inputs).")

    def zero_grad(self) -> None:
        """Forget the gradients: None, not 0, as PyTorch does."""
        for parameter in self.parameters():
            parameter.grad = None

    def state_dict(self) -> dict[str, float]:
        """Return the number of each parameter and buffer, by name.

        PyTorch has whole matrices there, `0.weight`: nn.sequential_state_dict(model) returns those.
        """
        return {name: leaf.data for name, leaf in self.named_state()}

    def load_state_dict(self, state: Mapping[str, float]) -> None:
        """Set each parameter and buffer from a dict with the same names; a dict that does not fit changes nothing."""
        if not isinstance(state, Mapping):
            raise DataError(f"A state_dict is a dict of numbers by name, and {few(state)} is none.")
        own = dict(self.named_state())
        missing, strange = [k for k in own if k not in state], [k for k in state if k not in own]
        if missing or strange:
            remedy = "Build the model with the sizes that it was saved with."
            if any(str(name).endswith("weight") and hasattr(state[name], "__len__") for name in strange):
                remedy = "It holds whole matrices, as PyTorch's do: for such there is nn.load_sequential_state_dict(model, state)."
            raise StateError(
                f"This state_dict is not of this {type(self).__name__}, which has {len(own)} numbers; the dict has {len(state)}. "
                f"Missing: {first(missing)}. Unknown: {first(strange)}. {remedy}"
            )
        numbers = {name: Parameter(state[name]).data for name in own}  # all are read before one is set
        for name, parameter in own.items():
            parameter.data = numbers[name]

    def train(self, mode: bool = True) -> "Module":
        """Set this module and all inside it to training (True) or to evaluation (False)."""
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> "Module":
        """Set this module and all inside it to evaluation."""
        return self.train(False)

    def __repr__(self) -> str:
        """Return the architecture: its own parameters, and the modules inside."""
        own = [path for path, part in inside(self) if isinstance(part, Parameter)]
        told = [f"{path}={part!r}" for path, part in self.named_children()]
        return architecture(type(self).__name__, [first(own), *told] if own else told)


def leaves_of(parameters: Any) -> list[Value]:
    """Return a list of parameters, if it is one; a Module is none, but has one."""
    found = list(parameters) if isinstance(parameters, Iterable) else [parameters]
    if isinstance(parameters, Value) or not all(isinstance(p, Value) for p in found):
        raise DataError(f"Here goes a list of parameters, and {few(parameters)} is none. Give model.parameters().")
    return found


def batched(layer: Callable[[Any], Any], rows: Sequence[Any]) -> list[Any]:
    """Return the outputs of a module, or of any function of one example, for each row of a batch."""
    return layer.batch(rows) if isinstance(layer, Module) else [layer(row) for row in rows]


def inside(thing: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the Modules and Values directly inside a module, also in its lists and dicts, with their paths."""
    for key, child in entries(thing):
        path = f"{prefix}.{key}" if prefix else str(key)
        if isinstance(child, (Value, Module)):
            yield path, child
        elif isinstance(child, (list, tuple, Mapping)):
            yield from inside(child, path)


def entries(thing: Any) -> Iterable[tuple[Any, Any]]:
    """Return the attributes of a module, the entries of a dict, the numbered items of a list."""
    if isinstance(thing, Module):
        return vars(thing).items()
    return thing.items() if isinstance(thing, Mapping) else enumerate(thing)


def walk(module: Module, prefix: str = "", seen: set[int] | None = None) -> Iterator[tuple[str, Any]]:
    """Yield the Modules and Values at any depth inside a module, depth first; each module once, even one in a circle."""
    seen = {id(module)} if seen is None else seen
    for path, part in inside(module, prefix):
        if isinstance(part, Value):
            yield path, part
        elif id(part) not in seen:
            seen.add(id(part))
            yield path, part
            yield from walk(part, path, seen)


def architecture(name: str, parts: Sequence[str]) -> str:
    """Return parts in parentheses: on one line if they fit there, else each on its own, as PyTorch shows them.

    >>> print(architecture("Net", ["first=Layer(784 → 128, relu)", "second=Layer(128 → 64, relu)", "third=Layer(64 → 10, softmax)"]))
    Net(
      first=Layer(784 → 128, relu),
      second=Layer(128 → 64, relu),
      third=Layer(64 → 10, softmax),
    )
    """
    line = f"{name}({', '.join(parts)})"
    if len(line) <= WIDEST and "\n" not in line:
        return line
    return "\n".join([f"{name}(", *("  " + part.replace("\n", "\n  ") + "," for part in parts), ")"])
