"""Faults in modules of installed packages, as they run there: their code is changed in memory only."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ncd_tikz.diagram import Diagram, load
from ncd_tikz.equivalence.check import Checking
from tests.faults.architectures import Architecture, Lines
from tests.faults.choosing import chosen, mixed
from tests.faults.edges import Edges
from tests.faults.harmless import HARMLESS, TRIVIAL
from tests.faults.operators import GENERAL, SPECIFIC, Operator
from tests.faults.oracle import Behaviour, Outcome, Trial, behave, compare
from tests.faults.patch import changed, code_of, source_of
from tests.faults.selecting import select
from tests.faults.source import Change, places
from tests.faults.trial import Result, crashed, judge

SPECS = Path(__file__).parents[2] / "specs"
PART = "Modules of packages"
SINGLE = 1e-4  # relative; rounding where their code computes in single precision


class Draw:
    """Random inputs of a module, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.generator = torch.Generator().manual_seed(seed)

    def real(self, *shape: int) -> Tensor:
        """Normal numbers that ask for a gradient."""
        made = torch.randn(shape, generator=self.generator, dtype=torch.float64)
        return made.requires_grad_()

    def whole(self, below: int, *shape: int) -> Tensor:
        """Whole numbers."""
        return torch.randint(below, shape, generator=self.generator)

    def kept(self, rows: int, length: int) -> Tensor:
        """Ones, and zeros at the end of every row but the first."""
        made = torch.ones(rows, length, dtype=torch.int64)
        made[1:, length - 2 :] = 0
        return made


@dataclass(frozen=True)
class Theirs:
    """An architecture whose code is changed."""

    architecture: Architecture
    faults: int = 17
    harmless: int = 4

    part = PART

    @property
    def group(self) -> str:
        """What the table calls it."""
        return f"@{self.architecture.spec}"

    @cached_property
    def diagram(self) -> Diagram:
        """Its spec."""
        return load(SPECS / f"{self.architecture.spec}.yaml")

    def results(self) -> list[Result]:
        """Its faults, then its harmless changes."""
        bench = TheirBench(self)
        return [*bench.faults(), *bench.harmless()]


class TheirBench:
    """A package's module, and changes of it tried one after the other."""

    def __init__(self, subject: Theirs) -> None:
        self.subject, self.architecture, self.diagram = subject, subject.architecture, subject.diagram
        self.edges = Edges(self.diagram)
        self.checking = Checking(self.diagram, draws=2)
        self.near = SINGLE if self.architecture.single else None
        self.trials = [Trial({}, (), named=self.architecture.inputs(Draw(seed))) for seed in range(2)]
        self.known = [self._behave(number) for number in range(len(self.trials))]
        for each in self.known:
            assert not each.failed, each.failed
        self.module: dict[Change, str] = {}
        self.expected: dict[Change, frozenset[str]] = {}

    def _behave(self, number: int) -> Behaviour:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return behave(lambda **_: self.architecture.build(), self.trials[number], number)

    def changes(self, operators: Sequence[Operator]) -> list[Change]:
        """All changes of lines that are in the table, no two alike."""
        found: dict[tuple[str, str], Change] = {}
        for where, lines in self.architecture.functions.items():
            module, _, function = where.partition(":")
            source = source_of(module)
            for place in places(source, (function,)):
                statement = source.written(place.statement)
                if not any(key in statement for key in lines):
                    continue
                for operator in operators:
                    for change in operator(place):
                        self.module[change] = module
                        self.expected[change] = self._expected(statement, change, lines)
                        found.setdefault((where, str(change.edits)), change)
        return list(found.values())

    def _expected(self, statement: str, change: Change, lines: Lines) -> frozenset[str]:
        """The steps of the expression that is changed, else of its whole statement."""
        before = change.what.split(" -> ")[0].lstrip("(-")
        fitting = [key for key in lines if before.startswith(key.lstrip("("))]
        fitting = fitting or [key for key in lines if statement.startswith(key)]
        fitting = fitting or [key for key in lines if key in statement]
        return self.edges.widened(change.kind, select(self.diagram, lines[max(fitting, key=len)]))

    def outcome(self, change: Change) -> Outcome | None:
        """How the changed module differs from the unchanged one; None where it cannot even be written."""
        try:
            code_of(self.module[change], change)
        except (SyntaxError, ValueError):
            return None
        with changed(self.module[change], change):
            for number, original in enumerate(self.known):
                found = compare(original, self._behave(number), self.near)
                if found != "same":
                    return found
        return "same"

    def faults(self) -> Iterator[Result]:
        """As many as are wanted, of as many kinds and places as there are."""
        changes = mixed(self.changes(SPECIFIC), self.changes(GENERAL), self.diagram.name)
        for change, outcome in chosen(changes, self.outcome, self.subject.faults):
            yield self.check(change, outcome)

    def harmless(self) -> Iterator[Result]:
        """Changes that are meant to be none, and are none."""
        wanted = self.subject.harmless
        for change in mixed(self.changes(HARMLESS), self.changes(TRIVIAL), self.diagram.name):
            if not wanted:
                return
            if self.outcome(change) == "same":
                wanted -= 1
                yield self.check(change, "same")

    def check(self, change: Change, outcome: Outcome) -> Result:
        """What check says."""
        about = (self.subject.part, self.subject.group, self.diagram.name)
        expected = self.expected[change]
        try:
            with changed(self.module[change], change), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                verdict = self.checking.entry(self.architecture.entry)
        except Exception as error:
            return crashed(about, change, outcome, expected, error)
        return judge(about, change, outcome, expected, verdict)


def theirs(architectures: Sequence[Architecture], faults: int = 17, harmless: int = 4) -> Iterator[Any]:
    """The architectures whose specs are here."""
    for each in architectures:
        if (SPECS / f"{each.spec}.yaml").exists():
            yield Theirs(each, faults, harmless)
