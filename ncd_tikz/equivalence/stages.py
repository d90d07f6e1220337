"""Where a check stands with somebody's code: importing it, building it, calling it, going backward.

A check in a process of its own tells this as it goes, so that it is known of a process that dies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from ncd_tikz.equivalence.report import Verdict

Stage = Literal["importing", "building", "calling", "backward", "diagnosing"]

_known: ContextVar[Callable[[Verdict], None] | None] = ContextVar("known", default=None)
_listener: ContextVar[Callable[[Stage], None] | None] = ContextVar("listener", default=None)


def enter(stage: Stage) -> None:
    """From here on it is this that their code is asked for; no matter where nobody listens."""
    listener = _listener.get()
    if listener is not None:
        listener(stage)


def diagnosing(verdict: Verdict) -> None:
    """From here on it is asked why; this is the verdict, should that come to no end."""
    known = _known.get()
    if known is not None:
        known(verdict)
    enter("diagnosing")


@contextmanager
def listening(listener: Callable[[Stage], None], known: Callable[[Verdict], None]) -> Iterator[None]:
    """`listener` is told of every stage that is entered inside, `known` of verdicts before their reasons."""
    tokens = _listener.set(listener), _known.set(known)
    try:
        yield
    finally:
        _listener.reset(tokens[0])
        _known.reset(tokens[1])
