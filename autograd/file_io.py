"""Files, read whole or written whole. Whatever fails is a FileError, with the path and what would work.

A file is first written beside its place, under a name of its own, and then moved there: whoever looks finds the old
file or the new one, never half of one. What an interrupted process left beside it is swept at the next write.
"""

import errno
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from autograd.errors import DataError, FileError, MissingFileError

try:
    import fcntl
except ImportError:  # Windows has none
    fcntl = None  # type: ignore[assignment]

__all__ = [
    "check_free",
    "check_place",
    "file_errors",
    "file_path",
    "read_file",
    "write_file",
    "write_folder",
]

REMEDIES = {
    errno.ENOSPC: "Make room on the disk, or choose another place.",
    errno.EDQUOT: "Make room on the disk, or choose another place.",
    errno.ENAMETOOLONG: "Choose a shorter name.",
}
OTHERWISE = {"written": "Choose a folder that exists and that you may write to.", "read": "Is it the right file?"}


def write_file(path: str | os.PathLike[str], content: str | bytes) -> Path:
    """Write a file, all of it or nothing, and return its path; text is written in UTF-8.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     print(write_file(f"{folder}/note.txt", "x = 3").read_text())
    x = 3

    Raises FileError where it cannot be written, DataError for what is not a path.
    """
    check_place(path)
    raw = as_bytes(content)
    with file_errors(path, "written"):
        place = Path(os.path.realpath(path))
        if place.exists() and not place.is_file():  # /dev/stdout, a pipe: there is nothing to replace
            place.write_bytes(raw)
        else:
            replace_file(place, raw)
    return Path(path)


def write_folder(folder: str | os.PathLike[str], contents: Mapping[str, str | bytes]) -> list[Path]:
    """Write files into a folder, all of them or none, and return their paths; folders that are missing are made.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     [path.read_text() for path in write_folder(f"{place}/week1", {"students/ada.txt": "x = 3"})]
    ['x = 3']

    Raises FileError where one of them cannot be written.
    """
    place = Path(folder)
    with file_errors(folder, "written"), new_folder_near(place) as near:
        for name, content in contents.items():
            check_free(place / name)
            (near / name).parent.mkdir(parents=True, exist_ok=True)
            (near / name).write_bytes(as_bytes(content))
        for name in contents:
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (near / name).replace(place / name)
    return [place / name for name in contents]


def check_free(path: Path) -> None:
    """Raise FileError where a folder has a file's name, or a file that of a folder."""
    file_path(path)
    for above in path.parents:
        if above.exists() and not above.is_dir():
            raise FileError(f"{str(above)!r} is not a folder. Choose another name, or move it away.")


def as_bytes(content: str | bytes) -> bytes:
    """Return what a file holds as bytes; text in UTF-8."""
    return content.encode() if isinstance(content, str) else content


def read_file(path: str | os.PathLike[str]) -> bytes:
    """Return all that a file holds.

    Raises MissingFileError where there is none, FileError where it cannot be read, DataError for what is not a path.
    """
    with file_errors(path, "read"):
        if file_path(path).is_char_device():
            raise FileError(f"{str(path)!r} is a device, of which the end may never come. Give the name of a file.")
        return file_path(path).read_bytes()


def check_place(path: str | os.PathLike[str]) -> None:
    """Raise FileError for a place where no file can be written, before anything is computed for it."""
    with file_errors(path, "written"):
        folder = file_path(path).parent
        if not folder.is_dir():
            raise FileError(
                f"{str(path)!r} cannot be written: No such file or directory. There is no folder {str(folder)!r}: make it first."
            )
        with suppress(FileNotFoundError):
            os.lstat(path)  # which no name can be that is too long, or has a NUL in it


def file_path(path: object) -> Path:
    """Return a path, if it is one, and not that of a folder."""
    if not isinstance(path, (str, os.PathLike)):
        raise DataError(f"The name of a file is text, or a pathlib.Path, and {path!r:.60} is neither.")
    place = Path(path)
    if os.path.isdir(place):  # which raises nothing for a name that is too long
        raise FileError(f"{str(path)!r} is a folder. Give the name of a file in it.")
    return place


def replace_file(place: Path, raw: bytes) -> None:
    """Write a file beside its place, and move it there."""
    sweep(place)
    beside, file = new_file_beside(place)
    try:
        with file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
            if place.exists():
                beside.chmod(place.stat().st_mode & 0o7777)
            beside.replace(place)
    finally:
        beside.unlink(missing_ok=True)


def new_file_beside(place: Path) -> tuple[Path, BinaryIO]:
    """Make a file with a name that no other write has, lock it, and return its path and the file.

    Where a signal breaks this off, the file is closed as it is forgotten, and the next write sweeps it.
    """
    while True:
        beside = place.with_name(part_name(place.name))
        file = beside.open("xb")
        if fcntl:
            fcntl.flock(file, fcntl.LOCK_EX)
        if os.fstat(file.fileno()).st_nlink:  # else it was swept before it was locked
            return beside, file
        file.close()


@contextmanager
def new_folder_near(place: Path) -> Iterator[Path]:
    """Make a folder in a place, or where the place will be, for files that are moved from there when all are written."""
    import shutil  # loaded when a folder is written: it would be a tenth of `import autograd`

    there = next(above for above in (place, *place.parents) if above.exists())
    for left in there.iterdir() if fcntl else ():
        if is_part(left.name, place.name):
            with suppress(OSError), locked(left):
                shutil.rmtree(left)
    near = there / part_name(place.name)
    near.mkdir()
    try:
        with locked(near):
            yield near
    finally:
        shutil.rmtree(near, ignore_errors=True)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Lock a folder, or raise OSError where a running process has it."""
    if not fcntl:
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def sweep(place: Path) -> None:
    """Remove what broken writes to a place have left beside it: files that no running process has locked."""
    leftovers = [file for file in place.parent.iterdir() if is_part(file.name, place.name)] if fcntl else []
    for file in leftovers:
        with suppress(OSError), file.open("rb") as opened:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            file.unlink()


def part_name(whole: str) -> str:
    """Return a name that no other write has, for a file or a folder that is not whole yet."""
    return f".{whole[:100]}.{os.urandom(8).hex()}.part"


def is_part(name: str, whole: str) -> bool:
    """Whether a name is one that `part_name` makes for a file or a folder of that name."""
    start = f".{whole[:100]}."
    return name.startswith(start) and name.endswith(".part") and len(name) == len(start) + 16 + len(".part")


@contextmanager
def file_errors(path: object, what: str) -> Iterator[None]:
    """Turn what the system says about a file into a FileError with its path and what would work."""
    try:
        yield
    except (FileError, DataError):
        raise
    except (OSError, ValueError) as error:  # a ValueError for a NUL in the name
        if what == "read" and isinstance(error, FileNotFoundError):
            raise MissingFileError(
                f"There is no file {str(path)!r}. Is the name right? A relative one begins in {str(Path.cwd())!r}."
            ) from None
        number, words = getattr(error, "errno", None), getattr(error, "strerror", None) or str(error)
        remedy = REMEDIES.get(number, OTHERWISE[what])  # type: ignore[arg-type]
        raise FileError(f"{str(path)!r} cannot be {what}: {words}. {remedy}") from None
