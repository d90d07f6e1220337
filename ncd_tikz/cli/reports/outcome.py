"""What was found of every spec, as reports need it: one outcome for each thing that was checked.

Verdicts, figures and generated files become the same here, and no report needs torch.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from ncd_tikz.cli.reports.rules import FRESHNESS
from ncd_tikz.errors import Position

if TYPE_CHECKING:
    from ncd_tikz.equivalence import Draw, Finding, Report, Verdict
    from ncd_tikz.project.freshness import Freshness

Kind = Literal["module", "sides", "against", "figure", "fresh"]
NO_SPEC = "(no spec)"  # what generated files belong to that no spec makes
KINDS: tuple[Kind, ...] = ("module", "sides", "against", "figure", "fresh")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: a verdict's finding, a false figure, or a file that is not fresh."""

    rule: str
    words: str  # one sentence without its place
    remedy: str = ""  # what to try
    where: str = ""  # the step and its line: "steps[5] (softmax), attention.yaml:21:5"
    at: Position | None = None
    place: str = ""  # in their code, "attention.py:33"
    step: str = ""
    operation: str = ""
    label: str = ""
    axis: str = ""
    parameter: str = ""
    their_parameter: str = ""
    iteration: str = ""
    command: bool = False  # the remedy is a command line

    @property
    def sentence(self) -> str:
        """What is wrong and where, without what to try."""
        said = f"{self.where}: {self.words}" if self.where else self.words
        return f"{said} ({self.place})" if self.place and self.place not in said else said

    def __str__(self) -> str:
        if not self.remedy:
            return self.sentence
        return f"{self.sentence}; {'run' if self.command else 'try'}: {self.remedy}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One line of the table, one test case: what was checked, and how it went."""

    kind: Kind
    subject: str  # "generated module", "mypackage.attention:Attention", "figure", "figures/a.svg"
    state: str  # "same", "differs", "undefined", "not compared", "shown", "false figure", "fresh", ...
    ok: bool
    fact: str  # in a line, without the subject
    details: tuple[str, ...] = ()  # further lines
    problems: tuple[Problem, ...] = ()  # the best first; at least one where it is not ok
    numbers: int = 0  # that were compared
    draws: int = 0
    printed: str = ""  # by their code
    broken: bool = False  # it did not come to a comparison
    missing: bool = False  # what is named under `check:` cannot be imported

    def explained(self) -> tuple[str, ...]:
        """All that there is to say, in lines, the best finding first; nothing twice."""
        sentences = tuple(map(str, self.problems))
        fact = (
            () if any(self.fact in sentence for sentence in sentences) else (f"{self.subject}: {self.fact}",)
        )
        return (*sentences, *fact, *self.details)


@dataclass(frozen=True, slots=True)
class Checked:
    """All outcomes of one spec; generated files that belong to none have a place of their own."""

    name: str
    file: str  # as it was given: a path, or @name
    outcomes: tuple[Outcome, ...]
    seconds: float = 0.0  # since the spec before was there: of many at once, all add up to the whole

    @property
    def ok(self) -> bool:
        """Something was checked, and all of it is good."""
        return bool(self.outcomes) and all(outcome.ok for outcome in self.outcomes)


def from_report(report: Report) -> tuple[Outcome, ...]:
    """An outcome for each verdict."""
    return tuple(_from_verdict(verdict) for verdict in report.verdicts)


def from_figure(wrong: str, file: str) -> Outcome:
    """The figure's outcome; `wrong` is what `unfaithful` says."""
    if not wrong:
        return Outcome("figure", "figure", "shown", True, "its lines and dots show the spec")
    problem = Problem("figure", wrong, "report it: the figure must never lie", at=Position(file, 1, 1))
    return Outcome("figure", "figure", "false figure", False, wrong, problems=(problem,))


def from_freshness(found: Freshness) -> Outcome:
    """The outcome of one generated file."""
    path = found.path.as_posix()
    if found.ok:
        return Outcome("fresh", path, "fresh", True, f"is what {found.spec} gives")
    missing = found.state == "missing"
    rule = FRESHNESS[found.state]
    at = Position(found.spec if missing and found.spec else path, 1, 1)
    problem = Problem(rule, f"{path}: {found.words}", found.command, at=at, command=bool(found.command))
    return Outcome("fresh", path, found.state, False, found.words, problems=(problem,))


def _from_verdict(verdict: Verdict) -> Outcome:
    fact, *details = verdict.text().split("\n  ")
    problems = tuple(_from_finding(finding) for finding in verdict.findings)
    if not verdict.ok and not problems:
        problems = (_unexplained(verdict),)
    known = {problem.sentence for problem in problems[:1]} | {str(problem) for problem in problems[:1]}
    return Outcome(
        kind_of(verdict),
        verdict.subject,
        verdict.state,
        verdict.ok,
        fact.removeprefix(f"{verdict.subject}: "),
        tuple(line for line in details if line.strip() not in known),
        problems,
        verdict.entries,
        len(verdict.draws),
        verdict.printed,
        verdict.state == "not compared",
        verdict.missing,
    )


def kind_of(verdict: Verdict) -> Kind:
    """What a verdict is about."""
    if verdict.subject.startswith(("generated module", "given module")):
        return "module"
    return "sides" if verdict.subject.startswith("side ") else "against"


def _from_finding(finding: Finding) -> Problem:
    return Problem(
        finding.rule,
        finding.words,
        finding.remedy,
        finding.where,
        finding.at,
        finding.place,
        finding.step,
        finding.operation,
        finding.label,
        finding.axis,
        finding.parameter,
        finding.their_parameter,
        finding.iteration,
    )


def _unexplained(verdict: Verdict) -> Problem:
    """A verdict that nobody could explain still says where it parts, or else by how much."""
    subject, state = verdict.subject, verdict.state
    parting = verdict.parting
    if parting is not None:
        words = f"{subject}: {parting.words}"
        step = f"{parting.path} ({parting.operation})" if parting.operation else parting.path
        where = f"{step}, {parting.at}" if parting.at else step
        return Problem(
            "parts-at", words, "", where, parting.at, "", parting.path, parting.operation, parting.label
        )
    rule = {"undefined": "not-compared", "not compared": "not-compared"}.get(state, "differs")
    return Problem(
        rule, f"{subject}: {verdict.failure or _first_wrong(verdict.draws) or 'nothing was compared'}"
    )


def _first_wrong(draws: Iterable[Draw]) -> str:
    for draw in draws:
        if draw.failure:
            return draw.failure
        for comparison in draw.comparisons:
            if not comparison.ok:
                return str(comparison)
        if draw.undefined:
            return f"{' and '.join(draw.undefined)} undefined on every input tried"
    return ""


def located(checked: Checked, entries: Mapping[str, Position], start: Position) -> Checked:
    """With a place for every problem that has none: its subject's under `check:`, or the spec's start."""
    outcomes = []
    for outcome in checked.outcomes:
        line = entries.get(outcome.subject, start)
        problems = tuple(
            problem if problem.at is not None else replace(problem, at=line) for problem in outcome.problems
        )
        outcomes.append(replace(outcome, problems=problems))
    return replace(checked, outcomes=tuple(outcomes))
