"""`pytest --ncd-tikz`, as somebody else's repository runs it."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree

import pytest

from ncd_tikz.cli.program import run

pytest_plugins = ["pytester"]

SPEC = """\
ncd: 1
name: mine
axes: {x: 22, m: 128}
inputs: {X: x m}
steps:
  - {op: softmax, in: X, over: x, out: y}
outputs: y
"""
THEIRS = """\
import torch


class Right(torch.nn.Module):
    def forward(self, X):
        return X.softmax(dim=-2)


class Wrong(torch.nn.Module):
    def forward(self, X):
        print("hello from their code")
        return X.softmax(dim=-1)
"""
CHECKS = (
    "check:\n  - {against: 'theirs:Right'}\n  - {against: 'theirs:Wrong'}\n  - {against: 'theirs:Right'}\n"
)
OTHER = "def test_other():\n    pass\n"


@pytest.fixture(scope="module", autouse=True)
def imported(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What a run inside this process imports stays: pytester forgets what it saw come."""
    import ncd_tikz.cli.checking
    import ncd_tikz.equivalence.isolation.jobs
    import ncd_tikz.layout.wiring  # noqa: F401

    folder = str(tmp_path_factory.mktemp("drawn"))
    assert run(["draw", "@self_attention", "-f", "tikz,svg", "-o", folder]) == 0
    assert run(["torch", "@self_attention", "-o", folder]) == 0


@pytest.fixture
def there(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A repository with one spec that is good, one that is not, a test, and YAML that is no spec."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")
    files = {
        "specs/good.yaml": SPEC.replace("mine", "good"),
        "specs/mine.yaml": SPEC + CHECKS,
        "specs/note.yaml": "title: nothing of ours\n",
        "theirs.py": THEIRS,
        "test_other.py": OTHER,
    }
    for name, text in files.items():
        (pytester.path / name).parent.mkdir(exist_ok=True)
        (pytester.path / name).write_text(text, encoding="utf-8")
    return pytester


def registered() -> bool:
    """Whether this environment was installed with the plugin's entry point."""
    return any(entry.value == "ncd_tikz.pytest_plugin" for entry in entry_points(group="pytest11"))


def start(there: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    given = () if registered() else ("-p", "ncd_tikz.pytest_plugin")
    return there.runpytest_inprocess(*given, "-p", "no:cacheprovider", *arguments)


def configure(there: pytest.Pytester, text: str) -> None:
    (there.path / "pyproject.toml").write_text(f"[tool.ncd-tikz]\ndraws = 1\n{text}\n", encoding="utf-8")


ALL = [
    "specs/good.yaml::module",
    "specs/good.yaml::figure",
    "specs/mine.yaml::module",
    "specs/mine.yaml::against[[]theirs:Right[]]",
    "specs/mine.yaml::against[[]theirs:Wrong[]]",
    "specs/mine.yaml::against[[]theirs:Right[]] 2",
    "specs/mine.yaml::figure",
]


def test_one_item_for_each_thing_to_find_out(there: pytest.Pytester) -> None:
    found = start(there, "--ncd-tikz", "--collect-only", "-q")
    found.stdout.fnmatch_lines([*ALL, "test_other.py::test_other"])
    found.stdout.no_fnmatch_line("*note.yaml*")
    assert found.ret == 0


def test_without_the_option_nothing_is_collected(there: pytest.Pytester) -> None:
    found = start(there, "-q", "--collect-only")
    found.stdout.fnmatch_lines(["test_other.py::test_other"])
    found.stdout.no_fnmatch_line("*yaml*")


def test_loading_the_plugin_imports_nothing_of_ours() -> None:
    code = (
        "import sys, ncd_tikz.pytest_plugin; "
        "sys.exit([n for n in sys.modules if n.startswith(('ncd_tikz.', 'torch', 'yaml', 'click'))]"
        " != ['ncd_tikz.pytest_plugin'])"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0


@pytest.mark.slow
def test_collecting_needs_no_torch(there: pytest.Pytester) -> None:
    given = "" if registered() else "'-p', 'ncd_tikz.pytest_plugin', "
    code = (
        f"import sys, pytest; code = pytest.main([{given}'--ncd-tikz', '--collect-only', '-q']); "
        "sys.exit(code or 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=there.path, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stdout


@pytest.mark.torch
@pytest.mark.slow
def test_a_failure_is_the_finding(there: pytest.Pytester) -> None:
    configure(there, "specs = 'specs/mine.yaml'")
    found = start(there, "--ncd-tikz", "-rA", "--junitxml=report.xml")
    found.assert_outcomes(passed=5, failed=1)
    found.stdout.fnmatch_lines(
        [
            "*theirs:Wrong: NOT the same function*",
            "*hello from their code*",
            "PASSED specs/mine.yaml::module",
            "FAILED specs/mine.yaml::against[[]theirs:Wrong[]] - *",
        ]
    )
    found.stdout.no_fnmatch_line("*Traceback*")
    found.stdout.no_fnmatch_line("*pytest_plugin.py*")
    failures = ElementTree.parse(there.path / "report.xml").findall(".//failure")
    assert len(failures) == 1
    assert "theirs" in f"{failures[0].text}{failures[0].get('message')}"


@pytest.mark.torch
@pytest.mark.slow
@pytest.mark.skipif(find_spec("xdist") is None, reason="needs pytest-xdist")
def test_it_runs_in_several_processes(there: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    configure(there, "specs = 'specs/*.yaml'")
    given = () if registered() else ("-p", "ncd_tikz.pytest_plugin")
    found = there.runpytest_subprocess(*given, "--ncd-tikz", "-n", "2", "-rf", "-p", "no:cacheprovider")
    found.assert_outcomes(passed=7, failed=1)
    found.stdout.fnmatch_lines(["FAILED specs/mine.yaml::against[[]theirs:Wrong[]] - *"])


class TestWhichSpecs:
    def test_those_below_the_arguments(self, there: pytest.Pytester) -> None:
        configure(there, "specs = 'specs/good.yaml'")
        found = start(there, "--ncd-tikz", "--collect-only", "-q", "specs/mine.yaml", "test_other.py")
        found.stdout.fnmatch_lines(["specs/mine.yaml::module", "test_other.py::test_other"])
        found.stdout.no_fnmatch_line("*good.yaml*")

    def test_one_item_by_its_name(self, there: pytest.Pytester) -> None:
        found = start(there, "--ncd-tikz", "-v", "specs/good.yaml::figure")
        found.assert_outcomes(passed=1)

    def test_without_arguments_those_configured(self, there: pytest.Pytester) -> None:
        configure(there, "specs = 'specs/good.yaml'")
        found = start(there, "--ncd-tikz", "--collect-only", "-q")
        assert found.stdout.str().count("good.yaml::module") == 1
        found.stdout.no_fnmatch_line("*mine.yaml*")

    def test_those_configured_come_beside_the_test_folders(self, there: pytest.Pytester) -> None:
        configure(there, "specs = 'specs/good.yaml'\n[tool.pytest.ini_options]\ntestpaths = ['tests']")
        (there.path / "tests").mkdir()
        (there.path / "test_other.py").rename(there.path / "tests" / "test_other.py")
        found = start(there, "--ncd-tikz", "--collect-only", "-q")
        found.stdout.fnmatch_lines(["tests/test_other.py::test_other", "specs/good.yaml::module"])

    def test_a_word_selects(self, there: pytest.Pytester) -> None:
        found = start(there, "--ncd-tikz", "-k", "figure")
        found.assert_outcomes(passed=2, deselected=6)


class TestMistakes:
    def test_of_a_spec_are_told_as_such(self, there: pytest.Pytester) -> None:
        (there.path / "specs/good.yaml").write_text(SPEC.replace("softmax", "sofmax"), encoding="utf-8")
        found = start(there, "--ncd-tikz", "specs/good.yaml")
        found.assert_outcomes(errors=1)
        found.stdout.fnmatch_lines(["*specs/good.yaml:6:*unknown operation 'sofmax'*"])
        found.stdout.no_fnmatch_line("*Traceback*")

    def test_of_the_configuration_too(self, there: pytest.Pytester) -> None:
        configure(there, "spec = 3")
        found = start(there, "--ncd-tikz")
        assert found.ret == pytest.ExitCode.USAGE_ERROR
        found.stderr.fnmatch_lines(["*pyproject.toml:3:1: tool.ncd-tikz.spec: unknown key 'spec'*"])
        assert start(there).ret == 0

    def test_torch_is_asked_for(self, there: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("ncd_tikz.cli.checking.find_spec", lambda name: None)
        found = start(there, "--ncd-tikz", "specs/good.yaml", "-rf")
        found.assert_outcomes(passed=1, failed=1)
        found.stdout.fnmatch_lines(["FAILED specs/good.yaml::module - torch is missing*"])

    def test_a_figure_that_lies_fails(self, there: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("ncd_tikz.layout.wiring.unfaithful", lambda diagram: "it shows something else")
        found = start(there, "--ncd-tikz", "-k", "figure", "-rf", "specs/good.yaml")
        found.assert_outcomes(failed=1, deselected=1)
        found.stdout.fnmatch_lines(["FAILED specs/good.yaml::figure - it shows something else*"])


class TestFreshness:
    def test_stale_edited_and_missing_files_fail(self, there: pytest.Pytester) -> None:
        configure(there, "specs = 'specs/good.yaml'\nfigures = 'figures'\nformats = ['tikz', 'svg']")
        spec = there.path / "specs/good.yaml"
        assert run(["draw", "specs/good.yaml", "-f", "tikz,svg", "-o", "figures"]) == 0
        start(there, "--ncd-tikz", "-k", "fresh").assert_outcomes(passed=2, deselected=3)
        (there.path / "figures/good.tex").unlink()
        spec.write_text(spec.read_text(encoding="utf-8").replace("over: x", "over: m"), encoding="utf-8")
        found = start(there, "--ncd-tikz", "-k", "fresh", "-rf")
        found.assert_outcomes(failed=2, deselected=3)
        found.stdout.fnmatch_lines(
            [
                "*run: ncd-tikz draw specs/good.yaml -o figures/good.svg",
                "FAILED specs/good.yaml::fresh[[]figures/good.svg[]] - figures/good.svg*changed*",
                "FAILED specs/good.yaml::fresh[[]figures/good.tex[]] - *is not there*",
            ]
        )

    def test_a_file_beside_its_spec_is_found(self, there: pytest.Pytester) -> None:
        assert run(["draw", "specs/good.yaml", "-o", "specs/"]) == 0
        found = start(there, "--ncd-tikz", "specs/good.yaml", "-k", "fresh", "-v")
        found.stdout.fnmatch_lines(["*fresh[[]specs/good.tex[]] PASSED*"])
        found.assert_outcomes(passed=1, deselected=2)


def test_the_example_in_the_module_is_how_items_are_called(there: pytest.Pytester) -> None:
    import ncd_tikz.pytest_plugin as plugin

    assert plugin.__doc__ is not None
    for kind in ("::module ", "::against[", "::figure ", "::fresh["):
        assert kind in plugin.__doc__
    assert Path(plugin.__file__).name == "pytest_plugin.py"
