"""The README is true: its specs load, its commands run, its Python runs, and it names every command."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from ncd_tikz.cli.program import COMMANDS, run

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(language: str) -> list[str]:
    """The fenced blocks of one language, in order."""
    return [body for found, body in BLOCK.findall(README) if found == language]


@pytest.fixture
def beside_the_specs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with every YAML block that begins with a file's name."""
    for block in blocks("yaml"):
        if name := re.match(r"# (\S+\.yaml)\n", block):
            (tmp_path / name[1]).write_text(block, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def commands() -> list[list[str]]:
    lines = "".join(blocks("console")).splitlines()
    assert lines
    assert all(line.startswith("$ ncd-tikz ") for line in lines)
    return [shlex.split(line)[2:] for line in lines]


@pytest.mark.slow
@pytest.mark.parametrize("arguments", commands(), ids=" ".join)
def test_commands_run(beside_the_specs: Path, arguments: list[str]) -> None:
    if arguments[0] == "check":
        pytest.importorskip("torch")
    assert run(arguments) == 0


def test_what_the_readme_says_is_written(beside_the_specs: Path) -> None:
    for arguments in commands():
        if arguments[0] != "check":
            run(arguments)
    names = ("feed_forward.tex", "figures/feed_forward.svg", "models/feed_forward.py")
    assert all((beside_the_specs / name).is_file() for name in names)


def test_python_runs(beside_the_specs: Path) -> None:
    for block in blocks("python"):
        names: dict[str, object] = {}
        exec(compile(block, "README.md", "exec"), names)
        assert "\\begin{tikzpicture}" in str(names["tikz"])
        assert "<svg" in str(names["svg"])
        assert "class FeedForward" in str(names["module"])


def test_the_check_section_fits_the_module(beside_the_specs: Path) -> None:
    """The parameters that the README maps are those that the module has."""
    (section,) = [block for block in blocks("yaml") if block.startswith("check:")]
    spec = beside_the_specs / "feed_forward.yaml"
    spec.write_text(spec.read_text(encoding="utf-8") + section, encoding="utf-8")
    assert run(["draw", str(spec)]) == 0


def test_every_command_is_in_the_table() -> None:
    for name, _ in COMMANDS:
        assert f"| `ncd-tikz {name}" in README


PICTURES = re.findall(r"!\[[^]]*\]\(docs/(\w+)\.svg\)", README)


def test_there_are_pictures() -> None:
    assert PICTURES == ["multi_head_attention", "unet"]


@pytest.mark.parametrize("name", PICTURES)
def test_the_picture_is_what_the_tool_draws(accept: bool, tmp_path: Path, name: str) -> None:
    assert run(["draw", f"@{name}", "-o", str(tmp_path / "drawn.svg")]) == 0
    drawn = (tmp_path / "drawn.svg").read_bytes()
    picture = ROOT / "docs" / f"{name}.svg"
    if accept:
        picture.write_bytes(drawn)
    assert picture.read_bytes() == drawn, "pytest --accept draws it anew"


def test_the_readme_counts_the_lines_of_its_spec() -> None:
    count = len((ROOT / "specs" / "multi_head_attention.yaml").read_text(encoding="utf-8").splitlines())
    assert f"from the {count} lines of" in README


def test_links_lead_somewhere() -> None:
    links = re.findall(r"\]\((?!http)([^)#]+)\)", README) + re.findall(
        r'(?:src|href)="(?!http)([^"#]+)"', README
    )
    assert [link for link in links if not (ROOT / link).exists()] == []
