"""`pytest --ncd-tikz`: specs are collected as tests, one for each thing that `ncd-tikz check` finds out.

    $ pytest --ncd-tikz
    specs/attention.yaml::module PASSED
    specs/attention.yaml::against[mypackage.attention:Attention] FAILED
    specs/attention.yaml::figure PASSED
    specs/attention.yaml::fresh[figures/attention.svg] PASSED

Collected are the spec files below the arguments; without arguments those that `[tool.ncd-tikz]` names,
or, where it names none, all below the folders that pytest looks into. Without the option nothing is
collected and nothing imported.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ncd_tikz.cli.reports.outcome import Outcome
    from ncd_tikz.diagram import Diagram
    from ncd_tikz.equivalence.isolation.jobs import Job, Pool
    from ncd_tikz.project.configuration import Configuration
    from ncd_tikz.project.freshness import Freshness, Source

NAME = "ncd-tikz specs"
_TOP = re.compile(rb"""^["']?ncd["']?[ \t]*:""", re.MULTILINE)
_HEAD_BYTES = 65536


def pytest_addoption(parser: pytest.Parser) -> None:
    """The one option; all else is under [tool.ncd-tikz]."""
    parser.getgroup("ncd-tikz", "neural circuit diagrams").addoption(
        "--ncd-tikz",
        action="store_true",
        dest="ncd_tikz",
        help="collect the specs of ncd-tikz as tests; what is under their check: is imported and run",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Where it is asked for, begin to collect."""
    if not config.getoption("ncd_tikz"):
        return
    from ncd_tikz.errors import NcdError
    from ncd_tikz.project.configuration import find

    try:
        config.pluginmanager.register(Specs(config, find(Path())), NAME)
    except NcdError as error:
        raise pytest.UsageError(str(error)) from error


class Specs:
    """All specs of a run, the processes that they are checked in, and the generated files."""

    def __init__(self, config: pytest.Config, configuration: Configuration) -> None:
        self.configuration = configuration
        self.chosen: frozenset[Path] | None = None  # the only files that are specs; None: all that look so
        self._pool: Pool | None = None
        if config.args_source is not pytest.Config.ArgsSource.ARGS and configuration.specs:
            files = [path.resolve() for path in configuration.spec_files()]
            folders = [Path(argument.partition("::")[0]).resolve() for argument in config.args]
            config.args += [str(path) for path in files if not _below(path, folders)]
            self.chosen = frozenset(files)

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> SpecFile | None:
        """A file that is a spec, and among the chosen ones where some were chosen."""
        if file_path.suffix not in (".yaml", ".yml"):
            return None
        if self.chosen is not None and file_path.resolve() not in self.chosen:
            return None
        if not _is_spec(file_path):
            return None
        found: SpecFile = SpecFile.from_parent(parent, path=file_path)
        found.specs = self
        return found

    def pytest_unconfigure(self) -> None:
        """End the processes."""
        if self._pool is not None:
            self._pool.close()
            self._pool = None

    def verdicts(self, job: Job) -> tuple[Outcome, ...]:
        """What a process of its own finds out."""
        from ncd_tikz.cli.reports.outcome import from_report
        from ncd_tikz.equivalence.isolation.jobs import Pool, run_checks

        if self._pool is None:
            self._pool = Pool(1)
        (report,) = run_checks([job], pool=self._pool)
        return from_report(report)

    @cached_property
    def limits(self) -> dict[str, Any]:
        """Draws, seed and limits of every job, as configured."""
        from ncd_tikz.equivalence.isolation.limits import Limits, bytes_of

        said, limits = self.configuration, Limits()
        seconds = limits.seconds if said.timeout is None else said.timeout
        memory = limits.memory if said.memory is None else bytes_of(said.memory)
        found: dict[str, Any] = {"limits": Limits(seconds, memory)}
        if said.draws is not None:
            found["draws"] = said.draws
        if said.seed is not None:
            found["seed"] = said.seed
        return found


class SpecFile(pytest.File):
    """A spec: its items are what there is to find out about it."""

    specs: Specs

    def collect(self) -> Iterator[pytest.Item]:
        """The items, in the order of the table of `ncd-tikz check`."""
        from ncd_tikz.cli.sources import load_one
        from ncd_tikz.errors import NcdError

        try:
            self.diagram = load_one(self._shown())
        except NcdError as error:
            raise self.CollectError(str(error)) from error
        yield self._item("module", self._own("module"))
        if self.diagram.equals:
            yield self._item("sides", self._own("sides"))
        names: dict[str, int] = {}
        for place, node in enumerate(self.diagram.checks):
            count = names[node.against] = names.get(node.against, 0) + 1
            name = f"against[{node.against}]" + (f" {count}" if count > 1 else "")
            yield self._item(name, self._against(place), node.at.line)
        yield self._item("figure", self._figure)
        for path in self._files():
            yield self._item(f"fresh[{path.as_posix()}]", self._fresh(path))

    def _item(self, name: str, run: Callable[[], Iterable[Outcome]], line: int = 1) -> pytest.Item:
        found: SpecItem = SpecItem.from_parent(self, name=name)
        found.run, found.line = run, line
        return found

    def _shown(self) -> str:
        try:
            return self.path.relative_to(Path.cwd()).as_posix()
        except ValueError:
            return str(self.path)

    @cached_property
    def _own_verdicts(self) -> tuple[Outcome, ...]:
        return self._job(own=True, only=())

    def _own(self, kind: str) -> Callable[[], Iterable[Outcome]]:
        return lambda: [outcome for outcome in self._own_verdicts if outcome.kind == kind]

    def _against(self, place: int) -> Callable[[], Iterable[Outcome]]:
        return lambda: self._job(own=False, only=(place,))

    def _job(self, own: bool, only: tuple[int, ...]) -> tuple[Outcome, ...]:
        from ncd_tikz.cli.checking import require_torch
        from ncd_tikz.equivalence.isolation.jobs import Job

        require_torch()
        return self.specs.verdicts(Job(self.diagram, own=own, only=only, **self.specs.limits))

    def _figure(self) -> Iterable[Outcome]:
        from ncd_tikz.cli.reports.outcome import from_figure
        from ncd_tikz.layout.wiring import unfaithful

        return [from_figure(unfaithful(self.diagram), self._shown())]

    def _files(self) -> Iterator[Path]:
        """The generated files of the spec, and those that must be there; nothing is drawn yet."""
        from ncd_tikz.cli.fresh import candidates
        from ncd_tikz.project.freshness import missing

        files = candidates(self._sources, self.specs.configuration)
        yield from (one.path for one in files if one.name == self.diagram.name)
        yield from (one.path for one in missing(self._sources, files, self.specs.configuration))

    @cached_property
    def _sources(self) -> tuple[Source, ...]:
        from ncd_tikz.project.freshness import Source

        return (Source(self._shown(), self.diagram),)

    @cached_property
    def _judged(self) -> tuple[Freshness, ...]:
        from ncd_tikz.cli.fresh import freshness

        return freshness(self._sources, self.specs.configuration)

    def _fresh(self, path: Path) -> Callable[[], Iterable[Outcome]]:
        def run() -> Iterable[Outcome]:
            from ncd_tikz.cli.reports.outcome import from_freshness

            return [from_freshness(each) for each in self._judged if each.path == path]

        return run

    diagram: Diagram


class SpecFailed(Exception):
    """What was checked is not good."""

    def __init__(self, outcomes: tuple[Outcome, ...]) -> None:
        self.outcomes = outcomes
        wrong = [line for outcome in outcomes if not outcome.ok for line in outcome.explained()]
        super().__init__("\n".join(wrong) or "nothing was checked")


class SpecItem(pytest.Item):
    """One thing that is found out about a spec."""

    run: Callable[[], Iterable[Outcome]]
    line: int

    def runtest(self) -> None:
        """Passes where there are outcomes, and all of them are good."""
        outcomes = tuple(self.run())
        for outcome in outcomes:
            if outcome.printed:
                self.add_report_section("call", "their code", outcome.printed)
        if not outcomes or not all(outcome.ok for outcome in outcomes):
            raise SpecFailed(outcomes)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The findings, without a traceback through our code."""
        from ncd_tikz.errors import NcdError

        if not isinstance(excinfo.value, (SpecFailed, NcdError)):
            return super().repr_failure(excinfo, style)
        lines = str(excinfo.value).splitlines()
        shown = excinfo.getrepr(style="value")
        shown.reprtraceback.reprentries[-1].lines = lines
        if shown.reprcrash is not None:  # what the short summary says, and where
            shown.reprcrash.path, shown.reprcrash.lineno = str(self.path), self._at(excinfo.value)
            shown.reprcrash.message = lines[0]
        return shown

    def reportinfo(self) -> tuple[Path, int, str]:
        """The spec, and the line of the entry under `check:`."""
        return self.path, self.line - 1, f"{self.path.stem}: {self.name}"

    def _at(self, error: BaseException) -> int:
        """The line in the spec that the best finding names."""
        if isinstance(error, SpecFailed):
            for outcome in error.outcomes:
                for problem in outcome.problems[:1]:
                    if problem.at is not None and Path(problem.at.file).suffix in (".yaml", ".yml"):
                        return problem.at.line
        return self.line


def _is_spec(path: Path) -> bool:
    """Whether a YAML file has `ncd:` at its top level."""
    try:
        with path.open("rb") as stream:
            return _TOP.search(stream.read(_HEAD_BYTES)) is not None
    except OSError:
        return False


def _below(path: Path, folders: Iterable[Path]) -> bool:
    return any(folder == path or folder in path.parents for folder in folders)
