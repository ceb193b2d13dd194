"""Module: whatever has parameters, and other modules inside it."""

from collections.abc import Iterator, Mapping
from typing import Any

from autograd import Parameter, Value
from nn.checks import first
from nn.errors import StateError


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
        """Yield this module and all inside it."""
        yield self
        yield from (part for _, part in walk(self) if isinstance(part, Module))

    def zero_grad(self) -> None:
        """Forget the gradients: None, not 0, as PyTorch does."""
        for parameter in self.parameters():
            parameter.grad = None

    def state_dict(self) -> dict[str, float]:
        """Return the number of each parameter and buffer, by name."""
        return {name: leaf.data for name, leaf in self.named_state()}

    def load_state_dict(self, state: Mapping[str, float]) -> None:
        """Set each parameter and buffer from a dict with the same names; a dict that does not fit changes nothing."""
        own = dict(self.named_state())
        missing, strange = [k for k in own if k not in state], [k for k in state if k not in own]
        if missing or strange:
            raise StateError(
                f"This state_dict is not of this {type(self).__name__}, which has {len(own)} numbers; the dict has {len(state)}. "
                f"Missing: {first(missing)}. Unknown: {first(strange)}. Build the model with the sizes that it was saved with."
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


def walk(part: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the modules and Values inside a module or a list, with their paths, depth first."""
    children = vars(part).items() if isinstance(part, Module) else enumerate(part)
    for key, child in children:
        path = f"{prefix}.{key}" if prefix else str(key)
        if isinstance(child, (Value, Module)):
            yield path, child
        if isinstance(child, (Module, list, tuple)):
            yield from walk(child, path)
