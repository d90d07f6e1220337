"""The caller's side: a server of processes, the jobs that it is given, and reports as they come."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import secrets
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType

from ncd_tikz.equivalence.isolation.endings import Broken, not_reached, own_verdict
from ncd_tikz.equivalence.isolation.frames import Frames, Message, framed, unplain, write_all
from ncd_tikz.equivalence.isolation.job import Job
from ncd_tikz.equivalence.isolation.watch import Ending
from ncd_tikz.equivalence.report import Report, Verdict


class Pool:
    """Processes to check in, up to `parallel` specs at once; a context manager.

    The server behind it is started with the first job and serves until the pool is closed, or until it has
    been without work for `idle` seconds; the next job starts another one.
    """

    def __init__(self, parallel: int = 0, idle: float | None = None) -> None:
        self.parallel = parallel or cores()
        self.idle = idle
        self._server: subprocess.Popen[bytes] | None = None
        self._mark = secrets.token_bytes(16)
        self._frames = Frames(self._mark)
        self._count = 0

    def __enter__(self) -> Pool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the server and all that it has started."""
        server, self._server = self._server, None
        if server is None:
            return
        for pipe in (server.stdin, server.stdout):
            with contextlib.suppress(OSError):
                assert pipe is not None
                pipe.close()
        try:
            server.wait(5)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()

    def run(self, jobs: Sequence[Job]) -> Iterator[tuple[int, Report]]:
        """The place of each job and its report, as they come.

        Raises:
            Broken: the check itself failed.
        """
        if self._server is not None and self._server.poll() is not None:
            self.close()  # it was without work for too long
        waiting = iter(enumerate(jobs))
        open_jobs: dict[int, _Open] = {}
        try:
            while True:
                while len(open_jobs) < self.parallel and (given := next(waiting, None)):
                    place, job = given
                    self._count += 1
                    open_jobs[self._count] = _Open(place, job)
                    self._give(self._count, job)
                if not open_jobs:
                    return
                for number, message in self._hear():
                    job_now = open_jobs.get(number)
                    if job_now is not None and job_now.take(message):
                        del open_jobs[number]
                        yield job_now.place, job_now.report()
        except BaseException:  # interrupted, or no longer asked: what runs is ended
            self.close()
            raise

    def _give(self, number: int, job: Job) -> None:
        if self._server is None:
            self._server = _start(self._mark, self.idle)
            self._frames = Frames(self._mark)
        assert self._server.stdin is not None
        environment = {"environ": _environ(), "path": list(sys.path), "folder": str(Path.cwd())}
        request = pickle.dumps((number, job.limits, environment, pickle.dumps(job)))
        try:
            write_all(self._server.stdin.fileno(), framed(request, self._mark))
        except BrokenPipeError:
            raise self._gone() from None

    def _hear(self) -> list[tuple[int, Message]]:
        assert self._server is not None and self._server.stdout is not None
        content = os.read(self._server.stdout.fileno(), 1 << 16)
        if not content:
            raise self._gone()
        return [tuple(json.loads(frame)) for frame in self._frames.take(content)]

    def _gone(self) -> Broken:
        assert self._server is not None
        return Broken(f"the process that checks could not go on (exit code {self._server.wait(5)})")


class _Open:
    """A job that is being worked on."""

    def __init__(self, place: int, job: Job) -> None:
        self.place, self.job = place, job
        self.verdicts: list[Verdict] = []
        self.ending: Ending | None = None
        self.of_own: int | None = None  # verdicts before those on modules under `check:`

    def take(self, message: Message) -> bool:
        """Whether it is over with this message."""
        if "broken" in message:
            raise Broken(message["broken"])
        if "verdict" in message:
            self.verdicts.append(unplain(message["verdict"]))
        if "more" in message:
            self.of_own = len(self.verdicts)
        for kind in ("exits", "raises", "memory"):
            if kind in message:
                how = "memory" if kind == "memory" else "status"
                self.ending = Ending(how)
        if "over" not in message:
            return False
        if message["over"] is not None:
            self.ending = Ending(**message["over"])
        return True

    def report(self) -> Report:
        """All verdicts, those that it did not come to among them."""
        diagram, entries = self.job.diagram, self.job.entries
        if self.ending is None:
            return Report(diagram.name, tuple(self.verdicts))
        verdicts = list(self.verdicts)
        reached = self.of_own is not None
        if not reached:
            verdicts.append(own_verdict(self.ending, self.job.limits))
        done = 0 if self.of_own is None else len(self.verdicts) - self.of_own
        for place, entry in enumerate(entries[done:]):
            began = reached and not place
            verdicts.append(not_reached(diagram.checks[entry], self.job.limits, self.ending, began))
        return Report(diagram.name, tuple(verdicts))


def cores() -> int:
    """How many processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def _environ() -> dict[str, str]:
    """One thread each, for there are many processes; no other device, for there the numbers differ."""
    fixed = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    hidden = dict.fromkeys(("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES"), "")
    return {**os.environ, **fixed, **hidden}


def _start(mark: bytes, idle: float | None) -> subprocess.Popen[bytes]:
    code = (
        f"import sys; sys.path[:] = {sys.path!r}; "
        f"from ncd_tikz.equivalence.isolation.server import serve; serve({mark!r}, {idle!r})"
    )
    flags: list[str] = subprocess._args_from_interpreter_flags()  # type: ignore[attr-defined]
    return subprocess.Popen(
        [sys.executable, *flags, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=_environ(),
        start_new_session=True,
    )
