"""`ncd-tikz check`: is it the same function?"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from ncd_tikz.cli import limits, options
from ncd_tikz.cli.sources import InputError, load_all
from ncd_tikz.cli.terminal import Progress, complain, say, shell_width
from ncd_tikz.cli.theirs import installed, tell_left_out

if TYPE_CHECKING:
    from ncd_tikz.cli.checking import Settings
    from ncd_tikz.cli.reports.delivery import Target
    from ncd_tikz.cli.reports.outcome import Checked, Kind
    from ncd_tikz.project.configuration import Configuration
    from ncd_tikz.project.freshness import Source

INTERRUPTED = 130
Number = TypeVar("Number", int, float)


def _kinds(ctx: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> frozenset[Kind]:
    """Kinds come repeated, separated by commas, or both."""
    from ncd_tikz.cli.reports.outcome import KINDS

    names = [name.strip() for each in given for name in each.split(",")]
    for name in names:
        if name not in KINDS:
            raise click.BadParameter(f"no kind '{name}'; there are: {', '.join(KINDS)}", ctx, parameter)
    return frozenset(kind for kind in KINDS if kind in names or not names)


@click.command("check", short_help="Prove by test that spec, module and your own code agree.")
@options.specs(required=False)
@click.option("--draws", type=click.IntRange(1, 1000), default=3, show_default=True, help="Sizes to try.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=0, show_default=True, help="Of the draws.")
@click.option(
    "-f",
    "--format",
    "formats",
    metavar="NAME[=FILE],...",
    multiple=True,
    help="Any of table, json, junit, github, sarif; without FILE to standard output. Left out: table.",
)
@options.output("The file of the format that has none; without one, its suffix says which.")
@click.option(
    "--only",
    metavar="KIND,...",
    multiple=True,
    callback=_kinds,
    help="Any of module, sides, against, figure, fresh; the last two need no torch. Left out: all.",
)
@click.option(
    "--fresh",
    "paths",
    metavar="PATH",
    multiple=True,
    help="Where generated files are looked for. Left out: beside each spec, and as configured.",
)
@click.option("--propose", is_flag=True, help="Print mappings of parameters for the modules under check:.")
@click.option(
    "--fix", is_flag=True, help="Make generated files anew first, but none that was edited by hand."
)
@limits.options
@click.pass_context
def command(
    ctx: click.Context,
    specs: tuple[str, ...],
    draws: int,
    seed: int,
    formats: tuple[str, ...],
    output: str | None,
    only: frozenset[Kind],
    paths: tuple[str, ...],
    fix: bool,
    propose: bool,
    jobs: int,
    timeout: float,
    memory: int,
    in_process: bool,
) -> None:
    """Compare each SPEC's own meaning with the PyTorch module made from it and with every module
    under its check: section. Without SPEC those are checked that [tool.ncd-tikz] in pyproject.toml
    names, and where it names none, the whole shipped catalogue.

    The meaning is evaluated by lifting base definitions, which shares no code with the module. Both
    run forward and backward in float64, over several draws of pairwise different prime sizes. A
    mismatch says which output, how large, and the first step at which the values part. The sides of
    an equation are held to each other, and where they differ a small example is given. The figure is
    held to the spec too: its wiring is read back from the drawn lines alone. And so are the TikZ
    fragments, SVGs and modules that were made from it, byte for byte.

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
      ncd-tikz check attention.yaml --propose        # what parameters: might say
      ncd-tikz check specs/*.yaml --format json --jobs 4 --timeout 300
      ncd-tikz check attention.yaml --format github --format junit=report.xml
      ncd-tikz check specs/*.yaml --only figure,fresh
    """
    from ncd_tikz.cli.checking import Settings, require_torch
    from ncd_tikz.cli.reports.delivery import deliver, targets
    from ncd_tikz.equivalence.isolation.limits import Limits, bytes_of
    from ncd_tikz.project.configuration import find

    if fix and "fresh" not in only:
        raise click.UsageError("--fix makes generated files anew, and --only leaves them out")
    said = find(Path())
    if _left_out(ctx, "memory") and said.memory is not None:
        memory = bytes_of(said.memory)
    asked = targets(formats or said.format, output)
    settings = Settings(
        Limits(_either(ctx, "timeout", timeout, said.timeout), memory),
        _either(ctx, "draws", draws, said.draws),
        _either(ctx, "seed", seed, said.seed),
        _either(ctx, "jobs", jobs, said.jobs),
        in_process,
        only,
        paths=paths,
    )
    if settings.needs_torch:
        require_torch()
    sources, settings = _sources(specs, said, settings)
    if propose:
        from ncd_tikz.cli.propose import propose as show_proposals

        ctx.exit(0 if show_proposals([source.diagram for source in sources], settings) else 1)
    if fix:
        from ncd_tikz.cli.fresh import freshness, mend

        mend(freshness(sources, said, paths, whole=settings.whole))
    checked = _check(ctx, sources, said, settings, asked)
    deliver(asked, checked)
    if any(outcome.missing for each in checked for outcome in each.outcomes):
        ctx.exit(2)
    if not checked or not all(each.ok for each in checked):
        ctx.exit(1)


def _left_out(ctx: click.Context, name: str) -> bool:
    return ctx.get_parameter_source(name) is click.core.ParameterSource.DEFAULT


def _either(ctx: click.Context, name: str, given: Number, configured: Number | None) -> Number:
    """The command line wins over the configuration, and that over the default."""
    return configured if configured is not None and _left_out(ctx, name) else given


def _sources(
    specs: tuple[str, ...], said: Configuration, settings: Settings
) -> tuple[tuple[Source, ...], Settings]:
    """The specs that are named, else those configured, else the catalogue."""
    from ncd_tikz.project.freshness import Source
    from ncd_tikz.resources import spec_names

    catalogue = not specs and not said.specs
    if catalogue and settings.only == {"fresh"}:
        raise InputError("no spec given, and no specs under [tool.ncd-tikz] in a pyproject.toml")
    settings = replace(settings, whole=not specs and not catalogue)
    if not specs:
        found = (path.as_posix() for path in said.spec_files())
        specs = tuple(f"@{name}" for name in spec_names()) if catalogue else tuple(found)
    diagrams = load_all(specs)
    if catalogue and "against" in settings.only:
        entries = {place: installed(diagram) for place, diagram in enumerate(diagrams)}
        tell_left_out(diagrams, entries)
        settings = replace(settings, entries=entries)
    pairs = zip(dict.fromkeys(specs), diagrams, strict=True)
    return tuple(Source(name, diagram) for name, diagram in pairs), settings


def _check(
    ctx: click.Context,
    sources: Sequence[Source],
    said: Configuration,
    settings: Settings,
    asked: Sequence[Target],
) -> list[Checked]:
    """All that is found; the table is shown as it comes."""
    from ncd_tikz.cli.checking import check_all
    from ncd_tikz.cli.reports import table

    progress = Progress(len(sources))
    width = table.name_width(source.diagram.name for source in sources)
    show = any(target.streamed for target in asked)
    checked: list[Checked] = []
    try:
        with closing(check_all(sources, said, settings, progress.step)) as found:
            for each in found:
                checked.append(each)
                if show:
                    progress.clear()
                    say("\n".join(table.lines(each, width, shell_width())))
    except KeyboardInterrupt:
        progress.clear()
        complain(f"interrupted after {len(checked)} of {len(sources)} specs; all processes are ended")
        ctx.exit(INTERRUPTED)
    finally:
        progress.clear()
    if show and len(checked) != 1:
        say(table.total(checked))
    if not checked:
        looked = ", ".join(settings.paths or ("the specs' folders", *map(str, said.folders)))
        complain(f"no generated file was found in {looked}")
    return checked
