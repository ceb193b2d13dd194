"""Code: text of a program that grows under Python's operators, so that a rule of the table can be read as the code that computes it.

>>> w, x = Code("w"), Code("x")
>>> print(2 * w - (x - 1) / -w)
2 * w - (x - 1) / -w
"""

from collections.abc import Callable
from typing import Any

from autograd.errors import GraphError


class ToCome:
    """A number to come: it has the operators that numbers have in every reading of a row, and refuses the others."""


def refused(sign: str) -> Callable[..., Any]:
    """Return the method of an operator that no row may use."""

    def method(*operands: Any) -> Any:
        raise GraphError(
            f"A row of your own uses {sign}, which not every reading has. There are + - * / ** abs and comparisons, and the functions of xp. "
            "Where two conditions are to hold, write xp.where(a, xp.where(b, x, y), y)."
        )

    return method


for _name, _sign in {"floordiv": "//", "mod": "%", "divmod": "divmod", "and": "&", "or": "|", "xor": "^"}.items():
    setattr(ToCome, f"__{_name}__", refused(_sign))
    setattr(ToCome, f"__r{_name}__", refused(_sign))
for _name, _sign in {"invert": "~", "round": "round", "float": "float(x)", "int": "int(x)", "trunc": "trunc"}.items():
    setattr(ToCome, f"__{_name}__", refused(_sign))


class Code(ToCome):
    """A piece of Python, and how tightly it binds: 0 as <, 1 as +, 2 as ·, 3 as a sign, 4 as a power, 9 as a name or a call."""

    def __init__(self, text: str, binds: int = 9) -> None:
        self.text, self.binds = text, binds

    def bracketed(self, binds: int) -> str:
        """Return the text, in parentheses where they are needed."""
        return self.text if self.binds >= binds else f"({self.text})"

    def __neg__(self) -> "Code":
        return Code(f"-{self.bracketed(4)}", 3)

    def __pos__(self) -> "Code":
        return self

    def __abs__(self) -> "Code":
        return Code(f"abs({self})")

    def __pow__(self, n: Any) -> "Code":
        return Code(f"{self.bracketed(9)} ** {as_code(n).bracketed(3)}", 4)

    def __rpow__(self, x: Any) -> "Code":
        return as_code(x) ** self

    __hash__ = object.__hash__

    def __bool__(self) -> bool:
        raise GraphError(
            "A row that chooses with Python's if cannot be written as text. Write xp.where(condition, x, y)."
        )

    def __str__(self) -> str:
        return self.text


def as_code(x: Any) -> Code:
    """Return a piece of code as it is, and a number as it is written."""
    return x if isinstance(x, Code) else Code(repr(x), 9 if x >= 0 else 3)


def infix(sign: str, binds: int, turned: bool = False) -> Callable[[Any, Any], Code]:
    """Return the method of an operator: what it writes between its operands."""

    def operator(x: Any, y: Any) -> Code:
        x, y = (as_code(y), as_code(x)) if turned else (as_code(x), as_code(y))
        return Code(f"{x.bracketed(binds)} {sign} {y.bracketed(binds + 1)}", binds)

    return operator


for _name, _sign, _binds in (("add", "+", 1), ("sub", "-", 1), ("mul", "*", 2), ("truediv", "/", 2)):
    setattr(Code, f"__{_name}__", infix(_sign, _binds))
    setattr(Code, f"__r{_name}__", infix(_sign, _binds, turned=True))
for _name, _sign in (("lt", "<"), ("gt", ">"), ("le", "<="), ("ge", ">="), ("eq", "=="), ("ne", "!=")):
    setattr(Code, f"__{_name}__", infix(_sign, 0))
