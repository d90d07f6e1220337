"""The inside of a process that may run somebody's code: what it may reach, and how it tells results."""

from __future__ import annotations

import contextlib
import faulthandler
import io
import os
import random
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NoReturn

from ncd_tikz.equivalence.isolation import system
from ncd_tikz.equivalence.isolation.frames import Message, message_frame, plain, write_all
from ncd_tikz.equivalence.isolation.limits import Limits, limit_memory
from ncd_tikz.equivalence.isolation.traces import is_theirs
from ncd_tikz.equivalence.report import Verdict
from ncd_tikz.equivalence.stages import Stage, listening

LOST = 113  # exit code of a process that cannot tell its results any more
FULL = 114  # and of one that has no memory left to tell them
_SPARE = 4 << 20  # bytes kept for last words
_leave = os._exit  # their code may put something else in its place


class Lost(Exception):
    """The pipe to the process that watches is no longer there."""


class Sender:
    """Tells the process that watches."""

    def __init__(self, descriptor: int, mark: bytes) -> None:
        self.descriptor, self.mark, self.process = descriptor, mark, os.getpid()

    def __call__(self, message: Message) -> None:
        if os.getpid() != self.process:  # their code forked, and its copy came back into ours
            _leave(1)
        try:
            write_all(self.descriptor, message_frame(message, self.mark))
        except OSError:
            raise Lost from None

    def stage(self, stage: Stage) -> None:
        """Where the check stands."""
        self({"stage": stage})


def run(
    work: Callable[[Sender], Iterator[Verdict]],
    pipes: Sequence[int],
    mark: bytes,
    limits: Limits,
    theirs: bool,
    others: Sequence[int] = (),
) -> NoReturn:
    """Do the work, tell its verdicts, and leave, whatever happens.

    Args:
        work: gives verdicts.
        pipes: for results, for what is printed, and for dumps.
        mark: of frames.
        limits: of memory; time is watched from outside.
        theirs: whether somebody's module is what is run.
        others: descriptors that belong to processes above, to be closed.
    """
    send = Sender(pipes[0], mark)
    spare = bytearray(_SPARE)
    status = LOST
    try:
        for descriptor in others:
            os.close(descriptor)
        _shut_in(pipes, limits, theirs)
        from ncd_tikz.equivalence.undisturbed import settings

        before = settings()

        def tell_changes() -> None:
            now = settings()
            if theirs and now != before:
                send({"changed": [f"{name} to {now[name]}" for name in before if before[name] != now[name]]})

        def known(verdict: Verdict) -> None:
            tell_changes()
            send({"known": plain(verdict)})

        with listening(send.stage, known):
            for verdict in work(send):
                send({"verdict": plain(verdict)})
        tell_changes()
        _flush()
        send({"done": True})
        status = 0
    except Lost:
        pass
    except BaseException as error:
        with contextlib.suppress(BaseException):
            status = FULL if isinstance(error, MemoryError) else LOST
            spare.clear()
            send(_last_words(error))
            send({"done": True})
            status = 0
    finally:
        _leave(status)


def _last_words(error: BaseException) -> Message:
    """What is told of an error that ends the process."""
    with contextlib.suppress(BaseException):
        _flush()
    where = their_place(error)
    if isinstance(error, SystemExit):
        return {"exits": _code(error), "place": where}
    if isinstance(error, MemoryError):
        traceback.clear_frames(error.__traceback__)
        return {"memory": True, "place": where}
    if isinstance(error, KeyboardInterrupt) or (where and not isinstance(error, Exception)):
        return {"raises": type(error).__name__, "place": where}
    return {"broken": "".join(traceback.format_exception(error))}


def _shut_in(pipes: Sequence[int], limits: Limits, theirs: bool) -> None:
    with contextlib.suppress(OSError):
        os.setsid()
    system.die_with_parent()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    _, printed, dumps = pipes
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(printed, 1)
    os.dup2(printed, 2)
    sys.stdin = _text(0, "r")
    sys.stdout = sys.__stdout__ = _text(1, "w")  # type: ignore[misc]
    sys.stderr = sys.__stderr__ = _text(2, "w")  # type: ignore[misc]
    faulthandler.enable(dumps)
    if hasattr(faulthandler, "register"):
        faulthandler.register(signal.SIGUSR1, dumps)
    limit_memory(limits.memory, forever=theirs)
    random.seed(0)
    import torch

    torch.manual_seed(0)


def _text(descriptor: int, mode: str) -> io.TextIOWrapper:
    """A stream, in UTF-8, that never fails for a character, and writes every line at once."""
    raw = io.FileIO(descriptor, mode, closefd=False)
    buffer = io.BufferedReader(raw) if mode == "r" else io.BufferedWriter(raw)
    return io.TextIOWrapper(buffer, "utf-8", "backslashreplace", line_buffering=True)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()


def _code(leave: SystemExit) -> str:
    if leave.code is None:
        return "exit()"
    return f"exit({leave.code})" if isinstance(leave.code, int) else f"exit({str(leave.code)[:80]!r})"


def their_place(error: BaseException) -> str:
    """`attention.py:33`: the innermost line of somebody's code that an error went through; may be empty."""
    frames = [each for each in traceback.extract_tb(error.__traceback__) if is_theirs(each.filename)]
    if not frames:
        return ""
    path = Path(frames[-1].filename)
    with contextlib.suppress(OSError, ValueError):
        path = path.relative_to(Path.cwd())
    return f"{path}:{frames[-1].lineno}"
