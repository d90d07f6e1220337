"""`ncd-tikz check`: is it the same function?"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import click

from ncd_tikz.cli import options
from ncd_tikz.cli.sources import load_all
from ncd_tikz.cli.terminal import Progress, bad, bold, good, say
from ncd_tikz.errors import ToolMissing

if TYPE_CHECKING:
    from ncd_tikz.equivalence import Report, Verdict


@click.command("check", short_help="Prove by test that spec, module and your own code agree.")
@options.specs(required=False)
@click.option("--draws", type=click.IntRange(1, 1000), default=3, show_default=True, help="Sizes to try.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=0, show_default=True, help="Of the draws.")
@click.option("--format", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.pass_context
def command(ctx: click.Context, specs: tuple[str, ...], draws: int, seed: int, format: str) -> None:
    """Compare each SPEC's own meaning with the PyTorch module made from it and with every module
    under its check: section. Without SPEC the whole shipped catalogue is checked.

    The meaning is evaluated by lifting base definitions, which shares no code with the module. Both
    run forward and backward in float64, over several draws of pairwise different prime sizes. A
    mismatch says which output, how large, and the first step at which the values part. The sides of
    an equation are held to each other, and where they differ a small example is given. The figure is
    held to the spec too: its wiring is read back from the drawn lines alone. Exit code 1 tells
    that something differs or could not be compared, 2 that a module under check: cannot be
    imported. Needs torch.

    \b
    Examples:
      ncd-tikz check
      ncd-tikz check attention.yaml --draws 10
      ncd-tikz check specs/*.yaml --format json
    """
    if find_spec("torch") is None:
        raise ToolMissing("torch", "check runs the modules: pip install torch")
    if not specs:
        from ncd_tikz.resources import spec_names

        specs = tuple(f"@{name}" for name in spec_names())
    diagrams = load_all(specs)
    from ncd_tikz.equivalence import check
    from ncd_tikz.layout.wiring import unfaithful

    width = max(len(diagram.name) for diagram in diagrams)
    progress = Progress(len(diagrams))
    reports = []
    pictures: dict[str, str] = {}  # what is wrong with the figure of a spec
    try:
        for diagram in diagrams:
            progress.step(diagram.name)
            report = check(diagram, draws=draws, seed=seed)
            reports.append(report)
            wrong = unfaithful(diagram)
            if wrong:
                pictures[diagram.name] = wrong
            progress.clear()
            if format == "table":
                _show(report, width)
                if wrong:
                    say(f"{bold(diagram.name.ljust(width))}  {bad('FALSE FIGURE')}  {wrong}")
    finally:
        progress.clear()
    if format == "json":
        import json

        say(json.dumps([_plain(report, pictures.get(report.name, "")) for report in reports], indent=2))
    elif len(reports) > 1:
        _total(reports, pictures)
    verdicts = [verdict for report in reports for verdict in report.verdicts]
    if any(verdict.missing for verdict in verdicts):
        ctx.exit(2)
    if pictures or not all(verdict.ok for verdict in verdicts):
        ctx.exit(1)


def _show(report: Report, width: int) -> None:
    for verdict in report.verdicts:
        mark = good("same") if verdict.ok else bad(verdict.state.upper())
        fact, *details = verdict.text().split("\n")
        say(f"{bold(report.name.ljust(width))}  {mark}  {fact}")
        for line in details:
            say(f"  {line}")


def _total(reports: list[Report], pictures: dict[str, str]) -> None:
    wrong = [report.name for report in reports if not report.ok or report.name in pictures]
    if wrong:
        say(bad(f"{len(wrong)} of {len(reports)} specs do not agree: {', '.join(wrong)}"))
    else:
        say(good(f"all {len(reports)} specs agree, and their figures show them"))


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
        "parts_at": parting and {"step": parting.path, "name": parting.name, "at": str(parting.at or "")},
    }
