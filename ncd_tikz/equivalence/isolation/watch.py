"""A process that runs somebody's code, from outside: what it sends and prints, and how it ends."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

from ncd_tikz.equivalence.isolation import system
from ncd_tikz.equivalence.isolation.frames import Frames, Garbage, Message, read_some
from ncd_tikz.equivalence.isolation.limits import Limits
from ncd_tikz.equivalence.isolation.printed import Printed

TICK = 0.05  # seconds between two looks at the clock
_LOOK = 0.25  # between two looks at memory
_PATIENCE = 2.0  # for the process to tell where it stands, and for its last words
_DUMP = 1 << 16  # bytes of a dump that are kept


@dataclass(frozen=True, slots=True)
class Ending:
    """How a process ended that did not say it was done."""

    how: str  # "timeout", "memory", "signal", "status", "garbage"
    number: int = 0  # of the signal, or the exit status
    stage: str = ""
    dump: str = ""  # where its threads stood, as `faulthandler` tells
    printed: str = ""


class Pipes:
    """The three pipes of a child: results, what it prints, and dumps of where it stands."""

    def __init__(self) -> None:
        self.read, self.write = zip(*(os.pipe() for _ in range(3)), strict=True)

    def keep_reading(self) -> tuple[int, ...]:
        """For the parent."""
        for descriptor in self.write:
            os.close(descriptor)
        for descriptor in self.read:
            os.set_blocking(descriptor, False)
        return self.read

    def keep_writing(self) -> tuple[int, ...]:
        """For the child."""
        for descriptor in self.read:
            os.close(descriptor)
        return self.write


class Watch:
    """One child that is watched.

    Args:
        process: its number; it leads a group of its own.
        pipes: to it.
        mark: of its frames.
        limits: of time and memory.
        receive: what is done with a message of it.
        known: the children of this process that are no strays of the watched one.
    """

    def __init__(
        self,
        process: int,
        pipes: Pipes,
        mark: bytes,
        limits: Limits,
        receive: Callable[[Message], None],
        known: set[int],
    ) -> None:
        self.process, self.limits, self.receive, self.known = process, limits, receive, known
        known.add(process)
        self.descriptors = list(pipes.keep_reading())
        self.results, _, self.dumps = self.descriptors
        self.frames, self.printed, self.dump = Frames(mark), Printed(), bytearray()
        self.begun = time.monotonic()
        self.deadline = self.begun + limits.seconds
        self.memory_from = system.taken(process)
        self.watching_memory = True
        self.next_look = self.begun + _LOOK
        self.stage = ""
        self.done = False
        self.over = False
        self.garbage = False
        self.left = 0  # processes that it left running
        self.ending: Ending | None = None

    def pump(self, descriptor: int) -> bool:
        """Take what stands in one of the pipes; False at its end."""
        content = read_some(descriptor)
        if content is None:
            return True
        if not content:
            return False
        if descriptor == self.results:
            self._take(content)
        elif descriptor == self.dumps:
            self.dump += content[: max(0, _DUMP - len(self.dump))]
        else:
            self.printed.take(content)
        return True

    def _take(self, content: bytes) -> None:
        if self.garbage or self.done:
            return
        try:
            for frame in self.frames.take(content):
                message = json.loads(frame)
                if "stage" in message:
                    self.stage = message["stage"]
                if "more" in message:  # time for what it watches over itself
                    self.deadline = time.monotonic() + message["more"]
                    self.watching_memory = False
                self.done = self.done or "done" in message
                self.receive(message)
        except (Garbage, ValueError):
            self.garbage = True

    def tick(self) -> None:
        """Look at the clock, at memory, and whether it is still there."""
        now = time.monotonic()
        if self.done:
            self._finish("")
        elif self.garbage:
            self._finish("garbage")
        elif now > self.deadline:
            self._finish("timeout")
        elif system.has_ended(self.process):
            self._finish("ended")
        elif self.watching_memory and now > self.next_look:
            self.next_look = now + _LOOK
            if system.taken(self.process) - self.memory_from > self.limits.memory:
                self._finish("memory")

    def _finish(self, why: str) -> None:
        if why == "timeout":
            self._ask_where()
        self.left = system.running(self.process, self.known)
        status = system.end(self.process)
        self.known.discard(self.process)
        system.end_strays(self.known)
        self._drain()
        if why == "ended" and self.done:
            why = ""
        number = 0
        if why == "ended":
            why = "signal" if os.WIFSIGNALED(status) else "status"
            number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
        if why:
            dump = self.dump.decode("utf-8", "replace")
            self.ending = Ending(why, number, self.stage, dump, self.printed.text())
        for descriptor in self.descriptors:
            os.close(descriptor)
        self.over = True

    def _ask_where(self) -> None:
        """Have `faulthandler` tell where the process stands; it listens to this signal."""
        with contextlib.suppress(ProcessLookupError, PermissionError, AttributeError):
            os.kill(self.process, signal.SIGUSR1)
        patience = time.monotonic() + _PATIENCE
        size = -1
        while len(self.dump) != size or not self.dump:
            if time.monotonic() > patience or system.has_ended(self.process):
                break
            size = len(self.dump)
            time.sleep(TICK)
            self.pump(self.dumps)

    def _drain(self) -> None:
        """What still stands in the pipes; their other ends may be held open by somebody."""
        for descriptor in self.descriptors:
            patience = time.monotonic() + _PATIENCE
            while time.monotonic() < patience:
                content = read_some(descriptor)
                if not content:
                    break
                if descriptor == self.results:
                    self._take(content)
                elif descriptor == self.dumps:
                    self.dump += content
                else:
                    self.printed.take(content)


def attend(watch: Watch) -> None:
    """Watch one child until it is over."""
    with selectors.DefaultSelector() as selector:
        for descriptor in watch.descriptors:
            selector.register(descriptor, selectors.EVENT_READ)
        while not watch.over:
            for key, _ in selector.select(TICK):
                if not watch.pump(key.fd):
                    selector.unregister(key.fd)
            watch.tick()
