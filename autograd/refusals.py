"""What the engine refuses, and what to write instead: every sentence of it, so that value.py has none."""

from collections.abc import Iterable, Sequence
from math import inf
from numbers import Real
from typing import NoReturn

from autograd.errors import DataError, DivisionError, DomainError, GraphError, RangeError
from autograd.habits import CHILDREN
from autograd.node import Node
from autograd.op import Domain, Op

NO_GRADIENT = ("constant", "without graph")  # what a leaf may be that does not ask for a gradient
LIMIT = "too large for a float, which ends at about 1.8e308"


# --- what is not a number ---


def as_float(x: object) -> float:
    """Return a real number as a float, or say why it is not one."""
    if type(x) is float:
        return x
    if type(x) is not int and (isinstance(x, bool) or not isinstance(x, Real)):
        raise DataError(f"A Value holds one real number, and {shown(x)} is {described(x)}")
    try:
        number = float(x)
        if type(x) is not int and abs(number) == inf != abs(x):  # of a longer kind of float
            raise OverflowError
        return number
    except OverflowError:
        raise RangeError(f"{shown(x)} is {LIMIT}. Scale it down first.") from None


def shown(x: object) -> str:
    """Return how a thing is written, its beginning where that is long."""
    text = repr(x)
    return text if len(text) < 40 else f"{text[:36]} …"


def a_or_an(x: object) -> str:
    """Name the type of a thing, with its article.

    >>> a_or_an("text"), a_or_an(3)
    ('a str', 'an int')
    """
    name = type(x).__name__
    return f"{'an' if name[0] in 'aeioAEIO' else 'a'} {name}"


def described(x: object) -> str:
    """Say what something is that is not a number, and what would work."""
    kind = type(x).__name__
    if isinstance(x, Node):
        return f"{a_or_an(x)} already. Use it as it is; its number is x.data, and x.detach() is a leaf of its own."
    if kind in ("bool", "bool_"):  # NumPy has its own
        return "a bool, a truth value. If you mean 1 or 0, write float(x)."
    if isinstance(x, (str, bytes)):
        return f"{a_or_an(x)}, which is text. If it reads as a number, write float(x)."
    if isinstance(x, complex):
        return "complex. Gradients here are of real numbers: use x.real and x.imag separately."
    if x is None:
        return "nothing. Did a function forget its return?"
    if isinstance(x, (list, tuple)) and x and isinstance(x[0], Node):
        kind = "list" if isinstance(x, list) else kind
        return f"a {kind} of Values. Take one of them, xs[0]; for all of them, go through the {kind}."
    if getattr(x, "shape", None) == () and getattr(x, "mask", False):
        return f"{a_or_an(x)}: there is no number behind the mask. Leave it out, or write what is to stand for it, Value(0.0) say."
    if getattr(x, "shape", None) == ():
        return f"{a_or_an(x)} of one number. Write x.item()."
    if hasattr(x, "shape"):
        return (
            f"{a_or_an(x)}, which may hold many. Make one Value for each: [Value(x) for x in xs]. To compute with an array of Values and "
            "the Value b, make an array of that too: W @ x + np.array([b])."
        )
    if isinstance(x, (list, tuple, set, dict)):
        return f"{a_or_an(x)}, which may hold many. Make one Value for each: [Value(x) for x in xs]."
    return f"{a_or_an(x)}. If it stands for one number, write float(x)."


def check_data(data: object) -> None:
    """Raise DataError for what `v.data = …` has put in the place of a float."""
    if isinstance(data, Node):
        raise DataError(
            f"data was set to {shown(data)}, a Value, and it must be a plain number. "
            "A step is made with plain numbers: w.data -= lr * w.grad."
        )
    as_float(data)
    if not isinstance(data, (float, int)):
        raise DataError(
            f"data was set to {shown(data)}, {a_or_an(data)}, and what is computed from it may be rounded as {a_or_an(data)} is. "
            "Write v.data = float(x), and compute again."
        )


def not_a_number(error: Exception, operands: Iterable[object]) -> Exception:
    """Return the error for the first operand that `v.data = …` has left without a number, or the error as it came."""
    try:
        for x in operands:
            check_data(x)
    except DataError as refused:
        return refused
    return error


def check_label(label: object, data: object) -> None:
    """Raise DataError for a label that is not a string."""
    if not isinstance(label, str):
        if isinstance(label, (tuple, list, set)):
            raise DataError(CHILDREN)
        meant = f"Value({label!r}, {data!r})" if isinstance(data, str) else f"Value({data!r}) and another Value"
        raise DataError(f"A label is a string, and {label!r} is not one. Did you mean {meant}?")


def check_scope(name: object) -> None:
    """Raise DataError for the name of a scope that is not a string."""
    if not isinstance(name, str):
        raise DataError(f"A scope is named by a string, and {shown(name)} is not one. Write scope('layer0'), say.")


def must_be_called(caller: str, f: object) -> None:
    """Raise DataError for what is not a function, a result say."""
    if not callable(f):
        raise DataError(
            f"{caller} calls a function again and again, and {f!r} is not one. Give the function that computes it."
        )


# --- what has no value, or no gradient ---


def outside(op: Op, operands: tuple[float, ...]) -> DomainError | None:
    """Return the error for the first operand outside the domain of a row, if there is one."""
    for i, (domain, x) in enumerate(zip(op.domains(len(operands)), operands, strict=True) if op.guarded else ()):
        if not domain.has(x):
            pole = x == 0 and op.binds == 4 and (op.arity == 1 or operands[1] < 0)  # 0 to a negative power
            return (DivisionError if pole else domain.error)(no_value(op, operands, i, domain))
    if op.whole and not op.whole.has(operands):
        return op.whole.error(no_value_of_many(op, op.whole, max(operands)))
    return None


def no_value(op: Op, operands: tuple[float, ...], i: int, domain: Domain) -> str:
    """Say that an operation has no value at these operands, because of one of them."""
    which = f"its {('first', 'second')[i]} operand" if op.arity == 2 else "its operand"
    return (
        f"{called(op, operands)} has no value: {op.name} is defined where {which} is {domain.words}, "
        f"and here it is {operands[i]}. {domain.remedy}"
    )


def no_value_of_many(op: Op, whole: Domain, largest: float) -> str:
    """Say that an operation has no value at many operands taken together."""
    return f"{op.name} has no value here: it is defined where {whole.words}, and that is {largest}. {whole.remedy}"


def too_large(op: Op, operands: tuple[float, ...]) -> RangeError:
    """Return the error for a value or a slope that no float can hold."""
    if op.binds == 4:
        return RangeError(f"{called(op, operands)} or its slope is {LIMIT}. Scale the operand to about 1.")
    remedy = "Scale the operand down, or use a stable form: logsumexp, softplus, sigmoid."
    return RangeError(f"{called(op, operands)} is {LIMIT}. {remedy}")


def no_second(node: Node) -> DomainError:
    """Return the error for the second derivative of a result whose slope has none there, the infinite one of √x at 0 say."""
    operation = called(node.op, tuple([x.data for x in node.parents]))  # type: ignore[arg-type]
    return DomainError(
        f"{operation} has no second derivative: its slope there is {', '.join(map(str, node.partials))}. grad without create_graph "
        "gives the slope; for create_graph and hessian keep the operand away from there, by adding a small number say."
    )


def called(op: Op, operands: tuple[float, ...]) -> str:
    """Return an operation on numbers as it is written: (-1.0)·2.0."""
    return op.call(*(f"({x})" if x < 0 and op.binds < 9 else str(x) for x in operands))


def no_graph(caller: str) -> GraphError:
    """Return the error for what needs a graph, inside no_grad."""
    return GraphError(
        f"{caller} needs the graph, and inside no_grad nothing remembers how it was made. Call it outside."
    )


def is_lost(node: Node) -> bool:
    """Whether a node is a result that was computed inside no_grad."""
    return node.op is None and node._kind == "without graph"


def lost_graph(caller: str) -> GraphError:
    """Return the error for what needs the graph of a result that has none."""
    return GraphError(
        f"{caller} finds no graph: this was computed inside no_grad, where nothing remembers how it was made. "
        f"Compute it again outside of no_grad, and call {caller} on that."
    )


def check_leaves(leaves: Sequence[Node]) -> None:
    """Raise GraphError where only constants lead to a root, and DataError for a leaf whose data is not a number now."""
    for leaf in leaves:
        if leaf._kind not in NO_GRADIENT:
            break  # as a rule the first: a generator would cost more
    else:
        if any(map(is_lost, leaves)):
            raise lost_graph("backward")
        raise GraphError(
            "backward finds nothing but plain numbers, and nothing that could have a gradient. Compute from the Values themselves: "
            "v.data and v.item() are plain numbers, without a graph."
        )
    for leaf in leaves:
        if type(leaf.data) is not float:
            check_data(leaf.data)  # w.data = w - 0.1 would have put a Value there


def no_copy() -> GraphError:
    """Return the error for copying or pickling a result."""
    return GraphError(
        "A result is not copied or pickled: it would bring the whole graph that it was made from. Copy the leaves, "
        "and compute it again, or take only its number: v.detach()."
    )


# --- what would leave the graph, or is written for another language ---


def leaves_the_graph(call: str) -> DataError:
    """Return the error for a call that would give a plain number."""
    return DataError(
        f"{call} would leave the graph, and the gradient would be lost without a word. For a function, use the method: "
        "v.sin(), not math.sin(v). For the plain number, say so: v.item()."
    )


class Refused:
    """The operations of Python that a Value refuses.

    >>> from autograd import Value
    >>> Value(2.0) ^ 2
    Traceback (most recent call last):
    autograd.errors.DataError: v ^ 2 is Python's exclusive or, which is for whole numbers. A power is written v ** 2.
    """

    __slots__ = ()

    def __float__(self) -> float:
        raise leaves_the_graph("float(v)")

    def __int__(self) -> int:
        raise leaves_the_graph("int(v)")

    def __round__(self, digits: int | None = None) -> NoReturn:
        raise leaves_the_graph("round(v)")

    def __mod__(self, other: object) -> NoReturn:
        raise leaves_the_graph("v % n")

    def __floordiv__(self, other: object) -> NoReturn:
        raise leaves_the_graph("v // n")

    __rmod__, __rfloordiv__ = __mod__, __floordiv__

    def __xor__(self, n: object) -> NoReturn:
        raise DataError(
            f"v ^ {n!r} is Python's exclusive or, which is for whole numbers. A power is written v ** {n!r}."
        )
