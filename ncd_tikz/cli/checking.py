"""Everything that `check` finds out about some specs: modules, figures, and generated files."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ncd_tikz.cli.fresh import freshness
from ncd_tikz.cli.reports.outcome import (
    KINDS,
    NO_SPEC,
    Checked,
    Kind,
    Outcome,
    from_figure,
    from_freshness,
    from_report,
    located,
)
from ncd_tikz.errors import Position, ToolMissing
from ncd_tikz.project.configuration import Configuration
from ncd_tikz.project.freshness import Freshness, Source

if TYPE_CHECKING:
    from ncd_tikz.equivalence import Report
    from ncd_tikz.equivalence.isolation.jobs import Limits

TORCH: frozenset[Kind] = frozenset(("module", "sides", "against"))


@dataclass(frozen=True, slots=True)
class Settings:
    """What is to be found out, and how."""

    limits: Limits | None = None
    draws: int = 3
    seed: int = 0
    jobs: int = 0
    in_process: bool = False
    only: frozenset[Kind] = frozenset(KINDS)
    entries: Mapping[int, tuple[int, ...]] = field(default_factory=dict)  # spec -> entries under `check:`
    whole: bool = False  # there are no other specs
    paths: tuple[str, ...] = ()  # where generated files are looked for, if not everywhere

    @property
    def needs_torch(self) -> bool:
        """Whether anything is to be run."""
        return bool(self.only & TORCH)


def require_torch() -> None:
    """Raises ToolMissing where torch is not installed; it is not imported."""
    if find_spec("torch") is None:
        raise ToolMissing(
            "torch", "check runs the modules: pip install torch; without it: --only figure,fresh"
        )


def check_all(
    sources: Sequence[Source],
    configuration: Configuration,
    settings: Settings,
    finished: Callable[[str], Any] = lambda name: None,
) -> Generator[Checked, None, None]:
    """What is found of each spec, in their order, as it comes; at the end, files that belong to none.

    Raises:
        InputError: a path where generated files are looked for cannot be used.
    """
    files: tuple[Freshness, ...] = ()
    if "fresh" in settings.only:
        files = freshness(sources, configuration, settings.paths, whole=settings.whole)
    since = time.monotonic()
    with closing(_reports(sources, settings, finished)) as reports:
        for source in sources:
            outcomes = list(_run(next(reports), settings)) if settings.needs_torch else []
            if "figure" in settings.only:
                from ncd_tikz.layout.wiring import unfaithful

                outcomes.append(from_figure(unfaithful(source.diagram), source.file))
            outcomes += [from_freshness(each) for each in files if each.spec == source.file]
            if not settings.needs_torch:
                finished(source.diagram.name)
            if outcomes or settings.only != {"fresh"}:
                now = time.monotonic()
                checked = Checked(source.diagram.name, source.file, tuple(outcomes), now - since)
                since = now
                yield _located(checked, source)
    orphans = tuple(from_freshness(each) for each in files if not each.spec)
    if orphans:
        yield Checked(NO_SPEC, str(configuration.file or ""), orphans)


def _reports(
    sources: Sequence[Source], settings: Settings, finished: Callable[[str], Any]
) -> Generator[Report, None, None]:
    if not settings.needs_torch:
        return
    from ncd_tikz.equivalence.isolation.jobs import Job, Limits, run_checks

    limits = settings.limits or Limits()
    own = bool(settings.only & {"module", "sides"})
    work = [
        Job(
            source.diagram,
            settings.draws,
            settings.seed,
            limits,
            own=own,
            only=settings.entries.get(place) if "against" in settings.only else (),
        )
        for place, source in enumerate(sources)
    ]
    isolated = not settings.in_process
    with closing(run_checks(work, parallel=settings.jobs, isolated=isolated, finished=finished)) as reports:
        yield from reports


def _run(report: Report, settings: Settings) -> Iterator[Outcome]:
    yield from (outcome for outcome in from_report(report) if outcome.kind in settings.only)


def _located(checked: Checked, source: Source) -> Checked:
    """Every problem has a place: its own, that of the entry under `check:`, or the start of the spec."""
    entries = {node.against: node.at for node in source.diagram.checks}
    return located(checked, entries, Position(_file_of(source), 1, 1))


def _file_of(source: Source) -> str:
    if source.file.startswith("@"):
        from ncd_tikz.resources import spec_path

        return str(spec_path(source.file))
    return "<stdin>" if source.file == "-" else Path(source.file).as_posix()
