"""SARIF: what the standard asks for, and what code scanning needs to show a result at its line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ncd_tikz.cli.reports import sarif
from ncd_tikz.cli.reports.rules import RULES
from tests.cli.reports.samples import ALL, thousands

ROOT, HERE = Path("/home/me"), Path("/home/me/here")
_TEXT = {"type": "string", "minLength": 1}
_COUNT = {"type": "integer", "minimum": 1}
_MESSAGE = {"type": "object", "required": ["text"], "properties": {"text": _TEXT}}
_LOCATION = {
    "type": "object",
    "required": ["physicalLocation"],
    "properties": {
        "physicalLocation": {
            "type": "object",
            "required": ["artifactLocation", "region"],
            "properties": {
                "artifactLocation": {
                    "type": "object",
                    "required": ["uri"],
                    "properties": {"uri": {"type": "string", "pattern": r"^[!-~]+$"}, "uriBaseId": _TEXT},
                    "additionalProperties": False,
                },
                "region": {
                    "type": "object",
                    "required": ["startLine"],
                    "properties": {"startLine": _COUNT, "startColumn": _COUNT},
                },
            },
        }
    },
}
# The parts of the standard's schema that concern what is written here.
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["version", "runs", "$schema"],
    "properties": {
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["tool", "results"],
                "properties": {
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name", "rules"],
                                "properties": {
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": {
                                            "type": "object",
                                            "required": ["id", "shortDescription", "help"],
                                            "properties": {"id": _TEXT, "help": _MESSAGE},
                                        },
                                    }
                                },
                            }
                        },
                    },
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "invocations": {
                        "type": "array",
                        "items": {"type": "object", "required": ["executionSuccessful"]},
                    },
                    "results": {
                        "type": "array",
                        "maxItems": 25_000,
                        "items": {
                            "type": "object",
                            "required": [
                                "message",
                                "ruleId",
                                "ruleIndex",
                                "locations",
                                "partialFingerprints",
                            ],
                            "properties": {
                                "message": _MESSAGE,
                                "level": {"enum": ["none", "note", "warning", "error"]},
                                "locations": {"type": "array", "items": _LOCATION, "minItems": 1},
                                "relatedLocations": {"type": "array", "items": _LOCATION},
                                "partialFingerprints": {"type": "object", "additionalProperties": _TEXT},
                            },
                        },
                    },
                },
            },
        },
    },
}


@pytest.mark.parametrize("checked", [ALL, (), thousands(300)], ids=["all", "nothing", "hundreds"])
def test_it_has_what_the_standard_asks_for(checked: Any) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(json.loads(sarif.text(checked, ROOT, HERE)), SCHEMA)


def run() -> dict[str, Any]:
    (found,) = json.loads(sarif.text(ALL, ROOT, HERE))["runs"]
    return dict(found)


def test_a_result_is_at_the_line_of_the_spec_and_names_theirs() -> None:
    best = run()["results"][0]
    place = best["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "here/specs/attention.yaml", "uriBaseId": "SRCROOT"}
    assert place["region"] == {"startLine": 21, "startColumn": 5}
    (theirs,) = best["relatedLocations"]
    assert theirs["physicalLocation"]["artifactLocation"]["uri"] == "here/attention.py"
    assert theirs["physicalLocation"]["region"]["startLine"] == 33
    assert "try: softmax(dim=-2)" in best["message"]["text"]


def test_every_result_has_its_rule_with_help() -> None:
    found = run()
    rules = found["tool"]["driver"]["rules"]
    for result in found["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    assert all(each["help"]["text"].endswith(".") for each in rules)


def test_names_that_are_no_uris_are_quoted() -> None:
    odd = run()["results"][-1]
    assert odd["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == (
        "here/specs/a%20b%2Cc%3Ad%25%C3%A9.yaml"
    )


def test_a_fault_keeps_its_fingerprint_when_lines_move() -> None:
    from dataclasses import replace

    from ncd_tikz.cli.reports.outcome import Checked
    from ncd_tikz.errors import Position
    from tests.cli.reports.samples import AXIS, WRONG

    def fingerprint(line: int) -> str:
        moved = replace(WRONG, problems=(replace(AXIS, at=Position("specs/attention.yaml", line, 5)),))
        report = json.loads(sarif.text([Checked("a", "a.yaml", (moved,))], ROOT, HERE))
        return str(report["runs"][0]["results"][0]["partialFingerprints"])

    assert fingerprint(3) == fingerprint(30)


def test_rules_are_explained() -> None:
    assert len(RULES) > 30
    for each in RULES.values():
        assert each.help.endswith((".", "--timeout.", "--memory.")), each.id
        assert each.id == each.id.lower()


def test_there_are_never_more_results_than_code_scanning_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sarif.MOST == 25_000
    monkeypatch.setattr(sarif, "MOST", 100)
    (found,) = json.loads(sarif.text(thousands(300), ROOT, HERE))["runs"]
    assert len(found["results"]) == 100
