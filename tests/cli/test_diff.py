"""`ncd-tikz diff`: what it says, in which formats, with which exit codes."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from ncd_tikz.cli.revisions import is_revision
from ncd_tikz.resources import spec_path

Run = Callable[..., "Outcome"]  # noqa: F821 - see conftest.py

SPEC = """\
ncd: 1
name: small
axes: {x: 22, m: 12, d: 4*m}
inputs: {X: x m}
steps:
  - {op: linear, in: X, out: u, map: m -> d, label: U}
  - relu
  - {op: softmax, over: x}
outputs: u
figure:
  notes: [{at: [u], text: A layer}]
"""


@pytest.fixture
def specs(here: Path) -> Callable[..., None]:
    """Write `a.yaml`, and `b.yaml` with changes."""

    def write(*changes: tuple[str, str]) -> None:
        text = SPEC
        for before, after in changes:
            assert before in text, before
            text = text.replace(before, after)
        (here / "a.yaml").write_text(SPEC, encoding="utf-8")
        (here / "b.yaml").write_text(text, encoding="utf-8")

    return write


def test_the_same_text(ncd: Run, specs: Callable[..., None]) -> None:
    specs()
    outcome = ncd("diff", "a.yaml", "b.yaml")
    assert outcome.code == 0
    assert "the same text" in outcome.out
    assert "the same picture, byte for byte" in outcome.out


@pytest.mark.torch
def test_another_function(ncd: Run, specs: Callable[..., None]) -> None:
    specs(("over: x", "over: d"))
    outcome = ncd("diff", "a.yaml", "b.yaml", "--draws", "1")
    assert outcome.code == 1
    assert "NOT the same function" in outcome.out
    assert "first part at steps[2] (softmax), b.yaml:8:5: over: x -> d" in outcome.out
    assert "(1)" in outcome.out


@pytest.mark.torch
def test_only_a_note(ncd: Run, specs: Callable[..., None]) -> None:
    specs(("A layer", "One layer"))
    outcome = ncd("diff", "a.yaml", "b.yaml", "--draws", "1")
    assert outcome.code == 0
    assert "the same function: " in outcome.out
    assert "only notes differ" in outcome.out
    assert "note at u: A layer -> One layer" in outcome.out


@pytest.mark.torch
def test_other_sizes_are_not_the_same(ncd: Run, specs: Callable[..., None]) -> None:
    specs(("m: 12", "m: 16"))
    outcome = ncd("diff", "a.yaml", "b.yaml", "--draws", "1")
    assert outcome.code == 1
    assert "the same function at equal sizes, but m is 12 in A and 16 in B" in outcome.out
    assert "U.weight: 48 x 12 (d m) -> 64 x 16 (d m)" in outcome.out


@pytest.mark.torch
def test_json_says_all_of_it(ncd: Run, specs: Callable[..., None]) -> None:
    specs(("- relu", "- gelu"), ("label: U", "label: W"))
    outcome = ncd("diff", "a.yaml", "b.yaml", "--draws", "1", "--format", "json")
    assert outcome.code == 1
    data = json.loads(outcome.out)
    assert data["function"]["state"] == "differs"
    assert data["function"]["same"] is False
    assert data["function"]["parts_at"]["operation"] == "gelu"
    assert data["function"]["numbers"] > 0
    (side,) = data["function"]["sides"]
    told = [(step["is"], step["b"]["path"], step["only_names"]) for step in side["steps"]]
    assert told == [("changed", "steps[0]", True), ("changed", "steps[1]", False)]
    assert side["learned"] == [{"kind": "name", "what": "learned part", "before": "U", "after": "W"}]
    assert data["figure"]["state"] == "layout"
    assert data["a"]["inputs"] == {"X": "x m"}


def test_without_torch(ncd: Run, specs: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    import ncd_tikz.cli.diff

    monkeypatch.setattr(ncd_tikz.cli.diff, "find_spec", lambda name: None)
    specs(("A layer", "One layer"))
    only_names = ncd("diff", "a.yaml", "b.yaml")
    assert only_names.code == 0
    assert "values were not compared" in only_names.out
    specs(("- relu", "- gelu"))
    other = ncd("diff", "a.yaml", "b.yaml")
    assert other.code == 1
    assert "op: relu -> gelu" in other.out
    asked = ncd("diff", "a.yaml", "b.yaml", "--values")
    assert asked.code == 3
    assert "pip install torch" in asked.err


@pytest.mark.parametrize("suffix", ["svg", "tex", "html"])
def test_it_draws_both(ncd: Run, specs: Callable[..., None], here: Path, suffix: str) -> None:
    specs(("- relu", "- gelu"), ("name: small", "name: small_2"))
    outcome = ncd("diff", "a.yaml", "b.yaml", "--no-values", "-o", f"out/diff.{suffix}")
    assert outcome.code == 1
    drawn = (here / "out" / f"diff.{suffix}").read_text(encoding="utf-8")
    assert {"svg": "<svg", "tex": "\\begin{tikzpicture}", "html": "<svg"}[suffix] in drawn
    if suffix == "html":
        assert "op: relu -&gt; gelu" in drawn
        assert "http" not in drawn.replace("http://www.w3.org", "")


@pytest.mark.tex
@pytest.mark.slow
def test_it_draws_png(ncd: Run, specs: Callable[..., None], here: Path) -> None:
    specs(("- relu", "- gelu"))
    assert ncd("diff", "a.yaml", "b.yaml", "--no-values", "-o", "diff.png").code == 1
    assert (here / "diff.png").read_bytes().startswith(b"\x89PNG")


def test_bad_input_is_code_2(
    ncd: Run, specs: Callable[..., None], untouched: Callable[[], bool], here: Path
) -> None:
    specs()
    before = sorted(here.iterdir())
    for arguments in (
        ("a.yaml", "bad.yaml"), ("a.yaml", "lost.yaml"), ("a.yaml",), ("-", "-"),
        ("a.yaml", "b.yaml", "-o", "diff.gif"), ("a.yaml", "b.yaml", "-o", "-"),
        ("a.yaml", "b.yaml", "-o", "here/"),
    ):  # fmt: skip
        assert ncd("diff", *arguments).code == 2, arguments
    assert sorted(here.iterdir()) == before


def test_equations_are_compared_side_by_side(ncd: Run, here: Path) -> None:
    text = spec_path("@einsum_two_ways").read_text(encoding="utf-8")
    (here / "a.yaml").write_text(text, encoding="utf-8")
    (here / "b.yaml").write_text(text.replace("k**(-1/2)", "k**(1/2)"), encoding="utf-8")
    outcome = ncd("diff", "a.yaml", "b.yaml", "--no-values", "-o", "diff.svg")
    assert outcome.code == 1
    assert "side 1: " in outcome.out
    assert "by: k**(-1/2) -> k**(1/2)" in outcome.out


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=A", "-c", "user.email=a@b.c", *arguments],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip


def test_specs_of_commits(ncd: Run, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The files that a spec imports are those of its commit, too."""
    block = (
        "ncd: 1\ntitle: Parts\nblocks:\n  part:\n    axes: {m: 4}\n    inputs: {a: m}\n"
        "    steps: [{op: relu, in: a}]\n    outputs: a\n"
    )
    user = (
        "ncd: 1\nname: user\nimport: [{from: parts.yaml}]\naxes: {x: 3, m: 4}\ninputs: {X: x m}\n"
        "steps: [{op: part, in: X, out: Y}]\noutputs: Y\n"
    )
    (here / "specs").mkdir()
    (here / "specs" / "parts.yaml").write_text(block, encoding="utf-8")
    (here / "specs" / "user.yaml").write_text(user, encoding="utf-8")
    git(here, "init", "-q")
    git(here, "add", ".")
    git(here, "commit", "-q", "-m", "first")
    (here / "specs" / "parts.yaml").write_text(block.replace("relu", "gelu"), encoding="utf-8")
    outcome = ncd("diff", "HEAD:specs/user.yaml", "specs/user.yaml", "--no-values")
    assert outcome.code == 1, outcome
    assert "op: relu -> gelu" in outcome.out
    assert "HEAD:specs/parts.yaml:7:13" in outcome.out
    monkeypatch.chdir(here / "specs")
    assert ncd("diff", "HEAD:./user.yaml", "user.yaml", "--no-values").code == 1
    assert ncd("diff", "HEAD:specs/user.yaml", "HEAD:specs/user.yaml").code == 0
    lost = ncd("diff", "HEAD:specs/none.yaml", "user.yaml")
    assert lost.code == 2
    assert "git has no 'HEAD:specs/none.yaml'" in lost.err
    assert ncd("diff", "nowhere:specs/user.yaml", "user.yaml").code == 2


def test_a_drive_is_no_revision() -> None:
    assert not is_revision("C:\\specs\\a.yaml")
    assert not is_revision("@name")
