"""The way in: reports on many specs, in their order, each checked in a process of its own."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Sequence
from typing import Any

from ncd_tikz.equivalence.isolation.job import Job
from ncd_tikz.equivalence.isolation.limits import Limits
from ncd_tikz.equivalence.isolation.pool import Pool, cores
from ncd_tikz.equivalence.report import Report
from ncd_tikz.errors import NcdError


class CannotIsolate(NcdError):
    """Processes of their own are not to be had here."""


def run_checks(
    jobs: Sequence[Job],
    *,
    parallel: int = 0,
    isolated: bool = True,
    pool: Pool | None = None,
    finished: Callable[[str], Any] = lambda name: None,
) -> Generator[Report, None, None]:
    """The reports, in the order of the jobs, each as soon as those before it are there.

    This is the seam of all that shows reports: the command line, the pytest plugin, the Python API.

        for report in run_checks([Job(load("attention.yaml"))]):
            print(report.text())

    Nothing is printed, and neither torch nor anybody's module is imported into this process, unless
    `isolated` is false. What their code does is part of the verdicts on it, never an exception here.

    Args:
        jobs: the specs, with their draws and limits.
        parallel: how many at once; 0: as many as there are processors.
        isolated: whether in processes of their own. If not, all is done in this one, without limits,
            one after the other, and what their code prints goes where it goes.
        pool: one that is open, for many calls: starting it takes as long as importing torch.
        finished: called with a spec's name when it is done, which is not in their order: for progress.

    Raises:
        Broken: the check itself failed; a mistake of ours.
        CannotIsolate: the system cannot fork processes.
    """
    if not isolated:
        yield from _here(jobs, finished)
        return
    if not hasattr(os, "fork"):
        raise CannotIsolate("this system cannot fork processes\n  check without them: --in-process")
    if pool is None:
        with Pool(min(parallel or cores(), max(len(jobs), 1))) as own:
            yield from _ordered(own, jobs, finished)
    else:
        yield from _ordered(pool, jobs, finished)


def _ordered(
    pool: Pool, jobs: Sequence[Job], finished: Callable[[str], Any]
) -> Generator[Report, None, None]:
    ready: dict[int, Report] = {}
    shown = 0
    for place, report in pool.run(jobs):
        finished(report.name)
        ready[place] = report
        while shown in ready:
            yield ready.pop(shown)
            shown += 1


def _here(jobs: Sequence[Job], finished: Callable[[str], Any]) -> Generator[Report, None, None]:
    from ncd_tikz.equivalence.check import Checking

    for job in jobs:
        parts = Checking(job.diagram, job.draws, job.seed, job.propose)
        verdicts = list(parts.own()) if job.own else []
        verdicts += [parts.entry(number) for number in job.entries]
        finished(job.diagram.name)
        yield Report(job.diagram.name, tuple(verdicts))


__all__ = ["Job", "Limits", "Pool", "run_checks"]
