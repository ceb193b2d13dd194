"""The loop over a tape, for numba: one instruction after the other, its lanes inside.

No multiplication is fused with an addition, and only a sum over several lanes is reassociated: one lane rounds as eager does.
"""

import math
import re
from hashlib import sha256
from typing import Any

import numpy as np
from numba import njit

from autograd.namespaces import FUNCTIONS
from autograd.replay.instructions import NUMBER

ACCUMULATE, DOT, DOT_BACK, WHERE = (NUMBER[k] for k in ["accumulate", "dot", "dot_back", "where"])
ZERO, ONE = np.uint64(0), np.uint64(1)  # offsets are unsigned: none counts from the end
SPARE = np.uint64(3)  # rows at the end of all numbers, for uniform operands spread over the lanes
NONE = np.uint64(2**64 - 1)  # in the place of a gradient that is not wanted
LARGEST = np.finfo(np.float64).max
compiled: Any = njit(cache=True, error_model="numpy")
reassociating: Any = njit(cache=True, error_model="numpy", fastmath={"reassoc"})  # for sums over several lanes


@reassociating
def product(m, x, y, n):  # type: ignore[no-untyped-def]
    """Return Σ x·y over the lanes."""
    a = 0.0
    for i in range(n):
        a += m[x + i] * m[y + i]
    return a


@reassociating
def total(m, x, n):  # type: ignore[no-untyped-def]
    """Return Σ x over the lanes."""
    a = 0.0
    for i in range(n):
        a += m[x + i]
    return a


@compiled
def accumulate(m, g, gs, up, us, x, xs, n):  # type: ignore[no-untyped-def]
    """Add upstream · x to a gradient: lane by lane, or for a gradient of all lanes their sum."""
    if n == ONE:
        m[g] += m[up] * m[x]
    elif not gs:
        accumulate_sum(m, g, up, us, x, xs, n)
    elif us and xs:
        for i in range(n):
            m[g + i] += m[up + i] * m[x + i]
    elif us or xs:
        row, factor = (up, m[x]) if us else (x, m[up])
        for i in range(n):
            m[g + i] += m[row + i] * factor
    else:
        number = m[up] * m[x]
        for i in range(n):
            m[g + i] += number


@compiled
def accumulate_sum(m, g, up, us, x, xs, n):  # type: ignore[no-untyped-def]
    """Add the sum of upstream · x over the lanes."""
    if us and xs:
        m[g] += product(m, up, x, n)
    elif us:
        m[g] += total(m, up, n) * m[x]
    else:
        m[g] += total(m, x, n) * m[up]


@compiled
def lane(m, x, xs, n, spare):  # type: ignore[no-untyped-def]
    """Return where a number for each lane is: a uniform one is spread out, so that the loops run over neighbours."""
    if xs:
        return x
    number = m[x]
    for i in range(n):
        m[spare + i] = number
    return spare


@compiled
def dot(m, at, wide, plain, o, n):  # type: ignore[no-untyped-def]
    """Compute b + w₁x₁ + w₂x₂ + … for several lanes; `at` is where these lie, `wide` whether in each lane apart."""
    half = len(at) // 2
    b = at[2 * half]
    if not wide[2 * half]:
        lane(m, b, ZERO, n, o)
    elif b != o:
        for i in range(n):
            m[o + i] = m[b + i]
    for j in range(fours(m, at, o, n) if plain else 0, half):
        accumulate(m, o, ONE, at[j], wide[j], at[half + j], wide[half + j], n)


@compiled
def fours(m, at, o, n):  # type: ignore[no-untyped-def]
    """Add four terms at a time, then two, of uniform weights and inputs that are not; return how far that went."""
    half, j = len(at) // 2, 0
    while j + 4 <= half:
        p, q, r, s = m[at[j]], m[at[j + 1]], m[at[j + 2]], m[at[j + 3]]
        x, y, z, t = at[half + j], at[half + j + 1], at[half + j + 2], at[half + j + 3]
        for i in range(n):
            m[o + i] = (((m[o + i] + p * m[x + i]) + q * m[y + i]) + r * m[z + i]) + s * m[t + i]
        j += 4
    if j + 2 <= half:
        p, q, x, y = m[at[j]], m[at[j + 1]], at[half + j], at[half + j + 1]
        for i in range(n):
            m[o + i] = (m[o + i] + p * m[x + i]) + q * m[y + i]
        j += 2
    return j


@compiled
def dot_one(m, at, o):  # type: ignore[no-untyped-def]
    """Compute w₁x₁ + w₂x₂ + … + b from left to right, as eager does, where there is one lane."""
    half, z = len(at) // 2, 0.0
    for j in range(half):
        z += m[at[j]] * m[at[half + j]]
    m[o] = z + m[at[2 * half]]


@compiled
def dot_back(m, at, wide, to, broad, plain, up, n):  # type: ignore[no-untyped-def]
    """Add upstream · x to each weight, upstream · w to each input, upstream to the bias; but nothing where NONE stands."""
    half = len(at) // 2
    for j in range(four_sums(m, at, to, up, n) if plain else 0, half):
        if to[j] != NONE:
            accumulate(m, to[j], broad[j], up, ONE, at[half + j], wide[half + j], n)
        if to[half + j] != NONE:
            accumulate(m, to[half + j], broad[half + j], up, ONE, at[j], wide[j], n)
    g = to[2 * half]
    if g != NONE and broad[2 * half]:
        for i in range(n):
            m[g + i] += m[up + i]
    elif g != NONE:
        m[g] += total(m, up, n)


@reassociating
def four_sums(m, at, to, up, n):  # type: ignore[no-untyped-def]
    """Add Σ upstream · x to four uniform weights at a time, then to two; return how far that went."""
    half, j = len(at) // 2, 0
    while j + 4 <= half:
        x, y, z, t = at[half + j], at[half + j + 1], at[half + j + 2], at[half + j + 3]
        a, b, c, d = 0.0, 0.0, 0.0, 0.0
        for i in range(n):
            u = m[up + i]
            a += u * m[x + i]
            b += u * m[y + i]
            c += u * m[z + i]
            d += u * m[t + i]
        m[to[j]] += a
        m[to[j + 1]] += b
        m[to[j + 2]] += c
        m[to[j + 3]] += d
        j += 4
    if j + 2 <= half:
        x, y, a, b = at[half + j], at[half + j + 1], 0.0, 0.0
        for i in range(n):
            u = m[up + i]
            a += u * m[x + i]
            b += u * m[y + i]
        m[to[j]] += a
        m[to[j + 1]] += b
        j += 2
    return j


@compiled
def dot_back_one(m, at, to, up):  # type: ignore[no-untyped-def]
    """Add in eager's order, where there is one lane: the weights, the inputs, the bias."""
    half, upstream = len(at) // 2, m[up]
    for j in range(2 * half):
        if to[j] != NONE:
            m[to[j]] += upstream * m[at[j + half if j < half else j - half]]
    if to[2 * half] != NONE:
        m[to[2 * half]] += upstream


# What an instruction computes from its operands x, y and z, in each lane. A function of `math` needs no line of its own.
EXPRESSIONS = {name: f"math.{name}(x)" for name in FUNCTIONS if hasattr(math, name)} | {
    "add": "x + y",
    "sub": "x - y",
    "mul": "x * y",
    "div": "x / y",
    "divide": "x / y",
    "neg": "-x",
    "gt": "1.0 if x > y else 0.0",
    "lt": "1.0 if x < y else 0.0",
    "ge": "1.0 if x >= y else 0.0",
    "le": "1.0 if x <= y else 0.0",
    "abs": "math.fabs(x)",
    "maximum": "x if x >= y or x != x else y",
    "minimum": "x if x <= y or x != x else y",
    "where": "y if x != 0.0 else z",
    "pow": "math.pow(x, y)",
    "move": "x",
}
BRANCH = """if kind == {number}:
        for i in range(n):
            m[o + i] = {expression}
    """
LAST = "else:\n        for i in range(n):\n            m[o + i] = math.nan"  # it hands the batch to the python backend


def written() -> str:
    """Return the function that carries out one of the EXPRESSIONS on n lanes, as Python: a branch for each."""
    lane_by_lane = {name: re.sub(r"\b[xyz]\b", r"m[\g<0> + i]", text) for name, text in EXPRESSIONS.items()}
    branches = [BRANCH.format(number=NUMBER[name], expression=text) for name, text in lane_by_lane.items()]
    return f"def compute(kind, m, o, x, y, z, n):\n    {'el'.join(branches)}{LAST}"


WRITTEN, scope = written(), {"math": math}
exec(compile(WRITTEN, __file__, "exec"), scope)  # noqa: S102
compute: Any = njit(error_model="numpy", forceinline=True)(scope["compute"])  # it is part of `run`: no call is made


def run(tape, places, wides, offset, step, m, lanes):  # type: ignore[no-untyped-def]
    """Carry out the instructions on the numbers m; a slot's begin at its offset, one (step 0) or one a lane (step 1)."""
    for k in range(len(tape)):
        kind, out, first, second, third = tape[k, 0], tape[k, 1], tape[k, 2], tape[k, 3], tape[k, 4]
        o, n = offset[out], lanes if step[out] else ONE
        spare = np.uint64(len(m)) - SPARE * lanes
        if kind == DOT:
            at, wide = places[first : first + second], wides[first : first + second]
            if n == ONE:
                dot_one(m, at, o)
            else:
                dot(m, at, wide, third, o, n)
            continue
        if kind == DOT_BACK:
            begin, end = first + second, first + second + second
            at, to = places[first:begin], places[begin:end]
            if n == ONE:
                dot_back_one(m, at, to, o)
            else:
                dot_back(m, at, wides[first:begin], to, wides[begin:end], third, o, n)
            continue
        x, y = offset[first], offset[second]
        if kind == ACCUMULATE:
            accumulate(m, o, step[out], x, step[first], y, step[second], lanes if step[first] else ONE)
            continue
        z = offset[third]
        if n > ONE:
            x, y = lane(m, x, step[first], n, spare), lane(m, y, step[second], n, spare + n)
            z = lane(m, z, step[third], n, spare + n + n) if kind == WHERE else z
        compute(kind, m, o, x, y, z, n)


# numba keeps it on disk under its name and the time of this file: other FUNCTIONS make another name, and are compiled anew
run.__qualname__ += "_" + sha256(WRITTEN.encode()).hexdigest()
run = compiled(run)


@compiled
def finite(numbers):  # type: ignore[no-untyped-def]
    """Whether no number is infinite or NaN."""
    fine: Any = True
    for i in range(len(numbers)):
        fine &= math.fabs(numbers[i]) <= LARGEST
    return fine
