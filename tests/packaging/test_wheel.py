"""The wheel, installed where neither the checkout nor torch is, draws."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """A process that knows nothing of the checkout."""
    hidden = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={key: value for key, value in os.environ.items() if key not in hidden},
        capture_output=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of the sdist of the checkout: what a package index would serve."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    (found,) = folder.glob("*.whl")
    assert len(list(folder.glob("*.tar.gz"))) == 1
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment that has the wheel and what it depends on."""
    folder = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", folder / "venv", cwd=folder)
    programs = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
    run(programs / "python", "-m", "pip", "install", "--quiet", wheel, cwd=folder)
    return programs


@pytest.mark.slow
def test_the_wheel_holds_templates_specs_and_style(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = {f"ncd_tikz/{path.relative_to(ROOT)}" for path in (ROOT / "specs").glob("*.yaml")}
    wanted |= {f"ncd_tikz/{path.relative_to(ROOT)}" for path in (ROOT / "templates").glob("*.j2")}
    assert len(wanted) > 2
    assert wanted | {"ncd_tikz/latex/ncdtikz.sty", "ncd_tikz/py.typed"} <= names
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"ncd_tikz"}


@pytest.mark.slow
def test_the_wheel_tells_pytest_of_the_plugin_and_brings_an_old_python_its_toml(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (info,) = {name.split("/")[0] for name in archive.namelist() if ".dist-info/" in name}
    points = archive.read(f"{info}/entry_points.txt").decode()
    assert "[pytest11]\nncd-tikz = ncd_tikz.pytest_plugin" in points
    assert "Requires-Dist: tomli>=2.0; python_version < '3.11'" in archive.read(f"{info}/METADATA").decode()


@pytest.mark.slow
def test_it_draws_without_torch(installed: Path, tmp_path: Path) -> None:
    run(installed / "ncd-tikz", "draw", "@multi_head_attention", "-f", "tikz,svg,standalone", cwd=tmp_path)
    drawn = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    assert set(drawn) == {f"multi_head_attention{end}" for end in (".tex", ".svg", "_standalone.tex")}
    from ncd_tikz import load, to_tikz

    assert drawn["multi_head_attention.tex"] == to_tikz(load("@multi_head_attention"))
    packages = run(installed / "python", "-m", "pip", "list", cwd=tmp_path).stdout.lower().split()
    assert {"torch", "numpy", "sympy"}.isdisjoint(packages)


@pytest.mark.slow
def test_every_other_command_works_there(installed: Path, tmp_path: Path) -> None:
    ncd = installed / "ncd-tikz"
    run(ncd, "torch", "@multi_head_attention", "-o", "module.py", cwd=tmp_path)
    run(ncd, "init", "mine", "--paper", cwd=tmp_path)
    run(ncd, "draw", "mine/specs/mine.yaml", "-o", "-", cwd=tmp_path)
    assert "softmax" in run(ncd, "ops", cwd=tmp_path).stdout
    run(ncd, "ops", "-o", "operations", cwd=tmp_path)
    every = [f"@{path.stem}" for path in (ROOT / "specs").glob("*.yaml")]  # with what they import
    run(ncd, "draw", *every, "-f", "tikz,svg", "-o", "catalogue", cwd=tmp_path)
    run(ncd, "torch", *every, "-o", "catalogue", cwd=tmp_path)
    assert len(list((tmp_path / "catalogue").iterdir())) == 3 * len(every)
    assert run(ncd, "schema", cwd=tmp_path).stdout.startswith("{")
    checked = subprocess.run([ncd, "check"], cwd=tmp_path, capture_output=True, text=True)
    assert checked.returncode == 3
    assert "pip install torch" in checked.stderr
