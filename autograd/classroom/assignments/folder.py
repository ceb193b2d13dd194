"""The folder of an assignment: written out for a student, packed to hand in, with a copy of chalkgrad in one file."""

import io
import shutil
import zipapp
import zipfile
from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from autograd.classroom.assignments.runner import small_files
from autograd.classroom.assignments.stages import Assignment
from autograd.errors import FileError
from autograd.file_io import write_file, write_folder

PACKAGES = ("autograd", "nn")
PYZ = "chalkgrad.pyz"
KEPT_OUT = ("__pycache__", "solutions")  # students get no solutions
MOMENT = (1980, 1, 1, 0, 0, 0)  # the same bytes each time
MAIN = "import sys\n\nfrom autograd.__main__ import main\n\nsys.exit(main())\n"


def new(assignment: Assignment, folder: Path, solution: bool = False) -> tuple[Path, ...]:
    """Write an assignment's folder, or its solution. Raises FileError where the folder holds something already."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileError(f"{str(folder)!r} is there already, and is not empty. Choose another folder with -o.")
    contents = dict(files(assignment, solution))
    contents[PYZ] = pyz()
    return tuple(write_folder(folder, contents))


def files(assignment: Assignment, solution: bool = False) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of each file of an assignment."""
    here = resources.files(__package__)
    for entry in sorted(here.joinpath("files", assignment.slug).iterdir(), key=lambda entry: entry.name):
        yield entry.name.removesuffix(".txt"), entry.read_bytes()
    if solution:
        solved = here.joinpath("solutions", assignment.slug, f"{assignment.file}.txt")
        if not solved.is_file():
            raise FileError("This copy of chalkgrad holds no solutions: it is the one that students get.")
        kept = (line for line in solved.read_text("utf-8").splitlines(keepends=True) if line.strip() != "# [end]")
        yield assignment.file, "".join(kept).encode()


def pyz() -> bytes:
    """Return chalkgrad.pyz: the packages in one file that Python can run, the same bytes each time."""
    held, made = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        write(archive, "__main__.py", MAIN.encode())
        for name, content in package_files():
            write(archive, name, content)
    held.seek(0)
    zipapp.create_archive(held, made, interpreter="/usr/bin/env python3")
    return made.getvalue()


def package_files() -> Iterator[tuple[str, bytes]]:
    """Yield the files of chalkgrad, by name, without the solutions."""
    for package in PACKAGES:
        yield from walk(resources.files(package), package)


def write(archive: zipfile.ZipFile, name: str, content: bytes, executable: bool = False) -> None:
    """Write a file into an archive, with a date that does not change."""
    info = zipfile.ZipInfo(name, MOMENT)
    info.external_attr = (0o755 if executable else 0o644) << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, content)


def walk(folder: Traversable, name: str) -> Iterator[tuple[str, bytes]]:
    """Yield the files under a folder of a package, by name."""
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name in KEPT_OUT or entry.name.endswith(".pyc"):
            continue
        if entry.is_dir():
            yield from walk(entry, f"{name}/{entry.name}")
        else:
            yield f"{name}/{entry.name}", entry.read_bytes()


def pack(folder: Path, assignment: Assignment, output: Path | None = None) -> Path:
    """Write the zip that is handed in: the files of a folder without caches and without chalkgrad.pyz."""
    if not (folder / assignment.file).is_file():
        raise FileError(f"{str(folder)!r} holds no {assignment.file}: it is no folder of this assignment.")
    target = output or folder.resolve().parent / f"{folder.resolve().name}.zip"
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(small_files(folder), key=lambda path: path.as_posix()):
            if path.resolve() != target.resolve():
                write(archive, path.relative_to(folder).as_posix(), path.read_bytes())
    return write_file(target, made.getvalue())


def unpack(archive: Path, target: Path) -> None:
    """Unpack what a student handed in; names that lead out of the folder are left out, and so is what is too large."""
    try:
        with zipfile.ZipFile(archive) as packed:
            for info in packed.infolist():
                place = (target / info.filename).resolve()
                if info.is_dir() or not place.is_relative_to(target.resolve()) or info.file_size > 10_000_000:
                    continue
                place.parent.mkdir(parents=True, exist_ok=True)
                with packed.open(info) as source, place.open("wb") as file:
                    shutil.copyfileobj(source, file)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError) as error:
        raise FileError(f"{archive.name} cannot be unpacked: {error}") from None
