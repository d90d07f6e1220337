"""What somebody's code printed, however much: its beginning and its end, in a few lines."""

from __future__ import annotations

import re

_KEPT = 4096  # bytes of the beginning, and of the end
_LINES = 6
_WIDTH = 160
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)?")


class Printed:
    """Bytes as they come."""

    def __init__(self) -> None:
        self.head = bytearray()
        self.tail = bytearray()
        self.lost = 0

    def take(self, content: bytes) -> None:
        """More of them."""
        room = _KEPT - len(self.head)
        self.head += content[:room] if room > 0 else b""
        self.tail += content[max(room, 0) :]
        if len(self.tail) > _KEPT:
            self.lost += len(self.tail) - _KEPT
            del self.tail[:-_KEPT]

    def text(self) -> str:
        """The first lines and the last ones."""
        head, tail = (_lines(bytes(part)) for part in (self.head, self.tail))
        if not self.lost:
            head, tail = _lines(bytes(self.head + self.tail)), []
        lines = [line for line in (*head, *tail) if line]
        if len(lines) > _LINES or self.lost:
            left = f"... ({self.lost} bytes more)" if self.lost else f"... ({len(lines) - _LINES} lines more)"
            lines = [*lines[: _LINES - 2], left, *lines[-2:]]
        return "\n".join(lines)


def _lines(content: bytes) -> list[str]:
    """Lines without colours; of a line that is written over and over, its last state.

    >>> _lines(b"10%\\r50%\\r100%\\n\\x1b[31mred\\x1b[0m")
    ['100%', 'red']
    """
    found = []
    for line in _ESCAPE.sub("", content.decode("utf-8", "replace")).split("\n"):
        last = line.rstrip("\r").rpartition("\r")[2].expandtabs(4).rstrip()
        shown = "".join(each if each.isprintable() else "\ufffd" for each in last)
        found.append(shown if len(shown) <= _WIDTH else shown[: _WIDTH - 3] + "...")
    return found
