"""What HIPS's autograd, PyTorch and micrograd call things, and how they are written here: for those who type them out of habit."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import TracebackType
from typing import Any

from autograd.errors import DataError

__all__ = ["Hints"]

# Of the module: autograd.jacobian, say.
FOREIGN_FUNCTIONS = {
    "numpy": "There are no arrays to differentiate here: compute with Values, or record a function and replay it on NumPy arrays.",
    "jacobian": "Ask for one row at a time: grad(y, inputs) for each output y.",
    "elementwise_grad": "Compute with Values, y = f(x), and write grad(y, [x]); for many numbers, record(f, 0.0) and call it with a list.",
    "value_and_grad": "Compute with Values, y = f(x): the value is y.data, and the gradient is grad(y, [x]).",
    "multigrad_dict": "Compute with Values, and write grad(y, [a, b]): the gradients come in the order of the inputs.",
    "hessian_vector_product": "Write hessian(f, inputs), and multiply.",
    "make_vjp": "Compute with Values, y = f(x), and write grad(y, [x]).",
    "make_jvp": "There is no forward mode here. Write grad(y, [x]).",
    "scipy": "There are no arrays to differentiate here. What there is for Values is in `python3 -m autograd table`.",
    "test_util": "Derivatives are compared with differences by gradcheck: gradcheck(f, 0.5).",
    "check_grads": "Derivatives are compared with differences by gradcheck: gradcheck(f, 0.5).",
    "extend": "An operation of your own is a row: x.apply(Op(…), x).",
    "primitive": "An operation of your own is a row: x.apply(Op(…), x).",
    "defvjp": "An operation of your own is a row: x.apply(Op(…), x).",
    "engine": "Value is in autograd itself: from autograd import Value.",
    "nn": "Networks are in a package of their own: import nn.",
    "Variable": "A number with a gradient is a Value.",
    "tensor": "A number with a gradient is a Value; a list of them is a list.",
}

CHILDREN = (
    "A Value is given a number and a label. A node that was computed from others is made by its operation: w.tanh(), or "
    "x.apply(Op(…), x) for a row of your own."
)
SEED = "backward is not given a gradient to start from: it starts from 1. For c times the gradients, (c * loss).backward()."
OWN_STATE = (
    "What an optimizer remembers is kept in a dict whose keys are the Values, m = {p: 0.0 for p in parameters}; for attributes of your own, write "
    "class Value(autograd.Value): pass."
)
UNCALLED = "_backward"  # micrograd calls it; set on a class of one's own, it would be lost without a word, and the gradient with it
# Of a Value: attributes that others have.
FOREIGN_ATTRIBUTES = {
    "_prev": "The nodes that it was made from are v.parents, in order, with repeats.",
    "_op": "Its operation is v.op, a row of the table: v.op.name, and None in a leaf.",
    "_backward": "A node of your own is made by a row: x.apply(Op(…), x). The local derivatives are v.partials.",
    "grad_fn": "What made it is v.op, and its parents are v.parents.",
    "is_leaf": "A leaf has no operation: v.op is None.",
    "requires_grad": "Every Value has a gradient. A plain number has none.",
    "register_hook": "To see a gradient on its way, go through steps(loss), or ask why(loss, v).",
    "retain_grad": "Every node keeps its gradient after backward.",
    "cpu": "A Value is a plain Python float: v.data.",
    "numpy": "A Value is a plain Python float: v.data.",
    **dict.fromkeys(
        ("to", "cuda", "device", "dtype", "shape"), "A Value is one number, and a plain Python float: v.data."
    ),
    "requires_grad_": "Every Value has a gradient. A plain number has none.",
    "zero_grad": "Write v.grad = None; optimizer.zero_grad() and model.zero_grad() do it for all.",
    "name": "Its name is its label: v.label.",
    "value": "Its number is v.data.",
    **dict.fromkeys(("m", "v", "momentum", "velocity", "cache", "exp_avg", "exp_avg_sq", "square_avg"), OWN_STATE),
}


def of_module(name: str) -> str:
    """Return a sentence about a function that another package has, or nothing."""
    return f". {FOREIGN_FUNCTIONS[name]}" if name in FOREIGN_FUNCTIONS else ""


class Hints:
    """What `import autograd.numpy` or `from autograd import jacobian` finds: a sentence. Python asks here when nothing else is found."""

    def __init__(self, package: str, hint: Callable[[str], str]) -> None:
        self.package, self.hint = package, hint

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        """Raise ImportError for a name that another package has."""
        package, _, inner = name.partition(".")
        if package == self.package and (hint := self.hint(inner)):
            raise ImportError(f"{package} has no {inner}. {hint.lstrip('. ')}", name=name)


WITHOUT_GRADIENT = (
    "A grad here is None: before a backward pass, after zero_grad, and where the loss was not made from that Value. Call loss.backward() "
    "first; where it stays None, leave that Value out: if p.grad is not None."
)


UFUNC = (
    "NumPy's functions take numbers and arrays. A Value has methods: v.exp() for np.exp(v). Where there is such a method, an array of Values "
    "works too: np.exp(np.array([v, w]))."
)


def explain_type_errors() -> None:
    """See that a program, or a cell of a notebook, that ends with `lr * p.grad` for no gradient, or with np.exp(v), says why."""
    shown, notebook = sys.excepthook, sys.modules.get("IPython")

    def explained(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        add_note(error, trace)
        shown(kind, error, trace)

    def in_a_cell(
        shell: Any, kind: type[TypeError], error: TypeError, trace: TracebackType, tb_offset: int | None = None
    ) -> None:
        add_note(error, trace)
        shell.showtraceback((kind, error, trace), tb_offset=tb_offset)

    sys.excepthook = explained
    if notebook and (shell := notebook.get_ipython()) and not shell.custom_exceptions:
        shell.set_custom_exc((TypeError,), in_a_cell)


def add_note(error: BaseException, trace: TracebackType | None) -> None:
    """Add a sentence to the error of a line that computed with a grad that is None, or gave a Value to a function of NumPy."""
    import traceback

    if not isinstance(error, TypeError):
        return
    last = traceback.extract_tb(trace)[-1].line if trace else ""
    if "NoneType" in str(error) and last and ".grad" in last:
        error.add_note(WITHOUT_GRADIENT)
    if "'Value'" in str(error) and "ufunc" in str(error):
        error.add_note(UFUNC)


class Hint:
    """An attribute that a Value does not have: reading or setting it says what to write; a subclass of one's own may set it."""

    def __init__(self, name: str, sentence: str) -> None:
        self.name, self.sentence = name, sentence

    def __get__(self, value: Any, owner: type) -> Any:
        own = getattr(value, "__dict__", {}) if value is not None else {self.name: self}
        if self.name in own:
            return own[self.name]
        raise AttributeError(f"A Value has no {self.name}. {self.sentence}", name=self.name, obj=value)

    def __set__(self, value: Any, x: object) -> None:
        if not hasattr(value, "__dict__") or self.name == UNCALLED:
            raise AttributeError(f"A Value has no {self.name}. {self.sentence}", name=self.name, obj=value)
        value.__dict__[self.name] = x


class ForeignNames:
    """The attributes of other packages' Values and tensors: each is refused with what it is called here.

    >>> from autograd import Value
    >>> (Value(2.0) * 3)._prev
    Traceback (most recent call last):
    AttributeError: A Value has no _prev. The nodes that it was made from are v.parents, in order, with repeats.
    """

    __slots__ = ()


for _name, _sentence in FOREIGN_ATTRIBUTES.items():
    setattr(ForeignNames, _name, Hint(_name, _sentence))


def check_arguments(others: tuple[object, ...], named: dict[str, object]) -> None:
    """Raise DataError for what another package's Value is given besides a number and a label."""
    if others or "_children" in named or "_op" in named:
        raise DataError(CHILDREN)
    if named:
        name = next(iter(named))
        hint = FOREIGN_ATTRIBUTES.get(name, 'It is given a number and a label: Value(2.0, "w").')
        raise DataError(f"A Value is not given {name}. {hint}")


def check_seed(seed: tuple[object, ...], named: dict[str, object]) -> None:
    """Raise DataError for what PyTorch's backward is given."""
    if seed or "gradient" in named:
        raise DataError(SEED)
    if named:
        raise DataError(
            f"backward is not given {next(iter(named))}. It may be called again: the graph stays. For gradients of gradients, write "
            "grad(loss, [w], create_graph=True)."
        )
