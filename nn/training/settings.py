"""What a training was made with, in a form that a checkpoint can keep: so that another training does not go on from it."""

import hashlib
import re
from array import array
from functools import partial
from inspect import getattr_static, getclosurevars
from itertools import zip_longest
from random import Random
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

from autograd import DataError, Value
from nn.checks import as_list
from nn.data.batching import Data
from nn.module import Module


def check_same_settings(made: dict[str, object], now: dict[str, object]) -> None:
    """Refuse a checkpoint of another training."""
    differing = [
        "{} {!r:.120}, now {!r:.120}".format(part, *difference(made.get(part), now[part]))
        for part in now
        if made.get(part) != now[part]
    ]
    if differing:
        raise DataError(
            f"This checkpoint was made with other parts: {'; '.join(differing)}. Its numbers would not be those of an unbroken run. "
            "Give fit the same parts; or take only the weights: model.load_state_dict(load_checkpoint(path)['model'])."
        )


def difference(one: Any, other: Any) -> tuple[Any, Any]:
    """Return two things that differ, or of two lists the first pair that does."""
    if not (isinstance(one, list) and isinstance(other, list)):
        return one, other
    return next((a, b) for a, b in zip_longest(one, other) if a != b)


def written(part: object) -> str:
    """Return how a part is written, without the addresses that Python writes: they are others in the next run."""
    return re.sub(r" at 0x[0-9a-fA-F]+", "", repr(part))


def fingerprint(function: object) -> str | None:
    """Return what a loss or a penalty is, in a line: so that another of the same name is told apart."""
    try:
        text = described(function)
    except Exception:  # a function that leads back to itself, or a thing of yours that cannot be written
        text = getattr(function, "__qualname__", type(function).__qualname__)
    if len(text) > 200:
        text = f"{text[:100]} … {hashlib.sha256(text.encode()).hexdigest()[:16]}"
    return None if function is None else text


def described(thing: object) -> str:
    """Return what a function is, with what it has captured.

    >>> from functools import partial
    >>> from nn import huber_loss
    >>> described(huber_loss), described(partial(huber_loss, delta=5.0))
    ('huber_loss', 'partial(huber_loss, delta=5.0)')

    A parameter that was captured may change, so it is named and its number is not.
    """
    if isinstance(thing, (Value, Random)):
        return type(thing).__name__
    if isinstance(thing, partial):
        named = [f"{name}={described(part)}" for name, part in thing.keywords.items()]
        return f"partial({', '.join([described(thing.func), *map(described, thing.args), *named])})"
    if isinstance(thing, MethodType):
        return f"{described(thing.__func__)} of {described(thing.__self__)}"
    if isinstance(thing, FunctionType):
        captured = captured_by(thing)
        return f"{thing.__qualname__}{f' with {captured}' if captured else ''}"
    if isinstance(thing, (list, tuple)):
        return f"[{', '.join(map(described, thing))}]"
    if isinstance(thing, (int, float, str, Module, dict, type(None))):
        return written(thing)
    return f"{getattr(thing, '__qualname__', type(thing).__qualname__)}{own_attributes(thing)}"


def captured_by(function: FunctionType) -> str:
    """Return what a function of yours uses and does: closure, globals, constants, defaults, and a check sum of its code."""
    if function.__module__.split(".")[0] in ("nn", "autograd"):
        return ""
    names = {**function.__globals__, **getclosurevars(function).nonlocals}
    used = {name: names[name] for name in code_names(function.__code__) if name in names}
    words = [f"{name}={described(part)}" for name, part in used.items() if not isinstance(part, (ModuleType, type))]
    constants = code_constants(function.__code__)
    defaults = [*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()]
    return ", ".join([*words, *map(repr, constants), *map(described, defaults), f"code {code_sum(function.__code__)}"])


def code_names(code: CodeType) -> list[str]:
    """Return the names that a piece of code uses, and those of the functions inside it."""
    inner = [name for part in code.co_consts if isinstance(part, CodeType) for name in code_names(part)]
    return list(dict.fromkeys([*code.co_freevars, *code.co_names, *inner]))


def code_constants(code: CodeType) -> list[float]:
    """Return the numbers that are written in a piece of code, and in the functions inside it."""
    inner = [x for part in code.co_consts if isinstance(part, CodeType) for x in code_constants(part)]
    return [x for x in code.co_consts if isinstance(x, (int, float)) and not isinstance(x, bool)] + inner


def code_sum(code: CodeType) -> str:
    """Return a check sum of a piece of code, and of the functions inside it."""
    inner = [code_sum(part) for part in code.co_consts if isinstance(part, CodeType)]
    return hashlib.sha256(code.co_code + "".join(inner).encode()).hexdigest()[:8]


def own_attributes(thing: object) -> str:
    """Return the attributes of an object that is called as a loss, and what its class does at a call."""
    own = getattr(thing, "__dict__", None) or {}
    words = [f"{name}={described(part)}" for name, part in own.items() if not name.startswith("__")]
    called = getattr_static(type(thing), "__call__", None)
    words += [captured_by(called)] if isinstance(called, FunctionType) else []
    return f"({', '.join(filter(None, words))})" if any(words) else ""


def digest(data: Data[object]) -> str:
    """Return a check sum of all examples, in their order."""
    sums = hashlib.sha256()
    for example in data:
        for part in example:
            sums.update(in_bytes(part))
    return f"{len(data)} examples, {sums.hexdigest()[:16]}"


def in_bytes(numbers: Any) -> bytes:
    """Return the bytes of a row of numbers; of what is not numbers, those of its text."""
    try:
        return array("d", as_list(numbers)).tobytes()
    except TypeError:
        return repr(numbers).encode()
