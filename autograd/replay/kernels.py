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
def pay(m, g, gs, up, x, xs, n):  # type: ignore[no-untyped-def]
    """Add upstream · x to a gradient: lane by lane, or for a gradient of all lanes their sum."""
    if n == ONE:
        m[g] += m[up] * m[x]
    elif gs and xs:
        for i in range(n):
            m[g + i] += m[up + i] * m[x + i]
    elif gs:
        factor = m[x]
        for i in range(n):
            m[g + i] += m[up + i] * factor
    elif xs:
        m[g] += product(m, up, x, n)
    else:
        m[g] += total(m, up, n) * m[x]


@compiled
def fours(m, offset, step, n, operands, o):  # type: ignore[no-untyped-def]
    """Add four terms at a time, still from left to right, while weights are uniform; return how far that went."""
    half, j = len(operands) // 2, 1
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
    """Compute w₁x₁ + w₂x₂ + … + b, from left to right."""
    half = len(operands) // 2
    for i in range(n if half else ZERO):
        m[o + i] = m[offset[operands[0]] + i * step[operands[0]]] * m[offset[operands[half]] + i * step[operands[half]]]
    begin = fours(m, offset, step, n, operands, o) if n > ONE else 1
    for j in range(begin, half):
        w, x = offset[operands[j]], offset[operands[half + j]]
        ws, xs = step[operands[j]], step[operands[half + j]]
        if n == ONE:
            m[o] += m[w] * m[x]
        elif xs and not ws:
            factor = m[w]
            for i in range(n):
                m[o + i] += factor * m[x + i]
        else:
            for i in range(n):
                m[o + i] += m[w + i * ws] * m[x + i * xs]
    b, bs = offset[operands[2 * half]], step[operands[2 * half]]
    for i in range(n):
        m[o + i] = m[o + i] + m[b + i * bs] if half else m[b + i * bs]


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
            pay(m, offset[gw], step[gw], up, offset[x], step[x], n)
        if gx >= 0:
            pay(m, offset[gx], step[gx], up, offset[w], step[w], n)
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
        if kind == DOT:
            dot(m, offset, step, n, lists[first : first + second], o)
            continue
        if kind == BACK:
            back(m, offset, step, n, lists[first : first + second], lists[third : third + second], o)
            continue
        x, y, xs, ys = offset[first], offset[second], step[first], step[second]
        if kind == PAY:
            if xs:
                pay(m, o, step[out], x, y, ys, lanes)
            else:
                m[o] += m[x] * m[y]
            continue
        if kind == ADD:
            for i in range(n):
                m[o + i] = m[x + i * xs] + m[y + i * ys]
        elif kind == SUB:
            for i in range(n):
                m[o + i] = m[x + i * xs] - m[y + i * ys]
        elif kind == MUL:
            for i in range(n):
                m[o + i] = m[x + i * xs] * m[y + i * ys]
        elif kind in (DIV, DIVIDE):
            for i in range(n):
                m[o + i] = m[x + i * xs] / m[y + i * ys]
        elif kind == NEG:
            for i in range(n):
                m[o + i] = -m[x + i * xs]
        elif kind == GT:
            for i in range(n):
                m[o + i] = 1.0 if m[x + i * xs] > m[y + i * ys] else 0.0
        elif kind == LT:
            for i in range(n):
                m[o + i] = 1.0 if m[x + i * xs] < m[y + i * ys] else 0.0
        elif kind == GE:
            for i in range(n):
                m[o + i] = 1.0 if m[x + i * xs] >= m[y + i * ys] else 0.0
        elif kind == LE:
            for i in range(n):
                m[o + i] = 1.0 if m[x + i * xs] <= m[y + i * ys] else 0.0
        elif kind == MAXIMUM:
            for i in range(n):
                m[o + i] = (
                    m[x + i * xs] if m[x + i * xs] >= m[y + i * ys] or m[x + i * xs] != m[x + i * xs] else m[y + i * ys]
                )
        elif kind == MINIMUM:
            for i in range(n):
                m[o + i] = (
                    m[x + i * xs] if m[x + i * xs] <= m[y + i * ys] or m[x + i * xs] != m[x + i * xs] else m[y + i * ys]
                )
        elif kind == WHERE:
            z, zs = offset[third], step[third]
            for i in range(n):
                m[o + i] = m[y + i * ys] if m[x + i * xs] != 0.0 else m[z + i * zs]
        elif kind == EXP:
            for i in range(n):
                m[o + i] = math.exp(m[x + i * xs])
        elif kind == LOG:
            for i in range(n):
                m[o + i] = math.log(m[x + i * xs])
        elif kind == LOG1P:
            for i in range(n):
                m[o + i] = math.log1p(m[x + i * xs])
        elif kind == EXPM1:
            for i in range(n):
                m[o + i] = math.expm1(m[x + i * xs])
        elif kind == SQRT:
            for i in range(n):
                m[o + i] = math.sqrt(m[x + i * xs])
        elif kind == SIN:
            for i in range(n):
                m[o + i] = math.sin(m[x + i * xs])
        elif kind == COS:
            for i in range(n):
                m[o + i] = math.cos(m[x + i * xs])
        elif kind == TANH:
            for i in range(n):
                m[o + i] = math.tanh(m[x + i * xs])
        elif kind == ERF:
            for i in range(n):
                m[o + i] = math.erf(m[x + i * xs])
        elif kind == ERFC:
            for i in range(n):
                m[o + i] = math.erfc(m[x + i * xs])
        elif kind == ABS:
            for i in range(n):
                m[o + i] = math.fabs(m[x + i * xs])
        elif kind == POW:
            for i in range(n):
                m[o + i] = math.pow(m[x + i * xs], m[y + i * ys])
        elif kind == MOVE:
            for i in range(n):
                m[o + i] = m[x + i * xs]


@compiled
def finite(numbers):  # type: ignore[no-untyped-def]
    """Whether no number is infinite or NaN."""
    fine: Any = True
    for i in range(len(numbers)):
        fine &= math.fabs(numbers[i]) <= LARGEST
    return fine
