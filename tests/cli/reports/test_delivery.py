"""Where reports go."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from ncd_tikz.cli.reports.delivery import Target, deliver, targets
from ncd_tikz.cli.sources import InputError
from ncd_tikz.project.keys import REPORTS
from tests.cli.reports.samples import ALL


@pytest.mark.parametrize(
    ("given", "output", "wanted"),
    [
        ([], None, [Target("table")]),
        (["json"], None, [Target("json")]),
        (["junit=a.xml", "table"], None, [Target("junit", Path("a.xml")), Target("table")]),
        (["junit=a.xml,sarif=b.sarif"], None, [
            Target("junit", Path("a.xml")), Target("sarif", Path("b.sarif")), Target("table"),
        ]),
        (["table", "github"], None, [Target("table"), Target("github")]),
        (["json"], "r.txt", [Target("json", Path("r.txt")), Target("table")]),
        ([], "r.json", [Target("json", Path("r.json")), Target("table")]),
        ([], "r.xml", [Target("junit", Path("r.xml")), Target("table")]),
        ([], "r.txt", [Target("table", Path("r.txt"))]),
        ([], "-", [Target("table")]),
        (["github"], "-", [Target("github")]),
        (["github", "junit=a.xml"], "b.txt", [
            Target("github", Path("b.txt")), Target("junit", Path("a.xml")), Target("table"),
        ]),
    ],
)  # fmt: skip
def test_what_is_asked_for(given: list[str], output: str | None, wanted: list[Target]) -> None:
    assert list(targets(given, output)) == wanted


@pytest.mark.parametrize(
    ("given", "output", "message"),
    [
        (["jsn"], None, "no report format 'jsn'\n  did you mean 'json'?"),
        (["junit="], None, "names no file"),
        (["json", "table"], None, "json is a document and cannot share standard output"),
        (["json=a", "junit=./a"], None, "two reports would be written to 'a'"),
        (["github", "json"], "r", "-o names one file, and there are github and json"),
        ([], "r.pdf", "does not tell a format"),
        ([], "", "-o is empty"),
    ],
)
def test_what_cannot_be(given: list[str], output: str | None, message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        targets(given, output)


def test_all_at_once_each_to_its_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = {"json": "r.json", "junit": "deep/r.xml", "sarif": "r.sarif", "github": "r.log", "table": "r.txt"}
    deliver(targets([f"{name}={tmp_path / file}" for name, file in names.items()], None), ALL)
    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["version"] == 1
    assert json.loads((tmp_path / "r.sarif").read_text(encoding="utf-8"))["version"] == "2.1.0"
    assert ElementTree.parse(tmp_path / "deep/r.xml").getroot().tag == "testsuites"
    assert "::error" in (tmp_path / "r.log").read_text(encoding="utf-8")
    table = (tmp_path / "r.txt").read_text(encoding="utf-8")
    assert "DIFFERS" in table
    assert "\x1b" not in table
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("wrote ") == 5


def test_the_configuration_knows_the_same_formats() -> None:
    from ncd_tikz.cli.reports.delivery import FORMATS

    assert FORMATS == REPORTS
