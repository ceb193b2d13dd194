"""Module: whatever has parameters, and other modules inside it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from autograd import DataError, Parameter, Value
from autograd.replay import CountsEdits
from nn.checks import few, first
from nn.errors import StateError

WIDEST = 80  # a longer architecture takes a line for each part


class Module(CountsEdits):
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
    _place = ""  # what the module that holds it calls it; what it computes is in the scope of that name

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if isinstance(value, Module):
            value._place = name

    def named_parameters(self, prefix: str = "") -> Iterator[tuple[str, Value]]:
        """Yield each parameter once, with its path: `layers.0.neurons.1.bias`."""
        yield from ((name, leaf) for name, leaf in self.named_state(prefix) if leaf.kind == "parameter")

    def named_state(self, prefix: str = "") -> Iterator[tuple[str, Value]]:
        """Yield each parameter and each other leaf (a running mean, say; PyTorch calls it a buffer) once."""
        seen: set[Value] = set()
        for name, part in walk(self, prefix):
            if isinstance(part, Value) and saved_kind(part) and part not in seen:
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
        hint = " Its forward is called __call__ here." if hasattr(self, "forward") else ""
        raise NotImplementedError(
            f"{type(self).__name__} computes nothing yet: it needs a __call__(self, inputs).{hint}"
        )

    def zero_grad(self) -> None:
        """Forget the gradients: None, not 0, as PyTorch does."""
        for parameter in self.parameters():
            parameter.grad = None

    def saved(self) -> Iterator[tuple[str, Any]]:
        """Yield what a state_dict holds of this module, by PyTorch's names: leaves, nested lists of leaves, modules."""
        yield from ((path, part) for path, part in inside(self) if not isinstance(part, Value) or saved_kind(part))

    def state_dict(self) -> dict[str, Any]:
        """Return the numbers of all parameters and buffers, in the names and shapes that PyTorch gives them.

        >>> from nn import MLP
        >>> MLP(2, [2, 1], weights=[[[1, 2], [3, 4]], [[5, 6]]]).state_dict()
        {'0.weight': [[1.0, 2.0], [3.0, 4.0]], '0.bias': [0.0, 0.0], '2.weight': [[5.0, 6.0]], '2.bias': [0.0]}

        A layer's weight has the shape (out, in), a row for each neuron; 1 is the activation between the layers, which has no
        weights. The lists are copies; nn.sequential_state_dict has NumPy arrays.
        """
        return {name: numbers_in(leaves) for name, leaves in saved_in(self)}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Set each parameter and buffer from a dict of the same names and shapes; one that does not fit changes nothing.

        The numbers may be in lists, or in arrays of NumPy or PyTorch. Raises StateError.
        """
        if not isinstance(state, Mapping):
            raise DataError(f"A state_dict is a dict of numbers by name, and {few(state)} is none.")
        own = dict(saved_in(self))
        given = {name: lists(numbers) for name, numbers in state.items() if not counter(name)}
        missing, strange = [k for k in own if k not in given], [k for k in given if k not in own]
        if missing or strange:
            raise StateError(
                f"This state_dict is not of this {type(self).__name__}, which has {len(own)} entries; the dict has {len(given)}. "
                f"Missing: {first(missing)}. Unknown: {first(strange)}. Build the model with the sizes that it was saved with."
            )
        for name, leaves in own.items():
            if shape(given[name]) != shape(leaves) or len(flat(given[name])) != len(flat(leaves)):
                raise StateError(
                    f"{name} has the shape {shape(leaves)} in this {type(self).__name__}, and {shape(given[name])} in the state_dict. "
                    "Build the model with the sizes that it was saved with."
                )
        numbers = [
            Parameter(number).data for name in own for number in flat(given[name])
        ]  # all are read before one is set
        for leaf, number in zip(flat(list(own.values())), numbers, strict=True):
            leaf.data = number

    def train(self, mode: bool = True) -> "Module":
        """Set this module and all inside it to training (True) or to evaluation (False)."""
        if not isinstance(mode, bool):
            raise DataError(
                f"train sets the mode, True or False, and here it is {few(mode)}. To learn from data there is nn.fit(model, data, …)."
            )
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


def saved_kind(leaf: Value) -> bool:
    """Whether a leaf is a parameter, or a buffer as a running mean is."""
    return leaf.kind in ("parameter", "leaf")


def saved_in(module: Module, prefix: str = "", seen: set[Module] | None = None) -> Iterator[tuple[str, Any]]:
    """Yield all that a state_dict holds of a module and those inside it, each once: leaves, or nested lists of them."""
    seen = {module} if seen is None else seen
    for name, part in module.saved():
        if not isinstance(part, Module):
            yield prefix + name, part
        elif part not in seen:
            seen.add(part)
            yield from saved_in(part, f"{prefix}{name}.", seen)


def numbers_in(leaves: Any) -> Any:
    """Return the number of a leaf, or the numbers in nested lists of them."""
    return leaves.data if isinstance(leaves, Value) else [numbers_in(part) for part in leaves]


def lists(numbers: Any) -> Any:
    """Return an array as nested lists, and anything else as it is."""
    return numbers.tolist() if hasattr(numbers, "tolist") else numbers


def shape(nested: Any) -> tuple[int, ...]:
    """Return the shape of nested lists.

    >>> shape(3.0), shape([[1, 2, 3], [4, 5, 6]])
    ((), (2, 3))
    """
    return (len(nested), *(shape(nested[0]) if nested else ())) if isinstance(nested, (list, tuple)) else ()


def flat(nested: Any) -> list[Any]:
    """Return what is in nested lists, in order."""
    return [item for part in nested for item in flat(part)] if isinstance(nested, (list, tuple)) else [nested]


def counter(name: Any) -> bool:
    """Whether an entry is PyTorch's count of batches, which nothing here needs."""
    return str(name).endswith("num_batches_tracked")


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
