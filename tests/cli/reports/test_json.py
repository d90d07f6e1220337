"""The JSON report keeps to its schema, which keeps to its version."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ncd_tikz.cli.reports import json as report
from tests.cli.reports.samples import ALL, NASTY, thousands

HERE = Path("/home/me/here")


def test_it_keeps_to_its_schema() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = report.schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    for checked in (ALL, (), thousands(300)):
        jsonschema.validate(json.loads(report.text(checked, HERE)), schema)
    broken = json.loads(report.text(ALL, HERE))
    del broken["specs"][0]["verdicts"][0]["findings"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, schema)


def test_what_it_says() -> None:
    found = json.loads(report.text(ALL, HERE))
    assert (found["version"], found["ok"]) == (1, False)
    attention = found["specs"][0]
    assert [each["state"] for each in attention["verdicts"]] == [
        "same", "differs", "not compared", "shown", "stale",
    ]  # fmt: skip
    best = attention["verdicts"][1]["findings"][0]
    assert (best["rule"], best["at"]["line"], best["axis"], best["place"]) == (
        "axis",
        21,
        "h",
        "attention.py:33",
    )
    stale = attention["verdicts"][4]["findings"][0]
    assert stale["command"] == "ncd-tikz draw specs/attention.yaml -o figures/attention.svg"
    assert found["specs"][2]["verdicts"][0]["printed"] == NASTY


def test_keys_stay() -> None:
    """A key may be added within a version; that one goes needs another number."""
    found = json.loads(report.text(ALL, HERE))
    assert set(found) == {"version", "tool", "ok", "specs"}
    assert set(found["specs"][0]) == {"name", "file", "ok", "seconds", "verdicts"}
    verdict = found["specs"][0]["verdicts"][1]
    assert set(verdict) == set("kind subject ok state draws numbers text printed findings".split())
    wanted = "rule words remedy command where at place step operation label axis parameter their_parameter"
    assert set(verdict["findings"][0]) == {*wanted.split(), "iteration", "text"}


def test_paths_start_from_the_working_directory() -> None:
    from ncd_tikz.cli.reports.outcome import Checked

    checked = Checked("a", "/home/me/here/specs/a.yaml", ())
    assert json.loads(report.text([checked], HERE))["specs"][0]["file"] == "specs/a.yaml"
