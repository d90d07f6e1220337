"""The command line: arguments in, calls into the stages, and all printing."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> None:
    """Entry point of `ncd-tikz`: run the arguments of this process and exit."""
    from ncd_tikz.cli.program import run

    sys.exit(run(sys.argv[1:]))
