"""One change, tried: what it does to the function, and what `check` says about it."""

from __future__ import annotations

from dataclasses import dataclass

from ncd_tikz.equivalence import Verdict
from tests.faults.oracle import Outcome
from tests.faults.source import Change
from tests.faults.steps import names


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one change."""

    part: str  # "Operations"
    group: str  # operation, spec or architecture
    subject: str  # the spec
    change: Change
    outcome: Outcome  # of the oracle
    expected: frozenset[str]  # steps that may be named
    caught: bool
    named: str  # the step that check named
    words: str  # all that check said

    @property
    def fault(self) -> bool:
        """Whether the function is another."""
        return self.outcome != "same"

    @property
    def right(self) -> bool:
        """Whether the right step or axis is named."""
        return names(self.named, self.expected)


def judge(
    about: tuple[str, str, str], change: Change, outcome: Outcome, expected: frozenset[str], verdict: Verdict
) -> Result:
    """The result of a check.

    Args:
        about: part, group and subject.
    """
    first = verdict.findings[0] if verdict.findings else None
    named = first.step if first else verdict.parting.path if verdict.parting else ""
    words = str(first) if first else verdict.text()
    return Result(*about, change, outcome, expected, not verdict.ok, named, words)


def crashed(
    about: tuple[str, str, str], change: Change, outcome: Outcome, expected: frozenset[str], error: Exception
) -> Result:
    """The result where check itself fails: nothing is caught, and no change is harmless."""
    words = f"check fails: {type(error).__name__}: {error}"
    return Result(*about, change, outcome, expected, outcome == "same", "", words)
