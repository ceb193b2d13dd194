"""Module: whatever has parameters, and other modules inside it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from operator import is_
from typing import Any, Literal, TypeAlias

from autograd import DataError, Parameter, Value, flat_parameters
from autograd.replay import CountsEdits
from nn.architecture import architecture
from nn.checks import Number, check_none, first_three, shortened
from nn.errors import StateError
from nn.nested import Nested, NestedLeaves, as_lists, check_tied, flat, numbers_in, set_at_once, shape
from nn.torch_names import ModuleElsewhere

COUNTER = "num_batches_tracked"  # an entry that PyTorch adds, and that nothing here needs

Inputs: TypeAlias = Sequence[Number]  # of one example
Outputs: TypeAlias = Sequence[Value]  # of one example; a Neuron alone returns a Value
LayerLike: TypeAlias = Callable[[Inputs], Outputs]


class Module(CountsEdits, ModuleElsewhere):
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
    _places = 1  # how many places it takes in PyTorch's nn.Sequential
    _attribute = ""  # the name of the attribute that holds it: what it computes is in the scope of that name

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if isinstance(value, Module):
            value._attribute = name

    def named_parameters(self, prefix: str = "") -> Iterator[tuple[str, Value]]:
        """Yield each parameter once, with its path: `layers.0.neurons.1.bias`."""
        yield from ((f"{prefix}.{name}" if prefix else name, leaf) for name, leaf in self._found().named)

    def named_state(self, prefix: str = "") -> Iterator[tuple[str, Value]]:
        """Yield each parameter and each other leaf (a running mean, say; PyTorch calls it a buffer) once."""
        seen: set[Value] = set()
        for name, part in walk(self, prefix):
            if isinstance(part, Value) and is_saved(part) and part not in seen:
                seen.add(part)
                yield name, part

    def parameters(self) -> list[Value]:
        """Return the parameters, in order."""
        return list(self._found().parameters)

    def _found(self) -> Found:
        """Return what the last walk found, if that is still true, else walk again."""
        found: Found | None = vars(self).get("_last_found")
        if found is None or not found.holds():
            found = vars(self)["_last_found"] = Found(self)  # past __setattr__: it is no news for a record
        return found

    def modules(self) -> Iterator[Module]:
        """Yield this module and all inside it, each once."""
        yield self
        yield from (part for _, part in walk(self) if isinstance(part, Module))

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """Yield the modules directly inside this one, with their paths: `layers.0`, `layers.1`."""
        yield from ((path, part) for path, part in inside(self) if isinstance(part, Module))

    def batch(self, rows: Sequence[Inputs]) -> Sequence[Outputs]:
        """Return the outputs for each example of a batch; a module in which examples meet (BatchNorm) has its own way."""
        return [self(row) for row in rows]

    def __call__(self, inputs: Inputs) -> Outputs:
        """Return the outputs for the inputs of one example."""
        hint = " Its forward is called __call__ here." if hasattr(self, "forward") else ""
        raise NotImplementedError(
            f"{type(self).__name__} computes nothing yet: it needs a __call__(self, inputs).{hint}"
        )

    def zero_grad(self, set_to_none: Literal[True] = True) -> None:
        """Forget the gradients: None, not 0, as PyTorch does."""
        check_none(set_to_none)
        deque(map(setattr, self._found().in_one(), repeat("grad"), repeat(None)), maxlen=0)

    def saved(self) -> Iterator[tuple[str, Module | NestedLeaves]]:
        """Yield what a state_dict holds of this module, by PyTorch's names: leaves, nested lists of leaves, modules."""
        yield from ((path, part) for path, part in inside(self) if not isinstance(part, Value) or is_saved(part))

    def state_dict(self) -> dict[str, Nested]:
        """Return the numbers of all parameters and buffers, in the names and shapes that PyTorch gives them.

        >>> from nn import MLP
        >>> MLP(2, [2, 1], weights=[[[1, 2], [3, 4]], [[5, 6]]]).state_dict()
        {'0.weight': [[1.0, 2.0], [3.0, 4.0]], '0.bias': [0.0, 0.0], '2.weight': [[5.0, 6.0]], '2.bias': [0.0]}

        A layer's weight has the shape (out, in), a row for each neuron; 1 is the activation between the layers, which has no
        weights. The lists are copies; nn.sequential_state_dict has NumPy arrays.
        """
        return {name: numbers_in(leaves) for name, leaves in saved_in(self)}

    def load_state_dict(self, state: Mapping[str, Nested], strict: bool = True) -> None:
        """Set each parameter and buffer from a dict of the same names and shapes; one that does not fit changes nothing.

        The numbers may be in lists, or in arrays of NumPy or PyTorch. Raises StateError where a name or a shape does not
        fit, or a weight that stands under two names has two numbers.
        """
        if strict is not True:
            raise DataError(
                "Here every name has to fit, as with strict=True. To load only those that fit: model.load_state_dict("
                "{**model.state_dict(), **{name: state[name] for name in model.state_dict() if name in state}})."
            )
        own = dict(saved_in(self))
        given = fitting_lists(self, own, state)
        numbers = [Parameter(number).data for name in own for number in flat(given[name])]
        leaves = [(leaf, name) for name in own for leaf in flat(own[name])]
        check_tied(leaves, numbers)
        set_at_once([leaf for leaf, _ in leaves], numbers)

    def train(self, mode: bool = True) -> Module:
        """Set this module and all inside it to training (True) or to evaluation (False)."""
        if not isinstance(mode, bool):
            raise DataError(
                f"train sets the mode, True or False, and here it is {shortened(mode)}. To learn from data there is nn.fit(model, data, …)."
            )
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Module:
        """Set this module and all inside it to evaluation."""
        return self.train(False)

    def __repr__(self) -> str:
        """Return the architecture: its own parameters, and the modules inside."""
        own = [path for path, part in inside(self) if isinstance(part, Parameter)]
        parts = [f"{path}={part!r}" for path, part in self.named_children()]
        return architecture(type(self).__name__, [first_three(own), *parts] if own else parts)


class Found:
    """The parameters that a walk through a module found, and what they were found in."""

    def __init__(self, module: Module) -> None:
        self.edits = CountsEdits.edits  # how often an attribute of any module was set; read before the walk
        self.named = named_once(walk(module))
        self.parameters = tuple([leaf for _, leaf in self.named])
        modules = list(module.modules())
        self.containers = [(place, contents(place)) for part in modules for place in containers(part)]
        # a class with a __setattr__ of its own may set attributes without being counted
        self.counted = all(type(part).__setattr__ is Module.__setattr__ for part in modules)
        self.flats: Sequence[Any] = ()  # what stands for all of them, where a record keeps them in one array

    def holds(self) -> bool:
        """Whether a walk would find the same: no attribute was set, and each list and dict holds what it held."""
        return (
            self.counted
            and self.edits == CountsEdits.edits
            and all(same(contents(c), held) for c, held in self.containers)
        )

    def in_one(self) -> Sequence[Any]:
        """Return the parameters, or what stands for them."""
        if not self.flats:
            self.flats = flat_parameters(self.parameters)
        return self.flats or self.parameters

    def __reduce__(self) -> tuple[type[None], tuple[()]]:
        """Copy or pickle it as None: a copy has other parameters, and walks anew."""
        return type(None), ()


def named_once(parts: Iterable[tuple[str, Value | Module]]) -> list[tuple[str, Value]]:
    """Return the parameters of a walk, each once, with its first path."""
    found: dict[Value, str] = {}
    for name, part in parts:
        if isinstance(part, Value) and part.kind == "parameter":
            found.setdefault(part, name)
    return [(name, leaf) for leaf, name in found.items()]


def containers(thing: Any) -> Iterator[Any]:
    """Yield the lists and dicts inside a module, but not those inside the modules in it."""
    for _, child in entries(thing):
        if isinstance(child, (list, Mapping)):
            yield child
        if isinstance(child, (list, tuple, Mapping)):  # a tuple cannot change, but a list in it can
            yield from containers(child)


def contents(container: Any) -> list[Any]:
    """Return what a list or a dict holds."""
    return [*container, *container.values()] if isinstance(container, Mapping) else list(container)


def same(now: list[Any], before: list[Any]) -> bool:
    """Whether two lists hold the same things."""
    return len(now) == len(before) and all(map(is_, now, before))


def is_saved(leaf: Value) -> bool:
    """Whether a leaf is a parameter, or a buffer as a running mean is."""
    return leaf.kind in ("parameter", "leaf")


def saved_in(module: Module, prefix: str = "", seen: set[Module] | None = None) -> Iterator[tuple[str, NestedLeaves]]:
    """Yield all that a state_dict holds of a module and those inside it, each once: leaves, or nested lists of them."""
    seen = {module} if seen is None else seen
    for name, part in module.saved():
        if not isinstance(part, Module):
            yield prefix + name, part
        elif part not in seen:
            seen.add(part)
            yield from saved_in(part, f"{prefix}{name}.", seen)


def fitting_lists(module: Module, own: Mapping[str, NestedLeaves], state: Mapping[str, Nested]) -> dict[str, Nested]:
    """Return a state_dict's numbers in lists, if they have the names and shapes of a module's own."""
    if not isinstance(state, Mapping):
        raise DataError(f"A state_dict is a dict of numbers by name, and {shortened(state)} is not one.")
    kind = type(module).__name__
    given = {name: as_lists(numbers) for name, numbers in state.items() if not str(name).endswith(COUNTER)}
    missing, unknown = [k for k in own if k not in given], [k for k in given if k not in own]
    if missing or unknown:
        raise StateError(
            f"This state_dict is not of this {kind}, which has {len(own)} entries; the dict has {len(given)}. "
            f"Missing: {first_three(missing)}. Unknown: {first_three(unknown)}. Build the model with the sizes that it was saved with."
        )
    for name, leaves in own.items():
        if shape(given[name]) != shape(leaves) or len(flat(given[name])) != len(flat(leaves)):
            raise StateError(
                f"{name} has the shape {shape(leaves)} in this {kind}, and {shape(given[name])} in the state_dict. "
                "Build the model with the sizes that it was saved with."
            )
    return given


def check_module(model: object) -> Module:
    """Return a model, if it is one."""
    if not isinstance(model, Module):
        raise DataError(
            f"This takes a model, a Module, and {shortened(model)} is not one. Make one: MLP(2, [8, 1]), say."
        )
    return model


def batched(layer: LayerLike, rows: Sequence[Inputs]) -> Sequence[Outputs]:
    """Return the outputs of a module, or of any function of one example, for each row of a batch."""
    return layer.batch(rows) if isinstance(layer, Module) else [layer(row) for row in rows]


def inside(thing: Any, prefix: str = "") -> Iterator[tuple[str, Value | Module]]:
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


def walk(module: Module, prefix: str = "", seen: set[int] | None = None) -> Iterator[tuple[str, Value | Module]]:
    """Yield the Modules and Values at any depth inside a module, depth first; each module once, even one in a circle."""
    seen = {id(module)} if seen is None else seen
    for path, part in inside(module, prefix):
        if isinstance(part, Value):
            yield path, part
        elif id(part) not in seen:
            seen.add(id(part))
            yield path, part
            yield from walk(part, path, seen)
