"""The page on `check` is true: its commands run, its tables are those of the program."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
import yaml

from ncd_tikz.cli.program import run
from ncd_tikz.cli.reports.delivery import FORMATS
from ncd_tikz.cli.reports.json import schema
from ncd_tikz.cli.reports.outcome import KINDS
from ncd_tikz.cli.reports.rules import FRESHNESS
from ncd_tikz.project.keys import KEYS

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "check.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


THEIRS = """\
from torch import nn

class FeedForward(nn.Module):
    def __init__(self, m, d):
        super().__init__()
        self.up, self.down = nn.Linear(m, d), nn.Linear(d, m)
    def forward(self, X):
        return X + self.down(self.up(X).relu())
"""


def blocks(language: str) -> list[str]:
    return [body for found, body in BLOCKS if found == language]


def rows(first: str) -> dict[str, list[str]]:
    """The table whose head begins with this word: each row's cells by its first one."""
    table = PAGE.split(f"\n| {first} |", 1)[1].split("\n\n")[0].splitlines()[2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table]
    return {row[0].strip("`"): row[1:] for row in cells}


def commands() -> list[str]:
    lines = [line.removeprefix("$ ") for line in "".join(blocks("console")).splitlines()]
    return [line for line in lines if line.startswith("ncd-tikz ")]


def slow(line: str) -> object:
    light = "--only fresh" in line or " init " in line
    return line if light else pytest.param(line, marks=[pytest.mark.torch, pytest.mark.slow])


@pytest.mark.parametrize("line", [slow(line) for line in commands()])
def test_commands_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    monkeypatch.chdir(tmp_path)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    spec = readme.split("```yaml\n# feed_forward.yaml\n")[1].split("```")[0]
    if "--propose" in line:
        Path("layers.py").write_text(THEIRS, encoding="utf-8")
        spec += "check: [{against: 'layers:FeedForward', init: {m: m, d: d}}]\n"
    Path("feed_forward.yaml").write_text(spec, encoding="utf-8")
    Path("pyproject.toml").write_text(
        "[tool.ncd-tikz]\nspecs = 'feed_forward.yaml'\ndraws = 1\n", encoding="utf-8"
    )
    for command in ("draw feed_forward.yaml -f tikz,svg -o figures", "torch feed_forward.yaml -o models/"):
        assert run(command.split()) == 0
    assert run(["draw", "feed_forward.yaml"]) == 0
    assert run(shlex.split(line)[1:]) == 0


def test_the_tables_are_those_of_the_program() -> None:
    keys = rows("key")
    assert keys == {name: [key.takes, key.about] for name, key in KEYS.items()}
    assert tuple(rows("format")) == FORMATS
    assert tuple(rows("kind")) == KINDS
    assert set(rows("state")) == {"fresh", *FRESHNESS}


def test_the_report_shown_keeps_to_the_schema() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    (shown,) = blocks("json")
    jsonschema.validate(json.loads(shown), schema())


def test_the_configuration_shown_is_one(tmp_path: Path) -> None:
    from ncd_tikz.project.configuration import read

    (shown,) = blocks("toml")
    path = tmp_path / "pyproject.toml"
    path.write_text(shown, encoding="utf-8")
    found = read(path)
    assert found is not None
    assert found.formats == ("tikz", "svg", "torch")


def test_the_hooks_shown_are_there() -> None:
    (shown,) = [block for block in blocks("yaml") if "pre-commit" in block]
    hooks = [hook for each in yaml.safe_load(shown)["repos"] for hook in each["hooks"]]
    known = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert {hook["id"] for hook in hooks} == {hook["id"] for hook in known}
