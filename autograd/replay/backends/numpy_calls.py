"""A row of the table as NumPy calls: each writes into an array that was made before, so that nothing is allocated while they run.

The row is run once on symbols (tape.py), and each instruction becomes one call.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from autograd.namespaces import scalars
from autograd.replay.instructions import KINDS, Instruction
from autograd.replay.program import Floats

Step = Callable[[], object]


class Arrays:
    """NumPy as a namespace; a slope of 1 or 0 is a truth value read as a number, which is faster."""

    @staticmethod
    def where(condition: Any, x: Any, y: Any) -> Any:
        """Choose x or y."""
        if type(x) is float and type(y) is float and x == 1.0 and y == 0.0:
            return condition.astype(np.float64)
        return np.where(condition, x, y)


def one_by_one(name: str) -> Any:
    """Return a function that NumPy lacks, erf say, applied number by number."""
    return np.vectorize(getattr(scalars, name), otypes=[float])


arrays = Arrays()
NAMES = [name for name in vars(scalars) if not name.startswith("_") and name != "where"]
vars(arrays).update({name: getattr(np, name, None) or one_by_one(name) for name in NAMES})
OPERATORS = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "neg": np.negative,
    "gt": np.greater,
    "lt": np.less,
    "ge": np.greater_equal,
    "le": np.less_equal,
    "move": np.positive,
}


def calls(code: list[Instruction], slots: list[Any]) -> list[Step]:
    """Return the calls of these instructions on the arrays in `slots`."""
    return [step for kind, out, *rest in code for step in call(KINDS[kind], slots[out], [slots[slot] for slot in rest])]


def call(kind: str, out: Floats, operands: list[Any]) -> list[Step]:
    """Return the calls of one instruction: a comparison gives truth values, which are read as numbers then."""
    function: Any = OPERATORS.get(kind) or getattr(arrays, kind)
    if not isinstance(function, np.ufunc):
        operands = operands[: 3 if kind == "where" else 1]
        return [lambda: np.copyto(out, function(*operands))]
    operands = operands[: function.nin]
    if kind in ("gt", "lt", "ge", "le"):
        flags = np.empty(out.shape, bool)
        return [partial(function, *operands, out=flags), partial(np.copyto, out, flags)]
    return [partial(function, *operands, out=out)]
