"""The table as JavaScript, in Node, against Python: every row, at many operands, and what is refused."""

import json
import math
import random
import shutil
import struct
import subprocess
from importlib.resources import files

import pytest

from autograd import rules
from autograd.errors import AutogradError, DomainError, RangeError
from autograd.functions import LARGEST
from autograd.namespaces import FUNCTIONS
from autograd.op import POSITIVE
from autograd.player.javascript import ScriptNamespace, function_of, table_of
from autograd.player.training_rows import training_table
from autograd.rules import MANY, PAIRS, TABLE, Op, elu, leaky_relu, power
from autograd.value import evaluate

NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="no node on this machine")

ROWS = [
    *TABLE.values(),
    power(0),
    power(1),
    power(4),
    power(1.5),
    power(-2),
    power(-0.5),
    leaky_relu(0.3),
    elu(2.0),
    LARGEST,
]
EXACT = {
    "add", "sub", "mul", "div", "neg", "abs", "sqrt", "relu", "maximum", "minimum", "power(2)", "dot", "sum", "mean", "max", "min",
    "leaky_relu", "leaky_relu(0.3)", "softmax",
}  # fmt: skip
CANCELS = {"logsumexp"}  # largest + ln(…) may be near 0: there the last places are those of the largest
EDGES = (
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    1e-300,
    5e-324,
    1e154,
    1e155,
    -1e155,
    709.0,
    710.0,
    -745.0,
    -746.0,
    27.0,
    1e308,
    -1e308,
)
STRANGE = (math.inf, -math.inf, math.nan)

RUN = """
const lines = require("fs").readFileSync(0, "utf8").trim().split("\\n");
const number = (bits) => { const view = new DataView(new ArrayBuffer(8)); view.setBigUint64(0, BigInt("0x" + bits)); return view.getFloat64(0); };
const bits = (x) => { const view = new DataView(new ArrayBuffer(8)); view.setFloat64(0, x); return view.getBigUint64(0).toString(16).padStart(16, "0"); };
const said = lines.map((line) => {
  const [row, ...hex] = line.split(" ");
  const V = hex.map(number), D = V.map(() => 0), P = V.map((_, i) => i);
  try {
    return [computeRow(Number(row), P, 0, V, D), ...D].map(bits).join(" ");
  } catch (error) {
    if (error instanceof Outside) return `outside ${error.operand}`;
    if (error instanceof TooLarge) return "large";
    throw error;
  }
});
console.log(said.join("\\n"));
"""


TRAINED = RUN.replace("[computeRow(Number(row), P, 0, V, D), ...D]", "bothWays(Number(row), P, V)").replace(
    "const lines",
    """const bothWays = (row, P, operands) => {
  const n = operands.length, V = [...operands, 0], G = V.map(() => 0);
  V[n] = aheadRow(row, P, 0, V);
  G[n] = 1;
  backRow(row, P, 0, V, G, n);
  return [V[n], ...G.slice(0, n)];
};
const lines""",
)


def script(name: str) -> str:
    return files("autograd.player").joinpath(f"script/{name}.js").read_text(encoding="utf-8")


def in_node(source: str, given: str = "") -> str:
    """What a program prints."""
    done = subprocess.run(
        [NODE, "-e", f'"use strict";\n{source}'], input=given, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def to_bits(x: float) -> str:
    return struct.pack(">d", x).hex()


def from_bits(text: str) -> float:
    return struct.unpack(">d", bytes.fromhex(text))[0]


def ulps(x: float, y: float) -> float:
    """How many units in the last place two numbers are apart."""
    if x == y or (x != x and y != y):
        return 0.0
    if not (math.isfinite(x) and math.isfinite(y)):
        return math.inf
    return abs(x - y) / math.ulp(max(abs(x), abs(y)))


def operands_for(op: Op, rng: random.Random, n: int) -> list[tuple[float, ...]]:
    """Operand tuples: usual ones, large and small ones, edges, and what is no finite number."""
    counts = {MANY: (1, 2, 3, 7), PAIRS: (3, 5, 9)}.get(op.arity, (op.arity,))
    draws = (
        lambda: rng.uniform(-3, 3),
        lambda: float(rng.randint(-4, 4)),
        lambda: rng.choice((-1, 1)) * 10 ** rng.uniform(-12, 3),
        lambda: rng.choice(EDGES),
        lambda: rng.choice(EDGES + STRANGE),
    )
    return [tuple(draws[i % 5]() for _ in range(counts[i % len(counts)])) for i in range(n)]


def in_python(op: Op, operands: tuple[float, ...]) -> tuple[float, ...] | AutogradError:
    try:
        value, slopes = evaluate(op, operands)
        return (value, *slopes)
    except AutogradError as error:
        return error


def differences(op: Op, tuples: list[tuple[float, ...]], table=table_of, run: str = RUN) -> list[str]:
    """Where JavaScript is not what Python is."""
    counts = sorted({len(operands) for operands in tuples})
    source = script("functions") + "\n" + table([(op, count) for count in counts]) + run
    given = "\n".join(" ".join([str(counts.index(len(xs))), *map(to_bits, xs)]) for xs in tuples)
    answers = in_node(source, given).strip().split("\n")
    assert len(answers) == len(tuples)
    return [said for xs, answer in zip(tuples, answers, strict=True) if (said := difference(op, xs, answer))]


def difference(op: Op, operands: tuple[float, ...], answer: str) -> str:
    here = f"{op.name}{operands}"
    expected = in_python(op, operands)
    if isinstance(expected, RangeError):
        return "" if answer == "large" else f"{here}: {expected}, and {answer}"
    if isinstance(expected, DomainError):
        return "" if answer.startswith("outside") else f"{here}: {expected}, and {answer}"
    if not answer[0].isalnum() or answer.split()[0] in ("outside", "large"):
        return f"{here}: {expected}, and {answer}"
    value, *slopes = map(from_bits, answer.split())
    scale = max([1.0, *(abs(x) for x in operands if math.isfinite(x))])
    apart = 0.0 if op.name in EXACT else 8.0
    if ulps(value, expected[0]) > apart and not (
        op.name in CANCELS and abs(value - expected[0]) <= 8 * math.ulp(scale)
    ):
        return f"{here}: {value!r} for {expected[0]!r}"
    for slope, right in zip(slopes, expected[1:], strict=True):
        if not (
            slope == right
            or (slope != slope and right != right)
            or abs(slope - right) <= max(1e-12 * abs(right), 1e-15 * scale)
        ):
            return f"{here}: slope {slope!r} for {right!r}"
    return ""


@needs_node
@pytest.mark.parametrize("op", ROWS, ids=lambda op: op.name)
def test_every_row_is_as_in_python(op):
    assert differences(op, operands_for(op, random.Random(op.name), 600)) == []


@needs_node
@pytest.mark.parametrize("op", ROWS, ids=lambda op: op.name)
def test_every_row_trains_as_in_python(op):
    assert differences(op, operands_for(op, random.Random(op.name), 200), training_table, TRAINED) == []


@pytest.mark.slow
@needs_node
@pytest.mark.parametrize("op", ROWS, ids=lambda op: op.name)
def test_every_row_is_as_in_python_at_20_000_tuples(op):
    assert differences(op, operands_for(op, random.Random(op.name + "!"), 20_000)) == []


@needs_node
def test_erf_and_erfc_are_those_of_mpmath():
    mpmath = pytest.importorskip("mpmath")
    xs = [k / 64 for k in range(-450, 1730)]
    source = script("functions") + f"console.log(JSON.stringify({json.dumps(xs)}.map((x) => [xp.erf(x), xp.erfc(x)])))"
    with mpmath.workdps(40):
        for x, (erf, erfc) in zip(xs, json.loads(in_node(source)), strict=True):
            assert ulps(erf, float(mpmath.erf(x))) <= 8, x
            assert ulps(erfc, float(mpmath.erfc(x))) <= 8, x


@needs_node
def test_a_row_of_ones_own_needs_no_javascript():
    geometric = Op(
        "geometric", lambda xp, xs: xp.exp(xp.sum(xp.each(xp.log, xs)) / len(xs)),
        lambda xp, xs, out: xp.each(lambda x: out / len(xs) / x, xs), "gm", "gm", (POSITIVE, MANY),
    )  # fmt: skip
    bend = Op(
        "bend", lambda xp, x, y: xp.where(x > y, xp.tanh(x) / y, xp.abs(x) - y),
        lambda xp, x, y, out: (xp.where(x > y, (1 - xp.square(out * y)) / y, xp.where(x > 0, 1.0, -1.0)), xp.where(x > y, -out / y, -1.0)),
        "bend", "bend", (rules.REAL, POSITIVE),
    )  # fmt: skip
    for op in (geometric, bend):
        assert differences(op, operands_for(op, random.Random(1), 400)) == []
        assert differences(op, operands_for(op, random.Random(2), 400), training_table, TRAINED) == []


def test_every_function_of_the_table_is_in_this_reading():
    assert all(hasattr(ScriptNamespace(), name) for name in FUNCTIONS)
    assert all(f"  {name}" in script("functions") for name in FUNCTIONS)


def test_a_long_mean_is_a_loop():
    assert len(function_of(rules.MEAN, 1300, "row0")) < 400
