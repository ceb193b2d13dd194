"""Where code comes from: from us, from a library, or from the user. A module says so by the first part of its name."""

import sys
from typing import Any

HOUSE = ("autograd", "nn")
ARRAYS = ("torch", "dask", "cupy", "jax", "jaxlib")
LIBRARIES = frozenset((*HOUSE, *ARRAYS, "numpy", "pandas", "matplotlib", *sys.stdlib_module_names))


def root(module: Any) -> str:
    """Return the first part of a module's name, whatever stands in the place of one.

    >>> root("nn.losses"), root(None)
    ('nn', 'None')
    """
    return str(module).partition(".")[0]


def ours(module: Any) -> bool:
    """Return whether a module is of autograd or nn."""
    return root(module) in HOUSE


def of_a_library(module: Any) -> bool:
    """Return whether a module comes with Python, with a library of arrays, or with us."""
    return root(module) in LIBRARIES
