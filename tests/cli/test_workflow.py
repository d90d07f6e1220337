"""The workflow and the hooks are files that their readers take, and their commands run."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from ncd_tikz import __version__
from ncd_tikz.cli.program import run
from tests.cli.conftest import Outcome

ROOT = Path(__file__).parent.parent.parent
Run = Callable[..., Outcome]
HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))


def steps(text: str) -> list[dict[str, Any]]:
    """The steps of the one job."""
    workflow = yaml.safe_load(text)
    assert set(workflow[True]) == {"push", "pull_request"}  # YAML 1.1 takes `on` for a truth value
    (job,) = workflow["jobs"].values()
    return list(job["steps"])


def commands(text: str) -> list[list[str]]:
    """The lines that call us."""
    lines = [line for step in steps(text) for line in step.get("run", "").splitlines()]
    return [shlex.split(line)[1:] for line in lines if line.startswith("ncd-tikz ")]


@pytest.fixture
def repository(here: Path) -> Path:
    (here / "bad.yaml").unlink()
    (here / ".git").mkdir()
    (here / "pyproject.toml").write_text("[tool.ncd-tikz]\nspecs = '*.yaml'\ndraws = 1\n", encoding="utf-8")
    return here


class TestWorkflow:
    PLACE = ".github/workflows/ncd-tikz.yml"

    def test_it_is_written_where_github_looks(self, ncd: Run, repository: Path) -> None:
        assert ncd("init", "--workflow").code == 0
        text = (repository / self.PLACE).read_text(encoding="utf-8")
        actions = [step["uses"].split("@")[0] for step in steps(text) if "uses" in step]
        assert actions == ["actions/checkout", "actions/setup-python", "github/codeql-action/upload-sarif"]
        assert f'pip install "ncd-tikz=={__version__}"' in text
        assert max(map(len, text.splitlines())) <= 110

    def test_it_never_overwrites(self, ncd: Run, repository: Path) -> None:
        (repository / ".github/workflows").mkdir(parents=True)
        (repository / self.PLACE).write_text("mine", encoding="utf-8")
        outcome = ncd("init", "--workflow")
        assert outcome.code == 2
        assert "already there" in outcome.err
        assert (repository / self.PLACE).read_text(encoding="utf-8") == "mine"

    def test_below_the_root_it_runs_there(
        self, ncd: Run, repository: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        paper = repository / "my paper: 2"
        paper.mkdir()
        monkeypatch.chdir(paper)
        assert ncd("init", "--workflow").code == 0
        text = (repository / self.PLACE).read_text(encoding="utf-8")
        (job,) = yaml.safe_load(text)["jobs"].values()
        assert job["defaults"]["run"]["working-directory"] == "my paper: 2"
        assert steps(text)[-1]["with"]["sarif_file"] == "my paper: 2/ncd-tikz.sarif"

    def test_it_can_be_looked_at_first(self, ncd: Run, repository: Path) -> None:
        assert steps(ncd("init", "--workflow", "-o", "-").out)
        assert not (repository / ".github").exists()

    @pytest.mark.parametrize("more", [["name"], ["--paper"], ["--from", "@unet"]])
    def test_it_takes_nothing_else(self, ncd: Run, repository: Path, more: list[str]) -> None:
        assert ncd("init", "--workflow", *more).code == 2
        assert ncd("init").code == 2

    def test_permissions_are_no_more_than_needed(self, ncd: Run, repository: Path) -> None:
        found = yaml.safe_load(ncd("init", "--workflow", "-o", "-").out)
        assert found["permissions"] == {"contents": "read", "security-events": "write"}

    @pytest.mark.torch
    @pytest.mark.slow
    def test_its_commands_run(self, ncd: Run, repository: Path) -> None:
        (check,) = commands(ncd("init", "--workflow", "-o", "-").out)
        outcome = ncd(*check)
        assert outcome.code == 0, outcome
        assert "the spec agrees" in outcome.out or "same" in outcome.out
        assert "::notice title=ncd-tikz::2 of 2 checks are good" in outcome.out
        assert (repository / "ncd-tikz.sarif").exists()


class TestHooks:
    def test_they_are_of_the_form_that_pre_commit_reads(self) -> None:
        assert [hook["id"] for hook in HOOKS] == ["ncd-tikz-fresh", "ncd-tikz-check"]
        for hook in HOOKS:
            assert {"id", "name", "entry", "language", "files"} <= set(hook)
            assert (hook["language"], hook["pass_filenames"]) == ("python", False)

    @pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
    def test_they_run_when_a_spec_or_what_is_made_from_it_changes(self, hook: dict[str, Any]) -> None:
        for name in ("specs/a.yaml", "a.yml", "models/a.py", "pyproject.toml", "paper/pyproject.toml"):
            assert re.search(hook["files"], name), name
        assert not re.search(hook["files"], "README.md")
        if hook["id"] == "ncd-tikz-fresh":
            assert re.search(hook["files"], "figures/a.svg")
            assert re.search(hook["files"], "figures/a.tex")

    def test_the_fresh_one_runs_and_finds_what_is_stale(self, ncd: Run, repository: Path) -> None:
        program, *arguments = shlex.split(HOOKS[0]["entry"])
        assert program == "ncd-tikz"
        assert run(["draw", "good.yaml", "-o", "good.tex"]) == 0
        assert ncd(*arguments).code == 0
        with (repository / "good.yaml").open("a", encoding="utf-8") as stream:
            stream.write("# more\n")
        outcome = ncd(*arguments)
        assert outcome.code == 1
        assert "run: ncd-tikz draw good.yaml -o good.tex" in outcome.out

    @pytest.mark.torch
    @pytest.mark.slow
    def test_the_other_one_runs(self, ncd: Run, repository: Path) -> None:
        assert ncd(*shlex.split(HOOKS[1]["entry"])[1:]).code == 0

    @pytest.mark.slow
    @pytest.mark.skipif(shutil.which("pre-commit") is None, reason="needs pre-commit")
    def test_pre_commit_takes_the_manifest(self) -> None:
        import subprocess

        command = ["pre-commit", "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml")]
        assert subprocess.run(command, timeout=120).returncode == 0
