"""`check` with a configuration, several reports at once, and generated files; nothing here runs torch."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ncd_tikz.cli.program import run
from tests.cli.conftest import GOOD, Outcome

Run = Callable[..., Outcome]
LIGHT = ("check", "--only", "figure,fresh")


def configure(text: str) -> None:
    Path("pyproject.toml").write_text(f"[tool.ncd-tikz]\n{text}\n", encoding="utf-8")


@pytest.fixture
def repository(here: Path) -> Path:
    """A repository with a configuration, one spec, and what is made from it."""
    (here / "bad.yaml").unlink()
    (here / "specs").mkdir()
    (here / "good.yaml").rename(here / "specs" / "small.yaml")
    configure(
        "specs = 'specs/*.yaml'\nfigures = 'figures'\nmodules = 'models'\nformats = ['tikz', 'svg', 'torch']"
    )
    assert run(["draw", "specs/small.yaml", "-f", "tikz,svg", "-o", "figures"]) == 0
    assert run(["torch", "specs/small.yaml", "-o", "models/"]) == 0
    return here


def change_spec() -> None:
    Path("specs/small.yaml").write_text(GOOD.replace("relu", "tanh"), encoding="utf-8")


class TestFreshness:
    def test_all_is_fresh(self, ncd: Run, repository: Path) -> None:
        outcome = ncd(*LIGHT)
        assert outcome.code == 0, outcome
        assert outcome.out.count("  fresh  ") == 3

    def test_the_message_is_the_command(self, ncd: Run, repository: Path) -> None:
        change_spec()
        outcome = ncd("check", "--only", "fresh")
        assert outcome.code == 1
        lines = [line.strip() for line in outcome.out.splitlines()]
        commands = [line.removeprefix("run: ncd-tikz ") for line in lines if line.startswith("run: ")]
        assert commands == [
            "draw specs/small.yaml -o figures/small.svg",
            "draw specs/small.yaml -o figures/small.tex",
            "torch specs/small.yaml -o models/small.py",
        ]
        for command in commands:
            assert ncd(*command.split()).code == 0
        assert ncd("check", "--only", "fresh").code == 0

    def test_all_can_be_mended_at_once_but_not_what_was_edited(self, ncd: Run, repository: Path) -> None:
        change_spec()
        Path("figures/small.tex").unlink()
        outcome = ncd(*LIGHT, "--fix")
        assert outcome.code == 0, outcome
        assert outcome.err.count("wrote ") == 3
        with Path("models/small.py").open("a", encoding="utf-8") as stream:
            stream.write("# mine\n")
        assert ncd(*LIGHT, "--fix").code == 1
        assert Path("models/small.py").read_text(encoding="utf-8").endswith("# mine\n")
        assert ncd("check", "--only", "figure", "--fix").code == 2

    def test_torch_is_neither_needed_nor_imported(
        self, ncd: Run, repository: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        import ncd_tikz.cli.checking

        monkeypatch.setattr(ncd_tikz.cli.checking, "find_spec", lambda name: None)
        before = set(sys.modules)
        assert ncd(*LIGHT).code == 0
        assert not {name for name in set(sys.modules) - before if name.split(".")[0] == "torch"}
        refused = ncd("check")
        assert refused.code == 3
        assert "--only figure,fresh" in refused.err

    def test_named_paths_are_looked_at_and_no_others(self, ncd: Run, repository: Path) -> None:
        change_spec()
        outcome = ncd("check", "--only", "fresh", "--fresh", "models", "--fresh", "figures/small.tex")
        assert outcome.out.count("STALE") == 2
        assert "small.svg" not in outcome.out

    def test_files_beside_a_spec_are_found_without_a_configuration(self, ncd: Run, repository: Path) -> None:
        Path("pyproject.toml").unlink()
        assert ncd("draw", "specs/small.yaml", "-o", "specs/").code == 0
        change_spec()
        outcome = ncd("check", "specs/small.yaml", "--only", "fresh")
        assert outcome.code == 1
        assert "specs/small.tex" in outcome.out
        assert "figures" not in outcome.out

    def test_an_orphan_is_told_where_no_spec_is_named(self, ncd: Run, repository: Path) -> None:
        module = Path("models/small.py")
        Path("models/gone.py").write_text(
            module.read_text(encoding="utf-8").replace("# small", "# gone", 1), encoding="utf-8"
        )
        outcome = ncd("check", "--only", "fresh")
        assert outcome.code == 1
        assert "1 generated file without a spec" in outcome.out
        assert ncd("check", "specs/small.yaml", "--only", "fresh").code == 0

    def test_what_compared_nothing_is_no_success(self, ncd: Run, repository: Path) -> None:
        configure("specs = 'specs/*.yaml'")
        outcome = ncd("check", "--only", "fresh")
        assert outcome.code == 1
        assert "nothing was checked" in outcome.out
        assert "no generated file was found" in outcome.err
        assert json.loads(ncd("check", "--only", "fresh", "-f", "json").out)["ok"] is False

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (["--fresh", "nowhere"], "no file or folder 'nowhere'"),
            (["--fresh", "pyproject.toml"], "does not say that ncd-tikz wrote it"),
            (["--only", "frsh"], "no kind 'frsh'; there are: module, sides, against, figure, fresh"),
            (["--only", "fresh", "-f", "jsn"], "did you mean 'json'?"),
        ],
    )
    def test_what_cannot_be(self, ncd: Run, repository: Path, arguments: list[str], message: str) -> None:
        outcome = ncd(*LIGHT, *arguments)
        assert outcome.code == 2
        assert message in outcome.err


class TestReports:
    def test_several_at_once_beside_the_table(self, ncd: Run, repository: Path) -> None:
        change_spec()
        outcome = ncd(*LIGHT, "-f", "junit=out/report.xml,sarif=report.sarif", "--format", "table")
        assert outcome.code == 1
        assert "STALE" in outcome.out
        assert "testsuites" in Path("out/report.xml").read_text(encoding="utf-8")
        (found,) = json.loads(Path("report.sarif").read_text(encoding="utf-8"))["runs"]
        assert {result["ruleId"] for result in found["results"]} == {"stale"}

    def test_a_suffix_is_enough(self, ncd: Run, repository: Path) -> None:
        assert ncd(*LIGHT, "-o", "report.json").code == 0
        report = json.loads(Path("report.json").read_text(encoding="utf-8"))
        assert report["ok"] is True
        assert [each["kind"] for each in report["specs"][0]["verdicts"]] == [
            "figure",
            "fresh",
            "fresh",
            "fresh",
        ]

    def test_annotations_start_from_the_root_of_the_repository(
        self, ncd: Run, repository: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (repository / ".git").mkdir()
        change_spec()
        monkeypatch.chdir(repository / "specs")
        outcome = ncd(*LIGHT, "-f", "github")
        assert "::error file=figures/small.svg,line=1," in outcome.out
        assert "::error file=models/small.py,line=1," in outcome.out

    def test_the_configured_formats_are_the_default(self, ncd: Run, repository: Path) -> None:
        configure("specs = 'specs/*.yaml'\nformat = ['json', 'junit=r.xml']")
        assert json.loads(ncd(*LIGHT).out)["version"] == 1
        assert Path("r.xml").exists()
        assert "shown" in ncd(*LIGHT, "-f", "table").out

    def test_a_broken_configuration_is_code_2(self, ncd: Run, repository: Path) -> None:
        configure("spec = 'specs/*.yaml'\ndraws = 0")
        outcome = ncd(*LIGHT)
        assert outcome.code == 2
        assert outcome.err.count("pyproject.toml:") == 2


@pytest.mark.torch
@pytest.mark.slow
def test_the_command_line_wins_over_the_configuration(ncd: Run, here: Path) -> None:
    configure("specs = 'good.yaml'\ndraws = 2\njobs = 1\ntimeout = 500\nmemory = '3GiB'")

    def draws(*arguments: str) -> int:
        report = json.loads(ncd("check", "--only", "module", "-f", "json", *arguments).out)
        return int(report["specs"][0]["verdicts"][0]["draws"])

    plain, more = draws(), draws("--draws", "5")
    assert more > plain


def test_every_rule_that_the_check_names_is_explained() -> None:
    """The identifiers of findings, read off the code that makes them."""
    import ast

    import ncd_tikz
    from ncd_tikz.cli.reports.rules import RULES

    makers = {"Finding", "Change", "Problem", "Theirs", "Missing", "failed", "_at", "_change"}
    found = set()
    for path in sorted((Path(ncd_tikz.__file__).parent / "equivalence").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            words = [each.value for each in node.args[:3] if isinstance(each, ast.Constant)]
            if name in makers:
                found |= {word for word in words if isinstance(word, str) and word.replace("-", "").isalpha()}
    assert {"gradient", "parts-at", "batch"} <= found
    unknown = {word for word in found if word == word.lower()} - set(RULES)
    assert not unknown, f"explain in cli/reports/rules.py: {unknown}"
