"""The beginning of a lesson of one's own: a commented file that runs at once."""

from importlib.resources import files
from pathlib import Path

from autograd.errors import FileError
from autograd.file_io import write_file

TEMPLATE = "new_lesson.txt"


def new_lesson(path: str, force: bool = False) -> str:
    """Write the template to a file, and return what to do next.

    Raises FileError for a name that does not end in .py, for a file that is there already unless `force` is set, and for
    one that cannot be written.
    """
    target = Path(path)
    if target.suffix != ".py":
        raise FileError(
            f"{path!r} is not a name for a lesson: it should end in .py, as {target.stem or 'my_lesson'}.py."
        )
    if target.exists() and not force:
        raise FileError(f"{path!r} is there already. Choose another name, or write over it with --force.")
    write_file(target, files(__package__).joinpath(TEMPLATE).read_bytes())
    return f"{path}: a lesson to change. It runs as it is: python3 -m autograd step {path}"
