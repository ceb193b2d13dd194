"""Packages that only some calls need: whether they are there."""

from importlib.util import find_spec

__all__ = ["installed"]


def installed(package: str) -> bool:
    """Whether a package can be imported; it is not loaded.

    >>> installed("json"), installed("no_such_package")
    (True, False)
    """
    try:
        return find_spec(package) is not None
    except ImportError:
        return False
