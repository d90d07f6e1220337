"""The report as JSON: a stable form, whose number changes when a reader could be misled."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ncd_tikz import __version__
from ncd_tikz.cli.reports.outcome import Checked, Outcome, Problem
from ncd_tikz.cli.reports.places import relative

VERSION = 1


def text(all_checked: Sequence[Checked], here: Path) -> str:
    """The report; paths are relative to the working directory `here`."""
    report = {
        "version": VERSION,
        "tool": {"name": "ncd-tikz", "version": __version__},
        "ok": bool(all_checked) and all(checked.ok for checked in all_checked),
        "specs": [_spec(checked, here) for checked in all_checked],
    }
    return json.dumps(report, indent=2, ensure_ascii=True) + "\n"


def _spec(checked: Checked, here: Path) -> dict[str, Any]:
    return {
        "name": checked.name,
        "file": relative(checked.file, here, here),
        "ok": checked.ok,
        "seconds": round(checked.seconds, 3),
        "verdicts": [_outcome(outcome, here) for outcome in checked.outcomes],
    }


def _outcome(outcome: Outcome, here: Path) -> dict[str, Any]:
    return {
        "kind": outcome.kind,
        "subject": outcome.subject,
        "ok": outcome.ok,
        "state": outcome.state,
        "draws": outcome.draws,
        "numbers": outcome.numbers,
        "text": "\n".join((outcome.fact, *outcome.details)),
        "printed": outcome.printed,
        "findings": [_problem(problem, here) for problem in outcome.problems],
    }


def _problem(problem: Problem, here: Path) -> dict[str, Any]:
    found = asdict(problem)
    at, command = problem.at, found.pop("command")
    found["at"] = at and {"file": relative(at.file, here, here), "line": at.line, "column": at.column}
    found["text"] = str(problem)
    found["command"] = problem.remedy if command else ""
    return found


_TEXT, _TRUTH, _COUNT = {"type": "string"}, {"type": "boolean"}, {"type": "integer", "minimum": 0}


def _table(about: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "description": about,
        "properties": properties,
        "required": list(properties),
    }


def schema() -> dict[str, Any]:
    """The JSON Schema of the report; keys may be added within a version, and none goes."""
    at = _table("A place in a file, from one.", {"file": _TEXT, "line": _COUNT, "column": _COUNT})
    finding = _table(
        "What is wrong, and what to try; the first one of a verdict is the best.",
        {
            "rule": _TEXT,
            "words": _TEXT,
            "remedy": _TEXT,
            "command": {**_TEXT, "description": "The command that mends it, where there is one."},
            "where": _TEXT,
            "at": {"anyOf": [{"type": "null"}, at]},
            "place": {**_TEXT, "description": "In their code."},
            **dict.fromkeys(("step", "operation", "label", "axis", "iteration"), _TEXT),
            "parameter": {**_TEXT, "description": "Of the spec."},
            "their_parameter": _TEXT,
            "text": _TEXT,
        },
    )
    verdict = _table(
        "One thing that was checked.",
        {
            "kind": {"enum": ["module", "sides", "against", "figure", "fresh"]},
            "subject": _TEXT,
            "ok": _TRUTH,
            "state": _TEXT,
            "draws": _COUNT,
            "numbers": _COUNT,
            "text": _TEXT,
            "printed": _TEXT,
            "findings": {"type": "array", "items": finding},
        },
    )
    spec = _table(
        "One spec.",
        {
            "name": _TEXT,
            "file": _TEXT,
            "ok": _TRUTH,
            "seconds": {"type": "number", "minimum": 0, "description": "Since the spec before was there."},
            "verdicts": {"type": "array", "items": verdict},
        },
    )
    tool = _table("What wrote it.", {"name": _TEXT, "version": _TEXT})
    whole = _table(
        "The report of `ncd-tikz check --format json`.",
        {
            "version": {"const": VERSION},
            "tool": tool,
            "ok": _TRUTH,
            "specs": {"type": "array", "items": spec},
        },
    )
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **whole}
