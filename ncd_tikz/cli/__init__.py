"""The command line: arguments in, calls into the stages, and all printing."""

from __future__ import annotations

import gc
import signal
import sys
from types import FrameType

__all__ = ["main"]


def main() -> None:
    """Entry point of `ncd-tikz`: run the arguments of this process and exit."""
    # A short process makes little garbage in cycles; looking for it, at work and again at exit, takes a
    # sixth of the time that a figure takes.
    gc.set_threshold(50_000)
    _clean_up_when_terminated()
    from ncd_tikz.cli.program import run

    code = run(sys.argv[1:])
    gc.freeze()
    sys.exit(code)


def _clean_up_when_terminated() -> None:
    """SIGTERM and SIGHUP unwind as an interruption does, so that no half-written file is left."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:  # nohup stays
            signal.signal(number, stop)
