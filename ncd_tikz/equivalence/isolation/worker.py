"""A spec's process: its own comparison, then a process for each module under `check:`.

Those are forked from here, so that what has been drawn and evaluated need not be done again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from ncd_tikz.equivalence.check import Checking
from ncd_tikz.equivalence.isolation import guarded, system
from ncd_tikz.equivalence.isolation.endings import Outcome
from ncd_tikz.equivalence.isolation.frames import Message
from ncd_tikz.equivalence.isolation.guarded import Sender
from ncd_tikz.equivalence.isolation.job import Job
from ncd_tikz.equivalence.isolation.limits import Limits
from ncd_tikz.equivalence.isolation.watch import Pipes, Watch, attend
from ncd_tikz.equivalence.report import Verdict

_GRACE = 10.0  # seconds for what is done around an entry


def check_all(job: Job, mark: bytes, send: Sender) -> Iterator[Verdict]:
    """The verdicts on a spec, those on modules under `check:` from processes of their own."""
    parts = Checking(job.diagram, job.draws, job.seed, job.propose)
    if job.own:
        yield from parts.own()
    entries = job.entries
    if not entries:
        return
    system.adopt_orphans()
    send({"more": (job.limits.seconds + _GRACE) * len(entries)})
    for number in entries:
        yield _isolated(parts, number, mark, job.limits, send)


def _isolated(parts: Checking, number: int, mark: bytes, limits: Limits, send: Sender) -> Verdict:
    pipes = Pipes()
    process = os.fork()
    if not process:
        others, mine = (send.descriptor,), pipes.keep_writing()
        guarded.run(lambda _: iter((parts.entry(number),)), mine, mark, limits, True, others)
    messages: list[Message] = []
    watch = Watch(process, pipes, mark, limits, messages.append, set())
    attend(watch)
    outcome = Outcome(parts.diagram.checks[number], limits, messages, watch.ending, watch.printed.text())
    return outcome.verdict(watch.left)
