"""The mistakes in the rules of single operations, those that every rule may have, and numbers on either side."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

from autograd.classroom.assignments.faults import (
    SIGNS,
    Change,
    Fault,
    powers,
    slope_of,
    stage_of,
    whole_passes,
    with_ways,
)
from autograd.classroom.assignments.right_rules import SLOPES, Alone, Overwrites
from autograd.namespaces import scalars as xp

OPERATIONS = tuple(SIGNS)
FUNCTIONS = ("exp", "log", "tanh", "relu", "sigmoid", "neg")


def sigmoid(x: float) -> float:
    """Return σ(x)."""
    return 1 / (1 + xp.exp(-x))


WRONG_SLOPES: dict[str, dict[str, Callable[..., Any]]] = {
    "mul": {
        "each operand gets itself, not the other one": lambda x, y, out: (x, y),
        "both get the product": lambda x, y, out: (out, out),
        "as for +": lambda x, y, out: (1.0, 1.0),
        "both get the right operand": lambda x, y, out: (y, y),
        "both get the left operand": lambda x, y, out: (x, x),
    },
    "add": {
        "each operand gets itself": lambda x, y, out: (x, y),
        "as for ·": lambda x, y, out: (y, x),
        "½ for each": lambda x, y, out: (0.5, 0.5),
        "as for −": lambda x, y, out: (1.0, -1.0),
    },
    "sub": {
        "the sign of the second is forgotten": lambda x, y, out: (1.0, 1.0),
        "the signs are swapped": lambda x, y, out: (-1.0, 1.0),
        "both get −1": lambda x, y, out: (-1.0, -1.0),
        "as for ·": lambda x, y, out: (y, x),
    },
    "neg": {"the sign is forgotten": lambda x, out: (1.0,), "−x in the place of −1": lambda x, out: (out,), "x": lambda x, out: (x,)},
    "div": {
        "the sign of the second is forgotten": lambda x, y, out: (1 / y, x / y**2),
        "−1/y² for the second": lambda x, y, out: (1 / y, -1 / y**2),
        "−x/y for the second": lambda x, y, out: (1 / y, -x / y),
        "1/y² for the second": lambda x, y, out: (1 / y, 1 / y**2),
        "as for ·": lambda x, y, out: (y, x),
        "y for the first": lambda x, y, out: (y, -x / y**2),
        "−x/(2y) for the second": lambda x, y, out: (1 / y, -x / (2 * y)),
        "x/y for the second": lambda x, y, out: (1 / y, x / y),
        "1/x for the second": lambda x, y, out: (1 / y, 1 / x),
        "−y/x² for the second": lambda x, y, out: (1 / y, -y / x**2),
        "−1/y for the second": lambda x, y, out: (1 / y, -1 / y),
        "x for the second": lambda x, y, out: (1 / y, x),
        "−x for the second": lambda x, y, out: (1 / y, -x),
        "the first gets 1": lambda x, y, out: (1.0, -x / y**2),
        "−1/y² for the first": lambda x, y, out: (-1 / y**2, -x / y**2),
    },
    "exp": {
        "1": lambda x, out: (1.0,), "the input x, not exp x": lambda x, out: (x,), "x·exp(x − 1), as for a power": lambda x, out: (x * xp.exp(x - 1),),
        "exp of the output": lambda x, out: (xp.exp(out),), "x·exp x": lambda x, out: (x * out,), "exp(x − 1)": lambda x, out: (xp.exp(x - 1),),
        "−exp x": lambda x, out: (-out,), "1/exp x": lambda x, out: (1 / out,), "exp² x": lambda x, out: (out * out,), "exp x + 1": lambda x, out: (out + 1,),
    },
    "log": {
        "1/log x: the output, not the input": lambda x, out: (1 / out,), "x": lambda x, out: (x,), "log x": lambda x, out: (out,),
        "−1/x": lambda x, out: (-1 / x,), "1/x²": lambda x, out: (1 / x**2,), "1": lambda x, out: (1.0,), "−1/x²": lambda x, out: (-1 / x**2,),
        "1/(x·ln 10), as for log₁₀": lambda x, out: (1 / (x * xp.log(10)),), "exp x": lambda x, out: (xp.exp(x),),
    },
    "tanh": {
        "on the wrong number: 1 − x², of its input": lambda x, out: (1 - x * x,), "1 − tanh x: the square is forgotten": lambda x, out: (1 - out,),
        "tanh inverted: tanh² x − 1": lambda x, out: (out * out - 1,), "tanh inverted: 1/(1 − tanh² x)": lambda x, out: (1 / (1 - out * out),),
        "on the wrong number: 1 − tanh²(tanh x)": lambda x, out: (1 - xp.tanh(out) ** 2,), "1 + tanh² x": lambda x, out: (1 + out * out,),
        "tanh² x": lambda x, out: (out * out,), "1": lambda x, out: (1.0,), "tanh x": lambda x, out: (out,), "tanh x·(1 − tanh x), as for a sigmoid": lambda x, out: (out * (1 - out),),
        "1 + tanh x": lambda x, out: (1 + out,), "(1 − tanh x)²": lambda x, out: ((1 - out) ** 2,), "1 − |tanh x|": lambda x, out: (1 - abs(out),),
        "1/(1 + x²), as for arctan": lambda x, out: (1 / (1 + x * x),), "tanh inverted: 1/(1 − x²), as for artanh": lambda x, out: (1 / (1 - x * x),),
        "−2·tanh x": lambda x, out: (-2 * out,), "1 − tanh³ x": lambda x, out: (1 - out**3,), "1 − 2·tanh x": lambda x, out: (1 - 2 * out,),
    },
    "relu": {
        "1 everywhere": lambda x, out: (1.0,), "x in the place of 1": lambda x, out: (out,), "inverted: 1 where x < 0": lambda x, out: (float(x < 0),),
        "0 everywhere": lambda x, out: (0.0,), "−1 where x < 0": lambda x, out: (1.0 if x > 0 else -1.0,), "x": lambda x, out: (x,),
        "0.01 where x < 0, as for leaky relu": lambda x, out: (1.0 if x > 0 else 0.01,), "½ everywhere": lambda x, out: (0.5,),
    },
    "sigmoid": {
        "on the wrong number: x·(1 − x), of its input": lambda x, out: (x * (1 - x),), "σ(x): the factor 1 − σ(x) is forgotten": lambda x, out: (out,),
        "1 − σ(x)": lambda x, out: (1 - out,), "on the wrong number: σ′ of the output": lambda x, out: (sigmoid(out) * (1 - sigmoid(out)),),
        "σ(x)·(1 + σ(x))": lambda x, out: (out * (1 + out),), "σ(x)·(σ(x) − 1)": lambda x, out: (out * (out - 1),), "1 − σ²(x), as for tanh": lambda x, out: (1 - out * out,),
        "1": lambda x, out: (1.0,), "σ(x)²": lambda x, out: (out * out,), "σ(x) − 1": lambda x, out: (out - 1,), "e⁻ˣ": lambda x, out: (xp.exp(-x),),
        "x·σ(x)": lambda x, out: (x * out,), "on the wrong number: σ(x)·(1 − x)": lambda x, out: (out * (1 - x),), "on the wrong number: x·(1 − σ(x))": lambda x, out: (x * (1 - out),),
        "1/(1 + e⁻ˣ)²": lambda x, out: (out * out,), "−σ(x)·σ(x)": lambda x, out: (-out * out,),
    },
}  # fmt: skip
WRONG_VALUES: dict[str, dict[str, tuple[Callable[..., float], Callable[..., tuple[float, ...]]]]] = {
    "neg": {"it gives x": (lambda x: x, lambda x, out: (1.0,))},
    "sub": {
        "it gives x + y": (lambda x, y: x + y, lambda x, y, out: (1.0, 1.0)),
        "it gives y − x": (lambda x, y: y - x, lambda x, y, out: (-1.0, 1.0)),
    },
    "div": {
        "it gives x · y": (lambda x, y: x * y, lambda x, y, out: (y, x)),
        "it gives y / x": (lambda x, y: y / x, lambda x, y, out: (-y / x**2, 1 / x)),
        "it gives x // y": (lambda x, y: float(x // y), lambda x, y, out: SLOPES["div"](x, y, x / y)),
    },
    "pow": {
        "it gives y ** x": (lambda x, y: y**x, lambda x, y, out: SLOPES["pow"](y, x, y**x)[::-1]),
        "it gives x · y": (lambda x, y: x * y, lambda x, y, out: (y, x)),
    },
    "mul": {"it gives x + y": (lambda x, y: x + y, lambda x, y, out: (1.0, 1.0))},
    "add": {"it gives x · y": (lambda x, y: x * y, lambda x, y, out: (y, x))},
    "tanh": {
        "tanh inverted: its sign": (lambda x: -xp.tanh(x), lambda x, out: (out * out - 1,)),
        "tanh inverted: (e²ˣ + 1)/(e²ˣ − 1)": (lambda x: 1 / xp.tanh(x), lambda x, out: (1 - out * out,)),
        "tanh of half of x": (lambda x: xp.tanh(x / 2), lambda x, out: (1 - out * out,)),
        "tanh of 2x": (lambda x: xp.tanh(2 * x), lambda x, out: (1 - out * out,)),
    },
    "sigmoid": {"e⁺ˣ in the place of e⁻ˣ": (lambda x: sigmoid(-x), lambda x, out: (out * (1 - out),))},
    "relu": {"min in the place of max": (lambda x: min(x, 0.0), lambda x, out: (float(x < 0),))},
    "exp": {"2ˣ": (lambda x: 2**x, lambda x, out: (out,))},
}
LEFT: dict[str, dict[str, tuple[Callable[..., float], Callable[..., tuple[float, ...]]]]] = {
    "add_left": {"+ that multiplies": (lambda x, n: n * x, lambda x, n, out: (n, x))},
    "mul_left": {"· that adds": (lambda x, n: n + x, lambda x, n, out: (1.0, 1.0))},
    "sub_left": {
        "swapped: it gives x − 2": (lambda x, n: x - n, lambda x, n, out: (1.0, -1.0)),
        "it gives 2 + x": (lambda x, n: x + n, lambda x, n, out: (1.0, 1.0)),
        "it gives −x − 2": (lambda x, n: -x - n, lambda x, n, out: (-1.0, -1.0)),
    },
    "div_left": {
        "swapped: it gives x / 2": (lambda x, n: x / n, lambda x, n, out: (1 / n, -x / n**2)),
        "it gives 2 · x": (lambda x, n: x * n, lambda x, n, out: (n, x)),
        "it gives 1 / x": (lambda x, n: 1 / x, lambda x, n, out: (-1 / x**2, 0.0)),
    },
    "pow_left": {
        "swapped: it gives x ** 2": (lambda x, n: x**n, SLOPES["pow"]),
        "it gives 2 · x": (lambda x, n: x * n, lambda x, n, out: (n, x)),
    },
}
LEFT_SLOPES: dict[str, dict[str, Callable[..., tuple[float, ...]]]] = {
    "sub_left": {"the sign is forgotten": lambda x, n, out: (1.0, 1.0)},
    "div_left": {
        "as for x / 2": lambda x, n, out: (1 / n, 0.0), "the sign is forgotten": lambda x, n, out: (n / x**2, 0.0),
        "1/x": lambda x, n, out: (1 / x, 0.0), "−1/x²": lambda x, n, out: (-1 / x**2, 0.0), "2": lambda x, n, out: (n, 0.0),
        "−2/x": lambda x, n, out: (-n / x, 0.0), "as for x / 2, with its sign": lambda x, n, out: (-x / n**2, 0.0),
    },
    "pow_left": {
        "x·2ˣ⁻¹, as for a power": lambda x, n, out: (x * n ** (x - 1), 0.0), "ln 2 is forgotten": lambda x, n, out: (out, 0.0),
        "2·xⁿ⁻¹": lambda x, n, out: (n * x ** (n - 1), 0.0), "ln x in the place of ln 2": lambda x, n, out: (out * xp.log(x), 0.0),
        "ln 2 alone": lambda x, n, out: (xp.log(n), 0.0),
    },
    "add_left": {"as for 2 · x": lambda x, n, out: (n, x), "none": lambda x, n, out: (0.0, 0.0)},
    "mul_left": {"as for 2 + x": lambda x, n, out: (1.0, 1.0), "x": lambda x, n, out: (x, n)},
}  # fmt: skip


def wrong_rules() -> Iterator[Fault]:
    """Yield wrong slopes, then wrong values."""
    for op, slopes in WRONG_SLOPES.items():
        for text, slope in slopes.items():
            yield Fault(
                f"{SIGNS[op]}: the slope is wrong ({text})", stage_of(op, 3), f"The local derivative of {SIGNS[op]} is {slope_of(op)}.",
                ({"slopes": {op: slope}},), (op,),
            )  # fmt: skip
    for op, values in WRONG_VALUES.items():
        for text, (value, slope) in values.items():
            yield Fault(
                f"{SIGNS[op]}: the value is wrong ({text})", stage_of(op, 1), "Compute the value by hand for one number, and compare.",
                ({"values": {op: value}, "slopes": {op: slope}}, {"values": {op: value}}), (op,),
            )  # fmt: skip


def reflected() -> Iterator[Fault]:
    """Yield what goes wrong with a number on the left."""
    for op, ways in LEFT.items():
        for text, (value, slope) in ways.items():
            own = {"made_of": {op: "own"}, "values": {op: value}}
            yield Fault(
                f"reflected operator: {SIGNS[op]} is swapped or broken ({text})", 8,
                f"Python calls the reflected method with self on the right: in {SIGNS[op]}, other is the 2. Write Value(other) first.",
                (own | {"slopes": {op: slope}}, own), (op,),
            )  # fmt: skip
    for op, slopes in LEFT_SLOPES.items():
        for text, slopes_of in slopes.items():
            yield Fault(
                f"reflected operator: {SIGNS[op]} has the value, but not the slope ({text})", 8,
                f"Make a Value of the number and use the rule that is there: {SIGNS[op]} is then Value(2) with the operator.",
                with_ways(op, {"slopes": {op: slopes_of}}), (op,),
            )  # fmt: skip
    for op in OPERATIONS:
        if "_left" in op:
            yield Fault(
                f"a number on the left crashes ({SIGNS[op]})", 8, "A plain number has no gradient and no parents. Make a Value of it first.",
                (*with_ways(op, {"raises": frozenset({op})}), *with_ways(op, {"breaks": frozenset({op})})), (op,),
            )  # fmt: skip


def half_rules() -> Iterator[Fault]:
    """Yield the rules of two operands in which one of the two lines is wrong."""
    for op, (which, at) in itertools.product(("add", "sub", "mul", "div", "pow"), (("first", 0), ("second", 1))):
        sign, power = SIGNS[op], "power: " if op == "pow" else ""

        def marked(mark: Callable[[float], float], op: str = op, at: int = at) -> tuple[Change, ...]:
            def slopes(x: float, y: float, out: float) -> tuple[float, ...]:
                return tuple(mark(slope) if i == at else slope for i, slope in enumerate(SLOPES[op](x, y, out)))

            return ({"slopes": {op: slopes}, "uneven": True},)

        if power == "" or at == 0:  # an exponent without a gradient has a name of its own
            yield Fault(
                f"{power}{sign}: the slope is wrong (the {which} gets none)", stage_of(op, 2),
                f"The local derivative of {sign} is {slope_of(op)}.", marked(lambda slope: 0.0), (op,),
            )  # fmt: skip
        yield Fault(
            f"`=` where `+=` belongs, in the rule of {sign}: its {which} operand", stage_of(op, 6),
            f"One line of the rule of {sign} overwrites what other uses have added. Write += there too.", marked(Overwrites), (op,),
        )  # fmt: skip
        yield Fault(
            f"{power}upstream dropped in the rule of {sign}: its {which} operand", stage_of(op, 5),
            f"One line of the rule of {sign} hands on its slope alone. Multiply it by the gradient of the result: out.grad.",
            marked(Alone), (op,),
        )  # fmt: skip


def every_rule() -> Iterator[Fault]:
    """Yield the mistakes that the rule of any operation may have."""
    for op in OPERATIONS:
        sign = SIGNS[op]
        power = "power: " if op.startswith("pow") else ""
        yield Fault(
            f"{power}upstream dropped in the rule of {sign}", stage_of(op, 5),
            f"The rule of {sign} hands on its slope alone. Multiply it by the gradient of the result: out.grad.",
            with_ways(op, {"products": {op: lambda up, slope, so_far: slope}}), (op,),
        )  # fmt: skip
        yield Fault(
            f"`=` where `+=` belongs, in the rule of {sign}", stage_of(op, 6),
            f"The rule of {sign} overwrites what other uses have added. Write += there too.",
            with_ways(op, {"assigned": frozenset({op})}), (op,),
        )  # fmt: skip
        yield Fault(
            f"a result with no rule: {sign} cuts the graph", stage_of(op, 2),
            f"The result of {sign} remembers no operands, so nothing behind it gets a gradient. Give it its parents and its rule.",
            with_ways(op, {"cut": frozenset({op})}), (op,),
        )  # fmt: skip
        yield Fault(
            f"{power}the slope is kept as a node, in the rule of {sign}", stage_of(op, 3),
            "The gradient becomes a node, and not a number: the rule computes with nodes. Use their .data.",
            with_ways(op, {"node_slopes": frozenset({op})}), (op,),
        )  # fmt: skip


def less_likely() -> Iterator[Fault]:
    """Yield what the rule of any operation may have, and what is seldom."""
    for op in OPERATIONS:
        sign, power = SIGNS[op], "power: " if op.startswith("pow") else ""
        yield Fault(
            f"{sign}: the slope has the wrong sign", stage_of(op, 3), f"The local derivative of {sign} is {slope_of(op)}.",
            with_ways(op, {"products": {op: lambda up, slope, so_far: -up * slope}}), (op,),
        )  # fmt: skip
        yield Fault(
            f"the local derivative of {sign} is forgotten (upstream alone)", stage_of(op, 5),
            f"The rule of {sign} hands on out.grad as it is. Multiply it by the local derivative: {slope_of(op)}.",
            with_ways(op, {"products": {op: lambda up, slope, so_far: up}}), (op,),
        )  # fmt: skip
        yield Fault(
            f"{power}{sign} crashes", stage_of(op, 5), "Run the program, and read the last lines of what Python prints.",
            with_ways(op, {"breaks": frozenset({op})}), (op,),
        )  # fmt: skip


FAULTS = (*whole_passes(), *powers(), *reflected(), *every_rule(), *half_rules(), *wrong_rules(), *less_likely())
