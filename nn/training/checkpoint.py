"""A checkpoint: all that training needs to go on as if it had never been interrupted, in one file of text (JSON).

A float is written with as many digits as bring back the same float, so nothing is lost.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograd import DataError
from autograd.file_io import read_file, write_file
from nn.checks import shortened
from nn.errors import FormatError

KIND = "chalkgrad checkpoint 1"


def save_checkpoint(path: str | Path, state: Mapping[str, object]) -> None:
    """Write a state (dicts, lists, numbers, text) to a file, all of it or nothing.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_checkpoint(f"{folder}/run.json", {"weights": [0.1, 0.2]})
    ...     load_checkpoint(f"{folder}/run.json")
    {'weights': [0.1, 0.2]}

    Raises DataError for a state of other things, FileError where the file cannot be written.
    """
    if not isinstance(state, dict):
        raise DataError(f"A state is a dict, and {shortened(state)} is not one. Give model.state_dict(), say.")
    try:
        inside = packed(state)
        content = json.dumps({"kind": KIND, "sha256": digest(inside), "state": inside})
    except (TypeError, ValueError, RecursionError) as error:  # also for a list that holds itself
        raise DataError(
            f"A checkpoint holds dicts, lists, numbers, text: {error}. Give model.state_dict(), say."
        ) from None
    write_file(path, content)


def load_checkpoint(path: str | Path) -> dict[str, Any]:
    """Return the state that a file holds.

    Raises FormatError for a file that is cut short, changed, or something else, MissingFileError if it is not there.
    """
    raw = read_file(path)
    try:
        content = json.loads(raw)
    except ValueError:
        raise bad_checkpoint(path, f"it ends or breaks off after {len(raw)} bytes, and is not whole JSON") from None
    except RecursionError:
        raise bad_checkpoint(path, "its lists are nested too deeply") from None
    if not isinstance(content, dict) or content.get("kind") != KIND:
        raise bad_checkpoint(path, f"it is not marked as a {KIND!r}")
    if content.get("sha256") != digest(content.get("state")):
        raise bad_checkpoint(path, "it was changed after it was written: its check sum does not fit")
    try:
        state = unpacked(content["state"])
    except (TypeError, ValueError, KeyError):  # the sum fits, but this is not what `packed` makes
        state = None
    if not isinstance(state, dict):
        raise bad_checkpoint(path, "it does not hold a state as save_checkpoint writes it")
    return state


def packed(state: Any) -> Any:
    """Return a state as JSON can hold it: a tuple and a dict whose keys are not text are marked as such."""
    if isinstance(state, tuple):
        return {"tuple": [packed(part) for part in state]}
    if isinstance(state, dict):
        return {"dict": [[packed(key), packed(part)] for key, part in state.items()]}
    return [packed(part) for part in state] if isinstance(state, list) else state


def unpacked(state: Any) -> Any:
    """Return the state that was packed."""
    if isinstance(state, dict):
        (kind, parts), *_ = state.items()
        if kind == "tuple":
            return tuple(unpacked(part) for part in parts)
        return {unpacked(key): unpacked(part) for key, part in parts}
    return [unpacked(part) for part in state] if isinstance(state, list) else state


def digest(inside: Any) -> str:
    """Return the check sum of a packed state."""
    return hashlib.sha256(json.dumps(inside).encode()).hexdigest()


def bad_checkpoint(path: str | Path, why: str, kind: type[FormatError] = FormatError) -> FormatError:
    """Return the error of a file that is not a checkpoint, with what would work."""
    return kind(
        f"{path} is not a checkpoint to go on from: {why}. Nothing was changed. "
        "Take an earlier checkpoint, or train from the start without resume."
    )
