"""`ncd-tikz check --propose`: mappings of parameters, to be copied into the spec."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from ncd_tikz.cli.terminal import Progress, complain, faint, good, remark, say
from ncd_tikz.errors import NcdError

if TYPE_CHECKING:
    from ncd_tikz.cli.checking import Settings
    from ncd_tikz.diagram import Diagram
    from ncd_tikz.equivalence import Verdict


class NothingToPropose(NcdError):
    """No spec names a module."""


def propose(diagrams: Sequence[Diagram], settings: Settings) -> bool:
    """Print a proposal for every entry under `check:`; whether all of them make the values agree.

    Raises:
        NothingToPropose: there is no entry.
    """
    from ncd_tikz.equivalence.isolation.jobs import Job, Limits, run_checks

    limits, seed = settings.limits or Limits(), settings.seed
    work = [Job(each, 1, seed, limits, own=False, propose=True) for each in diagrams if each.checks]
    if not work:
        raise NothingToPropose(
            "nothing to propose a mapping for: no spec has a check: section\n"
            "  name the module first: check: [{against: 'package.module:Class', init: {...}}]"
        )
    progress = Progress(len(work))
    settled = True
    with closing(
        run_checks(work, parallel=settings.jobs, isolated=not settings.in_process, finished=progress.step)
    ) as reports:
        for job, report in zip(work, reports, strict=True):
            progress.clear()
            for node, verdict in zip(job.diagram.checks, report.verdicts, strict=True):
                _show(str(node.at), verdict)
                settled = settled and verdict.ok
    return settled


def _show(place: str, verdict: Verdict) -> None:
    """The mapping to standard output, all else beside it."""
    heading = f"{place}: {verdict.subject}"
    if not verdict.proposal:
        complain(f"{heading}: no mapping\n  {verdict.text()}")
        return
    say(f"# {verdict.subject}")
    say(verdict.proposal)
    if verdict.ok:
        remark(good(f"{heading}: with this mapping values and gradients agree ({verdict.note})"))
    else:
        remark(f"{heading}: {verdict.failure or 'with this mapping the values differ'} ({verdict.note})")
        remark(faint("  mend what is wrong in it, and run check without --propose"))
