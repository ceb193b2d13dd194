"""The table's rules as a few dozen kinds of instruction: a rule is run once on symbols, and what it does is written down.

An instruction is (kind, out, a, b, c): numbers of slots. The kinds are those of a namespace (see namespaces.py), the
arithmetic of Python, and four of their own: MOVE, ACCUMULATE (upstream × slope is added to a gradient), DOT and DOT_BACK (a dot
product and its gradients, whose slots stand in a list of their own).
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from autograd.code_text import ToCome
from autograd.errors import GraphError
from autograd.namespaces import FUNCTIONS, Folds
from autograd.rules import Op

# fmt: off
KINDS = [
    "add", "sub", "mul", "div", "neg", "gt", "lt", "ge", "le",
    *(name for name in FUNCTIONS if name != "square"),
    "move", "accumulate", "dot", "dot_back",
]
# fmt: on
NUMBER = {name: number for number, name in enumerate(KINDS)}
MOVE, ACCUMULATE, DOT, DOT_BACK = (NUMBER[name] for name in ("move", "accumulate", "dot", "dot_back"))
Instruction = tuple[int, int, int, int, int]
CHOOSE = (
    "A row of your own chooses with Python, by an if, and, or, not: that is one choice, and a batch has a number for each example. "
    'Write xp.where(condition, x, y), or xp.maximum, xp.minimum; the backend "python" runs the row as it is.'
)


class Template:
    """What an operation does, in slots of its own: operands, out, gradients, then constants and temporary ones.

    `fresh` says what the slots after these are: a constant's number, or True or False for a temporary one that has
    a number for each lane or one for all. `slopes` are the slots of the slopes that are needed, once `slope_code` has run.
    """

    def __init__(self, op: Op, lanes: tuple[bool, ...], needs: tuple[bool, ...]) -> None:
        m = len(lanes)
        self.lanes = [*lanes, any(lanes), *lanes, any(lanes)]
        self.fresh: list[float | bool] = []
        self.out, self.upstream = m, 2 * m + 1
        self.code: list[Instruction] = []
        operands = tuple(Symbol(self, i) for i in range(m))
        self.forward = self._finished(self.slot(op.at(SymbolNamespace(self), operands)))
        self.code = []
        slopes = op.slopes_at(SymbolNamespace(self), operands, Symbol(self, self.out))
        self.slopes = {i: self.slot(slope) for i, (slope, need) in enumerate(zip(slopes, needs, strict=True)) if need}
        self.slope_code = self.code
        added = [(ACCUMULATE, m + 1 + i, self.upstream, slope, 0) for i, slope in self.slopes.items()]
        self.backward = self.slope_code + added

    def _finished(self, result: int) -> list[Instruction]:
        if self.code and self.code[-1][1] == result:
            return [*self.code[:-1], (self.code[-1][0], self.out, *self.code[-1][2:])]
        return [*self.code, (MOVE, self.out, result, 0, 0)]

    def slot(self, x: Any) -> int:
        """Return the slot of a symbol, or of a plain number, which becomes a constant."""
        if isinstance(x, Symbol):
            return x.slot
        return self._new(float(x), False)

    def emit(self, kind: str, *operands: Any) -> "Symbol":
        """Write an instruction down, and return the symbol of its result."""
        slots = [self.slot(x) for x in operands]
        lane = any(self.lanes[slot] for slot in slots)
        out = self._new(lane, lane)
        self.code.append((NUMBER[kind], out, *slots, *[0] * (3 - len(slots))))  # type: ignore[arg-type]
        return Symbol(self, out)

    def _new(self, what: float | bool, lane: bool) -> int:
        self.fresh.append(what)
        self.lanes.append(lane)
        return len(self.lanes) - 1


class Symbol(ToCome):
    """A number to come: what is done with it is written down."""

    def __init__(self, template: Template, slot: int) -> None:
        self.template, self.slot = template, slot

    def __neg__(self) -> "Symbol":
        return self.template.emit("neg", self)

    def __pos__(self) -> "Symbol":
        return self

    def __abs__(self) -> "Symbol":
        return self.template.emit("abs", self)

    def __eq__(self, other: Any) -> Any:
        return (self >= other) * (self <= other)  # a 1 or a 0, as every comparison here

    def __ne__(self, other: Any) -> Any:
        return 1.0 - (self == other)

    __hash__ = object.__hash__

    def __bool__(self) -> bool:
        raise GraphError(CHOOSE)


class SymbolNamespace(Folds):
    """The functions that a rule may call, as instructions."""

    def __init__(self, template: Template) -> None:
        self.template = template
        for name in FUNCTIONS:
            if name not in ("square", "where"):
                setattr(self, name, lambda *operands, kind=name: template.emit(kind, *operands))

    def square(self, x: Any) -> Any:
        """Multiply x by itself."""
        return x * x

    def where(self, condition: Any, x: Any, y: Any) -> Any:
        """Choose x or y; a condition is a 1 or a 0 already."""
        if type(x) is type(y) is float and (x, y) == (1.0, 0.0):
            return condition
        return self.template.emit("where", condition, x, y)

    def __getattr__(self, name: str) -> Any:
        raise NotImplementedError(f"A rule may call no function {name!r}: see namespaces.py.")


def _binary(kind: str) -> Callable[[Symbol, Any], Symbol]:
    return lambda x, y: x.template.emit(kind, x, y)


def _reflected(kind: str) -> Callable[[Symbol, Any], Symbol]:
    return lambda x, y: x.template.emit(kind, y, x)


for _kind, _name in {"add": "add", "sub": "sub", "mul": "mul", "div": "truediv", "pow": "pow"}.items():
    setattr(Symbol, f"__{_name}__", _binary(_kind))
    setattr(Symbol, f"__r{_name}__", _reflected(_kind))
for _kind in ("gt", "lt", "ge", "le"):
    setattr(Symbol, f"__{_kind}__", _binary(_kind))

template = lru_cache(maxsize=None)(Template)
