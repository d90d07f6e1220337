"""How long explanations are looked for."""

from __future__ import annotations

from time import monotonic, process_time

_WAITING = 3.0  # times as long may pass on a machine that is busy


class Clock:
    """Seconds of computing that may be spent; in all, a few times as long."""

    def __init__(self, seconds: float) -> None:
        self.end, self.latest = process_time() + seconds, monotonic() + _WAITING * seconds
        self.out = False

    def is_out(self) -> bool:
        """Whether they are spent; it stays so."""
        self.out = self.out or process_time() > self.end or monotonic() > self.latest
        return self.out
