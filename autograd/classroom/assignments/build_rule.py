"""The assignment `rule`: a new row of the table, checked by central differences, the complex step and the laws."""

from autograd.classroom.assignments.stages import Assignment, Check, Slip, Stage, check
from autograd.namespaces import scalars as xp

H = 1e-5


def value() -> tuple[Check, ...]:
    """Return stage 1: the value of logit."""
    why = "ln(x / (1 − x)): the logarithm of the odds."
    return (
        check(1, "import math\nhalf, more = logit(math, 0.5), logit(math, 0.8)", "half; more", (0.0, xp.log(4.0)),
              Slip("x and 1 − x are swapped", (0.0, -xp.log(4.0)), why), Slip("the logarithm is forgotten", (1.0, 4.0), why),
              Slip("ln x alone", (xp.log(0.5), xp.log(0.8)), why), Slip("that is the sigmoid, its inverse", (1 / (1 + xp.exp(-0.5)), 1 / (1 + xp.exp(-0.8))), why)),
    )  # fmt: skip


def slope() -> tuple[Check, ...]:
    """Return stage 2: the slope at two numbers, and central differences beside it."""
    why = "ln x − ln(1 − x) has the slope 1/x + 1/(1 − x) = 1/(x·(1 − x))."
    lines = "import math\nout = logit(math, 0.8)\nslope = logit_slope(math, 0.8, out)"
    wrong = {
        "1/x alone": 1.25,
        "x·(1 − x): the slope of the inverse": 0.16,
        "the sign": -6.25,
        "of the output, not the input": 1 / (xp.log(4.0) * (1 - xp.log(4.0))),
        "1/x − 1/(1 − x): the inner derivative −1 is forgotten": 1.25 - 5.0,
        "1/(1 − x) alone": 5.0,
    }
    differences = f"import math\nmeasured = (logit(math, 0.3 + {H}) - logit(math, 0.3 - {H})) / {2 * H}\nslope = logit_slope(math, 0.3, logit(math, 0.3))"
    return (
        check(2, lines, "slope", (6.25,), *(Slip(f"the slope is wrong ({name})", (number,), why) for name, number in wrong.items())),
        check(2, differences, "abs(slope - measured) < 1e-6", (1.0,), Slip("central differences measure another slope", (0.0,), why)),
    )  # fmt: skip


def complex_step() -> tuple[Check, ...]:
    """Return stage 3: the imaginary part of a step beside the real axis is the slope."""
    lines = "import cmath, math\nmeasured = logit(cmath, 0.3 + 1e-20j).imag / 1e-20\nslope = logit_slope(math, 0.3, logit(math, 0.3))"
    return (
        check(3, lines, "abs(slope / measured - 1) < 1e-12", (1.0,),
              Slip("the complex step measures another slope", (0.0,), "Take log from xp, not from math, and compute with x as it comes.")),
    )  # fmt: skip


def domain() -> tuple[Check, ...]:
    """Return stage 4: where there is a value."""
    asks = "; ".join(f"logit_domain({x})" for x in (-0.5, 0.0, 0.5, 1.0, 1.5))
    return (
        check(4, "pass", asks, (0.0, 0.0, 1.0, 0.0, 0.0),
              Slip("0 and 1 are let in", (0.0, 1.0, 1.0, 1.0, 0.0), "ln 0 has no value, and x / 0 has none."),
              Slip("0 is let in", (0.0, 1.0, 1.0, 0.0, 0.0), "ln 0 has no value."), Slip("1 is let in", (0.0, 0.0, 1.0, 1.0, 0.0), "1 − x is 0 there."),
              Slip("numbers from 1 on are let in", (0.0, 0.0, 1.0, 1.0, 1.0), "1 − x is 0 or below there."),
              Slip("numbers above 1 are let in", (0.0, 0.0, 1.0, 0.0, 1.0), "1 − x is below 0 there.")),
    )  # fmt: skip


def two_operands() -> tuple[Check, ...]:
    """Return stage 5: hypot, its slopes, and laws that hold for it."""
    slopes = "import math\nslopes = hypot_slopes(math, 3.0, 4.0, hypot(math, 3.0, 4.0))"
    why = "∂√(x² + y²)/∂x = 2x / (2·√(x² + y²)) = x / out."
    step = "import cmath\nout = hypot(cmath, 3.0, 4.0)\nmeasured = hypot(cmath, 3.0 + 1e-20j, 4.0).imag / 1e-20"
    law = "import math\none = hypot_slopes(math, 3.0, 4.0, hypot(math, 3.0, 4.0))\nten = hypot_slopes(math, 30.0, 40.0, hypot(math, 30.0, 40.0))"
    return (
        check(5, "import math\nout = hypot(math, 3.0, 4.0)", "out", (5.0,), Slip("the root is forgotten", (25.0,), "√(x² + y²)."), Slip("the sum of both", (7.0,), "√(x² + y²).")),
        check(5, slopes, "list(slopes)", ([0.6, 0.8],), Slip("the slopes are swapped", ([0.8, 0.6],), why), Slip("not divided by out", ([3.0, 4.0],), why),
              Slip("the 2 of the square is not cancelled", ([1.2, 1.6],), why), Slip("the ½ of the root alone", ([0.3, 0.4],), why), Slip("1/(2·out): the inner derivative is forgotten", ([0.1, 0.1],), why)),
        check(5, step, "measured", (0.6,)),
        check(5, law, "one[0] == ten[0]; one[1] == ten[1]", (1.0, 1.0), Slip("the slope changes with the scale", (0.0, 0.0), "hypot(10x, 10y) = 10·hypot(x, y), so the slopes are the same.")),
    )  # fmt: skip


RULE = Assignment(
    "rule", "Write a new row of the table", "rule.py", "",
    (
        Stage(1, "the value", ("How do the odds x : (1 − x) change with x?", "ln of x divided by 1 − x.", "xp.log has the logarithm."), value()),
        Stage(2, "the slope, by central differences", ("Write the quotient's logarithm as a difference.", "ln x has the slope 1/x; ln(1 − x) has −1/(1 − x).",
                                                       "1/x + 1/(1 − x), brought under one line."), slope()),
        Stage(3, "the complex step", ("x may be a complex number here.", "math.log takes no complex numbers: xp is cmath then.", "Neither float(x) nor a comparison of x."), complex_step()),
        Stage(4, "the domain", ("Which numbers have a logarithm?", "Both x and 1 − x must be above 0.", "0 < x < 1."), domain()),
        Stage(5, "a row with two operands", ("A slope for each operand.", "The root has the slope 1/(2·out), x² has 2x.", "x / out and y / out."), two_operands()),
    ),
)  # fmt: skip
