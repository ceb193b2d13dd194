"""NAME=NUMBER on a command line, which may stand anywhere behind the LESSON."""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Sequence
from fractions import Fraction

from autograd.errors import DataError

GIVEN = re.compile(r"([^\W\d]\w*)=(.*)", re.DOTALL)


def split_numbers(words: Sequence[str], top: argparse.ArgumentParser) -> tuple[list[str], dict[str, float]]:
    """Return the words of a command without those of the form NAME=NUMBER behind its LESSON, and these as numbers.

    Raises DataError for what is not a finite number, and for a name that is given twice.
    """
    actions = actions_of(top, words[0]) if words else []
    if not any(action.dest == "lesson" for action in actions):
        return list(words), {}
    rest, numbers = list(words[:1]), dict[str, float]()
    options = {option: action for action in actions for option in action.option_strings}
    positionals, value_of_option = 0, False
    for word in words[1:]:
        found = GIVEN.fullmatch(word)
        if found and positionals and not value_of_option:
            name, number = found[1], read_number(word, found[2])
            if numbers.setdefault(name, number) is not number:
                raise DataError(f"{name} is given twice: {numbers[name]:g} and {number:g}. Give it once.")
            continue
        positionals += not value_of_option and not word.startswith("-")
        value_of_option = word in options and options[word].nargs != 0
        rest.append(word)
    return rest, numbers


def actions_of(top: argparse.ArgumentParser, command: str) -> list[argparse.Action]:
    """Return what a command takes; nothing where there is no such command."""
    for action in top._actions:
        if isinstance(action, argparse._SubParsersAction) and command in action.choices:
            return list(action.choices[command]._actions)
    return []


def read_number(word: str, written: str) -> float:
    """Return the number of NAME=NUMBER.

    >>> read_number("w=1/4", "1/4"), read_number("w=−2", "−2")
    (0.25, -2.0)
    """
    text = written.replace("−", "-").strip()
    try:
        number = float(Fraction(text)) if "/" in text else float(text)
    except (ValueError, ZeroDivisionError, OverflowError):
        raise DataError(f"{word}: {written!r} is not a number. Write it as 3, −0.5, 2e-3 or 1/3.") from None
    if not math.isfinite(number):
        raise DataError(f"{word}: a number must be finite, and a float ends at about 1.8e308.")
    return number


def name_list(words: str | None) -> list[str] | None:
    """Return the names of `--parameters w,b`; None where the option is not there."""
    return None if words is None else [name for name in re.split(r"[,\s]+", words) if name]
