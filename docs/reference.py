"""Write the reference of all modules, made from their docstrings: python docs/reference.py FOLDER."""

import inspect
import sys
import warnings
from pathlib import Path

import pdoc

import autograd.replay
import nn
from autograd.replay import batches

SHOWN = ("autograd.rules", "autograd.explain.events", "autograd.classroom")  # and what the two packages show


def pages() -> list[str]:
    """Return the modules that get a page: the two packages, the modules among their public names, and those of SHOWN."""
    public = [getattr(package, name) for package in (autograd, nn) for name in package.__all__]
    return ["autograd", "nn", *(thing.__name__ for thing in public if inspect.ismodule(thing)), *SHOWN]


def write(folder: Path) -> None:
    """Write the pages into the folder; a name that cannot be found is an error."""
    for name, thing in vars(batches).items():  # the types of `record` are recursive, and pdoc reads them by name
        vars(autograd.replay).setdefault(name, thing)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pdoc.render.configure(show_source=False)
        pdoc.pdoc(*pages(), output_directory=folder)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
