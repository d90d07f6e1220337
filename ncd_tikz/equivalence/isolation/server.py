"""The server: imports torch once, runs nobody's code, and forks a process for every spec.

It is started as a plain program rather than by `multiprocessing`, which would run the caller's main
script once more in every child. What it reads are frames of pickled jobs, what it writes are frames
of a job's number and a message; it ends, and everything it has started with it, when the pipe from
its caller is closed.
"""

from __future__ import annotations

import json
import os
import pickle
import selectors
import signal
import sys
from dataclasses import asdict
from typing import Any

from ncd_tikz.equivalence.isolation import guarded, system, worker
from ncd_tikz.equivalence.isolation.frames import Frames, Message, framed, read_some
from ncd_tikz.equivalence.isolation.job import Job
from ncd_tikz.equivalence.isolation.watch import TICK, Pipes, Watch


def serve(mark: bytes, idle: float | None = None) -> None:
    """Serve the caller at standard input and output; for no longer than `idle` seconds without work."""
    import torch

    torch.set_num_threads(1)
    requests, events = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    system.adopt_orphans()
    _Server(requests, events, mark, idle).run()


class _Server:
    def __init__(self, requests: int, events: int, mark: bytes, idle: float | None) -> None:
        self.requests, self.events, self.mark, self.idle = requests, events, mark, idle
        self.frames = Frames(mark)
        self.unsent = bytearray()
        self.watches: dict[int, Watch] = {}  # by the job's number
        self.owners: dict[int, Watch] = {}  # by descriptor
        self.known: set[int] = set()
        self.selector = selectors.DefaultSelector()
        os.set_blocking(requests, False)
        os.set_blocking(events, False)

    def run(self) -> None:
        self.selector.register(self.requests, selectors.EVENT_READ)
        try:
            while self._turn():
                pass
        finally:
            for watch in self.watches.values():
                system.end(watch.process)
            system.end_strays(set())

    def _turn(self) -> bool:
        """One look at everything; False where the caller has gone, or has had no work for too long."""
        ready = self.selector.select(TICK if self.watches else self.idle)
        if not ready and not self.watches and self.idle is not None:
            return False
        for key, _ in ready:
            if key.fd == self.requests:
                content = read_some(self.requests)
                if content == b"":
                    return False
                for frame in self.frames.take(content or b""):
                    self._start(frame)
            elif key.fd == self.events:
                if not self._send():
                    return False
            elif not self.owners[key.fd].pump(key.fd):
                self.selector.unregister(key.fd)
        for number, watch in list(self.watches.items()):
            self._look(number, watch)
        return True

    def _start(self, frame: bytes) -> None:
        number, limits, environment, pickled = pickle.loads(frame)
        pipes = Pipes()
        process = os.fork()
        if not process:
            mine = [self.requests, self.events, *self.owners]
            self.selector.close()
            for descriptor in mine:
                os.close(descriptor)
            guarded.run(
                lambda send: _work(pickled, environment, self.mark, send),
                pipes.keep_writing(),
                self.mark,
                limits,
                theirs=False,
            )
        watch = Watch(process, pipes, self.mark, limits, lambda said: self._tell(number, said), self.known)
        self.watches[number] = watch
        for descriptor in watch.descriptors:
            self.owners[descriptor] = watch
            self.selector.register(descriptor, selectors.EVENT_READ)

    def _look(self, number: int, watch: Watch) -> None:
        mapping = self.selector.get_map()
        watch.tick()
        if not watch.over:
            return
        for descriptor in watch.descriptors:
            del self.owners[descriptor]
            if descriptor in mapping:
                self.selector.unregister(descriptor)
        del self.watches[number]
        self._tell(number, {"over": watch.ending and asdict(watch.ending), "printed": watch.printed.text()})

    def _tell(self, number: int, message: Message) -> None:
        if not self.unsent:
            self.selector.register(self.events, selectors.EVENT_WRITE)
        self.unsent += framed(json.dumps([number, message]).encode(), self.mark)

    def _send(self) -> bool:
        try:
            del self.unsent[: os.write(self.events, self.unsent[: 1 << 16])]
        except BlockingIOError:
            return True
        except OSError:
            return False
        if not self.unsent:
            self.selector.unregister(self.events)
        return True


def _work(pickled: bytes, environment: dict[str, Any], mark: bytes, send: guarded.Sender) -> Any:
    os.environ.clear()
    os.environ.update(environment["environ"])
    sys.path[:] = environment["path"]
    os.chdir(environment["folder"])
    job = pickle.loads(pickled)
    assert isinstance(job, Job)
    return worker.check_all(job, mark, send)
