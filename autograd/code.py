"""A piece of Python code: the operators make longer ones, so that a rule of the table can be read as the code that computes it."""

from collections.abc import Callable
from typing import Any


class Code:
    """A piece of Python, and how tightly it binds: 0 as <, 1 as +, 2 as ·, 3 as a sign, 9 as a name or a call."""

    def __init__(self, text: str, binds: int = 9) -> None:
        self.text, self.binds = text, binds

    def within(self, binds: int) -> str:
        """Return the text, in parentheses where they are needed."""
        return self.text if self.binds >= binds else f"({self.text})"

    def __neg__(self) -> "Code":
        return Code(f"-{self.within(3)}", 3)

    def __str__(self) -> str:
        return self.text


def code(x: Any) -> Code:
    """Return a piece of code as it is, and a number as it is written."""
    return x if isinstance(x, Code) else Code(repr(x), 9 if x >= 0 else 3)


def _infix(sign: str, binds: int, turned: bool = False) -> Callable[[Any, Any], Code]:
    def written(x: Any, y: Any) -> Code:
        x, y = (code(y), code(x)) if turned else (code(x), code(y))
        return Code(f"{x.within(binds)} {sign} {y.within(binds + 1)}", binds)

    return written


for _name, _sign, _binds in (("add", "+", 1), ("sub", "-", 1), ("mul", "*", 2), ("truediv", "/", 2)):
    setattr(Code, f"__{_name}__", _infix(_sign, _binds))
    setattr(Code, f"__r{_name}__", _infix(_sign, _binds, turned=True))
for _name, _sign in (("lt", "<"), ("gt", ">"), ("le", "<="), ("ge", ">=")):
    setattr(Code, f"__{_name}__", _infix(_sign, 0))
