"""The loop over a tape, for numba: one instruction after the other, its lanes inside.

No multiplication is fused with an addition, and only a sum over several lanes is reassociated: one lane rounds as eager does.
"""

import math
from typing import Any

import numpy as np
from numba import njit

from autograd.replay.tape import NUMBER

ADD, SUB, MUL, DIV, NEG, GT, LT, GE, LE = (
    NUMBER[k] for k in ["add", "sub", "mul", "div", "neg", "gt", "lt", "ge", "le"]
)
EXP, LOG, LOG1P, EXPM1, SQRT, SIN, COS = (NUMBER[k] for k in ["exp", "log", "log1p", "expm1", "sqrt", "sin", "cos"])
TANH, ABS, MAXIMUM, MINIMUM, WHERE = (NUMBER[k] for k in ["tanh", "abs", "maximum", "minimum", "where"])
ERF, ERFC = (NUMBER[k] for k in ["erf", "erfc"])
POW, DIVIDE, MOVE, PAY, DOT, BACK = (NUMBER[k] for k in ["pow", "divide", "move", "pay", "dot", "back"])
ZERO, ONE = np.uint64(0), np.uint64(1)  # offsets are unsigned: none counts from the end
SPARE = np.uint64(3)  # rows at the end of all numbers, for uniform operands spread over the lanes
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
def pay(m, g, gs, up, us, x, xs, n):  # type: ignore[no-untyped-def]
    """Add upstream · x to a gradient: lane by lane, or for a gradient of all lanes their sum."""
    if n == ONE:
        m[g] += m[up] * m[x]
    elif not gs:
        pay_sum(m, g, up, us, x, xs, n)
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
def pay_sum(m, g, up, us, x, xs, n):  # type: ignore[no-untyped-def]
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
def fours(m, offset, step, n, operands, o):  # type: ignore[no-untyped-def]
    """Add four terms at a time, while weights are uniform and inputs are not; return how far that went."""
    half, j = len(operands) // 2, 0
    while j + 4 <= half:
        for k in range(j, j + 4):
            if step[operands[k]] or not step[operands[half + k]]:
                return j
        p, q, r, s = (
            m[offset[operands[j]]],
            m[offset[operands[j + 1]]],
            m[offset[operands[j + 2]]],
            m[offset[operands[j + 3]]],
        )
        x, y = offset[operands[half + j]], offset[operands[half + j + 1]]
        z, t = offset[operands[half + j + 2]], offset[operands[half + j + 3]]
        for i in range(n):
            m[o + i] = (((m[o + i] + p * m[x + i]) + q * m[y + i]) + r * m[z + i]) + s * m[t + i]
        j += 4
    return j


@compiled
def dot(m, offset, step, n, operands, o):  # type: ignore[no-untyped-def]
    """Compute b + w₁x₁ + w₂x₂ + … for several lanes."""
    half = len(operands) // 2
    b = operands[2 * half]
    if step[b]:
        for i in range(n):
            m[o + i] = m[offset[b] + i]
    else:
        lane(m, offset[b], ZERO, n, o)
    for j in range(fours(m, offset, step, n, operands, o), half):
        pay(m, o, ONE, offset[operands[j]], step[operands[j]], offset[operands[half + j]], step[operands[half + j]], n)


@compiled
def dot_one(m, offset, operands, o):  # type: ignore[no-untyped-def]
    """Compute w₁x₁ + w₂x₂ + … + b from left to right, as eager does, where there is one lane."""
    half, z = len(operands) // 2, 0.0
    for j in range(half):
        z += m[offset[operands[j]]] * m[offset[operands[half + j]]]
    m[o] = z + m[offset[operands[2 * half]]]


@reassociating
def both(m, up, w, gx, x, n):  # type: ignore[no-untyped-def]
    """Pay upstream · w to an input, and return Σ upstream · x, which its weight is owed."""
    a, factor = 0.0, m[w]
    for i in range(n):
        u = m[up + i]
        a += u * m[x + i]
        m[gx + i] += u * factor
    return a


@compiled
def back(m, offset, step, n, operands, gradients, up):  # type: ignore[no-untyped-def]
    """Pay upstream · x to each weight, upstream · w to each input, upstream to the bias; −1 is owed nothing."""
    half = len(operands) // 2
    if n == ONE:
        back_one(m, offset, operands, gradients, up)
        return
    for j in range(half):
        w, x, gw, gx = operands[j], operands[half + j], gradients[j], gradients[half + j]
        if gw >= 0 and gx >= 0 and step[x] and not step[w]:
            m[offset[gw]] += both(m, up, offset[w], offset[gx], offset[x], n)
            continue
        if gw >= 0:
            pay(m, offset[gw], step[gw], up, ONE, offset[x], step[x], n)
        if gx >= 0:
            pay(m, offset[gx], step[gx], up, ONE, offset[w], step[w], n)
    g = gradients[2 * half]
    if g >= 0 and step[g]:
        for i in range(n):
            m[offset[g] + i] += m[up + i]
    elif g >= 0:
        m[offset[g]] += total(m, up, n)


@compiled
def back_one(m, offset, operands, gradients, up):  # type: ignore[no-untyped-def]
    """Pay in eager's order, where there is one lane: the weights, the inputs, the bias."""
    half, upstream = len(operands) // 2, m[up]
    for j in range(2 * half):
        if gradients[j] >= 0:
            m[offset[gradients[j]]] += upstream * m[offset[operands[j + half if j < half else j - half]]]
    if gradients[2 * half] >= 0:
        m[offset[gradients[2 * half]]] += upstream


@compiled
def run(tape, lists, offset, step, m, lanes):  # type: ignore[no-untyped-def]
    """Carry out the instructions on the numbers m; a slot's begin at its offset, one (step 0) or one a lane (step 1)."""
    for k in range(len(tape)):
        kind, out, first, second, third = tape[k, 0], tape[k, 1], tape[k, 2], tape[k, 3], tape[k, 4]
        o, n = offset[out], lanes if step[out] else ONE
        spare = np.uint64(len(m)) - SPARE * lanes
        if kind == DOT:
            if n == ONE:
                dot_one(m, offset, lists[first : first + second], o)
            else:
                dot(m, offset, step, n, lists[first : first + second], o)
            continue
        if kind == BACK:
            back(m, offset, step, n, lists[first : first + second], lists[third : third + second], o)
            continue
        x, y = offset[first], offset[second]
        if kind == PAY:
            pay(m, o, step[out], x, step[first], y, step[second], lanes if step[first] else ONE)
            continue
        if n > ONE:
            x, y = lane(m, x, step[first], n, spare), lane(m, y, step[second], n, spare + n)
        if kind == ADD:
            for i in range(n):
                m[o + i] = m[x + i] + m[y + i]
        elif kind == SUB:
            for i in range(n):
                m[o + i] = m[x + i] - m[y + i]
        elif kind == MUL:
            for i in range(n):
                m[o + i] = m[x + i] * m[y + i]
        elif kind in (DIV, DIVIDE):
            for i in range(n):
                m[o + i] = m[x + i] / m[y + i]
        elif kind == NEG:
            for i in range(n):
                m[o + i] = -m[x + i]
        elif kind == GT:
            for i in range(n):
                m[o + i] = 1.0 if m[x + i] > m[y + i] else 0.0
        elif kind == LT:
            for i in range(n):
                m[o + i] = 1.0 if m[x + i] < m[y + i] else 0.0
        elif kind == GE:
            for i in range(n):
                m[o + i] = 1.0 if m[x + i] >= m[y + i] else 0.0
        elif kind == LE:
            for i in range(n):
                m[o + i] = 1.0 if m[x + i] <= m[y + i] else 0.0
        elif kind == MAXIMUM:
            for i in range(n):
                m[o + i] = m[x + i] if m[x + i] >= m[y + i] or m[x + i] != m[x + i] else m[y + i]
        elif kind == MINIMUM:
            for i in range(n):
                m[o + i] = m[x + i] if m[x + i] <= m[y + i] or m[x + i] != m[x + i] else m[y + i]
        elif kind == WHERE:
            z = offset[third] if n == ONE else lane(m, offset[third], step[third], n, spare + n + n)
            for i in range(n):
                m[o + i] = m[y + i] if m[x + i] != 0.0 else m[z + i]
        elif kind == EXP:
            for i in range(n):
                m[o + i] = math.exp(m[x + i])
        elif kind == LOG:
            for i in range(n):
                m[o + i] = math.log(m[x + i])
        elif kind == LOG1P:
            for i in range(n):
                m[o + i] = math.log1p(m[x + i])
        elif kind == EXPM1:
            for i in range(n):
                m[o + i] = math.expm1(m[x + i])
        elif kind == SQRT:
            for i in range(n):
                m[o + i] = math.sqrt(m[x + i])
        elif kind == SIN:
            for i in range(n):
                m[o + i] = math.sin(m[x + i])
        elif kind == COS:
            for i in range(n):
                m[o + i] = math.cos(m[x + i])
        elif kind == TANH:
            for i in range(n):
                m[o + i] = math.tanh(m[x + i])
        elif kind == ERF:
            for i in range(n):
                m[o + i] = math.erf(m[x + i])
        elif kind == ERFC:
            for i in range(n):
                m[o + i] = math.erfc(m[x + i])
        elif kind == ABS:
            for i in range(n):
                m[o + i] = math.fabs(m[x + i])
        elif kind == POW:
            for i in range(n):
                m[o + i] = math.pow(m[x + i], m[y + i])
        elif kind == MOVE:
            for i in range(n):
                m[o + i] = m[x + i]


@compiled
def finite(numbers):  # type: ignore[no-untyped-def]
    """Whether no number is infinite or NaN."""
    fine: Any = True
    for i in range(len(numbers)):
        fine &= math.fabs(numbers[i]) <= LARGEST
    return fine
