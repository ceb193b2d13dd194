"""The console script `chalkgrad`: in this package, so that a foreign `autograd` is found out before it is used."""

import sys


def main() -> None:
    """Run the command line."""
    from autograd.__main__ import main as command_line

    sys.exit(command_line())
