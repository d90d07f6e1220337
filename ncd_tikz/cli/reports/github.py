"""The report as workflow commands: GitHub shows each at its line of the pull request."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ncd_tikz.cli.reports.characters import visible
from ncd_tikz.cli.reports.outcome import Checked, Outcome, Problem
from ncd_tikz.cli.reports.places import relative
from ncd_tikz.cli.reports.rules import rule

_LONGEST = 4000  # characters of a message; GitHub cuts longer ones without a word


def text(all_checked: Sequence[Checked], root: Path, here: Path) -> str:
    """An `::error` for each problem, and a `::notice` with the count; paths start from the repository `root`.

    The best problem of every verdict comes first: GitHub shows ten errors of a step.
    """
    wrong = [(checked, outcome) for checked in all_checked for outcome in checked.outcomes if not outcome.ok]
    best = [(checked, outcome, outcome.problems[0]) for checked, outcome in wrong if outcome.problems]
    rest = [(checked, outcome, problem) for checked, outcome in wrong for problem in outcome.problems[1:]]
    lines = [_command(*each, root, here) for each in (*best, *rest)]
    lines += [
        f"::error title={_property(f'ncd-tikz: {checked.name}')}::nothing was checked"
        for checked in all_checked
        if not checked.outcomes
    ]
    count = sum(len(checked.outcomes) for checked in all_checked)
    lines.append(f"::notice title=ncd-tikz::{count - len(wrong)} of {count} checks are good")
    return "\n".join(lines) + "\n"


def _command(checked: Checked, outcome: Outcome, problem: Problem, root: Path, here: Path) -> str:
    properties = {}
    if problem.at is not None:
        properties["file"] = relative(problem.at.file, root, here)
        properties["line"] = str(problem.at.line)
        properties["col"] = str(problem.at.column)
    properties["title"] = f"ncd-tikz: {checked.name}: {rule(problem.rule).title}"
    written = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    subject = f"{outcome.subject}: " if outcome.subject not in str(problem) else ""
    words = subject + str(problem)
    if len(words) > _LONGEST:
        words = words[:_LONGEST] + " ..."
    return f"::error {written}::{_message(words)}"


def _message(words: str) -> str:
    r"""A message may hold anything but line breaks, and percent signs that begin an escape.

    >>> _message("50%\nof it")
    '50%25%0Aof it'
    """
    return visible(words).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(words: str) -> str:
    """A property ends at a colon or a comma as well.

    >>> _property("C:/a,b")
    'C%3A/a%2Cb'
    """
    return _message(words).replace(":", "%3A").replace(",", "%2C")
