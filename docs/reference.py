"""Write the reference of all modules, made from their docstrings: python docs/reference.py FOLDER."""

import sys
import warnings
from pathlib import Path

import pdoc

from autograd.site.reference_pages import modules, name_types


def write(folder: Path) -> None:
    """Write the pages into the folder; a name that cannot be found is an error."""
    name_types()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pdoc.render.configure(show_source=False)
        pdoc.pdoc(*modules(), output_directory=folder)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
