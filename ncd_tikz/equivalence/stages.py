"""Where a check stands with somebody's code: importing it, building it, calling it, going backward.

A check in a process of its own tells this as it goes, so that it is known of a process that dies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal

Stage = Literal["importing", "building", "calling", "backward"]

_listener: ContextVar[Callable[[Stage], None] | None] = ContextVar("listener", default=None)


def enter(stage: Stage) -> None:
    """From here on it is this that their code is asked for; no matter where nobody listens."""
    listener = _listener.get()
    if listener is not None:
        listener(stage)


@contextmanager
def listening(listener: Callable[[Stage], None]) -> Iterator[None]:
    """`listener` is told of every stage that is entered inside."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)
