"""Sites for the tests: of a few lessons, and of all."""

import contextlib
import io

import pytest

from autograd.__main__ import main

FEW = ("tiny-network", "activations", "xor-training", "digits")


def made(*arguments):
    """What a command prints."""
    with contextlib.redirect_stdout(io.StringIO()) as said:
        assert main(list(arguments)) == 0
    return said.getvalue()


@pytest.fixture(scope="session")
def few(tmp_path_factory):
    """A site of a few lessons, with its zip."""
    folder = tmp_path_factory.mktemp("site") / "pages"
    made("site", "-o", str(folder), "--zip", "--lessons", ",".join(FEW))
    return folder
