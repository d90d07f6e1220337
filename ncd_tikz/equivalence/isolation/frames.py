"""Messages between processes: frames of bytes in a pipe, and reports as JSON.

What comes back from a process that ran somebody's code is data of our own classes and nothing else;
bytes that are no frame of ours are told as such.
"""

from __future__ import annotations

import json
import os
import struct
from dataclasses import fields, is_dataclass
from typing import Any

from ncd_tikz.equivalence import report
from ncd_tikz.errors import Position

Message = dict[str, Any]

_LENGTH = struct.Struct("!Q")
_LARGEST = 1 << 28
_CLASSES: dict[str, type] = {
    "Position": Position,
    **{name: each for name, each in vars(report).items() if isinstance(each, type) and is_dataclass(each)},
}


class Garbage(Exception):
    """Bytes that are no frame."""


def plain(value: Any) -> Any:
    """A report, or a part of one, as JSON takes it."""
    made = _CLASSES.get(type(value).__name__)
    if made is type(value):
        return {made.__name__: {name: plain(getattr(value, name)) for name in _fields(made)}}
    if isinstance(value, (tuple, list)):
        return [plain(each) for each in value]
    return value


def _fields(made: type) -> list[str]:
    return [each.name for each in fields(made)] if is_dataclass(made) else []


def unplain(value: Any) -> Any:
    """What `plain` was given.

    >>> verdict = report.Verdict("it", (report.Draw((("m", 3),), (), ()),))
    >>> unplain(json.loads(json.dumps(plain(verdict)))) == verdict
    True
    """
    if isinstance(value, dict):
        ((name, given),) = value.items()
        return _CLASSES[name](**{key: unplain(each) for key, each in given.items()})
    if isinstance(value, list):
        return tuple(unplain(each) for each in value)
    return value


def framed(content: bytes, mark: bytes) -> bytes:
    """A frame; `mark` is a secret of the two ends."""
    return mark + _LENGTH.pack(len(content)) + content


def message_frame(message: Message, mark: bytes) -> bytes:
    """A message as a frame."""
    return framed(json.dumps(message).encode(), mark)


class Frames:
    """What has come through a pipe so far, cut into frames."""

    def __init__(self, mark: bytes) -> None:
        self.mark = mark
        self.rest = bytearray()

    def take(self, content: bytes) -> list[bytes]:
        """The frames that these bytes complete.

        Raises:
            Garbage: there is something else among them.
        """
        self.rest += content
        found = []
        head = len(self.mark) + _LENGTH.size
        while self.rest:
            if not self.rest.startswith(self.mark[: len(self.rest)]):
                raise Garbage
            if len(self.rest) < head:
                break
            (length,) = _LENGTH.unpack(self.rest[len(self.mark) : head])
            if length > _LARGEST:
                raise Garbage
            if len(self.rest) < head + length:
                break
            found.append(bytes(self.rest[head : head + length]))
            del self.rest[: head + length]
        return found


def write_all(descriptor: int, content: bytes) -> None:
    """All of it, however often the system has to be asked."""
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]


def read_some(descriptor: int) -> bytes | None:
    """What stands in a pipe that does not block: None where nothing does now, no bytes at its end."""
    try:
        return os.read(descriptor, 1 << 16)
    except BlockingIOError:
        return None
    except OSError:
        return b""
