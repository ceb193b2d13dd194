"""The programs that an engine is judged by: a few lines each, and the numbers that they ask for.

They are written with the names of the course, Value, data, grad and backward; `spelled` gives them the engine's own.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

CANONICAL = ("data", "grad", "backward")


@dataclass(frozen=True)
class Probe:
    """Lines to run, then expressions to look at; `needs` are the operations that an engine may lack."""

    stage: int
    lines: tuple[str, ...]
    asks: tuple[str, ...]
    needs: tuple[str, ...] = ()
    seconds: float = 10.0

    def spelled(self, name: str, names: Sequence[str] = CANONICAL) -> tuple[str, ...]:
        """Return the lines as one would write them for a class with other names.

        >>> Probe(6, ("x = Value(3.0)", "x.backward()"), ("x.grad",)).spelled("Node", ("v", "g", "back"))
        ('x = Node(3.0)', 'x.back()')
        """
        return tuple(respelled(line, name, names) for line in self.lines)


def respelled(line: str, name: str, names: Sequence[str]) -> str:
    """Return a line with the names of another class."""
    for old, new in zip(CANONICAL, names, strict=True):
        line = re.sub(rf"\.{old}\b", f".{new}", line)
    return re.sub(r"\bValue\b", name, line)


NEEDS = (
    (r"\b[a-z]\w* - [a-z]", "sub"), (r"\b[a-z]\w* / [a-z]", "div"), (r"\b[a-z]\w* \*\* [a-z]", "pow"), (r"= -[a-z]", "neg"),
    (r"\b[a-z]\w* \+ [\d.]", "add_number"), (r"\b[a-z]\w* - [\d.]", "sub_number"), (r"\b[a-z]\w* \* [\d.]", "mul_number"),
    (r"\b[a-z]\w* / [\d.]", "div_number"), (r"\b[a-z]\w* \*\* [-\d.]", "pow_number"),
    (r"= [\d.]+ \+", "add_left"), (r"= [\d.]+ -", "sub_left"), (r"= [\d.]+ \* ", "mul_left"), (r"= [\d.]+ /", "div_left"),
    (r"= [\d.]+ \*\*", "pow_left"), (r"\.exp\(", "exp"), (r"\.log\(", "log"), (r"\.tanh\(", "tanh"),
    (r"\.relu\(", "relu"), (r"\.sigmoid\(", "sigmoid"),
)  # fmt: skip


def needs_of(lines: Sequence[str]) -> tuple[str, ...]:
    """Return the operations beside + and × that some lines use.

    >>> needs_of(["y = x - 2", "z = 2 ** y", "o = z.exp()"])
    ('sub_number', 'pow_left', 'exp')
    """
    return tuple(need for pattern, need in NEEDS if any(re.search(pattern, line) for line in lines))


def program(stage: int, text: str, asks: str) -> Probe:
    """Return a program from its lines, parted by semicolons, and from what is asked, parted by spaces."""
    lines = tuple(line.strip() for line in text.split(";"))
    return Probe(stage, lines, tuple(asks.split()), needs_of(lines))


def leaves(**numbers: float) -> str:
    """Return the line that makes the leaves."""
    return f"{', '.join(numbers)} = {', '.join(f'Value({number})' for number in numbers.values())}"


def back(stage: int, made: str, asks: str, **numbers: float) -> Probe:
    """Return a program that makes leaves, computes, goes backward from the last result, and asks for gradients."""
    last = made.rstrip().split(";")[-1].split("=")[0].strip()
    return program(
        stage, f"{leaves(**numbers)}; {made}; {last}.backward()", " ".join(f"{x}.grad" for x in asks.split())
    )


def forward(stage: int, made: str, asks: str, **numbers: float) -> Probe:
    """Return a program that makes leaves, computes, and asks for values."""
    return program(stage, f"{leaves(**numbers)}; {made}", " ".join(f"{x}.data" for x in asks.split()))


def numbers() -> Iterator[Probe]:
    """Yield stage 1: a number, + and ×."""
    yield program(1, "x = Value(3.5)", "x.data")
    yield forward(1, "z = x + y", "z x y", x=3.0, y=4.0)
    yield forward(1, "z = x * y", "z x y", x=3.0, y=4.0)
    yield forward(1, "y = w * x; z = y + b", "z", x=2.0, w=-3.0, b=5.0)


def parents() -> Iterator[Probe]:
    """Yield stage 2: each operand has a part in the result. No node is used twice."""
    yield back(2, "z = x * y", "x y", x=3.0, y=4.0)
    yield back(2, "z = x + y", "x y", x=3.0, y=4.0)
    yield back(2, "y = x * w; z = y + b", "x w b", x=2.0, w=7.0, b=5.0)
    yield back(2, "p = a * c; q = b * d; z = p + q", "a b c d", a=2.0, b=2.0, c=3.0, d=5.0)
    yield program(2, "x, y = Value(3.0), Value(4.0); same = (x == y) is True", "same")


def orders() -> Iterator[Probe]:
    """Yield stage 5: a result that is used twice must be complete before it hands on."""
    yield back(5, "y = x * k; z = y * t; o = z + y", "x y", x=5.0, k=2.0, t=3.0)
    yield back(5, "y = x * k; z = y * t; o = y + z", "x y", x=5.0, k=2.0, t=3.0)
    yield back(5, "y = x * k; p = y * s; q = p * t; o = y * q", "x", x=0.5, k=2.0, s=3.0, t=5.0)
    yield back(5, "y = x * k; p = y * s; q = p * t; o = q * y", "x", x=0.5, k=2.0, s=3.0, t=5.0)
    yield back(5, "y = x * k; p = y * s; q = p * t; r = p + q; o = r + y", "x k", x=5.0, k=2.0, s=3.0, t=7.0)
    yield back(5, "y = x * k; p = y * s; q = p * t; r = q + p; o = y + r", "x k", x=5.0, k=2.0, s=3.0, t=7.0)
    yield back(5, "y = x * k; p = y * s; q = y * t; o = p * q", "x k s", x=0.5, k=2.0, s=3.0, t=7.0)


def reuse() -> Iterator[Probe]:
    """Yield stage 6: contributions are added, one for each use."""
    yield back(6, "y = x * x", "x", x=3.0)
    yield back(6, "y = x + x", "x", x=3.0)
    yield back(6, "y = x * k; z = x * t; o = y + z", "x k", x=5.0, k=2.0, t=3.0)
    yield back(6, "y = x * x; o = y * x", "x", x=3.0)
    yield back(6, "y = x * x; o = x + y", "x", x=3.0)
    yield back(6, "y = x * x; o = y + y", "x", x=3.0)
    yield back(6, "p = x * k; q = x * s; r = x * t; o = p + q; z = o + r", "x", x=5.0, k=2.0, s=3.0, t=7.0)
    yield back(6, "y = x * k; unused = y * s; o = y * t", "x y", x=5.0, k=2.0, s=3.0, t=7.0)
    yield back(6, "unused = x * s; o = x * t", "x", x=5.0, s=3.0, t=7.0)
    for unused in ("x * s", "y * s"):
        made = f"{leaves(x=5.0, k=2.0, s=3.0, t=7.0)}; y = x * k; o = y * t; unused = {unused}; o.backward()"
        yield program(6, made, "x.grad")
    yield program(6, f"{leaves(x=3.0, k=2.0)}; y = x * x; y.backward(); unused = x * k", "x.grad")
    yield back(6, "y = x - x", "x", x=3.0)
    yield back(6, "y = x / x", "x", x=4.0)


def passes() -> Iterator[Probe]:
    """Yield stage 7: after every gradient was set to zero, a second pass gives the same."""
    yield program(7, f"{leaves(x=3.0)}; y = x * x; z = y * x; z.backward(); zero_all(z); z.backward()", "x.grad")
    yield program(
        7, f"{leaves(w=2.0, x=5.0, b=7.0)}; y = w * x; z = y + b; z.backward(); zero_all(z); z.backward()",
        "w.grad x.grad b.grad",
    )  # fmt: skip


# Each operation alone: what is computed, of which numbers, and whether a negative base and zero belong to it.
ALONE = (
    ("x + y", {"x": 3.0, "y": 4.0}), ("x * y", {"x": 3.0, "y": 4.0}), ("x - y", {"x": 3.0, "y": 7.0}), ("-x", {"x": 3.0}),
    ("x / y", {"x": 3.0, "y": 4.0}), ("x / y", {"x": -5.0, "y": 0.5}),
    ("x ** 3", {"x": 2.0}), ("x ** 2", {"x": 5.0}), ("x ** -1", {"x": 4.0}), ("x ** 0.5", {"x": 9.0}), ("x ** 1", {"x": 3.0}),
    ("x ** 2", {"x": 0.0}), ("x ** 2", {"x": -3.0}), ("x ** 3", {"x": -2.0}), ("x ** y", {"x": 3.0, "y": 2.0}), ("x ** y", {"x": 2.0, "y": 5.0}),
    ("x.exp()", {"x": 0.5}), ("x.exp()", {"x": -2.0}), ("x.tanh()", {"x": 0.5}), ("x.tanh()", {"x": -0.7}),
    ("x.relu()", {"x": 3.0}), ("x.relu()", {"x": -3.0}),
    ("x.sigmoid()", {"x": 0.5}), ("x.sigmoid()", {"x": -2.0}), ("x.log()", {"x": 2.0}), ("x.log()", {"x": 5.0}),
    ("x + 2", {"x": 5.0}), ("x - 2", {"x": 5.0}), ("x * 2", {"x": 5.0}), ("x / 2", {"x": 5.0}),
    ("2 + x", {"x": 5.0}), ("2 - x", {"x": 5.0}), ("2 * x", {"x": 5.0}), ("2 / x", {"x": 5.0}), ("2 ** x", {"x": 5.0}),
    ("3 - x", {"x": 3.0}), ("3 / x", {"x": 0.5}), ("3 ** x", {"x": 2.0}),
)  # fmt: skip
SHARED = tuple({made: xs for made, xs in reversed(ALONE) if min(xs.values()) > 0}.items())[::-1]


def operations() -> Iterator[Probe]:
    """Yield stage 8: each operation alone, below another one, and beside another use of its operand."""
    for made, xs in ALONE:
        plain = made in ("x + y", "x * y")
        if not plain:
            yield forward(8, f"z = {made}", "z", **xs)
            yield back(8, f"z = {made}", " ".join(xs), **xs)
        yield back(8, f"z = {made}; o = z * u", " ".join(xs), **xs, u=7.0)
    for made, xs in SHARED:
        for name in xs:
            yield back(8, f"q = {made}; o = q * {name}", " ".join(xs), **xs)
            yield back(8, f"q = {made}; o = q + {name}", " ".join(xs), **xs)


PROGRAMS = (*numbers(), *parents(), *orders(), *reuse(), *passes(), *operations())
CONVENTIONS = (
    program(7, f"{leaves(x=3.0)}; y = x * x; z = y * x; z.backward(); z.backward()", "x.grad"),
    program(7, f"{leaves(x=3.0)}; y = x * x; y.backward(); y.backward()", "x.grad"),
)
LIMITS = (
    Probe(5, ("x = y = Value(1.0)", "for _ in range(2000): y = y + x", "y.backward()"), ("x.grad",)),
    Probe(8, ("x = Value(400.0)", "y = x.tanh()", "y.backward()"), ("y.data", "x.grad"), ("tanh",)),
)
