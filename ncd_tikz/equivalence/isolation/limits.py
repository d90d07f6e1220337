"""How long and how large somebody's code may run."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one module under `check:`, and of a spec's own comparison."""

    seconds: float = 120.0
    memory: int = 4 << 30  # bytes above what torch and the spec have already taken


def bytes_of(text: str) -> int:
    """The number of bytes that a text means.

    >>> bytes_of("4GiB"), bytes_of("500 MB"), bytes_of("1.5g")
    (4294967296, 524288000, 1610612736)

    Raises:
        ValueError: it is no size.
    """
    match = _SIZE.fullmatch(text.strip())
    if match is None or not float(match[1]):
        raise ValueError(f"{text!r} is no size; write 500MB or 4GiB")
    return int(float(match[1]) * _UNITS[match[2].lower()])


def shown(size: int) -> str:
    """Bytes for people.

    >>> shown(4 << 30), shown(3 << 29), shown(500 << 20)
    ('4 GiB', '1.5 GiB', '500 MiB')
    """
    if size >= 1 << 30:
        return f"{size / (1 << 30):.3g} GiB"
    return f"{size / (1 << 20):.4g} MiB"


def limit_memory(more: int, forever: bool = True) -> bool:
    """Let this process take so many bytes more than it has; False where the platform cannot.

    Args:
        more: bytes.
        forever: whether the process itself may not lift the limit.
    """
    try:
        import resource
    except ImportError:
        return False
    kind = resource.RLIMIT_DATA if sys.platform == "linux" else resource.RLIMIT_AS
    taken = _status("VmData") if sys.platform == "linux" else 0
    if taken is None:
        return False
    _, most = resource.getrlimit(kind)
    allowed = taken + more if most == resource.RLIM_INFINITY else min(taken + more, most)
    try:
        resource.setrlimit(kind, (allowed, allowed if forever else most))
    except (OSError, ValueError):
        return False
    return True


def memory_is_limited() -> bool:
    """Whether this platform can limit the memory of a process."""
    return sys.platform == "linux" and _status("VmData") is not None


def _status(key: str) -> int | None:
    """A line of this process's status on Linux, in bytes."""
    try:
        text = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    for line in text.splitlines():
        if line.startswith(key + ":"):
            return int(line.split()[1]) << 10
    return None
