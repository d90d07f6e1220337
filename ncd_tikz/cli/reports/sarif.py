"""The report as SARIF 2.1.0, which code scanning shows and keeps: a result for each problem."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

from ncd_tikz import __version__
from ncd_tikz.cli.reports.outcome import Checked, Outcome, Problem
from ncd_tikz.cli.reports.places import relative
from ncd_tikz.cli.reports.rules import rule
from ncd_tikz.errors import Position

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
MOST = 25_000  # results that code scanning takes


def text(all_checked: Sequence[Checked], root: Path, here: Path) -> str:
    """The report; paths start from the repository `root`."""
    problems = [
        (checked, outcome, problem)
        for checked in all_checked
        for outcome in checked.outcomes
        if not outcome.ok
        for problem in outcome.problems
    ][:MOST]
    rules = sorted({problem.rule for _, _, problem in problems})
    run = {
        "tool": {
            "driver": {
                "name": "ncd-tikz",
                "version": __version__,
                "semanticVersion": __version__,
                "rules": [_rule(name) for name in rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"SRCROOT": {"description": {"text": "The folder of the repository."}}},
        "invocations": [{"executionSuccessful": True}],
        "results": [_result(*each, rules, root, here) for each in problems],
    }
    report = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(report, indent=2, ensure_ascii=True) + "\n"


def _rule(name: str) -> dict[str, Any]:
    known = rule(name)
    return {
        "id": known.id,
        "name": "".join(part.capitalize() for part in name.split("-")),
        "shortDescription": {"text": known.title},
        "fullDescription": {"text": known.help},
        "help": {"text": known.help, "markdown": known.help},
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": ["architecture"], "problem.severity": "error"},
    }


def _result(
    checked: Checked, outcome: Outcome, problem: Problem, rules: list[str], root: Path, here: Path
) -> dict[str, Any]:
    at = problem.at or Position(checked.file, 1, 1)
    subject = f"{outcome.subject}: " if outcome.subject not in str(problem) else ""
    result: dict[str, Any] = {
        "ruleId": problem.rule,
        "ruleIndex": rules.index(problem.rule),
        "level": "error",
        "message": {"text": subject + str(problem)},
        "locations": [{"physicalLocation": _physical(at.file, at.line, at.column, root, here)}],
        "partialFingerprints": {"ncdTikz/v1": _fingerprint(checked, outcome, problem, root, here)},
    }
    match = re.fullmatch(r"(.+?):([1-9][0-9]*)(?::([1-9][0-9]*))?", problem.place)
    if match:
        place = _physical(match[1], int(match[2]), int(match[3] or 1), root, here)
        theirs = {"id": 0, "physicalLocation": place, "message": {"text": f"in {outcome.subject}"}}
        result["relatedLocations"] = [theirs]
    return result


def _physical(file: str, line: int, column: int, root: Path, here: Path) -> dict[str, Any]:
    shown = relative(file, root, here)
    artifact: dict[str, Any] = {"uri": quote(shown, safe="/")}
    if PurePosixPath(shown).is_absolute():
        artifact = {"uri": f"file://{quote(shown, safe='/')}"}
    elif re.match(r"[A-Za-z]:/", shown):  # a Windows drive
        artifact = {"uri": f"file:///{quote(shown, safe='/:')}"}
    else:
        artifact["uriBaseId"] = "SRCROOT"
    return {"artifactLocation": artifact, "region": {"startLine": line, "startColumn": column}}


def _fingerprint(checked: Checked, outcome: Outcome, problem: Problem, root: Path, here: Path) -> str:
    """The same for the same fault when lines above it come or go."""
    what = (
        relative(checked.file, root, here),
        outcome.subject,
        problem.rule,
        problem.step,
        problem.parameter,
    )
    return sha256("\0".join(what).encode("utf-8", "backslashreplace"), usedforsecurity=False).hexdigest()[:32]
