"""A checkpoint: all that training needs to go on as if it had never been interrupted, in one file of text (JSON).

A float is written with as many digits as bring back the same float, so nothing is lost. A file is first written
beside its place and then moved there: whoever looks finds the old one or the new one, never half of one.
"""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from autograd import DataError, FileError
from nn.checks import few
from nn.errors import FormatError, MissingFileError

KIND = "chalkgrad checkpoint 1"


def save_checkpoint(path: str | Path, state: dict[str, Any]) -> None:
    """Write a state (dicts, lists, numbers, text) to a file, all of it or nothing.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_checkpoint(f"{folder}/run.json", {"weights": [0.1, 0.2]})
    ...     load_checkpoint(f"{folder}/run.json")
    {'weights': [0.1, 0.2]}
    """
    if not isinstance(state, dict):
        raise DataError(f"A state is a dict, and {few(state)} is none. Give model.state_dict(), say.")
    inside = packed(state)
    try:
        content = json.dumps({"kind": KIND, "sha256": digest(inside), "state": inside})
    except TypeError as error:
        raise DataError(
            f"A checkpoint holds dicts, lists, numbers, text: {error}. Give model.state_dict(), say."
        ) from None
    write_atomically(path, content.encode())


def load_checkpoint(path: str | Path) -> dict[str, Any]:
    """Return the state that a file holds; FormatError if it is cut short, changed, or something else, FileError if it is not there."""
    raw = read_bytes(path)
    try:
        content = json.loads(raw)
    except ValueError:
        raise FormatError(
            refusal(path, f"it ends or breaks off after {len(raw)} bytes, and is no whole JSON")
        ) from None
    if not isinstance(content, dict) or content.get("kind") != KIND:
        raise FormatError(refusal(path, f"it is not marked as a {KIND!r}"))
    if content.get("sha256") != digest(content.get("state")):
        raise FormatError(refusal(path, "it was changed after it was written: its check sum does not fit"))
    state: dict[str, Any] = unpacked(content["state"])
    return state


def write_atomically(path: str | Path, content: bytes) -> None:
    """Write a file so that its place never holds half of it."""
    check_place(path)
    beside = Path(f"{path}.{os.getpid()}.part")
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def check_place(path: str | Path) -> None:
    """Refuse a place where no file can be written."""
    folder = a_file(path).parent
    if not folder.is_dir():
        raise FileError(f"There is no folder {str(folder)!r} to write {str(path)!r} into. Make it first: mkdir.")


def a_file(path: Any) -> Path:
    """Return a path, if it is one, and not that of a folder."""
    if not isinstance(path, (str, os.PathLike)):
        raise DataError(f"The name of a file is text, or a pathlib.Path, and {few(path)} is neither.")
    place = Path(path)
    if place.is_dir():
        raise FileError(f"{str(path)!r} is a folder. Give the name of a file in it: {str(place / 'run.json')!r}.")
    return place


def read_bytes(path: str | Path) -> bytes:
    """Return all that a file holds."""
    try:
        return a_file(path).read_bytes()
    except FileNotFoundError:
        raise MissingFileError(
            f"There is no file {str(path)!r}. Is the name right? A relative one begins in {str(Path.cwd())!r}."
        ) from None
    except OSError as error:
        if isinstance(error, FileError):
            raise
        raise FileError(f"{str(path)!r} cannot be read: {error.strerror}.") from None


def packed(state: Any) -> Any:
    """Return a state as JSON can hold it: a tuple and a dict whose keys are no text are marked as such."""
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


def refusal(path: str | Path, why: str) -> str:
    """Say why a file is no checkpoint, and what would work."""
    return f"{path} is no checkpoint to go on from: {why}. Nothing was changed. Take an earlier checkpoint, or train from the start without resume."
