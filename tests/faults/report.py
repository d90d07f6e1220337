"""The results as a page: what was caught, what was named, every miss."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.faults.trial import Result

ROOT = Path(__file__).parent.parent.parent

INTRODUCTION = """# Faults

Written by `{command}`; every number and every line below is what that run found.

Single faults are generated: an operator of `tests/faults/operators.py`
changes one place of a module's source - another dimension, a dropped residual, other letters of an
einsum, another activation, padding or `eps`, a lost gradient, a layer shared. Whether a change changes
the function is settled without `check`: the changed and the unchanged module run side by side on random
inputs and parameters, forward and backward, in training mode too where that is another function. A
change that does so is a fault, and `check` has to say that the module is another function; any other is
harmless, as are those of `tests/faults/harmless.py` (equal formulas,
fused and split projections, exchanged statements, other names and letters), and must pass.

A fault is *named* where the first place that `check` gives is the step that the changed line belongs to.
Which step that is follows from the source. In modules of packages it follows from a table, written by hand
in `tests/faults/architectures.py`, of lines of theirs and our steps;
where one line does several steps, each is right. In modules that are seen from outside, a value that is
changed on its way from one step to the next (an argument reversed, a result scaled) may be named at either.
"""


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of one group."""

    faults: int
    caught: int
    named: int
    harmless: int
    alarms: int


def tally(results: Iterable[Result]) -> Tally:
    """How many of each."""
    results = list(results)
    faults = [each for each in results if each.fault]
    harmless = [each for each in results if not each.fault]
    return Tally(
        len(faults),
        sum(each.caught for each in faults),
        sum(each.caught and each.right for each in faults),
        len(harmless),
        sum(each.caught for each in harmless),
    )


def page(results: Sequence[Result], command: str, missing: Sequence[str] = ()) -> str:
    """The whole page, in Markdown."""
    whole = tally(results)
    lines = [
        INTRODUCTION.format(command=command),
        f"**{whole.caught} of {whole.faults} faults are caught, {whole.named} of them named",
        f"({_percent(whole.named, whole.faults)}); of {whole.harmless} harmless changes {whole.alarms} are",
        "reported.**",
        "",
    ]
    if missing:
        lines += [f"The run was cut short: {len(missing)} of its parts are not in these numbers.", ""]
    for title, groups in _parts(results).items():
        lines += [f"## {title}", "", *_table(groups), ""]
    lines += ["## Kinds of faults", "", *_table(_by_kind(results)), ""]
    lines += ["## Every miss", "", *_misses(results)]
    return "\n".join(lines).rstrip() + "\n"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "none"


def _parts(results: Sequence[Result]) -> dict[str, dict[str, list[Result]]]:
    parts: dict[str, dict[str, list[Result]]] = {}
    for each in results:
        parts.setdefault(each.part, {}).setdefault(each.group, []).append(each)
    return parts


def _by_kind(results: Sequence[Result]) -> dict[str, list[Result]]:
    found: dict[str, list[Result]] = {}
    for each in sorted(results, key=lambda each: each.change.kind):
        found.setdefault(each.change.kind, []).append(each)
    return found


def _table(groups: dict[str, list[Result]]) -> list[str]:
    lines = ["| | faults | caught | named | harmless | reported |", "|---|---|---|---|---|---|"]
    whole = [each for results in groups.values() for each in results]
    for name, results in (*groups.items(), ("**together**", whole)):
        one = tally(results)
        shown = name if name.startswith("*") else f"`{name}`"
        lines.append(
            f"| {shown} | {one.faults} | {one.caught} | {one.named} | {one.harmless} | {one.alarms} |"
        )
    return lines


def _misses(results: Sequence[Result]) -> list[str]:
    faults = [each for each in results if each.fault]
    kinds = {
        "Not caught": [each for each in faults if not each.caught],
        "Caught, but not named": [each for each in faults if each.caught and not each.right],
        "Harmless, but reported": [each for each in results if not each.fault and each.caught],
    }
    lines: list[str] = []
    for title, missed in kinds.items():
        lines += [f"### {title}: {len(missed)}", ""]
        for each in missed:
            expected = " or ".join(sorted(each.expected)) or "no step"
            lines.append(
                f"- `{each.subject}`: {each.change} (changes the {each.outcome}); expected {expected},"
            )
            lines.append(f"  named {each.named or 'none'}: {_short(each.words)}")
        lines += [""] if missed else []
    return lines


def _short(words: str) -> str:
    line = " / ".join(part.strip() for part in words.splitlines()).replace(f"{ROOT}/", "")
    line = re.sub(r"[^\s(]*/site-packages/", "", line)
    return line if len(line) < 300 else line[:297] + "..."
