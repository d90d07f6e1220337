"""The place in somebody's code at which a process stands, from the dump that `faulthandler` makes of it."""

from __future__ import annotations

import re
import sysconfig
from pathlib import Path

_FRAME = re.compile(r'^  File "(?P<file>.*)", line (?P<line>\d+) in ')
_THREAD = re.compile(r"^(?:Current thread|Thread) 0x")
_PACKAGE = Path(__file__).parents[2]


def place(dump: str, folder: Path) -> str:
    """`attention.py:33`: the innermost line that is not torch's, Python's or ours; or nothing.

    Args:
        dump: of all threads, the innermost frame first. The main one is the last, unless one is marked
            as the current one.
        folder: paths are shown from here.
    """
    threads: list[list[tuple[str, int]]] = []
    current: list[tuple[str, int]] | None = None
    for line in dump.splitlines():
        frame = _FRAME.match(line)
        if _THREAD.match(line):
            threads.append([])
            current = threads[-1] if line.startswith("Current") else current
        elif frame and threads:
            threads[-1].append((frame["file"], int(frame["line"])))
    for frames in (current or [], *reversed(threads)):
        for file, number in frames:
            if is_theirs(file):
                return f"{_shown(file, folder)}:{number}"
    return ""


def is_theirs(file: str) -> bool:
    """Whether a file of code is somebody's: not torch's, Python's or ours."""
    if file.startswith("<"):
        return False
    path = Path(file)
    if path.is_relative_to(_PACKAGE):
        return False
    if {"site-packages", "dist-packages"} & set(path.parts):
        return not {"torch", "functorch"} & set(path.parts)
    return not path.is_relative_to(sysconfig.get_path("stdlib"))


def _shown(file: str, folder: Path) -> str:
    try:
        return str(Path(file).relative_to(folder))
    except ValueError:
        return file
