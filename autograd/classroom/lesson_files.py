"""Lessons from a file of one's own: PATH.py or PATH.py:NAME, and a folder of such files as a course.

The file is the user's own program and is run as one: its folder comes first on `sys.path`, as with `python PATH.py`.
"""

from __future__ import annotations

import importlib.util
import inspect
import re
import sys
import traceback
from pathlib import Path
from types import ModuleType
from typing import Any

from autograd.classroom.course import Course
from autograd.classroom.formulas import near
from autograd.classroom.lesson import Lesson, as_lesson
from autograd.classroom.lesson_checks import check_lesson
from autograd.errors import AutogradError, FileError
from autograd.value import Value

USUAL = ("LESSON", "lesson", "build")  # what a file is asked for when no NAME is given


def split_path(wanted: str) -> tuple[str, str] | None:
    r"""Return the path and the name in PATH.py or PATH.py:NAME, or None for what names no file.

    >>> split_path("a.py"), split_path(r"C:\\a.py:f"), split_path("tiny-network")
    (('a.py', ''), ('C:\\\\a.py', 'f'), None)
    """
    found = re.fullmatch(r"(.+\.py)(?::([^:/\\]*))?", wanted, re.DOTALL)
    return (found[1], found[2] or "") if found else None


def lesson_of_file(path: str, name: str = "") -> Lesson:
    """Return the lesson that a file holds: a Lesson, a Value, or a function that builds a graph.

    Raises FileError, with what to do, for a file that cannot be read or run, or holds nothing of the kind.
    """
    module = run_file(path)
    found = thing_in(module, path, name)
    title = Path(path).stem if not name else f"{Path(path).stem}: {name}"
    return check_lesson(as_lesson(found, title))


def run_file(path: str) -> ModuleType:
    """Return a file as a module, run afresh."""
    whole = existing(path)
    spec = importlib.util.spec_from_file_location(whole.stem, whole)
    assert spec is not None  # as for every name that ends in .py
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(whole.parent))
    sys.modules[whole.stem] = module  # dataclasses and pickle look for it there
    try:
        spec.loader.exec_module(module)
    except AutogradError:
        raise
    except (Exception, SystemExit) as error:
        raise failed(path, str(whole), error) from None
    finally:
        sys.path.remove(str(whole.parent))
    return module


def existing(path: str) -> Path:
    """Return the whole path of a file, if it is there."""
    try:
        whole = Path(path).resolve()
        if whole.is_file():
            return whole
    except (OSError, ValueError) as error:
        raise FileError(f"{path!r} cannot be read: {error}.") from None
    raise FileError(f"There is no file {path!r}. Give the path of a Python file, from the folder that you are in.")


def failed(path: str, whole: str, error: BaseException) -> FileError:
    """Return the error for a file that did not run to its end, with the line."""
    frames = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == whole]
    line = getattr(error, "lineno", None) if isinstance(error, SyntaxError) else frames[-1] if frames else None
    what = f"{type(error).__name__}: {error}".rstrip(": ")
    return FileError(f"{path} stops{f' in line {line}' if line else ''} with {what}. Correct the file, and try again.")


def thing_in(module: ModuleType, path: str, name: str) -> Any:
    """Return what a file holds under a name, or under the first of the usual ones."""
    if name:
        if hasattr(module, name):
            return getattr(module, name)
        known = [key for key in vars(module) if not key.startswith("_")]
        raise FileError(f"{path} has no {name!r}.{near(name, known)}")
    for usual in USUAL:
        if hasattr(module, usual):
            return getattr(module, usual)
    others = [key for key, value in vars(module).items() if is_own(module, key, value)]
    hint = f" It has {', '.join(others)}: write {path}:{others[0]}." if others else ""
    raise FileError(f"{path} has none of {', '.join(USUAL)}.{hint}")


def is_own(module: ModuleType, key: str, value: object) -> bool:
    """Tell whether a name of a file could be what is meant: a Lesson, a Value or a function of its own."""
    function = inspect.isfunction(value) and value.__module__ == module.__name__
    return not key.startswith("_") and (function or isinstance(value, (Lesson, Value)))


def course_of_folder(folder: str) -> Course:
    """Return the lesson files of a folder, in the order of their names, as a course of one chapter."""
    place = Path(folder)
    if not place.is_dir():
        raise FileError(
            f"There is no folder {folder!r}. A course is a folder of lesson files: python3 -m autograd new FOLDER/01_first.py."
        )
    files = sorted(path for path in place.glob("*.py") if not path.name.startswith("_"))
    if not files:
        raise FileError(f"{folder!r} has no lesson files. Begin one: python3 -m autograd new {place / '01_first.py'}.")
    lessons: dict[str, Lesson] = {}
    for path in files:
        lesson = lesson_of_file(str(path))
        if lesson.slug in lessons:
            raise FileError(
                f"Two lessons in {folder!r} are called {lesson.slug}. Give {path.name} another title or slug."
            )
        lessons[lesson.slug] = lesson
    return Course({place.resolve().name: tuple(lessons.values())})
