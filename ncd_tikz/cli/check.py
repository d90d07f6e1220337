"""`ncd-tikz check`: is it the same function?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import click

from ncd_tikz.cli import limits, options
from ncd_tikz.cli.sources import load_all
from ncd_tikz.cli.terminal import Progress, bad, bold, complain, good, say
from ncd_tikz.cli.theirs import installed, tell_left_out
from ncd_tikz.errors import ToolMissing

if TYPE_CHECKING:
    from ncd_tikz.diagram import Diagram
    from ncd_tikz.equivalence import Report, Verdict

INTERRUPTED = 130


@click.command("check", short_help="Prove by test that spec, module and your own code agree.")
@options.specs(required=False)
@click.option("--draws", type=click.IntRange(1, 1000), default=3, show_default=True, help="Sizes to try.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=0, show_default=True, help="Of the draws.")
@click.option("--format", type=click.Choice(["table", "json"]), default="table", show_default=True)
@limits.options
@click.pass_context
def command(
    ctx: click.Context,
    specs: tuple[str, ...],
    draws: int,
    seed: int,
    format: str,
    jobs: int,
    timeout: float,
    memory: int,
    in_process: bool,
) -> None:
    """Compare each SPEC's own meaning with the PyTorch module made from it and with every module
    under its check: section. Without SPEC the whole shipped catalogue is checked.

    The meaning is evaluated by lifting base definitions, which shares no code with the module. Both
    run forward and backward in float64, over several draws of pairwise different prime sizes. A
    mismatch says which output, how large, and the first step at which the values part. The sides of
    an equation are held to each other, and where they differ a small example is given. The figure is
    held to the spec too: its wiring is read back from the drawn lines alone.

    A module under check: is somebody's program: comparing with it imports it, which runs its code.
    No other command does that. It runs in a child process of its own, on the CPU, with a limit of
    time and of memory; a crash, an endless loop, an exit() and what it prints are reported as its
    own. This is no sandbox: it may read and write what you may.

    Exit code 1 tells that something differs or could not be compared, 2 that a module under
    check: cannot be imported. Needs torch.

    \b
    Examples:
      ncd-tikz check
      ncd-tikz check attention.yaml --draws 10
      ncd-tikz check specs/*.yaml --format json --jobs 4 --timeout 300
    """
    if find_spec("torch") is None:
        raise ToolMissing("torch", "check runs the modules: pip install torch")
    diagrams, only = load_all(specs or _catalogue()), dict[int, tuple[int, ...]]()
    if not specs:
        only = {place: installed(diagram) for place, diagram in enumerate(diagrams)}
        tell_left_out(diagrams, only)
    from ncd_tikz.equivalence.isolation.jobs import Job, Limits, run_checks

    bounds = Limits(timeout, memory)
    work = [Job(diagram, draws, seed, bounds, only=only.get(place)) for place, diagram in enumerate(diagrams)]
    progress = Progress(len(work))
    checked: list[tuple[Report, str]] = []
    try:
        with closing(
            run_checks(work, parallel=jobs, isolated=not in_process, finished=progress.step)
        ) as reports:
            _take(diagrams, reports, checked, progress, show=format == "table")
    except KeyboardInterrupt:
        progress.clear()
        complain(f"interrupted after {len(checked)} of {len(work)} specs; all processes are ended")
        ctx.exit(INTERRUPTED)
    finally:
        progress.clear()
    if format == "json":
        import json

        say(json.dumps([_plain(report, picture) for report, picture in checked], indent=2))
    elif len(checked) > 1:
        _total(checked)
    if any(verdict.missing for report, _ in checked for verdict in report.verdicts):
        ctx.exit(2)
    if not checked or not all(report.ok and not picture for report, picture in checked):
        ctx.exit(1)


def _catalogue() -> tuple[str, ...]:
    from ncd_tikz.resources import spec_names

    return tuple(f"@{name}" for name in spec_names())


def _take(
    diagrams: tuple[Diagram, ...],
    reports: Iterator[Report],
    checked: list[tuple[Report, str]],
    progress: Progress,
    show: bool,
) -> None:
    """Each report as it comes, beside what is wrong with the spec's figure."""
    from ncd_tikz.layout.wiring import unfaithful

    width = max((len(diagram.name) for diagram in diagrams), default=0)
    for diagram, report in zip(diagrams, reports, strict=True):
        wrong = unfaithful(diagram)
        checked.append((report, wrong))
        if show:
            progress.clear()
            _show(report, width)
            if wrong:
                say(f"{bold(diagram.name.ljust(width))}  {bad('FALSE FIGURE')}  {wrong}")


def _show(report: Report, width: int) -> None:
    for verdict in report.verdicts:
        mark = good("same") if verdict.ok else bad(verdict.state.upper())
        fact, *details = verdict.text().split("\n")
        say(f"{bold(report.name.ljust(width))}  {mark}  {fact}")
        for line in details:
            say(f"  {line}")


def _total(checked: list[tuple[Report, str]]) -> None:
    wrong = [report.name for report, picture in checked if picture or not report.ok]
    if wrong:
        say(bad(f"{len(wrong)} of {len(checked)} specs do not agree: {', '.join(wrong)}"))
    else:
        say(good(f"all {len(checked)} specs agree, and their figures show them"))


def _plain(report: Report, picture: str) -> dict[str, Any]:
    """The report as JSON has it."""
    return {
        "name": report.name,
        "ok": report.ok and not picture,
        "figure": picture or "shows the diagram",
        "verdicts": [_plain_verdict(verdict) for verdict in report.verdicts],
    }


def _plain_verdict(verdict: Verdict) -> dict[str, Any]:
    parting = verdict.parting
    return {
        "subject": verdict.subject,
        "ok": verdict.ok,
        "state": verdict.state,
        "draws": len(verdict.draws),
        "numbers": verdict.entries,
        "text": verdict.text(),
        "findings": [str(finding) for finding in verdict.findings],
        "printed": verdict.printed,
        "parts_at": parting and {"step": parting.path, "name": parting.name, "at": str(parting.at or "")},
    }
