"""The command line: arguments in, calls into the stages, and all printing."""

from __future__ import annotations

import gc
import sys

__all__ = ["main"]


def main() -> None:
    """Entry point of `ncd-tikz`: run the arguments of this process and exit."""
    # A short process makes little garbage in cycles; looking for it, at work and again at exit, takes a
    # sixth of the time that a figure takes.
    gc.set_threshold(50_000)
    from ncd_tikz.cli.program import run

    code = run(sys.argv[1:])
    gc.freeze()
    sys.exit(code)
