"""What is asked of the system about processes: who descends from whom, how large they are, how they end."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

_SET_PARENT_DEATH_SIGNAL, _SET_CHILD_SUBREAPER = 1, 36  # of prctl


def die_with_parent() -> None:
    """Have this process killed when its parent is gone; on Linux only."""
    _prctl(_SET_PARENT_DEATH_SIGNAL, int(getattr(signal, "SIGKILL", 9)))


def adopt_orphans() -> None:
    """Have descendants whose parents are gone become children of this process; on Linux only."""
    _prctl(_SET_CHILD_SUBREAPER, 1)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(option, ctypes.c_ulong(value), 0, 0, 0)


def children(process: int) -> Iterator[int]:
    """The children of a process, where the system tells them."""
    with contextlib.suppress(OSError):
        for thread in Path(f"/proc/{process}/task").iterdir():
            with contextlib.suppress(OSError, ValueError):
                yield from map(int, (thread / "children").read_text(encoding="ascii").split())


def family(process: int) -> list[int]:
    """A process and its descendants."""
    found = [process]
    for each in found:
        found.extend(child for child in children(each) if child not in found)
    return found


def taken(process: int) -> int:
    """The bytes of memory that a process and its descendants hold; 0 where the system does not tell."""
    pages = 0
    for each in family(process):
        with contextlib.suppress(OSError, ValueError, IndexError):
            pages += int(Path(f"/proc/{each}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") if pages else 0


def has_ended(process: int) -> bool:
    """Whether a child has ended; it is not yet forgotten by the system."""
    try:
        return os.waitid(os.P_PID, process, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:
        return True


def end(process: int) -> int:
    """Kill a child with its group and wait for it; gives its status as `os.waitpid` does."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(process, signal.SIGKILL)
    try:
        return os.waitpid(process, 0)[1]
    except ChildProcessError:
        return 0


def end_strays(known: set[int]) -> int:
    """Kill the children that nobody knows of, adopted ones; how many there were."""
    count = 0
    for _ in range(100):
        strays = [child for child in children(os.getpid()) if child not in known]
        for stray in strays:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(stray, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(stray, 0)
                count += 1
        if not strays:
            break
    return count


def running(process: int, known: set[int]) -> int:
    """How many processes a child has started that still run."""
    started = {*family(process)[1:], *(each for each in children(os.getpid()) if each not in known)}
    return sum(not _is_zombie(each) for each in started)


def _is_zombie(process: int) -> bool:
    try:
        stat = Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return True
    return stat.rpartition(")")[2].split()[:1] == ["Z"]
