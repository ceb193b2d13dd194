"""A check for an exercise that asks for code: a student's function beside the right one, at some inputs."""

from collections.abc import Callable, Iterable, Sequence
from math import isclose
from typing import Any


def compare(yours: Callable[..., Any], right: Callable[..., Any], cases: Iterable[tuple[Any, ...]]) -> str:
    """Say whether a function returns what it should, and at which input it first does not.

    >>> compare(lambda x: x + x, lambda x: x * x, [(2.0,), (3.0,)])
    '1 of 2 right. First difference: for 3.0 yours returns 6.0, and it should be 9.0.'
    >>> compare(lambda x: x * x, lambda x: x**2, [(2.0,), (3.0,)])
    'All 2 right.'

    Numbers are the same to nine digits; lists are compared number by number.
    """
    cases = list(cases)
    found = [(case, outcome(yours, case), right(*case)) for case in cases]
    wrong = [(case, given, wanted) for case, given, wanted in found if not same(given, wanted)]
    if not wrong:
        return f"All {len(cases)} right."
    (case, given, wanted), *_ = wrong
    shown = ", ".join(map(str, case))
    return f"{len(cases) - len(wrong)} of {len(cases)} right. First difference: for {shown} yours returns {given}, and it should be {wanted}."


def outcome(yours: Callable[..., Any], case: tuple[Any, ...]) -> Any:
    """Return what a function returns, or the error that it raises, as text."""
    try:
        return yours(*case)
    except Exception as error:  # whatever a student's code raises
        return f"{type(error).__name__}: {error}"


def same(a: Any, b: Any) -> bool:
    """Tell whether two results are the same, but for rounding."""
    if isinstance(a, Sequence) and isinstance(b, Sequence) and not isinstance(a, str):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, int | float) and isinstance(b, int | float):
        return isclose(a, b, rel_tol=1e-9, abs_tol=1e-12)
    return bool(a == b)
