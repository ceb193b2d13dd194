"""A program of the laboratory: run, with what it prints, what stands alone on a line, and where it goes wrong.

What happens is said to the page, one JSON text at a time, each with its kind: text, picture, page, error, report.
"""

from __future__ import annotations

import ast
import io
import json
import linecache
import sys
import tempfile
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

from autograd.classroom.assignments import folder, report
from autograd.classroom.assignments.catalogue import named
from autograd.classroom.assignments.findings import PASSED
from autograd.classroom.assignments.judge import judge_folder
from autograd.classroom.assignments.runner import Student
from autograd.classroom.handout import Handout
from autograd.file_io import write_file
from autograd.pictures import Picture
from autograd.pictures.ground import Ground
from autograd.player import Player

Say = Callable[[str], object]
MOST = 200_000  # characters that a program prints
STACK = 64_000  # bytes
NO_PACKAGES = (
    "The laboratory has Python's standard library and chalkgrad, and no other package: "
    "this works with Python on a machine of your own."
)
NO_KEYBOARD = "The laboratory has no keyboard to read from: write the number into the program."
REMARKS = {  # words of an error, and what they mean here
    "pip install": NO_PACKAGES,
    "'window' from 'js'": "The laboratory opens no other page: write play(L) on a line of its own.",
    "Socket not connected": "A program in the laboratory cannot ask any other place for anything.",
    "start new thread": "The laboratory has one thread, in one process.",
    "does not support processes": "The laboratory has one thread, in one process.",
}


class Printed(io.TextIOBase):
    """What a program prints, said line by line; a program that prints without end is ended."""

    def __init__(self, say: Say) -> None:
        self.say, self.waiting, self.count = say, "", 0

    def write(self, text: str) -> int:
        """Say text as soon as its line is whole."""
        self.waiting += text
        self.count += len(text)
        if self.count > MOST:
            raise RuntimeError(f"This program has printed more than {MOST:,} characters, and is ended here.")
        if "\n" in text:
            self.flush()
        return len(text)

    def flush(self) -> None:
        """Say what is waiting."""
        if self.waiting:
            tell(self.say, "text", text=self.waiting)
        self.waiting = ""


def tell(say: Say, kind: str, **what: object) -> None:
    """Say one thing to the page."""
    say(json.dumps({"kind": kind, **what}))


def run_program(source: str, say: Say) -> None:
    """Run a program, and say what becomes of it.

    >>> import contextlib, tempfile
    >>> said = []
    >>> with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
    ...     run_program("x = 3 * 5\\nx", said.append)
    >>> print(*said)
    {"kind": "text", "text": "15\\n"}

    A line of its own that is an expression is shown, as in a notebook: a picture as a picture, a page as a page.
    """
    file = str(write_file(Path("program.py").resolve(), source))  # where Python finds its lines
    linecache.clearcache()  # those of the program before
    with connected(say):
        try:
            body = ast.parse(source, file).body
            program = ast.Interactive(body[1:] if is_docstring(body) else body)
            exec(compile(program, file, "single"), {"__name__": "__main__", "__file__": file})  # noqa: S102
        except BaseException as error:
            sys.stdout.flush()
            tell(say, "error", **described(error, file))


def is_docstring(body: list[ast.stmt]) -> bool:
    """Return whether a program begins with a text about itself, which is not to be shown."""
    first = body[0] if body else None
    return isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)


@contextmanager
def connected(say: Say) -> Iterator[None]:
    """Have everything that is printed or shown said to the page."""
    printed, before, keyboard = Printed(say), sys.displayhook, sys.stdin
    sys.displayhook = lambda thing: show(thing, say)
    sys.stdin = io.StringIO()
    try:
        with redirect_stdout(printed), redirect_stderr(printed), warnings.catch_warnings():
            warnings.simplefilter("default")
            yield
            printed.flush()
    finally:
        sys.displayhook, sys.stdin = before, keyboard


def show(thing: object, say: Say) -> None:
    """Show what an expression gave."""
    sys.stdout.flush()
    if isinstance(thing, Player):
        tell(say, "page", html=thing.html, title=thing.title)
    elif isinstance(thing, Handout):
        tell(say, "page", html=thing.html()[""], title=thing.sheet.title)
    elif isinstance(thing, Picture):
        svg = thing.svg()
        tell(say, "picture", svg=svg, dark=Ground(dark=True).of_svg(svg), title=thing.summary)
    elif thing is not None:
        print(repr(thing))


def described(error: BaseException, file: str) -> dict[str, object]:
    """Return an error as the page shows it: its sentence, the lines of the program on the way to it, and Python's own words."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    if isinstance(error, SyntaxError) and error.filename == file:
        lines.append(error.lineno)
    return {"name": type(error).__name__, "sentence": sentence(error), "lines": lines, "trace": trace(error)}


def sentence(error: BaseException) -> str:
    """Return what an error says, and what it means in the laboratory."""
    text = str(error)
    if isinstance(error, SyntaxError):
        return error.msg
    if isinstance(error, ModuleNotFoundError):
        return f"There is no package {error.name} here. {NO_PACKAGES}"
    if isinstance(error, EOFError):
        return NO_KEYBOARD
    return " ".join([text, *(remark for words, remark in REMARKS.items() if words in text)])


def trace(error: BaseException) -> str:
    """Return the traceback as Python prints it, without what runs the program."""
    whole = traceback.TracebackException.from_exception(error)
    whole.stack = traceback.StackSummary.from_list([frame for frame in whole.stack if frame.filename != __file__])
    return "".join(whole.format())


def check_program(slug: str, source: str, say: Say) -> None:
    """Judge a program as the file of an assignment, and say the report, with hints for the first stage to do."""
    assignment = named(slug)
    with connected(say), tempfile.TemporaryDirectory() as place:
        for name, content in folder.files(assignment):
            write_file(Path(place) / name, content)
        file = write_file(Path(place) / assignment.file, source)
        judged = judge_folder(assignment, Student(file, assignment.made))
    left = [result.number for result in judged.results if result.state != PASSED]
    hints = next((stage.hints for stage in assignment.stages if stage.number in left[:1]), ())
    tell(say, "report", text=report.text(judged), stage=next(iter(left), 0), hints=hints)


def notice_deep_graphs() -> None:
    """Have Python notice in time that the browser's stack is at its end.

    To free a chain of nodes takes a call in a call for each node, until Python notices that its own stack is short. A
    browser's is the shorter one, so Python is told that its own is as short. Without this it breaks off at some 10,000 nodes.
    """
    import ctypes

    python = ctypes.pythonapi
    python.emscripten_stack_get_base.restype = ctypes.c_size_t
    python.PyThreadState_Get.restype = ctypes.c_void_p
    lowest = ctypes.c_void_p(python.emscripten_stack_get_base() - STACK)
    python.PyUnstable_ThreadState_SetStackProtection(
        ctypes.c_void_p(python.PyThreadState_Get()), lowest, ctypes.c_size_t(STACK)
    )
